//! Differential skipping: rows that repeat the row before them, but for their instance, are compared and not read.
//!
//! Rows of one series say the same of study and series again and again. When the general path has read a row that added an instance to a
//! record and changed nothing else, that row becomes a pattern: its text, with gaps where instances differ. A row that fits the pattern does
//! to the record what the pattern's row did, and the losses of what was skipped are counted with it. A row that does not fit is left to the
//! general path, untouched.
//!
//! Gaps are the SOP Instance UID, the Instance Number, the RetrieveURL, and the values of attributes that have no row and were seen to
//! differ, as long as they have as many leaves. Everything between the gaps has the bytes of the pattern, and so means what it meant there.
//! Attempts are rare where rows do not repeat: after a pattern that no row fitted, ever more rows go by before the next.

use super::dataset::{DataSet, leaves};
use super::quick::tag;
use crate::assemble::{Assembler, Same};
use crate::error::Error;
use crate::grammar::plain::is_plain;
use crate::json::scan::{Next, Raw, Scanner, plain, plain_ascii};
use crate::loss::{Code, Loss, Sink};
use crate::options::Options;
use crate::table::{Named, RowRef, Vr, look, row};
use alloc::string::String;
use alloc::vec::Vec;

/// The most rows that go by before the next attempt.
const PATIENCE: u32 = 128;
/// Attributes that are remembered to differ from instance to instance.
const RESTLESS: usize = 128;

/// A member of the pattern.
struct Segment {
    digits: [u8; 8],
    end: usize,
    /// Where what may differ begins and ends.
    gap: (usize, usize),
    kind: Gap,
    /// Whether it is one: an attribute without a row is none until it differs.
    open: bool,
}

/// What a gap holds.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    /// Nothing: it must be the same.
    None,
    /// A plain value of this VR, between quotes or as a number.
    Uid,
    Number {
        quoted: bool,
    },
    Url,
    /// A value of so many leaves that are lost.
    Lost(u64),
}

/// A part of the pattern: bytes that are the same, then a gap.
#[derive(Clone, Copy)]
struct Step {
    same: (usize, usize),
    gap: Gap,
}

/// The pattern, and what rows that fit it do.
#[derive(Default)]
pub(super) struct Replay {
    /// The members of the row, from behind its brace to the last of them.
    text: String,
    segments: Vec<Segment>,
    steps: Vec<Step>,
    same: Option<Same>,
    losses: Vec<Loss>,
    /// Rows that fitted and are not accounted for, and the first of them.
    rows: u64,
    first: u64,
    /// Whether any row fitted this pattern.
    fitted: bool,
    restless: Vec<[u8; 8]>,
    wait: u32,
    patience: u32,
}

/// Why a row does not fit.
enum Misfit {
    /// It has other bytes at this place of the pattern.
    At(usize),
    Other,
}

