//! Whether a study is an answer.

use super::date::{Date, Span};
use super::evidence::{Reader, endpoint};
use super::habits::Issuer;
use super::looking::{Looking, wanted_numbers};
use super::meeting::{is_blank, is_class, is_identified, is_of_kind, is_token, is_urn_of_uid, meets_text, with_urn, without_urn};
use super::parameter::{About, Ask, EndpointAsk, Role};
use super::server::Server;
use super::shown::{Number, Shown, is, is_empty};
use super::sought::Sought;
use super::value::{Reference, Value};
use super::{Clause, Handling, Modifier, Query, Resolved};
use crate::fhir::found::{DICOM_UID, IDENTIFIER_TYPE};
use crate::fhir::place;
use crate::fhir::shape::Uri;
use crate::grammar::uid::bare;
use crate::kind::IdentifierView;
use crate::options::Options;
use crate::policy::Service;
use crate::study::Study;
use crate::table::{Level, RowRef, row};
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
    /// Whether no more is needed than to know which series there are.
    pub(super) fn is_of_listing(&self) -> bool {
        let uid = RowRef::from(row::SERIES_UID).row();
        self.level == Level::Series && uid.is_some_and(|uid| uid.parts.iter().map(|part| part.tag).eq(self.fields.iter().copied()))
    }

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
    pub(super) query: Query,
    pub(super) options: Options,
    /// The zone of search values without one.
    zone: Zone,
    /// The zone that all dates are promised to be in.
    promised: Option<Zone>,
    /// What a row without issuer says.
    issuer: Issuer,
    /// Whether no row says who issued an accession number, and whether none says it of an admission's, and of orders'.
    unseen: [bool; 3],
    /// Whether no row has what says of which type a patient's number is.
    type_unseen: bool,
    /// The values of clauses that have many.
    pub(super) sought: Vec<Sought>,
    /// By the position of each clause on identifiers: whether an accession number, and a StudyID, can be what it asks for.
    numbers: Vec<(u32, [bool; 2])>,
}

impl Residual {
    pub(super) fn new(query: Query, options: Options) -> Self {
        let sought = Sought::all(&query, &options);
        let identifiers = query.clauses.iter().filter(|clause| clause.about == About::Identifier);
        let mut numbers: Vec<(u32, [bool; 2])> = identifiers.map(|clause| wanted_numbers(clause, &options)).collect();
        numbers.sort_unstable();
        Residual {
            query,
            zone: options.zone,
            options,
            promised: None,
            issuer: Issuer::LeftOut,
            unseen: [false; 3],
            type_unseen: false,
            sought,
            numbers,
        }
    }

    /// Whether an identifier of this kind can be what a clause asks for.
    pub(super) fn may_want_number(&self, clause: &Clause, number: Number) -> bool {
        let at = self.numbers.binary_search_by_key(&clause.position, |(position, _)| *position);
        at.ok()
            .and_then(|at| self.numbers.get(at))
            .is_none_or(|(_, [accession, study_id])| if number == Number::Accession { *accession } else { *study_id })
    }

    /// What the rows of a server say of who issued a number, where they do not say who.
    pub(super) fn issuers(&mut self, server: &Server) {
        self.issuer = server.issuer;
        self.type_unseen = server.hides_type();
        self.unseen = [row::ACCESSION, row::ENCOUNTER, row::PLACER].map(|row| server.hides_issuer(row.into()));
    }

    /// Whether no row says who issued the number that a parameter is about, but for the patient's.
    pub(super) fn never_sees_issuer(&self, about: About) -> bool {
        let [accession, admission, order] = self.unseen;
        match about {
            About::Identifier => accession,
            About::BasedOn(_) => accession || order,
            About::Encounter(_) => admission,
            _ => false,
        }
    }

    /// Whether no row says who issued a patient's id, which clause `n` is about. (Of other numbers, and of types, studies are told that have them.)
    pub(crate) fn never_sees_issuers(&self, n: usize) -> bool {
        let is_of_issuer = |clause: &Clause| matches!(clause.about, About::Patient(_)) && clause.modifier != Modifier::OfType;
        self.issuer == Issuer::Hidden && self.query.clauses.get(n).is_some_and(is_of_issuer)
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
    ///
    /// An issuer of the patient's identifier that is there and could not be read ([`unread`](crate::kind::IdentifierView::unread)) may be any: a token with a system, or `|` and
    /// none, neither finds the study nor, under `:not`, leaves it in. What says who issued another identifier counts as absent where it leads nowhere.
    ///
    /// A study that was read from FHIR says all that it knows: what is not there is absent. But what a reference that leads nowhere in its text (the loss
    /// `unresolved-reference`) would say, and nothing beside it says, is not known, and is a [`Need`]; and of a resource that is not all that there is (`meta.tag`
    /// SUBSETTED, security labels REDACTED, MASKED) only what is there is known.
    #[must_use]
    pub fn judge(&self, study: &Study) -> Verdict {
        let mut need: Option<Need> = None;
        for clause in self.query.clauses.iter() {
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
                About::Id => Some(Shown { value: Uri::plain(id), ..Shown::default() }),
                About::Endpoint(ask) => endpoint(service, ask),
                _ => None,
            };
            let is_met = shown.is_some_and(|shown| self.meets((clause, None), &shown, false));
            self.decide(clause, is_met, None)
        };
        verdict(self.query.clauses.iter().all(|clause| holds(clause) == Verdict::Yes))
    }

