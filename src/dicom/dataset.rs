//! One data set on its way into the record: every leaf is claimed by a row, or reported.

use crate::json::scan::{LeafValue, Next, Raw, Scanner, Stop};
use crate::loss::{Code, Loss, Place, Step};
use crate::table::{home, inside, is_known, Align, Home, Part, RowRef, Vr};
use crate::value::FIELDS;
use alloc::string::String;
use alloc::vec::Vec;

/// A leaf that a row claimed: a field of an item of the row's fact.
#[derive(Clone, Copy)]
pub(crate) struct Cell {
    /// `None`: it says what another cell says already, or nothing.
    pub(crate) row: Option<RowRef>,
    pub(crate) item: u32,
    pub(crate) field: u8,
    /// Where its text is in the text of the data set.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether it is a leaf of the input, and not one of several fields that one leaf fills.
    pub(crate) leaf: bool,
    /// Index + 1 of the loss that counts it.
    pub(crate) counted: u32,
}

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

/// One data set: its cells, the text they lie in, and the losses met on the way.
#[derive(Default)]
pub(crate) struct DataSet {
    pub(crate) text: String,
    pub(crate) cells: Vec<Cell>,
    pub(crate) losses: Vec<Loss>,
    /// The cell of the offset that dates all times.
    pub(crate) offset: Option<usize>,
    /// Whether it has PatientID, whether it has an issuer of it, even an empty one.
    pub(crate) patient: (bool, bool),
    /// Parts met, to find the second occurrence of an attribute.
    seen: Vec<(Option<u32>, u32)>,
    path: Vec<Step>,
    /// Items that appending parts have begun, by row.
    appended: Vec<(RowRef, u32)>,
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

/// The cells of one item by field, with the index of the value each came from.
pub(super) type Filled = [Option<(usize, u32)>; FIELDS];

impl DataSet {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.losses.clear();
        self.offset = None;
        self.patient = (false, false);
        self.seen.clear();
        self.path.clear();
        self.appended.clear();
    }

    fn place(&self) -> Place {
        self.path.iter().fold(Place::ROOT, |place, step| place.then(*step))
    }

    /// The place of value `index` of the attribute whose value is being read.
    pub(super) fn place_of_value(&self, index: u32) -> Place {
        let attribute = self.path.len().saturating_sub(1);
        self.path
            .iter()
            .take(attribute)
            .fold(Place::ROOT, |place, step| place.then(*step))
            .then(Step::Value(index))
    }

    /// Counts `count` leaves under `code` here; the index + 1 of the loss.
    pub(crate) fn lose(&mut self, code: Code, count: u64) -> u32 {
        let at = self.place();
        self.lose_at(code, at, count)
    }

    pub(crate) fn lose_at(&mut self, code: Code, at: Place, count: u64) -> u32 {
        if count > 0 {
            self.losses.push(Loss {
                code,
                at,
                first: 0,
                count,
            });
        }
        self.losses.len() as u32
    }

    /// A claimed leaf is counted under `code` after all.
    pub(crate) fn resolve(&mut self, cell: usize, code: Code, at: Place) {
        let Some(claimed) = self.cells.get(cell).copied() else { return };
        if !claimed.leaf {
            return;
        }
        if let Some(note) = (claimed.counted as usize).checked_sub(1) {
            if code.is_carried() {
                return;
            }
            if let Some(loss) = self.losses.get_mut(note) {
                loss.count = loss.count.saturating_sub(1);
            }
        }
        let counted = self.lose_at(code, at, 1);
        if let Some(cell) = self.cells.get_mut(cell) {
            cell.counted = counted;
        }
    }

