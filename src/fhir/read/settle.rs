//! The end of reading: every leaf that became no cell is carried, noted, or told where it stands.

use super::Reader;
use super::index::{each, type_of};
use super::ledger::Fate;
use crate::json::tree::Id;
use crate::loss::{Code, Loss, Place, Sink, Step};
use crate::table::{RESOURCE_TYPE, element_of, primitive_of, resource_type};
use alloc::vec::Vec;

/// What all leaves below a node are told as, and where.
type Kept = Option<(Code, Place)>;

impl Reader<'_, '_> {
    /// Tells what became of every leaf. Most are carried; only where one is not anybody asks where it stands.
    pub(super) fn settle(&mut self, roots: &[Id], studies: &[Id], sink: &mut Sink<'_>) {
        roots.iter().for_each(|root| self.envelope(*root));
        let (mut carried, mut rest) = (0, Vec::new());
        for leaf in self.tree.leaves() {
            match self.ledger.fate(leaf) {
                Fate::Cell => {}
                Fate::Used if self.ledger.noted(leaf).is_none() => carried += 1,
                Fate::Used | Fate::Lost(_) | Fate::Open => rest.push(leaf),
            }
        }
        sink.report.carry(carried);
        let mut rest = rest.as_slice();
        for root in roots.iter() {
            let Some(next) = rest.first() else { return };
            if self.tree.span(*root).contains(next) {
                self.below(*root, Place::ROOT, None, studies, 0, &mut rest, sink);
            }
        }
    }

    /// What a Bundle says of itself.
    fn envelope(&mut self, root: Id) {
        if type_of(self.tree, root) != Some("Bundle") {
            return;
        }
        self.ledger.meet(root);
        for name in [RESOURCE_TYPE, named!("type"), named!("total")] {
            self.tree.member(root, name).into_iter().for_each(|id| self.ledger.take(id));
        }
        for entry in each(self.tree, root, "entry") {
            if let Some(url) = self.tree.member(entry, named!("fullUrl")) {
                self.ledger.take(url);
                if self.tree.text(url).is_some_and(|url| url.contains('?')) {
                    self.ledger.note(url, Code::FullUrl);
                }
            }
            let mode = self.tree.member(entry, named!("search")).and_then(|search| self.tree.member(search, named!("mode")));
            mode.into_iter().for_each(|mode| self.ledger.take(mode));
        }
    }

    /// Tells those of the leaves in `rest`, which are in order, that stand below a node, or are it.
    #[allow(clippy::too_many_arguments)]
    fn below(&self, node: Id, at: Place, mut kept: Kept, studies: &[Id], mut first: u64, rest: &mut &[Id], sink: &mut Sink<'_>) {
        if let Some((_, behind)) = rest.split_first().filter(|(next, _)| **next == node) {
            *rest = behind;
            self.end(node, at, kept, first, sink);
            return;
        }
        let mut at = at;
        if let Some(type_) = type_of(self.tree, node).filter(|_| self.tree.is_object(node)) {
            if let Ok(n) = studies.binary_search(&node) {
                first = n as u64;
            }
            let place = resource_type(type_).map_or(Place::ROOT, |type_| Place::ROOT.then(Step::Element(type_)));
            if !self.ledger.is_met(node) && kept.is_none() {
                kept = Some((Code::OtherResource, if at == Place::ROOT { place } else { at }));
            }
            at = place;
        }
        let is_array = self.tree.is_array(node);
        for (child, ordinal) in self.tree.children(node).zip(0..) {
            let Some(next) = rest.first() else { return };
            if self.tree.span(child).contains(next) {
                let (place, kept) = if is_array { (at, kept) } else { self.member(node, (child, ordinal), at, kept) };
                self.below(child, place, kept, studies, first, rest, sink);
            }
        }
    }

    /// The place of a member, and what it is told as whatever it holds.
    fn member(&self, object: Id, (member, ordinal): (Id, u32), at: Place, kept: Kept) -> (Place, Kept) {
        let number = self.tree.name(member);
        let is_resource = type_of(self.tree, object).is_some();
        let Some(known) = element_of(number) else {
            return match primitive_of(number) {
                Some(own) => {
                    let place = at.then(Step::Element(own)).then(Step::Element("extension"));
                    (place, kept.or(Some((Code::Extension, place))))
                }
                None => {
                    let place = at.then(Step::Unknown(ordinal));
                    (place, kept.or(Some((Code::UnknownElement, place))))
                }
            };
        };
        let place = at.then(Step::Element(known));
        let code = match known {
            "extension" | "modifierExtension" => Some(Code::Extension),
            "text" if is_resource && self.tree.is_object(member) => Some(Code::Narrative),
            _ if self.tree.member(object, number) != Some(member) => Some(Code::DuplicateMember),
            _ => None,
        };
        (place, kept.or(code.map(|code| (code, place))))
    }

    fn end(&self, id: Id, at: Place, kept: Kept, first: u64, sink: &mut Sink<'_>) {
        let (code, at) = match self.ledger.fate(id) {
            Fate::Lost(code) => (code, self.ledger.place(id).unwrap_or(at)),
            // Of a leaf that is understood only a remark is told.
            Fate::Used | Fate::Cell => (self.ledger.noted(id).unwrap_or(Code::NoAttribute), at),
            Fate::Open => kept.unwrap_or((Code::NoAttribute, at)),
        };
        sink.tell(Loss { code, at, first, count: 1 });
    }
}
