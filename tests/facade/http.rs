//! FHIR's RESTful interface around the answers: releases, formats, handling, forms, metadata, the Endpoints of the configuration.

use crate::archive::{Facade, Reply, header};
use crate::parameters::twelve;
use crate::support::facade_driver::converse;
use crate::support::generate::Choices;
use fhir_dicomweb::facade::Incoming;
use fhir_dicomweb::search::Handling;
use fhir_dicomweb::{Endpoints, Release, Service};
use serde_json::Value;
use std::collections::BTreeSet;

fn facade() -> Facade {
    let mut facade = Facade::over("dcm4chee-arc-5", 1, twelve());
    facade.config.enumerate = true;
    facade
}

/// The shape of R4's study is not R5's: `modality` is a Coding there, a CodeableConcept here.
fn is_in(release: Release, study: &Value) -> bool {
    study["modality"][0]["coding"].is_array() == (release >= Release::R5)
}

const READ: &str = "ImagingStudy/2.999.1.1";

/// The configuration's release, or the client's: `fhirVersion` of Accept.
pub fn releases() {
    for own in Release::ALL {
        let mut facade = facade();
        facade.config.release = own;
        let reply = facade.get(READ);
        assert!(is_in(own, &reply.body), "{own}: {}", reply.short());
        for (version, chosen) in [("4.0", Release::R4), ("4.3", Release::R4B), ("5.0", Release::R5), ("6.0", Release::R6)] {
            for accept in [
                format!("application/fhir+json; fhirVersion={version}"),
                format!("application/fhir+json;fhirVersion=\"{version}\""),
                format!("Application/FHIR+JSON; charset=utf-8; FhirVersion={version}"),
                format!("text/html;q=0.5, application/fhir+json;fhirVersion={version};q=0.9, */*;q=0.1"),
            ] {
                for target in [READ, "ImagingStudy?identifier=urn:oid:2.999.1.1"] {
                    let reply = facade.send("GET", target, &[("accept", &accept)], "");
                    assert_eq!(reply.status(), 200, "{accept}: {}", reply.short());
                    let study = if target == READ { &reply.body } else { reply.entries("match")[0] };
                    assert!(is_in(chosen, study), "{accept}: {study}");
                    let said = header(&reply.outcome, "Content-Type").unwrap();
                    assert!(said.contains(&format!("fhirVersion={version}")), "what was chosen is said: {said}");
                }
            }
        }
        for accept in
            ["application/fhir+json; fhirVersion=3.0", "application/fhir+json; fhirVersion=7.0", "application/fhir+json; fhirVersion=x"]
        {
            facade.send("GET", READ, &[("Accept", accept)], "").fails(406);
        }
    }
    // Names of parameters are those of the release: leniently the other's is understood, strictly not.
    let strict = |accept: &str, query: &str| {
        facade().send("GET", &format!("ImagingStudy?{query}"), &[("Accept", accept), ("Prefer", "handling=strict")], "").status()
    };
    let (r4, r5) = ("application/fhir+json; fhirVersion=4.0", "application/fhir+json; fhirVersion=5.0");
    assert_eq!((strict(r4, "bodysite=816094009"), strict(r5, "bodysite=816094009")), (200, 400));
    assert_eq!((strict(r4, "body-site=816094009"), strict(r5, "body-site=816094009")), (400, 200));
}

/// The most specific range decides (RFC 9110 12.5.1), wherever it stands; of those wanted alike the first.
pub fn weights() {
    let mut facade = facade();
    facade.config.release = Release::R5;
    for (accept, version) in [
        ("*/*;q=0, application/fhir+json", "5.0"),
        ("application/fhir+json;fhirVersion=5.0;q=0, application/fhir+json;fhirVersion=4.0;q=0.1, */*", "4.0"),
        ("application/fhir+json;fhirVersion=4.0, */*;q=0.1", "4.0"),
        ("application/fhir+json;fhirVersion=4.3, application/fhir+json;fhirVersion=6.0", "4.3"),
        ("application/fhir+json;fhirVersion=6.0, application/fhir+json;fhirVersion=4.3", "6.0"),
        ("application/fhir+json;fhirVersion=6.0;q=0.9, */*", "5.0"),
        ("application/json;q=0, */*", "5.0"),
        ("text/html;x=\"a, application/fhir+json;q=0\", application/json", "5.0"),
    ] {
        let reply = facade.send("GET", READ, &[("Accept", accept)], "");
        let said = header(&reply.outcome, "Content-Type").unwrap();
        assert!(said.contains(&format!("fhirVersion={version}")), "{accept}: {said}");
    }
}

