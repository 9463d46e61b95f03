//! What an answer has to say besides the studies: what is left out of it, and why.

use super::content::Held;
use super::judging::{Candidate, Judged};
use crate::fhir::outcome::Issue;
use crate::grammar::uid::is_uuid;
use crate::search::{Plan, Residual, Why};
use crate::study::Study;
use crate::table::Level;
use alloc::format;
use alloc::vec::Vec;

/// How many studies there are of which something is to be told.
#[derive(Default)]
pub(super) struct Telling {
    /// Of several patients.
    pub(super) torn: usize,
    /// Nothing that is returned decides whether they match.
    undecided: usize,
    /// The archive lists them, and is known to refuse their UIDs.
    refused: usize,
    /// They do not match because the issuer of the patient's id is not to be seen.
    issuer_unknown: usize,
    /// Studies that are found by a number of no issuer, or of the type that goes without saying, and the archive never tells of some who issued them.
    of_any_issuer: usize,
    /// Their study rows match, and what they hold does not.
    pub(super) contradictory: usize,
    /// Rows of a part of them have what is asked for, and what they hold has not.
    lost_below: usize,
    /// There may be other patients of them.
    pub(super) unowned: usize,
    /// The archive counts or has more of them than it lists.
    pub(super) incomplete: usize,
    /// Rows of no study.
    pub(super) nameless: u64,
    /// There are rows that cannot be had.
    pub(super) is_cut: bool,
    /// References of the search that nobody knows.
    pub(super) unknown: usize,
    /// What rows of their series say of body sites and reasons decides, and those of their instances, which may say more, were not looked at, though
    /// others' are.
    another_below: usize,
    /// Rows of their series may tell of several patients, of whom one has an id that is asked for.
    unseen: usize,
    /// How many of those that are not shown may match all the same.
    pub(super) unsure: usize,
}

impl Telling {
    /// What is to be told of a candidate that is not shown.
    pub(super) fn about(&mut self, candidate: &Candidate, held: &[Held], residual: &Residual, looks_at_instances: bool) {
        let own = || candidate.held.and_then(|(at, _)| held.get(at)).into_iter().flat_map(|held| held.of(&candidate.uid));
        let records = || candidate.rows.iter().chain(own());
        // What the verdict is of.
        let judged = || candidate.rows.iter().filter(|_| candidate.held.is_none()).chain(own());
        let selecting = || candidate.selecting.iter().any(|row| residual.has_what_is_asked(row));
        let lacks = || candidate.held.is_some_and(|(_, level)| own().all(|study| residual.lacks_what_is_asked(study, level)));
        let before = self.told();
        match candidate.verdict {
            Some(Judged::Undecided) if records().any(Study::is_patient_conflict) => self.torn += 1,
            // Its records have other ids than the one that was asked for, because there are two.
            // What was left out, because nobody knows whose it is, may be what is asked for.
            Some(Judged::No) if records().any(|study| study.is_torn) => self.torn += 1,
            Some(Judged::No) if records().any(Study::is_patient_conflict) && residual.asks_for_id(&candidate.uid) => {
                self.torn += 1;
                return;
            }
            // Whom the rest names may be another than who was asked for.
            Some(Judged::No) if candidate.held.is_some() && candidate.is_torn(held) => self.torn += 1,
            // What selected it is not among what it holds. What rows of a part of it do not say it may have, and what is below what is held.
            Some(Judged::No) if selecting() && lacks() => self.lost_below += 1,
            Some(Judged::Undecided) if candidate.is_refused => self.refused += 1,
            Some(Judged::Undecided) => self.undecided += 1,
            Some(Judged::No) if records().any(|study| residual.hides_issuer(study)) => self.issuer_unknown += 1,
            // Of several patients' records one may be left out for its issuer beside one that matches.
            Some(Judged::Yes(_)) if judged().any(|study| residual.hides_issuer(study)) => self.issuer_unknown += 1,
            // Rows of instances may have the region where those of series say nothing.
            Some(judged @ (Judged::No | Judged::Yes(_)))
                if looks_at_instances
                    && own().any(|study| is_above_instances(candidate, study) && residual.may_turn_below(study, judged != Judged::No)) =>
            {
                self.another_below += 1;
            }
            _ => {}
        }
        self.unsure += self.told() - before;
        // It is found, and counted.
        if matches!(candidate.verdict, Some(Judged::Yes(_))) && judged().any(|study| residual.may_be_anothers(study)) {
            self.of_any_issuer += 1;
        }
    }

