//! The answer to a search: what is shown of the candidates of a page, what is told of the others, and how many match.

use super::Response;
use super::answer::Page;
use super::cursor::Cursor;
use super::judging::Judged;
use super::refusal::Refusal;
use super::results::Total;
use super::search::Search;
use super::telling::Telling;
use crate::loss::LossReport;
use crate::search::{self, Plan};
use crate::study::Study;
use crate::table::Level;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

impl Search {
    pub(super) fn answer(&mut self, plan: &Plan, shown: &[usize], next: Option<u32>) -> Result<Response, Refusal> {
        let (total, residual) = (self.total(plan), plan.residual());
        let mut told: BTreeSet<usize> = BTreeSet::new();
        let mut loss = LossReport::default();
        let mut studies: Vec<&Study> = Vec::new();
        let mut telling = Telling::default();
        (telling.nameless, telling.is_cut, telling.unknown) = (self.nameless, self.is_cut, self.unknown);
        for candidate in shown.iter().filter_map(|n| self.candidates.get(*n)) {
            let Some((at, held)) = candidate.held.and_then(|(at, _)| Some((at, self.held.get(at)?))) else { continue };
            if told.insert(at) {
                loss.merge(&held.studies.loss);
            }
            let is_torn = held.of(&candidate.uid).any(Study::is_patient_conflict);
            if !is_torn && candidate.is_torn(&self.held) {
                telling.torn += 1;
                continue;
            }
            if candidate.is_unowned(&self.held) {
                telling.unowned += 1;
                continue;
            }
            let before = studies.len();
            studies.extend(held.of(&candidate.uid).filter(|study| residual.judge(study) == search::Verdict::Yes));
            telling.torn += usize::from(is_torn);
            // Those that were counted, by what was listed of them.
            let counted = if let Some(Judged::Yes(records)) = candidate.verdict { records as usize } else { 1 };
            telling.contradictory += usize::from(studies.len() - before < counted);
            telling.incomplete += usize::from(held.incomplete.contains(&candidate.uid));
        }
        let looks_at_instances = self.answering.results.looks_at_instances() || plan.level() == Level::Instance;
        for candidate in &self.candidates {
            telling.about(candidate, &self.held, residual, looks_at_instances);
            // What is counted alone is shown nowhere.
            let is_counted = self.answering.results.count_only && matches!(candidate.verdict, Some(Judged::Yes(_)));
            telling.torn += usize::from(is_counted && candidate.is_torn(&self.held));
        }
        telling.about_ids(&self.candidates, &self.held, residual);
        // Of what may match all the same nobody knows how many there are.
        let is_estimate = self.answering.results.total == Total::Estimate;
        let total = total.filter(|_| is_estimate || telling.unsure == 0);
        let issues = telling.issues(Some(plan));
        let next = next.map(|at| Cursor::new(at, self.selection, plan));
        let page = Page { studies, loss, total, at: self.cursor, next, issues };
        Ok(self.answering.bundle(&self.query, page))
    }

    /// How many studies match, where that is known, or an estimate is enough.
    fn total(&mut self, plan: &Plan) -> Option<u64> {
        // Of what cannot be had nobody knows whether it matches.
        if self.nameless > 0 || self.is_cut {
            return None;
        }
        let mut total = 0;
        let is_estimate = self.answering.results.total == Total::Estimate;
        for candidate in &mut self.candidates {
            total += match candidate.judge(plan, &self.held) {
                Judged::Yes(records) => u64::from(records),
                Judged::Need(_) if is_estimate => 1,
                Judged::Need(_) => return None,
                Judged::No | Judged::Undecided => 0,
            };
        }
        Some(total)
    }
}
