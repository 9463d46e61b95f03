//! The query string: splitting, decoding, parameters, names.

use super::dictionary::dict;
use super::faults::{Decode, Faults};
use super::{Refused, refuse};

pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|h| std::str::from_utf8(h).ok())
            .filter(|h| h.bytes().all(|c| c.is_ascii_hexdigit()))
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match (b, hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(b),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

pub(super) struct Param {
    pub(super) name: String,
    pub(super) raw: String,
    pub(super) value: String,
}

pub(super) fn params(query: &str, f: &Faults) -> Result<Vec<Param>, Refused> {
    if query.chars().any(|c| !c.is_ascii_graphic() || (f.strict_uri && "\"#<>[\\]^`{|}".contains(c))) {
        return refuse(400, "a raw character that a URI does not have");
    }
    let text = if f.decode == Decode::BeforeSplit { decode(query) } else { query.to_owned() };
    Ok(text
        .split('&')
        .filter(|p| !p.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if f.decode == Decode::Rfc {
                return Param { name: decode(name), raw: value.to_owned(), value: decode(value) };
            }
            let mut value = value.to_owned();
            if f.decode == Decode::BeforeSplit {
                // %2B is a plus after the first decoding and a space after all; a second = ends the value; NUL ends it (measured).
                value = value.split(['=', '\0']).next().unwrap_or_default().replace('+', " ");
            }
            Param { name: name.to_owned(), raw: value.clone(), value }
        })
        .collect())
}

/// The tags of a key or includefield name; none if the server has no such name.
pub(super) fn resolve(name: &str, f: &Faults) -> Option<Vec<String>> {
    if f.comma_tags && name.len() == 9 && name.get(4..5) == Some(",") {
        return resolve(&name.replace(',', ""), f);
    }
    name.split('.')
        .map(|part| {
            if part.len() == 8 && part.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Some(part.to_ascii_uppercase());
            }
            dict().iter().find(|e| e.word == part || (f.loose_words && e.word.eq_ignore_ascii_case(part))).map(|e| e.tag.to_owned())
        })
        .collect()
}
