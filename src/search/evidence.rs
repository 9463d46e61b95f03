//! What a study shows for each parameter: the values of the resource that the options write, and what of it is not known.
//!
//! Each parameter's evidence stands at a level of DICOM rows. What no row returned may exist all the same; what a row returned empty does not.

use super::below::known_person;
use super::date::Span;
use super::judge::Need;
use super::parameter::{About, Ask, EndpointAsk, Role};
use super::shown::{Number, Shown, Sight, identify};
use crate::fhir::found::{ADMINISTRATIVE_GENDER, CONNECTION, PAYLOAD};
use crate::fhir::shape::{Coding, Fhir, Shape, Uri};
use crate::fhir::{Of, begun_id, payload, place};
use crate::kind::{Cx, Identifier as IdentifierKind, Kind, Modality, PERSON, PatientIdentifier, Told, Uid};
use crate::options::Options;
use crate::policy::{Endpoints, Service};
use crate::release::Release;
use crate::study::Study;
use crate::table::{At, Level, Row, RowRef, row};
use crate::value::{Fields, Items};
use crate::zone::Zone;
use alloc::vec::Vec;

pub(super) struct Reader<'a, 's> {
    pub(super) study: &'a Study,
    options: &'a Options,
    release: Release,
    sight: &'s mut dyn Sight,
    /// Enough was seen: nothing more is of interest.
    is_done: bool,
    /// Of people their names alone are asked for.
    is_of_name: bool,
    /// What would have to be known for there to be nothing else.
    need: Option<Need>,
}

// Kinds whose first field is the code, identifier or UID that is written, but for the beginning of a URN.
const MODALITY: &str = <Modality as Kind>::NAME;
const UID: &str = <Uid as Kind>::NAME;
const IDENTIFIER: &str = <IdentifierKind as Kind>::NAME;
const PATIENT_IDENTIFIER: &str = <PatientIdentifier as Kind>::NAME;

impl<'a, 's> Reader<'a, 's> {
    /// Shows what a study has for a clause, until enough is seen; then what would have to be known for there to be nothing else.
    pub(super) fn show(study: &'a Study, options: &'a Options, release: Release, about: About, sight: &'s mut dyn Sight) -> Option<Need> {
        let is_of_name =
            matches!(about, About::Patient(Ask::Name | Ask::Family | Ask::Given) | About::Person(_, Ask::Name | Ask::Family | Ask::Given));
        let mut reader = Reader { study, options, release, sight, is_done: false, is_of_name, need: None };
        reader.read(about);
        reader.need
    }

    fn read(&mut self, about: About) {
        match about {
            About::Id => {
                let id = place::id(self.study, self.options);
                self.value("", id.as_deref().unwrap_or(""));
            }
            About::Status => self.value("http://hl7.org/fhir/imagingstudy-status", place::status(self.study)),
            About::Identifier => self.identifiers(),
            About::Started => {
                let zone = &self.options.zone;
                if !self.dated(row::STARTED.into(), |[date, time, offset, ..]| Span::of_dicom(date, time, offset, zone)) {
                    self.study_fact(row::STARTED.into());
                }
                self.need_study(row::STARTED.into());
            }
            About::Modality => self.modalities(),
            About::Series => {
                self.study.series().filter_map(|series| series.get(row::SERIES_UID)).for_each(|uid| self.value("", uid));
                self.need_series(&[row::SERIES_UID.into()], |_| true);
            }
            About::Instance => self.instances(row::INSTANCE_UID.into()),
            About::SopClass => self.instances(row::INSTANCE_CLASS.into()),
            About::BodySite => self.body_sites(),
            About::Reason => {
                self.study_fact(row::REASON.into());
                self.need_requests(row::REASON.into(), &[]);
            }
            About::Patient(ask) => self.patient(ask),
            About::Person(Role::Performer, ask) => self.performers(ask),
            About::Person(role, ask) => {
                let row = if role == Role::Referrer { RowRef::from(row::REFERRER) } else { row::INTERPRETER.into() };
                self.study_fact(row);
                let known = known_person(ask, self.study.knows(row), self.study.knows_identification(row));
                if !known {
                    self.need(Level::Study, &[row]);
                }
            }
            About::Encounter(_) => {
                self.study_fact(row::ENCOUNTER.into());
                self.need_study(row::ENCOUNTER.into());
            }
            About::BasedOn(_) => self.based_on(),
            About::Endpoint(ask) => self.endpoints(ask),
            About::Nothing => {}
        }
    }

