//! Many values of a clause, in order, so that what a study shows is looked up among them.
//!
//! Studies may have a million instances, a clause a thousand values, and what one of them refers to a thousand identifiers: they are not
//! compared each with each.

use super::parameter::About;
use super::shown::Shown;
use super::value::Value;
use super::{Clause, Query, Resolved};
use crate::fhir::found::{IDENTIFIER_TYPE, URI, URN_OID};
use crate::fhir::place;
use crate::fhir::shape::Uri;
use crate::options::Options;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// So many values are looked through sooner than they are put in order.
const FEW: usize = 16;

/// The values of one clause.
#[derive(Debug, Clone)]
pub(super) struct Sought {
    /// Which clause of the query it is.
    position: u32,
    /// What meets values, in order.
    sorted: Vec<Entry>,
    /// Values that more than that meets.
    others: Vec<u32>,
}

/// A value, and which of the identifiers that it refers to.
#[derive(Debug, Clone, Copy)]
struct Entry {
    value: u32,
    identifier: u32,
    /// Where its code begins, without `urn:oid:`, however often that is said.
    bare: u32,
}

/// What meets a value: a code, identifier or UID (without `urn:oid:`, with and without which UIDs are written), a system, or both.
type Key<'k> = (Option<&'k str>, Option<&'k str>);

impl Sought {
    /// Those of the clauses that have many values.
    pub(super) fn all(query: &Query, options: &Options) -> Vec<Sought> {
        let identifiers = |value: &Value| match value {
            Value::Reference(reference) => query.resolved.get(reference.text()).map_or(0, Vec::len),
            _ => 0,
        };
        let has_many = |clause: &&Clause| clause.values.len() > FEW || clause.values.iter().map(identifiers).sum::<usize>() > FEW;
        let mut all: Vec<Sought> = query.clauses.iter().filter(has_many).map(|clause| Sought::new(query, clause, options)).collect();
        all.sort_by_key(|sought| sought.position);
        all
    }

    fn new(query: &Query, clause: &Clause, options: &Options) -> Sought {
        let mut sought = Sought { position: clause.position, sorted: Vec::new(), others: Vec::new() };
        // What is said again is one.
        let mut met: BTreeSet<&str> = BTreeSet::new();
        for (value, n) in clause.values.iter().zip(0..) {
            let count = match value {
                Value::Reference(reference) if !met.insert(reference.text()) => Some(0),
                // Every study's patient is the caller's, who is met by being there.
                Value::Reference(reference) if place::is_own_subject(options, reference.text()) => None,
                Value::Reference(reference) => Some(query.resolved.get(reference.text()).map_or(0, Vec::len)),
                Value::OfType([system, ..]) => Some(usize::from(system == IDENTIFIER_TYPE)),
                Value::Uid(_) | Value::Token(_) => Some(1),
                Value::Date(_) | Value::Text(_) | Value::Missing(_) => None,
            };
            match count {
                Some(count) => sought.sorted.extend((0..count as u32).map(|identifier| {
                    let entry = Entry { value: n, identifier, bare: 0 };
                    let code = key(query, clause, entry).0.unwrap_or("");
                    Entry { bare: (code.len() - bared(code).len()) as u32, ..entry }
                })),
                None => sought.others.push(n),
            }
        }
        let key = |entry: &Entry| key(query, clause, *entry);
        let value = |entry: &Entry| clause.values.get(entry.value as usize);
        sought.sorted.sort_by(|a, b| key(a).cmp(&key(b)));
        // A key has forms that are not equal: `urn:oid:1.2` is met by other things than `1.2`.
        let found = |entry: &Entry| identifier(query, clause, *entry).map(|found| &found.value);
        sought.sorted.dedup_by(|a, b| key(a) == key(b) && value(a) == value(b) && found(a) == found(b));
        sought
    }

