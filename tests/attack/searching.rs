//! Searches: what was judged, dropped or compared wrongly.

use super::{MANY, list, row, studies};
use fhir_dicomweb::search::{self, Handling, Verdict, servers};
use fhir_dicomweb::{Limits, Options, Release, Subject, dicom};

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
    // An issuer in a sequence is not told by who never returns one: of patients, of numbers, of orders; also to who asks for no issuer.
    for query in [
        "patient.identifier=urn:h|P1",
        "patient.identifier=|P1",
        "patient.identifier:not=|P1",
        "patient.identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|PI|P1",
        "identifier=|A1",
        "identifier=urn:h|A1",
        "encounter:identifier=|V1",
        "basedon:identifier=|O1",
        "basedon:identifier=urn:h|O1",
    ] {
        assert!(whys(servers::orthanc_1_10(), query).contains(&"issuer-unknown"), "{query}");
        assert!(!whys(servers::orthanc_1_12(), query).contains(&"issuer-unknown"), "{query}");
    }
    for query in ["patient.identifier=P1", "identifier=A1", "encounter:identifier=V1", "basedon:identifier=O1"] {
        assert!(!whys(servers::orthanc_1_10(), query).contains(&"issuer-unknown"), "{query}");
    }
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

/// Whoever raises the limit of values in a clause does not pay with the square of them.
#[test]
fn many_values_take_no_time_to_plan() {
    let mut options = Options::default();
    (options.limits.or_values, options.limits.requests, options.limits.query_bytes) = (1_000_000, 1_000_000, 100_000_000);
    let day = |n: usize| format!("{:04}-{:02}-{:02}", 1900 + n / 300, 1 + n % 12, 1 + n % 25);
    let codes = list(|n| format!("M{n}"));
    let queries = [
        ["modality=CT,MR&modality=", &codes].concat(),
        ["identifier=", &list(|n| format!("urn:oid:1.2.{n}"))].concat(),
        ["patient.identifier=", &list(|n| format!("A{n}"))].concat(),
        ["started=", &list(day)].concat(),
    ];
    for query in queries {
        let query = search::parse(&query, Release::R4, Handling::Strict, &options.limits).unwrap();
        for server in [servers::unknown(), servers::orthanc_1_12()] {
            let plan = search::plan(&query, &server, &options).unwrap();
            assert!(!plan.requests().is_empty());
        }
    }
}

