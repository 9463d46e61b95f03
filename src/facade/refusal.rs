//! An answer that says why there is none: a status and an OperationOutcome, never a value of the request or of the archive.

use super::Response;
use crate::error::Error;
use crate::fhir::outcome::{Issue, told};
use crate::loss::LossReport;
use crate::release::Release;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Why there is no answer.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// FHIR's issue type.
    issue: &'static str,
    text: &'static str,
    diagnostics: String,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(super) const fn new(status: u16, issue: &'static str, text: &'static str) -> Refusal {
        Refusal { status, issue, text, diagnostics: String::new(), headers: Vec::new() }
    }

    pub(super) fn with(mut self, diagnostics: impl Into<String>) -> Refusal {
        self.diagnostics = diagnostics.into();
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Refusal {
        self.headers.push((name, value.into()));
        self
    }

    /// Nothing leads here; if it does, the conversation ends.
    pub(super) const fn internal() -> Refusal {
        Refusal::new(500, "exception", "the conversation cannot go on")
    }

    pub(super) const fn too_many_requests() -> Refusal {
        Refusal::new(
            422,
            "too-costly",
            "this needs more requests to the archive than one answer may cost: narrow the search, or ask for less of each study",
        )
    }

    pub(super) const fn too_large() -> Refusal {
        Refusal::new(422, "too-costly", "the archive's answers are larger than one answer may cost; narrow the search")
    }

    pub(super) const fn repeats_itself() -> Refusal {
        Refusal::new(502, "exception", "the archive gives the same page again and again")
    }

    /// A query that cannot be understood or answered.
    pub(super) fn of_query(error: Error) -> Refusal {
        let (status, issue, text) = match error.code() {
            "bad-value" => (400, "value", "a parameter's value is none of its type"),
            "unknown-parameter" => (400, "not-supported", "a search parameter that the release does not have"),
            "unsupported-parameter" => (400, "not-supported", "a search parameter that is not supported here"),
            "unsupported-modifier" => (400, "not-supported", "a modifier that the parameter does not have, or that is not supported here"),
            "too-costly" => (
                422,
                "too-costly",
                "nothing in the search that this archive can be asked for selects: give a patient, an identifier, a UID, or a range of days within a year",
            ),
            "unanswerable" => (422, "not-supported", "the archive never tells what would decide a clause"),
            "unresolved-reference" => (422, "not-found", "a reference that was not resolved"),
            _ => (400, "too-long", "more than a search may have"),
        };
        let at = error.offset().map(|at| [" at byte ", &at.to_string(), " of the query"].concat());
        Refusal::new(status, issue, text).with([error.code(), &at.unwrap_or_default()].concat())
    }

    /// What an archive said, and is nothing that was asked for.
    pub(super) fn of_answer(error: Error) -> Refusal {
        let code = error.code();
        if code.starts_with("limit") {
            return Refusal::too_large().with(code);
        }
        Refusal::new(502, "exception", "the archive's answer is not what was asked for").with(code)
    }

    /// The archive refuses.
    pub(super) fn of_status(status: u16, retry: Option<String>) -> Refusal {
        let wait = |refusal: Refusal| match retry {
            Some(retry) => refusal.header("Retry-After", retry),
            None => refusal,
        };
        match status {
            // The archive's realm is the facade's business, and not its client's.
            401 => Refusal::new(502, "login", "the archive does not let this facade in"),
            403 => Refusal::new(403, "forbidden", "the archive forbids it"),
            404 => Refusal::new(404, "not-found", "the archive has no such thing"),
            410 => Refusal::new(410, "deleted", "the archive has it no more"),
            413 => Refusal::too_large(),
            429 => wait(Refusal::new(429, "throttled", "the archive is asked too often")),
            503 => wait(Refusal::new(503, "transient", "the archive cannot answer now")),
            504 => Refusal::new(504, "timeout", "the archive did not answer in time"),
            _ => Refusal::new(502, "exception", "the archive failed").with(["status ", &status.to_string()].concat()),
        }
    }

    pub(super) fn response(self, release: Release) -> Response {
        let issue = Issue { severity: "error", code: self.issue, text: self.text, diagnostics: self.diagnostics };
        let mut headers = self.headers;
        headers.insert(0, content_type(release));
        Response { status: self.status, headers, body: told(&[issue]), loss: LossReport::default() }
    }
}

pub(super) fn content_type(release: Release) -> (&'static str, String) {
    ("Content-Type", ["application/fhir+json; fhirVersion=", release.fhir_version()].concat())
}
