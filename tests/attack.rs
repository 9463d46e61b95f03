//! What a hostile reviewer found: each is a promise that did not hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "attack/dropped.rs"]
mod dropped;
#[path = "attack/history.rs"]
mod history;
#[path = "attack/hollow.rs"]
mod hollow;
#[path = "attack/identities.rs"]
mod identities;
#[path = "attack/issuers.rs"]
mod issuers;
#[path = "attack/lists.rs"]
mod lists;
#[path = "attack/names.rs"]
mod names;
#[path = "attack/needed.rs"]
mod needed;
#[path = "attack/nowhere.rs"]
mod nowhere;
#[path = "attack/reading.rs"]
mod reading;
#[path = "attack/records.rs"]
mod records;
#[path = "attack/references.rs"]
mod references;
#[path = "attack/resources.rs"]
mod resources;
#[path = "attack/said.rs"]
mod said;
#[path = "attack/schemes.rs"]
mod schemes;
#[path = "attack/searching.rs"]
mod searching;
#[path = "attack/shared.rs"]
mod shared;
#[path = "attack/strangers.rs"]
mod strangers;
#[path = "attack/systems.rs"]
mod systems;
#[path = "attack/whose.rs"]
mod whose;

use fhir_dicomweb::{Endpoints, Id, Options, Release, Service, Study, Subject, dicom, fhir};

fn studies(rows: &[String]) -> Vec<Study> {
    dicom::read(format!("[{}]", rows.join(",")).as_bytes(), &Options::default()).unwrap().ignore_loss()
}

