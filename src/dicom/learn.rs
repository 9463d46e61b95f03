//! How a row becomes a pattern: where it may differ, and what its facts are made of.
//!
//! In gaps only plain values are taken: those that the general path would keep as they stand and without remark.

use super::dataset::{Cell, DataSet, Member, NOBODY};
use super::members::leaves;
use super::memos::{MEMO, Memos};
use super::pattern::{GAPS, Gap, Segment, only_value};
use super::quick::tag;
use super::replay::{Deed, Page};
use crate::assemble::{Assembler, Fact, Run, Same, Source};
use crate::json::scan::Scanner;
use crate::loss::Step;
use crate::table::{Align, Level, Merge, Named, Part, RowRef, Vr, look, row};
use alloc::vec::Vec;

impl Page {
    /// Cuts the row into its members. Plain values of parts that may differ become gaps, and so does what is lost.
    pub(super) fn cut(&mut self, row: &str, set: &DataSet, restless: &[[u8; 8]], differs: impl Fn(&Part, RowRef) -> bool) {
        let Page { pattern, .. } = self;
        pattern.text.clear();
        pattern.segments.clear();
        pattern.segments.reserve(set.members.len());
        let last = set.members.last().map_or(1, |member| member.end as usize);
        // The next may be a little longer.
        pattern.text.reserve(last + 128);
        pattern.text.push_str(row.get(1..last).unwrap_or(""));
        // Members may be as many as cells: what is asked of all cells is asked once.
        let is_dated = set.cells.iter().any(|cell| cell.row == Some(row::STARTED.into()) && set.is_offset(cell));
        let has_url = set.cells.iter().any(|cell| cell.row == Some(row::RETRIEVE_URL.into()));
        for member in &set.members {
            let (name, end) = ((member.name as usize).saturating_sub(1), (member.end as usize).saturating_sub(1));
            let found = gap(pattern.text.get(name..end).unwrap_or(""), (is_dated, has_url), &differs);
            let segment = match found {
                None => Segment { digits: [0; 8], part: None, end, gap: (end, end), kind: Gap::None, open: false },
                Some((digits, part, kind, (from, to))) => {
                    let open = match kind {
                        Gap::None => false,
                        Gap::Lost(_) => restless.contains(&digits),
                        _ => true,
                    };
                    Segment { digits, part, end, gap: (name + from, name + to), kind, open }
                }
            };
            pattern.segments.push(segment);
        }
    }

    /// The number of the gap of this segment among those whose text is wanted.
    fn number_of(&self, segment: usize) -> usize {
        let wanted = |segment: &&Segment| segment.open && !matches!(segment.kind, Gap::Lost(_) | Gap::None);
        self.pattern.segments.iter().take(segment).filter(wanted).count()
    }

    fn segment_of(&self, row: RowRef) -> Option<(usize, &Segment)> {
        let is = |segment: &Segment| segment.part.is_some_and(|(of, _)| of == row);
        self.pattern.segments.iter().enumerate().find(|(_, segment)| is(segment))
    }

    /// A pattern of instances, where the UID is a gap.
    pub(super) fn instance(&self, same: Same) -> Option<Deed> {
        let gap = |row: RowRef| self.segment_of(row).filter(|(_, segment)| segment.open).map(|(at, _)| self.number_of(at));
        Some(Deed::Instance { same, uid: gap(row::INSTANCE_UID.into())?, number: gap(row::INSTANCE_NUMBER.into()) })
    }

    /// A pattern of studies, where every fact is found in the gaps, in values that were met before, or is the same.
    pub(super) fn study(
        &mut self,
        row: &str,
        set: &DataSet,
        restless: &[[u8; 8]],
        memos: &mut Memos,
        assembler: &Assembler,
    ) -> Option<Deed> {
        if is_odd(set) {
            return None;
        }
        // Members may be as many as cells: which fields there are is looked up.
        let has = Has::of(set);
        self.cut(row, set, restless, |part, row| {
            let merge = row.row().map(|row| (row.merge, row.lifts));
            let simple = part.align == Align::First && part.mark.is_none() && part.vr != Vr::Sq;
            simple && merge == Some((Merge::Fill, 0)) && has.field(row, part.field, part.vr == Vr::Offset)
        });
        let rows = assembler.rows_of_last();
        let mut facts = Vec::new();
        let mut leaves = 0;
        for (row, run) in rows {
            facts.push(Fact { row, run: self.fact(row, run, set, memos, &mut leaves)? });
        }
        let gaps = self.number_of(self.pattern.segments.len());
        let mut anew = assembler.anew_of(facts, set, leaves)?;
        // Every gap must be a fact's: another would be lost.
        let good = gaps <= GAPS && anew.number_gaps(|segment| self.number_of(segment)) == gaps;
        good.then_some(Deed::Study(anew))
    }

