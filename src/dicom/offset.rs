//! One offset from UTC dates all times of a data set (PS3.3 C.12.1.1.8): times in another are told in it.

use super::account::Account;
use super::select::Select;
use crate::clock::shift;
use crate::loss::Code;
use crate::study::{Series, Study};
use crate::table::{Level, RowRef, row};
use crate::value::{FIELDS, Fields};
use alloc::string::String;
use alloc::vec::Vec;

/// The offsets of a data set's times.
pub(super) struct Offsets<'a> {
    /// Of study and series: none where there is no time, empty where its offset is not known.
    study: Option<&'a str>,
    series: Option<&'a str>,
    /// Whether the series' times can be told in the study's offset.
    can_shift: bool,
    /// Whether there are offsets of study and series whose times are not selected.
    unselected: [bool; 2],
}

/// The fields of a date, its time and their offset.
const PAIRS: [(usize, usize); 2] = [(0, 1), (3, 4)];
const OFFSET: usize = 2;

fn field<'a>(item: &[&'a str; FIELDS], at: usize) -> &'a str {
    item.get(at).copied().unwrap_or("")
}

/// The offset of an item, where it has a time to date.
pub(super) fn dated(item: [&str; FIELDS]) -> Option<&str> {
    PAIRS.iter().any(|(_, time)| !field(&item, *time).is_empty()).then(|| field(&item, OFFSET))
}

impl<'a> Offsets<'a> {
    pub(super) fn of(study: &'a Study, series: Option<Series<'a>>, (select, level): (&Select, Level)) -> Self {
        // A time that is not written is dated by nothing.
        let holds = |row: RowRef, at: usize| row.row().and_then(|row| row.part_of(at)).is_none_or(|part| select.holds(level, part.tag));
        let own = study.items(row::STARTED.into()).and_then(|mut items| items.next());
        // Only the first pair is the study's.
        let own = own.filter(|item| !field(item, 1).is_empty()).map(|item| field(&item, OFFSET));
        let whole = series.and_then(|series| series.items(RowRef::from(row::SERIES_STARTED))).and_then(|mut items| items.next());
        let item = whole.map(|mut item| {
            for (at, text) in item.iter_mut().enumerate().filter(|(at, _)| PAIRS.iter().any(|(_, time)| time == at)) {
                if !holds(row::SERIES_STARTED.into(), at) {
                    *text = "";
                }
            }
            item
        });
        let selected = own.filter(|_| holds(row::STARTED.into(), 1));
        let given = |offset: Option<&str>| offset.is_some_and(|offset| !offset.is_empty());
        let of_series = item.and_then(dated);
        let unselected = [given(own) && selected.is_none(), given(whole.and_then(dated)) && of_series.is_none()];
        let mut offsets = Offsets { study: selected, series: of_series, can_shift: false, unselected };
        offsets.can_shift = item.is_some_and(|item| {
            let (Some(to), from) = (offsets.study, field(&item, OFFSET)) else { return false };
            let times = || PAIRS.iter().filter(|(_, time)| !field(&item, *time).is_empty());
            times().all(|(date, time)| shift(field(&item, *date), field(&item, *time), from, to).is_some())
        });
        offsets
    }

    /// The offset that the data set has; none where one of its times has none.
    pub(super) fn written(&self) -> Option<&'a str> {
        let known = |offset: Option<&'a str>| offset.filter(|offset| !offset.is_empty());
        match (self.study, self.series) {
            (Some(""), _) | (_, Some("")) => None,
            (Some(study), Some(series)) if study != series && !self.can_shift => None,
            (study, series) => known(study).or(known(series)),
        }
    }

    fn shifts(&self) -> bool {
        self.written().is_some() && self.study.is_some() && self.series.is_some() && self.study != self.series
    }

    /// The series' times as the data set tells them, where that is in another offset than their own.
    pub(super) fn expressed(&self, items: &[Fields<'_>]) -> Option<Vec<[String; FIELDS]>> {
        let to = self.study.filter(|_| self.shifts())?;
        let expressed = items.iter().map(|item| {
            let mut texts = item.map(String::from);
            for (date, time) in PAIRS {
                if let Some((day, clock)) = shift(field(item, date), field(item, time), field(item, OFFSET), to) {
                    for (at, text) in [(date, day), (time, clock)] {
                        texts.iter_mut().skip(at).take(1).for_each(|slot| slot.clone_from(&text));
                    }
                }
            }
            texts
        });
        Some(expressed.collect())
    }

    /// What becomes of the offsets; whether those of study and series are new.
    pub(super) fn tell(&self, account: &mut Account, [of_study, of_series]: [bool; 2]) {
        let path = |row: RowRef, field: usize| row.row().map(|row| row.tags_of(field));
        let given = |offset: Option<&str>| offset.is_some_and(|offset| !offset.is_empty());
        let lose = |account: &mut Account, code: Code, row: RowRef, field: usize, new: bool| {
            if let Some((path, len)) = path(row, field) {
                account.lose(code, path.get(..len).unwrap_or_default(), u64::from(new));
            }
        };
        for ((is_unselected, new), row) in
            self.unselected.into_iter().zip([of_study, of_series]).zip([RowRef::from(row::STARTED), row::SERIES_STARTED.into()])
        {
            if is_unselected {
                lose(account, Code::NotSelected, row, OFFSET, new);
            }
        }
        let written = self.written().is_some();
        if given(self.study) && (of_study || !written) {
            match written {
                true => account.loss.carry(1),
                false => lose(account, Code::OffsetUnused, row::STARTED.into(), OFFSET, of_study),
            }
        }
        if given(self.series) && of_series {
            match written {
                true if self.shifts() => lose(account, Code::OffsetChanged, row::SERIES_STARTED.into(), 1, true),
                true => account.loss.carry(1),
                false => lose(account, Code::OffsetUnused, row::STARTED.into(), OFFSET, true),
            }
        }
    }
}
