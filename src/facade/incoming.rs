//! What a FHIR client wants: method, path, what it accepts, how it wants to be handled (FHIR RESTful API; search, "Search inputs").

use super::answer::Answering;
use super::read::Read;
use super::refusal::Refusal;
use super::results::{Of, Results};
use super::search::Search;
use super::{Config, Incoming, Job, Response, capability, endpoints};
use crate::percent::decode_form;
use crate::release::Release;
use crate::search::{self, Handling};
use crate::table::resource_type;
use crate::url;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What begins.
pub(super) enum Begun {
    Job(Box<dyn Job>),
    Done(Response),
}

/// The release of the answer, and what begins.
pub(super) fn begin(config: &Config, incoming: &Incoming<'_>) -> (Release, Result<Begun, Refusal>) {
    let (path, query) = target(config, incoming.target);
    let accepted = match negotiated(config, incoming, query) {
        Ok(accepted) => accepted,
        Err(refusal) => return (config.release, Err(refusal)),
    };
    (accepted.release, route(config, incoming, accepted, path, query))
}

/// Path and query below the FHIR base.
fn target<'a>(config: &Config, target: &'a str) -> (&'a str, &'a str) {
    let base = config.options.fhir_base.as_deref().unwrap_or("").trim_end_matches('/');
    let own_path = base.split_once("://").map_or("", |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(""));
    let below = |prefix: &str| {
        let rest = target.strip_prefix(prefix).filter(|_| !prefix.is_empty())?;
        (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
    };
    let below = below(base).or_else(|| below(own_path)).unwrap_or(target);
    let (path, query) = below.split_once('?').unwrap_or((below, ""));
    (path.trim_matches('/'), query)
}

fn headers<'a>(incoming: &'a Incoming<'_>, name: &'a str) -> impl Iterator<Item = &'a str> {
    let own = incoming.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
    own.filter_map(|(_, value)| core::str::from_utf8(value).ok())
}

/// What the client accepts.
struct Accepted {
    release: Release,
    /// What `_format` said, for the links.
    format: Option<String>,
}

/// The release that the client accepts, by `Accept`, and by `_format`, which goes before it.
fn negotiated(config: &Config, incoming: &Incoming<'_>, query: &str) -> Result<Accepted, Refusal> {
    let of_body = core::str::from_utf8(incoming.body).map_or("", without_line_end);
    let format = query.split('&').chain(of_body.split('&').filter(|_| incoming.method == "POST")).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (decode_form(name)? == "_format").then(|| decode_form(value))?.filter(|value| !value.is_empty())
    });
    let refused = || Refusal::new(406, "not-supported", "answers are FHIR JSON of R4, R4B, R5 or R6");
    let said = || headers(incoming, "Accept").flat_map(|value| parts(value, ',')).filter(|range| !range.trim().is_empty());
    let of_header = best(&said().filter_map(Range::read).collect::<Vec<_>>(), config.release);
    if let Some(format) = format {
        // A plus that was not encoded has become a space. What `_format` does not say the header may.
        let text = format.replace("fhir json", "fhir+json");
        let range = Range::read(&text).filter(|range| range.weight > 0).ok_or_else(refused)?;
        let release = range.release.or(of_header).unwrap_or(config.release);
        return Ok(Accepted { release, format: Some(text) });
    }
    match of_header {
        None if said().next().is_some() => Err(refused()),
        release => Ok(Accepted { release: release.unwrap_or(config.release), format: None }),
    }
}

/// Parts of a header's value; what is quoted is not divided.
fn parts(value: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    value.split(move |c| {
        is_quoted ^= c == '"';
        c == separator && !is_quoted
    })
}

/// A media range that JSON of FHIR is in.
struct Range {
    /// How much of a media type it says: the most specific one decides (RFC 9110 12.5.1).
    depth: u32,
    /// In thousandths; none is not wanted.
    weight: u32,
    release: Option<Release>,
}

