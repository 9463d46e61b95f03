//! What `limits.requests` let through: a page ends early, and the conversation is refused only where nothing of the page can be had.

use fhir_dicomweb::facade::{Config, Event, FhirOverDicomweb, Incoming, Response, Step};
use fhir_dicomweb::search::servers;
use fhir_dicomweb::{Listing, Options, Release};

/// What an archive says: rows of `path`, from `offset` on; none: there is no such resource.
pub type Archive<'a> = dyn Fn(&str, usize) -> Option<Vec<String>> + 'a;

fn number(uid: &str) -> usize {
    uid["1.2.".len()..].parse().unwrap()
}

/// A conversation over studies whose rows are `study`, and what is below them; how much was asked. `size`: rows of a page.
pub fn talk(
    config: &Config,
    target: &str,
    pages: (usize, usize),
    study: &dyn Fn(usize) -> String,
    below: &Archive<'_>,
) -> (Response, usize) {
    let (response, asked, _) = talk_in_rounds(config, target, pages, study, below);
    (response, asked)
}

/// The same: all that is asked at once is answered at once; how many rounds it took.
fn talk_in_rounds(
    config: &Config,
    target: &str,
    pages: (usize, usize),
    study: &dyn Fn(usize) -> String,
    below: &Archive<'_>,
) -> (Response, usize, usize) {
    let talked = talk_among(false, config, target, pages, study, below);
    // A study of somebody else that the archive lists behind the first changes nothing.
    if target.contains("patient.identifier=P1") {
        let (response, asked, _) = talk_among(true, config, target, pages, study, below);
        assert_eq!((response.status, shown(&response)), (talked.0.status, shown(&talked.0)), "{} {target}: {asked}", config.server.id());
    }
    talked
}

