//! Where a page begins: a place in what a search selects, in the hands of the client.

use super::refusal::Refusal;
use crate::search::{Plan, Query};
use crate::uuid::Hash;
use alloc::format;
use alloc::string::{String, ToString};

/// A place among the candidates that a plan selects, or in their order.
///
/// Which clauses select is found out by what the archive has, and that can change from one page to the next: a place among what one plan selects is none
/// among what another does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) at: u32,
    plan: u32,
}

impl Cursor {
    /// A place among what is there without asking.
    pub(super) const fn of_nothing_asked(at: u32) -> Cursor {
        Cursor { at, plan: 0 }
    }

    pub(super) fn new(at: u32, plan: &Plan) -> Cursor {
        Cursor { at, plan: number(plan) }
    }

    pub(super) fn is_of(self, plan: &Plan) -> bool {
        self.plan == number(plan)
    }

    /// As the client has it, who cannot use it for another search.
    pub(super) fn text(self, query: &Query, order: &[&str]) -> String {
        format!("{}-{}{:08x}", self.at, checksum(query, order), self.plan)
    }

    /// Reads what the client has.
    ///
    /// # Errors
    /// It is of another search, or none.
    pub(super) fn read(text: &str, query: &Query, order: &[&str]) -> Result<Cursor, Refusal> {
        let of = || {
            let (at, rest) = text.split_once('-')?;
            let plan = u32::from_str_radix(rest.get(16..)?, 16).ok()?;
            let cursor = Cursor { at: at.parse().ok()?, plan };
            (cursor.text(query, order) == text).then_some(cursor)
        };
        of().ok_or(Refusal::new(400, "value", "a cursor that is not of this search"))
    }
}

/// What a cursor belongs to: what selects the studies and what orders them.
fn checksum(query: &Query, order: &[&str]) -> String {
    let mut hash = Hash::new();
    hash.take(query.without_results().to_string().as_bytes());
    for key in order {
        hash.take(b"_sort");
        hash.take(key.as_bytes());
    }
    format!("{:016x}", hash.value() as u64)
}

/// A number of what a plan asks for.
fn number(plan: &Plan) -> u32 {
    let mut hash = Hash::new();
    for request in plan.requests() {
        for text in [request.path, "?", &request.query, "\n"] {
            hash.take(text.as_bytes());
        }
    }
    hash.value() as u32
}
