//! An entry that the general path has read, and what of it others repeat: where gaps may be opened, and what their texts become.

use super::Room;
use super::ledger::Fate;
use super::pattern::{Gap, MEMO, Memo, Memos, Pattern, TEXTS, Values};
use super::replay::Page;
use crate::assemble::{Assembler, Fact, Notes, Run, Source};
use crate::dicom::{Cell, NOBODY};
use crate::fhir::found::{URI, URN_OID};
use crate::json::scan::{Next, Scanner};
use crate::json::tree::{Id, Name, Tree, What};
use crate::loss::{Loss, Step};
use crate::options::Options;
use crate::policy::Id as IdPolicy;
use crate::table::{Level, Merge, RESOURCE_TYPE, RowRef, Vr, number_of, position, row, vr_of_field};
use crate::value;
use alloc::string::String;
use alloc::vec::Vec;

/// The longest entry that becomes a pattern, and the most values that it has: patterns are kept.
const LONG: usize = 1 << 16;
const VALUES: usize = 512;

/// An entry that the general path has read.
pub(super) struct Model<'m, 'd> {
    pub(super) text: &'m str,
    pub(super) tree: &'d Tree<'d>,
    pub(super) root: Id,
    pub(super) in_entry: bool,
    pub(super) study: Id,
    pub(super) room: &'m Room,
    pub(super) options: &'m Options,
    /// What was told when it was read, and how many leaves are carried that are no cells.
    pub(super) told: &'m [Loss],
    pub(super) used: u64,
}

/// A leaf that became a cell.
type OfCell<'m> = (Id, &'m Cell);

/// The record that it made: its facts, and how often their fields were said, where that is not once.
struct Record<'r> {
    rows: Vec<(RowRef, &'r str)>,
    notes: Vec<Notes>,
}

/// A member of the study: its node, its name, and where its value stands in the text.
struct Member {
    id: Id,
    name: Name,
    from: usize,
    to: usize,
}

