//! Many studies as one Bundle of type searchset.

use super::outcome;
use super::write::write_into;
use crate::grammar::uid::is_oid;
use crate::json::text::{Json, Writer};
use crate::loss::{LossReport, Mapped};
use crate::options::Options;
use crate::release::Release;
use crate::study::Study;
use crate::table::row;
use alloc::string::ToString;
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
    release: Release,
    options: &'a Options,
    loss: LossReport,
    carried: u64,
}

impl<'a> BundleWriter<'a> {
    /// An empty Bundle.
    #[must_use]
    pub fn new(release: Release, options: &'a Options) -> Self {
        BundleWriter { entries: Vec::new(), count: 0, release, options, loss: LossReport::default(), carried: 0 }
    }

    /// Adds a study as a match.
    pub fn push(&mut self, study: &Study) {
        if self.count > 0 {
            self.entries.push(b',');
        }
        self.count += 1;
        self.entries.push(b'{');
        let uid = study.get(row::STUDY_UID).unwrap_or("");
        let full_url = match self.options.fhir_base.as_deref() {
            Some(base) => Some([base.trim_end_matches('/'), "/ImagingStudy/", uid].concat()),
            None if is_oid(uid) => Some(["urn:oid:", uid].concat()),
            None => None,
        };
        if let Some(url) = full_url {
            let mut w = Writer::new(&mut self.entries);
            w.member("fullUrl", &url);
            self.entries.push(b',');
        }
        self.entries.extend_from_slice(b"\"resource\":");
        let loss = write_into(study, self.release, self.options, &mut self.entries);
        self.entries.extend_from_slice(b",\"search\":{\"mode\":\"match\"}}");
        self.carried += loss.carried();
        self.loss.merge(&loss);
    }

    /// The Bundle, and what writing its studies left out.
    pub fn finish(self) -> Mapped<Json> {
        self.end(None)
    }

    /// The Bundle with a last entry, an OperationOutcome that tells `report` and what writing left out.
    pub fn finish_with_outcome(self, report: &LossReport) -> Mapped<Json> {
        self.end(Some(report))
    }

    fn end(mut self, report: Option<&LossReport>) -> Mapped<Json> {
        let mut out = Vec::with_capacity(self.entries.len() + 256);
        let mut w = Writer::new(&mut out);
        w.open_object();
        w.member("resourceType", "Bundle");
        w.member("type", "searchset");
        w.name("total");
        w.verbatim(&self.count.to_string());
        if let Some(read) = report {
            let mut all = read.clone();
            all.merge(&self.loss);
            if self.count > 0 {
                self.entries.push(b',');
            }
            self.entries.extend_from_slice(b"{\"resource\":");
            outcome::write(&mut Writer::new(&mut self.entries), &all);
            self.entries.extend_from_slice(b",\"search\":{\"mode\":\"outcome\"}}");
            self.count += 1;
        }
        if self.count > 0 {
            out.extend_from_slice(b",\"entry\":[");
            out.append(&mut self.entries);
            out.push(b']');
        }
        out.push(b'}');
        self.loss.set_carried(self.carried);
        Mapped { value: Json::from_bytes(out), loss: self.loss }
    }
}

impl core::fmt::Debug for BundleWriter<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("BundleWriter").field("entries", &self.count).finish_non_exhaustive()
    }
}
