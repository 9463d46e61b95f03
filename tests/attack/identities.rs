//! Of several identities that differ none is chosen, whatever form they come in; what tells that something is not meant is heeded in every form.

use super::reading::{imaging, read, rows, told};
use fhir_dicomweb::{Loss, Mapped, Options, Release, Study, dicom, fhir, row, url};
use serde_json::{Value, json};

fn losses(read: &Mapped<Vec<Study>>) -> Vec<(&'static str, String, u64)> {
    let of = |loss: &Loss| (loss.code.name(), loss.at.to_string(), loss.count);
    let mut all: Vec<_> = read.loss.iter().map(of).filter(|(code, ..)| *code != "no-identity").collect();
    all.sort();
    all
}

/// DICOM: a value that is refused is a different one, in whatever order they stand.
#[test]
fn a_value_that_is_refused_is_a_different_one() {
    for (values, code, others) in [
        (json!(["1/2", "1.2"]), "bad-uid", 1),
        (json!(["1.2", "1/2"]), "bad-uid", 1),
        (json!(["1.2", "1.2", "1/2", "1.3"]), "bad-uid", 3),
        (json!(["1.2", "1/2", null, "1.2", ""]), "bad-uid", 2),
    ] {
        let text = json!([{ "0020000D": {"vr": "UI", "Value": values}}]).to_string();
        let read = dicom::read(text.as_bytes(), &Options::default()).unwrap();
        assert!(read.value.is_empty(), "{text}");
        let of = |wanted: &str| losses(&read).iter().filter(|(code, ..)| *code == wanted).map(|(.., count)| count).sum::<u64>();
        assert_eq!((of(code), of("ambiguous-value")), (1, others), "{text}: {}", read.loss);
    }
    for (values, expected) in [
        (json!([true, "P"]), None),
        (json!(["P", {"Alphabetic": "Q"}]), None),
        (json!(["P", {}, [], null]), Some("P")),
        (json!(["P", "P "]), Some("P")),
        (json!(["P", "Q"]), None),
        (json!(["P\\Q", "R"]), None),
        (json!(["R", "P\\Q"]), None),
        (json!(["P\\P", "P"]), Some("P")),
    ] {
        let text = json!([{ "0020000D": {"vr": "UI", "Value": ["1.2"]}, "00100020": {"vr": "LO", "Value": values}}]).to_string();
        let read = dicom::read(text.as_bytes(), &Options::default()).unwrap();
        assert_eq!(read.value[0].get(row::PATIENT_ID).map(|id| id.value), expected, "{text}");
    }
}

/// FHIR: each of several UIDs that differ is told as what it is, an equal one with the other.
#[test]
fn of_several_uids_none_is_chosen() {
    for (uids, expected) in [
        (vec!["1.2", "1.2", "1.3"], vec![("ambiguous-value", 3)]),
        (vec!["1.2", "1.3", "1.3"], vec![("ambiguous-value", 3)]),
        (vec!["1.2", "1.3", "1.2", "1.4"], vec![("ambiguous-value", 4)]),
        (vec!["1/2", "1/2"], vec![("bad-uid", 2)]),
        (vec!["1/2", "1.2"], vec![("ambiguous-value", 1), ("bad-uid", 1)]),
        (vec!["1.2", "1/2", "1.2"], vec![("ambiguous-value", 2), ("bad-uid", 1)]),
    ] {
        let identifiers: Vec<Value> =
            uids.iter().map(|uid| json!({"system": "urn:dicom:uid", "value": format!("urn:oid:{uid}")})).collect();
        let text = json!({"resourceType": "ImagingStudy", "subject": {"display": "A"}, "status": "available", "identifier": identifiers})
            .to_string();
        let read = read(&text, &Options::default());
        assert!(read.value.is_empty());
        let at = "ImagingStudy.identifier.value";
        let expected: Vec<_> = expected.into_iter().map(|(code, count)| (code, at.to_owned(), count)).collect();
        assert_eq!(losses(&read), expected, "{uids:?}");
    }
}

