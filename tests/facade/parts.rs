//! Answers that are parts: chosen elements, summaries, and lists that an archive says to be parts.

use crate::hostile::{asked, row, rows, series, study, told};
use fhir_dicomweb::Listing;
use fhir_dicomweb::facade::Config;
use fhir_dicomweb::search::{End, Server, servers};
use serde_json::{Value, json};

/// Elements that are chosen, and summaries, say what the whole resource says, whichever rows say it.
pub fn parts_say_what_the_whole_says() {
    let location = [("00400243", "SH", "Loc")];
    let study = row(&[
        &[("0020000D", "UI", "2.999.1"), ("00100020", "LO", "P1"), ("00080061", "CS", "CT"), ("00080050", "SH", "A1")],
        &location[..],
    ]
    .concat());
    let of_series = series("2.999.1.1", &[("00081040", "LO", "Dept")]);
    let code =
        json!({"vr": "SQ", "Value": [{"00080100": {"vr": "SH", "Value": ["80891009"]}, "00080102": {"vr": "SH", "Value": ["SCT"]}}]});
    let mut instance = row(&[("0020000E", "UI", "2.999.1.1"), ("00080018", "UI", "2.999.1.9"), ("00200062", "CS", "L")]);
    instance["00082218"] = code;
    instance["0040A370"] = json!({"vr": "SQ", "Value": [{"00080050": {"vr": "SH", "Value": ["A2"]}}]});
    let pacs = |path: &str, _: &str| match path {
        "/studies" => rows(std::slice::from_ref(&study)),
        "/studies/2.999.1/series" => rows(std::slice::from_ref(&of_series)),
        path if path.ends_with("/instances") => rows(std::slice::from_ref(&instance)),
        _ => rows(&[]),
    };
    for target in ["ImagingStudy/2.999.1?", "ImagingStudy?patient.identifier=P1&"] {
        let of = |more: &str| {
            let reply = asked(servers::orthanc_1_12(), |_| (), &format!("{target}{more}"), pacs);
            reply.entries("match").first().map_or_else(|| reply.body.clone(), |study| (*study).clone())
        };
        let whole = of("_summary=false");
        assert_eq!((&whole["location"]["display"], whole["basedOn"].as_array().map(Vec::len)), (&json!("Dept"), Some(1)), "{whole}");
        for element in ["location", "basedOn", "modality", "series", "identifier"] {
            assert_eq!(of(&format!("_elements={element}"))[element], whole[element], "{target} {element}");
        }
        let summary = of("_summary=true");
        let told = |study: &Value| ["bodySite", "laterality"].map(|part| study["series"][0][part].clone());
        assert!(told(&whole).iter().all(|part| !part.is_null()) && told(&summary) == told(&whole), "{summary}");
        assert!(summary["basedOn"] == whole["basedOn"] && summary["series"][0]["instance"].is_null(), "{summary}");
    }
}

/// A number of series that is chosen is counted as in the whole: also where the study's row counts the instances alone.
pub fn counts_that_are_chosen() {
    let mut of_study = row(&[("0020000D", "UI", "2.999.1"), ("00100020", "LO", "P1")]);
    of_study["00201208"] = json!({"vr": "IS", "Value": [1]});
    let pacs = |path: &str, _: &str| match path {
        "/studies" => rows(std::slice::from_ref(&of_study)),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&[row(&[("0020000E", "UI", "2.999.1.1"), ("00080018", "UI", "2.999.1.9")])]),
    };
    for listing in [Listing::Study, Listing::Series, Listing::Instances] {
        let of = |more: &str| {
            let setting = |config: &mut Config| (config.listing, config.options.complete) = (listing, true);
            asked(servers::orthanc_1_12(), setting, &format!("ImagingStudy?_id=2.999.1{more}"), pacs).entries("match")[0].clone()
        };
        let (whole, chosen) = (of(""), of("&_elements=numberOfSeries"));
        let expected = (listing == Listing::Instances).then_some(1);
        assert_eq!((whole["numberOfSeries"].as_u64(), chosen["numberOfSeries"].as_u64()), (expected, expected), "{listing:?}");
        assert_eq!(of("&_elements=numberOfInstances")["numberOfInstances"], 1, "{listing:?}");
    }
}

