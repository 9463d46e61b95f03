//! Endpoint: where a study can be retrieved (FHIR ImagingStudy notes: the address is the DICOMweb service base).

use super::shape::typed;
use crate::json::text::Writer;
use crate::release::{R4_R4B, Release};

const CONNECTION: &str = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type";
const PAYLOAD: &str = "http://terminology.hl7.org/CodeSystem/endpoint-payload-type";

/// The id of the Endpoint that a study contains.
pub(super) const CONTAINED: &str = "study-wado";

/// An Endpoint for WADO-RS at `base`.
pub(super) fn wado_rs(w: &mut Writer<'_>, release: Release, base: &str) {
    let first_form = R4_R4B.holds(release);
    w.open_object();
    w.member("resourceType", "Endpoint");
    w.member("id", CONTAINED);
    w.member("status", "active");
    w.name("connectionType");
    if first_form {
        w.open_object();
        w.member("system", CONNECTION);
        w.member("code", "dicom-wado-rs");
        w.close_object();
        w.name("payloadType");
        w.open_array();
        typed(w, PAYLOAD, "any");
        w.close_array();
        w.name("payloadMimeType");
        w.open_array();
        w.string("application/dicom");
        w.close_array();
    } else {
        w.open_array();
        typed(w, CONNECTION, "dicom-wado-rs");
        w.close_array();
        w.name("payload");
        w.open_array();
        w.open_object();
        w.name("type");
        w.open_array();
        typed(w, PAYLOAD, "any");
        w.close_array();
        w.name("mimeType");
        w.open_array();
        w.string("application/dicom");
        w.close_array();
        w.close_object();
        w.close_array();
    }
    w.member("address", base.trim_end_matches('/'));
    w.close_object();
}