    fn see(&mut self, shown: &Shown<'_>) {
        self.is_done = self.is_done || self.sight.see(shown);
    }

    fn value(&mut self, system: &'static str, value: &str) {
        self.see(&Shown { system: Uri::plain(system), value: Uri::plain(value), ..Shown::default() });
    }

    /// Items of a row in the shape that this release gives them.
    pub(super) fn items(&mut self, row: RowRef, items: Option<Items<'a>>) {
        let Some(items) = items else { return };
        let Some(of) = row.row() else { return };
        let is_written = |at: &&At| at.releases.holds(self.release) && at.when.is_none_or(|when| when(self.release, self.options));
        let Some(at) = of.places.iter().flatten().find(is_written) else { return };
        self.shaped(items, of, at.shape);
    }

    fn shaped(&mut self, mut items: Items<'a>, row: &Row, shape: Shape) {
        // Borrowed, because an item is long, and moving it takes longer than looking at it.
        while !self.is_done {
            let next = items.next();
            let Some(item) = &next else { return };
            if let Some(shown) = self.item(item, row, shape) {
                self.see(&shown);
            }
        }
    }

    fn item(&self, item: &Fields<'a>, row: &Row, shape: Shape) -> Option<Shown<'a>> {
        // Of a number the first three are the number and who issued it.
        let [alphabetic, ideographic, phonetic, ..] = *item;
        // The name as it is known, however it is displayed.
        let name = || Some([alphabetic, ideographic, phonetic]);
        match row.kind.name {
            MODALITY | UID | IDENTIFIER | PATIENT_IDENTIFIER if !self.sight.may_want(alphabetic) => return None,
            PERSON if self.is_of_name => return Some(Shown { name: name(), ..Shown::default() }),
            _ => {}
        }
        let cx = Cx { options: self.options, shape };
        let is_one = |of: RowRef| of.row().is_some_and(|of| core::ptr::eq(of, row));
        let is_unissued = row.kind.name == IDENTIFIER
            && [ideographic, phonetic].iter().all(|text| text.is_empty())
            && [row::ACCESSION, row::ENCOUNTER, row::PLACER, row::FILLER].into_iter().any(|number| is_one(number.into()));
        let mut shown = Shown { is_unissued, is_device: matches!(shape, Shape::Performer("DEV")), ..Shown::default() };
        match (row.kind.to_fhir)(item, &cx, &mut Told::default()) {
            Fhir::Nothing | Fhir::Number(_) => return None,
            Fhir::Text(text) => shown.value = text,
            Fhir::Short(text) => shown.date = Span::parse(text.as_str()),
            Fhir::Concept(concept) => {
                shown.words = [concept.text, ""];
                if let Some(Coding { system, code, display, .. }) = concept.coding {
                    shown.system = system.unwrap_or_default();
                    shown.value = code;
                    shown.words = [concept.text, display];
                }
            }
            Fhir::Identifier(identifier) => identify(&mut shown, &identifier),
            Fhir::Reference(reference) => {
                if let Some(identifier) = &reference.identifier {
                    identify(&mut shown, identifier);
                }
                shown.name = if row.kind.name == PERSON { name() } else { None };
                // Words alone are something: a request without a number is asked for by nothing but whether it is there.
                shown.exists = true;
            }
        }
        Some(shown)
    }

    /// A date of the study, where it is plain: it need not be spelled. Whether it is.
    fn dated(&mut self, row: RowRef, plain: impl FnOnce(Fields<'a>) -> Option<Span>) -> bool {
        let date = self.study.items(row).and_then(|mut items| items.next()).and_then(plain);
        if date.is_some() {
            self.see(&Shown { date, ..Shown::default() });
        }
        date.is_some()
    }

    fn study_fact(&mut self, row: RowRef) {
        self.items(row, self.study.items(row));
    }

    fn need_study(&mut self, row: RowRef) {
        if !self.study.knows(row) && self.study.items(row).is_none() {
            self.need(Level::Study, &[row]);
        }
    }

    /// Something of this level would have to be known; the lowest level is told, and what it takes.
    pub(super) fn need(&mut self, level: Level, rows: &[RowRef]) {
        if self.is_done {
            return;
        }
        let fields = rows.iter().filter_map(|row| row.row()).flat_map(|row| row.parts).map(|part| part.within.unwrap_or(part.tag));
        let need = Need { level, fields: fields.collect() };
        self.need.get_or_insert(Need { level, fields: Vec::new() }).join(&need);
    }

    fn identifiers(&mut self) {
        self.study_fact(row::STUDY_UID.into());
        if place::accession_is_identifier(self.release, self.options) && self.sight.may_want_number(Number::Accession) {
            self.items(row::ACCESSION.into(), self.study.items(row::ACCESSION.into()));
            self.need_study(row::ACCESSION.into());
        }
        if place::study_id_system(self.options).is_some() && self.sight.may_want_number(Number::StudyId) {
            self.study_fact(row::STUDY_ID.into());
            self.need_study(row::STUDY_ID.into());
        }
    }

    fn patient(&mut self, ask: Ask) {
        let id = RowRef::from(row::PATIENT_ID);
        let row = match ask {
            Ask::Reference | Ask::Identifier => {
                // A resource is written of whatever is known, a logical reference of number and name.
                let is_resource = place::patient_is_resource(self.release, self.options);
                let is_known =
                    || self.study.items(row::PATIENT_NAME.into()).is_some() || is_resource && self.study.present(Level::Patient) != 0;
                if ask == Ask::Reference && (place::subject_reference(self.options).is_some() || is_known()) {
                    self.see(&Shown { exists: true, ..Shown::default() });
                }
                if ask == Ask::Reference && self.sight.asks_whether() {
                    let others = [
                        RowRef::from(row::PATIENT_BIRTH),
                        row::PATIENT_SEX.into(),
                        row::PATIENT_OTHER_ID.into(),
                        row::PATIENT_RETIRED_ID.into(),
                    ];
                    self.need_study(row::PATIENT_NAME.into());
                    others.into_iter().filter(|_| is_resource).for_each(|row| self.need_study(row));
                }
                id
            }
            Ask::Name | Ask::Family | Ask::Given => row::PATIENT_NAME.into(),
            Ask::Birth => row::PATIENT_BIRTH.into(),
            Ask::Gender => row::PATIENT_SEX.into(),
        };
        let Some(of) = row.row() else { return };
        // The patient is asked for whatever the policy makes of it.
        let shape = of.places.iter().flatten().next().map_or(Shape::Text, |at| at.shape);
        if ask == Ask::Birth && self.dated(row, |[date, ..]| Span::of_dicom(date, "", "", &Zone::None)) {
            return;
        }
        if let (Ask::Gender, Some(mut items)) = (ask, self.study.items(row)) {
            if let Some(shown) = items.next().and_then(|item| self.item(&item, of, shape)) {
                self.see(&Shown { system: Uri::plain(ADMINISTRATIVE_GENDER), ..shown });
            }
        } else if let Some(items) = self.study.items(row) {
            self.shaped(items, of, shape);
        }
        self.need_study(row);
    }

    fn based_on(&mut self) {
        if place::accession_is_based_on(self.release, self.options) {
            let Some(of) = RowRef::from(row::ACCESSION).row() else { return };
            if let Some(items) = self.study.items(row::ACCESSION.into()) {
                self.shaped(items, of, Shape::Logical("ServiceRequest", "ACSN"));
            }
            self.need_study(row::ACCESSION.into());
        }
        let orders = [RowRef::from(row::PLACER), row::FILLER.into(), row::REFERENCED_REQUEST.into()];
        for row in orders.into_iter().chain([row::REQUESTS.into()]) {
            self.study_fact(row);
        }
        // Orders come with rows that are deep enough: what is not returned of them counts as absent, and is asked for all the same.
        self.need_requests(row::REQUESTS.into(), &orders);
    }

    /// Endpoints are the same for all studies: those that the options write.
    fn endpoints(&mut self, ask: EndpointAsk) {
        let Some((base, opaque)) = place::service_base(self.study, self.options).filter(|_| self.options.endpoints != Endpoints::None)
        else {
            return;
        };
        let of = Of { base, opaque, study: self.study.get(row::STUDY_UID).unwrap_or(""), series: None };
        let (study, options) = (self.study, self.options);
        let has_series = place::series_have_endpoints(options) && ask == EndpointAsk::Reference;
        for service in place::services(options) {
            let Some(shown) = endpoint(service, ask) else { continue };
            if ask != EndpointAsk::Reference {
                self.see(&shown);
                continue;
            }
            // Addresses of series go on where the study's ends, which may be long.
            let begun = begun_id(service, &of.address(service, options));
            let more = has_series && of.is_resource(service, options);
            let series = study.series().filter(|_| more).map(|series| series.get(row::SERIES_UID).unwrap_or(""));
            for uid in core::iter::once(None).chain(series.map(Some)) {
                let mut hash = begun;
                if let Some(uid) = uid {
                    hash.take(b"/series/");
                    hash.take(uid.as_bytes());
                }
                let id = hash.uuid();
                self.see(&Shown { value: Uri::plain(&id), ..shown });
            }
        }
        if has_series {
            self.need_series(&[row::SERIES_UID.into()], |_| true);
        }
    }
}

/// What an Endpoint of a service shows.
pub(super) fn endpoint(service: Service, ask: EndpointAsk) -> Option<Shown<'static>> {
    let value = |system, value| Some(Shown { system: Uri::plain(system), value, ..Shown::default() });
    match ask {
        EndpointAsk::Connection => value(CONNECTION, Uri::plain(service.code())),
        EndpointAsk::Status => value("http://hl7.org/fhir/endpoint-status", Uri::plain("active")),
        EndpointAsk::Payload => value(PAYLOAD, Uri::plain("any")).map(|shown| Shown { words: [payload(service).0, ""], ..shown }),
        EndpointAsk::Reference => Some(Shown { exists: true, ..Shown::default() }),
        EndpointAsk::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::rows;

    #[test]
    fn a_first_field_is_what_a_value_ends_in() {
        let options = Options { study_id_system: Some("urn:x".into()), ..Options::default() };
        for row in rows().filter(|row| matches!(row.kind.name, MODALITY | UID | IDENTIFIER | PATIENT_IDENTIFIER)) {
            for at in row.places.iter().flatten() {
                for first in ["1.2.3", "1.02.3", "CT", "", "A 1", "urn:oid:1.2"] {
                    let item = [first, "A", "1.2.4", "ISO", "", "", "", "", "", ""];
                    let mut shown = Shown::default();
                    let cx = Cx { options: &options, shape: at.shape };
                    match (row.kind.to_fhir)(&item, &cx, &mut Told::default()) {
                        Fhir::Identifier(identifier) => identify(&mut shown, &identifier),
                        Fhir::Reference(reference) => reference.identifier.iter().for_each(|identifier| identify(&mut shown, identifier)),
                        Fhir::Concept(concept) => shown.value = concept.coding.unwrap_or_default().code,
                        Fhir::Text(text) => shown.value = text,
                        Fhir::Short(_) | Fhir::Number(_) | Fhir::Nothing => {}
                    }
                    assert!(shown.value.rest == first || shown.value.is(""), "{}", row.name);
                }
            }
        }
    }
}
