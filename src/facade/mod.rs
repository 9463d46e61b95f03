//! Conversations without IO: a FHIR facade over a DICOMweb server as a state machine.
//!
//! [`FhirOverDicomweb`] takes one HTTP request of a FHIR client and says, step by step, what to ask the DICOMweb server, and at last what to
//! answer. The caller does the IO: it sends what [`step`](FhirOverDicomweb::step) gives, hands what comes back to
//! [`feed`](FhirOverDicomweb::feed), in whatever order and pieces it comes, and sends the [`Response`].
//!
//! ```
//! use fhir_dicomweb::facade::{Config, Event, FhirOverDicomweb, Incoming, Step};
//! use fhir_dicomweb::{Options, search::servers};
//!
//! let config = Config::new(servers::static_dicomweb(), Options::default());
//! let target = "/ImagingStudy?identifier=urn:dicom:uid|urn:oid:1.2.3&_elements=identifier,started";
//! let mut talk = FhirOverDicomweb::new(&config, &Incoming { method: "GET", target, headers: &[], body: &[] });
//! let response = loop {
//!     match talk.step() {
//!         Step::Fetch(ticket, request) => {
//!             assert_eq!(request.path, "/studies"); // A real caller sends it to the service's base.
//!             talk.feed(ticket, Event::Head { status: 200, headers: &[] })?;
//!             talk.feed(ticket, Event::Body(br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00080020":{"vr":"DA","Value":["20240114"]}}]"#))?;
//!             talk.feed(ticket, Event::End)?;
//!         }
//!         Step::Done(response) => break response,
//!         _ => unreachable!("nothing is asked here that was not answered at once"),
//!     }
//! };
//! assert_eq!(response.status, 200);
//! assert!(response.body.as_str().contains(r#""started":"2024-01-14""#));
//! # Ok::<(), fhir_dicomweb::facade::Misuse>(())
//! ```

mod answer;
mod below;
mod budget;
mod capability;
mod choosing;
mod content;
mod cursor;
mod endpoints;
mod exchange;
mod incoming;
mod judging;
mod page;
mod pulls;
mod read;
mod refusal;
mod results;
mod search;
mod selecting;
mod showing;
mod telling;

use crate::error::{Error, Kind};
use crate::json::text::Json;
use crate::loss::LossReport;
use crate::options::Options;
use crate::policy::Listing;
use crate::release::Release;
use crate::search::{Handling, Server};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use exchange::{Exchange, Turn};
use refusal::Refusal;

/// What a facade is set up with. Owned data: `Clone`, `Send`, `Sync`.
///
/// `Debug` shows no names or addresses, but the name that the caller gave the server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// What is known of the DICOMweb server.
    pub server: Server,
    /// How studies are read, judged and written. `endpoint_base` gives the Endpoints their address, `fhir_base` is the facade's own base;
    /// `limits.requests` bounds how many requests one conversation may make.
    pub options: Options,
    /// The release of answers where the client does not choose one.
    pub release: Release,
    /// What becomes of parameters that are not known where the client does not say.
    pub handling: Handling,
    /// How far down studies are listed in answers to a search. (A read lists as far as `options.listing`, and what a
    /// read gives is what clauses are asked of: `endpoint` of the Endpoints of series, too, where it lists these.) Rows below that are not asked for, and what they
    /// alone say (orders, regions, sides and specimens of instances) is not in the answer. (Body sites and reasons are decided by rows of series: where instances are
    /// looked at besides, which may say a region where these say none, a part by its name alone or another region, or a further reason, the studies that this decides are told, and
    /// there is no total. Orders and people and devices that perform are looked for in rows of series, too, and when a study started, whose it is, its numbers and who
    /// issued them, who referred and who read it, its admission, and whether it has instances (`status`) in its own row, which
    /// returns what it is asked for where that is known, PS3.18 10.6.3.3: what rows below alone say of these is shown, and found only where it was seen.) A summary says what the whole says in fewer words, and asks for as much.
    pub listing: Listing,
    /// How many studies a page of an answer has where the client does not say: 20. (A study that the archive has under several patients is one of a page, and of an order, with
    /// all its records: such a page has more matches than `_count`, which FHIR's search forbids. A cursor names a study by its UID, and records of one UID
    /// that stood on two pages would not be seen to contradict each other.)
    pub page: u32,
    /// How many it can have at most: 100.
    pub most: u32,
    /// Whether searches may enumerate the archive, where nothing in them selects; else they are refused (422).
    pub enumerate: bool,
}

