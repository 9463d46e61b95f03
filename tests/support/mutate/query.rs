//! Queries: clauses, parameters, modifiers, prefixes, values, escapes.

use super::super::generate::Choices;
use super::super::search_laws::{NAMES, VALUES};

const MODIFIERS: &[&str] =
    &[":not", ":missing", ":exact", ":contains", ":of-type", ":identifier", ":text", ":Patient", ":above", ":in", ":CANARY", ":"];

const CHAINED: &[&str] =
    &[".identifier", ".name", ".family", ".given", ".birthdate", ".gender", ":Patient.name", ":Practitioner.identifier", "._id", "."];

const PREFIXES: &[&str] = &["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap", "xx", "GE"];

const RESULTS: &[&str] = &[
    "_count=1",
    "_count=0",
    "_sort=-started,_id",
    "_summary=count",
    "_elements=series",
    "_total=accurate",
    "_include=ImagingStudy:endpoint",
    "_format=json",
    "_query=x",
    "_lastUpdated=gt2024",
    "_has:Observation:patient:code=1",
    "_=1",
];

const SIGNS: &[&str] = &[
    ",",
    "|",
    "||",
    "$",
    "\\,",
    "\\|",
    "\\$",
    "\\\\",
    "\\",
    "%5C",
    "%2C",
    "%7C",
    "%24",
    "+",
    "%2B",
    "%20",
    "%00",
    "%0A",
    "%E9",
    "%FF",
    "%",
    "%zz",
    "*",
    "?",
    "%2A",
    "%3F",
    "%26",
    "%3D",
    "&",
    "=",
    "#",
    ";",
    "/",
    "..",
    "%2F",
    "-",
    ":",
    "é",
    "\u{feff}",
    "'",
    "\"",
    "urn:oid:",
    "Patient/",
    "http://a/Patient/1",
];

/// One change.
pub fn change(c: &mut Choices<'_>, text: &str) -> String {
    // What stands before the question mark is none of it.
    if let Some((front, query)) = text.split_once('?').filter(|_| !c.rarely(12)) {
        return format!("{front}?{}", change(c, query));
    }
    let mut clauses: Vec<String> = text.split('&').map(str::to_owned).collect();
    let (at, to) = (c.below(clauses.len()), c.below(clauses.len()));
    match c.below(12) {
        0 => clauses.swap(at, to),
        1 if clauses.len() < 12 => clauses.insert(to, clauses[at].clone()),
        2 if clauses.len() > 1 => drop(clauses.remove(at)),
        3 => clauses.push(format!("{}={}", c.pick(NAMES), c.pick(VALUES))),
        4 => clauses.push(c.pick(RESULTS).to_owned()),
        5 => {
            // The value of one, under the name of another.
            let value = clauses[at].split_once('=').map_or("", |(_, value)| value).to_owned();
            let name = clauses[to].split('=').next().unwrap_or_default().to_owned();
            clauses.push(format!("{name}={value}"));
        }
        _ => clauses[at] = clause(c, &clauses[at]),
    }
    clauses.join("&")
}

fn clause(c: &mut Choices<'_>, text: &str) -> String {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    match c.below(10) {
        0 => format!("{}={value}", c.pick(NAMES)),
        1 => format!("{}{}={value}", name.split(':').next().unwrap_or(name), c.pick(MODIFIERS)),
        2 => format!("{}{}={value}", name.split(['.', ':']).next().unwrap_or(name), c.pick(CHAINED)),
        3 => format!("{name}={}{value}", c.pick(PREFIXES)),
        4 => format!("{name}={value},{}", c.pick(VALUES)),
        5 => format!("{name}={}", c.pick(VALUES)),
        6 => {
            // As a percent-encoding, all of it.
            let encoded: String = value.bytes().map(|byte| if byte == b'%' { "%".to_owned() } else { format!("%{byte:02X}") }).collect();
            format!("{name}={encoded}")
        }
        7 => {
            let places: Vec<usize> = value.char_indices().map(|(at, _)| at).collect();
            let at = places.get(c.below(places.len())).copied().unwrap_or_default();
            format!("{name}={}", &value[..at])
        }
        _ => {
            let places: Vec<usize> = value.char_indices().map(|(at, _)| at).chain([value.len()]).collect();
            let (front, back) = value.split_at(places[c.below(places.len())]);
            format!("{name}={front}{}{back}", c.pick(SIGNS))
        }
    }
}
