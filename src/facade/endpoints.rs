//! `Endpoint`: read and searched in the configuration; no archive is asked.

use super::refusal::{Refusal, content_type};
use super::{Config, Response};
use crate::fhir::{self, BundleWriter, place};
use crate::json::text::Json;
use crate::loss::LossReport;
use crate::policy::{EndpointAddress, Service};
use crate::release::Release;
use crate::search::parse::encode;
use crate::search::{Query, Verdict};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The Endpoints that answers refer to, each with its id: those of the service base. (An Endpoint of one study is told with that study.)
fn configured(config: &Config) -> Vec<(Service, String)> {
    let base = config.options.endpoint_base.as_deref().map(|base| base.trim_end_matches('/')).unwrap_or("");
    if base.is_empty() || config.options.endpoint_address != EndpointAddress::Base {
        return Vec::new();
    }
    place::services(&config.options).iter().map(|service| (*service, fhir::own_id(*service, base))).collect()
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

/// `GET Endpoint?...`: all matches in one page.
pub(super) fn search(config: &Config, release: Release, query: Query) -> Result<Response, Refusal> {
    // What an Endpoint refers to, such as an organization, is nothing of ours: it matches nothing, whatever it is.
    let mut query = query;
    for reference in query.references() {
        query.resolve(&reference, &[]);
    }
    let residual = query.residual(&config.options).map_err(Refusal::of_query)?;
    let mut results: Vec<(&str, &str)> = query.results().collect();
    let unsupported = |(name, value): &(&str, &str)| match *name {
        "_count" | "_total" | "_sort" => false,
        "_summary" => !matches!(*value, "count" | "data" | "false"),
        _ => true,
    };
    if let Some(result) = results.iter().find(|result| unsupported(result)) {
        if !query.is_lenient() {
            let _ = result;
            return Err(Refusal::new(400, "not-supported", "a result parameter that is not supported here"));
        }
    }
    results.retain(|result| !unsupported(result));
    let count_only = results.iter().any(|result| matches!(result, ("_summary", "count") | ("_count", "0")));
    let mut bundle = BundleWriter::new(release, &config.options);
    let mut link = config.options.fhir_base.as_deref().map(|base| [base.trim_end_matches('/'), "/Endpoint"].concat());
    let link = link.get_or_insert_with(|| "Endpoint".into());
    let mut shown: Vec<String> = [query.without_results().to_string()].into_iter().filter(|text| !text.is_empty()).collect();
    for (name, value) in results {
        let mut text = [name, "="].concat();
        encode(value, &mut text);
        shown.push(text);
    }
    if !shown.is_empty() {
        link.push('?');
        link.push_str(&shown.join("&"));
    }
    bundle.link("self", link);
    let matches: Vec<(Service, String)> =
        configured(config).into_iter().filter(|(service, id)| residual.judge_endpoint(*service, id) == Verdict::Yes).collect();
    bundle.total(matches.len() as u64);
    if !count_only {
        for (service, id) in &matches {
            let (_, full_url) = place::reference("Endpoint", id, &config.options);
            bundle.push_resource(&full_url, &resource(config, release, *service, id));
        }
    }
    Ok(response(release, bundle.finish().value))
}