impl Replay {
    /// Takes the row that the scanner stands before, if it fits; whether it did.
    pub(super) fn take(
        &mut self,
        scanner: &mut Scanner<'_>,
        assembler: &mut Assembler,
        options: &Options,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Error> {
        if self.same.is_none() {
            return Ok(false);
        }
        // Every attempt that fails opens a gap.
        for _ in 0..=self.segments.len() {
            let mut ahead = *scanner;
            match self.fit(&mut ahead) {
                Ok((uid, number)) => {
                    let Some(same) = &self.same else { return Ok(false) };
                    if self.rows == 0 {
                        self.first = assembler.rows();
                    }
                    assembler.again(same, uid, number, options)?;
                    self.rows += 1;
                    self.fitted = true;
                    *scanner = ahead;
                    if sink.listens() {
                        self.settle(assembler, sink);
                    }
                    return Ok(true);
                }
                Err(Misfit::At(at)) if self.open(at) => {}
                Err(_) => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Whether the row fits: its UID and its number.
    fn fit<'t>(&self, ahead: &mut Scanner<'t>) -> Result<(&'t str, Option<&'t str>), Misfit> {
        let mut items = ahead.enter_object().map_err(|_| Misfit::Other)?;
        let (mut uid, mut number) = ("", None);
        for step in &self.steps {
            let (start, end) = step.same;
            let same = self.text.get(start..end).unwrap_or("").as_bytes();
            let rest = ahead.rest();
            if !rest.as_bytes().starts_with(same) {
                if rest.len() < same.len() {
                    // The row goes on in the next chunk.
                    return Err(Misfit::Other);
                }
                let equal = rest.bytes().zip(same).take_while(|(one, two)| one == *two).count();
                return Err(Misfit::At(start + equal));
            }
            ahead.pass(same.len());
            let rest = ahead.rest();
            let quoted = || plain_ascii(rest.as_bytes()).and_then(|len| rest.get(..len)).ok_or(Misfit::Other);
            let of = |text: &'t str, vr: Vr| if is_plain(text, vr) { Ok(text) } else { Err(Misfit::Other) };
            match step.gap {
                Gap::None => {}
                Gap::Uid => {
                    uid = of(quoted()?, Vr::Ui)?;
                    ahead.pass(uid.len());
                }
                Gap::Url => ahead.pass(url(rest).ok_or(Misfit::Other)?),
                Gap::Number { quoted: true } => {
                    let digits = of(quoted()?, Vr::Is)?;
                    ahead.pass(digits.len());
                    number = Some(digits);
                }
                Gap::Number { quoted: false } => {
                    let len = rest.bytes().take_while(u8::is_ascii_digit).count();
                    let digits = of(rest.get(..len).unwrap_or(""), Vr::Is)?;
                    ahead.pass(len);
                    number = Some(digits);
                }
                Gap::Lost(count) => {
                    if leaves(ahead).ok() != Some(count) {
                        return Err(Misfit::Other);
                    }
                }
            }
        }
        match ahead.is_member(&mut items) {
            Ok(false) => Ok((uid, number)),
            _ => Err(Misfit::Other),
        }
    }

    /// Opens a gap where rows differ, if what stands there has no row.
    fn open(&mut self, at: usize) -> bool {
        let found = self.segments.iter_mut().find(|segment| at < segment.end);
        let Some(segment) = found.filter(|segment| !segment.open && segment.kind != Gap::None && at >= segment.gap.0) else { return false };
        segment.open = true;
        if self.restless.len() < RESTLESS && !self.restless.contains(&segment.digits) {
            self.restless.push(segment.digits);
        }
        self.draw();
        true
    }

    /// Draws the steps anew.
    fn draw(&mut self) {
        self.steps.clear();
        let mut from = 0;
        for segment in self.segments.iter().filter(|segment| segment.open) {
            let (start, end) = segment.gap;
            self.steps.push(Step { same: (from, start), gap: segment.kind });
            from = end;
        }
        self.steps.push(Step { same: (from, self.text.len()), gap: Gap::None });
    }

    /// Makes a pattern of the row that the general path has just taken, if it is good for one. `row` begins with its brace.
    pub(super) fn learn(&mut self, row: &str, set: &DataSet, assembler: &mut Assembler) {
        if self.same.take().is_some() && !self.fitted {
            self.patience = (self.patience * 2).clamp(1, PATIENCE);
            self.wait = self.patience;
        } else if self.fitted {
            self.patience = 0;
        }
        self.fitted = false;
        if let Some(left) = self.wait.checked_sub(1) {
            self.wait = left;
            return;
        }
        let Some(same) = assembler.same() else { return };
        // What a second occurrence does depends on the first.
        if set.losses.iter().any(|loss| loss.code == Code::DuplicateAttribute) || !self.cut(row, set) {
            return;
        }
        self.losses.clear();
        self.losses.extend(set.losses.iter().filter(|loss| loss.count > 0));
        self.draw();
        self.same = Some(same);
    }

    /// Cuts the row into its members; whether the UID's gap is found.
    fn cut(&mut self, row: &str, set: &DataSet) -> bool {
        self.text.clear();
        self.segments.clear();
        let last = set.members.last().map_or(1, |member| member.end as usize);
        self.text.push_str(row.get(1..last).unwrap_or(""));
        let mut found = false;
        for member in &set.members {
            let (name, end) = ((member.name as usize).saturating_sub(1), (member.end as usize).saturating_sub(1));
            let text = self.text.get(name..end).unwrap_or("");
            let mut segment = Segment { digits: [0; 8], end, gap: (end, end), kind: Gap::None, open: false };
            if let Some((digits, kind, (from, to))) = gap(text) {
                found |= kind == Gap::Uid;
                let known = || self.restless.contains(&digits);
                segment = Segment { digits, end, gap: (name + from, name + to), kind, open: !matches!(kind, Gap::Lost(_)) || known() };
            }
            self.segments.push(segment);
        }
        found
    }

    /// Accounts for the rows that fitted.
    pub(super) fn settle(&mut self, assembler: &mut Assembler, sink: &mut Sink<'_>) {
        let rows = core::mem::take(&mut self.rows);
        let Some(same) = self.same.as_ref().filter(|_| rows > 0) else { return };
        sink.report.carry(assembler.settle(same, rows));
        for loss in &self.losses {
            sink.lose(Loss { first: self.first, count: loss.count * rows, ..*loss });
        }
    }

    /// Forgets the pattern: what it would do may have changed.
    pub(super) fn forget(&mut self) {
        self.same = None;
    }
}

/// The digits of a member's tag, its gap, and where in its text that is; none where there is nothing that may differ.
fn gap(text: &str) -> Option<([u8; 8], Gap, (usize, usize))> {
    let (digits, [b'"', ..]) = text.as_bytes().get(1..)?.split_first_chunk::<8>()? else { return None };
    let named = look(u64::from_le_bytes(*digits));
    let mut scanner = Scanner::new(text.as_bytes(), u32::MAX, true);
    scanner.name().ok()?;
    if let Some(Named::Part(_, row, _)) = named {
        let vr = match row {
            _ if row == RowRef::from(row::INSTANCE_UID) => Vr::Ui,
            _ if row == RowRef::from(row::INSTANCE_NUMBER) => Vr::Is,
            _ if row == RowRef::from(row::RETRIEVE_URL) => Vr::Ur,
            _ => return None,
        };
        let (raw, quoted, at) = only_value(&mut scanner)?;
        let value = raw.text;
        if vr == Vr::Ur {
            let good = quoted && text.get(at..).and_then(url) == Some(value.len());
            return good.then_some((*digits, Gap::Url, (at, at + value.len())));
        }
        if raw.escaped {
            return None;
        }
        let kind = match vr {
            Vr::Ui => Gap::Uid,
            _ => Gap::Number { quoted },
        };
        return (is_plain(value, vr) && (quoted || vr == Vr::Is)).then_some((*digits, kind, (at, at + value.len())));
    }
    if !matches!(named, None | Some(Named::Known(_))) {
        return None;
    }
    tag(*digits)?;
    scanner.peek().ok()?;
    let from = scanner.at();
    let count = leaves(&mut scanner).ok()?;
    Some((*digits, Gap::Lost(count), (from, scanner.at())))
}

/// The bytes before the quote that ends a plain URL; a slash may be escaped, as some serialisers do.
fn url(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut len = 0;
    loop {
        len += plain(bytes.get(len..)?);
        match bytes.get(len..)? {
            [b'"', ..] => break,
            [b'\\', b'/', ..] => len += 2,
            _ => return None,
        }
    }
    let url = bytes.get(..len)?;
    let ends = |byte: Option<&u8>| byte.is_some_and(|byte| *byte != b' ');
    (url.iter().all(|byte| matches!(byte, b' '..=b'~')) && ends(url.first()) && ends(url.last())).then_some(len)
}

/// The one scalar under `Value` of an attribute that has nothing else but its VR: its text, whether between quotes, and where it is.
fn only_value<'t>(scanner: &mut Scanner<'t>) -> Option<(Raw<'t>, bool, usize)> {
    let mut found = None;
    (scanner.peek().ok()? == Next::Object).then_some(())?;
    let mut items = scanner.enter_object().ok()?;
    while let Some(name) = scanner.member(&mut items).ok()? {
        let next = scanner.peek().ok()?;
        match name.text {
            "vr" if next == Next::String => {
                scanner.string().ok()?;
            }
            "Value" if next == Next::Array && found.is_none() => {
                let mut values = scanner.enter_array().ok()?;
                if !scanner.element(&mut values).ok()? {
                    return None;
                }
                let at = scanner.at();
                found = match scanner.peek().ok()? {
                    Next::String => scanner.string().ok().map(|raw| (raw, true, at + 1)),
                    Next::Number => scanner.number().ok().map(|text| (Raw { text, escaped: false }, false, at)),
                    _ => None,
                };
                found?;
                if scanner.element(&mut values).ok()? {
                    return None;
                }
            }
            _ => return None,
        }
    }
    found
}
