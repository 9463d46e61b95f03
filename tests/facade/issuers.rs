//! Who issued a number: told, not told, and of which nothing could be read.

use crate::hostile::{asked, rows, series, study, told};
use fhir_dicomweb::Listing;
use fhir_dicomweb::facade::Config;
use fhir_dicomweb::search::servers;
use serde_json::{Value, json};

/// Of one PatientID two issuers are two patients, whichever of the names tells it; one that is known to be nobody is another than one with a name.
pub fn another_issuer_in_the_next_answer() {
    let none = |_: &mut Value| ();
    let local = |name: &'static str| move |row: &mut Value| row["00100021"] = json!({"vr": "LO", "Value": [name]});
    let empty = |row: &mut Value| row["00100021"] = json!({"vr": "LO"});
    let universal = |row: &mut Value| {
        row["00100024"] = json!({"vr": "SQ", "Value": [{
            "00400032": {"vr": "UT", "Value": ["1.2.3"]}, "00400033": {"vr": "CS", "Value": ["ISO"]}
        }]});
    };
    let both = |row: &mut Value| {
        local("A")(row);
        universal(row);
    };
    type Change<'c> = &'c dyn Fn(&mut Value);
    let pairs: [(Change<'_>, Change<'_>, bool); 9] = [
        (&none, &none, true),
        (&none, &local("A"), true),
        (&local("A"), &local("A"), true),
        (&local("A"), &local("B"), false),
        (&empty, &empty, true),
        (&empty, &local("A"), false),
        (&local("A"), &universal, false),
        (&local("A"), &both, true),
        (&universal, &both, true),
    ];
    for (n, (one, other, is_one)) in pairs.into_iter().enumerate() {
        for (first, second) in [(one, other), (other, one)] {
            let pacs = |path: &str, query: &str| {
                let mut row = study("2.999.1", "P1", None, "A");
                row["00080020"] = json!({"vr": "DA", "Value": ["20240114"]});
                match path {
                    "/studies" if query.starts_with("StudyInstanceUID=") => second(&mut row),
                    "/studies" => first(&mut row),
                    "/studies/2.999.1/series" => return rows(&[series("2.999.1.1", &[])]),
                    _ => return rows(&[crate::hostile::row(&[("00080018", "UI", "2.999.1.9")])]),
                }
                rows(&[row])
            };
            let reply = asked(servers::static_dicomweb(), |_| (), "ImagingStudy?started=2024-01-14", pacs);
            let seen = (!reply.studies().is_empty(), told(&reply, "more than one patient"));
            assert_eq!(seen, (is_one, !is_one), "{n}: {}", reply.body);
        }
    }
}

/// An issuer that is there and of which nothing could be read may be any: who is asked for by it is neither shown nor excluded, and it is told.
pub fn an_issuer_that_could_not_be_read() {
    let unread = r#"{"0020000D":{"vr":"UI","Value":["2.999.1"]},"00100020":{"vr":"LO","Value":["P1"]},"00080020":{"vr":"DA","Value":["20240114"]},
        "00100024":{"vr":"SQ","Value":[{"00400035":{"vr":"CS","Value":["MR"]},"00400036":{"vr":"SQ","Value":[{"00400031":{"vr":"UT","Value":["WARD"]}}]}}]}}"#;
    let unread: Value = serde_json::from_str(unread).unwrap();
    let servers =
        [servers::unknown(), servers::dcm4chee_arc_5(), servers::orthanc_1_12(), servers::google_healthcare(), servers::azure_dicom_v2()];
    for server in servers {
        let pacs = |path: &str, query: &str| {
            rows(if path == "/studies" && !query.contains("offset=") { core::slice::from_ref(&unread) } else { &[] })
        };
        let ask = |query: &str| {
            let setting = |config: &mut Config| config.options.patient_namespace = Some("urn:pn".into());
            asked(server.clone(), setting, &format!("ImagingStudy?{query}&started=2024&_elements=started,subject"), pacs)
        };
        for query in ["patient.identifier=urn:pn%7CP1", "patient.identifier:not=urn:pn%7CP1"] {
            let answer = ask(query);
            assert_eq!(answer.entries("match").len(), 0, "{} {query}: {}", server.id(), answer.body);
            assert!(told(&answer, "who issued it"), "{} {query}: {}", server.id(), answer.body);
            assert!(answer.body.get("total").is_none(), "{} {query}: {}", server.id(), answer.body);
        }
        // By the number alone it is found, and another number is another.
        assert_eq!(ask("patient.identifier=P1").entries("match").len(), 1, "{}", server.id());
        assert_eq!(ask("patient.identifier:not=urn:pn%7CP2").entries("match").len(), 1, "{}", server.id());
    }
}

