//! One leaf: brought into the one form of its value representation, or refused.

use super::dataset::{Cell, DataSet, Dest, Filled, Taken};
use crate::grammar::plain::{is_plain, is_plain_name};
use crate::grammar::{da, integer, offset, pn, tm, uid};
use crate::json::scan::Raw;
use crate::loss::{Code, Place};
use crate::table::{Align, Vr};
use crate::value::FIELDS;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// In the place of a cell's number: of what was refused.
const NONE: usize = usize::MAX;

/// A decoded string: its text and what decoding found.
pub(super) struct Leaf {
    text: String,
    remark: Option<Code>,
}

impl DataSet {
    /// Decodes, dropping control characters (all but TAB, LF, CR) and what is insignificant at the ends.
    pub(super) fn leaf(&self, raw: &Raw<'_>) -> Leaf {
        let mut text = String::with_capacity(raw.text.len());
        raw.decode_into(&mut text);
        let remark = drop_controls(&mut text);
        Leaf { text, remark }
    }

    /// A string under an attribute of the table.
    pub(super) fn string(&mut self, raw: &Raw<'_>, dest: Dest, index: u32, filled: &mut Filled) {
        if !self.plain && !raw.escaped && is_printable(raw.text) && is_plain(raw.text, dest.part.vr) {
            // It stands in its one form already.
            let field = dest.base + usize::from(dest.part.field);
            return self.store(raw.text, None, field, dest, index, filled, true);
        }
        let leaf = self.leaf(raw);
        let vr = dest.part.vr;
        if vr == Vr::Pn {
            if !is_blank(&leaf.text) {
                let from = self.cells.len();
                self.store_name(leaf, 0, dest, index, filled);
                self.remark_since(from, Code::NameAsText);
            }
            return;
        }
        let trimmed = trimmed(&leaf.text, vr);
        let lists = !matches!(vr, Vr::St | Vr::Ut | Vr::Ur);
        if is_blank(trimmed) {
            return;
        }
        if lists && trimmed.contains('\\') {
            self.list(trimmed, dest, index, filled);
            return;
        }
        self.scalar(trimmed, leaf.remark, dest, index, filled, true);
    }

    /// One string that holds several values: one leaf, with one remark.
    fn list(&mut self, text: &str, mut dest: Dest, index: u32, filled: &mut Filled) {
        // Only appending attributes have several values; of the others the first is read.
        let mut values = text.split('\\').map(str::trim).filter(|value| !value.is_empty());
        let first = values.clone().next();
        if first.is_none() {
            // It says nothing, and is carried as nothing.
            let counted = self.lose(Code::BackslashList, 1);
            return self.cells.push(Cell { row: None, item: 0, field: 0, start: 0, end: 0, leaf: true, counted, place: 0, more: 0 });
        }
        if dest.part.never_guess && values.clone().any(|value| Some(value) != first) {
            // An identity is never guessed, however its values are divided.
            self.lose(Code::AmbiguousValue, 1);
            self.doubt(dest, index, filled);
            return;
        }
        if dest.part.align != Align::Append {
            self.scalar(values.next().unwrap_or(""), Some(Code::BackslashList), dest, index, filled, true);
            return;
        }
        let from = self.cells.len();
        let losses = self.losses.len();
        for value in values {
            self.scalar(value, None, dest, index, &mut [None; FIELDS], true);
            dest.item = dest.item.saturating_add(1);
        }
        // The next value of the row comes behind the last of these.
        let last = self.cells.iter().skip(from).map(|cell| cell.item).max();
        self.continue_behind(dest.row, last);
        let refused = self.losses.get(losses).map_or(Code::BadType, |loss| loss.code);
        self.losses.truncate(losses);
        let kept = self.cells.len() > from;
        let counted = self.lose(if kept { Code::BackslashList } else { refused }, 1);
        for (n, cell) in self.cells.iter_mut().skip(from).enumerate() {
            cell.leaf = n == 0;
            cell.counted = counted;
        }
    }

    /// A number under an attribute of the table.
    pub(super) fn number(&mut self, digits: &str, dest: Dest, index: u32, filled: &mut Filled) {
        let text_vr = dest.part.vr != Vr::Is;
        let from = self.cells.len();
        if dest.part.vr == Vr::Pn {
            let leaf = Leaf { text: digits.to_string(), remark: None };
            self.store_name(leaf, 0, dest, index, filled);
        } else {
            self.scalar(digits, None, dest, index, filled, true);
        }
        if text_vr {
            self.remark_since(from, Code::TextAsNumber);
        }
    }

