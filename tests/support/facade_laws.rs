//! The laws of the facade, as functions of bytes.

use super::archive::{archive, policy, query};
use super::facade_driver::{Outcome, Pacs, Trick, hash, known, model, talk, tricky};
use super::generate::{Choices, data_sets, document};
use super::qido_store::{Faults, Store, preset};
use fhir_dicomweb::facade::{Config, Event, Failure, FhirOverDicomweb, Incoming, Response, Step, Ticket};
use fhir_dicomweb::search::{Handling, servers};
use fhir_dicomweb::{Endpoints, Listing, Release, Subject};

/// What may be answered.
pub const STATUSES: [u16; 17] = [200, 400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422, 429, 502, 503, 504, 414];

/// A request of a client, as an HTTP server would hand it on.
pub struct Asked {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, &'static [u8])>,
    body: String,
}

impl Asked {
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming { method: self.method, target: &self.target, headers: &self.headers, body: self.body.as_bytes() }
    }
}

/// What a case is made of.
pub struct Case {
    pub config: Config,
    pub asked: Asked,
    pub store: Store,
    pub faults: Faults,
    /// Which answers go wrong.
    pub seed: u64,
}

impl Case {
    /// A case out of entropy, all of it but what is asked, where that is given: a target, and on a second line the body of a form.
    pub fn new(c: &mut Choices<'_>, target: Option<&str>) -> Case {
        let presets: Vec<_> = servers::all().collect();
        let server = presets[c.below(presets.len())].clone();
        let seed = c.below(256) as u64 * 256 + c.below(256) as u64;
        let faults = preset(server.id(), seed);
        let mut options = policy(c);
        options.listing = c.pick(&[Listing::Instances, Listing::Instances, Listing::Series, Listing::Study]);
        options.endpoint_base = Some("https://pacs.example.org/dicom-web".into()).filter(|_| !c.rarely(4));
        options.fhir_base = Some("https://fhir.example.org/r".into()).filter(|_| !c.rarely(4));
        options.endpoints = c.pick(&[Endpoints::Contained, Endpoints::Bundle]);
        options.subject = if c.rarely(4) { Subject::Separate } else { Subject::Logical };
        options.limits.requests = c.pick(&[200, 200, 200, 20, 5, 1, 0]);
        let mut config = Config::new(server, options);
        config.release = c.pick(&Release::ALL);
        config.handling = c.pick(&[Handling::Lenient, Handling::Lenient, Handling::Strict]);
        config.listing = c.pick(&[Listing::Instances, Listing::Series, Listing::Study]);
        config.page = c.pick(&[20, 1, 2]);
        config.enumerate = !c.rarely(4);
        let store = archive(c).store;
        Case { config, asked: target.map_or_else(|| asked(c), given), store, faults, seed }
    }

    pub fn talk(&self, pacs: &mut Pacs<'_>, order: &mut Choices<'_>) -> Outcome {
        talk(&self.config, &self.asked.incoming(), pacs, order)
    }
}

fn given(text: &str) -> Asked {
    let (target, body) = text.split_once('\n').map_or((text, None), |(target, body)| (target, Some(body)));
    let headers: Vec<(&str, &[u8])> = vec![("Content-Type", b"application/x-www-form-urlencoded")];
    let method = if body.is_some() { "POST" } else { "GET" };
    Asked { method, target: target.to_owned(), headers, body: body.unwrap_or_default().to_owned() }
}

fn asked(c: &mut Choices<'_>) -> Asked {
    let mut query = query(c);
    for _ in 0..c.below(4) {
        query += c.pick(&[
            "&_count=1",
            "&_count=2",
            "&_count=0",
            "&_sort=started",
            "&_sort=-started",
            "&_summary=true",
            "&_summary=count",
            "&_elements=identifier,started",
            "&_elements=series",
            "&_include=ImagingStudy:endpoint",
            "&_include=ImagingStudy:patient",
            "&_total=accurate",
            "&CANARY=CANARY",
            "&_lastUpdated=CANARY",
            "&_format=CANARY",
            "&started=CANARY",
        ]);
    }
    let uid = c.pick(&["1.2.1", "1.2.2", "1.2.3", "2.25.7", "1.2.9", "CANARY", "a%2Fb"]);
    let form: &[(&str, &[u8])] = &[("Content-Type", b"application/x-www-form-urlencoded")];
    let (method, target, body) = match c.below(8) {
        0..=3 => ("GET", format!("ImagingStudy?{query}"), String::new()),
        4 => ("POST", "/r/ImagingStudy/_search".to_owned(), query),
        5 | 6 => ("GET", format!("/ImagingStudy/{uid}"), String::new()),
        _ => {
            let target =
                c.pick(&["metadata", "Endpoint", "Endpoint?status=active", "Endpoint/CANARY", "Patient/CANARY", "CANARY", "ImagingStudy"]);
            (c.pick(&["GET", "HEAD", "POST", "DELETE"]), target.to_owned(), String::new())
        }
    };
    let mut headers = form.to_vec();
    headers.push((
        "accept",
        c.pick(&[
            b"*/*".as_slice(),
            b"application/fhir+json; fhirVersion=5.0",
            b"application/fhir+json",
            b"*/*;q=0.1",
            b"",
            b"\xFF\xFE",
            b"*/*",
            b"CANARY/CANARY",
        ]),
    ));
    headers.push(("Prefer", c.pick(&[b"handling=lenient".as_slice(), b"handling=strict", b"CANARY"])));
    Asked { method, target, headers, body }
}

