//! Pages of an answer: by `next` links each study once, whatever the server pages like; counts, totals, order; cursors are client input.

use crate::archive::{Facade, Reply, many};
use crate::support::qido_store::preset;
use fhir_dicomweb::Listing;
use fhir_dicomweb::search::servers;
use libtest_mimic::Trial;
use std::collections::BTreeSet;

/// Over each server that can list 250 studies within `limits.requests`; with a residual, which the server is not asked, and without.
pub fn trials() -> Vec<Trial> {
    type Match = fn(usize) -> bool;
    let queries: [(&str, Match); 3] = [
        ("patient.identifier=urn:a%7CP250", |_| true),
        ("patient.identifier=urn:a%7CP250&patient.family=doe", |n| n % 10 != 3),
        ("patient.identifier=urn:a%7CP250&modality:not=MR", |n| n % 2 == 0),
    ];
    let mut trials = Vec::new();
    for server in servers::all().filter(|server| server.id() != "kheops") {
        for (n, (query, is_match)) in queries.into_iter().enumerate() {
            // Who does not return modalities of studies is asked for the series of each of the 250: that is refused, below.
            if n == 2 && ["unknown", "google-healthcare"].contains(&server.id()) {
                continue;
            }
            let id = server.id().to_owned();
            let name = format!("paging::every_study_once {id} {n}");
            trials.push(Trial::test(name, move || {
                every_study_once(&id, query, is_match);
                Ok(())
            }));
        }
    }
    trials
}

/// A model of a preset that does not cut its pages to a few rows: 250 pages are more than `limits.requests`.
fn roomy(server: &str, count: usize) -> Facade {
    let seed = (1..99).find(|seed| {
        let faults = preset(server, *seed);
        // An unknown server may ignore what it is asked to return, and what it knows of modalities.
        faults.default_limit[0].is_none_or(|limit| limit >= 100) && (!faults.include_ignored || server != "unknown")
    });
    let mut facade = Facade::over(server, seed.unwrap(), many(count));
    facade.config.listing = Listing::Study;
    facade.config.enumerate = true;
    facade
}

fn every_study_once(server: &str, query: &str, is_match: fn(usize) -> bool) {
    let facade = roomy(server, 250);
    let expected: BTreeSet<String> = (0..250).filter(|n| is_match(*n)).map(|n| format!("2.999.2.{n}")).collect();
    let pages = facade.pages(&format!("ImagingStudy?{query}&_count=60"));
    let listed: Vec<String> = pages.iter().flat_map(Reply::studies).collect();
    let found: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(found.len(), listed.len(), "a study stands on two pages");
    assert_eq!(found, expected);
    assert_eq!(pages.len(), expected.len().div_ceil(60), "pages are full but for the last");
    for page in &pages {
        assert!(page.studies().len() <= 60);
        // Where a total is told, it is true.
        assert!(page.body["total"].is_null() || page.body["total"] == expected.len(), "{}", page.body["total"]);
        assert!(page.link("self").is_some());
    }
}

