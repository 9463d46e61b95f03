//! Which candidates a page has, in which order, and for how many of them the requests suffice.

use super::exchange::Exchange;
use super::judging::Judged;
use super::search::Search;
use crate::search::{Residual, Verdict};
use crate::table::{Level, row};
use alloc::string::String;
use alloc::vec::Vec;

/// A candidate of which more has to be known.
pub(super) struct Wanted {
    pub(super) n: usize,
    /// Rows down to this level are asked for.
    pub(super) level: Level,
    /// Those that decide whether it matches; none where it does, and is to be shown.
    pub(super) decides: Option<Level>,
}

/// What rows of a candidate take: the requests that it begins with, with their pages those that are sure, those that it is thought to take, those
/// that it counts of itself, and whether there may be more.
pub(super) struct Price {
    least: u32,
    sure: u32,
    cost: u32,
    further: u32,
    is_open: bool,
}

impl Price {
    pub(super) const fn thought(&self) -> u32 {
        self.cost.saturating_add(self.further)
    }
}

impl Search {
    /// Of which candidates more is asked for now, to decide them: as far as what has to be shown in front of them can be had, too. What that takes is
    /// kept.
    pub(super) fn needs(&self, wanted: &[Wanted], exchange: &mut Exchange) -> Vec<(usize, Level)> {
        let all: Vec<(usize, Level)> = wanted.iter().map(|one| (one.n, one.level)).collect();
        if self.wants_all() {
            // Nothing less will do. What decides some of them first leaves less to ask; all at once is asked where both would be too much, as far as
            // the rows count what there is, and what is sure decides whether anything is tried.
            let steps: Vec<(usize, Level)> = wanted.iter().map(|one| (one.n, one.decides.unwrap_or(one.level))).collect();
            let (thought, sure) = (self.sum(&all, exchange, Price::thought), self.sum(&steps, exchange, |price| price.sure));
            let is_counted = !self.prices(&all, exchange).any(|price| price.is_open);
            let is_at_once = is_counted && thought.saturating_add(sure) > exchange.remaining() && thought <= exchange.remaining();
            return [if is_at_once { all } else { steps }].into_iter().find(|all| self.is_possible(all, exchange)).unwrap_or_default();
        }
        // Who is the first of the page, and may be dear to show, is decided before that.
        let first =
            wanted.first().filter(|_| !self.has_some).and_then(|one| Some((one, one.decides.filter(|decides| *decides < one.level)?)));
        if let (Some((first, decides)), Some(price)) = (first, self.prices(&all, exchange).next()) {
            let is_dear = price.is_open || price.thought() > exchange.remaining();
            if is_dear && self.affordable(&[(first.n, decides)], exchange) == 1 {
                return Vec::from([(first.n, decides)]);
            }
        }
        let affordable = self.affordable(&all, exchange);
        let (front, behind) = wanted.split_at_checked(affordable).unwrap_or_default();
        // A match that is the first of the page is had before others are looked at: what it takes need not be what it was thought to take.
        let is_first =
            |one: &&Wanted| !self.has_some && (front.len() == 1 || one.decides.is_none() && wanted.iter().any(|one| one.decides.is_some()));
        if let Some(first) = front.first().filter(is_first) {
            return Vec::from([(first.n, first.level)]);
        }
        let mut needs: Vec<(usize, Level)> = front.iter().filter(|one| one.decides.is_some()).map(|one| (one.n, one.level)).collect();
        let shown: Vec<(usize, Level)> = front.iter().filter(|one| one.decides.is_none()).map(|one| (one.n, one.level)).collect();
        // Who is dear to show may be cheap to decide.
        let cheap = behind.first().and_then(|one| Some((one.n, one.decides.filter(|decides| *decides < one.level)?)));
        if let Some(cheap) = cheap.filter(|_| needs.is_empty()) {
            let with_it: Vec<(usize, Level)> = shown.iter().copied().chain([cheap]).collect();
            needs.extend((self.affordable(&with_it, exchange) == with_it.len()).then_some(cheap));
        }
        if !needs.is_empty() {
            let kept = self.sum(&shown, exchange, Price::thought);
            exchange.keep(kept);
        }
        needs
    }

    /// What all of these take.
    pub(super) fn sum(&self, all: &[(usize, Level)], exchange: &Exchange, of: impl Fn(&Price) -> u32) -> u32 {
        self.prices(all, exchange).fold(0_u32, |sum, price| sum.saturating_add(of(&price)))
    }

    /// Whether the requests that are left suffice for what is sure of all of these.
    fn is_possible(&self, all: &[(usize, Level)], exchange: &Exchange) -> bool {
        self.sum(all, exchange, |price| price.sure) <= exchange.remaining() && !all.iter().any(|(n, level)| self.is_left(*n, *level))
    }

