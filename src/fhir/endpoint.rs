//! Endpoint: where a study can be retrieved (FHIR ImagingStudy notes: the address is the DICOMweb service base).

use super::found::{CONNECTION, PAYLOAD};
use super::shape::typed;
use crate::json::text::{Json, Writer};
use crate::options::Options;
use crate::policy::{EndpointAddress, Service};
use crate::release::{R4_R4B, Release};
use crate::uuid::{Hash, begun};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// An Endpoint of a DICOMweb service as a resource of its own.
///
/// ```
/// use fhir_dicomweb::{Release, Service, fhir};
/// let endpoint = fhir::endpoint(Service::WadoRs, "https://pacs.example.org/dicom-web/", Some("wado"), Release::R5);
/// assert!(endpoint.as_str().ends_with(r#""address":"https://pacs.example.org/dicom-web"}"#));
/// ```
#[must_use]
pub fn endpoint(service: Service, address: &str, id: Option<&str>, release: Release) -> Json {
    let mut out = Vec::new();
    write(&mut Writer::new(&mut out), release, service, address.trim_end_matches('/'), id);
    Json::from_bytes(out)
}

/// As [`own_id`], of an address that goes on.
pub(crate) fn begun_id(service: Service, address: &str) -> Hash {
    begun("Endpoint", &[service.name(), address])
}

/// The id that a service's Endpoint of this address has where it is a resource of its own.
pub(crate) fn own_id(service: Service, address: &str) -> String {
    begun_id(service, address).uuid()
}

/// What an Endpoint of a study, or of its series `series`, is about.
pub(crate) struct Of<'a> {
    pub(crate) base: &'a str,
    /// The base is an address as it stands, to which nothing can be added.
    pub(crate) opaque: bool,
    pub(crate) study: &'a str,
    pub(crate) series: Option<(usize, &'a str)>,
}

impl Of<'_> {
    /// The id inside a study: `study-wado`, `series-1-wado`. An address that nothing can be added to is the study's.
    pub(super) fn id(&self, service: Service) -> String {
        let name = service.name();
        let short = name.strip_suffix("-rs").unwrap_or(name);
        match self.series.filter(|_| !self.opaque) {
            None => ["study-", short].concat(),
            Some((n, _)) => ["series-", &(n + 1).to_string(), "-", short].concat(),
        }
    }

    /// Whether the address is that of the study or series, and not the base.
    pub(crate) fn is_resource(&self, service: Service, options: &Options) -> bool {
        !self.opaque && matches!(service, Service::WadoRs | Service::QidoRs) && options.endpoint_address == EndpointAddress::Study
    }

    /// The address, by the policy: retrieval and query have URLs of studies and series, the others their base only.
    pub(crate) fn address(&self, service: Service, options: &Options) -> String {
        let resource = self.is_resource(service, options);
        match self.series {
            _ if !resource => self.base.to_string(),
            None => [self.base, "/studies/", self.study].concat(),
            Some((_, series)) => [self.base, "/studies/", self.study, "/series/", series].concat(),
        }
    }
}

pub(crate) const fn payload(service: Service) -> (&'static str, &'static str) {
    match service {
        Service::WadoRs => ("DICOM WADO-RS", "application/dicom"),
        Service::QidoRs => ("DICOM QIDO-RS", "application/dicom+json"),
        Service::StowRs => ("DICOM STOW-RS", "application/dicom"),
        Service::WadoUri => ("DICOM WADO-URI", "application/dicom"),
    }
}

pub(super) fn write(w: &mut Writer<'_>, release: Release, service: Service, address: &str, id: Option<&str>) {
    let first_form = R4_R4B.holds(release);
    let code = service.code();
    let (text, mime) = payload(service);
    w.open_object();
    w.member("resourceType", "Endpoint");
    if let Some(id) = id {
        w.member("id", id);
    }
    w.member("status", "active");
    w.name("connectionType");
    if first_form {
        w.open_object();
        w.member("system", CONNECTION);
        w.member("code", code);
        w.close_object();
        w.name("payloadType");
        payload_type(w, text);
        w.name("payloadMimeType");
        w.open_array();
        w.string(mime);
        w.close_array();
    } else {
        w.open_array();
        typed(w, CONNECTION, code);
        w.close_array();
        w.name("payload");
        w.open_array();
        w.open_object();
        w.name("type");
        payload_type(w, text);
        w.name("mimeType");
        w.open_array();
        w.string(mime);
        w.close_array();
        w.close_object();
        w.close_array();
    }
    w.member("address", address);
    w.close_object();
}

fn payload_type(w: &mut Writer<'_>, text: &str) {
    w.open_array();
    w.open_object();
    w.name("coding");
    w.open_array();
    w.open_object();
    w.member("system", PAYLOAD);
    w.member("code", "any");
    w.close_object();
    w.close_array();
    w.member("text", text);
    w.close_object();
    w.close_array();
}
