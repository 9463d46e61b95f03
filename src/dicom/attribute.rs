//! The members of an attribute, and its values.

use super::dataset::{Cell, DataSet, Dest, Filled, NOBODY};
use super::leaf::Group;
use super::members::{leaves, tag_of};
use super::quick::{DEPTH, head, tag};
use crate::json::scan::{Next, Scanner, Stop};
use crate::loss::{Code, Step};
use crate::table::{Align, RowRef, Vr};
use crate::value::FIELDS;

impl DataSet {
    pub(super) fn attribute(&mut self, scanner: &mut Scanner<'_>, dest: Dest, filled: &mut Filled) -> Result<(), Stop> {
        self.restart(dest);
        self.members(scanner, dest.part.vr, &mut |set, scanner, index| set.value(scanner, dest, index, filled))
    }

    /// Values that are counted by their position begin anew with every attribute.
    pub(super) fn restart(&mut self, dest: Dest) {
        if dest.part.align == Align::Each {
            self.appended.retain(|(row, _)| *row != dest.row);
        }
    }

    /// Finds the item that a value belongs to; whether the item is its own.
    pub(super) fn begin(&self, dest: &mut Dest, index: u32) -> bool {
        match dest.part.align {
            Align::First => false,
            // Strings that held several values push those behind them on.
            Align::Each if dest.part.within.is_none() => {
                dest.item = index.saturating_add(self.begun(dest.row));
                true
            }
            Align::Each => false,
            Align::Append => {
                dest.item = self.begun(dest.row);
                true
            }
        }
    }

    /// The members of an attribute; `value` gets each of its values, standing before it.
    pub(super) fn members(
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
        let from = self.leaves.len();
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
                self.extra(name, scanner, ordinal)?;
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
        let state = if self.begin(&mut dest, index) { &mut own } else { filled };
        let from = self.cells.len();
        match (dest.part.vr, next) {
            (Vr::Sq, Next::Object) => {
                let first = dest.part.align == Align::First;
                if first && index > 0 {
                    let count = leaves(scanner)?;
                    self.lose(dest.part.excess(), count);
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
                if count > 0 {
                    self.doubt(dest, index, state);
                }
            }
        }
        let claimed = self.cells.iter().skip(from).any(|cell| cell.row.is_some());
        if claimed {
            if let Some(mark) = dest.part.mark {
                let start = self.text.len();
                self.text.push('1');
                self.cells.push(Cell { row: Some(dest.row), item: dest.item, field: mark, start, end: start + 1, leaf: NOBODY, more: 0 });
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
        while scanner.is_member(&mut items)? {
            if let Some(used) = self.quick_in_item(scanner, dest, base, &mut seen, filled) {
                scanner.pass(used);
                ordinal += 1;
                continue;
            }
            let name = scanner.name()?;
            let found = tag_of(&name).map(|(tag, lower)| (tag, lower, dest.part.items.iter().position(|part| part.tag == tag)));
            match found {
                None => self.extra(name, scanner, ordinal)?,
                Some((tag, _, None)) => self.unmapped(scanner, tag)?,
                Some((tag, lower, Some(index))) => {
                    self.path.push(Step::Tag(tag));
                    let from = self.leaves.len();
                    if seen & (1 << index) != 0 {
                        let count = leaves(scanner)?;
                        self.lose(Code::DuplicateAttribute, count);
                    } else if let Some(part) = dest.part.items.get(index) {
                        seen |= 1 << index;
                        let inner = Dest { part, base, ..dest };
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

    /// An attribute of an item, if it has the usual shape.
    fn quick_in_item(&mut self, scanner: &Scanner<'_>, dest: Dest, base: usize, seen: &mut u32, filled: &mut Filled) -> Option<usize> {
        if self.plain || scanner.room() < DEPTH {
            return None;
        }
        let head = head(scanner.rest())?;
        let tag = tag(head.tag)?;
        let (index, part) = dest.part.items.iter().enumerate().find(|(_, part)| part.tag == tag)?;
        if *seen & (1 << index) != 0 || part.mark.is_some() {
            return None;
        }
        // Where the field is taken that is told at its place: the general path knows it.
        if filled.get(base + usize::from(part.field)).is_none_or(Option::is_some) {
            return None;
        }
        let used = self.quick_part(&head, Dest { part, base, ..dest }, Some(filled))?;
        *seen |= 1 << index;
        Some(used)
    }

    /// A name as an object of its groups.
    fn name(&mut self, scanner: &mut Scanner<'_>, dest: Dest, index: u32, filled: &mut Filled) -> Result<(), Stop> {
        let mut items = scanner.enter_object()?;
        let mut ordinal = 0;
        // One that holds several groups (`A=B`) fills those behind it, in whatever order the members stand.
        let mut groups = [None, None, None];
        while let Some(name) = scanner.member(&mut items)? {
            let group = ["Alphabetic", "Ideographic", "Phonetic"].iter().position(|known| name.is(known));
            match group.and_then(|group| groups.get_mut(group)) {
                Some(group) if group.is_none() && scanner.peek()? == Next::String => *group = Some(scanner.string()?),
                _ => self.extra(name, scanner, ordinal)?,
            }
            ordinal += 1;
        }
        let mut before = [0; 3];
        for (number, raw) in groups.into_iter().enumerate() {
            before.iter_mut().skip(number).take(1).for_each(|from| *from = self.cells.len());
            if let (Some(raw), Some(before)) = (raw, before.get(..=number)) {
                self.group(&raw, Group { number, before }, dest, index, filled);
            }
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
