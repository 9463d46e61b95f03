//! What a conversation is: owned, without a clock; answers fold by position; and what a server adds, repeats or mixes up is seen through.

use crate::archive::{Facade, Reply, config, uid_of};
use crate::failures::with;
use crate::parameters::twelve;
use crate::support::facade_driver::Said;
use fhir_dicomweb::facade::{Config, Event, Failure, FhirOverDicomweb, Incoming, Request, Response, Step, Ticket};
use fhir_dicomweb::search::servers;
use serde_json::{Value, json};

/// It can be kept, and sent to another thread, whatever becomes of what it was made of.
pub fn owned_and_send() {
    fn is_owned<T: Send + 'static>(_: &T) {}
    let mut machine = {
        let config = config(servers::orthanc_1_12());
        let target = "ImagingStudy?identifier=urn:oid:2.999.1.1&_elements=identifier".to_owned();
        FhirOverDicomweb::new(&config, &Incoming { method: "GET", target: &target, headers: &[], body: &[] })
    };
    is_owned(&machine);
    fn is_shared<T: Send + Sync + Clone + 'static>() {}
    is_shared::<Config>();
    is_shared::<Response>();
    is_shared::<Request>();
    let status = std::thread::spawn(move || {
        loop {
            match machine.step() {
                Step::Fetch(ticket, _) => {
                    machine.feed(ticket, Event::Head { status: 204, headers: &[] }).unwrap();
                    machine.feed(ticket, Event::End).unwrap();
                }
                Step::Done(response) => return response.status,
                other => panic!("{other:?}"),
            }
        }
    });
    assert_eq!(status.join().unwrap(), 200);
}

fn asked(machine: &mut FhirOverDicomweb) -> Vec<Ticket> {
    let mut tickets = Vec::new();
    while let Step::Fetch(ticket, _) = machine.step() {
        tickets.push(ticket);
    }
    tickets
}

/// Of several failures that of the lowest position is the answer; until it is known nothing is.
pub fn the_lowest_position_decides() {
    let config = config(servers::orthanc_1_12());
    let target = "ImagingStudy?patient.identifier=P1,P7,P11";
    let ways: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let said = [None, Some(403), Some(503)];
    // Which of the three answers well, is forbidden, or is not to be had now.
    for (first, second, third) in [(0, 1, 2), (1, 0, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1), (0, 2, 1)] {
        let answers = [said[first], said[second], said[third]];
        for way in ways {
            let mut machine = FhirOverDicomweb::new(&config, &Incoming { method: "GET", target, headers: &[], body: &[] });
            let tickets = asked(&mut machine);
            assert_eq!(tickets.len(), 3, "what can be asked at once is");
            let mut done = Vec::new();
            for at in way {
                if let Step::Done(response) = machine.step() {
                    // Early, only if nothing below can fail any more.
                    let lowest = answers.iter().position(Option::is_some).unwrap();
                    assert!(done.contains(&lowest) && (0..lowest).all(|below| done.contains(&below)), "{answers:?} {way:?}");
                    assert_eq!(Some(response.status), answers[lowest]);
                    break;
                }
                machine.feed(tickets[at], Event::Head { status: answers[at].unwrap_or(204), headers: &[] }).unwrap();
                machine.feed(tickets[at], Event::End).unwrap();
                done.push(at);
            }
            let Step::Done(response) = machine.step() else { panic!("all is answered") };
            assert_eq!(Some(response.status), answers.into_iter().flatten().next(), "{answers:?} {way:?}");
        }
    }
}

/// Whoever is asked about fails: then nobody knows whose images they are.
pub fn references_that_are_not_found_out() {
    for server in ["orthanc-1.12", "unknown", "static-dicomweb"] {
        let mut config = config(server.parse().unwrap());
        config.enumerate = true;
        for (failure, statuses) in [(Failure::Timeout, [504, 503]), (Failure::Unreachable, [502, 503]), (Failure::TooLarge, [502, 422])] {
            let target = "ImagingStudy?patient=Patient/1,Patient/2&modality=CT";
            let mut machine = FhirOverDicomweb::new(&config, &Incoming { method: "GET", target, headers: &[], body: &[] });
            let mut tickets = Vec::new();
            while let Step::Resolve(ticket, _) = machine.step() {
                tickets.push(ticket);
            }
            assert_eq!(tickets.len(), 2);
            machine.feed(tickets[1], Event::Failed(failure)).unwrap();
            machine.feed(tickets[0], Event::Unknown).unwrap();
            let Step::Done(response) = machine.step() else { panic!("nothing can be asked") };
            assert!(statuses.contains(&response.status), "{failure:?}: {}", response.status);
        }
    }
}

