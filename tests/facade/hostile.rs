//! What a hostile reader of the code found, so that it stays mended.

use crate::archive::{Facade, Reply, config, store};
use crate::failures::with;
use crate::support::facade_driver::{Said, talk};
use crate::support::generate::Choices;
use crate::support::qido_store::preset;
use fhir_dicomweb::facade::Incoming;
use fhir_dicomweb::search::{End, Server, servers};
use fhir_dicomweb::{Listing, Subject};
use serde_json::{Value, json};

pub fn row(pairs: &[(&str, &str, &str)]) -> Value {
    pairs.iter().map(|(tag, vr, text)| ((*tag).to_owned(), json!({"vr": vr, "Value": [text]}))).collect::<serde_json::Map<_, _>>().into()
}

pub fn rows(rows: &[Value]) -> Said {
    Said::of(200, Value::from(rows).to_string())
}

/// A study row.
pub fn study(uid: &str, patient: &str, issuer: Option<&str>, name: &str) -> Value {
    let mut pairs = vec![("0020000D", "UI", uid), ("00100020", "LO", patient), ("00080061", "CS", "CT")];
    pairs.extend(issuer.map(|issuer| ("00100021", "LO", issuer)));
    let mut row = row(&pairs);
    row["00100010"] = json!({"vr": "PN", "Value": [{"Alphabetic": name}]});
    row
}

pub fn series(uid: &str, more: &[(&str, &str, &str)]) -> Value {
    row(&[&[("0020000E", "UI", uid), ("00080060", "CS", "CT")], more].concat())
}

/// A conversation with a server of which nothing but its rows is told.
pub fn asked(
    server: Server,
    change: impl FnOnce(&mut fhir_dicomweb::facade::Config),
    target: &str,
    pacs: impl FnMut(&str, &str) -> Said,
) -> Reply {
    let mut config = config(server);
    config.enumerate = true;
    change(&mut config);
    let incoming = Incoming { method: "GET", target, headers: &[], body: &[] };
    let mut pacs = pacs;
    let outcome = talk(&config, &incoming, &mut pacs, &mut Choices(&[]));
    Reply::of(outcome, config.release)
}

pub fn told(reply: &Reply, text: &str) -> bool {
    reply.issues().iter().any(|issue| issue["details"]["text"].as_str().is_some_and(|found| found.contains(text)))
}

/// Two people of one number whose issuers nobody tells are not one Patient.
pub fn one_number_two_people() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "1001", None, "DOE^JANE"), study("2.999.2", "1001", None, "ROE^RICHARD")]),
        _ => rows(&[]),
    };
    let target = "ImagingStudy?patient.identifier=1001&_include=ImagingStudy:patient";
    let reply = asked(servers::orthanc_1_12(), |config| config.listing = Listing::Study, target, pacs);
    let patients = reply.entries("include");
    for (study, family) in reply.entries("match").into_iter().zip(["DOE", "ROE"]) {
        let id = study["subject"]["reference"].as_str().unwrap().trim_start_matches("Patient/");
        let own: Vec<&&Value> = patients.iter().filter(|patient| patient["id"] == id).collect();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0]["name"][0]["family"], family, "{}", reply.body);
    }
}

/// One UID, one number, two issuers, and series that do not say whose they are: they are nobody's.
pub fn series_of_two_issuers() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "P1", Some("ISS1"), "A"), study("2.999.1", "P1", Some("ISS2"), "B")]),
        "/studies/2.999.1/series" => {
            rows(&[series("2.999.1.1", &[("00100020", "LO", "P1")]), series("2.999.1.2", &[("00100020", "LO", "P1")])])
        }
        _ => rows(&[]),
    };
    let reply = asked(servers::orthanc_1_12(), |_| (), "ImagingStudy?patient.identifier=P1", pacs);
    assert_eq!(reply.studies(), ["2.999.1", "2.999.1"]);
    assert!(reply.entries("match").iter().all(|study| study["series"].is_null() && study["contained"].is_null()), "{}", reply.body);
    assert!(told(&reply, "more than one patient"));
    asked(servers::orthanc_1_12(), |_| (), "ImagingStudy/2.999.1", pacs).fails(409);
}

