//! Histories: of the versions of a study the first is meant, which is the last that was made; what was deleted is no more (FHIR RESTful API, "history").

use super::index::{each, one, text, type_of};
use super::literal::{plain_of, server};
use crate::json::tree::{Id, Tree};
use crate::loss::Code;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// What a version is of: by its URL, or by type and id and, as far as it is known, server.
#[derive(Default)]
struct Met<'d> {
    /// Whether it is deleted.
    by_url: BTreeMap<&'d str, bool>,
    by_name: BTreeMap<(&'d str, &'d str, Option<&'d str>), bool>,
}

/// How a version is called.
#[derive(Default, Clone, Copy)]
struct Called<'d> {
    url: Option<&'d str>,
    name: Option<(&'d str, &'d str)>,
    base: Option<&'d str>,
}

impl<'d> Met<'d> {
    /// Whether something of this name was met, and then whether it is deleted.
    fn get(&self, called: Called<'d>) -> Option<bool> {
        let by_url = called.url.and_then(|url| self.by_url.get(url)).copied();
        by_url.or_else(|| {
            let (type_, id) = called.name?;
            let exactly = |base| self.by_name.get(&(type_, id, base)).copied();
            match called.base {
                Some(base) => exactly(Some(base)).or_else(|| exactly(None)),
                // Of whichever server.
                None => {
                    self.by_name.range((type_, id, None)..).next().filter(|((t, i, _), _)| (*t, *i) == (type_, id)).map(|(_, met)| *met)
                }
            }
        })
    }

    fn put(&mut self, called: Called<'d>, is_deleted: bool) {
        if let Some(url) = called.url {
            self.by_url.entry(url).or_insert(is_deleted);
        }
        if let Some((type_, id)) = called.name {
            self.by_name.entry((type_, id, called.base)).or_insert(is_deleted);
        }
    }
}

/// The resources of a history that hold no longer, and as what they are told: what was deleted, and of studies what there is a later version of. (Of
/// anything else a reference may mean an earlier version.)
pub(super) fn former<'d>(tree: &'d Tree<'d>, history: Id) -> Vec<(Id, Code)> {
    let (mut met, mut former) = (Met::default(), Vec::new());
    for entry in each(tree, history, "entry") {
        let resource = tree.member(entry, named!("resource"));
        let type_ = resource.and_then(|resource| type_of(tree, resource));
        let url = text(tree, entry, "fullUrl").map(|url| plain_of(url).trim_end_matches('/'));
        let mut called = Called { url, ..Called::default() };
        if let Some((type_, id)) = type_.zip(resource.and_then(|resource| text(tree, resource, "id"))) {
            called.name = Some((type_, id));
            called.base = url.and_then(|url| server(url, type_));
        }
        let request = one(tree, entry, named!("request"));
        let is_deletion = request.and_then(|request| text(tree, request, "method")) == Some("DELETE");
        if is_deletion {
            let asked = request.and_then(|request| text(tree, request, "url")).map(|url| plain_of(url).trim_end_matches('/'));
            called = Called { url: url.or(asked), name: called.name.or_else(|| asked.and_then(name)), base: called.base };
            if let Some((type_, _)) = called.name {
                let of_server = |url: Option<&'d str>| url.and_then(|url| server(url, type_));
                called.base = called.base.or_else(|| of_server(url)).or_else(|| of_server(asked));
            }
        }
        let before = met.get(called);
        met.put(called, is_deletion);
        let Some(resource) = resource else { continue };
        match before {
            _ if is_deletion => former.push((resource, Code::Withdrawn)),
            Some(true) => former.push((resource, Code::Withdrawn)),
            Some(false) if type_ == Some("ImagingStudy") => former.push((resource, Code::AlternativeUnused)),
            _ => {}
        }
    }
    former
}

/// Type and id at the end of a URL.
fn name(url: &str) -> Option<(&str, &str)> {
    let (before, id) = url.rsplit_once('/')?;
    let type_ = before.rsplit('/').next()?;
    (!type_.is_empty() && !id.is_empty()).then_some((type_, id))
}
