use super::super::preset;
use super::{D, EVERY, N, O, R, at, found, rows, store};
use serde_json::json;

#[test]
fn orthanc_unknown_keys_are_ignored_behaviour_1() {
    for q in ["", "NoSuchThing=1", "patientid=A", "(0010,0020)=A", "0x00100020=A", "00291010=1", "&&"] {
        assert_eq!(found(O, q), EVERY, "{q}");
    }
    assert_eq!(found(O, "0010,0020=X1"), "7");
    for q in ["RequestAttributesSequence.ScheduledProcedureStepID=S1", "00400275.00400009=S1"] {
        assert_eq!(found(O, q), EVERY, "{q}");
        assert_eq!(found(N, q), EVERY, "{q}");
    }
    assert_eq!(found(O, "ProcedureCodeSequence=1"), "");
    assert_eq!(found(O, "SOPClassesInStudy=1.2.840.1"), "");
    assert_eq!(found(O, "IssuerOfPatientID=ISS0"), "1");
}
#[test]
fn orthanc_decodes_before_it_splits_behaviour_2() {
    assert_eq!(found(O, "PatientID=A%26B"), "5"); // the wrong patient
    assert_eq!(found(O, "PatientID%3DA"), "5");
    assert_eq!(found(O, "PatientID=ZZZ%26limit=1"), "");
    assert_eq!(found(O, "PatientID=JP+1"), "3");
    assert_eq!(found(O, "AccessionNumber=A%2BB"), "");
    assert_eq!(found(O, "PatientID=X1%00"), "7");
    assert_eq!(found(O, "PatientName=LEAP%255ESECOND"), "");
    assert_eq!(found(O, "PatientName=LEAP%5eSECOND"), "1 2");
    assert_eq!(found(O, "Patient%4Eame=DOE"), "6");
    assert_eq!(found(O, "PatientName=M\u{fc}*"), "400");
    // Debian's build decodes nothing.
    assert_eq!(found(R, "PatientName=LEAP%5ESECOND"), "");
    assert_eq!(found(R, "PatientName=LEAP^SECOND"), "1 2");
    assert_eq!(found(R, "Patient%4Eame=LEAP"), EVERY);
    assert_eq!(found(R, "PatientID=%2A"), "");
    assert_eq!(found(R, "PatientID=JP+1"), "");
    assert_eq!(found(R, "AccessionNumber=A5%2CA6"), "5 6"); // 1.1: a comma even when encoded
}
#[test]
fn orthanc_repeats_lists_and_backslashes_behaviour_3_4() {
    assert_eq!(found(O, "ModalitiesInStudy=PT&ModalitiesInStudy=KO"), "5");
    for q in ["AccessionNumber=A5,A6", "AccessionNumber=A5%2CA6", "AccessionNumber=A5%252CA6"] {
        assert_eq!(found(O, q), "5 6", "{q}");
    }
    assert_eq!(found(O, "AccessionNumber=A,3"), "");
    assert_eq!(found(O, "AccessionNumber=A?3"), "3");
    assert_eq!(found(O, "StudyInstanceUID=1.1%5C1.2"), ""); // concatenated
    assert_eq!(found(O, "StudyInstanceUID=1.1,1.2"), "1 2");
    assert_eq!(found(O, "StudyInstanceUID=1.1,%201.2"), "1");
    assert_eq!(found(O, "StudyInstanceUID=1.1,"), "1");
    assert_eq!(found(O, "ModalitiesInStudy=SR\\KO"), "");
    assert_eq!(found(O, "StudyDate=20240101,20240102"), "2 5");
    assert_eq!(found(O, "StudyDate=20240101-20240102,20161231"), "2 5"); // 1.1: DA list beside a range loses the later
}
#[test]
fn orthanc_dates_and_times_are_text_behaviour_5_7() {
    assert_eq!(found(O, "StudyDate=-20161231"), "1 4"); // 4 has no date
    assert_eq!(found(O, "StudyDate=20240102-"), "5 6 7 7");
    assert_eq!(found(O, "StudyDate=-"), EVERY);
    assert_eq!(found(O, "StudyDate=2024-01-01"), "");
    assert_eq!(found(O, "StudyDate=*"), "400");
    assert_eq!(found(O, "StudyDate=202401*"), "400");
    assert_eq!(found(O, "StudyInstanceUID=1.*"), "400");
    assert_eq!(found(O, "StudyTime=12"), "4");
    assert_eq!(found(O, "StudyTime=100000-103000"), "5"); // loses "10"
    assert_eq!(found(O, "StudyTime=235959-235960"), "1");
    assert_eq!(found(O, "StudyDate=20231231-20240101&StudyTime=230000-010000"), "");
}
#[test]
fn orthanc_case_and_wildcards_behaviour_8_9() {
    assert_eq!(found(O, "PatientID=SAMEID"), "1 2");
    assert_eq!(found(O, "AccessionNumber=AC80"), "1 2");
    assert_eq!(found(O, "ModalitiesInStudy=sr"), "2");
    assert_eq!(found(O, "PatientName=M%C3%9CLLER*"), "4");
    assert_eq!(found(O, "PatientName=muller*"), "");
    assert_eq!(found(O, "PatientName=LEAP"), "");
    assert_eq!(found(O, "PatientName=*%E5%B1%B1*"), "3");
    assert_eq!(found(O, "PatientName=Yamada%5ETarou"), ""); // all groups are one text
    assert_eq!(found(O, "PatientID=?"), "5");
    assert_eq!(found(O, "ModalitiesInStudy=C*"), "1 5 7");
    assert_eq!(found(N, "ModalitiesInStudy=C*"), ""); // 1.1, >= 1.12.6
    assert_eq!(found(O, "PatientName=D*,L*"), "");
    let mut s = store();
    s.instances[0].insert("00100020".to_owned(), json!({"vr": "LO"}));
    assert_eq!(rows(&s.get("/studies", "PatientID=*", &preset(O, 0))).len(), 7);
}
#[test]
fn orthanc_paging_and_answers_behaviour_10_17() {
    assert_eq!(found(O, "fuzzymatching=maybe"), "400");
    assert_eq!(found(O, "PatientName=leap%20second&fuzzymatching=true"), "");
    assert_eq!(found(O, "FuzzyMatching=true"), EVERY);
    assert_eq!(found(O, "limit=0"), EVERY);
    for (q, s) in [("limit=-1", 500), ("offset=-1", 500), ("limit=abc", 400), ("limit=1.5", 400), ("limit=99999999999999", 400)] {
        assert_eq!(at(O, "/studies", q).status, s, "{q}");
    }
    assert_eq!(rows(&at(O, "/studies", "limit=1&limit=2")).len(), 2);
    let a = at(O, "/studies", "offset=99");
    assert_eq!((a.status, a.body.as_str(), a.warning), (200, "[]", None));
    assert_eq!(at(O, "/studies/9.9/series", "").body, "[]");
    assert_eq!(at(O, "/patients", "").status, 404);
    let row = &rows(&at(O, "/studies", "includefield=all&PatientID=X1"))[0];
    assert!(row.get("00081030").is_none() && row.get("00100021").is_none());
    assert_eq!(row["00201208"]["Value"][0], json!(1));
    assert_eq!(row["00081190"]["Value"][0], json!("http://127.0.0.1/dicom-web/studies/1.7"));
    assert_eq!(row["00080005"]["Value"][0], json!("ISO_IR 100"));
    let row = &rows(&at(O, "/studies", "includefield=00081030,IssuerOfPatientID&PatientID=X1"))[0];
    assert!(row.get("00081030").is_some() && row.get("00100021").is_some());
    let q = "includefield=00400275&PatientID=X1";
    assert!(rows(&at(O, "/series", q))[0].get("00400275").is_none());
    assert!(rows(&at(N, "/series", q))[0].get("00400275").is_some());
    let empty = &rows(&at(O, "/studies", "PatientID=A%3FB"))[0];
    assert_eq!(empty["00080020"], json!({"vr": "DA"}));
}
#[test]
fn orthanc_levels() {
    assert_eq!(found(O, "Modality=KO"), ""); // 1.1: a series key on /studies
    assert_eq!(found(O, "SOPInstanceUID=1.1.9.0"), "");
    assert_eq!(found(N, "SOPInstanceUID=1.1.9.0"), "");
    let answers: Vec<String> = (0..8)
        .map(|seed| store().get("/studies", "Modality=KO", &preset(N, seed)).body)
        .map(|b| if b == "[]" { b } else { "some".to_owned() })
        .collect();
    assert!(answers.contains(&"some".to_owned()) && answers.contains(&"[]".to_owned()));
    assert_eq!(rows(&at(O, "/series", "PatientID=A")).len(), 2);
    assert_eq!(rows(&at(O, "/studies/1.5/series", "Modality=CT,KO")).len(), 2);
    assert!(rows(&at(O, "/studies/1.5/series", ""))[0].get("00100020").is_some());
    assert!(rows(&at(N, "/studies/1.5/series", ""))[0].get("00100020").is_none());
    // deviations C1: one UID under two patients
    assert_eq!(found(O, "StudyInstanceUID=1.7"), "7 7");
    assert_eq!(found(D, "StudyInstanceUID=1.7"), "7");
}
#[test]
fn orthanc_new_cuts_the_page_first() {
    // servers.md 1.1 and 1.3, servers.json paging note
    assert_eq!(found(N, "IssuerOfPatientID=ISS1&offset=1"), "400");
    assert_eq!(found(N, "IssuerOfPatientID=ISS1&limit=1"), "");
    assert_eq!(found(N, "IssuerOfPatientID=ISS1"), "2");
    assert_eq!(found(N, "PatientID=A&offset=1"), "");
}
