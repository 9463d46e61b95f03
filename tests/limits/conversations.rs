//! Limits of conversations: what a client may ask, and what an archive may answer.

use crate::clock::{TIMES, is_linear};
use crate::shapes::list;
use fhir_dicomweb::facade::{Config, Event, FhirOverDicomweb, Incoming, Response, Step};
use fhir_dicomweb::search::{End, Server, servers};
use fhir_dicomweb::{Limits, Options};

/// An archive that answers page after page, until so many were given.
struct Archive {
    pages: usize,
    given: usize,
    page: fn(usize) -> String,
}

fn talk(config: &Config, incoming: &Incoming<'_>, archive: &mut Archive) -> (Response, usize) {
    let mut talk = FhirOverDicomweb::new(config, incoming);
    let mut asked = 0;
    loop {
        match talk.step() {
            Step::Fetch(ticket, _) => {
                asked += 1;
                let body = if archive.given < archive.pages { (archive.page)(archive.given) } else { "[]".into() };
                archive.given += 1;
                talk.feed(ticket, Event::Head { status: 200, headers: &[] }).unwrap();
                talk.feed(ticket, Event::Body(body.as_bytes())).unwrap();
                talk.feed(ticket, Event::End).unwrap();
            }
            Step::Resolve(ticket, _) => talk.feed(ticket, Event::Unknown).unwrap(),
            Step::Done(response) => return (response, asked),
            _ => panic!("nothing is open"),
        }
    }
}

fn get(target: &str) -> Incoming<'_> {
    Incoming { method: "GET", target, headers: &[], body: &[] }
}

/// Pages of two study rows, and the last page is the empty one.
fn paging() -> Server {
    Server::unknown().paged(Some(2), End::EmptyPage)
}

