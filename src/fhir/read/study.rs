//! An ImagingStudy into data sets: one for the study, one for each series, one for each instance.

use super::Reader;
use super::index::{each, type_of};
use super::instance::class_shape;
use super::withdrawn::takes_back;
use crate::assemble::{Assembler, STRANGER};
use crate::dicom::{Cell, DataSet, NOBODY};
use crate::error::Error;
use crate::json::tree::{Id, Name, Tree, What};
use crate::kind::is_sex;
use crate::loss::{Code, Loss, Place, Sink, Step};
use crate::policy::Id as IdPolicy;
use crate::table::{Level, RESOURCE_TYPE, RowRef, elements, position, row};
use crate::who::{compared, letters};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

const STATUS: usize = at(Level::Study, named!("status"));
const SUBJECT: usize = at(Level::Study, named!("subject"));
const ENDPOINT: usize = at(Level::Study, named!("endpoint"));
const SERIES: usize = at(Level::Study, named!("series"));
const OF_SERIES_ENDPOINT: usize = at(Level::Series, named!("endpoint"));
const OF_SERIES_INSTANCE: usize = at(Level::Series, named!("instance"));
const OF_SERIES_MODALITY: usize = at(Level::Series, named!("modality"));

/// The position of an element among those of its level; that of one that it has not is no position.
const fn at(level: Level, name: Name) -> usize {
    match position(level, name) {
        Some(position) => position,
        None => usize::MAX,
    }
}

/// What every data set of a study says again: whose it is.
struct Identity {
    uid: String,
    /// Where the study can be retrieved.
    url: Option<(String, u8)>,
    cells: Vec<(RowRef, u8, String)>,
    patient: (bool, bool),
    stranger: String,
}

/// So many bytes of a name that is compared count as one value of `limits.expansion`.
const FOLDED: usize = 2;

