//! How long does DICOM JSON text take to become FHIR text?
#![allow(missing_docs, clippy::expect_used, clippy::unwrap_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use fhir_dicomweb::Options;

#[path = "support/groups.rs"]
mod groups;
mod support;

use support::Layout;

fn to_fhir(c: &mut Criterion) {
    let options = Options::default();
    let (studies, instances) = (support::study_rows(100), support::instance_rows(10, 100));
    let mut inputs = vec![
        ("study-rows".to_owned(), 1, support::study_rows(1)),
        ("study-rows".to_owned(), 100, studies.clone()),
        ("study-rows".to_owned(), 10_000, support::study_rows(10_000)),
        ("instance-rows".to_owned(), 1_000, instances.clone()),
        ("instance-rows".to_owned(), 50_000, support::instance_rows(50, 1_000)),
        ("metadata".to_owned(), 1_000, support::metadata(1_000)),
        ("metadata-pretty".to_owned(), 200, Layout::Pretty.of(&support::metadata(200))),
    ];
    for layout in Layout::ALL {
        inputs.push((format!("study-rows-{}", layout.name()), 100, layout.of(&studies)));
        inputs.push((format!("instance-rows-{}", layout.name()), 1_000, layout.of(&instances)));
    }
    for (name, rows, text) in &inputs {
        let bundle = |text: &str| support::to_bundle(text, &options).len();
        groups::beside_floors(c, &format!("to-fhir/{name}"), *rows, text, rows * 20, &[("bundle", &bundle)]);
    }
}

criterion_group!(benches, to_fhir);
criterion_main!(benches);
