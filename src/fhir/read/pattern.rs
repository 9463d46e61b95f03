//! The text of an entry as a pattern: bytes that are the same in every entry, and gaps between them.

use super::spell::is_normal;
use crate::grammar::fhir_date::{Found, Part, fhir_date};
use crate::grammar::plain::uid;
use crate::json::tree::Name;
use crate::json::words::{number, plain_ascii};
use crate::kind::is_one_group;
use crate::table::Vr;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// The most texts that the gaps of a pattern hold.
pub(super) const TEXTS: usize = 32;
/// The longest element that is remembered with what it means.
pub(super) const MEMO: usize = 1 << 12;
/// Elements of a name that are remembered with what they mean.
const MEMOS: usize = 64;

/// What a gap holds. Strings are plain: printable ASCII without escapes, and without space at either end.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Gap {
    /// Nothing.
    None,
    /// A string in the one form of this VR.
    Text(Vr),
    /// A name of one group.
    Name,
    /// A number of digits.
    Digits,
    /// A day; with its time and offset, if so.
    Started(bool),
    /// The id of the resource: whether it is the study's UID.
    Id(bool),
    /// A URL without a query.
    Url,
    /// A string that is lost.
    Lost,
    /// A number that is lost.
    LostNumber,
    /// An element that was met before, in the table of its name.
    Memo(Name),
}

impl Gap {
    /// How many texts are wanted of it.
    pub(super) fn texts(self) -> usize {
        match self {
            Gap::Text(_) | Gap::Name | Gap::Digits | Gap::Memo(_) | Gap::Started(false) => 1,
            Gap::Started(true) => 3,
            Gap::None | Gap::Id(_) | Gap::Url | Gap::Lost | Gap::LostNumber => 0,
        }
    }
}

/// Bytes that are the same, then a gap.
struct Step {
    end: usize,
    gap: Gap,
}

