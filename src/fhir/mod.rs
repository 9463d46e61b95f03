//! The FHIR spelling.
//!
//! [`write`](fn@write) and [`write_into`] write one study as an ImagingStudy, [`BundleWriter`] many as a Bundle, [`outcome`] a loss report as an
//! OperationOutcome. [`read`](fn@read) reads any of them back, and [`read_endpoint`] an Endpoint.

mod around;
mod bundle;
mod checks;
mod endpoint;
pub(crate) mod found;
mod human;
mod instances;
pub(crate) mod keep;
mod memory;
pub(crate) mod outcome;
mod outline;
mod outlines;
pub(crate) mod place;
mod plan;
mod read;
pub(crate) mod shape;
mod trace;
mod walk;
mod write;

pub use bundle::{BundleWriter, bundle};
pub use endpoint::endpoint;
pub(crate) use endpoint::{Of, begun_id, own_id, payload};
pub use outcome::outcome;
#[doc(hidden)]
pub use read::read_plainly;
pub use read::retrievals;
pub use read::{Endpoint, read, read_endpoint, read_with};
pub use write::{write, write_into};
