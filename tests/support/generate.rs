//! DICOM JSON out of entropy: bytes in, documents out, as *text*: duplicates, escapes, `vr` after `Value`, null, numbers as strings,
//! lower-case tags and white space are things that values cannot express. Property tests and fuzz targets share it.

use fhir_dicomweb::{
    Accession, EndpointAddress, Endpoints, Level, Listing, Modalities, Names, Options, Part, Practitioners, Service, Subject, Vr, Zone,
    rows,
};

/// Choices drawn from bytes; when they are used up every choice is the first.
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    pub fn below(&mut self, n: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        if n > 256 {
            return (usize::from(*first) << 8 | self.below(256)) % n;
        }
        usize::from(*first) % n.max(1)
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// True once in `n`.
    pub fn rarely(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }
}

/// Options of every policy.
pub fn options(c: &mut Choices<'_>) -> Options {
    let mut options = Options::default();
    options.accession = c.pick(&[Accession::Release, Accession::Identifier, Accession::BasedOn, Accession::Both]);
    options.modalities = c.pick(&[Modalities::Release, Modalities::All]);
    options.listing = c.pick(&[Listing::Instances, Listing::Series, Listing::Study]);
    options.names = c.pick(&[Names::Dicom, Names::Alphabetic, Names::Human]);
    options.subject = match c.below(4) {
        0 => Subject::Logical,
        1 => Subject::Contained,
        2 => Subject::Separate,
        _ => Subject::Reference("Patient/12".into()),
    };
    options.practitioners = c.pick(&[Practitioners::Logical, Practitioners::Contained, Practitioners::Separate]);
    options.endpoints = c.pick(&[Endpoints::Contained, Endpoints::Bundle, Endpoints::BundleContained, Endpoints::None]);
    options.endpoint_address = c.pick(&[EndpointAddress::Base, EndpointAddress::Study]);
    options.services = (0..c.below(3)).map(|n| Service::ALL[(n + c.below(4)) % 4]).collect();
    options.series_endpoints = c.rarely(2);
    options.trust_retrieve_url = c.rarely(2);
    options.complete = c.rarely(2);
    if c.rarely(2) {
        options.endpoint_base = Some("https://pacs.example.org/dicom-web".into());
    }
    if c.rarely(2) {
        options.zone = Zone::Fixed("+01:00".parse().expect("an offset"));
    }
    if c.rarely(2) {
        options.study_id_system = Some("urn:x".into());
        options.patient_namespace = Some("urn:p".into());
        options.namespaces.push(("A".into(), "urn:a".into()));
        options.schemes.push(("SCT".into(), "urn:s".into()));
    }
    if c.rarely(6) {
        options.schemes.push(("99X".into(), "http://snomed.info/sct".into()));
    }
    options
}

/// Data sets as text, some of the same studies, series and instances.
pub fn data_sets(choices: &mut Choices<'_>) -> Vec<String> {
    let count = 1 + choices.below(5);
    (0..count).map(|_| data_set(choices)).collect()
}

/// An array of data sets, loosely laid out.
pub fn document(sets: &[String]) -> String {
    format!("[{}]", sets.join(", "))
}

