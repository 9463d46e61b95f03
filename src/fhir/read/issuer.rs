//! Who gave an identifier, where that is said by reference (FHIR Identifier, `assigner`).

use super::Reader;
use super::index::{each, text, type_of};
use crate::fhir::found::{Identifier, Leaf};
use crate::json::tree::Id;
use crate::table::name_of_primitive;
use alloc::string::String;

/// What is known of a resource that identifiers are assigned by. Many may refer to it, and it may hold much that is not read.
#[derive(Clone)]
pub(super) struct Issuer<'d> {
    name: Leaf<'d>,
    called: String,
}

impl Issuer<'_> {
    /// How long it is.
    pub(super) fn bytes(&self) -> usize {
        self.called.len() + self.name.text.len()
    }
}

impl<'d> Reader<'d, '_> {
    /// Whether something says who gave an identifier, or why nobody says so, in whatever form. (What an element is called in its resource does not.)
    pub(super) fn is_issued(&self, identifier: Id) -> bool {
        let tree = self.tree;
        let says = |name| {
            let all = tree.member(identifier, name).map(|id| tree.span(id)).unwrap_or_default();
            all.into_iter().any(|id| tree.is_leaf(id) && !tree.is_named(id, named!("id")))
        };
        [named!("system"), name_of_primitive("system"), named!("assigner")].into_iter().any(says)
    }

    /// The assigner: where no system says who it is its name, if the resource is there, and what tells it from others.
    pub(super) fn assigner(&mut self, assigner: Id, identifier: &mut Identifier<'d>) {
        let literal = self.sole_leaf(assigner, named!("reference"));
        let is_wanted = identifier.system.trim().is_empty();
        let known = if literal.is_empty() { None } else { self.issuer(literal, assigner) };
        match &known {
            None => {}
            Some(known) if known.name.is_empty() || !is_wanted => self.leads_to_nothing(literal),
            // It says more than what stands beside the reference.
            Some(known) => self.unused(Some(core::mem::replace(&mut identifier.assigner, known.name))),
        }
        if !is_wanted {
            return;
        }
        let mut called = match known {
            Some(known) => known.called,
            // The id of what is contained says nothing outside of what contains it.
            None if literal.is_empty() || literal.trim().starts_with('#') => String::new(),
            None => self.index.name_of(literal.trim(), self.within(literal, assigner)),
        };
        // Whose number the assigner's own is.
        let own = self.tree.member(assigner, named!("identifier")).and_then(|id| self.sole(id));
        let system = own.map(|own| self.sole_leaf(own, named!("system"))).unwrap_or_default();
        if !system.is_empty() {
            called.extend(["|", system.trim()]);
            // It tells assigners apart, and is in no attribute.
            self.leads_to_nothing(system);
        }
        // Records are told apart by texts that have no control characters.
        called.retain(|c| !c.is_control());
        identifier.called = called;
    }

    /// The resource that a reference leads to.
    fn issuer(&mut self, literal: Leaf<'d>, assigner: Id) -> Option<Issuer<'d>> {
        let within = self.within(literal, assigner);
        let target = self.index.find(literal.trim(), within);
        let known = match target.and_then(|target| self.index.issuer(target.id)) {
            Some(known) => known,
            None => {
                let known = self.meet_issuer(literal, within);
                if let Some(target) = target {
                    self.index.keep_issuer(target.id, known.clone());
                }
                known
            }
        };
        match (&known, literal.id) {
            (Some(_), Some(id)) => self.understand(id),
            _ => self.unresolved(literal),
        }
        known
    }

    /// The resource that an assigner is referred to from: that which the identifier stands in, which may be the patient's. What a Bundle contains is of no
    /// server: it is of that of the study.
    fn within(&self, literal: Leaf<'d>, assigner: Id) -> Id {
        let holder = self.holder(assigner);
        if literal.trim().starts_with('#') || self.index.is_listed(holder) { holder } else { self.resource }
    }

    /// What a reference leads to, met for the first time.
    fn meet_issuer(&mut self, literal: Leaf<'d>, within: Id) -> Option<Issuer<'d>> {
        // That nothing is known of it does not make the rest of what refers to it unknown.
        let is_nowhere = self.room.is_nowhere;
        let resource = core::mem::replace(&mut self.resource, within);
        let target = self.target(literal);
        (self.resource, self.room.is_nowhere) = (resource, is_nowhere);
        let target = target?;
        let name = if type_of(self.tree, target) == Some("Organization") { self.leaf(target, named!("name")) } else { Leaf::default() };
        let called = if literal.trim().starts_with('#') { self.contained_issuer(target) } else { self.index.called(target) };
        Some(Issuer { name, called })
    }

    /// The resource that a node is in, and that contains the one that it is in.
    fn holder(&self, node: Id) -> Id {
        let tree = self.tree;
        let mut holder = self.resource;
        let mut at = node;
        while tree.parent(at) != at {
            at = tree.parent(at);
            if tree.is_marked(at) {
                if self.index.type_around(at) == Some("Bundle") {
                    break;
                }
                holder = at;
            }
        }
        holder
    }

    /// What tells an assigner that is contained from others: its first identifier. Its id says nothing outside of what contains it.
    fn contained_issuer(&self, target: Id) -> String {
        let tree = self.tree;
        let own = |id| Some((text(tree, id, "system").unwrap_or(""), text(tree, id, "value")?));
        let first = each(tree, target, "identifier").find_map(own);
        first.map(|(system, value)| ["#", system, "|", value].concat()).unwrap_or_default()
    }
}
