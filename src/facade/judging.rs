//! Which of the studies that were met are matches.
//!
//! A candidate is a study UID that some request selected. It is judged on the study rows that the requests returned, and where these do not
//! decide on what the study holds, asked for by its UID.

use super::content::Held;
use crate::search::order::Key;
use crate::search::{Plan, Verdict};
use crate::study::Study;
use crate::table::{Level, row};
use crate::who::Who;
use alloc::string::String;
use alloc::vec::Vec;

/// A study that may match.
pub(super) struct Candidate {
    pub(super) uid: String,
    /// Its study rows, as the requests returned them: a record for each patient.
    pub(super) rows: Vec<Study>,
    /// What rows that are not all of it say, those of its series and of filtered lists: whose it is, they say as well.
    pub(super) selecting: Vec<Study>,
    /// The archive lists it, and cannot be asked for it.
    pub(super) is_refused: bool,
    /// Which of what is held of studies is its own, and how far down.
    pub(super) held: Option<(usize, Level)>,
    /// What was held of it before, which says whose it is as well.
    pub(super) before: Vec<usize>,
    pub(super) verdict: Option<Judged>,
    /// What it is sorted by: what was known when it was found to match. What it holds when it is shown may be something else, and moves no page.
    pub(super) keys: Option<Vec<Option<Key>>>,
}

/// What is known of a candidate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    /// So many of its records match.
    Yes(u32),
    No,
    /// Rows down to this level would have to be known, for it to be a step.
    Need(Level),
    /// Nothing that the archive returns decides.
    Undecided,
}

impl Candidate {
    /// Judges it on what is known: on its content, where it is held.
    pub(super) fn judge(&mut self, plan: &Plan, held: &[Held]) -> Judged {
        if let Some(known) = self.verdict {
            return known;
        }
        let judged = match self.held.and_then(|(at, level)| Some((held.get(at)?, level))) {
            // Of what a list that was cut does not have nobody knows anything, nor of what was listed before and is not now: it may be gone, and the
            // row that came may have lost its name.
            Some((held, _)) if (held.is_cut || !held.gone.contains_key(&self.uid)) && held.of(&self.uid).next().is_none() => {
                Judged::Undecided
            }
            Some((held, level)) => judge(held.of(&self.uid), plan, Some(level)),
            // Under several patients it has other ids, and one of its rows alone may not tell.
            None if plan.residual().excludes_id(&self.uid) => Judged::Need(Level::Study),
            None if self.rows.iter().any(|row| plan.residual().asks_for_one(row)) => Judged::Need(Level::Study),
            // Only its series or instances were met.
            None if self.rows.is_empty() => Judged::Need(plan.level()),
            None => judge(self.rows.iter(), plan, None),
        };
        // What it holds nobody can know, nor show.
        let judged = if self.is_refused && judged != Judged::No { Judged::Undecided } else { judged };
        // What may be found out is judged again.
        if !matches!(judged, Judged::Need(_)) {
            self.verdict = Some(judged);
        }
        judged
    }

    /// Whether nobody knows whose all of its images are, of what is held or was held of it before.
    pub(super) fn is_unowned(&self, held: &[Held]) -> bool {
        let mut places = self.held.iter().map(|(at, _)| at).chain(&self.before);
        places.any(|at| held.get(*at).is_some_and(|held| held.is_unowned(&self.uid)))
    }

    /// Whether what names its patient names more than one: whose images they are is not known then.
    pub(super) fn is_torn(&self, held: &[Held]) -> bool {
        let of = |at: usize| held.get(at).into_iter().flat_map(|held| held.of(&self.uid));
        let own = || self.held.into_iter().flat_map(|(at, _)| of(at));
        let is_another = |row: &Study| own().next().is_some() && !own().any(|study| is_one_patient(row, study));
        let mut met = self.rows.iter().chain(&self.selecting).chain(self.before.iter().flat_map(|at| of(*at)));
        own().any(Study::is_patient_conflict) || met.any(|row| row.is_patient_conflict() || is_another(row))
    }
}

impl Held {
    /// Whether nobody knows whose all of its images are: the archive has more rows of the study itself than it gives, and what is below names no
    /// patient.
    pub(super) fn is_unowned(&self, uid: &str) -> bool {
        self.level >= Level::Series && self.unowned.contains(uid)
    }

    /// The records of a study.
    pub(super) fn of<'a>(&'a self, uid: &'a str) -> impl Iterator<Item = &'a Study> + 'a {
        let at = |place: &usize| self.studies.value.get(*place);
        let first = self.by_uid.partition_point(|place| at(place).map(super::answer::uid) < Some(uid));
        let studies = self.by_uid.get(first..).unwrap_or_default().iter().filter_map(at);
        studies.take_while(move |study| super::answer::uid(study) == uid)
    }
}

/// What the records of a study UID say; `level`: how far down they are complete.
fn judge<'a>(records: impl Iterator<Item = &'a Study>, plan: &Plan, level: Option<Level>) -> Judged {
    let (mut yes, mut need, mut undecided) = (0, None, false);
    for study in records {
        match plan.residual().judge(study) {
            Verdict::Yes => yes += 1,
            Verdict::No => {}
            // What is below a study of two patients can be nobody's, even where all of it is known.
            Verdict::Need(more) if level.is_some_and(|known| more.level <= known) => undecided = true,
            Verdict::Need(more) => need = need.max(Some(plan.step(&more))),
        }
    }
    match need {
        Some(level) => Judged::Need(level),
        None if yes > 0 => Judged::Yes(yes),
        None if undecided => Judged::Undecided,
        None => Judged::No,
    }
}

/// Whether two records of a study do not name two patients: rows of one text that say so would be one record.
fn is_one_patient(one: &Study, other: &Study) -> bool {
    match (one.get(row::PATIENT_ID), other.get(row::PATIENT_ID)) {
        (Some(id), Some(other_id)) => {
            let (names, other_names) = ([id.local, id.universal], [other_id.local, other_id.universal]);
            let is_nobody = |names: [&str; 2]| names.iter().all(|name| name.is_empty());
            let is_one_issuer = match (is_nobody(names), is_nobody(other_names)) {
                (true, true) => true,
                // An issuer that is known to be nobody is not one who has a name.
                (true, false) => !one.knows_issuer(),
                (false, true) => !other.knows_issuer(),
                // One name of the two may be missing; one they have in common.
                (false, false) => {
                    let mut both =
                        names.into_iter().zip(other_names).filter(|(one, other)| !one.is_empty() && !other.is_empty()).peekable();
                    both.peek().is_some() && both.all(|(one, other)| one == other)
                }
            };
            id.value == other_id.value && is_one_issuer
        }
        // Who is known to have no number is not the one who has one.
        (Some(_), None) => !other.knows(row::PATIENT_ID.into()) && !says_another(one, other),
        (None, Some(_)) => !one.knows(row::PATIENT_ID.into()) && !says_another(one, other),
        (None, None) => !says_another(one, other),
    }
}

/// Whether name, birth date or sex are another's: where no number tells, they do.
fn says_another(one: &Study, other: &Study) -> bool {
    let who = |study: &Study| Who::of(|row, field| study.field_of(row, field));
    who(one).differs(&who(other))
}
