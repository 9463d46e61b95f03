//! What an archive is asked for, and what it is not.

use crate::archive::header;
use crate::hostile::{asked, row, rows, series, study, told};
use crate::support::facade_driver::Said;
use fhir_dicomweb::Subject;
use fhir_dicomweb::search::{Server, servers};

/// An archive that refuses odd UIDs lists one: it is told, and the others are answered.
pub fn what_the_archive_refuses() {
    let all = || [study("1.2.1", "P1", None, "A^B"), study("1.02.3", "P1", None, "A^B")];
    let mut requests: Vec<String> = Vec::new();
    let pacs = |path: &str, query: &str| {
        requests.push(format!("{path}?{query}"));
        match path {
            _ if format!("{path}?{query}").contains("1.02") => Said::of(400, "{}"),
            _ if query.contains("offset=") => rows(&[]),
            "/studies" if query.contains("StudyInstanceUID=1.2.1") => rows(&all()[..1]),
            "/studies" => rows(&all()),
            "/studies/1.2.1/series" => rows(&[series("1.2.1.1", &[]), series("1.2.1.02", &[])]),
            "/studies/1.2.1/series/1.2.1.1/instances" => rows(&[row(&[
                ("0020000E", "UI", "1.2.1.1"),
                ("00080018", "UI", "1.2.1.1.1"),
                ("00080016", "UI", "1.2.840.10008.5.1.4.1.1.2"),
            ])]),
            _ => Said::of(404, "{}"),
        }
    };
    let reply = asked(Server::unknown().checking_uids(), |_| {}, "ImagingStudy?modality=CT&_total=accurate", pacs);
    assert_eq!((reply.status(), reply.studies()), (200, vec!["1.2.1".to_owned()]), "{}", reply.body);
    assert!(reply.body.get("total").is_none() && told(&reply, "takes no request for their UIDs") && told(&reply, "counts more of a study"));
    assert!(!requests.iter().any(|request| request.contains("1.02") || request.contains("1.2.1.02")), "{requests:?}");
}

/// A study of which every series is refused is one of which nothing below is known, and ends nobody's conversation.
pub fn a_study_of_refused_series() {
    let pacs = |path: &str, query: &str| match path {
        _ if format!("{path}?{query}").contains("1.02") => Said::of(400, "{}"),
        _ if query.contains("offset=") => rows(&[]),
        "/studies" => rows(&[study("1.2.1", "P1", None, "A^B")]),
        "/studies/1.2.1/series" => rows(&[series("1.2.1.02", &[])]),
        _ => Said::of(404, "{}"),
    };
    for target in ["ImagingStudy/1.2.1", "ImagingStudy?patient.identifier=P1", "ImagingStudy?identifier=urn:dicom:uid|urn:oid:1.2.1"] {
        let reply = asked(Server::unknown().checking_uids(), |_| {}, target, pacs);
        assert_eq!(reply.status(), 200, "{target}: {}", reply.body);
        let is_told = told(&reply, "counts more of a study") || header(&reply.outcome, "Warning").is_some();
        assert!(is_told, "{target}: {}", reply.body);
    }
}

/// Whoever the configuration says is the subject of every study is not looked for, and nothing is said of it.
pub fn a_subject_that_the_configuration_says() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("1.2.1", "P1", None, "A^B")]),
        _ => rows(&[]),
    };
    for (target, found) in [("ImagingStudy?patient=Patient/12", vec!["1.2.1".to_owned()]), ("ImagingStudy?patient=Patient/13", vec![])] {
        let own = |config: &mut fhir_dicomweb::facade::Config| config.options.subject = Subject::Reference("Patient/12".into());
        let reply = asked(servers::orthanc_1_12(), own, target, pacs);
        assert_eq!(reply.studies(), found, "{}", reply.body);
        assert_eq!(told(&reply, "a reference of the search is not known"), found.is_empty(), "{}", reply.body);
    }
    // By whichever of its spellings; and it is none that could be included.
    for (own, asked_for) in [
        ("Patient/12", "https://fhir.example.org/r/Patient/12"),
        ("https://fhir.example.org/r/Patient/12", "Patient/12"),
        ("https://fhir.example.org/r/Patient/12", "12"),
    ] {
        let change = |config: &mut fhir_dicomweb::facade::Config| {
            config.options.subject = Subject::Reference(own.into());
            config.options.fhir_base = Some("https://fhir.example.org/r".into());
        };
        let target = format!("ImagingStudy?patient={asked_for}&_include=ImagingStudy:patient");
        let reply = asked(servers::orthanc_1_12(), change, &target, pacs);
        assert_eq!(reply.studies(), ["1.2.1"], "{target}: {}", reply.body);
        assert_eq!(reply.entries("match")[0]["subject"]["reference"], own);
        assert!(reply.entries("include").is_empty() && told(&reply, "which is not included"), "{}", reply.body);
    }
}