pub fn data_set(c: &mut Choices<'_>) -> String {
    let mut members = Vec::new();
    let level = c.below(4);
    if !c.rarely(12) {
        members.push(attribute(c, "0020000D", "UI", &[r#""1.2.1""#, r#""1.2.2""#, r#""1.02""#, r#""a/b""#]));
    }
    if !c.rarely(4) {
        members.push(attribute(c, "00100020", "LO", &[r#""P1""#, r#""P1""#, r#""P2""#, r#""""#, r#""P1 ""#]));
    }
    if level > 0 {
        members.push(attribute(c, "0020000E", "UI", &[r#""1.2.1.1""#, r#""1.2.1.2""#, r#""..""#]));
    }
    if level > 1 {
        members.push(attribute(c, "00080018", "UI", &[r#""1.2.1.1.1""#, r#""1.2.1.1.2""#, r#""1.2.1.1.3""#]));
    }
    let mut parts: Vec<(&Part, Option<u32>)> = Vec::new();
    for row in rows() {
        for part in row.parts() {
            let plain = match row.level() {
                Level::Patient | Level::Study => true,
                Level::Series => level > 0,
                Level::Instance => level > 1,
            };
            if plain || c.rarely(24) {
                parts.push((part, part.sequence()));
            }
        }
    }
    for _ in 0..c.below(9) {
        let (part, within) = parts[c.below(parts.len())];
        let text = member(c, part, 0);
        members.push(match within {
            Some(sequence) => format!(r#""{sequence:08X}":{{"vr":"SQ","Value":[{{{text}}}]}}"#),
            None => text,
        });
    }
    if c.rarely(3) {
        members.push(
            c.pick(&[
                r#""00291010":{"vr":"LO","Value":["CANARY9"]}"#,
                r#""00080005":{"vr":"CS","Value":["ISO_IR 192"]}"#,
                r#""00189999":{"vr":"SQ","Value":[{"00189998":{"vr":"LO","Value":["CANARY8",null,"",3]}}]}"#,
                r#""CANARY7":{"vr":"LO","Value":["x"]}"#,
                r#""00180010":{"vr":"LO","BulkDataURI":"CANARY6"}"#,
                r#""0018002":3"#,
            ])
            .to_owned(),
        );
    }
    let glue = c.pick(&[",", " , ", ",\n\t"]);
    format!("{{{}}}", members.join(glue))
}

/// A member of a data set for a part of the table.
fn member(c: &mut Choices<'_>, part: &Part, depth: usize) -> String {
    let tag = format!("{:08X}", part.tag());
    match part.vr() {
        Vr::Sq if !c.rarely(12) => {
            let mut items = Vec::new();
            for _ in 0..1 + c.below(2) {
                let mut inner = Vec::new();
                for part in part.items() {
                    if c.below(3) > 0 && depth < 3 {
                        inner.push(member(c, part, depth + 1));
                    }
                }
                if c.rarely(8) {
                    inner.push(r#""00080109":{"vr":"LO","Value":["CANARY5"]}"#.to_owned());
                }
                items.push(format!("{{{}}}", inner.join(",")));
            }
            if c.rarely(10) {
                items.push(c.pick(&["null", "3", "{}", r#""CANARY4""#]).to_owned());
            }
            format!(r#""{tag}":{{"vr":"SQ","Value":[{}]}}"#, items.join(","))
        }
        vr => attribute(c, &tag, vr.name(), pool(vr)),
    }
}

/// An attribute of the table on its own, as a member: `"TAG":{..}`.
pub fn any_member(c: &mut Choices<'_>) -> String {
    let parts: Vec<&Part> = rows().flat_map(|row| row.parts()).collect();
    let part = parts[c.below(parts.len())];
    member(c, part, 0)
}

/// Values by representation: good, odd and useless ones, few enough to meet again.
pub fn pool(vr: Vr) -> &'static [&'static str] {
    match vr {
        Vr::Cs => &[
            r#""CT""#,
            r#""SR""#,
            r#""R""#,
            r#""L""#,
            r#""B""#,
            r#""U""#,
            r#""HEART""#,
            r#""THORAX""#,
            r#""dx""#,
            r#""*""#,
            r#""ISO""#,
            r#""UUID""#,
            r#""CANARY3""#,
            "12",
        ],
        Vr::Da => &[r#""20240114""#, r#""20240115""#, r#""1994.06.13""#, r#""20240231""#, r#""CANARY2""#, r#""2024""#, "20240114"],
        Vr::Tm => &[r#""101530""#, r#""1015""#, r#""10""#, r#""10:15:30.5""#, r#""101530.1234567""#, r#""240000""#, r#""CANARY2""#],
        Vr::Offset => &[r#""+0100""#, r#""-0330""#, r#""+01:00""#, r#""Z""#, r#""+9900""#, r#""CANARY2""#],
        Vr::Is => &["1", "2", r#""3""#, r#"" 4 ""#, "1.0", "-1", r#""1A""#, "2147483648", "1e99", r#""CANARY1""#, "0"],
        Vr::Ui => &[r#""1.2.840.10008.5.1.4.1.1.2""#, r#""1.2.840.10008.5.1.4.1.1.4""#, r#""1.02""#, r#""CANARY.1""#, r#""a b""#],
        Vr::Pn => &[
            r#"{"Alphabetic":"A^B"}"#,
            r#"{"Alphabetic":"CANARY^1","Ideographic":"山田^太郎"}"#,
            r#""Doe^John=x""#,
            r#"{"Alphabetic":"^^^^"}"#,
            r#"{"Alphabetic":"A=B","Extra":"CANARY0"}"#,
            "{}",
            "3",
        ],
        _ => &[
            r#""A""#,
            r#""B ""#,
            r#"" C""#,
            r#""CANARY1""#,
            r#""x\\y""#,
            r#""tab\tin""#,
            r#""nul\u0000""#,
            r#""c\u0001d""#,
            r#""é日本""#,
            r#""\u00e9""#,
            "12",
            "true",
            r#""SCT""#,
            r#""SRT""#,
            r#""1.2.3""#,
            r#""urn:x""#,
        ],
    }
}

/// One attribute, in one of many layouts.
fn attribute(c: &mut Choices<'_>, tag: &str, vr: &str, values: &[&str]) -> String {
    let mut list = vec![c.pick(values)];
    while c.rarely(8) && list.len() < 4 {
        let more = c.pick(values);
        list.push(c.pick(&[more, "null", r#""""#, r#""  ""#, more]));
    }
    let value = match c.below(16) {
        15 => list[0].to_owned(),
        14 => "[]".to_owned(),
        13 => format!("[ {} ]", list.join(" ,\n")),
        _ => format!("[{}]", list.join(",")),
    };
    let tag = if c.rarely(20) { tag.to_lowercase() } else { tag.to_owned() };
    let tag = if c.rarely(20) { format!("\\u{:04x}{}", u32::from(tag.as_bytes()[0]), &tag[1..]) } else { tag };
    match c.below(20) {
        19 => format!(r#""{tag}":{{"Value":{value}}}"#),
        18 => format!(r#""{tag}":{{"vr":"UN","Value":{value}}}"#),
        17 => format!(r#""{tag}":{{"vr":"{vr}","Value":{value},"CANARYN":"CANARYV"}}"#),
        16 => format!(r#""{tag}":{{"vr":"{vr}","BulkDataURI":"CANARYU","Value":{value}}}"#),
        15 => format!(r#""{tag}":{{"vr":"{vr}","InlineBinary":"CANARYB"}}"#),
        14 => format!(r#""{tag}":{{"vr":"{vr}"}}"#),
        13 => format!(r#""{tag}":{{"vr":"{vr}","Value":{value}}},"{tag}":{{"vr":"{vr}","Value":["CANARYD"]}}"#),
        12 => format!(r#""{tag}" : {{ "Value" : {value} , "vr" : "{vr}" }}"#),
        11 => format!(r#""{tag}":{{"Value":{value},"vr":"{vr}"}}"#),
        _ => format!(r#""{tag}":{{"vr":"{vr}","Value":{value}}}"#),
    }
}
