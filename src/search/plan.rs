//! What a server is asked, so that judging its answers finds every match.

use super::combine::{self, Combination};
use super::deciding;
use super::decision::{Class, Decision, Why};
use super::fields;
use super::habits::Ask;
use super::judge::{Need, Residual};
use super::key::Key;
use super::once::add_once;
use super::parameter::Resource;
use super::push::{Branch, Pusher, Term};
use super::server::Server;
use super::{Clause, Handling, Query};
use crate::error::{Error, Kind};
use crate::options::Options;
use crate::table::Level;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// A request to a QIDO-RS server.
///
/// `Debug` does not show the query, which holds values.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Request {
    /// The path behind the service's base: `/studies`, `/series` or `/instances`.
    pub path: &'static str,
    /// The query, encoded; without `?`, `limit` and `offset`. It goes out as it stands: some servers decode nothing, so a client that encodes a sign of it
    /// (`'` as `%27`, as the URLs of browsers have it) asks for another value.
    pub query: String,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What is asked of a server, and what is left to be judged.
///
/// The rows of all requests *select studies*, by their Study Instance UIDs, each once. What is judged are the rows of a selected study as it
/// stands: its study rows (all of them: one UID can be met under two patients), and those of its series and instances down to
/// [`Plan::level`], or as far as a [`Need`](super::Need) says. (Rows of `/studies/{study}/series` and below need not repeat the UIDs of the path,
/// PS3.18 10.6.3.3: put them in before they are read.) Rows that a filter on series or instances let through are never a study's content.
#[derive(Debug, Clone)]
pub struct Plan {
    requests: Vec<Request>,
    decisions: Vec<Decision>,
    level: Level,
    by_series: bool,
    is_particular: bool,
    fields: &'static [u32],
    residual: Residual,
}

impl Plan {
    /// The requests, in order. None: nothing can match; or Endpoints are searched for, which no server is asked about.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// What becomes of each clause, in the query's order.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// The lowest level of rows that decides: Study, Series or Instance.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Down to which level a study is looked at that needs so much: series of which only their instances tell something are no step on the way, and nothing
    /// less than what it needs is one.
    pub(crate) fn step(&self, need: &Need) -> Level {
        if need.is_of_listing() && !self.by_series { need.level.max(self.level) } else { need.level }
    }

    /// Whether each request asks for something in particular: a UID, an identifier, a name; days are not.
    pub(crate) const fn is_particular(&self) -> bool {
        self.is_particular
    }

    /// The attributes to be asked for, at every level down to [`Plan::level`]: what decides a clause or makes an element.
    #[must_use]
    pub fn fields(&self) -> &[u32] {
        self.fields
    }

    /// What judges the answers. It re-checks every clause: servers may ignore keys that they do not know.
    #[must_use]
    pub const fn residual(&self) -> &Residual {
        &self.residual
    }
}

/// A clause on the way to its decision.
#[derive(Clone)]
pub(super) struct Draft<'a> {
    pub(super) clause: &'a Clause,
    pub(super) branches: Option<Vec<Branch<'a>>>,
    pub(super) class: Class,
    pub(super) whys: Vec<Why>,
}

impl Draft<'_> {
    pub(super) fn keep(&mut self, why: Why) {
        self.branches = None;
        self.class = Class::Kept;
        // Whose issuer nobody sees is not seen whatever is sent.
        self.whys.retain(|why| *why == Why::IssuerUnknown);
        self.whys.insert(0, why);
    }

    fn level(&self) -> Level {
        self.branches.iter().flatten().map(|branch| level(branch.key)).max().unwrap_or(Level::Study)
    }

    fn has(&self, key: Key) -> bool {
        self.branches.iter().flatten().any(|branch| branch.key == key)
    }
}

const fn level(key: Key) -> Level {
    match key {
        Key::Modality | Key::SeriesInstanceUid => Level::Series,
        Key::SopClassUid | Key::SopInstanceUid => Level::Instance,
        _ => Level::Study,
    }
}

