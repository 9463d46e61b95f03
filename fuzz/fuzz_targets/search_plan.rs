//! *Exact-search*: what a plan asks of a model server, judged, is what there is.
#![no_main]
fhir_dicomweb_fuzz::target!(search_plan, fhir_dicomweb_fuzz::mutate::query::change);
