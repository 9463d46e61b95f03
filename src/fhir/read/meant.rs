//! Which of several names or identifiers is meant: by `use`, and by the period in which it was.

use super::Reader;
use super::index::one;
use crate::json::tree::{Id, Tree};
use alloc::vec::Vec;
use core::cmp::Reverse;

/// What `use` says of what is no longer in use.
const FORMER: &[&str] = &["old", "maiden"];

impl<'d> Reader<'d, '_> {
    /// Of names or identifiers those that are meant: not those that are ones no longer, and those for a time or among friends only where there are no
    /// others. `use` is a modifier: no application is to mistake the one for the other (FHIR Datatypes, HumanName.use and Identifier.use).
    pub(super) fn current(&self, all: &[Id]) -> Vec<Id> {
        let of = |lesser: &[&str]| all.iter().copied().filter(|id| !lesser.contains(&self.use_of(*id))).collect::<Vec<_>>();
        let best = of(&["old", "maiden", "temp", "nickname", "anonymous", "secondary"]);
        if best.is_empty() { of(FORMER) } else { best }
    }

    /// The same, those first that are meant before others of their kind.
    pub(super) fn meant(&self, all: &[Id]) -> Vec<Id> {
        let (mut meant, ended) = self.by_end(self.current(all));
        meant.extend(ended);
        meant
    }

    /// Those that are in use, and those that have ended, the last to end first. Each is asked once: it may have many members.
    pub(super) fn by_end(&self, all: Vec<Id>) -> (Vec<Id>, Vec<Id>) {
        let (mut in_use, mut ended) = (Vec::with_capacity(all.len()), Vec::new());
        for id in all {
            match self.end_of(id) {
                None => in_use.push(id),
                Some(end) => ended.push((Reverse(end), id)),
            }
        }
        // Nodes are in order.
        ended.sort_unstable();
        (in_use, ended.into_iter().map(|(_, id)| id).collect())
    }

    /// When the period ends in which an identifier (or that of a reference) or a name was meant: of two of a kind the one is meant that ends later, or
    /// never. It may be in the future (FHIR Period.end), which nobody knows here; the year 9999 is what is written of what has no end.
    fn end_of(&self, id: Id) -> Option<[u8; 10]> {
        let own = self.tree.member(id, named!("identifier")).unwrap_or(id);
        let period = self.tree.member(own, named!("period"));
        let end = period.and_then(|period| self.tree.member(period, named!("end"))).and_then(|end| self.tree.text(end))?.trim();
        // A year ends later than its months.
        let mut day = [u8::MAX; 10];
        day.iter_mut().zip(end.bytes()).for_each(|(slot, byte)| *slot = byte);
        match day.get(..4) {
            Some(b"9999") => None,
            Some(year) if year.iter().all(u8::is_ascii_digit) => Some(day),
            // It has ended, and nobody knows when.
            _ => Some([0; 10]),
        }
    }

    /// Whether an identifier, where there is but one, is one no longer.
    pub(super) fn is_former(&self, id: Id) -> bool {
        is_former(self.tree, id)
    }

    fn use_of(&self, id: Id) -> &'d str {
        use_of(self.tree, id)
    }
}

/// Whether an identifier is one no longer.
pub(super) fn is_former(tree: &Tree<'_>, id: Id) -> bool {
    FORMER.contains(&use_of(tree, id))
}

fn use_of<'d>(tree: &'d Tree<'d>, id: Id) -> &'d str {
    one(tree, id, named!("use")).and_then(|id| tree.text(id)).map_or("", str::trim)
}
