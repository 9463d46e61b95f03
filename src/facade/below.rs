//! What is below a study: its series, its instances, asked for at once or series by series.

use super::content::{Asking, GONE, MANY_SERIES, NOT_SUPPORTED};
use super::exchange::{Exchange, PullId, Pulled};
use super::pulls::Pulls;
use super::refusal::Refusal;
use crate::dicom::Reader;
use crate::study::Cut;
use crate::table::Level;
use crate::url::{Resource, View};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

/// What is below one study.
pub(super) struct Below {
    study: Resource,
    /// Of all that is asked for it.
    rank: u32,
    series: Option<PullId>,
    /// All its instances at once.
    whole: Option<PullId>,
    is_whole_tried: bool,
    /// Its instances, series by series.
    each: Pulls,
    /// What came.
    read: Vec<Reader>,
    uids: BTreeSet<String>,
    is_complete: bool,
    /// It takes more requests than are left.
    is_left: bool,
    cut: Cut,
}

impl Below {
    /// Asks for the series of a study, and for its instances at once, where the archive lists them so.
    pub(super) fn ask(exchange: &mut Exchange, asking: &Asking, study: Resource, level: Level) -> Below {
        let rank = exchange.rank();
        let series = Some(asking.pull(exchange, &study, View::Series, GONE, rank));
        let is_whole_tried = level >= Level::Instance && asking.server.lists_instances();
        let whole = is_whole_tried.then(|| asking.pull(exchange, &study, View::Instances, NOT_SUPPORTED, rank));
        let (each, read, uids) = (Pulls::default(), Vec::new(), BTreeSet::new());
        Below { study, rank, series, whole, is_whole_tried, each, read, uids, is_complete: false, is_left: false, cut: Cut::default() }
    }

    pub(super) fn uid(&self) -> &str {
        self.study.study().unwrap_or("")
    }

    /// Whether it takes more requests than are left: nothing of it is used.
    pub(super) const fn is_left(&self) -> bool {
        self.is_left
    }

    /// What of it is there and was not given.
    pub(super) const fn cut(&self) -> Cut {
        self.cut
    }

    /// The rows that came.
    pub(super) fn into_rows(self) -> Vec<Reader> {
        self.read
    }

    /// Takes what came, as soon as all did that was asked for, and asks for what is missing; whether nothing is.
    pub(super) fn next(&mut self, exchange: &mut Exchange, asking: &Asking, level: Level) -> Result<bool, Refusal> {
        if !self.is_complete && self.is_ready(exchange) {
            self.go_on(exchange, asking, level)?;
        }
        Ok(self.is_complete)
    }

    fn is_ready(&mut self, exchange: &Exchange) -> bool {
        self.series.iter().chain(&self.whole).all(|id| exchange.is_done(*id)) && self.each.are_done(exchange)
    }

    fn go_on(&mut self, exchange: &mut Exchange, asking: &Asking, level: Level) -> Result<(), Refusal> {
        self.take_series(exchange)?;
        let has_all = level < Level::Instance || self.take_whole(exchange)?;
        if has_all || self.is_left || self.take_each(exchange)? {
            self.is_complete = true;
        } else {
            self.ask_instances(exchange, asking);
        }
        Ok(())
    }

    fn take_series(&mut self, exchange: &mut Exchange) -> Result<(), Refusal> {
        let Some(id) = self.series.take() else { return Ok(()) };
        match exchange.take(id)? {
            Pulled::Rows { reader, is_cut } => {
                let (rows, uid) = (reader.assembler(), self.uid());
                let uids = rows.series_of(uid);
                // What is listed here and says that it is something else, or not what it is, is missing all the same.
                let is_torn = rows.unplaced() > 0 || rows.bare() > 0 || rows.uids().iter().any(|of| of != uid);
                self.uids = uids;
                self.cut.series |= is_cut || is_torn;
                self.read.push(*reader);
            }
            Pulled::Absent(_) => self.cut.series = true,
            Pulled::Spent => self.is_left = true,
        }
        Ok(())
    }

    /// All instances at once, if they came so: whether these are they.
    fn take_whole(&mut self, exchange: &mut Exchange) -> Result<bool, Refusal> {
        let Some(id) = self.whole.take() else { return Ok(false) };
        match exchange.take(id)? {
            Pulled::Rows { reader, is_cut } => {
                // Rows that do not say their series are of no use here, and none is an answer of those who do not know the question.
                let is_good = u64::from(reader.assembler().instances()) == reader.rows();
                let is_all = is_good && (reader.rows() > 0 || self.uids.is_empty());
                if is_all {
                    self.cut.instances |= is_cut;
                    self.read.push(*reader);
                }
                return Ok(is_all);
            }
            Pulled::Absent(_) => {}
            Pulled::Spent => self.is_left = true,
        }
        Ok(false)
    }

    /// The instances of each series, if they were asked for so.
    fn take_each(&mut self, exchange: &mut Exchange) -> Result<bool, Refusal> {
        if self.each.is_empty() {
            return Ok(false);
        }
        for id in self.each.take() {
            match exchange.take(id)? {
                Pulled::Rows { reader, is_cut } => {
                    self.cut.instances |= is_cut || u64::from(reader.assembler().instances()) < reader.rows();
                    self.read.push(*reader);
                }
                Pulled::Absent(_) => self.cut.instances = true,
                Pulled::Spent => {
                    self.is_left = true;
                    break;
                }
            }
        }
        Ok(true)
    }

    /// Asks for the instances: at once where the series are many, else series by series, if all of them can be had.
    fn ask_instances(&mut self, exchange: &mut Exchange, asking: &Asking) {
        if self.uids.len() > MANY_SERIES && !self.is_whole_tried && exchange.remaining() > 0 {
            self.is_whole_tried = true;
            self.whole = Some(asking.pull(exchange, &self.study, View::Instances, NOT_SUPPORTED, self.rank));
            return;
        }
        self.is_left = u64::from(exchange.pages()) * self.uids.len() as u64 > u64::from(exchange.spare());
        for series in self.uids.iter().filter(|_| !self.is_left) {
            // The archive lists it, and cannot be asked for it.
            let Some(series) = self.study.clone().and_series(series).ok().filter(|_| asking.server.takes(series)) else {
                self.cut.instances = true;
                continue;
            };
            self.each.push(asking.pull(exchange, &series, View::Instances, GONE, self.rank));
        }
        self.is_complete = self.each.is_empty();
    }
}
