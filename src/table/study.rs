//! Rows of the study, in FHIR element order.

use super::Level;
use super::part::{Part, Vr, part, sequence};
use super::row_type::{SearchKind, rows};
use super::sequences::{CODE, ISSUER, MEANING, PERSON_ID, REFERENCED_REQUEST as REFERENCED};
use crate::fhir::place;
use crate::fhir::shape::Shape;
use crate::kind::{Concept, DateTime, Identifier, Location, Modality, Number, Person, Reason, Request, Retrieve, Text, Uid};
use crate::release::{ALL, R4_R4B, R5_R6};

/// RequestAttributesSequence, whose items describe the requests that a series answers.
const REQUEST: u32 = 0x0040_0275;

const fn in_request(part: Part) -> Part {
    part.within(REQUEST).from(Level::Series)
}

rows! { Study:
    /// Study Instance UID: the identity of the study. PS3.3 C.7.2.1; FHIR: `identifier` with system `urn:dicom:uid`, first of the list.
    STUDY_UID: Uid = [part(0, 0x0020_000D, "StudyInstanceUID", Vr::Ui).never_guessed()]
        .at(ALL, "identifier[]", Shape::UidIdentifier)
        .search(ALL, "identifier", SearchKind::Token);

    /// Accession Number with its issuer. PS3.3 C.7.2.1; R4: an `identifier` typed ACSN, R5: `basedOn.identifier`.
    ACCESSION: Identifier = [
        part(0, 0x0008_0050, "AccessionNumber", Vr::Sh),
        sequence(1, 0x0008_0051, "IssuerOfAccessionNumberSequence", ISSUER),
    ]
        .at_if(place::accession_is_identifier, ALL, "identifier[]", Shape::Identifier("ACSN"))
        .at_if(place::accession_is_based_on, ALL, "basedOn[]", Shape::Logical("ServiceRequest", "ACSN"))
        .search(R4_R4B, "identifier", SearchKind::Token)
        .search(R5_R6, "based-on", SearchKind::Reference);

    /// Study ID: what the department calls the study. PS3.3 C.7.2.1. An `identifier` only where the caller knows its system.
    STUDY_ID: Identifier = [part(0, 0x0020_0010, "StudyID", Vr::Sh)]
        .at(ALL, "identifier[]", Shape::StudyIdIdentifier)
        .search(ALL, "identifier", SearchKind::Token);

    /// Modalities in Study: kept are those that no series has; the element lists the series' too. PS3.4 C.6.2.1.3, PS3.18 10.6.3.
    MODALITIES: Modality = [part(0, 0x0008_0061, "ModalitiesInStudy", Vr::Cs).append()]
        .at(R4_R4B, "modality[]", Shape::Coding)
        .at(R5_R6, "modality[]", Shape::CodeableConcept)
        .set()
        .search(ALL, "modality", SearchKind::Token);

    /// The admission, as the encounter. PS3.3 C.3.1.
    ENCOUNTER: Identifier = [
        part(0, 0x0038_0010, "AdmissionID", Vr::Lo),
        sequence(1, 0x0038_0014, "IssuerOfAdmissionIDSequence", ISSUER),
    ]
        .at(ALL, "encounter", Shape::Logical("Encounter", "VN"))
        .search(R4_R4B, "encounter", SearchKind::Reference);

    /// When the study started: date, time and the offset that dates them. PS3.3 C.7.2.1, C.12.1.
    STARTED: DateTime = [
        part(0, 0x0008_0020, "StudyDate", Vr::Da),
        part(1, 0x0008_0030, "StudyTime", Vr::Tm),
        part(2, 0x0008_0201, "TimezoneOffsetFromUTC", Vr::Offset),
    ]
        .at(ALL, "started", Shape::Text)
        .search(ALL, "started", SearchKind::Date);

    /// The order's number at its placer. PS3.3 C.4.12.
    PLACER: Identifier = [
        part(0, 0x0040_2016, "PlacerOrderNumberImagingServiceRequest", Vr::Lo),
        sequence(1, 0x0040_0026, "OrderPlacerIdentifierSequence", ISSUER),
    ]
        .at(ALL, "basedOn[]", Shape::Logical("ServiceRequest", "PLAC"));

    /// The order's number at its filler. PS3.3 C.4.12.
    FILLER: Identifier = [
        part(0, 0x0040_2017, "FillerOrderNumberImagingServiceRequest", Vr::Lo),
        sequence(1, 0x0040_0027, "OrderFillerIdentifierSequence", ISSUER),
    ]
        .at(ALL, "basedOn[]", Shape::Logical("ServiceRequest", "FILL"));

    /// Further orders that the study's documents answer, by accession number. PS3.3 C.17.2.
    REFERENCED_REQUEST: Identifier = [
        sequence(0, 0x0040_A370, "ReferencedRequestSequence", REFERENCED).append().from(Level::Instance),
    ]
        .at(ALL, "basedOn[]", Shape::Logical("ServiceRequest", "ACSN"))
        .set();

    /// The requests that the study answers, from all of its series. PS3.3 10.6 (Request Attributes Macro).
    REQUESTS: Request = [
        in_request(part(0, 0x0040_1001, "RequestedProcedureID", Vr::Sh)).each(),
        in_request(part(1, 0x0032_1060, "RequestedProcedureDescription", Vr::Lo)).each(),
        in_request(sequence(2, 0x0032_1064, "RequestedProcedureCodeSequence", MEANING)).each(),
    ]
        .at(ALL, "basedOn[]", Shape::Reference("ServiceRequest"))
        .set()
        .search(R4_R4B, "basedon", SearchKind::Reference)
        .search(R5_R6, "based-on", SearchKind::Reference);

    /// The referring physician, with identification. PS3.3 C.7.2.1.
    REFERRER: Person = [
        part(0, 0x0008_0090, "ReferringPhysicianName", Vr::Pn),
        sequence(3, 0x0008_0096, "ReferringPhysicianIdentificationSequence", PERSON_ID),
    ]
        .at(ALL, "referrer", Shape::Reference("Practitioner"))
        .search(ALL, "referrer", SearchKind::Reference);

    /// The physicians who read the study. PS3.3 C.7.2.1. R4 and R4B alone have an element.
    INTERPRETER: Person = [
        part(0, 0x0008_1060, "NameOfPhysiciansReadingStudy", Vr::Pn).each(),
        sequence(3, 0x0008_1062, "PhysiciansReadingStudyIdentificationSequence", PERSON_ID).each(),
    ]
        .at(R4_R4B, "interpreter[]", Shape::Reference("Practitioner"))
        .search(R4_R4B, "interpreter", SearchKind::Reference);

    /// The physicians of record. PS3.3 C.7.2.1. No release has an element.
    PHYSICIAN_OF_RECORD: Person = [
        part(0, 0x0008_1048, "PhysiciansOfRecord", Vr::Pn).each(),
        sequence(3, 0x0008_1049, "PhysiciansOfRecordIdentificationSequence", PERSON_ID).each(),
    ];

    /// Where the study can be retrieved, as the archive says. PS3.18 10.6.3. An Endpoint's base only where the options trust it.
    RETRIEVE_URL: Retrieve = [part(0, 0x0008_1190, "RetrieveURL", Vr::Ur)];

    /// Whether the archive has the study at hand. PS3.4 C.4.1.1.3. No release has an element; it does not change `status`.
    AVAILABILITY: Text = [part(0, 0x0008_0056, "InstanceAvailability", Vr::Cs)];

    /// Number of Study Related Series. PS3.4 C.6.2.1.2 (a query attribute).
    SERIES_COUNT: Number = [part(0, 0x0020_1206, "NumberOfStudyRelatedSeries", Vr::Is)]
        .at(ALL, "numberOfSeries", Shape::Number);

    /// Number of Study Related Instances. PS3.4 C.6.2.1.2 (a query attribute).
    INSTANCE_COUNT: Number = [part(0, 0x0020_1208, "NumberOfStudyRelatedInstances", Vr::Is)]
        .at(ALL, "numberOfInstances", Shape::Number);

    /// The procedures performed. PS3.3 C.7.2.1.
    PROCEDURE: Concept = [sequence(0, 0x0008_1032, "ProcedureCodeSequence", CODE).append()]
        .at(R4_R4B, "procedureCode[]", Shape::CodeableConcept)
        .at(R5_R6, "procedure[]", Shape::CodeableReference);

    /// Where: the department, else where it was performed, else the institution. PS3.3 C.7.5.1 (equipment), C.4.14 (procedure step): modules of series.
    LOCATION: Location = [
        part(0, 0x0008_1040, "InstitutionalDepartmentName", Vr::Lo).also_in(Level::Series),
        part(1, 0x0040_0243, "PerformedLocation", Vr::Sh).also_in(Level::Series),
        part(2, 0x0008_0080, "InstitutionName", Vr::Lo).also_in(Level::Series),
    ]
        .at(ALL, "location", Shape::Reference("Location"));

    /// Why: the reasons requested, coded and in words, and the reason performed. PS3.3 10.6, C.4.14.
    REASON: Reason = [
        in_request(sequence(0, 0x0040_100A, "ReasonForRequestedProcedureCodeSequence", CODE)).append(),
        in_request(part(5, 0x0040_1002, "ReasonForTheRequestedProcedure", Vr::Lo)).append(),
        sequence(0, 0x0040_1012, "ReasonForPerformedProcedureCodeSequence", CODE).also_in(Level::Instance).append().marking(6),
    ]
        .at(R4_R4B, "reasonCode[]", Shape::CodeableConcept)
        .at(R5_R6, "reason[]", Shape::CodeableReference)
        .set()
        .search(ALL, "reason", SearchKind::Token);

    /// Study Description. PS3.3 C.7.2.1.
    DESCRIPTION: Text = [part(0, 0x0008_1030, "StudyDescription", Vr::Lo)]
        .at(ALL, "description", Shape::Text);
}
