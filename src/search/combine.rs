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
///
/// Where these are too many, clauses that ask for something in particular go before others, and those of few requests before those of many.
pub(super) fn all<'a>(drafts: &mut [Draft<'_>], branches: &'a [Option<Vec<Branch<'a>>>], limit: usize) -> Vec<Combination<'a>> {
    let common = Common::of(branches);
    let in_order: Vec<usize> = (0..branches.len()).collect();
    let product = branches.iter().flatten().fold(1_usize, |product, branches| product.saturating_mul(branches.len()));
    if product <= limit {
        return join(drafts, branches, common.as_ref(), &in_order, limit);
    }
    let is_kept = |draft: &Draft<'_>| draft.whys.first() == Some(&Why::TooMany);
    let mut tried = drafts.to_vec();
    let all = join(&mut tried, branches, common.as_ref(), &in_order, limit);
    if !tried.iter().any(is_kept) {
        drafts.clone_from_slice(&tried);
        return all;
    }
    let mut by_choice = in_order.clone();
    by_choice.sort_by_key(|at| {
        // Lists that intersect are one.
        let common = common.as_ref().filter(|common| common.clauses.binary_search(at).is_ok()).map(|common| &common.lists);
        let branches = common.or_else(|| branches.get(*at)?.as_ref());
        branches.map(|branches| (!branches.iter().all(Branch::is_particular), branches.len()))
    });
    tried.clone_from_slice(drafts);
    let chosen = join(&mut tried, branches, common.as_ref(), &by_choice, limit);
    let (kept, sent): (Vec<usize>, Vec<usize>) = in_order.into_iter().partition(|at| tried.get(*at).is_some_and(is_kept));
    for at in kept {
        drafts.iter_mut().skip(at).take(1).for_each(|draft| draft.keep(Why::TooMany));
    }
    let mut again = drafts.to_vec();
    let all = join(&mut again, branches, common.as_ref(), &sent, limit);
    // What is few together may be too many on the way there.
    let is_more = sent.iter().any(|at| again.get(*at).is_some_and(is_kept));
    let (all, done) = if is_more { (chosen, tried) } else { (all, again) };
    drafts.clone_from_slice(&done);
    all
}

/// The requests of these clauses together, in this order.
fn join<'a>(
    drafts: &mut [Draft<'_>],
    branches: &'a [Option<Vec<Branch<'a>>>],
    common: Option<&Common<'a>>,
    order: &[usize],
    limit: usize,
) -> Vec<Combination<'a>> {
    let mut all = vec![Combination { terms: Vec::with_capacity(drafts.len()) }];
    let mut is_common_kept = false;
    for at in order.iter().copied() {
        let (Some(draft), Some(Some(branches))) = (drafts.get_mut(at), branches.get(at)) else { continue };
        let branches = match common {
            Some(common) if common.ends_at == Some(at) => {
                draft.never();
                return Vec::new();
            }
            Some(common) if common.ends_at.is_none() && common.clauses.first() == Some(&at) => &common.lists,
            Some(common) if common.clauses.binary_search(&at).is_ok() => {
                if is_common_kept {
                    draft.keep(Why::TooMany);
                }
                continue;
            }
            _ => branches,
        };
        if all.len().saturating_mul(branches.len()) > limit {
            draft.keep(Why::TooMany);
            is_common_kept |= common.is_some_and(|common| common.clauses.first() == Some(&at));
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

/// The study UIDs of several clauses that say nothing else: those that all of them have, in lists. List by list each would meet each.
struct Common<'a> {
    clauses: Vec<usize>,
    lists: Vec<Branch<'a>>,
    /// The clause that leaves none.
    ends_at: Option<usize>,
}

impl<'a> Common<'a> {
    fn of(branches: &'a [Option<Vec<Branch<'a>>>]) -> Option<Common<'a>> {
        let of = |at: &usize| branches.get(*at).and_then(Option::as_ref).into_iter().flatten();
        let is_list = |branch: &Branch<'_>| branch.key == Key::StudyInstanceUid && matches!(branch.term, Term::Uids(_));
        let clauses: Vec<usize> = (0..branches.len()).filter(|at| of(at).next().is_some() && of(at).all(is_list)).collect();
        let [first, others @ ..] = clauses.as_slice() else { return None };
        if others.is_empty() {
            return None;
        }
        let uids = |branch: &'a Branch<'a>| match &branch.term {
            Term::Uids(uids) => uids.as_slice(),
            _ => &[],
        };
        // As long as the lists that there are.
        let most = clauses.iter().flat_map(of).map(|branch| uids(branch).len()).max().unwrap_or(1);
        let mut common: Vec<&str> = of(first).flat_map(uids).copied().collect();
        let mut ends_at = None;
        for other in others {
            let known: BTreeSet<&str> = of(other).flat_map(uids).copied().collect();
            common.retain(|uid| known.contains(uid));
            if common.is_empty() {
                ends_at = Some(*other);
                break;
            }
        }
        let list = |uids: &[&'a str]| Branch { key: Key::StudyInstanceUid, term: Term::Uids(uids.to_vec()) };
        let lists = common.chunks(most.max(1)).map(list).collect();
        Some(Common { clauses, lists, ends_at })
    }
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

impl Branch<'_> {
    /// Whether it asks for something in particular: a UID, an identifier that is not mostly wildcards.
    fn is_particular(&self) -> bool {
        match (&self.key, &self.term) {
            (Key::PatientSex | Key::ModalitiesInStudy | Key::Modality | Key::SopClassUid | Key::SopClassesInStudy, _) => false,
            (_, Term::Days(_)) => false,
            (_, Term::Text(_, sent)) => {
                // As it is meant, not as it is encoded.
                let len = decode(sent).map_or(sent.len(), |text| text.chars().count());
                sent.bytes().filter(|b| *b == b'?').count() * 2 <= len
            }
            (_, Term::Uids(_)) => true,
        }
    }
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
    pub(super) fn is_particular(&self) -> bool {
        self.terms.iter().any(Branch::is_particular)
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