/// JSON is all there is.
pub fn formats() {
    let mut facade = facade();
    facade.config.release = Release::R5;
    let accepts = |accept: &str| facade.send("GET", READ, &[("Accept", accept)], "").status();
    for accept in [
        "",
        "*/*",
        "application/*",
        "application/json",
        "application/fhir+json",
        "application/json+fhir",
        "text/html, application/xhtml+xml, */*;q=0.8",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    ] {
        assert_eq!(accepts(accept), 200, "{accept}");
    }
    for accept in ["application/fhir+xml", "text/html", "application/xml, text/xml", "application/fhir+json;q=0", "application/dicom+json"]
        .into_iter()
        .chain([
            "application/fhir+json;q=0, */*",
            "*/*, application/*;q=0",
            "application/json, application/fhir+json;q=0",
            "application/json;q=0",
            "application/fhir+json; fhirVersion=5.0; q=0.0, */*",
        ])
    {
        facade.send("GET", READ, &[("Accept", accept)], "").fails(406);
        let refused = facade.send("GET", READ, &[("Accept", accept)], "");
        assert_eq!(refused.outcome.requests, [""; 0]);
    }
    // `_format` goes before the header (FHIR http, 3.1.0.1.11).
    let format = |format: &str, accept: &str| facade.send("GET", &format!("{READ}?_format={format}"), &[("Accept", accept)], "").status();
    for json in ["json", "application/json", "application/fhir%2Bjson"] {
        assert_eq!(format(json, "text/html"), 200, "{json}");
    }
    for other in ["xml", "application/fhir%2Bxml", "html", "ttl"] {
        assert_eq!(format(other, "application/fhir+json"), 406, "{other}");
    }
    let reply = facade.get("ImagingStudy?identifier=urn:oid:2.999.1.1&_format=json&_pretty=true");
    assert_eq!(reply.studies(), ["2.999.1.1"]);
}

