//! Studies that say of themselves that they do not hold (FHIR ImagingStudy.status, a modifier: "should not be treated as valid").

use super::index::{Index, each, text};
use super::meant::is_former;
use crate::fhir::found::{Coding, Concept, Identifier, Leaf, is_study_uid};
use crate::grammar::uid::bare;
use crate::json::tree::{Id, Tree};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Whether a status takes back what a study says.
pub(super) fn takes_back(status: &str) -> bool {
    matches!(status, "entered-in-error" | "cancelled" | "inactive")
}

/// Whether a study is taken back, wherever in a list that stands.
pub(super) fn is_withdrawn(tree: &Tree<'_>, study: Id) -> bool {
    each(tree, study, "status").any(|status| tree.text(status).is_some_and(|said| takes_back(said.trim())))
}

/// The studies that are taken back beside another of the same UID that holds: that one is what is said of the study.
pub(super) fn superseded(tree: &Tree<'_>, index: &Index<'_>) -> Vec<Id> {
    let (withdrawn, valid): (Vec<Id>, Vec<Id>) = index.studies().iter().partition(|study| is_withdrawn(tree, **study));
    if withdrawn.is_empty() || valid.is_empty() {
        return Vec::new();
    }
    let holds = |study: &Id| index.refusal(*study).is_none();
    let valid: BTreeSet<&str> = valid.into_iter().filter(holds).filter_map(|study| uid_of(tree, study)).collect();
    let is_superseded = |study: &Id| uid_of(tree, *study).is_some_and(|uid| valid.contains(uid));
    // What is refused already is told as that.
    withdrawn.into_iter().filter(holds).filter(is_superseded).collect()
}

/// The UID of a study, without its URN; two different ones are none.
fn uid_of<'d>(tree: &'d Tree<'d>, study: Id) -> Option<&'d str> {
    let identifiers = each(tree, study, "identifier").filter(|id| !is_former(tree, *id)).map(|id| identifier(tree, id));
    let uids: BTreeSet<&str> =
        identifiers.filter(is_study_uid).map(|one| bare(one.value.text).trim()).filter(|uid| !uid.is_empty()).collect();
    uids.first().copied().filter(|_| uids.len() == 1)
}

/// As much of an identifier as says whether it is a UID. (Nothing is noted: it is read again.)
fn identifier<'d>(tree: &'d Tree<'d>, id: Id) -> Identifier<'d> {
    let leaf = |of, name| Leaf { text: text(tree, of, name).unwrap_or(""), id: None };
    let mut type_ = Concept::default();
    for coding in each(tree, id, "type").flat_map(|type_| each(tree, type_, "coding")) {
        type_.codings.push(Coding { system: leaf(coding, "system"), code: leaf(coding, "code"), ..Coding::default() });
    }
    Identifier { type_, system: leaf(id, "system"), value: leaf(id, "value"), ..Identifier::default() }
}
