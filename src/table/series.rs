//! Rows of a series, in FHIR element order.

use super::Level;
use super::part::{Vr, part, sequence};
use super::row_type::{SearchKind, rows};
use super::sequences::{CODE, PERSON_ID, SPECIMEN as SPECIMENS};
use crate::fhir::shape::Shape;
use crate::kind::{BodySite, DateTimeOr, Device, Laterality, Modality, Number, Person, Specimen, Text, Uid};
use crate::release::{ALL, R4_R4B, R5_R6};

rows! { Series:
    /// Series Instance UID: the identity of the series. PS3.3 C.7.3.1.
    SERIES_UID: Uid = [part(0, 0x0020_000E, "SeriesInstanceUID", Vr::Ui).never_guessed()]
        .at(ALL, "uid", Shape::Text)
        .search(ALL, "series", SearchKind::Token);

    /// Series Number. PS3.3 C.7.3.1.
    SERIES_NUMBER: Number = [part(0, 0x0020_0011, "SeriesNumber", Vr::Is)]
        .at(ALL, "number", Shape::Number);

    /// Modality. PS3.3 C.7.3.1.
    SERIES_MODALITY: Modality = [part(0, 0x0008_0060, "Modality", Vr::Cs)]
        .at(R4_R4B, "modality", Shape::Coding)
        .at(R5_R6, "modality", Shape::CodeableConcept)
        .search(ALL, "modality", SearchKind::Token);

    /// Series Description. PS3.3 C.7.3.1.
    SERIES_DESCRIPTION: Text = [part(0, 0x0008_103E, "SeriesDescription", Vr::Lo)]
        .at(ALL, "description", Shape::Text);

    /// Number of Series Related Instances. PS3.4 C.6.2.1.2 (a query attribute).
    SERIES_INSTANCE_COUNT: Number = [part(0, 0x0020_1209, "NumberOfSeriesRelatedInstances", Vr::Is)]
        .at(ALL, "numberOfInstances", Shape::Number);

    /// The body part: by Defined Term (PS3.16 Annex L) or by code. PS3.3 C.7.3.1, 10.5 (General Anatomy Macros).
    BODY_SITE: BodySite = [
        part(0, 0x0018_0015, "BodyPartExamined", Vr::Cs),
        sequence(1, 0x0008_2218, "AnatomicRegionSequence", CODE).from(Level::Instance),
    ]
        .at(R4_R4B, "bodySite", Shape::Coding)
        .at(R5_R6, "bodySite", Shape::CodeableReference)
        .search(R4_R4B, "bodysite", SearchKind::Token)
        .search(R5_R6, "body-site", SearchKind::Token);

    /// The side: of the series, else the one that all of its images have. PS3.3 C.7.3.1, C.7.6.1.
    LATERALITY: Laterality = [
        part(0, 0x0020_0060, "Laterality", Vr::Cs),
        part(1, 0x0020_0062, "ImageLaterality", Vr::Cs).from(Level::Instance),
    ]
        .at(R4_R4B, "laterality", Shape::UnilateralCoding)
        .at(R5_R6, "laterality", Shape::CodeableConcept);

    /// The specimens imaged, from all instances. PS3.3 C.7.6.22.
    SPECIMEN: Specimen = [
        sequence(0, 0x0040_0560, "SpecimenDescriptionSequence", SPECIMENS).append().from(Level::Instance),
    ]
        .at(ALL, "specimen[]", Shape::Reference("Specimen"))
        .set();

    /// When the series started; else when its procedure step did. PS3.3 C.7.3.1, 10.13.
    SERIES_STARTED: DateTimeOr = [
        part(0, 0x0008_0021, "SeriesDate", Vr::Da),
        part(1, 0x0008_0031, "SeriesTime", Vr::Tm),
        part(2, 0x0008_0201, "TimezoneOffsetFromUTC", Vr::Offset),
        part(3, 0x0040_0244, "PerformedProcedureStepStartDate", Vr::Da),
        part(4, 0x0040_0245, "PerformedProcedureStepStartTime", Vr::Tm),
    ]
        .at(ALL, "started", Shape::Text);

    /// The performing physicians, with identification. PS3.3 C.7.3.1.
    PERFORMER: Person = [
        part(0, 0x0008_1050, "PerformingPhysicianName", Vr::Pn).each(),
        sequence(3, 0x0008_1052, "PerformingPhysicianIdentificationSequence", PERSON_ID).each(),
    ]
        .at(ALL, "performer[]", Shape::Performer("PRF"))
        .search(ALL, "performer", SearchKind::Reference);

    /// The operators, with identification. PS3.3 C.7.3.1.
    OPERATOR: Person = [
        part(0, 0x0008_1070, "OperatorsName", Vr::Pn).each(),
        sequence(3, 0x0008_1072, "OperatorIdentificationSequence", PERSON_ID).each(),
    ]
        .at(ALL, "performer[]", Shape::Performer("SPRF"))
        .search(ALL, "performer", SearchKind::Reference);

    /// The device that made the series. PS3.3 C.7.5.1.
    DEVICE: Device = [
        part(0, 0x0008_0070, "Manufacturer", Vr::Lo),
        part(1, 0x0008_1090, "ManufacturerModelName", Vr::Lo),
        part(2, 0x0008_1010, "StationName", Vr::Sh),
        part(3, 0x0018_1000, "DeviceSerialNumber", Vr::Lo),
        part(4, 0x0018_1002, "DeviceUID", Vr::Ui),
        part(5, 0x0018_1020, "SoftwareVersions", Vr::Lo).of_several(),
    ]
        .at(ALL, "performer[]", Shape::Performer("DEV"));
}
