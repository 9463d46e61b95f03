//! What is found where a value is read: the data types of FHIR, each scalar with the node it came from.

use super::place;
use super::shape::Shape;
use crate::grammar::uid::{is_oid, is_uuid};
use crate::json::tree::Id;
use crate::options::Options;
use crate::table::codes::scheme;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Systems of codes by which values are told apart.
pub(crate) const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
pub(crate) const SNOMED: &str = "http://snomed.info/sct";
pub(crate) const IDENTIFIER_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
pub(crate) const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
pub(crate) const CONNECTION: &str = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type";
pub(crate) const PAYLOAD: &str = "http://terminology.hl7.org/CodeSystem/endpoint-payload-type";
pub(crate) const DICOM_UID: &str = "urn:dicom:uid";
pub(crate) const URI: &str = "urn:ietf:rfc:3986";
/// The system of `Patient.gender`, which goes without saying there.
pub(crate) const ADMINISTRATIVE_GENDER: &str = "http://hl7.org/fhir/administrative-gender";
pub(crate) const URN_OID: &str = "urn:oid:";

/// A scalar and its node; empty: absent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Leaf<'d> {
    pub(crate) text: &'d str,
    pub(crate) id: Option<Id>,
}

impl<'d> Leaf<'d> {
    /// The text without what is insignificant at its ends.
    pub(crate) fn trim(&self) -> &'d str {
        trim(self.text)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.trim().is_empty()
    }
}

/// A text without white space and control characters at its ends.
pub(crate) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        // Most texts have none there.
        [] | [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim_matches(|c: char| c.is_whitespace() || c.is_control()),
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Coding<'d> {
    pub(crate) system: Leaf<'d>,
    pub(crate) version: Leaf<'d>,
    pub(crate) code: Leaf<'d>,
    pub(crate) display: Leaf<'d>,
}

/// Codings: most concepts have one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Codings<'d> {
    first: Option<Coding<'d>>,
    more: Vec<Coding<'d>>,
}

impl<'d> Codings<'d> {
    pub(crate) fn one(coding: Coding<'d>) -> Self {
        let mut codings = Codings::default();
        codings.push(coding);
        codings
    }

    /// One that says nothing is none, whatever an extension says of why.
    pub(crate) fn push(&mut self, coding: Coding<'d>) {
        if [coding.system, coding.version, coding.code, coding.display].iter().all(Leaf::is_empty) {
            return;
        }
        if self.first.is_none() {
            self.first = Some(coding);
        } else {
            self.more.push(coding);
        }
    }

    pub(crate) fn first(&self) -> Option<&Coding<'d>> {
        self.first.as_ref()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Coding<'d>> + Clone {
        self.first.iter().chain(&self.more)
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Concept<'d> {
    pub(crate) codings: Codings<'d>,
    pub(crate) text: Leaf<'d>,
}

impl<'d> Concept<'d> {
    /// The coding with this code: under the system that has it, else under none, else under another (codings have no order).
    pub(crate) fn with(&self, code: &str) -> Option<&Coding<'d>> {
        let own = match code {
            "PRF" | "SPRF" | "DEV" => PARTICIPATION,
            _ if code.starts_with(|first: char| first.is_ascii_digit()) => DCM,
            _ => IDENTIFIER_TYPE,
        };
        let mut all = self.codings.iter().filter(|coding| coding.code.trim() == code);
        let under = |system: &'static str| all.clone().find(move |coding| coding.system.trim() == system);
        under(own).or_else(|| under("")).or_else(|| all.next())
    }

    /// DICOM's own code of accession numbers, 121022, under whichever of its URIs.
    pub(crate) fn accession(&self) -> Option<&Coding<'d>> {
        self.with("121022").filter(|coding| is_dcm(coding.system.trim()))
    }

    /// Whether it says, as the type of an identifier, that it is one of this type of v2-0203.
    pub(crate) fn is_type(&self, code: &str) -> bool {
        self.with(code).is_some() || code == "ACSN" && self.accession().is_some()
    }

    /// Whether a code says what it is.
    pub(crate) fn is_coded(&self) -> bool {
        self.codings.iter().any(|coding| !coding.code.is_empty())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.codings.is_empty() && self.text.is_empty()
    }
}

/// Whether a system is DICOM's own, by its URI, one that it had before, or its OID.
fn is_dcm(system: &str) -> bool {
    let of_uid = || system.strip_prefix(URN_OID).and_then(scheme::by_uid);
    system == DCM || scheme::by_uri(system).map(|(known, _)| known).or_else(of_uid).is_some_and(|known| known.uri == DCM)
}

/// Whether a system is v2-0203, by whichever name (those before R4, its OID and that of the table), or none, as codes of it are met.
pub(crate) fn is_identifier_type(system: &str) -> bool {
    const OLD: [&str; 4] = [
        "http://hl7.org/fhir/v2/0203",
        "http://hl7.org/fhir/identifier-type",
        "urn:oid:2.16.840.1.113883.18.108",
        "urn:oid:2.16.840.1.113883.12.203",
    ];
    system.is_empty() || system == IDENTIFIER_TYPE || OLD.contains(&system)
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Identifier<'d> {
    pub(crate) type_: Concept<'d>,
    pub(crate) system: Leaf<'d>,
    pub(crate) value: Leaf<'d>,
    /// There is a value, and nobody knows which: there are several, or it is none.
    pub(crate) is_in_doubt: bool,
    pub(crate) assigner: Leaf<'d>,
    /// Type in words and value of the assigner's own identifier.
    pub(crate) assigned: (Leaf<'d>, Leaf<'d>),
    /// What tells the resource that assigned it from others; empty where there is no reference to one.
    pub(crate) called: String,
    /// Whether there is a system or an assigner, whether it can be read or not.
    pub(crate) is_issued: bool,
}

