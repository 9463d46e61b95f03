//! Ops whose input is a table of questions.

use fhir_dicomweb::search::{self, Handling, Query, Server, Verdict};
use fhir_dicomweb::url::{BadUrl, FramesAs, View};
use fhir_dicomweb::{Error, Options, Release, Zone, dicom, row};
use serde_json::{Map, Value, json};

fn resolve(input: &Value, query: &mut Query) {
    for (reference, identifiers) in input["resolve"].as_object().into_iter().flatten() {
        let one = |id: &Value| (id["system"].as_str().map(str::to_owned), id["value"].as_str().unwrap_or_default().to_owned());
        let identifiers: Vec<(Option<String>, String)> = identifiers.as_array().into_iter().flatten().map(one).collect();
        let identifiers: Vec<(Option<&str>, &str)> =
            identifiers.iter().map(|(system, value)| (system.as_deref(), value.as_str())).collect();
        query.resolve(reference, &identifiers);
    }
}

fn parsed(input: &Value, ask: &Value, release: Release, handling: Handling, options: &Options) -> Result<Query, Error> {
    let mut query = search::parse(ask["q"].as_str().unwrap_or_default(), release, handling, &options.limits)?;
    resolve(input, &mut query);
    Ok(query)
}

fn strict_unless(lenient: bool) -> Handling {
    if lenient { Handling::Lenient } else { Handling::Strict }
}

/// What is said of the one study of a case.
pub fn judge(input: &Value, ask: &Value, release: Release, options: &Options) -> Value {
    let verdict = || -> Result<Value, Error> {
        let studies = dicom::read(input["dicom"].to_string().as_bytes(), options)?.ignore_loss();
        let residual = parsed(input, ask, release, strict_unless(ask["lenient"] == true), options)?.residual(options)?;
        let [study] = studies.as_slice() else { return Ok(json!(format!("{} studies", studies.len()))) };
        Ok(match residual.judge(study) {
            Verdict::Yes => json!("yes"),
            Verdict::No => json!("no"),
            Verdict::Need(need) => json!(format!("need-{}", need.level.name())),
        })
    };
    verdict().unwrap_or_else(|error| json!(format!("error:{}", error.code())))
}

/// The studies of an archive that match.
pub fn answer(input: &Value, ask: &Value, release: Release, options: &Options) -> Value {
    let found = || -> Result<Vec<String>, Error> {
        let studies = dicom::read(input["dicom"].to_string().as_bytes(), options)?.ignore_loss();
        let residual = parsed(input, ask, release, strict_unless(ask["lenient"] == true), options)?.residual(options)?;
        let matching = studies.iter().filter(|study| residual.judge(study) == Verdict::Yes);
        Ok(matching.filter_map(|study| study.get(row::STUDY_UID).map(str::to_owned)).collect())
    };
    found().map_or_else(|error| json!({"error": error.code()}), |studies| json!({"studies": studies}))
}

/// What a server is asked.
pub fn plan(input: &Value, ask: &Value, release: Release, options: &Options) -> Value {
    let planned = || -> Result<Value, Error> {
        let query = parsed(input, ask, release, strict_unless(ask["strict"] != true), options)?;
        let Ok(mut server) = input["server"].as_str().unwrap_or_default().parse::<Server>() else {
            return Ok(json!({"error": "no such server"}));
        };
        if let Some(Ok(zone)) = input["options"]["allDatesIn"].as_str().map(str::parse) {
            server = server.all_dates_in(Zone::Fixed(zone));
        }
        let plan = search::plan(&query, &server, options)?;
        let without = |query: &str| query.split('&').filter(|pair| !pair.starts_with("includefield=")).collect::<Vec<_>>().join("&");
        let url = |one: &search::Request| match without(&one.query) {
            query if query.is_empty() => one.path.to_owned(),
            query => format!("{}?{query}", one.path),
        };
        let requests: Vec<String> = plan.requests().iter().map(url).collect();
        let (mut classes, mut reasons) = (Map::new(), Map::new());
        for decision in plan.decisions() {
            classes.insert(decision.clause.clone(), json!(decision.class.name()));
            reasons.insert(decision.clause.clone(), decision.whys.iter().map(|why| why.name()).collect::<Vec<_>>().into());
        }
        Ok(json!({"requests": requests, "classes": classes, "reasons": reasons, "level": plan.level().name()}))
    };
    planned().unwrap_or_else(|error| json!({"error": error.code()}))
}

fn failed(mut of: Map<String, Value>, bad: BadUrl) -> Value {
    of.insert("error".into(), json!(bad.code()));
    Value::Object(of)
}

/// What a text is read as.
pub fn url(ask: &Value) -> Value {
    let text = ask["url"].as_str().unwrap_or_default();
    let mut of = Map::new();
    of.insert("url".into(), json!(text));
    let url = match fhir_dicomweb::url::parse(text) {
        Ok(url) => url,
        Err(bad) => return failed(of, bad),
    };
    let mut put = |name: &str, value: Option<Value>| of.extend(value.map(|value| (name.to_owned(), value)));
    let resource = &url.resource;
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

/// The base that an address means.
pub fn address(ask: &Value) -> Value {
    let text = |name: &str| ask[name].as_str().unwrap_or_default();
    let mut of = Map::new();
    ["address", "study"].into_iter().for_each(|name| drop(of.insert(name.into(), json!(text(name)))));
    match fhir_dicomweb::url::base(text("address"), text("study")) {
        Ok(base) => of.insert("base".into(), json!(base)),
        Err(bad) => return failed(of, bad),
    };
    Value::Object(of)
}

/// Whether values match a key.
pub fn matching(ask: &Value) -> Value {
    let text = |name: &str| ask[name].as_str().unwrap_or_default();
    let values: Vec<&str> = ask["values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    json!(search::matches(text("vr"), text("key"), &values))
}
