//! FHIR releases and spans of them.

use core::fmt;
use core::str::FromStr;

/// A FHIR release.
///
/// R4 and R4B are the same for every resource here. R6 is the ballot 6.0.0-ballot2.
///
/// ```
/// use fhir_dicomweb::Release;
/// assert_eq!("r4b".parse(), Ok(Release::R4B));
/// assert_eq!(Release::R6.version(), "6.0.0-ballot2");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Release {
    /// FHIR R4, 4.0.1: the default, which most systems speak.
    #[default]
    R4,
    /// FHIR R4B, 4.3.0.
    R4B,
    /// FHIR R5, 5.0.0.
    R5,
    /// FHIR R6, 6.0.0-ballot2.
    R6,
}

impl Release {
    /// Every release, oldest first.
    pub const ALL: [Release; 4] = [Release::R4, Release::R4B, Release::R5, Release::R6];

    /// The short name: `R4`, `R4B`, `R5`, `R6`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Release::R4 => "R4",
            Release::R4B => "R4B",
            Release::R5 => "R5",
            Release::R6 => "R6",
        }
    }

    /// The version that is meant.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Release::R4 => "4.0.1",
            Release::R4B => "4.3.0",
            Release::R5 => "5.0.0",
            Release::R6 => "6.0.0-ballot2",
        }
    }

    /// The version without its patch, as the media type parameter `fhirVersion` has it: `4.0`, `4.3`, `5.0`, `6.0`.
    #[must_use]
    pub const fn fhir_version(self) -> &'static str {
        match self {
            Release::R4 => "4.0",
            Release::R4B => "4.3",
            Release::R5 => "5.0",
            Release::R6 => "6.0",
        }
    }

    /// Whether a study's list of modalities is meant to hold acquisition modalities only (CID 29).
    /// R4 binds `ImagingStudy.modality` to CID 29, R5 and later to CID 33, which includes the others.
    pub(crate) const fn lists_acquisition_only(self) -> bool {
        R4_R4B.holds(self)
    }

    /// Whether counts must equal what is listed (R6 invariants ist-3, ist-4 and ist-6).
    pub(crate) const fn counts_what_is_listed(self) -> bool {
        R6.holds(self)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No release of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of R4, R4B, R5, R6")]
pub struct UnknownRelease;

impl FromStr for Release {
    type Err = UnknownRelease;

    fn from_str(text: &str) -> Result<Self, UnknownRelease> {
        Release::ALL.into_iter().find(|release| release.name().eq_ignore_ascii_case(text)).ok_or(UnknownRelease)
    }
}

/// A span of releases, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Releases {
    /// The first release of the span.
    pub from: Release,
    /// The last release of the span.
    pub to: Release,
}

/// R4 and R4B.
pub(crate) const R4_R4B: Releases = Releases { from: Release::R4, to: Release::R4B };
/// R4, R4B and R5.
pub(crate) const R4_R5: Releases = Releases { from: Release::R4, to: Release::R5 };
/// R5 and R6.
pub(crate) const R5_R6: Releases = Releases { from: Release::R5, to: Release::R6 };
/// R6 alone.
pub(crate) const R6: Releases = Releases { from: Release::R6, to: Release::R6 };
/// Every release.
pub(crate) const ALL: Releases = Releases { from: Release::R4, to: Release::R6 };

impl Releases {
    /// Whether `release` lies in the span.
    #[must_use]
    pub const fn holds(self, release: Release) -> bool {
        self.from as u8 <= release as u8 && release as u8 <= self.to as u8
    }
}

impl fmt::Display for Releases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to { write!(f, "{}", self.from) } else { write!(f, "{}..{}", self.from, self.to) }
    }
}
