//! The records, by number: lean as long as one row alone has made them.
//!
//! Ten thousand studies of one row each need not be ready to grow. What a row of a pattern made is kept as text and places alone, one text
//! after the other, until another row is of the same study.

use super::fact::{Slot, row_number};
use super::record::Record;
use crate::study::{Cut, STUDY_SLOTS, Study, Text, study_slot};
use crate::table::RowRef;
use crate::value;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Bytes of text that lean records share. A study keeps all of it alive.
const SLAB: usize = 1 << 16;

/// A record that one row made, and that has no series.
pub(super) struct Lean {
    slab: u32,
    start: u32,
    end: u32,
    facts: [u32; STUDY_SLOTS],
    known: u64,
    row: u64,
    carried: u64,
}

/// A record.
pub(super) enum Kept {
    Lean(Lean),
    Full(Box<Record>),
    /// It is let go, or has joined another.
    Gone,
}

/// Records by number.
#[derive(Default)]
pub(super) struct Records {
    all: Vec<Kept>,
    slabs: Slabs,
}

/// The texts of lean records.
#[derive(Default)]
struct Slabs {
    full: Vec<Arc<String>>,
    open: String,
}

impl Slabs {
    fn text(&self, lean: &Lean) -> &str {
        let slab = self.full.get(lean.slab as usize).map_or(self.open.as_str(), |slab| slab.as_str());
        slab.get(lean.start as usize..lean.end as usize).unwrap_or("")
    }
}

impl Records {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// A record that is full.
    pub(super) fn full(&self, at: usize) -> Option<&Record> {
        match self.all.get(at)? {
            Kept::Full(record) => Some(record),
            Kept::Lean(_) | Kept::Gone => None,
        }
    }

    /// A record that is to change.
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut Record> {
        let kept = self.all.get_mut(at)?;
        if let Kept::Lean(lean) = kept {
            let record = grown(lean, &self.slabs);
            *kept = Kept::Full(Box::new(record));
        }
        match kept {
            Kept::Full(record) => Some(record),
            Kept::Lean(_) | Kept::Gone => None,
        }
    }

    pub(super) fn push(&mut self, record: Record) {
        self.all.push(Kept::Full(Box::new(record)));
    }

    /// Takes a record out, as one that may change.
    pub(super) fn take(&mut self, at: usize) -> Option<Box<Record>> {
        let kept = core::mem::replace(self.all.get_mut(at)?, Kept::Gone);
        match kept {
            Kept::Lean(lean) => Some(Box::new(grown(&lean, &self.slabs))),
            Kept::Full(record) => Some(record),
            Kept::Gone => None,
        }
    }

    pub(super) fn put(&mut self, at: usize, record: Box<Record>) {
        if let Some(slot) = self.all.get_mut(at) {
            *slot = Kept::Full(record);
        }
    }

    /// A field of the first item of a fact of study or patient; empty where there is none.
    pub(super) fn first_of(&self, at: usize, row_ref: RowRef, field: u8) -> &str {
        let (Some(row), Some(slot)) = (row_ref.row(), study_slot(row_ref)) else { return "" };
        let run = match self.all.get(at) {
            Some(Kept::Lean(lean)) => {
                let fact = lean.facts.get(slot).filter(|fact| **fact != 0);
                fact.and_then(|fact| self.slabs.text(lean).get(*fact as usize..))
            }
            Some(Kept::Full(record)) => {
                record.facts.get(slot).filter(|slot| slot.at != 0).and_then(|slot| record.arena.get(slot.at as usize..))
            }
            Some(Kept::Gone) | None => None,
        };
        let item = run.and_then(|run| value::Items::at(run, row.kind.fields).next());
        item.and_then(|fields| fields.get(usize::from(field)).copied()).unwrap_or("")
    }

    /// The row that said a fact of study or patient.
    pub(super) fn row_of(&self, at: usize, row_ref: RowRef) -> u64 {
        match self.all.get(at) {
            Some(Kept::Lean(lean)) => lean.row,
            Some(Kept::Full(record)) => study_slot(row_ref).and_then(|slot| record.facts.get(slot)).map_or(0, |slot| slot.row.into()),
            Some(Kept::Gone) | None => 0,
        }
    }

    /// The row that a record came in first.
    pub(super) fn first_row(&self, at: usize) -> Option<u64> {
        match self.all.get(at)? {
            Kept::Lean(lean) => Some(lean.row),
            Kept::Full(record) => record.first_row,
            Kept::Gone => None,
        }
    }

    /// A record of one row; `write` appends its facts to the text and tells where each begins.
    pub(super) fn push_lean(&mut self, (row, known, carried): (u64, u64, u64), write: impl FnOnce(&mut Draft<'_>)) {
        let Slabs { full, open } = &mut self.slabs;
        if open.len() > SLAB - SLAB / 16 {
            full.push(Arc::new(core::mem::replace(open, String::with_capacity(SLAB))));
        }
        let mut draft = Draft { start: open.len(), text: open, facts: [0; STUDY_SLOTS] };
        // 0 means absent.
        draft.text.push('.');
        write(&mut draft);
        let Draft { start, facts, .. } = draft;
        let lean = Lean { slab: full.len() as u32, start: start as u32, end: open.len() as u32, facts, known, row, carried };
        self.all.push(Kept::Lean(lean));
    }

    /// Ends: all records by number, and the way from lean ones to studies.
    pub(super) fn into_studies(self) -> (Vec<Kept>, Studies) {
        let Slabs { mut full, open } = self.slabs;
        full.push(Arc::new(open));
        (self.all, Studies { slabs: full })
    }
}

/// The facts of a lean record, as they are written.
pub(super) struct Draft<'s> {
    pub(super) text: &'s mut String,
    start: usize,
    facts: [u32; STUDY_SLOTS],
}

impl Draft<'_> {
    /// What is written next is the fact of this slot.
    pub(super) fn begin(&mut self, slot: usize) {
        if let Some(fact) = self.facts.get_mut(slot) {
            *fact = (self.text.len() - self.start) as u32;
        }
    }
}

/// A lean record as one that can grow.
fn grown(lean: &Lean, slabs: &Slabs) -> Record {
    let mut record = Record::new(0);
    record.arena.clear();
    record.arena.push_str(slabs.text(lean));
    for (slot, at) in record.facts.iter_mut().zip(lean.facts) {
        if at != 0 {
            *slot = Slot { at, row: row_number(lean.row), ..Slot::default() };
        }
    }
    (record.known, record.first_row, record.carried) = (lean.known, Some(lean.row), lean.carried);
    record
}

/// Makes studies of lean records.
pub(super) struct Studies {
    slabs: Vec<Arc<String>>,
}

impl Studies {
    pub(super) fn study(&self, lean: &Lean) -> Study {
        let text = match self.slabs.get(lean.slab as usize) {
            Some(slab) => Text::Part(Arc::clone(slab), lean.start, lean.end),
            None => Text::Own(String::new()),
        };
        Study {
            text,
            facts: lean.facts,
            series: Vec::new(),
            instances: Vec::new(),
            extras: Vec::new(),
            patient_conflict: false,
            is_torn: false,
            shares_number: false,
            issuer_known: false,
            cut: Cut::default(),
            known: lean.known,
        }
    }
}