/// `Prefer: handling` of the client, else the configuration's; links show what was applied.
pub fn handling() {
    let facade = facade();
    let query =
        "ImagingStudy?colour=red&patient.identifier=P1&_lastUpdated=gt2020-01-01&modality=CT&_text=x&_has:Observation:subject:code=1";
    let lenient = facade.get(query);
    assert_eq!(lenient.studies(), ["2.999.1.1"]);
    let own = lenient.link("self").unwrap();
    assert!(own.starts_with("https://fhir.example.org/r/ImagingStudy?"), "{own}");
    assert!(own.contains("patient.identifier=P1") && own.contains("modality=CT"), "{own}");
    for dropped in ["colour", "red", "_lastUpdated", "_text", "_has"] {
        assert!(!own.contains(dropped), "{own}");
    }
    // What was dropped is told, by where it stands, never by what it says.
    assert!(lenient.issues().iter().any(|issue| issue["severity"] == "warning"), "{}", lenient.body);
    assert!(lenient.issues().iter().all(|issue| !issue.to_string().contains("colour") && !issue.to_string().contains("red\"")));
    for (prefer, status) in [
        ("handling=strict", 400),
        ("return=minimal, handling=strict", 400),
        ("respond-async; handling=strict", 400),
        ("Handling=\"strict\"", 400),
        ("handling=lenient", 200),
        ("handling=sideways", 200),
        (r#"foo="a, handling=lenient", handling=strict"#, 400),
    ] {
        let reply = facade.send("GET", query, &[("prefer", prefer)], "");
        // A parameter of another preference is none.
        if !prefer.contains("async") {
            assert_eq!(reply.status(), status, "{prefer}");
        }
    }
    let mut strict = self::facade();
    strict.config.handling = Handling::Strict;
    strict.get("ImagingStudy?patient.identifier=P1&colour=red").fails(400);
    assert_eq!(strict.send("GET", "ImagingStudy?patient.identifier=P1&colour=red", &[("Prefer", "handling=lenient")], "").status(), 200);
    // What tells patients apart is never dropped.
    for query in ["patient.identifierx=P1", "patientx=1", "subject.foo=x", "_idx=1", "identifier.x=1"] {
        facade.get(&format!("ImagingStudy?modality=CT&{query}")).fails(400);
    }
}

/// `POST _search` asks the same as GET; a form is the only body that it takes.
pub fn forms() {
    let facade = facade();
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    for query in [
        "patient.identifier=P%5C,3",
        "patient=Patient/1&started=ge2024-01-14&_sort=-started",
        "identifier=A%5C,B%26C&_count=1",
        "identifier=%7CA1&colour=red",
        "patient.identifier=P1&_format=json",
        "",
    ] {
        let get = facade.get(&format!("ImagingStudy?{query}"));
        let by_url = (format!("ImagingStudy/_search?{query}"), String::new());
        let own = "ImagingStudy/_search".to_owned();
        for (target, body) in [(own.clone(), query.to_owned()), (own, format!("{query}\r\n")), by_url] {
            let post = facade.send("POST", &target, &[form], &body);
            assert_eq!((post.status(), &post.body), (get.status(), &get.body), "{query}");
            assert_eq!(post.outcome.requests, get.outcome.requests);
        }
    }
    // Parameters of the URL and of the form are one query.
    let both = facade.send("POST", "ImagingStudy/_search?patient.identifier=P1", &[form], "modality=MR");
    assert_eq!(both.studies(), ["2.999.1.2"]);
    let charset = ("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
    assert_eq!(facade.send("POST", "ImagingStudy/_search", &[charset], "identifier=A1").studies(), ["2.999.1.1"]);
    // GET finds there too (FHIR R4B and later name it).
    assert_eq!(
        facade.get("ImagingStudy?patient.name=m%C3%BCller").studies(),
        facade.get("ImagingStudy?patient.name=M%c3%bcLLER").studies()
    );
    for other in
        ["application/json", "application/fhir+json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencodedx"]
    {
        facade.send("POST", "ImagingStudy/_search", &[("Content-Type", other)], "identifier=A1").fails(415);
    }
    facade.send("POST", "ImagingStudy/_search", &[form], "identifier=%FF").fails(400);
    assert_eq!(facade.send("POST", "Endpoint/_search", &[form], "status=active").entries("match").len(), 1);
}

/// It reads.
pub fn methods() {
    let facade = facade();
    for (method, target) in [
        ("PUT", READ),
        ("DELETE", READ),
        ("PATCH", READ),
        ("POST", "ImagingStudy"),
        ("POST", READ),
        ("DELETE", "ImagingStudy?identifier=A1"),
        ("POST", "metadata"),
        ("PUT", "Endpoint/x"),
        ("get", READ),
        ("", READ),
    ] {
        let reply = facade.send(method, target, &[("Content-Type", "application/fhir+json")], "{}");
        reply.fails(405);
        assert!(header(&reply.outcome, "Allow").is_some_and(|allow| !allow.is_empty()), "RFC 9110 15.5.6: {method} {target}");
        assert_eq!(reply.outcome.requests, [""; 0]);
    }
    // HEAD is GET without the body.
    for target in [READ, "ImagingStudy/2.999.1.77", "ImagingStudy?identifier=A1", "metadata"] {
        let incoming = Incoming { method: "HEAD", target, headers: &[], body: &[] };
        let head = converse(&facade.config, &incoming, &facade.store, &facade.faults, &mut Choices(&[]));
        let get = facade.get(target);
        assert_eq!(head.response.status, get.status());
        assert!(head.response.body.as_str().is_empty(), "{target}: {} bytes", head.response.body.as_str().len());
        assert_eq!(header(&head, "Content-Type"), header(&get.outcome, "Content-Type"));
    }
}

/// What the facade says of itself comes from the tables, by release.
pub fn metadata() {
    for release in Release::ALL {
        let mut facade = facade();
        facade.config.release = release;
        let reply = facade.get("metadata");
        assert_eq!((reply.status(), reply.body["resourceType"].as_str()), (200, Some("CapabilityStatement")));
        assert_eq!(reply.outcome.requests, [""; 0]);
        assert_eq!(reply.body["fhirVersion"], release.version());
        assert_eq!(reply.body["kind"], "instance");
        let resource = |name: &str| {
            let all = reply.body["rest"][0]["resource"].as_array().unwrap();
            all.iter().find(|resource| resource["type"] == name).unwrap_or_else(|| panic!("{name}")).clone()
        };
        let codes = |of: &Value, member: &str, name: &str| -> BTreeSet<String> {
            of[member].as_array().unwrap().iter().map(|one| one[name].as_str().unwrap().to_owned()).collect()
        };
        for name in ["ImagingStudy", "Endpoint"] {
            assert!(codes(&resource(name), "interaction", "code").is_superset(&["read".to_owned(), "search-type".to_owned()].into()));
        }
        let definition = |of: &str, name: &str| {
            let all = resource(of)["searchParam"].as_array().unwrap().clone();
            let found = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{of} {name}"));
            found["definition"].as_str().unwrap().strip_prefix("http://hl7.org/fhir/SearchParameter/").unwrap().to_owned()
        };
        // Some are shared by resources (FHIR, "Search Parameter Registry"): `encounter` since R5.
        let encounter = if release < Release::R5 { "ImagingStudy-encounter" } else { "clinical-encounter" };
        for (of, name, wanted) in [
            ("ImagingStudy", "_id", "Resource-id"),
            ("ImagingStudy", "identifier", "clinical-identifier"),
            ("ImagingStudy", "patient", "clinical-patient"),
            ("ImagingStudy", "encounter", encounter),
            ("ImagingStudy", "started", "ImagingStudy-started"),
            ("Endpoint", "connection-type", "Endpoint-connection-type"),
        ] {
            assert_eq!(definition(of, name), wanted, "{release}");
        }
        let named = codes(&resource("ImagingStudy"), "searchParam", "name");
        // FHIR's own lists, less what no DICOM attribute answers.
        let everywhere = [
            "identifier",
            "patient",
            "subject",
            "started",
            "modality",
            "series",
            "instance",
            "dicom-class",
            "status",
            "endpoint",
            "encounter",
            "referrer",
            "performer",
        ];
        let own = match release {
            Release::R4 | Release::R4B => ["bodysite", "basedon", "reason", "interpreter"],
            Release::R5 => ["body-site", "based-on", "reason", "body-site"],
            Release::R6 => ["body-site", "based-on", "reason-concept", "body-site"],
        };
        for name in everywhere.iter().chain(&own) {
            assert!(named.contains(*name), "{release}: {name} is missing in {named:?}");
        }
        for other in ["bodysite", "basedon", "interpreter", "body-site", "based-on", "reason", "reason-concept", "_lastUpdated"] {
            assert!(own.contains(&other) || !named.contains(other), "{release}: {other}");
        }
        // Every parameter that is promised is understood, strictly.
        for one in resource("ImagingStudy")["searchParam"].as_array().unwrap() {
            let value = match one["type"].as_str().unwrap() {
                "date" => "2024-01-14",
                "reference" => "Patient/1",
                "uri" => "urn:oid:1.2.3",
                "token" | "string" => "1.2.3",
                other => panic!("{other}"),
            };
            let name = one["name"].as_str().unwrap();
            let missing = if one["type"] == "reference" && !["patient", "subject"].contains(&name) {
                format!("{name}:missing=true")
            } else {
                format!("{name}={value}")
            };
            let reply = facade.send("GET", &format!("ImagingStudy?{missing}"), &[("Prefer", "handling=strict")], "");
            assert_eq!(reply.status(), 200, "{release} {missing}: {}", reply.short());
        }
        let include: Vec<&str> = reply.body["rest"][0]["resource"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["searchInclude"].as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        assert!(include.contains(&"ImagingStudy:endpoint"), "{include:?}");
        let chosen = facade.send("GET", "metadata", &[("Accept", "application/fhir+json; fhirVersion=5.0")], "");
        assert_eq!(chosen.body["fhirVersion"], "5.0.0");
    }
}

/// The Endpoints that the configuration makes are read and searched for without asking the server.
pub fn endpoints_of_the_configuration() {
    for release in Release::ALL {
        let mut facade = facade();
        facade.config.release = release;
        facade.config.options.services = Service::ALL.to_vec();
        facade.config.options.endpoints = Endpoints::Bundle;
        let all = facade.get("Endpoint");
        let entries: Vec<Value> = all.entries("match").into_iter().cloned().collect();
        assert_eq!(entries.len(), 4, "{}", all.body);
        assert_eq!(all.outcome.requests, [""; 0]);
        for endpoint in &entries {
            let id = endpoint["id"].as_str().unwrap();
            let read = facade.get(&format!("Endpoint/{id}"));
            assert_eq!((read.status(), &read.body), (200, endpoint));
            assert_eq!(facade.get(&format!("Endpoint?_id={id}")).entries("match"), [endpoint]);
        }
        let code = |endpoint: &Value| {
            let type_ = &endpoint["connectionType"];
            let coding = if release >= Release::R5 { &type_[0]["coding"][0] } else { type_ };
            coding["code"].as_str().unwrap().to_owned()
        };
        for name in ["dicom-wado-rs", "dicom-qido-rs", "dicom-stow-rs", "dicom-wado-uri"] {
            for value in [name.to_owned(), format!("http://terminology.hl7.org/CodeSystem/endpoint-connection-type%7C{name}")] {
                let found = facade.get(&format!("Endpoint?connection-type={value}&status=active"));
                assert_eq!(found.entries("match").into_iter().map(code).collect::<Vec<_>>(), [name]);
            }
        }
        assert_eq!(facade.get("Endpoint?status=off").entries("match"), [&Value::Null; 0]);
        assert_eq!(facade.get("Endpoint?_id=nobody").entries("match"), [&Value::Null; 0]);
        facade.get("Endpoint/nobody").fails(404);
        // What is no way to show an Endpoint is refused, as it is where they are searched for.
        let id = entries[0]["id"].as_str().unwrap();
        for wanted in ["_elements=status", "_summary=text", "_summary=true", "_summary=count", "_count=1"] {
            facade.send("GET", &format!("Endpoint/{id}?{wanted}"), &[("Prefer", "handling=strict")], "").fails(400);
        }
        assert_eq!(facade.get(&format!("Endpoint/{id}?_summary=data")).body, entries[0]);
        facade.get("Endpoint?connection-type:foo=x").fails(400);
        facade.send("GET", "Endpoint?colour=red", &[("Prefer", "handling=strict")], "").fails(400);
        // Those that studies refer to are these.
        let bundle = facade.get("ImagingStudy?patient.identifier=P1&_include=ImagingStudy:endpoint");
        let included = bundle.entries("include");
        assert_eq!(included.len(), 4, "{}", bundle.body);
        for endpoint in included {
            let read = facade.get(&format!("Endpoint/{}", endpoint["id"].as_str().unwrap()));
            assert_eq!((read.status(), &read.body), (200, endpoint));
        }
    }
    // Studies that refer to one are found by it, as the facade itself wrote the reference; by another, and by one that is none, they are not.
    let mut bundled = facade();
    bundled.config.options.endpoints = Endpoints::Bundle;
    let own = bundled.get("Endpoint").entries("match")[0]["id"].as_str().unwrap().to_owned();
    for (id, count) in [(own.as_str(), 2), ("nobody", 0)] {
        for value in [format!("Endpoint/{id}"), format!("https://fhir.example.org/r/Endpoint/{id}"), id.to_owned()] {
            let found = bundled.get(&format!("ImagingStudy?patient.identifier=P1&endpoint={value}"));
            assert_eq!(found.studies().len(), count, "{value}");
        }
    }
    let mut none = facade();
    none.config.options.endpoint_base = None;
    assert_eq!(none.get("Endpoint").entries("match"), [&Value::Null; 0]);
}

/// The same below the base, with the base's path, with a slash or without: the target is a path, never a host.
pub fn addresses() {
    let facade = facade();
    let plain = facade.get(READ).body;
    for target in [
        "ImagingStudy/2.999.1.1",
        "/ImagingStudy/2.999.1.1",
        "/r/ImagingStudy/2.999.1.1",
        "ImagingStudy/2.999.1.1?",
        "ImagingStudy/2%2E999.1.1",
    ] {
        assert_eq!(facade.get(target).body, plain, "{target}");
    }
    let search: Reply = facade.get("/r/ImagingStudy?identifier=A1");
    assert_eq!(search.studies(), ["2.999.1.1"]);
    for other in
        ["https://evil.example.org/r/ImagingStudy/2.999.1.1", "//evil.example.org/ImagingStudy/2.999.1.1", "/q/ImagingStudy/2.999.1.1"]
    {
        let reply = facade.get(other);
        assert!([400, 404].contains(&reply.status()), "{other}: {}", reply.short());
    }
}
