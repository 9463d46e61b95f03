//! `GET metadata`: what this facade does in a release, out of the tables it does it by.

use super::refusal::content_type;
use super::{Config, Response};
use crate::fhir::place;
use crate::json::text::{Json, Writer};
use crate::loss::LossReport;
use crate::release::Release;
use crate::search::parameter::{Resource, of_release};
use alloc::vec::Vec;

/// When what is told here last changed: CapabilityStatement.date is mandatory, and there is no clock.
const DATE: &str = "2026-11-26";
/// What can be included in an answer, besides studies, where the release has the parameter.
const INCLUDES: [&str; 6] = ["endpoint", "patient", "subject", "referrer", "performer", "interpreter"];

pub(super) fn response(config: &Config, release: Release) -> Response {
    let mut out = Vec::new();
    write(&mut Writer::new(&mut out), config, release);
    Response { status: 200, headers: [content_type(release)].into(), body: Json::from_bytes(out), loss: LossReport::default() }
}

fn write(w: &mut Writer<'_>, config: &Config, release: Release) {
    let base = place::fhir_base(&config.options);
    w.open_object();
    w.member("resourceType", "CapabilityStatement");
    w.member("status", "active");
    w.member("date", DATE);
    // An instance has an address (cpb-2, cpb-15); without one it is what the software can do.
    w.member("kind", if base.is_some() { "instance" } else { "capability" });
    w.name("software");
    w.open_object();
    w.member("name", env!("CARGO_PKG_NAME"));
    w.member("version", env!("CARGO_PKG_VERSION"));
    w.close_object();
    if let Some(base) = base {
        w.name("implementation");
        w.open_object();
        w.member("description", "ImagingStudy and Endpoint over a DICOMweb archive");
        w.member("url", base);
        w.close_object();
    }
    w.member("fhirVersion", release.version());
    w.name("format");
    w.open_array();
    w.string("application/fhir+json");
    w.string("json");
    w.close_array();
    w.name("rest");
    w.open_array();
    w.open_object();
    w.member("mode", "server");
    w.name("resource");
    w.open_array();
    resource(w, "ImagingStudy", Resource::ImagingStudy, release);
    resource(w, "Endpoint", Resource::Endpoint, release);
    w.close_array();
    w.close_object();
    w.close_array();
    w.close_object();
}

fn resource(w: &mut Writer<'_>, type_: &str, resource: Resource, release: Release) {
    w.open_object();
    w.member("type", type_);
    w.name("interaction");
    w.open_array();
    for code in ["read", "search-type"] {
        w.open_object();
        w.member("code", code);
        w.close_object();
    }
    w.close_array();
    w.member("versioning", "no-version");
    if resource == Resource::ImagingStudy {
        w.name("searchInclude");
        w.open_array();
        let is_known = |name: &str| of_release(resource, release).any(|parameter| parameter.name == name);
        INCLUDES.iter().filter(|name| is_known(name)).for_each(|name| w.strings(&["ImagingStudy:", name]));
        w.close_array();
    }
    w.name("searchParam");
    w.open_array();
    for parameter in of_release(resource, release) {
        w.open_object();
        w.member("name", parameter.name);
        w.member("definition", &parameter.definition(resource, release));
        w.member("type", parameter.type_name());
        w.close_object();
    }
    w.close_array();
    w.close_object();
}
