//! The path of the request.

use super::faults::Faults;
use super::query::decode;
use super::{Refused, refuse};

/// The resource asked for: level, study and series of the path.
pub(super) struct Resource {
    pub(super) level: usize,
    pub(super) study: Option<String>,
    pub(super) series: Option<String>,
    pub(super) count: bool,
}

impl Resource {
    pub(super) fn of(path: &str, f: &Faults) -> Result<Self, Refused> {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let (level, study, series, allowed) = match parts.as_slice() {
            ["studies"] => (0, None, None, true),
            ["studies", "count"] if f.dcm4chee => {
                return Ok(Self { level: 0, study: None, series: None, count: true });
            }
            ["studies", s, "series"] => (1, Some(decode(s)), None, true),
            ["studies", s, "series", e, "instances"] => (2, Some(decode(s)), Some(decode(e)), true),
            ["series"] => (1, None, None, f.relational[0]),
            ["studies", s, "instances"] => (2, Some(decode(s)), None, f.relational[1]),
            ["instances"] => (2, None, None, f.relational[2]),
            _ => (0, None, None, false),
        };
        if allowed { Ok(Self { level, study, series, count: false }) } else { refuse(404, "no such resource") }
    }
}
