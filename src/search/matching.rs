//! Attribute matching as QIDO-RS does it (PS3.18 10.6, PS3.4 C.2.2.2).

use crate::grammar::da::is_calendar;
use crate::grammar::uid::{Uid, uid};
use alloc::string::String;

/// Whether the values of an attribute match a key, which stands as it does between `=` and `&`, decoded.
///
/// No values: the attribute is empty, or absent. Text is compared as it stands, without padding: what servers do besides, such as folding case, is
/// theirs.
///
/// Each value is compared with the key for itself. Time for one value is linear, but for `?`: a piece of the key that has one is tried at every place of
/// the value.
///
/// ```
/// use fhir_dicomweb::search::matches;
/// assert!(matches("DA", "20240101-20240131", &["20240114"]));
/// assert!(matches("LO", "A*", &["B", "AB"]) && !matches("UI", "1.*", &["1.2"]));
/// assert!(matches("UI", "1.2,1.3", &["1.3"]));
/// ```
#[must_use]
pub fn matches(vr: &str, key: &str, values: &[&str]) -> bool {
    let is_wild = matches!(vr, "AE" | "CS" | "LO" | "LT" | "PN" | "SH" | "ST" | "UC" | "UR" | "UT");
    let key = trimmed(vr, key);
    // Universal matching (C.2.2.2.3).
    if key.is_empty() || is_wild && key == "*" {
        return true;
    }
    let mut values = values.iter().map(|value| trimmed(vr, value)).filter(|value| !value.is_empty());
    match vr {
        "UI" => values.any(|value| uid(value) != Uid::Bad && key.split([',', '\\']).any(|wanted| wanted.trim() == value)),
        "DA" | "TM" | "DT" => {
            let Some(wanted) = range(vr, key) else { return false };
            values.any(|value| span(vr, value).is_some_and(|own| wanted.overlaps(&own)))
        }
        "IS" | "DS" | "US" | "SS" | "UL" | "SL" | "FL" | "FD" | "UV" | "SV" => {
            // IS has no decimals.
            let read =
                |text: &str| number(text).filter(|_| vr != "IS" || text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-')));
            let wanted = read(key);
            values.any(|value| wanted.is_some() && read(value) == wanted)
        }
        _ if is_wild && key.contains(['*', '?']) => values.any(|value| is_like(key, value)),
        _ => values.any(|value| value == key),
    }
}

/// Without padding (PS3.5 6.2): spaces at both ends say nothing but where text keeps those in front.
fn trimmed<'a>(vr: &str, text: &'a str) -> &'a str {
    let padding = |c: char| c == ' ' || c == '\0';
    if matches!(vr, "LT" | "ST" | "UC" | "UT" | "UR") { text.trim_end_matches(padding) } else { text.trim_matches(padding) }
}

/// `*` any characters, `?` one (C.2.2.2.4). What stands between two stars is looked for once, the first place that has it is as good as any: linear,
/// but for pieces that have `?` in them, which are tried at every place.
fn is_like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return starts(pattern, text) == Some("") };
    let Some(mut text) = starts(first, text) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        match behind(piece, text) {
            Some(rest) => text = rest,
            None => return false,
        }
    }
    let surplus = text.chars().count().checked_sub(last.chars().count());
    let end = surplus.and_then(|surplus| text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(surplus));
    end.and_then(|at| text.get(at..)).is_some_and(|end| starts(last, end) == Some(""))
}

/// What follows a piece that the text starts with.
fn starts<'t>(piece: &str, text: &'t str) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in piece.chars() {
        let own = rest.next()?;
        if wanted != '?' && wanted != own {
            return None;
        }
    }
    Some(rest.as_str())
}

/// What follows the first place where the text has the piece.
fn behind<'t>(piece: &str, text: &'t str) -> Option<&'t str> {
    if !piece.contains('?') {
        return text.find(piece).and_then(|at| text.get(at + piece.len()..));
    }
    text.char_indices().find_map(|(at, _)| text.get(at..).and_then(|text| starts(piece, text)))
}

/// A number as it compares: sign, digits without leading zeros, and decimals without trailing ones, moved by the exponent.
fn number(text: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if whole.len() + fraction.len() == 0 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = [whole, fraction].concat();
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some((false, String::new(), 0));
    }
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    let power = exponent.checked_sub(fraction.len() as i64)?.checked_add(zeros as i64)?;
    Some((mantissa.starts_with('-'), significant.into(), power))
}

/// From and to, in microseconds of a clock whose minutes have a leap second each, ends included; none: open.
#[derive(Clone, Copy)]
struct Span {
    from: Option<i128>,
    to: Option<i128>,
}

impl Span {
    fn overlaps(&self, own: &Span) -> bool {
        let before = |a: Option<i128>, b: Option<i128>| a.zip(b).is_none_or(|(a, b)| a <= b);
        before(self.from, own.to) && before(own.from, self.to)
    }
}

