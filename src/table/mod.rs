//! **The mapping.** One row per mapped fact; everything else hangs from the rows.
//!
//! [`rows()`] iterates them, [`row`] names them, [`known()`] lists what is deliberately left out.

pub(crate) mod codes;
mod elements;
mod instance;
mod known;
mod names;
mod order;
mod part;
mod patient;
mod query;
mod row_type;
mod sequences;
mod series;
mod study;
mod takers;

pub(crate) use elements::{element, elements, of_subject, resource_type};
pub use known::Known;
pub(crate) use known::is_known;
pub(crate) use names::{NUMBERS, PLACES, RESOURCE_TYPE, element_of, name, name_of_primitive, number_of, position, primitive_of};
pub(crate) use order::{ORDERED, Source, Top, parts_inside, tops, whole_rows};
pub(crate) use part::Align;
pub use part::{Part, Vr};
pub(crate) use query::{NOT_IN_FILES, NOT_IN_FIXED_ROWS, RETRIEVE_URL, STUDY_DESCRIPTION, conditional, is_query_only, required};
pub(crate) use row_type::{At, IDENTIFIED, Merge};
pub use row_type::{Fact, Level, Row, Search, SearchKind};
pub(crate) use takers::{Taker, is_list, takers, vr_of_field, vrs_of};

/// The rows by name: the keys for [`Study::get`](crate::Study::get), [`Series::get`](crate::Series::get) and [`Instance::get`](crate::Instance::get).
///
/// Each constant's documentation says what the row maps and which clause says so. Where an element differs by policy both places are listed;
/// elements that begin with `Patient` are written where the subject is a Patient resource. `=`: as in the release before. `–`: no element, the
/// fact is kept in the record and reported when it is written.
///
#[doc = include_str!("mapping.md")]
pub mod row {
    pub use super::instance::{INSTANCE_CLASS, INSTANCE_NUMBER, INSTANCE_TITLE, INSTANCE_UID};
    pub use super::patient::{PATIENT_BIRTH, PATIENT_ID, PATIENT_NAME, PATIENT_OTHER_ID, PATIENT_RETIRED_ID, PATIENT_SEX};
    pub use super::series::{
        BODY_SITE, DEVICE, LATERALITY, OPERATOR, PERFORMER, SERIES_DESCRIPTION, SERIES_INSTANCE_COUNT, SERIES_MODALITY, SERIES_NUMBER,
        SERIES_STARTED, SERIES_UID, SPECIMEN,
    };
    pub use super::study::{
        ACCESSION, AVAILABILITY, DESCRIPTION, ENCOUNTER, FILLER, INSTANCE_COUNT, INTERPRETER, LOCATION, MODALITIES, PHYSICIAN_OF_RECORD,
        PLACER, PROCEDURE, REASON, REFERENCED_REQUEST, REFERRER, REQUESTS, RETRIEVE_URL, SERIES_COUNT, STARTED, STUDY_ID, STUDY_UID,
    };
}

/// The rows of a level, in FHIR element order.
pub(crate) const fn rows_of(level: Level) -> &'static [Row] {
    match level {
        Level::Patient => patient::ROWS,
        Level::Study => study::ROWS,
        Level::Series => series::ROWS,
        Level::Instance => instance::ROWS,
    }
}

const LEVELS: [Level; 4] = [Level::Patient, Level::Study, Level::Series, Level::Instance];

/// Every row of the table: patient, study, series, instance, each in FHIR element order.
///
/// ```
/// let started = fhir_dicomweb::rows().find(|row| row.name() == "STARTED").unwrap();
/// assert_eq!(started.parts()[0].keyword(), "StudyDate");
/// ```
pub fn rows() -> impl Iterator<Item = &'static Row> {
    LEVELS.into_iter().flat_map(rows_of)
}

/// Every attribute that is known and deliberately not mapped, with the reason, by tag.
pub fn known() -> impl Iterator<Item = &'static Known> {
    known::KNOWN.iter()
}

/// A row, by level and position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowRef {
    pub(crate) level: Level,
    pub(crate) index: u8,
}