/// Of two patients' records one may be left out for its issuer beside one that matches: that is told, and there is no total.
pub fn one_of_two_patients_whose_issuer_could_not_be_read() {
    let row = |id: &str, issuer: Value, series: bool| {
        let mut row = json!({"0020000D": {"vr": "UI", "Value": ["2.999.1"]}, "00100020": {"vr": "LO", "Value": [id]}, "00100021": issuer});
        row["00080020"] = json!({"vr": "DA", "Value": ["20240114"]});
        if series {
            row["0020000E"] = json!({"vr": "UI", "Value": [format!("2.999.1.{}", &id[1..])]});
            row["00080060"] = json!({"vr": "CS", "Value": ["CT"]});
        }
        row
    };
    let both = |series| [row("P1", json!({"vr": "LO"}), series), row("P2", json!({"vr": "LO", "BulkDataURI": "b"}), series)];
    let pacs = |path: &str, query: &str| match path {
        _ if query.contains("offset=") => rows(&[]),
        "/studies" => rows(&both(false)),
        path if path.ends_with("/series") => rows(&both(true)),
        _ => rows(&[]),
    };
    for server in [servers::orthanc_1_12(), servers::unknown()] {
        for more in ["", "&_elements=started"] {
            let setting = |config: &mut Config| config.options.patient_namespace = Some("urn:pn".into());
            let query = format!("ImagingStudy?patient.identifier=urn:pn%7CP1,urn:pn%7CP2{more}");
            let answer = asked(server.clone(), setting, &query, pacs);
            assert_eq!(answer.entries("match").len(), 1, "{}: {}", server.id(), answer.body);
            assert!(told(&answer, "who issued it") && answer.body.get("total").is_none(), "{}: {}", server.id(), answer.body);
            // Who is known is told alone.
            let answer = asked(server.clone(), setting, &format!("ImagingStudy?patient.identifier=urn:pn%7CP1{more}"), pacs);
            assert!(answer.entries("match").len() == 1 && !told(&answer, "who issued it"), "{}: {}", server.id(), answer.body);
        }
    }
}

/// That the archive never tells the issuer is said of one that never does: where a row tells it, nobody was left out.
pub fn an_issuer_that_is_told() {
    let told_row = json!({"0020000D": {"vr": "UI", "Value": ["2.999.1"]}, "00100020": {"vr": "LO", "Value": ["P1"]},
        "00080020": {"vr": "DA", "Value": ["20240114"]}, "00100021": {"vr": "LO"}, "00100024": {"vr": "SQ"}});
    let mut untold_row = told_row.clone();
    for tag in ["00100021", "00100024"] {
        untold_row.as_object_mut().unwrap().remove(tag);
    }
    for server in [servers::unknown(), servers::ps3_18_baseline(), servers::google_healthcare(), servers::kheops()] {
        let never = server.id() == "kheops";
        for (row, is_told) in [(&told_row, !never), (&untold_row, false)] {
            let pacs = |path: &str, query: &str| {
                rows(if path == "/studies" && !query.contains("offset=") { core::slice::from_ref(row) } else { &[] })
            };
            let target = "ImagingStudy?patient.identifier=%7CP1&started=2024&_elements=identifier&_total=accurate";
            let answer = asked(server.clone(), |_| (), target, pacs);
            assert_eq!(answer.entries("match").len(), usize::from(is_told), "{}: {}", server.id(), answer.body);
            assert_eq!(told(&answer, "does not tell who issued it"), !is_told, "{}: {}", server.id(), answer.body);
            assert_eq!(told(&answer, "the archive never tells"), never, "{}: {}", server.id(), answer.body);
            assert_eq!(answer.body["total"] == 1, is_told, "{}: {}", server.id(), answer.body);
        }
    }
}

