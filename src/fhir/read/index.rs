//! Which resources a text holds, and which of them a reference means.

use crate::error::{Error, Kind};
use crate::json::tree::{Id, Tree};
use crate::table::number_of;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};

/// The resources of a text. Which of them a URL or an id means is worked out when the first reference asks.
pub(super) struct Index<'d> {
    tree: &'d Tree<'d>,
    studies: Vec<Id>,
    /// Resources, in order, each with the fullUrl of its entry.
    resources: Vec<(Id, Option<&'d str>)>,
    /// Those in a member `contained` of a Bundle.
    of_bundle: Vec<Id>,
    /// By fullUrl, and by type and id. The first stands.
    urls: OnceCell<BTreeMap<String, Id>>,
    /// Contained resources, by the resource that contains them and their id.
    contained: OnceCell<BTreeMap<(Id, &'d str), Id>>,
    /// Those in a member `contained` of a Bundle, by id.
    in_bundle: OnceCell<BTreeMap<&'d str, Id>>,
    /// How many more values may be read again; none once there were too many.
    left: Cell<Option<u64>>,
}

/// Values that may always be read by reference.
const ALWAYS: u64 = 10_000;
/// Bytes of a text that is copied, or compared, again and again cost what a value costs.
const BYTES: usize = 32;

/// What a reference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: Id,
    /// It stands where no resource belongs: in the Bundle's `contained`.
    pub(super) in_bundle: bool,
}

impl<'d> Index<'d> {
    /// How many values may be read by reference in a text of so many bytes, `expansion` for each of them.
    pub(super) fn budget(bytes: usize, expansion: u32) -> u64 {
        (bytes as u64).saturating_mul(u64::from(expansion)).saturating_add(ALWAYS)
    }

    /// Of nothing; so many values may be read by reference.
    pub(super) fn empty(tree: &'d Tree<'d>, budget: u64) -> Self {
        Index {
            tree,
            studies: Vec::new(),
            resources: Vec::new(),
            of_bundle: Vec::new(),
            urls: OnceCell::new(),
            contained: OnceCell::new(),
            in_bundle: OnceCell::new(),
            left: Cell::new(Some(budget)),
        }
    }

    /// Of what an entry of a Bundle holds.
    pub(super) fn of_entry(tree: &'d Tree<'d>, entry: Id, budget: u64) -> Self {
        let mut index = Index::empty(tree, budget);
        index.entry(entry);
        index
    }

    pub(super) fn new(tree: &'d Tree<'d>, roots: &[Id], budget: u64) -> Self {
        let mut index = Index::empty(tree, budget);
        for root in roots {
            if type_of(tree, *root) != Some("Bundle") {
                index.resource(*root, None);
                continue;
            }
            each(tree, *root, "entry").for_each(|entry| index.entry(entry));
            index.of_bundle.extend(each(tree, *root, "contained"));
        }
        index
    }

    fn entry(&mut self, entry: Id) {
        if let Some(resource) = self.tree.member(entry, named!("resource")) {
            self.resource(resource, text(self.tree, entry, "fullUrl"));
        }
    }

    fn resource(&mut self, resource: Id, url: Option<&'d str>) {
        if type_of(self.tree, resource) == Some("ImagingStudy") {
            self.studies.push(resource);
        }
        self.resources.push((resource, url));
    }

    /// The studies, in order.
    pub(super) fn studies(&self) -> &[Id] {
        &self.studies
    }

    fn urls(&self) -> &BTreeMap<String, Id> {
        self.urls.get_or_init(|| {
            let mut urls = BTreeMap::new();
            for (resource, url) in &self.resources {
                if let Some(url) = url {
                    urls.entry(String::from(*url)).or_insert(*resource);
                }
                if let (Some(type_), Some(id)) = (type_of(self.tree, *resource), text(self.tree, *resource, "id")) {
                    urls.entry([type_, "/", id].concat()).or_insert(*resource);
                }
            }
            urls
        })
    }

