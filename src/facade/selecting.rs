//! Which candidates there are: what selects them, and what does if that turns out to be too much.

use super::choosing::Price;
use super::content::{Asking, GONE, NOT_SUPPORTED};
use super::cursor::Cursor;
use super::exchange::{Exchange, Pulled};
use super::judging::{Candidate, Judged};
use super::pulls::Pulls;
use super::refusal::Refusal;
use super::search::{Search, Stage};
use super::{Response, answer};
use crate::dicom::Reader;
use crate::error::Error;
use crate::search::{self, Key, Plan};
use crate::study::Study;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// Keys of requests for series and instances.
const BELOW: [Key; 4] = [Key::SeriesInstanceUid, Key::SopInstanceUid, Key::SopClassUid, Key::Modality];

/// So many requests more than they take at least other clauses than a long list are tried with.
const FEW: u32 = 4;

/// What selects, on its way.
pub(super) struct Selecting {
    pulls: Pulls,
    /// What is asked if there is more of it than can be had.
    otherwise: Option<Box<Planned>>,
}

/// A plan, and for how many requests it was made.
struct Planned {
    plan: Plan,
    requests: u32,
}

impl Planned {
    /// How many requests it takes, if each takes so many pages.
    fn takes(&self, pages: u32) -> u32 {
        pages.saturating_mul(u32::try_from(self.plan.requests().len()).unwrap_or(u32::MAX))
    }
}

/// What came of what selects.
enum Selected {
    Candidates(Vec<Candidate>),
    /// There are more rows than requests.
    Spent,
    /// The archive cannot be asked for what is below studies.
    Refused,
}

impl Search {
    /// Asks for what selects.
    pub(super) fn select(&mut self, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        exchange.keep(0);
        if let Some(cursor) = self.cursor {
            return self.go_on(cursor, exchange);
        }
        let (left, pages) = (exchange.remaining(), exchange.pages());
        // What the first of the page takes is left.
        let first = if self.answering.results.count_only { 0 } else { pages.saturating_mul(self.asking.least(self.answering.level())) };
        let Ok(plan) = self.planned(left.saturating_sub(first)) else {
            let plan = self.planned(self.options.limits.requests).map_err(Refusal::of_query)?;
            return self.ask_for(plan, None, exchange);
        };
        // Each list may take an empty page more.
        let most = left.saturating_sub(self.options.limits.requests / 4);
        if plan.takes(pages) <= most {
            return self.ask_for(plan, None, exchange);
        }
        // Where a list takes nearly all, the other clauses are tried first, with few requests: they may select few. How many the list selects nobody
        // knows: where not all of its values can have something, each is one request at least.
        let is_other = |lean: &Planned| lean.plan.requests().len() < plan.plan.requests().len();
        let Some(lean) = self.planned(most / pages).ok().filter(is_other) else { return self.ask_for(plan, None, exchange) };
        let is_sure = plan.takes(pages).saturating_add(first) <= left;
        let kept = plan.takes(if is_sure { pages } else { 1 }).saturating_add(first);
        let tried = lean.takes(pages).saturating_add(FEW);
        if kept.saturating_add(tried) <= left {
            exchange.keep(left.saturating_sub(tried));
            self.ask_for(lean, Some(Box::new(plan)), exchange)
        } else if !is_sure && lean.plan.is_particular() {
            self.ask_for(lean, None, exchange)
        } else {
            self.ask_for(plan, None, exchange)
        }
    }

    /// A page goes on where the one before it ended, in what selected that.
    fn go_on(&mut self, cursor: Cursor, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        if cursor.selection.of_studies {
            self.ask_studies_alone();
        }
        let requests = cursor.selection.requests;
        if requests > self.options.limits.requests {
            return Err(selected_otherwise());
        }
        match self.planned(requests) {
            Ok(plan) if cursor.is_of(&plan.plan) => self.ask_for(plan, None, exchange),
            Ok(_) => Err(selected_otherwise()),
            // What nobody answers is no fault of the cursor's.
            Err(_) => Err(self.planned(self.options.limits.requests).map_or_else(Refusal::of_query, |_| selected_otherwise())),
        }
    }

    /// What selects with so many requests.
    fn planned(&self, requests: u32) -> Result<Planned, Error> {
        let mut options = self.options.clone();
        options.limits.requests = requests;
        let plan = search::plan(&self.query, &self.asking.server, &options)?;
        Ok(Planned { plan, requests })
    }

    fn ask_studies_alone(&mut self) {
        let server = BELOW.iter().fold(self.asking.server.clone(), |server, key| server.keeping(*key));
        self.asking = Asking::new(&server);
        self.selection.of_studies = true;
    }

    fn ask_for(&mut self, planned: Planned, otherwise: Option<Box<Planned>>, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        let Planned { plan, requests } = planned;
        let mut pulls = Pulls::default();
        for request in plan.requests() {
            let absent = if request.path != "/studies" {
                NOT_SUPPORTED
            } else if request.query.starts_with(Key::StudyInstanceUid.keyword()) {
                GONE
            } else {
                &[]
            };
            let rank = exchange.rank();
            pulls.push(exchange.pull(request.path, &request.query, None, absent, rank));
        }
        let is_asked = !pulls.is_empty();
        (self.plan, self.selection.requests) = (Some(plan), requests);
        self.stage = Stage::Selecting(Selecting { pulls, otherwise });
        // Nothing can match: nothing is asked.
        if is_asked { Ok(None) } else { self.advance(exchange) }
    }

