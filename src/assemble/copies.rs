//! The same instance met more than once.

use super::finish::{contradict, references};
use super::record::{Entry, Record};
use crate::loss::{Code, Sink};
use crate::study::{Extra, run};
use crate::table::{Level, RowRef};
use crate::value::{self, FIELDS};
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

fn merge_instance(record: &mut Record, first: usize, copy: usize, sink: &mut Sink<'_>) {
    let (Some(mut ours), Some(theirs)) = (record.instances.get(first).copied(), record.instances.get(copy).copied()) else { return };
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
        let items = |at| run(&record.arena, row_ref, at).into_iter().flatten().next().unwrap_or([""; FIELDS]);
        let (known_item, new_item) = (items(known), items(new));
        if known_item == new_item {
            continue;
        }
        let noted = theirs.noted & (1 << row_ref.index) != 0;
        let differ: Vec<usize> = (0..row.kind.fields)
            .filter(|field| new_item.get(*field).is_some_and(|text| !text.is_empty()) && known_item.get(*field) != new_item.get(*field))
            .collect();
        for field in differ {
            contradict(sink, row, field, Code::Conflict, theirs.row, noted);
        }
    }
    ours.instance.known |= theirs.instance.known;
    if let Some(slot) = record.instances.get_mut(first) {
        *slot = ours;
    }
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
    // Its extras must follow each other: they move to the end together.
    let mut own: Vec<Extra> = Vec::new();
    let mut at = entry.instance.extra as usize;
    while let Some(extra) = at.checked_sub(1).and_then(|at| record.extras.get(at)) {
        own.push(*extra);
        if !extra.more {
            break;
        }
        at += 1;
    }
    for extra in &mut own {
        extra.more = true;
    }
    own.push(Extra { row: row.index, more: false, at: new });
    entry.instance.extra = record.extras.len() as u32 + 1;
    record.extras.extend(own);
}