/// Plans the requests that answer a query on a server.
///
/// ```
/// use fhir_dicomweb::{Limits, Options, Release, search::{self, Class, Handling, servers}};
/// let query = search::parse("patient.identifier=P1&started=2024-01-14&modality:not=SR", Release::R4, Handling::Strict, &Limits::default())?;
/// let plan = search::plan(&query, &servers::unknown(), &Options::default())?;
/// let [request] = plan.requests() else { panic!("one request") };
/// assert_eq!(request.path, "/studies");
/// assert!(request.query.starts_with("PatientID=P1&StudyDate=20240114&includefield="));
/// assert_eq!(plan.decisions()[2].class, Class::Kept);
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
///
/// # Errors
/// A reference that was not resolved; `unanswerable`: the server never returns what decides a clause, and handling is strict; `too-costly`:
/// `options.require_selective` is set, and some request has nothing that selects.
pub fn plan(query: &Query, server: &Server, options: &Options) -> Result<Plan, Error> {
    let mut residual = query.residual(options)?;
    residual.issuers(server);
    if let Some(zone) = server.zone {
        residual.promise(zone);
    }
    let pusher = Pusher { query, server, options };
    let mut drafts: Vec<Draft<'_>> = query.clauses.iter().map(|clause| draft(clause, &pusher)).collect();
    if query.resource == Resource::Endpoint {
        drafts.iter_mut().for_each(|draft| draft.keep(Why::Local));
    }
    one_level(&mut drafts, server);
    let never = drafts.iter().any(|draft| draft.class == Class::Never);
    let branches: Vec<Option<Vec<Branch<'_>>>> = drafts.iter_mut().map(|draft| draft.branches.take()).collect();
    let limit = options.limits.requests as usize;
    let combinations = if never { Vec::new() } else { combine::all(&mut drafts, &branches, limit) };
    let requests = if query.resource == Resource::Endpoint { Vec::new() } else { requests(&combinations, server) };
    let (mut lowest, mut by_series) = (Level::Study, false);
    for draft in &mut drafts {
        let deciding = deciding::of(draft.clause, query.release, options);
        // A study's row tells its modalities, where the server returns them.
        let shown = server.modalities && draft.clause.about == super::parameter::About::Modality;
        if !shown {
            lowest = lowest.max(deciding.level);
            by_series |= deciding.level == Level::Series;
        }
        if draft.class != Class::Never && deciding.is_hidden_by(server) {
            if query.handling == Handling::Strict {
                return Err(Error::new(Kind::Unanswerable));
            }
            draft.whys.push(Why::Unanswerable);
        }
    }
    if options.require_selective && !requests.is_empty() && !combine::are_selective(&combinations) {
        return Err(Error::new(Kind::TooCostly));
    }
    let is_particular = combinations.iter().all(Combination::is_particular);
    let decision = |draft: Draft<'_>| Decision { clause: draft.clause.numbered(), class: draft.class, whys: draft.whys };
    let decisions = drafts.into_iter().map(decision).collect();
    Ok(Plan { requests, decisions, level: lowest, by_series, is_particular, fields: fields::fields(lowest), residual })
}

fn draft<'a>(clause: &'a Clause, pusher: &Pusher<'a>) -> Draft<'a> {
    let push = pusher.push(clause);
    let mut whys = push.whys;
    if whys.is_empty() {
        whys.push(Why::AsAsked);
    }
    let class = match &push.branches {
        None => Class::Kept,
        Some(branches) if branches.is_empty() => Class::Never,
        Some(_) if push.is_widened => Class::Widened,
        Some(_) => Class::Exact,
    };
    Draft { clause, branches: push.branches, class, whys }
}

