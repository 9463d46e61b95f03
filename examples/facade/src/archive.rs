//! The DICOMweb server: what is asked of it, and what it says, piece by piece.

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use fhir_dicomweb::facade::{Event, Failure, Ticket};
use flate2::write::MultiGzDecoder;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::error::Error;
use std::io::Write;
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// A client of the archive. Targets are sent as they are, byte for byte: some archives decode nothing.
#[derive(Clone)]
pub struct Archive {
    base: String,
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    timeout: Duration,
    max_body: u64,
}

/// What came, on its way to the conversation.
pub enum Arrived {
    Head(StatusCode, HeaderMap),
    Body(Bytes),
    End,
    Failed(Failure),
}

impl Arrived {
    /// Hands it to a conversation.
    pub fn feed(self, feed: impl FnOnce(Event<'_>)) {
        match self {
            Arrived::Head(status, headers) => {
                let fields: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
                feed(Event::Head { status: status.as_u16(), headers: &fields });
            }
            Arrived::Body(bytes) => feed(Event::Body(&bytes)),
            Arrived::End => feed(Event::End),
            Arrived::Failed(failure) => feed(Event::Failed(failure)),
        }
    }
}

impl Archive {
    pub fn new(base: String, timeout: Duration, max_body: u64) -> Result<Archive, Box<dyn Error>> {
        let connector = hyper_rustls::HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().build();
        Ok(Archive { base, client: Client::builder(TokioExecutor::new()).build(connector), timeout, max_body })
    }

    /// Sends a request for what is behind the base, in one of these forms and content codings.
    pub async fn get(&self, target: &str, accept: &str, codings: &str) -> Result<Response<Incoming>, Failure> {
        let request = Request::get(format!("{}{target}", self.base));
        let request = request.header(header::ACCEPT, accept).header(header::ACCEPT_ENCODING, codings).body(Empty::new());
        let request = request.map_err(|_| Failure::Unreachable)?;
        let answer = tokio::time::timeout(self.timeout, self.client.request(request)).await;
        answer.map_err(|_| Failure::Timeout)?.map_err(|_| Failure::Unreachable)
    }

    /// Fetches, and sends everything that comes where it is wanted. The time that a whole answer may take is bounded, and its size.
    pub async fn fetch(self, ticket: Ticket, target: String, accept: &'static str, to: Sender<(Ticket, Arrived)>) {
        let pieces = async {
            let mut answer = self.get(&target, accept, "gzip, identity").await?;
            let mut decoder = Decoder::of(answer.headers());
            let head = Arrived::Head(answer.status(), answer.headers().clone());
            let _ = to.send((ticket, head)).await;
            let mut size = 0;
            while let Some(frame) = answer.body_mut().frame().await {
                let Ok(bytes) = frame.map_err(|_| Failure::Unreachable)?.into_data() else { continue };
                let sent = bytes.len();
                let bytes = decoder.decode(bytes, self.max_body.saturating_sub(size))?;
                size += sent.max(bytes.len()) as u64;
                if size > self.max_body {
                    return Err(Failure::TooLarge);
                }
                let _ = to.send((ticket, Arrived::Body(bytes))).await;
            }
            decoder.finish()
        };
        let end = match tokio::time::timeout(self.timeout, pieces).await {
            Ok(Ok(())) => Arrived::End,
            Ok(Err(failure)) => Arrived::Failed(failure),
            Err(_) => Arrived::Failed(Failure::Timeout),
        };
        let _ = to.send((ticket, end)).await;
    }
}

/// Bytes that are decoded at once.
const PIECE: usize = 1 << 10;

/// What takes the content coding away. Archives that store their answers compressed send them so, whatever is asked for.
enum Decoder {
    Identity,
    /// Whether anything came, too: an empty body is no compressed one.
    Gzip(Box<MultiGzDecoder<Vec<u8>>>, bool),
}

impl Decoder {
    fn of(headers: &HeaderMap) -> Decoder {
        match headers.get(header::CONTENT_ENCODING).map(|coding| coding.as_bytes().to_ascii_lowercase()).as_deref() {
            Some(b"gzip" | b"x-gzip") => Decoder::Gzip(Box::new(MultiGzDecoder::new(Vec::new())), false),
            _ => Decoder::Identity,
        }
    }

    /// What the bytes say, as long as it is no more than `most`.
    fn decode(&mut self, bytes: Bytes, most: u64) -> Result<Bytes, Failure> {
        match self {
            Decoder::Identity => Ok(bytes),
            Decoder::Gzip(decoder, is_begun) => {
                *is_begun |= !bytes.is_empty();
                // A byte may say a thousand.
                for piece in bytes.chunks(PIECE) {
                    decoder.write_all(piece).and_then(|()| decoder.flush()).map_err(|_| Failure::Unreachable)?;
                    if decoder.get_ref().len() as u64 > most {
                        return Err(Failure::TooLarge);
                    }
                }
                Ok(std::mem::take(decoder.get_mut()).into())
            }
        }
    }

    /// Whether it was whole.
    fn finish(&mut self) -> Result<(), Failure> {
        match self {
            Decoder::Identity | Decoder::Gzip(_, false) => Ok(()),
            Decoder::Gzip(decoder, true) => decoder.try_finish().map_err(|_| Failure::Unreachable),
        }
    }
}
