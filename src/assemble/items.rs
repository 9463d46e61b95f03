//! The items of one row of a data set.

use crate::dicom::DataSet;
use crate::kind::Draft;
use crate::loss::Sink;
use crate::table::Row;
use crate::value::{FIELDS, Fields};
use alloc::vec::Vec;

/// An item: where its fields are in the text of the data set, and the cells that they came from.
pub(super) struct Item {
    spans: [(usize, usize); FIELDS],
    cells: [u32; FIELDS],
    /// A field whose cell stands in the place of another's now, and that one.
    moved: Option<(u8, u8)>,
    /// A field that was filled, and the one that says what it said.
    again: Option<(u8, u8)>,
}

/// No cell.
const NONE: u32 = u32::MAX;

impl Item {
    /// Its fields, of which its kind has so many.
    pub(super) fn fields<'a>(&self, text: &'a str, fields: usize) -> Fields<'a> {
        let mut all = [""; FIELDS];
        for (slot, (start, end)) in all.iter_mut().zip(&self.spans).take(fields).filter(|(_, (start, end))| start < end) {
            *slot = text.get(*start..*end).unwrap_or("");
        }
        all
    }

    /// The fields that are said by cells, with these.
    pub(super) fn cells(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let says = |field| self.again.filter(|(from, _)| usize::from(*from) == field).map_or(field, |(_, of)| usize::from(of));
        self.cells.iter().enumerate().filter(|(_, cell)| **cell != NONE).map(move |(field, cell)| (says(field), *cell as usize))
    }

    /// The cells that say a field, and the fields that they stand at in the data set.
    pub(super) fn cells_of(&self, field: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let from = |pair: Option<(u8, u8)>| pair.filter(|(_, to)| usize::from(*to) == field).map(|(from, _)| usize::from(from));
        let own = from(self.moved).unwrap_or(field);
        let again = from(self.again).map(|from| (from, from));
        let cell = |(at, stands): (usize, usize)| Some((*self.cells.get(at).filter(|cell| **cell != NONE)? as usize, stands));
        core::iter::once((field, own)).chain(again).filter_map(cell)
    }
}

/// Brings the cells of a row, in order of item and field, into items, each in its one form; those left empty are dropped.
pub(super) fn items(set: &mut DataSet, row: &Row, group: &[u32], sink: &Sink<'_>, items: &mut Vec<Item>) {
    items.clear();
    // A long list gets its room at once: what grows takes twice as much, and half again while it does.
    if group.len() > items.capacity() {
        let number = |at: &u32| set.cells.get(*at as usize).map(|cell| cell.item);
        items.reserve_exact(group.chunk_by(|one, other| number(one) == number(other)).count());
    }
    let mut rest = group;
    while let Some(number) = rest.first().and_then(|at| set.cells.get(*at as usize)).map(|cell| cell.item) {
        let mut cells = [NONE; FIELDS];
        let mut text = core::mem::take(&mut set.text);
        let mut draft = Draft::new(&mut text);
        while let [at, behind @ ..] = rest {
            let Some(cell) = set.cells.get(*at as usize).filter(|cell| cell.item == number) else { break };
            draft.put(usize::from(cell.field), cell.start, cell.end);
            if let Some(slot) = cells.get_mut(usize::from(cell.field)) {
                *slot = *at;
            }
            rest = behind;
        }
        (row.kind.canon)(&mut draft);
        let (spans, marks, moved, again) = (draft.spans(), draft.told.marks, draft.moved, draft.again);
        set.text = text;
        for (field, code) in marks.into_iter().enumerate().filter_map(|(field, mark)| Some((field, mark?))) {
            if let Some(cell) = cells.get(field).filter(|cell| **cell != NONE) {
                set.resolve(*cell as usize, code, sink.place_of(row, field, code));
            }
        }
        if let Some((from, to)) = moved {
            cells.swap(from, to);
        }
        // A mark alone tells where nothing came from.
        let says = |(field, (start, end)): (usize, &(usize, usize))| start < end && row.marks & (1 << field) == 0;
        if spans.iter().enumerate().any(says) {
            set.is_doubled |= again.is_some();
            let small = |(from, to): (usize, usize)| (from as u8, to as u8);
            items.push(Item { spans, cells, moved: moved.map(small), again: again.map(small) });
        }
    }
}
