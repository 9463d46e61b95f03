//! The attributes of data sets in the order of their tags, worked out from the rows while compiling.

use super::part::{Part, Vr};
use super::query::{is_query_only, required_from};
use super::row_type::Fact;
use super::{DISPATCH, LEVELS, Level, PARTS, RowRef, row, rows_of};

/// What an attribute at the top of data sets is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A part of a row.
    Part,
    /// Parts of rows stand inside its items.
    Inside,
    /// The offset that dates all times.
    Offset,
    /// The modalities of study and series together.
    Modalities,
    /// The URL, which is made for each level.
    Url,
}

/// An attribute at the top of data sets, or a part of a row inside one.
#[derive(Clone, Copy)]
pub(crate) struct Top {
    /// The attribute at the top: the part's own, or the sequence it stands in.
    pub(crate) tag: u32,
    pub(crate) row: RowRef,
    pub(crate) part: &'static Part,
    /// The first level whose rows must have the attribute.
    pub(crate) required: Option<Level>,
    pub(crate) source: Source,
    /// Whether the attribute before it is the same, of which this is a further part.
    pub(crate) is_more: bool,
}

static ORDER: [Option<Top>; PARTS] = order();

/// As they stand, while compiling.
pub(crate) const ORDERED: [Option<Top>; PARTS] = order();

// Indices are in bounds or the crate does not compile: this runs in const evaluation only.
#[allow(clippy::indexing_slicing)]
const fn order() -> [Option<Top>; PARTS] {
    let mut order = [None; PARTS];
    let mut count = 0;
    while count < PARTS {
        let Some((row, part)) = DISPATCH.parts[count] else { break };
        let tag = match part.within {
            Some(container) => container,
            None => part.tag,
        };
        let source = if part.within.is_some() {
            Source::Inside
        } else if matches!(part.vr, Vr::Offset) {
            Source::Offset
        } else if is(row, row::MODALITIES) {
            Source::Modalities
        } else if is(row, row::RETRIEVE_URL) {
            Source::Url
        } else {
            Source::Part
        };
        let top = Top { tag, row, part, required: required_from(tag), source, is_more: false };
        // What is greater makes room.
        let mut at = count;
        while at > 0 {
            let Some(before) = order[at - 1] else { break };
            if !is_behind(&before, &top) {
                break;
            }
            order[at] = Some(before);
            at -= 1;
        }
        order[at] = Some(top);
        count += 1;
    }
    let mut at = 1;
    while at < count {
        if let (Some(before), Some(mut top)) = (order[at - 1], order[at]) {
            top.is_more = before.tag == top.tag;
            order[at] = Some(top);
        }
        at += 1;
    }
    order
}

const fn is<K>(row: RowRef, fact: Fact<K>) -> bool {
    row.level as u8 == fact.level as u8 && row.index as usize == fact.index
}

/// Rows all of whose attributes data sets of a level hold, a bit each, by level: of data sets that are asked for, and of stored ones.
static WHOLE: [[[u32; 4]; 2]; 4] = [whole(Level::Patient), whole(Level::Study), whole(Level::Series), whole(Level::Instance)];

// As above.
#[allow(clippy::indexing_slicing)]
const fn whole(of: Level) -> [[u32; 4]; 2] {
    let mut whole = [[0; 4]; 2];
    let mut stored = 0;
    while stored < 2 {
        let mut level = 0;
        while level < LEVELS.len() {
            let rows = rows_of(LEVELS[level]);
            assert!(rows.len() <= 32);
            let mut index = 0;
            while index < rows.len() {
                let row = RowRef { level: LEVELS[level], index: index as u8 };
                // These two are not written as they stand.
                let own = !is(row, row::MODALITIES) && !is(row, row::AVAILABILITY);
                if own && holds_all(rows[index].parts, of, stored == 1) {
                    whole[stored][level] |= 1 << index;
                }
                index += 1;
            }
            level += 1;
        }
        stored += 1;
    }
    whole
}

const fn holds_all(parts: &[Part], of: Level, stored: bool) -> bool {
    let mut rest = parts;
    while let [part, more @ ..] = rest {
        let tag = match part.within {
            Some(container) => container,
            None => part.tag,
        };
        let is_above = match part.from {
            Some(from) => from as u8 > of as u8,
            None => false,
        };
        if is_above || stored && is_query_only(tag) {
            return false;
        }
        rest = more;
    }
    true
}

/// The rows of each level, a bit each, all of whose attributes stand in data sets of level `of`; whether those are `stored` ones, or answers.
pub(crate) fn whole_rows(of: Level, stored: bool) -> [u32; 4] {
    WHOLE.get(of as usize).and_then(|whole| whole.get(usize::from(stored))).copied().unwrap_or_default()
}

const fn is_behind(one: &Top, other: &Top) -> bool {
    one.tag > other.tag || one.tag == other.tag && one.part.tag > other.part.tag
}

/// The attributes at the top, in order.
pub(crate) fn tops() -> impl Iterator<Item = &'static Top> {
    ORDER.iter().flatten().filter(|top| !top.is_more)
}

/// The parts of a sequence at the top.
pub(crate) fn parts_inside(tag: u32) -> impl Iterator<Item = &'static Top> {
    let from = ORDER.partition_point(|top| top.is_some_and(|top| top.tag < tag));
    ORDER.iter().skip(from).map_while(Option::as_ref).take_while(move |top| top.tag == tag)
}

/// Every part of every row, by the tag of its attribute at the top, those of one sequence by their own.
#[cfg(test)]
pub(crate) fn in_order() -> impl Iterator<Item = &'static Top> + Clone {
    ORDER.iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{required, rows};

    #[test]
    fn every_part_once_and_in_order() {
        assert_eq!(in_order().count(), rows().map(|row| row.parts().len()).sum::<usize>());
        assert!(in_order().is_sorted_by_key(|top| (top.tag, top.part.tag)));
        let mut tags: alloc::vec::Vec<u32> = in_order().map(|top| top.tag).collect();
        tags.dedup();
        assert_eq!(tops().map(|top| top.tag).collect::<alloc::vec::Vec<u32>>(), tags);
        assert_eq!(tops().map(|top| parts_inside(top.tag).count()).sum::<usize>(), in_order().count());
    }

    #[test]
    fn what_is_required_is_a_part_of_that_vr() {
        for level in [Level::Study, Level::Series, Level::Instance] {
            for (tag, vr) in required(level) {
                let top = in_order().find(|top| top.tag == tag);
                assert!(top.is_some_and(|top| top.required.is_some_and(|from| from <= level) && top.part.vr.name() == vr), "{tag:08X}");
            }
            let known = in_order().filter(|top| top.required.is_some_and(|from| from <= level)).count();
            assert_eq!(known, required(level).count());
        }
    }
}
