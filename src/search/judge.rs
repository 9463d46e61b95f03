//! Whether a study is an answer.

use super::evidence::{CLASSES, Evidence, Reader, Shown, endpoint};
use super::fold::{contains, fold, is_exact, starts};
use super::parameter::{About, Ask, EndpointAsk, Role};
use super::server::Issuer;
use super::value::{Reference, Token, Value, bare};
use super::{Clause, Handling, Modifier, Query};
use crate::fhir::found::{DICOM_UID, URN_OID};
use crate::options::Options;
use crate::policy::{Service, Subject};
use crate::study::Study;
use crate::table::{Level, row};
use crate::zone::Zone;
use alloc::vec::Vec;

/// What is not known yet, and must be for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Need {
    /// The lowest level of rows that is needed.
    pub level: Level,
    /// The tags of attributes that decide.
    pub fields: Vec<u32>,
}

impl Need {
    pub(super) fn join(&mut self, other: &Need) {
        self.level = self.level.max(other.level);
        for field in &other.fields {
            if !self.fields.contains(field) {
                self.fields.push(*field);
            }
        }
    }
}

/// What is said of a study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It matches.
    Yes,
    /// It does not.
    No,
    /// What was returned does not decide it.
    Need(Need),
}

/// A query, ready to judge studies.
///
/// `Debug` shows its clauses without values.
#[derive(Debug, Clone)]
pub struct Residual {
    query: Query,
    options: Options,
    /// The zone of search values without one.
    zone: Zone,
    /// The zone that all dates are promised to be in.
    promised: Option<Zone>,
    /// What a row without issuer says.
    issuer: Issuer,
}

impl Residual {
    pub(super) fn new(query: Query, options: Options) -> Self {
        Residual { query, zone: options.zone, options, promised: None, issuer: Issuer::LeftOut }
    }

    /// What a row without issuer of the patient's id says.
    pub(super) fn issuers(&mut self, issuer: Issuer) {
        self.issuer = issuer;
    }

    /// All dates of the archive are in this zone, whatever its rows say. Search values keep the caller's.
    pub(super) fn promise(&mut self, zone: Zone) {
        self.options.zone = zone;
        self.promised = Some(zone);
    }

