//! The values of clauses: what each type of parameter makes of them.

use super::date::Date;
use super::fold::{compose, fold};
use super::parameter::Type;
use super::separate::{escape, split, unescape};
use crate::table::resource_type;
use alloc::string::{String, ToString};

/// One value.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Value {
    Token(Token),
    Date(Date),
    /// A UID or URI.
    Uid(String),
    /// A string.
    Text(Text),
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

/// A string, and as it is compared: once for all studies.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) folded: String,
    /// The text with its letters composed, where that is another.
    composed: Option<String>,
}

impl Text {
    /// The text with its letters composed.
    pub(super) fn composed(&self) -> &str {
        self.composed.as_deref().unwrap_or(&self.text)
    }
}

/// A literal reference.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// As a caller resolves it: `Type/id`, or a URL.
    text: String,
    /// How long the type is; 0 where it is a URL.
    type_: usize,
    /// The type of resource that it says it means: it is asked of everyone whom a study shows.
    said: Option<&'static str>,
}

/// Addresses of resources are shorter, by far. Whoever is shown is compared with what a reference means, and that is looked up by its text.
const LONGEST: usize = 1 << 11;

impl Reference {
    /// As a caller resolves it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The type of resource that it says it means; the URL of a resource says it before the id.
    pub(super) const fn type_said(&self) -> Option<&'static str> {
        self.said
    }

    /// The id, without the type; or the URL.
    pub(super) fn id(&self) -> &str {
        if self.type_ == 0 { &self.text } else { self.text.get(self.type_ + 1..).unwrap_or("") }
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
                let mut parts = split(text, b'|')?;
                match (parts.next()?, parts.next(), parts.next()) {
                    (code, None, _) => Some(Value::Token(Token { system: None, code: filled(unescape(code)?)? })),
                    // `|` alone says nothing.
                    ("", Some(""), None) => None,
                    (system, Some(code), None) => Some(Value::Token(Token { system: Some(unescape(system)?), code: unescape(code)? })),
                    _ => None,
                }
            }
            Type::Uid | Type::Uri => {
                let mut parts = split(text, b'|')?;
                let (text, None) = (parts.next()?, parts.next()) else { return None };
                Some(Value::Uid(filled(unescape(text)?)?))
            }
            Type::Text => Value::text(text),
            Type::Date => Date::parse(unescape(text)?).map(Value::Date),
            Type::Reference => reference(&unescape(text)?, expected).map(Value::Reference),
        }
    }

    /// A string, its escapes in place.
    pub(super) fn text(text: &str) -> Option<Value> {
        let text = filled(unescape(text)?)?;
        Some(Value::Text(Text { folded: fold(&text), composed: (!text.is_ascii()).then(|| compose(&text).into_owned()), text }))
    }

    pub(super) fn of_type(text: &str) -> Option<Value> {
        let mut parts = split(text, b'|')?;
        let (system, code, value, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
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
            Value::Uid(text) | Value::Text(Text { text, .. }) => escape(text, out),
            Value::Reference(reference) => escape(reference.text(), out),
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

/// FHIR's ids; but who asks for what is above another resource asks for none.
fn is_id(id: &str) -> bool {
    let is_one = !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    is_one && id.bytes().any(|b| b != b'.')
}

/// Whether a text is the relative reference to a resource: `Type/id`.
pub(crate) fn is_relative(text: &str) -> bool {
    text.split_once('/').is_some_and(|(type_, id)| resource_type(type_).is_some() && is_id(id))
}

/// `id`, `Type/id`, a URL. `Type/id/_history/n` means the resource, whatever its version.
fn reference(text: &str, expected: Expected<'_>) -> Option<Reference> {
    let text = text.split_once("/_history/").map_or(text, |(plain, _)| plain);
    if text.len() > LONGEST {
        return None;
    }
    if text.contains("://") || text.starts_with("urn:") {
        // A query is none of a resource, nor is a token.
        if text.contains(['?', '|', '#']) {
            return None;
        }
        let said = text.rsplit('/').nth(1).and_then(resource_type);
        return expected.said.is_none().then(|| Reference { text: text.to_string(), type_: 0, said });
    }
    let (type_, id) = match text.split_once('/') {
        // A type is said once.
        Some(_) if expected.said.is_some() => return None,
        Some((type_, id)) => (type_, id),
        None => (expected.said.or_else(|| expected.targets.first().copied())?, text),
    };
    let said = resource_type(type_).filter(|_| is_id(id))?;
    Some(Reference { text: [said, "/", id].concat(), type_: said.len(), said: Some(said) })
}
