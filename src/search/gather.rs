//! The ways for a clause to hold become few.

use super::days::Days;
use super::key::Key;
use super::push::{Branch, Term};
use alloc::vec;
use alloc::vec::Vec;

/// Days as few ranges, UIDs as lists where the server has them.
pub(super) fn gathered(branches: Vec<Branch<'_>>, uid_list: Option<u32>) -> Vec<Branch<'_>> {
    if branches.len() < 2 {
        return branches;
    }
    let mut out: Vec<Branch<'_>> = Vec::new();
    let mut days: Vec<(Key, Vec<Days>)> = Vec::new();
    // The list of each key that has room.
    let mut open: Vec<(Key, usize)> = Vec::new();
    for branch in branches {
        match branch.term {
            Term::Days(range) => match days.iter_mut().find(|(key, _)| *key == branch.key) {
                Some((_, ranges)) => ranges.push(range),
                None => days.push((branch.key, vec![range])),
            },
            Term::Uids(uids) => {
                let room = |list: &Vec<&str>| uid_list.is_some_and(|most| list.len() < most as usize);
                let last = open.iter_mut().find(|(key, _)| *key == branch.key);
                let at = last.as_ref().map_or(out.len(), |(_, at)| *at);
                match out.get_mut(at).map(|known| &mut known.term) {
                    Some(Term::Uids(list)) if room(list) => list.extend(uids),
                    _ => {
                        match last {
                            Some((_, at)) => *at = out.len(),
                            None => open.push((branch.key, out.len())),
                        }
                        out.push(Branch { key: branch.key, term: Term::Uids(uids) });
                    }
                }
            }
            Term::Text(..) => out.push(branch),
        }
    }
    for (key, ranges) in days {
        out.extend(Days::union(ranges).into_iter().map(|range| Branch { key, term: Term::Days(range) }));
    }
    out
}