impl<'d> Reader<'d, '_> {
    /// Reads a study, or tells why nothing comes of it.
    pub(super) fn study(&mut self, study: Id, assembler: &mut Assembler, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.resource = study;
        self.uid_leaves.clear();
        self.meet(study);
        if self.is_refused(study) {
            // What a modifier made unreadable is of any study; what other versions replace is not lost.
            if self.index.refusal(study) == Some(Code::Modifier) {
                assembler.miss();
            }
            return Ok(());
        }
        self.room.set.clear();
        self.room.leaves.clear();
        self.room.counters.clear();
        self.room.taken.clear();
        self.room.unknown = [0; 4];
        self.room.is_part = is_part(self.tree, study);
        let all_series = self.members(study, named!("series"));
        self.modality_notes(study, &all_series);
        let slots = self.slots(study, Level::Study);
        for (element, slot) in slots.iter().copied().enumerate().take(elements(Level::Study).len()) {
            match (element, slot) {
                (SUBJECT, Some(node)) => self.subject(node),
                (STATUS | SUBJECT, None) => {
                    let name = if element == STATUS { "status" } else { "subject" };
                    let at = Place::ROOT.then(Step::Element("ImagingStudy")).then(Step::Element(name));
                    sink.tell(Loss { code: Code::ElementMissing, at, first: sink.resource(), count: 0 });
                }
                (STATUS | ENDPOINT | SERIES, _) | (_, None) => {}
                (_, Some(node)) => self.element(Level::Study, element, node),
            }
        }
        if let Some(node) = slots.get(STATUS).copied().flatten() {
            self.status(node, &all_series);
        }
        // STU3 had the accession number in an element of its own.
        let accession = self.tree.member(study, named!("accession")).and_then(|node| self.one(node));
        if let Some(node) = accession.filter(|node| !self.is_former(*node)) {
            self.accession(node);
        }
        let Some(uid) = self.fact(row::STUDY_UID.into(), 0) else {
            self.unplaced(study, self.place_in(&["identifier"]));
            assembler.miss();
            return Ok(());
        };
        self.id(study, &uid);
        self.endpoints(study, &uid);
        // A resource says all that it knows: one that names no patient is not of one that another names.
        self.room.set.patient = (true, true);
        self.name_stranger();
        // What the series say again; most lists of studies list none.
        let identity = if all_series.is_empty() { None } else { Some(self.identity(uid)) };
        self.room.know();
        assembler.take(&mut self.room.set, self.options, sink)?;
        if self.room.is_part || self.says_twice(study, named!("series")) {
            assembler.mark_last();
        }
        let Some(identity) = identity else { return Ok(()) };
        for series in all_series {
            self.series(series, &identity, assembler, sink)?;
            self.index.check()?;
        }
        Ok(())
    }

    fn series(&mut self, series: Id, identity: &Identity, assembler: &mut Assembler, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.begin(identity);
        let [patient, study, ..] = self.room.unknown;
        self.room.unknown = [patient, study, 0, 0];
        let tree = self.tree;
        let (list, single) = match tree.member(series, named!("instance")) {
            Some(node) if !tree.is_array(node) => {
                self.note_first(node, Code::ListForm);
                (None, Some(node))
            }
            list => (list, None),
        };
        let slots = self.slots(series, Level::Series);
        for (element, node) in slots.into_iter().enumerate().filter_map(|(element, node)| Some((element, node?))) {
            match element {
                OF_SERIES_ENDPOINT | OF_SERIES_INSTANCE => {}
                OF_SERIES_MODALITY if self.is_absent(node) => {}
                _ => self.element(Level::Series, element, node),
            }
        }
        let Some(uid) = self.fact(row::SERIES_UID.into(), 0) else {
            self.unplaced(series, self.place_in(&["series", "uid"]));
            assembler.mark_last();
            return Ok(());
        };
        self.series_endpoints(series, identity.url.as_ref().map(|(url, field)| (url.as_str(), *field)), &identity.uid, &uid);
        self.room.know();
        assembler.take(&mut self.room.set, self.options, sink)?;
        if self.says_twice(series, named!("instance")) {
            assembler.mark_last();
        }
        let class = class_shape(self.release);
        for instance in list.into_iter().flat_map(|list| tree.children(list)).chain(single) {
            if let Some(run) = self.runs.and_then(|runs| runs.at(instance)) {
                self.in_runs += run.instances.len();
                self.used += run.used * run.instances.len() as u64;
                assembler.take_instances((&uid, self.room.is_part), run.class, run.instances.iter().copied(), self.options, sink)?;
                continue;
            }
            if let Some(usual) = self.usual(instance, class) {
                let facts = self.facts(&usual);
                assembler.take_instance((&uid, self.room.is_part), facts, self.options, sink)?;
                continue;
            }
            self.begin(identity);
            self.index.check()?;
            self.push_again(row::SERIES_UID.into(), 0, &uid);
            self.instance(instance);
            if !self.has_fact(row::INSTANCE_UID.into()) {
                self.unplaced(instance, self.place_in(&["series", "instance", "uid"]));
                assembler.mark_last();
                continue;
            }
            self.room.know();
            assembler.take(&mut self.room.set, self.options, sink)?;
        }
        Ok(())
    }

    /// Whether a member stands twice, of which the first is read: where lists are promised to be complete, what the other lists is lost.
    fn says_twice(&self, object: Id, name: Name) -> bool {
        self.options.complete && self.tree.children(object).filter(|member| self.tree.name(*member) == name).count() > 1
    }

    /// A place in ImagingStudy.
    fn place_in(&self, names: &[&'static str]) -> Place {
        names.iter().fold(Place::ROOT.then(Step::Element("ImagingStudy")), |place, name| place.then(Step::Element(name)))
    }

    /// A field of a fact of the data set.
    fn fact(&self, row: RowRef, field: u8) -> Option<String> {
        let cell = self.room.set.cells.iter().find(|cell| cell.row == Some(row) && cell.field == field)?;
        self.room.set.text.get(cell.start..cell.end).map(String::from)
    }

    pub(super) fn has_fact(&self, row: RowRef) -> bool {
        self.room.set.cells.iter().any(|cell| cell.row == Some(row) && cell.field == 0)
    }

    /// What the study's own data set says of study and patient.
    fn identity(&self, uid: String) -> Identity {
        let mut cells: Vec<(RowRef, u8, String)> = Vec::new();
        for cell in &self.room.set.cells {
            let own = cell.row.filter(|row| *row == row::STUDY_UID.into() || *row == row::PATIENT_ID.into());
            let Some((row, text)) = own.zip(self.room.set.text.get(cell.start..cell.end)) else { continue };
            if !cells.iter().any(|(known, field, _)| (*known, *field) == (row, cell.field)) {
                cells.push((row, cell.field, text.into()));
            }
        }
        let url = [0, 1].into_iter().find_map(|field| Some((self.fact(row::RETRIEVE_URL.into(), field)?, field)));
        Identity { uid, url, cells, patient: self.room.set.patient, stranger: self.room.set.stranger.clone() }
    }

    /// Who has no number is known by what is said of them: whose name is another's, or who has none, is another.
    fn name_stranger(&mut self) {
        let is_numbered = |cell: &Cell| cell.row == Some(row::PATIENT_ID.into()) && cell.field == 0;
        if self.room.set.stranger.is_empty() && !self.room.set.cells.iter().any(is_numbered) {
            self.describe_stranger();
        }
    }

    /// What is said of a patient without number: what rows are told apart by, in whatever order and wherever it stands.
    pub(super) fn describe_stranger(&mut self) {
        let DataSet { cells, text, stranger, .. } = &mut self.room.set;
        let mut folded = 0;
        // No reference begins so: it has no control characters.
        for (n, (row, field)) in (4..).zip(compared()) {
            let said = cells.iter().find(|cell| cell.row == Some(row) && cell.field == field);
            let said = said.and_then(|cell| text.get(cell.start..cell.end)).unwrap_or("");
            let start = stranger.len();
            stranger.extend([STRANGER, char::from(n)]);
            let begun = stranger.len();
            if row == row::PATIENT_NAME.into() {
                stranger.extend(letters(said));
                folded += said.len();
            } else if row != row::PATIENT_SEX.into() || is_sex(said) {
                stranger.push_str(said);
            }
            // What is not said tells nobody apart, nor do a name or a sex that say nothing.
            if stranger.len() == begun {
                stranger.truncate(start);
            }
        }
        // Many may refer to one who has a long name, and folding takes longer than reading.
        self.index.spend(folded / FOLDED, 0);
    }

    /// A further data set of the study.
    fn begin(&mut self, identity: &Identity) {
        // A long patient id is repeated for every series.
        self.index.spend(0, identity.cells.iter().map(|(_, _, text)| text.len()).sum::<usize>() + identity.stranger.len());
        self.room.set.clear();
        self.room.leaves.clear();
        self.room.counters.clear();
        self.room.taken.clear();
        for (row, field, text) in &identity.cells {
            self.push_again(*row, *field, text);
        }
        self.room.set.says_again = true;
        self.room.set.patient = identity.patient;
        self.room.set.stranger.push_str(&identity.stranger);
    }

    pub(super) fn push_again(&mut self, row: RowRef, field: u8, text: &str) {
        let start = self.room.set.text.len();
        self.room.set.text.push_str(text);
        let end = self.room.set.text.len();
        self.room.set.cells.push(Cell { row: Some(row), item: 0, field, start, end, leaf: NOBODY, more: 0 });
    }

    /// The status: what it says of the study is what we would say of it, or is told.
    fn status(&mut self, node: Id, series: &[Id]) {
        let tree = self.tree;
        // That it is withdrawn counts wherever it stands.
        for further in tree.is_array(node).then(|| tree.children(node).skip(1)).into_iter().flatten() {
            if takes_back(self.scalar(further).trim()) {
                self.room.ledger.lose(further, Code::Withdrawn);
            }
        }
        let Some(node) = self.one(node) else { return };
        // As the record has it: a count of none, and no instance that has a UID.
        let has_uid = |id: Id| {
            let uid = tree.member(id, named!("uid"));
            let all = || uid.filter(|uid| tree.is_array(*uid)).into_iter().flat_map(|uid| tree.children(uid));
            uid.is_some() && all().zip(all().skip(1)).all(|(one, other)| tree.is_same(one, other))
        };
        // Instances of the usual form are not nodes of their own.
        let is_one = |id: Id| tree.what(id) == Some(What::Run) || has_uid(id);
        let lists = |series: &Id| has_uid(*series) && each(tree, *series, "instance").any(is_one);
        let is_empty = || self.fact(row::INSTANCE_COUNT.into(), 0).as_deref() == Some("0") && !series.iter().any(lists);
        match self.scalar(node).trim() {
            "available" => self.understand(node),
            "registered" if is_empty() => self.understand(node),
            "registered" | "unknown" => {}
            said if takes_back(said) => self.room.ledger.lose(node, Code::Withdrawn),
            _ => self.room.ledger.lose(node, Code::BadCode),
        }
    }

    /// The id, where it says nothing but the UID, or what the caller says.
    fn id(&mut self, study: Id, uid: &str) {
        let Some(id) = self.tree.member(study, named!("id")) else { return };
        let text = self.scalar(id).trim();
        let given = matches!(&self.options.id, IdPolicy::Given(given) if given == text);
        if given || text == uid {
            self.understand(id);
        }
    }

    /// Modalities of the study that no listed series has contradict the list.
    fn modality_notes(&mut self, study: Id, series: &[Id]) {
        if series.is_empty() {
            return;
        }
        let tree = self.tree;
        let codes = |node: Id| tree.span(node).filter(move |id| tree.is_leaf(*id) && (tree.is_named(*id, named!("code")) || *id == node));
        let code = |id: Id| tree.text(id).unwrap_or("").trim();
        let mut of_series: Vec<&str> = Vec::new();
        for node in series.iter().filter_map(|series| tree.member(*series, named!("modality"))) {
            for new in codes(node).map(code) {
                // Series are many, and mostly of one modality.
                if !of_series.last().is_some_and(|last| last.eq_ignore_ascii_case(new)) {
                    of_series.push(new);
                }
            }
        }
        let of_series: BTreeSet<String> = of_series.into_iter().map(str::to_ascii_uppercase).collect();
        for id in tree.member(study, named!("modality")).into_iter().flat_map(codes) {
            if !of_series.contains(&code(id).to_ascii_uppercase()) {
                self.room.ledger.note(id, Code::ModalityNotInSeries);
            }
        }
    }

    /// A resource is met: its type and id say what it is.
    pub(super) fn meet(&mut self, resource: Id) {
        self.room.ledger.meet(resource);
        let own = resource == self.resource;
        for name in [RESOURCE_TYPE, named!("id")] {
            if let Some(leaf) = self.tree.member(resource, name).filter(|_| name == RESOURCE_TYPE || !own) {
                self.understand(leaf);
            }
        }
    }

    /// Whether a resource carries rules or a modifier that may change what it says, or holds no longer; then everything in it is told.
    pub(super) fn is_refused(&mut self, resource: Id) -> bool {
        let tree = self.tree;
        let Some(code) = self.index.refusal(resource) else { return false };
        let type_ = type_of(tree, resource).and_then(crate::table::resource_type).unwrap_or("ImagingStudy");
        let at = Place::ROOT.then(Step::Element(type_));
        for id in tree.span(resource).filter(|id| tree.is_leaf(*id)) {
            self.room.ledger.unplace(id, code, at);
        }
        true
    }

    /// An accession number in an element of its own, as in STU3.
    fn accession(&mut self, node: Id) {
        let found = crate::fhir::found::Found::Identifier(self.identifier(node));
        let row_ref = RowRef::from(row::ACCESSION);
        let Some(row) = row_ref.row() else { return };
        // Its type says what the element says: that, or nothing (no attribute has another).
        let cx = crate::kind::Cx { options: self.options, shape: crate::fhir::shape::Shape::Logical("ServiceRequest", "ACSN") };
        let mut fill = self.fill();
        (row.kind.from_fhir)(&found, &cx, &mut fill);
        self.sole_item(row_ref, node, &fill);
        self.emptied(fill);
    }
}

