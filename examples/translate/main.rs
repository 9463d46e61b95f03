//! DICOM JSON to FHIR and back on the command line. Without arguments: a short tour on embedded samples.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod day;
mod job;

use day::{is_valid, today};
use fhir_dicomweb::fhir::BundleWriter;
use fhir_dicomweb::search::{self, Issuer, Server, Verdict, Why};
use fhir_dicomweb::{Endpoints, Json, LossReport, Options, Release, dicom, fhir};
use job::{Done, Job};
use std::ffi::OsString;
use std::io::{Write, stdout};
use std::process::ExitCode;

const USAGE: &str =
    "usage: translate to-fhir [--release R4|R4B|R5|R6] [--as bundle|resource|ndjson] [--complete] [COMMON] [POLICIES] [FILES...]
       translate to-dicom --level study|series|instance|metadata [--release R] [--includefield LIST] [COMMON] [POLICIES] [FILES...]
       translate convert --from R --to R [--as bundle|resource|ndjson] [COMMON] [POLICIES] [FILES...]
       translate answer --query Q [--release R] [--lenient] [--resolve FILE] [--server ID] [COMMON] [POLICIES] [FILES...]
       translate parse [--release R] [--lenient] QUERY
       translate plan [--release R] [--server ID] [--zone Z] [--all-dates-in Z] [--strict] [--paranoid] [--require-selective] [--resolve FILE] QUERY
common:   --endpoint-base URL  --fhir-base URL  --zone +01:00  --strict  --losses FILE
policies: --id uid|none|ID  --accession release|identifier|based-on|both  --modalities release|all  --names dicom|alphabetic|human
          --subject logical|contained|separate|REFERENCE  --practitioners logical|contained|separate
          --listing study|series|instances
          --endpoints contained|bundle|bundle-contained|none  --endpoint-address base|study  --services wado-rs,qido-rs,stow-rs,wado-uri
          --series-endpoints  --trust-retrieve-url  --namespace NAME=URI  --patient-namespace URI  --scheme DESIGNATOR=URI
          --study-id-system URI

to-fhir reads DICOM JSON (QIDO-RS rows of any level, WADO-RS metadata) from FILES, assembled together, or from standard input.
to-dicom and convert read FHIR (ImagingStudy, Bundle, NDJSON); the policies are those that wrote it, as far as they are known.
convert trusts the Endpoints of its input. answer reads rows of any levels and gives those studies that a FHIR search on ImagingStudy asks for
(with _count, _summary=count, _include=ImagingStudy:endpoint, where it asks for these);
FILE of --resolve holds Patient (or other) resources, a line each, that the query refers to. parse explains a query.
plan prints what a QIDO-RS server is asked, as JSON; servers: unknown ps3.18-baseline orthanc-1.10-debian orthanc-1.10 orthanc-1.12 dcm4chee-arc-5
google-healthcare azure-dicom-v1 azure-dicom-v2 aws-healthimaging kheops static-dicomweb. Its handling is lenient without --strict. Output goes to standard output, losses to FILE as JSON, a line each. Without arguments: a tour.";

