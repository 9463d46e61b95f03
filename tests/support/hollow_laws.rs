//! Law *hollow*: what carries nothing (`null`, blank text, empty objects and lists, and what holds nothing else) is as if it were not there.

use super::fhir_laws::{ROWS, fhir_document};
use super::generate::Choices;
use fhir_dicomweb::{Error, Mapped, Release, Study, dicom, fhir};
use serde_json::{Value, json};

const NAMES: [&str; 52] = [
    "text",
    "coding",
    "concept",
    "reference",
    "identifier",
    "type",
    "system",
    "value",
    "code",
    "display",
    "version",
    "extension",
    "modality",
    "series",
    "instance",
    "endpoint",
    "subject",
    "status",
    "started",
    "encounter",
    "basedOn",
    "referrer",
    "interpreter",
    "reason",
    "use",
    "period",
    "assigner",
    "meta",
    "contained",
    "implicitRules",
    "modifierExtension",
    "entry",
    "resource",
    "resourceType",
    "fullUrl",
    "accession",
    "name",
    "given",
    "family",
    "prefix",
    "suffix",
    "actor",
    "function",
    "number",
    "uid",
    "title",
    "sopClass",
    "bodySite",
    "laterality",
    "id",
    "search",
    "nonsense",
];

fn nothing(c: &mut Choices<'_>) -> Value {
    match c.below(9) {
        0 => json!(null),
        1 => json!(""),
        2 => json!(" \t"),
        3 => json!([]),
        4 => json!({}),
        5 => json!([null]),
        6 => json!([{}, "", [null]]),
        7 => json!({"value": null, "coding": [{"code": ""}]}),
        _ => json!({"extension": [{"url": null}]}),
    }
}

/// The objects and lists of a value.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            out.push(at.to_owned());
            members.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), out));
        }
        Value::Array(items) => {
            out.push(at.to_owned());
            items.iter().enumerate().for_each(|(n, value)| places(value, &format!("{at}/{n}"), out));
        }
        _ => {}
    }
}

fn seen(read: Result<Mapped<Vec<Study>>, Error>) -> String {
    let read = match read {
        Ok(read) => read,
        Err(error) => return error.code().to_owned(),
    };
    let mut all = read.loss.to_string();
    for study in &read.value {
        for rows in ROWS {
            all += dicom::write(study, rows, &fhir_dicomweb::Options::default()).value.as_str();
        }
        for release in [Release::R4, Release::R5] {
            all += fhir::write(study, release, &fhir_dicomweb::Options::default()).value.as_str();
        }
    }
    all
}

/// Law *hollow*: nothing is put into a text here and there, and nothing changes.
pub fn hollow(bytes: &[u8]) {
    let Some((text, release, options)) = fhir_document(bytes) else { return };
    let Ok(mut value) = serde_json::from_str::<Value>(&text) else { return };
    let before = value.to_string();
    let c = &mut Choices(bytes);
    let mut all = Vec::new();
    places(&value, "", &mut all);
    for _ in 0..1 + c.below(4) {
        let place = c.below(all.len());
        let what = nothing(c);
        match value.pointer_mut(&all[place]) {
            Some(Value::Object(members)) => {
                // Behind what is there, for what is not known is told by its number; the oracle has its names in order.
                let name = c.pick(&NAMES);
                if !members.contains_key(name) && members.keys().all(|own| own.as_str() < name || NAMES.contains(&own.as_str())) {
                    members.insert(name.to_owned(), what);
                }
            }
            // At the end: places that follow have their numbers.
            Some(Value::Array(items)) => items.push(what),
            _ => {}
        }
    }
    let after = value.to_string();
    let read = |text: &str| seen(fhir::read(text.as_bytes(), release, &options));
    assert_eq!(read(&before), read(&after), "{release}\n{before}\n{after}");
}
