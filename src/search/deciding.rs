//! What decides a clause: the lowest level of rows, and the attributes without which nothing is known.

use super::judge::has_words;
use super::parameter::{About, Ask, EndpointAsk, Role};
use super::server::Server;
use super::{Clause, Modifier};
use crate::fhir::place;
use crate::options::Options;
use crate::release::Release;
use crate::table::{Level, RowRef, row};

pub(super) struct Deciding {
    pub(super) level: Level,
    rows: [Option<RowRef>; 2],
    /// Of a person the identification decides, and not the name.
    by_identification: bool,
}

impl Deciding {
    /// Whether a server is known to return nothing of what decides.
    pub(super) fn is_hidden_by(&self, server: &Server) -> bool {
        !server.hidden.is_empty() && self.tags().next().is_some() && self.tags().all(|tag| server.hidden.contains(&tag))
    }

    /// If a server returns none of these, nothing decides the clause; none where nothing is needed.
    fn tags(&self) -> impl Iterator<Item = u32> {
        let parts = self.rows.iter().flatten().filter_map(|row| row.row()).flat_map(|row| row.parts);
        parts.filter(|part| !self.by_identification || !part.items.is_empty()).map(|part| part.within.unwrap_or(part.tag))
    }
}

pub(super) fn of(clause: &Clause, release: Release, options: &Options) -> Deciding {
    let about = clause.about;
    // What has no words has none, whatever it is.
    if clause.modifier == Modifier::Text && !has_words(about) {
        return Deciding { level: Level::Study, rows: [None, None], by_identification: false };
    }
    // A performer may be a device, which is known by attributes of its own; and whether there is somebody a name decides.
    let by_identification = match about {
        About::Person(Role::Referrer | Role::Interpreter, Ask::Identifier) => true,
        About::Person(Role::Referrer | Role::Interpreter, Ask::Reference) => clause.modifier != Modifier::Missing,
        _ => false,
    };
    Deciding { by_identification, ..what_tells(about, release, options) }
}

/// What tells that which a parameter is about.
pub(super) fn what_tells(about: About, release: Release, options: &Options) -> Deciding {
    let (level, row, other): (Level, Option<RowRef>, Option<RowRef>) = match about {
        About::Endpoint(EndpointAsk::Reference) if place::series_have_endpoints(options) => {
            (Level::Series, Some(row::SERIES_UID.into()), None)
        }
        About::Id | About::Status | About::Endpoint(_) | About::Nothing => (Level::Study, None, None),
        About::Identifier => (Level::Study, Some(row::STUDY_UID.into()), None),
        About::Started => (Level::Study, Some(row::STARTED.into()), None),
        About::Patient(ask) => (
            Level::Study,
            Some(match ask {
                Ask::Name | Ask::Family | Ask::Given => row::PATIENT_NAME.into(),
                Ask::Birth => row::PATIENT_BIRTH.into(),
                Ask::Gender => row::PATIENT_SEX.into(),
                Ask::Reference | Ask::Identifier => row::PATIENT_ID.into(),
            }),
            None,
        ),
        About::Person(Role::Referrer, _) => (Level::Study, Some(row::REFERRER.into()), None),
        About::Person(Role::Interpreter, _) => (Level::Study, Some(row::INTERPRETER.into()), None),
        About::Encounter(_) => (Level::Study, Some(row::ENCOUNTER.into()), None),
        About::BasedOn(_) if place::accession_is_based_on(release, options) => (Level::Series, Some(row::ACCESSION.into()), None),
        About::BasedOn(_) => (Level::Series, Some(row::REQUESTS.into()), None),
        About::Reason => (Level::Series, Some(row::REASON.into()), None),
        About::Person(Role::Performer, _) => (Level::Series, Some(row::PERFORMER.into()), Some(row::OPERATOR.into())),
        About::BodySite => (Level::Series, Some(row::BODY_SITE.into()), None),
        About::Modality => (Level::Series, Some(row::SERIES_MODALITY.into()), None),
        About::Series => (Level::Series, Some(row::SERIES_UID.into()), None),
        About::Instance => (Level::Instance, Some(row::INSTANCE_UID.into()), None),
        About::SopClass => (Level::Instance, Some(row::INSTANCE_CLASS.into()), None),
    };
    Deciding { level, rows: [row, other], by_identification: false }
}
