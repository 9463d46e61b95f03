//! What a server is asked, so that judging its answers finds every match.

use super::days::Days;
use super::deciding;
use super::decision::{Class, Decision, Why};
use super::judge::Residual;
use super::key::Key;
use super::parameter::Resource;
use super::push::{Branch, Pusher, Term};
use super::server::{Ask, Server};
use super::{Clause, Handling, Query};
use crate::error::{Error, Kind};
use crate::options::Options;
use crate::table::{Level, RETRIEVE_URL, rows};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

/// A request to a QIDO-RS server.
///
/// `Debug` does not show the query, which holds values.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The path behind the service's base: `/studies`, `/series` or `/instances`.
    pub path: &'static str,
    /// The query, encoded; without `?`, `limit` and `offset`.
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
    fields: Vec<u32>,
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

    /// The attributes to be asked for, at every level down to [`Plan::level`]: what decides a clause or makes an element.
    #[must_use]
    pub fn fields(&self) -> &[u32] {
        &self.fields
    }

    /// What judges the answers. It re-checks every clause: servers may ignore keys that they do not know.
    #[must_use]
    pub const fn residual(&self) -> &Residual {
        &self.residual
    }
}

/// What is sent of one request.
#[derive(Clone, Default)]
struct Combination {
    terms: Vec<Branch>,
}

/// A clause on the way to its decision.
struct Draft<'a> {
    clause: &'a Clause,
    branches: Option<Vec<Branch>>,
    class: Class,
    whys: Vec<Why>,
}

impl Draft<'_> {
    fn keep(&mut self, why: Why) {
        self.branches = None;
        self.class = Class::Kept;
        self.whys = vec![why];
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
    residual.issuers(server.issuer);
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
    let limit = options.limits.requests as usize;
    let combinations = if never { Vec::new() } else { combine(&mut drafts, limit) };
    let requests = if query.resource == Resource::Endpoint { Vec::new() } else { requests(&combinations, server) };
    let mut lowest = Level::Study;
    for draft in &mut drafts {
        let deciding = deciding::of(draft.clause.about, query.release, options);
        // A study's row tells its modalities, where the server returns them.
        let shown = server.modalities && draft.clause.about == super::parameter::About::Modality;
        if !shown {
            lowest = lowest.max(deciding.level);
        }
        let hidden = |tag: &u32| server.hidden.contains(tag);
        if draft.class != Class::Never && !deciding.tags.is_empty() && deciding.tags.iter().all(hidden) {
            if query.handling == Handling::Strict {
                return Err(Error::new(Kind::Unanswerable));
            }
            draft.whys.push(Why::Unanswerable);
        }
    }
    if options.require_selective && !requests.is_empty() && combinations.iter().any(|combination| !is_selective(combination)) {
        return Err(Error::new(Kind::TooCostly));
    }
    let decisions = drafts
        .into_iter()
        .map(|draft| Decision {
            clause: format!("{}#{}", draft.clause.label(), draft.clause.position),
            class: draft.class,
            whys: draft.whys,
        })
        .collect();
    Ok(Plan { requests, decisions, level: lowest, fields: fields(lowest), residual })
}

fn draft<'a>(clause: &'a Clause, pusher: &Pusher<'_>) -> Draft<'a> {
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
    for (n, draft) in drafts.iter_mut().enumerate() {
        // What a server computes of a study it matches where it lists studies.
        let is_computed = chosen.is_some() && (draft.has(Key::ModalitiesInStudy) || draft.has(Key::SopClassesInStudy));
        if chosen != Some(n) && (draft.level() > Level::Study || is_computed) {
            draft.keep(Why::OneLevel);
        }
    }
}

