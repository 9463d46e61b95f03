//! What a Rust program does: a mapping by hand on `serde_json::Value`. The same facts as our R4 output, without a report of what is lost.

use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const V2: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";

fn all<'a>(row: &'a Value, tag: &str) -> &'a [Value] {
    row.get(tag).and_then(|attribute| attribute.get("Value")).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn one<'a>(row: &'a Value, tag: &str) -> Option<&'a Value> {
    all(row, tag).first()
}

fn text<'a>(row: &'a Value, tag: &str) -> Option<&'a str> {
    one(row, tag).and_then(Value::as_str)
}

fn name<'a>(row: &'a Value, tag: &str) -> Option<&'a str> {
    one(row, tag).and_then(|name| name.get("Alphabetic")).and_then(Value::as_str)
}

fn typed(code: &str, value: Option<&str>, issuer: Option<&str>) -> Value {
    let mut identifier = json!({"type": {"coding": [{"system": V2, "code": code}]}, "value": value});
    if let Some(issuer) = issuer {
        identifier["assigner"] = json!({"display": issuer});
    }
    identifier
}

fn started(row: &Value, date: &str, time: &str) -> Option<String> {
    let day = text(row, date)?;
    let on = format!("{}-{}-{}", day.get(..4)?, day.get(4..6)?, day.get(6..)?);
    let (Some(at), Some(zone)) = (text(row, time), text(row, "00080201")) else { return Some(on) };
    Some(format!("{on}T{}:{}:{}{}:{}", at.get(..2)?, at.get(2..4)?, at.get(4..)?, zone.get(..3)?, zone.get(3..)?))
}

fn coding(code: &Value) -> Value {
    let scheme = text(code, "00080102").and_then(|scheme| match scheme {
        "DCM" => Some(DCM),
        "LN" => Some("http://loinc.org"),
        "SCT" => Some("http://snomed.info/sct"),
        _ => None,
    });
    let mut coding = json!({"system": scheme, "code": text(code, "00080100")});
    put(&mut coding, "display", text(code, "00080104").map(Value::from));
    coding
}

fn put(resource: &mut Value, member: &str, value: Option<Value>) {
    if let Some(value) = value {
        resource[member] = value;
    }
}

fn request(item: &Value) -> Value {
    json!({"type": "ServiceRequest", "identifier": {"value": text(item, "00401001")}, "display": text(item, "00400007")})
}

fn body_site(row: &Value) -> Option<Value> {
    let (code, display) = match text(row, "00180015")? {
        "ABDOMEN" => ("818981001", "Abdomen"),
        "CHEST" => ("816094009", "Chest"),
        "HEAD" => ("69536005", "Head"),
        _ => return None,
    };
    Some(json!({"system": "http://snomed.info/sct", "code": code, "display": display}))
}

fn performers(row: &Value) -> Vec<Value> {
    let performer = |code: &str, actor: Value| {
        let system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
        json!({"function": {"coding": [{"system": system, "code": code}]}, "actor": actor})
    };
    let person = |code, tag| Some(performer(code, json!({"type": "Practitioner", "display": name(row, tag)?})));
    let device = || {
        let display = format!("{} {}", text(row, "00080070")?, text(row, "00081090")?);
        let identifier = typed("SNO", Some(text(row, "00181000")?), None);
        Some(performer("DEV", json!({"type": "Device", "identifier": identifier, "display": display})))
    };
    [person("PRF", "00081050"), person("SPRF", "00081070"), device()].into_iter().flatten().collect()
}

fn list(values: Vec<Value>) -> Option<Value> {
    (!values.is_empty()).then(|| values.into())
}

