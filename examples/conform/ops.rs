//! What this crate answers to the runs of `spec/PROTOCOL.md`.

use super::tables;
use super::vectors::{Losses, options_of, to_bundle, to_dicom, to_fhir};
use fhir_dicomweb::{Error, Options, Release, Service, dicom, fhir, url};
use serde_json::{Map, Value, json};

/// The ops.
pub const OPS: [&str; 10] = ["map", "judge", "answer", "plan", "url", "address", "retrieve", "grammar", "match", "endpoint"];

/// What is answered to a run: `output` and `loss`, or `error`.
pub fn run(op: &str, direction: Option<&str>, release: Release, input: &Value) -> Value {
    let options = options_of(input);
    let answered = match (op, direction) {
        ("map", Some("to-dicom")) => {
            let select = input["includefield"].as_str().map_or_else(dicom::Select::all, dicom::Select::of);
            to_dicom(text(input).as_bytes(), release, &options, input["level"].as_str(), &select)
                .map(|(sets, losses)| with_loss(sets, &losses))
        }
        ("map", _) if input["as"] == "bundle" => {
            to_bundle(text(input).as_bytes(), release, &options).map(|(bundle, losses)| with_loss(bundle, &losses))
        }
        ("map", _) => to_fhir(text(input).as_bytes(), release, &options).map(|(resources, losses)| with_loss(resources.into(), &losses)),
        ("judge", _) => table(input, |ask| tables::judge(input, ask, release, &options)),
        ("answer", _) => table(input, |ask| tables::answer(input, ask, release, &options)),
        ("plan", _) => table(input, |ask| tables::plan(input, ask, release, &options)),
        ("url", _) => table(input, tables::url),
        ("address", _) => table(input, tables::address),
        ("match", _) => table(input, tables::matching),
        ("grammar", _) => table(input, |ask| super::grammar::grammar(input["kind"].as_str().unwrap_or_default(), ask, release)),
        ("retrieve", _) => retrieve(input),
        ("endpoint", Some("to-fhir")) => Ok(endpoint(input, release)),
        ("endpoint", _) => read_endpoint(input),
        _ => return json!({"skipped": "no such op"}),
    };
    answered.unwrap_or_else(|error| json!({"error": {"code": error.code()}}))
}

/// The input as text.
fn text(input: &Value) -> String {
    input["text"].as_str().map_or_else(|| input["dicom"].to_string(), str::to_owned)
}

fn with_loss(output: Value, losses: &Losses) -> Value {
    let losses: Vec<Value> = losses.iter().map(|((code, at), count)| json!({"code": code, "at": at, "count": count})).collect();
    json!({"output": output, "loss": losses})
}

fn table(input: &Value, mut one: impl FnMut(&Value) -> Value) -> Result<Value, Error> {
    let rows: Vec<Value> = input["asks"].as_array().into_iter().flatten().map(&mut one).collect();
    Ok(json!({"output": rows}))
}

fn retrieve(input: &Value) -> Result<Value, Error> {
    let found = url::retrievals(text(input).as_bytes(), &Options::default())?;
    let get = |get: &url::Get| {
        let mut of = Map::new();
        let uids = [("study", get.resource.study()), ("series", get.resource.series()), ("instance", get.resource.instance())];
        uids.into_iter().for_each(|(name, uid)| of.extend(uid.map(|uid| (name.to_owned(), json!(uid)))));
        of.insert("url".into(), json!(get.url()));
        Value::Object(of)
    };
    let gets: Vec<Value> = found.gets.iter().map(get).collect();
    let refused: Vec<Value> = found.refused.iter().map(|one| json!({"at": one.at.name(), "why": one.why.code()})).collect();
    Ok(json!({"output": {"gets": gets, "refused": refused}}))
}

fn endpoint(input: &Value, release: Release) -> Value {
    let Some(service) = input["service"].as_str().and_then(|name| name.parse::<Service>().ok()) else {
        return json!({"skipped": "no such service"});
    };
    let written = fhir::endpoint(service, input["address"].as_str().unwrap_or_default(), input["endpointId"].as_str(), release);
    json!({"output": serde_json::from_str::<Value>(written.as_str()).unwrap_or_default()})
}

fn read_endpoint(input: &Value) -> Result<Value, Error> {
    let read = fhir::read_endpoint(text(input).as_bytes())?;
    let service = read.service.map(Service::name);
    let address = Some(read.address).filter(|address| !address.is_empty());
    Ok(json!({"output": {"service": service, "address": address, "plain": read.is_plain, "active": read.is_active}}))
}
