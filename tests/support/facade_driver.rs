//! Conversations of a facade with the model server, for tests and fuzzing: who sends what is asked, and how answers come back.
//!
//! What a server says depends on the request alone; when and in which pieces it arrives depends on the bytes of `order`. So one conversation
//! can be had twice with nothing but the order changed.

use super::generate::Choices;
use super::qido_store::{Faults, Store};
use fhir_dicomweb::facade::{Config, Event, Failure, FhirOverDicomweb, Identifier, Incoming, Misuse, Request, Response, Step, Ticket};
use fhir_dicomweb::url::{self, View};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What came of a conversation.
pub struct Outcome {
    pub response: Response,
    /// What was asked of the server, in order: path and query.
    pub requests: Vec<String>,
    /// The references that were asked for.
    pub references: Vec<String>,
    /// How often `step` was called.
    pub steps: usize,
    /// What `Debug` shows of everything that passed by.
    pub shown: String,
}

/// What a server says to one request.
#[derive(Clone, Default)]
pub struct Said {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// The connection fails, behind this much of the body; without a status, before anything came.
    pub failure: Option<Failure>,
}

impl Said {
    pub fn of(status: u16, body: impl Into<Vec<u8>>) -> Said {
        Said { status, body: body.into(), ..Said::default() }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Said {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn failed(failure: Failure) -> Said {
        Said { failure: Some(failure), ..Said::default() }
    }
}

/// A server: path and query to an answer.
pub type Pacs<'a> = dyn FnMut(&str, &str) -> Said + 'a;

/// The model server, as it is.
pub fn model<'a>(store: &'a Store, faults: &'a Faults) -> impl FnMut(&str, &str) -> Said + 'a {
    |path, query| {
        let answer = store.get(path, query, faults);
        let said = Said::of(answer.status, answer.body).with("Content-Type", "application/dicom+json");
        answer.warning.into_iter().fold(said, |said, text| said.with("Warning", &text))
    }
}

const fn id(system: Option<&'static str>, value: &'static str) -> Identifier<'static> {
    Identifier { system, value }
}

/// Those whom the caller knows, by reference.
const PEOPLE: &[(&str, &[Identifier<'static>])] = &[
    ("Patient/1", &[id(Some("urn:a"), "P1")]),
    ("Patient/2", &[id(Some("urn:b"), "P1"), id(Some("urn:ssn"), "123")]),
    ("Patient/3", &[id(Some("urn:b"), "P2"), id(None, "A,3"), id(Some("urn:a"), "P10")]),
    ("Patient/4", &[id(None, "P*4")]),
    ("Patient/7", &[id(Some("urn:a"), "P7")]),
    ("Patient/12", &[id(Some("urn:oid:2.999.12"), "RB-7720915")]),
    ("Patient/noissuer", &[id(None, "P1")]),
    ("Patient/nameless", &[]),
    ("Practitioner/7", &[id(Some("urn:oid:2.999.55"), "D7")]),
    ("Encounter/8", &[id(None, "V8")]),
    ("ServiceRequest/2", &[id(None, "A2")]),
    ("ServiceRequest/7", &[id(None, "RP7")]),
    ("Practitioner/5", &[id(Some("urn:oid:2.999.55"), "R5")]),
];

/// The identifiers of a resource; none: there is no such resource.
pub fn known(reference: &str) -> Option<&'static [Identifier<'static>]> {
    PEOPLE.iter().find(|(name, _)| *name == reference).map(|(_, identifiers)| *identifiers)
}

/// A conversation with the model server.
pub fn converse(config: &Config, incoming: &Incoming<'_>, store: &Store, faults: &Faults, order: &mut Choices<'_>) -> Outcome {
    talk(config, incoming, &mut model(store, faults), order)
}

/// A conversation with any server.
pub fn talk(config: &Config, incoming: &Incoming<'_>, pacs: &mut Pacs<'_>, order: &mut Choices<'_>) -> Outcome {
    let mut machine = FhirOverDicomweb::new(config, incoming);
    let (mut open, mut closed, mut given): (Vec<Open>, Vec<Ticket>, BTreeSet<Ticket>) = Default::default();
    let (mut requests, mut references, mut steps) = (Vec::new(), Vec::new(), 0);
    let mut shown = format!("{config:?} {incoming:?} {machine:?}");
    let mut newest = None;
    let mut note = |ticket: Ticket| {
        assert!(given.insert(ticket), "a ticket is unique");
        assert!(newest.replace(ticket).is_none_or(|before| before < ticket), "tickets are in the order of asking");
    };
    let response = loop {
        steps += 1;
        let step = machine.step();
        match &step {
            Step::Fetch(ticket, request) => {
                note(*ticket);
                assert_well_formed(request);
                write!(shown, " {step:?}").unwrap();
                open.push(Open::fetch(*ticket, pacs(&request.path, &request.query), order));
                requests.push(request.target());
            }
            Step::Resolve(ticket, reference) => {
                note(*ticket);
                write!(shown, " {step:?}").unwrap();
                let piece = known(reference.as_str()).map_or(Piece::Unknown, Piece::Identifiers);
                open.push(Open { ticket: *ticket, pieces: vec![piece], fed: 0, is_fetch: false });
                references.push(reference.as_str().to_owned());
            }
            Step::Wait => assert!(!open.is_empty(), "nothing is asked, and there is no answer"),
            Step::Done(response) => break response.clone(),
            other => panic!("{other:?}"),
        }
        assert!(requests.len() + references.len() <= config.options.limits.requests as usize, "more asks than limits.requests");
        // A caller may send everything first, or answer in between.
        if !matches!(step, Step::Wait) && !order.rarely(3) {
            continue;
        }
        let at = order.below(open.len());
        misuse(&mut machine, &open[at], &closed, order);
        let piece = open[at].pieces.remove(0);
        write!(shown, " {:?}", piece.feed(&mut machine, open[at].ticket)).unwrap();
        open[at].fed += 1;
        if open[at].pieces.is_empty() {
            closed.push(open.remove(at).ticket);
        }
        write!(shown, " {machine:?}").unwrap();
    };
    // What comes late is ignored, and the answer stands.
    for rest in &open {
        assert_eq!(machine.feed(rest.ticket, Event::End), Ok(()), "after the answer everything is ignored");
    }
    assert!(matches!(machine.step(), Step::Done(again) if again == response), "the answer is given again");
    write!(shown, " {machine:?} {response:?}").unwrap();
    Outcome { response, requests, references, steps, shown }
}

/// An answer on its way.
struct Open {
    ticket: Ticket,
    pieces: Vec<Piece>,
    fed: usize,
    is_fetch: bool,
}

enum Piece {
    Head(u16, Vec<(String, String)>),
    Body(Vec<u8>),
    End,
    Failed(Failure),
    Identifiers(&'static [Identifier<'static>]),
    Unknown,
}

impl Piece {
    /// Feeds it; what `Debug` shows of the event. Events in their order always fit.
    fn feed(&self, machine: &mut FhirOverDicomweb, ticket: Ticket) -> String {
        let mut send = |event: Event<'_>| {
            assert_eq!(machine.feed(ticket, event), Ok(()), "{event:?}");
            format!("{event:?}")
        };
        match self {
            Piece::Head(status, headers) => {
                let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
                send(Event::Head { status: *status, headers: &headers })
            }
            Piece::Body(bytes) => send(Event::Body(bytes)),
            Piece::End => send(Event::End),
            Piece::Failed(failure) => send(Event::Failed(*failure)),
            Piece::Identifiers(identifiers) => send(Event::Identifiers(identifiers)),
            Piece::Unknown => send(Event::Unknown),
        }
    }
}

