//! The grammars of single values, held against recognisers that share nothing with them: written from the standards' text, letter by letter.
//!
//! The grammars are private; they are reached through the attribute, the element or the function that goes by them.

use super::laws::through_dicom;
use fhir_dicomweb::search::matches;
use fhir_dicomweb::url::{self, Resource};
use fhir_dicomweb::{Offset, Options, Release, Study, dicom, fhir, row};
use serde_json::{Value, json};

/// A text as a value of every grammar.
pub fn values(text: &str) {
    addresses(text);
    // Where a backslash divides, and control characters go, is a matter of values and not of their grammars.
    if text.len() > 200 || text.contains(|c: char| c == '\\' || c.is_control()) {
        return;
    }
    let trimmed = text.trim();
    offset(trimmed);
    date(text, trimmed);
    time(text, trimmed);
    number(text, trimmed);
    uid(text, trimmed);
    name(text, trimmed);
    date_time(trimmed);
    wildcards(text);
}

/// What a data set with these attributes is read as, and the codes of what is told under the last of them.
fn read(attributes: &[(&str, &str, Value)]) -> (Study, Vec<String>) {
    let mut set = json!({"0020000D": {"vr": "UI", "Value": ["1.2.3"]}});
    for (tag, vr, value) in attributes {
        set[*tag] = json!({"vr": vr, "Value": [value]});
    }
    let read = dicom::read(set.to_string().as_bytes(), &Options::default()).unwrap();
    let at = format!("/{}", attributes[attributes.len() - 1].0);
    let codes = read.loss.iter().filter(|loss| loss.at.to_string().starts_with(&at)).map(|loss| loss.code.name().to_owned()).collect();
    (read.value.into_iter().next().unwrap(), codes)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn within(text: &str, low: u32, high: u32) -> bool {
    text.len() == 2 && digits(text) && text.parse::<u32>().is_ok_and(|n| (low..=high).contains(&n))
}

/// A day of the calendar that is no placeholder, from its three parts.
fn is_day(year: &str, month: &str, day: &str) -> bool {
    if ![year, month, day].into_iter().all(digits) || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return false;
    }
    let [year, month, day] = [year, month, day].map(|part| part.parse::<u32>().unwrap());
    let leap = (year % 4 == 0) as u32 - (year % 100 == 0) as u32 + (year % 400 == 0) as u32;
    let days = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    year >= 1800 && (1..=12).contains(&month) && day >= 1 && day <= days[month as usize - 1]
}

/// DA, PS3.5 6.2; `YYYY.MM.DD` and `YYYY-MM-DD` are read and noted (`spec/README.md`).
fn date(text: &str, trimmed: &str) {
    let (study, codes) = read(&[("00080020", "DA", json!(text))]);
    let parts: Vec<&str> = match trimmed.len() {
        8 if trimmed.is_ascii() => vec![&trimmed[..4], &trimmed[4..6], &trimmed[6..]],
        _ if trimmed.contains('.') => trimmed.split('.').collect(),
        _ => trimmed.split('-').collect(),
    };
    let expected = match parts.as_slice() {
        [year, month, day] if is_day(year, month, day) => Some([*year, *month, *day].concat()),
        _ => None,
    };
    let found = study.get(row::STARTED).map(|started| started.date.to_owned());
    assert_eq!(found, expected, "DA {text:?}");
    let told = match &expected {
        None if trimmed.is_empty() => None,
        None => Some("bad-date"),
        Some(plain) => (plain != trimmed).then_some("legacy-date"),
    };
    assert_eq!(codes.first().map(String::as_str), told, "DA {text:?}");
}

/// The digits of a time and of its fraction, if it is one: TM, PS3.5 6.2; with colons it is noted.
fn clock(text: &str) -> Option<(String, Option<&str>)> {
    let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, fraction)| (clock, Some(fraction)));
    let colons = clock.contains(':');
    let parts: Vec<&str> = if colons {
        clock.split(':').collect()
    } else if clock.is_ascii() && matches!(clock.len(), 2 | 4 | 6) {
        (0..clock.len() / 2).map(|n| &clock[n * 2..n * 2 + 2]).collect()
    } else {
        return None;
    };
    let is_one = parts.len() <= 3
        && parts.iter().zip([23, 59, 60]).all(|(part, most)| within(part, 0, most))
        && fraction.is_none_or(|fraction| parts.len() == 3 && digits(fraction));
    is_one.then(|| (parts.concat(), fraction))
}

fn time(text: &str, trimmed: &str) {
    let (study, codes) = read(&[("00080020", "DA", json!("20240114")), ("00080030", "TM", json!(text))]);
    let found = study.get(row::STARTED).map(|started| started.time.to_owned()).unwrap_or_default();
    let expected = clock(trimmed).map(|(clock, fraction)| match fraction {
        Some(fraction) => format!("{clock}.{}", &fraction[..fraction.len().min(6)]),
        None => clock,
    });
    assert_eq!(found, expected.clone().unwrap_or_default(), "TM {text:?}");
    let told = match &expected {
        None if trimmed.is_empty() => None,
        None => Some("bad-time"),
        Some(_) if clock(trimmed).is_some_and(|(_, fraction)| fraction.is_some_and(|fraction| fraction.len() > 6)) => Some("fraction-cut"),
        Some(plain) => (plain != trimmed).then_some("legacy-time"),
    };
    assert_eq!(codes.first().map(String::as_str), told, "TM {text:?}");
}

