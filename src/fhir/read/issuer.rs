//! Who gave an identifier, where that is said by reference (FHIR Identifier, `assigner`).

use super::Reader;
use super::index::{text, type_of};
use crate::fhir::found::{Identifier, Leaf};
use crate::json::tree::Id;
use alloc::string::String;

impl<'d> Reader<'d, '_> {
    /// The assigner: its name where the resource is there, and in any case what tells it from others.
    pub(super) fn assigner(&mut self, assigner: Id, identifier: &mut Identifier<'d>) {
        let literal = self.leaf(assigner, named!("reference"));
        let mut called = String::new();
        if !literal.is_empty() {
            // That nothing is known of it does not make the rest of what refers to it unknown. It is referred to where the identifier stands, which
            // may be in the patient's resource.
            let (is_nowhere, resource) = (self.room.is_nowhere, self.resource);
            self.resource = self.holder(assigner);
            let target = self.target(literal);
            let within = core::mem::replace(&mut self.resource, resource);
            self.room.is_nowhere = is_nowhere;
            called = match target {
                None => self.index.name_of(literal.trim(), within),
                Some(target) => {
                    self.name_issuer(target, literal, identifier);
                    if literal.trim().starts_with('#') { self.contained_issuer(target) } else { self.index.called(target) }
                }
            };
        }
        // Whose number the assigner's own is.
        if let Some(own) = self.tree.member(assigner, named!("identifier")) {
            let system = text(self.tree, own, "system").filter(|_| self.tree.is_object(own));
            system.into_iter().for_each(|system| called.extend(["|", system]));
        }
        // Records are told apart by texts that have no control characters.
        called.retain(|c| !c.is_control());
        identifier.called = called;
    }

    /// The resource that a node is in, and that contains the one that it is in.
    fn holder(&self, node: Id) -> Id {
        let tree = self.tree;
        let mut holder = self.resource;
        let mut at = node;
        while tree.parent(at) != at {
            at = tree.parent(at);
            if tree.is_marked(at) {
                if type_of(tree, at) == Some("Bundle") {
                    break;
                }
                holder = at;
            }
        }
        holder
    }

    /// The name of what a reference to an assigner leads to, which says more than what stands beside the reference.
    fn name_issuer(&mut self, target: Id, literal: Leaf<'d>, identifier: &mut Identifier<'d>) {
        let name = if type_of(self.tree, target) == Some("Organization") { self.leaf(target, named!("name")) } else { Leaf::default() };
        if name.is_empty() {
            return self.leads_to_nothing(literal);
        }
        self.unused(Some(core::mem::replace(&mut identifier.assigner, name)));
    }

    /// What tells an assigner that is contained from others: its first identifier. Its id says nothing outside of what contains it.
    fn contained_issuer(&self, target: Id) -> String {
        let tree = self.tree;
        let first = super::index::each(tree, target, "identifier")
            .find_map(|id| Some((text(tree, id, "system").unwrap_or(""), text(tree, id, "value")?)));
        first.map(|(system, value)| ["#", system, "|", value].concat()).unwrap_or_default()
    }
}
