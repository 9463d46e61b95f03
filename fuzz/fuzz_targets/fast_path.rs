//! Laws *fast-path*, *joined* and *writing-many* over rows that repeat, grown from the fuzzer's bytes.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fhir_dicomweb_fuzz::fast_laws::grown(data));
