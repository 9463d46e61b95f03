//! What fuzzing found once, and the corpora it is to begin with, given to the targets again; no fuzzer is needed.
//!
//! A trial for each file of `fuzz/regressions/TARGET` and each that is kept in `fuzz/corpus/TARGET`. `cargo test --test replay -- NAME` runs those
//! whose path has the name in it; `REPLAY=FOLDER` takes the folders of targets from elsewhere, and every file in them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)]

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use support::generate::Choices;
use support::mutate::{self, Change, mutated, spliced};
use support::seeded::Seeded;
use support::targets::{TARGETS, Target};
use support::walk;

fn main() -> ExitCode {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let mut trials = vec![
        Trial::test("mutations/json", || mutations(mutate::json::change, DICOM)),
        Trial::test("mutations/dicom", || mutations(mutate::dicom::change, DICOM)),
        Trial::test("mutations/fhir", || mutations(mutate::fhir::change, FHIR)),
        Trial::test("mutations/query", || mutations(mutate::query::change, QUERY)),
    ];
    if let Some(folder) = std::env::var_os("REPLAY") {
        trials.extend(inputs(&PathBuf::from(folder), |_| true));
    } else if fuzz.is_dir() {
        trials.extend(inputs(&fuzz.join("regressions"), |_| true));
        trials.extend(inputs(&fuzz.join("corpus"), |name| name.starts_with("kept-")));
    } else {
        println!("no {}, as in a package: nothing is replayed", fuzz.display());
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A trial for each file of a folder of targets' folders.
fn inputs(folder: &Path, is_one: fn(&str) -> bool) -> Vec<Trial> {
    let mut trials = Vec::new();
    walk(folder, &mut |path| {
        let within = path.strip_prefix(folder).unwrap();
        let (target, file) = (within.parent().unwrap().to_string_lossy(), path.file_name().unwrap().to_string_lossy());
        if is_one(&file) {
            let known = TARGETS.iter().find(|(name, _)| *name == target);
            let run: Target = known.unwrap_or_else(|| panic!("{}: no target of that name", path.display())).1;
            let path = path.to_owned();
            trials.push(Trial::test(format!("{}/{target}/{file}", folder.file_name().unwrap().to_string_lossy()), move || {
                run(&std::fs::read(path).unwrap());
                Ok(())
            }));
        }
    });
    trials
}

const DICOM: &str = r#"[{"0020000D":{"vr":"UI","Value":["1.2.1"]},"0020000E":{"vr":"UI","Value":["1.2.1.1"]},"00080018":{"vr":"UI","Value":["1.2.1.1.1"]}},
    {"0020000D":{"vr":"UI","Value":["1.2.1"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^J"}]},"00081032":{"vr":"SQ","Value":[{}]}}]"#;

const FHIR: &str = r#"{"resourceType":"ImagingStudy","status":"available","subject":{"reference":"Patient/1"},"identifier":[{"system":"urn:dicom:uid",
    "value":"urn:oid:1.2.3"}],"started":"2024-01-14","series":[{"uid":"1.2.3.1","modality":{"code":"CT"},"instance":[{"uid":"1.2.3.1.1"}]}]}"#;

const QUERY: &str = "patient.identifier=urn:a|P1&started=ge2024-01-14&modality=CT,MR";

/// Mutations are many, the same for the same seed, mostly of the kind they are made from, and do not grow without end.
fn mutations(change: Change, text: &str) -> Result<(), Failed> {
    let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let (mut different, mut whole) = (std::collections::BTreeSet::new(), 0);
    for seed in 0..400 {
        let new = mutated(change, text.as_bytes(), seed);
        assert_eq!(new, mutated(change, text.as_bytes(), seed));
        whole += usize::from(std::str::from_utf8(&new).is_ok_and(is_json) == is_json(text));
        let crossed = spliced(&new, text.as_bytes(), seed);
        assert!(crossed.len() <= 2 * (new.len() + text.len()) + 64);
        different.insert(new);
    }
    assert!(different.len() > 250, "{} mutants of 400 seeds", different.len());
    assert!(whole > 240, "{whole} of 400 are still JSON, or still none");
    // A long walk stays within bounds, and any text can be mutated.
    let mut long = text.to_owned();
    for seed in 0..2_000 {
        long = change(&mut Choices(&Seeded(seed).bytes(8)), &long);
        if long.len() > 20_000 {
            long = text.to_owned();
        }
    }
    for odd in ["", "&", "{", "\"", "[]", "{}", "é", "[[[[", "=", "null"] {
        for seed in 0..200 {
            change(&mut Choices(&Seeded(seed).bytes(4)), odd);
        }
    }
    Ok(())
}
