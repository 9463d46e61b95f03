//! Attributes into text: of each part of a fact the values of its items, straight from the record.
//!
//! An attribute begins with a comma; whoever opened the object around it turns the first of them into the brace.

use super::hold::Hold;
use crate::grammar::uri::is_uri;
use crate::json::text::Writer;
use crate::table::{Align, Part, Row, Vr};
use crate::value::Fields;
use alloc::vec::Vec;

/// Writes members into an object, which is closed behind them.
pub(super) fn object(out: &mut Vec<u8>, members: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    members(out);
    match out.get_mut(at) {
        Some(comma) => *comma = b'{',
        None => out.push(b'{'),
    }
    out.push(b'}');
}

/// The beginning of an attribute that has values.
pub(super) type Head = [u8; 32];
/// How much of it there is without values.
pub(super) const BARE: usize = 22;

pub(super) const fn head(tag: u32, vr: Vr) -> Head {
    // The eight digits, each in a byte of its own.
    let mut digits = tag as u64;
    digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF;
    digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF;
    digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    let letters = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101;
    let [a, b, c, d, e, f, g, h] = (digits + 0x3030_3030_3030_3030 + letters * (b'A' - b'9' - 1) as u64).to_be_bytes();
    let (v, r) = if let [v, r] = vr.name().as_bytes() { (*v, *r) } else { (b'U', b'N') };
    [
        b',', b'"', a, b, c, d, e, f, g, h, b'"', b':', b'{', b'"', b'v', b'r', b'"', b':', b'"', v, r, b'"', b',', b'"', b'V', b'a', b'l',
        b'u', b'e', b'"', b':', b'[',
    ]
}

/// An attribute without value.
pub(super) fn empty(out: &mut Vec<u8>, tag: u32, vr: Vr) {
    out.extend_from_slice(head(tag, vr).get(..BARE).unwrap_or_default());
    out.push(b'}');
}

/// An attribute of one text.
pub(super) fn one(out: &mut Vec<u8>, tag: u32, vr: Vr, text: &str) {
    begin(out, tag, vr, text);
    finish(out, "");
}

/// The beginning of an attribute of one text that goes on.
pub(super) fn begin(out: &mut Vec<u8>, tag: u32, vr: Vr, text: &str) {
    out.extend_from_slice(&head(tag, vr));
    out.push(b'"');
    escaped(out, text);
}

/// The rest of an attribute that was begun.
pub(super) fn finish(out: &mut Vec<u8>, text: &str) {
    escaped(out, text);
    out.extend_from_slice(b"\"]}");
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    escaped(out, text);
    out.push(b'"');
}

/// What stands between the quotes of a string. Most texts have nothing to escape.
fn escaped(out: &mut Vec<u8>, text: &str) {
    if is_plain(text.as_bytes()) {
        out.extend_from_slice(text.as_bytes());
    } else {
        let mut quoted = Vec::new();
        Writer::new(&mut quoted).string(text);
        if let [_, inside @ .., _] = quoted.as_slice() {
            out.extend_from_slice(inside);
        }
    }
}

/// Whether nothing in it is escaped in JSON: no quote, no backslash, no control character. Eight bytes at a time.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The high bit of each byte that is `escaped`: below 0x20, or one of the two signs.
    let escaped = |eight: u64| {
        let is = |sign: u8| {
            let zero = eight ^ (ONES * u64::from(sign));
            zero.wrapping_sub(ONES) & !zero
        };
        (eight.wrapping_sub(ONES * 0x20) & !eight | is(b'"') | is(b'\\')) & ONES << 7
    };
    let Some(last) = bytes.last_chunk::<8>() else {
        return bytes.iter().all(|byte| *byte >= 0x20 && !matches!(byte, b'"' | b'\\'));
    };
    let mut rest = bytes;
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        if escaped(u64::from_le_bytes(*eight)) != 0 {
            return false;
        }
        rest = behind;
    }
    // Some of the last eight may be looked at again.
    escaped(u64::from_le_bytes(*last)) == 0
}

/// A part of a row, with what its VR can hold.
#[derive(Clone, Copy)]
pub(super) struct Of {
    pub(super) row: &'static Row,
    pub(super) part: &'static Part,
    pub(super) hold: Hold,
}

/// A value that a part gives, by item; none where it keeps its position alone.
type Given<'i, 'f> = Option<&'i Fields<'f>>;

