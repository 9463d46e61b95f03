//! What several readers took becomes one; what nobody asked for is let go.

use super::keys::{KNOWN, Keys};
use super::{Assembler, join};
use crate::dicom::{Cell, DataSet, NOBODY};
use crate::error::{Error, Kind};
use crate::loss::{Code, Loss, Place, Sink};
use crate::options::Options;
use crate::table::RowRef;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

impl Assembler {
    /// Adds what another assembler took, as if its rows came after these.
    pub(crate) fn append(&mut self, other: Assembler, options: &Options, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.instances = self.instances.saturating_add(other.instances);
        if self.instances > options.limits.instances {
            return Err(Error::new(Kind::LimitInstances));
        }
        let mut theirs = other.records;
        for (key, at) in other.keys.sorted() {
            let key = Keys::parse(key);
            let Some(mut record) = theirs.take(at as usize) else { continue };
            record.shift(self.row);
            let known = self.keys.get(&key).and_then(|at| self.records.get_mut(at as usize));
            match known {
                Some(known) => {
                    let before = known.series.len();
                    join::join(known, *record, sink);
                    // A series that both have is one.
                    self.series = self.series.saturating_add(known.series.len().saturating_sub(before) as u32);
                    if known.is_full() {
                        return Err(Error::new(Kind::Limit));
                    }
                }
                None => {
                    let new = self.records.len() as u32;
                    if new >= options.limits.studies {
                        return Err(Error::new(Kind::LimitStudies));
                    }
                    self.series = self.series.saturating_add(record.series.len() as u32);
                    self.records.push(*record);
                    self.keys.push(&key);
                }
            }
            if self.series > options.limits.series {
                return Err(Error::new(Kind::LimitSeries));
            }
        }
        self.row += other.row;
        self.unplaced += other.unplaced;
        self.bare += other.bare;
        sink.check()
    }

    /// The UIDs of the studies, each once, in order of first appearance.
    pub(crate) fn uids(&self) -> Vec<String> {
        let first = |at: u32| self.records.first_row(at as usize).unwrap_or(u64::MAX);
        let mut uids: BTreeMap<&str, u64> = BTreeMap::new();
        for (key, at) in self.keys.iter() {
            let row = uids.entry(uid_of(key)).or_insert(u64::MAX);
            *row = first(at).min(*row);
        }
        let mut uids: Vec<(u64, &str)> = uids.into_iter().map(|(uid, row)| (row, uid)).collect();
        uids.sort_unstable();
        uids.into_iter().map(|(_, uid)| String::from(uid)).collect()
    }

    /// The UIDs of the series met under a study's UID, whoever its patient is.
    pub(crate) fn series_of(&self, uid: &str) -> BTreeSet<String> {
        let records = self.keys.iter().filter(|(key, _)| uid_of(key) == uid).filter_map(|(_, at)| self.records.full(at as usize));
        records.flat_map(|record| (0..record.series.len()).map(|n| String::from(record.series_uid(n as u32)))).collect()
    }

    /// How many rows are of no study.
    pub(crate) fn unplaced(&self) -> u64 {
        self.unplaced
    }

    /// How many rows name a study and no series.
    pub(crate) fn bare(&self) -> u64 {
        self.bare
    }

    /// Rows of these studies are missing, whatever the caller promised of lists.
    pub(crate) fn mark_parts(&mut self, uids: &BTreeSet<&str>) {
        for (_, at) in self.keys.iter().filter(|(key, _)| uids.contains(uid_of(key))) {
            if let Some(record) = self.records.get_mut(at as usize) {
                record.is_part = true;
            }
        }
    }

    /// A study was lost, which may be any.
    pub(crate) fn miss(&mut self) {
        self.unplaced += 1;
    }

    /// The study that the last data set was of lists less than there is.
    pub(crate) fn mark_last(&mut self) {
        if let Some(record) = self.records.get_mut(self.last as usize) {
            record.is_part = true;
        }
    }

    /// Keeps the studies of these UIDs.
    pub(crate) fn retain(&mut self, uids: &BTreeSet<&str>) {
        for (_, at) in self.keys.iter().filter(|(key, _)| !uids.contains(uid_of(key))) {
            let Some(gone) = self.records.take(at as usize) else { continue };
            self.series = self.series.saturating_sub(gone.series.len() as u32);
            self.instances = self.instances.saturating_sub(gone.instances.len() as u32);
        }
        self.keys.retain(|key| uids.contains(uid_of(key)));
    }
}

/// The study UID in the key of a record.
fn uid_of(key: &str) -> &str {
    key.split('\0').next().and_then(|part| part.strip_prefix(KNOWN)).unwrap_or("")
}

/// What the path of a request says stands in for what a row of its answer does not repeat (PS3.18 10.6.3.3).
pub(super) fn stand_in(set: &mut DataSet, row: RowRef, uid: &str) {
    let tag = row.row().map(|of| Place::of_tags(&of.tags_of(0).0)).and_then(|at| at.steps().next());
    // A UID that was refused is one all the same.
    let is_refused = |loss: &Loss| matches!(loss.code, Code::BadUid | Code::AmbiguousValue) && loss.at.steps().next() == tag;
    if set.cells.iter().any(|cell| cell.row == Some(row)) || set.losses.iter().any(is_refused) {
        return;
    }
    let start = set.text.len();
    set.text.push_str(uid);
    let end = set.text.len();
    set.cells.push(Cell { row: Some(row), item: 0, field: 0, start, end, leaf: NOBODY, more: 0 });
}
