//! What studies hold: their rows, asked for by UID, down to a level.

use super::below::Below;
use super::exchange::{Exchange, PullId, Pulled};
use super::pulls::Pulls;
use super::refusal::Refusal;
use crate::dicom::Reader;
use crate::loss::Mapped;
use crate::options::Options;
use crate::search::plan::includefield;
use crate::search::{End, Server};
use crate::study::{Cut, Study};
use crate::table::{Level, row};
use crate::url::{Resource, View};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// A server has it no more, or never had it.
pub(super) const GONE: &[u16] = &[404, 410];
/// A server does not have such a resource: it is optional (PS3.18 10.6.1).
pub(super) const NOT_SUPPORTED: &[u16] = &[400, 404, 405, 410, 501];
/// With more series than this all instances of the study are asked for at once, even where the server is not known to list them so.
pub(super) const MANY_SERIES: usize = 32;
/// No server is known whose pages are shorter than this, unless it is told so.
const USUAL_PAGE: u32 = 100;
/// How many series a study is taken to have where nobody says.
const USUAL_SERIES: u32 = 4;

/// How a server is asked for rows as they stand.
pub(super) struct Asking {
    pub(super) server: Server,
    studies: String,
    series: String,
    instances: String,
}

impl Asking {
    pub(super) fn new(server: &Server) -> Asking {
        let fields = |level| includefield(server, level);
        let (studies, series, instances) = (fields(Level::Study), fields(Level::Series), fields(Level::Instance));
        Asking { server: server.clone(), studies, series, instances }
    }

    /// How many requests a study begins with.
    pub(super) fn least(&self, level: Level) -> u32 {
        1 + u32::from(level >= Level::Series) + u32::from(level >= Level::Instance && self.server.lists_instances())
    }

    /// How many requests a study takes, with so many series, as far as they are known; and how many more where it has to be asked for series by
    /// series that are many.
    pub(super) fn cost(&self, exchange: &Exchange, level: Level, series: Option<u32>) -> (u32, u32) {
        let (below, each) = match (level, series.unwrap_or(USUAL_SERIES)) {
            (Level::Patient | Level::Study, _) => (0, 0),
            (Level::Series, _) => (1, 0),
            (Level::Instance, _) if self.server.lists_instances() => (2, 0),
            // All instances are asked for at once first.
            (Level::Instance, many) if many as usize > MANY_SERIES => (2, many),
            (Level::Instance, series) => (1_u32.saturating_add(series), 0),
        };
        let pages = exchange.pages();
        (pages.saturating_mul(below.saturating_add(1)), pages.saturating_mul(each))
    }

    /// How many requests more than that it takes by what it counts of itself, which may not be so.
    pub(super) fn further(&self, level: Level, study: &Study) -> u32 {
        let size = self.server.page_size().filter(|size| *size > 0 && self.server.end_signal() != End::OnePage);
        // A page that is full is not the last, which is counted already where the last is always empty.
        let last = u32::from(self.server.end_signal() == End::EmptyPage);
        let pages = |rows: Option<u32>| rows.zip(size).map_or(0, |(rows, size)| rows.saturating_sub(last) / size);
        let series = if level >= Level::Series { pages(study.get(row::SERIES_COUNT)) } else { 0 };
        series.saturating_add(if level >= Level::Instance { pages(study.get(row::INSTANCE_COUNT)) } else { 0 })
    }

    /// Whether a study says how many rows it has down to this level; one page has them all, whatever it says.
    pub(super) fn is_counted(&self, level: Level, study: &Study) -> bool {
        // Where the size of pages is not known, it is known of few rows alone how many pages they are.
        let most = if self.server.page_size().is_some() { u32::MAX } else { USUAL_PAGE };
        let is_known = |count: Option<u32>| count.is_some_and(|count| count <= most);
        let has_all = |level: Level| {
            (level < Level::Series || is_known(study.get(row::SERIES_COUNT)))
                && (level < Level::Instance || is_known(study.get(row::INSTANCE_COUNT)))
        };
        let is_one_page = self.server.end_signal() == End::OnePage && (level < Level::Instance || self.server.lists_instances());
        is_one_page || has_all(level)
    }

    /// Asks for the rows below a study or series.
    pub(super) fn pull(&self, exchange: &mut Exchange, of: &Resource, view: View, absent: &'static [u16], rank: u32) -> PullId {
        let fields = if view == View::Series { &self.series } else { &self.instances };
        let path = of.clone().viewed(view).map(|resource| resource.path()).unwrap_or_default();
        exchange.pull(&path, fields, Some(of.clone()), absent, rank)
    }
}

/// Rows of studies on their way.
pub(super) struct Content {
    level: Level,
    uids: Vec<String>,
    studies: Pulls,
    below: Vec<Below>,
    /// Those of them of which not all came yet.
    open: Vec<usize>,
    /// The study rows.
    read: Vec<Reader>,
    is_begun: bool,
    /// Those that the archive says there are none of, by its status.
    gone: BTreeMap<String, u16>,
    incomplete: BTreeSet<String>,
    unowned: BTreeSet<String>,
    /// Those of which there were more rows than requests.
    left: BTreeSet<String>,
}

/// What came of it.
pub(super) struct Held {
    pub(super) level: Level,
    pub(super) studies: Mapped<Vec<Study>>,
    /// Their places, by UID.
    pub(super) by_uid: Vec<usize>,
    /// Studies of which the archive says that there are none, by its status.
    pub(super) gone: BTreeMap<String, u16>,
    /// Studies that take more requests than were left: nothing is held of them.
    pub(super) left: BTreeSet<String>,
    /// Studies of which the archive lists more than it gives.
    pub(super) incomplete: BTreeSet<String>,
    /// Of their own rows there are more, which may name another patient.
    pub(super) unowned: BTreeSet<String>,
    /// The list of the studies themselves has more than was given.
    pub(super) is_cut: bool,
}

