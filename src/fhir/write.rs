//! Writing a study as an ImagingStudy: one walk over the rows, so that the loss report is complete when the text is.

use super::shape::{Fhir, Shape, data_absent, put};
use super::{endpoint, place};
use crate::json::text::{Json, Writer};
use crate::kind::{Cx, Modality, Spell, Told};
use crate::loss::{Code, Loss, LossReport, Mapped, Place};
use crate::options::Options;
use crate::release::Release;
use crate::study::{Instance, Series, Study};
use crate::table::{Level, Row, RowRef, row, rows_of};
use crate::value::{FIELDS, Fields, Items};
use alloc::vec::Vec;

/// Writes a study as an ImagingStudy of `release`.
///
/// The report holds what this release or these options leave out, and what writing had to bend.
///
/// ```
/// use fhir_dicomweb::{Options, Release, dicom, fhir};
/// let row = br#"{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00100020":{"vr":"LO","Value":["P1"]},
///     "00080020":{"vr":"DA","Value":["20240114"]},"00080030":{"vr":"TM","Value":["1015"]}}"#;
/// let study = &dicom::read(row, &Options::default())?.ignore_loss()[0];
/// let written = fhir::write(study, Release::R5, &Options::default());
/// assert!(written.value.as_str().contains(r#""started":"2024-01-14""#));
/// assert_eq!(written.loss.iter().next().unwrap().code.name(), "time-without-zone");
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
pub fn write(study: &Study, release: Release, options: &Options) -> Mapped<Json> {
    let mut out = Vec::with_capacity(512 + study.arena.len() * 2);
    let loss = write_into(study, release, options, &mut out);
    Mapped { value: Json::from_bytes(out), loss }
}

/// As [`write()`], appended to `out`.
pub fn write_into(study: &Study, release: Release, options: &Options, out: &mut Vec<u8>) -> LossReport {
    let mut walk = Walk { w: Writer::new(out), release, options, loss: LossReport::default() };
    walk.study(study);
    walk.loss
}

struct Walk<'a, 'o> {
    w: Writer<'o>,
    release: Release,
    options: &'a Options,
    loss: LossReport,
}

/// Elements of ImagingStudy that rows are written to, in FHIR's order. Those that need more than rows are written where they stand.
const STUDY: &[&str] = &[
    "identifier[]",
    "status",
    "modality[]",
    "subject",
    "started",
    "basedOn[]",
    "referrer",
    "endpoint",
    "numberOfSeries",
    "numberOfInstances",
    "procedureCode[]",
    "procedure[]",
    "reasonCode[]",
    "reason[]",
    "description",
    "series",
];
const SERIES: &[&str] =
    &["uid", "number", "modality", "description", "numberOfInstances", "bodySite", "laterality", "started", "performer[]", "instance"];
const INSTANCE: &[&str] = &["uid", "sopClass", "number", "title"];

/// What the walker reads facts from.
trait Facts<'a>: Copy {
    fn facts(self, row: RowRef) -> Option<Items<'a>>;
}

impl<'a> Facts<'a> for &'a Study {
    fn facts(self, row: RowRef) -> Option<Items<'a>> {
        self.items(row)
    }
}

impl<'a> Facts<'a> for Series<'a> {
    fn facts(self, row: RowRef) -> Option<Items<'a>> {
        self.items(row)
    }
}

impl<'a> Facts<'a> for Instance<'a> {
    fn facts(self, row: RowRef) -> Option<Items<'a>> {
        self.items(row)
    }
}

