//! One fact of one data set joins what the record has.

use super::sets::{Set, SetKey, Sets};
use super::whole::whole;
use crate::kind::{DateTimeOr, Draft, Kind};
use crate::loss::{Code, Loss, Sink};
use crate::table::{Merge, Row};
use crate::value::{self, FIELDS, Fields, Items};
use alloc::string::String;
use alloc::vec::Vec;

/// Hears what becomes of a field of an item.
pub(super) type Hear<'h> = dyn FnMut(usize, usize, Code) + 'h;
/// Whether a field of an item is no leaf, or counted under a note already.
pub(super) type Noted<'n> = dyn Fn(usize, usize) -> bool + 'n;

/// A fact of a record while it grows.
#[derive(Clone, Copy, Default)]
pub(super) struct Slot {
    /// Where its run is; 0: absent.
    pub(super) at: u32,
    /// The row that it came from first; beyond 32 bits, which no text of four gigabytes has, the last that fits.
    pub(super) row: u32,
    /// Rows that said the whole run again, each leaf of it carried: see [`said`](super::said).
    pub(super) again: u32,
    /// Lifted fields that differed: they have no value, and will have none.
    pub(super) spoilt: u16,
    /// Fields whose leaves are counted under a note, item by item, as far as 32 bits reach: see [`Sets`] for those of long lists.
    pub(super) noted: u32,
}

