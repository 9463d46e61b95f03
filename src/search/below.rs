//! What series and instances show, and when what is listed of them is all that there is.

use super::evidence::Reader;
use super::parameter::Ask;
use crate::study::Series;
use crate::table::{Level, RowRef, row};

/// Whether what is asked of a person can be told: its name, its identification, or that there is one.
pub(super) fn known_person(ask: Ask, name: bool, identification: bool) -> bool {
    match ask {
        Ask::Name | Ask::Family | Ask::Given => name,
        Ask::Identifier => identification,
        _ => name && identification,
    }
}

impl<'a> Reader<'a, '_> {
    pub(super) fn modalities(&mut self) {
        let shape = RowRef::from(row::MODALITIES);
        let items = self.study.items(shape);
        let is_none = items.is_none();
        self.items(shape, items);
        for series in self.study.series() {
            self.items(row::SERIES_MODALITY.into(), series.items(row::SERIES_MODALITY.into()));
        }
        // A list of which nothing can be read tells none: some say `*` of what they do not know.
        // (Of those that series have, too, the series' own are kept.)
        let says_none =
            || is_none && !self.study.is_whole() && self.study.series().all(|series| series.items(row::SERIES_MODALITY.into()).is_none());
        if !self.study.knows(shape) || says_none() {
            self.need_series(&[row::SERIES_MODALITY.into()], |series| series.knows(row::SERIES_MODALITY.into()));
        }
    }

    pub(super) fn body_sites(&mut self) {
        let row = RowRef::from(row::BODY_SITE);
        for series in self.study.series() {
            self.items(row, series.items(row));
        }
        self.need_series(&[row], |series| series.knows(row) || series.items(row).is_some());
    }

    pub(super) fn performers(&mut self, ask: Ask) {
        let people = [RowRef::from(row::PERFORMER), row::OPERATOR.into()];
        // A device is known by attributes that rows of series rarely have: what is not returned counts as absent, and is asked for all the same.
        let device = RowRef::from(row::DEVICE);
        let all = [&people[..], &[device]].concat();
        for series in self.study.series() {
            all.iter().for_each(|row| self.items(*row, series.items(*row)));
        }
        self.need_series(&all, |series| people.iter().all(|row| known_person(ask, series.knows(*row), series.knows_identification(*row))));
    }

    /// Series that are not listed, or whose rows do not tell, may have more.
    pub(super) fn need_series(&mut self, rows: &[RowRef], knows: impl Fn(&Series<'a>) -> bool) {
        if !self.lists_series() || !self.study.series().all(|series| knows(&series)) {
            self.need(Level::Series, rows);
        }
    }

    /// Facts of the study that rows of series tell: requests, and what else `rows` say with them.
    pub(super) fn need_requests(&mut self, row: RowRef, others: &[RowRef]) {
        let rows = [&[row], others].concat();
        if !self.study.is_whole() {
            self.need_series(&rows, Series::knows_requests);
        } else if !self.study.knows(row) {
            self.need(Level::Study, &rows);
        }
    }

    /// Whether every series of the study is listed.
    fn lists_series(&self) -> bool {
        let listed = self.study.series().len();
        if self.study.cut.series {
            return false;
        }
        match self.study.get(row::SERIES_COUNT) {
            Some(count) => count as usize <= listed,
            None => listed > 0 || self.study.is_whole(),
        }
    }

    pub(super) fn instances(&mut self, row: RowRef) {
        let all = self.study.series().map(|series| series.instances().len()).sum::<usize>();
        // Where there is no series there is no instance, whatever their count says.
        let has_none = self.study.get(row::SERIES_COUNT) == Some(0) && self.study.series().len() == 0;
        let mut whole = !self.study.cut.instances
            && self.lists_series()
            && (has_none || self.study.get(row::INSTANCE_COUNT).is_none_or(|count| count as usize <= all));
        for series in self.study.series() {
            let listed = series.instances().len();
            whole &= match series.get(row::SERIES_INSTANCE_COUNT) {
                Some(count) => count as usize <= listed,
                None => listed > 0 || self.study.is_whole(),
            };
            for instance in series.instances() {
                self.items(row, instance.items(row));
                whole &= instance.knows(row);
            }
        }
        if self.study.series().len() == 0 && !self.lists_series() {
            self.need(Level::Series, &[row::SERIES_UID.into()]);
        } else if !whole {
            self.need(Level::Instance, &[row]);
        }
    }
}
