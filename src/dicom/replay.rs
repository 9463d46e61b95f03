//! Differential skipping: rows that repeat the row before them, but for what tells them apart, are compared and not read.
//!
//! Rows of one series say the same of study and series again and again; rows of studies have the same attributes in the same order. When the
//! general path has read a row that added an instance to a record and changed nothing else, or that made a record of its own, that row becomes
//! a [`Pattern`]: its text, with gaps where rows differ. A row that fits the pattern does what the pattern's row did, with the texts of its own
//! gaps, and the losses of what was skipped are counted with it. A row that does not fit is left to the general path, untouched.
//!
//! What stands between the gaps has the bytes of the pattern, and so means what it meant there. In gaps only plain values are taken: those
//! that the general path would keep as they stand and without remark. Values of attributes that are lost may differ as long as they have as
//! many leaves. Attempts are rare where rows do not repeat: after a pattern that no row fitted, ever more rows go by before the next.

use super::dataset::{Cell, DataSet, Member, leaves};
use super::pattern::{Decoded, GAPS, Gap, MEMO, Memos, Misfit, Pattern, Segment, only_value};
use super::quick::tag;
use crate::assemble::{Anew, Assembler, Fact, Run, Same, Source};
use crate::error::Error;
use crate::json::scan::Scanner;
use crate::loss::{Code, Loss, Sink, Step};
use crate::options::Options;
use crate::table::{Align, Level, Merge, Named, Part, RowRef, Vr, look, row};
use alloc::vec::Vec;

/// The most rows that go by before the next attempt.
const PATIENCE: u32 = 128;
/// Patterns at a time: rows of several series may come in turn.
const PATTERNS: usize = 24;

/// Gaps that one row may open: each takes an attempt from its start, and rows can be hostile.
const OPENINGS: usize = 64;
/// The longest row that becomes a pattern: patterns are kept.
const LONG: usize = 1 << 18;

/// What rows that fit a pattern do.
enum Deed {
    /// They add an instance: the numbers of the gaps of its UID and its number.
    Instance { same: Same, uid: usize, number: Option<usize> },
    /// They make a record.
    Study(Anew),
}

/// A pattern, and what rows that fit it do.
#[derive(Default)]
struct Page {
    pattern: Pattern,
    deed: Option<Deed>,
    losses: Vec<Loss>,
    /// Rows that fitted and are not accounted for, and the first of them.
    rows: u64,
    first: u64,
    /// How much deeper values could be nested in it.
    room: u32,
    /// Whether any row fitted this pattern, or would have, had it met a value before.
    fitted: bool,
}

/// The patterns.
pub(super) struct Replay {
    pages: Vec<Page>,
    /// The page that was of use last, the one that is written next where all are good, and the one that has a value to learn.
    last: usize,
    next: usize,
    unheard: Option<usize>,
    memos: Memos,
    /// Attributes that were seen to differ from row to row.
    restless: Vec<[u8; 8]>,
    decoded: Decoded,
    wait: u32,
    patience: u32,
}

impl Default for Replay {
    fn default() -> Self {
        // The first row makes no pattern: it may be the only one.
        Replay {
            pages: Vec::new(),
            last: 0,
            next: 0,
            unheard: None,
            memos: Memos::default(),
            restless: Vec::new(),
            decoded: Decoded::default(),
            wait: 1,
            patience: 0,
        }
    }
}

