//! One leaf: brought into the one form of its value representation, or refused.

use super::dataset::{Cell, DataSet, Dest, Filled, Taken};
use crate::grammar::plain::{is_idle, is_plain, is_plain_name};
use crate::grammar::{da, integer, offset, pn, tm, uid};
use crate::json::scan::Raw;
use crate::loss::Code;
use crate::table::{Align, Vr};
use crate::value::FIELDS;
use alloc::string::{String, ToString};

/// In the place of a cell's number: of what was refused.
const NONE: usize = usize::MAX;

/// A decoded string: its text and what decoding found.
pub(super) struct Text {
    text: String,
    remark: Option<Code>,
}

impl DataSet {
    /// Decodes, dropping control characters (all but TAB, LF, CR) and what is insignificant at the ends.
    pub(super) fn leaf(&self, raw: &Raw<'_>) -> Text {
        let mut text = String::with_capacity(raw.text.len());
        raw.decode_into(&mut text);
        let remark = drop_controls(&mut text);
        Text { text, remark }
    }

    /// A string under an attribute of the table.
    pub(super) fn string(&mut self, raw: &Raw<'_>, dest: Dest, index: u32, filled: &mut Filled) {
        if !self.plain && !raw.escaped && is_printable(raw.text) && is_plain(raw.text, dest.part.vr) {
            // It stands in its one form already.
            let leaf = self.new_leaf();
            self.store(raw.text, field_of(dest), dest, index, filled, leaf);
            return;
        }
        let Text { text, remark } = self.leaf(raw);
        let vr = dest.part.vr;
        if vr == Vr::Pn {
            if let Some(leaf) = self.store_name(Text { text, remark }, WHOLE, dest, index, filled) {
                self.remark(leaf, Code::NameAsText);
            }
            return;
        }
        let trimmed = trimmed(&text, vr);
        let lists = !matches!(vr, Vr::St | Vr::Ut | Vr::Ur);
        if is_blank(trimmed) {
            return;
        }
        let leaf = self.new_leaf();
        if lists && trimmed.contains('\\') {
            self.list(trimmed, dest, index, filled, leaf);
            return;
        }
        self.scalar(trimmed, remark, dest, index, filled, leaf);
    }

    /// One string that holds several values: one leaf, with one remark.
    fn list(&mut self, text: &str, mut dest: Dest, index: u32, filled: &mut Filled, leaf: u32) {
        // Only appending attributes have several values; of the others the first is read.
        let values = text.split('\\').map(str::trim).filter(|value| !value.is_empty());
        let Some(first) = values.clone().next() else {
            // It says nothing, and is carried as nothing.
            return self.mark(leaf, Code::BackslashList);
        };
        if dest.part.never_guess && values.clone().any(|value| value != first) {
            // An identity is never guessed, however its values are divided.
            self.mark(leaf, Code::AmbiguousValue);
            return self.doubt(dest, index, filled);
        }
        if dest.part.align != Align::Append {
            let is_lost = values.clone().any(|value| value != first);
            self.scalar(first, Some(Code::BackslashList), dest, index, filled, leaf);
            // What is not kept of it is told as lost.
            if is_lost {
                self.mark(leaf, dest.part.excess());
            }
            return;
        }
        let (from, losses) = (self.cells.len(), self.losses.len());
        for value in values {
            self.scalar(value, None, dest, index, &mut [None; FIELDS], leaf);
            dest.item = dest.item.saturating_add(1);
        }
        // The next value of the row comes behind the last of these.
        let last = self.cells.iter().skip(from).map(|cell| cell.item).max();
        self.continue_behind(dest.row, last);
        let refused = self.losses.get(losses).map_or(Code::BadType, |loss| loss.code);
        self.losses.truncate(losses);
        if let Some(leaf) = self.leaves.get_mut(leaf as usize) {
            leaf.counted = 0;
        }
        self.is_shared |= self.cells.len() > from + 1;
        self.mark(leaf, if self.cells.len() > from { Code::BackslashList } else { refused });
    }

