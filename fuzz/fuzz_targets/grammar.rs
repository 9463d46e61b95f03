//! The grammars: of values against recognisers, of queries against themselves printed; *judging*.
#![no_main]
fhir_dicomweb_fuzz::target!(grammar, fhir_dicomweb_fuzz::mutate::query::change);
