//! The law exact-search: what a plan asks of a server, judged, is what judging the whole archive finds.

use super::archive::{Archive, ODD_UID, archive, policy, query};
use super::generate::Choices;
use super::qido_store::{Faults, Store, preset};
use fhir_dicomweb::search::{self, Ask, Class, Decision, End, Handling, Key, Plan, Residual, Server, Verdict, Why, servers};
use fhir_dicomweb::{Level, Options, Release, Study, Zone, dicom, row};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A fault of planning or of conversing, made on purpose: the law must catch each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// `limit` though something is left to be judged.
    LimitWithResidual,
    /// OR as one multi-valued key, which means AND, or nothing.
    OrInOneKey,
    /// The days of an instant are not widened.
    NoWidening,
    /// A person's name is pushed as it is written.
    NameWithCase,
    /// The issuer is not asked for.
    IssuerDropped,
    /// A key that was sent counts as matched.
    IgnoredKeyTrusted,
    /// `?` is sent where it stands for itself.
    QuestionWhereLiteral,
    /// Rows of series and instances that a filter let through are taken for all of a study.
    ChildRowsAsContent,
}

impl Mutant {
    pub const ALL: [Mutant; 8] = [
        Mutant::LimitWithResidual,
        Mutant::OrInOneKey,
        Mutant::NoWidening,
        Mutant::NameWithCase,
        Mutant::IssuerDropped,
        Mutant::IgnoredKeyTrusted,
        Mutant::QuestionWhereLiteral,
        Mutant::ChildRowsAsContent,
    ];
}

/// One conversation with one server.
struct Caller<'a> {
    store: &'a Store,
    faults: &'a Faults,
    server: &'a Server,
    options: &'a Options,
    mutant: Option<Mutant>,
}

type Row = Map<String, Value>;

