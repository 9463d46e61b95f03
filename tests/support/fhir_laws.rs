//! The laws of DESIGN for the FHIR spelling, as functions of bytes: they panic where a law is broken.

use super::generate::{Choices, data_sets, document, options};
use super::laws::{is_json, leaves_of, through_dicom};
use super::mutate::bend::{bend, spell};
use fhir_dicomweb::{Class, Code, Listing, LossReport, Options, Part, Place, Release, Service, Step, Study, dicom, fhir, row, rows};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub const ROWS: [dicom::Rows; 4] = [dicom::Rows::Study, dicom::Rows::Series, dicom::Rows::Instances, dicom::Rows::Metadata];

/// *Total*: any bytes give a result or an error.
pub fn total(bytes: &[u8]) {
    let _ = fhir::read(bytes, Release::R4, &Options::default());
    let _ = fhir::read_endpoint(bytes);
}

/// A FHIR document grown from entropy: what some study is written as, bent. With the options that wrote it.
pub fn fhir_document(bytes: &[u8]) -> Option<(String, Release, Options)> {
    let c = &mut Choices(bytes);
    let options = options(c);
    let release = c.pick(&Release::ALL);
    let studies = dicom::read(document(&data_sets(c)).as_bytes(), &options).ok()?.ignore_loss();
    let mut value: Value = if c.rarely(2) || studies.is_empty() {
        serde_json::from_str(fhir::bundle(&studies, release, &options).ignore_loss().as_str()).unwrap()
    } else {
        serde_json::from_str(fhir::write(&studies[0], release, &options).ignore_loss().as_str()).unwrap()
    };
    bend(c, &mut value, 0);
    let mut text = String::new();
    spell(c, &value, &mut text);
    let release = if c.rarely(4) { c.pick(&Release::ALL) } else { release };
    Some((text, release, options))
}

/// *Carry-or-tell* from FHIR: carried + the counts of all losses = the leaves of the input, and so for what is written of it.
pub fn carry_or_tell(text: &str, release: Release, options: &Options) {
    let mut each = 0;
    let Ok(read) = fhir::read_with(text.as_bytes(), release, options, &mut |loss| each += loss.count) else { return };
    assert_eq!(read.loss.counted(), each, "coalescing keeps counts");
    let Some(leaves) = leaves_of(text, false) else { return };
    assert_eq!(read.loss.carried() + read.loss.counted(), leaves, "leaves of {text}\n{}", read.loss);
    for study in &read.value {
        accounts(study, options);
        // *Kind*: what was read is canonical, so that it survives both spellings.
        through_dicom(study, options, text);
        through_fhir(study, release, Release::R5, options);
    }
}

/// Every field of a record is carried or told, whatever it is written as.
pub fn accounts(study: &Study, options: &Options) {
    for rows in ROWS {
        let written = dicom::write(study, rows, options);
        assert_eq!(
            written.loss.carried() + written.loss.counted(),
            study.leaves(),
            "fields of the record as {rows:?}\n{}\n{}",
            written.loss,
            written.value
        );
        is_json(&written.value);
    }
    for release in Release::ALL {
        let written = fhir::write(study, release, options);
        assert_eq!(written.loss.carried() + written.loss.counted(), study.leaves(), "fields of the record, {release}\n{}", written.loss);
    }
}

/// *Silent-on-PHI* for FHIR.
pub fn silent(text: &str, release: Release, options: &Options) {
    let mut strict = options.clone();
    strict.strict = true;
    for options in [options, &strict] {
        let said = match fhir::read(text.as_bytes(), release, options) {
            Err(error) => format!("{error} {error:?}"),
            Ok(read) => {
                let mut said = format!("{} {:?} {:?}", read.loss, read.loss, read.value);
                said += fhir::outcome(&read.loss, release).as_str();
                for study in &read.value {
                    let written = dicom::write(study, dicom::Rows::Instances, options);
                    said += &format!("{} {:?}", written.loss, written.value);
                }
                said
            }
        };
        assert!(!said.contains("CANARY"), "{said}");
    }
}

/// *There-and-back* through FHIR with every policy, and *same-study*: the record comes back, except for facts that were told; reading what
/// was written finds nothing to remark but what cannot be written otherwise; what is converted to another release is what is written there.
pub fn there_and_back(text: &str, [release, other]: [Release; 2], options: &Options) {
    let Ok(read) = dicom::read(text.as_bytes(), options) else { return };
    for study in &read.value {
        through_fhir(study, release, other, options);
    }
}

