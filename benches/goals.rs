//! The table of goals: every input's ratios to the floors of the same bytes, in one run.
//!
//! `cargo bench --bench goals` prints it; `-- --json` prints a line of JSON for each input; `-- --inputs DIR` writes the inputs for other programs;
//! `-- --only TEXT` measures the inputs whose name has it; `-- --sizes` measures more sizes, without goals, for the pictures of the report.
//! `-- --once FILE` does the job once on a file of `--inputs`, `-- --time FILE` prints its median time, `-- --print FILE` what it gives.
#![allow(missing_docs, clippy::expect_used, clippy::unwrap_used, clippy::print_stdout)]

use fhir_dicomweb::search::{self, Handling, Verdict, servers};
use fhir_dicomweb::{Options, Release, dicom};
use std::hint::black_box;
use std::time::{Duration, Instant};

mod support;

use support::Layout;

/// What is measured: its name, its input, the job, the goals (at most this ratio to `IgnoredAny`, at least this many times faster than `Value`).
struct Case {
    name: String,
    rows: usize,
    text: String,
    job: fn(&str, &Options) -> usize,
    goals: (f64, f64),
}

fn to_bundle(text: &str, options: &Options) -> usize {
    support::to_bundle(text, options).len()
}

fn chunked(text: &str, options: &Options) -> usize {
    support::to_bundle_in_chunks(text, 64 * 1024, options).len()
}

fn to_study_rows(text: &str, options: &Options) -> usize {
    support::to_rows(text, dicom::Rows::Study, options).len()
}

fn to_instance_rows(text: &str, options: &Options) -> usize {
    support::to_rows(text, dicom::Rows::Instances, options).len()
}

fn cases() -> Vec<Case> {
    let options = Options::default();
    let case = |name: &str, rows: usize, text: String, goals: (f64, f64)| Case { name: name.into(), rows, text, job: to_bundle, goals };
    let mut cases = vec![
        case("study-rows/1", 1, support::study_rows(1), (1.2, 8.0)),
        case("study-rows/100", 100, support::study_rows(100), (0.75, 15.0)),
        case("study-rows/10000", 10_000, support::study_rows(10_000), (0.75, 15.0)),
        case("instance-rows/10x100", 1_000, support::instance_rows(10, 100), (0.35, 40.0)),
        case("instance-rows/50x1000", 50_000, support::instance_rows(50, 1_000), (0.45, 40.0)),
        case("metadata/1000", 1_000, support::metadata(1_000), (0.25, 60.0)),
        case("shuffled-series/10x100", 1_000, support::shuffled_series(10, 100), (1.2, 8.0)),
    ];
    for layout in Layout::ALL {
        let (studies, instances) = (layout.of(&support::study_rows(100)), layout.of(&support::instance_rows(10, 100)));
        cases.push(case(&format!("study-rows/{}", layout.name()), 100, studies, (1.2, 8.0)));
        cases.push(case(&format!("instance-rows/{}", layout.name()), 1_000, instances, (1.2, 8.0)));
    }
    cases.push(case("metadata/pretty", 200, Layout::Pretty.of(&support::metadata(200)), (1.2, 8.0)));
    for (name, rows, text, job) in [
        ("to-dicom/studies-100", 100, support::study_rows(100), to_study_rows as fn(&str, &Options) -> usize),
        ("to-dicom/studies-10000", 10_000, support::study_rows(10_000), to_study_rows),
        ("to-dicom/instances-1000", 1_000, support::instance_rows(10, 100), to_instance_rows),
    ] {
        cases.push(Case { name: name.into(), rows, text: support::to_bundle(&text, &options), job, goals: (1.2, 8.0) });
    }
    // 1.3 times the whole slice's goal.
    for (name, rows, text, goals) in [
        ("chunks-64k/study-rows-10000", 10_000, support::study_rows(10_000), (0.75 * 1.3, 15.0 / 1.3)),
        ("chunks-64k/instance-rows-50x1000", 50_000, support::instance_rows(50, 1_000), (0.45 * 1.3, 40.0 / 1.3)),
    ] {
        cases.push(Case { name: name.into(), rows, text, job: chunked, goals });
    }
    cases
}

/// Sizes for pictures.
fn sizes() -> Vec<Case> {
    let case = |name: String, rows: usize, text: String| Case { name, rows, text, job: to_bundle, goals: (f64::INFINITY, 0.0) };
    let studies = [1, 10, 100, 1_000, 10_000].map(|rows| case(format!("size/study-rows/{rows}"), rows, support::study_rows(rows)));
    let instances = [(1, 100), (10, 100), (10, 1_000), (50, 1_000)]
        .map(|(series, of_each)| (series * of_each, support::instance_rows(series, of_each)))
        .map(|(rows, text)| case(format!("size/instance-rows/{rows}"), rows, text));
    studies.into_iter().chain(instances).collect()
}

/// The medians of `jobs` run in turn, so that whatever disturbs the machine disturbs all of them.
fn medians<const N: usize>(budget: Duration, mut jobs: [&mut dyn FnMut(); N]) -> [Duration; N] {
    let start = Instant::now();
    let mut repeat = [1_u32; N];
    for (job, repeat) in jobs.iter_mut().zip(&mut repeat) {
        // Short jobs are run often enough for the clock.
        job();
        let once = Instant::now();
        job();
        *repeat = (20_000 / (once.elapsed().as_nanos() as u32).max(1)).max(1);
    }
    let mut times: [Vec<Duration>; N] = [const { Vec::new() }; N];
    while start.elapsed() < budget || times.iter().any(|times| times.len() < 5) {
        for ((job, times), repeat) in jobs.iter_mut().zip(&mut times).zip(repeat) {
            let once = Instant::now();
            (0..repeat).for_each(|_| job());
            times.push(once.elapsed() / repeat);
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    })
}

