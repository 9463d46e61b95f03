//! Links to further pages while the archive grows: a page goes on where the one before it ended, or is refused.

use crate::budget::{attribute, instances, series, shown, study, talk};
use fhir_dicomweb::facade::{Config, Event, FhirOverDicomweb, Identifier, Incoming, Response, Step};
use fhir_dicomweb::search::{End, servers};
use fhir_dicomweb::{Listing, Options, search};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

fn next(response: &Response) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(response.body.as_str()).unwrap();
    let links = body["link"].as_array()?;
    let next = links.iter().find(|link| link["relation"] == "next")?;
    Some(["/", next["url"].as_str()?].concat())
}

fn row(n: usize) -> String {
    study(n, &attribute("00080050", "SH", &format!("\"ACC{n}\"")))
}

fn below(path: &str, n: usize) -> Option<Vec<String>> {
    path.ends_with("/series").then(|| series(n, 1))
}

/// Studies come to the archive behind all others while the pages are read: each that matches is shown once, whatever selects now.
pub fn pages_go_on_in_what_selected_them() {
    let list: Vec<String> = (0..80).rev().map(|n| format!("ACC{n}")).collect();
    let targets = ["started=2024-01-14&", ""].map(|more| format!("/ImagingStudy?{more}identifier={}", list.join(",")));
    for (server, size) in [(servers::azure_dicom_v2(), 200), (servers::ps3_18_baseline(), 100), (servers::google_healthcare(), 1000)] {
        let config = &Config::new(server, Options::default());
        for target in &targets {
            // Around as many as can be looked through beside the list.
            for pages in [4, 5] {
                for more in [0, 1] {
                    let mut target = format!("{target}&_count=20&_elements=started,identifier");
                    let (mut found, mut seen) = (Vec::new(), 0);
                    loop {
                        let count = pages * size + if seen == 0 { 0 } else { more };
                        let (response, asked) = talk(config, &target, (count, size), &row, &below);
                        assert_eq!(response.status, 200, "{} {pages} {more}: {asked}", config.server.id());
                        found.extend(shown(&response).0);
                        seen += 1;
                        match next(&response) {
                            Some(link) => target = link,
                            None => break,
                        }
                    }
                    let all: BTreeSet<usize> = found.iter().copied().collect();
                    assert_eq!((all.len(), found.len()), (80, 80), "{} {pages} {more}", config.server.id());
                    assert!(seen <= 6, "{} {pages} {more}: {seen}", config.server.id());
                }
            }
        }
    }
}

/// A place in what is selected otherwise now is none: the page is refused, and not another.
pub fn a_link_of_another_plan_is_refused() {
    let list: Vec<String> = (0..150).map(|n| format!("ACC{n}")).collect();
    let target = format!("/ImagingStudy?started=2024-01-14&identifier={}&_count=20&_elements=started,identifier", list.join(","));
    let talk = |requests: u32, target: &str| {
        let mut options = Options::default();
        options.limits.requests = requests;
        let config = Config::new(search::servers::azure_dicom_v2(), options);
        talk(&config, target, (60, 200), &row, &below).0
    };
    let link = next(&talk(200, &target)).unwrap();
    for requests in [200, 1000] {
        assert_eq!(shown(&talk(requests, &link)).0, (20..40).collect::<Vec<_>>());
    }
    // What takes more requests than are allowed now is not tried.
    let larger = next(&talk(1000, &target)).unwrap();
    assert_eq!(shown(&talk(1000, &larger)).0, (20..40).collect::<Vec<_>>());
    let other = talk(200, &larger);
    assert_eq!(other.status, 400, "{}", other.body.as_str());
    assert!(other.body.as_str().contains("begin again"));
    // What is no cursor at all, and one of another search.
    let (head, cursor) = link.rsplit_once("_cursor=").unwrap();
    for bad in [
        "",
        "20",
        "20-",
        "x-1",
        "+20-0123456789abcdef01234567",
        "20-0123456789abcdef01234567",
        &cursor[..cursor.len() - 1],
        &cursor.to_uppercase(),
    ] {
        let refused = talk(200, &format!("{head}_cursor={bad}"));
        assert_eq!((refused.status, refused.body.as_str().contains("not of this search")), (400, true), "{bad}");
    }
}

