//! Limits of queries and plans.

use crate::clock::{TIMES, is_linear};
use fhir_dicomweb::search::{self, Class, Handling, Query, Verdict, Why, servers};
use fhir_dicomweb::{Error, Limits, Options, Release, Zone, dicom};

type Parse = fn(&str, Release, Handling, &Limits) -> Result<Query, Error>;

const PARSERS: [(Parse, &str); 2] = [(search::parse, "status"), (search::parse_endpoint, "status")];

fn every(mut each: impl FnMut(Parse, &str, Release, Handling)) {
    for (parse, name) in PARSERS {
        for release in Release::ALL {
            for handling in [Handling::Strict, Handling::Lenient] {
                each(parse, name, release, handling);
            }
        }
    }
}

/// The query passes with a limit of `at`, and with one less it is the error.
fn at_and_above(query: &str, parse: Parse, (release, handling): (Release, Handling), at: u32, set: fn(&mut Limits, u32), code: &str) {
    let with = |limit| {
        let mut limits = Limits::default();
        set(&mut limits, limit);
        parse(query, release, handling, &limits).map(|_| ()).map_err(|error| error.code())
    };
    let shown = query.get(..80).unwrap_or(query);
    assert_eq!(with(at), Ok(()), "{shown}");
    assert_eq!(with(at - 1), Err(code), "{shown}");
}

#[test]
fn query_bytes() {
    every(|parse, name, release, handling| {
        for query in [format!("{name}=available"), format!("{name}=available&&&&"), format!("_count=1&{name}=%61ctive"), "&".repeat(99)] {
            at_and_above(
                &query,
                parse,
                (release, handling),
                query.len() as u32,
                |limits, limit| limits.query_bytes = limit,
                "limit-query-bytes",
            );
        }
    });
}

/// Clauses, result parameters, and what is dropped because nobody knows it.
#[test]
fn clauses() {
    every(|parse, name, release, handling| {
        let mut queries = vec![vec![format!("{name}=active"); 30].join("&"), vec!["_count=1"; 30].join("&")];
        queries.extend((handling == Handling::Lenient).then(|| vec!["colour=red"; 30].join("&")));
        for query in queries {
            at_and_above(&query, parse, (release, handling), 30, |limits, limit| limits.clauses = limit, "limit-clauses");
        }
    });
}

#[test]
fn or_values() {
    every(|parse, name, release, handling| {
        for query in [vec!["active"; 30].join(","), vec!["a"; 30].join(","), ",".repeat(29), vec!["a%2Cb"; 15].join(",")] {
            let query = format!("{name}={query}");
            at_and_above(&query, parse, (release, handling), 30, |limits, limit| limits.or_values = limit, "limit-or-values");
        }
    });
}

/// A plan never has more requests than the limit: a clause that would need more is kept, and told.
#[test]
fn requests() {
    let codes: Vec<String> = (0..20).map(|n| format!("M{n}")).collect();
    let query = |text: &str| search::parse(text, Release::R4, Handling::Strict, &Limits::default()).unwrap();
    let one = query(&format!("patient.identifier=http://a|1&modality={}", codes.join(",")));
    let product = query("patient.identifier=http://a|1,http://a|2,http://a|3,http://a|4&identifier=A1,A2,A3,A4,A5");
    for query in [one, product] {
        for (limit, is_kept) in [(20, false), (19, true), (1, true)] {
            let mut options = Options::default();
            options.limits.requests = limit;
            let plan = search::plan(&query, &servers::orthanc_1_12(), &options).unwrap();
            let too_many = plan.decisions().iter().filter(|decision| decision.whys.contains(&Why::TooMany)).count();
            assert!(plan.requests().len() <= limit as usize);
            assert_eq!(too_many > 0, is_kept, "{:?}", plan.decisions());
            assert_eq!(plan.requests().len() == 20, !is_kept);
            assert!(
                plan.decisions()
                    .iter()
                    .filter(|decision| decision.whys.contains(&Why::TooMany))
                    .all(|decision| decision.class == Class::Kept)
            );
        }
    }
}

