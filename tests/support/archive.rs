//! Archives and queries out of entropy, for the law exact-search: what servers find hard to match, and what is asked of it.

use super::generate::Choices;
use super::qido_store::{Data, Store};
use fhir_dicomweb::{Accession, Options, Zone};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An archive.
pub struct Archive {
    pub store: Store,
    /// The studies of which something is stored otherwise than DICOM wants.
    pub dirty: BTreeSet<String>,
}

/// What some de-identifiers make of a UID: DICOM does not allow it.
pub const ODD_UID: &str = "a1b2-c3d4";

const UIDS: [&str; 5] = ["1.2.1", "1.2.2", "1.2.3", "2.25.7", ODD_UID];

const PATIENTS: [&str; 14] =
    ["P1", "p1", "P2", "P10", "A,3", "RT*01?", "RTx01y", "DE-4711/0815", "A&B=C", "MRN 1", "A#B", "A%2C3", "ÅSE-1", "A\u{30a}SE-1"];

const ACCESSIONS: [&str; 8] = ["A1", "a1", "A,B C", "1.2.1", "A*", "Ax", "A+B", "MÜ-1"];

/// Longer than SH allows, as it is met.
const LONG: &str = "ACC-2024-0000000001";

const NAMES: [&str; 5] = ["Doe^Jane", "DOE^JANE", "M\u{fc}ller^J\u{f6}rg", "Mu\u{308}ller^Jorg", "O'Neill^Ann"];

fn text(vr: &str, value: &str) -> Value {
    json!({"vr": vr, "Value": [value]})
}

/// What is read of an identifier: a backslash divides values.
fn first(patient: &str) -> &str {
    patient.split('\\').next().unwrap_or(patient).trim()
}

