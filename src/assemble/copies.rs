//! The same instance met more than once.

use super::fact::{Fact, Leaves, Said, Slot, apart, row_number, run_of};
use super::finish::{contradict, references};
use super::record::{Entry, Record, note_of};
use super::sets::Sets;
use crate::dicom::Sayings;
use crate::loss::{Code, Sink};
use crate::study::Extra;
use crate::table::{Level, RowRef};
use crate::value::{self, Fields};
use alloc::vec::Vec;

/// The same instance twice in a series is one: identical copies are silent, what differs is a conflict, what is missing is filled.
pub(super) fn each_once(record: &mut Record, sink: &mut Sink<'_>) {
    let uid = |entry: &Entry| -> &str {
        let [uid, ..] = entry.instance.facts;
        if uid == 0 { "" } else { record.arena.get(uid as usize..).and_then(value::only).unwrap_or("") }
    };
    let ascending = record.instances.is_sorted_by(|a, b| a.series < b.series || a.series == b.series && uid(a) < uid(b));
    if ascending {
        return;
    }
    let mut order: Vec<usize> = (0..record.instances.len()).collect();
    let at = |n: &usize| record.instances.get(*n).map(|entry| (entry.series, uid(entry)));
    order.sort_by(|a, b| at(a).cmp(&at(b)));
    let mut copies: Vec<(usize, usize)> = Vec::new();
    for same in order.chunk_by(|a, b| at(a) == at(b)) {
        if let [first, rest @ ..] = same {
            copies.extend(rest.iter().map(|copy| (*first, *copy)));
        }
    }
    if copies.is_empty() {
        return;
    }
    let mut gone = alloc::vec![false; record.instances.len()];
    for (first, copy) in copies {
        if let Some(gone) = gone.get_mut(copy) {
            *gone = true;
        }
        merge_instance(record, first, copy, sink);
    }
    let mut gone = gone.into_iter();
    record.instances.retain(|_| !gone.next().unwrap_or(false));
}

/// What a copy says joins what the first says, as rows of a study fill each other: field by field.
fn merge_instance(record: &mut Record, first: usize, copy: usize, sink: &mut Sink<'_>) {
    let (Some(mut ours), Some(theirs)) = (record.instances.get(first).copied(), record.instances.get(copy).copied()) else { return };
    let mut told: Vec<(usize, Code)> = Vec::new();
    let record_more = record.sets.of_instances.get(&theirs.row).cloned();
    for row_ref in references(Level::Instance) {
        let Some(row) = row_ref.row() else { continue };
        let (known, new) = (fact(record, &ours, row_ref), fact(record, &theirs, row_ref));
        if new == 0 {
            continue;
        }
        if known == 0 {
            set_fact(record, &mut ours, row_ref, new);
            continue;
        }
        let slot = |at| Slot { at, row: row_number(ours.row), ..Slot::default() };
        if run_of(&record.arena, &slot(known), row).eq(run_of(&record.arena, &slot(new), row)) {
            continue;
        }
        let run = apart(&record.arena, &slot(new), row);
        let own = run_of(&record.arena, &slot(known), row).flatten().map(|text| text.len() + 8).sum::<usize>();
        if !record.has_room(own.saturating_add(run.len()).saturating_mul(2)) {
            return sink.overflow();
        }
        let items: Vec<Fields<'_>> = value::Items::at(&run, row.kind.fields).collect();
        let sayings = |_| sayings_of(record_more.as_deref(), &theirs, row_ref);
        let mut filled = slot(known);
        // Copies are heard one by one, and their facts have one item each: nothing of this is kept.
        let mut sets = Sets::default();
        let mut tell = |_, field, code| told.push((field, code));
        let leaves = Leaves { slot: &mut filled, sets: &mut sets, key: (None, row_ref.index), row };
        let said = Said { items: &items, number: theirs.row, sayings: &sayings };
        Fact { arena: &mut record.arena, leaves }.absorb(&said, &mut tell, sink);
        for (field, code) in told.drain(..) {
            let count = sayings(0).single.get(field).copied().unwrap_or(0);
            contradict(sink, row, field, code, theirs.row, u64::from(count));
        }
        if filled.at != known {
            set_fact(record, &mut ours, row_ref, filled.at);
        }
    }
    ours.instance.known |= theirs.instance.known;
    if let Some(slot) = record.instances.get_mut(first) {
        *slot = ours;
    }
}

/// How often a copy says the fields of a fact. (No leaf of an instance says several.)
fn sayings_of(more: Option<&[(u8, u8, u32)]>, copy: &Entry, row: RowRef) -> Sayings {
    let mut sayings = Sayings::default();
    for (field, count) in sayings.single.iter_mut().enumerate() {
        let further = more.unwrap_or_default().iter().filter(|(of, at, _)| (*of, usize::from(*at)) == (row.index, field));
        *count = u32::from(copy.noted & note_of(row, field) == 0) + further.map(|(.., count)| count).sum::<u32>();
    }
    sayings
}

/// Where a fact of an instance is; 0: absent.
fn fact(record: &Record, entry: &Entry, row: RowRef) -> u32 {
    if let Some(at) = entry.instance.facts.get(usize::from(row.index)) {
        return *at;
    }
    let mut at = entry.instance.extra as usize;
    while let Some(extra) = at.checked_sub(1).and_then(|at| record.extras.get(at)) {
        if extra.row == row.index {
            return extra.at;
        }
        if !extra.more {
            break;
        }
        at += 1;
    }
    0
}

fn set_fact(record: &mut Record, entry: &mut Entry, row: RowRef, new: u32) {
    if let Some(at) = entry.instance.facts.get_mut(usize::from(row.index)) {
        *at = new;
        return;
    }
    // Its extras must follow each other: they move to the end together. Those that are there may be other instances' too (`again.rs`).
    let mut own: Vec<Extra> = Vec::new();
    let mut at = entry.instance.extra as usize;
    while let Some(extra) = at.checked_sub(1).and_then(|at| record.extras.get(at)) {
        own.push(*extra);
        if !extra.more {
            break;
        }
        at += 1;
    }
    match own.iter_mut().find(|extra| extra.row == row.index) {
        Some(extra) => extra.at = new,
        None => {
            own.iter_mut().for_each(|extra| extra.more = true);
            own.push(Extra { row: row.index, more: false, at: new });
        }
    }
    entry.instance.extra = record.extras.len() as u32 + 1;
    record.extras.extend(own);
}
