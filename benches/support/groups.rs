//! What the criterion benches share: a job beside the floors of the same bytes, in one group.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use std::hint::black_box;

/// What becomes of text, as a length.
pub type Job<'a> = &'a dyn Fn(&str) -> usize;

/// Measures `jobs` on `text`, then the two floors; `elements` is the size in the ids. Each job is run once before, outside the loop, and must give at least `least` bytes.
pub fn beside_floors(c: &mut Criterion, name: &str, elements: usize, text: &str, least: usize, jobs: &[(&str, Job)]) {
    let mut group = c.benchmark_group(name);
    settings(&mut group, text.len(), elements);
    for (id, job) in jobs {
        assert!(job(text) >= least, "{name}/{id} gives too little");
        group.bench_with_input(BenchmarkId::new(*id, elements), text, |b, text| b.iter(|| job(black_box(text))));
    }
    assert!(crate::support::ignored_any(text) && crate::support::value(text), "{name} is no JSON");
    group.bench_with_input(BenchmarkId::new("floor-ignored-any", elements), text, |b, text| {
        b.iter(|| crate::support::ignored_any(black_box(text)))
    });
    group.bench_with_input(BenchmarkId::new("floor-value", elements), text, |b, text| b.iter(|| crate::support::value(black_box(text))));
    group.finish();
}

fn settings(group: &mut BenchmarkGroup<'_, WallTime>, bytes: usize, elements: usize) {
    group.sample_size(10).throughput(Throughput::ElementsAndBytes { elements: elements as u64, bytes: bytes as u64 });
}
