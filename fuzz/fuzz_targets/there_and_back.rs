//! Law *there-and-back*, DICOM JSON: what is written reads back as the same record.
#![no_main]
use fhir_dicomweb_fuzz::{generate, laws};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    laws::there_and_back(&generate::document(&generate::data_sets(&mut generate::Choices(data))));
});
