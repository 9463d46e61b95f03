//! `limits.output_bytes`: a text that has as many bytes is ended, and what it lacks is counted.

use crate::shapes::list;
use fhir_dicomweb::{EndpointAddress, Endpoints, LossReport, Options, Release, Study, dicom, fhir};
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

/// Wherever the limit is, no list is written that has nothing.
#[test]
fn no_list_is_empty() {
    let study = study();
    for release in Release::ALL {
        let whole = fhir::write(&study, release, &Options::default()).value.into_string();
        for limit in 0..whole.len() {
            let written = fhir::write(&study, release, &limited(limit));
            assert!(!written.value.as_str().contains("[]"), "{release} {limit}: {}", written.value);
            assert_eq!(written.loss.carried() + written.loss.counted(), study.leaves(), "{release} {limit}");
        }
    }
}

/// A Bundle: the study that does not fit is a match, and is told; of one that fits in part the series behind are told.
#[test]
fn a_bundle() {
    let studies = vec![study(); 5];
    let listed = |entry: &Value| {
        let series = entry["resource"]["series"].as_array().cloned().unwrap_or_default();
        series.iter().map(|one| one["instance"].as_array().map_or(0, Vec::len)).sum::<usize>()
    };
    for release in Release::ALL {
        let whole = fhir::bundle(&studies, release, &Options::default()).value.into_string();
        let entries = whole.find("\"entry\":[").unwrap() + "\"entry\":[".len();
        let last = whole.rfind(",{\"fullUrl\"").unwrap() - entries;
        let last_instance = whole.rfind(",{\"uid\":\"1.3.11\"").unwrap() - entries;
        for (limit, expected, instances) in
            [(whole.len(), 5, 60), (last_instance + 1, 5, 60), (last_instance, 5, 59), (last + 1, 5, 48), (last, 4, 48), (0, 0, 0)]
        {
            let written = fhir::bundle(&studies, release, &limited(limit));
            let bundle = json(written.value.as_str().as_bytes());
            let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
            assert_eq!((entries.len(), &bundle["total"]), (expected, &Value::from(5)), "{release} {limit}");
            assert_eq!(entries.iter().map(listed).sum::<usize>(), instances, "{release} {limit}");
            assert_eq!(left_out(&written.loss) == 0, instances == 60, "{release} {limit}");
            assert_eq!(written.loss.carried() + written.loss.counted(), 5 * studies[0].leaves(), "{release} {limit}\n{}", written.loss);
        }
    }
}

/// What belongs to series, but stands before them or beside their study, is bounded as well.
#[test]
fn endpoints_of_series() {
    let study = study();
    for endpoints in [Endpoints::Contained, Endpoints::Bundle, Endpoints::BundleContained] {
        let mut options = limited(100_000);
        options.endpoint_base = Some(format!("https://h.example/{}", "a".repeat(40_000)));
        (options.endpoints, options.endpoint_address, options.series_endpoints) = (endpoints, EndpointAddress::Study, true);
        let written = fhir::bundle(core::slice::from_ref(&study), Release::R5, &options);
        let len = written.value.as_str().len();
        assert!((100_000..200_000).contains(&len) && left_out(&written.loss) > 0, "{endpoints:?}: {len}");
        // A resource alone is as long as it is.
        let alone = fhir::write(&study, Release::R5, &options);
        assert_eq!(left_out(&alone.loss) == 0, endpoints != Endpoints::Contained, "{endpoints:?}");
        assert_eq!(alone.loss.carried() + alone.loss.counted(), study.leaves());
    }
}

/// What a study that is begun says of itself stands, and so does what it refers to for that.
#[test]
fn an_endpoint_of_a_study() {
    let row = br#"{"0020000D":{"vr":"UI","Value":["1.2"]},"00100020":{"vr":"LO","Value":["P1"]}}"#;
    let study = dicom::read(row, &Options::default()).unwrap().ignore_loss().remove(0);
    for limit in [0, 20, 200, 500] {
        for subject in [fhir_dicomweb::Subject::Contained, fhir_dicomweb::Subject::Logical] {
            let mut options = limited(limit);
            (options.endpoint_base, options.subject) = (Some("https://h.example/d".into()), subject);
            let written = fhir::write(&study, Release::R5, &options);
            let resource = json(written.value.as_str().as_bytes());
            let own = resource["endpoint"][0]["reference"].as_str().unwrap().trim_start_matches('#');
            assert!(resource["contained"].as_array().unwrap().iter().any(|one| one["id"] == own), "{resource}");
        }
    }
}

/// An address that nothing can be added to is one, however many series have it, and however long it is.
#[test]
fn an_address_of_many_series() {
    let text = |series: usize, len: usize| {
        let series = list(series, |n| format!(r#"{{"uid":"2.999.1.{n}"}}"#));
        let address = "a".repeat(len);
        format!(
            r##"{{"resourceType":"ImagingStudy","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:2.999.1"}}],"status":"available","contained":[{{"resourceType":"Endpoint","id":"e","status":"active","connectionType":{{"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"dicom-wado-rs"}},"address":"https://h.example/{{{address}}}"}}],"endpoint":[{{"reference":"#e"}}],"series":[{series}]}}"##
        )
    };
    let mut options = Options::default();
    (options.trust_retrieve_url, options.series_endpoints) = (true, true);
    let text = text(2_000, 200_000);
    let study = fhir::read(text.as_bytes(), Release::R4, &options).unwrap().ignore_loss().remove(0);
    for endpoints in [Endpoints::Contained, Endpoints::Bundle, Endpoints::BundleContained] {
        options.endpoints = endpoints;
        let written = fhir::bundle(core::slice::from_ref(&study), Release::R4, &options).value.into_string();
        assert!(written.matches("aaaa/").count() <= 1 && written.len() < 1_000_000, "{endpoints:?}: {}", written.len());
        let bundle = json(written.as_bytes());
        let resource = &bundle["entry"][0]["resource"];
        assert!(!resource["endpoint"][0]["reference"].is_null());
        assert_eq!(resource["series"][1_999]["endpoint"], resource["endpoint"], "{endpoints:?}");
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
