//! The walk that writes a study as rows: its facts, taken level by level, and what becomes of each of their fields.

use super::account::Account;
use super::attributes::{Of, lost_of};
use super::hold::Hold;
use super::offset::{Offsets, dated};
use super::select::Select;
use super::write::Rows;
use crate::fhir::place;
use crate::kind::Draft;
use crate::loss::Code;
use crate::options::Options;
use crate::study::{Instance, Series, Study};
use crate::table::{Level, Part, Row, RowRef, Vr, is_query_only, row, rows_of, vrs_of, whole_rows};
use crate::value::{FIELDS, Fields, Items};
use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

/// The most rows that a level has.
const ROWS: usize = 24;

/// A walk over a study.
pub(super) struct Walk<'a> {
    pub(super) study: &'a Study,
    pub(super) options: &'a Options,
    pub(super) select: &'a Select,
    pub(super) rows: Rows,
    pub(super) account: Account,
    /// The items of the facts at hand.
    items: Vec<Fields<'a>>,
    /// Which of them are those of a row, by level, if it has any: a bit each.
    ranges: [[Range<u32>; ROWS]; 4],
    present: [u32; 4],
    /// Rows all of whose attributes are written, a bit each, by level.
    whole: [u32; 4],
    pub(super) hold: Hold,
    /// Where the items of the levels above end.
    above: [usize; 4],
    /// Facts that are written otherwise than they stand in the record.
    bent: Vec<Bent>,
    /// Whether the study's own URL has those of its series below it.
    pub(super) is_base: bool,
    /// What the study's attributes are as text, by their number in order.
    pub(super) shared: Vec<Option<Vec<u8>>>,
    /// What all modalities are that the study has.
    pub(super) modalities: Vec<&'a str>,
}

/// A fact that is written otherwise: in another offset, or without what the VR cannot hold.
struct Bent {
    row: RowRef,
    items: Vec<[String; FIELDS]>,
}

/// The fields that are lost, by item and field, and why.
type Lost = BTreeMap<(usize, usize), Code>;

fn has(bits: &[u32; 4], row: RowRef) -> bool {
    bits.get(row.level as usize).is_some_and(|bits| bits & (1 << row.index) != 0)
}

/// The fields of items of its own.
fn borrowed(items: &[[String; FIELDS]]) -> Vec<Fields<'_>> {
    items.iter().map(|item| item.each_ref().map(String::as_str)).collect()
}

impl<'a> Walk<'a> {
    pub(super) fn new(study: &'a Study, rows: Rows, select: &'a Select, options: &'a Options) -> Self {
        let mut walk = Walk {
            study,
            options,
            select,
            rows,
            account: Account::default(),
            // Most studies have no more facts.
            items: Vec::with_capacity(24),
            ranges: [const { [const { 0..0 }; ROWS] }; 4],
            present: [0; 4],
            whole: if select.is_all() { whole_rows(rows.level(), rows == Rows::Metadata) } else { [0; 4] },
            hold: Hold::of(study.text.as_str()),
            above: [0; 4],
            bent: Vec::new(),
            is_base: rows != Rows::Study
                && study.get(row::RETRIEVE_URL).is_some_and(|retrieve| place::base_of(study, retrieve.url).is_some()),
            shared: Vec::new(),
            modalities: Vec::new(),
        };
        // ModalitiesInStudy is what the series have, and what only the study says.
        let of_series = study.series().filter_map(|series| series.get(row::SERIES_MODALITY));
        let mut met = BTreeSet::new();
        for code in of_series.chain(study.all(row::MODALITIES)) {
            if walk.modalities.last() != Some(&code) && met.insert(code) {
                walk.modalities.push(code);
            }
        }
        walk
    }

    /// The facts of patient and study; whether what is said of them is new.
    pub(super) fn of_study(&mut self, new: bool) {
        if self.above.get(Level::Series as usize).is_some_and(|above| *above > 0) {
            return;
        }
        let study = self.study;
        self.level(Level::Patient, |row| study.items(row), None, new);
        self.level(Level::Study, |row| study.items(row), None, new);
    }

    pub(super) fn of_series(&mut self, series: Series<'a>, offsets: &Offsets<'a>, new: bool) {
        self.level(Level::Series, |row| series.items(row), Some(offsets), new);
    }

    pub(super) fn of_instance(&mut self, instance: Instance<'a>) {
        self.level(Level::Instance, |row| instance.items(row), None, true);
    }

