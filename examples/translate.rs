//! DICOM JSON to FHIR on the command line. Without arguments: a short tour on embedded samples.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use fhir_dicomweb::fhir::BundleWriter;
use fhir_dicomweb::{Class, Id, Json, LossReport, Options, Release, Study, Subject, Zone, dicom, fhir};
use std::error::Error;
use std::io::{Read, Write};
use std::process::ExitCode;

const USAGE: &str =
    "usage: translate to-fhir [--release R4|R4B|R5|R6] [--as bundle|resource|ndjson] [--endpoint-base URL] [--fhir-base URL]
                         [--zone +01:00] [--complete] [--strict] [--losses FILE] [POLICIES] [FILES...]
policies: --id uid|none|ID  --accession release|identifier|based-on|both  --modalities release|all  --names dicom|alphabetic|human
          --subject logical|contained|separate|REFERENCE  --practitioners logical|contained|separate
          --listing study|series|instances
          --endpoints contained|bundle|bundle-contained|none  --endpoint-address base|study  --services wado-rs,qido-rs,stow-rs,wado-uri
          --series-endpoints  --trust-retrieve-url  --namespace NAME=URI  --patient-namespace URI  --scheme DESIGNATOR=URI
          --study-id-system URI

Reads DICOM JSON (QIDO-RS rows of any level, WADO-RS metadata) from FILES, assembled together, or from standard input,
and writes FHIR to standard output. Losses go to FILE as JSON, a line each. Without arguments: a tour.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.split_first() {
        None => tour(),
        Some((command, rest)) if command == "to-fhir" => to_fhir(rest),
        Some(_) => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The form of the output.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Bundle,
    Resource,
    Ndjson,
}

fn to_fhir(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let mut options = Options::default();
    let (mut release, mut form, mut losses, mut files) = (Release::R4, Form::Bundle, None, Vec::new());
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().cloned().ok_or_else(|| format!("{argument} needs a value\n{USAGE}"));
        match argument.as_str() {
            "--release" => release = value()?.parse()?,
            "--as" => {
                form = match value()?.as_str() {
                    "bundle" => Form::Bundle,
                    "resource" => Form::Resource,
                    "ndjson" => Form::Ndjson,
                    _ => return Err(USAGE.into()),
                }
            }
            "--endpoint-base" => options.endpoint_base = Some(value()?),
            "--fhir-base" => options.fhir_base = Some(value()?),
            "--zone" => options.zone = Zone::Fixed(value()?.parse()?),
            "--id" => {
                options.id = match value()?.as_str() {
                    "uid" => Id::Uid,
                    "none" => Id::None,
                    given => Id::Given(given.to_owned()),
                }
            }
            "--accession" => options.accession = value()?.parse()?,
            "--listing" => options.listing = value()?.parse()?,
            "--modalities" => options.modalities = value()?.parse()?,
            "--names" => options.names = value()?.parse()?,
            "--subject" => {
                options.subject = match value()?.as_str() {
                    "logical" => Subject::Logical,
                    "contained" => Subject::Contained,
                    "separate" => Subject::Separate,
                    reference => Subject::Reference(reference.to_owned()),
                }
            }
            "--practitioners" => options.practitioners = value()?.parse()?,
            "--endpoints" => options.endpoints = value()?.parse()?,
            "--endpoint-address" => options.endpoint_address = value()?.parse()?,
            "--services" => options.services = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?,
            "--series-endpoints" => options.series_endpoints = true,
            "--trust-retrieve-url" => options.trust_retrieve_url = true,
            "--namespace" => options.namespaces.push(pair(&value()?)?),
            "--patient-namespace" => options.patient_namespace = Some(value()?),
            "--scheme" => options.schemes.push(pair(&value()?)?),
            "--study-id-system" => options.study_id_system = Some(value()?),
            "--complete" => options.complete = true,
            "--strict" => options.strict = true,
            "--losses" => losses = Some(value()?),
            option if option.starts_with("--") => return Err(format!("unknown option {option}\n{USAGE}").into()),
            file => files.push(file.to_owned()),
        }
    }
    let strict = options.strict;
    let read = read(&files, options.clone())?;
    let mut report = read.loss;
    let mut output = String::new();
    match form {
        Form::Bundle => {
            let mut bundle = BundleWriter::new(release, &options);
            read.value.iter().for_each(|study| bundle.push(study));
            let bundle = bundle.finish();
            report.merge(&bundle.loss);
            output = bundle.value.into_string() + "\n";
        }
        Form::Resource if read.value.len() != 1 => {
            return Err(format!("expected one study, found {}: use --as bundle or ndjson", read.value.len()).into());
        }
        Form::Resource | Form::Ndjson => {
            for study in &read.value {
                let written = fhir::write(study, release, &options);
                report.merge(&written.loss);
                output += written.value.as_str();
                output.push('\n');
            }
        }
    }
    if let Some(path) = losses {
        std::fs::write(&path, lines(&report)).map_err(|error| format!("{path}: {error}"))?;
    }
    if strict && report.iter().any(|loss| matches!(loss.class(), Class::Deviation | Class::Conflict)) {
        return Err("strict: writing had to bend or leave out what FHIR requires; see --losses".into());
    }
    std::io::stdout().write_all(output.as_bytes())?;
    Ok(())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, uri) = text.split_once('=').ok_or("expected NAME=URI")?;
    Ok((name.to_owned(), uri.to_owned()))
}

fn read(files: &[String], options: Options) -> Result<fhir_dicomweb::Mapped<Vec<Study>>, Box<dyn Error>> {
    let mut reader = dicom::Reader::new(options);
    if files.is_empty() {
        let mut text = Vec::new();
        std::io::stdin().read_to_end(&mut text)?;
        reader.push(&text)?;
    }
    for file in files {
        let text = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        let pushed = reader.push(&text).and_then(|()| reader.end_document());
        pushed.map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(reader.finish()?)
}

/// The losses as JSON, a line each.
fn lines(report: &LossReport) -> String {
    let line = |loss: &fhir_dicomweb::Loss| {
        format!(
            "{{\"code\":\"{}\",\"class\":\"{}\",\"carried\":{},\"at\":\"{}\",\"first\":{},\"count\":{}}}\n",
            loss.code,
            loss.class().name(),
            loss.code.is_carried(),
            loss.at,
            loss.first,
            loss.count
        )
    };
    report.iter().map(line).collect()
}

const STUDY_ROW: &str = include_str!("../spec/data/tour-study.json");

const SERIES_ROWS: &str = include_str!("../spec/data/tour-series.json");

const INSTANCE_ROWS: &str = include_str!("../spec/data/tour-instances.json");

fn tour() -> Result<(), Box<dyn Error>> {
    println!("Three QIDO-RS answers about one study: its study row, its series rows, some instance rows.\n");
    for text in [STUDY_ROW, SERIES_ROWS, INSTANCE_ROWS] {
        println!("{text}\n");
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
    println!("As a FHIR R4 Bundle:\n\n{}\n", pretty(&bundle.value)?);
    println!("What reading could not carry, or had to mend:\n\n{}", read.loss);
    println!("What writing R4 with these options left out, or had to bend:\n\n{}", bundle.loss);
    println!("{USAGE}");
    Ok(())
}

fn pretty(json: &Json) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(json)
}
