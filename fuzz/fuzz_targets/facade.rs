//! *Ends*, *arrival-blind*: conversations with any sequence of events, any order of answers, any server.
#![no_main]
fhir_dicomweb_fuzz::target!(facade, fhir_dicomweb_fuzz::mutate::query::change);
