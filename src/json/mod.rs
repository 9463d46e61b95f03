//! JSON, both ways. Nothing here knows DICOM or FHIR.

mod hollow;
pub(crate) mod quick;
mod raw;
pub(crate) mod scan;
mod serialize;
pub(crate) mod text;
pub(crate) mod tree;
mod utf8;
pub(crate) mod words;
