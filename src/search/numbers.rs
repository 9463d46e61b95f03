//! What is sent of numbers that somebody issued: identifiers of studies, of patients.

use super::habits::Issuer;
use super::key::Key;
use super::looking::{may_be_number, wanted_numbers};
use super::parameter::{About, Ask};
use super::push::{Push, Pusher, Sent};
use super::shown::Number;
use super::value::{Token, Value};
use super::{Clause, Handling, Why};
use crate::fhir::found::{DICOM_UID, URN_OID};
use crate::fhir::place;
use crate::grammar::uid::{Uid, bare, is_oid, uid};
use crate::table::{RowRef, row};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

impl<'a> Pusher<'a> {
    /// Whether a code can be what the UID of a study is written as: `urn:oid:` stands before what is an OID, and before nothing else. Lenient handling takes
    /// a bare OID, too.
    fn is_written(&self, code: &str) -> bool {
        let uid = bare(code);
        let is_bare = uid.len() == code.len();
        is_bare != is_oid(uid) || is_bare && self.query.handling == Handling::Lenient
    }

    pub(super) fn identifier(&self, value: &'a Value, push: &mut Push<'a>) -> Sent {
        let (system, code, type_) = match value {
            Value::Token(Token { system, code }) => (system.as_deref(), code.as_str(), None),
            Value::OfType([system, type_, code]) => (None, code.as_str(), Some((system.as_str(), type_.as_str()))),
            _ => return Err(Why::NoKey),
        };
        if code.is_empty() {
            return Err(Why::AnyValue);
        }
        let said_uid = system == Some(DICOM_UID) || code.starts_with(URN_OID);
        // A bare code of other shape may be an identifier of another kind, or the UID of a study that has no right to it.
        let is_dotted = code.contains('.') && code.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let could_be_uid = said_uid || is_dotted || !place::accession_is_identifier(self.query.release, self.options);
        if system.is_none_or(|system| system == DICOM_UID) && type_.is_none() && self.is_written(code) {
            if could_be_uid {
                self.one_uid(Key::StudyInstanceUid, bare(code), push)?;
            } else if !matches!(uid(code), Uid::Bad) {
                self.assume(push)?;
            }
        }
        if said_uid && system.is_none() && type_.is_none() {
            // The URN of a UID is a UID, and no accession number or department's number.
            push.say(Why::UrnIsUid);
            return Ok(());
        }
        if system == Some(DICOM_UID) {
            return Ok(());
        }
        if place::accession_is_identifier(self.query.release, self.options) {
            // Of a system that no accession number has none is asked for.
            if may_be_number(value, self.options, Number::Accession) {
                self.text(Key::AccessionNumber, code, push)?;
                if system.is_some() {
                    push.widen(Why::Issuer);
                    self.sees_number(row::ACCESSION.into(), push);
                }
            }
        } else {
            push.say(Why::AccessionIsInBasedOn);
        }
        let study_id = place::study_id_system(self.options).filter(|own| system.is_none_or(|system| system == *own));
        if study_id.is_some() && type_.is_none() {
            self.text(Key::StudyId, code, push)?;
        }
        Ok(())
    }

    pub(super) fn patient(&self, value: &'a Value, push: &mut Push<'a>) -> Sent {
        match value {
            Value::Token(Token { code, .. }) if code.is_empty() => Err(Why::AnyValue),
            Value::Token(Token { system, code }) => {
                if system.is_some() {
                    push.widen(Why::Issuer);
                    self.sees_issuer(system.as_deref(), push);
                } else {
                    push.say(Why::AmbiguousNamespace);
                }
                self.text(Key::PatientId, code, push)
            }
            Value::OfType([_, _, code]) => {
                push.widen(Why::Issuer);
                // The type stands where the universal issuer does.
                self.sees_type(push);
                self.text(Key::PatientId, code, push)
            }
            Value::Reference(reference) => {
                let text = reference.text();
                if place::is_own_subject(self.options, text) {
                    return Err(Why::AnyValue);
                }
                let found = self.query.resolved.get(text).into_iter().flatten();
                for identifier in found.filter(|identifier| !identifier.value.is_empty()) {
                    push.widen(Why::Issuer);
                    self.sees_issuer(identifier.system.as_deref(), push);
                    self.text(Key::PatientId, &identifier.value, push)?;
                }
                Ok(())
            }
            _ => Err(Why::NoKey),
        }
    }

