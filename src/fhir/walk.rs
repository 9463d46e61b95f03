//! The walk over the rows: every field of every fact is written, or told.

use super::instances::Class;
use super::memory::Memory;
use super::place;
use super::plan::{Entry, Plan};
use super::shape::{Fhir, data_absent, put};
use super::trace::{Part, Trace};
use super::write::Includes;
use crate::json::text::Writer;
use crate::kind::{Cx, Modality, Spell, Told};
use crate::loss::{Code, Loss, LossReport, Place};
use crate::options::Options;
use crate::policy::{Practitioners, Service};
use crate::release::Release;
use crate::study::{Instance, Series, Study, study_slot};
use crate::table::{At, Level, Row, RowRef, row};
use crate::value::{FIELDS, Fields, Items, Single};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

/// A walk over a study: the text it writes, and what it has accounted for.
pub(super) struct Walk<'a, 'o> {
    pub(super) study: &'a Study,
    /// Where its text begins.
    pub(super) from: usize,
    pub(super) w: Writer<'o>,
    pub(super) release: Release,
    pub(super) options: &'a Options,
    pub(super) plan: &'o Plan,
    pub(super) memory: &'o mut Memory,
    pub(super) includes: &'o mut Includes,
    pub(super) loss: &'o mut LossReport,
    /// Rows whose fields are accounted for, a bit each, by level.
    pub(super) seen: [u64; 4],
    /// What was written of the SOP class of the last instance.
    pub(super) class: Class,
    /// Rows that there are facts of, by level, of what is being written.
    pub(super) present: [u64; 4],
    /// Practitioners that are resources, by what is known of them: their number from 1, and the reference to them.
    pub(super) people: BTreeMap<Fields<'a>, (usize, String)>,
    /// Ids of Endpoints that have the base as their address, by service.
    pub(super) base_ids: [Option<String>; Service::ALL.len()],
    /// What was written where, if anybody wants to know.
    pub(super) trace: Option<&'o mut Trace>,
}

/// What the walker reads facts from.
pub(super) trait Facts<'a>: Copy {
    fn facts(self, row: RowRef) -> Option<Items<'a>>;
    /// The run of a row's fact, and what is behind it.
    fn run(self, row: RowRef) -> Option<&'a str>;
    /// The rows of the level that have any: a bit each.
    fn present(self, level: Level) -> u64;
}

impl<'a> Facts<'a> for &'a Study {
    fn facts(self, row: RowRef) -> Option<Items<'a>> {
        self.items(row)
    }

    fn run(self, row: RowRef) -> Option<&'a str> {
        self.text_at(self.facts.get(study_slot(row)?).copied()?)
    }

    fn present(self, level: Level) -> u64 {
        Study::present(self, level)
    }
}

impl<'a> Facts<'a> for Series<'a> {
    fn facts(self, row: RowRef) -> Option<Items<'a>> {
        self.items(row)
    }

    fn run(self, row: RowRef) -> Option<&'a str> {
        self.text_of(row)
    }

    fn present(self, _: Level) -> u64 {
        Series::present(&self)
    }
}

impl<'a> Facts<'a> for Instance<'a> {
    fn facts(self, row: RowRef) -> Option<Items<'a>> {
        self.items(row)
    }

    // Instances have their own way.
    fn run(self, _: RowRef) -> Option<&'a str> {
        None
    }

    fn present(self, _: Level) -> u64 {
        Instance::present(&self)
    }
}

/// Release, options, and the plan that is made of them.
pub(super) type How<'a> = (Release, &'a Options, &'a Plan);

impl<'a, 'o> Walk<'a, 'o> {
    pub(super) fn new(
        study: &'a Study,
        (release, options, plan): (Release, &'a Options, &'o Plan),
        w: Writer<'o>,
        (includes, memory, trace): (&'o mut Includes, &'o mut Memory, Option<&'o mut Trace>),
        loss: &'o mut LossReport,
    ) -> Self {
        Walk {
            study,
            from: w.len(),
            w,
            release,
            options,
            plan,
            memory,
            includes,
            loss,
            class: Class::default(),
            seen: [0; 4],
            present: [0; 4],
            people: BTreeMap::new(),
            base_ids: Default::default(),
            trace,
        }
    }
}

impl<'a> Walk<'a, '_> {
    pub(super) fn see(&mut self, row: RowRef) -> bool {
        let Some(bits) = self.seen.get_mut(row.level as usize) else { return false };
        let new = *bits & (1 << row.index) == 0;
        *bits |= 1 << row.index;
        new
    }

