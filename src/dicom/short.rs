//! The short way of writing the row of a study: attributes as the table orders them, worked out while compiling, each filled from the record.
//!
//! It knows what most lists of studies have: studies without series, of facts of one item, whose texts their VR can hold and JSON need not
//! escape. Of any other study it writes nothing, and the long way does.

use super::attributes::{BARE, Head, head, is_plain};
use super::hold::limit;
use crate::kind::UNREAD;
use crate::options::Options;
use crate::study::{PATIENT_SLOTS, STUDY_SLOTS, Study, study_slot};
use crate::table::{Fact, Level, ORDERED, Part, RowRef, Source, Vr, row, rows_of, whole_rows};
use alloc::vec::Vec;

/// How many texts facts of patient and study have, of one item each.
const TEXTS: usize = texts_before(STUDY_SLOTS);
/// Lengths from here on are written in several bytes.
const SHORT: usize = 64;
/// The most attributes that stand in items.
const INSIDE: usize = 64;

/// How an attribute gets its value.
#[derive(Clone, Copy, PartialEq)]
enum How {
    /// A string of so many bytes at most.
    Text(usize),
    /// A name: its groups, of so many bytes at most.
    Name(usize),
    /// A number of so many digits at most.
    Number(usize),
    /// The offset from UTC.
    Offset,
    Modalities,
    /// An item of attributes: where they are, and how many.
    Item(u8, u8),
    /// What the long way writes.
    Other,
}

/// An attribute.
#[derive(Clone, Copy)]
struct Attribute {
    head: Head,
    how: How,
    /// The fact that it is of; its first text, and how many are its own.
    slot: u8,
    text: u8,
    texts: u8,
    required: bool,
    /// Whether one value may stand in this attribute or another, by its form.
    shares: bool,
}

const NONE: Attribute = Attribute { head: [0; 32], how: How::Other, slot: 0, text: 0, texts: 0, required: false, shares: false };

/// The attributes of rows of studies, in order, and those of their items.
struct Plan {
    tops: [Attribute; MOST],
    count: usize,
    /// Which of them are required, and which each fact has: a bit each.
    required: u64,
    of: [u64; STUDY_SLOTS],
    inside: [Attribute; INSIDE],
    /// The first text of each fact, and how many it has.
    texts: [(u8, u8); STUDY_SLOTS],
}

/// The most attributes at the top.
const MOST: usize = 64;

static PLAN: Plan = plan();

// Indices are in bounds or the crate does not compile: this runs in const evaluation only.
#[allow(clippy::indexing_slicing)]
const fn fields_of(slot: usize) -> usize {
    if slot < PATIENT_SLOTS { rows_of(Level::Patient)[slot].kind.fields } else { rows_of(Level::Study)[slot - PATIENT_SLOTS].kind.fields }
}

/// How many texts the facts before this one have.
const fn texts_before(end: usize) -> usize {
    let (mut slot, mut texts) = (0, 0);
    while slot < end {
        texts += fields_of(slot);
        slot += 1;
    }
    texts
}

// As above.
#[allow(clippy::indexing_slicing)]
const fn plan() -> Plan {
    let (tops, inside, texts, of) = ([NONE; MOST], [NONE; INSIDE], [(0, 0); STUDY_SLOTS], [0; STUDY_SLOTS]);
    let mut plan = Plan { tops, count: 0, required: 0, of, inside, texts };
    let (mut slot, mut text) = (0, 0);
    while slot < STUDY_SLOTS {
        plan.texts[slot] = (text as u8, fields_of(slot) as u8);
        text += fields_of(slot);
        slot += 1;
    }
    let (mut at, mut inside) = (0, 0);
    while at < ORDERED.len() {
        if let Some(top) = ORDERED[at] {
            // Whatever stands below the study, or in a sequence with other facts, the long way writes.
            if let (Some(slot), None) = (study_slot(top.row), top.part.within) {
                let first = plan.texts[slot].0 + top.part.field;
                let required = matches!(top.required, Some(Level::Study));
                let mut own = attribute(top.part, first, slot as u8);
                own.required = required;
                own.how = match top.source {
                    Source::Modalities => How::Modalities,
                    Source::Offset => How::Offset,
                    Source::Url | Source::Inside => How::Other,
                    Source::Part => own.how,
                };
                if let (Source::Part, Vr::Sq) = (top.source, top.part.vr) {
                    let begin = inside;
                    let mut tag = 0;
                    let mut flat = true;
                    while let Some(sub) = next(top.part.items, tag) {
                        tag = sub.tag;
                        plan.inside[inside] = attribute(sub, first + sub.field, slot as u8);
                        plan.inside[inside].shares = shares(top.part.items, sub);
                        flat &= !matches!(plan.inside[inside].how, How::Other | How::Name(_));
                        inside += 1;
                    }
                    if flat {
                        own.how = How::Item(begin as u8, (inside - begin) as u8);
                    }
                }
                plan.required |= (required as u64) << plan.count;
                plan.of[slot] |= 1 << plan.count;
                plan.tops[plan.count] = own;
                plan.count += 1;
            } else {
                assert!(top.required.is_none() || !matches!(top.required, Some(Level::Study)));
            }
        }
        at += 1;
    }
    plan
}

