//! Attributes that are known and deliberately not mapped, each with its reason. They are reported as `not-mapped`.

/// An attribute that is known and not mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The tag.
    pub tag: u32,
    /// The keyword.
    pub keyword: &'static str,
    /// The value representation.
    pub vr: &'static str,
    /// Why it has no row.
    pub reason: &'static str,
}

const fn known(tag: u32, keyword: &'static str, vr: &'static str, reason: &'static str) -> Known {
    Known { tag, keyword, vr, reason }
}

/// Whether the table knows the attribute and leaves it out, at the top of a data set or inside a sequence.
pub(crate) fn is_known(tag: u32) -> bool {
    KNOWN.binary_search_by(|known| known.tag.cmp(&tag)).is_ok()
}

/// Sorted by tag.
pub static KNOWN: &[Known] = &[
    known(0x0008_0005, "SpecificCharacterSet", "CS", "the encoding of the binary object; JSON is UTF-8"),
    known(
        0x0008_0008,
        "ImageType",
        "CS",
        "classifies pixels and is no title: FHIR R4 lists it among the sources of title, R6 no longer does",
    ),
    known(0x0008_0023, "ContentDate", "DA", "when the content was made; FHIR has the start of the series only"),
    known(0x0008_002A, "AcquisitionDateTime", "DT", "when an image was acquired; FHIR has the start of the series only"),
    known(0x0008_0033, "ContentTime", "TM", "when the content was made; FHIR has the start of the series only"),
    known(0x0008_0054, "RetrieveAETitle", "AE", "DIMSE: FHIR has no connection type for it, and an AE title is no URL"),
    known(0x0008_0062, "SOPClassesInStudy", "UI", "a summary of the instances' SOP classes; FHIR has them per instance"),
    known(0x0008_0063, "AnatomicRegionsInStudyCodeSequence", "SQ", "only extensions of guides hold it"),
    known(0x0008_009C, "ConsultingPhysicianName", "PN", "no element at study level; a series performer with function CON would be a guess"),
    known(0x0008_0100, "CodeValue", "SH", "a code of which only the meaning, or another attribute, is mapped"),
    known(0x0008_0102, "CodingSchemeDesignator", "SH", "the scheme of a code that is not mapped"),
    known(0x0008_0103, "CodingSchemeVersion", "SH", "the version of a scheme whose code is not mapped"),
    known(0x0008_0104, "CodeMeaning", "LO", "the meaning of a code that is not mapped"),
    known(0x0008_0105, "MappingResource", "CS", "where a context group is defined; not part of the code"),
    known(0x0008_0106, "ContextGroupVersion", "DT", "where a context group is defined; not part of the code"),
    known(0x0008_010C, "CodingSchemeUID", "UI", "the scheme of a code that is not mapped"),
    known(0x0008_010F, "ContextIdentifier", "CS", "where a context group is defined; not part of the code"),
    known(0x0008_0117, "ContextUID", "UI", "where a context group is defined; not part of the code"),
    known(0x0008_0119, "LongCodeValue", "UC", "a code of which only the meaning is mapped"),
    known(0x0008_0120, "URNCodeValue", "UR", "a code of which only the meaning is mapped"),
    known(0x0008_0121, "EquivalentCodeSequence", "SQ", "further codes for the same thing; the first code stands"),
    known(0x0008_041F, "StudyUpdateDateTime", "DT", "when the archive last changed the study; not a fact of the study"),
    known(0x0008_103F, "SeriesDescriptionCodeSequence", "SQ", "no element for a coded description"),
    known(0x0008_1084, "AdmittingDiagnosesCodeSequence", "SQ", "diagnoses at admission; FHIR maps none to the study"),
    known(0x0008_3002, "AvailableTransferSyntaxUID", "UI", "says how data are stored or transferred, not what the study is"),
    known(0x0010_0022, "TypeOfPatientID", "CS", "names the medium of the identifier (TEXT, RFID, BARCODE), not its type"),
    known(0x0010_1010, "PatientAge", "AS", "age at the study: FHIR derives it from Patient.birthDate and started"),
    known(0x0010_2000, "MedicalAlerts", "LO", "would be a Flag or AllergyIntolerance, clinical statements of their own"),
    known(0x0010_2110, "Allergies", "LO", "would be an AllergyIntolerance, a clinical statement of its own"),
    known(0x0010_4000, "PatientComments", "LT", "free text about the patient; no element"),
    known(0x0018_1030, "ProtocolName", "LO", "no element for protocols; it is no description"),
    known(0x0028_0008, "NumberOfFrames", "IS", "no element before 6.0.0-snapshot1; guides have extensions"),
    known(0x0028_0010, "Rows", "US", "pixel format"),
    known(0x0028_0011, "Columns", "US", "pixel format"),
    known(0x0028_0100, "BitsAllocated", "US", "pixel format"),
    known(0x0032_1066, "ReasonForVisit", "UT", "reason for the encounter, not for the study"),
    known(0x0040_0009, "ScheduledProcedureStepID", "SH", "names a step of the worklist; FHIR has no such level"),
    known(0x0040_0253, "PerformedProcedureStepID", "SH", "names a step of the procedure; FHIR has no such level"),
    known(0x0040_0254, "PerformedProcedureStepDescription", "LO", "describes a step of the procedure; FHIR has no such level"),
    known(0x0040_0260, "PerformedProtocolCodeSequence", "SQ", "no element for protocols"),
    known(0x0040_0512, "ContainerIdentifier", "LO", "identifies the container, not the specimen"),
    known(0x0040_0551, "SpecimenIdentifier", "LO", "mapped inside SpecimenDescriptionSequence only"),
    known(0x0040_0554, "SpecimenUID", "UI", "mapped inside SpecimenDescriptionSequence only"),
    known(0x0040_0562, "IssuerOfTheSpecimenIdentifierSequence", "SQ", "mapped inside SpecimenDescriptionSequence only"),
    known(0x0040_0600, "SpecimenShortDescription", "LO", "mapped inside SpecimenDescriptionSequence only"),
];