/// `_count` and totals.
pub fn counts() {
    let facade = roomy("dcm4chee-arc-5", 45);
    let all = "ImagingStudy?patient.identifier=P250";
    // By default 20; at most 100 whatever is asked.
    assert_eq!(facade.get(all).studies().len(), 20);
    assert_eq!(facade.get(&format!("{all}&_count=7")).studies().len(), 7);
    for most in ["100000", "4294967295", "5000000000", "99999999999999999999"] {
        assert_eq!(facade.get(&format!("{all}&_count={most}")).studies().len(), 45, "{most}");
    }
    for none in ["%2B5", "-1", "5.0", "+5", "x"] {
        assert_eq!(facade.get(&format!("{all}&_count={none}")).status(), 400, "{none}");
    }
    let mut config = facade.config.clone();
    config.most = 30;
    config.page = 5;
    let narrow = Facade::new(config, facade.faults.clone(), many(45));
    assert_eq!(narrow.get(all).studies().len(), 5);
    let most = narrow.get(&format!("{all}&_count=40"));
    assert_eq!(most.studies().len(), 30);
    assert!(most.link("next").is_some());
    assert!(!most.link("self").unwrap().contains("_count=40"), "the link shows what was applied");
    // Nothing but the number.
    for (server, query) in ["dcm4chee-arc-5", "google-healthcare", "orthanc-1.12", "azure-dicom-v1", "static-dicomweb"]
        .iter()
        .flat_map(|server| ["_count=0", "_summary=count", "_summary=count&_count=3"].map(|query| (server, query)))
    {
        for (residual, total) in [("", 45), ("&patient.family=doe", 40), ("&started=2024-01", 28)] {
            let reply = roomy(server, 45).get(&format!("{all}{residual}&{query}"));
            assert_eq!(reply.studies(), [""; 0], "{server} {query}");
            assert_eq!(reply.body["total"], total, "{server} {residual} {query}");
            assert!(reply.link("next").is_none(), "{server} {query}");
        }
    }
    let total = |query: &str| facade.get(&format!("{all}&_count=10&{query}")).body["total"].clone();
    assert_eq!(total("_total=accurate"), 45);
    assert_eq!(total("_total=accurate&patient.family=doe"), 40);
    assert!(total("_total=none").is_null());
    assert_eq!(facade.get(&format!("{all}&_count=x")).fails(400).status(), 400);
    facade.get(&format!("{all}&_count=-1")).fails(400);
    facade.get(&format!("{all}&_total=maybe")).fails(400);
    facade.get(&format!("{all}&_summary=maybe")).fails(400);
}

/// A cursor is client input: a position, and a checksum of the question. What was made for another question is refused; another position is
/// another page of the same question, for nothing is protected by it.
pub fn tampered_cursors() {
    let facade = roomy("orthanc-1.12", 45);
    let first = facade.get("ImagingStudy?patient.identifier=P250&_count=10");
    let next = first.link("next").unwrap().strip_prefix("https://fhir.example.org").unwrap().to_owned();
    assert_eq!(facade.get(&next).studies().len(), 10);
    // Another question with the same cursor.
    for (from, to) in [("P250", "P25"), ("patient.identifier", "patient:identifier"), ("P250", "P250&modality=CT")] {
        let other = next.replacen(from, to, 1);
        assert_ne!(other, next);
        facade.get(&other).fails(400);
    }
    // The cursor is the parameter that the first question did not have.
    let known = first
        .link("self")
        .unwrap()
        .split_once('?')
        .unwrap()
        .1
        .split('&')
        .map(|pair| pair.split('=').next().unwrap())
        .collect::<BTreeSet<_>>();
    let cursor =
        next.split_once('?').unwrap().1.split('&').find(|pair| !known.contains(pair.split('=').next().unwrap())).unwrap().to_owned();
    let (name, value) = cursor.split_once('=').unwrap();
    for n in 0..value.len() {
        let mut bytes = value.as_bytes().to_vec();
        bytes[n] = if bytes[n] == b'1' { b'2' } else { b'1' };
        if bytes[n] == value.as_bytes()[n] {
            continue;
        }
        let tampered = facade.get(&next.replace(&cursor, &format!("{name}={}", String::from_utf8(bytes).unwrap())));
        match tampered.status() {
            200 if n < value.find('-').unwrap() => assert!(tampered.studies().len() <= 10),
            _ => assert_eq!(tampered.fails(400).outcome.requests, [""; 0], "{value} at {n}"),
        }
    }
    // Beyond the end there is nothing, and nothing overflows.
    let (position, checksum) = value.split_once('-').unwrap();
    for beyond in ["45", "46", "1000000", "4294967295", "4294967296", "18446744073709551615", "99999999999999999999", "-1", "+10"] {
        assert_ne!(beyond, position);
        let reply = facade.get(&next.replace(&cursor, &format!("{name}={beyond}-{checksum}")));
        if reply.status() == 200 {
            assert!(["45", "46", "1000000", "4294967295", "4294967296", "18446744073709551615"].contains(&beyond), "{beyond}");
            assert_eq!((reply.studies().len(), reply.link("next")), (0, None), "{beyond}");
        } else {
            assert!([400, 410].contains(&reply.status()), "{beyond}: {}", reply.status());
            reply.fails(reply.status());
        }
    }
    for odd in ["", "x", "0", "-1", "18446744073709551616", "%00", "1-2-3-4", &"9".repeat(5000)] {
        let reply = facade.get(&next.replace(&cursor, &format!("{name}={odd}")));
        // An empty value is no value.
        assert!(reply.status() == 400 || odd.is_empty() && reply.status() == 200, "{odd}: {}", reply.short());
    }
}

