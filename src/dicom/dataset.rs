//! One data set on its way into the record: every leaf is claimed by a row, or reported.

use super::fate::{Further, Leaf};
use super::members::{Answer, leaves, leaves_under, tag_of};
use crate::json::scan::{Next, Raw, Scanner, Stop};
use crate::loss::{Code, Loss, Place, Step};
use crate::table::{Align, Home, Part, RowRef, Vr, home, inside, is_known, rows_inside};
use crate::value::FIELDS;
use alloc::string::String;
use alloc::vec::Vec;

/// A field of an item of a row's fact.
#[derive(Clone, Copy)]
pub(crate) struct Cell {
    /// `None`: it is no fact's, or not any more.
    pub(crate) row: Option<RowRef>,
    pub(crate) item: u32,
    pub(crate) field: u8,
    /// Where its text is in the text of the data set.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The leaf that says it; one leaf may fill several fields. [`NOBODY`]: none does.
    pub(crate) leaf: u32,
    /// Index + 1 of the last of the further leaves that say it.
    pub(crate) more: u32,
}

/// In the place of a leaf: of what no leaf of the data set says.
pub(crate) const NOBODY: u32 = u32::MAX;

/// What a data set turned out to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A data set, perhaps empty.
    DataSet,
    /// Members, but no tags.
    Foreign {
        /// Its names are those of a server's error answer.
        error: bool,
    },
}

/// One data set: its leaves, the cells that they fill, the text these lie in, and the losses met on the way.
#[derive(Default)]
pub(crate) struct DataSet {
    pub(crate) text: String,
    pub(crate) cells: Vec<Cell>,
    /// Every leaf that something was made of; see [`fate`](super::fate).
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) further: Vec<Further>,
    /// Whether some leaf fills several cells.
    pub(crate) is_shared: bool,
    /// Whether an item's field says again what another says, in other words.
    pub(crate) is_doubled: bool,
    pub(crate) losses: Vec<Loss>,
    /// What contradicts the record, of leaves that are counted for something else.
    pub(crate) remarks: Vec<Loss>,
    /// Whether whose it is was said by a data set before it, of the same resource.
    pub(crate) says_again: bool,
    /// The cell of the offset that dates all times.
    pub(crate) offset: Option<usize>,
    /// The rows whose attributes it has, even empty: a bit each, by level.
    pub(crate) known: [u64; 4],
    /// Whether it has PatientID, whether it has an issuer of it, even an empty one.
    pub(crate) patient: (bool, bool),
    /// What a patient without id is called, of whom nothing else is known: a reference that leads nowhere.
    pub(crate) stranger: String,
    /// Parts met, to find the second occurrence of an attribute: a bit each, at the top and inside the item of a container.
    pub(super) seen: u128,
    seen_inside: u128,
    /// Places of cells that do not stand where their row stands.
    pub(super) places: Vec<Place>,
    /// Whether fast paths are left out.
    pub(super) plain: bool,
    /// The members that it was read from.
    pub(super) members: Vec<Member>,
    pub(super) path: Vec<Step>,
    /// Items that appending parts have begun, by row.
    pub(super) appended: Vec<(RowRef, u32)>,
}

/// A member of a data set: where its name begins and where it ends, from the data set's brace on.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) name: u32,
    pub(super) end: u32,
    /// How many cells the data set had when it was read.
    pub(super) cells: u32,
}

/// Where the values of an attribute go.
#[derive(Clone, Copy)]
pub(super) struct Dest {
    pub(super) row: RowRef,
    pub(super) part: &'static Part,
    /// The first field of what encloses the part.
    pub(super) base: usize,
    pub(super) item: u32,
}

/// The cells of one item by field.
pub(super) type Filled = [Option<Taken>; FIELDS];

/// The cell that has a field: the attribute that it came from, and which value of it.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    pub(super) cell: usize,
    pub(super) tag: u32,
    /// The best attribute that says it.
    pub(super) best: u32,
    pub(super) index: u32,
}

impl DataSet {
    /// One with room for what most rows hold.
    pub(super) fn with_room() -> Self {
        DataSet {
            text: String::with_capacity(1 << 10),
            cells: Vec::with_capacity(40),
            leaves: Vec::with_capacity(40),
            members: Vec::with_capacity(40),
            losses: Vec::with_capacity(8),
            ..DataSet::default()
        }
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.leaves.clear();
        self.further.clear();
        (self.is_shared, self.is_doubled, self.says_again) = (false, false, false);
        self.losses.clear();
        self.remarks.clear();
        self.offset = None;
        self.patient = (false, false);
        self.stranger.clear();
        self.known = [0; 4];
        self.seen = 0;
        self.seen_inside = 0;
        self.places.clear();
        self.path.clear();
        self.members.clear();
        self.appended.clear();
    }