/// OR is a union of requests; AND is one request, as far as an attribute stands once in it.
fn combine(drafts: &mut [Draft<'_>], limit: usize) -> Vec<Combination> {
    let mut all = vec![Combination::default()];
    for draft in drafts.iter_mut() {
        let Some(branches) = draft.branches.clone() else { continue };
        if all.len().saturating_mul(branches.len()) > limit {
            draft.keep(Why::TooMany);
            continue;
        }
        let mut next: Vec<Combination> = Vec::new();
        let (mut sent, mut unsaid) = (false, false);
        for (combination, branch) in all.iter().flat_map(|combination| branches.iter().map(move |branch| (combination, branch))) {
            match combination.and(branch) {
                And::Both(both) => {
                    sent = true;
                    next.push(both);
                }
                And::Unsaid => {
                    unsaid = true;
                    // The same combination once, though several branches leave it as it is.
                    if !next.iter().any(|known| known.terms == combination.terms) {
                        next.push(combination.clone());
                    }
                }
                And::Nothing => sent = true,
            }
        }
        if !sent {
            draft.keep(Why::OneValue);
        } else if unsaid {
            draft.class = Class::Widened;
            draft.whys.push(Why::OneValue);
        }
        if next.is_empty() {
            draft.class = Class::Never;
            draft.whys = vec![Why::EmptyIntersection];
            return next;
        }
        all = next;
    }
    all
}

enum And {
    Both(Combination),
    /// It cannot be said beside what is there.
    Unsaid,
    /// No study is in both.
    Nothing,
}

impl Combination {
    fn and(&self, branch: &Branch) -> And {
        let mut both = self.clone();
        let Some(known) = both.terms.iter_mut().find(|known| known.key == branch.key) else {
            both.terms.push(branch.clone());
            both.terms.sort_by_key(|term| term.key);
            return And::Both(both);
        };
        match (&mut known.term, &branch.term) {
            (Term::Uids(a), Term::Uids(b)) if branch.key == Key::StudyInstanceUid => {
                a.retain(|uid| b.contains(uid));
                if a.is_empty() { And::Nothing } else { And::Both(both) }
            }
            (Term::Days(a), Term::Days(b)) => match a.and(*b) {
                Some(range) => {
                    *a = range;
                    And::Both(both)
                }
                None => And::Nothing,
            },
            (Term::Text(a, _), Term::Text(b, _)) if a == b => And::Both(both),
            // A study has many modalities and classes, and one of everything else.
            (Term::Text(..), Term::Text(..)) if branch.key != Key::ModalitiesInStudy && branch.key != Key::Modality => And::Nothing,
            _ => And::Unsaid,
        }
    }
}

/// Whether a request asks for something in particular: a UID, an identifier that is not mostly wildcards, the days of a year at most.
fn is_selective(combination: &Combination) -> bool {
    combination.terms.iter().any(|branch| match (&branch.key, &branch.term) {
        (Key::PatientSex | Key::ModalitiesInStudy | Key::Modality | Key::SopClassUid | Key::SopClassesInStudy, _) => false,
        (_, Term::Days(Days { from, to })) => from.zip(*to).is_some_and(|(from, to)| to - from < 366),
        (_, Term::Text(_, sent)) => sent.bytes().filter(|b| *b == b'?').count() * 2 <= sent.len(),
        (_, Term::Uids(_)) => true,
    })
}

fn requests(combinations: &[Combination], server: &Server) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    for combination in combinations {
        let lowest = combination.terms.iter().map(|branch| level(branch.key)).max().unwrap_or(Level::Study);
        let path = match lowest {
            Level::Instance => "/instances",
            Level::Series => "/series",
            _ => "/studies",
        };
        let mut query: Vec<String> = combination.terms.iter().map(|branch| sent(branch, server)).collect();
        match server.ask {
            Ask::All => query.push("includefield=all".to_string()),
            // Rows of series and instances select studies only.
            Ask::Tags if lowest > Level::Study => query.push("includefield=0020000D".to_string()),
            Ask::Tags => query.push(["includefield=", &list(&fields(Level::Study))].concat()),
            Ask::Only(tag) if lowest == Level::Study => query.push(format!("includefield={tag:08X}")),
            Ask::Only(_) | Ask::Nothing => {}
        }
        let request = Request { path, query: query.join("&") };
        if !requests.contains(&request) {
            requests.push(request);
        }
    }
    requests
}

fn sent(branch: &Branch, server: &Server) -> String {
    let value = match &branch.term {
        Term::Uids(uids) => uids.join(","),
        Term::Text(_, sent) => sent.clone(),
        Term::Days(days) => days.text(server.open_ranges),
    };
    [branch.key.keyword(), "=", &value].concat()
}

/// The `includefield` of requests for rows of a level as they stand; empty: none.
pub(crate) fn includefield(server: &Server, level: Level) -> String {
    match server.ask {
        Ask::All => "includefield=all".to_string(),
        Ask::Tags => ["includefield=", &list(&fields(level))].concat(),
        Ask::Only(tag) if level == Level::Study => format!("includefield={tag:08X}"),
        Ask::Only(_) | Ask::Nothing => String::new(),
    }
}

/// The attributes of rows of these levels that make elements, by tag.
fn fields(lowest: Level) -> Vec<u32> {
    let parts = rows().filter(|row| row.level <= lowest).flat_map(|row| row.parts);
    let mut tags: Vec<u32> = parts.map(|part| part.within.unwrap_or(part.tag)).filter(|tag| *tag != RETRIEVE_URL).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

fn list(tags: &[u32]) -> String {
    tags.iter().map(|tag| format!("{tag:08X}")).collect::<Vec<_>>().join(",")
}
