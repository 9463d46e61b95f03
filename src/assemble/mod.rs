//! Rows of any level, in any order, into records.
//!
//! The key of a record is study UID, PatientID and issuer: rows of one UID under different patients stay apart. Series and instances
//! align by UID, never by position. Where data sets differ the first in input order stands, at every level, and the other is a conflict.

mod absorb;
mod append;
mod copies;
mod finish;
mod join;
mod record;
mod usual;

use crate::dicom::{Cell, DataSet};
use crate::error::{Error, Kind};
use crate::kind::Draft;
use crate::loss::{Code, Loss, Place, Sink};
use crate::options::Options;
use crate::study::Study;
use crate::table::{Level, Row, RowRef, row};
use crate::value::{FIELDS, Fields};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use append::stand_in;
use record::Record;

/// Takes data sets, gives studies.
pub(crate) struct Assembler {
    records: Vec<Record>,
    /// Records by key; those of one study UID are neighbours.
    keys: BTreeMap<Box<str>, u32>,
    last: Option<(String, u32)>,
    key: String,
    row: u64,
    series: u32,
    instances: u32,
    /// The UIDs of study and series that stand in for those that rows do not repeat.
    within: Option<(String, Option<String>)>,
    /// Rows that are of no study.
    unplaced: u64,
}

/// What a key knows of a part of a patient's identity.
const UNKNOWN: char = '-';
const KNOWN: char = '=';

impl Assembler {
    pub(crate) fn new() -> Self {
        Assembler {
            records: Vec::new(),
            keys: BTreeMap::new(),
            last: None,
            key: String::new(),
            row: 0,
            series: 0,
            instances: 0,
            within: None,
            unplaced: 0,
        }
    }

    /// The rows that follow are of this study, and of this series, where they do not say so themselves.
    pub(crate) fn within(&mut self, study: &str, series: Option<&str>) {
        self.within = Some((study.into(), series.map(String::from)));
    }

    /// Takes a data set into the record it belongs to, and tells what becomes of each of its leaves.
    pub(crate) fn take(&mut self, set: &mut DataSet, options: &Options, sink: &mut Sink<'_>) -> Result<(), Error> {
        let row_number = self.row;
        self.row += 1;
        let before = sink.report.carried();
        let result = self.place(set, options, sink, row_number);
        let taken_back = before.saturating_sub(sink.report.carried());
        let carried = set.cells.iter().filter(|cell| cell.leaf && cell.counted == 0).count() as u64;
        sink.report.carry(carried);
        if let Some(record) = result.as_ref().ok().and_then(|at| self.records.get_mut((*at)?)) {
            record.carried = (record.carried + carried).saturating_sub(taken_back);
        }
        for loss in set.losses.iter().filter(|loss| loss.count > 0 || loss.code == Code::NoIdentity) {
            sink.lose(Loss { first: row_number, ..*loss });
        }
        result?;
        sink.check()
    }

