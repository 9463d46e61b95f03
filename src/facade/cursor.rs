//! Where a page begins: a place in what a search selects, in the hands of the client.

use super::refusal::Refusal;
use crate::search::{Plan, Query};
use crate::uuid::Hash;
use alloc::format;
use alloc::string::{String, ToString};

/// What selected: found out by what the archive has, which can change from one page to the next, so each page says what its place is a place in.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Selection {
    /// So many requests it was planned for.
    pub(super) requests: u32,
    /// The archive was asked for studies alone: what is below them it cannot be asked for.
    pub(super) of_studies: bool,
}

/// A place among the candidates that a plan selects, or in their order: none among what another plan does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) at: u32,
    pub(super) selection: Selection,
    plan: u32,
}

impl Cursor {
    /// A place among what is there without asking.
    pub(super) fn of_nothing_asked(at: u32) -> Cursor {
        Cursor { at, selection: Selection::default(), plan: 0 }
    }

    pub(super) fn new(at: u32, selection: Selection, plan: &Plan) -> Cursor {
        Cursor { at, selection, plan: number(plan) }
    }

    pub(super) fn is_of(self, plan: &Plan) -> bool {
        self.plan == number(plan)
    }

    /// As the client has it, who cannot use it for another search.
    pub(super) fn text(self, query: &Query, order: &[&str]) -> String {
        let Selection { requests, of_studies } = self.selection;
        let selection = format!("{:08x}{requests:08x}{:x}", self.plan, u8::from(of_studies));
        format!("{}-{}{selection}", self.at, checksum(query, order, &selection))
    }

    /// Reads what the client has.
    ///
    /// # Errors
    /// It is of another search, or none.
    pub(super) fn read(text: &str, query: &Query, order: &[&str]) -> Result<Cursor, Refusal> {
        let of = || {
            let (at, rest) = text.split_once('-')?;
            let hex = |from: usize, to: usize| u32::from_str_radix(rest.get(from..to)?, 16).ok();
            let selection = Selection { requests: hex(24, 32)?, of_studies: hex(32, 33)? == 1 };
            let cursor = Cursor { at: at.parse().ok()?, selection, plan: hex(16, 24)? };
            (cursor.text(query, order) == text).then_some(cursor)
        };
        of().ok_or(Refusal::new(400, "value", "a cursor that is not of this search"))
    }
}

/// What a cursor belongs to: what selects the studies and what orders them.
fn checksum(query: &Query, order: &[&str], selection: &str) -> String {
    let mut hash = Hash::new();
    hash.take(query.without_results().to_string().as_bytes());
    for key in order {
        hash.take(b"_sort");
        hash.take(key.as_bytes());
    }
    hash.take(selection.as_bytes());
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
