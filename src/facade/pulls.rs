//! Pulls whose answers are looked at together.

use super::exchange::{Exchange, PullId};
use alloc::vec::Vec;

/// Pulls in their order. Which of them came is looked at once, however many rounds one of them takes.
#[derive(Default)]
pub(super) struct Pulls {
    ids: Vec<PullId>,
    /// So many of the first came whole.
    came: usize,
}

impl Pulls {
    pub(super) fn push(&mut self, id: PullId) {
        self.ids.push(id);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether of each of them all came that will.
    pub(super) fn are_done(&mut self, exchange: &Exchange) -> bool {
        self.came += self.ids.iter().skip(self.came).take_while(|id| exchange.is_done(**id)).count();
        self.came == self.ids.len()
    }

    /// All of them, once.
    pub(super) fn take(&mut self) -> Vec<PullId> {
        core::mem::take(self).ids
    }
}
