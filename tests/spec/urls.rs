//! Runs the vectors about URLs.

use crate::support::for_release;
use fhir_dicomweb::url::{self, BadUrl, FramesAs, Resource, View};
use fhir_dicomweb::{Options, Release};
use libtest_mimic::Failed;
use serde_json::{Map, Value, json};

pub type Run = fn(&Value, Release) -> Result<(), Failed>;

/// What runs a case about URLs.
pub fn run_of(case: &Value) -> Option<Run> {
    match case["op"].as_str()? {
        "url" => Some(|case, _| table(case, |ask| parsed(ask["url"].as_str().unwrap()))),
        "address" => Some(|case, _| table(case, addressed)),
        "retrieve" => Some(retrieved),
        _ => None,
    }
}

fn table(case: &Value, found: impl Fn(&Value) -> Value) -> Result<(), Failed> {
    let mut wrong = String::new();
    for ask in case["asks"].as_array().unwrap() {
        let found = found(ask);
        if found != *ask {
            wrong += &format!("expected {ask}\n   found {found}\n");
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

fn failed(mut of: Map<String, Value>, bad: BadUrl) -> Value {
    of.insert("error".into(), json!(bad.code()));
    Value::Object(of)
}

/// What a text is read as, as the vectors write it.
fn parsed(text: &str) -> Value {
    let mut of = Map::new();
    of.insert("url".into(), json!(text));
    let url = match url::parse(text) {
        Ok(url) => url,
        Err(bad) => return failed(of, bad),
    };
    // What is written again is read as the same.
    assert_eq!(url::parse(&url.resource.url("https://h/x")).map(|again| again.resource), Ok(url.resource.clone()), "{text}");
    let mut put = |name: &str, value: Option<Value>| value.into_iter().for_each(|value| drop(of.insert(name.into(), value)));
    let resource: &Resource = &url.resource;
    put("base", Some(json!(url.base)).filter(|_| !url.base.is_empty()));
    put("study", resource.study().map(|uid| json!(uid)));
    put("series", resource.series().map(|uid| json!(uid)));
    put("instance", resource.instance().map(|uid| json!(uid)));
    put("view", Some(json!(resource.view().name())));
    match resource.view() {
        View::Frames(numbers, form) => {
            put("frames", Some(json!(numbers)));
            put("framesAs", Some(json!(form.name())).filter(|_| *form != FramesAs::Stored));
        }
        View::BulkData(rest) => put("bulk", rest.as_ref().map(|rest| json!(rest))),
        _ => {}
    }
    put("query", url.query.map(|query| json!(query)));
    put("path", Some(json!(resource.path())));
    Value::Object(of)
}

fn addressed(ask: &Value) -> Value {
    let (address, study) = (ask["address"].as_str().unwrap(), ask["study"].as_str().unwrap());
    let mut of = Map::new();
    of.insert("address".into(), json!(address));
    of.insert("study".into(), json!(study));
    match url::base(address, study) {
        Ok(base) => of.insert("base".into(), json!(base)),
        Err(bad) => return failed(of, bad),
    };
    Value::Object(of)
}

fn retrieved(case: &Value, release: Release) -> Result<(), Failed> {
    let input = if case["bundle"].is_null() { &case["fhir"] } else { &case["bundle"] };
    let text = match for_release(input, release) {
        Value::Array(resources) => resources.iter().map(|resource| format!("{resource}\n")).collect(),
        resource => resource.to_string(),
    };
    let found = url::retrievals(text.as_bytes(), &Options::default()).map_err(|error| format!("{error}"))?;
    let get = |get: &url::Get| {
        let mut of = Map::new();
        for (name, uid) in [("study", get.resource.study()), ("series", get.resource.series()), ("instance", get.resource.instance())] {
            uid.into_iter().for_each(|uid| drop(of.insert(name.into(), json!(uid))));
        }
        of.insert("url".into(), json!(get.url()));
        Value::Object(of)
    };
    let gets: Vec<Value> = found.gets.iter().map(get).collect();
    let refused: Vec<Value> = found.refused.iter().map(|one| json!({"at": one.at.name(), "why": one.why.code()})).collect();
    let (gets, refused) = (Value::from(gets), Value::from(refused));
    if gets == case["gets"] && refused == case["refused"] {
        return Ok(());
    }
    Err(format!("expected {} {}\n   found {gets} {refused}\n of {text}", case["gets"], case["refused"]).into())
}
