//! The answer: keys, page, fields and rows put together.

use super::dictionary::vr_of;
use super::faults::{Faults, Fuzzy};
use super::fields::{Fields, fields};
use super::keys::{Key, keys};
use super::matching::{one_series, row_matches};
use super::paging::page;
use super::query::{decode, params, resolve};
use super::resource::Resource;
use super::rows::{Row, distinct, grouped, text_of};
use super::text::text_matches;
use super::{Answer, Data, Refused, Store, refuse};
use serde_json::{Value, json};

/// Conditional attributes: left out when there is no value.
const CONDITIONAL: &str = "00080201 0008103E 00400244 00400245 00280010 00280011 00280100 00280008 00083002";

/// What the server computes; none if the tag is stored.
fn computed(row: &Row<'_>, tag: &str, f: &Faults, keys: &[Key]) -> Option<Vec<Value>> {
    let filter = keys.iter().find(|k| f.counts_of_filter && k.first() == "00080061");
    let pool: Vec<&Data> = row
        .study
        .iter()
        .copied()
        .filter(|d| filter.is_none_or(|k| k.parts.iter().any(|p| text_matches(f, k, p, &text_of(d, "00080060")))))
        .collect();
    let count = |list: &[&Data], tag: &str| {
        let n =
            grouped(list, |d| format!("{}\0{}", text_of(d, "0020000E"), if tag == "00080018" { text_of(d, tag) } else { String::new() }))
                .len();
        Some(vec![if f.counts_text { json!(n.to_string()) } else { json!(n) }])
    };
    match tag {
        "00080005" => f.charset.clone().map(|c| vec![json!(c)]),
        "00080054" => Some(vec![json!("ARCHIVE")]),
        "00080056" => Some(vec![json!("ONLINE")]),
        "00080061" => {
            let list = distinct(&row.study, "00080060");
            if list.is_empty() && f.id == "kheops" {
                return Some(vec![json!("NULL")]);
            }
            Some(list.into_iter().map(Value::from).collect())
        }
        "00080062" => Some(distinct(&row.study, "00080016").into_iter().map(Value::from).collect()),
        "00081190" => {
            let mut url = format!("{}/studies/{}", f.base, row.study.first().map(|d| text_of(d, "0020000D"))?);
            if row.level > 0 {
                url += &format!("/series/{}", row.series.first().map(|d| text_of(d, "0020000E"))?)
            }
            if row.level > 1 {
                url += &format!("/instances/{}", row.uid())
            }
            Some(vec![json!(url)])
        }
        "00201206" => count(&pool, "0020000E"),
        "00201208" => count(&pool, "00080018"),
        "00201209" => count(&row.series, "00080018"),
        _ => None,
    }
}

fn render(row: &Row<'_>, fields: &Fields, keys: &[Key], f: &Faults) -> Value {
    let mut out = Data::new();
    for (tag, (default, whole, items)) in fields {
        let mut vr = row.attribute(tag).and_then(|a| a.get("vr")).and_then(Value::as_str).unwrap_or(vr_of(tag)).to_owned();
        if f.id == "kheops" && tag == "00081030" {
            vr = "CS".to_owned()
        } // servers.md 1.3
        let mut attribute = Data::new();
        attribute.insert("vr".to_owned(), json!(vr));
        if let Some(values) = computed(row, tag, f, keys) {
            if !values.is_empty() {
                attribute.insert("Value".to_owned(), Value::Array(values));
            }
        } else if let Some(Value::Object(stored)) = row.attribute(tag) {
            for (name, part) in stored.iter().filter(|(n, v)| *n != "vr" && v.as_array().is_none_or(|a| !a.is_empty())) {
                attribute.insert(name.clone(), part.clone());
            }
            if let (false, Some(Value::Array(list))) = (*whole, attribute.get_mut("Value")) {
                for item in list.iter_mut().filter_map(Value::as_object_mut) {
                    item.retain(|t, _| items.iter().any(|p| p.split('.').next() == Some(t.as_str())))
                }
            }
        }
        let conditional = vr == "SQ" || CONDITIONAL.contains(tag.as_str());
        let empty = attribute.len() == 1;
        if empty
            && !((*default && f.empty_defaults && !conditional)
                || (!default && f.empty_includes)
                || (row.attribute(tag).is_some() && (*default || *whole)))
        {
            continue;
        }
        out.insert(tag.clone(), Value::Object(attribute));
    }
    Value::Object(out)
}