impl<'m> Model<'m, '_> {
    /// The page that is made of it.
    pub(super) fn page(&self, memos: &mut Memos, assembler: &Assembler) -> Option<Page> {
        let (tree, study, set) = (self.tree, self.study, &self.room.set);
        let has = |name: Name| tree.member(study, name).is_some();
        // What depends on more than one element.
        let odd = [named!("accession"), named!("contained"), named!("endpoint"), named!("series")].into_iter().any(has)
            || tree.is_hollow()
            || tree.has(named!("modifierExtension"))
            || tree.has(named!("implicitRules"));
        let status = tree.member(study, named!("status")).and_then(|status| tree.text(status));
        let is_new = assembler.is_new() && set.losses.is_empty() && self.room.taken.iter().all(|(_, other, _)| other.is_none());
        // What is told outside of the study is told of none.
        let of_study = |loss: &Loss| loss.at.steps().next() == Some(Step::Element("ImagingStudy"));
        let is_long = self.text.len() > LONG || tree.len() > VALUES;
        if odd || !is_new || is_long || !self.told.iter().all(of_study) || status != Some("available") || !has(named!("subject")) {
            return None;
        }
        let cells = self.cells()?;
        let members = self.members()?;
        let record = Record { rows: assembler.rows_of_last(), notes: assembler.notes_of_last()? };
        let (mut gaps, mut sources, mut uid) = (Vec::new(), Vec::new(), None);
        let (mut leaves, mut used, mut new) = (0, 0, Vec::new());
        let own_uid = cells.iter().find(|(_, cell)| cell.row == Some(row::STUDY_UID.into())).and_then(|(_, cell)| self.text_of(cell))?;
        if let Some((gap, from, to)) = self.url(own_uid, members.first()?.from) {
            uid = (gap.texts() > 0).then_some(0);
            gaps.push((gap, from, to));
        }
        for member in &members {
            let own = self.gaps_of(member, &cells);
            // What becomes of the id depends on the UID.
            if member.name == named!("id") && own.is_empty() {
                return None;
            }
            match self.memo(member, &cells, own.is_empty(), &record) {
                Some((row, memo)) => {
                    sources.push((row, None, texts_of(&gaps)));
                    gaps.push((Gap::Memo((member.name, row, self.in_entry)), member.from, member.to));
                    (leaves, used) = (leaves + memo.leaves, used + memo.used);
                    new.push(((member.name, row, self.in_entry), memo));
                }
                None => {
                    for (gap, from, to, cell) in own {
                        let next = texts_of(&gaps);
                        // The UID mostly stands in several places: where it stands first it is looked at.
                        let gap = match gap {
                            Gap::Again | Gap::Text(Vr::Ui) if uid.is_some() => Gap::Again,
                            Gap::Again => Gap::Text(Vr::Ui),
                            gap => gap,
                        };
                        if gap == Gap::Text(Vr::Ui) {
                            uid = Some(next);
                        }
                        if let Some(cell) = cell {
                            sources.push((cell.row?, Some(cell.field), if gap == Gap::Again { uid? } else { next }));
                        }
                        gaps.push((gap, from, to));
                    }
                }
            }
        }
        // Behind the resource may stand the URL, which is then in no order.
        gaps.sort_by_key(|(_, from, _)| *from);
        let wanted = texts_of(&gaps);
        let rows = &record.rows;
        let all_of = |of: &(RowRef, Option<u8>, usize)| rows.iter().any(|(row, _)| *row == of.0);
        if wanted > TEXTS || !sources.iter().all(all_of) {
            return None;
        }
        let facts: Option<Vec<Fact>> = rows
            .iter()
            .map(|(row, run)| Some(Fact { row: *row, run: run_of(*row, run, set.text.as_str(), &set.cells, &sources)? }))
            .collect();
        let anew = assembler.anew_of(facts?, set, leaves)?;
        let pattern = Pattern::cut(self.text, &gaps, uid?)?;
        new.into_iter().for_each(|(table, memo)| memos.add(table, memo));
        // What it has in the gaps is what others may have there.
        let (mut values, mut day) = (Values::new(), String::new());
        let fits = pattern.fit(self.text, memos, &mut values).is_ok_and(|len| len == self.text.len()) && values.put_day(&mut day);
        if !fits {
            return None;
        }
        Some(Page {
            pattern,
            anew,
            notes: record.notes,
            used: self.used.checked_sub(used)?,
            losses: self.told.to_vec(),
            in_entry: self.in_entry,
            fitted: false,
        })
    }

    /// The cells of the data set that are leaves, each with its leaf, if nothing is remarked on them.
    fn cells(&self) -> Option<Vec<OfCell<'m>>> {
        let set = &self.room.set;
        let plain = |cell: &Cell| cell.row.is_some_and(|row| row.level < Level::Series);
        if !set.cells.iter().all(plain) || set.clean_leaves() != set.leaves.len() as u64 {
            return None;
        }
        // Each by the first that it fills; further leaves go with the others.
        let mut before = None;
        let firsts = set.cells.iter().filter(|cell| {
            let is_first = cell.leaf != NOBODY && before.is_none_or(|before| before < cell.leaf);
            before = if is_first { Some(cell.leaf) } else { before };
            is_first
        });
        firsts.map(|cell| Some((*self.room.leaves.get(cell.leaf as usize)?, cell))).collect()
    }

    /// The members of the study.
    fn members(&self) -> Option<Vec<Member>> {
        let mut scanner = Scanner::new(self.text.as_bytes(), u32::MAX, true);
        (scanner.peek().ok()? == Next::Object).then_some(())?;
        let mut items = scanner.enter_object().ok()?;
        if self.in_entry {
            loop {
                let name = scanner.member(&mut items).ok()??;
                let next = scanner.peek().ok()?;
                if name.text == "resource" && next == Next::Object {
                    items = scanner.enter_object().ok()?;
                    break;
                }
                scanner.skip(&mut |_| ()).ok()?;
            }
        }
        let mut members: Vec<Member> = Vec::new();
        for id in self.tree.children(self.study) {
            let text = scanner.member(&mut items).ok()??;
            let name = number_of(text.text);
            // What stands twice is told.
            if text.escaped || name != self.tree.name(id) || members.iter().any(|member| member.name == name) {
                return None;
            }
            scanner.peek().ok()?;
            let from = scanner.at();
            scanner.skip(&mut |_| ()).ok()?;
            members.push(Member { id, name, from, to: scanner.at() });
        }
        scanner.member(&mut items).ok()?.is_none().then_some(members)
    }

    /// The URL of the entry. Mostly it stands before the study, and ends with the UID.
    fn url(&self, uid: &str, study: usize) -> Option<(Gap, usize, usize)> {
        let url = self.tree.member(self.root, named!("fullUrl")).filter(|_| self.in_entry)?;
        let (text, from) = self.plain(url)?;
        let to = from + text.len();
        let before = text.strip_suffix(uid).filter(|before| from < study && before.ends_with([':', '/']));
        let gap = before.map_or((Gap::Url, from, to), |before| (Gap::Text(Vr::Ui), from + before.len(), to));
        (self.fate(url) == Some(Fate::Used)).then_some(gap)
    }

    /// What became of a leaf of which nothing is remarked.
    fn fate(&self, leaf: Id) -> Option<Fate> {
        self.room.ledger.noted(leaf).is_none().then(|| self.room.ledger.fate(leaf))
    }

    /// The text of a string or a number as it stands, and where.
    fn plain(&self, leaf: Id) -> Option<(&'m str, usize)> {
        let text = self.tree.text(leaf)?;
        // A string with escapes stands elsewhere.
        let from = (text.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        Some((self.text.get(from..from + text.len())?, from))
    }

    /// The gaps of a member, with the cells that they fill.
    fn gaps_of(&self, member: &Member, cells: &[OfCell<'m>]) -> Vec<(Gap, usize, usize, Option<&'m Cell>)> {
        let known = position(Level::Study, member.name).is_some();
        let special = [named!("id"), named!("extension"), named!("status"), RESOURCE_TYPE].contains(&member.name);
        let mut gaps = Vec::new();
        for leaf in self.tree.span(member.id).filter(|id| self.tree.is_leaf(*id)) {
            let Some((text, from)) = self.plain(leaf) else { continue };
            let whole = |gap: Gap| (gap, from, from + text.len(), None);
            if member.name == named!("id") {
                gaps.extend(self.id(leaf, cells).map(whole));
            } else if known {
                let cell = cells.iter().find(|(id, _)| *id == leaf).map(|(_, cell)| *cell);
                let gap = cell.and_then(|cell| Some((cell, self.gap(leaf, text, cell)?)));
                gaps.extend(gap.map(|(cell, (gap, before))| (gap, from + before, from + text.len(), Some(cell))));
            } else if !special && !self.is_read_nonetheless(member, leaf) && self.fate(leaf) == Some(Fate::Open) {
                // Nobody reads it.
                let is_number = self.tree.what(leaf) == Some(What::Number);
                gaps.push(whole(if is_number { Gap::LostNumber } else { Gap::Lost }));
            }
        }
        gaps
    }

    /// Whether a leaf that nothing comes of says what is to be made of the others: the type of a resource, and by its labels whether it is but a part.
    fn is_read_nonetheless(&self, member: &Member, leaf: Id) -> bool {
        self.tree.is_named(leaf, RESOURCE_TYPE) || member.name == named!("meta") && self.tree.is_named(leaf, named!("code"))
    }

    /// The gap of the id.
    fn id(&self, leaf: Id, cells: &[OfCell<'m>]) -> Option<Gap> {
        let own = cells.iter().any(|(_, cell)| cell.row == Some(row::STUDY_UID.into()) && self.text_of(cell) == self.tree.text(leaf));
        match self.fate(leaf)? {
            Fate::Used if own => Some(Gap::Again),
            // One that the caller gave is understood.
            Fate::Open if !own && !matches!(self.options.id, IdPolicy::Given(_)) && self.tree.what(leaf) == Some(What::Text) => {
                Some(Gap::Other)
            }
            _ => None,
        }
    }

    fn text_of(&self, cell: &Cell) -> Option<&'m str> {
        self.room.set.text.get(cell.start..cell.end)
    }

    /// The gap of a leaf that is a cell, and how much of the leaf comes before it: where nothing but the field depends on the value.
    fn gap(&self, leaf: Id, text: &str, cell: &Cell) -> Option<(Gap, usize)> {
        let row_ref = cell.row?;
        let of = row_ref.row()?;
        let is_text = self.tree.what(leaf) == Some(What::Text);
        let single = of.merge == Merge::Fill && of.lifts == 0 && cell.item == 0 && cell.field == 0;
        if !single || self.room.set.cells.iter().any(|other| other.row == cell.row && other.item > 0) {
            return None;
        }
        let own = self.text_of(cell)?;
        let vr = vr_of_field(row_ref, 0)?;
        match of.kind.name {
            "uid" if is_text => {
                text.strip_suffix(own).filter(|before| ["", URN_OID].contains(before)).map(|before| (Gap::Text(Vr::Ui), before.len()))
            }
            "person" if is_text => (self.tree.is_named(leaf, named!("display")) && own == text).then_some((Gap::Name, 0)),
            "date-time" if is_text => {
                let timed = self.room.set.cells.iter().any(|other| other.row == cell.row && other.field == 1);
                Some((Gap::Started(timed), 0))
            }
            "number" if !is_text => (own == text).then_some((Gap::Digits, 0)),
            // What a URI identifies depends on the URI.
            "identifier" | "patient-identifier" if self.system(leaf) == Some(URI) => None,
            "identifier" | "patient-identifier" | "text" | "location" if is_text => (own == text).then_some((Gap::Text(vr), 0)),
            _ => None,
        }
    }

    /// The system beside the value of an identifier.
    fn system(&self, value: Id) -> Option<&str> {
        self.tree.member(self.tree.parent(value), named!("system")).and_then(|system| self.tree.text(system)).map(str::trim)
    }

    /// What a member means as a whole, if all of it is one fact that nothing else says, and nothing of it is told.
    fn memo(&self, member: &Member, cells: &[OfCell<'m>], no_gaps: bool, record: &Record<'_>) -> Option<(RowRef, Memo)> {
        let text = self.text.get(member.from..member.to).filter(|text| no_gaps && text.len() <= MEMO)?;
        let span = self.tree.span(member.id);
        let is_within = |leaf: &Id| span.contains(leaf);
        let row = cells.iter().find(|(leaf, _)| is_within(leaf)).and_then(|(_, cell)| cell.row)?;
        // The fact is said here, each field by a leaf, and nothing else is.
        let alone = cells.iter().all(|(leaf, cell)| is_within(leaf) == (cell.row == Some(row)))
            && self.room.set.cells.iter().filter(|cell| cell.row == Some(row)).count()
                == cells.iter().filter(|(_, cell)| cell.row == Some(row)).count()
            && row.row().is_some_and(|row| row.lifts == 0)
            && row.level == Level::Study
            && !record.notes.iter().any(|notes| notes.row == row);
        let (mut leaves, mut used) = (0, 0);
        for leaf in span.clone().filter(|id| self.tree.is_leaf(*id)) {
            match self.fate(leaf)? {
                Fate::Cell => leaves += 1,
                Fate::Used => used += 1,
                Fate::Open | Fate::Lost(_) => return None,
            }
        }
        let (_, run) = record.rows.iter().find(|(known, _)| *known == row)?;
        // A scalar may be the beginning of another.
        (alone && text.starts_with(['[', '{'])).then(|| (row, Memo { text: text.into(), run: (*run).into(), leaves, used }))
    }
}

/// How many texts gaps have.
fn texts_of(gaps: &[(Gap, usize, usize)]) -> usize {
    gaps.iter().map(|(gap, ..)| gap.texts()).sum()
}

/// Where a fact comes from.
fn run_of(row: RowRef, run: &str, text: &str, cells: &[Cell], sources: &[(RowRef, Option<u8>, usize)]) -> Option<Run> {
    let mut own = sources.iter().filter(|(of, ..)| *of == row);
    let (field, at) = match own.next() {
        None => return Some(Run::Whole(Source::Text(run.into()))),
        Some((_, None, at)) => return Some(Run::Whole(Source::Gap(*at))),
        Some((_, Some(field), at)) => (*field, *at),
    };
    let of = row.row()?;
    let is_day = of.kind.name == "date-time";
    let is_own =
        |cell: &Cell| cell.leaf != NOBODY && cells.iter().find(|one| one.leaf == cell.leaf).is_some_and(|one| one.start == cell.start);
    let mut fields: Vec<(u8, &str, Source)> = Vec::new();
    for cell in cells.iter().filter(|cell| cell.row == Some(row)) {
        let text = text.get(cell.start..cell.end)?;
        let source = match cell.field {
            0 => Source::Gap(at),
            // Time and offset follow their day.
            field @ (1 | 2) if is_day => Source::Gap(at + usize::from(field)),
            // What no leaf says may follow from the gap.
            _ if !is_own(cell) => return None,
            _ => Source::Text(text.into()),
        };
        fields.push((cell.field, text, source));
    }
    fields.sort_by_key(|(field, ..)| *field);
    // It must be what is put together of its fields.
    let mut again = String::new();
    value::push_settled(&mut again, of.kind.fields, fields.iter().map(|(field, text, _)| (usize::from(*field), *text)));
    let good = field == 0 && own.next().is_none() && again == run;
    good.then(|| Run::Fields(fields.into_iter().map(|(field, _, source)| (field, source)).collect()))
}
