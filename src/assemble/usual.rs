//! A further instance of the series at hand, of which there is nothing to say but what it is: most instances of a resource.

use super::record::key_of;
use super::{Assembler, record};
use crate::dicom::Sayings;
use crate::error::{Error, Kind};
use crate::grow;
use crate::loss::Sink;
use crate::options::Options;
use crate::table::{RowRef, row};
use crate::value::{self, FIELDS};
use alloc::vec::Vec;

impl Assembler {
    /// Takes an instance of the study that the data set before was of, and of this series of it: as a data set would be taken that says of
    /// study and series nothing new. Its facts have one field each, in their one form, in the order of their rows, each of them a leaf.
    pub(crate) fn take_instance<'f>(
        &mut self,
        (series, is_part): (&str, bool),
        facts: impl Iterator<Item = (RowRef, &'f str)>,
        options: &Options,
        sink: &mut Sink<'_>,
    ) -> Result<(), Error> {
        let number = self.row;
        self.row += 1;
        let Some(record) = self.records.get_mut(self.last as usize) else { return Ok(()) };
        self.instances += 1;
        if self.instances > options.limits.instances {
            return Err(Error::new(Kind::LimitInstances));
        }
        let (series, _) = record.series_of(series, number);
        let (mut draft, mut leaves, mut known) = (record::Draft::default(), 0, 0);
        for (row_ref, text) in facts {
            let Some(row) = row_ref.row() else { continue };
            let mut item = [""; FIELDS];
            item.iter_mut().take(1).for_each(|field| *field = text);
            record.draft_instance(&mut draft, row_ref, row, &[item], &Sayings::of(0, 0));
            leaves += 1;
            known |= 1 << row_ref.index;
        }
        // Of a resource that does not say all that there is what it says is known.
        record.add_instance(draft, series, number, if is_part { known } else { u64::MAX });
        record.carried += leaves;
        sink.report.carry(leaves);
        if record.is_full() { Err(Error::new(Kind::Limit)) } else { Ok(()) }
    }

    /// As [`Self::take_instance`], of instances that differ in UID and number (which may be empty) and have one class, perhaps empty.
    pub(crate) fn take_instances<'f>(
        &mut self,
        (series, is_part): (&str, bool),
        class: &str,
        mut instances: impl Iterator<Item = (&'f str, &'f str)>,
        options: &Options,
        sink: &mut Sink<'_>,
    ) -> Result<(), Error> {
        let Some((uid, number)) = instances.next() else { return Ok(()) };
        let facts = [(RowRef::from(row::INSTANCE_UID), uid), (row::INSTANCE_CLASS.into(), class), (row::INSTANCE_NUMBER.into(), number)];
        self.take_instance((series, is_part), facts.into_iter().filter(|(_, text)| !text.is_empty()), options, sink)?;
        let Some(record) = self.records.get_mut(self.last as usize) else { return Ok(()) };
        let Some(first) = record.instances.last().copied() else { return Ok(()) };
        let (mut leaves, of_class) = (0, u64::from(!class.is_empty()));
        for (uid, number) in instances {
            self.instances += 1;
            if self.instances > options.limits.instances {
                return Err(Error::new(Kind::LimitInstances));
            }
            let mut entry = first;
            entry.row = self.row;
            self.row += 1;
            let [own_uid, _, own_number] = &mut entry.instance.facts;
            for (at, text) in [(own_uid, uid), (own_number, number)] {
                *at = if text.is_empty() { 0 } else { record.arena.len() as u32 };
                if !text.is_empty() {
                    value::push_one(&mut record.arena, text);
                    leaves += 1;
                }
            }
            leaves += of_class;
            grow::push(&mut record.instances, entry);
            if record.is_full() {
                return Err(Error::new(Kind::Limit));
            }
        }
        record.carried += leaves;
        sink.report.carry(leaves);
        Ok(())
    }

    /// How often the facts of the record that the last data set made were said, but for those that one leaf says, field by field; none where there
    /// are many.
    pub(crate) fn notes_of_last(&self) -> Option<Vec<Notes>> {
        let Some(record) = self.records.full(self.taken.record) else { return Some(Vec::new()) };
        if record.sets.has_long_notes() {
            return None;
        }
        let facts = record.facts.iter().enumerate().map(|(at, slot)| {
            let row = RowRef::of_ordinal(at);
            let more = record.sets.more.get(&key_of(None, row)).cloned().unwrap_or_default();
            Notes { row, noted: slot.noted, shared: slot.shared, again: slot.again, more }
        });
        Some(facts.filter(|notes| notes.noted != 0 || notes.again != 0 || !notes.more.is_empty()).collect())
    }

    /// The facts of the record that was made last were said as often.
    pub(crate) fn note_last(&mut self, notes: &[Notes]) {
        // A record without notes may stay lean.
        let last = self.records.len().checked_sub(1).filter(|_| !notes.is_empty());
        let Some(record) = last.and_then(|last| self.records.get_mut(last)) else { return };
        for Notes { row, noted, shared, again, more } in notes {
            let key = key_of(None, *row);
            let Some(fact) = record.leaves(key) else { continue };
            (fact.slot.noted, fact.slot.shared, fact.slot.again) = (*noted, *shared, *again);
            if !more.is_empty() {
                fact.sets.more.insert(key, more.clone());
            }
        }
    }
}

/// How often the fields of a fact were said: see [`said`](super::said).
pub(crate) struct Notes {
    pub(crate) row: RowRef,
    noted: u32,
    shared: u16,
    again: u32,
    more: Vec<u32>,
}