/// What a part of a HumanName says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    /// The groups that it says something of, where the sign that divides groups is in the name: a bit each, the fourth for all that are too many.
    pub(crate) groups: u8,
    /// Whether there were control characters in it.
    pub(crate) is_odd: bool,
}

/// A group of a name, put together from the parts of a HumanName.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    pub(crate) text: String,
    /// Its leaves.
    pub(crate) leaves: Vec<(Id, Said)>,
    /// Whether it is text of which nobody says how it is made up.
    pub(crate) unstructured: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Reference<'d> {
    pub(crate) type_: Leaf<'d>,
    /// The type of resource that it means, as far as it can be seen.
    pub(crate) kind: Option<&'static str>,
    pub(crate) identifier: Option<Identifier<'d>>,
    pub(crate) display: Leaf<'d>,
    /// The groups of the name, where the reference leads to a person that has one.
    pub(crate) names: Option<Box<[Group; 3]>>,
    /// What the person does, where it is a performer.
    pub(crate) function: Concept<'d>,
}

/// A value as it was found; it lives as long as its row takes.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone)]
pub(crate) enum Found<'d> {
    Text(Leaf<'d>),
    Concept(Concept<'d>),
    Identifier(Identifier<'d>),
    Reference(Reference<'d>),
}

impl<'d> Found<'d> {
    /// The identifier that it is, or refers by.
    pub(crate) fn identifier(&self) -> Option<&Identifier<'d>> {
        match self {
            Found::Identifier(identifier) => Some(identifier),
            Found::Reference(reference) => reference.identifier.as_ref(),
            _ => None,
        }
    }
}

/// Whether an identifier says that it is a study's UID.
pub(crate) fn is_study_uid(identifier: &Identifier<'_>) -> bool {
    match identifier.system.trim() {
        DICOM_UID => true,
        URI => identifier.value.trim().starts_with(URN_OID),
        _ => identifier.type_.with("110180").is_some_and(|coding| is_dcm(coding.system.trim())),
    }
}

/// Whether an identifier without type belongs to a system of accession numbers, by its name.
pub(crate) fn names_accessions(identifier: &Identifier<'_>) -> bool {
    if identifier.type_.is_coded() || identifier.system.is_empty() {
        return false;
    }
    let system = identifier.system.trim().to_ascii_lowercase();
    system.contains("acsn") || system.contains("accession")
}

/// Whether an identifier is under the system that the caller gave to StudyID, whatever that is called.
pub(crate) fn is_study_id(identifier: &Identifier<'_>, options: &Options) -> bool {
    place::study_id_system(options).is_some_and(|own| is_system(own, identifier.system.trim()))
}

/// Whether a system is the caller's, or its OID or UUID without the URN.
pub(crate) fn is_system(own: &str, system: &str) -> bool {
    own == system || own == with_urn(system)
}

/// A system; what is an OID or UUID with its URN.
pub(crate) fn with_urn(system: &str) -> Cow<'_, str> {
    match () {
        () if is_oid(system) => Cow::Owned([URN_OID, system].concat()),
        () if is_uuid(system) => Cow::Owned(["urn:uuid:", system].concat()),
        () => Cow::Borrowed(system),
    }
}

impl Shape {
    /// Whether a value is one of this shape, where several share an element.
    pub(crate) fn takes(self, found: &Found<'_>, options: &Options) -> bool {
        let typed = |code: &str| found.identifier().is_some_and(|identifier| identifier.type_.is_type(code));
        let is_accession = || found.identifier().is_some_and(|id| names_accessions(id) && !is_study_id(id, options));
        match self {
            Shape::UidIdentifier => found.identifier().is_some_and(is_study_uid),
            Shape::Identifier(code) => typed(code) || is_accession(),
            Shape::StudyIdIdentifier => found.identifier().is_some_and(|id| is_study_id(id, options)),
            Shape::Logical(wanted, _) if matches!(found, Found::Reference(reference) if reference.kind.is_some_and(|kind| !is_kind(wanted, kind))) => {
                false
            }
            Shape::Logical(_, "VN") => typed("VN") || found.identifier().is_none_or(|identifier| !identifier.type_.is_coded()),
            Shape::Logical(_, "ACSN") => typed("ACSN") || is_accession(),
            Shape::Logical(_, code) => typed(code),
            Shape::Performer(function) => {
                let Found::Reference(actor) = found else { return false };
                let device = actor.type_.trim() == "Device" || actor.kind == Some("Device");
                if !device && actor.kind.is_some_and(|kind| !is_person(kind)) {
                    return false;
                }
                let is_person = actor.kind.is_some_and(is_person);
                match function {
                    "DEV" => device || !is_person && actor.function.with(function).is_some(),
                    "PRF" => !device && (actor.function.with(function).is_some() || actor.function.is_empty()),
                    _ => !device && actor.function.with(function).is_some(),
                }
            }
            Shape::Reference(wanted) => match found {
                // Whose number it is somebody says: a second one of a placer or filler is no procedure's.
                Found::Reference(_) if wanted == "ServiceRequest" && (typed("PLAC") || typed("FILL")) => false,
                Found::Reference(reference) => reference.kind.is_none_or(|kind| is_kind(wanted, kind)),
                _ => true,
            },
            _ => true,
        }
    }
}

/// Whether a resource of a type may stand where one of another is wanted: what people do they do in roles.
pub(crate) fn is_kind(wanted: &str, kind: &str) -> bool {
    kind == wanted || wanted == "Practitioner" && is_person(kind)
}

/// Whether resources of a type are people who do something.
pub(crate) fn is_person(kind: &str) -> bool {
    matches!(kind, "Practitioner" | "PractitionerRole")
}