/// One in eight archives is dirty.
pub fn archive(c: &mut Choices<'_>) -> Archive {
    let wants_dirt = c.rarely(8);
    let mut dirty = BTreeSet::new();
    let mut instances = Vec::new();
    let mut met: Vec<(&str, Option<String>)> = Vec::new();
    let count = 1 + c.below(5);
    for n in 0..count {
        // A UID may be met again, under another patient.
        let uid = if c.rarely(6) { c.pick(&UIDS) } else { UIDS[n % UIDS.len()] };
        let mut study = Data::new();
        study.insert("0020000D".into(), text("UI", uid));
        let mut patient = c.pick(&PATIENTS).to_owned();
        // One number that two issuers gave.
        if c.rarely(3) {
            patient = "P1".into();
        }
        if wants_dirt && c.rarely(3) {
            patient = c.pick(&[format!(" {patient}").as_str(), "B\\7"]).to_owned();
            dirty.insert(uid.to_owned());
        }
        let is_named = !c.rarely(10);
        // One study of one patient has one of everything: a UID that is met again has another patient.
        let same = |(known, who): &(&str, Option<String>)| {
            *known == uid && (who.is_none() || !is_named || who.as_deref() == Some(first(&patient)))
        };
        if met.iter().any(same) {
            continue;
        }
        met.push((uid, is_named.then(|| first(&patient).to_owned())));
        if is_named {
            study.insert("00100020".into(), text("LO", &patient));
            if c.rarely(2) {
                study.insert("00100021".into(), text("LO", c.pick(&["ISS1", "ISS2", "LOCAL"])));
            }
        }
        study.insert("00100010".into(), json!({"vr": "PN", "Value": [{"Alphabetic": c.pick(&NAMES)}]}));
        if !c.rarely(5) {
            study.insert("00080050".into(), text("SH", c.pick(&ACCESSIONS)));
        }
        if wants_dirt && c.rarely(3) {
            study.insert("00080050".into(), text("SH", LONG));
            dirty.insert(uid.to_owned());
        }
        if !c.rarely(4) {
            let mut date = c.pick(&["20240114", "20240113", "20240115", "20231231", "20240101", "20240229"]).to_owned();
            if wants_dirt && c.rarely(3) {
                date = format!("{}.{}.{}", &date[..4], &date[4..6], &date[6..]);
                dirty.insert(uid.to_owned());
            }
            study.insert("00080020".into(), text("DA", &date));
            if c.rarely(5) {
                // One instant, on three days: 2024-01-14T10:15:30Z.
                let (date, time, offset) =
                    c.pick(&[("20240115", "001530", "+1400"), ("20240113", "221530", "-1200"), ("20240114", "101530", "+0000")]);
                study.insert("00080020".into(), text("DA", date));
                study.insert("00080030".into(), text("TM", time));
                study.insert("00080201".into(), text("SH", offset));
            } else if !c.rarely(3) {
                study.insert("00080030".into(), text("TM", c.pick(&["10", "1015", "101530", "235959.9", "000000", "2330"])));
            }
        }
        if !study.contains_key("00080201") && c.rarely(2) {
            study.insert("00080201".into(), text("SH", c.pick(&["+0100", "-0500", "+1400", "-1200", "+0000"])));
        }
        if !c.rarely(3) {
            study.insert("00100040".into(), text("CS", c.pick(&["M", "F", "O"])));
            study.insert("00100030".into(), text("DA", c.pick(&["19700101", "19800229"])));
        }
        if c.rarely(3) {
            study.insert("00200010".into(), text("SH", c.pick(&["S1", "A1", "7"])));
        }
        if c.rarely(4) {
            study.insert("00380010".into(), text("LO", c.pick(&["V1", "v1"])));
        }
        let uids = (n, uid);
        for s in 0..1 + c.below(2) {
            let mut series = study.clone();
            series
                .insert("0020000E".into(), text("UI", &format!("{}.{}.{s}", if uids.1.starts_with('a') { "1.9" } else { uids.1 }, uids.0)));
            let mut modality = c.pick(&["CT", "MR", "SR", "PT"]);
            if wants_dirt && c.rarely(4) {
                modality = "ct";
                dirty.insert(uid.to_owned());
            }
            series.insert("00080060".into(), text("CS", modality));
            if c.rarely(2) {
                series.insert("00180015".into(), text("CS", c.pick(&["CHEST", "HEAD"])));
            }
            for i in 0..1 + c.below(2) {
                let mut instance = series.clone();
                let series_uid = instance["0020000E"]["Value"][0].as_str().unwrap().to_owned();
                instance.insert("00080018".into(), text("UI", &format!("{series_uid}.{i}")));
                instance.insert("00080016".into(), text("UI", c.pick(&["1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"])));
                instances.push(instance);
            }
        }
    }
    Archive { store: Store { instances }, dirty }
}

/// Options that change what is emitted, and so what matches.
pub fn policy(c: &mut Choices<'_>) -> Options {
    let mut options = Options::default();
    options.namespaces = vec![("ISS1".into(), "urn:a".into()), ("ISS2".into(), "urn:b".into())];
    options.accession = c.pick(&[Accession::Release, Accession::Identifier, Accession::BasedOn, Accession::Both]);
    if c.rarely(3) {
        options.zone = Zone::Fixed(c.pick(&["+01:00", "-05:00", "+00:00"]).parse().unwrap());
    }
    if c.rarely(4) {
        options.study_id_system = Some("urn:x".into());
    }
    options
}

