//! Rows of any level, in any order, into records.
//!
//! The key of a record is study UID, PatientID and issuer: rows of one UID under different patients stay apart. Series and instances
//! align by UID, never by position. Where data sets differ the first in input order stands, at every level, and the other is a conflict.

mod absorb;
mod again;
mod anew;
mod append;
mod by_row;
mod copies;
mod fact;
mod fill;
mod finish;
mod issuer;
mod items;
mod join;
mod keys;
mod patients;
mod placing;
mod record;
mod records;
mod room;
mod said;
mod sets;
mod sorted;
mod strangers;
mod usual;
mod whole;

use crate::dicom::DataSet;
use crate::error::{Error, Kind};
use crate::loss::{Code, Loss, Sink};
use crate::options::Options;
use crate::study::{Study, says_all};
use crate::table::{Level, Merge, Row, RowRef, row};
use crate::value::Fields;
pub(crate) use again::Same;
use again::Taken;
use alloc::string::String;
use alloc::vec::Vec;
pub(crate) use anew::{Anew, Fact, Run, Source};
use append::stand_in;
use by_row::ByRow;
use fact::Said;
use issuer::{Numbered, mark_unread};
use items::{Item, items};
use keys::{Key, Keys};
pub(crate) use patients::STRANGER;
use placing::{has_lost_identity, no_identity, place_levels};
use record::Record;
use records::Records;
pub(crate) use usual::Notes;

/// Takes data sets, gives studies.
pub(crate) struct Assembler {
    records: Records,
    keys: Keys,
    /// The record of the row before.
    last: u32,
    key: Key,
    /// Kept for its memory: the cells of a data set by row, the items of a row.
    by_row: ByRow,
    items: Vec<Item>,
    taken: Taken,
    row: u64,
    series: u32,
    instances: u32,
    /// The UIDs of study and series that stand in for those that rows do not repeat.
    within: Option<(String, Option<String>)>,
    /// Rows, or resources, that are of no study.
    unplaced: u64,
    /// Rows of a study and of no series.
    bare: u64,
    /// What a row without number says of its patient.
    who: String,
}

impl Assembler {
    pub(crate) fn new() -> Self {
        Assembler {
            records: Records::default(),
            keys: Keys::default(),
            last: 0,
            key: Key::default(),
            by_row: ByRow::default(),
            items: Vec::new(),
            taken: Taken::default(),
            row: 0,
            series: 0,
            instances: 0,
            within: None,
            unplaced: 0,
            bare: 0,
            who: String::new(),
        }
    }

    /// The rows that follow are of this study, and of this series, where they do not say so themselves.
    pub(crate) fn within(&mut self, path: Option<(&str, Option<&str>)>) {
        self.within = path.map(|(study, series)| (study.into(), series.map(String::from)));
    }

    /// Takes a data set into the record it belongs to, and tells what becomes of each of its leaves.
    pub(crate) fn take(&mut self, set: &mut DataSet, options: &Options, sink: &mut Sink<'_>) -> Result<(), Error> {
        let row_number = self.row;
        self.row += 1;
        (self.taken.instance, self.taken.is_new) = (None, false);
        let before = sink.report.carried();
        // A row beyond a limit is not taken, and nothing is told of it.
        let at = self.place(set, options, sink, row_number)?;
        let taken_back = before.saturating_sub(sink.report.carried());
        let carried = set.clean_leaves();
        sink.report.carry(carried);
        if let Some(record) = at.and_then(|at| self.records.get_mut(at)) {
            record.carried = (record.carried + carried).saturating_sub(taken_back);
        }
        self.taken.carried = carried;
        let losses = set.losses.iter().filter(|loss| loss.count > 0 || loss.code == Code::NoIdentity);
        for loss in set.remarks.iter().chain(losses) {
            sink.lose(Loss { first: row_number, ..*loss });
        }
        sink.check()
    }

