//! How much stack deep values take.

use fhir_dicomweb::{Options, Release, dicom, fhir, url};

/// The deepest nesting that a limit can allow fits on the stack that `Limits::depth` says, and no deeper is read.
#[test]
fn the_deepest_nesting_fits_on_the_stack() {
    let nested = |open: &str, close: &str, depth: usize| [open.repeat(depth), "1".to_owned(), close.repeat(depth)].concat();
    let texts = move |depth: usize| {
        let study = |member: String| {
            format!(
                r#"{{"resourceType":"ImagingStudy","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}}],"status":"available",{member}}}"#
            )
        };
        [
            study(format!(r#""extension":{}"#, nested(r#"[{"extension":"#, "}]", depth / 2))),
            study(format!(r#""unknown":{}"#, nested("[", "]", depth))),
            study(format!(r#""subject":{}"#, nested(r#"{"identifier":{"assigner":"#, "}}", depth / 2))),
            study(format!(r#""contained":{}"#, nested(r#"[{"resourceType":"Bundle","entry":[{"resource":"#, "}]}]", depth / 4))),
            format!(
                r#"[{{"0020000D":{{"vr":"UI","Value":["1.2.3"]}},"00400275":{}}}]"#,
                nested(r#"{"vr":"SQ","Value":[{"00400275":"#, "}]}", depth / 3)
            ),
        ]
    };
    for (depth, stack) in [(64, 384 << 10), (u32::MAX, 1536 << 10)] {
        let levels = depth.min(256) as usize;
        let job = move || {
            let mut options = Options::default();
            options.limits.depth = depth;
            for text in texts(levels - 8).into_iter().chain(texts(levels + 8)) {
                // Whether it is read or refused: the stack holds.
                let _ = dicom::read(text.as_bytes(), &options);
                let _ = fhir::read(text.as_bytes(), Release::R4, &options).map(|read| {
                    read.value.iter().for_each(|study| drop(fhir::write(study, Release::R5, &options)));
                });
                let _ = url::retrievals(text.as_bytes(), &options);
            }
            let beyond = fhir::read(texts(levels * 2)[1].as_bytes(), Release::R4, &options);
            assert_eq!(beyond.unwrap_err().code(), "json-depth");
        };
        std::thread::Builder::new().stack_size(stack).spawn(job).unwrap().join().unwrap();
    }
}
