//! Many values of a clause, in order, so that what a study shows is looked up among them.
//!
//! Studies may have a million instances, and a clause a thousand values: they are not compared each with each.

use super::Clause;
use super::value::Value;
use crate::fhir::found::URN_OID;
use crate::fhir::shape::Uri;
use alloc::vec::Vec;

/// So many values are looked through sooner than they are put in order.
const FEW: usize = 16;

/// The values of one clause.
#[derive(Debug, Clone)]
pub(super) struct Sought {
    /// Which clause of the query it is.
    position: u32,
    /// Values that can only be met by one code, identifier or UID, in order of that.
    named: Vec<u32>,
    /// The others.
    others: Vec<u32>,
}

impl Sought {
    /// Those of the clauses that have many values.
    pub(super) fn all(clauses: &[Clause]) -> Vec<Sought> {
        clauses.iter().filter(|clause| clause.values.len() > FEW).map(Sought::new).filter(|sought| sought.named.len() > FEW).collect()
    }

    fn new(clause: &Clause) -> Sought {
        let name = |n: &u32| clause.values.get(*n as usize).and_then(name);
        let (mut named, others): (Vec<u32>, Vec<u32>) = (0..clause.values.len() as u32).partition(|n| name(n).is_some());
        named.sort_by(|a, b| name(a).cmp(&name(b)));
        Sought { position: clause.position, named, others }
    }

    /// That of a clause.
    pub(super) fn of<'s>(all: &'s [Sought], clause: &Clause) -> Option<&'s Sought> {
        all.iter().find(|sought| sought.position == clause.position)
    }

    /// The values that what is shown could meet; none: any.
    pub(super) fn among<'c>(&'c self, clause: &'c Clause, shown: Uri<'_>) -> Option<impl Iterator<Item = &'c Value>> {
        if !shown.scheme.is_empty() && shown.scheme != URN_OID {
            return None;
        }
        let shown = bared(shown.rest);
        let name = |n: &u32| clause.values.get(*n as usize).and_then(name).unwrap_or("");
        let from = self.named.partition_point(|n| name(n) < shown);
        let to = from + self.named.iter().skip(from).take_while(|n| name(n) == shown).count();
        let equal = self.named.get(from..to).unwrap_or_default();
        Some(equal.iter().chain(&self.others).filter_map(|n| clause.values.get(*n as usize)))
    }
}

/// What alone can meet a value, without `urn:oid:`, with and without which UIDs are written.
fn name(value: &Value) -> Option<&str> {
    match value {
        Value::Uid(code) | Value::OfType([_, _, code]) => Some(bared(code)),
        Value::Token(token) if !token.code.is_empty() => Some(bared(&token.code)),
        Value::Token(_) | Value::Date(_) | Value::Text(_) | Value::Reference(_) | Value::Missing(_) => None,
    }
}

fn bared(text: &str) -> &str {
    text.trim_start_matches(URN_OID)
}
