//! What a record keeps of its facts besides their runs: sets and lists that have grown, and notes of long ones.

use super::fact::Slot;
use super::said::Heard;
use super::sorted::Sorted;
use crate::table::Row;
use crate::value::{self, Fields};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Which fact it is: the series it belongs to (none: the study) and its row.
pub(super) type SetKey = (Option<u32>, u8);

/// Facts that have grown, and what of their notes and further leaves a [`Slot`] has no room for.
#[derive(Default)]
pub(super) struct Sets {
    grown: BTreeMap<SetKey, Set>,
    /// 32 bits each, from the second 32 on.
    noted: BTreeMap<SetKey, Vec<u32>>,
    /// Further leaves, field by field: see [`said`](super::said).
    pub(super) more: BTreeMap<SetKey, Vec<u32>>,
    /// How many leaves say several fields of an item, a bit each.
    pub(super) shared: BTreeMap<SetKey, BTreeMap<(u32, u16), u32>>,
    /// Of instances, by their rows: which field of which row of the table is said by how many leaves more than one.
    pub(super) of_instances: BTreeMap<u64, Vec<(u8, u8, u32)>>,
    /// What the row at hand said again, and whether it said more than that tells of.
    pub(super) heard: Heard,
    pub(super) is_odd: bool,
}

impl Sets {
    pub(super) fn get(&self, key: SetKey) -> Option<&Set> {
        self.grown.get(&key)
    }

    /// The set, made if need be.
    pub(super) fn or_make(&mut self, key: SetKey, make: impl FnOnce() -> Set) -> &mut Set {
        self.grown.entry(key).or_insert_with(make)
    }

    /// Takes out all that have grown.
    pub(super) fn take_grown(&mut self) -> BTreeMap<SetKey, Set> {
        core::mem::take(&mut self.grown)
    }

    /// A fact is another from now on: what it was.
    pub(super) fn take(&mut self, key: SetKey) -> Sets {
        fn taken<T>(from: &mut BTreeMap<SetKey, T>, key: SetKey) -> BTreeMap<SetKey, T> {
            from.remove(&key).map(|one| BTreeMap::from_iter([(key, one)])).unwrap_or_default()
        }
        Sets {
            grown: taken(&mut self.grown, key),
            noted: taken(&mut self.noted, key),
            more: taken(&mut self.more, key),
            shared: taken(&mut self.shared, key),
            of_instances: BTreeMap::new(),
            heard: Heard::default(),
            is_odd: false,
        }
    }

    /// Whether the leaf of a field is counted under a note.
    pub(super) fn is_noted(&self, slot: &Slot, key: SetKey, row: &Row, item: usize, field: usize) -> bool {
        let bit = item * row.kind.fields + field;
        let words = || self.noted.get(&key)?.get(bit / 32 - 1);
        let word = if bit < 32 { Some(&slot.noted) } else { words() };
        word.is_some_and(|word| word & 1 << (bit % 32) != 0)
    }

    /// Notes the leaf of a field, or takes the note back.
    pub(super) fn note(&mut self, slot: &mut Slot, key: SetKey, row: &Row, (item, field): (usize, usize), to: bool) {
        let bit = item * row.kind.fields + field;
        let word = if bit < 32 {
            &mut slot.noted
        } else if to || self.noted.contains_key(&key) {
            let words = self.noted.entry(key).or_default();
            if words.len() < bit / 32 {
                words.resize(bit / 32, 0);
            }
            let Some(word) = words.get_mut(bit / 32 - 1) else { return };
            word
        } else {
            return;
        };
        *word = *word & !(1 << (bit % 32)) | u32::from(to) << (bit % 32);
    }

    /// Whether slots have no room for all notes.
    pub(super) fn has_long_notes(&self) -> bool {
        !self.noted.is_empty() || !self.shared.is_empty()
    }
}

/// A set or list that has grown: its items as runs of one, in order of first appearance.
#[derive(Default)]
pub(super) struct Set {
    items: Vec<Box<str>>,
    /// Of a set: its items in order. (An item may be long: it is kept once.)
    known: Sorted,
}

impl Set {
    /// A list, by its items.
    pub(super) fn of(items: Vec<Box<str>>) -> Set {
        Set { items, known: Sorted::default() }
    }

    /// Its items.
    pub(super) fn items<'s>(&'s self, row: &Row) -> impl Iterator<Item = Fields<'s>> + use<'s> {
        let fields = row.kind.fields;
        self.items.iter().filter_map(move |run| value::Items::at(run, fields).next())
    }

    /// How many items it has.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// How long its items are as one run, at most.
    pub(super) fn length(&self) -> usize {
        self.items.iter().map(|run| run.len() + 8).sum()
    }

    /// Its items as one run.
    pub(super) fn run(&self, row: &Row) -> String {
        let items: Vec<Fields<'_>> = self.items(row).collect();
        let mut run = String::with_capacity(self.length());
        value::push(&mut run, row.kind.fields, items.into_iter());
        run
    }

    /// Another item stands in the place of one.
    pub(super) fn put(&mut self, at: usize, run: Box<str>) {
        if let Some(item) = self.items.get_mut(at) {
            *item = run;
        }
    }

    /// Whether the item is new.
    pub(super) fn add(&mut self, run: Box<str>) -> bool {
        let spot = self.known.spot(|n| self.items.get(n as usize).map_or(Ordering::Less, |known| known.cmp(&run)));
        if spot.found.is_some() {
            return false;
        }
        self.known.put(&spot, self.items.len() as u32);
        self.items.push(run);
        true
    }
}
