//! [`Loss`], [`LossReport`], [`Mapped`]: a result minus something, and what the something was.

mod code;
mod place;
mod sink;

pub use code::{Class, Code};
pub use place::{Place, Step};
pub(crate) use sink::{Kept, Sink};

use crate::grow;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

/// One thing that was not carried, or was carried with a remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// What happened.
    pub code: Code,
    /// Where.
    pub at: Place,
    /// The first data set it happened in, from 0 over everything that was read; of FHIR the first ImagingStudy, and 0 for what is in none. What
    /// several data sets say of one fact is lost together where they differ from each other (`not-uniform`) or from others that they join: then it is
    /// the first that says anything of the fact. What happens in writing happens in none: it is 0.
    pub first: u64,
    /// How many leaves it concerns. 0: a remark that concerns none, or none that is not counted under a note already: what was noted when it was
    /// read and turns out to contradict when records join stays under its note.
    pub count: u64,
}

impl Loss {
    /// The class of its code.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.code.class()
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.at.unit();
        write!(f, "{} at {}: {} ({}, first in {unit} {})", self.code, self.at, self.code.meaning(), self.count, self.first)
    }
}

/// Distinct losses that are kept; the rest is counted under [`Code::MoreLosses`].
const DISTINCT: usize = 1024;

/// What was not carried, coalesced by code and place, in order of first appearance.
///
/// Law *carry-or-tell*: [`carried`](Self::carried) + the counts of all losses = the leaves of the input.
#[derive(Debug, Clone, Default)]
pub struct LossReport {
    losses: Vec<Loss>,
    index: BTreeMap<(Code, Place), u32>,
    carried: u64,
    /// Whether something was left out for `limits.output_bytes`, though it may be counted with others.
    is_cut: bool,
    /// The loss that was counted last: data sets of one server lose the same things in the same order.
    last: usize,
}

impl PartialEq for LossReport {
    fn eq(&self, other: &Self) -> bool {
        self.carried == other.carried && self.losses == other.losses
    }
}

impl Eq for LossReport {}

impl LossReport {
    /// Whether nothing was lost or noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.losses.is_empty()
    }

    /// The losses, in order of first appearance.
    pub fn iter(&self) -> core::slice::Iter<'_, Loss> {
        self.losses.iter()
    }

    /// How many leaves came through without remark.
    #[must_use]
    pub const fn carried(&self) -> u64 {
        self.carried
    }

    /// How many leaves are counted under some loss.
    #[must_use]
    pub fn counted(&self) -> u64 {
        self.losses.iter().fold(0, |sum, loss| sum.saturating_add(loss.count))
    }

    /// Adds the losses of a further step of the same work, such as writing after reading.
    /// [`carried`](Self::carried) is then that of the last step: each step has its own leaves.
    pub fn merge(&mut self, later: &LossReport) {
        self.is_cut |= later.is_cut;
        for loss in &later.losses {
            self.add(*loss);
        }
        self.carried = later.carried;
    }

    /// Adds the losses of texts that come after the `rows` of this one.
    pub(crate) fn append(&mut self, later: &LossReport, rows: u64) {
        self.is_cut |= later.is_cut;
        for loss in &later.losses {
            self.add(Loss { first: loss.first.saturating_add(rows), ..*loss });
        }
        self.carried = self.carried.saturating_add(later.carried);
    }

    /// Adds what was told of a part of the same step.
    pub(crate) fn take_in(&mut self, part: &LossReport) {
        self.is_cut |= part.is_cut;
        self.carried = self.carried.saturating_add(part.carried);
        part.losses.iter().for_each(|loss| self.add(*loss));
    }

    /// Whether further losses are no longer told apart.
    pub(crate) fn is_full(&self) -> bool {
        self.losses.len() >= DISTINCT
    }

    pub(crate) fn carry(&mut self, leaves: u64) {
        self.carried = self.carried.saturating_add(leaves);
    }

    /// Takes back leaves that were thought carried and turned out otherwise.
    pub(crate) fn uncarry(&mut self, leaves: u64) {
        self.carried = self.carried.saturating_sub(leaves);
    }

    /// Whether the output reached its limit.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(crate) fn add(&mut self, loss: Loss) {
        self.is_cut |= loss.code == Code::OutputLimit;
        for at in [self.last + 1, self.last, 0] {
            if let Some(known) = self.losses.get_mut(at).filter(|known| known.code == loss.code && known.at.is(&loss.at)) {
                self.last = at;
                known.count = known.count.saturating_add(loss.count);
                known.first = known.first.min(loss.first);
                return;
            }
        }
        if let Some((at, known)) = self.index.get(&(loss.code, loss.at)).and_then(|at| Some((*at, self.losses.get_mut(*at as usize)?))) {
            self.last = at as usize;
            known.count = known.count.saturating_add(loss.count);
            known.first = known.first.min(loss.first);
            return;
        }
        if self.losses.len() < DISTINCT {
            self.index.insert((loss.code, loss.at), self.losses.len() as u32);
            grow::push(&mut self.losses, loss);
        } else {
            // The list may then hold a few entries more than DISTINCT. What another report had beyond its own is beyond this one's too.
            // Nobody may go on as if nothing was: that is told, if not where it is.
            let code = if loss.code.is_serious() { loss.code } else { Code::MoreLosses };
            let more = Loss { code, at: Place::ROOT, ..loss };
            match self.index.get(&(more.code, more.at)) {
                Some(_) => self.add(more),
                None => {
                    self.index.insert((more.code, more.at), self.losses.len() as u32);
                    self.losses.push(more);
                }
            }
        }
    }
}

