//! References that lead nowhere, and resources that are not whole: what they do not say is not known, and neither there nor absent.

use super::reading::imaging;
use fhir_dicomweb::search::{self, Handling, Verdict};
use fhir_dicomweb::{Limits, Options, Release, Study, Subject, fhir};

fn study(release: Release, more: &str, options: &Options) -> Study {
    let more = if more.contains("\"subject\"") { more.to_owned() } else { format!(r#","subject":{{"display":"A"}}{more}"#) };
    let text = imaging("1.2.3", &more);
    let [general, fast] = [
        fhir::read_plainly(text.as_bytes(), release, options, &mut |_| {}).unwrap().value,
        fhir::read(text.as_bytes(), release, options).unwrap().value,
    ];
    assert_eq!((general.len(), fast.len()), (1, 1), "{text}");
    fast.into_iter().next().unwrap()
}

/// What a clause is of a study: yes, no, or not known. A reference is of the numbers that end it.
fn says(study: &Study, query: &str, release: Release, options: &Options) -> char {
    let mut parsed = search::parse(query, release, Handling::Strict, &Limits::default()).unwrap_or_else(|e| panic!("{query}: {e}"));
    for reference in parsed.references() {
        let number = reference.rsplit('/').next().unwrap().to_owned();
        parsed.resolve(&reference, &[(None, &number)]);
    }
    match parsed.residual(options).unwrap().judge(study) {
        Verdict::Yes => 'y',
        Verdict::No => 'n',
        Verdict::Need(need) => {
            assert!(!need.fields.is_empty(), "{query}");
            '?'
        }
    }
}

fn all(release: Release, more: &str, options: &Options, cases: &[(&str, char)]) {
    let study = study(release, more, options);
    for (query, expected) in cases {
        assert_eq!(says(&study, query, release, options), *expected, "{query} of {more} in {release}");
    }
}

/// Of the patient.
#[test]
fn a_patient_who_is_not_here() {
    let options = Options::default();
    let nowhere = r#","subject":{"reference":"Patient/12"}"#;
    let open = [
        ("patient=Patient/12", '?'),
        ("patient:identifier=12", '?'),
        ("patient:missing=true", '?'),
        ("patient:missing=false", '?'),
        ("patient.name=A", '?'),
        ("patient.birthdate=2000-01-01", '?'),
        ("patient.gender=male", '?'),
        // What is known is known.
        ("identifier=urn:oid:1.2.4", 'n'),
        ("identifier=urn:oid:1.2.3", 'y'),
        ("referrer:missing=true", 'y'),
        ("patient=Patient/12&identifier=urn:oid:1.2.4", 'n'),
        ("series=1.2.3.1", 'n'),
        ("modality=CT", 'n'),
        ("started:missing=true", 'y'),
    ];
    for release in [Release::R4, Release::R4B, Release::R5] {
        all(release, nowhere, &options, &open);
        // Series and instances say it again.
        let series = format!(
            r#"{nowhere},"series":[{{"uid":"1.2.9","modality":{{"code":"MR"}},"instance":[{{"uid":"1.2.9.1"}},{{"uid":"1.2.9.2","title":"T"}}]}}]"#
        );
        all(release, &series, &options, &open);
        // What stands beside is known.
        let beside = r#","subject":{"reference":"Patient/12","identifier":{"value":"12"},"display":"Doe^Jane"}"#;
        let known = [
            ("patient=Patient/12", 'y'),
            ("patient=Patient/13", 'n'),
            ("patient:identifier=13", 'n'),
            ("patient:missing=true", 'n'),
            ("patient.name=Doe", 'y'),
            ("patient.name=Roe", 'n'),
            ("patient.birthdate=2000-01-01", '?'),
        ];
        all(release, beside, &options, &known);
        // Who is no patient, or nobody, is absent.
        for none in [r#","subject":{"reference":"Group/1"}"#, r#","subject":{"reference":"X/1","type":"Device"}"#, r#","subject":{}"#] {
            all(release, none, &options, &[("patient:missing=true", 'y'), ("patient=Patient/12", 'n')]);
        }
        // A resource that is refused says nothing.
        let refused = r##","contained":[{"resourceType":"Patient","id":"p","implicitRules":"http://r","identifier":[{"value":"12"}]}],"subject":{"reference":"#p"}"##;
        all(release, refused, &options, &[("patient=Patient/12", '?'), ("patient:missing=true", '?')]);
    }
    // Whom the caller named is that one, and nothing else is known of whom.
    let mut named = Options::default();
    named.subject = Subject::Reference("Patient/12".into());
    all(
        Release::R4,
        nowhere,
        &named,
        &[("patient=Patient/12", 'y'), ("patient:missing=true", 'n'), ("patient=Patient/13", '?'), ("patient.name=A", '?')],
    );
}

/// Of people, orders and an encounter.
#[test]
fn others_who_are_not_here() {
    let options = Options::default();
    let open = |parameter: &str| {
        [
            (format!("{parameter}:missing=true"), '?'),
            (format!("{parameter}:missing=false"), '?'),
            (format!("{parameter}:identifier=7"), '?'),
        ]
    };
    let expect = |release: Release, more: &str, cases: &[(String, char)]| {
        let cases: Vec<(&str, char)> = cases.iter().map(|(query, says)| (query.as_str(), *says)).collect();
        all(release, more, &options, &cases);
        let with_series = format!(r#"{more},"series":[{{"uid":"1.2.9","instance":[{{"uid":"1.2.9.1"}}]}}]"#);
        all(release, &with_series, &options, &cases);
    };
    for release in [Release::R4, Release::R5] {
        let is_5 = release == Release::R5;
        expect(release, r#","referrer":{"reference":"Practitioner/7"}"#, &open("referrer"));
        expect(
            release,
            r#","referrer":{"reference":"Practitioner/7"}"#,
            &[("patient:missing=true".into(), 'n'), ("started:missing=true".into(), 'y')],
        );
        expect(release, r#","encounter":{"reference":"Encounter/7"}"#, &open("encounter"));
        let (orders, of_order) = if is_5 { ("based-on", "basedOn") } else { ("basedon", "basedOn") };
        expect(release, &format!(r#","{of_order}":[{{"reference":"ServiceRequest/7"}}]"#), &open(orders));
        expect(release, &format!(r#","{of_order}":[{{"reference":"ServiceRequest/7"}}]"#), &[("reason:missing=true".into(), 'y')]);
        // An identifier beside is the one.
        let beside = r#","referrer":{"reference":"Practitioner/7","identifier":{"value":"7"},"display":"Doe"}"#;
        expect(
            release,
            beside,
            &[("referrer:identifier=7".into(), 'y'), ("referrer:identifier=8".into(), 'n'), ("referrer:missing=true".into(), 'n')],
        );
        let named = r#","referrer":{"reference":"Practitioner/7","display":"Doe"}"#;
        expect(release, named, &[("referrer:missing=true".into(), 'n'), ("referrer:identifier=8".into(), '?')]);
        // Nothing that leads anywhere is asked for.
        expect(
            release,
            "",
            &[(format!("{orders}:missing=true"), 'y'), ("referrer:missing=true".into(), 'y'), ("encounter:missing=true".into(), 'y')],
        );
        let performer =
            |of: &str, beside: &str| format!(r#","series":[{{"uid":"1.2.8","performer":[{{"actor":{{"reference":"{of}"}}}}]}}{beside}]"#);
        for beside in ["", r#",{"uid":"1.2.9"}"#] {
            let cases = [("performer:missing=true", '?'), ("performer:identifier=7", '?'), ("referrer:missing=true", 'y')];
            all(release, &performer("Practitioner/7", beside), &options, &cases);
            let of_group = performer("CareTeam/7", beside);
            all(release, &of_group, &options, &[("performer:missing=true", 'y')]);
        }
    }
    all(
        Release::R5,
        r#","reason":[{"reference":{"reference":"Condition/7"}}]"#,
        &options,
        &[("reason:missing=true", '?'), ("based-on:missing=true", 'y')],
    );
    let told = r#","reason":[{"concept":{"text":"Pain"},"reference":{"reference":"Condition/7"}}]"#;
    all(Release::R5, told, &options, &[("reason:missing=true", 'n'), ("reason:text=Fall", 'n')]);
}

/// Of a resource of which elements were left out what is there is known.
#[test]
fn parts_of_resources() {
    let options = Options::default();
    let tagged = |list: &str, code: &str, more: &str| {
        format!(r#","meta":{{"{list}":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"{code}"}}]}}{more}"#)
    };
    const SUBJECT: &str = r#","subject":{"identifier":{"value":"P1"}}"#;
    for release in Release::ALL {
        for (list, code) in [("tag", "SUBSETTED"), ("security", "REDACTED"), ("security", "MASKED")] {
            let none = tagged(list, code, SUBJECT);
            all(
                release,
                &none,
                &options,
                &[
                    ("identifier=urn:oid:1.2.3", 'y'),
                    // An order's, from R5 on.
                    ("identifier=A1", if release >= Release::R5 { 'n' } else { '?' }),
                    ("patient:identifier=P1", 'y'),
                    ("patient:identifier=P2", 'n'),
                    ("patient.name=doe", '?'),
                    ("started=2024-01-14", '?'),
                    ("started:missing=true", '?'),
                    ("modality=CT", '?'),
                    ("modality:missing=true", '?'),
                    ("series=1.2.3.4", '?'),
                    ("instance=1.2.3.4.5", '?'),
                    ("referrer:missing=true", '?'),
                    ("performer:missing=true", '?'),
                ],
            );
            let some = r#"{subject},"started":"2024-01-14","modality":[{"code":"CT"}],"referrer":{"display":"Doe"},"series":[{"uid":"1.2.3.4","modality":{"code":"CT"}}]"#
                .replace("{subject}", SUBJECT);
            let some = if release >= Release::R5 { some.replace(r#"{"code":"CT"}"#, r#"{"coding":[{"code":"CT"}]}"#) } else { some };
            all(
                release,
                &tagged(list, code, &some),
                &options,
                &[
                    ("started=2024-01-14", 'y'),
                    ("started=2024-01-15", 'n'),
                    ("modality=CT", 'y'),
                    ("modality=MR", 'n'),
                    ("referrer:missing=true", 'n'),
                    ("referrer:identifier=1", 'n'),
                    ("series=1.2.3.4", 'y'),
                    ("series=1.2.3.5", 'n'),
                    ("instance=1.2.3.4.5", '?'),
                    ("performer:missing=true", '?'),
                ],
            );
            let usual =
                r#"{subject},"series":[{"uid":"1.2.3.4","instance":[{"uid":"1.2.3.4.5","number":1},{"uid":"1.2.3.4.6","number":2}]}]"#
                    .replace("{subject}", SUBJECT);
            let class = "dicom-class=urn:oid:1.2.840.10008.5.1.4.1.1.2";
            let cases = [("instance=1.2.3.4.5", 'y'), ("instance=1.2.3.4.7", 'n'), (class, '?')];
            all(release, &tagged(list, code, &usual), &options, &cases);
            all(release, &usual, &options, &[(class, 'n')]);
        }
        if matches!(release, Release::R4 | Release::R5) {
            all(release, &tagged("tag", "SUBSETTED", SUBJECT), &options, &[("reason:missing=true", '?')]);
        }
        // Other tags say nothing of the like.
        all(release, &tagged("tag", "HTEST", SUBJECT), &options, &[("started:missing=true", 'y'), ("instance=1.2.3.4.5", 'n')]);
    }
}

/// What says only why it is not there has no value, whatever the reason: it is absent (FHIR search, ":missing").
#[test]
fn why_it_is_not_there() {
    const REASON: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
    let options = Options::default();
    for release in Release::ALL {
        let class = if release == Release::R6 { "_sopClass" } else { "sopClass" };
        for code in ["unknown", "masked", "asked-declined"] {
            let why = format!(r#"{{"extension":[{{"url":"{REASON}","valueCode":"{code}"}}]}}"#);
            let series = format!(
                r#","series":[{{"uid":"1.2.3.4","modality":{why},"instance":[{{"uid":"1.2.3.4.5","{class}":{why}}},{{"uid":"1.2.3.4.6","{class}":{why}}}]}}]"#
            );
            let cases: [(String, &[(&str, char)]); 6] = [
                (
                    format!(r#","subject":{why}"#),
                    &[("patient:missing=true", 'y'), ("patient:identifier=P1", 'n'), ("patient.name=doe", 'n')],
                ),
                (
                    format!(r#","subject":{{"identifier":{{"_value":{why}}},"display":"Doe"}}"#),
                    &[("patient:identifier=P1", 'n'), ("patient.name=doe", 'y')],
                ),
                (format!(r#","referrer":{why}"#), &[("referrer:missing=true", 'y'), ("referrer:identifier=1", 'n')]),
                (format!(r#","_started":{why}"#), &[("started:missing=true", 'y'), ("started=2024", 'n')]),
                (format!(r#","modality":[{why}]"#), &[("modality:missing=true", 'y'), ("modality=CT", 'n')]),
                (series, &[("modality=CT", 'n'), ("dicom-class=urn:oid:1.2.840.10008.5.1.4.1.1.2", 'n'), ("instance=1.2.3.4.6", 'y')]),
            ];
            for (more, cases) in cases {
                all(release, &more, &options, cases);
            }
        }
    }
}

/// Whether it is a part each study says of itself, however many there are of one form.
#[test]
fn parts_among_others() {
    let options = Options::default();
    for release in Release::ALL {
        for [usual, odd] in [["HTEST", "SUBSETTED"], ["SUBSETTED", "HTEST"], ["N", "MASKED"], ["x", "REDACTED"]] {
            for list in ["tag", "security"] {
                let study = |n: usize| {
                    let code = if n % 7 == 0 { odd } else { usual };
                    let more = format!(
                        r#","meta":{{"versionId":"{n}","{list}":[{{"code":"{code}"}}]}},"subject":{{"identifier":{{"value":"P{n}"}},"display":"A^B{n}"}}"#
                    );
                    imaging(&format!("1.2.{n}"), &more)
                };
                let lines: Vec<String> = (1..30).map(study).collect();
                let entries: Vec<String> = lines.iter().map(|study| format!(r#"{{"resource":{study}}}"#)).collect();
                let bundle = format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{}]}}"#, entries.join(","));
                for text in [lines.join("\n"), bundle] {
                    let read = fhir::read(text.as_bytes(), release, &options).unwrap();
                    for (n, study) in (1..).zip(&read.value) {
                        let is_part = matches!(if n % 7 == 0 { odd } else { usual }, "SUBSETTED" | "MASKED" | "REDACTED");
                        let expected = if is_part { '?' } else { 'y' };
                        assert_eq!(says(study, "started:missing=true", release, &options), expected, "{n} of {text} in {release}");
                    }
                }
            }
        }
    }
}

/// Of a part that a study refers to, too.
#[test]
fn parts_that_are_referred_to() {
    let options = Options::default();
    const WHOLE: &str = "HTEST";
    for release in Release::ALL {
        let orders = if release >= Release::R5 { "based-on" } else { "basedon" };
        for code in ["SUBSETTED", "REDACTED", "MASKED", WHOLE] {
            let open = if code == WHOLE { 'n' } else { '?' };
            let of = |resource: &str, element: &str, more: &str| {
                let reference = if element == "basedOn" { r##"[{"reference":"#x"}]"## } else { r##"{"reference":"#x"}"## };
                format!(
                    r#","contained":[{{"resourceType":"{resource}","id":"x","meta":{{"security":[{{"code":"{code}"}}]}}{more}}}],"{element}":{reference}"#
                )
            };
            let name = r#","name":[{"family":"Doe"}]"#;
            let identifier = r#","identifier":[{"value":"P1"}]"#;
            let placer = r#","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"PLAC"}]},"value":"P1"}]"#;
            let (by_number, by_other) = (format!("{orders}:identifier=P1"), format!("{orders}:identifier=P2"));
            let cases: [(String, Vec<(&str, char)>); 5] = [
                (
                    of("Patient", "subject", name),
                    vec![
                        ("patient.name=doe", 'y'),
                        ("patient.name=x", 'n'),
                        ("patient:identifier=P1", open),
                        ("patient.gender=male", open),
                    ],
                ),
                (
                    of("Patient", "subject", identifier),
                    vec![("patient:identifier=P1", 'y'), ("patient:identifier=P2", 'n'), ("patient.name=doe", open)],
                ),
                (
                    of("Practitioner", "referrer", name),
                    vec![("referrer.name=doe", 'y'), ("referrer.name=x", 'n'), ("referrer:identifier=P1", open)],
                ),
                (of("Practitioner", "referrer", identifier), vec![("referrer:identifier=P1", 'y'), ("referrer.name=doe", open)]),
                (of("ServiceRequest", "basedOn", placer), vec![(&by_number, 'y'), (&by_other, open)]),
            ];
            for (more, cases) in cases {
                all(release, &more, &options, &cases);
            }
        }
    }
}

/// Nor is what a resource is of which nothing is read.
#[test]
fn resources_of_which_nothing_is_read() {
    let options = Options::default();
    for release in [Release::R4, Release::R5] {
        let orders = if release == Release::R5 { "based-on" } else { "basedon" };
        for (resource, of, parameter) in [
            (r#""resourceType":"Encounter","id":"x","identifier":[{"value":"7"}]"#, "encounter", "encounter"),
            (r#""resourceType":"PractitionerRole","id":"x","identifier":[{"value":"7"}]"#, "referrer", "referrer"),
            (r#""resourceType":"Practitioner","id":"x","active":true"#, "referrer", "referrer"),
            (r#""resourceType":"ServiceRequest","id":"x","status":"active""#, "basedOn", orders),
            (r#""resourceType":"Patient","id":"x","active":true"#, "subject", "patient"),
        ] {
            let reference = r##"{"reference":"#x"}"##;
            let value = if of == "basedOn" { format!("[{reference}]") } else { reference.to_owned() };
            let more = format!(r#","contained":[{{{resource}}}],"{of}":{value}"#);
            let missing = [format!("{parameter}:missing=true"), format!("{parameter}:missing=false"), format!("{parameter}:identifier=7")];
            let cases: Vec<(&str, char)> = missing.iter().map(|query| (query.as_str(), '?')).collect();
            all(release, &more, &options, &cases);
        }
        // An order that is none is absent.
        let void =
            r##","contained":[{"resourceType":"ServiceRequest","id":"x","status":"entered-in-error"}],"basedOn":[{"reference":"#x"}]"##;
        all(release, void, &options, &[(&format!("{orders}:missing=true"), 'y')]);
    }
}

/// Of a study that is there as a whole and in part, what the part leaves out of its own instances is not known.
#[test]
fn a_whole_and_a_part() {
    let study = |tag: &str, instances: &str| {
        let text = r#"{"resource":{"resourceType":"ImagingStudy","meta":{"tag":[{"code":"{tag}"}]},"identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"status":"available","subject":{"display":"A"},"series":[{"uid":"1.2.3.4","instance":[{instances}]}]}}"#;
        text.replace("{tag}", tag).replace("{instances}", instances)
    };
    const CLASS: &str = r#""sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"}"#;
    let whole = study("HTEST", &format!(r#"{{"uid":"1.2.3.4.1",{CLASS}}},{{"uid":"1.2.3.4.2"}}"#));
    let options = Options::default();
    let query = search::parse("dicom-class=urn:oid:1.2.840.10008.5.1.4.1.1.4", Release::R4, Handling::Strict, &options.limits).unwrap();
    let residual = query.residual(&options).unwrap();
    for (of_part, is_open) in
        [(r#"{"uid":"1.2.3.4.3"},{"uid":"1.2.3.4.4"}"#.to_owned(), true), (format!(r#"{{"uid":"1.2.3.4.3",{CLASS}}}"#), false)]
    {
        let part = study("SUBSETTED", &of_part);
        for entries in [[&whole, &part], [&part, &whole]] {
            let text = format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{},{}]}}"#, entries[0], entries[1]);
            let fast = fhir::read(text.as_bytes(), Release::R4, &options).unwrap();
            let plain = fhir::read_plainly(text.as_bytes(), Release::R4, &options, &mut |_| ()).unwrap();
            for studies in [&fast.value, &plain.value] {
                assert_eq!(studies.len(), 1);
                assert_eq!(matches!(residual.judge(&studies[0]), Verdict::Need(_)), is_open, "{text}");
            }
        }
    }
}