fn study(row: &Value) -> Value {
    let uid = text(row, "0020000D").unwrap_or_default();
    let mut identifier = vec![json!({"system": "urn:dicom:uid", "value": format!("urn:oid:{uid}")})];
    if let Some(accession) = text(row, "00080050") {
        identifier.push(typed("ACSN", Some(accession), one(row, "00080051").and_then(|issuer| text(issuer, "00400031"))));
    }
    let modality: Vec<Value> =
        all(row, "00080061").iter().filter(|code| *code != "SR").map(|code| json!({"system": DCM, "code": code})).collect();
    let mut study = json!({
        "resourceType": "ImagingStudy",
        "id": uid,
        "identifier": identifier,
        "status": if matches!(text(row, "00080056"), None | Some("ONLINE" | "NEARLINE")) { "available" } else { "unknown" },
        "modality": modality,
        "subject": {
            "type": "Patient",
            "identifier": typed("MR", text(row, "00100020"), text(row, "00100021")),
            "display": name(row, "00100010"),
        },
    });
    put(&mut study, "started", started(row, "00080020", "00080030").map(Value::from));
    put(&mut study, "basedOn", list(all(row, "00400275").iter().map(request).collect()));
    put(&mut study, "referrer", name(row, "00080090").map(|name| json!({"type": "Practitioner", "display": name})));
    put(&mut study, "numberOfSeries", one(row, "00201206").cloned());
    put(&mut study, "numberOfInstances", one(row, "00201208").cloned());
    put(&mut study, "procedureCode", list(all(row, "00081032").iter().map(|code| json!({"coding": [coding(code)]})).collect()));
    put(&mut study, "location", text(row, "00081040").or(text(row, "00080080")).map(|place| json!({"type": "Location", "display": place})));
    put(&mut study, "description", text(row, "00081030").map(Value::from));
    study
}

fn series(row: &Value) -> Value {
    let mut series = json!({"uid": text(row, "0020000E"), "modality": {"system": DCM, "code": text(row, "00080060")}});
    put(&mut series, "number", one(row, "00200011").cloned());
    put(&mut series, "description", text(row, "0008103E").map(Value::from));
    put(&mut series, "bodySite", body_site(row));
    put(&mut series, "performer", list(performers(row)));
    put(&mut series, "started", started(row, "00080021", "00080031").map(Value::from));
    series
}

fn instance(row: &Value) -> Value {
    let sop_class = text(row, "00080016").unwrap_or_default();
    let mut instance =
        json!({"uid": text(row, "00080018"), "sopClass": {"system": "urn:ietf:rfc:3986", "code": format!("urn:oid:{sop_class}")}});
    put(&mut instance, "number", one(row, "00200013").cloned());
    instance
}

struct Study {
    resource: Value,
    series: Vec<(Value, Vec<Value>)>,
    by_uid: HashMap<String, usize>,
}

fn to_bundle(input: &str) -> String {
    let rows: Vec<Value> = serde_json::from_str(input).unwrap();
    let (mut studies, mut by_uid) = (Vec::<Study>::new(), HashMap::<String, usize>::new());
    for row in &rows {
        let at = *by_uid.entry(text(row, "0020000D").unwrap_or_default().to_owned()).or_insert_with(|| {
            studies.push(Study { resource: study(row), series: Vec::new(), by_uid: HashMap::new() });
            studies.len() - 1
        });
        let found = &mut studies[at];
        let Some(of_series) = text(row, "0020000E") else { continue };
        let at = *found.by_uid.entry(of_series.to_owned()).or_insert_with(|| {
            let made = series(row);
            if let Some(modality) = found.resource["modality"].as_array_mut().filter(|all| !all.contains(&made["modality"])) {
                modality.push(made["modality"].clone());
            }
            found.series.push((made, Vec::new()));
            found.series.len() - 1
        });
        if text(row, "00080018").is_some() {
            found.series[at].1.push(instance(row));
        }
    }
    let entry: Vec<Value> = studies.into_iter().map(entry).collect();
    json!({"resourceType": "Bundle", "type": "searchset", "total": entry.len(), "entry": entry}).to_string()
}

fn entry(Study { mut resource, series, .. }: Study) -> Value {
    let uid = resource["id"].as_str().unwrap_or_default().to_owned();
    let series: Vec<Value> = series
        .into_iter()
        .map(|(mut series, instances)| {
            series["instance"] = instances.into();
            series
        })
        .collect();
    if !series.is_empty() {
        resource["series"] = series.into();
    }
    Map::from_iter([
        ("fullUrl".to_owned(), format!("urn:oid:{uid}").into()),
        ("resource".to_owned(), resource),
        ("search".to_owned(), json!({"mode": "match"})),
    ])
    .into()
}

/// The median of at least three runs and about two seconds; with `--print`, what the job gives instead.
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let input = std::fs::read_to_string(&arguments[1]).unwrap();
    if arguments.iter().any(|argument| argument == "--print") {
        println!("{}", to_bundle(&input));
        return;
    }
    let (mut times, from) = (Vec::new(), Instant::now());
    while times.len() < 3 || from.elapsed() < Duration::from_secs(2) {
        let once = Instant::now();
        black_box(to_bundle(black_box(&input)));
        times.push(once.elapsed());
    }
    times.sort_unstable();
    println!("{{\"median_ns\":{},\"runs\":{}}}", times[times.len() / 2].as_nanos(), times.len());
}