impl Config {
    /// A facade over a server, answering in R4.
    #[must_use]
    pub fn new(server: Server, options: Options) -> Config {
        Config {
            server,
            listing: options.listing,
            options,
            release: Release::default(),
            handling: Handling::Lenient,
            page: 20,
            most: 100,
            enumerate: false,
        }
    }
}

/// The request of a FHIR client.
///
/// `Debug` shows how long its parts are.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// Path and query: below the facade's FHIR base, or with the path of `options.fhir_base` in front.
    pub target: &'a str,
    /// Header fields; names in any case.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body: of a `_search` form.
    pub body: &'a [u8],
}

impl fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").field("method", &self.method.len()).finish_non_exhaustive()
    }
}

/// What ties an answer to its question: unique in one conversation, in the order in which things are asked, whatever order answers arrive in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u32);

/// A request to the DICOMweb server: what is behind its base, never a host.
///
/// `Debug` shows nothing of it: it holds UIDs and identifiers.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The path behind the service base, such as `/studies/1.2.3/series`.
    pub path: String,
    /// The query, encoded, without `?`; empty: none. It goes out as it stands (see [`search::Request::query`](crate::search::Request)).
    pub query: String,
    /// The media type to ask for.
    pub accept: &'static str,
}

impl Request {
    /// Path and query.
    #[must_use]
    pub fn target(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { [&self.path, "?", &self.query].concat() }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("accept", &self.accept).finish_non_exhaustive()
    }
}

/// A reference of the query, such as `Patient/12`, whose identifiers the caller knows or can find.
///
/// `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Reference {
    text: String,
}

impl Reference {
    /// The reference as it stands.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reference")
    }
}

/// An identifier of a resource that was resolved.
///
/// `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Identifier<'a> {
    /// Its system.
    pub system: Option<&'a str>,
    /// Its value.
    pub value: &'a str,
}

impl fmt::Debug for Identifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identifier")
    }
}

/// What to do next.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Step {
    /// Send this to the DICOMweb server, and [`feed`](FhirOverDicomweb::feed) what comes.
    Fetch(Ticket, Request),
    /// Find the identifiers of this resource, and feed [`Event::Identifiers`] or [`Event::Unknown`].
    Resolve(Ticket, Reference),
    /// Nothing until something arrives.
    Wait,
    /// The answer. It is given again by every further step.
    Done(Response),
}

/// What came of a ticket.
///
/// Of a [`Step::Fetch`]: `Head`, any number of `Body`, `End`; or `Failed` at any time. Of a [`Step::Resolve`]: one of `Identifiers`, `Unknown`,
/// `Failed`. `Debug` shows no content.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Status and header fields (names in any case).
    Head {
        /// The status.
        status: u16,
        /// The header fields; `Warning` and `Retry-After` are looked at. A `Warning` of 299 says that there is more than is given (PS3.18 8.3.4.4), so that the answer is told as
        /// incomplete and a study whose own list it stands at is not shown, unless a further page was asked for, and said the end: of a gateway that warns of other
        /// things by 299, leave it out.
        headers: &'a [(&'a str, &'a [u8])],
    },
    /// A piece of the body, decoded from any transfer or content coding.
    Body(&'a [u8]),
    /// The body is complete.
    End,
    /// The identifiers of the resource that are valid, in any order. One of `use` `old`, or whose `period` is over or has not begun, is not: it may be somebody else's by now, and would show their studies.
    Identifiers(&'a [Identifier<'a>]),
    /// There is no such resource.
    Unknown,
    /// It did not work.
    Failed(Failure),
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Head { status, .. } => write!(f, "Head({status})"),
            Event::Body(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Event::End => f.write_str("End"),
            Event::Identifiers(all) => write!(f, "Identifiers({})", all.len()),
            Event::Unknown => f.write_str("Unknown"),
            Event::Failed(failure) => write!(f, "Failed({failure:?})"),
        }
    }
}

/// How an exchange failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// No answer in time.
    Timeout,
    /// No connection, or one that broke.
    Unreachable,
    /// The answer is larger than the caller takes.
    TooLarge,
}

/// The answer to the FHIR client.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// The resource: an ImagingStudy, Endpoint, Bundle, CapabilityStatement or OperationOutcome. A HEAD request is answered without it.
    pub body: Json,
    /// What the answer leaves out of what was read for it. Bundles tell it too, as an OperationOutcome. Of studies whose rows came as one list it is told of all of
    /// them, be they in the Bundle or not.
    pub loss: LossReport,
}

