//! Every search parameter on every server: exactly the expected studies.
//!
//! The expected sides are derived by hand from FHIR's rules (`spec/README.md`, *Searching*) and the archive below.

use crate::archive::{Facade, Reply, attribute, store};
use crate::support::qido_store::Store;
use fhir_dicomweb::search::{Ask, servers};
use fhir_dicomweb::{Listing, Release};
use libtest_mimic::Trial;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Twelve studies, 2.999.1.1 to 2.999.1.12: one number of two issuers (1, 2), numbers that differ in case (1, 9) and by what a wildcard would
/// take (4, 5), characters that servers split at (3, 6), an instant on three days (5, 9), no date (4), no patient (10), a code that is none (12).
const ARCHIVE: &str = r#"
study 2.999.1.1: PatientID=P1; IssuerOfPatientID=ISS1; PatientName=Doe^Jane; PatientSex=F; PatientBirthDate=19700101; AccessionNumber=A1; StudyDate=20240114; StudyTime=101530; TimezoneOffsetFromUTC=+0100; ReferringPhysicianName=Curie^Marie
  series 2.999.1.1.1: Modality=CT; BodyPartExamined=CHEST; PerformingPhysicianName=Röntgen^Wilhelm
    instance 2.999.1.1.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.2
  series 2.999.1.1.2: Modality=SR
    instance 2.999.1.1.2.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.88.11
study 2.999.1.2: PatientID=P1; IssuerOfPatientID=ISS2; PatientName=Roe^Richard; PatientSex=M; PatientBirthDate=19800229; AccessionNumber=A2; StudyDate=20240114
  series 2.999.1.2.1: Modality=MR; BodyPartExamined=HEAD
    instance 2.999.1.2.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.4
study 2.999.1.3: PatientID=P,3; IssuerOfPatientID=WARD; PatientName=Müller^Jörg; PatientSex=O; PatientBirthDate=19700615; AccessionNumber=A,B&C; StudyDate=20231231; StudyTime=235959.9; TimezoneOffsetFromUTC=-0500
  series 2.999.1.3.1: Modality=MG; BodyPartExamined=BREAST; Laterality=L
    instance 2.999.1.3.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.1.2
study 2.999.1.4: PatientID=P*4; PatientName=Doe-Smith^Ann; AccessionNumber=A*
  series 2.999.1.4.1: Modality=CR
    instance 2.999.1.4.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.1
study 2.999.1.5: PatientID=Px4; PatientName=Smith^John; PatientSex=M; AccessionNumber=Ax; StudyDate=20240115; StudyTime=001530; TimezoneOffsetFromUTC=+1400
  series 2.999.1.5.1: Modality=CT; BodyPartExamined=CHEST
    instance 2.999.1.5.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.2
study 2.999.1.6: PatientID=A&B=C; PatientName=O'Neill^Tip; PatientSex=M; StudyDate=20240101
  series 2.999.1.6.1: Modality=US; BodyPartExamined=HEART; PerformingPhysicianName=Doppler^Christian; PerformingPhysicianIdentificationSequence=[{"00401101":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["D7"]},"00080102":{"vr":"SH","Value":["99STAFF"]},"0008010C":{"vr":"UI","Value":["2.999.55"]}}]}}]
    instance 2.999.1.6.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.6.1
study 2.999.1.7: PatientID=P7; IssuerOfPatientID=ISS1; PatientName=Meier^Eva; PatientSex=F; PatientBirthDate=19900505; AccessionNumber=A7; StudyDate=20240229; StudyTime=0800; TimezoneOffsetFromUTC=+0000
  series 2.999.1.7.1: Modality=PT; RequestAttributesSequence=[{"00401001":{"vr":"SH","Value":["RP7"]},"0040100A":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["363358000"]},"00080102":{"vr":"SH","Value":["SCT"]},"00080104":{"vr":"LO","Value":["Malignant tumor of lung"]}}]}}]
    instance 2.999.1.7.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.128
  series 2.999.1.7.2: Modality=CT
    instance 2.999.1.7.2.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.2
