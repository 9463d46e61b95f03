//! Searches: what was judged, dropped or compared wrongly.

use super::{row, studies};
use fhir_dicomweb::search::{self, Handling, Verdict, servers};
use fhir_dicomweb::{Limits, Options, Release};

/// Judges the only study of these rows.
fn judge(rows: &[String], query: &str, release: Release, resolved: &[(&str, &[&str])]) -> Verdict {
    let mut query = search::parse(query, release, Handling::Lenient, &Limits::default()).unwrap();
    for (reference, numbers) in resolved {
        query.resolve(reference, &numbers.iter().map(|number| (None, *number)).collect::<Vec<_>>());
    }
    query.residual(&Options::default()).unwrap().judge(&studies(rows)[0])
}

/// Many values of which few can be looked up are looked up in order all the same.
#[test]
fn few_of_many_are_found() {
    let rows = |id: &str| [row("1.2", &format!(r#","00100020":{{"vr":"LO","Value":["{id}"]}},"00080050":{{"vr":"SH","Value":["{id}"]}}"#))];
    let patients: Vec<String> = (1..=17).map(|n| format!("Patient/{n}")).collect();
    for known in [["P9", "P1"], ["P1", "P9"]] {
        let resolved: Vec<(&str, &[&str])> =
            patients.iter().enumerate().map(|(n, of)| (&**of, if n < 15 { &[][..] } else { &known[n - 15..n - 14] })).collect();
        let query = format!("patient={}", patients.join(","));
        for (id, expected) in [("P9", Verdict::Yes), ("P1", Verdict::Yes), ("P5", Verdict::No)] {
            assert_eq!(judge(&rows(id), &query, Release::R5, &resolved), expected, "{id} of {known:?}");
        }
    }
    let strange: Vec<String> = (0..15).map(|n| format!("urn:x|T|{n}")).collect();
    let typed = "http://terminology.hl7.org/CodeSystem/v2-0203|ACSN|";
    for order in ["BA", "AB"].map(|order| order.chars().map(|c| format!("{typed}{c}")).collect::<Vec<_>>().join(",")) {
        let query = format!("identifier:of-type={},{order}", strange.join(","));
        for id in ["A", "B"] {
            assert_eq!(judge(&rows(id), &query, Release::R4, &[]), Verdict::Yes, "{id} of {order}");
        }
    }
}

/// A long name and a long value that agree far at each word.
#[test]
fn words_that_agree_take_no_time() {
    let took = [20_000, 160_000].map(|n| {
        let name = format!(r#","00100010":{{"vr":"PN","Value":[{{"Alphabetic":"{}c"}}]}}"#, "a ".repeat(n));
        let study = &studies(&[row("1.2", &name)])[0];
        let query = format!("patient.name={}b", "a+".repeat(n / 2));
        let query = search::parse(&query, Release::R4, Handling::Strict, &Limits::default()).unwrap();
        let residual = query.residual(&Options::default()).unwrap();
        let start = std::time::Instant::now();
        assert_eq!(residual.judge(study), Verdict::No);
        start.elapsed().as_millis()
    });
    assert!(took[1] < took[0].max(5) * 24, "{took:?} ms for 8 times the name");
}

/// Whoever is asked for by a chain is asked for.
#[test]
fn chains_by_the_patient_are_not_dropped() {
    let lenient = |query: &str| search::parse(query, Release::R4, Handling::Lenient, &Limits::default());
    for query in [
        "encounter.subject.identifier=P1",
        "encounter.patient.identifier=P1",
        "basedon.patient.identifier=P1",
        "basedon.subject:Patient.name=X",
        "_has:DiagnosticReport:study:subject.identifier=P9",
        "_has:DiagnosticReport:study:_has:Observation:result:PATIENT=1",
        "_filter=PATIENT eq P9",
        "%2Bpatient=P1",
        "?patient=P1",
        "%EF%BB%BFpatient=P1",
        "%20Patient.identifier=P1",
        "_patient=P9",
        "__id=4",
        "_FILTER=patient eq 1",
        "?_Filter=patient eq P9",
    ] {
        assert!(lenient(query).is_err(), "{query}");
    }
    for query in ["_has:Observation:patient:code=1", "_has:Observation:subject:_has:Group:member:code=1", "xpatient=1", "reason.x=1"] {
        assert_eq!(lenient(query).unwrap().dropped().len(), 1, "{query}");
    }
    // What another release has and never writes is no other parameter of this one.
    let reason = search::parse("reason-reference=Condition/1", Release::R5, Handling::Lenient, &Limits::default()).unwrap();
    assert_eq!((reason.to_string(), reason.dropped().len()), (String::new(), 1));
}

/// A reference of a type means that type, however it is written, and whatever number its resource has.
#[test]
fn a_reference_means_its_type() {
    let person = |code: &str| {
        format!(r#"{{"vr":"SQ","Value":[{{"00401101":{{"vr":"SQ","Value":[{{"00080100":{{"vr":"SH","Value":["{code}"]}}}}]}}}}]}}"#)
    };
    let (series, admission) = (r#","0020000E":{"vr":"UI","Value":["1.2.1"]}"#, r#","00380010":{"vr":"LO","Value":["17"]}"#);
    let (referrer, performer) = (person("17"), person("17"));
    let rows = [row("1.2", &format!(r#"{series}{admission},"00080096":{referrer},"00081052":{performer}"#))];
    let types = ["Patient/1", "Organization/1", "Device/1", "Practitioner/1", "PractitionerRole/1", "Encounter/1", "Location/1"];
    let urls = types.map(|type_| format!("https://fhir.example.org/r/{type_}"));
    let resolved: Vec<(&str, &[&str])> = types.into_iter().chain(urls.iter().map(String::as_str)).map(|text| (text, &["17"][..])).collect();
    let meets = |query: &str| judge(&rows, query, Release::R4, &resolved) == Verdict::Yes;
    for name in ["referrer", "performer", "encounter"] {
        for type_ in types.into_iter().chain(urls.iter().map(String::as_str)) {
            let is_person = name != "encounter" && type_.contains("Practitioner");
            assert_eq!(
                meets(&format!("{name}={type_}")),
                is_person || name == "encounter" && type_.contains("Encounter"),
                "{name}={type_}"
            );
        }
    }
}

/// Who is not to be there may be the one whose issuer nobody tells.
#[test]
fn nobody_is_left_in_for_want_of_an_issuer() {
    let study = &studies(&[row("1.2", r#","00100020":{"vr":"LO","Value":["P1"]}"#)])[0];
    let plan = |query: &str| {
        let query = search::parse(query, Release::R4, Handling::Strict, &Limits::default()).unwrap();
        search::plan(&query, &servers::unknown(), &Options::default()).unwrap()
    };
    for (query, expected) in [
        ("patient.identifier:not=urn:hosp|P1", Verdict::No),
        ("patient.identifier:not=|P1", Verdict::No),
        ("patient.identifier:not=urn:hosp|", Verdict::No),
        ("patient.identifier:not=P1", Verdict::No),
        ("patient.identifier:not=urn:hosp|P2", Verdict::Yes),
        ("patient.identifier:not=P2", Verdict::Yes),
    ] {
        let many = format!("{query},{}", (0..20).map(|n| format!("urn:none|N{n}")).collect::<Vec<_>>().join(","));
        for query in [query, &many] {
            assert_eq!(plan(query).residual().judge(study), expected, "{query}");
        }
    }
}

/// Whose issuer nobody sees is told whatever else is, and of nobody else.
#[test]
fn unseen_issuers_are_told() {
    let whys = |server: search::Server, query: &str| -> Vec<&'static str> {
        let query = search::parse(query, Release::R4, Handling::Lenient, &Limits::default()).unwrap();
        let plan = search::plan(&query, &server, &Options::default()).unwrap();
        plan.decisions().iter().flat_map(|decision| decision.whys.iter().map(|why| why.name())).collect()
    };
    for query in [
        "patient.identifier=urn:h|P1",
        "patient.identifier=urn:h|P1,urn:h|a%5C%5Cb",
        "patient.identifier=urn:h|",
        "patient.identifier:not=urn:h|P1",
    ] {
        assert!(whys(servers::kheops(), query).contains(&"issuer-unknown"), "{query}");
    }
    assert!(whys(servers::unknown(), "patient.identifier=|P1,|a%20b").contains(&"issuer-unknown"));
    assert!(!whys(servers::kheops(), "patient.gender:not=http://hl7.org/fhir/administrative-gender|male").contains(&"issuer-unknown"));
}

/// A modality that is a star is none, and tells none of the others.
#[test]
fn a_star_is_no_modality() {
    for (value, decided) in [(r#"["*"]"#, false), (r#"[""]"#, false), (r#"["CT"]"#, true)] {
        let rows = [row("1.2", &format!(r#","00080061":{{"vr":"CS","Value":{value}}}"#))];
        for query in ["modality=MR", "modality:missing=true"] {
            assert_eq!(judge(&rows, query, Release::R4, &[]) == Verdict::No, decided, "{value} {query}");
        }
    }
}
