//! Rows that say what the row before them said, of another instance.

use super::Assembler;
use super::record::Entry;
use super::said::Heard;
use crate::error::{Error, Kind};
use crate::grow;
use crate::options::Options;
use crate::value;

/// What the last row did.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) record: usize,
    /// Whether it made the record.
    pub(super) is_new: bool,
    /// The instance it added, if it changed nothing else.
    pub(super) instance: Option<Entry>,
    /// Leaves that it carried.
    pub(super) carried: u64,
}

/// What rows that differ from one in their instance alone do, each.
pub(crate) struct Same {
    record: usize,
    /// How often the record had changed.
    changes: u32,
    entry: Entry,
    carried: u64,
    /// What it says again of what the record has.
    heard: Heard,
}

impl Assembler {
    /// What the last row did, if another like it would do the same: it added an instance and changed nothing else.
    pub(crate) fn same(&mut self) -> Option<Same> {
        let entry = self.taken.instance?;
        let record = self.records.full(self.taken.record)?;
        let (changes, heard) = (record.changes, record.sets.heard.clone());
        Some(Same { record: self.taken.record, changes, entry, carried: self.taken.carried, heard })
    }

    /// Whether the record is as it was: what a row does to it may depend on what it has.
    pub(crate) fn is_valid(&self, same: &Same) -> bool {
        self.records.full(same.record).is_some_and(|record| record.changes == same.changes)
    }

    /// Takes a row of another instance; what else it does is told by [`Self::settle`].
    pub(crate) fn again(&mut self, same: &Same, uid: &str, number: Option<&str>, options: &Options) -> Result<(), Error> {
        self.instances += 1;
        if self.instances > options.limits.instances {
            return Err(Error::new(Kind::LimitInstances));
        }
        let row = self.row;
        self.row += 1;
        let Some(record) = self.records.get_mut(same.record) else { return Ok(()) };
        let mut entry = same.entry;
        entry.row = row;
        let [own_uid, _, own_number] = &mut entry.instance.facts;
        grow::make_room(&mut record.arena, uid.len() + 32);
        *own_uid = record.arena.len() as u32;
        value::push_one(&mut record.arena, uid);
        if let Some(number) = number {
            *own_number = record.arena.len() as u32;
            value::push_one(&mut record.arena, number);
        }
        grow::push(&mut record.instances, entry);
        if record.is_full() {
            return Err(Error::new(Kind::Limit));
        }
        Ok(())
    }

    /// Counts what `rows` such rows carried; how many leaves.
    pub(crate) fn settle(&mut self, same: &Same, rows: u64) -> u64 {
        let carried = same.carried * rows;
        if let Some(record) = self.records.get_mut(same.record) {
            record.carried += carried;
            let rows = u32::try_from(rows).unwrap_or(u32::MAX);
            same.heard.each(same.entry.series).for_each(|heard| record.hear_again(heard, rows));
        }
        carried
    }
}
