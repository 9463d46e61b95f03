//! Other scalars in the places of some in a JSON text: what fits the place of most, and what nearly does.

use super::fhir_repeat::filled;
use super::generate::Choices;

/// What a string may be that stands where another stood: `{n}` is the number of the study, `{d}` its last digit.
const STRINGS: &[&str] = &[
    "x{n}",
    "Doe^J{n}",
    "Doe",
    "A=B^C",
    "Doe^",
    "^Doe",
    "Doe ^J",
    "Doe^ J",
    "u?q={n}",
    "urn:oid:1.2.{n}",
    "urn:oid:1.2.9",
    "1.2.{n}",
    "1.2.9",
    "1.2.0{n}",
    "1..2",
    "1.2.",
    " x",
    "x ",
    "",
    " ",
    "Schädel",
    r"\u0041",
    r"a\\b",
    r#"a\"b"#,
    "ct",
    "*",
    "available",
    "registered",
    "unknown",
    "2024-01-1{d}",
    "2024-01-1{d}T10:15:3{d}+01:00",
    "2024-01-1{d}T10:15:3{d}Z",
    "2024-01-1{d}T10:15:6{d}+01:00",
    "2024-01-1{d}T10:15:30-00:00",
    "2024-01-1{d}T10:15:30+12:00",
    "2024-13-1{d}T10:15:30+01:00",
    "http://terminology.hl7.org/CodeSystem/v2-0203",
    "urn:ietf:rfc:3986",
    "urn:dicom:uid",
    "ACSN",
    "Practitioner",
    "ImagingStudy",
    "a text that is longer than sixteen bytes and than sixty-four of them as well, as no value of LO may be",
];

/// What a number may be that stands where another stood.
const NUMBERS: &[&str] = &["7", "0", "07", "-1", "1.5", "1e2", "99999999999", "123456789", "1234567890", "true", "null", r#""7""#];

/// Where the scalars of a text are, those between quotes without them, and whether they are such.
fn scalars(text: &str) -> Vec<(usize, usize, bool)> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'"' => {
                at += 1;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
                // What a colon follows is a name.
                if bytes.get(at) != Some(&b':') {
                    found.push((start + 1, at - 1, true));
                }
            }
            b'0'..=b'9' | b'-' => {
                at += bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
                found.push((start, at, false));
            }
            _ => at += 1,
        }
    }
    found
}

/// The text with others in the places of so many.
pub fn bent(c: &mut Choices<'_>, text: String, n: usize, times: usize) -> String {
    let mut text = text;
    for _ in 0..times {
        let found = scalars(&text);
        let Some((from, to, quoted)) = found.get(c.below(found.len().max(1))).copied() else { break };
        text.replace_range(from..to, &filled(c.pick(if quoted { STRINGS } else { NUMBERS }), n, 1, 1));
    }
    text
}

/// The text with each other scalar in the place of each.
pub fn bends(text: &str, n: usize) -> Vec<String> {
    let mut all = Vec::new();
    for (from, to, quoted) in scalars(text) {
        for other in if quoted { STRINGS } else { NUMBERS } {
            let mut text = text.to_owned();
            text.replace_range(from..to, &filled(other, n, 1, 1));
            all.push(text);
        }
    }
    all
}

/// The text with each scalar that stands in `other` in the place of its own.
pub fn borrowed(text: &str, other: &str) -> Vec<String> {
    let pairs = scalars(text).into_iter().zip(scalars(other));
    pairs
        .map(|((from, to, _), (start, end, _))| {
            let mut text = text.to_owned();
            text.replace_range(from..to, &other[start..end]);
            text
        })
        .collect()
}
