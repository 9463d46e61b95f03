//! What an answer holds: elements, summaries, includes, totals, and what was lost.

use crate::archive::{Facade, Reply, uid_of};
use crate::parameters::twelve;
use fhir_dicomweb::search::{Issuer, Key, servers};
use fhir_dicomweb::{Endpoints, Listing, Release, Subject};
use serde_json::Value;
use std::collections::BTreeSet;

fn facade(release: Release) -> Facade {
    let mut facade = Facade::over("dcm4chee-arc-5", 1, twelve());
    facade.config.enumerate = true;
    facade.config.release = release;
    facade
}

fn members(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn is_subsetted(study: &Value) -> bool {
    study["meta"]["tag"].as_array().is_some_and(|tags| {
        tags.iter().any(|tag| tag["code"] == "SUBSETTED" && tag["system"] == "http://terminology.hl7.org/CodeSystem/v3-ObservationValue")
    })
}

/// How often the server was asked for something below studies.
fn below(reply: &Reply) -> usize {
    reply.outcome.requests.iter().filter(|request| request.starts_with("/studies/")).count()
}

/// `_elements`: what is asked for, what is mandatory, and a tag that says that something is left out.
pub fn elements() {
    for release in Release::ALL {
        let facade = facade(release);
        let reply = facade.get("ImagingStudy?patient.identifier=P1&_elements=identifier,started");
        for study in reply.entries("match") {
            // status and subject are mandatory (1..1) in every release.
            assert_eq!(members(study), ["resourceType", "id", "meta", "identifier", "status", "subject", "started"].into(), "{study}");
            assert!(is_subsetted(study));
        }
        assert_eq!(reply.studies().len(), 2);
        assert_eq!(below(&reply), 0, "what no element needs is not fetched: {:?}", reply.outcome.requests);
        let series = facade.get("ImagingStudy?patient.identifier=P1&_elements=series");
        for study in series.entries("match") {
            assert!(
                members(study).is_superset(&["status", "subject", "series"].into()) && study["started"].is_null() && is_subsetted(study),
                "{study}"
            );
        }
        assert!(below(&series) > 0);
        // What is sorted or judged by need not be shown.
        let sorted = facade.get("ImagingStudy?started=ge2024-01-01&bodysite:missing=false&_elements=description&_sort=started");
        if release < Release::R5 {
            assert_eq!(
                // Without `identifier`: by id.
                sorted.entries("match").into_iter().map(|study| study["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(),
                ["2.999.1.1", "2.999.1.2", "2.999.1.5", "2.999.1.6"].map(String::from).into()
            );
            assert!(sorted.entries("match").iter().all(|study| study["started"].is_null() && study["series"].is_null()));
        }
    }
    // Elements that series alone tell: requests inside RequestAttributesSequence, and modalities where the server does not sum them up.
    let mut summed = facade(Release::R4);
    summed.config.server = servers::dcm4chee_arc_5();
    let of = |facade: &Facade, element: &str| below(&facade.get(&format!("ImagingStudy?patient.identifier=P1&_elements={element}")));
    assert!(summed.config.server.tells_modalities() && of(&summed, "modality") == 0 && of(&summed, "basedOn") > 0);
    summed.config.server = servers::unknown();
    assert!(!summed.config.server.tells_modalities() && of(&summed, "modality") > 0 && of(&summed, "identifier") == 0);
    // Of a read as well (FHIR search, `_elements`; http 3.1.0.1.8 for `_summary`).
    let read = facade(Release::R4).get("ImagingStudy/2.999.1.1?_elements=started");
    assert_eq!(read.status(), 200);
    assert!(read.body["series"].is_null() && is_subsetted(&read.body), "{}", read.body);
}

/// `_summary`.
pub fn summaries() {
    for release in Release::ALL {
        let facade = facade(release);
        let of = |word: &str| facade.get(&format!("ImagingStudy?patient.identifier=P1&_summary={word}"));
        let whole = of("false");
        assert!(whole.entries("match").iter().all(|study| study["series"][0]["instance"].is_array() && !is_subsetted(study)));
        assert_eq!(whole.body["entry"], facade.get("ImagingStudy?patient.identifier=P1").body["entry"]);
        let summary = of("true");
        assert_eq!(summary.studies().len(), 2);
        for study in summary.entries("match") {
            // ImagingStudy.series.instance is no summary element (its Σ is not set), identifier, status, started, subject are.
            assert!(study["series"].as_array().is_none_or(|all| all.iter().all(|series| series["instance"].is_null())), "{study}");
            assert!(members(study).is_superset(&["identifier", "status", "started", "subject"].into()) && is_subsetted(study), "{study}");
        }
        // Its series are there whole, with what instances alone say of them.
        let of_series = |study: &Value| {
            let mut series = study["series"].clone();
            series.as_array_mut().into_iter().flatten().for_each(|one| drop(one.as_object_mut().unwrap().remove("instance")));
            series
        };
        for (study, all) in summary.entries("match").into_iter().zip(whole.entries("match")) {
            assert_eq!((of_series(study), &study["basedOn"], &study["location"]), (of_series(all), &all["basedOn"], &all["location"]));
        }
        // text: narrative, id, meta and what is mandatory; there is no narrative.
        let text = of("text");
        for study in text.entries("match") {
            assert!(
                members(study).is_subset(&["resourceType", "id", "meta", "text", "status", "subject"].into()) && is_subsetted(study),
                "{study}"
            );
        }
        // data: everything but the narrative.
        let data = of("data");
        for (study, all) in data.entries("match").into_iter().zip(whole.entries("match")) {
            assert_eq!(study["series"], all["series"]);
        }
        let count = of("count");
        assert_eq!((count.studies().len(), &count.body["total"]), (0, &Value::from(2)));
        assert!(count.entries("match").is_empty());
    }
    // Counting what is decided by study rows asks for nothing below.
    assert_eq!(below(&facade(Release::R4).get("ImagingStudy?patient.identifier=P1&_summary=count")), 0);
}

/// `_include`: resources beside the matches, each once, and what cannot be included is no error.
pub fn includes() {
    for release in Release::ALL {
        let facade = facade(release);
        let of = |query: &str| facade.get(&format!("ImagingStudy?patient.identifier=P1,P7&{query}"));
        let reply = of("_include=ImagingStudy:endpoint");
        let endpoints = reply.entries("include");
        assert_eq!(endpoints.len(), 1, "{}", reply.short());
        assert_eq!(
            (endpoints[0]["resourceType"].as_str(), endpoints[0]["address"].as_str()),
            (Some("Endpoint"), Some("https://pacs.example.org/dicom-web"))
        );
        let reference = format!("Endpoint/{}", endpoints[0]["id"].as_str().unwrap());
        for study in reply.entries("match") {
            let said = study["endpoint"][0]["reference"].as_str().unwrap();
            assert!(said == reference || said == format!("https://fhir.example.org/r/{reference}"), "{said}");
            assert!(study["contained"].is_null(), "it is not contained as well: {study}");
        }
        let include = reply.body["entry"].as_array().unwrap().iter().find(|entry| entry["search"]["mode"] == "include").unwrap();
        assert_eq!(include["fullUrl"], format!("https://fhir.example.org/r/{reference}"));
        // Clients ask so (SMART Imaging Access), in any order, and for the type that is meant.
        assert_eq!(facade.get("ImagingStudy?_include=ImagingStudy:endpoint&patient=Patient/7").entries("include").len(), 1);
        assert_eq!(of("_include=ImagingStudy:endpoint:Endpoint").entries("include").len(), 1);
        assert!(reply.link("self").unwrap().contains("_include=ImagingStudy:endpoint"));
        for name in ["patient", "subject"] {
            let patients = of(&format!("_include=ImagingStudy:{name}"));
            let ids: BTreeSet<&str> = patients.entries("include").into_iter().map(|one| one["id"].as_str().unwrap()).collect();
            assert!(patients.entries("include").iter().all(|one| one["resourceType"] == "Patient"));
            // P1 of two issuers, P7: three patients, of four studies.
            assert_eq!((patients.studies().len(), ids.len(), patients.entries("include").len()), (4, 3, 3), "{}", patients.body);
            for study in patients.entries("match") {
                let said = study["subject"]["reference"].as_str().unwrap();
                assert!(ids.contains(said.rsplit('/').next().unwrap()), "{said}");
            }
        }
        // A patient who was asked for by a reference is referred to by it: that resource is the client's.
        let own = facade.get("ImagingStudy?patient=Patient/7&_include=ImagingStudy:patient");
        assert!(own.entries("match").iter().all(|study| study["subject"]["reference"] == "Patient/7"), "{}", own.body);
        assert!(own.entries("include").is_empty() && own.body.to_string().contains("which is not included"), "{}", own.body);
        // What is referred to by an identifier cannot be included, which is no error, of a strict client neither.
        for name in [if release < Release::R5 { "basedon" } else { "based-on" }, "encounter"] {
            let target = format!("ImagingStudy?patient.identifier=P1&_include=ImagingStudy:{name}");
            let reply = facade.send("GET", &target, &[("Prefer", "handling=strict")], "");
            assert_eq!((reply.status(), reply.entries("include").len(), reply.studies().len()), (200, 0, 2), "{}", reply.short());
        }
        let both = of("_include=ImagingStudy:endpoint&_include=ImagingStudy:patient");
        assert_eq!(both.entries("include").len(), 4);
        // Nothing of it without a match.
        assert!(facade.get("ImagingStudy?patient.identifier=nobody&_include=ImagingStudy:endpoint").entries("include").is_empty());
        // What is not known: an error where the client is strict, else no part of what was applied.
        let [other, further] = if release < Release::R5 { ["based-on", "based-on"] } else { ["basedon", "interpreter"] }
            .map(|name| format!("ImagingStudy:{name}"));
        for odd in ["ImagingStudy:colour", "Observation:subject", "x", "ImagingStudy:patient:Patient:x", &*other, &*further] {
            let reply = of(&format!("_include={odd}"));
            assert!(reply.status() == 400 || !reply.link("self").unwrap().contains("_include"), "{odd}: {:?}", reply.link("self"));
            let strict =
                facade.send("GET", &format!("ImagingStudy?patient.identifier=P1&_include={odd}"), &[("Prefer", "handling=strict")], "");
            strict.fails(400);
        }
        let reverse = of("_revinclude=DiagnosticReport:study");
        assert!(reverse.status() == 400 || !reverse.link("self").unwrap().contains("_revinclude"));
    }
    // The options' own ways stay as they are where nothing is asked for.
    let mut separate = facade(Release::R4);
    separate.config.options.endpoints = Endpoints::Bundle;
    separate.config.options.subject = Subject::Separate;
    let reply = separate.get("ImagingStudy?patient.identifier=P7");
    assert_eq!(reply.entries("include").len(), 2, "{}", reply.short());
}

/// Studies that would match were their issuer seen are those of the number that is asked for, also where the server is not asked for it.
pub fn whose_issuer_is_hidden() {
    let mut hidden = Facade::over("kheops", 1, twelve());
    hidden.config.enumerate = true;
    hidden.config.server = servers::kheops().keeping(Key::PatientId);
    let told = |facade: &Facade, number: &str| {
        let reply = facade.get(&format!("ImagingStudy?patient.identifier=urn:x|{number}"));
        assert!(reply.studies().is_empty(), "{}", reply.body);
        let outcomes = reply.body["entry"].as_array().into_iter().flatten().filter(|entry| entry["search"]["mode"] == "outcome");
        let issues: Vec<&Value> = outcomes.filter_map(|outcome| outcome["resource"]["issue"].as_array()).flatten().collect();
        let told = issues.iter().find(|issue| issue["diagnostics"].as_str().is_some_and(|text| text.ends_with("studies: issuer-unknown")));
        told.map(|issue| issue["diagnostics"].as_str().unwrap().to_owned())
    };
    // P1 is two people's (1, 2); nobody is P99.
    assert_eq!(told(&hidden, "P1").as_deref(), Some("2 studies: issuer-unknown"));
    assert_eq!(told(&hidden, "P99"), None);
    // Of a server that tells it all the same it is known.
    let mut telling = facade(Release::R4);
    telling.config.server = servers::dcm4chee_arc_5().issuers(Issuer::Hidden).keeping(Key::PatientId);
    assert_eq!(told(&telling, "P1"), None);
    // So it is where the numbers of which nobody tells are the caller's.
    hidden.config.options.patient_namespace = Some("urn:own".into());
    assert_eq!(told(&hidden, "P1"), None);
}

/// `total` counts matches, not entries, and is there where it is asked for.
pub fn totals() {
    let facade = facade(Release::R4);
    let reply = facade.get("ImagingStudy?patient.identifier=P1,P7&_include=ImagingStudy:endpoint&_total=accurate");
    assert_eq!(reply.body["total"], 4);
    let page = facade.get("ImagingStudy?patient.identifier=P1,P7&_count=1&_total=accurate&modality=SR");
    assert_eq!((page.studies().len(), &page.body["total"]), (1, &Value::from(2)));
}

/// What a study loses on its way is in the Bundle, and in the response; without values.
pub fn losses_are_told() {
    let facade = facade(Release::R4);
    // The study of 08:00 without seconds: `precision-added`.
    let reply = facade.get("ImagingStudy?identifier=urn:oid:2.999.1.7");
    let told = |code: &str| reply.issues().iter().any(|issue| issue["diagnostics"].as_str().is_some_and(|text| text.starts_with(code)));
    assert!(told("precision-added at /00080030"), "{}", reply.short());
    assert!(reply.outcome.response.loss.iter().any(|loss| loss.code.name() == "precision-added"));
    assert!(!["Meier", "P7", "A7", "RP7"].iter().any(|value| reply.issues().iter().any(|issue| issue.to_string().contains(value))));
    // A study that is not on the page is not told of.
    let other = facade.get("ImagingStudy?identifier=urn:oid:2.999.1.2");
    assert!(other.issues().iter().all(|issue| !issue.to_string().contains("precision-added")));
    // Of a read the report is beside the answer.
    let read = facade.get("ImagingStudy/2.999.1.7");
    assert!(read.outcome.response.loss.iter().any(|loss| loss.code.name() == "precision-added"));
}

/// `read` lists all levels, on every server, whatever searches list.
pub fn read_lists_everything() {
    for server in fhir_dicomweb::search::servers::all() {
        for seed in [1, 2, 3] {
            let mut facade = Facade::over(server.id(), seed, twelve());
            facade.config.listing = Listing::Study;
            for (uid, counts) in [("2.999.1.1", &[1, 1][..]), ("2.999.1.8", &[1]), ("2.999.1.11", &[1, 1])] {
                let reply = facade.get(&format!("ImagingStudy/{uid}"));
                assert_eq!(reply.status(), 200, "{} {seed}: {}", server.id(), reply.short());
                assert_eq!((uid_of(&reply.body), reply.body["id"].as_str()), (uid.to_owned(), Some(uid)));
                let listed: Vec<usize> = reply.body["series"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|series| series["instance"].as_array().map_or(0, Vec::len))
                    .collect();
                assert_eq!(listed, counts, "{} {seed} {uid}: {}", server.id(), reply.short());
                // In the server's order.
                let below: BTreeSet<String> = reply.body["series"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|series| series["instance"][0]["uid"].as_str().unwrap().to_owned())
                    .collect();
                assert_eq!(below, (1..=counts.len()).map(|n| format!("{uid}.{n}.1")).collect(), "{} {seed}", server.id());
            }
        }
    }
}
