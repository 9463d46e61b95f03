//! The jobs whose instructions are counted, by name.
#![allow(missing_docs, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

use fhir_dicomweb::search::{self, Handling, Verdict, servers};
use fhir_dicomweb::{Options, Release, dicom};
use support::Layout;

/// A job, and the text whose scan by `IgnoredAny` it is compared with.
pub struct Input {
    pub text: String,
    job: Box<dyn Fn(&str) -> usize>,
}

impl Input {
    pub fn run(&self) -> usize {
        (self.job)(&self.text)
    }

    pub fn scan(&self) -> bool {
        support::ignored_any(&self.text)
    }
}

fn to_bundle(text: String) -> Input {
    Input { text, job: Box::new(|text| support::to_bundle(text, &Options::default()).len()) }
}

fn to_rows(text: &str, rows: dicom::Rows) -> Input {
    let text = support::to_bundle(text, &Options::default());
    Input { text, job: Box::new(move |text| support::to_rows(text, rows, &Options::default()).len()) }
}

const QUERY: &str = "modality=http://dicom.nema.org/resources/ontology/DCM|CT,MR&patient.name=sam&started=ge2024-01-14&status=available";

fn parse() -> search::Query {
    search::parse(QUERY, Release::R4, Handling::Strict, &Options::default().limits).expect("a query")
}

/// Compared with the scan of one study row, which a plan has nothing to do with, but which is always the same.
fn plan() -> Input {
    let server = servers::dcm4chee_arc_5();
    Input { text: support::study_rows(1), job: Box::new(move |_| search::plan(&parse(), &server, &Options::default()).is_ok().into()) }
}

fn judge(rows: usize) -> Input {
    let text = support::study_rows(rows);
    let studies = dicom::read(text.as_bytes(), &Options::default()).expect("rows").ignore_loss();
    let residual = parse().residual(&Options::default()).expect("nothing to resolve");
    Input { text, job: Box::new(move |_| studies.iter().filter(|study| residual.judge(study) == Verdict::Yes).count()) }
}

/// The input of a name; a function of its own for each job, so that nothing else of it is counted.
pub fn input(name: &str) -> Input {
    match name {
        "study_rows_1" => to_bundle(support::study_rows(1)),
        "study_rows_100" => to_bundle(support::study_rows(100)),
        "study_rows_1000" => to_bundle(support::study_rows(1_000)),
        "study_rows_10000" => to_bundle(support::study_rows(10_000)),
        "study_rows_pretty" => to_bundle(Layout::Pretty.of(&support::study_rows(100))),
        "study_rows_python" => to_bundle(Layout::Python.of(&support::study_rows(100))),
        "study_rows_escaped" => to_bundle(Layout::Escaped.of(&support::study_rows(100))),
        "instance_rows_1000" => to_bundle(support::instance_rows(10, 100)),
        "instance_rows_5000" => to_bundle(support::instance_rows(50, 100)),
        "instance_rows_10000" => to_bundle(support::instance_rows(10, 1_000)),
        "instance_rows_50000" => to_bundle(support::instance_rows(50, 1_000)),
        "instance_rows_pretty" => to_bundle(Layout::Pretty.of(&support::instance_rows(10, 30))),
        "instance_rows_python" => to_bundle(Layout::Python.of(&support::instance_rows(10, 30))),
        "instance_rows_escaped" => to_bundle(Layout::Escaped.of(&support::instance_rows(10, 30))),
        "shuffled_series_1000" => to_bundle(support::shuffled_series(10, 100)),
        "metadata_100" => to_bundle(support::metadata(100)),
        "to_study_rows_100" => to_rows(&support::study_rows(100), dicom::Rows::Study),
        "to_instance_rows_1000" => to_rows(&support::instance_rows(10, 100), dicom::Rows::Instances),
        "parse_and_plan" => plan(),
        "judge_1000" => judge(1_000),
        _ => unreachable!("no input {name}"),
    }
}