/// In the order that is asked for, over all pages; what has no date stands in one place.
pub fn sorted() {
    for server in ["dcm4chee-arc-5", "orthanc-1.12", "azure-dicom-v1", "static-dicomweb", "ps3.18-baseline"] {
        let facade = roomy(server, 45);
        for (sort, down) in [("started", false), ("-started", true)] {
            let replies = facade.pages(&format!("ImagingStudy?patient.identifier=P250&_sort={sort}&_count=20"));
            let mut days: Vec<String> =
                replies.iter().flat_map(|page| page.entries("match")).map(|study| study["started"].as_str().unwrap().to_owned()).collect();
            assert_eq!(days.len(), 45);
            assert!(replies[0].link("self").unwrap().contains("_sort="), "what is applied is shown");
            if down {
                days.reverse();
            }
            assert!(days.is_sorted(), "{server} {sort}: {days:?}");
            let once: BTreeSet<String> = replies.iter().flat_map(Reply::studies).collect();
            assert_eq!(once.len(), 45, "equal dates do not lose a study between pages");
        }
    }
    // Who cannot sort by that says so, or does not say that it did.
    let reply = roomy("orthanc-1.12", 5).get("ImagingStudy?patient.identifier=P250&_sort=colour");
    assert!(reply.status() == 400 || !reply.link("self").unwrap().contains("_sort"), "{}", reply.short());
    let strict =
        roomy("orthanc-1.12", 5).send("GET", "ImagingStudy?patient.identifier=P250&_sort=colour", &[("Prefer", "handling=strict")], "");
    strict.fails(400);
}

/// Without an address of its own the facade's links are relative; with a path in it they come in with that path.
pub fn pages_with_a_base() {
    for base in [None, Some("https://fhir.example.org"), Some("https://fhir.example.org/a/b/"), Some("http://localhost:8080/fhir")] {
        let mut facade = roomy("dcm4chee-arc-5", 45);
        facade.config.options.fhir_base = base.map(str::to_owned);
        let mut target = "ImagingStudy?patient.identifier=P250&_count=20".to_owned();
        let mut listed = Vec::new();
        loop {
            let page = facade.get(&target);
            listed.extend(page.studies());
            for link in page.body["link"].as_array().unwrap() {
                let url = link["url"].as_str().unwrap();
                let front = base.map_or(String::new(), |base| format!("{}/", base.trim_end_matches('/')));
                assert!(url.strip_prefix(&front).is_some_and(|rest| rest.trim_start_matches('/').starts_with("ImagingStudy?")), "{url}");
            }
            let Some(next) = page.link("next") else { break };
            // What an HTTP server hands on: the path and query of the URL.
            target = next.split_once("://").map_or(next, |(_, rest)| &rest[rest.find('/').unwrap()..]).to_owned();
        }
        assert_eq!((listed.len(), listed.iter().collect::<BTreeSet<_>>().len()), (45, 45), "{base:?}");
    }
}

