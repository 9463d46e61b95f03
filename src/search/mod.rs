//! FHIR searches on ImagingStudy: what they mean, judged on what is known of a study.
//!
//! [`parse`](fn@parse) reads a query, [`Query::residual`] makes a [`Residual`] of it with the options that write the resources, and
//! [`Residual::judge`] says of a study [`Verdict::Yes`], [`Verdict::No`], or [`Verdict::Need`]: not returned is not absent.
//! [`plan`](fn@plan) says what a QIDO-RS server is asked so that judging its answers finds every match; few of FHIR's questions are ones that it
//! can be asked.
//!
//! ```
//! use fhir_dicomweb::{Limits, Options, Release, dicom, search::{self, Handling, Verdict}};
//! let query = search::parse("patient.identifier=P1&modality=CT", Release::R4, Handling::Strict, &Limits::default())?;
//! let residual = query.residual(&Options::default())?;
//! let row = br#"{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00100020":{"vr":"LO","Value":["P1"]},"00080061":{"vr":"CS","Value":["CT","SR"]}}"#;
//! let study = &dicom::read(row, &Options::default())?.ignore_loss()[0];
//! assert_eq!(residual.judge(study), Verdict::Yes);
//! # Ok::<(), fhir_dicomweb::Error>(())
//! ```

mod below;
mod combine;
mod date;
mod days;
mod deciding;
mod decision;
mod doubts;
mod evidence;
mod fields;
mod fold;
mod gather;
mod habits;
mod judge;
mod key;
mod looking;
mod matching;
mod meeting;
mod numbers;
mod once;
pub(crate) mod order;
pub(crate) mod parameter;
mod parse;
pub(crate) mod plan;
mod push;
mod rest;
mod send;
mod separate;
mod server;
pub mod servers;
mod shown;
mod sought;
mod value;

pub(crate) use value::is_relative;

pub use decision::{Class, Decision, Why};
pub use habits::{Ask, Compare, Decoding, End, Issuer, Wildcards};
pub use judge::{Need, Residual, Verdict};
pub use key::Key;
pub use matching::matches;
pub use parse::{parse, parse_endpoint};
pub use plan::{Plan, Request, plan};
pub use server::Server;
pub use servers::UnknownServer;

use crate::error::{Error, Kind};
use crate::options::Options;
use crate::percent::encode;
use crate::release::Release;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use parameter::{About, Resource};
use value::Value;

/// What becomes of parameters that are not known (`Prefer: handling`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Handling {
    /// They are an Error.
    #[default]
    Strict,
    /// They are dropped and listed, unless they would tell patients apart.
    Lenient,
}

/// A modifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Modifier {
    None,
    Not,
    Missing,
    Exact,
    Contains,
    OfType,
    Identifier,
    Text,
}

impl Modifier {
    const fn name(self) -> &'static str {
        match self {
            Modifier::None => "",
            Modifier::Not => "not",
            Modifier::Missing => "missing",
            Modifier::Exact => "exact",
            Modifier::Contains => "contains",
            Modifier::OfType => "of-type",
            Modifier::Identifier => "identifier",
            Modifier::Text => "text",
        }
    }
}

/// One clause: a parameter and its alternatives.
pub(crate) struct Clause {
    name: &'static str,
    /// The type that a reference is said to be of.
    said: Option<&'static str>,
    chained: Option<&'static str>,
    modifier: Modifier,
    about: About,
    values: Vec<Value>,
    /// All values mean resources that the element never has.
    is_elsewhere: bool,
    position: u32,
}

impl Clause {
    /// Parameter, modifier and position, without any value.
    fn label(&self) -> String {
        // Room for the position too.
        let mut label = String::with_capacity(48);
        label.push_str(self.name);
        for (mark, part) in [(":", self.said), (".", self.chained), (":", Some(self.modifier.name()))] {
            if let Some(part) = part.filter(|part| !part.is_empty()) {
                label.push_str(mark);
                label.push_str(part);
            }
        }
        label
    }

    /// Parameter, modifier and position as `parameter[:modifier]#n`, without any value.
    fn numbered(&self) -> String {
        let mut label = self.label();
        label.push('#');
        match u8::try_from(self.position) {
            Ok(digit @ 0..10) => label.push(char::from(b'0' + digit)),
            _ => label.push_str(&self.position.to_string()),
        }
        label
    }

    /// Whether it is met by what a study has, and not by what it has not.
    fn asks_for_presence(&self) -> bool {
        match self.modifier {
            Modifier::Missing => !self.values.iter().any(|value| matches!(value, Value::Missing(true))),
            modifier => modifier != Modifier::Not,
        }
    }

    /// Whether it asks the same, wherever in the query.
    fn asks_as(&self, other: &Clause) -> bool {
        let asked = |clause: &Clause| (clause.name, clause.said, clause.chained, clause.modifier, clause.about);
        asked(self) == asked(other) && self.values == other.values
    }
}

/// Why a parameter was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The release has no such parameter.
    Unknown,
    /// No DICOM attribute answers it.
    Unsupported,
    /// It tells patients apart and has no value, so that it restricts nothing, however handling is: perhaps not what the client meant.
    Empty,
}