fn two_studies(page: usize) -> String {
    format!(
        "[{}]",
        list(2, |n| format!(r#"{{"0020000D":{{"vr":"UI","Value":["1.2.{page}.{n}"]}},"00080020":{{"vr":"DA","Value":["20240114"]}}}}"#))
    )
}

fn config(change: impl FnOnce(&mut Limits)) -> Config {
    let mut options = Options::default();
    options.limits.requests = 1_000_000;
    change(&mut options.limits);
    let mut config = Config::new(paging(), options);
    config.enumerate = true;
    config
}

/// Status and the code in the diagnostics.
fn refused(response: &Response) -> (u16, bool, String) {
    let body: serde_json::Value = serde_json::from_str(response.body.as_str()).unwrap();
    let diagnostics = body["issue"][0]["diagnostics"].as_str().unwrap_or_default().to_owned();
    (response.status, body["resourceType"] == "OperationOutcome", diagnostics)
}

const COUNT: &str = "ImagingStudy?started=2024-01-14&_summary=count";

/// The studies of 7 pages, the last of them empty; `at` is enough and one less is not.
fn at_and_above(set: fn(&mut Limits, u64), at: u64, status: u16, code: &str) {
    for (limit, is_enough) in [(at, true), (at - 1, false)] {
        let mut archive = Archive { pages: 6, given: 0, page: two_studies };
        let (response, _) = talk(&config(|limits| set(limits, limit)), &get(COUNT), &mut archive);
        if is_enough {
            assert_eq!(response.status, 200, "{}", response.body.as_str());
            assert!(response.body.as_str().contains(r#""total":12"#), "{}", response.body.as_str());
        } else {
            assert_eq!(refused(&response), (status, true, code.to_owned()));
        }
    }
}

#[test]
fn pages() {
    at_and_above(|limits, limit| limits.pages = limit as u32, 7, 422, "limit-pages");
}

#[test]
fn requests() {
    at_and_above(|limits, limit| limits.requests = limit as u32, 7, 422, "");
}

#[test]
fn studies() {
    at_and_above(|limits, limit| limits.studies = limit as u32, 12, 422, "limit-studies");
}

#[test]
fn input_bytes() {
    let bytes: usize = (0..6).map(|page| two_studies(page).len()).sum::<usize>() + "[]".len();
    assert_eq!(bytes, two_studies(0).len() * 6 + 2);
    let at = bytes as u64;
    for (limit, status) in [(at, 200), (at - 1, 422)] {
        let mut archive = Archive { pages: 6, given: 0, page: two_studies };
        let (response, _) = talk(&config(|limits| limits.input_bytes = limit), &get(COUNT), &mut archive);
        assert_eq!(response.status, status);
        if status != 200 {
            assert_eq!(refused(&response).2, "limit-input-bytes");
        }
    }
    // One answer that is too large is not waited for.
    let mut archive = Archive { pages: 6, given: 0, page: two_studies };
    let (response, asked) = talk(&config(|limits| limits.input_bytes = 10), &get(COUNT), &mut archive);
    assert_eq!((refused(&response), asked), ((422, true, "limit-input-bytes".into()), 1));
}

#[test]
fn depth() {
    for (limit, status, code) in [(4, 200, ""), (3, 502, "json-depth")] {
        let mut archive = Archive { pages: 1, given: 0, page: two_studies };
        let (response, _) = talk(&config(|limits| limits.depth = limit), &get(COUNT), &mut archive);
        assert_eq!(response.status, status);
        if status != 200 {
            assert_eq!(refused(&response).2, code);
        }
    }
}

/// Series and instances of one study.
#[test]
fn what_a_study_holds() {
    fn answer(n: usize) -> String {
        let uids = r#""0020000D":{"vr":"UI","Value":["1.2"]}"#;
        match n {
            0 => format!("[{{{uids}}}]"),
            1 => format!("[{}]", list(3, |n| format!(r#"{{{uids},"0020000E":{{"vr":"UI","Value":["1.2.{n}"]}}}}"#))),
            _ => format!(
                "[{}]",
                list(3, |n| format!(
                    r#"{{{uids},"0020000E":{{"vr":"UI","Value":["1.2.{n}"]}},"00080018":{{"vr":"UI","Value":["1.3.{n}"]}}}}"#
                ))
            ),
        }
    }
    type Set = fn(&mut Limits, u32);
    let sets: [(Set, &str); 2] =
        [(|limits, limit| limits.series = limit, "limit-series"), (|limits, limit| limits.instances = limit, "limit-instances")];
    for (set, code) in sets {
        for (limit, is_enough) in [(3_u32, true), (2, false)] {
            let mut config = config(|limits| set(limits, limit));
            config.server = Server::unknown().paged(Some(100), End::OnePage).listing_instances();
            config.listing = fhir_dicomweb::Listing::Instances;
            let mut archive = Archive { pages: 9, given: 0, page: answer };
            let (response, _) = talk(&config, &get("ImagingStudy/1.2"), &mut archive);
            match is_enough {
                // The series are met in rows of series and of instances; they count where they are joined.
                true if code == "limit-series" => {
                    assert!(response.status == 200 || refused(&response).2 == code, "{}", response.body.as_str())
                }
                true => assert_eq!(response.status, 200, "{}", response.body.as_str()),
                false => assert_eq!(refused(&response), (422, true, code.to_owned())),
            }
        }
    }
}

/// What is answered is as large as it may be, or is refused: no page lacks a match in silence.
#[test]
fn output_bytes() {
    for target in ["ImagingStudy?started=2024-01-14", "ImagingStudy/1.2.0.0"] {
        let answer = |limit: u64| {
            let mut archive = Archive { pages: 2, given: 0, page: |page| if page < 2 { two_studies(0) } else { "[]".into() } };
            let mut config = config(|limits| limits.output_bytes = limit);
            config.server = Server::unknown().paged(Some(100), End::OnePage);
            config.listing = fhir_dicomweb::Listing::Study;
            config.options.listing = fhir_dicomweb::Listing::Study;
            talk(&config, &get(target), &mut archive).0
        };
        let whole = answer(u64::MAX);
        assert_eq!(whole.status, 200, "{}", whole.body.as_str());
        assert_eq!(answer(whole.body.as_str().len() as u64).body, whole.body);
        if target.contains('?') {
            assert_eq!(refused(&answer(1)), (422, true, "limit-output-bytes".into()));
        }
    }
}

/// What the client asks.
#[test]
fn queries() {
    let long = format!("started=2024-01-14&modality={}", vec!["CT"; 50].join(","));
    let form = [("Content-Type", b"application/x-www-form-urlencoded".as_slice())];
    let (search, endpoint, read) = (
        format!("ImagingStudy?{long}"),
        format!("Endpoint?_count={}", "1".repeat(long.len() - 7)),
        format!("ImagingStudy/1.2?_elements={}", "a".repeat(long.len() - 10)),
    );
    for incoming in [
        get(&search),
        get(&endpoint),
        get(&read),
        Incoming { method: "POST", target: "ImagingStudy/_search", headers: &form, body: long.as_bytes() },
        Incoming {
            method: "POST",
            target: "ImagingStudy/_search?started=2024-01-14",
            headers: &form,
            body: &long.as_bytes()["started=2024-01-14&".len()..],
        },
    ] {
        for (limit, is_enough) in [(long.len() as u32, true), (long.len() as u32 - 1, false)] {
            let mut archive = Archive { pages: 0, given: 0, page: two_studies };
            let (response, _) = talk(&config(|limits| limits.query_bytes = limit), &incoming, &mut archive);
            assert_eq!(refused(&response) == (400, true, "limit-query-bytes".into()), !is_enough, "{}", response.body.as_str());
        }
    }
    type Set = fn(&mut Limits, u32);
    let sets: [(Set, u32, &str); 2] =
        [(|limits, limit| limits.clauses = limit, 2, "limit-clauses"), (|limits, limit| limits.or_values = limit, 50, "limit-or-values")];
    for (set, at, code) in sets {
        for (limit, is_enough) in [(at, true), (at - 1, false)] {
            let mut archive = Archive { pages: 0, given: 0, page: two_studies };
            let (response, _) = talk(&config(|limits| set(limits, limit)), &get(&search), &mut archive);
            assert_eq!(refused(&response).2.split(' ').next() == Some(code), !is_enough, "{}", response.body.as_str());
        }
    }
}

/// 10,000 pages: exactly as many as are allowed, and one more; a time that grows as they do.
#[test]
fn ten_thousand_pages() {
    fn one_study(page: usize) -> String {
        format!(
            r#"[{{"0020000D":{{"vr":"UI","Value":["1.2.{page}"]}},"00080020":{{"vr":"DA","Value":["20240114"]}},"00091{:03}":{{"vr":"LO","Value":["x"]}}}}]"#,
            page % 1000
        )
    }
    let run = |pages: usize| {
        let mut config = config(|_| ());
        config.server = Server::unknown().paged(Some(1), End::EmptyPage);
        let mut archive = Archive { pages, given: 0, page: one_study };
        talk(&config, &get(COUNT), &mut archive)
    };
    let (response, asked) = run(9_999);
    assert_eq!((response.status, asked), (200, 10_000));
    assert!(response.body.as_str().contains(r#""total":9999"#));
    let (response, asked) = run(10_000);
    assert_eq!((refused(&response), asked), ((422, true, "limit-pages".into()), 10_000));
    assert!(is_linear("pages", |large| drop(run(if large { 500 * TIMES } else { 500 }))));
}

/// Whatever a client sends, it is answered, in a time that grows as it does.
#[test]
fn requests_of_megabytes() {
    let config = Config::new(servers::orthanc_1_12(), Options::default());
    let answer = |incoming: &Incoming<'_>| talk(&config, incoming, &mut Archive { pages: 0, given: 0, page: two_studies }).0.status;
    for unit in ["/", "/a", "%2F", "?", "#", "&_cursor=1", "&_format=json", "&a=b", "é", "ImagingStudy/"] {
        let targets = [4_000, 4_000 * TIMES].map(|n| format!("ImagingStudy?{}", unit.repeat(n)));
        let paths = [4_000, 4_000 * TIMES].map(|n| format!("ImagingStudy/{}", unit.repeat(n)));
        for texts in [&targets, &paths] {
            let run = |large: bool| {
                let text = &texts[usize::from(large)];
                let header =
                    [("Accept", text.as_bytes()), ("Prefer", text.as_bytes()), ("Content-Type", b"application/x-www-form-urlencoded")];
                answer(&get(text));
                answer(&Incoming { method: "POST", target: "ImagingStudy/_search", headers: &header, body: text.as_bytes() });
                answer(&Incoming { method: text, target: text, headers: &header, body: text.as_bytes() });
            };
            assert!(is_linear(unit, run));
        }
    }
    let values = [",", "application/fhir+json,", ";q=0.5", "handling=strict,"].map(|unit| [4_000, 4_000 * TIMES].map(|n| unit.repeat(n)));
    for texts in &values {
        let run = |large: bool| {
            let text = texts[usize::from(large)].as_bytes();
            answer(&Incoming { method: "GET", target: "ImagingStudy?_id=1.2", headers: &[("Accept", text), ("Prefer", text)], body: &[] });
        };
        assert!(is_linear("headers", run));
    }
}
