//! Archives that contradict themselves, give less than they have, or name others than before; and clients who ask for what is not there.

use crate::archive::Facade;
use crate::hostile::{asked, row, rows, series, study, told};
use crate::support::facade_driver::Said;
use fhir_dicomweb::Listing;
use fhir_dicomweb::search::{End, Server, servers};
use serde_json::{Value, json};

/// An archive that says otherwise of studies when they are shown moves no page, and breaks no order.
pub fn an_order_stays_one() {
    let uid = |n: usize| format!("2.999.8.{n}");
    let of = |path: &str| -> usize { path.split('/').nth(2).and_then(|uid| uid.rsplit('.').next()).map_or(0, |n| n.parse().unwrap()) };
    let mut times: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    let reply = asked(
        servers::orthanc_1_12(),
        |config| {
            (config.page, config.most, config.listing) = (100, 100, Listing::Instances);
            config.options.limits.requests = 10_000;
        },
        "ImagingStudy?patient.identifier=P1&bodysite=http://snomed.info/sct|816094009&_sort=started&_count=100",
        |path, query| {
            if path == "/studies" {
                let day = |n: usize| format!("202401{:02}", 1 + n * 7 % 25);
                let row = |n: usize| {
                    let mut row = study(&uid(n), "P1", None, "A");
                    row["00080020"] = json!({"vr": "DA", "Value": [day(n)]});
                    row
                };
                let asked = (0..25).filter(|n| !query.contains("StudyInstanceUID") || query.contains(&uid(*n)));
                return rows(&asked.map(row).collect::<Vec<_>>());
            }
            let time = times.entry(path.to_owned()).or_insert(0);
            *time += 1;
            let part = if *time > 1 && of(path) % 3 == 0 { "HEAD" } else { "CHEST" };
            match path.rsplit('/').next().unwrap() {
                "series" => rows(&[series(&format!("{}.1", uid(of(path))), &[("00180015", "CS", part)])]),
                _ => rows(&[row(&[("00080018", "UI", &format!("{}.1.1", uid(of(path))))])]),
            }
        },
    );
    let days: Vec<&str> = reply.entries("match").iter().map(|study| study["started"].as_str().unwrap()).collect();
    assert!(days.is_sorted() && days.len() == 16, "{days:?}");
    assert!(told(&reply, "do not by what they hold"), "{}", reply.body);
}

/// What is below a study and cannot be had may decide otherwise.
pub fn what_cannot_be_had() {
    let cut = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[("00180015", "CS", "CHEST")])]).with("Warning", "299 a: there are more"),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
    };
    for query in ["bodysite=http://snomed.info/sct|69536005", "bodysite:not=http://snomed.info/sct|69536005", "series=2.999.1.2"] {
        let reply = asked(Server::unknown().paged(None, End::OnePage), |_| (), &format!("ImagingStudy?patient.identifier=P1&{query}"), cut);
        assert!(reply.studies().is_empty() && told(&reply, "does not tell what decides"), "{query}: {}", reply.body);
    }
    let reply = asked(
        Server::unknown().paged(None, End::OnePage),
        |_| (),
        "ImagingStudy?patient.identifier=P1&bodysite=http://snomed.info/sct|816094009",
        cut,
    );
    assert_eq!(reply.studies(), ["2.999.1"]);
    // A resource alone has no place to tell it: the header has.
    let reply = asked(Server::unknown().paged(None, End::OnePage), |_| (), "ImagingStudy/2.999.1", cut);
    let warning = crate::archive::header(&reply.outcome, "Warning").unwrap_or_default();
    assert!(reply.status() == 200 && warning.starts_with("299 - \"incomplete: "), "{:?}", reply.outcome.response.headers);
    let whole = asked(
        Server::unknown().paged(None, End::OnePage),
        |_| (),
        "ImagingStudy/2.999.1",
        |path, query| {
            let said = cut(path, query);
            Said::of(said.status, said.body)
        },
    );
    assert_eq!(crate::archive::header(&whole.outcome, "Warning"), None);
}

/// An include that chosen elements leave nothing of is told.
pub fn includes_of_what_is_not_written() {
    let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(2));
    let of = |more: &str| facade.get(&format!("ImagingStudy?patient.identifier=P250{more}"));
    for more in ["&_elements=referrer&_include=ImagingStudy:referrer", "&_include=ImagingStudy:endpoint&_elements=started"] {
        assert!(told(&of(more), "with the elements that were asked for not all is"), "{more}");
    }
    for more in
        ["&_elements=referrer&_include=ImagingStudy:patient", "&_include=ImagingStudy:endpoint&_elements=endpoint", "&_summary=true"]
    {
        assert!(!told(&of(more), "with the elements that were asked for not all is"), "{more}");
    }
}