    /// Whether nothing is asked, so that every study matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.query.clauses.is_empty()
    }

    /// Judges a study. All clauses must hold, not necessarily of the same series.
    #[must_use]
    pub fn judge(&self, study: &Study) -> Verdict {
        let mut need: Option<Need> = None;
        for clause in &self.query.clauses {
            match self.clause(clause, study) {
                Verdict::Yes => {}
                Verdict::No => return Verdict::No,
                Verdict::Need(more) => match &mut need {
                    Some(known) => known.join(&more),
                    none => *none = Some(more),
                },
            }
        }
        need.map_or(Verdict::Yes, Verdict::Need)
    }

    /// Judges an Endpoint as the options write it for a service, under this id.
    #[must_use]
    pub fn judge_endpoint(&self, service: Service, id: &str) -> Verdict {
        let holds = |clause: &Clause| {
            let shown = match clause.about {
                About::Id => Some(Shown { value: id.into(), ..Shown::default() }),
                About::Endpoint(ask) => endpoint(service, ask),
                _ => None,
            };
            self.decide(clause, &clause.values.iter().collect::<Vec<_>>(), Evidence { shown: shown.into_iter().collect(), need: None })
        };
        verdict(self.query.clauses.iter().all(|clause| holds(clause) == Verdict::Yes))
    }

    fn clause(&self, clause: &Clause, study: &Study) -> Verdict {
        // A subject that is no patient, a request that is a care plan, is none of ours, whatever is known.
        if clause.said.is_some_and(|said| !written_types(clause.about).contains(&said)) {
            return Verdict::No;
        }
        let values: Vec<&Value> = clause.values.iter().filter(|value| !is_elsewhere(clause, value)).collect();
        if values.is_empty() {
            return Verdict::No;
        }
        let mut evidence = Reader::of(study, &self.options, self.query.release, clause.about);
        if matches!(clause.about, About::Patient(Ask::Reference | Ask::Identifier)) && self.misses_issuer(study) {
            // Whose identifier it is cannot be seen: it has no system, and is not one without.
            evidence.shown.iter_mut().filter(|shown| shown.system.is_empty()).for_each(|shown| shown.is_unsure = true);
        }
        self.decide(clause, &values, evidence)
    }

    fn misses_issuer(&self, study: &Study) -> bool {
        match self.issuer {
            Issuer::LeftOut | Issuer::LocalLeftOut => false,
            Issuer::KeyTells => !study.knows_issuer(),
            Issuer::Hidden => true,
        }
    }

    /// Whether a study would match a clause on the patient, were the issuer seen that nobody tells.
    pub(crate) fn hides_issuer(&self, study: &Study) -> bool {
        let has_none = || study.get(row::PATIENT_ID).is_some_and(|id| id.local.is_empty() && id.universal.is_empty());
        (self.misses_issuer(study) || self.issuer == Issuer::LocalLeftOut && has_none())
            && self.query.clauses.iter().any(|clause| {
                let asks = matches!(clause.about, About::Patient(Ask::Reference | Ask::Identifier)) && clause.modifier != Modifier::Not;
                let evidence = || Reader::of(study, &self.options, self.query.release, clause.about);
                asks && evidence().shown.iter().any(|shown| clause.values.iter().any(|value| self.is_of_number(value, shown)))
            })
    }

    /// Whether a value asks for the number that is shown, whoever issued it.
    fn is_of_number(&self, value: &Value, shown: &Shown) -> bool {
        match value {
            Value::Token(token) => token.system.is_some() && (token.code.is_empty() || token.code == shown.value),
            Value::Reference(reference) => {
                self.query.resolved.get(&reference.text()).into_iter().flatten().any(|found| found.value == shown.value)
            }
            _ => false,
        }
    }

    fn decide(&self, clause: &Clause, values: &[&Value], evidence: Evidence) -> Verdict {
        if clause.modifier == Modifier::Missing {
            let wanted = values.iter().any(|value| matches!(value, Value::Missing(true)));
            let shown = evidence.shown.iter().any(|shown| !is_blank(clause, shown));
            return match evidence.need {
                _ if shown => verdict(!wanted),
                Some(need) => Verdict::Need(need),
                None => verdict(wanted),
            };
        }
        let any = values.iter().any(|value| evidence.shown.iter().any(|shown| self.matches(clause, value, shown)));
        let not = clause.modifier == Modifier::Not;
        match evidence.need {
            _ if any => verdict(!not),
            Some(need) => Verdict::Need(need),
            None => verdict(not),
        }
    }

    fn matches(&self, clause: &Clause, value: &Value, shown: &Shown) -> bool {
        let of_other_type = |said| matches!(clause.about, About::Person(..)) && shown.is_device != (said == "Device");
        if clause.said.is_some_and(of_other_type) {
            return false;
        }
        let lenient = self.query.handling == Handling::Lenient;
        match value {
            Value::Date(date) => shown.date.is_some_and(|record| {
                let record = self.promised.as_ref().map_or(record, |zone| record.promised(zone));
                date.matches(record, &self.zone)
            }),
            Value::Token(token) => match clause.about {
                About::SopClass => is_token(token, CLASSES, &shown.value, true) || is_token(token, CLASSES, &with_urn(&shown.value), true),
                About::Identifier if shown.system == DICOM_UID => {
                    is_token(token, DICOM_UID, &shown.value, false) || lenient && is_token(token, DICOM_UID, bare(&shown.value), false)
                }
                _ if shown.is_unsure && token.system.is_some() => false,
                _ => !shown.value.is_empty() && is_token(token, &shown.system, &shown.value, false),
            },
            Value::OfType([system, code, value]) => {
                shown.value == *value && shown.type_.as_ref().is_some_and(|(of, type_)| of == system && type_ == code)
            }
            Value::Text(text) => self.is_text(clause, text, shown),
            Value::Reference(reference) => self.is_reference(clause, reference, shown),
            Value::Missing(_) => false,
        }
    }

    fn is_text(&self, clause: &Clause, text: &str, shown: &Shown) -> bool {
        if clause.modifier == Modifier::Text {
            let wanted = fold(text);
            return !wanted.is_empty() && shown.words.iter().any(|words| fold(words).starts_with(&wanted));
        }
        if matches!(clause.about, About::Series | About::Instance | About::SopClass) {
            return bare(text) == bare(&shown.value);
        }
        let wanted = fold(text);
        shown.names.iter().any(|group| {
            let parts = components(clause).iter().filter_map(|at| group.get(*at)).filter(|part| !part.is_empty());
            parts.into_iter().any(|part| match clause.modifier {
                Modifier::Exact => is_exact(part, text),
                Modifier::Contains => contains(part, &wanted),
                _ => starts(part, &wanted),
            })
        })
    }

    /// A resource that the caller resolved is the one that is meant where one of its identifiers is the one written, system included.
    fn is_reference(&self, clause: &Clause, reference: &Reference, shown: &Shown) -> bool {
        let text = reference.text();
        if let (About::Patient(_), Subject::Reference(own)) = (clause.about, &self.options.subject) {
            if *own == text {
                return true;
            }
        }
        let mut resolved = self.query.resolved.get(&text).into_iter().flatten();
        !shown.is_unsure
            && resolved
                .any(|found| !found.value.is_empty() && shown.value == found.value && shown.system == found.system.as_deref().unwrap_or(""))
    }
}

