//! *There-and-back*, *same-study*: through DICOM JSON, and FHIR of every release under every policy.
#![no_main]
fhir_dicomweb_fuzz::target!(there_and_back, fhir_dicomweb_fuzz::mutate::dicom::change);
