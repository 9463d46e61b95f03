//! A fact of a record while it grows.

use super::sets::{SetKey, Sets};
use crate::dicom::Sayings;
use crate::loss::Code;
use crate::table::Row;
use crate::value::{self, Fields, Items};
use alloc::string::String;
use alloc::vec::Vec;

/// Hears what becomes of a field of an item.
pub(super) type Hear<'h> = dyn FnMut(usize, usize, Code) + 'h;
/// How often an item is said by leaves that are not counted under a note.
pub(super) type Saying<'n> = dyn Fn(usize) -> Sayings + 'n;

/// What a record keeps of each fact.
#[derive(Clone, Copy, Default)]
pub(super) struct Slot {
    /// Where its run is; 0: absent.
    pub(super) at: u32,
    /// The row that it came from first; beyond 32 bits, which no text of four gigabytes has, the last that fits.
    pub(super) row: u32,
    /// How often the whole run was said again, each leaf of it carried: see [`said`](super::said).
    pub(super) again: u32,
    /// Lifted fields that differed: they have no value, and will have none.
    pub(super) spoilt: u16,
    /// Fields of the first item that one leaf says together.
    pub(super) shared: u16,
    /// Fields that were said by no leaf of their own, or by one that is counted under a note, item by item, as far as 32 bits reach: see [`Sets`]
    /// for those of long lists.
    pub(super) noted: u32,
}

/// The fact, and the text that its run stands in.
pub(super) struct Fact<'r> {
    pub(super) arena: &'r mut String,
    pub(super) leaves: Leaves<'r>,
}

/// What a record keeps of a fact besides its run: which of its leaves are noted, said again, spoilt.
pub(super) struct Leaves<'r> {
    pub(super) slot: &'r mut Slot,
    pub(super) sets: &'r mut Sets,
    pub(super) key: SetKey,
    pub(super) row: &'static Row,
}

/// What a data set says of it.
pub(super) struct Said<'s> {
    pub(super) items: &'s [Fields<'s>],
    /// Of the row that says it.
    pub(super) number: u64,
    pub(super) sayings: &'s Saying<'s>,
}

/// The items of a fact, as long as they stand in the arena.
pub(super) fn run_of<'a>(arena: &'a str, slot: &Slot, row: &Row) -> Items<'a> {
    let run = if slot.at == 0 { "\0" } else { arena.get(slot.at as usize..).unwrap_or("\0") };
    Items::at(run, row.kind.fields)
}

/// The run of a fact, apart from the arena: what it says stands there while it joins.
pub(super) fn apart(arena: &str, slot: &Slot, row: &Row) -> String {
    let items: Vec<Fields<'_>> = run_of(arena, slot, row).collect();
    let mut run = String::new();
    value::push(&mut run, row.kind.fields, items.into_iter());
    run
}

/// An item as a run of its own.
pub(super) fn one(row: &Row, item: &Fields<'_>) -> String {
    let mut run = String::with_capacity(item.iter().map(|text| text.len() + 8).sum());
    value::push(&mut run, row.kind.fields, [*item].into_iter());
    run
}

/// Each field that an item has.
pub(super) fn every(item: &Fields<'_>, mut each: impl FnMut(usize)) {
    for (field, _) in item.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        each(field);
    }
}

pub(super) fn is_lifted(row: &Row, field: usize) -> bool {
    row.lifts & (1 << field) != 0
}

/// The number of a row as slots keep it.
pub(super) fn row_number(row: u64) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
