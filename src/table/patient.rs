//! Rows of the patient.

use super::part::{Vr, part, sequence};
use super::row_type::{SearchKind, rows};
use super::sequences::QUALIFIERS;
use crate::fhir::shape::Shape;
use crate::kind::{Identifier, Person};
use crate::release::ALL;

rows! { Patient:
    /// Patient ID with its issuer and qualifiers. PS3.3 C.2.2, C.7.1.1, 10.15.
    PATIENT_ID: Identifier = [
        part(0, 0x0010_0020, "PatientID", Vr::Lo).never_guessed(),
        part(1, 0x0010_0021, "IssuerOfPatientID", Vr::Lo),
        sequence(2, 0x0010_0024, "IssuerOfPatientIDQualifiersSequence", QUALIFIERS),
    ]
        .at(ALL, "subject.identifier", Shape::PatientIdentifier)
        .search(ALL, "patient", SearchKind::Reference);

    /// Patient's Name, in up to three representations. PS3.3 C.7.1.1.
    PATIENT_NAME: Person = [part(0, 0x0010_0010, "PatientName", Vr::Pn)]
        .at(ALL, "subject.display", Shape::Display);
}
