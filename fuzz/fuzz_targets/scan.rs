//! The scanner takes for JSON what serde_json does.
#![no_main]
fhir_dicomweb_fuzz::target!(scan, fhir_dicomweb_fuzz::mutate::json::change);