    /// Leaves claimed since `from` get a remark, unless they have one.
    fn remark_since(&mut self, from: usize, code: Code) {
        for at in from..self.cells.len() {
            if self.cells.get(at).is_some_and(|cell| cell.leaf && cell.counted == 0) {
                let counted = self.lose(code, 1);
                if let Some(cell) = self.cells.get_mut(at) {
                    cell.counted = counted;
                }
            }
        }
    }

    /// One value, trimmed: checked by its value representation and stored.
    fn scalar(&mut self, text: &str, remark: Option<Code>, dest: Dest, index: u32, filled: &mut Filled, leaf: bool) {
        let (value, found) = match normal(text, dest.part.vr) {
            Ok(found) => found,
            Err(code) => {
                self.lose(code, u64::from(leaf));
                self.doubt(dest, index, filled);
                return;
            }
        };
        let field = dest.base + usize::from(dest.part.field);
        self.store(&value, found.or(remark), field, dest, index, filled, leaf);
    }

    /// Stores a value in its field, or finds that the field is taken.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn store(
        &mut self,
        value: &str,
        remark: Option<Code>,
        field: usize,
        dest: Dest,
        index: u32,
        filled: &mut Filled,
        leaf: bool,
    ) {
        let taken = filled.get(field).copied().flatten();
        let mut cell =
            Cell { row: Some(dest.row), item: dest.item, field: field as u8, start: 0, end: 0, leaf, counted: 0, place: 0, more: 0 };
        let same = |set: &Self, other: Taken| set.cells.get(other.cell).and_then(|cell| set.text.get(cell.start..cell.end)) == Some(value);
        let is_gone = |set: &Self, other: Taken| set.cells.get(other.cell).is_none_or(|cell| cell.row.is_none());
        let is_free = match taken {
            // A name is one value's: a further one gives it no group.
            None if dest.part.vr == Vr::Pn && is_anothers(filled, dest, index) => {
                self.lose(Code::ExtraValue, u64::from(leaf));
                return;
            }
            None => true,
            // What it says is not meant.
            Some(other) if dest.part.never_guess && is_gone(self, other) => {
                self.lose(Code::AmbiguousValue, u64::from(leaf));
                return;
            }
            Some(other) if same(self, other) => {
                // A further leaf of what is said already. It has no text; which value of which attribute it is stands in the place of that.
                (cell.row, cell.start, cell.item) = (None, dest.part.tag as usize, index);
                if let Some(code) = remark {
                    cell.counted = self.lose(code, u64::from(leaf));
                }
                self.push_further(other.cell, cell);
                // What a better attribute says as well is the better one's.
                if let Some(Some(taken)) = filled.get_mut(field) {
                    taken.best = taken.best.min(dest.part.tag);
                }
                return;
            }
            Some(other) if dest.part.never_guess => {
                self.lose(Code::AmbiguousValue, u64::from(leaf));
                self.withdraw(other.cell, self.place_of_value(other.index), Code::AmbiguousValue);
                return;
            }
            // Of attributes for one field the first by tag is meant, in whatever order they stand: CodeValue before LongCodeValue before URNCodeValue.
            Some(other) if dest.part.tag < other.best => {
                self.withdraw(other.cell, self.place_beside(other.tag, other.index), Code::ExtraValue);
                true
            }
            Some(_) => {
                self.lose(Code::ExtraValue, u64::from(leaf));
                return;
            }
        };
        if is_free {
            cell.start = self.text.len();
            self.text.push_str(value);
            cell.end = self.text.len();
            if let Some(slot) = filled.get_mut(field) {
                *slot = Some(Taken { cell: self.cells.len(), tag: dest.part.tag, best: dest.part.tag, index });
            }
        }
        if let Some(code) = remark {
            cell.counted = self.lose(code, u64::from(leaf));
        }
        self.cells.push(cell);
    }

    /// A value is refused. If it is one of an identity, others beside it are different ones, of which none is meant.
    pub(super) fn doubt(&mut self, dest: Dest, index: u32, filled: &mut Filled) {
        if !dest.part.never_guess {
            return;
        }
        if let Some(slot) = filled.get_mut(dest.base + usize::from(dest.part.field)) {
            let known = slot.replace(Taken { cell: NONE, tag: dest.part.tag, best: dest.part.tag, index });
            if let Some(other) = known {
                self.withdraw(other.cell, self.place_of_value(other.index), Code::AmbiguousValue);
            }
        }
    }

    /// What stood first is not meant: of several different values of an identity it is no better than the others, or there is a better one.
    fn withdraw(&mut self, cell: usize, at: Place, code: Code) {
        if self.cells.get(cell).is_none_or(|cell| cell.row.is_none()) {
            return;
        }
        let further: Vec<usize> = self.further(cell).collect();
        self.resolve_one(cell, code, at);
        for cell in further {
            if let Some((tag, index)) = self.cells.get(cell).map(|cell| (cell.start as u32, cell.item)) {
                self.resolve_one(cell, code, self.place_beside(tag, index));
            }
        }
        if let Some(cell) = self.cells.get_mut(cell) {
            cell.row = None;
        }
    }

    /// A group of a name as it stands in its object.
    pub(super) fn group(&mut self, raw: &Raw<'_>, group: usize, dest: Dest, index: u32, filled: &mut Filled) {
        if !self.plain && !raw.escaped && is_printable(raw.text) && is_plain_name(raw.text) {
            let field = dest.base + usize::from(dest.part.field) + group;
            return self.store(raw.text, None, field, dest, index, filled, true);
        }
        let leaf = self.leaf(raw);
        self.store_name(leaf, group, dest, index, filled);
    }

    /// A group of a name: `group` and, where the text holds `=`, those after it. One leaf.
    pub(super) fn store_name(&mut self, leaf: Leaf, group: usize, mut dest: Dest, index: u32, filled: &mut Filled) {
        if is_blank(&leaf.text) {
            return;
        }
        let from = self.cells.len();
        let losses = self.losses.len();
        let many = dest.part.align == Align::Each && leaf.text.contains('\\');
        // What of the leaf has no place.
        let mut excess = false;
        let mut remark = if leaf.text.contains('\\') { Some(Code::BackslashList) } else { leaf.remark };
        // Of a list under an attribute of one value the first that says something is read, as of other texts.
        let first = if many { 0 } else { leaf.text.split('\\').position(|name| !pn::is_blank(name)).unwrap_or(0) };
        for (n, name) in leaf.text.split('\\').skip(first).enumerate().take(if many { usize::MAX } else { 1 }) {
            let mut own: Filled = [None; FIELDS];
            let filled = if n == 0 { &mut *filled } else { &mut own };
            if n > 0 {
                self.advance(dest.row);
                dest.item = dest.item.saturating_add(1);
            }
            let (groups, rest) = pn::groups(name);
            if remark.is_none() && (name.contains('=') || rest.is_some()) {
                remark = Some(Code::NameAsText);
            }
            excess |= rest.is_some_and(|rest| !pn::is_blank(rest));
            for (n, part) in groups.iter().enumerate().filter(|(_, part)| !part.is_empty()) {
                let field = dest.base + usize::from(dest.part.field) + group + n;
                let first = self.cells.len() == from && self.losses.len() == losses;
                let cells = self.cells.len();
                if group + n < 3 {
                    self.store(part, if first { remark } else { None }, field, dest, index, filled, first);
                }
                excess |= self.cells.len() == cells;
            }
        }
        self.share(from);
        if excess {
            self.exceed(from, losses);
        }
        if self.cells.len() == from && self.losses.len() == losses {
            // `^^^^`: a name that says nothing is carried as no name; one that is divided nevertheless is noted.
            let counted = remark.filter(|code| *code == Code::BackslashList).map_or(0, |code| self.lose(code, 1));
            self.cells.push(Cell { row: None, item: 0, field: 0, start: 0, end: 0, leaf: true, counted, place: 0, more: 0 });
        }
    }
}

