//! The order of an answer: `_sort` (FHIR search, "Sorting").

use super::Query;
use super::deciding;
use super::evidence::Reader;
use super::parameter::{self, About, Ask, Resource, Role};
use super::server::Server;
use super::shown::{Shown, components, is_empty};
use crate::fhir::shape::Uri;
use crate::options::Options;
use crate::study::Study;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Parameters to sort by, the first first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    by: Vec<(About, bool)>,
}

/// What a study is sorted by; what it does not have comes last.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    When(i128),
    What(String, String),
}

impl Key {
    fn of(shown: &Shown<'_>) -> Option<Key> {
        let text = |uri: Uri<'_>| [uri.scheme, uri.rest].concat();
        match (shown.date, shown.name) {
            (Some(date), _) => Some(Key::When(date.beginning())),
            _ if !is_empty(shown.value) => Some(Key::What(text(shown.value), text(shown.system))),
            (None, name) => {
                let [alphabetic, ..] = name?;
                Some(Key::What(components(alphabetic).collect::<Vec<_>>().join("^"), String::new()))
            }
        }
    }
}

impl Order {
    /// `started,-_id`; none where a parameter is not known, or not told by the server's study rows.
    pub(crate) fn parse(text: &str, query: &Query, server: &Server, options: &Options) -> Option<Order> {
        let (release, lenient) = (query.release(), query.is_lenient());
        let one = |text: &str| {
            let (name, down) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
            let about = parameter::find(Resource::ImagingStudy, name, release, lenient)?.about;
            let told = matches!(
                about,
                About::Id
                    | About::Identifier
                    | About::Status
                    | About::Started
                    | About::Patient(Ask::Reference)
                    | About::Person(Role::Referrer, Ask::Reference)
                    | About::Encounter(Ask::Reference)
            );
            let is_told = told && !deciding::what_tells(about, release, options).is_hidden_by(server);
            is_told.then_some((about, down))
        };
        let mut by: Vec<(About, bool)> = Vec::new();
        for text in text.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            let key = one(text)?;
            // What was sorted by already decides nothing more.
            if !by.iter().any(|(about, _)| *about == key.0) {
                by.push(key);
            }
        }
        Some(Order { by })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by.is_empty()
    }

    /// What a study is sorted by.
    pub(crate) fn keys(&self, study: &Study, query: &Query, options: &Options) -> Vec<Option<Key>> {
        let key = |(about, down): &(About, bool)| {
            let mut first: Option<Key> = None;
            Reader::show(study, options, query.release(), *about, &mut |shown: &Shown<'_>| {
                // Of several values the one that comes first counts.
                first = match (first.take(), Key::of(shown)) {
                    (Some(one), Some(other)) => Some(if *down { one.max(other) } else { one.min(other) }),
                    (one, other) => one.or(other),
                };
                false
            });
            first
        };
        self.by.iter().map(key).collect()
    }

    /// Which of two comes first.
    pub(crate) fn compare(&self, one: &[Option<Key>], other: &[Option<Key>]) -> Ordering {
        fn key(keys: &[Option<Key>], n: usize) -> Option<&Key> {
            keys.get(n).and_then(Option::as_ref)
        }
        let each = self.by.iter().enumerate().map(|(n, (_, down))| match (key(one, n), key(other, n)) {
            (Some(one), Some(other)) if *down => other.cmp(one),
            (Some(one), Some(other)) => one.cmp(other),
            // What has no value is last either way, and so is a study that has no keys at all: an order has to be one.
            (one, other) => one.is_none().cmp(&other.is_none()),
        });
        each.fold(Ordering::Equal, Ordering::then)
    }
}