/// An answer that is cut is refused, however much else is to be told of it.
pub fn what_is_cut_among_a_thousand_losses() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => {
            let mut row = study("2.999.1", "P1", None, "A");
            for n in 0..1_100 {
                row[format!("{:04X}{:04X}", 9 + 2 * n, 16)] = json!({"vr": "LO", "Value": ["x"]});
            }
            rows(&[row])
        }
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&(0..500).map(|n| row(&[("00080018", "UI", &format!("2.999.1.9.{n}"))])).collect::<Vec<_>>()),
    };
    for target in ["ImagingStudy/2.999.1", "ImagingStudy?_id=2.999.1"] {
        let whole = asked(servers::orthanc_1_12(), |config| config.listing = Listing::Instances, target, pacs);
        assert_eq!(whole.status(), 200, "{}", whole.short());
        let cut = |config: &mut fhir_dicomweb::facade::Config| {
            config.listing = Listing::Instances;
            config.options.limits.output_bytes = 3_000;
        };
        let reply = asked(servers::orthanc_1_12(), cut, target, pacs);
        assert!(reply.status() >= 400 && reply.body["resourceType"] == "OperationOutcome", "{}", reply.short());
    }
}

/// A status that says that the answer is a part is heard, as is a warning without rows.
pub fn parts_of_answers() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => Said::of(206, Value::from(vec![study("2.999.1", "P1", None, "A")]).to_string()),
        _ => rows(&[]),
    };
    let study_only = |config: &mut fhir_dicomweb::facade::Config| {
        config.listing = Listing::Study;
        config.options.listing = Listing::Study;
    };
    let partial = asked(Server::unknown().paged(None, End::OnePage), study_only, "ImagingStudy?patient.identifier=P1", pacs);
    assert!(partial.body["total"].is_null() && told(&partial, "more rows than it gives"), "{}", partial.body);
    let none = |_: &str, _: &str| rows(&[]).with("Warning", "299 a: there are more");
    let empty = asked(Server::unknown().paged(None, End::OnePage), study_only, "ImagingStudy?patient.identifier=P1", none);
    assert!(empty.body["total"].is_null() && told(&empty, "more rows than it gives"), "{}", empty.body);
    asked(Server::unknown().paged(None, End::OnePage), study_only, "ImagingStudy/2.999.1", none).fails(502);
    let one = asked(Server::unknown().paged(None, End::OnePage), study_only, "ImagingStudy/2.999.1", pacs);
    assert_eq!(one.status(), 200, "{}", one.short());
}

/// What a client writes is handed out as a resource's reference only where it is one.
pub fn references_that_lead_out() {
    for (reference, asked_for) in [
        ("https://fhir.example.org/r/../../admin/keys", Some("https://fhir.example.org/r/../../admin/keys")),
        ("https://fhir.example.org/r/Patient/..", Some("https://fhir.example.org/r/Patient/..")),
        ("https://fhir.example.org/r/Patient/12", Some("Patient/12")),
        ("https://fhir.example.org/r/Device/3", None),
        ("Patient/12", Some("Patient/12")),
    ] {
        let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(2));
        let reply = facade.get(&format!("ImagingStudy?patient={reference}"));
        assert_eq!(reply.outcome.references.iter().map(String::as_str).next(), asked_for, "{reference}: {}", reply.short());
    }
    let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(2));
    assert_eq!(facade.get("ImagingStudy?patient=Patient/..").status(), 400);
}

/// Studies that a list which was cut does not have are told, and nobody counts.
pub fn a_list_of_studies_that_is_cut() {
    let pacs = |path: &str, query: &str| match path {
        "/studies" if query.starts_with("StudyInstanceUID=") => {
            rows(&[study("2.999.1", "P1", None, "A")]).with("Warning", "299 a: there are more")
        }
        "/studies" => rows(&[study("2.999.1", "P1", None, "A"), study("2.999.2", "P1", None, "A")]),
        _ => rows(&[series("2.999.1.1", &[("00180015", "CS", "CHEST")])]),
    };
    let one_page = || Server::unknown().paged(None, End::OnePage).uid_lists(50);
    let reply =
        asked(one_page(), |config| config.listing = Listing::Study, "ImagingStudy?patient.identifier=P1&started:missing=true", pacs);
    assert!(reply.body["total"].is_null() && !reply.issues().is_empty(), "{}", reply.body);
}

