//! Parameters that are never dropped, however their names are written.

use fhir_dicomweb::search::{self, Handling};
use fhir_dicomweb::{Limits, Release};
use std::time::{Duration, Instant};

/// Whoever is asked for by a chain is asked for.
#[test]
fn chains_by_the_patient_are_not_dropped() {
    let lenient = |query: &str| search::parse(query, Release::R4, Handling::Lenient, &Limits::default());
    for query in [
        "encounter.subject.identifier=P1",
        "encounter.patient.identifier=P1",
        "basedon.patient.identifier=P1",
        "basedon.subject:Patient.name=X",
        "_has:DiagnosticReport:study:subject.identifier=P9",
        "_has:DiagnosticReport:study:_has:Observation:result:PATIENT=1",
        "_filter=PATIENT eq P9",
        "%2Bpatient=P1",
        "?patient=P1",
        "%EF%BB%BFpatient=P1",
        "%20Patient.identifier=P1",
        "_patient=P9",
        "__id=4",
        "_FILTER=patient eq 1",
        "?_Filter=patient eq P9",
        "amp;patient.identifier=P1",
        "started=2024-01-14&amp;_id=1.2",
        "amp%3BSubject=Patient/1",
        "x[identifier]=1",
        "ImagingStudy.identifier=ACC1",
        "imagingstudy:_id=1.2",
        "started=2024-01-14&ImagingStudy.patient=1",
        "started=2024-01-14&patient%3DPatient/12",
        "identifier%3d1",
        "pa%C2%ADtient=1",
        "pa%0Atient=1",
        "identi%0D%0Afier=ACC1",
        "sub%09ject=1",
        "pa%00tient=1",
        "_%7Fid=1",
        "_fil%0Ater=patient eq 1",
        "_filter=pa%0Atient eq 1",
        "_qu%0Aery=x",
        "%0A_query=x",
        "amp;_query=x",
        "_QUERY=x",
        "amp;ImagingStudy.identifier=A",
        "%20ImagingStudy.identifier=A",
        "?imagingstudy:identifier=A",
        ".ImagingStudy.identifier=A",
        "amp;ImagingStudy._id=1",
        "ImagingStudy.amp;_id=1",
        "amp;ImagingStudy._query=x",
        "amp;_has:Provenance:target:_id=5",
        "_HAS:Provenance:target:_id=5",
        "ImagingStudy._has:Provenance:target:identifier=5",
        "_has:Provenance:target:ImagingStudy.identifier=5",
        "_has:Prove nance:target:_id=5",
        "_has:patient=1",
        "_has:A;patient=1",
        ";_HAS:Observation:patient=1",
        "%E2%80%8Bpatient%E2%80%8B=1",
    ] {
        assert!(lenient(query).is_err(), "{query}");
    }
    // What has no value restricts nothing, but what has one in its name.
    for query in ["colour%3Dred", "colour%3Dred=", "patient%3D1"] {
        assert!(search::parse(query, Release::R4, Handling::Strict, &Limits::default()).is_err(), "{query}");
    }
    for query in [
        "x-patient=1",
        "ImagingStudyX.identifier=1",
        "colour%3Dred",
        "_has:Observation:patient:code=1",
        "amp;_has:Observation:patient:code=1",
        "x_query=1",
        "_has:Observation:subject:_has:Group:member:code=1",
        "xpatient=1",
        "reason.x=1",
    ] {
        assert_eq!(lenient(query).unwrap().dropped().len(), 1, "{query}");
    }
    // What another release has and never writes is no other parameter of this one.
    let reason = search::parse("reason-reference=Condition/1", Release::R5, Handling::Lenient, &Limits::default()).unwrap();
    assert_eq!((reason.to_string(), reason.dropped().len()), (String::new(), 1));
}

/// A name of many prefixes is looked at once.
#[test]
fn names_of_many_prefixes() {
    for prefix in ["_has:::", "ImagingStudy.", "_has:::;", "amp;ImagingStudy.", "ImagingStudy:_has:::", "_", ".", "amp;"] {
        let took = |bytes: usize| {
            let query = [&prefix.repeat(bytes / prefix.len()), "x=1"].concat();
            let once = |_| {
                let begun = Instant::now();
                let _ = search::parse(&query, Release::R4, Handling::Lenient, &Limits::default());
                begun.elapsed()
            };
            (0..3).map(once).min().unwrap()
        };
        // Of the square it would be sixteen times as long.
        let (short, long) = (took(250_000), took(1_000_000));
        assert!(long < 8 * short + Duration::from_millis(100), "{prefix}: {short:?}, {long:?}");
    }
}
