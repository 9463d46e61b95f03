//! How often the leaves of a fact were said.
//!
//! An equal further value is carried (spec/README.md, "Leaves"), as long as the value is: where it turns out to be lost, since records that join
//! contradict each other, or since what is lifted from instances differs, every leaf that said it is lost with it. One leaf may say several fields
//! (date and time, the groups of a name): it is lost with any of them, once.

use super::fact::{Leaves, every, run_of};
use super::sets::{SetKey, Sets};
use crate::dicom::Sayings;
use crate::table::Row;
use crate::value::Fields;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

/// In the place of a field's number: every field that the fact has.
const WHOLE: u32 = u32::MAX;

/// What is said again: a fact, what of it (a field by its number, or the whole), and by how many leaves.
pub(super) type Again = (SetKey, u32, u32);

/// What a row said again of what the record has.
#[derive(Clone, Default)]
pub(super) struct Heard {
    /// Facts of patient and study, and of the series that the row is of, a bit each by the second part of their keys: the whole of them, once.
    whole: u128,
    of_series: u64,
    /// What else.
    others: Vec<Again>,
}

impl Heard {
    pub(super) fn clear(&mut self) {
        (self.whole, self.of_series) = (0, 0);
        self.others.clear();
    }

    fn push(&mut self, again: Again) {
        match again {
            ((None, at), WHOLE, 1) => self.whole |= 1_u128.checked_shl(at.into()).unwrap_or(0),
            ((Some(_), at), WHOLE, 1) => self.of_series |= 1_u64.checked_shl(at.into()).unwrap_or(0),
            other => self.others.push(other),
        }
    }

    /// Each fact; `series` is the one that the row was of.
    pub(super) fn each(&self, series: u32) -> impl Iterator<Item = Again> {
        let whole = (0..128_u8).filter(|at| self.whole & 1 << at != 0).map(|at| (None, at));
        let of_series = (0..64_u8).filter(|at| self.of_series & 1 << at != 0).map(move |at| (Some(series), at));
        whole.chain(of_series).map(|key| (key, WHOLE, 1)).chain(self.others.iter().copied())
    }
}

/// The number of a field of an item.
fn number(row: &Row, item: usize, field: usize) -> u32 {
    u32::try_from(item * row.kind.fields + field).unwrap_or(WHOLE - 1)
}

fn item_number(item: usize) -> u32 {
    u32::try_from(item).unwrap_or(u32::MAX)
}

/// Where the leaves stand that say several fields of an item.
fn all_of(item: usize) -> RangeInclusive<(u32, u16)> {
    (item_number(item), 0)..=(item_number(item), u16::MAX)
}

const fn bit(field: usize) -> u16 {
    1_u16.wrapping_shl(field as u32)
}

/// What a row says of an item that the fact has: fields that are new, and fields that do not come through.
#[derive(Clone, Copy, Default)]
pub(super) struct Merged {
    pub(super) new: u16,
    pub(super) told: u16,
}

impl Merged {
    pub(super) fn fills(&mut self, field: usize) {
        self.new |= bit(field);
    }

    pub(super) fn told(&mut self, field: usize) {
        self.told |= bit(field);
    }
}

