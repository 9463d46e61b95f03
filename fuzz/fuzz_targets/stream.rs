//! Laws *stream* and *joined*: any chunking, and any reading apart, gives what the whole gives.
#![no_main]
use fhir_dicomweb_fuzz::{generate, laws};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (first, rest) = data.split_first().unwrap_or((&1, &[]));
    laws::joined(&generate::data_sets(&mut generate::Choices(rest)), usize::from(*first));
    laws::stream(&generate::document(&generate::data_sets(&mut generate::Choices(rest))), usize::from(*first));
});