/// An offset from UTC as `&ZZXX`, if it is one: PS3.3 C.12.1.1.8, from -1200 to +1400; besides a colon, `Z`, and `-0000`.
fn zone(text: &str) -> Option<String> {
    if text == "Z" {
        return Some("+0000".to_owned());
    }
    let plain = if text.as_bytes().get(3) == Some(&b':') { text.replacen(':', "", 1) } else { text.to_owned() };
    let [sign @ (b'+' | b'-'), rest @ ..] = plain.as_bytes() else { return None };
    let rest = std::str::from_utf8(rest).ok()?;
    if rest.len() != 4 || !digits(rest) || !within(&rest[2..], 0, 59) {
        return None;
    }
    let most = if *sign == b'+' { 1400 } else { 1200 };
    let is_one = rest.parse::<u32>().is_ok_and(|n| n <= most);
    let zero = rest == "0000";
    is_one.then(|| if zero { "+0000".to_owned() } else { plain.clone() })
}

fn offset(text: &str) {
    let expected = zone(text).map(|zone| format!("{}:{}", &zone[..3], &zone[3..]));
    assert_eq!(text.parse::<Offset>().ok().map(|offset| offset.to_string()), expected, "offset {text:?}");
}

/// IS, and a decimal or an exponent that is whole: FHIR's unsignedInt.
fn number(text: &str, trimmed: &str) {
    let (study, codes) = read(&[("0020000E", "UI", json!("1.2.3.1")), ("00200011", "IS", json!(text))]);
    let found = study.series().next().unwrap().get(row::SERIES_NUMBER);
    let (mantissa, exponent) = trimmed.split_once(['e', 'E']).map_or((trimmed, None), |(mantissa, exponent)| (mantissa, Some(exponent)));
    let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_one = digits(whole)
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    // The decimal point, moved among as many zeros as it takes.
    let shift =
        exponent.map_or(0, |exponent| exponent.parse::<i64>().unwrap_or(if exponent.starts_with('-') { i64::MIN } else { i64::MAX }));
    let shift = shift.clamp(-400, 400);
    let zeros = "0".repeat(400);
    // Of what is no number nothing is counted.
    let (whole, fraction) = if is_one { (whole, fraction.unwrap_or_default()) } else { ("", "") };
    let all = format!("{zeros}{whole}{fraction}{zeros}");
    let (front, back) = all.split_at((400 + whole.len() as i64 + shift).max(0) as usize);
    let front = front.trim_start_matches('0');
    let expected = match (is_one, back.bytes().all(|digit| digit == b'0')) {
        (false, _) if trimmed.is_empty() => Ok(None),
        (false, _) | (_, false) => Err("bad-number"),
        _ if front.is_empty() => Ok(Some(0)),
        _ if mantissa.starts_with('-') || front.len() > 10 => Err("number-out-of-range"),
        _ => front.parse::<u64>().ok().and_then(|n| u32::try_from(n).ok()).filter(|n| *n < 1 << 31).map(Some).ok_or("number-out-of-range"),
    };
    let said = codes.first().map(String::as_str).map_or(Ok(found), Err);
    assert_eq!(said, expected, "IS {text:?}");
}

/// UI, PS3.5 9.1; what DICOM forbids and FHIR's `id` allows is kept and noted.
fn uid(text: &str, trimmed: &str) {
    let (study, codes) = read(&[("0020000E", "UI", json!(text))]);
    let arcs: Vec<&str> = trimmed.split('.').collect();
    let can_be_carried = trimmed.len() <= 64
        && arcs.iter().all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    let is_arc = |arc: &&str| digits(arc) && (arc.len() == 1 || !arc.starts_with('0'));
    let is_legal = can_be_carried && arcs.len() > 1 && arcs.iter().all(is_arc) && ["0", "1", "2"].contains(&arcs[0]);
    let found = study.series().next().and_then(|series| series.get(row::SERIES_UID).map(str::to_owned));
    assert_eq!(found.as_deref(), can_be_carried.then_some(trimmed), "UI {text:?}");
    let told = match (can_be_carried, is_legal) {
        (true, legal) => (!legal).then_some("odd-uid"),
        (false, _) if trimmed.is_empty() => None,
        (false, _) => Some("bad-uid"),
    };
    assert_eq!(codes.first().map(String::as_str), told, "UI {text:?}");
    assert_eq!(Resource::of_study(text).is_ok(), can_be_carried && text == trimmed, "path of {text:?}");
}

