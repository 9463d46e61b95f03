//! Which attributes rows hold: `includefield` of QIDO-RS (PS3.18 8.3.4.3).

use crate::table::{Level, Part, conditional, known, required, rows};
use alloc::collections::BTreeSet;
use core::fmt;

/// Which attributes are written.
///
/// ```
/// use fhir_dicomweb::{Options, dicom};
/// let row = br#"{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00081030":{"vr":"LO","Value":["head"]},"00080080":{"vr":"LO","Value":["ward"]}}"#;
/// let study = &dicom::read(row, &Options::default())?.ignore_loss()[0];
/// let mut out = Vec::new();
/// let select = dicom::Select::of("StudyDescription,00100032");
/// let loss = dicom::write_with(study, dicom::Rows::Study, &select, &Options::default(), &mut out);
/// let text = String::from_utf8(out).unwrap();
/// assert!(text.contains("head") && !text.contains("ward"));
/// assert_eq!(loss.iter().next().unwrap().code.name(), "not-selected");
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Select {
    /// None: everything.
    tags: Option<BTreeSet<u32>>,
}

impl Select {
    /// Everything that is known.
    #[must_use]
    pub const fn all() -> Self {
        Select { tags: None }
    }

    /// What QIDO-RS always returns, and the attributes of an `includefield` value: keywords or tags divided by commas, or `all`.
    /// Of a path into a sequence its first attribute. Names that the table does not know are left out, as PS3.18 wants it.
    /// TimezoneOffsetFromUTC goes with the times that it dates: rows that hold none of these hold no offset.
    #[must_use]
    pub fn of(includefield: &str) -> Self {
        let mut tags = BTreeSet::new();
        for name in includefield.split(',').map(str::trim) {
            if name == "all" {
                return Select::all();
            }
            tags.extend(name.split('.').next().and_then(tag));
        }
        Select { tags: Some(tags) }
    }

    /// Adds the attributes of a further `includefield` value.
    #[must_use]
    pub fn and(self, includefield: &str) -> Self {
        match (self.tags, Select::of(includefield).tags) {
            (Some(mut tags), Some(more)) => {
                tags.extend(more);
                Select { tags: Some(tags) }
            }
            _ => Select::all(),
        }
    }

    /// Whether nothing is left out.
    pub(super) const fn is_all(&self) -> bool {
        self.tags.is_none()
    }

    /// Whether rows of a level hold the attribute.
    pub(super) fn holds(&self, level: Level, tag: u32) -> bool {
        let Some(tags) = &self.tags else { return true };
        tags.contains(&tag) || required(level).any(|(known, _)| known == tag) || conditional(level).any(|known| known == tag)
    }
}

/// Tags may be whatever somebody wrote as eight digits: only how many there are is shown.
impl fmt::Debug for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select").field("tags", &self.tags.as_ref().map(BTreeSet::len)).finish()
    }
}

/// The tag of a keyword, or of eight digits.
fn tag(name: &str) -> Option<u32> {
    if name.len() == 8 && name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return u32::from_str_radix(name, 16).ok();
    }
    fn find(parts: &[Part], name: &str) -> Option<u32> {
        parts.iter().find(|part| part.keyword == name).map(|part| part.within.unwrap_or(part.tag))
    }
    if name == "RequestAttributesSequence" {
        return rows().flat_map(|row| row.parts).find_map(|part| part.within);
    }
    rows().find_map(|row| find(row.parts, name)).or_else(|| known().find(|known| known.keyword == name).map(|known| known.tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_tags() {
        let select = Select::of("StudyDescription, 00080080 ,00400275.00401001,Nonsense,RequestAttributesSequence,PatientComments");
        let holds = |level, tag| select.holds(level, tag);
        for tag in [0x0008_1030, 0x0008_0080, 0x0040_0275, 0x0010_4000] {
            assert!(holds(Level::Study, tag), "{tag:08X}");
        }
        // What QIDO-RS always returns, of its level only, and nothing else.
        assert!(holds(Level::Study, 0x0020_000D) && holds(Level::Study, 0x0008_1190) && !holds(Level::Study, 0x0020_000E));
        assert!(holds(Level::Series, 0x0020_000E) && holds(Level::Series, 0x0008_103E) && !holds(Level::Study, 0x0008_103E));
        assert!(holds(Level::Instance, 0x0008_0018) && !holds(Level::Instance, 0x0010_1000));
        assert!(Select::all().holds(Level::Study, 0x0010_1000));
        assert_eq!(Select::of("StudyID,all"), Select::all());
        assert_eq!(Select::of("StudyID").and("StudyDescription"), Select::of("StudyDescription,StudyID"));
        assert_eq!(Select::of("StudyID").and("all"), Select::all());
        assert_eq!(tag("0008103e"), Some(0x0008_103E));
        assert_eq!(tag("0008103"), None);
    }
}