impl DataSet {
    /// Of the leaf whose cells begin at `from` a part was said before: what is told of its parts is told of it, and not of what said that.
    fn share(&mut self, from: usize) {
        let is_further = |cell: &Cell| cell.row.is_none();
        let is_told_apart = self.cells.get(from).is_some_and(|cell| cell.leaf && is_further(cell));
        for cell in self.cells.iter_mut().skip(from + 1).filter(|cell| !cell.leaf && (is_told_apart || is_further(cell))) {
            cell.place = from as u32 + 1;
        }
    }

    /// A part of the leaf whose cells begin at `from` is not kept: it is told as lost, and not as carried.
    fn exceed(&mut self, from: usize, losses: usize) {
        let at = self.path.iter().fold(Place::ROOT, |place, step| place.then(*step));
        match (from..self.cells.len()).find(|at| self.cells.get(*at).is_some_and(|cell| cell.leaf)) {
            // What said the same before is as it was.
            Some(cell) => self.resolve_one(cell, Code::ExtraValue, at),
            None if self.losses.len() == losses => {
                self.lose(Code::ExtraValue, 1);
            }
            None => {}
        }
    }
}

/// Whether a name has groups of another value than the one of this index.
fn is_anothers(filled: &Filled, dest: Dest, index: u32) -> bool {
    let groups = filled.iter().skip(dest.base + usize::from(dest.part.field)).take(3);
    groups.flatten().any(|group| group.index != index)
}

