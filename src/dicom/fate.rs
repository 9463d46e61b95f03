//! What becomes of the leaves of a data set.
//!
//! A leaf fills one cell or several (the parts of a name or of a date), and a cell is said by one leaf or by several (an equal further value, the
//! parts that a value is put together of). Whatever becomes of a cell becomes of every leaf that says it, once.

use super::dataset::{Cell, DataSet, NOBODY};
use crate::loss::{Code, Place};
use crate::value::FIELDS;
use alloc::vec::Vec;

/// A leaf of the input that something was made of: it is carried, or counted under one loss.
#[derive(Clone, Copy, Default)]
pub(crate) struct Leaf {
    /// Index + 1 of the loss that counts it.
    pub(crate) counted: u32,
    /// Index + 1 of its place, where it has one of its own.
    pub(crate) place: u32,
}

/// A further leaf of a cell.
#[derive(Clone, Copy)]
pub(crate) struct Further {
    leaf: u32,
    /// Where it stands: which value of which attribute.
    tag: u32,
    index: u32,
    /// Index + 1 of the one before it.
    next: u32,
}

/// How many leaves say the fields of an item: for each field those that say nothing else of it, and those that fill several fields, a bit each.
#[derive(Default)]
pub(crate) struct Sayings {
    pub(crate) single: [u32; FIELDS],
    pub(crate) shared: Vec<(u16, u32)>,
}

impl Sayings {
    /// Of fields that one leaf each says, but for those of the mask; perhaps one leaf says several.
    pub(crate) fn of(noted: u32, shared: u16) -> Self {
        let mut sayings = Sayings::default();
        sayings.single.iter_mut().enumerate().for_each(|(field, count)| *count = u32::from(noted & 1 << field == 0));
        sayings.shared.extend((shared != 0).then_some((shared, 1)));
        sayings
    }
}

impl DataSet {
    /// A leaf of which something will be made.
    pub(crate) fn new_leaf(&mut self) -> u32 {
        self.leaves.push(Leaf::default());
        self.leaves.len() as u32 - 1
    }

    /// The leaf is counted under a code here. One that is noted may be lost yet; one that is lost is told once, as it was first.
    pub(super) fn mark(&mut self, leaf: u32, code: Code) {
        let at = self.place();
        self.mark_at(leaf, code, at);
    }

    /// As [`Self::mark`], there; whether it is counted under this code now.
    pub(super) fn mark_at(&mut self, leaf: u32, code: Code, at: Place) -> bool {
        let Some(known) = self.leaves.get(leaf as usize).copied() else { return false };
        if let Some(told) = (known.counted as usize).checked_sub(1) {
            let Some(loss) = self.losses.get_mut(told).filter(|loss| loss.code.is_carried() && !code.is_carried()) else { return false };
            loss.count = loss.count.saturating_sub(1);
        }
        let own = (known.place as usize).checked_sub(1).and_then(|at| self.places.get(at)).copied();
        let counted = self.lose_at(code, own.unwrap_or(at), 1);
        if let Some(leaf) = self.leaves.get_mut(leaf as usize) {
            leaf.counted = counted;
        }
        true
    }

    /// Leaves since `from` that are not counted are counted under this code.
    pub(super) fn note_since(&mut self, from: usize, code: Code) {
        let clean = |leaf: &&mut Leaf| leaf.counted == 0;
        let count = self.leaves.iter_mut().skip(from).filter(clean).count();
        if count == 0 {
            return;
        }
        let counted = self.lose(code, count as u64);
        for leaf in self.leaves.iter_mut().skip(from).filter(clean) {
            leaf.counted = counted;
        }
    }

    /// A leaf, value `index` of an attribute, says what the cell says.
    pub(crate) fn say(&mut self, cell: usize, leaf: u32, (tag, index): (u32, u32)) {
        let last = self.further.len() as u32 + 1;
        if let Some(cell) = self.cells.get_mut(cell) {
            let next = core::mem::replace(&mut cell.more, last);
            self.further.push(Further { leaf, tag, index, next });
        }
    }

