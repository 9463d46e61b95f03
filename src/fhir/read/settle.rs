//! The end of reading: every leaf that became no cell is carried, noted, or told where it stands.

use super::Reader;
use super::index::{each, type_of};
use super::ledger::Fate;
use crate::json::tree::{Id, Name};
use crate::loss::{Code, Loss, Place, Sink, Step};
use crate::table::{RESOURCE_TYPE, element_of, primitive_of, resource_type};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// The most losses that are kept before anybody hears of them.
pub(super) const HEARD: usize = 1 << 16;

/// What all leaves below a node are told as, and where.
type Kept = Option<(Code, Place)>;

impl Reader<'_, '_> {
    /// Tells what became of every leaf. Most are carried; only where one is not anybody asks where it stands.
    pub(super) fn settle(&mut self, roots: &[Id], studies: &[Id], sink: &mut Sink<'_>) {
        roots.iter().for_each(|root| self.envelope(*root));
        let (carried, rest) = self.account();
        sink.report.carry(carried);
        let mut rest = rest.as_slice();
        for root in roots.iter() {
            let Some(next) = rest.first() else { return };
            if self.tree.span(*root).contains(next) {
                self.below(*root, Place::ROOT, None, studies, 0, &mut rest, &mut |loss| sink.tell(loss));
            }
        }
    }

    /// The same of a tree of one resource, or of the entry that it stands in; how many leaves are carried. `None`: there is more to tell than is kept.
    pub(super) fn settle_one(&mut self, root: Id, in_entry: bool, studies: &[Id], told: &mut Vec<Loss>) -> Option<u64> {
        let mut at = Place::ROOT;
        if in_entry {
            self.entry(root);
            at = of_resource("Bundle").then(Step::Element("entry"));
        }
        let (carried, rest) = self.account();
        if !rest.is_empty() {
            self.below(root, at, None, studies, 0, &mut rest.as_slice(), &mut |loss| push(told, loss));
        }
        (told.len() < HEARD).then_some(carried)
    }

    /// The same of a Bundle whose entries, which would be in `list`, are not in the tree: what is told before them, and behind.
    pub(super) fn settle_around(&mut self, root: Id, list: Option<Id>, before: &mut Vec<Loss>, behind: &mut Vec<Loss>) -> Option<u64> {
        self.envelope(root);
        let (carried, rest) = self.account();
        let (one, two) = rest.split_at(rest.partition_point(|leaf| list.is_none_or(|list| *leaf < list)));
        let mut good = true;
        for (mut rest, told) in [(one, before), (two, behind)].into_iter().filter(|(rest, _)| !rest.is_empty()) {
            self.below(root, Place::ROOT, None, &[], 0, &mut rest, &mut |loss| push(told, loss));
            good &= told.len() < HEARD;
        }
        good.then_some(carried)
    }

    /// How many leaves are carried, and the others.
    fn account(&self) -> (u64, Vec<Id>) {
        let (mut carried, mut rest) = (0, Vec::new());
        for leaf in self.tree.leaves() {
            match self.room.ledger.fate(leaf) {
                Fate::Cell => {}
                Fate::Used if self.room.ledger.noted(leaf).is_none() => carried += 1,
                Fate::Used | Fate::Lost(_) | Fate::Open => rest.push(leaf),
            }
        }
        (carried, rest)
    }

    /// A leaf is understood, if it says anything: `true` where a text belongs is told.
    pub(super) fn understand(&mut self, leaf: Id) {
        if self.tree.text(leaf).is_some() {
            self.room.ledger.take(leaf);
        }
    }

    /// What a Bundle says of itself.
    fn envelope(&mut self, root: Id) {
        if type_of(self.tree, root) != Some("Bundle") {
            return;
        }
        self.room.ledger.meet(root);
        for name in [RESOURCE_TYPE, named!("type"), named!("total")] {
            self.tree.member(root, name).into_iter().for_each(|id| self.understand(id));
        }
        each(self.tree, root, "entry").for_each(|entry| self.entry(entry));
    }

