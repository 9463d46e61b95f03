//! Whether what a study shows meets a value: codes, texts, names, references.

use super::fold::{ROOM, compose, folded};
use super::parameter::{About, Ask};
use super::shown::{Shown, components, is, is_empty};
use super::value::{Reference, Text, Token, Value};
use super::{Clause, Modifier, Resolved};
use crate::fhir::found::{URI, URN_OID};
use crate::fhir::shape::Uri;
use crate::grammar::uid::bare;

/// Whether a reference may mean what is shown: devices stand among people, and are none of them.
pub(super) fn is_of_kind(clause: &Clause, reference: &Reference, shown: &Shown<'_>) -> bool {
    !matches!(clause.about, About::Person(..)) || reference.type_said().is_none_or(|type_| (type_ == "Device") == shown.is_device)
}

/// Whether what is shown is this identifier.
pub(super) fn is_identified(found: &Resolved, shown: &Shown<'_>) -> bool {
    !found.value.is_empty() && is(shown.value, &found.value) && is(shown.system, found.system.as_deref().unwrap_or(""))
}

/// Whether one of the texts of a clause is like what is shown, which is folded once for all of them.
// Kept out of the way of codes.
#[inline(never)]
pub(super) fn meets_text(clause: &Clause, shown: &Shown<'_>) -> bool {
    let is_any = |is_it: &dyn Fn(&Text) -> bool| clause.values.iter().any(|value| matches!(value, Value::Text(text) if is_it(text)));
    if clause.modifier == Modifier::Text {
        return shown.words.iter().filter(|words| !words.is_empty()).any(|words| {
            let mut room = ROOM;
            let words = folded(words, &mut room);
            is_any(&|text| words.begins(&text.folded))
        });
    }
    let is_like = |part: &str| {
        if clause.modifier == Modifier::Exact {
            let part = compose(part);
            return is_any(&|text| text.composed() == part);
        }
        let mut room = ROOM;
        let part = folded(part, &mut room);
        match clause.modifier {
            Modifier::Contains => is_any(&|text| part.contains(&text.folded)),
            _ => is_any(&|text| part.starts(&text.folded)),
        }
    };
    shown
        .name
        .iter()
        .flatten()
        .filter(|group| !group.is_empty())
        .any(|group| asked(clause, group).any(|part| !part.is_empty() && is_like(part)))
}

/// Whether there is nothing of what a clause asks for.
pub(super) fn is_blank(clause: &Clause, shown: &Shown<'_>) -> bool {
    let nameless = || shown.name.iter().flatten().all(|group| asked(clause, group).all(str::is_empty));
    match clause.about {
        About::Patient(Ask::Name | Ask::Family | Ask::Given) | About::Person(_, Ask::Name | Ask::Family | Ask::Given) => nameless(),
        About::Patient(Ask::Identifier)
        | About::Person(_, Ask::Identifier)
        | About::BasedOn(Ask::Identifier)
        | About::Encounter(Ask::Identifier) => is_empty(shown.value),
        _ => !shown.exists && is_empty(shown.value) && shown.date.is_none() && shown.words.iter().all(|text| text.is_empty()) && nameless(),
    }
}

/// The components of a group of a name that a clause asks for.
fn asked<'a>(clause: &Clause, group: &'a str) -> impl Iterator<Item = &'a str> {
    let (first, count) = match clause.about {
        About::Patient(Ask::Family) | About::Person(_, Ask::Family) => (0, 1),
        About::Patient(Ask::Given) | About::Person(_, Ask::Given) => (1, 2),
        // A sixth, which DICOM does not know, is a part all the same.
        _ => (0, usize::MAX),
    };
    components(group).skip(first).take(count)
}

/// FHIR's token forms: `code`, `system|code`, `|code`, `system|`.
pub(super) fn is_token(token: &Token, system: Uri<'_>, value: Uri<'_>) -> bool {
    let is_code = || is(value, &token.code);
    match token.system.as_deref() {
        None => is_code(),
        Some("") => is_empty(system) && is_code(),
        Some(wanted) => is(system, wanted) && (token.code.is_empty() || is_code()),
    }
}

/// The same of a class, which may stand without its system, and always has one.
pub(super) fn is_class(token: &Token, value: Uri<'_>) -> bool {
    is_token(token, Uri::plain(URI), value)
}

/// Whether a value, said without a system, is the URN of a UID, by which no other identifier is looked for.
pub(super) fn is_urn_of_uid(value: &Value) -> bool {
    matches!(value, Value::Token(Token { system: None, code }) if code.starts_with(URN_OID))
}

pub(super) fn without_urn(uid: Uri<'_>) -> Uri<'_> {
    Uri::plain(if uid.scheme.is_empty() { bare(uid.rest) } else { uid.rest })
}

pub(super) fn with_urn(uid: Uri<'_>) -> Uri<'_> {
    let plain = without_urn(uid);
    if is(uid, plain.rest) { Uri { scheme: URN_OID, ..plain } } else { plain }
}