    /// A number under an attribute of the table.
    pub(super) fn number(&mut self, digits: &str, dest: Dest, index: u32, filled: &mut Filled) {
        if dest.part.vr == Vr::Pn {
            let text = Text { text: digits.to_string(), remark: None };
            if let Some(leaf) = self.store_name(text, WHOLE, dest, index, filled) {
                self.remark(leaf, Code::TextAsNumber);
            }
            return;
        }
        let leaf = self.new_leaf();
        self.scalar(digits, None, dest, index, filled, leaf);
        if dest.part.vr != Vr::Is {
            self.remark(leaf, Code::TextAsNumber);
        }
    }

    /// The leaf gets a remark, unless it has one.
    fn remark(&mut self, leaf: u32, code: Code) {
        if self.is_clean(leaf) {
            self.mark(leaf, code);
        }
    }

    /// One value, trimmed: checked by its value representation and stored.
    fn scalar(&mut self, text: &str, remark: Option<Code>, dest: Dest, index: u32, filled: &mut Filled, leaf: u32) {
        let (value, found) = match normal(text, dest.part.vr) {
            Ok(found) => found,
            Err(code) => {
                self.mark(leaf, code);
                self.doubt(dest, index, filled);
                return;
            }
        };
        self.store(&value, field_of(dest), dest, index, filled, leaf);
        if let Some(code) = found.or(remark) {
            self.remark(leaf, code);
        }
    }

    /// Stores what a leaf says in its field, or finds that the field is taken; whether it is carried.
    pub(super) fn store(&mut self, value: &str, field: usize, dest: Dest, index: u32, filled: &mut Filled, leaf: u32) -> bool {
        let taken = filled.get(field).copied().flatten();
        let same = |set: &Self, other: Taken| set.cells.get(other.cell).and_then(|cell| set.text.get(cell.start..cell.end)) == Some(value);
        let is_gone = |set: &Self, other: Taken| set.cells.get(other.cell).is_none_or(|cell| cell.row.is_none());
        match taken {
            // A name is one value's: a further one gives it no group.
            None if dest.part.vr == Vr::Pn && is_anothers(filled, dest, index) => {
                self.mark(leaf, Code::ExtraValue);
                return false;
            }
            None => {}
            // What it says is not meant.
            Some(other) if dest.part.never_guess && is_gone(self, other) => {
                self.mark(leaf, Code::AmbiguousValue);
                return false;
            }
            Some(other) if same(self, other) => {
                self.say(other.cell, leaf, (dest.part.tag, index));
                // What a better attribute says as well is the better one's.
                if let Some(Some(taken)) = filled.get_mut(field) {
                    taken.best = taken.best.min(dest.part.tag);
                }
                return true;
            }
            Some(other) if dest.part.never_guess => {
                self.mark(leaf, Code::AmbiguousValue);
                self.withdraw(other.cell, self.place_of_value(other.index), Code::AmbiguousValue);
                return false;
            }
            // Of attributes for one field the first by tag is meant, in whatever order they stand: CodeValue before LongCodeValue before URNCodeValue.
            Some(other) if dest.part.tag < other.best => {
                self.withdraw(other.cell, self.place_beside(other.tag, other.index), Code::ExtraValue);
            }
            Some(_) => {
                self.mark(leaf, dest.part.excess());
                return false;
            }
        }
        let start = self.text.len();
        self.text.push_str(value);
        let end = self.text.len();
        if let Some(slot) = filled.get_mut(field) {
            *slot = Some(Taken { cell: self.cells.len(), tag: dest.part.tag, best: dest.part.tag, index });
        }
        self.cells.push(Cell { row: Some(dest.row), item: dest.item, field: field as u8, start, end, leaf, more: 0 });
        true
    }

    /// A value is refused. If it is one of an identity, others beside it are different ones, of which none is meant.
    pub(super) fn doubt(&mut self, dest: Dest, index: u32, filled: &mut Filled) {
        if !dest.part.never_guess {
            return;
        }
        if let Some(slot) = filled.get_mut(field_of(dest)) {
            let known = slot.replace(Taken { cell: NONE, tag: dest.part.tag, best: dest.part.tag, index });
            if let Some(other) = known {
                self.withdraw(other.cell, self.place_of_value(other.index), Code::AmbiguousValue);
            }
        }
    }

