//! What the benches share: generated inputs, and the job that is measured.

#![allow(dead_code, unused_imports, missing_docs, clippy::expect_used, clippy::indexing_slicing)]

mod inputs;
mod layout;

pub use inputs::{duplicates, instance_rows, many_patients, metadata, shuffled_series, study_rows};
pub use layout::Layout;

use fhir_dicomweb::{Options, Release, dicom, fhir};

/// DICOM JSON text to FHIR Bundle text, the loss report on: the main job.
pub fn to_bundle(text: &str, options: &Options) -> String {
    let studies = dicom::read(text.as_bytes(), options).expect("generated input is DICOM JSON").ignore_loss();
    fhir::bundle(&studies, Release::R4, options).ignore_loss().into_string()
}

/// The same, fed in chunks.
pub fn to_bundle_in_chunks(text: &str, chunk: usize, options: &Options) -> String {
    let mut reader = dicom::Reader::new(options.clone());
    for chunk in text.as_bytes().chunks(chunk) {
        reader.push(chunk).expect("generated input is DICOM JSON");
    }
    let studies = reader.finish().expect("generated input is DICOM JSON").ignore_loss();
    fhir::bundle(&studies, Release::R4, options).ignore_loss().into_string()
}

/// FHIR Bundle text to the text of rows.
pub fn to_rows(text: &str, rows: dicom::Rows, options: &Options) -> String {
    let studies = fhir::read(text.as_bytes(), Release::R4, options).expect("what we write is FHIR").ignore_loss();
    let mut out = Vec::new();
    for study in &studies {
        let _ = dicom::write_into(study, rows, options, &mut out);
    }
    String::from_utf8(out).expect("JSON is text")
}

/// The floor: serde_json's scan of the same bytes.
pub fn ignored_any(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// What a program that works on `Value` pays before it has done anything.
pub fn value(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok()
}
