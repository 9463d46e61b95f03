//! *Total*, *carry-or-tell*, *silent-on-PHI*, *fast-path*: FHIR read; what was read goes there and back.
#![no_main]
fhir_dicomweb_fuzz::target!(fhir_read, fhir_dicomweb_fuzz::mutate::fhir::change);
