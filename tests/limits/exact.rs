//! Each limit of reading: exactly as much passes, one more is the error that names it, whichever way the text comes in.

use crate::shapes::{bundle, fhir_study, list};
use fhir_dicomweb::{Error, Limits, Options, Release, Study, dicom, fhir, url};

/// The error's code, or that there is none.
type Outcome = Result<(), &'static str>;
type Way = (&'static str, fn(&str, &Options) -> Outcome);

fn outcome<T>(result: Result<T, Error>) -> Outcome {
    result.map(|_| ()).map_err(|error| error.code())
}

fn in_chunks(text: &str, size: usize, options: &Options) -> Outcome {
    let mut reader = dicom::Reader::new(options.clone());
    let pushed = text.as_bytes().chunks(size).try_for_each(|chunk| reader.push(chunk));
    outcome(pushed.and_then(|()| reader.finish()))
}

/// Every way in for DICOM JSON.
const DICOM: &[Way] = &[
    ("read", |text, options| outcome(dicom::read(text.as_bytes(), options))),
    ("read_with", |text, options| outcome(dicom::read_with(text.as_bytes(), options, &mut |_| {}))),
    ("read_plainly", |text, options| outcome(dicom::read_plainly(text.as_bytes(), options, &mut |_| {}))),
    ("Reader, bytes", |text, options| in_chunks(text, 1, options)),
    ("Reader, chunks", |text, options| in_chunks(text, 57, options)),
    ("Reader, whole", |text, options| in_chunks(text, usize::MAX, options)),
];

/// Every way in for FHIR.
const FHIR: &[Way] = &[
    ("read", |text, options| outcome(fhir::read(text.as_bytes(), Release::R4, options))),
    ("read R6", |text, options| outcome(fhir::read(text.as_bytes(), Release::R6, options))),
    ("read_with", |text, options| outcome(fhir::read_with(text.as_bytes(), Release::R5, options, &mut |_| {}))),
    ("retrievals", |text, options| outcome(url::retrievals(text.as_bytes(), options))),
];

/// The text passes with a limit of `at`, and with one less it is the error.
fn at_and_above(ways: &[Way], text: &str, at: u64, set: fn(&mut Limits, u64), code: &str) {
    for (way, read) in ways {
        let with = |limit| {
            let mut options = Options::default();
            set(&mut options.limits, limit);
            read(text, &options)
        };
        let text = text.get(..300).unwrap_or(text);
        assert_eq!(with(at), Ok(()), "{way}, {code} at the limit: {text}");
        assert_eq!(with(at - 1).err(), Some(code), "{way}, {code} one above: {text}");
    }
}

/// Arrays, NDJSON, and data sets with nothing between them.
fn spellings(rows: &[String]) -> [String; 3] {
    [format!("[{}]", rows.join(",")), rows.join("\n"), rows.concat()]
}

fn study(n: usize) -> String {
    format!(
        r#"{{"00080020":{{"vr":"DA","Value":["20240114"]}},"00100020":{{"vr":"LO","Value":["P"]}},"0020000D":{{"vr":"UI","Value":["1.2.{n}"]}}}}"#
    )
}

fn instance(study: usize, series: usize, n: usize, more: &str) -> String {
    format!(
        r#"{{"00080018":{{"vr":"UI","Value":["1.3.{n}"]}},"0020000D":{{"vr":"UI","Value":["1.2.{study}"]}},"0020000E":{{"vr":"UI","Value":["1.4.{series}"]}}{more}}}"#
    )
}

#[test]
fn input_bytes() {
    let set: fn(&mut Limits, u64) = |limits, limit| limits.input_bytes = limit;
    for text in spellings(&[study(1), study(2)]) {
        at_and_above(DICOM, &text, text.len() as u64, set, "limit-input-bytes");
    }
    let one = fhir_study(1, "");
    for text in [one.clone(), [&*one, "\n", &one].concat(), bundle(2, |n| fhir_study(n, "")), format!("\u{feff}{one}")] {
        at_and_above(FHIR, &text, text.len() as u64, set, "limit-input-bytes");
    }
    // Joined readers have read what both have read.
    let (one, two) = (study(1), study(2));
    for (limit, expected) in [(one.len() + two.len(), Ok(())), (one.len() + two.len() - 1, Err("limit-input-bytes"))] {
        let mut options = Options::default();
        options.limits.input_bytes = limit as u64;
        let [mut first, second] = [&one, &two].map(|text| {
            let mut reader = dicom::Reader::new(options.clone());
            reader.push(text.as_bytes()).unwrap();
            reader
        });
        assert_eq!(outcome(first.append(second)), expected);
    }
}

#[test]
fn depth() {
    let set: fn(&mut Limits, u64) = |limits, limit| limits.depth = limit as u32;
    // Array, data set, attribute, Value; and lists in what nobody reads, in a sequence of the table, in a name, where no tag is.
    for (inner, depth) in [
        (r#""00080020":{"vr":"DA","Value":["20240114"]}"#, 4),
        (r#""00280010":{"vr":"US","Value":[[[[1]]]]}"#, 7),
        (r#""00081032":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["1"]}}]}"#, 7),
        (r#""00100010":{"vr":"PN","Value":[{"Alphabetic":"A"}]}"#, 5),
        (
            r#""00400275":{"vr":"SQ","Value":[{"00401001":{"vr":"SH","Value":["1"]},"00321064":{"vr":"SQ","Value":[{"00080100":{"Value":["1"]}}]}}]}"#,
            10,
        ),
        (r#""00091001":{"vr":"UN","Value":[[[{"a":[{}]}]]]}"#, 9),
        (r#""x":[[[{}]]]"#, 6),
        (r#""00081030":[[[[[{}]]]]]"#, 8),
    ] {
        let row = format!(r#"{{"0020000D":{{"vr":"UI","Value":["1.2"]}},{inner}}}"#);
        at_and_above(DICOM, &format!("[{row}]"), depth, set, "json-depth");
        at_and_above(DICOM, &[row.as_str(), "\n", &row].concat(), depth - 1, set, "json-depth");
    }
    let deep = fhir_study(1, r#","a":[[[{"b":[1]}]]]"#);
    let usual = fhir_study(1, r#","series":[{"uid":"1.2","instance":[{"uid":"1.3"}]}]"#);
    let escaped = fhir_study(1, r#","\u0061":[[[{"b":[1]}]]]"#);
    for (text, depth) in [(fhir_study(1, ""), 3), (usual.clone(), 5), (deep.clone(), 6), (escaped, 6), ([&*usual, "\n", &deep].concat(), 6)]
    {
        at_and_above(FHIR, &text, depth, set, "json-depth");
        at_and_above(FHIR, &bundle(2, |_| text.split('\n').next_back().unwrap().to_owned()), depth + 3, set, "json-depth");
    }
}

/// Without options the default holds.
#[test]
fn depth_of_an_endpoint() {
    for (depth, expected) in [(63, Ok(())), (64, Err("json-depth"))] {
        let text = format!(r#"{{"resourceType":"Endpoint","a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert_eq!(outcome(fhir::read_endpoint(text.as_bytes())), expected);
    }
}

/// Nested 10,000 deep, for those who say that they want it: no stack is so deep, so there is an end to what the limit can be set to.
#[test]
fn nesting() {
    for limit in [64, 200, u32::MAX] {
        let mut options = Options::default();
        options.limits.depth = limit;
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"{"00081032":{"Value":["#, "]}}"), (r#"[{"a":"#, "}]")] {
            for before in [
                "",
                r#"{"0020000D":{"Value":["1.2"]},"00081032":{"Value":["#,
                r#"{"0020000D":{"Value":["1.2"]},"00091001":"#,
                r#"{"resourceType":"ImagingStudy","series":"#,
            ] {
                for text in
                    [format!("{before}{}", open.repeat(10_000)), format!("{before}{}1{}", open.repeat(10_000), close.repeat(10_000))]
                {
                    for (way, read) in DICOM.iter().chain(FHIR) {
                        let code = read(&text, &options).err();
                        assert!(matches!(code, Some("json-depth" | "not-dicom-json" | "json-syntax")), "{way}: {code:?}");
                    }
                    assert_eq!(outcome(fhir::read_endpoint(text.as_bytes())).err(), Some("json-depth"));
                }
            }
        }
    }
}

#[test]
fn studies() {
    let set: fn(&mut Limits, u64) = |limits, limit| limits.studies = limit as u32;
    // All alike, so that rows are compared with those before; and each with something of its own.
    let alike: Vec<String> = (10..17).map(study).collect();
    let odd: Vec<String> = (10..17).map(|n| study(n).replace("20240114", &format!("20240114\",\"{}", "x\",\"".repeat(n)))).collect();
    let instances: Vec<String> = (10..17).map(|n| instance(n, n, n, "")).collect();
    let patients: Vec<String> = (10..17).map(|n| study(1).replace("\"P\"", &format!("\"P{n}\""))).collect();
    for rows in [&alike, &odd, &instances, &patients] {
        spellings(rows).iter().for_each(|text| at_and_above(DICOM, text, 7, set, "limit-studies"));
    }
    let fhir: Vec<String> = (0..7).map(|n| fhir_study(n, "")).collect();
    for text in [
        bundle(7, |n| fhir_study(n, "")),
        fhir.join("\n"),
        bundle(7, |n| fhir_study(n, r#","series":[{"uid":"1.2","instance":[{"uid":"1.3"}]}]"#)),
    ] {
        at_and_above(FHIR, &text, 7, set, "limit-studies");
    }
    joined(&alike, set, 7, "limit-studies");
}

#[test]
fn series() {
    let set: fn(&mut Limits, u64) = |limits, limit| limits.series = limit as u32;
    let rows = |row: fn(usize) -> String| (10..17).map(row).collect::<Vec<String>>();
    let alike = rows(|n| instance(1, n, n, ""));
    let of_studies = rows(|n| instance(n, 1, 1, ""));
    let without_instances = rows(|n| instance(1, n, n, "").replace("00080018", "00081155"));
    for rows in [&alike, &of_studies, &without_instances] {
        spellings(rows).iter().for_each(|text| at_and_above(DICOM, text, 7, set, "limit-series"));
        joined(rows, set, 7, "limit-series");
    }
    let own = |n: usize| format!(r#"{{"uid":"1.2.{n}","instance":[{{"uid":"1.3"}}]}}"#);
    for text in
        [fhir_study(1, &format!(r#","series":[{}]"#, list(7, own))), bundle(7, |n| fhir_study(n, &format!(r#","series":[{}]"#, own(n))))]
    {
        at_and_above(FHIR, &text, 7, set, "limit-series");
    }
}

#[test]
fn instances() {
    let set: fn(&mut Limits, u64) = |limits, limit| limits.instances = limit as u32;
    let rows = |row: fn(usize) -> String| (10..27).map(row).collect::<Vec<String>>();
    let alike = rows(|n| instance(1, 1, n, r#","00200013":{"vr":"IS","Value":[1]},"00280010":{"vr":"US","Value":[512]}"#));
    let all_the_same = rows(|_| instance(1, 1, 1, ""));
    let of_series = rows(|n| instance(n % 3, n, 1, ""));
    let odd = rows(|n| instance(1, 1, n, &format!(r#","00200013":{{"Value":[{}]}}"#, "1,".repeat(n).trim_end_matches(','))));
    for rows in [&alike, &all_the_same, &of_series, &odd] {
        spellings(rows).iter().for_each(|text| at_and_above(DICOM, text, 17, set, "limit-instances"));
        joined(rows, set, 17, "limit-instances");
    }
    let of = |instance: fn(usize) -> String| fhir_study(1, &format!(r#","series":[{{"uid":"1.2","instance":[{}]}}]"#, list(17, instance)));
    let usual = of(|n| format!(r#"{{"uid":"1.3.{n}","sopClass":{{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840"}},"number":{n}}}"#));
    let odd = of(|n| format!(r#"{{"uid":"1.3.{n}","title":"t","x":{n}}}"#));
    let apart = bundle(17, |n| fhir_study(n, r#","series":[{"uid":"1.2","instance":[{"uid":"1.3"}]}]"#));
    for text in [usual, odd, apart] {
        at_and_above(FHIR, &text, 17, set, "limit-instances");
    }
}

/// The same rows, each read by a reader of its own.
fn joined(rows: &[String], set: fn(&mut Limits, u64), at: u64, code: &str) {
    for (limit, expected) in [(at, Ok(())), (at - 1, Err(code))] {
        let mut options = Options::default();
        set(&mut options.limits, limit);
        let mut all = dicom::Reader::new(options.clone());
        let join = |row: &String| {
            let mut reader = dicom::Reader::new(options.clone());
            reader.push(row.as_bytes())?;
            all.append(reader)
        };
        let found: Result<(), Error> = rows.iter().try_for_each(join);
        assert_eq!(found.map_err(|error| error.code()), expected, "joined");
    }
}

/// References may lead to `expansion` values for each byte of the text, and to 10,000.
#[test]
fn expansion() {
    let endpoint = format!(r#"{{"resourceType":"Endpoint","id":"e","status":"active","payload":[{}]}}"#, list(95, |n| n.to_string()));
    let text = |references: u64| {
        let references = list(references as usize, |_| r##"{"reference":"#e"}"##.into());
        fhir_study(1, &format!(r#","contained":[{endpoint}],"endpoint":[{references}]"#))
    };
    // The object, its type, id, status, the list and what is in it: 100 values; and the bytes from the first text to the last number, of which 16 are one.
    let own = endpoint.rfind("94").unwrap() + 2 - endpoint.find("Endpoint").unwrap();
    let each = 100 + own as u64 / 16;
    for limit in [0, 1, 2] {
        let is_allowed = |references: u64| each * references <= 10_000 + limit * text(references).len() as u64;
        let most = (1..1_000).take_while(|references| is_allowed(*references)).last().unwrap();
        for (references, expected) in [(most, Ok(())), (most + 1, Err("limit-expansion"))] {
            let mut options = Options::default();
            options.limits.expansion = limit as u32;
            for (way, read) in FHIR {
                assert_eq!(read(&text(references), &options), expected, "{way} {limit} {references}");
            }
        }
    }
}

/// A photograph is not read, however many studies are that patient's.
#[test]
fn photographs_are_no_expansion() {
    let photo = "x".repeat(1 << 20);
    let patient = format!(
        r#"{{"resourceType":"Patient","id":"p","identifier":[{{"value":"P1"}}],"photo":[{{"contentType":"image/png","data":"{photo}"}}],"text":{{"div":"<div>{photo}</div>"}}}}"#
    );
    let study = |n: usize| {
        format!(
            r#"{{"resource":{{"resourceType":"ImagingStudy","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}}],"subject":{{"reference":"Patient/p"}}}}}}"#
        )
    };
    let text = format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{{"resource":{patient}}},{}]}}"#, list(1_000, study));
    for (way, read) in FHIR {
        assert_eq!(read(&text, &Options::default()), Ok(()), "{way}");
    }
}

/// What is beyond a limit is an error also where losses are heard one by one, and where all else is strict.
#[test]
fn a_limit_is_no_loss() {
    let mut options = Options::default();
    options.limits.studies = 1;
    let text = spellings(&[study(1), study(2)])[0].clone();
    for strict in [false, true] {
        options.strict = strict;
        let mut heard = 0;
        let read: Result<_, Error> = dicom::read_with(text.as_bytes(), &options, &mut |_| heard += 1).map(|read| read.ignore_loss());
        assert_eq!((read.map(|studies: Vec<Study>| studies.len()).unwrap_err().code(), heard), ("limit-studies", 0));
    }
}
