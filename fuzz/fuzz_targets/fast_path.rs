//! *Fast-path*, *joined*, *writing-many*, *spelling-blind*: the fast paths are the general path.
#![no_main]
fhir_dicomweb_fuzz::target!(fast_path, fhir_dicomweb_fuzz::mutate::dicom::change);
