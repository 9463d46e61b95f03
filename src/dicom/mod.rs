//! The DICOM JSON spelling (PS3.18 Annex F).
//!
//! [`read`] takes a whole answer, [`Reader`] takes it in chunks, and takes several answers together; [`write`](fn@write) writes a record back.

mod attribute;
mod attributes;
mod dataset;
mod leaf;
mod read;
mod write;

pub(crate) use dataset::{Cell, DataSet};
pub use read::{Reader, read, read_with};
pub use write::{Rows, write, write_into};