    fn contained(&self) -> &BTreeMap<(Id, &'d str), Id> {
        self.contained.get_or_init(|| {
            let mut contained = BTreeMap::new();
            for (resource, _) in &self.resources {
                for inner in each(self.tree, *resource, "contained") {
                    if let Some(id) = text(self.tree, inner, "id") {
                        contained.entry((*resource, id)).or_insert(inner);
                    }
                }
            }
            contained
        })
    }

    fn in_bundle(&self) -> &BTreeMap<&'d str, Id> {
        self.in_bundle.get_or_init(|| {
            let mut in_bundle = BTreeMap::new();
            for resource in &self.of_bundle {
                if let Some(id) = text(self.tree, *resource, "id") {
                    in_bundle.entry(id).or_insert(*resource);
                }
            }
            in_bundle
        })
    }

    /// The fullUrl of the entry of a resource. They are numbered in order.
    fn full_url(&self, resource: Id) -> Option<&'d str> {
        let at = self.resources.binary_search_by_key(&resource, |(id, _)| *id).ok()?;
        self.resources.get(at)?.1
    }

    /// So many values and bytes are read again; whether they may be.
    pub(super) fn spend(&self, values: usize, bytes: usize) -> bool {
        let left = self.left.get().and_then(|left| left.checked_sub((values + bytes / BYTES) as u64));
        self.left.set(left);
        left.is_some()
    }

    /// How much may still be read again.
    pub(super) fn left(&self) -> Option<u64> {
        self.left.get()
    }

    /// An error once more was read again than may be.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.left.get().map(|_| ()).ok_or(Error::new(Kind::LimitExpansion))
    }

    /// The resource that `literal` means inside the resource `within`. What is beyond the limit is not found, and [`Self::check`] tells.
    pub(super) fn resolve(&self, literal: &str, within: Id) -> Option<Target> {
        let target = self.find(literal, within)?;
        self.spend(self.tree.span(target.id).len(), self.tree.bytes(target.id)).then_some(target)
    }

    fn find(&self, literal: &str, within: Id) -> Option<Target> {
        if let Some(id) = literal.strip_prefix('#') {
            let own = self.contained().get(&(within, id)).map(|id| Target { id: *id, in_bundle: false });
            return own.or_else(|| self.in_bundle().get(id).map(|id| Target { id: *id, in_bundle: true }));
        }
        let plain = literal.split_once("/_history/").map_or(literal, |(plain, _)| plain);
        // A relative reference is one to the server that its own resource is of (FHIR Bundle, "Resolving references").
        let base = self.full_url(within).and_then(|url| url.rsplitn(3, '/').nth(2)).filter(|base| base.contains("://"));
        if !self.spend(0, base.map_or(0, str::len)) {
            return None;
        }
        let own = base.filter(|_| !plain.contains(':')).and_then(|base| self.urls().get([base, "/", plain].concat().as_str()));
        own.or_else(|| self.urls().get(plain)).map(|id| Target { id: *id, in_bundle: false })
    }
}

/// The type that a resource says it has.
pub(super) fn type_of<'d>(tree: &'d Tree<'d>, resource: Id) -> Option<&'d str> {
    if tree.is_marked(resource) { text(tree, resource, "resourceType") } else { None }
}

/// The text of a member, trimmed; none where it is blank.
pub(super) fn text<'d>(tree: &'d Tree<'d>, object: Id, name: &str) -> Option<&'d str> {
    tree.text(tree.member(object, number_of(name))?).map(str::trim).filter(|text| !text.is_empty())
}

/// The elements of a list, or the one object that stands in its place.
pub(super) fn each<'d>(tree: &'d Tree<'d>, object: Id, name: &str) -> impl Iterator<Item = Id> + use<'d> {
    let list = tree.member(object, number_of(name));
    let elements = list.filter(|list| tree.is_array(*list));
    elements.into_iter().flat_map(|list| tree.children(list)).chain(list.filter(|_| elements.is_none()))
}

/// As [`each`], all of them.
pub(super) fn children<'d>(tree: &'d Tree<'d>, object: Id, name: &str) -> Vec<Id> {
    each(tree, object, name).collect()
}
