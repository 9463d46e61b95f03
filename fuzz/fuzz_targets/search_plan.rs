//! Plans: an archive, a query, a server and its faults grown from the bytes; what is asked and judged finds what there is.
#![no_main]
use fhir_dicomweb_fuzz::plan_laws;
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    plan_laws::exact_search(data, None);
});