    /// The data set that `scanner` stands before, which must be an object.
    pub(crate) fn read(&mut self, scanner: &mut Scanner<'_>) -> Result<Form, Stop> {
        let mut items = scanner.enter_object()?;
        let (mut tags, mut names, mut answer) = (0_u32, 0_u32, Answer::default());
        while let Some(name) = scanner.member(&mut items)? {
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
                    let count = leaves(scanner)?;
                    self.lose(Code::ExtraMember, count);
                    self.path.pop();
                }
            }
        }
        Ok(if tags == 0 && names > 0 { Form::Foreign { error: answer.is_error() } } else { Form::DataSet })
    }

    fn attribute_at_top(&mut self, scanner: &mut Scanner<'_>, tag: u32, lower: bool) -> Result<(), Stop> {
        let Some(home) = home(tag) else {
            return self.unmapped(scanner, tag);
        };
        self.path.push(Step::Tag(tag));
        if self.is_again(None, tag) {
            let count = leaves(scanner)?;
            self.lose(Code::DuplicateAttribute, count);
        } else {
            let from = self.cells.len();
            match home {
                Home::Container => self.container(scanner, tag)?,
                Home::Offset(part) => {
                    let row = RowRef::from(crate::row::STARTED);
                    self.attribute(scanner, dest(row, part, 0), &mut [None; FIELDS])?;
                    self.offset = (from..self.cells.len()).find(|at| self.cells.get(*at).is_some_and(|cell| cell.row.is_some()));
                    for cell in self.cells.iter_mut().skip(from) {
                        cell.row = None;
                    }
                }
                Home::Part(row, part) => {
                    if row == crate::row::PATIENT_ID.into() {
                        self.patient.0 |= part.field == 0;
                        self.patient.1 |= part.field > 0;
                    }
                    self.attribute(scanner, dest(row, part, 0), &mut [None; FIELDS])?;
                }
            }
            if lower {
                self.note_since(from, Code::TagCase);
            }
        }
        self.path.pop();
        Ok(())
    }

    /// Whether the attribute was met before in this data set (or this item of a container).
    fn is_again(&mut self, within: Option<u32>, tag: u32) -> bool {
        if self.seen.contains(&(within, tag)) {
            return true;
        }
        self.seen.push((within, tag));
        false
    }

    /// An attribute without a row.
    fn unmapped(&mut self, scanner: &mut Scanner<'_>, tag: u32) -> Result<(), Stop> {
        let group = (tag >> 16) as u16;
        let (step, code) = if group % 2 == 1 {
            (Step::Group(group), Code::Private)
        } else if is_known(tag) {
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

    /// Leaves claimed since `from` without remark are counted under this one.
    fn note_since(&mut self, from: usize, code: Code) {
        let clean = |cell: &Cell| cell.leaf && cell.counted == 0;
        let count = self.cells.iter().skip(from).filter(|cell| clean(cell)).count();
        if count == 0 {
            return;
        }
        let counted = self.lose(code, count as u64);
        for cell in self.cells.iter_mut().skip(from).filter(|cell| clean(cell)) {
            cell.counted = counted;
        }
    }

    /// A sequence that is no part itself; its items hold parts of rows.
    fn container(&mut self, scanner: &mut Scanner<'_>, tag: u32) -> Result<(), Stop> {
        self.members(scanner, Vr::Sq, &mut |set, scanner, index| {
            if scanner.peek()? != Next::Object {
                let count = leaves(scanner)?;
                set.lose(Code::NotADataset, count);
                return Ok(());
            }
            set.seen.retain(|(within, _)| *within != Some(tag));
            let mut items = scanner.enter_object()?;
            let mut ordinal = 0;
            while let Some(name) = scanner.member(&mut items)? {
                match tag_of(&name) {
                    None => set.extra(scanner, ordinal)?,
                    Some((inner, lower)) => match inside(tag, inner) {
                        None => set.unmapped(scanner, inner)?,
                        Some((row, part)) => {
                            set.path.push(Step::Tag(inner));
                            if set.is_again(Some(tag), inner) {
                                let count = leaves(scanner)?;
                                set.lose(Code::DuplicateAttribute, count);
                            } else {
                                let from = set.cells.len();
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

    fn extra(&mut self, scanner: &mut Scanner<'_>, ordinal: u32) -> Result<(), Stop> {
        self.path.push(Step::Unknown(ordinal));
        let count = leaves(scanner)?;
        self.lose(Code::ExtraMember, count);
        self.path.pop();
        Ok(())
    }

    fn attribute(&mut self, scanner: &mut Scanner<'_>, dest: Dest, filled: &mut Filled) -> Result<(), Stop> {
        if dest.part.align == Align::Each {
            self.appended.retain(|(row, _)| *row != dest.row);
        }
        self.members(scanner, dest.part.vr, &mut |set, scanner, index| set.value(scanner, dest, index, filled))
    }

    /// The members of an attribute; `value` gets each of its values, standing before it.
    fn members(
        &mut self,
        scanner: &mut Scanner<'_>,
        vr: Vr,
        value: &mut dyn FnMut(&mut Self, &mut Scanner<'_>, u32) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        if scanner.peek()? != Next::Object {
            let count = leaves(scanner)?;
            self.lose(Code::BadType, count);
            return Ok(());
        }
        let from = self.cells.len();
        let (mut found, mut has_value, mut scalar) = (Found::NoVr, false, false);
        let mut bulk: Option<(u32, u64)> = None;
        let mut items = scanner.enter_object()?;
        let mut ordinal = 0;
        while let Some(name) = scanner.member(&mut items)? {
            if name.is("Value") && !has_value {
                has_value = true;
                scalar = self.values(scanner, value)?;
            } else if name.is("vr") && scanner.peek()? == Next::String {
                let raw = scanner.string()?;
                found = match () {
                    () if raw.is_blank() => Found::NoVr,
                    () if raw.is(vr.name()) => Found::Right,
                    () => Found::Wrong,
                };
            } else if (name.is("BulkDataURI") || name.is("InlineBinary")) && bulk.is_none() {
                bulk = Some((ordinal, leaves(scanner)?));
            } else {
                self.extra(scanner, ordinal)?;
            }
            ordinal += 1;
        }
        match bulk {
            Some((ordinal, count)) if has_value => {
                self.path.push(Step::Unknown(ordinal));
                self.lose(Code::ExtraMember, count);
                self.path.pop();
            }
            Some((_, count)) => {
                self.lose(Code::BulkValue, count);
            }
            None => {}
        }
        if scalar {
            self.note_since(from, Code::ValueNotArray);
        }
        match found {
            Found::Right => {}
            Found::NoVr => self.note_since(from, Code::VrMissing),
            Found::Wrong => self.note_since(from, Code::VrWrong),
        }
        Ok(())
    }

    /// What stands under `Value`; whether it was no array.
    fn values(
        &mut self,
        scanner: &mut Scanner<'_>,
        value: &mut dyn FnMut(&mut Self, &mut Scanner<'_>, u32) -> Result<(), Stop>,
    ) -> Result<bool, Stop> {
        if scanner.peek()? != Next::Array {
            self.path.push(Step::Value(0));
            value(self, scanner, 0)?;
            self.path.pop();
            return Ok(true);
        }
        let mut values = scanner.enter_array()?;
        let mut index = 0;
        while scanner.element(&mut values)? {
            self.path.push(Step::Value(index));
            value(self, scanner, index)?;
            self.path.pop();
            index = index.saturating_add(1);
        }
        Ok(false)
    }

    /// One value of an attribute.
    fn value(&mut self, scanner: &mut Scanner<'_>, mut dest: Dest, index: u32, filled: &mut Filled) -> Result<(), Stop> {
        let next = scanner.peek()?;
        if next == Next::Null {
            return scanner.literal();
        }
        let mut own: Filled = [None; FIELDS];
        let mut state = filled;
        match dest.part.align {
            Align::First => {}
            Align::Each => {
                if dest.part.within.is_none() {
                    // Strings that held several values push those behind them on.
                    dest.item = index.saturating_add(self.begun(dest.row));
                    state = &mut own;
                }
            }
            Align::Append => {
                dest.item = self.begun(dest.row);
                state = &mut own;
            }
        }
        let from = self.cells.len();
        match (dest.part.vr, next) {
            (Vr::Sq, Next::Object) => {
                let first = dest.part.align == Align::First;
                if first && index > 0 {
                    let count = leaves(scanner)?;
                    self.lose(Code::ExtraValue, count);
                    return Ok(());
                }
                self.item(scanner, dest, state)?;
            }
            (Vr::Sq, _) => {
                let count = leaves(scanner)?;
                self.lose(Code::NotADataset, count);
            }
            (Vr::Pn, Next::Object) => self.name(scanner, dest, index, state)?,
            (_, Next::String) => {
                let raw = scanner.string()?;
                self.string(&raw, dest, index, state);
            }
            (_, Next::Number) => {
                let digits = scanner.number()?;
                self.number(digits, dest, index, state);
            }
            (_, Next::Object | Next::Array | Next::True | Next::False | Next::Null) => {
                let count = leaves(scanner)?;
                self.lose(Code::BadType, count);
            }
        }
        let claimed = self.cells.iter().skip(from).any(|cell| cell.row.is_some());
        if claimed {
            if let Some(mark) = dest.part.mark {
                let start = self.text.len();
                self.text.push('1');
                self.cells.push(Cell {
                    row: Some(dest.row),
                    item: dest.item,
                    field: mark,
                    start,
                    end: start + 1,
                    leaf: false,
                    counted: 0,
                });
            }
            if dest.part.align == Align::Append {
                self.advance(dest.row);
            }
        }
        Ok(())
    }

    /// The number of the next item that an appending part of this row begins.
    fn begun(&self, row: RowRef) -> u32 {
        self.appended.iter().find(|(known, _)| *known == row).map_or(0, |(_, n)| *n)
    }

    /// The next item of an appending row comes behind `last`.
    pub(super) fn continue_behind(&mut self, row: RowRef, last: Option<u32>) {
        if let Some(last) = last {
            while self.begun(row) < last {
                self.advance(row);
            }
        }
    }

    pub(super) fn advance(&mut self, row: RowRef) {
        match self.appended.iter_mut().find(|(known, _)| *known == row) {
            Some((_, n)) => *n = n.saturating_add(1),
            None => self.appended.push((row, 1)),
        }
    }

    /// An item of a sequence that is a part.
    fn item(&mut self, scanner: &mut Scanner<'_>, dest: Dest, filled: &mut Filled) -> Result<(), Stop> {
        let base = dest.base + usize::from(dest.part.field);
        let mut items = scanner.enter_object()?;
        let mut ordinal = 0;
        let mut seen = 0_u32;
        while let Some(name) = scanner.member(&mut items)? {
            let found = tag_of(&name).map(|(tag, lower)| (tag, lower, dest.part.items.iter().position(|part| part.tag == tag)));
            match found {
                None => self.extra(scanner, ordinal)?,
                Some((tag, _, None)) => self.unmapped(scanner, tag)?,
                Some((tag, lower, Some(index))) => {
                    self.path.push(Step::Tag(tag));
                    let from = self.cells.len();
                    if seen & (1 << index) != 0 {
                        let count = leaves(scanner)?;
                        self.lose(Code::DuplicateAttribute, count);
                    } else if let Some(part) = dest.part.items.get(index) {
                        seen |= 1 << index;
                        let inner = Dest {
                            part,
                            base,
                            ..dest
                        };
                        self.attribute(scanner, inner, filled)?;
                    }
                    if lower {
                        self.note_since(from, Code::TagCase);
                    }
                    self.path.pop();
                }
            }
            ordinal += 1;
        }
        Ok(())
    }

    /// A name as an object of its groups.
    fn name(&mut self, scanner: &mut Scanner<'_>, dest: Dest, index: u32, filled: &mut Filled) -> Result<(), Stop> {
        let mut items = scanner.enter_object()?;
        let mut ordinal = 0;
        let mut seen = 0_u32;
        while let Some(name) = scanner.member(&mut items)? {
            let group = ["Alphabetic", "Ideographic", "Phonetic"].iter().position(|known| name.is(known));
            match group {
                Some(group) if seen & (1 << group) == 0 && scanner.peek()? == Next::String => {
                    seen |= 1 << group;
                    let raw = scanner.string()?;
                    let leaf = self.leaf(&raw);
                    self.store_name(leaf, group, dest, index, filled);
                }
                _ => self.extra(scanner, ordinal)?,
            }
            ordinal += 1;
        }
        Ok(())
    }
}

/// What an attribute's `vr` is.
#[derive(Clone, Copy)]
enum Found {
    NoVr,
    Right,
    Wrong,
}

const fn dest(row: RowRef, part: &'static Part, base: usize) -> Dest {
    Dest {
        row,
        part,
        base,
        item: 0,
    }
}

/// The leaves of a value that nothing claims.
pub(super) fn leaves(scanner: &mut Scanner<'_>) -> Result<u64, Stop> {
    let mut count = 0;
    scanner.skip(&mut |leaf| {
        let is_vr = leaf.name.is_some_and(|name| name.is("vr"));
        let says = match leaf.value {
            LeafValue::String(raw) => !raw.is_blank(),
            LeafValue::Other => true,
        };
        count += u64::from(says && !is_vr);
    })?;
    Ok(count)
}

/// The tag that a member's name spells, and whether in lower case.
fn tag_of(name: &Raw<'_>) -> Option<(u32, bool)> {
    let mut decoded = String::new();
    let text = if name.escaped {
        name.decode_into(&mut decoded);
        decoded.as_str()
    } else {
        name.text
    };
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let lower = text.bytes().any(|b| b.is_ascii_lowercase());
    u32::from_str_radix(text, 16).ok().map(|tag| (tag, lower))
}

/// Whether the names of an object are those of a server's error answer (Orthanc, dcm4chee, Azure, Google, FHIR).
#[derive(Default)]
struct Answer {
    error: bool,
    resource: bool,
    issue: bool,
}

impl Answer {
    fn name(&mut self, name: &Raw<'_>) {
        let known = [
            "HttpStatus", "HttpError", "OrthancError", "errorMessage", "error", "status", "statusCode", "message", "Message", "code", "fault",
        ];
        self.error |= known.iter().any(|known| name.is(known));
        self.resource |= name.is("resourceType");
        self.issue |= name.is("issue");
    }

    fn is_error(&self) -> bool {
        if self.resource { self.issue } else { self.error }
    }
}
