//! Whose a study is, where a resource says it by a reference alone.

use fhir_dicomweb::{Options, Release, Subject, fhir, row};
use std::slice;

const UID: &str = r#"{"system":"urn:dicom:uid","value":"urn:oid:1.2"}"#;
const A: &str = r#""description":"A""#;
const B: &str = r#""series":[{"uid":"1.2.1"}]"#;

fn study(subject: &str, more: &str) -> String {
    format!(r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{UID}],"subject":{subject},{more}}}"#)
}

fn entry(url: &str, resource: &str) -> String {
    format!(r#"{{"fullUrl":"{url}","resource":{resource}}}"#)
}

fn bundle(entries: &[String]) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))
}

/// How many series there are in all, and whether it is told that there are two patients.
fn read(text: &str, options: &Options) -> (usize, bool) {
    let read = fhir::read(text.as_bytes(), Release::R4, options).unwrap();
    let series = read.value.iter().map(|study| study.series().len()).sum();
    (series, read.loss.iter().any(|loss| loss.code.name() == "patient-conflict"))
}

/// What a Bundle calls an entry is not the same in another Bundle, unless it is a URL or a URN.
#[test]
fn entries_that_are_numbered() {
    let one = r#"{"reference":"resource:0"}"#;
    let patient = |facts: &str| entry("resource:0", &format!(r#"{{"resourceType":"Patient",{facts}}}"#));
    let card = |patient: &[String], study: String| bundle(&[patient, &[entry("resource:1", &study)]].concat());
    let other = |text: String| text.replace("urn:oid:1.2", "urn:oid:1.3");
    // A study whose own Bundle does not have its patient has nobody's number.
    let text = [card(&[patient(r#""identifier":[{"value":"P1"}]"#)], study(one, A)), card(&[], other(study(one, B)))].join("\n");
    let result = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
    assert!(result.loss.iter().any(|loss| loss.code.name() == "unresolved-reference"), "{}", result.loss);
    assert!(result.value[0].get(row::PATIENT_ID).is_some() && result.value[1].get(row::PATIENT_ID).is_none());
    let male = patient(r#""gender":"male""#);
    for (url, is_one) in
        [("resource:0", false), ("pat:1", false), ("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", true), ("http://a/f/Patient/1", true)]
    {
        let text = [card(slice::from_ref(&male), study(one, A)), card(slice::from_ref(&male), study(one, B))]
            .join("\n")
            .replace("resource:0", url);
        assert_eq!(read(&text, &Options::default()), (usize::from(is_one), !is_one), "{url}");
    }
}

/// A relative reference is its server's, whatever stands in its query.
#[test]
fn references_with_a_colon() {
    let page = |server: &str, reference: &str, more: &str| {
        bundle(&[entry(&format!("{server}/ImagingStudy/1"), &study(&format!(r#"{{"reference":"{reference}"}}"#), more))])
    };
    for reference in ["Patient?name:exact=Doe", "Patient?identifier=http://h|7", "Patient?name=Doe"] {
        let text = |servers: [&str; 2]| [page(servers[0], reference, A), page(servers[1], reference, B)].join("\n");
        assert_eq!(read(&text(["http://a/f", "http://b/f"]), &Options::default()), (0, true), "{reference}");
        assert_eq!(read(&text(["http://a/f", "http://a/f"]), &Options::default()), (1, false), "{reference}");
    }
}

/// The reference of the options names who any other names.
#[test]
fn the_reference_of_the_options() {
    let mut own = Options::default();
    own.subject = Subject::Reference("Patient/1".into());
    let one = r#"{"reference":"Patient/1"}"#;
    let patient = r#"{"resourceType":"Patient","id":"1","gender":"male"}"#;
    let of = |server: &str, more: &str| entry(&format!("{server}/ImagingStudy/1"), &study(one, more));
    let there = |server: &str| entry(&format!("{server}/Patient/1"), patient);
    for (text, expected) in [
        (bundle(&[of("http://a/f", A), of("http://b/f", B), there("http://a/f"), there("http://b/f")]), (0, true)),
        ([bundle(&[of("http://a/f", A)]), bundle(&[of("http://b/f", B)])].join("\n"), (0, true)),
        ([study(one, A), study(r#"{"type":"Patient"}"#, B)].join("\n"), (0, true)),
        ([study(one, A), study(one, B)].join("\n"), (1, false)),
        (
            bundle(&[of("http://a/f", A), entry("http://a/f/ImagingStudy/2", &study(r#"{"reference":"http://a/f/Patient/1"}"#, B))]),
            (1, false),
        ),
        (
            bundle(&[of("http://a/f", A), entry("http://a/f/ImagingStudy/2", &study(r#"{"reference":"Patient/1/_history/2"}"#, B))]),
            (1, false),
        ),
    ] {
        for options in [&own, &Options::default()] {
            assert_eq!(read(&text, options), expected, "{text}");
        }
    }
}

/// Nor where no Bundle has the entry.
#[test]
fn what_a_bundle_calls_an_entry_that_is_not_there() {
    let text = |url: &str, one: &str, other: &str| {
        let of = |more: &str| study(&format!(r#"{{"reference":"{url}"}}"#), more);
        [bundle(&[entry("resource:1", &of(one))]), bundle(&[entry("resource:1", &of(other))])].join("\n")
    };
    assert!(read(&text("resource:0", A, B), &Options::default()).1);
    assert!(!read(&text("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", A, B), &Options::default()).1);
    assert!(!read(&text("http://a/f/Patient/1", A, B), &Options::default()).1);
    let one = bundle(&[
        entry("resource:1", &study(r#"{"reference":"resource:0"}"#, A)),
        entry("resource:2", &study(r#"{"reference":"resource:0"}"#, B)),
    ]);
    assert!(!read(&one, &Options::default()).1);
}

/// A name of no letter or digit says nothing: what stands beside the reference is read (spec/README, "Two patients").
#[test]
fn a_name_without_letters_says_nothing() {
    let study = |name: &str, display: &str, more: &str| {
        let contained = format!(r#""contained":[{{"resourceType":"Patient","id":"p","name":[{{"text":"{name}"}}]}}],{more}"#);
        study(&format!(r##"{{"reference":"#p","display":"{display}"}}"##), &contained)
    };
    let two = |one: [&str; 2], other: [&str; 2]| {
        read(&[study(one[0], one[1], A), study(other[0], other[1], B)].join("\n"), &Options::default()).1
    };
    assert!(two(["?", "Doe"], ["?", "Roe"]));
    assert!(two(["?", "Doe"], ["?", "?"]));
    assert!(!two(["?", "Doe"], ["***", "Doe"]));
    assert!(!two(["Doe", "Roe"], ["Doe", "?"]));
    assert!(!two(["?", "***"], ["?", "."]));
    let named = |name: &str, display: &str| {
        let read = fhir::read(study(name, display, A).as_bytes(), Release::R4, &Options::default()).unwrap();
        (
            String::from(read.value[0].get(row::PATIENT_NAME).unwrap().alphabetic),
            read.loss.iter().map(|loss| loss.code.name()).collect::<Vec<_>>(),
        )
    };
    assert_eq!(named("?", "Doe"), ("Doe".into(), ["name-unstructured", "alternative-unused"].to_vec()));
    assert_eq!(named("?", "."), ("?".into(), ["name-unstructured", "alternative-unused"].to_vec()));
    assert_eq!(named("Roe", "Doe"), ("Roe".into(), ["name-unstructured", "alternative-unused"].to_vec()));
}
