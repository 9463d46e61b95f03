//! The tables of codes that the mapping goes by, to be read and exported (`spec/codes.json`).
//!
//! ```
//! use fhir_dicomweb::codes;
//! assert!(codes::modalities().any(|modality| modality.code == "CT" && modality.is_acquisition));
//! assert!(codes::schemes().any(|scheme| scheme.designator == "SCT" && scheme.uri == "http://snomed.info/sct"));
//! assert!(codes::body_parts().any(|part| part.term == "CHEST" && part.sct == "816094009"));
//! ```

use crate::table::codes::{body_part, modality, scheme};

/// A modality (PS3.16 CID 29, 32, 34, and retired terms).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Modality {
    /// The Defined Term of (0008,0060).
    pub code: &'static str,
    /// Whether CID 29, the acquisition modalities, has it, or CID 34, the waveforms, which that includes.
    pub is_acquisition: bool,
}

/// A coding scheme (PS3.16 Table 8-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scheme {
    /// Coding Scheme Designator.
    pub designator: &'static str,
    /// Coding Scheme UID; empty where there is none.
    pub uid: &'static str,
    /// The URI that FHIR knows it by.
    pub uri: &'static str,
}

/// A Defined Term of BodyPartExamined (PS3.16 Annex L).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodyPart {
    /// The term.
    pub term: &'static str,
    /// Its SNOMED CT code; empty where Annex L has none.
    pub sct: &'static str,
    /// The code's meaning.
    pub meaning: &'static str,
    /// The older code (SRT); empty where there is none.
    pub srt: &'static str,
    /// Whether the SNOMED CT code gives this term back, where several share it.
    pub is_given_back: bool,
}

/// The modalities.
pub fn modalities() -> impl Iterator<Item = Modality> {
    modality::all().map(|(code, is_acquisition)| Modality { code, is_acquisition })
}

/// The coding schemes.
pub fn schemes() -> impl Iterator<Item = Scheme> {
    scheme::all().map(|scheme| Scheme { designator: scheme.designator, uid: scheme.uid, uri: scheme.uri })
}

/// The body parts.
pub fn body_parts() -> impl Iterator<Item = BodyPart> {
    body_part::all().map(|(part, is_given_back)| BodyPart {
        term: part.term,
        sct: part.sct,
        meaning: part.meaning,
        srt: part.srt,
        is_given_back,
    })
}