/// An archive that cannot be asked for what is below studies: pages go on in what was asked instead, and do not try it again.
pub fn pages_go_on_where_nothing_below_studies_can_be_asked_for() {
    let below = |path: &str, n: usize| Some(if path.ends_with("/series") { series(n, 1) } else { instances(n, 1, 1) });
    let own: Vec<String> = (0..5).map(|n| format!("1.2.{n}.0.0")).collect();
    for server in servers::all().filter(|server| server.id() != "static-dicomweb") {
        let config = &Config::new(server, Options::default());
        for lists in [1, 20, 60, 74, 80, 98, 120, 150, 190] {
            for (name, value) in [("_id", "1.2."), ("identifier", "ACC")] {
                let list: Vec<String> = (0..lists).map(|n| format!("{value}{n}")).collect();
                let mut target = format!(
                    "/ImagingStudy?started=2024-01-14&instance={}&{name}={}&_count=2&_elements=started,identifier",
                    own.join(","),
                    list.join(",")
                );
                let (mut found, mut first) = (Vec::new(), None);
                loop {
                    let (response, asked) = talk(config, &target, (5, 1000), &row, &below);
                    let id = config.server.id();
                    // More than all requests is refused at once, and nowhere else.
                    if response.status == 422 && first.is_none() {
                        assert!(lists > 60, "{id} {name} {lists}: {asked}");
                        break;
                    }
                    assert_eq!(response.status, 200, "{id} {name} {lists}: {asked} {found:?} {}", response.body.as_str());
                    first.get_or_insert(asked);
                    found.extend(shown(&response).0);
                    match next(&response) {
                        Some(link) => target = link,
                        None => break,
                    }
                }
                let expected: Vec<usize> = (0..lists.min(5)).collect();
                assert!(first.is_none() || found == expected, "{} {name} {lists}: {found:?}", config.server.id());
            }
        }
    }
}

/// What a patient is known by comes in whatever order: the same is asked, and a page goes on.
pub fn identifiers_come_in_any_order() {
    let known = [("urn:a", "P1"), ("urn:b", "P2"), ("urn:c", "P3")].map(|(system, value)| Identifier { system: Some(system), value });
    let answer = |config: &Config, target: &str, known: &[Identifier<'_>]| {
        let mut talk = FhirOverDicomweb::new(config, &Incoming { method: "GET", target, headers: &[], body: &[] });
        loop {
            match talk.step() {
                Step::Resolve(ticket, _) => talk.feed(ticket, Event::Identifiers(known)).unwrap(),
                Step::Fetch(ticket, request) => {
                    let page = |name: &str| request.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
                    let patient = page("PatientID").map(|id| id[1..].parse::<usize>().unwrap());
                    let rows: Vec<String> =
                        (0..9).filter(|n| patient.is_none_or(|id| id == n % 3 + 1) && page("offset").is_none()).map(whose).collect();
                    talk.feed(ticket, Event::Head { status: 200, headers: &[] }).unwrap();
                    talk.feed(ticket, Event::Body(format!("[{}]", rows.join(",")).as_bytes())).unwrap();
                    talk.feed(ticket, Event::End).unwrap();
                }
                Step::Done(response) => break response,
                _ => {}
            }
        }
    };
    for server in servers::all().filter(|server| server.id() != "static-dicomweb") {
        let config = &mut Config::new(server, Options::default());
        config.listing = Listing::Study;
        for (name, system) in [("A", "urn:a"), ("B", "urn:b"), ("C", "urn:c")] {
            config.options.namespaces.push((name.into(), system.into()));
        }
        for order in ["", "&_sort=-_id"] {
            let (mut target, mut found) = (format!("/ImagingStudy?patient=Patient/12&_count=2{order}"), Vec::new());
            for turn in 0.. {
                let mut known = known.to_vec();
                known.rotate_left(turn % 3);
                // What is said again is no more.
                known.extend_from_within(..turn % 2);
                let response = answer(config, &target, &known);
                assert_eq!(response.status, 200, "{} {order} {turn}: {}", config.server.id(), response.body);
                found.extend(shown(&response).0);
                match next(&response) {
                    Some(link) => target = link,
                    None => break,
                }
            }
            let all: BTreeSet<usize> = found.iter().copied().collect();
            assert_eq!((all.len(), found.len()), (9, 9), "{} {order}: {found:?}", config.server.id());
        }
    }
}

