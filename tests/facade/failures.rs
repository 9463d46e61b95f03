//! What goes wrong, at the server and at the client, and how it is said.

use crate::archive::{Facade, Reply, header, store};
use crate::parameters::twelve;
use crate::support::facade_driver::{Pacs, Said, Trick, model, talk};
use crate::support::generate::Choices;
use fhir_dicomweb::facade::{Failure, Incoming};
use serde_json::Value;

/// A server that has the model to fall back on.
pub type Twisted<'a> = dyn FnMut(&str, &str, &mut Pacs<'_>) -> Said + 'a;

/// A conversation with a server that answers by `pacs`.
pub fn with(facade: &Facade, target: &str, pacs: &mut Twisted<'_>) -> Reply {
    let mut model = model(&facade.store, &facade.faults);
    let incoming = Incoming { method: "GET", target, headers: &[], body: &[] };
    let outcome = talk(&facade.config, &incoming, &mut |path, query| pacs(path, query, &mut model), &mut Choices(&[]));
    Reply::of(outcome, facade.config.release)
}

/// As [`with`], for a server that says the same to everything.
fn always(target: &str, said: &Said) -> Reply {
    with(&Facade::over("orthanc-1.12", 1, twelve()), target, &mut |_, _, _| said.clone())
}

const SEARCH: &str = "ImagingStudy?patient.identifier=P1";
const READ: &str = "ImagingStudy/2.999.1.1";

/// What the server forbids or does not have is said again. (What it does not understand was asked by the facade, not by its client.)
pub fn as_they_are_given() {
    for target in [SEARCH, READ] {
        for status in [403, 404, 410] {
            let reply = always(target, &Said::of(status, "<html>CANARY</html>"));
            reply.fails(status);
            assert!(!reply.body.to_string().contains("CANARY"));
        }
        // It is the facade that is not let in: the client's own credentials are no matter of the archive's.
        let reply = always(target, &Said::of(401, "CANARY").with("WWW-Authenticate", "Bearer realm=\"CANARY\""));
        reply.fails(502);
        assert!(header(&reply.outcome, "WWW-Authenticate").is_none() && !reply.body.to_string().contains("CANARY"));
    }
    // What is not there is not found, however a server says so.
    for server in ["orthanc-1.12", "dcm4chee-arc-5", "static-dicomweb", "google-healthcare", "kheops", "azure-dicom-v2"] {
        Facade::over(server, 1, twelve()).get("ImagingStudy/2.999.1.77").fails(404);
    }
}

/// Retry-After is passed on.
pub fn later() {
    for target in [SEARCH, READ] {
        for status in [429, 503] {
            for when in ["17", "Wed, 21 Oct 2026 07:28:00 GMT"] {
                let reply = always(target, &Said::of(status, "CANARY").with("Retry-After", when));
                reply.fails(status);
                assert_eq!(header(&reply.outcome, "Retry-After"), Some(when));
            }
            let reply = always(target, &Said::of(status, ""));
            reply.fails(status);
            assert_eq!(header(&reply.outcome, "Retry-After"), None, "nothing is invented");
        }
    }
    // A header that would be two is none.
    let reply = always(SEARCH, &Said::of(503, "").with("Retry-After", "1\r\nSet-Cookie: CANARY=1"));
    reply.fails(503);
    assert!(!format!("{:?}", reply.outcome.response.headers).contains("CANARY"), "no header is injected");
}