/// Which list was cut decides what is known.
pub fn which_list_is_cut() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[("00180015", "CS", "CHEST")])]),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]).with("Warning", "299 a: there are more"),
    };
    let query = "ImagingStudy?patient.identifier=P1&bodysite:not=http://snomed.info/sct|69536005";
    let instances = |config: &mut fhir_dicomweb::facade::Config| config.listing = Listing::Instances;
    let reply = asked(Server::unknown().paged(None, End::OnePage), instances, query, pacs);
    assert!(reply.studies() == ["2.999.1"] && told(&reply, "counts more of a study than it lists"), "{}", reply.body);
}

/// Of a summary and chosen elements the elements count, whichever is said first; a type that is not here is not included.
pub fn elements_and_types_as_they_are_asked_for() {
    let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(2));
    let of = |more: &str| facade.get(&format!("ImagingStudy?patient.identifier=P250{more}"));
    let [one, other] = ["&_elements=identifier&_summary=true", "&_summary=true&_elements=identifier"].map(of);
    assert!(one.entries("match")[0] == other.entries("match")[0] && one.entries("match")[0]["started"].is_null());
    assert!(!one.link("self").unwrap().contains("_summary"), "{}", one.body["link"]);
    assert!(told(&one, "a summary of elements"), "{}", one.short());
    // Nor does a summary that is set aside leave anything out.
    let series = |more: &str| of(more).entries("match")[0]["series"].to_string();
    for more in ["&_summary=text&_elements=series", "&_elements=series&_summary=true"] {
        assert_eq!(series(more), series("&_elements=series"), "{more}");
    }
    // A series that is chosen is there whole, with Endpoints of its own where it has some.
    let mut facade = Facade::over("orthanc-1.12", 1, crate::archive::many(2));
    facade.config.options.endpoint_base = Some("https://pacs.example.org/dicom-web".into());
    for series_endpoints in [false, true] {
        facade.config.options.series_endpoints = series_endpoints;
        let of = |more: &str| facade.get(&format!("ImagingStudy?patient.identifier=P250{more}")).entries("match")[0].clone();
        let (whole, part) = (of(""), of("&_elements=series"));
        assert_eq!((whole["series"][0]["endpoint"].is_null(), part["endpoint"].is_null()), (!series_endpoints, !series_endpoints));
        assert_eq!((&part["series"], part["contained"].is_null()), (&whole["series"], !series_endpoints), "{part}");
    }
    // What cannot be chosen chooses nothing.
    let bogus = of("&_summary=true&_elements=bogus");
    assert!(bogus.link("self").unwrap().contains("_summary=true") && !told(&bogus, "a summary of elements"), "{}", bogus.body["link"]);
    assert!(!of("&_elements=,").entries("match")[0]["started"].is_null());
    assert_eq!(of("&_include=ImagingStudy:subject:Device").entries("include").len(), 0);
    assert_eq!(of("&_include=ImagingStudy:*:Patient").entries("include").len(), 1);
    assert!(!told(&of("&_include=ImagingStudy:performer:PractitionerRole"), "not all is"));
    assert_eq!(of("&_include=ImagingStudy:subject:Patient").entries("include").len(), 1);
}

/// A page that comes again in the place of another hides nothing.
pub fn a_page_that_comes_again() {
    for times in [1, 2] {
        let mut left = times;
        let mut pacs = |path: &str, query: &str| {
            let offset: usize = query.split('&').find_map(|part| part.strip_prefix("offset=")).map_or(0, |n| n.parse().unwrap());
            let is_old = offset == 10 && left > 0;
            left -= usize::from(is_old);
            let from = if is_old { 0 } else { offset };
            match path {
                "/studies" => {
                    rows(&(from..(from + 10).min(30)).map(|n| study(&format!("2.999.1.{n}"), "P1", None, "A")).collect::<Vec<_>>())
                }
                _ => rows(&[]),
            }
        };
        let server = || Server::unknown().paged(Some(10), End::EmptyPage);
        let query = "ImagingStudy?_elements=identifier&_total=accurate&_count=50";
        if times == 1 {
            let reply = asked(server(), |config| config.most = 50, query, &mut pacs);
            assert_eq!((&reply.body["total"], reply.studies().len()), (&json!(30), 30), "{}", reply.body);
        } else {
            asked(server(), |config| config.most = 50, query, &mut pacs).fails(502);
        }
    }
    // What is listed and then is not there is not gone.
    let pacs = |path: &str, query: &str| match path {
        "/studies/2.999.1/series" if query.contains("offset=") => Said::of(404, Vec::new()),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
        _ => rows(&[]),
    };
    asked(Server::unknown().paged(Some(1), End::EmptyPage), |_| (), "ImagingStudy/2.999.1", pacs).fails(502);
    // Who refuses what is no UID is not asked for it.
    asked(servers::azure_dicom_v2(), |_| (), "ImagingStudy/abc", |_, _| panic!("asked")).fails(404);
}