/// Whether it is ASCII without control characters.
fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_idle)
}

/// White space and control characters: what says nothing at the ends of a text.
fn is_idle(c: char) -> bool {
    c.is_control() || c.is_whitespace()
}

/// The text without what is insignificant at its ends.
fn trimmed(text: &str, vr: Vr) -> &str {
    match vr {
        // Leading spaces are part of running text; in codes, names of issuers and URLs they are padding.
        Vr::St => text.trim_end_matches(is_idle),
        _ => text.trim_matches(is_idle),
    }
}

/// Takes the control characters out (all but TAB, LF, CR), with a remark where they stood within the text: at its ends they are padding.
fn drop_controls(text: &mut String) -> Option<Code> {
    let dropped = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    if !text.contains(dropped) {
        return None;
    }
    let within = text.trim_matches(is_idle).contains(dropped);
    // Where leading white space is text what stands in and before it goes too.
    text.retain(|c| !dropped(c));
    within.then_some(Code::ControlCharacter)
}

/// The text without what is insignificant at its ends and without control characters (all but TAB, LF, CR).
pub(crate) fn clean(text: &str, vr: Vr) -> (String, Option<Code>) {
    let mut text = text.to_string();
    let remark = drop_controls(&mut text);
    (trimmed(&text, vr).to_string(), remark)
}

/// The one form of a value, with a remark where it stood in another; or why it is none.
pub(crate) fn normal(text: &str, vr: Vr) -> Result<(String, Option<Code>), Code> {
    let plain = |text: &str| Ok((text.to_string(), None));
    match vr {
        Vr::Cs => {
            let lower = text.bytes().any(|b| b.is_ascii_lowercase());
            Ok((text.to_ascii_uppercase(), lower.then_some(Code::CodeCase)))
        }
        Vr::Da => {
            let day = da::da(text).ok_or(Code::BadDate)?;
            Ok(([day.year, day.month, day.day].concat(), day.legacy.then_some(Code::LegacyDate)))
        }
        Vr::Tm => {
            let time = tm::tm(text).ok_or(Code::BadTime)?;
            let mut out = [time.hour, time.minute.unwrap_or(""), time.second.unwrap_or("")].concat();
            let mut remark = time.legacy.then_some(Code::LegacyTime);
            if let Some(fraction) = time.fraction {
                out.push('.');
                out.push_str(fraction.get(..6).unwrap_or(fraction));
                if fraction.len() > 6 {
                    remark = Some(Code::FractionCut);
                }
            }
            Ok((out, remark))
        }
        Vr::Offset => {
            let zone = offset::offset(text).ok_or(Code::BadOffset)?;
            Ok(([zone.sign, zone.hours, zone.minutes].concat(), zone.legacy.then_some(Code::LegacyOffset)))
        }
        Vr::Is => {
            let number = integer::integer(text).ok_or(Code::BadNumber)?;
            match u32::try_from(number) {
                Ok(number) if number <= i32::MAX as u32 => Ok((number.to_string(), None)),
                _ => Err(Code::NumberOutOfRange),
            }
        }
        Vr::Ui => match uid::uid(text) {
            uid::Uid::Legal => plain(text),
            uid::Uid::Odd => Ok((text.to_string(), Some(Code::OddUid))),
            uid::Uid::Bad => Err(Code::BadUid),
        },
        Vr::Lo | Vr::Pn | Vr::Sh | Vr::Sq | Vr::St | Vr::Uc | Vr::Ur | Vr::Ut => plain(text),
    }
}