impl Content {
    /// Asks for the rows of these studies.
    pub(super) fn ask(exchange: &mut Exchange, asking: &Asking, uids: &[String], level: Level) -> Content {
        let mut studies = Pulls::default();
        for uids in uids.chunks(asking.server.uids_in_a_list().max(1) as usize) {
            let mut query = ["StudyInstanceUID=", &uids.join(",")].concat();
            if !asking.studies.is_empty() {
                query = [&query, "&", &asking.studies].concat();
            }
            let rank = exchange.rank();
            studies.push(exchange.pull("/studies", &query, None, GONE, rank));
        }
        let mut below = Vec::new();
        if level >= Level::Series {
            let studies = uids.iter().filter_map(|uid| Resource::of_study(uid).ok());
            below.extend(studies.map(|study| Below::ask(exchange, asking, study, level)));
        }
        let open = (0..below.len()).collect();
        let (read, gone) = (Vec::new(), BTreeMap::new());
        let (incomplete, unowned) = (BTreeSet::new(), BTreeSet::new());
        Content {
            level,
            uids: uids.to_vec(),
            studies,
            below,
            open,
            read,
            is_begun: false,
            gone,
            incomplete,
            unowned,
            left: BTreeSet::new(),
        }
    }

    /// Takes what came, and asks for what is missing; whether nothing is.
    pub(super) fn next(&mut self, exchange: &mut Exchange, asking: &Asking) -> Result<bool, Refusal> {
        if !self.studies.are_done(exchange) {
            return Ok(false);
        }
        if !self.is_begun {
            self.is_begun = true;
            let mut is_short = false;
            let lists = self.uids.chunks(asking.server.uids_in_a_list().max(1) as usize);
            for (id, list) in self.studies.take().into_iter().zip(lists) {
                match exchange.take(id)? {
                    Pulled::Rows { reader, is_cut } => {
                        // A row that does not say of which study it is may be that of any.
                        if is_cut || reader.assembler().unplaced() > 0 {
                            is_short = true;
                            self.unowned.extend(list.iter().cloned());
                        }
                        self.read.push(*reader);
                    }
                    Pulled::Absent(status) => self.gone.extend(list.iter().map(|uid| (uid.clone(), status))),
                    Pulled::Spent => self.left.extend(list.iter().cloned()),
                }
            }
            if is_short {
                self.incomplete.extend(self.uids.iter().cloned());
            }
        }
        // What waits for its next page is looked at when it has it.
        let mut open = Vec::new();
        for at in core::mem::take(&mut self.open) {
            if let Some(below) = self.below.get_mut(at) {
                if !below.next(exchange, asking, self.level)? {
                    open.push(at);
                }
            }
        }
        self.open = open;
        Ok(self.open.is_empty())
    }

    /// The studies, as their rows have them.
    pub(super) fn finish(self, options: &Options) -> Result<Held, Refusal> {
        let mut left = self.left;
        let mut cut: BTreeMap<String, Cut> = BTreeMap::new();
        for below in &self.below {
            if below.is_left() {
                left.insert(below.uid().into());
            }
            if below.cut() != Cut::default() {
                cut.insert(below.uid().into(), below.cut());
            }
        }
        // A server may ignore what it is asked for: what nobody asked for is let go.
        let asked: BTreeSet<&str> = self.uids.iter().map(String::as_str).filter(|uid| !left.contains(*uid)).collect();
        let mut present: BTreeSet<String> = BTreeSet::new();
        let mut all = Reader::new(options.clone());
        for mut reader in self.read {
            reader.retain(&asked);
            present.extend(reader.assembler().uids());
            all.append(reader).map_err(Refusal::of_answer)?;
        }
        for mut reader in self.below.into_iter().flat_map(Below::into_rows) {
            reader.retain(&asked);
            all.append(reader).map_err(Refusal::of_answer)?;
        }
        // What a conversation knows not to be all of it is not counted.
        all.mark_parts(&cut.keys().chain(&self.incomplete).map(String::as_str).collect());
        let mut studies = all.finish().map_err(Refusal::of_answer)?;
        // A row below a study that is not listed itself is none of it.
        studies.value.retain(|study| study.get(row::STUDY_UID).is_some_and(|uid| present.contains(uid)));
        for study in &mut studies.value {
            study.cut = cut.get(super::answer::uid(study)).copied().unwrap_or_default();
        }
        let is_cut = !self.incomplete.is_empty();
        let mut incomplete = self.incomplete;
        incomplete.extend(cut.into_keys());
        // What is counted and not listed is missing, whoever left it out.
        for study in studies.value.iter().filter(|_| self.level >= Level::Series) {
            let listed: usize = study.series().map(|series| series.instances().len()).sum();
            let is_short = |count: Option<u32>, listed: usize| count.is_some_and(|count| u64::from(count) > listed as u64);
            let is_deep = self.level >= Level::Instance;
            let of_series = || study.series().any(|series| is_short(series.get(row::SERIES_INSTANCE_COUNT), series.instances().len()));
            let is_deeply_short = || is_short(study.get(row::INSTANCE_COUNT), listed) || of_series();
            if is_short(study.get(row::SERIES_COUNT), study.series().len()) || is_deep && is_deeply_short() {
                incomplete.insert(super::answer::uid(study).into());
            }
        }
        let mut by_uid: Vec<usize> = (0..studies.value.len()).collect();
        by_uid.sort_by_key(|at| studies.value.get(*at).map(super::answer::uid));
        Ok(Held { level: self.level, studies, by_uid, gone: self.gone, left, incomplete, unowned: self.unowned, is_cut })
    }
}