/// A row of another study below a study's path is in no series of that study.
pub fn rows_of_another_study() {
    let pacs = |path: &str, query: &str| match path {
        "/studies" if query.contains("2.999.1") => rows(&[study("2.999.1", "P1", None, "A")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        "/studies/2.999.1/series/2.999.1.1/instances" => {
            rows(&[row(&[("0020000D", "UI", "2.999.2"), ("00080018", "UI", "2.999.2.9")]), row(&[("00080018", "UI", "2.999.1.9")])])
        }
        _ => rows(&[]),
    };
    let unknown = Server::unknown().paged(None, End::OnePage);
    let reply = asked(unknown, |_| (), "ImagingStudy/2.999.1", pacs);
    assert_eq!(reply.body["series"].as_array().map(Vec::len), Some(1), "{}", reply.body);
    assert_eq!(reply.body["series"][0]["instance"].as_array().map(Vec::len), Some(1), "{}", reply.body);
    assert_eq!(reply.body["series"][0]["instance"][0]["uid"], "2.999.1.9");
}

/// What is left out never takes with it whose study it is.
pub fn whose_study_it_is() {
    let pacs = |path: &str, _: &str| if path == "/studies" { rows(&[study("2.999.1", "P1", None, "A^B")]) } else { rows(&[]) };
    for wish in ["_elements=identifier", "_summary=text"] {
        let contained = |config: &mut fhir_dicomweb::facade::Config| config.options.subject = Subject::Contained;
        let reply = asked(servers::orthanc_1_12(), contained, &format!("ImagingStudy?_id=2.999.1&{wish}"), pacs);
        assert_eq!(reply.entries("match")[0]["subject"]["identifier"]["value"], "P1", "{}", reply.body);
    }
    // A read has no entries beside it: what would stand there stands in the study.
    let separate = |config: &mut fhir_dicomweb::facade::Config| config.options.subject = Subject::Separate;
    let reply = asked(servers::orthanc_1_12(), separate, "ImagingStudy/2.999.1?_include=ImagingStudy:patient", |path, query| {
        if path.ends_with("/series") { rows(&[series("2.999.1.1", &[])]) } else { pacs(path, query) }
    });
    assert_eq!((&reply.body["subject"]["reference"], &reply.body["contained"][0]["resourceType"]), (&json!("#patient"), &json!("Patient")));
}

/// A page ends where the requests that are left do not suffice, and says where it goes on.
pub fn pages_within_bounds() {
    let many: String = (0..30).map(|n| format!("study 2.999.5.{n}: PatientID=P1; StudyDate=20240101\n series 2.999.5.{n}.1: Modality=CT\n instance 2.999.5.{n}.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.2\n")).collect();
    for server in ["ps3.18-baseline", "google-healthcare", "azure-dicom-v1", "orthanc-1.10"] {
        let mut facade = Facade::over(server, 3, store(&many));
        (facade.config.most, facade.config.options.limits.requests) = (100, 60);
        let (mut target, mut found, mut pages) = ("ImagingStudy?patient.identifier=P1&_count=100".to_owned(), Vec::new(), 0);
        loop {
            let reply = facade.get(&target);
            found.extend(reply.studies());
            pages += 1;
            assert!(pages < 40);
            match reply.link("next") {
                Some(next) => target = next.to_owned(),
                None => break,
            }
        }
        found.sort();
        found.dedup();
        assert_eq!((found.len(), pages > 1), (30, true), "{server}: {pages} pages");
    }
}

/// The form of an answer stays the same from page to page, however it was chosen.
pub fn links_keep_the_format() {
    let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(5));
    for wish in ["_format=application/fhir%2Bjson;fhirVersion%3D5.0", "_format=json"] {
        let headers = [("Accept", "application/fhir+json; fhirVersion=5.0")];
        let first = facade.send("GET", &format!("ImagingStudy?patient.identifier=P250&_count=2&{wish}"), &headers, "");
        let next = first.link("next").unwrap().to_owned();
        assert!(next.contains("_format="), "{next}");
        let second = facade.send("GET", &next, &headers[..usize::from(wish.ends_with("json"))], "");
        assert_eq!(second.studies().len(), 2, "{}", second.short());
    }
}

/// Rows that cannot be used are told, and never read as "there is nothing".
pub fn rows_of_no_study() {
    let long = "1.".repeat(40) + "1";
    let reply = asked(
        servers::orthanc_1_12(),
        |_| (),
        "ImagingStudy?patient.identifier=P1",
        |path, _| match path {
            "/studies" => rows(&[study(&long, "P1", None, "A")]),
            _ => rows(&[]),
        },
    );
    assert!(reply.studies().is_empty() && reply.body["total"].is_null() && told(&reply, "of no study"), "{}", reply.body);
    // Series that do not say of which study they are select none: studies are asked for instead.
    let google = asked(
        servers::google_healthcare(),
        |_| (),
        "ImagingStudy?modality=CT",
        |path, query| match path {
            _ if query.contains("offset") => rows(&[]),
            "/series" => rows(&[series("2.999.1.1", &[])]),
            "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
            "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
            _ => rows(&[]),
        },
    );
    assert_eq!(google.studies(), ["2.999.1"]);
}

/// What is counted and not listed is told; no answer to a question that a server does not know is taken for "there is nothing".
pub fn lists_that_are_short() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => {
            let mut row = study("2.999.1", "P1", None, "A");
            row["00201208"] = json!({"vr": "IS", "Value": [2]});
            rows(&[row])
        }
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        "/studies/2.999.1/instances" => Said::of(204, ""),
        "/studies/2.999.1/series/2.999.1.1/instances" => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
        _ => Said::of(404, ""),
    };
    let reply = asked(servers::orthanc_1_12(), |_| (), "ImagingStudy?_id=2.999.1", pacs);
    assert_eq!(reply.entries("match")[0]["series"][0]["instance"].as_array().map(Vec::len), Some(1), "{}", reply.body);
    assert!(told(&reply, "counts more of a study than it lists"), "{}", reply.body);
    // One page that says that there is more.
    let capped = asked(
        servers::orthanc_1_12(),
        |config| config.listing = Listing::Study,
        "ImagingStudy?patient.identifier=P1",
        |path, query| pacs(path, query).with("Warning", "199 a \"x\", 299 b: There are 5 additional results that can be requested"),
    );
    assert!(capped.body["total"].is_null() && told(&capped, "more rows than it gives"), "{}", capped.body);
}

