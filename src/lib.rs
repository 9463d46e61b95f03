#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(doctest, doc = include_str!("../README.md"))]
//! Maps DICOM JSON (QIDO-RS rows, WADO-RS metadata) to FHIR ImagingStudy, R4 to R6, and back, and tells everything that it could not carry.
//!
//! Pure: no IO, no clock, no randomness, no threads, no global state; `no_std` with `alloc`.
//!
//! ```
//! use fhir_dicomweb::{Options, Release, dicom, fhir};
//!
//! let rows = br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00080020":{"vr":"DA","Value":["20240114"]},
//!     "00080061":{"vr":"CS","Value":["CT","SR"]},"00100020":{"vr":"LO","Value":["P1"]}}]"#;
//! let options = Options::default();
//! let read = dicom::read(rows, &options)?;
//! for study in &read.value {
//!     let written = fhir::write(study, Release::R4, &options);
//!     assert!(written.value.as_str().contains(r#""started":"2024-01-14""#));
//!     // R4's study.modality lists acquisition modalities only: the report says what that leaves out.
//!     assert_eq!(written.loss.iter().next().unwrap().to_string(),
//!         "modality-not-listed at /00080061: a modality of the study that no series has and that this release's list leaves out \
//!          (1, first in data set 0)");
//! }
//! # Ok::<(), fhir_dicomweb::Error>(())
//! ```
//!
//! And back:
//!
//! ```
//! use fhir_dicomweb::{Options, Release, dicom, fhir};
//!
//! let text = br#"{"resourceType":"ImagingStudy","status":"available","subject":{"identifier":{"value":"P1"}},
//!     "identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"note":[{"text":"seen by two"}]}"#;
//! let options = Options::default();
//! let read = fhir::read(text, Release::R5, &options)?;
//! let rows = dicom::write(&read.value[0], dicom::Rows::Study, &options);
//! assert!(rows.value.as_str().contains(r#""0020000D":{"vr":"UI","Value":["1.2.3"]}"#));
//! assert_eq!(read.loss.iter().next().unwrap().at.to_string(), "ImagingStudy.note.text");
//! # Ok::<(), fhir_dicomweb::Error>(())
//! ```
//!
//! What it is: a mapping engine for facades, gateways and converters. What it is not: a DICOM parser (it reads the JSON model, not Part 10 files),
//! a FHIR server, an HTTP client, a validator, a store.
//!
//! The mapping itself is the table of [`rows()`]; [`row`] names its rows, [`known()`] lists what is deliberately left out and why.

extern crate alloc;
#[cfg(test)]
extern crate std;

mod assemble;
mod clock;
pub mod codes;
pub mod dicom;
mod error;
pub mod facade;
pub mod fhir;
mod grammar;
mod grow;
mod json;
pub mod kind;
mod loss;
mod options;
mod patience;
mod percent;
mod policy;
mod release;
pub mod search;
mod sha256;
mod study;
mod table;
pub mod url;
mod uuid;
mod value;
mod who;
mod zone;

pub use error::Error;
pub use json::text::Json;
pub use loss::{Class, Code, Loss, LossReport, Lossy, Mapped, Place, Step};
pub use options::{Limits, Options};
pub use policy::{Accession, EndpointAddress, Endpoints, Id, Listing, Modalities, Names, Practitioners, Service, Subject, UnknownPolicy};
pub use release::{Release, Releases, UnknownRelease};
pub use study::{Facts, Instance, Series, Study};
pub use table::{Fact, Known, Level, Part, Row, Search, SearchKind, Vr, known, row, rows};
pub use zone::{BadOffset, Offset, Zone};
