//! The end of reading: every leaf that became no cell is carried, noted, or told where it stands.

use super::Reader;
use super::index::type_of;
use super::ledger::Fate;
use crate::json::tree::Id;
use crate::loss::{Code, Loss, Place, Sink, Step};
use crate::table::{element, resource_type};

/// What all leaves below a node are told as, and where.
type Kept = Option<(Code, Place)>;

impl Reader<'_, '_> {
    /// Tells what became of every leaf.
    pub(super) fn settle(&mut self, roots: &[Id], studies: &[Id], sink: &mut Sink<'_>) {
        for root in roots {
            self.envelope(*root);
            self.below(*root, Place::ROOT, None, studies, 0, sink);
        }
    }

    /// What a Bundle says of itself.
    fn envelope(&mut self, root: Id) {
        if type_of(self.tree, root) != Some("Bundle") {
            return;
        }
        self.ledger.meet(root);
        for name in ["resourceType", "type", "total"] {
            self.tree.member(root, name).into_iter().for_each(|id| self.ledger.take(id));
        }
        for entry in super::index::children(self.tree, root, "entry") {
            if let Some(url) = self.tree.member(entry, "fullUrl") {
                self.ledger.take(url);
                if self.tree.text(url).is_some_and(|url| url.contains('?')) {
                    self.ledger.note(url, Code::FullUrl);
                }
            }
            let mode = self.tree.member(entry, "search").and_then(|search| self.tree.member(search, "mode"));
            mode.into_iter().for_each(|mode| self.ledger.take(mode));
        }
    }

    fn below(&mut self, node: Id, at: Place, mut kept: Kept, studies: &[Id], mut first: u64, sink: &mut Sink<'_>) {
        if self.tree.is_leaf(node) {
            self.end(node, at, kept, first, sink);
            return;
        }
        let mut at = at;
        if let Some(type_) = type_of(self.tree, node).filter(|_| self.tree.is_object(node)) {
            if let Some(n) = studies.iter().position(|study| *study == node) {
                first = n as u64;
            }
            let place = resource_type(type_).map_or(Place::ROOT, |type_| Place::ROOT.then(Step::Element(type_)));
            if !self.ledger.is_met(node) && kept.is_none() {
                kept = Some((Code::OtherResource, if at == Place::ROOT { place } else { at }));
            }
            at = place;
        }
        if self.tree.is_array(node) {
            self.tree.children(node).for_each(|child| self.below(child, at, kept, studies, first, sink));
            return;
        }
        for child in self.tree.children(node) {
            let (place, kept) = self.member(node, child, at, kept);
            self.below(child, place, kept, studies, first, sink);
        }
    }

    /// The place of a member, and what it is told as whatever it holds.
    fn member(&self, object: Id, member: Id, at: Place, kept: Kept) -> (Place, Kept) {
        let name = self.tree.name(member).unwrap_or_default();
        let is_resource = type_of(self.tree, object).is_some();
        let Some(known) = element(&name) else {
            let of_primitive = name.strip_prefix('_').and_then(element);
            return match of_primitive {
                Some(own) => {
                    let place = at.then(Step::Element(own)).then(Step::Element("extension"));
                    (place, kept.or(Some((Code::Extension, place))))
                }
                None => {
                    let place = at.then(Step::Unknown(self.tree.ordinal(member)));
                    (place, kept.or(Some((Code::UnknownElement, place))))
                }
            };
        };
        let place = at.then(Step::Element(known));
        let code = match known {
            "extension" | "modifierExtension" => Some(Code::Extension),
            "text" if is_resource && self.tree.is_object(member) => Some(Code::Narrative),
            _ if self.tree.member(object, known) != Some(member) => Some(Code::DuplicateMember),
            _ => None,
        };
        (place, kept.or(code.map(|code| (code, place))))
    }

    fn end(&self, id: Id, at: Place, kept: Kept, first: u64, sink: &mut Sink<'_>) {
        let (code, at) = match self.ledger.fate(id) {
            Fate::Cell => return,
            Fate::Used => match self.ledger.noted(id) {
                None => return sink.report.carry(1),
                Some(code) => (code, at),
            },
            Fate::Lost(code) => (code, self.ledger.place(id).unwrap_or(at)),
            Fate::Open => kept.unwrap_or((Code::NoAttribute, at)),
        };
        sink.tell(Loss { code, at, first, count: 1 });
    }
}
