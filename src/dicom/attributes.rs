//! The attributes of a data set before they are written, by tag.

use super::write::holds;
use crate::json::text::Writer;
use crate::table::{Align, Part, Row, Vr};
use crate::value::Fields;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A value of an attribute.
pub(super) enum Value {
    /// An empty value that keeps its position.
    Empty,
    Text(String),
    Number(String),
    /// The groups of a name.
    Name([String; 3]),
    Item(Attributes),
}

impl Value {
    pub(super) fn text(text: &str) -> Value {
        Value::Text(text.to_string())
    }

    fn is_empty(&self) -> bool {
        matches!(self, Value::Empty)
    }
}

/// The attributes of a data set, or of an item.
#[derive(Default)]
pub(super) struct Attributes {
    by_tag: BTreeMap<u32, (&'static str, Vec<Value>)>,
}

impl Attributes {
    pub(super) fn put(&mut self, tag: u32, vr: &'static str, value: Value) {
        self.by_tag.insert(tag, (vr, alloc::vec![value]));
    }

    /// The key is there, empty if nothing is known.
    pub(super) fn require(&mut self, tag: u32, vr: &'static str) {
        self.by_tag.entry(tag).or_insert((vr, Vec::new()));
    }

    fn is_empty(&self) -> bool {
        self.by_tag.is_empty()
    }

    /// Adds the attribute of a part of a fact; `lost` hears of fields of items that the VR cannot hold.
    pub(super) fn add(&mut self, row: &'static Row, part: &'static Part, items: &[Fields<'_>], lost: &mut Vec<(usize, usize)>) {
        let mut values: Vec<Value> = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let mut fields = Vec::new();
            let value = if belongs(row, part, item) { value(part, 0, item, &mut fields) } else { Value::Empty };
            lost.extend(fields.into_iter().map(|field| (n, field)));
            match part.align {
                Align::First | Align::Append if value.is_empty() => {}
                _ => values.push(value),
            }
        }
        while values.last().is_some_and(Value::is_empty) {
            values.pop();
        }
        if values.is_empty() {
            return;
        }
        match part.within {
            None => {
                self.by_tag.insert(part.tag, (part.vr.name(), values));
            }
            Some(container) => self.inside(container, part, values),
        }
    }

    /// Values of a part that stands inside the items of a container. Sequences go into its first item, of what has one value each item has one.
    fn inside(&mut self, container: u32, part: &'static Part, values: Vec<Value>) {
        let (_, items) = self.by_tag.entry(container).or_insert((Vr::Sq.name(), Vec::new()));
        let mut at = |n: usize, values: Vec<Value>| {
            while items.len() <= n {
                items.push(Value::Item(Attributes::default()));
            }
            if let Some(Value::Item(item)) = items.get_mut(n) {
                item.by_tag.insert(part.tag, (part.vr.name(), values));
            }
        };
        if part.align == Align::Append && part.vr == Vr::Sq {
            at(0, values);
            return;
        }
        for (n, value) in values.into_iter().enumerate().filter(|(_, value)| !value.is_empty()) {
            at(n, alloc::vec![value]);
        }
    }

    /// Writes the data set.
    pub(super) fn write(&self, w: &mut Writer<'_>) {
        w.open_object();
        for (tag, (vr, values)) in &self.by_tag {
            w.name(&alloc::format!("{tag:08X}"));
            w.open_object();
            w.member("vr", vr);
            if !values.is_empty() {
                w.name("Value");
                w.open_array();
                for value in values {
                    match value {
                        Value::Empty if *vr == Vr::Sq.name() => {
                            w.open_object();
                            w.close_object();
                        }
                        Value::Empty => w.verbatim("null"),
                        Value::Text(text) => w.string(text),
                        Value::Number(digits) => w.verbatim(digits),
                        Value::Name(groups) => {
                            w.open_object();
                            for (name, group) in
                                ["Alphabetic", "Ideographic", "Phonetic"].iter().zip(groups).filter(|(_, group)| !group.is_empty())
                            {
                                w.member(name, group);
                            }
                            w.close_object();
                        }
                        Value::Item(item) => item.write(w),
                    }
                }
                w.close_array();
            }
            w.close_object();
        }
        w.close_object();
    }
}

/// Whether an item comes from this part: where several sources are told apart by a mark, from the marked one.
fn belongs(row: &Row, part: &Part, item: &Fields<'_>) -> bool {
    let filled = |field: u8| item.get(usize::from(field)).is_some_and(|text| !text.is_empty());
    match part.mark {
        Some(mark) => filled(mark),
        None => !row.parts.iter().any(|other| other.mark.is_some_and(filled)),
    }
}

/// What a part says of an item; a field that the VR cannot hold is lost.
fn value(part: &Part, base: usize, item: &Fields<'_>, lost: &mut Vec<usize>) -> Value {
    let field = base + usize::from(part.field);
    let text = item.get(field).copied().unwrap_or("");
    match part.vr {
        Vr::Sq => {
            let mut inner = Attributes::default();
            for sub in part.items {
                if !is_chosen(part.items, sub, field, item) {
                    continue;
                }
                let value = value(sub, field, item, lost);
                if !value.is_empty() {
                    inner.put(sub.tag, sub.vr.name(), value);
                }
            }
            if inner.is_empty() { Value::Empty } else { Value::Item(inner) }
        }
        Vr::Pn => {
            let mut groups = [const { String::new() }; 3];
            for (n, slot) in groups.iter_mut().enumerate() {
                let group = item.get(field + n).copied().unwrap_or("");
                if !holds(part.vr, group) {
                    lost.push(field + n);
                } else {
                    slot.push_str(group);
                }
            }
            if groups.iter().all(String::is_empty) { Value::Empty } else { Value::Name(groups) }
        }
        _ if text.is_empty() => Value::Empty,
        _ if !holds(part.vr, text) => {
            lost.push(field);
            Value::Empty
        }
        Vr::Is => Value::Number(text.to_string()),
        _ => Value::text(text),
    }
}

/// Of several attributes for one field (CodeValue, LongCodeValue, URNCodeValue) the one for values of this form.
fn is_chosen(parts: &[Part], part: &Part, base: usize, item: &Fields<'_>) -> bool {
    let same = || parts.iter().filter(|other| other.field == part.field);
    if same().count() < 2 {
        return true;
    }
    let text = item.get(base + usize::from(part.field)).copied().unwrap_or("");
    let scheme = item.get(base + usize::from(part.field) + 1).copied().unwrap_or("");
    let urn = scheme.is_empty() && text.contains(':');
    let chosen = same()
        .find(|other| urn && other.vr == Vr::Ur)
        .or_else(|| same().find(|other| other.vr != Vr::Ur && holds(other.vr, text)))
        .or_else(|| same().next());
    chosen.is_some_and(|chosen| chosen.tag == part.tag)
}
