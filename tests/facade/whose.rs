//! Whose images they are: archives whose answers name several patients of one study, or none.

use crate::hostile::{asked, row, rows, series, study, told};
use crate::support::facade_driver::Said;
use fhir_dicomweb::facade::Config;
use fhir_dicomweb::search::{End, Server, servers};
use fhir_dicomweb::{Listing, Subject};
use serde_json::{Value, json};

/// Whose images they are is not known where one answer names two patients and the next only one of them.
pub fn one_of_two_patients() {
    let pacs = |path: &str, query: &str| match path {
        "/studies" if query.contains("StudyInstanceUID=") => rows(&[study("2.999.1", "P1", None, "A")]),
        "/studies" => rows(&[study("2.999.1", "P1", None, "A"), study("2.999.1", "P2", None, "B")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
    };
    let reply = asked(servers::static_dicomweb(), |_| (), "ImagingStudy?modality=CT", pacs);
    assert!(reply.studies().is_empty() && told(&reply, "more than one patient"), "{}", reply.body);
    // The ids of its two records are others; who asks for the study's hears of it.
    let both = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "P1", None, "A"), study("2.999.1", "P2", None, "B")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
    };
    let reply = asked(servers::orthanc_1_12(), |_| (), "ImagingStudy?_id=2.999.1", both);
    assert!(reply.studies().is_empty() && told(&reply, "more than one patient"), "{}", reply.body);
}

/// A part of a resource refers to nothing that is not there.
pub fn parts_without_their_patient() {
    let pacs = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
    };
    for subject in [Subject::Separate, Subject::Contained] {
        let separate = |config: &mut fhir_dicomweb::facade::Config| config.options.subject = subject.clone();
        for query in ["_elements=started", "_summary=text", "_elements=series"] {
            let reply = asked(servers::orthanc_1_12(), separate, &format!("ImagingStudy/2.999.1?{query}"), pacs);
            assert_eq!((reply.status(), reply.body["subject"]["reference"].as_str()), (200, None), "{query}: {}", reply.body);
            assert_eq!(reply.body["subject"]["identifier"]["value"], "P1");
        }
    }
}

