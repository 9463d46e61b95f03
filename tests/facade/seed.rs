//! The two calls whose answers `shared/seed` holds, made of a study of our own that has the same peculiarities: one series of modality OT in a
//! study that says MR, a reason and a procedure by code, laterality and body part, a performer with an identifier, one instance listed of five
//! that are counted, a time with milliseconds in UTC.

use crate::archive::{Facade, Reply, config, store};
use crate::support::facade_driver::{Pacs, Said, model, talk};
use crate::support::generate::Choices;
use crate::support::qido_store::preset;
use fhir_dicomweb::facade::Incoming;
use fhir_dicomweb::search::servers;
use fhir_dicomweb::{EndpointAddress, Release};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The study, one of the same patient a millisecond later, and another patient's of the same number and instant.
const ARCHIVE: &str = r#"
study 2.999.20.1: PatientID=RB-7720915; IssuerOfPatientID=HOSP; PatientName=BROOK^ALDER; StudyDate=20221130; StudyTime=184259.888; TimezoneOffsetFromUTC=+0000; StudyDescription=XR Wrist 3+ Views; ProcedureCodeSequence=[{"00080100":{"vr":"SH","Value":["RPID2589"]},"00080102":{"vr":"SH","Value":["RADLEX"]},"00080104":{"vr":"LO","Value":["XR Wrist 3+ Views"]}}]
  series 2.999.20.1.1: Modality=OT; SeriesNumber=10; SeriesDate=20221130; SeriesTime=185007.000; SeriesDescription=XR Wrist 3+ Views; Laterality=L; BodyPartExamined=WRIST; PerformingPhysicianName=FERN^MARLOW; PerformingPhysicianIdentificationSequence=[{"00401101":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["7720001"]},"00080102":{"vr":"SH","Value":["99STAFF"]},"0008010C":{"vr":"UI","Value":["2.999.55"]}}]}}]; RequestAttributesSequence=[{"0040100A":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["357009"]},"00080102":{"vr":"SH","Value":["SCT"]},"00080104":{"vr":"LO","Value":["Closed fracture of trapezoidal bone of wrist"]}}]}}]
    instance 2.999.20.1.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.7; InstanceNumber=1
study 2.999.20.2: PatientID=RB-7720915; IssuerOfPatientID=HOSP; PatientName=BROOK^ALDER; StudyDate=20221130; StudyTime=184259.889; TimezoneOffsetFromUTC=+0000
  series 2.999.20.2.1: Modality=OT
    instance 2.999.20.2.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.7
study 2.999.20.3: PatientID=RB-7720915; IssuerOfPatientID=OTHER; PatientName=REED^SEDGE; StudyDate=20221130; StudyTime=184259.888; TimezoneOffsetFromUTC=+0000
  series 2.999.20.3.1: Modality=OT
    instance 2.999.20.3.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.7
"#;

/// What a real archive does and the model does not: its study rows hold what another system once told it, and it finds by that.
fn as_the_archive_counts(model: &mut Pacs<'_>, path: &str, query: &str) -> Said {
    let mut said = model(path, &query.replace("ModalitiesInStudy=MR&", ""));
    if said.status == 200 {
        let mut rows: Vec<Value> = serde_json::from_slice(&said.body).unwrap();
        // Rows of every level tell it, where they tell of the study at all.
        for row in rows.iter_mut().filter(|row| path.contains("2.999.20.1/") || row["0020000D"]["Value"][0] == "2.999.20.1") {
            for (tag, value) in [("00080061", json!({"vr": "CS", "Value": ["MR"]})), ("00201208", json!({"vr": "IS", "Value": [5]}))] {
                if let Some(own) = row.get_mut(tag) {
                    *own = value;
                }
            }
        }
        said.body = serde_json::to_vec(&rows).unwrap();
    }
    said
}

