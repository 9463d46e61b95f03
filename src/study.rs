//! [`Study`]: the record in the middle, blind to releases.

use crate::kind::Kind;
use crate::table::{Fact, IDENTIFIED, Level, RowRef, rows_of};
use crate::value::{self, Fields, Items};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

/// The bit of a series' known rows that says that its requests are known, which are the study's facts.
pub(crate) const REQUESTS_KNOWN: u64 = 1 << 63;
/// Slots of the patient.
pub(crate) const PATIENT_SLOTS: usize = rows_of(Level::Patient).len();
/// Slots of the patient and the study.
pub(crate) const STUDY_SLOTS: usize = rows_of(Level::Patient).len() + rows_of(Level::Study).len();
/// The bit of a study's known rows that says that it comes from a resource, which says all that it knows: what it has not is absent, but for what a
/// reference that leads nowhere would have said.
const WHOLE: u64 = 1 << 63;
const _: () = assert!(STUDY_SLOTS + (IDENTIFIED as usize) < 63 && SERIES_SLOTS + (IDENTIFIED as usize) < 63);

/// The known rows, by level, of a data set that says all that there is.
pub(crate) const KNOWS_ALL: [u64; 4] = [(1 << PATIENT_SLOTS) - 1, u64::MAX, u64::MAX, u64::MAX];

/// Whether a study of which these rows are known comes from a resource that says all that there is.
pub(crate) const fn is_whole(known: u64) -> bool {
    known & WHOLE != 0
}

/// Whether a data set that knows these rows of the study says all that there is.
pub(crate) const fn says_all(study: u64) -> bool {
    study & WHOLE >> PATIENT_SLOTS != 0
}

/// Slots of a series.
pub(crate) const SERIES_SLOTS: usize = rows_of(Level::Series).len();
/// Slots that every instance has: UID, class, number. Others are in a list beside.
pub(crate) const INSTANCE_SLOTS: usize = 3;

/// A study with its series and instances.
///
/// Owned, without a lifetime, `Clone`, `Send`, `Sync`. Its facts are asked for by row:
///
/// ```
/// use fhir_dicomweb::{Options, dicom, row};
/// let rows = br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00080020":{"vr":"DA","Value":["20240114"]}}]"#;
/// let studies = dicom::read(rows, &Options::default())?.ignore_loss();
/// assert_eq!(studies[0].get(row::STUDY_UID), Some("1.2.3"));
/// assert_eq!(studies[0].get(row::STARTED).unwrap().date, "20240114");
/// assert!(studies[0].get(row::DESCRIPTION).is_none());
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
///
/// `Debug` shows how many series and instances, nothing of what they are.
#[derive(Clone)]
pub struct Study {
    pub(crate) text: Text,
    pub(crate) facts: [u32; STUDY_SLOTS],
    pub(crate) series: Vec<SeriesEntry>,
    pub(crate) instances: Vec<InstanceEntry>,
    pub(crate) extras: Vec<Extra>,
    pub(crate) patient_conflict: bool,
    /// Of its UID rows were left out that may be of other patients.
    pub(crate) is_torn: bool,
    /// Of its UID there is another patient of the same number, whom another issuer gave it.
    pub(crate) shares_number: bool,
    pub(crate) cut: Cut,
    /// Whether its rows tell the issuer of the patient's id, or that there is none.
    pub(crate) issuer_known: bool,
    /// Rows of patient and study that the data sets knew, even as empty: a bit for each slot.
    pub(crate) known: u64,
}

/// What of a study could not be had: it may have more than is listed.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) series: bool,
    pub(crate) instances: bool,
}

/// The text that the facts of a study are in.
#[derive(Clone)]
pub(crate) enum Text {
    Own(String),
    /// A part of a text that several studies share.
    Part(Arc<String>, u32, u32),
}

impl Text {
    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Text::Own(text) => text,
            Text::Part(text, start, end) => text.get(*start as usize..*end as usize).unwrap_or(""),
        }
    }
}

/// A series: where its facts are in the arena (0: absent), and which instances are its own.
#[derive(Clone, Copy)]
pub(crate) struct SeriesEntry {
    pub(crate) facts: [u32; SERIES_SLOTS],
    pub(crate) first: u32,
    pub(crate) end: u32,
    pub(crate) known: u64,
}

/// An instance: where its common facts are in the arena, and the first of its rarer ones.
#[derive(Clone, Copy)]
pub(crate) struct InstanceEntry {
    pub(crate) facts: [u32; INSTANCE_SLOTS],
    /// Index + 1 into the extras; they follow each other.
    pub(crate) extra: u32,
    pub(crate) known: u8,
}

/// A rarer fact of an instance.
#[derive(Clone, Copy)]
pub(crate) struct Extra {
    pub(crate) row: u8,
    /// Whether the next extra is this instance's too.
    pub(crate) more: bool,
    pub(crate) at: u32,
}