    pub(super) fn clause(&self, clause: &Clause, study: &Study) -> Verdict {
        self.clause_as(clause, study, clause.modifier == Modifier::Not)
    }

    /// `may_have`: whether a number may have an issuer that no row tells. Who is found by a number without one is found all the same.
    pub(super) fn clause_as(&self, clause: &Clause, study: &Study, may_have: bool) -> Verdict {
        // A subject that is no patient, a request that is a care plan, is none of ours, whatever is known.
        if clause.is_elsewhere || clause.said.is_some_and(|said| !written_types(clause.about).contains(&said)) {
            return self.decide(clause, false, None);
        }
        // What has no words has none, whatever it is.
        if clause.modifier == Modifier::Text && !has_words(clause.about) {
            return self.decide(clause, false, None);
        }
        let is_unsure = self.is_unsure(clause, study, may_have);
        let is_unseen = may_have && self.never_sees_issuer(clause.about);
        let mut looking = Looking { residual: self, clause, sought: Sought::of(&self.sought, clause), is_unsure, is_unseen, is_met: false };
        let need = Reader::show(study, &self.options, self.query.release, clause.about, &mut looking);
        self.decide(clause, looking.is_met, need)
    }

    /// Whether of the patient's number that a clause is about cannot be seen whose, or of which type it is: it has no system, and is not one without.
    pub(super) fn is_unsure(&self, clause: &Clause, study: &Study, may_have: bool) -> bool {
        matches!(clause.about, About::Patient(Ask::Reference | Ask::Identifier))
            && match clause.modifier {
                // A number of the type that goes without saying is found all the same.
                Modifier::OfType => may_have && self.hides_type(study),
                _ => self.misses_issuer(study) || may_have && self.has_no_issuer(study),
            }
    }

    /// Whether the issuer is of those that the server may leave out.
    pub(super) fn has_no_issuer(&self, study: &Study) -> bool {
        // A local name that has no URI is no system: the universal one, which would be, is not seen.
        let is_system = |local: &str| !local.is_empty() && place::namespace(&self.options, local).is_some();
        let has_none = || study.get(row::PATIENT_ID).is_some_and(|id| id.universal.is_empty() && !is_system(id.local));
        self.issuer == Issuer::LocalLeftOut && has_none()
    }

    pub(super) fn misses_issuer(&self, study: &Study) -> bool {
        match self.issuer {
            // One that is there and could not be read may be any.
            _ if study.get(row::PATIENT_ID).is_some_and(|id| !id.unread.is_empty() && id.local.is_empty() && id.universal.is_empty()) => {
                true
            }
            Issuer::LeftOut | Issuer::LocalLeftOut => false,
            Issuer::KeyTells => !study.knows_issuer(),
            Issuer::Hidden => true,
        }
    }

    /// Whether nothing tells of which type a patient's number is: that stands where its universal issuer does.
    pub(super) fn hides_type(&self, study: &Study) -> bool {
        // Another key tells the local issuer.
        let is_told = |id: IdentifierView<'_>| !id.universal.is_empty() || !id.type_code.is_empty();
        let may_be_there = || !study.is_whole() && !study.get(row::PATIENT_ID).is_some_and(is_told);
        self.type_unseen || self.issuer == Issuer::KeyTells && may_be_there()
    }

    /// Whether a value asks for the number that is shown, whoever issued it, and of whichever type it is.
    pub(super) fn is_of_number(&self, value: &Value, shown: &Shown<'_>) -> bool {
        match value {
            Value::Token(token) => token.system.is_some() && (token.code.is_empty() || is(shown.value, &token.code)),
            Value::Reference(reference) => self.resolved(reference).any(|found| is(shown.value, &found.value)),
            Value::OfType([system, _, code]) => system == IDENTIFIER_TYPE && is(shown.value, code),
            _ => false,
        }
    }

    /// Whether what is shown is what a clause looks for: one of its values, or anything at all.
    pub(super) fn meets(&self, (clause, sought): (&Clause, Option<&Sought>), shown: &Shown<'_>, is_unsure: bool) -> bool {
        let of_other_type = |said| matches!(clause.about, About::Person(..)) && shown.is_device != (said == "Device");
        if clause.said.is_some_and(of_other_type) {
            return false;
        }
        if clause.modifier == Modifier::Missing {
            return !is_blank(clause, shown);
        }
        if matches!(clause.values.first(), Some(Value::Text(_))) {
            return meets_text(clause, shown);
        }
        let is_it = |value: &Value| !is_elsewhere(clause.about, value) && self.matches(clause, value, shown, is_unsure);
        let Some(sought) = sought else { return clause.values.iter().any(is_it) };
        self.meets_one((clause, sought), shown, is_unsure)
    }