/// Whether a resource says that elements were left out: summaries, `_elements`, what somebody may not see (FHIR search, "Summary", and security labels).
pub(super) fn is_part(tree: &Tree<'_>, resource: Id) -> bool {
    if !tree.has(named!("meta")) {
        return false;
    }
    let labels = each(tree, resource, "meta").flat_map(|meta| [named!("tag"), named!("security")].map(|name| tree.member(meta, name)));
    // Elements of lists have no name.
    let is_code = |id: &Id| tree.is_named(*id, named!("code")) || tree.is_named(*id, 0) && tree.is_named(tree.parent(*id), named!("code"));
    let codes = labels.flatten().flat_map(|list| tree.span(list)).filter(is_code);
    codes.filter_map(|id| tree.text(id)).any(|code| matches!(code.trim(), "SUBSETTED" | "REDACTED" | "MASKED"))
}

/// Whether a Bundle or an entry has, besides its resources, something that may change the meaning of these.
pub(super) fn is_wrapped(tree: &Tree<'_>, around: Id) -> bool {
    if !tree.has(named!("modifierExtension")) && !tree.has(named!("implicitRules")) {
        return false;
    }
    let says = |id: Id| tree.span(id).any(|leaf| tree.is_leaf(leaf));
    let is_modifier = |id: Id| tree.is_named(id, named!("modifierExtension")) || tree.is_named(id, named!("implicitRules"));
    // Resources, and entries, are asked themselves.
    let resources = [named!("resource"), named!("entry"), named!("contained")];
    let own = tree.children(around).filter(|member| !resources.contains(&tree.name(*member)));
    own.flat_map(|member| tree.span(member)).any(|id| is_modifier(id) && says(id))
}

/// Whether a resource has something that may change its meaning.
pub(super) fn is_modified(tree: &Tree<'_>, resource: Id) -> bool {
    if !tree.has(named!("modifierExtension")) && !tree.has(named!("implicitRules")) {
        return false;
    }
    let contained = tree.member(resource, named!("contained")).map(|id| tree.span(id)).unwrap_or_default();
    let modifies = |id: &Id| tree.is_named(*id, named!("modifierExtension")) && tree.span(*id).any(|leaf| tree.is_leaf(leaf));
    let rules = tree.member(resource, named!("implicitRules")).is_some_and(|id| tree.span(id).any(|leaf| tree.is_leaf(leaf)));
    rules || tree.span(resource).any(|id| !contained.contains(&id) && modifies(&id))
}