/// The number of a row as slots keep it.
pub(super) fn row_number(row: u64) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// Keeps which leaves of a fact are counted under a note.
fn note(slot: &mut Slot, (sets, key): (&mut Sets, SetKey), row: &Row, items: &[Fields<'_>], noted: &Noted<'_>) {
    for (n, item) in items.iter().enumerate() {
        every(item, |field| {
            if noted(n, field) {
                sets.note(slot, key, row, (n, field), true);
            }
        });
    }
}

/// Whether the record is another afterwards (leaves that were carried once more by what it has are no change).
#[allow(clippy::too_many_arguments)]
pub(super) fn absorb(
    arena: &mut String,
    slot: &mut Slot,
    (sets, key): (&mut Sets, SetKey),
    row: &'static Row,
    items: &[Fields<'_>],
    number: u64,
    noted: &Noted<'_>,
    tell: &mut Hear<'_>,
    sink: &mut Sink<'_>,
) -> bool {
    if items.is_empty() {
        return false;
    }
    if row.merge == Merge::Set {
        let (several, numbers) = if items.len() > 1 { distinct(row, items) } else { Default::default() };
        let items = if items.len() > 1 { several.as_slice() } else { items };
        let given = |n: usize| numbers.get(n).copied().unwrap_or(n);
        let noted: &Noted<'_> = &|n, field| noted(given(n), field);
        if slot.at == 0 {
            first(arena, slot, row, items, number);
            note(slot, (sets, key), row, items, noted);
            return true;
        }
        return join(arena, slot, (sets, key), row, items, noted, &mut |n, field, code| tell(given(n), field, code));
    }
    if slot.at == 0 && slot.spoilt == 0 {
        first(arena, slot, row, items, number);
        note(slot, (sets, key), row, items, noted);
        return true;
    }
    if slot.spoilt == 0 && run_of(arena, slot, row).eq(items.iter().copied()) {
        sets.say_again(slot, key, row, items, noted);
        return false;
    }
    sets.part(arena, slot, key, row);
    if row.merge == Merge::Whole {
        return whole(arena, slot, (sets, key), row, items, noted, tell);
    }
    // No more than that there are several is asked of several.
    let known: Vec<Fields<'_>> = run_of(arena, slot, row).take(2).collect();
    match (row.merge, known.as_slice(), items) {
        (Merge::Fill, [] | [_], [new]) => {
            let mut merged = known.first().copied().unwrap_or([""; FIELDS]);
            if fill(slot, (sets, key), row, &mut merged, new, noted, tell, sink) {
                let mut text = String::new();
                let (merged, moved) = canonical(row, &merged, &mut text).unwrap_or((merged, None));
                if let Some(moved) = moved {
                    sets.move_field(slot, key, row, 0, moved);
                }
                let mut run = String::new();
                value::push(&mut run, row.kind.fields, [merged].into_iter());
                slot.at = arena.len() as u32;
                arena.push_str(&run);
                return true;
            }
        }
        _ => {
            for (n, item) in items.iter().enumerate() {
                every(item, |field| tell(n, field, Code::Conflict));
            }
        }
    }
    false
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

pub(super) fn run_of<'a>(arena: &'a str, slot: &Slot, row: &Row) -> Items<'a> {
    let run = if slot.at == 0 { "\0" } else { arena.get(slot.at as usize..).unwrap_or("\0") };
    Items::at(run, row.kind.fields)
}

/// The run of a fact, apart from the arena: what it says stands there while it joins.
pub(super) fn apart(arena: &str, slot: &Slot, row: &Row) -> String {
    let items: Vec<Fields<'_>> = run_of(arena, slot, row).collect();
    let mut run = String::new();
    value::push(&mut run, row.kind.fields, items.into_iter());
    run
}

fn first(arena: &mut String, slot: &mut Slot, row: &Row, items: &[Fields<'_>], number: u64) {
    slot.at = arena.len() as u32;
    slot.row = row_number(number);
    value::push(arena, row.kind.fields, items.iter().copied());
}

pub(super) fn every(item: &Fields<'_>, mut each: impl FnMut(usize)) {
    for (field, _) in item.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        each(field);
    }
}

/// The items, each once, and their numbers.
fn distinct<'a>(row: &Row, items: &[Fields<'a>]) -> (Vec<Fields<'a>>, Vec<usize>) {
    // A few are compared with each other.
    if items.len() <= 8 {
        let new = |(n, item): &(usize, &Fields<'a>)| !items.iter().take(*n).any(|other| other == *item);
        return items.iter().enumerate().filter(new).map(|(n, item)| (*item, n)).unzip();
    }
    let mut set = Set::default();
    items.iter().enumerate().filter(|(_, item)| set.add(&one(row, item))).map(|(n, item)| (*item, n)).unzip()
}

pub(super) fn one(row: &Row, item: &Fields<'_>) -> String {
    let mut run = String::new();
    value::push(&mut run, row.kind.fields, [*item].into_iter());
    run
}

/// New items join a set; whether there are any.
fn join(
    arena: &str,
    slot: &mut Slot,
    (sets, key): (&mut Sets, SetKey),
    row: &'static Row,
    items: &[Fields<'_>],
    noted: &Noted<'_>,
    tell: &mut Hear<'_>,
) -> bool {
    let known = run_of(arena, slot, row);
    if sets.get(key).is_none() && known.eq(items.iter().copied()) {
        return false;
    }
    let mut grew = false;
    for (n, item) in items.iter().enumerate() {
        let set = sets.or_make(key, || {
            let mut set = Set::default();
            for item in run_of(arena, slot, row) {
                set.add(&one(row, &item));
            }
            set
        });
        let at = set.len();
        if !set.add(&one(row, item)) {
            continue;
        }
        grew = true;
        // What is told here is not told once more where records join.
        every(item, |field| {
            if is_lifted(row, field) {
                tell(n, field, Code::Lifted);
                sets.note(slot, key, row, (at, field), true);
            } else if noted(n, field) {
                sets.note(slot, key, row, (at, field), true);
            }
        });
    }
    grew
}

fn is_lifted(row: &Row, field: usize) -> bool {
    row.lifts & (1 << field) != 0
}

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

/// Fields fill each other. What differs is a conflict; what is lifted from a lower level and differs is spoilt. Whether anything changed.
#[allow(clippy::too_many_arguments)]
fn fill<'a>(
    slot: &mut Slot,
    (sets, key): (&mut Sets, SetKey),
    row: &'static Row,
    known: &mut Fields<'a>,
    new: &Fields<'a>,
    noted: &Noted<'_>,
    tell: &mut Hear<'_>,
    sink: &mut Sink<'_>,
) -> bool {
    if row.kind.name == DATED && dates_anew(known, new) {
        every(new, |field| {
            if known.get(field) != new.get(field) {
                tell(0, field, Code::Conflict);
            } else if !noted(0, field) {
                sets.say(slot, key, row, (0, field));
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
            sets.note(slot, key, row, (0, field), noted(0, field));
        } else if !noted(0, field) {
            sets.say(slot, key, row, (0, field));
        }
    }
    for part in row.parts.iter().filter(|part| part.from.is_some()) {
        let fields: Vec<usize> = (0..FIELDS).filter(|field| row.part_of(*field).is_some_and(|of| of.tag == part.tag)).collect();
        if !fields.iter().any(|field| filled(*field, new)) {
            continue;
        }
        let was = fields.iter().any(|field| filled(*field, known));
        let spoilt = fields.iter().any(|field| slot.spoilt & (1 << *field) != 0);
        let same = fields.iter().all(|field| known.get(*field) == new.get(*field));
        if spoilt || was && !same {
            for field in fields.iter().filter(|field| filled(**field, new)) {
                tell(0, *field, Code::NotUniform);
            }
            if !spoilt {
                take_back(slot, (sets, key), row, &fields, known, sink);
                changed = true;
            }
            continue;
        }
        for field in fields.into_iter().filter(|field| filled(*field, new)) {
            if was && !noted(0, field) {
                sets.say(slot, key, row, (0, field));
            } else if !was {
                known.iter_mut().zip(new).skip(field).take(1).for_each(|(slot, text)| *slot = text);
                sets.note(slot, key, row, (0, field), noted(0, field));
                changed = true;
            }
        }
    }
    changed
}

/// Lifted fields differ somewhere else of the same fact: whatever it has of them is lost.
pub(super) fn spoil(
    arena: &mut String,
    slot: &mut Slot,
    (sets, key): (&mut Sets, SetKey),
    row: &'static Row,
    fields: u16,
    sink: &mut Sink<'_>,
) {
    let fresh: Vec<usize> = (0..FIELDS).filter(|field| fields & !slot.spoilt & (1 << *field) != 0).collect();
    let Some(mut item) = run_of(arena, slot, row).next() else {
        slot.spoilt |= fields;
        return;
    };
    sets.part(arena, slot, key, row);
    let mut known = item;
    take_back(slot, (sets, key), row, &fresh, &mut known, sink);
    slot.spoilt |= fields;
    if known != item {
        item = known;
        let run = one(row, &item);
        slot.at = arena.len() as u32;
        arena.push_str(&run);
    }
}

/// What was carried by lifted fields turns out not to be.
fn take_back(
    slot: &mut Slot,
    (sets, key): (&mut Sets, SetKey),
    row: &'static Row,
    fields: &[usize],
    known: &mut Fields<'_>,
    sink: &mut Sink<'_>,
) {
    for field in fields {
        slot.spoilt |= 1 << *field;
        let Some(text) = known.get_mut(*field).filter(|text| !text.is_empty()) else { continue };
        *text = "";
        let count = u64::from(sets.take_back(slot, key, row, *field));
        if count > 0 {
            sink.report.uncarry(count);
            sink.lose(Loss { code: Code::NotUniform, at: sink.place_of(row, *field, Code::NotUniform), first: u64::from(slot.row), count });
        }
    }
}
