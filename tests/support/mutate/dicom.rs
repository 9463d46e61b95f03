//! DICOM JSON: rows and attributes.

use super::super::generate::{Choices, any_member, pool};
use super::super::repeat::{INSTEAD, URLS};
use super::json::{self, scalar};
use super::tree::Node;
use fhir_dicomweb::{Part, Vr, rows};

/// One change of rows or attributes; now and then one of JSON as such.
pub fn change(c: &mut Choices<'_>, text: &str) -> String {
    if c.rarely(4) {
        return json::change(c, text);
    }
    let Some(mut root) = Node::parse(text) else { return json::damaged(c, text) };
    if c.rarely(3) {
        among(c, &mut root);
    } else {
        let row = root.any_that(c, &is_set);
        match row.members() {
            Some(members) => attributes(c, members),
            None => json::changed(c, row),
        }
    }
    root.to_string()
}

/// Whether it looks like a data set, of whatever depth.
fn is_set(node: &Node) -> bool {
    matches!(node, Node::Object(members) if members.iter().any(|(_, value)| matches!(value, Node::Object(_))))
}

/// Rows: again, again and again with other numbers, elsewhere, with what another has.
fn among(c: &mut Choices<'_>, root: &mut Node) {
    if let Node::Object(_) = root {
        *root = Node::Array(vec![root.clone()]);
    }
    let Node::Array(rows) = root else { return };
    if rows.is_empty() || rows.len() > 60 {
        return rows.push(Node::Object(Vec::new()));
    }
    let (at, to) = (c.below(rows.len()), c.below(rows.len()));
    match c.below(5) {
        0 => rows.swap(at, to),
        1 => {
            let row = numbered(&rows[at], c.below(200));
            rows.insert(to, row);
        }
        2 => {
            let row = rows[at].clone();
            let first = c.below(10);
            rows.extend((0..2 + c.below(8)).map(|n| numbered(&row, first + n)));
        }
        3 => {
            // What another row has of an attribute.
            let Some(members) = rows[at].clone().members().cloned().filter(|members| !members.is_empty()) else { return };
            let member = members[c.below(members.len())].clone();
            let Some(into) = rows[to].members() else { return };
            match into.iter_mut().find(|(name, _)| *name == member.0) {
                Some(own) => own.1 = member.1,
                None => into.push(member),
            }
        }
        _ => drop(rows.remove(at)),
    }
}

/// The row with another number at the end of what tells it from others.
fn numbered(row: &Node, n: usize) -> Node {
    let mut row = row.clone();
    for (name, value) in row.members().into_iter().flatten() {
        if !["\"00080018\"", "\"00200013\"", "\"0020000D\"", "\"00081190\""].contains(&name.as_str()) {
            continue;
        }
        let Some(members) = value.members() else { continue };
        for (_, value) in members.iter_mut().filter(|(name, _)| name == "\"Value\"") {
            let Node::Array(items) = value else { continue };
            let [Node::Scalar(text)] = items.as_mut_slice() else { continue };
            // A study's UID changes only in rows of studies.
            if name == "\"0020000D\"" {
                continue;
            }
            let quote = if text.ends_with('"') { "\"" } else { "" };
            let stem = text.trim_end_matches('"').trim_end_matches(|c: char| c.is_ascii_digit());
            *text = format!("{stem}{n}{quote}");
        }
    }
    row
}

fn attributes(c: &mut Choices<'_>, members: &mut Vec<(String, Node)>) {
    let new = |c: &mut Choices<'_>| Node::parse(&format!("{{{}}}", any_member(c))).and_then(|mut set| set.members().map(std::mem::take));
    if members.is_empty() || c.rarely(6) {
        let at = c.below(members.len() + 1);
        members.splice(at..at, new(c).unwrap_or_default());
        return;
    }
    let (at, to) = (c.below(members.len()), c.below(members.len()));
    match c.below(9) {
        0 => members.swap(at, to),
        1 => drop(members.remove(at)),
        2 => members.insert(to, members[at].clone()),
        3 => members[at].0 = tag(c, &members[at].0),
        4 => members[at].1 = Node::Scalar(c.pick(&["null", "{}", "[]", "\"CANARY\"", "[1]", "{\"vr\":null}"]).to_owned()),
        _ => {
            let (name, value) = &mut members[at];
            let vr = vr_of(name);
            match value.members() {
                Some(members) => attribute(c, members, vr),
                None => json::changed(c, value),
            }
        }
    }
}