impl Caller<'_> {
    /// All pages of a request; none if the server has no such resource.
    fn rows(&self, path: &str, query: &str) -> Option<Vec<Row>> {
        let mut rows: Vec<Row> = Vec::new();
        loop {
            let mut asked: Vec<String> = Some(query.to_owned()).filter(|query| !query.is_empty()).into_iter().collect();
            if self.server.end_signal() != End::OnePage && !query.starts_with("limit=1") {
                asked.extend(self.server.order_of_pages(path).map(String::from));
                asked.extend(self.server.limit_of_pages().map(|size| format!("limit={size}")));
                if !rows.is_empty() {
                    asked.push(format!("offset={}", rows.len()));
                }
            }
            let answer = self.store.get(path, &asked.join("&"), self.faults);
            if answer.status == 404 {
                return None;
            }
            assert!(matches!(answer.status, 200 | 204), "{path}?{}: {} {}", asked.join("&"), answer.status, answer.body);
            let body = if answer.body.is_empty() { "[]" } else { &answer.body };
            let page: Vec<Row> = serde_json::from_str(body).unwrap();
            let is_last = page.is_empty()
                || self.server.end_signal() == End::OnePage
                || self.server.end_signal() == End::NoWarning && answer.warning.is_none();
            rows.extend(page);
            if is_last || query.starts_with("limit=1") {
                return Some(rows);
            }
        }
    }

    fn includes(&self, level: Level) -> String {
        let tags = || {
            let parts = fhir_dicomweb::rows().filter(|row| row.level() <= level).flat_map(|row| row.parts());
            let tags: BTreeSet<u32> = parts.map(|part| part.sequence().unwrap_or_else(|| part.tag())).collect();
            let issuers = [0x0010_0021, 0x0010_0024];
            let tags = tags.into_iter().filter(|tag| self.mutant != Some(Mutant::IssuerDropped) || !issuers.contains(tag));
            tags.map(|tag| format!("{tag:08X}")).collect::<Vec<_>>().join(",")
        };
        match self.server_ask() {
            Ask::Tags => format!("includefield={}", tags()),
            Ask::All => "includefield=all".into(),
            _ => String::new(),
        }
    }

    fn server_ask(&self) -> Ask {
        self.server.asks()
    }

    /// What a study holds, down to a level: its rows, asked for by its UID.
    fn content(&self, uid: &str, level: Level) -> Vec<Study> {
        let mut reader = dicom::Reader::new(self.options.clone());
        let mut read = |rows: &[Row]| reader.push(serde_json::to_string(rows).unwrap().as_bytes()).unwrap();
        let study = self.rows("/studies", &join(&format!("StudyInstanceUID={uid}"), &self.includes(Level::Study))).unwrap_or_default();
        read(&study);
        if level >= Level::Series {
            let mut series = self.rows(&format!("/studies/{uid}/series"), &self.includes(Level::Series)).unwrap_or_default();
            series.iter_mut().for_each(|row| place(row, "0020000D", uid));
            read(&series);
            if level >= Level::Instance {
                for one in uids(&series, "0020000E") {
                    let path = format!("/studies/{uid}/series/{one}/instances");
                    let mut rows = self.rows(&path, &self.includes(Level::Instance)).unwrap_or_default();
                    rows.iter_mut().for_each(|row| place(row, "0020000D", uid));
                    rows.iter_mut().for_each(|row| place(row, "0020000E", &one));
                    read(&rows);
                }
            }
        }
        reader.finish().unwrap().ignore_loss()
    }

    /// The studies of a UID that match: their patients.
    fn matches(&self, plan: &Plan, uid: &str, children: &[Row]) -> BTreeSet<(String, String)> {
        let mut matching = BTreeSet::new();
        let mut level = plan.level();
        loop {
            let mut needed = level;
            matching.clear();
            let studies = if self.mutant == Some(Mutant::ChildRowsAsContent) && !children.is_empty() {
                dicom::read(serde_json::to_string(children).unwrap().as_bytes(), self.options).unwrap().ignore_loss()
            } else {
                self.content(uid, level)
            };
            for study in studies.iter().filter(|study| study.get(row::STUDY_UID) == Some(uid)) {
                match plan.residual().judge(study) {
                    Verdict::Yes => {
                        matching.insert(identity(study));
                    }
                    Verdict::No => {}
                    Verdict::Need(need) => needed = needed.max(need.level),
                }
            }
            if needed <= level || self.mutant == Some(Mutant::ChildRowsAsContent) {
                return matching;
            }
            level = needed;
        }
    }
}

/// What the path says: rows below a study need not repeat its UID (PS3.18 10.6.3.3).
fn place(row: &mut Row, tag: &str, uid: &str) {
    row.entry(tag).or_insert_with(|| serde_json::json!({"vr": "UI", "Value": [uid]}));
}

fn join(a: &str, b: &str) -> String {
    if b.is_empty() { a.into() } else { format!("{a}&{b}") }
}

fn identity(study: &Study) -> (String, String) {
    let patient = study.get(row::PATIENT_ID).map(|id| id.value.to_owned()).unwrap_or_default();
    (study.get(row::STUDY_UID).unwrap_or_default().to_owned(), patient)
}

fn uids(rows: &[Row], tag: &str) -> BTreeSet<String> {
    rows.iter().filter_map(|row| row.get(tag)?.get("Value")?.get(0)?.as_str()).map(str::to_owned).collect()
}

/// Whatever is asked, no request of any server holds anything but keys with values, and nothing shows a value.
pub fn well_formed(query: &search::Query) {
    let mut query = query.clone();
    for reference in query.references() {
        query.resolve(&reference, &[(None, "CANARY"), (Some("urn:p"), "P2&x=1")]);
    }
    for server in servers::all() {
        let Ok(plan) = search::plan(&query, &server, &Options::default()) else { continue };
        assert_well_formed(&plan);
        assert!(!format!("{plan:?}").contains("CANARY"));
        assert!(plan.requests().len() <= 200);
        assert_eq!(plan.decisions().len(), query.clauses().count());
        let is_never = plan.decisions().iter().any(|one| one.class == Class::Never);
        assert_eq!(plan.requests().is_empty(), is_never, "no request if, and only if, nothing can match");
    }
}

