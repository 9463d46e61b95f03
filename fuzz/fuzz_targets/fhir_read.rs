//! Laws *carry-or-tell* and *silent-on-PHI* over FHIR grown from the fuzzer's bytes and bent, *total* over the bytes themselves, *fast-path* over
//! resources that repeat.
#![no_main]
use fhir_dicomweb_fuzz::{fhir_fast_laws, fhir_laws};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fhir_laws::total(data);
    fhir_fast_laws::grown(data);
    if let Some((text, release, options)) = fhir_laws::fhir_document(data) {
        fhir_laws::carry_or_tell(&text, release, &options);
        fhir_laws::silent(&text, release, &options);
    }
});
