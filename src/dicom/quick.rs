//! Attributes in the shape that servers write, read at once.
//!
//! `"GGGGEEEE":{"vr":"XX","Value":[...]}` without white space, and with values that stand in their one form already, is what nearly every
//! attribute looks like. It is recognised by comparing words instead of walking tokens. Whatever looks otherwise is not touched: the general
//! path reads it from the same position. That path is the definition; what is read here it would read to the same end.

use super::dataset::{Cell, DataSet, Dest, Filled};
use crate::grammar::plain::{is_plain, is_plain_name};
use crate::json::scan::Scanner;
use crate::json::words::{plain, plain_ascii};
use crate::loss::{Code, Step};
use crate::table::{Align, Named, Vr, look, row};

/// The beginning of an attribute, up to its first value.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    /// The eight digits of the tag.
    pub(super) tag: [u8; 8],
    pub(super) vr: [u8; 2],
    /// Bytes of it.
    len: usize,
    /// What stands behind it: values; nothing where there are none.
    behind: &'a str,
    has_values: bool,
}

/// How deep an attribute of the usual shape is nested: itself, its values, a name.
pub(super) const DEPTH: u32 = 3;

/// Values of one attribute that are taken at once; more are left to the general path.
const VALUES: usize = 8;

/// The head at the start of `text`, in its usual shape.
pub(super) fn head(text: &str) -> Option<Head<'_>> {
    let bytes = text.as_bytes();
    let [b'"', t0, t1, t2, t3, t4, t5, t6, t7, rest @ ..] = bytes else { return None };
    let (open, rest) = rest.split_first_chunk::<8>()?;
    let ([b'"', v0, v1, b'"', next], rest) = rest.split_first_chunk::<5>()? else { return None };
    // A VR of other characters may be none that a string can hold: the general path looks at it.
    if *open != *b"\":{\"vr\":" || !v0.is_ascii_uppercase() || !v1.is_ascii_uppercase() {
        return None;
    }
    let (tag, vr) = ([*t0, *t1, *t2, *t3, *t4, *t5, *t6, *t7], [*v0, *v1]);
    match next {
        b'}' => Some(Head { tag, vr, len: 22, behind: "", has_values: false }),
        b',' if *rest.first_chunk::<9>()? == *b"\"Value\":[" => Some(Head { tag, vr, len: 31, behind: text.get(31..)?, has_values: true }),
        _ => None,
    }
}

/// A value in its usual shape: its text, and how many bytes it and what follows it take, up to the next value or the end of the attribute.
struct Value<'a> {
    text: &'a str,
    used: usize,
    last: bool,
}

/// What follows a value: a comma, or the end of the list and of the attribute.
#[inline]
fn follow(bytes: &[u8]) -> Option<(usize, bool)> {
    match bytes {
        [b',', ..] => Some((1, false)),
        [b']', b'}', ..] => Some((2, true)),
        _ => None,
    }
}

/// The string at the start of `text`, without escapes, ASCII without controls.
#[inline]
fn string(text: &str) -> Option<Value<'_>> {
    let inside = text.strip_prefix('"')?;
    let len = plain_ascii(inside.as_bytes())?;
    let (used, last) = follow(inside.as_bytes().get(len + 1..)?)?;
    Some(Value { text: inside.get(..len)?, used: len + 2 + used, last })
}

/// Digits.
#[inline]
fn digits(text: &str) -> Option<Value<'_>> {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    let (used, last) = follow(text.as_bytes().get(len..)?)?;
    Some(Value { text: text.get(..len)?, used: len + used, last })
}

/// A name of its alphabetic group alone.
#[inline]
fn name(text: &str) -> Option<Value<'_>> {
    const OPEN: &str = "{\"Alphabetic\":\"";
    let inside = text.strip_prefix(OPEN)?;
    let len = plain_ascii(inside.as_bytes())?;
    let [b'"', b'}', rest @ ..] = inside.as_bytes().get(len..)? else { return None };
    let (used, last) = follow(rest)?;
    Some(Value { text: inside.get(..len)?, used: OPEN.len() + len + 2 + used, last })
}

#[inline]
fn value(text: &str, vr: Vr) -> Option<Value<'_>> {
    let value = match text.as_bytes().first()? {
        b'"' if vr != Vr::Pn && vr != Vr::Sq => string(text)?,
        b'{' if vr == Vr::Pn => name(text)?,
        b'0'..=b'9' if vr == Vr::Is => digits(text)?,
        _ => return None,
    };
    let is_plain = if vr == Vr::Pn { is_plain_name(value.text) } else { is_plain(value.text, vr) };
    is_plain.then_some(value)
}

impl DataSet {
    /// Reads the attribute that the scanner stands before, if it has the usual shape; how many bytes it takes.
    pub(super) fn quick(&mut self, scanner: &Scanner<'_>) -> Option<usize> {
        if self.plain || scanner.room() < DEPTH {
            return None;
        }
        let text = scanner.rest();
        let head = head(text)?;
        match look(u64::from_le_bytes(head.tag)) {
            Some(Named::Part(index, row, part)) => {
                if self.seen & (1 << index) != 0 || part.mark.is_some() {
                    return None;
                }
                let used = self.quick_part(&head, Dest { row, part, base: 0, item: 0 }, None)?;
                self.seen |= 1 << index;
                self.know_part(row, part);
                Some(used)
            }
            Some(Named::Dating(index, part)) => {
                if self.seen & (1 << index) != 0 {
                    return None;
                }
                let from = self.cells.len();
                let used = self.quick_part(&head, Dest { row: row::STARTED.into(), part, base: 0, item: 0 }, None)?;
                self.seen |= 1 << index;
                self.date_from(from);
                Some(used)
            }
            Some(Named::Other) => None,
            Some(Named::Known(tag)) => self.quick_unmapped(&head, Step::Tag(tag), Code::NotMapped),
            None => {
                let tag = tag(head.tag)?;
                let group = (tag >> 16) as u16;
                if group % 2 == 1 {
                    self.quick_unmapped(&head, Step::Group(group), Code::Private)
                } else {
                    self.quick_unmapped(&head, Step::Tag(tag), Code::UnknownAttribute)
                }
            }
        }
    }