impl<'a> Walk<'a, '_> {
    fn study(&mut self, study: &'a Study) {
        self.w.open_object();
        self.w.member("resourceType", "ImagingStudy");
        if let Some(uid) = study.get(row::STUDY_UID) {
            self.w.member("id", uid);
        }
        let base = self.options.endpoint_base.as_deref().filter(|base| !base.is_empty() && !study.is_patient_conflict());
        if let Some(base) = base {
            self.w.name("contained");
            self.w.open_array();
            endpoint::wado_rs(&mut self.w, self.release, base);
            self.w.close_array();
        }
        for element in STUDY {
            match *element {
                "status" => self.w.member("status", place::status(study)),
                "modality[]" => self.modalities(study),
                "subject" => self.subject(study),
                "endpoint" if base.is_some() => {
                    self.w.name("endpoint");
                    self.w.open_array();
                    self.w.open_object();
                    self.w.name("reference");
                    self.w.strings(&["#", endpoint::CONTAINED]);
                    self.w.close_object();
                    self.w.close_array();
                }
                "endpoint" => {}
                "numberOfSeries" => self.count(study, row::SERIES_COUNT.into(), study.series().len()),
                "numberOfInstances" => self.count(study, row::INSTANCE_COUNT.into(), place::listed_instances(study)),
                "series" => self.all_series(study),
                name => self.element(study, Level::Study, name),
            }
        }
        self.w.close_object();
    }

    fn all_series(&mut self, study: &'a Study) {
        if study.series().len() == 0 {
            return;
        }
        self.w.name("series");
        self.w.open_array();
        for series in study.series() {
            self.series(series);
        }
        self.w.close_array();
    }

    fn series(&mut self, series: Series<'a>) {
        self.w.open_object();
        for element in SERIES {
            match *element {
                "modality" if series.get(row::SERIES_MODALITY).is_none() => self.required(row::SERIES_MODALITY.into(), "modality"),
                "numberOfInstances" => self.count(series, row::SERIES_INSTANCE_COUNT.into(), series.instances().len()),
                "instance" if series.instances().len() == 0 => {}
                "instance" => {
                    self.w.name("instance");
                    self.w.open_array();
                    for instance in series.instances() {
                        self.instance(instance);
                    }
                    self.w.close_array();
                }
                name => self.element(series, Level::Series, name),
            }
        }
        self.w.close_object();
    }

    fn instance(&mut self, instance: Instance<'a>) {
        self.w.open_object();
        for element in INSTANCE {
            match *element {
                "sopClass" if !self.has(instance, row::INSTANCE_CLASS.into()) => {
                    self.consume(instance, row::INSTANCE_CLASS.into());
                    let oid = rows_of(Level::Instance)
                        .iter()
                        .flat_map(|row| row.place_for(self.release, self.options))
                        .any(|at| at.shape == Shape::Oid);
                    self.required(row::INSTANCE_CLASS.into(), if oid { "_sopClass" } else { "sopClass" });
                }
                name => self.element(instance, Level::Instance, name),
            }
        }
        self.w.close_object();
    }

    /// FHIR requires the element and there is nothing to write.
    fn required(&mut self, row: RowRef, element: &str) {
        self.w.name(element);
        data_absent(&mut self.w);
        if let Some(row) = row.row() {
            self.lose(Code::RequiredMissing, row, 0, 0);
        }
    }

    /// Whether writing the row gives anything.
    fn has(&self, from: impl Facts<'a>, row: RowRef) -> bool {
        let Some((row_of, items)) = row.row().zip(from.facts(row)) else {
            return false;
        };
        let at = row_of.place_for(self.release, self.options).next();
        at.is_some_and(|at| {
            let cx = Cx { options: self.options, shape: at.shape };
            items.into_iter().any(|item| !(row_of.kind.to_fhir)(&item, &cx, &mut Told::default()).is_nothing())
        })
    }

    /// Tells what becomes of a row that gives nothing to write.
    fn consume(&mut self, from: impl Facts<'a>, row: RowRef) {
        let Some((row_of, items)) = row.row().zip(from.facts(row)) else { return };
        for item in items {
            let _ = self.spell(row_of, &item);
        }
    }

    fn count(&mut self, from: impl Facts<'a>, row: RowRef, listed: usize) {
        let Some((row_of, mut items)) = row.row().zip(from.facts(row)) else { return };
        let given = items.next().and_then(|[digits, ..]| digits.parse().ok()).unwrap_or(0);
        if place::writes_count(self.release, given, listed) {
            for at in row_of.place_for(self.release, self.options) {
                self.w.name(at.element);
            }
            self.w.verbatim(crate::value::decimal(given).as_str());
            self.loss.carry(1);
        } else {
            self.lose(Code::NoElement, row_of, 0, 1);
        }
    }

    /// The study's modalities: those of its series in order of first appearance, then those that no series has.
    fn modalities(&mut self, study: &'a Study) {
        let Some(row_of) = RowRef::from(row::MODALITIES).row() else { return };
        let Some(at) = row_of.place_for(self.release, self.options).next() else { return };
        let mut codes: Vec<&str> = Vec::new();
        for series in study.series() {
            let Some(code) = series.get(row::SERIES_MODALITY) else { continue };
            if codes.last() != Some(&code) && !codes.contains(&code) && place::lists_modality(self.release, code) {
                codes.push(code);
            }
        }
        for code in study.all(row::MODALITIES) {
            if place::lists_modality(self.release, code) {
                codes.push(code);
                self.loss.carry(1);
            } else {
                self.lose(Code::ModalityNotListed, row_of, 0, 1);
            }
        }
        if codes.is_empty() {
            return;
        }
        self.w.name("modality");
        self.w.open_array();
        let cx = Cx { options: self.options, shape: at.shape };
        for code in codes {
            let mut item = [""; FIELDS];
            if let Some(first) = item.first_mut() {
                *first = code;
            }
            let value = Modality::to_fhir(&item, &cx, &mut Told::default());
            put(&mut self.w, at.shape, &value);
        }
        self.w.close_array();
    }

    /// The patient as a logical reference.
    fn subject(&mut self, study: &'a Study) {
        let (id, name) = (RowRef::from(row::PATIENT_ID), RowRef::from(row::PATIENT_NAME));
        if !self.has(study, id) && !self.has(study, name) {
            self.required(id, "subject");
            return;
        }
        self.w.name("subject");
        self.w.open_object();
        self.w.member("type", "Patient");
        self.element(study, Level::Patient, "subject.identifier");
        self.element(study, Level::Patient, "subject.display");
        self.w.close_object();
    }

    /// Writes every row of `level` that has its place at `element`.
    fn element(&mut self, from: impl Facts<'a>, level: Level, element: &'static str) {
        let list = element.ends_with("[]");
        let mut open = false;
        for (index, row) in rows_of(level).iter().enumerate() {
            let reference = RowRef { level, index: index as u8 };
            let Some(items) = from.facts(reference) else { continue };
            let Some(at) = row.place_for(self.release, self.options).find(|at| at.element == element) else {
                continue;
            };
            let shape = at.shape;
            for item in items {
                let cx = Cx { options: self.options, shape };
                let value = self.spelled(row, &item, &cx);
                if value.is_nothing() {
                    continue;
                }
                if !open {
                    let name = element.trim_end_matches("[]");
                    self.w.name(name.rsplit('.').next().unwrap_or(name));
                    if list {
                        self.w.open_array();
                    }
                    open = true;
                }
                put(&mut self.w, shape, &value);
            }
        }
        if open && list {
            self.w.close_array();
        }
    }

    fn spell(&mut self, row: &'static Row, item: &Fields<'a>) -> Fhir<'a> {
        let Some(at) = row.place_for(self.release, self.options).next() else {
            return Fhir::Nothing;
        };
        let cx = Cx { options: self.options, shape: at.shape };
        self.spelled(row, item, &cx)
    }

    /// One item in FHIR's terms, its fields accounted for: each is carried or told.
    fn spelled(&mut self, row: &'static Row, item: &Fields<'a>, cx: &Cx<'a>) -> Fhir<'a> {
        let mut told = Told::default();
        let value = (row.kind.to_fhir)(item, cx, &mut told);
        for (field, (text, mark)) in item.iter().zip(told.marks).enumerate() {
            match mark {
                _ if text.is_empty() => {}
                None => self.loss.carry(1),
                Some(code) => {
                    let (path, len) = row.tags_in(field, item);
                    self.lose_at(code, path.get(..len).unwrap_or_default(), 1);
                }
            }
        }
        value
    }

    fn lose(&mut self, code: Code, row: &Row, field: usize, count: u64) {
        let (path, len) = row.tags_of(field);
        self.lose_at(code, path.get(..len).unwrap_or_default(), count);
    }

    fn lose_at(&mut self, code: Code, path: &[u32], count: u64) {
        self.loss.add(Loss { code, at: Place::of_tags(path), first: 0, count });
    }
}
