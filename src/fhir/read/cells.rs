//! Items into cells: which leaf says which field of a fact, and what becomes of leaves that say no field of their own.

use super::spell::spell;
use super::{Reader, UNPLACED};
use crate::dicom::{Cell, DataSet, NOBODY};
use crate::json::tree::Id;
use crate::kind::{Fill, NO_NAME, Outcome, UNREAD};
use crate::loss::{Code, Place};
use crate::table::{RowRef, row, vr_of_field};
use crate::value::FIELDS;
use alloc::string::String;
use alloc::vec::Vec;

impl<'d> Reader<'d, '_> {
    /// The item says what the row has once more.
    pub(super) fn again(&mut self, at: usize, row: RowRef, fill: &Fill<'d>) {
        let cells = self.cells_of(at);
        self.beside(fill);
        for filled in &fill.fields {
            filled.leaf.into_iter().for_each(|id| self.join(id, row, fields_of(fill, id), cells.clone()));
        }
        self.further(row, fill, cells);
    }

    /// An item that is read beside the lists of takers: it has the row if nothing has, or says that once more.
    pub(super) fn sole_item(&mut self, row: RowRef, node: Id, fill: &Fill<'d>) {
        match self.room.taken.iter().position(|(known, ..)| *known == row) {
            Some(at) if self.is_known(at, row, fill) => {
                self.note_first(node, Code::OtherRelease);
                self.again(at, row, fill);
            }
            Some(_) if self.has_fact(row) => {}
            _ => {
                self.note_first(node, Code::OtherRelease);
                self.push(row, fill);
            }
        }
    }

    /// Whether the item is the one that the row has.
    pub(super) fn is_known(&mut self, at: usize, row: RowRef, fill: &Fill<'d>) -> bool {
        let mut texts = [const { String::new() }; FIELDS];
        let mut remarks: Vec<(Id, Code)> = Vec::new();
        for (field, (slot, filled)) in texts.iter_mut().zip(&fill.fields).enumerate().filter(|(_, (_, filled))| !filled.text.is_empty()) {
            // As it would stand in the record, as far as one can see; what cannot stand there is told where it is tried.
            if let Some(vr) = vr_of_field(row, field) {
                match spell(slot, &filled.text, vr) {
                    Ok(remark) => remarks.extend(filled.leaf.zip(remark)),
                    Err(_) => return false,
                }
            }
        }
        let cells = self.cells_of(at);
        let Some((_, known, _)) = self.room.taken.get_mut(at) else { return false };
        let known = known.get_or_insert_with(|| {
            let mut known = [const { String::new() }; FIELDS];
            let own = self.room.set.cells.get(cells).unwrap_or_default();
            for cell in own.iter().filter(|cell| cell.row == Some(row) && vr_of_field(row, usize::from(cell.field)).is_some()) {
                if let Some(slot) = known.get_mut(usize::from(cell.field)) {
                    slot.push_str(self.room.set.text.get(cell.start..cell.end).unwrap_or(""));
                }
            }
            known
        });
        let is_it = *known == texts;
        if is_it {
            remarks.into_iter().for_each(|(id, code)| self.room.ledger.note(id, code));
        }
        is_it
    }

    /// What a kind says of leaves beside its fields, where the fields become no cells.
    pub(super) fn outcomes(&mut self, fill: &Fill<'d>) {
        self.beside(fill);
        let further = fill.outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Further(_)));
        further.for_each(|(id, _)| self.room.ledger.take(*id));
    }

    pub(super) fn beside(&mut self, fill: &Fill<'d>) {
        for (id, outcome) in &fill.outcomes {
            match outcome {
                Outcome::Used => self.room.ledger.take(*id),
                Outcome::Noted(code) => self.room.ledger.note(*id, *code),
                Outcome::Lost(code) => self.room.ledger.lose(*id, *code),
                Outcome::Further(_) => {}
            }
        }
    }

    /// Leaves that are parts of what a field says, or say it once more, go with the leaf that has become its cell.
    fn further(&mut self, row: RowRef, fill: &Fill<'d>, cells: core::ops::Range<usize>) {
        for (id, outcome) in &fill.outcomes {
            if let Outcome::Further(field) = outcome {
                let leaf = fill.fields.get(usize::from(*field)).and_then(|filled| filled.leaf);
                self.join(*id, row, leaf.map_or(bit(usize::from(*field)), |leaf| fields_of(fill, leaf)), cells.clone());
            }
        }
    }

    /// A leaf says those of the cells that are of its row and fields.
    pub(super) fn join(&mut self, id: Id, row: RowRef, fields: u32, cells: core::ops::Range<usize>) {
        // Also what a resource says that was counted for another study.
        let is_own = |cell: &Cell| cell.row == Some(row) && fields & bit(usize::from(cell.field)) != 0;
        let is_said = |set: &DataSet, at: usize| set.cells.get(at).is_some_and(is_own);
        // Who is referred to by several is counted once.
        if !cells.clone().any(|at| is_said(&self.room.set, at)) || !self.room.ledger.cell(id) {
            return self.room.ledger.take(id);
        }
        let leaf = self.leaf_of(id, None);
        let mut said = 0;
        for at in cells {
            if is_said(&self.room.set, at) {
                self.room.set.say(at, leaf, (0, 0));
                said += 1;
            }
        }
        self.room.set.is_shared |= said > 1;
        if row == row::STUDY_UID.into() {
            self.uid_leaves.push(id);
        }
    }

    /// A leaf that becomes a cell has its own place, and is counted where there is a remark.
    fn leaf_of(&mut self, id: Id, remark: Option<Code>) -> u32 {
        let (place, set) = (self.place(id), &mut self.room.set);
        let leaf = set.new_leaf();
        let told = match (self.room.ledger.noted(id), remark) {
            (Some(noted), Some(remark)) => Some(noted.or_departure(remark)),
            (noted, remark) => noted.or(remark),
        };
        let counted = told.map_or(0, |code| set.lose_one(code, place));
        let place = set.keep_place(place);
        if let Some(leaf) = set.leaves.last_mut() {
            (leaf.counted, leaf.place) = (counted, place);
        }
        self.room.leaves.push(id);
        leaf
    }

    /// An item becomes cells of the data set.
    pub(super) fn push(&mut self, row_ref: RowRef, fill: &Fill<'d>) {
        self.beside(fill);
        let own = self.room.set.cells.len();
        self.push_fields(row_ref, fill);
        self.further(row_ref, fill, own..self.room.set.cells.len());
    }

    fn push_fields(&mut self, row_ref: RowRef, fill: &Fill<'d>) {
        let item = match self.room.counters.iter_mut().find(|(known, _)| *known == row_ref) {
            Some((_, n)) => {
                *n = n.saturating_add(1);
                *n
            }
            None => {
                self.room.counters.push((row_ref, 0));
                0
            }
        };
        let fields = row_ref.row().map_or(FIELDS, |row| row.kind.fields);
        let (from, leaves) = (self.room.set.cells.len(), self.room.leaves.len());
        let (mut has_leaf, mut has_lost_issuer) = (false, false);
        for (field, filled) in fill.fields.iter().take(fields).enumerate().filter(|(_, filled)| !filled.text.is_empty()) {
            let start = self.room.set.text.len();
            let spelled = match vr_of_field(row_ref, field) {
                Some(vr) => spell(&mut self.room.set.text, &filled.text, vr),
                None => {
                    self.room.set.text.push_str(&filled.text);
                    Ok(None)
                }
            };
            let remark = match spelled {
                Ok(remark) => remark,
                Err(code) => {
                    if let Some(id) = filled.leaf {
                        self.room.ledger.lose(id, code);
                    }
                    has_lost_issuer |= row_ref == row::PATIENT_ID.into() && matches!(field, 1 | 2);
                    continue;
                }
            };
            let end = self.room.set.text.len();
            let leaf = match filled.leaf.filter(|id| self.room.ledger.cell(*id)) {
                Some(id) => {
                    if row_ref == row::STUDY_UID.into() {
                        self.uid_leaves.push(id);
                    }
                    self.leaf_of(id, remark)
                }
                None => self.leaf_beside(filled.leaf, (from, leaves)),
            };
            self.room.set.cells.push(Cell { row: Some(row_ref), item, field: field as u8, start, end, leaf, more: 0 });
            // What stands before the first leaf goes with that.
            if filled.leaf.is_some() && !core::mem::replace(&mut has_leaf, true) && leaf != NOBODY {
                for cell in self.room.set.cells.get_mut(from..).unwrap_or_default().iter_mut().filter(|cell| cell.leaf == NOBODY) {
                    cell.leaf = leaf;
                    self.room.set.is_shared = true;
                }
            }
        }
        let is_issuer = |cell: &Cell| cell.row == Some(row_ref) && matches!(usize::from(cell.field), 1 | 2 | UNREAD);
        if has_lost_issuer && !self.room.set.cells.iter().skip(from).any(is_issuer) {
            self.push_again(row_ref, UNREAD as u8, NO_NAME);
        }
    }

    /// The leaf of an item's field that brings none: that of the field which the same leaf fills, too, or of the one before it. A leaf that is counted
    /// for another fact already is nobody's here. The item's cells and leaves are those from these on.
    fn leaf_beside(&mut self, id: Option<Id>, (cells, leaves): (usize, usize)) -> u32 {
        let own = self.room.leaves.get(leaves..).unwrap_or_default();
        let same = own.iter().position(|leaf| Some(*leaf) == id).map(|at| (leaves + at) as u32);
        let before = || self.room.set.cells.get(cells..).and_then(|own| own.last()).map(|cell| cell.leaf);
        let leaf = same.or_else(|| if id.is_some() { None } else { before() }).unwrap_or(NOBODY);
        self.room.set.is_shared |= leaf != NOBODY;
        leaf
    }

    /// One of its values is none, or nobody knows which: so is every other.
    pub(super) fn doubt(&mut self, row: RowRef) {
        let at = self.room.taken.iter().position(|(known, ..)| *known == row).unwrap_or_else(|| {
            self.room.taken.push((row, None, self.room.set.cells.len()));
            self.room.taken.len() - 1
        });
        self.withdraw(at, row);
    }

    /// A fact that turned out to be in doubt has no cells after all.
    pub(super) fn withdraw(&mut self, at: usize, row: RowRef) {
        for id in core::mem::take(&mut self.uid_leaves) {
            let at = self.place(id);
            self.room.ledger.unplace(id, Code::AmbiguousValue, at);
        }
        // What stands nowhere equals nothing.
        if let Some((_, known, _)) = self.room.taken.get_mut(at) {
            *known = Some([const { String::new() }; FIELDS]);
        }
        // Looked for where they stand: a resource may have many identifiers, each of which is in doubt.
        let cells = self.cells_of(at);
        for cell in self.room.set.cells.get_mut(cells).into_iter().flatten().filter(|cell| cell.row == Some(row)) {
            cell.row = None;
        }
    }

    /// Whether a fact of one item has its first field. (Looked for where it stands: there may be many items.)
    pub(super) fn has_key(&self, at: usize, row: RowRef) -> bool {
        let cells = self.room.set.cells.get(self.cells_of(at)).unwrap_or_default();
        cells.iter().any(|cell| cell.row == Some(row) && cell.field == 0)
    }

    /// Where the cells of a fact of one item stand.
    pub(super) fn cells_of(&self, at: usize) -> core::ops::Range<usize> {
        let cells = self.room.set.cells.len();
        let first = self.room.taken.get(at).map_or(cells, |(.., first)| *first);
        first..cells.min(first.saturating_add(FIELDS))
    }

    /// Everything below a node that is not told yet is without a place in the record, told at `at`.
    pub(super) fn unplaced(&mut self, node: Id, at: Place) {
        // Cells of resources around it are cells of nothing.
        for id in self.room.leaves.drain(..) {
            self.room.ledger.reopen(id);
        }
        for id in self.tree.span(node) {
            if self.tree.is_leaf(id) {
                self.room.ledger.unplace(id, UNPLACED, at);
            }
        }
    }
}

const fn bit(field: usize) -> u32 {
    1_u32.wrapping_shl(field as u32)
}

/// The fields that a leaf fills: what has no leaf of its own goes with the one before it, what stands before all with the first, as in
/// [`Reader::push_fields`].
fn fields_of(fill: &Fill<'_>, id: Id) -> u32 {
    let filled = || fill.fields.iter().enumerate().filter(|(_, filled)| !filled.text.is_empty());
    let mut owner = filled().find_map(|(_, filled)| filled.leaf);
    filled().fold(0, |mask, (field, filled)| {
        owner = filled.leaf.or(owner);
        if owner == Some(id) { mask | bit(field) } else { mask }
    })
}