    /// A data set is written.
    pub(super) fn end(&mut self, new: [bool; 2], offsets: &Offsets<'_>) {
        offsets.tell(&mut self.account, new);
        self.account.next_row();
    }

    /// The facts of a level take the place of those that were at hand.
    fn level(&mut self, level: Level, get: impl Fn(RowRef) -> Option<Items<'a>>, offsets: Option<&Offsets<'a>>, new: bool) {
        let begin = self.above.get(level as usize).copied().unwrap_or(0);
        let mut all = core::mem::take(&mut self.items);
        all.truncate(begin);
        self.bent.retain(|bent| bent.row.level < level);
        let mut present = 0;
        for (index, row) in rows_of(level).iter().enumerate() {
            let row_ref = RowRef { level, index: index as u8 };
            let Some(given) = get(row_ref) else { continue };
            let from = all.len();
            for item in given {
                all.push(item);
            }
            if let Some(slot) = self.ranges.get_mut(level as usize).and_then(|ranges| ranges.get_mut(index)) {
                *slot = from as u32..all.len() as u32;
            }
            let items = all.get(from..).unwrap_or_default();
            if items.is_empty() {
                continue;
            }
            present |= 1 << index;
            if row_ref == row::RETRIEVE_URL.into() {
                self.retrieve(row, items, new);
                continue;
            }
            let offsets = offsets.filter(|_| row_ref == row::SERIES_STARTED.into());
            match offsets.and_then(|offsets| offsets.expressed(items)) {
                None => self.fact(row_ref, row, items, new),
                Some(expressed) => {
                    self.fact(row_ref, row, &borrowed(&expressed), new);
                    if !self.bent.iter().any(|bent| bent.row == row_ref) {
                        self.bent.push(Bent { row: row_ref, items: expressed });
                    }
                }
            }
        }
        if let Some(slot) = self.present.get_mut(level as usize) {
            *slot = present;
        }
        let end = all.len();
        self.items = all;
        self.above.iter_mut().skip(level as usize + 1).for_each(|above| *above = end);
    }

    /// Whether a row has items.
    pub(super) fn has(&self, row: RowRef) -> bool {
        has(&self.present, row)
    }

