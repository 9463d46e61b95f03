//! An identifier with its issuer (PS3.3 10.14, 10.15; HL7 v2 HD) <-> FHIR Identifier.

use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::{self, DCM, DICOM_UID, Found, IDENTIFIER_TYPE, URI, URN_OID, is_system, names_accessions, with_urn};
use crate::fhir::place;
use crate::fhir::shape::{self, Assigner, Display, Fhir, Shape, TypeCode, Uri};
use crate::grammar::uid::{is_oid, is_uuid};
use crate::grammar::uri::is_uri;
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
        /// Of the identifier that a patient is known by: what its issuer is called where no system tells it. The resource that FHIR's `assigner` refers
        /// to; `?` for an issuer that is there and that nothing could be read of. It is in no attribute and in no element, and is not
        /// [`Options::patient_namespace`](crate::Options::patient_namespace).
        unread = 5,
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
    // Whether a system is said may depend on the value: of one without a colon it does not (see `is_kept`).
    fn splices(first: &str, _: &Cx<'_>) -> bool {
        !first.is_empty() && !first.as_bytes().contains(&b':')
    }

    fn is_settled(filled: u16, _: &str) -> bool {
        filled & 0b11101 == 1
    }

    fn canon(draft: &mut Draft<'_>) {
        if !draft.is_filled(0) {
            draft.refuse(4, Code::Incomplete);
        }
        // It is written as FHIR's `code`.
        if !shape::is_code(draft.get(4)) {
            draft.refuse(4, Code::BadCode);
        }
        canon_issuer(draft);
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        let (mut system, assigner) = issuer(fields, cx, told);
        if let Shape::StudyIdIdentifier = cx.shape {
            let Some(uri) = place::study_id_system(cx.options) else {
                told.mark(0, Code::SystemUnknown);
                return Fhir::Nothing;
            };
            system = Some(Uri::plain(uri));
        }
        let type_code = match cx.shape {
            Shape::Identifier(code) | Shape::Logical(_, code) => code,
            // The medical record number is the one that the patient is known by.
            Shape::TypedIdentifier if field(fields, 4) == MEDICAL_RECORD => {
                told.mark(4, Code::AlternativeUnused);
                ""
            }
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

    fn from_fhir<'d>(found: &Found<'d>, cx: &Cx<'_>, fill: &mut Fill<'d>) {
        if let Found::Reference(reference) = found {
            fill.also(reference.type_);
        }
        let Some(identifier) = found.identifier() else { return };
        fill.put(0, identifier.value);
        if let Shape::StudyIdIdentifier = cx.shape {
            fill.also(identifier.system);
            return note_bare(fill, identifier.system, place::study_id_system(cx.options).unwrap_or(""));
        }
        read_issuer(fill, identifier, cx);
        match cx.shape {
            Shape::Identifier(code) | Shape::Logical(_, code) => match identifier.type_.with(code) {
                Some(coding) => {
                    fill.also(coding.code);
                    fill.system(coding.system, IDENTIFIER_TYPE, coding.code);
                    say_accession(fill, identifier);
                }
                None if code == ACCESSION && identifier.type_.accession().is_some() => say_accession(fill, identifier),
                // By the name of its system.
                None if code == ACCESSION && names_accessions(identifier) => fill.note(identifier.system, Code::OtherSystem),
                None => {}
            },
            _ => read_type(fill, identifier, ""),
        }
    }
}

/// DCM 121022 is "Accession Number": some guides want it said too, or alone.
fn say_accession<'d>(fill: &mut Fill<'d>, identifier: &found::Identifier<'d>) {
    if let Some(coding) = identifier.type_.accession() {
        fill.also(coding.code);
        fill.system(coding.system, DCM, coding.code);
    }
}

/// IdentifierTypeCode: a code of v2-0203 (under whichever of its names, or none), unless it is the one that goes without saying. A code of another system
/// is no code of that table: it would come back as one.
fn read_type<'d>(fill: &mut Fill<'d>, identifier: &found::Identifier<'d>, implied: &str) {
    let coded = || identifier.type_.codings.iter().filter(|coding| !coding.code.is_empty());
    let of_table = |coding: &&found::Coding<'d>| found::is_identifier_type(coding.system.trim());
    let is_implied = |coding: &&found::Coding<'d>| !implied.is_empty() && coding.code.trim() == implied;
    let own = coded().find(|coding| coding.system.trim() == IDENTIFIER_TYPE);
    let Some(coding) = own.or_else(|| coded().find(of_table)).or_else(|| coded().find(is_implied)) else { return };
    if coding.code.trim() == implied {
        fill.also(coding.code);
    } else {
        fill.put(4, coding.code);
    }
    fill.system(coding.system, IDENTIFIER_TYPE, coding.code);
}

/// The identifier that a patient is known by: a medical record number (MR) unless DICOM says otherwise, and the caller may name who
/// gives those that have no issuer.
pub enum PatientIdentifier {}

impl Sealed for PatientIdentifier {}

