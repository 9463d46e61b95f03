//! What the items of sequences hold, where several rows use the same macro of PS3.3.

use super::part::{Part, Vr, part, sequence};

/// Code Sequence Macro (PS3.3 8.8): code, designator, version, meaning, scheme UID.
/// A code is in one of three attributes, by its length and form.
pub(crate) const CODE: &[Part] = &[
    part(0, 0x0008_0100, "CodeValue", Vr::Sh),
    part(1, 0x0008_0102, "CodingSchemeDesignator", Vr::Sh),
    part(2, 0x0008_0103, "CodingSchemeVersion", Vr::Sh),
    part(3, 0x0008_0104, "CodeMeaning", Vr::Lo),
    part(4, 0x0008_010C, "CodingSchemeUID", Vr::Ui),
    part(0, 0x0008_0119, "LongCodeValue", Vr::Uc),
    part(0, 0x0008_0120, "URNCodeValue", Vr::Ur),
];

/// The meaning of a code alone.
pub(crate) const MEANING: &[Part] = &[part(0, 0x0008_0104, "CodeMeaning", Vr::Lo)];

/// HL7v2 Hierarchic Designator Macro (PS3.3 10.17): local, universal, type of the universal.
pub(crate) const ISSUER: &[Part] = &[
    part(0, 0x0040_0031, "LocalNamespaceEntityID", Vr::Ut),
    part(1, 0x0040_0032, "UniversalEntityID", Vr::Ut),
    part(2, 0x0040_0033, "UniversalEntityIDType", Vr::Cs),
];

/// Issuer of Patient ID Macro (PS3.3 10.15): universal, its type, identifier type.
pub(crate) const QUALIFIERS: &[Part] = &[
    part(0, 0x0040_0032, "UniversalEntityID", Vr::Ut),
    part(1, 0x0040_0033, "UniversalEntityIDType", Vr::Cs),
    part(2, 0x0040_0035, "IdentifierTypeCode", Vr::Cs),
];

/// Person Identification Macro (PS3.3 10.1): identifier, designator, meaning, scheme UID.
pub(crate) const PERSON_ID: &[Part] = &[sequence(
    0,
    0x0040_1101,
    "PersonIdentificationCodeSequence",
    &[
        part(0, 0x0008_0100, "CodeValue", Vr::Sh),
        part(1, 0x0008_0102, "CodingSchemeDesignator", Vr::Sh),
        part(2, 0x0008_0104, "CodeMeaning", Vr::Lo),
        part(3, 0x0008_010C, "CodingSchemeUID", Vr::Ui),
        part(0, 0x0008_0119, "LongCodeValue", Vr::Uc),
    ],
)
.of_several()];

/// An identifier of a patient with its issuer, as in OtherPatientIDsSequence (PS3.3 C.7.1.1).
pub(crate) const PATIENT_IDENTIFIER: &[Part] = &[
    part(0, 0x0010_0020, "PatientID", Vr::Lo),
    part(1, 0x0010_0021, "IssuerOfPatientID", Vr::Lo),
    sequence(2, 0x0010_0024, "IssuerOfPatientIDQualifiersSequence", QUALIFIERS),
];

/// A request, as in ReferencedRequestSequence (PS3.3 C.17.2), by its accession number.
pub(crate) const REFERENCED_REQUEST: &[Part] =
    &[part(0, 0x0008_0050, "AccessionNumber", Vr::Sh), sequence(1, 0x0008_0051, "IssuerOfAccessionNumberSequence", ISSUER)];

/// A specimen (PS3.3 C.7.6.22).
pub(crate) const SPECIMEN: &[Part] = &[
    part(0, 0x0040_0551, "SpecimenIdentifier", Vr::Lo),
    sequence(1, 0x0040_0562, "IssuerOfTheSpecimenIdentifierSequence", ISSUER),
    part(4, 0x0040_0554, "SpecimenUID", Vr::Ui),
    part(5, 0x0040_0600, "SpecimenShortDescription", Vr::Lo),
];
