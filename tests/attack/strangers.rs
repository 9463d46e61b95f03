//! Rows without any number of a patient, and who they say it is.

use super::row;
use fhir_dicomweb::row as fact;
use fhir_dicomweb::{LossReport, Options, Study, dicom};

const EMPTY: &str = r#","00100020":{"vr":"LO"}"#;
const ANN: &str = r#","00100010":{"vr":"PN","Value":[{"Alphabetic":"Alpha^Ann"}]},"00100040":{"vr":"CS","Value":["F"]}"#;
const BOB: &str = r#","00100010":{"vr":"PN","Value":[{"Alphabetic":"Beta^Bob"}]},"00100040":{"vr":"CS","Value":["M"]},"00080050":{"vr":"SH","Value":["B7"]}"#;
const CHEST: &str = r#","00081030":{"vr":"LO","Value":["Chest"]}"#;

fn read(rows: &[String]) -> (Vec<Study>, LossReport) {
    let read = dicom::read(format!("[{}]", rows.join(",")).as_bytes(), &Options::default()).unwrap();
    (read.value, read.loss)
}

/// How many leaves were left out as another patient's.
fn dropped(loss: &LossReport) -> u64 {
    loss.iter().filter(|loss| loss.code.name() == "patient-conflict").map(|loss| loss.count).sum()
}

fn text(study: &Study) -> String {
    format!("{:?}", dicom::write(study, dicom::Rows::Study, &Options::default()).value.as_str())
}