impl Range {
    /// None if JSON of FHIR is not in it.
    fn read(range: &str) -> Option<Range> {
        let mut parts = parts(range, ';').map(str::trim);
        let depth = match parts.next().unwrap_or("").to_ascii_lowercase().as_str() {
            "application/fhir+json" => 3,
            "application/json+fhir" | "application/json" | "text/json" | "json" => 2,
            "application/*" => 1,
            "*/*" | "*" => 0,
            _ => return None,
        };
        let mut read = Range { depth, weight: 1000, release: None };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => read.weight = thousandths(value)?,
                "fhirversion" => read.release = Some(Release::ALL.into_iter().find(|release| is_version(*release, value))?),
                _ => {}
            }
        }
        // Who wants no other JSON has not said that FHIR's is not wanted.
        (depth != 2 || read.weight > 0).then_some(read)
    }

    /// Whether an answer of this release is in it.
    fn covers(&self, release: Release) -> bool {
        self.release.is_none_or(|own| own == release)
    }
}

/// The release that is wanted most, of equals the first that is said; a range that says none means the default.
fn best(ranges: &[Range], default: Release) -> Option<Release> {
    let mut best: Option<(u32, Release)> = None;
    let mut tried: Vec<Release> = Vec::new();
    for release in ranges.iter().map(|range| range.release.unwrap_or(default)) {
        // Ranges may be many, releases are four.
        if tried.contains(&release) {
            continue;
        }
        tried.push(release);
        let covering = ranges.iter().filter(|range| range.covers(release));
        let decisive = covering.max_by_key(|range| (range.release.is_some(), range.depth, range.weight));
        let weight = decisive.map_or(0, |range| range.weight);
        if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, release));
        }
    }
    best.map(|(_, release)| release)
}

fn is_version(release: Release, text: &str) -> bool {
    release.fhir_version() == text || release.version() == text
}

/// `0.5` is 500, and so is `.5`, as Java's own client writes it.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    let whole: u32 = match whole {
        "0" => 0,
        "1" => 1,
        "" if !fraction.is_empty() => 0,
        _ => return None,
    };
    if !digits(fraction) {
        return None;
    }
    let fraction: u32 = [fraction, "000"].concat().get(..3)?.parse().ok()?;
    Some((whole * 1000 + fraction).min(1000))
}

fn route(config: &Config, incoming: &Incoming<'_>, accepted: Accepted, path: &str, query: &str) -> Result<Begun, Refusal> {
    let release = accepted.release;
    // What stands behind it would be cut off, and may say whose studies are asked for: a target has none (RFC 9112 3.2).
    if incoming.target.contains('#') {
        return Err(Refusal::new(400, "value", "a request target has no fragment"));
    }
    let bad_path = |_| Refusal::new(404, "not-found", "no such resource");
    let segments = path.split('/').map(url::decode).collect::<Result<Vec<Cow<'_, str>>, _>>().map_err(bad_path)?;
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let is_get = matches!(incoming.method, "GET" | "HEAD");
    let allow = |methods: &'static str| Refusal::new(405, "not-supported", "this facade reads and searches").header("Allow", methods);
    match segments.as_slice() {
        ["metadata"] if is_get => Ok(Begun::Done(capability::response(config, release))),
        [type_ @ ("ImagingStudy" | "Endpoint")] | [type_ @ ("ImagingStudy" | "Endpoint"), "_search"] => {
            let is_form = segments.len() == 2;
            if !(is_get || is_form && incoming.method == "POST") {
                return Err(allow(if is_form { "GET, HEAD, POST" } else { "GET, HEAD" }));
            }
            let query = if is_get { Cow::Borrowed(query) } else { form(incoming, query)? };
            search(config, incoming, accepted, type_, &query)
        }
        [type_ @ ("ImagingStudy" | "Endpoint"), id] if is_get => read(config, incoming, release, type_, id, query),
        ["metadata"] | ["ImagingStudy" | "Endpoint", _] => Err(allow("GET, HEAD")),
        [type_, ..] if resource_type(type_).is_some() => {
            Err(Refusal::new(404, "not-supported", "a type of resource, or an interaction, that this facade does not have"))
        }
        _ => Err(Refusal::new(404, "not-found", "no such resource")),
    }
}

