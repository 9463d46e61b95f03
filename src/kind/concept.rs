//! Code Sequence Macro (PS3.3 8.8) <-> CodeableConcept with one coding, or text.

use super::{Cx, Draft, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::place;
use crate::fhir::shape::{self, Coding, Fhir, Uri};
use crate::grammar::uid::is_oid;
use crate::loss::Code;
use crate::table::codes::scheme::{self, SNOMED_OID};
use crate::value::Fields;

view! {
    /// A code.
    ConceptView {
        /// The code, from CodeValue, LongCodeValue or URNCodeValue.
        code = 0,
        /// CodingSchemeDesignator.
        designator = 1,
        /// CodingSchemeVersion.
        version = 2,
        /// CodeMeaning.
        meaning = 3,
        /// CodingSchemeUID, where the designator does not say as much.
        scheme_uid = 4,
    }
}

/// A code: code, designator, version, meaning, scheme UID.
pub enum Concept {}

impl Sealed for Concept {}

impl Kind for Concept {
    const NAME: &'static str = "concept";
    const FIELDS: usize = 5;
    type View<'a> = ConceptView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> ConceptView<'a> {
        ConceptView::of(fields)
    }
}

impl Spell for Concept {
    fn canon(draft: &mut Draft<'_>) {
        canon(draft, 0);
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        Fhir::Concept(concept(fields, 0, cx, told))
    }
}

/// The one form of the code whose fields begin at `at`.
pub(super) fn canon(draft: &mut Draft<'_>, at: usize) {
    let (code, designator, version, uid) = (at, at + 1, at + 2, at + 4);
    if !draft.is_filled(code) {
        for part in [designator, version, uid] {
            draft.refuse(part, Code::Incomplete);
        }
        return;
    }
    if let Some(snomed) = snomed(draft.get(designator), draft.get(uid), draft.get(code)) {
        if draft.get(uid) == SNOMED_OID {
            draft.clear(uid);
        }
        if draft.get(designator) != snomed {
            draft.note(designator, Code::SchemeMended);
            draft.set(designator, snomed);
        }
    }
    // A UID that the designator implies is said twice.
    if scheme::by_designator(draft.get(designator)).is_some_and(|known| known.uid == draft.get(uid)) {
        draft.clear(uid);
    }
}

/// SRT and SCT share an OID, and each is met under the other's name: the shape of the code decides (PS3.16 Table 8-1, 8-2).
fn snomed(designator: &str, uid: &str, code: &str) -> Option<&'static str> {
    if !matches!(designator, "SCT" | "SRT") && uid != SNOMED_OID {
        return None;
    }
    let sct = (6..=18).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    Some(if sct { "SCT" } else { "SRT" })
}

/// The CodeableConcept of the code whose fields begin at `at`.
pub(super) fn concept<'a>(fields: &Fields<'a>, at: usize, cx: &Cx<'a>, told: &mut Told) -> shape::Concept<'a> {
    let part = |n| field(fields, at + n);
    let (code, designator, version, meaning, uid) = (part(0), part(1), part(2), part(3), part(4));
    if code.is_empty() {
        return shape::Concept { coding: None, text: meaning };
    }
    let (system, by_uid) = system(designator, uid, code, cx);
    match system {
        Some(system) if shape::is_code(code) => {
            if by_uid {
                told.mark_filled(fields, at + 1..at + 2, Code::SchemeNameDropped);
            }
            shape::Concept { coding: Some(Coding { system: Some(system), version, code: Uri::plain(code), display: meaning }), text: "" }
        }
        _ => {
            let text = if meaning.is_empty() { code } else { meaning };
            if !meaning.is_empty() {
                told.mark(at, Code::SchemeUnknown);
            }
            told.mark_filled(fields, at + 1..at + 3, Code::SchemeUnknown);
            told.mark_filled(fields, at + 4..at + 5, Code::SchemeUnknown);
            shape::Concept { coding: None, text }
        }
    }
}

/// The URI of a coding scheme, and whether it is its UID that said so, so that the designator is left out.
fn system<'a>(designator: &'a str, uid: &'a str, code: &str, cx: &Cx<'a>) -> (Option<Uri<'a>>, bool) {
    if let Some(uri) = place::scheme(cx.options, designator) {
        return (Some(Uri::plain(uri)), false);
    }
    if !uid.is_empty() {
        let uri = match scheme::by_uid(uid) {
            Some(known) => Some(Uri::plain(known.uri)),
            None if is_oid(uid) => Some(Uri { scheme: "urn:oid:", rest: uid }),
            None => None,
        };
        if uri.is_some() {
            let said = scheme::by_uid(uid).is_some_and(|known| known.designator == designator);
            return (uri, !said);
        }
    }
    if let Some(known) = scheme::by_designator(designator) {
        return (Some(Uri::plain(known.uri)), false);
    }
    let urn = designator.is_empty() && code.contains(':');
    (urn.then(|| Uri::plain("urn:ietf:rfc:3986")), false)
}
