//! Dates and times: as text, or as intervals.

use super::faults::{Clock, Faults};
use super::keys::Key;
use super::{Refused, refuse};

/// `(first, last)` of a DA or TM as texts that compare; none if it is neither.
pub(super) fn moment(vr: &str, text: &str) -> Option<(String, String)> {
    let (digits, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !digits.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| digits.get(at..at + 2).and_then(|d| d.parse::<u32>().ok());
    if vr == "DA" {
        let valid = digits.len() == 8
            && !text.contains('.')
            && two(4).is_some_and(|m| (1..=12).contains(&m))
            && two(6).is_some_and(|d| (1..=31).contains(&d));
        return valid.then(|| (text.to_owned(), text.to_owned()));
    }
    let valid = matches!(digits.len(), 2 | 4 | 6)
        && fraction.len() <= 6
        && (fraction.is_empty() || digits.len() == 6)
        && two(0).is_some_and(|h| h < 24)
        && two(2).is_none_or(|m| m < 60)
        && two(4).is_none_or(|s| s <= 60);
    let pad = |text: &str, filler: &str| format!("{text}{}", filler.get(text.len()..).unwrap_or(""));
    valid.then(|| {
        let whole = format!("{digits}{fraction}");
        (pad(&whole, "000000000000"), pad(&whole, "995959999999"))
    })
}
pub(super) type Span = (Option<String>, Option<String>);
/// The interval of a key value.
pub(super) fn span(f: &Faults, vr: &str, text: &str) -> Result<Span, Refused> {
    let side = |t: &str, last: bool| match moment(vr, t) {
        _ if t.is_empty() => Ok(None),
        Some((a, b)) => Ok(Some(if last { b } else { a })),
        None => refuse(400, "not a date or time"),
    };
    let (lo, hi) = text.split_once('-').unwrap_or((text, text));
    let out = (side(lo, false)?, side(hi, true)?);
    if f.inverted_bad && (text == "-" || matches!(&out, (Some(a), Some(b)) if a > b)) {
        return refuse(400, "not a range");
    }
    Ok(out)
}
fn within(span: &Span, value: &str) -> bool {
    span.0.as_ref().is_none_or(|lo| lo.as_str() <= value) && span.1.as_ref().is_none_or(|hi| value <= hi.as_str())
}

pub(super) fn time_matches(f: &Faults, key: &Key, stored: Option<&str>) -> Result<bool, Refused> {
    let clock = if key.vr == "TM" {
        f.times
    } else if key.vr == "DA" {
        f.dates
    } else {
        Clock::Text
    };
    if clock != Clock::Parsed {
        // Orthanc looks for the - first: a list beside a range is one text.
        let whole = key.parts.join("\\");
        if let Some((lo, hi)) = whole.split_once('-').filter(|_| key.kinds.contains('R')) {
            let Some(s) = stored else {
                return Ok(f.empty_passes && lo.is_empty());
            };
            return Ok((lo.is_empty() || lo <= s) && (hi.is_empty() || s <= hi));
        }
        return Ok(stored.is_some_and(|s| key.parts.iter().any(|p| p == s)));
    }
    for part in &key.parts {
        let wanted = span(f, key.vr, part)?;
        if part.contains('-') && !key.kinds.contains('R') {
            continue; // no range here: it equals nothing
        }
        let hit = match stored {
            None => f.empty_passes && part.contains('-') && wanted.0.is_none(),
            Some(s) => match moment(key.vr, s) {
                // In a wrapping time range the end comes first.
                Some((at, _)) if f.dcm4chee && key.vr == "TM" && matches!(&wanted, (Some(a), Some(b)) if a > b) => {
                    wanted.0.as_ref().is_some_and(|a| &at >= a) || wanted.1.as_ref().is_some_and(|b| &at <= b)
                }
                Some((at, _)) => within(&wanted, &at),
                None => false,
            },
        };
        if hit {
            return Ok(true);
        }
    }
    Ok(false)
}
