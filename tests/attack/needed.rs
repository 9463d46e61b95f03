//! What a need says of attributes: those that decide, each once.

use fhir_dicomweb::search::{self, Handling, Need, Verdict};
use fhir_dicomweb::{Limits, Options, Release, dicom};

/// What is needed to judge a study of which its own row alone is known, which says nothing but its UID.
fn need(query: &str, release: Release) -> Need {
    let row = br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]}}]"#;
    let studies = dicom::read(row, &Options::default()).unwrap().value;
    let parsed = search::parse(query, release, Handling::Strict, &Limits::default()).unwrap_or_else(|e| panic!("{query}: {e}"));
    match parsed.residual(&Options::default()).unwrap().judge(&studies[0]) {
        Verdict::Need(need) => need,
        decided => panic!("{query}: {decided:?}"),
    }
}

/// Each in the place that decides it: at the top, or within a sequence at the top.
#[test]
fn whatever_decides_is_named_once() {
    let people = ["00081050", "00081052", "00081070", "00081072", "00080070", "00081090", "00081010", "00181000", "00181002"];
    let orders = ["00400275", "00402016", "00402017", "0040A370"];
    for (release, query, decide) in [
        (Release::R4, "performer:Device.identifier=1", &people[..]),
        (Release::R4, "performer:identifier=1", &people),
        (Release::R5, "performer:missing=true", &people),
        (Release::R4, "basedon:identifier=1", &orders),
        (Release::R5, "based-on:missing=false", &orders),
        (Release::R4, "reason=1", &["00401012"]),
        (Release::R4, "bodysite=1", &["00180015", "00082218"]),
        (Release::R4, "modality=CT", &["00080060"]),
        (Release::R4, "patient.name=A", &["00100010"]),
        (Release::R4, "referrer.name=A", &["00080090"]),
    ] {
        let need = need(query, release);
        for tag in decide {
            assert!(need.fields.contains(&u32::from_str_radix(tag, 16).unwrap()), "{query}: {tag} of {need:08X?}");
        }
        let mut once = need.fields.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), need.fields.len(), "{query}: {need:08X?}");
    }
}