/// 10 MB of query: an error at once, and where the limit is higher a time that grows as the query does.
#[test]
fn ten_megabytes() {
    let queries = |bytes: usize| {
        let fill = |unit: &str| unit.repeat(bytes / unit.len());
        [
            format!("modality={}", fill("CT,")),
            fill("modality=CT&"),
            fill("a=b&"),
            format!("patient.identifier={}", fill("http://a%7C1,")),
            format!("patient.name={}", fill("%C3%A9")),
            format!("patient.identifier={}", fill("\\\\")),
            format!("started={}", fill("2024-01-14,")),
            format!("started={}", fill("9")),
            format!("patient={}", fill("Patient/1,")),
            format!("_id={}", fill("1.2,")),
            fill("&"),
            fill("%"),
            fill("patient."),
            fill("patient:Patient."),
            format!("{}=1", fill("_include:iterate")),
        ]
    };
    let run = |query: &str, limits: Limits| {
        for handling in [Handling::Strict, Handling::Lenient] {
            let Ok(query) = search::parse(query, Release::R4, handling, &limits) else { continue };
            let mut options = Options::default();
            options.limits = limits;
            let _ = search::plan(&query, &servers::orthanc_1_12(), &options);
            let _ = search::plan(&query, &servers::unknown(), &options);
            let _ = query.to_string();
        }
    };
    let (small, large) = (queries(64 << 10), queries((64 << 10) * TIMES));
    let mut wide = Limits::default();
    (wide.query_bytes, wide.clauses, wide.or_values) = (u32::MAX, u32::MAX, u32::MAX);
    let mut failed = Vec::new();
    for (small, large) in small.iter().zip(&large) {
        let name = &small[..12];
        if !is_linear(name, |is_large| run(if is_large { large } else { small }, wide)) {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
    for query in queries(10 << 20) {
        let refused = search::parse(&query, Release::R4, Handling::Lenient, &Limits::default()).map(|_| ()).unwrap_err();
        assert_eq!(refused.code(), "limit-query-bytes");
    }
}

/// Of the longest query that the limits allow against a study of many series: what is judged is bounded by both, and is no more than some compares.
#[test]
fn judging() {
    let row = |n: usize| {
        format!(
            r#"{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"0020000E":{{"vr":"UI","Value":["1.2.{n}"]}},"00080060":{{"vr":"CS","Value":["CT"]}}}}"#
        )
    };
    let judge = |is_large: bool| {
        let series = if is_large { 250 * TIMES } else { 250 };
        let text: String = (0..series).map(row).collect();
        let study = dicom::read(text.as_bytes(), &Options::default()).unwrap().ignore_loss().remove(0);
        let uids: Vec<String> = (0..200).map(|n| format!("9.2.{n}")).collect();
        let query = search::parse(&format!("series={}", uids.join(",")), Release::R4, Handling::Strict, &Limits::default()).unwrap();
        assert!(matches!(query.residual(&Options::default()).unwrap().judge(&study), Verdict::No | Verdict::Need(_)));
    };
    assert!(is_linear("judging", judge));
}

/// A value that is long is looked through once, whatever many studies are judged.
#[test]
fn long_values() {
    let judge = |query: &dyn Fn(usize) -> String, options: &Options| {
        let judge = |is_large: bool| {
            let n = if is_large { 250 * TIMES } else { 250 };
            let row = |k: usize| {
                format!(
                    r#"{{"0020000D":{{"vr":"UI","Value":["1.2.{k}"]}},"00080050":{{"vr":"SH","Value":["A{k}"]}},"00080020":{{"vr":"DA","Value":["20240114"]}},"00080030":{{"vr":"TM","Value":["101500"]}},"00080201":{{"vr":"SH","Value":["+0100"]}}}}"#
                )
            };
            let text: String = (0..n).map(row).collect();
            let studies = dicom::read(text.as_bytes(), options).unwrap().ignore_loss();
            let query = search::parse(&query(400 * n), Release::R4, Handling::Strict, &Limits::default()).unwrap();
            let residual = query.residual(options).unwrap();
            studies.iter().for_each(|study| drop(residual.judge(study)));
        };
        assert!(is_linear("long values", judge));
    };
    judge(&|length| format!("identifier=urn:ietf:rfc:3986%7Chttp://a/{}", "a".repeat(length)), &Options::default());
    let mut local = Options::default();
    local.zone = Zone::Local(|_, _| "+01:00".parse().ok());
    judge(&|length| format!("started=ge2024-01-01T10:00:00.{}", "0".repeat(length)), &local);
}
