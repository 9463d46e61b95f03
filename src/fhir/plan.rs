//! Which rows are written at which element, for a release and options: found once, not for every study.

use crate::options::Options;
use crate::release::Release;
use crate::table::{At, Level, Row, RowRef, rows_of};
use alloc::vec::Vec;

/// A row that is written at an element.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) row_ref: RowRef,
    pub(super) row: &'static Row,
    pub(super) at: &'static At,
    /// Its own number.
    pub(super) id: usize,
}

/// The most elements that a level has.
const ELEMENTS: usize = 24;
/// The most rows of a level.
const ROWS: usize = 32;
const _: () = assert!(rows_of(Level::Study).len() <= ROWS && rows_of(Level::Series).len() <= ROWS);

/// What is written at the elements of one level.
#[derive(Default)]
struct Places {
    /// By element, and in an element by row.
    entries: Vec<Entry>,
    /// Where the entries of each element begin and end.
    elements: [(u8, u8); ELEMENTS],
    /// The first place of each row.
    rows: [Option<&'static At>; ROWS],
}

/// Which rows are written at which element.
pub(super) struct Plan {
    levels: [Places; 4],
}

impl Plan {
    pub(super) fn new(release: Release, options: &Options) -> Self {
        let places = |level: Level| {
            let mut places = Places::default();
            for (index, row) in rows_of(level).iter().enumerate() {
                for at in row.place_for(release, options) {
                    if let Some(first) = places.rows.get_mut(index) {
                        first.get_or_insert(at);
                    }
                    places.entries.push(Entry { row_ref: RowRef { level, index: index as u8 }, row, at, id: 0 });
                }
            }
            // Stable: rows keep their order.
            places.entries.sort_by_key(|entry| entry.at.number);
            for (n, entry) in places.entries.iter().enumerate() {
                if let Some((first, end)) = places.elements.get_mut(usize::from(entry.at.number)) {
                    *first = if *end == 0 { n as u8 } else { *first };
                    *end = n as u8 + 1;
                }
            }
            places
        };
        let mut levels = [places(Level::Patient), places(Level::Study), places(Level::Series), places(Level::Instance)];
        levels.iter_mut().flat_map(|places| &mut places.entries).enumerate().for_each(|(id, entry)| entry.id = id);
        Plan { levels }
    }

    /// The rows that are written at an element, by its number.
    pub(super) fn at(&self, level: Level, element: usize) -> &[Entry] {
        let places = self.level(level);
        let (first, end) = places.elements.get(element).copied().unwrap_or((0, 0));
        places.entries.get(usize::from(first)..usize::from(end)).unwrap_or_default()
    }

    /// The first place of a row.
    pub(super) fn first(&self, row: RowRef) -> Option<&'static At> {
        self.level(row.level).rows.get(usize::from(row.index)).copied().flatten()
    }

    fn level(&self, level: Level) -> &Places {
        let [patient, study, series, instance] = &self.levels;
        match level {
            Level::Patient => patient,
            Level::Study => study,
            Level::Series => series,
            Level::Instance => instance,
        }
    }
}
