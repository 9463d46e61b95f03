//! A loss report as an OperationOutcome.

use crate::json::text::{Json, Writer};
use crate::loss::{Class, Code, LossReport};
use crate::release::Release;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The report as an OperationOutcome; one issue for each distinct loss, `All OK` where there is none.
///
/// `expression` is given only where the place is an element of FHIR; DICOM places stand in `diagnostics`.
///
/// ```
/// use fhir_dicomweb::{Options, Release, dicom, fhir};
/// let row = br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00080020":{"vr":"DA","Value":["20240231"]}}]"#;
/// let read = dicom::read(row, &Options::default())?;
/// let outcome = fhir::outcome(&read.loss, Release::R4);
/// assert!(outcome.as_str().contains("bad-date at /00080020/Value/0"));
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
#[must_use]
pub fn outcome(report: &LossReport, release: Release) -> Json {
    // The same in every release.
    let _ = release;
    let mut out = Vec::new();
    let mut w = Writer::new(&mut out);
    write(&mut w, report, &[], "error");
    Json::from_bytes(out)
}

/// Something to tell that is no loss of a value. Its texts are ours, never the input's.
pub(crate) struct Issue {
    /// `error`, `warning`, `information`.
    pub(crate) severity: &'static str,
    /// A code of FHIR's issue types.
    pub(crate) code: &'static str,
    pub(crate) text: &'static str,
    pub(crate) diagnostics: String,
}

/// Issues alone, as an OperationOutcome.
pub(crate) fn told(issues: &[Issue]) -> Json {
    let mut out = Vec::new();
    write(&mut Writer::new(&mut out), &LossReport::default(), issues, "error");
    Json::from_bytes(out)
}

/// `most`: the most severe that an issue may be.
pub(super) fn write(w: &mut Writer<'_>, report: &LossReport, issues: &[Issue], most: &'static str) {
    w.open_object();
    w.member("resourceType", "OperationOutcome");
    w.name("issue");
    w.open_array();
    for issue in issues {
        w.open_object();
        w.member("severity", issue.severity);
        w.member("code", issue.code);
        w.name("details");
        w.open_object();
        w.member("text", issue.text);
        w.close_object();
        if !issue.diagnostics.is_empty() {
            w.member("diagnostics", &issue.diagnostics);
        }
        w.close_object();
    }
    for loss in report {
        let (severity, code) = match loss.class() {
            // Nobody may go on as if nothing was.
            _ if matches!(loss.code, Code::Withdrawn | Code::Modifier) => (most, "business-rule"),
            _ if loss.code.is_carried() => ("information", "informational"),
            Class::Conflict => ("warning", "conflict"),
            Class::Deviation => ("warning", "invalid"),
            Class::NoHome => ("information", "not-supported"),
            Class::Policy => ("information", "business-rule"),
        };
        w.open_object();
        w.member("severity", severity);
        w.member("code", code);
        w.name("details");
        w.open_object();
        w.member("text", loss.code.meaning());
        w.close_object();
        w.name("diagnostics");
        w.strings(&[
            loss.code.name(),
            " at ",
            &place(&loss.at),
            ", ",
            &loss.count.to_string(),
            " value(s), first in ",
            loss.at.unit(),
            " ",
            &loss.first.to_string(),
        ]);
        if loss.at.is_path() {
            w.name("expression");
            w.open_array();
            w.string(&loss.at.to_string());
            w.close_array();
        }
        w.close_object();
    }
    if report.is_empty() && issues.is_empty() {
        w.open_object();
        w.member("severity", "information");
        w.member("code", "informational");
        w.name("details");
        w.open_object();
        w.member("text", "All OK");
        w.close_object();
        w.close_object();
    }
    w.close_array();
    w.close_object();
}

fn place(at: &crate::loss::Place) -> String {
    let text = at.to_string();
    if text.is_empty() { "/".to_string() } else { text }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::loss::{Loss, Place};

    #[test]
    fn severities() {
        let said = |code: Code| {
            let mut report = LossReport::default();
            report.add(Loss { code, at: Place::ROOT.then(crate::Step::Element("ImagingStudy")), first: 0, count: 1 });
            let text = outcome(&report, crate::Release::ALL[0]).into_string();
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            let issue = value["issue"][0].clone();
            assert_eq!(issue["expression"][0], "ImagingStudy");
            [issue["severity"].to_string(), issue["code"].to_string()].join(" ").replace('"', "")
        };
        assert_eq!(said(Code::Withdrawn), "error business-rule");
        assert_eq!(said(Code::Modifier), "error business-rule");
        assert_eq!(said(Code::UidForm), "information informational");
        assert_eq!(said(Code::Conflict), "warning conflict");
        assert_eq!(said(Code::BadDate), "warning invalid");
        assert_eq!(said(Code::NoAttribute), "information not-supported");
        assert_eq!(said(Code::UrlNotTrusted), "information business-rule");
    }

    #[test]
    fn nothing_is_an_error_in_a_searchset() {
        let text =
            r#"{"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2"}],"status":"cancelled"}"#;
        let release = crate::Release::ALL[0];
        let options = crate::Options::default();
        let read = crate::fhir::read(text.as_bytes(), release, &options).unwrap();
        let severities = |text: &str| {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            let outcome = value["entry"].as_array().map_or(&value, |entries| &entries.last().unwrap()["resource"]);
            let issues = outcome["issue"].as_array().unwrap();
            issues.iter().filter(|issue| issue["code"] == "business-rule").map(|issue| issue["severity"].to_string()).collect::<Vec<_>>()
        };
        assert_eq!(severities(outcome(&read.loss, release).as_str()), ["\"error\""]);
        let bundle = crate::fhir::BundleWriter::new(release, &options);
        assert_eq!(severities(bundle.finish_with_outcome(&read.loss).value.as_str()), ["\"warning\""]);
    }
}