    fn place(&mut self, set: &mut DataSet, options: &Options, sink: &mut Sink<'_>, row_number: u64) -> Result<Option<usize>, Error> {
        let find = |set: &DataSet, row: RowRef| set.cells.iter().position(|cell| cell.row == Some(row));
        if let Some((study, series)) = &self.within {
            stand_in(set, row::STUDY_UID.into(), study);
            // A row of another study is in no series of this one.
            let is_own = find(set, row::STUDY_UID.into()).is_some_and(|cell| text(set, cell) == study);
            series.iter().filter(|_| is_own).for_each(|series| stand_in(set, row::SERIES_UID.into(), series));
        }
        let Some(study) = find(set, row::STUDY_UID.into()) else {
            no_identity(set);
            self.unplaced += 1;
            return Ok(None);
        };
        let series = find(set, row::SERIES_UID.into());
        let instance = series.and(find(set, row::INSTANCE_UID.into()));
        of_part_only(set, series.is_some(), sink);
        date(set);
        modality_of_study(set, series.is_none(), sink);
        unplaced(set, series.is_some(), instance.is_some(), sink);
        let uid = text(set, study);
        let at = self.record(uid, set, options)? as usize;
        let Some(record) = self.records.get_mut(at) else { return Ok(None) };
        record.first_row.get_or_insert(row_number);
        let [patient, mut study_known, series_known, instance_known] = set.known;
        // An empty list of modalities says that nobody summed them up.
        let modalities = RowRef::from(row::MODALITIES);
        if study_known != u64::MAX && !set.cells.iter().any(|cell| cell.row == Some(modalities)) {
            study_known &= !(1 << modalities.index);
        }
        record.know(patient, study_known);

        let mut owner = None;
        if let Some(series) = series {
            let uid = String::from(text(set, series));
            let (index, new) = record.series_of(&uid, row_number);
            if new {
                self.series += 1;
            }
            if self.series > options.limits.series {
                return Err(Error::new(Kind::LimitSeries));
            }
            owner = Some(index);
            if let Some(draft) = record.series.get_mut(index as usize) {
                draft.known |= series_known | requests_known(study_known);
            }
        }
        if instance.is_some() {
            self.instances += 1;
            if self.instances > options.limits.instances {
                return Err(Error::new(Kind::LimitInstances));
            }
        }
        set.cells.sort_by_key(|cell| (cell.row, cell.item, cell.field));
        let mut of_instance = record::Draft::default();
        let mut next = 0;
        while let Some(cell) = set.cells.get(next) {
            let Some(row_ref) = cell.row else {
                next += 1;
                continue;
            };
            let end = next + set.cells.iter().skip(next).take_while(|cell| cell.row == Some(row_ref)).count();
            let group = next..end;
            next = end;
            let Some(row) = row_ref.row() else { continue };
            let items = items(set, row, group.clone(), sink);
            let fields: Vec<Fields<'_>> = items.iter().map(|item| spans(&set.text, &item.spans)).collect();
            let mut outcome: Vec<(usize, usize, Code)> = Vec::new();
            let mut tell = |item: usize, field: usize, code: Code| outcome.push((item, field, code));
            let noted = |item: usize, field: usize| {
                items
                    .get(item)
                    .and_then(|item| item.cells.get(field).copied().flatten())
                    .and_then(|cell| set.cells.get(cell))
                    .is_none_or(|cell| !cell.leaf || cell.counted != 0)
            };
            match row_ref.level {
                Level::Patient | Level::Study => record.absorb_study(row_ref, row, &fields, row_number, &noted, &mut tell, sink),
                Level::Series => {
                    if let Some(series) = owner {
                        record.absorb_series(series, row_ref, row, &fields, row_number, &noted, &mut tell, sink);
                    }
                }
                Level::Instance => record.draft_instance(&mut of_instance, row_ref, row, &fields, &noted),
            }
            for (item, field, code) in outcome {
                let cell = items.get(item).and_then(|item| item.cells.get(field).copied().flatten());
                if let Some(cell) = cell {
                    set.resolve(cell, code, sink.place_of(row, field, code));
                }
            }
        }
        if let (Some(series), Some(_)) = (owner, instance) {
            record.add_instance(of_instance, series, row_number, instance_known);
        }
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
    fn record(&mut self, uid: &str, set: &DataSet, options: &Options) -> Result<u32, Error> {
        let fact = |row: RowRef, field: u8| {
            set.cells
                .iter()
                .find(|cell| cell.row == Some(row) && cell.field == field)
                .and_then(|cell| set.text.get(cell.start..cell.end))
                .unwrap_or("")
        };
        let patient = RowRef::from(row::PATIENT_ID);
        let (local, universal) = (fact(patient, 1), fact(patient, 2));
        let issuer = if local.is_empty() { universal } else { local };
        self.key.clear();
        for (text, known) in [(uid, true), (fact(patient, 0), set.patient.0), (issuer, set.patient.0 && set.patient.1)] {
            self.key.push(if known { KNOWN } else { UNKNOWN });
            self.key.push_str(text);
            self.key.push('\0');
        }
        if let Some((_, record)) = self.last.as_ref().filter(|(key, _)| *key == self.key) {
            return Ok(*record);
        }
        let found = self.keys.get(self.key.as_str()).copied();
        let record = match found {
            Some(record) => record,
            None => {
                let new = self.records.len() as u32;
                if new >= options.limits.studies {
                    return Err(Error::new(Kind::LimitStudies));
                }
                self.records.push(Record::new());
                self.keys.insert(self.key.as_str().into(), new);
                new
            }
        };
        self.last = Some((self.key.clone(), record));
        Ok(record)
    }

    /// Ends, and gives the studies in order of first appearance.
    pub(crate) fn finish(self, options: &Options, sink: &mut Sink<'_>) -> Result<Vec<Study>, Error> {
        let studies = finish::finish(self.records, &self.keys, options, sink);
        sink.check()?;
        Ok(studies)
    }
}

/// The mark of a series of whose requests its rows tell, were it that there are none.
fn requests_known(study: u64) -> u64 {
    if study & (1 << RowRef::from(row::REQUESTS).index) != 0 { crate::study::REQUESTS_KNOWN } else { 0 }
}

/// The items of a row's cells, each brought into its one form, those left empty dropped.
struct Item {
    spans: [(usize, usize); FIELDS],
    cells: [Option<usize>; FIELDS],
}

fn items(set: &mut DataSet, row: &Row, group: core::ops::Range<usize>, sink: &Sink<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = group.start;
    while at < group.end {
        let Some(number) = set.cells.get(at).map(|cell| cell.item) else { break };
        let mut cells = [None; FIELDS];
        let mut text = core::mem::take(&mut set.text);
        let mut draft = Draft::new(&mut text);
        while let Some(cell) = set.cells.get(at).filter(|cell| at < group.end && cell.item == number) {
            draft.put(usize::from(cell.field), cell.start, cell.end);
            if let Some(slot) = cells.get_mut(usize::from(cell.field)) {
                *slot = Some(at);
            }
            at += 1;
        }
        (row.kind.canon)(&mut draft);
        let (spans, marks, moved) = (draft.spans(), draft.told.marks, draft.moved);
        set.text = text;
        for (field, mark) in marks.into_iter().enumerate() {
            if let (Some(code), Some(cell)) = (mark, cells.get(field).copied().flatten()) {
                set.resolve(cell, code, sink.place_of(row, field, code));
            }
        }
        if let Some((from, to)) = moved {
            cells.swap(from, to);
        }
        // A mark alone tells where nothing came from.
        let is_mark = |field: usize| row.parts.iter().any(|part| part.mark.is_some_and(|mark| usize::from(mark) == field));
        if spans.iter().enumerate().any(|(field, (start, end))| start < end && !is_mark(field)) {
            items.push(Item { spans, cells });
        }
    }
    items
}

fn spans<'a>(text: &'a str, spans: &[(usize, usize); FIELDS]) -> Fields<'a> {
    spans.map(|(start, end)| text.get(start..end).unwrap_or(""))
}

