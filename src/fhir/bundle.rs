//! Many studies as one Bundle of type searchset.

use super::keep::Keep;
use super::memory::Memory;
use super::outcome::{self, Issue};
use super::place;
use super::plan::Plan;
use super::write::{Includes, write_with};
use crate::json::text::{Json, Writer};
use crate::loss::{Code, Loss, LossReport, Mapped, Place};
use crate::options::Options;
use crate::release::Release;
use crate::study::Study;
use crate::uuid::uuid;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Writes studies into a searchset Bundle, one after the other.
///
/// ```
/// use fhir_dicomweb::{Options, Release, dicom, fhir::BundleWriter};
/// let options = Options::default();
/// let rows = br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]}},{"0020000D":{"vr":"UI","Value":["1.2.4"]}}]"#;
/// let mut bundle = BundleWriter::new(Release::R4, &options);
/// for study in &dicom::read(rows, &options)?.ignore_loss() {
///     bundle.push(study);
/// }
/// let bundle = bundle.finish().ignore_loss();
/// assert!(bundle.as_str().contains(r#""total":2"#));
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
pub struct BundleWriter<'a> {
    entries: Vec<u8>,
    count: u64,
    total: Option<u64>,
    has_total: bool,
    /// What is written of each study; none: all.
    keep: Option<Keep>,
    links: Vec<(String, String)>,
    includes: Includes,
    release: Release,
    options: &'a Options,
    plan: Plan,
    memory: Memory,
    loss: LossReport,
}

impl<'a> BundleWriter<'a> {
    /// An empty Bundle.
    #[must_use]
    pub fn new(release: Release, options: &'a Options) -> Self {
        BundleWriter {
            entries: Vec::new(),
            count: 0,
            total: None,
            has_total: true,
            keep: None,
            links: Vec::new(),
            includes: Includes::default(),
            release,
            options,
            plan: Plan::new(release, options),
            memory: Memory::default(),
            loss: LossReport::default(),
        }
    }

    /// How many studies matched in all, where the Bundle is a page of them. Without it the studies added are counted.
    pub fn total(&mut self, total: u64) {
        self.total = Some(total);
    }

    /// It is not known how many studies matched: the Bundle has no total.
    pub fn without_total(&mut self) {
        self.has_total = false;
    }

    /// Of each study these elements are written.
    pub(crate) fn keep(&mut self, keep: Option<Keep>) {
        self.keep = keep;
    }

    /// Adds a resource of another type as a match.
    pub(crate) fn push_resource(&mut self, full_url: &str, resource: &Json) {
        self.count += 1;
        entry(&mut self.entries, &[full_url], "match", |out| out.extend_from_slice(resource.as_str().as_bytes()));
    }

    /// A link: `self`, `next`, `previous`... R5 and later want `self` in a searchset.
    pub fn link(&mut self, relation: &str, url: &str) {
        self.links.push((relation.into(), url.into()));
    }

    /// Adds a study as a match; what the options put beside it joins the Bundle once, after the matches.
    ///
    /// Behind `options.limits.output_bytes` it is not written: it is counted as a match, and its fields as `limit-output-bytes`.
    pub fn push(&mut self, study: &Study) {
        self.count += 1;
        if (self.entries.len() + self.includes.len()) as u64 >= self.options.limits.output_bytes {
            self.loss.add(Loss { code: Code::OutputLimit, at: Place::ROOT, first: self.count - 1, count: study.leaves() });
            return;
        }
        let [base, path, id] = &place::full_url(study, self.options);
        let (around, loss, keep) = ((&mut self.includes, &mut self.memory), &mut self.loss, &self.keep);
        around.1.several = self.count > 1;
        let how = (self.release, self.options, &self.plan);
        entry(&mut self.entries, &[base, path, id], "match", |out| match keep {
            None => write_with(study, how, out, around, loss),
            Some(keep) => {
                let mut resource = Vec::new();
                write_with(study, how, &mut resource, around, loss);
                out.extend_from_slice(&keep.of(&resource));
            }
        });
    }

    /// The Bundle, and what writing its studies left out.
    pub fn finish(self) -> Mapped<Json> {
        self.end(None, &[])
    }