    pub(super) fn place(&self) -> Place {
        Place::of_steps(self.path.iter().copied())
    }

    /// The place of value `index` of the attribute whose value is being read.
    pub(super) fn place_of_value(&self, index: u32) -> Place {
        let attribute = self.path.len().saturating_sub(1);
        self.path.iter().take(attribute).fold(Place::ROOT, |place, step| place.then(*step)).then(Step::Value(index))
    }

    /// The place of a value of another attribute beside the one whose value is being read.
    pub(super) fn place_beside(&self, tag: u32, index: u32) -> Place {
        let owner = self.path.len().saturating_sub(2);
        self.path.iter().take(owner).fold(Place::ROOT, |place, step| place.then(*step)).then(Step::Tag(tag)).then(Step::Value(index))
    }

    /// Counts `count` leaves under `code` here; the index + 1 of the loss.
    pub(crate) fn lose(&mut self, code: Code, count: u64) -> u32 {
        let at = self.place();
        self.lose_at(code, at, count)
    }

    pub(crate) fn lose_at(&mut self, code: Code, at: Place, count: u64) -> u32 {
        if count > 0 {
            by_a_quarter(&mut self.losses);
            self.losses.push(Loss { code, at, first: 0, count });
        }
        self.losses.len() as u32
    }

    /// Tells of what is counted elsewhere, once of each place: a list may be long.
    pub(crate) fn remark_once(&mut self, code: Code, at: Place) {
        if !self.remarks.iter().rev().any(|told| told.code == code && told.at == at) {
            self.remarks.push(Loss { code, at, first: 0, count: 0 });
        }
    }

    /// The same of a leaf that may stand where the one before does: long lists of short values say the same of each.
    pub(crate) fn lose_one(&mut self, code: Code, at: Place) -> u32 {
        match self.losses.last_mut().filter(|last| last.code == code && last.at == at && last.count > 0) {
            Some(last) => last.count += 1,
            None => return self.lose_at(code, at, 1),
        }
        self.losses.len() as u32
    }

    /// Keeps the place of a cell. Many stand where the one before does.
    pub(crate) fn keep_place(&mut self, place: Place) -> u32 {
        if self.places.last() == Some(&place) {
            return self.places.len() as u32;
        }
        by_a_quarter(&mut self.places);
        self.places.push(place);
        self.places.len() as u32
    }

    /// The data set that `scanner` stands before, which must be an object.
    pub(crate) fn read(&mut self, scanner: &mut Scanner<'_>) -> Result<Form, Stop> {
        let start = scanner.at();
        let mut items = scanner.enter_object()?;
        let (mut tags, mut names, mut answer) = (0_u32, 0_u32, Answer::default());
        while scanner.is_member(&mut items)? {
            let begin = (scanner.at() - start) as u32;
            if let Some(used) = self.quick(scanner) {
                scanner.pass(used);
                tags += 1;
                self.member(begin, scanner.at() - start);
                continue;
            }
            let name = scanner.name()?;
            let ordinal = tags + names;
            match tag_of(&name) {
                Some((tag, lower)) => {
                    tags += 1;
                    self.attribute_at_top(scanner, tag, lower)?;
                }
                None => {
                    names += 1;
                    answer.name(&name);
                    self.path.push(Step::Unknown(ordinal));
                    let count = leaves_under(Some(name), scanner)?;
                    self.lose(Code::ExtraMember, count);
                    self.path.pop();
                }
            }
            self.member(begin, scanner.at() - start);
        }
        Ok(if tags == 0 && names > 0 { Form::Foreign { error: answer.is_error() } } else { Form::DataSet })
    }

    fn member(&mut self, name: u32, end: usize) {
        self.members.push(Member { name, end: end as u32, cells: self.cells.len() as u32 });
    }

    /// Which member alone gave a fact its cells; none: several did, or what was made of them afterwards.
    pub(super) fn member_of(&self, row: RowRef) -> Option<usize> {
        let mut cells = self.cells.iter().enumerate().filter(|(_, cell)| cell.row == Some(row)).map(|(at, _)| at as u32);
        let (first, last) = (cells.next()?, cells.next_back());
        let at = self.members.partition_point(|member| member.cells <= first);
        let member = self.members.get(at)?;
        last.is_none_or(|last| last < member.cells).then_some(at)
    }

