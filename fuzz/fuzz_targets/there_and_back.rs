//! Laws *there-and-back* and *same-study*: what is written as DICOM JSON, and as FHIR of every release with every policy, reads back as the
//! same record.
#![no_main]
use fhir_dicomweb_fuzz::{fhir_laws, generate, laws};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    laws::there_and_back(&generate::document(&generate::data_sets(&mut generate::Choices(data))));
    fhir_laws::there_and_back(data);
});
