//! What can be done to any JSON: to its values, its members, its spelling, its bytes.

use super::super::generate::Choices;
use super::super::repeat::{INSTEAD, ODD, laid_out};
use super::tree::Node;

/// Scalars that scanners, and those who count, trip over.
const SCALARS: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1.0",
    "1e0",
    "1E-2",
    "1e400",
    "-1e-400",
    "9007199254740993",
    "18446744073709551616",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"\\ud83d\\ude00\"",
    "\"\\u2028\"",
    "\"CANARY\"",
    "{}",
    "[]",
    "[[]]",
    "[null]",
    "{\"\":null}",
];

/// What is no JSON, or is not what it seems.
const JUNK: &[&str] = &[
    ",", ",,", ":", "[", "]", "{", "}", "\"", "\\", "01", "+1", ".5", "1.", "1e", "tru", "nul", "NaN", "\u{feff}", "\u{0}", "\u{1}",
    "\u{7f}", "\u{a0}", "\u{2028}", "'", "//", "\\u12", "\\ud800", "\\udc00", "\\x", "\n", "\t", "\r", " ",
];

/// One change, wherever.
pub fn change(c: &mut Choices<'_>, text: &str) -> String {
    let Some(mut root) = Node::parse(text).filter(|_| !c.rarely(6)) else { return damaged(c, text) };
    changed(c, &mut root);
    let text = root.to_string();
    if c.rarely(8) { laid_out(c, &text) } else { text }
}

/// One change of values or members.
pub fn changed(c: &mut Choices<'_>, root: &mut Node) {
    let kind = c.below(10);
    let is_list = |node: &Node| matches!(node, Node::Array(_) | Node::Object(_));
    match kind {
        0 => scalar(root.any_that(c, &|node| matches!(node, Node::Scalar(_))), c),
        1 => *root.any(c) = Node::Scalar(c.pick(SCALARS).to_owned()),
        2 => {
            let own = root.any(c);
            *own = Node::Array(vec![own.clone(); 1 + c.below(2)]);
        }
        3 => {
            let own = root.any_that(c, &|node| matches!(node, Node::Array(items) if items.len() == 1));
            if let Node::Array(items) = own {
                *own = items.pop().unwrap_or_else(|| Node::text(""));
            }
        }
        4 => {
            let part = root.any(c).clone();
            if part.size() < 200 {
                root.put(c, part);
            }
        }
        5 => spelled(root.any(c), c),
        _ => match root.any_that(c, &is_list) {
            Node::Array(items) => list(c, items),
            Node::Object(members) => list(c, members),
            Node::Scalar(_) => {}
        },
    }
}

/// Items or members: fewer, twice, in another order.
fn list<T: Clone>(c: &mut Choices<'_>, items: &mut Vec<T>) {
    if items.is_empty() {
        return;
    }
    let (at, to) = (c.below(items.len()), c.below(items.len()));
    match c.below(5) {
        0 => drop(items.remove(at)),
        1 | 2 => items.insert(to, items[at].clone()),
        3 => items.swap(at, to),
        _ => items.rotate_left(at),
    }
}

/// A scalar that is nearly what it was.
pub fn scalar(node: &mut Node, c: &mut Choices<'_>) {
    let Node::Scalar(text) = node else { return };
    let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    *text = match (inside, c.below(6)) {
        (None, 0) => format!("\"{text}\""),
        (Some(text), 0) if text.parse::<u32>().is_ok_and(|n| n.to_string() == text) => text.to_owned(),
        (_, 1) => c.pick(SCALARS).to_owned(),
        (_, 2) => c.pick(INSTEAD).replace("CANARY", "12").to_owned(),
        (Some(text), _) if text.len() < 200 => format!("\"{}\"", c.pick(ODD).replace('~', text)),
        _ => c.pick(&["1", "\"1\"", "1.5", "-3", "2147483648"]).to_owned(),
    };
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        *text = "0".to_owned();
    }
}

/// A letter of a string, or of a name, as an escape.
fn spelled(node: &mut Node, c: &mut Choices<'_>) {
    let escape = |c: &mut Choices<'_>, text: &mut String| {
        let letters: Vec<usize> =
            text.char_indices().filter(|(_, letter)| letter.is_alphanumeric() || *letter == '/').map(|(at, _)| at).collect();
        let Some(at) = letters.get(c.below(letters.len())).copied().filter(|_| text.starts_with('"') && !text.contains('\\')) else {
            return;
        };
        let letter = text[at..].chars().next().unwrap_or('a');
        let escaped: String = letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
        let escaped = if letter == '/' { "\\/".to_owned() } else { escaped };
        text.replace_range(at..at + letter.len_utf8(), &if c.rarely(2) { escaped.to_uppercase().replace("\\U", "\\u") } else { escaped });
    };
    match node {
        Node::Scalar(text) => escape(c, text),
        Node::Object(members) if !members.is_empty() => {
            let at = c.below(members.len());
            escape(c, &mut members[at].0);
        }
        _ => {}
    }
}

/// Bytes of the text, whatever they are part of: cut, gone, more of them.
pub fn damaged(c: &mut Choices<'_>, text: &str) -> String {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let at = places[c.below(places.len())];
    let (front, back) = text.split_at(at);
    match c.below(6) {
        0 => front.to_owned(),
        1 => back.to_owned(),
        2 => [front, back.get(1..).unwrap_or(back)].concat(),
        3 => {
            // Deep, and closed or not.
            let deep = c.pick(&[2, 30, 61, 62, 63, 64, 65, 70]);
            let (open, close) = c.pick(&[("[", "]"), ("{\"a\":", "}"), ("[{\"a\":[", "]}]")]);
            [front, &open.repeat(deep), "1", &close.repeat(deep - c.below(2)), back].concat()
        }
        4 => [text, c.pick(&["", "\n", ","]), text].concat(),
        _ => [front, c.pick(JUNK), back].concat(),
    }
}
