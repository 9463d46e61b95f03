//! Ids of studies that several patients have.

use crate::hostile::{asked, rows, study, told};
use fhir_dicomweb::Listing;
use fhir_dicomweb::search::{End, Server, servers};
use serde_json::{Value, json};

/// Under two patients a study has other ids, whichever of them another clause selects.
pub fn an_id_that_is_not_to_be() {
    let both = || vec![study("2.999.1", "P1", None, "A"), study("2.999.1", "P2", None, "B")];
    let pacs = |path: &str, query: &str| match path {
        "/studies" if query.contains("StudyInstanceUID=") => rows(&both()),
        "/studies" => rows(&both()[..1]),
        _ => rows(&[]),
    };
    for listing in [Listing::Study, Listing::Series] {
        let reply = asked(
            Server::unknown().paged(None, End::OnePage),
            |config| config.listing = listing,
            "ImagingStudy?patient.identifier=P1&_id:not=2.999.1",
            pacs,
        );
        assert_eq!(reply.entries("match").len(), 1, "{}", reply.body);
        assert!(told(&reply, "more than one patient"), "{}", reply.body);
    }
}

/// A study that two patients have is found by the id that one of them gives it, beside what selects that one alone.
pub fn one_of_two_patients_by_id() {
    for server in
        [servers::google_healthcare(), servers::unknown(), servers::azure_dicom_v2(), servers::dcm4chee_arc_5(), servers::kheops()]
    {
        let pacs = |path: &str, query: &str| match path {
            "/studies" if query.contains("offset=") => rows(&[]),
            "/studies" => {
                let both =
                    ["P1", "P2"].into_iter().filter(|id| !query.contains("PatientID=") || query.contains(&format!("PatientID={id}")));
                rows(&both.map(|id| study("2.999.1", id, None, id)).collect::<Vec<_>>())
            }
            _ => rows(&[]),
        };
        let ask = |query: &str| asked(server.clone(), |_| (), &format!("ImagingStudy?{query}&_elements=started"), pacs);
        let first = ask("patient.identifier=P1,P2");
        assert!(told(&first, "more than one patient"), "{}", first.body);
        let mut shown = 0;
        for (n, study) in first.entries("match").iter().enumerate() {
            let id = study["id"].as_str().unwrap();
            let own = study["subject"]["identifier"]["value"].as_str().unwrap();
            for (patient, is_found) in [("P1", own == "P1"), ("P2", own == "P2")] {
                let again = ask(&format!("_id={id}&patient.identifier={patient}"));
                assert_eq!(again.entries("match").len(), usize::from(is_found), "{} {n} {patient}: {}", server.id(), again.body);
                assert!(again.entries("match").iter().all(|study| study["id"] == id));
                shown += again.entries("match").len();
            }
        }
        assert_eq!(shown, 2, "{}: {}", server.id(), first.body);
    }
}

