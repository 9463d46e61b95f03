//! Who issued a patient's number: an issuer that is there and cannot be read is not the same as none, and who assigned a number tells patients apart.

use fhir_dicomweb::search::{self, Handling, Verdict};
use fhir_dicomweb::{Limits, LossReport, Mapped, Options, Release, Study, dicom, fhir, row};

const HERE: &str = "http://here";

fn options() -> Options {
    let mut options = Options::default();
    options.patient_namespace = Some(HERE.into());
    options
}

fn row_of(issuer: &str) -> String {
    format!(r#"{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"00100020":{{"vr":"LO","Value":["P1"]}}{issuer}}}"#)
}

fn resource(issuer: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}],"subject":{{"identifier":{{"value":"P1"{issuer}}}}}{more}}}"#
    )
}

fn of_rows(text: &str) -> Mapped<Vec<Study>> {
    dicom::read(text.as_bytes(), &options()).unwrap()
}

fn of_fhir(text: &str) -> Mapped<Vec<Study>> {
    fhir::read(text.as_bytes(), Release::R4, &options()).unwrap()
}

fn codes(read: &Mapped<Vec<Study>>) -> Vec<&'static str> {
    read.loss.iter().map(|loss| loss.code.name()).collect()
}

/// Whether a study is written, and found, as one of the caller's namespace.
fn is_here(study: &Study) -> bool {
    let query = search::parse("patient.identifier=http://here|P1", Release::R4, Handling::Strict, &Limits::default()).unwrap();
    let is_found = query.residual(&options()).unwrap().judge(study) == Verdict::Yes;
    for release in Release::ALL {
        let written = fhir::write(study, release, &options());
        assert_eq!(written.value.as_str().contains(r#""system":"http://here""#), is_found, "{}", written.value.as_str());
    }
    is_found
}

/// PS3.3 10.15, 10.17; HL7 v2 CX: each is something that says who issued the number, and of which nothing can be kept.
#[test]
fn an_issuer_that_is_lost_is_not_the_callers() {
    for issuer in [
        r#","00100024":{"vr":"UN","InlineBinary":"QUJD"}"#,
        r#","00100021":{"vr":"LO","BulkDataURI":"http://there/1"}"#,
        r#","00100021":{"vr":"LO","InlineBinary":"QUJD"}"#,
        r#","00100021":{"vr":"LO","Value":[true]}"#,
        r#","00100021":{"vr":"LO","Value":[{"Alphabetic":"H"}]}"#,
        r#","00100021":{"vr":"LO"},"00100024":{"vr":"SQ","BulkDataURI":"http://there/1"}"#,
        r#","00100024":{"vr":"SQ","Value":["H"]}"#,
        r#","00100021":{"vr":"LO","Value":[""],"BulkDataURI":"http://there/1"}"#,
        r#","00100024":{"vr":"SQ","Value":[{}],"InlineBinary":"QUJD"}"#,
        r#","00100024":{"vr":"SQ","Value":[{"00400035":{"vr":"CS","Value":["MR"]}},{"00400035":{"vr":"CS","Value":["PI"]}}]}"#,
        r#","00100021":{"vr":"LO","unheard":"of"}"#,
        r#","00100024":{"vr":"SQ","Value":[{"00400039":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["DE"]}}]}}]}"#,
        r#","00100024":{"vr":"SQ","Value":[{"00400033":{"vr":"CS","Value":["ISO"]}}]}"#,
        r#","00100024":{"vr":"SQ","Value":[{"00400032":{"vr":"UT","BulkDataURI":"http://there/1"},"00400033":{"vr":"CS","Value":["URI"]}}]}"#,
        r#","00100024":{"vr":"SQ","Value":[{"00400032":{"vr":"UT","Value":[7,{"x":1}]}}]}"#,
    ] {
        let read = of_rows(&row_of(issuer));
        let studies = &read.value;
        if studies[0].get(row::PATIENT_ID).unwrap().universal.is_empty() {
            assert_eq!(studies[0].get(row::PATIENT_ID).unwrap().unread, "?", "{issuer}");
        }
        assert!(!is_here(&studies[0]), "{issuer}");
        // Every way of writing tells of it, and counts it once.
        for rows in [dicom::Rows::Study, dicom::Rows::Metadata] {
            let (short, long) = (dicom::write(&studies[0], rows, &options()), dicom::write_plainly(&studies[0], rows, &options()));
            let told = |loss: &LossReport| loss.iter().map(|loss| (loss.code.name(), loss.at.to_string(), loss.count)).collect::<Vec<_>>();
            assert_eq!((told(&short.loss), short.value.as_str()), (told(&long.loss), long.value.as_str()));
        }
        let unread = !studies[0].get(row::PATIENT_ID).unwrap().unread.is_empty();
        for loss in [dicom::write(&studies[0], dicom::Rows::Study, &options()).loss, fhir::write(&studies[0], Release::R4, &options()).loss]
        {
            assert_eq!(loss.iter().any(|loss| loss.code.name() == "system-unknown" && loss.count == 1), unread, "{issuer}");
        }
        assert!(read.loss.iter().any(|loss| !loss.code.is_carried()), "{issuer}");
    }
    for issuer in [
        r#","assigner":{"reference":"Organization/there"}"#,
        r#","system":["http://there","http://elsewhere"]"#,
        r#","system":true"#,
        r#","_system":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}"#,
        r#","assigner":{"type":"Organization"}"#,
        r#","assigner":[{"display":"A"},{"display":"B"}]"#,
        r#","assigner":{"display":["A","B"]}"#,
        r#","assigner":{"identifier":{"value":["1","2"]}}"#,
        r#","assigner":{"identifier":[{"value":"1"},{"value":"2"}]}"#,
        r#","assigner":{"reference":["Organization/a","Organization/b"]}"#,
        r#","assigner":{"display":["H"],"identifier":7}"#,
        r#","assigner":{"display":{"x":"H"}}"#,
        r#","assigner":{"identifier":{"system":"http://there"}}"#,
    ] {
        let read = of_fhir(&resource(issuer, ""));
        assert!(!is_here(&read.value[0]), "{issuer}");
        if issuer.contains('[') && !issuer.contains("\"H\"") && !issuer.contains("valueCode") {
            assert_eq!(read.value[0].get(row::PATIENT_ID).unwrap().unread, "?", "{issuer}");
            assert!(codes(&read).contains(&"ambiguous-value"), "{issuer}");
        }
    }
}

/// What says nothing is no issuer.
#[test]
fn no_issuer_is_the_callers() {
    for issuer in [
        "",
        r#","00100021":{"vr":"LO"},"00100024":{"vr":"SQ"}"#,
        r#","00100021":{"vr":"LO","Value":[" "]},"00100024":{"vr":"SQ","Value":[{}]}"#,
        r#","00100021":{"vr":"LO","Value":[null]}"#,
        r#","00100024":{"vr":"SQ","Value":[{"00400035":{"vr":"CS","Value":["MR"]}}]}"#,
        r#","00100024":{"vr":"SQ","Value":[{"00400035":{"vr":"CS","BulkDataURI":"http://there/1"}}]}"#,
    ] {
        assert!(is_here(&of_rows(&row_of(issuer)).value[0]), "{issuer}");
    }
    for issuer in [
        "",
        r#","system":"http://here""#,
        r#","system":"  ""#,
        r#","_system":{"id":"x"}"#,
        r#","_system":[{"id":"x"}]"#,
        r#","assigner":{"id":"x"}"#,
        r#","assigner":[{"id":"x"}]"#,
        r#","assigner":{"identifier":{"id":"x"}}"#,
        r#","assigner":{"_display":{"id":"x"}}"#,
        r#","assigner":{}"#,
        r#","use":"usual""#,
    ] {
        assert!(is_here(&of_fhir(&resource(issuer, "")).value[0]), "{issuer}");
    }
}

/// An issuer that another row of the same number tells is his.
#[test]
fn a_lost_issuer_is_the_one_that_is_known() {
    let (lost, known) = (r#","00100021":{"vr":"LO","BulkDataURI":"http://there/1"}"#, r#","00100021":{"vr":"LO","Value":["H"]}"#);
    for rows in [[lost, known], [known, lost]] {
        let read = of_rows(&format!("[{}]", rows.map(row_of).join(",")));
        let id = read.value[0].get(row::PATIENT_ID).unwrap();
        assert_eq!((read.value.len(), id.local, id.unread), (1, "H", ""));
    }
    // Of several none can be told to be the one.
    let other = known.replace('H', "G");
    let read = of_rows(&format!("[{},{},{}]", row_of(known), row_of(&other), row_of(lost)));
    assert_eq!(read.value.len(), 2);
    assert!(codes(&read).contains(&"patient-conflict"));
}

/// FHIR Identifier: `assigner` is who issued it.
#[test]
fn who_assigned_a_number_tells_patients_apart() {
    let study = |issuer: &str, more: &str| resource(&format!(r#","assigner":{issuer}"#), more);
    let apart = |one: &str, other: &str| {
        let text = [study(one, r#","description":"A""#), study(other, r#","series":[{"uid":"1.2.1"}]"#)].join("\n");
        let read = of_fhir(&text);
        assert!(read.value.iter().all(|study| !is_here(study)), "{one} {other}");
        assert_eq!(codes(&read).contains(&"patient-conflict"), read.value.len() == 2, "{one} {other}");
        read.value.len() == 2
    };
    let reference = |id: &str| format!(r#"{{"reference":"Organization/{id}"}}"#);
    assert!(apart(&reference("a"), &reference("b")));
    assert!(!apart(&reference("a"), &reference("a")));
    assert!(!apart(&reference("a"), r#"{"reference":"Organization/a/_history/2"}"#));
    let named = |system: &str| format!(r#"{{"identifier":{{"system":"{system}","value":"1"}}}}"#);
    assert!(apart(&named("http://a"), &named("http://b")));
    assert!(!apart(&named("http://a"), &named("http://a")));
    let displayed = |id: &str| format!(r#"{{"display":"H","reference":"Organization/{id}"}}"#);
    assert!(apart(&displayed("a"), &displayed("b")));
    // Who is named by one of his names is the only one who has it.
    assert!(!apart(&displayed("a"), r#"{"display":"H"}"#));
    assert!(!apart(&displayed("a"), &reference("a")));
    assert!(apart(&displayed("a"), &reference("b")));
}

/// The Organization that a number is assigned by may be in the text: its name is the issuer's.
#[test]
fn an_assigner_that_is_there_is_named() {
    let entry = |resource: &str| format!(r#"{{"resource":{resource}}}"#);
    let bundle = |name: &str, issuer: &str| {
        let organization = format!(r#"{{"resourceType":"Organization","id":"a"{name}}}"#);
        let entries = [entry(&resource(issuer, "")), entry(&organization)].join(",");
        of_fhir(&format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}"#))
    };
    let read = bundle(r#","name":"Hospital""#, r#","assigner":{"reference":"Organization/a","display":"H"}"#);
    assert_eq!(read.value[0].get(row::PATIENT_ID).unwrap().local, "Hospital");
    assert_eq!(codes(&read), ["alternative-unused"]);
    let read = bundle("", r#","assigner":{"reference":"Organization/a"}"#);
    assert_eq!(codes(&read), ["no-attribute"]);
    assert!(!is_here(&read.value[0]));
    // One that is contained, in the study or in its patient.
    let study = |organization: &str| {
        let contained = format!(r##","contained":[{{"resourceType":"Organization","id":"o",{organization}}}]"##);
        resource(r##","assigner":{"reference":"#o"}"##, &contained)
    };
    let read = of_fhir(&study(r#""name":"Hospital""#));
    assert_eq!(read.value[0].get(row::PATIENT_ID).unwrap().local, "Hospital");
    let of = |number: &str| study(&format!(r#""identifier":[{{"system":"http://o","value":"{number}"}}]"#));
    assert_eq!(of_fhir(&[of("1"), of("2")].join("\n")).value.len(), 2);
    assert_eq!(of_fhir(&[of("1"), of("1")].join("\n")).value.len(), 1);
    let patient = r##"{"resourceType":"Patient","id":"p","identifier":[{"value":"P1","assigner":{"reference":"#o"}}],"contained":[{"resourceType":"Organization","id":"o","name":"Hospital"}]}"##;
    let study = resource("", "").replace(r#""identifier":{"value":"P1"}"#, r#""reference":"Patient/p""#);
    let read = of_fhir(&format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{},{}]}}"#, entry(&study), entry(patient)));
    assert_eq!(read.value[0].get(row::PATIENT_ID).unwrap().local, "Hospital");
}

/// Two records of one UID have two ids, whatever tells them apart.
#[test]
fn two_issuers_have_two_ids() {
    for assigner in ["{\"reference\":\"Organization/X\"}", "{\"display\":\"H\",\"reference\":\"Organization/X\"}"] {
        let study = |id: &str| resource(&format!(r#","assigner":{}"#, assigner.replace('X', id)), "");
        let read = of_fhir(&[study("a"), study("b")].join("\n"));
        let mut options = options();
        options.subject = fhir_dicomweb::Subject::Separate;
        let mut bundle = fhir::BundleWriter::new(Release::R4, &options);
        read.value.iter().for_each(|study| bundle.push(study));
        let written: serde_json::Value = serde_json::from_str(bundle.finish().value.as_str()).unwrap();
        let entries = written["entry"].as_array().unwrap();
        let urls: std::collections::BTreeSet<&str> = entries.iter().map(|entry| entry["fullUrl"].as_str().unwrap()).collect();
        assert_eq!(urls.len(), 4, "two studies, two patients: {written}");
    }
}

/// Who issued nothing is nobody.
#[test]
fn an_issuer_without_a_number() {
    for identifier in [
        r#""assigner":{"reference":"Organization/a"}"#,
        r#""value":" ","assigner":{"reference":"Organization/a","display":"H"}"#,
        r#""value":true,"assigner":{"identifier":{"system":"http://a"}}"#,
        r#""value":["1","2"],"system":["http://a","http://b"]"#,
        r#""system":true"#,
    ] {
        let read = of_fhir(&resource("", "").replace(r#""value":"P1""#, identifier));
        assert!(read.value[0].get(row::PATIENT_ID).is_none(), "{identifier}");
        let written = fhir::write(&read.value[0], Release::R4, &options());
        assert!(!written.value.as_str().contains(r#""subject":{"type""#), "{}", written.value.as_str());
        assert!(written.loss.iter().all(|loss| loss.code.name() != "system-unknown"), "{identifier}");
    }
    let read = of_rows(&row_of(r#","00100021":{"vr":"LO","BulkDataURI":"b"}"#).replace(r#""Value":["P1"]"#, r#""Value":[""]"#));
    assert!(read.value[0].get(row::PATIENT_ID).is_none());
}

/// What a Bundle contains is referred to from there, too; the id of what is contained says nothing outside.
#[test]
fn assigners_that_are_contained() {
    let patient = r##"{"resourceType":"Patient","id":"p","identifier":[{"value":"P1","assigner":{"reference":"#o"}}]}"##;
    let study = |more: &str| resource("", more).replace(r#""identifier":{"value":"P1"}"#, r##""reference":"#p""##);
    let bundle = |name: &str| {
        let organization = format!(r#"{{"resourceType":"Organization","id":"o","name":"{name}"}}"#);
        let entry = study(&format!(r#","description":"{name}""#));
        format!(
            r#"{{"resourceType":"Bundle","type":"collection","contained":[{patient},{organization}],"entry":[{{"resource":{entry}}}]}}"#
        )
    };
    let read = of_fhir(&[bundle("HospA"), bundle("HospB")].join("\n"));
    let names: Vec<&str> = read.value.iter().map(|study| study.get(row::PATIENT_ID).unwrap().local).collect();
    assert_eq!(names, ["HospA", "HospB"]);
    assert!(codes(&read).contains(&"patient-conflict"));
    // Refused, or not there: unread, both.
    for organization in
        [r#"{"resourceType":"Organization","id":"o","name":"A","implicitRules":"x"}"#, r#"{"resourceType":"Organization","id":"q"}"#]
    {
        let text = resource(r##","assigner":{"reference":"#o"}"##, &format!(r#","contained":[{organization}]"#));
        assert_eq!(of_fhir(&text).value[0].get(row::PATIENT_ID).unwrap().unread, "?");
    }
}

/// Where a system says whose number it is, the assigner's name says nothing more of who the patient is.
#[test]
fn a_system_says_whose_number_it_is() {
    let contained = r#","contained":[{"resourceType":"Organization","id":"o","name":"Hospital"}]"#;
    for system in [HERE, "http://there"] {
        let issued = |more: &str| format!(r#","system":"{system}"{more}"#);
        let text = [resource(&issued(""), ""), resource(&issued(r##","assigner":{"reference":"#o"}"##), contained)].join("\n");
        let read = of_fhir(&text);
        assert!(read.value.len() == 1 && codes(&read).iter().all(|code| *code == "no-attribute"), "{system}");
    }
    // A list of one is that one.
    let own = |system: &str| resource(&format!(r#","assigner":{{"identifier":[{{"system":"{system}","value":"1"}}]}}"#), "");
    assert_eq!(of_fhir(&[own("http://a"), own("http://b")].join("\n")).value.len(), 2);
}

/// An Organization that many refer to costs its name for each, and not all that it says (`limits.expansion`).
#[test]
fn an_organization_of_much_to_read() {
    let contact: Vec<String> = (0..2_000).map(|n| format!(r#"{{"name":{{"text":"somebody of whom nothing is read {n}"}}}}"#)).collect();
    let organization = format!(r#"{{"resource":{{"resourceType":"Organization","id":"o","name":"H","contact":[{}]}}}}"#, contact.join(","));
    let study = |n: usize| {
        let text = resource(r#","assigner":{"reference":"Organization/o"}"#, "").replace("urn:oid:1.2", &format!("urn:oid:1.2.{n}"));
        format!(r#"{{"resource":{text}}}"#)
    };
    let entries: Vec<String> = (0..2_000).map(study).chain([organization]).collect();
    let read = of_fhir(&format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(",")));
    assert_eq!(read.value.len(), 2_000);
    assert!(read.value.iter().all(|study| study.get(row::PATIENT_ID).unwrap().local == "H"));
}

/// What a Bundle contains is of the server of the study that refers to it.
#[test]
fn contained_patients_of_two_servers() {
    let page = |server: &str, more: &str| {
        let patient = r#"{"resourceType":"Patient","id":"p","identifier":[{"value":"P1","assigner":{"reference":"Organization/1"}}]}"#;
        let study = resource("", more).replace(r#""identifier":{"value":"P1"}"#, r##""reference":"#p""##);
        format!(
            r#"{{"resourceType":"Bundle","type":"searchset","contained":[{patient}],"entry":[{{"fullUrl":"{server}/ImagingStudy/1","resource":{study}}}]}}"#
        )
    };
    let two = |one: &str, other: &str| {
        let (a, b) = (r#","description":"A""#, r#","series":[{"uid":"1.2.1"}]"#);
        codes(&of_fhir(&[page(one, a), page(other, b)].join("\n"))).contains(&"patient-conflict")
    };
    assert!(two("http://a/f", "http://b/f"));
    assert!(!two("http://a/f", "http://a/f"));
}

/// A person's number under a known system is of that system, whoever assigned it (spec/README, referrer).
#[test]
fn a_known_system_of_a_person() {
    let referrer = |assigner: &str| {
        let identifier = format!(r#"{{"system":"http://hl7.org/fhir/sid/us-npi","value":"1234567893","assigner":{assigner}}}"#);
        resource("", &format!(r#","referrer":{{"display":"Roe^R","identifier":{identifier}}}"#))
    };
    let query =
        search::parse("referrer:identifier=http://hl7.org/fhir/sid/us-npi|1234567893", Release::R4, Handling::Strict, &Limits::default());
    let query = query.unwrap().residual(&options()).unwrap();
    for assigner in [r#"{"display":"CMS"}"#, r#"{"reference":"Organization/1"}"#] {
        let study = referrer(assigner);
        let organization = r#"{"resourceType":"Organization","id":"1","name":"Centers for Medicare and Medicaid Services"}"#;
        let text =
            format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{study}}},{{"resource":{organization}}}]}}"#);
        for text in [study.clone(), text] {
            let read = of_fhir(&text);
            assert_eq!(query.judge(&read.value[0]), Verdict::Yes, "{text}");
            assert!(fhir::write(&read.value[0], Release::R4, &options()).value.as_str().contains("us-npi"), "{text}");
        }
    }
}