    /// The Bundle with a last entry, an OperationOutcome that tells `report` and what writing left out.
    pub fn finish_with_outcome(self, report: &LossReport) -> Mapped<Json> {
        self.end(Some(report), &[])
    }

    /// As [`Self::finish_with_outcome`] where there is anything to tell.
    pub(crate) fn finish_telling(self, report: &LossReport, issues: &[Issue]) -> Mapped<Json> {
        let quiet = report.is_empty() && self.loss.is_empty() && issues.is_empty();
        self.end((!quiet).then_some(report), issues)
    }

    fn end(mut self, report: Option<&LossReport>, issues: &[Issue]) -> Mapped<Json> {
        for (full_url, resource) in &self.includes.entries.texts {
            entry(&mut self.entries, &[full_url], "include", |out| out.extend_from_slice(resource));
        }
        if let Some(read) = report {
            let mut all = read.clone();
            all.merge(&self.loss);
            let mut resource = Vec::new();
            outcome::write(&mut Writer::new(&mut resource), &all, issues);
            // R5 wants a fullUrl here too (bdl-15).
            let full_url = ["urn:uuid:", &uuid("OperationOutcome", &[])].concat();
            entry(&mut self.entries, &[&full_url], "outcome", |out| out.extend_from_slice(&resource));
        }
        let mut head = Vec::new();
        let mut w = Writer::new(&mut head);
        w.open_object();
        w.member("resourceType", "Bundle");
        w.member("type", "searchset");
        if self.has_total {
            w.name("total");
            w.verbatim(&self.total.unwrap_or(self.count).to_string());
        }
        if !self.links.is_empty() {
            w.name("link");
            w.open_array();
            for (relation, url) in &self.links {
                w.open_object();
                w.member("relation", relation);
                w.member("url", url);
                w.close_object();
            }
            w.close_array();
        }
        // What comes before the entries is known last, and they are much: they are moved, not copied.
        let mut out = self.entries;
        if !out.is_empty() {
            head.extend_from_slice(b",\"entry\":[");
            out.push(b']');
        }
        out.splice(0..0, head);
        let contained: Vec<&[u8]> = self.includes.contained.texts.iter().map(|(_, text)| text.as_slice()).collect();
        list(&mut out, "contained", &contained.join(&b','));
        out.push(b'}');
        Mapped { value: Json::from_bytes(out), loss: self.loss }
    }
}

/// Studies as one searchset Bundle; [`BundleWriter`] for links, a total, or an OperationOutcome.
///
/// ```
/// use fhir_dicomweb::{Options, Release, dicom, fhir};
/// let options = Options::default();
/// let studies = dicom::read(br#"{"0020000D":{"vr":"UI","Value":["1.2.3"]}}"#, &options)?.ignore_loss();
/// assert!(fhir::bundle(&studies, Release::R4, &options).ignore_loss().as_str().contains(r#""total":1"#));
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
pub fn bundle(studies: &[Study], release: Release, options: &Options) -> Mapped<Json> {
    let mut bundle = BundleWriter::new(release, options);
    studies.iter().for_each(|study| bundle.push(study));
    bundle.finish()
}

/// A member that is a list of what was written before, if there is any.
fn list(out: &mut Vec<u8>, name: &str, elements: &[u8]) {
    if !elements.is_empty() {
        out.extend_from_slice([",\"", name, "\":["].concat().as_bytes());
        out.extend_from_slice(elements);
        out.push(b']');
    }
}

/// An entry: its `fullUrl` in pieces, and who writes its resource.
fn entry(entries: &mut Vec<u8>, full_url: &[&str], mode: &str, resource: impl FnOnce(&mut Vec<u8>)) {
    entries.extend_from_slice(if entries.is_empty() { b"{\"fullUrl\":" } else { b",{\"fullUrl\":" });
    Writer::new(entries).strings(full_url);
    entries.extend_from_slice(b",\"resource\":");
    resource(entries);
    entries.extend_from_slice(b",\"search\":{\"mode\":\"");
    entries.extend_from_slice(mode.as_bytes());
    entries.extend_from_slice(b"\"}}");
}

impl core::fmt::Debug for BundleWriter<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("BundleWriter").field("entries", &self.count).finish_non_exhaustive()
    }
}