/// PN, PS3.5 6.2.1: three groups divided by `=`, of components divided by `^`.
fn name(text: &str, trimmed: &str) {
    let (study, _) = read(&[("00100010", "PN", json!({ "Alphabetic": text }))]);
    let found = study.get(row::PATIENT_NAME).map(|name| [name.alphabetic, name.ideographic, name.phonetic].map(str::to_owned));
    let groups: Vec<String> = trimmed
        .split('=')
        .take(3)
        .map(|group| {
            let mut components: Vec<&str> = group.split('^').map(str::trim).collect();
            while components.last().is_some_and(|last| last.is_empty()) {
                components.pop();
            }
            components.join("^")
        })
        .chain(["".into(), "".into()])
        .take(3)
        .collect();
    let is_empty = groups.iter().all(String::is_empty);
    assert_eq!(found.map(Vec::from), (!is_empty).then_some(groups), "PN {text:?}");
}

/// FHIR dateTime (datatypes, `dateTime`): what is one is read in full, what is read comes back.
fn date_time(text: &str) {
    let resource = json!({"resourceType": "ImagingStudy", "status": "available", "subject": {"identifier": {"value": "P1"}},
        "identifier": [{"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}], "started": text});
    let options = Options::default();
    let read = fhir::read(resource.to_string().as_bytes(), Release::R5, &options).unwrap();
    let study = &read.value[0];
    let found = study.get(row::STARTED);
    if let Some((date, clock_and_zone)) = text.split_once('T') {
        let parts: Vec<&str> = date.split('-').collect();
        let at = clock_and_zone.find(['Z', '+', '-']).unwrap_or(clock_and_zone.len());
        let (time, zone_text) = clock_and_zone.split_at(at);
        let colons = |text: &str, at: &[usize]| at.iter().all(|at| text.as_bytes().get(*at) == Some(&b':'));
        let (is_time, is_zone) =
            (colons(time, &[2, 5]) && clock(time).is_some(), zone_text == "Z" || colons(zone_text, &[3]) && zone(zone_text).is_some());
        if let ([year, month, day], true, true) = (parts.as_slice(), is_time, is_zone) {
            if is_day(year, month, day) {
                let (digits, fraction) = clock(time).unwrap();
                let fraction = fraction.map(|fraction| format!(".{}", &fraction[..fraction.len().min(6)])).unwrap_or_default();
                let found = found.as_ref().map(|one| [one.date, one.time, one.offset].map(str::to_owned));
                assert_eq!(
                    found,
                    Some([[*year, *month, *day].concat(), digits + &fraction, zone(zone_text).unwrap()]),
                    "dateTime {text:?}"
                );
            }
        }
    } else {
        let parts: Vec<&str> = text.split('-').collect();
        let is_one = matches!(parts.as_slice(), [year, month, day] if is_day(year, month, day));
        // A space may stand for the T, a letter in lower case too: those are read in part at least.
        if is_one || !text.contains([' ', 't']) {
            assert_eq!(found.as_ref().map(|one| one.date.to_owned()), is_one.then(|| parts.concat()), "date {text:?}");
        }
    }
    through_dicom(study, &options, text);
}

/// URLs: what is read is printed, and read again it is the same.
fn addresses(text: &str) {
    let _ = url::base(text, "1.2.1");
    let Ok(url) = url::parse(text) else { return };
    let path = url.resource.path();
    let again = url::parse(&path).unwrap_or_else(|bad| panic!("{path}: {bad}"));
    assert!(again.base.is_empty() && again.resource == url.resource, "{text:?} as {path:?}");
    if url.base.contains("://") {
        let whole = url.resource.url(&url.base);
        let again = url::parse(&whole).unwrap_or_else(|bad| panic!("{whole}: {bad}"));
        assert!(again.resource == url.resource && again.base == url.base, "{text:?} as {whole:?}");
    }
}

/// Wildcard matching (PS3.4 C.2.2.2.4), against trying every way; the text is a key and, behind the first `=`, a value.
fn wildcards(text: &str) {
    let (key, value) = text.split_once('=').unwrap_or((text, "abcabd"));
    if key.len() > 12 || value.len() > 12 {
        return;
    }
    fn is_like(key: &[char], value: &[char]) -> bool {
        match (key.split_first(), value.split_first()) {
            (None, _) => value.is_empty(),
            (Some(('*', rest)), None) => is_like(rest, value),
            (Some(('*', rest)), Some((_, behind))) => is_like(rest, value) || is_like(key, behind),
            (Some((sign, rest)), Some((own, behind))) => (*sign == '?' || sign == own) && is_like(rest, behind),
            (Some(_), None) => false,
        }
    }
    let trim = |text: &str| text.trim_matches([' ', '\0']).chars().collect::<Vec<char>>();
    let (wanted, own) = (trim(key), trim(value));
    let expected = wanted.is_empty() || wanted == ['*'] || !own.is_empty() && is_like(&wanted, &own);
    assert_eq!(matches("LO", key, &[value]), expected, "{key:?} and {value:?}");
}