impl Open {
    fn fetch(ticket: Ticket, said: Said, order: &mut Choices<'_>) -> Open {
        let mut pieces = Vec::new();
        if said.status > 0 {
            // Names of header fields come in any case.
            let spelt: fn(&str) -> String =
                order.pick(&[str::to_owned as fn(&str) -> String, |name| name.to_lowercase(), |name| name.to_uppercase()]);
            pieces.push(Piece::Head(said.status, said.headers.iter().map(|(name, value)| (spelt(name), value.clone())).collect()));
            let mut rest = said.body.as_slice();
            while !rest.is_empty() && order.rarely(2) {
                let (piece, more) = rest.split_at(order.below(256) * rest.len() / 256);
                pieces.push(Piece::Body(piece.to_vec()));
                rest = more;
            }
            pieces.extend(Some(Piece::Body(rest.to_vec())).filter(|_| !rest.is_empty()));
        }
        pieces.push(said.failure.map_or(Piece::End, Piece::Failed));
        Open { ticket, pieces, fed: 0, is_fetch: true }
    }
}

/// Events that do not fit are refused, and change nothing.
fn misuse(machine: &mut FhirOverDicomweb, open: &Open, closed: &[Ticket], order: &mut Choices<'_>) {
    let head = Event::Head { status: 200, headers: &[] };
    match order.below(8) {
        // Again what was fed already: the head, or the end of an exchange that has ended.
        1 if open.is_fetch && open.fed > 0 => assert_eq!(machine.feed(open.ticket, head), Err(Misuse::OutOfOrder)),
        2 if open.is_fetch && open.fed == 0 => assert_eq!(machine.feed(open.ticket, Event::Body(b"[]")), Err(Misuse::OutOfOrder)),
        3 if open.is_fetch && open.fed == 0 => assert_eq!(machine.feed(open.ticket, Event::End), Err(Misuse::OutOfOrder)),
        4 if open.is_fetch => assert_eq!(machine.feed(open.ticket, Event::Unknown), Err(Misuse::OtherKind)),
        4 => assert_eq!(machine.feed(open.ticket, head), Err(Misuse::OtherKind)),
        5 if !closed.is_empty() => {
            let ticket = closed[order.below(closed.len())];
            for event in [Event::End, head, Event::Body(b"[{}]"), Event::Unknown, Event::Failed(Failure::Timeout)] {
                assert_eq!(machine.feed(ticket, event), Err(Misuse::UnknownTicket));
            }
        }
        _ => {}
    }
}

