//! *Stream*, *joined*: any chunking gives what the whole gives.
#![no_main]
fhir_dicomweb_fuzz::target!(stream, fhir_dicomweb_fuzz::mutate::dicom::change);
