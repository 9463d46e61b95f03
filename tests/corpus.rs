//! Real answers of real servers: every document below `FHIR_DICOMWEB_CORPUS` is read, or refused by name; what is written is valid FHIR.
//!
//! Without the variable there is nothing to do. The validator is `../tools/validate-fhir.py` seen from the corpus folder.

use crate::support::walk;
use fhir_dicomweb::{Accession, EndpointAddress, Endpoints, Names, Options, Practitioners, Release, Service, Subject, dicom, fhir};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_document_is_read_or_refused_and_results_are_valid() {
    let Some(root) = std::env::var_os("FHIR_DICOMWEB_CORPUS").map(PathBuf::from) else {
        println!("FHIR_DICOMWEB_CORPUS is not set: no corpus");
        return;
    };
    let options = &mut Options::default();
    options.endpoint_base = Some("https://pacs.example.org/dicom-web".into());
    let mut contained = options.clone();
    contained.subject = Subject::Contained;
    contained.practitioners = Practitioners::Contained;
    contained.services = Service::ALL.to_vec();
    contained.series_endpoints = true;
    let mut beside = options.clone();
    beside.subject = Subject::Separate;
    beside.endpoints = Endpoints::Bundle;
    beside.endpoint_address = EndpointAddress::Study;
    beside.names = Names::Human;
    beside.accession = Accession::Both;
    let others = [contained, beside];
    let (mut read, mut studies) = (0, 0);
    let mut refused: BTreeMap<&str, u32> = BTreeMap::new();
    let mut lost: BTreeMap<&str, u64> = BTreeMap::new();
    let mut written: BTreeMap<Release, String> = BTreeMap::new();
    walk(&root, &mut |path| {
        if path.file_name().is_some_and(|name| name == "manifest.json") {
            return;
        }
        let bytes = std::fs::read(path).unwrap();
        match dicom::read(&bytes, options) {
            Err(error) => *refused.entry(error.code()).or_default() += 1,
            Ok(result) => {
                read += 1;
                studies += result.value.len();
                for loss in &result.loss {
                    *lost.entry(loss.code.name()).or_default() += loss.count;
                }
                // Other policies now and then: a Bundle with everything contained, or with everything beside.
                for options in others.iter().filter(|_| read % 4 == 0) {
                    // The validator of R6 takes minutes for a Bundle.
                    for release in [Release::R4, Release::R4B, Release::R5] {
                        let mut bundle = fhir::BundleWriter::new(release, options);
                        result.value.iter().for_each(|study| bundle.push(study));
                        let bundle = bundle.finish_with_outcome(&result.loss).ignore_loss();
                        writeln!(written.entry(release).or_default(), "{bundle}").unwrap();
                    }
                }
                for release in Release::ALL {
                    for study in &result.value {
                        let resource = fhir::write(study, release, options);
                        assert_eq!(
                            resource.loss.carried() + resource.loss.counted(),
                            study.leaves(),
                            "every field of the record is carried or told: {}",
                            path.display()
                        );
                        let lines = written.entry(release).or_default();
                        writeln!(lines, "{}", resource.value).unwrap();
                    }
                }
            }
        }
    });
    let mut summary = format!("corpus: read {read} documents, {studies} studies\nrefused {refused:?}\nlost {lost:?}\n");
    assert!(read > 0, "no document below {}", root.display());
    let validator = root.join("../tools/validate-fhir.py");
    if !validator.exists() {
        writeln!(summary, "no validator at {}: results are not validated", validator.display()).unwrap();
        written.clear();
    }
    for (release, lines) in written {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("corpus-{release}.ndjson"));
        std::fs::write(&file, lines).unwrap();
        let output = Command::new("python3").arg(&validator).arg(release.name().to_lowercase()).arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        writeln!(summary, "{}", said.lines().last().unwrap_or("")).unwrap();
        let detail: String = said.lines().take(20).map(|line| format!("{line}\n")).collect();
        assert!(output.status.success(), "{release}: {detail}{}", String::from_utf8_lossy(&output.stderr));
    }
    println!("{summary}");
    // The test runner hides what passing tests print: `.ci/run test` shows this file.
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus.txt"), summary).unwrap();
}
