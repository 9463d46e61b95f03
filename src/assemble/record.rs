//! A record while it grows.

use super::fact::{Fact, Hear, Leaves, Said, Slot, row_number, run_of};
use super::keys::Keys;
use super::said::Again;
use super::sets::{SetKey, Sets};
use crate::dicom::Sayings;
use crate::grow;
use crate::loss::Sink;
use crate::study::{Extra, INSTANCE_SLOTS, InstanceEntry, PATIENT_SLOTS, SERIES_SLOTS, STUDY_SLOTS, study_slot};
use crate::table::{Level, Row, RowRef, row};
use crate::value::{self, Fields};
use crate::who::Who;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// A record while it grows.
pub(super) struct Record {
    /// The first byte is no run: 0 means absent.
    pub(super) arena: String,
    pub(super) facts: [Slot; STUDY_SLOTS],
    pub(super) series: Vec<SeriesDraft>,
    /// The UIDs of the series, by their number.
    uids: Option<Box<Keys>>,
    last_series: u32,
    pub(super) instances: Vec<Entry>,
    pub(super) extras: Vec<Extra>,
    /// Runs of SOP classes that were met, to say each once.
    classes: Vec<u32>,
    /// Rows of patient and study whose attributes were met, even empty, a bit for each slot.
    pub(super) known: u64,
    pub(super) sets: Sets,
    pub(super) first_row: Option<u64>,
    /// Leaves that it carries without remark.
    pub(super) carried: u64,
    /// Whether the row at hand changed anything but added an instance.
    pub(super) changed: bool,
    /// How many rows did.
    pub(super) changes: u32,
    /// What further rows say of the patient's name, where what came first says nothing (`?`): it tells whose rows without number are.
    /// Each with its row.
    pub(super) also: Vec<(u64, Who)>,
    /// Where the patient's name stands, and which of its groups say something.
    named: (u32, u8),
    /// Whether rows of it are missing, so that nothing can be counted by those that are there.
    pub(super) is_part: bool,
}

pub(super) struct SeriesDraft {
    pub(super) facts: [Slot; SERIES_SLOTS],
    pub(super) first_row: u64,
    /// Rows whose attributes were met, even empty.
    pub(super) known: u64,
}

/// An instance, with its series and the row it came in.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) instance: InstanceEntry,
    pub(super) series: u32,
    pub(super) row: u64,
    /// Fields whose leaves are counted under a note: eight bits for each row.
    pub(super) noted: u32,
}

/// The fact of a row of patient or study, or of one of the series.
fn slot_of<'r>(facts: &'r mut [Slot; STUDY_SLOTS], all: &'r mut [SeriesDraft], series: Option<u32>, row: RowRef) -> Option<&'r mut Slot> {
    match study_slot(row) {
        Some(slot) => facts.get_mut(slot),
        None => all.get_mut(series? as usize)?.facts.get_mut(usize::from(row.index)),
    }
}

/// How a fact of patient or study, or of a series, is known among [`Sets`].
pub(super) fn key_of(series: Option<u32>, row: RowRef) -> SetKey {
    match row.level {
        Level::Patient | Level::Study => (None, row.level as u8 * 64 + row.index),
        Level::Series | Level::Instance => (series, row.index),
    }
}

/// The row of a fact of patient or study.
pub(super) fn row_of(at: u8) -> RowRef {
    let level = if at >= 64 * Level::Study as u8 { Level::Study } else { Level::Patient };
    RowRef { level, index: at % 64 }
}

/// The bit of a field of an instance, of which a fact has few.
pub(super) fn note_of(row: RowRef, field: usize) -> u32 {
    u32::try_from(field).ok().and_then(|field| 1_u32.checked_shl(u32::from(row.index) * 8 + field)).unwrap_or(0)
}

/// The facts of an instance before its row is complete.
#[derive(Default)]
pub(super) struct Draft {
    facts: [u32; INSTANCE_SLOTS],
    extras: Vec<(u8, u32)>,
    noted: u32,
    further: Vec<(u8, u8, u32)>,
}

impl Draft {
    /// Whether no field is said by several leaves.
    pub(super) fn is_said_once(&self) -> bool {
        self.further.is_empty()
    }
}

impl Record {
    /// A record with room for as many bytes of text.
    pub(super) fn new(room: usize) -> Self {
        let mut arena = String::with_capacity(room);
        arena.push('.');
        Record {
            arena,
            facts: [Slot::default(); STUDY_SLOTS],
            series: Vec::new(),
            uids: None,
            last_series: 0,
            instances: Vec::new(),
            extras: Vec::new(),
            classes: Vec::new(),
            known: 0,
            also: Vec::new(),
            named: (0, 0),
            sets: Sets::default(),
            first_row: None,
            carried: 0,
            changed: false,
            changes: 0,
            is_part: false,
        }
    }

