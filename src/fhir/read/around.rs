//! What stands around a study: its patient, the people named in it, the orders it is based on. References are followed inside the text.

use super::Reader;
use super::datatypes::bare_type;
use super::index::{each, type_of};
use super::literal::type_said;
use super::study::is_part;
use crate::assemble::STRANGER;
use crate::dicom::Cell;
use crate::fhir::found::{Coding, Found, Identifier, Leaf, Reference, is_identifier_type, is_study_id, names_accessions};
use crate::fhir::shape::Shape;
use crate::json::tree::{Id, What};
use crate::kind::Cx;
use crate::loss::Code;
use crate::options::Options;
use crate::policy::Subject;
use crate::study::KNOWS_ALL;
use crate::table::{Level, RowRef, number_of, resource_type, row};
use crate::who::letters;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The type of resources that FHIR does not have.
const UNKNOWN: &str = "?";

impl<'d> Reader<'d, '_> {
    /// The resource that a literal reference means, met and its reference understood; what leads nowhere is told.
    pub(super) fn target(&mut self, literal: Leaf<'d>) -> Option<Id> {
        let id = literal.id?;
        let resolved = self.index.resolve(literal.trim(), self.resource);
        let Some(target) = resolved.filter(|target| !self.is_refused(target.id)) else {
            self.unresolved(literal);
            self.room.is_nowhere = true;
            if let Some(target) = resolved {
                self.room.ledger.meet(target.id);
            }
            return None;
        };
        self.understand(id);
        self.meet(target.id);
        // Of a part what is not there is not known.
        self.room.is_nowhere |= is_part(self.tree, target.id);
        if let Some(id) = self.tree.member(target.id, named!("id")).filter(|_| target.in_bundle) {
            self.room.ledger.note(id, Code::BundleContained);
        }
        Some(target.id)
    }

    /// The type of resource that a Reference means: of what it leads to, or as it says itself.
    pub(super) fn kind_of(&self, node: Id) -> Option<&'static str> {
        // As elsewhere a list of one is that one.
        let first = |id: Id| if self.tree.is_array(id) { self.tree.children(id).next() } else { Some(id) };
        let text = |name| self.tree.member(node, name).and_then(first).and_then(|id| self.tree.text(id)).map_or("", str::trim);
        let (literal, said) = (text(named!("reference")), text(named!("type")));
        let target = if literal.is_empty() { None } else { self.index.find(literal, self.resource) };
        let found = target.and_then(|target| target.type_).map(|type_| resource_type(type_).unwrap_or(UNKNOWN));
        found.or_else(|| type_said(literal)).or_else(|| resource_type(bare_type(said)))
    }

    /// A Reference, and what the person says that it leads to.
    pub(super) fn follow(&mut self, node: Id) -> Reference<'d> {
        let mut reference = self.reference(node);
        let literal = self.sole_leaf(node, named!("reference"));
        let Some(target) = self.target(literal) else { return reference };
        let is_read = match type_of(self.tree, target) {
            Some("Practitioner") => {
                let identifiers = self.identifiers(target);
                let first = self.meant(&identifiers).first().copied();
                if let Some(first) = first {
                    self.unused_identifier(node);
                    reference.identifier = Some(self.identifier(first));
                }
                let names = self.members(target, named!("name"));
                let names = self.names(&names);
                let is_named = names.iter().any(|group| !group.text.is_empty());
                if is_named {
                    self.unused(Some(reference.display));
                    reference.display = Leaf::default();
                }
                reference.names = Some(Box::new(names));
                first.is_some() || is_named
            }
            Some("Location") => {
                let name = self.leaf(target, named!("name"));
                if !name.is_empty() {
                    self.unused(Some(reference.display));
                    reference.display = name;
                }
                !name.is_empty()
            }
            // Everything else is told where it stands.
            _ => false,
        };
        if !is_read {
            self.leads_to_nothing(literal);
            // There is something, of which nothing is read: an Encounter, the role of somebody. What stands beside the reference is known of it.
            self.room.is_nowhere = true;
        }
        reference
    }

    /// The identifiers of a resource, but for those without a value: they identify nothing.
    fn identifiers(&mut self, resource: Id) -> Vec<Id> {
        let all = self.members(resource, named!("identifier"));
        all.into_iter().filter(|id| self.tree.member(*id, named!("value")).is_some()).collect()
    }

    /// What a reference leads to says nothing that is kept.
    pub(super) fn leads_to_nothing(&mut self, literal: Leaf<'d>) {
        literal.id.into_iter().for_each(|id| self.room.ledger.lose(id, Code::NoAttribute));
    }

    /// What a resource says better.
    pub(super) fn unused(&mut self, leaf: Option<Leaf<'d>>) {
        if let Some(id) = leaf.and_then(|leaf| leaf.id) {
            self.room.ledger.lose(id, Code::AlternativeUnused);
        }
    }

    /// The whole identifier beside a reference.
    fn unused_identifier(&mut self, reference: Id) {
        let Some(identifier) = self.tree.member(reference, named!("identifier")) else { return };
        for id in self.tree.span(identifier).filter(|id| self.tree.is_leaf(*id)) {
            self.room.ledger.lose(id, Code::AlternativeUnused);
        }
    }

    /// Whether a request is none: made in error, or one not to do something. Both elements are modifiers (FHIR ServiceRequest).
    fn is_void(&self, request: Id) -> bool {
        let says = |id, wanted| self.tree.text(id).is_some_and(|said| said.trim() == wanted);
        // Whatever form it has, and whatever else stands in a list with it.
        each(self.tree, request, "status").any(|id| says(id, "entered-in-error"))
            || each(self.tree, request, "doNotPerform").any(|id| self.tree.what(id) == Some(What::True) || says(id, "true"))
    }

    /// What a study is based on: an order by each of its identifiers.
    pub(super) fn requests(&mut self, node: Id) -> Vec<Found<'d>> {
        if self.kind_of(node).is_some_and(|kind| kind != "ServiceRequest") {
            return Vec::new();
        }
        let reference = self.reference(node);
        let literal = self.sole_leaf(node, named!("reference"));
        let Some(target) = self.target(literal).filter(|target| type_of(self.tree, *target) == Some("ServiceRequest")) else {
            return Vec::from([Found::Reference(reference)]);
        };
        if self.is_void(target) {
            self.leads_to_nothing(literal);
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut request = Reference { type_: reference.type_, ..Reference::default() };
        let identifiers = self.identifiers(target);
        let (in_use, ended) = self.by_end(self.current(&identifiers));
        let (in_use, mut kinds) = (in_use.into_iter().map(|id| (id, false)), [false; 4]);
        for (id, has_ended) in in_use.chain(ended.into_iter().map(|id| (id, true))) {
            let identifier = self.identifier(id);
            let kind = kind_of_order(&identifier, self.options);
            let Some(is_there) = kinds.get_mut(kind.unwrap_or(3)) else { continue };
            // One that has ended is not meant beside another of its kind.
            if has_ended && *is_there {
                continue;
            }
            *is_there |= !identifier.value.is_empty();
            if kind.is_some() {
                found.push(Found::Reference(Reference { identifier: Some(identifier), type_: reference.type_, ..Reference::default() }));
            } else if request.identifier.is_none() {
                request.identifier = Some(identifier);
            }
        }
        let mut is_read = !found.is_empty() || request.identifier.is_some();
        // Of another kind it is another number of the order, and no other way to say what the resource says.
        let own =
            reference.identifier.as_ref().and_then(|own| kind_of_order(own, self.options)).filter(|kind| kinds.get(*kind) == Some(&false));
        let code = self.tree.member(target, named!("code")).and_then(|id| self.one(id));
        // R5 has a CodeableReference there.
        let code = code.map(|id| self.tree.member(id, named!("concept")).unwrap_or(id)).map(|id| self.typed(id)).unwrap_or_default();
        if own.is_some() && (is_read || !code.text.is_empty()) {
            found.push(Found::Reference(Reference { identifier: reference.identifier, type_: reference.type_, ..Reference::default() }));
        } else if is_read {
            self.unused_identifier(node);
        } else {
            request.identifier = reference.identifier;
        }
        if code.text.is_empty() {
            request.display = reference.display;
        } else {
            self.unused(Some(reference.display));
            request.display = code.text;
            is_read = true;
        }
        if request.identifier.is_some() || !request.display.is_empty() {
            found.push(Found::Reference(request));
        }
        if !is_read {
            self.leads_to_nothing(literal);
            self.room.is_nowhere = true;
        }
        if self.room.is_nowhere {
            // It may have more.
            found.push(Found::Reference(Reference::default()));
        }
        found
    }

    /// The patient: by reference, or by what stands in the reference.
    pub(super) fn subject(&mut self, node: Id) {
        let Some(node) = self.sole(node) else { return };
        if self.is_absent(node) {
            return;
        }
        let literal = self.sole_leaf(node, named!("reference"));
        // Whatever it is otherwise, what it says is said of no patient.
        let is_other = |text: &str| resource_type(text).is_some_and(|type_| type_ != "Patient");
        let type_ = self.leaf(node, named!("type"));
        if is_other(type_.trim()) || is_other(literal.trim()) || self.kind_of(node).is_some_and(|kind| kind != "Patient") {
            return;
        }
        let own = matches!(&self.options.subject, Subject::Reference(own) if own == literal.trim());
        self.room.is_nowhere = false;
        let target = match literal.id {
            Some(id) if own && self.index.resolve(literal.trim(), self.resource).is_none() => {
                self.understand(id);
                self.room.is_nowhere = true;
                None
            }
            _ => self.target(literal),
        };
        if self.room.is_nowhere && !literal.is_empty() {
            self.leave_patient_open();
        }
        let patient = target.filter(|target| type_of(self.tree, *target) == Some("Patient"));
        let (mut id_known, mut name_known) = (false, false);
        if let Some(patient) = patient {
            let display = self.leaf(node, named!("display"));
            (id_known, name_known) = self.patient(patient, says_something(display.text));
        }
        let mut reference = self.reference(node);
        if let Some(id) = reference.type_.id {
            self.understand(id);
        }
        if id_known {
            reference.identifier = None;
            self.unused_identifier(node);
        }
        if name_known {
            self.unused(Some(core::mem::take(&mut reference.display)));
        }
        if let Some(identifier) = reference.identifier.take() {
            self.patient_fact(row::PATIENT_ID.into(), "subject", |_, _| Found::Identifier(identifier));
        }
        self.patient_fact(row::PATIENT_NAME.into(), "subject", |_, _| Found::Reference(reference));
        let is_patient = |cell: &Cell| cell.row.is_some_and(|row| row.level == Level::Patient);
        if patient.is_some() && !self.room.set.cells.iter().any(is_patient) {
            self.leads_to_nothing(literal);
            self.leave_patient_open();
        }
        if literal.is_empty() || literal.trim().starts_with('#') {
            return;
        }
        match (target, patient) {
            // Of one who leads nowhere nothing is known but that it is not another.
            (None, _) => self.call_stranger(&self.index.name_of(literal.trim(), self.resource)),
            // One of neither number nor name is the resource that it is, however that is referred to, and whom else it says that it is.
            (_, Some(patient)) if !self.room.set.cells.iter().any(|cell| self.tells_who(cell)) => {
                self.call_stranger(&self.index.called(patient));
                self.describe_stranger();
            }
            _ => {}
        }
    }

    /// Records are told apart by texts that have no control characters.
    fn call_stranger(&mut self, name: &str) {
        self.room.set.stranger.push(STRANGER);
        self.room.set.stranger.extend(name.chars().filter(|c| !c.is_control()));
    }

    /// Whether a cell says who the patient is: a number, or a name that says something.
    fn tells_who(&self, cell: &Cell) -> bool {
        let text = || self.room.set.text.get(cell.start..cell.end).unwrap_or("");
        cell.row == Some(row::PATIENT_ID.into()) && cell.field == 0
            || cell.row == Some(row::PATIENT_NAME.into()) && letters(text()).next().is_some()
    }

    /// There is a patient, of whom nothing is known but what stands beside the reference.
    fn leave_patient_open(&mut self) {
        let [all, ..] = KNOWS_ALL;
        self.room.leave_open(RowRef { level: Level::Patient, index: 0 }, all);
    }

    /// A fact of the patient, in the shape that the table gives it in a Patient or in `subject`.
    fn patient_fact(&mut self, row_ref: RowRef, within: &str, found: impl FnOnce(&mut Self, Shape) -> Found<'d>) {
        let Some(row) = row_ref.row() else { return };
        let Some(shape) = row.places.iter().flatten().find(|at| at.element.starts_with(within)).map(|at| at.shape) else { return };
        let found = &found(self, shape);
        let mut fill = self.fill();
        (row.kind.from_fhir)(found, &Cx { options: self.options, shape }, &mut fill);
        self.push(row_ref, &fill);
        self.emptied(fill);
    }

    /// A Patient; whether it has an identifier, and whether its name stands. `is_displayed`: a name stands beside the reference, too.
    fn patient(&mut self, patient: Id, is_displayed: bool) -> (bool, bool) {
        let ids = self.identifiers(patient);
        // Those that were the patient's number, or are for a time, are further ones.
        let current = self.current(&ids);
        let further: Vec<Id> = ids.into_iter().filter(|id| current.binary_search(id).is_err()).collect();
        // Of those of a kind one that has ended is the last.
        let (mut current, ended) = self.by_end(current);
        current.extend(ended);
        let mut all = |ids: Vec<Id>| -> Vec<Identifier<'d>> {
            ids.into_iter().map(|id| self.identifier(id)).filter(|id| !id.value.is_empty() || id.is_in_doubt).collect()
        };
        let (identifiers, further) = (all(current), all(further));
        // Whatever stands beside the reference: the literal one is preferred (FHIR Reference.identifier).
        let main = identifiers.iter().enumerate().map(|(n, identifier)| (number_rank(identifier), n)).min().map_or(0, |(_, n)| n);
        for (n, identifier) in identifiers.iter().enumerate() {
            let row = if n == main { RowRef::from(row::PATIENT_ID) } else { row::PATIENT_OTHER_ID.into() };
            self.patient_fact(row, "Patient", |_, _| Found::Identifier(identifier.clone()));
        }
        for identifier in further {
            self.patient_fact(row::PATIENT_OTHER_ID.into(), "Patient", |_, _| Found::Identifier(identifier));
        }
        let names = self.members(patient, named!("name"));
        let names = self.names(&names);
        // A name of no letter says nothing where another stands beside the reference.
        let stands = |text: &str| if is_displayed { says_something(text) } else { !text.is_empty() };
        let is_named = names.iter().any(|group| stands(&group.text));
        if is_named || !is_displayed {
            self.patient_fact(row::PATIENT_NAME.into(), "Patient", |_, _| {
                Found::Reference(Reference { names: Some(Box::new(names)), ..Reference::default() })
            });
        } else {
            let leaves = names.iter().flat_map(|group| &group.leaves);
            leaves.for_each(|(id, _)| self.room.ledger.lose(*id, Code::AlternativeUnused));
        }
        for row in [RowRef::from(row::PATIENT_SEX), row::PATIENT_BIRTH.into()] {
            let name =
                row.row().and_then(|row| row.places.iter().flatten().next()).map_or("", |at| at.element.trim_start_matches("Patient."));
            let node = self.tree.member(patient, number_of(name)).and_then(|id| self.one(id));
            if let Some(node) = node {
                self.patient_fact(row, "Patient", |reader, shape| reader.plain(node, shape));
            }
        }
        (!identifiers.is_empty(), is_named)
    }
}