/// What a study shows is looked up among many values, not compared with each of them.
#[test]
fn many_values_take_no_time_to_judge() {
    let series = |n: usize| {
        let person = format!(r#"{{"00401101":{{"vr":"SQ","Value":[{{"00080100":{{"vr":"SH","Value":["D{n}"]}}}}]}}}}"#);
        let rest = format!(r#","0020000E":{{"vr":"UI","Value":["1.2.3.{n}"]}},"00080060":{{"vr":"CS","Value":["M{n}"]}}"#);
        let people = format!(r#","00081050":{{"vr":"PN"}},"00081052":{{"vr":"SQ","Value":[{person}]}},"00081070":{{"vr":"PN"}}"#);
        row("1.2.3", &format!(r#"{rest}{people},"00081072":{{"vr":"SQ"}}"#))
    };
    let study = &studies(&(0..2_000).map(series).collect::<Vec<_>>())[0];
    let options = Options::default();
    let values = |name: &str, many: usize, value: &dyn Fn(usize) -> String| {
        [name, "=", &(0..many).map(value).collect::<Vec<_>>().join(",")].concat()
    };
    // By code, by code and system, by system, by identifiers of what is referred to.
    type Ask<'a> = (&'a str, &'a dyn Fn(usize) -> String);
    let asks: [Ask<'_>; 6] = [
        ("series:not", &|n| format!("1.2.9.{n}")),
        ("modality:not", &|n| format!("X{n}")),
        ("modality:not", &|n| format!("urn:x{n}|M7")),
        ("modality:not", &|n| format!("urn:x{n}|")),
        ("performer.identifier:not", &|n| format!("urn:x{n}|D7")),
        ("performer", &|n| format!("Practitioner/{n}")),
    ];
    for (name, value) in asks {
        let mut took = [0, 0];
        for (took, many) in took.iter_mut().zip([40, 1_000]) {
            let mut query = search::parse(&values(name, many, value), Release::R5, Handling::Strict, &options.limits).unwrap();
            for reference in query.references() {
                let numbers: Vec<String> = (0..many / 10).map(|n| format!("{reference}-{n}")).collect();
                query.resolve(&reference, &numbers.iter().map(|number| (Some("urn:x"), &**number)).collect::<Vec<_>>());
            }
            let residual = query.residual(&options).unwrap();
            let expected = if name.ends_with(":not") { search::Verdict::Yes } else { search::Verdict::No };
            let one = || {
                let start = std::time::Instant::now();
                assert_eq!(residual.judge(study), expected, "{name}");
                start.elapsed().as_nanos()
            };
            *took = (0..5).map(|_| one()).min().unwrap_or(0);
        }
        assert!(took[1] < took[0] * 6, "{name}={}: {took:?} ns for 25 times the values", value(0));
    }
}

/// A long name is folded once, not for each value of a clause.
#[test]
fn long_names_are_folded_once() {
    let name = format!(r#","00100010":{{"vr":"PN","Value":[{{"Alphabetic":"Ä{}"}}]}}"#, "ü".repeat(100_000));
    let study = &studies(&[row("1.2.3", &name)])[0];
    let options = Options::default();
    for name in ["patient.name", "patient.name:exact", "patient.name:contains"] {
        let mut took = [0, 0];
        for (took, many) in took.iter_mut().zip([4, 400]) {
            let values: Vec<String> = (0..many).map(|n| format!("x{n}")).collect();
            let query = search::parse(&format!("{name}={}", values.join(",")), Release::R5, Handling::Strict, &options.limits).unwrap();
            let residual = query.residual(&options).unwrap();
            let one = || {
                let start = std::time::Instant::now();
                assert_eq!(residual.judge(study), Verdict::No, "{name}");
                start.elapsed().as_micros()
            };
            *took = (0..5).map(|_| one()).min().unwrap_or(0);
        }
        // What a folded text contains is looked for value by value.
        let most = if name.ends_with("contains") || name.ends_with("name") { 40 } else { 4 };
        assert!(took[1] < took[0] * most, "{name}: {took:?} us for 100 times the values");
    }
}

/// A long value is made ready once, not for each that is shown.
#[test]
fn long_values_take_no_time_beside_many() {
    let series = |n: usize| {
        let name = format!(r#""00081050":{{"vr":"PN","Value":[{{"Alphabetic":"Ä{}{n}"}}]}}"#, "a".repeat(70));
        row("1.2.3", &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.3.{n}"]}},{name}"#))
    };
    let study = &studies(&(0..2_000).map(series).collect::<Vec<_>>())[0];
    let mut limits = Limits::default();
    limits.query_bytes = u32::MAX;
    let options = Options::default();
    let few: String = (0..19).map(|n| format!("1.2.9.{n},")).collect();
    for (name, unit) in [
        ("performer.name", "a"),
        ("performer.name:contains", "a"),
        ("performer.name:exact", "Ä"),
        ("performer.name:exact", "\u{301}"),
        ("series", "urn:oid:"),
        ("instance", "1"),
        ("modality", "a"),
    ] {
        let mut took = [0, 0];
        for (took, bytes) in took.iter_mut().zip([8_000, 800_000]) {
            let start = if unit == "\u{301}" { "a" } else { "" };
            let query = format!("{name}={}{start}{}5", if unit.len() > 2 { &few } else { "" }, unit.repeat(bytes / unit.len()));
            let query = search::parse(&query, Release::R5, Handling::Strict, &limits).unwrap();
            let residual = query.residual(&options).unwrap();
            let one = || {
                let start = std::time::Instant::now();
                assert_ne!(residual.judge(study), search::Verdict::Yes, "{name}");
                start.elapsed().as_micros()
            };
            *took = (0..5).map(|_| one()).min().unwrap_or(0);
        }
        assert!(took[1] < took[0].max(500) * 8, "{name}: {took:?} us for 100 times the value");
    }
    // A reference is looked up for everybody: it is no longer than an address is.
    for (len, is_one) in [(2_048, true), (2_049, false)] {
        let query = format!("performer=urn:{}", "a".repeat(len - 4));
        assert_eq!(search::parse(&query, Release::R5, Handling::Strict, &limits).is_ok(), is_one, "{len}");
    }
}

/// A search for nobody's studies is none for everybody's in silence.
#[test]
fn an_empty_patient_is_told() {
    for handling in [Handling::Strict, Handling::Lenient] {
        for (clause, told) in
            [("patient=", true), ("patient.identifier=,", true), ("_id=,", true), ("identifier=%2C", true), ("modality=", false)]
        {
            let query = ["started=2024-01-14&", clause].concat();
            let query = search::parse(&query, Release::R4, handling, &Options::default().limits).unwrap();
            let dropped: Vec<_> = query.dropped().iter().map(|dropped| (dropped.position, dropped.reason)).collect();
            assert_eq!(dropped, if told { vec![(1, search::Reason::Empty)] } else { vec![] }, "{clause}");
        }
    }
}

/// An exponent has one sign.
#[test]
fn a_number_has_one_sign() {
    for (key, value, same) in [
        ("1e-5", "0.00001", true),
        ("1e+5", "100000", true),
        ("1e5", "100000", true),
        ("1e+-5", "0.00001", false),
        ("1e--5", "0.00001", false),
        ("1e++5", "100000", false),
        ("1e", "1", false),
    ] {
        assert_eq!(search::matches("DS", key, &[value]), same, "{key}");
    }
}

/// What stands between two stars is looked for once.
#[test]
fn long_patterns_take_no_time_to_match() {
    let text = "a".repeat(2 * MANY);
    let piece = "a".repeat(MANY);
    assert!(search::matches("LO", &format!("*{piece}*"), &[&text]));
    assert!(!search::matches("LO", &format!("*{piece}b*"), &[&text]));
    assert!(!search::matches("LO", &format!("{}b", "*a".repeat(MANY)), &[&text]));
    for vr in ["DT", "DA", "TM"] {
        assert!(!search::matches(vr, &["1".repeat(MANY), "-".repeat(MANY)].concat(), &["20240101"]));
    }
}

/// `:of-type` is of identifiers alone, and a name is a text, also where it is chained.
#[test]
fn modifiers_fit_what_they_modify() {
    let code =
        |query: &str| search::parse(query, Release::R4, Handling::Strict, &Options::default().limits).err().map(|error| error.code());
    for query in ["patient.gender:of-type=a%7Cb%7Cmale", "patient.birthdate:of-type=a%7Cb%7C2024", "endpoint.status:of-type=a%7Cb%7Cc"] {
        assert_eq!(code(query), Some("unsupported-modifier"), "{query}");
    }
    for query in
        ["patient.identifier:of-type=a%7Cb%7Cc", "identifier:of-type=a%7Cb%7Cc", "endpoint.name:exact=x", "endpoint.name:contains=x"]
    {
        assert_eq!(code(query), None, "{query}");
    }
}

/// An order of words alone has no identifier, and a chain with a type is about resources of that type alone: also where it is asked what is missing.
#[test]
fn what_is_missing_of_a_chain() {
    let study = row("1.2", r#","00080050":{"vr":"SH"},"00201206":{"vr":"IS","Value":[1]}"#);
    let series = |more: &str| row("1.2", &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.1"]}}{more}"#));
    let words = series(r#","00400275":{"vr":"SQ","Value":[{"00321060":{"vr":"LO","Value":["CT of the chest"]}}]}"#);
    let device = series(
        r#","00081050":{"vr":"PN"},"00081052":{"vr":"SQ"},"00081070":{"vr":"PN"},"00081072":{"vr":"SQ"},"00080070":{"vr":"LO","Value":["ACME"]},"00181000":{"vr":"LO","Value":["SER1"]}"#,
    );
    for (rows, query, is_missing) in [
        (&words, "basedon.identifier:missing", true),
        (&words, "basedon:missing", false),
        (&device, "performer:Practitioner.identifier:missing", true),
        (&device, "performer:Device.identifier:missing", false),
        (&device, "performer:Device.name:missing", true),
        (&device, "performer.identifier:missing", false),
        (&device, "performer:Organization.identifier:missing", true),
    ] {
        let of = |answer: bool| judge(&[study.clone(), rows.clone()], &format!("{query}={answer}"), Release::R4, &[]);
        assert_eq!([of(true) == Verdict::Yes, of(false) == Verdict::Yes], [is_missing, !is_missing], "{query}");
    }
}

/// Days that no record has are nobody's, whatever the server can be asked.
#[test]
fn days_of_no_record() {
    for server in servers::all() {
        for text in ["started=1750", "patient.birthdate=1700", "patient.birthdate=lt1800"] {
            let query = search::parse(text, Release::R4, Handling::Lenient, &Limits::default()).unwrap();
            let plan = search::plan(&query, &server, &Options::default()).unwrap();
            assert_eq!((plan.decisions()[0].class, plan.requests().len()), (search::Class::Never, 0), "{text} {}", server.id());
        }
    }
}

/// Who has a resource of the caller's for a subject has no identifier for it.
#[test]
fn a_subject_of_the_callers_is_no_identifier() {
    let mut options = Options::default();
    options.subject = Subject::Reference("Patient/12".into());
    for (id, is_missing) in [("", true), (r#","Value":["P1"]"#, false)] {
        let text = format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"00100020":{{"vr":"LO"{id}}}}}]"#);
        let study = &dicom::read(text.as_bytes(), &options).unwrap().value[0];
        for (query, expected) in [
            ("patient.identifier:missing=true", is_missing),
            ("patient.identifier:missing=false", !is_missing),
            ("patient:missing=false", true),
            ("patient=Patient/12", true),
        ] {
            let mut query = search::parse(query, Release::R4, Handling::Strict, &Limits::default()).unwrap();
            query.resolve("Patient/12", &[]);
            assert_eq!(query.residual(&options).unwrap().judge(study) == Verdict::Yes, expected, "{query:?} {id}");
        }
    }
}

/// Where there is no series there is no instance, though they are counted.
#[test]
fn no_series_no_instances() {
    let row = br#"[{"0020000D":{"vr":"UI","Value":["1.2"]},"00201206":{"vr":"IS","Value":[0]},"00201208":{"vr":"IS","Value":[5]}}]"#;
    let study = &dicom::read(row, &Options::default()).unwrap().value[0];
    for (query, expected) in [("instance=1.2.3", Verdict::No), ("instance:missing=true", Verdict::Yes), ("series=1.2.3", Verdict::No)] {
        let query = search::parse(query, Release::R4, Handling::Strict, &Limits::default()).unwrap();
        assert_eq!(query.residual(&Options::default()).unwrap().judge(study), expected, "{query:?}");
    }
}

/// A region that was returned empty is known, as a part's name is.
#[test]
fn an_empty_region_is_known() {
    for (returned, expected) in [(r#","00082218":{"vr":"SQ"}"#, true), (r#","00180015":{"vr":"CS"}"#, true), ("", false)] {
        let row = format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"0020000E":{{"vr":"UI","Value":["1.2.3"]}}{returned}}}]"#);
        let rows =
            format!(r#"{},{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"00201206":{{"vr":"IS","Value":[1]}}}}]"#, &row[..row.len() - 1]);
        let study = &dicom::read(rows.as_bytes(), &Options::default()).unwrap().value[0];
        for (query, is_known) in [("bodysite:missing=true", Verdict::Yes), ("bodysite=816094009", Verdict::No)] {
            let query = search::parse(query, Release::R4, Handling::Strict, &Limits::default()).unwrap();
            assert_eq!(query.residual(&Options::default()).unwrap().judge(study) == is_known, expected, "{query:?} {returned}");
        }
    }
}

/// A patient's identifier that no record has, since it begins with padding, keeps none of the others from being asked for.
#[test]
fn a_padded_identifier_beside_others() {
    let mut query = search::parse("patient=Patient/1", Release::R4, Handling::Strict, &Limits::default()).unwrap();
    let who = |value| (Some("urn:oid:1.2.840.114350.1.13"), value);
    query.resolve("Patient/1", &[who("     Z6127"), who("Z6127"), who("Z6128\t")]);
    for server in servers::all().filter(|server| server.pushes(search::Key::PatientId)) {
        let plan = search::plan(&query, &server, &Options::default()).unwrap();
        let [request] = plan.requests() else { panic!("{}", server.id()) };
        assert!(request.query.starts_with("PatientID=Z6127&") || request.query == "PatientID=Z6127", "{}: {}", server.id(), request.query);
    }
}
