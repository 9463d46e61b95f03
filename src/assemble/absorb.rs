//! What one data set says of a fact joins what the record has.

use super::fact::{Fact, Hear, Leaves, Said, Saying, every, is_lifted, one, row_number, run_of};
use super::said::Merged;
use super::sets::Set;
use crate::kind::Draft;
use crate::loss::{Code, Sink};
use crate::table::{Merge, Row};
use crate::value::{self, FIELDS, Fields};
use alloc::string::String;
use alloc::vec::Vec;

impl Fact<'_> {
    /// Whether the record is another afterwards (leaves that were carried once more by what it has are no change).
    pub(super) fn absorb(&mut self, said: &Said<'_>, tell: &mut Hear<'_>, sink: &mut Sink<'_>) -> bool {
        let (row, items) = (self.leaves.row, said.items);
        if items.is_empty() {
            return false;
        }
        let slot = &*self.leaves.slot;
        if row.merge == Merge::Set {
            let (several, numbers) = if items.len() > 1 { distinct(row, items) } else { Default::default() };
            let items = if items.len() > 1 { several.as_slice() } else { items };
            let given = |n: usize| numbers.get(n).copied().unwrap_or(n);
            let sayings: &Saying<'_> = &|n| (said.sayings)(given(n));
            let said = Said { items, sayings, ..*said };
            if slot.at == 0 {
                return self.begin(&said);
            }
            return self.join(&said, &mut |n, field, code| tell(given(n), field, code));
        }
        if slot.at == 0 && slot.spoilt == 0 {
            return self.begin(said);
        }
        if slot.spoilt == 0 && run_of(self.arena, slot, row).eq(items.iter().copied()) {
            self.leaves.again(items, said.sayings);
            return false;
        }
        self.leaves.part(self.arena);
        if row.merge == Merge::Whole {
            return self.whole(said, tell);
        }
        // No more than that there are several is asked of several.
        let known: Vec<Fields<'_>> = run_of(self.arena, self.leaves.slot, row).take(2).collect();
        if let (Merge::Fill, [] | [_], [new]) = (row.merge, known.as_slice(), items) {
            let mut merged = known.first().copied().unwrap_or([""; FIELDS]);
            let is_changed = self.leaves.fill(&mut merged, new, &(said.sayings)(0), tell, sink);
            if is_changed {
                let mut text = String::new();
                let (merged, moved) = canonical(row, &merged, &mut text).unwrap_or((merged, None));
                if let Some(moved) = moved {
                    self.leaves.move_field(0, moved);
                }
                let run = one(row, &merged);
                self.put(&run);
            }
            return is_changed;
        }
        for (n, item) in items.iter().enumerate() {
            every(item, |field| tell(n, field, Code::Conflict));
        }
        false
    }

    /// It is another item from now on.
    pub(super) fn put(&mut self, run: &str) {
        self.leaves.slot.at = self.arena.len() as u32;
        self.arena.push_str(run);
    }

    /// Nothing was said of it so far.
    fn begin(&mut self, said: &Said<'_>) -> bool {
        let Leaves { slot, row, .. } = &mut self.leaves;
        (slot.at, slot.row) = (self.arena.len() as u32, row_number(said.number));
        value::push(self.arena, row.kind.fields, said.items.iter().copied());
        self.leaves.begin(said.items, said.sayings);
        true
    }

    /// New items join a set; whether there are any.
    fn join(&mut self, said: &Said<'_>, tell: &mut Hear<'_>) -> bool {
        let (row, key) = (self.leaves.row, self.leaves.key);
        let known = run_of(self.arena, self.leaves.slot, row);
        if self.leaves.sets.get(key).is_none() && known.eq(said.items.iter().copied()) {
            return false;
        }
        self.leaves.part(self.arena);
        let mut grew = false;
        for (n, item) in said.items.iter().enumerate() {
            let set = self.leaves.sets.or_make(key, || {
                let mut set = Set::default();
                for item in run_of(self.arena, self.leaves.slot, row) {
                    set.add(one(row, &item).into());
                }
                set
            });
            let at = set.len();
            if !set.add(one(row, item).into()) {
                continue;
            }
            grew = true;
            // What is told here is not told once more where records join.
            let mut merged = Merged { new: u16::MAX, told: 0 };
            every(item, |field| {
                if is_lifted(row, field) {
                    tell(n, field, Code::Lifted);
                    merged.told(field);
                    self.leaves.sets.note(self.leaves.slot, key, row, (at, field), true);
                }
            });
            self.leaves.item(at, item, &(said.sayings)(n), merged);
        }
        grew
    }
}

/// What several rows say together in its one form: what one says of a scheme by name may be what another says by number; and from which field to
/// which that moved. None where it is in its form, or would lose something: it was told already that each row says it.
pub(super) fn canonical<'t>(row: &Row, item: &Fields<'_>, text: &'t mut String) -> Option<(Fields<'t>, Option<(usize, usize)>)> {
    if row.lifts != 0 {
        return None;
    }
    let mut draft = Draft::new(text);
    for (field, value) in item.iter().enumerate().filter(|(_, value)| !value.is_empty()) {
        draft.set(field, value);
    }
    (row.kind.canon)(&mut draft);
    let (spans, marks, moved) = (draft.spans(), draft.told.marks, draft.moved);
    if marks.iter().any(Option::is_some) {
        return None;
    }
    let mut settled = [""; FIELDS];
    for (field, (start, end)) in settled.iter_mut().zip(spans) {
        *field = text.get(start..end).unwrap_or("");
    }
    Some((settled, moved))
}

/// The items, each once, and their numbers.
fn distinct<'a>(row: &Row, items: &[Fields<'a>]) -> (Vec<Fields<'a>>, Vec<usize>) {
    // A few are compared with each other.
    if items.len() <= 8 {
        let new = |(n, item): &(usize, &Fields<'a>)| !items.iter().take(*n).any(|other| other == *item);
        return items.iter().enumerate().filter(new).map(|(n, item)| (*item, n)).unzip();
    }
    let mut set = Set::default();
    items.iter().enumerate().filter(|(_, item)| set.add(one(row, item).into())).map(|(n, item)| (*item, n)).unzip()
}
