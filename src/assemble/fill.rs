//! Fields of facts fill each other, and what is lifted from lower levels is spoilt where it differs.

use super::fact::{Fact, Hear, Leaves, every, is_lifted, one, run_of};
use super::said::Merged;
use crate::dicom::Sayings;
use crate::kind::{DateTimeOr, Kind};
use crate::loss::{Code, Loss, Sink};
use crate::table::Level;
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
        sayings: &Sayings,
        tell: &mut Hear<'_>,
        sink: &mut Sink<'_>,
    ) -> bool {
        let row = self.row;
        let mut merged = Merged::default();
        let mut tell = |merged: &mut Merged, field: usize, code: Code| {
            merged.told(field);
            tell(0, field, code);
        };
        if row.kind.name == DATED && dates_anew(known, new) {
            every(new, |field| {
                if known.get(field) != new.get(field) {
                    tell(&mut merged, field, Code::Conflict);
                }
            });
            self.item(0, new, sayings, merged);
            return false;
        }
        let mut changed = false;
        let lifts = row.lifts != 0;
        // What a study says once and its series say, each of itself, may differ.
        let difference = if row.parts.iter().any(|part| part.also_in == Some(Level::Series)) { Code::NotUniform } else { Code::Conflict };
        let filled = |field: usize, item: &Fields<'_>| item.get(field).is_some_and(|text| !text.is_empty());
        let differs = |known: &Fields<'_>, field: usize| filled(field, known) && filled(field, new) && known.get(field) != new.get(field);
        // Field 0 is the key: with another key nothing else of the item is comparable.
        let other = !lifts && differs(known, 0);
        let conflict = other || (0..FIELDS).any(|field| !is_lifted(row, field) && differs(known, field));
        for field in (0..FIELDS).filter(|field| filled(*field, new) && !is_lifted(row, *field)) {
            let fills = !filled(field, known);
            if differs(known, field) || other || conflict && fills && !lifts {
                tell(&mut merged, field, difference);
            } else if fills && !(row.kind.says_again)(known, field, new.get(field).copied().unwrap_or("")) {
                known.iter_mut().zip(new).skip(field).take(1).for_each(|(slot, text)| *slot = text);
                changed = true;
                merged.fills(field);
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
                    tell(&mut merged, *field, Code::NotUniform);
                }
                if !spoilt {
                    self.spoil(&fields, known, sink);
                    changed = true;
                }
                continue;
            }
            for field in fields.into_iter().filter(|field| filled(*field, new)) {
                if !was {
                    known.iter_mut().zip(new).skip(field).take(1).for_each(|(slot, text)| *slot = text);
                    merged.fills(field);
                    changed = true;
                }
            }
        }
        self.item(0, new, sayings, merged);
        changed
    }

    /// What was carried by lifted fields turns out not to be.
    fn spoil(&mut self, fields: &[usize], known: &mut Fields<'_>, sink: &mut Sink<'_>) {
        let mut gone = 0;
        for field in fields {
            self.slot.spoilt |= 1 << *field;
            if let Some(text) = known.get_mut(*field).filter(|text| !text.is_empty()) {
                *text = "";
                gone |= 1 << *field;
            }
        }
        for (field, count) in self.take_back(gone).into_iter().filter(|(_, count)| *count > 0) {
            let at = sink.place_of(self.row, field, Code::NotUniform);
            sink.report.uncarry(count);
            sink.lose(Loss { code: Code::NotUniform, at, first: u64::from(self.slot.row), count });
        }
    }
}

impl Fact<'_> {
    /// Lifted fields differ somewhere else of the same fact: whatever it has of them is lost.
    pub(super) fn spoil(&mut self, fields: u16, sink: &mut Sink<'_>) {
        let fresh: Vec<usize> = (0..FIELDS).filter(|field| fields & !self.leaves.slot.spoilt & (1 << *field) != 0).collect();
        let mut changed = None;
        if let Some(item) = run_of(self.arena, self.leaves.slot, self.leaves.row).next() {
            self.leaves.part(self.arena);
            let mut known = item;
            self.leaves.spoil(&fresh, &mut known, sink);
            changed = (known != item).then(|| one(self.leaves.row, &known));
        }
        self.leaves.slot.spoilt |= fields;
        if let Some(run) = changed {
            self.put(&run);
        }
    }
}
