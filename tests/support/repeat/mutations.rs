//! What is done to rows so that one is not quite what the others are.

use super::super::generate::Choices;
use super::rows::{ATTRIBUTES, Attribute, Body, ITEM, URLS, attribute};

/// Strings that are not what they seem; `~` stands for what was there before.
pub const ODD: &[&str] = &[
    "~ ",
    " ~",
    "",
    "  ",
    "~é",
    "~\u{7f}",
    "~\u{7f}~",
    "\u{7f}",
    "~\u{80}",
    r"~\u0001",
    r"~\u0000",
    r"~\u00e9",
    r"\u0041~",
    r"~\\B",
    r"~\\",
    r"\\~",
    r"~\/x",
    r#"~\""#,
    r"~\ud83d\ude00",
    r"~\ud83d",
    r"~\n",
    "0~",
    "~.0",
    "~.",
    "1.02.3",
    "3.4",
    "-0000",
    "+0000",
    "1234567890",
    "999999999",
    "0123",
    "00",
    "-1",
    "+1",
    "1e2",
    "20240230",
    "17991231",
    "240000",
    "101560.1234567",
    "101530.",
    "x^ y",
    "x ^y",
    "x^y^^",
    "a=b=c",
    "^^^^",
    "ct",
    "*",
    "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~",
    "1.2.3456789012345678901234567890123456789012345678901234567890123",
    "1.2.345678901234567890123456789012345678901234567890123456789012345",
    "CANARY",
    "~\t",
];

/// What stands where a value belongs.
pub const INSTEAD: &[&str] = &[
    "null",
    "{}",
    r#"{"Alphabetic":"CANARY^1"}"#,
    r#"{"Alphabetic":"A^B=C"}"#,
    r#"{"Alphabetic":"A","Alphabetic":"B"}"#,
    r#"{"Ideographic":"A"}"#,
    r#"{"Alphabetic":" A^B"}"#,
    r#"{"Alphabetic":"A^B "}"#,
    r#"{"Alphabetic":"A^B","Phonetic":""}"#,
    r#"{"Alphabetic":1}"#,
    r#"["CANARY"]"#,
    r#"[[[[{"a":[[[["CANARY"]]]]}]]]]"#,
    "true",
    "7",
    "0",
    "-0",
    "007",
    "7.0",
    "-7",
    "7e0",
    "1234567890",
    "2147483648",
    r#""7""#,
    r#"{"00080100":{"vr":"SH","Value":["T3"]},"00080109":{"vr":"LO","Value":["CANARY5"]}}"#,
    ITEM,
    "CANARY",
];

