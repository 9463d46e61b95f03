//! Whether a study is an answer.

use super::date::{Date, Span};
use super::evidence::{Reader, endpoint};
use super::habits::Issuer;
use super::looking::{Looking, wanted_numbers};
use super::meeting::{is_blank, is_class, is_identified, is_of_kind, is_token, is_urn_of_uid, meets_text, with_urn, without_urn};
use super::parameter::{About, Ask, EndpointAsk, Role};
use super::shown::{Number, Shown, is, is_empty};
use super::sought::Sought;
use super::value::{Reference, Value};
use super::{Clause, Handling, Modifier, Query, Resolved};
use crate::fhir::found::{DICOM_UID, IDENTIFIER_TYPE};
use crate::fhir::place;
use crate::fhir::shape::Uri;
use crate::grammar::uid::{bare, is_uuid};
use crate::options::Options;
use crate::policy::{Id, Service};
use crate::study::Study;
use crate::table::{Level, RowRef, row};
use crate::zone::Zone;
use alloc::collections::BTreeSet;
use alloc::string::String;
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
    query: Query,
    pub(super) options: Options,
    /// The zone of search values without one.
    zone: Zone,
    /// The zone that all dates are promised to be in.
    promised: Option<Zone>,
    /// What a row without issuer says.
    issuer: Issuer,
    /// The values of clauses that have many.
    sought: Vec<Sought>,
    /// By the position of each clause on identifiers: whether an accession number, and a StudyID, can be what it asks for.
    numbers: Vec<(u32, [bool; 2])>,
}

impl Residual {
    pub(super) fn new(query: Query, options: Options) -> Self {
        let sought = Sought::all(&query, &options);
        let identifiers = query.clauses.iter().filter(|clause| clause.about == About::Identifier);
        let mut numbers: Vec<(u32, [bool; 2])> = identifiers.map(|clause| wanted_numbers(clause, &options)).collect();
        numbers.sort_unstable();
        Residual { query, zone: options.zone, options, promised: None, issuer: Issuer::LeftOut, sought, numbers }
    }

    /// Whether an identifier of this kind can be what a clause asks for.
    pub(super) fn may_want_number(&self, clause: &Clause, number: Number) -> bool {
        let at = self.numbers.binary_search_by_key(&clause.position, |(position, _)| *position);
        at.ok()
            .and_then(|at| self.numbers.get(at))
            .is_none_or(|(_, [accession, study_id])| if number == Number::Accession { *accession } else { *study_id })
    }

    /// What a row without issuer of the patient's id says.
    pub(super) fn issuers(&mut self, issuer: Issuer) {
        self.issuer = issuer;
    }

