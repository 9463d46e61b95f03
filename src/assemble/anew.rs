//! Rows that make a record as the row before them did, of another study.

use super::Assembler;
use super::issuer::Numbered;
use super::record::Record;
use crate::dicom::DataSet;
use crate::error::{Error, Kind};
use crate::kind::Vtable;
use crate::options::Options;
use crate::study::study_slot;
use crate::table::{RowRef, row};
use crate::value;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Where a text comes from.
pub(crate) enum Source {
    /// The gap of this number.
    Gap(usize),
    /// The same in every row.
    Text(Box<str>),
}

impl Source {
    fn text<'v>(&'v self, gaps: &[&'v str]) -> &'v str {
        match self {
            Source::Gap(number) => gaps.get(*number).copied().unwrap_or(""),
            Source::Text(text) => text,
        }
    }
}

/// What a fact is made of.
pub(crate) enum Run {
    /// The filled fields of its one item, in order.
    Fields(Vec<(u8, Source)>),
    /// The whole of it.
    Whole(Source),
}

/// A fact of the record.
pub(crate) struct Fact {
    pub(crate) row: RowRef,
    pub(crate) run: Run,
}

/// A fact, and where it is kept.
struct Placed {
    slot: usize,
    kind: &'static Vtable,
    /// The fields that are filled, a bit each, where they are known.
    filled: u16,
    run: Run,
}

/// What rows that differ from one in their values alone do, each.
pub(crate) struct Anew {
    facts: Vec<Placed>,
    /// Facts of the study's UID and the patient's id, by their number; the second may be missing.
    uid: usize,
    patient: Option<usize>,
    knows: (bool, bool),
    /// Rows say who the patient is, were there no number.
    says_who: bool,
    known: u64,
    /// Leaves that each row carries, but for those of texts that were met before.
    pub(crate) carried: u64,
}

impl Anew {
    /// Numbers the gaps anew; how many there are.
    pub(crate) fn number_gaps(&mut self, number: impl Fn(usize) -> usize) -> usize {
        let mut gaps = 0;
        let mut renumber = |source: &mut Source| {
            if let Source::Gap(gap) = source {
                *gap = number(*gap);
                gaps += 1;
            }
        };
        for fact in &mut self.facts {
            match &mut fact.run {
                Run::Fields(fields) => fields.iter_mut().for_each(|(_, source)| renumber(source)),
                Run::Whole(source) => renumber(source),
            }
        }
        gaps
    }

    fn field<'v>(&'v self, fact: usize, field: u8, gaps: &[&'v str]) -> &'v str {
        let Some(Placed { run: Run::Fields(fields), .. }) = self.facts.get(fact) else { return "" };
        fields.iter().find(|(own, _)| *own == field).map_or("", |(_, source)| source.text(gaps))
    }
}

impl Assembler {
    /// Whether the last row made a record, and put no series into it.
    pub(crate) fn is_new(&self) -> bool {
        self.taken.is_new && self.last_record().is_some_and(|record| record.series.is_empty() && !record.is_part) && self.within.is_none()
    }

    fn last_record(&self) -> Option<&Record> {
        self.records.full(self.taken.record)
    }

    /// The facts of the record that the last row made, with their runs.
    pub(crate) fn rows_of_last(&self) -> Vec<(RowRef, &str)> {
        let Some(record) = self.last_record() else { return Vec::new() };
        let facts = record.facts.iter().enumerate().filter(|(_, slot)| slot.at != 0);
        facts
            .filter_map(|(slot, fact)| {
                // The slots of patient and study are the first rows of the table.
                let row = RowRef::of_ordinal(slot);
                Some((row, value::run(record.arena.get(fact.at as usize..)?, row.row()?.kind.fields)))
            })
            .collect()
    }

