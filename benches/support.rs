//! Inputs from a seeded generator: DICOM JSON as servers answer it, compact, with the usual attributes.

#![allow(dead_code)]

use std::fmt::Write;

/// QIDO-RS study rows.
pub fn study_rows(studies: usize) -> String {
    let rows: Vec<String> = (0..studies)
        .map(|n| {
            format!(
                r#"{{"00080005":{{"vr":"CS","Value":["ISO_IR 192"]}},"00080020":{{"vr":"DA","Value":["2024{:02}{:02}"]}},"00080030":{{"vr":"TM","Value":["{:02}{:02}30.123"]}},"00080050":{{"vr":"SH","Value":["A{n:07}"]}},"00080056":{{"vr":"CS","Value":["ONLINE"]}},"00080061":{{"vr":"CS","Value":["CT","SR"]}},"00080090":{{"vr":"PN","Value":[{{"Alphabetic":"Quinn^Harper{}"}}]}},"00080201":{{"vr":"SH","Value":["+0100"]}},"00081030":{{"vr":"LO","Value":["CT head {}"]}},"00081190":{{"vr":"UR","Value":["https://pacs.example.org/dicom-web/studies/2.999.1.{n}"]}},"00100010":{{"vr":"PN","Value":[{{"Alphabetic":"Sample^Sam{n}"}}]}},"00100020":{{"vr":"LO","Value":["P{n:06}"]}},"00100021":{{"vr":"LO","Value":["HOSPITAL"]}},"00100030":{{"vr":"DA","Value":["19700101"]}},"00100040":{{"vr":"CS","Value":["F"]}},"0020000D":{{"vr":"UI","Value":["2.999.1.{n}"]}},"00200010":{{"vr":"SH","Value":["{n}"]}},"00201206":{{"vr":"IS","Value":[{}]}},"00201208":{{"vr":"IS","Value":[{}]}}}}"#,
                1 + n % 12, 1 + n % 28, n % 24, n % 60, n % 17, n % 5, 1 + n % 9, 10 + n % 90
            )
        })
        .collect();
    format!("[{}]", rows.join(","))
}

/// QIDO-RS instance rows of one study, series after series.
pub fn instance_rows(series: usize, instances: usize) -> String {
    let mut text = String::from("[");
    for s in 0..series {
        for i in 0..instances {
            if text.len() > 1 {
                text.push(',');
            }
            write!(
                text,
                r#"{{"00080005":{{"vr":"CS","Value":["ISO_IR 192"]}},"00080016":{{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]}},"00080018":{{"vr":"UI","Value":["2.999.2.1.{s}.{i}"]}},"00080020":{{"vr":"DA","Value":["20240114"]}},"00080030":{{"vr":"TM","Value":["132230"]}},"00080050":{{"vr":"SH","Value":["A4711"]}},"00080056":{{"vr":"CS","Value":["ONLINE"]}},"00080060":{{"vr":"CS","Value":["CT"]}},"00080090":{{"vr":"PN","Value":[{{"Alphabetic":"Quinn^Harper"}}]}},"00080201":{{"vr":"SH","Value":["+0100"]}},"0008103E":{{"vr":"LO","Value":["axial {s}"]}},"00081190":{{"vr":"UR","Value":["https://pacs.example.org/dicom-web/studies/2.999.2.1/series/2.999.2.1.{s}/instances/2.999.2.1.{s}.{i}"]}},"00100010":{{"vr":"PN","Value":[{{"Alphabetic":"Sample^Sam"}}]}},"00100020":{{"vr":"LO","Value":["P1"]}},"00100030":{{"vr":"DA","Value":["19700101"]}},"00100040":{{"vr":"CS","Value":["F"]}},"0020000D":{{"vr":"UI","Value":["2.999.2.1"]}},"0020000E":{{"vr":"UI","Value":["2.999.2.1.{s}"]}},"00200010":{{"vr":"SH","Value":["1"]}},"00200011":{{"vr":"IS","Value":[{}]}},"00200013":{{"vr":"IS","Value":[{}]}},"00280010":{{"vr":"US","Value":[512]}},"00280011":{{"vr":"US","Value":[512]}},"00280100":{{"vr":"US","Value":[16]}}}}"#,
                s + 1, i + 1
            )
            .unwrap();
        }
    }
    text + "]"
}
