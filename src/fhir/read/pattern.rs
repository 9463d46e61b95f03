//! The text of an entry as a pattern: bytes that are the same in every entry, and gaps between them.

use super::spell::is_normal;
use crate::grammar::plain::{self, uid};
use crate::json::tree::Name;
use crate::json::words::{number, plain_ascii};
use crate::kind::is_one_group;
use crate::table::{RowRef, Vr};
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
    /// A string that is another than the study's UID.
    Other,
    /// The study's UID, once more.
    Again,
    /// A URL without a query.
    Url,
    /// A string that is lost.
    Lost,
    /// A number that is lost.
    LostNumber,
    /// An element that was met before, in this table of [`Memos`].
    Memo(Table),
}

impl Gap {
    /// How many texts are wanted of it.
    pub(super) fn texts(self) -> usize {
        match self {
            Gap::Text(_) | Gap::Name | Gap::Digits | Gap::Memo(_) | Gap::Started(false) => 1,
            Gap::Started(true) => 3,
            Gap::None | Gap::Other | Gap::Again | Gap::Url | Gap::Lost | Gap::LostNumber => 0,
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
    other: &'v str,
    /// A day, whether it has a time, and where its texts belong.
    day: Option<(&'v str, bool, usize)>,
    /// Of elements that were met before the leaves that are cells, and those that say what the others are.
    pub(super) leaves: u64,
    pub(super) used: u64,
}

impl<'v> Values<'v> {
    pub(super) const fn new() -> Self {
        Values { texts: [""; TEXTS], wanted: 0, other: "", day: None, leaves: 0, used: 0 }
    }

    fn clear(&mut self) {
        (self.wanted, self.other, self.day, self.leaves, self.used) = (0, "", None, 0, 0);
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
    New(Table),
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
                Gap::Text(Vr::Ui) => uid(rest.as_bytes(), 0).ok_or(Misfit::Other)?,
                Gap::Digits | Gap::LostNumber => number(rest.as_bytes()).map_err(|_| Misfit::Other)?,
                Gap::Memo(table) => {
                    let memo = memos.find(*table, rest).ok_or(Misfit::New(*table))?;
                    values.push(&memo.run);
                    values.leaves += memo.leaves;
                    values.used += memo.used;
                    memo.text.len()
                }
                Gap::Again => {
                    let uid = values.texts.get(self.uid).copied().unwrap_or("");
                    rest = rest.strip_prefix(uid).ok_or(Misfit::Other)?;
                    continue;
                }
                _ => plain_ascii(rest.as_bytes()).ok_or(Misfit::Other)?,
            };
            let (value, behind) = rest.split_at_checked(len).ok_or(Misfit::Other)?;
            rest = behind;
            let good = match gap {
                Gap::None | Gap::Memo(_) | Gap::Again | Gap::LostNumber => continue,
                Gap::Text(Vr::Ui) => true,
                // Any printable text.
                Gap::Text(Vr::Lo | Vr::Sh | Vr::St | Vr::Uc | Vr::Ur | Vr::Ut) | Gap::Lost => is_trimmed(value),
                Gap::Text(vr) => is_normal(value, *vr),
                Gap::Digits => is_normal(value, Vr::Is),
                Gap::Name => is_one_group(value) && is_trimmed(value),
                Gap::Url => is_trimmed(value) && !value.as_bytes().contains(&b'?'),
                Gap::Other => {
                    values.other = value;
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
        if !values.other.is_empty() && values.texts.get(self.uid) == Some(&values.other) {
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
    let (date, clock) = text.split_at_checked(10)?;
    let [_, _, _, _, b'-', _, _, b'-', _, _] = date.as_bytes() else { return None };
    let parts = match clock.as_bytes() {
        [] if !timed => [""; 5],
        // A leap second is left to the grammar.
        [b'T', _, _, b':', _, _, b':', b'0'..=b'5', _, .., b'+' | b'-', _, _, b':', _, _] if timed => {
            let zone = clock.len() - 6;
            [clock.get(1..3)?, clock.get(4..6)?, clock.get(7..zone)?, clock.get(zone..zone + 3)?, clock.get(zone + 4..)?]
        }
        _ => return None,
    };
    for part in [date.get(..4)?, date.get(5..7)?, date.get(8..)?].into_iter().chain(parts) {
        room.push_str(part);
    }
    let (day, clock) = room.split_at_checked(8)?;
    let (time, offset) = clock.split_at_checked(clock.len().saturating_sub(5))?;
    let good = plain::is_day(day.as_bytes()) && (!timed || plain::is_time(time.as_bytes()) && plain::is_offset(offset.as_bytes()));
    good.then_some([day, time, offset])
}

/// Elements that were met before, with what they mean.
#[derive(Default)]
pub(super) struct Memos {
    tables: Vec<(Table, Vec<Memo>)>,
}

/// Which values are remembered together: those of elements of one name that make facts of one row (`basedOn` makes facts of several), in entries or
/// not: what is nested may be so deep in one, and too deep in the other.
pub(super) type Table = (Name, RowRef, bool);

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
    /// Whether another element can be remembered in the table.
    pub(super) fn has_room(&self, table: Table) -> bool {
        self.tables.iter().find(|(known, _)| *known == table).is_none_or(|(_, memos)| memos.len() < MEMOS)
    }

    fn find(&self, table: Table, text: &str) -> Option<&Memo> {
        let (_, memos) = self.tables.iter().find(|(known, _)| *known == table)?;
        memos.iter().find(|memo| text.as_bytes().starts_with(memo.text.as_bytes()))
    }

    /// Remembers what an element means, if there is room.
    pub(super) fn add(&mut self, table: Table, memo: Memo) {
        if !self.has_room(table) {
            return;
        }
        match self.tables.iter_mut().find(|(known, _)| *known == table) {
            Some((_, memos)) if memos.iter().any(|known| known.text == memo.text) => {}
            Some((_, memos)) => memos.push(memo),
            None => self.tables.push((table, Vec::from([memo]))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::found::{Found, Leaf};
    use crate::kind::{DateTime, Fill, Outcome, Spell};
    use crate::options::Options;

    /// What the general path makes of a day, without remark.
    fn generally(text: &str) -> Option<[String; 3]> {
        let mut fill = Fill::default();
        let cx = crate::kind::Cx { options: &Options::default(), shape: crate::fhir::shape::Shape::Text };
        DateTime::from_fhir(&Found::Text(Leaf { text, id: Some(1) }), &cx, &mut fill);
        let remarked = fill.outcomes.iter().any(|(_, outcome)| *outcome != Outcome::Used);
        let [day, time, offset, ..] = fill.fields.map(|filled| String::from(filled.text));
        let normal =
            [(&day, Vr::Da), (&time, Vr::Tm), (&offset, Vr::Offset)].into_iter().all(|(text, vr)| text.is_empty() || is_normal(text, vr));
        (!remarked && normal).then_some([day, time, offset])
    }

    fn agrees(text: &str) -> bool {
        let found = [false, true].map(|timed| day(text, timed, &mut String::new()).map(|parts| parts.map(String::from)));
        let found: Vec<[String; 3]> = found.into_iter().flatten().collect();
        assert!(found.iter().all(|found| Some(found) == generally(text).as_ref()), "{text}");
        !found.is_empty()
    }

    #[test]
    fn days_are_as_the_general_path_has_them() {
        for good in ["2024-02-29", "2024-01-14T13:22:42+01:00", "1999-12-31T23:59:59.123456-11:30"] {
            assert!(agrees(good), "{good}");
        }
        for other in [
            "2023-02-29",
            "2024-01",
            "2024-01-14T13:22:42Z",
            "2024-01-14T13:22:42.1234567+01:00",
            "2024-01-14T13:22:60+01:00",
            "2024-01-14T13:22:42-00:00",
            "2024-01-14T13:22:42+12:00",
            "2024-01-14T24:22:42+01:00",
            "2024-01-14T13:22:42.+01:00",
            "2024-01-14T13:22+01:00",
            "2024-01-14 13:22:42+01:00",
        ] {
            assert!(!agrees(other), "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_is_the_general_way(text in "(1[789]|20)[0-9]{2}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.][0-9]{0,7})?(Z|[+-][01][0-9]:[0-6][0-9]))?[ Z]?") {
            agrees(&text);
        }
    }
}