/// One clause below the study's level in a request: AND may be met by different series, and a request would want it of one.
fn one_level(drafts: &mut [Draft<'_>], server: &Server) {
    let order = [Key::SopInstanceUid, Key::SeriesInstanceUid, Key::SopClassUid, Key::Modality];
    let mut chosen = order.iter().find_map(|key| drafts.iter().position(|draft| draft.has(*key)));
    if let Some(at) = chosen.filter(|_| !server.parents) {
        // Keys of studies cannot stand beside it: what selects most is asked.
        let is_study = |draft: &Draft<'_>| draft.class != Class::Never && draft.branches.is_some() && draft.level() == Level::Study;
        let is_uid = drafts.get(at).is_some_and(|draft| draft.has(Key::SopInstanceUid) || draft.has(Key::SeriesInstanceUid));
        let studies = if is_uid {
            drafts.iter().any(|draft| is_study(draft) && draft.has(Key::StudyInstanceUid))
        } else {
            drafts.iter().any(is_study)
        };
        if studies {
            chosen = None;
        } else {
            drafts.iter_mut().filter(|draft| is_study(draft)).for_each(|draft| draft.keep(Why::OneLevel));
        }
    }
    let is_class_asked = drafts.iter().any(|draft| draft.has(Key::SopClassesInStudy));
    for (n, draft) in drafts.iter_mut().enumerate() {
        // What a server computes of a study it may want of one and the same series, as dcm4chee does.
        if chosen.is_none() && is_class_asked && draft.has(Key::ModalitiesInStudy) {
            draft.keep(Why::OneLevel);
            continue;
        }
        // What a server computes of a study it matches where it lists studies.
        let is_computed = chosen.is_some() && (draft.has(Key::ModalitiesInStudy) || draft.has(Key::SopClassesInStudy));
        if chosen != Some(n) && (draft.level() > Level::Study || is_computed) {
            draft.keep(Why::OneLevel);
        }
    }
}

fn requests(combinations: &[Combination<'_>], server: &Server) -> Vec<Request> {
    let (mut requests, mut met) = (Vec::with_capacity(combinations.len()), BTreeSet::new());
    for combination in combinations {
        let lowest = combination.terms.iter().map(|branch| level(branch.key)).max().unwrap_or(Level::Study);
        let path = match lowest {
            Level::Instance => "/instances",
            Level::Series => "/series",
            _ => "/studies",
        };
        // Rows of series and instances select studies only.
        let only_uid = server.ask == Ask::Tags && lowest > Level::Study;
        let asked = if only_uid { "includefield=0020000D" } else { fields::includefield(Level::Study) };
        let mut query = String::with_capacity(combination.len() + asked.len());
        for branch in &combination.terms {
            print(branch, server, &mut query);
            query.push('&');
        }
        match server.ask {
            Ask::All => query.push_str(ALL),
            Ask::Tags => query.push_str(asked),
            Ask::Only(tag) if lowest == Level::Study => query.push_str(&format!("includefield={tag:08X}")),
            Ask::Only(_) | Ask::Nothing => {
                query.pop();
            }
        }
        add_once(&mut requests, &mut met, Request { path, query });
    }
    requests
}

/// An attribute and what is asked of it.
fn print(branch: &Branch<'_>, server: &Server, query: &mut String) {
    query.push_str(branch.key.keyword());
    query.push('=');
    match &branch.term {
        Term::Uids(uids) => {
            for (n, uid) in uids.iter().enumerate() {
                if n > 0 {
                    query.push(',');
                }
                query.push_str(uid);
            }
        }
        Term::Text(_, sent) => query.push_str(sent),
        Term::Days(days) => days.print(server.open_ranges, query),
    }
}

const ALL: &str = "includefield=all";

/// The `includefield` of requests for rows of a level as they stand; empty: none.
pub(crate) fn includefield(server: &Server, level: Level) -> String {
    match server.ask {
        Ask::All => ALL.to_string(),
        Ask::Tags => fields::includefield(level).to_string(),
        Ask::Only(tag) if level == Level::Study => format!("includefield={tag:08X}"),
        Ask::Only(_) | Ask::Nothing => String::new(),
    }
}
