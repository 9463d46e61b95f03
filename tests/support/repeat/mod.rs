//! DICOM JSON that provokes the fast paths of the reader and attacks them, out of entropy: rows made from one or two base rows, each the row
//! before it with other identities and a few changes, in one layout throughout, or nearly. Text, as in `generate.rs`.
//! With no entropy left every choice is the first: rows that repeat.

mod layouts;
mod mutations;
mod rows;

pub use layouts::{laid_out, loosened};
pub use mutations::{INSTEAD, ODD};
pub use rows::URLS;

use super::generate::Choices;
use layouts::{LAYOUTS, Layout, spell};
use mutations::change;
use rows::{Attribute, Rows, another, base};

/// A document of repeating rows.
pub struct Repeats {
    /// What stands in the array, as text; damage is in `text` only.
    pub rows: Vec<String>,
    pub text: Vec<u8>,
    /// Whether `text` is the array of `rows`.
    pub whole: bool,
}

/// A document of repeating rows, now and then damaged.
pub fn repeats(c: &mut Choices<'_>) -> Repeats {
    let layout = LAYOUTS[[0, 0, 1, 2, 3, 4, 5][c.below(7)]];
    let mixed = c.rarely(8);
    let rows = rows(c, layout, mixed);
    let text = format!("[{}]", rows.join(if layout == Layout::Python { ", " } else { "," }));
    let mut text = text.into_bytes();
    let mut whole = true;
    if c.rarely(10) {
        whole = false;
        damage(c, &mut text);
    }
    Repeats { rows, text, whole }
}

fn damage(c: &mut Choices<'_>, text: &mut Vec<u8>) {
    let at = (c.below(256) * 256 + c.below(256)) % text.len();
    match c.below(6) {
        0 => text.truncate(at),
        1 => text[at] = 0xFF,
        2 => text.insert(at, 0xC3),
        3 => text[at] = c.pick(b"\"{}[],:0 \\\x00\x7f\n"),
        4 => {
            text.remove(at);
        }
        _ => text.extend_from_slice(c.pick(&[&b"]"[..], b" ", b"{}", b"[]", b",", b"<", b"\xEF\xBB\xBF[]", b"null"])),
    }
}

fn rows(c: &mut Choices<'_>, layout: Layout, mixed: bool) -> Vec<String> {
    let of = c.pick(&[Rows::Instances, Rows::Instances, Rows::Studies]);
    let count = match c.below(6) {
        0 => 6,
        1 => 3,
        2 => 4,
        3 => 5 + c.below(4),
        4 => 9 + c.below(8),
        _ => 3 + c.below(38),
    };
    let bases: Vec<Vec<Attribute>> = (0..1 + usize::from(c.rarely(3))).map(|_| base(c, of)).collect();
    let mut history: Vec<Vec<Attribute>> = vec![bases[0].clone()];
    let mut rows = Vec::new();
    for n in 0..count {
        let mut row = match c.below(12) {
            11 => bases[c.below(bases.len())].clone(),
            10 => history[c.below(history.len())].clone(),
            _ => history[history.len() - 1].clone(),
        };
        let mut once = String::new();
        if n > 0 {
            if !c.rarely(24) {
                another(c, &mut row, of, n);
            }
            for _ in 0..[0, 0, 0, 1, 1, 2][c.below(6)] {
                change(c, &mut row, &mut once);
            }
        }
        let own = if mixed { c.pick(&LAYOUTS) } else { layout };
        let text = match c.below(64) {
            63 => c.pick(&["null", "3", "{}", r#""CANARY""#, "[]", r#"{"a":"CANARY"}"#, r#"{"error":"CANARY"}"#, "[7,8]"]).to_owned(),
            _ => spell(c, &row, own, &once),
        };
        rows.push(text);
        history.push(row);
    }
    rows
}
