//! Mutations that know what they mutate: JSON as such, DICOM JSON, FHIR, queries. Each takes a text and gives another; entropy says which.
//!
//! What a fuzzer holds is a text and, behind a NUL, entropy (see `targets.rs`). Files of plain text are such input too.

pub mod bend;
pub mod dicom;
pub mod fhir;
pub mod json;
pub mod query;
pub mod tree;

use super::generate::Choices;
use super::seeded::Seeded;
use super::targets::parts;
use tree::Node;

/// Changes a text once.
pub type Change = fn(&mut Choices<'_>, &str) -> String;

/// Mutates what the fuzzer holds: the text up to four times, now and then the entropy behind it. Where there is no text, always the entropy.
pub fn mutated(change: Change, bytes: &[u8], seed: u32) -> Vec<u8> {
    let entropy = Seeded(u64::from(seed)).bytes(64);
    let c = &mut Choices(&entropy);
    let (text, choices) = parts(bytes);
    let Ok(text) = std::str::from_utf8(text) else { return bytes.to_vec() };
    let mut choices = choices.to_vec();
    if text.is_empty() || c.rarely(5) {
        stirred(c, &mut choices);
        return joined(text, &choices);
    }
    let mut text = text.to_owned();
    for _ in 0..c.pick(&[1, 1, 1, 2, 4]) {
        text = change(c, &text);
    }
    joined(&text, &choices)
}

/// A part of another input's text inside of this one's.
pub fn spliced(one: &[u8], other: &[u8], seed: u32) -> Vec<u8> {
    let entropy = Seeded(u64::from(seed)).bytes(8);
    let c = &mut Choices(&entropy);
    let [(text, choices), (from, more)] = [one, other].map(parts);
    if text.is_empty() || from.is_empty() || c.rarely(8) {
        return [text, &[0], more].concat();
    }
    let [Some(mut into), Some(mut from)] = [text, from].map(|text| std::str::from_utf8(text).ok().and_then(Node::parse)) else {
        let cut = c.below(text.len() + 1);
        return [&text[..cut], from.get(c.below(from.len())..).unwrap_or_default(), &[0], choices].concat();
    };
    let part = from.any(c).clone();
    into.put(c, part);
    joined(&into.to_string(), choices)
}

fn joined(text: &str, choices: &[u8]) -> Vec<u8> {
    // Without entropy it is a text and nothing else.
    if choices.is_empty() { text.into() } else { [text.as_bytes(), &[0], choices].concat() }
}

/// Other entropy: bytes changed, more of them, fewer.
fn stirred(c: &mut Choices<'_>, bytes: &mut Vec<u8>) {
    let at = c.below(bytes.len() + 1);
    match c.below(4) {
        0 => bytes.truncate(at),
        1 if at < bytes.len() => bytes[at] = c.below(256) as u8,
        2 => {
            let from = c.below(bytes.len() + 1);
            let again = bytes[from..].iter().take(32).copied().collect::<Vec<u8>>();
            bytes.splice(at..at, again);
        }
        _ => {
            let more: Vec<u8> = (0..1 + c.below(24)).map(|_| c.below(256) as u8).collect();
            bytes.splice(at..at, more);
        }
    }
}
