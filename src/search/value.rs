//! The values of clauses: splitting, escapes, and what each type of parameter makes of them (search, "escaping search parameters").

use super::date::Date;
use super::parameter::Type;
use crate::fhir::found::URN_OID;
use crate::table::resource_type;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::escaped_transform;
use nom::character::complete::{anychar, char, none_of, one_of};
use nom::combinator::{all_consuming, recognize};
use nom::multi::{many0_count, separated_list1};
use nom::sequence::preceded;

/// One value.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Value {
    Token(Token),
    Date(Date),
    /// A string, UID or URI.
    Text(String),
    /// Type and id, or a URL.
    Reference(Reference),
    /// `:missing`.
    Missing(bool),
    /// `:of-type`: system and code of the type, value.
    OfType([String; 3]),
}

/// A token; what is not written is `None`, what is written empty is empty.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) system: Option<String>,
    pub(super) code: String,
}

/// A literal reference.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Empty where it is a URL.
    pub(super) type_: String,
    pub(super) id: String,
}

impl Reference {
    /// As a caller resolves it.
    pub(super) fn text(&self) -> String {
        if self.type_.is_empty() { self.id.clone() } else { [self.type_.as_str(), "/", &self.id].concat() }
    }
}

type Error<'a> = nom::error::Error<&'a str>;

/// Parts divided by `separator`, as far as no backslash stands before it. Escapes stay.
pub(super) fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let except = if separator == ',' { "\\," } else { "\\|" };
    let letter = || alt((recognize(preceded(char::<_, Error<'_>>('\\'), anychar)), recognize(none_of(except))));
    let part = recognize(many0_count(letter()));
    let (_, parts) = all_consuming(separated_list1(char(separator), part)).parse(text).ok()?;
    Some(parts)
}

/// A part without its escapes: `\,` `\|` `\$` `\\`. Any other backslash is illegal.
pub(super) fn unescape(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return Some(text.to_string());
    }
    let mut grammar = all_consuming(escaped_transform(none_of::<_, _, Error<'_>>("\\"), '\\', one_of(",|$\\")));
    grammar.parse(text).ok().map(|(_, text)| text)
}

/// The reverse of [`unescape`].
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, ',' | '|' | '$' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// What is expected of a value.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) type_: Type,
    /// Types that a reference may mean; where one is said, that one.
    pub(super) targets: &'a [&'static str],
    pub(super) said: Option<&'a str>,
}

impl Value {
    /// A value of a parameter, its escapes in place.
    pub(super) fn parse(text: &str, expected: Expected<'_>) -> Option<Value> {
        match expected.type_ {
            Type::Token => {
                let parts = split(text, '|')?;
                match parts.as_slice() {
                    [code] => Some(Value::Token(Token { system: None, code: filled(unescape(code)?)? })),
                    // `|` alone says nothing.
                    ["", ""] => None,
                    [system, code] => Some(Value::Token(Token { system: Some(unescape(system)?), code: unescape(code)? })),
                    _ => None,
                }
            }
            Type::Uid | Type::Uri => {
                let parts = split(text, '|')?;
                let [text] = parts.as_slice() else { return None };
                Some(Value::Text(filled(unescape(text)?)?))
            }
            Type::Text => Some(Value::Text(filled(unescape(text)?)?)),
            Type::Date => Date::parse(&unescape(text)?).map(Value::Date),
            Type::Reference => reference(&unescape(text)?, expected).map(Value::Reference),
        }
    }

    pub(super) fn of_type(text: &str) -> Option<Value> {
        let parts = split(text, '|')?;
        let [system, code, value] = parts.as_slice() else { return None };
        Some(Value::OfType([filled(unescape(system)?)?, filled(unescape(code)?)?, filled(unescape(value)?)?]))
    }

    /// As it is written in a query, before percent-encoding.
    pub(super) fn print(&self, out: &mut String) {
        match self {
            Value::Token(token) => {
                if let Some(system) = &token.system {
                    escape(system, out);
                    out.push('|');
                }
                escape(&token.code, out);
            }
            Value::Date(date) => escape(&date.text, out),
            Value::Text(text) => escape(text, out),
            Value::Reference(reference) => escape(&reference.text(), out),
            Value::Missing(missing) => out.push_str(if *missing { "true" } else { "false" }),
            Value::OfType(parts) => {
                for (n, part) in parts.iter().enumerate() {
                    if n > 0 {
                        out.push('|');
                    }
                    escape(part, out);
                }
            }
        }
    }
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// `id`, `Type/id`, a URL. `Type/id/_history/n` means the resource, whatever its version.
fn reference(text: &str, expected: Expected<'_>) -> Option<Reference> {
    let text = text.split_once("/_history/").map_or(text, |(plain, _)| plain);
    let is_id = |id: &str| !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    if text.contains("://") || text.starts_with("urn:") {
        // A query is none of a resource, nor is a token.
        if text.contains(['?', '|', '#']) {
            return None;
        }
        return expected.said.is_none().then(|| Reference { type_: String::new(), id: text.to_string() });
    }
    let (type_, id) = match text.split_once('/') {
        // A type is said once.
        Some(_) if expected.said.is_some() => return None,
        Some((type_, id)) => (type_, id),
        None => (expected.said.or_else(|| expected.targets.first().copied())?, text),
    };
    (resource_type(type_).is_some() && is_id(id)).then(|| Reference { type_: type_.to_string(), id: id.to_string() })
}

/// A UID without the `urn:oid:` that may stand before it.
pub(super) fn bare(uid: &str) -> &str {
    uid.strip_prefix(URN_OID).unwrap_or(uid)
}