fn searching(json: bool) {
    let options = Options::default();
    let queries = [
        "patient.identifier=P4598044&started=ge2024-01-14",
        "started=ge2024-02-01T10:15:30%2B01:00&started=lt2024-09",
        "patient.name=sam&referrer.family:contains=uin",
        "modality=http://dicom.nema.org/resources/ontology/DCM|CT,MR&identifier:not=A0000007&status=available",
    ];
    let studies = dicom::read(support::study_rows(10_000).as_bytes(), &options).expect("rows").ignore_loss();
    let server = servers::dcm4chee_arc_5();
    for query in queries {
        let parse = || search::parse(query, Release::R4, Handling::Strict, &options.limits).expect("a query");
        let residual = parse().residual(&options).expect("nothing to resolve");
        let [plan, judge] = medians(
            Duration::from_millis(400),
            [
                &mut || {
                    let _ = black_box(search::plan(&parse(), &server, &options));
                },
                &mut || {
                    black_box(studies.iter().filter(|study| residual.judge(study) == Verdict::Yes).count());
                },
            ],
        );
        if json {
            println!("{{\"search\":\"{query}\",\"plan_ns\":{},\"judge_ns\":{}}}", plan.as_nanos(), judge.as_nanos());
        } else {
            let (plan, judge) = (plan.as_nanos() as f64 / 1e3, judge.as_nanos() as f64 / 1e6);
            let verdict = if plan <= 3.0 && judge <= 2.0 { "ok" } else { "MISSED" };
            println!("{verdict:<7} parse + plan {plan:>6.2} µs (goal 3)   judging 10,000 {judge:>6.2} ms (goal 2)   {query}");
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1)).cloned();
    let json = arguments.iter().any(|argument| argument == "--json");
    let only = after("--only").unwrap_or_default();
    let options = Options::default();
    if let Some(file) = ["--once", "--time", "--print"].into_iter().find_map(after) {
        let text = std::fs::read_to_string(&file).expect("a file of input");
        // For profilers, for other programs to be compared with, and for eyes.
        let job = || {
            if file.contains("to-dicom") {
                let rows = if file.contains("instances") { dicom::Rows::Instances } else { dicom::Rows::Study };
                support::to_rows(&text, rows, &options)
            } else {
                support::to_bundle(&text, &options)
            }
        };
        match (after("--time"), after("--print")) {
            (Some(_), _) => {
                let [time] = medians(Duration::from_millis(1_500), [&mut || drop(black_box(job()))]);
                println!("{{\"median_ns\":{}}}", time.as_nanos());
            }
            (_, Some(_)) => println!("{}", job()),
            _ => println!("{}", job().len()),
        }
        return;
    }
    let (with_sizes, inputs) = (arguments.iter().any(|argument| argument == "--sizes"), after("--inputs"));
    if !json && inputs.is_none() {
        println!("time / IgnoredAny (goal)   times faster than Value (goal)   a row   input");
    }
    for case in if with_sizes { sizes() } else { cases() }.iter().filter(|case| case.name.contains(&only)) {
        if let Some(folder) = &inputs {
            std::fs::write(format!("{folder}/{}.json", case.name.replace('/', "-")), &case.text).expect("a folder to write to");
            continue;
        }
        // Asserted outside the loop: what is measured is the whole job.
        assert!((case.job)(&case.text, &options) > case.rows * 20, "{}", case.name);
        assert!(support::ignored_any(&case.text) && support::value(&case.text));
        let [ours, ignored, value] = medians(
            Duration::from_millis(if case.rows >= 10_000 { 4_000 } else { 800 }),
            [
                &mut || {
                    black_box((case.job)(black_box(&case.text), &options));
                },
                &mut || {
                    black_box(support::ignored_any(black_box(&case.text)));
                },
                &mut || {
                    black_box(support::value(black_box(&case.text)));
                },
            ],
        );
        let (ratio, faster) = (ours.as_secs_f64() / ignored.as_secs_f64(), value.as_secs_f64() / ours.as_secs_f64());
        let (most, least) = case.goals;
        if json {
            // No number of JSON is infinite.
            let most = most.min(f64::MAX);
            let (name, bytes, rows) = (&case.name, case.text.len(), case.rows);
            println!(
                "{{\"input\":\"{name}\",\"rows\":{rows},\"bytes\":{bytes},\"ours_ns\":{},\"ignored_any_ns\":{},\"value_ns\":{},\"ratio\":{ratio:.3},\"goal\":{most},\"faster\":{faster:.1},\"goal_faster\":{least}}}",
                ours.as_nanos(),
                ignored.as_nanos(),
                value.as_nanos()
            );
        } else {
            let verdict = if ratio <= most && faster >= least { "ok" } else { "MISSED" };
            let row = ours.as_nanos() as f64 / case.rows as f64;
            println!("{verdict:<7} {ratio:>6.2} ({most:.2})   {faster:>6.1} ({least:.0})   {row:>7.0} ns   {}", case.name);
        }
    }
    if "search".contains(&only) && inputs.is_none() && !with_sizes {
        searching(json);
    }
}
