//! Histories: versions of a study, and what was deleted.

use super::reading::{imaging, read, told};
use fhir_dicomweb::{Options, Release, dicom, fhir, url};

const SUBJECT: &str = r#""subject":{"identifier":{"value":"P1"}}"#;

fn endpoint() -> String {
    String::from(
        r##""contained":[{"resourceType":"Endpoint","id":"e","status":"active","connectionType":{"code":"dicom-wado-rs"},"address":"https://h/d"}],"endpoint":[{"reference":"#e"}]"##,
    )
}

fn study(version: &str, more: &str) -> String {
    imaging("1.2.3", &format!(r#","meta":{{"versionId":"{version}"}},{SUBJECT},{}{more}"#, endpoint()))
}

fn entry(url: &str, request: (&str, &str), resource: &str) -> String {
    let url = if url.is_empty() { String::new() } else { format!(r#""fullUrl":"{url}","#) };
    let resource = if resource.is_empty() { String::new() } else { format!(r#","resource":{resource}"#) };
    format!(r#"{{{url}"request":{{"method":"{}","url":"{}"}}{resource}}}"#, request.0, request.1)
}

fn bundle(type_: &str, entries: &[String]) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"{type_}","entry":[{}]}}"#, entries.join(","))
}

/// Series that are read, and those that are to be got; by both ways of reading.
fn series(text: &str) -> (Vec<String>, Vec<String>) {
    let options = Options::default();
    let read = read(text, &options);
    let plain = fhir::read_plainly(text.as_bytes(), Release::R4, &options, &mut |_| {}).unwrap();
    assert_eq!(read.loss.to_string(), plain.loss.to_string());
    let rows = |studies: &[fhir_dicomweb::Study]| -> Vec<String> {
        studies.iter().map(|study| dicom::write(study, dicom::Rows::Series, &options).value.as_str().to_owned()).collect()
    };
    assert_eq!(rows(&read.value), rows(&plain.value));
    let all = rows(&read.value).concat();
    let found = ["1.2.3.1", "1.2.3.2", "1.2.3.3"].into_iter().filter(|uid| all.contains(&format!("\"{uid}\""))).map(str::to_owned);
    let gets = url::retrievals(text.as_bytes(), &options).unwrap().gets;
    let got = gets.iter().map(url::Get::url).filter_map(|url| url.split_once("/series/").map(|(_, uid)| uid.to_owned()));
    (found.collect(), got.collect())
}

/// Of versions the last is meant, which stands first; what it says no longer is not said.
#[test]
fn the_last_version_is_meant() {
    let new = study("2", r#","numberOfSeries":1,"series":[{"uid":"1.2.3.1"}]"#);
    let old = study("1", r#","started":"2024-01-01","numberOfSeries":2,"series":[{"uid":"1.2.3.1"},{"uid":"1.2.3.2"}]"#);
    let put = ("PUT", "ImagingStudy/1.2.3");
    let both = |type_: &str, url: &str| bundle(type_, &[entry(url, put, &new), entry(url, put, &old)]);
    for url in ["", "http://a/ImagingStudy/1.2.3", "urn:uuid:1"] {
        let text = both("history", url);
        assert_eq!(series(&text), (vec!["1.2.3.1".to_owned()], vec!["1.2.3.1".to_owned()]), "{text}");
        let read = read(&text, &Options::default());
        assert!(told(&read).contains(&"alternative-unused") && !told(&read).contains(&"conflict"), "{}", read.loss);
        let row = dicom::write(&read.value[0], dicom::Rows::Study, &Options::default()).value;
        assert!(!row.as_str().contains("20240101"));
    }
    // Of anything else they are resources that say more of one study, as are those of two servers.
    assert_eq!(series(&both("collection", "")).0, ["1.2.3.1", "1.2.3.2"]);
    let servers = [entry("http://a/ImagingStudy/1.2.3", put, &new), entry("http://b/ImagingStudy/1.2.3", put, &old)];
    assert_eq!(series(&bundle("history", &servers)).0, ["1.2.3.1", "1.2.3.2"]);
    // A URL of a version is that of its resource.
    let versions = [entry("http://a/ImagingStudy/1.2.3/_history/2", put, &new), entry("http://a/ImagingStudy/1.2.3/_history/1", put, &old)];
    assert_eq!(series(&bundle("history", &versions)).0, ["1.2.3.1"]);
    // Several resources of a history have nothing to do with each other.
    let other = study("7", r#","series":[{"uid":"1.2.3.3"}]"#).replacen(r#""id":"1.2.3""#, r#""id":"other""#, 1);
    let entries = [entry("", put, &new), entry("", ("PUT", "ImagingStudy/other"), &other), entry("", put, &old)];
    assert_eq!(series(&bundle("history", &entries)).0, ["1.2.3.1", "1.2.3.3"]);
}

/// What was deleted is no more; what was made again after that is.
#[test]
fn what_was_deleted_is_no_more() {
    let old = study("1", r#","series":[{"uid":"1.2.3.1"}]"#);
    let put = ("PUT", "ImagingStudy/1.2.3");
    let a = "http://a/ImagingStudy/1.2.3";
    for (url, delete, of_old, is_gone) in [
        ("", put.1, "", true),
        (a, put.1, a, true),
        (a, "ImagingStudy/1.2.3/_history/2", a, true),
        ("", a, a, true),
        ("", put.1, a, false),
        ("", "ImagingStudy/other", "", false),
        ("", "ImagingStudy", "", false),
        ("http://b/ImagingStudy/1.2.3", put.1, a, false),
    ] {
        let entries = [entry(url, ("DELETE", delete), ""), entry(of_old, put, &old)];
        let text = bundle("history", &entries);
        let is_unknown_server = url.is_empty() && delete == put.1 && of_old == a;
        let found = series(&text);
        // Whose server nobody names it may be this one's.
        assert_eq!(found.0.is_empty(), is_gone || is_unknown_server, "{text}");
        assert_eq!(found.0, found.1, "{text}");
        assert_eq!(told(&read(&text, &Options::default())).contains(&"withdrawn"), is_gone || is_unknown_server, "{text}");
        // Later it was there again.
        let again = [entry(of_old, put, &old.replace("1.2.3.1", "1.2.3.2")), entries[0].clone(), entries[1].clone()];
        assert_eq!(series(&bundle("history", &again)).0, ["1.2.3.2"], "{text}");
    }
    // A patient who was deleted is nobody: what is known of whom is not known.
    let of_patient = imaging("1.2.3", r#","subject":{"reference":"Patient/1"}"#);
    let patient = super::reading::patient("1", "P1");
    let entries = [entry("", put, &of_patient), entry("", ("DELETE", "Patient/1"), ""), entry("", ("PUT", "Patient/1"), &patient)];
    let read = read(&bundle("history", &entries), &Options::default());
    assert!(told(&read).contains(&"unresolved-reference") && told(&read).contains(&"withdrawn"), "{}", read.loss);
    assert!(!dicom::write(&read.value[0], dicom::Rows::Study, &Options::default()).value.as_str().contains("P1"));
}

/// Both ways out of a text take the same UID.
#[test]
fn what_is_got_is_the_study_that_is_read() {
    let of = |identifiers: &str| {
        format!(r#"{{"resourceType":"ImagingStudy","status":"available","identifier":{identifiers},{SUBJECT},{}}}"#, endpoint())
    };
    const TYPED: &str = r#""type":{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"110180"}]}"#;
    for (identifiers, expected) in [
        (r#"[{"system":"urn:dicom:uid","value":"1.2.3"}]"#.to_owned(), Some("1.2.3")),
        (r#"[{"system":"urn:dicom:uid","value":"1.2.3","use":"old"}]"#.to_owned(), None),
        (
            r#"[{"system":"urn:dicom:uid","value":"1.2.3","use":"old"},{"use":"official","system":"urn:dicom:uid","value":"1.2.4"}]"#
                .to_owned(),
            Some("1.2.4"),
        ),
        (
            r#"[{"system":"urn:dicom:uid","value":"1.2.3","use":["old"]},{"system":"urn:dicom:uid","value":"1.2.4"}]"#.to_owned(),
            Some("1.2.4"),
        ),
        (r#"[{"system":"urn:dicom:uid","value":["1.2.3","1.2.4"]},{"system":"urn:dicom:uid","value":"1.2.4"}]"#.to_owned(), None),
        (r#"[{"system":"urn:dicom:uid","value":["1.2.3"]}]"#.to_owned(), Some("1.2.3")),
        (r#"[{"system":"urn:dicom:uid","value":"1.2.3\u0000"}]"#.to_owned(), Some("1.2.3")),
        (r#"[{"system":"urn:dicom:uid","value":"1.2.3\u0000"},{"system":"urn:dicom:uid","value":"1.2.4"}]"#.to_owned(), None),
        (format!(r#"[{{{TYPED},"value":"1.2.3"}}]"#), Some("1.2.3")),
        (format!(r#"[{{{TYPED},"value":"1.2.3"}},{{"system":"urn:dicom:uid","value":"1.2.4"}}]"#), None),
        (r#"[{"system":"urn:ietf:rfc:3986","value":"urn:oid: 1.2.3"}]"#.to_owned(), Some("1.2.3")),
    ] {
        let text = of(&identifiers);
        let read = read(&text, &Options::default());
        let uids: Vec<&str> = read.value.iter().filter_map(|study| study.get(fhir_dicomweb::row::STUDY_UID)).collect();
        assert_eq!(uids.first().copied(), expected, "{identifiers}: {}", read.loss);
        let gets = url::retrievals(text.as_bytes(), &Options::default()).unwrap().gets;
        let urls: Vec<String> = gets.iter().map(url::Get::url).collect();
        assert_eq!(urls, expected.iter().map(|uid| format!("https://h/d/studies/{uid}")).collect::<Vec<_>>(), "{identifiers}");
    }
}

/// Whoever hears of every loss hears of those that count nothing, however often rows say the same.
#[test]
fn remarks_are_heard_of_each_row() {
    let row = |n: u32, day: &str| {
        let at = |tag: &str, vr: &str, text: &str| format!(r#""{tag}":{{"vr":"{vr}","Value":["{text}"]}}"#);
        let uid = format!("1.2.1.{n}");
        let all = [
            at("00080018", "UI", &uid),
            at("00080020", "DA", "20240101"),
            at("00080021", "DA", day),
            at("00080030", "TM", "1200"),
            at("00080031", "TM", "1200"),
            at("00080201", "SH", "+0100"),
            at("0020000D", "UI", "1.2"),
            at("0020000E", "UI", "1.2.1"),
        ];
        format!("{{{}}}", all.join(","))
    };
    let rows: Vec<String> = core::iter::once(row(1, "20240101")).chain((2..8).map(|n| row(n, "20240102"))).collect();
    let text = format!("[{}]", rows.join(","));
    let (mut quick, mut plain) = (Vec::new(), Vec::new());
    drop(dicom::read_with(text.as_bytes(), &Options::default(), &mut |loss| quick.push(*loss)).unwrap());
    drop(dicom::read_plainly(text.as_bytes(), &Options::default(), &mut |loss| plain.push(*loss)).unwrap());
    assert_eq!(quick, plain);
    assert!(quick.iter().filter(|loss| loss.count == 0).count() >= 6, "{quick:?}");
}
