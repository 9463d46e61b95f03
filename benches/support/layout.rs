//! The same data in the layouts that servers write.

use serde_json::Value;

/// How JSON text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Attributes in descending order of tag.
    Reversed,
    /// Indented by two spaces.
    Pretty,
    /// `Value` before `vr`.
    ValueFirst,
    /// Letters and slashes escaped, as some serialisers do.
    Escaped,
    /// A space behind every comma and colon, as Python's `json.dumps` writes.
    Python,
}

impl Layout {
    pub const ALL: [Layout; 5] = [Layout::Reversed, Layout::Pretty, Layout::ValueFirst, Layout::Escaped, Layout::Python];

    pub fn name(self) -> &'static str {
        match self {
            Layout::Reversed => "reversed",
            Layout::Pretty => "pretty",
            Layout::ValueFirst => "value-first",
            Layout::Escaped => "escaped",
            Layout::Python => "python",
        }
    }

    pub fn of(self, text: &str) -> String {
        let value: Value = serde_json::from_str(text).expect("generated input is JSON");
        match self {
            Layout::Reversed => serde_json::to_string(&each_set(value, &|set| set.into_iter().rev().collect())).expect("JSON"),
            Layout::Pretty => serde_json::to_string_pretty(&value).expect("JSON"),
            Layout::ValueFirst => serde_json::to_string(&each_attribute(value)).expect("JSON"),
            Layout::Escaped => escaped(text),
            Layout::Python => spaced(&value),
        }
    }
}

type Members = Vec<(String, Value)>;

fn each_set(value: Value, order: &dyn Fn(Members) -> Members) -> Value {
    match value {
        Value::Array(sets) => Value::Array(sets.into_iter().map(|set| each_set(set, order)).collect()),
        Value::Object(set) => Value::Object(order(set.into_iter().collect()).into_iter().collect()),
        other => other,
    }
}

fn each_attribute(value: Value) -> Value {
    match value {
        Value::Array(sets) => Value::Array(sets.into_iter().map(each_attribute).collect()),
        Value::Object(members) => {
            let is_attribute = members.contains_key("vr");
            let mut members: Members = members.into_iter().map(|(name, value)| (name, each_attribute(value))).collect();
            if is_attribute {
                members.reverse();
            }
            Value::Object(members.into_iter().collect())
        }
        other => other,
    }
}

/// `/` as `\/`, and in every string value of some length one letter by its number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut letters = 0;
    for c in text.chars() {
        match c {
            '/' => out.push_str("\\/"),
            'e' | 'o' => {
                letters += 1;
                // Not in names: `Value`, `vr` and the tags stay as they are written everywhere.
                if letters % 2 == 0 && !out.ends_with("Valu") {
                    out.push_str(if c == 'e' { "\\u0065" } else { "\\u006f" })
                } else {
                    out.push(c)
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn spaced(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("[{}]", values.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\": {}", spaced(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        scalar => scalar.to_string(),
    }
}
