//! How long a FHIR search takes: parsing it, planning what a server is asked, and judging 10,000 studies.
#![allow(missing_docs, clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fhir_dicomweb::search::{self, Handling, Verdict, servers};
use fhir_dicomweb::{Options, Release, dicom};
use std::hint::black_box;

mod support;

const QUERIES: [(&str, &str); 4] = [
    ("identity", "patient.identifier=P4598044&started=ge2024-01-14"),
    ("dates", "started=ge2024-02-01T10:15:30%2B01:00&started=lt2024-09"),
    ("names", "patient.name=sam&referrer.family:contains=uin"),
    ("tokens", "modality=http://dicom.nema.org/resources/ontology/DCM|CT,MR&identifier:not=A0000007&status=available"),
];

fn searching(c: &mut Criterion) {
    let options = Options::default();
    let parse = |query: &str| search::parse(query, Release::R4, Handling::Strict, &options.limits).expect("a query");
    let mut group = c.benchmark_group("search/parse");
    for (name, query) in QUERIES {
        group.throughput(Throughput::Bytes(query.len() as u64));
        group.bench_function(name, |b| b.iter(|| parse(black_box(query))));
    }
    group.finish();
    let mut group = c.benchmark_group("search/plan");
    for server in [servers::unknown(), servers::dcm4chee_arc_5()] {
        for (name, query) in QUERIES {
            let query = parse(query);
            group.bench_function(format!("{}/{name}", server.id()), |b| b.iter(|| search::plan(black_box(&query), &server, &options)));
        }
    }
    group.finish();
    let text = support::study_rows(10_000);
    let studies = dicom::read(text.as_bytes(), &options).expect("rows").ignore_loss();
    let mut group = c.benchmark_group("search/judge-10000");
    group.sample_size(10).throughput(Throughput::ElementsAndBytes { elements: 10_000, bytes: text.len() as u64 });
    // The text of what is judged: reading it is the least that a program without an index pays.
    group.bench_function("floor-ignored-any", |b| b.iter(|| support::ignored_any(black_box(&text))));
    group.bench_function("floor-value", |b| b.iter(|| support::value(black_box(&text))));
    for (name, query) in QUERIES {
        let residual = parse(query).residual(&options).expect("nothing to resolve");
        assert!(studies.iter().any(|study| residual.judge(study) == Verdict::Yes), "{name} finds something");
        group.bench_function(name, |b| b.iter(|| studies.iter().filter(|study| residual.judge(study) == Verdict::Yes).count()));
    }
    group.finish();
}

criterion_group!(benches, searching);
criterion_main!(benches);
