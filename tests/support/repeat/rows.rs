//! Rows on their way to text: what one is made of to begin with, and what the next has otherwise.

use super::super::generate::Choices;
use super::mutations::{change, odd};

/// An attribute on its way to text.
#[derive(Clone)]
pub(super) struct Attribute {
    pub(super) tag: String,
    /// JSON text; none: no such member.
    pub(super) vr: Option<String>,
    pub(super) body: Body,
    /// Members behind the others.
    pub(super) more: String,
    pub(super) turned: bool,
}

#[derive(Clone)]
pub(super) enum Body {
    Values(Vec<String>),
    /// A member of this name with this JSON text.
    Member(&'static str, String),
    None,
    /// What stands where the attribute's object belongs.
    Instead(String),
}

/// Which rows a document is of.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Rows {
    Instances,
    Studies,
}

pub(super) const ITEM: &str =
    r#"{"00080100":{"vr":"SH","Value":["T1"]},"00080102":{"vr":"SH","Value":["SCT"]},"00080104":{"vr":"LO","Value":["Head"]}}"#;
const OTHER_ITEM: &str = r#"{"00080100":{"vr":"SH","Value":["T2"]},"00080102":{"vr":"SH","Value":["99X"]}}"#;
/// A code whose value stands in several attributes.
const CROWDED_ITEM: &str = concat!(
    r#"{"00080119":{"vr":"UC","Value":["LONG"]},"00080100":{"vr":"SH","Value":["T1"]},"00080120":{"vr":"UR","Value":["urn:oid:1.2"]},"#,
    r#""00080102":{"vr":"SH","Value":["SCT"]}}"#
);

/// Attributes by tag and VR, with values that rows of one archive have of them.
pub(super) const ATTRIBUTES: &[(&str, &str, &[&str])] = &[
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
    ("00080020", "DA", &[r#""20240114""#, r#"" 20240114""#, r#""20240113""#, r#""20240231""#]),
    ("00080030", "TM", &[r#""101500""#, r#""10""#]),
    ("00080201", "SH", &[r#""+0100""#, r#""-0330""#, r#""-0000""#, r#""+1400""#]),
    ("00080050", "SH", &[r#"" A1""#, r#""A2""#, r#""A-3""#]),
    (
        "00080051",
        "SQ",
        &[
            r#"{"00400031":{"vr":"UT","Value":["RIS"]}}"#,
            r#"{"00400032":{"vr":"UT","Value":["1.2.3"]},"00400033":{"vr":"CS","Value":["ISO"]}}"#,
        ],
    ),
    ("00080061", "CS", &[r#""CT""#, r#""SR""#, r#""MR""#]),
    ("00080090", "PN", &[r#"{"Alphabetic":" Ref^A"}"#, r#"{"Alphabetic":"Ref^B","Ideographic":"山田^太郎"}"#]),
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
pub const URLS: &[&str] = &[
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

/// A row to begin with.
pub(super) fn base(c: &mut Choices<'_>, of: Rows) -> Vec<Attribute> {
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

pub(super) fn attribute(tag: &str, vr: &str, value: &str) -> Attribute {
    let (vr, body) = (Some(format!("\"{vr}\"")), Body::Values(vec![value.to_owned()]));
    Attribute { tag: tag.to_owned(), vr, body, more: String::new(), turned: false }
}

/// Gives the row another identity, and what changes with it.
pub(super) fn another(c: &mut Choices<'_>, row: &mut [Attribute], of: Rows, n: usize) {
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