study 2.999.1.8: PatientID=P7; IssuerOfPatientID=ISS1; PatientName=Meier^Eva; PatientSex=F; PatientBirthDate=19900505; AccessionNumber=A8; AdmissionID=V8; NameOfPhysiciansReadingStudy=Hounsfield^Godfrey; StudyDate=20240301
  series 2.999.1.8.1: Modality=SR
    instance 2.999.1.8.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.88.11
study 2.999.1.9: PatientID=p1; IssuerOfPatientID=ISS1; PatientName=Low^Case; PatientSex=U; AccessionNumber=a1; StudyDate=20240113; StudyTime=221530; TimezoneOffsetFromUTC=-1200
  series 2.999.1.9.1: Modality=XA
    instance 2.999.1.9.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.12.1
study 2.999.1.10: AccessionNumber=A10; StudyDate=20240114
  series 2.999.1.10.1: Modality=DX
    instance 2.999.1.10.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.1.1
study 2.999.1.11: PatientID=P11; IssuerOfPatientID=ISS2; PatientName=García^Ana María; PatientSex=F; AccessionNumber=ABC; StudyID=S1; StudyDate=20230615; ReferringPhysicianName=Curie^Pierre; ReferringPhysicianIdentificationSequence=[{"00401101":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["R5"]},"00080102":{"vr":"SH","Value":["99STAFF"]},"0008010C":{"vr":"UI","Value":["2.999.55"]}}]}}]
  series 2.999.1.11.1: Modality=MR; BodyPartExamined=HEAD
    instance 2.999.1.11.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.4
  series 2.999.1.11.2: Modality=MR; BodyPartExamined=NECK
    instance 2.999.1.11.2.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.4
study 2.999.1.12: PatientID=P12; PatientName=Yamada^Tarou=山田^太郎; PatientSex=M; PatientBirthDate=19501231; StudyDate=20190601
  series 2.999.1.12.1: Modality=ZZ
    instance 2.999.1.12.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.7
"#;

const ALL: &str = "1 2 3 4 5 6 7 8 9 10 11 12";