const fn attribute(part: &Part, text: u8, slot: u8) -> Attribute {
    let how = match (part.vr, part.mark) {
        (Vr::Sq | Vr::Offset, _) | (_, Some(_)) => How::Other,
        (Vr::Pn, None) => How::Name(limit(part.vr).0),
        (Vr::Is, None) => How::Number(limit(part.vr).0),
        (vr, None) => How::Text(limit(vr).0),
    };
    let texts = part.fields(0).count_ones() as u8;
    Attribute { head: head(part.tag, part.vr), how, slot, text, texts, required: false, shares: false }
}

/// The part of the least tag behind `tag`.
const fn next(parts: &'static [Part], tag: u32) -> Option<&'static Part> {
    let mut found: Option<&Part> = None;
    let mut rest = parts;
    while let [part, more @ ..] = rest {
        let is_less = match found {
            Some(found) => part.tag < found.tag,
            None => true,
        };
        if part.tag > tag && is_less {
            found = Some(part);
        }
        rest = more;
    }
    found
}

/// Whether another part has the same field.
const fn shares(parts: &[Part], own: &Part) -> bool {
    let mut rest = parts;
    while let [part, more @ ..] = rest {
        if part.field == own.field && part.tag != own.tag {
            return true;
        }
        rest = more;
    }
    false
}

/// The bit of a fact.
const fn bit<K>(fact: Fact<K>) -> u64 {
    match study_slot(RowRef { level: fact.level, index: fact.index as u8 }) {
        Some(slot) => 1 << slot,
        None => 0,
    }
}

const MODALITIES: u64 = bit(row::MODALITIES);
const URL: u64 = bit(row::RETRIEVE_URL);

/// The texts of a study: where they are in the record.
struct Texts<'a> {
    arena: &'a [u8],
    spans: [(u32, u32); TEXTS],
}

