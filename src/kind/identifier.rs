//! An identifier with its issuer (PS3.3 10.14, 10.15; HL7 v2 HD) <-> FHIR Identifier.

use super::{Cx, Draft, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::place;
use crate::fhir::shape::{self, Assigner, Display, Fhir, Shape, TypeCode, Uri};
use crate::grammar::uid::is_oid;
use crate::loss::Code;
use crate::value::Fields;
use alloc::string::String;

view! {
    /// An identifier.
    IdentifierView {
        /// Its value.
        value = 0,
        /// The issuer's local name.
        local = 1,
        /// The issuer's universal identifier.
        universal = 2,
        /// What kind of universal identifier: `ISO`, `UUID`, `URI`, `DNS`...
        universal_type = 3,
        /// IdentifierTypeCode, where it is not the default.
        type_code = 4,
    }
}

/// An identifier: value, local issuer, universal issuer, its type, identifier type.
pub enum Identifier {}

impl Sealed for Identifier {}

impl Kind for Identifier {
    const NAME: &'static str = "identifier";
    const FIELDS: usize = 5;
    type View<'a> = IdentifierView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> IdentifierView<'a> {
        IdentifierView::of(fields)
    }
}

impl Spell for Identifier {
    fn canon(draft: &mut Draft<'_>) {
        if !draft.is_filled(0) {
            draft.refuse(4, Code::Incomplete);
        }
        canon_issuer(draft);
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        let (mut system, assigner) = issuer(fields, cx);
        if let Shape::StudyIdIdentifier = cx.shape {
            let Some(uri) = place::study_id_system(cx.options) else {
                told.mark(0, Code::SystemUnknown);
                return Fhir::Nothing;
            };
            system = Some(Uri::plain(uri));
        }
        let type_code = match cx.shape {
            Shape::Identifier(code) | Shape::Logical(_, code) => code,
            _ => field(fields, 4),
        };
        let identifier = shape::Identifier { type_: TypeCode::V2(type_code), system, value: Uri::plain(field(fields, 0)), assigner };
        match cx.shape {
            Shape::Logical(type_, _) => {
                Fhir::Reference(shape::Reference { literal: "", type_, identifier: Some(identifier), display: Display::Text("") })
            }
            _ => Fhir::Identifier(identifier),
        }
    }
}

/// The identifier that a patient is known by: a medical record number (MR) unless DICOM says otherwise, and the caller may name who
/// gives those that have no issuer.
pub enum PatientIdentifier {}

impl Sealed for PatientIdentifier {}

impl Kind for PatientIdentifier {
    const NAME: &'static str = "patient-identifier";
    const FIELDS: usize = 5;
    type View<'a> = IdentifierView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> IdentifierView<'a> {
        IdentifierView::of(fields)
    }
}

/// The type of a patient's identifier where DICOM names none.
const MEDICAL_RECORD: &str = "MR";

impl Spell for PatientIdentifier {
    fn canon(draft: &mut Draft<'_>) {
        Identifier::canon(draft);
        if draft.get(4) == MEDICAL_RECORD {
            draft.clear(4);
        }
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, _: &mut Told) -> Fhir<'a> {
        let (mut system, assigner) = issuer(fields, cx);
        if (1..3).all(|part| field(fields, part).is_empty()) {
            system = place::patient_system(cx.options).map(Uri::plain);
        }
        let type_code = Some(field(fields, 4)).filter(|code| !code.is_empty()).unwrap_or(MEDICAL_RECORD);
        Fhir::Identifier(shape::Identifier { type_: TypeCode::V2(type_code), system, value: Uri::plain(field(fields, 0)), assigner })
    }
}

/// Brings the issuer in fields 1 to 3 into its one form; without an identifier in field 0 it identifies nothing.
pub(super) fn canon_issuer(draft: &mut Draft<'_>) {
    if !draft.is_filled(0) {
        for part in 1..4 {
            draft.refuse(part, Code::Incomplete);
        }
    }
    if !draft.is_filled(2) {
        draft.refuse(3, Code::Incomplete);
    }
    if draft.get(3) == "UUID" && draft.get(2).bytes().any(|b| b.is_ascii_uppercase()) {
        let lower: String = draft.get(2).chars().map(|c| c.to_ascii_lowercase()).collect();
        draft.set(2, &lower);
    }
}

/// System and assigner that the issuer in fields 1 to 3 gives.
pub(super) fn issuer<'a>(fields: &Fields<'a>, cx: &Cx<'a>) -> (Option<Uri<'a>>, Assigner<'a>) {
    let (local, universal, universal_type) = (field(fields, 1), field(fields, 2), field(fields, 3));
    let mut assigner = Assigner::default();
    let mut system = universal_system(universal, universal_type);
    if system.is_none() && !universal.is_empty() {
        assigner.identifier = Some((universal_type, universal));
    }
    if !local.is_empty() {
        match place::namespace(cx.options, local) {
            Some(uri) if system.is_none() => system = Some(Uri::plain(uri)),
            _ => assigner.display = local,
        }
    }
    (system, assigner)
}

/// The system that a universal entity identifier names (PS3.3 10.17.1).
fn universal_system<'a>(id: &'a str, kind: &str) -> Option<Uri<'a>> {
    let uri = |scheme| Some(Uri { scheme, rest: id });
    match kind {
        "ISO" if is_oid(id) => uri("urn:oid:"),
        "UUID" if !id.contains(char::is_whitespace) => uri("urn:uuid:"),
        "URI" if !id.contains(char::is_whitespace) => uri(""),
        _ => None,
    }
}