impl Kind for PatientIdentifier {
    const NAME: &'static str = "patient-identifier";
    const FIELDS: usize = 6;
    type View<'a> = IdentifierView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> IdentifierView<'a> {
        IdentifierView::of(fields)
    }
}

/// The type of accession numbers (v2-0203).
const ACCESSION: &str = "ACSN";

/// The type of a patient's identifier where DICOM names none.
const MEDICAL_RECORD: &str = "MR";

impl Spell for PatientIdentifier {
    // As of any identifier.
    fn splices(first: &str, cx: &Cx<'_>) -> bool {
        Identifier::splices(first, cx)
    }

    fn is_settled(filled: u16, _: &str) -> bool {
        filled & 0b11_1101 == 1
    }

    fn canon(draft: &mut Draft<'_>) {
        Identifier::canon(draft);
        if draft.get(4) == MEDICAL_RECORD {
            draft.clear(4);
        }
        // Who issued nothing is nobody; and who is named somewhere else was there, and unread: now it is known.
        let is_named = draft.is_filled(1) || draft.is_filled(2);
        if !draft.is_filled(0) || is_named && draft.get(UNREAD) == NO_NAME {
            draft.clear(UNREAD);
        }
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        let (mut system, assigner) = issuer(fields, cx, told);
        let patients = place::patient_system(cx.options);
        // The system of those without issuer reads back as none.
        if assigner.display.is_empty() && assigner.identifier.is_none() && system.is_some_and(|uri| patients.is_some_and(|own| uri.is(own)))
        {
            told.note(1, Code::AliasCollapsed);
            told.note(2, Code::AliasCollapsed);
            told.note(3, Code::AliasCollapsed);
        }
        // An issuer that could not be read is one, and what tells it from others beside its name is not written.
        told.note(UNREAD, Code::SystemUnknown);
        if [1, 2, UNREAD].iter().all(|part| field(fields, *part).is_empty()) {
            system = patients.map(Uri::plain);
        }
        let implied = if let Shape::Identifier(code) = cx.shape { code } else { "" };
        let type_code = Some(field(fields, 4)).filter(|code| !code.is_empty()).unwrap_or(implied);
        Fhir::Identifier(shape::Identifier { type_: TypeCode::V2(type_code), system, value: Uri::plain(field(fields, 0)), assigner })
    }

    fn from_fhir<'d>(found: &Found<'d>, cx: &Cx<'_>, fill: &mut Fill<'d>) {
        let Some(identifier) = found.identifier() else { return };
        fill.put(0, identifier.value);
        let alone = identifier.assigner.is_empty() && identifier.assigned.1.is_empty();
        let own = place::patient_system(cx.options).filter(|own| alone && is_system(own, identifier.system.trim()));
        if let Some(own) = own {
            fill.also(identifier.system);
            note_bare(fill, identifier.system, own);
        } else {
            read_issuer(fill, identifier, cx);
            read_unread(fill, identifier);
        }
        read_type(fill, identifier, MEDICAL_RECORD);
    }
}

/// The field of what an issuer is called that is no text and no system.
pub(crate) const UNREAD: usize = 5;
/// An issuer of which nothing could be read.
pub(crate) const NO_NAME: &str = "?";

/// What the issuer is called where no system says who it is.
fn read_unread<'d>(fill: &mut Fill<'d>, identifier: &found::Identifier<'d>) {
    if !fill.is_filled(0) || !identifier.system.trim().is_empty() {
        return;
    }
    if !identifier.called.is_empty() {
        fill.set(UNREAD, identifier.called.clone(), found::Leaf::default());
    } else if identifier.is_issued && !fill.is_filled(1) && !fill.is_filled(2) {
        fill.set(UNREAD, NO_NAME, found::Leaf::default());
    }
}

/// Fields 1 to 3 from system and assigner.
pub(super) fn read_issuer<'d>(fill: &mut Fill<'d>, identifier: &found::Identifier<'d>, cx: &Cx<'_>) {
    let uri = identifier.system.trim();
    let (type_, id) = identifier.assigned;
    fill.put(1, identifier.assigner);
    if !uri.is_empty() {
        // An OID or UUID that is said without its URN is that all the same, unless the caller has it so.
        let (own, urn) = (place::namespace_back(cx.options, uri), with_urn(uri));
        let local = own.or_else(|| place::namespace_back(cx.options, &urn)).filter(|_| identifier.assigner.is_empty());
        let is_bare = urn != uri && (own.is_none() || local.is_none());
        if is_bare {
            fill.note(identifier.system, Code::OtherSystem);
        }
        if let Some(local) = local {
            fill.set(1, String::from(local), identifier.system);
        } else if is_bare {
            fill.set(2, uri, identifier.system);
            fill.set(3, if is_oid(uri) { "ISO" } else { "UUID" }, found::Leaf::default());
            return;
        } else if is_name(uri) {
            // A name where a URI belongs is the issuer's own; it says whose number it is, and who assigned it is words beside it.
            match identifier.assigner.trim() == uri {
                true => fill.further(1, identifier.system),
                false => {
                    fill.lose(identifier.assigner, Code::AlternativeUnused);
                    fill.put(1, identifier.system);
                }
            }
            fill.note(identifier.system, Code::OtherSystem);
        } else {
            let (id, kind) = universal_of(uri);
            fill.set(2, id, identifier.system);
            fill.set(3, kind, found::Leaf::default());
            return;
        }
    }
    if uri.is_empty() && place::namespace(cx.options, identifier.assigner.trim()).is_some() {
        fill.note(identifier.assigner, Code::OtherSystem);
    }
    fill.put(2, id);
    fill.put(3, type_);
}

