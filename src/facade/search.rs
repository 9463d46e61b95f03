//! `GET ImagingStudy?...` and `POST ImagingStudy/_search`: resolve, plan, select, judge, show.

use super::answer::{Answering, Page};
use super::content::{Content, Held};
use super::exchange::{Exchange, PullId, Pulled};
use super::judging::{Candidate, Judged};
use super::refusal::Refusal;
use super::results::Total;
use super::{Config, Job, Response};
use crate::dicom::Reader;
use crate::fhir::outcome::Issue;
use crate::loss::LossReport;
use crate::options::Options;
use crate::search::{self, Key, Plan, Query, Server, Why};
use crate::study::Study;
use crate::table::Level;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A server need not have searches for all series or all instances (PS3.18 10.6.1); proxies have none.
const NOT_SUPPORTED: &[u16] = &[400, 404, 405, 501];
/// A study that is asked for by its UID is not there: some servers say so.
const NO_SUCH_STUDY: &[u16] = &[404];
/// Keys of requests for series and instances.
const BELOW: [Key; 4] = [Key::SeriesInstanceUid, Key::SopInstanceUid, Key::SopClassUid, Key::Modality];

pub(super) struct Search {
    server: Server,
    options: Options,
    answering: Answering,
    query: Query,
    /// Where in the list of candidates, or of sorted matches, the page begins.
    at: Option<u32>,
    stage: Stage,
    plan: Option<Plan>,
    candidates: Vec<Candidate>,
    held: Vec<Held>,
}

enum Stage {
    Begin,
    Resolving,
    Selecting(Vec<PullId>),
    /// Contents on their way, each of these candidates.
    Holding(Vec<(Vec<usize>, Content)>),
}

impl Search {
    pub(super) fn new(config: &Config, answering: Answering, query: Query, cursor: Option<&str>) -> Result<Search, Refusal> {
        let mut options = config.options.clone();
        options.require_selective = !config.enumerate;
        if query.references().len() as u64 > u64::from(options.limits.requests) {
            return Err(Refusal::too_many_requests());
        }
        let at = answering.position(&query, cursor)?;
        let (server, stage) = (config.server.clone(), Stage::Begin);
        Ok(Search { server, options, answering, query, at, stage, plan: None, candidates: Vec::new(), held: Vec::new() })
    }

    fn select(&mut self, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        let plan = search::plan(&self.query, &self.server, &self.options).map_err(Refusal::of_query)?;
        let mut pulls = Vec::new();
        for request in plan.requests() {
            let absent = if request.path != "/studies" {
                NOT_SUPPORTED
            } else if request.query.starts_with(Key::StudyInstanceUid.keyword()) {
                NO_SUCH_STUDY
            } else {
                &[]
            };
            pulls.push(exchange.pull(request.path, &request.query, None, absent));
        }
        let is_asked = !pulls.is_empty();
        self.plan = Some(plan);
        self.stage = Stage::Selecting(pulls);
        // Nothing can match: nothing is asked.
        if is_asked { Ok(None) } else { self.advance(exchange) }
    }

    /// The candidates, in the order of requests and pages; none where the server has to be asked otherwise.
    fn selected(&mut self, pulls: Vec<PullId>, exchange: &mut Exchange) -> Result<Option<Vec<Candidate>>, Refusal> {
        let mut rows = Reader::new(self.options.clone());
        let mut order: Vec<String> = Vec::new();
        let paths: Vec<&str> = self.plan.iter().flat_map(Plan::requests).map(|request| request.path).collect();
        let mut is_refused = false;
        for (id, path) in pulls.into_iter().zip(paths) {
            match exchange.take(id)? {
                Pulled::Absent(_) => is_refused |= path != "/studies",
                Pulled::Rows(reader) => {
                    order.extend(reader.assembler().uids());
                    // Rows that a filter on series or instances let through select a study, and are not all of it.
                    if path == "/studies" {
                        rows.append(*reader).map_err(Refusal::of_answer)?;
                    }
                }
            }
        }
        if is_refused {
            return Ok(None);
        }
        let studies = rows.finish().map_err(Refusal::of_answer)?.ignore_loss();
        let mut of_uid: BTreeMap<String, Vec<Study>> = BTreeMap::new();
        for study in studies {
            of_uid.entry(super::answer::uid(&study).into()).or_default().push(study);
        }
        let mut known = alloc::collections::BTreeSet::new();
        order.retain(|uid| known.insert(uid.clone()));
        let candidate = |uid: String| {
            let rows = of_uid.remove(&uid).unwrap_or_default();
            Candidate { uid, rows, held: None, verdict: None }
        };
        Ok(Some(order.into_iter().map(candidate).collect()))
    }

