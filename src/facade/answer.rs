//! The answer: a resource, or a Bundle with its links.

use super::cursor::Cursor;
use super::refusal::{Refusal, content_type};
use super::results::{Results, Total, warning};
use super::{Config, Response};
use crate::fhir::outcome::Issue;
use crate::fhir::{self, BundleWriter};
use crate::loss::{LossReport, Mapped};
use crate::options::Options;
use crate::percent::encode;
use crate::policy::{Endpoints, Practitioners, Subject};
use crate::release::Release;
use crate::search::Query;
use crate::study::Study;
use crate::table::{Level, row};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How an answer is written.
pub(super) struct Answering {
    pub(super) results: Results,
    pub(super) release: Release,
    options: Options,
    /// The subject is a reference without a resource, unless the client wants one.
    is_logical: bool,
}

/// A page of an answer.
pub(super) struct Page<'a> {
    pub(super) studies: Vec<&'a Study>,
    /// The losses of reading them.
    pub(super) loss: LossReport,
    /// How many match in all, where that is known.
    pub(super) total: Option<u64>,
    pub(super) at: Option<Cursor>,
    pub(super) next: Option<Cursor>,
    pub(super) issues: Vec<Issue>,
}

/// The UID of a study.
pub(super) fn uid(study: &Study) -> &str {
    study.get(row::STUDY_UID).unwrap_or("")
}

impl Answering {
    pub(super) fn new(config: &Config, release: Release, mut results: Results) -> Answering {
        let mut options = config.options.clone();
        options.listing = results.listing;
        if results.endpoints && options.endpoints != Endpoints::None {
            options.endpoints = Endpoints::Bundle;
        }
        // Whom the configuration refers to is a resource of the client's, and none that could be included.
        match options.subject {
            Subject::Reference(_) if results.patients => {
                let text = "the subject is the one that is configured, which is not included";
                results.issues.push(warning(text, "_include=ImagingStudy:patient".into()));
            }
            _ if results.patients => options.subject = Subject::Separate,
            _ => {}
        }
        if results.practitioners {
            options.practitioners = Practitioners::Separate;
        }
        if let Some(keep) = results.keep.as_ref().filter(|keep| keep.elements.is_some()) {
            // Nothing is contained, or included, that nothing refers to; and whose study it is stands in the study.
            if !keep.has("endpoint") {
                options.endpoints = Endpoints::None;
            }
            if matches!(options.subject, Subject::Contained) {
                options.subject = Subject::Logical;
            }
            options.practitioners = Practitioners::Logical;
        }
        let is_logical = matches!(config.options.subject, Subject::Logical);
        Answering { results, release, options, is_logical }
    }

    /// What stands in a Bundle's entries has to stand in the resource, where that is answered alone.
    pub(super) fn alone(mut self) -> Answering {
        if matches!(self.options.subject, Subject::Separate) {
            // Where elements are chosen nothing is contained.
            let is_chosen = self.results.keep.as_ref().is_some_and(|keep| keep.elements.is_some());
            self.options.subject = if is_chosen { Subject::Logical } else { Subject::Contained };
        }
        if self.options.practitioners == Practitioners::Separate {
            self.options.practitioners = Practitioners::Contained;
        }
        if matches!(self.options.endpoints, Endpoints::Bundle | Endpoints::BundleContained) {
            self.options.endpoints = Endpoints::Contained;
        }
        self
    }

    /// The lowest level of rows that is asked for.
    pub(super) fn level(&self) -> Level {
        self.results.level
    }

    /// What the client asked for by one reference is referred to by it: what is found is what was asked for. That patient is a resource of the client's,
    /// and none that could be included.
    pub(super) fn refer_to(&mut self, patient: Option<String>) {
        if let (true, Some(patient)) = (self.is_logical, patient) {
            if self.results.patients {
                let text = "the subject is the patient that was asked for, which is not included";
                self.results.issues.push(warning(text, "_include=ImagingStudy:patient".into()));
            }
            self.options.subject = Subject::Reference(patient);
        }
    }

    /// One study.
    pub(super) fn resource(&self, study: &Study, read: &LossReport) -> Response {
        let Mapped { value, loss: written } = fhir::write(study, self.release, &self.options);
        let body = match &self.results.keep {
            Some(keep) => crate::json::text::Json::from_bytes(keep.of(value.as_str().as_bytes())),
            None => value,
        };
        let mut loss = read.clone();
        loss.merge(&written);
        Response { status: 200, headers: [content_type(self.release)].into(), body, loss }
    }

    /// A page of studies as a Bundle.
    pub(super) fn bundle(&mut self, query: &Query, page: Page<'_>) -> Response {
        let mut bundle = BundleWriter::new(self.release, &self.options);
        let total = page.total.filter(|_| self.results.total != Total::None || self.results.count_only);
        match total {
            Some(total) => bundle.total(total),
            None => bundle.without_total(),
        }
        bundle.link("self", &self.link("ImagingStudy", query, page.at));
        if let Some(next) = page.next {
            bundle.link("next", &self.link("ImagingStudy", query, Some(next)));
        }
        bundle.keep(self.results.keep.take());
        page.studies.iter().for_each(|study| bundle.push(study));
        let mut issues = core::mem::take(&mut self.results.issues);
        issues.extend(page.issues);
        let mut loss = page.loss;
        let Mapped { value, loss: written } = bundle.finish_telling(&loss, &issues);
        loss.merge(&written);
        Response { status: 200, headers: [content_type(self.release)].into(), body: value, loss }
    }

    /// The search as it was applied, at a position.
    pub(super) fn link(&self, type_: &str, query: &Query, at: Option<Cursor>) -> String {
        let base = self.options.fhir_base.as_deref().filter(|base| !base.is_empty());
        let mut link = base.map(|base| [base.trim_end_matches('/'), "/"].concat()).unwrap_or_default();
        link.push_str(type_);
        let mut sign = '?';
        let mut add = |text: &str| {
            link.push(sign);
            link.push_str(text);
            sign = '&';
        };
        let clauses = query.without_results().to_string();
        if !clauses.is_empty() {
            add(&clauses);
        }
        for (name, value) in &self.results.applied {
            let mut text = [name, "="].concat();
            encode(value, &mut text);
            add(&text);
        }
        if let Some(at) = at {
            add(&["_cursor=", &at.text(query, &self.order())].concat());
        }
        link
    }

    /// Whether links are a longer query than is taken: they are encoded anew, and what was posted need not have been. (A cursor is not counted.)
    pub(super) fn is_too_long(&self, query: &Query) -> bool {
        let link = self.link("", query, None);
        let base = self.options.fhir_base.as_deref().filter(|base| !base.is_empty());
        let base = base.map_or(0, |base| base.trim_end_matches('/').len() + 1);
        link.len().saturating_sub(base + 1) > self.options.limits.query_bytes as usize
    }

    /// The position of a cursor, which the client has in its hands.
    pub(super) fn position(&self, query: &Query, cursor: Option<&str>) -> Result<Option<Cursor>, Refusal> {
        cursor.map(|cursor| Cursor::read(cursor, query, &self.order())).transpose()
    }

    /// What puts the studies in order.
    fn order(&self) -> Vec<&str> {
        self.results.applied.iter().filter(|(name, _)| *name == "_sort").map(|(_, value)| value.as_str()).collect()
    }
}