/// The parameters of a form, behind those of the URL.
fn form<'a>(incoming: &Incoming<'a>, query: &str) -> Result<Cow<'a, str>, Refusal> {
    let type_ = headers(incoming, "Content-Type").next().unwrap_or("");
    let type_ = type_.split(';').next().unwrap_or("").trim();
    if !incoming.body.is_empty() && !type_.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::new(415, "not-supported", "a search is posted as application/x-www-form-urlencoded"));
    }
    let body = core::str::from_utf8(incoming.body).map_err(|_| Refusal::new(400, "invalid", "a form that is no UTF-8"))?;
    let body = without_line_end(body);
    Ok(match (query.is_empty(), body.is_empty()) {
        (true, _) => Cow::Borrowed(body),
        (false, true) => Cow::Owned(query.to_string()),
        (false, false) => Cow::Owned([query, "&", body].concat()),
    })
}

/// A form without the line ends that some clients send behind it.
fn without_line_end(body: &str) -> &str {
    body.trim_end_matches(['\r', '\n'])
}

/// Strict or lenient, as the client prefers.
fn handling(config: &Config, incoming: &Incoming<'_>) -> Handling {
    let preferences = headers(incoming, "Prefer").flat_map(|value| parts(value, ','));
    let mut own = preferences.filter_map(|preference| {
        let (name, value) = preference.split_once('=')?;
        // What is behind a semicolon is a parameter of the preference.
        let value = parts(value, ';').next().unwrap_or(value);
        match (name.trim().eq_ignore_ascii_case("handling"), value.trim().trim_matches('"')) {
            (true, "strict") => Some(Handling::Strict),
            (true, "lenient") => Some(Handling::Lenient),
            _ => None,
        }
    });
    // Of several the first is meant (RFC 7240 2).
    own.next().unwrap_or(config.handling)
}

fn search(config: &Config, incoming: &Incoming<'_>, accepted: Accepted, type_: &str, query: &str) -> Result<Begun, Refusal> {
    let (handling, release) = (handling(config, incoming), accepted.release);
    // The cursor is ours, and no parameter of FHIR's.
    let is_cursor = |pair: &&str| decode_form(pair.split('=').next().unwrap_or("")).is_some_and(|name| name == "_cursor");
    let cursor = query.split('&').find(is_cursor).map(|pair| pair.split_once('=').map_or("", |(_, value)| value).to_string());
    let rest: String = query.split('&').filter(|pair| !is_cursor(pair)).collect::<Vec<_>>().join("&");
    let limits = &config.options.limits;
    let of = if type_ == "Endpoint" { Of::Endpoints } else { Of::Search };
    let parse = if of == Of::Endpoints { search::parse_endpoint } else { search::parse };
    let query = parse(&rest, release, handling, limits).map_err(Refusal::of_query)?;
    let mut results = Results::of(&query, config, of)?;
    // A link that is followed gives the same form.
    results.applied.extend(accepted.format.map(|format| ("_format", format)));
    let answering = Answering::new(config, release, results);
    if of == Of::Endpoints {
        return endpoints::search(config, answering, query, cursor.as_deref()).map(Begun::Done);
    }
    Ok(Begun::Job(Box::new(Search::new(config, answering, query, cursor.as_deref())?)))
}

fn read(config: &Config, incoming: &Incoming<'_>, release: Release, type_: &str, id: &str, query: &str) -> Result<Begun, Refusal> {
    let handling = handling(config, incoming);
    let query = search::parse(query, release, handling, &config.options.limits).map_err(Refusal::of_query)?;
    if !query.is_open() {
        return Err(Refusal::new(400, "not-supported", "a read has no search parameters"));
    }
    let of = if type_ == "Endpoint" { Of::ReadEndpoint } else { Of::Read };
    let results = Results::of(&query, config, of)?;
    if type_ == "Endpoint" {
        return endpoints::read(config, release, id).map(Begun::Done);
    }
    if !url::is_uid(id) || !config.server.takes(id) {
        return Err(Refusal::new(404, "not-found", "no such resource"));
    }
    Ok(Begun::Job(Box::new(Read::new(config, Answering::new(config, release, results).alone(), id))))
}
