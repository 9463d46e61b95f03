//! Cases of vectors as runs: one for each release, direction and server.

use serde_json::{Map, Value, json};

/// The releases, oldest first.
pub const RELEASES: [&str; 4] = ["R4", "R4B", "R5", "R6"];

/// One question to an implementation.
pub struct Run {
    /// The case.
    pub id: String,
    pub op: String,
    pub direction: Option<&'static str>,
    pub release: &'static str,
    /// The server that a plan is for.
    pub server: Option<String>,
    pub flags: Vec<String>,
    pub input: Value,
    pub want: Want,
}

/// What is expected of it.
pub enum Want {
    Error(String),
    Output {
        output: Option<Value>,
        loss: Option<Value>,
    },
    /// An answer for each row.
    Table(Vec<Value>),
}

impl Run {
    /// What tells it from every other run.
    pub fn name(&self) -> String {
        let tail = self.direction.or(self.server.as_deref()).map(|tail| format!("/{tail}")).unwrap_or_default();
        format!("{}@{}{tail}", self.id, self.release)
    }
}

/// Whether the span of a vector (`R4..R6`, `R5..`, `R6`) holds a release.
pub fn holds(span: &str, release: &str) -> bool {
    let rank = |name: &str| RELEASES.iter().position(|known| *known == name);
    let Some(at) = rank(release) else { return false };
    match span.split_once("..") {
        None => span == release,
        Some((from, "")) => rank(from).is_some_and(|from| from <= at),
        Some((from, to)) => rank(from).zip(rank(to)).is_some_and(|(from, to)| from <= at && at <= to),
    }
}

/// The part of `value` for a release: itself, or the member whose name is a span that holds the release.
pub fn for_release<'v>(value: &'v Value, release: &str) -> &'v Value {
    let Some(members) = value.as_object() else { return value };
    let is_span = |name: &String| name.split("..").all(|part| part.is_empty() || RELEASES.contains(&part));
    if members.is_empty() || !members.keys().all(is_span) {
        return value;
    }
    members.iter().find(|(span, _)| holds(span, release)).map_or(&Value::Null, |(_, part)| part)
}

/// Resources one after the other, as one text.
fn text_of(value: &Value) -> String {
    let text = match value {
        Value::Array(resources) => resources.iter().map(|resource| format!("{resource}\n")).collect(),
        resource => resource.to_string(),
    };
    // A UUID that is made up is shown as a star.
    text.replace("\"*\"", "\"00000000-0000-8000-8000-000000000000\"")
}

/// The rows of a table without what is expected.
fn questions(asks: &[Value], members: &[&str]) -> Value {
    let one = |ask: &Value| -> Value {
        members.iter().filter_map(|name| Some(((*name).to_owned(), ask.get(*name)?.clone()))).collect::<Map<_, _>>().into()
    };
    asks.iter().map(one).collect()
}

/// The runs of a case.
pub fn runs(case: &Value) -> Vec<Run> {
    let span = case["releases"].as_str().unwrap_or_default();
    RELEASES.into_iter().filter(|release| holds(span, release)).flat_map(|release| in_release(case, release)).collect()
}