/// A form of request that nothing may ever have.
fn assert_well_formed(plan: &Plan) {
    for request in plan.requests() {
        let text = &request.query;
        assert!(text.is_ascii() && !text.bytes().any(|b| b.is_ascii_control() || b == b' '), "{text}");
        let mut names = BTreeSet::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').expect("a name and a value");
            assert!(!value.is_empty() && names.insert(name), "{text}");
            assert!(name == "includefield" || Key::ALL.iter().any(|key| key.keyword() == name), "{text}");
            assert!(!value.contains('*') && !value.contains('='), "{text}");
        }
        assert!(["/studies", "/series", "/instances"].contains(&request.path));
    }
}

/// What happens in one case.
pub struct Outcome {
    /// How many studies matched.
    pub matched: usize,
    /// Whether the plan asked for less than the archive.
    pub selected: bool,
}

/// The law, on the case that the bytes describe.
pub fn exact_search(bytes: &[u8], mutant: Option<Mutant>) -> Option<Outcome> {
    exact_search_of(None, bytes, mutant)
}

/// The law, of a query that is given; whether anything can be planned for it is its own matter.
pub fn exact_search_of(query_text: Option<&str>, bytes: &[u8], mutant: Option<Mutant>) -> Option<Outcome> {
    let c = &mut Choices(bytes);
    let presets: Vec<Server> = servers::all().collect();
    let mut server = presets[c.below(presets.len())].clone();
    let seed = c.below(256) as u64 * 256 + c.below(256) as u64;
    let faults = preset(server.id(), seed);
    let mut options = policy(c);
    options.paranoid = c.rarely(12);
    let release = c.pick(&[Release::R4, Release::R5]);
    let archive = archive(c);
    let text = query_text.map_or_else(|| query(c), str::to_owned);
    let Ok(mut query) = search::parse(&text, release, Handling::Lenient, &options.limits) else { return None };
    if query_text.is_some() {
        for reference in query.references() {
            query.resolve(&reference, &[]);
        }
    }
    query.resolve("Patient/1", &[(Some("urn:a"), "P1")]);
    query.resolve("Patient/2", &[(Some("urn:b"), "P2"), (None, "A,3"), (Some("urn:a"), "P10")]);
    query.resolve("Patient/3", &[]);
    if mutant == Some(Mutant::QuestionWhereLiteral) && server.id().starts_with("azure") {
        server = server.wildcards(search::Wildcards::AsQuestion);
    }
    // A promise about dates is kept: all rows are read by it.
    let promised = c.rarely(10);
    if promised {
        server = server.all_dates_in(Zone::Fixed(c.pick(&["+01:00", "-05:00", "+13:00"]).parse().unwrap()));
    }
    let plan = match search::plan(&query, &server, &options) {
        Err(error) if query_text.is_some() => {
            assert!(["too-costly", "unanswerable"].contains(&error.code()), "{error}");
            return None;
        }
        plan => plan.unwrap(),
    };
    assert_well_formed(&plan);
    let said = format!("{plan:?}");
    assert!(!["DE-4711", "A,3", "ACC-2024", "muller"].iter().any(|value| said.contains(value)), "{said}");
    let caller = Caller { store: &archive.store, faults: &faults, server: &server, options: &options, mutant };
    let selected = selected(&caller, &plan, &query, &text);
    let found = judged(&caller, &plan, &selected);
    // The truth has every attribute that there is; a promise is not told to it.
    let residual = (!promised).then(|| query.residual(&options).unwrap());
    check(&archive, &caller, (&plan, &query), residual.as_ref(), &text, &found);
    Some(Outcome {
        matched: found.len(),
        selected: plan.requests().iter().all(|request| !request.query.starts_with("includefield") && !request.query.is_empty()),
    })
}

