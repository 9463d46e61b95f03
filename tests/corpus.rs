//! Real answers of real servers: every document below `FHIR_DICOMWEB_CORPUS` is read, or refused by name; what is written is valid FHIR.
//!
//! Without the variable there is nothing to do. The validator is `../tools/validate-fhir.py` seen from the corpus folder.

use crate::support::{fhir_laws, walk};
use fhir_dicomweb::{
    Accession, Class, EndpointAddress, Endpoints, Names, Options, Part, Practitioners, Release, Service, Subject, Vr, dicom, fhir, rows,
};
use serde_json::Value;
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
    let (mut read, mut studies, mut survived) = (0, 0, 0);
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
                if let Ok(text) = std::str::from_utf8(&bytes) {
                    crate::support::laws::there_and_back(text.trim_start_matches('\u{feff}'));
                }
                // Every study survives the way through every release, minus what is told.
                for (study, release) in result.value.iter().flat_map(|study| Release::ALL.map(|release| (study, release))) {
                    fhir_laws::through_fhir(study, release, Release::R5, options);
                    fhir_laws::through_fhir(study, release, Release::R4, &others[read % 2]);
                    survived += 1;
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
    let mut summary = format!(
        "corpus: read {read} documents, {studies} studies\nrefused {refused:?}\nlost {lost:?}\nthrough FHIR and back: {survived} studies x releases\n"
    );
    assert!(read > 0, "no document below {}", root.display());
    for (release, lines) in written {
        summary += &validated(&format!("corpus-{release}.ndjson"), release, &lines);
    }
    println!("{summary}");
    // The test runner hides what passing tests print: `.ci/run test` shows this file.
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus.txt"), summary).unwrap();
}

/// Every FHIR document below the corpus folder is read, or refused by name; what comes of it as DICOM JSON and in every release is sound.
#[test]
fn every_fhir_document_is_read_and_converted() {
    let Some(root) = std::env::var_os("FHIR_DICOMWEB_CORPUS").map(PathBuf::from) else {
        println!("FHIR_DICOMWEB_CORPUS is not set: no corpus");
        return;
    };
    let options = &mut Options::default();
    options.trust_retrieve_url = true;
    let (mut read, mut studies, mut rows) = (0, 0, 0);
    let mut refused: BTreeMap<&str, u32> = BTreeMap::new();
    let mut told: BTreeMap<&str, u64> = BTreeMap::new();
    let mut written: BTreeMap<Release, String> = BTreeMap::new();
    walk(&root, &mut |path| {
        let name = path.to_string_lossy().to_lowercase();
        let bytes = std::fs::read(path).unwrap();
        // What is FHIR says so.
        let Some(text) = std::str::from_utf8(&bytes).ok().filter(|text| text.contains("\"resourceType\"")) else { return };
        let release = if name.contains("r5") { Release::R5 } else { Release::R4 };
        let result = match fhir::read(&bytes, release, options) {
            Err(error) => return *refused.entry(error.code()).or_default() += 1,
            Ok(result) => result,
        };
        read += 1;
        studies += result.value.len();
        for loss in &result.loss {
            *told.entry(loss.code.name()).or_default() += loss.count;
        }
        fhir_laws::carry_or_tell(text.trim_start_matches('\u{feff}'), release, options);
        for study in &result.value {
            let sets = dicom::write(study, dicom::Rows::Instances, options).value;
            let back = dicom::read(sets.as_str().as_bytes(), options).unwrap();
            assert!(
                back.loss.iter().all(|loss| ["odd-uid", "lifted", "url-not-trusted"].contains(&loss.code.name())),
                "{}: {}",
                path.display(),
                back.loss
            );
            rows += sets.as_str().matches("00080018").count();
            for release in Release::ALL {
                fhir_laws::through_fhir(study, release, Release::R6, options);
                writeln!(written.entry(release).or_default(), "{}", fhir::write(study, release, options).value).unwrap();
            }
        }
    });
    let mut summary =
        format!("FHIR corpus: read {read} documents, {studies} studies, {rows} instance rows\nrefused {refused:?}\ntold {told:?}\n");
    assert!(studies > 0, "no study below {}", root.display());
    for (release, lines) in written {
        summary += &validated(&format!("fhir-corpus-{release}.ndjson"), release, &lines);
    }
    println!("{summary}");
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus-fhir.txt"), summary).unwrap();
}