/// A value as a query writes it: escaped, and percent-encoded.
fn written(value: &str) -> String {
    let escaped: String = value.chars().flat_map(|ch| if ",|$\\".contains(ch) { vec!['\\', ch] } else { vec![ch] }).collect();
    encoded(&escaped)
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-._~".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// A query, most of whose values are in archives.
pub fn query(c: &mut Choices<'_>) -> String {
    let clause = |c: &mut Choices<'_>| {
        let patients = |c: &mut Choices<'_>| {
            let system = c.pick(&["", "", "|", "urn:a|", "urn:b|"]);
            let patient = if c.rarely(4) { c.pick(&["P1", "B", "B\\7"]) } else { c.pick(&PATIENTS) };
            [encoded(system), written(patient)].concat()
        };
        let days = |c: &mut Choices<'_>| {
            let prefix = c.pick(&["", "", "ge", "le", "gt", "lt", "sa", "eb", "ap", "ne"]);
            let date = c.pick(&[
                "2024-01-14",
                "2024-01",
                "2024",
                "2023-12-31",
                "2024-01-14T10:15:30Z",
                "2024-01-14T23:30:00-05:00",
                "2024-01-15T00:00:00+14:00",
                "2024-01-14T10:15",
                "2024-01-13T23:15:30.5+01:00",
                "2024-02-29",
                "2024-01-14T00:00:00",
            ]);
            [prefix.to_owned(), encoded(date)].concat()
        };
        let (name, value): (&str, fn(&mut Choices<'_>) -> String) = match c.below(17) {
            0 | 1 => ("patient.identifier", patients),
            2 => ("patient:identifier", patients),
            3 => ("patient", |c| c.pick(&["Patient/1", "Patient/2", "Device/1", "Patient/3"]).to_owned()),
            4..=6 => ("started", days),
            7 => ("modality", |c| {
                encoded(c.pick(&["CT", "MR", "ct", "SR", "http://dicom.nema.org/resources/ontology/DCM|CT", "|ct", "urn:q|CT"]))
            }),
            8 => ("identifier", |c| {
                let value = c.pick(&ACCESSIONS);
                let plain = c.pick(&["", "", "|", "urn:x|"]);
                [encoded(plain), written(value)].concat()
            }),
            9 => ("identifier", |c| {
                let uid = c.pick(&UIDS);
                encoded(&[c.pick(&["urn:dicom:uid|urn:oid:", "urn:oid:", "", "urn:dicom:uid|"]), uid].concat())
            }),
            10 => ("identifier", |_| LONG.to_owned()),
            11 => ("_id", |c| c.pick(&UIDS).to_owned()),
            12 => ("series", |c| c.pick(&["1.2.1.0.0", "1.2.2.1.0", "1.2.2.1.1", "urn%3Aoid%3A1.2.1.0.1", "1.9.4.0", "*"]).to_owned()),
            13 => ("instance", |c| c.pick(&["1.2.1.0.0.0", "1.2.2.1.0.1", "1.2.2.1.1.0"]).to_owned()),
            14 => ("dicom-class", |c| encoded(c.pick(&["urn:oid:1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"]))),
            15 => {
                let name = c.pick(&[
                    "patient.family",
                    "patient.gender",
                    "patient.birthdate",
                    "encounter:identifier",
                    "bodysite",
                    "modality:not",
                    "patient.name",
                    "started:missing",
                    "identifier:missing",
                    "identifier:of-type",
                ]);
                let value: fn(&mut Choices<'_>) -> String = match name {
                    "patient.gender" => |c| c.pick(&["male", "female", "other", "unknown", "M"]).to_owned(),
                    "patient.birthdate" => |c| c.pick(&["1970", "lt1975-01-01", "1980-02-29"]).to_owned(),
                    "encounter:identifier" => |c| c.pick(&["V1", "v1"]).to_owned(),
                    "bodysite" => |c| c.pick(&["51185008", "69536005"]).to_owned(),
                    "modality:not" => |c| c.pick(&["CT", "SR"]).to_owned(),
                    "identifier:of-type" => {
                        |c| [encoded("http://terminology.hl7.org/CodeSystem/v2-0203|ACSN|"), written(c.pick(&ACCESSIONS))].concat()
                    }
                    "started:missing" | "identifier:missing" => |c| c.pick(&["true", "false"]).to_owned(),
                    _ => |c| encoded(c.pick(&["doe", "Doe", "muller", "M\u{fc}ller", "oneill", "jane"])),
                };
                (name, value)
            }
            _ => ("modality", |c| c.pick(&["CT", "MR", "SR", "PT"]).to_owned()),
        };
        // Dates of birth are no OR of ours; one value is the rule.
        let values: Vec<String> = (0..if name.ends_with("missing") { 1 } else { 1 + usize::from(c.rarely(3)) }).map(|_| value(c)).collect();
        format!("{name}={}", values.join(","))
    };
    (0..1 + c.below(3)).map(|_| clause(c)).collect::<Vec<_>>().join("&")
}
