//! Runs `spec/vectors` exactly as an outsider would: a trial for each case and release.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)]

mod support;
#[path = "spec/urls.rs"]
mod urls;

use fhir_dicomweb::search::{self, Handling, Server, Verdict};
use fhir_dicomweb::{Class, Code, Options, Release, Study, Zone};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use std::collections::BTreeMap;
use support::{Losses, filled, for_release, matches, options_of, span_holds, to_bundle, to_dicom, to_fhir, vector_files};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (path, file) in vector_files() {
        for case in file["cases"].as_array().into_iter().flatten() {
            for release in Release::ALL {
                let span = case["releases"].as_str().unwrap_or_else(|| panic!("{}: releases", path.display()));
                let directions = case["directions"].as_array().map(Vec::as_slice).unwrap_or_default();
                if !span_holds(span, release) {
                    continue;
                }
                if case["op"] == "plan" {
                    for server in servers_of(case) {
                        let (name, case) = (format!("{}@{release}/{server}", case["id"].as_str().unwrap()), case.clone());
                        trials.push(Trial::test(name, move || planned(&case, release, &server)));
                    }
                    continue;
                }
                if let Some(run) = urls::run_of(case) {
                    let (name, case) = (format!("{}@{release}", case["id"].as_str().unwrap()), case.clone());
                    trials.push(Trial::test(name, move || run(&case, release)));
                    continue;
                }
                if case["op"] == "judge" {
                    let (name, case) = (format!("{}@{release}", case["id"].as_str().unwrap()), case.clone());
                    trials.push(Trial::test(name, move || judge(&case, release)));
                    continue;
                }
                if directions.iter().any(|d| d == "to-dicom") {
                    let (name, case) = (format!("{}@{release}/to-dicom", case["id"].as_str().unwrap()), case.clone());
                    trials.push(Trial::test(name, move || back(&case, release)));
                }
                if !directions.iter().any(|d| d == "to-fhir") {
                    continue;
                }
                let name = format!("{}@{release}/to-fhir", case["id"].as_str().unwrap());
                if release == Release::R4 && case["error"].is_null() {
                    let case = case.clone();
                    trials.push(Trial::test(format!("{}/strict", case["id"].as_str().unwrap()), move || strict(&case)));
                }
                let case = case.clone();
                trials.push(Trial::test(name, move || run(&case, release)));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn run(case: &Value, release: Release) -> Result<(), Failed> {
    let text = match case["text"].as_str() {
        Some(text) => text.to_owned(),
        None => case["dicom"].to_string(),
    };
    let options = options_of(case);
    let got = to_fhir(text.as_bytes(), release, &options);
    if let Some(code) = case["error"].as_str() {
        return match got {
            Err(error) if error.code() == code => Ok(()),
            Err(error) => Err(format!("expected error {code}, found {error}").into()),
            Ok(_) => Err(format!("expected error {code}, found a result").into()),
        };
    }
    let mut wrong = String::new();
    let losses = if case["bundle"].is_null() {
        let (resources, losses) = got.map_err(|error| format!("{error}"))?;
        let expected = match for_release(&case["fhir"], release) {
            Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        };
        let (expected, resources) = (Value::from(expected), Value::from(resources));
        if !matches(&expected, &resources) {
            wrong += &format!("expected {expected}\n   found {resources}\n");
        }
        losses
    } else {
        let (bundle, losses) = to_bundle(text.as_bytes(), release, &options).map_err(|error| format!("{error}"))?;
        let expected = for_release(&case["bundle"], release);
        if !matches(expected, &bundle) {
            wrong += &format!("expected {expected}\n   found {bundle}\n");
        }
        losses
    };
    let wanted = wanted(&case["loss"], release);
    if losses != wanted {
        wrong += &format!("expected {wanted:?}\n   found {losses:?}\n");
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// The losses that a case expects of a release.
fn wanted(losses: &Value, release: Release) -> Losses {
    let mut wanted = Losses::new();
    for loss in for_release(losses, release).as_array().into_iter().flatten() {
        let key = (loss["code"].as_str().unwrap().to_owned(), loss["at"].as_str().unwrap().to_owned());
        *wanted.entry(key).or_default() += loss["count"].as_u64().unwrap_or(1);
    }
    wanted
}

/// A table of queries about one study.
fn judge(case: &Value, release: Release) -> Result<(), Failed> {
    let options = options_of(case);
    let read = fhir_dicomweb::dicom::read(case["dicom"].to_string().as_bytes(), &options).map_err(|error| format!("{error}"))?;
    let mut wrong = String::new();
    for ask in case["asks"].as_array().unwrap() {
        let (query, expected) = (ask["q"].as_str().unwrap(), ask["a"].as_str().unwrap());
        let handling = if ask["lenient"] == true { Handling::Lenient } else { Handling::Strict };
        let said = said(case, query, release, handling, &options, &read.value);
        if said != expected {
            wrong +=
                &format!("{query}{}: expected {expected}, found {said}\n", if handling == Handling::Lenient { " (lenient)" } else { "" });
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{wrong}of {}", case["dicom"]).into()) }
}

/// The servers of a case.
fn servers_of(case: &Value) -> Vec<String> {
    let named = case["servers"].as_array().cloned().unwrap_or_else(|| vec![case["server"].clone()]);
    named.iter().map(|id| id.as_str().expect("a server").to_owned()).collect()
}

/// A table of queries and of what a server is asked.
fn planned(case: &Value, release: Release, server: &str) -> Result<(), Failed> {
    let options = options_of(case);
    let mut server: Server = server.parse().expect("a known server");
    if let Some(zone) = case["options"]["allDatesIn"].as_str() {
        server = server.all_dates_in(Zone::Fixed(zone.parse().expect("an offset")));
    }
    let mut wrong = String::new();
    for ask in case["asks"].as_array().unwrap() {
        let query = ask["q"].as_str().unwrap();
        let handling = if ask["strict"] == true { Handling::Strict } else { Handling::Lenient };
        let plan = search::parse(query, release, handling, &options.limits).and_then(|mut query| {
            resolve(case, &mut query);
            search::plan(&query, &server, &options)
        });
        match (plan, ask["error"].as_str()) {
            (Err(error), Some(code)) if error.code() == code => {}
            (Err(error), wanted) => wrong += &format!("{query}: expected {wanted:?}, found the error {}\n", error.code()),
            (Ok(_), Some(code)) => wrong += &format!("{query}: expected the error {code}, found a plan\n"),
            (Ok(plan), None) => wrong += &unlike(ask, query, &plan),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// Where a plan is not what a row of a table says.
fn unlike(ask: &Value, query: &str, plan: &search::Plan) -> String {
    let mut wrong = String::new();
    let without = |query: &str| query.split('&').filter(|pair| !pair.starts_with("includefield=")).collect::<Vec<_>>().join("&");
    let url = |path: &str, query: String| if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let mut found: Vec<String> = plan.requests().iter().map(|one| url(one.path, without(&one.query))).collect();
    let mut wanted: Vec<String> = ask["requests"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    found.sort();
    wanted.sort();
    if found != wanted {
        wrong += &format!("{query}: expected {wanted:?}, found {found:?}\n");
    }
    let found: BTreeMap<String, &search::Decision> = plan.decisions().iter().map(|one| (one.clause.clone(), one)).collect();
    let classes = ask["classes"].as_object().unwrap();
    let same = classes.len() == found.len()
        && classes.iter().all(|(clause, class)| found.get(clause).is_some_and(|one| one.class.name() == class));
    if !same {
        wrong += &format!("{query}: expected {classes:?}, found {found:?}\n");
    }
    for (clause, reasons) in ask["reasons"].as_object().into_iter().flatten() {
        for reason in reasons.as_array().unwrap() {
            if !found.get(clause).is_some_and(|one| one.whys.iter().any(|why| why.name() == reason)) {
                wrong += &format!("{query}: {clause} without reason {reason}: {found:?}\n");
            }
        }
    }
    if ask["level"].as_str().is_some_and(|level| level != plan.level().name()) {
        wrong += &format!("{query}: expected level {}, found {}\n", ask["level"], plan.level().name());
    }
    wrong
}

fn resolve(case: &Value, query: &mut search::Query) {
    for (reference, identifiers) in case["resolve"].as_object().into_iter().flatten() {
        let identifiers: Vec<(Option<&str>, &str)> =
            identifiers.as_array().unwrap().iter().map(|id| (id["system"].as_str(), id["value"].as_str().unwrap())).collect();
        query.resolve(reference, &identifiers);
    }
}

/// What is said of the one study of a case.
fn said(case: &Value, query: &str, release: Release, handling: Handling, options: &Options, studies: &[Study]) -> String {
    let mut parsed = match search::parse(query, release, handling, &options.limits) {
        Ok(parsed) => parsed,
        Err(error) => return format!("error:{}", error.code()),
    };
    let printed = parsed.to_string();
    let again = search::parse(&printed, release, handling, &options.limits).expect("what is printed parses");
    assert!(again == parsed, "{query} printed as {printed}");
    resolve(case, &mut parsed);
    let [study] = studies else { return format!("{} studies", studies.len()) };
    match parsed.residual(options) {
        Err(error) => format!("error:{}", error.code()),
        Ok(residual) => match residual.judge(study) {
            Verdict::Yes => "yes".to_owned(),
            Verdict::No => "no".to_owned(),
            Verdict::Need(need) => format!("need-{}", need.level.name()),
        },
    }
}

/// The way back: FHIR of a release into data sets.
fn back(case: &Value, release: Release) -> Result<(), Failed> {
    let input = if case["bundle"].is_null() { for_release(&case["fhir"], release) } else { for_release(&case["bundle"], release) };
    let text = match (case["text"].as_str().filter(|_| case["fhir"].is_null()), input) {
        (Some(text), _) => text.to_owned(),
        (None, Value::Array(resources)) => resources.iter().map(|resource| format!("{resource}\n")).collect(),
        (None, resource) => resource.to_string(),
    };
    // A made-up UUID is shown as a star.
    let text = text.replace("\"*\"", "\"00000000-0000-8000-8000-000000000000\"");
    let got = to_dicom(text.as_bytes(), release, &options_of(case), case["level"].as_str());
    if let Some(code) = case["backError"].as_str() {
        return match got {
            Err(error) if error.code() == code => Ok(()),
            Err(error) => Err(format!("expected error {code}, found {error}").into()),
            Ok(_) => Err(format!("expected error {code}, found a result").into()),
        };
    }
    let (sets, losses) = got.map_err(|error| format!("{error}"))?;
    let expected = match &case["back"] {
        Value::Null => &case["dicom"],
        back => for_release(back, release),
    };
    let expected = match filled(expected) {
        Value::Array(all) => Value::Array(all),
        one => Value::Array(vec![one]),
    };
    let mut wrong = String::new();
    if expected != sets {
        wrong += &format!("expected {expected}\n   found {sets}\n");
    }
    let wanted = wanted(&case["backLoss"], release);
    if losses != wanted {
        wrong += &format!("expected {wanted:?}\n   found {losses:?}\n");
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{wrong}of {text}").into()) }
}

/// In strict mode what departs from its standard or contradicts itself is an error, and nothing else is.
fn strict(case: &Value) -> Result<(), Failed> {
    let text = case["text"].as_str().map_or_else(|| case["dicom"].to_string(), str::to_owned);
    let mut options = options_of(case);
    options.strict = true;
    let losses = for_release(&case["loss"], Release::R4);
    // These are told when FHIR is written, which never fails.
    let late = ["required-missing", "bad-url"];
    let breaks =
        losses.as_array().into_iter().flatten().filter_map(|loss| loss["code"].as_str()).filter(|code| !late.contains(code)).any(|name| {
            let code = Code::ALL.iter().find(|code| code.name() == name).unwrap();
            matches!(code.class(), Class::Deviation | Class::Conflict)
        });
    match fhir_dicomweb::dicom::read(text.as_bytes(), &options) {
        Ok(_) if !breaks => Ok(()),
        Err(error) if breaks && error.code() == "strict" => Ok(()),
        Ok(_) => Err("expected the error strict, found a result".into()),
        Err(error) => Err(format!("expected a result, found {error}").into()),
    }
}
