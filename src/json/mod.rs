//! JSON, both ways. Nothing here knows DICOM or FHIR.

pub(crate) mod scan;
mod serialize;
pub(crate) mod text;
