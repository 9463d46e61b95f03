//! How long DICOM JSON text takes to become FHIR text, and FHIR text DICOM JSON, beside the floors of the same bytes: serde_json's `IgnoredAny` scan and its `Value` parse.
#![allow(missing_docs, clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fhir_dicomweb::fhir::BundleWriter;
use fhir_dicomweb::{Options, Release, dicom, fhir};
use std::hint::black_box;

mod support;

fn to_bundle(text: &str, options: &Options) -> String {
    let studies = dicom::read(text.as_bytes(), options).expect("generated input is DICOM JSON").ignore_loss();
    let mut bundle = BundleWriter::new(Release::R4, options);
    studies.iter().for_each(|study| bundle.push(study));
    bundle.finish().ignore_loss().into_string()
}

fn to_fhir(c: &mut Criterion) {
    let options = Options::default();
    let inputs = [
        ("study-rows", 100, support::study_rows(100)),
        ("study-rows", 10_000, support::study_rows(10_000)),
        ("instance-rows", 1_000, support::instance_rows(10, 100)),
        ("instance-rows", 50_000, support::instance_rows(50, 1_000)),
    ];
    for (name, rows, text) in &inputs {
        // Asserted outside the loop: what is measured is the whole job.
        assert!(to_bundle(text, &options).len() > rows * 20);
        let mut group = c.benchmark_group(format!("to-fhir/{name}"));
        group.sample_size(10).throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("bundle", rows), text, |b, text| b.iter(|| to_bundle(black_box(text), &options)));
        group.bench_with_input(BenchmarkId::new("floor-ignored-any", rows), text, |b, text| {
            b.iter(|| serde_json::from_str::<serde::de::IgnoredAny>(black_box(text)).is_ok());
        });
        group.bench_with_input(BenchmarkId::new("floor-value", rows), text, |b, text| {
            b.iter(|| serde_json::from_str::<serde_json::Value>(black_box(text)).is_ok());
        });
        group.finish();
    }
}

fn to_rows(text: &str, rows: dicom::Rows, options: &Options) -> usize {
    let studies = fhir::read(text.as_bytes(), Release::R4, options).expect("what we write is FHIR").ignore_loss();
    studies.iter().map(|study| dicom::write(study, rows, options).ignore_loss().into_string().len()).sum()
}

fn to_dicom(c: &mut Criterion) {
    let options = Options::default();
    let inputs = [
        ("study-rows", 10_000, dicom::Rows::Study, to_bundle(&support::study_rows(10_000), &options)),
        ("instance-rows", 50_000, dicom::Rows::Instances, to_bundle(&support::instance_rows(50, 1_000), &options)),
    ];
    for (name, rows, level, text) in &inputs {
        assert!(to_rows(text, *level, &options) > rows * 20);
        let mut group = c.benchmark_group(format!("to-dicom/{name}"));
        group.sample_size(10).throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("rows", rows), text, |b, text| b.iter(|| to_rows(black_box(text), *level, &options)));
        group.bench_with_input(BenchmarkId::new("floor-ignored-any", rows), text, |b, text| {
            b.iter(|| serde_json::from_str::<serde::de::IgnoredAny>(black_box(text)).is_ok());
        });
        group.bench_with_input(BenchmarkId::new("floor-value", rows), text, |b, text| {
            b.iter(|| serde_json::from_str::<serde_json::Value>(black_box(text)).is_ok());
        });
        group.finish();
    }
}

criterion_group!(benches, to_fhir, to_dicom);
criterion_main!(benches);