/// Links can be followed whatever way the first page was asked for, and each page's own link is that page.
pub fn links_lead_on() {
    let mut facade = roomy("dcm4chee-arc-5", 45);
    let path = |link: Option<&str>| link.unwrap().strip_prefix("https://fhir.example.org").unwrap().to_owned();
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Prefer", "handling=strict")];
    let first = facade.send("POST", "ImagingStudy/_search", &form, "patient.identifier=P250&_count=20&_sort=-started");
    assert_eq!(first.studies().len(), 20);
    // Strictly, too: a cursor is a parameter of ours.
    let second = facade.send("GET", &path(first.link("next")), &[("Prefer", "handling=strict")], "");
    assert_eq!(second.studies().len(), 20);
    for (page, name) in [(&first, "first"), (&second, "second")] {
        assert_eq!(facade.get(&path(page.link("self"))).body, page.body, "{name}");
    }
    // A client that chooses the release does so for each page.
    let r5 = [("Accept", "application/fhir+json; fhirVersion=5.0")];
    let chosen = facade.send("GET", "ImagingStudy?patient.identifier=P250&_count=20&_sort=-started", &r5, "");
    assert_eq!(facade.send("GET", &path(chosen.link("next")), &r5, "").studies(), second.studies());
    // What a page leaves out, and what it includes, is left out and included on the next.
    let lean = facade.get("ImagingStudy?patient.identifier=P250&_count=20&_elements=identifier&_include=ImagingStudy:endpoint");
    let next = facade.get(&path(lean.link("next")));
    assert!(next.entries("match").iter().all(|study| study["started"].is_null()));
    facade.config.handling = fhir_dicomweb::search::Handling::Strict;
    assert_eq!(facade.pages("ImagingStudy?patient.identifier=P250&_count=20").len(), 3);
    // There is no page behind the last, and none before the first is promised in vain.
    let last = facade.pages("ImagingStudy?patient.identifier=P250&_count=20").pop().unwrap();
    assert_eq!((last.studies().len(), last.link("next")), (5, None));
    for link in ["previous", "prev", "first", "last"] {
        if let Some(url) = last.link(link) {
            assert_eq!(facade.get(&path(Some(url))).status(), 200, "{link}");
        }
    }
}

/// Pages that would cost more asks than `limits.requests` are smaller, and lead on: what each study holds is listed whole.
pub fn pages_within_the_limit() {
    for server in ["dcm4chee-arc-5", "orthanc-1.12", "kheops", "google-healthcare"] {
        let mut facade = roomy(server, 120);
        facade.config.listing = Listing::Instances;
        let pages = facade.pages("ImagingStudy?patient.identifier=P250&_count=100");
        assert!(pages.iter().all(|page| page.status() == 200), "{server}: {} pages, then {}", pages.len(), pages.last().unwrap().short());
        let studies: Vec<_> = pages.iter().flat_map(|page| page.entries("match")).collect();
        let uids: BTreeSet<String> = pages.iter().flat_map(Reply::studies).collect();
        assert_eq!((studies.len(), uids.len()), (120, 120), "{server}");
        assert!(studies.iter().all(|study| study["series"][0]["instance"].as_array().is_some_and(|all| all.len() == 1)), "{server}");
        assert!(pages.iter().all(|page| page.outcome.requests.len() <= 200 && !page.studies().is_empty()), "{server}");
    }
}

/// The rows of as many studies as a list of UIDs names come with one request, and no page takes more requests than there may be.
pub fn pages_of_listed_studies() {
    let mut facade = roomy("dcm4chee-arc-5", 120);
    // Rows that are found by modality select studies, and do not tell whose they are. What is left then suffices for two lists of fifty.
    facade.config.server = servers::dcm4chee_arc_5().merging_patients();
    facade.config.options.limits.requests = 4;
    let pages = facade.pages("ImagingStudy?modality=CT,MR&_count=200");
    let sizes: Vec<usize> = pages.iter().map(|page| page.entries("match").len()).collect();
    assert!(pages.iter().all(|page| page.status() == 200), "{sizes:?}, then {}", pages.last().unwrap().short());
    assert_eq!(sizes, [100, 20]);
    assert_eq!(pages.iter().flat_map(Reply::studies).collect::<BTreeSet<String>>().len(), 120);
    assert!(pages.iter().all(|page| page.outcome.requests.len() <= 4), "{:?}", pages[0].outcome.requests);
}