    /// What is to be told where an id is asked for that one of several patients has, and that none of those has who were met.
    pub(super) fn about_ids(&mut self, candidates: &[Candidate], held: &[Held], residual: &Residual) {
        let asked = residual.ids_of_one();
        if asked == 0 {
            return;
        }
        let own = |candidate: &Candidate| candidate.held.and_then(|(at, _)| held.get(at));
        let rows = |candidate: &Candidate, is: &dyn Fn(&Study) -> bool| {
            candidate.rows.iter().any(is) || own(candidate).is_some_and(|held| held.of(&candidate.uid).any(is))
        };
        // Of those that match the records of several patients have such an id, and a study whose own UID is of that form.
        let found = |candidate: &Candidate| match candidate.verdict {
            Some(Judged::Yes(records)) if rows(candidate, &Study::is_patient_conflict) => records as usize,
            Some(Judged::Yes(_)) => usize::from(is_uuid(&candidate.uid)),
            _ => 0,
        };
        if candidates.iter().map(found).sum::<usize>() >= asked {
            return;
        }
        let is_seen = |candidate: &Candidate| candidate.held.is_some_and(|(_, level)| level >= Level::Series);
        let may_be = |candidate: &&Candidate| {
            candidate.verdict == Some(Judged::No) && !is_seen(candidate) && rows(candidate, &|row| residual.may_be_but_for_id(row))
        };
        self.unseen = candidates.iter().filter(may_be).count();
        self.unsure += self.unseen;
    }

    /// How many studies something is told of that are not shown.
    fn told(&self) -> usize {
        self.torn + self.lost_below + self.undecided + self.refused + self.issuer_unknown + self.another_below
    }

    pub(super) fn issues(self, plan: Option<&Plan>) -> Vec<Issue> {
        let mut issues = Vec::new();
        // In a searchset no issue is an error (FHIR http, "search").
        let mut tell = |code, text, count: u64, of: &str| {
            if count > 0 {
                issues.push(Issue { severity: "warning", code, text, diagnostics: format!("{count} {of}") });
            }
        };
        tell(
            "conflict",
            "the archive has a study under more than one patient: what does not say whose it is is not shown, and may be counted",
            self.torn as u64,
            "studies",
        );
        tell(
            "incomplete",
            "the archive has more rows of a study than it gives, which may name another patient: it is not shown, and may be counted",
            self.unowned as u64,
            "studies",
        );
        tell(
            "incomplete",
            "studies are left out because the archive does not tell what decides whether they match",
            self.undecided as u64,
            "studies",
        );
        tell(
            "incomplete",
            "studies are left out because the archive takes no request for their UIDs, which are odd",
            self.refused as u64,
            "studies",
        );
        tell(
            "incomplete",
            "studies of that number are left out because the archive does not tell who issued it, or of which type it is",
            self.issuer_unknown as u64,
            "studies: issuer-unknown",
        );
        tell(
            "incomplete",
            "studies of a number without an issuer are found, and the archive never tells of some who issued them, or of which type they are: they may be of another",
            self.of_any_issuer as u64,
            "studies: issuer-unknown",
        );
        tell(
            "incomplete",
            "studies are left out, or counted, by the body sites and reasons that rows of their series say: those of their instances may say more, and were not looked at",
            self.another_below as u64,
            "studies",
        );
        tell(
            "incomplete",
            "an id of that form is of one of several patients of a study: studies may have it whose series were not looked at",
            self.unseen as u64,
            "studies",
        );
        tell(
            "conflict",
            "studies that match by what is listed of them do not by what they hold: they are left out, and counted",
            self.contradictory as u64,
            "studies",
        );
        tell("conflict", "studies were found by rows of what they do not hold: they are left out", self.lost_below as u64, "studies");
        tell("incomplete", "the archive counts more of a study than it lists", self.incomplete as u64, "studies");
        tell("incomplete", "the archive's answer has rows that are of no study", self.nameless, "rows");
        tell("not-found", "a reference of the search is not known: nothing is of it", self.unknown as u64, "references");
        if self.is_cut {
            tell("incomplete", "the archive has more rows than it gives", 1, "or more");
        }
        // Where rows may tell the issuer, those that do not were counted.
        for (n, decision) in plan.into_iter().flat_map(Plan::decisions).enumerate() {
            let never_tells = |why: &&Why| match why {
                Why::IssuerUnknown => plan.is_some_and(|plan| plan.residual().never_sees_issuers(n)),
                why => matches!(why, Why::Unanswerable),
            };
            for why in decision.whys.iter().filter(never_tells) {
                issues.push(Issue {
                    severity: "warning",
                    code: "incomplete",
                    text: "the archive never tells what decides a clause: studies may be left out",
                    diagnostics: format!("{}: {}", decision.clause, why.name()),
                });
            }
        }
        issues
    }
}

/// Whether rows of its instances are not known, or not all.
fn is_above_instances(candidate: &Candidate, study: &Study) -> bool {
    candidate.held.is_some_and(|(_, level)| level < Level::Instance) || study.cut.instances
}
