//! Lists that every data set says, of people and codes: one says names, another the same names and their identifications.

use super::absorb::canonical;
use super::fact::{Fact, Hear, Said, Slot, every, one, run_of};
use super::said::Merged;
use super::sets::Set;
use crate::loss::Code;
use crate::table::Row;
use crate::value::Fields;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

impl Fact<'_> {
    /// A list that is to be the same: items of the same keys in the same order fill each other. Else it is a conflict, and the list stands as
    /// it is. Whether it changed.
    pub(super) fn whole(&mut self, said: &Said<'_>, tell: &mut Hear<'_>) -> bool {
        let (row, key) = (self.leaves.row, self.leaves.key);
        // By the first that there is: a name may have no alphabetic group. In either, and not in both: of a name, a number, and the two together it
        // would hang on their order who is joined with whom.
        let is_nobody = |item: &Fields<'_>| item.iter().all(|text| text.is_empty());
        let is_one = |known: &Fields<'_>, new: &Fields<'_>| {
            if is_nobody(known) || is_nobody(new) {
                return true;
            }
            let key = known.iter().zip(new).find(|(known, new)| !known.is_empty() || !new.is_empty());
            key.is_some_and(|(known, new)| known == new)
        };
        let agrees = |known: &Fields<'_>, new: &Fields<'_>| {
            is_one(known, new) && known.iter().zip(new).all(|(known, new)| known.is_empty() || new.is_empty() || known == new)
        };
        let is_same = {
            let mut known = known_of(self.arena, *self.leaves.slot, row, self.leaves.sets.get(key));
            said.items.iter().all(|new| known.next().is_some_and(|known| agrees(&known, new))) && known.next().is_none()
        };
        if !is_same {
            // A list is one value: which of its items are the same depends on which list came first, that the lists differ does not.
            for (n, new) in said.items.iter().enumerate() {
                every(new, |field| tell(n, field, Code::Conflict));
            }
            return false;
        }
        // Items that grow stand by themselves: a list may grow item by item, and one of them may be long.
        let mut grown: Vec<(usize, Box<str>)> = Vec::new();
        // What the row says of each item, and which fields moved.
        let (mut heard, mut moved) = (Vec::new(), Vec::new());
        for (n, (mut merged, new)) in known_of(self.arena, *self.leaves.slot, row, self.leaves.sets.get(key)).zip(said.items).enumerate() {
            let (before, mut joined) = (merged, Merged::default());
            for (field, (own_text, text)) in merged.iter_mut().zip(new).enumerate().filter(|(_, (_, text))| !text.is_empty()) {
                if own_text.is_empty() && !(row.kind.says_again)(&before, field, text) {
                    *own_text = *text;
                    joined.fills(field);
                }
            }
            heard.push(joined);
            if joined.new == 0 {
                continue;
            }
            let mut text = String::new();
            let (merged, from_to) = canonical(row, &merged, &mut text).unwrap_or((merged, None));
            grown.push((n, one(row, &merged).into()));
            moved.extend(from_to.map(|from_to| (n, from_to)));
        }
        for (n, (merged, new)) in heard.into_iter().zip(said.items).enumerate() {
            self.leaves.item(n, new, &(said.sayings)(n), merged);
        }
        for (n, from_to) in moved {
            self.leaves.move_field(n, from_to);
        }
        if grown.is_empty() {
            return false;
        }
        let own = run_of(self.arena, self.leaves.slot, row);
        let set = self.leaves.sets.or_make(key, || Set::of(own.map(|item| one(row, &item).into()).collect()));
        for (n, run) in grown {
            set.put(n, run);
        }
        true
    }
}

/// The items of a fact, where it has grown as a set or list, too.
fn known_of<'a>(arena: &'a str, slot: Slot, row: &'static Row, grown: Option<&'a Set>) -> impl Iterator<Item = Fields<'a>> {
    let in_arena = grown.is_none().then(|| run_of(arena, &slot, row)).into_iter().flatten();
    let by_itself = grown.into_iter().flat_map(|set| set.items(row));
    by_itself.chain(in_arena)
}
