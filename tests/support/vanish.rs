//! *Nothing vanishes*, as functions of bytes: a leaf that counts as carried is seen in what comes of it, with each word of it.
//!
//! *Carry-or-tell* holds the sums; a leaf that is counted as carried and of which nothing comes through would keep them. Here each leaf is taken away, and each
//! of its words is changed: the record or the report has to change with it.

use super::fhir_laws::{ROWS, fhir_document};
use super::generate::{Choices, data_sets, document, options};
use fhir_dicomweb::{Code, Loss, Mapped, Options, Place, Release, Study, dicom, fhir};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;

/// How many leaves of a text are looked at.
const LEAVES: usize = 24;

/// What says of its surroundings what they are, and is carried by being what is expected there.
const LABELS: [&str; 4] = ["/resourceType", "/search/mode", "/fullUrl", "/id"];
const LABELS_OF_BUNDLES: [&str; 2] = ["/type", "/total"];

/// What is seen of a text: what came of it, with what was told, and the places of what was told.
struct Seen {
    all: String,
    told: Vec<Vec<String>>,
}

impl Seen {
    /// Of a record, in all that it is written as: some facts have an attribute alone, and some are listed in one of the two only.
    fn of(read: Mapped<Vec<Study>>) -> Seen {
        // Of a study that has no place, or a resource that is none, all leaves are told at once.
        let told_at = |loss: &Loss| match loss.code {
            Code::NoIdentity | Code::PatientConflict | Code::OtherResource => Vec::new(),
            // Beside a primitive everything is told as its extension.
            Code::Extension => {
                let mut place = names(&loss.at.to_string(), &['.', '/']);
                place.retain(|name| name != "extension");
                place
            }
            _ => names(&loss.at.to_string(), &['.', '/']),
        };
        let (mut told, mut all): (Vec<_>, _) = (read.loss.iter().map(told_at).collect(), read.loss.to_string());
        let options = &Options::default();
        for study in &read.ignore_loss() {
            let rows = ROWS.map(|rows| dicom::write(study, rows, options));
            let resources = [Release::R4, Release::R5].map(|release| fhir::write(study, release, options));
            let written = || rows.iter().chain(&resources);
            written().for_each(|written| write!(all, "{}{}", written.loss, written.value).unwrap());
            // What is written nowhere (a reason without scheme, of a study without series) is not seen: nothing is said of such a record.
            let lost = written().map(|written| written.loss.iter().map(|loss| loss.at).collect::<BTreeSet<Place>>());
            told.extend(lost.reduce(|one, other| &one & &other).is_some_and(|lost| !lost.is_empty()).then(Vec::new));
        }
        Seen { all, told }
    }

    /// Whether something was told of a leaf, or of what it stands in. Of what has several sources the first one's place is told.
    fn tells_of(&self, place: &str) -> bool {
        let leaf = names(place, &['/']);
        let is_it = |told: &Vec<String>| {
            told.is_empty() || leaf.windows(told.len()).any(|part| part == told) || told.starts_with(&leaf) || told.last() == leaf.last()
        };
        self.told.iter().any(is_it)
    }
}

/// The tags or elements of a place, without places in lists and the name of a resource.
fn names(place: &str, dividers: &[char]) -> Vec<String> {
    let is_tag = |name: &str| name.len() == 8 && name.bytes().all(|b| b.is_ascii_hexdigit());
    let names =
        place.split(dividers).map(|name| name.trim_start_matches('_')).filter_map(|name| match name.to_ascii_uppercase().as_str() {
            // The further places of a code.
            "00080119" | "00080120" => Some("00080100".to_owned()),
            tag if is_tag(tag) => Some(tag.to_owned()),
            "VALUE" => None,
            _ => name.starts_with(|c: char| c.is_ascii_lowercase()).then(|| name.to_owned()),
        });
    names.collect()
}

/// Of data sets.
pub fn of_rows(bytes: &[u8]) {
    let c = &mut Choices(bytes);
    let options = options(c);
    nothing_vanishes(&document(&data_sets(c)), c, &|text| dicom::read(text.as_bytes(), &options).ok().map(Seen::of));
}

/// Of FHIR.
pub fn of_resources(bytes: &[u8]) {
    let Some((text, release, options)) = fhir_document(bytes) else { return };
    let see = |text: &str| fhir::read(text.as_bytes(), release, &options).ok().map(Seen::of);
    nothing_vanishes(&text, &mut Choices(bytes), &see);
}