    /// Learns what the row says that the general path has just taken, where the pattern has values that were met before; whether it was such a
    /// value that was new. The pattern stays as it is.
    pub(super) fn hear(&self, row: &str, set: &DataSet, memos: &mut Memos, assembler: &Assembler) -> bool {
        if is_odd(set) || !assembler.is_new() {
            return false;
        }
        let rows = assembler.rows_of_last();
        let mut heard = false;
        for segment in &self.pattern.segments {
            let (Gap::Memo(table), Some((of, part))) = (segment.kind, segment.part) else { continue };
            let Some((text, digits)) = set.member_of(of).and_then(|at| named(row, *set.members.get(at)?)) else { continue };
            let Some((_, run)) = rows.iter().find(|(row, _)| *row == of) else { continue };
            if digits != segment.digits || is_told(set, part) || text.len() > MEMO {
                continue;
            }
            heard |= memos.has_room(table) && memos.is_new(table, text);
            memos.add((segment.digits, self.room), text, run, leaves_of(set, of));
        }
        heard
    }

    /// Where a fact comes from; of gaps the number of their segment.
    fn fact(&mut self, row: RowRef, run: &str, set: &DataSet, memos: &mut Memos, leaves: &mut u64) -> Option<Run> {
        let of = row.row()?;
        let cells = || set.cells.iter().filter(move |cell| cell.row == Some(row));
        // The offset is no part of its own; it feeds what it dated.
        let is_dated = cells().any(|cell| set.is_offset(cell));
        let feeds = |segment: &Segment| match segment.part {
            Some((_, part)) if part.vr == Vr::Offset => is_dated.then_some(part),
            Some((fed, part)) => (fed == row).then_some(part),
            None => None,
        };
        let segments: Vec<(usize, &Part)> =
            self.pattern.segments.iter().enumerate().filter_map(|(at, segment)| Some((at, feeds(segment)?))).collect();
        let is_gap = |at: usize| self.pattern.segments.get(at).is_some_and(|segment| segment.open);
        if of.merge == Merge::Fill && segments.iter().any(|(at, _)| is_gap(*at)) {
            let mut fields: Vec<(u8, Source)> = Vec::new();
            for cell in cells() {
                let from = segments.iter().find(|(at, part)| part.field == cell.field && is_gap(*at));
                let source = match from {
                    Some((at, _)) => Source::Gap(*at),
                    None => Source::Text(set.text.get(cell.start..cell.end)?.into()),
                };
                fields.push((cell.field, source));
            }
            fields.sort_by_key(|(field, _)| *field);
            let each_once = fields.windows(2).all(|pair| matches!(pair, [(one, _), (two, _)] if one < two));
            return (each_once && cells().all(|cell| cell.item == 0)).then_some(Run::Fields(fields));
        }
        // What one attribute alone says is remembered with its text. Others need no segment of their own to have a say: their names may be written
        // with escapes, they may be containers. (Segments are the members, in their order.)
        let alone = set.member_of(row).filter(|_| of.lifts == 0);
        let Some((at, part)) = segments.first().copied().filter(|(at, _)| segments.len() == 1 && alone == Some(*at)) else {
            return Some(Run::Whole(Source::Text(run.into())));
        };
        let told = is_told(set, part);
        let segment = self.pattern.segments.get_mut(at)?;
        let (from, to) = segment.gap;
        if told || to - from > MEMO {
            return Some(Run::Whole(Source::Text(run.into())));
        }
        let own = leaves_of(set, row);
        *leaves += own;
        let table = memos.add((segment.digits, self.room), self.pattern.text.get(from..to)?, run, own);
        (segment.kind, segment.open) = (Gap::Memo(table), true);
        Some(Run::Whole(Source::Gap(at)))
    }
}

/// Which fields of which rows have cells: a bit for each field, of those that are leaves, and of all.
struct Has([[(u16, u16); 64]; 4]);

impl Has {
    fn of(set: &DataSet) -> Has {
        let mut has = Has([[(0, 0); 64]; 4]);
        for cell in &set.cells {
            let of = cell.row.and_then(|row| has.0.get_mut(row.level as usize)?.get_mut(usize::from(row.index)));
            if let Some((leaves, all)) = of {
                let bit = 1_u16.checked_shl(u32::from(cell.field)).unwrap_or(0);
                *all |= bit;
                *leaves |= if cell.leaf == NOBODY || set.is_offset(cell) { 0 } else { bit };
            }
        }
        has
    }

