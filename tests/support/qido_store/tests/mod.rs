//! The servers, as the facts describe them.

use super::dictionary::vr_of;
use super::rows::text_of;
use super::{Answer, Data, Store, preset};
use serde_json::{Value, json};
use std::collections::BTreeSet;

mod orthanc;
mod servers;

/// study|patient|name|date|time|accession|description|modality[|more tags]
const ARCHIVE: &str = "1.1|SAMEID|LEAP^SECOND|20161231|235960|AC80|Head CT|CT
1.2|sameid|leap^second|20240101|000000|ac80|HEAD ct|SR
1.3|JP 1|Yamada^Tarou=山田^太郎=やまだ^たろう|20231231|10|A,3|Thorax, lateral|MR
1.4|A&B|Müller^Jörg||12|A+B|Knee*left|PT
1.5|A|Doe^John^M|20240102|1015|A5|Abdomen Abd|CT
1.5|A|Doe^John^M|20240102|1015|A5|Abdomen Abd|KO
1.6|P6|DOE|20240103||A6|Skull|DX
1.7|X1|Twin^One|20240110|120000|T1|Twin|CT
1.7|X2|Twin^Two|20240110|120000|T2|Twin|MR";

fn data(line: &str, n: usize) -> Data {
    let p: Vec<&str> = line.split('|').collect();
    let mut d = Data::new();
    let mut put = |tag: &str, text: &str| {
        let value = match vr_of(tag) {
            _ if text.is_empty() => json!({"vr": vr_of(tag)}),
            "PN" => {
                let g: Vec<&str> = text.split('=').collect();
                let mut name = json!({"Alphabetic": g[0]});
                if g.len() > 2 {
                    name["Ideographic"] = json!(g[1]);
                    name["Phonetic"] = json!(g[2]);
                }
                json!({"vr": "PN", "Value": [name]})
            }
            vr => json!({"vr": vr, "Value": [text]}),
        };
        d.insert(tag.to_owned(), value);
    };
    put("0020000D", p[0]);
    put("00100020", p[1]);
    put("00100010", p[2]);
    if !p[3].is_empty() {
        put("00080020", p[3]);
    }
    if !p[4].is_empty() {
        put("00080030", p[4]);
    }
    put("00080050", p[5]);
    put("00081030", p[6]);
    put("00080060", p[7]);
    put("0020000E", &format!("{}.{}", p[0], p[7].len() + n));
    put("00080018", &format!("{}.9.{n}", p[0]));
    put("00200011", &n.to_string());
    put("00100021", &format!("ISS{n}"));
    put("00080016", "1.2.840.1");
    d.insert(
        "00400275".to_owned(),
        json!({"vr": "SQ", "Value": [
            {"00400009": {"vr": "SH", "Value": [format!("S{n}")]}, "00401001": {"vr": "SH", "Value": ["R1"]},
             "00080050": {"vr": "SH", "Value": ["RA"]}},
            {"00400009": {"vr": "SH", "Value": ["other"]}, "00401001": {"vr": "SH", "Value": ["R2"]}}]}),
    );
    d
}
fn store() -> Store {
    Store { instances: ARCHIVE.lines().enumerate().map(|(n, l)| data(l, n)).collect() }
}
fn rows(a: &Answer) -> Vec<Value> {
    if a.body.is_empty() { vec![] } else { serde_json::from_str(&a.body).unwrap() }
}
/// The last numbers of the study UIDs, sorted; or the status.
fn found(id: &str, query: &str) -> String {
    let a = store().get("/studies", query, &preset(id, 0));
    if a.status >= 400 {
        return a.status.to_string();
    }
    let mut out: Vec<String> =
        rows(&a).iter().map(|r| text_of(r.as_object().unwrap(), "0020000D").trim_start_matches("1.").to_owned()).collect();
    out.sort();
    out.join(" ")
}
fn at(id: &str, path: &str, query: &str) -> Answer {
    store().get(path, query, &preset(id, 0))
}
const O: &str = "orthanc-1.10";
const R: &str = "orthanc-1.10-debian";
const N: &str = "orthanc-1.12";
const D: &str = "dcm4chee-arc-5";
const G: &str = "google-healthcare";
const Z: &str = "azure-dicom-v1";
const W: &str = "aws-healthimaging";
const K: &str = "kheops";
const S: &str = "static-dicomweb";
const B: &str = "ps3.18-baseline";
const EVERY: &str = "1 2 3 4 5 6 7 7";

/// The safe keys of an unknown server are never refused and never lose a row.
#[test]
fn unknown_keeps_the_safe_keys() {
    let mut bodies = BTreeSet::new();
    for seed in 0..300 {
        let mut f = preset("unknown", seed);
        (f.default_limit, f.max_limit) = ([None; 3], [None; 3]);
        for (q, uid) in [
            ("PatientID=A%26B", "1.4"),
            ("AccessionNumber=A%2C3", "1.3"),
            ("StudyInstanceUID=1.5", "1.5"),
            ("StudyDate=20240101-20240102", "1.2"),
            ("StudyDate=20240102-", "1.6"),
            ("StudyDate=-20161231", "1.1"),
        ] {
            let a = store().get("/studies", q, &f);
            assert_eq!(a.status, 200, "{seed} {q} {}", a.body);
            assert!(rows(&a).iter().any(|r| text_of(r.as_object().unwrap(), "0020000D") == uid), "{seed} {q}");
        }
        bodies.insert(store().get("/studies", "PatientID=SAMEID", &f).body);
    }
    assert!(bodies.len() > 10);
}
/// Paging to the end sees every row, on every preset.
#[test]
fn pages_reach_every_row() {
    for id in ["unknown", B, R, O, N, D, G, Z, "azure-dicom-v2", W, K, S] {
        for seed in 0..100 {
            let f = preset(id, seed);
            let (mut seen, mut offset) = (BTreeSet::new(), 0);
            for _ in 0..50 {
                let page = rows(&store().get("/studies", &format!("limit=2&offset={offset}"), &f));
                if page.is_empty() {
                    break;
                }
                offset += page.len();
                seen.extend(page.iter().map(|r| text_of(r.as_object().unwrap(), "0020000D")));
                if f.no_paging {
                    break;
                }
            }
            assert_eq!(seen.len(), 7, "{id} {seed}");
        }
    }
}
