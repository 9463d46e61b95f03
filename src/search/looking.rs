//! A clause that looks at what a study shows, and what cannot be of interest to it.

use super::judge::Residual;
use super::meeting::is_urn_of_uid;
use super::shown::{Number, Shown, Sight, is_empty};
use super::sought::Sought;
use super::value::Value;
use super::{Clause, Modifier};
use crate::fhir::found::{DICOM_UID, IDENTIFIER_TYPE, URI, URN_OID};
use crate::fhir::place;
use crate::grammar::uri::is_uri;
use crate::options::Options;

/// A clause that looks for something that meets it.
pub(super) struct Looking<'r> {
    pub(super) residual: &'r Residual,
    pub(super) clause: &'r Clause,
    pub(super) sought: Option<&'r Sought>,
    /// What has no system may have one; or what is of no type that is said.
    pub(super) is_unsure: bool,
    /// So may a number of which nothing says who issued it: who is not to be there may be this one.
    pub(super) is_unseen: bool,
    pub(super) is_met: bool,
}

impl Sight for Looking<'_> {
    fn see(&mut self, shown: &Shown<'_>) -> bool {
        let is_unsure = match self.clause.modifier {
            Modifier::OfType => self.is_unsure,
            _ => (self.is_unsure || self.is_unseen && shown.is_unissued) && is_empty(shown.system),
        };
        self.is_met = self.residual.meets((self.clause, self.sought), shown, is_unsure);
        self.is_met
    }

    fn may_want(&self, text: &str) -> bool {
        // Many are looked up, and not looked through.
        self.sought.is_some()
            || matches!(self.clause.modifier, Modifier::Missing | Modifier::Text)
            || self.clause.values.iter().any(|value| match value {
                Value::Token(token) => token.code.is_empty() || text.is_empty() || token.code.ends_with(text),
                Value::OfType([_, _, code]) | Value::Uid(code) => code.ends_with(text),
                _ => true,
            })
    }

    fn asks_whether(&self) -> bool {
        self.clause.modifier == Modifier::Missing
    }

    fn may_want_number(&self, number: Number) -> bool {
        // A value may be long, and each study asks.
        self.residual.may_want_number(self.clause, number)
    }
}

/// Which other identifiers than the UID a clause on identifiers may ask for: an accession number, a StudyID.
pub(super) fn wanted_numbers(clause: &Clause, options: &Options) -> (u32, [bool; 2]) {
    (clause.position, [Number::Accession, Number::StudyId].map(|number| may_want_number(clause, options, number)))
}

/// Whether an identifier of this kind can be what a clause asks for.
fn may_want_number(clause: &Clause, options: &Options, number: Number) -> bool {
    clause.values.iter().any(|value| may_be_number(value, options, number))
}

/// Whether an identifier of this kind can be what a value asks for.
pub(super) fn may_be_number(value: &Value, options: &Options, number: Number) -> bool {
    let is_one_of_names = |system: &str| options.namespaces.iter().any(|(_, uri)| uri == system);
    match (value, number) {
        // Without a system it is a UID's.
        _ if is_urn_of_uid(value) => false,
        // No accession number is written under the systems of UIDs, or as of another type; and under that of URIs only what is one.
        (Value::Token(token), Number::Accession) => match token.system.as_deref() {
            Some(system @ DICOM_UID) => is_one_of_names(system),
            Some(system @ URI) => {
                token.code.is_empty() || is_uri(&token.code) && !token.code.starts_with(URN_OID) || is_one_of_names(system)
            }
            _ => true,
        },
        (Value::OfType([system, code, _]), Number::Accession) => system == IDENTIFIER_TYPE && code == "ACSN",
        // A StudyID is written under the caller's system for it, and as of no type.
        (Value::Token(token), Number::StudyId) => token.system.is_none() || token.system.as_deref() == place::study_id_system(options),
        (Value::OfType(_), Number::StudyId) => false,
        _ => true,
    }
}
