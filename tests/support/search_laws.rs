//! The laws of searching, as functions of bytes.

use super::generate::{Choices, data_sets, document};
use fhir_dicomweb::search::{self, Handling, Verdict};
use fhir_dicomweb::{Error, Limits, Options, Release, Zone, dicom};

/// Names of parameters, with modifiers and chains; some that there are not.
pub const NAMES: &[&str] = &[
    "started",
    "modality",
    "identifier",
    "patient",
    "patient.identifier",
    "patient:identifier",
    "patient.name",
    "patient.family:exact",
    "subject",
    "_id",
    "series",
    "instance",
    "dicom-class",
    "bodysite",
    "body-site",
    "basedon:identifier",
    "based-on.identifier",
    "referrer.name",
    "performer:Practitioner.family",
    "interpreter",
    "encounter",
    "reason:text",
    "status:not",
    "modality:not",
    "modality:missing",
    "identifier:of-type",
    "endpoint.connection-type",
    "_count",
    "_lastUpdated",
    "colour",
    "patientx",
    "CANARY",
    "patient.CANARY",
    "modality:CANARY",
    "_sort",
    "patient.birthdate",
];

/// Values as a query has them, and what is none.
pub const VALUES: &[&str] = &[
    "CT",
    "2024-01-14",
    "ge2024-01-14T10:15:30Z",
    "2024-01-14T10:15:30%2B01:00",
    "P1",
    "|P1",
    "urn:p|P1",
    "urn:a|",
    "Patient/12",
    "urn:oid:1.2.1",
    "urn:dicom:uid|urn:oid:1.2.1",
    "1.2.1.1",
    "true",
    "false",
    "CANARY",
    "CANARY%5C,x",
    "a%5C%7Cb",
    "%FF",
    "%",
    "%zz",
    "a+b",
    "A%5EB",
    "%E9",
    "Doe",
    "http://dicom.nema.org/resources/ontology/DCM|CT",
    "|",
    "a|b|c",
    "ne2024",
    "*",
    "%00",
    "ab%0Acd",
    "\\",
    "2024-02-31",
    "",
];

/// A query grown from entropy: names and values that are, and that are not.
pub fn query(c: &mut Choices<'_>) -> String {
    let mut query = String::new();
    for n in 0..1 + c.below(4) {
        if n > 0 {
            query.push('&');
        }
        query += c.pick(NAMES);
        query.push('=');
        for m in 0..1 + c.below(3) {
            if m > 0 {
                query.push(',');
            }
            query += c.pick(VALUES);
        }
    }
    query
}

/// Any bytes end in a query or a named error; a query printed and parsed again is the same; nothing but its own printing shows a value.
pub fn grammar(text: &str) {
    type Parse = fn(&str, Release, Handling, &Limits) -> Result<search::Query, Error>;
    let limits = Options::default().limits;
    for handling in [Handling::Strict, Handling::Lenient] {
        for release in Release::ALL {
            for (n, parse) in [search::parse as Parse, search::parse_endpoint].into_iter().enumerate() {
                match parse(text, release, handling, &limits) {
                    Err(error) => assert!(!format!("{error} {error:?}").contains("CANARY")),
                    Ok(query) => {
                        let printed = query.to_string();
                        let again = parse(&printed, release, handling, &limits).unwrap_or_else(|error| panic!("{printed}: {error}"));
                        assert!(again == query, "{text:?} printed as {printed:?}");
                        assert_eq!(again.to_string(), printed);
                        if n == 0 {
                            super::plan_laws::well_formed(&query);
                        }
                        let said = format!("{query:?} {:?} {:?}", query.dropped(), query.clauses().collect::<Vec<_>>());
                        assert!(!said.contains("CANARY"), "{said}");
                    }
                }
            }
        }
    }
}

/// A query whose clauses have each value many times: it asks for the same, but many values are looked up and not looked through.
fn many_times(text: &str) -> Option<String> {
    // Behind a backslash a comma is text.
    if text.contains('\\') || text.to_uppercase().contains("%5C") {
        return None;
    }
    let clauses = text.split('&').map(|clause| {
        let (name, values) = clause.split_once('=').unwrap_or((clause, ""));
        format!("{name}={}", [values; 20].join(","))
    });
    Some(clauses.collect::<Vec<_>>().join("&"))
}

/// Judging is monotonous in what is known: a verdict on a study's row never turns when its series and instances are read too.
pub fn judging(text: &str, c: &mut Choices<'_>) {
    let mut options = Options::default();
    if c.rarely(2) {
        options.zone = Zone::Fixed("+01:00".parse().unwrap());
    }
    let release = c.pick(&Release::ALL);
    let Ok(mut query) = search::parse(text, release, Handling::Lenient, &options.limits) else { return };
    for reference in query.references() {
        query.resolve(&reference, &[(None, "P1"), (Some("urn:p"), "P2")]);
    }
    let residual = query.residual(&options).unwrap();
    let many = many_times(text).and_then(|many| {
        let mut query = search::parse(&many, release, Handling::Lenient, &options.limits).ok()?;
        for reference in query.references() {
            // Of many identifiers the same ones are of somebody here.
            let others: Vec<String> = (0..20).map(|n| format!("nobody-{n}")).collect();
            let others = others.iter().flat_map(|value| [(None, &**value), (Some("urn:p"), value), (Some(&**value), value)]);
            let all: Vec<(Option<&str>, &str)> = others.chain([(None, "P1"), (Some("urn:p"), "P2")]).collect();
            query.resolve(&reference, &all);
        }
        query.residual(&options).ok()
    });
    let Ok(read) = dicom::read(document(&data_sets(c)).as_bytes(), &options) else { return };
    for study in &read.value {
        let verdict = residual.judge(study);
        assert!(!format!("{verdict:?} {residual:?}").contains("CANARY"));
        assert!(!residual.is_empty() || verdict == Verdict::Yes);
        if let Some(many) = &many {
            assert_eq!(many.judge(study), verdict, "{text}, with each value many times");
        }
        // What is decided by the study's row stays decided when rows of series and instances are known too; but series say BodyPartExamined, and
        // instances alone the region that says more (spec/README, "Evidence").
        let turns = query.to_string().contains("body");
        let mut decided: Option<(Verdict, String)> = None;
        let mut texts = String::new();
        for rows in [dicom::Rows::Study, dicom::Rows::Series, dicom::Rows::Instances] {
            texts += dicom::write(study, rows, &options).ignore_loss().as_str();
            let mut reader = dicom::Reader::new(options.clone());
            reader.push(texts.as_bytes()).unwrap();
            let known = reader.finish().unwrap().ignore_loss();
            let verdict = residual.judge(&known[0]);
            if let Some((before, with)) = decided.as_ref().filter(|_| !turns || rows != dicom::Rows::Instances) {
                assert_eq!(*before, verdict, "{text} decided by {with}\nand then by {texts}");
            }
            if !matches!(verdict, Verdict::Need(_)) {
                decided = Some((verdict, texts.clone()));
            }
        }
    }
}
