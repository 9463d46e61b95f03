//! Rows as text, in the layouts of several serialisers.

use super::super::generate::Choices;
use super::rows::{Attribute, Body};

/// White space and order, outside of what the rows say.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Layout {
    Compact,
    Python,
    Pretty,
    ValueFirst,
    Slashes,
    /// Names of every other tag have an escape.
    Names,
}

pub(super) const LAYOUTS: [Layout; 6] =
    [Layout::Compact, Layout::Python, Layout::Pretty, Layout::ValueFirst, Layout::Slashes, Layout::Names];

pub(super) fn spell(c: &mut Choices<'_>, row: &[Attribute], layout: Layout, once: &str) -> String {
    let mut members: Vec<String> = row.iter().map(|attribute| member(attribute, layout)).collect();
    let (mut before, mut space) = (String::new(), "");
    if once.trim().is_empty() {
        space = once;
    } else {
        let at = c.below(members.len() + 1);
        members.insert(at, once.to_owned());
    }
    let text = respaced(&format!("{{{}}}", members.join(",")), layout);
    if space.is_empty() {
        return text;
    }
    // White space at one place between tokens.
    let gaps: Vec<usize> = outside(&text).collect();
    let at = gaps[(c.below(256) * 7) % gaps.len()];
    before.push_str(&text[..at]);
    before + space + &text[at..]
}

fn member(attribute: &Attribute, layout: Layout) -> String {
    let Attribute { tag, vr, body, more, turned } = attribute;
    let escaped = (layout == Layout::Names && tag.bytes().fold(0, |sum, byte| sum ^ byte) % 2 == 1).then(|| with_escape(tag)).flatten();
    let tag = escaped.as_ref().unwrap_or(tag);
    let vr = vr.as_ref().map(|vr| format!("\"vr\":{vr}"));
    let value = match body {
        Body::Instead(text) => return format!("\"{tag}\":{text}"),
        Body::Values(values) => Some(format!("\"Value\":[{}]", values.join(","))),
        Body::Member(name, text) => Some(format!("\"{name}\":{text}")),
        Body::None => None,
    };
    let members = if *turned != (layout == Layout::ValueFirst) { [value, vr] } else { [vr, value] };
    let members: Vec<String> = members.into_iter().flatten().collect();
    let more = if members.is_empty() { more.trim_start_matches(',') } else { more };
    format!("\"{tag}\":{{{}{more}}}", members.join(","))
}

/// A name whose last letter is an escape.
fn with_escape(name: &str) -> Option<String> {
    let last = name.chars().last().filter(char::is_ascii_alphanumeric)?;
    Some(format!("{}\\u{:04x}", &name[..name.len() - 1], u32::from(last)))
}

/// The places of a text between its tokens.
fn outside(text: &str) -> impl Iterator<Item = usize> + '_ {
    let (mut inside, mut escaped) = (false, false);
    text.bytes().enumerate().filter_map(move |(at, byte)| {
        let out = !inside;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            _ => {}
        }
        let begins = matches!(text.as_bytes()[at.saturating_sub(1)], b'[' | b',' | b':');
        (out && at > 0 && (begins || matches!(byte, b'"' | b',' | b':' | b'{' | b'}' | b'[' | b']'))).then_some(at)
    })
}

/// Compact text in another layout. `Pretty` and `Python` are what serialisers make of it.
fn respaced(text: &str, layout: Layout) -> String {
    if layout == Layout::Slashes {
        return text.replace("\\/", "/").replace('/', "\\/");
    }
    if layout != Layout::Python && layout != Layout::Pretty {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut from) = (0, 0);
    for at in outside(text).chain([text.len()]) {
        out.push_str(&text[from..at]);
        from = at;
        let before = text.as_bytes()[at - 1];
        let pretty = layout == Layout::Pretty;
        match (before, text.as_bytes().get(at)) {
            (b':', _) => out.push(' '),
            (b',', _) if !pretty => out.push(' '),
            (b'{' | b'[', Some(next)) if pretty && !matches!(next, b'}' | b']') => {
                depth += 1;
                newline(&mut out, depth);
            }
            (b',', _) if pretty => newline(&mut out, depth),
            (_, Some(b'}' | b']')) if pretty && !matches!(before, b'{' | b'[') => {
                depth = depth.max(1) - 1;
                newline(&mut out, depth);
            }
            _ => {}
        }
    }
    out
}

/// Compact text in any layout.
pub fn laid_out(c: &mut Choices<'_>, text: &str) -> String {
    respaced(text, c.pick(&LAYOUTS))
}

fn newline(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

/// The same JSON with so much white space before every colon: no fast path of single attributes takes it, nor one that compares it with a row of
/// other white space.
pub fn loosened(text: &str, spaces: usize) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut from = 0;
    for at in outside(text).filter(|at| text.as_bytes()[*at] == b':') {
        out.push_str(&text[from..at]);
        out.push_str(&" ".repeat(spaces));
        from = at;
    }
    out + &text[from..]
}
