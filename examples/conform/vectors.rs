//! What vectors mean for this crate: options, losses, both directions.

use fhir_dicomweb::{Error, Id, LossReport, Options, Release, Subject, Zone, dicom, fhir};
use serde_json::Value;
use std::collections::BTreeMap;

/// The options that a vector names.
pub fn options_of(case: &Value) -> Options {
    let mut options = Options::default();
    let Some(given) = case["options"].as_object() else { return options };
    for (name, value) in given {
        let text = || value.as_str().unwrap_or_else(|| panic!("option {name}")).to_owned();
        let pairs = || {
            let pair = |(name, uri): (&String, &Value)| (name.clone(), uri.as_str().unwrap().to_owned());
            value.as_object().unwrap().iter().map(pair).collect()
        };
        match name.as_str() {
            "zone" => options.zone = Zone::Fixed(text().parse().unwrap()),
            "namespaces" => options.namespaces = pairs(),
            "patientNamespace" => options.patient_namespace = Some(text()),
            "schemes" => options.schemes = pairs(),
            "studyIdSystem" => options.study_id_system = Some(text()),
            "endpointBase" => options.endpoint_base = Some(text()),
            "complete" => options.complete = value.as_bool().unwrap(),
            "paranoid" => options.paranoid = value.as_bool().unwrap(),
            "requireSelective" => options.require_selective = value.as_bool().unwrap(),
            // A promise of the server.
            "allDatesIn" => {}
            "strict" => options.strict = value.as_bool().unwrap(),
            "fhirBase" => options.fhir_base = Some(text()),
            "id" => {
                options.id = match value.as_str() {
                    Some("uid") => Id::Uid,
                    Some("none") => Id::None,
                    _ => Id::Given(value["given"].as_str().unwrap().to_owned()),
                }
            }
            "accession" => options.accession = text().parse().unwrap(),
            "listing" => options.listing = text().parse().unwrap(),
            "modalities" => options.modalities = text().parse().unwrap(),
            "names" => options.names = text().parse().unwrap(),
            "subject" => {
                options.subject = match value.as_str() {
                    Some("logical") => Subject::Logical,
                    Some("contained") => Subject::Contained,
                    Some("separate") => Subject::Separate,
                    _ => Subject::Reference(value["reference"].as_str().unwrap().to_owned()),
                }
            }
            "practitioners" => options.practitioners = text().parse().unwrap(),
            "endpoints" => options.endpoints = text().parse().unwrap(),
            "endpointAddress" => options.endpoint_address = text().parse().unwrap(),
            "endpointLevel" => options.series_endpoints = text() == "series",
            "trustRetrieveUrl" => options.trust_retrieve_url = value.as_bool().unwrap(),
            "services" => options.services = value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().parse().unwrap()).collect(),
            other => panic!("unknown option {other}"),
        }
    }
    options
}

/// Losses as the vectors compare them: a multiset of code, place and count.
pub type Losses = BTreeMap<(String, String), u64>;

pub fn losses_of(reports: &[&LossReport]) -> Losses {
    let mut losses = Losses::new();
    for loss in reports.iter().flat_map(|report| report.iter()) {
        *losses.entry((loss.code.name().to_owned(), loss.at.to_string())).or_default() += loss.count;
    }
    losses
}

/// DICOM JSON text to resources and losses, as one step.
pub fn to_fhir(text: &[u8], release: Release, options: &Options) -> Result<(Vec<Value>, Losses), Error> {
    let read = dicom::read(text, options)?;
    let mut reports = vec![read.loss.clone()];
    let mut resources = Vec::new();
    for study in &read.value {
        let written = fhir::write(study, release, options);
        resources.push(serde_json::from_str(written.value.as_str()).expect("what is written is JSON"));
        reports.push(written.loss);
    }
    Ok((resources, losses_of(&reports.iter().collect::<Vec<_>>())))
}

/// As [`to_fhir`], into one Bundle.
pub fn to_bundle(text: &[u8], release: Release, options: &Options) -> Result<(Value, Losses), Error> {
    let read = dicom::read(text, options)?;
    let mut bundle = fhir::BundleWriter::new(release, options);
    read.value.iter().for_each(|study| bundle.push(study));
    let bundle = bundle.finish();
    let value = serde_json::from_str(bundle.value.as_str()).expect("what is written is JSON");
    Ok((value, losses_of(&[&read.loss, &bundle.loss])))
}

/// FHIR text to data sets and losses, as one step; without a level that of the lowest that is listed.
pub fn to_dicom(
    text: &[u8],
    release: Release,
    options: &Options,
    level: Option<&str>,
    select: &dicom::Select,
) -> Result<(Value, Losses), Error> {
    let read = fhir::read(text, release, options)?;
    let instances = read.value.iter().any(|study| study.series().any(|series| series.instances().len() > 0));
    let series = read.value.iter().any(|study| study.series().len() > 0);
    let rows = match level {
        Some("study") => dicom::Rows::Study,
        Some("series") => dicom::Rows::Series,
        Some("instance") => dicom::Rows::Instances,
        Some("metadata") => dicom::Rows::Metadata,
        Some(other) => panic!("level {other}"),
        None if instances => dicom::Rows::Instances,
        None if series => dicom::Rows::Series,
        None => dicom::Rows::Study,
    };
    let (mut sets, mut reports) = (Vec::new(), vec![read.loss.clone()]);
    for study in &read.value {
        let mut written = Vec::new();
        reports.push(dicom::write_with(study, rows, select, options, &mut written));
        let value: Value = serde_json::from_slice(&written).expect("what is written is JSON");
        sets.extend(value.as_array().cloned().unwrap_or_default());
    }
    Ok((Value::Array(sets), losses_of(&reports.iter().collect::<Vec<_>>())))
}
