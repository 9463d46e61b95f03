//! References: whose patient, people and Endpoints a study has, and who is kept apart.

use super::reading::{OF_1, bundle, imaging, patient, read, rows, told};
use super::{row, studies};
use fhir_dicomweb::url;
use fhir_dicomweb::{Options, Release, Study, dicom, fhir, row};

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
            imaging("1.2", &subject(&format!("{type_}/1?_format=json"))),
            imaging("1.2", &subject(&format!("http://h/{type_}/1/?x=1"))),
            imaging(
                "1.2",
                &format!(
                    r#","subject":{{"type":"http://hl7.org/fhir/StructureDefinition/{type_}","display":"Mice","identifier":{{"value":"G1"}}}}"#
                ),
            ),
        ];
        for text in texts.into_iter().take(if type_ == "Foo" { 2 } else { 12 }) {
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
        persons(r#""name":[{"family":"A"}]"#, r#""gender":"male","birthDate":"1990-01-01""#)
            .replace(r#""reference":"urn:uuid:"#, r#""identifier":{"system":"urn:oid:1.2.3"},"reference":"urn:uuid:"#),
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

/// A reference to a version means that version, and one that could be several that differ means none.
#[test]
fn versions_are_told_apart() {
    let of = |reference: &str| imaging("1.2.7", &format!(r#","subject":{{"reference":"{reference}"}}"#));
    let version = |number: &str, version: &str| patient("1", number).replacen('{', &format!(r#"{{"meta":{{"versionId":"{version}"}},"#), 1);
    let url = "http://a/fhir/Patient/1";
    let (two, one, old) = ((url, version("P2", "2")), (url, version("P1", "1")), (url, patient("1", "P0")));
    let by_url = ("http://a/fhir/Patient/1/_history/1", patient("1", "P1"));
    let study = |reference: &str| ("http://a/fhir/ImagingStudy/1.2.7", of(reference));
    let number = |text: &str| {
        let row = rows(text).remove(0);
        ["P0", "P1", "P2"].into_iter().find(|number| row.contains(*number))
    };
    for reference in ["Patient/1", "http://a/fhir/Patient/1"] {
        let (plain, first) = (study(reference), format!("{reference}/_history/1"));
        let (first, second) = (study(&first), study(&first.replace("/1/_history/1", "/1/_history/2")));
        for entries in
            [[two.clone(), one.clone()], [one.clone(), two.clone()], [two.clone(), by_url.clone()], [by_url.clone(), two.clone()]]
        {
            let with = |study: &(&'static str, String)| bundle(&[entries[0].clone(), study.clone(), entries[1].clone()]);
            assert_eq!(
                [number(&with(&first)), number(&with(&second)), number(&with(&plain))],
                [Some("P1"), Some("P2"), None],
                "{entries:?}"
            );
        }
        // Another version is none; one that does not say which it is may be it.
        assert_eq!([&two, &one, &old].map(|entry| number(&bundle(&[entry.clone(), first.clone()]))), [None, Some("P1"), Some("P0")]);
        // The same twice is one; what differs is none.
        assert_eq!(number(&bundle(&[one.clone(), one.clone(), first.clone()])), Some("P1"));
        assert_eq!(number(&bundle(&[old.clone(), old.clone(), plain.clone()])), Some("P0"));
        assert_eq!(number(&bundle(&[old.clone(), (url, patient("1", "P1")), plain.clone()])), None);
        // A history has the last version first.
        let history = |entries: &[(&str, String)]| bundle(entries).replacen(r#""type":"collection""#, r#""type":"history""#, 1);
        assert!(history(std::slice::from_ref(&plain)).contains("history"));
        assert_eq!(number(&history(&[two.clone(), one.clone(), plain.clone()])), Some("P2"));
        assert_eq!(number(&history(&[two.clone(), one.clone(), first.clone()])), Some("P1"));
    }
    // So it is with what is contained: two of one id that differ are nobody.
    let contained = |numbers: [&str; 2]| {
        let of = numbers.map(|number| patient("1", number)).join(",");
        number(&imaging("1.2.7", &format!(r##","contained":[{of}],"subject":{{"reference":"#1"}}"##)))
    };
    assert_eq!([contained(["P1", "P1"]), contained(["P1", "P2"])], [Some("P1"), None]);
}

/// A URL that several other Bundles have means the resource that all of them have; where they say different things it means none.
#[test]
fn a_url_that_several_bundles_have() {
    let study = |n: usize, more: &str| {
        format!(
            r#"{{"resourceType":"Bundle","type":"searchset","entry":[{{"fullUrl":"http://a/f/ImagingStudy/{n}","resource":{{"resourceType":"ImagingStudy","id":"{n}","status":"available","subject":{{"reference":"Patient/1"}},"identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}}]}}}}{more}]}}"#
        )
    };
    let patient = |number: &str| {
        format!(
            r#",{{"fullUrl":"http://a/f/Patient/1","resource":{{"resourceType":"Patient","id":"1","identifier":[{{"value":"{number}"}}]}}}}"#
        )
    };
    let numbers = |pages: &[String]| {
        let read = fhir::read(pages.join("\n").as_bytes(), Release::R4, &Options::default()).unwrap();
        let numbers: Vec<String> =
            read.value.iter().map(|study| study.get(row::PATIENT_ID).map_or(String::new(), |id| id.value.to_string())).collect();
        (numbers.join(" "), read.loss.iter().filter(|loss| loss.code.name() == "unresolved-reference").count())
    };
    for copies in 1..5 {
        let mut pages: Vec<String> = (0..copies).map(|n| study(n, &patient("P1"))).collect();
        for place in [0, copies / 2, copies] {
            let mut pages = pages.clone();
            pages.insert(place, study(9, ""));
            assert_eq!(numbers(&pages), (vec!["P1"; copies + 1].join(" "), 0), "{copies} {place}");
        }
        // One of them says something else.
        pages.push(study(7, &patient("P2")));
        pages.push(study(
            9,
            if copies % 2 == 0 { "" } else { r#",{"resource":{"resourceType":"Patient","id":"1","identifier":[{"value":"P3"}]}}"# },
        ));
        assert_eq!(numbers(&pages), ([vec!["P1"; copies].join(" "), "P2 ".into()].join(" "), 1), "{copies}");
    }
}

/// A long name that many studies refer to is compared for each of them, and paid for as what it takes: folding is slow.
#[test]
fn a_long_name_of_nobody_is_paid_for() {
    let text = |studies: usize| {
        let patient = format!(r#"{{"resourceType":"Patient","id":"p","name":[{{"text":"{}"}}]}}"#, "\u{AC01}".repeat(30_000));
        let study = |n: usize| {
            let uid = format!(r#"[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}}]"#);
            format!(r#"{{"resourceType":"ImagingStudy","identifier":{uid},"subject":{{"reference":"Patient/p"}}}}"#)
        };
        let entries: Vec<String> =
            core::iter::once(patient).chain((0..studies).map(study)).map(|resource| format!(r#"{{"resource":{resource}}}"#)).collect();
        format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{}]}}"#, entries.join(","))
    };
    let read = |studies: usize| fhir::read(text(studies).as_bytes(), Release::R4, &Options::default());
    assert_eq!(read(2).unwrap().value.len(), 2);
    assert_eq!(read(30).unwrap_err().code(), "limit-expansion");
}
