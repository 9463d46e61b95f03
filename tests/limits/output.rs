//! `limits.output_bytes`: a text that has as many bytes is ended, and what it lacks is counted.

use crate::shapes::list;
use fhir_dicomweb::{LossReport, Options, Release, Study, dicom, fhir};
use serde_json::Value;

/// A study of 4 series of 3 instances each.
fn study() -> Study {
    let row = |n: usize| {
        format!(
            r#"{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"00100020":{{"vr":"LO","Value":["P1"]}},"0020000E":{{"vr":"UI","Value":["1.2.{}"]}},"00080018":{{"vr":"UI","Value":["1.3.{n}"]}},"00080060":{{"vr":"CS","Value":["CT"]}}}}"#,
            n / 3
        )
    };
    dicom::read(format!("[{}]", list(12, row)).as_bytes(), &Options::default()).unwrap().ignore_loss().remove(0)
}

fn limited(bytes: usize) -> Options {
    let mut options = Options::default();
    options.limits.output_bytes = bytes as u64;
    options
}

/// How many fields are counted as left out.
fn left_out(loss: &LossReport) -> u64 {
    loss.iter().filter(|loss| loss.code.name() == "limit-output-bytes").map(|loss| loss.count).sum()
}

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap()
}

/// Rows of each level, through each way to write them.
#[test]
fn rows() {
    type Way = fn(&Study, dicom::Rows, &Options, &mut Vec<u8>) -> LossReport;
    let ways: [Way; 3] = [
        |study, rows, options, out| {
            let written = dicom::write(study, rows, options);
            out.extend_from_slice(written.value.as_str().as_bytes());
            written.loss
        },
        dicom::write_into,
        |study, rows, options, out| dicom::write_with(study, rows, &dicom::Select::all(), options, out),
    ];
    let study = study();
    for (rows, many) in [(dicom::Rows::Series, 4), (dicom::Rows::Instances, 12), (dicom::Rows::Metadata, 12)] {
        let whole = dicom::write(&study, rows, &Options::default());
        assert_eq!((json(whole.value.as_str().as_bytes()).as_array().unwrap().len(), left_out(&whole.loss)), (many, 0));
        // The last row begins at the comma in front of its brace.
        let last = whole.value.as_str().rfind(",{\"00080").unwrap();
        for way in ways {
            for (limit, expected) in [(u32::MAX as usize, many), (last + 1, many), (last, many - 1), (1, 1), (0, 0)] {
                // What stood there before is no output of ours.
                let mut out = b"[1]".to_vec();
                let loss = way(&study, rows, &limited(limit), &mut out);
                assert_eq!(json(&out[3..]).as_array().unwrap().len(), expected, "{rows:?} {limit}");
                assert_eq!(left_out(&loss) == 0, expected == many, "{rows:?} {limit}");
                assert_eq!(loss.carried() + loss.counted(), study.leaves(), "{rows:?} {limit}: every field is carried or told\n{loss}");
            }
        }
    }
    // The row of a study is one.
    let one = dicom::write(&study, dicom::Rows::Study, &limited(0));
    assert_eq!((json(one.value.as_str().as_bytes()).as_array().unwrap().len(), left_out(&one.loss)), (1, 0));
}

/// A study, its series and instances.
#[test]
fn a_study() {
    let study = study();
    let listed = |text: &[u8]| {
        let value = json(text);
        let series = value["series"].as_array().cloned().unwrap_or_default();
        (series.len(), series.iter().map(|one| one["instance"].as_array().map_or(0, Vec::len)).sum::<usize>())
    };
    for release in Release::ALL {
        let whole = fhir::write(&study, release, &Options::default()).value.into_string();
        let [last_series, last_instance] = [",{\"uid\":\"1.2.3\"", ",{\"uid\":\"1.3.11\""].map(|text| whole.rfind(text).unwrap());
        for (limit, expected) in
            [(whole.len(), (4, 12)), (last_instance + 1, (4, 12)), (last_instance, (4, 11)), (last_series, (3, 9)), (0, (0, 0))]
        {
            let options = limited(limit);
            let mut out = b"{}".to_vec();
            for (text, loss) in
                [(fhir::write(&study, release, &options).value.into_string().into_bytes(), fhir::write(&study, release, &options).loss), {
                    let loss = fhir::write_into(&study, release, &options, &mut out);
                    (out[2..].to_vec(), loss)
                }]
            {
                assert_eq!(listed(&text), expected, "{release} {limit}");
                assert_eq!(left_out(&loss) == 0, expected == (4, 12), "{release} {limit}");
                assert_eq!(loss.carried() + loss.counted(), study.leaves(), "{release} {limit}: every field is carried or told\n{loss}");
            }
        }
    }
}

/// A Bundle: the study that does not fit is a match, and is told.
#[test]
fn a_bundle() {
    let studies = vec![study(); 5];
    for release in Release::ALL {
        let whole = fhir::bundle(&studies, release, &Options::default()).value.into_string();
        let entries = whole.find("\"entry\":[").unwrap() + "\"entry\":[".len();
        let last = whole.rfind(",{\"fullUrl\"").unwrap() - entries;
        for (limit, expected) in [(whole.len(), 5), (last + 1, 5), (last, 4), (0, 0)] {
            let written = fhir::bundle(&studies, release, &limited(limit));
            let bundle = json(written.value.as_str().as_bytes());
            assert_eq!(
                (bundle["entry"].as_array().map_or(0, Vec::len), &bundle["total"]),
                (expected, &Value::from(5)),
                "{release} {limit}"
            );
            assert_eq!(left_out(&written.loss), (5 - expected) as u64 * studies[0].leaves(), "{release} {limit}");
        }
    }
}

/// However much would be written, little more than the limit is: 2,000 series that all repeat what 2,000 requests say of their study.
#[test]
fn what_repeats_is_bounded() {
    let row = |n: usize| {
        format!(
            r#"{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"0020000E":{{"vr":"UI","Value":["1.2.{n}"]}},"00080060":{{"vr":"CS","Value":["M{n}"]}},"00400275":{{"vr":"SQ","Value":[{{"00401001":{{"vr":"SH","Value":["R{n}"]}}}}]}}}}"#
        )
    };
    let text = format!("[{}]", list(2_000, row));
    let study = dicom::read(text.as_bytes(), &Options::default()).unwrap().ignore_loss().remove(0);
    let written = dicom::write(&study, dicom::Rows::Series, &limited(1 << 20));
    let len = written.value.as_str().len();
    assert!((1 << 20..2 << 20).contains(&len), "{len}");
    assert!(left_out(&written.loss) > 0);
    assert_eq!(written.loss.carried() + written.loss.counted(), study.leaves());
}
