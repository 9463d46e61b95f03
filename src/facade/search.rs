//! `GET ImagingStudy?...` and `POST ImagingStudy/_search`: resolve, plan, select, judge, show.

use super::answer::Answering;
use super::choosing::Wanted;
use super::content::{Asking, Content, Held};
use super::cursor::{Cursor, Selection};
use super::exchange::Exchange;
use super::judging::{Candidate, Judged};
use super::refusal::Refusal;
use super::results::Total;
use super::selecting::Selecting;
use super::{Config, Job, Response, endpoints};
use crate::error::{Error, Kind};
use crate::fhir::place;
use crate::options::Options;
use crate::search::{Plan, Query};
use crate::table::Level;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

pub(super) struct Search {
    /// The references of the query that nobody has resolved, and as what they are asked for.
    pub(super) references: Vec<String>,
    pub(super) asked: Vec<String>,
    /// How many of them nobody knows.
    pub(super) unknown: usize,
    pub(super) asking: Asking,
    pub(super) options: Options,
    pub(super) answering: Answering,
    pub(super) query: Query,
    /// Where in the list of candidates, or of sorted matches, the page begins; the first where there is none.
    pub(super) cursor: Option<Cursor>,
    pub(super) stage: Stage,
    pub(super) plan: Option<Plan>,
    pub(super) selection: Selection,
    pub(super) candidates: Vec<Candidate>,
    pub(super) held: Vec<Held>,
    /// Those from the page's beginning on that are not known to be none, in order.
    pub(super) open: VecDeque<usize>,
    /// Whether the first of the page is there to be shown, or some were passed before it: it leads on, whatever comes of the rest.
    pub(super) has_some: bool,
    has_passed: bool,
    /// How many candidates were looked at that turned out to be none.
    looked_at_in_vain: usize,
    /// How many requests studies took of which more was asked than their rows, and how many studies that were; and how many were asked before.
    pub(super) seen: (u32, u32),
    asked_before: u32,
    /// Candidates of which rows down to a level took more requests than were left: the page ends before them, unless less decides.
    pub(super) left: BTreeMap<usize, Level>,
    /// Rows that selected nothing, because nobody knows of which study they are; and whether the archive has rows that cannot be had.
    pub(super) nameless: u64,
    pub(super) is_cut: bool,
}

pub(super) enum Stage {
    Begin,
    Resolving,
    Selecting(Selecting),
    /// Contents on their way, each of these candidates.
    Holding(Vec<(Vec<usize>, Content)>),
}

impl Search {
    pub(super) fn new(config: &Config, answering: Answering, query: Query, cursor: Option<&str>) -> Result<Search, Refusal> {
        let mut options = config.options.clone();
        options.require_selective = !config.enumerate;
        let mut query = query;
        for reference in query.references() {
            // Who the subject of all studies is, the configuration says.
            if place::is_own_subject(&options, &reference) {
                query.resolve(&reference, &[]);
            }
            // Our own Endpoints nobody else knows.
            if let Some(id) = endpoints::own(config, &reference) {
                let own: Vec<(Option<&str>, &str)> = id.map(|id| (None, id)).into_iter().collect();
                query.resolve(&reference, &own);
            }
        }
        if query.references().len() as u64 > u64::from(options.limits.requests) {
            return Err(Refusal::too_many_requests());
        }
        // Who is asked for is asked for by the relative reference, if that is another form of the same.
        let references = query.unresolved();
        let asked: Vec<String> = references.iter().map(|reference| endpoints::relative(config, reference).into()).collect();
        let cursor = answering.position(&query, cursor)?;
        let (candidates, held, plan) = (Vec::new(), Vec::new(), None);
        let (stage, asking) = (Stage::Begin, Asking::new(&config.server));
        let (left, nameless, is_cut) = (BTreeMap::new(), 0, false);
        let unknown = 0;
        Ok(Search {
            references,
            asked,
            unknown,
            asking,
            options,
            answering,
            query,
            cursor,
            stage,
            plan,
            selection: Selection::default(),
            candidates,
            held,
            open: VecDeque::new(),
            has_some: false,
            has_passed: false,
            looked_at_in_vain: 0,
            seen: (0, 0),
            asked_before: 0,
            left,
            nameless,
            is_cut,
        })
    }

