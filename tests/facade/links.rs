//! Links to further pages while the archive grows: a page goes on where the one before it ended, or is refused.

use crate::budget::{attribute, instances, series, shown, study, talk};
use fhir_dicomweb::facade::{Config, Response};
use fhir_dicomweb::search::servers;
use fhir_dicomweb::{Options, search};
use std::collections::BTreeSet;

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