/// Two answers of a vendor's API go FHIR -> DICOM -> FHIR. Each leaf that is not there again is in the report, or said in other words.
#[test]
fn the_seeds_go_there_and_back() {
    let Some(root) = std::env::var_os("FHIR_DICOMWEB_CORPUS").map(|root| PathBuf::from(root).join("../seed")) else {
        println!("FHIR_DICOMWEB_CORPUS is not set: no seeds");
        return;
    };
    let options = &mut Options::default();
    options.trust_retrieve_url = true;
    options.endpoints = Endpoints::Contained;
    options.endpoint_address = EndpointAddress::Study;
    options.series_endpoints = true;
    let mut seeds = 0;
    walk(&root, &mut |path| {
        seeds += 1;
        let text = std::fs::read_to_string(path).unwrap();
        let read = fhir::read(text.as_bytes(), Release::R4, options).unwrap();
        let mut reader = dicom::Reader::new(options.clone());
        let mut told: Vec<String> = read.loss.iter().map(|loss| loss.at.to_string()).collect();
        for rows in [dicom::Rows::Study, dicom::Rows::Instances] {
            let sets = dicom::write(&read.value[0], rows, options);
            told.extend(sets.loss.iter().map(|loss| loss.at.to_string()));
            reader.push(sets.value.as_str().as_bytes()).unwrap();
            reader.end_document().unwrap();
        }
        let back = reader.finish().unwrap();
        told.extend(back.loss.iter().map(|loss| loss.at.to_string()));
        let again = fhir::write(&back.value[0], Release::R4, options);
        told.extend(again.loss.iter().map(|loss| loss.at.to_string()));
        let before: Value = serde_json::from_str(&text).unwrap();
        let mut gone = Vec::new();
        leaves("", &before, &mut gone);
        let mut there = Vec::new();
        leaves("", &serde_json::from_str(again.value.as_str()).unwrap(), &mut there);
        gone.retain(|leaf| !there.contains(leaf));
        // The same in other words: UTC as an offset, text that repeats a display, our own ids of contained Endpoints; and elements that
        // are told by a note on another leaf of the same value (CodeableConcept for Coding).
        let same = |path: &str, value: &str| {
            path.ends_with("started") && value.ends_with('Z')
                || path.ends_with("Code.text")
                    && there.iter().any(|(at, text)| at == &path.replace(".text", ".coding.display") && text == value)
                || path.ends_with("endpoint.reference")
                || path.starts_with("Endpoint.id")
                || path == "Bundle.type"
                || path == "Bundle.resourceType"
        };
        let lost: Vec<_> = gone.iter().filter(|(path, value)| !same(path, value) && !told.contains(path)).collect();
        // Endpoints whose address is lost are gone with all they say.
        let lost: Vec<_> = lost
            .into_iter()
            .filter(|(path, _)| !(path.starts_with("Endpoint.") && told.contains(&"Endpoint.address".to_owned())))
            .collect();
        assert!(lost.is_empty(), "{}: {lost:#?}\ntold {told:#?}\nthere {there:#?}", path.display());
    });
    assert_eq!(seeds, 2);
}

/// The leaves of a document, each with its path in element names, from its resource down.
fn leaves(at: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            let at = members.get("resourceType").and_then(Value::as_str).unwrap_or(at);
            for (name, value) in members {
                let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                leaves(&path, value, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(at, item, into)),
        Value::String(text) => into.push((at.to_owned(), text.clone())),
        scalar => into.push((at.to_owned(), scalar.to_string())),
    }
}

/// Validates NDJSON with the official definitions, where there is a corpus and a validator beside it; what the validator says.
fn validated(name: &str, release: Release, lines: &str) -> String {
    let validator = std::env::var_os("FHIR_DICOMWEB_CORPUS").map(|root| PathBuf::from(root).join("../tools/validate-fhir.py"));
    let Some(validator) = validator.filter(|path| path.exists()) else {
        return format!("{release}: no validator, not validated\n");
    };
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, lines).unwrap();
    let output = Command::new("python3").arg(&validator).arg(release.name().to_lowercase()).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let detail: String = said.lines().take(20).map(|line| format!("{line}\n")).collect();
    assert!(output.status.success(), "{release}: {detail}{}", String::from_utf8_lossy(&output.stderr));
    format!("{}\n", said.lines().last().unwrap_or(""))
}