/// A study of one of three patients, whose issuer is told.
fn whose(n: usize) -> String {
    let issuer = ["A", "B", "C"][n % 3];
    format!(
        r#"{{"0020000D":{{"vr":"UI","Value":["1.2.{n}"]}},"00100020":{{"vr":"LO","Value":["P{}"]}},"00100021":{{"vr":"LO","Value":["{issuer}"]}},"00080020":{{"vr":"DA","Value":["20240114"]}}}}"#,
        n % 3 + 1
    )
}

/// Where nobody answers what is asked it is no fault of the cursor's.
pub fn a_link_that_is_taken_strictly() {
    let config = &Config::new(servers::kheops(), Options::default());
    let answer = |target: &str, prefer: &[u8]| {
        let headers: [(&str, &[u8]); 1] = [("Prefer", prefer)];
        let mut talk = FhirOverDicomweb::new(config, &Incoming { method: "GET", target, headers: &headers, body: &[] });
        loop {
            match talk.step() {
                Step::Fetch(ticket, request) => {
                    let rows: Vec<String> = if request.query.contains("offset=") { Vec::new() } else { (0..9).map(visit).collect() };
                    talk.feed(ticket, Event::Head { status: 200, headers: &[] }).unwrap();
                    talk.feed(ticket, Event::Body(format!("[{}]", rows.join(",")).as_bytes())).unwrap();
                    talk.feed(ticket, Event::End).unwrap();
                }
                Step::Done(response) => break response,
                _ => {}
            }
        }
    };
    let target = "/ImagingStudy?patient.identifier=P1&encounter:identifier=V1&_count=2&_elements=started,identifier";
    let first = answer(target, b"handling=lenient");
    assert_eq!(first.status, 200, "{}", first.body);
    let link = next(&first).unwrap();
    assert_eq!(answer(&link, b"handling=lenient").status, 200);
    let (whole, page) = (answer(target, b"handling=strict"), answer(&link, b"handling=strict"));
    assert_eq!((whole.status, page.status), (422, 422), "{}", page.body);
    assert_eq!(whole.body.as_str(), page.body.as_str());
}

fn visit(n: usize) -> String {
    study(n, &attribute("00380010", "LO", "\"V1\""))
}

/// What a patient is known by may be much: it is not compared with itself for every study whose issuer is not seen.
pub fn many_identifiers_of_a_patient() {
    let values: Vec<(String, &str)> = (0..20_000).map(|n| (format!("urn:s{n}"), "urn:oid:P1")).collect();
    let known: Vec<Identifier<'_>> = values.iter().map(|(system, value)| Identifier { system: Some(system), value }).collect();
    for server in [servers::unknown(), servers::kheops(), servers::orthanc_1_12()] {
        let config = &Config::new(server, Options::default());
        let target = "/ImagingStudy?patient=Patient/12&_elements=started";
        let mut talk = FhirOverDicomweb::new(config, &Incoming { method: "GET", target, headers: &[], body: &[] });
        let begun = Instant::now();
        let response = loop {
            match talk.step() {
                Step::Resolve(ticket, _) => talk.feed(ticket, Event::Identifiers(&known)).unwrap(),
                Step::Fetch(ticket, request) => {
                    let rows: Vec<String> =
                        if request.query.contains("offset=") { Vec::new() } else { (0..50).map(|n| study(n, "")).collect() };
                    talk.feed(ticket, Event::Head { status: 200, headers: &[] }).unwrap();
                    talk.feed(ticket, Event::Body(format!("[{}]", rows.join(",")).as_bytes())).unwrap();
                    talk.feed(ticket, Event::End).unwrap();
                }
                Step::Done(response) => break response,
                _ => {}
            }
        };
        // Compared each with each it took minutes.
        let (id, took) = (config.server.id(), begun.elapsed());
        assert!(took < Duration::from_secs(20), "{id}: {took:?} {}", response.status);
    }
}

