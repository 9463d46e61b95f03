//! The command line, what it reads and where it writes.

use crate::USAGE;
use fhir_dicomweb::fhir::BundleWriter;
use fhir_dicomweb::search::{Handling, Server};
use fhir_dicomweb::{Class, Id, LossReport, Options, Release, Study, Subject, Zone, dicom, fhir};
use std::error::Error;
use std::io::{Read, Write};

/// The form of the output.
#[derive(Clone, Copy, PartialEq)]
pub enum Form {
    Bundle,
    Resource,
    Ndjson,
}

/// What the command line says.
pub struct Job {
    pub options: Options,
    pub release: Release,
    pub to: Release,
    pub form: Form,
    pub level: Option<dicom::Rows>,
    pub select: dicom::Select,
    pub losses: Option<String>,
    pub query: Option<String>,
    pub handling: Handling,
    /// The server that is asked, or that rows are of.
    pub server: Option<Server>,
    /// The zone of all its dates.
    pub all_dates_in: Option<Zone>,
    pub resolve: Option<String>,
    pub files: Vec<String>,
}

pub type Done<T = ()> = Result<T, Box<dyn Error>>;

impl Job {
    pub fn parse(arguments: &[String]) -> Done<Job> {
        let mut job = Job {
            options: Options::default(),
            release: Release::R4,
            to: Release::R4,
            form: Form::Bundle,
            level: None,
            select: dicom::Select::all(),
            losses: None,
            query: None,
            handling: Handling::Strict,
            server: None,
            all_dates_in: None,
            resolve: None,
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
                "--query" => job.query = Some(value()?),
                "--lenient" => job.handling = Handling::Lenient,
                "--resolve" => job.resolve = Some(value()?),
                "--server" => job.server = Some(value()?.parse()?),
                "--all-dates-in" => job.all_dates_in = Some(Zone::Fixed(value()?.parse()?)),
                "--losses" => job.losses = Some(value()?),
                option if option.starts_with("--") => policy(&mut job.options, option, &mut value)?,
                file => job.files.push(file.to_owned()),
            }
        }
        Ok(job)
    }

    /// The server that was named, or `other`, with what is promised of its dates.
    pub fn server_or(&self, other: Server) -> Server {
        let server = self.server.clone().unwrap_or(other);
        match self.all_dates_in {
            Some(zone) => server.all_dates_in(zone),
            None => server,
        }
    }

    /// The texts of the files, or of standard input, with their names.
    pub fn texts(&self) -> Done<Vec<(String, Vec<u8>)>> {
        if self.files.is_empty() {
            let mut text = Vec::new();
            std::io::stdin().read_to_end(&mut text)?;
            return Ok(vec![("standard input".to_owned(), text)]);
        }
        let read = |file: &String| std::fs::read(file).map(|text| (file.clone(), text)).map_err(|error| format!("{file}: {error}").into());
        self.files.iter().map(read).collect()
    }

    /// Studies out of FHIR.
    pub fn studies(&self) -> Done<fhir_dicomweb::Mapped<Vec<Study>>> {
        let (mut studies, mut report) = (Vec::new(), LossReport::default());
        for (name, text) in self.texts()? {
            let read = fhir::read(&text, self.release, &self.options).map_err(|error| format!("{name}: {error}"))?;
            studies.extend(read.value);
            report.merge(&read.loss);
        }
        Ok(fhir_dicomweb::Mapped { value: studies, loss: report })
    }

    /// Writes studies as FHIR.
    pub fn write_fhir(&self, studies: &[Study], release: Release, report: &mut LossReport) -> Done<String> {
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
    pub fn finish(&self, output: &str, report: &LossReport) -> Done {
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
        "--paranoid" => options.paranoid = true,
        "--require-selective" => options.require_selective = true,
        "--strict" => options.strict = true,
        unknown => return Err(format!("unknown option {unknown}\n{USAGE}").into()),
    }
    Ok(())
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
