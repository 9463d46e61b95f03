//! How often the leaves of a fact were said.
//!
//! An equal further value is carried (spec/README.md, "Leaves"), as long as the value is: where it turns out to be lost, since records that join
//! contradict each other, or since what is lifted from instances differs, every leaf that said it is lost with it.

use super::fact::{Noted, Slot, every, run_of};
use super::sets::{SetKey, Sets};
use crate::table::Row;
use crate::value::Fields;
use alloc::vec::Vec;

/// In the place of a field's number: every field that the fact has.
pub(super) const WHOLE: u32 = u32::MAX;

/// What a row said again of what the record has.
#[derive(Clone, Default)]
pub(super) struct Heard {
    /// Facts of patient and study, and of the series that the row is of, a bit each by the second part of their keys: the whole of them.
    whole: u128,
    of_series: u64,
    /// Fields of facts, by their number.
    fields: Vec<(SetKey, u32)>,
}

impl Heard {
    pub(super) fn clear(&mut self) {
        (self.whole, self.of_series) = (0, 0);
        self.fields.clear();
    }

    fn push(&mut self, key: SetKey, what: u32) {
        match key {
            _ if what != WHOLE => self.fields.push((key, what)),
            (None, at) => self.whole |= 1_u128.checked_shl(at.into()).unwrap_or(0),
            (Some(_), at) => self.of_series |= 1_u64.checked_shl(at.into()).unwrap_or(0),
        }
    }

    /// Each fact by its key, and what of it; `series` is the one that the row was of.
    pub(super) fn each(&self, series: u32) -> impl Iterator<Item = (SetKey, u32)> {
        let whole = (0..128_u8).filter(|at| self.whole & 1 << at != 0).map(|at| (None, at));
        let of_series = (0..64_u8).filter(|at| self.of_series & 1 << at != 0).map(move |at| (Some(series), at));
        whole.chain(of_series).map(|key| (key, WHOLE)).chain(self.fields.iter().copied())
    }
}

/// The number of a field of an item.
fn number(row: &Row, item: usize, field: usize) -> u32 {
    u32::try_from(item * row.kind.fields + field).unwrap_or(WHOLE - 1)
}

impl Sets {
    /// A row says the whole fact again: all of its leaves that are not noted are further ones.
    pub(super) fn say_again(&mut self, slot: &mut Slot, key: SetKey, row: &Row, items: &[Fields<'_>], noted: &Noted<'_>) {
        // A list that has grown has more fields than the row.
        let mut is_noted = self.get(key).is_some();
        for (n, item) in items.iter().enumerate() {
            every(item, |field| is_noted |= noted(n, field));
        }
        if !is_noted {
            return self.hear(slot, key, WHOLE);
        }
        for (n, item) in items.iter().enumerate() {
            every(item, |field| {
                if !noted(n, field) {
                    self.say(slot, key, row, (n, field));
                }
            });
        }
    }

    /// A row says a field again.
    pub(super) fn say(&mut self, slot: &mut Slot, key: SetKey, row: &Row, (item, field): (usize, usize)) {
        self.hear(slot, key, number(row, item, field));
    }

    /// The row at hand said it again.
    fn hear(&mut self, slot: &mut Slot, key: SetKey, what: u32) {
        self.heard.push(key, what);
        self.add(slot, key, what, 1);
    }

    /// So many leaves more said it.
    pub(super) fn add(&mut self, slot: &mut Slot, key: SetKey, what: u32, leaves: u32) {
        if leaves == 0 {
            return;
        }
        if what == WHOLE {
            slot.again = slot.again.saturating_add(leaves);
            return;
        }
        let more = self.more.entry(key).or_default();
        let at = what as usize;
        if more.len() <= at {
            more.resize(at + 1, 0);
        }
        if let Some(more) = more.get_mut(at) {
            *more = more.saturating_add(leaves);
        }
    }

    /// Further leaves of a field that the fact has.
    pub(super) fn further(&self, slot: &Slot, key: SetKey, row: &Row, item: usize, field: usize) -> u32 {
        let more = self.more.get(&key).and_then(|more| more.get(number(row, item, field) as usize));
        slot.again.saturating_add(more.copied().unwrap_or(0))
    }

    /// All leaves that say a field of a fact, and are carried without remark.
    pub(super) fn leaves(&self, slot: &Slot, key: SetKey, row: &Row, (item, field): (usize, usize)) -> u64 {
        u64::from(!self.is_noted(slot, key, row, item, field)) + u64::from(self.further(slot, key, row, item, field))
    }

    /// The fact gets other fields: those that it has so far were said as often as the whole of it.
    pub(super) fn part(&mut self, arena: &str, slot: &mut Slot, key: SetKey, row: &Row) {
        let again = core::mem::take(&mut slot.again);
        if again == 0 {
            return;
        }
        let mut filled = Vec::new();
        for (n, item) in run_of(arena, slot, row).enumerate() {
            every(&item, |field| filled.push(number(row, n, field)));
        }
        for what in filled {
            self.add(slot, key, what, again);
        }
    }

    /// A fact said what this one says, but for the fields that are `told` of, in order: its further leaves are further ones of this.
    pub(super) fn join_further(
        &mut self,
        arena: &str,
        (slot, key): (&mut Slot, SetKey),
        row: &Row,
        items: &[Fields<'_>],
        (from, theirs, their_key): (&Slot, &Sets, SetKey),
        told: &[(usize, usize)],
    ) {
        let is_simple = !theirs.more.contains_key(&their_key) && self.get(key).is_none();
        if is_simple && (from.again == 0 || run_of(arena, slot, row).eq(items.iter().copied())) {
            return self.add(slot, key, WHOLE, from.again);
        }
        for (n, item) in items.iter().enumerate() {
            every(item, |field| {
                if told.binary_search(&(n, field)).is_err() {
                    self.add(slot, key, number(row, n, field), theirs.further(from, their_key, row, n, field));
                }
            });
        }
    }

    /// The leaves of a field of the first item are lost: how many there were.
    pub(super) fn take_back(&mut self, slot: &mut Slot, key: SetKey, row: &Row, field: usize) -> u32 {
        let first = u32::from(!self.is_noted(slot, key, row, 0, field));
        let more = self.more.get_mut(&key).and_then(|more| more.get_mut(number(row, 0, field) as usize)).map(core::mem::take);
        first.saturating_add(more.unwrap_or(0))
    }

    /// What a field of an item was said is said of another from now on.
    pub(super) fn move_field(&mut self, slot: &mut Slot, key: SetKey, row: &Row, item: usize, (from, to): (usize, usize)) {
        let noted = self.is_noted(slot, key, row, item, from);
        self.note(slot, key, row, (item, from), false);
        self.note(slot, key, row, (item, to), noted);
        if let Some(more) = self.more.get_mut(&key).and_then(|more| more.get_mut(number(row, item, from) as usize)).map(core::mem::take) {
            self.add(slot, key, number(row, item, to), more);
        }
    }
}
