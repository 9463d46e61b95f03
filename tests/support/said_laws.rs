//! Law *said*: what a text says again and again is carried as often, and where another text contradicts it every leaf of it is told.

use super::generate::{Choices, document};
use fhir_dicomweb::{LossReport, Mapped, Options, Release, Study, dicom, fhir};
use std::collections::BTreeMap;

/// Facts of study and series, to be said in either of two ways; some of them by several leaves.
const FACTS: [&str; 23] = [
    r#""00080020":{"vr":"DA","Value":["20240114"]},"00080030":{"vr":"TM","Value":["10"]},"00080201":{"vr":"SH","Value":["+0@00"]}"#,
    r#""00081030":{"vr":"LO","Value":["@"]}"#,
    r#""00080050":{"vr":"SH","Value":["@"]}"#,
    r#""00080090":{"vr":"PN","Value":[{"Alphabetic":"@^X","Ideographic":"@"}]}"#,
    r#""00081032":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["@"]},"00080102":{"vr":"SH","Value":["99X"]},"00080104":{"vr":"LO","Value":["m@"]}}]}"#,
    r#""00081060":{"vr":"PN","Value":[{"Alphabetic":"@"},{"Alphabetic":"C"}]}"#,
    r#""00400275":{"vr":"SQ","Value":[{"00401001":{"vr":"SH","Value":["R@"]}}]}"#,
    r#""00201206":{"vr":"IS","Value":[@]}"#,
    r#""00080080":{"vr":"LO","Value":["@"]}"#,
    r#""0008103E":{"vr":"LO","Value":["@"]}"#,
    r#""00181000":{"vr":"LO","Value":["@"]}"#,
    r#""00081050":{"vr":"PN","Value":[{"Alphabetic":"@"}]}"#,
    r#""00400244":{"vr":"DA","Value":["2024010@"]}"#,
    r#""00081030":{"vr":"LO","Value":["@","@"]}"#,
    r#""00080050":{"vr":"SH","Value":["@","@","@"]}"#,
    r#""00080090":{"vr":"PN","Value":[{"Alphabetic":"@^X"},{"Alphabetic":"@^X"}]}"#,
    r#""00081032":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["@"]},"00080119":{"vr":"UC","Value":["@","@"]},"00080102":{"vr":"SH","Value":["99X"]},"00080104":{"vr":"LO","Value":["m@"]}}]}"#,
    r#""00400275":{"vr":"SQ","Value":[{"00401001":{"vr":"SH","Value":["R@","R@"]},"00080050":{"vr":"SH","Value":["A@"]}}]}"#,
    r#""00201209":{"vr":"IS","Value":[@,@]}"#,
    r#""00080020":{"vr":"DA","Value":["20240114","20240114"]},"00080030":{"vr":"TM","Value":["10"]},"00080201":{"vr":"SH","Value":["+0@00","+0@00"]}"#,
    r#""00080080":{"vr":"LO","Value":["@","@"]}"#,
    r#""00181000":{"vr":"LO","Value":["@","@"]}"#,
    r#""00081050":{"vr":"PN","Value":[{"Alphabetic":"@","Phonetic":"P"}]}"#,
];

/// Facts of an instance.
const OF_INSTANCE: [&str; 4] = [
    r#""00200013":{"vr":"IS","Value":[@,@]}"#,
    r#""00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.@"]}"#,
    r#""00420010":{"vr":"ST","Value":["t@","t@"]}"#,
    r#""00420010":{"vr":"ST","Value":["t@"]},"0040A043":{"vr":"SQ","Value":[{"00080104":{"vr":"LO","Value":["m@","m@"]}}]}"#,
];

