//! Values whose groups hold several names, divided by backslashes.

use fhir_dicomweb::{Mapped, Options, Release, Study, dicom, fhir};
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