/// A form of request that nothing may ever have: a host, another path, a second parameter in a value.
fn assert_well_formed(request: &Request) {
    let target = request.target();
    assert!(target.bytes().all(|b| b.is_ascii_graphic()) && !target.contains('#'), "{target}");
    let parsed = url::parse(&request.path).unwrap_or_else(|bad| panic!("{target}: {bad}"));
    assert!(parsed.base.is_empty() && parsed.query.is_none() && parsed.resource.path() == request.path, "{target}");
    assert!(matches!(parsed.resource.view(), View::Studies | View::Series | View::Instances | View::Metadata), "{target}");
    assert!(request.accept.starts_with("application/dicom+json"), "{}", request.accept);
    let mut names = BTreeSet::new();
    for pair in request.query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').expect("a name and a value");
        assert!(!value.is_empty() && !value.contains(['=', '*']) && names.insert(name), "{target}");
        assert!(!["limit", "offset"].contains(&name) || value.parse::<u32>().is_ok_and(|n| n > 0), "{target}");
    }
}

/// What a server does instead of answering well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    Status(u16),
    /// 429 or 503 with the seconds to wait.
    Later(u16),
    Truncated,
    /// The connection breaks in the middle of the body.
    Broken,
    Failed(Failure),
    Html,
    /// Bytes that are no JSON.
    Garbage,
    /// JSON that is no list of rows.
    Otherwise,
    /// 200 with nothing.
    Empty,
    /// Always one page more, of studies that nobody asked for.
    Endless,
    /// Always the first page.
    IgnoresOffset,
    /// Rows without, or with other, UIDs.
    Strangers,
}

