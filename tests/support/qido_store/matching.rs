//! Does a row match the keys?

use super::dictionary::entry;
use super::faults::{Clock, Faults, Fuzzy, Policy};
use super::keys::Key;
use super::rows::{Row, strings};
use super::text::{name_words, soundex, text_matches};
use super::times::{moment, span, time_matches};
use super::{Refused, refuse};
use serde_json::Value;
use std::collections::BTreeMap;

/// Does one of the values (of the attribute, or of the item) match?
fn values_match(f: &Faults, key: &Key, values: &[String], present: bool, fuzzy: bool) -> Result<bool, Refused> {
    if f.absent_passes && values.is_empty() {
        if f.empty_date_500 && present && key.vr == "DA" {
            return refuse(500, "valueElem.Value[0] of an element without Value");
        }
        return Ok(true);
    }
    if matches!(key.vr, "DA" | "TM" | "DT") {
        if values.is_empty() {
            return time_matches(f, key, None);
        }
        for v in values {
            if time_matches(f, key, Some(v))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let tag = key.last();
    if fuzzy && f.fuzzy_keys.iter().any(|k| k == tag) {
        let alike = values.iter().any(|s| {
            key.parts.iter().any(|q| {
                name_words(q).iter().any(|q| {
                    name_words(s).iter().any(|s| if f.fuzzy == Fuzzy::Words { s.starts_with(q.as_str()) } else { soundex(q) == soundex(s) })
                })
            })
        });
        if alike || f.fuzzy != Fuzzy::SoundexToo {
            return Ok(alike);
        }
    }
    if f.null_word && key.parts.iter().any(|p| p == "null") && values.is_empty() {
        return Ok(true);
    }
    let star = ["*".to_owned()];
    let absent = f.absent_is_star && values.is_empty() && key.parts.iter().any(|p| p.contains(['*', '?']));
    let values = if absent { &star } else { values };
    let one = |q: &String| values.iter().any(|s| text_matches(f, key, q, s));
    Ok(if key.all { key.parts.iter().all(one) } else { key.parts.iter().any(one) })
}

/// dcm4chee-arc-light wants ModalitiesInStudy and SOPClassesInStudy of one and the same series, which has one class: that of its first instance.
pub(super) fn one_series(f: &Faults, keys: &[Key], row: &Row<'_>) -> bool {
    let of_series = |key: &&Key| key.tags.len() == 1 && key.policy.is_none() && matches!(key.first(), "00080061" | "00080062");
    let holds = |series: &Row<'_>, key: &Key| {
        let tag = if key.first() == "00080061" { "00080060" } else { "00080016" };
        let stored = series.series.first().map(|first| strings(first.get(tag))).unwrap_or_default();
        key.parts.iter().any(|part| stored.iter().any(|value| text_matches(f, key, part, value)))
    };
    let mut asked = keys.iter().filter(of_series).peekable();
    if asked.peek().is_none() {
        return true;
    }
    let asked: Vec<&Key> = asked.filter(|key| !key.all).collect();
    row.children().iter().any(|series| asked.iter().all(|key| holds(series, key)))
}

pub(super) fn row_matches(f: &Faults, keys: &[&Key], row: &Row<'_>, fuzzy: bool) -> Result<bool, Refused> {
    let find = |tag: &str| keys.iter().find(|k| k.tags.len() == 1 && k.first() == tag && k.policy.is_none());
    let mut done: Vec<&str> = vec![];
    for (date, time) in [("00080020", "00080030"), ("00400244", "00400245")] {
        let (Some(d), Some(t), true) = (find(date), find(time), f.combined && f.dates == Clock::Parsed) else {
            continue;
        };
        done.extend([date, time]);
        let first = |k: &Key| k.parts.first().cloned().unwrap_or_default();
        let (days, hours) = (span(f, "DA", &first(d))?, span(f, "TM", &first(t))?);
        let stored = |tag: &str, vr: &str| row.stored(tag, f).first().and_then(|v| moment(vr, v)).map(|m| m.0);
        let (Some(day), hour) = (stored(date, "DA"), stored(time, "TM")) else { return Ok(false) };
        let hour_is = |test: &dyn Fn(&String) -> bool| hour.as_ref().map_or(f.boundary_passes, test);
        let from = |h: &String| hours.0.as_ref().is_none_or(|x| h >= x);
        let to = |h: &String| hours.1.as_ref().is_none_or(|x| h <= x);
        let after = days.0.as_ref().is_none_or(|lo| &day > lo || (&day == lo && hour_is(&from)));
        let before = days.1.as_ref().is_none_or(|hi| &day < hi || (&day == hi && hour_is(&to)));
        if !(after && before) {
            return Ok(false);
        }
    }
    let mut sequences: BTreeMap<&str, Vec<&Key>> = BTreeMap::new();
    for key in keys {
        let tag = key.first();
        if key.policy == Some(Policy::Zero) {
            return Ok(false);
        }
        if done.contains(&tag) && key.tags.len() == 1 {
            continue;
        }
        if key.tags.len() > 1 {
            sequences.entry(tag).or_default().push(key);
            continue;
        }
        // A study attribute to Orthanc, a series attribute to the standard (InstitutionName).
        let flat = f.any_tag && key.policy.is_none();
        let test = |row: &Row<'_>| values_match(f, key, &row.stored(tag, f), row.attribute(tag).is_some(), fuzzy);
        let hit = if row.level == 0 && flat && entry(tag).is_some_and(|e| e.level == 1) {
            test(&Row { level: 1, series: row.study.clone(), ..row.clone() })?
        } else if row.level == 0 && (key.policy == Some(Policy::Exists) || entry(tag).is_some_and(|e| e.level == 1)) {
            let mut any = false;
            for child in row.children() {
                any |= test(&child)?
            }
            any
        } else {
            test(row)?
        };
        if !hit {
            return Ok(false);
        }
    }
    for (tag, keys) in sequences {
        let items = row.attribute(tag).and_then(|a| a.get("Value")).and_then(Value::as_array);
        let mut any = false;
        for item in items.into_iter().flatten().filter_map(Value::as_object) {
            let mut every = true;
            for key in &keys {
                let last = key.last();
                every &= values_match(f, key, &strings(item.get(last)), item.contains_key(last), fuzzy)?;
            }
            any |= every;
        }
        if !any {
            return Ok(false);
        }
    }
    Ok(true)
}
