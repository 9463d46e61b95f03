//! What a hostile reviewer found: each is a promise that did not hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use fhir_dicomweb::{Id, Options, Release, Study, dicom, fhir};

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