/// One record through a release and back, and over to another release.
pub fn through_fhir(study: &Study, release: Release, other: Release, options: &Options) {
    let mut bundle = fhir::BundleWriter::new(release, options);
    bundle.push(study);
    let written = bundle.finish();
    let text = written.value.as_str();
    // Of a record of which something was lost nobody promises that it is complete: counts that it has are written.
    let unpromised = &mut options.clone();
    unpromised.complete = false;
    let back = fhir::read(text.as_bytes(), release, unpromised).unwrap();
    let remarks: BTreeSet<&str> = back.loss.iter().map(|loss| loss.code.name()).collect();
    let mut lawful = vec!["name-unstructured", "odd-uid", "modality-not-in-series", "bundle-contained", "element-missing", "bad-url"];
    // Where RetrieveURL gave Endpoints their address, and none of them retrieves, they cannot give it back.
    let made = options.trust_retrieve_url && options.endpoint_base.is_none();
    let retrieves = options.services.is_empty() || options.services.contains(&Service::WadoRs);
    lawful.extend((made && !retrieves).then_some("no-attribute"));
    // The id of one of several records of a UID says nothing that DICOM has an attribute for.
    lawful.extend(study.is_patient_conflict().then_some("no-attribute"));
    // A code that only the UID of its scheme says is written under that scheme's own URI; the caller may have another for the scheme's name.
    let by_uid = written.loss.iter().any(|loss| loss.code == Code::SchemeNameDropped);
    lawful.extend((by_uid && !options.schemes.is_empty()).then_some("other-system"));
    // A modality that FHIR's type `code` cannot hold is words (a display, from R5 on a text), which are read where they can be nothing else.
    let places = ["modality.display", "modality.text", "series.modality.display", "series.modality.text"];
    let is_there = |at: Place| places.iter().any(|place| at.to_string() == format!("ImagingStudy.{place}"));
    let of_series = study.series().filter_map(|series| series.get(row::SERIES_MODALITY));
    let is_odd = study.all(row::MODALITIES).chain(of_series).any(|modality| !is_code(modality));
    let in_words = is_odd && back.loss.iter().any(|loss| loss.code == Code::NoAttribute && is_there(loss.at));
    lawful.extend(in_words.then_some("no-attribute"));
    assert!(remarks.iter().all(|code| lawful.contains(code)), "{}\n{text}", back.loss);
    let [again] = back.value.as_slice() else { panic!("{} studies of {text}", back.value.len()) };
    let mut told = facts_told(&written.loss);
    told.extend(in_words.then_some(["MODALITIES", "SERIES_MODALITY"]).into_iter().flatten());
    // What DICOM has two rows for and FHIR one comes back as the first of them.
    let first = [
        ("SERIES_MODALITY", "MODALITIES"),
        ("PATIENT_RETIRED_ID", "PATIENT_OTHER_ID"),
        ("PATIENT_OTHER_ID", "PATIENT_ID"),
        ("REFERENCED_REQUEST", "ACCESSION"),
        // A data set has one offset: where the study is dated by the caller's zone, its series are written in that.
        ("STARTED", "SERIES_STARTED"),
    ];
    for (row, first) in first {
        if told.contains(row) {
            told.insert(first);
        }
    }
    assert_same(study, again, &told, options.listing == Listing::Instances, options, text);
    if written.loss.is_empty() && !in_words && !study.is_patient_conflict() {
        let direct = fhir::write(study, other, options);
        let converted = fhir::write(again, other, options);
        assert_eq!(converted.value.as_str(), direct.value.as_str(), "{release} to {other}");
    }
}

/// Whether a text is a `code` (FHIR datatypes): words with one blank between two.
fn is_code(text: &str) -> bool {
    !text.is_empty() && text.split(' ').all(|word| !word.is_empty() && !word.contains(char::is_whitespace))
}

/// The rows whose facts a report tells anything of.
fn facts_told(report: &LossReport) -> BTreeSet<&'static str> {
    facts_at(report.iter().map(|loss| loss.at))
}

/// The rows that have an attribute at one of the places.
pub fn facts_at(places: impl Iterator<Item = Place>) -> BTreeSet<&'static str> {
    let mut told = BTreeSet::new();
    for place in places {
        let Some(Step::Tag(tag)) = place.steps().next() else { continue };
        let of = |part: &Part| part.sequence().unwrap_or(part.tag()) == tag;
        told.extend(rows().filter(|row| row.parts().iter().any(of)).map(|row| row.name()));
    }
    told
}

/// Two records are the same, seen through the rows they are written as, except for attributes of facts that were told.
pub fn assert_same(one: &Study, two: &Study, told: &BTreeSet<&'static str>, listed: bool, options: &Options, text: &str) {
    let mut excused: BTreeSet<String> = BTreeSet::new();
    // Which of the orders' numbers are the study's own depends on what its own is, and who issued it.
    let depends = told.contains("ACCESSION").then_some("REFERENCED_REQUEST");
    for row in rows().filter(|row| told.contains(row.name()) || depends == Some(row.name())) {
        excused.extend(row.parts().iter().map(|part| format!("{:08X}", part.sequence().unwrap_or(part.tag()))));
    }
    for level in ROWS {
        let sets = |study: &Study| -> Vec<BTreeMap<String, Value>> {
            let written = dicom::write(study, level, options).ignore_loss();
            let sets: Vec<BTreeMap<String, Value>> = serde_json::from_str(written.as_str()).unwrap();
            // That there is no id, or no issuer, is said where there are several records of a UID: read alone, it is none of several.
            let alone = |(tag, value): &(String, Value)| ["00100020", "00100021"].contains(&tag.as_str()) && value["Value"].is_null();
            sets.into_iter().map(|set| set.into_iter().filter(|one| !excused.contains(&one.0) && !alone(one)).collect()).collect()
        };
        if listed || level == dicom::Rows::Study {
            assert_eq!(sets(two), sets(one), "{level:?} told {told:?} of\n{text}");
        }
    }
}

/// Whether a class of loss makes strict mode fail.
pub fn is_broken(report: &LossReport) -> bool {
    report.iter().any(|loss| matches!(loss.class(), Class::Deviation | Class::Conflict))
}
