//! How far the requests of a conversation go: what is kept, what waits, and who goes first.

use super::exchange::{Exchange, PullId};
use super::page::State;
use crate::search::End;
use alloc::vec::Vec;

/// Of so many requests that are left one is for a listing that is longer than was thought.
const SHARE: usize = 128;

impl Exchange {
    /// How many requests a listing takes, if it fits one page: what was seen, and what is known before.
    pub(super) fn pages(&self) -> u32 {
        let known = if self.server.end_signal() == End::EmptyPage { 1 } else { 0 };
        self.extra.max(known).saturating_add(1)
    }

    /// How much more may be asked, but for what is kept.
    pub(super) fn remaining(&self) -> u32 {
        self.options.limits.requests.saturating_sub(self.asked).saturating_sub(self.kept)
    }

    /// How much more may be begun: what is begun takes its other pages, too.
    pub(super) fn spare(&self) -> u32 {
        self.remaining().saturating_sub(self.begun.saturating_mul(self.pages().saturating_sub(1)))
    }

    /// So many requests are kept for what is asked later.
    pub(super) fn keep(&mut self, requests: u32) {
        self.kept = requests;
    }

    /// A rank behind those that were given.
    pub(super) fn rank(&mut self) -> u32 {
        self.ranks = self.ranks.saturating_add(1);
        self.ranks
    }

    /// Whether all of a pull came that will.
    pub(super) fn is_done(&self, id: PullId) -> bool {
        self.pulls.get(id).and_then(Option::as_ref).is_none_or(|pull| pull.state != State::Asking)
    }

    /// The first of what waits goes on; whether anything changed by that.
    pub(super) fn resume(&mut self) -> bool {
        let mut waiting = core::mem::take(&mut self.paused);
        waiting.sort_unstable_by_key(|id| (self.pulls.get(*id).and_then(Option::as_ref).map_or(0, |pull| pull.rank), *id));
        // Of thousands of requests some go at once: there are not to be thousands of rounds.
        let some = (self.remaining() as usize / SHARE).clamp(1, waiting.len().max(1));
        let (first, rest) = waiting.split_at_checked(some).unwrap_or_default();
        self.paused = rest.to_vec();
        first.iter().for_each(|id| self.next_page(*id));
        !first.is_empty()
    }

    /// Asks for the next pages of what has not ended.
    pub(super) fn go_on(&mut self, mut unfinished: Vec<PullId>) {
        unfinished.append(&mut self.paused);
        unfinished.retain(|id| self.pulls.get(*id).and_then(Option::as_ref).is_some_and(|pull| pull.state == State::Asking));
        unfinished.sort_unstable();
        // Where a quarter of the requests is spent, what is longer than was thought waits for the rest and then goes one by one, so that the first is
        // had, and not a part of each.
        let is_scarce = self.remaining() < self.options.limits.requests - self.options.limits.requests / 4;
        for id in unfinished {
            let is_long = self.pulls.get(id).and_then(Option::as_ref).is_some_and(|pull| pull.count >= self.pages());
            if is_scarce && is_long {
                self.paused.push(id);
            } else {
                self.next_page(id);
            }
        }
    }
}
