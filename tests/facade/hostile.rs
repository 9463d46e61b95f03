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

fn row(pairs: &[(&str, &str, &str)]) -> Value {
    pairs.iter().map(|(tag, vr, text)| ((*tag).to_owned(), json!({"vr": vr, "Value": [text]}))).collect::<serde_json::Map<_, _>>().into()
}

fn rows(rows: &[Value]) -> Said {
    Said::of(200, Value::from(rows).to_string())
}

/// A study row.
fn study(uid: &str, patient: &str, issuer: Option<&str>, name: &str) -> Value {
    let mut pairs = vec![("0020000D", "UI", uid), ("00100020", "LO", patient), ("00080061", "CS", "CT")];
    pairs.extend(issuer.map(|issuer| ("00100021", "LO", issuer)));
    let mut row = row(&pairs);
    row["00100010"] = json!({"vr": "PN", "Value": [{"Alphabetic": name}]});
    row
}

fn series(uid: &str, more: &[(&str, &str, &str)]) -> Value {
    row(&[&[("0020000E", "UI", uid), ("00080060", "CS", "CT")], more].concat())
}

/// A conversation with a server of which nothing but its rows is told.
fn asked(
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

fn told(reply: &Reply, text: &str) -> bool {
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

/// An archive that says otherwise of studies when they are shown moves no page, and breaks no order.
pub fn an_order_stays_one() {
    let uid = |n: usize| format!("2.999.8.{n}");
    let of = |path: &str| -> usize { path.split('/').nth(2).and_then(|uid| uid.rsplit('.').next()).map_or(0, |n| n.parse().unwrap()) };
    let mut times: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    let reply = asked(
        servers::orthanc_1_12(),
        |config| {
            (config.page, config.most, config.listing) = (100, 100, Listing::Instances);
            config.options.limits.requests = 10_000;
        },
        "ImagingStudy?patient.identifier=P1&bodysite=http://snomed.info/sct|816094009&_sort=started&_count=100",
        |path, query| {
            if path == "/studies" {
                let day = |n: usize| format!("202401{:02}", 1 + n * 7 % 25);
                let row = |n: usize| {
                    let mut row = study(&uid(n), "P1", None, "A");
                    row["00080020"] = json!({"vr": "DA", "Value": [day(n)]});
                    row
                };
                let asked = (0..25).filter(|n| !query.contains("StudyInstanceUID") || query.contains(&uid(*n)));
                return rows(&asked.map(row).collect::<Vec<_>>());
            }
            let time = times.entry(path.to_owned()).or_insert(0);
            *time += 1;
            let part = if *time > 1 && of(path) % 3 == 0 { "HEAD" } else { "CHEST" };
            match path.rsplit('/').next().unwrap() {
                "series" => rows(&[series(&format!("{}.1", uid(of(path))), &[("00180015", "CS", part)])]),
                _ => rows(&[row(&[("00080018", "UI", &format!("{}.1.1", uid(of(path))))])]),
            }
        },
    );
    let days: Vec<&str> = reply.entries("match").iter().map(|study| study["started"].as_str().unwrap()).collect();
    assert!(days.is_sorted() && days.len() == 16, "{days:?}");
    assert!(told(&reply, "do not by what they hold"), "{}", reply.body);
}

/// What is below a study and cannot be had may decide otherwise.
pub fn what_cannot_be_had() {
    let cut = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[("00180015", "CS", "CHEST")])]).with("Warning", "299 a: there are more"),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
    };
    for query in ["bodysite=http://snomed.info/sct|69536005", "bodysite:not=http://snomed.info/sct|69536005", "series=2.999.1.2"] {
        let reply = asked(Server::unknown().paged(None, End::OnePage), |_| (), &format!("ImagingStudy?patient.identifier=P1&{query}"), cut);
        assert!(reply.studies().is_empty() && told(&reply, "does not tell what decides"), "{query}: {}", reply.body);
    }
    let reply = asked(
        Server::unknown().paged(None, End::OnePage),
        |_| (),
        "ImagingStudy?patient.identifier=P1&bodysite=http://snomed.info/sct|816094009",
        cut,
    );
    assert_eq!(reply.studies(), ["2.999.1"]);
    // A resource alone has no place to tell it: the header has.
    let reply = asked(Server::unknown().paged(None, End::OnePage), |_| (), "ImagingStudy/2.999.1", cut);
    let warning = crate::archive::header(&reply.outcome, "Warning").unwrap_or_default();
    assert!(reply.status() == 200 && warning.starts_with("299 - \"incomplete: "), "{:?}", reply.outcome.response.headers);
    let whole = asked(
        Server::unknown().paged(None, End::OnePage),
        |_| (),
        "ImagingStudy/2.999.1",
        |path, query| {
            let said = cut(path, query);
            Said::of(said.status, said.body)
        },
    );
    assert_eq!(crate::archive::header(&whole.outcome, "Warning"), None);
}

