//! Values that a study shows for a parameter, and who looks at them.

use super::date::Span;
use crate::fhir::shape::{Identifier, TypeCode, Uri};

/// One value that a study shows. Borrowed: most are looked at once, and are not what is asked for.
#[derive(Clone, Copy, Default)]
pub(super) struct Shown<'a> {
    pub(super) system: Uri<'a>,
    /// Code, identifier, UID; empty where there are words only.
    pub(super) value: Uri<'a>,
    /// Code of an identifier's type, of [`IDENTIFIER_TYPE`](crate::fhir::found::IDENTIFIER_TYPE).
    pub(super) type_: &'a str,
    /// Text and display.
    pub(super) words: [&'a str; 2],
    pub(super) date: Option<Span>,
    /// The groups of a name.
    pub(super) name: Option<[&'a str; 3]>,
    /// There is something, though nothing is said of it.
    pub(super) exists: bool,
    /// It is a device, among persons.
    pub(super) is_device: bool,
    /// It is an accession number, or that of an admission or an order, and nothing says who issued it.
    pub(super) is_unissued: bool,
}

/// An identifier of a study besides its UID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Accession,
    StudyId,
}

/// Who looks at what a study shows.
pub(super) trait Sight {
    /// Takes what is shown, one by one, and says whether it has seen enough.
    fn see(&mut self, shown: &Shown<'_>) -> bool;

    /// Whether a value can be of interest that is this text, or ends in it. What cannot need not be spelled to be shown.
    fn may_want(&self, text: &str) -> bool {
        let _ = text;
        true
    }

    /// Whether it is asked if there is anything at all.
    fn asks_whether(&self) -> bool {
        false
    }

    /// Whether of the study's identifiers one of this kind can be what is asked for.
    fn may_want_number(&self, number: Number) -> bool {
        let _ = number;
        true
    }
}

impl<F: FnMut(&Shown<'_>) -> bool> Sight for F {
    fn see(&mut self, shown: &Shown<'_>) -> bool {
        self(shown)
    }
}

/// Whether the whole text of a URI is `text`. No empty parts are compared: they point nowhere, and reading nothing from there is slow.
pub(super) fn is(uri: Uri<'_>, text: &str) -> bool {
    uri.scheme.len() + uri.rest.len() == text.len()
        && (uri.scheme.is_empty() || text.starts_with(uri.scheme))
        && (uri.rest.is_empty() || text.ends_with(uri.rest))
}

pub(super) const fn is_empty(uri: Uri<'_>) -> bool {
    uri.scheme.is_empty() && uri.rest.is_empty()
}

/// The components of a group of a name.
pub(super) fn components(group: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(group);
    core::iter::from_fn(move || {
        let text = rest?;
        let end = text.bytes().position(|b| b == b'^');
        let component = end.map_or(Some(text), |end| text.get(..end))?;
        rest = end.and_then(|end| text.get(end + 1..));
        Some(trim(component))
    })
}

/// As [`str::trim`]; most parts of names begin and end in a letter.
fn trim(text: &str) -> &str {
    let is_tight = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_tight(bytes.first()) && is_tight(bytes.last()) { text } else { text.trim() }
}

pub(super) fn identify<'a>(shown: &mut Shown<'a>, identifier: &Identifier<'a>) {
    shown.system = identifier.system.unwrap_or_default();
    shown.value = identifier.value;
    match identifier.type_ {
        TypeCode::V2(code) => shown.type_ = code,
        TypeCode::Text(words) => shown.words = [words, ""],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn components_are_trimmed(group in "[a^ \u{A0}\u{3000}é\t-]{0,12}") {
            let all: alloc::vec::Vec<&str> = components(&group).collect();
            proptest::prop_assert_eq!(all, group.split('^').map(str::trim).collect::<alloc::vec::Vec<_>>());
        }
    }
}