    /// How many of the first of these candidates the requests that are left suffice for.
    pub(super) fn affordable(&self, wanted: &[(usize, Level)], exchange: &Exchange) -> usize {
        let mut left = exchange.remaining();
        // Of those whose rows nobody counts some may have more.
        let spare = left / 8;
        let mut is_first = !self.has_some;
        let mut affordable = 0;
        for ((n, level), price) in wanted.iter().zip(self.prices(wanted, exchange)) {
            // The first of the page is tried, whatever it is thought to take: before it there is nothing to show.
            let cost = if is_first { price.least } else { price.thought() };
            let room = if price.is_open && !is_first { left.saturating_sub(spare) } else { left };
            if cost > room || self.is_left(*n, *level) {
                break;
            }
            affordable += 1;
            // What it takes nobody knows: alone it has all requests that there are.
            if is_first && price.is_open {
                break;
            }
            is_first = false;
            left = left.saturating_sub(price.thought());
        }
        affordable
    }

    /// Whether rows of a candidate down to this level took more requests than there were.
    fn is_left(&self, n: usize, level: Level) -> bool {
        self.left.get(&n).is_some_and(|known| level >= *known)
    }

    /// What each of these candidates takes, in this order.
    fn prices<'s>(&'s self, wanted: &'s [(usize, Level)], exchange: &'s Exchange) -> impl Iterator<Item = Price> + 's {
        // As many study rows as a list names come with one request.
        let list = self.asking.server.uids_in_a_list().max(1) as usize;
        let mut listed = 0;
        wanted.iter().map(move |(n, level)| {
            listed += usize::from(*level == Level::Study);
            if *level == Level::Study && listed % list != 1 % list {
                return Price { least: 0, sure: 0, cost: 0, further: 0, is_open: false };
            }
            let rows = self.candidates.get(*n).map(|candidate| candidate.rows.as_slice()).unwrap_or_default();
            let series = rows.iter().find_map(|study| study.get(row::SERIES_COUNT));
            let (cost, each) = self.asking.cost(exchange, *level, series);
            let is_open = *level > Level::Study && !rows.iter().any(|study| self.asking.is_counted(*level, study));
            let (requests, studies) = self.seen;
            // As much as those before it took.
            let seen = if is_open { requests.div_ceil(studies.max(1)) } else { 0 };
            let least = self.asking.least(*level);
            Price {
                least,
                // How many series it has is a guess where nobody counts.
                sure: if is_open { exchange.pages().saturating_mul(least) } else { cost },
                cost: cost.max(seen),
                further: each.saturating_add(rows.iter().map(|study| self.asking.further(*level, study)).max().unwrap_or(0)),
                is_open,
            }
        })
    }

    /// The candidates of the page, each with its place, and the place of the first of the next.
    ///
    /// A cursor is a place in the sorted matches, or among the candidates, which are in the archive's order.
    pub(super) fn page(&mut self, residual: &Residual, end: usize) -> (Vec<(usize, usize)>, Option<usize>) {
        let results = &self.answering.results;
        let (is_sorted, page) = (!results.order.is_empty(), results.page as usize);
        if results.count_only {
            return (Vec::new(), None);
        }
        let is_match = |n: &usize| self.candidates.get(*n).is_some_and(|one| matches!(one.verdict, Some(Judged::Yes(_))));
        let mut matches: Vec<usize> = (0..end).filter(is_match).collect();
        if is_sorted {
            self.sort(&mut matches, residual);
        }
        let from = self.begins_at();
        let places = matches.iter().enumerate().map(|(rank, n)| (if is_sorted { rank } else { *n }, *n));
        let mut places = places.filter(|(place, _)| *place >= from);
        let shown: Vec<(usize, usize)> = places.by_ref().take(page).collect();
        let cut = (end < self.candidates.len()).then_some(end);
        let next = places.next().map(|(place, _)| place).or(cut);
        (shown, next)
    }

    fn sort(&mut self, matches: &mut [usize], residual: &Residual) {
        let order = &self.answering.results.order;
        // The keys of a match are made once; this may be one of several rounds.
        for n in matches.iter() {
            let Some(candidate) = self.candidates.get_mut(*n).filter(|candidate| candidate.keys.is_none()) else { continue };
            let held = candidate.held.and_then(|(at, _)| self.held.get(at)).into_iter().flat_map(|held| held.of(&candidate.uid));
            // The rows that were selected first: they are there whichever page is shown.
            let study = candidate.rows.iter().chain(held).find(|study| residual.judge(study) == Verdict::Yes);
            candidate.keys = study.map(|study| order.keys(study, &self.query, &self.options));
        }
        let keys = |n: &usize| self.candidates.get(*n).and_then(|candidate| candidate.keys.as_deref()).unwrap_or_default();
        matches.sort_by(|one, other| order.compare(keys(one), keys(other)));
    }

    pub(super) fn uids(&self, candidates: &[usize]) -> Vec<String> {
        candidates.iter().filter_map(|n| Some(self.candidates.get(*n)?.uid.clone())).collect()
    }
}
