//! DICOM JSON to FHIR and back on the command line. Without arguments: a short tour on embedded samples.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use fhir_dicomweb::fhir::BundleWriter;
use fhir_dicomweb::{Class, Id, Json, LossReport, Options, Release, Study, Subject, Zone, dicom, fhir};
use std::error::Error;
use std::io::{Read, Write};
use std::process::ExitCode;

const USAGE: &str =
    "usage: translate to-fhir [--release R4|R4B|R5|R6] [--as bundle|resource|ndjson] [--complete] [COMMON] [POLICIES] [FILES...]
       translate to-dicom --level study|series|instance|metadata [--release R] [--includefield LIST] [COMMON] [POLICIES] [FILES...]
       translate convert --from R --to R [--as bundle|resource|ndjson] [COMMON] [POLICIES] [FILES...]
common:   --endpoint-base URL  --fhir-base URL  --zone +01:00  --strict  --losses FILE
policies: --id uid|none|ID  --accession release|identifier|based-on|both  --modalities release|all  --names dicom|alphabetic|human
          --subject logical|contained|separate|REFERENCE  --practitioners logical|contained|separate
          --listing study|series|instances
          --endpoints contained|bundle|bundle-contained|none  --endpoint-address base|study  --services wado-rs,qido-rs,stow-rs,wado-uri
          --series-endpoints  --trust-retrieve-url  --namespace NAME=URI  --patient-namespace URI  --scheme DESIGNATOR=URI
          --study-id-system URI

to-fhir reads DICOM JSON (QIDO-RS rows of any level, WADO-RS metadata) from FILES, assembled together, or from standard input.
to-dicom and convert read FHIR (ImagingStudy, Bundle, NDJSON); the policies are those that wrote it, as far as they are known.
convert trusts the Endpoints of its input. Output goes to standard output, losses to FILE as JSON, a line each. Without arguments: a tour.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.split_first() {
        None => tour(),
        Some((command, rest)) => match command.as_str() {
            "to-fhir" => Job::parse(rest).and_then(to_fhir),
            "to-dicom" => Job::parse(rest).and_then(to_dicom),
            "convert" => Job::parse(rest).and_then(convert),
            _ => Err(USAGE.into()),
        },
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

/// What the command line says.
struct Job {
    options: Options,
    release: Release,
    to: Release,
    form: Form,
    level: Option<dicom::Rows>,
    select: dicom::Select,
    losses: Option<String>,
    files: Vec<String>,
}

type Done<T = ()> = Result<T, Box<dyn Error>>;

impl Job {
    fn parse(arguments: &[String]) -> Done<Job> {
        let mut job = Job {
            options: Options::default(),
            release: Release::R4,
            to: Release::R4,
            form: Form::Bundle,
            level: None,
            select: dicom::Select::all(),
            losses: None,
            files: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || rest.next().cloned().ok_or_else(|| format!("{argument} needs a value\n{USAGE}"));
            match argument.as_str() {
                "--release" | "--from" => job.release = value()?.parse()?,
                "--to" => job.to = value()?.parse()?,
                "--as" => {
                    job.form = match value()?.as_str() {
                        "bundle" => Form::Bundle,
                        "resource" => Form::Resource,
                        "ndjson" => Form::Ndjson,
                        _ => return Err(USAGE.into()),
                    }
                }
                "--level" => {
                    job.level = Some(match value()?.as_str() {
                        "study" => dicom::Rows::Study,
                        "series" => dicom::Rows::Series,
                        "instance" => dicom::Rows::Instances,
                        "metadata" => dicom::Rows::Metadata,
                        _ => return Err(USAGE.into()),
                    });
                }
                "--includefield" => job.select = dicom::Select::of(&value()?),
                "--losses" => job.losses = Some(value()?),
                option if option.starts_with("--") => policy(&mut job.options, option, &mut value)?,
                file => job.files.push(file.to_owned()),
            }
        }
        Ok(job)
    }

    /// The texts of the files, or of standard input, with their names.
    fn texts(&self) -> Done<Vec<(String, Vec<u8>)>> {
        if self.files.is_empty() {
            let mut text = Vec::new();
            std::io::stdin().read_to_end(&mut text)?;
            return Ok(vec![("standard input".to_owned(), text)]);
        }
        let read = |file: &String| std::fs::read(file).map(|text| (file.clone(), text)).map_err(|error| format!("{file}: {error}").into());
        self.files.iter().map(read).collect()
    }

    /// Studies out of FHIR.
    fn studies(&self) -> Done<fhir_dicomweb::Mapped<Vec<Study>>> {
        let (mut studies, mut report) = (Vec::new(), LossReport::default());
        for (name, text) in self.texts()? {
            let read = fhir::read(&text, self.release, &self.options).map_err(|error| format!("{name}: {error}"))?;
            studies.extend(read.value);
            report.merge(&read.loss);
        }
        Ok(fhir_dicomweb::Mapped { value: studies, loss: report })
    }

    /// Writes studies as FHIR.
    fn write_fhir(&self, studies: &[Study], release: Release, report: &mut LossReport) -> Done<String> {
        let mut output = String::new();
        match self.form {
            Form::Bundle => {
                let mut bundle = BundleWriter::new(release, &self.options);
                studies.iter().for_each(|study| bundle.push(study));
                let bundle = bundle.finish();
                report.merge(&bundle.loss);
                output = bundle.value.into_string() + "\n";
            }
            Form::Resource if studies.len() != 1 => {
                return Err(format!("expected one study, found {}: use --as bundle or ndjson", studies.len()).into());
            }
            Form::Resource | Form::Ndjson => {
                for study in studies {
                    let written = fhir::write(study, release, &self.options);
                    report.merge(&written.loss);
                    output += written.value.as_str();
                    output.push('\n');
                }
            }
        }
        Ok(output)
    }

    /// Losses to their file, the result to standard output.
    fn finish(&self, output: &str, report: &LossReport) -> Done {
        if let Some(path) = &self.losses {
            std::fs::write(path, lines(report)).map_err(|error| format!("{path}: {error}"))?;
        }
        if self.options.strict && report.iter().any(|loss| matches!(loss.class(), Class::Deviation | Class::Conflict)) {
            return Err("strict: writing had to bend or leave out what FHIR requires; see --losses".into());
        }
        std::io::stdout().write_all(output.as_bytes())?;
        Ok(())
    }
}

/// An option of [`Options`].
fn policy(options: &mut Options, name: &str, value: &mut dyn FnMut() -> Result<String, String>) -> Done {
    match name {
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
        unknown => return Err(format!("unknown option {unknown}\n{USAGE}").into()),
    }
    Ok(())
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

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, uri) = text.split_once('=').ok_or("expected NAME=URI")?;
    Ok((name.to_owned(), uri.to_owned()))
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

fn tour() -> Done {
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
    println!("Read back, the same study as a row that QIDO-RS answers:\n");
    let back = fhir::read(bundle.value.as_str().as_bytes(), Release::R4, &options)?;
    for study in &back.value {
        println!("{}\n", dicom::write(study, dicom::Rows::Study, &options).ignore_loss());
    }
    println!("What reading it back remarks on:\n\n{}", back.loss);
    println!("{USAGE}");
    Ok(())
}

fn pretty(json: &Json) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(json)
}
