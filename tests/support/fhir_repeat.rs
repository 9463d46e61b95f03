//! FHIR that provokes the fast paths of the reader and attacks them, out of entropy: entries made from one or two base resources, each the one
//! before it with other identities and a few changes, in one layout throughout, or nearly. Text, as in `generate.rs`.
//! With no entropy left every choice is the first: entries that repeat.

use super::fhir_scalars::bent;
use super::generate::Choices;

/// A document of repeating resources.
pub struct Document {
    pub text: Vec<u8>,
    /// How many studies are in it, as far as nothing is damaged.
    pub studies: usize,
}

/// Elements of a study, and values that studies of one server have of them: `{n}` is the number of the study, `{v}` a number from it that differs
/// less often. What stands first repeats well.
pub(super) const ELEMENTS: &[(&str, &[&str])] = &[
    ("resourceType", &[r#""ImagingStudy""#, r#""Patient""#, r#""\u0049magingStudy""#]),
    ("id", &[r#""1.2.{n}""#, r#""x{n}""#, r#""1.2.1""#, r#"" 1.2.{n}""#, r#""""#, "7"]),
    (
        "identifier",
        &[
            r#"[{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"},{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]},"value":"A{n}","assigner":{"display":"RIS"}}]"#,
            r#"[{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}]"#,
            r#"[{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"},{"system":"urn:dicom:uid","value":"urn:oid:1.2.{v}"}]"#,
            r#"[{"system":"urn:dicom:uid","value":"urn:oid:1.2.{v}"},{"system":"urn:dicom:uid","value":"urn:oid:1.2.{v}"}]"#,
            r#"[{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"},{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}]"#,
            r#"[{"system":"urn:dicom:uid","value":"1.2.{n}"},{"value":"A","type":{"coding":[{"code":"ACSN"}]}},{"value":"B","type":{"coding":[{"code":"ACSN"}]}}]"#,
            r#"[{"system":"urn:dicom:uid","value":"urn:oid:1.2.0{n}"}]"#,
            r#"[{"system":"urn:dicom:uid","value":"urn:oid:a/b"}]"#,
            r#"[{"value":"A{n}","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]}},{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.{n}"}]"#,
            r#"{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}"#,
            r#"[{"system":"urn:ietf:rfc:3986","value":"A{n}","type":{"coding":[{"code":"ACSN"}]}},{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}]"#,
            r#"[{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.{n}","type":{"coding":[{"code":"ACSN"}]}},{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}]"#,
            r#"[{"system":"urn:x:accession","value":"A {n}"},{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}]"#,
            r#"[{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}","type":{"coding":[{"code":"110180","system":"http://dicom.nema.org/resources/ontology/DCM"}]}}]"#,
        ],
    ),
    ("status", &[r#""available""#, r#""registered""#, r#""unknown""#, r#""entered-in-error""#, r#""CANARY""#, r#"["available"]"#]),
    (
        "modality",
        &[
            r#"[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"}]"#,
            r#"[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"MR"}]"#,
            r#"[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"US"},{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"SR"}]"#,
            r#"[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT","display":"CANARY"}]"#,
            r#"[{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"}]}]"#,
            r#"[{"system":"urn:x","code":"ct"}]"#,
            r#"[{"code":"CT","display":"CANARY {n}"}]"#,
            r#"[]"#,
            r#"[{"code":"*"}]"#,
        ],
    ),
    (
        "subject",
        &[
            r#"{"type":"Patient","identifier":{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"value":"P{v}","assigner":{"display":"ISS"}},"display":"Doe^John {n}"}"#,
            r#"{"display":"Doe^{n}"}"#,
            r#"{"display":"Doe{n}"}"#,
            r#"{"display":"Doe^A=B^{n}"}"#,
            r#"{"display":"Doe^\u00e4 {n}"}"#,
            r#"{"identifier":{"value":"P{v}"},"display":" Doe^ {n} "}"#,
            r#"{"identifier":{"value":"P{v}","system":"urn:oid:1.2.3"},"display":"Doé^{n}"}"#,
            r#"{"reference":"Patient/1"}"#,
            r#"{"reference":"Patient/p{v}","display":"Doe^{n}"}"#,
            r##"{"reference":"#p"}"##,
            r#"{"identifier":{"value":"P1"},"type":"Device"}"#,
            r#"{"identifier":{"value":""},"display":""}"#,
            r#"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}"#,
            "5",
        ],
    ),
    (
        "started",
        &[
            r#""2024-01-1{d}T10:15:3{d}.25+01:00""#,
            r#""2024-01-1{d}T10:15:3{d}+01:00""#,
            r#""2024-01-1{d}""#,
            r#""2024-0{d}""#,
            r#""2024-01-1{d}T10:15:3{d}Z""#,
            r#""2024-01-1{d}T10:15:30.1234567{d}+01:00""#,
            r#""2024-02-3{d}T10:15:30+01:00""#,
            r#""2024-01-1{d}T24:15:30+01:00""#,
            r#""2024-01-1{d}T10:15:6{d}+01:00""#,
            r#""2024-01-1{d}T10:15:30-00:00""#,
            r#""2024-01-1{d}T10:15:30+1{d}:00""#,
            r#""2024-01-1{d}T10:15:30""#,
            r#""2024-01-1{d}T10:15+01:00""#,
            r#""1{d}99-01-11T10:15:30+01:00""#,
            r#""2024-01-1{d}t10:15:30+01:00""#,
            r#""2024\u002d01-1{d}""#,
            "2024",
        ],
    ),
    (
        "referrer",
        &[
            r#"{"type":"Practitioner","display":"Ref^A {n}"}"#,
            r#"{"display":"Ref^{n}"}"#,
            r#"{"display":"Ref{n}"}"#,
            r#"{"display":"Ref^B","identifier":{"value":"R{n}","system":"urn:oid:1.2.9"}}"#,
            r#"{"type":"CANARY","display":"Ref^B"}"#,
            r#"{"reference":"Practitioner/1"}"#,
        ],
    ),
    ("numberOfSeries", &["3", "{n}", r#""3""#, "0", "-1", "1.0", "03", "99999999999"]),
    ("numberOfInstances", &["40", "{n}", r#""40""#, "0", "1e2"]),
    (
        "procedureCode",
        &[
            r#"[{"coding":[{"system":"http://loinc.org","code":"24725-4","display":"CT head"}]}]"#,
            r#"[{"coding":[{"system":"http://loinc.org","code":"24802-1","display":"MR knee"}]}]"#,
            r#"[{"coding":[{"system":"http://snomed.info/sct","code":"77477000","display":"CT {d}"}]}]"#,
            r#"[{"coding":[{"system":"http://loinc.org","code":"24725-4","display":"CT head"}],"text":"CT head"}]"#,
            r#"[{"text":"CT {n}"}]"#,
            r#"[{"coding":[{"system":"urn:x","code":"c{d}"},{"system":"http://loinc.org","code":"1-{d}"}]}]"#,
            r#"[{"concept":{"text":"CT"}}]"#,
        ],
    ),
    (
        "location",
        &[r#"{"type":"Location","display":"Ward {d}"}"#, r#"{"display":"Ward"}"#, r#"{"display":" "}"#, r#"{"reference":"Location/1"}"#],
    ),
    (
        "description",
        &[
            r#""CT head""#,
            r#""Study {n}""#,
            r#"" CT""#,
            r#""CT\thead""#,
            r#""Schädel {n}""#,
            r#""a\\b""#,
            r#""""#,
            "5",
            r#""CANARY {n}""#,
            "null",
            r#"["a","b"]"#,
        ],
    ),
    ("note", &[r#"[{"text":"CANARY {n}"}]"#, r#"[{"text":"CANARY"},{"text":"CANARY {n}"}]"#, r#"[{"text":" "}]"#, r#"[{"text":5}]"#]),
    (
        "meta",
        &[
            r#"{"versionId":"{n}","lastUpdated":"2024-01-01T00:00:00Z"}"#,
            r#"{"versionId":"{n}"}"#,
            r#"{"versionId":""}"#,
            r#"{"tag":[{"code":"HTEST"}]}"#,
            r#"{"tag":[{"code":"SUBSETTED"}]}"#,
            r#"{"security":{"code":"MASKED"},"tag":[{"code":"x{n}","display":"CANARY {n}"}]}"#,
            "{}",
            r#"{"a":[1,{n},true]}"#,
        ],
    ),
    (
        "text",
        &[
            r#"{"status":"generated","div":"<div>CANARY {n}</div>"}"#,
            r#"{"status":"generated","div":"<div class=\"a\">CANARY</div>"}"#,
            r#""CANARY""#,
        ],
    ),
    ("CANARYX", &["1", r#""{n}""#, r#"{"CANARY":"{n}"}"#]),
    ("_status", &[r#"{"extension":[{"url":"CANARY","valueCode":"{n}"}]}"#]),
    ("extension", &[r#"[{"url":"CANARY","valueString":"{n}"}]"#]),
    ("modifierExtension", &[r#"[{"url":"CANARY","valueString":"{n}"}]"#, "[]"]),
    ("implicitRules", &[r#""CANARY""#, "null"]),
    ("contained", &[r#"[{"resourceType":"Patient","id":"p","name":[{"family":"Doe{n}"}]}]"#]),
    (
        "basedOn",
        &[
            r#"[{"type":"ServiceRequest","identifier":{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]},"value":"B{n}"}}]"#,
            r#"[{"type":"ServiceRequest","identifier":{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"PLAC"}]},"value":"B\/1"}}]"#,
            r#"[{"type":"ServiceRequest","identifier":{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"FILL"}]},"value":"B\/1"}}]"#,
            r#"[{"type":"ServiceRequest","identifier":{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]},"value":"B\/1"}}]"#,
            r#"[{"type":"ServiceRequest","display":"CT chest"}]"#,
        ],
    ),
    ("accession", &[r#"{"value":"C{n}"}"#]),
    ("endpoint", &[r##"[{"reference":"#e"}]"##, r#"[{"display":"e{n}"}]"#]),
    ("reason", &[r#"[{"concept":{"text":"why {n}"}}]"#]),
];

/// Elements that base resources have.
pub(super) const BASES: &[&[usize]] = &[
    &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    &[0, 1, 2, 3, 4, 5, 6, 12],
    &[0, 1, 14, 2, 3, 5, 7, 10, 13],
    &[15, 2, 3, 5, 6, 8, 9, 14, 0, 16],
    &[0, 1, 2, 3, 5, 6],
    &[0, 1, 2, 3, 5, 22],
];

/// Instances, with values that those of one series have: `{i}` is the number of the instance, `{s}` of the series.
const INSTANCES: &[&str] = &[
    r#"{"uid":"1.2.{n}.{s}.{i}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":{i}}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.4"},"number":{i}}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}","number":{i}}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}"}"#,
    r#"{"number":{i},"sopClass":{"code":"urn:oid:1.2.840.10008.5.1.4.1.1.2","system":"urn:ietf:rfc:3986"},"uid":"1.2.{n}.{s}.{i}"}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}","sopClass":"urn:oid:1.2.840.10008.5.1.4.1.1.2","number":{i}}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":{i},"title":"T{i}"}"#,
    r#"{"uid":"1.2.{n}.{s}.1","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":7}"#,
    r#"{"uid":"urn:oid:1.2.{n}.{s}.{i}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":{i}}"#,
    r#"{"uid":"1.2.0{n}.{s}.{i}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":0{i}}"#,
    r#"{"uid":"1.2.0{n}.{s}.{i}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":{i}}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":-{i}}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":4000000{i}0000}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":"{i}"}"#,
    r#"{"uid":"1.2.{n}.{s}.\u003{d}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":{i}}"#,
    r#"{"\u0075id":"1.2.{n}.{s}.{i}","number":{i}}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}","uid":"1.2.9","number":{i}}"#,
    r#"{"sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":{i}}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}","sopClass":{"system":"urn:x","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"},"number":{i}}"#,
    r#"{"uid":"1.2.{n}.{s}.{i}","CANARY":{"uid":"1.2.3"},"number":{i}}"#,
    r#""1.2.{n}.{s}.{i}""#,
    "null",
    "{}",
];

/// Members of a series besides its instances.
const SERIES: &[&str] = &[
    r#""uid":"1.2.{n}.{s}","number":{s},"modality":{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"}"#,
    r#""uid":"1.2.{n}.{s}","modality":{"code":"MR"},"description":"Axial","numberOfInstances":2"#,
    r#""uid":"1.2.{n}.1","number":9"#,
    r#""number":{s}"#,
    r#""uid":"1.2.{n}.{s}","instance":[{"uid":"1.2.3.4"}]"#,
];

pub fn filled(text: &str, n: usize, s: usize, i: usize) -> String {
    let digits = [("{n}", n), ("{v}", n / 3), ("{d}", n % 10), ("{s}", s), ("{i}", i)];
    digits.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, &value.to_string()))
}

/// Members: name and JSON text.
pub(super) type Members = Vec<(String, String)>;

pub(super) fn written(members: &Members) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// A study: which value each element has.
type Base = Vec<(usize, usize)>;

fn resource(c: &mut Choices<'_>, base: &Base, n: usize) -> Members {
    let mut members: Members =
        base.iter().map(|(at, value)| (ELEMENTS[*at].0.to_owned(), filled(ELEMENTS[*at].1[*value], n, 1, 1))).collect();
    // Most are as the one before.
    for _ in 0..c.below(7).saturating_sub(5) {
        let at = c.below(members.len().max(1)).min(members.len().saturating_sub(1));
        match c.below(6) {
            _ if members.is_empty() => {}
            0 | 1 => {
                let (name, values) = ELEMENTS[base[at.min(base.len() - 1)].0];
                let value = filled(c.pick(values), n, 1, 1);
                members[at] = (name.to_owned(), value);
            }
            2 => {
                members.remove(at);
            }
            3 => {
                let (name, values) = c.pick(ELEMENTS);
                members.insert(at, (name.to_owned(), filled(c.pick(values), n, 1, 1)));
            }
            4 => {
                let other = c.below(members.len());
                members.swap(at, other);
            }
            _ => {
                let again = members[at].clone();
                members.push(again);
            }
        }
    }
    members
}

/// Series with instances that repeat.
fn series(c: &mut Choices<'_>, n: usize, instances: usize) -> String {
    let series: Vec<String> = (1..=1 + c.below(3))
        .map(|s| {
            let form = c.below(INSTANCES.len());
            let of_each: Vec<String> = (1..=c.below(instances + 1))
                .map(|i| {
                    let form = if c.rarely(4) { c.below(INSTANCES.len()) } else { form };
                    filled(INSTANCES[form], n, s, if c.rarely(6) { 1 + c.below(i) } else { i })
                })
                .collect();
            let own = filled(if c.rarely(4) { c.pick(SERIES) } else { SERIES[0] }, n, s, 1);
            let list = if c.rarely(8) { of_each.first().cloned().unwrap_or("{}".into()) } else { format!("[{}]", of_each.join(",")) };
            if c.rarely(3) { format!("{{\"instance\":{list},{own}}}") } else { format!("{{{own},\"instance\":{list}}}") }
        })
        .collect();
    if c.rarely(9) { series[0].clone() } else { format!("[{}]", series.join(",")) }
}

/// The text with white space as a serialiser puts it.
fn laid_out(text: &str, layout: usize) -> String {
    let (mut out, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    for c in text.chars() {
        if quoted {
            quoted = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
            out.push(c);
            continue;
        }
        quoted = c == '"';
        let pretty = layout == 2;
        if matches!(c, '}' | ']') {
            depth = depth.saturating_sub(1);
            if pretty {
                out += &format!("\n{}", " ".repeat(depth));
            }
        }
        out.push(c);
        depth += usize::from(matches!(c, '{' | '['));
        match (layout, c) {
            (1, ',' | ':') | (2, ':') => out.push(' '),
            (2, '{' | '[' | ',') => out += &format!("\n{}", " ".repeat(depth)),
            _ => {}
        }
    }
    out
}

/// A document, and perhaps damage in it.
pub fn document(c: &mut Choices<'_>) -> Document {
    let bases: Vec<Base> = (0..2)
        .map(|_| {
            let of = c.pick(BASES);
            of.iter().map(|at| (*at, if c.rarely(9) { c.below(ELEMENTS[*at].1.len()) } else { 0 })).collect()
        })
        .collect();
    let (layout, shape, with_series) = (c.pick(&[0, 0, 0, 1, 2]), c.below(6), c.rarely(4));
    let url = c.pick(&["urn:oid:1.2.", "http://x/ImagingStudy/", "http://x/"]);
    let studies = 3 + c.below(12);
    let mut entries = Vec::new();
    for n in 0..studies {
        let number = if c.rarely(9) { 1 + c.below(n + 1) } else { n + 1 };
        let base = usize::from(c.rarely(4));
        let mut members = resource(c, &bases[base], number);
        if with_series && !c.rarely(3) {
            let at = c.below(members.len() + 1);
            members.insert(at, ("series".into(), series(c, number, 12)));
        }
        let resource = written(&members);
        let envelope = match (shape, c.below(9)) {
            (5, _) => resource,
            (_, 0..=6) => format!("{{\"fullUrl\":\"{url}{number}\",\"resource\":{resource},\"search\":{{\"mode\":\"match\"}}}}"),
            (_, 7) => format!("{{\"resource\":{resource},\"fullUrl\":\"http://x/ImagingStudy/{number}?a\"}}"),
            _ => c
                .pick(&[
                    r#"{"fullUrl":"http://x/Patient/1","resource":{"resourceType":"Patient","id":"1","name":[{"family":"Doe"}]}}"#,
                    r#"{"resource":{"resourceType":"Patient","id":"p2","generalPractitioner":[{"reference":"Practitioner/1"}]},"search":{"mode":"include"}}"#,
                    r#"{"resource":{"resourceType":"OperationOutcome","issue":[{"code":"CANARY"}]},"search":{"mode":"outcome"}}"#,
                    r#"{"link":[{"url":"CANARY"}]}"#,
                    r#"{"resourceType":"ImagingStudy","resource":5}"#,
                    r#"{"resource":{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"ImagingStudy"}}]}}"#,
                    "{}",
                    "5",
                    "[]",
                ])
                .to_owned(),
        };
        let times = c.below(6).saturating_sub(3);
        let envelope = bent(c, envelope, number, times);
        entries.push(laid_out(&envelope, if c.rarely(9) { c.below(3) } else { layout }));
    }
    let space = c.pick(&["", "", "\n", " "]);
    let list = format!("[{}]", entries.join(&format!("{space},{space}")));
    let text = match shape {
        0 | 1 => format!("{{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":{studies},\"entry\":{list}}}"),
        2 => {
            let before = c.pick(&[
                r#""id":"CANARY","link":[{"relation":"self","url":"CANARY"}],"#,
                r#""meta":{"lastUpdated":"2024"},"#,
                "",
                r#""entry":[],"#,
            ]);
            let after = c.pick(&[
                r#","type":"searchset","total":3"#,
                r#","signature":{"who":"CANARY"}"#,
                r#","entry":[]"#,
                r#","contained":[{"resourceType":"Patient","id":"p"}]"#,
                "",
            ]);
            format!("{{{before}\"entry\" :{space}{list}{after},\"resourceType\":\"Bundle\"}}")
        }
        3 => format!(
            "{{\"resourceType\":{},\"entry\":{list}}}{}",
            c.pick(&[r#""Bundle""#, r#""ImagingStudy""#, r#""Patient""#, r#"["Bundle"]"#]),
            c.pick(&["", "\n{\"resourceType\":\"Patient\"}", "\n{\"resourceType\":\"Bundle\",\"entry\":{}}"])
        ),
        4 => {
            let (one, two) = entries.split_at(entries.len() / 2);
            let bundle = |entries: &[String]| {
                format!("{{\"resourceType\":\"Bundle\",\"id\":\"x\",\"entry\":[{}],\"type\":\"history\"}}", entries.join(","))
            };
            format!("{}\n{}", bundle(one), bundle(two))
        }
        _ => entries.join(c.pick(&["\n", "", " "])),
    };
    let mut text = text.into_bytes();
    match c.below(24) {
        21 => {
            let at = c.below(256) * text.len() / 256;
            text.truncate(at);
        }
        22 => {
            let at = (c.below(256) * text.len() / 256).min(text.len().saturating_sub(1));
            if let Some(byte) = text.get_mut(at) {
                *byte = c.pick(b"\"\\{}[],:0 x\x01\xff");
            }
        }
        23 => {
            text.splice(0..0, *b"\xEF\xBB\xBF");
        }
        _ => {}
    }
    Document { text, studies }
}
