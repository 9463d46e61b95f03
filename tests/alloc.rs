//! The heap: how often and how much of it the main job takes, counted, so the same on every machine; and the most that hostile input makes of it.
//!
//! `cargo test --test alloc -- --json` prints a line of JSON for each measurement, of more sizes than are bounded.
#![allow(unsafe_code, missing_docs, clippy::expect_used, clippy::print_stdout)]

use fhir_dicomweb::{Options, Release, Study, dicom, fhir};
use shapes::{DICOM, EXPANDING, FHIR, Shape};
use std::alloc::{GlobalAlloc, Layout, System};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[path = "limits/shapes.rs"]
mod shapes;
#[path = "../benches/support/mod.rs"]
mod support;

/// What is bounded. The bounds are what is reached and a little more; lower them with every gain. They stand above the goals until these are met.
const BOUNDS: [Bound; 9] = [
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
    // What `Options::limits` promises: the goal. Of input that is not hostile see above: it takes a few bytes for each of its own.
    Bound { what: "bytes of heap a byte of hostile DICOM JSON, besides it and a MiB", goal: 512.0, most: 340.0 },
    Bound { what: "bytes of heap a byte of hostile FHIR, besides it and a MiB", goal: 512.0, most: 310.0 },
    Bound {
        what: "bytes of heap a byte of hostile input that is read and written, besides it, a MiB and twice the output",
        goal: 512.0,
        most: 340.0,
    },
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

/// The bytes of heap that a hostile input takes for each of its own, besides a MiB: to read it, and to read and write it.
struct Hostile {
    name: &'static str,
    read: f64,
    written: f64,
}

/// Each shape, as large as it takes for what is constant to be little beside the rest.
fn hostile(all: &[&[Shape]], read: fn(&str, &Options) -> Option<Vec<Study>>) -> Vec<Hostile> {
    const BYTES: usize = 100_000;
    const CONSTANT: usize = 1 << 20;
    let mut options = Options::default();
    options.limits.output_bytes = 4 << 20;
    let measure = |shape: &Shape| {
        let parts = (0..).map(|n| 250 << n).find(|parts| (shape.make)(*parts).len() >= BYTES).expect("a larger one is longer");
        let text = (shape.make)(parts);
        let each = |bytes: usize| bytes.saturating_sub(CONSTANT) as f64 / text.len() as f64;
        let before = LIVE.load(Relaxed);
        PEAK.store(before, Relaxed);
        let studies = read(&text, &options);
        let of_reading = PEAK.load(Relaxed) - before;
        let mut of_writing = of_reading;
        for study in studies.iter().flatten() {
            for rows in [dicom::Rows::Study, dicom::Rows::Series, dicom::Rows::Instances] {
                PEAK.store(LIVE.load(Relaxed), Relaxed);
                let written = dicom::write(study, rows, &options);
                of_writing = of_writing.max((PEAK.load(Relaxed) - before).saturating_sub(2 * written.value.as_str().len()));
            }
        }
        for release in [Release::R4, Release::R6] {
            PEAK.store(LIVE.load(Relaxed), Relaxed);
            let written = fhir::bundle(studies.as_deref().unwrap_or_default(), release, &options);
            of_writing = of_writing.max((PEAK.load(Relaxed) - before).saturating_sub(2 * written.value.as_str().len()));
        }
        Hostile { name: shape.name, read: each(of_reading), written: each(of_writing) }
    };
    all.iter().copied().flatten().map(measure).collect()
}

fn hostile_dicom() -> Vec<Hostile> {
    hostile(&[DICOM], |text, options| dicom::read(text.as_bytes(), options).ok().map(|read| read.ignore_loss()))
}

fn hostile_fhir() -> Vec<Hostile> {
    hostile(&[FHIR, EXPANDING], |text, options| fhir::read(text.as_bytes(), Release::R4, options).ok().map(|read| read.ignore_loss()))
}

fn most(of: &[Hostile], which: fn(&Hostile) -> f64) -> f64 {
    of.iter().map(which).fold(0.0, f64::max)
}

fn json(hostile: [&[Hostile]; 2]) {
    for Hostile { name, read, written } in hostile.into_iter().flatten() {
        println!("{{\"hostile\":\"{name}\",\"read\":{read:.1},\"written\":{written:.1}}}");
    }
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
    let (hostile_dicom, hostile_fhir) = (hostile_dicom(), hostile_fhir());
    let measured = [
        many.allocations as f64,
        ratio(many_rows.allocations, 10_000),
        ratio(many.peak, 50_000),
        ratio(many_rows.allocations, few_rows.allocations),
        ratio(many_rows.peak, few_rows.peak),
        ratio(many.peak, few.peak),
        most(&hostile_dicom, |one| one.read),
        most(&hostile_fhir, |one| one.read),
        most(&hostile_dicom, |one| one.written).max(most(&hostile_fhir, |one| one.written)),
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
        json([&hostile_dicom, &hostile_fhir]);
    }
    code
}