/// A StudyID that is not told decides nothing that is asked for under another system.
pub fn a_study_id_of_another_system() {
    let own = |uid: &str, issuer: &str| {
        json!({"0020000D": {"vr": "UI", "Value": [uid]}, "00100020": {"vr": "LO", "Value": ["P1"]}, "00080050": {"vr": "SH", "Value": ["ACC1"]},
            "00080020": {"vr": "DA", "Value": ["20240114"]}, "00080051": {"vr": "SQ", "Value": [{"00400031": {"vr": "UT", "Value": [issuer]}}]}})
    };
    let all = [own("2.999.1", "A"), own("2.999.2", "B")];
    for server in servers::all().filter(|server| !["kheops", "static-dicomweb"].contains(&server.id())) {
        let pacs = |path: &str, query: &str| rows(if path == "/studies" && !query.contains("offset=") { &all } else { &[] });
        let ask = |query: &str| {
            let setting = |config: &mut Config| {
                config.options.study_id_system = Some("urn:sid".into());
                config.options.namespaces = vec![("A".into(), "urn:sA".into())];
            };
            asked(server.clone(), setting, &format!("ImagingStudy?{query}&started=2024&_elements=identifier&_total=accurate"), pacs)
        };
        for (query, found) in [
            ("identifier=urn:sA%7CACC1", &["2.999.1"][..]),
            ("patient.identifier=P1&identifier:not=urn:dicom:uid%7Curn:oid:2.999.1", &["2.999.2"]),
            ("patient.identifier=P1&identifier:not=urn:sA%7CACC9", &["2.999.1", "2.999.2"]),
        ] {
            let answer = ask(query);
            assert_eq!(
                (answer.studies(), &answer.body["total"]),
                (found.iter().map(|uid| (*uid).to_owned()).collect(), &json!(found.len())),
                "{query}"
            );
            assert!(!told(&answer, "left out"), "{} {query}: {}", server.id(), answer.body);
        }
    }
}

/// Who issued an accession number some archives never tell: whom a value with a system may mean is left out and told, whatever it asks for.
pub fn issuers_of_other_numbers() {
    let pacs = |path: &str, _: &str| {
        let mut row = study("1.2.3", "P1", None, "A");
        row["00080020"] = json!({"vr": "DA", "Value": ["20240114"]});
        (row["00080050"], row["00380010"]) = (json!({"vr": "SH", "Value": ["A1"]}), json!({"vr": "LO", "Value": ["V1"]}));
        if path == "/studies" { rows(&[row]) } else { rows(&[]) }
    };
    const TEXT: &str = "does not tell who issued it";
    for server in [servers::kheops(), servers::static_dicomweb(), servers::orthanc_1_10(), servers::orthanc_1_10_debian()] {
        let of = |query: &str| {
            asked(server.clone(), |config| config.listing = Listing::Study, &format!("ImagingStudy?started=2024-01-14&{query}"), pacs)
        };
        for query in ["identifier=urn:oid:2.999.5|A1", "identifier:not=urn:oid:2.999.5|A1", "identifier:not=|A1"] {
            let many = format!("{query},{}", (0..20).map(|n| format!("urn:none|N{n}")).collect::<Vec<_>>().join(","));
            for query in [query, &many] {
                let reply = of(query);
                assert!(reply.studies().is_empty() && told(&reply, TEXT), "{} {query}: {}", server.id(), reply.body);
                assert!(reply.body["total"].is_null(), "{} {query}: {}", server.id(), reply.body);
            }
        }
        for query in ["identifier=A1", "identifier=|A1", "identifier:not=urn:oid:2.999.5|A2", "identifier=urn:dicom:uid|urn:oid:1.2.3"] {
            let reply = of(query);
            assert!(reply.studies() == ["1.2.3"] && !told(&reply, TEXT), "{} {query}: {}", server.id(), reply.body);
        }
        assert!(!told(&of("identifier=urn:oid:2.999.5|A2"), TEXT), "{}", server.id());
    }
    // Where admissions are told, and not whose they are.
    for (query, is_found) in [("encounter:identifier=urn:oid:2.999.9|V1", false), ("encounter:identifier=V1", true)] {
        let reply = asked(servers::orthanc_1_10(), |_| (), &format!("ImagingStudy?started=2024-01-14&{query}"), pacs);
        assert!(reply.studies().is_empty() != is_found && told(&reply, TEXT) != is_found, "{query}: {}", reply.body);
    }
    // A requested procedure has no issuer, whatever is told of accession numbers.
    let requests = |path: &str, query: &str| match path {
        "/studies/1.2.3/series" => {
            let mut row = series("1.2.3.1", &[]);
            row["00400275"] = json!({"vr": "SQ", "Value": [{"00401001": {"vr": "SH", "Value": ["RP1"]}}]});
            rows(&[row])
        }
        _ => pacs(path, query),
    };
    for query in ["basedon:identifier=|RP1", "basedon:identifier=RP1"] {
        let reply = asked(servers::static_dicomweb(), |_| (), &format!("ImagingStudy?started=2024-01-14&{query}"), requests);
        assert!(reply.studies() == ["1.2.3"] && !told(&reply, TEXT), "{query}: {}", reply.body);
    }
    // Servers that return sequences tell.
    let reply = asked(servers::orthanc_1_12(), |_| (), "ImagingStudy?identifier=|A1", pacs);
    assert!(reply.studies() == ["1.2.3"] && !told(&reply, TEXT), "{}", reply.body);
    // What nobody tells is no order either.
    let reply = asked(servers::kheops(), |_| (), "ImagingStudy?patient.identifier=P1&_sort=encounter", pacs);
    assert!(!reply.link("self").unwrap().contains("_sort"), "{}", reply.body);
    let reply = asked(servers::orthanc_1_12(), |_| (), "ImagingStudy?patient.identifier=P1&_sort=encounter", pacs);
    assert!(reply.link("self").unwrap().contains("_sort=encounter"), "{}", reply.body);
}

