//! Rows of the study, in FHIR element order.

use super::Level;
use super::part::{Part, Vr, part, sequence};
use super::row_type::{SearchKind, rows};
use super::sequences::{CODE, ISSUER, PERSON_ID};
use crate::fhir::place;
use crate::fhir::shape::Shape;
use crate::kind::{Concept, DateTime, Identifier, Modality, Number, Person, Reason, Request, Text, Uid};
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
        .at_if(place::accession_is_based_on, ALL, "basedOn[]", Shape::Order("ACSN"))
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

    /// When the study started: date, time and the offset that dates them. PS3.3 C.7.2.1, C.12.1.
    STARTED: DateTime = [
        part(0, 0x0008_0020, "StudyDate", Vr::Da),
        part(1, 0x0008_0030, "StudyTime", Vr::Tm),
        part(2, 0x0008_0201, "TimezoneOffsetFromUTC", Vr::Offset),
    ]
        .at(ALL, "started", Shape::Text)
        .search(ALL, "started", SearchKind::Date);

    /// The requests that the study answers, from all of its series. PS3.3 10.6 (Request Attributes Macro).
    REQUESTS: Request = [
        in_request(part(0, 0x0040_1001, "RequestedProcedureID", Vr::Sh)).each(),
        in_request(part(1, 0x0032_1060, "RequestedProcedureDescription", Vr::Lo)).each(),
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

    /// Why: the reasons requested, coded and in words, and the reason performed. PS3.3 10.6, C.4.14.
    REASON: Reason = [
        in_request(sequence(0, 0x0040_100A, "ReasonForRequestedProcedureCodeSequence", CODE)).append(),
        in_request(part(5, 0x0040_1002, "ReasonForTheRequestedProcedure", Vr::Lo)).append(),
        sequence(0, 0x0040_1012, "ReasonForPerformedProcedureCodeSequence", CODE).append().marking(6),
    ]
        .at(R4_R4B, "reasonCode[]", Shape::CodeableConcept)
        .at(R5_R6, "reason[]", Shape::CodeableReference)
        .set()
        .search(ALL, "reason", SearchKind::Token);

    /// Study Description. PS3.3 C.7.2.1.
    DESCRIPTION: Text = [part(0, 0x0008_1030, "StudyDescription", Vr::Lo)]
        .at(ALL, "description", Shape::Text);
}