fn text(set: &DataSet, cell: usize) -> &str {
    set.cells.get(cell).and_then(|cell| set.text.get(cell.start..cell.end)).unwrap_or("")
}

/// A data set that names no study: everything that it holds is counted in one place.
fn no_identity(set: &mut DataSet) {
    let uid = RowRef::from(row::STUDY_UID);
    let Some((path, len)) = uid.row().map(|row| row.tags_of(0)) else { return };
    let at = Place::of_tags(path.get(..len).unwrap_or_default());
    // What is wrong with the identity itself stays told where it is.
    let own = |loss: &Loss| matches!(loss.code, Code::BadUid | Code::AmbiguousValue) && loss.at.steps().next() == at.steps().next();
    let claimed = set.cells.iter().filter(|cell| cell.leaf && cell.counted == 0).count() as u64;
    let counted: u64 = set.losses.iter().filter(|loss| !own(loss)).map(|loss| loss.count).sum();
    set.losses.retain(own);
    set.cells.clear();
    let count = claimed + counted;
    if count > 0 || set.losses.is_empty() {
        set.losses.push(Loss { code: Code::NoIdentity, at, first: 0, count });
    }
}

/// Gives the data set's offset to each of its times, or tells that there is none to date.
fn date(set: &mut DataSet) {
    let Some(offset) = set.offset.and_then(|at| set.cells.get(at).copied()) else { return };
    let filled = |set: &DataSet, row: RowRef, field| set.cells.iter().any(|cell| cell.row == Some(row) && cell.field == field);
    let series = filled(set, row::SERIES_UID.into(), 0);
    let mut used = false;
    for (row, pairs) in [(RowRef::from(row::STARTED), &[0_u8][..]), (RowRef::from(row::SERIES_STARTED), &[0, 3])] {
        let dates = pairs.iter().any(|date| filled(set, row, *date) && filled(set, row, date + 1));
        if dates && (row.level == Level::Study || series) {
            used = true;
            set.cells.push(Cell { row: Some(row), item: 0, field: 2, leaf: false, ..offset });
        }
    }
    if !used {
        let tag = RowRef::from(row::STARTED).row().map(|row| row.tags_of(2));
        if let (Some((path, len)), Some(at)) = (tag, set.offset) {
            set.resolve(at, Code::OffsetUnused, Place::of_tags(path.get(..len).unwrap_or_default()));
        }
    }
}

