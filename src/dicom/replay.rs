//! Differential skipping: rows that repeat the row before them, but for what tells them apart, are compared and not read.
//!
//! Rows of one series say the same of study and series again and again; rows of studies have the same attributes in the same order. When the
//! general path has read a row that added an instance to a record and changed nothing else, or that made a record of its own, that row becomes
//! a [`Pattern`]: its text, with gaps where rows differ. A row that fits the pattern does what the pattern's row did, with the texts of its own
//! gaps, and the losses of what was skipped are counted with it. A row that does not fit is left to the general path, untouched.
//!
//! What stands between the gaps has the bytes of the pattern, and so means what it meant there. In gaps only plain values are taken: those
//! that the general path would keep as they stand and without remark. Values of attributes that are lost may differ as long as they have as
//! many leaves. Attempts are rare where rows do not repeat: after a pattern that no row fitted, ever more rows go by before the next.

use super::dataset::DataSet;
use super::memos::Memos;
use super::pattern::{Decoded, Misfit, Pattern};
use crate::assemble::{Anew, Assembler, Same};
use crate::error::Error;
use crate::json::scan::Scanner;
use crate::loss::{Code, Loss, Sink};
use crate::options::Options;
use crate::patience::Patience;
use crate::table::row;
use alloc::vec::Vec;

/// Patterns at a time: rows of several series may come in turn.
const PATTERNS: usize = 24;

/// Gaps that one row may open: each takes an attempt from its start, and rows can be hostile.
const OPENINGS: usize = 64;
/// The longest row that becomes a pattern: patterns are kept.
const LONG: usize = 1 << 18;

/// What rows that fit a pattern do.
pub(super) enum Deed {
    /// They add an instance: the numbers of the gaps of its UID and its number.
    Instance { same: Same, uid: usize, number: Option<usize> },
    /// They make a record.
    Study(Anew),
}

/// A pattern, and what rows that fit it do.
#[derive(Default)]
pub(super) struct Page {
    pub(super) pattern: Pattern,
    deed: Option<Deed>,
    losses: Vec<Loss>,
    /// Rows that fitted and are not accounted for, and the first of them.
    rows: u64,
    first: u64,
    /// How much deeper values could be nested in it.
    pub(super) room: u32,
    /// Whether any row fitted this pattern, or would have, had it met a value before.
    fitted: bool,
}

/// The patterns.
pub(super) struct Replay {
    pages: Vec<Page>,
    /// The page that was of use last, the one that is written next where all are good, and the one that has a value to learn.
    last: usize,
    next: usize,
    unheard: Option<usize>,
    memos: Memos,
    /// Attributes that were seen to differ from row to row.
    restless: Vec<[u8; 8]>,
    decoded: Decoded,
    patience: Patience,
}

impl Default for Replay {
    fn default() -> Self {
        // The first row makes no pattern: it may be the only one.
        Replay {
            pages: Vec::new(),
            last: 0,
            next: 0,
            unheard: None,
            memos: Memos::default(),
            restless: Vec::new(),
            decoded: Decoded::default(),
            patience: Patience::after(1),
        }
    }
}

