//! The DICOM JSON spelling (PS3.18 Annex F).
//!
//! [`read`] takes a whole answer, [`Reader`] takes it in chunks, and takes several answers together; [`rows()`]
//! goes through the rows of one and assembles nothing; [`write`](fn@write) writes a record back.

mod account;
mod attribute;
mod attributes;
mod dataset;
mod each;
mod fate;
mod frame;
mod hold;
mod leaf;
mod learn;
mod members;
mod memos;
mod offset;
mod pattern;
mod quick;
mod read;
mod reader;
mod replay;
mod select;
mod short;
mod usual;
mod walk;
mod write;

pub(crate) use dataset::{Cell, DataSet, NOBODY};
pub use each::{EachRow, rows};
pub(crate) use fate::Sayings;
pub(crate) use leaf::{clean, normal};
#[doc(hidden)]
pub use read::read_plainly;
pub use read::{read, read_with};
pub use reader::Reader;
pub use select::Select;
#[doc(hidden)]
pub use write::write_plainly;
pub use write::{Rows, write, write_into, write_with};
