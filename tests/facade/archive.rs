//! Archives written down in lines, and what is read off an answer.

use crate::support::facade_driver::{Outcome, Said, model, talk};
use crate::support::generate::Choices;
use crate::support::qido_store::{Data, Faults, Store, preset};
use fhir_dicomweb::facade::{Config, Incoming};
use fhir_dicomweb::search::Server;
use fhir_dicomweb::{Options, Release};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// The attributes that archives here have. The tests do not look them up in the crate, whose table they test.
const ATTRIBUTES: &str = "00080016 SOPClassUID UI|00080020 StudyDate DA|00080021 SeriesDate DA|00080030 StudyTime TM|00080031 SeriesTime TM
00080050 AccessionNumber SH|00080060 Modality CS|00080090 ReferringPhysicianName PN|00080096 ReferringPhysicianIdentificationSequence SQ
00080201 TimezoneOffsetFromUTC SH|00081030 StudyDescription LO|00081032 ProcedureCodeSequence SQ|0008103E SeriesDescription LO
00081050 PerformingPhysicianName PN|00081052 PerformingPhysicianIdentificationSequence SQ|00081060 NameOfPhysiciansReadingStudy PN
00100010 PatientName PN|00100020 PatientID LO|00100021 IssuerOfPatientID LO|00100024 IssuerOfPatientIDQualifiersSequence SQ
00100030 PatientBirthDate DA|00100040 PatientSex CS|00180015 BodyPartExamined CS|00200010 StudyID SH|00200011 SeriesNumber IS
00200013 InstanceNumber IS|00200060 Laterality CS|00380010 AdmissionID LO|00400275 RequestAttributesSequence SQ
00401012 ReasonForPerformedProcedureCodeSequence SQ|00082218 AnatomicRegionSequence SQ";

/// Tag and VR of a keyword.
pub fn attribute(keyword: &str) -> (&'static str, &'static str) {
    let mut entries = ATTRIBUTES.split(['|', '\n']).map(|line| line.split(' ').collect::<Vec<_>>());
    let entry = entries.find(|entry| entry[1] == keyword).unwrap_or_else(|| panic!("no attribute {keyword} here"));
    (entry[0], entry[2])
}

fn put(data: &mut Data, pair: &str) {
    let (keyword, text) = pair.split_once('=').unwrap_or_else(|| panic!("no value in {pair}"));
    let (tag, vr) = attribute(keyword);
    let value = match vr {
        "SQ" => serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}")),
        "IS" => json!([text.parse::<u32>().unwrap()]),
        "PN" => match text.split_once('=') {
            Some((letters, ideographs)) => json!([{"Alphabetic": letters, "Ideographic": ideographs}]),
            None => json!([{"Alphabetic": text}]),
        },
        _ => json!([text]),
    };
    data.insert(tag.to_owned(), json!({"vr": vr, "Value": value}));
}

/// An archive out of lines `study UID: A=x; B=y`, `series UID: ...`, `instance UID: ...`; what stands deeper is below what stands before.
pub fn store(text: &str) -> Store {
    let (mut study, mut series, mut instances) = (Data::new(), Data::new(), Vec::new());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (head, pairs) = line.split_once(':').unwrap();
        let (level, uid) = head.split_once(' ').unwrap();
        let (mut data, tag) = match level {
            "study" => (Data::new(), "0020000D"),
            "series" => (study.clone(), "0020000E"),
            "instance" => (series.clone(), "00080018"),
            other => panic!("{other}"),
        };
        data.insert(tag.to_owned(), json!({"vr": "UI", "Value": [uid]}));
        pairs.split(';').map(str::trim).filter(|pair| !pair.is_empty()).for_each(|pair| put(&mut data, pair));
        match level {
            "study" => study = data,
            "series" => series = data,
            _ => instances.push(data),
        }
    }
    Store { instances }
}

/// One of many studies of a patient: one series, one instance.
pub fn many(count: usize) -> Store {
    let lines = (0..count).map(|n| {
        let (name, modality) = (if n % 10 == 3 { "Roe^Jane" } else { "Doe^Jane" }, if n % 2 == 0 { "CT" } else { "MR" });
        let date = format!("2024{:02}{:02}", 1 + n / 28 % 12, 1 + n % 28);
        format!(
            "study 2.999.2.{n}: PatientID=P250; IssuerOfPatientID=ISS1; PatientName={name}; StudyDate={date}; AccessionNumber=N{n}
             series 2.999.2.{n}.1: Modality={modality}
             instance 2.999.2.{n}.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.2\n"
        )
    });
    store(&lines.collect::<String>())
}

/// A facade with the namespaces and addresses of these tests, over a server.
pub fn config(server: Server) -> Config {
    let mut options = Options::default();
    options.namespaces = vec![("ISS1".into(), "urn:a".into()), ("ISS2".into(), "urn:b".into())];
    options.study_id_system = Some("urn:sid".into());
    options.endpoint_base = Some("https://pacs.example.org/dicom-web".into());
    options.fhir_base = Some("https://fhir.example.org/r".into());
    Config::new(server, options)
}