/// How many rows the table has.
pub(crate) const ROWS: usize = FIRST[4];

/// The number of the first row of each level, over all levels.
const FIRST: [usize; 5] = {
    let patient = rows_of(Level::Patient).len();
    let study = patient + rows_of(Level::Study).len();
    let series = study + rows_of(Level::Series).len();
    [0, patient, study, series, series + rows_of(Level::Instance).len()]
};
// A word has a bit for every row.
const _: () = assert!(ROWS <= 64);

impl RowRef {
    /// Its number, over all levels in their order.
    pub(crate) const fn ordinal(self) -> usize {
        let [patient, study, series, instance, _] = FIRST;
        let first = match self.level {
            Level::Patient => patient,
            Level::Study => study,
            Level::Series => series,
            Level::Instance => instance,
        };
        first + self.index as usize
    }

    /// The row of a number.
    pub(crate) const fn of_ordinal(ordinal: usize) -> RowRef {
        let [_, study, series, instance, _] = FIRST;
        let (level, first) = match ordinal {
            _ if ordinal >= instance => (Level::Instance, instance),
            _ if ordinal >= series => (Level::Series, series),
            _ if ordinal >= study => (Level::Study, study),
            _ => (Level::Patient, 0),
        };
        RowRef { level, index: (ordinal - first) as u8 }
    }

    /// The rows of a level, a bit for each number.
    pub(crate) const fn all_of(level: Level) -> u64 {
        let first = RowRef { level, index: 0 }.ordinal();
        ((1 << rows_of(level).len()) - 1) << first
    }

    pub(crate) fn row(self) -> Option<&'static Row> {
        rows_of(self.level).get(usize::from(self.index))
    }
}

impl<K> From<Fact<K>> for RowRef {
    fn from(fact: Fact<K>) -> RowRef {
        RowRef { level: fact.level, index: fact.index as u8 }
    }
}