/// The id of one of several patients of a study is the same whether its rows tell the issuer of the number or those of its series do.
pub fn one_of_two_patients_by_id_whoever_issued_it() {
    let issuers =
        ["", r#","00100021":{"vr":"LO"}"#, r#","00100021":{"vr":"LO","Value":["WARD"]}"#, r#","00100021":{"vr":"LO","BulkDataURI":"b"}"#];
    for server in [servers::unknown(), servers::orthanc_1_12(), servers::kheops()] {
        // Nobody, and somebody, are two.
        let is_two = |pair: &(&str, &str)| *pair == (issuers[1], issuers[2]) || *pair == (issuers[2], issuers[1]);
        for (of_study, of_series) in issuers.iter().flat_map(|one| issuers.map(|other| (*one, other))).filter(|pair| !is_two(pair)) {
            let row = |id: &str, more: &str| -> Value {
                let text = format!(r#"{{"0020000D":{{"vr":"UI","Value":["2.999.1"]}},"00100020":{{"vr":"LO","Value":["{id}"]}}{more}}}"#);
                serde_json::from_str(&text).unwrap()
            };
            let pacs = |path: &str, query: &str| match path {
                _ if query.contains("offset=") => rows(&[]),
                "/studies" => {
                    let asked = |id: &&str| !query.contains("PatientID=") || query.contains(&format!("PatientID={id}"));
                    rows(&["P1", "P2"].into_iter().filter(asked).map(|id| row(id, of_study)).collect::<Vec<_>>())
                }
                path if path.ends_with("/series") => rows(&["P1", "P2"].map(|id| {
                    row(
                        id,
                        &format!(
                            r#"{of_series},"0020000E":{{"vr":"UI","Value":["2.999.1.{}"]}},"00080060":{{"vr":"CS","Value":["CT"]}}"#,
                            &id[1..]
                        ),
                    )
                })),
                _ => rows(&[]),
            };
            let ask = |query: &str| asked(server.clone(), |_| (), &format!("ImagingStudy?{query}"), pacs);
            let ids = |more: &str| -> Vec<String> {
                let found = ask(&format!("patient.identifier=P1,P2{more}"));
                found.entries("match").iter().map(|study| study["id"].as_str().unwrap().into()).collect()
            };
            let of = (ids(""), ids("&_elements=started"));
            assert_eq!((of.0.len(), &of.0), (2, &of.1), "{} {of_study} {of_series}", server.id());
            for (id, more) in of.0.iter().flat_map(|id| ["", "&_elements=started"].map(|more| (id, more))) {
                let again = ask(&format!("_id={id}&patient.identifier=P1,P2{more}"));
                let again: Vec<&str> = again.entries("match").iter().map(|study| study["id"].as_str().unwrap()).collect();
                assert_eq!(again, [id], "{} {of_study} {of_series}", server.id());
            }
        }
    }
}

/// Of one of several patients whom rows of series alone tell the id finds nothing where series are not looked at: that is told, and there is no total.
pub fn one_of_two_patients_whom_series_tell() {
    let one = |uid: &str, number: &str, issuer: Option<&str>| {
        let mut row = study(uid, number, issuer, "A");
        row["00080020"] = json!({"vr": "DA", "Value": ["20240114"]});
        row
    };
    let of_series = |number: &str, issuer: Option<&str>, n: u32| {
        let mut row = study("2.999.1", number, issuer, "A");
        (row["0020000E"], row["00080060"]) = (json!({"vr": "UI", "Value": [format!("2.999.1.{n}")]}), json!({"vr": "CS", "Value": ["CT"]}));
        row
    };
    let two_issuers = [of_series("P1", Some("A"), 1), of_series("P1", Some("B"), 2)];
    let two_numbers = [of_series("P1", None, 1), of_series("P2", None, 2)];
    for (server, all) in [servers::orthanc_1_12(), servers::dcm4chee_arc_5()]
        .into_iter()
        .flat_map(|server| [(server.clone(), &two_issuers), (server, &two_numbers)])
    {
        let pacs = |path: &str, query: &str| match path {
            _ if query.contains("offset=") => rows(&[]),
            "/studies" => rows(&[one("2.999.1", "P1", None), one("2.999.2", "P1", None)]),
            "/studies/2.999.1/series" => rows(all),
            _ => rows(&[]),
        };
        let ask = |query: &str| asked(server.clone(), |_| (), &format!("ImagingStudy?{query}"), pacs);
        let first = ask("patient.identifier=P1");
        let studies = first.entries("match");
        let ids: Vec<&str> = studies.iter().map(|study| study["id"].as_str().unwrap()).filter(|id| id.contains('-')).collect();
        assert!(!ids.is_empty(), "{}", first.body);
        for (id, more) in
            ids.iter().flat_map(|id| ["", "&patient.identifier=P1", "&started=2024-01-14&_elements=started"].map(|more| (id, more)))
        {
            let again = ask(&format!("_id={id}{more}"));
            let is_found = again.entries("match").len() == 1;
            assert!(
                is_found || again.body["total"].is_null() && told(&again, "series were not looked at"),
                "{} {more}: {}",
                server.id(),
                again.body
            );
            // What excludes a study besides its id excludes it for good.
            let other = ask(&format!("_id={id}&patient.identifier=P7{more}"));
            assert!(!told(&other, "not looked at"), "{}", other.body);
        }
        // Beside another id, and where filtered lists select, it is told as well.
        for more in [format!("_id={},2.999.2", ids[0]), format!("_id={}&patient.identifier=P1&modality=CT", ids[0])] {
            for wanted in ["", "&_summary=count", "&_total=accurate"] {
                let both = ask(&format!("{more}{wanted}"));
                // (Of two numbers the id says no issuer: the study's row has it.)
                let is_found = both.entries("match").iter().any(|study| study["id"] == ids[0]);
                if is_found || all == &two_numbers && wanted == "&_summary=count" {
                    continue;
                }
                assert!(both.body["total"].is_null() && told(&both, "series were not looked at"), "{} {more}: {}", server.id(), both.body);
            }
        }
        // A UID that has the form of a UUID is a study's own.
        let own = "0a1b2c3d-1111-2222-3333-444455556666";
        let strange = |path: &str, query: &str| match path {
            "/studies" if !query.contains("offset=") => rows(&[one(own, "P1", None), one("2.999.2", "P1", None)]),
            _ => rows(&[]),
        };
        let reply = asked(
            server.clone(),
            |config| config.listing = Listing::Study,
            &format!("ImagingStudy?_id={own}&patient.identifier=P1"),
            strange,
        );
        assert_eq!((&reply.body["total"], told(&reply, "not looked at")), (&json!(1), false), "{}", reply.body);
        // An id that is there is found, and no more is told.
        let plain = ask("_id=2.999.2");
        assert_eq!((plain.entries("match").len(), told(&plain, "not looked at")), (1, false), "{}", plain.body);
    }
}
