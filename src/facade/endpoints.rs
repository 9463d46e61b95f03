//! `Endpoint`: read and searched in the configuration; no archive is asked.

use super::answer::Answering;
use super::cursor::Cursor;
use super::refusal::{Refusal, content_type};
use super::results::Total;
use super::{Config, Response};
use crate::error::{Error, Kind};
use crate::fhir::{self, BundleWriter, place};
use crate::json::text::Json;
use crate::loss::LossReport;
use crate::policy::{EndpointAddress, Service};
use crate::release::Release;
use crate::search::{Query, Verdict};
use alloc::string::String;
use alloc::vec::Vec;

/// The Endpoints that answers refer to, each with its id: those of the service base. (An Endpoint of one study is told with that study.)
fn configured(config: &Config) -> Vec<(Service, String)> {
    let base = config.options.endpoint_base.as_deref().map(|base| base.trim_end_matches('/')).unwrap_or("");
    if base.is_empty() || config.options.endpoint_address != EndpointAddress::Base {
        return Vec::new();
    }
    place::services(&config.options).map(|service| (service, fhir::own_id(service, base))).collect()
}

fn resource(config: &Config, release: Release, service: Service, id: &str) -> Json {
    fhir::endpoint(service, config.options.endpoint_base.as_deref().unwrap_or(""), Some(id), release)
}

fn response(release: Release, body: Json) -> Response {
    Response { status: 200, headers: [content_type(release)].into(), body, loss: LossReport::default() }
}

/// `GET Endpoint/{id}`.
pub(super) fn read(config: &Config, release: Release, id: &str) -> Result<Response, Refusal> {
    let own = configured(config).into_iter().find(|(_, own)| own == id);
    let (service, id) = own.ok_or(Refusal::new(404, "not-found", "no such resource"))?;
    Ok(response(release, resource(config, release, service, &id)))
}

/// `GET Endpoint?...`.
pub(super) fn search(config: &Config, mut answering: Answering, query: Query, cursor: Option<&str>) -> Result<Response, Refusal> {
    let at = answering.position(&query, cursor)?;
    // What an Endpoint refers to, such as an organization, is nothing of ours: it matches nothing, whatever it is.
    let mut query = query;
    for reference in query.references() {
        query.resolve(&reference, &[]);
    }
    let residual = query.residual(&config.options).map_err(Refusal::of_query)?;
    let matches: Vec<(Service, String)> =
        configured(config).into_iter().filter(|(service, id)| residual.judge_endpoint(*service, id) == Verdict::Yes).collect();
    let release = answering.release;
    let (from, page) = (at.map_or(0, |cursor| cursor.at) as usize, answering.results.page as usize);
    let shown = if answering.results.count_only { &[] } else { matches.get(from..).unwrap_or_default() };
    let mut bundle = BundleWriter::new(release, &config.options);
    bundle.link("self", &answering.link("Endpoint", &query, at));
    if shown.len() > page {
        if answering.is_too_long(&query) {
            return Err(Refusal::of_query(Error::new(Kind::LimitQuery)));
        }
        bundle.link("next", &answering.link("Endpoint", &query, u32::try_from(from + page).ok().map(Cursor::of_nothing_asked)));
    }
    match answering.results.total {
        Total::None if !answering.results.count_only => bundle.without_total(),
        _ => bundle.total(matches.len() as u64),
    }
    for (service, id) in shown.iter().take(page) {
        let full_url = place::entry_url("Endpoint", id, &config.options);
        bundle.push_resource(&full_url, &resource(config, release, *service, id));
    }
    let issues = core::mem::take(&mut answering.results.issues);
    Ok(response(release, bundle.finish_telling(&LossReport::default(), &issues).value))
}

/// A reference as the facade itself would write it: an absolute URL of its own base is the relative one (FHIR search, "reference").
pub(super) fn relative<'a>(config: &Config, reference: &'a str) -> &'a str {
    let base = place::fhir_base(&config.options);
    let below = base.and_then(|base| reference.strip_prefix(base)?.strip_prefix('/'));
    // What is no resource's is nobody's to make one of.
    below.filter(|below| crate::search::is_relative(below)).unwrap_or(reference)
}

/// What a reference to an Endpoint of this facade means, whom nobody else knows: the id that studies refer to, if there is one.
pub(super) fn own<'a>(config: &Config, reference: &'a str) -> Option<Option<&'a str>> {
    let id = relative(config, reference).strip_prefix("Endpoint/")?;
    // Where each study has its own, they are known when the study is.
    let of_studies = config.options.endpoint_address != EndpointAddress::Base || place::given_base(&config.options).is_none();
    Some((of_studies || configured(config).iter().any(|(_, own)| own == id)).then_some(id))
}