    /// A group of a name as it stands in its object.
    pub(super) fn group(&mut self, raw: &Raw<'_>, group: Group<'_>, dest: Dest, index: u32, filled: &mut Filled) {
        if !self.plain && !raw.escaped && is_printable(raw.text) && is_plain_name(raw.text) {
            let leaf = self.new_leaf();
            self.store(raw.text, field_of(dest) + group.number, dest, index, filled, leaf);
            return;
        }
        let text = self.leaf(raw);
        self.store_name(text, group, dest, index, filled);
    }

    /// A group of a name: `group` and, where the text holds `=`, those after it. One leaf, if it is one.
    fn store_name(&mut self, text: Text, group: Group<'_>, mut dest: Dest, index: u32, filled: &mut Filled) -> Option<u32> {
        let Text { text, remark } = text;
        if is_blank(&text) {
            return None;
        }
        let leaf = self.new_leaf();
        let many = dest.part.align == Align::Each && text.contains('\\');
        let mut remark = if text.contains('\\') { Some(Code::BackslashList) } else { remark };
        // How many parts it has, and whether one of them has no place.
        let (mut parts, mut excess) = (0, false);
        // Of a list under an attribute of one value the first that says something is read, as of other texts.
        let first = if many { 0 } else { text.split('\\').position(|name| !pn::is_blank(name)).unwrap_or(0) };
        let mut behind = text.split('\\').skip(first);
        let read = behind.next().filter(|_| !many);
        excess |= read.is_some_and(|read| behind.any(|name| !pn::is_blank(name) && name.trim() != read.trim()));
        for (n, name) in text.split('\\').skip(first).enumerate().take(if many { usize::MAX } else { 1 }) {
            let mut behind: Filled = [None; FIELDS];
            let filled = if n == 0 { &mut *filled } else { &mut behind };
            if n > 0 {
                dest.item = dest.item.saturating_add(1);
                self.filled_behind(dest, (group, index), filled);
            }
            let (groups, rest) = pn::groups(name);
            if remark.is_none() && (name.contains('=') || rest.is_some()) {
                remark = Some(Code::NameAsText);
            }
            excess |= rest.is_some_and(|rest| !pn::is_blank(rest));
            for (n, part) in groups.iter().enumerate().filter(|(_, part)| !part.is_empty()) {
                parts += 1;
                let group = group.number + n;
                excess |= group > 2 || !self.store(part, field_of(dest) + group, dest, index, filled, leaf);
            }
        }
        self.is_shared |= parts > 1;
        // Names behind it are those of the values behind it.
        self.continue_behind(dest.row, Some(dest.item.saturating_sub(index)).filter(|_| many));
        match remark {
            // What is not kept of it is told as lost.
            _ if excess => self.mark(leaf, Code::ExtraValue),
            // `^^^^`: a name that says nothing is carried as no name; one that is divided nevertheless is noted.
            Some(code) if parts > 0 || code == Code::BackslashList => self.remark(leaf, code),
            _ => {}
        }
        Some(leaf)
    }

    /// What the groups before this one have filled of a name behind the first of its value. Each has named them in order.
    fn filled_behind(&self, dest: Dest, (group, index): (Group<'_>, u32), filled: &mut Filled) {
        let ends = group.before.iter().skip(1).copied();
        for (from, to) in group.before.iter().copied().zip(ends) {
            let cells = self.cells.get(from..to).unwrap_or_default();
            let first = cells.partition_point(|cell| cell.item < dest.item);
            for (n, cell) in cells.iter().enumerate().skip(first).take_while(|(_, cell)| cell.item == dest.item) {
                if let Some(slot) = filled.get_mut(usize::from(cell.field)) {
                    *slot = Some(Taken { cell: from + n, tag: dest.part.tag, best: dest.part.tag, index });
                }
            }
        }
    }
}

/// A group of a name.
#[derive(Clone, Copy)]
pub(super) struct Group<'g> {
    pub(super) number: usize,
    /// Where the cells of the groups before it begin, and at last its own.
    pub(super) before: &'g [usize],
}

/// The only one, which holds them all.
const WHOLE: Group<'static> = Group { number: 0, before: &[] };

/// The field that the values of an attribute go to.
fn field_of(dest: Dest) -> usize {
    dest.base + usize::from(dest.part.field)
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
