//! What of a clause a server can be asked: for each of its values the attributes that could hold it.

use super::days::Days;
use super::decision::Why;
use super::gather::gathered;
use super::habits::Compare;
use super::judge::{is_elsewhere, written_types};
use super::key::Key;
use super::once::add_once;
use super::parameter::{About, Ask, EndpointAsk};
use super::server::Server;
use super::value::Value;
use super::{Clause, Modifier, Query};
use crate::fhir::found::{ADMINISTRATIVE_GENDER, DCM, URI};
use crate::fhir::shape::Shape;
use crate::grammar::plain::is_idle;
use crate::grammar::uid::{Uid, bare, is_oid, is_uuid, uid};
use crate::kind::sex_of;
use crate::options::Options;
use crate::policy::Id;
use crate::table::codes::modality;
use crate::table::{RowRef, row};
use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

/// What is asked of one attribute.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Term<'a> {
    /// One of these UIDs.
    Uids(Vec<&'a str>),
    /// This text; beside it, as it is sent.
    Text(&'a str, Cow<'a, str>),
    Days(Days),
}

/// One way for a clause to hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Branch<'a> {
    pub(super) key: Key,
    pub(super) term: Term<'a>,
}

/// What is sent of a clause: the ways for it to hold, together all of them; or none of it.
pub(super) struct Push<'a> {
    /// `None`: it is kept.
    pub(super) branches: Option<Vec<Branch<'a>>>,
    /// Whether the answer is more than what is asked.
    pub(super) is_widened: bool,
    pub(super) whys: Vec<Why>,
    /// The ways again, for [`add_once`].
    met: BTreeSet<Branch<'a>>,
    /// How many of them are days.
    days: usize,
}

pub(super) struct Pusher<'a> {
    pub(super) query: &'a Query,
    pub(super) server: &'a Server,
    pub(super) options: &'a Options,
}

/// Stops a clause from being sent.
pub(super) type Sent<T = ()> = Result<T, Why>;

impl<'a> Push<'a> {
    pub(super) fn kept(why: Why) -> Push<'a> {
        Push { branches: None, whys: vec![why], ..Push::new() }
    }

    fn never(why: Why) -> Push<'a> {
        Push { whys: vec![why], ..Push::new() }
    }

    fn new() -> Push<'a> {
        Push { branches: Some(Vec::new()), is_widened: false, whys: Vec::new(), met: BTreeSet::new(), days: 0 }
    }

    pub(super) fn say(&mut self, why: Why) {
        if !self.whys.contains(&why) {
            self.whys.push(why);
        }
    }

    pub(super) fn widen(&mut self, why: Why) {
        self.is_widened = true;
        self.say(why);
    }

    fn add(&mut self, branch: Branch<'a>) {
        let Some(branches) = &mut self.branches else { return };
        let is_days = matches!(branch.term, Term::Days(_));
        let is_new = add_once(branches, &mut self.met, branch);
        self.days += usize::from(is_new && is_days);
    }
}

