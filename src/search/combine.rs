//! The requests that clauses make together.

use super::days::Days;
use super::decision::{Class, Why};
use super::key::Key;
use super::once::add_once;
use super::plan::Draft;
use super::push::{Branch, Term};
use crate::percent::decode;
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

/// What is sent of one request.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Combination<'a> {
    pub(super) terms: Vec<Branch<'a>>,
}

/// OR is a union of requests; AND is one request, as far as an attribute stands once in it. `branches` are those of the drafts.
pub(super) fn all<'a>(drafts: &mut [Draft<'_>], branches: &'a [Option<Vec<Branch<'a>>>], limit: usize) -> Vec<Combination<'a>> {
    let mut all = vec![Combination { terms: Vec::with_capacity(drafts.len()) }];
    for (draft, branches) in drafts.iter_mut().zip(branches) {
        let Some(branches) = branches else { continue };
        if all.len().saturating_mul(branches.len()) > limit {
            draft.keep(Why::TooMany);
            continue;
        }
        // One way to hold: the request grows.
        if let ([combination], [branch]) = (all.as_mut_slice(), branches.as_slice()) {
            match combination.add(branch) {
                And::Both => {}
                And::Unsaid => draft.keep(Why::OneValue),
                And::Nothing => {
                    draft.never();
                    return Vec::new();
                }
            }
            continue;
        }
        let (mut next, mut met) = (Vec::new(), BTreeSet::new());
        let (mut sent, mut unsaid) = (false, false);
        for (combination, branch) in all.iter().flat_map(|combination| branches.iter().map(move |branch| (combination, branch))) {
            let mut both = combination.clone();
            match both.add(branch) {
                And::Both => {
                    sent = true;
                    add_once(&mut next, &mut met, both);
                }
                And::Unsaid => {
                    unsaid = true;
                    // The same combination once, though several branches leave it as it is.
                    add_once(&mut next, &mut met, combination.clone());
                }
                And::Nothing => sent = true,
            }
        }
        if !sent {
            draft.keep(Why::OneValue);
        } else if unsaid {
            draft.class = Class::Widened;
            draft.whys.push(Why::OneValue);
        }
        if next.is_empty() {
            draft.never();
            return next;
        }
        all = next;
    }
    all
}

/// Whether each of the requests asks for something in particular.
pub(super) fn are_particular(all: &[Combination<'_>]) -> bool {
    all.iter().all(Combination::is_particular)
}

/// Whether requests together ask for something in particular, or for the days of a year at most, besides those on each side that zones add.
pub(super) fn are_selective(all: &[Combination<'_>]) -> bool {
    let is_a_year = |key: Key| {
        let ranges: Option<Vec<Days>> = all.iter().filter(|one| !one.is_particular()).map(|one| one.days(key)).collect();
        let joined = ranges.map(Days::union).unwrap_or_else(|| [Days { from: None, to: None }].into());
        let days = joined.into_iter().map(|days| days.len().map_or(u64::MAX, |len| len.saturating_sub(4).max(1)));
        days.fold(0, u64::saturating_add) <= 366
    };
    [Key::StudyDate, Key::PatientBirthDate].into_iter().any(is_a_year)
}

impl Draft<'_> {
    fn never(&mut self) {
        self.class = Class::Never;
        self.whys = vec![Why::EmptyIntersection];
    }
}

enum And {
    Both,
    /// It cannot be said beside what is there, which stays as it is.
    Unsaid,
    /// No study is in both.
    Nothing,
}

impl<'a> Combination<'a> {
    fn add(&mut self, branch: &Branch<'a>) -> And {
        let Some(known) = self.terms.iter_mut().find(|known| known.key == branch.key) else {
            let at = self.terms.partition_point(|term| term.key <= branch.key);
            self.terms.insert(at, branch.clone());
            return And::Both;
        };
        match (&mut known.term, &branch.term) {
            (Term::Uids(a), Term::Uids(b)) if branch.key == Key::StudyInstanceUid => {
                let known: BTreeSet<_> = b.iter().collect();
                a.retain(|uid| known.contains(uid));
                if a.is_empty() { And::Nothing } else { And::Both }
            }
            (Term::Days(a), Term::Days(b)) => match a.and(*b) {
                Some(range) => {
                    *a = range;
                    And::Both
                }
                None => And::Nothing,
            },
            (Term::Text(a, _), Term::Text(b, _)) if a == b => And::Both,
            // A study has many modalities and classes, and one of everything else.
            (Term::Text(..), Term::Text(..)) if branch.key != Key::ModalitiesInStudy && branch.key != Key::Modality => And::Nothing,
            _ => And::Unsaid,
        }
    }

    /// Whether a request asks for something in particular: a UID, an identifier that is not mostly wildcards.
    fn is_particular(&self) -> bool {
        self.terms.iter().any(|branch| match (&branch.key, &branch.term) {
            (Key::PatientSex | Key::ModalitiesInStudy | Key::Modality | Key::SopClassUid | Key::SopClassesInStudy, _) => false,
            (_, Term::Days(_)) => false,
            (_, Term::Text(_, sent)) => {
                // As it is meant, not as it is encoded.
                let len = decode(sent).map_or(sent.len(), |text| text.chars().count());
                sent.bytes().filter(|b| *b == b'?').count() * 2 <= len
            }
            (_, Term::Uids(_)) => true,
        })
    }

    /// The days that a request asks for by this key.
    fn days(&self, key: Key) -> Option<Days> {
        self.terms.iter().find(|branch| branch.key == key).and_then(|branch| match branch.term {
            Term::Days(days) => Some(days),
            _ => None,
        })
    }

    /// About how many bytes its query has.
    pub(super) fn len(&self) -> usize {
        let value = |term: &Term<'_>| match term {
            Term::Uids(uids) => uids.iter().map(|uid| uid.len() + 1).sum(),
            Term::Text(_, sent) => sent.len(),
            Term::Days(_) => 17,
        };
        self.terms.iter().map(|branch| branch.key.keyword().len() + 2 + value(&branch.term)).sum()
    }
}