fn in_release(case: &Value, release: &'static str) -> Vec<Run> {
    let op = case["op"].as_str().unwrap_or_default();
    let directed = |name: &str| case["directions"].as_array().is_some_and(|all| all.iter().any(|direction| direction == name));
    let asks = case["asks"].as_array().cloned().unwrap_or_default();
    let mut input = Map::new();
    for name in ["options", "resolve"] {
        case.get(name).into_iter().for_each(|value| drop(input.insert(name.to_owned(), value.clone())));
    }
    let run = |direction, server: Option<String>, input: Map<String, Value>, want| Run {
        id: case["id"].as_str().unwrap_or_default().to_owned(),
        op: op.to_owned(),
        direction,
        release,
        server,
        flags: case["flags"].as_array().into_iter().flatten().filter_map(|flag| Some(flag.as_str()?.to_owned())).collect(),
        input: input.into(),
        want,
    };
    let with = |input: &Map<String, Value>, more: Vec<(&str, Value)>| {
        let mut input = input.clone();
        more.into_iter().filter(|(_, value)| !value.is_null()).for_each(|(name, value)| drop(input.insert(name.to_owned(), value)));
        input
    };
    let table = |members: &[&str]| (("asks", questions(&asks, members)), Want::Table(asks.clone()));
    match op {
        "map" => {
            let mut runs = Vec::new();
            if directed("to-fhir") {
                runs.push(there(case, release, &input, &run, &with));
                if let Some(mended) = case.get("mended") {
                    let name = if mended.is_string() { "text" } else { "dicom" };
                    let input = with(&input, vec![(name, mended.clone()), ("as", json!("resources"))]);
                    runs.push(run(Some("mended"), None, input, Want::Output { output: None, loss: Some(json!([])) }));
                }
            }
            if directed("to-dicom") {
                runs.push(back(case, release, &input, &run, &with));
            }
            runs
        }
        "judge" | "answer" => {
            let (asks, want) = table(&["q", "lenient"]);
            vec![run(None, None, with(&input, vec![("dicom", case["dicom"].clone()), asks]), want)]
        }
        "plan" => {
            let servers = case["servers"].as_array().cloned().unwrap_or_else(|| vec![case["server"].clone()]);
            let one = |server: &Value| {
                let (asks, want) = table(&["q", "strict"]);
                let name = server.as_str().map(str::to_owned);
                run(None, name, with(&input, vec![("server", server.clone()), asks]), want)
            };
            servers.iter().map(one).collect()
        }
        "url" | "address" | "match" | "grammar" => {
            let members: &[&str] = match op {
                "url" => &["url"],
                "address" => &["address", "study"],
                "match" => &["vr", "key", "values"],
                _ => &["text"],
            };
            let (asks, want) = table(members);
            vec![run(None, None, with(&input, vec![("kind", case["kind"].clone()), asks]), want)]
        }
        "retrieve" => {
            let resources = if case["bundle"].is_null() { &case["fhir"] } else { &case["bundle"] };
            let output = Some(json!({"gets": case["gets"], "refused": case["refused"]}));
            let input = with(&input, vec![("text", text_of(for_release(resources, release)).into())]);
            vec![run(None, None, input, Want::Output { output, loss: None })]
        }
        "endpoint" => {
            let mut runs = Vec::new();
            let of_error = |want: Want| case["error"].as_str().map_or(want, |code| Want::Error(code.to_owned()));
            if directed("to-fhir") {
                let output = Some(for_release(&case["fhir"], release).clone());
                let members = ["service", "address", "endpointId"].into_iter().map(|name| (name, case[name].clone())).collect();
                runs.push(run(Some("to-fhir"), None, with(&input, members), of_error(Want::Output { output, loss: None })));
            }
            if directed("to-dicom") {
                let text = case["text"].as_str().map(str::to_owned).unwrap_or_else(|| text_of(for_release(&case["fhir"], release)));
                let output = Some(for_release(&case["read"], release).clone());
                runs.push(run(
                    Some("to-dicom"),
                    None,
                    with(&input, vec![("text", text.into())]),
                    of_error(Want::Output { output, loss: None }),
                ));
            }
            runs
        }
        _ => Vec::new(),
    }
}

type Make<'m> = dyn Fn(Option<&'static str>, Option<String>, Map<String, Value>, Want) -> Run + 'm;
type With<'m> = dyn Fn(&Map<String, Value>, Vec<(&str, Value)>) -> Map<String, Value> + 'm;

/// DICOM to FHIR.
fn there(case: &Value, release: &str, input: &Map<String, Value>, run: &Make<'_>, with: &With<'_>) -> Run {
    let (as_, want) = match (case["error"].as_str(), &case["bundle"]) {
        (Some(code), _) => ("resources", Want::Error(code.to_owned())),
        (None, bundle) => {
            let loss = Some(for_release(&case["loss"], release).clone());
            if bundle.is_null() {
                let output = match for_release(&case["fhir"], release) {
                    Value::Array(all) => all.clone(),
                    one => vec![one.clone()],
                };
                ("resources", Want::Output { output: Some(output.into()), loss })
            } else {
                ("bundle", Want::Output { output: Some(for_release(bundle, release).clone()), loss })
            }
        }
    };
    let members = vec![("dicom", case["dicom"].clone()), ("text", case["text"].clone()), ("as", json!(as_))];
    run(Some("to-fhir"), None, with(input, members), want)
}

/// FHIR to DICOM.
fn back(case: &Value, release: &str, input: &Map<String, Value>, run: &Make<'_>, with: &With<'_>) -> Run {
    let resources = if case["bundle"].is_null() { &case["fhir"] } else { &case["bundle"] };
    let text = match case["text"].as_str().filter(|_| case["fhir"].is_null()) {
        Some(text) => text.to_owned(),
        None => text_of(for_release(resources, release)),
    };
    let want = match case["backError"].as_str() {
        Some(code) => Want::Error(code.to_owned()),
        None => {
            let back = if case["back"].is_null() { &case["dicom"] } else { for_release(&case["back"], release) };
            let sets = match filled(back) {
                Value::Array(all) => Value::Array(all),
                one => Value::Array(vec![one]),
            };
            let loss = if case["backLoss"].is_null() { json!([]) } else { for_release(&case["backLoss"], release).clone() };
            Want::Output { output: Some(sets), loss: Some(loss) }
        }
    };
    let members = vec![("text", text.into()), ("level", case["level"].clone()), ("includefield", case["includefield"].clone())];
    run(Some("to-dicom"), None, with(input, members), want)
}

/// Data sets without the attributes that have no value, at the top.
pub fn filled(sets: &Value) -> Value {
    match sets {
        Value::Array(sets) => sets.iter().map(filled).collect(),
        Value::Object(set) => {
            let says = |value: &Value| match value {
                Value::Null => false,
                Value::String(text) => !text.trim().is_empty(),
                Value::Object(members) => !members.is_empty(),
                _ => true,
            };
            let has = |attribute: &Value| attribute["Value"].as_array().is_some_and(|values| values.iter().any(says));
            set.iter().filter(|(_, attribute)| has(attribute)).map(|(tag, attribute)| (tag.clone(), attribute.clone())).collect()
        }
        other => other.clone(),
    }
}