    /// That of a clause.
    pub(super) fn of<'s>(all: &'s [Sought], clause: &Clause) -> Option<&'s Sought> {
        all.binary_search_by_key(&clause.position, |sought| sought.position).ok().and_then(|at| all.get(at))
    }

    /// The values that what is shown could meet, each with the identifier that it meets of a reference; none: any.
    pub(super) fn among<'c>(&'c self, query: &'c Query, clause: &'c Clause, shown: &Shown<'_>) -> Option<impl Iterator<Item = Met<'c>>> {
        if !shown.value.scheme.is_empty() && shown.value.scheme != URN_OID {
            return None;
        }
        let code = Some(bared(shown.value.rest));
        // A class may be shown without its system, and always has it.
        let system = if clause.about == About::SopClass { Uri::plain(URI) } else { shown.system };
        let type_ = Uri::plain(shown.type_);
        let ways = [(code, None), (code, Some(system)), (code, Some(type_)), (None, Some(system))];
        let met = ways.into_iter().flat_map(move |way| self.equal(query, clause, way));
        let met = met.filter_map(move |entry| Some((clause.values.get(entry.value as usize)?, identifier(query, clause, *entry))));
        let others = self.others.iter().filter_map(|n| Some((clause.values.get(*n as usize)?, None)));
        Some(met.chain(others))
    }

    /// The values that ask for a code whatever its system, or for a system whatever the code, and those that more can meet; each with the identifier
    /// that it may be of a reference.
    pub(super) fn of_number<'c>(&'c self, query: &'c Query, clause: &'c Clause, shown: Uri<'_>) -> impl Iterator<Item = Met<'c>> {
        let code = bared(shown.rest);
        let of = |entry: &Entry| key(query, clause, *entry).0;
        let range = |code: Option<&str>| {
            let from = self.sorted.partition_point(|entry| of(entry) < code);
            let to = self.sorted.partition_point(|entry| of(entry) <= code);
            self.sorted.get(from..to).unwrap_or_default().iter()
        };
        let met = range(None).chain(range(Some(code)));
        let met = met.filter_map(|entry| Some((clause.values.get(entry.value as usize)?, identifier(query, clause, *entry))));
        met.chain(self.others.iter().filter_map(|n| Some((clause.values.get(*n as usize)?, None))))
    }

    /// The values that a number can meet whose issuer is not known: those that ask for no system, and those that more can meet.
    pub(super) fn of_any_issuer<'c>(&'c self, query: &'c Query, clause: &'c Clause, shown: &Shown<'_>) -> impl Iterator<Item = &'c Value> {
        let code = Some(bared(shown.value.rest));
        let ways = [(code, None), (code, Some(Uri::plain(shown.type_)))];
        let met = ways.into_iter().flat_map(|way| self.equal(query, clause, way)).map(|entry| entry.value);
        met.chain(self.others.iter().copied()).filter_map(|n| clause.values.get(n as usize))
    }

    /// The entries of a key.
    fn equal(&self, query: &Query, clause: &Clause, (code, system): (Option<&str>, Option<Uri<'_>>)) -> &[Entry] {
        let order = |entry: &Entry| {
            let (own, own_system) = key(query, clause, *entry);
            own.cmp(&code).then_with(|| match (own_system, system) {
                (Some(own), Some(uri)) => own.bytes().cmp(uri.scheme.bytes().chain(uri.rest.bytes())),
                (own, uri) => own.is_some().cmp(&uri.is_some()),
            })
        };
        let from = self.sorted.partition_point(|entry| order(entry) == Ordering::Less);
        let to = self.sorted.partition_point(|entry| order(entry) != Ordering::Greater);
        self.sorted.get(from..to).unwrap_or_default()
    }
}

/// A value, and the identifier of what it refers to.
type Met<'c> = (&'c Value, Option<&'c Resolved>);

fn identifier<'k>(query: &'k Query, clause: &'k Clause, entry: Entry) -> Option<&'k Resolved> {
    let Value::Reference(reference) = clause.values.get(entry.value as usize)? else { return None };
    query.resolved.get(reference.text())?.get(entry.identifier as usize)
}

fn key<'k>(query: &'k Query, clause: &'k Clause, entry: Entry) -> Key<'k> {
    let bare = |code: &'k str| Some(code.get(entry.bare as usize..).unwrap_or(code));
    match clause.values.get(entry.value as usize) {
        Some(Value::Uid(uid)) => (bare(uid), None),
        Some(Value::OfType([_, type_, value])) => (bare(value), Some(type_)),
        Some(Value::Token(token)) => (bare(&token.code).filter(|_| !token.code.is_empty()), token.system.as_deref()),
        Some(Value::Reference(_)) => {
            let found = identifier(query, clause, entry);
            found.map_or((None, None), |found| (bare(&found.value), Some(found.system.as_deref().unwrap_or(""))))
        }
        _ => (None, None),
    }
}

fn bared(text: &str) -> &str {
    text.trim_start_matches(URN_OID)
}
