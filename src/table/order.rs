//! The attributes of data sets in the order of their tags, worked out from the rows while compiling.

use super::part::Part;
use super::query::required_from;
use super::{DISPATCH, Level, PARTS, RowRef};

/// An attribute at the top of data sets, or a part of a row inside one.
#[derive(Clone, Copy)]
pub(crate) struct Top {
    /// The attribute at the top: the part's own, or the sequence it stands in.
    pub(crate) tag: u32,
    pub(crate) row: RowRef,
    pub(crate) part: &'static Part,
    /// The first level whose rows must have the attribute.
    pub(crate) required: Option<Level>,
}

static ORDER: [Option<Top>; PARTS] = order();

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
        let top = Top { tag, row, part, required: required_from(tag) };
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
    order
}

const fn is_behind(one: &Top, other: &Top) -> bool {
    one.tag > other.tag || one.tag == other.tag && one.part.tag > other.part.tag
}

/// Every part of every row, by the tag of its attribute at the top, those of one sequence by their own.
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
