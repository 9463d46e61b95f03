//! What mutants of the code survived that every other test had missed (`.ci/mutants.py`): each is something that nothing else looked at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use fhir_dicomweb::search::{self, Handling, Verdict};
use fhir_dicomweb::{Options, Release, dicom, fhir};
use std::collections::BTreeSet;

/// What is told of contained resources has its place in each of them, though the same names lead to it.
#[test]
fn places_begin_at_the_resource_that_they_are_in() {
    let text = br##"{"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"status":"available",
        "contained":[{"resourceType":"Patient","id":"p","language":"de","name":[{"text":"Jane Doe"}]},
            {"resourceType":"Practitioner","id":"d","language":"fr","name":[{"text":"Richard Roe"}]}],
        "language":"it","subject":{"reference":"#p"},"referrer":{"reference":"#d"}}"##;
    let read = fhir::read(text, Release::R4, &Options::default()).unwrap();
    let told = |code: &str| -> Vec<String> {
        let at = read.loss.iter().filter(|loss| loss.code.name() == code).map(|loss| loss.at.to_string());
        at.map(|at| at.split('.').next().unwrap_or_default().to_owned()).collect::<BTreeSet<_>>().into_iter().collect()
    };
    assert_eq!(told("no-attribute"), ["ImagingStudy", "Patient", "Practitioner"], "{}", read.loss);
    assert_eq!(told("name-unstructured"), ["Patient", "Practitioner"], "{}", read.loss);
}

/// A person's name and identification are attributes of their own: what is asked of one is decided where that one was returned, even empty.
#[test]
fn names_and_identifications_are_known_apart() {
    let name = r#""00080090":{"vr":"PN"}"#;
    let identification = r#""00080096":{"vr":"SQ"}"#;
    let options = Options::default();
    let judge = |members: &[&str], query: &str| {
        let row = format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2.3"]}},{}}}]"#, members.join(","));
        let study = dicom::read(row.as_bytes(), &options).unwrap().ignore_loss().remove(0);
        let query = search::parse(query, Release::R4, Handling::Strict, &options.limits).unwrap();
        query.residual(&options).unwrap().judge(&study)
    };
    let is_open = |verdict: Verdict| matches!(verdict, Verdict::Need(_));
    for (query, by_name, by_identification) in
        [("referrer.name=Doe", true, false), ("referrer.identifier=X", false, true), ("referrer:missing=true", false, false)]
    {
        assert_eq!(is_open(judge(&[name], query)), !by_name, "{query}");
        assert_eq!(is_open(judge(&[identification], query)), !by_identification, "{query}");
        assert!(!is_open(judge(&[name, identification], query)), "{query}");
    }
}

/// Queries are the same when they ask the same: each thing in which they may differ counts alone.
#[test]
fn queries_differ_in_any_one_thing() {
    let limits = Options::default().limits;
    let of = |query: &str, release| search::parse(query, release, Handling::Strict, &limits).unwrap();
    let same = of("modality=CT&_sort=started", Release::R4);
    assert!(same == of("modality=CT&_sort=started", Release::R4));
    for (query, release) in [
        ("modality=CT&_sort=started", Release::R5),
        ("modality=MR&_sort=started", Release::R4),
        ("modality=CT&modality=MR&_sort=started", Release::R4),
        ("modality=CT&_sort=-started", Release::R4),
        ("modality=CT", Release::R4),
        ("_sort=started", Release::R4),
    ] {
        assert!(same != of(query, release), "{query}");
    }
    assert!(of("identifier=X", Release::R4) != search::parse_endpoint("identifier=X", Release::R4, Handling::Strict, &limits).unwrap());
}

/// Why lenient handling dropped a parameter: there is none, or nothing answers it.
#[test]
fn what_is_dropped_has_its_reason() {
    let limits = Options::default().limits;
    let query = search::parse("colour=red&_tag=x&modality=CT", Release::R4, Handling::Lenient, &limits).unwrap();
    let reasons: Vec<_> = query.dropped().iter().map(|dropped| (dropped.position, dropped.reason)).collect();
    assert_eq!(reasons, [(0, search::Reason::Unknown), (1, search::Reason::Unsupported)]);
}

/// A server is shown by its name.
#[test]
fn servers_show_their_names() {
    for server in search::servers::all() {
        assert!(format!("{server:?}").contains(server.id()));
    }
}

/// A system without a code asks for any class of it: that is no request, and everything is asked for.
#[test]
fn any_class_is_kept() {
    let options = Options::default();
    let query = search::parse("dicom-class=urn:ietf:rfc:3986|", Release::R4, Handling::Strict, &options.limits).unwrap();
    for server in search::servers::all() {
        let plan = search::plan(&query, &server, &options).unwrap();
        assert_eq!(plan.decisions()[0].class, search::Class::Kept, "{server:?}");
        assert_eq!(plan.requests().len(), 1, "{server:?}");
    }
}