    /// Something else of a level is written.
    pub(super) fn begin(&mut self, from: impl Facts<'a>, level: Level) {
        if let (Some(seen), Some(present)) = (self.seen.get_mut(level as usize), self.present.get_mut(level as usize)) {
            (*seen, *present) = (0, from.present(level));
        }
    }

    fn has_facts(&self, row: RowRef) -> bool {
        self.present.get(row.level as usize).is_some_and(|bits| bits & (1 << row.index) != 0)
    }

    /// Everything of a level that the options leave out.
    pub(super) fn unlisted(&mut self, from: impl Facts<'a>, level: Level, code: Code) {
        self.begin(from, level);
        self.rest(from, level, code);
    }

    /// Whether the text, or the Bundle that it stands in, has as many bytes as it may have.
    pub(super) fn is_full(&self) -> bool {
        self.is_full_by(0)
    }

    /// Whether a list of this name can have an element: none is written without.
    pub(super) fn begins(&self, name: &str) -> bool {
        !self.is_full_by(",\"\":[".len() + name.len())
    }

    fn is_full_by(&self, more: usize) -> bool {
        let around = self.includes.before.saturating_add(self.includes.len()).saturating_add(more);
        self.w.len().saturating_sub(self.from).saturating_add(around) as u64 >= self.options.limits.output_bytes
    }