    /// Reads the values of an attribute that is a part.
    /// What the item has so far is `filled`; none where it is the first attribute of its fact.
    pub(super) fn quick_part(&mut self, head: &Head<'_>, dest: Dest, filled: Option<&mut Filled>) -> Option<usize> {
        let vr = dest.part.vr;
        if head.vr != *vr.name().as_bytes() {
            return None;
        }
        if !head.has_values {
            self.restart(dest);
            return Some(head.len);
        }
        let one = value(head.behind, vr)?;
        if one.last {
            self.restart(dest);
            self.quick_store(one.text, dest, 0, filled);
            return Some(head.len + one.used);
        }
        if dest.part.align == Align::First {
            return None;
        }
        self.quick_list(head, dest)
    }

    /// Several values, each an item.
    fn quick_list(&mut self, head: &Head<'_>, dest: Dest) -> Option<usize> {
        let vr = dest.part.vr;
        // All of them are looked at before one is taken.
        let (mut texts, mut used, mut last) = ([""; VALUES], 0, false);
        let mut count = 0;
        for slot in &mut texts {
            let next = value(head.behind.get(used..)?, vr)?;
            *slot = next.text;
            count += 1;
            used += next.used;
            last = next.last;
            if last {
                break;
            }
        }
        if !last {
            return None;
        }
        self.restart(dest);
        for (index, text) in (0..).zip(texts.iter().take(count)) {
            self.quick_store(text, dest, index, None);
        }
        Some(head.len + used)
    }

    fn quick_store(&mut self, text: &str, mut dest: Dest, index: u32, filled: Option<&mut Filled>) {
        let own = self.begin(&mut dest, index);
        let field = dest.base + usize::from(dest.part.field);
        match filled {
            Some(filled) if !own => {
                let leaf = self.new_leaf();
                self.store(text, field, dest, index, filled, leaf);
            }
            _ => {
                let leaf = self.new_leaf();
                let start = self.text.len();
                self.text.push_str(text);
                let end = self.text.len();
                let (row, item) = (Some(dest.row), dest.item);
                self.cells.push(Cell { row, item, field: field as u8, start, end, leaf, more: 0 });
            }
        }
        if dest.part.align == Align::Append {
            self.advance(dest.row);
        }
    }

    /// Counts the values of an attribute that has no row.
    fn quick_unmapped(&mut self, head: &Head<'_>, step: Step, code: Code) -> Option<usize> {
        let (used, count) = if head.has_values { scalars(head.behind)? } else { (0, 0) };
        if count > 0 {
            self.path.push(step);
            self.lose(code, count);
            self.path.pop();
        }
        Some(head.len + used)
    }
}

/// The tag of eight digits, letters in upper case.
pub(super) fn tag(digits: [u8; 8]) -> Option<u32> {
    let mut tag = 0;
    for digit in digits {
        let nibble = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'F' => digit - b'A' + 10,
            _ => return None,
        };
        tag = tag << 4 | u32::from(nibble);
    }
    Some(tag)
}

/// The value of an attribute that has no row, in its usual shape: the bytes that it takes, and its leaves.
pub(super) fn lost(text: &str) -> Option<(usize, u64)> {
    let (open, [_, _, b'"', b',', b'"', rest @ ..]) = text.as_bytes().split_first_chunk::<7>()? else { return None };
    if *open != *b"{\"vr\":\"" || !text.is_char_boundary(9) || !rest.starts_with(b"Value\":[") {
        return None;
    }
    let (used, leaves) = scalars(text.get(20..)?)?;
    // A VR of other characters is left to the general path, which looks at them.
    let vr = text.as_bytes().get(7..9)?;
    vr.iter().all(u8::is_ascii_uppercase).then_some((20 + used, leaves))
}

/// Strings and numbers up to the end of the attribute: the bytes that they take, and how many there are.
fn scalars(text: &str) -> Option<(usize, u64)> {
    let bytes = text.as_bytes();
    let (mut at, mut count) = (0, 0);
    loop {
        let rest = bytes.get(at..)?;
        at += match rest {
            // A string that says something: its first character is neither white space nor a control.
            [b'"', b'!' | b'#'..=b'[' | b']'..=b'~', inside @ ..] => {
                let len = plain(inside);
                matches!(inside.get(len), Some(b'"')).then_some(len + 3)?
            }
            [b'-' | b'0'..=b'9', ..] => number(rest)?,
            _ => return None,
        };
        count += 1;
        let (used, last) = follow(bytes.get(at..)?)?;
        at += used;
        if last {
            return Some((at, count));
        }
    }
}

/// The bytes of a number without exponent.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(sign);
    if whole == 0 || whole > 1 && bytes.get(sign) == Some(&b'0') {
        return None;
    }
    let at = sign + whole;
    match bytes.get(at)? {
        b'.' => {
            let fraction = digits(at + 1);
            (fraction > 0 && !matches!(bytes.get(at + 1 + fraction)?, b'e' | b'E')).then_some(at + 1 + fraction)
        }
        b'e' | b'E' => None,
        _ => Some(at),
    }
}