    /// The same where there are many values.
    #[inline(never)]
    fn meets_one(&self, (clause, sought): (&Clause, &Sought), shown: &Shown<'_>, is_unsure: bool) -> bool {
        let is_it = |value: &Value| !is_elsewhere(clause.about, value) && self.matches(clause, value, shown, is_unsure);
        if is_unsure && clause.modifier != Modifier::Not {
            // Whose number it is cannot be seen: who is asked for by system is nobody of them.
            return sought.of_any_issuer(&self.query, clause, shown).any(is_it);
        }
        if is_unsure {
            return sought.of_number(&self.query, clause, shown.value).any(|(value, _)| is_it(value));
        }
        let Some(mut met) = sought.among(&self.query, clause, shown) else { return clause.values.iter().any(is_it) };
        // Of all that a reference means the one identifier is known that could be this.
        met.any(|met| match met {
            (value @ Value::Reference(reference), Some(found)) => {
                !is_elsewhere(clause.about, value) && is_of_kind(clause, reference, shown) && is_identified(found, shown)
            }
            (value, _) => is_it(value),
        })
    }

    /// What follows of whether anything met the clause, and of what else there may be.
    fn decide(&self, clause: &Clause, is_met: bool, need: Option<Need>) -> Verdict {
        let is_asked = clause.asks_for_presence();
        match need {
            _ if is_met => verdict(is_asked),
            Some(need) => Verdict::Need(need),
            None => verdict(!is_asked),
        }
    }

    fn matches(&self, clause: &Clause, value: &Value, shown: &Shown<'_>, is_unsure: bool) -> bool {
        match value {
            Value::Date(date) => shown.date.is_some_and(|record| self.is_date(date, record)),
            Value::Token(token) => match clause.about {
                About::SopClass => is_class(token, shown.value) || is_class(token, with_urn(shown.value)),
                About::Identifier if is(shown.system, DICOM_UID) => {
                    let is_lenient = || self.query.handling == Handling::Lenient;
                    is_token(token, shown.system, shown.value) || is_lenient() && is_token(token, shown.system, without_urn(shown.value))
                }
                // The URN of a UID is a UID, and nobody's number.
                About::Identifier if is_urn_of_uid(value) => false,
                // Who is not to be there may be this one.
                _ if is_unsure && token.system.is_some() => clause.modifier == Modifier::Not && self.is_of_number(value, shown),
                _ => !is_empty(shown.value) && is_token(token, shown.system, shown.value),
            },
            Value::OfType([system, code, value]) => {
                let is_type = !is_unsure && !shown.type_.is_empty() && system == IDENTIFIER_TYPE && shown.type_ == code;
                is_type && is(shown.value, value)
            }
            Value::Uid(text) => is(without_urn(shown.value), bare(text)),
            Value::Reference(reference) => self.is_reference(clause, reference, shown, is_unsure),
            // Of texts the clause is asked, not the value.
            Value::Text(_) | Value::Missing(_) => false,
        }
    }

    #[inline(never)]
    fn is_date(&self, date: &Date, record: Span) -> bool {
        let record = self.promised.as_ref().map_or(record, |zone| record.promised(zone));
        date.matches(record, &self.zone)
    }

    /// A resource that the caller resolved is the one that is meant where one of its identifiers is the one written, system included.
    #[inline(never)]
    fn is_reference(&self, clause: &Clause, reference: &Reference, shown: &Shown<'_>, is_unsure: bool) -> bool {
        if matches!(clause.about, About::Patient(_)) && place::is_own_subject(&self.options, reference.text()) {
            return true;
        }
        if !is_of_kind(clause, reference, shown) {
            return false;
        }
        !is_unsure && self.resolved(reference).any(|found| is_identified(found, shown))
    }

    /// The identifiers that the caller found for a reference.
    fn resolved(&self, reference: &Reference) -> impl Iterator<Item = &Resolved> {
        self.query.resolved.get(reference.text()).into_iter().flatten()
    }
}

const fn verdict(yes: bool) -> Verdict {
    if yes { Verdict::Yes } else { Verdict::No }
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

/// Whether what a parameter looks at may have words: the text or display of a concept, the text of an identifier's type.
pub(super) const fn has_words(about: About) -> bool {
    matches!(about, About::BodySite | About::Reason | About::Person(_, Ask::Identifier) | About::Endpoint(_))
}

/// Whether a reference means a resource that the element never has.
#[inline]
pub(super) fn is_elsewhere(about: About, value: &Value) -> bool {
    matches!(value, Value::Reference(reference) if means_another(about, reference))
}

fn means_another(about: About, reference: &Reference) -> bool {
    about == About::Nothing || reference.type_said().is_some_and(|type_| !written_types(about).contains(&type_))
}

/// The reference that a value is, if it must be resolved to be answered.
pub(super) fn needs_resolving<'a>(clause: &Clause, value: &'a Value) -> Option<&'a str> {
    let Value::Reference(reference) = value else { return None };
    let is_ours = is_elsewhere(clause.about, value) || matches!(clause.about, About::Endpoint(EndpointAsk::Other));
    (!is_ours).then(|| reference.text())
}