    /// Facts that found no element in this release and with these options.
    pub(super) fn rest(&mut self, from: impl Facts<'a>, level: Level, code: Code) {
        let bits = |bits: &[u64; 4]| bits.get(level as usize).copied().unwrap_or(0);
        let mut left = bits(&self.present) & !bits(&self.seen);
        if let Some(bits) = self.trace.as_mut().and_then(|trace| trace.left.get_mut(level as usize)) {
            *bits = left;
        }
        while left != 0 {
            let row_ref = RowRef { level, index: left.trailing_zeros() as u8 };
            left &= left - 1;
            let Some(row_of) = row_ref.row() else { continue };
            let Some(items) = from.facts(row_ref) else { continue };
            self.see(row_ref);
            for item in items {
                for (field, _) in item.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                    let (path, len) = row_of.tags_in(field, &item);
                    self.lose_at(code, path.get(..len).unwrap_or_default(), 1);
                }
            }
        }
    }

    /// FHIR requires the element and there is nothing to write.
    pub(super) fn required(&mut self, row: RowRef, element: &str) {
        self.w.name(element);
        data_absent(&mut self.w);
        if let Some(row) = row.row() {
            self.lose(Code::RequiredMissing, row, 0, 0);
        }
    }

    /// Whether writing the row gives anything.
    pub(super) fn has(&self, from: impl Facts<'a>, row: RowRef) -> bool {
        if !self.has_facts(row) {
            return false;
        }
        let Some((row_of, items)) = row.row().zip(from.facts(row)) else {
            return false;
        };
        self.plan.first(row).is_some_and(|at| {
            let cx = Cx { options: self.options, shape: at.shape };
            items.into_iter().any(|item| !(row_of.kind.to_fhir)(&item, &cx, &mut Told::default()).is_nothing())
        })
    }

    /// Tells what becomes of a row that gives nothing to write.
    pub(super) fn consume(&mut self, from: impl Facts<'a>, row: RowRef) {
        let Some((row_of, items)) = row.row().zip(from.facts(row)) else { return };
        self.see(row);
        for item in items {
            let _ = self.spell(row, row_of, &item);
        }
    }

    pub(super) fn count(&mut self, from: impl Facts<'a>, row: RowRef, listed: usize, above: usize) {
        let Some((row_of, mut items)) = row.row().zip(from.facts(row)) else { return };
        self.see(row);
        let given = items.next().and_then(|[digits, ..]| digits.parse().ok()).unwrap_or(0);
        if place::writes_count(self.release, given, listed, above) {
            if let Some(at) = self.plan.first(row) {
                self.w.name(at.element);
            }
            let at = self.w.next_at();
            self.w.number(given);
            self.part(Part::Count(row), at);
            self.loss.carry(1);
        } else {
            self.lose(Code::NoElement, row_of, 0, 1);
        }
    }

    /// The study's modalities: those of its series in order of first appearance, then those that no series has.
    pub(super) fn modalities(&mut self, study: &'a Study) {
        let Some(row_of) = RowRef::from(row::MODALITIES).row() else { return };
        self.see(row::MODALITIES.into());
        let Some(at) = self.plan.first(row::MODALITIES.into()) else { return };
        let mut open = false;
        let mut last = "";
        let mut known = BTreeSet::new();
        for series in study.series() {
            let Some(code) = series.get(row::SERIES_MODALITY) else { continue };
            if code != last && place::lists_modality(self.release, self.options, code) && known.insert(code) {
                self.modality(at, code, &mut open);
            }
            last = code;
        }
        for code in study.all(row::MODALITIES) {
            if place::lists_modality(self.release, self.options, code) {
                self.modality(at, code, &mut open);
                self.loss.carry(1);
            } else {
                self.lose(Code::ModalityNotListed, row_of, 0, 1);
            }
        }
        if open {
            self.w.close_array();
        }
    }

    fn modality(&mut self, at: &At, code: &str, open: &mut bool) {
        if !*open {
            self.w.name(at.name);
            self.w.open_array();
            *open = true;
        }
        let cx = Cx { options: self.options, shape: at.shape };
        let mut item = [""; FIELDS];
        if let Some(first) = item.first_mut() {
            *first = code;
        }
        let value = Modality::to_fhir(&item, &cx, &mut Told::default());
        put(&mut self.w, at.shape, &value);
    }

    /// Writes every row of `level` that has its place at the element of this number.
    pub(super) fn element(&mut self, from: impl Facts<'a>, level: Level, element: usize) {
        let mut open = false;
        let plan = self.plan;
        for entry in plan.at(level, element) {
            let (row_ref, row, shape) = (entry.row_ref, entry.row, entry.at.shape);
            if !self.has_facts(row_ref) {
                continue;
            }
            let Some(items) = from.facts(row_ref) else { continue };
            // A fact that stands in two places is accounted for once.
            let first = self.see(row_ref);
            // What refers to people that are resources depends on who was met before.
            let usual = first && !(shape.is_practitioner() && place::people_are_resources(self.options));
            if usual && !self.reads_back_elsewhere(row_ref, 0) {
                if let Some(fact) = from.run(row_ref).and_then(Items::single) {
                    self.remembered(entry, &fact, items, &mut open);
                    continue;
                }
            }
            if let Some(trace) = &mut self.trace {
                trace.otherwise(row_ref);
            }
            for (n, item) in items.enumerate() {
                let cx = Cx { options: self.options, shape };
                let elsewhere = self.reads_back_elsewhere(row_ref, n);
                let mut value =
                    if first { self.spelled(row, &item, &cx, elsewhere) } else { (row.kind.to_fhir)(&item, &cx, &mut Told::default()) };
                if value.is_nothing() {
                    continue;
                }
                self.open(entry, &mut open);
                if let (Fhir::Reference(reference), true) = (&mut value, shape.is_practitioner()) {
                    reference.literal = self.people.get(&item).map_or("", |(_, literal)| literal);
                }
                put(&mut self.w, shape, &value);
            }
        }
        if open && plan.at(level, element).first().is_some_and(|entry| entry.at.list) {
            self.w.close_array();
        }
    }

    /// Opens the element, if it is not open.
    fn open(&mut self, entry: &Entry, open: &mut bool) {
        if !*open {
            self.w.name(entry.at.name);
            if entry.at.list {
                self.w.open_array();
            }
            *open = true;
        }
    }

    /// Writes a fact of one item: from memory, or into it.
    pub(super) fn remembered(&mut self, entry: &Entry, fact: &Single<'a>, mut items: Items<'a>, open: &mut bool) {
        let cx = Cx { options: self.options, shape: entry.at.shape };
        let mut at = self.w.len();
        let mut memory = core::mem::take(self.memory);
        if let Some(said) = memory.recall(entry, fact, &cx, self.loss) {
            if let Some((head, text, tail)) = said.text {
                self.open(entry, open);
                at = self.w.next_at();
                self.w.spliced(head, text, tail);
            }
            *self.memory = memory;
            self.part(Part::Fact(*entry), at);
            return;
        }
        *self.memory = memory;
        let Some(item) = items.next() else { return };
        let before = core::mem::take(self.loss);
        let value = self.spelled(entry.row, &item, &cx, false);
        let own = core::mem::replace(self.loss, before);
        self.loss.take_in(&own);
        if value.is_nothing() {
            self.memory.keep(entry, fact, &cx, None, &own);
            self.part(Part::Fact(*entry), at);
            return;
        }
        self.open(entry, open);
        at = self.w.next_at();
        put(&mut self.w, entry.at.shape, &value);
        self.memory.keep(entry, fact, &cx, Some(self.w.since(at)), &own);
        self.part(Part::Fact(*entry), at);
    }

    /// What was written from `at` on is a part of its own.
    pub(super) fn part(&mut self, part: Part, at: usize) {
        let to = self.w.len();
        if let Some(trace) = &mut self.trace {
            trace.part(part, at, to);
        }
    }

    pub(super) fn spell(&mut self, row_ref: RowRef, row: &'static Row, item: &Fields<'a>) -> Fhir<'a> {
        let Some(at) = self.plan.first(row_ref) else {
            return Fhir::Nothing;
        };
        let cx = Cx { options: self.options, shape: at.shape };
        self.spelled(row, item, &cx, false)
    }

    /// Whether what this row writes reads back as another row, which in DICOM stands before it.
    fn reads_back_elsewhere(&self, row: RowRef, item: usize) -> bool {
        let lacks = |row: RowRef| self.study.items(row).is_none();
        row == row::PATIENT_RETIRED_ID.into()
            || row == row::PATIENT_OTHER_ID.into() && lacks(row::PATIENT_ID.into())
            || item == 0 && row == row::REFERENCED_REQUEST.into() && lacks(row::ACCESSION.into())
    }

    /// One item in FHIR's terms, its fields accounted for: each is carried or told.
    pub(super) fn spelled(&mut self, row: &'static Row, item: &Fields<'a>, cx: &Cx<'a>, elsewhere: bool) -> Fhir<'a> {
        let mut told = Told::default();
        let value = (row.kind.to_fhir)(item, cx, &mut told);
        if elsewhere {
            (0..FIELDS).for_each(|field| told.note(field, Code::AlternativeSource));
        }
        // Of who stands in another resource nothing is here, where nobody writes that.
        let is_elsewhere =
            cx.shape.is_practitioner() && self.options.practitioners == Practitioners::Separate && !self.includes.is_wanted();
        for (field, (text, mark)) in item.iter().zip(told.marks).enumerate() {
            let mark = if is_elsewhere { mark.filter(|code| !code.is_carried()).or(Some(Code::NeedsResource)) } else { mark };
            match mark {
                _ if text.is_empty() => {}
                None => self.loss.carry(1),
                Some(code) => {
                    let (path, len) = row.tags_in(field, item);
                    self.lose_at(code, path.get(..len).unwrap_or_default(), 1);
                }
            }
        }
        value
    }

    pub(super) fn lose(&mut self, code: Code, row: &Row, field: usize, count: u64) {
        let (path, len) = row.tags_of(field);
        self.lose_at(code, path.get(..len).unwrap_or_default(), count);
    }

    pub(super) fn lose_at(&mut self, code: Code, path: &[u32], count: u64) {
        self.loss.add(Loss { code, at: Place::of_tags(path), first: 0, count });
    }
}