    /// Whether every match must be known: to count them or to put them in order.
    fn wants_all(&self) -> bool {
        let results = &self.answering.results;
        results.count_only || !results.order.is_empty() || results.total == Total::Accurate
    }

    /// Judges as many candidates as the answer needs, asks for what that needs, and answers when all is known.
    fn advance(&mut self, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        let Some(plan) = &self.plan else { return Err(Refusal::internal()) };
        let (residual, deciding) = (plan.residual().clone(), plan.level());
        let (all, page) = (self.wants_all(), self.answering.results.page as usize);
        let is_sorted = !self.answering.results.order.is_empty();
        let start = if all { 0 } else { self.at.unwrap_or(0) as usize };
        let show = self.answering.level();
        let mut met = 0;
        let mut needs: Vec<(usize, Level)> = Vec::new();
        for (n, candidate) in self.candidates.iter_mut().enumerate().skip(start) {
            match candidate.judge(&residual, deciding, &self.held) {
                Judged::Yes(_) => met += 1,
                Judged::Need(level) => {
                    met += 1;
                    // What is asked for a candidate of this page serves to show it.
                    needs.push((n, if all { level } else { level.max(show) }));
                }
                Judged::No | Judged::Undecided => {}
            }
            // One more than the page has, to know whether there is another.
            if !all && met > page {
                break;
            }
        }
        if !needs.is_empty() {
            let mut contents = Vec::new();
            for (n, level) in needs {
                let Some(candidate) = self.candidates.get(n) else { continue };
                let uids = core::slice::from_ref(&candidate.uid);
                contents.push((Vec::from([n]), Content::ask(exchange, &self.server, uids, level)));
            }
            self.stage = Stage::Holding(contents);
            return Ok(None);
        }
        let mut matches: Vec<usize> = Vec::new();
        for (n, candidate) in self.candidates.iter().enumerate().skip(start) {
            if matches!(candidate.verdict, Some(Judged::Yes(_))) {
                matches.push(n);
            }
        }
        if is_sorted {
            self.sort(&mut matches, &residual);
        }
        let from = self.at.unwrap_or(0) as usize;
        // A cursor is a place in the sorted matches, or among the candidates, which are in the archive's order.
        let rest: Vec<(usize, usize)> = matches.iter().enumerate().map(|(rank, n)| (if is_sorted { rank } else { *n }, *n)).collect();
        let mut rest = rest.into_iter().filter(|(place, _)| *place >= from);
        let shown: Vec<usize> =
            if self.answering.results.count_only { Vec::new() } else { rest.by_ref().take(page).map(|(_, n)| n).collect() };
        let next = if self.answering.results.count_only { None } else { rest.next().and_then(|(place, _)| u32::try_from(place).ok()) };
        let missing: Vec<usize> = shown
            .iter()
            .copied()
            .filter(|n| self.candidates.get(*n).is_some_and(|candidate| candidate.held.is_none_or(|(_, level)| level < show)))
            .collect();
        if !missing.is_empty() {
            let uids: Vec<String> = missing.iter().filter_map(|n| Some(self.candidates.get(*n)?.uid.clone())).collect();
            self.stage = Stage::Holding([(missing, Content::ask(exchange, &self.server, &uids, show))].into());
            return Ok(None);
        }
        self.answer(&residual, &shown, next).map(Some)
    }

    fn sort(&self, matches: &mut Vec<usize>, residual: &search::Residual) {
        let order = &self.answering.results.order;
        let key = |n: usize| {
            let candidate = self.candidates.get(n)?;
            let held = candidate.held.and_then(|(at, _)| self.held.get(at)).into_iter().flat_map(|held| held.of(&candidate.uid));
            // The rows that were selected first: they are there whichever page is shown.
            let study = candidate.rows.iter().chain(held).find(|study| residual.judge(study) == search::Verdict::Yes)?;
            Some(order.keys(study, &self.query, &self.options))
        };
        let mut keyed: Vec<(Vec<_>, usize)> = matches.iter().map(|n| (key(*n).unwrap_or_default(), *n)).collect();
        keyed.sort_by(|(one, _), (other, _)| order.compare(one, other));
        *matches = keyed.into_iter().map(|(_, n)| n).collect();
    }