fn nothing_vanishes(text: &str, c: &mut Choices<'_>, see: &dyn Fn(&str) -> Option<Seen>) {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    let Some(seen) = see(&value.to_string()) else { return };
    let mut places = Vec::new();
    leaves(&value, &mut String::new(), &mut places);
    places.retain(|place| !LABELS_OF_BUNDLES.contains(&place.as_str()) && !LABELS.iter().any(|label| place.ends_with(label)));
    for _ in 0..LEAVES.min(places.len()) {
        let place = places.swap_remove(c.below(places.len()));
        let leaf = value.pointer(&place).unwrap();
        // A text that is refused altogether says so.
        let is_same = |leaf: Value| {
            let mut other = value.clone();
            *other.pointer_mut(&place).unwrap() = leaf;
            see(&other.to_string()).is_some_and(|other| other.all == seen.all)
        };
        let words = changed(leaf);
        let count = words.len();
        let unseen: Vec<[Value; 2]> = words.into_iter().filter(|ways| ways.iter().all(|leaf| is_same(leaf.clone()))).collect();
        let is_before_a_list = is_before_a_list(&value, &place);
        assert!(is_before_a_list || unseen.len() < count || !is_same(Value::Null), "{place} {leaf} vanishes from {value}\n{}", seen.all);
        assert!(
            unseen.is_empty() || seen.tells_of(&place),
            "of {place} {leaf} a word vanishes, as {unseen:?} has it, from {value}\n{}",
            seen.all
        );
    }
}

/// Whether values stand behind a leaf, in its list or in the further places of a code that it is, that are lost in part: they are told alike, whichever is read.
fn is_before_a_list(value: &Value, place: &str) -> bool {
    let has_list = |values: Option<&Value>, from: usize| {
        let values = values.and_then(Value::as_array).into_iter().flatten().skip(from);
        values.filter_map(Value::as_str).any(|text| text.contains('\\'))
    };
    let Some((list, at)) = place.rsplit_once('/') else { return false };
    let own = at.parse::<usize>().is_ok_and(|at| has_list(value.pointer(list), at + 1));
    let further = ["00080100", "00080119", "00080120"].iter().position(|tag| list.ends_with(&format!("{tag}/Value"))).is_some_and(|at| {
        let item = list.len() - "00080100/Value".len();
        ["00080119", "00080120"].iter().skip(at).any(|tag| has_list(value.pointer(&format!("{}{tag}/Value", &list[..item])), 0))
    });
    own || further
}

/// The places of leaves that say something.
fn leaves(value: &Value, place: &mut String, places: &mut Vec<String>) {
    let len = place.len();
    match value {
        Value::Object(members) => members.iter().filter(|(name, _)| *name != "vr").for_each(|(name, value)| {
            place.push('/');
            place.push_str(&name.replace('~', "~0").replace('/', "~1"));
            leaves(value, place, places);
            place.truncate(len);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, value)| {
            write!(place, "/{n}").unwrap();
            leaves(value, place, places);
            place.truncate(len);
        }),
        Value::String(text) if !text.contains(char::is_alphanumeric) => {}
        Value::Null => {}
        _ => places.push(place.clone()),
    }
}

/// The leaf with another word, for each word, which may happen to stand elsewhere, and with one that does not.
fn changed(leaf: &Value) -> Vec<[Value; 2]> {
    match leaf {
        Value::String(text) => {
            let ends = text.char_indices().map(|(at, c)| (at, at + c.len_utf8(), c));
            let ends = ends.filter(|(_, end, c)| c.is_alphanumeric() && !text[*end..].starts_with(char::is_alphanumeric));
            ends.map(|(at, end, c)| {
                let other = match c {
                    '0'..='8' => char::from(c as u8 + 1),
                    '9' => '8',
                    'Q' | 'q' => 'X',
                    _ => 'Q',
                };
                let (before, after) = (&text[..at], &text[end..]);
                [format!("{before}{other}{after}"), format!("{before}{c}1977{after}")].map(Value::from)
            })
            .collect()
        }
        Value::Number(number) => {
            let other = |more: f64| number.as_f64().map(|n| Value::from(n + more));
            other(1.0).zip(other(1977.0)).map(|(one, other)| [one, other]).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