/// That the caller's system is said without its URN is noted.
fn note_bare<'d>(fill: &mut Fill<'d>, system: found::Leaf<'d>, own: &str) {
    if system.trim() != own {
        fill.note(system, Code::OtherSystem);
    }
}

/// The universal entity identifier that a system is, and its type.
fn universal_of(uri: &str) -> (&str, &'static str) {
    if let Some(oid) = uri.strip_prefix(URN_OID).filter(|oid| is_oid(oid)) {
        (oid, "ISO")
    } else if let Some(uuid) = uri.strip_prefix("urn:uuid:").filter(|uuid| is_uuid(uuid)) {
        (uuid, "UUID")
    } else {
        (uri, "URI")
    }
}

/// Whether what stands where a URI belongs is a name: a URI has a scheme (RFC 3986 4.3, FHIR Identifier.system).
fn is_name(uri: &str) -> bool {
    !uri.contains(':')
}

/// The one form of a universal entity identifier, where it is another than the one that stands.
pub(crate) fn canonical_issuer(universal: &str, kind: &str) -> Option<String> {
    let (id, kind) = if kind == "URI" { universal_of(universal) } else { (universal, kind) };
    match kind {
        "UUID" if is_uuid(id) && id.bytes().any(|b| b.is_ascii_uppercase()) => Some(id.chars().map(|c| c.to_ascii_lowercase()).collect()),
        _ => (id != universal).then(|| String::from(id)),
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
    // A URI that is a URN of one of the other types is that type.
    if draft.get(3) == "URI" {
        let (id, kind) = universal_of(draft.get(2));
        if kind != "URI" {
            let id = String::from(id);
            draft.set(2, &id);
            draft.set(3, kind);
        }
    }
    if draft.get(3) == "UUID" && is_uuid(draft.get(2)) && draft.get(2).bytes().any(|b| b.is_ascii_uppercase()) {
        let lower: String = draft.get(2).chars().map(|c| c.to_ascii_lowercase()).collect();
        draft.set(2, &lower);
    }
}

/// System and assigner that the issuer in fields 1 to 3 gives.
pub(super) fn issuer<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> (Option<Uri<'a>>, Assigner<'a>) {
    let (local, universal, universal_type) = (field(fields, 1), field(fields, 2), field(fields, 3));
    let mut assigner = Assigner::default();
    let mut system = universal_system(universal, universal_type).filter(|uri| is_kept(uri.rest, field(fields, 0), cx.shape));
    if system.is_none() && !universal.is_empty() {
        assigner.identifier = Some((universal_type, universal));
    }
    if !local.is_empty() {
        match place::namespace(cx.options, local) {
            Some(uri) if system.is_none() => {
                system = Some(Uri::plain(uri));
                if place::namespace_back(cx.options, uri) != Some(local) {
                    told.note(1, Code::AliasCollapsed);
                }
            }
            _ => assigner.display = local,
        }
    } else if system.is_some_and(|uri| cx.options.namespaces.iter().any(|(_, known)| uri.is(known))) {
        // The caller's name for it is what reads back.
        told.note(2, Code::AliasCollapsed);
        told.note(3, Code::AliasCollapsed);
    }
    (system, assigner)
}

/// The system that a universal entity identifier names (PS3.3 10.17.1).
fn universal_system<'a>(id: &'a str, kind: &str) -> Option<Uri<'a>> {
    let uri = |scheme| Some(Uri { scheme, rest: id });
    match kind {
        "ISO" if is_oid(id) => uri("urn:oid:"),
        "UUID" if is_uuid(id) => uri("urn:uuid:"),
        "URI" if !is_name(id) && !id.contains(char::is_whitespace) => uri(""),
        _ => None,
    }
}

/// Whether a system can be said of a value. Those of UIDs and of URIs say what a value is, not who gave it (FHIR `Identifier.system`), and so are said of UIDs
/// and URIs alone; and not where a UID is read as something else: an accession number under `urn:dicom:uid` would be a second UID of the study.
fn is_kept(system: &str, value: &str, shape: Shape) -> bool {
    let is_urn_of_uid = value.strip_prefix(URN_OID).is_some_and(is_oid);
    let is_of_study = matches!(shape, Shape::Identifier(ACCESSION));
    match system {
        DICOM_UID => is_urn_of_uid && !is_of_study && shape.type_() != "Specimen",
        URI => is_uri(value) && !(is_of_study && value.starts_with(URN_OID)),
        _ => true,
    }
}