    fn field(&self, row: RowRef, field: u8, whatever: bool) -> bool {
        let of = self.0.get(row.level as usize).and_then(|rows| rows.get(usize::from(row.index))).copied();
        let (leaves, all) = of.unwrap_or_default();
        let bit = 1_u16.checked_shl(u32::from(field)).unwrap_or(0);
        bit & (if whatever { all } else { leaves }) != 0
    }
}

/// Whether a row does what its values alone do not tell.
fn is_odd(set: &DataSet) -> bool {
    // Remarks depend on values; what belongs to a series or an instance has no place here.
    let is_noted = |cell: &Cell| cell.leaf != NOBODY && !set.is_clean(cell.leaf);
    let odd = |cell: &Cell| cell.row.is_some_and(|row| is_noted(cell) || row.level >= Level::Series);
    // What is said twice is told by nobody, and some leaves say nothing. (The offset is no fact of its own.)
    let own = |(at, cell): &(usize, &Cell)| match cell.row {
        Some(_) => cell.leaf != NOBODY && !set.is_offset(cell),
        None => set.offset == Some(*at) && set.is_clean(cell.leaf),
    };
    set.cells.iter().any(odd)
        || set.is_shared
        || !set.further.is_empty()
        || set.is_doubled
        || set.clean_leaves() != set.cells.iter().enumerate().filter(own).count() as u64
}

/// Whether more is told of an attribute than its fact.
fn is_told(set: &DataSet, part: &Part) -> bool {
    let tag = Step::Tag(part.tag);
    set.losses.iter().any(|loss| loss.at.steps().next() == Some(tag)) || part.within.is_some() || part.vr == Vr::Offset
}

/// The leaves of a fact.
fn leaves_of(set: &DataSet, row: RowRef) -> u64 {
    set.cells.iter().filter(|cell| cell.row == Some(row) && cell.leaf != NOBODY && !set.is_offset(cell)).count() as u64
}

/// The value of a member, and the digits of its tag.
fn named(row: &str, member: Member) -> Option<(&str, [u8; 8])> {
    let text = row.get(member.name as usize..member.end as usize)?;
    let (digits, [b'"', ..]) = text.as_bytes().get(1..)?.split_first_chunk::<8>()? else { return None };
    let mut scanner = Scanner::new(text.as_bytes(), u32::MAX, true);
    scanner.name().ok()?;
    scanner.peek().ok()?;
    Some((text.get(scanner.at()..)?, *digits))
}

/// The digits of a member's tag, its part, its gap, and where in its text that is.
type Found = ([u8; 8], Option<(RowRef, &'static Part)>, Gap, (usize, usize));

/// The digits of a member's tag, its gap, and where in its text that is. An attribute that may not differ has its value there, and no gap. Of the data set
/// it is known whether its offset dates the study, and whether it has a URL.
fn gap(text: &str, (is_dated, has_url): (bool, bool), differs: &impl Fn(&Part, RowRef) -> bool) -> Option<Found> {
    let (digits, [b'"', ..]) = text.as_bytes().get(1..)?.split_first_chunk::<8>()? else { return None };
    let named = look(u64::from_le_bytes(*digits));
    let mut scanner = Scanner::new(text.as_bytes(), u32::MAX, true);
    scanner.name().ok()?;
    scanner.peek().ok()?;
    let from = scanner.at();
    let mut whole = scanner;
    let count = leaves(&mut whole).ok()?;
    let value = (from, whole.at());
    match named {
        Some(Named::Part(_, row, part)) => {
            // What series and instances say of their own URL is told, and not kept.
            let url = row == RowRef::from(row::RETRIEVE_URL);
            let told = url && !has_url;
            let may = told || differs(part, row);
            let found = if may { only_value(&mut scanner, part.vr, told) } else { None };
            let (gap, place) = found.unwrap_or((Gap::None, value));
            Some((*digits, Some((row, part)), gap, place))
        }
        Some(Named::Dating(_, part)) if differs(part, row::STARTED.into()) => {
            let found = if is_dated { only_value(&mut scanner, part.vr, false) } else { None };
            let (gap, place) = found.unwrap_or((Gap::None, value));
            Some((*digits, Some((row::STARTED.into(), part)), gap, place))
        }
        None | Some(Named::Known(_)) => {
            tag(*digits)?;
            Some((*digits, None, Gap::Lost(count), value))
        }
        Some(Named::Dating(..) | Named::Other) => None,
    }
}
