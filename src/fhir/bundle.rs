//! Many studies as one Bundle of type searchset.

use super::keep::Keep;
use super::memory::Memory;
use super::outcome::{self, Issue};
use super::outline::Written;
use super::outlines::Outlines;
use super::place;
use super::plan::Plan;
use super::trace::{Part, Trace};
use super::write::{Includes, write_with};
use crate::json::text::{Json, Writer};
use crate::loss::{Code, Loss, LossReport, Mapped, Place};
use crate::options::Options;
use crate::policy::Id;
use crate::release::Release;
use crate::study::Study;
use crate::table::row;
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
    /// The text from the start: a head, of so many bytes, which may have to be another, and the entries.
    text: Vec<u8>,
    head: usize,
    /// The total, if any, and the number of links that the head has.
    begun: (Option<u64>, usize),
    count: u64,
    /// How many studies are expected to come.
    expected: u64,
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
    outlines: Outlines,
    loss: LossReport,
}

/// Studies after which it is known about how long an entry is, and the most room that is made for all of them.
const SAMPLE: u64 = 32;
const ROOM: u64 = 1 << 26;

impl<'a> BundleWriter<'a> {
    /// An empty Bundle.
    #[must_use]
    pub fn new(release: Release, options: &'a Options) -> Self {
        BundleWriter {
            text: Vec::new(),
            head: 0,
            begun: (None, 0),
            count: 0,
            expected: 0,
            total: None,
            has_total: true,
            keep: None,
            links: Vec::new(),
            includes: Includes::wanted(),
            release,
            options,
            plan: Plan::new(release, options, false),
            memory: Memory::default(),
            outlines: Outlines::default(),
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
        self.begin();
        self.count += 1;
        let first = self.is_empty();
        entry(&mut self.text, first, &[full_url], "match", |out| out.extend_from_slice(resource.as_str().as_bytes()));
    }

    /// A link: `self`, `next`, `previous`... R5 and later want `self` in a searchset.
    pub fn link(&mut self, relation: &str, url: &str) {
        self.links.push((relation.into(), url.into()));
    }

    /// Adds a study as a match; what the options put beside it joins the Bundle once, after the matches.
    ///
    /// Behind `options.limits.output_bytes` it is not written: it is counted as a match, and its fields as `limit-output-bytes`; as are series and
    /// instances behind it of one that is begun before it.
    pub fn push(&mut self, study: &Study) {
        self.begin();
        if !study.series.is_empty() {
            self.plan.deepen(self.release, self.options);
        }
        self.count += 1;
        if (self.text.len() - self.head + self.includes.len()) as u64 >= self.options.limits.output_bytes {
            self.loss.add(Loss { code: Code::OutputLimit, at: Place::ROOT, first: self.count - 1, count: study.leaves() });
            return;
        }
        // What is around texts, and around instances, takes about as much.
        self.text.reserve((study.text.as_str().len() + study.instances.len() * 112 + 512).min(ROOM as usize));
        let several = self.count > 1;
        if self.count == SAMPLE && self.expected > SAMPLE {
            let entry = (self.text.len() - self.head) as u64 / (SAMPLE - 1);
            let more = (self.expected - SAMPLE).saturating_mul(entry).min(ROOM);
            self.text.reserve(usize::try_from(more + more / 16).unwrap_or(0));
        }
        self.memory.several = several;
        let (outlined, how) = (several && self.keep.is_none(), (self.release, self.options, &self.plan));
        if outlined && self.outlines.write(study, how, &mut self.memory, &mut self.text, &mut self.loss) {
            return;
        }
        if outlined && self.outlines.wants(self.options) {
            self.push_traced(study);
            return;
        }
        let url = place::full_url(study, self.options);
        let first = self.is_empty();
        let (around, loss, keep) = ((&mut self.includes, &mut self.memory, None), &mut self.loss, &self.keep);
        let head = self.head;
        entry(&mut self.text, first, &url.each_ref().map(AsRef::as_ref), "match", |out| {
            around.0.before = out.len() - head;
            match keep {
                None => write_with(study, how, out, around, loss),
                Some(keep) => {
                    let mut resource = Vec::new();
                    write_with(study, how, &mut resource, around, loss);
                    out.extend_from_slice(&keep.of(&resource));
                }
            }
        });
    }

    /// Writes a study as the walk does, and makes an outline of its entry.
    fn push_traced(&mut self, study: &Study) {
        let url = place::full_url(study, self.options);
        let url = url.each_ref().map(AsRef::as_ref);
        let (mut own, start) = (LossReport::default(), self.text.len());
        let mut trace = Trace { start, ..Trace::default() };
        let how = (self.release, self.options, &self.plan);
        // An outline is for what comes later. An id that the caller gave is every study's, whatever it looks like.
        let is_given = place::fhir_base(self.options).is_some() && matches!(self.options.id, Id::Given(_));
        entry(&mut self.text, false, &url, "match", |out| {
            let uid = study.get(row::STUDY_UID).unwrap_or("");
            if !is_given && url.iter().rfind(|piece| !piece.is_empty()) == Some(&uid) {
                let to = out.len().saturating_sub(RESOURCE.len());
                trace.part(Part::Uid, to.saturating_sub(uid.len()), to);
            }
            self.includes.before = out.len() - self.head;
            write_with(study, how, out, (&mut self.includes, &mut self.memory, Some(&mut trace)), &mut own);
        });
        self.loss.take_in(&own);
        let entry = self.text.get(start..).unwrap_or_default();
        self.outlines.learn(&Written { study, entry, trace: &trace, own: &own }, how, &mut self.memory, &mut self.loss);
    }

    /// The Bundle, and what writing its studies left out.
    pub fn finish(mut self) -> Mapped<Json> {
        self.outlines.settle(&mut self.loss);
        self.end(None, &[])
    }

    /// The Bundle with a last entry, an OperationOutcome that tells `report` and what writing left out.
    pub fn finish_with_outcome(mut self, report: &LossReport) -> Mapped<Json> {
        self.outlines.settle(&mut self.loss);
        self.end(Some(report), &[])
    }

    /// As [`Self::finish_with_outcome`] where there is anything to tell.
    pub(crate) fn finish_telling(mut self, report: &LossReport, issues: &[Issue]) -> Mapped<Json> {
        self.outlines.settle(&mut self.loss);
        let quiet = report.is_empty() && self.loss.is_empty() && issues.is_empty();
        self.end((!quiet).then_some(report), issues)
    }

    fn end(mut self, report: Option<&LossReport>, issues: &[Issue]) -> Mapped<Json> {
        self.begin();
        for (full_url, resource) in self.includes.entries() {
            let first = self.is_empty();
            entry(&mut self.text, first, &[full_url], "include", |out| out.extend_from_slice(resource));
        }
        if let Some(read) = report {
            let mut all = read.clone();
            all.merge(&self.loss);
            let mut resource = Vec::new();
            // In a searchset no issue is an error (FHIR http, "search").
            outcome::write(&mut Writer::new(&mut resource), &all, issues, "warning");
            // R5 wants a fullUrl here too (bdl-15).
            let full_url = ["urn:uuid:", &uuid("OperationOutcome", &[])].concat();
            let first = self.is_empty();
            entry(&mut self.text, first, &[&full_url], "outcome", |out| out.extend_from_slice(&resource));
        }
        let empty = self.is_empty();
        let total = self.has_total.then_some(self.total.unwrap_or(self.count));
        if empty || (total, self.links.len()) != self.begun {
            let head = self.head_for(total, !empty);
            match self.text.get_mut(..self.head) {
                Some(begun) if begun.len() == head.len() => begun.copy_from_slice(&head),
                // What comes before the entries is longer than was expected: they are moved, not copied.
                _ => drop(self.text.splice(0..self.head, head)),
            }
        }
        let mut out = self.text;
        if !empty {
            out.push(b']');
        }
        let contained: Vec<&[u8]> = self.includes.contained().collect();
        list(&mut out, "contained", &contained.join(&b','));
        out.push(b'}');
        Mapped { value: Json::from_bytes(out), loss: self.loss }
    }

    /// Whether there is no entry yet.
    fn is_empty(&self) -> bool {
        self.text.len() == self.head
    }

    /// Begins the text with the head that is to be expected.
    fn begin(&mut self) {
        if self.text.is_empty() {
            let total = self.has_total.then_some(self.total.unwrap_or(self.expected));
            self.begun = (total, self.links.len());
            self.text = self.head_for(total, true);
            self.head = self.text.len();
        }
    }

    /// What comes before the entries, if any.
    fn head_for(&self, total: Option<u64>, entries: bool) -> Vec<u8> {
        let mut head = Vec::with_capacity(128);
        let mut w = Writer::new(&mut head);
        w.open_object();
        w.member("resourceType", "Bundle");
        w.member("type", "searchset");
        if let Some(total) = total {
            w.name("total");
            w.verbatim(&total.to_string());
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
        if entries {
            w.name("entry");
            w.open_array();
        }
        head
    }
}

/// Studies as one searchset Bundle; [`BundleWriter`] for links, a total, or an OperationOutcome. (From R5 on a searchset has a link `self`, bdl-18:
/// what was searched for the caller alone knows.)
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
    bundle.expected = studies.len() as u64;
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

/// What stands between `fullUrl` and the resource: the quote that ends the one first.
const RESOURCE: &str = "\",\"resource\":";

/// An entry: its `fullUrl` in pieces, and who writes its resource.
fn entry(entries: &mut Vec<u8>, first: bool, full_url: &[&str], mode: &str, resource: impl FnOnce(&mut Vec<u8>)) {
    entries.extend_from_slice(if first { b"{\"fullUrl\":" } else { b",{\"fullUrl\":" });
    let mut w = Writer::new(entries);
    w.strings(full_url);
    w.more(RESOURCE.get(1..).unwrap_or(""));
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
