//! DICOM JSON that provokes the fast paths of the reader and attacks them, out of entropy: rows made from one or two base rows, each the row
//! before it with other identities and a few changes, in one layout throughout, or nearly. Text, as in `generate.rs`.
//! With no entropy left every choice is the first: rows that repeat.

use super::generate::Choices;

/// A document of repeating rows.
pub struct Repeats {
    /// What stands in the array, as text; damage is in `text` only.
    pub rows: Vec<String>,
    pub text: Vec<u8>,
    /// Whether `text` is the array of `rows`.
    pub whole: bool,
}

/// An attribute on its way to text.
#[derive(Clone)]
struct Attribute {
    tag: String,
    /// JSON text; none: no such member.
    vr: Option<String>,
    body: Body,
    /// Members behind the others.
    more: String,
    turned: bool,
}

#[derive(Clone)]
enum Body {
    Values(Vec<String>),
    /// A member of this name with this JSON text.
    Member(&'static str, String),
    None,
    /// What stands where the attribute's object belongs.
    Instead(String),
}

/// White space and order, outside of what the rows say.
#[derive(Clone, Copy, PartialEq)]
enum Layout {
    Compact,
    Python,
    Pretty,
    ValueFirst,
    Slashes,
}

const LAYOUTS: [Layout; 5] = [Layout::Compact, Layout::Python, Layout::Pretty, Layout::ValueFirst, Layout::Slashes];

/// Which rows a document is of.
#[derive(Clone, Copy, PartialEq)]
enum Rows {
    Instances,
    Studies,
}

const ITEM: &str =
    r#"{"00080100":{"vr":"SH","Value":["T1"]},"00080102":{"vr":"SH","Value":["SCT"]},"00080104":{"vr":"LO","Value":["Head"]}}"#;
const OTHER_ITEM: &str = r#"{"00080100":{"vr":"SH","Value":["T2"]},"00080102":{"vr":"SH","Value":["99X"]}}"#;
/// A code whose value stands in several attributes.
const CROWDED_ITEM: &str = concat!(
    r#"{"00080119":{"vr":"UC","Value":["LONG"]},"00080100":{"vr":"SH","Value":["T1"]},"00080120":{"vr":"UR","Value":["urn:oid:1.2"]},"#,
    r#""00080102":{"vr":"SH","Value":["SCT"]}}"#
);

/// Attributes by tag and VR, with values that rows of one archive have of them.
const ATTRIBUTES: &[(&str, &str, &[&str])] = &[
    ("00080016", "UI", &[r#""1.2.840.10008.5.1.4.1.1.2""#, r#""1.2.840.10008.5.1.4.1.1.4""#]),
    ("00080060", "CS", &[r#""CT""#, r#""MR""#, r#""SR""#, r#""ct""#]),
    ("0008103E", "LO", &[r#""Axial""#, r#""Sagittal""#, r#""Localizer 1""#]),
    ("00200011", "IS", &["1", "2", r#""3""#, "0"]),
    ("00080021", "DA", &[r#""20240114""#, r#""20240115""#, r#""2024.01.16""#]),
    ("00080031", "TM", &[r#""101530""#, r#""101530.5""#, r#""1016""#]),
    ("00180015", "CS", &[r#""HEART""#, r#""HEAD""#, r#""CANARY3""#]),
    ("00200060", "CS", &[r#""L""#, r#""R""#]),
    ("00200062", "CS", &[r#""L""#, r#""R""#, r#""B""#]),
    ("00082218", "SQ", &[ITEM, OTHER_ITEM, CROWDED_ITEM]),
    ("00081050", "PN", &[r#"{"Alphabetic":"Roe^R"}"#, r#"{"Alphabetic":"Poe^P","Phonetic":"CANARY^P"}"#]),
    ("00080070", "LO", &[r#""ACME""#, r#""Umbrella""#]),
    ("00081010", "SH", &[r#""ST1""#, r#""ST2""#]),
    ("00420010", "ST", &[r#""Title""#, r#""Other title""#]),
    ("00080020", "DA", &[r#""20240114""#, r#""20240113""#, r#""20240231""#]),
    ("00080030", "TM", &[r#""101500""#, r#""10""#]),
    ("00080201", "SH", &[r#""+0100""#, r#""-0330""#, r#""-0000""#, r#""+1400""#]),
    ("00080050", "SH", &[r#""A1""#, r#""A2""#, r#""A-3""#]),
    (
        "00080051",
        "SQ",
        &[
            r#"{"00400031":{"vr":"UT","Value":["RIS"]}}"#,
            r#"{"00400032":{"vr":"UT","Value":["1.2.3"]},"00400033":{"vr":"CS","Value":["ISO"]}}"#,
        ],
    ),
    ("00080061", "CS", &[r#""CT""#, r#""SR""#, r#""MR""#]),
    ("00080090", "PN", &[r#"{"Alphabetic":"Ref^A"}"#, r#"{"Alphabetic":"Ref^B","Ideographic":"山田^太郎"}"#]),
    ("00100010", "PN", &[r#"{"Alphabetic":"Doe^John"}"#, r#"{"Alphabetic":"Doe^Jane"}"#, r#"{"Alphabetic":"CANARY^1"}"#]),
    ("00100021", "LO", &[r#""ISS""#, r#""ISS2""#]),
    ("00100030", "DA", &[r#""19700101""#, r#""19700102""#]),
    ("00100040", "CS", &[r#""M""#, r#""F""#, r#""X""#]),
    ("00101000", "LO", &[r#""OLD1""#, r#""OLD2""#]),
    ("00200010", "SH", &[r#""S1""#, r#""S2""#]),
    ("00081030", "LO", &[r#""CT head""#, r#""MR knee""#]),
    ("00081032", "SQ", &[ITEM, OTHER_ITEM, CROWDED_ITEM]),
    ("00081060", "PN", &[r#"{"Alphabetic":"Reader^A"}"#, r#"{"Alphabetic":"Reader^B"}"#]),
    ("00201206", "IS", &["2", "3"]),
    ("00201208", "IS", &["40", r#""41""#]),
    ("00201209", "IS", &["20", "21"]),
    ("00080080", "LO", &[r#""Ward""#, r#""Clinic""#]),
    ("00080056", "CS", &[r#""ONLINE""#, r#""NEARLINE""#]),
    (
        "00400275",
        "SQ",
        &[
            r#"{"00401001":{"vr":"SH","Value":["RP1"]},"00401002":{"vr":"LO","Value":["why"]}}"#,
            r#"{"00401001":{"vr":"SH","Value":["RP2"]},"00401001":{"vr":"SH","Value":["CANARYD"]}}"#,
        ],
    ),
    ("00400560", "SQ", &[r#"{"00400551":{"vr":"LO","Value":["SP1"]}}"#, r#"{"00400551":{"vr":"LO","Value":["SP2"]}}"#]),
    // Attributes that nothing maps: known, unknown, private.
    ("00280010", "US", &["512", "256", "-1", "1.5", "1e3"]),
    ("00080023", "DA", &[r#""20240114""#, r#""20240115""#, r#"" ""#]),
    ("00080005", "CS", &[r#""ISO_IR 192""#, r#""ISO_IR 100""#]),
    ("00189999", "UN", &[r#""CANARY8""#, "3", "true", "null", r#""""#]),
    ("00291010", "LO", &[r#""CANARY9""#, r#""CANARY91""#, r#""\u0001""#, r#"{"vr":"CANARY"}"#]),
    (
        "00081140",
        "SQ",
        &[r#"{"00081150":{"vr":"UI","Value":["1.2.3"]},"00081155":{"vr":"UI","Value":["1.2.4"]}}"#, r#"{"00081155":{"vr":"UI"}}"#],
    ),
    ("00091001", "SQ", &[r#"{"00091002":{"vr":"LO","Value":["CANARY5"]}}"#, "{}", r#"[["CANARY4"],7]"#]),
];

/// Attributes of a base row, besides its identities: indices into the list.
const BASES: [&[usize]; 5] = [
    &[0, 1, 37, 3],
    &[0, 1, 2, 3, 10, 40, 37],
    &[0, 1, 4, 5, 6, 9, 14, 16, 17, 25, 38, 41],
    &[0, 1, 7, 8, 13, 11, 12, 35, 36, 39, 42, 43],
    &[37, 38, 40],
];
const STUDY_BASES: [&[usize]; 5] = [
    &[17, 19, 20, 14],
    &[14, 15, 17, 19, 20, 21, 23, 24, 26, 27],
    &[16, 14, 18, 17, 22, 28, 29, 33],
    &[19, 25, 30, 31, 34, 40, 37, 38],
    &[],
];

/// Where something can be retrieved: what servers say, and what is none of that.
const URLS: &[&str] = &[
    "https://a.example/dicom-web/studies/{study}/series/{series}/instances/{instance}",
    "https://a.example/dicom-web/studies/{study}/series/{series}",
    "https://a.example/dicom-web/studies/{study}",
    "https://a.example/dicom-web/studies/{study}/",
    "https://a.example/dicom-web/studies/{study}/series/{series}/instances/{instance}/",
    "https://b.example:8443/rs/studies/{study}/series/{series}/instances/{instance}",
    "http://a.example/dicom-web/studies/{study}/series/{series}/instances/{instance}",
    "HTTPS://A.example/dicom-web/studies/{study}",
    "https://a.example/dicom-web/studies/9.9",
    "/dicom-web/studies/{study}",
    "https://a.example/dicom-web/studies/{study}?x=CANARY",
    "https://a.example/dicom-web/studies/{study}#CANARY",
    "https://a.example/{x}/studies/{study}",
    "https://a.example/%7Estudies/é/studies/{study}",
    "https://a.example/e\u{301}/studies/{study}",
    "https://a.example/dicom-web/studies/{study}\u{7f}",
    "https://a.example/dicom\u{7f}web/studies/{study}",
    "  ",
    "\u{7f}",
    "https://a.example/dicom-web/\u{a0}studies/{study}\u{2003}",
    r"https://a.example/dicom-web\u0001/studies/{study}",
    "https://a.example/a b",
    "",
    " https://a.example/dicom-web/studies/{study} ",
    r"https:\/\/a.example\/dicom-web\/studies\/{study}",
    r"https:\u002f/a.example/dicom-web/studies/{study}",
    r"https:\\a.example\\dicom-web",
];

/// Strings that are not what they seem; `~` stands for what was there before.
const ODD: &[&str] = &[
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
const INSTEAD: &[&str] = &[
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

/// A document of repeating rows, now and then damaged.
pub fn repeats(c: &mut Choices<'_>) -> Repeats {
    let layout = LAYOUTS[[0, 0, 1, 2, 3, 4][c.below(6)]];
    let mixed = c.rarely(8);
    let rows = rows(c, layout, mixed);
    let text = format!("[{}]", rows.join(if layout == Layout::Python { ", " } else { "," }));
    let mut text = text.into_bytes();
    let mut whole = true;
    if c.rarely(10) {
        whole = false;
        damage(c, &mut text);
    }
    Repeats { rows, text, whole }
}

fn damage(c: &mut Choices<'_>, text: &mut Vec<u8>) {
    let at = (c.below(256) * 256 + c.below(256)) % text.len();
    match c.below(6) {
        0 => text.truncate(at),
        1 => text[at] = 0xFF,
        2 => text.insert(at, 0xC3),
        3 => text[at] = c.pick(b"\"{}[],:0 \\\x00\x7f\n"),
        4 => {
            text.remove(at);
        }
        _ => text.extend_from_slice(c.pick(&[&b"]"[..], b" ", b"{}", b"[]", b",", b"<", b"\xEF\xBB\xBF[]", b"null"])),
    }
}

fn rows(c: &mut Choices<'_>, layout: Layout, mixed: bool) -> Vec<String> {
    let of = c.pick(&[Rows::Instances, Rows::Instances, Rows::Studies]);
    let count = match c.below(6) {
        0 => 6,
        1 => 3,
        2 => 4,
        3 => 5 + c.below(4),
        4 => 9 + c.below(8),
        _ => 3 + c.below(38),
    };
    let bases: Vec<Vec<Attribute>> = (0..1 + usize::from(c.rarely(3))).map(|_| base(c, of)).collect();
    let mut history: Vec<Vec<Attribute>> = vec![bases[0].clone()];
    let mut rows = Vec::new();
    for n in 0..count {
        let mut row = match c.below(12) {
            11 => bases[c.below(bases.len())].clone(),
            10 => history[c.below(history.len())].clone(),
            _ => history[history.len() - 1].clone(),
        };
        let mut once = String::new();
        if n > 0 {
            if !c.rarely(24) {
                another(c, &mut row, of, n);
            }
            for _ in 0..[0, 0, 0, 1, 1, 2][c.below(6)] {
                change(c, &mut row, &mut once);
            }
        }
        let own = if mixed { c.pick(&LAYOUTS) } else { layout };
        let text = match c.below(64) {
            63 => c.pick(&["null", "3", "{}", r#""CANARY""#, "[]", r#"{"a":"CANARY"}"#, r#"{"error":"CANARY"}"#, "[7,8]"]).to_owned(),
            _ => spell(c, &row, own, &once),
        };
        rows.push(text);
        history.push(row);
    }
    rows
}

/// A row to begin with.
fn base(c: &mut Choices<'_>, of: Rows) -> Vec<Attribute> {
    let mut row = vec![attribute("0020000D", "UI", r#""1.2.1""#), attribute("00100020", "LO", r#""P1""#)];
    let indices = match of {
        Rows::Instances => {
            row.push(attribute("0020000E", "UI", r#""1.2.1.1""#));
            row.push(attribute("00080018", "UI", r#""1.2.1.1.0""#));
            row.push(attribute("00200013", "IS", if c.rarely(4) { r#""1""# } else { "1" }));
            BASES[c.below(BASES.len())]
        }
        Rows::Studies => STUDY_BASES[c.below(STUDY_BASES.len())],
    };
    for index in indices {
        let (tag, vr, values) = ATTRIBUTES[*index];
        row.push(attribute(tag, vr, values[0]));
    }
    if c.below(3) < 2 {
        let url = URLS[usize::from(of == Rows::Studies) * 2].replace("{instance}", "1.2.1.1.0").replace("{series}", "1.2.1.1");
        row.push(attribute("00081190", "UR", &format!("\"{}\"", url.replace("{study}", "1.2.1"))));
    }
    if c.below(4) < 3 {
        row.sort_by(|one, two| one.tag.cmp(&two.tag));
    }
    for _ in 0..c.below(3) {
        change(c, &mut row, &mut String::new());
    }
    row
}

fn attribute(tag: &str, vr: &str, value: &str) -> Attribute {
    let (vr, body) = (Some(format!("\"{vr}\"")), Body::Values(vec![value.to_owned()]));
    Attribute { tag: tag.to_owned(), vr, body, more: String::new(), turned: false }
}

/// Gives the row another identity, and what changes with it.
fn another(c: &mut Choices<'_>, row: &mut [Attribute], of: Rows, n: usize) {
    let number = |text: &str, n: usize| if text.starts_with('"') { format!("\"{n}\"") } else { n.to_string() };
    let quoted = |text: String| format!("\"{text}\"");
    for own in row.iter_mut() {
        let (tag, Body::Values(values)) = (own.tag.to_uppercase(), &own.body) else { continue };
        let [value, ..] = values.as_slice() else { continue };
        let value = match (tag.as_str(), of) {
            ("00080018", Rows::Instances) => quoted(format!("1.2.1.1.{n}")),
            ("00200013", Rows::Instances) => number(value, n + 1),
            ("0020000D", Rows::Studies) => quoted(format!("1.2.{n}")),
            ("00100020", Rows::Studies) if c.below(4) < 3 => quoted(format!("P{}", n / 2)),
            ("00080050", Rows::Studies) if c.below(4) < 3 => quoted(format!("A{n}")),
            ("00100010", Rows::Studies) if c.below(4) < 2 => format!(r#"{{"Alphabetic":"Doe^J{n}"}}"#),
            ("00080020", Rows::Studies) if c.below(4) < 3 => quoted(format!("202401{:02}", 1 + n % 31)),
            ("00201206" | "00201208", Rows::Studies) if c.below(4) < 2 => number(value, n),
            _ => continue,
        };
        own.body = Body::Values(vec![value]);
    }
    let uid = |row: &[Attribute], tag: &str| -> String {
        let found = row.iter().find(|own| own.tag == tag).and_then(|own| match &own.body {
            Body::Values(values) => values.first().map(|text| text.trim_matches('"').to_owned()),
            _ => None,
        });
        found.unwrap_or_else(|| "1".into())
    };
    // The URL follows the identities, as servers have it; seldom it is another.
    let url = if c.rarely(8) { Some(c.pick(URLS)) } else { None };
    let ids = ["0020000D", "0020000E", "00080018"].map(|tag| uid(row, tag));
    for own in row.iter_mut().filter(|own| own.tag == "00081190") {
        let Body::Values(values) = &mut own.body else { continue };
        let [value] = values.as_mut_slice() else { continue };
        let text = match url {
            Some(url) => quoted(url.replace("{study}", &ids[0])),
            None if of == Rows::Studies && value.contains("/studies/") => quoted(URLS[2].replace("{study}", &ids[0])),
            None if value.contains("/instances/") => quoted(URLS[0].replace("{study}", &ids[0])),
            None => value.clone(),
        };
        *value = text.replace("{series}", &ids[1]).replace("{instance}", &ids[2]);
    }
    // What differs from row to row anyhow is where oddities may be overlooked.
    if c.rarely(10) {
        let tag = c.pick(&["00080018", "00200013", "00081190", "0020000D", "00100020", "00280010"]);
        row.iter_mut().filter(|own| own.tag == tag).for_each(|own| odd(c, own));
    }
}

/// One change; `once` gets what this row alone has between its members.
fn change(c: &mut Choices<'_>, row: &mut Vec<Attribute>, once: &mut String) {
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
fn odd(c: &mut Choices<'_>, attribute: &mut Attribute) {
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

fn spell(c: &mut Choices<'_>, row: &[Attribute], layout: Layout, once: &str) -> String {
    let mut members: Vec<String> = row.iter().map(|attribute| member(attribute, layout)).collect();
    let (mut before, mut space) = (String::new(), "");
    if once.trim().is_empty() {
        space = once;
    } else {
        let at = c.below(members.len() + 1);
        members.insert(at, once.to_owned());
    }
    let text = respaced(&format!("{{{}}}", members.join(",")), layout);
    if space.is_empty() {
        return text;
    }
    // White space at one place between tokens.
    let gaps: Vec<usize> = outside(&text).collect();
    let at = gaps[(c.below(256) * 7) % gaps.len()];
    before.push_str(&text[..at]);
    before + space + &text[at..]
}

fn member(attribute: &Attribute, layout: Layout) -> String {
    let Attribute { tag, vr, body, more, turned } = attribute;
    let vr = vr.as_ref().map(|vr| format!("\"vr\":{vr}"));
    let value = match body {
        Body::Instead(text) => return format!("\"{tag}\":{text}"),
        Body::Values(values) => Some(format!("\"Value\":[{}]", values.join(","))),
        Body::Member(name, text) => Some(format!("\"{name}\":{text}")),
        Body::None => None,
    };
    let members = if *turned != (layout == Layout::ValueFirst) { [value, vr] } else { [vr, value] };
    let members: Vec<String> = members.into_iter().flatten().collect();
    let more = if members.is_empty() { more.trim_start_matches(',') } else { more };
    format!("\"{tag}\":{{{}{more}}}", members.join(","))
}

/// The places of a text between its tokens.
fn outside(text: &str) -> impl Iterator<Item = usize> + '_ {
    let (mut inside, mut escaped) = (false, false);
    text.bytes().enumerate().filter_map(move |(at, byte)| {
        let out = !inside;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            _ => {}
        }
        let begins = matches!(text.as_bytes()[at.saturating_sub(1)], b'[' | b',' | b':');
        (out && at > 0 && (begins || matches!(byte, b'"' | b',' | b':' | b'{' | b'}' | b'[' | b']'))).then_some(at)
    })
}

/// Compact text in another layout. `Pretty` and `Python` are what serialisers make of it.
fn respaced(text: &str, layout: Layout) -> String {
    if layout == Layout::Slashes {
        return text.replace("\\/", "/").replace('/', "\\/");
    }
    if layout != Layout::Python && layout != Layout::Pretty {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut from) = (0, 0);
    for at in outside(text).chain([text.len()]) {
        out.push_str(&text[from..at]);
        from = at;
        let before = text.as_bytes()[at - 1];
        let pretty = layout == Layout::Pretty;
        match (before, text.as_bytes().get(at)) {
            (b':', _) => out.push(' '),
            (b',', _) if !pretty => out.push(' '),
            (b'{' | b'[', Some(next)) if pretty && !matches!(next, b'}' | b']') => {
                depth += 1;
                newline(&mut out, depth);
            }
            (b',', _) if pretty => newline(&mut out, depth),
            (_, Some(b'}' | b']')) if pretty && !matches!(before, b'{' | b'[') => {
                depth = depth.max(1) - 1;
                newline(&mut out, depth);
            }
            _ => {}
        }
    }
    out
}

fn newline(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

/// The same JSON with so much white space before every colon: no fast path of single attributes takes it, nor one that compares it with a row of
/// other white space.
pub fn loosened(text: &str, spaces: usize) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut from = 0;
    for at in outside(text).filter(|at| text.as_bytes()[*at] == b':') {
        out.push_str(&text[from..at]);
        out.push_str(&" ".repeat(spaces));
        from = at;
    }
    out + &text[from..]
}