fn talk_among(
    strangers: bool,
    config: &Config,
    target: &str,
    (count, size): (usize, usize),
    study: &dyn Fn(usize) -> String,
    below: &Archive<'_>,
) -> (Response, usize, usize) {
    let row = |n| if n == count { study(n).replace(r#""P1""#, r#""P2""#) } else { study(n) };
    let mut talk = FhirOverDicomweb::new(config, &Incoming { method: "GET", target, headers: &[], body: &[] });
    let (mut asked, mut rounds, mut open) = (0, 0, Vec::new());
    loop {
        match talk.step() {
            Step::Fetch(ticket, request) => {
                asked += 1;
                open.push((ticket, request));
            }
            Step::Wait => {
                rounds += 1;
                for (ticket, request) in open.drain(..) {
                    let value = |name: &str| {
                        let pair = request.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
                        pair.map(str::to_owned)
                    };
                    let offset = value("offset").map_or(0, |offset| offset.parse().unwrap());
                    // The accession number of the study n is ACCn.
                    let accession = value("AccessionNumber").map(|number| number["ACC".len()..].parse().unwrap());
                    let rows: Option<Vec<String>> = match (request.path.as_str(), value("StudyInstanceUID")) {
                        ("/studies", None) if accession.is_some() => {
                            Some(accession.into_iter().filter(|n| *n < count).map(study).collect())
                        }
                        ("/studies", Some(uids)) => Some(uids.split(',').map(|uid| row(number(uid))).collect()),
                        ("/studies", None) => {
                            let mut order: Vec<usize> = (0..count).collect();
                            if strangers {
                                order.insert(1, count);
                            }
                            // Of thousands those of the page alone are made.
                            let is_made = |at| (offset..offset + size).contains(&at);
                            Some(order.into_iter().enumerate().map(|(at, n)| if is_made(at) { row(n) } else { String::new() }).collect())
                        }
                        ("/series", _) if value("SeriesInstanceUID").is_some() => {
                            let uid = value("SeriesInstanceUID").unwrap_or_default();
                            let n = uid.split('.').nth(2).and_then(|n| n.parse().ok()).unwrap_or(count);
                            let rows = below(&format!("/studies/1.2.{n}/series"), n).unwrap_or_default();
                            Some(rows.into_iter().filter(|row| row.contains(&format!("\"{uid}\""))).collect())
                        }
                        // There are no other lists of all series or instances.
                        (path, _) => path.split('/').nth(2).and_then(|uid| below(path, number(uid))),
                    };
                    let status = if rows.is_some() { 200 } else { 404 };
                    let page: Vec<String> = rows.unwrap_or_default().into_iter().skip(offset).take(size).collect();
                    talk.feed(ticket, Event::Head { status, headers: &[] }).unwrap();
                    talk.feed(ticket, Event::Body(format!("[{}]", page.join(",")).as_bytes())).unwrap();
                    talk.feed(ticket, Event::End).unwrap();
                }
            }
            Step::Done(response) => return (response, asked, rounds),
            other => panic!("{other:?}"),
        }
    }
}

pub fn attribute(tag: &str, vr: &str, value: &str) -> String {
    format!(r#","{tag}":{{"vr":"{vr}","Value":[{value}]}}"#)
}

pub fn study(n: usize, more: &str) -> String {
    format!(
        r#"{{"0020000D":{{"vr":"UI","Value":["1.2.{n}"]}},"00100020":{{"vr":"LO","Value":["P1"]}},"00080020":{{"vr":"DA","Value":["20240114"]}}{more}}}"#
    )
}

/// Series of which no request is known.
pub fn series(n: usize, count: usize) -> Vec<String> {
    let row = |at| {
        format!(
            r#"{{"0020000D":{{"vr":"UI","Value":["1.2.{n}"]}},"0020000E":{{"vr":"UI","Value":["1.2.{n}.{at}"]}},"00080060":{{"vr":"CS","Value":["CT"]}},"00400275":{{"vr":"SQ"}}}}"#
        )
    };
    (0..count).map(row).collect()
}

pub fn instances(n: usize, series: usize, count: usize) -> Vec<String> {
    let row = |at: usize| {
        let of = at % series;
        format!(
            r#"{{"0020000D":{{"vr":"UI","Value":["1.2.{n}"]}},"0020000E":{{"vr":"UI","Value":["1.2.{n}.{of}"]}},"00080018":{{"vr":"UI","Value":["1.2.{n}.{of}.{at}"]}}}}"#
        )
    };
    (0..count).map(row).collect()
}

/// The numbers of the studies that an answer shows, and whether it leads on.
pub fn shown(response: &Response) -> (Vec<usize>, bool) {
    let body: serde_json::Value = serde_json::from_str(response.body.as_str()).unwrap();
    let entries = body["entry"].as_array().cloned().unwrap_or_default();
    let uids =
        entries.iter().filter_map(|entry| entry["resource"]["identifier"][0]["value"].as_str()?.strip_prefix("urn:oid:").map(number));
    let leads_on = body["link"].as_array().into_iter().flatten().any(|link| link["relation"] == "next");
    (uids.collect(), leads_on)
}

/// A match that its row decides is shown before others are looked at, however many of them there are.
pub fn a_match_is_shown_before_others_are_looked_at() {
    for server in [servers::dcm4chee_arc_5(), servers::orthanc_1_12(), servers::google_healthcare(), servers::ps3_18_baseline()] {
        let mut config = Config::new(server, Options::default());
        (config.release, config.listing) = (Release::R5, Listing::Series);
        let row = |n: usize| study(n, &attribute("00080050", "SH", &format!("\"ACC{n}\"")));
        let below = |path: &str, n: usize| path.ends_with("/series").then(|| series(n, 1));
        let target = "/ImagingStudy?patient.identifier=P1&based-on:identifier=ACC0";
        let (response, _) = talk(&config, target, (300, 1000), &row, &below);
        assert_eq!(response.status, 200, "{}", config.server.id());
        assert_eq!(shown(&response), (vec![0], true), "{}", config.server.id());
    }
    // However many rows it has.
    for (server, slices) in [
        (servers::azure_dicom_v2(), 2_500),
        (servers::unknown(), 5_000),
        (servers::unknown(), 500),
        (servers::ps3_18_baseline(), 1_500),
        (servers::google_healthcare(), 20_000),
        (servers::dcm4chee_arc_5(), 5_000),
    ] {
        let config = &mut Config::new(server, Options::default());
        config.release = Release::R5;
        let size = config.server.page_size().unwrap_or(100) as usize;
        for is_counted in [false, true] {
            let count = |n: usize| if n == 0 { slices } else { 3 };
            let row = |n: usize| {
                let counts = [("00201206", 1), ("00201208", count(n))].map(|(tag, n)| attribute(tag, "IS", &n.to_string())).concat();
                let counts = if is_counted { counts } else { String::new() };
                study(n, &[attribute("00080050", "SH", &format!("\"ACC{n}\"")), counts].concat())
            };
            let below = |path: &str, n: usize| Some(if path.ends_with("/series") { series(n, 1) } else { instances(n, 1, count(n)) });
            for wish in ["", "&_count=1"] {
                let target = format!("/ImagingStudy?patient.identifier=P1&based-on:identifier=ACC0{wish}");
                let (response, asked) = talk(config, &target, (300, size), &row, &below);
                assert_eq!(response.status, 200, "{} {slices} {is_counted}: {asked}", config.server.id());
                assert_eq!(shown(&response).0, [0], "{} {slices} {is_counted}: {asked}", config.server.id());
            }
        }
    }
    // And whatever comes of the others.
    for place in [61, 65, 150] {
        let config = &mut Config::new(servers::dcm4chee_arc_5(), Options::default());
        config.release = Release::R5;
        let count = |n: usize| if n == place { 1_001 } else { 3 };
        let row = |n: usize| {
            let counts = [("00201206", 1), ("00201208", count(n))].map(|(tag, n)| attribute(tag, "IS", &n.to_string())).concat();
            study(n, &[attribute("00080050", "SH", &format!("\"ACC{n}\"")), counts].concat())
        };
        let below = |path: &str, n: usize| Some(if path.ends_with("/series") { series(n, 1) } else { instances(n, 1, count(n)) });
        let (response, asked) = talk(config, "/ImagingStudy?patient.identifier=P1&based-on:identifier=ACC0", (300, 1000), &row, &below);
        assert_eq!((response.status, shown(&response).0), (200, vec![0]), "{place}: {asked}");
    }
    // Behind it a study that is dear to look at.
    let config = &mut Config::new(servers::ps3_18_baseline(), Options::default());
    config.release = Release::R5;
    let row = |n: usize| study(n, &attribute("00080050", "SH", &format!("\"ACC{n}\"")));
    let below = |path: &str, n: usize| match path.rsplit('/').next()? {
        "series" => Some(series(n, if n == 1 { 250 } else { 1 })),
        "instances" if path.contains("/series/") => Some(instances(n, 1, 1)),
        _ => None,
    };
    for count in ["", "&_count=1"] {
        let target = format!("/ImagingStudy?patient.identifier=P1&based-on:identifier=ACC0{count}");
        let (response, _) = talk(config, &target, (2, 1000), &row, &below);
        // That it does not match its series tell: the answer is whole.
        assert_eq!((response.status, shown(&response)), (200, (vec![0], false)), "{target}");
    }
}

/// Who is dear to show is decided first, where that is cheap; and what stands behind is reached.
pub fn who_is_dear_to_show_may_be_cheap_to_decide() {
    let config = &mut Config::new(servers::ps3_18_baseline(), Options::default());
    config.release = Release::R5;
    let row = |n: usize| study(n, &attribute("00080050", "SH", &format!("\"ACC{n}\"")));
    let below = |path: &str, n: usize| match path.rsplit('/').next()? {
        "series" => Some(series(n, if n == 0 { 250 } else { 1 })),
        "instances" if path.contains("/series/") => Some(instances(n, 1, 1)),
        _ => None,
    };
    for (accession, expected) in [("NONE", vec![]), ("ACC2", vec![2])] {
        let target = format!("/ImagingStudy?patient.identifier=P1&based-on:identifier={accession}");
        let (response, _) = talk(config, &target, (3, 1000), &row, &below);
        assert_eq!((response.status, shown(&response)), (200, (expected, false)), "{target}");
    }
}

/// Also where showing it would take more than all requests, and nothing else is on the page.
pub fn who_is_dear_is_decided_first() {
    for server in [servers::unknown(), servers::ps3_18_baseline(), servers::azure_dicom_v2(), servers::dcm4chee_arc_5()] {
        let config = &mut Config::new(server, Options::default());
        config.release = Release::R5;
        let size = config.server.page_size().unwrap_or(100) as usize;
        for is_counted in [false, true] {
            let count = |n: usize| if n == 0 { 300 * size } else { 3 };
            let row = |n: usize| {
                let counts = [("00201206", 1), ("00201208", count(n))].map(|(tag, n)| attribute(tag, "IS", &n.to_string())).concat();
                let counts = if is_counted { counts } else { String::new() };
                study(n, &[attribute("00080050", "SH", &format!("\"ACC{n}\"")), counts].concat())
            };
            let below = |path: &str, n: usize| {
                // Of the first nobody reads all.
                Some(if path.ends_with("/series") { series(n, 1) } else { instances(n, 1, count(n).min(30_000)) })
            };
            for (wish, least) in [("", 1), ("&_count=1", 1)] {
                let target = format!("/ImagingStudy?patient.identifier=P1&based-on:identifier=ACC1{wish}");
                let (response, asked) = talk(config, &target, (5, size), &row, &below);
                assert_eq!(response.status, 200, "{} {is_counted} {wish}: {asked}", config.server.id());
                assert_eq!(shown(&response).0.len(), least, "{} {is_counted} {wish}: {asked}", config.server.id());
            }
        }
    }
}

/// Those that do not match are decided together, not one by one.
pub fn those_that_do_not_match_take_few_rounds() {
    for server in [servers::google_healthcare(), servers::ps3_18_baseline(), servers::dcm4chee_arc_5()] {
        let config = &mut Config::new(server, Options::default());
        config.release = Release::R5;
        let row = |n: usize| study(n, &attribute("00080050", "SH", &format!("\"ACC{n}\"")));
        let below = |path: &str, n: usize| Some(if path.ends_with("/series") { series(n, 1) } else { instances(n, 1, 3) });
        let target = "/ImagingStudy?patient.identifier=P1&based-on:identifier=NONE&_count=5";
        let (response, asked, waits) = talk_in_rounds(config, target, (300, 1000), &row, &below);
        assert!(response.status == 200 && shown(&response) == (vec![], true), "{}: {asked}", config.server.id());
        assert!(waits < 60, "{}: {asked} in {waits} rounds", config.server.id());
    }
}

/// One study of more rows than were thought leaves those before it as they are.
pub fn more_pages_than_were_thought() {
    let config = &Config::new(servers::google_healthcare(), Options::default());
    let row = |n: usize| study(n, "");
    for large in [0, 1, 20, 32, 33, 39] {
        let below = |path: &str, n: usize| match path.rsplit('/').next()? {
            "series" => Some(series(n, 1)),
            _ => Some(instances(n, 1, if n == large { 1500 } else { 3 })),
        };
        let (response, asked) = talk(config, "/ImagingStudy?patient.identifier=P1&_count=40", (40, 1000), &row, &below);
        let (studies, leads_on) = shown(&response);
        assert!(response.status == 200 && leads_on && asked <= 200, "{large}: {} after {asked}", response.status);
        assert!(studies.len() >= 25 && studies.iter().enumerate().all(|(place, n)| place == *n), "{large}: {studies:?}");
    }
}

/// An archive of whose pages nobody knows how long they are: what is longer than was thought goes in order, so that the first studies are had.
pub fn pages_of_which_nobody_knows() {
    for server in [servers::unknown(), servers::ps3_18_baseline()] {
        let config = &Config::new(server, Options::default());
        for (count_of_series, count, least) in
            [(4, 1200, 5), (3, 450, 8), (4, 480, 8), (2, 180, 12), (1, 4000, 2), (1, 9000, 1), (20, 2000, 2)]
        {
            for is_counted in [false, true] {
                let counts =
                    [("00201206", count_of_series), ("00201208", count)].map(|(tag, n)| attribute(tag, "IS", &n.to_string())).concat();
                let row = |n: usize| study(n, if is_counted { &counts } else { "" });
                let below = |path: &str, n: usize| {
                    let mut rows =
                        if path.ends_with("/series") { series(n, count_of_series) } else { instances(n, count_of_series, count) };
                    if let Some((_, of)) = path.split_once("/series/") {
                        let of = of.trim_end_matches("/instances");
                        rows.retain(|row| row.contains(&format!(r#""0020000E":{{"vr":"UI","Value":["{of}"]}}"#)));
                    }
                    Some(rows)
                };
                let (response, asked) = talk(config, "/ImagingStudy?patient.identifier=P1", (30, 100), &row, &below);
                let context = format!("{} {count_of_series} {count} {is_counted}: {} after {asked}", config.server.id(), response.status);
                assert_eq!(response.status, 200, "{context}");
                let (studies, leads_on) = shown(&response);
                assert!(leads_on && studies.len() >= least, "{context}: {studies:?}");
                assert!(studies.iter().enumerate().all(|(place, n)| place == *n), "{context}: {studies:?}");
            }
        }
    }
}

/// What comes next of the first study goes before long lists of those behind it.
pub fn the_first_goes_before_long_lists_behind_it() {
    for (studies, is_counted) in [
        (&[(40, 40), (3, 15_000), (1, 1)][..], false),
        (&[(80, 80)], false),
        (&[(80, 80)], true),
        (&[(1, 6_000)], false),
        (&[(1, 6_000)], true),
    ] {
        the_first_goes_first(&|n| studies.get(n).copied().unwrap_or((2, 6)), is_counted);
    }
}

fn the_first_goes_first(studies: &dyn Fn(usize) -> (usize, usize), is_counted: bool) {
    for server in [servers::unknown(), servers::ps3_18_baseline()] {
        let config = &Config::new(server, Options::default());
        let below = |path: &str, n: usize| {
            let (count_of_series, count) = studies(n);
            if path.ends_with("/series") {
                return Some(series(n, count_of_series));
            }
            let of = path.split_once("/series/")?.1.trim_end_matches("/instances");
            let mut rows = instances(n, count_of_series, count);
            rows.retain(|row| row.contains(&format!(r#""0020000E":{{"vr":"UI","Value":["{of}"]}}"#)));
            Some(rows)
        };
        let row = |n: usize| {
            let (count_of_series, count) = studies(n);
            let counts = [("00201206", count_of_series), ("00201208", count)].map(|(tag, n)| attribute(tag, "IS", &n.to_string())).concat();
            study(n, if is_counted { &counts } else { "" })
        };
        let (response, asked) = talk(config, "/ImagingStudy?patient.identifier=P1", (20, 100), &row, &below);
        assert_eq!(response.status, 200, "{}: {asked}", config.server.id());
        let (studies, leads_on) = shown(&response);
        assert!(studies.first() == Some(&0) && (leads_on || studies.len() == 20), "{}: {asked}", config.server.id());
    }
}

/// What a study counts of itself, which may not be so, or may be had otherwise, refuses nobody: it is tried where it stands first.
pub fn the_first_is_tried_whatever_it_counts() {
    let config = &Config::new(servers::ps3_18_baseline(), Options::default());
    for count in [90, 98, 120, 100_000] {
        let row = |n: usize| study(n, &attribute("00201206", "IS", &if n == 0 { count } else { 1 }.to_string()));
        let below = |path: &str, n: usize| match path.rsplit('/').next()? {
            "series" => Some(series(n, if n == 0 { 120 } else { 1 })),
            "instances" if !path.contains("/series/") => Some(instances(n, if n == 0 { 120 } else { 1 }, 120)),
            _ => None,
        };
        for (more, expected) in [("", (vec![0, 1, 2], false)), ("&_count=1", (vec![0], true))] {
            let (response, asked) = talk(config, &format!("/ImagingStudy?patient.identifier=P1{more}"), (3, 1000), &row, &below);
            assert_eq!((response.status, shown(&response)), (200, expected), "{count}{more}: {asked}");
        }
    }
}