/// Studies whose lists take many pages, as they count themselves, end a page early.
pub fn long_lists_end_a_page() {
    let pacs = |path: &str, query: &str| {
        let offset: usize = query.split('&').find_map(|part| part.strip_prefix("offset=")).map_or(0, |n| n.parse().unwrap());
        let uid = path.split('/').nth(2).unwrap_or_default().to_owned();
        let listed = |n: usize| {
            let mut row = study(&format!("2.999.1.{n}"), "P1", None, "A");
            row["00201208"] = json!({"vr": "IS", "Value": [1_300]});
            row
        };
        match path.rsplit('/').next().unwrap() {
            "studies" => {
                let asked = (0..20).filter(|n| !query.starts_with("StudyInstanceUID=") || query.contains(&format!("2.999.1.{n}&")));
                rows(&asked.map(listed).skip(offset).take(200).collect::<Vec<_>>())
            }
            "series" => rows(&[series(&format!("{uid}.1"), &[])].into_iter().skip(offset).collect::<Vec<_>>()),
            _ => {
                let instance = |n: usize| row(&[("0020000E", "UI", &format!("{uid}.1")), ("00080018", "UI", &format!("{uid}.1.{n}"))]);
                rows(&(offset..(offset + 200).min(1_300)).map(instance).collect::<Vec<_>>())
            }
        }
    };
    let deep = |config: &mut fhir_dicomweb::facade::Config| config.listing = Listing::Instances;
    let reply = asked(servers::azure_dicom_v2(), deep, "ImagingStudy?patient.identifier=P1", pacs);
    let shown = reply.studies().len();
    assert!((10..20).contains(&shown) && reply.link("next").is_some(), "{shown}: {}", reply.short());
}

/// Nothing of a target is cut off: what stands behind a `#` may say who is asked for.
pub fn targets_with_a_fragment() {
    for target in [
        "ImagingStudy?patient.identifier=MRN#12",
        "ImagingStudy?started=2024-01-14#&patient.identifier=P1",
        "ImagingStudy/1.2#3",
        "metadata#",
    ] {
        asked(servers::static_dicomweb(), |_| (), target, |_, _| panic!("asked")).fails(400);
    }
}

/// What selects a study is a part of it: that it lacks what is not to be there contradicts nothing. That the study lacks what selected it does.
pub fn what_selects_is_a_part() {
    const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
    let instance = |uid: &str, class: &str| {
        row(&[("0020000D", "UI", "2.999.1"), ("0020000E", "UI", "2.999.1.1"), ("00080018", "UI", uid), ("00080016", "UI", class)])
    };
    for (lists_it, negative, is_told) in [(true, CT, false), (false, "2.999.7", true)] {
        let pacs = |path: &str, _: &str| match path {
            "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
            "/instances" => rows(&[instance("2.999.1.9", "2.999.8")]),
            "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
            _ if lists_it => rows(&[instance("2.999.1.8", CT), instance("2.999.1.9", "2.999.8")]),
            _ => rows(&[instance("2.999.1.8", CT)]),
        };
        let reply = asked(
            Server::unknown().paged(None, End::OnePage),
            |_| (),
            &format!("ImagingStudy?instance=2.999.1.9&dicom-class:not={negative}"),
            pacs,
        );
        // What rows of a part of it do not say it may have: nobody knows how many match.
        assert_eq!((reply.studies().len(), reply.body["total"].as_u64()), (0, (!is_told).then_some(0)), "{}", reply.body);
        assert_eq!(told(&reply, "do not hold"), is_told, "{negative}: {}", reply.body);
        assert!(!told(&reply, "and counted"));
    }
}

