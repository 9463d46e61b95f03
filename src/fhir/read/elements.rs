//! Elements into cells: the rows of an element take its values, one after the other.

use super::{Reader, UNPLACED};
use crate::dicom::{Cell, clean, normal};
use crate::fhir::found::{Found, Reference};
use crate::fhir::shape::Shape;
use crate::json::tree::{Id, What};
use crate::kind::{Cx, Fill, Outcome};
use crate::loss::{Code, Place, Step};
use crate::table::{At, Level, Merge, Row, RowRef, element, row, rows_of};
use crate::value::FIELDS;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A row that has its place at an element, and whether this release has that place.
#[derive(Clone, Copy)]
struct Taker {
    row_ref: RowRef,
    row: &'static Row,
    shape: Shape,
    own: bool,
}

impl<'d> Reader<'d, '_> {
    /// The rows that an element of a level may belong to.
    fn takers(&self, level: Level, name: &str) -> Vec<Taker> {
        let mut takers = Vec::new();
        for (index, row) in rows_of(level).iter().enumerate() {
            let here = || row.places.iter().flatten().filter(|at| at.element == name);
            let own = here().find(|at| at.releases.holds(self.release));
            let Some(At { shape, .. }) = own.or_else(|| here().next()).copied() else { continue };
            // The accession number's two places are a matter of policy in every release.
            let own = own.is_some() || row.places.iter().flatten().any(|at| at.when.is_some());
            takers.push(Taker { row_ref: RowRef { level, index: index as u8 }, row, shape, own });
        }
        takers
    }

    /// Reads an element of a level: `name` as the table has it.
    pub(super) fn element(&mut self, level: Level, name: &str, node: Id) {
        let takers = self.takers(level, name);
        let items = if name.ends_with("[]") { self.list(node) } else { self.one(node).into_iter().collect() };
        for item in items {
            let Some(first) = takers.first() else { return };
            for found in self.found(item, first.shape) {
                self.offer(&takers, &found, item);
            }
        }
    }

    /// What stands at a value of this shape; a reference may lead to several things.
    fn found(&mut self, item: Id, shape: Shape) -> Vec<Found<'d>> {
        match shape {
            Shape::Identifier(_) | Shape::UidIdentifier | Shape::StudyIdIdentifier | Shape::TypedIdentifier => {
                Vec::from([Found::Identifier(self.identifier(item))])
            }
            Shape::Logical("ServiceRequest", _) | Shape::Reference("ServiceRequest") => self.requests(item),
            Shape::Logical(..) | Shape::Reference(_) => Vec::from([Found::Reference(self.follow(item))]),
            Shape::Performer(_) => {
                let function = self.tree.member(item, "function").and_then(|id| self.one(id)).map(|id| self.typed(id));
                let actor = self.tree.member(item, "actor").and_then(|id| self.one(id));
                let mut reference = actor.map_or_else(Reference::default, |id| self.follow(id));
                reference.function = function.unwrap_or_default();
                Vec::from([Found::Reference(reference)])
            }
            Shape::Text | Shape::Number | Shape::Display | Shape::HumanName => Vec::from([self.plain(item, shape)]),
            Shape::Oid if !self.tree.is_object(item) => Vec::from([Found::Text(self.scalar(item))]),
            shape => Vec::from([Found::Concept(self.concept(item, shape))]),
        }
    }

    /// A scalar; a number as text, or text as a number, is noted.
    pub(super) fn plain(&mut self, item: Id, shape: Shape) -> Found<'d> {
        let leaf = self.scalar(item);
        let other = match self.tree.get(item).map(|node| &node.what) {
            Some(What::Number(_)) => shape != Shape::Number,
            Some(What::Text(_)) => shape == Shape::Number,
            _ => false,
        };
        if let Some(id) = leaf.id.filter(|_| other) {
            self.ledger.note(id, Code::OtherType);
        }
        Found::Text(leaf)
    }

    /// The first row that takes the value has it.
    fn offer(&mut self, takers: &[Taker], found: &Found<'d>, item: Id) {
        for taker in takers.iter().filter(|taker| taker.shape.takes(found, self.options)) {
            let mut fill = Fill::default();
            (taker.row.kind.from_fhir)(found, &Cx { options: self.options, shape: taker.shape }, &mut fill);
            if !(0..FIELDS).any(|field| fill.is_filled(field)) {
                self.outcomes(&fill);
                return;
            }
            if let (Shape::Performer(function), Found::Reference(actor)) = (taker.shape, found) {
                if let Some(coding) = actor.function.with(function) {
                    fill.also(coding.code);
                    fill.system(coding.system, crate::fhir::found::PARTICIPATION, coding.code);
                }
            }
            if taker.row.merge == Merge::Fill {
                let fields = self.texts(taker.row, &fill);
                match self.taken.iter().position(|(row, _)| *row == taker.row_ref) {
                    None => self.taken.push((taker.row_ref, fields)),
                    Some(at) if self.taken.get(at).is_some_and(|(_, known)| *known == fields) => {
                        fill.fields.iter().filter_map(|filled| filled.leaf).for_each(|id| self.ledger.take(id));
                        self.outcomes(&fill);
                        return;
                    }
                    Some(_) if taker.row_ref == row::STUDY_UID.into() => {
                        fill.fields.iter().filter_map(|filled| filled.leaf).for_each(|id| self.ledger.lose(id, Code::AmbiguousValue));
                        self.outcomes(&fill);
                        self.withdraw(taker.row_ref);
                        return;
                    }
                    Some(_) => continue,
                }
            }
            if !taker.own {
                self.note_first(item, Code::OtherRelease);
            }
            self.push(taker.row_ref, taker.row, &fill);
            return;
        }
    }

    /// The fields as they will stand in the record, as far as one can see.
    fn texts(&self, row: &Row, fill: &Fill<'d>) -> [String; FIELDS] {
        let mut texts = [const { String::new() }; FIELDS];
        for (field, (slot, filled)) in texts.iter_mut().zip(&fill.fields).enumerate() {
            if let Some(vr) = row.vr_of(field) {
                *slot = normal(clean(&filled.text, vr).0.as_str(), vr).map(|(text, _)| text).unwrap_or_default();
            }
        }
        texts
    }

    /// What a kind says of leaves beside its fields.
    pub(super) fn outcomes(&mut self, fill: &Fill<'d>) {
        for (id, outcome) in &fill.outcomes {
            match outcome {
                Outcome::Used => self.ledger.take(*id),
                Outcome::Noted(code) => self.ledger.note(*id, *code),
                Outcome::Lost(code) => self.ledger.lose(*id, *code),
            }
        }
    }

    /// An item becomes cells of the data set.
    pub(super) fn push(&mut self, row_ref: RowRef, row: &'static Row, fill: &Fill<'d>) {
        self.outcomes(fill);
        let item = match self.counters.iter_mut().find(|(known, _)| *known == row_ref) {
            Some((_, n)) => {
                *n = n.saturating_add(1);
                *n
            }
            None => {
                self.counters.push((row_ref, 0));
                0
            }
        };
        for (field, filled) in fill.fields.iter().enumerate().filter(|(_, filled)| !filled.text.is_empty()) {
            let (value, remark) = match row.vr_of(field) {
                None => (filled.text.to_string(), None),
                Some(vr) => {
                    let (text, remark) = clean(&filled.text, vr);
                    match normal(&text, vr) {
                        Ok((value, found)) => (value, found.or(remark)),
                        Err(code) => {
                            if let Some(id) = filled.leaf {
                                self.ledger.lose(id, code);
                            }
                            continue;
                        }
                    }
                }
            };
            let leaf = filled.leaf.filter(|id| self.ledger.cell(*id));
            self.cells.extend(leaf);
            if row_ref == row::STUDY_UID.into() {
                self.uid_leaf = leaf;
            }
            let start = self.set.text.len();
            self.set.text.push_str(&value);
            let mut cell = Cell {
                row: Some(row_ref),
                item,
                field: field as u8,
                start,
                end: self.set.text.len(),
                leaf: leaf.is_some(),
                counted: 0,
                place: 0,
            };
            if let Some(id) = leaf {
                let place = self.place(id);
                if let Some(code) = remark.or(self.ledger.noted(id)) {
                    cell.counted = self.set.lose_at(code, place, 1);
                }
                cell.place = self.set.keep_place(place);
            }
            self.set.cells.push(cell);
        }
    }

    /// A fact that turned out to be in doubt has no cells after all.
    fn withdraw(&mut self, row: RowRef) {
        if let Some(id) = self.uid_leaf {
            let at = self.place(id);
            self.ledger.unplace(id, Code::AmbiguousValue, at);
        }
        for cell in self.set.cells.iter_mut().filter(|cell| cell.row == Some(row)) {
            cell.row = None;
        }
    }

    /// Everything below a node that is not told yet is without a place in the record, told at `at`.
    pub(super) fn unplaced(&mut self, node: Id, at: Place) {
        // Cells of resources around it are cells of nothing.
        for id in core::mem::take(&mut self.cells) {
            self.ledger.reopen(id);
        }
        for id in self.tree.span(node) {
            if self.tree.is_leaf(id) {
                self.ledger.unplace(id, UNPLACED, at);
            }
        }
    }

    /// The place of an element: type of its resource, names down to it. Elements of lists have none of their own.
    pub(super) fn place(&self, id: Id) -> Place {
        let mut names = Vec::new();
        let mut at = id;
        loop {
            if self.tree.is_object(at) {
                if let Some(type_) = super::index::type_of(self.tree, at).and_then(crate::table::resource_type) {
                    names.push(Step::Element(type_));
                    break;
                }
            }
            if let Some(name) = self.tree.name(at) {
                names.push(element(&name).map_or_else(|| Step::Unknown(self.tree.ordinal(at)), Step::Element));
            }
            let parent = self.tree.get(at).map_or(at, |node| node.parent);
            if parent == at {
                break;
            }
            at = parent;
        }
        names.into_iter().rev().fold(Place::ROOT, Place::then)
    }
}
