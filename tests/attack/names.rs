//! Values whose groups hold several names, divided by backslashes.

use fhir_dicomweb::{LossReport, Mapped, Options, Release, Study, dicom, fhir};
use serde_json::{Value, json};

fn read(names: &Value) -> Mapped<Vec<Study>> {
    let id = |n: u32| json!({"00080100": {"vr": "SH", "Value": [format!("id{n}")]}, "00080104": {"vr": "LO", "Value": ["staff"]}});
    let text = json!([{
        "0020000D": {"vr": "UI", "Value": ["1.2"]},
        "0020000E": {"vr": "UI", "Value": ["1.2.1"]},
        "00081050": {"vr": "PN", "Value": names},
        "00081052": {"vr": "SQ", "Value": [{"00401101": {"vr": "SQ", "Value": [id(0)]}}, {"00401101": {"vr": "SQ", "Value": [id(1)]}}, {"00401101": {"vr": "SQ", "Value": [id(2)]}}]},
    }]);
    dicom::read(text.to_string().as_bytes(), &Options::default()).unwrap()
}

/// Name and identification of each performer.
fn performers(study: &Study) -> Vec<(String, String)> {
    let written = fhir::write(study, Release::R4, &Options::default()).ignore_loss();
    let study: Value = serde_json::from_str(written.as_str()).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let actors = study["series"][0]["performer"].as_array().cloned().unwrap_or_default();
    actors.iter().map(|one| (text(&one["actor"]["display"]), text(&one["actor"]["identifier"]["value"]))).collect()
}

/// Item n of the identification sequence belongs to name n, in however many groups the names are divided.
#[test]
fn names_in_several_groups_keep_their_identifications() {
    for (names, expected) in [
        (json!([{"Alphabetic": "A\\B"}, {"Alphabetic": "C"}]), ["A", "B", "C"]),
        (json!([{"Alphabetic": "A\\B", "Ideographic": "I\\J"}, {"Alphabetic": "C"}]), ["A=I", "B=J", "C"]),
        (json!([{"Alphabetic": "A\\B", "Ideographic": "I\\J", "Phonetic": "P\\Q"}, {"Alphabetic": "C"}]), ["A=I=P", "B=J=Q", "C"]),
        (json!([{"Alphabetic": "A", "Ideographic": "I\\J"}, {"Alphabetic": "C"}]), ["A=I", "=J", "C"]),
        (json!([{"Phonetic": "P\\Q"}, {"Alphabetic": "C", "Ideographic": "K"}]), ["==P", "==Q", "C=K"]),
        (json!([{"Alphabetic": "Z"}, {"Alphabetic": "A\\B", "Ideographic": "I\\J"}]), ["Z", "A=I", "B=J"]),
    ] {
        let read = read(&names);
        let expected: Vec<(String, String)> = expected.iter().zip(0..).map(|(name, n)| (name.to_string(), format!("id{n}"))).collect();
        assert_eq!(performers(&read.value[0]), expected, "{names}");
        assert!(read.loss.iter().all(|loss| loss.code.is_carried() || loss.count == 0), "{names}: {}", read.loss);
    }
}

/// A group that is filled already, by a name with `=` in the group before it, is lost, and told: also behind the first of the names.
#[test]
fn a_group_that_is_filled_already_is_told() {
    for (names, expected, lost) in [
        (json!([{"Alphabetic": "A=X\\B=Y", "Ideographic": "I\\J"}]), ["A=X", "B=Y"], 1),
        (json!([{"Alphabetic": "A\\B=Y", "Ideographic": "I\\J"}]), ["A=I", "B=Y"], 1),
        (json!([{"Alphabetic": "A\\B=Y", "Ideographic": "I\\Y"}]), ["A=I", "B=Y"], 0),
        (json!([{"Alphabetic": "A\\B", "Ideographic": "I=P\\J=Q", "Phonetic": "P\\R"}]), ["A=I=P", "B=J=Q"], 1),
    ] {
        let read = read(&names);
        let people = performers(&read.value[0]);
        assert_eq!(people.iter().map(|(name, _)| name.as_str()).filter(|name| !name.is_empty()).collect::<Vec<_>>(), expected, "{names}");
        let of_names = read.loss.iter().filter(|loss| loss.code.name() == "extra-value" && loss.at.to_string().starts_with("/00081050"));
        assert_eq!(of_names.map(|loss| loss.count).sum::<u64>(), lost, "{names}: {}", read.loss);
    }
}

/// A scheme that a row names by UID as another names it by designator is said twice, however often: the person stays as it is.
#[test]
fn a_scheme_that_is_said_again() {
    let person = |members: &str| format!(r#""00401101":{{"vr":"SQ","Value":[{{"00080100":{{"vr":"SH","Value":["D1"]}},{members}}}]}}"#);
    let designator = r#""00080102":{"vr":"SH","Value":["ABC"]}"#;
    let uid = r#""0008010C":{"vr":"UI","Value":["ABC"]}"#;
    let named = |sequence: &str, name: &str, members: &str| {
        let name = if name.is_empty() { String::new() } else { format!(r#","{name}":{{"vr":"PN","Value":[{{"Alphabetic":"A"}}]}}"#) };
        format!(r#"{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"{sequence}":{{"vr":"SQ","Value":[{{{}}}]}}{name}}}"#, person(members))
    };
    for (sequence, name) in [("00080096", "00080090"), ("00081062", "00081060"), ("00081062", "")] {
        let read = |rows: &[String]| dicom::read(format!("[{}]", rows.join(",")).as_bytes(), &Options::default()).unwrap();
        let (by_designator, by_uid) = (named(sequence, name, designator), named(sequence, "", uid));
        let once = read(std::slice::from_ref(&by_designator));
        for times in [1, 2, 5] {
            let mut rows = vec![by_designator.clone()];
            rows.extend(std::iter::repeat_n(by_uid.clone(), times));
            let again = read(&rows);
            let written =
                |studies: &[fhir_dicomweb::Study]| fhir::write(&studies[0], Release::R4, &Options::default()).value.as_str().to_owned();
            if sequence == "00080096" || name.is_empty() {
                assert_eq!(written(&again.value), written(&once.value), "{sequence} {times}");
            }
            // Each leaf is carried, or told: the study's UID, the code and the scheme of each row.
            let leaves = |loss: &LossReport| loss.carried() + loss.counted();
            assert_eq!(leaves(&again.loss), leaves(&once.loss) + 3 * times as u64, "{sequence} {times}: {}", again.loss);
            // Read plainly it is the same.
            let plain = dicom::read_plainly(format!("[{}]", rows.join(",")).as_bytes(), &Options::default(), &mut |_| ()).unwrap();
            assert_eq!((written(&plain.value), plain.loss), (written(&again.value), again.loss), "{sequence} {times}");
        }
    }
}