/// Rows of one text, some of instances that another text has, too, with the patient's number and without. Each fact is said in one way, by some of
/// them, and an attribute once by each.
fn rows(choices: &mut Choices<'_>, text: usize) -> Vec<[String; 2]> {
    let way = |choices: &mut Choices<'_>| choices.pick(&["1", "2"]);
    // By attribute: what a text contradicts in itself is told already.
    let ways: BTreeMap<&str, &str> = FACTS.iter().map(|fact| (&fact[..11], way(choices))).collect();
    (0..=choices.below(4))
        .map(|n| {
            let instance = if choices.below(4) == 0 { format!("1.2.1.9.{}", choices.below(2)) } else { format!("1.2.1.{text}.{n}") };
            let mut members = vec![
                r#""0020000D":{"vr":"UI","Value":["1.2.1"]}"#.to_owned(),
                format!(r#""0020000E":{{"vr":"UI","Value":["1.2.1.{}"]}}"#, choices.below(2)),
                format!(r#""00080018":{{"vr":"UI","Value":["{instance}","{instance}"]}}"#),
            ];
            let of_instance: Vec<&str> = OF_INSTANCE.iter().map(|_| way(choices)).collect();
            let of_others = FACTS.iter().map(|fact| (fact, ways[&fact[..11]]));
            for (fact, way) in of_others.chain(OF_INSTANCE.iter().zip(of_instance)) {
                let tags =
                    |members: &str| members.match_indices(r#"":{"vr""#).map(|(at, _)| members[at - 8..at].to_owned()).collect::<Vec<_>>();
                let taken: Vec<String> = members.iter().flat_map(|member| tags(member)).collect();
                if choices.below(2) == 0 && !tags(fact).iter().any(|tag| taken.contains(tag)) {
                    members.push(fact.replace('@', way));
                }
            }
            let bare = members.join(",");
            [format!(r#"{{{bare},"00100020":{{"vr":"LO","Value":["P1"]}}}}"#), format!("{{{bare}}}")]
        })
        .collect()
}

/// What is told of leaves that contradict, or come from below, and what is carried.
fn told(read: &Mapped<Vec<Study>>) -> Vec<String> {
    let of = |report: &LossReport| {
        let told = report.iter().filter(|loss| loss.code.name() != "required-missing");
        let mut told: Vec<String> = told.map(|loss| format!("{} {} {}", loss.code, loss.at, loss.count)).collect();
        told.sort();
        told
    };
    let studies = read.value.iter().map(|study| fhir::write(study, Release::R4, &Options::default()).ignore_loss().into_string());
    of(&read.loss).into_iter().chain(studies).collect()
}

/// Law *said*: one reader of rows that name the patient, one of rows of which a text's do not, and readers that are appended tell the same.
pub fn said(bytes: &[u8]) {
    let choices = &mut Choices(bytes);
    let texts = [rows(choices, 1), rows(choices, 2)];
    let options = Options::default();
    let of = |which: usize, texts: &[Vec<[String; 2]>]| -> Vec<String> {
        texts.iter().flatten().map(|row| row.get(which).cloned().unwrap_or_default()).collect()
    };
    let read = |sets: &[String]| dicom::read(document(sets).as_bytes(), &options).unwrap();
    let named = of(0, &texts);
    let whole = read(&named);
    let context = format!("{named:?}");
    let bare: Vec<String> = of(0, &texts[..1]).into_iter().chain(of(1, &texts[1..])).collect();
    let joined = read(&bare);
    assert_eq!(told(&whole), told(&joined), "without a number: {context}");
    assert_eq!(whole.loss.carried() - joined.loss.carried(), texts[1].len() as u64, "without a number: {context}");
    let mut readers = texts.iter().map(|rows| {
        let mut reader = dicom::Reader::new(options.clone());
        reader.push(document(&of(0, core::slice::from_ref(rows))).as_bytes()).unwrap();
        reader
    });
    let mut first = readers.next().unwrap();
    first.append(readers.next().unwrap()).unwrap();
    let appended = first.finish().unwrap();
    assert_eq!(told(&whole), told(&appended), "appended: {context}");
    assert_eq!(whole.loss.carried(), appended.loss.carried(), "appended: {context}");
}
