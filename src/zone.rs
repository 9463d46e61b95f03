//! Offsets from UTC, and the zone of times that have none.

use crate::grammar::offset::offset;
use alloc::string::ToString;
use core::fmt;
use core::str::FromStr;

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
    /// Minutes east of UTC.
    pub(crate) fn minutes(&self) -> i32 {
        let (sign, digits) = self.as_str().split_at_checked(1).unwrap_or(("+", "0000"));
        let number: i32 = digits.parse().unwrap_or(0);
        let east = number / 100 * 60 + number % 100;
        if sign == "-" { -east } else { east }
    }

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