/// An include that chosen elements leave nothing of is told.
pub fn includes_of_what_is_not_written() {
    let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(2));
    let of = |more: &str| facade.get(&format!("ImagingStudy?patient.identifier=P250{more}"));
    for more in ["&_elements=referrer&_include=ImagingStudy:referrer", "&_include=ImagingStudy:endpoint&_elements=started"] {
        assert!(told(&of(more), "with the elements that were asked for not all is"), "{more}");
    }
    for more in
        ["&_elements=referrer&_include=ImagingStudy:patient", "&_include=ImagingStudy:endpoint&_elements=endpoint", "&_summary=true"]
    {
        assert!(!told(&of(more), "with the elements that were asked for not all is"), "{more}");
    }
}

/// Whose images they are is not known where one answer names two patients and the next only one of them.
pub fn one_of_two_patients() {
    let pacs = |path: &str, query: &str| match path {
        "/studies" if query.contains("StudyInstanceUID=") => rows(&[study("2.999.1", "P1", None, "A")]),
        "/studies" => rows(&[study("2.999.1", "P1", None, "A"), study("2.999.1", "P2", None, "B")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
    };
    let reply = asked(servers::static_dicomweb(), |_| (), "ImagingStudy?modality=CT", pacs);
    assert!(reply.studies().is_empty() && told(&reply, "more than one patient"), "{}", reply.body);
    // The ids of its two records are others; who asks for the study's hears of it.
    let both = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "P1", None, "A"), study("2.999.1", "P2", None, "B")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
    };
    let reply = asked(servers::orthanc_1_12(), |_| (), "ImagingStudy?_id=2.999.1", both);
    assert!(reply.studies().is_empty() && told(&reply, "more than one patient"), "{}", reply.body);
}

/// An answer that is cut is refused, however much else is to be told of it.
pub fn what_is_cut_among_a_thousand_losses() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => {
            let mut row = study("2.999.1", "P1", None, "A");
            for n in 0..1_100 {
                row[format!("{:04X}{:04X}", 9 + 2 * n, 16)] = json!({"vr": "LO", "Value": ["x"]});
            }
            rows(&[row])
        }
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&(0..500).map(|n| row(&[("00080018", "UI", &format!("2.999.1.9.{n}"))])).collect::<Vec<_>>()),
    };
    for target in ["ImagingStudy/2.999.1", "ImagingStudy?_id=2.999.1"] {
        let whole = asked(servers::orthanc_1_12(), |config| config.listing = Listing::Instances, target, pacs);
        assert_eq!(whole.status(), 200, "{}", whole.short());
        let cut = |config: &mut fhir_dicomweb::facade::Config| {
            config.listing = Listing::Instances;
            config.options.limits.output_bytes = 3_000;
        };
        let reply = asked(servers::orthanc_1_12(), cut, target, pacs);
        assert!(reply.status() >= 400 && reply.body["resourceType"] == "OperationOutcome", "{}", reply.short());
    }
}

/// A status that says that the answer is a part is heard, as is a warning without rows.
pub fn parts_of_answers() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => Said::of(206, Value::from(vec![study("2.999.1", "P1", None, "A")]).to_string()),
        _ => rows(&[]),
    };
    let study_only = |config: &mut fhir_dicomweb::facade::Config| {
        config.listing = Listing::Study;
        config.options.listing = Listing::Study;
    };
    let partial = asked(Server::unknown().paged(None, End::OnePage), study_only, "ImagingStudy?patient.identifier=P1", pacs);
    assert!(partial.body["total"].is_null() && told(&partial, "more rows than it gives"), "{}", partial.body);
    let none = |_: &str, _: &str| rows(&[]).with("Warning", "299 a: there are more");
    let empty = asked(Server::unknown().paged(None, End::OnePage), study_only, "ImagingStudy?patient.identifier=P1", none);
    assert!(empty.body["total"].is_null() && told(&empty, "more rows than it gives"), "{}", empty.body);
    asked(Server::unknown().paged(None, End::OnePage), study_only, "ImagingStudy/2.999.1", none).fails(502);
    let one = asked(Server::unknown().paged(None, End::OnePage), study_only, "ImagingStudy/2.999.1", pacs);
    assert_eq!(one.status(), 200, "{}", one.short());
}

/// A part of a resource refers to nothing that is not there.
pub fn parts_without_their_patient() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
    };
    for subject in [Subject::Separate, Subject::Contained] {
        let separate = |config: &mut fhir_dicomweb::facade::Config| config.options.subject = subject.clone();
        for query in ["_elements=started", "_summary=text", "_elements=series"] {
            let reply = asked(servers::orthanc_1_12(), separate, &format!("ImagingStudy/2.999.1?{query}"), pacs);
            assert_eq!((reply.status(), reply.body["subject"]["reference"].as_str()), (200, None), "{query}: {}", reply.body);
            assert_eq!(reply.body["subject"]["identifier"]["value"], "P1");
        }
    }
}

