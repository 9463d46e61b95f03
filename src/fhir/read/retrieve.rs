//! From ImagingStudy and Endpoint to what can be retrieved (FHIR ImagingStudy, notes: "Retrieving").

use super::index::{Index, children, type_of};
use super::withdrawn::is_withdrawn;
use super::{Reader, Room};
use crate::error::{Error, Kind};
use crate::fhir::found::is_study_uid;
use crate::grammar::uid::bare;
use crate::json::tree::{Id, Tree};
use crate::loss::Code;
use crate::options::Options;
use crate::policy::Service;
use crate::release::Release;
use crate::table::Level;
use crate::url::{BadUrl, Get, Refused, Resource, Retrievals, base_for};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;

/// What to GET for each study of a text, its series and their instances: an ImagingStudy of any release, a Bundle, or NDJSON.
///
/// Endpoints are followed inside the text: contained, in the Bundle, in `Bundle.contained`; their address is the service base, or the URL of the
/// study or series. An Endpoint of a series goes before that of the study. The first active one for WADO-RS that can be followed is used; those
/// for WADO-RS that cannot be are told.
///
/// ```
/// use fhir_dicomweb::{Options, url};
/// let text = br##"{"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],
///     "contained":[{"resourceType":"Endpoint","id":"e","status":"active","address":"https://pacs.example.org/dicom-web/",
///         "connectionType":{"code":"dicom-wado-rs"}}],
///     "endpoint":[{"reference":"#e"}],"series":[{"uid":"1.2.3.1"}]}"##;
/// let found = url::retrievals(text, &Options::default())?;
/// let urls: Vec<String> = found.gets.iter().map(|get| get.url()).collect();
/// assert_eq!(urls, ["https://pacs.example.org/dicom-web/studies/1.2.3", "https://pacs.example.org/dicom-web/studies/1.2.3/series/1.2.3.1"]);
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
///
/// # Errors
/// No JSON, nothing in it that is a FHIR resource with something to retrieve or a Bundle, or a limit. An Endpoint alone leads nowhere.
pub fn retrievals(json: &[u8], options: &Options) -> Result<Retrievals, Error> {
    let (tree, roots) = super::parse(json, options)?;
    super::check_types(&tree, &roots)?;
    let mut index = Index::new(&tree, &roots, Index::budget(json.len(), options.limits.expansion));
    index.supersede();
    let (mut found, mut met, mut tally) = (Retrievals::default(), BTreeMap::new(), Tally::of(options));
    // Whose UID it is, is what reading takes for it, in whatever release.
    let mut reader = Reader::new(&tree, &index, options, Release::default(), Room::default());
    for study in index.studies() {
        Follower { reader: &mut reader, tree: &tree, index: &index, study: *study, found: &mut found, met: &mut met, tally: &mut tally }
            .study();
        index.check()?;
        tally.broken.map_or(Ok(()), |kind| Err(Error::new(kind)))?;
    }
    Ok(found)
}

/// How much more may be found.
struct Tally {
    /// Studies, series, instances.
    left: [u32; 3],
    broken: Option<Kind>,
}

impl Tally {
    fn of(options: &Options) -> Tally {
        let limits = &options.limits;
        Tally { left: [limits.studies, limits.series, limits.instances], broken: None }
    }

    /// Whether one more may be found.
    fn count(&mut self, at: Level) -> bool {
        let [studies, series, instances] = &mut self.left;
        let (left, kind) = match at {
            Level::Patient | Level::Study => (studies, Kind::LimitStudies),
            Level::Series => (series, Kind::LimitSeries),
            Level::Instance => (instances, Kind::LimitInstances),
        };
        match left.checked_sub(1) {
            Some(fewer) => *left = fewer,
            None => self.broken = self.broken.or(Some(kind)),
        }
        self.broken.is_none()
    }
}

struct Follower<'d, 'o, 'r> {
    reader: &'o mut Reader<'d, 'r>,
    tree: &'d Tree<'d>,
    index: &'o Index<'d>,
    study: Id,
    found: &'o mut Retrievals,
    /// What is known of the Endpoints met.
    met: &'o mut BTreeMap<Id, Option<Result<&'d str, BadUrl>>>,
    tally: &'o mut Tally,
}