    fn place(&mut self, set: &mut DataSet, options: &Options, sink: &mut Sink<'_>, row_number: u64) -> Result<Option<usize>, Error> {
        self.by_row.sort(&set.cells);
        if let Some((study, series)) = &self.within {
            stand_in(set, row::STUDY_UID.into(), study);
            self.by_row.sort(&set.cells);
            // A row of another study is in no series of this one.
            let is_own = self.by_row.first(row::STUDY_UID.into()).is_some_and(|cell| text(set, cell) == study);
            series.iter().filter(|_| is_own).for_each(|series| stand_in(set, row::SERIES_UID.into(), series));
            self.by_row.sort(&set.cells);
        }
        let Some(study) = self.by_row.first(row::STUDY_UID.into()) else {
            no_identity(set);
            self.unplaced += 1;
            return Ok(None);
        };
        let series = self.by_row.first(row::SERIES_UID.into());
        self.bare += u64::from(series.is_none());
        let instance = series.and(self.by_row.first(row::INSTANCE_UID.into()));
        place_levels(set, &mut self.by_row, series.is_some(), instance.is_some(), sink);
        if mark_unread(set, &self.by_row) {
            self.by_row.add(&set.cells, set.cells.len() - 1);
        }
        let records = self.records.len();
        let at = self.record(set, study, options)? as usize;
        let is_new = self.records.len() > records;
        let Some(record) = self.records.get_mut(at) else { return Ok(None) };
        record.first_row.get_or_insert(row_number);
        record.changed = false;
        record.is_part |= has_lost_identity(set, series.is_some(), instance.is_some());
        record.sets.heard.clear();
        record.sets.is_odd = false;
        let [patient, mut study_known, series_known, instance_known] = set.known;
        // An empty list of modalities says that nobody summed them up.
        let modalities = RowRef::from(row::MODALITIES);
        if !says_all(study_known) && self.by_row.first(modalities).is_none() {
            study_known &= !(1 << modalities.index);
        }
        record.know(patient, study_known);

        let mut owner = None;
        if let Some(series) = series {
            let (index, new) = record.series_of(text(set, series), row_number);
            if new {
                self.series += 1;
            }
            if self.series > options.limits.series {
                return Err(Error::new(Kind::LimitSeries));
            }
            owner = Some(index);
            record.know_series(index, series_known | requests_known(study_known));
        }
        if instance.is_some() {
            self.instances += 1;
            if self.instances > options.limits.instances {
                return Err(Error::new(Kind::LimitInstances));
            }
        }
        let mut of_instance = record::Draft::default();
        let mut outcome: Vec<(usize, usize, Code)> = Vec::new();
        let losses = set.losses.len();
        for row_ref in self.by_row.rows() {
            let Some(row) = row_ref.row() else { continue };
            let group = self.by_row.group(row_ref, &set.cells);
            if row_ref.level != Level::Instance && keep_settled(record, owner, row_ref, row, set, group, row_number) {
                continue;
            }
            items(set, row, group, sink, &mut self.items);
            let items = &self.items;
            let sayings = |item: usize| set.sayings(items.get(item).into_iter().flat_map(Item::cells));
            let mut tell = |item: usize, field: usize, code: Code| outcome.push((item, field, code));
            let mut absorb = |fields: &[Fields<'_>]| {
                let said = Said { items: fields, number: row_number, sayings: &sayings };
                match (row_ref.level, owner) {
                    (Level::Patient | Level::Study, _) => record.absorb(None, row_ref, row, &said, &mut tell, sink),
                    (Level::Series, Some(series)) => record.absorb(Some(series), row_ref, row, &said, &mut tell, sink),
                    (Level::Series, None) => {}
                    (Level::Instance, _) => record.draft_instance(&mut of_instance, row_ref, row, fields, &sayings(0)),
                }
            };
            match items.as_slice() {
                // Most facts have one item: no list is made for it.
                [item] => absorb(&[item.fields(&set.text, row.kind.fields)]),
                items => absorb(&items.iter().map(|item| item.fields(&set.text, row.kind.fields)).collect::<Vec<_>>()),
            }
            for (item, field, code) in outcome.drain(..) {
                for (cell, stands) in items.get(item).into_iter().flat_map(|item| item.cells_of(field)) {
                    let at = sink.place_of(row, stands, code);
                    if !code.is_difference() {
                        set.resolve(cell, code, at);
                        continue;
                    }
                    let is_told = set.resolve_since(cell, code, at, losses) || set.says_again && row_ref.level == Level::Patient;
                    if !is_told {
                        // A leaf that was lost already, or was counted for another of the studies that refer to its resource, contradicts here
                        // all the same.
                        set.remark_once(code, at);
                    }
                }
            }
        }
        if let (Some(series), Some(_)) = (owner, instance) {
            let is_usual = of_instance.is_said_once();
            record.add_instance(of_instance, series, row_number, instance_known);
            self.taken.instance = record.instances.last().copied().filter(|_| !record.changed && is_usual && !record.sets.is_odd);
        }
        if record.changed {
            record.changes = record.changes.wrapping_add(1);
        }
        self.taken.record = at;
        self.taken.is_new = is_new;
        if record.is_full() {
            return Err(Error::new(Kind::Limit));
        }
        Ok(Some(at))
    }

    /// How many rows were taken as instances.
    pub(crate) fn instances(&self) -> u32 {
        self.instances
    }

    /// How many rows were taken.
    pub(crate) fn rows(&self) -> u64 {
        self.row
    }