    /// The series of this UID, made if need be; whether it is new.
    pub(super) fn series_of(&mut self, uid: &str, row: u64) -> (u32, bool) {
        let uids = self.uids.get_or_insert_default();
        let last = self.last_series;
        if !self.series.is_empty() && uids.uid_at(last) == uid {
            return (last, false);
        }
        if let Some(known) = uids.get_uid(uid) {
            self.last_series = known;
            return (known, false);
        }
        let new = self.series.len() as u32;
        uids.push_uid(uid);
        self.changed = true;
        grow::push(&mut self.series, SeriesDraft { facts: [Slot::default(); SERIES_SLOTS], first_row: row, known: 0 });
        self.last_series = new;
        (new, true)
    }

    /// The UID of a series.
    pub(super) fn series_uid(&self, series: u32) -> &str {
        self.uids.as_ref().map_or("", |uids| uids.uid_at(series))
    }

    /// What a data set says of a fact of patient and study, or of a series.
    pub(super) fn absorb(
        &mut self,
        series: Option<u32>,
        row_ref: RowRef,
        row: &'static Row,
        said: &Said<'_>,
        tell: &mut Hear<'_>,
        sink: &mut Sink<'_>,
    ) {
        let Some(slot) = slot_of(&mut self.facts, &mut self.series, series, row_ref) else { return };
        let leaves = Leaves { slot, sets: &mut self.sets, key: key_of(series, row_ref), row };
        self.changed |= Fact { arena: &mut self.arena, leaves }.absorb(said, tell, sink);
        if row_ref == row::PATIENT_NAME.into() {
            said.items.first().into_iter().for_each(|name| self.hear(said.number, Who::of_name(name)));
        }
    }

    /// The patient's name as it stands, where that is, and which row said it.
    pub(super) fn name_slot(&self) -> Slot {
        study_slot(row::PATIENT_NAME.into()).and_then(|slot| self.facts.get(slot)).copied().unwrap_or_default()
    }

    /// A name that stands, or stood, as far as it tells people apart.
    pub(super) fn name_at(&self, slot: &Slot) -> Who {
        let row = RowRef::from(row::PATIENT_NAME).row().filter(|_| slot.at != 0);
        let name = row.and_then(|row| run_of(&self.arena, slot, row).next());
        name.map(|name| Who::of_name(&name)).unwrap_or_default()
    }

    /// Another name is said: it tells what the one that stands does not.
    pub(super) fn hear(&mut self, row: u64, who: Who) {
        // The name that stands may be long, and each row may say another.
        let slot = self.name_slot();
        if self.named.0 != slot.at {
            self.named = (slot.at, self.name_at(&slot).said());
        }
        let known = self.also.iter().filter(|(known, _)| *known <= row).fold(self.named.1, |known, (_, who)| known | who.said());
        if who.said() & !known != 0 {
            self.also.push((row, who));
        }
    }

    /// Keeps the one item of a fact that is in its one form already: its fields in order, with a bit of `noted` for each that no clean leaf of its
    /// own says, and those that one leaf says together. Whether it could: where the record has another fact the general way must be gone.
    pub(super) fn keep_settled<'f>(
        &mut self,
        series: Option<u32>,
        row_ref: RowRef,
        row: &'static Row,
        fields: impl Iterator<Item = (usize, &'f str)>,
        number: u64,
        (noted, shared): (u32, u16),
    ) -> bool {
        let at = self.arena.len();
        value::push_settled(&mut self.arena, row.kind.fields, fields);
        let key = key_of(series, row_ref);
        let Some(slot) = slot_of(&mut self.facts, &mut self.series, series, row_ref).filter(|slot| slot.spoilt == 0) else {
            self.arena.truncate(at);
            return false;
        };
        if slot.at == 0 {
            (slot.at, slot.row) = (at as u32, row_number(number));
            slot.noted |= noted;
            slot.shared = shared;
            self.changed = true;
            return true;
        }
        // Runs say how long they are: one that begins with the other is the other.
        let (known, new) = (self.arena.get(slot.at as usize..), self.arena.get(at..));
        let same = known.zip(new).is_some_and(|(known, new)| known.as_bytes().starts_with(new.as_bytes()));
        if same {
            if noted == 0 {
                Leaves { slot, sets: &mut self.sets, key, row }.again_as_it_is();
            } else {
                let item = run_of(&self.arena, slot, row).next().unwrap_or_default();
                Leaves { slot, sets: &mut self.sets, key, row }.again(&[item], &|_| Sayings::of(noted, shared));
            }
        }
        self.arena.truncate(at);
        same
    }

