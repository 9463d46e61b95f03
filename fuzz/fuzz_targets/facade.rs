//! Conversations: a configuration, a request and any sequence of events, also wrong ones, grown from the bytes; then a server that is wrong.
#![no_main]
use fhir_dicomweb_fuzz::facade_laws;
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if data.first().is_some_and(|first| first % 4 == 0) {
        facade_laws::ends(data.get(1..).unwrap_or_default());
    } else {
        facade_laws::any_events(data.get(1..).unwrap_or_default());
    }
});