impl Trick {
    pub const ALL: [Trick; 23] = [
        Trick::Status(400),
        Trick::Status(401),
        Trick::Status(403),
        Trick::Status(404),
        Trick::Status(410),
        Trick::Status(500),
        Trick::Status(301),
        Trick::Status(999),
        Trick::Later(429),
        Trick::Later(503),
        Trick::Truncated,
        Trick::Broken,
        Trick::Failed(Failure::Timeout),
        Trick::Failed(Failure::Unreachable),
        Trick::Failed(Failure::TooLarge),
        Trick::Html,
        Trick::Garbage,
        Trick::Otherwise,
        Trick::Empty,
        Trick::Endless,
        Trick::IgnoresOffset,
        Trick::Strangers,
        Trick::Status(204),
    ];

    /// What is said instead of what `pacs` would say.
    pub fn play(self, pacs: &mut Pacs<'_>, path: &str, query: &str) -> Said {
        const BODY: &str = r#"{"error":"CANARY: patient CANARY unknown"}"#;
        match self {
            Trick::Status(status) => {
                Said::of(status, BODY).with("Location", "https://CANARY.example.org/").with("WWW-Authenticate", "Bearer")
            }
            Trick::Later(status) => Said::of(status, BODY).with("Retry-After", "17"),
            Trick::Truncated => {
                let mut said = pacs(path, query);
                said.body.truncate(said.body.len() / 2);
                Said { body: if said.body.is_empty() { b"[".to_vec() } else { said.body }, status: 200, ..said }
            }
            Trick::Broken => {
                let mut said = pacs(path, query);
                said.body.truncate(said.body.len() / 2);
                Said { failure: Some(Failure::Unreachable), ..said }
            }
            Trick::Failed(failure) => Said::failed(failure),
            Trick::Html => Said::of(200, "<html><body>CANARY, please log in</body></html>").with("Content-Type", "text/html"),
            Trick::Garbage => Said::of(200, &b"[{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"CANARY\xFF\\u12"[..]),
            Trick::Otherwise => Said::of(200, r#"{"resourceType":"Patient","id":"CANARY"}"#),
            Trick::Empty => Said::of(200, ""),
            Trick::Endless => Said::of(200, invented(path, query)),
            Trick::IgnoresOffset => {
                let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("offset=")).collect();
                pacs(path, &kept.join("&"))
            }
            Trick::Strangers => Said::of(
                200,
                r#"[{"0020000D":{"vr":"UI","Value":["2.999.66"]},"0020000E":{"vr":"UI","Value":["2.999.66.1"]},"00080018":{"vr":"UI","Value":["CANARY/.."]}},
                   {"00100020":{"vr":"LO","Value":["CANARY"]}}, {"0020000D":{"vr":"UI","Value":["CANARY/../x"]}}]"#,
            ),
        }
    }
}

/// A full page of rows, other ones at every offset.
fn invented(path: &str, query: &str) -> String {
    let number = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.parse::<u64>().ok());
    let (limit, offset) = (number("limit=").unwrap_or(3).min(20), number("offset=").unwrap_or(0));
    let seed = hash(path) % 1000;
    let row = |n: u64| {
        let uid = |end: &str| format!(r#"{{"vr":"UI","Value":["2.999.8.{seed}.{n}{end}"]}}"#);
        format!(r#"{{"0020000D":{},"0020000E":{},"00080018":{},"00080060":{{"vr":"CS","Value":["CT"]}}}}"#, uid(""), uid(".1"), uid(".1.1"))
    };
    format!("[{}]", (offset..offset + limit).map(row).collect::<Vec<_>>().join(","))
}

pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
}

/// A server that plays a trick on one request in `share`: which, is a matter of the request and the seed, not of the order of asking.
pub fn tricky<'a>(pacs: &'a mut Pacs<'a>, seed: u64, share: u64) -> impl FnMut(&str, &str) -> Said + 'a {
    move |path, query| {
        let dice = hash(&format!("{seed} {path}?{query}"));
        if (dice >> 8) % share != 0 {
            return pacs(path, query);
        }
        Trick::ALL[(dice >> 24) as usize % Trick::ALL.len()].play(pacs, path, query)
    }
}