/// What the gaps of an entry hold.
pub(super) struct Values<'v> {
    texts: [&'v str; TEXTS],
    wanted: usize,
    id: Option<(&'v str, bool)>,
    /// A day, whether it has a time, and where its texts belong.
    day: Option<(&'v str, bool, usize)>,
    /// Of elements that were met before the leaves that are cells, and those that say what the others are.
    pub(super) leaves: u64,
    pub(super) used: u64,
}

impl<'v> Values<'v> {
    pub(super) const fn new() -> Self {
        Values { texts: [""; TEXTS], wanted: 0, id: None, day: None, leaves: 0, used: 0 }
    }

    fn clear(&mut self) {
        (self.wanted, self.id, self.day, self.leaves, self.used) = (0, None, None, 0, 0);
    }

    fn push(&mut self, text: &'v str) {
        if let Some(slot) = self.texts.get_mut(self.wanted) {
            *slot = text;
            self.wanted += 1;
        }
    }

    /// Puts the day together in `room`; whether it is one that is kept as it is written.
    pub(super) fn put_day(&mut self, room: &'v mut String) -> bool {
        let Some((text, timed, at)) = self.day else { return true };
        let Some(parts) = day(text, timed, room) else { return false };
        self.texts.iter_mut().skip(at).zip(parts).take(if timed { 3 } else { 1 }).for_each(|(slot, part)| *slot = part);
        true
    }

    pub(super) fn all(&self) -> &[&'v str] {
        self.texts.get(..self.wanted).unwrap_or_default()
    }
}

/// Why an entry does not fit.
pub(super) enum Misfit {
    /// It has an element that was not met before, in this table.
    New(Name),
    Other,
}

/// The pattern.
#[derive(Default)]
pub(super) struct Pattern {
    /// What stands around the gaps.
    same: String,
    steps: Vec<Step>,
    /// Which of the texts is the study's UID.
    uid: usize,
}

impl Pattern {
    /// Cuts a text at gaps, which are in order; `uid` is the number of the text that is the UID.
    pub(super) fn cut(text: &str, gaps: &[(Gap, usize, usize)], uid: usize) -> Option<Self> {
        let mut pattern = Pattern { same: String::new(), steps: Vec::with_capacity(gaps.len() + 1), uid };
        let mut from = 0;
        for (gap, start, end) in gaps.iter().copied().chain([(Gap::None, text.len(), text.len())]) {
            pattern.same.push_str(text.get(from..start)?);
            pattern.steps.push(Step { end: pattern.same.len(), gap });
            from = end;
        }
        Some(pattern)
    }

    /// What the entry at the start of `text` holds in the gaps, if it fits; how long it is. Its day is still to be put together.
    pub(super) fn fit<'v>(&self, text: &'v str, memos: &'v Memos, values: &mut Values<'v>) -> Result<usize, Misfit> {
        values.clear();
        let (mut rest, mut from) = (text, 0);
        for Step { end, gap } in &self.steps {
            let same = self.same.get(from..*end).unwrap_or("");
            rest = rest.strip_prefix(same).ok_or(Misfit::Other)?;
            from = *end;
            let len = match gap {
                Gap::None => continue,
                Gap::Text(Vr::Ui) => uid(rest.as_bytes()).ok_or(Misfit::Other)?,
                Gap::Digits | Gap::LostNumber => number(rest.as_bytes()).map_err(|_| Misfit::Other)?,
                Gap::Memo(table) => {
                    let memo = memos.find(*table, rest).ok_or(Misfit::New(*table))?;
                    values.push(&memo.run);
                    values.leaves += memo.leaves;
                    values.used += memo.used;
                    memo.text.len()
                }
                _ => plain_ascii(rest.as_bytes()).ok_or(Misfit::Other)?,
            };
            let (value, behind) = rest.split_at_checked(len).ok_or(Misfit::Other)?;
            rest = behind;
            let good = match gap {
                Gap::None | Gap::Memo(_) => continue,
                Gap::LostNumber => continue,
                Gap::Text(Vr::Ui) => true,
                Gap::Text(vr) => is_normal(value, *vr),
                Gap::Digits => is_normal(value, Vr::Is),
                Gap::Name => is_one_group(value) && is_trimmed(value),
                Gap::Url => is_trimmed(value) && !value.as_bytes().contains(&b'?'),
                Gap::Lost => is_trimmed(value),
                Gap::Id(same) => {
                    values.id = Some((value, *same));
                    is_trimmed(value)
                }
                Gap::Started(timed) => {
                    values.day = Some((value, *timed, values.wanted));
                    (1..gap.texts()).for_each(|_| values.push(""));
                    true
                }
            };
            if !good {
                return Err(Misfit::Other);
            }
            if gap.texts() > 0 {
                values.push(value);
            }
        }
        let uid = values.texts.get(self.uid).copied().unwrap_or("");
        if values.id.is_some_and(|(id, same)| (id == uid) != same) {
            return Err(Misfit::Other);
        }
        Ok(text.len() - rest.len())
    }
}

/// Whether a plain string says something, with no space at its ends.
fn is_trimmed(text: &str) -> bool {
    matches!(text.as_bytes(), [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'])
}

/// A day, its time and their offset as they stand in the record, if they stand there as they are written; not `timed`: a day alone. `room` is empty.
fn day<'r>(text: &str, timed: bool, room: &'r mut String) -> Option<[&'r str; 3]> {
    let Found::Day(day) = fhir_date(text) else { return None };
    [day.year, day.month, day.day].into_iter().for_each(|part| room.push_str(part));
    let clock = match (day.time, day.offset) {
        (Part::Absent, Part::Absent) if !timed => return Some([room, "", ""]).filter(|[day, ..]| is_normal(day, Vr::Da)),
        (Part::Good(clock), Part::Good(zone)) if timed => [clock.get(..2), clock.get(3..5), clock.get(6..), zone.get(..3), zone.get(4..)],
        _ => return None,
    };
    for part in clock {
        room.push_str(part?);
    }
    let (day, clock) = room.split_at_checked(8)?;
    let (time, offset) = clock.split_at_checked(clock.len().checked_sub(5)?)?;
    // What is cut at fixed places must be put together as it was.
    let good = is_normal(day, Vr::Da) && is_normal(time, Vr::Tm) && is_normal(offset, Vr::Offset) && text.len() == room.len() + 6;
    good.then_some([day, time, offset])
}

/// Elements that were met before, with what they mean.
#[derive(Default)]
pub(super) struct Memos {
    tables: Vec<(Name, Vec<Memo>)>,
}

pub(super) struct Memo {
    /// The text of the element.
    pub(super) text: Box<str>,
    /// The run of the fact that it makes.
    pub(super) run: Box<str>,
    /// Leaves that are cells, and leaves that say what the others are.
    pub(super) leaves: u64,
    pub(super) used: u64,
}

impl Memos {
    /// Whether another element of the name can be remembered.
    pub(super) fn has_room(&self, table: Name) -> bool {
        self.tables.iter().find(|(name, _)| *name == table).is_none_or(|(_, memos)| memos.len() < MEMOS)
    }

    fn find(&self, table: Name, text: &str) -> Option<&Memo> {
        let (_, memos) = self.tables.iter().find(|(name, _)| *name == table)?;
        memos.iter().find(|memo| text.as_bytes().starts_with(memo.text.as_bytes()))
    }

    /// Remembers what an element means, if there is room.
    pub(super) fn add(&mut self, table: Name, memo: Memo) {
        if !self.has_room(table) {
            return;
        }
        match self.tables.iter_mut().find(|(name, _)| *name == table) {
            Some((_, memos)) if memos.iter().any(|known| known.text == memo.text) => {}
            Some((_, memos)) => memos.push(memo),
            None => self.tables.push((table, Vec::from([memo]))),
        }
    }
}