/// Releases, query, the studies that match, and what decides: a server that does not return one of these attributes where it has a value (with
/// `?`: that does not say either that there is none) cannot tell, and may find fewer.
const TABLE: &[(&str, &str, &str, &str)] = &[
    // identifier, _id: FHIR's token. The accession number is an identifier in R4, and identifies the order in R5.
    ("R4 R5", "identifier=urn:dicom:uid|urn:oid:2.999.1.1", "1", ""),
    ("R4 R5", "identifier=urn:oid:2.999.1.3,urn:oid:2.999.1.12", "3 12", ""),
    ("R4 R5", "identifier=2.999.1.2", "2", ""),
    ("R4 R5", "identifier=urn:dicom:uid|2.999.1.2", "2", ""),
    ("R4 R5", "identifier=urn:oid:2.999.1.77", "", ""),
    ("R4 R5", "identifier=urn:dicom:uid|", ALL, ""),
    ("R4 R5", "identifier=urn:zz|A1", "", ""),
    ("R4", "identifier=A1", "1", "AccessionNumber"),
    ("R4", "identifier=a1,A2", "2 9", "AccessionNumber"),
    ("R4", "identifier=|A1", "1", "AccessionNumber"),
    ("R4", "identifier=A%5C,B%26C", "3", "AccessionNumber"),
    ("R4", "identifier=A*", "4", "AccessionNumber"),
    ("R4", "identifier=Ax", "5", "AccessionNumber"),
    ("R4", "identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|ACSN|A7", "7", "AccessionNumber"),
    ("R4", "identifier:not=A1", "2 3 4 5 6 7 8 9 10 11 12", "AccessionNumber? StudyID?"),
    ("R5", "identifier=A1", "", ""),
    ("R4 R5", "identifier=urn:sid|S1", "11", "StudyID"),
    ("R4 R5", "identifier=S1", "11", "StudyID"),
    ("R4 R5", "identifier=urn:sid|", "11", "StudyID"),
    ("R4 R5", "identifier:missing=true", "", ""),
    ("R4 R5", "identifier:missing=false", ALL, ""),
    ("R4 R5", "_id=2.999.1.1", "1", ""),
    ("R4 R5", "_id=2.999.1.1,2.999.1.9,x", "1 9", ""),
    // The patient: identifiers with their issuers, references that are resolved, chains.
    ("R4 R5", "patient.identifier=P1", "1 2", "PatientID"),
    ("R4 R5", "patient.identifier=urn:a|P1", "1", "IssuerOfPatientID"),
    ("R4 R5", "patient:identifier=urn:b|P1", "2", "IssuerOfPatientID"),
    ("R4 R5", "subject:identifier=urn:a|p1", "9", "IssuerOfPatientID"),
    ("R4 R5", "patient.identifier=urn:a|", "1 7 8 9", "IssuerOfPatientID"),
    ("R4 R5", "patient.identifier=P%5C,3", "3", "PatientID"),
    ("R4 R5", "patient.identifier=P*4", "4", "PatientID"),
    ("R4 R5", "patient.identifier=P%2A4,Px4", "4 5", "PatientID"),
    ("R4 R5", "patient.identifier=A%26B%3DC", "6", "PatientID"),
    ("R4 R5", "patient.identifier=|P*4", "4", "IssuerOfPatientID?"),
    ("R4 R5", "patient=Patient/1", "1", "IssuerOfPatientID"),
    ("R4 R5", "patient=2", "2", "IssuerOfPatientID"),
    ("R4 R5", "patient:Patient=7", "7 8", "IssuerOfPatientID"),
    ("R4 R5", "subject=Patient/1,Patient/2", "1 2", "IssuerOfPatientID"),
    ("R4 R5", "patient=Patient/4", "4", "IssuerOfPatientID?"),
    ("R4 R5", "patient=Patient/noissuer", "", "IssuerOfPatientID?"),
    ("R4 R5", "patient=Patient/nameless", "", ""),
    ("R4 R5", "patient=Patient/nobody", "", ""),
    ("R4 R5", "subject=Device/1", "", ""),
    ("R4 R5", "subject:Group=1", "", ""),
    ("R4 R5", "patient:missing=true", "10", "PatientID? PatientName?"),
    ("R4 R5", "patient:missing=false", "1 2 3 4 5 6 7 8 9 11 12", "PatientID PatientName"),
    ("R4 R5", "patient.name=doe", "1 4", "PatientName"),
    ("R4 R5", "patient.family=smith", "5", "PatientName"),
    ("R4 R5", "patient.family:contains=SMITH", "4 5", "PatientName"),
    ("R4 R5", "patient.family:exact=Doe", "1", "PatientName"),
    ("R4 R5", "patient.family:exact=doe", "", "PatientName"),
    ("R4 R5", "patient.name=muller", "3", "PatientName"),
    ("R4 R5", "patient.given=j%C3%B6rg", "3", "PatientName"),
    ("R4 R5", "patient.given=maria", "11", "PatientName"),
    ("R4 R5", "patient.name=oneill", "6", "PatientName"),
    ("R4 R5", "patient.name=%E5%B1%B1%E7%94%B0", "12", "PatientName"),
    ("R4 R5", "patient.birthdate=1970", "1 3", "PatientBirthDate"),
    ("R4 R5", "patient.birthdate=lt1975-01-01", "1 3 12", "PatientBirthDate"),
    ("R4 R5", "patient.birthdate=1980-02-29", "2", "PatientBirthDate"),
    ("R4 R5", "patient.gender=male", "2 5 6 12", "PatientSex"),
    ("R4 R5", "patient.gender=other,unknown", "3 9", "PatientSex"),
    ("R4 R5", "patient.gender=M", "", ""),
    // started: days as they are written; instants where both sides have a time.
    ("R4 R5", "started=2024-01-14", "1 2 10", "StudyDate"),
    ("R4 R5", "started=eq2024-01", "1 2 5 6 9 10", "StudyDate"),
    ("R4 R5", "started=2024", "1 2 5 6 7 8 9 10", "StudyDate"),
    ("R4 R5", "started=ge2024-01-14", "1 2 5 7 8 10", "StudyDate"),
    ("R4 R5", "started=gt2024-01-14", "5 7 8", "StudyDate"),
    ("R4 R5", "started=lt2024-01-14", "3 6 9 11 12", "StudyDate"),
    ("R4 R5", "started=le2024-01-14", "1 2 3 6 9 10 11 12", "StudyDate"),
    ("R4 R5", "started=sa2024-01-14", "5 7 8", "StudyDate"),
    ("R4 R5", "started=eb2024-01-14", "3 6 9 11 12", "StudyDate"),
    ("R4 R5", "started=ne2024-01-14", "3 5 6 7 8 9 11 12", "StudyDate"),
    ("R4 R5", "started=ap2024-01-14", "1 2 5 9 10", "StudyDate"),
    ("R4 R5", "started=2024-01-14T10:15:30Z", "5 9", "StudyDate TimezoneOffsetFromUTC"),
    ("R4 R5", "started=2024-01-14T10:15:30%2B01:00", "1", "StudyDate TimezoneOffsetFromUTC"),
    ("R4 R5", "started=2024-01-14T10:15", "1", "StudyDate TimezoneOffsetFromUTC"),
    ("R4 R5", "started=ge2024-01-14T10:15:30Z", "2 5 7 8 9 10", "StudyDate TimezoneOffsetFromUTC"),
    ("R4 R5", "started=lt2024-01-14T10:15:30Z", "1 2 3 6 10 11 12", "StudyDate TimezoneOffsetFromUTC"),
    ("R4 R5", "started=ge2024-01-01&started=lt2024-02", "1 2 5 6 9 10", "StudyDate"),
    ("R4 R5", "started=2024-01-14,2019-06-01", "1 2 10 12", "StudyDate"),
    ("R4 R5", "started=ge2024-02&started=lt2024-02", "", ""),
    ("R4 R5", "started:missing=true", "4", "StudyDate?"),
    ("R4 R5", "started:missing=false", "1 2 3 5 6 7 8 9 10 11 12", "StudyDate"),
    // modality: of the series.
    ("R4 R5", "modality=CT", "1 5 7", "Modality"),
    ("R4 R5", "modality=http://dicom.nema.org/resources/ontology/DCM|MR", "2 11", "Modality"),
    ("R4 R5", "modality=SR", "1 8", "Modality"),
    ("R4 R5", "modality=CT,MR", "1 2 5 7 11", "Modality"),
    ("R4 R5", "modality=CT&modality=SR", "1", "Modality"),
    ("R4 R5", "modality:not=SR", "2 3 4 5 6 7 9 10 11 12", "Modality"),
    ("R4 R5", "modality=ZZ", "12", "Modality"),
    ("R4 R5", "modality=|ZZ", "12", "Modality"),
    ("R4 R5", "modality=|CT", "", ""),
    ("R4 R5", "modality=ct", "", "Modality"),
    ("R4 R5", "modality:missing=true", "", "Modality"),
    ("R4 R5", "modality:missing=false", ALL, "Modality"),
    // Series and instances.
    ("R4 R5", "series=2.999.1.1.2", "1", ""),
    ("R4 R5", "series=urn:oid:2.999.1.11.2,2.999.1.7.1", "7 11", ""),
    ("R4 R5", "series=2.999.1.77.1", "", ""),
    ("R4 R5", "instance=2.999.1.1.2.1", "1", ""),
    ("R4 R5", "instance=urn:oid:2.999.1.12.1.1", "12", ""),
    ("R4 R5", "dicom-class=urn:oid:1.2.840.10008.5.1.4.1.1.2", "1 5 7", "SOPClassUID"),
    ("R4 R5", "dicom-class=urn:ietf:rfc:3986|urn:oid:1.2.840.10008.5.1.4.1.1.4", "2 11", "SOPClassUID"),
    ("R6", "dicom-class=urn:oid:1.2.840.10008.5.1.4.1.1.4", "2 11", "SOPClassUID"),
    ("R4", "bodysite=816094009", "1 5", "BodyPartExamined"),
    ("R5", "body-site=http://snomed.info/sct|69536005", "2 11", "BodyPartExamined"),
    ("R4", "bodysite:not=69536005", "1 3 4 5 6 7 8 9 10 12", "BodyPartExamined?"),
    ("R4", "bodysite:missing=false", "1 2 3 5 6 11", "BodyPartExamined"),
    ("R4 R5", "reason=http://snomed.info/sct|363358000", "7", "RequestAttributesSequence"),
    ("R4", "reason:text=malig", "7", "RequestAttributesSequence"),
    ("R6", "reason-concept=363358000", "7", "RequestAttributesSequence"),
    // People and orders.
    ("R4 R5", "performer.name=rontgen", "1", "PerformingPhysicianName"),
    ("R4 R5", "performer:identifier=urn:oid:2.999.55|D7", "6", "PerformingPhysicianIdentificationSequence"),
    ("R4 R5", "referrer.name=curie", "1 11", "ReferringPhysicianName"),
    ("R4 R5", "referrer.given=pierre", "11", "ReferringPhysicianName"),
    ("R4 R5", "referrer:identifier=R5", "11", "ReferringPhysicianIdentificationSequence"),
    ("R4 R5", "referrer=Practitioner/5", "11", "ReferringPhysicianIdentificationSequence"),
    ("R4", "interpreter.name=hounsfield", "8", "NameOfPhysiciansReadingStudy"),
    ("R4 R5", "encounter:identifier=V8", "8", "AdmissionID"),
    ("R4", "basedon:identifier=RP7", "7", "RequestAttributesSequence"),
    ("R5", "based-on:identifier=RP7", "7", "RequestAttributesSequence"),
    ("R5", "based-on.identifier=A2", "2", "AccessionNumber"),
    ("R4", "basedon:identifier=A2", "", ""),
    ("R4 R5", "subject.name=doe", "1 4", "PatientName"),
    ("R4 R5", "patient:Patient.identifier=P7", "7 8", "PatientID"),
    ("R4 R5", "patient.identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|P7", "7 8", "PatientID"),
    ("R4 R5", "performer:Practitioner.family=doppler", "6", "PerformingPhysicianName"),
    ("R4 R5", "performer=Practitioner/7", "6", "PerformingPhysicianIdentificationSequence"),
    ("R4 R5", "performer=Practitioner/9,Patient/1", "", ""),
    ("R4 R5", "referrer.family:contains=URI", "1 11", "ReferringPhysicianName"),
    ("R4", "interpreter=Practitioner/9", "", ""),
    ("R4 R5", "encounter=Encounter/8", "8", "AdmissionID"),
    ("R4", "basedon=ServiceRequest/7", "7", "RequestAttributesSequence"),
    ("R5", "based-on=ServiceRequest/2", "2", "AccessionNumber"),
    ("R5", "body-structure=BodyStructure/1", "", ""),
    // Modifiers: whether there is one, none of them, words.
    ("R4 R5", "referrer:missing=false", "1 11", "ReferringPhysicianName"),
    ("R4 R5", "referrer:missing=true", "2 3 4 5 6 7 8 9 10 12", "ReferringPhysicianName? ReferringPhysicianIdentificationSequence?"),
    ("R4 R5", "performer:missing=false", "1 6", "PerformingPhysicianName"),
    ("R4", "interpreter:missing=false", "8", "NameOfPhysiciansReadingStudy"),
    ("R4 R5", "encounter:missing=false", "8", "AdmissionID"),
    ("R4", "basedon:missing=false", "7", "RequestAttributesSequence"),
    ("R5", "based-on:missing=false", "1 2 3 4 5 7 8 9 10 11", "AccessionNumber RequestAttributesSequence"),
    ("R4 R5", "reason:missing=false", "7", "RequestAttributesSequence"),
    ("R4", "bodysite:missing=true", "4 7 8 9 10 12", "BodyPartExamined? AnatomicRegionSequence?"),
    ("R4 R5", "series:missing=true", "", ""),
    ("R4 R5", "instance:missing=false", ALL, ""),
    ("R4 R5", "dicom-class:missing=true", "", "SOPClassUID"),
    ("R4 R5", "status:missing=true", "", ""),
    ("R4 R5", "series:not=2.999.1.8.1", "1 2 3 4 5 6 7 9 10 11 12", ""),
    ("R4 R5", "instance:not=2.999.1.11.2.1", "1 2 3 4 5 6 7 8 9 10 12", ""),
    ("R4 R5", "dicom-class:not=urn:oid:1.2.840.10008.5.1.4.1.1.2", "2 3 4 6 8 9 10 11 12", "SOPClassUID"),
    ("R4 R5", "patient.gender:not=male&patient:missing=false", "1 3 4 7 8 9 11", "PatientSex? PatientID? PatientName?"),
    ("R4", "bodysite:text=HEAD", "2 11", "BodyPartExamined"),
    ("R4 R5", "modality:text=ct", "", "Modality"),
    // What is the same of all.
    ("R4 R5", "status=available", ALL, ""),
    ("R4 R5", "status=registered", "", ""),
    ("R4 R5", "status:not=available", "", ""),
    ("R4 R5", "endpoint.connection-type=dicom-wado-rs", ALL, ""),
    ("R4 R5", "endpoint.connection-type=dicom-qido-rs", "", ""),
    ("R4 R5", "endpoint.payload-type=any&endpoint.status=active", ALL, ""),
    ("R4 R5", "endpoint:missing=true", "", ""),
    // AND: each clause by itself, of whatever series.
    ("R4", "bodysite=816094009&modality=SR", "1", "BodyPartExamined Modality"),
    ("R4 R5", "patient=Patient/7&modality=SR", "8", "IssuerOfPatientID Modality"),
    ("R4 R5", "patient.identifier=P1&started=2024-01-14&modality=CT", "1", "PatientID StudyDate Modality"),
    ("R4 R5", "series=2.999.1.1.1&patient.identifier=urn:b|P1", "", "IssuerOfPatientID"),
    ("R4 R5", "identifier=urn:oid:2.999.1.1,urn:oid:2.999.1.2&identifier=urn:oid:2.999.1.2", "2", ""),
    ("R4 R5", "", ALL, ""),
];