/// A full page is not the last because a warning got lost on its way.
pub fn a_lost_warning() {
    let many: Vec<Value> = (0..1500).map(|n| study(&format!("2.999.7.{n}"), "P1", None, "A")).collect();
    let reply = asked(
        servers::dcm4chee_arc_5(),
        |config| config.listing = Listing::Study,
        "ImagingStudy?patient.identifier=P1&_summary=count",
        |_, query| {
            let offset = query.split("offset=").nth(1).map_or(0, |text| text.parse::<usize>().unwrap());
            rows(&many[offset..many.len().min(offset + 1000)])
        },
    );
    assert_eq!(reply.body["total"], 1500);
}

/// Our own Endpoint is known without asking anybody.
pub fn our_own_endpoint() {
    let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(2));
    let listed = facade.get("Endpoint");
    let id = listed.entries("match")[0]["id"].as_str().unwrap().to_owned();
    for reference in [format!("Endpoint/{id}"), format!("https://fhir.example.org/r/Endpoint/{id}")] {
        let reply = facade.get(&format!("ImagingStudy?patient.identifier=P250&endpoint={reference}"));
        assert!(reply.outcome.references.is_empty());
        assert_eq!(reply.studies().len(), 2);
    }
}

/// A long `_sort` and a server that answers everything with everything cost no more than they are worth.
pub fn excess() {
    let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(60));
    let keys = ["started", "-_id", "identifier"].join(",");
    let long = vec![keys; 20_000].join(",");
    assert_eq!(facade.get(&format!("ImagingStudy?patient.identifier=P250&_sort={long}")).studies().len(), 20);
    let all = &crate::archive::many(60);
    let facade = Facade::new(config(servers::static_dicomweb()), preset("static-dicomweb", 1), store(""));
    let reply = with(&facade, "ImagingStudy/2.999.2.7", &mut |path, query, _| {
        let answer = all.get(path, &query.replace("StudyInstanceUID", "x"), &preset("static-dicomweb", 1));
        Said::of(answer.status, answer.body)
    });
    assert_eq!((reply.status(), &reply.body["id"]), (200, &json!("2.999.2.7")));
}
