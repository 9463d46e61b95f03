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

/// What is missing is needed where a value of it could decide, and nowhere else.
#[test]
fn what_could_not_decide_is_not_needed() {
    let mut options = Options::default();
    options.study_id_system = Some("urn:sid".into());
    options.namespaces = vec![("A".into(), "urn:a".into())];
    // The row without the attribute, and with a value of it that is as near to what is asked for as it can be.
    let judge = |query: &str, attribute: &str| {
        let row = format!(
            r#"[{{"0020000D":{{"vr":"UI","Value":["1.2.3"]}},"00100020":{{"vr":"LO","Value":["P1"]}},"00201206":{{"vr":"IS","Value":[0]}}{attribute}}}]"#
        );
        let studies = dicom::read(row.as_bytes(), &options).unwrap().value;
        let parsed = search::parse(query, Release::R4, Handling::Strict, &Limits::default()).unwrap_or_else(|e| panic!("{query}: {e}"));
        parsed.residual(&options).unwrap().judge(&studies[0])
    };
    let accession = r#","00080050":{"vr":"SH","Value":["X"]},"00080051":{"vr":"SQ","Value":[{"00400031":{"vr":"UT","Value":["A"]}}]}"#;
    let (no_accession, no_study_id) = (r#","00080050":{"vr":"SH"}"#, r#","00200010":{"vr":"SH"}"#);
    let study_id = r#","00200010":{"vr":"SH","Value":["X"]}"#;
    let sex = r#","00100040":{"vr":"CS","Value":["M"]}"#;
    // Many values are judged by another way.
    let many = |query: &str| {
        let (name, value) = query.split_once('=').unwrap();
        let others = (0..20).map(|n| value.replace('X', &format!("Y{n}"))).collect::<Vec<_>>().join(",");
        format!("{name}={value},{others}")
    };
    let type_of = "http://terminology.hl7.org/CodeSystem/v2-0203";
    for (query, of_study_id, of_accession) in [
        ("identifier=X", true, true),
        ("identifier=urn:sid|X", true, true),
        ("identifier=urn:a|X", false, true),
        ("identifier=urn:b|X", false, true),
        ("identifier=|X", false, true),
        ("identifier=urn:sid|", true, true),
        ("identifier:not=urn:sid|X", true, true),
        ("identifier:not=urn:a|X", false, true),
        ("identifier:not=urn:dicom:uid|urn:oid:1.2.X", false, false),
        ("identifier=urn:oid:1.2.X", false, false),
        (&*format!("identifier:of-type={type_of}|ACSN|X"), false, true),
        (&*format!("identifier:of-type={type_of}|MR|X"), false, false),
        ("identifier:of-type=urn:types|ACSN|X", false, false),
        ("identifier:text=X", false, false),
        ("identifier:missing=true", false, false),
    ] {
        let unsure = |verdict: Verdict| matches!(verdict, Verdict::Need(_));
        for query in [query.to_owned(), if query.contains('X') { many(query) } else { query.to_owned() }] {
            assert_eq!(unsure(judge(&query, no_accession)), of_study_id, "{query}: StudyID");
            assert_eq!(unsure(judge(&query, no_study_id)), of_accession, "{query}: AccessionNumber");
            if of_study_id {
                let [with, without] = [study_id, no_study_id].map(|id| judge(&query, &format!("{no_accession}{id}")));
                assert!(with != without, "{query}");
            }
        }
    }
    assert_eq!(judge("identifier=urn:a|X", accession), Verdict::Yes);
    assert_eq!(judge("identifier:not=urn:b|X", accession), Verdict::Yes);
    for (query, says) in [("patient.gender:text=male", sex), ("patient.identifier:text=P1", ""), ("modality:text=CT", "")] {
        for says in [says, ""] {
            assert_eq!(judge(query, says), Verdict::No, "{query}");
        }
    }
}