const fn verdict(yes: bool) -> Verdict {
    if yes { Verdict::Yes } else { Verdict::No }
}

/// Whether there is nothing of what a clause asks for.
fn is_blank(clause: &Clause, shown: &Shown) -> bool {
    let nameless = || shown.names.iter().all(|group| components(clause).iter().filter_map(|at| group.get(*at)).all(|part| part.is_empty()));
    match clause.about {
        About::Patient(Ask::Name | Ask::Family | Ask::Given) | About::Person(_, Ask::Name | Ask::Family | Ask::Given) => nameless(),
        _ => {
            !shown.exists && shown.value.is_empty() && shown.date.is_none() && shown.words.iter().all(|text| text.is_empty()) && nameless()
        }
    }
}

/// The components of a name that a clause asks for.
fn components(clause: &Clause) -> &'static [usize] {
    match clause.about {
        About::Patient(Ask::Family) | About::Person(_, Ask::Family) => &[0],
        About::Patient(Ask::Given) | About::Person(_, Ask::Given) => &[1, 2],
        _ => &[0, 1, 2, 3, 4],
    }
}

/// The types of resources that are written where a parameter looks.
pub(super) fn written_types(about: About) -> &'static [&'static str] {
    match about {
        About::Patient(_) => &["Patient"],
        About::Person(Role::Performer, _) => &["Practitioner", "PractitionerRole", "Device"],
        About::Person(..) => &["Practitioner", "PractitionerRole"],
        About::BasedOn(_) => &["ServiceRequest"],
        About::Encounter(_) => &["Encounter"],
        About::Endpoint(_) => &["Endpoint"],
        _ => &[],
    }
}

/// Whether a reference means a resource that the element never has.
pub(super) fn is_elsewhere(clause: &Clause, value: &Value) -> bool {
    let Value::Reference(reference) = value else { return false };
    match clause.about {
        About::Patient(_) | About::BasedOn(_) => {
            !reference.type_.is_empty() && !written_types(clause.about).contains(&reference.type_.as_str())
        }
        About::Nothing => true,
        _ => false,
    }
}

/// Whether a reference of a clause must be resolved to be answered.
pub(super) fn needs_resolving(clause: &Clause, reference: &Reference) -> bool {
    let value = Value::Reference(reference.clone());
    !is_elsewhere(clause, &value) && !matches!(clause.about, About::Endpoint(EndpointAsk::Other))
}

/// FHIR's token forms: `code`, `system|code`, `|code`, `system|`. Where `any` is said the value may stand without its system.
fn is_token(token: &Token, system: &str, value: &str, any: bool) -> bool {
    let code = token.code.is_empty() || token.code == value;
    match token.system.as_deref() {
        None => token.code == value,
        Some("") => system.is_empty() && token.code == value && !any,
        Some(wanted) => wanted == system && code,
    }
}

fn with_urn(uid: &str) -> alloc::string::String {
    match uid.strip_prefix(URN_OID) {
        Some(plain) => plain.into(),
        None => [URN_OID, uid].concat(),
    }
}
