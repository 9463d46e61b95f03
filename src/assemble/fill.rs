//! Fields of facts fill each other, and what is lifted from lower levels is spoilt where it differs.

use super::fact::{Fact, Hear, Leaves, Noted, every, is_lifted, one, run_of};
use crate::kind::{DateTimeOr, Kind};
use crate::loss::{Code, Loss, Sink};
use crate::value::{FIELDS, Fields};
use alloc::vec::Vec;

/// The kind of times of two ranks, with one offset.
const DATED: &str = <DateTimeOr as Kind>::NAME;

/// Whether the offset of the one would date the time of the other: an offset belongs to the times of its own data set (PS3.3 C.12.1.1.8).
fn dates_anew(known: &Fields<'_>, new: &Fields<'_>) -> bool {
    let [_, time, offset, _, other_time, ..] = known;
    let [_, new_time, new_offset, _, new_other, ..] = new;
    let lacks = |one: &str, other: &str| !one.is_empty() && other.is_empty();
    let anew = |offset: &str, times: [&str; 2], own: [&str; 2]| {
        !offset.is_empty() && times.into_iter().zip(own).any(|(time, own)| lacks(time, own))
    };
    let (known, new) = ([*time, *other_time], [*new_time, *new_other]);
    offset != new_offset && (anew(new_offset, known, new) || anew(offset, new, known))
}

impl<'r> Leaves<'r> {
    /// Fields fill each other. What differs is a conflict; what is lifted from a lower level and differs is spoilt. Whether anything changed.
    pub(super) fn fill<'a>(
        &mut self,
        known: &mut Fields<'a>,
        new: &Fields<'a>,
        noted: &Noted<'_>,
        tell: &mut Hear<'_>,
        sink: &mut Sink<'_>,
    ) -> bool {
        let row = self.row;
        if row.kind.name == DATED && dates_anew(known, new) {
            every(new, |field| {
                if known.get(field) != new.get(field) {
                    tell(0, field, Code::Conflict);
                } else if !noted(0, field) {
                    self.say((0, field));
                }
            });
            return false;
        }
        let mut changed = false;
        let lifts = row.lifts != 0;
        let filled = |field: usize, item: &Fields<'_>| item.get(field).is_some_and(|text| !text.is_empty());
        let differs = |known: &Fields<'_>, field: usize| filled(field, known) && filled(field, new) && known.get(field) != new.get(field);
        // Field 0 is the key: with another key nothing else of the item is comparable.
        let other = !lifts && differs(known, 0);
        let conflict = other || (0..FIELDS).any(|field| !is_lifted(row, field) && differs(known, field));
        for field in (0..FIELDS).filter(|field| filled(*field, new) && !is_lifted(row, *field)) {
            let fills = !filled(field, known);
            if differs(known, field) || other || conflict && fills && !lifts {
                tell(0, field, Code::Conflict);
            } else if fills {
                known.iter_mut().zip(new).skip(field).take(1).for_each(|(slot, text)| *slot = text);
                changed = true;
                self.note((0, field), noted(0, field));
            } else if !noted(0, field) {
                self.say((0, field));
            }
        }
        for part in row.parts.iter().filter(|part| part.from.is_some()) {
            let fields: Vec<usize> = (0..FIELDS).filter(|field| row.part_of(*field).is_some_and(|of| of.tag == part.tag)).collect();
            if !fields.iter().any(|field| filled(*field, new)) {
                continue;
            }
            let was = fields.iter().any(|field| filled(*field, known));
            let spoilt = fields.iter().any(|field| self.slot.spoilt & (1 << *field) != 0);
            let same = fields.iter().all(|field| known.get(*field) == new.get(*field));
            if spoilt || was && !same {
                for field in fields.iter().filter(|field| filled(**field, new)) {
                    tell(0, *field, Code::NotUniform);
                }
                if !spoilt {
                    self.take_back(&fields, known, sink);
                    changed = true;
                }
                continue;
            }
            for field in fields.into_iter().filter(|field| filled(*field, new)) {
                if was && !noted(0, field) {
                    self.say((0, field));
                } else if !was {
                    known.iter_mut().zip(new).skip(field).take(1).for_each(|(slot, text)| *slot = text);
                    self.note((0, field), noted(0, field));
                    changed = true;
                }
            }
        }
        changed
    }

    /// What was carried by lifted fields turns out not to be.
    fn take_back(&mut self, fields: &[usize], known: &mut Fields<'_>, sink: &mut Sink<'_>) {
        for field in fields {
            self.slot.spoilt |= 1 << *field;
            let Some(text) = known.get_mut(*field).filter(|text| !text.is_empty()) else { continue };
            *text = "";
            let count = u64::from(self.sets.take_back(self.slot, self.key, self.row, *field));
            if count > 0 {
                let at = sink.place_of(self.row, *field, Code::NotUniform);
                sink.report.uncarry(count);
                sink.lose(Loss { code: Code::NotUniform, at, first: u64::from(self.slot.row), count });
            }
        }
    }
}

impl Fact<'_> {
    /// Lifted fields differ somewhere else of the same fact: whatever it has of them is lost.
    pub(super) fn spoil(&mut self, fields: u16, sink: &mut Sink<'_>) {
        let Leaves { slot, sets, key, row } = &mut self.leaves;
        let fresh: Vec<usize> = (0..FIELDS).filter(|field| fields & !slot.spoilt & (1 << *field) != 0).collect();
        let mut changed = None;
        if let Some(item) = run_of(self.arena, slot, row).next() {
            sets.part(self.arena, slot, *key, row);
            let mut known = item;
            self.leaves.take_back(&fresh, &mut known, sink);
            changed = (known != item).then(|| one(self.leaves.row, &known));
        }
        self.leaves.slot.spoilt |= fields;
        if let Some(run) = changed {
            self.put(&run);
        }
    }
}
