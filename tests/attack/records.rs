//! Records: whose they are, what dates them, what options make of them there and back.

use super::row;
use fhir_dicomweb::search::{self, Handling, Verdict};
use fhir_dicomweb::{Endpoints, Limits, Options, Practitioners, Release, Study, Subject, dicom, fhir};

fn read(rows: &[String], options: &Options) -> Vec<Study> {
    dicom::read(format!("[{}]", rows.join(",")).as_bytes(), options).unwrap().ignore_loss()
}

/// Who issued an id is the same in every spelling, and of no id it is nobody.
#[test]
fn one_patient_in_every_spelling() {
    let issuer = |id: &str, universal: &str, kind: &str| {
        let sequence = format!(r#"{{"00400032":{{"vr":"UT","Value":["{universal}"]}},"00400033":{{"vr":"CS","Value":["{kind}"]}}}}"#);
        row("1.2", &format!(r#","00100020":{{"vr":"LO","Value":[{id}]}},"00100024":{{"vr":"SQ","Value":[{sequence}]}}"#))
    };
    let local = |id: &str, issuer: &str| {
        row("1.2", &format!(r#","00100020":{{"vr":"LO","Value":[{id}]}},"00100021":{{"vr":"LO","Value":[{issuer}]}}"#))
    };
    let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    for [one, other] in [
        [issuer(r#""P""#, uuid, "UUID"), issuer(r#""P""#, &uuid.to_uppercase(), "UUID")],
        [issuer(r#""P""#, uuid, "UUID"), issuer(r#""P""#, &format!("urn:uuid:{uuid}"), "URI")],
        [issuer(r#""P""#, "2.999.1", "ISO"), issuer(r#""P""#, "urn:oid:2.999.1", "URI")],
        [local("", r#""A""#), local("", "")],
        [local(r#""X\\Y""#, r#""A""#), local(r#""X\\Y""#, r#""B""#)],
    ] {
        let studies = read(&[one.clone(), other.clone()], &Options::default());
        assert!(studies.len() == 1 && !studies[0].is_patient_conflict(), "{one} {other}");
    }
}

/// The offset of a data set dates the times of that data set.
#[test]
fn no_time_is_dated_by_another_rows_offset() {
    let series = |more: &str| row("1.2", &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.1"]}},{more}"#));
    let own = series(r#""00080021":{"vr":"DA","Value":["20240101"]},"00080031":{"vr":"TM","Value":["110000"]}"#);
    let step = series(
        r#""00400244":{"vr":"DA","Value":["20240102"]},"00400245":{"vr":"TM","Value":["100000"]},"00080201":{"vr":"SH","Value":["+0100"]}"#,
    );
    let again = series(
        r#""00080021":{"vr":"DA","Value":["20240101"]},"00080031":{"vr":"TM","Value":["110000"]},"00080201":{"vr":"SH","Value":["+0100"]}"#,
    );
    let text = |rows: &[&String]| {
        let rows: Vec<&str> = rows.iter().map(|row| row.as_str()).collect();
        let read = dicom::read(format!("[{}]", rows.join(",")).as_bytes(), &Options::default()).unwrap();
        let written = fhir::write(&read.value[0], Release::R4, &Options::default()).value;
        (written.as_str().contains("11:00:00+01:00"), read.loss.iter().any(|loss| loss.code.name() == "conflict"))
    };
    assert_eq!(text(&[&own, &step]), (false, true));
    assert_eq!(text(&[&step, &own]), (false, true));
    assert_eq!(text(&[&own, &again]), (true, false));
}

/// A time that is not selected has no part in the offset that is written.
#[test]
fn offsets_are_those_of_the_times_that_are_written() {
    let day = |date: &str, time: &str, hour: &str| {
        format!(r#","{date}":{{"vr":"DA","Value":["20240101"]}},"{time}":{{"vr":"TM","Value":["{hour}"]}}"#)
    };
    let written = |rows: &[String]| {
        let study = &read(rows, &Options::default())[0];
        let mut out = Vec::new();
        let loss = dicom::write_with(study, dicom::Rows::Series, &dicom::Select::of("StudyDescription"), &Options::default(), &mut out);
        (String::from_utf8(out).unwrap(), loss)
    };
    let study = row("1.2", &(day("00080020", "00080030", "100000") + r#","00080201":{"vr":"SH","Value":["+0100"]}"#));
    let of_series = |offset: &str| {
        row("1.2", &(r#","0020000E":{"vr":"UI","Value":["1.2.1"]}"#.to_owned() + &day("00080021", "00080031", "120000") + offset))
    };
    let (text, loss) = written(&[study.clone(), of_series("")]);
    assert!(text.contains(r#""00080201":{"vr":"SH","Value":["+0100"]}"#), "{text}");
    assert!(!loss.iter().any(|loss| loss.code.name() == "offset-unused"), "{loss}");
    let offset = r#","00080201":{"vr":"SH","Value":["+0200"]}"#;
    let (text, loss) = written(&[study, of_series(offset)]);
    assert!(text.contains("+0100") && !loss.iter().any(|loss| loss.code.name() == "offset-changed"), "{text} {loss}");
    let (text, loss) = written(&[of_series(offset)]);
    assert!(!text.contains("+0200") && loss.iter().any(|loss| loss.code.name() == "not-selected"), "{text} {loss}");
}

/// What broke the rules in one text breaks them in all that it joins.
#[test]
fn a_strict_reader_hears_of_what_it_joins() {
    let options = &mut Options::default();
    options.strict = true;
    let reader = |text: &str| {
        let mut reader = dicom::Reader::new(options.clone());
        reader.push(text.as_bytes()).map(|()| reader)
    };
    let whole = reader(&format!("[{},1]", row("1.2", ""))).and_then(dicom::Reader::finish);
    let joined = reader(&format!("[{}]", row("1.3", ""))).and_then(|mut one| {
        let other = reader(&format!("[{},1]", row("1.2", "")))?;
        one.append(other)?;
        one.finish()
    });
    assert!(whole.is_err() && joined.is_err());
}

/// Systems under another URI than the one that is written for them are told, also of people; of two URIs of one name the first alone is its.
#[test]
fn other_uris_are_told() {
    let referrer = |system: &str| {
        format!(
            r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}],"subject":{{"identifier":{{"system":"{system}","value":"P1"}}}},"referrer":{{"identifier":{{"system":"{system}","value":"7"}}}}}}"#
        )
    };
    let codes = |system: &str, options: &Options| -> Vec<&'static str> {
        let read = fhir::read(referrer(system).as_bytes(), Release::R4, options).unwrap();
        read.loss.iter().map(|loss| loss.code.name()).collect()
    };
    assert!(codes("http://radlex.org", &Options::default()).contains(&"other-system"));
    assert!(!codes("http://www.radlex.org", &Options::default()).contains(&"other-system"));
    let options = &mut Options::default();
    options.namespaces = vec![("A".into(), "urn:u1".into()), ("A".into(), "urn:u2".into())];
    let study = &fhir::read(referrer("urn:u2").as_bytes(), Release::R4, options).unwrap().value[0];
    let again = fhir::write(study, Release::R4, options).value;
    assert!(again.as_str().contains("urn:u2") && !again.as_str().contains("urn:u1"), "{again}");
}

/// On a server that leaves issuers out, whoever is not to be there may be the one without.
#[test]
fn who_is_left_out_where_issuers_are() {
    let judge = |query: &str, more: &str| {
        let query = search::parse(query, Release::R4, Handling::Strict, &Limits::default()).unwrap();
        let plan = search::plan(&query, &"orthanc-1.10".parse::<search::Server>().unwrap(), &Options::default()).unwrap();
        plan.residual().judge(&read(&[row("1.2", &format!(r#","00100020":{{"vr":"LO","Value":["P1"]}}{more}"#))], &Options::default())[0])
    };
    assert_eq!(judge("patient.identifier:not=urn:oid:2.999|P1", ""), Verdict::No);
    assert_eq!(judge("patient.identifier:not=urn:oid:2.999|P1", r#","00100021":{"vr":"LO","Value":["B"]}"#), Verdict::No);
    assert_eq!(judge("patient.identifier:not=urn:oid:2.999|P2", ""), Verdict::Yes);
    assert_eq!(judge("patient.identifier=P1", ""), Verdict::Yes);
}

/// A parameter has its own targets, and only references have chains.
#[test]
fn bare_ids_are_of_the_parameters_own_types() {
    let printed =
        |query: &str, release: Release| search::parse(query, release, Handling::Strict, &Limits::default()).map(|query| query.to_string());
    assert_eq!(printed("reason-reference=1", Release::R6).unwrap(), "reason-reference=Condition/1");
    assert_eq!(printed("body-structure=1", Release::R5).unwrap(), "body-structure=BodyStructure/1");
    let endpoint =
        |query: &str| search::parse_endpoint(query, Release::R5, Handling::Strict, &Limits::default()).map(|query| query.to_string());
    assert_eq!(endpoint("organization=1").unwrap(), "organization=Organization/1");
    assert!(endpoint("organization:Organization=1").is_ok() && endpoint("status.connection-type=dicom-wado-rs").is_err());
    for reference in ["patient=..", "patient=Patient/..", "patient=.", "patient=Patient/12/$everything"] {
        assert!(printed(reference, Release::R4).is_err(), "{reference}");
    }
}

/// A reference that leads to what says nothing is lost, and told.
#[test]
fn references_to_nothing_are_told() {
    let study = |more: &str| {
        format!(
            r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}]{more}}}"#
        )
    };
    for (element, type_) in [
        ("subject", "Patient"),
        ("referrer", "Practitioner"),
        ("encounter", "Encounter"),
        ("basedOn", "ServiceRequest"),
        ("endpoint", "Endpoint"),
    ] {
        let reference = r##"{"reference":"#x"}"##;
        let value = if matches!(element, "basedOn" | "endpoint") { format!("[{reference}]") } else { reference.to_owned() };
        let text = study(&format!(r#","contained":[{{"resourceType":"{type_}","id":"x"}}],"{element}":{value}"#));
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        let at: Vec<String> = read.loss.iter().filter(|loss| loss.code.name() == "no-attribute").map(|loss| loss.at.to_string()).collect();
        assert!(at.contains(&format!("ImagingStudy.{element}.reference")), "{element}: {}", read.loss);
    }
}

/// Each study's server is its own, whatever the Endpoints are called; and an Endpoint that a study refers to finds it.
#[test]
fn endpoints_are_of_the_studies_that_refer_to_them() {
    use fhir_dicomweb::{EndpointAddress, Endpoints};
    let url = |uid: &str, base: &str| row(uid, &format!(r#","00081190":{{"vr":"UR","Value":["{base}/studies/{uid}"]}}"#));
    let options = &mut Options::default();
    (options.trust_retrieve_url, options.endpoints) = (true, Endpoints::BundleContained);
    let series = row("1.2.3", r#","0020000E":{"vr":"UI","Value":["1.2.3.1"]}"#);
    let studies = read(&[url("1.2.3", "https://one/dw"), url("1.2.4", "https://two/dw"), series], options);
    let text = fhir::bundle(&studies, Release::R4, options).value;
    let back = fhir::read(text.as_str().as_bytes(), Release::R4, options).unwrap().value;
    for (study, base) in back.iter().zip(["https://one/dw", "https://two/dw"]) {
        assert!(study.get(fhir_dicomweb::row::RETRIEVE_URL).unwrap().url.starts_with(base), "{text}");
    }
    (options.endpoints, options.fhir_base) = (Endpoints::Bundle, Some("https://f/r".into()));
    (options.endpoint_base, options.endpoint_address) = (Some("https://x/dw".into()), EndpointAddress::Study);
    for series_endpoints in [false, true] {
        options.series_endpoints = series_endpoints;
        let study = &studies[..1];
        let text = fhir::bundle(study, Release::R4, options).value;
        let ids: std::collections::BTreeSet<&str> =
            text.as_str().split(r#""reference":"Endpoint/"#).skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(ids.len(), if series_endpoints { 2 } else { 1 }, "{text}");
        for (id, expected) in ids.iter().map(|id| (*id, Verdict::Yes)).chain([("nothing", Verdict::No)]) {
            let mut query = search::parse(&format!("endpoint=Endpoint/{id}"), Release::R4, Handling::Strict, &Limits::default()).unwrap();
            query.resolve(&format!("Endpoint/{id}"), &[(None, id)]);
            assert_eq!(query.residual(options).unwrap().judge(&study[0]), expected, "{id}");
        }
    }
}

/// Of identifiers that differ in a prefix alone each is looked for.
#[test]
fn identifiers_alike_are_each_looked_for() {
    let study = &read(&[row("1.2", r#","00100020":{"vr":"LO","Value":["P1"]}"#)], &Options::default())[0];
    for own in [["urn:oid:P1", "P1"], ["P1", "urn:oid:P1"]] {
        let others: Vec<String> = (0..20).map(|n| format!("d{n}")).collect();
        let all: Vec<(Option<&str>, &str)> = others.iter().map(String::as_str).chain(own).map(|value| (None, value)).collect();
        let mut query = search::parse("patient=Patient/1", Release::R4, Handling::Strict, &Limits::default()).unwrap();
        query.resolve("Patient/1", &all);
        assert_eq!(query.residual(&Options::default()).unwrap().judge(study), Verdict::Yes, "{own:?}");
    }
}

/// Whoever issues a number is named by all of the names that are said: one of them in common makes no patient of two.
#[test]
fn issuers_are_told_apart_by_both_names() {
    let of = |series: usize, local: &str, universal: &str| {
        let local = if local.is_empty() { String::new() } else { format!(r#","00100021":{{"vr":"LO","Value":["{local}"]}}"#) };
        let sequence = format!(r#"{{"00400032":{{"vr":"UT","Value":["{universal}"]}},"00400033":{{"vr":"CS","Value":["ISO"]}}}}"#);
        let universal = if universal.is_empty() { String::new() } else { format!(r#","00100024":{{"vr":"SQ","Value":[{sequence}]}}"#) };
        row(
            "1.2",
            &format!(r#","0020000E":{{"vr":"UI","Value":["1.2.{series}"]}},"00100020":{{"vr":"LO","Value":["P1"]}}{local}{universal}"#),
        )
    };
    for (pairs, records) in [
        (vec![("A", "2.999.1"), ("A", "2.999.2")], 2),
        (vec![("A", "2.999.1"), ("B", "2.999.1")], 2),
        (vec![("A", "2.999.1"), ("A", "2.999.1")], 1),
        (vec![("A", ""), ("A", "2.999.1")], 1),
        (vec![("", "2.999.1"), ("A", "2.999.1")], 1),
        (vec![("A", ""), ("", "2.999.1"), ("A", "2.999.1")], 1),
        (vec![("A", ""), ("", "2.999.1")], 2),
        (vec![("A", ""), ("A", "2.999.1"), ("A", "2.999.2")], 3),
    ] {
        for turn in 0..pairs.len() {
            let mut pairs = pairs.clone();
            pairs.rotate_left(turn);
            let rows: Vec<String> = pairs.iter().enumerate().map(|(n, (local, universal))| of(n, local, universal)).collect();
            let studies = read(&rows, &Options::default());
            assert_eq!((studies.len(), studies[0].is_patient_conflict()), (records, records > 1), "{pairs:?}");
        }
    }
    let subject = |series: usize, system: &str| {
        format!(
            r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}],"subject":{{"identifier":{{"system":"{system}","value":"P1","assigner":{{"display":"MRN"}}}}}},"series":[{{"uid":"1.2.{series}"}}]}}"#
        )
    };
    let text = format!("{}\n{}", subject(1, "http://a/mrn"), subject(2, "http://b/mrn"));
    assert_eq!(fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap().value.len(), 2);
    // Nor does a character that divides nothing.
    let stranger = |series: usize, id: &str| {
        format!(
            r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}],"subject":{{"reference":"Patient/{id}"}},"series":[{{"uid":"1.2.{series}"}}]}}"#
        )
    };
    let text = format!("{}\n{}", stranger(1, "7"), stranger(2, "7\\u0000x"));
    let found = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
    assert!(found.value[0].series().count() == 1 && found.loss.iter().any(|loss| loss.code.name() == "patient-conflict"), "{}", found.loss);
}

/// A reference that is said a thousand times is said once.
#[test]
fn references_again_and_again_take_no_time() {
    let study = &read(&[row("1.2", r#","00100020":{"vr":"LO","Value":["P1"]}"#)], &Options::default())[0];
    let clause = format!("patient={}", vec!["1"; 1_000].join(","));
    let mut query = search::parse(&vec![clause; 100].join("&"), Release::R4, Handling::Strict, &Limits::default()).unwrap();
    let numbers: Vec<String> = (0..1_000).map(|n| format!("N{n}")).collect();
    query.resolve("Patient/1", &numbers.iter().map(|number| (None, &**number)).collect::<Vec<_>>());
    let start = std::time::Instant::now();
    assert_eq!(query.residual(&Options::default()).unwrap().judge(study), Verdict::No);
    let plan = search::plan(&query, &search::servers::orthanc_1_12(), &Options::default()).unwrap();
    assert!(start.elapsed().as_secs() < 20, "{} requests", plan.requests().len());
}

/// No VR whose values a backslash divides holds one: UC does not either (PS3.5 Table 6.2-1).
#[test]
fn a_long_code_has_no_backslash() {
    let text = r#"{"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2"}],"status":"available","subject":{"display":"A"},"procedureCode":[{"coding":[{"system":"http://loinc.org","code":"c\\d","display":"D"}]}]}"#;
    let study = &fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap().value[0];
    let written = dicom::write(study, dicom::Rows::Study, &Options::default());
    assert!(!written.value.as_str().contains(r"c\\d"), "{}", written.value);
    assert!(written.loss.iter().any(|loss| loss.at.to_string().contains("/00081032") && !loss.code.is_carried()), "{}", written.loss);
}

/// What stands in resources of the Bundle is told where there is none.
#[test]
fn what_needs_a_bundle_is_told() {
    let more = r#","00100020":{"vr":"LO","Value":["P1"]},"00100040":{"vr":"CS","Value":["F"]},"00080090":{"vr":"PN","Value":[{"Alphabetic":"Ref^A"}]},"00081190":{"vr":"UR","Value":["https://h/d/studies/1.2"]}"#;
    let study = &read(&[row("1.2", more)], &Options::default())[0];
    let mut options = Options::default();
    (options.subject, options.practitioners, options.endpoints) = (Subject::Separate, Practitioners::Separate, Endpoints::Bundle);
    options.trust_retrieve_url = true;
    for release in Release::ALL {
        let alone = fhir::write(study, release, &options);
        let at: Vec<String> =
            alone.loss.iter().filter(|loss| loss.code.name() == "needs-resource").map(|loss| loss.at.to_string()).collect();
        assert_eq!(at.len(), 4, "{at:?}");
        assert_eq!(alone.loss.carried() + alone.loss.counted(), study.leaves(), "{}", alone.loss);
        let bundle = fhir::bundle(std::slice::from_ref(study), release, &options);
        assert!(bundle.loss.is_empty(), "{}", bundle.loss);
    }
}

/// What rows below a study do not write of its URL is told.
#[test]
fn urls_that_series_do_not_have_are_told() {
    for (url, is_lost) in [("https://h/d/studies/1.2", false), ("https://h/d/studies/1.2.4", true), ("https://h/d/studies/1.2?x=1", true)] {
        let rows = [
            row("1.2", &format!(r#","00081190":{{"vr":"UR","Value":["{url}"]}}"#)),
            row("1.2", r#","0020000E":{"vr":"UI","Value":["1.2.1"]}"#),
        ];
        let study = &read(&rows, &Options::default())[0];
        let written = dicom::write(study, dicom::Rows::Series, &Options::default());
        let is_told = written.loss.iter().any(|loss| loss.at.to_string().starts_with("/00081190"));
        assert_eq!((is_told, !written.value.as_str().contains("https://h/d")), (is_lost, is_lost), "{url}: {}", written.loss);
    }
}

/// What a place, a visit or a device is said to be, it is; what agrees contradicts nothing.
#[test]
fn elements_hold_what_they_are_for() {
    let rows = |more: &str| {
        let text = format!(
            r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}],"subject":{{"display":"A^B"}}{more}}}"#
        );
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        let written = dicom::write(&read.value[0], dicom::Rows::Series, &Options::default()).value;
        let study = dicom::write(&read.value[0], dicom::Rows::Study, &Options::default()).value;
        (format!("{study}{written}"), read.loss)
    };
    for (more, word) in [
        (r#","location":{"type":"Patient","display":"Bob"}"#, "Bob"),
        (r#","location":{"reference":"Organization/1","display":"Clinic"}"#, "Clinic"),
        (r#","encounter":{"type":"EpisodeOfCare","identifier":{"value":"E5"}}"#, "E5"),
        (
            r#","series":[{"uid":"1.2.1","performer":[{"function":{"coding":[{"code":"DEV"}]},"actor":{"reference":"Practitioner/1","display":"Dr X"}}]}]"#,
            "Dr X",
        ),
    ] {
        let (text, loss) = rows(more);
        assert!(!text.contains(word) && loss.iter().any(|loss| loss.code.name() == "no-attribute"), "{more}: {text} {loss}");
    }
    for (more, word) in [
        (r#","location":{"reference":"Location/1","display":"Room"}"#, "Room"),
        (r#","encounter":{"reference":"Encounter/1","identifier":{"value":"E5"}}"#, "E5"),
    ] {
        assert!(rows(more).0.contains(word), "{more}");
    }
}

/// Two patients are two, also where somebody chose their numbers so that a quick hash of them is one.
#[test]
fn patients_whose_numbers_collide() {
    let mut options = Options::default();
    options.subject = Subject::Separate;
    for [one, other] in
        [["JxYC5Kcu1hH7DdFEOGmyDn2x", "NVNC7DWpPB4MswFN19c0Bp6v"], ["JD8oY5vU1VI0bE80FpWS5KkCpg1z24Yi", "TB08K13SPF71gCf2D8LU9G0B69pW81ja"]]
    {
        let rows = [("1.2.1", one), ("1.2.2", other)].map(|(uid, id)| row(uid, &format!(r#","00100020":{{"vr":"LO","Value":["{id}"]}}"#)));
        let studies = read(&rows, &options);
        let bundle = fhir::bundle(&studies, Release::R4, &options).value;
        let bundle: serde_json::Value = serde_json::from_str(bundle.as_str()).unwrap();
        let patients: Vec<&serde_json::Value> = bundle["entry"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| &entry["resource"])
            .filter(|one| one["resourceType"] == "Patient")
            .collect();
        assert_eq!(patients.len(), 2, "{one} {other}");
        assert_ne!(patients[0]["id"], patients[1]["id"]);
    }
}
