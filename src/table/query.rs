//! What QIDO-RS answers (PS3.18 Tables 10.6.3-3 to 10.6.3-5): keys that a row of each level must have, and attributes of queries only.

use super::Level;

/// Required keys of a study row.
const STUDY: &[(u32, &str)] = &[
    (0x0008_0020, "DA"),
    (0x0008_0030, "TM"),
    (0x0008_0050, "SH"),
    (0x0008_0061, "CS"),
    (0x0008_0090, "PN"),
    (0x0010_0010, "PN"),
    (0x0010_0020, "LO"),
    (0x0010_0030, "DA"),
    (0x0010_0040, "CS"),
    (0x0020_000D, "UI"),
    (0x0020_0010, "SH"),
    (0x0020_1206, "IS"),
    (0x0020_1208, "IS"),
];

/// Required keys of a series row, besides.
const SERIES: &[(u32, &str)] = &[(0x0008_0060, "CS"), (0x0020_000E, "UI"), (0x0020_0011, "IS"), (0x0020_1209, "IS")];

/// Required keys of an instance row, besides.
const INSTANCE: &[(u32, &str)] = &[(0x0008_0016, "UI"), (0x0008_0018, "UI"), (0x0020_0013, "IS")];

/// The keys that a row of a level must have, its own and those of the levels above.
pub(crate) fn required(level: Level) -> impl Iterator<Item = (u32, &'static str)> {
    let series: &[_] = if level >= Level::Series { SERIES } else { &[] };
    let instance: &[_] = if level >= Level::Instance { INSTANCE } else { &[] };
    STUDY.iter().chain(series).chain(instance).copied()
}

/// The first level whose rows must have an attribute.
pub(super) const fn required_from(tag: u32) -> Option<Level> {
    if has(STUDY, tag) {
        Some(Level::Study)
    } else if has(SERIES, tag) {
        Some(Level::Series)
    } else if has(INSTANCE, tag) {
        Some(Level::Instance)
    } else {
        None
    }
}

const fn has(list: &[(u32, &str)], tag: u32) -> bool {
    let mut rest = list;
    while let [(known, _), more @ ..] = rest {
        if *known == tag {
            return true;
        }
        rest = more;
    }
    false
}

/// RetrieveURL, which is returned where there is one, asked for or not.
pub(crate) const RETRIEVE_URL: u32 = 0x0008_1190;

/// StudyDescription, which no server must return (PS3.18 Table 10.6.3-3), and some do on demand alone.
pub(crate) const STUDY_DESCRIPTION: u32 = 0x0008_1030;

/// What rows of fixed attributes lack: issuers, identifications of people, who read the study, the admission, order numbers.
pub(crate) const NOT_IN_FIXED_ROWS: &[u32] =
    &[0x0010_0021, 0x0010_0024, 0x0008_0051, 0x0008_0096, 0x0008_1060, 0x0008_1062, 0x0038_0010, 0x0038_0014, 0x0040_2016, 0x0040_2017];

/// What the files of Static DICOMweb lack: the same, but for the local issuer of the patient's id.
pub(crate) const NOT_IN_FILES: &[u32] =
    &[0x0010_0024, 0x0008_0051, 0x0008_0096, 0x0008_1060, 0x0008_1062, 0x0038_0010, 0x0038_0014, 0x0040_2016, 0x0040_2017];

/// Whether an attribute exists in queries only, and in no stored object.
pub(crate) const fn is_query_only(tag: u32) -> bool {
    matches!(tag, 0x0008_0056 | 0x0008_0061 | 0x0008_1190 | 0x0020_1206 | 0x0020_1208 | 0x0020_1209)
}

/// Keys that a row of a level has where they are known (PS3.18 Tables 10.6.3-3 to 10.6.3-5, type C).
const CONDITIONAL: &[u32] = &[0x0008_0056, 0x0008_0201, 0x0008_1190];
const CONDITIONAL_SERIES: &[u32] = &[0x0008_103E, 0x0040_0244, 0x0040_0245, 0x0040_0275];

/// The keys that a row of a level has where they are known, its own and those of the levels above.
pub(crate) fn conditional(level: Level) -> impl Iterator<Item = u32> {
    let series: &[_] = if level >= Level::Series { CONDITIONAL_SERIES } else { &[] };
    CONDITIONAL.iter().chain(series).copied()
}