    fn attribute_at_top(&mut self, scanner: &mut Scanner<'_>, tag: u32, lower: bool) -> Result<(), Stop> {
        let Some((index, home)) = home(tag) else {
            return self.unmapped(scanner, tag);
        };
        self.path.push(Step::Tag(tag));
        if is_again(&mut self.seen, index) {
            let count = leaves(scanner)?;
            self.lose(Code::DuplicateAttribute, count);
        } else {
            let (from, leaves) = (self.cells.len(), self.leaves.len());
            match home {
                Home::Container => {
                    rows_inside(tag).for_each(|row| self.know(row, 1 << row.index));
                    self.container(scanner, tag)?;
                }
                Home::Offset(part) => {
                    let row = RowRef::from(crate::row::STARTED);
                    self.attribute(scanner, dest(row, part, 0), &mut [None; FIELDS])?;
                    self.date_from(from);
                }
                Home::Part(row, part) => {
                    self.know_part(row, part);
                    self.attribute(scanner, dest(row, part, 0), &mut [None; FIELDS])?;
                }
            }
            if lower {
                self.note_since(leaves, Code::TagCase);
            }
        }
        self.path.pop();
        Ok(())
    }

    /// The attribute of a part is there, even empty.
    pub(super) fn know_part(&mut self, row: RowRef, part: &Part) {
        if let Some(of) = row.row() {
            self.know(row, of.known_by(row.index, part));
        }
        if row == crate::row::PATIENT_ID.into() {
            self.patient.0 |= part.field == 0;
            self.patient.1 |= part.field > 0;
        }
    }

    /// The offset among the cells from `from` on dates all times, and is no fact of its own.
    pub(super) fn date_from(&mut self, from: usize) {
        self.offset = (from..self.cells.len()).find(|at| self.cells.get(*at).is_some_and(|cell| cell.row.is_some()));
        for cell in self.cells.iter_mut().skip(from) {
            cell.row = None;
        }
    }

    fn know(&mut self, row: RowRef, bits: u64) {
        if let Some(known) = self.known.get_mut(row.level as usize) {
            *known |= bits;
        }
    }

    /// An attribute without a row.
    pub(super) fn unmapped(&mut self, scanner: &mut Scanner<'_>, tag: u32) -> Result<(), Stop> {
        let group = (tag >> 16) as u16;
        let (step, code) = if group % 2 == 1 {
            (Step::Group(group), Code::Private)
        } else if is_known(tag) || home(tag).is_some() {
            // Also what has a row somewhere else: an accession number in RequestAttributesSequence.
            (Step::Tag(tag), Code::NotMapped)
        } else {
            (Step::Tag(tag), Code::UnknownAttribute)
        };
        let count = leaves(scanner)?;
        self.path.push(step);
        self.lose(code, count);
        self.path.pop();
        Ok(())
    }

    /// A sequence that is no part itself; its items hold parts of rows.
    fn container(&mut self, scanner: &mut Scanner<'_>, tag: u32) -> Result<(), Stop> {
        self.members(scanner, Vr::Sq, &mut |set, scanner, index| {
            if scanner.peek()? != Next::Object {
                let count = leaves(scanner)?;
                set.lose(Code::NotADataset, count);
                return Ok(());
            }
            set.seen_inside = 0;
            let mut items = scanner.enter_object()?;
            let mut ordinal = 0;
            while let Some(name) = scanner.member(&mut items)? {
                match tag_of(&name) {
                    None => set.extra(name, scanner, ordinal)?,
                    Some((inner, lower)) => match inside(tag, inner) {
                        None => set.unmapped(scanner, inner)?,
                        Some((index_of_part, row, part)) => {
                            set.path.push(Step::Tag(inner));
                            if is_again(&mut set.seen_inside, index_of_part) {
                                let count = leaves(scanner)?;
                                set.lose(Code::DuplicateAttribute, count);
                            } else {
                                let from = set.leaves.len();
                                // `Each` means: item n of the container.
                                let item = if part.align == Align::Each { index } else { 0 };
                                let mut dest = dest(row, part, 0);
                                dest.item = item;
                                set.attribute(scanner, dest, &mut [None; FIELDS])?;
                                if lower {
                                    set.note_since(from, Code::TagCase);
                                }
                            }
                            set.path.pop();
                        }
                    },
                }
                ordinal += 1;
            }
            Ok(())
        })
    }

    /// A member that is none of DICOM JSON's.
    pub(super) fn extra<'t>(&mut self, name: Raw<'t>, scanner: &mut Scanner<'t>, ordinal: u32) -> Result<(), Stop> {
        self.path.push(Step::Unknown(ordinal));
        let count = leaves_under(Some(name), scanner)?;
        self.lose(Code::ExtraMember, count);
        self.path.pop();
        Ok(())
    }
}

/// Whether the part was met before.
fn is_again(seen: &mut u128, index: u8) -> bool {
    let before = *seen;
    *seen |= 1 << index;
    *seen == before
}

/// Makes room for one more. Places are a hundred times as large as the shortest values that have one: a list of them must not double.
fn by_a_quarter<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 4).max(16));
    }
}

const fn dest(row: RowRef, part: &'static Part, base: usize) -> Dest {
    Dest { row, part, base, item: 0 }
}
