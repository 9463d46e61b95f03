//! The matching keys of a query: which are tested, with which values, and which are refused.

use super::dictionary::{entry, vr_of};
use super::faults::{Clock, Decode, Faults, List, Policy, Repeat, Wild};
use super::query::{Param, decode, resolve};
use super::resource::Resource;
use super::times::{moment, span};
use super::{Refused, refuse};

/// A key to be tested.
pub(super) struct Key {
    /// Path: one tag, or sequence and item.
    pub(super) tags: Vec<String>,
    pub(super) vr: &'static str,
    pub(super) kinds: String,
    pub(super) parts: Vec<String>,
    pub(super) policy: Option<Policy>,
    pub(super) main: bool,
    pub(super) all: bool,
}

impl Key {
    pub(super) fn first(&self) -> &str {
        self.tags.first().map_or("", String::as_str)
    }
    pub(super) fn last(&self) -> &str {
        self.tags.last().map_or("", String::as_str)
    }
}

/// The keys of the query, or why it is refused.
pub(super) fn keys(list: &[Param], at: &Resource, f: &Faults, fuzzy: bool) -> Result<Vec<Key>, Refused> {
    let mut keys = vec![];
    for (tags, given) in named(list, at, f)? {
        let vr = vr_of(tags.last().map_or("", String::as_str));
        let given: Vec<&Param> = match f.repeat {
            Repeat::Bad if given.len() > 1 => return refuse(400, "a key given twice"),
            Repeat::First => given.into_iter().take(1).collect(),
            Repeat::Last => given.into_iter().last().into_iter().collect(),
            _ => given,
        };
        let (kinds, policy, main) = rule(&tags, vr, at, f);
        match policy {
            Some(Policy::Bad) => return refuse(400, &format!("key {} is not supported here", tags.join("."))),
            Some(Policy::Ignore) => continue,
            _ => {}
        }
        let (mut parts, impossible) = values(&given, vr, f)?;
        if parts.iter().all(String::is_empty) {
            if f.empty_value_bad {
                return refuse(400, "an empty value");
            }
            continue;
        }
        if f.list == List::Raw && !kinds.contains(['L', 'U']) {
            parts.truncate(1)
        }
        // `*` alone is universal, but in Orthanc it asks for a value (measured).
        let star = |p: &String| !p.is_empty() && p.chars().all(|c| c == '*');
        if f.wild == Wild::Standard && kinds.contains('W') && !f.wild_bad && parts.iter().any(star) {
            continue;
        }
        let wild_vr = matches!(vr, "AE" | "CS" | "LO" | "LT" | "PN" | "SH" | "ST" | "UC" | "UR" | "UT");
        check(&parts, vr, wild_vr, f, fuzzy)?;
        // Orthanc compares a list literally.
        let literal = (f.list == List::Anywhere && parts.len() > 1) || !(wild_vr || f.absent_is_star);
        let kinds = if literal { kinds.replace('W', "") } else { kinds };
        let policy = if impossible { Some(Policy::Zero) } else { policy };
        let all = f.dcm4chee
            && tags.first().is_some_and(|t| t == "00080061")
            && list.iter().any(|p| p.name == "allOfModalitiesInStudy" && p.value == "true");
        keys.push(Key { main: main || policy == Some(Policy::Exists), tags, vr, kinds, parts, policy, all });
    }
    Ok(keys)
}

type Named<'a> = Vec<(Vec<String>, Vec<&'a Param>)>;
/// The parameters that are keys, by the path that they name.
fn named<'a>(list: &'a [Param], at: &Resource, f: &Faults) -> Result<Named<'a>, Refused> {
    let mut names: Named<'_> = vec![];
    for p in list {
        match p.name.as_str() {
            "limit" | "offset" | "includefield" | "fuzzymatching" => continue,
            "orderby" | "allOfModalitiesInStudy" | "includedefaults" | "returnempty" | "accept" if f.dcm4chee => continue,
            _ => {}
        }
        let known = resolve(&p.name, f)
            .filter(|tags| !(f.any_tag && tags.iter().any(|t| entry(t).is_none())))
            .filter(|tags| tags.len() == 1 || !f.paths.is_empty());
        match known {
            None if f.unknown == Policy::Bad => return refuse(400, &format!("unknown key {}", p.name)),
            None => {}
            Some(tags) => match names.iter_mut().find(|(t, _)| *t == tags) {
                Some((_, l)) => l.push(p),
                None => names.push((tags, vec![p])),
            },
        }
    }
    if f.uid_bypass && at.level == 0 && names.iter().any(|(t, _)| t.as_slice() == ["0020000D"]) {
        names.retain(|(t, _)| t.as_slice() == ["0020000D"])
    }
    Ok(names)
}