impl Store {
    pub(super) fn answer(&self, path: &str, query: &str, f: &Faults) -> Result<Answer, Refused> {
        let at = Resource::of(path, f)?;
        let list = params(query, f)?;
        let fuzzy_word = list.iter().rfind(|p| p.name == "fuzzymatching").map(|p| p.value.as_str());
        if f.fuzzy == Fuzzy::Checked && fuzzy_word.is_some_and(|w| w != "true" && w != "false") {
            return refuse(400, "not a proper value for fuzzy matching");
        }
        let asked = fuzzy_word == Some("true");
        let fuzzy = asked && matches!(f.fuzzy, Fuzzy::Words | Fuzzy::Soundex | Fuzzy::SoundexToo);
        let keys = keys(&list, &at, f, fuzzy)?;
        let (limit, offset, is_asked) = page(&list, at.level, f)?;
        let fields = fields(&list, &keys, &at, f)?;
        let mut rows = self.rows(&at, f);
        if f.unknown_study_404 && at.study.is_some() && rows.is_empty() {
            return refuse(404, "no such study");
        }
        let late: Vec<&Key> = keys.iter().filter(|k| f.late_keys && !k.main).collect();
        let early: Vec<&Key> = keys.iter().filter(|k| !f.late_keys || k.main).collect();
        if !late.is_empty() && offset > 0 {
            return refuse(400, "an offset with a tag that is not a main tag");
        }
        let keep = |rows: Vec<Row<'_>>, keys: &[&Key]| -> Result<Vec<bool>, Refused> {
            rows.iter().map(|r| row_matches(f, keys, r, fuzzy)).collect()
        };
        let flags = keep(rows.clone(), &early)?;
        let mut flag = flags.into_iter();
        rows.retain(|_| flag.next().unwrap_or(false));
        if f.dcm4chee && at.level == 0 {
            rows.retain(|row| one_series(f, &keys, row));
        }
        if f.merged_by_modality && at.level == 0 && keys.iter().any(|key| key.first() == "00080061") {
            let mut met = std::collections::BTreeSet::new();
            rows.retain(|row| met.insert(row.uid()));
        }
        // Without an order each page has its own.
        if f.dcm4chee && offset % 2 == 1 {
            rows.reverse();
        }
        if let Some(p) = list.iter().rfind(|p| f.dcm4chee && p.name == "orderby") {
            for name in p.raw.rsplit(',').map(decode) {
                let (name, down) = name.strip_prefix('-').map_or((name.as_str(), false), |n| (n, true));
                let tag = resolve(name, f).and_then(|t| t.into_iter().next()).unwrap_or_default();
                rows.sort_by(|a, b| {
                    let o = a.stored(&tag, f).cmp(&b.stored(&tag, f));
                    if down { o.reverse() } else { o }
                });
            }
        }
        if at.count {
            return Ok(Answer { status: 200, body: json!({"count": rows.len()}).to_string(), warning: None });
        }
        if f.uid_bypass && rows.is_empty() && at.level == 0 && keys.iter().any(|k| k.first() == "0020000D") {
            return refuse(404, "no such study");
        }
        let total = rows.len();
        let from = if f.shifted_pages { offset.saturating_sub(1) } else { offset };
        let mut page: Vec<Row<'_>> = rows.into_iter().skip(from).take(limit.unwrap_or(usize::MAX)).collect();
        let remaining = total.saturating_sub(from + page.len());
        let flags = keep(page.clone(), &late)?;
        let mut flag = flags.into_iter();
        page.retain(|_| flag.next().unwrap_or(false));
        let warning = match &f.more {
            // dcm4chee warns of its own limit, not of the client's (QidoRS).
            Some(text) if remaining > 0 && !(f.dcm4chee && is_asked) => Some(text.replace("{n}", &remaining.to_string())),
            _ if asked && f.fuzzy == Fuzzy::Warned => {
                Some("299 pacs.example: The fuzzymatching parameter is not supported. Only literal matching has been performed.".to_owned())
            }
            _ => None,
        };
        if page.is_empty() && f.no_content {
            return Ok(Answer { status: 204, body: String::new(), warning });
        }
        let body: Vec<Value> = page.iter().map(|r| render(r, &fields, &keys, f)).collect();
        Ok(Answer { status: 200, body: Value::Array(body).to_string(), warning })
    }
}