/// What a study holds and cannot be placed, or what was listed and is not there any more, makes no study one that does not match.
pub fn content_without_its_name() {
    let one_page = || Server::unknown().paged(None, End::OnePage);
    let list = || rows(&[study("2.999.1", "P1", None, "A")]);
    let nameless = || {
        let mut row = study("2.999.1", "P1", None, "A");
        row.as_object_mut().unwrap().remove("0020000D");
        rows(&[row])
    };
    let held = |content: &dyn Fn() -> Said, series_rows: &[Value], query: &str| {
        asked(
            one_page(),
            |_| (),
            &format!("ImagingStudy?{query}"),
            |path, asked| match path {
                "/studies" if asked.contains("StudyInstanceUID") => content(),
                "/studies" => list(),
                _ if path.ends_with("/series") => rows(series_rows),
                _ => rows(&[]),
            },
        )
    };
    let chest = || series("2.999.1.1", &[("00180015", "CS", "CHEST")]);
    let is_found = held(&list, &[chest()], "bodysite:text=chest");
    assert_eq!((is_found.studies(), is_found.issues().len()), (vec!["2.999.1".to_owned()], 0), "{}", is_found.body);
    // The row of the study has no UID, or is another's, or is not there.
    let other = || rows(&[study("2.999.2", "P1", None, "A")]);
    for content in [&nameless as &dyn Fn() -> Said, &other, &|| rows(&[])] {
        for query in ["bodysite:text=chest", "performer:missing=true", "bodysite:text=chest&_summary=count"] {
            let reply = held(content, &[chest()], query);
            assert!(reply.studies().is_empty() && told(&reply, "does not tell what decides"), "{query}: {}", reply.body);
        }
    }
    // So it is with the series that would decide.
    let mut bare = chest();
    bare.as_object_mut().unwrap().remove("0020000E");
    let mut of_another = chest();
    of_another["0020000D"] = json!({"vr": "UI", "Value": ["2.999.2"]});
    for row in [bare, of_another] {
        let reply = held(&list, &[series("2.999.1.2", &[]), row], "bodysite:text=chest");
        assert!(reply.studies().is_empty() && told(&reply, "does not tell what decides"), "{}", reply.body);
    }
    // An instance that selects a study, and is not among what it holds.
    let reply = asked(
        one_page(),
        |_| (),
        "ImagingStudy?instance=2.999.1.9.1",
        |path, _| match path {
            "/instances" => {
                rows(&[row(&[("0020000D", "UI", "2.999.1"), ("0020000E", "UI", "2.999.1.9"), ("00080018", "UI", "2.999.1.9.1")])])
            }
            "/studies" => list(),
            _ if path.ends_with("/series") => rows(&[chest()]),
            _ => rows(&[row(&[("00080018", "UI", "2.999.1.1.1")])]),
        },
    );
    assert!(reply.studies().is_empty() && told(&reply, "do not hold"), "{}", reply.body);
}

/// An archive that keeps no order is asked for one, and for no limit, of which it would not warn.
pub fn pages_of_an_archive_without_order() {
    let mut facade = Facade::over("dcm4chee-arc-5", 0, crate::archive::many(40));
    (facade.faults.default_limit, facade.faults.max_limit) = ([Some(3); 3], [Some(3); 3]);
    let reply = facade.get("ImagingStudy?patient.identifier=P250&_summary=count");
    assert_eq!(reply.body["total"], 40);
    for request in &reply.outcome.requests {
        assert!(request.contains("&orderby=StudyInstanceUID") && !request.contains("limit="), "{request}");
    }
}

/// An archive that finds days on its own clock is asked for those to each side; of what it gives the study's own day decides.
pub fn days_on_the_archives_clock() {
    let store = || {
        crate::archive::store(
            "study 2.999.9.1: PatientID=P1; StudyDate=20240114; StudyTime=230000; TimezoneOffsetFromUTC=-0500
             series 2.999.9.1.1: Modality=CT
             instance 2.999.9.1.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.2
             study 2.999.9.2: PatientID=P1; StudyDate=20240115; StudyTime=003000; TimezoneOffsetFromUTC=+0900
             series 2.999.9.2.1: Modality=CT
             instance 2.999.9.2.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.2\n",
        )
    };
    for clock in [0, 60, -300, 540] {
        let mut facade = Facade::over("dcm4chee-arc-5", 0, store());
        facade.faults.clock = Some(clock);
        for (query, found) in [
            ("started=2024-01-14", vec!["2.999.9.1"]),
            ("started=2024-01-15", vec!["2.999.9.2"]),
            ("patient.identifier=P1&started=le2024-01-14", vec!["2.999.9.1"]),
            ("patient.identifier=P1&started=gt2024-01-14", vec!["2.999.9.2"]),
            ("started=2024-01-16", vec![]),
            ("started=2024-01-15T04:00:00Z", vec!["2.999.9.1"]),
            ("started=2024-01-14T15:30:00Z", vec!["2.999.9.2"]),
        ] {
            assert_eq!(facade.get(&format!("ImagingStudy?{query}")).studies(), found, "{clock} {query}");
        }
    }
}