/// An event that does not fit. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// No such ticket was given, or its exchange has ended.
    #[error("expected a ticket that is open")]
    UnknownTicket,
    /// A body before its head, a second head.
    #[error("expected head, body, end, in this order")]
    OutOfOrder,
    /// An event of a fetch for a resolve, or the other way round.
    #[error("expected an event of the other kind of step")]
    OtherKind,
}

/// What a conversation is about, between its rounds.
trait Job: Send {
    /// All that was asked is answered: asks more, or answers.
    fn next(&mut self, exchange: &mut Exchange) -> Result<Option<Response>, Refusal>;
}

/// A conversation: one request of a FHIR client, answered over a DICOMweb server.
///
/// Of chosen elements (`_elements`) no more is asked than they need: of modalities and counts what the archive's rows of studies sum up is believed, and where its lists
/// contradict that the whole resource says otherwise (and tells the conflict); a patient whom rows of series alone name is not seen where these are not asked for, nor is what these alone say of
/// what rows of studies have (a number, a date, a description that is empty there). What [`Options::complete`] has to count is listed. People are included together: `_include` of `referrer`, `performer` or `interpreter` has all whom a study refers to.
///
/// A clause is judged by the resource that the configuration describes, however it is shown: of a patient of whom only birth date or sex is known `subject` may be there
/// for a client that includes it ([`Subject`](crate::Subject) `Separate`), and `patient:missing=true` all the same.
///
/// A pure function of configuration, request and answers, of any order of arrival (law *arrival-blind*), that ends after at most
/// `options.limits.requests` asks (law *ends*). What is asked at once can be sent at once. `Debug` shows how far it is.
pub struct FhirOverDicomweb {
    exchange: Exchange,
    job: Option<Box<dyn Job>>,
    release: Release,
    /// The client wants to know what it would be told, and not be told it.
    is_head: bool,
    done: Option<Response>,
}

impl FhirOverDicomweb {
    /// Begins. Whatever the request is, something comes of it: a bad one's first step is the answer that says so.
    #[must_use]
    pub fn new(config: &Config, incoming: &Incoming<'_>) -> Self {
        let exchange = Exchange::new(config);
        let (release, begun) = incoming::begin(config, incoming);
        let is_head = incoming.method == "HEAD";
        let mut talk = FhirOverDicomweb { exchange, job: None, release, is_head, done: None };
        match begun {
            Ok(incoming::Begun::Job(job)) => talk.job = Some(job),
            Ok(incoming::Begun::Done(response)) => talk.end(response),
            Err(refusal) => talk.end(refusal.response(release)),
        }
        talk
    }

    /// What to do next: call it until it says [`Step::Wait`] or [`Step::Done`], and again after feeding.
    pub fn step(&mut self) -> Step {
        loop {
            if let Some(response) = &self.done {
                return Step::Done(response.clone());
            }
            match self.exchange.turn() {
                Turn::Ask(step) => return step,
                Turn::Wait => return Step::Wait,
                Turn::Refused(refusal) => self.end(refusal.response(self.release)),
                Turn::Ready => {
                    let next = self.job.as_mut().map_or(Err(Refusal::internal()), |job| job.next(&mut self.exchange));
                    match next {
                        Ok(Some(response)) if response.loss.is_cut() => {
                            self.end(Refusal::of_answer(Error::new(Kind::LimitOutput)).response(self.release));
                        }
                        Ok(Some(response)) => self.end(response),
                        Ok(None) if self.exchange.is_asking() || self.exchange.resume() => {}
                        // Who asks nothing and answers nothing would never end.
                        Ok(None) => self.end(Refusal::internal().response(self.release)),
                        Err(refusal) => self.end(refusal.response(self.release)),
                    }
                }
            }
        }
    }

    fn end(&mut self, mut response: Response) {
        if self.is_head {
            response.body = Json::default();
        }
        self.done = Some(response);
        self.job = None;
        self.exchange.close();
    }

    /// Takes what came of a ticket.
    ///
    /// # Errors
    /// An event that does not fit; nothing is changed then. What comes after the answer is given is ignored.
    pub fn feed(&mut self, ticket: Ticket, event: Event<'_>) -> Result<(), Misuse> {
        if self.done.is_some() {
            return Ok(());
        }
        self.exchange.feed(ticket, event)
    }
}

impl fmt::Debug for FhirOverDicomweb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FhirOverDicomweb")
            .field("asked", &self.exchange.asked())
            .field("done", &self.done.is_some())
            .finish_non_exhaustive()
    }
}