    fn answer(&mut self, residual: &search::Residual, shown: &[usize], next: Option<u32>) -> Result<Response, Refusal> {
        let total = self.total(residual);
        let mut loss = LossReport::default();
        let mut told: Vec<usize> = Vec::new();
        let mut studies: Vec<&Study> = Vec::new();
        let mut conflicts = 0;
        for n in shown {
            let Some((candidate, held, at)) = self.candidates.get(*n).and_then(|candidate| {
                let (at, _) = candidate.held?;
                Some((candidate, self.held.get(at)?, at))
            }) else {
                continue;
            };
            if !told.contains(&at) {
                told.push(at);
                loss.merge(&held.studies.loss);
            }
            conflicts += usize::from(held.of(&candidate.uid).any(Study::is_patient_conflict));
            studies.extend(held.of(&candidate.uid).filter(|study| residual.judge(study) == search::Verdict::Yes));
        }
        // What cannot be decided because it is of two patients is told too.
        let undecided: Vec<&Candidate> = self.candidates.iter().filter(|candidate| candidate.verdict == Some(Judged::Undecided)).collect();
        let of_two = |candidate: &&&Candidate| {
            candidate.held.and_then(|(at, _)| self.held.get(at)).is_some_and(|held| held.of(&candidate.uid).any(Study::is_patient_conflict))
        };
        let torn = undecided.iter().filter(of_two).count();
        let mut issues = Vec::new();
        if conflicts + torn > 0 {
            issues.push(Issue {
                severity: "error",
                code: "conflict",
                text: "the archive has a study under more than one patient: its series are shown for none of them",
                diagnostics: format!("{} studies", conflicts + torn),
            });
        }
        if undecided.len() > torn {
            issues.push(Issue {
                severity: "warning",
                code: "incomplete",
                text: "studies are left out because the archive does not tell what decides whether they match",
                diagnostics: format!("{} studies", undecided.len() - torn),
            });
        }
        for decision in self.plan.iter().flat_map(Plan::decisions) {
            for why in decision.whys.iter().filter(|why| matches!(why, Why::IssuerUnknown | Why::Unanswerable)) {
                issues.push(Issue {
                    severity: "warning",
                    code: "incomplete",
                    text: "the archive never tells what decides a clause: studies may be left out",
                    diagnostics: format!("{}: {}", decision.clause, why.name()),
                });
            }
        }
        let page = Page { studies, loss, total, at: self.at, next, issues };
        Ok(self.answering.bundle(&self.query, page))
    }

    /// How many studies match, where that is known, or an estimate is enough.
    fn total(&mut self, residual: &search::Residual) -> Option<u64> {
        let mut total = 0;
        let deciding = self.plan.as_ref().map_or(Level::Study, Plan::level);
        let is_estimate = self.answering.results.total == Total::Estimate;
        for candidate in &mut self.candidates {
            total += match candidate.judge(residual, deciding, &self.held) {
                Judged::Yes(records) => u64::from(records),
                Judged::Need(_) if is_estimate => 1,
                Judged::Need(_) => return None,
                Judged::No | Judged::Undecided => 0,
            };
        }
        Some(total)
    }
}

impl Job for Search {
    fn next(&mut self, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        match core::mem::replace(&mut self.stage, Stage::Begin) {
            Stage::Begin => {
                let references = self.query.references();
                if references.is_empty() {
                    return self.select(exchange);
                }
                self.stage = Stage::Resolving;
                exchange.resolve(references);
                Ok(None)
            }
            Stage::Resolving => {
                for (reference, identifiers) in exchange.resolved() {
                    let identifiers = identifiers.unwrap_or_default();
                    let identifiers: Vec<(Option<&str>, &str)> =
                        identifiers.iter().map(|(system, value)| (system.as_deref(), value.as_str())).collect();
                    self.query.resolve(&reference, &identifiers);
                }
                self.answering.refer_to(self.query.patient());
                self.select(exchange)
            }
            Stage::Selecting(pulls) => match self.selected(pulls, exchange)? {
                Some(candidates) => {
                    self.candidates = candidates;
                    self.advance(exchange)
                }
                None => {
                    // It is asked for studies alone.
                    self.server = BELOW.iter().fold(self.server.clone(), |server, key| server.keeping(*key));
                    self.select(exchange)
                }
            },
            Stage::Holding(contents) => {
                let mut waiting = Vec::new();
                let mut done = Vec::new();
                for (of, mut content) in contents {
                    if content.next(exchange, &self.server)? {
                        done.push((of, content));
                    } else {
                        waiting.push((of, content));
                    }
                }
                let is_waiting = !waiting.is_empty();
                for (of, content) in done {
                    let held = content.finish(&self.options)?;
                    for n in of {
                        if let Some(candidate) = self.candidates.get_mut(n) {
                            candidate.held = Some((self.held.len(), held.level));
                            // A match stays one, so that its place stays the same on every page; what is shown of it is judged again.
                            candidate.verdict = candidate.verdict.filter(|verdict| matches!(verdict, Judged::Yes(_)));
                        }
                    }
                    self.held.push(held);
                }
                if is_waiting {
                    self.stage = Stage::Holding(waiting);
                    return Ok(None);
                }
                self.advance(exchange)
            }
        }
    }
}