fn main() -> ExitCode {
    let arguments: Result<Vec<String>, OsString> = std::env::args_os().skip(1).map(OsString::into_string).collect();
    let done = match arguments {
        Ok(arguments) => run(&arguments),
        Err(_) => Err("an argument is no UTF-8".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Done {
    let Some((command, rest)) = arguments.split_first() else { return tour() };
    match command.as_str() {
        "to-fhir" => Job::parse(rest).and_then(to_fhir),
        "to-dicom" => Job::parse(rest).and_then(to_dicom),
        "convert" => Job::parse(rest).and_then(convert),
        "answer" => Job::parse(rest).and_then(answer),
        "parse" => Job::parse(rest).and_then(explain),
        "plan" => Job::parse(rest).and_then(plan),
        _ => Err(USAGE.into()),
    }
}

fn to_fhir(job: Job) -> Done {
    let mut reader = dicom::Reader::new(job.options.clone());
    for (name, text) in job.texts()? {
        let pushed = reader.push(&text).and_then(|()| reader.end_document());
        pushed.map_err(|error| format!("{name}: {error}"))?;
    }
    let read = reader.finish()?;
    let mut report = read.loss;
    let output = job.write_fhir(&read.value, job.release, &mut report)?;
    job.finish(&output, &report)
}

fn to_dicom(job: Job) -> Done {
    let level = job.level.ok_or_else(|| format!("to-dicom needs --level\n{USAGE}"))?;
    let read = job.studies()?;
    let mut report = read.loss;
    let mut sets = Vec::new();
    for study in &read.value {
        let mut text = Vec::new();
        let loss = dicom::write_with(study, level, &job.select, &job.options, &mut text);
        report.merge(&loss);
        // The arrays of several studies are one.
        let inner = String::from_utf8(text)?;
        sets.extend(inner.strip_prefix('[').and_then(|text| text.strip_suffix(']')).filter(|text| !text.is_empty()).map(str::to_owned));
    }
    job.finish(&format!("[{}]\n", sets.join(",")), &report)
}

fn convert(mut job: Job) -> Done {
    // The URL of a study comes from its own Endpoint.
    job.options.trust_retrieve_url = true;
    let read = job.studies()?;
    let mut report = read.loss;
    let output = job.write_fhir(&read.value, job.to, &mut report)?;
    job.finish(&output, &report)
}

/// A query with what `--resolve` says of its references. An identifier of `use` `old`, or whose period is over or has not begun, may be
/// somebody else's today.
fn query_of(job: &Job, text: &str) -> Done<search::Query> {
    let mut query = search::parse(text, job.release, job.handling, &job.options.limits)?;
    let today = today();
    let resources = job.resolve.as_ref().map(std::fs::read_to_string).transpose()?.unwrap_or_default();
    for line in resources.lines().filter(|line| !line.trim().is_empty()) {
        let resource: serde_json::Value = serde_json::from_str(line)?;
        let text = |value: &serde_json::Value, name: &str| value.get(name).and_then(|text| text.as_str()).map(str::to_owned);
        let reference = [text(&resource, "resourceType"), text(&resource, "id")].map(Option::unwrap_or_default).join("/");
        let identifiers = resource.get("identifier").and_then(|list| list.as_array()).cloned().unwrap_or_default();
        let valid = identifiers.iter().filter(|one| text(one, "use").as_deref() != Some("old") && is_valid(one, &today));
        let pairs: Vec<_> = valid.filter_map(|one| Some((text(one, "system"), text(one, "value")?))).collect();
        let pairs: Vec<_> = pairs.iter().map(|(system, value)| (system.as_deref(), value.as_str())).collect();
        query.resolve(&reference, &pairs);
    }
    Ok(query)
}

fn answer(mut job: Job) -> Done {
    let text = job.query.clone().ok_or_else(|| format!("answer needs --query\n{USAGE}"))?;
    let query = query_of(&job, &text)?;
    for dropped in query.dropped() {
        eprintln!("parameter {} restricts nothing ({:?})", dropped.position, dropped.reason);
    }
    // Rows of no server in particular say all that there is.
    let is_of_server = job.server.is_some() || job.all_dates_in.is_some();
    let server = job.server_or(Server::unknown().issuers(Issuer::LeftOut));
    let plan = is_of_server.then(|| search::plan(&query, &server, &job.options)).transpose()?;
    for decision in plan.iter().flat_map(search::Plan::decisions).filter(|one| one.whys.contains(&Why::IssuerUnknown)) {
        eprintln!("{}: such a server does not tell of all numbers who issued them", decision.clause);
    }
    let residual = plan.map_or_else(|| query.residual(&job.options), |plan| Ok(plan.residual().clone()))?;
    let mut reader = dicom::Reader::new(job.options.clone());
    for (name, text) in job.texts()? {
        let pushed = reader.push(&text).and_then(|()| reader.end_document());
        pushed.map_err(|error| format!("{name}: {error}"))?;
    }
    let read = reader.finish()?;
    let (mut matches, mut is_decided) = (Vec::new(), true);
    for study in &read.value {
        match residual.judge(study) {
            Verdict::Yes => matches.push(study),
            Verdict::No => {}
            Verdict::Need(need) => {
                is_decided = false;
                let fields: Vec<String> = need.fields.iter().map(|tag| format!("{tag:08X}")).collect();
                eprintln!("a study is not decided: it needs rows of level {} with {}", need.level.name(), fields.join(" "));
            }
        }
    }
    let is_answered = |(name, value): (&str, &str)| match name {
        "_include" => value == "ImagingStudy:endpoint",
        "_summary" => matches!(value, "count" | "false"),
        "_total" => matches!(value, "accurate" | "estimate"),
        _ => name == "_count",
    };
    if let Some((name, _)) = query.results().find(|result| !is_answered(*result)) {
        return Err(format!("this {name} is not answered here\n{USAGE}").into());
    }
    let result = |wanted: &str| query.results().filter(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned()).last();
    if result("_include").is_some() {
        job.options.endpoints = Endpoints::Bundle;
    }
    let total = matches.len();
    let count = match (result("_count"), result("_summary").as_deref()) {
        (_, Some("count")) => 0,
        (Some(count), _) => count.parse().map_err(|_| "_count wants a number")?,
        (None, _) => total,
    };
    let mut bundle = BundleWriter::new(job.release, &job.options);
    // Of what may match all the same nobody knows how many there are.
    match is_decided {
        true => bundle.total(total as u64),
        false => bundle.without_total(),
    }
    bundle.link("self", &format!("ImagingStudy?{query}"));
    matches.iter().take(count).for_each(|study| bundle.push(study));
    let bundle = bundle.finish();
    let mut report = read.loss;
    report.merge(&bundle.loss);
    job.finish(&(bundle.value.into_string() + "\n"), &report)
}

fn explain(job: Job) -> Done {
    let [text] = job.files.as_slice() else { return Err(USAGE.into()) };
    let query = query_of(&job, text)?;
    let mut out = stdout().lock();
    writeln!(out, "asked: {query}")?;
    query.clauses().try_for_each(|clause| writeln!(out, "clause: {clause}"))?;
    query.results().try_for_each(|(name, _)| writeln!(out, "result: {name}"))?;
    query.references().iter().try_for_each(|reference| writeln!(out, "to resolve: {reference}"))?;
    query.dropped().iter().try_for_each(|dropped| writeln!(out, "dropped: parameter {} ({:?})", dropped.position, dropped.reason))?;
    Ok(())
}

fn plan(mut job: Job) -> Done {
    let [text] = job.files.as_slice() else { return Err(USAGE.into()) };
    job.handling = if job.options.strict { search::Handling::Strict } else { search::Handling::Lenient };
    let query = query_of(&job, text)?;
    let plan = match search::plan(&query, &job.server_or(Server::unknown()), &job.options) {
        Ok(plan) => plan,
        Err(error) => {
            // What was to be resolved first is told all the same.
            let output = serde_json::json!({"error": error.code(), "requests": [], "decisions": [], "references": query.references()});
            writeln!(stdout(), "{output}")?;
            return Err(error.into());
        }
    };
    let tags: Vec<String> = plan.fields().iter().map(|tag| format!("{tag:08X}")).collect();
    let requests: Vec<_> = plan.requests().iter().map(|one| serde_json::json!({"path": one.path, "query": one.query})).collect();
    let why = |one: &search::Decision| one.whys.iter().map(|why| why.name()).collect::<Vec<_>>().join(", ");
    let decisions: Vec<_> = plan
        .decisions()
        .iter()
        .map(|one| serde_json::json!({"clause": one.clause, "class": one.class.name(), "reason": why(one)}))
        .collect();
    let output = serde_json::json!({
        "requests": requests,
        "decisions": decisions,
        "level": plan.level().name(),
        "fields": tags,
        "references": query.references(),
    });
    job.finish(&(output.to_string() + "\n"), &LossReport::default())
}

const STUDY_ROW: &str = include_str!("../../spec/data/tour-study.json");

const SERIES_ROWS: &str = include_str!("../../spec/data/tour-series.json");

const INSTANCE_ROWS: &str = include_str!("../../spec/data/tour-instances.json");

fn tour() -> Done {
    let mut out = stdout().lock();
    writeln!(out, "Three QIDO-RS answers about one study: its study row, its series rows, some instance rows.\n")?;
    for text in [STUDY_ROW, SERIES_ROWS, INSTANCE_ROWS] {
        writeln!(out, "{text}\n")?;
    }
    let mut options = Options::default();
    options.namespaces.push(("HOSPITAL".into(), "https://hospital.example.org/mrn".into()));
    options.endpoint_base = Some("https://pacs.example.org/dicom-web".into());
    let mut reader = dicom::Reader::new(options.clone());
    for text in [STUDY_ROW, SERIES_ROWS, INSTANCE_ROWS] {
        reader.push(text.as_bytes())?;
        reader.end_document()?;
    }
    let read = reader.finish()?;
    let mut bundle = BundleWriter::new(Release::R4, &options);
    read.value.iter().for_each(|study| bundle.push(study));
    let bundle = bundle.finish();
    writeln!(out, "As a FHIR R4 Bundle:\n\n{}\n", pretty(&bundle.value)?)?;
    writeln!(out, "What reading could not carry, or had to mend:\n\n{}", read.loss)?;
    writeln!(out, "What writing R4 with these options left out, or had to bend:\n\n{}", bundle.loss)?;
    writeln!(out, "Read back, the same study as a row that QIDO-RS answers:\n")?;
    let back = fhir::read(bundle.value.as_str().as_bytes(), Release::R4, &options)?;
    for study in &back.value {
        writeln!(out, "{}\n", dicom::write(study, dicom::Rows::Study, &options).ignore_loss())?;
    }
    writeln!(out, "What reading it back remarks on:\n\n{}", back.loss)?;
    writeln!(out, "{USAGE}")?;
    Ok(())
}

fn pretty(json: &Json) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(json)
}
