//! A FHIR facade over a DICOMweb server, whole: the loop of `answer` is what a program of yours has to write around
//! [`FhirOverDicomweb`](fhir_dicomweb::facade::FhirOverDicomweb). Here the server is a function over three rows; put an HTTP client in its place.
//!
//! `cargo run -q --example in_memory_facade`
#![allow(clippy::print_stdout)]

use fhir_dicomweb::facade::{Config, Event, FhirOverDicomweb, Identifier, Incoming, Misuse, Response, Step};
use fhir_dicomweb::{Options, search::servers};

// README: begin
fn answer(config: &Config, incoming: &Incoming<'_>) -> Result<Response, Misuse> {
    let mut talk = FhirOverDicomweb::new(config, incoming);
    let mut open = Vec::new();
    loop {
        match talk.step() {
            // What is asked at once may be sent at once; answers may come in any order and in any pieces.
            Step::Fetch(ticket, request) => {
                println!("  GET {}", short(&request.target()));
                open.push((ticket, dicomweb_server(&request.path, &request.query)));
            }
            Step::Resolve(ticket, reference) => match reference.as_str() {
                "Patient/12" => talk.feed(ticket, Event::Identifiers(&[Identifier { system: None, value: "P12" }]))?,
                _ => talk.feed(ticket, Event::Unknown)?,
            },
            Step::Wait => {
                let (ticket, (status, body)) = open.remove(0);
                talk.feed(ticket, Event::Head { status, headers: &[] })?;
                talk.feed(ticket, Event::Body(body.as_bytes()))?;
                talk.feed(ticket, Event::End)?;
            }
            Step::Done(response) => return Ok(response),
            // Steps of later versions.
            _ => {}
        }
    }
}
// README: end

/// The server: one study, one series, one instance, whatever is asked for.
fn dicomweb_server(path: &str, _query: &str) -> (u16, &'static str) {
    match path {
        "/studies" => (
            200,
            r#"[{"0020000D":{"vr":"UI","Value":["2.999.1"]},"00100020":{"vr":"LO","Value":["P12"]},"00080061":{"vr":"CS","Value":["CT"]},
                "00080020":{"vr":"DA","Value":["20240114"]},"00080030":{"vr":"TM","Value":["101530"]},"00080201":{"vr":"SH","Value":["+0100"]}}]"#,
        ),
        "/studies/2.999.1/series" => (
            200,
            r#"[{"0020000E":{"vr":"UI","Value":["2.999.1.1"]},"00080060":{"vr":"CS","Value":["CT"]},"00200011":{"vr":"IS","Value":[1]}}]"#,
        ),
        "/studies/2.999.1/series/2.999.1.1/instances" => {
            (200, r#"[{"00080018":{"vr":"UI","Value":["2.999.1.1.1"]},"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]}}]"#)
        }
        _ => (404, ""),
    }
}

/// A target without its long list of attributes.
fn short(target: &str) -> String {
    target.split_once("includefield=").map_or(target.to_owned(), |(front, _)| format!("{front}includefield=..."))
}

fn main() -> Result<(), Misuse> {
    let mut options = Options::default();
    options.endpoint_base = Some("https://pacs.example.org/dicom-web".into());
    // Orthanc answers in one page.
    let config = Config::new(servers::orthanc_1_12(), options);
    for target in [
        "ImagingStudy?patient=Patient/12&started=2024-01-14&_elements=identifier,started",
        "ImagingStudy/2.999.1",
        "ImagingStudy?modality=CT",
    ] {
        println!("GET {target}");
        let response = answer(&config, &Incoming { method: "GET", target, headers: &[("Accept", b"application/fhir+json")], body: &[] })?;
        println!("{} {}\n", response.status, response.body);
    }
    Ok(())
}
