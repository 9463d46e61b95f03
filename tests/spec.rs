//! Runs `spec/vectors` exactly as an outsider would: a trial for each case, release and direction, by what drives and what conforms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)]

#[path = "../examples/conform/grammar.rs"]
mod grammar;
// What it says of itself is for drivers.
#[allow(dead_code)]
#[path = "../examples/conform/ops.rs"]
mod ops;
mod support;
#[path = "../examples/conform/tables.rs"]
mod tables;

use fhir_dicomweb::{Class, Code, Release};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use support::cases::{Run, for_release, runs};
use support::vectors::options_of;
use support::{compare, vector_files, vectors};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (path, file) in vector_files() {
        for case in file["cases"].as_array().into_iter().flatten() {
            let all = runs(case);
            assert!(!all.is_empty(), "{}: {} is never run", path.display(), case["id"]);
            for run in all {
                if run.op == "map" && run.direction == Some("to-fhir") && run.release == "R4" && case["error"].is_null() {
                    let case = case.clone();
                    trials.push(Trial::test(format!("{}/strict", run.id), move || strict(&case)));
                }
                trials.push(Trial::test(run.name(), move || conforms(&run)));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn conforms(run: &Run) -> Result<(), Failed> {
    let release: Release = run.release.parse().unwrap();
    let answer = ops::run(&run.op, run.direction, release, &run.input);
    assert_eq!(answer["skipped"], json!(null), "nothing is skipped here");
    compare::wrong(run, &answer).map_or(Ok(()), |wrong| Err(format!("{wrong}\nof {}", run.input).into()))
}

/// In strict mode what departs from its standard or contradicts itself is an error, and nothing else is.
fn strict(case: &Value) -> Result<(), Failed> {
    let text = case["text"].as_str().map_or_else(|| case["dicom"].to_string(), str::to_owned);
    let mut options = options_of(case);
    options.strict = true;
    let losses = for_release(&case["loss"], "R4");
    // These are told when FHIR is written, which never fails.
    let late = ["required-missing", "bad-url"];
    let breaks =
        losses.as_array().into_iter().flatten().filter_map(|loss| loss["code"].as_str()).filter(|code| !late.contains(code)).any(|name| {
            let code = Code::ALL.iter().find(|code| code.name() == name).unwrap();
            matches!(code.class(), Class::Deviation | Class::Conflict)
        });
    match fhir_dicomweb::dicom::read(text.as_bytes(), &options) {
        Ok(_) if !breaks => Ok(()),
        Err(error) if breaks && error.code() == "strict" => Ok(()),
        Ok(_) => Err("expected the error strict, found a result".into()),
        Err(error) => Err(format!("expected a result, found {error}").into()),
    }
}
