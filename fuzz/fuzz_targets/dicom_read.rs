//! Laws *carry-or-tell*, *silent-on-PHI* over documents grown from the fuzzer's bytes, *total* over the bytes themselves.
#![no_main]
use fhir_dicomweb_fuzz::{generate, laws};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    laws::total(data);
    let choices = &mut generate::Choices(data);
    let options = generate::options(choices);
    let sets = generate::data_sets(choices);
    let text = generate::document(&sets);
    laws::carry_or_tell(&text, &options);
    laws::silent(&text);
    let mut other = sets.clone();
    other.reverse();
    laws::order_blind(&sets, &other);
});
