//! What was written of facts before, for the facts that come.
//!
//! Studies of one archive say the same again: a department, a procedure, an issuer. The text that a fact gave, and what was told of it, is
//! kept with the fact; where the next one is the same, or differs in nothing but a first field that stands in the text as it is, the text is
//! written again. Whoever starts with an empty memory writes the same, only slower.

use super::plan::Entry;
use crate::kind::Cx;
use crate::loss::{Loss, LossReport};
use crate::value::{self, Single};
use alloc::string::String;
use alloc::vec::Vec;

/// Facts that are remembered of a place.
const FACTS: usize = 8;
/// Facts that may differ from all that are remembered, one after the other, before nothing more is kept of their place.
const MISSES: u32 = 32;
/// The longest run, or text, that is remembered.
const LONG: usize = 1 << 12;

/// A fact and its text.
struct Memo {
    /// The run of the fact; where its first field may differ, what is behind that.
    run: String,
    spliced: bool,
    /// What is written: all of it, or what stands before and behind the first field; none where nothing is.
    text: Option<(Vec<u8>, Vec<u8>)>,
    carried: u64,
    losses: Vec<Loss>,
}

/// The facts of one place in the plan.
#[derive(Default)]
struct Known {
    memos: Vec<Memo>,
    next: usize,
    /// Facts in a row that were not remembered: where all differ nothing is kept.
    missed: u32,
}

/// What was written before, by the number of the place in the plan.
#[derive(Default)]
pub(super) struct Memory {
    places: Vec<Known>,
    /// Whether there are several studies: for one it is not worth while.
    pub(super) several: bool,
}

/// What a fact gives: its text, if any, in pieces with the first field between them.
pub(super) struct Said<'m, 'a> {
    pub(super) text: Option<(&'m [u8], &'a str, &'m [u8])>,
    /// What is behind the first field of every fact that gives this, if the first may differ.
    pub(super) behind: Option<&'m str>,
    pub(super) carried: u64,
    pub(super) losses: &'m [Loss],
}

impl Memory {
    /// What a fact gave before, counted in `loss`.
    pub(super) fn recall<'a>(&mut self, entry: &Entry, fact: &Single<'a>, cx: &Cx<'_>, loss: &mut LossReport) -> Option<Said<'_, 'a>> {
        let said = self.find(entry, fact, cx)?;
        loss.carry(said.carried);
        said.losses.iter().for_each(|lost| loss.add(*lost));
        Some(said)
    }

    /// As [`Self::recall`], counted nowhere.
    pub(super) fn find<'a>(&mut self, entry: &Entry, fact: &Single<'a>, cx: &Cx<'_>) -> Option<Said<'_, 'a>> {
        let known = self.places.get_mut(entry.id)?;
        let fits = |memo: &&Memo| match memo.spliced {
            true => fact.behind.as_bytes().starts_with(memo.run.as_bytes()) && (entry.row.kind.splices)(fact.first, cx),
            false => fact.run.as_bytes().starts_with(memo.run.as_bytes()),
        };
        let memo = known.memos.iter().find(fits)?;
        known.missed = 0;
        let first = if memo.spliced { fact.first } else { "" };
        let text = memo.text.as_ref().map(|(head, tail)| (head.as_slice(), first, tail.as_slice()));
        let behind = memo.spliced.then_some(memo.run.as_str());
        Some(Said { text, behind, carried: memo.carried, losses: &memo.losses })
    }

    /// Remembers what a fact gave.
    pub(super) fn keep(&mut self, entry: &Entry, fact: &Single<'_>, cx: &Cx<'_>, text: Option<&[u8]>, loss: &LossReport) {
        if !self.several {
            return;
        }
        if self.places.len() <= entry.id {
            self.places.resize_with(entry.id + 1, Known::default);
        }
        let Some(known) = self.places.get_mut(entry.id) else { return };
        known.missed = known.missed.saturating_add(1);
        if known.missed > MISSES {
            known.memos.clear();
            return;
        }
        let run = value::run(fact.run, entry.row.kind.fields);
        if run.len() > LONG || text.is_some_and(|text| text.len() > LONG) {
            return;
        }
        // Where the first field stands twice nobody knows which is which.
        let splices = (entry.row.kind.splices)(fact.first, cx);
        let cut = text.filter(|_| splices).and_then(|text| only(text, fact.first.as_bytes()));
        // Where nothing is written the first field does not matter either.
        let (run, spliced) = match cut.or((splices && text.is_none()).then_some(0)) {
            Some(_) => (run.get(run.len().saturating_sub(value::behind(fact, run))..).unwrap_or(""), true),
            None => (run, false),
        };
        let text = match (text, cut) {
            (Some(text), Some(at)) => {
                let (head, rest) = text.split_at_checked(at).unwrap_or_default();
                Some((head.into(), rest.get(fact.first.len()..).unwrap_or_default().into()))
            }
            (text, _) => text.map(|text| (text.into(), Vec::new())),
        };
        let memo = Memo { run: run.into(), spliced, text, carried: loss.carried(), losses: loss.iter().copied().collect() };
        match known.memos.get_mut(known.next) {
            Some(slot) => *slot = memo,
            None => known.memos.push(memo),
        }
        known.next = (known.next + 1) % FACTS;
    }
}

/// Where `part` stands in `text`, if it stands there once, and as it is.
fn only(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() || part.iter().any(|byte| matches!(byte, 0..=0x1F | b'"' | b'\\')) {
        return None;
    }
    let mut found = text.windows(part.len()).enumerate().filter(|(_, window)| *window == part).map(|(at, _)| at);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}