/// What a client writes is handed out as a resource's reference only where it is one.
pub fn references_that_lead_out() {
    for (reference, asked_for) in [
        ("https://fhir.example.org/r/../../admin/keys", Some("https://fhir.example.org/r/../../admin/keys")),
        ("https://fhir.example.org/r/Patient/..", Some("https://fhir.example.org/r/Patient/..")),
        ("https://fhir.example.org/r/Patient/12", Some("Patient/12")),
        ("https://fhir.example.org/r/Device/3", None),
        ("Patient/12", Some("Patient/12")),
    ] {
        let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(2));
        let reply = facade.get(&format!("ImagingStudy?patient={reference}"));
        assert_eq!(reply.outcome.references.iter().map(String::as_str).next(), asked_for, "{reference}: {}", reply.short());
    }
    let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(2));
    assert_eq!(facade.get("ImagingStudy?patient=Patient/..").status(), 400);
}

/// Studies that a list which was cut does not have are told, and nobody counts.
pub fn a_list_of_studies_that_is_cut() {
    let pacs = |path: &str, query: &str| match path {
        "/studies" if query.starts_with("StudyInstanceUID=") => {
            rows(&[study("2.999.1", "P1", None, "A")]).with("Warning", "299 a: there are more")
        }
        "/studies" => rows(&[study("2.999.1", "P1", None, "A"), study("2.999.2", "P1", None, "A")]),
        _ => rows(&[series("2.999.1.1", &[("00180015", "CS", "CHEST")])]),
    };
    let one_page = || Server::unknown().paged(None, End::OnePage).uid_lists(50);
    let reply =
        asked(one_page(), |config| config.listing = Listing::Study, "ImagingStudy?patient.identifier=P1&started:missing=true", pacs);
    assert!(reply.body["total"].is_null() && !reply.issues().is_empty(), "{}", reply.body);
}

/// Which list was cut decides what is known.
pub fn which_list_is_cut() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[("00180015", "CS", "CHEST")])]),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]).with("Warning", "299 a: there are more"),
    };
    let query = "ImagingStudy?patient.identifier=P1&bodysite:not=http://snomed.info/sct|69536005";
    let instances = |config: &mut fhir_dicomweb::facade::Config| config.listing = Listing::Instances;
    let reply = asked(Server::unknown().paged(None, End::OnePage), instances, query, pacs);
    assert!(reply.studies() == ["2.999.1"] && told(&reply, "counts more of a study than it lists"), "{}", reply.body);
}

/// Of a summary and chosen elements the elements count, whichever is said first; a type that is not here is not included.
pub fn elements_and_types_as_they_are_asked_for() {
    let facade = Facade::over("orthanc-1.12", 1, crate::archive::many(2));
    let of = |more: &str| facade.get(&format!("ImagingStudy?patient.identifier=P250{more}"));
    let [one, other] = ["&_elements=identifier&_summary=true", "&_summary=true&_elements=identifier"].map(of);
    assert!(one.entries("match")[0] == other.entries("match")[0] && one.entries("match")[0]["started"].is_null());
    assert!(!one.link("self").unwrap().contains("_summary"), "{}", one.body["link"]);
    assert!(told(&one, "a summary of elements"), "{}", one.short());
    // Nor does a summary that is set aside leave anything out.
    let series = |more: &str| of(more).entries("match")[0]["series"].to_string();
    for more in ["&_summary=text&_elements=series", "&_elements=series&_summary=true"] {
        assert_eq!(series(more), series("&_elements=series"), "{more}");
    }
    // What cannot be chosen chooses nothing.
    let bogus = of("&_summary=true&_elements=bogus");
    assert!(bogus.link("self").unwrap().contains("_summary=true") && !told(&bogus, "a summary of elements"), "{}", bogus.body["link"]);
    assert!(!of("&_elements=,").entries("match")[0]["started"].is_null());
    assert_eq!(of("&_include=ImagingStudy:subject:Device").entries("include").len(), 0);
    assert_eq!(of("&_include=ImagingStudy:*:Patient").entries("include").len(), 1);
    assert!(!told(&of("&_include=ImagingStudy:performer:PractitionerRole"), "not all is"));
    assert_eq!(of("&_include=ImagingStudy:subject:Patient").entries("include").len(), 1);
}

/// Two answers of one conversation that name two patients of a study are told, and not shown.
pub fn another_patient_in_the_next_answer() {
    for (second, is_shown) in [("P1", true), ("P2", false)] {
        let pacs = |path: &str, query: &str| match path {
            "/studies" if query.starts_with("StudyInstanceUID=") => rows(&[study("2.999.1", second, None, "A")]),
            "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
            "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
            _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
        };
        for query in ["started=2024-01-14", "modality=CT", "modality=CT&_sort=started"] {
            let pacs = |path: &str, query: &str| {
                let said = pacs(path, query);
                Said::of(
                    said.status,
                    String::from_utf8(said.body)
                        .unwrap()
                        .replace(r#""00080061""#, r#""00080020":{"vr":"DA","Value":["20240114"]},"00080061""#),
                )
            };
            let reply = asked(servers::static_dicomweb(), |_| (), &format!("ImagingStudy?{query}"), pacs);
            assert_eq!(
                (!reply.studies().is_empty(), told(&reply, "more than one patient")),
                (is_shown, !is_shown),
                "{query} {second}: {}",
                reply.body
            );
        }
    }
}
