//! Canaries in names of parameters, modifiers and values, and in what the caller resolves.

use crate::sweep::Sweep;
use fhir_dicomweb::search::{self, Handling, Query, Verdict, servers};
use fhir_dicomweb::{Limits, Options, Release, Service, Study};

const NAMES: &[&str] = &[
    "_id",
    "identifier",
    "status",
    "started",
    "modality",
    "series",
    "instance",
    "dicom-class",
    "bodysite",
    "body-site",
    "body-structure",
    "reason",
    "reason-concept",
    "reason-reference",
    "patient",
    "subject",
    "referrer",
    "interpreter",
    "performer",
    "encounter",
    "basedon",
    "based-on",
    "endpoint",
    "patient.identifier",
    "patient.name",
    "patient.birthdate",
    "subject:Patient.family",
    "performer.identifier",
    "connection-type",
    "payload-type",
    "organization",
    "_lastUpdated",
    "_text",
    "_has",
    "_filter",
    "_query",
    "_sort",
    "_include",
    "_elements",
    "_summary",
    "_count",
];

fn see(sweep: &mut Sweep, query: &Query, studies: &[Study]) {
    sweep.see(query);
    query.dropped().iter().for_each(|dropped| {
        sweep.see(dropped);
        sweep.see(&dropped.reason);
    });
    query.clauses().for_each(|clause| sweep.told("a clause", &clause));
    let mut query = query.clone();
    for reference in query.references() {
        let (system, value) = (sweep.text(), sweep.text());
        query.resolve(&reference, &[(Some(&system), &value), (None, &value)]);
    }
    sweep.see(&query);
    let mut selective = Options::default();
    selective.require_selective = true;
    for options in [Options::default(), selective] {
        for server in [servers::orthanc_1_12(), servers::aws_healthimaging()] {
            match search::plan(&query, &server, &options) {
                Err(error) => sweep.error(&error),
                Ok(plan) => {
                    sweep.see(&plan);
                    plan.requests().iter().for_each(|request| sweep.see(request));
                    for decision in plan.decisions() {
                        sweep.see(decision);
                        sweep.told("a decision", &decision.clause);
                        decision.whys.iter().for_each(|why| sweep.see(why));
                    }
                    judge(sweep, plan.residual(), studies);
                }
            }
        }
        match query.residual(&options) {
            Err(error) => sweep.error(&error),
            Ok(residual) => judge(sweep, &residual, studies),
        }
    }
}

fn judge(sweep: &mut Sweep, residual: &search::Residual, studies: &[Study]) {
    sweep.see(residual);
    let id = sweep.text();
    let verdicts = studies.iter().map(|study| residual.judge(study)).chain([residual.judge_endpoint(Service::WadoRs, &id)]);
    for verdict in verdicts.collect::<Vec<_>>() {
        sweep.see(&verdict);
        if let Verdict::Need(need) = &verdict {
            sweep.see(need);
        }
    }
}

pub fn all(sweep: &mut Sweep, studies: &[Study]) {
    let (text, uid, date, url) = (sweep.text(), sweep.uid(), sweep.date(), sweep.url());
    let day = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]);
    let values = [
        text.clone(),
        format!("{url}|{text}"),
        format!("|{text}"),
        format!("{text}|"),
        uid.clone(),
        format!("urn:oid:{uid}"),
        format!("Patient/{text}"),
        format!("{text}/{text}"),
        url.clone(),
        day.clone(),
        format!("ge{day}"),
        format!("{text},{text}\\,{text}"),
        format!("{text}\\"),
        format!("%{text}"),
        format!("{text}%FF"),
    ];
    let one = &studies[..1];
    for (n, name) in NAMES.iter().enumerate() {
        for (m, value) in values.iter().enumerate() {
            let release = Release::ALL[(n + m) % Release::ALL.len()];
            for handling in [Handling::Strict, Handling::Lenient] {
                for parse in [search::parse, search::parse_endpoint] {
                    let queries = [
                        format!("{name}={value}"),
                        format!("{name}:not={value}&{text}={text}"),
                        format!("{name}:{text}={value}"),
                        format!("{name}.{text}={value}"),
                        format!("{name}:identifier={value}&{text}:{text}.{text}={text}"),
                        format!("{name}:of-type={text}|{text}|{text}"),
                    ];
                    // The forms take turns.
                    for query in queries
                        .into_iter()
                        .enumerate()
                        .filter(|(k, _)| *k == (n + m) % 6 || (*k == 0 && m % 3 == 0))
                        .map(|(_, query)| query)
                    {
                        match parse(&query, release, handling, &Limits::default()) {
                            Err(error) => sweep.error(&error),
                            Ok(query) => see(sweep, &query, one),
                        }
                    }
                }
            }
        }
    }
    // Everything at once.
    let query = format!(
        "patient.identifier={url}|{text}&started={day}&modality={text}&identifier={text}&performer.name={text}&series={uid}&_count=1"
    );
    see(sweep, &search::parse(&query, Release::R4, Handling::Lenient, &Limits::default()).unwrap(), studies);
}