    /// Whether no row says who issued a patient's id.
    pub(crate) fn never_sees_issuers(&self) -> bool {
        self.issuer == Issuer::Hidden
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

    fn clause(&self, clause: &Clause, study: &Study) -> Verdict {
        // A subject that is no patient, a request that is a care plan, is none of ours, whatever is known.
        if clause.is_elsewhere || clause.said.is_some_and(|said| !written_types(clause.about).contains(&said)) {
            return self.decide(clause, false, None);
        }
        // What has no words has none, whatever it is.
        if clause.modifier == Modifier::Text && !has_words(clause.about) {
            return self.decide(clause, false, None);
        }
        // Whose identifier it is cannot be seen: it has no system, and is not one without.
        let is_patient = matches!(clause.about, About::Patient(Ask::Reference | Ask::Identifier));
        let is_left_out = || clause.modifier == Modifier::Not && self.has_no_issuer(study);
        let is_unsure = is_patient && (self.misses_issuer(study) || is_left_out());
        let mut looking = Looking { residual: self, clause, sought: Sought::of(&self.sought, clause), is_unsure, is_met: false };
        let need = Reader::show(study, &self.options, self.query.release, clause.about, &mut looking);
        self.decide(clause, looking.is_met, need)
    }

    /// Whether a study is asked for by this id.
    pub(crate) fn asks_for_id(&self, id: &str) -> bool {
        self.has_id(id, Modifier::None)
    }

    /// Whether a study is asked for by the id that it has if its UID is several patients'.
    pub(crate) fn asks_for_one(&self, study: &Study) -> bool {
        let is_asked = self.query.clauses.iter().any(|clause| clause.about == About::Id && clause.modifier == Modifier::None);
        let ids = [place::id_of_one, place::id_of_number];
        is_asked && matches!(self.options.id, Id::Uid) && ids.iter().any(|id| self.asks_for_id(&id(study)))
    }

    /// How many ids are asked for that only one of several patients of a study has: they have the form of UUIDs.
    pub(crate) fn ids_of_one(&self) -> usize {
        if !matches!(self.options.id, Id::Uid) {
            return 0;
        }
        let uuid = |value: &Value| match value {
            Value::Token(token) if is_uuid(&token.code) => Some(token.code.clone()),
            _ => None,
        };
        let is_asked = |clause: &&Clause| clause.about == About::Id && clause.modifier == Modifier::None;
        let ids = |clause: &Clause| clause.values.iter().filter_map(uuid).collect::<BTreeSet<String>>().len();
        self.query.clauses.iter().filter(is_asked).map(ids).max().unwrap_or(0)
    }

    /// Whether all but the id of a study may be what is asked for.
    pub(crate) fn may_be_but_for_id(&self, study: &Study) -> bool {
        self.query.clauses.iter().filter(|clause| clause.about != About::Id).all(|clause| self.clause(clause, study) != Verdict::No)
    }

    /// Whether rows of instances may turn what a study is said to be (`is_met`): a clause on body sites or reasons holds, or does not, because rows of series
    /// say none, or not this one, and all else holds.
    pub(crate) fn may_turn_below(&self, study: &Study, is_met: bool) -> bool {
        let may_be_said = |about| match about {
            About::BodySite => study.series().any(|series| series.get(row::BODY_SITE).is_none()),
            // It is a set: one may have others besides.
            About::Reason => study.series().len() > 0,
            _ => false,
        };
        // More that is said makes what is asked for come true, and what is not to be untrue.
        let may_turn = |clause: &Clause| clause.asks_for_presence() != is_met && may_be_said(clause.about);
        if !self.query.clauses.iter().any(may_turn) {
            return false;
        }
        let wanted = if is_met { Verdict::Yes } else { Verdict::No };
        let is_so = |clause: &Clause| self.clause(clause, study) == wanted;
        let (turning, others): (Vec<&Clause>, Vec<&Clause>) = self.query.clauses.iter().partition(|clause| may_turn(clause));
        turning.into_iter().any(is_so) && (is_met || !others.into_iter().any(is_so))
    }

    /// Whether this id is not to be.
    pub(crate) fn excludes_id(&self, id: &str) -> bool {
        self.has_id(id, Modifier::Not)
    }

    fn has_id(&self, id: &str, modifier: Modifier) -> bool {
        let is_it = |value: &Value| matches!(value, Value::Token(token) if token.code == id);
        let asks = |clause: &Clause| match Sought::of(&self.sought, clause) {
            Some(sought) => sought.of_number(&self.query, clause, Uri::plain(id)).any(|(value, _)| is_it(value)),
            None => clause.values.iter().any(is_it),
        };
        self.query.clauses.iter().any(|clause| clause.about == About::Id && clause.modifier == modifier && asks(clause))
    }

    /// Whether the issuer is of those that the server may leave out.
    fn has_no_issuer(&self, study: &Study) -> bool {
        // A local name that has no URI is no system: the universal one, which would be, is not seen.
        let is_system = |local: &str| !local.is_empty() && place::namespace(&self.options, local).is_some();
        let has_none = || study.get(row::PATIENT_ID).is_some_and(|id| id.universal.is_empty() && !is_system(id.local));
        self.issuer == Issuer::LocalLeftOut && has_none()
    }

    /// Whether a study, or what is known of it, has all that is asked for: what it is not to have is no matter.
    pub(crate) fn has_what_is_asked(&self, study: &Study) -> bool {
        self.query.clauses.iter().filter(|clause| clause.asks_for_presence()).all(|clause| self.clause(clause, study) == Verdict::Yes)
    }

    /// Whether a study of which all is known down to this level does not have what is asked for.
    pub(crate) fn lacks_what_is_asked(&self, study: &Study, level: Level) -> bool {
        let lacks = |clause: &Clause| match self.clause(clause, study) {
            Verdict::Yes => false,
            Verdict::No => true,
            Verdict::Need(need) => need.level <= level,
        };
        self.query.clauses.iter().filter(|clause| clause.asks_for_presence()).any(lacks)
    }

    fn misses_issuer(&self, study: &Study) -> bool {
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

    /// Whether a study might match, were the issuer seen that nobody tells: a clause on the patient fails for it alone, and no other clause does.
    pub(crate) fn hides_issuer(&self, study: &Study) -> bool {
        if !self.misses_issuer(study) && !self.has_no_issuer(study) {
            return false;
        }
        let mut is_hidden = false;
        for clause in self.query.clauses.iter() {
            match self.clause(clause, study) {
                Verdict::Yes => {}
                _ if self.is_of_number_alone(clause, study) => is_hidden = true,
                Verdict::No => return false,
                Verdict::Need(_) => {}
            }
        }
        is_hidden
    }

    /// Whether a clause asks for a patient's number that the study has, whoever issued it.
    fn is_of_number_alone(&self, clause: &Clause, study: &Study) -> bool {
        let mut is_met = false;
        if matches!(clause.about, About::Patient(Ask::Reference | Ask::Identifier)) {
            Reader::show(study, &self.options, self.query.release, clause.about, &mut |shown: &Shown<'_>| {
                is_met = self.asks_for_number(clause, shown);
                is_met
            });
        }
        is_met
    }

    /// Whether a clause asks for the number that is shown, whoever issued it.
    fn asks_for_number(&self, clause: &Clause, shown: &Shown<'_>) -> bool {
        match Sought::of(&self.sought, clause) {
            // Of all that a reference means the one identifier is known that could be this.
            Some(sought) => sought.of_number(&self.query, clause, shown.value).any(|met| match met {
                (_, Some(found)) => is(shown.value, &found.value),
                (value, None) => self.is_of_number(value, shown),
            }),
            None => clause.values.iter().any(|value| self.is_of_number(value, shown)),
        }
    }

    /// Whether a value asks for the number that is shown, whoever issued it.
    fn is_of_number(&self, value: &Value, shown: &Shown<'_>) -> bool {
        match value {
            Value::Token(token) => token.system.is_some() && (token.code.is_empty() || is(shown.value, &token.code)),
            Value::Reference(reference) => self.resolved(reference).any(|found| is(shown.value, &found.value)),
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
                let is_type = !shown.type_.is_empty() && system == IDENTIFIER_TYPE && shown.type_ == code;
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