    /// Takes what came, as soon as all of it did.
    pub(super) fn selecting(&mut self, mut selecting: Selecting, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        if !selecting.pulls.are_done(exchange) {
            self.stage = Stage::Selecting(selecting);
            return Ok(None);
        }
        (self.nameless, self.is_cut) = (0, false);
        match (self.selected(selecting.pulls, exchange)?, selecting.otherwise) {
            (Selected::Candidates(candidates), otherwise) => {
                self.candidates = candidates;
                exchange.keep(0);
                if let Some(plan) = otherwise {
                    // The list may leave fewer to be looked at.
                    let undecided = self.undecided(exchange);
                    let list = plan.takes(exchange.pages());
                    let is_less = list <= exchange.remaining() && undecided > list;
                    if is_less || self.wants_all() && undecided > exchange.remaining() {
                        return self.ask_for(*plan, None, exchange);
                    }
                }
                let start = if self.wants_all() { 0 } else { self.begins_at() };
                self.open = (start..self.candidates.len()).collect();
                self.advance(exchange)
            }
            (Selected::Refused, _) if self.cursor.is_some() => Err(selected_otherwise()),
            (Selected::Refused, _) => {
                self.ask_studies_alone();
                self.select(exchange)
            }
            (Selected::Spent, Some(plan)) => {
                exchange.keep(0);
                self.ask_for(*plan, None, exchange)
            }
            (Selected::Spent, None) => Err(Refusal::too_many_requests()),
        }
    }

    /// What it is thought to take to decide the candidates that their rows do not decide.
    fn undecided(&mut self, exchange: &Exchange) -> u32 {
        let Some(plan) = self.plan.take() else { return 0 };
        let mut undecided = Vec::new();
        for (n, candidate) in self.candidates.iter_mut().enumerate() {
            if let Judged::Need(level) = candidate.judge(&plan, &self.held) {
                undecided.push((n, level));
            }
        }
        self.plan = Some(plan);
        self.sum(&undecided, exchange, Price::thought)
    }

    /// The candidates, in the order of requests and pages.
    fn selected(&mut self, mut pulls: Pulls, exchange: &mut Exchange) -> Result<Selected, Refusal> {
        let mut rows = Reader::new(self.options.clone());
        let mut order: Vec<String> = Vec::new();
        // Rows that a filter on series or instances let through select a study, and are not all of it; nor are those of a server that merges.
        let is_whole = |request: &search::Request| {
            request.path == "/studies"
                && !(self.asking.server.merges_patients() && request.query.contains(Key::ModalitiesInStudy.keyword()))
        };
        let paths: Vec<(&str, bool)> = self.plan.iter().flat_map(Plan::requests).map(|request| (request.path, is_whole(request))).collect();
        let mut selecting = Vec::new();
        let (mut is_refused, mut is_spent) = (false, false);
        for (id, (path, is_whole)) in pulls.take().into_iter().zip(paths) {
            match exchange.take(id)? {
                Pulled::Absent(_) => is_refused |= path != "/studies",
                Pulled::Spent => is_spent = true,
                Pulled::Rows { reader, is_cut } => {
                    let uids = reader.assembler().uids();
                    // Rows below the study that do not say of which they are select nothing: it is asked otherwise.
                    is_refused |= path != "/studies" && uids.is_empty() && reader.rows() > 0;
                    self.nameless += reader.assembler().unplaced();
                    self.is_cut |= is_cut;
                    order.extend(uids);
                    if is_whole {
                        rows.append(*reader).map_err(Refusal::of_answer)?;
                    } else {
                        selecting.extend(reader.finish().map_err(Refusal::of_answer)?.ignore_loss());
                    }
                }
            }
        }
        if is_refused || is_spent {
            return Ok(if is_spent { Selected::Spent } else { Selected::Refused });
        }
        let studies = rows.finish().map_err(Refusal::of_answer)?.ignore_loss();
        let (mut rows, mut selecting) = (by_uid(studies), by_uid(selecting));
        let mut known = BTreeSet::new();
        order.retain(|uid| known.insert(uid.clone()));
        let candidate = |uid: String| {
            let (rows, selecting) = (rows.remove(&uid).unwrap_or_default(), selecting.remove(&uid).unwrap_or_default());
            let is_refused = !self.asking.server.takes(&uid);
            Candidate { uid, rows, selecting, is_refused, held: None, before: Vec::new(), verdict: None, keys: None }
        };
        Ok(Selected::Candidates(order.into_iter().map(candidate).collect()))
    }
}

/// A page that cannot go on where the one before it ended.
fn selected_otherwise() -> Refusal {
    Refusal::new(400, "value", "a cursor of what is selected otherwise now; begin again at the first page")
}

fn by_uid(studies: Vec<Study>) -> BTreeMap<String, Vec<Study>> {
    let mut of_uid: BTreeMap<String, Vec<Study>> = BTreeMap::new();
    for study in studies {
        of_uid.entry(answer::uid(&study).into()).or_default().push(study);
    }
    of_uid
}