/// A facade, and the server behind it.
pub struct Facade {
    pub config: Config,
    pub faults: Faults,
    pub store: Store,
    /// What the server said before: it says it again.
    said: RefCell<BTreeMap<String, Said>>,
}

impl Facade {
    /// Over the model of a preset.
    pub fn over(server: &str, seed: u64, store: Store) -> Facade {
        Facade::new(config(server.parse().unwrap()), preset(server, seed), store)
    }

    pub fn new(config: Config, faults: Faults, store: Store) -> Facade {
        Facade { config, faults, store, said: RefCell::default() }
    }

    pub fn get(&self, target: &str) -> Reply {
        self.send("GET", target, &[], "")
    }

    /// All pages of an answer, by their links.
    pub fn pages(&self, first: &str) -> Vec<Reply> {
        let mut pages = vec![self.get(first)];
        while let Some(next) = pages.last().unwrap().link("next").map(str::to_owned) {
            // The link is the client's to follow as it is: our address, then the path that comes in.
            pages.push(self.get(next.strip_prefix("https://fhir.example.org").unwrap_or(&next)));
            assert!(pages.len() < 300, "pages for ever");
        }
        pages
    }

    pub fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let incoming = Incoming { method, target, headers: &headers, body: body.as_bytes() };
        let mut model = model(&self.store, &self.faults);
        let mut said = self.said.borrow_mut();
        let mut again = |path: &str, query: &str| said.entry(format!("{path}?{query}")).or_insert_with(|| model(path, query)).clone();
        let outcome = talk(&self.config, &incoming, &mut again, &mut Choices(&[]));
        Reply::of(outcome, self.config.release)
    }
}

/// What a client got.
pub struct Reply {
    pub outcome: Outcome,
    pub body: Value,
}

impl Reply {
    /// `release`: the one that was to be answered in. Kept for the validator.
    pub fn of(outcome: Outcome, release: Release) -> Reply {
        let text = outcome.response.body.as_str();
        let body: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert!(body["resourceType"].is_string(), "{text}");
        // An answer says in which release it is, where it can be told.
        let said = header(&outcome, "Content-Type").unwrap_or_default();
        assert!(said.starts_with("application/fhir+json"), "{said}");
        let release = said
            .split_once("fhirVersion=")
            .and_then(|(_, version)| Release::ALL.into_iter().find(|release| release.version().starts_with(version.trim_matches('"'))))
            .unwrap_or(release);
        COLLECTED.lock().unwrap().entry(release).or_default().insert(text.to_owned());
        Reply { outcome, body }
    }

    pub fn status(&self) -> u16 {
        self.outcome.response.status
    }

    /// The studies of the Bundle, in order.
    pub fn studies(&self) -> Vec<String> {
        assert_eq!(
            (self.status(), &self.body["resourceType"], &self.body["type"]),
            (200, &json!("Bundle"), &json!("searchset")),
            "{}",
            self.body
        );
        self.entries("match").into_iter().map(uid_of).collect()
    }

    pub fn entries(&self, mode: &str) -> Vec<&Value> {
        let entries = self.body["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
        entries.iter().filter(|entry| entry["search"]["mode"] == mode).map(|entry| &entry["resource"]).collect()
    }

    pub fn link(&self, relation: &str) -> Option<&str> {
        self.body["link"].as_array()?.iter().find(|link| link["relation"] == relation)?["url"].as_str()
    }

    /// The issues of an OperationOutcome, or of the one in the Bundle.
    pub fn issues(&self) -> Vec<&Value> {
        let outcomes = if self.body["resourceType"] == "OperationOutcome" { vec![&self.body] } else { self.entries("outcome") };
        outcomes.iter().flat_map(|outcome| outcome["issue"].as_array().unwrap()).collect()
    }

    /// The answer is this error, as FHIR says errors.
    #[track_caller]
    pub fn fails(&self, status: u16) -> &Reply {
        assert_eq!(self.status(), status, "{}", self.short());
        assert_eq!(self.body["resourceType"], "OperationOutcome", "{}", self.short());
        assert!(self.issues().iter().any(|issue| issue["severity"] == "error" || issue["severity"] == "fatal"), "{}", self.short());
        self
    }

    /// The beginning of the answer, for messages.
    pub fn short(&self) -> String {
        self.body.to_string().chars().take(600).collect()
    }
}

pub fn header<'a>(outcome: &'a Outcome, name: &str) -> Option<&'a str> {
    outcome.response.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

pub fn uid_of(study: &Value) -> String {
    assert_eq!(study["identifier"][0]["system"], "urn:dicom:uid", "{study}");
    study["identifier"][0]["value"].as_str().unwrap().trim_start_matches("urn:oid:").to_owned()
}

/// Every answer of every test, for the validator: each once.
pub static COLLECTED: Mutex<BTreeMap<Release, BTreeSet<String>>> = Mutex::new(BTreeMap::new());
