//! Endpoints: where a study can be retrieved.

use super::Reader;
use super::index::{text, type_of};
use super::study::is_modified;
use crate::error::Error;
use crate::fhir::endpoint::{Of, payload};
use crate::fhir::found::{CONNECTION, Leaf, PAYLOAD};
use crate::fhir::place;
use crate::json::tree::{Id, Name, Tree};
use crate::kind::Fill;
use crate::loss::Code;
use crate::options::Options;
use crate::policy::{Endpoints, Service};
use crate::table::{RowRef, row};
use crate::url::base_for;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// An Endpoint as it was read.
///
/// `Debug` shows no address.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The DICOMweb service that it connects to; none where it is another, such as a viewer.
    pub service: Option<Service>,
    /// The address as it stands.
    pub address: String,
    /// Whether the address is a plain http(s) URL, and no template, other scheme or relative path.
    pub is_plain: bool,
    /// Whether its status is `active`.
    pub is_active: bool,
}

impl core::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Endpoint")
            .field("service", &self.service)
            .field("is_plain", &self.is_plain)
            .field("is_active", &self.is_active)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// The service base, for a study of this UID: the address, without the path of that study, or of all studies, at its end; the address where it has none.
    #[must_use]
    pub fn base(&self, study_uid: &str) -> &str {
        base_for(&self.address, study_uid, None).unwrap_or(self.address.trim_end_matches('/'))
    }
}

/// Reads an Endpoint resource of any release.
///
/// ```
/// use fhir_dicomweb::{Service, fhir};
/// let text = br#"{"resourceType":"Endpoint","status":"active","address":"https://pacs.example.org/dicom-web/studies/1.2.3",
///     "connectionType":{"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"dicom-wado-rs"}}"#;
/// let endpoint = fhir::read_endpoint(text)?;
/// assert_eq!(endpoint.service, Some(Service::WadoRs));
/// assert_eq!(endpoint.base("1.2.3"), "https://pacs.example.org/dicom-web");
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
///
/// # Errors
/// No JSON, or no Endpoint, or one that is refused: a `modifierExtension` or `implicitRules` may make it something else.
pub fn read_endpoint(json: &[u8]) -> Result<Endpoint, Error> {
    let (tree, roots) = super::parse(json, &Options::default())?;
    let endpoint = roots.first().copied().filter(|root| type_of(&tree, *root) == Some("Endpoint"));
    let Some(endpoint) = endpoint.filter(|endpoint| !is_modified(&tree, *endpoint)) else {
        return Err(Error::new(crate::error::Kind::NotFhir));
    };
    let address = text(&tree, endpoint, "address").unwrap_or("");
    Ok(Endpoint {
        service: service(&tree, endpoint),
        address: address.to_string(),
        is_plain: place::is_plain_url(address),
        is_active: text(&tree, endpoint, "status") == Some("active"),
    })
}

/// The service of DICOMweb among the connection types of an Endpoint, a Coding in R4, a list of CodeableConcept from R5 on: retrieval where it is one of
/// them, else the first.
pub(super) fn service(tree: &Tree<'_>, endpoint: Id) -> Option<Service> {
    let items = |id: Id| -> Vec<Id> { if tree.is_array(id) { tree.children(id).collect() } else { Vec::from([id]) } };
    let connections = tree.member(endpoint, named!("connectionType")).map_or_else(Vec::new, items);
    let codings = |concept: Id| tree.member(concept, named!("coding")).map_or_else(|| Vec::from([concept]), items);
    let code = |coding: Id| text(tree, coding, "code").and_then(service_of);
    let found: Vec<Service> = connections.into_iter().flat_map(codings).filter_map(code).collect();
    found.iter().find(|service| **service == Service::WadoRs).or(found.first()).copied()
}

fn service_of(code: &str) -> Option<Service> {
    code.trim().strip_prefix("dicom-").and_then(|name| name.parse().ok())
}

/// The field of RetrieveURL that is its URL; the other is an address of which nobody knows how it becomes one.
const URL: u8 = 0;

/// An Endpoint that a study refers to.
struct Met<'d> {
    service: Option<Service>,
    is_active: bool,
    /// It is not to be used (`status` is a modifier).
    is_off: bool,
    address: Leaf<'d>,
}

