//! A scheme that is said twice, by designator and by UID, is lost twice.

use super::row;
use super::said::counts;
use fhir_dicomweb::row as fact;
use fhir_dicomweb::{Mapped, Options, Study, dicom};

const SNOMED: &str = "2.16.840.1.113883.6.96";

fn code(tag: &str, code: &str, designator: &str, uid: &str) -> String {
    let part = |tag: &str, vr: &str, text: &str| match text {
        "" => String::new(),
        text => format!(r#","{tag}":{{"vr":"{vr}","Value":["{text}"]}}"#),
    };
    let (designator, uid) = (part("00080102", "SH", designator), part("0008010C", "UI", uid));
    format!(
        r#","{tag}":{{"vr":"SQ","Value":[{{"00080100":{{"vr":"SH","Value":["{code}"]}},"00080104":{{"vr":"LO","Value":["m{code}"]}}{designator}{uid}}}]}}"#
    )
}

fn read(rows: &[String]) -> Mapped<Vec<Study>> {
    dicom::read(format!("[{}]", rows.join(",")).as_bytes(), &Options::default()).unwrap()
}

fn instance(n: usize, said: &str) -> String {
    row("1.2", &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.1"]}},"00080018":{{"vr":"UI","Value":["1.2.1.{n}"]}}{said}"#))
}

/// By place.
fn sorted(all: &Mapped<Vec<Study>>) -> Vec<(&'static str, String, u64)> {
    let mut counts = counts(&all.loss);
    counts.sort_unstable();
    counts
}

fn sum(loss: &Mapped<Vec<Study>>) -> u64 {
    counts(&loss.loss).iter().map(|(.., count)| count).sum()
}

/// Of regions that differ every leaf of every instance is lost, the UID with the designator.
#[test]
fn regions_that_differ() {
    for others in [1, 2, 5, 300] {
        for (designator, uid, leaves) in [("SRT", SNOMED, 4), ("SRT", "", 3), ("", SNOMED, 3)] {
            let region = |value: &str| code("00082218", value, designator, uid);
            let mut rows: Vec<String> = (0..others).map(|n| instance(n, &region("T-D1100"))).collect();
            rows.push(instance(others, &region("T-D3000")));
            let expected = vec![("not-uniform", "/00082218".to_owned(), leaves * (others as u64 + 1))];
            assert_eq!(counts(&read(&rows).loss), expected, "{others} {designator} {uid}");
        }
    }
}

/// Whoever says it, in whatever order, with others in front: what is told is what the row has.
#[test]
fn procedures_that_differ() {
    let procedure = |value: &str, designator: &str, uid: &str| row("1.2", &code("00081032", value, designator, uid));
    let first = procedure("113014", "DCM", "");
    for (second, places) in [
        (procedure("113015", "DCM", "1.2.840.10008.2.16.4"), vec!["00080100", "00080102", "00080104", "0008010C"]),
        (procedure("T-1", "SRT", SNOMED), vec!["00080100", "00080102", "00080104", "0008010C"]),
        (procedure("T-1", "", SNOMED), vec!["00080100", "00080104", "0008010C"]),
        (procedure("113015", "", "1.2.840.10008.2.16.4"), vec!["00080100", "00080104", "0008010C"]),
    ] {
        let expected: Vec<_> = places.iter().map(|tag| ("conflict", format!("/00081032/{tag}"), 1)).collect();
        assert_eq!(sorted(&read(&[first.clone(), second.clone()])), expected);
        // Patterns of rows, learned from other studies, know it too.
        let others = (3..90).map(|n| row(&format!("1.2.{n}"), &code("00081032", "113015", "DCM", "1.2.840.10008.2.16.4")));
        let rows: Vec<String> = others.chain([first.clone(), second]).collect();
        assert_eq!(sorted(&read(&rows)), expected);
    }
}

/// Records of one study that join later lose with the code what each row said: one patient is named in the end.
#[test]
fn records_that_join() {
    let series = |n: usize, patient: &str, said: &str| {
        let patient = if patient.is_empty() { String::new() } else { format!(r#","00100020":{{"vr":"LO","Value":["{patient}"]}}"#) };
        row("1.2", &format!(r#"{patient},"0020000E":{{"vr":"UI","Value":["1.2.{n}"]}}{said}"#))
    };
    let dcm = |value: &str| code("00081032", value, "DCM", "1.2.840.10008.2.16.4");
    for others in [1, 2, 5, 300] {
        let mut rows = vec![series(1, "P1", &dcm("1"))];
        rows.extend((0..others).map(|n| series(n + 2, "", &dcm("2"))));
        assert_eq!(sum(&read(&rows)), 4 * others as u64, "{}", read(&rows).loss);
        rows.rotate_left(1);
        assert_eq!(sum(&read(&rows)), 4, "{}", read(&rows).loss);
    }
}

/// A row lists no study, whatever is promised of all of them.
#[test]
fn rows_count_nothing() {
    let text = format!("[{},{},{}]", instance(1, ""), instance(2, ""), instance(3, ""));
    let mut options = Options::default();
    options.complete = true;
    assert_eq!(dicom::read(text.as_bytes(), &options).unwrap().value[0].get(fact::INSTANCE_COUNT), Some(3));
    for one in dicom::rows(text.as_bytes(), &options) {
        let study = one.unwrap().value.unwrap();
        assert_eq!((study.get(fact::SERIES_COUNT), study.get(fact::INSTANCE_COUNT)), (None, None));
        assert_eq!(study.series().next().unwrap().get(fact::SERIES_INSTANCE_COUNT), None);
    }
}