/// The slot of a row in the facts of a study.
pub(crate) const fn study_slot(row: RowRef) -> Option<usize> {
    match row.level {
        Level::Patient => Some(row.index as usize),
        Level::Study => Some(rows_of(Level::Patient).len() + row.index as usize),
        Level::Series | Level::Instance => None,
    }
}

/// A bit for each slot that has a run.
fn filled(slots: &[u32]) -> u64 {
    slots.iter().rev().fold(0, |bits, at| bits << 1 | u64::from(*at != 0))
}

/// The run at `at` of the arena.
pub(crate) fn run(arena: &str, row: RowRef, at: u32) -> Option<Items<'_>> {
    if at == 0 {
        return None;
    }
    let text = arena.get(at as usize..)?;
    Some(Items::at(text, row.row()?.kind.fields))
}

impl Study {
    /// The study as something with facts, for the walkers.
    pub(crate) fn items(&self, row: RowRef) -> Option<Items<'_>> {
        run(self.text.as_str(), row, self.facts.get(study_slot(row)?).copied()?)
    }

    /// A field of the first item of a fact; empty where there is none.
    pub(crate) fn field_of(&self, row: RowRef, field: u8) -> &str {
        self.items(row).and_then(|mut items| items.next()?.get(usize::from(field)).copied()).unwrap_or("")
    }

    /// The run of a fact, and what is behind it.
    pub(crate) fn text_at(&self, at: u32) -> Option<&str> {
        if at == 0 { None } else { self.text.as_str().get(at as usize..) }
    }

    /// The rows of patient or study that it has facts of: a bit each.
    pub(crate) fn present(&self, level: Level) -> u64 {
        match level {
            Level::Patient => filled(self.facts.get(..PATIENT_SLOTS).unwrap_or_default()),
            Level::Study => filled(self.facts.get(PATIENT_SLOTS..).unwrap_or_default()),
            Level::Series | Level::Instance => 0,
        }
    }

    /// Whether it comes from a resource that says all that it knows.
    pub(crate) fn is_whole(&self) -> bool {
        is_whole(self.known)
    }

    /// Whether the data sets knew the fact, even as absent. What was not returned may exist all the same.
    pub(crate) fn knows(&self, row: RowRef) -> bool {
        study_slot(row).is_some_and(|slot| self.known & (1 << slot) != 0)
    }

    /// As [`Self::knows`], of the issuer of the patient's id.
    pub(crate) fn knows_issuer(&self) -> bool {
        self.issuer_known || self.is_whole()
    }

    /// As [`Self::knows`], of the identification of a person.
    pub(crate) fn knows_identification(&self, row: RowRef) -> bool {
        study_slot(row).is_some_and(|slot| self.known & (1 << (slot + usize::from(IDENTIFIED))) != 0)
    }

    /// The fact of a row of the study or its patient; the first, where it is a list.
    #[must_use]
    pub fn get<K: Kind>(&self, row: Fact<K>) -> Option<K::View<'_>> {
        self.all(row).next()
    }

    /// All items of a fact that is a list.
    pub fn all<K: Kind>(&self, row: Fact<K>) -> Facts<'_, K> {
        Facts::of(self.items(row.into()))
    }

    /// The series, in order of first appearance.
    pub fn series(&self) -> impl ExactSizeIterator<Item = Series<'_>> {
        self.series.iter().map(|entry| Series { study: self, entry })
    }

    /// Whether rows of this study UID were met under different patients. Such records are kept apart.
    #[must_use]
    pub const fn is_patient_conflict(&self) -> bool {
        self.patient_conflict
    }

    /// How many filled fields the record has: the leaves that writing starts from.
    #[must_use]
    pub fn leaves(&self) -> u64 {
        let count = |items: Option<Items<'_>>| -> u64 {
            items.into_iter().flatten().flat_map(|item: Fields<'_>| item.into_iter()).filter(|field| !field.is_empty()).count() as u64
        };
        let of = |level: Level, get: &dyn Fn(RowRef) -> u64| -> u64 {
            (0..rows_of(level).len()).map(|index| get(RowRef { level, index: index as u8 })).sum()
        };
        let mut leaves = of(Level::Patient, &|row| count(self.items(row))) + of(Level::Study, &|row| count(self.items(row)));
        for series in self.series() {
            leaves += of(Level::Series, &|row| count(series.items(row)));
            for instance in series.instances() {
                leaves += of(Level::Instance, &|row| count(instance.items(row)));
            }
        }
        leaves
    }
}

impl fmt::Debug for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Study")
            .field("series", &self.series.len())
            .field("instances", &self.instances.len())
            .field("patient_conflict", &self.patient_conflict)
            .finish_non_exhaustive()
    }
}

/// A series of a study.
#[derive(Clone, Copy)]
pub struct Series<'a> {
    study: &'a Study,
    entry: &'a SeriesEntry,
}