impl Leaves<'_> {
    /// The fact begins with these items.
    pub(super) fn begin(&mut self, items: &[Fields<'_>], sayings: &dyn Fn(usize) -> Sayings) {
        match alike(items, sayings) {
            Some(count) => self.slot.again = count - 1,
            None => self.each(items, sayings, true),
        }
    }

    /// A row says the whole fact again.
    pub(super) fn again(&mut self, items: &[Fields<'_>], sayings: &dyn Fn(usize) -> Sayings) {
        // A list that has grown has more fields than the row.
        match alike(items, sayings).filter(|_| self.sets.get(self.key).is_none()) {
            Some(count) => self.hear(WHOLE, count),
            None => self.each(items, sayings, false),
        }
    }

    /// A row says the one item of a fact again, each field by a leaf of its own.
    pub(super) fn again_as_it_is(&mut self) {
        self.hear(WHOLE, 1);
    }

    fn each(&mut self, items: &[Fields<'_>], sayings: &dyn Fn(usize) -> Sayings, new: bool) {
        for (n, item) in items.iter().enumerate() {
            self.item(n, item, &sayings(n), Merged { new: if new { u16::MAX } else { 0 }, told: 0 });
        }
    }

    /// What a row says of an item has joined it.
    pub(super) fn item(&mut self, n: usize, said: &Fields<'_>, sayings: &Sayings, merged: Merged) {
        every(said, |field| {
            let count = sayings.single.get(field).copied().unwrap_or(0);
            if merged.told & bit(field) != 0 {
                return;
            }
            if merged.new & bit(field) == 0 {
                return self.hear(number(self.row, n, field), count);
            }
            self.sets.note(self.slot, self.key, self.row, (n, field), count == 0);
            self.add(number(self.row, n, field), count.saturating_sub(1));
        });
        for (fields, count) in sayings.shared.iter().filter(|(fields, _)| fields & merged.told == 0) {
            self.share(n, *fields, *count);
        }
    }

    /// The row at hand said it again.
    fn hear(&mut self, what: u32, count: u32) {
        if count > 0 {
            self.sets.heard.push((self.key, what, count));
            self.add(what, count);
        }
    }

    /// So many leaves more said it.
    pub(super) fn add(&mut self, what: u32, leaves: u32) {
        if leaves == 0 {
            return;
        }
        if what == WHOLE {
            self.slot.again = self.slot.again.saturating_add(leaves);
            return;
        }
        let more = self.sets.more.entry(self.key).or_default();
        let at = what as usize;
        if more.len() <= at {
            more.resize(at + 1, 0);
        }
        if let Some(more) = more.get_mut(at) {
            *more = more.saturating_add(leaves);
        }
    }

    /// So many leaves say several fields each.
    fn share(&mut self, item: usize, fields: u16, mut leaves: u32) {
        self.sets.is_odd = true;
        if item == 0 && self.slot.shared == 0 {
            self.slot.shared = fields;
            leaves = leaves.saturating_sub(1);
        }
        if leaves == 0 {
            return;
        }
        let count = self.sets.shared.entry(self.key).or_default().entry((item_number(item), fields)).or_default();
        *count = count.saturating_add(leaves);
    }

    /// The fact gets other fields: those that it has so far were said as often as the whole of it.
    pub(super) fn part(&mut self, arena: &str) {
        let again = core::mem::take(&mut self.slot.again);
        if again == 0 {
            return;
        }
        let mut filled = Vec::new();
        for (n, item) in run_of(arena, self.slot, self.row).enumerate() {
            every(&item, |field| filled.push(number(self.row, n, field)));
        }
        for what in filled {
            self.add(what, again);
        }
    }

    /// All leaves of fields of the first item are lost: how many there were, with the field that each is told by.
    pub(super) fn take_back(&mut self, fields: u16) -> Vec<(usize, u64)> {
        let all = self.sets.sayings(self.slot, self.key, self.row, 0);
        let mut lost: Vec<(usize, u64)> = Vec::new();
        for (field, count) in all.single.iter().enumerate().filter(|(field, _)| fields & bit(*field) != 0) {
            lost.push((field, u64::from(*count)));
            let at = number(self.row, 0, field) as usize;
            self.sets.note(self.slot, self.key, self.row, (0, field), true);
            self.sets.more.get_mut(&self.key).and_then(|more| more.get_mut(at)).into_iter().for_each(|more| *more = 0);
        }
        for (shared, count) in all.shared.iter().filter(|(shared, _)| shared & fields != 0) {
            lost.push((last(shared & fields), u64::from(*count)));
        }
        if self.slot.shared & fields != 0 {
            self.slot.shared = 0;
        }
        if let Some(shared) = self.sets.shared.get_mut(&self.key) {
            shared.retain(|(item, shared), _| *item > 0 || shared & fields == 0);
        }
        lost
    }

    /// What a field of an item was said is said of another from now on.
    pub(super) fn move_field(&mut self, item: usize, (from, to): (usize, usize)) {
        let noted = self.sets.is_noted(self.slot, self.key, self.row, item, from);
        self.sets.note(self.slot, self.key, self.row, (item, from), false);
        self.sets.note(self.slot, self.key, self.row, (item, to), noted);
        let at = number(self.row, item, from) as usize;
        if let Some(more) = self.sets.more.get_mut(&self.key).and_then(|more| more.get_mut(at)).map(core::mem::take) {
            self.add(number(self.row, item, to), more);
        }
        let moved = |fields: u16| if fields & bit(from) != 0 { fields & !bit(from) | bit(to) } else { fields };
        if item == 0 {
            self.slot.shared = moved(self.slot.shared);
        }
        let Some(shared) = self.sets.shared.get_mut(&self.key) else { return };
        let own: Vec<((u32, u16), u32)> = shared.range(all_of(item)).map(|(of, count)| (*of, *count)).collect();
        for (of, _) in &own {
            shared.remove(of);
        }
        for ((item, fields), leaves) in own {
            let count = shared.entry((item, moved(fields))).or_default();
            *count = count.saturating_add(leaves);
        }
    }
}

/// The last of some fields.
fn last(fields: u16) -> usize {
    fields.checked_ilog2().unwrap_or(0) as usize
}

/// How often each field of the items is said, if all are said alike, each by leaves of its own.
fn alike(items: &[Fields<'_>], sayings: &dyn Fn(usize) -> Sayings) -> Option<u32> {
    let mut all: Option<u32> = None;
    for (n, item) in items.iter().enumerate() {
        let Sayings { single, shared } = sayings(n);
        if !shared.is_empty() {
            return None;
        }
        for (_, count) in item.iter().zip(single).filter(|(text, _)| !text.is_empty()) {
            if count == 0 || all.is_some_and(|all| all != count) {
                return None;
            }
            all = Some(count);
        }
    }
    all
}

/// How many leaves are lost with each of the fields that are told, item by item; a leaf that says several is lost with the last of them.
pub(super) fn lost_with(told: &[(usize, usize)], sayings: &dyn Fn(usize) -> Sayings) -> Vec<u64> {
    let mut counts: Vec<u64> = alloc::vec![0; told.len()];
    let mut order: Vec<usize> = (0..told.len()).collect();
    let item_of = |at: &usize| told.get(*at).map(|(item, _)| *item);
    order.sort_by_key(item_of);
    for same in order.chunk_by(|one, other| item_of(one) == item_of(other)) {
        let Some(item) = same.first().and_then(item_of) else { continue };
        let Sayings { single, mut shared } = sayings(item);
        for at in same.iter().rev() {
            let Some((_, field)) = told.get(*at) else { continue };
            let (with, without): (Vec<_>, Vec<_>) = shared.into_iter().partition(|(fields, _)| fields & bit(*field) != 0);
            shared = without;
            let own = single.get(*field).copied().unwrap_or(0);
            let count = with.iter().fold(u64::from(own), |sum, (_, count)| sum + u64::from(*count));
            counts.iter_mut().skip(*at).take(1).for_each(|slot| *slot = count);
        }
    }
    counts
}

impl Sets {
    /// How often an item of a fact was said.
    pub(super) fn sayings(&self, slot: &super::fact::Slot, key: SetKey, row: &Row, item: usize) -> Sayings {
        let mut sayings = Sayings::default();
        let more = self.more.get(&key);
        for (field, count) in sayings.single.iter_mut().enumerate().take(row.kind.fields) {
            let first = u32::from(!self.is_noted(slot, key, row, item, field));
            let more = more.and_then(|more| more.get(number(row, item, field) as usize)).copied().unwrap_or(0);
            *count = first.saturating_add(slot.again).saturating_add(more);
        }
        if item == 0 && slot.shared != 0 {
            sayings.shared.push((slot.shared, 1));
        }
        if let Some(shared) = self.shared.get(&key) {
            sayings.shared.extend(shared.range(all_of(item)).map(|((_, fields), count)| (*fields, *count)));
        }
        sayings
    }
}
