//! Writing a study as an ImagingStudy: one walk over the rows, so that the loss report is complete when the text is.

use super::endpoint::Of;
use super::memory::Memory;
use super::place;
use super::plan::Plan;
use super::shape::Shape;
use super::trace::{Part, Trace};
use super::walk::{How, Walk};
use crate::json::text::{Json, Writer};
use crate::loss::{Code, LossReport, Mapped};
use crate::options::Options;
use crate::policy::{Id, Listing};
use crate::release::Release;
use crate::study::{Instance, Series, Study};
use crate::table::{Level, RowRef, elements, row, rows_of};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

/// Writes a study as an ImagingStudy of `release`.
///
/// The report holds what this release or these options leave out, and what writing had to bend. Behind `options.limits.output_bytes` no further
/// series or instance is begun: they are counted as `limit-output-bytes`.
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
    let mut out = Vec::with_capacity(512 + study.text.as_str().len() * 2);
    let loss = write_into(study, release, options, &mut out);
    Mapped { value: Json::from_bytes(out), loss }
}

/// As [`write()`], appended to `out`.
///
/// Resources that the options put into the Bundle are written by [`BundleWriter`](super::BundleWriter) only; here they are referred to, and what
/// they would say is `needs-resource`.
pub fn write_into(study: &Study, release: Release, options: &Options, out: &mut Vec<u8>) -> LossReport {
    let mut loss = LossReport::default();
    write_with(
        study,
        (release, options, &Plan::new(release, options, !study.series.is_empty())),
        out,
        (&mut Includes::default(), &mut Memory::default(), None),
        &mut loss,
    );
    loss
}

/// Resources that belong into the Bundle beside the studies, each once. Without a Bundle nobody wants them.
#[derive(Default)]
pub(super) struct Includes {
    /// Entries of the Bundle, by `fullUrl`.
    entries: Once,
    /// Endpoints for `Bundle.contained`, by id.
    contained: Once,
    is_wanted: bool,
    /// Bytes of the Bundle in front of what is being written.
    pub(super) before: usize,
}

/// Texts by key, in order of first appearance, each key once.
#[derive(Default)]
struct Once {
    texts: Vec<(String, Vec<u8>)>,
    known: BTreeSet<String>,
    /// Bytes of the texts.
    len: usize,
}

impl Once {
    fn add(&mut self, key: String, text: impl FnOnce() -> Vec<u8>) {
        if self.known.insert(key.clone()) {
            let text = text();
            self.len += text.len();
            self.texts.push((key, text));
        }
    }
}

impl Includes {
    pub(super) fn wanted() -> Self {
        Includes { is_wanted: true, ..Includes::default() }
    }

    pub(super) const fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    /// An entry of the Bundle.
    pub(super) fn include(&mut self, full_url: String, text: impl FnOnce() -> Vec<u8>) {
        if self.is_wanted {
            self.entries.add(full_url, text);
        }
    }

    /// An Endpoint of `Bundle.contained`.
    pub(super) fn contain(&mut self, id: String, text: impl FnOnce() -> Vec<u8>) {
        if self.is_wanted {
            self.contained.add(id, text);
        }
    }

    /// The entries, by `fullUrl`, in order of first appearance.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.entries.texts.iter().map(|(full_url, text)| (full_url.as_str(), text.as_slice()))
    }

    pub(super) fn contained(&self) -> impl Iterator<Item = &[u8]> {
        self.contained.texts.iter().map(|(_, text)| text.as_slice())
    }

    /// Bytes of what belongs into the Bundle.
    pub(super) const fn len(&self) -> usize {
        self.entries.len + self.contained.len
    }
}

/// Writes a study by a plan that is of this release and these options, and tells what is left out.
pub(super) fn write_with(
    study: &Study,
    how: How<'_>,
    out: &mut Vec<u8>,
    around: (&mut Includes, &mut Memory, Option<&mut Trace>),
    loss: &mut LossReport,
) {
    Walk::new(study, how, Writer::new(out), around, loss).study(study);
}

