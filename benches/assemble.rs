//! How long does it take to assemble rows, in whatever order, into studies?
#![allow(missing_docs, clippy::expect_used, clippy::unwrap_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use fhir_dicomweb::{Options, dicom};

#[path = "support/groups.rs"]
mod groups;
mod support;

fn assemble(c: &mut Criterion) {
    let options = Options::default();
    let studies = |text: &str| dicom::read(text.as_bytes(), &options).expect("generated input is DICOM JSON").ignore_loss().len();
    // The rows of each input, and the studies that they are.
    let inputs = [
        ("ordered", 1_000, 1, support::instance_rows(10, 100)),
        ("ordered", 10_000, 1, support::instance_rows(10, 1_000)),
        ("shuffled", 1_000, 1, support::shuffled_series(10, 100)),
        ("shuffled", 10_000, 1, support::shuffled_series(10, 1_000)),
        ("duplicates", 2_000, 1, support::duplicates(10, 100)),
        ("many-patients", 1_000, 100, support::many_patients(10, 100, 100)),
        ("study-rows", 10_000, 10_000, support::study_rows(10_000)),
    ];
    for (name, rows, expected, text) in &inputs {
        assert_eq!(studies(text), *expected, "{name}");
        groups::beside_floors(c, &format!("assemble/{name}"), *rows, text, 1, &[("studies", &studies)]);
    }
}

criterion_group!(benches, assemble);
criterion_main!(benches);
