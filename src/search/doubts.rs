//! What a conversation asks of a query besides whether a study is an answer: which ids are meant, and what may turn out otherwise.

use super::evidence::Reader;
use super::judge::{Residual, Verdict};
use super::parameter::About;
use super::shown::{Number, Shown, is, is_empty};
use super::sought::Sought;
use super::value::Value;
use super::{Clause, Modifier};
use crate::fhir::place;
use crate::fhir::shape::Uri;
use crate::grammar::uid::is_uuid;
use crate::policy::Id;
use crate::study::Study;
use crate::table::{Level, row};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

impl Residual {
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
        // More that is said makes what is asked for come true, and what is not to be untrue.
        let may_turn = |clause: &Clause| match clause.about {
            // The region of the instances stands in the place of a part by its name: what that met may be met no longer.
            About::BodySite => study.series().any(|series| match series.get(row::BODY_SITE) {
                None => clause.asks_for_presence() != is_met,
                // So may that of a region, which another one contradicts: then there is none, but for the name.
                Some(site) => site.term.is_empty() || clause.modifier != Modifier::Missing,
            }),
            // It is a set: one may have others besides.
            About::Reason => clause.asks_for_presence() != is_met && study.series().len() > 0,
            _ => false,
        };
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

    /// Whether a study might match, were the issuer seen that nobody tells: a clause on the patient fails for it alone, and no other clause does.
    pub(crate) fn hides_issuer(&self, study: &Study) -> bool {
        let is_unseen = |clause: &Clause| self.never_sees_issuer(clause.about);
        let is_told = !self.misses_issuer(study) && !self.has_no_issuer(study) && !self.hides_type(study);
        if is_told && !self.query.clauses.iter().any(is_unseen) {
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

    /// Whether a study that matches has a number of no issuer that is asked for so, or of a type that nobody says, and the server may only not tell: it may be
    /// another's.
    pub(crate) fn may_be_anothers(&self, study: &Study) -> bool {
        let may_have = |clause: &&Clause| self.is_unsure(clause, study, true) || self.never_sees_issuer(clause.about);
        let asked = self.query.clauses.iter().filter(|clause| clause.asks_for_presence()).filter(may_have);
        asked.into_iter().any(|clause| self.clause(clause, study) == Verdict::Yes && self.clause_as(clause, study, true) != Verdict::Yes)
    }

    /// Whether a clause asks for a number that the study has, and whose issuer is not seen, whoever issued it.
    fn is_of_number_alone(&self, clause: &Clause, study: &Study) -> bool {
        let of_patient = self.is_unsure(clause, study, true);
        let mut is_met = false;
        // Under some systems no accession number is written.
        let may_be = || clause.about != About::Identifier || self.may_want_number(clause, Number::Accession);
        // The type of other numbers is known.
        if of_patient || clause.modifier != Modifier::OfType && self.never_sees_issuer(clause.about) && may_be() {
            Reader::show(study, &self.options, self.query.release, clause.about, &mut |shown: &Shown<'_>| {
                // Whose numbers are the caller's where nobody tells are known.
                let is_patients = of_patient && (is_empty(shown.system) || clause.modifier == Modifier::OfType);
                let is_unsure = is_patients || shown.is_unissued && is_empty(shown.system);
                is_met = is_unsure && self.asks_for_number(clause, shown);
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
}
