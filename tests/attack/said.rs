//! Where a value is lost since records join, every leaf that said it is lost with it.

use super::row;
use fhir_dicomweb::row as fact;
use fhir_dicomweb::{LossReport, Mapped, Options, Release, Study, dicom, fhir};
use std::time::Instant;

pub fn counts(loss: &LossReport) -> Vec<(&'static str, String, u64)> {
    loss.iter().map(|loss| (loss.code.name(), loss.at.to_string(), loss.count)).collect()
}

fn text(rows: &[String]) -> String {
    format!("[{}]", rows.join(","))
}

fn read(rows: &[String]) -> Mapped<Vec<Study>> {
    dicom::read(text(rows).as_bytes(), &Options::default()).unwrap()
}

/// The rows of each list by a reader of their own.
fn joined(texts: &[&[String]]) -> Mapped<Vec<Study>> {
    let mut all = dicom::Reader::new(Options::default());
    for rows in texts {
        let mut one = dicom::Reader::new(Options::default());
        one.push(text(rows).as_bytes()).unwrap();
        all.append(one).unwrap();
    }
    all.finish().unwrap()
}

/// The same, of one patient or of no patient that is named, in a series of its own.
fn series(n: usize, patient: &str, said: &str) -> String {
    let patient = if patient.is_empty() { String::new() } else { format!(r#","00100020":{{"vr":"LO","Value":["{patient}"]}}"#) };
    row("1.2", &format!(r#"{patient},"0020000E":{{"vr":"UI","Value":["1.2.{n}"]}}{said}"#))
}

fn description(text: &str) -> String {
    format!(r#","00081030":{{"vr":"LO","Value":["{text}"]}}"#)
}

fn code(value: &str) -> String {
    format!(
        r#","00081032":{{"vr":"SQ","Value":[{{"00080100":{{"vr":"SH","Value":["{value}"]}},"00080102":{{"vr":"SH","Value":["99X"]}},"00080104":{{"vr":"LO","Value":["m{value}"]}}}}]}}"#
    )
}

/// Rows that do not name the patient join the study that they belong to, and each of them contradicts it.
#[test]
fn each_row_without_a_patient() {
    for said in [description, code as fn(&str) -> String] {
        for others in [1, 2, 5, 300] {
            let mut named = vec![series(1, "P1", &said("B"))];
            let mut bare = named.clone();
            for n in 0..others {
                named.push(series(n + 2, "P1", &said("A")));
                bare.push(series(n + 2, "", &said("A")));
            }
            let (named, bare) = (read(&named).loss, read(&bare).loss);
            assert_eq!(counts(&named), counts(&bare));
            assert!(counts(&bare).iter().all(|(code, _, count)| (*code, *count) == ("conflict", others as u64)), "{bare}");
            // Of the rows that do not name the patient the number itself is missing.
            assert_eq!(named.carried() - bare.carried(), others as u64);
        }
    }
}

/// And so where another reader read them, also of a thousand instances of which only the UID differs.
#[test]
fn each_row_of_another_text() {
    let instance = |n: usize, said: &str| series(2, "P1", &format!(r#","00080018":{{"vr":"UI","Value":["1.2.2.{n}"]}}{said}"#));
    for said in [description, code as fn(&str) -> String] {
        let first = [series(1, "P1", &said("B"))];
        let second: Vec<String> = (1..=1000).map(|n| instance(n, &said("A"))).collect();
        let whole: Vec<String> = first.iter().chain(&second).cloned().collect();
        assert_eq!(read(&whole).loss, joined(&[&first, &second]).loss);
        // Whatever joins first, and whichever comes first in the end.
        let (head, tail) = second.split_at(400);
        assert_eq!(read(&whole).loss, joined(&[&first, head, tail]).loss);
        let mut two = dicom::Reader::new(Options::default());
        two.push(text(head).as_bytes()).unwrap();
        let mut three = dicom::Reader::new(Options::default());
        three.push(text(tail).as_bytes()).unwrap();
        two.append(three).unwrap();
        let mut one = dicom::Reader::new(Options::default());
        one.push(text(&first).as_bytes()).unwrap();
        one.append(two).unwrap();
        assert_eq!(read(&whole).loss, one.finish().unwrap().loss);
    }
}

/// Parts of a fact are counted by themselves: who said the code alone, and who said its meaning, too.
#[test]
fn parts_by_themselves() {
    let person = |value: &str, more: &str| format!(r#","00080090":{{"vr":"PN","Value":[{{"Alphabetic":"{value}"{more}}}]}}"#);
    let full = person("A", r#","Ideographic":"I""#);
    let rows = |patient: &str| {
        let first = series(1, "P1", &person("B", ""));
        let others = [person("A", ""), full.clone(), person("A", ""), full.clone(), full.clone()];
        let others = others.iter().enumerate().map(|(n, said)| series(n + 2, patient, said));
        core::iter::once(first).chain(others).collect::<Vec<String>>()
    };
    let (named, bare) = (read(&rows("P1")), read(&rows("")));
    assert_eq!(counts(&named.loss), counts(&bare.loss));
    // Five said the one group, three the other.
    assert_eq!(counts(&bare.loss).iter().map(|(_, _, count)| count).sum::<u64>(), 8, "{}", bare.loss);
}

/// A value that was noted in each row stays under its notes: the conflict counts those that were not.
#[test]
fn noted_rows() {
    let padded = |text: &str| format!(r#","00081030":{{"vr":"LO","Value":["{text} "]}}"#);
    let others = ["", "P1"].map(|patient| {
        let mut rows = vec![series(1, "P1", &description("B"))];
        rows.extend((2..9).map(|n| series(n, patient, &if n % 2 == 0 { padded("A") } else { description("A") })));
        rows
    });
    let bare = read(&others[0]).loss;
    let conflict = bare.iter().find(|loss| loss.code.name() == "conflict").map(|loss| loss.count);
    let is_noted = bare.iter().any(|loss| loss.code.name() != "conflict" && loss.count == 4);
    assert_eq!((conflict, bare.counted()), (if is_noted { (Some(3), 7) } else { (Some(7), 7) }), "{bare}");
}

/// A count that rows agree on, and less than what is listed, contradicts once for each of them.
#[test]
fn counts_that_are_too_small() {
    let said = r#","00201206":{"vr":"IS","Value":[1]},"00201209":{"vr":"IS","Value":[1]}"#;
    let instance = |n: usize| series(5 - n / 2, "P1", &format!(r#","00080018":{{"vr":"UI","Value":["1.2.2.{n}"]}}{said}"#));
    let rows: Vec<String> = (2..8).map(instance).collect();
    let at = |loss: &LossReport, place: &str| loss.iter().find(|loss| loss.at.to_string() == place).map(|loss| loss.count);
    for loss in [read(&rows).loss, joined(&[&rows[..3], &rows[3..]]).loss] {
        assert_eq!((at(&loss, "/00201206"), at(&loss, "/00201209")), (Some(6), Some(6)), "{loss}");
    }
}

/// A further request is noted where records join, too, once: of a row that says it again nothing is told.
#[test]
fn further_requests() {
    let asked = |value: &str| format!(r#","00400275":{{"vr":"SQ","Value":[{{"00401001":{{"vr":"SH","Value":["{value}"]}}}}]}}"#);
    let lifted = |loss: &LossReport| loss.iter().find(|loss| loss.code.name() == "lifted").map_or(0, |loss| loss.count);
    for patient in ["P1", ""] {
        let rows = [series(1, "P1", &asked("R1")), series(2, patient, &asked("R2")), series(3, patient, &asked("R2"))];
        assert_eq!(lifted(&read(&rows).loss), 1);
        assert_eq!(lifted(&joined(&[&rows[..1], &rows[1..]]).loss), 1);
        // What was told in its own text is not told again.
        let rows = [series(1, "P1", &asked("R1")), series(2, patient, &asked("R2")), series(3, patient, &asked("R3"))];
        assert_eq!(lifted(&read(&rows).loss), 2);
        assert_eq!(lifted(&joined(&[&rows[..1], &rows[1..]]).loss), 2);
    }
    // Whichever row came first has the request that is not further, whether or not it names the patient.
    let first = [("R1", "P1"), ("R1", "")].map(|(value, patient)| {
        let read = read(&[series(1, patient, &asked(value)), series(2, "P1", &asked("R2"))]);
        let further = read.loss.iter().find(|loss| loss.code.name() == "lifted").map(|loss| (loss.first, loss.count));
        let written = fhir::write(&read.value[0], Release::R4, &Options::default()).ignore_loss();
        (further, written.as_str().find("R1") < written.as_str().find("R2"))
    });
    assert_eq!(first, [(Some((1, 1)), true); 2]);
    // Of a list that says one thing twice the other is the one that is noted.
    let twice = r#","00400275":{"vr":"SQ","Value":[{"00401001":{"vr":"SH","Value":["R1"]}},{"00401001":{"vr":"SH","Value":["R1"]}},{"00401001":{"vr":"SH","Value":["R2 "]}}]}"#;
    let loss = read(&[series(1, "P1", &asked("R1")), series(2, "P1", twice)]).loss;
    assert_eq!(loss.counted(), 1, "{loss}");
}

/// Lists of which something was lost are not counted, whatever was promised: also where what was lost came by another reader, or by a pattern.
#[test]
fn lists_with_gaps_are_not_counted() {
    let options = &mut Options::default();
    options.complete = true;
    let count = |texts: &[Vec<String>]| {
        let mut all = dicom::Reader::new(options.clone());
        for rows in texts {
            let mut one = dicom::Reader::new(options.clone());
            one.push(text(rows).as_bytes()).unwrap();
            all.append(one).unwrap();
        }
        let studies = all.finish().unwrap().value;
        studies.iter().map(|study| study.get(fact::SERIES_COUNT)).collect::<Vec<_>>()
    };
    let whole = |uid: &str, n: usize| row(uid, &format!(r#","0020000E":{{"vr":"UI","Value":["{uid}.{n}"]}}"#));
    let lost = |uid: &str| row(uid, r#","0020000E":{"vr":"UI","Value":["1..2"]}"#);
    let gone = r#"{"0020000E":{"vr":"UI","Value":["1.2.9"]}}"#.to_owned();
    assert_eq!(count(&[vec![whole("1.2", 1), whole("1.2", 2)]]), [Some(2)]);
    for texts in [
        vec![vec![whole("1.2", 1), lost("1.2")]],
        vec![vec![lost("1.2"), whole("1.2", 1)]],
        vec![vec![whole("1.2", 1)], vec![lost("1.2")]],
        vec![vec![lost("1.2")], vec![whole("1.2", 1)]],
        vec![vec![whole("1.2", 1), gone.clone()]],
        vec![vec![gone], vec![whole("1.2", 1)]],
        vec![vec![whole("1.2", 1), "7".to_owned()]],
    ] {
        assert_eq!(count(&texts), [None], "{texts:?}");
    }
    // However it is refused.
    for uid in [
        r#"{"vr":"UI","BulkDataURI":"x"}"#,
        r#"{"vr":"UI","Value":[true]}"#,
        r#"{"vr":"UI","Value":["",""]}"#,
        r#"{"vr":"UI","Value":["1.2.7","1.2.8"]}"#,
        r#"{"vr":"UI","Value":{"a":1}}"#,
        r#"{"vr":"SQ","Value":[{}]}"#,
        r#"{"vr":"UI"}"#,
        "[]",
    ] {
        let of_series = row("1.2", &format!(r#","0020000E":{uid}"#));
        let of_instance = row("1.2", &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.1"]}},"00080018":{uid}"#));
        assert_eq!(count(&[vec![whole("1.2", 1), of_series]]), [None], "{uid}");
        assert_eq!(count(&[vec![whole("1.2", 1), of_instance]]), [None], "{uid}");
    }
    // Rows that make studies one like the other.
    let many: Vec<String> = (1..40).map(|n| lost(&format!("1.2.{n}"))).chain((1..40).map(|n| whole(&format!("1.2.{n}"), 1))).collect();
    assert!(count(&[many]).iter().all(Option::is_none));
    let modified =
        r#"{"resourceType":"ImagingStudy","implicitRules":"urn:x","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2"}]}"#;
    for (other, counts) in [
        (modified, None),
        (r#"{"resourceType":"ImagingStudy","status":"available","subject":{"display":"A"}}"#, None),
        (r#"{"resourceType":"Patient","id":"7"}"#, Some(1)),
    ] {
        let text = format!(
            r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{{"resourceType":"ImagingStudy","status":"available","subject":{{}},"identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}],"series":[{{"uid":"1.2.1"}}]}}}},{{"resource":{other}}}]}}"#
        );
        let read = fhir::read(text.as_bytes(), Release::R4, options).unwrap();
        assert_eq!(read.value[0].get(fact::SERIES_COUNT), counts, "{other}");
    }
    let resource = |series: &str| {
        let text = format!(
            r#"{{"resourceType":"ImagingStudy","status":"available","subject":{{}},"identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}],"series":[{{"uid":"1.2.1","modality":{{"code":"CT"}}}}{series}]}}"#
        );
        fhir::read(text.as_bytes(), Release::R4, options).unwrap().value[0].get(fact::SERIES_COUNT)
    };
    assert_eq!(resource(""), Some(1));
    assert_eq!(resource(r#",{"number":7,"modality":{"code":"CT"}}"#), None);
    assert_eq!(resource(r#",{"uid":"1..7","modality":{"code":"CT"}}"#), None);
    assert_eq!(
        resource(
            r#"],"meta":{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]},"note":[{}"#
        ),
        None
    );
}

/// What was lost where it stands contradicts all the same, however it comes.
#[test]
fn what_is_lost_contradicts() {
    let name = |text: &str| format!(r#","00080090":{{"vr":"PN","Value":[{{"Alphabetic":"{text}"}}]}}"#);
    let conflicts = |patient: &str| counts(&read(&[series(1, "P1", &name("B")), series(2, patient, &name("A=I=P=Q"))]).loss);
    let told = [("conflict", "/00080090".to_owned(), 0), ("extra-value", "/00080090/Value/0".to_owned(), 1)];
    for patient in ["P1", ""] {
        let mut all = conflicts(patient);
        all.retain(|(code, ..)| *code != "required-missing");
        all.sort();
        assert_eq!(all, told, "{patient:?}");
    }
}

/// What is told as a conflict when resources of FHIR are read one after the other, in order of places.
pub fn conflicts(resources: &[String], release: Release) -> Vec<(String, u64)> {
    let read = fhir::read(resources.join("\n").as_bytes(), release, &Options::default()).unwrap();
    let mut all: Vec<(String, u64)> =
        read.loss.iter().filter(|loss| loss.code.name() == "conflict").map(|loss| (loss.at.to_string(), loss.count)).collect();
    all.sort();
    all
}

pub const ACSN: &str = r#""type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]}"#;
pub const HEAD: &str = r#""resourceType":"ImagingStudy","status":"available","subject":{"identifier":{"value":"P1"}}"#;
pub const UID: &str = r#"{"system":"urn:dicom:uid","value":"urn:oid:1.2"}"#;

/// A leaf that fills several fields contradicts once, and nowhere but where it stands.
#[test]
fn a_leaf_of_several_fields_contradicts_once() {
    let accession = |n: usize| format!(r#"{{{ACSN},"system":"urn:oid:1.2.{n}","value":"A{n}"}}"#);
    let own = |n: usize| format!(r#"{{{HEAD},"identifier":[{UID},{}]}}"#, accession(n));
    let at = |path: &str| [".system", ".value"].map(|of| (["ImagingStudy.", path, of].concat(), 1)).to_vec();
    assert_eq!(conflicts(&[own(1), own(2)], Release::R5), at("identifier"));
    let asked = |n: usize| format!(r#"{{{HEAD},"identifier":[{UID}],"basedOn":[{{"identifier":{}}}]}}"#, accession(n));
    assert_eq!(conflicts(&[asked(1), asked(2)], Release::R5), at("basedOn.identifier"));
    // Each study of a resource that is there once has its contradiction.
    let named = |name: &str| {
        let patient = format!(r#"{{"resourceType":"Patient","id":"p","identifier":[{{"value":"P1"}}],"name":[{{"text":"{name}"}}]}}"#);
        format!(
            r##"{{"resourceType":"ImagingStudy","status":"available","contained":[{patient}],"subject":{{"reference":"#p"}},"identifier":[{UID}]}}"##
        )
    };
    let told = conflicts(&[named("Doe^J=X"), named("Roe^J=Y")], Release::R4);
    assert_eq!(told.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1], "{told:?}");
}

/// An equal further item that is spelled otherwise: its leaves go with what they say, not with what the first was made of.
#[test]
fn further_leaves_go_with_the_fields_that_they_fill() {
    let (apart, one) = (r#""assigner":{"identifier":{"type":{"text":"ISO"},"value":"1.2.3"}}"#, r#""system":"urn:oid:1.2.3""#);
    let told = |first: &str, second: &str| {
        let other = format!(r#"{{{ACSN},"value":"A","assigner":{{"identifier":{{"type":{{"text":"DNS"}},"value":"1.2.3"}}}}}}"#);
        let resources = [
            format!(r#"{{{HEAD},"identifier":[{UID},{other}]}}"#),
            format!(
                r#"{{{HEAD},"identifier":[{UID},{{{ACSN},"value":"A",{first}}}],"basedOn":[{{"identifier":{{{ACSN},"value":"A",{second}}}}}]}}"#
            ),
        ];
        let told = conflicts(&resources, Release::R4);
        told.into_iter().filter(|(_, count)| *count > 0).collect::<Vec<_>>()
    };
    let expected = |system: &str, name: &str| {
        let mut all = vec![(format!("ImagingStudy.{system}.system"), 1), (format!("ImagingStudy.{name}.assigner.identifier.type.text"), 1)];
        all.sort();
        all
    };
    assert_eq!(told(apart, one), expected("basedOn.identifier", "identifier"));
    assert_eq!(told(one, apart), expected("identifier", "basedOn.identifier"));
    assert_eq!(told(one, one).len(), 2);
    assert_eq!(told(apart, apart).len(), 2);
}

/// Where one of two readers is strict, what they read is read so.
#[test]
fn a_strict_reader_takes_in_nothing_that_departs() {
    let reader = |strict: bool, more: &str| {
        let mut options = Options::default();
        options.strict = strict;
        let mut reader = dicom::Reader::new(options);
        let pushed = reader.push(format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2{more}}}]"#).as_bytes());
        (reader, pushed)
    };
    let bad = r#".3"]},"00080020":{"vr":"DA","Value":["x"]}"#;
    for (first, second) in [(true, false), (false, true), (true, true), (false, false)] {
        for is_bad in [false, true] {
            let ((mut one, _), (two, pushed)) = (reader(first, "\"]}"), reader(second, if is_bad { bad } else { ".4\"]}" }));
            let is_read = pushed.is_ok() && one.append(two).is_ok() && one.finish().is_ok();
            assert_eq!(is_read, !is_bad || !(first || second), "{first} {second} {is_bad}");
        }
    }
}

/// STU3's accession: a type that says what the element says is understood, another is what no attribute has, and neither is a field.
#[test]
fn types_of_accessions() {
    for (code, expected) in [("ACSN", 0), ("PLAC", 1)] {
        let text = format!(
            r#"{{{HEAD},"identifier":[{UID}],"accession":{{"type":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"{code}"}}]}},"value":"W1"}}}}"#
        );
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        let told = counts(&read.loss).into_iter().filter(|(code, at, _)| *code == "no-attribute" && at.ends_with(".code")).count();
        assert_eq!(told, expected, "{code}");
        let study = &read.value[0];
        let accession = study.get(fact::ACCESSION).unwrap();
        assert_eq!((accession.value, accession.type_code), ("W1", ""));
        let written = fhir::write(study, Release::R4, &Options::default());
        assert!(written.loss.is_empty());
        let back = fhir::read(written.value.as_str().as_bytes(), Release::R4, &Options::default()).unwrap();
        assert_eq!(back.value[0].get(fact::ACCESSION).unwrap().value, "W1");
        assert!(dicom::write(study, dicom::Rows::Study, &Options::default()).loss.iter().all(|loss| loss.at.to_string() != ""));
    }
}

/// STU3's accession says again what the identifier says, or is told.
#[test]
fn accessions_in_both_places() {
    for (value, told) in [("A1", 0), ("A2", 1)] {
        let text = |uid: &str, first: &str| {
            format!(
                r#"{{{HEAD},"identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:{uid}"}},{{{ACSN},"value":"{first}"}}],"accession":{{"value":"{value}"}}}}"#
            )
        };
        for release in [Release::R4, Release::R5] {
            let read = fhir::read(text("1.2", "A1").as_bytes(), release, &Options::default()).unwrap();
            let lost = counts(&read.loss)
                .into_iter()
                .filter(|(code, at, _)| (*code, at.as_str()) == ("no-attribute", "ImagingStudy.accession.value"));
            assert_eq!(lost.count(), told, "{value} {release:?}");
            assert_eq!(
                counts(&read.loss).into_iter().filter(|(code, ..)| *code == "other-release").count(),
                1 - told,
                "{value} {release:?}"
            );
            // Lost with the first, where that contradicts.
            let other = text("1.2", "A0").replace(&format!(r#","accession":{{"value":"{value}"}}"#), "");
            let all = conflicts(&[other, text("1.2", "A1")], release);
            assert_eq!(all.iter().map(|(_, count)| count).sum::<u64>(), 2 - told as u64, "{all:?}");
        }
    }
}

/// An issuer without a number keeps no number out, in whichever place.
#[test]
fn an_issuer_alone_is_no_accession() {
    let issuer = format!(r#"{{{ACSN},"system":"http://ris"}}"#);
    let number = format!(r#"{{{ACSN},"value":"A1"}}"#);
    let texts = [
        format!(r#"{{{HEAD},"identifier":[{UID},{issuer}],"accession":{{"value":"A1"}}}}"#),
        format!(r#"{{{HEAD},"identifier":[{UID},{issuer},{number}]}}"#),
        format!(r#"{{{HEAD},"identifier":[{UID},{issuer},{number},{number}]}}"#),
        format!(r#"{{{HEAD},"identifier":[{UID},{number},{issuer}]}}"#),
        format!(r#"{{{HEAD},"identifier":[{UID},{issuer}],"basedOn":[{{"identifier":{number}}}]}}"#),
    ];
    for (n, text) in texts.iter().enumerate() {
        for release in [Release::R4, Release::R5] {
            let read = fhir::read(text.as_bytes(), release, &Options::default()).unwrap();
            assert_eq!(read.value[0].get(fact::ACCESSION).unwrap().value, "A1", "{n} {release:?} {}", read.loss);
            let issuer = counts(&read.loss).into_iter().filter(|(_, at, count)| at == "ImagingStudy.identifier.system" && *count == 1);
            assert_eq!(issuer.count(), 1, "{n} {release:?} {}", read.loss);
        }
    }
}

/// Nor one of an order: what has the number is the placer's, and no procedure's.
#[test]
fn an_issuer_alone_is_no_order_number() {
    for code in ["PLAC", "FILL"] {
        let kind = ACSN.replace("ACSN", code);
        let order = |more: &str| format!(r#"{{"identifier":{{{kind},{more}}}}}"#);
        let list = [order(r#""system":"http://ris""#), order(r#""value":"W1""#)].join(",");
        let text = format!(r#"{{{HEAD},"identifier":[{UID}],"basedOn":[{list}]}}"#);
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        let written = fhir::write(&read.value[0], Release::R4, &Options::default()).value;
        let written = written.as_str();
        assert!(written.contains("\"W1\"") && written.contains(&format!("\"{code}\"")), "{code}: {written} {}", read.loss);
    }
}

/// Many issuers without a number take the time that they take.
#[test]
fn many_issuers_without_a_number() {
    let took = [2_000, 16_000].map(|count: usize| {
        let issuers: Vec<String> = (0..count).map(|n| format!(r#"{{{ACSN},"system":"http://ris/{n}"}}"#)).collect();
        let text = format!(r#"{{{HEAD},"identifier":[{UID},{}]}}"#, issuers.join(","));
        let start = Instant::now();
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        assert_eq!(read.loss.counted(), count as u64);
        start.elapsed().as_millis()
    });
    assert!(took[1] < took[0].max(20) * 24, "{took:?} ms for 8 times as many");
}
