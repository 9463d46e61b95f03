//! What the walk over a study wrote where: from which the outline of further studies is made.

use super::plan::Entry;
use crate::loss::LossReport;
use crate::table::RowRef;
use alloc::vec::Vec;

/// What stands in a part of the text.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// The study's UID.
    Uid,
    /// A fact of one item.
    Fact(Entry),
    /// All that the items of a row give.
    List(RowRef),
    /// A count.
    Count(RowRef),
}

/// Parts of the text that are a fact's, and what else became of facts.
#[derive(Default)]
pub(super) struct Trace {
    /// Where the entry begins.
    pub(super) start: usize,
    /// Parts, and where each begins and ends, in the order of the text.
    pub(super) parts: Vec<(Part, usize, usize)>,
    /// Rows of which more was written than those parts, by level a bit each.
    pub(super) other: [u64; 4],
    /// Rows that no element took, by level a bit each.
    pub(super) left: [u64; 4],
    /// What the lists told.
    pub(super) of_lists: Vec<(RowRef, LossReport)>,
}

impl Trace {
    /// A part of the text is a fact's.
    pub(super) fn part(&mut self, part: Part, from: usize, to: usize) {
        self.parts.push((part, from, to));
    }

    /// More was written of a row than its part.
    pub(super) fn otherwise(&mut self, row: RowRef) {
        if let Some(bits) = self.other.get_mut(row.level as usize) {
            *bits |= 1 << row.index;
        }
    }
}