/// Who is asked for by a number without issuer is found where an archive may only not tell the issuer, and that is told; not where a row tells one.
pub fn numbers_of_no_issuer() {
    let row = |uid: &str, local: Option<&str>| {
        let mut row = study(uid, "P1", local, "A");
        row["00080020"] = json!({"vr": "DA", "Value": ["20240114"]});
        (row["00080050"], row["00380010"]) = (json!({"vr": "SH", "Value": ["A1"]}), json!({"vr": "LO", "Value": ["V8"]}));
        row
    };
    let pacs = |path: &str, _: &str| if path == "/studies" { rows(&[row("1.2.3", None), row("1.2.4", Some("WARD"))]) } else { rows(&[]) };
    const TEXT: &str = "the archive never tells of some who issued them";
    let of = |server: &fhir_dicomweb::search::Server, own: Option<&str>, query: &str| {
        let setting = |config: &mut Config| {
            config.listing = Listing::Study;
            config.options.patient_namespace = own.map(Into::into);
        };
        asked(server.clone(), setting, &format!("ImagingStudy?started=2024-01-14&{query}"), pacs)
    };
    for server in [servers::static_dicomweb(), servers::orthanc_1_10(), servers::orthanc_1_10_debian()] {
        for query in ["patient.identifier=|P1", "patient=Patient/noissuer", "patient.identifier=|P1,|P2", "identifier=|A1"] {
            let reply = of(&server, None, query);
            assert!(reply.studies() == ["1.2.3", "1.2.4"] && told(&reply, TEXT), "{} {query}: {}", server.id(), reply.body);
        }
        // Bare numbers are of any issuer.
        for query in [
            "patient.identifier=P1",
            "identifier=A1",
            "patient.identifier=P1,|P1",
            "patient.name=A",
            "identifier=urn:dicom:uid|urn:oid:1.2.3",
        ] {
            assert!(!told(&of(&server, None, query), TEXT), "{} {query}", server.id());
        }
        // Whose numbers are the caller's are nobody else's.
        let reply = of(&server, Some("urn:own"), "patient.identifier=urn:own|P1");
        assert!(reply.studies() == ["1.2.3"] && !told(&reply, TEXT), "{}: {}", server.id(), reply.body);
    }
    for query in ["encounter=Encounter/8", "encounter:identifier=|V8"] {
        let reply = of(&servers::orthanc_1_10(), None, query);
        assert!(reply.studies().len() == 2 && told(&reply, TEXT), "{query}: {}", reply.body);
    }
    // Of orders it is the same.
    let order = |path: &str, _: &str| {
        let mut row = row("1.2.3", None);
        row["00402016"] = json!({"vr": "LO", "Value": ["PL1"]});
        let mut of_series = series("1.2.3.1", &[]);
        of_series["00400275"] = json!({"vr": "SQ"});
        if path == "/studies" { rows(&[row]) } else { rows(&[of_series]) }
    };
    for (query, is_found) in [
        ("basedon:identifier=|PL1", true),
        ("basedon:identifier=urn:oid:2.999.9|PL1", false),
        ("basedon.identifier:not=urn:oid:2.999.9|PL1", false),
        ("basedon:identifier=PL1", true),
    ] {
        let target = format!("ImagingStudy?patient.identifier=P1&{query}");
        for (server, never_tells) in [(servers::orthanc_1_10(), true), (servers::orthanc_1_12(), false)] {
            let reply = asked(server, |config| config.listing = Listing::Study, &target, order);
            let is_told = told(&reply, TEXT) || told(&reply, "does not tell who issued it");
            assert_eq!(is_told, never_tells && query != "basedon:identifier=PL1", "{query}: {}", reply.body);
            assert!(!never_tells || reply.studies().is_empty() != is_found, "{query}: {}", reply.body);
        }
    }
    // Servers that return sequences tell.
    for query in ["patient.identifier=|P1", "identifier=|A1", "patient=Patient/noissuer"] {
        let reply = of(&servers::orthanc_1_12(), None, query);
        assert!(reply.studies().len() == 2 && !told(&reply, TEXT), "{query}: {}", reply.body);
    }
}