/// What is known to be a part is not counted, whatever the caller promised of lists.
pub fn parts_are_not_counted() {
    let study = row(&[("0020000D", "UI", "2.999.1"), ("00100020", "LO", "P1")]);
    for warning in ["", r#"299 - "more""#] {
        let pacs = |path: &str, _: &str| {
            let said = |row: &Value| {
                let mut said = rows(std::slice::from_ref(row));
                if !warning.is_empty() && path != "/studies" {
                    said.headers.push(("warning", warning.to_owned()));
                }
                said
            };
            match path {
                "/studies" => said(&study),
                "/studies/2.999.1/series" => said(&series("2.999.1.1", &[])),
                _ => said(&row(&[("0020000E", "UI", "2.999.1.1"), ("00080018", "UI", "2.999.1.9")])),
            }
        };
        let complete = |config: &mut fhir_dicomweb::facade::Config| config.options.complete = true;
        let reply = asked(servers::orthanc_1_12(), complete, "ImagingStudy/2.999.1", pacs);
        let counts = [&reply.body["numberOfSeries"], &reply.body["numberOfInstances"], &reply.body["series"][0]["numberOfInstances"]];
        assert_eq!(counts.map(Value::is_null), [!warning.is_empty(); 3], "{}", reply.body);
        let chosen = asked(servers::orthanc_1_12(), complete, "ImagingStudy/2.999.1?_elements=numberOfSeries,numberOfInstances", pacs);
        for count in ["numberOfSeries", "numberOfInstances"] {
            assert_eq!(chosen.body[count], reply.body[count], "{}", chosen.body);
        }
    }
}

/// Of studies that may match, as far as the archive tells, nobody knows how many do.
pub fn nobody_knows_how_many() {
    let named = |uid: &str, name: &str| {
        let mut study = row(&[("0020000D", "UI", uid), ("00100020", "LO", "P1")]);
        if !name.is_empty() {
            study["00100010"] = json!({"vr": "PN", "Value": [{"Alphabetic": name}]});
        }
        study
    };
    for (other, total) in [("", None), ("Roe^R", Some(1))] {
        let pacs = |path: &str, _: &str| match path {
            "/studies" => rows(&[named("2.999.1", "Doe^J"), named("2.999.2", other)]),
            _ => rows(&[]),
        };
        for wish in ["", "&_total=accurate", "&_summary=count"] {
            let target = format!("ImagingStudy?patient.identifier=P1&patient.name=doe{wish}");
            let reply = asked(Server::unknown().paged(None, End::OnePage), |_| (), &target, pacs);
            assert_eq!(reply.body["total"].as_u64(), total, "{wish}: {}", reply.body);
        }
        let reply = asked(
            Server::unknown().paged(None, End::OnePage),
            |_| (),
            "ImagingStudy?patient.identifier=P1&patient.name=doe&_total=estimate",
            pacs,
        );
        assert_eq!(reply.body["total"], 1, "{}", reply.body);
    }
    // Nor where it does not tell who issued the id.
    let pacs = |path: &str, _: &str| if path == "/studies" { rows(&[named("2.999.1", "Doe^J")]) } else { rows(&[]) };
    let reply = asked(servers::static_dicomweb(), |_| (), "ImagingStudy?patient.identifier=urn:x|P1&_total=accurate", pacs);
    assert!(reply.body["total"].is_null(), "{}", reply.body);
    let reply = asked(servers::static_dicomweb(), |_| (), "ImagingStudy?patient.identifier=urn:x|P2&_total=accurate", |_, _| rows(&[]));
    assert_eq!(reply.body["total"], 0, "{}", reply.body);
}

const TEXT: &str = "body sites and reasons that rows of their series say";