/// What a row of a series or an instance says of its own URL and availability is not the study's, and has no place.
fn of_part_only(set: &mut DataSet, series: bool, sink: &Sink<'_>) {
    let codes = [(RowRef::from(row::RETRIEVE_URL), Code::UrlNotTrusted), (RowRef::from(row::AVAILABILITY), Code::NoElement)];
    for at in 0..set.cells.len() {
        let of = set.cells.get(at).and_then(|cell| codes.iter().find(|(row, _)| cell.row == Some(*row)).copied());
        let Some((row, code)) = of.filter(|_| series) else { continue };
        if let Some(row) = row.row() {
            set.resolve(at, code, sink.place_of(row, 0, code));
        }
        if let Some(cell) = set.cells.get_mut(at) {
            cell.row = None;
        }
    }
}

/// Modality in a row without a series is a modality of the study.
fn modality_of_study(set: &mut DataSet, no_series: bool, sink: &Sink<'_>) {
    if !no_series {
        return;
    }
    let (series, study) = (RowRef::from(row::SERIES_MODALITY), RowRef::from(row::MODALITIES));
    let next = set.cells.iter().filter(|cell| cell.row == Some(study)).map(|cell| cell.item + 1).max().unwrap_or(0);
    for at in 0..set.cells.len() {
        if set.cells.get(at).is_some_and(|cell| cell.row == Some(series)) {
            if let Some(row) = series.row() {
                set.resolve(at, Code::StudyModality, sink.place_of(row, 0, Code::StudyModality));
            }
            if let Some(cell) = set.cells.get_mut(at) {
                cell.row = Some(study);
                cell.item = next;
            }
        }
    }
}

/// What belongs to a series or an instance that the data set does not name.
fn unplaced(set: &mut DataSet, series: bool, instance: bool, sink: &Sink<'_>) {
    for at in 0..set.cells.len() {
        let Some(cell) = set.cells.get(at).copied() else { break };
        let Some((row_ref, row)) = cell.row.and_then(|row| row.row().map(|of| (row, of))) else { continue };
        // What is lifted from a lower level needs that level's neighbourhood only as far as the row goes.
        let placed = match row_ref.level {
            Level::Patient | Level::Study => true,
            Level::Series => series,
            Level::Instance => instance,
        };
        if !placed {
            set.resolve(at, Code::NoIdentity, sink.place_of(row, usize::from(cell.field), Code::NoIdentity));
            if let Some(cell) = set.cells.get_mut(at) {
                cell.row = None;
                if !cell.leaf {
                    cell.counted = u32::MAX;
                }
            }
        }
    }
}
