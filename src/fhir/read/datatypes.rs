//! Reading FHIR's data types, in their own form and in others that are met. What stands in another form is noted.

use super::Reader;
use crate::dicom::clean;
use crate::fhir::found::{Coding, Codings, Concept, Group, Identifier, Leaf, Reference, Said};
use crate::fhir::shape::Shape;
use crate::json::tree::{Id, Name, What};
use crate::loss::{Class, Code};
use crate::table::{Vr, element_of, resource_type};
use alloc::string::String;
use alloc::vec::Vec;

const DATA_ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

const CONCEPT: Name = named!("concept");
const REFERENCE: Name = named!("reference");
const CODING: Name = named!("coding");
const TEXT: Name = named!("text");

/// The name of a type that is named by the URL of its definition.
pub(super) fn bare_type(type_: &str) -> &str {
    type_.strip_prefix("http://hl7.org/fhir/StructureDefinition/").unwrap_or(type_)
}

/// Whether FHIR has a type of resource of this name.
fn is_type(name: &str) -> bool {
    // Nearly all are one of these.
    matches!(name, "Patient" | "Practitioner" | "Location" | "ServiceRequest" | "Specimen" | "Device") || resource_type(name).is_some()
}

/// Whether a leaf is told by itself, and whether it is noted already: such come behind others.
type Last = (bool, bool);

/// How a concept stands in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Coding,
    Concept,
    Reference,
}

