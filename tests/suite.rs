//! The driver of the conformance suite: what it compares, and what becomes of failures that were expected.

#[path = "../examples/drive/report.rs"]
mod report;

use crate::support::{cases, compare};
use cases::{Run, Want, runs};
use compare::{is_answer, is_introduction, matches, wrong};
use report::{Outcome, Report};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn run(id: &str) -> Run {
    let want = Want::Output { output: Some(json!([{"a": 1.0}])), loss: Some(json!([{"code": "x", "at": "/y", "count": 2}])) };
    let (op, direction, flags) = ("map".to_owned(), Some("to-fhir"), vec!["robustness".to_owned()]);
    Run { id: id.to_owned(), op, direction, release: "R4", server: None, flags, input: Value::Null, want }
}

#[test]
fn what_is_expected_to_fail() {
    let expected =
        ["listed/fails", "listed/passes@R4/to-fhir", "listed/never-runs", "listed/skips"].map(|name| (name.to_owned(), "known".to_owned()));
    let mut report = Report::expecting(BTreeMap::from(expected));
    report.add("g", &run("listed/fails"), Outcome::Fail, "wrong".to_owned());
    report.add("g", &run("listed/passes"), Outcome::Pass, String::new());
    report.add("g", &run("other/fails"), Outcome::Fail, "wrong".to_owned());
    report.add("g", &run("other/passes"), Outcome::Pass, String::new());
    report.add("g", &run("other/skips"), Outcome::Skip, "no".to_owned());
    // Whatever the implementation calls it: it is not the driver who expected it.
    report.add("g", &run("listed/skips"), Outcome::Skip, "expected to fail: it did not run".to_owned());
    report.close();
    // An unlisted failure, a listed success, and a listed case that did not run.
    let failures: Vec<String> = report.failures().map(|text| text.lines().next().unwrap().to_owned()).collect();
    assert_eq!(failures, ["---- listed/passes@R4/to-fhir", "---- other/fails@R4/to-fhir", "---- listed/never-runs", "---- listed/skips"]);
    let counts = [Outcome::Pass, Outcome::Fail, Outcome::Skip].map(|outcome| report.count(outcome));
    assert_eq!((counts, report.cases()), ([1, 4, 3], 7));
    assert!(report.table().contains("expected-failures"));
    let json = report.json(&json!({"version": "1"}), &json!({"implementation": {"name": "n"}}));
    assert_eq!(json["summary"]["robustness"], json!({"fail": 2, "pass": 1, "skip": 3}));
}

/// What is no introduction is not taken for one that can do nothing.
#[test]
fn what_an_implementation_says_of_itself() {
    let good = json!({"implementation": {"name": "n", "version": "1", "language": "l"}, "releases": ["R4"], "ops": ["map"], "more": 1});
    assert!(is_introduction(&good));
    for (member, bad) in [
        ("implementation", json!({"name": "n", "version": "1"})),
        ("implementation", json!("n")),
        ("implementation", json!({"name": "n", "version": 1, "language": "l"})),
        ("releases", json!(["r4"])),
        ("releases", json!([])),
        ("releases", json!("R4")),
        ("ops", json!([])),
        ("ops", json!([1])),
        ("ops", Value::Null),
    ] {
        let mut other = good.clone();
        other[member] = bad;
        assert!(!is_introduction(&other), "{other}");
    }
    assert!([json!(1), json!({}), Value::Null, json!([]), json!("R4")].iter().all(|bad| !is_introduction(bad)));
}

#[test]
fn the_one_comparison() {
    let answer = |output: Value, loss: Value| json!({"output": output, "loss": loss});
    let twice = json!([{"code": "x", "at": "/y"}, {"code": "x", "at": "/y"}]);
    assert_eq!(wrong(&run("a/b"), &answer(json!([{"a": 1}]), twice.clone())), None);
    for bad in [
        answer(json!([{"a": 2}]), twice.clone()),
        answer(json!([{"a": 1, "b": 1}]), twice.clone()),
        answer(json!([{"a": 1}]), json!([{"code": "x", "at": "/y"}])),
        json!({"error": {"code": "html"}}),
    ] {
        assert!(wrong(&run("a/b"), &bad).is_some(), "{bad}");
    }
    // A case of which losses alone are looked at, and one that is an error: neither is answered by nothing, or by everything.
    let of = |want: Want| Run { want, ..run("a/b") };
    let (mended, error) = (of(Want::Output { output: None, loss: Some(json!([])) }), of(Want::Error("html".to_owned())));
    assert_eq!(wrong(&mended, &answer(json!([]), Value::Null)), None);
    assert_eq!(wrong(&error, &json!({"error": {"code": "html"}})), None);
    for bad in [
        json!({}),
        json!({"output": null, "error": null}),
        json!({"loss": []}),
        json!({"output": [], "error": {"code": "html"}}),
        json!({"output": [], "loss": {}}),
        json!({"output": [], "loss": [{"code": "x"}]}),
        json!({"output": [], "loss": [{"code": "x", "at": "/y", "count": "2"}]}),
        json!({"error": "html"}),
        json!({"skipped": true}),
        json!([]),
    ] {
        assert!(!is_answer(&bad) && wrong(&mended, &bad).is_some() && wrong(&error, &bad).is_some(), "{bad}");
    }
    // A row of a table is a result or an error, and not both.
    let table = |op: &str, row: Value| Run { op: op.to_owned(), ..of(Want::Table(vec![row])) };
    let (studies, refused) = (json!({"studies": ["1.2"]}), json!({"error": "bad-value"}));
    let planned = json!({"requests": ["/studies"], "classes": {}});
    for (op, row, other) in
        [("answer", &studies, &refused), ("answer", &refused, &studies), ("plan", &planned, &refused), ("plan", &refused, &planned)]
    {
        let mut both = row.as_object().unwrap().clone();
        both.extend(other.as_object().unwrap().clone());
        assert_eq!(wrong(&table(op, row.clone()), &answer(json!([row]), Value::Null)), None, "{op} {row}");
        for bad in [Value::Object(both), other.clone()] {
            assert!(wrong(&table(op, row.clone()), &answer(json!([bad]), Value::Null)).is_some(), "{op} {row} {bad}");
        }
    }
    let none = json!({"studies": []});
    for bad in [json!({"studies": null}), json!({}), json!({"studies": "1.2"}), json!({"studies": [17]}), json!({"studies": {}})] {
        assert!(wrong(&table("answer", none.clone()), &answer(json!([bad]), Value::Null)).is_some(), "{bad}");
    }
    assert!(matches(&json!({"id": "*"}), &json!({"id": "00000000-0000-8000-8000-000000000000"})));
    assert!(!matches(&json!({"id": "*"}), &json!({"id": "x"})));
}

#[test]
fn a_case_is_run_in_each_release_and_direction() {
    let study = json!({"resourceType": "ImagingStudy"});
    let case = json!({"id": "a/b", "op": "map", "directions": ["to-fhir", "to-dicom"], "releases": "R4B..", "dicom": {}, "loss": [],
        "fhir": {"R4B": study, "R5..": study}});
    let names: Vec<String> = runs(&case).iter().map(Run::name).collect();
    assert_eq!(names, ["a/b@R4B/to-fhir", "a/b@R4B/to-dicom", "a/b@R5/to-fhir", "a/b@R5/to-dicom", "a/b@R6/to-fhir", "a/b@R6/to-dicom"]);
    assert!(
        runs(&case).iter().all(|run| run.input.get("fhir").is_none() && run.input.get("loss").is_none()),
        "the expected side is not given"
    );
}
