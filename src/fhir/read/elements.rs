//! Elements into cells: the rows of an element take its values, one after the other.

use super::Reader;
use super::spell::spell;
use crate::fhir::found::{Found, Reference, is_kind, is_person};
use crate::fhir::shape::Shape;
use crate::json::tree::{Id, What};
use crate::kind::{Cx, Fill, PERSON, is_of_identification, is_of_name};
use crate::loss::Code;
use crate::table::{IDENTIFIED, Level, Merge, PLACES, Taker, Vr, is_list, position, row, takers};
use alloc::string::String;

/// The elements of a level, each where it stands first.
pub(super) type Slots = [Option<Id>; PLACES];

impl<'d> Reader<'d, '_> {
    /// The elements of a level that an object has.
    pub(super) fn slots(&self, object: Id, level: Level) -> Slots {
        let mut slots = [None; PLACES];
        if self.tree.is_object(object) {
            for member in self.tree.children(object) {
                let slot = position(level, self.tree.name(member)).and_then(|position| slots.get_mut(position));
                if let Some(slot) = slot {
                    slot.get_or_insert(member);
                }
            }
        }
        slots
    }

    /// Reads an element of a level, by its position.
    pub(super) fn element(&mut self, level: Level, position: usize, node: Id) {
        let tree = self.tree;
        if !is_list(level, position) {
            let is_identity = |taker: &Taker| taker.row.parts.iter().any(|part| part.never_guess);
            let of_identity = takers(level, self.release, position).any(is_identity);
            let item = if of_identity { self.sole(node) } else { self.one(node) };
            if let Some(item) = item {
                self.item(level, position, item);
            }
        } else if tree.is_array(node) {
            // Of identifiers of a kind the first is meant, and one that has ended only where there is no other.
            let is_of_one = || takers(level, self.release, position).any(|taker| is_number(taker.shape));
            if tree.has(named!("period")) && is_of_one() {
                let (in_use, ended) = self.by_end(tree.children(node).collect());
                in_use.into_iter().chain(ended).for_each(|item| self.item(level, position, item));
            } else {
                tree.children(node).for_each(|item| self.item(level, position, item));
            }
        } else {
            self.note_first(node, Code::ListForm);
            self.item(level, position, node);
        }
    }

    fn item(&mut self, level: Level, position: usize, item: Id) {
        let takers = takers(level, self.release, position);
        let Some(first) = takers.clone().next() else { return };
        let is_identifier =
            matches!(first.shape, Shape::Identifier(_) | Shape::UidIdentifier | Shape::StudyIdIdentifier | Shape::TypedIdentifier);
        if is_identifier && self.is_former(item) {
            return;
        }
        self.room.is_nowhere = false;
        if let Shape::Logical("ServiceRequest", _) | Shape::Reference("ServiceRequest") = first.shape {
            // It may lead to several things.
            for found in self.requests(item) {
                let before = self.room.set.cells.len();
                self.offer(takers.clone(), &found, item);
                self.leave_open(takers.clone(), before);
            }
        } else {
            let found = self.found(item, first.shape);
            let before = self.room.set.cells.len();
            self.offer(takers.clone(), &found, item);
            self.leave_open(takers, before);
        }
    }

    /// What a reference that leads nowhere does not say here either is not known: facts that the cells from `before` on are none of.
    fn leave_open(&mut self, takers: impl Iterator<Item = &'static Taker>, before: usize) {
        if !self.room.is_nowhere {
            return;
        }
        for taker in takers {
            let is_person = taker.row.kind.name == PERSON;
            // Words say what it is, too; who issued a number does not say which.
            let is_words = !matches!(taker.shape, Shape::Identifier(_) | Shape::Reference(_) | Shape::Logical(..));
            let own = || self.room.set.cells.iter().skip(before).filter(|cell| cell.row == Some(taker.row_ref));
            // Of people name and identification are known apart.
            let is_identified = own().any(|cell| if is_person { is_of_identification(cell.field) } else { is_words || cell.field == 0 });
            let is_known = if is_person { own().any(|cell| is_of_name(cell.field)) } else { is_identified };
            self.room.leave_open(taker.row_ref, u64::from(!is_known) | u64::from(!is_identified) << IDENTIFIED);
        }
    }

    /// An item to fill. Given back, its room is used again.
    pub(super) fn fill(&mut self) -> Fill<'d> {
        Fill { outcomes: core::mem::take(&mut self.room.outcomes), ..Fill::default() }
    }

    pub(super) fn emptied(&mut self, mut fill: Fill<'d>) {
        fill.outcomes.clear();
        self.room.outcomes = fill.outcomes;
    }

    /// What stands at a value of this shape.
    fn found(&mut self, item: Id, shape: Shape) -> Found<'d> {
        match shape {
            Shape::Identifier(_) | Shape::UidIdentifier | Shape::StudyIdIdentifier | Shape::TypedIdentifier => {
                Found::Identifier(self.identifier(item))
            }
            Shape::Reference(wanted) | Shape::Logical(wanted, _) => Found::Reference(match self.kind_of(item) {
                // What it means has no place here: it is not followed, and told where it stands.
                kind if kind.is_some_and(|kind| !is_kind(wanted, kind)) => Reference { kind, ..Reference::default() },
                _ => self.follow(item),
            }),
            Shape::Performer(_) => {
                let function = self.tree.member(item, named!("function")).and_then(|id| self.one(id)).map(|id| self.typed(id));
                let actor = self.tree.member(item, named!("actor")).and_then(|id| self.one(id));
                let kind = actor.and_then(|id| self.kind_of(id));
                let is_known = kind.is_none_or(|kind| is_person(kind) || kind == "Device");
                let mut reference = actor.filter(|_| is_known).map_or_else(Reference::default, |id| self.follow(id));
                reference.kind = kind;
                reference.function = function.unwrap_or_default();
                Found::Reference(reference)
            }
            Shape::Text | Shape::Number | Shape::Display | Shape::HumanName => self.plain(item, shape),
            Shape::Oid if !self.tree.is_object(item) => Found::Text(self.scalar(item)),
            shape => Found::Concept(self.concept(item, shape)),
        }
    }

    /// A scalar; a number as text, or text as a number, is noted.
    pub(super) fn plain(&mut self, item: Id, shape: Shape) -> Found<'d> {
        let leaf = self.scalar(item);
        let other = match self.tree.what(item) {
            Some(What::Number) => shape != Shape::Number,
            Some(What::Text) => shape == Shape::Number,
            _ => false,
        };
        if let Some(id) = leaf.id.filter(|_| other) {
            self.room.ledger.note(id, Code::OtherType);
        }
        Found::Text(leaf)
    }

    /// The first row that takes the value has it.
    fn offer(&mut self, takers: impl Iterator<Item = &'static Taker>, found: &Found<'d>, item: Id) {
        let options = self.options;
        for taker in takers.filter(|taker| taker.shape.takes(found, options)) {
            let mut fill = self.fill();
            (taker.row.kind.from_fhir)(found, &Cx { options, shape: taker.shape }, &mut fill);
            let is_done = self.take(taker, found, item, &mut fill);
            self.emptied(fill);
            if is_done {
                return;
            }
        }
    }

    /// Whether a row has the value, or the last word about it.
    fn take(&mut self, taker: &'static Taker, found: &Found<'d>, item: Id, fill: &mut Fill<'d>) -> bool {
        if !(0..taker.row.kind.fields).any(|field| fill.is_filled(field)) {
            self.outcomes(fill);
            if taker.row_ref == row::STUDY_UID.into() && found.identifier().is_some_and(|identifier| identifier.is_in_doubt) {
                self.doubt(taker.row_ref);
            }
            return true;
        }
        if let (Shape::Performer(function), Found::Reference(actor)) = (taker.shape, found) {
            if let Some(coding) = actor.function.with(function) {
                fill.also(coding.code);
                fill.system(coding.system, crate::fhir::found::PARTICIPATION, coding.code);
            }
        }
        if taker.row.merge == Merge::Fill {
            match self.room.taken.iter().position(|(row, ..)| *row == taker.row_ref) {
                None => self.room.taken.push((taker.row_ref, None, self.room.set.cells.len())),
                Some(at) if self.is_known(at, taker.row_ref, fill) => {
                    self.again(at, taker.row_ref, fill);
                    return true;
                }
                // An issuer alone is no number, and keeps none out.
                Some(at) if is_number(taker.shape) && !self.has_key(at, taker.row_ref) => {
                    let cells = self.room.set.cells.len();
                    self.room.taken.iter_mut().skip(at).take(1).for_each(|taken| *taken = (taker.row_ref, None, cells));
                }
                Some(at) if taker.row_ref == row::STUDY_UID.into() => {
                    for filled in &fill.fields {
                        // One that is refused is that.
                        let refused = spell(&mut String::new(), &filled.text, Vr::Ui).err();
                        filled.leaf.into_iter().for_each(|id| self.room.ledger.lose(id, refused.unwrap_or(Code::AmbiguousValue)));
                    }
                    self.outcomes(fill);
                    self.withdraw(at, taker.row_ref);
                    return true;
                }
                Some(_) => return false,
            }
        }
        if !taker.own {
            self.note_first(item, Code::OtherRelease);
        }
        self.push(taker.row_ref, fill);
        true
    }
}

/// Whether a value is a number with its issuer.
fn is_number(shape: Shape) -> bool {
    matches!(shape, Shape::Identifier(_) | Shape::Logical("ServiceRequest", _))
}