/// Of two who have no number and differ in name, birth date or sex the first is kept, whether the number is empty or not there.
#[test]
fn two_without_a_number() {
    let birth = |day: &str| format!(r#","00100030":{{"vr":"DA","Value":["{day}"]}}"#);
    for number in ["", EMPTY] {
        for (one, other, leaves) in [
            (ANN.to_owned(), BOB.to_owned(), 4),
            (ANN.to_owned(), ANN.replace(r#""F""#, r#""M""#), 3),
            (format!("{ANN}{}", birth("19500101")), format!("{ANN}{}", birth("19700101")), 4),
        ] {
            let (studies, loss) = read(&[row("1.2", &format!("{number}{one}")), row("1.2", &format!("{number}{other}"))]);
            assert_eq!((studies.len(), dropped(&loss)), (1, leaves), "{one} {other}");
            assert!(studies[0].is_patient_conflict() && !text(&studies[0]).contains("B7"));
        }
        // As they come, in one text or several.
        let texts = [ANN, BOB].map(|who| format!("[{}]", row("1.2", &format!("{number}{who}"))));
        let mut one = dicom::Reader::new(Options::default());
        let mut other = dicom::Reader::new(Options::default());
        one.push(texts[0].as_bytes()).unwrap();
        other.push(texts[1].as_bytes()).unwrap();
        one.append(other).unwrap();
        let joined = one.finish().unwrap();
        assert_eq!((joined.value.len(), dropped(&joined.loss)), (1, 4));
        assert!(joined.value[0].is_patient_conflict());
    }
}

/// Who says less than two who differ may be either: nobody is given to one of two namesakes.
#[test]
fn either_of_two() {
    let who = |birth: &str, sex: &str, series: &str| {
        let name = ANN.split(r#","00100040""#).next().unwrap();
        let said = |tag: &str, vr: &str, value: &str| {
            if value.is_empty() { String::new() } else { format!(r#","{tag}":{{"vr":"{vr}","Value":["{value}"]}}"#) }
        };
        [name, &said("00100030", "DA", birth), &said("00100040", "CS", sex), &said("0020000E", "UI", series)].concat()
    };
    let series = |rows: &[String]| {
        let (studies, loss) = read(rows);
        assert!(studies.len() == 1 && dropped(&loss) > 0 && studies[0].is_patient_conflict());
        studies[0].series().map(|series| series.get(fact::SERIES_UID).unwrap().to_string()).collect::<Vec<_>>()
    };
    for number in ["", EMPTY] {
        let rows =
            |of: &[[&str; 3]]| of.iter().map(|[birth, sex, uid]| row("1.2", &[number, &who(birth, sex, uid)].concat())).collect::<Vec<_>>();
        let (one, two, either) = (["19600101", "", "1.2.1"], ["19700101", "", "1.2.2"], ["", "", "1.2.3"]);
        for all in [[one, two, either], [one, either, two], [either, one, two]] {
            assert_eq!(series(&rows(&all)), ["1.2.1"], "{all:?}");
        }
        // Who tells himself from whom is lost stays: here by the sex, and by the birth date not.
        let (man, woman, born) = (["", "M", "1.2.1"], ["", "F", "1.2.2"], ["19600101", "", "1.2.3"]);
        assert_eq!(series(&rows(&[born, man, woman])), ["1.2.1"]);
        assert_eq!(series(&rows(&[["19600101", "M", "1.2.4"], man, woman, born])), ["1.2.4", "1.2.1"]);
        // Nobody is told from both: the first stands alone.
        assert_eq!(series(&rows(&[born, man, woman, two])), ["1.2.3"]);
        // Of whom a name is said nobody knows the sex.
        let nameless = |sex: &str, uid: &str| {
            row("1.2", &format!(r#"{number},"00100040":{{"vr":"CS","Value":["{sex}"]}},"0020000E":{{"vr":"UI","Value":["{uid}"]}}"#))
        };
        let ann = row("1.2", &format!(r#"{number}{}"#, who("", "", "1.2.1")));
        assert_eq!(series(&[ann.clone(), nameless("M", "1.2.2"), nameless("F", "1.2.3")]), ["1.2.1"]);
        assert_eq!(series(&[nameless("F", "1.2.3"), nameless("M", "1.2.2"), ann]), ["1.2.1"]);
    }
    // A row that does not say whether there is a number may be of either, too.
    let (one, two) =
        (row("1.2", &[EMPTY, &who("19600101", "", "1.2.1")].concat()), row("1.2", &[EMPTY, &who("19700101", "", "1.2.2")].concat()));
    assert_eq!(series(&[one.clone(), two.clone(), row("1.2", &who("", "", "1.2.3"))]), ["1.2.1"]);
    assert_eq!(series(&[one, two, row("1.2", &who("19600101", "", "1.2.3"))]), ["1.2.1", "1.2.3"]);
}

/// Who says the same, or nothing, is the same.
#[test]
fn one_without_a_number() {
    let shouted = ANN.to_uppercase().replace("ALPHABETIC", "Alphabetic").replace("VALUE", "Value").replace("VR", "vr");
    let name = |name: &str| ANN.replace("Alpha^Ann", name);
    let (composed, divided, other) = (name("M\u{fc}ller^Ann"), name("Mu\u{308}ller, Ann"), name("Muller^Ann"));
    assert_eq!(dropped(&read(&[&composed, &divided].map(|more| row("1.2", more))).1), 0);
    assert_eq!(dropped(&read(&[&composed, &other].map(|more| row("1.2", more))).1), 3);
    for rows in [[EMPTY, ANN, CHEST], [ANN, EMPTY, CHEST], [CHEST, ANN, EMPTY], [ANN, CHEST, ANN], [ANN, &shouted, CHEST]] {
        let (studies, loss) = read(&rows.map(|more| row("1.2", more)));
        assert_eq!((studies.len(), dropped(&loss)), (1, 0), "{rows:?}");
        assert!(!studies[0].is_patient_conflict());
        let text = text(&studies[0]);
        assert!(text.contains("Alpha^Ann") && (text.contains("Chest") || !rows.contains(&CHEST)), "{text}");
    }
}

/// What does not say whose it is is nobody's, where there are two; of several rows whose name is the first's all are.
#[test]
fn nobodys() {
    for rows in [[ANN, BOB, CHEST], [CHEST, ANN, BOB], [ANN, CHEST, BOB]] {
        let (studies, loss) = read(&rows.map(|more| row("1.2", more)));
        assert_eq!((studies.len(), dropped(&loss)), (1, 6), "{rows:?}");
        assert!(!text(&studies[0]).contains("Chest"));
    }
    let (studies, loss) = read(&[ANN, BOB, &format!("{ANN}{CHEST}")].map(|more| row("1.2", more)));
    assert_eq!((studies.len(), dropped(&loss)), (1, 4));
    assert!(text(&studies[0]).contains("Chest"));
}

/// Without names birth date and sex tell, whatever order the rows have.
#[test]
fn nobodys_without_a_name() {
    let sex = |sex: &str| row("1.2", &format!(r#","00100040":{{"vr":"CS","Value":["{sex}"]}}"#));
    let (woman, man, chest) = (sex("F"), sex("M"), row("1.2", CHEST));
    for rows in [[&chest, &woman, &man, &woman], [&woman, &man, &chest, &woman], [&woman, &woman, &man, &chest]] {
        let (studies, loss) = read(&rows.map(String::clone));
        assert_eq!((studies.len(), dropped(&loss)), (1, 4), "{rows:?}");
        assert!(!text(&studies[0]).contains("Chest"));
    }
    // Of two who have names it may be either.
    let (studies, loss) = read(&[row("1.2", ANN), row("1.2", BOB), sex("F")]);
    assert_eq!((studies.len(), dropped(&loss)), (1, 6));
}

/// A row that does not say whether there is a number is of the one patient who has one, unless it says that it is another.
#[test]
fn beside_one_with_a_number() {
    let number = |id: &str, who: &str| row("1.2", &format!(r#","00100020":{{"vr":"LO","Value":["{id}"]}}{who}"#));
    for (rows, leaves) in [
        (vec![number("P1", ANN), row("1.2", ANN), row("1.2", CHEST)], 0),
        (vec![row("1.2", ANN), number("P1", ""), row("1.2", CHEST)], 0),
        (vec![number("P1", ANN), row("1.2", BOB)], 4),
        (vec![row("1.2", BOB), number("P1", ANN)], 4),
        (vec![row("1.2", BOB), row("1.2", ANN), number("P1", ANN)], 4),
        // Who has the number says no name: it may be either of two.
        (vec![number("P1", ""), row("1.2", ANN), row("1.2", BOB)], 7),
        // One number, of which one row does not tell the issuer.
        (vec![number("P1", ""), number("P1", &format!(r#","00100021":{{"vr":"LO","Value":["X"]}}{ANN}"#)), row("1.2", BOB)], 4),
        (vec![number("P1", &format!(r#","00100021":{{"vr":"LO","Value":["X"]}}{ANN}"#)), number("P1", ""), row("1.2", BOB)], 4),
    ] {
        let (studies, loss) = read(&rows);
        assert_eq!((studies.len(), dropped(&loss)), (1, leaves), "{rows:?}");
        assert_eq!(studies[0].is_patient_conflict(), leaves > 0);
        assert!(text(&studies[0]).contains("P1") && text(&studies[0]).contains("Alpha^Ann") == (leaves != 7));
    }
    // Who is known to have none is another.
    let (studies, _) = read(&[number("P1", ANN), row("1.2", &format!("{EMPTY}{ANN}"))]);
    assert_eq!(studies.len(), 2);
    let (studies, loss) = read(&[number("P1", ANN), number("P2", BOB), row("1.2", ANN)]);
    assert_eq!((studies.len(), dropped(&loss)), (2, 3));
}

/// Many who differ are read in the time of their text.
#[test]
fn many_without_a_number() {
    let rows: Vec<String> = (0..20_000)
        .map(|n| {
            row(
                "1.2",
                &format!(
                    r#","00100010":{{"vr":"PN","Value":[{{"Alphabetic":"{}N{n}"}}]}}"#,
                    if n == 0 { "^".repeat(200_000) } else { String::new() }
                ),
            )
        })
        .collect();
    let begun = std::time::Instant::now();
    let (studies, loss) = read(&rows);
    assert_eq!((studies.len(), dropped(&loss)), (1, 2 * 19_999));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

/// Names that are one in many spellings are one record: a long value that is met beside them is kept once.
#[test]
fn one_in_many_spellings() {
    let name = |n: usize| (0..10).map(|k| if n >> k & 1 == 0 { '.' } else { '-' }).collect::<String>();
    let who = |n: usize| format!(r#","00100010":{{"vr":"PN","Value":[{{"Alphabetic":"A{}n"}}]}}"#, name(n));
    let order = |n: usize, issuer: &str| {
        let issuer = format!(r#","00080051":{{"vr":"SQ","Value":[{{"00400031":{{"vr":"UT","Value":["{issuer}"]}}}}]}}"#);
        row("1.2", &format!(r#"{}, "00080050":{{"vr":"SH","Value":["A"]}}{issuer}"#, who(n)))
    };
    let mut rows: Vec<String> = (0..500).map(|n| row("1.2", &who(n))).collect();
    rows.extend((0..500).rev().map(|n| order(n, &if n == 0 { "x".repeat(400_000) } else { String::new() })));
    let begun = std::time::Instant::now();
    let (studies, loss) = read(&rows);
    assert_eq!((studies.len(), dropped(&loss)), (1, 0));
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

/// Who a row says it is: name, birth date, sex; 0 is nothing.
type Said = [u8; 3];

/// The row of a series that only it has.
fn of(said: Said, number: &str, n: usize) -> String {
    let [name, birth, sex] = said;
    let fact = |tag: &str, vr: &str, value: String, is_said: bool| {
        if is_said { format!(r#","{tag}":{{"vr":"{vr}","Value":[{value}]}}"#) } else { String::new() }
    };
    let name = fact("00100010", "PN", format!(r#"{{"Alphabetic":"{}"}}"#, ["", "Alpha", "Beta"][usize::from(name)]), name > 0);
    let birth = fact("00100030", "DA", format!(r#""19{birth}00101""#), birth > 0);
    let sex = fact("00100040", "CS", ["", r#""M""#, r#""F""#][usize::from(sex)].into(), sex > 0);
    row("1.2", &format!(r#"{number}{name}{birth}{sex},"0020000E":{{"vr":"UI","Value":["1.2.{n}"]}}"#))
}

fn differ(one: Said, other: Said) -> bool {
    one.iter().zip(other).any(|(one, other)| *one > 0 && other > 0 && *one != other)
}

/// All who say the same in different parts are one; where somebody is left out, nobody is kept who might be that one, but by himself.
#[test]
fn three_of_whatever_they_say() {
    let every = || (0..18_u8).map(|n| [n / 6, n / 2 % 3, n % 2]);
    for whom in every().flat_map(|one| every().flat_map(move |two| every().map(move |three| [one, two, three]))) {
        // Without a number, and the first with one.
        for numbers in [["", "", ""], [EMPTY, EMPTY, EMPTY], [EMPTY, EMPTY, ""], [r#","00100020":{"vr":"LO","Value":["P1"]}"#, "", ""]] {
            let rows: Vec<String> = (0..3).map(|n| of(whom[n], numbers[n], n)).collect();
            let (studies, loss) = read(&rows);
            assert_eq!(studies.len(), 1, "{whom:?}");
            let kept: Vec<usize> = studies[0]
                .series()
                .map(|series| series.get(fact::SERIES_UID).unwrap().to_string())
                .map(|uid| usize::from(uid.as_bytes()[4] - b'0'))
                .collect();
            let all_agree = (0..3).all(|one| (0..3).all(|other| !differ(whom[one], whom[other])));
            assert_eq!(all_agree, kept.len() == 3, "{whom:?} {numbers:?} {kept:?}");
            assert_eq!(all_agree, dropped(&loss) == 0);
            assert_eq!(all_agree, !studies[0].is_patient_conflict());
            let mut distinct: Vec<Said> = kept.iter().map(|n| whom[*n]).collect();
            distinct.sort_unstable();
            distinct.dedup();
            assert!(!kept.is_empty() && kept.iter().all(|one| kept.iter().all(|other| !differ(whom[*one], whom[*other]))));
            for left in (0..3).filter(|n| !kept.contains(n)) {
                let is_other = kept.iter().any(|one| differ(whom[*one], whom[left]));
                let is_told = kept.iter().all(|one| differ(whom[*one], whom[left]));
                assert!(!is_other || is_told || distinct.len() == 1, "{whom:?} {numbers:?} {kept:?}");
            }
        }
    }
}

/// A name is one in every case, in FHIR as in DICOM.
#[test]
fn one_name_in_fhir() {
    let study = |name: &str, series: u32| {
        format!(
            r#"{{"resourceType":"ImagingStudy","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}}],"status":"available","subject":{{"display":"{name}"}},"series":[{{"uid":"1.2.3.{series}"}}]}}"#
        )
    };
    let read = |other: &str| {
        let text = [study("Doe^Ann", 1), study(other, 2)].join("\n");
        let read = fhir_dicomweb::fhir::read(text.as_bytes(), fhir_dicomweb::Release::R4, &Options::default()).unwrap();
        (read.value.len(), read.value[0].series().len(), read.value[0].is_patient_conflict())
    };
    assert_eq!([read("doe^ann"), read("Doe^Ann"), read("Roe^Ann")], [(1, 2, false), (1, 2, false), (1, 1, true)]);
}

/// Who has no number is one, whichever lower case a letter of the name has, or how many letters.
#[test]
fn names_blind_to_every_case() {
    for [one, other] in [["ΓΙΩΡΓΟΣ^Α", "Γιωργος^Α"], ["Weiß^A", "WEISS^A"], ["WEIẞ^A", "weiß^a"]] {
        let rows = [(one, "1.2.1"), (other, "1.2.2")].map(|(name, series)| {
            let name = format!(r#""00100010":{{"vr":"PN","Value":[{{"Alphabetic":"{name}"}}]}}"#);
            super::row("1.2", &format!(r#",{name},"0020000E":{{"vr":"UI","Value":["{series}"]}}"#))
        });
        let studies = super::studies(&rows);
        assert_eq!((studies.len(), studies[0].series().len(), studies[0].is_patient_conflict()), (1, 2, false), "{one} {other}");
    }
}

/// Losses come in the order of the studies, whatever their UIDs are.
#[test]
fn losses_of_studies_that_join_come_in_order() {
    let text = |tag: &str, text: &str| format!(r#","{tag}":{{"vr":"LO","Value":["{text}"]}}"#);
    let places = |one: &str, other: &str| -> Vec<String> {
        let number = r#","00100020":{"vr":"LO","Value":["P1"]}"#;
        let rows = [
            row(one, &format!("{number}{}", text("00081030", "A"))),
            row(other, &format!("{number}{}", text("00380010", "A"))),
            row(one, &text("00081030", "B")),
            row(other, &text("00380010", "B")),
        ];
        read(&rows).1.iter().map(|loss| loss.at.to_string()).collect()
    };
    assert_eq!(places("1.2", "1.3"), places("1.3", "1.2"));
}

/// A name of no letter or digit says nothing: who has a number is known by the first of his rows' names that says something, whichever rows say the
/// issuer and in whatever order records meet.
#[test]
fn the_first_name_that_says_something() {
    let named = |name: &str, more: &str| format!(r#","00100010":{{"vr":"PN","Value":[{{"Alphabetic":"{name}"}}]}}{more}"#);
    let (issuer, number) = (r#","00100021":{"vr":"LO","Value":["H"]}"#, r#","00100020":{"vr":"LO","Value":["P1"]}"#);
    let own = |name: &str, is_issued: bool| row("1.2", &named(name, &[number, if is_issued { issuer } else { "" }].concat()));
    let other = |name: &str| row("1.2", &named(name, CHEST));
    for issued in 0..16_u8 {
        let is_issued = |n: u8| issued >> n & 1 == 1;
        for (names, first) in [(["?", "?", "Roe", "Doe"], "Roe"), (["?", "-", "Doe", "Roe"], "Doe"), (["Roe", "?", "Doe", "?"], "Roe")] {
            let rows: Vec<String> = (0..4).zip(names).map(|(n, name)| own(name, is_issued(n))).collect();
            for name in ["Roe", "Doe"] {
                let all: Vec<String> = rows.iter().cloned().chain([other(name)]).collect();
                let (studies, loss) = read(&all);
                assert_eq!((studies.len(), studies[0].get(fact::DESCRIPTION).is_some()), (1, name == first), "{issued} {names:?} {name}");
                assert_eq!(dropped(&loss), if name == first { 0 } else { 3 }, "{issued} {names:?} {name}");
            }
        }
    }
}

/// Rows of one number that say the issuer in part are one patient's: who agrees with him is his, though another does not.
#[test]
fn rows_that_say_the_issuer_in_part() {
    let born = |day: &str, more: &str| row("1.2", &format!(r#"{more},"00100030":{{"vr":"DA","Value":["{day}"]}}"#));
    let number = r#","00100020":{"vr":"LO","Value":["P1"]}"#;
    for (one, other) in [("", EMPTY), ("", ""), (EMPTY, EMPTY)] {
        let issuer = |issuer: &str| [number, &issuer.replace("00100020", "00100021")].concat();
        let (studies, loss) =
            read(&[born("19800202", &issuer(one)), born("19800202", &issuer(other)), born("19500101", ""), born("19800202", CHEST)]);
        assert_eq!((studies.len(), studies[0].get(fact::DESCRIPTION).is_some(), dropped(&loss)), (1, true, 2), "{one} {other}");
    }
}
