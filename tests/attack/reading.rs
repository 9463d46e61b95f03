//! Reading: what was borrowed, dropped in silence, or took too long.

use super::{row, studies};
use fhir_dicomweb::url::{self, BadUrl};
use fhir_dicomweb::{Mapped, Options, Release, Study, Subject, dicom, fhir};
use std::time::Instant;

pub(super) fn read(text: &str, options: &Options) -> Mapped<Vec<Study>> {
    fhir::read(text.as_bytes(), Release::R4, options).unwrap()
}

/// The study rows of a text of FHIR.
pub(super) fn rows(text: &str) -> Vec<String> {
    let options = Options::default();
    read(text, &options).value.iter().map(|study| dicom::write(study, dicom::Rows::Study, &options).value.as_str().to_owned()).collect()
}

pub(super) fn told<T>(read: &Mapped<T>) -> Vec<&'static str> {
    read.loss.iter().map(|loss| loss.code.name()).collect()
}

pub(super) fn imaging(uid: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"ImagingStudy","id":"{uid}","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:{uid}"}}]{more}}}"#
    )
}

pub(super) fn patient(id: &str, number: &str) -> String {
    format!(r#"{{"resourceType":"Patient","id":"{id}","identifier":[{{"value":"{number}"}}]}}"#)
}

pub(super) fn bundle(entries: &[(&str, String)]) -> String {
    let url = |url: &str| if url.is_empty() { String::new() } else { format!(r#""fullUrl":"{url}","#) };
    let entries: Vec<String> = entries.iter().map(|(full, resource)| format!(r#"{{{}"resource":{resource}}}"#, url(full))).collect();
    format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))
}

pub(super) const OF_1: &str = r#","subject":{"reference":"Patient/1"}"#;

/// Whose PatientID it is survives the way there and back, whatever the other numbers are called.
#[test]
fn other_numbers_stay_others() {
    let typed = |number: &str, code: &str| {
        format!(
            r#""00100020":{{"vr":"LO","Value":["{number}"]}},"00100024":{{"vr":"SQ","Value":[{{"00400035":{{"vr":"CS","Value":["{code}"]}}}}]}}"#
        )
    };
    let text = format!(
        r#"[{{"0020000D":{{"vr":"UI","Value":["1.2"]}},{},"00101002":{{"vr":"SQ","Value":[{{{}}}]}}}}]"#,
        typed("P1", "PI"),
        typed("P2", "MR")
    );
    let options = &mut Options::default();
    options.subject = Subject::Contained;
    let study = &dicom::read(text.as_bytes(), options).unwrap().ignore_loss()[0];
    let written = fhir::write(study, Release::R4, options);
    assert!(told(&written).contains(&"alternative-unused"));
    let back = fhir::read(written.value.as_str().as_bytes(), Release::R4, options).unwrap().ignore_loss();
    assert_eq!(back[0].get(fhir_dicomweb::row::PATIENT_ID).unwrap().value, "P1");
}

/// One leaf that fills several fields is told whichever of them contradicts.
#[test]
fn a_part_of_a_leaf_that_contradicts_is_told() {
    let number = r#","00100020":{"vr":"LO","Value":["P1"]}"#;
    let name = |name: &str| row("1.2", &format!(r#"{number},"00100010":{{"vr":"PN","Value":[{{"Alphabetic":"{name}"}}]}}"#));
    let rows = format!("[{},{}]", name("A^B=I^One"), name("A^B=I^Two"));
    let found = dicom::read(rows.as_bytes(), &Options::default()).unwrap();
    assert!(told(&found).contains(&"conflict"), "{}", found.loss);
    let strict = &mut Options::default();
    strict.strict = true;
    for (one, two) in [
        (r#""started":"2024-01-14T10:00:00Z""#, r#""started":"2024-01-14T11:30:00Z""#),
        (r#""started":"2024-01-14T10:00:00+01:00""#, r#""started":"2024-01-14T10:00:00+02:00""#),
        (r#""referrer":{"display":"A^B=I^One"}"#, r#""referrer":{"display":"A^B=I^Two"}"#),
    ] {
        let of = |more: &str| imaging("1.2", &format!(r#","subject":{{"display":"X^Y"}},{more}"#));
        let text = format!("{}\n{}", of(one), of(two));
        assert!(told(&read(&text, &Options::default())).contains(&"conflict"), "{two}");
        assert!(fhir::read(text.as_bytes(), Release::R4, strict).is_err(), "{two}");
        let same = format!("{}\n{}", of(one), of(one));
        assert!(!told(&read(&same, &Options::default())).contains(&"conflict"), "{one}");
    }
}

/// What of a name has no place is lost, and not carried.
#[test]
fn a_group_without_a_place_is_lost() {
    for (value, is_lost) in [
        (r#"{"Ideographic":"I2","Alphabetic":"A=I1"}"#, true),
        (r#"{"Alphabetic":"A=I1","Ideographic":"I2"}"#, true),
        (r#"{"Phonetic":"P=X"}"#, true),
        (r#""A=B=C=D""#, true),
        (r#""A=B=C=""#, false),
        (r#""A=B=C=^""#, false),
        (r#"{"Alphabetic":"A=I1"}"#, false),
    ] {
        let text = format!("[{}]", row("1.2", &format!(r#","00100010":{{"vr":"PN","Value":[{value}]}}"#)));
        let found = dicom::read(text.as_bytes(), &Options::default()).unwrap();
        assert_eq!(told(&found).contains(&"extra-value"), is_lost, "{value}");
        assert_eq!(found.loss.carried() + found.loss.counted(), 1 + if value.contains("Ideo") { 2 } else { 1 }, "{value}");
    }
    let text = imaging("1.2", r#","subject":{"display":"A=B=C=D"}"#);
    assert!(told(&read(&text, &Options::default())).contains(&"extra-value"));
    let named =
        |name: &str| bundle(&[("", format!(r#"{{"resourceType":"Patient","id":"1","name":[{name}]}}"#)), ("", imaging("1.2", OF_1))]);
    let found = read(&named(r#"{"family":"A^B","given":["C"]}"#), &Options::default());
    assert!(told(&found).contains(&"name-as-text"), "{}", found.loss);
}

/// A time of birth that is not carried whole is told.
#[test]
fn births_lose_nothing_in_silence() {
    for (birth, code) in [
        ("1990-01-01T10:20:30+05:00", "offset-unused"),
        ("1990-01-01T99:99:99Z", "bad-time"),
        ("1990-01-01T10:20:30.1234567", "fraction-cut"),
    ] {
        let person = format!(r#"{{"resourceType":"Patient","id":"1","birthDate":"{birth}"}}"#);
        let found = read(&bundle(&[("", person), ("", imaging("1.2", OF_1))]), &Options::default());
        assert!(told(&found).contains(&code), "{birth}: {}", found.loss);
    }
}

/// What the options call a system is what reads back, and is told.
#[test]
fn names_of_the_caller_are_told() {
    let options = &mut Options::default();
    options.schemes = vec![("99X".into(), "urn:oid:2.999.1".into())];
    options.namespaces = vec![("LOC".into(), "urn:oid:2.999.1".into())];
    options.study_id_system = Some("https://ris.example.org/accession-of-study".into());
    let written = |more: &str| {
        let study = &dicom::read(format!("[{}]", row("1.2", more)).as_bytes(), options).unwrap().ignore_loss()[0];
        fhir::write(study, Release::R4, options)
    };
    let code = r#"{"00080100":{"vr":"SH","Value":["C"]},"0008010C":{"vr":"UI","Value":["2.999.1"]},"00080104":{"vr":"LO","Value":["M"]}}"#;
    let person = r#"{"00401101":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["7"]},"00080102":{"vr":"SH","Value":["2.999.1"]}}]}}"#;
    for (tag, item) in [("00081032", code), ("00080096", person)] {
        let written = written(&format!(r#","{tag}":{{"vr":"SQ","Value":[{item}]}}"#));
        assert!(told(&written).contains(&"alias-collapsed"), "{tag}: {} {}", written.value, written.loss);
    }
    // A study's number is none of an accession, however its system is called.
    let written = written(r#","00200010":{"vr":"SH","Value":["S1"]}"#);
    let back = fhir::read(written.value.as_str().as_bytes(), Release::R4, options).unwrap().ignore_loss();
    let row = dicom::write(&back[0], dicom::Rows::Study, options).value;
    assert!(row.as_str().contains(r#""00200010":{"vr":"SH","Value":["S1"]}"#), "{row}");
}

/// An address that is a resource's is a base or none, and what is not active goes behind what is.
#[test]
fn addresses_of_resources_are_no_bases() {
    let endpoint = |id: &str, status: &str, address: &str, more: &str| {
        format!(
            r#"{{"resourceType":"Endpoint","id":"{id}","status":"{status}","address":"{address}","connectionType":{{"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"dicom-wado-rs"}}{more}}}"#
        )
    };
    let of = |endpoints: &[String]| {
        let references: Vec<String> = (0..endpoints.len()).map(|n| format!(r##"{{"reference":"#{n}"}}"##)).collect();
        let more = format!(r#","contained":[{}],"subject":{{"display":"A"}},"endpoint":[{}]"#, endpoints.join(","), references.join(","));
        imaging("1.2.3", &more)
    };
    for (address, url) in [
        ("https://x/dw/studies/1.2.9", None),
        ("https://x/dw/studies", Some("https://x/dw/studies/1.2.3")),
        ("https://x/dw/studies/1.2.3/series/1.2.3.1", Some("https://x/dw/studies/1.2.3")),
        ("https://x/dw/studies/1.2.3", Some("https://x/dw/studies/1.2.3")),
        ("https://x/dw/", Some("https://x/dw/studies/1.2.3")),
    ] {
        let text = of(&[endpoint("0", "active", address, "")]);
        let row = &rows(&text)[0];
        match url {
            Some(url) => assert!(row.contains(&format!(r#""00081190":{{"vr":"UR","Value":["{url}"]}}"#)), "{address}: {row}"),
            None => assert!(!row.contains("https://") && told(&read(&text, &Options::default())).contains(&"bad-url"), "{address}: {row}"),
        }
    }
    let two = of(&[endpoint("0", "off", "https://off/dw", ""), endpoint("1", "active", "https://on/dw", "")]);
    assert!(rows(&two)[0].contains("https://on/dw/studies/1.2.3"));
    let modified = r#","modifierExtension":[{"url":"urn:x","valueBoolean":true}]"#;
    let refused = |text: &str| url::retrievals(text.as_bytes(), &Options::default()).unwrap();
    let found = refused(&of(&[endpoint("0", "active", "https://x/dw", modified)]));
    assert!(found.gets.is_empty() && found.refused[0].why == BadUrl::Modifier);
    let study = imaging("1.2.3", r#","implicitRules":"urn:rules""#);
    assert_eq!(refused(&study).refused[0].why, BadUrl::Modifier);
    for bad in ["http:a/b://c/dw", "https:x://h", "http:/a://b/studies/1.2"] {
        assert_eq!(url::base(bad, "1.2"), Err(BadUrl::Scheme), "{bad}");
        assert!(url::parse(&format!("{bad}/studies/1.2")).is_err(), "{bad}");
    }
}

/// The depth of an element is the depth of where it stands.
#[test]
fn what_was_met_shallow_may_be_too_deep() {
    let nest = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let plain = |n: usize| {
        imaging(
            &format!("1.2.{n}"),
            r#","subject":{"display":"A"},"modality":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"}]"#,
        )
    };
    let deep = |n: usize| {
        imaging(
            &format!("1.2.{n}"),
            &format!(
                r#","subject":{{"display":"A"}},"modality":[{{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT","x":{}}}]"#,
                nest(59)
            ),
        )
    };
    let mut text: String = (1..5).map(plain).chain((5..8).map(deep)).collect::<Vec<_>>().join("\n");
    let entries: Vec<(&str, String)> = (11..16).map(plain).chain((16..18).map(deep)).map(|study| ("", study)).collect();
    assert!(fhir::read(bundle(&entries).as_bytes(), Release::R4, &Options::default()).is_err());
    text += &bundle(&entries);
    assert!(fhir::read(text.as_bytes(), Release::R4, &Options::default()).is_err());
}

/// A region that says no more than the body part is what is left out.
#[test]
fn the_same_word_twice_loses_the_second() {
    let region = r#","00180015":{"vr":"CS","Value":["CHEST"]},"00082218":{"vr":"SQ","Value":[{"00080104":{"vr":"LO","Value":["CHEST"]}}]}"#;
    let text = row("1.2", &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.1"]}}{region}"#));
    for release in Release::ALL {
        let written = fhir::write(&studies(std::slice::from_ref(&text))[0], release, &Options::default());
        let at: Vec<String> = written.loss.iter().map(|loss| loss.at.to_string()).collect();
        assert!(at.iter().any(|at| at.starts_with("/00082218")) && !at.iter().any(|at| at.starts_with("/00180015")), "{at:?}");
    }
}

/// How much longer a job takes for eight times as much, of each of two kinds: a square is 64. What else runs may disturb one try, or two.
fn growth(job: impl Fn(usize)) -> f64 {
    let took = |n: usize| {
        let one = || {
            let start = Instant::now();
            job(n);
            start.elapsed().as_secs_f64()
        };
        (0..3).map(|_| one()).fold(f64::MAX, f64::min)
    };
    let mut tries = (0..3).map(|_| took(4_000) / took(500).max(0.001)).scan(false, |is_enough, growth| {
        let goes_on = !*is_enough;
        *is_enough = growth < 30.0;
        goes_on.then_some(growth)
    });
    tries.by_ref().fold(f64::MAX, f64::min)
}

/// Many of one kind and many of another are not compared each with each.
#[test]
fn two_kinds_of_parts_make_no_square() {
    let list = |n: usize, one: &dyn Fn(usize) -> String| (0..n).map(one).collect::<Vec<_>>().join(",");
    let series = |n: usize, name: &str| {
        row("1.2", &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.{n}"]}},"00081050":{{"vr":"PN","Value":[{name}]}}"#))
    };
    let contradict = |n: usize| {
        let first = series(1, &list(n, &|_| r#"{"Alphabetic":"A"}"#.into()));
        let text = format!("[{first},{}]", list(n, &|_| series(1, r#"{"Alphabetic":"B"}"#)));
        assert_eq!(dicom::read(text.as_bytes(), &Options::default()).unwrap().value.len(), 1);
    };
    assert!(growth(contradict) < 30.0, "contradicting rows");
    let empty = |n: usize| {
        let modalities = list(n, &|_| r#""A""#.into());
        let again = format!(r#",{}"#, list(n, &|_| r#""00080201":{"vr":"SH"}"#.into()));
        let more = format!(
            r#","00080020":{{"vr":"DA","Value":["20240114"]}},"00080030":{{"vr":"TM","Value":["101010"]}},"00080201":{{"vr":"SH","Value":["+0100"]}},"00080061":{{"vr":"CS","Value":[{modalities}]}}{again}"#
        );
        let text = format!("[{}]", list(3, &|at| row(&format!("1.2.{at}"), &more)));
        assert_eq!(dicom::read(text.as_bytes(), &Options::default()).unwrap().value.len(), 3);
    };
    assert!(growth(empty) < 30.0, "an attribute again and again");
    let unwritten = |n: usize| {
        let people = list(n, &|_| format!(r#"{{"display":"{}"}}"#, "N".repeat(66)));
        let series = list(n, &|at| format!(r#"{{"uid":"1.2.{at}"}}"#));
        let text = imaging("1.2", &format!(r#","subject":{{"display":"A"}},"interpreter":[{people}],"series":[{series}]"#));
        let study = &read(&text, &Options::default()).value[0];
        assert!(dicom::write(study, dicom::Rows::Series, &Options::default()).value.as_str().len() > n * 100);
    };
    assert!(growth(unwritten) < 30.0, "what is not written");
    let unknown = |n: usize| list(n, &|at| format!(r#""zz{at}":1"#));
    let lost = |n: usize| {
        let text =
            format!("{{{},{},{}", unknown(n), list(n, &|_| r#""note":1"#.into()), &imaging("1.2", r#","subject":{"display":"A"}"#)[1..]);
        assert_eq!(read(&text, &Options::default()).value.len(), 1);
    };
    assert!(growth(lost) < 30.0, "lost members");
    let late = |n: usize| {
        let many = list(n, &|at| format!(r#"{{"value":"N{at}"}}"#));
        let person = format!(r#"{{"id":"p",{},"identifier":[{many}],"resourceType":"Patient"}}"#, unknown(n));
        let text = imaging("1.2", &format!(r##","subject":{{"reference":"#p"}},"contained":[{person}]"##));
        assert_eq!(read(&text, &Options::default()).value.len(), 1);
    };
    assert!(growth(late) < 30.0, "a type behind many members");
    // What is referred to a thousand times has a type behind a thousand members; and who refers to it, too.
    let groups = |n: usize| {
        let group = |id: &str| format!(r#"{{"id":"{id}",{},"resourceType":"Group"}}"#, unknown(n));
        let specimens = list(n, &|at| format!(r##"{{"reference":"#g{}"}}"##, at % 2));
        let (one, other) = (group("g0"), group("g1"));
        let text = format!(
            r#"{{"status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}],"contained":[{one},{other}],"series":[{{"uid":"1.2.1","specimen":[{specimens}]}}],{},"resourceType":"ImagingStudy"}}"#,
            unknown(n)
        );
        assert_eq!(read(&text, &Options::default()).value.len(), 1);
    };
    assert!(growth(groups) < 30.0, "references to what has a late type");
}

/// A path that is named later says nothing of rows that are there already; a path of no study says that they are of none.
#[test]
fn a_path_says_of_rows_that_follow() {
    use fhir_dicomweb::url::{Resource, View};
    let series = |n: usize| format!(r#"{{"0020000E":{{"vr":"UI","Value":["1.2.{n}"]}}}}"#);
    let text = series(1);
    for cut in 0..=text.len() {
        let mut reader = dicom::Reader::new(Options::default());
        reader.within(&Resource::of_study("1.2").unwrap()).unwrap();
        reader.push(&text.as_bytes()[..cut]).unwrap();
        reader.push(&text.as_bytes()[cut..]).unwrap();
        reader.within(&Resource::of_study("1.9").unwrap()).unwrap();
        reader.push(series(2).as_bytes()).unwrap();
        reader.within(&Resource::search(View::Instances).unwrap()).unwrap();
        reader.push(series(3).as_bytes()).unwrap();
        let found = reader.finish().unwrap();
        let uids: Vec<(&str, usize)> =
            found.value.iter().map(|study| (study.get(fhir_dicomweb::row::STUDY_UID).unwrap(), study.series().count())).collect();
        assert_eq!(uids, [("1.2", 1), ("1.9", 1)], "cut at {cut}");
        assert!(told(&found).contains(&"no-identity"));
    }
}

/// A URL that would not be read back is not carried as an address.
#[test]
fn urls_that_read_otherwise_are_told() {
    let options = &mut Options::default();
    options.trust_retrieve_url = true;
    for (url, is_lost) in [
        ("https://x/dw/studies/1.2.3", false),
        ("https://x/studies/studies/1.2.3", true),
        ("https://x/studies/1.2.3/studies/1.2.3", true),
        ("https://x/studies/9/studies/1.2.3", true),
        ("https://x//studies/1.2.3", true),
        ("https://x/%73tudies/studies/1.2.3", true),
        ("https://x/studies-of-mine/studies/1.2.3", false),
    ] {
        let text = row("1.2.3", &format!(r#","00081190":{{"vr":"UR","Value":["{url}"]}}"#));
        let study = &dicom::read(format!("[{text}]").as_bytes(), options).unwrap().ignore_loss()[0];
        let written = fhir::write(study, Release::R4, options);
        let back = fhir::read(written.value.as_str().as_bytes(), Release::R4, options).unwrap().ignore_loss();
        let row = dicom::write(&back[0], dicom::Rows::Study, options).value;
        assert_eq!(!row.as_str().contains(&format!(r#""{url}""#)), is_lost, "{url}: {row}");
        assert_eq!(told(&written).iter().any(|code| ["bad-url", "url-not-trusted"].contains(code)), is_lost, "{url}: {}", written.loss);
    }
}

/// A scheme's own URI, where the caller has another for it, is another system: what is written is not what was read.
#[test]
fn a_scheme_of_which_the_caller_has_its_own_uri() {
    let mut options = Options::default();
    options.schemes = vec![("DCM".into(), "http://mine".into())];
    let text = |uri: &str| {
        format!(
            r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}}],
            "subject":{{"display":"A"}},"procedureCode":[{{"coding":[{{"system":"{uri}","code":"113724"}}]}}]}}"#
        )
    };
    for (uri, is_own) in
        [("http://mine", true), ("http://dicom.nema.org/resources/ontology/DCM", false), ("urn:oid:1.2.840.10008.2.16.4", false)]
    {
        let found = fhir::read(text(uri).as_bytes(), Release::R4, &options).unwrap();
        assert_eq!(!told(&found).contains(&"other-system"), is_own, "{uri}: {}", found.loss);
    }
}

/// `registered` is what is written of a count of none where no instance is listed: else it is told, in every study of a text.
#[test]
fn registered_as_it_is_written() {
    let study = |k: usize, count: &str, series: &str| {
        let series = series.replace('K', &k.to_string());
        format!(
            r#"{{"resourceType":"ImagingStudy","status":"registered","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.{k}"}}],"subject":{{"identifier":{{"value":"P1"}}}},"numberOfInstances":{count}{series}}}"#
        )
    };
    let listed = r#","series":[{"uid":"1.2.K.1","instance":[{"uid":"1.2.K.1.1"}]}]"#;
    let (bare, without) = (r#","series":[{"uid":"1.2.K.1"}]"#, r#","series":[{"uid":"1.2.K.1","instance":[{"title":"x"}]}]"#);
    let torn = r#","series":[{"uid":["1.2.K.1","1.2.K.2"],"instance":[{"uid":"1.2.K.1.1"}]}]"#;
    for (count, series, is_told) in [
        ("0", "", false),
        ("0.0", "", false),
        ("\"000\"", bare, false),
        ("0", bare, false),
        ("0", without, false),
        ("0", torn, false),
        ("0", listed, true),
        ("1", "", true),
    ] {
        let text: Vec<String> = (0..5).map(|k| study(k, count, series)).collect();
        let read = fhir::read(text.join("\n").as_bytes(), Release::R4, &Options::default()).unwrap();
        let told: u64 = read.loss.iter().filter(|loss| loss.at.to_string() == "ImagingStudy.status").map(|loss| loss.count).sum();
        assert_eq!(told, if is_told { 5 } else { 0 }, "{count} {series}");
        for study in &read.value {
            let written = fhir::write(study, Release::R4, &Options::default());
            assert_eq!(written.value.as_str().contains("registered"), !is_told, "{count} {series}");
        }
    }
}