/// Whether what somebody answers is what judging the archive finds: study UIDs with PatientIDs.
pub fn answered(
    archive: &Archive,
    server: &Server,
    faults: &Faults,
    options: &Options,
    query: &search::Query,
    text: &str,
    found: &BTreeSet<(String, String)>,
) {
    let caller = Caller { store: &archive.store, faults, server, options, mutant: None };
    let plan = search::plan(query, server, options).unwrap();
    check(archive, &caller, (&plan, query), Some(&query.residual(options).unwrap()), text, found);
}

/// The studies that the requests select, with the rows of series and instances that did.
fn selected(caller: &Caller<'_>, plan: &Plan, query: &search::Query, text: &str) -> Vec<(String, Vec<Row>)> {
    let mut out: Vec<(String, Vec<Row>)> = Vec::new();
    for (path, asked) in requests(caller, plan, query, text) {
        let rows = caller.rows(path, &asked).unwrap_or_else(|| {
            // A proxy need not have /series and /instances: then they are not asked.
            if path == "/studies" {
                return Vec::new();
            }
            let plan = search::plan(query, &without_children(caller.server), caller.options).unwrap();
            plan.requests().iter().flat_map(|request| caller.rows(request.path, &request.query).unwrap_or_default()).collect()
        });
        for row in rows {
            let Some(uid) = row.get("0020000D").and_then(|uid| uid["Value"][0].as_str()).map(str::to_owned) else { continue };
            let at = out.iter().position(|(known, _)| *known == uid).unwrap_or_else(|| {
                out.push((uid, Vec::new()));
                out.len() - 1
            });
            if path != "/studies" {
                out[at].1.push(row);
            }
        }
    }
    out
}

/// A proxy that has neither /series nor /instances.
fn without_children(server: &Server) -> Server {
    let below = [Key::SeriesInstanceUid, Key::SopInstanceUid, Key::SopClassUid, Key::Modality];
    below.iter().fold(server.clone(), |server, key| server.keeping(*key))
}

