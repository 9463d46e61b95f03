//! Which resources a text holds, and which of them a reference means.

use crate::json::tree::{Id, Tree};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// The resources of a text.
pub(super) struct Index<'d> {
    studies: Vec<Id>,
    /// By fullUrl, and by type and id. The first stands.
    urls: BTreeMap<String, Id>,
    /// The fullUrl of each entry's resource.
    full_urls: BTreeMap<Id, &'d str>,
    /// Contained resources, by the resource that contains them and their id.
    contained: BTreeMap<(Id, &'d str), Id>,
    /// Those in a member `contained` of a Bundle, by id.
    in_bundle: BTreeMap<&'d str, Id>,
}

/// What a reference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: Id,
    /// It stands where no resource belongs: in the Bundle's `contained`.
    pub(super) in_bundle: bool,
}

impl<'d> Index<'d> {
    pub(super) fn new(tree: &'d Tree<'d>, roots: &[Id]) -> Self {
        let mut index = Index {
            studies: Vec::new(),
            urls: BTreeMap::new(),
            full_urls: BTreeMap::new(),
            contained: BTreeMap::new(),
            in_bundle: BTreeMap::new(),
        };
        for root in roots {
            if type_of(tree, *root) != Some("Bundle") {
                index.resource(tree, *root);
                continue;
            }
            for entry in children(tree, *root, "entry") {
                let Some(resource) = tree.member(entry, "resource") else { continue };
                if let Some(url) = text(tree, entry, "fullUrl") {
                    index.urls.entry(url.into()).or_insert(resource);
                    index.full_urls.insert(resource, url);
                }
                index.resource(tree, resource);
            }
            for resource in children(tree, *root, "contained") {
                if let Some(id) = text(tree, resource, "id") {
                    index.in_bundle.entry(id).or_insert(resource);
                }
            }
        }
        index
    }

    fn resource(&mut self, tree: &'d Tree<'d>, resource: Id) {
        if type_of(tree, resource) == Some("ImagingStudy") {
            self.studies.push(resource);
        }
        if let (Some(type_), Some(id)) = (type_of(tree, resource), text(tree, resource, "id")) {
            self.urls.entry([type_, "/", id].concat()).or_insert(resource);
        }
        for inner in children(tree, resource, "contained") {
            if let Some(id) = text(tree, inner, "id") {
                self.contained.entry((resource, id)).or_insert(inner);
            }
        }
    }

    /// The studies, in order.
    pub(super) fn studies(&self) -> &[Id] {
        &self.studies
    }

    /// The resource that `literal` means inside the resource `within`.
    pub(super) fn resolve(&self, literal: &str, within: Id) -> Option<Target> {
        if let Some(id) = literal.strip_prefix('#') {
            let own = self.contained.get(&(within, id)).map(|id| Target { id: *id, in_bundle: false });
            return own.or_else(|| self.in_bundle.get(id).map(|id| Target { id: *id, in_bundle: true }));
        }
        let plain = literal.split_once("/_history/").map_or(literal, |(plain, _)| plain);
        // A relative reference is one to the server that its own resource is of (FHIR Bundle, "Resolving references").
        let base = self.full_urls.get(&within).and_then(|url| url.rsplitn(3, '/').nth(2)).filter(|base| base.contains("://"));
        let own = base.filter(|_| !plain.contains(':')).and_then(|base| self.urls.get([base, "/", plain].concat().as_str()));
        own.or_else(|| self.urls.get(plain)).map(|id| Target { id: *id, in_bundle: false })
    }
}

/// The type that a resource says it has.
pub(super) fn type_of<'d>(tree: &'d Tree<'d>, resource: Id) -> Option<&'d str> {
    text(tree, resource, "resourceType")
}

/// The text of a member, trimmed; none where it is blank.
pub(super) fn text<'d>(tree: &'d Tree<'d>, object: Id, name: &str) -> Option<&'d str> {
    tree.text(tree.member(object, name)?).map(str::trim).filter(|text| !text.is_empty())
}

/// The elements of a list, or the one object that stands in its place.
pub(super) fn children<'d>(tree: &'d Tree<'d>, object: Id, name: &str) -> Vec<Id> {
    match tree.member(object, name) {
        Some(list) if tree.is_array(list) => tree.children(list).collect(),
        Some(one) => Vec::from([one]),
        None => Vec::new(),
    }
}