/// A parameter that was dropped, by its position in the query: names of the input are never shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// Which parameter of the query, from 0.
    pub position: u32,
    /// Why.
    pub reason: Reason,
}

/// A parsed search.
///
/// `Display` is the query again, as a self link shows it: what was dropped is not there. `Debug` shows parameters, never values.
#[derive(Clone)]
pub struct Query {
    resource: Resource,
    release: Release,
    handling: Handling,
    /// Shared by the residuals that judge by them.
    clauses: Arc<[Clause]>,
    results: Vec<(&'static str, String)>,
    dropped: Vec<Dropped>,
    /// What the caller found for references: identifiers, each with its system.
    resolved: BTreeMap<String, Vec<Resolved>>,
}

/// An identifier that the caller found for a reference.
#[derive(Clone)]
struct Resolved {
    system: Option<String>,
    value: String,
}

/// Two queries are the same when they say the same, in the same order, whatever was resolved and however strictly they are taken.
impl PartialEq for Query {
    fn eq(&self, other: &Query) -> bool {
        self.resource == other.resource
            && self.release == other.release
            && self.clauses.len() == other.clauses.len()
            && self.clauses.iter().zip(other.clauses.iter()).all(|(a, b)| a.asks_as(b))
            && self.results == other.results
    }
}

impl Query {
    /// The release whose parameters it uses.
    #[must_use]
    pub const fn release(&self) -> Release {
        self.release
    }

    /// What lenient handling left out; and, however handling is, parameters that would have told patients apart and have no value.
    #[must_use]
    pub fn dropped(&self) -> &[Dropped] {
        &self.dropped
    }

    /// The clauses, as `parameter[:modifier]#n`, n being the position in the query.
    pub fn clauses(&self) -> impl Iterator<Item = String> + '_ {
        self.clauses.iter().map(Clause::numbered)
    }

    /// The clauses alone, as a self link shows them.
    pub(crate) fn without_results(&self) -> Query {
        Query { results: Vec::new(), ..self.clone() }
    }

    /// Whether nothing is asked.
    pub(crate) fn is_open(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Whether unknown parameters are dropped.
    pub(crate) fn is_lenient(&self) -> bool {
        self.handling == Handling::Lenient
    }

    /// The one patient that every match is of, as the query refers to it.
    pub(crate) fn patient(&self) -> Option<String> {
        self.clauses.iter().find_map(|clause| match (clause.about, clause.modifier, clause.values.as_slice()) {
            (About::Patient(parameter::Ask::Reference), Modifier::None, [Value::Reference(reference)]) => Some(reference.text().into()),
            _ => None,
        })
    }

    /// Result parameters (`_count`, `_sort`...) with their values, in order.
    pub fn results(&self) -> impl Iterator<Item = (&str, &str)> {
        self.results.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The literal references of the query that the caller must resolve, such as `Patient/12`, each once.
    #[must_use]
    pub fn references(&self) -> Vec<String> {
        let mut met = BTreeSet::new();
        self.to_resolve().filter(|text| met.insert(*text)).map(String::from).collect()
    }

    fn to_resolve(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().flat_map(|clause| clause.values.iter().filter_map(move |value| judge::needs_resolving(clause, value)))
    }

    /// Those of them that nobody has resolved.
    pub(crate) fn unresolved(&self) -> Vec<String> {
        self.references().into_iter().filter(|reference| !self.resolved.contains_key(reference)).collect()
    }

    /// Tells which valid identifiers (system, value) the resource of a reference has. None: there is no such resource, or it has none.
    ///
    /// One whose `use` is `old`, or whose `period` is over, is not valid: it may be somebody else's by now, and would find their studies.
    pub fn resolve(&mut self, reference: &str, identifiers: &[(Option<&str>, &str)]) {
        let identifiers =
            identifiers.iter().map(|(system, value)| Resolved { system: system.map(String::from), value: String::from(*value) });
        self.resolved.entry(reference.into()).or_default().extend(identifiers);
    }

    /// The query as something to judge studies by, as the same options write them.
    ///
    /// # Errors
    /// A reference that was not resolved.
    pub fn residual(&self, options: &Options) -> Result<Residual, Error> {
        if !self.to_resolve().all(|reference| self.resolved.contains_key(reference)) {
            return Err(Error::new(Kind::UnresolvedReference));
        }
        Ok(Residual::new(self.clone(), options.clone()))
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        for clause in self.clauses.iter() {
            if !out.is_empty() {
                out.push('&');
            }
            out.push_str(&clause.label());
            out.push('=');
            for (n, value) in clause.values.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                // A type that is said is not written again.
                let text = match (value, clause.said) {
                    (Value::Reference(reference), Some(_)) => reference.id().into(),
                    _ => {
                        let mut text = String::new();
                        value.print(&mut text);
                        text
                    }
                };
                encode(&text, &mut out);
            }
        }
        for (name, value) in &self.results {
            if !out.is_empty() {
                out.push('&');
            }
            out.push_str(name);
            out.push('=');
            encode(value, &mut out);
        }
        f.write_str(&out)
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("release", &self.release)
            .field("clauses", &self.clauses().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