impl Replay {
    /// Takes the row that the scanner stands before, if it fits a pattern; whether it did.
    pub(super) fn take(
        &mut self,
        scanner: &mut Scanner<'_>,
        assembler: &mut Assembler,
        options: &Options,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Error> {
        let last = self.last;
        for at in core::iter::once(last).chain((0..self.pages.len()).filter(|at| *at != last)) {
            let Some(page) = self.pages.get_mut(at) else { continue };
            match page.take(scanner, (&self.memos, &mut self.restless, &mut self.decoded), assembler, options, sink)? {
                Taken::Yes => {
                    self.last = at;
                    return Ok(true);
                }
                Taken::Unheard => {
                    // The pattern is good and learns a value.
                    self.unheard = Some(at);
                    return Ok(false);
                }
                Taken::No => {}
            }
        }
        Ok(false)
    }

    /// Makes a pattern of the row that the general path has just taken, if it is good for one. `row` begins with its brace.
    pub(super) fn learn(&mut self, (row, room): (&str, u32), set: &DataSet, assembler: &mut Assembler) {
        let unheard = self.unheard.take();
        if unheard.and_then(|at| self.pages.get(at)).is_some_and(|page| page.hear(row, set, &mut self.memos, assembler)) {
            return;
        }
        if let Some(left) = self.wait.checked_sub(1) {
            self.wait = left;
            return;
        }
        // What a second occurrence does depends on the first.
        let is_long = set.members.last().is_none_or(|member| member.end as usize > LONG);
        if is_long || set.losses.iter().any(|loss| loss.code == Code::DuplicateAttribute) {
            return;
        }
        let same = assembler.same();
        if same.is_none() && !assembler.is_new() {
            return;
        }
        let stale = self.pages.iter().position(|page| !page.is_good(assembler));
        let at = unheard.or(stale).unwrap_or(self.next % PATTERNS);
        if self.pages.len() <= at {
            self.pages.resize_with(at + 1, Page::default);
        }
        let Some(page) = self.pages.get_mut(at) else { return };
        if page.deed.take().is_some() && !page.fitted {
            self.patience = (self.patience * 2).clamp(1, PATIENCE);
            self.wait = self.patience;
        } else {
            self.patience = 0;
        }
        (page.fitted, page.room) = (false, room);
        let deed = match same {
            Some(same) => {
                page.cut(row, set, &self.restless, |_, row| [row::INSTANCE_UID.into(), row::INSTANCE_NUMBER.into()].contains(&row));
                page.instance(same)
            }
            None => page.study(row, set, &self.restless, &mut self.memos, assembler),
        };
        if deed.is_some() {
            page.losses.clear();
            page.losses.extend(set.losses.iter().filter(|loss| loss.count > 0));
            page.pattern.draw();
            (self.last, self.next) = (at, at + 1);
        } else {
            // Rows like this are good for nothing.
            self.patience = (self.patience * 2).clamp(1, PATIENCE);
            self.wait = self.patience;
        }
        page.deed = deed;
    }

    /// Accounts for the rows that fitted.
    pub(super) fn settle(&mut self, assembler: &mut Assembler, sink: &mut Sink<'_>) {
        self.pages.iter_mut().for_each(|page| page.settle(assembler, sink));
    }

    /// Whether a row fitted a pattern.
    #[cfg(test)]
    pub(super) fn has_fitted(&self) -> bool {
        self.pages.iter().any(|page| page.fitted)
    }

    /// Forgets the patterns: what they would do may have changed.
    pub(super) fn forget(&mut self) {
        self.pages.iter_mut().for_each(|page| page.deed = None);
    }
}

/// Whether a row was taken.
enum Taken {
    Yes,
    No,
    /// It fits but for a value that was not met before.
    Unheard,
}

impl Page {
    /// Whether rows may fit it.
    fn is_good(&self, assembler: &Assembler) -> bool {
        match &self.deed {
            Some(Deed::Instance { same, .. }) => assembler.is_valid(same),
            Some(Deed::Study(_)) => true,
            None => false,
        }
    }

    fn take(
        &mut self,
        scanner: &mut Scanner<'_>,
        (memos, restless, decoded): (&Memos, &mut Vec<[u8; 8]>, &mut Decoded),
        assembler: &mut Assembler,
        options: &Options,
        sink: &mut Sink<'_>,
    ) -> Result<Taken, Error> {
        let Some(deed) = self.deed.as_ref().filter(|_| self.room == scanner.room()) else { return Ok(Taken::No) };
        if !self.is_good(assembler) {
            return Ok(Taken::No);
        }
        // Every attempt that fails opens a gap.
        for _ in 0..OPENINGS {
            let at = match self.pattern.fit(*scanner, memos, decoded) {
                Ok((values, end)) => {
                    let first = assembler.rows();
                    let with_decoded;
                    let texts = if decoded.is_empty() {
                        values.all()
                    } else {
                        with_decoded = decoded.among(&values);
                        &with_decoded
                    };
                    match deed {
                        Deed::Instance { same, uid, number } => {
                            let text = |gap: usize| texts.get(gap).copied();
                            assembler.again(same, text(*uid).unwrap_or(""), number.and_then(text), options)?;
                        }
                        Deed::Study(anew) => {
                            if !assembler.anew(anew, texts, values.leaves, options)? {
                                return Ok(Taken::No);
                            }
                            sink.report.carry(anew.carried + values.leaves);
                        }
                    }
                    if self.rows == 0 {
                        self.first = first;
                    }
                    self.rows += 1;
                    self.fitted = true;
                    scanner.pass(end - scanner.at());
                    if sink.listens() {
                        self.settle(assembler, sink);
                    }
                    // An element before it may have been none.
                    sink.check()?;
                    return Ok(Taken::Yes);
                }
                Err(Misfit::At(at)) => at,
                // Another value of the same kind: not a bad pattern, as long as there are few of them.
                Err(Misfit::New(table)) if memos.has_room(table) => {
                    self.fitted = true;
                    return Ok(Taken::Unheard);
                }
                Err(_) => return Ok(Taken::No),
            };
            if !self.pattern.open(at, restless) {
                return Ok(Taken::No);
            }
        }
        Ok(Taken::No)
    }