/// A member of a data set for a part of the table, filled with something good.
fn filled(part: &Part) -> String {
    let tag = format!("{:08X}", part.tag());
    let value = match (part.keyword(), part.vr()) {
        (_, Vr::Sq) => format!(
            "{{{}}}",
            part.items()
                .iter()
                .filter(|part| !["LongCodeValue", "URNCodeValue"].contains(&part.keyword()))
                .map(filled)
                .collect::<Vec<_>>()
                .join(",")
        ),
        ("CodingSchemeDesignator", _) => r#""SCT""#.into(),
        ("CodeValue", _) => r#""77477000""#.into(),
        ("CodingSchemeUID", _) => r#""2.16.840.1.113883.6.96""#.into(),
        ("UniversalEntityID", _) => r#""2.999.5""#.into(),
        ("UniversalEntityIDType", _) => r#""ISO""#.into(),
        ("IdentifierTypeCode", _) => r#""PI""#.into(),
        ("Modality" | "ModalitiesInStudy", _) => r#""CT""#.into(),
        ("BodyPartExamined", _) => r#""HEART""#.into(),
        ("Laterality" | "ImageLaterality", _) => r#""L""#.into(),
        ("PatientSex", _) => r#""F""#.into(),
        ("RetrieveURL", _) => r#""https://pacs.example.org/dicom-web/studies/2.999.1""#.into(),
        ("StudyInstanceUID", _) => r#""2.999.1""#.into(),
        ("NumberOfStudyRelatedSeries" | "NumberOfStudyRelatedInstances" | "NumberOfSeriesRelatedInstances", _) => "1".into(),
        (_, Vr::Da) => r#""20240114""#.into(),
        (_, Vr::Tm) => r#""101530""#.into(),
        (_, Vr::Offset) => r#""+0100""#.into(),
        (_, Vr::Is) => "7".into(),
        (_, Vr::Ui) => r#""2.999.1.7""#.into(),
        (_, Vr::Pn) => r#"{"Alphabetic":"Family^Given","Ideographic":"山田^太郎"}"#.into(),
        (keyword, Vr::Cs) => format!(r#""{}""#, keyword.to_uppercase()),
        (keyword, _) => format!(r#""{keyword}""#),
    };
    format!(r#""{tag}":{{"vr":"{}","Value":[{value}]}}"#, part.vr().name())
}

/// A study with every fact filled maps in every release; what finds no home is only what is known to have none.
#[test]
fn every_fact_filled() {
    let mut members: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for part in rows().flat_map(|row| row.parts()) {
        let (top, text) = (part.sequence().unwrap_or(part.tag()), filled(part));
        members.entry(top).or_default().push(text);
    }
    let list: Vec<String> = members
        .into_iter()
        .map(|(tag, texts)| match texts.as_slice() {
            [one] if one.starts_with(&format!("\"{tag:08X}")) => one.clone(),
            many if many[0].starts_with(&format!("\"{tag:08X}")) => many[0].clone(),
            many => format!(r#""{tag:08X}":{{"vr":"SQ","Value":[{{{}}}]}}"#, many.join(",")),
        })
        .collect();
    // The URL of the study stands in a row of the study.
    let is_url = |text: &String| text.starts_with("\"00081190") || text.starts_with("\"00080056");
    let url: Vec<String> =
        list.iter().filter(|text| is_url(text) || text.starts_with("\"0020000D") || text.starts_with("\"00100020")).cloned().collect();
    let list: Vec<String> = list.into_iter().filter(|text| !is_url(text)).collect();
    let mut options = Options::default();
    options.subject = Subject::Contained;
    options.trust_retrieve_url = true;
    options.study_id_system = Some("https://hospital.example.org/study-id".into());
    let read = dicom::read(format!("[{{{}}},{{{}}}]", list.join(","), url.join(",")).as_bytes(), &options).unwrap();
    assert!(read.loss.is_empty(), "{}", read.loss);
    let study = &read.value[0];
    for release in Release::ALL {
        let written = fhir::write(study, release, &options);
        validated(&format!("every-fact-{release}.ndjson"), release, &format!("{}\n", written.value));
        let homeless: Vec<String> =
            written.loss.iter().filter(|loss| loss.class() == Class::NoHome).map(|loss| loss.at.to_string()).collect();
        // Physicians of record and InstanceAvailability have no element in any release, interpreters none from R5 on.
        let expected: &[&str] = match release {
            Release::R4 | Release::R4B => &["/00081048", "/00081049", "/00080056"],
            _ => &["/00081060", "/00081062", "/00081048", "/00081049", "/00080056"],
        };
        assert!(homeless.iter().all(|at| expected.iter().any(|known| at.starts_with(known))), "{release}: {homeless:?}");
    }
}