impl<'a> Texts<'a> {
    fn get(&self, at: u8) -> &'a [u8] {
        let (start, end) = self.spans.get(usize::from(at)).copied().unwrap_or_default();
        self.arena.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// The text of the patient's identifier that no attribute says.
const UNREAD_TEXT: u8 = (texts_before(row::PATIENT_ID.index) + UNREAD) as u8;

/// Writes the row of a study, all of whose attributes are asked for; how many fields of the record it says. `None`: nothing is written.
pub(super) fn study(study: &Study, options: &Options, out: &mut Vec<u8>) -> Option<u64> {
    let [patient, own, ..] = whole_rows(Level::Study, false);
    let known = u64::from(patient) | u64::from(own) << PATIENT_SLOTS;
    let present = study.present(Level::Patient) | study.present(Level::Study) << PATIENT_SLOTS;
    if present & !(known & !URL | MODALITIES) != 0 || study.series().len() > 0 || options.endpoint_base.is_some() {
        return None;
    }
    let begin = out.len();
    let leaves = write(study, present, out);
    if leaves.is_none() {
        out.truncate(begin);
    }
    leaves
}

fn write(study: &Study, present: u64, out: &mut Vec<u8>) -> Option<u64> {
    let mut texts = Texts { arena: study.text.as_str().as_bytes(), spans: [(0, 0); TEXTS] };
    let (mut leaves, mut wanted, mut rest) = (0, PLAN.required, present);
    while rest != 0 {
        let slot = rest.trailing_zeros() as usize;
        rest &= rest - 1;
        wanted |= PLAN.of.get(slot)?;
        if 1 << slot == MODALITIES {
            continue;
        }
        let (first, count) = PLAN.texts.get(slot).copied()?;
        let mut at = study.facts.get(slot).copied()? as usize;
        if texts.arena.get(at) != Some(&1) {
            return None;
        }
        at += 1;
        for span in texts.spans.get_mut(usize::from(first)..usize::from(first + count))? {
            let (mut length, mut taken) = (usize::from(*texts.arena.get(at)?), 1);
            if length >= SHORT {
                let (long, behind) = crate::value::length(texts.arena.get(at..)?);
                (length, taken) = (long, texts.arena.len() - at - behind.len());
            }
            at += taken;
            if length > 0 {
                *span = (at as u32, (at + length) as u32);
                at += length;
                leaves += 1;
            }
        }
    }
    // An issuer that could not be read is told of.
    if !texts.get(UNREAD_TEXT).is_empty() {
        return None;
    }
    let begin = out.len();
    out.reserve(study.text.as_str().len() + 64 * wanted.count_ones() as usize);
    while wanted != 0 {
        let top = PLAN.tops.get(wanted.trailing_zeros() as usize)?;
        wanted &= wanted - 1;
        let is_there = present & 1 << top.slot != 0 && one(top, &texts, study, &mut leaves, out)?;
        if !is_there && top.required {
            out.extend_from_slice(top.head.get(..BARE)?);
            out.push(b'}');
        }
    }
    // The first comma becomes the brace.
    *out.get_mut(begin)? = b'{';
    out.push(b'}');
    Some(leaves)
}

/// Writes an attribute of a fact that is there; whether it has a value.
fn one(top: &Attribute, texts: &Texts<'_>, study: &Study, leaves: &mut u64, out: &mut Vec<u8>) -> Option<bool> {
    let own = texts.get(top.text);
    match top.how {
        How::Text(most) => Some(string(top, own, most, out)?),
        How::Number(most) => {
            if own.is_empty() {
                return Some(false);
            }
            if own.len() > most {
                return None;
            }
            out.extend_from_slice(&top.head);
            out.extend_from_slice(own);
            out.extend_from_slice(b"]}");
            Some(true)
        }
        How::Name(most) => name(top, [own, texts.get(top.text + 1), texts.get(top.text + 2)], most, out),
        How::Offset => {
            if own.is_empty() {
                return Some(false);
            }
            // It dates the time before it, or nothing.
            if texts.get(top.text - 1).is_empty() {
                return None;
            }
            string(top, own, usize::MAX, out)
        }
        How::Modalities => modalities(top, study, leaves, out),
        How::Item(first, count) => item(top, PLAN.inside.get(usize::from(first)..usize::from(first + count))?, texts, out),
        How::Other => {
            let any = (0..top.texts).any(|text_of| !texts.get(top.text + text_of).is_empty());
            if any { None } else { Some(false) }
        }
    }
}

/// Writes an attribute of one string, if it is not empty.
fn string(top: &Attribute, own: &[u8], most: usize, out: &mut Vec<u8>) -> Option<bool> {
    if own.is_empty() {
        return Some(false);
    }
    if own.len() > most || !is_plain(own) {
        return None;
    }
    out.extend_from_slice(&top.head);
    out.push(b'"');
    out.extend_from_slice(own);
    out.extend_from_slice(b"\"]}");
    Some(true)
}

fn name(top: &Attribute, groups: [&[u8]; 3], most: usize, out: &mut Vec<u8>) -> Option<bool> {
    let names = [b",\"Alphabetic\":\"".as_slice(), b",\"Ideographic\":\"", b",\"Phonetic\":\""];
    let mut begin = None;
    for (name, group) in names.into_iter().zip(groups).filter(|(_, group)| !group.is_empty()) {
        if group.len() > most || !is_plain(group) {
            return None;
        }
        if begin.is_none() {
            out.extend_from_slice(&top.head);
            begin = Some(out.len());
        }
        out.extend_from_slice(name);
        out.extend_from_slice(group);
        out.push(b'"');
    }
    let Some(begin) = begin else { return Some(false) };
    *out.get_mut(begin)? = b'{';
    out.extend_from_slice(b"}]}");
    Some(true)
}

/// The most modalities that are compared with each other: more go the long way, which takes no longer for each.
const FEW_MODALITIES: usize = 16;

fn modalities(top: &Attribute, study: &Study, leaves: &mut u64, out: &mut Vec<u8>) -> Option<bool> {
    let mut codes = study.all(row::MODALITIES);
    let (first, second) = (codes.next()?, codes.next());
    let Some(second) = second else {
        *leaves += 1;
        return string(top, first.as_bytes(), limit(Vr::Cs).0, out);
    };
    out.extend_from_slice(&top.head);
    for (n, code) in [first, second].into_iter().chain(codes).enumerate() {
        // What is said twice is written once.
        let is_again = study.all(row::MODALITIES).take(n).any(|other| other == code);
        if n >= FEW_MODALITIES || is_again || code.len() > limit(Vr::Cs).0 || !is_plain(code.as_bytes()) {
            return None;
        }
        out.extend_from_slice(if n > 0 { b",\"" } else { b"\"" });
        out.extend_from_slice(code.as_bytes());
        out.push(b'"');
        *leaves += 1;
    }
    out.extend_from_slice(b"]}");
    Some(true)
}

/// Writes an attribute of one item, if that says anything.
fn item(top: &Attribute, inside: &[Attribute], texts: &Texts<'_>, out: &mut Vec<u8>) -> Option<bool> {
    let before = out.len();
    out.extend_from_slice(&top.head);
    let begin = out.len();
    for sub in inside {
        let own = texts.get(sub.text);
        if own.is_empty() {
            continue;
        }
        let How::Text(most) = sub.how else { return None };
        if sub.shares {
            // With a designator a code that fits stands in the first of its attributes.
            if own.len() > limit(Vr::Sh).0 || texts.get(sub.text + 1).is_empty() {
                return None;
            }
            if most != limit(Vr::Sh).0 {
                continue;
            }
        }
        string(sub, own, most, out)?;
    }
    if out.len() == begin {
        out.truncate(before);
        return Some(false);
    }
    *out.get_mut(begin)? = b'{';
    out.extend_from_slice(b"}]}");
    Some(true)
}