fn row(uid: &str, more: &str) -> String {
    format!(r#"{{"0020000D":{{"vr":"UI","Value":["{uid}"]}}{more}}}"#)
}

/// The id that the caller gives is no study's UID, although it may look like that of one of them.
#[test]
fn a_given_id_stands_in_every_full_url() {
    let mut options = Options::default();
    (options.id, options.fhir_base) = (Id::Given("1.2.2".into()), Some("https://f".into()));
    let bundle = fhir::bundle(&studies(&["1.2.1", "1.2.2", "1.2.3", "1.2.4"].map(|uid| row(uid, ""))), Release::R4, &options).ignore_loss();
    assert_eq!(bundle.as_str().matches(r#""fullUrl":"https://f/ImagingStudy/1.2.2","#).count(), 4, "{bundle}");
}

/// So many that whoever compares each with each takes minutes.
const MANY: usize = 100_000;

fn list(item: impl Fn(usize) -> String) -> String {
    (0..MANY).map(item).collect::<Vec<_>>().join(",")
}

#[test]
fn many_modalities_take_no_time_to_write() {
    let codes = list(|n| format!("\"M{n}\""));
    let study = &studies(&[row("1.2.3", &format!(r#","00080061":{{"vr":"CS","Value":[{codes}]}}"#))])[0];
    for rows in [dicom::Rows::Study, dicom::Rows::Series] {
        dicom::write(study, rows, &Options::default()).ignore_loss();
    }
    let written = dicom::write(study, dicom::Rows::Study, &Options::default());
    assert!(written.loss.is_empty() && written.value.as_str().contains(&format!("[{codes}]")));
}

#[test]
fn many_values_that_are_too_long_take_no_time_to_write() {
    let long = "x".repeat(65);
    let code = |n: usize| {
        format!(
            r#"{{"00080100":{{"vr":"SH","Value":["C{n}"]}},"00080102":{{"vr":"SH","Value":["99X"]}},"00080104":{{"vr":"LO","Value":["{long}"]}}}}"#
        )
    };
    let study = &studies(&[row("1.2.3", &format!(r#","00081032":{{"vr":"SQ","Value":[{}]}}"#, list(code)))])[0];
    let written = dicom::write(study, dicom::Rows::Study, &Options::default());
    let losses: Vec<_> = written.loss.iter().map(|loss| (loss.code.name(), loss.count)).collect();
    assert_eq!(losses, [("too-long", MANY as u64)]);
}

/// A limit that is no limit must not cost the stack.
#[test]
fn depth_is_bounded_whatever_the_limit() {
    let mut options = Options::default();
    options.limits.depth = u32::MAX;
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let nested = |depth: usize| [open.repeat(depth), "1".into(), close.repeat(depth)].concat();
        for (depth, code) in [(200, None), (1_000_000, Some("json-depth"))] {
            let nested = nested(depth);
            for member in
                [r#"{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00080050":{"vr":"SH","Value":["#, r#"{"00091001":{"vr":"SQ","Value":["#]
            {
                let text = [member, &nested, "]}}"].concat();
                assert_eq!(dicom::read(text.as_bytes(), &options).err().map(|error| error.code()), code);
                assert_eq!(dicom::read_plainly(text.as_bytes(), &options, &mut |_| {}).err().map(|error| error.code()), code);
            }
            for member in ["note", "series", "contained", "subject"] {
                let text = [r#"{"resourceType":"ImagingStudy",""#, member, "\":", &nested, "}"].concat();
                assert_eq!(fhir::read(text.as_bytes(), Release::R5, &options).err().map(|error| error.code()), code, "{member}");
                assert_eq!(fhir::read_plainly(text.as_bytes(), Release::R5, &options, &mut |_| {}).err().map(|error| error.code()), code);
            }
        }
    }
}

/// What stands behind `/bulkdata/` is text of a URL.
#[test]
fn views_show_no_text_of_a_url() {
    let url = fhir_dicomweb::url::parse("https://h/studies/1.2/series/1.3/instances/1.4/bulkdata/CANARY/7").unwrap();
    let shown = format!("{:?} {:?} {:?}", url, url.resource, url.resource.view());
    assert!(shown.contains("bulkdata") && !shown.contains("CANARY"), "{shown}");
}

/// An option that is an empty string is no option: FHIR has no empty strings, and an identifier without system is of no system.
#[test]
fn empty_options_say_nothing() {
    let empty = || Some(String::new());
    let mut options = Options::default();
    (options.study_id_system, options.patient_namespace, options.fhir_base) = (empty(), empty(), empty());
    (options.id, options.subject) = (Id::Given(String::new()), Subject::Reference(String::new()));
    options.namespaces = vec![("RIS".into(), String::new())];
    options.schemes = vec![("99X".into(), String::new())];
    let more = r#","00200010":{"vr":"SH","Value":["7"]},"00100020":{"vr":"LO","Value":["P1"]},"00100021":{"vr":"LO","Value":["RIS"]},
        "00081032":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["C"]},"00080102":{"vr":"SH","Value":["99X"]},"00080104":{"vr":"LO","Value":["m"]}}]}"#;
    for release in Release::ALL {
        let study = studies(&[row("1.2.3", more)]);
        let bundle = fhir::bundle(&study, release, &options).ignore_loss();
        assert!(!bundle.as_str().contains(":\"\"") && bundle.as_str().contains(r#""fullUrl":"urn:oid:1.2.3""#), "{bundle}");
        // Nobody's subject is still written, as absent.
        let nobody = fhir::write(&studies(&[row("1.2.3", "")])[0], release, &options).ignore_loss();
        assert!(nobody.as_str().contains("\"subject\":{\"extension\""), "{nobody}");
    }
    let text = r#"{"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"},{"value":"7"}]}"#;
    let read = |options: &Options| fhir::read(text.as_bytes(), Release::R4, options).unwrap();
    let (one, other) = (read(&options), read(&Options::default()));
    assert_eq!(one.loss, other.loss);
    assert_eq!(one.value[0].get(fhir_dicomweb::row::STUDY_ID), other.value[0].get(fhir_dicomweb::row::STUDY_ID));
}

/// Copies of an instance fill each other field by field, whichever comes first.
#[test]
fn copies_fill_the_title_of_an_instance() {
    let title = r#""00420010":{"vr":"ST","Value":["Letter"]}"#;
    let label = r#""00700080":{"vr":"CS","Value":["LABEL"]}"#;
    let copy = |said: &str| {
        row("1.2.3", &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.3.1"]}},"00080018":{{"vr":"UI","Value":["1.2.3.1.1"]}},{said}"#))
    };
    for copies in [[title, label], [label, title]] {
        let rows = copies.map(copy);
        let read = dicom::read(format!("[{}]", rows.join(",")).as_bytes(), &Options::default()).unwrap();
        assert!(!read.loss.iter().any(|loss| loss.code.name() == "conflict"), "{}", read.loss);
        let written = dicom::write(&read.value[0], dicom::Rows::Instances, &Options::default()).ignore_loss();
        assert!(copies.iter().all(|said| written.as_str().contains(said)), "{written}");
    }
}

/// A service that is named twice has one Endpoint.
#[test]
fn services_have_an_endpoint_each() {
    let mut options = Options::default();
    options.services = vec![Service::WadoRs, Service::QidoRs, Service::WadoRs];
    options.endpoint_base = Some("https://h/dicom-web".into());
    for endpoints in [Endpoints::Contained, Endpoints::Bundle, Endpoints::BundleContained] {
        options.endpoints = endpoints;
        let bundle = fhir::bundle(&studies(&[row("1.2.3", "")]), Release::R4, &options).ignore_loss();
        assert_eq!(bundle.as_str().matches(r#""resourceType":"Endpoint""#).count(), 2, "{bundle}");
        assert_eq!(bundle.as_str().matches(r#"{"reference":"#).count(), 2, "{bundle}");
    }
}

/// The study's RetrieveURL is that of the Endpoint that retrieves, wherever it stands; the address of another service is told, though it is the same.
#[test]
fn endpoints_stand_in_any_order() {
    let endpoint = |id: &str, code: &str| {
        format!(
            r#"{{"resourceType":"Endpoint","id":"{id}","status":"active","connectionType":{{"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"{code}"}},"address":"https://h/dicom-web"}}"#
        )
    };
    let (wado, qido) = (endpoint("w", "dicom-wado-rs"), endpoint("q", "dicom-qido-rs"));
    for (contained, first, second) in [([&wado, &qido], "w", "q"), ([&qido, &wado], "q", "w")] {
        let text = format!(
            r##"{{"resourceType":"ImagingStudy","contained":[{},{}],"identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}}],"status":"available","subject":{{"reference":"Patient/1"}},"endpoint":[{{"reference":"#{first}"}},{{"reference":"#{second}"}}]}}"##,
            contained[0], contained[1]
        );
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        let told = read.loss.iter().filter(|loss| loss.code.name() == "no-attribute" && loss.at.to_string().contains("address"));
        assert_eq!(told.map(|loss| loss.count).sum::<u64>(), 1, "{}", read.loss);
        let url = read.value[0].get(fhir_dicomweb::row::RETRIEVE_URL).unwrap();
        assert_eq!(url.url, "https://h/dicom-web/studies/1.2.3");
    }
}

/// The service is that of the first coding that names one, and an extension's code is no coding.
#[test]
fn an_endpoint_is_read_alike_alone_and_with_its_study() {
    let other = r#"{"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"hl7-fhir-rest"}"#;
    let extension = r#""extension":[{"url":"https://h/x","valueCoding":{"code":"dicom-stow-rs"}}],"#;
    let wado =
        format!(r#"{{{extension}"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"dicom-wado-rs"}}"#);
    let study = format!(
        r##"{{"resourceType":"ImagingStudy","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}}],"endpoint":[{{"reference":"#e"}}],"contained":[{{"resourceType":"Endpoint","id":"e","status":"active","address":"https://h","connectionType":{{{extension}"system":"urn:y","code":"dicom-qido-rs"}}}}]}}"##
    );
    // Of several services it is the one that retrieves, in every way in, whichever comes first.
    let qido = wado.replace("dicom-wado-rs", "dicom-qido-rs");
    for both in [format!("{qido},{wado}"), format!("{wado},{qido}")] {
        let endpoint = format!(
            r#"{{"resourceType":"Endpoint","id":"e","status":"active","address":"https://h","connectionType":[{{"coding":[{both}]}}]}}"#
        );
        let text = format!(
            r##"{{"resourceType":"ImagingStudy","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}}],"endpoint":[{{"reference":"#e"}}],"contained":[{endpoint}]}}"##
        );
        assert_eq!(fhir::read_endpoint(endpoint.as_bytes()).unwrap().service, Some(Service::WadoRs));
        let read = fhir::read(text.as_bytes(), Release::R5, &Options::default()).unwrap();
        assert!(read.value[0].get(fhir_dicomweb::row::RETRIEVE_URL).is_some(), "{}", read.loss);
        assert_eq!(fhir_dicomweb::url::retrievals(text.as_bytes(), &Options::default()).unwrap().gets.len(), 1);
    }
    let study = study.replace("dicom-stow-rs", "dicom-wado-rs");
    assert!(fhir_dicomweb::url::retrievals(study.as_bytes(), &Options::default()).unwrap().gets.is_empty());
    for connection in
        [wado.clone(), format!(r#"[{{"coding":[{other},{wado}]}}]"#), format!(r#"[{{"coding":[{other}]}},{{"coding":[{wado}]}}]"#)]
    {
        let text = format!(r#"{{"resourceType":"Endpoint","address":"https://h","connectionType":{connection}}}"#);
        assert_eq!(fhir::read_endpoint(text.as_bytes()).unwrap().service, Some(Service::WadoRs), "{text}");
    }
}

/// What one attribute says is no part of another row's fact, however the name of the attribute that it says it with is written.
#[test]
fn facts_of_two_attributes_are_no_others() {
    let values = |tag: &str, vr: &str, value: &str| format!(r#""{tag}":{{"vr":"{vr}","Value":[{value}]}}"#);
    let issuer = |n: usize| format!(r#"{{"00400031":{{"vr":"UT","Value":["I{n}"]}}}}"#);
    let person = |n: usize| {
        format!(
            r#"{{"00401101":{{"vr":"SQ","Value":[{{"00080100":{{"vr":"SH","Value":["P{n}"]}},"00080102":{{"vr":"SH","Value":["99X"]}},"00080104":{{"vr":"LO","Value":["M"]}}}}]}}}}"#
        )
    };
    for escaped in [true, false] {
        let tag = |plain: &str| if escaped { format!("{}\\u003{}", &plain[..7], &plain[7..]) } else { plain.to_owned() };
        let facts: Vec<Box<dyn Fn(usize) -> String>> = vec![
            Box::new(|k| values("00080020", "DA", r#"" 20240114""#) + "," + &values(&tag("00080030"), "TM", &format!("\"10101{k}\""))),
            Box::new(|k| values("00080050", "SH", r#"" A""#) + "," + &values(&tag("00080051"), "SQ", &issuer(k))),
            Box::new(|k| {
                values("00100020", "LO", r#"" P""#)
                    + ","
                    + &values(&tag("00100024"), "SQ", &format!(r#"{{"00400032":{{"vr":"UT","Value":["1.2.{k}"]}}}}"#))
            }),
            Box::new(|k| values("00080090", "PN", r#"{"Alphabetic":" A"}"#) + "," + &values(&tag("00080096"), "SQ", &person(k))),
            Box::new(|k| values("00080020", "DA", r#"" 20240114""#) + "," + &values(&tag("00080201"), "SH", &format!("\"+0{k}00\""))),
        ];
        for fact in facts {
            let rows: Vec<String> =
                [1, 2, 1, 1, 2, 2, 1].iter().enumerate().map(|(n, said)| row(&format!("1.2.{n}"), &[",", &fact(*said)].concat())).collect();
            let together = studies(&rows);
            for (one, alone) in together.iter().zip(rows.iter().map(|row| studies(std::slice::from_ref(row)))) {
                let text = |study: &Study| dicom::write(study, dicom::Rows::Study, &Options::default()).ignore_loss().into_string();
                assert_eq!(text(one), text(&alone[0]));
            }
        }
    }
}

/// A body part is written as a code of SNOMED CT, and comes back as itself whatever else the caller calls that system.
#[test]
fn body_parts_come_back_whatever_the_schemes() {
    let series = |more: &str| row("1.2.3", &[r#","0020000E":{"vr":"UI","Value":["1.2.3.1"]},"#, more].concat());
    let term = r#""00180015":{"vr":"CS","Value":["HEAD"]}"#;
    // What PS3.16 Annex L has for HEAD, under the caller's name.
    let code = r#""00082218":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["69536005"]},"00080102":{"vr":"SH","Value":["99X"]},"00080104":{"vr":"LO","Value":["Head"]}}]}"#;
    let mut options = Options::default();
    options.schemes = vec![("99X".into(), "http://snomed.info/sct".into())];
    for release in Release::ALL {
        for (said, collapses) in [(term, false), (code, true)] {
            let there = fhir::write(&studies(&[series(said)])[0], release, &options);
            let back = fhir::read(there.value.as_str().as_bytes(), release, &options).unwrap().ignore_loss();
            let again = dicom::write(&back[0], dicom::Rows::Series, &options).ignore_loss();
            assert!(again.as_str().contains(term), "{again}");
            assert_eq!(there.loss.iter().any(|loss| loss.code.name() == "alias-collapsed"), collapses, "{}", there.loss);
        }
    }
}

/// A type with white space around it is read alike by every way in.
#[test]
fn types_are_trimmed_everywhere() {
    let options = Options::default();
    for (text, code) in [
        (r#"{"resourceType":" ImagingStudy ","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}]}"#, None),
        (
            r#"{"resourceType":" ImagingStudy ","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"endpoint":[{"reference":"Endpoint/1"}]}"#,
            None,
        ),
        (r#"{"resourceType":"Imaging Study"}"#, Some("other-resource")),
        (r#"{"resourceType":" "}"#, Some("not-fhir")),
        (r#"{"resourceType":7}"#, Some("other-resource")),
        (r#"{"id":"x"}"#, Some("not-fhir")),
    ] {
        let fast = fhir::read(text.as_bytes(), Release::R4, &options).map(|read| read.value.len());
        let plain = fhir::read_plainly(text.as_bytes(), Release::R4, &options, &mut |_| {}).map(|read| read.value.len());
        let retrieved = fhir_dicomweb::url::retrievals(text.as_bytes(), &options).map(|_| ());
        assert_eq!(fast.as_ref().err().map(|error| error.code()), code, "{text}");
        assert_eq!(plain.as_ref().err().map(|error| error.code()), code, "{text}");
        assert_eq!(retrieved.as_ref().err().map(|error| error.code()), code, "{text}");
        assert_eq!(fast.ok(), plain.ok());
    }
}

/// Rows and entries that repeat are read as each of them alone would be.
fn as_alone(rows: &[String]) {
    let text = format!("[{}]", rows.join(","));
    let fast = dicom::read(text.as_bytes(), &Options::default()).unwrap();
    let plain = dicom::read_plainly(text.as_bytes(), &Options::default(), &mut |_| {}).unwrap();
    assert_eq!(fast.loss.carried(), plain.loss.carried(), "{text}");
    for (one, other) in fast.value.iter().zip(&plain.value) {
        for rows in [dicom::Rows::Study, dicom::Rows::Instances] {
            let written = |study| dicom::write(study, rows, &Options::default()).ignore_loss().into_string();
            assert_eq!(written(one), written(other), "{text}");
        }
    }
}

/// A copy that fills one instance's title fills no other's.
#[test]
fn titles_are_each_instances_own() {
    let instance = |n: usize, title: &str| {
        row("1.2", &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.3"]}},"00080018":{{"vr":"UI","Value":["1.2.3.{n}"]}},{title}"#))
    };
    let (label, letter) = (r#""00700080":{"vr":"CS","Value":["LABEL"]}"#, r#""00420010":{"vr":"ST","Value":["Letter"]}"#);
    let mut rows: Vec<String> = (1..6).map(|n| instance(n, label)).collect();
    rows.push(instance(4, letter));
    as_alone(&rows);
}

/// An attribute that is there and says nothing is not remembered with what another says.
#[test]
fn empty_attributes_say_nothing_of_others() {
    let code = r#"{"00401101":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["P1"]},"00080102":{"vr":"SH","Value":["99X"]},"00080104":{"vr":"LO","Value":["M"]}}]}}"#;
    let name = r#","00080090":{"vr":"PN","Value":[{"Alphabetic":"A","Ideographic":"B"}]}"#;
    let empty = r#","00080090":{"vr":"PN"}"#;
    let identified = format!(r#"{empty},"0008009\u0036":{{"vr":"SQ","Value":[{code}]}}"#);
    let rows = ["", &identified, &identified, name, name, empty, &identified, name, empty];
    as_alone(&rows.iter().enumerate().map(|(n, more)| row(&format!("1.2.{n}"), more)).collect::<Vec<_>>());
}

/// One element makes facts of several rows: what was remembered of one of them is none of another's.
#[test]
fn elements_of_one_name_are_of_several_rows() {
    let request = |code: &str| {
        format!(
            r#"[{{"type":"ServiceRequest","identifier":{{"type":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"{code}"}}]}},"value":"A\/1"}}}}]"#
        )
    };
    let named = r#"[{"type":"ServiceRequest","display":"CT chest"}]"#.to_owned();
    let (placer, filler) = (request("PLAC"), request("FILL"));
    for release in [Release::R4, Release::R5] {
        for order in [
            [&placer, &placer, &filler, &placer, &placer, &filler],
            [&named, &named, &filler, &named, &filler, &placer],
            [&placer, &placer, &named, &placer, &named, &filler],
        ] {
            let study = |(n, based): (usize, &&String)| {
                format!(
                    r#"{{"resourceType":"ImagingStudy","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}}],"status":"available","subject":{{"identifier":{{"value":"P1"}},"display":"A^B"}},"basedOn":{based}}}"#
                )
            };
            let text = order.iter().enumerate().map(study).collect::<Vec<_>>().join("\n");
            let options = Options::default();
            let fast = fhir::read(text.as_bytes(), release, &options).unwrap();
            let plain = fhir::read_plainly(text.as_bytes(), release, &options, &mut |_| {}).unwrap();
            assert_eq!(fast.loss.carried(), plain.loss.carried(), "{text}");
            for (one, other) in fast.value.iter().zip(&plain.value) {
                let written = |study| {
                    dicom::write(study, dicom::Rows::Study, &options).ignore_loss().into_string()
                        + dicom::write(study, dicom::Rows::Metadata, &options).ignore_loss().as_str()
                };
                assert_eq!(written(one), written(other), "{text}");
            }
        }
    }
}

/// A series that several texts have is one, of which one is allowed.
#[test]
fn the_same_series_counts_once() {
    let mut options = Options::default();
    options.limits.series = 1;
    options.limits.instances = 3;
    let text = |instance: usize| {
        let of = format!(r#","0020000E":{{"vr":"UI","Value":["1.2.1"]}},"00080018":{{"vr":"UI","Value":["1.2.1.{instance}"]}}"#);
        format!("[{}]", row("1.2", &of))
    };
    let reader = |text: &str| {
        let mut reader = dicom::Reader::new(options.clone());
        reader.push(text.as_bytes()).unwrap();
        reader
    };
    let mut all = dicom::Reader::new(options.clone());
    for n in 0..3 {
        all.append(reader(&text(n))).unwrap();
    }
    assert_eq!(all.append(reader(&text(9))).unwrap_err().code(), "limit-instances");
    let mut all = dicom::Reader::new(options.clone());
    all.append(reader(&text(1))).unwrap();
    let other = format!("[{}]", row("1.2", r#","0020000E":{"vr":"UI","Value":["1.2.2"]}"#));
    assert_eq!(all.append(reader(&other)).unwrap_err().code(), "limit-series");
}

/// What one report has beyond its 1,024 losses is in all that it joins.
#[test]
fn losses_beyond_a_report_are_counted_in_others() {
    let members: String = (0..1_100).map(|n| format!(r#","zz{n}":"x""#)).collect();
    let text = format!(
        r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}],"subject":{{"display":"A"}}{members}}}"#
    );
    let read = fhir::read(text.as_bytes(), Release::R5, &Options::default()).unwrap();
    let mut all = fhir_dicomweb::LossReport::default();
    all.merge(&read.loss);
    assert_eq!(all.counted(), read.loss.counted());
    assert!(all.counted() >= 1_100 && all.iter().any(|loss| loss.code.name() == "more-losses"));
}