impl<'d> Reader<'d, '_> {
    /// The Endpoints of an element; what each says of itself is understood, its address is not yet.
    fn endpoints_of(&mut self, owner: Id) -> Vec<Met<'d>> {
        let mut met = Vec::new();
        for reference in self.members(owner, named!("endpoint")) {
            let literal = self.sole_leaf(reference, named!("reference"));
            let type_ = self.leaf(reference, named!("type"));
            type_.id.into_iter().filter(|_| type_.trim() == "Endpoint").for_each(|id| self.understand(id));
            let Some(target) = self.target(literal).filter(|target| type_of(self.tree, *target) == Some("Endpoint")) else { continue };
            let endpoint = self.endpoint(target);
            if endpoint.address.is_empty() {
                literal.id.into_iter().for_each(|id| self.room.ledger.lose(id, Code::NoAttribute));
            }
            met.push(endpoint);
        }
        met
    }

    /// Whether an Endpoint is in use, as far as it says so: one without a status may be.
    pub(super) fn is_active(&mut self, endpoint: Id) -> bool {
        let Some(node) = self.tree.member(endpoint, named!("status")) else { return true };
        let status = self.one(node).map(|id| self.scalar(id)).unwrap_or_default();
        // What is there and no text is no status that says so.
        let is_active = status.trim() == "active";
        status.id.into_iter().filter(|_| is_active).for_each(|id| self.understand(id));
        is_active
    }

    fn endpoint(&mut self, endpoint: Id) -> Met<'d> {
        let is_active = self.is_active(endpoint);
        let service = service(self.tree, endpoint);
        let says = |(_, code): &(Leaf<'_>, Leaf<'_>)| service.is_some() && service_of(code.trim()) == service;
        if let Some((system, code)) = self.connections(endpoint).into_iter().find(says) {
            code.id.into_iter().chain(system.id).for_each(|id| self.understand(id));
            if system.trim() != CONNECTION {
                let leaf = if system.is_empty() { code } else { system };
                leaf.id.into_iter().for_each(|id| self.room.ledger.note(id, Code::OtherSystem));
            }
        }
        self.payloads(endpoint);
        let is_off = matches!(text(self.tree, endpoint, "status").map(str::trim), Some("off" | "entered-in-error"));
        Met { service, is_active, is_off, address: self.leaf(endpoint, named!("address")) }
    }

    /// System and code of each connection type: Coding in R4, a list of CodeableConcept from R5 on.
    fn connections(&mut self, endpoint: Id) -> Vec<(Leaf<'d>, Leaf<'d>)> {
        let Some(node) = self.tree.member(endpoint, named!("connectionType")) else { return Vec::new() };
        let coded = crate::release::R4_R4B.holds(self.release);
        // R4 has one Coding, later releases a list of CodeableConcept: that is one difference, not two.
        let is_list = self.tree.is_array(node);
        let items: Vec<Id> = if is_list { self.tree.children(node).collect() } else { Vec::from([node]) };
        let shape = if coded { crate::fhir::shape::Shape::Coding } else { crate::fhir::shape::Shape::CodeableConcept };
        let concepts: Vec<_> = items.iter().map(|item| self.concept(*item, shape)).collect();
        if is_list == coded && items.iter().any(|item| !self.room.ledger.is_noted(*item, Code::OtherRelease)) {
            self.note_first(node, Code::OtherRelease);
        }
        concepts.iter().flat_map(|concept| concept.codings.iter()).map(|coding| (coding.system, coding.code)).collect()
    }

    /// What a payload says that every DICOMweb payload says.
    fn payloads(&mut self, endpoint: Id) {
        let tree = self.tree;
        let own = |leaf: Id| {
            let text = tree.text(leaf).unwrap_or("").trim();
            let known =
                |pick: fn((&'static str, &'static str)) -> &'static str| Service::ALL.iter().any(|service| pick(payload(*service)) == text);
            if tree.is_named(leaf, named!("text")) {
                known(|(words, _)| words)
            } else if tree.is_named(leaf, named!("code")) {
                text == "any"
            } else if tree.is_named(leaf, named!("system")) {
                text == PAYLOAD
            } else {
                known(|(_, mime)| mime)
            }
        };
        let coded = crate::release::R4_R4B.holds(self.release);
        const PAYLOADS: [Name; 3] = [named!("payloadType"), named!("payloadMimeType"), named!("payload")];
        for name in PAYLOADS {
            let Some(node) = tree.member(endpoint, name) else { continue };
            if coded == (name == named!("payload")) {
                self.note_first(node, Code::OtherRelease);
            }
            tree.span(node).filter(|leaf| tree.is_leaf(*leaf) && own(*leaf)).for_each(|leaf| self.understand(leaf));
        }
    }

    /// Whether the options make an Endpoint of this service at this very address.
    fn is_made(&self, of: &Of<'_>, met: &Met<'_>) -> bool {
        let (Some(service), address) = (met.service.filter(|service| self.makes(*service)), met.address.trim()) else { return false };
        address == of.address(service, self.options) || address.trim_end_matches('/') == of.base
    }

    /// Whether the options make Endpoints of a service.
    fn makes(&self, service: Service) -> bool {
        self.options.endpoints != Endpoints::None && place::services(self.options).any(|own| own == service)
    }

    /// Whether RetrieveURL says what its address says: of another service it is what no attribute has, unless the options make it of that.
    fn is_of_retrieve_url(&self, met: &Met<'_>) -> bool {
        let is_made = |service: Service| self.options.trust_retrieve_url && self.base().is_none() && self.makes(service);
        met.service.is_some_and(|service| service == Service::WadoRs || is_made(service))
    }

    fn base(&self) -> Option<&str> {
        self.options.endpoint_base.as_deref().map(|base| base.trim_end_matches('/')).filter(|base| !base.is_empty())
    }

    /// The study's Endpoints: the first for retrieval gives RetrieveURL, unless the options made its address.
    pub(super) fn endpoints(&mut self, study: Id, uid: &str) {
        let retrieve = RowRef::from(row::RETRIEVE_URL);
        // The cell of the URL that was found, which is one of those from `from` on.
        let (mut url, mut from) = (None, 0);
        // Those for retrieval go first, and of them the active ones: the others may have its address, wherever they stand.
        let mut endpoints = self.endpoints_of(study);
        endpoints.sort_by_key(|met| (met.service != Some(Service::WadoRs), !met.is_active));
        for met in endpoints {
            let made = self.base().is_some_and(|base| self.is_made(&Of { base, opaque: false, study: uid, series: None }, &met));
            let Some(id) = met.address.id else { continue };
            let text = met.address.trim();
            if url.is_none() {
                url = self.room.set.cells.iter().skip(from).position(|cell| cell.row == Some(retrieve)).map(|at| from + at);
                from = self.room.set.cells.len();
            }
            let known = url.is_some();
            let is_retrieval = met.service == Some(Service::WadoRs);
            let said = url.filter(|cell| !made && self.is_of_retrieve_url(&met) && self.is_known_address(*cell, text, uid));
            if made {
                self.understand(id);
            } else if let Some(cell) = said {
                // It goes with what it says again.
                if self.room.set.cells.get(cell).is_some_and(|cell| cell.field == URL) {
                    self.join(id, retrieve, u32::MAX, cell..cell + 1);
                } else {
                    self.room.ledger.lose(id, Code::BadUrl);
                }
            } else if is_retrieval && !known && !met.is_off {
                let mut fill = Fill::default();
                // The address of a resource is no base: of this study it has one, of another it is none of this.
                if let Some(base) = base_for(text, uid, None).ok().filter(|_| place::is_plain_url(text)) {
                    fill.set(0, [base, "/studies/", uid].concat(), met.address);
                } else {
                    fill.lose(met.address, Code::BadUrl);
                    fill.put(1, met.address);
                }
                self.push(retrieve, &fill);
            } else if met.service.is_some() && !place::is_plain_url(text) {
                self.room.ledger.lose(id, Code::BadUrl);
            }
        }
    }

    /// Whether an address is that of the Endpoint that was read for the study, whose URL is this cell.
    fn is_known_address(&self, cell: usize, address: &str, uid: &str) -> bool {
        let url = self.room.set.cells.get(cell).and_then(|cell| self.room.set.text.get(cell.start..cell.end));
        let address = address.trim_end_matches('/');
        url.and_then(|url| url.strip_prefix(address)).is_some_and(|rest| rest.is_empty() || rest.strip_prefix("/studies/") == Some(uid))
    }

    /// A series' Endpoints: nothing new where they say what the study's say.
    pub(super) fn series_endpoints(&mut self, series: Id, url: Option<(&str, u8)>, uid: &str, series_uid: &str) {
        for met in self.endpoints_of(series) {
            let made =
                self.base().is_some_and(|base| self.is_made(&Of { base, opaque: false, study: uid, series: Some((0, series_uid)) }, &met));
            let text = met.address.trim().trim_end_matches('/');
            let path = ["/studies/", uid].concat();
            // Nothing is put together here: the URL may be long, and there may be many series.
            let same = url.filter(|_| place::is_plain_url(text)).is_some_and(|(known, _)| {
                let base = known.strip_suffix(path.as_str()).unwrap_or(known);
                let below = text.strip_prefix(base).and_then(|rest| rest.strip_prefix(path.as_str()));
                text == known || text == base || below.and_then(|rest| rest.strip_prefix("/series/")) == Some(series_uid)
            });
            let Some(id) = met.address.id else { continue };
            let said = url.filter(|_| same && !made && self.is_of_retrieve_url(&met));
            if said.is_some_and(|(_, field)| field != URL) {
                self.room.ledger.lose(id, Code::BadUrl);
            } else if made || said.is_some() {
                // A row of a series has a URL of its own, so this is no saying of the study's.
                self.understand(id);
            } else if met.service.is_some() && !place::is_plain_url(text) {
                self.room.ledger.lose(id, Code::BadUrl);
            }
        }
    }
}