/// A body site, or a reason, that rows of instances alone say is shown; who is left out for what rows of series say is told, and there is no total.
pub fn what_instances_alone_say() {
    let code = |code: &str| json!({"vr": "SQ", "Value": [{"00080100": {"vr": "SH", "Value": [code]}, "00080102": {"vr": "SH", "Value": ["SCT"]}}]});
    let uid = |n: usize| format!("2.999.{n}");
    let of = |path: &str| path.split('/').nth(2).and_then(|uid| uid.rsplit('.').next()).and_then(|n| n.parse::<usize>().ok()).unwrap();
    // Studies 1 to 30: every third is of an eye, which the region of its instances says.
    let pacs = |path: &str, query: &str| match path {
        _ if query.contains("offset=") => rows(&[]),
        "/studies" => {
            let asked = |n: &usize| !query.contains("StudyInstanceUID=") || query.split(['=', '&', ',']).any(|one| one == uid(*n));
            rows(
                &(1..=30)
                    .filter(asked)
                    .map(|n| row(&[("0020000D", "UI", &uid(n)), ("00100020", "LO", "P1"), ("00080061", "CS", "OP")]))
                    .collect::<Vec<_>>(),
            )
        }
        path if path.ends_with("/series") => {
            let mut row = series(&format!("{}.1", uid(of(path))), &[]);
            (row["00180015"], row["00400275"]) = (json!({"vr": "CS"}), json!({"vr": "SQ"}));
            rows(&[row])
        }
        path => {
            let mut row =
                row(&[("0020000E", "UI", &format!("{}.1", uid(of(path)))), ("00080018", "UI", &format!("{}.1.1", uid(of(path))))]);
            let (region, reason) = if of(path) % 3 == 0 { ("81745001", "R1") } else { ("85562004", "R2") };
            (row["00082218"], row["00401012"]) = (code(region), code(reason));
            rows(&[row])
        }
    };
    for server in [servers::orthanc_1_12(), servers::dcm4chee_arc_5()] {
        for listing in [Listing::Series, Listing::Instances] {
            let of = |query: &str| {
                let setting = |config: &mut Config| config.listing = listing;
                asked(server.clone(), setting, &format!("ImagingStudy?patient.identifier=P1&{query}"), pacs)
            };
            for clause in ["bodysite=81745001", "reason=R1"] {
                for wanted in ["", "&_total=accurate", "&_summary=count", "&_elements=identifier"] {
                    let reply = of(&format!("{clause}{wanted}"));
                    let (is_told, is_shown) = (told(&reply, TEXT), reply.entries("match").len() == 10);
                    // What is not listed is not said.
                    let expected = listing == Listing::Instances;
                    assert!(is_told == expected || is_shown, "{} {listing:?} {clause}{wanted}: {}", server.id(), reply.body);
                    assert!(!is_told || reply.body["total"].is_null(), "{} {listing:?} {clause}{wanted}: {}", server.id(), reply.body);
                }
            }
            // What is not to be there may be there, too; and instances may be looked at for something else.
            for (query, is_looked_at) in [
                ("bodysite:missing=true&_summary=count", listing == Listing::Instances),
                ("bodysite:not=81745001&_summary=count", listing == Listing::Instances),
                ("reason:not=R1&_summary=count", listing == Listing::Instances),
                ("bodysite=81745001&_elements=basedOn", listing == Listing::Instances),
            ] {
                let reply = of(query);
                let is_told = told(&reply, TEXT);
                assert!(!is_looked_at || is_told && reply.body["total"].is_null(), "{} {listing:?} {query}: {}", server.id(), reply.body);
            }
            // An element that is chosen is there whole.
            for wanted in ["", "&_elements=reasonCode"] {
                let reply = of(&format!("_id=2.999.3{wanted}"));
                assert_eq!(reply.entries("match")[0]["reasonCode"].is_array(), listing == Listing::Instances, "{}", reply.body);
            }
            // What leaves a study out besides its body site leaves it out for good.
            let reply = of("bodysite=81745001&modality=MR");
            assert!(!told(&reply, TEXT) && reply.body["total"] == 0, "{}", reply.body);
        }
    }
}

/// Chosen elements are asked for as far down as the whole is: they say what it says, and no more.
pub fn chosen_elements_are_those_of_the_whole() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => {
            let mut row = study("2.999.1", "P1", None, "A");
            row.as_object_mut().unwrap().remove("00080061");
            rows(&[row])
        }
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&[row(&[("0020000E", "UI", "2.999.1.1"), ("00080018", "UI", "2.999.1.1.1")])]),
    };
    for listing in [Listing::Study, Listing::Series, Listing::Instances] {
        let of = |query: &str| {
            let setting = |config: &mut Config| (config.listing, config.options.complete) = (listing, true);
            asked(Server::unknown().paged(None, End::OnePage), setting, &format!("ImagingStudy?_id=2.999.1{query}"), pacs)
        };
        let whole = of("").entries("match")[0].clone();
        for element in ["modality", "numberOfSeries", "numberOfInstances", "reasonCode", "basedOn", "location"] {
            let reply = of(&format!("&_elements={element}"));
            assert_eq!(reply.entries("match")[0][element], whole[element], "{listing:?} {element}: {} {whole}", reply.body);
        }
    }
}

