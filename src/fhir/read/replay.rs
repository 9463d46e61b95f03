//! Studies that repeat: entries of one server have the same elements in the same order, and are compared and not read.
//!
//! When the general path has read a study that made a record of its own and told nothing of it but what is lost, its entry becomes a
//! [`Pattern`]: its text, with gaps where studies differ. An entry that fits makes a record as the pattern's entry did, with the texts of its own
//! gaps. An entry that does not fit is left to the general path, untouched.
//!
//! What stands between the gaps has the bytes of the pattern, and so means what it meant there. A gap is opened only at a value on which nothing
//! depends but the field that it fills; it takes only values that the general path would keep as they stand and without remark. Attempts are
//! rare where entries do not repeat: after a pattern that no entry fitted, ever more go by before the next.

use super::model::Model;
use super::pattern::{Memos, Misfit, Pattern, Values};
use crate::assemble::{Anew, Assembler, Notes};
use crate::loss::Loss;
use crate::options::Options;
use crate::patience::Patience;
use alloc::string::String;
use alloc::vec::Vec;

/// Patterns at a time.
const PATTERNS: usize = 8;

/// A pattern, and what entries that fit it do.
pub(super) struct Page {
    pub(super) pattern: Pattern,
    pub(super) anew: Anew,
    pub(super) notes: Vec<Notes>,
    /// Leaves that say what the others are.
    pub(super) used: u64,
    pub(super) losses: Vec<Loss>,
    pub(super) in_entry: bool,
    /// Whether any entry fitted it, or would have, had it met an element before.
    pub(super) fitted: bool,
}

/// What an entry that fitted did besides making a record.
pub(super) struct Fitted<'r> {
    pub(super) len: usize,
    /// Leaves that are carried and no cells.
    pub(super) used: u64,
    /// Leaves that are cells.
    pub(super) cells: u64,
    pub(super) losses: &'r [Loss],
}

/// The patterns.
pub(super) struct Replay {
    pages: Vec<Page>,
    /// The page that was of use last, the one that is written next, and the one that has an element to learn.
    last: usize,
    next: usize,
    unheard: Option<usize>,
    memos: Memos,
    patience: Patience,
    day: String,
}

impl Default for Replay {
    fn default() -> Self {
        let (pages, memos) = (Vec::new(), Memos::default());
        // The first entry makes no pattern: it may be the only one.
        Replay { pages, last: 0, next: 0, unheard: None, memos, patience: Patience::after(1), day: String::new() }
    }
}

impl Replay {
    /// Takes the entry at the start of `text`, if it fits a pattern. `Err`: a limit is met.
    pub(super) fn take(
        &mut self,
        text: &str,
        in_entry: bool,
        assembler: &mut Assembler,
        options: &Options,
    ) -> Result<Option<Fitted<'_>>, ()> {
        let (last, mut found) = (self.last, None);
        let mut values = Values::new();
        self.day.clear();
        for at in core::iter::once(last).chain((0..self.pages.len()).filter(|at| *at != last)) {
            let Some(page) = self.pages.get_mut(at).filter(|page| page.in_entry == in_entry) else { continue };
            match page.pattern.fit(text, &self.memos, &mut values) {
                Ok(len) => {
                    if !values.put_day(&mut self.day) || !page.make(&values, assembler, options)? {
                        return Ok(None);
                    }
                    page.fitted = true;
                    found = Some((at, len, page.used + values.used, page.anew.carried + values.leaves));
                    break;
                }
                // Another value of the same kind: not a bad pattern, as long as there are few of them.
                Err(Misfit::New(table)) if self.memos.has_room(table) => {
                    page.fitted = true;
                    self.unheard = Some(at);
                    return Ok(None);
                }
                Err(_) => {}
            }
        }
        let Some((at, len, used, cells)) = found else { return Ok(None) };
        self.last = at;
        Ok(self.pages.get(at).map(|page| Fitted { len, used, cells, losses: &page.losses }))
    }

    /// Whether an entry fitted a pattern.
    #[cfg(test)]
    pub(super) fn has_fitted(&self) -> bool {
        self.pages.iter().any(|page| page.fitted)
    }

    /// Makes a pattern of an entry, if it is good for one.
    pub(super) fn learn(&mut self, model: &Model<'_, '_>, assembler: &Assembler) {
        let unheard = self.unheard.take();
        if !self.patience.is_over() {
            return;
        }
        let page = model.page(&mut self.memos, assembler);
        let at = unheard.unwrap_or(self.next % PATTERNS);
        // A text of which nothing can be learnt is no better than one that nothing fits.
        self.patience.learn(page.is_some() && self.pages.get(at).is_none_or(|old| old.fitted));
        let Some(page) = page else { return };
        match self.pages.get_mut(at) {
            Some(slot) => *slot = page,
            None => self.pages.push(page),
        }
        (self.last, self.next) = (at.min(self.pages.len().saturating_sub(1)), at + 1);
    }
}

impl Page {
    /// Makes a record of what an entry holds; whether it could.
    fn make(&self, values: &Values<'_>, assembler: &mut Assembler, options: &Options) -> Result<bool, ()> {
        let is_made = assembler.anew(&self.anew, values.all(), values.leaves, options).map_err(|_| ())?;
        if is_made {
            assembler.note_last(&self.notes);
        }
        Ok(is_made)
    }
}