    /// What rows like the last do, if they can be known by their UID and patient; `leaves` of what it carries are in whole texts.
    pub(crate) fn anew_of(&self, facts: Vec<Fact>, set: &DataSet, leaves: u64) -> Option<Anew> {
        let find = |row: RowRef| facts.iter().position(|fact| fact.row == row);
        let by_fields = |fact: &usize| matches!(facts.get(*fact), Some(Fact { run: Run::Fields(_), .. }));
        let uid = find(row::STUDY_UID.into()).filter(by_fields)?;
        let patient = find(row::PATIENT_ID.into());
        // An id that is not in gaps of its own is the same for all, or unknown here.
        if !set.stranger.is_empty()
            || patient.is_some() && patient.filter(by_fields).is_none()
            || set.cells.iter().any(|cell| cell.start >= cell.end)
        {
            return None;
        }
        // What ending the record would change is no fact of its row alone.
        let both = |one: RowRef, other: RowRef| find(one).is_some() && find(other).is_some();
        if both(row::PATIENT_RETIRED_ID.into(), row::PATIENT_OTHER_ID.into()) || both(row::REFERENCED_REQUEST.into(), row::ACCESSION.into())
        {
            return None;
        }
        let says_who =
            [row::PATIENT_NAME.into(), row::PATIENT_BIRTH.into(), row::PATIENT_SEX.into()].into_iter().any(|row| find(row).is_some());
        let record = self.last_record()?;
        let carried = self.taken.carried.checked_sub(leaves)?;
        let placed = |fact: Fact| {
            let filled = match &fact.run {
                Run::Fields(fields) => fields.iter().fold(0, |filled, (field, _)| filled | 1 << field),
                Run::Whole(_) => 0,
            };
            Some(Placed { slot: study_slot(fact.row)?, kind: &fact.row.row()?.kind, filled, run: fact.run })
        };
        let facts: Option<Vec<Placed>> = facts.into_iter().map(placed).collect();
        Some(Anew { facts: facts?, uid, patient, knows: set.patient, says_who, known: record.known, carried })
    }

    /// Takes a row of another study, whose gaps hold these texts; whether the study is new, and nothing of the row needs a closer look.
    pub(crate) fn anew(&mut self, anew: &Anew, gaps: &[&str], leaves: u64, options: &Options) -> Result<bool, Error> {
        for fact in &anew.facts {
            let Run::Fields(fields) = &fact.run else { continue };
            let first = fields.first().filter(|(field, _)| *field == 0).map_or("", |(_, source)| source.text(gaps));
            if !(fact.kind.is_settled)(fact.filled, first) {
                return Ok(false);
            }
        }
        let patient = |field| anew.patient.map_or("", |fact| anew.field(fact, field, gaps));
        let numbered = Numbered::plain([0, 1, 2].map(patient));
        let (knows_id, knows_issuer) = (anew.knows.0, anew.knows.0 && anew.knows.1);
        if anew.says_who && patient(0).is_empty() {
            return Ok(false);
        }
        self.key.set(
            anew.field(anew.uid, 0, gaps),
            (knows_id, patient(0)),
            knows_issuer.then_some(|out: &mut String| numbered.name_issuer(out)),
        );
        if self.keys.get(&self.key).is_some() {
            return Ok(false);
        }
        let new = self.records.len() as u32;
        if new >= options.limits.studies {
            return Err(Error::new(Kind::LimitStudies));
        }
        let of_row = (self.row, anew.known, anew.carried + leaves);
        self.records.push_lean(of_row, |draft| {
            for fact in &anew.facts {
                draft.begin(fact.slot);
                match &fact.run {
                    Run::Fields(fields) => {
                        let texts = fields.iter().map(|(field, source)| (usize::from(*field), source.text(gaps)));
                        value::push_settled(draft.text, fact.kind.fields, texts);
                    }
                    Run::Whole(source) => draft.text.push_str(source.text(gaps)),
                }
            }
        });
        self.keys.push(&self.key);
        self.last = new;
        self.row += 1;
        Ok(true)
    }
}
