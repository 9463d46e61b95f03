//! Canaries in all that a facade hears: the client's request, the archive's answers, what it could not read, references.

use crate::sweep::Sweep;
use fhir_dicomweb::facade::{Config, Event, Failure, FhirOverDicomweb, Identifier, Incoming, Response, Step};
use fhir_dicomweb::search::{Handling, servers};
use fhir_dicomweb::{LossReport, Options};
use serde_json::Value;

/// What the archive says to everything.
#[derive(Clone)]
struct Said {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    failure: Option<Failure>,
}

fn talk(sweep: &mut Sweep, config: &Config, incoming: &Incoming<'_>, said: &Said) {
    sweep.see(config);
    sweep.see(incoming);
    let mut talk = FhirOverDicomweb::new(config, incoming);
    loop {
        sweep.see(&talk);
        let step = talk.step();
        sweep.see(&step);
        match step {
            Step::Fetch(ticket, request) => {
                sweep.see(&ticket);
                sweep.see(&request);
                let headers: Vec<(&str, &[u8])> = said.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
                let mut events = vec![Event::Head { status: said.status, headers: &headers }, Event::Body(said.body.as_bytes())];
                events.push(said.failure.map_or(Event::End, Event::Failed));
                // What does not fit is told, too.
                let misuse = talk.feed(ticket, Event::Unknown).unwrap_err();
                sweep.error(&misuse);
                for event in events {
                    sweep.see(&event);
                    talk.feed(ticket, event).unwrap();
                }
                if let Err(misuse) = talk.feed(ticket, Event::End) {
                    sweep.error(&misuse);
                }
            }
            Step::Resolve(ticket, reference) => {
                sweep.see(&reference);
                let (system, value) = (sweep.text(), sweep.text());
                let identifiers = [Identifier { system: Some(&system), value: &value }];
                sweep.see(&identifiers[0]);
                let event = Event::Identifiers(&identifiers);
                sweep.see(&event);
                talk.feed(ticket, event).unwrap();
            }
            Step::Done(response) => return answered(sweep, &response),
            _ => panic!("nothing is open"),
        }
    }
}

/// What is said of the answer, and the OperationOutcome in it; the studies are the client's.
fn answered(sweep: &mut Sweep, response: &Response) {
    sweep.see(response);
    sweep.see(&response.body);
    sweep.show::<LossReport>(&response.loss);
    // Of a search that was understood the links repeat what was asked.
    if response.status >= 400 {
        sweep.told("a refusal", response.body.as_str());
        response.headers.iter().for_each(|(name, value)| sweep.told("a header", &format!("{name}: {value}")));
    }
    let Ok(body) = serde_json::from_str::<Value>(response.body.as_str()) else { return };
    let entries = body["entry"].as_array().cloned().unwrap_or_default();
    for entry in entries.iter().filter(|entry| entry["resource"]["resourceType"] == "OperationOutcome") {
        sweep.told("an OperationOutcome in a Bundle", &entry.to_string());
    }
}

pub fn all(sweep: &mut Sweep) {
    let (text, uid, url) = (sweep.text(), sweep.uid(), sweep.url());
    let row = |uid: &str| {
        format!(
            r#"{{"0020000D":{{"vr":"UI","Value":["{uid}"]}},"00100020":{{"vr":"LO","Value":["{text}"]}},"00080020":{{"vr":"DA","Value":["{text}"]}},"00091001":{{"vr":"{text}","Value":["{text}"]}}}}"#
        )
    };
    let named = [
        ("Warning", format!("299 {text}: \"{text}\"")),
        ("Retry-After", text.clone()),
        ("WWW-Authenticate", text.clone()),
        ("Location", url.clone()),
    ];
    let mut headers: Vec<(String, String)> = named.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    headers.push((text.clone(), text.clone()));
    let bodies = [
        format!("[{}]", row(&uid)),
        format!("[{},{}]", row(&uid), row(&uid).replace(&text[..6], "OTHER!")),
        format!("[{}]", row(&text)),
        format!("[{{\"{text}\":\"{text}\"}}]"),
        format!("{{\"Message\":\"{text}\"}}"),
        format!("<html>{text}</html>"),
        text.clone(),
        String::new(),
        "[]".to_owned(),
    ];
    let targets = [
        format!("ImagingStudy?patient.identifier={url}|{text}"),
        format!("ImagingStudy?patient=Patient/{}", sweep.digits()),
        format!("ImagingStudy?identifier={uid}&{text}={text}&_include={text}&_sort={text}"),
        format!("ImagingStudy?identifier={uid}&_summary=count"),
        format!("ImagingStudy?_id={uid}&_cursor={text}-{text}"),
        format!("ImagingStudy?started={text}"),
        format!("ImagingStudy?_format={text}"),
        format!("ImagingStudy/{uid}?_elements={text}"),
        format!("ImagingStudy/{text}"),
        format!("Endpoint/{text}"),
        format!("Endpoint?name={text}"),
        format!("{text}/{text}"),
        format!("metadata?{text}={text}"),
        format!("ImagingStudy/{uid}/_history/{text}"),
    ];
    let (plain, odd) = (
        Vec::new(),
        vec![("Accept", text.as_bytes()), ("Prefer", text.as_bytes()), ("Content-Type", text.as_bytes()), (text.as_str(), b"\xFF")],
    );
    let form = vec![("Content-Type", b"application/x-www-form-urlencoded".as_slice())];
    let body = format!("patient.identifier={url}|{text}&{text}={text}");
    let mut incoming: Vec<Incoming<'_>> =
        targets.iter().map(|target| Incoming { method: "GET", target, headers: &plain, body: &[] }).collect();
    incoming.push(Incoming { method: "GET", target: &targets[0], headers: &odd, body: text.as_bytes() });
    incoming.push(Incoming { method: "POST", target: "ImagingStudy/_search", headers: &form, body: body.as_bytes() });
    incoming.push(Incoming { method: "POST", target: "ImagingStudy/_search", headers: &odd, body: body.as_bytes() });
    incoming.push(Incoming { method: "POST", target: "ImagingStudy/_search", headers: &form, body: b"\xFF\xFE" });
    incoming.push(Incoming { method: &text, target: &targets[0], headers: &plain, body: &[] });

    let mut configs = Vec::new();
    for handling in [Handling::Strict, Handling::Lenient] {
        let mut options = Options::default();
        options.fhir_base = Some(format!("{}/fhir", sweep.url()));
        options.endpoint_base = Some(sweep.url());
        options.patient_namespace = Some(sweep.text());
        let mut config = Config::new(servers::orthanc_1_12(), options);
        (config.handling, config.enumerate) = (handling, true);
        configs.push(config);
    }
    for config in &configs {
        for incoming in &incoming {
            for body in &bodies {
                let said = Said { status: 200, headers: headers.clone(), body: body.clone(), failure: None };
                talk(sweep, config, incoming, &said);
            }
            for (status, failure) in [
                (400, None),
                (401, None),
                (403, None),
                (404, None),
                (410, None),
                (413, None),
                (429, None),
                (500, None),
                (503, None),
                (599, None),
                (200, Some(Failure::Timeout)),
                (200, Some(Failure::Unreachable)),
                (200, Some(Failure::TooLarge)),
            ] {
                let said = Said { status, headers: headers.clone(), body: text.clone(), failure };
                talk(sweep, config, incoming, &said);
            }
        }
    }
}
