//! Systems that say what a value is, and not who gave it.

use fhir_dicomweb::{Options, Release, Study, dicom, fhir};

/// In a Bundle whose studies have one issuer, whether its system is said depends on each value: a text is no URI, and an accession number no study's UID.
#[test]
fn a_system_of_uris_is_said_of_uris_alone() {
    let written = |study: &Study| fhir::write(study, Release::R4, &Options::default()).value.as_str().to_owned();
    for (issuer, values) in [
        (
            "urn:ietf:rfc:3986",
            ["http://x/1", "http://x/2", "A3", "urn:oid:2.999.3", "http://x/5", "urn:uuid:0a1b2c3d-1111-2222-3333-444455556666"],
        ),
        ("urn:dicom:uid", ["urn:oid:1.2.9", "urn:oid:1.2.8", "A3", "1.2.7", "urn:oid:1.2.6", "urn:oid:x"]),
    ] {
        let sequence = format!(
            r#"{{"vr":"SQ","Value":[{{"00400032":{{"vr":"UT","Value":["{issuer}"]}},"00400033":{{"vr":"CS","Value":["URI"]}}}}]}}"#
        );
        // The accession number, the patient's id, and an order's number.
        for (tag, of) in [("00080050", "00080051"), ("00100020", "00100024"), ("00402016", "00400026")] {
            for turned in [false, true] {
                let mut values = values.to_vec();
                if turned {
                    values.reverse();
                }
                let row = |n: usize| {
                    let value = values[n % values.len()];
                    let patient = if tag == "00100020" { String::new() } else { r#","00100020":{"vr":"LO","Value":["P"]}"#.to_owned() };
                    format!(
                        r#"{{"0020000D":{{"vr":"UI","Value":["1.2.{n}"]}},"{tag}":{{"vr":"LO","Value":["{value}"]}},"{of}":{sequence}{patient}}}"#
                    )
                };
                let rows: Vec<String> = (0..12).map(row).collect();
                let studies = dicom::read(format!("[{}]", rows.join(",")).as_bytes(), &Options::default()).unwrap().ignore_loss();
                let bundle = fhir::bundle(&studies, Release::R4, &Options::default()).ignore_loss();
                for study in &studies {
                    assert!(bundle.as_str().contains(&written(study)), "{issuer} {tag}: {}", written(study));
                }
                let back = fhir::read(bundle.as_str().as_bytes(), Release::R4, &Options::default()).unwrap();
                assert_eq!(back.value.len(), 12, "{issuer} {tag}: {}", back.loss);
            }
        }
    }
}
