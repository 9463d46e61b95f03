//! Hostile texts of any size: what is small in the text and large in memory, what repeats, what points at everything else.
//!
//! Each takes how many of its parts it has. They are many of one kind of part, so that whatever is done per part, and per pair of parts, shows.

/// A hostile text: its name, how it is made, and how many parts it has at most where all shapes are tried alike.
#[derive(Clone, Copy)]
pub struct Shape {
    pub name: &'static str,
    pub make: fn(usize) -> String,
}

const fn shape(name: &'static str, make: fn(usize) -> String) -> Shape {
    Shape { name, make }
}

/// The parts, each made of its number, with commas between.
pub fn list(n: usize, part: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for at in 0..n {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&part(at));
    }
    text
}

/// Data sets.
pub fn rows(n: usize, row: impl Fn(usize) -> String) -> String {
    format!("[{}]", list(n, row))
}

/// One data set of study 1, series 1 and instance 1, and these members.
fn one_row(members: &str) -> String {
    format!(r#"[{{"0020000D":{{"Value":["1"]}},"0020000E":{{"Value":["1.1"]}},"00080018":{{"Value":["1.2"]}},{members}}}]"#)
}

/// An attribute of `n` values.
fn values(tag: &str, vr: &str, n: usize, value: impl Fn(usize) -> String) -> String {
    format!(r#""{tag}":{{"vr":"{vr}","Value":[{}]}}"#, list(n, value))
}

fn study(n: usize) -> String {
    format!(r#"{{"0020000D":{{"Value":["{n}"]}}}}"#)
}

/// A row of study 1, of this series, with these members.
fn series(uid: &str, more: &str) -> String {
    format!(r#"{{"0020000D":{{"Value":["1"]}},"0020000E":{{"Value":["{uid}"]}}{more}}}"#)
}

/// A row of study 1 and series 1, of this instance, with these members.
fn instance(uid: usize, more: &str) -> String {
    format!(r#"{{"0020000D":{{"Value":["1"]}},"0020000E":{{"Value":["1"]}},"00080018":{{"Value":["{uid}"]}}{more}}}"#)
}

/// An attribute with one value, with a comma before it.
fn and(tag: &str, value: impl std::fmt::Display) -> String {
    format!(r#","{tag}":{{"Value":[{value}]}}"#)
}

/// What is read as DICOM JSON.
pub const DICOM: &[Shape] = &[
    // Rows.
    shape("study rows of nothing but a UID", |n| rows(n, study)),
    shape("study rows, descending UIDs", |n| rows(n, |at| study(n - at))),
    shape("study rows, all the same", |n| rows(n, |_| study(7))),
    shape("study rows, each UID twice", |n| rows(n, |at| study(at % n.div_ceil(2)))),
    shape("study rows, texts one after the other", |n| (0..n).map(study).collect()),
    shape("a person of a long name whose scheme's UID says what its designator does, row after row", |n| {
        let person =
            |more: String| format!(r#""00080096":{{"Value":[{{"00401101":{{"Value":[{{"00080100":{{"Value":["D1"]}},{more}}}]}}}}]}}"#);
        let name = format!(r#""00080090":{{"vr":"PN","Value":[{{"Alphabetic":"{}"}}]}}"#, "A".repeat(50 * n));
        rows(n, |at| match at {
            0 => format!(r#"{{"0020000D":{{"Value":["1"]}},{name},{}}}"#, person(r#""00080102":{"Value":["ABC"]}"#.into())),
            _ => format!(r#"{{"0020000D":{{"Value":["1"]}},{}}}"#, person(r#""0008010C":{"Value":["ABC"]}"#.into())),
        })
    }),
    shape("one study UID, many patients", |n| {
        rows(n, |at| format!(r#"{{"0020000D":{{"Value":["1"]}}{}}}"#, and("00100020", format_args!("\"{at}\""))))
    }),
    shape("one study UID, nobody's number, many names", |n| {
        rows(n, |at| format!(r#"{{"0020000D":{{"Value":["1"]}}{}}}"#, and("00100010", format_args!("\"{at}\""))))
    }),
    shape("one patient of a long name without letters, and of many others", |n| {
        let name = |at: usize| if at == 0 { "?".repeat(8 * n) } else { format!("{at}") };
        let named = |at: usize| and("00100010", format_args!(r#"{{"Alphabetic":"{}"}}"#, name(at)));
        rows(n, |at| format!(r#"{{"0020000D":{{"Value":["1"]}},"00100020":{{"Value":["P"]}}{}}}"#, named(at)))
    }),
    shape("one patient of a long name, and of many others without letters", |n| {
        let name = |at: usize| if at == 0 { "a".repeat(8 * n) } else { "?".repeat(at % 7 + 1) };
        let named = |at: usize| and("00100010", format_args!(r#"{{"Alphabetic":"{}"}}"#, name(at)));
        rows(n, |at| format!(r#"{{"0020000D":{{"Value":["1"]}},"00100020":{{"Value":["P"]}}{}}}"#, named(at)))
    }),
    shape("one study UID, nobody's number, one name in many spellings, and a long issuer", |n| {
        let who = |at: usize| (0..14).map(|k| if at >> k & 1 == 0 { '.' } else { '-' }).collect::<String>();
        rows(n, |at| {
            let of = at % n.div_ceil(2);
            let issuer = if at + 1 == n { "x".repeat(n * 10) } else { String::new() };
            let order = if at == of {
                String::new()
            } else {
                and("00080050", "\"A\"") + &and("00080051", format_args!(r#"{{"00400031":{{"Value":["{issuer}"]}}}}"#))
            };
            format!(r#"{{"0020000D":{{"Value":["1"]}}{}{order}}}"#, and("00100010", format_args!("\"A{}\"", who(n - of))))
        })
    }),
    shape("a list that grows item by item beside a long one", |n| {
        let side = n.isqrt().max(1);
        let item = |row: usize, at: usize| match at {
            0 if row == 0 => format!(r#"{{"Alphabetic":"a","Ideographic":"{}"}}"#, "x".repeat(n * 10)),
            at if at == row => r#"{"Alphabetic":"a","Phonetic":"p"}"#.to_owned(),
            _ => "\"a\"".to_owned(),
        };
        rows(side, |row| format!(r#"{{"0020000D":{{"Value":["1"]}},"00081060":{{"Value":[{}]}}}}"#, list(side, |at| item(row, at))))
    }),
    shape("one study UID, one patient, many issuers", |n| {
        rows(n, |at| {
            format!(r#"{{"0020000D":{{"Value":["1"]}}{}{}}}"#, and("00100020", "\"P\""), and("00100021", format_args!("\"{at}\"")))
        })
    }),
    shape("one study UID, patients with and without issuer, and none", |n| {
        rows(n, |at| {
            let issuer = if at % 3 == 0 { and("00100021", format_args!("\"{}\"", at % 7)) } else { String::new() };
            let patient = if at % 5 == 0 { String::new() } else { and("00100020", format_args!("\"{}\"", at / 10)) };
            format!(r#"{{"0020000D":{{"Value":["1"]}}{patient}{issuer}}}"#)
        })
    }),
    shape("series rows of nothing but UIDs", |n| rows(n, |at| series(&at.to_string(), ""))),
    shape("series rows, descending UIDs", |n| rows(n, |at| series(&(n - at).to_string(), ""))),
    shape("series rows, a study each", |n| rows(n, |at| format!(r#"{{"0020000D":{{"Value":["{at}"]}},"0020000E":{{"Value":["1"]}}}}"#))),
    shape("series rows, each its own modality", |n| rows(n, |at| series(&at.to_string(), &and("00080060", format_args!("\"M{at}\""))))),
    shape("series rows, each its own requests", |n| {
        rows(n, |at| series(&at.to_string(), &and("00400275", format_args!(r#"{{"00401001":{{"Value":["R{at}"]}}}}"#))))
    }),
    shape("series rows, sets that grow in two rows", |n| {
        rows(n, |at| series(&(at / 2).to_string(), &and("00081050", format_args!(r#"{{"Alphabetic":"{at}"}}"#))))
    }),
    shape("one series, conflicts", |n| rows(n, |at| series("1", &and("0008103E", format_args!("\"{at}\""))))),
    shape("one series, a set that grows", |n| rows(n, |at| series("1", &and("00081050", format_args!(r#"{{"Alphabetic":"{at}"}}"#))))),
    shape("one series, what is lifted differs", |n| {
        rows(n, |at| instance(at, &and("00200062", if at % 2 == 0 { "\"L\"" } else { "\"R\"" })))
    }),
    shape("one study, modalities that grow", |n| {
        rows(n, |at| format!(r#"{{"0020000D":{{"Value":["1"]}}{}}}"#, and("00080061", format_args!("\"M{at}\""))))
    }),
    shape("instance rows of nothing but UIDs", |n| rows(n, |at| instance(at, ""))),
    shape("instance rows, descending UIDs", |n| rows(n, |at| instance(n - at, ""))),
    shape("instance rows, all the same", |n| rows(n, |_| instance(7, ""))),
    shape("instance rows, the same with another number", |n| rows(n, |at| instance(7, &and("00200013", at)))),
    shape("instance rows, each twice", |n| rows(n, |at| instance(at % n.div_ceil(2), &and("00200013", at)))),
    shape("instance rows, each its own class", |n| rows(n, |at| instance(at, &and("00080016", format_args!("\"1.2.{at}\""))))),
    shape("instance rows, each its own series and study", |n| {
        rows(n, |at| format!(r#"{{"0020000D":{{"Value":["{at}"]}},"0020000E":{{"Value":["1"]}},"00080018":{{"Value":["1"]}}}}"#))
    }),
    shape("instance rows, two series by turns", |n| {
        rows(n, |at| format!(r#"{{"0020000D":{{"Value":["1"]}},"0020000E":{{"Value":["{}"]}},"00080018":{{"Value":["{at}"]}}}}"#, at % 2))
    }),
    shape("instance rows with titles", |n| rows(n, |at| instance(at, &and("00420010", format_args!("\"{at}\""))))),
    shape("empty rows", |n| rows(n, |_| "{}".into())),
    shape("numbers for rows", |n| rows(n, |_| "1".into())),
    shape("empty lists for rows", |n| rows(n, |_| "[]".into())),
    shape("empty texts", |n| "[]".repeat(n)),
    shape("rows without UIDs", |n| rows(n, |_| r#"{"00100020":{"Value":["P"]}}"#.into())),
    shape("rows of a private attribute", |n| rows(n, |at| format!(r#"{{"0020000D":{{"Value":["1"]}},"00091001":{{"Value":[{at}]}}}}"#))),
    shape("rows of attributes nobody knows", |n| {
        rows(n, |at| format!(r#"{{"0020000D":{{"Value":["1"]}},"7FDE{:04X}":{{"Value":[1]}}}}"#, at % 0x10000))
    }),
    shape("rows that almost repeat", |n| {
        rows(n, |at| {
            let broken = if at % 2 == 0 { "\"20240114\"" } else { "\"20241314\"" };
            instance(at, &[and("00080020", broken), and("00200013", at), and("00280010", "512")].concat())
        })
    }),
    shape("rows that repeat up to their last attribute", |n| {
        rows(n, |at| {
            instance(
                at,
                &[and("00080020", "\"20240114\""), and("00280010", "512"), format!(r#","{:08X}":{{"Value":[1]}}"#, 0x4FFE_0000 + at)]
                    .concat(),
            )
        })
    }),
    shape("rows of many gaps", |n| {
        rows(n.div_ceil(100), |at| {
            let gaps: String = (0..100).map(|gap| format!(r#","0029{gap:04X}":{{"vr":"LO","Value":["{at}{gap}"]}}"#)).collect();
            instance(at, &gaps)
        })
    }),
    // One row.
    shape("private attributes", |n| one_row(&list(n, |at| format!(r#""{:04X}{:04X}":{{}}"#, 0x4001 + 2 * (at >> 16), at & 0xFFFF)))),
    shape("attributes that nobody knows, each a loss of its own", |n| {
        one_row(&list(n, |at| format!(r#""{:08X}":{{"Value":[1]}}"#, 0x6100_0000 + 2 * (at >> 16) * 0x10000 + (at & 0xFFFF))))
    }),
    shape("one attribute again and again", |n| one_row(&list(n, |_| r#""00081030":{"Value":["a"]}"#.into()))),
    shape("names that are no tags", |n| one_row(&list(n, |at| format!(r#""{at}":1"#)))),
    shape("members that no attribute has", |n| one_row(&format!(r#""00081030":{{{}}}"#, list(n, |at| format!(r#""{at}":1"#))))),
    shape("Value again and again", |n| one_row(&format!(r#""00081030":{{{}}}"#, list(n, |_| r#""Value":["a"]"#.into())))),
    shape("vr again and again", |n| one_row(&format!(r#""00081030":{{{}}}"#, list(n, |_| r#""vr":"LO""#.into())))),
    shape("values of an attribute that has one", |n| one_row(&values("00081030", "LO", n, |at| format!("\"{at}\"")))),
    shape("equal values of an attribute that has one", |n| one_row(&values("00081030", "LO", n, |_| "\"a\"".into()))),
    shape("numbers of an attribute that has one", |n| one_row(&values("00200013", "IS", n, |_| "1".into()))),
    shape("nulls", |n| one_row(&values("00081030", "LO", n, |_| "null".into()))),
    shape("modalities", |n| one_row(&values("00080061", "CS", n, |at| format!("\"{at}\"")))),
    shape("modalities, all the same", |n| one_row(&values("00080061", "CS", n, |_| "\"CT\"".into()))),
    shape("values of an attribute that nobody reads", |n| one_row(&values("00280010", "US", n, |_| "1".into()))),
    shape("patient ids in the retired attribute", |n| one_row(&values("00101000", "LO", n, |at| format!("\"{at}\"")))),
    shape("different patient ids", |n| one_row(&values("00100020", "LO", n, |at| format!("\"{at}\"")))),
    shape("patient ids between backslashes", |n| {
        one_row(&format!(r#""00100020":{{"vr":"LO","Value":["{}"]}}"#, list(n, |at| at.to_string()).replace(',', "\\\\")))
    }),
    shape("other patient ids", |n| {
        one_row(&values("00101002", "SQ", n, |at| format!(r#"{{"00100020":{{"Value":["{at}"]}},"00100021":{{"Value":["I"]}}}}"#)))
    }),
    shape("names of operators", |n| {
        one_row(&values("00081070", "PN", n, |at| format!(r#"{{"Alphabetic":"{at}","Ideographic":"b","Phonetic":"c"}}"#)))
    }),
    shape("names of the patient, of which more is said again than is kept", |n| {
        one_row(&values("00100010", "PN", n, |at| format!(r#"{{"Alphabetic":"A=B{at}"}}"#)))
    }),
    shape("names of the patient of too many groups, all the same", |n| {
        one_row(&values("00100010", "PN", n, |_| r#"{"Alphabetic":"A=B=C=D"}"#.into()))
    }),
    shape("names of operators as plain text", |n| one_row(&values("00081070", "PN", n, |_| "\"a\"".into()))),
    shape("names of operators between backslashes", |n| {
        one_row(&format!(r#""00081070":{{"vr":"PN","Value":["{}"]}}"#, vec!["a"; n].join("\\\\")))
    }),
    shape("names of operators as numbers", |n| one_row(&values("00081070", "PN", n, |_| "1".into()))),
    shape("patient ids in the retired attribute, numbers", |n| one_row(&values("00101000", "LO", n, |_| "1".into()))),
    shape("patient ids in the retired attribute, between backslashes", |n| {
        one_row(&format!(r#""00101000":{{"vr":"LO","Value":["{}"]}}"#, list(n, |at| (at % 10).to_string()).replace(',', "\\\\")))
    }),
    shape("modalities, numbers", |n| one_row(&values("00080061", "CS", n, |_| "1".into()))),
    shape("modalities, lower case", |n| one_row(&values("00080061", "CS", n, |_| "\"a\"".into()))),
    shape("names of operators and who they are", |n| {
        let half = n.div_ceil(2);
        let names = values("00081070", "PN", half, |at| format!(r#"{{"Alphabetic":"{at}"}}"#));
        one_row(
            &[names, values("00081072", "SQ", half, |at| format!(r#"{{"00401101":{{"Value":[{{"00080100":{{"Value":["{at}"]}}}}]}}}}"#))]
                .join(","),
        )
    }),
    shape("procedure codes", |n| {
        one_row(&values("00081032", "SQ", n, |at| format!(r#"{{"00080100":{{"Value":["{at}"]}},"00080102":{{"Value":["99X"]}}}}"#)))
    }),
    shape("procedure codes, each of a scheme that nobody knows", |n| {
        one_row(&values("00081032", "SQ", n, |at| format!(r#"{{"00080100":{{"Value":["1"]}},"00080102":{{"Value":["{at}"]}}}}"#)))
    }),
    shape("procedure codes too long to be written", |n| {
        one_row(&values("00081032", "SQ", n, |at| {
            format!(r#"{{"00080100":{{"Value":["{at}"]}},"00080102":{{"Value":["0123456789ABCDEFG"]}}}}"#)
        }))
    }),
    shape("empty items", |n| one_row(&values("00081032", "SQ", n, |_| "{}".into()))),
    shape("items that are none", |n| one_row(&values("00081032", "SQ", n, |_| "1".into()))),
    shape("requests", |n| one_row(&values("00400275", "SQ", n, |at| format!(r#"{{"00401001":{{"Value":["{at}"]}}}}"#)))),
    shape("referenced requests", |n| one_row(&values("0008A370", "SQ", n, |at| format!(r#"{{"00080050":{{"Value":["{at}"]}}}}"#)))),
    shape("specimens", |n| one_row(&values("00400560", "SQ", n, |at| format!(r#"{{"00400551":{{"Value":["{at}"]}}}}"#)))),
    shape("regions", |n| one_row(&values("00082218", "SQ", n, |at| format!(r#"{{"00080100":{{"Value":["{at}"]}}}}"#)))),
    shape("software versions", |n| {
        one_row(&[r#""00080070":{"Value":["M"]}"#.into(), values("00181020", "LO", n, |at| format!("\"{at}\""))].join(","))
    }),
    shape("deep values of an attribute that nobody reads", |n| {
        let deep = format!("{}1{}", r#"{"00080100":{"Value":["#.repeat(15), "]}}".repeat(15));
        one_row(&values("00409096", "SQ", n.div_ceil(15), |_| deep.clone()))
    }),
    shape("one long value", |n| one_row(&format!(r#""00081030":{{"Value":["{}"]}}"#, "a".repeat(n)))),
    shape("one long value of escapes", |n| one_row(&format!(r#""00081030":{{"Value":["{}"]}}"#, "\\u0041".repeat(n)))),
    shape("one long value of spaces", |n| one_row(&format!(r#""00081030":{{"Value":["a{}b"]}}"#, " ".repeat(n)))),
    shape("one long value that nobody reads", |n| one_row(&format!(r#""00204000":{{"Value":["{}"]}}"#, "a".repeat(n)))),
    shape("one long name", |n| one_row(&format!(r#""00100010":{{"Value":[{{"Alphabetic":"{}"}}]}}"#, "^=".repeat(n)))),
    shape("one long member name", |n| one_row(&format!(r#""{}":1"#, "a".repeat(n)))),
    shape("white space", |n| format!("[{}]", " ".repeat(n))),
];

/// A Bundle of these entries.
pub fn bundle(n: usize, resource: impl Fn(usize) -> String) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{}]}}"#, list(n, |at| format!(r#"{{"resource":{}}}"#, resource(at))))
}

/// A study of this UID with these members.
pub fn fhir_study(uid: usize, more: &str) -> String {
    format!(r#"{{"resourceType":"ImagingStudy","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:{uid}"}}]{more}}}"#)
}

fn one_study(more: &str) -> String {
    fhir_study(1, &format!(",{more}"))
}

/// A study, and resources that it refers to, in a Bundle.
fn referring(more: &str, n: usize, resource: impl Fn(usize) -> String) -> String {
    bundle(n + 1, |at| if at == 0 { one_study(more) } else { resource(at - 1) })
}

const WADO: &str = r#""status":"active","connectionType":{"code":"dicom-wado-rs"}"#;

/// What is read as FHIR.
pub const FHIR: &[Shape] = &[
    shape("studies of nothing but a UID", |n| bundle(n, |at| fhir_study(at, ""))),
    shape("studies, descending UIDs", |n| bundle(n, |at| fhir_study(n - at, ""))),
    shape("studies, all the same", |n| bundle(n, |_| fhir_study(7, ""))),
    shape("studies, one after the other", |n| (0..n).map(|at| fhir_study(at, "")).collect()),
    shape("studies without UID", |n| bundle(n, |_| r#"{"resourceType":"ImagingStudy"}"#.into())),
    shape("one study UID, many patients", |n| bundle(n, |at| fhir_study(1, &format!(r#","subject":{{"identifier":{{"value":"{at}"}}}}"#)))),
    shape("resources of other types", |n| bundle(n, |at| if at == 0 { fhir_study(1, "") } else { r#"{"resourceType":"Basic"}"#.into() })),
    shape("entries of nothing", |n| format!(r#"{{"resourceType":"Bundle","entry":[{}]}}"#, list(n, |_| "{}".into()))),
    shape("Bundles in a Bundle", |n| bundle(n, |_| r#"{"resourceType":"Bundle","entry":[]}"#.into())),
    shape("series", |n| one_study(&format!(r#""series":[{}]"#, list(n, |at| format!(r#"{{"uid":"{at}"}}"#))))),
    shape("series, descending UIDs", |n| one_study(&format!(r#""series":[{}]"#, list(n, |at| format!(r#"{{"uid":"{}"}}"#, n - at))))),
    shape("series without UID", |n| one_study(&format!(r#""series":[{}]"#, list(n, |_| "{}".into())))),
    shape("a number of many members among many numbers", |n| {
        let one = |_| r#"{"value":"1"}"#.to_owned();
        let big = format!(r#"{{"value":"2",{},"period":{{"end":"2010"}}}}"#, list(8 * n, |_| r#""x":1"#.into()));
        let numbers = format!("[{},{big},{}]", list(n / 4, one), list(4 * n, one));
        let people = ["Practitioner", "Patient"].map(|type_| {
            format!(r#"{{"resourceType":"{type_}","id":"{type_}","identifier":{numbers},"name":{}}}"#, numbers.replace("value", "family"))
        });
        let [referrer, subject] = ["Practitioner", "Patient"].map(|id| format!(r##"{{"reference":"#{id}"}}"##));
        one_study(&format!(r#""contained":[{}],"referrer":{referrer},"subject":{subject}"#, people.join(",")))
    }),
    shape("one number and universal issuer, descending names of it, and a long patient", |n| {
        let subject = |at: usize| {
            let assigner = format!(r#""assigner":{{"display":"{:09}"}}"#, n - at);
            let (name, others) = if at + 1 == n { ("=x".repeat(8 * n), 2 * n) } else { (String::new(), 1) };
            let others = list(others, |other| format!(r#"{{"value":"{other}"}}"#));
            let number = format!(r#"{{"type":{{"text":"MRN"}},"system":"http://u","value":"P",{assigner}}}"#);
            format!(r#"{{"resourceType":"Patient","id":"p","name":[{{"text":"A{name}"}}],"identifier":[{number},{others}]}}"#)
        };
        bundle(n, |at| fhir_study(1, &format!(r##","subject":{{"reference":"#p"}},"contained":[{}]"##, subject(at))))
    }),
    shape("one number and universal issuer, names of it, and each of the names alone", |n| {
        let subject = |at: usize| {
            let assigner = format!(r#""assigner":{{"display":"{:09}"}}"#, n - at / 2);
            let system = if at % 2 == 0 { r#""system":"http://u","# } else { "" };
            format!(r#"{{"identifier":{{{system}"value":"P",{assigner}}},"display":"A=B^{at}"}}"#)
        };
        bundle(2 * n, |at| fhir_study(1, &format!(r#","subject":{}"#, subject(at))))
    }),
    shape("many reasons that refer to one long resource that is refused", |n| {
        let reasons = list(n, |_| r##"{"reference":{"reference":"#c"}}"##.into());
        let notes = list(4 * n, |_| r#"{"text":"a"}"#.into());
        let condition = format!(r#"{{"resourceType":"Condition","id":"c","implicitRules":"x","note":[{notes}]}}"#);
        one_study(&format!(r#""reason":[{reasons}],"contained":[{condition}]"#))
    }),
    shape("studies that are taken back beside one that holds", |n| {
        bundle(n, |at| fhir_study(if at % 2 == 0 { 1 } else { at }, if at == 4 { "" } else { r#","status":"cancelled""# }))
    }),
    shape("series and a long assigner", |n| {
        let series = list(n, |at| format!(r#"{{"uid":"{at}"}}"#));
        let subject = format!(r#"{{"identifier":{{"value":"P","assigner":{{"reference":"{}"}}}}}}"#, "P".repeat(8 * n));
        one_study(&format!(r#""subject":{subject},"series":[{series}]"#))
    }),
    shape("many assigners of one server, of a long name", |n| {
        let url = format!("http://{}", "a".repeat(8 * n));
        let ids = list(n, |at| format!(r#"{{"value":"{at}","assigner":{{"reference":"Organization/x"}}}}"#));
        let patient = format!(r#"{{"resourceType":"Patient","id":"p","identifier":[{ids}]}}"#);
        let study = fhir_study(1, r#","subject":{"reference":"Patient/p"}"#);
        let entry = |name: &str, resource: &str| format!(r#"{{"fullUrl":"{url}/{name}","resource":{resource}}}"#);
        format!(r#"{{"resourceType":"Bundle","entry":[{},{}]}}"#, entry("Patient/p", &patient), entry("ImagingStudy/s", &study))
    }),
    shape("many identifiers of one contained assigner, of a long number", |n| {
        let ids = list(n, |at| format!(r##"{{"value":"{at}","assigner":{{"reference":"#o"}}}}"##));
        let patient = format!(r#"{{"resourceType":"Patient","id":"p","identifier":[{ids}]}}"#);
        let number = format!(r#"{{"system":"{}","value":"1"}}"#, "s".repeat(50 * n));
        let organization = format!(r#"{{"resourceType":"Organization","id":"o","identifier":[{number}]}}"#);
        one_study(&format!(r##""subject":{{"reference":"#p"}},"contained":[{patient},{organization}]"##))
    }),
    shape("one number of many assigners", |n| {
        let subject = |at: usize| format!(r#","subject":{{"identifier":{{"value":"P","assigner":{{"reference":"{at}"}}}}}}"#);
        bundle(n, |at| fhir_study(1, &subject(at)))
    }),
    shape("series and a long patient id", |n| {
        let series = list(n, |at| format!(r#"{{"uid":"{at}"}}"#));
        one_study(&format!(r#""subject":{{"identifier":{{"value":"{}"}}}},"series":[{series}]"#, "P".repeat(8 * n)))
    }),
    shape("instances", |n| {
        one_study(&format!(r#""series":[{{"uid":"1","instance":[{}]}}]"#, list(n, |at| format!(r#"{{"uid":"{at}"}}"#))))
    }),
    shape("instances, all the same", |n| {
        one_study(&format!(r#""series":[{{"uid":"1","instance":[{}]}}]"#, list(n, |at| format!(r#"{{"uid":"7","number":{at}}}"#))))
    }),
    shape("instances with titles", |n| {
        one_study(&format!(r#""series":[{{"uid":"1","instance":[{}]}}]"#, list(n, |at| format!(r#"{{"uid":"{at}","title":"{at}"}}"#))))
    }),
    shape("identifiers", |n| {
        one_study(&format!(r#""x":1,"identifier":[{}]"#, list(n, |at| format!(r#"{{"value":"{at}"}}"#)))).replacen(
            r#""identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1"}],"#,
            "",
            1,
        )
    }),
    shape("accession numbers", |n| {
        let own = r#"{"system":"urn:dicom:uid","value":"urn:oid:1"}"#;
        let list = list(n, |at| format!(r#"{{"type":{{"coding":[{{"code":"ACSN"}}]}},"value":"{at}"}}"#));
        format!(r#"{{"resourceType":"ImagingStudy","identifier":[{own},{list}]}}"#)
    }),
    shape("identifiers that are the UID", |n| {
        let own = r#"{"system":"urn:dicom:uid","value":"urn:oid:1"}"#;
        format!(r#"{{"resourceType":"ImagingStudy","identifier":[{}]}}"#, list(n, |_| own.into()))
    }),
    shape("identifiers that are UIDs", |n| {
        let own = |at| format!(r#"{{"system":"urn:dicom:uid","value":"urn:oid:{at}"}}"#);
        format!(r#"{{"resourceType":"ImagingStudy","identifier":[{}]}}"#, list(n, own))
    }),
    shape("one field again and again", |n| one_study(&list(n, |_| r#""description":"a""#.into()))),
    shape("a field nobody knows, again and again", |n| one_study(&list(n, |_| r#""a":1"#.into()))),
    shape("fields nobody knows", |n| one_study(&list(n, |at| format!(r#""f{at}":1"#)))),
    shape("fields nobody knows, of a series", |n| {
        one_study(&format!(r#""series":[{{"uid":"1",{}}}]"#, list(n, |at| format!(r#""f{at}":1"#))))
    }),
    shape("numbers in an element nobody knows", |n| one_study(&format!(r#""a":[{}]"#, list(n, |_| "1".into())))),
    shape("empty lists in an element nobody knows", |n| one_study(&format!(r#""a":[{}]"#, list(n, |_| "[]".into())))),
    shape("empty objects in an element nobody knows", |n| one_study(&format!(r#""a":[{}]"#, list(n, |_| "{ }".into())))),
    shape("empty elements", |n| one_study(&format!(r#""procedureCode":[{}]"#, list(n, |_| "{}".into())))),
    shape("modalities that are numbers", |n| one_study(&format!(r#""modality":[{}]"#, list(n, |_| "1".into())))),
    shape("procedures that are numbers", |n| one_study(&format!(r#""procedureCode":[{}]"#, list(n, |_| "1".into())))),
    shape("procedures that are different numbers", |n| {
        one_study(&format!(r#""procedureCode":[{}]"#, list(n, |at| (at % 90 + 10).to_string())))
    }),
    shape("reasons that are numbers", |n| one_study(&format!(r#""reasonCode":[{}]"#, list(n, |_| "1".into())))),
    shape("procedures that are texts", |n| one_study(&format!(r#""procedureCode":[{}]"#, list(n, |_| "\"a\"".into())))),
    shape("escapes", |n| one_study(&format!(r#""a":[{}]"#, list(n, |_| "\"\\n\"".into())))),
    shape("extensions", |n| one_study(&format!(r#""extension":[{}]"#, list(n, |_| r#"{"url":"a"}"#.into())))),
    shape("notes", |n| one_study(&format!(r#""note":[{}]"#, list(n, |_| r#"{"text":"a"}"#.into())))),
    shape("modalities", |n| one_study(&format!(r#""modality":[{}]"#, list(n, |at| format!(r#"{{"code":"{at}"}}"#))))),
    shape("modalities of series, and of the study", |n| {
        let half = n.div_ceil(2);
        let study = list(half, |at| format!(r#"{{"code":"M{at}"}}"#));
        let series = list(half, |at| format!(r#"{{"uid":"{at}","modality":{{"code":"M{at}"}}}}"#));
        one_study(&format!(r#""modality":[{study}],"series":[{series}]"#))
    }),
    shape("codings of one procedure", |n| {
        one_study(&format!(r#""procedureCode":[{{"coding":[{}]}}]"#, list(n, |at| format!(r#"{{"system":"urn:x","code":"{at}"}}"#))))
    }),
    shape("procedures", |n| one_study(&format!(r#""procedureCode":[{}]"#, list(n, |at| format!(r#"{{"text":"{at}"}}"#))))),
    shape("reasons", |n| one_study(&format!(r#""reasonCode":[{}]"#, list(n, |at| format!(r#"{{"text":"{at}"}}"#))))),
    shape("requests", |n| one_study(&format!(r#""basedOn":[{}]"#, list(n, |at| format!(r#"{{"identifier":{{"value":"{at}"}}}}"#))))),
    shape("interpreters", |n| one_study(&format!(r#""interpreter":[{}]"#, list(n, |at| format!(r#"{{"display":"{at}"}}"#))))),
    shape("performers", |n| {
        let performer = |at| format!(r#"{{"function":{{"coding":[{{"code":"PRF"}}]}},"actor":{{"display":"{at}"}}}}"#);
        one_study(&format!(r#""series":[{{"uid":"1","performer":[{}]}}]"#, list(n, performer)))
    }),
    shape("endpoints that lead nowhere", |n| {
        one_study(&format!(r#""endpoint":[{}]"#, list(n, |at| format!(r#"{{"reference":"Endpoint/{at}"}}"#))))
    }),
    shape("endpoints that lead to one", |n| {
        let refs = list(n, |_| r##"{"reference":"#e"}"##.into());
        one_study(&format!(r#""contained":[{{"resourceType":"Endpoint","id":"e","address":"http://a",{WADO}}}],"endpoint":[{refs}]"#))
    }),
    shape("endpoints, each contained", |n| {
        let half = n.div_ceil(2);
        let contained = list(half, |at| format!(r#"{{"resourceType":"Endpoint","id":"{at}","address":"http://a/{at}",{WADO}}}"#));
        let refs = list(half, |at| format!(r##"{{"reference":"#{at}"}}"##));
        one_study(&format!(r#""contained":[{contained}],"endpoint":[{refs}]"#))
    }),
    shape("endpoints, all of one id", |n| {
        let half = n.div_ceil(2);
        let contained = list(half, |_| format!(r#"{{"resourceType":"Endpoint","id":"e","address":"http://a",{WADO}}}"#));
        one_study(&format!(r#""contained":[{contained}],"endpoint":[{}]"#, list(half, |_| r##"{"reference":"#e"}"##.into())))
    }),
    shape("endpoints behind procedures", |n| {
        let half = n.div_ceil(2);
        let codes = list(half, |at| format!(r#"{{"text":"{at}"}}"#));
        let contained = format!(r#"{{"resourceType":"Endpoint","id":"e","address":"http://a",{WADO}}}"#);
        let refs = list(half, |_| r##"{"reference":"#e"}"##.into());
        one_study(&format!(r#""procedureCode":[{codes}],"contained":[{contained}],"endpoint":[{refs}]"#))
    }),
    shape("references to a long list of literals", |n| {
        let half = n.div_ceil(2);
        let order = format!(r#"{{"resourceType":"ServiceRequest","id":"s","note":[{}]}}"#, vec!["false"; half * 4].join(","));
        one_study(&format!(r#""contained":[{order}],"basedOn":[{}]"#, list(half, |_| r##"{"reference":"#s"}"##.into())))
    }),
    shape("equal accession numbers, and UIDs of other studies", |n| {
        let half = n.div_ceil(2);
        let same = list(half, |_| r#"{"system":"http://a/accession","value":"A"}"#.into());
        let others = list(half, |at| format!(r#"{{"system":"urn:dicom:uid","value":"urn:oid:1.2.{at}"}}"#));
        format!(r#"{{"resourceType":"ImagingStudy","identifier":[{same},{others}]}}"#)
    }),
    shape("endpoints of entries", |n| {
        let half = n.div_ceil(2);
        let refs = list(half, |at| format!(r#"{{"reference":"Endpoint/{at}"}}"#));
        referring(&format!(r#""endpoint":[{refs}]"#), half, |at| {
            format!(r#"{{"resourceType":"Endpoint","id":"{at}","address":"http://a/{at}",{WADO}}}"#)
        })
    }),
    shape("contained resources that nobody means", |n| {
        one_study(&format!(r#""contained":[{}]"#, list(n, |at| format!(r#"{{"resourceType":"Patient","id":"{at}"}}"#))))
    }),
    shape("identifiers of a patient", |n| {
        let ids = list(n, |at| format!(r#"{{"value":"{at}"}}"#));
        one_study(&format!(r##""subject":{{"reference":"#p"}},"contained":[{{"resourceType":"Patient","id":"p","identifier":[{ids}]}}]"##))
    }),
    shape("names of a patient", |n| {
        let names = list(n, |at| format!(r#"{{"family":"{at}"}}"#));
        one_study(&format!(r##""subject":{{"reference":"#p"}},"contained":[{{"resourceType":"Patient","id":"p","name":[{names}]}}]"##))
    }),
    shape("given names", |n| {
        let given = list(n, |at| format!("\"{at}\""));
        one_study(&format!(
            r##""subject":{{"reference":"#p"}},"contained":[{{"resourceType":"Patient","id":"p","name":[{{"given":[{given}]}}]}}]"##
        ))
    }),
    shape("studies, a Patient each", |n| {
        let half = n.div_ceil(2);
        bundle(2 * half, |at| match at < half {
            true => fhir_study(at, &format!(r#","subject":{{"reference":"Patient/{at}"}}"#)),
            false => format!(r#"{{"resourceType":"Patient","id":"{}","identifier":[{{"value":"{at}"}}]}}"#, at - half),
        })
    }),
    shape("one long value", |n| one_study(&format!(r#""description":"{}""#, "a".repeat(n)))),
    shape("one long narrative", |n| one_study(&format!(r#""text":{{"div":"{}"}}"#, "<p/>".repeat(n)))),
    shape("series and Practitioners that ask by turns for the type of a study that stands last", |n| {
        let others = list(20 * n, |at| format!(r#""z{at}":0"#));
        let series = list(n, |at| {
            let performer = format!(r##"[{{"actor":{{"reference":"#{at}"}}}}]"##);
            format!(r#"{{"uid":"1.{at}","description":"a","numberOfInstances":1,"performer":{performer}}}"#)
        });
        let people = list(n, |at| format!(r#"{{"id":"{at}","name":[{{"family":"F{at}"}}],"resourceType":"Practitioner"}}"#));
        let own = r#""identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1"}]"#;
        format!(r#"{{{others},{own},"series":[{series}],"contained":[{people}],"resourceType":"ImagingStudy"}}"#)
    }),
    shape("references of a study whose place has a long name", |n| {
        let refs = list(n, |_| r##"{"reference":"#d"}"##.into());
        let study = one_study(&format!(r#""interpreter":[{refs}]"#));
        format!(r#"{{"resourceType":"Bundle","entry":[{{"fullUrl":"urn:x:{}","resource":{study}}}]}}"#, "a".repeat(200 * n))
    }),
    shape("references of a study whose server has a long name", |n| {
        let refs = list(n, |at| format!(r##"{{"reference":"Practitioner/{at}"}},{{"reference":"#d"}}"##));
        let study = one_study(&format!(r#""interpreter":[{refs}]"#));
        let url = format!("https://{}/ImagingStudy/1", "a".repeat(200 * n));
        format!(r#"{{"resourceType":"Bundle","entry":[{{"fullUrl":"{url}","resource":{study}}}]}}"#)
    }),
    shape("one long reference", |n| one_study(&format!(r#""subject":{{"reference":"{}"}}"#, "/_history/".repeat(n)))),
];

/// What would be more than a text of its length may give: many references to what is large.
pub const EXPANDING: &[Shape] = &[
    shape("endpoints that are one of a payload that is called as a narrative is", |n| {
        let blank = " ".repeat(20 * n);
        let contained =
            format!(r#"{{"address":"http://a",{WADO},"payloadType":[{{"div":"{blank}x{blank}"}}],"id":"e","resourceType":"Endpoint"}}"#);
        bundle(n + 1, |at| if at < n { fhir_study(at, r#","endpoint":[{"reference":"Endpoint/e"}]"#) } else { contained.clone() })
    }),
    shape("relative references to a resource of a long URL", |n| {
        let patient = r#"{"resourceType":"Patient","id":"1","identifier":[{"value":"P1"}]}"#;
        let url = format!("http://{}/Patient/1", "a".repeat(2_000 * n));
        let studies = list(n, |at| format!(r#"{{"resource":{}}}"#, fhir_study(at, r#","subject":{"reference":"Patient/1"}"#)));
        format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"fullUrl":"{url}","resource":{patient}}},{studies}]}}"#)
    }),
    shape("studies of a nameless Patient whose URL ends in many slashes", |n| {
        let url = format!("http://a/Patient/1{}", "/".repeat(200 * n));
        let patient = r#"{"resourceType":"Patient","id":"1","gender":"male"}"#;
        let studies = list(n, |at| format!(r#"{{"resource":{}}}"#, fhir_study(at, r#","subject":{"reference":"Patient/1"}"#)));
        format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"fullUrl":"{url}","resource":{patient}}},{studies}]}}"#)
    }),
    shape("assigners in a resource whose type has much white space round it, behind much else", |n| {
        let ids = list(n, |at| format!(r##"{{"value":"X{at}","assigner":{{"reference":"#o"}}}}"##));
        let (much, blank) = (list(n, |at| format!(r#""x{at}":1"#)), " ".repeat(10 * n));
        let uid = r#"{"system":"urn:dicom:uid","value":"urn:oid:1"}"#;
        let contained = r#"[{"resourceType":"Organization","id":"o"}]"#;
        format!(r#"{{"identifier":[{uid},{ids}],"contained":{contained},{much},"resourceType":"{blank}ImagingStudy{blank}"}}"#)
    }),
    shape("studies that say a sign for a name, and share a Patient of a long one, whose letters come apart", |n| {
        let patient = format!(r#"{{"resourceType":"Patient","id":"p","name":[{{"text":"{}"}}]}}"#, "\u{390}".repeat(10 * n));
        bundle(61, |at| match at {
            0 => patient.clone(),
            at if at % 2 == 1 => fhir_study(at / 2, r#","subject":{"display":"?"}"#),
            at => fhir_study(at / 2 - 1, r#","subject":{"reference":"Patient/p"}"#),
        })
    }),
    shape("a referrer whose long name stands again with each field that one more study fills", |n| {
        let named = |type_: &str, id: &str, length: usize| {
            format!(r#"{{"resourceType":"{type_}","id":"{id}","name":[{{"text":"{}"}}]}}"#, "N".repeat(length))
        };
        let system = r#""system":"urn:oid:1.2.3.4""#;
        let said = [
            (r#"{"reference":"Practitioner/o"}"#.to_owned(), ""),
            (r#"{"identifier":{"value":"5"}}"#.to_owned(), ""),
            (r#"{"identifier":{"value":"5","type":{"text":"M"}}}"#.to_owned(), ""),
            (format!(r#"{{"identifier":{{"value":"5",{system}}}}}"#), ""),
            (format!(r#"{{"identifier":{{"value":"5",{system},"assigner":{{"display":"D"}}}}}}"#), ""),
            (r#"{"display":"=I"}"#.to_owned(), ""),
            (r#"{"display":"==P"}"#.to_owned(), r#","reference":"Patient/p""#),
            ("{}".to_owned(), r#","display":"=I""#),
            ("{}".to_owned(), r#","display":"==P""#),
        ];
        let study = |at: usize, (referrer, more): &(String, &str)| {
            fhir_study(at, &format!(r#","subject":{{"identifier":{{"value":"P"}}{more}}},"referrer":{referrer}"#))
        };
        let mut all = vec![named("Practitioner", "o", 20 * n), named("Patient", "p", 7 * n)];
        (0..31).for_each(|at| all.extend(said.iter().map(|said| study(at, said))));
        bundle(all.len(), |at| all.get(at).cloned().unwrap_or_default())
    }),
    shape("identifiers of two Patients of a study that an Organization of a long name assigns", |n| {
        let mr = r#"{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"value":"M"}"#;
        let patient = |id: usize, from: usize, to: usize| {
            let ids = list(to - from, |at| format!(r#"{{"value":"P{}","assigner":{{"reference":"Organization/o"}}}}"#, from + at));
            format!(r#"{{"resourceType":"Patient","id":"{id}","identifier":[{mr},{ids}]}}"#)
        };
        let resources = [
            format!(r#"{{"resourceType":"Organization","id":"o","name":"{}"}}"#, "N".repeat(20 * n)),
            patient(0, 0, 27),
            patient(1, 27, 29),
            fhir_study(1, r#","subject":{"reference":"Patient/0"}"#),
            fhir_study(1, r#","subject":{"reference":"Patient/1"}"#),
        ];
        bundle(resources.len(), |at| resources.get(at).cloned().unwrap_or_default())
    }),
    shape("studies that share a Patient of a long name, whose letters come apart, and one UID under many patients", |n| {
        // Each letter is three in the form by which names are compared.
        let patient = format!(r#"{{"resourceType":"Patient","id":"p","name":[{{"family":"{}"}}]}}"#, "\u{390}".repeat(10 * n));
        bundle(62, |at| match at {
            0 => patient.clone(),
            1..31 => fhir_study(at, r#","subject":{"reference":"Patient/p"}"#),
            _ => fhir_study(0, &format!(r#","subject":{{"identifier":{{"value":"{at}"}}}}"#)),
        })
    }),
    shape("studies that share a Patient of many identifiers", |n| {
        let ids = list(n, |at| format!(r#"{{"value":"{at}"}}"#));
        let patient = format!(r#"{{"resourceType":"Patient","id":"p","identifier":[{ids}]}}"#);
        bundle(n + 1, |at| if at < n { fhir_study(at, r#","subject":{"reference":"Patient/p"}"#) } else { patient.clone() })
    }),
    shape("performers that share a Practitioner of many names", |n| {
        let names = list(n, |at| format!(r#"{{"family":"{at}"}}"#));
        let contained = format!(r#"{{"resourceType":"Practitioner","id":"p","name":[{names}]}}"#);
        let performers = list(n, |_| r##"{"actor":{"reference":"#p"}}"##.into());
        one_study(&format!(r#""contained":[{contained}],"series":[{{"uid":"1","performer":[{performers}]}}]"#))
    }),
    shape("endpoints that are one of many payloads", |n| {
        let payloads = list(n, |at| format!(r#""{at}""#));
        let contained = format!(r#"{{"address":"http://a",{WADO},"payloadMimeType":[{payloads}],"id":"e","resourceType":"Endpoint"}}"#);
        let refs = list(n, |_| r##"{"reference":"#e"}"##.into());
        one_study(&format!(r#""contained":[{contained}],"endpoint":[{refs}]"#))
    }),
    shape("endpoints that are one of many fields", |n| {
        let fields = list(n, |at| format!(r#""f{at}":1"#));
        let contained = format!(r#"{{{fields},"address":"http://a",{WADO},"id":"e","resourceType":"Endpoint"}}"#);
        let refs = list(n, |_| r##"{"reference":"#e"}"##.into());
        one_study(&format!(r#""contained":[{contained}],"endpoint":[{refs}]"#))
    }),
    shape("requests that share a ServiceRequest, and much that nobody reads", |n| {
        let ids = list(100, |at| format!(r#"{{"type":{{"coding":{{"code":"PLAC"}}}},"value":"{at}"}}"#));
        let contained = format!(r#"{{"resourceType":"ServiceRequest","id":"r","identifier":[{ids}]}}"#);
        let refs = list(n, |_| r##"{"reference":"#r"}"##.into());
        one_study(&format!(r#""x":[{}],"contained":[{contained}],"basedOn":[{refs}]"#, list(100 * n, |_| "1".into())))
    }),
    shape("requests that share a ServiceRequest of a long identifier", |n| {
        let ids = format!(r#"{{"type":{{"coding":{{"code":"PLAC"}}}},"value":"{}"}}"#, "a".repeat(20 * n));
        let contained = format!(r#"{{"resourceType":"ServiceRequest","id":"r","identifier":[{ids}]}}"#);
        let refs = list(n, |_| r##"{"reference":"#r"}"##.into());
        one_study(&format!(r#""contained":[{contained}],"basedOn":[{refs}]"#))
    }),
    shape("requests that share a ServiceRequest of many identifiers", |n| {
        let ids = list(n, |at| format!(r#"{{"type":{{"coding":[{{"code":"PLAC"}}]}},"value":"{at}"}}"#));
        let contained = format!(r#"{{"resourceType":"ServiceRequest","id":"r","identifier":[{ids}]}}"#);
        let refs = list(n, |_| r##"{"reference":"#r"}"##.into());
        one_study(&format!(r#""contained":[{contained}],"basedOn":[{refs}]"#))
    }),
];