    /// Nothing is sent of a clause; one on the patient looks at issuers all the same.
    pub(super) fn kept(&self, clause: &'a Clause, why: Why) -> Push<'a> {
        let mut push = Push::kept(why);
        let is_patient = matches!(clause.about, About::Patient(Ask::Reference | Ask::Identifier));
        let (release, options) = (self.query.release, self.options);
        let numbers: [Option<RowRef>; 2] = match clause.about {
            About::Identifier if place::accession_is_identifier(release, options) && wanted_numbers(clause, options).1[0] => {
                [Some(row::ACCESSION.into()), None]
            }
            About::BasedOn(_) => [place::accession_is_based_on(release, options).then(|| row::ACCESSION.into()), Some(row::PLACER.into())],
            About::Encounter(_) => [Some(row::ENCOUNTER.into()), None],
            _ => [None; 2],
        };
        // What is said again is one: of each reference there may be many identifiers.
        let mut met: BTreeSet<&str> = BTreeSet::new();
        let is_new = |value: &&'a Value| match value {
            Value::Reference(reference) => met.insert(reference.text()),
            _ => true,
        };
        let values: Vec<&Value> = clause.values.iter().filter(|_| is_patient || numbers != [None; 2]).filter(is_new).collect();
        let is_of_issuer = |value: &&Value| match value {
            Value::Token(token) => token.system.is_some(),
            Value::Reference(reference) => self.query.resolved.get(reference.text()).is_some_and(|found| !found.is_empty()),
            _ => false,
        };
        if values.iter().any(is_of_issuer) {
            numbers.into_iter().flatten().for_each(|number| self.sees_number(number, &mut push));
        }
        for value in values.into_iter().filter(|_| is_patient) {
            match value {
                Value::Token(Token { system: Some(system), .. }) => self.sees_issuer(Some(system), &mut push),
                Value::OfType(_) => self.sees_type(&mut push),
                Value::Reference(reference) => {
                    let found = self.query.resolved.get(reference.text()).into_iter().flatten();
                    found.for_each(|identifier| self.sees_issuer(identifier.system.as_deref(), &mut push));
                }
                _ => {}
            }
        }
        push
    }

    /// Numbers whose issuer no row tells match no value with a system, and values that ask for no issuer.
    pub(super) fn sees_number(&self, row: RowRef, push: &mut Push<'a>) {
        if self.server.hides_issuer(row) {
            push.say(Why::IssuerUnknown);
        }
    }

    /// Rows that do not tell of which type a patient's number is match as if it were the one that goes without saying.
    fn sees_type(&self, push: &mut Push<'a>) {
        if self.server.issuer == Issuer::KeyTells || self.server.hides_type() {
            push.say(Why::IssuerUnknown);
        }
    }

    /// Rows that do not tell the issuer of a patient's id match by the caller's namespace, or by no issuer, or not at all.
    fn sees_issuer(&self, system: Option<&str>, push: &mut Push<'a>) {
        let is_lost = match self.server.issuer {
            Issuer::LeftOut => false,
            Issuer::KeyTells => system.is_none_or(str::is_empty),
            Issuer::LocalLeftOut | Issuer::Hidden => true,
        };
        // A local name is one all the same, whatever the caller calls those without issuer.
        let has_none = self.server.issuer != Issuer::LocalLeftOut && place::patient_system(self.options).is_some();
        if is_lost && !has_none {
            push.say(Why::IssuerUnknown);
        }
    }
}