/// What any answer is: JSON of a resource, a status that is one of ours, an OperationOutcome where it failed; nothing of the input in an error.
pub fn assert_sound(response: &Response, method: &str) {
    assert!(STATUSES.contains(&response.status), "{}", response.status);
    if method == "HEAD" && response.body.as_str().is_empty() {
        return;
    }
    let body: serde_json::Value = serde_json::from_str(response.body.as_str()).expect("JSON");
    let type_ = body["resourceType"].as_str().expect("a resource");
    if response.status == 200 {
        assert!(["ImagingStudy", "Endpoint", "Bundle", "CapabilityStatement"].contains(&type_), "{type_}");
        // FHIR http, "search": what a searchset tells besides is no error.
        let issues = body["entry"].as_array().into_iter().flatten().flat_map(|entry| entry["resource"]["issue"].as_array()).flatten();
        issues.for_each(|issue| assert!(issue["severity"] == "warning" || issue["severity"] == "information", "{}", issue["severity"]));
    } else {
        assert_eq!(type_, "OperationOutcome");
        assert!(
            body["issue"]
                .as_array()
                .is_some_and(|issues| issues.iter().any(|issue| issue["severity"] == "error" || issue["severity"] == "fatal"))
        );
        assert_no_phi(response.body.as_str());
    }
    let fields = format!("{:?}", response.headers);
    assert!(!fields.contains("CANARY") && !fields.contains(['\r', '\n']), "{fields}");
}

/// Values of archives and queries that no word of ours contains.
fn assert_no_phi(text: &str) {
    for value in
        ["CANARY", "DE-4711", "A,3", "RT*01", "ACC-2024", "oneill", "Doe", "uller", "ISS1", "1.2.1", "1.2.2", "2.25.7", "a1b2-c3d4"]
    {
        assert!(!text.contains(value), "{value} in {text}");
    }
}

/// Law *arrival-blind*: whatever order, cutting and misuse answers come in, the response is the same; also where some go wrong. What is broken on
/// purpose must be noticed: `twist` alters answers by the order in which they are asked for.
pub fn arrival_blind(target: Option<&str>, bytes: &[u8], twist: bool) -> Option<u16> {
    let c = &mut Choices(bytes);
    let case = Case::new(c, target);
    let share = c.pick(&[1_000_000, 1_000_000, 20, 6, 3]);
    let first = {
        let mut model = model(&case.store, &case.faults);
        let mut pacs = tricky(&mut model, case.seed, share);
        case.talk(&mut pacs, &mut Choices(&[]))
    };
    for _ in 0..2 {
        let mut model = model(&case.store, &case.faults);
        let mut pacs = tricky(&mut model, case.seed, share);
        let mut count = 0;
        let mut twisted = |path: &str, query: &str| {
            count += 1;
            let mut said = pacs(path, query);
            if twist && count == 2 {
                said.status = 403;
            }
            said
        };
        let half = c.0.len() / 2;
        let again = case.talk(&mut twisted, c);
        assert_eq!(again.response, first.response, "arrival");
        if first.response.status == 200 {
            let sorted = |outcome: &Outcome| {
                let mut all = outcome.requests.clone();
                all.sort();
                all
            };
            assert_eq!(sorted(&again), sorted(&first), "what is asked is a matter of answers, not of arrival");
        }
        c.0 = c.0.get(c.0.len().saturating_sub(half)..).unwrap_or_default();
    }
    assert_sound(&first.response, case.asked.method);
    Some(first.response.status)
}