fn row(uid: &str, patient: &str, issuer: &str) -> Value {
    json!({"0020000D": {"vr": "UI", "Value": [uid]}, "00100020": {"vr": "LO", "Value": [patient]}, "00100021": {"vr": "LO", "Value": [issuer]},
           "00080061": {"vr": "CS", "Value": ["CT"]}, "00080020": {"vr": "DA", "Value": ["20240114"]}})
}

/// Studies by rows that a server gives on every request for studies; below there is nothing.
fn of_rows(target: &str, rows: &[Value]) -> Reply {
    let facade = Facade::over("orthanc-1.12", 1, twelve());
    with(&facade, target, &mut |path, _, _| Said::of(200, if path == "/studies" { Value::from(rows).to_string() } else { "[]".into() }))
}

/// A study is (UID, PatientID, issuer): what is given twice is one, what differs in one of the three is two.
pub fn each_study_once() {
    let search = "ImagingStudy?started=2024-01-14";
    let (one, other) = (row("2.999.9.1", "P", "ISS1"), row("2.999.9.2", "P", "ISS1"));
    assert_eq!(of_rows(search, &[one.clone(), other.clone(), one.clone(), one.clone()]).studies(), ["2.999.9.1", "2.999.9.2"]);
    // Found by either alternative, by both: once.
    assert_eq!(of_rows("ImagingStudy?patient.identifier=P,urn:a%7CP&modality=CT,MR", &[one.clone(), other.clone()]).studies().len(), 2);
    for stranger in [row("2.999.9.1", "Q", "ISS1"), row("2.999.9.1", "P", "ISS2"), row("2.999.9.1", "", "")] {
        let rows = [one.clone(), other.clone(), stranger];
        let reply = of_rows(search, &rows);
        assert!(reply.studies().contains(&"2.999.9.2".to_owned()));
        assert!(reply.issues().iter().any(|issue| issue["code"] == "conflict"), "{}", reply.short());
        of_rows("ImagingStudy/2.999.9.1", &rows).fails(409);
    }
}

/// A server that ignores what it is asked: the answer is not wider for it, and a read is never another study.
pub fn what_was_not_asked_for() {
    let mut facade = Facade::over("unknown", 1, twelve());
    facade.config.enumerate = true;
    let everything = |path: &str, query: &str, model: &mut dyn FnMut(&str, &str) -> Said| {
        let kept: Vec<&str> =
            query.split('&').filter(|pair| ["limit", "offset", "includefield"].iter().any(|name| pair.starts_with(name))).collect();
        model(path, &kept.join("&"))
    };
    let read = with(&facade, "ImagingStudy/2.999.1.5", &mut |path, query, model| everything(path, query, model));
    assert_eq!((read.status(), uid_of(&read.body)), (200, "2.999.1.5".to_owned()));
    with(&facade, "ImagingStudy/2.999.1.55", &mut |path, query, model| everything(path, query, model)).fails(404);
    let search = with(&facade, "ImagingStudy?patient.identifier=P%5C,3", &mut |path, query, model| everything(path, query, model));
    assert_eq!(search.studies(), ["2.999.1.3"]);
    // Series and instances of another study, under the path of this one: not shown here.
    let mixed = with(&facade, "ImagingStudy/2.999.1.5", &mut |path, query, model| {
        model(&path.replace("/studies/2.999.1.5/", "/studies/2.999.1.1/"), query)
    });
    if mixed.status() == 200 {
        assert!(!mixed.body.to_string().contains("2.999.1.1."), "{}", mixed.short());
    } else {
        mixed.fails(502);
    }
}
