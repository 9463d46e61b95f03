//! The scanner accepts what serde_json accepts (through `dicom::read`, whose scanner is not public).
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fhir_dicomweb_fuzz::laws::scan(data));
