//! The heap: how often and how much of it the main job takes, counted, so the same on every machine.
//!
//! `cargo test --test alloc -- --json` prints a line of JSON for each measurement, of more sizes than are bounded.
#![allow(unsafe_code, missing_docs, clippy::expect_used, clippy::print_stdout)]

use fhir_dicomweb::Options;
use std::alloc::{GlobalAlloc, Layout, System};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[path = "../benches/support/mod.rs"]
mod support;

/// What is bounded. The bounds are what is reached and a little more; lower them with every gain. They stand above the goals until these are met.
const BOUNDS: [Bound; 6] = [
    // Goal: 64 for the whole call.
    Bound { what: "allocations, 50 series of 1,000 instances", goal: 64.0, most: 75.0 },
    // Goal: 1.
    Bound { what: "allocations a study row, 10,000 rows", goal: 1.0, most: 0.06 },
    // Goal: 150 bytes.
    Bound { what: "peak heap besides input and output, bytes an instance, 50 series of 1,000", goal: 150.0, most: 125.0 },
    // Linear growth. A peak may take twice the tenfold: a buffer that doubles is full at one size and half empty at the other.
    Bound { what: "times the allocations for 10 times the study rows, 1,000 to 10,000", goal: 10.3, most: 10.3 },
    Bound { what: "times the peak heap for 10 times the study rows, 1,000 to 10,000", goal: 20.0, most: 20.0 },
    Bound { what: "times the peak heap for 10 times the instances, 5,000 to 50,000", goal: 20.0, most: 20.0 },
];

struct Bound {
    what: &'static str,
    goal: f64,
    most: f64,
}

/// The system's allocator, counted. This file has its own `main`, so nothing else runs while it counts.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn taken(bytes: usize) {
    ALLOCATIONS.fetch_add(1, Relaxed);
    PEAK.fetch_max(LIVE.fetch_add(bytes, Relaxed) + bytes, Relaxed);
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }

    /// An allocation more, in the place of the old one: large blocks are moved by the kernel, not copied.
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LIVE.fetch_sub(layout.size(), Relaxed);
        taken(size);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

struct Heap {
    allocations: usize,
    /// Besides what was there before and what the job gives back.
    peak: usize,
}

fn heap(job: impl FnOnce() -> String) -> Heap {
    let before = LIVE.load(Relaxed);
    ALLOCATIONS.store(0, Relaxed);
    PEAK.store(before, Relaxed);
    let output = job();
    let heap = Heap { allocations: ALLOCATIONS.load(Relaxed), peak: (PEAK.load(Relaxed) - before).saturating_sub(output.len()) };
    assert!(!output.is_empty());
    heap
}

fn whole(text: &str) -> Heap {
    heap(|| support::to_bundle(text, &Options::default()))
}

fn ratio(a: usize, b: usize) -> f64 {
    a as f64 / b.max(1) as f64
}

fn json() {
    let inputs = [1, 10, 100, 1_000, 10_000]
        .map(|rows| ("study-rows", rows, support::study_rows(rows)))
        .into_iter()
        .chain([(1, 100), (10, 100), (10, 1_000), (50, 1_000)].map(|(s, i)| ("instance-rows", s * i, support::instance_rows(s, i))))
        .chain([("metadata", 1_000, support::metadata(1_000)), ("shuffled-series", 1_000, support::shuffled_series(10, 100))]);
    for (input, rows, text) in inputs {
        let chunks = || heap(|| support::to_bundle_in_chunks(&text, 64 << 10, &Options::default()));
        let value = || {
            heap(|| {
                let value: Result<serde_json::Value, _> = serde_json::from_str(&text);
                value.is_ok().to_string()
            })
        };
        for (job, heap) in [("bundle", whole(&text)), ("chunks-64k", chunks()), ("value-parse", value())] {
            let Heap { allocations, peak } = heap;
            println!("{{\"heap\":\"{input}\",\"rows\":{rows},\"job\":\"{job}\",\"allocations\":{allocations},\"peak\":{peak}}}");
        }
    }
}

fn main() -> ExitCode {
    let as_json = std::env::args().any(|argument| argument == "--json");
    let [few_rows, many_rows] = [1_000, 10_000].map(|rows| whole(&support::study_rows(rows)));
    let [few, many] = [100, 1_000].map(|of_each| whole(&support::instance_rows(50, of_each)));
    let measured = [
        many.allocations as f64,
        ratio(many_rows.allocations, 10_000),
        ratio(many.peak, 50_000),
        ratio(many_rows.allocations, few_rows.allocations),
        ratio(many_rows.peak, few_rows.peak),
        ratio(many.peak, few.peak),
    ];
    let mut code = ExitCode::SUCCESS;
    for (Bound { what, goal, most }, measured) in BOUNDS.iter().zip(measured) {
        if measured > *most {
            code = ExitCode::FAILURE;
        }
        if as_json {
            println!("{{\"bound\":\"{what}\",\"measured\":{measured:.2},\"goal\":{goal},\"most\":{most}}}");
        } else {
            let verdict = if measured > *most { "FAILED" } else { "ok" };
            println!("{verdict:<7} {measured:>12.2}   at most {most}   goal {goal}   {what}");
        }
    }
    if as_json {
        json();
    }
    code
}
