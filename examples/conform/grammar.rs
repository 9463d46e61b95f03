//! What becomes of single values: op `grammar`.

use super::vectors::to_fhir;
use fhir_dicomweb::search::{self, Handling};
use fhir_dicomweb::{Options, Release};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What becomes of a text of a kind.
pub fn grammar(kind: &str, ask: &Value, release: Release) -> Value {
    let text = ask["text"].as_str().unwrap_or_default();
    if let Some(parameter) = kind.strip_prefix("search-") {
        return searched(parameter, text, release);
    }
    let attribute = |vr: &str, value: Value| json!({"vr": vr, "Value": [value]});
    let mut set = Map::new();
    set.insert("0020000D".into(), attribute("UI", json!("2.999.1")));
    let mut put = |tag: &str, vr: &str, value: Value| drop(set.insert(tag.into(), attribute(vr, value)));
    let own = match kind {
        "da" => "00080020",
        "tm" => "00080030",
        "offset" => "00080201",
        "pn" => "00100010",
        "ui" => "0020000E",
        "is" => "00200011",
        _ => "00081030",
    };
    match kind {
        "da" => put(own, "DA", json!(text)),
        "tm" => {
            put("00080020", "DA", json!("20240114"));
            put(own, "TM", json!(text));
            put("00080201", "SH", json!("+0000"));
        }
        "offset" => {
            put("00080020", "DA", json!("20240114"));
            put("00080030", "TM", json!("101530"));
            put(own, "SH", json!(text));
        }
        "pn" => put(own, "PN", json!({"Alphabetic": text})),
        "ui" => put(own, "UI", json!(text)),
        "is" => {
            put("0020000E", "UI", json!("2.999.1.1"));
            put(own, "IS", json!(text));
        }
        _ => put(own, "LO", json!(text)),
    }
    let (resources, losses) = match to_fhir(Value::Object(set).to_string().as_bytes(), release, &Options::default()) {
        Ok(done) => done,
        Err(error) => return json!({"text": text, "error": error.code()}),
    };
    let study = resources.into_iter().next().unwrap_or_default();
    let started = study["started"].as_str().unwrap_or_default();
    let (_, time) = started.split_once('T').unwrap_or_default();
    let said = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    let value = match kind {
        "da" => study["started"].clone(),
        "tm" => said(time),
        "offset" => said(time.get(8..).unwrap_or_default()),
        "pn" => study["subject"]["display"].clone(),
        "ui" => study["series"][0]["uid"].clone(),
        "is" => study["series"][0]["number"].clone(),
        _ => study["description"].clone(),
    };
    let codes: BTreeSet<String> = losses.into_keys().filter(|(_, at)| at.split('/').nth(1) == Some(own)).map(|(code, _)| code).collect();
    let mut of = Map::new();
    of.insert("text".into(), json!(text));
    of.insert("value".into(), value);
    if !codes.is_empty() {
        of.insert("codes".into(), json!(codes));
    }
    Value::Object(of)
}

/// The value of a search parameter, printed again.
fn searched(kind: &str, text: &str, release: Release) -> Value {
    let name = match kind {
        "date" => "started",
        "token" => "identifier",
        _ => "patient",
    };
    let encoded: String = text.bytes().map(|b| format!("%{b:02X}")).collect();
    let limits = Options::default().limits;
    match search::parse(&format!("{name}={encoded}"), release, Handling::Strict, &limits) {
        Ok(query) => {
            let printed = query.to_string();
            let value = printed.split_once('=').map(|(_, value)| decoded(value));
            json!({"text": text, "value": value})
        }
        Err(error) => json!({"text": text, "error": error.code()}),
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let pair: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&pair, 16).unwrap_or_default()
            }
            byte => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
