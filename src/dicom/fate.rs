//! What becomes of the leaves of a data set after it was read: which cell a leaf is told by, and what else shares its fate.

use super::dataset::{Cell, DataSet};
use crate::loss::{Code, Place};
use crate::value::FIELDS;
use alloc::vec::Vec;

impl DataSet {
    /// The cell of the leaf that a cell says: that of the offset for those that say what it dates.
    pub(crate) fn leaf_of(&self, cell: usize) -> usize {
        let is_offset = |offset: &usize| match (self.cells.get(cell), self.cells.get(*offset)) {
            (Some(own), Some(offset)) => !own.leaf && (own.start, own.end) == (offset.start, offset.end),
            _ => false,
        };
        self.offset.filter(is_offset).unwrap_or(cell)
    }

    /// The cell whose leaf is told for what becomes of a cell: where one leaf fills several fields, the first of them has it.
    pub(crate) fn told_of(&self, cell: usize) -> usize {
        let at = self.leaf_of(cell);
        let Some(own) = self.cells.get(at).filter(|own| !own.leaf) else { return at };
        if let Some(leaf) = (own.place as usize).checked_sub(1) {
            return leaf;
        }
        let has_it = |at: &usize| self.cells.get(*at).is_some_and(|one| one.leaf && (one.row, one.item) == (own.row, own.item));
        // They stand beside each other.
        let before = (at.saturating_sub(FIELDS)..at).rev().find(has_it);
        before.or_else(|| (at..at.saturating_add(FIELDS)).find(has_it)).unwrap_or(at)
    }

    /// A further leaf of what a cell says.
    pub(crate) fn push_further(&mut self, cell: usize, mut further: Cell) {
        let next = self.cells.len() as u32 + 1;
        if let Some(cell) = self.cells.get_mut(cell) {
            further.more = core::mem::replace(&mut cell.more, next);
        }
        self.cells.push(further);
    }

    /// The further leaves of what a cell says, the last first.
    pub(super) fn further(&self, cell: usize) -> impl Iterator<Item = usize> + '_ {
        let next = |at: usize| self.cells.get(at).and_then(|cell| (cell.more as usize).checked_sub(1));
        core::iter::successors(next(cell), move |at| next(*at))
    }

    /// A claimed leaf is counted under `code` after all, and so is what else says that: further leaves, unless it is one of them.
    pub(crate) fn resolve(&mut self, cell: usize, code: Code, at: Place) {
        let Some(own) = self.cells.get(cell).copied().filter(|own| own.leaf) else { return };
        let mut next = Some(cell);
        while let Some(cell) = next {
            self.resolve_one(cell, code, at);
            next = if own.row.is_some() { self.further(cell).next() } else { None };
        }
    }

    /// As [`Self::resolve`], of what a cell says: by the leaf that it is told by.
    pub(crate) fn resolve_field(&mut self, cell: usize, code: Code, at: Place) {
        let leaf = self.told_of(cell);
        // In FHIR all that a value is put together of goes with it. Of a name in DICOM each group is said for itself, and again.
        let is_group = leaf != cell && self.leaf_of(cell) == cell && self.cells.get(leaf).is_some_and(|leaf| leaf.leaf && leaf.place == 0);
        if !is_group {
            return self.resolve(leaf, code, at);
        }
        let further: Vec<usize> = self.further(cell).collect();
        core::iter::once(leaf).chain(further).for_each(|leaf| self.resolve_one(leaf, code, at));
    }

    pub(super) fn resolve_one(&mut self, cell: usize, code: Code, at: Place) {
        // A part of a leaf is told by that.
        let is_part = |cell: &Cell| !cell.leaf && cell.place > 0;
        let cell = self.cells.get(cell).filter(|cell| is_part(cell)).map_or(cell, |part| part.place as usize - 1);
        let Some(claimed) = self.cells.get(cell).copied().filter(|cell| cell.leaf) else { return };
        if let Some(note) = (claimed.counted as usize).checked_sub(1) {
            if code.is_carried() {
                return;
            }
            if let Some(loss) = self.losses.get_mut(note) {
                loss.count = loss.count.saturating_sub(1);
            }
        }
        let own = (claimed.place as usize).checked_sub(1).and_then(|at| self.places.get(at)).copied();
        let counted = self.lose_at(code, own.unwrap_or(at), 1);
        if let Some(cell) = self.cells.get_mut(cell) {
            cell.counted = counted;
        }
    }
}