    /// What the record keeps of a fact besides its run.
    pub(super) fn leaves(&mut self, (series, at): SetKey) -> Option<Leaves<'_>> {
        let row_ref = if series.is_some() { RowRef { level: Level::Series, index: at } } else { row_of(at) };
        let slot = slot_of(&mut self.facts, &mut self.series, series, row_ref)?;
        Some(Leaves { slot, sets: &mut self.sets, key: (series, at), row: row_ref.row()? })
    }

    /// As many `rows` as that say again what the row at hand did.
    pub(super) fn hear_again(&mut self, (key, what, leaves): Again, rows: u32) {
        if let Some(mut fact) = self.leaves(key) {
            fact.add(what, leaves.saturating_mul(rows));
        }
    }

    /// Keeps a fact of the instance that the row at hand is about.
    pub(super) fn draft_instance(&mut self, draft: &mut Draft, row_ref: RowRef, row: &Row, items: &[Fields<'_>], sayings: &Sayings) {
        if items.is_empty() {
            return;
        }
        let bytes: usize = items.iter().flatten().map(|field| field.len() + 2).sum();
        grow::make_room(&mut self.arena, bytes);
        let at = self.arena.len() as u32;
        value::push(&mut self.arena, row.kind.fields, items.iter().copied());
        for ((field, _), leaves) in
            items.iter().take(1).flatten().enumerate().zip(&sayings.single).filter(|((_, text), _)| !text.is_empty())
        {
            match leaves {
                0 => draft.noted |= note_of(row_ref, field),
                1 => {}
                more => draft.further.push((row_ref.index, field as u8, more - 1)),
            }
        }
        let at = if row_ref == crate::row::INSTANCE_CLASS.into() { self.class(at) } else { at };
        match draft.facts.get_mut(usize::from(row_ref.index)) {
            Some(slot) => *slot = at,
            None => draft.extras.push((row_ref.index, at)),
        }
    }

    /// The run at `at`, or the same SOP class met before.
    fn class(&mut self, at: u32) -> u32 {
        let new = self.arena.get(at as usize..).unwrap_or("");
        let known =
            self.classes.iter().rev().copied().find(|known| self.arena.get(*known as usize..).is_some_and(|run| run.starts_with(new)));
        match known {
            Some(known) => {
                self.arena.truncate(at as usize);
                known
            }
            None => {
                if self.classes.len() < 32 {
                    self.classes.push(at);
                }
                at
            }
        }
    }

    /// Its rows come after `by` others.
    pub(super) fn shift(&mut self, by: u64) {
        self.first_row = self.first_row.map(|row| row + by);
        self.facts.iter_mut().for_each(|slot| slot.row = row_number(u64::from(slot.row) + by));
        for series in &mut self.series {
            series.first_row += by;
            series.facts.iter_mut().for_each(|slot| slot.row = row_number(u64::from(slot.row) + by));
        }
        self.instances.iter_mut().for_each(|entry| entry.row += by);
        self.also.iter_mut().for_each(|(row, _)| *row += by);
        self.sets.of_instances = core::mem::take(&mut self.sets.of_instances).into_iter().map(|(row, more)| (row + by, more)).collect();
    }

    /// Rows of patient and study are known, even if there is nothing to know.
    pub(super) fn know(&mut self, patient: u64, study: u64) {
        let known = self.known | patient | study << PATIENT_SLOTS;
        self.changed |= known != self.known;
        self.known = known;
    }

    /// The same of a series.
    pub(super) fn know_series(&mut self, series: u32, bits: u64) {
        let Some(draft) = self.series.get_mut(series as usize) else { return };
        self.changed |= draft.known | bits != draft.known;
        draft.known |= bits;
    }

    pub(super) fn add_instance(&mut self, draft: Draft, series: u32, row: u64, known: u64) {
        if !draft.further.is_empty() {
            self.sets.of_instances.insert(row, draft.further);
        }
        let mut extra = 0;
        let last = draft.extras.len().saturating_sub(1);
        for (n, (index, at)) in draft.extras.into_iter().enumerate() {
            self.extras.push(Extra { row: index, more: n < last, at });
            if n == 0 {
                extra = self.extras.len() as u32;
            }
        }
        let entry = Entry { instance: InstanceEntry { facts: draft.facts, extra, known: known as u8 }, series, row, noted: draft.noted };
        grow::push(&mut self.instances, entry);
    }
}