/// Two answers of one conversation that name two patients of a study are told, and not shown.
pub fn another_patient_in_the_next_answer() {
    for (second, is_shown) in [("P1", true), ("P2", false)] {
        let pacs = |path: &str, query: &str| match path {
            "/studies" if query.starts_with("StudyInstanceUID=") => rows(&[study("2.999.1", second, None, "A")]),
            "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
            "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
            _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
        };
        for query in ["started=2024-01-14", "modality=CT", "modality=CT&_sort=started"] {
            let pacs = |path: &str, query: &str| {
                let said = pacs(path, query);
                Said::of(
                    said.status,
                    String::from_utf8(said.body)
                        .unwrap()
                        .replace(r#""00080061""#, r#""00080020":{"vr":"DA","Value":["20240114"]},"00080061""#),
                )
            };
            let reply = asked(servers::static_dicomweb(), |_| (), &format!("ImagingStudy?{query}"), pacs);
            assert_eq!(
                (!reply.studies().is_empty(), told(&reply, "more than one patient")),
                (is_shown, !is_shown),
                "{query} {second}: {}",
                reply.body
            );
        }
    }
}

/// What a study holds is asked for twice where all matches have to be known first: what the first answer said of another patient is not forgotten, nor that the
/// archive has more rows of the study itself than it gave.
pub fn another_patient_in_the_answer_before() {
    let whose = |patient: &'static str, issuer: &'static str| vec![("00100020", "LO", patient), ("00100021", "LO", issuer)];
    let one = || whose("P1", "A");
    let others = [(one(), "", true), (whose("P2", "A"), "", false), (whose("P1", "B"), "", false), (one(), r#"299 - "more""#, false)];
    for (other, warning, is_shown) in others {
        for query in ["_sort=started", "_total=accurate"] {
            let (mut lists, mut of_series) = (0, 0);
            let pacs = |path: &str, query: &str| match path {
                _ if query.contains("offset=") => rows(&[]),
                "/studies" => {
                    lists += usize::from(query.contains("StudyInstanceUID="));
                    let mut said = rows(&[row(&[&[("0020000D", "UI", "2.999.1"), ("00080020", "DA", "20240114")], &one()[..]].concat())]);
                    if lists == 1 && !warning.is_empty() {
                        said.headers.push(("warning", warning.into()));
                    }
                    said
                }
                "/studies/2.999.1/series" => {
                    of_series += 1;
                    let by = [("00081050", "PN", "Op")];
                    let second = if of_series == 1 { other.clone() } else { one() };
                    rows(&[series("2.999.1.1", &[&by, &one()[..]].concat()), series("2.999.1.2", &[&by, &second[..]].concat())])
                }
                _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
            };
            let target = format!("ImagingStudy?patient.identifier=P1&performer.name=Op&{query}");
            let reply = asked(servers::orthanc_1_12(), |_| (), &target, pacs);
            assert!(of_series > 1, "{target} {}", reply.body);
            assert_eq!(!reply.studies().is_empty(), is_shown, "{target} {other:?} {warning}: {}", reply.body);
            assert_eq!(told(&reply, "more than one patient"), !is_shown && warning.is_empty(), "{target} {other:?}: {}", reply.body);
        }
    }
}

/// Who is asked for by the patient's id hears of it as well, and who only counts.
pub fn two_patients_are_told_whatever_is_asked() {
    let pacs = |path: &str, query: &str| match path {
        "/studies" if query.starts_with("StudyInstanceUID=") => rows(&[study("2.999.1", "P2", None, "A")]),
        "/studies" => rows(&[study("2.999.1", "P1", None, "A")]),
        "/series" => rows(&[series("2.999.1.1", &[("0020000D", "UI", "2.999.1"), ("00100020", "LO", "P1")])]),
        "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
        _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
    };
    for query in ["series=2.999.1.1", "bodysite:missing=true", "bodysite:missing=true&_summary=count"] {
        let reply = asked(servers::dcm4chee_arc_5(), |_| (), &format!("ImagingStudy?patient.identifier=P1&{query}"), pacs);
        assert!(reply.studies().is_empty() && told(&reply, "more than one patient"), "{query}: {}", reply.body);
    }
    let both = |path: &str, _: &str| match path {
        "/studies" => rows(&[study("2.999.1", "P1", None, "A"), study("2.999.1", "P2", None, "B")]),
        _ => rows(&[]),
    };
    for query in ["_summary=count", "_count=0", "_summary=count&identifier=urn:oid:2.999.1"] {
        let reply = asked(servers::orthanc_1_12(), |_| (), &format!("ImagingStudy?{query}"), both);
        assert!(reply.body["total"] == 2 && told(&reply, "more than one patient"), "{query}: {}", reply.body);
    }
}

/// Rows of series and of filtered lists select a study; whose it is, they say as well.
pub fn another_patient_than_what_selects() {
    for (first, is_shown) in [("P1", true), ("P2", false)] {
        let pacs = |path: &str, query: &str| match path {
            "/studies" if query.starts_with("StudyInstanceUID=") => rows(&[study("2.999.1", "P1", None, "A")]),
            "/studies" => rows(&[study("2.999.1", first, None, "A")]),
            "/series" => {
                let of = [("0020000D", "UI", "2.999.1"), ("00100020", "LO", first)];
                rows(&[series("2.999.1.1", &of)])
            }
            "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[])]),
            _ => rows(&[row(&[("00080018", "UI", "2.999.1.9")])]),
        };
        for (server, query) in [
            (servers::dcm4chee_arc_5(), "series=2.999.1.1"),
            (servers::orthanc_1_12(), "series=2.999.1.1"),
            (servers::orthanc_1_12(), "modality=CT&_elements=identifier"),
        ] {
            let reply = asked(server, |_| (), &format!("ImagingStudy?{query}"), pacs);
            let seen = (!reply.studies().is_empty(), told(&reply, "more than one patient"));
            assert_eq!(seen, (is_shown, !is_shown), "{query} {first}: {}", reply.body);
        }
    }
}

/// Who has no number is known by what rows say of them: two of one UID are two patients.
pub fn two_patients_without_a_number() {
    let who = |name: &str, accession: &str| {
        let mut row = study("2.999.1", "", None, "A");
        row["00100020"] = json!({"vr": "LO"});
        row["00100010"] = json!({"vr": "PN", "Value": [{"Alphabetic": name}]});
        row["00080050"] = json!({"vr": "SH", "Value": [accession]});
        row
    };
    let one_page = || Server::unknown().paged(None, End::OnePage);
    let study_only = |config: &mut fhir_dicomweb::facade::Config| config.listing = Listing::Study;
    let both = |_: &str, _: &str| rows(&[who("Alpha^Ann", "A1"), who("Beta^Bob", "B1")]);
    asked(one_page(), study_only, "ImagingStudy/2.999.1", both).fails(409);
    // The filter lets through one alone, what is asked by the UID is another's, or both.
    let bob = |_: &str, query: &str| {
        if query.contains("StudyInstanceUID") { both("", "") } else { rows(&[who("Beta^Bob", "B1")]) }
    };
    let ann = |_: &str, query: &str| {
        let name = if query.contains("StudyInstanceUID") { "Alpha^Ann" } else { "Beta^Bob" };
        rows(&[who(name, "B1")])
    };
    for query in ["identifier=B1", "identifier=B1&patient.name=Beta", "identifier=B1&patient.name=Beta&bodysite:missing=true"] {
        let reply = asked(one_page(), study_only, &format!("ImagingStudy?{query}"), bob);
        assert!(told(&reply, "more than one patient"), "{query}: {}", reply.body);
        assert!(!reply.body.to_string().contains("Ann"), "{query}: {}", reply.body);
        let reply = asked(one_page(), study_only, &format!("ImagingStudy?{query}"), ann);
        assert!(reply.studies().is_empty() && told(&reply, "more than one patient"), "{query}: {}", reply.body);
    }
    // Whom the one that is kept does not match may be the one that is not.
    for query in ["patient.name=Beta", "identifier=B1", "patient.name=Beta&_summary=count", "identifier=urn:oid:2.999.1&patient.name=Beta"]
    {
        let reply = asked(one_page(), study_only, &format!("ImagingStudy?{query}"), both);
        assert!(reply.studies().is_empty() && told(&reply, "more than one patient"), "{query}: {}", reply.body);
    }
    let same = |path: &str, _: &str| match path {
        "/studies" => rows(&[who("Alpha^Ann", "A1"), who("ALPHA^ANN", "A1")]),
        _ => rows(&[]),
    };
    assert_eq!(asked(one_page(), study_only, "ImagingStudy/2.999.1", same).status(), 200);
}

/// Where the archive has more rows of a study itself than it gives, what is below it may be another patient's.
pub fn more_rows_of_the_study_than_are_given() {
    let mut nameless = study("2.999.1", "P2", None, "B");
    nameless.as_object_mut().unwrap().remove("0020000D");
    let one = || study("2.999.1", "P1", None, "A");
    let answers: [&dyn Fn() -> Said; 3] =
        [&|| rows(&[one()]).with("Warning", "299 a: there are more"), &|| Said::of(206, Value::from(vec![one()]).to_string()), &|| {
            rows(&[one(), nameless.clone()])
        }];
    for own in answers {
        let pacs = |path: &str, query: &str| match path {
            "/studies" if query.contains("StudyInstanceUID=") => own(),
            "/studies" => rows(&[one()]),
            "/studies/2.999.1/series" => rows(&[series("2.999.1.1", &[]), series("2.999.1.2", &[])]),
            _ => rows(&[]),
        };
        let server = || Server::unknown().paged(None, End::OnePage);
        asked(server(), |_| (), "ImagingStudy/2.999.1", pacs).fails(502);
        let reply = asked(server(), |_| (), "ImagingStudy?patient.identifier=P1", pacs);
        assert!(reply.studies().is_empty() && told(&reply, "may name another patient"), "{}", reply.body);
        // Of the study's own row alone it is known whose it is.
        let reply = asked(server(), |config| config.listing = Listing::Study, "ImagingStudy?patient.identifier=P1", pacs);
        assert_eq!(reply.studies(), ["2.999.1"], "{}", reply.body);
    }
}

/// Of one UID under several patients a record that was counted by its row and is left out for what it holds is told, also beside one that is shown.
pub fn one_of_two_patients_that_is_another_by_what_it_holds() {
    let pacs = |path: &str, query: &str| match path {
        _ if query.contains("offset=") => rows(&[]),
        "/studies" => rows(&[study("2.999.1", "P1", None, "1"), study("2.999.1", "P0", None, "1")]),
        path if path.ends_with("/series") => rows(&[json!({
            "0020000D": {"vr": "UI", "Value": ["2.999.1"]}, "0020000E": {"vr": "UI", "Value": ["2.999.1.1"]},
            "00080060": {"vr": "CS", "Value": ["CT"]}, "00100020": {"vr": "LO", "Value": ["P0"]}, "00100021": {"vr": "LO", "Value": ["A"]},
        })]),
        _ => rows(&[]),
    };
    let setting = |config: &mut Config| config.options.namespaces.push(("A".into(), "urn:sA".into()));
    let answer = asked(servers::dcm4chee_arc_5(), setting, "ImagingStudy?patient.identifier:not=urn:sA%7CP0&_total=accurate", pacs);
    assert_eq!(answer.entries("match").len(), 1, "{}", answer.body);
    assert!(told(&answer, "do not by what they hold"), "{}", answer.body);
}