/// Law *ends*: whatever a server does, there is an answer, within `limits.requests` asks (the driver counts them) and bounded steps.
pub fn ends(target: Option<&str>, bytes: &[u8]) -> u16 {
    let c = &mut Choices(bytes);
    let case = Case::new(c, target);
    let mut model = model(&case.store, &case.faults);
    // One server that is wrong all the time, one that is half of the time, one that is up to a point.
    let (always, when) = (c.pick(&Trick::ALL), c.below(6));
    let share = c.pick(&[2, 4, 10]);
    let mut asked = 0;
    let mut pacs = |path: &str, query: &str| {
        asked += 1;
        match when {
            0 | 1 => always.play(&mut model, path, query),
            2 | 3 if asked > when => always.play(&mut model, path, query),
            4 if path.matches('/').count() > 1 => always.play(&mut model, path, query),
            _ if hash(&format!("{asked} {query}")) % share == 0 => Trick::ALL[(hash(path) % 23) as usize].play(&mut model, path, query),
            _ => model(path, query),
        }
    };
    let outcome = case.talk(&mut pacs, c);
    assert_sound(&outcome.response, case.asked.method);
    assert_no_phi(&outcome.shown);
    let most = case.config.options.limits.requests as usize;
    // Each ask is a step, and each of its events at most one more, of which the driver makes few.
    assert!(outcome.steps <= 2 + most * 300, "{} steps", outcome.steps);
    outcome.response.status
}

/// Any sequence of events, wrong ones too: no panic, and an end within bounds. For fuzzing.
pub fn any_events(target: Option<&str>, bytes: &[u8]) -> u16 {
    let c = &mut Choices(bytes);
    let case = Case::new(c, target);
    let incoming = case.asked.incoming();
    let mut machine = FhirOverDicomweb::new(&case.config, &incoming);
    let mut tickets: Vec<Ticket> = Vec::new();
    let (mut asks, mut done) = (0, None);
    let sets = data_sets(c);
    let good = document(&sets);
    let stored = serde_json::to_string(&case.store.instances).unwrap_or_default();
    for _ in 0..400 {
        if c.0.is_empty() {
            break;
        }
        if c.rarely(2) || tickets.is_empty() {
            match machine.step() {
                Step::Fetch(ticket, _) | Step::Resolve(ticket, _) => {
                    asks += 1;
                    tickets.push(ticket);
                }
                Step::Done(response) => done = Some(response),
                _ => {}
            }
            continue;
        }
        let ticket = c.pick(&tickets);
        let raw = c.0.get(..c.0.len().min(9)).unwrap_or_default();
        let body: &[u8] = match c.below(8) {
            0 => b"[",
            1 => b"]",
            2 => good.as_bytes(),
            3 => stored.as_bytes(),
            4 => b"[]",
            5 => stored.as_bytes().get(..c.below(256)).unwrap_or_default(),
            6 => b"<html>",
            _ => raw,
        };
        const FIELDS: [&[(&str, &[u8])]; 3] = [&[], &[("retry-after", b"1\r\nx: y")], &[("WARNING", b"299 \xFF"), ("Warning", b"299 a b")]];
        let field = c.pick(&FIELDS);
        let event = match c.below(9) {
            0 | 1 => Event::Head { status: c.pick(&[200, 200, 204, 404, 403, 503, 0, 65535]), headers: field },
            2 | 3 => Event::Body(body),
            4 | 5 => Event::End,
            6 => Event::Identifiers(known(c.pick(&["Patient/1", "Patient/2", "Patient/nameless"])).unwrap_or_default()),
            7 => Event::Unknown,
            _ => Event::Failed(c.pick(&[Failure::Timeout, Failure::Unreachable, Failure::TooLarge])),
        };
        // Refused or not: it is the machine's matter.
        let _ = machine.feed(ticket, event);
        let shown = format!("{machine:?} {event:?}");
        assert_no_phi(&shown);
    }
    // Whoever is still waited for never comes.
    for _ in 0..case.config.options.limits.requests + 2 {
        match machine.step() {
            Step::Fetch(ticket, _) | Step::Resolve(ticket, _) => {
                asks += 1;
                tickets.push(ticket);
            }
            Step::Wait => {
                for ticket in &tickets {
                    let _ = machine.feed(*ticket, Event::Failed(Failure::Timeout));
                }
            }
            Step::Done(response) => {
                done = Some(response);
                break;
            }
            _ => {}
        }
    }
    assert!(asks <= case.config.options.limits.requests, "{asks} asks");
    let response = done.expect("an answer, when all exchanges have ended");
    assert_sound(&response, case.asked.method);
    response.status
}