    /// Counts a row that is no data set; its number.
    pub(crate) fn skip_row(&mut self) -> u64 {
        let number = self.row;
        self.row += 1;
        self.unplaced += 1;
        number
    }

    /// The record of a data set's study and patient, made if need be.
    fn record(&mut self, set: &DataSet, study: usize, options: &Options) -> Result<u32, Error> {
        let numbered = Numbered::of(set, &self.by_row);
        let (knows_id, knows_issuer) = (set.patient.0, set.patient.0 && set.patient.1);
        let mut id = numbered.id;
        self.who.clear();
        if id.is_empty() && set.stranger.is_empty() {
            let first = |row, field| self.by_row.cells(row).find(|at| set.cells.get(*at).is_some_and(|cell| cell.field == field));
            strangers::name(set, first, &mut self.who);
            id = &self.who;
        } else if id.is_empty() && knows_id {
            id = &set.stranger;
        }
        self.key.set(text(set, study), (knows_id, id), knows_issuer.then_some(|out: &mut String| numbered.name_issuer(out)));
        if self.keys.is(self.last, &self.key) {
            return Ok(self.last);
        }
        let record = match self.keys.get(&self.key) {
            Some(record) => record,
            None => {
                let new = self.records.len() as u32;
                if new >= options.limits.studies {
                    return Err(Error::new(Kind::LimitStudies));
                }
                // The texts of this row and what their lengths take; most records of studies get no more.
                self.records.push(Record::new(set.text.len() + 2 * set.cells.len() + 64));
                self.keys.push(&self.key);
                new
            }
        };
        self.last = record;
        Ok(record)
    }

    /// Gives the studies that the rows so far have made, and forgets them. Of none is known that these were all of its rows.
    pub(crate) fn drain(&mut self, options: &Options, sink: &mut Sink<'_>) -> Result<Vec<Study>, Error> {
        let (records, keys) = (core::mem::take(&mut self.records), core::mem::take(&mut self.keys));
        (self.last, self.series, self.instances) = (0, 0, 0);
        self.unplaced = 0;
        let studies = finish::finish(records, &keys, true, options, sink);
        sink.check()?;
        Ok(studies)
    }

    /// Ends, and gives the studies in order of first appearance.
    pub(crate) fn finish(self, options: &Options, sink: &mut Sink<'_>) -> Result<Vec<Study>, Error> {
        let studies = finish::finish(self.records, &self.keys, self.unplaced > 0, options, sink);
        sink.check()?;
        Ok(studies)
    }
}

/// Keeps a fact that needs no more than to be kept; whether it was one.
fn keep_settled(
    record: &mut Record,
    series: Option<u32>,
    row_ref: RowRef,
    row: &'static Row,
    set: &DataSet,
    group: &[u32],
    number: u64,
) -> bool {
    if row.merge != Merge::Fill || row.lifts != 0 {
        return false;
    }
    let (mut filled, mut noted, mut shared) = (0_u16, 0_u32, None);
    for at in group {
        let Some(cell) = set.cells.get(*at as usize) else { return false };
        let bit = 1 << cell.field;
        // Of several cells of a field the general way finds the one that counts.
        if cell.item != 0 || cell.start >= cell.end || filled & bit != 0 || cell.more != 0 {
            return false;
        }
        filled |= bit;
        let is_clean = set.is_clean(cell.leaf);
        let others = || group.iter().filter_map(|at| set.cells.get(*at as usize)).filter(|other| other.leaf == cell.leaf);
        let is_shared = is_clean && set.is_shared && others().nth(1).is_some();
        if is_shared {
            let (leaf, fields) = shared.get_or_insert((cell.leaf, 0_u16));
            if *leaf != cell.leaf {
                return false;
            }
            *fields |= bit;
        }
        noted |= u32::from(!is_clean || is_shared) << cell.field;
    }
    let first = group.first().map_or("", |at| text(set, *at as usize));
    if !(row.kind.is_settled)(filled, if filled & 1 != 0 { first } else { "" }) {
        return false;
    }
    let fields = group.iter().filter_map(|at| set.cells.get(*at as usize)).map(|cell| {
        let text = set.text.get(cell.start..cell.end).unwrap_or("");
        (usize::from(cell.field), text)
    });
    record.keep_settled(series, row_ref, row, fields, number, (noted, shared.map_or(0, |(_, fields)| fields)))
}

/// The mark of a series of whose requests its rows tell, were it that there are none.
fn requests_known(study: u64) -> u64 {
    if study & (1 << RowRef::from(row::REQUESTS).index) != 0 { crate::study::REQUESTS_KNOWN } else { 0 }
}

fn text(set: &DataSet, cell: usize) -> &str {
    set.cells.get(cell).and_then(|cell| set.text.get(cell.start..cell.end)).unwrap_or("")
}