/// A region that instances say stands in the place of a part by its name: where instances were not looked at, what the name decides is told, and nothing counted.
pub fn regions_of_instances_beside_a_name() {
    let pacs = |path: &str, query: &str| match path.rsplit('/').next() {
        _ if query.contains("offset=") => rows(&[]),
        Some("studies") => rows(&[study("2.999.1", "P1", None, "A"), study("2.999.2", "P1", None, "A")]),
        Some("series") => rows(&[series(&path.replace("/studies/", "").replace("/series", ".1"), &[("00180015", "CS", "CHEST")])]),
        _ => {
            let mut row = row(&[("00080018", "UI", "2.999.9"), ("00080016", "UI", "1.2.3")]);
            let region = json!({"00080100": {"vr": "SH", "Value": ["51185008"]}, "00080102": {"vr": "SH", "Value": ["SCT"]}, "00080104": {"vr": "LO", "Value": ["Thorax"]}});
            row["00082218"] = json!({"vr": "SQ", "Value": if path.contains("2.999.1/") { json!([region]) } else { json!([]) }});
            rows(&[row])
        }
    };
    const TEXT: &str = "those of their instances may say more";
    let ask = |listing: Listing, query: &str| {
        asked(servers::ps3_18_baseline(), |config| config.listing = listing, &format!("ImagingStudy?patient.identifier=P1&{query}"), pacs)
    };
    for query in ["bodysite=51185008", "bodysite=816094009", "bodysite:not=816094009", "bodysite:text=thorax"] {
        for wish in ["_sort=started", "_summary=count", "_total=accurate"] {
            let reply = ask(Listing::Instances, &format!("{query}&{wish}"));
            let is_sure = reply.studies().len() == 1 && reply.body["total"] == 1;
            // What is shown is known to its instances.
            let is_left_out = told(&reply, "do not by what they hold");
            assert!(is_sure || is_left_out || told(&reply, TEXT) && reply.body["total"].is_null(), "{query} {wish}: {}", reply.body);
        }
    }
    // Nothing is to be looked at but series: what these say is what is shown.
    let reply = ask(Listing::Series, "bodysite=816094009&_summary=count");
    assert!(reply.body["total"] == 2 && !told(&reply, TEXT), "{}", reply.body);
}

/// Nor is a region that rows of series say sure, where instances may say another: then there is none.
pub fn regions_of_series_that_instances_contradict() {
    let region = |code: &str| json!({"vr": "SQ", "Value": [{"00080100": {"vr": "SH", "Value": [code]}, "00080102": {"vr": "SH", "Value": ["SCT"]}}]});
    let pacs = |path: &str, query: &str| match path.rsplit('/').next() {
        _ if query.contains("offset=") => rows(&[]),
        Some("studies") => rows(&[study("2.999.1", "P1", None, "A")]),
        Some("series") => {
            let mut row = series("2.999.1.1", &[]);
            row["00082218"] = region("71341001");
            rows(&[row])
        }
        _ => {
            let mut row = row(&[("00080018", "UI", "2.999.9"), ("00080016", "UI", "1.2.3")]);
            row["00082218"] = region("85050009");
            rows(&[row])
        }
    };
    for query in ["bodysite=71341001", "bodysite:not=71341001", "bodysite:missing=true", "bodysite:missing=false"] {
        for wish in ["_sort=started", "_summary=count", "_total=accurate", "_count=5"] {
            let target = format!("ImagingStudy?patient.identifier=P1&{query}&{wish}");
            let reply = asked(servers::ps3_18_baseline(), |config| config.listing = Listing::Instances, &target, pacs);
            let is_found = query == "bodysite:not=71341001" || query == "bodysite:missing=true";
            let is_right =
                reply.body["total"] == u32::from(is_found) && (wish == "_summary=count" || reply.studies().is_empty() != is_found);
            let is_told = told(&reply, "those of their instances may say more") || told(&reply, "do not by what they hold");
            assert!(is_right || is_told, "{query} {wish}: {}", reply.body);
        }
    }
}