/// A key: a value, or a range of values (C.2.2.2.5).
fn range(vr: &str, key: &str) -> Option<Span> {
    // The longest is two DT with fractions and offsets (PS3.5 6.2), and the hyphen between them.
    const LONGEST: usize = 2 * "YYYYMMDDHHMMSS.FFFFFF&ZZXX".len() + 1;
    if let Some(whole) = span(vr, key) {
        return Some(whole);
    }
    if key.len() > LONGEST {
        return None;
    }
    // A hyphen may be that of an offset: the one that leaves two values is meant.
    key.match_indices('-').find_map(|(at, _)| {
        let (from, to) = (key.get(..at)?, key.get(at + 1..)?);
        let end = |text: &str| if text.is_empty() { Some(None) } else { span(vr, text).map(Some) };
        let (from, to) = (end(from)?, end(to)?);
        if from.is_none() && to.is_none() {
            None
        } else {
            Some(Span { from: from.and_then(|span| span.from), to: to.and_then(|span| span.to) })
        }
    })
}

fn span(vr: &str, text: &str) -> Option<Span> {
    match vr {
        "DA" => {
            let day = day(text)?;
            Some(Span { from: Some(day * DAY), to: Some(day * DAY + DAY - 1) })
        }
        "TM" => {
            let (from, length) = time(text)?;
            Some(Span { from: Some(from), to: Some(from + length - 1) })
        }
        _ => date_time(text),
    }
}

const SECOND: i128 = 1_000_000;
const MINUTE: i128 = 61 * SECOND;
const DAY: i128 = 1_440 * MINUTE;

fn digits(text: &str, from: usize, to: usize) -> Option<i128> {
    let part = text.get(from..to)?;
    if part.bytes().all(|b| b.is_ascii_digit()) { part.parse().ok() } else { None }
}

/// A day of the calendar, `YYYYMMDD`, as its number.
fn day(text: &str) -> Option<i128> {
    let (year, month, day) = (digits(text, 0, 4)?, digits(text, 4, 6)?, digits(text, 6, 8)?);
    let is_one = text.len() == 8 && is_calendar(text.get(..4)?, text.get(4..6)?, text.get(6..8)?);
    is_one.then(|| number_of(year, month, day))
}

/// The number of a day: Howard Hinnant's days from civil, in years that begin in March.
fn number_of(year: i128, month: i128, day: i128) -> i128 {
    let shifted = if month > 2 { year } else { year - 1 };
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    365 * shifted + shifted.div_euclid(4) - shifted.div_euclid(100) + shifted.div_euclid(400) + of_year
}

/// The microseconds since midnight of `HH[MM[SS[.F{1,6}]]]`, and how many it leaves open.
fn time(text: &str) -> Option<(i128, i128)> {
    let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, fraction)| (clock, Some(fraction)));
    let part = |from: usize| if clock.len() > from { digits(clock, from, from + 2) } else { Some(0) };
    if !matches!(clock.len(), 2 | 4 | 6) || fraction.is_some() && clock.len() < 6 {
        return None;
    }
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let mut from = (hours * 60 + minutes) * MINUTE + seconds * SECOND;
    let mut length = match clock.len() {
        2 => 60 * MINUTE,
        4 => MINUTE,
        _ => SECOND,
    };
    if let Some(fraction) = fraction {
        if !(1..=6).contains(&fraction.len()) {
            return None;
        }
        // A fraction is one part of the value, and leaves nothing open.
        from += digits(fraction, 0, fraction.len())? * (SECOND / 10_i128.pow(fraction.len() as u32));
        length = 1;
    }
    Some((from, length))
}

/// `YYYY[MM[DD[HH[MM[SS[.F]]]]]][&ZZXX]`; with an offset on the clock of UTC, else as it is written.
fn date_time(text: &str) -> Option<Span> {
    let (clock, offset) = match text.find(['+', '-']) {
        Some(at) => {
            let (clock, offset) = (text.get(..at)?, text.get(at..)?);
            let (hours, minutes) = (digits(offset, 1, 3)?, digits(offset, 3, 5)?);
            let west = offset.starts_with('-');
            if offset.len() != 5 || minutes > 59 || hours * 60 + minutes > if west { 720 } else { 840 } {
                return None;
            }
            (clock, (hours * 60 + minutes) * MINUTE * if west { -1 } else { 1 })
        }
        None => (text, 0),
    };
    let (from, length) = match clock.len() {
        4 => {
            let year = digits(clock, 0, 4)?;
            let (first, next) = (number_of(year, 1, 1), number_of(year + 1, 1, 1));
            (first * DAY, (next - first) * DAY)
        }
        6 => {
            let (year, month) = (digits(clock, 0, 4)?, digits(clock, 4, 6)?);
            let first = day(&[clock, "01"].concat())?;
            let next = if month == 12 { number_of(year + 1, 1, 1) } else { number_of(year, month + 1, 1) };
            (first * DAY, (next - first) * DAY)
        }
        8 => (day(clock)? * DAY, DAY),
        _ => {
            let (from, length) = time(clock.get(8..)?)?;
            (day(clock.get(..8)?)? * DAY + from, length)
        }
    };
    Some(Span { from: Some(from - offset), to: Some(from - offset + length - 1) })
}
