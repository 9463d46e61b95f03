//! FHIR as it is met: documents that were well-formed once, bent by entropy. Text, not values: duplicates, escapes, canaries everywhere.

use super::super::generate::Choices;
use serde_json::{Map, Value, json};

/// Bends a document here and there.
pub fn bend(c: &mut Choices<'_>, value: &mut Value, depth: usize) {
    match value {
        Value::Object(members) => object(c, members, depth),
        Value::Array(items) => {
            for item in items.iter_mut() {
                bend(c, item, depth + 1);
            }
            if c.rarely(20) {
                items.push(c.pick(&[0, 1, 2]).min(items.len()).checked_sub(1).map_or(json!("CANARYL"), |at| items[at].clone()));
            }
            if c.rarely(20) && items.len() == 1 {
                *value = items.remove(0);
            }
        }
        _ => scalar(c, value),
    }
}

fn object(c: &mut Choices<'_>, members: &mut Map<String, Value>, depth: usize) {
    let names: Vec<String> = members.keys().cloned().collect();
    for name in names {
        if name == "resourceType" {
            continue;
        }
        if c.rarely(40) {
            members.remove(&name);
            continue;
        }
        let Some(value) = members.get_mut(&name) else { continue };
        bend(c, value, depth + 1);
        if c.rarely(40) {
            *value = Value::Array(vec![value.clone()]);
        }
        if c.rarely(60) {
            // The other release's form.
            *value = wrapped(c, value.clone());
        }
    }
    if !c.rarely(12) {
        return;
    }
    let (name, value) = extra(c);
    members.entry(name).or_insert(value);
}

/// A value inside another, as some release has it.
pub fn wrapped(c: &mut Choices<'_>, inner: Value) -> Value {
    match c.below(3) {
        0 => json!({ "coding": [inner], "text": "CANARYT" }),
        1 => json!({ "concept": inner }),
        _ => json!({ "code": inner }),
    }
}

/// A member that can stand anywhere, and seldom does.
pub fn extra(c: &mut Choices<'_>) -> (&'static str, Value) {
    match c.below(16) {
        0 => ("extension", json!([{ "url": "urn:CANARYX", "valueString": "CANARYX" }])),
        1 => ("CANARYMEMBER", json!({ "x": ["CANARYV", 1, true, null, ""] })),
        2 => ("_status", json!({ "extension": [{ "url": "CANARYP" }] })),
        3 => ("text", json!({ "status": "generated", "div": "<div>CANARYN</div>" })),
        4 => ("note", json!({ "text": "CANARYO" })),
        5 => ("modifierExtension", json!([{ "url": "CANARYM" }])),
        6 => ("implicitRules", json!("urn:CANARYR")),
        7 => ("reference", json!(c.pick(&["Patient/CANARY1", "#patient", "#CANARY", "urn:uuid:CANARY", "Patient?identifier=CANARY"]))),
        8 => ("id", json!("CANARYI")),
        9 => ("meta", json!({ "profile": ["urn:CANARY"], "lastUpdated": "2024-01-01T00:00:00Z" })),
        10 => (
            "contained",
            json!([{ "resourceType": "Patient", "id": "patient", "name": [{ "family": "CANARY", "given": ["A", "B", "C"] }] }]),
        ),
        11 => ("display", json!("CANARY^D")),
        12 => ("language", json!("de")),
        13 => ("accession", json!({ "system": "urn:a", "value": "CANARYA" })),
        14 => ("implicitRules", json!("")),
        _ => ("status", json!(c.pick(&["entered-in-error", "registered", "unknown", "CANARYS", "cancelled"]))),
    }
}

fn scalar(c: &mut Choices<'_>, value: &mut Value) {
    if c.rarely(16) {
        *value = odd(c);
    }
}

/// A scalar that means something somewhere.
pub fn odd(c: &mut Choices<'_>) -> Value {
    match c.below(24) {
        0 => json!("CANARY"),
        1 => json!(12),
        2 => json!(-1),
        3 => json!(true),
        4 => Value::Null,
        5 => json!(""),
        6 => json!("2024-01-14T10:15:30"),
        7 => json!("2024-01-14T10:15:30.1234567Z"),
        8 => json!("2024-01"),
        9 => json!("2024-02-31"),
        10 => json!("urn:oid:1.2.3.4"),
        11 => json!("1.2.3.4"),
        12 => json!("urn:uuid:CANARY"),
        13 => json!("DCM"),
        14 => json!("http://snomed.info/sct"),
        15 => json!("T-D4000"),
        16 => json!("66459002"),
        17 => json!("a\\b\u{1}c"),
        18 => json!("  CANARY ^ B = C "),
        19 => json!("ACSN"),
        20 => json!("SPRF"),
        21 => json!("3"),
        22 => json!("https://{host}/CANARY"),
        _ => json!("x".repeat(70)),
    }
}

/// A document as text: now and then a member twice, or its name escaped.
pub fn spell(c: &mut Choices<'_>, value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            out.push('{');
            let mut first = true;
            for (name, value) in members {
                for _ in 0..if c.rarely(60) { 2 } else { 1 } {
                    if !first {
                        out.push(',');
                    }
                    first = false;
                    if c.rarely(50) {
                        let mut letters = name.chars();
                        let head = letters.next().map_or(String::new(), |letter| format!("\\u{:04x}", u32::from(letter)));
                        out.push_str(&format!("\"{head}{}\" : ", letters.as_str()));
                    } else {
                        out.push_str(&format!("{}:", json!(name)));
                    }
                    spell(c, value, out);
                }
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                spell(c, item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}
