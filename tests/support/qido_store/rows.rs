//! The rows of an archive: what a study, a series, an instance is, and what it has.

use super::dictionary::entry;
use super::faults::{Faults, Order};
use super::presets::mixed;
use super::resource::Resource;
use super::{Data, Store};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone)]
pub(super) struct Row<'a> {
    pub(super) level: usize,
    pub(super) study: Vec<&'a Data>,
    pub(super) series: Vec<&'a Data>,
    pub(super) instance: Vec<&'a Data>,
}

pub(super) fn strings(attribute: Option<&Value>) -> Vec<String> {
    let Some(Value::Array(list)) = attribute.and_then(|a| a.get("Value")) else {
        return vec![];
    };
    list.iter()
        .filter_map(|v| match v {
            Value::String(s) => Some(s.clone()),
            Value::Number(n) => Some(n.to_string()),
            Value::Object(o) => {
                let group = |k: &str| o.get(k).and_then(Value::as_str).unwrap_or("");
                Some([group("Alphabetic"), group("Ideographic"), group("Phonetic")].join("=").trim_end_matches('=').to_owned())
            }
            _ => None,
        })
        .filter(|s| !s.is_empty())
        .collect()
}
pub(super) fn text_of(data: &Data, tag: &str) -> String {
    strings(data.get(tag)).into_iter().next().unwrap_or_default()
}

pub(super) fn grouped<'a>(list: &[&'a Data], key: impl Fn(&Data) -> String) -> Vec<Vec<&'a Data>> {
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    let mut out: Vec<Vec<&Data>> = vec![];
    for data in list {
        let index = *at.entry(key(data)).or_insert(out.len());
        match out.get_mut(index) {
            Some(g) => g.push(data),
            None => out.push(vec![data]),
        }
    }
    out
}
pub(super) fn distinct(list: &[&Data], tag: &str) -> Vec<String> {
    let mut seen = vec![];
    for data in list {
        for v in strings(data.get(tag)) {
            if !seen.contains(&v) {
                seen.push(v)
            }
        }
    }
    seen
}

impl<'a> Row<'a> {
    fn pool(&self, tag: &str) -> &[&'a Data] {
        match entry(tag).map_or(self.level, |e| e.level).min(self.level) {
            0 => &self.study,
            1 => &self.series,
            _ => &self.instance,
        }
    }
    /// The first that has a value, else the first that is there.
    pub(super) fn attribute(&self, tag: &str) -> Option<&'a Value> {
        let pool = self.pool(tag);
        let full = |v: &&Value| v.get("Value").and_then(Value::as_array).is_some_and(|a| a.iter().any(|x| !x.is_null() && x != ""));
        pool.iter().filter_map(|d| d.get(tag)).find(full).or_else(|| pool.iter().find_map(|d| d.get(tag)))
    }
    pub(super) fn stored(&self, tag: &str, f: &Faults) -> Vec<String> {
        match tag {
            // Computed where studies are listed; below, Orthanc tests what the files hold, and they do not hold it.
            "00080061" if self.level > 0 && f.any_tag => vec![],
            "00080061" => distinct(&self.study, "00080060"),
            "00080020" if f.clock.is_some_and(|_| self.own_day(f).is_some()) => self.own_day(f).into_iter().collect(),
            "00080062" if f.never.iter().any(|n| n == tag) => vec![],
            "00080062" => distinct(&self.study, "00080016"),
            _ => {
                let values = strings(self.attribute(tag));
                if f.joined_values && values.len() > 1 { vec![values.join("\\")] } else { values }
            }
        }
    }
    /// The day of the study on the server's clock.
    fn own_day(&self, f: &Faults) -> Option<String> {
        let value = |tag: &str| strings(self.attribute(tag)).into_iter().next();
        let (date, time, offset) = (value("00080020")?, value("00080030")?, value("00080201")?);
        let number = |text: Option<&str>| text.and_then(|text| text.parse::<i32>().ok());
        let minutes = number(time.get(..2))? * 60 + number(time.get(2..4)).unwrap_or(0);
        let east = number(offset.get(..3))? * 60 + if offset.starts_with('-') { -1 } else { 1 } * number(offset.get(3..5))?;
        let shift = (minutes - east + f.clock?).div_euclid(24 * 60);
        let (mut year, mut month, mut day) = (number(date.get(..4))?, number(date.get(4..6))?, number(date.get(6..8))? + shift);
        let length = |year: i32, month: i32| match month {
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if day < 1 {
            (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
            day += length(year, month);
        } else if day > length(year, month) {
            day -= length(year, month);
            (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        }
        Some(format!("{year:04}{month:02}{day:02}"))
    }
    pub(super) fn children(&self) -> Vec<Row<'a>> {
        grouped(&self.study, |d| text_of(d, "0020000E"))
            .into_iter()
            .map(|series| Row { level: 1, study: self.study.clone(), series, instance: vec![] })
            .collect()
    }
    pub(super) fn uid(&self) -> String {
        let tag = match self.level {
            0 => "0020000D",
            1 => "0020000E",
            _ => "00080018",
        };
        self.pool(tag).first().map(|d| text_of(d, tag)).unwrap_or_default()
    }
}

impl Store {
    /// The rows of a resource before any key is tested, in the order of the server.
    pub(super) fn rows(&self, at: &Resource, f: &Faults) -> Vec<Row<'_>> {
        let mut seen = BTreeSet::new();
        let mut list: Vec<&Data> = vec![];
        for data in &self.instances {
            let patient = if f.split_patients { text_of(data, "00100020") } else { String::new() };
            let uid = |tag: &str| text_of(data, tag);
            if uid("0020000D").is_empty() || !seen.insert((patient, uid("0020000D"), uid("0020000E"), uid("00080018"))) {
                continue;
            }
            list.push(data);
        }
        let mut rows = vec![];
        for study in grouped(&list, |d| {
            format!("{}\0{}", text_of(d, "0020000D"), if f.split_patients { text_of(d, "00100020") } else { String::new() })
        }) {
            let row = Row { level: 0, study, series: vec![], instance: vec![] };
            if at.study.as_ref().is_some_and(|s| *s != row.uid()) {
                continue;
            }
            if at.level == 0 {
                rows.push(row);
                continue;
            }
            for series in row.children().into_iter().filter(|s| at.series.as_ref().is_none_or(|e| *e == s.uid())) {
                if at.level == 1 {
                    rows.push(series);
                    continue;
                }
                for one in &series.series {
                    rows.push(Row { level: 2, instance: vec![one], ..series.clone() })
                }
            }
        }
        let number = |r: &Row<'_>, tag: &str| strings(r.attribute(tag)).first().and_then(|s| s.trim().parse::<i64>().ok()).unwrap_or(0);
        let date = |r: &Row<'_>| (r.stored("00080020", f), r.stored("00080030", f), r.uid());
        match f.order {
            Order::Stored => {}
            Order::Newest => rows.reverse(),
            Order::Scrambled => rows.sort_by_cached_key(|r| r.uid().bytes().fold(5_381_u64, |h, b| mixed(h ^ u64::from(b), 7, u64::MAX))),
            Order::DateUp => rows.sort_by_cached_key(date),
            Order::DateDown => {
                rows.sort_by_cached_key(date);
                rows.reverse()
            }
            Order::Numbers if at.level == 0 || (at.level == 2 && at.series.is_none()) => rows.reverse(),
            Order::Numbers => rows.sort_by_cached_key(|r| number(r, if r.level == 1 { "00200011" } else { "00200013" })),
        }
        rows
    }
}
