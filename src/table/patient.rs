//! Rows of the patient.

use super::part::{Vr, part, sequence};
use super::row_type::{SearchKind, rows};
use super::sequences::{PATIENT_IDENTIFIER, QUALIFIERS};
use crate::fhir::place;
use crate::fhir::shape::Shape;
use crate::kind::{Birth, Identifier, PatientIdentifier, Person, Sex};
use crate::release::ALL;

rows! { Patient:
    /// Patient ID with its issuer and qualifiers. PS3.3 C.2.2, C.7.1.1, 10.15.
    PATIENT_ID: PatientIdentifier = [
        part(0, 0x0010_0020, "PatientID", Vr::Lo).never_guessed(),
        part(1, 0x0010_0021, "IssuerOfPatientID", Vr::Lo),
        sequence(2, 0x0010_0024, "IssuerOfPatientIDQualifiersSequence", QUALIFIERS),
    ]
        .at_if(place::patient_is_resource, ALL, "Patient.identifier[]", Shape::Identifier("MR"))
        .at_if(place::patient_is_logical, ALL, "subject.identifier", Shape::Identifier("MR"))
        .search(ALL, "patient", SearchKind::Reference);

    /// Patient's Name, in up to three representations. PS3.3 C.7.1.1.
    PATIENT_NAME: Person = [part(0, 0x0010_0010, "PatientName", Vr::Pn)]
        .at_if(place::patient_is_resource, ALL, "Patient.name[]", Shape::HumanName)
        .at_if(place::patient_is_logical, ALL, "subject.display", Shape::Display);

    /// Further identifiers of the patient, each with its issuer. PS3.3 C.7.1.1.
    PATIENT_OTHER_ID: Identifier = [sequence(0, 0x0010_1002, "OtherPatientIDsSequence", PATIENT_IDENTIFIER).append()]
        .at_if(place::patient_is_resource, ALL, "Patient.identifier[]", Shape::TypedIdentifier)
        .set();

    /// Further identifiers of the patient without issuer, where the sequence does not give them too: the retired form. PS3.6 (0010,1000).
    PATIENT_RETIRED_ID: Identifier = [part(0, 0x0010_1000, "OtherPatientIDs", Vr::Lo).append()]
        .at_if(place::patient_is_resource, ALL, "Patient.identifier[]", Shape::TypedIdentifier)
        .set();

    /// Patient's Sex. PS3.3 C.7.1.1.
    PATIENT_SEX: Sex = [part(0, 0x0010_0040, "PatientSex", Vr::Cs)]
        .at_if(place::patient_is_resource, ALL, "Patient.gender", Shape::Text);

    /// Patient's Birth Date; the time of birth has no offset that would date it. PS3.3 C.7.1.1.
    PATIENT_BIRTH: Birth = [
        part(0, 0x0010_0030, "PatientBirthDate", Vr::Da),
        part(1, 0x0010_0032, "PatientBirthTime", Vr::Tm),
    ]
        .at_if(place::patient_is_resource, ALL, "Patient.birthDate", Shape::Text);
}
