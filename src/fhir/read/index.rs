//! Which resources a text holds, and which of them a reference means.

use super::history::former;
use super::issuer::Issuer;
use super::literal::{is_absolute, is_label, plain_of, server, version_of};
use super::study::{is_modified, is_wrapped};
use super::withdrawn::superseded;
use crate::error::{Error, Kind};
use crate::json::tree::{Id, Name, Tree};
use crate::loss::Code;
use crate::table::{RESOURCE_TYPE, number_of};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell, RefCell};
use core::cmp::Ordering;

/// The resources of a text. Which of them a URL or an id means is worked out when the first reference asks.
pub(super) struct Index<'d> {
    tree: &'d Tree<'d>,
    studies: Vec<Id>,
    /// Resources, in order.
    resources: Vec<Listed<'d>>,
    /// Those in a member `contained` of a Bundle, each with the number of that.
    of_bundle: Vec<(Id, u32)>,
    /// Those in a Bundle, or an entry of one, that may mean something else than it says, and those of a history that hold no longer.
    refused: BTreeMap<Id, Code>,
    /// How many Bundles there are, and which of them are histories.
    bundles: u32,
    histories: BTreeSet<u32>,
    /// By fullUrl, and by type and id, in order.
    names: OnceCell<Vec<Named<'d>>>,
    /// Contained resources, by the resource that contains them and their id.
    contained: OnceCell<BTreeMap<(Id, &'d str), Option<Own<'d>>>>,
    /// Those in a member `contained` of a Bundle, by the number of that and their id.
    in_bundle: OnceCell<BTreeMap<(u32, &'d str), Option<Own<'d>>>>,
    /// What is not read of resources that were referred to.
    unread: RefCell<BTreeMap<Id, usize>>,
    /// What is known of resources that identifiers are assigned by; nothing, of those of which nothing is read.
    issuers: RefCell<BTreeMap<Id, Option<Issuer<'d>>>>,
    /// The types of resources that others stand in: each of these asks.
    types: RefCell<BTreeMap<Id, Option<&'d str>>>,
    /// How many more values may be read again; none once there were too many.
    left: Cell<Option<u64>>,
}

/// Values that may always be read by reference.
const ALWAYS: u64 = 10_000;
/// Bytes of a text that is copied, or compared, again and again cost what a value costs. (A record keeps what it is told in up to twelve bytes for each of them: in
/// forms by which names are compared, in lists that grow, for each field that one more row fills. Of 32 bytes for each of the text that is below what
/// `Limits` promises.)
const BYTES: usize = 16;

/// A resource, its type, and the last that is the same. (None where there are several of one id that differ.)
type Own<'d> = (Id, Option<&'d str>, Id);

/// A resource of a text.
struct Listed<'d> {
    id: Id,
    type_: Option<&'d str>,
    /// The fullUrl of its entry, what it is without a version, and the server that it names: it may be long, and each reference asks.
    url: Option<&'d str>,
    plain: &'d str,
    base: Option<&'d str>,
    /// The Bundle that it is of: 0 of none, or the number of it.
    scope: u32,
}

/// What a resource is referred to by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Named<'d> {
    /// Empty: `id` is its fullUrl.
    type_: &'d str,
    id: &'d str,
    /// The Bundle that it is of.
    scope: u32,
    /// The server that it is said to be of.
    base: Option<&'d str>,
    /// Which version of it this is.
    version: Option<&'d str>,
    /// Where it is among the resources, and the first of this name.
    at: u32,
    first: u32,
    /// Whether there are others of this name, or of this version of it, which say something else.
    is_torn: bool,
    is_version_torn: bool,
    /// Whether those of this type and id are of one server, in this Bundle. (Its name may be long, and each reference asks.)
    is_of_one: bool,
    /// Of a fullUrl: whether resources that have it, of whatever Bundle, say something else.
    is_scattered: bool,
}

