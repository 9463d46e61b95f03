//! What does it cost to read text that comes in chunks?
#![allow(missing_docs, clippy::expect_used, clippy::unwrap_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use fhir_dicomweb::Options;

#[path = "support/groups.rs"]
mod groups;
mod support;

fn stream(c: &mut Criterion) {
    let options = Options::default();
    for (name, rows, text) in [
        ("study-rows", 1_000, support::study_rows(1_000)),
        ("instance-rows", 1_000, support::instance_rows(10, 100)),
        ("instance-rows", 10_000, support::instance_rows(10, 1_000)),
    ] {
        let chunks = |chunk: usize| move |text: &str| support::to_bundle_in_chunks(text, chunk, &Options::default());
        let whole = support::to_bundle(&text, &options);
        assert!([1, 4 << 10, 64 << 10].iter().all(|chunk| chunks(*chunk)(&text) == whole), "{name}: however it comes, it is the same");
        let length = |chunk: usize| move |text: &str| chunks(chunk)(text).len();
        groups::beside_floors(
            c,
            &format!("stream/{name}"),
            rows,
            &text,
            rows * 20,
            &[
                ("chunks-1", &length(1)),
                ("chunks-4k", &length(4 << 10)),
                ("chunks-64k", &length(64 << 10)),
                ("whole", &|text| support::to_bundle(text, &options).len()),
            ],
        );
    }
}

criterion_group!(benches, stream);
criterion_main!(benches);
