//! What studies hold: their rows, asked for by UID, down to a level.

use super::exchange::{Exchange, PullId, Pulled};
use super::refusal::Refusal;
use crate::dicom::Reader;
use crate::loss::Mapped;
use crate::options::Options;
use crate::search::Server;
use crate::search::plan::includefield;
use crate::study::Study;
use crate::table::{Level, row};
use crate::url::{Resource, View};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

/// A server has it no more, or never had it.
const GONE: &[u16] = &[404, 410];
/// A server does not have such a resource: it is optional (PS3.18 10.6.1).
const NOT_SUPPORTED: &[u16] = &[400, 404, 405, 410, 501];
/// With more series than this all instances of the study are asked for at once, even where the server is not known to list them so.
const MANY_SERIES: usize = 32;

/// Rows of studies on their way.
pub(super) struct Content {
    level: Level,
    studies: Vec<PullId>,
    below: Vec<Below>,
    /// The study rows.
    read: Vec<Reader>,
    is_begun: bool,
    /// Why there is no study row, where a server said so.
    pub(super) gone: Option<u16>,
}

/// What is below one study.
struct Below {
    study: Resource,
    series: Option<PullId>,
    whole: Option<PullId>,
    is_whole_tried: bool,
    each: Vec<PullId>,
    read: Vec<Reader>,
    uids: BTreeSet<String>,
    is_complete: bool,
}

/// What came of it.
pub(super) struct Held {
    pub(super) level: Level,
    pub(super) studies: Mapped<Vec<Study>>,
    pub(super) gone: Option<u16>,
}

impl Content {
    /// Asks for the rows of these studies.
    pub(super) fn ask(exchange: &mut Exchange, server: &Server, uids: &[String], level: Level) -> Content {
        let fields = includefield(server, Level::Study);
        let mut studies = Vec::new();
        for uids in uids.chunks(server.uids_in_a_list().max(1) as usize) {
            let mut query = ["StudyInstanceUID=", &uids.join(",")].concat();
            if !fields.is_empty() {
                query = [&query, "&", &fields].concat();
            }
            studies.push(exchange.pull("/studies", &query, None, GONE));
        }
        let mut below = Vec::new();
        if level >= Level::Series {
            let studies = uids.iter().filter_map(|uid| Resource::of_study(uid).ok());
            for study in studies {
                let series = Some(pull(exchange, server, &study, View::Series, GONE));
                let is_whole_tried = level >= Level::Instance && server.lists_instances();
                let whole = is_whole_tried.then(|| pull(exchange, server, &study, View::Instances, NOT_SUPPORTED));
                let (each, read, uids) = (Vec::new(), Vec::new(), BTreeSet::new());
                below.push(Below { study, series, whole, is_whole_tried, each, read, uids, is_complete: false });
            }
        }
        Content { level, studies, below, read: Vec::new(), is_begun: false, gone: None }
    }

    /// Takes what came, and asks for what is missing; whether nothing is.
    pub(super) fn next(&mut self, exchange: &mut Exchange, server: &Server) -> Result<bool, Refusal> {
        if !self.is_begun {
            self.is_begun = true;
            for id in core::mem::take(&mut self.studies) {
                match exchange.take(id)? {
                    Pulled::Rows(reader) => self.read.push(*reader),
                    Pulled::Absent(status) => self.gone = Some(status),
                }
            }
        }
        for below in self.below.iter_mut().filter(|below| !below.is_complete) {
            below.next(exchange, server, self.level, &self.read)?;
        }
        Ok(self.below.iter().all(|below| below.is_complete))
    }

    /// The studies, as their rows have them.
    pub(super) fn finish(self, options: &Options) -> Result<Held, Refusal> {
        let mut present: BTreeSet<String> = BTreeSet::new();
        let mut all = Reader::new(options.clone());
        for reader in self.read {
            present.extend(reader.assembler().uids());
            all.append(reader).map_err(Refusal::of_answer)?;
        }
        for reader in self.below.into_iter().flat_map(|below| below.read) {
            all.append(reader).map_err(Refusal::of_answer)?;
        }
        let mut studies = all.finish().map_err(Refusal::of_answer)?;
        // A row below a study that is not listed itself is none of it.
        studies.value.retain(|study| study.get(row::STUDY_UID).is_some_and(|uid| present.contains(uid)));
        Ok(Held { level: self.level, studies, gone: self.gone })
    }
}

impl Below {
    fn next(&mut self, exchange: &mut Exchange, server: &Server, level: Level, studies: &[Reader]) -> Result<(), Refusal> {
        let uid = self.study.study().unwrap_or("");
        if let Some(id) = self.series.take() {
            match exchange.take(id)? {
                Pulled::Rows(reader) => {
                    self.uids = reader.assembler().series_of(uid);
                    self.read.push(*reader);
                }
                // A study whose series are not to be had is not told as one without series.
                Pulled::Absent(status) if studies.iter().any(|rows| rows.assembler().uids().iter().any(|known| known == uid)) => {
                    return Err(Refusal::new(502, "incomplete", "the archive lists a study, and not its series")
                        .with(alloc::format!("status {status}")));
                }
                Pulled::Absent(_) => {}
            }
        }
        if level < Level::Instance {
            self.is_complete = true;
            return Ok(());
        }
        if let Some(id) = self.whole.take() {
            let pulled = exchange.take(id)?;
            // Rows that do not say their series are of no use here.
            let is_good = pulled.reader().is_some_and(|reader| u64::from(reader.assembler().instances()) == reader.rows());
            if let (Pulled::Rows(reader), true) = (pulled, is_good) {
                self.read.push(*reader);
                self.is_complete = true;
                return Ok(());
            }
        }
        if !self.each.is_empty() {
            for id in core::mem::take(&mut self.each) {
                if let Pulled::Rows(reader) = exchange.take(id)? {
                    self.read.push(*reader);
                }
            }
            self.is_complete = true;
        } else if self.uids.len() > MANY_SERIES && !self.is_whole_tried {
            self.is_whole_tried = true;
            self.whole = Some(pull(exchange, server, &self.study, View::Instances, NOT_SUPPORTED));
        } else if self.uids.is_empty() {
            self.is_complete = true;
        } else {
            let series = self.uids.iter().filter_map(|uid| self.study.clone().and_series(uid).ok());
            for series in series {
                self.each.push(pull(exchange, server, &series, View::Instances, GONE));
            }
        }
        Ok(())
    }
}

/// Asks for the rows below a study or series.
fn pull(exchange: &mut Exchange, server: &Server, of: &Resource, view: View, absent: &'static [u16]) -> PullId {
    let level = if view == View::Series { Level::Series } else { Level::Instance };
    let path = of.clone().viewed(view).map(|resource| resource.path()).unwrap_or_default();
    exchange.pull(&path, &includefield(server, level), Some(of.clone()), absent)
}
