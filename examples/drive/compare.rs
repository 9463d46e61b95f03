//! Whether an answer is what a vector expects: the one comparison rule of `spec/README.md`.

use super::cases::{Run, Want, filled};
use serde_json::Value;
use std::collections::BTreeMap;

/// Whether `found` is what is expected, where `*` in an expected text stands for any UUID.
/// In a Bundle each such UUID must stand where it is needed: as id, in a fullUrl, in a reference.
pub fn matches(expected: &Value, found: &Value) -> bool {
    let mut uuids: BTreeMap<String, usize> = BTreeMap::new();
    let alike = alike(expected, found, &mut uuids);
    alike && (found["resourceType"] != "Bundle" || uuids.values().all(|times| *times >= 3))
}

fn alike(expected: &Value, found: &Value, uuids: &mut BTreeMap<String, usize>) -> bool {
    match (expected, found) {
        (Value::String(pattern), Value::String(text)) if pattern.contains('*') && pattern != text => {
            let (before, after) = pattern.split_once('*').unwrap_or_default();
            let Some(uuid) = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) else { return false };
            *uuids.entry(uuid.to_owned()).or_default() += 1;
            uuid.len() == 36 && uuid.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        }
        (Value::Array(one), Value::Array(two)) => one.len() == two.len() && one.iter().zip(two).all(|(one, two)| alike(one, two, uuids)),
        (Value::Object(one), Value::Object(two)) => {
            one.len() == two.len() && one.iter().all(|(name, value)| two.get(name).is_some_and(|other| alike(value, other, uuids)))
        }
        (Value::Number(one), Value::Number(two)) => one == two || one.as_f64() == two.as_f64(),
        (one, two) => one == two,
    }
}

/// Losses as a multiset of code, place and count.
fn losses(list: &Value) -> BTreeMap<(String, String), u64> {
    let mut losses = BTreeMap::new();
    for loss in list.as_array().into_iter().flatten() {
        let text = |name: &str| loss[name].as_str().unwrap_or_default().to_owned();
        *losses.entry((text("code"), text("at"))).or_default() += loss["count"].as_u64().unwrap_or(1);
    }
    losses
}

/// Whether it is one of the three answers: an output, perhaps with losses, an error, or that the case was skipped. `null` is nothing.
pub fn is_answer(answer: &Value) -> bool {
    let is_loss = |loss: &Value| loss["code"].is_string() && loss["at"].is_string() && (loss["count"].is_null() || loss["count"].is_u64());
    let losses = answer["loss"].is_null() || answer["loss"].as_array().is_some_and(|all| all.iter().all(is_loss));
    match ["output", "error", "skipped"].map(|name| answer.get(name).filter(|value| !value.is_null())) {
        [Some(_), None, None] => losses,
        [None, Some(error), None] => error["code"].is_string(),
        [None, None, Some(why)] => why.is_string(),
        _ => false,
    }
}

/// Whether this is what an implementation says of itself, as PROTOCOL.md has it.
pub fn is_introduction(answer: &Value) -> bool {
    let is_named = ["name", "version", "language"].iter().all(|name| answer["implementation"][name].is_string());
    let list = |name: &str, is_one: fn(&str) -> bool| {
        answer[name].as_array().is_some_and(|all| !all.is_empty() && all.iter().all(|one| one.as_str().is_some_and(is_one)))
    };
    is_named && list("releases", |release| ["R4", "R4B", "R5", "R6"].contains(&release)) && list("ops", |op| !op.is_empty())
}

/// What is wrong with an answer; nothing where it is right.
pub fn wrong(run: &Run, answer: &Value) -> Option<String> {
    if !is_answer(answer) {
        return Some("no answer of the form that PROTOCOL.md asks for".to_owned());
    }
    let code = answer["error"]["code"].as_str();
    if let Want::Error(wanted) = &run.want {
        return match code {
            Some(code) if code == wanted => None,
            Some(code) => Some(format!("expected the error {wanted}, found {code}")),
            None => Some(format!("expected the error {wanted}, found a result")),
        };
    }
    if let Some(code) = code {
        return Some(format!("expected a result, found the error {code}"));
    }
    // A row has keys without values that another implementation leaves out.
    let is_rows = run.op == "map" && run.direction == Some("to-dicom");
    let rows = if is_rows { filled(&answer["output"]) } else { Value::Null };
    let (output, loss) = (if is_rows { &rows } else { &answer["output"] }, &answer["loss"]);
    let mut wrong = Vec::new();
    match &run.want {
        Want::Error(_) => {}
        Want::Output { output: wanted, loss: told } => {
            if wanted.as_ref().is_some_and(|wanted| !matches(wanted, output)) {
                wrong.push(format!("expected {}\n   found {output}", wanted.as_ref().unwrap_or(&Value::Null)));
            }
            if let Some(told) = told.as_ref().filter(|told| losses(told) != losses(loss)) {
                wrong.push(format!("expected losses {:?}\n   found {:?}", losses(told), losses(loss)));
            }
        }
        Want::Table(rows) => {
            let found = output.as_array().map(Vec::as_slice).unwrap_or_default();
            if found.len() != rows.len() {
                wrong.push(format!("expected {} answers, found {}", rows.len(), found.len()));
            }
            for (row, found) in rows.iter().zip(found) {
                if !row_is(run, row, found) {
                    wrong.push(format!("expected {row}\n   found {found}"));
                }
            }
        }
    }
    if wrong.is_empty() { None } else { Some(wrong.join("\n")) }
}

/// Whether the answer to one row of a table is right.
fn row_is(run: &Run, row: &Value, found: &Value) -> bool {
    // A list of texts in any order; what is none is no list, and nothing is none of an empty one.
    let sorted = |list: &Value| {
        let mut texts = list.as_array()?.iter().map(|text| Some(text.as_str()?.to_owned())).collect::<Option<Vec<_>>>()?;
        texts.sort_unstable();
        Some(texts)
    };
    match run.op.as_str() {
        "judge" => row["a"] == *found,
        "match" => row["is"] == *found,
        "answer" if row["error"].is_null() => sorted(&row["studies"]) == sorted(&found["studies"]) && found["error"].is_null(),
        "answer" | "plan" if !row["error"].is_null() => {
            row["error"] == found["error"] && ["studies", "requests"].iter().all(|result| found[result].is_null())
        }
        "plan" if !found["error"].is_null() => false,
        "plan" => {
            let reasons = |(clause, wanted): (&String, &Value)| {
                let given = sorted(&found["reasons"][clause]).unwrap_or_default();
                sorted(wanted).unwrap_or_default().iter().all(|reason| given.contains(reason))
            };
            sorted(&row["requests"]) == sorted(&found["requests"])
                && row["classes"] == found["classes"]
                && (row["level"].is_null() || row["level"] == found["level"])
                && row["reasons"].as_object().into_iter().flatten().all(reasons)
        }
        _ => matches(row, found),
    }
}