    /// Whether every match must be known: to count them or to put them in order.
    pub(super) fn wants_all(&self) -> bool {
        let results = &self.answering.results;
        results.count_only || !results.order.is_empty() || results.total == Total::Accurate
    }

    /// Where the page begins.
    pub(super) fn begins_at(&self) -> usize {
        self.cursor.map_or(0, |cursor| cursor.at as usize)
    }

    /// Judges as many candidates as the answer needs and asks for what that needs, as far as it may be asked; answers when all is known.
    pub(super) fn advance(&mut self, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        let Some(plan) = self.plan.take() else { return Err(Refusal::internal()) };
        self.asked_before = exchange.asked();
        let advanced = self.advance_by(&plan, exchange);
        self.plan = Some(plan);
        advanced
    }

    fn advance_by(&mut self, plan: &Plan, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        let (residual, deciding) = (plan.residual(), plan.level());
        let (all, page) = (self.wants_all(), self.answering.results.page as usize);
        let show = self.answering.level();
        let is_held = |one: &Candidate| one.held.is_some_and(|(_, level)| level >= show);
        let (mut met, mut looked_at) = (0, 0);
        self.has_some = false;
        let mut wanted: Vec<Wanted> = Vec::new();
        // Those that are none are not looked at again: there may be many, and many rounds.
        let mut passed: Vec<usize> = Vec::new();
        while let Some(n) = self.open.pop_front() {
            let Some(candidate) = self.candidates.get_mut(n) else { continue };
            passed.push(n);
            match candidate.judge(plan, &self.held) {
                Judged::Yes(_) => {
                    met += 1;
                    looked_at += usize::from(candidate.held.is_some());
                    self.has_some |= met == 1 && is_held(candidate);
                    // It is shown before those behind it.
                    if !all && met <= page && !is_held(candidate) {
                        wanted.push(Wanted { n, level: show, decides: None });
                    }
                }
                Judged::Need(level) => {
                    met += 1;
                    // What is asked for a candidate of this page serves to show it.
                    let at_once = if all { level.max(deciding) } else { level.max(show).max(deciding) };
                    wanted.push(Wanted { n, level: at_once, decides: Some(level) });
                }
                Judged::No | Judged::Undecided => {
                    passed.pop();
                    self.looked_at_in_vain += usize::from(candidate.held.is_some());
                    // The page leads on by what stands in front of all others, and by nothing behind.
                    self.has_passed |= !all && passed.is_empty();
                }
            }
            // One more than the page has, to know whether there is another.
            if !all && met > page {
                break;
            }
        }
        passed.into_iter().rev().for_each(|n| self.open.push_front(n));
        self.has_some |= self.has_passed;
        exchange.keep(0);
        // Where most match not, those that do are shown when they are known.
        if !all && self.looked_at_in_vain > looked_at {
            wanted.iter_mut().for_each(|one| one.level = one.decides.unwrap_or(one.level));
        }
        let needs = self.needs(&wanted, exchange);
        if all && needs.len() < wanted.len() {
            return Err(Refusal::too_many_requests());
        }
        if !needs.is_empty() {
            let (studies, deeper): (Vec<(usize, Level)>, Vec<_>) = needs.into_iter().partition(|(_, level)| *level == Level::Study);
            let mut contents = Vec::new();
            // Rows of studies come in lists, and are told list by list; what is below them comes study by study.
            let studies: Vec<usize> = studies.into_iter().map(|(n, _)| n).collect();
            if !studies.is_empty() {
                let content = Content::ask(exchange, &self.asking, &self.uids(&studies), Level::Study);
                contents.push((studies, content));
            }
            for (n, level) in deeper {
                contents.push((Vec::from([n]), Content::ask(exchange, &self.asking, &self.uids(&[n]), level)));
            }
            self.stage = Stage::Holding(contents);
            return Ok(None);
        }
        // The page ends before the first that cannot be decided any more.
        let end = wanted.iter().find(|one| one.decides.is_some()).map_or(self.candidates.len(), |one| one.n);
        let (mut shown, mut next) = self.page(residual, end);
        let is_held = |n: usize| self.candidates.get(n).is_some_and(is_held);
        // In an order those that were passed are no way on.
        self.has_some = self.has_passed || shown.iter().any(|(_, n)| is_held(*n));
        let missing: Vec<(usize, Level)> = shown.iter().filter(|(_, n)| !is_held(*n)).map(|(_, n)| (*n, show)).collect();
        let affordable = self.affordable(&missing, exchange);
        if affordable > 0 {
            let missing: Vec<usize> = missing.into_iter().take(affordable).map(|(n, _)| n).collect();
            let content = Content::ask(exchange, &self.asking, &self.uids(&missing), show);
            self.stage = Stage::Holding([(missing, content)].into());
            return Ok(None);
        }
        if let Some(cut) = shown.iter().position(|(_, n)| !is_held(*n)) {
            next = shown.get(cut).map(|(place, _)| *place);
            shown.truncate(cut);
        }
        // A page that ends where it begins leads nowhere.
        if shown.is_empty() && next.is_some_and(|next| next <= self.begins_at()) {
            return Err(Refusal::too_many_requests());
        }
        let next = next.and_then(|next| u32::try_from(next).ok());
        // A link that could not be followed is none.
        if next.is_some() && self.answering.is_too_long(&self.query) {
            return Err(Refusal::of_query(Error::new(Kind::LimitQuery)));
        }
        let shown: Vec<usize> = shown.into_iter().map(|(_, n)| n).collect();
        self.answer(plan, &shown, next).map(Some)
    }
}