impl Replay {
    /// Takes the row that the scanner stands before, if it fits a pattern; whether it did.
    pub(super) fn take(
        &mut self,
        scanner: &mut Scanner<'_>,
        assembler: &mut Assembler,
        options: &Options,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Error> {
        let last = self.last;
        for at in core::iter::once(last).chain((0..self.pages.len()).filter(|at| *at != last)) {
            let Some(page) = self.pages.get_mut(at) else { continue };
            match page.take(scanner, (&self.memos, &mut self.restless, &mut self.decoded), assembler, options, sink)? {
                Taken::Yes => {
                    self.last = at;
                    return Ok(true);
                }
                Taken::Unheard => {
                    // The pattern is good and learns a value.
                    self.unheard = Some(at);
                    return Ok(false);
                }
                Taken::No => {}
            }
        }
        Ok(false)
    }

    /// Makes a pattern of the row that the general path has just taken, if it is good for one. `row` begins with its brace.
    pub(super) fn learn(&mut self, (row, room): (&str, u32), set: &DataSet, assembler: &mut Assembler) {
        let unheard = self.unheard.take();
        if unheard.and_then(|at| self.pages.get(at)).is_some_and(|page| page.hear(row, set, &mut self.memos, assembler)) {
            return;
        }
        if !self.patience.is_over() {
            return;
        }
        // What a second occurrence does depends on the first.
        let is_long = set.members.last().is_none_or(|member| member.end as usize > LONG);
        if is_long || set.losses.iter().any(|loss| loss.code == Code::DuplicateAttribute) {
            return;
        }
        let same = assembler.same();
        if same.is_none() && !assembler.is_new() {
            return;
        }
        let stale = self.pages.iter().position(|page| !page.is_good(assembler));
        let at = unheard.or(stale).unwrap_or(self.next % PATTERNS);
        if self.pages.len() <= at {
            self.pages.resize_with(at + 1, Page::default);
        }
        let Some(page) = self.pages.get_mut(at) else { return };
        let was_useful = page.deed.take().is_none() || page.fitted;
        (page.fitted, page.room) = (false, room);
        let deed = match same {
            Some(same) => {
                page.cut(row, set, &self.restless, |_, row| [row::INSTANCE_UID.into(), row::INSTANCE_NUMBER.into()].contains(&row));
                page.instance(same)
            }
            None => page.study(row, set, &self.restless, &mut self.memos, assembler),
        };
        // Rows of which nothing can be learnt are no better than a pattern that no row fitted.
        self.patience.learn(was_useful && deed.is_some());
        if deed.is_some() {
            page.losses.clear();
            page.losses.extend(set.remarks.iter().chain(set.losses.iter().filter(|loss| loss.count > 0)));
            page.pattern.draw();
            (self.last, self.next) = (at, at + 1);
        }
        page.deed = deed;
    }

    /// Accounts for the rows that fitted.
    pub(super) fn settle(&mut self, assembler: &mut Assembler, sink: &mut Sink<'_>) {
        self.pages.iter_mut().for_each(|page| page.settle(assembler, sink));
    }

    /// Whether a row fitted a pattern.
    #[cfg(test)]
    pub(super) fn has_fitted(&self) -> bool {
        self.pages.iter().any(|page| page.fitted)
    }

    /// Forgets the patterns: what they would do may have changed.
    pub(super) fn forget(&mut self) {
        self.pages.iter_mut().for_each(|page| page.deed = None);
    }
}

/// Whether a row was taken.
enum Taken {
    Yes,
    No,
    /// It fits but for a value that was not met before.
    Unheard,
}

impl Page {
    /// Whether rows may fit it.
    fn is_good(&self, assembler: &Assembler) -> bool {
        match &self.deed {
            Some(Deed::Instance { same, .. }) => assembler.is_valid(same),
            Some(Deed::Study(_)) => true,
            None => false,
        }
    }

    fn take(
        &mut self,
        scanner: &mut Scanner<'_>,
        (memos, restless, decoded): (&Memos, &mut Vec<[u8; 8]>, &mut Decoded),
        assembler: &mut Assembler,
        options: &Options,
        sink: &mut Sink<'_>,
    ) -> Result<Taken, Error> {
        let Some(deed) = self.deed.as_ref().filter(|_| self.room == scanner.room()) else { return Ok(Taken::No) };
        if !self.is_good(assembler) {
            return Ok(Taken::No);
        }
        // Every attempt that fails opens a gap.
        for _ in 0..OPENINGS {
            let at = match self.pattern.fit(*scanner, memos, decoded) {
                Ok((values, end)) => {
                    let first = assembler.rows();
                    let with_decoded;
                    let texts = if decoded.is_empty() {
                        values.all()
                    } else {
                        with_decoded = decoded.among(&values);
                        &with_decoded
                    };
                    match deed {
                        Deed::Instance { same, uid, number } => {
                            let text = |gap: usize| texts.get(gap).copied();
                            assembler.again(same, text(*uid).unwrap_or(""), number.and_then(text), options)?;
                        }
                        Deed::Study(anew) => {
                            if !assembler.anew(anew, texts, values.leaves, options)? {
                                return Ok(Taken::No);
                            }
                            sink.report.carry(anew.carried + values.leaves);
                        }
                    }
                    if self.rows == 0 {
                        self.first = first;
                    }
                    self.rows += 1;
                    self.fitted = true;
                    scanner.pass(end - scanner.at());
                    if sink.listens() {
                        self.settle(assembler, sink);
                    }
                    // An element before it may have been none.
                    sink.check()?;
                    return Ok(Taken::Yes);
                }
                Err(Misfit::At(at)) => at,
                // Another value of the same kind: not a bad pattern, as long as there are few of them.
                Err(Misfit::New(table)) if memos.has_room(table) => {
                    self.fitted = true;
                    return Ok(Taken::Unheard);
                }
                Err(_) => return Ok(Taken::No),
            };
            if !self.pattern.open(at, restless) {
                return Ok(Taken::No);
            }
        }
        Ok(Taken::No)
    }

    /// Accounts for the rows that fitted.
    fn settle(&mut self, assembler: &mut Assembler, sink: &mut Sink<'_>) {
        let rows = core::mem::take(&mut self.rows);
        let Some(deed) = self.deed.as_ref().filter(|_| rows > 0) else { return };
        if let Deed::Instance { same, .. } = deed {
            sink.report.carry(assembler.settle(same, rows));
        }
        for loss in &self.losses {
            sink.lose(Loss { first: self.first, count: loss.count * rows, ..*loss });
        }
    }
}