/// What a reference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target<'d> {
    pub(super) id: Id,
    /// The type that it says it has: it may stand behind many members, and many may refer to it.
    pub(super) type_: Option<&'d str>,
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
            refused: BTreeMap::new(),
            bundles: 0,
            histories: BTreeSet::new(),
            names: OnceCell::new(),
            contained: OnceCell::new(),
            in_bundle: OnceCell::new(),
            unread: RefCell::default(),
            issuers: RefCell::default(),
            types: RefCell::default(),
            left: Cell::new(Some(budget)),
        }
    }

    /// Of what an entry of a Bundle holds.
    pub(super) fn of_entry(tree: &'d Tree<'d>, entry: Id, budget: u64) -> Self {
        let mut index = Index::empty(tree, budget);
        index.bundles = 1;
        index.entry(entry, false);
        index
    }

    pub(super) fn new(tree: &'d Tree<'d>, roots: &[Id], budget: u64) -> Self {
        let mut index = Index::empty(tree, budget);
        for root in roots {
            if type_of(tree, *root) != Some("Bundle") {
                index.resource(*root, None, 0);
                continue;
            }
            index.bundles += 1;
            if text(tree, *root, "type") == Some("history") {
                index.histories.insert(index.bundles);
                index.refused.extend(former(tree, *root));
            }
            let is_refused = is_wrapped(tree, *root);
            each(tree, *root, "entry").for_each(|entry| index.entry(entry, is_refused));
            let number = index.bundles;
            for resource in each(tree, *root, "contained") {
                index.of_bundle.push((resource, number));
                if is_refused {
                    index.refused.insert(resource, Code::Modifier);
                }
            }
        }
        index
    }

    /// Refuses studies that are taken back where another of their UID holds.
    pub(super) fn supersede(&mut self) {
        let superseded = superseded(self.tree, self);
        superseded.into_iter().for_each(|study| _ = self.refused.entry(study).or_insert(Code::Withdrawn));
    }

    fn entry(&mut self, entry: Id, is_refused: bool) {
        if let Some(resource) = self.tree.member(entry, named!("resource")) {
            if is_refused || is_wrapped(self.tree, entry) {
                self.refused.insert(resource, Code::Modifier);
            }
            self.resource(resource, text(self.tree, entry, "fullUrl"), self.bundles);
        }
    }

    fn resource(&mut self, resource: Id, url: Option<&'d str>, scope: u32) {
        let type_ = type_of(self.tree, resource);
        if type_ == Some("ImagingStudy") {
            self.studies.push(resource);
        }
        let base = url.and_then(|url| server(url, type_.unwrap_or("")));
        let plain = url.map(|url| plain_of(url).trim_end_matches('/')).unwrap_or("");
        self.resources.push(Listed { id: resource, type_, url, plain, base, scope });
    }

    /// Why nothing of a resource is read: it has something that may change its meaning, in it or around it, or it holds no longer.
    pub(super) fn refusal(&self, resource: Id) -> Option<Code> {
        self.refused.get(&resource).copied().or_else(|| is_modified(self.tree, resource).then_some(Code::Modifier))
    }

    /// The studies, in order.
    pub(super) fn studies(&self) -> &[Id] {
        &self.studies
    }

    fn names(&self) -> &[Named<'d>] {
        self.names.get_or_init(|| {
            let mut names = Vec::with_capacity(self.resources.len());
            for (at, Listed { id: resource, type_, url, base, scope, .. }) in self.resources.iter().enumerate() {
                let (scope, at) = (*scope, at as u32);
                let meta = one(self.tree, *resource, named!("meta"));
                let version = url.and_then(version_of).or_else(|| meta.and_then(|meta| text(self.tree, meta, "versionId")));
                let mut name = |type_, id, base| {
                    let (is_torn, is_version_torn, is_of_one, is_scattered) = (false, false, true, false);
                    names.push(Named { type_, id, scope, base, version, at, first: at, is_torn, is_version_torn, is_of_one, is_scattered });
                };
                if let Some(url) = url {
                    name("", plain_of(url), None);
                }
                if let (Some(type_), Some(id)) = (*type_, text(self.tree, *resource, "id")) {
                    name(type_, id, *base);
                }
            }
            names.sort_unstable();
            let of = |named: &Named<'_>| self.resources.get(named.at as usize).map(|listed| listed.id);
            let is_torn = |group: &[Named<'_>]| {
                !group.windows(2).all(|pair| match pair {
                    [one, other] => of(one).zip(of(other)).is_some_and(|(one, other)| self.tree.is_same(one, other)),
                    _ => true,
                })
            };
            let alike = |a: &Named<'_>, b: &Named<'_>| (a.type_, a.id, a.scope, a.base) == (b.type_, b.id, b.scope, b.base);
            for group in names.chunk_by_mut(alike).filter(|group| group.len() > 1) {
                let (first, is_all_torn) = (group.iter().map(|named| named.at).min().unwrap_or(0), is_torn(group));
                for version in group.chunk_by_mut(|a, b| a.version == b.version) {
                    let is_version_torn = is_torn(version);
                    for named in version {
                        (named.first, named.is_torn, named.is_version_torn) = (first, is_all_torn, is_version_torn);
                    }
                }
            }
            for group in names.chunk_by_mut(|a, b| (a.type_, a.id, a.scope) == (b.type_, b.id, b.scope)).filter(|group| group.len() > 1) {
                let is_of_one = group.first().map(|first| first.base) == group.last().map(|last| last.base);
                group.iter_mut().for_each(|named| named.is_of_one = is_of_one);
            }
            for group in names.chunk_by_mut(|a, b| a.type_.is_empty() && (a.type_, a.id) == (b.type_, b.id)).filter(|group| group.len() > 1)
            {
                let is_scattered = is_torn(group);
                group.iter_mut().for_each(|named| named.is_scattered = is_scattered);
            }
            names
        })
    }

    fn contained(&self) -> &BTreeMap<(Id, &'d str), Option<Own<'d>>> {
        self.contained.get_or_init(|| {
            let mut contained = BTreeMap::new();
            for Listed { id: resource, .. } in &self.resources {
                each(self.tree, *resource, "contained").for_each(|inner| self.own(&mut contained, *resource, inner));
            }
            contained
        })
    }

    fn in_bundle(&self) -> &BTreeMap<(u32, &'d str), Option<Own<'d>>> {
        self.in_bundle.get_or_init(|| {
            let mut in_bundle = BTreeMap::new();
            self.of_bundle.iter().for_each(|(resource, scope)| self.own(&mut in_bundle, *scope, *resource));
            in_bundle
        })
    }

    /// Adds what is contained in a resource or Bundle.
    fn own(&self, all: &mut BTreeMap<(u32, &'d str), Option<Own<'d>>>, of: u32, inner: Id) {
        let Some(id) = text(self.tree, inner, "id") else { return };
        let known = all.entry((of, id)).or_insert_with(|| Some((inner, type_of(self.tree, inner), inner)));
        // Each with the one before it: one of them may be long.
        *known = known.filter(|(.., last)| self.tree.is_same(*last, inner)).map(|(first, type_, _)| (first, type_, inner));
    }

    /// The type of a resource that others stand in.
    pub(super) fn type_around(&self, resource: Id) -> Option<&'d str> {
        *self.types.borrow_mut().entry(resource).or_insert_with(|| type_of(self.tree, resource))
    }

    /// Whether it is a resource of its own, or of an entry.
    pub(super) fn is_listed(&self, resource: Id) -> bool {
        self.resources.binary_search_by_key(&resource, |listed| listed.id).is_ok()
    }

    /// The server that a resource is of, as far as the fullUrl of its entry says it, and the Bundle that it is of. Resources are numbered in order.
    fn place(&self, resource: Id) -> (Option<&'d str>, u32) {
        let at = self.resources.binary_search_by_key(&resource, |listed| listed.id).ok();
        let listed = at.and_then(|at| self.resources.get(at)).map(|listed| (listed.base, listed.scope));
        // Or it is in the Bundle's own `contained`.
        let of_bundle = || self.of_bundle.binary_search_by_key(&resource, |(id, _)| *id).ok().and_then(|at| self.of_bundle.get(at));
        listed.or_else(|| of_bundle().map(|(_, scope)| (None, *scope))).unwrap_or_default()
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
    pub(super) fn resolve(&self, literal: &str, within: Id) -> Option<Target<'d>> {
        let target = self.find(literal, within)?;
        // How many bytes it is takes a look at each of its values.
        if !self.spend(self.tree.span(target.id).len(), 0) {
            return None;
        }
        let bytes = self.tree.bytes(target.id).saturating_sub(self.unread(target.id));
        self.spend(0, bytes).then_some(target)
    }

    /// How many bytes of a resource are photographs and its narrative: nobody reads them, however often it is referred to. (Elsewhere what is called
    /// so may be looked at.)
    fn unread(&self, resource: Id) -> usize {
        let tree = self.tree;
        let of = [("photo", named!("data")), ("text", named!("div"))].into_iter().filter(|(_, name)| tree.has(*name));
        let bytes = |(element, name)| {
            each(tree, resource, element).filter_map(|one| tree.member(one, name)).map(|leaf| tree.bytes(leaf)).sum::<usize>()
        };
        let mut of = of.peekable();
        if of.peek().is_none() {
            return 0;
        }
        *self.unread.borrow_mut().entry(resource).or_insert_with(|| of.map(bytes).sum())
    }

    /// What is known of a resource that identifiers are assigned by, if it was met. It is copied, as far as there may be more of it.
    pub(super) fn issuer(&self, resource: Id) -> Option<Option<Issuer<'d>>> {
        let issuers = self.issuers.borrow();
        let known = issuers.get(&resource)?;
        Some(known.as_ref().filter(|known| self.spend(1, known.bytes())).cloned())
    }

    pub(super) fn keep_issuer(&self, resource: Id, known: Option<Issuer<'d>>) {
        self.issuers.borrow_mut().insert(resource, known);
    }

    /// What a reference that leads nowhere names: the same of a server's resource, however it is written there.
    pub(super) fn name_of(&self, literal: &str, within: Id) -> String {
        let plain = plain_of(literal).trim_end_matches('/');
        let (base, scope) = self.place(within);
        // What a Bundle calls its entries means nothing in another.
        if is_label(plain) {
            return format!("#{scope}:{plain}");
        }
        // The server's name may be long, and each reference asks.
        let base = base.filter(|base| !is_absolute(plain) && self.spend(0, base.len()));
        base.map_or_else(|| String::from(plain), |base| [base, "/", plain].concat())
    }

    /// What tells a resource that stands in an entry, or at the top, from all others: its URL, whatever version, or its Bundle, type and id, and
    /// what its entry calls it. (No reference that leads nowhere is named like the latter: it would be one to what is contained.)
    pub(super) fn called(&self, resource: Id) -> String {
        let at = self.resources.binary_search_by_key(&resource, |listed| listed.id).ok();
        let Some(listed) = at.and_then(|at| self.resources.get(at)) else { return String::new() };
        let url = listed.plain;
        let own = listed.type_.zip(text(self.tree, resource, "id"));
        // It may be long, and each study asks.
        if !self.spend(0, url.len() + own.map_or(0, |(type_, id)| type_.len() + id.len())) {
            return String::new();
        }
        let (type_, id) = own.unwrap_or_default();
        if is_absolute(url) { String::from(url) } else { format!("#{}/{type_}/{}/{id}/{url}", listed.scope, id.len()) }
    }

    /// As [`Self::resolve`], only to see what it is.
    pub(super) fn find(&self, literal: &str, within: Id) -> Option<Target<'d>> {
        let (base, scope) = self.place(within);
        if let Some(id) = literal.strip_prefix('#') {
            let target = |(id, type_, _): &Own<'d>, in_bundle| Target { id: *id, type_: *type_, in_bundle };
            return match self.contained().get(&(within, id)) {
                Some(own) => own.as_ref().map(|own| target(own, false)),
                None => self.in_bundle().get(&(scope, id))?.as_ref().map(|own| target(own, true)),
            };
        }
        let (plain, version) = (plain_of(literal), version_of(literal));
        // A relative reference is one to the server that its own resource is of (FHIR Bundle, "Resolving references").
        if !self.spend(0, base.map_or(0, str::len)) {
            return None;
        }
        let own = base.filter(|_| !is_absolute(plain)).and_then(|base| self.of_url(&[base, "/", plain].concat(), scope));
        let named = own.or_else(|| self.of_url(plain, scope)).or_else(|| self.of_type(plain, scope, base))?;
        let at = self.version(named, version)?;
        self.resources.get(at as usize).map(|listed| Target { id: listed.id, type_: listed.type_, in_bundle: false })
    }

    /// Those of a URL: of the same Bundle, or else of another one that has it; none of them where these do not all say the same.
    fn of_url(&self, url: &str, scope: u32) -> Option<&[Named<'d>]> {
        let all = among(self.names(), |known| (known.type_, known.id).cmp(&("", url)));
        let own = among(all, |known| known.scope.cmp(&scope));
        if !own.is_empty() {
            return Some(own);
        }
        // A URL is the same everywhere; what is none says nothing of other Bundles.
        let (first, last) = (all.first()?, all.last()?);
        if !is_absolute(url) {
            return None;
        }
        // Of several that say different things none is meant, nor what has no URL in their place.
        let is_one = first.scope == last.scope || !first.is_scattered;
        Some(if is_one { among(all, |known| known.scope.cmp(&first.scope)) } else { &[] })
    }

    /// Those of a type and id: of the same Bundle and not said to be another server's; or else the only one that there is.
    fn of_type(&self, plain: &str, scope: u32, base: Option<&str>) -> Option<&[Named<'d>]> {
        let (type_, id) = plain.split_once('/')?;
        let all = among(self.names(), |known| (known.type_, known.id).cmp(&(type_, id)));
        let own = among(all, |known| known.scope.cmp(&scope));
        let (candidates, is_own) = if own.is_empty() { (all, false) } else { (own, true) };
        if !is_own && candidates.len() > 1 {
            return None;
        }
        let of_server = |base| Some(among(candidates, move |known: &Named<'_>| known.base.cmp(&base))).filter(|found| !found.is_empty());
        match base {
            Some(_) => of_server(base).or_else(|| of_server(None)),
            // Of all of them it could be any.
            None => Some(candidates).filter(|_| candidates.iter().take(1).all(|first| first.is_of_one)),
        }
    }

    /// The one of a name that a reference means: the version that it asks for, or whatever version; where they differ, the last of a history, which
    /// comes first (FHIR RESTful API, "history"), and none of anything else: nobody knows which is meant.
    fn version(&self, named: &[Named<'d>], version: Option<&str>) -> Option<u32> {
        let Some(version) = version else {
            let first = named.first()?;
            return (!first.is_torn || self.histories.contains(&first.scope)).then_some(first.first);
        };
        let of = |version| among(named, move |known: &Named<'_>| known.version.cmp(&version)).first();
        // One that does not say which version it is may be that one.
        let found = of(Some(version)).or_else(|| of(None))?;
        (!found.is_version_torn).then_some(found.at)
    }
}

/// Those that are equal by an order which the list is in.
fn among<'n, 'd>(names: &'n [Named<'d>], order: impl Fn(&Named<'d>) -> Ordering) -> &'n [Named<'d>] {
    let from = names.partition_point(|known| order(known) == Ordering::Less);
    let to = names.partition_point(|known| order(known) != Ordering::Greater);
    names.get(from..to).unwrap_or_default()
}

/// The type that a resource says it has.
pub(super) fn type_of<'d>(tree: &'d Tree<'d>, resource: Id) -> Option<&'d str> {
    if tree.is_marked(resource) { said(tree, tree.member(resource, RESOURCE_TYPE)?) } else { None }
}

/// The text of a member, trimmed; none where it is blank. As elsewhere, of a list the first is meant.
pub(super) fn text<'d>(tree: &'d Tree<'d>, object: Id, name: &str) -> Option<&'d str> {
    said(tree, one(tree, object, number_of(name))?)
}

fn said<'d>(tree: &'d Tree<'d>, leaf: Id) -> Option<&'d str> {
    tree.text(leaf).map(str::trim).filter(|text| !text.is_empty())
}

/// A member where FHIR has one value; of a list the first.
pub(super) fn one(tree: &Tree<'_>, object: Id, name: Name) -> Option<Id> {
    let member = tree.member(object, name)?;
    if tree.is_array(member) { tree.children(member).next() } else { Some(member) }
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