/// What a tag means at the top of a data set.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Home {
    /// It is this part of this row.
    Part(RowRef, &'static Part),
    /// A sequence whose items hold parts of rows.
    Container,
    /// The offset that dates all times of the data set.
    Offset(&'static Part),
}

/// The rows that have parts inside a container.
pub(crate) fn rows_inside(container: u32) -> impl Iterator<Item = RowRef> {
    DISPATCH.parts.iter().flatten().filter(move |(_, part)| part.within == Some(container)).map(|(row, _)| *row)
}

/// What a tag means inside the items of a container, and the number of its part.
pub(crate) fn inside(container: u32, tag: u32) -> Option<(u8, RowRef, &'static Part)> {
    let parts = (0..).zip(DISPATCH.parts.iter().flatten());
    parts
        .filter(|(_, (_, part))| part.within == Some(container))
        .find(|(_, (_, part))| part.tag == tag)
        .map(|(n, (row, part))| (n, *row, *part))
}

/// What a tag means at the top of a data set, and the number that tells it from the others; `None` where it has no row.
pub(crate) fn home(tag: u32) -> Option<(u8, Home)> {
    let (_, index) = slot(hex(tag))?;
    let (row, part) = DISPATCH.parts.get(usize::from(index)).copied()??;
    let home = match (part.within, part.vr) {
        (Some(_), _) => Home::Container,
        (None, Vr::Offset) => Home::Offset(part),
        (None, _) => Home::Part(row, part),
    };
    Some((index as u8, home))
}

/// What a tag is at the top of a data set.
#[derive(Clone, Copy)]
pub(crate) enum Named {
    /// This part of this row; its number.
    Part(u8, RowRef, &'static Part),
    /// What dates others.
    Dating(u8, &'static Part),
    /// A container.
    Other,
    /// It is known and has no row.
    Known(u32),
}

/// What a tag is, by the eight digits that spell it, as a word in little-endian order; letters are in upper case.
pub(crate) fn look(digits: u64) -> Option<Named> {
    let (_, index) = slot(digits)?;
    if let Some(known) = usize::from(index).checked_sub(PARTS) {
        return known::KNOWN.get(known).map(|known| Named::Known(known.tag));
    }
    let (row, part) = DISPATCH.parts.get(usize::from(index)).copied()??;
    Some(match (part.within, part.vr) {
        (Some(_), _) => Named::Other,
        (None, Vr::Offset) => Named::Dating(index as u8, part),
        (None, _) => Named::Part(index as u8, row, part),
    })
}

fn slot(digits: u64) -> Option<(u64, u16)> {
    let mut at = slot_of(digits);
    loop {
        let found = DISPATCH.slots.get(at).copied()??;
        if found.0 == digits {
            return Some(found);
        }
        at = (at + 1) % SLOTS;
    }
}

const SLOTS: usize = 512;
const PARTS: usize = 96;

/// The digits of tags to the numbers of their parts, and behind those of the known; made while compiling. A table that does not fit is a
/// compile error.
struct Dispatch {
    parts: [Option<(RowRef, &'static Part)>; PARTS],
    slots: [Option<(u64, u16)>; SLOTS],
}

static DISPATCH: Dispatch = dispatch();

const fn slot_of(digits: u64) -> usize {
    (digits.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 55) as usize % SLOTS
}

/// The digits of a tag as a word in little-endian order.
const fn hex(tag: u32) -> u64 {
    let (mut word, mut at) = (0, 0);
    while at < 8 {
        let nibble = (tag >> (28 - 4 * at)) as u8 & 15;
        let digit = if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 };
        word |= (digit as u64) << (8 * at);
        at += 1;
    }
    word
}

// Indices are in bounds or the crate does not compile: this runs in const evaluation only.
#[allow(clippy::indexing_slicing, clippy::panic)]
const fn dispatch() -> Dispatch {
    let mut dispatch = Dispatch { parts: [None; PARTS], slots: [None; SLOTS] };
    let mut count = 0;
    let mut level = 0;
    while level < LEVELS.len() {
        let rows = rows_of(LEVELS[level]);
        let mut index = 0;
        while index < rows.len() {
            let parts = rows[index].parts;
            let mut part = 0;
            while part < parts.len() {
                let row = RowRef { level: LEVELS[level], index: index as u8 };
                dispatch.parts[count] = Some((row, &parts[part]));
                let tag = match parts[part].within {
                    Some(container) => container,
                    None => parts[part].tag,
                };
                let mut at = slot_of(hex(tag));
                loop {
                    match dispatch.slots[at] {
                        None => {
                            dispatch.slots[at] = Some((hex(tag), count as u16));
                            break;
                        }
                        Some((known, first)) if known == hex(tag) => {
                            // One tag, one home: only containers and the shared offset are met again.
                            let shared = matches!(parts[part].vr, Vr::Offset) || parts[part].within.is_some();
                            let Some((_, other)) = dispatch.parts[first as usize] else { break };
                            assert!(shared && other.within.is_some() == parts[part].within.is_some());
                            break;
                        }
                        Some(_) => at = (at + 1) % SLOTS,
                    }
                }
                count += 1;
                part += 1;
            }
            index += 1;
        }
        level += 1;
    }
    let mut known = 0;
    while known < known::KNOWN.len() {
        let digits = hex(known::KNOWN[known].tag);
        let mut at = slot_of(digits);
        while let Some((other, _)) = dispatch.slots[at] {
            assert!(other != digits);
            at = (at + 1) % SLOTS;
        }
        dispatch.slots[at] = Some((digits, (PARTS + known) as u16));
        known += 1;
    }
    dispatch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_found_and_known_is_not() {
        for row in rows() {
            for part in row.parts() {
                let top = part.within.unwrap_or(part.tag);
                assert!(home(top).is_some(), "{}", part.keyword);
                if let Some(container) = part.within {
                    assert!(inside(container, part.tag).is_some(), "{}", part.keyword);
                }
            }
        }
        for known in known() {
            assert!(home(known.tag).is_none(), "{}", known.keyword);
            assert!(matches!(look(hex(known.tag)), Some(Named::Known(tag)) if tag == known.tag), "{}", known.keyword);
        }
        let mut tags = known().map(|known| known.tag);
        assert!(tags.next().is_some() && known::KNOWN.is_sorted_by(|a, b| a.tag < b.tag));
    }
}
