//! How long does FHIR text take to become DICOM JSON text?
#![allow(missing_docs, clippy::expect_used, clippy::unwrap_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use fhir_dicomweb::Options;
use fhir_dicomweb::dicom::Rows;

#[path = "support/groups.rs"]
mod groups;
mod support;

fn to_dicom(c: &mut Criterion) {
    let options = Options::default();
    let inputs = [
        ("study-rows", 100, Rows::Study, support::study_rows(100)),
        ("study-rows", 10_000, Rows::Study, support::study_rows(10_000)),
        ("instance-rows", 1_000, Rows::Instances, support::instance_rows(10, 100)),
        ("instance-rows", 50_000, Rows::Instances, support::instance_rows(50, 1_000)),
    ];
    for (name, count, level, dicom) in inputs {
        let text = support::to_bundle(&dicom, &options);
        let rows = |text: &str| support::to_rows(text, level, &options).len();
        groups::beside_floors(c, &format!("to-dicom/{name}"), count, &text, count * 20, &[("rows", &rows)]);
    }
}

criterion_group!(benches, to_dicom);
criterion_main!(benches);