impl Job for Search {
    fn next(&mut self, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        match core::mem::replace(&mut self.stage, Stage::Begin) {
            Stage::Begin => {
                if self.references.is_empty() {
                    return self.select(exchange);
                }
                self.stage = Stage::Resolving;
                exchange.resolve(core::mem::take(&mut self.asked));
                Ok(None)
            }
            Stage::Resolving => {
                let found = exchange.resolved().into_iter().map(|(_, identifiers)| identifiers);
                for (reference, identifiers) in core::mem::take(&mut self.references).into_iter().zip(found) {
                    self.unknown += usize::from(identifiers.is_none());
                    let mut identifiers = identifiers.unwrap_or_default();
                    // In whatever order they come, the same is asked: a link goes on in it.
                    identifiers.sort_unstable();
                    identifiers.dedup();
                    let identifiers: Vec<(Option<&str>, &str)> =
                        identifiers.iter().map(|(system, value)| (system.as_deref(), value.as_str())).collect();
                    self.query.resolve(&reference, &identifiers);
                }
                self.answering.refer_to(self.query.patient());
                self.select(exchange)
            }
            Stage::Selecting(selecting) => self.selecting(selecting, exchange),
            Stage::Holding(contents) => {
                let mut waiting = Vec::new();
                let mut done = Vec::new();
                for (of, mut content) in contents {
                    if content.next(exchange, &self.asking)? {
                        done.push((of, content));
                    } else {
                        waiting.push((of, content));
                    }
                }
                let is_waiting = !waiting.is_empty();
                for (of, content) in done {
                    let held = content.finish(&self.options)?;
                    if held.level > Level::Study {
                        self.seen.1 = self.seen.1.saturating_add(of.len() as u32);
                    }
                    self.is_cut |= held.is_cut;
                    for n in of {
                        if self.candidates.get(n).is_some_and(|one| held.left.contains(&one.uid)) {
                            self.left.insert(n, held.level);
                        }
                        if let Some(candidate) = self.candidates.get_mut(n).filter(|one| !held.left.contains(&one.uid)) {
                            candidate.before.extend(candidate.held.map(|(at, _)| at));
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
                if self.seen.1 > 0 {
                    self.seen.0 = self.seen.0.saturating_add(exchange.asked().saturating_sub(self.asked_before));
                }
                self.advance(exchange)
            }
        }
    }
}
