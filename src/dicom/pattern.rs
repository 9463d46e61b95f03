//! The text of a row as a pattern: bytes that are the same in every row, and gaps between them.

use super::members::leaves;
use super::memos::Memos;
use super::quick::{DEPTH, lost};
use crate::grammar::plain::{is_plain, is_plain_name};
use crate::json::scan::{Next, Raw, Scanner};
use crate::json::words::{plain, plain_ascii};
use crate::table::{Part, RowRef, Vr};
use alloc::string::String;
use alloc::vec::Vec;

/// The most gaps whose texts are wanted.
pub(super) const GAPS: usize = 40;
/// Attributes that are remembered to differ from row to row.
const RESTLESS: usize = 128;
/// What a gap holds.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Gap {
    /// Nothing: it must be the same.
    None,
    /// A plain string of this VR, without its quotes.
    Text(Vr),
    /// A plain number of digits.
    Digits,
    /// A plain name of one group, without its quotes.
    Name,
    /// The same, with the object around it, whose member is not written alike everywhere.
    Person,
    /// A URL, without its quotes; its characters may be escaped.
    Url,
    /// A value that was met before, in this table of [`Memos`].
    Memo(usize),
    /// A value of so many leaves that are lost.
    Lost(u64),
}

/// A member of the pattern.
pub(super) struct Segment {
    pub(super) digits: [u8; 8],
    /// The part that it is, and the row.
    pub(super) part: Option<(RowRef, &'static Part)>,
    pub(super) end: usize,
    /// Where what may differ begins and ends.
    pub(super) gap: (usize, usize),
    pub(super) kind: Gap,
    /// Whether it is a gap: an attribute that is lost is none until it differs.
    pub(super) open: bool,
}

/// Bytes that are the same, then a gap.
#[derive(Clone, Copy)]
struct Step {
    same: (usize, usize),
    gap: Gap,
}

/// What the gaps of a row hold, those whose text is wanted in order.
pub(super) struct Values<'v> {
    texts: [&'v str; GAPS],
    used: usize,
    /// Leaves in gaps that were met before.
    pub(super) leaves: u64,
}

impl<'v> Values<'v> {
    fn push(&mut self, text: &'v str) {
        if let Some(slot) = self.texts.get_mut(self.used) {
            *slot = text;
            self.used += 1;
        }
    }

    pub(super) fn all(&self) -> &[&'v str] {
        self.texts.get(..self.used).unwrap_or_default()
    }
}

/// Texts of gaps whose strings have escapes: the number of each, and where it is.
#[derive(Default)]
pub(super) struct Decoded {
    text: String,
    places: Vec<(usize, usize, usize)>,
}

impl Decoded {
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn clear(&mut self) {
        self.text.clear();
        self.places.clear();
    }

    /// Takes the text of a gap; whether it is plain.
    fn take(&mut self, number: usize, raw: Raw<'_>, gap: Gap) -> bool {
        let start = self.text.len();
        raw.decode_into(&mut self.text);
        self.places.push((number, start, self.text.len()));
        self.text.get(start..).is_some_and(|text| is_good(text, gap))
    }

    /// The texts of all gaps.
    pub(super) fn among<'v>(&'v self, values: &Values<'v>) -> [&'v str; GAPS] {
        let mut texts = values.texts;
        for (number, start, end) in &self.places {
            if let (Some(slot), Some(text)) = (texts.get_mut(*number), self.text.get(*start..*end)) {
                *slot = text;
            }
        }
        texts
    }
}

/// Whether a decoded text is what this gap takes.
fn is_good(text: &str, gap: Gap) -> bool {
    // A backslash divides values; it and quotes have escapes where the other gaps have none.
    let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'\\' | b'"'));
    printable
        && match gap {
            Gap::Text(vr) => is_plain(text, vr),
            Gap::Name | Gap::Person => is_plain_name(text),
            _ => false,
        }
}

/// Why a row does not fit.
pub(super) enum Misfit {
    /// It has other bytes at this place of the pattern.
    At(usize),
    /// It has a value that was not met before, in this table.
    New(usize),
    Other,
}

/// The pattern.
#[derive(Default)]
pub(super) struct Pattern {
    /// The members of a row, from behind its brace to the last of them.
    pub(super) text: String,
    pub(super) segments: Vec<Segment>,
    steps: Vec<Step>,
}

