//! An ImagingStudy into data sets: one for the study, one for each series, one for each instance.

use super::Reader;
use super::index::{text, type_of};
use crate::assemble::Assembler;
use crate::dicom::Cell;
use crate::error::Error;
use crate::json::tree::Id;
use crate::kind::Fill;
use crate::loss::{Code, Loss, Place, Sink, Step};
use crate::policy::Id as IdPolicy;
use crate::table::{Level, RowRef, elements, row};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

/// What every data set of a study says again: whose it is.
struct Identity {
    uid: String,
    /// Where the study can be retrieved.
    url: Option<String>,
    cells: Vec<(RowRef, u8, String)>,
    patient: (bool, bool),
}

impl<'d> Reader<'d, '_> {
    /// Reads a study, or tells why nothing comes of it.
    pub(super) fn study(&mut self, study: Id, assembler: &mut Assembler, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.resource = study;
        self.meet(study);
        if self.is_refused(study) {
            return Ok(());
        }
        self.set.clear();
        self.cells.clear();
        self.counters.clear();
        self.taken.clear();
        let all_series = self.members(study, "series");
        self.modality_notes(study, &all_series);
        for name in elements(Level::Study) {
            let bare = name.trim_end_matches("[]");
            let Some(node) = self.tree.member(study, bare) else {
                if matches!(bare, "status" | "subject") {
                    let at = Place::ROOT.then(Step::Element("ImagingStudy")).then(Step::Element(if bare == "status" {
                        "status"
                    } else {
                        "subject"
                    }));
                    sink.tell(Loss { code: Code::ElementMissing, at, first: sink.resource(), count: 0 });
                }
                continue;
            };
            match bare {
                "status" => self.status(study, node, all_series.is_empty()),
                "subject" => self.subject(node),
                "endpoint" | "series" => {}
                _ => self.element(Level::Study, name, node),
            }
        }
        // STU3 had the accession number in an element of its own.
        if let Some(node) = self.tree.member(study, "accession") {
            self.accession(node);
        }
        let Some(uid) = self.fact(row::STUDY_UID.into(), 0) else {
            self.unplaced(study, self.place_in(&["identifier"]));
            return Ok(());
        };
        self.id(study, &uid);
        self.endpoints(study, &uid);
        let identity = self.identity(uid);
        self.set.patient = identity.patient;
        // A resource says all that it knows: what is not there is absent.
        self.set.known = [u64::MAX; 4];
        assembler.take(&mut self.set, self.options, sink)?;
        for series in all_series {
            self.series(series, &identity, assembler, sink)?;
        }
        Ok(())
    }

    fn series(&mut self, series: Id, identity: &Identity, assembler: &mut Assembler, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.begin(identity);
        let instances = self.members(series, "instance");
        for name in elements(Level::Series) {
            let bare = name.trim_end_matches("[]");
            let Some(node) = self.tree.member(series, bare) else { continue };
            match bare {
                "endpoint" | "instance" => {}
                "modality" if self.is_absent(node) => {}
                _ => self.element(Level::Series, name, node),
            }
        }
        let Some(uid) = self.fact(row::SERIES_UID.into(), 0) else {
            self.unplaced(series, self.place_in(&["series", "uid"]));
            return Ok(());
        };
        self.series_endpoints(series, identity.url.as_deref(), &identity.uid, &uid);
        self.set.known = [u64::MAX; 4];
        assembler.take(&mut self.set, self.options, sink)?;
        for instance in instances {
            self.begin(identity);
            self.push_again(row::SERIES_UID.into(), 0, &uid);
            for name in elements(Level::Instance) {
                if let Some(node) = self.tree.member(instance, name) {
                    if !(*name == "sopClass" && self.is_absent(node)) {
                        self.element(Level::Instance, name, node);
                    }
                }
            }
            if let Some(node) = self.tree.member(instance, "_sopClass") {
                self.is_absent(node);
            }
            if self.fact(row::INSTANCE_UID.into(), 0).is_none() {
                self.unplaced(instance, self.place_in(&["series", "instance", "uid"]));
                continue;
            }
            self.set.known = [u64::MAX; 4];
            assembler.take(&mut self.set, self.options, sink)?;
        }
        Ok(())
    }

    /// A place in ImagingStudy.
    fn place_in(&self, names: &[&'static str]) -> Place {
        names.iter().fold(Place::ROOT.then(Step::Element("ImagingStudy")), |place, name| place.then(Step::Element(name)))
    }

    /// A field of a fact of the data set.
    fn fact(&self, row: RowRef, field: u8) -> Option<String> {
        let cell = self.set.cells.iter().find(|cell| cell.row == Some(row) && cell.field == field)?;
        self.set.text.get(cell.start..cell.end).map(String::from)
    }

    /// What the study's own data set says of study and patient.
    fn identity(&self, uid: String) -> Identity {
        let mut cells = Vec::new();
        for field in 0..crate::value::FIELDS as u8 {
            for row in [RowRef::from(row::STUDY_UID), row::PATIENT_ID.into()] {
                cells.extend(self.fact(row, field).map(|text| (row, field, text)));
            }
        }
        let known = cells.iter().any(|(known, field, _)| *known == row::PATIENT_ID.into() && *field == 0);
        let url = self.fact(row::RETRIEVE_URL.into(), 0).or_else(|| self.fact(row::RETRIEVE_URL.into(), 1));
        Identity { uid, url, cells, patient: (known, known) }
    }

    /// A further data set of the study.
    fn begin(&mut self, identity: &Identity) {
        self.set.clear();
        self.cells.clear();
        self.counters.clear();
        self.taken.clear();
        for (row, field, text) in &identity.cells {
            self.push_again(*row, *field, text);
        }
        self.set.patient = identity.patient;
    }

    fn push_again(&mut self, row: RowRef, field: u8, text: &str) {
        let start = self.set.text.len();
        self.set.text.push_str(text);
        let end = self.set.text.len();
        self.set.cells.push(Cell { row: Some(row), item: 0, field, start, end, leaf: false, counted: 0, place: 0 });
    }

    /// The status: what it says of the study is what we would say of it, or is told.
    fn status(&mut self, study: Id, node: Id, unlisted: bool) {
        let Some(node) = self.one(node) else { return };
        let count = text(self.tree, study, "numberOfInstances");
        match self.scalar(node).trim() {
            "available" => self.ledger.take(node),
            "registered" if unlisted && count == Some("0") => self.ledger.take(node),
            "registered" | "unknown" => {}
            "entered-in-error" | "cancelled" | "inactive" => self.ledger.lose(node, Code::Withdrawn),
            _ => self.ledger.lose(node, Code::BadCode),
        }
    }

    /// The id, where it says nothing but the UID, or what the caller says.
    fn id(&mut self, study: Id, uid: &str) {
        let Some(id) = self.tree.member(study, "id") else { return };
        let text = self.scalar(id).trim();
        let given = matches!(&self.options.id, IdPolicy::Given(given) if given == text);
        if given || text == uid {
            self.ledger.take(id);
        }
    }

    /// Modalities of the study that no listed series has contradict the list.
    fn modality_notes(&mut self, study: Id, series: &[Id]) {
        if series.is_empty() {
            return;
        }
        let tree = self.tree;
        let codes = |node: Id| -> Vec<Id> {
            tree.span(node).filter(|id| tree.is_leaf(*id) && (tree.is_named(*id, "code") || *id == node)).collect()
        };
        let upper = |id: Id| tree.text(id).unwrap_or("").trim().to_ascii_uppercase();
        let of_series: BTreeSet<String> =
            series.iter().filter_map(|series| tree.member(*series, "modality")).flat_map(codes).map(upper).collect();
        for code in tree.member(study, "modality").into_iter().flat_map(codes) {
            if !of_series.contains(&upper(code)) {
                self.ledger.note(code, Code::ModalityNotInSeries);
            }
        }
    }

    /// A resource is met: its type and id say what it is.
    pub(super) fn meet(&mut self, resource: Id) {
        self.ledger.meet(resource);
        let own = resource == self.resource;
        for name in ["resourceType", "id"] {
            if let Some(leaf) = self.tree.member(resource, name).filter(|_| name != "id" || !own) {
                self.ledger.take(leaf);
            }
        }
    }

    /// Whether a resource carries rules or a modifier that may change what it says; then everything in it is told.
    pub(super) fn is_refused(&mut self, resource: Id) -> bool {
        let tree = self.tree;
        let contained = tree.member(resource, "contained").map(|id| tree.span(id)).unwrap_or_default();
        let modifies = |id: &Id| tree.is_named(*id, "modifierExtension") && tree.span(*id).any(|leaf| tree.is_leaf(leaf));
        let rules = tree.member(resource, "implicitRules").is_some_and(|id| tree.is_leaf(id));
        if !rules && !tree.span(resource).any(|id| !contained.contains(&id) && modifies(&id)) {
            return false;
        }
        let type_ = type_of(tree, resource).and_then(crate::table::resource_type).unwrap_or("ImagingStudy");
        let at = Place::ROOT.then(Step::Element(type_));
        for id in tree.span(resource).filter(|id| tree.is_leaf(*id)) {
            self.ledger.unplace(id, Code::Modifier, at);
        }
        true
    }

    /// An accession number in an element of its own.
    fn accession(&mut self, node: Id) {
        let found = crate::fhir::found::Found::Identifier(self.identifier(node));
        let row_ref = RowRef::from(row::ACCESSION);
        let (Some(row), false) = (row_ref.row(), self.fact(row_ref, 0).is_some()) else { return };
        let cx = crate::kind::Cx { options: self.options, shape: crate::fhir::shape::Shape::TypedIdentifier };
        let mut fill = Fill::default();
        (row.kind.from_fhir)(&found, &cx, &mut fill);
        self.note_first(node, Code::OtherRelease);
        self.push(row_ref, row, &fill);
    }
}
