//! Resources of FHIR: what stands in them in another form, or no longer holds.

use super::reading::{imaging, rows};
use super::{row, studies};
use fhir_dicomweb::url::{self, BadUrl};
use fhir_dicomweb::{Id, Options, Release, Subject, dicom, fhir, row};

/// How many leaves a text has.
fn read_all(text: &str) -> u64 {
    fn leaves(value: &serde_json::Value) -> u64 {
        match value {
            serde_json::Value::Array(list) => list.iter().map(leaves).sum(),
            serde_json::Value::Object(object) => object.values().map(leaves).sum(),
            serde_json::Value::Null => 0,
            _ => 1,
        }
    }
    leaves(&serde_json::from_str(text).unwrap())
}

/// A note is told wherever in its value the leaf stands that nobody reads, and strictness asks for no order of members.
#[test]
fn notes_of_forms_are_blind_to_the_order_of_members() {
    let study = |name: &str, series: &str| {
        format!(
            r##"{{"resourceType":"ImagingStudy","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}}],"status":"available",
            "contained":[{{"resourceType":"Patient","id":"p","name":{name}}}],"subject":{{"reference":"#p"}},"series":{series}}}"##
        )
    };
    let names = [r#"{"family":"Doe","given":["A"],"use":"official"}"#, r#"{"use":"official","family":"Doe","given":["A"]}"#];
    let period = r#"{"period":{"start":"2020"},"extension":[{"url":"u","valueCode":"x"}],"x-y":"z","family":"Doe","given":["A"]}"#;
    let series = [
        r#"{"uid":"1.2.3.1","id":"s1"}"#,
        r#"{"id":"s1","uid":"1.2.3.1"}"#,
        r#"{"extension":[{"url":"u","valueCoding":{"code":"c"}}],"uid":"1.2.3.1"}"#,
    ];
    let mut strict = Options::default();
    strict.strict = true;
    for text in names
        .iter()
        .chain([&period])
        .map(|name| study(name, "[]"))
        .chain(series.iter().map(|series| study("[{\"family\":\"Doe\"}]", series)))
    {
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        let notes = read.loss.iter().filter(|loss| loss.code.name() == "list-form").map(|loss| loss.count).sum::<u64>();
        assert_eq!(notes, 1, "{text}: {}", read.loss);
        assert_eq!(fhir::read(text.as_bytes(), Release::R4, &strict).unwrap_err().code(), "strict", "{text}");
    }
    // Also where the leaf that would be noted is lost, and another is read.
    for series in [r#"{"availability":"ONLINE","uid":"1.2.3.1"}"#, r#"{"uid":"1.2.3.1","availability":"ONLINE"}"#] {
        let text = study("[]", series);
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        let told: Vec<String> = read.loss.iter().map(|loss| format!("{} {} {}", loss.code, loss.at, loss.count)).collect();
        assert!(told.contains(&"list-form ImagingStudy.series 0".to_owned()), "{told:?}");
        assert_eq!(read.loss.carried() + read.loss.counted(), read_all(&text), "{told:?}");
        assert_eq!(fhir::read(text.as_bytes(), Release::R4, &strict).unwrap_err().code(), "strict", "{text}");
    }
    // Each value has its note, whatever stands first.
    let of = |identifier: &str| {
        let text =
            format!(r#"{{"resourceType":"ImagingStudy","identifier":{identifier},"status":"available","subject":{{"display":"A"}}}}"#);
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        read.loss.iter().map(|loss| format!("{} {} {}", loss.code, loss.at, loss.count)).collect::<std::collections::BTreeSet<_>>()
    };
    let one = of(r#"{"system":"urn:ietf:rfc:3986","value":["urn:oid:2.999.1"]}"#);
    assert_eq!(one, of(r#"{"value":["urn:oid:2.999.1"],"system":"urn:ietf:rfc:3986"}"#));
    assert!(one.iter().any(|told| told.starts_with("other-system")) && one.iter().any(|told| told.starts_with("list-form")), "{one:?}");
}

/// A group of a name that holds several fills those behind it, in whatever order the groups stand.
#[test]
fn groups_of_names_are_blind_to_the_order_of_members() {
    let groups = [r#""Alphabetic":"A=B=C""#, r#""Ideographic":"D^E""#, r#""Phonetic":"F""#];
    let told = |order: [usize; 3]| {
        let name = order.map(|n| groups[n]).join(",");
        let text = format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2.3"]}},"00100010":{{"vr":"PN","Value":[{{{name}}}]}}}}]"#);
        let read = dicom::read(text.as_bytes(), &Options::default()).unwrap();
        let mut told: Vec<String> = read.loss.iter().map(|loss| format!("{} {} {}", loss.code, loss.at, loss.count)).collect();
        told.sort();
        (dicom::write(&read.value[0], dicom::Rows::Study, &Options::default()).value.as_str().to_owned(), told)
    };
    let first = told([0, 1, 2]);
    assert!(first.0.contains(r#""Alphabetic":"A","Ideographic":"B","Phonetic":"C""#), "{first:?}");
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(told(order), first, "{order:?}");
    }
}

/// What FHIR knows is no unknown element: a valid resource is read in strict mode, but for what is lost.
#[test]
fn elements_of_resources_around_are_known() {
    let text = r##"{"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"status":"available",
        "contained":[
            {"resourceType":"Patient","id":"p","identifier":[{"value":"P1"}],"link":[{"other":{"reference":"Patient/2"},"type":"replaced-by"}]},
            {"resourceType":"ServiceRequest","id":"s","identifier":[{"value":"S1"}],"asNeededBoolean":true,"focus":[{"reference":"Group/1"}],
             "occurrenceTiming":{"repeat":{"count":3,"boundsPeriod":{"start":"2020"},"timeOfDay":["08:00:00"]},"event":["2020-01-01"]},
             "quantityRatio":{"numerator":{"value":1},"denominator":{"value":2}},"quantityRange":{"low":{"value":1},"high":{"value":2}}}],
        "subject":{"reference":"#p"},"basedOn":[{"reference":"#s"}]}"##;
    let others = r##"{"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"status":"available",
        "contained":[
            {"resourceType":"Encounter","id":"e","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},
             "participant":[{"individual":{"display":"Doe"}}],"hospitalization":{"admitSource":{"text":"x"}},"length":{"value":1},"serviceProvider":{"display":"y"}},
            {"resourceType":"Device","id":"d","manufacturer":"Acme","modelNumber":"7","udiCarrier":[{"deviceIdentifier":"1","carrierHRF":"2"}],"deviceName":[{"name":"D"}],"serialNumber":"5"},
            {"resourceType":"Specimen","id":"s","collection":{"collectedDateTime":"2020-01-01","quantity":{"value":1}},"container":[{"capacity":{"value":1},"additiveCodeableConcept":{"text":"z"}}],"receivedTime":"2020-01-01"}],
        "subject":{"display":"A^B"},"encounter":{"reference":"#e"},
        "series":[{"uid":"1.2.3.1","modality":{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"},"performer":[{"actor":{"reference":"#d"}}],"specimen":[{"reference":"#s"}]}]}"##;
    const CODING: &str = r#"{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"}"#;
    let mut strict = Options::default();
    strict.strict = true;
    for (text, release) in Release::ALL.into_iter().flat_map(|release| [(text, release), (others, release)]) {
        let others = if release >= Release::R5 { text.replace(CODING, &format!(r#"{{"coding":[{CODING}]}}"#)) } else { text.to_owned() };
        let read = fhir::read(others.as_bytes(), release, &strict).unwrap_or_else(|e| panic!("{e} {release}"));
        assert!(read.loss.iter().all(|loss| loss.code.name() != "unknown-element"), "{}", read.loss);
    }
}

/// What was a number or a name of the patient is not taken for what is one.
#[test]
fn what_was_is_no_more() {
    let of = |patient: &str| {
        let text = format!(
            r##"{{"resourceType":"ImagingStudy","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}}],"status":"available",
            "contained":[{{"resourceType":"Patient","id":"p",{patient}}}],"subject":{{"reference":"#p","display":"Shown"}}}}"##
        );
        rows(&text).remove(0)
    };
    let both = r#""identifier":[{"use":"old","value":"OLD"},{"use":"official","value":"NEW"}],"name":[{"use":"maiden","family":"Maiden"},{"use":"old","family":"Was"},{"family":"Is"}]"#;
    let row = of(both);
    assert!(row.contains(r#""00100020":{"vr":"LO","Value":["NEW"]}"#) && row.contains(r#""Alphabetic":"Is""#), "{row}");
    assert!(row.contains(r#""00101002":{"vr":"SQ","Value":[{"00100020":{"vr":"LO","Value":["OLD"]}}]}"#) && !row.contains("Was"), "{row}");
    let row = of(r#""identifier":[{"use":"old","value":"OLD"}],"name":[{"use":"old","family":"Was"}]"#);
    assert!(row.contains(r#""00100020":{"vr":"LO"}"#) && row.contains("Shown") && row.contains("OLD"), "{row}");
    // Nor what is for a time, if there is another.
    let row = of(
        r#""identifier":[{"use":"temp","value":"TEMP"},{"use":"usual","value":"P1"}],"name":[{"use":"nickname","family":"Nick"},{"use":"usual","family":"Is"}]"#,
    );
    assert!(
        row.contains(r#""00100020":{"vr":"LO","Value":["P1"]}"#) && row.contains("TEMP") && row.contains(r#""Alphabetic":"Is""#),
        "{row}"
    );
    let row = of(r#""identifier":[{"use":"temp","value":"TEMP"}],"name":[{"use":"anonymous","family":"Anon"}]"#);
    assert!(row.contains(r#""00100020":{"vr":"LO","Value":["TEMP"]}"#) && row.contains("Anon"), "{row}");
    // An order in error is none.
    for (more, is_read) in [
        ("", true),
        (r#""status":"active","#, true),
        (r#""status":"entered-in-error","#, false),
        (r#""doNotPerform":true,"#, false),
        (r#""doNotPerform":false,"#, true),
    ] {
        let text = imaging(
            "1.2.3",
            &format!(
                r##","contained":[{{"resourceType":"ServiceRequest",{more}"id":"s","identifier":[{{"type":{{"coding":[{{"code":"PLAC"}}]}},"value":"ORDER"}}]}}],"subject":{{"display":"A"}},"basedOn":[{{"reference":"#s"}}]"##
            ),
        );
        let series = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        assert_eq!(
            format!("{}", dicom::write(&series.value[0], dicom::Rows::Study, &Options::default()).value).contains("ORDER"),
            is_read,
            "{more}"
        );
    }
}

/// Of two leaves of one name the higher one has the note, in whatever order they stand.
#[test]
fn notes_stand_high() {
    let long = "x".repeat(65);
    let (assigner, value) = (r#""assigner":{"identifier":{"value":"X"}}"#.to_owned(), format!(r#""value":"{long}""#));
    let told = [format!("{assigner},{value}"), format!("{value},{assigner}")].map(|members| {
        let text = imaging("1.2.3", &format!(r#","subject":{{"display":"A"}},"interpreter":[{{"identifier":{{{members}}}}}]"#));
        let mut told: Vec<String> =
            fhir::read(text.as_bytes(), Release::R5, &Options::default()).unwrap().loss.iter().map(|loss| format!("{loss:?}")).collect();
        told.sort();
        told
    });
    assert_eq!(told[0], told[1]);
}

/// Nor in the study itself, or beside a reference.
#[test]
fn what_was_of_the_study_is_no_more() {
    const TYPED: &str = r#""type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]}"#;
    let text = |use_: &str| {
        format!(
            r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}},
            {{{use_}{TYPED},"value":"ACC1"}},{{{use_}"system":"urn:dicom:uid","value":"urn:oid:1.2.4"}}],
            "subject":{{"identifier":{{{use_}"value":"P1"}},"display":"A"}},"referrer":{{"identifier":{{{use_}"value":"R1"}},"display":"B"}},
            "encounter":{{"identifier":{{{use_}"value":"E1"}}}},"accession":{{{use_}"value":"ACC2"}}}}"#
        )
    };
    for release in Release::ALL {
        for (use_, is_meant) in [(r#""use":"old","#, false), (r#""use":" old ","#, false), ("", true), (r#""use":"official","#, true)] {
            // Two that are meant would be ambiguous.
            let text = text(use_).replace("urn:oid:1.2.4", if is_meant { "urn:oid:1.2.3" } else { "urn:oid:1.2.4" });
            let read = fhir::read(text.as_bytes(), release, &Options::default()).unwrap();
            assert_eq!(read.loss.carried() + read.loss.counted(), read_all(&text), "{}", read.loss);
            let row = dicom::write(&read.value[0], dicom::Rows::Study, &Options::default()).value;
            assert!(row.as_str().contains(r#""0020000D":{"vr":"UI","Value":["1.2.3"]}"#), "{row}");
            for value in ["ACC1", "P1", "R1", "E1"] {
                assert_eq!(row.as_str().contains(&format!("\"{value}\"")), is_meant, "{value} of {use_}: {row}");
            }
            assert!(!row.as_str().contains("ACC2") && row.as_str().contains(r#""A""#), "{row}");
        }
    }
}

/// What may change the meaning of a Bundle or of an entry refuses what is in it, by every way in.
#[test]
fn modifiers_around_resources() {
    const MODIFIER: &str = r#""modifierExtension":[{"url":"http://example.org/not","valueBoolean":true}]"#;
    const RULES: &str = r#""implicitRules":"http://example.org/rules""#;
    const STUDY: &str = r##"{"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"status":"available","subject":{"display":"A"},
        "contained":[{"resourceType":"Endpoint","id":"e","status":"active","connectionType":{"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"dicom-wado-rs"},"address":"https://h/dw"}],"endpoint":[{"reference":"#e"}]}"##;
    let with = |text: &str| if text.is_empty() { String::new() } else { format!(",{text}") };
    let entry = |own: &str, search: &str| format!(r#"{{"search":{{"mode":"match"{}}},"resource":{STUDY}{}}}"#, with(search), with(own));
    let other = entry("", "").replace("1.2.3", "1.2.4");
    // Of the Bundle behind its entries: they are read before it is met.
    let bundle =
        |own: &str, first: &str| format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{first},{other}]{}}}"#, with(own));
    for (text, read) in [
        (bundle("", &entry("", "")), 2),
        (bundle(RULES, &entry("", "")), 0),
        (bundle(MODIFIER, &entry("", "")), 0),
        (bundle(&format!(r#""link":[{{"relation":"self","url":"http://h",{MODIFIER}}}]"#), &entry("", "")), 0),
        (bundle("", &entry(MODIFIER, "")), 1),
        (bundle("", &entry("", MODIFIER)), 1),
        (bundle("", &entry(r#""modifierExtension":[]"#, "")), 2),
    ] {
        for mapped in [
            fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap(),
            fhir::read_plainly(text.as_bytes(), Release::R4, &Options::default(), &mut |_| {}).unwrap(),
        ] {
            assert_eq!(mapped.value.len(), read, "{text}");
            assert_eq!(mapped.loss.iter().any(|loss| loss.code.name() == "modifier"), read < 2, "{}", mapped.loss);
            assert_eq!(mapped.loss.carried() + mapped.loss.counted(), read_all(&text), "{}", mapped.loss);
        }
        let found = url::retrievals(text.as_bytes(), &Options::default()).unwrap();
        assert_eq!((found.gets.len(), found.refused.iter().filter(|refused| refused.why == BadUrl::Modifier).count()), (read, 2 - read));
    }
}

/// What is got is what is read: forms of FHIR that are met mean the same for both.
#[test]
fn what_is_got_is_what_is_read() {
    let endpoint = |status: &str, address: &str| {
        format!(
            r#"{{"resourceType":"Endpoint","id":"e","status":{status},"connectionType":{{"code":"dicom-wado-rs"}},"address":{address}}}"#
        )
    };
    let text = |identifiers: &str, endpoint: &str, uid: &str| {
        format!(
            r##"{{"resourceType":"ImagingStudy","status":"available","subject":{{"display":"A"}},"identifier":[{identifiers}],"contained":[{endpoint}],"endpoint":[{{"reference":["#e"]}}],"series":{{"uid":{uid}}}}}"##
        )
    };
    let (good, plain) = (r#"{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}"#, endpoint(r#""active""#, r#""https://h/rs""#));
    for (identifiers, endpoint, uid) in [
        (good.to_owned(), plain.clone(), r#""1.2.4""#),
        (format!(r#"{good},{{"system":"urn:ietf:rfc:3986","value":"urn:oid:"}}"#), plain.clone(), r#""urn:oid:1.2.4""#),
        (format!(r#"{{"system":["urn:dicom:uid"],"value":"urn:oid: "}},{good}"#), plain.clone(), r#"["1.2.4"]"#),
        (good.to_owned(), endpoint(r#"["active"]"#, r#"["https://h/rs"]"#), r#"" 1.2.4""#),
        (
            r#"{"type":{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"110180"}]},"value":"1.2.3"}"#.to_owned(),
            plain.clone(),
            r#""1.2.4""#,
        ),
    ] {
        let text = text(&identifiers, &endpoint, uid);
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap().ignore_loss();
        assert_eq!(read[0].get(row::STUDY_UID), Some("1.2.3"), "{text}");
        assert_eq!(read[0].series().next().unwrap().get(row::SERIES_UID), Some("1.2.4"), "{text}");
        let found = url::retrievals(text.as_bytes(), &Options::default()).unwrap();
        let urls: Vec<String> = found.gets.iter().map(|get| get.url()).collect();
        assert_eq!(urls, ["https://h/rs/studies/1.2.3", "https://h/rs/studies/1.2.3/series/1.2.4"], "{text}");
    }
}

/// Beside a URN as `fullUrl` no relative reference means anything: what refers to entries of the Bundle is what these are called.
#[test]
fn references_beside_a_urn() {
    let rows = ["P1", "P2"].map(|id| row("1.2", &format!(r#","00100020":{{"vr":"LO","Value":["{id}"]}}"#)));
    let mut options = Options::default();
    (options.fhir_base, options.subject) = (Some("https://f/r".into()), Subject::Separate);
    for id in [Id::Uid, Id::None] {
        options.id = id;
        for rows in [&rows[..], &rows[..1]] {
            let written = fhir::bundle(&studies(rows), Release::R4, &options).value.into_string();
            let bundle: serde_json::Value = serde_json::from_str(&written).unwrap();
            let entries = bundle["entry"].as_array().unwrap();
            let urls: Vec<&str> = entries.iter().map(|entry| entry["fullUrl"].as_str().unwrap()).collect();
            let mut urns = 0;
            for entry in entries.iter().filter(|entry| entry["resource"]["resourceType"] == "ImagingStudy") {
                let reference = entry["resource"]["subject"]["reference"].as_str().unwrap();
                let is_urn = entry["fullUrl"].as_str().unwrap().starts_with("urn:");
                let meant = if is_urn { reference.to_owned() } else { format!("https://f/r/{reference}") };
                assert!(urls.contains(&meant.as_str()), "{reference} of {urls:?}");
                urns += usize::from(is_urn);
            }
            assert_eq!(urns > 0, rows.len() > 1 || matches!(options.id, Id::None));
            let read = fhir::read(written.as_bytes(), Release::R4, &options).unwrap();
            assert_eq!(
                read.value.iter().map(|study| study.get(row::PATIENT_ID).unwrap().value).collect::<Vec<_>>(),
                ["P1", "P2"][..rows.len()]
            );
        }
    }
}