/// The values of a part: of lists whose values belong to items those without are there too, but for the last.
fn values<'i, 'f>(of: Of, items: &'i [Fields<'f>]) -> impl Iterator<Item = Given<'i, 'f>> + Clone {
    let Of { row, part, hold } = of;
    let keeps = part.align == Align::Each;
    let given = move |item: &'i Fields<'f>| (belongs(row, part, item) && says(hold, part, 0, item)).then_some(item);
    let last = if keeps { items.iter().rposition(|item| given(item).is_some()).map_or(0, |last| last + 1) } else { items.len() };
    items.iter().take(last).map(given).filter(move |value| keeps || value.is_some())
}

/// Writes the attribute of a part; whether there is one.
pub(super) fn attribute(out: &mut Vec<u8>, of: Of, items: &[Fields<'_>]) -> bool {
    let Of { row, part, hold } = of;
    if let [item] = items {
        // Most facts have one.
        let is_there = belongs(row, part, item) && says(hold, part, 0, item);
        if is_there {
            attribute_of(out, of, item);
        }
        return is_there;
    }
    let mut values = values(of, items);
    let Some(first) = values.next() else { return false };
    out.extend_from_slice(&head(part.tag, part.vr));
    value(out, hold, part, 0, first);
    for more in values {
        out.push(b',');
        value(out, hold, part, 0, more);
    }
    out.extend_from_slice(b"]}");
    true
}

fn attribute_of(out: &mut Vec<u8>, of: Of, item: &Fields<'_>) {
    out.extend_from_slice(&head(of.part.tag, of.part.vr));
    value(out, of.hold, of.part, 0, Some(item));
    out.extend_from_slice(b"]}");
}

/// Writes a sequence whose items hold parts of rows; whether there is one. `parts` are in order, each with the items of its row.
///
/// Sequences of a part go into the first item, of what has one value each item has one.
pub(super) fn container(out: &mut Vec<u8>, tag: u32, parts: &[(Of, &[Fields<'_>])]) -> bool {
    let is_whole = |part: &Part| part.align == Align::Append && part.vr == Vr::Sq;
    let count = parts.iter().map(|(of, items)| {
        let values = values(*of, items);
        if is_whole(of.part) { values.take(1).count() } else { values.count() }
    });
    let Some(count) = count.max().filter(|count| *count > 0) else { return false };
    let mut given: Vec<_> = parts.iter().map(|(of, items)| values(*of, items)).collect();
    out.extend_from_slice(&head(tag, Vr::Sq));
    for n in 0..count {
        if n > 0 {
            out.push(b',');
        }
        object(out, |out| {
            for ((of, items), values) in parts.iter().zip(&mut given) {
                if is_whole(of.part) {
                    if n == 0 {
                        attribute(out, *of, items);
                    }
                } else if let Some(Some(item)) = values.next() {
                    attribute_of(out, *of, item);
                }
            }
        });
    }
    out.extend_from_slice(b"]}");
    true
}

/// Whether an item comes from this part: where several sources are told apart by a mark, from the marked one.
fn belongs(row: &Row, part: &Part, item: &Fields<'_>) -> bool {
    let filled = |field: u8| item.get(usize::from(field)).is_some_and(|text| !text.is_empty());
    match part.mark {
        Some(mark) => filled(mark),
        None => !row.parts.iter().any(|other| other.mark.is_some_and(filled)),
    }
}

fn text<'f>(item: &Fields<'f>, field: usize) -> &'f str {
    item.get(field).copied().unwrap_or("")
}

/// The groups of a name that a PN can hold.
fn groups<'f>(hold: Hold, item: &Fields<'f>, field: usize) -> [&'f str; 3] {
    [0, 1, 2].map(|n| Some(text(item, field + n)).filter(|group| hold.holds(Vr::Pn, group)).unwrap_or(""))
}

/// Whether a part has a value for an item. Fields that the VR cannot hold give none.
fn says(hold: Hold, part: &Part, base: usize, item: &Fields<'_>) -> bool {
    let field = base + usize::from(part.field);
    match part.vr {
        Vr::Sq => part.items.iter().any(|sub| says(hold, sub, field, item) && is_chosen(hold, part.items, sub, field, item)),
        Vr::Pn => groups(hold, item, field).iter().any(|group| !group.is_empty()),
        vr => !text(item, field).is_empty() && hold.holds(vr, text(item, field)),
    }
}

/// Writes the value of a part for an item.
fn value(out: &mut Vec<u8>, hold: Hold, part: &Part, base: usize, item: Given<'_, '_>) {
    let Some(item) = item else {
        out.extend_from_slice(if part.vr == Vr::Sq { b"{}" } else { b"null" });
        return;
    };
    let field = base + usize::from(part.field);
    match part.vr {
        Vr::Sq => object(out, |out| {
            for sub in by_tag(part.items) {
                if says(hold, sub, field, item) && is_chosen(hold, part.items, sub, field, item) {
                    out.extend_from_slice(&head(sub.tag, sub.vr));
                    value(out, hold, sub, field, Some(item));
                    out.extend_from_slice(b"]}");
                }
            }
        }),
        Vr::Pn => object(out, |out| {
            let names = [b",\"Alphabetic\":".as_slice(), b",\"Ideographic\":", b",\"Phonetic\":"];
            for (name, group) in names.into_iter().zip(groups(hold, item, field)).filter(|(_, group)| !group.is_empty()) {
                out.extend_from_slice(name);
                string(out, group);
            }
        }),
        Vr::Is => out.extend_from_slice(text(item, field).as_bytes()),
        _ => string(out, text(item, field)),
    }
}

/// The parts of an item by their tags.
fn by_tag(parts: &[Part]) -> impl Iterator<Item = &Part> {
    let mut before = None;
    core::iter::from_fn(move || {
        let next = parts.iter().filter(|part| before.is_none_or(|before| part.tag > before)).min_by_key(|part| part.tag)?;
        before = Some(next.tag);
        Some(next)
    })
}

/// The fields of an item that the VR of this part cannot hold.
fn lost(hold: Hold, part: &Part, base: usize, item: &Fields<'_>, tell: &mut dyn FnMut(usize)) {
    let field = base + usize::from(part.field);
    match part.vr {
        Vr::Sq => {
            part.items.iter().filter(|sub| is_chosen(hold, part.items, sub, field, item)).for_each(|sub| lost(hold, sub, field, item, tell))
        }
        Vr::Pn => (field..field + 3).filter(|field| !hold.holds(part.vr, text(item, *field))).for_each(tell),
        vr if !hold.holds(vr, text(item, field)) => tell(field),
        _ => {}
    }
}

/// As `lost`, of a part at the top.
pub(super) fn lost_of(of: Of, item: &Fields<'_>, tell: &mut dyn FnMut(usize)) {
    if belongs(of.row, of.part, item) {
        lost(of.hold, of.part, 0, item, tell);
    }
}

/// Of several attributes for one field (CodeValue, LongCodeValue, URNCodeValue) the one for values of this form.
fn is_chosen(hold: Hold, parts: &[Part], part: &Part, base: usize, item: &Fields<'_>) -> bool {
    let same = || parts.iter().filter(|other| other.field == part.field);
    if same().count() < 2 {
        return true;
    }
    let value = text(item, base + usize::from(part.field));
    let scheme = text(item, base + usize::from(part.field) + 1);
    let urn = scheme.is_empty() && is_uri(value);
    let chosen = same()
        .find(|other| urn && other.vr == Vr::Ur)
        .or_else(|| same().find(|other| other.vr != Vr::Ur && hold.holds(other.vr, value)))
        .or_else(|| same().next());
    chosen.is_some_and(|chosen| chosen.tag == part.tag)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    #[test]
    fn heads() {
        for (tag, vr) in [(0x0008_0020, Vr::Da), (0x0020_000D, Vr::Ui), (0xFEDC_BA98, Vr::Offset)] {
            let expected = format!(",\"{tag:08X}\":{{\"vr\":\"{}\"", vr.name());
            assert_eq!(core::str::from_utf8(&head(tag, vr)).unwrap(), format!("{expected},\"Value\":["));
            let mut out = Vec::new();
            empty(&mut out, tag, vr);
            assert_eq!(String::from_utf8(out).unwrap(), expected + "}");
        }
    }

    proptest::proptest! {
        #[test]
        fn plain_is_what_has_no_escapes(text in "[ -~é\u{7f}\u{1}\n\t]{0,40}") {
            let escaped = text.chars().any(|c| c < ' ' || c == '"' || c == '\\');
            proptest::prop_assert_eq!(is_plain(text.as_bytes()), !escaped);
            let mut out = Vec::new();
            string(&mut out, &text);
            proptest::prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
