//! Search queries: any bytes end in a query or a named error, printing and parsing give the same, judging never panics.
#![no_main]
use fhir_dicomweb_fuzz::search_laws;
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    search_laws::grammar(data);
    search_laws::judging(data);
});