impl Pattern {
    /// What the row that the scanner stands before holds in the gaps, if it fits, and where it ends.
    pub(super) fn fit<'v>(&self, mut ahead: Scanner<'v>, memos: &'v Memos, decoded: &mut Decoded) -> Result<(Values<'v>, usize), Misfit> {
        let ahead = &mut ahead;
        decoded.clear();
        let mut items = ahead.enter_object().map_err(|_| Misfit::Other)?;
        let mut values = Values { texts: [""; GAPS], used: 0, leaves: 0 };
        for step in &self.steps {
            let (start, end) = step.same;
            let same = self.text.get(start..end).unwrap_or("").as_bytes();
            let rest = ahead.rest();
            if !rest.as_bytes().starts_with(same) {
                if rest.len() < same.len() {
                    // The row goes on in the next chunk.
                    return Err(Misfit::Other);
                }
                return Err(Misfit::At(start + common(rest.as_bytes(), same)));
            }
            ahead.pass(same.len());
            let rest = ahead.rest();
            let len = match step.gap {
                Gap::None => continue,
                Gap::Lost(count) => {
                    let found = match lost(rest).filter(|_| ahead.room() >= DEPTH) {
                        Some((used, leaves)) => {
                            ahead.pass(used);
                            Some(leaves)
                        }
                        None => leaves(ahead).ok(),
                    };
                    if found != Some(count) {
                        return Err(Misfit::Other);
                    }
                    continue;
                }
                Gap::Memo(table) => {
                    let memo = memos.find(table, rest).ok_or(Misfit::New(table))?;
                    values.push(&memo.run);
                    values.leaves += memo.leaves;
                    ahead.pass(memo.text.len());
                    continue;
                }
                Gap::Person => {
                    let (raw, ..) = one(ahead, Vr::Pn).filter(|(_, quoted, _)| *quoted).ok_or(Misfit::Other)?;
                    decoded.take(values.used, raw, Gap::Person).then_some(()).ok_or(Misfit::Other)?;
                    values.push("");
                    continue;
                }
                gap => match value(rest, gap) {
                    Some(len) => len,
                    None => {
                        let mut inside = *ahead;
                        let raw = inside.string_inside().map_err(|_| Misfit::Other)?;
                        let good = raw.escaped && decoded.take(values.used, raw, gap);
                        good.then_some(()).ok_or(Misfit::Other)?;
                        raw.text.len()
                    }
                },
            };
            values.push(rest.get(..len).unwrap_or(""));
            ahead.pass(len);
        }
        match ahead.is_member(&mut items) {
            Ok(false) => Ok((values, ahead.at())),
            _ => Err(Misfit::Other),
        }
    }

    /// Opens a gap where rows differ, if what stands there is lost; whether it could. Its attribute is remembered.
    pub(super) fn open(&mut self, at: usize, restless: &mut Vec<[u8; 8]>) -> bool {
        let found = self.segments.iter_mut().find(|segment| at < segment.end);
        if let Some(segment) = found {
            if segment.open && segment.kind == Gap::Name {
                return self.widen(at);
            }
        }
        let found = self.segments.iter_mut().find(|segment| at < segment.end);
        let may_open = |segment: &&mut Segment| !segment.open && matches!(segment.kind, Gap::Lost(_)) && at >= segment.gap.0;
        let Some(segment) = found.filter(may_open) else { return false };
        segment.open = true;
        if restless.len() < RESTLESS && !restless.contains(&segment.digits) {
            restless.push(segment.digits);
        }
        self.draw();
        true
    }

    /// Makes the gap of a name that of the object around it, if this place is in it; whether it could.
    fn widen(&mut self, at: usize) -> bool {
        let Some(segment) = self.segments.iter_mut().find(|segment| at < segment.end) else { return false };
        let (from, to) = segment.gap;
        let open = self.text.get(..from).and_then(|text| text.rfind('{'));
        let close = self.text.get(to..segment.end).and_then(|text| text.find('}'));
        let (Some(open), Some(close)) = (open, close) else { return false };
        let close = to + close + 1;
        if !(open..close).contains(&at) {
            return false;
        }
        (segment.gap, segment.kind) = ((open, close), Gap::Person);
        self.draw();
        true
    }

    /// Draws the steps anew.
    pub(super) fn draw(&mut self) {
        self.steps.clear();
        self.steps.reserve(self.segments.len() + 1);
        let mut from = 0;
        for segment in self.segments.iter().filter(|segment| segment.open) {
            let (start, end) = segment.gap;
            self.steps.push(Step { same: (from, start), gap: segment.kind });
            from = end;
        }
        self.steps.push(Step { same: (from, self.text.len()), gap: Gap::None });
    }
}

/// How many bytes are equal at the start of both.
fn common(mut one: &[u8], mut two: &[u8]) -> usize {
    let mut equal = 0;
    while let (Some((a, behind_one)), Some((b, behind_two))) = (one.split_first_chunk::<16>(), two.split_first_chunk::<16>()) {
        if a != b {
            break;
        }
        equal += 16;
        (one, two) = (behind_one, behind_two);
    }
    equal + one.iter().zip(two).take_while(|(one, two)| one == two).count()
}

