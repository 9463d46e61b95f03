//! *Total*, *carry-or-tell*, *silent-on-PHI*, *order-blind*, *spelling-blind*: DICOM JSON read.
#![no_main]
fhir_dicomweb_fuzz::target!(dicom_read, fhir_dicomweb_fuzz::mutate::dicom::change);
