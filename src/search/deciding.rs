//! What decides a clause: the lowest level of rows, and the attributes without which nothing is known.

use super::parameter::{About, Ask, Role};
use crate::fhir::place;
use crate::options::Options;
use crate::release::Release;
use crate::table::{Level, RowRef, row};
use alloc::vec;
use alloc::vec::Vec;

pub(super) struct Deciding {
    pub(super) level: Level,
    /// If a server returns none of these, nothing decides the clause; empty where nothing is needed.
    pub(super) tags: Vec<u32>,
}

pub(super) fn of(about: About, release: Release, options: &Options) -> Deciding {
    let (level, rows): (Level, Vec<RowRef>) = match about {
        About::Id | About::Status | About::Endpoint(_) | About::Nothing => (Level::Study, vec![]),
        About::Identifier => (Level::Study, vec![row::STUDY_UID.into()]),
        About::Started => (Level::Study, vec![row::STARTED.into()]),
        About::Patient(ask) => (
            Level::Study,
            vec![match ask {
                Ask::Name | Ask::Family | Ask::Given => row::PATIENT_NAME.into(),
                Ask::Birth => row::PATIENT_BIRTH.into(),
                Ask::Gender => row::PATIENT_SEX.into(),
                Ask::Reference | Ask::Identifier => row::PATIENT_ID.into(),
            }],
        ),
        About::Person(Role::Referrer, _) => (Level::Study, vec![row::REFERRER.into()]),
        About::Person(Role::Interpreter, _) => (Level::Study, vec![row::INTERPRETER.into()]),
        About::Encounter(_) => (Level::Study, vec![row::ENCOUNTER.into()]),
        About::BasedOn(_) if place::accession_is_based_on(release, options) => (Level::Series, vec![row::ACCESSION.into()]),
        About::BasedOn(_) => (Level::Series, vec![row::REQUESTS.into()]),
        About::Reason => (Level::Series, vec![row::REASON.into()]),
        About::Person(Role::Performer, _) => (Level::Series, vec![row::PERFORMER.into(), row::OPERATOR.into()]),
        About::BodySite => (Level::Series, vec![row::BODY_SITE.into()]),
        About::Modality => (Level::Series, vec![row::SERIES_MODALITY.into()]),
        About::Series => (Level::Series, vec![row::SERIES_UID.into()]),
        About::Instance => (Level::Instance, vec![row::INSTANCE_UID.into()]),
        About::SopClass => (Level::Instance, vec![row::INSTANCE_CLASS.into()]),
    };
    let parts = rows.iter().filter_map(|row| row.row()).flat_map(|row| row.parts);
    Deciding { level, tags: parts.map(|part| part.within.unwrap_or(part.tag)).collect() }
}