impl<'a> Pusher<'a> {
    pub(super) fn push(&self, clause: &'a Clause) -> Push<'a> {
        // As the judge says of every study, whatever is known of it: no such thing is there, and none is missing.
        if clause.asks_for_presence() && clause.said.is_some_and(|said| !written_types(clause.about).contains(&said)) {
            return Push::never(Why::NoSuchValue);
        }
        let values = || clause.values.iter().filter(|value| !is_elsewhere(clause.about, value));
        if values().next().is_none() {
            return Push::never(Why::NoSuchValue);
        }
        match clause.modifier {
            Modifier::None | Modifier::Identifier | Modifier::OfType => {}
            // Who is not sought is left out, too, where nobody tells whose number it is.
            Modifier::Not => return self.kept(clause, Why::Modifier),
            Modifier::Missing | Modifier::Text | Modifier::Exact | Modifier::Contains => return Push::kept(Why::Modifier),
        }
        let mut push = Push::new();
        let mut met: BTreeSet<&str> = BTreeSet::new();
        for value in values() {
            // What is said again is one.
            if matches!(value, Value::Reference(reference) if !met.insert(reference.text())) {
                continue;
            }
            if let Err(why) = self.value(clause, value, &mut push) {
                return self.kept(clause, why);
            }
            // More than could ever be asked need not be gathered; days may yet join.
            let most = (self.options.limits.requests as usize).saturating_mul(self.server.uids_in_a_list() as usize);
            if push.days == 0 && push.branches.as_ref().is_some_and(|branches| branches.len() > most) {
                return self.kept(clause, Why::TooMany);
            }
        }
        if let Some(branches) = push.branches.take() {
            if branches.is_empty() {
                push.say(Why::NoSuchValue);
            }
            if self.options.paranoid && branches.iter().any(|branch| !branch.key.is_uid()) {
                return Push::kept(Why::Paranoid);
            }
            push.branches = Some(gathered(branches, self.server.uid_list));
        }
        push
    }

    fn value(&self, clause: &Clause, value: &'a Value, push: &mut Push<'a>) -> Sent {
        match clause.about {
            About::Nothing => Ok(()),
            About::Id => self.id(value, push),
            About::Identifier => self.identifier(value, push),
            About::Started => self.days(Key::StudyDate, value, push),
            About::Patient(Ask::Birth) => self.days(Key::PatientBirthDate, value, push),
            About::Patient(Ask::Gender) => self.gender(value, push),
            About::Patient(Ask::Reference | Ask::Identifier) => self.patient(value, push),
            About::Modality => self.modality(value, push),
            About::Series => self.uid(Key::SeriesInstanceUid, value, push),
            About::Instance => self.uid(Key::SopInstanceUid, value, push),
            // Where a class is an `oid` (R6), what is none is not written.
            About::SopClass if self.is_class_an_oid() && is_no_oid(value) => Ok(()),
            About::SopClass => {
                let key = if self.server.pushes(Key::SopClassesInStudy) { Key::SopClassesInStudy } else { Key::SopClassUid };
                self.uid(key, value, push)
            }
            About::Encounter(Ask::Identifier) => match value {
                Value::Token(token) if !token.code.is_empty() => {
                    match &token.system {
                        Some(_) => {
                            push.widen(Why::Issuer);
                            self.sees_number(row::ENCOUNTER.into(), push);
                        }
                        None => push.say(Why::AmbiguousNamespace),
                    }
                    self.text(Key::AdmissionId, &token.code, push)
                }
                _ => Err(Why::NoKey),
            },
            About::Patient(_) | About::Person(..) => Err(Why::Name),
            // Each of these may stand in one of several attributes, and no request asks for all of them.
            About::BodySite | About::Reason | About::BasedOn(_) => Err(Why::SeveralAttributes),
            About::Encounter(_) | About::Status => Err(Why::NoKey),
            About::Endpoint(EndpointAsk::Other) => Ok(()),
            About::Endpoint(_) => Err(Why::Local),
        }
    }

    fn is_class_an_oid(&self) -> bool {
        let class = RowRef::from(row::INSTANCE_CLASS).row();
        class.is_some_and(|class| class.place_for(self.query.release, self.options).any(|at| at.shape == Shape::Oid))
    }

    fn key(&self, key: Key) -> Sent {
        if self.server.pushes(key) { Ok(()) } else { Err(Why::NoKey) }
    }

    pub(super) fn one_uid(&self, key: Key, text: &'a str, push: &mut Push<'a>) -> Sent {
        match uid(text) {
            // No such UID is an identity, or a class.
            Uid::Bad => Ok(()),
            Uid::Odd if !self.server.odd_uids => Err(Why::Characters),
            Uid::Legal | Uid::Odd => {
                self.key(key)?;
                push.add(Branch { key, term: Term::Uids(vec![text]) });
                Ok(())
            }
        }
    }

    fn uid(&self, key: Key, value: &'a Value, push: &mut Push<'a>) -> Sent {
        let text = match value {
            Value::Uid(text) => text.as_str(),
            // Any class, in a system that has them all.
            Value::Token(token) if token.code.is_empty() => return Err(Why::AnyValue),
            Value::Token(token) if token.system.as_deref().is_none_or(|system| system == URI) => token.code.as_str(),
            _ => return Ok(()),
        };
        self.one_uid(key, bare(text), push)
    }

    fn id(&self, value: &'a Value, push: &mut Push<'a>) -> Sent {
        let Value::Token(token) = value else { return Err(Why::NoKey) };
        if !matches!(self.options.id, Id::Uid) {
            return Err(Why::NoKey);
        }
        match &token.system {
            Some(system) if !system.is_empty() => Ok(()),
            _ if token.code.is_empty() => Err(Why::AnyValue),
            // The id of a UID that is met under two patients is a UUID.
            _ if is_uuid(&token.code) => Err(Why::Characters),
            _ => self.one_uid(Key::StudyInstanceUid, &token.code, push),
        }
    }

    fn modality(&self, value: &'a Value, push: &mut Push<'a>) -> Sent {
        let Value::Token(token) = value else { return Err(Why::NoKey) };
        match token.system.as_deref() {
            Some(system) if !system.is_empty() && system != DCM => return Ok(()),
            _ if token.code.is_empty() => return Err(Why::AnyValue),
            // A code of DCM is always written with its system, and no other code is.
            Some(system) if system.is_empty() == modality::is_dcm(&token.code) => return Ok(()),
            _ => {}
        }
        let key = if self.server.pushes(Key::ModalitiesInStudy) { Key::ModalitiesInStudy } else { Key::Modality };
        self.text(key, &token.code, push)
    }

    fn gender(&self, value: &'a Value, push: &mut Push<'a>) -> Sent {
        let Value::Token(token) = value else { return Err(Why::NoKey) };
        if token.code.is_empty() {
            return Err(Why::AnyValue);
        }
        match sex_of(&token.code).filter(|_| token.system.as_deref().is_none_or(|system| system == ADMINISTRATIVE_GENDER)) {
            Some(sex) => self.text(Key::PatientSex, sex, push),
            None => Ok(()),
        }
    }

    fn days(&self, key: Key, value: &'a Value, push: &mut Push<'a>) -> Sent {
        let Value::Date(date) = value else { return Err(Why::NoKey) };
        let days = date.days(&self.options.zone, self.server.zone.as_ref());
        // A day that no record has is the day of nothing, whatever the server can be asked.
        let range = days.map(Days::of_records);
        if range == Some(None) {
            return Ok(());
        }
        self.key(key)?;
        let mut range = range.flatten().ok_or(Why::NoRange)?;
        if key == Key::StudyDate && self.server.own_clock {
            range = range.widened();
            push.widen(Why::WholeDays);
        }
        if !date.is_whole_days() || range.from.is_none() {
            push.widen(Why::WholeDays);
        }
        push.add(Branch { key, term: Term::Days(range) });
        self.assume(push)
    }

    /// What is stored otherwise than its standard wants may be lost.
    pub(super) fn assume(&self, push: &mut Push<'a>) -> Sent {
        if self.options.paranoid {
            return Err(Why::Paranoid);
        }
        push.say(Why::AssumesConformantStore);
        Ok(())
    }

    pub(super) fn text(&self, key: Key, text: &'a str, push: &mut Push<'a>) -> Sent {
        // Space at the ends is padding (PS3.5 6.2): no record has it.
        if text.starts_with(is_idle) || text.ends_with(is_idle) {
            return Ok(());
        }
        self.key(key)?;
        let sent = self.server.sent(key, text)?;
        if sent.contains('?') {
            push.widen(Why::Characters);
        }
        // Code strings are stored in upper case; lower case in a query is either no match, or folded by the server.
        let is_code = matches!(key, Key::ModalitiesInStudy | Key::Modality | Key::PatientSex);
        let folds = if is_code { text.bytes().any(|b| b.is_ascii_lowercase()) } else { self.server.compare != Compare::Exact };
        if folds {
            push.widen(Why::Case);
        }
        push.add(Branch { key, term: Term::Text(text, sent) });
        self.assume(push)
    }
}

/// Whether a value says what is no OID.
fn is_no_oid(value: &Value) -> bool {
    match value {
        Value::Uid(text) => !is_oid(bare(text)),
        Value::Token(token) => !token.code.is_empty() && !is_oid(bare(&token.code)),
        _ => false,
    }
}