    fn further_of(&self, cell: Cell) -> impl Iterator<Item = Further> + '_ {
        let at = |more: u32| self.further.get((more as usize).checked_sub(1)?).copied();
        core::iter::successors(at(cell.more), move |further| at(further.next))
    }

    /// The leaves that say a cell.
    pub(crate) fn leaves_of(&self, cell: usize) -> impl Iterator<Item = u32> + '_ {
        let cell = self.cells.get(cell).copied();
        let first = cell.map(|cell| cell.leaf).filter(|leaf| *leaf != NOBODY);
        first.into_iter().chain(cell.into_iter().flat_map(|cell| self.further_of(cell)).map(|further| further.leaf))
    }

    /// Whether a leaf is carried without remark.
    pub(crate) fn is_clean(&self, leaf: u32) -> bool {
        self.leaves.get(leaf as usize).is_some_and(|leaf| leaf.counted == 0)
    }

    /// Whether the data set's offset, which is no fact of its own, is what a cell says.
    pub(crate) fn is_offset(&self, cell: &Cell) -> bool {
        let offset = self.offset.and_then(|at| self.cells.get(at));
        offset.is_some_and(|offset| (cell.start, cell.end) == (offset.start, offset.end))
    }

    /// How many leaves are carried without remark.
    pub(crate) fn clean_leaves(&self) -> u64 {
        self.leaves.iter().filter(|leaf| leaf.counted == 0).count() as u64
    }

    /// As [`Self::resolve`]; whether any leaf that says the cell is counted under this code since there were so many losses, with this cell or with
    /// another that it fills, too.
    pub(crate) fn resolve_since(&mut self, cell: usize, code: Code, at: Place, losses: usize) -> bool {
        if self.resolve(cell, code, at) {
            return true;
        }
        let told = |leaf: u32| (self.leaves.get(leaf as usize)?.counted as usize).checked_sub(1).filter(|told| *told >= losses);
        self.leaves_of(cell).filter_map(told).any(|told| self.losses.get(told).is_some_and(|loss| loss.code == code))
    }

    /// What a cell says is counted under `code`, with every leaf that says it; whether any is.
    pub(crate) fn resolve(&mut self, cell: usize, code: Code, at: Place) -> bool {
        let Some(own) = self.cells.get(cell).copied() else { return false };
        let mut is_any = self.mark_at(own.leaf, code, at);
        let mut next = own.more;
        while let Some(further) = (next as usize).checked_sub(1).and_then(|at| self.further.get(at)).copied() {
            is_any |= self.mark_at(further.leaf, code, at);
            next = further.next;
        }
        is_any
    }

    /// What a cell says is not meant: each of its leaves is told where it stands, the first at `at`.
    pub(super) fn withdraw(&mut self, cell: usize, at: Place, code: Code) {
        let Some(own) = self.cells.get(cell).copied().filter(|cell| cell.row.is_some()) else { return };
        self.mark_at(own.leaf, code, at);
        let further: Vec<Further> = self.further_of(own).collect();
        for Further { leaf, tag, index, .. } in further {
            self.mark_at(leaf, code, self.place_beside(tag, index));
        }
        if let Some(cell) = self.cells.get_mut(cell) {
            (cell.row, cell.leaf, cell.more) = (None, NOBODY, 0);
        }
    }

    /// How often the cells of an item are said, by field, by leaves that are carried without remark.
    pub(crate) fn sayings(&self, cells: impl Iterator<Item = (usize, usize)>) -> Sayings {
        let mut sayings = Sayings::default();
        if !self.is_shared && self.further.is_empty() {
            // Most leaves say a cell each.
            for (field, cell) in cells {
                let is_said = self.cells.get(cell).is_some_and(|cell| self.is_clean(cell.leaf));
                sayings.single.iter_mut().skip(field).take(1).for_each(|own| *own += u32::from(is_said));
            }
            return sayings;
        }
        if !self.is_shared {
            for (field, cell) in cells {
                let count = self.leaves_of(cell).filter(|leaf| self.is_clean(*leaf)).count();
                sayings.single.iter_mut().skip(field).take(1).for_each(|own| *own += count as u32);
            }
            return sayings;
        }
        let of = |(field, cell)| self.leaves_of(cell).filter(|leaf| self.is_clean(*leaf)).map(move |leaf| (leaf, field));
        let mut said: Vec<(u32, usize)> = cells.flat_map(of).collect();
        said.sort_unstable();
        said.dedup();
        let mut shared: Vec<u16> = Vec::new();
        for fields in said.chunk_by(|(one, _), (other, _)| one == other) {
            match fields {
                [(_, field)] => sayings.single.iter_mut().skip(*field).take(1).for_each(|own| *own += 1),
                _ => shared.push(fields.iter().fold(0, |mask, (_, field)| mask | 1_u16.checked_shl(*field as u32).unwrap_or(0))),
            }
        }
        shared.sort_unstable();
        sayings.shared = shared.chunk_by(|one, other| one == other).filter_map(|same| Some((*same.first()?, same.len() as u32))).collect();
        sayings
    }
}
