//! One request of a FHIR client, answered; and the archive's own resources, passed through.

use crate::archive::Archive;
use crate::arguments::{Arguments, Known};
use crate::day::{is_valid, today};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use fhir_dicomweb::facade::{Config, Event, Failure, FhirOverDicomweb, Identifier, Incoming, Step};
use fhir_dicomweb::url;
use http_body_util::LengthLimitError;
use std::collections::VecDeque;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::mpsc::channel;
use tokio::task::JoinSet;

/// The longest form that is taken.
const MAX_FORM: usize = 1 << 20;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub struct Facade {
    config: Config,
    archive: Archive,
    patients: Known,
    concurrent: usize,
    served: AtomicU64,
}

impl Facade {
    pub fn new(arguments: &Arguments) -> Result<Facade, Box<dyn Error>> {
        let archive = Archive::new(arguments.dicomweb.clone(), arguments.timeout, arguments.max_body)?;
        let (config, patients) = (arguments.config.clone(), arguments.patients.clone());
        Ok(Facade { config, archive, patients, concurrent: arguments.concurrent, served: AtomicU64::new(0) })
    }

    /// The client's name for the request, if it is a harmless one, else a number.
    fn request_id(&self, headers: &HeaderMap) -> HeaderValue {
        let number = self.served.fetch_add(1, Ordering::Relaxed);
        let harmless = |value: &&HeaderValue| value.len() <= 64 && value.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
        headers.get(REQUEST_ID).filter(harmless).cloned().unwrap_or_else(|| HeaderValue::from(number))
    }

    /// The whole conversation: what can be asked at once is, up to a bound, and whatever arrives is handed on.
    async fn converse(&self, incoming: &Incoming<'_>) -> (fhir_dicomweb::facade::Response, usize) {
        let mut talk = FhirOverDicomweb::new(&self.config, incoming);
        let (to, mut arrived) = channel(64);
        let (mut fetches, mut waiting, mut asked) = (JoinSet::new(), VecDeque::new(), 0);
        loop {
            match talk.step() {
                Step::Fetch(ticket, request) => {
                    asked += 1;
                    waiting.push_back(self.archive.clone().fetch(ticket, request.target(), request.accept, to.clone()));
                }
                Step::Resolve(ticket, reference) => {
                    // One whose period is over, or has not begun, may be somebody else's today.
                    let (known, today) = (self.patients.get(reference.as_str()), today());
                    let identifiers: Option<Vec<Identifier<'_>>> = known.map(|all| {
                        let valid = all.iter().filter(|one| is_valid(one, &today));
                        valid.filter_map(|one| Some(Identifier { system: one["system"].as_str(), value: one["value"].as_str()? })).collect()
                    });
                    let event = identifiers.as_deref().map_or(Event::Unknown, Event::Identifiers);
                    talk.feed(ticket, event).expect("the ticket was just given");
                }
                Step::Done(response) => return (response, asked),
                _ => {
                    while fetches.len() < self.concurrent {
                        let Some(fetch) = waiting.pop_front() else { break };
                        fetches.spawn(fetch);
                    }
                    tokio::select! {
                        Some((ticket, piece)) = arrived.recv() => {
                            piece.feed(|event| talk.feed(ticket, event).expect("pieces come in order"));
                        }
                        Some(_) = fetches.join_next() => {}
                    }
                }
            }
        }
    }
}

/// Methods of HTTP; any other is what a client made up.
fn known(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS].contains(method)
}

/// FHIR. The log tells what was done to which type of resource, never to which patient or study.
pub async fn fhir(State(facade): State<Arc<Facade>>, request: Request) -> Response {
    let started = Instant::now();
    let id = facade.request_id(request.headers());
    let (head, body) = request.into_parts();
    let body = match to_bytes(body, MAX_FORM).await {
        Ok(body) => body,
        Err(error) if error.source().is_some_and(|why| why.is::<LengthLimitError>()) => return plain(StatusCode::PAYLOAD_TOO_LARGE, id),
        // It broke off, or is no HTTP.
        Err(_) => return plain(StatusCode::BAD_REQUEST, id),
    };
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let fields: Vec<(&str, &[u8])> = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    // What HEAD is answered with is what GET is, and the HTTP server leaves the body out and its length in.
    let method = if head.method == Method::HEAD { "GET" } else { head.method.as_str() };
    let incoming = Incoming { method, target, headers: &fields, body: &body };
    let (response, asked) = facade.converse(&incoming).await;
    let is_known = ["ImagingStudy", "Endpoint", "metadata"].into_iter().find(|known| head.uri.path().contains(known));
    tracing::info!(
        request = ?id,
        method = if known(&head.method) { head.method.as_str() } else { "other" },
        resource = is_known.unwrap_or("other"),
        status = response.status,
        asked,
        losses = response.loss.counted(),
        ms = started.elapsed().as_millis() as u64,
        "answered"
    );
    let mut answer = Response::new(Body::from(response.body.into_string()));
    *answer.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in response.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer.headers_mut().insert(REQUEST_ID, id);
    answer
}

/// The archive's studies, so that the Endpoints of answers work. Nothing but what is behind a study is passed through.
pub async fn passthrough(State(facade): State<Arc<Facade>>, request: Request) -> Response {
    let id = facade.request_id(request.headers());
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let behind = target.strip_prefix("/dicom-web").unwrap_or("");
    let resource = url::parse(behind).ok().filter(|url| url.base.is_empty() && url.resource.study().is_some());
    let Some(resource) = resource else { return plain(StatusCode::NOT_FOUND, id) };
    let wanted = resource.resource.path() + &resource.query.map(|query| format!("?{query}")).unwrap_or_default();
    // Several lines are one list (RFC 9110 5.3).
    let lines: Vec<&str> = request.headers().get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect();
    let accept = if lines.is_empty() { "*/*".to_owned() } else { lines.join(", ") };
    let codings = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("identity");
    match facade.archive.get(&wanted, &accept, codings).await {
        Ok(answer) => {
            tracing::info!(request = ?id, resource = "dicom-web", view = resource.resource.view().name(), status = answer.status().as_u16(), "passed through");
            let (head, body) = answer.into_parts();
            let mut passed = Response::new(Body::new(body));
            *passed.status_mut() = head.status;
            for name in [header::CONTENT_TYPE, header::CONTENT_ENCODING, header::CONTENT_LENGTH, header::WARNING, header::RETRY_AFTER] {
                if let Some(value) = head.headers.get(&name) {
                    passed.headers_mut().insert(name, value.clone());
                }
            }
            passed.headers_mut().insert(REQUEST_ID, id);
            passed
        }
        Err(failure) => {
            tracing::warn!(request = ?id, resource = "dicom-web", ?failure, "not passed through");
            plain(if failure == Failure::Timeout { StatusCode::GATEWAY_TIMEOUT } else { StatusCode::BAD_GATEWAY }, id)
        }
    }
}

fn plain(status: StatusCode, id: HeaderValue) -> Response {
    let mut answer = Response::new(Body::from(Bytes::new()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(REQUEST_ID, id);
    answer
}
