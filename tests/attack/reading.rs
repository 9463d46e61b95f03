//! Reading: what was borrowed, dropped in silence, or took too long.

use super::{row, studies};
use fhir_dicomweb::url::{self, BadUrl};
use fhir_dicomweb::{Mapped, Options, Release, Study, Subject, dicom, fhir};
use std::time::Instant;

fn read(text: &str, options: &Options) -> Mapped<Vec<Study>> {
    fhir::read(text.as_bytes(), Release::R4, options).unwrap()
}

/// The study rows of a text of FHIR.
fn rows(text: &str) -> Vec<String> {
    let options = Options::default();
    read(text, &options).value.iter().map(|study| dicom::write(study, dicom::Rows::Study, &options).value.as_str().to_owned()).collect()
}

fn told<T>(read: &Mapped<T>) -> Vec<&'static str> {
    read.loss.iter().map(|loss| loss.code.name()).collect()
}

fn imaging(uid: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"ImagingStudy","id":"{uid}","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:{uid}"}}]{more}}}"#
    )
}

fn patient(id: &str, number: &str) -> String {
    format!(r#"{{"resourceType":"Patient","id":"{id}","identifier":[{{"value":"{number}"}}]}}"#)
}

fn bundle(entries: &[(&str, String)]) -> String {
    let url = |url: &str| if url.is_empty() { String::new() } else { format!(r#""fullUrl":"{url}","#) };
    let entries: Vec<String> = entries.iter().map(|(full, resource)| format!(r#"{{{}"resource":{resource}}}"#, url(full))).collect();
    format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))
}

const OF_1: &str = r#","subject":{"reference":"Patient/1"}"#;

/// A relative reference is one to its own server, in its own Bundle.
#[test]
fn no_study_gets_the_patient_of_another_server() {
    let study = |uid: &str| imaging(uid, OF_1);
    // Another server's patient of the same id is none.
    let other = bundle(&[("http://b/fhir/Patient/1", patient("1", "PB")), ("http://a/fhir/ImagingStudy/1.2.7", study("1.2.7"))]);
    assert!(!rows(&other)[0].contains("PB") && told(&read(&other, &Options::default())).contains(&"unresolved-reference"));
    // Nor is one of two servers', where nobody says of which the study is.
    let two = [("http://b/Patient/1", patient("1", "PB")), ("http://c/Patient/1", patient("1", "PC")), ("", study("1.2.7"))];
    assert!(!rows(&bundle(&two))[0].contains("PB"));
    for server in ["b", "c"] {
        let mut entries = two.to_vec();
        let url = format!("http://{server}/ImagingStudy/1");
        entries[2].0 = &url;
        assert!(rows(&bundle(&entries))[0].contains(if server == "b" { "PB" } else { "PC" }));
    }
    // Where there is no other, it is meant: URNs say nothing of servers.
    for (own, of_study) in [
        ("", ""),
        ("http://b/Patient/1", ""),
        ("", "http://a/ImagingStudy/1"),
        ("urn:uuid:1", "http://a/ImagingStudy/1"),
        ("http://b/Patient/1", "urn:oid:1.2.7"),
    ] {
        let entries = bundle(&[(own, patient("1", "PB")), (of_study, study("1.2.7"))]);
        assert!(rows(&entries)[0].contains("PB"), "{own} {of_study}");
    }
    // Two Bundles in a text, whatever their entries are called.
    for urls in [["", "", "", ""], ["http://a/Patient/1", "urn:oid:1.2.1", "http://b/Patient/1", "urn:oid:1.2.2"]] {
        let one = bundle(&[(urls[0], patient("1", "P-ONE")), (urls[1], study("1.2.1"))]);
        let two = bundle(&[(urls[2], patient("1", "P-TWO")), (urls[3], study("1.2.2"))]);
        for (first, second, numbers) in [(&one, &two, ["P-ONE", "P-TWO"]), (&two, &one, ["P-TWO", "P-ONE"])] {
            let rows = rows(&format!("{first}{second}"));
            assert!(rows[0].contains(numbers[0]) && rows[1].contains(numbers[1]), "{rows:?}");
        }
    }
    // Resources one after the other are one text; a Bundle may lean on the only one that there is.
    assert!(rows(&format!("{}{}", patient("1", "PB"), study("1.2.7")))[0].contains("PB"));
    assert!(rows(&format!("{}{}", patient("1", "PB"), bundle(&[("", study("1.2.7"))])))[0].contains("PB"));
}

/// `contained` of a Bundle is that Bundle's.
#[test]
fn endpoints_of_a_bundle_are_its_own() {
    let one = |base: &str, uid: &str| {
        let endpoint = format!(
            r##"{{"resourceType":"Endpoint","id":"e","status":"active","connectionType":{{"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"dicom-wado-rs"}},"address":"{base}"}}"##
        );
        let study = imaging(uid, r##","subject":{"display":"A"},"endpoint":[{"reference":"#e"}]"##);
        format!(r#"{{"resourceType":"Bundle","type":"searchset","contained":[{endpoint}],"entry":[{{"resource":{study}}}]}}"#)
    };
    let text = format!("{}{}", one("https://one/dw", "1.2.1"), one("https://two/dw", "1.2.2"));
    let rows = rows(&text);
    assert!(rows[0].contains("https://one/dw/studies/1.2.1") && rows[1].contains("https://two/dw/studies/1.2.2"), "{rows:?}");
    let gets = url::retrievals(text.as_bytes(), &Options::default()).unwrap().gets;
    assert_eq!(gets.iter().map(url::Get::url).collect::<Vec<_>>(), ["https://one/dw/studies/1.2.1", "https://two/dw/studies/1.2.2"]);
}

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
    let name = |name: &str| row("1.2", &format!(r#","00100010":{{"vr":"PN","Value":[{{"Alphabetic":"{name}"}}]}}"#));
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

/// How much longer a job takes for eight times as much, of each of two kinds: a square is 64.
fn growth(job: impl Fn(usize)) -> f64 {
    let took = |n: usize| {
        let one = || {
            let start = Instant::now();
            job(n);
            start.elapsed().as_secs_f64()
        };
        (0..3).map(|_| one()).fold(f64::MAX, f64::min)
    };
    took(4_000) / took(500).max(0.001)
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
}

/// Nor where the URL of the other server's resource is in another form, or says nothing.
#[test]
fn no_study_gets_the_patient_of_nobody_in_particular() {
    let study = |uid: &str| imaging(uid, OF_1);
    let of = "http://a/fhir/ImagingStudy/1.2.7";
    for other in ["http://b/fhir/Patient/1/_history/3", "http://b/fhir/Patient/99", "http://b/x?Patient/1"] {
        assert!(!rows(&bundle(&[(other, patient("1", "PB")), (of, study("1.2.7"))]))[0].contains("PB"), "{other}");
    }
    for short in ["http://a/7", "http://a", "http://a/fhir/ImagingStudy/1.2.7/"] {
        assert!(!rows(&bundle(&[("http://b/fhir/Patient/1", patient("1", "PB")), (short, study("1.2.7"))]))[0].contains("PB"), "{short}");
    }
    let slash = bundle(&[("http://a/fhir/Patient/1", patient("1", "PA")), ("http://a/fhir/ImagingStudy/1.2.7/", study("1.2.7"))]);
    assert!(rows(&slash)[0].contains("PA"));
    let version = bundle(&[
        ("http://a/fhir/Patient/1/_history/4", patient("1", "PA")),
        ("http://a/fhir/ImagingStudy/1.2.7/_history/2", study("1.2.7")),
    ]);
    assert!(rows(&version)[0].contains("PA"));
    // A URL that is none says nothing of another Bundle.
    let relative = bundle(&[("Patient/1", patient("1", "P-ONE")), ("", study("1.2.1"))]);
    let plain = bundle(&[("", patient("1", "P-TWO")), ("", study("1.2.2"))]);
    let both = rows(&format!("{relative}{plain}"));
    assert!(both[0].contains("P-ONE") && both[1].contains("P-TWO"), "{both:?}");
    // Two of one id that are not the same are nobody's; the same twice is one.
    let lines = |numbers: [&str; 2]| [patient("1", numbers[0]), study("1.2.1"), patient("1", numbers[1]), study("1.2.2")].join("\n");
    assert!(rows(&lines(["A", "B"])).iter().all(|row| row.contains(r#""00100020":{"vr":"LO"}"#)));
    assert!(rows(&lines(["A", "A"])).iter().all(|row| row.contains(r#""Value":["A"]"#)));
    // What is no patient is none, however it is referred to.
    for type_ in ["Group", "Device", "Practitioner", "RelatedPerson", "Foo"] {
        let resource = format!(r#"{{"resourceType":"{type_}","id":"g"}}"#);
        let subject =
            |reference: &str| format!(r#","subject":{{"reference":"{reference}","display":"Mice","identifier":{{"value":"G1"}}}}"#);
        let texts = [
            bundle(&[("urn:uuid:1", resource.clone()), ("", imaging("1.2", &subject("urn:uuid:1")))]),
            imaging("1.2", &format!(r#"{},"contained":[{resource}]"#, subject("#g"))),
            imaging("1.2", &subject(&format!("http://h/{type_}/1"))),
            imaging("1.2", &subject(&format!("{type_}/1"))),
            imaging("1.2", &subject(&format!("{type_}/1/_history/2"))),
            imaging("1.2", &subject(&format!("{type_}?identifier=x"))),
            imaging("1.2", &subject(&format!("http://h/{type_}/1/"))),
            imaging("1.2", &subject(&format!("{type_}/1")).replace(&format!(r#""{type_}/1""#), &format!(r#"["{type_}/1"]"#))),
            imaging("1.2", &format!(r#","subject":{{"type":"{type_}","display":"Mice","identifier":{{"value":"G1"}}}}"#)),
        ];
        for text in texts.into_iter().take(if type_ == "Foo" { 2 } else { 9 }) {
            let row = &rows(&text)[0];
            assert!(!row.contains("Mice") && !row.contains("G1"), "{text}");
            assert!(told(&read(&text, &Options::default())).contains(&"no-attribute"), "{text}");
        }
    }
}

/// What refers to another than a person is no person's name, and what is like another but for a part is told of that part.
#[test]
fn what_is_no_person_has_no_name() {
    let actor = |more: &str| {
        format!(
            r#","subject":{{"display":"A^B"}},"series":[{{"uid":"1.2.1","modality":{{"code":"CT"}},"performer":[{{"actor":{{{more}}}}}]}}]"#
        )
    };
    let written = |more: &str| {
        let study = read(&imaging("1.2", more), &Options::default()).value;
        dicom::write(&study[0], dicom::Rows::Series, &Options::default()).value.as_str().to_owned()
    };
    for type_ in ["Organization", "CareTeam", "Patient"] {
        let series = written(&actor(&format!(r#""reference":"{type_}/3","display":"Somebody""#)));
        assert!(!series.contains("Somebody"), "{series}");
        let referrer = format!(r#","subject":{{"display":"A^B"}},"referrer":{{"reference":"{type_}/3","display":"Somebody"}}"#);
        assert!(!rows(&imaging("1.2", &referrer))[0].contains("Somebody"));
    }
    let device = written(&actor(r#""reference":"Device/3","display":"Scanner","identifier":{"value":"SN"}"#));
    assert!(device.contains(r#""00081090":{"vr":"LO","Value":["Scanner"]}"#) && !device.contains("00081052"), "{device}");
    assert!(written(&actor(r#""reference":"PractitionerRole/3","display":"Doe^J""#)).contains("Doe^J"));
    let based = imaging("1.2", r#","subject":{"display":"A^B"},"basedOn":[{"reference":"CarePlan/3","identifier":{"value":"CP"}}]"#);
    assert!(!rows(&based)[0].contains("CP") && told(&read(&based, &Options::default())).contains(&"no-attribute"));
    let device =
        |more: &str| format!(r#"{{"function":{{"coding":[{{"code":"DEV"}}]}},"actor":{{"type":"Device","display":"Scanner"{more}}}}}"#);
    let bad = device(r#","identifier":{"system":"urn:dicom:uid","value":"bad/uid"}"#);
    for performers in [[device(""), bad.clone()], [bad.clone(), device("")]] {
        let text = imaging(
            "1.2",
            &format!(
                r#","subject":{{"display":"A^B"}},"series":[{{"uid":"1.2.1","modality":{{"code":"CT"}},"performer":[{}]}}]"#,
                performers.join(",")
            ),
        );
        // As what it is, or as another device, for which there is no room.
        let told = told(&read(&text, &Options::default()));
        assert!(told.contains(&"bad-uid") || told.contains(&"no-attribute"), "{text}");
    }
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

/// A leaf of a resource that several studies share contradicts in each of them.
#[test]
fn a_shared_leaf_contradicts_everywhere() {
    let person = |id: &str, birth: &str| {
        let birth = format!(r#""birthDate":"{birth}","identifier""#);
        (format!("http://a/Patient/{id}"), patient(id, "P1").replace(r#""identifier""#, &birth))
    };
    let study = |uid: &str, of: &str| (String::new(), imaging(uid, &format!(r#","subject":{{"reference":"http://a/Patient/{of}"}}"#)));
    let (p, q) = (person("p", "1990-01-01"), person("q", "1991-01-01"));
    let told_of = |entries: &[(String, String)]| {
        let entries: Vec<(&str, String)> = entries.iter().map(|(url, resource)| (&**url, resource.clone())).collect();
        let strict = &mut Options::default();
        strict.strict = true;
        let is_refused = fhir::read(bundle(&entries).as_bytes(), Release::R4, strict).is_err();
        (told(&read(&bundle(&entries), &Options::default())).contains(&"conflict"), is_refused)
    };
    assert_eq!(told_of(&[p.clone(), q.clone(), study("1.2.1", "q"), study("1.2.2", "p"), study("1.2.2", "q")]), (true, true));
    assert_eq!(told_of(&[p.clone(), q.clone(), study("1.2.2", "p"), study("1.2.2", "q")]), (true, true));
    assert_eq!(told_of(&[p, q, study("1.2.1", "q"), study("1.2.2", "p")]), (false, false));
    // A slash at its end makes no other server; of one that is nobody's and one that is somebody's none is meant.
    let slash = bundle(&[("http://b/fhir/Patient/1/", patient("1", "PB")), ("http://a/fhir/ImagingStudy/1.2.7", imaging("1.2.7", OF_1))]);
    assert!(!rows(&slash)[0].contains("PB"));
    let two = bundle(&[
        ("urn:uuid:1", patient("1", "PU")),
        ("http://a/Patient/1", patient("1", "PA")),
        ("urn:oid:1.2.7", imaging("1.2.7", OF_1)),
    ]);
    assert!(!rows(&two)[0].contains("PU") && !rows(&two)[0].contains("PA"));
}

/// Who is kept apart stays apart, whichever way the records go.
#[test]
fn patients_who_are_kept_apart_stay_apart() {
    let series = |n: usize, patient: &str| {
        row("1.2", &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.{n}"]}},"00080018":{{"vr":"UI","Value":["1.2.{n}.1"]}}{patient}"#))
    };
    let id = |value: &str| format!(r#","00100020":{{"vr":"LO"{value}}}"#);
    let options = &Options::default();
    for [one, other] in [
        [id(r#","Value":["P0"]"#), id("")],
        [id(r#","Value":["P0"]"#), id(r#","Value":["X\\Y"]"#)],
        [id(r#","Value":["P1"]"#) + r#","00100021":{"vr":"LO","Value":["A"]}"#, id(r#","Value":["P1"]"#) + r#","00100021":{"vr":"LO"}"#],
        [id(r#","Value":["P1"]"#) + r#","00100021":{"vr":"LO","Value":["A"]}"#, id(r#","Value":["P1"]"#) + r#","00100024":{"vr":"SQ"}"#],
    ] {
        let studies = studies(&[series(1, &one), series(2, &other)]);
        assert!(studies.len() == 2 && studies.iter().all(Study::is_patient_conflict), "{one} {other}");
        for release in Release::ALL {
            let mut bundle = fhir::BundleWriter::new(release, options);
            studies.iter().for_each(|study| bundle.push(study));
            let text = bundle.finish().value;
            let back = fhir::read(text.as_str().as_bytes(), release, options).unwrap().value;
            assert!(back.len() == 2 && back.iter().all(Study::is_patient_conflict), "{one} {other}: {text}");
        }
        for rows in [dicom::Rows::Study, dicom::Rows::Series, dicom::Rows::Instances, dicom::Rows::Metadata] {
            let mut reader = dicom::Reader::new(options.clone());
            for study in &studies {
                reader.push(dicom::write(study, rows, options).value.as_str().as_bytes()).unwrap();
            }
            assert_eq!(reader.finish().unwrap().value.len(), 2, "{one} {other} as {rows:?}");
        }
    }
    // Resources of one UID that name nobody, or somebody who is not there, are not another's.
    let of = |subject: &str, series: usize| imaging("1.2", &format!(r#","subject":{{{subject}}},"series":[{{"uid":"1.2.{series}"}}]"#));
    let known = r#""identifier":{"value":"P0"},"display":"Doe^John""#;
    for other in [r#""reference":"Patient/77""#, r#""display":"Roe^Jane""#, r#""reference":"Device/1""#] {
        for text in [format!("{}\n{}", of(known, 1), of(other, 2)), format!("{}\n{}", of(other, 2), of(known, 1))] {
            let found = read(&text, options);
            assert!(found.value.len() == 2 && told(&found).contains(&"patient-conflict"), "{text}");
        }
    }
    // Of two whom nobody knows nothing that is written would tell the second from the first: it is told, and not kept.
    let persons = |one: &str, other: &str| {
        bundle(&[
            ("urn:uuid:1", format!(r#"{{"resourceType":"Patient","id":"1",{one}}}"#)),
            ("urn:uuid:2", format!(r#"{{"resourceType":"Patient","id":"2",{other}}}"#)),
            ("", of(r#""reference":"urn:uuid:1""#, 1)),
            ("", of(r#""reference":"urn:uuid:2""#, 2)),
        ])
    };
    for strangers in [
        format!("{}\n{}", of(r#""reference":"Patient/77""#, 1), of(r#""reference":"Patient/78""#, 2)),
        format!("{}\n{}", of(r#""display":"Doe^John""#, 1), of(r#""display":"Roe^Jane""#, 2)),
        persons(r#""name":[{"family":"A"}]"#, r#""gender":"male","birthDate":"1990-01-01""#),
        bundle(&[
            ("http://a/fhir/ImagingStudy/1", of(r#""reference":"Patient/12""#, 1)),
            ("http://b/fhir/ImagingStudy/1", of(r#""reference":"Patient/12""#, 2)),
        ]),
    ] {
        let found = read(&strangers, options);
        assert!(
            found.value.len() == 1 && found.value[0].series().count() == 1 && told(&found).contains(&"patient-conflict"),
            "{strangers}"
        );
    }
    let same = format!("{}\n{}", of(r#""reference":"Patient/77""#, 1), of(r#""reference":"Patient/77""#, 2));
    let versions = bundle(&[
        ("http://a/fhir/ImagingStudy/1", of(r#""reference":"Patient/12""#, 1)),
        ("http://a/fhir/ImagingStudy/2", of(r#""reference":"Patient/12/_history/2""#, 2)),
        ("http://a/fhir/ImagingStudy/3", of(r#""reference":"http://a/fhir/Patient/12""#, 3)),
    ]);
    let alike = persons(r#""name":[{"family":"A"}]"#, r#""name":[{"family":"A"}]"#);
    for (one, series) in [(same, 2), (versions, 3), (alike, 2)] {
        let found = read(&one, options);
        assert!(
            found.value.len() == 1 && found.value[0].series().count() == series && !told(&found).contains(&"patient-conflict"),
            "{one}"
        );
    }
}