impl<'d> Reader<'d, '_> {
    /// The scalar of a node.
    pub(super) fn scalar(&self, id: Id) -> Leaf<'d> {
        if !self.tree.is_leaf(id) {
            return Leaf::default();
        }
        Leaf { text: self.tree.text(id).unwrap_or(""), id: Some(id) }
    }

    /// The scalar member of an object; of a list its first element.
    pub(super) fn leaf(&mut self, object: Id, name: Name) -> Leaf<'d> {
        let Some(id) = self.tree.member(object, name) else { return Leaf::default() };
        match self.tree.scalar(id) {
            Some((What::Text, Some(text))) => Leaf { text, id: Some(id) },
            Some((What::Array, _)) => {
                let first = self.one(id);
                first.map(|id| self.only(id)).unwrap_or_default()
            }
            _ => self.only(id),
        }
    }

    /// The scalar of a node where a text belongs.
    fn only(&mut self, id: Id) -> Leaf<'d> {
        if self.tree.what(id) == Some(What::Number) {
            self.room.ledger.note(id, Code::OtherType);
        }
        self.scalar(id)
    }

    /// The elements of a list; one value that is no list is noted.
    pub(super) fn list(&mut self, id: Id) -> Vec<Id> {
        if self.tree.is_array(id) {
            return self.tree.children(id).collect();
        }
        self.note_first(id, Code::ListForm);
        Vec::from([id])
    }

    /// The elements of a member that is a list.
    pub(super) fn members(&mut self, object: Id, name: Name) -> Vec<Id> {
        self.tree.member(object, name).map(|id| self.list(id)).unwrap_or_default()
    }

    /// The one value where FHIR has one: of a list the first, which is noted.
    pub(super) fn one(&mut self, id: Id) -> Option<Id> {
        if !self.tree.is_array(id) {
            return Some(id);
        }
        let first = self.tree.children(id).next()?;
        self.note_first(first, Code::ListForm);
        Some(first)
    }

    /// As [`Self::one`], of what identifies something: of several that differ none is meant.
    pub(super) fn sole(&mut self, id: Id) -> Option<Id> {
        let tree = self.tree;
        // Each with the one before it: one of them may be long.
        let all = || tree.is_array(id).then(|| tree.children(id)).into_iter().flatten();
        if !all().zip(all().skip(1)).all(|(one, other)| tree.is_same(one, other)) {
            tree.span(id).filter(|id| tree.is_leaf(*id)).for_each(|id| self.room.ledger.lose(id, Code::AmbiguousValue));
            return None;
        }
        self.one(id)
    }

    /// As [`Self::leaf`], of what identifies something.
    pub(super) fn sole_leaf(&mut self, object: Id, name: Name) -> Leaf<'d> {
        let leaf = self.tree.member(object, name).and_then(|id| self.sole(id));
        leaf.map(|id| self.only(id)).unwrap_or_default()
    }

    /// Notes a value on its principal leaf: the first that is not noted yet. What no element's meaning is in comes last, as it is told by itself.
    pub(super) fn note_first(&mut self, id: Id, code: Code) {
        // Many may refer to the resource that it is in: it is noted once.
        if self.room.ledger.is_noted(id, code) {
            return;
        }
        let tree = self.tree;
        let unread =
            [named!("id"), named!("use"), named!("period"), named!("userSelected"), named!("extension"), named!("modifierExtension")];
        // Elements of lists have no name.
        let is_unread = |id: Id| unread.contains(&tree.name(id)) || tree.name(id) != 0 && element_of(tree.name(id)).is_none();
        // Elements of a list have the name of that.
        let (mut of_list, mut list_to, mut unread_to) = (tree.name(id), id, id);
        let mut leaves: Vec<(Last, Name, (usize, Name), Id)> = Vec::new();
        for node in tree.span(id) {
            if node != id && node >= unread_to && is_unread(node) {
                unread_to = tree.span(node).end;
            }
            if tree.is_array(node) && tree.name(node) != 0 {
                (of_list, list_to) = (tree.name(node), tree.span(node).end);
            }
            let noted = self.room.ledger.noted(node);
            // Beside a note that is no deviation there is room for one that is, where no leaf has none.
            if tree.is_leaf(node) && noted.is_none_or(|noted| noted.class() != Class::Deviation) {
                let name = if tree.name(node) == 0 && node < list_to { of_list } else { tree.name(node) };
                // Of several of one name the one that stands highest.
                let above = core::iter::successors(Some(tree.parent(node)), |at| (*at > id).then(|| tree.parent(*at)));
                let depth = above.filter(|at| tree.is_object(*at)).count();
                leaves.push(((node < unread_to, noted.is_some()), name, (depth, tree.name(tree.parent(node))), node));
            }
        }
        let principal = [named!("code"), named!("value"), named!("reference"), named!("display"), named!("text")];
        let rank = |name: Name| principal.iter().position(|known| *known == name).unwrap_or(principal.len());
        // By name, so that it is the same whatever order the members have.
        if let Some((.., leaf)) =
            leaves.into_iter().min_by_key(|(is_last, name, above, leaf)| (*is_last, rank(*name), *name, *above, *leaf))
        {
            let at = self.place(id);
            self.room.ledger.note_value(leaf, id, at, code);
        }
    }

    /// Whether a value says only why there is none. That nobody knows it is what is written of what is absent; any other reason (masked, declined...) is told
    /// as the extension that it is (FHIR extension data-absent-reason).
    pub(super) fn is_absent(&mut self, id: Id) -> bool {
        let tree = self.tree;
        if !tree.has(named!("extension"))
            || !tree.is_object(id)
            || !tree.children(id).all(|child| tree.is_named(child, named!("extension")))
        {
            return false;
        }
        let mut extensions = tree.children(id).flat_map(|list| tree.children(list));
        let reason = extensions
            .find(|extension| tree.member(*extension, named!("url")).and_then(|url| tree.text(url)).is_some_and(|url| url == DATA_ABSENT));
        let Some(reason) = reason else { return false };
        let code = tree.member(reason, named!("valueCode"));
        // A code that is no text is no code.
        if code.is_none_or(|code| tree.text(code).is_some_and(|code| matches!(code.trim(), "" | "unknown"))) {
            for leaf in tree.member(reason, named!("url")).into_iter().chain(code) {
                self.understand(leaf);
            }
        }
        true
    }

    fn form(&self, id: Id) -> Form {
        if !self.tree.is_object(id) {
            return Form::Text;
        }
        let mut form = Form::Coding;
        for member in self.tree.children(id) {
            match self.tree.name(member) {
                CONCEPT | REFERENCE => return Form::Reference,
                CODING | TEXT => form = Form::Concept,
                _ => {}
            }
        }
        form
    }

    fn coding(&mut self, id: Id) -> Coding<'d> {
        Coding {
            system: self.leaf(id, named!("system")),
            version: self.leaf(id, named!("version")),
            code: self.leaf(id, named!("code")),
            display: self.leaf(id, named!("display")),
        }
    }

    /// A concept where one of this shape belongs.
    pub(super) fn concept(&mut self, id: Id, shape: Shape) -> Concept<'d> {
        let form = self.form(id);
        let own = match shape {
            Shape::Coding | Shape::UidCoding | Shape::UnilateralCoding => Form::Coding,
            Shape::CodeableReference => Form::Reference,
            Shape::Oid => Form::Text,
            _ => Form::Concept,
        };
        if form != own {
            self.note_first(id, Code::OtherRelease);
        }
        match form {
            Form::Text => {
                let text = self.scalar(id);
                // A UID is a code, everything else words.
                let code = if matches!(shape, Shape::UidCoding | Shape::Oid) { text } else { Leaf::default() };
                Concept { codings: Codings::one(Coding { code, display: text, ..Coding::default() }), text: Leaf::default() }
            }
            Form::Coding => Concept { codings: Codings::one(self.coding(id)), text: Leaf::default() },
            Form::Concept => self.codeable(id),
            Form::Reference => {
                if let Some(reference) = self.tree.member(id, named!("reference")).and_then(|id| self.one(id)) {
                    let literal = self.sole_leaf(reference, named!("reference"));
                    // Nothing is read of a Condition, a Procedure, a BodyStructure; but it may be there. (It is not looked at: many may refer to it.)
                    match self.index.find(literal.trim(), self.resource) {
                        Some(_) => self.leads_to_nothing(literal),
                        None => self.unresolved(literal),
                    }
                    self.room.is_nowhere |= !literal.is_empty();
                }
                match self.tree.member(id, named!("concept")).and_then(|id| self.one(id)) {
                    Some(concept) => self.codeable(concept),
                    None => Concept::default(),
                }
            }
        }
    }

    /// A concept where a CodeableConcept belongs.
    pub(super) fn typed(&mut self, id: Id) -> Concept<'d> {
        self.concept(id, Shape::CodeableConcept)
    }

    fn codeable(&mut self, id: Id) -> Concept<'d> {
        let (tree, mut codings) = (self.tree, Codings::default());
        if let Some(list) = tree.member(id, CODING) {
            if tree.is_array(list) {
                tree.children(list).for_each(|id| codings.push(self.coding(id)));
            } else {
                self.note_first(list, Code::ListForm);
                codings.push(self.coding(list));
            }
        }
        Concept { codings, text: self.leaf(id, TEXT) }
    }

    pub(super) fn identifier(&mut self, id: Id) -> Identifier<'d> {
        let type_ = self.tree.member(id, named!("type")).and_then(|id| self.one(id)).map(|id| self.typed(id)).unwrap_or_default();
        let (system, value) = (self.sole_leaf(id, named!("system")), self.sole_leaf(id, named!("value")));
        let is_in_doubt = value.text.is_empty() && self.tree.member(id, named!("value")).is_some();
        let mut identifier = Identifier { type_, system, value, is_in_doubt, ..Identifier::default() };
        // Who issued it decides whose it is: of several that differ none is meant.
        if let Some(assigner) = self.tree.member(id, named!("assigner")).and_then(|id| self.sole(id)) {
            identifier.assigner = self.sole_leaf(assigner, named!("display"));
            if let Some(own) = self.tree.member(assigner, named!("identifier")).and_then(|id| self.sole(id)) {
                let type_ = self.tree.member(own, named!("type")).and_then(|id| self.one(id));
                let words = type_.map(|id| self.leaf(id, named!("text"))).unwrap_or_default();
                identifier.assigned = (words, self.sole_leaf(own, named!("value")));
            }
            self.assigner(assigner, &mut identifier);
        }
        identifier.is_issued = self.is_issued(id);
        identifier
    }

    /// A reference is told where it leads nowhere.
    pub(super) fn unresolved(&mut self, literal: Leaf<'d>) {
        if let Some(id) = literal.id {
            self.room.ledger.lose(id, Code::UnresolvedReference);
        }
    }

    /// A Reference without its literal: type, identifier, display.
    pub(super) fn reference(&mut self, id: Id) -> Reference<'d> {
        let type_ = self.leaf(id, named!("type"));
        if let Some(leaf) = type_.id.filter(|_| !is_type(bare_type(type_.trim()))) {
            self.room.ledger.note(leaf, Code::TypeUnknown);
        }
        let identifier = self.tree.member(id, named!("identifier")).and_then(|id| self.sole(id));
        let identifier = identifier.filter(|id| !self.is_former(*id)).map(|id| self.identifier(id));
        Reference { type_, identifier, display: self.leaf(id, named!("display")), ..Reference::default() }
    }

    /// HumanNames as the groups of a name: by their representation, else the first is alphabetic.
    pub(super) fn names(&mut self, names: &[Id]) -> [Group; 3] {
        let (in_use, ended) = self.by_end(self.current(names));
        // A name is no mixture of one that is in use and one that was.
        let groups = self.groups(&in_use);
        if groups.iter().all(|group| group.text.is_empty()) { self.groups(&ended) } else { groups }
    }

    fn groups(&mut self, names: &[Id]) -> [Group; 3] {
        let mut groups: [Group; 3] = Default::default();
        for name in names {
            let at = self.representation(*name).unwrap_or(0);
            let group = self.group(*name);
            if let Some(slot) = groups.get_mut(at).filter(|slot| slot.text.is_empty()) {
                *slot = group;
            }
        }
        groups
    }

    fn representation(&mut self, name: Id) -> Option<usize> {
        for extension in self.members(name, named!("extension")) {
            let (url, code) = (self.leaf(extension, named!("url")), self.leaf(extension, named!("valueCode")));
            let at = ["ABC", "IDE", "SYL"].iter().position(|known| *known == code.trim());
            if let (REPRESENTATION, Some(at)) = (url.trim(), at) {
                url.id.into_iter().chain(code.id).for_each(|id| self.understand(id));
                return Some(at);
            }
        }
        None
    }

    /// The group that a HumanName is: its components, or its text where it has no others.
    fn group(&mut self, name: Id) -> Group {
        let family = self.leaf(name, named!("family"));
        let mut texts = |member: Name| -> Vec<Leaf<'d>> {
            self.members(name, member).into_iter().map(|id| self.scalar(id)).filter(|leaf| !leaf.is_empty()).collect()
        };
        let (given, prefix, suffix) = (texts(named!("given")), texts(named!("prefix")), texts(named!("suffix")));
        let joined = |leaves: &[Leaf<'d>]| leaves.iter().map(Leaf::trim).collect::<Vec<_>>().join(" ");
        let (first, middle) = given.split_at_checked(1).unwrap_or((&[], &[]));
        let components = [String::from(family.trim()), joined(first), joined(middle), joined(&prefix), joined(&suffix)];
        if family.is_empty() && first.is_empty() {
            let text = self.leaf(name, named!("text"));
            if !text.is_empty() {
                let unstructured = !text.trim().contains(['^', '=']);
                return Group { text: cleaned(text.trim()), leaves: said_by([text]), unstructured };
            }
        }
        // The sign that divides components divides them.
        for leaf in [&family].into_iter().chain(&given).chain(&prefix).chain(&suffix).filter(|leaf| leaf.text.contains('^')) {
            leaf.id.into_iter().for_each(|id| self.room.ledger.note(id, Code::NameAsText));
        }
        let leaves = Some(family).filter(|family| !family.is_empty()).into_iter().chain(given).chain(prefix).chain(suffix);
        Group { leaves: said_by(leaves), text: cleaned(&components.join("^")), unstructured: false }
    }
}

/// A group in its form. Which of its leaves has control characters is told by [`said_by`].
fn cleaned(group: &str) -> String {
    clean(&crate::grammar::pn::trim(group), Vr::Pn).0
}

/// The leaves of a name that is put together of them in this order, each with the groups that it says something of.
fn said_by<'d>(leaves: impl IntoIterator<Item = Leaf<'d>>) -> Vec<(Id, Said)> {
    let mut begun = 0;
    let said = |leaf: Leaf<'d>| {
        let mut groups = 0;
        for (n, piece) in leaf.text.split('=').enumerate() {
            begun += u32::from(n > 0);
            groups |= u8::from(!crate::grammar::pn::is_blank(piece)) << u32::min(begun, 3);
        }
        let is_odd = leaf.text.chars().any(char::is_control) && clean(leaf.text, Vr::Pn).1.is_some();
        leaf.id.map(|id| (id, Said { groups, is_odd }))
    };
    leaves.into_iter().filter_map(said).collect()
}