    /// The items of a row as they are written.
    pub(super) fn given(&self, row: RowRef) -> Cow<'_, [Fields<'_>]> {
        if !self.has(row) {
            return Cow::Borrowed(&[]);
        }
        if let Some(bent) = self.bent.iter().find(|bent| bent.row == row) {
            return Cow::Owned(borrowed(&bent.items));
        }
        let range = self.ranges.get(row.level as usize).and_then(|ranges| ranges.get(usize::from(row.index)));
        let items = range.and_then(|range| self.items.get(range.start as usize..range.end as usize));
        Cow::Borrowed(items.unwrap_or_default())
    }

    /// Whether these rows hold all attributes of a row.
    pub(super) fn has_whole(&self, row: RowRef) -> bool {
        has(&self.whole, row)
    }

    /// Whether these rows hold the attribute of a part.
    pub(super) fn holds(&self, row: RowRef, part: &Part) -> bool {
        has(&self.whole, row) || self.left_out(part).is_none() && (row != row::AVAILABILITY.into() || self.rows == Rows::Study)
    }

    /// Why a part of a fact is not written in these rows, if it is not.
    pub(super) fn left_out(&self, part: &Part) -> Option<Code> {
        let tag = part.within.unwrap_or(part.tag);
        let above = part.from.is_some_and(|from| from > self.rows.level());
        if above || self.rows == Rows::Metadata && is_query_only(tag) {
            Some(Code::NotListed)
        } else if !self.select.holds(self.rows.level(), tag) {
            Some(Code::NotSelected)
        } else {
            None
        }
    }

    /// How many leaves a fact is, if every one of them is written as it stands: then nobody need look closer.
    fn whole(&self, row_ref: RowRef, row: &Row, items: &[Fields<'_>]) -> Option<u64> {
        if !has(&self.whole, row_ref) {
            return None;
        }
        let mut leaves = 0;
        for item in items {
            let fields = item.iter().zip(vrs_of(row_ref)).take(row.kind.fields).enumerate();
            for (field, (text, vr)) in fields.filter(|(_, (text, _))| !text.is_empty()) {
                match vr {
                    None if row.is_unsaid(field) => return None,
                    // The offset is of the whole data set, and is told there.
                    Some(Vr::Offset) => {
                        dated(*item)?;
                    }
                    Some(vr) if !self.hold.holds(*vr, text) => return None,
                    _ => leaves += 1,
                }
            }
        }
        Some(leaves)
    }

    /// What becomes of the fields of a fact, told if it is new. Items that lose some of them are bent.
    fn fact(&mut self, row_ref: RowRef, row: &'static Row, items: &[Fields<'_>], new: bool) {
        if let Some(leaves) = self.whole(row_ref, row, items) {
            if new {
                self.account.loss.carry(leaves);
            }
            return;
        }
        let of_study_only = row_ref == row::AVAILABILITY.into() && self.rows != Rows::Study;
        let mut lost = Lost::new();
        if row_ref == row::MODALITIES.into() {
            // They join those of the series.
            let whole = |item: &Fields<'_>| row.parts.iter().all(|part| item.first().is_some_and(|code| self.hold.holds(part.vr, code)));
            lost.extend(items.iter().enumerate().filter(|(_, item)| !whole(item)).map(|(n, _)| ((n, 0), Code::TooLong)));
        } else if !of_study_only {
            lost = self.lost(row_ref, row, items);
        }
        if !new {
            return;
        }
        for (n, item) in items.iter().enumerate() {
            for (field, _) in item.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                let code = match row.top_of(field, item) {
                    // An issuer that could not be read.
                    None if row.is_unsaid(field) => Some(Code::SystemUnknown),
                    // A mark tells which part it is, and is carried with it.
                    None => None,
                    Some(part) if matches!(part.vr, Vr::Offset) && dated(*item).is_some() => continue,
                    Some(part) if matches!(part.vr, Vr::Offset) => Some(Code::OffsetUnused),
                    Some(_) if of_study_only => Some(Code::NotListed),
                    Some(part) => self.left_out(part).or(lost.get(&(n, field)).copied()),
                };
                self.account.field(row, field, item, code);
            }
        }
    }

    /// The fields that are lost, with what is of no use without them; the items are bent to what is left.
    fn lost(&mut self, row_ref: RowRef, row: &'static Row, items: &[Fields<'_>]) -> Lost {
        let mut lost = Lost::new();
        for part in row.parts.iter().filter(|part| !matches!(part.vr, Vr::Offset) && self.left_out(part).is_none()) {
            for (n, item) in items.iter().enumerate() {
                lost_of(Of { row, part, hold: self.hold }, item, &mut |field| {
                    lost.insert((n, field), Code::TooLong);
                });
            }
        }
        if lost.is_empty() {
            return lost;
        }
        let mut kept = Vec::with_capacity(items.len());
        for (n, item) in items.iter().enumerate() {
            let (mut text, mut spans) = (String::new(), Vec::new());
            for (field, value) in item.iter().enumerate() {
                let gone = lost.contains_key(&(n, field));
                let start = text.len();
                text.push_str(if gone { "" } else { value });
                spans.push((field, start, text.len()));
            }
            let mut draft = Draft::new(&mut text);
            spans.into_iter().for_each(|(field, start, end)| draft.put(field, start, end));
            (row.kind.canon)(&mut draft);
            let refused = draft.told.marks.iter().enumerate().filter_map(|(field, mark)| Some((field, (*mark)?)));
            for (field, code) in refused.filter(|(_, code)| !code.is_carried()) {
                lost.entry((n, field)).or_insert(code);
            }
            let spans = draft.spans();
            kept.push(spans.map(|(start, end)| String::from(text.get(start..end).unwrap_or(""))));
        }
        self.bent.push(Bent { row: row_ref, items: kept });
        lost
    }

    /// What becomes of the study's own URL; rows below have theirs made from it.
    fn retrieve(&mut self, row: &'static Row, items: &[Fields<'_>], new: bool) {
        for item in items.iter().filter(|_| new) {
            for (field, _) in item.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                // Rows below the study have URLs that are made from it, where they can be.
                let is_made = self.rows == Rows::Study || self.is_base;
                let code = match row.parts.first().filter(|_| field == 0) {
                    Some(part) => self.left_out(part).or((!is_made).then_some(Code::NotListed)),
                    None => Some(Code::BadUrl),
                };
                self.account.field(row, 0, item, code);
            }
        }
    }
}
