use super::super::preset;
use super::super::rows::text_of;
use super::{B, D, G, K, S, W, Z, at, found, rows, store};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn dcm4chee_values() {
    // servers.md 1.1
    assert_eq!(found(D, "ModalitiesInStudy=SR,KO"), "2 5");
    assert_eq!(found(D, "ModalitiesInStudy=SR%2CKO"), "");
    assert_eq!(found(D, "ModalitiesInStudy=SR%5CKO"), "2 5");
    assert_eq!(found(D, "ModalitiesInStudy=SR&ModalitiesInStudy=KO"), "2 5");
    assert_eq!(found(D, "ModalitiesInStudy=CT,KO&allOfModalitiesInStudy=true"), "5");
    assert_eq!(found(D, "ModalitiesInStudy=C*"), "1 5 7");
    assert_eq!(found(D, "ModalitiesInStudy=sr"), "2"); // query upper-cased
    assert_eq!(found(D, "AccessionNumber=A%2C3"), "3");
    assert_eq!(found(D, "AccessionNumber=A5,A6"), "5"); // first value only
    assert_eq!(found(D, "PatientID=A&PatientID=P6"), "5");
    assert_eq!(found(D, "StudyInstanceUID=1.1%5C1.2"), "1 2");
    assert_eq!(found(D, "StudyInstanceUID=1.*"), "1 2 3 4 5 6 7");
    assert_eq!(found(D, "PatientName=DOE"), "5 6"); // component prefix
    assert_eq!(found(D, "PatientName=Doe"), "5"); // case-sensitive
    assert_eq!(found(D, "PatientName=doe*"), "");
    assert_eq!(found(D, "PatientName=M%C3%9CLLER"), ""); // database collation
    assert_eq!(found(D, "PatientName=M?LLER"), "4");
    assert_eq!(found(D, "PatientName=%E5%B1%B1%E7%94%B0"), "3");
    assert_eq!(found(D, "StudyDescription=HEAD*"), "1 2");
    assert_eq!(found(D, "StudyDescription=Head*"), "1");
    assert_eq!(found(D, "PatientID=sameid"), "2");
    assert_eq!(found(D, "PatientID=*"), "1 2 3 4 5 6 7");
    assert_eq!(found(D, "StudyDescription=*, lateral"), "400"); // a raw space is no URI
}
#[test]
fn dcm4chee_dates_keys_and_paging() {
    assert_eq!(found(D, "StudyDate=20240101,20240102"), "2"); // first item only
    assert_eq!(found(D, "StudyDate=-20161231"), "1");
    assert_eq!(found(D, "StudyTime=100000-103000"), "3 5"); // normalised
    assert_eq!(found(D, "StudyTime=230000-010000"), "1 2"); // wraps
    assert_eq!(found(D, "StudyDate=20231231-20240101&StudyTime=090000-010000"), "2 3"); // one interval
    assert_eq!(found(D, "StudyDate=20240103-20240103&StudyTime=100000-110000"), "6"); // boundary, no time
    assert_eq!(found(D, "NoSuchThing=1"), "400");
    assert_eq!(found(D, "emptyvaluematching=true"), "400");
    assert_eq!(found(D, "00291010=1"), "1 2 3 4 5 6 7");
    assert_eq!(found(D, "Modality=KO"), "1 2 3 4 5 6 7");
    assert_eq!(found(D, "SOPInstanceUID=1.1.9.0"), "1 2 3 4 5 6 7");
    assert_eq!(found(D, "SOPClassesInStudy=1.2.840.1"), "1 2 3 4 5 6 7");
    assert_eq!(found(D, "limit=0"), "400");
    assert_eq!(found(D, "limit=100000"), "400");
    assert_eq!(at(D, "/studies", "limit=2").warning, None); // of a limit that was asked for it says nothing
    let mut two = preset(D, 0);
    (two.default_limit, two.max_limit) = ([Some(2); 3], [Some(2); 3]);
    for query in ["", "limit=3"] {
        let warning = store().get("/studies", query, &two).warning;
        assert_eq!(warning.unwrap(), "299 pacs.example:8080 \"There are 5 additional results that can be requested\"");
    }
    let a = at(D, "/studies", "PatientID=none");
    assert_eq!((a.status, a.body.as_str()), (204, ""));
    let mut f = preset(D, 0);
    (f.default_limit, f.max_limit) = ([Some(3); 3], [Some(3); 3]);
    assert_eq!(rows(&store().get("/studies", "limit=5", &f)).len(), 3); // cut to the cap
    assert_eq!(at(D, "/studies/count", "PatientID=A").body, "{\"count\":1}");
    assert_eq!(found(D, "includefield=NoSuchThing"), "400");
    assert!(!rows(&at(D, "/series", "RequestAttributesSequence.ScheduledProcedureStepID=S3")).is_empty());
    assert!(rows(&at(D, "/series", "00400275.00400009=S3&00400275.00401001=R2")).is_empty()); // one item
    assert_eq!(rows(&at(D, "/series", "00400275.00401012=1")).len(), 9); // other paths ignored
    let row = &rows(&at(D, "/studies/1.1/series", ""))[0];
    assert!(row["00400275"]["Value"][0].get("00080050").is_none());
    let row = &rows(&at(D, "/studies/1.1/series", "includefield=00400275.00080050"))[0];
    assert!(row["00400275"]["Value"][0].get("00080050").is_some());
}
/// QueryBuilder of dcm4chee-arc-light: modality and class are wanted of one series, whose class is that of its first instance.
#[test]
fn dcm4chee_wants_one_series() {
    let mut store = store();
    store.instances.retain(|data| text_of(data, "0020000D") == "1.5");
    store.instances[1].insert("00080016".to_owned(), json!({"vr": "UI", "Value": ["1.2.840.2"]}));
    let mut more = store.instances[1].clone();
    more.insert("00080016".to_owned(), json!({"vr": "UI", "Value": ["1.2.840.3"]}));
    more.insert("00080018".to_owned(), json!({"vr": "UI", "Value": ["1.5.9.99"]}));
    store.instances.push(more);
    let found = |path: &str, query: &str| rows(&store.get(path, query, &preset(D, 0))).len();
    for (query, rows) in [
        ("ModalitiesInStudy=CT&SOPClassesInStudy=1.2.840.1", 1),
        ("ModalitiesInStudy=KO&SOPClassesInStudy=1.2.840.2", 1),
        ("ModalitiesInStudy=CT&SOPClassesInStudy=1.2.840.2", 0),
        ("ModalitiesInStudy=CT,KO&SOPClassesInStudy=1.2.840.2", 1),
        ("SOPClassesInStudy=1.2.840.3", 0),
    ] {
        assert_eq!(found("/studies", query), rows, "{query}");
    }
    assert_eq!(found("/instances", "SOPClassUID=1.2.840.3"), 1);
}
#[test]
fn google() {
    // servers.md 1.1, 3, 4; cases.md 44, 50
    assert_eq!(found(G, "AccessionNumber=A%2C3"), "3");
    assert_eq!(found(G, "StudyInstanceUID=1.1,1.2"), "400");
    for q in ["PatientID=A&PatientID=B", "ModalitiesInStudy=CT", "PatientSex=F", "NoSuchThing=1", "Modality=CT", "limit=0", "StudyTime=12"]
    {
        assert_eq!(found(G, q), "400", "{q}");
    }
    assert_eq!(found(G, "PatientID=S*"), "");
    assert_eq!(found(G, "PatientID=sameid"), "2");
    assert_eq!(found(G, "PatientName=DOE"), "6");
    assert_eq!(found(G, "PatientName=jo&fuzzymatching=true"), "4 5");
    assert_eq!(rows(&at(G, "/series", "Modality=CT&PatientID=A")).len(), 1);
    let row = &rows(&at(G, "/studies", "PatientID=A&includefield=all,00080061"))[0];
    for tag in ["00080061", "00201206", "00201208", "00081190"] {
        assert!(row.get(tag).is_none(), "{tag}");
    }
    assert!(row.get("00081030").is_some());
    let a = at(G, "/studies", "limit=2");
    assert_eq!((rows(&a).len(), a.warning), (2, None));
}
#[test]
fn azure() {
    assert_eq!(found(Z, "PatientID=SAMEID"), "1 2");
    assert_eq!(found(Z, "PatientName=MULLER%5EJORG"), "4");
    assert_eq!(found(Z, "PatientID=%20A%20"), "5"); // trimmed
    assert_eq!(found(Z, "StudyInstanceUID=1.1,1.2"), "");
    assert_eq!(found(Z, "StudyDate=-20161231"), "1");
    for q in [
        "PatientID=",
        "PatientID=A&PatientID=B",
        "Modality=CT",
        "StudyDate=2024",
        "StudyDate=-",
        "StudyDate=20240102-20240101",
        "limit=0",
        "limit=201",
        "includefield=all,00081030",
        "includefield=NoSuchThing",
        "00400275.00400009=1",
        "PatientSex=F",
        "emptyvaluematching=true",
        "PatientName=%22a%22&fuzzymatching=true",
        "StudyID=1",
    ] {
        assert_eq!(found(Z, q), "400", "{q}");
    }
    assert_eq!(at(Z, "/studies/1.5/series", "PatientID=A").status, 400);
    assert_eq!(rows(&at(Z, "/series", "PatientID=A&Modality=KO")).len(), 1);
    let row = &rows(&at(Z, "/studies", "PatientID=A"))[0];
    assert!(row.get("00080061").is_none() && row.get("00201208").is_none() && row.get("00081030").is_none());
    let row = &rows(&at(Z, "/studies", "PatientID=A&includefield=00080061,00201208,00201206,00081190"))[0];
    assert!(row.get("00080061").is_some() && row.get("00201208").is_some());
    assert!(row.get("00201206").is_none() && row.get("00081190").is_none());
    let row = &rows(&at("azure-dicom-v2", "/studies", "PatientID=A"))[0];
    assert!(row.get("00081030").is_some() && row.get("00080030").is_none() && row.get("00200010").is_none());
    // 1.3: rows may repeat across pages
    let page = |q: &str| rows(&at(Z, "/studies", q));
    assert_eq!(page("limit=2")[1], page("limit=2&offset=2")[0]);
    assert_eq!(at(Z, "/studies", "offset=99").status, 204);
}
#[test]
fn aws() {
    // servers.json aws-healthimaging-2026
    assert_eq!(found(W, "StudyDescription=Tho*"), "3");
    assert_eq!(found(W, "StudyDescription=*left"), "4");
    assert_eq!(found(W, "StudyDescription=T*l"), ""); // middle: not documented
    assert_eq!(found(W, "AccessionNumber=A*"), "");
    assert_eq!(found(W, "StudyInstanceUID=1.1,1.2"), "");
    assert_eq!(found(W, "PatientBirthDate=20000101-"), "");
    assert_eq!(found(W, "limit=0"), "400");
    let row = &rows(&at(W, "/studies", "PatientID=A"))[0];
    assert!(row.get("00080061").is_none() && row.get("00081190").is_none());
    let row = &rows(&at(W, "/studies", "PatientID=A&includefield=all"))[0];
    assert!(row.get("00080061").is_some() && row.get("00201206").is_some() && row.get("00081190").is_some());
    let row = &rows(&at(W, "/studies", "PatientID=A&includefield=00080061,00081030"))[0];
    assert!(row.get("00080061").is_none());
    let row = &rows(&at(W, "/studies", "PatientID=A&includefield=00080061&includefield=00081030"))[0];
    assert!(row.get("00080061").is_some());
    assert_eq!(at(W, "/studies", &"includefield=00081030&".repeat(51)).status, 400);
    let statuses: BTreeSet<u16> = (0..9).map(|seed| store().get("/studies", "PatientSex=F", &preset(W, seed)).status).collect();
    assert_eq!(statuses.len(), 2); // unknown: by the seed
}
#[test]
fn kheops() {
    assert_eq!(found(K, "PatientName=D*E"), ""); // inner * deleted: "de"
    assert_eq!(found(K, "PatientName=DO*E"), "6");
    assert_eq!(found(K, "PatientName=D?E"), ""); // ? literal
    assert_eq!(found(K, "PatientName=*john*"), "5");
    assert_eq!(found(K, "PatientID=SAMEID"), "1 2");
    assert_eq!(found(K, "PatientID=A&PatientID=P6"), "5"); // first wins
    assert_eq!(found(K, "StudyTime=1015"), "400");
    assert_eq!(found(K, "StudyTime=100000.000000-103000.000000"), "5");
    assert_eq!(found(K, "StudyDate=2024"), "400");
    assert_eq!(found(K, "PatientSex=F"), "1 2 3 4 5 6 7");
    assert_eq!(found(K, "PatientID=null"), "");
    assert_eq!(found(K, "ModalitiesInStudy=CT,MR"), "");
    assert_eq!(at(K, "/studies", "PatientID=none").status, 204);
    assert_eq!(at(K, "/series", "").status, 404);
    assert_eq!(rows(&at(K, "/studies/1.5/series", "Modality=KO,CT")).len(), 2); // proxied to dcm4chee
    let row = &rows(&at(K, "/studies", "ModalitiesInStudy=ko&includefield=StudyDescription"))[0];
    assert_eq!(row["00201206"]["Value"][0], json!(1)); // counts of the filter
    assert_eq!(row["00081030"]["vr"], json!("CS"));
    assert!(rows(&at(K, "/studies", "includefield=00100021"))[0].get("00100021").is_none());
    assert!(at(K, "/studies", "limit=1").warning.unwrap().starts_with("299 {+service}: There are 6"));
}
#[test]
fn static_files() {
    assert_eq!(found(S, "StudyDescription=Abd*"), "5");
    assert_eq!(found(S, "StudyDescription=Sku*&PatientID=P*"), "6");
    assert_eq!(found(S, "StudyDescription=left*"), "4"); // x* contains
    assert_eq!(found(S, "StudyDescription=*Abd"), ""); // the first occurrence is not the end
    assert_eq!(found(S, "PatientID=sameid"), "2");
    assert_eq!(found(S, "ModalitiesInStudy=SR,KO"), "");
    assert_eq!(found(S, "ModalitiesInStudy=SR&ModalitiesInStudy=KO"), "2 5");
    assert_eq!(found(S, "StudyDate=-20161231"), "1 4");
    assert_eq!(found(S, "StudyDate=20240110-"), "4 7"); // absent passes
    assert_eq!(found(S, "StudyInstanceUID=1.1&PatientID=A"), "1"); // bypass
    assert_eq!(found(S, "StudyInstanceUID=1.1,1.2"), "404");
    assert_eq!(found(S, "PatientSex=F&limit=1&offset=3"), "1 2 3 4 5 6 7");
    assert_eq!(at(S, "/series", "").status, 404);
    assert_eq!(at(S, "/studies", "PatientID=none").body, "[]");
    assert_eq!(rows(&at(S, "/studies/1.5/series", "Modality=KO")).len(), 2);
    let mut s = store();
    s.instances[0].insert("00080020".to_owned(), json!({"vr": "DA"}));
    assert_eq!(s.get("/studies", "StudyDate=20240101", &preset(S, 0)).status, 500);
}
#[test]
fn baseline_is_the_standard() {
    assert_eq!(found(B, "PatientID=SAMEID"), "1");
    assert_eq!(found(B, "StudyInstanceUID=1.1,1.2"), "1 2");
    assert_eq!(found(B, "AccessionNumber=A%2C3"), "3");
    assert_eq!(found(B, "PatientID=A%26B"), "4");
    assert_eq!(found(B, "PatientID=A&PatientID=B"), "400");
    assert_eq!(found(B, "PatientID=*"), "1 2 3 4 5 6 7");
    assert_eq!(found(B, "PatientSex=F"), "1 2 3 4 5 6 7"); // not a required key: ignored
    assert_eq!(found(B, "Modality=KO"), "1 2 3 4 5 6 7");
    assert_eq!(found(B, "StudyDate=-20161231"), "1");
    assert_eq!(found(B, "StudyDate=20231231-20240101&StudyTime=1000-0100"), "2 3");
    assert_eq!(found(B, "limit=0"), "");
    let mut f = preset(B, 0);
    f.relational = [true; 3];
    assert_eq!(rows(&store().get("/series", "00400275.00400009=S3&00400275.00401001=R1", &f)).len(), 1);
    assert_eq!(rows(&store().get("/series", "00400275.00400009=S3&00400275.00401001=R2", &f)).len(), 0);
    (f.default_limit, f.max_limit) = ([Some(2); 3], [Some(2); 3]);
    let a = store().get("/studies", "limit=100&offset=1", &f);
    assert_eq!(rows(&a).len(), 2);
    assert_eq!(a.warning.unwrap(), "299 pacs.example: There are 4 additional results that can be requested");
    let a = at(B, "/studies", "PatientName=doe&fuzzymatching=true");
    assert!(a.warning.unwrap().contains("Only literal matching"));
    let row = &rows(&at(B, "/studies", "PatientID=A"))[0];
    let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
    assert!(keys.is_sorted() && row["00200010"] == json!({"vr": "SH"}));
    assert!(row.get("00081030").is_none());
    assert_eq!(row["00201206"]["Value"][0], json!(2));
}