impl<'a> IntoIterator for &'a LossReport {
    type Item = &'a Loss;
    type IntoIter = core::slice::Iter<'a, Loss>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for LossReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for loss in self {
            writeln!(f, "{loss}")?;
        }
        Ok(())
    }
}

/// A result, and what is missing from it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a result may lack something: look at `loss`, or say .lossless()? or .ignore_loss()"]
pub struct Mapped<T> {
    /// The result.
    pub value: T,
    /// What it lacks.
    pub loss: LossReport,
}

/// Something was lost or noted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} distinct losses, the first: {}", .0.losses.len(), FirstOf(.0))]
pub struct Lossy(pub LossReport);

struct FirstOf<'a>(&'a LossReport);

impl fmt::Display for FirstOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.losses.first() {
            Some(loss) => write!(f, "{loss}"),
            None => f.write_str("none"),
        }
    }
}

impl<T> Mapped<T> {
    /// The result, if nothing was lost or noted.
    ///
    /// # Errors
    /// The report, if it is not empty.
    pub fn lossless(self) -> Result<T, Lossy> {
        if self.loss.is_empty() { Ok(self.value) } else { Err(Lossy(self.loss)) }
    }

    /// The result, whatever it lacks.
    pub fn ignore_loss(self) -> T {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_distinct_losses_the_rest_is_counted() {
        let mut report = LossReport::default();
        for n in 0..2_000 {
            report.add(Loss { code: Code::UnknownAttribute, at: Place::of_tags(&[n]), first: 0, count: 2 });
        }
        assert_eq!(report.counted(), 4_000);
        assert_eq!(report.iter().count(), DISTINCT + 1);
        let last = report.iter().last().map(|loss| (loss.code, loss.count));
        assert_eq!(last, Some((Code::MoreLosses, 2 * (2_000 - DISTINCT as u64))));
    }

    #[test]
    fn counts_end_at_the_greatest_number() {
        let mut report = LossReport::default();
        report.add(Loss { code: Code::UnknownAttribute, at: Place::of_tags(&[1]), first: 0, count: 1 });
        for _ in 0..65 {
            let again = report.clone();
            report.merge(&again);
        }
        assert_eq!(report.counted(), u64::MAX);
    }

    #[test]
    fn what_nobody_may_overlook_is_told_however_much_else_is() {
        let mut report = LossReport::default();
        for n in 0..2_000 {
            report.add(Loss { code: Code::UnknownAttribute, at: Place::of_tags(&[n]), first: 0, count: 1 });
        }
        for code in [Code::Withdrawn, Code::PatientConflict, Code::Modifier, Code::Conflict] {
            (0..3).for_each(|n| report.add(Loss { code, at: Place::of_tags(&[n]), first: 0, count: 1 }));
        }
        let told: Vec<(Code, u64)> = report.iter().skip(DISTINCT).map(|loss| (loss.code, loss.count)).collect();
        let more = 3 + 2_000 - DISTINCT as u64;
        assert_eq!(told, [(Code::MoreLosses, more), (Code::Withdrawn, 3), (Code::PatientConflict, 3), (Code::Modifier, 3)]);
    }

    #[test]
    fn what_is_beyond_one_report_is_beyond_those_it_joins() {
        let add = |report: &mut LossReport, all: core::ops::Range<u32>| {
            all.for_each(|n| report.add(Loss { code: Code::UnknownAttribute, at: Place::of_tags(&[n]), first: 0, count: 1 }));
        };
        let mut full = LossReport::default();
        add(&mut full, 0..1_100);
        full.add(Loss { code: Code::OutputLimit, at: Place::ROOT, first: 0, count: 5 });
        for step in [LossReport::merge, |report: &mut LossReport, full: &LossReport| report.append(full, 7), LossReport::take_in] {
            for known in [0, 1, 1_023, 1_024, 1_025, 2_000] {
                let mut report = LossReport::default();
                add(&mut report, 5_000..5_000 + known);
                step(&mut report, &full);
                assert_eq!(report.counted(), u64::from(known) + 1_105);
                assert!(report.iter().count() <= DISTINCT + 1 && report.is_cut());
            }
        }
    }

    #[test]
    fn a_place_has_eight_steps_at_most() {
        let place = Place::of_tags(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(place.steps().count(), 8);
    }
}