/// A list where FHIR has one value: the first of several is no better than the others where it says who or which it is.
#[test]
fn lists_where_one_identity_belongs() {
    let told = |more: Value, level: dicom::Rows| {
        let mut study = json!({"resourceType": "ImagingStudy", "status": "available", "subject": {"display": "A^B"},
            "identifier": [{"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}]});
        study.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let text = study.to_string();
        let read = read(&text, &Options::default());
        let plainly = fhir::read_plainly(text.as_bytes(), Release::R4, &Options::default(), &mut |_| {}).unwrap();
        assert_eq!((read.value.len(), losses(&read)), (plainly.value.len(), losses(&plainly)));
        let all = losses(&read);
        let out: String =
            read.value.iter().map(|study| dicom::write(study, level, &Options::default()).value.as_str().to_owned()).collect();
        (out, all.into_iter().filter(|(code, ..)| *code == "ambiguous-value").map(|(_, at, count)| (at, count)).collect::<Vec<_>>())
    };
    let number = |number: &str| json!({"identifier": {"value": number}});
    for (more, at) in [
        (json!({"subject": [number("P1"), number("P2")]}), "ImagingStudy.subject.identifier.value"),
        (json!({"subject": {"identifier": [{"value": "P1"}, {"value": "P2"}]}}), "ImagingStudy.subject.identifier.value"),
        (json!({"subject": {"identifier": {"value": ["P1", "P2"]}}}), "ImagingStudy.subject.identifier.value"),
    ] {
        let (out, ambiguous) = told(more, dicom::Rows::Study);
        assert!(out.contains("1.2.3") && !out.contains("P1") && !out.contains("P2"), "{out}");
        assert_eq!(ambiguous, [(at.to_owned(), 2)]);
    }
    // Those that say the same are one.
    let (one, other) = (json!({"system": "urn:oid:1.2", "value": "P1"}), r#"{"value":" P1","system":"urn:oid:1.2"}"#);
    let other: Value = serde_json::from_str(other).unwrap();
    let raw = r#","subject":{"identifier":[{"system":"urn:oid:1.2","value":"P1"},{"value":"P1","system":"urn:oid:1.2"}]}"#;
    assert!(rows(&imaging("1.2.3", raw))[0].contains("P1"));
    for same in [json!([number("P1"), number("P1")]), json!({"identifier": [one, other]}), json!({"identifier": {"value": ["P1", "P1 "]}})]
    {
        let (out, ambiguous) = told(json!({"subject": same}), dicom::Rows::Study);
        assert!(out.contains("P1") && ambiguous.is_empty(), "{out}");
    }
    let two = json!([{"resourceType": "Patient", "id": "a", "identifier": [{"value": "P1"}]}, {"resourceType": "Patient", "id": "b"}]);
    let (out, ambiguous) = told(json!({"contained": two, "subject": {"reference": ["#a", "#b"]}}), dicom::Rows::Study);
    assert!(out.contains("1.2.3") && !out.contains("P1"), "{out}");
    assert_eq!(ambiguous, [("ImagingStudy.subject.reference".to_owned(), 2)]);
    // The number is the patient's, whichever it is; no other takes its place.
    let medical =
        json!({"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}, "value": ["P1", "P2"]});
    let patient = json!([{"resourceType": "Patient", "id": "a", "identifier": [{"value": "S9"}, medical]}]);
    let (out, _) = told(json!({"contained": patient, "subject": {"reference": "#a"}}), dicom::Rows::Study);
    assert!(out.contains(r#""00100020":{"vr":"LO"},"#), "{out}");
    let (out, ambiguous) = told(json!({"series": [{"uid": ["1.5.1", "1.5.2"]}, {"uid": "1.5.3"}]}), dicom::Rows::Series);
    assert!(out.contains("1.5.3") && !out.contains("1.5.1") && !out.contains("1.5.2"), "{out}");
    assert_eq!(ambiguous, [("ImagingStudy.series.uid".to_owned(), 2)]);
    let instances = json!([{"uid": "1.5", "instance": [{"uid": ["1.5.1", "1.5.2"]}, {"uid": "1.5.3"}]}]);
    let (out, _) = told(json!({"series": instances}), dicom::Rows::Instances);
    assert!(out.contains("1.5.3") && !out.contains("1.5.1") && !out.contains("1.5.2"), "{out}");
}

/// What is not read where it is one value is not read where it is a list of one.
#[test]
fn what_is_not_meant_is_heeded_in_lists() {
    let order = |more: Value| {
        let mut order = json!({"resourceType": "ServiceRequest", "id": "o", "identifier": [
            {"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]}, "value": "A1"}]});
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rows(&imaging("1.2.3", &format!(r##","subject":{{"display":"A"}},"contained":[{order}],"basedOn":[{{"reference":"#o"}}]"##)))
            .concat()
    };
    assert!(order(json!({"status": ["active"]})).contains("A1"));
    for void in
        [json!({"status": ["entered-in-error"]}), json!({"status": ["active", "entered-in-error"]}), json!({"doNotPerform": [true]})]
    {
        assert!(!order(void.clone()).contains("A1"), "{void}");
    }
    let study: Value = serde_json::from_str(&imaging("1.2.3", r#","subject":{"display":"A"}"#)).unwrap();
    let history = |type_: Value, request: Value| {
        let put = json!({"resource": study, "request": {"method": "PUT", "url": "ImagingStudy/1.2.3"}});
        rows(&json!({"resourceType": "Bundle", "type": type_, "entry": [{"request": request}, put]}).to_string())
    };
    let gone = json!({"method": "DELETE", "url": "ImagingStudy/1.2.3"});
    for (type_, request) in [
        (json!("history"), gone.clone()),
        (json!(["history"]), gone.clone()),
        (json!("history"), json!([gone])),
        (json!("history"), json!({"method": ["DELETE"], "url": ["ImagingStudy/1.2.3"]})),
    ] {
        assert!(history(type_.clone(), request.clone()).is_empty(), "{type_} {request}");
    }
    // A part is a part: nothing of it is counted.
    let options = &mut Options::default();
    options.complete = true;
    for meta in
        [json!({"tag": {"code": "SUBSETTED"}}), json!([{"tag": [{"code": "SUBSETTED"}]}]), json!({"tag": [{"code": ["SUBSETTED"]}]})]
    {
        let text = imaging("1.2.3", &format!(r#","subject":{{"display":"A"}},"meta":{meta},"series":[{{"uid":"1.2.3.1"}}]"#));
        assert_eq!(read(&text, options).value[0].get(row::SERIES_COUNT), None, "{meta}");
    }
    // A status that is no text does not say that the Endpoint is in use.
    let endpoint = |status: Value| {
        let endpoint = json!({"resourceType": "Endpoint", "id": "e", "status": status, "address": ["https://h/d"],
            "connectionType": {"code": ["dicom-wado-rs"]}});
        let read = fhir::read_endpoint(endpoint.to_string().as_bytes()).unwrap();
        let text =
            imaging("1.2.3", &format!(r##","subject":{{"display":"A"}},"contained":[{endpoint}],"endpoint":[{{"reference":"#e"}}]"##));
        let gets = url::retrievals(text.as_bytes(), &Options::default()).unwrap().gets.len();
        (read.is_active, read.address, gets)
    };
    let address = || "https://h/d".to_owned();
    assert_eq!(endpoint(json!("active")), (true, address(), 1));
    assert_eq!(endpoint(json!(["active"])), (true, address(), 1));
    for status in [json!(true), json!(1), json!(["off"]), json!("off"), json!({"a": "active"})] {
        assert_eq!(endpoint(status.clone()), (false, address(), 0), "{status}");
    }
    let text = imaging("1.2.3", r#","subject":{"display":"A"}"#)
        .replace(r#""status":"available""#, r#""status":["available","entered-in-error"]"#);
    assert!(told(&read(&text, &Options::default())).contains(&"withdrawn"));
    // A list of one where an assigner says what kind of name it has.
    let assigner = json!({"identifier": [{"type": [{"text": "DNS"}], "value": "h.example"}]});
    let subject = json!({"identifier": {"value": "P1", "assigner": assigner}});
    let text = imaging("1.2.3", &format!(r#","subject":{subject}"#));
    assert!(rows(&text)[0].contains("DNS") && told(&read(&text, &Options::default())).contains(&"list-form"), "{:?}", rows(&text));
}

/// What is lost of one of several names that are said again is that one's, and nobody else's.
#[test]
fn of_names_that_are_said_again_each_is_told_once() {
    let read = |values: Value| {
        let text = json!([{ "0020000D": {"vr": "UI", "Value": ["1.2"]}, "00100010": {"vr": "PN", "Value": values}}]).to_string();
        losses(&dicom::read(text.as_bytes(), &Options::default()).unwrap())
    };
    let name = |text: &str| json!({"Alphabetic": text});
    let at = |code: &'static str, index: u32| (code, format!("/00100010/Value/{index}"), 1);
    assert_eq!(read(json!([name("A=B"), name("A=B"), name("A=C")])), [at("extra-value", 2), at("name-as-text", 0), at("name-as-text", 1)]);
    assert_eq!(read(json!([name("A"), name("A"), name("A=B=C=D")])), [at("extra-value", 2)]);
    assert_eq!(read(json!([name("A=B"), name("A=C"), name("A=D")])), [at("extra-value", 1), at("extra-value", 2), at("name-as-text", 0)]);
}

/// A resource that is there twice is one, in whatever order its members stand.
#[test]
fn a_resource_that_is_there_twice_is_one() {
    let contained = |again: &str| {
        let patient = r#"{"resourceType":"Patient","id":"p","identifier":[{"system":"s","value":"P1"}]}"#;
        rows(&imaging("1.2.3", &format!(r##","contained":[{patient},{again}],"subject":{{"reference":"#p"}}"##))).concat()
    };
    for again in [
        r#"{"id":"p","identifier":[{"value":"P1","system":"s"}],"resourceType":"Patient"}"#,
        r#"{"id":"p","name":[],"identifier":[{"value":" P1","system":"s","use":null}],"resourceType":"Patient"}"#,
        r#"{"id":"p","foo":"x","identifier":[{"value":"P1","system":"s"}],"bar":"y","resourceType":"Patient"}"#,
    ] {
        assert!(contained(again).contains("P1"), "{again}");
    }
    for other in [
        r#"{"id":"p","identifier":[{"value":"P2","system":"s"}],"resourceType":"Patient"}"#,
        r#"{"id":"p","identifier":[{"value":"s","system":"P1"}],"resourceType":"Patient"}"#,
        r#"{"id":"p","identifier":[{"value":"P1","system":"s"},{"value":"P1","system":"s"}],"resourceType":"Patient"}"#,
        r#"{"id":"p","identifier":{"value":"P1","system":"s"},"resourceType":"Patient"}"#,
    ] {
        assert!(!contained(other).contains("P1"), "{other}");
    }
}

/// The first value of the better attribute is the code, in whatever order the attributes stand.
#[test]
fn the_better_attributes_first_value_is_the_code() {
    let code = |members: &str| {
        let text = format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"00081032":{{"vr":"SQ","Value":[{{{members}}}]}}}}]"#);
        let read = dicom::read(text.as_bytes(), &Options::default()).unwrap();
        let written = fhir::write(&read.value[0], Release::R4, &Options::default()).value;
        let study: Value = serde_json::from_str(written.as_str()).unwrap();
        (study["procedureCode"][0]["text"].as_str().unwrap_or("").to_owned(), losses(&read))
    };
    let scheme = r#""00080102":{"vr":"SH","Value":["99X"]}"#;
    let [short, long] = [r#""00080100":{"vr":"SH","Value":["A","B"]}"#, r#""00080119":{"vr":"UC","Value":["A"]}"#];
    for members in [format!("{long},{scheme},{short}"), format!("{short},{long},{scheme}"), format!("{scheme},{long},{short}")] {
        let (code, losses) = code(&members);
        assert_eq!(code, "A", "{members}");
        let extra: Vec<_> = losses.into_iter().filter(|(code, ..)| *code == "extra-value").collect();
        assert_eq!(extra, [("extra-value", "/00081032/Value/0/00080100/Value/1".to_owned(), 1)], "{members}");
    }
}

/// What contradicts another row in one group of a name loses the leaves that say that group, each once; those that say what stands are carried.
#[test]
fn of_a_contradicted_group_each_leaf_is_lost() {
    let name = |text: &str| json!({"Alphabetic": text});
    for (values, conflicts) in [
        (json!([name("A"), name("A=B")]), 0),
        (json!([name("A"), {"Ideographic": "B"}]), 0),
        (json!([name("A"), name("A"), name("A=B")]), 0),
        (json!([name("A=B"), name("A=B")]), 2),
        (json!([name("A=B"), name("A"), name("A"), name("=B")]), 2),
        (json!([name("A=B"), name("A"), {"Ideographic": "B"}, name("=B")]), 3),
        (json!([{"Ideographic": "B"}, name("A=B"), name("A")]), 1),
        (json!([name("A"), name("A=C")]), 0),
        // What lost a part where it stands is told as that, and once.
        (json!([name("Q"), name("Q=C")]), 1),
        (json!([name("Q=C"), name("Q=C"), name("Q")]), 3),
    ] {
        let row = |values: Value| json!({ "0020000D": {"vr": "UI", "Value": ["1.2"]}, "00080090": {"vr": "PN", "Value": values}});
        let text = json!([row(json!([name("A=C")])), row(values)]).to_string();
        let read = dicom::read(text.as_bytes(), &Options::default()).unwrap();
        let all = losses(&read);
        let of_conflict = all.iter().filter(|(code, ..)| *code == "conflict").map(|(.., count)| count).sum::<u64>();
        assert_eq!(of_conflict, conflicts, "{text}: {all:?}");
    }
}

/// One long value among many is looked at once.
#[test]
fn one_long_value_among_many_is_looked_at_once() {
    let blanks = " ".repeat(400_000);
    let many = |one: &str, other: &str| vec![other; 100_000].join(",").replacen(other, one, 1);
    let long = format!(r#""{blanks}P1""#);
    let patient = |number: &str| format!(r#"{{"resourceType":"Patient","id":"p","identifier":[{{"value":{number}}}]}}"#);
    for (text, number) in [
        (imaging("1.2.3", &format!(r#","subject":{{"identifier":{{"value":[{}]}}}}"#, many(&long, r#""P1""#))), "P1"),
        (
            imaging("1.2.3", &format!(r##","contained":[{}],"subject":{{"reference":"#p"}}"##, many(&patient(&long), &patient(r#""P1""#)))),
            "P1",
        ),
    ] {
        let start = std::time::Instant::now();
        assert!(rows(&text)[0].contains(number));
        assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    }
}

/// A name of several values is the first one's, whatever groups the others have.
#[test]
fn a_name_is_one_values() {
    for (values, name, extra) in [
        (json!([{"Alphabetic": "Doe^John"}, {"Alphabetic": "Roe^Mary", "Ideographic": "B"}]), "Doe^John", 2),
        (json!(["Doe^John", "Roe^Mary=B"]), "Doe^John", 1),
        (json!(["Doe^John", "Doe^John=B"]), "Doe^John", 1),
        (json!([{"Ideographic": "B"}, {"Alphabetic": "Doe^John"}]), "=B", 1),
        (json!([null, {"Ideographic": "B", "Alphabetic": "Doe^John"}, {"Ideographic": "B"}]), "Doe^John=B", 0),
    ] {
        let text = json!([{ "0020000D": {"vr": "UI", "Value": ["1.2"]}, "00100010": {"vr": "PN", "Value": values}}]).to_string();
        let read = dicom::read(text.as_bytes(), &Options::default()).unwrap();
        let groups = read.value[0].get(row::PATIENT_NAME).unwrap();
        assert_eq!([groups.alphabetic, groups.ideographic].join("=").trim_end_matches('='), name, "{text}");
        let told = losses(&read).iter().filter(|(code, ..)| *code == "extra-value").map(|(.., count)| count).sum::<u64>();
        assert_eq!(told, extra, "{text}: {}", read.loss);
    }
}

/// What is not meant is told of where it stands, whichever attribute said it as well.
#[test]
fn what_a_better_attribute_says_too_is_told_where_each_stands() {
    for (members, at) in [
        (
            r#""00080120":{"vr":"UR","Value":["A"]},"00080119":{"vr":"UC","Value":["A"]},"00080100":{"vr":"SH","Value":["C"]}"#,
            ["00080119", "00080120"],
        ),
        (
            r#""00080119":{"vr":"UC","Value":["A"]},"00080120":{"vr":"UR","Value":["A"]},"00080100":{"vr":"SH","Value":["C"]}"#,
            ["00080119", "00080120"],
        ),
    ] {
        let scheme = r#""00080102":{"vr":"SH","Value":["99X"]}"#;
        let text = format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"00081032":{{"vr":"SQ","Value":[{{{members},{scheme}}}]}}}}]"#);
        let extra: Vec<_> = losses(&dicom::read(text.as_bytes(), &Options::default()).unwrap())
            .into_iter()
            .filter(|(code, ..)| *code == "extra-value")
            .collect();
        let expected = at.map(|tag| ("extra-value", format!("/00081032/Value/0/{tag}/Value/0"), 1));
        assert_eq!(extra, expected, "{text}");
    }
}

/// A text of backslashes alone says nothing, and takes no place.
#[test]
fn backslashes_alone_say_nothing() {
    for (tag, vr) in [("00100020", "LO"), ("00080050", "SH"), ("00081030", "LO"), ("00200010", "SH")] {
        for values in [json!(["\\", "A"]), json!(["A", "\\ \\"])] {
            let mut row = json!({ "0020000D": {"vr": "UI", "Value": ["\\", "1.2"]}});
            row[tag] = json!({"vr": vr, "Value": values});
            let text = json!([row]).to_string();
            let read = dicom::read(text.as_bytes(), &Options::default()).unwrap();
            let out = dicom::write(&read.value[0], dicom::Rows::Study, &Options::default()).value;
            assert!(out.as_str().contains(&format!(r#""{tag}":{{"vr":"{vr}","Value":["A"]}}"#)), "{text}: {}", read.loss);
            assert_eq!(losses(&read).iter().map(|(code, ..)| *code).collect::<Vec<_>>(), ["backslash-list", "backslash-list"], "{text}");
        }
    }
}

/// A path of bulk data that would be read as another resource is none.
#[test]
fn bulk_data_of_nothing() {
    let instance = || url::Resource::of_study("1.2").unwrap().and_series("1.3").unwrap().and_instance("1.4").unwrap();
    for (rest, is_one) in [("a", true), ("a/b", true), ("", false), ("a/", false), ("/", false)] {
        assert_eq!(instance().viewed(url::View::BulkData(Some(rest.into()))).is_ok(), is_one, "{rest:?}");
    }
    assert!(instance().viewed(url::View::BulkData(None)).is_ok());
}