/// What `_id:not` excludes is not told of: what is below what is held of it nobody has asked for.
pub fn what_is_excluded_has_what_selected_it() {
    for server in servers::all().filter(|server| server.id() != "static-dicomweb") {
        let config = &Config::new(server, Options::default());
        for (asked, uids) in [("series", "1.2.1.0,1.2.2.0"), ("instance", "1.2.1.0.0,1.2.2.0.0")] {
            let target = &format!("/ImagingStudy?{asked}={uids}&_id:not=1.2.1&started=2024-01-14&_total=accurate");
            let response = answer(config, target, &|path, query| {
                let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
                let has = |name: &str, n: usize, behind: &str| {
                    value(name).is_none_or(|uids| uids.split([',', '\\']).any(|uid| uid == format!("1.2.{n}{behind}")))
                };
                let is_of = |n: usize| path.matches('/').count() < 3 || path.starts_with(&format!("/studies/1.2.{n}/"));
                let met = |n: &usize| {
                    let below = has("SeriesInstanceUID", *n, ".0") && has("SOPInstanceUID", *n, ".0.0");
                    is_of(*n) && has("StudyInstanceUID", *n, "") && below
                };
                let first = value("offset").is_none_or(|offset| offset == "0");
                let rows = (0..4).filter(|n| first && met(n)).flat_map(|n| match path.rsplit('/').next() {
                    Some("series") => series(n, 1),
                    Some("instances") => instances(n, 1, 1),
                    _ => vec![study(n, "")],
                });
                rows.collect()
            });
            let body: serde_json::Value = serde_json::from_str(response.body.as_str()).unwrap();
            assert_eq!((response.status, body["total"].as_u64()), (200, Some(1)), "{} {asked}: {body}", config.server.id());
            assert!(!response.body.as_str().contains("do not hold"), "{} {asked}: {body}", config.server.id());
        }
    }
}

/// A conversation with an archive whose rows are these.
fn answer(config: &Config, target: &str, rows: &dyn Fn(&str, &str) -> Vec<String>) -> Response {
    let mut talk = FhirOverDicomweb::new(config, &Incoming { method: "GET", target, headers: &[], body: &[] });
    loop {
        match talk.step() {
            Step::Fetch(ticket, request) => {
                let rows = rows(&request.path, &request.query);
                talk.feed(ticket, Event::Head { status: 200, headers: &[] }).unwrap();
                talk.feed(ticket, Event::Body(format!("[{}]", rows.join(",")).as_bytes())).unwrap();
                talk.feed(ticket, Event::End).unwrap();
            }
            Step::Done(response) => break response,
            _ => {}
        }
    }
}

/// An archive that keeps no order unless it is asked for one is asked for one, also where it gives all at once.
pub fn one_page_in_order() {
    let config = &Config::new(servers::dcm4chee_arc_5().paged(None, End::OnePage), Options::default());
    let (mut target, mut found) = ("/ImagingStudy?started=2024-01-14&_count=2&_elements=started,identifier".to_string(), Vec::new());
    loop {
        let turn = Cell::new(found.len());
        let response = answer(config, &target, &|_, query| {
            turn.set(turn.get() + 1);
            let mut rows: Vec<String> = (0..6).map(|n| study(n, "")).collect();
            if !query.contains("orderby=") {
                rows.rotate_left(turn.get() % 6);
            }
            rows
        });
        assert_eq!(response.status, 200, "{}", response.body);
        found.extend(shown(&response).0);
        match next(&response) {
            Some(link) => target = link,
            None => break,
        }
    }
    assert_eq!(found, (0..6).collect::<Vec<_>>());
}
