//! What each fuzz target looks at: a function of bytes, named as the target, that panics where a law is broken.
//!
//! The bytes are a text and, behind the first NUL, entropy; a text holds no NUL, so that any file of text is an input, and its choices are all
//! the first. Where there is no text the document, or the query, is grown from the entropy. `tests/replay.rs` gives them files, `fuzz/` does the
//! same without end.

use super::generate::{Choices, data_sets, document, options};
use super::repeat::Repeats;
use super::text_laws::{rows_of, spelling_blind, stream as chunked};
use super::{each_laws, facade_laws, fast_laws, fhir_fast_laws, fhir_laws, grammar_laws, laws, plan_laws, search_laws};
use fhir_dicomweb::Release;

/// A target's function.
pub type Target = fn(&[u8]);

/// All targets.
pub const TARGETS: [(&str, Target); 9] = [
    ("dicom_read", dicom_read),
    ("facade", facade),
    ("fast_path", fast_path),
    ("fhir_read", fhir_read),
    ("grammar", grammar),
    ("scan", scan),
    ("search_plan", search_plan),
    ("stream", stream),
    ("there_and_back", there_and_back),
];

/// The text and the entropy of an input.
pub fn parts(bytes: &[u8]) -> (&[u8], &[u8]) {
    let at = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    (&bytes[..at], bytes.get(at + 1..).unwrap_or_default())
}

/// The input's document of DICOM JSON, as rows if it is an array; else one that is grown. None: it is no text.
fn dicom_document(bytes: &[u8], c: &mut Choices<'_>) -> Option<(String, Vec<String>)> {
    let (text, _) = parts(bytes);
    if text.is_empty() {
        let sets = data_sets(c);
        return Some((document(&sets), sets));
    }
    let text = std::str::from_utf8(text).ok()?;
    Some((text.to_owned(), rows_of(text)))
}

/// *Total*, *carry-or-tell*, *silent-on-PHI*, *order-blind*, *spelling-blind*.
pub fn dicom_read(bytes: &[u8]) {
    laws::total(bytes);
    let (text, choices) = parts(bytes);
    laws::total(text);
    let c = &mut Choices(choices);
    let options = options(c);
    let Some((text, sets)) = dicom_document(bytes, c) else { return };
    laws::carry_or_tell(&text, &options);
    laws::silent(&text);
    spelling_blind(&text, &options);
    let mut other = sets.clone();
    other.rotate_left(c.below(sets.len().max(1)));
    laws::order_blind(&sets, &other);
    other.reverse();
    laws::order_blind(&sets, &other);
}

/// *Total*, *carry-or-tell*, *silent-on-PHI*, *fast-path* for FHIR; what was read goes there and back.
pub fn fhir_read(bytes: &[u8]) {
    let (text, choices) = parts(bytes);
    fhir_laws::total(bytes);
    fhir_laws::total(text);
    let document = if text.is_empty() {
        fhir_fast_laws::grown(choices);
        fhir_laws::fhir_document(choices)
    } else {
        let c = &mut Choices(choices);
        let release = c.pick(&Release::ALL);
        std::str::from_utf8(text).ok().map(|text| (text.to_owned(), release, options(c)))
    };
    if let Some((text, release, options)) = document {
        fhir_laws::carry_or_tell(&text, release, &options);
        fhir_laws::silent(&text, release, &options);
        fhir_fast_laws::fast_path(text.as_bytes(), release, &options);
    }
}

/// *There-and-back*, *same-study*: through DICOM JSON, and through FHIR of every release under every policy.
pub fn there_and_back(bytes: &[u8]) {
    let c = &mut Choices(parts(bytes).1);
    let options = options(c);
    let releases = [c.pick(&Release::ALL), c.pick(&Release::ALL)];
    let Some((text, _)) = dicom_document(bytes, c) else { return };
    laws::there_and_back(&text);
    fhir_laws::there_and_back(&text, releases, &options);
}

/// *Stream*, *joined*: any chunking, and reading apart, gives what the whole gives: studies, losses, errors.
pub fn stream(bytes: &[u8]) {
    let (text, choices) = parts(bytes);
    let c = &mut Choices(choices);
    let mut options = options(c);
    if c.rarely(3) {
        options = fast_laws::limited(c, text.len(), options);
    }
    match dicom_document(bytes, c) {
        Some((text, sets)) => {
            chunked(text.as_bytes(), &options, c);
            laws::joined(&sets, c.below(256));
        }
        None => chunked(text, &options, c),
    }
}

/// *Fast-path*, *joined*, *one-by-one*, *writing-many*: the fast paths give what the general path gives, and what reading gives is no matter of spelling.
pub fn fast_path(bytes: &[u8]) {
    let (text, choices) = parts(bytes);
    if text.is_empty() {
        return fast_laws::grown(choices);
    }
    let (how, rest) = choices.split_at(choices.len().min(6));
    let options = options(&mut Choices(rest));
    let rows = std::str::from_utf8(text).map(rows_of).unwrap_or_default();
    let repeats = Repeats { whole: !rows.is_empty(), rows, text: text.to_vec() };
    each_laws::one_by_one(&repeats.rows, &options);
    fast_laws::all(&repeats, &options, &mut Choices(how));
    if let Ok(text) = std::str::from_utf8(text) {
        spelling_blind(text, &options);
    }
}

/// What is JSON to the scanner is JSON to serde_json.
pub fn scan(bytes: &[u8]) {
    laws::scan(bytes);
}

/// Grammars of values against recognisers; queries parsed and printed; judging.
pub fn grammar(bytes: &[u8]) {
    let (text, choices) = parts(bytes);
    let c = &mut Choices(choices);
    let text = if text.is_empty() { search_laws::query(c) } else { String::from_utf8_lossy(text).into_owned() };
    grammar_laws::values(&text);
    search_laws::grammar(&text);
    search_laws::judging(&text, c);
}

/// *Exact-search*: what a plan asks of a model server, judged, is what there is.
pub fn search_plan(bytes: &[u8]) {
    let (text, choices) = parts(bytes);
    match std::str::from_utf8(text) {
        Ok("") => drop(plan_laws::exact_search(choices, None)),
        Ok(text) => drop(plan_laws::exact_search_of(Some(text), choices, None)),
        Err(_) => {}
    }
}

/// *Ends*, *arrival-blind*: any sequence of events, any order of answers, any server.
pub fn facade(bytes: &[u8]) {
    let (text, choices) = parts(bytes);
    let (how, choices) = choices.split_at(choices.len().min(1));
    let Ok(text) = std::str::from_utf8(text) else { return };
    let target = Some(text).filter(|text| !text.is_empty());
    match how.first().map_or(0, |how| how % 3) {
        0 => drop(facade_laws::any_events(target, choices)),
        1 => drop(facade_laws::ends(target, choices)),
        _ => drop(facade_laws::arrival_blind(target, choices, false)),
    }
}