/// What no DICOMweb server says is a bad gateway.
pub fn nonsense() {
    let bad = [
        Said::of(400, "CANARY"),
        Said::of(500, "CANARY"),
        Said::of(301, "").with("Location", "https://CANARY.example.org/"),
        Said::of(302, ""),
        Said::of(999, ""),
        Said::of(100, ""),
        Said::of(200, "<html>CANARY: log in</html>"),
        Said::of(200, "[{"),
        Said::of(200, r#"[{"0020000D":{"vr":"UI","Value":["2.999.1.1"]}}"#),
        Said::of(200, r#"{"resourceType":"Patient"}"#),
        Said::of(200, r#"{"error":"no"}"#),
        Said::of(200, "12"),
        Said::of(200, &b"[{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1\xFF\"]}}]"[..]),
    ];
    for said in &bad {
        for target in [SEARCH, READ] {
            let reply = always(target, said);
            reply.fails(502);
            assert!(!reply.body.to_string().contains("CANARY"));
        }
    }
    for (failure, statuses) in [(Failure::Timeout, [504, 504]), (Failure::Unreachable, [502, 503]), (Failure::TooLarge, [502, 422])] {
        // Before anything came, and in the middle of a body.
        for said in [Said::failed(failure), Said { failure: Some(failure), ..Said::of(200, "[{") }] {
            let reply = always(SEARCH, &said);
            reply.fails(reply.status());
            assert!(statuses.contains(&reply.status()), "{failure:?}: {}", reply.status());
        }
    }
    // 204, and no body at all, are an empty answer.
    for said in [Said::of(204, ""), Said::of(200, "[]"), Said::of(200, " [ ] ")] {
        assert_eq!(always(SEARCH, &said).studies(), [""; 0]);
        always(READ, &said).fails(404);
    }
}

/// A server that answers the list of studies, and fails below: half a study is no answer.
pub fn misfits_in_the_middle() {
    let mut facade = Facade::over("orthanc-1.12", 1, twelve());
    facade.config.enumerate = true;
    let tricks =
        [(Trick::Status(403), 403), (Trick::Status(500), 502), (Trick::Html, 502), (Trick::Truncated, 502), (Trick::Later(503), 503)];
    for (trick, status) in tricks {
        for target in [READ, "ImagingStudy?patient.identifier=P1&bodysite=816094009"] {
            let reply = with(&facade, target, &mut |path, query, model| {
                if path.ends_with("/series") { trick.play(model, path, query) } else { model(path, query) }
            });
            reply.fails(status);
        }
        // The lowest position decides, not the first arrival: the series of one study fail with 403, all others otherwise.
        let reply = with(&facade, "ImagingStudy?started=ge2024-01-01&bodysite=816094009", &mut |path, query, model| match (
            path.ends_with("/series"),
            path.contains("2.999.1.1/"),
        ) {
            (false, _) => model(path, query),
            (_, true) => trick.play(model, path, query),
            _ => Said::of(500, ""),
        });
        reply.fails(reply.status());
    }
}

/// One UID under two patients: nobody is shown the images of someone else.
pub fn two_patients() {
    let twice = "
        study 2.999.7.1: PatientID=X1; PatientName=One^Some; StudyDate=20240114
          series 2.999.7.1.1: Modality=CT
            instance 2.999.7.1.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.2
        study 2.999.7.1: PatientID=X2; PatientName=Other^An; StudyDate=20240115
          series 2.999.7.1.2: Modality=MR
            instance 2.999.7.1.2.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.4
        study 2.999.7.2: PatientID=X2; PatientName=Other^An; StudyDate=20240115
          series 2.999.7.2.1: Modality=MR
            instance 2.999.7.2.1.1: SOPClassUID=1.2.840.10008.5.1.4.1.1.4";
    // Orthanc keeps them apart, and answers two rows.
    for server in ["orthanc-1.10", "orthanc-1.12"] {
        let mut facade = Facade::over(server, 1, store(twice));
        facade.config.enumerate = true;
        let reply = facade.get("ImagingStudy/2.999.7.1");
        reply.fails(409);
        assert!(!["X1", "X2", "One", "Other", "2.999.7"].iter().any(|value| reply.body.to_string().contains(value)), "{}", reply.short());
        assert_eq!(facade.get("ImagingStudy/2.999.7.2").status(), 200);
        for query in ["identifier=urn:oid:2.999.7.1", "patient.identifier=X2", "started=ge2024-01-01&started=le2024-02-01", "modality=MR"] {
            let reply = facade.get(&format!("ImagingStudy?{query}"));
            let all = reply.studies();
            assert!(query.starts_with("identifier") || all.contains(&"2.999.7.2".to_owned()), "{query}: the others are found");
            assert!(reply.issues().iter().any(|issue| issue["code"] == "conflict"), "{server} {query}: {}", reply.short());
            for study in reply.entries("match").into_iter().filter(|study| crate::archive::uid_of(study) == "2.999.7.1") {
                assert!(study["endpoint"].is_null() && study["id"] != "2.999.7.1", "nothing leads to either's images: {study}");
            }
        }
        assert!(facade.get("ImagingStudy?identifier=urn:oid:2.999.7.2").issues().iter().all(|issue| issue["code"] != "conflict"));
    }
}

/// A server that pages for ever, or gives the same page again and again, is found out.
pub fn pages_for_ever() {
    for server in ["google-healthcare", "azure-dicom-v1", "dcm4chee-arc-5", "unknown", "ps3.18-baseline"] {
        let mut facade = Facade::over(server, 1, twelve());
        facade.config.enumerate = true;
        for trick in [Trick::Endless, Trick::IgnoresOffset] {
            for target in ["ImagingStudy?started=ge2024-01-01", "ImagingStudy?patient.identifier=P1", "ImagingStudy/2.999.1.1"] {
                let reply = with(&facade, target, &mut |path, query, model| {
                    let mut said = trick.play(model, path, query);
                    // For those who end by it.
                    said.headers.retain(|(name, _)| *name != "Warning");
                    said.with("Warning", "299 pacs.example \"There are 9 additional results that can be requested\"")
                });
                assert!([502, 422].contains(&reply.status()), "{server} {trick:?} {target}: {}", reply.status());
                reply.fails(reply.status());
                assert!(reply.outcome.requests.len() <= 200);
                let most = if trick == Trick::IgnoresOffset { 20 } else { 200 };
                assert!(reply.outcome.requests.len() <= most, "a page that repeats is noticed before the limit");
            }
        }
    }
}

/// Never more asks than allowed, and then an error or smaller pages, never a narrower answer.
pub fn limits() {
    for limit in [0, 1, 2, 3, 5, 8] {
        let mut facade = Facade::over("dcm4chee-arc-5", 1, twelve());
        facade.config.enumerate = true;
        facade.config.options.limits.requests = limit;
        for target in
            ["ImagingStudy?started=ge2024-01-01", "ImagingStudy?patient=Patient/1,Patient/2&bodysite=816094009", "ImagingStudy/2.999.1.1"]
        {
            let mut roomy = Facade::over("dcm4chee-arc-5", 1, twelve());
            roomy.config.enumerate = true;
            let mut whole = roomy.get(target);
            let reply = facade.get(target);
            if limit <= 1 {
                reply.fails(422);
            }
            if reply.status() != 200 {
                reply.fails(422);
            } else if reply.body["resourceType"] == "Bundle" {
                let mut entries: Vec<Value> = reply.entries("match").into_iter().cloned().collect();
                let mut next = reply.link("next").map(str::to_owned);
                while let Some(link) = next {
                    let page = facade.get(link.strip_prefix("https://fhir.example.org").unwrap());
                    entries.extend(page.entries("match").into_iter().cloned());
                    assert!(page.status() == 200 && entries.len() <= 12, "{target}: {}", page.short());
                    next = page.link("next").map(str::to_owned);
                }
                assert_eq!(entries.iter().collect::<Vec<_>>(), whole.entries("match"), "{target} with {limit} asks");
            } else {
                assert_eq!(reply.body, whole.body.take(), "{target} with {limit} asks");
            }
        }
    }
    // Queries that are too long.
    let facade = Facade::over("dcm4chee-arc-5", 1, twelve());
    facade.get(&format!("ImagingStudy?identifier={}", "urn:oid:2.999.1,".repeat(1200))).fails(400);
    facade.get(&format!("ImagingStudy?{}", "modality=CT&".repeat(101))).fails(400);
}

/// What the client asks for, and cannot have.
pub fn requests_that_are_refused() {
    let facade = Facade::over("orthanc-1.12", 1, twelve());
    for target in [
        "",
        "/",
        "Patient/1",
        "Patient",
        "ImagingStudies",
        "imagingstudy",
        "ImagingStudy/2.999.1.1/series",
        "Observation?code=1",
        "../ImagingStudy",
    ] {
        facade.get(target).fails(404);
    }
    // An id that no study can have is not asked for.
    for id in ["a%2Fb", "..", "%2E%2E", "x*", "1.2,1.3", "%00", "a%20b", &"1".repeat(65)] {
        let reply = facade.get(&format!("ImagingStudy/{id}"));
        assert!([400, 404].contains(&reply.status()), "{id}: {}", reply.short());
        assert_eq!(reply.outcome.requests, [""; 0], "{id}");
    }
    let bad = [
        "started=never",
        "started=2024-13-01",
        "modality:foo=CT",
        "identifier:contains=1",
        "series=a|b",
        "modality=%FF",
        "modality=%zz",
        "patient.foo=1",
        "patientx=1",
        "identifier:missing=maybe",
        "modality=a%5Cb",
        "modality:in=urn:x",
        "modality:not-in=urn:x",
        "bodysite:above=69536005",
        "bodysite:below=69536005",
        "patient:above=Patient/1",
        "patient:identifier:of-type=a%7Cb%7Cc",
        "started:exact=2024-01-14",
    ];
    for query in bad {
        let reply = facade.get(&format!("ImagingStudy?{query}"));
        reply.fails(400);
        assert_eq!(reply.outcome.requests, [""; 0], "{query}: nothing is asked of the server");
    }
    // All is said about the clause but its value.
    let reply = facade.get("ImagingStudy?started=CANARY&identifier:CANARY=CANARY");
    reply.fails(400);
    assert!(!reply.body.to_string().contains("CANARY"));
}

/// Without something that selects, the archive is not enumerated.
pub fn costly() {
    for server in ["orthanc-1.12", "unknown", "static-dicomweb", "kheops"] {
        let facade = Facade::over(server, 1, twelve());
        for query in ["", "modality=CT", "patient.name=doe", "started=ge2020-01-01", "modality:not=SR", "status=available", "_count=5"] {
            let reply = facade.get(&format!("ImagingStudy?{query}"));
            reply.fails(422);
            assert_eq!(reply.outcome.requests, [""; 0], "{server} {query}");
        }
        assert_eq!(facade.get("ImagingStudy?identifier=urn:oid:2.999.1.1").studies(), ["2.999.1.1"], "{server}");
    }
    let facade = Facade::over("orthanc-1.12", 1, twelve());
    assert_eq!(facade.get("ImagingStudy?started=2024-01-14&modality=CT").studies(), ["2.999.1.1"]);
    assert_eq!(facade.get("ImagingStudy?patient=Patient/7").studies().len(), 2);
    // What nothing can match is answered, whatever it would cost.
    assert_eq!(facade.get("ImagingStudy?modality=urn:zz%7CCT").studies(), [""; 0]);
}