    /// What an entry says beside its resource.
    fn entry(&mut self, entry: Id) {
        if let Some(url) = self.tree.member(entry, named!("fullUrl")) {
            self.understand(url);
            if self.tree.text(url).is_some_and(|url| url.contains('?')) {
                self.room.ledger.note(url, Code::FullUrl);
            }
        }
        let mode = self.tree.member(entry, named!("search")).and_then(|search| self.tree.member(search, named!("mode")));
        mode.into_iter().for_each(|mode| self.understand(mode));
    }

    /// Tells those of the leaves in `rest`, which are in order, that stand below a node, or are it.
    #[allow(clippy::too_many_arguments)]
    fn below(&self, node: Id, at: Place, mut kept: Kept, studies: &[Id], mut first: u64, rest: &mut &[Id], tell: &mut dyn FnMut(Loss)) {
        if let Some((_, behind)) = rest.split_first().filter(|(next, _)| **next == node) {
            *rest = behind;
            self.end(node, at, kept, first, tell);
            return;
        }
        let mut at = at;
        let type_ = type_of(self.tree, node).filter(|_| self.tree.is_object(node));
        if let Some(type_) = type_ {
            if let Ok(n) = studies.binary_search(&node) {
                first = self.before + n as u64;
            }
            let place = of_resource(type_);
            if !self.room.ledger.is_met(node) && kept.is_none() {
                kept = Some((Code::OtherResource, if at == Place::ROOT { place } else { at }));
            }
            at = place;
        }
        let is_array = self.tree.is_array(node);
        // The first of its name is the member.
        let mut met: BTreeSet<Name> = BTreeSet::new();
        for (child, ordinal) in self.tree.all(node).zip(0..) {
            let Some(next) = rest.first() else { return };
            let is_first = is_array || !self.tree.is_nothing(child) && met.insert(self.tree.name(child));
            if self.tree.span(child).contains(next) {
                let of = (type_.is_some(), is_first);
                let (place, kept) = if is_array { (at, kept) } else { self.member(of, (child, ordinal), at, kept) };
                self.below(child, place, kept, studies, first, rest, tell);
            }
        }
    }

    /// The place of a member, and what it is told as whatever it holds.
    fn member(&self, (is_resource, is_first): (bool, bool), (member, ordinal): (Id, u32), at: Place, kept: Kept) -> (Place, Kept) {
        let number = self.tree.name(member);
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
            _ if !is_first => Some(Code::DuplicateMember),
            _ => None,
        };
        (place, kept.or(code.map(|code| (code, place))))
    }

    fn end(&self, id: Id, at: Place, kept: Kept, first: u64, tell: &mut dyn FnMut(Loss)) {
        let (code, at) = match self.room.ledger.fate(id) {
            Fate::Lost(code) => (code, self.room.ledger.place(id).unwrap_or(at)),
            // Of a leaf that is understood only a remark is told.
            Fate::Used | Fate::Cell => (self.room.ledger.noted(id).unwrap_or(Code::NoAttribute), at),
            Fate::Open => kept.unwrap_or((Code::NoAttribute, at)),
        };
        tell(Loss { code, at, first, count: 1 });
        self.remark(id, first, tell);
    }

    /// Tells the note of a value whose leaf is lost, if anything else of it came through: with no leaf, where the value stands.
    fn remark(&self, leaf: Id, first: u64, tell: &mut dyn FnMut(Loss)) {
        let fate = |id: Id| self.room.ledger.fate(id);
        let Some((value, at)) = self.room.ledger.value_of(leaf).filter(|_| matches!(fate(leaf), Fate::Open | Fate::Lost(_))) else {
            return;
        };
        let Some(code) = self.room.ledger.noted(leaf) else { return };
        if self.tree.span(value).any(|id| self.tree.is_leaf(id) && matches!(fate(id), Fate::Used | Fate::Cell)) {
            tell(Loss { code, at, first, count: 0 });
        }
    }
}

/// Keeps a loss, as long as there are few.
fn push(told: &mut Vec<Loss>, loss: Loss) {
    if told.len() < HEARD {
        told.push(loss);
    }
}

/// The place of a resource of a type.
fn of_resource(type_: &str) -> Place {
    resource_type(type_).map_or(Place::ROOT, |type_| Place::ROOT.then(Step::Element(type_)))
}