/// The requests, as the mutant has them.
fn requests(caller: &Caller<'_>, plan: &Plan, query: &search::Query, text: &str) -> Vec<(&'static str, String)> {
    let mut requests: Vec<(&'static str, String)> = plan.requests().iter().map(|one| (one.path, one.query.clone())).collect();
    match caller.mutant {
        Some(Mutant::LimitWithResidual) if plan.decisions().iter().any(|one| one.class != Class::Exact) => {
            requests.iter_mut().for_each(|(_, query)| *query = join("limit=1", query));
        }
        Some(Mutant::OrInOneKey) if requests.len() > 1 => {
            let value = |query: &str| query.split('&').find_map(|pair| Some(pair.strip_prefix("ModalitiesInStudy=")?.to_owned()));
            let values: Vec<String> = requests.iter().filter_map(|(_, query)| value(query)).collect();
            if let (Some(first), true) = (values.first(), values.len() == requests.len()) {
                let joined = values.join("%5C");
                requests.truncate(1);
                requests[0].1 = requests[0].1.replace(&format!("ModalitiesInStudy={first}"), &format!("ModalitiesInStudy={joined}"));
            }
        }
        Some(Mutant::NoWidening) => {
            // As if all records were promised to be in UTC.
            let narrow = caller.server.clone().all_dates_in(Zone::Fixed("+00:00".parse().unwrap()));
            let narrow = search::plan(query, &narrow, caller.options).unwrap();
            return narrow.requests().iter().map(|one| (one.path, one.query.clone())).collect();
        }
        Some(Mutant::ChildRowsAsContent) => {
            let all = caller.includes(Level::Instance);
            for (path, query) in requests.iter_mut().filter(|(path, _)| *path != "/studies") {
                let all = if *path == "/series" { caller.includes(Level::Series) } else { all.clone() };
                *query = query.replace("includefield=0020000D", &all);
            }
        }
        Some(Mutant::NameWithCase) => {
            let family = text.split('&').find_map(|pair| pair.strip_prefix("patient.family="));
            if let Some(name) = family.filter(|name| !name.contains(',')) {
                requests
                    .iter_mut()
                    .filter(|(path, _)| *path == "/studies")
                    .for_each(|(_, query)| *query = join(&format!("PatientName={name}*"), query));
            }
        }
        _ => {}
    }
    requests
}

fn judged(caller: &Caller<'_>, plan: &Plan, selected: &[(String, Vec<Row>)]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let all_sent = plan.decisions().iter().all(|one| one.class == Class::Exact);
    for (uid, children) in selected {
        if caller.mutant == Some(Mutant::IgnoredKeyTrusted) && all_sent {
            found.extend(caller.content(uid, Level::Study).iter().map(identity));
        } else {
            found.extend(caller.matches(plan, uid, children));
        }
    }
    found
}

fn check(
    archive: &Archive,
    caller: &Caller<'_>,
    (plan, query): (&Plan, &search::Query),
    residual: Option<&Residual>,
    text: &str,
    found: &BTreeSet<(String, String)>,
) {
    let honest = Caller { mutant: None, ..*caller };
    let everything = Value::from(archive.store.instances.iter().cloned().map(Value::Object).collect::<Vec<_>>());
    let truth = dicom::read(everything.to_string().as_bytes(), caller.options).unwrap().ignore_loss();
    let place = || format!("{text} on {} ({:?})", caller.server.id(), plan.decisions());
    let assumes = |one: &Decision| one.whys.contains(&Why::AssumesConformantStore);
    let instead = search::plan(query, &without_children(caller.server), caller.options).unwrap();
    let assumed = plan.decisions().iter().chain(instead.decisions()).any(assumes);
    // What a server is said to refuse is not asked for, and told.
    let is_refused = |uid: &str| uid == ODD_UID && caller.server.id().starts_with("azure");
    let may_miss = |uid: &str| (archive.dirty.contains(uid) || uid == ODD_UID) && assumed || is_refused(uid);
    let mut all = BTreeSet::new();
    for study in &truth {
        let uid = study.get(row::STUDY_UID).unwrap();
        all.insert(uid.to_owned());
        // What is found is true: nobody is shown the images of someone else.
        let is_one = truth.iter().filter(|other| other.get(row::STUDY_UID) == Some(uid)).count() == 1;
        if found.iter().any(|(known, _)| known == uid) && is_one {
            let verdict = residual.map(|residual| residual.judge(study));
            assert_ne!(verdict, Some(Verdict::No), "extra: {uid} for {}", place());
        }
        // What is true is found, where the server returns what it is asked for.
        let tells =
            ["ps3.18-baseline", "orthanc-1.10-debian", "orthanc-1.10", "orthanc-1.12", "dcm4chee-arc-5"].contains(&caller.server.id());
        let verdict = residual.map(|residual| residual.judge(study));
        if tells && verdict == Some(Verdict::Yes) && is_one && !found.iter().any(|(known, _)| known == uid) {
            let said = |one: &Decision| one.whys.iter().any(|why| matches!(why, Why::IssuerUnknown | Why::Unanswerable));
            let excused = plan.decisions().iter().any(said) || may_miss(uid);
            assert!(excused, "missing: {uid} for {} in {everything}", place());
        }
    }
    // What matches, as far as the server lets it be seen, is found.
    for uid in all {
        let matching = honest.matches(plan, &uid, &[]);
        let missing: Vec<_> = matching.difference(found).collect();
        assert!(missing.is_empty() || may_miss(&uid), "missing: {missing:?} for {} in {everything}", place());
    }
}