/// The kinds of a key, what is done with it if it is not matched, and whether its first tag is a main one.
fn rule(tags: &[String], vr: &str, at: &Resource, f: &Faults) -> (String, Option<Policy>, bool) {
    let first = tags.first().map_or("", String::as_str);
    // Levels whose keys count here.
    let open = |level: usize| {
        level == at.level || (level < at.level && (at.study.is_none() || f.parent_keys || (level == 1 && at.series.is_none())))
    };
    let main = f.keys.iter().enumerate().find_map(|(level, k)| k.get(first).filter(|_| open(level)));
    let level = entry(first).map_or(at.level, |e| e.level);
    let here = level <= at.level && open(level);
    let (kinds, policy) = if tags.len() > 1 {
        if here && f.paths.contains(&tags.join(".")) { ("SW".to_owned(), None) } else { (String::new(), Some(f.unsupported)) }
    } else if let Some(k) = main {
        (k.clone(), None)
    } else if f.any_tag && here {
        if vr == "SQ" { (String::new(), Some(Policy::Zero)) } else { ("SLRUW".to_owned(), None) }
    } else if f.any_tag && level > at.level {
        let series = f.keys[1].get(first);
        let exists = f.lower != Policy::Exists || (at.level == 0 && series.is_some());
        (series.cloned().unwrap_or_default(), Some(if exists { f.lower } else { Policy::Zero }))
    } else {
        (String::new(), Some(f.unsupported))
    };
    (kinds, policy, main.is_some())
}

/// The values of a key, and whether they cannot be found.
fn values(given: &[&Param], vr: &str, f: &Faults) -> Result<(Vec<String>, bool), Refused> {
    let mut parts: Vec<String> = vec![];
    let mut impossible = false;
    for p in given {
        if let Some(status) = f.comma_uid.filter(|_| vr == "UI" && p.value.contains(',')) {
            return refuse(status, "a comma in a UID");
        }
        let one: Vec<String> = match f.list {
            List::Uids if vr == "UI" => p.raw.split(',').map(decode).collect(),
            List::None | List::Uids => vec![p.value.clone()],
            List::Raw => p.raw.split(',').map(decode).collect(),
            List::Anywhere => {
                let text = p.value.replace('\\', "").replace("%2C", ",").replace("%2c", ",");
                // What a # or % does is not known; found nothing in every measurement.
                impossible |= f.decode == Decode::BeforeSplit && text.contains(['#', '%']);
                text.split(',').map(str::to_owned).collect()
            }
        };
        for v in one {
            let v = if f.trims { v.trim().to_owned() } else { v };
            if f.backslash_list { parts.extend(v.split('\\').map(str::to_owned)) } else { parts.push(v) }
        }
    }
    Ok((parts, impossible))
}

/// Values that are 400.
fn check(parts: &[String], vr: &str, wild_vr: bool, f: &Faults, fuzzy: bool) -> Result<(), Refused> {
    if f.wild_bad && !wild_vr && parts.len() == 1 && parts.iter().any(|p| p.contains(['*', '?'])) {
        return refuse(400, "Parameter out of range");
    }
    if f.quote_bad && fuzzy && vr == "PN" && parts.iter().any(|p| p.contains('"')) {
        return refuse(400, "a quotation mark");
    }
    if !matches!(vr, "DA" | "TM") {
        return Ok(());
    }
    let clock = if vr == "DA" { f.dates } else { f.times };
    let micros = |t: &str| t.is_empty() || (t.len() == 13 && t.get(6..7) == Some(".") && moment("TM", t).is_some());
    for p in parts {
        if clock == Clock::Parsed {
            span(f, vr, p)?;
        }
        if clock == Clock::Micros && !p.split('-').all(micros) {
            return refuse(400, "not hhmmss.SSSSSS");
        }
    }
    Ok(())
}
