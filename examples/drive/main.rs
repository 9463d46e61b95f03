//! Drives an implementation through `spec/vectors` by `spec/PROTOCOL.md`, compares, and reports.
//!
//! `cargo run --example drive -- [--expected FILE] [--report FILE] [--only PREFIX] COMMAND...`
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::indexing_slicing)]

mod cases;
mod compare;
mod process;
mod report;

use process::Process;
use report::{Outcome, Report};
use serde_json::Value;
use std::error::Error;
use std::ffi::OsString;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: drive [--expected FILE] [--report FILE] [--only PREFIX] COMMAND...";

struct Arguments {
    expected: Option<String>,
    report: Option<String>,
    only: String,
    command: Vec<String>,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut arguments = Arguments { expected: None, report: None, only: String::new(), command: Vec::new() };
    let all: Result<Vec<String>, OsString> = std::env::args_os().skip(1).map(OsString::into_string).collect();
    let mut rest = all.map_err(|_| "an argument is no UTF-8")?.into_iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(USAGE);
        match argument.as_str() {
            "--expected" => arguments.expected = Some(value()?),
            "--report" => arguments.report = Some(value()?),
            "--only" => arguments.only = value()?,
            _ => {
                arguments.command.push(argument);
                arguments.command.extend(rest);
                break;
            }
        }
    }
    if arguments.command.is_empty() { Err(USAGE.into()) } else { Ok(arguments) }
}

/// Every JSON file below a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    let mut all = Vec::new();
    for path in entries {
        if path.is_dir() {
            all.extend(files(&path)?);
        } else if path.extension().is_some_and(|end| end == "json") {
            all.push(path);
        }
    }
    Ok(all)
}

fn load(path: &Path) -> Result<Value, Box<dyn Error>> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn drive() -> Result<bool, Box<dyn Error>> {
    let arguments = arguments()?;
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec");
    let manifest = load(&spec.join("manifest.json"))?;
    // Where the implementation keeps such a file it is meant.
    let usual = Path::new("expected-failures.json");
    let expected = match &arguments.expected {
        Some(path) => serde_json::from_value(load(Path::new(path))?)?,
        None if usual.exists() => serde_json::from_value(load(usual)?)?,
        None => Default::default(),
    };
    let mut report = Report::expecting(expected);
    let mut process = Process::start(&arguments.command)?;
    let mut broken: Option<String> = None;
    for path in files(&spec.join("vectors"))? {
        let group = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let file = load(&path)?;
        for case in file["cases"].as_array().into_iter().flatten() {
            for run in cases::runs(case).into_iter().filter(|run| run.id.starts_with(&arguments.only)) {
                if let Some(why) = &broken {
                    report.add(&group, &run, Outcome::Fail, why.clone());
                    continue;
                }
                match process.run(&run) {
                    Ok(answer) => match (answer["skipped"].as_str(), compare::wrong(&run, &answer)) {
                        (Some(why), _) => report.add(&group, &run, Outcome::Skip, why.to_owned()),
                        (None, None) => report.add(&group, &run, Outcome::Pass, String::new()),
                        (None, Some(wrong)) => report.add(&group, &run, Outcome::Fail, wrong),
                    },
                    Err(error) => {
                        report.add(&group, &run, Outcome::Fail, error.to_string());
                        broken = Some(format!("after {error} of {}", run.name()));
                    }
                }
            }
        }
    }
    let about = process.about.clone();
    process.stop(broken.is_some());
    if report.cases() == 0 {
        return Err(format!("no case begins with {}", arguments.only).into());
    }
    report.close();
    report.failures().for_each(|failure| eprintln!("{failure}"));
    if let Some(path) = &arguments.report {
        std::fs::write(path, serde_json::to_string_pretty(&report.json(&manifest, &about))? + "\n")?;
    }
    let mut out = stdout().lock();
    writeln!(out, "{}\n{} cases", report.table(), report.cases())?;
    let (passed, failed, skipped) = (report.count(Outcome::Pass), report.count(Outcome::Fail), report.count(Outcome::Skip));
    writeln!(out, "{passed} passed, {failed} failed, {skipped} skipped")?;
    Ok(failed == 0)
}

fn main() -> ExitCode {
    match drive() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