/// Of which type a patient's number is stands in a sequence: where an archive never returns it, a number of the type that goes without saying is found, and
/// one of another type is left out; both are told, whatever system the caller has for numbers of no issuer.
pub fn types_of_numbers() {
    let pacs = |path: &str, query: &str| {
        let mut row = study("1.2.3", "P1", None, "A");
        row["00080020"] = json!({"vr": "DA", "Value": ["20240114"]});
        row["00080050"] = json!({"vr": "SH", "Value": ["A1"]});
        // The local issuer's key tells nothing of types.
        row["00100021"] = json!({"vr": "LO"});
        if path == "/studies" && !query.contains("offset=") { rows(&[row]) } else { rows(&[]) }
    };
    const FOUND: &str = "of which type they are";
    const LEFT: &str = "of which type it is";
    const V2: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
    let of = |server: &fhir_dicomweb::search::Server, own: Option<&str>, query: &str| {
        let setting = |config: &mut Config| {
            config.listing = Listing::Study;
            config.options.patient_namespace = own.map(Into::into);
        };
        asked(server.clone(), setting, &format!("ImagingStudy?started=2024-01-14&{query}"), pacs)
    };
    let servers = [
        (servers::kheops(), true),
        (servers::static_dicomweb(), true),
        (servers::orthanc_1_10(), true),
        (servers::unknown(), true),
        (servers::orthanc_1_12(), false),
        (servers::orthanc_1_12().never_returning(&[0x0010_0024]), true),
    ];
    for (server, never_tells) in servers {
        for own in [None, Some("urn:own")] {
            let many = |kind: &str| (0..20).map(|n| format!(",{V2}|{kind}|N{n}")).collect::<String>();
            for more in [String::new(), many("MR"), many("PI")] {
                let reply = of(&server, own, &format!("patient.identifier:of-type={V2}|MR|P1{more}"));
                assert!(reply.studies() == ["1.2.3"] && !told(&reply, LEFT), "{}: {}", server.id(), reply.body);
                assert_eq!(told(&reply, FOUND), never_tells, "{}: {}", server.id(), reply.body);
                let reply = of(&server, own, &format!("patient.identifier:of-type={V2}|PI|P1{more}"));
                assert!(reply.studies().is_empty() && !told(&reply, FOUND), "{}: {}", server.id(), reply.body);
                assert_eq!(
                    (told(&reply, LEFT), reply.body["total"].is_null()),
                    (never_tells, never_tells),
                    "{}: {}",
                    server.id(),
                    reply.body
                );
            }
            // Another number is another, of whichever type; and accession numbers have one.
            for query in [format!("patient.identifier:of-type={V2}|PI|P2"), format!("identifier:of-type={V2}|MR|A1")] {
                let reply = of(&server, own, &query);
                assert!(reply.studies().is_empty() && !told(&reply, LEFT), "{} {query}: {}", server.id(), reply.body);
            }
            let reply = of(&server, own, &format!("identifier:of-type={V2}|ACSN|A1"));
            assert!(reply.studies() == ["1.2.3"] && !told(&reply, FOUND), "{}: {}", server.id(), reply.body);
        }
    }
}
