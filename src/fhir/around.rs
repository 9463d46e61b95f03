//! What stands around a study: its patient, its Endpoints, the people named in it.

use super::endpoint::{self, Of};
use super::instances::Class;
use super::memory::Memory;
use super::place;
use super::shape::{Fhir, Shape, put};
use super::walk::{Facts, Walk};
use super::write::Includes;
use crate::json::text::Writer;
use crate::kind::{Cx, Person, Spell, Told};
use crate::loss::{Code, LossReport};
use crate::policy::{EndpointAddress, Endpoints, Practitioners, Service, Subject};
use crate::study::Study;
use crate::table::{Level, RowRef, elements, of_subject, row};
use crate::value::Fields;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

impl<'a> Walk<'a, '_> {
    /// Patient, Endpoints, Practitioners, as far as the options contain them.
    pub(super) fn contained(&mut self, study: &'a Study, base: Option<(&'a str, bool)>, uid: &'a str) {
        let patient = matches!(self.options.subject, Subject::Contained) && self.knows_patient(study);
        let endpoints = base.is_some() && self.options.endpoints == Endpoints::Contained;
        // Nothing is contained that nobody refers to (dom-3).
        let listed = place::listed_series(study, self.options);
        if place::people_are_resources(self.options) {
            self.meet(study, Level::Study);
            study.series().take(listed).for_each(|series| self.meet(series, Level::Series));
        }
        let people = self.people_apart();
        if !patient && !endpoints && people.is_empty() {
            return;
        }
        self.w.name("contained");
        self.w.open_array();
        if patient {
            self.patient(study, "patient");
        }
        if let Some((base, opaque)) = base.filter(|_| endpoints) {
            // To an address as it stands nothing can be added: the study's is its series', too.
            let own = study.series().take(listed).enumerate().filter(|_| self.options.series_endpoints && !opaque);
            let series = own.map(|(n, series)| Some((n, series.get(row::SERIES_UID).unwrap_or(""))));
            for series in core::iter::once(None).chain(series) {
                // Behind the limit no series is written that could refer to its own.
                if series.is_some() && self.is_full() {
                    break;
                }
                let of = Of { base, opaque, study: uid, series };
                for service in place::services(self.options) {
                    let address = of.address(service, self.options);
                    endpoint::write(&mut self.w, self.release, service, &address, Some(&of.id(service)));
                }
            }
        }
        for (n, person) in people {
            self.practitioner(&["practitioner-", &n.to_string()].concat(), &person);
        }
        self.w.close_array();
    }

    /// Numbers the people of the elements in the order in which they will be written.
    fn meet(&mut self, from: impl Facts<'a>, level: Level) {
        let plan = self.plan;
        for n in 0..elements(level).len() {
            for entry in plan.at(level, n).iter().filter(|entry| entry.at.shape.is_practitioner()) {
                for person in from.facts(entry.row_ref).into_iter().flatten() {
                    let next = self.people.len() + 1;
                    let (study, options) = (self.study, self.options);
                    self.people.entry(person).or_insert_with(|| {
                        let literal = match options.practitioners {
                            Practitioners::Separate => place::reference("Practitioner", &place::practitioner_id(&person), study, options).0,
                            _ => ["#practitioner-", &next.to_string()].concat(),
                        };
                        (next, literal)
                    });
                }
            }
        }
    }

    /// The people to contain, by number; those that stand apart go into the Bundle.
    fn people_apart(&mut self) -> Vec<(usize, Fields<'a>)> {
        let mut people: Vec<(usize, Fields<'a>)> = self.people.iter().map(|(person, (n, _))| (*n, *person)).collect();
        people.sort_unstable_by_key(|(n, _)| *n);
        if self.options.practitioners != Practitioners::Separate {
            return people;
        }
        if !self.includes.is_wanted() {
            return Vec::new();
        }
        for (_, person) in people {
            let id = place::practitioner_id(&person);
            let (_, full_url) = place::reference("Practitioner", &id, self.study, self.options);
            let text = self.apart(|apart| apart.practitioner(&id, &person));
            self.includes.include(full_url, || text);
        }
        Vec::new()
    }

    /// A resource of its own, written by `write`; what it tells is told here.
    fn apart(&mut self, write: impl FnOnce(&mut Walk<'a, '_>)) -> Vec<u8> {
        let mut text = Vec::new();
        let mut apart = Walk {
            study: self.study,
            from: 0,
            w: Writer::new(&mut text),
            release: self.release,
            options: self.options,
            plan: self.plan,
            memory: self.memory,
            includes: &mut Includes::default(),
            loss: self.loss,
            class: Class::default(),
            seen: self.seen,
            present: self.present,
            people: BTreeMap::new(),
            base_ids: Default::default(),
            trace: None,
        };
        write(&mut apart);
        self.seen = apart.seen;
        text
    }

    /// Writes into `text` without telling anybody: whether nothing was lost, and how many leaves were carried.
    pub(super) fn written_apart(&mut self, text: &mut Vec<u8>, write: impl FnOnce(&mut Walk<'a, '_>)) -> (bool, u64) {
        let mut loss = LossReport::default();
        let mut apart = Walk {
            study: self.study,
            from: 0,
            w: Writer::new(text),
            release: self.release,
            options: self.options,
            plan: self.plan,
            memory: &mut Memory::default(),
            includes: &mut Includes::default(),
            loss: &mut loss,
            class: Class::default(),
            seen: self.seen,
            present: self.present,
            people: BTreeMap::new(),
            base_ids: Default::default(),
            trace: None,
        };
        write(&mut apart);
        (loss.is_empty(), loss.carried())
    }

    fn practitioner(&mut self, id: &str, person: &Fields<'a>) {
        let shape = Shape::Reference("Practitioner");
        let Fhir::Reference(value) = Person::to_fhir(person, &Cx { options: self.options, shape }, &mut Told::default()) else { return };
        self.w.open_object();
        self.w.member("resourceType", "Practitioner");
        self.w.member("id", id);
        if let Some(identifier) = value.identifier {
            self.w.name("identifier");
            self.w.open_array();
            put(&mut self.w, Shape::TypedIdentifier, &Fhir::Identifier(identifier));
            self.w.close_array();
        }
        if !value.display.is_empty() {
            self.w.name("name");
            self.w.open_array();
            put(&mut self.w, Shape::HumanName, &Fhir::Reference(value));
            self.w.close_array();
        }
        self.w.close_object();
    }

    /// The Patient as a resource.
    fn patient(&mut self, study: &'a Study, id: &str) {
        self.w.open_object();
        self.w.member("resourceType", "Patient");
        self.w.member("id", id);
        for n in 0..elements(Level::Patient).len() {
            self.element(study, Level::Patient, n);
        }
        self.w.close_object();
    }

    fn knows_patient(&self, study: &'a Study) -> bool {
        study.present(Level::Patient) != 0
    }

    /// The patient: a reference to a resource, the caller's reference, or a logical one.
    pub(super) fn subject(&mut self, study: &'a Study) {
        let (id, name) = (RowRef::from(row::PATIENT_ID), RowRef::from(row::PATIENT_NAME));
        let known = self.knows_patient(study);
        let named = self.has(study, id) || self.has(study, name);
        match &self.options.subject {
            Subject::Contained if known => self.refer("subject", "#patient"),
            Subject::Separate if known => {
                let own = place::patient_id(study);
                let (reference, full_url) = place::reference("Patient", &own, self.study, self.options);
                self.refer("subject", &reference);
                if self.includes.is_wanted() {
                    let text = self.apart(|apart| apart.patient(study, &own));
                    self.includes.include(full_url, || text);
                }
            }
            _ if place::subject_reference(self.options).is_some() => {}
            _ if !named => self.required(id, "subject"),
            _ => {}
        }
        let literal = place::subject_reference(self.options);
        if literal.is_some() || named {
            if place::patient_is_resource(self.release, self.options) {
                return;
            }
            self.w.name("subject");
            self.w.open_object();
            if let Some(reference) = literal {
                self.w.member("reference", reference);
            }
            self.w.member("type", "Patient");
            self.element(study, Level::Patient, of_subject(0));
            self.element(study, Level::Patient, of_subject(1));
            self.w.close_object();
        }
    }

    fn refer(&mut self, element: &str, reference: &str) {
        self.w.name(element);
        self.w.open_object();
        self.w.member("reference", reference);
        self.w.close_object();
    }

    /// The `endpoint` list of the study or of a series; Endpoints of the Bundle are handed to it.
    pub(super) fn endpoints(&mut self, of: Option<Of<'_>>) {
        let Some(of) = of else { return };
        self.w.name("endpoint");
        self.w.open_array();
        for service in place::services(self.options) {
            let (release, options) = (self.release, self.options);
            let text = |id: &str| {
                let mut text = Vec::new();
                endpoint::write(&mut Writer::new(&mut text), release, service, &of.address(service, options), Some(id));
                text
            };
            let reference = match self.options.endpoints {
                Endpoints::Bundle => {
                    let id = self.endpoint_id(service, &of);
                    let (reference, full_url) = place::reference("Endpoint", &id, self.study, self.options);
                    self.includes.include(full_url, || text(&id));
                    reference
                }
                // The caller's base serves all studies; addresses of their own need ids of their own.
                Endpoints::BundleContained
                    if place::given_base(self.options).is_some()
                        && self.options.endpoint_address == EndpointAddress::Base
                        && of.series.is_none() =>
                {
                    let id = of.id(service);
                    self.includes.contain(id.clone(), || text(&id));
                    ["#", &id].concat()
                }
                Endpoints::BundleContained => {
                    let id = self.endpoint_id(service, &of);
                    self.includes.contain(id.clone(), || text(&id));
                    ["#", &id].concat()
                }
                Endpoints::Contained | Endpoints::None => ["#", &of.id(service)].concat(),
            };
            self.w.open_object();
            self.w.member("reference", &reference);
            self.w.close_object();
        }
        self.w.close_array();
    }

    /// The id of an Endpoint that is a resource of its own. A base may be long and serve many series: its id is made once.
    fn endpoint_id(&mut self, service: Service, of: &Of<'_>) -> String {
        let own = || endpoint::own_id(service, &of.address(service, self.options));
        match self.base_ids.get_mut(service as usize) {
            Some(id) if !of.is_resource(service, self.options) => id.get_or_insert_with(own).clone(),
            _ => own(),
        }
    }

    /// RetrieveURL, or the address that stands in its place, is carried where it gives the Endpoint for retrieval its address. Endpoints of other
    /// services have the address, too, but none of them says what can be retrieved.
    pub(super) fn retrieve_url(&mut self, study: &'a Study) {
        let url = RowRef::from(row::RETRIEVE_URL);
        let (Some(row_of), Some(items)) = (url.row(), study.facts(url)) else { return };
        self.see(url);
        let given = place::given_base(self.options).is_some();
        let used = place::service_base(study, self.options).filter(|_| !given);
        let is_here = self.includes.is_wanted() || !matches!(self.options.endpoints, Endpoints::Bundle | Endpoints::BundleContained);
        let retrieves = is_here && place::services(self.options).any(|service| service == Service::WadoRs);
        for [url, address, ..] in items {
            for (text, opaque) in [(url, false), (address, true)].into_iter().filter(|(text, _)| !text.is_empty()) {
                if used.is_some_and(|(base, is_opaque)| is_opaque == opaque && (opaque || text.starts_with(base))) {
                    if retrieves {
                        self.loss.carry(1);
                    } else {
                        self.lose(Code::NeedsResource, row_of, 0, 1);
                    }
                } else if !opaque && self.options.trust_retrieve_url && place::retrieve_base(study, self.options).is_none() {
                    self.lose(Code::BadUrl, row_of, 0, 1);
                } else {
                    self.lose(Code::UrlNotTrusted, row_of, 0, 1);
                }
            }
        }
    }
}