impl<'a> Series<'a> {
    pub(crate) fn items(&self, row: RowRef) -> Option<Items<'a>> {
        run(self.study.text.as_str(), row, self.entry.facts.get(usize::from(row.index)).copied()?)
    }

    /// The run of a row's fact, and what is behind it.
    pub(crate) fn text_of(&self, row: RowRef) -> Option<&'a str> {
        self.study.text_at(self.entry.facts.get(usize::from(row.index)).copied()?)
    }

    /// The rows that it has facts of: a bit each.
    pub(crate) fn present(&self) -> u64 {
        filled(&self.entry.facts)
    }

    /// Whether its rows tell of its requests.
    pub(crate) fn knows_requests(&self) -> bool {
        self.entry.known & REQUESTS_KNOWN != 0
    }

    /// As [`Study::knows`].
    pub(crate) fn knows(&self, row: RowRef) -> bool {
        self.entry.known & (1 << row.index) != 0
    }

    /// As [`Study::knows_identification`].
    pub(crate) fn knows_identification(&self, row: RowRef) -> bool {
        self.entry.known & (1 << (row.index + IDENTIFIED)) != 0
    }

    /// The fact of a row of the series; the first, where it is a list.
    #[must_use]
    pub fn get<K: Kind>(&self, row: Fact<K>) -> Option<K::View<'a>> {
        self.all(row).next()
    }

    /// All items of a fact that is a list.
    pub fn all<K: Kind>(&self, row: Fact<K>) -> Facts<'a, K> {
        let row = RowRef::from(row);
        Facts::of((row.level == Level::Series).then(|| self.items(row)).flatten())
    }

    /// The instances, in order of first appearance.
    pub fn instances(&self) -> impl ExactSizeIterator<Item = Instance<'a>> + use<'a> {
        let study = self.study;
        study
            .instances
            .get(self.entry.first as usize..self.entry.end as usize)
            .unwrap_or_default()
            .iter()
            .map(move |entry| Instance { study, entry })
    }
}

impl fmt::Debug for Series<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Series").field("instances", &(self.entry.end - self.entry.first)).finish_non_exhaustive()
    }
}

/// An instance of a series.
#[derive(Clone, Copy)]
pub struct Instance<'a> {
    study: &'a Study,
    entry: &'a InstanceEntry,
}

impl<'a> Instance<'a> {
    pub(crate) fn items(&self, row: RowRef) -> Option<Items<'a>> {
        let at = match self.entry.facts.get(usize::from(row.index)) {
            Some(at) => *at,
            None => {
                let mut at = (self.entry.extra as usize).checked_sub(1)?;
                loop {
                    let extra = self.study.extras.get(at)?;
                    if extra.row == row.index {
                        break extra.at;
                    }
                    if !extra.more {
                        return None;
                    }
                    at += 1;
                }
            }
        };
        run(self.study.text.as_str(), row, at)
    }

    /// The rows that it has facts of: a bit each.
    pub(crate) fn present(&self) -> u64 {
        let mut bits = filled(&self.entry.facts);
        let mut at = (self.entry.extra as usize).checked_sub(1);
        while let Some(extra) = at.and_then(|at| self.study.extras.get(at)) {
            bits |= 1 << extra.row;
            at = at.filter(|_| extra.more).map(|at| at + 1);
        }
        bits
    }

    /// UID, where its class is in the arena, and number (perhaps empty) of an instance that has these and nothing else.
    pub(crate) fn usual(&self) -> Option<(&'a str, u32, &'a str)> {
        let [uid, class, number] = self.entry.facts;
        if uid == 0 || class == 0 || self.entry.extra != 0 {
            return None;
        }
        let one = |at| value::only(self.study.text.as_str().get(at as usize..)?);
        let number = if number == 0 { "" } else { one(number)? };
        Some((one(uid).filter(|uid| !uid.is_empty())?, class, number))
    }

    /// As [`Study::knows`].
    pub(crate) fn knows(&self, row: RowRef) -> bool {
        u64::from(self.entry.known) & (1 << row.index) != 0
    }

    /// The fact of a row of the instance.
    #[must_use]
    pub fn get<K: Kind>(&self, row: Fact<K>) -> Option<K::View<'a>> {
        let row = RowRef::from(row);
        Facts::<K>::of((row.level == Level::Instance).then(|| self.items(row)).flatten()).next()
    }
}

impl fmt::Debug for Instance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").finish_non_exhaustive()
    }
}

/// The items of a fact.
pub struct Facts<'a, K> {
    items: Option<Items<'a>>,
    kind: PhantomData<fn() -> K>,
}

impl<'a, K> Facts<'a, K> {
    fn of(items: Option<Items<'a>>) -> Self {
        Facts { items, kind: PhantomData }
    }
}

impl<'a, K: Kind> Iterator for Facts<'a, K> {
    type Item = K::View<'a>;

    fn next(&mut self) -> Option<K::View<'a>> {
        self.items.as_mut()?.next().map(|fields| K::view(&fields))
    }
}
