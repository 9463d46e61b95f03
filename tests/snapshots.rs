//! Visible behaviour (promised behaviour is a vector): whole studies, error texts, loss reports. CI runs with INSTA_UPDATE=no.

use crate::support::walk;
use fhir_dicomweb::{Error, LossReport, Options, Release, Zone, dicom, fhir, search};
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

const STUDIES: &[(&str, &str)] = &[
    ("ct-head", include_str!("../spec/data/ct-head.json")),
    ("mammography", include_str!("../spec/data/mammography.json")),
    ("old-archive", include_str!("../spec/data/old-archive.json")),
];

fn settings(folder_name: &str, about: &str) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join(folder_name));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(about);
    settings
}

fn pretty(json: &fhir_dicomweb::Json) -> String {
    serde_json::to_string_pretty(json).unwrap()
}

#[test]
fn whole_studies() {
    let mut options = Options::default();
    options.zone = Zone::Fixed("+01:00".parse().unwrap());
    options.endpoint_base = Some("https://pacs.example.org/dicom-web".into());
    for (name, text) in STUDIES {
        let read = dicom::read(text.as_bytes(), &options).unwrap();
        for release in Release::ALL {
            let mut bundle = fhir::BundleWriter::new(release, &options);
            read.value.iter().for_each(|study| bundle.push(study));
            let bundle = bundle.finish();
            let mut report: LossReport = read.loss.clone();
            report.merge(&bundle.loss);
            settings("mapping", &format!("spec/data/{name}.json as {release}")).bind(|| {
                insta::assert_snapshot!(format!("{name}@{release}"), pretty(&bundle.value));
            });
            settings("loss", &format!("what spec/data/{name}.json loses as {release}")).bind(|| {
                insta::assert_snapshot!(format!("{name}@{release}"), report);
            });
        }
        settings("loss", &format!("what reading spec/data/{name}.json loses, as OperationOutcome")).bind(|| {
            insta::assert_snapshot!(format!("{name}-outcome"), pretty(&fhir::outcome(&read.loss, Release::R4)));
        });
    }
}

#[test]
fn error_texts() {
    let mut strict = Options::default();
    strict.strict = true;
    let deep = "[".repeat(100);
    let texts: &[(&str, &Options)] = &[
        ("<html>", &Options::default()),
        (r#"{"HttpStatus":404,"Message":"no such study"}"#, &Options::default()),
        (r#"[{"StudyInstanceUID":"1.2.3"}]"#, &Options::default()),
        ("12", &Options::default()),
        (r#"[{"0020000D":}]"#, &Options::default()),
        (&deep, &Options::default()),
        (r#"[{"0020000D":{"Value":["1.2.3"]}}]"#, &strict),
    ];
    let said: String = texts
        .iter()
        .map(|(text, options)| {
            let error: Error = dicom::read(text.as_bytes(), options).unwrap_err();
            format!("{}\n  {}: {error}\n", &text[..text.len().min(60)], error.code())
        })
        .collect();
    settings("errors", "inputs, and the error of each").bind(|| insta::assert_snapshot!("read", said));
}

/// What real clients' searches become on every server.
#[test]
fn plans() {
    let queries = [
        ("the seed's search", "patient=12&started=2022-11-30T18%3A42%3A59.888Z&modality=CT"),
        ("one study by its identifier", "identifier=urn:dicom:uid|urn:oid:2.999.1"),
        ("an accession number with a star", "identifier=A*1,A,B"),
        ("two months of two modalities", "modality=CT,MR&started=ge2024-01&started=lt2024-03&patient.family=doe"),
        ("a series of a patient", "series=2.999.1.1&patient.identifier=urn:oid:2.999.5|P%26Q"),
    ];
    let mut said = String::new();
    for (about, text) in queries {
        said += &format!("{about}: {text}\n");
        let mut query = search::parse(text, Release::R4, search::Handling::Lenient, &Options::default().limits).unwrap();
        query.resolve("Patient/12", &[(Some("urn:oid:2.999.5"), "P1")]);
        for server in search::servers::all() {
            let plan = search::plan(&query, &server, &Options::default()).unwrap();
            said += &format!("  {} (down to {})\n", server.id(), plan.level().name());
            for request in plan.requests() {
                let keys: Vec<&str> = request.query.split('&').filter(|pair| !pair.starts_with("includefield=0008")).collect();
                said += &format!("    {}?{}\n", request.path, keys.join("&"));
            }
            for decision in plan.decisions() {
                let whys: Vec<&str> = decision.whys.iter().map(|why| why.name()).collect();
                said += &format!("    {} {}: {}\n", decision.clause, decision.class.name(), whys.join(", "));
            }
        }
        said.push('\n');
    }
    settings("plan", "searches, and what each server is asked; lists of includefield are left out")
        .bind(|| insta::assert_snapshot!("clients", said));
}

/// The README prints what the tour prints.
#[test]
fn readme_shows_the_loss_report_of_the_tour() {
    let mut options = Options::default();
    options.endpoint_base = Some("https://pacs.example.org/dicom-web".into());
    let mut reader = dicom::Reader::new(options.clone());
    for text in [
        include_str!("../spec/data/tour-study.json"),
        include_str!("../spec/data/tour-series.json"),
        include_str!("../spec/data/tour-instances.json"),
    ] {
        reader.push(text.as_bytes()).unwrap();
        reader.end_document().unwrap();
    }
    let read = reader.finish().unwrap();
    let mut report = read.loss.clone();
    read.value.iter().for_each(|study| report.merge(&fhir::write(study, Release::R4, &options).loss));
    let readme = include_str!("../README.md");
    assert!(readme.contains(&format!("```text\n{report}```")), "the README should show\n{report}");
}

/// A snapshot that no test makes is a leftover.
#[test]
fn no_orphans() {
    let mut expected =
        ["errors/read.snap", "plan/clients.snap", "facade/seed-search.snap", "facade/seed-read.snap"].map(str::to_owned).to_vec();
    for (name, _) in STUDIES {
        expected.push(format!("loss/{name}-outcome.snap"));
        for release in Release::ALL {
            expected.push(format!("mapping/{name}@{release}.snap"));
            expected.push(format!("loss/{name}@{release}.snap"));
        }
    }
    walk(&folder(), &mut |path| {
        let name = path.strip_prefix(folder()).unwrap().to_string_lossy().into_owned();
        assert!(expected.contains(&name), "{name} is made by no test");
    });
}
