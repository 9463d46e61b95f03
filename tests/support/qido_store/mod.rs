//! A small in-memory QIDO-RS archive with the faults of known servers, for tests.
//!
//! Written from the facts in `reference/` alone. The presets name their sources so: S is a section of `servers.md`, J a field of
//! the preset in `servers.json`, B a point of `orthanc-behaviour.md`, Q a section of `qido.md`, C a row of `cases.md`. "Assumed":
//! the facts are silent, and the behaviour that costs a careless planner most was taken. "Seed": picked by the seed of the preset.
//!
//! A preset lists what differs from `presets/baseline.rs`; the fields of [`Faults`] say what a fault is. Assumed everywhere:
//! instances without a StudyInstanceUID are not stored, and the same SOPInstanceUID twice in a series is stored once (the first);
//! a stored date or time that is not legal (2015.01.14) is a missing one where dates are parsed, text where they are text.
#![allow(dead_code)]

use serde_json::{Map, Value};

mod answer;
mod dictionary;
mod faults;
mod fields;
mod keys;
mod matching;
mod paging;
mod presets;
mod query;
mod resource;
mod rows;
#[cfg(test)]
// A binary without the test harness drops the tests and keeps their imports.
#[allow(clippy::unwrap_used, clippy::indexing_slicing, unused_imports)]
mod tests;
mod text;
mod times;

#[allow(unused_imports)] // a test uses some
pub use faults::{All, Case, Clock, Decode, Faults, Fuzzy, List, Names, Order, Policy, Repeat, Wild, Zero};
pub use presets::preset;

/// One data set of DICOM JSON.
pub type Data = Map<String, Value>;

/// An archive: instances as flat DICOM JSON data sets, in the order in which they were stored.
pub struct Store {
    /// Every attribute of patient, study, series and instance that each instance has.
    pub instances: Vec<Data>,
}

/// What the server says.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body: a JSON array, nothing, or the text of an error.
    pub body: String,
    /// Value of the `Warning` header.
    pub warning: Option<String>,
}

/// Status and text of an error.
type Refused = (u16, String);
fn refuse<T>(status: u16, why: &str) -> Result<T, Refused> {
    Err((status, why.to_owned()))
}

impl Store {
    /// GET of a path such as `/studies/1.2/series` with a raw query string (without `?`).
    pub fn get(&self, path: &str, query: &str, faults: &Faults) -> Answer {
        if let (Some(id), false) = (&faults.below, matches!(path, "/studies" | "/series" | "/instances")) {
            if path.ends_with("/instances") && !path.contains("/series/") {
                return Answer { status: 404, body: "no such resource".to_owned(), warning: None };
            }
            return self.get(path, query, &preset(id, 0));
        }
        self.answer(path, query, faults).unwrap_or_else(|(status, body)| Answer { status, body, warning: None })
    }
}