fn call(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> (String, Reply) {
    let mut config = config(servers::dcm4chee_arc_5());
    config.options.namespaces = vec![("HOSP".into(), "urn:oid:2.999.12".into()), ("OTHER".into(), "urn:oid:2.999.13".into())];
    config.options.endpoint_address = EndpointAddress::Study;
    config.options.series_endpoints = true;
    let facade = Facade::new(config, preset("dcm4chee-arc-5", 1), store(ARCHIVE));
    let fields: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let incoming = Incoming { method, target, headers: &fields, body: body.as_bytes() };
    let mut model = model(&facade.store, &facade.faults);
    let mut archive = |path: &str, query: &str| as_the_archive_counts(&mut model, path, query);
    let outcome = talk(&facade.config, &incoming, &mut archive, &mut Choices(&[]));
    let mut shown = format!("{method} {target}\n");
    headers.iter().for_each(|(name, value)| shown += &format!("{name}: {value}\n"));
    shown += &format!("{}{body}\n\n", if body.is_empty() { "" } else { "\n" });
    outcome.references.iter().for_each(|reference| shown += &format!("who is {reference}?\n"));
    for request in &outcome.requests {
        // The lists of attributes are long, and the same everywhere.
        let list = request.split('&').flat_map(|part| part.split('?')).find(|part| part.starts_with("includefield=")).unwrap_or_default();
        let count = list.split(',').count();
        let short = if list.is_empty() { request.clone() } else { request.replace(list, &format!("includefield=({count} tags)")) };
        shown += &format!("GET {short}\n");
    }
    let reply = Reply::of(outcome, Release::R4);
    shown += &format!("\n{}\n", reply.status());
    reply.outcome.response.headers.iter().for_each(|(name, value)| shown += &format!("{name}: {value}\n"));
    shown += &format!("\n{}\n", serde_json::to_string_pretty(&reply.body).unwrap());
    (shown, reply)
}

fn snapshot(name: &str, about: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots/facade"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(about);
    settings.bind(|| insta::assert_snapshot!(name.to_owned(), shown));
}

pub fn both_calls() {
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/fhir+json")];
    let (shown, found) = call("POST", "ImagingStudy/_search", &form, "patient=12&started=2022-11-30T18%3A42%3A59.888Z&modality=MR");
    assert_eq!(found.studies(), ["2.999.20.1"], "neither a millisecond later, nor another issuer's patient");
    snapshot("seed-search", "a search of Redox's form, the requests it makes, and the answer", &shown);
    let (shown, read) = call("GET", "ImagingStudy/2.999.20.1", &[("Accept", "application/fhir+json")], "");
    // What the seeds' answers have, in words of our own.
    for study in [&read.body, found.entries("match")[0]] {
        assert_eq!(study["started"], "2022-11-30T18:42:59.888+00:00");
        assert_eq!(
            study["modality"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect::<Vec<_>>(),
            ["MR"],
            "{study}"
        );
        assert_eq!((&study["numberOfSeries"], &study["numberOfInstances"]), (&json!(1), &json!(5)));
        assert_eq!(study["reasonCode"][0]["coding"][0]["code"], "357009");
        assert_eq!(study["procedureCode"][0]["coding"][0]["code"], "RPID2589");
        let series = &study["series"][0];
        assert_eq!((&series["modality"]["code"], &series["number"], &series["numberOfInstances"]), (&json!("OT"), &json!(10), &json!(1)));
        assert_eq!((&series["laterality"]["code"], &series["started"]), (&json!("419161000"), &json!("2022-11-30T18:50:07.000+00:00")));
        assert_eq!(series["performer"][0]["actor"]["identifier"]["value"], "7720001");
        assert_eq!(series["instance"][0]["uid"], "2.999.20.1.1.1");
        assert_eq!(study["contained"][1]["address"], "https://pacs.example.org/dicom-web/studies/2.999.20.1/series/2.999.20.1.1");
    }
    // Every line of the study is what a vector says of it.
    let vector = std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("spec/vectors/studies/wrist-xr.json")).unwrap();
    let vector: Value = serde_json::from_str(&vector).unwrap();
    let expected = &vector["cases"][0]["fhir"]["R4..R4B"];
    assert_eq!(&read.body, expected);
    let mut of_search = found.entries("match")[0].clone();
    // The search names the patient by a reference, and so does its answer.
    let reference = of_search["subject"].as_object_mut().unwrap().remove("reference");
    assert_eq!(reference, Some(json!("Patient/12")));
    assert_eq!(&of_search, expected);
    snapshot("seed-read", "a read, the requests it makes, and the answer", &shown);
}
