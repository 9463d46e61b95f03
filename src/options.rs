//! [`Options`]: what the caller decides.

use crate::grammar::offset::offset;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// What the caller decides about reading and writing. Owned data: `Clone`, `Send`, `Sync`.
///
/// ```
/// use fhir_dicomweb::{Options, Zone};
/// let mut options = Options::default();
/// options.zone = Zone::Fixed("+01:00".parse()?);
/// options.namespaces.push(("RIS".into(), "urn:oid:2.999.1".into()));
/// options.endpoint_base = Some("https://pacs.example.org/dicom-web".into());
/// # Ok::<(), fhir_dicomweb::BadOffset>(())
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Departures and contradictions of the input are an Error (code `strict`) instead of a loss.
    pub strict: bool,
    /// The offset from UTC of times whose data set has none.
    pub zone: Zone,
    /// Local namespaces (IssuerOfPatientID, LocalNamespaceEntityID, a person identifier's designator) and the URIs they stand for.
    pub namespaces: Vec<(String, String)>,
    /// The URI of patient identifiers that have no issuer.
    pub patient_namespace: Option<String>,
    /// Coding scheme designators and the URIs they stand for; they come before the table of PS3.16.
    pub schemes: Vec<(String, String)>,
    /// The URI of StudyID. Without it StudyID is not written: a bare number would match every study of that number.
    pub study_id_system: Option<String>,
    /// The DICOMweb service base, for Endpoints. Without it no Endpoint is written.
    pub endpoint_base: Option<String>,
    /// The FHIR service base, for `fullUrl`. Without it `fullUrl` is `urn:oid:` and the study UID.
    pub fhir_base: Option<String>,
    /// The caller's promise that everything read lists its studies completely, so that counts which DICOM did not give may be computed.
    pub complete: bool,
    /// Bounds.
    pub limits: Limits,
}

impl Options {
    /// The URI of a local namespace.
    pub(crate) fn namespace(&self, name: &str) -> Option<&str> {
        find(&self.namespaces, name)
    }

    /// The URI of a coding scheme designator, if the caller gave one.
    pub(crate) fn scheme(&self, designator: &str) -> Option<&str> {
        find(&self.schemes, designator)
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name && !name.is_empty()).map(|(_, uri)| uri.as_str())
}

/// Shows no names or addresses.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("strict", &self.strict)
            .field("zone", &self.zone)
            .field("namespaces", &self.namespaces.len())
            .field("patient_namespace", &self.patient_namespace.is_some())
            .field("schemes", &self.schemes.len())
            .field("study_id_system", &self.study_id_system.is_some())
            .field("endpoint_base", &self.endpoint_base.is_some())
            .field("fhir_base", &self.fhir_base.is_some())
            .field("complete", &self.complete)
            .field("limits", &self.limits)
            .finish()
    }
}

/// The offset from UTC of a time whose data set has none.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub enum Zone {
    /// Unknown: the date alone is written.
    #[default]
    None,
    /// Always this one.
    Fixed(Offset),
    /// A function of the local date and time, in DICOM's forms (`YYYYMMDD`, `HHMM[SS[.F]]`): where summer time matters.
    Local(fn(date: &str, time: &str) -> Option<Offset>),
}

impl Zone {
    pub(crate) fn offset(&self, date: &str, time: &str) -> Option<Offset> {
        match self {
            Zone::None => None,
            Zone::Fixed(offset) => Some(*offset),
            Zone::Local(rule) => rule(date, time),
        }
    }
}

/// An offset from UTC, from -12:00 to +14:00.
///
/// ```
/// use fhir_dicomweb::Offset;
/// let offset: Offset = "+0530".parse()?;
/// assert_eq!(offset.to_string(), "+05:30");
/// assert!("+15:00".parse::<Offset>().is_err());
/// # Ok::<(), fhir_dicomweb::BadOffset>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Offset {
    /// `&ZZXX`, ASCII.
    text: [u8; 5],
}

impl Offset {
    /// In DICOM's form, `&ZZXX`.
    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text).unwrap_or("+0000")
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = self.as_str().split_at_checked(3).unwrap_or(("", ""));
        write!(f, "{hours}:{minutes}")
    }
}

/// Not an offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an offset from UTC such as +01:00 or -0530, between -12:00 and +14:00")]
pub struct BadOffset;

impl FromStr for Offset {
    type Err = BadOffset;

    fn from_str(text: &str) -> Result<Self, BadOffset> {
        let zone = offset(text).ok_or(BadOffset)?;
        let digits = [zone.sign, zone.hours, zone.minutes].concat().to_string();
        let text = digits.as_bytes().try_into().map_err(|_| BadOffset)?;
        Ok(Offset { text })
    }
}

/// Bounds on what is read. Beyond one of them is an Error that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of input: 4 GiB.
    pub input_bytes: u64,
    /// Nesting of JSON: 64.
    pub depth: u32,
    /// Studies: 100,000.
    pub studies: u32,
    /// Series, of all studies together: 100,000.
    pub series: u32,
    /// Instances, of all studies together: 1,000,000.
    pub instances: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { input_bytes: 4 << 30, depth: 64, studies: 100_000, series: 100_000, instances: 1_000_000 }
    }
}