impl<'d> Follower<'d, '_, '_> {
    fn study(mut self) {
        match self.index.refusal(self.study) {
            Some(Code::Modifier) => return self.found.refused.push(Refused { at: Level::Study, why: BadUrl::Modifier }),
            // There is a later version, or one that holds, or none any longer.
            Some(_) => return,
            None if is_withdrawn(self.tree, self.study) => {
                return self.found.refused.push(Refused { at: Level::Study, why: BadUrl::Withdrawn });
            }
            None => {}
        }
        let identifiers = children(self.tree, self.study, "identifier");
        let mut uids: BTreeSet<&str> = BTreeSet::new();
        for id in identifiers {
            if self.reader.is_former(id) {
                continue;
            }
            let identifier = self.reader.identifier(id);
            let uid = bare(identifier.value.trim()).trim();
            // An empty one is none.
            if is_study_uid(&identifier) && (!uid.is_empty() || identifier.is_in_doubt) {
                uids.insert(uid);
            }
        }
        // Two different ones are none.
        let uid = uids.first().copied().filter(|uid| uids.len() == 1 && !uid.is_empty());
        let study = uid.ok_or(BadUrl::Uid).and_then(Resource::of_study);
        let Some((uid, resource)) = uid.zip(self.known(Level::Study, study)) else { return };
        let base = self.base(self.study, Level::Study, uid, None);
        self.get(base.as_ref(), resource.clone());
        for series in children(self.tree, self.study, "series") {
            let own = self.uid(series);
            let series_resource = own.ok_or(BadUrl::Uid).and_then(|own| resource.clone().and_series(own));
            let Some((own, resource)) = own.zip(self.known(Level::Series, series_resource)) else { continue };
            let nearer = self.base(series, Level::Series, uid, Some(own)).or_else(|| base.clone());
            self.get(nearer.as_ref(), resource.clone());
            for instance in children(self.tree, series, "instance") {
                let own = self.uid(instance);
                let instance = own.ok_or(BadUrl::Uid).and_then(|own| resource.clone().and_instance(own));
                if let Some(instance) = self.known(Level::Instance, instance) {
                    self.get(nearer.as_ref(), instance);
                }
            }
        }
    }

    /// The UID of a series or an instance.
    fn uid(&mut self, of: Id) -> Option<&'d str> {
        Some(bare(self.reader.sole_leaf(of, named!("uid")).trim())).filter(|uid| !uid.is_empty())
    }

    fn known(&mut self, at: Level, resource: Result<Resource, BadUrl>) -> Option<Resource> {
        let resource = resource.map_err(|why| self.found.refused.push(Refused { at, why })).ok()?;
        self.tally.count(at).then_some(resource)
    }

    fn get(&mut self, base: Option<&Arc<str>>, resource: Resource) {
        if let Some(base) = base {
            self.found.gets.push(Get { base: base.clone(), resource });
        }
    }

    /// The base of the first Endpoint of an element that can be used.
    fn base(&mut self, owner: Id, at: Level, study: &str, series: Option<&str>) -> Option<Arc<str>> {
        let mut found = None;
        for reference in children(self.tree, owner, "endpoint") {
            match self.follow(reference, study, series) {
                Ok(base) => found = found.or(base),
                Err(why) => self.found.refused.push(Refused { at, why }),
            }
        }
        found.map(Arc::from)
    }

    /// The base that a reference to an Endpoint leads to; none where it is one of another service.
    fn follow(&mut self, reference: Id, study: &str, series: Option<&str>) -> Result<Option<&'d str>, BadUrl> {
        let tree = self.tree;
        let literal = self.reader.sole_leaf(reference, named!("reference"));
        if literal.is_empty() {
            return Err(BadUrl::Unresolved);
        }
        let endpoint = self.index.resolve(literal.trim(), self.study).map(|target| target.id);
        let endpoint = endpoint.filter(|endpoint| type_of(tree, *endpoint) == Some("Endpoint")).ok_or(BadUrl::Unresolved)?;
        // Many studies refer to one Endpoint.
        let address = match self.met.get(&endpoint) {
            Some(address) => *address,
            None => {
                let address = self.address(endpoint);
                self.met.insert(endpoint, address);
                address
            }
        };
        match address {
            None => Ok(None),
            Some(address) => base_for(address?, study, series).map(Some),
        }
    }

    /// The address of an Endpoint that retrieves, if it may be used; none where it is of another service.
    fn address(&mut self, endpoint: Id) -> Option<Result<&'d str, BadUrl>> {
        if super::endpoint::service(self.tree, endpoint) != Some(Service::WadoRs) {
            return None;
        }
        match self.index.refusal(endpoint) {
            Some(Code::Modifier) => return Some(Err(BadUrl::Modifier)),
            Some(_) => return Some(Err(BadUrl::Unresolved)),
            None => {}
        }
        if !self.reader.is_active(endpoint) {
            return Some(Err(BadUrl::NotActive));
        }
        // As it stands: white space is no part of a URL, nor around one.
        let address = self.reader.leaf(endpoint, named!("address"));
        Some(if address.is_empty() { Err(BadUrl::Scheme) } else { Ok(address.text) })
    }
}