/// One change; `once` gets what this row alone has between its members.
pub(super) fn change(c: &mut Choices<'_>, row: &mut Vec<Attribute>, once: &mut String) {
    if row.is_empty() {
        row.push(attribute("0020000D", "UI", r#""1.2.1""#));
    }
    let len = row.len();
    let at = c.below(len);
    let tag = row[at].tag.to_uppercase();
    let known = ATTRIBUTES.iter().find(|(known, _, _)| *known == tag);
    let find = |row: &[Attribute], tag: &str| row.iter().position(|own| own.tag == tag);
    match c.below(27) {
        // Values: another of its kind, an odd one, something else.
        0 => {
            if let Some((_, _, pool)) = known {
                row[at].body = Body::Values(vec![c.pick(pool).to_owned()]);
            }
        }
        // What series get from instances, and what they contradict themselves in.
        1 => {
            let (tag, vr, pool) = ATTRIBUTES[c.pick(&[8, 9, 6, 36, 1, 2, 35, 10])];
            let new = attribute(tag, vr, c.pick(pool));
            match find(row, tag) {
                Some(at) => row[at] = new,
                None => row.push(new),
            }
        }
        2..=5 => odd(c, &mut row[at]),
        6 => {
            if let Body::Values(values) = &mut row[at].body {
                let instead = c.pick(INSTEAD);
                let instead = if instead == "CANARY" { r#""CANARY""# } else { instead };
                match values.first_mut() {
                    Some(value) => *value = instead.to_owned(),
                    None => values.push(instead.to_owned()),
                }
            }
        }
        // Lists: more, fewer.
        7 | 8 => {
            let more = known.map_or(r#""x""#, |(_, _, pool)| c.pick(pool));
            if let Body::Values(values) = &mut row[at].body {
                let more = c.pick(&[more, more, "null", r#""""#, more]).to_owned();
                let count = if c.rarely(8) { 8 } else { 1 };
                values.extend((0..count).map(|_| more.clone()));
            }
        }
        9 => {
            if let Body::Values(values) = &mut row[at].body {
                values.pop();
            }
        }
        // Attributes: gone, new, twice, elsewhere.
        10 => {
            row.remove(at);
        }
        11 | 12 => {
            let (tag, vr, pool) = c.pick(ATTRIBUTES);
            let new = attribute(tag, vr, c.pick(pool));
            row.insert(at, new);
        }
        13 | 14 => {
            let mut twice = row[at].clone();
            match c.below(4) {
                0 => {}
                1 => twice.body = Body::None,
                2 => odd(c, &mut twice),
                _ => twice.tag = twice.tag.to_lowercase(),
            }
            let to = c.pick(&[at + 1, at, 0, len]);
            row.insert(to, twice);
        }
        15 => {
            let to = c.below(len);
            row.swap(at, to);
        }
        // What stands around values.
        16 => {
            row[at].vr =
                c.pick(&[None, Some(r#""UN""#), Some(r#""""#), Some("null"), Some(r#""lo""#), Some(r#""\u0055I""#)]).map(String::from)
        }
        17 => {
            row[at].body = match c.below(7) {
                0 => Body::None,
                1 => Body::Member("BulkDataURI", r#""CANARYU""#.into()),
                2 => Body::Member("InlineBinary", r#""CANARYB""#.into()),
                3 => Body::Member("Value", r#""CANARYS""#.into()),
                4 => Body::Instead(c.pick(&["null", r#""CANARY""#, "[]", r#"["CANARY",2]"#, "{}", "3"]).to_owned()),
                5 => Body::Values(Vec::new()),
                _ => Body::Member("Value", "null".into()),
            }
        }
        18 => {
            row[at].more = c
                .pick(&["", r#","CANARYN":"CANARYV""#, r#","Value":["CANARYW"]"#, r#","BulkDataURI":"CANARYU""#, r#","vr":"CANARY""#])
                .into();
        }
        19 => row[at].turned = !row[at].turned,
        20 => {
            row[at].tag = match c.below(3) {
                0 => row[at].tag.to_lowercase(),
                1 => format!("\\u{:04x}{}", u32::from(row[at].tag.as_bytes()[0]), &row[at].tag[1..]),
                _ => row[at].tag.to_uppercase(),
            }
        }
        21 => *once = c.pick(&[r#""a":"CANARY""#, r#""0018002":3"#, r#""00180022x":{}"#, r#""":null"#, " ", "\n\t", "  "]).to_owned(),
        // Identities: of a sibling, of another level, of another patient.
        22 => {
            let (tag, values): (&str, &[&str]) = c.pick(&[
                ("0020000D", &[r#""1.2.1""#, r#""1.2.2""#, r#""1.02""#, r#""1.2.1 ""#][..]),
                ("0020000E", &[r#""1.2.1.1""#, r#""1.2.1.2""#, r#""..""#][..]),
                ("00100020", &[r#""P1""#, r#""P2""#, r#""""#, r#""P1 ""#][..]),
                ("00080018", &[r#""1.2.1.1.1""#, r#""1.2.1.1.2""#, r#""1.2.1.1.2 ""#][..]),
            ]);
            let new = attribute(tag, if tag == "00100020" { "LO" } else { "UI" }, c.pick(values));
            match find(row, tag) {
                Some(at) => row[at] = new,
                None => row.push(new),
            }
        }
        23 => {
            for tag in c.pick(&[&["00080018"][..], &["00080018", "0020000E"], &["0020000D"], &["0020000E"], &["00100020"]]) {
                row.retain(|own| own.tag != *tag);
            }
        }
        24 => {
            for (tag, vr, value) in [("0020000E", "UI", r#""1.2.1.1""#), ("00080018", "UI", r#""1.2.1.1.9""#)] {
                if find(row, tag).is_none() {
                    row.push(attribute(tag, vr, value));
                }
            }
        }
        // Where it can be retrieved.
        _ => {
            let url = c.pick(URLS).replace("{study}", "1.2.1").replace("{series}", "1.2.1.1").replace("{instance}", "1.2.1.1.0");
            match find(row, "00081190") {
                Some(at) => row[at].body = Body::Values(vec![format!("\"{url}\"")]),
                None => row.push(attribute("00081190", "UR", &format!("\"{url}\""))),
            }
        }
    }
}

/// Makes the first value odd, or something odd of the whole list.
pub(super) fn odd(c: &mut Choices<'_>, attribute: &mut Attribute) {
    let Body::Values(values) = &mut attribute.body else { return };
    let Some(value) = values.first_mut() else { return };
    if value.len() > 300 {
        // Long enough: what repeats itself would grow without bounds.
        *value = r#""1""#.to_owned();
    }
    let inside = value.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    *value = match (inside, c.below(4)) {
        // A number as a string, a string as a number.
        (None, 0) if !value.starts_with(['{', '[']) => format!("\"{value}\""),
        (Some(text), 0) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => text.to_owned(),
        (Some(text), _) => format!("\"{}\"", c.pick(ODD).replace('~', text)),
        (None, _) if value.starts_with("{\"Alphabetic\":") => {
            let odd = c.pick(ODD).replace('~', "Doe^Jo");
            format!("{{\"Alphabetic\":\"{odd}\"}}")
        }
        (None, _) if value.starts_with('{') => match c.below(6) {
            // An attribute of the item twice: the first empty, or the second.
            4 if value.len() > 12 => format!("{{\"{}\":{{\"vr\":\"SH\"}},{}", &value[2..10], &value[1..]),
            5 if value.len() > 12 => {
                format!("{},\"{}\":{{\"vr\":\"SH\",\"Value\":[\"CANARYD\"]}}}}", &value[..value.len() - 1], &value[2..10])
            }
            0 => value.replacen("\"Value\":[\"", "\"Value\":[\" ", 1),
            1 => value.replacen("\"vr\":", "\"vr\" :", 1),
            2 => value.replacen("\"]", "\",\"CANARY\"]", 1),
            _ => value.replacen('{', "{\"00080109\":{\"vr\":\"LO\"},", 1).replace(",}", "}"),
        },
        (None, _) => c.pick(INSTEAD).replace("CANARY", "12"),
    };
}
