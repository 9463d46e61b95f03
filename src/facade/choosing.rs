//! Which candidates a page has, in which order, and for how many of them the requests suffice.

use super::exchange::Exchange;
use super::judging::Judged;
use super::search::Search;
use crate::search::{Residual, Verdict};
use crate::table::{Level, row};
use alloc::string::String;
use alloc::vec::Vec;

impl Search {
    /// How many of the first of these candidates the requests that are left suffice for.
    pub(super) fn affordable(&self, wanted: &[(usize, Level)], exchange: &Exchange) -> usize {
        let mut left = if self.is_spent { 0 } else { exchange.remaining() };
        // As many study rows as a list names come with one request.
        let list = self.asking.server.uids_in_a_list() as usize;
        let (mut listed, mut is_first) = (0, self.held.is_empty());
        let fits = |(n, level): &&(usize, Level)| {
            if *level == Level::Study {
                listed += 1;
                if listed % list.max(1) != 1 % list.max(1) {
                    return true;
                }
            }
            let rows = self.candidates.get(*n).map(|candidate| candidate.rows.as_slice()).unwrap_or_default();
            let cost = self.asking.cost(exchange, *level, rows.iter().find_map(|study| study.get(row::SERIES_COUNT)));
            let further = rows.iter().map(|study| self.asking.further(*level, study)).max().unwrap_or(0);
            // The first of all is tried, whatever it counts.
            let fits = left >= if is_first { cost } else { cost.saturating_add(further) };
            is_first = false;
            left = left.saturating_sub(cost.saturating_add(further));
            fits
        };
        wanted.iter().take_while(fits).count()
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
        let from = self.at.unwrap_or(0) as usize;
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
