//! Endpoints of answers lead to what the server has.

use crate::archive::{Facade, Reply};
use crate::parameters::twelve;
use fhir_dicomweb::search::servers;
use fhir_dicomweb::url::{self, Get};
use fhir_dicomweb::{EndpointAddress, Endpoints, Release};
use serde_json::Value;

/// The rows that the server has of what a URL names.
fn rows(facade: &Facade, get: &Get) -> Vec<Value> {
    // As a client does it: the URL, then its path.
    let parsed = url::parse(&get.url()).unwrap();
    assert_eq!(parsed.base, "https://pacs.example.org/dicom-web");
    let (study, series, instance) = (parsed.resource.study().unwrap(), parsed.resource.series(), parsed.resource.instance());
    let (path, query, key, uid) = match (series, instance) {
        (Some(series), Some(instance)) => (format!("/studies/{study}/series/{series}/instances"), String::new(), "00080018", instance),
        (Some(series), None) => (format!("/studies/{study}/series"), String::new(), "0020000E", series),
        _ => ("/studies".to_owned(), format!("StudyInstanceUID={study}"), "0020000D", study),
    };
    assert!(parsed.resource.path().starts_with("/studies/"), "{}", parsed.resource.path());
    let answer = facade.store.get(&path, &query, &facade.faults);
    let rows: Vec<Value> = serde_json::from_str(&answer.body).unwrap_or_default();
    rows.into_iter().filter(|row| row[key]["Value"][0] == uid).collect()
}

/// Every study, series and instance of an answer, by its Endpoint.
fn follow(facade: &Facade, reply: &Reply, expected: usize) {
    let found = url::retrievals(reply.outcome.response.body.as_str().as_bytes(), &facade.config.options).unwrap();
    assert_eq!(found.refused.len(), 0, "{:?} of {}", found.refused, reply.short());
    assert_eq!(found.gets.len(), expected, "{}", reply.short());
    for get in &found.gets {
        assert_eq!(rows(facade, get).len(), 1, "{}", get.url());
    }
}

/// Over every server, in every release, wherever Endpoints stand and whatever their addresses are.
pub fn endpoints_lead_to_the_study() {
    for server in servers::all() {
        // Without a cut of pages, so that the check below sees all rows at once.
        let seed =
            (1..99).find(|seed| crate::support::qido_store::preset(server.id(), *seed).default_limit[0].is_none_or(|limit| limit >= 100));
        let mut facade = Facade::over(server.id(), seed.unwrap(), twelve());
        facade.config.enumerate = true;
        for release in Release::ALL {
            facade.config.release = release;
            for address in [EndpointAddress::Base, EndpointAddress::Study] {
                facade.config.options.endpoint_address = address;
                for series_endpoints in [false, true] {
                    facade.config.options.series_endpoints = series_endpoints;
                    facade.config.options.endpoints = Endpoints::Contained;
                    // The study, two series, one instance each.
                    follow(&facade, &facade.get("ImagingStudy/2.999.1.1"), 5);
                    follow(&facade, &facade.get("ImagingStudy?identifier=urn:oid:2.999.1.1,urn:oid:2.999.1.2"), 8);
                    facade.config.options.endpoints = Endpoints::Bundle;
                    follow(&facade, &facade.get("ImagingStudy?identifier=urn:oid:2.999.1.1,urn:oid:2.999.1.2"), 8);
                }
            }
            facade.config.options = crate::archive::config(server.clone()).options;
            follow(&facade, &facade.get("ImagingStudy?identifier=urn:oid:2.999.1.1&_include=ImagingStudy:endpoint"), 5);
            // Of a study alone, too.
            follow(&facade, &facade.get("ImagingStudy?identifier=urn:oid:2.999.1.1&_elements=identifier,endpoint"), 1);
        }
    }
    // A resource alone has no Bundle beside it: its Endpoint is inside of it, or can be read.
    let mut facade = Facade::over("dcm4chee-arc-5", 1, twelve());
    facade.config.options.endpoints = Endpoints::Bundle;
    let read = facade.get("ImagingStudy/2.999.1.1");
    let reference = read.body["endpoint"][0]["reference"].as_str().unwrap();
    let both = if reference.starts_with('#') {
        read.body.to_string()
    } else {
        let endpoint = facade.get(reference.trim_start_matches("https://fhir.example.org/r/"));
        assert_eq!((endpoint.status(), endpoint.body["resourceType"].as_str()), (200, Some("Endpoint")), "{reference}");
        format!("{}\n{}", read.body, endpoint.body)
    };
    let found = url::retrievals(both.as_bytes(), &facade.config.options).unwrap();
    assert_eq!(found.gets.len(), 5, "{found:?}");
}
