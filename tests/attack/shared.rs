//! Resources that several things refer to, and Endpoints that say again where a study is: each leaf is counted once, and goes with what it says.

use super::said::{ACSN, HEAD, UID, conflicts, counts};
use fhir_dicomweb::{Endpoints, Options, Release, Service, dicom, fhir, row};

fn study(uid: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"ImagingStudy","status":"available","subject":{{"identifier":{{"value":"P1"}}}},"identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:{uid}"}}],{more}}}"#
    )
}

fn lost(resources: &[String], release: Release) -> Vec<(String, u64)> {
    conflicts(resources, release).into_iter().filter(|(_, count)| *count > 0).collect()
}

/// What says again what a resource says that another study refers to as well is lost with it, whichever stands first.
#[test]
fn leaves_beside_a_shared_resource() {
    let inline = |value: &str| format!(r#"{{"identifier":{{{ACSN},"value":"{value}"}}}}"#);
    let by = r#"{"reference":"ServiceRequest/1"}"#;
    let order = format!(r#"{{"resourceType":"ServiceRequest","id":"1","identifier":[{{{ACSN},"value":"A1"}}]}}"#);
    let based_on = |uid: &str, more: &str| study(uid, &format!(r#""basedOn":[{more}]"#));
    let told = |last: &str| lost(&[based_on("1.1", by), based_on("1.2", &inline("A0")), based_on("1.2", last), order.clone()], Release::R5);
    let expected = [("ImagingStudy.basedOn.identifier.value".to_string(), 1)];
    assert_eq!(told(&[inline("A1").as_str(), by].join(",")), expected);
    assert_eq!(told(&[by, inline("A1").as_str()].join(",")), expected);
}

/// What stands beside a resource that is counted already says its own, and is not lost with that.
#[test]
fn what_stands_beside_what_is_counted_elsewhere() {
    let (inline, by) = (r#"{"identifier":{"value":"ID0"},"display":"Doe^J"}"#, r#"{"reference":"Practitioner/1","display":"Doe^J"}"#);
    let who = r#"{"resourceType":"Practitioner","id":"1","identifier":[{"value":"ID1"}]}"#;
    let referred = |uid: &str, by: &str| study(uid, &format!(r#""referrer":{by}"#));
    // Another study has it, too: there it is carried.
    let of_two = [referred("1.1", by), referred("1.2", inline), referred("1.2", by), who.into()];
    assert_eq!(lost(&of_two, Release::R4), []);
    assert!(conflicts(&of_two, Release::R4).iter().any(|(at, count)| at == "ImagingStudy.referrer" && *count == 0));
    // Alone it is lost, once.
    assert_eq!(lost(&of_two[1..], Release::R4), [("Practitioner.identifier.value".to_string(), 1)]);
    // The other way round: the name is shared, and contradicts; with another name the rest is somebody else's, and lost.
    let (inline, by) =
        (r#"{"identifier":{"value":"ID0"},"display":"Roe^J"}"#, r#"{"reference":"Practitioner/1","identifier":{"value":"ID0"}}"#);
    let who = r#"{"resourceType":"Practitioner","id":"1","name":[{"family":"Doe"}]}"#;
    let own = ("ImagingStudy.referrer.identifier.value".to_string(), 1);
    assert_eq!(lost(&[referred("1.1", by), referred("1.2", inline), referred("1.2", by), who.into()], Release::R4), [own]);
    // Two facts of one study have it.
    let both = |one: &str, other: &str| format!(r#""referrer":{one},"interpreter":[{other}]"#);
    let named = |id: &str, name: &str| format!(r#"{{"identifier":{{"value":"{id}"}},"display":"{name}"}}"#);
    let first = study("1.2", &both(&named("ID1", "Doe^J"), &named("ID0", "Roe^J")));
    let by = |name: &str| format!(r##"{{"reference":"#p","display":"{name}"}}"##);
    let contained = r#""contained":[{"resourceType":"Practitioner","id":"p","identifier":[{"value":"ID1"}]}],"#;
    let second = study("1.2", &[contained, &both(&by("Doe^J"), &by("Roe^J"))].concat());
    // (Lists that differ are in conflict as a whole.)
    let display = ("ImagingStudy.interpreter.display".to_string(), 1);
    assert_eq!(lost(&[first, second], Release::R4), [display]);
    // By itself a fact of the one field loses nothing but that.
    let first = study("1.2", &format!(r#""referrer":{},"encounter":{{"identifier":{{"value":"V"}}}}"#, named("ID0", "Roe^J")));
    let second = study("1.2", &[contained, &both(&by("Roe^J"), &by("Roe^J"))].concat());
    assert_eq!(lost(&[first, second], Release::R4), [("Practitioner.identifier.value".to_string(), 1)]);
}

fn endpoint(id: &str, service: &str, address: &str) -> String {
    format!(
        r#"{{"resourceType":"Endpoint","id":"{id}","status":"active","connectionType":{{"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"dicom-{service}"}},"address":"{address}"}}"#
    )
}

/// A study of these Endpoints; the second is one of a series, if that is wanted.
fn retrievable(endpoints: [String; 2], of_series: bool) -> String {
    let (own, series) = if of_series {
        (r##"{"reference":"#w"}"##, r##","series":[{"uid":"1.2.1","endpoint":[{"reference":"#q"}]}]"##)
    } else {
        (r##"{"reference":"#w"},{"reference":"#q"}"##, "")
    };
    format!(r#"{{{HEAD},"contained":[{}],"identifier":[{UID}],"endpoint":[{own}]{series}}}"#, endpoints.join(","))
}

/// An Endpoint of another service is told, also where it has the address of the one for retrieval, unless the options make that of it.
#[test]
fn endpoints_of_other_services() {
    for (service, expected) in [("qido-rs", 1), ("stow-rs", 1), ("wado-rs", 0)] {
        for of_series in [false, true] {
            let text = retrievable([endpoint("w", "wado-rs", "http://a/d"), endpoint("q", service, "http://a/d")], of_series);
            let told = |options: &Options| {
                let read = fhir::read(text.as_bytes(), Release::R4, options).unwrap();
                counts(&read.loss).into_iter().filter(|(code, at, _)| *code == "no-attribute" && at == "Endpoint.address").count()
            };
            let mut options = Options::default();
            assert_eq!(told(&options), expected, "{service}");
            (options.trust_retrieve_url, options.services) = (true, vec![Service::WadoRs, Service::QidoRs, Service::StowRs]);
            assert_eq!(told(&options), 0, "{service}");
            // Where they have a base of their own they make another address.
            options.endpoint_base = Some("http://b/d".into());
            assert_eq!(told(&options), expected, "{service}");
        }
    }
}

/// Of an Endpoint at the base of the options as much is made as they say: of another service it is told.
#[test]
fn endpoints_at_the_base_of_the_options() {
    let text = format!(
        r##"{{{HEAD},"contained":[{}],"identifier":[{UID}],"endpoint":[{{"reference":"#q"}}]}}"##,
        endpoint("q", "qido-rs", "http://a/d")
    );
    let series = format!(
        r##"{{{HEAD},"contained":[{}],"identifier":[{UID}],"series":[{{"uid":"1.2.1","endpoint":[{{"reference":"#q"}}]}}]}}"##,
        endpoint("q", "qido-rs", "http://a/d")
    );
    for text in [text, series] {
        for services in [vec![], vec![Service::WadoRs], vec![Service::QidoRs], vec![Service::WadoRs, Service::QidoRs]] {
            for endpoints in [Endpoints::Contained, Endpoints::None] {
                let is_made = services.contains(&Service::QidoRs) && endpoints != Endpoints::None;
                let mut options = Options::default();
                options.endpoint_base = Some("http://a/d".into());
                (options.services, options.endpoints) = (services.clone(), endpoints);
                let read = fhir::read(text.as_bytes(), Release::R4, &options).unwrap();
                let written = fhir::write(&read.value[0], Release::R4, &options);
                assert_eq!(written.value.as_str().contains("dicom-qido-rs"), is_made, "{services:?} {endpoints:?}");
                let told = counts(&read.loss).into_iter().any(|(code, at, _)| code == "no-attribute" && at == "Endpoint.address");
                assert_eq!(told, !is_made, "{services:?} {endpoints:?}");
            }
        }
    }
}

/// What the options make is the options', whether they name the service or not.
#[test]
fn our_own_endpoints() {
    let rows =
        br#"[{"0020000D":{"vr":"UI","Value":["1.2"]},"0020000E":{"vr":"UI","Value":["1.2.1"]},"00100020":{"vr":"LO","Value":["P1"]}}]"#;
    for services in [vec![], vec![Service::WadoRs], vec![Service::QidoRs], vec![Service::QidoRs, Service::WadoRs]] {
        for of_series in [false, true] {
            for release in [Release::R4, Release::R4B, Release::R5, Release::R6] {
                let mut options = Options::default();
                (options.endpoint_base, options.series_endpoints) = (Some("http://a/d".into()), of_series);
                options.services = services.clone();
                let study = &dicom::read(rows, &options).unwrap().ignore_loss()[0];
                let written = fhir::write(study, release, &options);
                let read = fhir::read(written.value.as_str().as_bytes(), release, &options).unwrap();
                assert_eq!(read.loss.counted(), 0, "{services:?} {of_series} {}", read.loss);
                assert!(read.value[0].get(row::RETRIEVE_URL).is_none(), "{services:?} {of_series}");
                let again = fhir::write(&read.value[0], release, &options);
                assert_eq!((again.value.as_str(), again.loss.counted()), (written.value.as_str(), 0), "{services:?} {of_series}");
            }
        }
    }
}

/// An address that is said again is lost with the first.
#[test]
fn addresses_go_with_the_first() {
    let both = |one: &str, other: &str, of_series| retrievable([endpoint("w", "wado-rs", one), endpoint("q", "wado-rs", other)], of_series);
    let address = |count: u64| vec![("Endpoint.address".to_string(), count)];
    for of_series in [false, true] {
        for other in ["http://b/d", "http://b/d/studies/1.2"] {
            let resources = [both("http://a/d", "http://a/d", of_series), both("http://b/d", other, of_series)];
            // (A series' row has a URL of its own in DICOM: its Endpoint is no saying of the study's.)
            assert_eq!(lost(&resources, Release::R4), address(if of_series { 1 } else { 2 }), "{of_series} {other}");
        }
        assert_eq!(lost(&[both("http://a/d", "http://a/d", of_series)], Release::R4), []);
        // No URL at all, and that of another study.
        for bad in ["http://{a}/d", "http://a/d/studies/9.9"] {
            let read = fhir::read(both(bad, bad, of_series).as_bytes(), Release::R4, &Options::default()).unwrap();
            let told: u64 = read.loss.iter().filter(|loss| loss.code.name() == "bad-url").map(|loss| loss.count).sum();
            assert_eq!(told, 2, "{of_series} {bad}");
        }
    }
    // An Endpoint that both refer to is there once.
    let shared = format!(
        r##"{{{HEAD},"contained":[{}],"identifier":[{UID}],"endpoint":[{{"reference":"#w"}}],"series":[{{"uid":"1.2.1","endpoint":[{{"reference":"#w"}}]}},{{"uid":"1.2.2","endpoint":[{{"reference":"#w"}}]}}]}}"##,
        endpoint("w", "wado-rs", "http://b/d")
    );
    assert_eq!(lost(&[both("http://a/d", "http://a/d", false), shared], Release::R4), address(1));
}

/// Patients that are there, and have neither number nor name, are as many as there are resources.
#[test]
fn patients_without_number_and_name() {
    let of = |who: &str, more: &str| {
        format!(r#"{{"resourceType":"ImagingStudy","status":"available","subject":{{"reference":"{who}"}},"identifier":[{UID}],{more}}}"#)
    };
    let patient = |id: &str, more: &str| format!(r#"{{"resourceType":"Patient","id":"{id}"{more}}}"#);
    let two = |one: &str, other: &str, more: &str| {
        let text = [of(one, r#""description":"A""#), of(other, r#""series":[{"uid":"1.2.1"}]"#), patient("1", more), patient("2", more)];
        let read = fhir::read(text.join("\n").as_bytes(), Release::R4, &Options::default()).unwrap();
        let series: usize = read.value.iter().map(|study| study.series().len()).sum();
        (read.value.len(), series, read.loss.iter().any(|loss| loss.code.name() == "patient-conflict"))
    };
    for more in ["", r#","gender":"male""#, r#","birthDate":"1970-01-01""#, r#","address":[{"city":"X"}]"#] {
        assert_eq!(two("Patient/1", "Patient/2", more), (1, 0, true), "{more}");
        assert_eq!(two("Patient/1", "Patient/1", more), (1, 1, false), "{more}");
        assert_eq!(two("Patient/1", "Patient/1/_history/2", more), (1, 1, false), "{more}");
        assert_eq!(two("Patient/3", "Patient/4", more), (1, 0, true), "{more}");
    }
    // A name that says nothing is none.
    assert_eq!(two("Patient/1", "Patient/2", r#","name":[{"text":"***"}]"#), (1, 0, true));
    // The same server's resource is the same, in whichever Bundle, and whatever version.
    let bundle = |version: &str, more: &str| {
        let patient = patient("1", r#","gender":"male""#);
        format!(
            r#"{{"resourceType":"Bundle","type":"searchset","entry":[{{"fullUrl":"http://a/f/ImagingStudy/{version}","resource":{}}},{{"fullUrl":"http://a/f/Patient/1","resource":{patient}}}]}}"#,
            of(&format!("Patient/1/_history/{version}"), more)
        )
    };
    let text = [bundle("1", r#""description":"A""#), bundle("2", r#""series":[{"uid":"1.2.1"}]"#)].join("\n");
    let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
    assert_eq!((read.value.len(), read.value[0].series().len()), (1, 1), "{}", read.loss);
    // By a name, or a number, they are one as far as it says.
    for more in [r#","name":[{"family":"Doe"}]"#, r#","identifier":[{"value":"P1"}]"#] {
        assert_eq!(two("Patient/1", "Patient/2", more), (1, 1, false), "{more}");
    }
}

/// Whom a resource says that it is about: the Patient that is there, in whichever way it is referred to.
#[test]
fn a_patient_is_the_resource_that_it_is() {
    let of = |who: &str, more: &str| {
        format!(
            r#"{{"resource":{{"resourceType":"ImagingStudy","status":"available","subject":{{"reference":"{who}"}},"identifier":[{UID}],{more}}}}}"#
        )
    };
    let patient = |url: &str, more: &str| {
        let url = if url.is_empty() { String::new() } else { format!(r#""fullUrl":"{url}","#) };
        format!(r#"{{{url}"resource":{{"resourceType":"Patient","id":"1"{more}}}}}"#)
    };
    let bundle = |entries: &[String]| format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","));
    let read = |text: String| {
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        let series: usize = read.value.iter().map(|study| study.series().len()).sum();
        (series, read.loss.iter().any(|loss| loss.code.name() == "patient-conflict"), read.loss.to_string())
    };
    let (one, two) = (r#""description":"A""#, r#""series":[{"uid":"1.2.1"}]"#);
    // Two Bundles, and in each a Patient that both call Patient/1.
    let pair = |urls: [&str; 2], facts: [&str; 2]| {
        let text =
            [bundle(&[of("Patient/1", one), patient(urls[0], facts[0])]), bundle(&[of("Patient/1", two), patient(urls[1], facts[1])])];
        read(text.join("\n"))
    };
    let (male, female) = (r#","gender":"male""#, r#","gender":"female""#);
    let born = [r#","gender":"male","birthDate":"1970-01-01""#, r#","gender":"male","birthDate":"1990-02-02""#];
    for facts in [[male, male], [male, female], born, ["", ""], ["", male]] {
        for urls in [["http://a/f/Patient/1", "http://b/f/Patient/1"], ["", ""], ["http://a/f/Patient/1", ""], ["Patient/1", "Patient/1"]] {
            let (series, is_told, loss) = pair(urls, facts);
            assert_eq!((series, is_told), (0, true), "{urls:?} {facts:?}: {loss}");
        }
    }
    // By its URL it is the same, unless it says that it is another.
    for url in ["http://a/f/Patient/1", "urn:uuid:22222222-2222-2222-2222-222222222222"] {
        assert_eq!(pair([url, url], [male, male]), (1, false, String::new()), "{url}");
        let (series, is_told, loss) = pair([url, url], [male, female]);
        assert_eq!((series, is_told), (0, true), "{url}: {loss}");
    }
    // What says nothing of sex is as nothing; nor does it matter what else is said.
    let url = "http://a/f/Patient/1";
    for more in [r#","gender":"x""#, r#","identifier":[{"use":"old","value":"X"}]"#, r#","address":[{"city":"X"}]"#] {
        assert_eq!((pair([url, url], [more, ""]).1, pair([url, url], ["", more]).1), (false, false), "{more}");
    }
    // Without an id it is what its entry calls it.
    for [one_url, other_url] in
        [["3f2a0000-1111-4222-8333-000000000001", "3f2a0000-1111-4222-8333-000000000002"], ["Patient/1", "Patient/2"]]
    {
        let patient = |url: &str| format!(r#"{{"fullUrl":"{url}","resource":{{"resourceType":"Patient","gender":"male"}}}}"#);
        let (series, is_told, loss) = read(bundle(&[of(one_url, one), of(other_url, two), patient(one_url), patient(other_url)]));
        assert_eq!((series, is_told), (0, true), "{one_url}: {loss}");
        assert_eq!(read(bundle(&[of(one_url, one), of(one_url, two), patient(one_url), patient(other_url)])).0, 1, "{one_url}");
        let patient = |url: &str| patient(url).replace("gender", r#"id":"7","gender"#);
        let (series, is_told, loss) = read(bundle(&[of(one_url, one), of(other_url, two), patient(one_url), patient(other_url)]));
        assert_eq!((series, is_told), (0, true), "{one_url}: {loss}");
    }
    // One that is there once is one, in every spelling that leads to it, and from elsewhere.
    for (url, spelling) in [
        ("http://a/f/Patient/1", "http://a/f/Patient/1"),
        ("http://a/f/Patient/1", "http://a/f/Patient/1/_history/2"),
        ("urn:uuid:22222222-2222-2222-2222-222222222222", "urn:uuid:22222222-2222-2222-2222-222222222222"),
        ("", "Patient/1"),
    ] {
        for facts in [male, "", r#","name":[{"text":"?"}]"#, r#","name":[{"text":"Doe^J"}]"#, r#","identifier":[{"value":"P1"}]"#] {
            let both = bundle(&[of(spelling, one), of("Patient/1", two), patient(url, facts)]);
            let apart = [bundle(&[of(spelling, one), patient(url, facts)]), bundle(&[of("Patient/1", two)])].join("\n");
            let line = bundle(&[of(spelling, one), patient(url, facts)])
                + "\n"
                + of("Patient/1", two).strip_prefix(r#"{"resource":"#).unwrap().strip_suffix('}').unwrap();
            for text in [both, apart, line] {
                let (series, is_told, loss) = read(text);
                assert_eq!((series, is_told), (1, false), "{url} {spelling} {facts}: {loss}");
            }
        }
    }
}

/// A URL by which many studies name their patient is not copied for each of them without end.
#[test]
fn long_urls_of_patients_have_an_end() {
    let study = |n: usize| {
        format!(
            r#"{{"resource":{{"resourceType":"ImagingStudy","status":"available","subject":{{"reference":"Patient/1"}},"identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}}]}}}}"#
        )
    };
    let studies: Vec<String> = (0..10_000).map(study).collect();
    let url = "x".repeat(4_000_000);
    let text = format!(
        r#"{{"resourceType":"Bundle","type":"collection","entry":[{},{{"fullUrl":"urn:x:{url}","resource":{{"resourceType":"Patient","id":"1","gender":"male"}}}}]}}"#,
        studies.join(",")
    );
    let error = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap_err();
    assert_eq!(error.code(), "limit-expansion");
}

/// Who has no number is told apart by name, sex and birth alone, wherever they stand and whatever else is said.
#[test]
fn what_tells_nobody_apart() {
    let study = |subject: &str, more: &str| {
        format!(r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{UID}],{subject},{more}}}"#)
    };
    let own = |patient: &str, beside: &str| {
        format!(r##""contained":[{{"resourceType":"Patient","id":"p"{patient}}}],"subject":{{"reference":"#p"{beside}}}"##)
    };
    let (name, birth, other) = (r#","name":[{"family":"Doe"}]"#, r#","birthDate":"1950-01-01""#, r#","birthDate":"1950-01-02""#);
    let old = |values: &[&str]| {
        let all: Vec<String> = values.iter().map(|value| format!(r#"{{"use":"old","value":"{value}"}}"#)).collect();
        format!(r#"{name},"identifier":[{}]"#, all.join(","))
    };
    let display = |more: &str| format!(r#""subject":{{"display":"Doe"{more}}}"#);
    for (first, second, is_one) in [
        (own(&[name, birth].concat(), ""), own(birth, r#","display":"Doe""#), true),
        (own(&[name, birth].concat(), ""), own(other, r#","display":"Doe""#), false),
        (own(&old(&["X"]), ""), own(name, ""), true),
        (own(&old(&["X", "Y"]), ""), own(&old(&["Y", "X"]), ""), true),
        (display(r#","identifier":{"system":"http://x"}"#), display(""), true),
        (own(name, ""), display(""), true),
        (own(name, ""), display("").replace("Doe", "Roe"), false),
    ] {
        for (one, two) in [(&first, &second), (&second, &first)] {
            let text = [study(one, r#""description":"A""#), study(two, r#""series":[{"uid":"1.2.1"}]"#)].join("\n");
            let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
            let is_told = read.loss.iter().any(|loss| loss.code.name() == "patient-conflict");
            assert_eq!((read.value[0].series().len(), is_told), (usize::from(is_one), !is_one), "{text} {}", read.loss);
        }
    }
}

/// What strangers of different kinds are called is never the same text.
#[test]
fn names_of_strangers_of_different_kinds() {
    let study = |subject: &str, more: &str| {
        format!(r#"{{"resourceType":"ImagingStudy","status":"available","identifier":[{UID}],"subject":{subject},{more}}}"#)
    };
    let (a, b) = (r#""description":"A""#, r#""series":[{"uid":"1.2.1"}]"#);
    let entry = |resource: String| format!(r#"{{"resource":{resource}}}"#);
    let patient =
        |id: &str, url: &str| format!(r#"{{"fullUrl":"{url}","resource":{{"resourceType":"Patient","id":"{id}","gender":"male"}}}}"#);
    let born = format!(r#""contained":[{{"resourceType":"Patient","id":"p","birthDate":"1950-01-01"}}],{b}"#);
    let bundle =
        [entry(study(r#"{"reference":"y"}"#, a)), entry(study(r#"{"reference":"x/y"}"#, b)), patient("1/x", "y"), patient("1", "x/y")];
    for text in [
        [study(r#"{"reference":"adoe"}"#, a), study(r#"{"display":"Doe"}"#, b)].join("\n"),
        [study(r#"{"reference":"d19500101"}"#, a), study(r##"{"reference":"#p"}"##, &born)].join("\n"),
        format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, bundle.join(",")),
    ] {
        let read = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap();
        assert!(read.loss.iter().any(|loss| loss.code.name() == "patient-conflict"), "{text} {}", read.loss);
    }
}
