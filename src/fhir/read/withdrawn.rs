//! Studies that say of themselves that they do not hold (FHIR ImagingStudy.status, a modifier: "should not be treated as valid").

use super::index::{Index, each, text};
use super::meant::is_former;
use crate::fhir::found::{DICOM_UID, URI, URN_OID, is_dcm};
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
    let mut uid = None;
    for identifier in each(tree, study, "identifier").filter(|id| !is_former(tree, *id)) {
        let value = text(tree, identifier, "value").unwrap_or("");
        let is_uid = match text(tree, identifier, "system").unwrap_or("") {
            DICOM_UID => true,
            URI => value.starts_with(URN_OID),
            _ => is_typed_uid(tree, identifier),
        };
        let own = bare(value).trim();
        match uid {
            _ if !is_uid || own.is_empty() => {}
            None => uid = Some(own),
            Some(known) if known == own => {}
            Some(_) => return None,
        }
    }
    uid
}

/// Whether the type says so: DCM 110180.
fn is_typed_uid(tree: &Tree<'_>, identifier: Id) -> bool {
    let codings = each(tree, identifier, "type").flat_map(|type_| each(tree, type_, "coding"));
    codings.into_iter().any(|coding| text(tree, coding, "code") == Some("110180") && is_dcm(text(tree, coding, "system").unwrap_or("")))
}
