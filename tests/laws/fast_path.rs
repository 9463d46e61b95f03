//! Rows that a fast path is most likely to take for more of the same, and faults of fast paths that were found and mended.

use crate::support;
use support::fast_laws;
use support::generate::Choices;

/// A row of an instance: its number, and members that differ.
fn row_of(n: usize, more: &str) -> String {
    format!(
        concat!(
            r#"{{"00080018":{{"vr":"UI","Value":["1.2.1.1.{n}"]}},"00080060":{{"vr":"CS","Value":["CT"]}},"#,
            r#""0020000D":{{"vr":"UI","Value":["1.2.1"]}},"0020000E":{{"vr":"UI","Value":["1.2.1.1"]}},"#,
            r#""00200013":{{"vr":"IS","Value":[{n}]}},{more}"00280010":{{"vr":"US","Value":[512]}}}}"#
        ),
        n = n,
        more = more
    )
}

/// Rows that repeat, and one among them that nearly does: what a fast path is most likely to take for more of the same.
#[test]
fn fast_path_of_rows_that_nearly_repeat() {
    let usual = |n: usize| {
        let url = format!("https://a/rs/studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.{n}");
        let url = format!(r#""00081190":{{"vr":"UR","Value":["{url}"]}},"00200062":{{"vr":"CS","Value":["L"]}},"#);
        row_of(n, &format!(r#"{url}"00180015":{{"vr":"CS","Value":["HEAD"]}},"#))
    };
    let odd: Vec<String> = [
        // The instance's UID: odd, empty, none, twice, escaped, of another series or study.
        (r#"["1.2.1.1.5"]"#, r#"["1.2.1.1.5 "]"#),
        (r#"["1.2.1.1.5"]"#, r#"[" 1.2.1.1.5"]"#),
        (r#"["1.2.1.1.5"]"#, r#"["1.2.1.1.05"]"#),
        (r#"["1.2.1.1.5"]"#, r#"["1.2.1.1.5."]"#),
        (r#"["1.2.1.1.5"]"#, r#"["1.2.1.1.\u0035"]"#),
        (r#"["1.2.1.1.5"]"#, r#"["1.2.1.1.5","1.2.1.1.6"]"#),
        (r#"["1.2.1.1.5"]"#, r#"["1.2.1.1.4"]"#),
        (r#"["1.2.1.1.5"]"#, r#"["1.2.1.1.3 "]"#),
        (r#"["1.2.1.1.5"]"#, r#"[""]"#),
        (r#"["1.2.1.1.5"]"#, r#"[]"#),
        (r#"["1.2.1.1.5"]"#, r#"[null]"#),
        (r#"["1.2.1.1.5"]"#, r#"[5]"#),
        (r#"["1.2.1.1.5"]"#, r#"[{}]"#),
        (r#"["1.2.1.1.5"]"#, "[\"1.2.1.1.5\u{7f}\"]"),
        (r#"["1.2.1.1.5"]"#, "[\"1.2.1.1.5é\"]"),
        (r#"["1.2.1.1.5"]"#, r#"["1.2.345678901234567890123456789012345678901234567890123456789012345"]"#),
        (r#"["1.2.1.1"]"#, r#"["1.2.1.2"]"#),
        (r#"["1.2.1.1"]"#, r#"["1.2.1.1 "]"#),
        (r#"["1.2.1"]"#, r#"["1.2.2"]"#),
        (r#"["1.2.1"]"#, r#"[]"#),
        // Its number.
        ("[5]", r#"["5"]"#),
        ("[5]", r#"["5 "]"#),
        ("[5]", "[05]"),
        ("[5]", "[-5]"),
        ("[5]", "[5.0]"),
        ("[5]", "[5e0]"),
        ("[5]", "[0]"),
        ("[5]", "[999999999]"),
        ("[5]", "[1234567890]"),
        ("[5]", "[5,6]"),
        ("[5]", "[]"),
        ("[5]", "[null]"),
        // The series, which contradicts itself, or not.
        (r#"["CT"]"#, r#"["MR"]"#),
        (r#"["CT"]"#, r#"["ct"]"#),
        (r#"["CT"]"#, r#"["CT "]"#),
        (r#"["CT"]"#, r#"["CT","CT"]"#),
        (r#""CS""#, r#""LO""#),
        (r#""vr":"CS","#, ""),
        (r#"["L"]"#, r#"["R"]"#),
        (r#"["L"]"#, r#"["B"]"#),
        (r#"["L"]"#, r#"[]"#),
        (r#"["HEAD"]"#, r#"["HEART"]"#),
        (r#""00180015":{"vr":"CS","Value":["HEAD"]},"#, ""),
        (r#""00200062":{"vr":"CS","Value":["L"]},"#, ""),
        (r#""00200062""#, r#""00200060""#),
        // Where it is retrieved.
        (r#"1.2.1.1.5"]},"002"#, "1.2.1.1.5\u{7f}\"]},\"002"),
        (r#"1.2.1.1.5"]},"002"#, r#"1.2.1.1.5 "]},"002"#),
        (r#"1.2.1.1.5"]},"002"#, r#"1.2.1.1.5/"]},"002"#),
        (r#"1.2.1.1.5"]},"002"#, r#"1.2.1.1.5\u0020"]},"002"#),
        (r#"1.2.1.1.5"]},"002"#, r#"1.2.1.1.5?a=b"]},"002"#),
        (r#"1.2.1.1.5"]},"002"#, r#"1.2.1.1.5","https://b"]},"002"#),
        ("/instances/1.2.1.1.5", ""),
        ("/series/1.2.1.1/instances/1.2.1.1.5", ""),
        ("/rs/", "/e\u{301}/"),
        ("/rs/", "/r\u{7f}s/"),
        ("https://a/rs/studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.5", ""),
        ("https://a/rs/studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.5", " "),
        ("https://a/rs/studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.5", "\u{7f}"),
        ("/rs/", "/é/"),
        ("/rs/", "/a b/"),
        ("/rs/", r"\/rs\/"),
        ("/rs/", r"/\u00e9/"),
        ("/rs/", r"/\\/"),
        ("https:", " https:"),
        ("https://a", "https://b"),
        ("https://a", "/a"),
        (
            r#""00180015":{"vr":"CS","Value":["HEAD"]}"#,
            r#""00082218":{"vr":"SQ","Value":[{"00080100":{"vr":"SH"},"00080100":{"vr":"SH","Value":["T"]}}]}"#,
        ),
        (
            r#""00180015":{"vr":"CS","Value":["HEAD"]}"#,
            r#""00082218":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["T"]},"00080100":{"vr":"SH"}}]}"#,
        ),
        (
            r#""00180015":{"vr":"CS","Value":["HEAD"]}"#,
            r#""00082218":{"vr":"SQ","Value":[{"00080119":{"vr":"UC","Value":["L"]},"00080100":{"vr":"SH","Value":["T"]}}]}"#,
        ),
        // A vr that no string can be, or that is none.
        (r#""US""#, r#""\O""#),
        (r#""US""#, "\"\u{13}S\""),
        (r#""US""#, r#""U"""#),
        (r#""US""#, r#""\u0055S""#),
        (r#""CS""#, r#""\O""#),
        (r#""US""#, "7"),
        (r#""CS""#, "7"),
        (r#""US""#, r#"["US",{"a":1}]"#),
        (r#""CS""#, r#"["CS",{"a":1}]"#),
        ("00280010", "vr"),
        // What nothing maps: more leaves, fewer, none, other names.
        ("[512]", "[512,512]"),
        ("[512]", "[]"),
        ("[512]", r#"[" "]"#),
        ("[512]", r#"["\u0001"]"#),
        ("[512]", r#"["\u0041"]"#),
        ("[512]", "[\"\u{7f}\"]"),
        ("[512]", r#"[{"vr":"x"}]"#),
        ("[512]", "[[512],512]"),
        ("[512]", "[01]"),
        ("[512]", "[-]"),
        ("[512]", "[5.]"),
        ("00280010", "00280099"),
        ("00280010", "00290010"),
        ("00280010", "0028001a"),
        ("00280010", "x"),
        (r#""Value":[512]"#, r#""BulkDataURI":"x""#),
        // The form of the row.
        (r#"{"0008"#, r#"{ "0008"#),
        ("[512]}}", "[512]} }"),
        ("[512]}}", r#"[512]},"00280011":{"vr":"US"}}"#),
        ("[512]}}", r#"[512]},"00080060":{"vr":"CS"}}"#),
        ("[512]}}", r#"[512]},"00080060":{"vr":"CS","Value":["MR"]}}"#),
        ("[512]}}", r#"[512]},"00080018":{"vr":"UI","Value":["1.2.1.1.7"]}}"#),
        ("[512]}}", r#"[512]},"00200013":{"vr":"IS","Value":[7]}}"#),
        ("[512]}}", r#"[512]},"00100020":{"vr":"LO","Value":["P2"]}}"#),
        ("[512]}}", r#"[512]},"00081190":{"vr":"UR","Value":["https://a/studies/1.2.1/"]}}"#),
        ("[512]}}", r#"[512]},"00081190":{"vr":"UR","Value":["https:\/\/a\/studies\/1.2.1"]}}"#),
        ("[512]}}", "[512]},}"),
        ("[512]}}", "[512]}"),
    ]
    .iter()
    .map(|(from, to)| usual(5).replacen(from, to, 1))
    .chain((0..2).map(|without| {
        // A row of a path that it does not repeat.
        let uids = [r#""0020000D":{"vr":"UI","Value":["1.2.1"]},"#, r#""0020000E":{"vr":"UI","Value":["1.2.1.1"]},"#];
        usual(5).replace(uids[without], "")
    }))
    .chain(["null", "3", "{}", "[]", r#"{"a":"b"}"#, r#"{"error":"x"}"#].map(String::from))
    .collect();
    // Of a second text all that is a data set may repeat rows of the first.
    let texts = [format!("[{},{},{}]", usual(1), usual(2), usual(3)), format!(r#"[{{"a":"b"}},{},{}]"#, usual(4), usual(6))];
    for two in [texts[1].clone(), texts[1].replace(&usual(4), "null"), r#"[{"a":"b"}]"#.into(), texts[0].clone(), "[".into(), "".into()] {
        fast_laws::fast_in_two_texts(texts[0].as_bytes(), two.as_bytes(), &fhir_dicomweb::Options::default());
    }
    for (turn, odd) in odd.iter().enumerate() {
        // Once; for good; as what the others repeat.
        for before in [0, 1, 3] {
            for (same, behind) in [(1, 3), (3, 1)] {
                let mut rows: Vec<String> = (0..before).map(usual).collect();
                rows.extend((0..same).map(|n| odd.replace("1.2.1.1.5\"", &format!("1.2.1.1.{}\"", 5 + n))));
                rows.extend((0..behind).map(|n| usual(10 + n)));
                let text = format!("[{}]", rows.join(","));
                let whole = true;
                let repeats = support::repeat::Repeats { rows, text: text.into_bytes(), whole };
                let how = (turn * 3 + before + same) % 7;
                fast_laws::all(&repeats, &fhir_dicomweb::Options::default(), &mut Choices(&[how as u8, before as u8 + 1, 0, 3]));
            }
        }
    }
}

/// Faults that were found and mended: fast paths that went too deep, read on where strict reading ends, kept silent of the row beyond a limit;
/// an offset that contradicted another and was not told; strings that are no JSON where a VR belongs.
#[test]
fn fast_path_faults() {
    use fhir_dicomweb::{Options, dicom};
    let faults: [(&str, &dyn Fn()); 6] = [
        ("depth", &|| {
            let options = &mut Options::default();
            options.limits.depth = 2;
            let text = br#"[{"0020000D":{"vr":"UI","Value":["1.2.1"]}}]"#;
            let codes = [dicom::read(text, options), dicom::read_plainly(text, options, &mut |_| {})].map(|read| read.map(|_| ()));
            assert_eq!(codes[0], codes[1]);
        }),
        ("escape", &|| {
            // No JSON: an escape that there is none of, and a control character, where a VR belongs.
            for vr in ["\\O", "\u{1}O", "L\n"] {
                let text = format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2.1"]}},"00291010":{{"vr":"{vr}","Value":["a"]}}}}]"#);
                let codes = [
                    dicom::read(text.as_bytes(), &Options::default()),
                    dicom::read_plainly(text.as_bytes(), &Options::default(), &mut |_| {}),
                ];
                let [one, two] = codes.map(|read| read.map(|_| ()).map_err(|error| (error.code(), error.offset())));
                assert_eq!(one, two);
            }
        }),
        ("name", &|| {
            // A number is no name, where the pattern has learned that the member around names is not written alike.
            let row = |n: usize, name: &str| {
                format!(
                    r#"{{"0020000D":{{"vr":"UI","Value":["1.2.{n}"]}},"00100010":{{"vr":"PN","Value":[{name}]}},"00100020":{{"vr":"LO","Value":["P{n}"]}}}}"#
                )
            };
            let names = [
                r#"{"Alphabetic":"A"}"#,
                r#"{"Alphabetic":"B"}"#,
                r#"{"Alphab\u0065tic":"C"}"#,
                "7",
                r#"{"Alphabetic":"D"}"#,
                r#""E""#,
                "null",
            ];
            let rows: Vec<String> = names.iter().enumerate().map(|(n, name)| row(n + 1, name)).collect();
            fast_laws::fast_path(format!("[{}]", rows.join(",")).as_bytes(), &Options::default());
        }),
        ("strict", &|| {
            let options = &mut Options::default();
            options.strict = true;
            let row = |n: usize| row_of(n, "").replace(r#","00280010":{"vr":"US","Value":[512]}"#, "");
            let text = format!("[{},{},null,{},x]", row(1), row(2), row(3));
            let codes = [dicom::read(text.as_bytes(), options), dicom::read_plainly(text.as_bytes(), options, &mut |_| {})];
            let [one, two] = codes.map(|read| read.map(|_| ()));
            assert_eq!(one, two);
        }),
        ("limit", &|| {
            let options = &mut Options::default();
            options.limits.instances = 2;
            let text = format!("[{},{},{}]", row_of(1, ""), row_of(2, ""), row_of(3, ""));
            let (mut one, mut two) = (0, 0);
            let _ = dicom::read_with(text.as_bytes(), options, &mut |_| one += 1);
            let _ = dicom::read_plainly(text.as_bytes(), options, &mut |_| two += 1);
            assert_eq!(one, two, "losses heard");
        }),
        ("offsets", &|| {
            let row = |offset: &str| {
                let dated = r#""00080021":{"vr":"DA","Value":["20240114"]},"00080031":{"vr":"TM","Value":["101530"]},"#;
                row_of(1, &format!(r#"{dated}"00080201":{{"vr":"SH","Value":["{offset}"]}},"#))
            };
            let text = format!("[{},{}]", row("-0330"), row("+0100").replace("1.2.1.1.1", "1.2.1.1.2"));
            let read = dicom::read(text.as_bytes(), &Options::default()).unwrap();
            assert!(read.loss.iter().any(|loss| loss.at.to_string() == "/00080201"), "the second offset is told");
        }),
    ];
    let failed: Vec<&str> = faults
        .iter()
        .filter(|(_, fault)| std::panic::catch_unwind(std::panic::AssertUnwindSafe(fault)).is_err())
        .map(|(name, _)| *name)
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
}
