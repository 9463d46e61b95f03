//! Whether what a study shows meets a value: codes, texts, names, references.

use super::fold::{begins, contains, is_exact, starts};
use super::parameter::{About, Ask};
use super::shown::{Shown, components, is, is_empty};
use super::value::{Reference, Text, Token};
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

// Kept out of the way of codes.
#[inline(never)]
pub(super) fn is_text(clause: &Clause, text: &Text, shown: &Shown<'_>) -> bool {
    if clause.modifier == Modifier::Text {
        return shown.words.iter().any(|words| begins(words, &text.folded));
    }
    let is_like = |part: &str| match clause.modifier {
        Modifier::Exact => is_exact(part, &text.text),
        Modifier::Contains => contains(part, &text.folded),
        _ => starts(part, &text.folded),
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
        _ => !shown.exists && is_empty(shown.value) && shown.date.is_none() && shown.words.iter().all(|text| text.is_empty()) && nameless(),
    }
}

/// The components of a group of a name that a clause asks for.
fn asked<'a>(clause: &Clause, group: &'a str) -> impl Iterator<Item = &'a str> {
    let (first, count) = match clause.about {
        About::Patient(Ask::Family) | About::Person(_, Ask::Family) => (0, 1),
        About::Patient(Ask::Given) | About::Person(_, Ask::Given) => (1, 2),
        _ => (0, 5),
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

pub(super) fn without_urn(uid: Uri<'_>) -> Uri<'_> {
    Uri::plain(if uid.scheme.is_empty() { bare(uid.rest) } else { uid.rest })
}

pub(super) fn with_urn(uid: Uri<'_>) -> Uri<'_> {
    let plain = without_urn(uid);
    if is(uid, plain.rest) { Uri { scheme: URN_OID, ..plain } } else { plain }
}
