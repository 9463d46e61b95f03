//! The DICOM JSON spelling (PS3.18 Annex F).
//!
//! [`read`] takes a whole answer, [`Reader`] takes it in chunks, and takes several answers together.

mod attribute;
mod dataset;
mod leaf;
mod read;

pub(crate) use dataset::{Cell, DataSet};
pub use read::{Reader, read, read_with};
