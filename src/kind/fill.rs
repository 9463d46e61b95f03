//! The fields of an item while it is read from FHIR, and what becomes of the leaves that it is read from.

use crate::fhir::found::{Leaf, URN_OID};
use crate::json::tree::Id;
use crate::loss::Code;
use crate::value::FIELDS;
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// A field, and the leaf that is counted for it.
#[derive(Default)]
pub(crate) struct Filled<'d> {
    pub(crate) text: Cow<'d, str>,
    pub(crate) leaf: Option<Id>,
}

/// What becomes of a leaf beside the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It says what the rest is.
    Used,
    /// It is remarked on.
    Noted(Code),
    /// It is lost, whole or in part.
    Lost(Code),
    /// It is a part of what a field says, or says it once more: what becomes of the field's leaf becomes of it.
    Further(u8),
}

/// An item being filled. Leaves that a kind does not mention are told by the reader.
#[derive(Default)]
pub(crate) struct Fill<'d> {
    pub(crate) fields: [Filled<'d>; FIELDS],
    pub(crate) outcomes: Vec<(Id, Outcome)>,
}

impl<'d> Fill<'d> {
    /// The leaf is the field.
    pub(crate) fn put(&mut self, field: usize, leaf: Leaf<'d>) {
        self.set(field, leaf.text, leaf);
    }

    /// The field is `text`, which the leaf says; no leaf: another field has it.
    pub(crate) fn set(&mut self, field: usize, text: impl Into<Cow<'d, str>>, leaf: Leaf<'d>) {
        self.fill(field, text.into(), leaf.id);
    }

    pub(crate) fn fill(&mut self, field: usize, text: Cow<'d, str>, leaf: Option<Id>) {
        if let Some(slot) = self.fields.get_mut(field).filter(|_| text.chars().any(|c| !c.is_whitespace() && !c.is_control())) {
            *slot = Filled { text, leaf };
        }
    }

    pub(crate) fn is_filled(&self, field: usize) -> bool {
        self.fields.get(field).is_some_and(|filled| !filled.text.is_empty())
    }

    fn add(&mut self, leaf: Leaf<'d>, outcome: Outcome) {
        self.outcomes.extend(leaf.id.map(|id| (id, outcome)));
    }

    /// The leaf is understood.
    pub(crate) fn also(&mut self, leaf: Leaf<'d>) {
        // What is no text (`true` where a system belongs) says nothing that anybody understood.
        if !leaf.text.is_empty() {
            self.add(leaf, Outcome::Used);
        }
    }

    /// The leaf is a part of what a field says, beside the leaf that the field has, or says the same.
    pub(crate) fn further(&mut self, field: usize, leaf: Leaf<'d>) {
        self.add(leaf, Outcome::Further(field as u8));
    }

    pub(crate) fn note(&mut self, leaf: Leaf<'d>, code: Code) {
        self.add(leaf, Outcome::Noted(code));
    }

    pub(crate) fn lose(&mut self, leaf: Leaf<'d>, code: Code) {
        self.add(leaf, Outcome::Lost(code));
    }

    /// The system of a code that needs one: understood, and noted where it is another, or none.
    pub(crate) fn system(&mut self, system: Leaf<'d>, expected: &str, code: Leaf<'d>) {
        self.also(system);
        if system.trim() != expected {
            self.note(if system.is_empty() { code } else { system }, Code::OtherSystem);
        }
    }

    /// A UID, with `urn:oid:` before it where FHIR has it so.
    pub(crate) fn uid(&mut self, field: usize, leaf: Leaf<'d>, urn: bool) {
        let text = leaf.trim();
        let bare = text.strip_prefix(URN_OID);
        if bare.is_some() != urn && (bare.is_some() || crate::grammar::uid::is_oid(text)) {
            self.note(leaf, Code::UidForm);
        }
        self.set(field, bare.unwrap_or(text), leaf);
    }
}