/// Another tag: of the table, private, unknown, in other letters, none.
fn tag(c: &mut Choices<'_>, own: &str) -> String {
    let parts: Vec<&Part> = rows().flat_map(|row| row.parts()).collect();
    match c.below(4) {
        0 => own.to_lowercase(),
        1 => c
            .pick(&["\"00091001\"", "\"00189999\"", "\"0018999\"", "\"CANARY\"", "\"\"", "\"00080000\"", "\"FFFEE000\"", "\"StudyDate\""])
            .to_owned(),
        _ => format!("\"{:08X}\"", parts[c.below(parts.len())].tag()),
    }
}

fn vr_of(name: &str) -> Vr {
    let tag = u32::from_str_radix(name.trim_matches('"'), 16).unwrap_or_default();
    rows().flat_map(|row| row.parts()).find(|part| part.tag() == tag).map_or(Vr::Lo, Part::vr)
}

/// One attribute: its vr, its values, what stands besides.
fn attribute(c: &mut Choices<'_>, members: &mut Vec<(String, Node)>, vr: Vr) {
    let own = members.iter().position(|(name, _)| name == "\"vr\"");
    let value = members.iter().position(|(name, _)| name == "\"Value\"");
    match (c.below(8), own, value) {
        (0, Some(at), _) => {
            members[at].1 = Node::Scalar(c.pick(&["\"UN\"", "\"\"", "null", "\"lo\"", "\"SQ\"", "\"PN\"", "\"DT\"", "3"]).to_owned())
        }
        (1, Some(at), _) => drop(members.remove(at)),
        (2, _, _) => members.reverse(),
        (3, _, _) => {
            let (name, text) = c.pick(&[
                ("\"BulkDataURI\"", "\"CANARYU\""),
                ("\"InlineBinary\"", "\"CANARYB\""),
                ("\"Value\"", "[\"CANARYW\"]"),
                ("\"vr\"", "\"CS\""),
                ("\"CANARYN\"", "{\"a\":[1,\"CANARYV\"]}"),
            ]);
            members.push((name.to_owned(), Node::Scalar(text.to_owned())));
        }
        (_, _, Some(at)) => values(c, &mut members[at].1, vr),
        _ => {
            let mut list = Node::Array(Vec::new());
            values(c, &mut list, vr);
            members.push(("\"Value\"".to_owned(), list));
        }
    }
}

/// The values of an attribute.
fn values(c: &mut Choices<'_>, value: &mut Node, vr: Vr) {
    let Node::Array(items) = value else { return json::changed(c, value) };
    let url = c.pick(URLS).replace("{study}", "1.2.1").replace("{series}", "1.2.1.1").replace("{instance}", "1.2.1.1.0");
    let pool = pool(vr);
    let new = match c.below(4) {
        0 => c.pick(INSTEAD).to_owned(),
        1 if vr == Vr::Ur => format!("\"{url}\""),
        _ => c.pick(pool).to_owned(),
    };
    // What stands instead need not be JSON: then it is a null.
    let new = Node::parse(&new).unwrap_or_else(|| Node::Scalar("null".to_owned()));
    if items.is_empty() {
        return items.push(new);
    }
    let at = c.below(items.len());
    match c.below(7) {
        0 => items.push(new),
        1 => items[at] = Node::Scalar("null".to_owned()),
        2 => items.insert(at, items[at].clone()),
        3 => drop(items.remove(at)),
        4 | 5 => items[at] = new,
        _ => scalar(items[at].any_that(c, &|node| matches!(node, Node::Scalar(_))), c),
    }
}
