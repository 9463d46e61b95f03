//! The attributes to return: the defaults, `includefield`, the keys.
//!
//! A sequence that comes by default has its listed items only (assumed); asked for by its tag it is whole, by path it has those items.

use super::dictionary::{dict, entry, vr_of};
use super::faults::{All, Decode, Faults, List, Repeat};
use super::keys::Key;
use super::query::{Param, decode, resolve};
use super::resource::Resource;
use super::{Refused, refuse};
use std::collections::{BTreeMap, BTreeSet};

/// What is to be returned of a tag: the whole, or named parts of the items.
pub(super) type Fields = BTreeMap<String, (bool, bool, BTreeSet<String>)>; // default, whole, items
fn add(fields: &mut Fields, path: &str, default: bool) {
    let (tag, item) = path.split_once('.').unwrap_or((path, ""));
    let slot = fields.entry(tag.to_owned()).or_default();
    slot.0 |= default;
    if item.is_empty() {
        slot.1 = true
    } else {
        slot.2.insert(item.to_owned());
    }
}

/// The attributes to return.
pub(super) fn fields(list: &[Param], keys: &[Key], at: &Resource, f: &Faults) -> Result<Fields, Refused> {
    let mut fields = Fields::new();
    let above = |level: usize| level == at.level || (level < at.level && (at.study.is_none() || (level == 1 && at.series.is_none())));
    let bare = f.dcm4chee && list.iter().any(|p| p.name == "includedefaults" && p.value == "false");
    for (level, defaults) in f.defaults.iter().enumerate() {
        if !(above(level) || (f.parent_defaults && level < at.level)) {
            continue;
        }
        let uid = ["0020000D", "0020000E", "00080018"].get(level).copied().unwrap_or_default();
        for path in defaults.iter().filter(|p| !bare || *p == uid) {
            add(&mut fields, path, true)
        }
    }
    let given: Vec<&Param> = list.iter().filter(|p| p.name == "includefield").collect();
    if given.len() > 1 && f.include_repeat == Repeat::Bad {
        return refuse(400, "includefield given twice");
    }
    let comma = |raw: &str| -> Vec<String> {
        let raw = if f.list == List::Raw { raw.to_owned() } else { raw.replace("%2C", ",").replace("%2c", ",") };
        raw.split(',').map(|n| if f.decode == Decode::Rfc { decode(n) } else { n.to_owned() }).collect()
    };
    let names: Vec<String> = given.iter().flat_map(|p| if f.include_comma { comma(&p.raw) } else { vec![p.value.clone()] }).collect();
    if f.include_max.is_some_and(|m| names.len() > m) {
        return refuse(400, "too many includefield");
    }
    if f.all_alone && names.len() > 1 && names.iter().any(|n| n == "all") {
        return refuse(400, "all is not alone");
    }
    let whole = |fields: &mut Fields| {
        for e in dict().iter().filter(|e| e.level <= at.level && (above(e.level) || f.include_parents)) {
            add(fields, e.tag, false)
        }
    };
    if f.include_ignored {
        // Static DICOMweb: the whole record.
        if f.uid_bypass {
            whole(&mut fields)
        }
        return Ok(fields);
    }
    for name in names.iter().filter(|n| !n.is_empty()) {
        if name == "all" {
            match &f.all {
                All::Nothing => {}
                All::Everything => whole(&mut fields),
                All::More(m) => m.iter().for_each(|t| add(&mut fields, t, false)),
            }
            continue;
        }
        let Some(tags) = resolve(name, f).filter(|t| t.len() == 1 || f.include_dotted) else {
            if f.include_bad {
                return refuse(400, &format!("unknown includefield {name}"));
            }
            continue;
        };
        let tag = tags.first().map_or("", String::as_str);
        let level = entry(tag).map_or(at.level, |e| e.level);
        if level > at.level || !(above(level) || f.include_parents || f.parent_defaults) {
            continue;
        }
        if !f.include_only.is_empty() && !f.include_only.iter().any(|t| t == tag) {
            continue;
        }
        add(&mut fields, &tags.join("."), false);
    }
    if f.keys_returned {
        for key in keys.iter().filter(|k| k.policy.is_none()) {
            if entry(key.first()).is_some_and(|e| e.level <= at.level) {
                add(&mut fields, &key.tags.join("."), false)
            }
        }
    }
    fields.retain(|tag, _| !(f.never.contains(tag) || f.no_sequences && vr_of(tag) == "SQ"));
    // A level above that is neither default nor allowed, e.g. out of `all`.
    fields.retain(|tag, _| entry(tag).is_none_or(|e| e.level <= at.level));
    Ok(fields)
}
