//! The command line.

use fhir_dicomweb::facade::Config;
use fhir_dicomweb::search::Server;
use fhir_dicomweb::{Options, Release, Zone};
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

pub const USAGE: &str =
    "usage: facade --dicomweb URL [--listen 127.0.0.1:8080] [--release R4] [--server ID] [--fhir-base URL] [--patients FILE]
              [--endpoint-base URL] [--namespace NAME=URI]... [--patient-namespace URI] [--zone +01:00] [--enumerate]
              [--timeout SECONDS] [--concurrent N] [--max-body MIB]";

/// Identifiers of resources, as they stand, by reference: `Patient/12`.
pub type Known = BTreeMap<String, Vec<Value>>;

/// What the command line says.
pub struct Arguments {
    pub dicomweb: String,
    pub listen: String,
    pub config: Config,
    /// Whom the facade knows.
    pub patients: Known,
    /// For each request to the archive.
    pub timeout: Duration,
    /// How many requests of one conversation are under way at once.
    pub concurrent: usize,
    /// Of each answer of the archive.
    pub max_body: u64,
}

type Done<T> = Result<T, Box<dyn Error>>;

pub fn parse(arguments: impl Iterator<Item = String>) -> Done<Arguments> {
    let (mut dicomweb, mut listen, mut patients) = (None, "127.0.0.1:8080".to_owned(), BTreeMap::new());
    let (mut options, mut server, mut release, mut enumerate) = (Options::default(), Server::unknown(), Release::R4, false);
    let (mut timeout, mut concurrent, mut max_body) = (30, 8, 256);
    let mut rest = arguments;
    while let Some(argument) = rest.next() {
        if argument == "--enumerate" {
            enumerate = true;
            continue;
        }
        let value = rest.next().ok_or_else(|| format!("{argument} needs a value\n{USAGE}"))?;
        match argument.as_str() {
            "--dicomweb" => dicomweb = Some(value.trim_end_matches('/').to_owned()),
            "--listen" => listen = value,
            "--release" => release = value.parse()?,
            "--server" => server = value.parse()?,
            "--fhir-base" => options.fhir_base = Some(value),
            "--endpoint-base" => options.endpoint_base = Some(value),
            "--patients" => patients = resources(&std::fs::read_to_string(&value).map_err(|error| format!("{value}: {error}"))?)?,
            "--namespace" => {
                let (name, uri) = value.split_once('=').ok_or("expected NAME=URI")?;
                options.namespaces.push((name.to_owned(), uri.to_owned()));
            }
            "--patient-namespace" => options.patient_namespace = Some(value),
            "--zone" => options.zone = Zone::Fixed(value.parse()?),
            "--timeout" => timeout = value.parse()?,
            "--concurrent" => concurrent = value.parse::<usize>()?.max(1),
            "--max-body" => max_body = value.parse()?,
            unknown => return Err(format!("unknown option {unknown}\n{USAGE}").into()),
        }
    }
    let dicomweb = dicomweb.ok_or(USAGE)?;
    // The facade hands out its own address: what is behind /dicom-web is passed through.
    // No longer query than the server takes in a target, and so in the links of what was posted.
    options.limits.query_bytes = 60_000;
    options.fhir_base.get_or_insert_with(|| format!("http://{listen}"));
    options.endpoint_base.get_or_insert_with(|| format!("http://{listen}/dicom-web"));
    let mut config = Config::new(server, options);
    (config.release, config.enumerate) = (release, enumerate);
    let (timeout, max_body) = (Duration::from_secs(timeout), u64::saturating_mul(max_body, 1 << 20));
    Ok(Arguments { dicomweb, listen, config, patients, timeout, concurrent, max_body })
}

/// The identifiers of the resources of an NDJSON text, by `Type/id`: one of `use` `old` may be somebody else's by now.
fn resources(text: &str) -> Done<Known> {
    let mut all = BTreeMap::new();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let resource: Value = serde_json::from_str(line).map_err(|_| format!("line {} of --patients is no JSON", n + 1))?;
        let (Some(type_), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str()) else {
            return Err(format!("line {} of --patients is no resource with an id", n + 1).into());
        };
        let identifiers = resource["identifier"].as_array().into_iter().flatten();
        let own = identifiers.filter(|one| one["use"] != "old" && one["value"].is_string()).cloned().collect();
        all.insert(format!("{type_}/{id}"), own);
    }
    Ok(all)
}
