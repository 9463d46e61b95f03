//! The cells of a data set by the row of the table that they belong to.

use crate::dicom::Cell;
use crate::table::{Level, ROWS, RowRef};
use alloc::vec::Vec;

/// The end of a chain.
const END: u32 = u32::MAX;

/// Chains of cells, one for each row, in the order in which they were met. Kept from data set to data set for its memory.
pub(super) struct ByRow {
    /// The rows that have cells: a bit for each, in the order of the table.
    rows: u64,
    first: [u32; ROWS],
    next: Vec<u32>,
    group: Vec<u32>,
}

impl Default for ByRow {
    fn default() -> Self {
        ByRow { rows: 0, first: [END; ROWS], next: Vec::new(), group: Vec::new() }
    }
}

impl ByRow {
    /// Makes the chains anew.
    pub(super) fn sort(&mut self, cells: &[Cell]) {
        self.rows = 0;
        self.first = [END; ROWS];
        self.next.clear();
        self.next.reserve(cells.len().max(64));
        self.next.resize(cells.len(), END);
        for (at, cell) in cells.iter().enumerate().rev() {
            let Some(row) = cell.row.map(RowRef::ordinal) else { continue };
            if let (Some(first), Some(next)) = (self.first.get_mut(row), self.next.get_mut(at)) {
                *next = *first;
                *first = at as u32;
                self.rows |= 1 << row;
            }
        }
    }

    /// Adds the cells from `from` on, which come behind all others.
    pub(super) fn add(&mut self, cells: &[Cell], from: usize) {
        self.next.resize(cells.len(), END);
        for (at, cell) in cells.iter().enumerate().skip(from) {
            let Some(row) = cell.row else { continue };
            let last = self.cells(row).last();
            let link = match last {
                Some(last) => self.next.get_mut(last),
                None => self.first.get_mut(row.ordinal()),
            };
            if let Some(link) = link {
                *link = at as u32;
                self.rows |= 1 << row.ordinal();
            }
        }
    }

    /// Whether a row of the level has cells.
    pub(super) fn has(&self, level: Level) -> bool {
        self.rows & RowRef::all_of(level) != 0
    }

    /// The first cell of a row.
    pub(super) fn first(&self, row: RowRef) -> Option<usize> {
        self.first.get(row.ordinal()).filter(|at| **at != END).map(|at| *at as usize)
    }

    /// The cells of a row.
    pub(super) fn cells(&self, row: RowRef) -> impl Iterator<Item = usize> + '_ {
        core::iter::successors(self.first(row), |at| self.next.get(*at).filter(|next| **next != END).map(|next| *next as usize))
    }

    /// The rows that have cells, in the order of the table.
    pub(super) fn rows(&self) -> impl Iterator<Item = RowRef> + use<> {
        let mut rest = self.rows;
        core::iter::from_fn(move || {
            let row = rest.trailing_zeros();
            rest &= rest.checked_sub(1)?;
            Some(RowRef::of_ordinal(row as usize))
        })
    }

    /// The cells of a row by item and field.
    pub(super) fn group(&mut self, row: RowRef, cells: &[Cell]) -> &[u32] {
        self.group.clear();
        let mut at = self.first.get(row.ordinal()).copied().unwrap_or(END);
        while at != END {
            self.group.push(at);
            at = self.next.get(at as usize).copied().unwrap_or(END);
        }
        let order = |at: &u32| cells.get(*at as usize).map(|cell| (cell.item, cell.field));
        if !self.group.is_sorted_by_key(order) {
            self.group.sort_by_key(order);
        }
        &self.group
    }
}
