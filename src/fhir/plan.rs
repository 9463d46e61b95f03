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

impl Places {
    /// The places of a level, of which the first has this number.
    fn of(level: Level, release: Release, options: &Options, first: usize) -> Self {
        let mut places = Places { entries: Vec::with_capacity(2 * rows_of(level).len()), ..Places::default() };
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
        for (n, entry) in places.entries.iter_mut().enumerate() {
            entry.id = first + n;
            if let Some((first, end)) = places.elements.get_mut(usize::from(entry.at.number)) {
                *first = if *end == 0 { n as u8 } else { *first };
                *end = n as u8 + 1;
            }
        }
        places
    }
}

/// Which rows are written at which element, by level.
pub(super) struct Plan {
    levels: [Option<Places>; 4],
}

impl Plan {
    /// The plan for a study, and for its series and instances if it has any.
    pub(super) fn new(release: Release, options: &Options, series: bool) -> Self {
        let mut plan = Plan { levels: [const { None }; 4] };
        plan.add([Level::Patient, Level::Study], release, options);
        if series {
            plan.deepen(release, options);
        }
        plan
    }

    /// Plans for series and instances too, which many studies do not have.
    pub(super) fn deepen(&mut self, release: Release, options: &Options) {
        self.add([Level::Series, Level::Instance], release, options);
    }

    fn add(&mut self, levels: [Level; 2], release: Release, options: &Options) {
        for level in levels {
            let known: usize = self.levels.iter().flatten().map(|places| places.entries.len()).sum();
            if let Some(places @ None) = self.levels.get_mut(level as usize) {
                *places = Some(Places::of(level, release, options, known));
            }
        }
    }

    /// The rows that are written at an element, by its number.
    pub(super) fn at(&self, level: Level, element: usize) -> &[Entry] {
        let Some(places) = self.level(level) else { return &[] };
        let (first, end) = places.elements.get(element).copied().unwrap_or((0, 0));
        places.entries.get(usize::from(first)..usize::from(end)).unwrap_or_default()
    }

    /// The first place of a row.
    pub(super) fn first(&self, row: RowRef) -> Option<&'static At> {
        self.level(row.level)?.rows.get(usize::from(row.index)).copied().flatten()
    }

    fn level(&self, level: Level) -> Option<&Places> {
        self.levels.get(level as usize)?.as_ref()
    }
}