/// The bytes of the plain value at the start of `text`.
fn value(text: &str, gap: Gap) -> Option<usize> {
    let quoted = || plain_ascii(text.as_bytes()).and_then(|len| text.get(..len));
    match gap {
        Gap::Text(vr) => quoted().filter(|text| is_plain(text, vr)).map(str::len),
        Gap::Name => quoted().filter(|text| is_plain_name(text)).map(str::len),
        Gap::Url => url(text),
        Gap::Digits => {
            let len = text.bytes().take_while(u8::is_ascii_digit).count();
            is_plain(text.get(..len)?, Vr::Is).then_some(len)
        }
        Gap::None | Gap::Memo(_) | Gap::Lost(_) | Gap::Person => None,
    }
}

/// The bytes before the quote that ends a plain URL. Its characters may be escaped, as some serialisers do with slashes.
fn url(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut len = 0;
    loop {
        len += plain(bytes.get(len..)?);
        len += match bytes.get(len..)? {
            [] | [b'"', ..] => break,
            [b'\\', b'/' | b'"' | b'\\', ..] => 2,
            [b'\\', b'u', b'0', b'0', high, low, ..] if is_printable(*high, *low) => 6,
            _ => return None,
        };
    }
    let url = bytes.get(..len)?;
    let ends = |byte: Option<&u8>| byte.is_some_and(|byte| *byte != b' ');
    (url.iter().all(|byte| matches!(byte, b' '..=b'~')) && ends(url.first()) && ends(url.last())).then_some(len)
}

/// Whether two hexadecimal digits are those of a printable character that is no space.
fn is_printable(high: u8, low: u8) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    digit(high).zip(digit(low)).is_some_and(|(high, low)| (0x21..0x7F).contains(&(high * 16 + low)))
}

/// The gap that the one plain value of an attribute makes, if that is all it has: what kind, and where in the text of its value.
/// `vr` is how the value is read; a URL that is told but not kept may have escapes.
pub(super) fn only_value(scanner: &mut Scanner<'_>, vr: Vr, told_only: bool) -> Option<(Gap, (usize, usize))> {
    let (raw, quoted, at) = scalar(scanner, vr)?;
    let gap = match vr {
        Vr::Pn => Gap::Name,
        Vr::Ur if told_only => Gap::Url,
        Vr::Is if !quoted => Gap::Digits,
        _ => Gap::Text(vr),
    };
    if !quoted && vr != Vr::Is {
        return None;
    }
    let good = match gap {
        Gap::Url => url(raw.text) == Some(raw.text.len()),
        Gap::Digits => is_plain(raw.text, vr),
        _ if raw.escaped => {
            let mut text = String::new();
            raw.decode_into(&mut text);
            is_good(&text, gap)
        }
        _ => is_good(raw.text, gap),
    };
    good.then_some((gap, (at, at + raw.text.len())))
}

/// The one scalar under `Value` of an attribute that has nothing else but its VR: its text, whether between quotes, and where it is.
fn scalar<'t>(scanner: &mut Scanner<'t>, vr: Vr) -> Option<(Raw<'t>, bool, usize)> {
    let mut found = None;
    let mut right = false;
    (scanner.peek().ok()? == Next::Object).then_some(())?;
    let mut items = scanner.enter_object().ok()?;
    while let Some(name) = scanner.member(&mut items).ok()? {
        let next = scanner.peek().ok()?;
        match name.text {
            "vr" if next == Next::String && !right => right = scanner.string().ok()?.text == vr.name(),
            "Value" if next == Next::Array && found.is_none() => {
                let mut values = scanner.enter_array().ok()?;
                if !scanner.element(&mut values).ok()? {
                    return None;
                }
                found = Some(one(scanner, vr)?);
                if scanner.element(&mut values).ok()? {
                    return None;
                }
            }
            _ => return None,
        }
    }
    found.filter(|_| right)
}

/// The scalar that the scanner stands before; of a name its alphabetic group, if it has no other.
fn one<'t>(scanner: &mut Scanner<'t>, vr: Vr) -> Option<(Raw<'t>, bool, usize)> {
    let next = scanner.peek().ok()?;
    let at = scanner.at();
    match next {
        Next::String if vr != Vr::Pn => scanner.string().ok().map(|raw| (raw, true, at + 1)),
        Next::Number => scanner.number().ok().map(|text| (Raw { text, escaped: false }, false, at)),
        Next::Object if vr == Vr::Pn => {
            let mut groups = scanner.enter_object().ok()?;
            let name = scanner.member(&mut groups).ok()??;
            if !name.is("Alphabetic") || scanner.peek().ok()? != Next::String {
                return None;
            }
            let at = scanner.at();
            let raw = scanner.string().ok()?;
            scanner.member(&mut groups).ok()?.is_none().then_some((raw, true, at + 1))
        }
        _ => None,
    }
}
