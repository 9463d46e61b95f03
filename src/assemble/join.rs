//! Two records turn out to be one: each fact of the one joins the other as a whole, as if its text were one row.

use super::fact::{Fact, Leaves, Said, Slot, apart, run_of};
use super::finish::{contradict, references};
use super::record::Record;
use super::room::FULL;
use super::said::lost_with;
use super::sets::{SetKey, Sets};
use crate::loss::{Code, Sink};
use crate::study::{Extra, study_slot};
use crate::table::Level;
use crate::value::{self, Fields};
use alloc::vec::Vec;

/// Everything of `source` joins `target`; of what differs the earlier row stands.
pub(super) fn join(target: &mut Record, source: Record, sink: &mut Sink<'_>) {
    if target.arena.len().saturating_add(source.arena.len()) > FULL {
        return sink.overflow();
    }
    let before = sink.report.carried();
    join_facts(target, source, sink);
    // What turned out not to be carried is told already, should the record be dropped.
    target.carried = target.carried.saturating_sub(before.saturating_sub(sink.report.carried()));
}

fn join_facts(target: &mut Record, source: Record, sink: &mut Sink<'_>) {
    target.carried += source.carried;
    target.sets.of_instances.extend(source.sets.of_instances.iter().map(|(row, more)| (*row, more.clone())));
    target.known |= source.known;
    target.is_part |= source.is_part;
    target.first_row = target.first_row.into_iter().chain(source.first_row).min();
    let ours = target.name_slot();
    for row_ref in [Level::Patient, Level::Study].into_iter().flat_map(references) {
        let (Some(row), Some(slot)) = (row_ref.row(), study_slot(row_ref)) else { continue };
        let (Some(ours), Some(theirs)) = (target.facts.get_mut(slot), source.facts.get(slot)) else { continue };
        let key = (None, row_ref.level as u8 * 64 + row_ref.index);
        let leaves = Leaves { slot: ours, sets: &mut target.sets, key, row };
        Fact { arena: &mut target.arena, leaves }.take_in(&source, theirs, key, sink);
    }
    join_names(target, &source, ours);
    let mut moved = Vec::with_capacity(source.series.len());
    for (n, series) in source.series.iter().enumerate() {
        let (into, _) = target.series_of(source.series_uid(n as u32), series.first_row);
        moved.push(into);
        let Some(draft) = target.series.get_mut(into as usize) else { continue };
        draft.first_row = draft.first_row.min(series.first_row);
        draft.known |= series.known;
        for row_ref in references(Level::Series) {
            let at = usize::from(row_ref.index);
            let (Some(row), Some(ours), Some(theirs)) = (row_ref.row(), draft.facts.get_mut(at), series.facts.get(at)) else { continue };
            let leaves = Leaves { slot: ours, sets: &mut target.sets, key: (Some(into), row_ref.index), row };
            Fact { arena: &mut target.arena, leaves }.take_in(&source, theirs, (Some(n as u32), row_ref.index), sink);
        }
    }
    if !target.has_room(source.arena.len()) {
        return sink.overflow();
    }
    let shift = target.arena.len() as u32;
    target.arena.push_str(&source.arena);
    let extras = target.extras.len() as u32;
    target.extras.extend(source.extras.iter().map(|extra| Extra { at: extra.at + shift, ..*extra }));
    for mut entry in source.instances {
        for at in entry.instance.facts.iter_mut().filter(|at| **at > 0) {
            *at += shift;
        }
        if entry.instance.extra > 0 {
            entry.instance.extra += extras;
        }
        entry.series = moved.get(entry.series as usize).copied().unwrap_or(0);
        target.instances.push(entry);
    }
}

/// What is said of the patient's name beside the one that stands now; `ours` stood before.
fn join_names(target: &mut Record, source: &Record, ours: Slot) {
    let theirs = source.name_slot();
    target.hear(theirs.row.into(), source.name_at(&theirs));
    source.also.iter().cloned().for_each(|(row, who)| target.hear(row, who));
    if target.name_slot().at != ours.at {
        target.hear(ours.row.into(), target.name_at(&ours));
    }
}

impl Fact<'_> {
    /// What `source` has under `their_key` joins it; whichever row came first stands.
    fn take_in(&mut self, source: &Record, theirs: &Slot, their_key: SetKey, sink: &mut Sink<'_>) {
        if theirs.at == 0 && theirs.spoilt == 0 {
            return;
        }
        let Leaves { slot: ours, sets, key, row } = &mut self.leaves;
        let (key, row) = (*key, *row);
        let their_items: Vec<Fields<'_>> = match source.sets.get(their_key) {
            Some(set) => set.items(row).collect(),
            None => run_of(&source.arena, theirs, row).collect(),
        };
        // What is copied is theirs, and both together. Ours are where theirs take their place; else one that may be filled is: sets and lists that
        // grow stand by themselves.
        let length = |fields: &Fields<'_>| fields.iter().map(|text| text.len() + 8).sum::<usize>();
        let is_later = ours.at == 0 || ours.row <= theirs.row;
        let most = if is_later { 1 } else { usize::MAX };
        let own = run_of(self.arena, ours, row).take(most).map(|item| length(&item)).sum::<usize>();
        let copied = own.saturating_add(their_items.iter().map(length).sum()).saturating_mul(2);
        if self.arena.len().saturating_add(copied) > FULL {
            return sink.overflow();
        }
        if is_later {
            self.absorb_again(&their_items, (theirs, &source.sets, their_key), sink);
        } else {
            // Ours are kept apart while theirs take their place.
            let grown = sets.take(key);
            let run = grown.get(key).map_or_else(|| apart(self.arena, ours, row), |set| set.run(row));
            let our_items: Vec<Fields<'_>> = value::Items::at(&run, row.kind.fields).collect();
            let before = **ours;
            **ours = Slot { spoilt: before.spoilt, ..Slot::default() };
            self.absorb_again(&their_items, (theirs, &source.sets, their_key), sink);
            self.absorb_again(&our_items, (&before, &grown, key), sink);
        }
        if theirs.spoilt & !self.leaves.slot.spoilt != 0 {
            self.spoil(theirs.spoilt, sink);
        }
    }

    /// Items of `from`, whose leaves were thought carried, join it; those that do not are taken back, and every leaf that said the same with them.
    fn absorb_again(&mut self, items: &[Fields<'_>], (from, sets, key): (&Slot, &Sets, SetKey), sink: &mut Sink<'_>) {
        let (mut told, mut codes) = (Vec::new(), Vec::new());
        let row = self.leaves.row;
        let sayings = |item: usize| sets.sayings(from, key, row, item);
        let mut tell = |item: usize, field: usize, code: Code| {
            told.push((item, field));
            codes.push(code);
        };
        self.absorb(&Said { items, number: u64::from(from.row), sayings: &sayings }, &mut tell, sink);
        // No row was heard.
        self.leaves.sets.heard.clear();
        let counts = lost_with(&told, &sayings);
        for (((_, field), code), count) in told.into_iter().zip(codes).zip(counts) {
            // A further value is told of once, by who says it first.
            if count > 0 || code != Code::Lifted {
                contradict(sink, row, field, code, u64::from(from.row), count);
            }
        }
    }
}