impl<'a> Walk<'a, '_> {
    fn study(&mut self, study: &'a Study) {
        self.begin(study, Level::Patient);
        self.begin(study, Level::Study);
        self.w.open_object();
        self.w.member("resourceType", "ImagingStudy");
        if let Some(id) = place::id_text(study, self.options) {
            self.w.member("id", &id);
            if matches!(self.options.id, Id::Uid) {
                self.uid(&id);
            }
        }
        let uid = study.get(row::STUDY_UID).unwrap_or("");
        let base = place::service_base(study, self.options);
        let place = |series| base.map(|(base, opaque)| Of { base, opaque, study: uid, series });
        self.contained(study, base, uid);
        let series = place::listed_series(study, self.options);
        for (n, element) in elements(Level::Study).iter().enumerate() {
            match *element {
                "status" => self.w.member("status", place::status(study)),
                "modality[]" => self.listed(study),
                "subject" => self.subject(study),
                "endpoint[]" => self.endpoints(place(None)),
                "numberOfSeries" => self.count(study, row::SERIES_COUNT.into(), series, series),
                "numberOfInstances" => self.count(study, row::INSTANCE_COUNT.into(), place::listed_instances(study, self.options), series),
                "series[]" if series == 0 => {}
                "series[]" if !self.begins("series") => study.series().for_each(|series| self.series_unlisted(series, Code::OutputLimit)),
                "series[]" => {
                    self.w.name("series");
                    self.w.open_array();
                    for (n, series) in study.series().enumerate() {
                        if self.is_full() {
                            self.series_unlisted(series, Code::OutputLimit);
                            continue;
                        }
                        let own = Some((n, series.get(row::SERIES_UID).unwrap_or(""))).filter(|_| self.options.series_endpoints);
                        self.series(series, own.and_then(|own| place(Some(own))));
                    }
                    self.w.close_array();
                }
                _ => self.element(study, Level::Study, n),
            }
        }
        self.retrieve_url(study);
        self.rest(study, Level::Patient, Code::NeedsResource);
        self.rest(study, Level::Study, Code::NoElement);
        if series == 0 {
            study.series().for_each(|series| self.series_unlisted(series, Code::NotListed));
        }
        self.w.close_object();
    }

    /// What was written last, but for the quote, is the study's UID.
    fn uid(&mut self, uid: &str) {
        let to = self.w.len().saturating_sub(1);
        if let Some(trace) = &mut self.trace {
            trace.part(Part::Uid, to.saturating_sub(uid.len()), to);
        }
    }

    /// The study's modalities, and what is told of them.
    fn listed(&mut self, study: &'a Study) {
        let row = RowRef::from(row::MODALITIES);
        if self.trace.is_none() || study.items(row).is_none() {
            return self.modalities(study);
        }
        let (at, before) = (self.w.len(), core::mem::take(self.loss));
        self.modalities(study);
        let own = core::mem::replace(self.loss, before);
        self.loss.take_in(&own);
        self.part(Part::List(row), at);
        if let Some(trace) = &mut self.trace {
            trace.of_lists.push((row, own));
        }
    }

    fn series_unlisted(&mut self, series: Series<'a>, code: Code) {
        self.unlisted(series, Level::Series, code);
        series.instances().for_each(|instance| self.unlisted(instance, Level::Instance, code));
    }

    fn series(&mut self, series: Series<'a>, own: Option<Of<'a>>) {
        self.w.open_object();
        self.begin(series, Level::Series);
        let mut own = own;
        let instances = self.options.listing >= Listing::Instances;
        for (n, element) in elements(Level::Series).iter().enumerate() {
            match *element {
                "modality" if series.get(row::SERIES_MODALITY).is_none() => self.required(row::SERIES_MODALITY.into(), "modality"),
                "numberOfInstances" => self.count(
                    series,
                    row::SERIES_INSTANCE_COUNT.into(),
                    series.instances().len(),
                    if instances { series.instances().len() } else { 0 },
                ),
                "endpoint[]" => self.endpoints(own.take()),
                "instance[]" if !instances || series.instances().len() == 0 => {}
                "instance[]" if !self.begins("instance") => {
                    series.instances().for_each(|instance| self.unlisted(instance, Level::Instance, Code::OutputLimit));
                }
                "instance[]" => {
                    self.w.name("instance");
                    self.w.open_array();
                    self.instances(series);
                    self.w.close_array();
                }
                _ => self.element(series, Level::Series, n),
            }
        }
        self.rest(series, Level::Series, Code::NoElement);
        if !instances {
            series.instances().for_each(|instance| self.unlisted(instance, Level::Instance, Code::NotListed));
        }
        self.w.close_object();
    }

    pub(super) fn instance(&mut self, instance: Instance<'a>) {
        self.w.open_object();
        self.begin(instance, Level::Instance);
        for (n, element) in elements(Level::Instance).iter().enumerate() {
            match *element {
                "sopClass" if !self.has(instance, row::INSTANCE_CLASS.into()) => {
                    self.consume(instance, row::INSTANCE_CLASS.into());
                    let shapes = rows_of(Level::Instance).iter().flat_map(|row| row.place_for(self.release, self.options));
                    let oid = shapes.map(|at| at.shape).any(|shape| shape == Shape::Oid);
                    self.required(row::INSTANCE_CLASS.into(), if oid { "_sopClass" } else { "sopClass" });
                }
                _ => self.element(instance, Level::Instance, n),
            }
        }
        self.rest(instance, Level::Instance, Code::NoElement);
        self.w.close_object();
    }
}