/// A trial for each server; for those that differ from one to the next several.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for server in servers::all() {
        let seeds: &[u64] = match server.id() {
            "unknown" => &[1, 2, 3, 8],
            "ps3.18-baseline" => &[1, 4],
            "aws-healthimaging" => &[1, 2],
            "orthanc-1.12" => &[1, 3],
            _ => &[1],
        };
        for seed in seeds {
            let (id, seed) = (server.id().to_owned(), *seed);
            let name = format!("parameters::every_one {id} {seed}");
            trials.push(Trial::test(name, move || {
                every_parameter(&Facade::over(&id, seed, store(ARCHIVE)), TABLE, Listing::Study);
                Ok(())
            }));
        }
    }
    // How far down studies are listed has no bearing on which they are.
    trials.push(Trial::test("parameters::listed_down_to_instances", || {
        every_parameter(&Facade::over("dcm4chee-arc-5", 1, store(ARCHIVE)), &TABLE[..40], Listing::Instances);
        Ok(())
    }));
    trials.push(Trial::test("parameters::what_servers_cannot_tell", || {
        what_servers_cannot_tell();
        Ok(())
    }));
    trials
}

fn every_parameter(facade: &Facade, table: &[(&str, &str, &str, &str)], listing: Listing) {
    let mut config = facade.config.clone();
    config.enumerate = true;
    config.listing = listing;
    let mut facade = Facade::new(config, facade.faults.clone(), store(ARCHIVE));
    let mut wrong = String::new();
    let mut known: BTreeMap<&str, bool> = BTreeMap::new();
    for (releases, query, expected, deciding) in table {
        for release in releases.split(' ').map(|name| name.parse::<Release>().unwrap()) {
            facade.config.release = release;
            // Pages that would cost too many requests are smaller, and lead on.
            let pages = facade.pages(&format!("ImagingStudy?{}", query.replace('|', "%7C")));
            let reply = pages.last().unwrap();
            let place = format!("{query} as {release} on {} ({} requests)", facade.faults.id, reply.outcome.requests.len());
            if reply.status() != 200 {
                wrong += &format!("{place}: {} {}\n", reply.status(), reply.short());
                continue;
            }
            let listed: Vec<String> = pages.iter().flat_map(Reply::studies).collect();
            let found: BTreeSet<String> = listed.iter().map(|uid| uid.trim_start_matches("2.999.1.").to_owned()).collect();
            let expected: BTreeSet<String> = expected.split_whitespace().map(str::to_owned).collect();
            let told = pages.iter().any(|page| !page.issues().is_empty());
            let is_blind = deciding.split_whitespace().any(|word| !*known.entry(word).or_insert_with(|| tells(&facade, word)));
            let is_right = if is_blind { found.is_subset(&expected) && (told || found == expected) } else { found == expected };
            if !is_right || listed.len() != found.len() {
                wrong += &format!("{place}: expected {expected:?}, found {listed:?}, blind: {is_blind}, told: {told}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Whether a server, asked as its preset is asked, returns an attribute wherever it has a value; with `?`, also an empty one where it has none.
fn tells(facade: &Facade, deciding: &str) -> bool {
    let (keyword, absence) = deciding.strip_suffix('?').map_or((deciding, false), |keyword| (keyword, true));
    let (tag, _) = attribute(keyword);
    let asked = match facade.config.server.asks() {
        Ask::Tags => format!("includefield={tag}"),
        Ask::All => "includefield=all".into(),
        Ask::Only(only) => format!("includefield={only:08X}"),
        _ => String::new(),
    };
    let rows = |path: &str| -> Vec<Value> {
        let mut rows = Vec::new();
        loop {
            let page = if rows.is_empty() { asked.clone() } else { format!("{asked}&offset={}", rows.len()) };
            let answer = facade.store.get(path, page.trim_start_matches('&'), &facade.faults);
            let page: Vec<Value> = serde_json::from_str(&answer.body).unwrap_or_default();
            let is_last = page.is_empty() || facade.faults.no_paging;
            rows.extend(page);
            if is_last {
                return rows;
            }
        }
    };
    let of_series = ["Modality", "BodyPartExamined", "AnatomicRegionSequence", "RequestAttributesSequence"].contains(&keyword)
        || keyword.starts_with("Performing");
    let mut known: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    facade.store.instances.iter().all(|stored| {
        let uid = |tag: &str| stored[tag]["Value"][0].as_str().unwrap();
        let (path, key) = match keyword {
            "SOPClassUID" => (format!("/studies/{}/series/{}/instances", uid("0020000D"), uid("0020000E")), "00080018"),
            _ if of_series => (format!("/studies/{}/series", uid("0020000D")), "0020000E"),
            _ => ("/studies".to_owned(), "0020000D"),
        };
        let rows = known.entry(path.clone()).or_insert_with(|| rows(&path));
        let row = rows.iter().find(|row| row[key]["Value"][0] == uid(key)).unwrap_or(&Value::Null);
        // A sequence can come with some of its items' attributes.
        if let Some(value) = stored.get(tag) { row[tag]["Value"] == value["Value"] } else { !absence || row.get(tag).is_some() }
    })
}

/// The servers that cannot tell are those that the survey knows: were the check above blind, this would show it.
fn what_servers_cannot_tell() {
    let blind = |deciding: &str| -> Vec<String> {
        let ids = servers::all().map(|server| server.id().to_owned()).filter(|id| id != "unknown");
        ids.filter(|id| !tells(&Facade::over(id, 4, store(ARCHIVE)), deciding)).collect()
    };
    let none: [&str; 0] = [];
    for everyone in [
        "PatientID",
        "PatientName",
        "PatientSex",
        "StudyDate",
        "TimezoneOffsetFromUTC",
        "AccessionNumber",
        "Modality",
        "SOPClassUID",
        "StudyID",
    ] {
        assert_eq!(blind(everyone), none, "{everyone}");
    }
    assert_eq!(blind("IssuerOfPatientID"), ["kheops"]);
    assert_eq!(blind("AdmissionID"), ["kheops"]);
    assert_eq!(blind("NameOfPhysiciansReadingStudy"), ["kheops"]);
    assert_eq!(blind("ReferringPhysicianIdentificationSequence"), ["orthanc-1.10-debian", "orthanc-1.10", "kheops"]);
    assert_eq!(blind("PerformingPhysicianIdentificationSequence"), ["orthanc-1.10-debian", "orthanc-1.10", "kheops"]);
}

/// The archive, for other tests.
pub fn twelve() -> Store {
    store(ARCHIVE)
}
