//! The sizes that are named: what is read of them is exact, and it is read.

use crate::shapes::{DICOM, FHIR, Shape, fhir_study, list};
use fhir_dicomweb::{LossReport, Mapped, Options, Release, Study, dicom, fhir, row};

fn shape(shapes: &'static [Shape], name: &str, parts: usize) -> String {
    let shape = shapes.iter().find(|shape| shape.name == name).unwrap_or_else(|| panic!("no shape {name}"));
    (shape.make)(parts)
}

fn read(text: &str) -> Mapped<Vec<Study>> {
    dicom::read(text.as_bytes(), &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn read_fhir(text: &str) -> Mapped<Vec<Study>> {
    fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn count(loss: &LossReport, code: &str) -> u64 {
    loss.iter().filter(|loss| loss.code.name() == code).map(|loss| loss.count).sum()
}

#[test]
fn a_string_of_100_megabytes() {
    const LONG: usize = 100 << 20;
    let long = "a".repeat(LONG);
    let row = |tag: &str, vr: &str| format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"{tag}":{{"vr":"{vr}","Value":["{long}"]}}}}]"#);
    // Kept, and lost when it is written: LO holds 64 characters.
    let studies = read(&row("00081030", "LO")).value;
    assert_eq!(studies[0].get(row::DESCRIPTION).map(str::len), Some(LONG));
    assert_eq!(count(&dicom::write(&studies[0], dicom::Rows::Study, &Options::default()).loss, "too-long"), 1);
    // A UID cannot be so long, and nobody reads what is private.
    assert_eq!(count(&read(&row("00200000", "LO")).loss, "unknown-attribute"), 1);
    let text = format!(r#"[{{"0020000D":{{"vr":"UI","Value":["{long}"]}}}}]"#);
    assert_eq!(count(&read(&text).loss, "bad-uid"), 1);
}

#[test]
fn a_fhir_string_of_100_megabytes() {
    let long = "a".repeat(100 << 20);
    let read = read_fhir(&fhir_study(1, &format!(r#","description":"{long}""#)));
    assert_eq!(read.value[0].get(row::DESCRIPTION).map(str::len), Some(long.len()));
}

#[test]
fn a_million_attributes_in_a_row() {
    const MANY: usize = 1_000_000;
    // An empty attribute has no leaf; the three UIDs of the row have no vr, and `1` is an odd one besides: it is told as that.
    let text = shape(DICOM, "private attributes", MANY);
    let read_all = read(&text);
    assert_eq!((read_all.value.len(), read_all.loss.counted()), (1, 3));
    assert_eq!((count(&read_all.loss, "vr-missing"), count(&read_all.loss, "odd-uid")), (2, 1));
}

#[test]
fn a_million_different_losses() {
    const MANY: usize = 1_000_000;
    let text = shape(DICOM, "attributes that nobody knows, each a loss of its own", MANY);
    let loss = read(&text).loss;
    // Of the 1,024 that are told apart one is what the UIDs without vr are counted under.
    assert_eq!(count(&loss, "unknown-attribute") + count(&loss, "more-losses"), MANY as u64);
    assert!(count(&loss, "more-losses") > 990_000 && loss.iter().count() == 1_025);
}

#[test]
fn a_hundred_thousand_series() {
    const MANY: usize = 100_000;
    let mut limits = Options::default();
    let text = shape(DICOM, "series rows of nothing but UIDs", MANY);
    let studies = read(&text).value;
    assert_eq!(studies[0].series().len(), MANY);
    limits.limits.series -= 1;
    assert_eq!(dicom::read(text.as_bytes(), &limits).map(|_| ()).unwrap_err().code(), "limit-series");
    let more = text.replacen('[', r#"[{"0020000D":{"Value":["1"]},"0020000E":{"Value":["9.9"]}},"#, 1);
    assert_eq!(dicom::read(more.as_bytes(), &Options::default()).map(|_| ()).unwrap_err().code(), "limit-series");
}

#[test]
fn one_study_under_ten_thousand_patients() {
    let studies = read(&shape(DICOM, "one study UID, many patients", 10_000)).value;
    assert_eq!(studies.len(), 10_000);
    assert!(studies.iter().all(Study::is_patient_conflict));
}

#[test]
fn a_hundred_thousand_of_each() {
    const MANY: usize = 100_000;
    for name in [
        "values of an attribute that has one",
        "modalities",
        "procedure codes",
        "names that are no tags",
        "empty items",
        "one attribute again and again",
    ] {
        let studies = read(&shape(DICOM, name, MANY)).value;
        assert_eq!(studies.len(), 1, "{name}");
    }
    for name in [
        "identifiers",
        "a field nobody knows, again and again",
        "one field again and again",
        "endpoints, each contained",
        "endpoints that lead nowhere",
    ] {
        let read = read_fhir(&shape(FHIR, name, MANY));
        assert!(read.value.len() <= 1 && read.loss.counted() > 0, "{name}");
    }
    assert_eq!(read_fhir(&shape(FHIR, "studies of nothing but a UID", MANY)).value.len(), MANY);
}

/// 50,000 rows in chunks of one byte, and one row of a megabyte.
#[test]
fn chunks_of_one_byte() {
    let rows = shape(DICOM, "instance rows of nothing but UIDs", 10_000);
    let one = shape(DICOM, "procedure codes", 10_000);
    for text in [rows, one] {
        let mut reader = dicom::Reader::new(Options::default());
        for byte in text.as_bytes().chunks(1) {
            reader.push(byte).unwrap();
        }
        let streamed = reader.finish().unwrap();
        let whole = read(&text);
        assert_eq!(streamed.loss, whole.loss);
        assert_eq!(streamed.value.len(), whole.value.len());
    }
}

/// Deep, but not too deep, and everywhere.
#[test]
fn deep_everywhere() {
    let deep = format!("{}1{}", r#"[{"a":"#.repeat(29), "}]".repeat(29));
    let text =
        format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"00091001":{{"vr":"UN","Value":[{}]}}}}]"#, list(2_000, |_| deep.clone()));
    assert_eq!(count(&read(&text).loss, "private"), 2_000);
}