    /// Cuts the row into its members. Plain values of parts that may differ become gaps, and so does what is lost.
    fn cut(&mut self, row: &str, set: &DataSet, restless: &[[u8; 8]], differs: impl Fn(&Part, RowRef) -> bool) {
        let Page { pattern, .. } = self;
        pattern.text.clear();
        pattern.segments.clear();
        pattern.segments.reserve(set.members.len());
        let last = set.members.last().map_or(1, |member| member.end as usize);
        // The next may be a little longer.
        pattern.text.reserve(last + 128);
        pattern.text.push_str(row.get(1..last).unwrap_or(""));
        for member in &set.members {
            let (name, end) = ((member.name as usize).saturating_sub(1), (member.end as usize).saturating_sub(1));
            let found = gap(pattern.text.get(name..end).unwrap_or(""), set, &differs);
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
    fn instance(&self, same: Same) -> Option<Deed> {
        let gap = |row: RowRef| self.segment_of(row).filter(|(_, segment)| segment.open).map(|(at, _)| self.number_of(at));
        Some(Deed::Instance { same, uid: gap(row::INSTANCE_UID.into())?, number: gap(row::INSTANCE_NUMBER.into()) })
    }

    /// A pattern of studies, where every fact is found in the gaps, in values that were met before, or is the same.
    fn study(&mut self, row: &str, set: &DataSet, restless: &[[u8; 8]], memos: &mut Memos, assembler: &Assembler) -> Option<Deed> {
        if is_odd(set) {
            return None;
        }
        self.cut(row, set, restless, |part, row| {
            let merge = row.row().map(|row| (row.merge, row.lifts));
            let is_kept = |cell: &Cell| cell.row == Some(row) && (cell.leaf || part.vr == Vr::Offset) && cell.field == part.field;
            let simple = part.align == Align::First && part.mark.is_none() && part.vr != Vr::Sq;
            simple && merge == Some((Merge::Fill, 0)) && set.cells.iter().any(is_kept)
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
    fn hear(&self, row: &str, set: &DataSet, memos: &mut Memos, assembler: &Assembler) -> bool {
        if is_odd(set) || !assembler.is_new() {
            return false;
        }
        let members: Vec<(&str, [u8; 8], Option<RowRef>)> = set.members.iter().filter_map(|member| named(row, *member)).collect();
        let rows = assembler.rows_of_last();
        let mut heard = false;
        for segment in &self.pattern.segments {
            let (Gap::Memo(table), Some((of, part))) = (segment.kind, segment.part) else { continue };
            let mut feeding = members.iter().filter(|(_, _, row)| *row == Some(of));
            let (Some((text, digits, _)), None) = (feeding.next(), feeding.next()) else { continue };
            let Some((_, run)) = rows.iter().find(|(row, _)| *row == of) else { continue };
            if *digits != segment.digits || members.len() != set.members.len() || is_told(set, part) || text.len() > MEMO {
                continue;
            }
            heard |= memos.has_room(table) && memos.is_new(table, text);
            memos.add(segment.digits, text, run, leaves_of(set, of));
        }
        heard
    }

    /// Where a fact comes from; of gaps the number of their segment.
    fn fact(&mut self, row: RowRef, run: &str, set: &DataSet, memos: &mut Memos, leaves: &mut u64) -> Option<Run> {
        let of = row.row()?;
        let cells = || set.cells.iter().filter(move |cell| cell.row == Some(row));
        // The offset is no part of its own; it feeds what it dated.
        let feeds = |segment: &Segment| match segment.part {
            Some((_, part)) if part.vr == Vr::Offset => cells().any(|cell| !cell.leaf).then_some(part),
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
        // What one attribute alone says is remembered with its text.
        let ([(at, part)], true) = (segments.as_slice(), of.lifts == 0) else {
            return Some(Run::Whole(Source::Text(run.into())));
        };
        let (at, told) = (*at, is_told(set, part));
        let segment = self.pattern.segments.get_mut(at)?;
        let (from, to) = segment.gap;
        if told || to - from > MEMO {
            return Some(Run::Whole(Source::Text(run.into())));
        }
        let own = leaves_of(set, row);
        *leaves += own;
        let table = memos.add(segment.digits, self.pattern.text.get(from..to)?, run, own);
        (segment.kind, segment.open) = (Gap::Memo(table), true);
        Some(Run::Whole(Source::Gap(at)))
    }

    /// Accounts for the rows that fitted.
    fn settle(&mut self, assembler: &mut Assembler, sink: &mut Sink<'_>) {
        let rows = core::mem::take(&mut self.rows);
        let Some(deed) = self.deed.as_ref().filter(|_| rows > 0) else { return };
        if let Deed::Instance { same, .. } = deed {
            sink.report.carry(assembler.settle(same, rows));
        }
        for loss in &self.losses {
            sink.lose(Loss { first: self.first, count: loss.count * rows, ..*loss });
        }
    }
}

/// Whether a row does what its values alone do not tell.
fn is_odd(set: &DataSet) -> bool {
    // Remarks depend on values; what belongs to a series or an instance has no place here.
    let odd = |cell: &Cell| cell.row.is_some_and(|row| cell.counted != 0 || row.level >= Level::Series);
    // What is said twice is told by nobody; the offset is no fact of its own.
    let twice = set.cells.iter().filter(|cell| cell.row.is_none() && cell.leaf && cell.counted == 0).count();
    set.cells.iter().any(odd) || twice > usize::from(set.offset.is_some())
}

/// Whether more is told of an attribute than its fact.
fn is_told(set: &DataSet, part: &Part) -> bool {
    let tag = Step::Tag(part.tag);
    set.losses.iter().any(|loss| loss.at.steps().next() == Some(tag)) || part.within.is_some() || part.vr == Vr::Offset
}

/// The leaves of a fact.
fn leaves_of(set: &DataSet, row: RowRef) -> u64 {
    set.cells.iter().filter(|cell| cell.row == Some(row) && cell.leaf).count() as u64
}

/// The value of a member, the digits of its tag, and the row that it feeds.
fn named(row: &str, member: Member) -> Option<(&str, [u8; 8], Option<RowRef>)> {
    let text = row.get(member.name as usize..member.end as usize)?;
    let (digits, [b'"', ..]) = text.as_bytes().get(1..)?.split_first_chunk::<8>()? else { return None };
    let fed = match look(u64::from_le_bytes(*digits)) {
        Some(Named::Part(_, row, _)) => Some(row),
        Some(Named::Dating(..)) => Some(row::STARTED.into()),
        _ => None,
    };
    let mut scanner = Scanner::new(text.as_bytes(), u32::MAX, true);
    scanner.name().ok()?;
    scanner.peek().ok()?;
    Some((text.get(scanner.at()..)?, *digits, fed))
}

/// The digits of a member's tag, its part, its gap, and where in its text that is.
type Found = ([u8; 8], Option<(RowRef, &'static Part)>, Gap, (usize, usize));

/// The digits of a member's tag, its gap, and where in its text that is. An attribute that may not differ has its value there, and no gap.
fn gap(text: &str, set: &DataSet, differs: &impl Fn(&Part, RowRef) -> bool) -> Option<Found> {
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
            let told = url && !set.cells.iter().any(|cell| cell.row == Some(row));
            let may = told || differs(part, row);
            let found = if may { only_value(&mut scanner, part.vr, told) } else { None };
            let (gap, place) = found.unwrap_or((Gap::None, value));
            Some((*digits, Some((row, part)), gap, place))
        }
        Some(Named::Dating(_, part)) if differs(part, row::STARTED.into()) => {
            let used = set.cells.iter().any(|cell| !cell.leaf && cell.row == Some(row::STARTED.into()));
            let found = if used { only_value(&mut scanner, part.vr, false) } else { None };
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