/// Which of a patient's identifiers is the number that the patient is known by: the medical record number, else one that is so in words, else one of
/// which somebody says what it is, else any; the least is it.
fn number_rank(identifier: &Identifier<'_>) -> u8 {
    let coded = || identifier.type_.codings.iter().filter(|coding| !coding.code.is_empty());
    let of_table = |coding: &&Coding<'_>| is_identifier_type(coding.system.trim());
    if coded().filter(of_table).any(|coding| coding.code.trim() == "MR") {
        return 0;
    }
    // Words say it in the type's text, or as code or display where the table does not say what it is: `MRN` under its name is what another wrote there, or we.
    let is_record = |leaf: Leaf<'_>| {
        let words = leaf.trim().to_lowercase();
        // A temporary one (MRT of v2-0203) is another.
        words == "mrn" || words == "mr" || words.contains("medical record") && !words.contains("temporary")
    };
    let own = identifier.type_.codings.iter().filter(|coding| coding.system.is_empty() || !of_table(coding));
    let mut words = own.flat_map(|coding| [coding.code, coding.display]).chain([identifier.type_.text]);
    match coded().next() {
        _ if words.any(is_record) => 1,
        Some(_) => 2,
        None => 3,
    }
}

/// Whether a name tells people apart: by a letter, or a digit.
fn says_something(name: &str) -> bool {
    letters(name).next().is_some()
}

/// Whose number an order's identifier is: accession, placer, filler; none where no type says so, nor its system.
fn kind_of_order(identifier: &Identifier<'_>, options: &Options) -> Option<usize> {
    let by_type = ["ACSN", "PLAC", "FILL"].iter().position(|code| identifier.type_.is_type(code));
    by_type.or_else(|| (names_accessions(identifier) && !is_study_id(identifier, options)).then_some(0))
}
