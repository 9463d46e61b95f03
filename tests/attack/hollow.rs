//! What carries nothing decides nothing; and what identifies nobody is no identification.

use super::reading::imaging;
use fhir_dicomweb::row as fact;
use fhir_dicomweb::search::{self, Handling, Verdict};
use fhir_dicomweb::{Limits, LossReport, Options, Release, Study, fhir};

fn read(more: &str, options: &Options) -> (Study, LossReport) {
    let read = fhir::read(imaging("1.2.3", more).as_bytes(), Release::R4, options).unwrap();
    (read.value.into_iter().next().unwrap(), read.loss)
}

fn says(study: &Study, query: &str) -> char {
    let options = Options::default();
    let query = search::parse(query, Release::R4, Handling::Strict, &Limits::default()).unwrap();
    match query.residual(&options).unwrap().judge(study) {
        Verdict::Yes => 'y',
        Verdict::No => 'n',
        Verdict::Need(_) => '?',
    }
}

const NOTHING: [&str; 7] = ["null", r#"" ""#, "[]", "{}", "[null]", "[{}]", r#"{"coding":[{"code":null}]}"#];

/// A type, a text, a reference that is not there.
#[test]
fn nothing_has_no_form() {
    for nothing in NOTHING {
        let more = format!(r#","subject":{{}},"encounter":{{"identifier":{{"type":{nothing},"value":"V1"}}}}"#);
        let (study, loss) = read(&more, &Options::default());
        assert_eq!(study.get(fact::ENCOUNTER).map(|id| id.value), Some("V1"), "{nothing}: {loss}");
        for name in ["text", "coding", "concept", "reference"] {
            let more = format!(
                r#","subject":{{}},"modality":[{{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT","{name}":{nothing}}}]"#
            );
            let (study, loss) = read(&more, &Options::default());
            assert_eq!(study.all(fact::MODALITIES).count(), 1, "{name} {nothing}: {loss}");
            assert!(loss.iter().all(|loss| loss.code.name() == "modality-not-in-series" || loss.count == 0), "{name} {nothing}: {loss}");
        }
        let listed = &mut Options::default();
        listed.complete = true;
        for list in ["series", "instance"] {
            let more = match list {
                "series" => format!(r#","subject":{{}},"series":{nothing}"#),
                _ => format!(r#","subject":{{}},"series":[{{"uid":"1.2.3.1","instance":{nothing}}}]"#),
            };
            let (study, _) = read(&more, listed);
            assert_eq!(study.get(fact::SERIES_COUNT), (list == "instance").then_some(1), "{list} {nothing}");
        }
        // The first that says something is the one; and nothing is no list of further ones.
        let (study, loss) = read(&format!(r#","subject":{{}},"description":{nothing},"description":"A""#), &Options::default());
        assert_eq!((study.get(fact::DESCRIPTION), loss.counted()), (Some("A"), 0), "{nothing}: {loss}");
    }
}

/// A list of nothing is not the first of two; a reason that is no code is told.
#[test]
fn lists_of_nothing() {
    let text = imaging("1.2.3", r#","subject":{},"series":[{"uid":"1.2.3.1","instance":[{}],"instance":[{"uid":"1.2.3.1.1"}]}]"#);
    for read in [
        fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap(),
        fhir::read_plainly(text.as_bytes(), Release::R4, &Options::default(), &mut |_| {}).unwrap(),
    ] {
        let instances: usize = read.value[0].series().map(|series| series.instances().len()).sum();
        assert_eq!((instances, read.loss.counted()), (1, 0), "{}", read.loss);
    }
    let absent = |code: &str| {
        let url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
        let (_, loss) = read(&format!(r#","subject":{{"extension":[{{"url":"{url}","valueCode":{code}}}]}}"#), &Options::default());
        loss.counted()
    };
    assert_eq!([r#""unknown""#, "true", "7", r#""masked""#].map(absent), [0, 2, 2, 2]);
}

/// Beside a reference that leads nowhere, or to a resource that says nothing, an identifier without a value says nothing of it either.
#[test]
fn an_identifier_without_a_value() {
    let void = [r#"{"use":"official"}"#, r#"{"type":{"text":"NPI"}}"#, r#"{"system":"urn:x"}"#, "{}", "null"];
    for identifier in void {
        for target in ["PractitionerRole", "Practitioner"] {
            let more = format!(
                r##","subject":{{}},"contained":[{{"resourceType":"{target}","id":"d","active":true}}],"referrer":{{"reference":"#d","identifier":{identifier}}}"##
            );
            let (study, loss) = read(&more, &Options::default());
            assert!(loss.iter().any(|loss| loss.at.to_string() == "ImagingStudy.referrer.reference"), "{target} {identifier}: {loss}");
            for query in ["referrer:missing=true", "referrer.name=x", "referrer:identifier=7"] {
                assert_eq!(says(&study, query), '?', "{query} {target} {identifier}");
            }
        }
        let more = format!(
            r#","subject":{{}},"encounter":{{"reference":"Encounter/5","identifier":{identifier}}},"basedOn":[{{"reference":"ServiceRequest/5","identifier":{identifier}}}]"#
        );
        let (study, _) = read(&more, &Options::default());
        for query in ["encounter:identifier=V1", "encounter:missing=true", "basedon:identifier=V1", "basedon:missing=true"] {
            assert_eq!(says(&study, query), '?', "{query} {identifier}");
        }
        let (study, _) = read(&format!(r#","subject":{{"reference":"Patient/5","identifier":{identifier}}}"#), &Options::default());
        for query in ["patient:identifier=V1", "patient:missing=true", "patient.name=x"] {
            assert_eq!(says(&study, query), '?', "{query} {identifier}");
        }
        // Of a person's identifiers the first that has a value.
        let more = format!(
            r##","subject":{{}},"contained":[{{"resourceType":"Practitioner","id":"d","identifier":[{identifier},{{"system":"http://hl7.org/fhir/sid/us-npi","value":"123"}}]}}],"referrer":{{"reference":"#d"}}"##
        );
        let (study, loss) = read(&more, &Options::default());
        assert_eq!(says(&study, "referrer:identifier=123"), 'y', "{identifier}: {loss}");
    }
    // What stands beside is known.
    let (study, _) = read(r#","subject":{},"encounter":{"reference":"Encounter/5","identifier":{"value":"V1"}}"#, &Options::default());
    assert_eq!(["V1", "V2"].map(|id| says(&study, &format!("encounter:identifier={id}"))), ['y', 'n']);
    let (study, _) = read(r#","subject":{},"referrer":{"reference":"Practitioner/5","display":"Doe^J"}"#, &Options::default());
    assert_eq!(["referrer.name=doe", "referrer.name=roe", "referrer:identifier=1"].map(|query| says(&study, query)), ['y', 'n', '?']);
    let (study, _) = read(r#","subject":{},"referrer":{"reference":"Practitioner/5","display":"^"}"#, &Options::default());
    assert_eq!(says(&study, "referrer.name=doe"), '?');
}

/// Of a resource of which nothing is read what stands beside the reference is known, and nothing else; the reference is told.
#[test]
fn resources_of_which_nothing_is_read() {
    let of = |type_: &str, study: &str| {
        let more = format!(r##","subject":{{}},"contained":[{{"resourceType":"{type_}","id":"d","status":"unknown"}}],{study}"##);
        read(&more, &Options::default())
    };
    let (study, loss) = of("Encounter", r##""encounter":{"reference":"#d","display":"visit"}"##);
    assert!(loss.iter().any(|loss| loss.at.to_string() == "ImagingStudy.encounter.reference"), "{loss}");
    for query in ["encounter:identifier=V1", "encounter:missing=true", "encounter:missing=false"] {
        assert_eq!(says(&study, query), '?', "{query}");
    }
    let (study, loss) = of("PractitionerRole", r##""referrer":{"reference":"#d","display":"House"}"##);
    assert!(loss.iter().any(|loss| loss.at.to_string() == "ImagingStudy.referrer.reference"), "{loss}");
    assert_eq!(["referrer.name=house", "referrer.name=x", "referrer:identifier=7"].map(|query| says(&study, query)), ['y', 'n', '?']);
    let (study, _) = of("PractitionerRole", r##""referrer":{"reference":"#d","identifier":{"value":"7"}}"##);
    assert_eq!(["referrer.name=x", "referrer:identifier=7", "referrer:identifier=8"].map(|query| says(&study, query)), ['?', 'y', 'n']);
    let (study, loss) = of("ServiceRequest", r##""basedOn":[{"reference":"#d","display":"scan"}]"##);
    assert!(loss.iter().any(|loss| loss.at.to_string() == "ImagingStudy.basedOn.reference"), "{loss}");
    assert_eq!(says(&study, "basedon:identifier=V1"), '?');
}

/// `true` where a text belongs says nothing that anybody understood: it is told, wherever a text there would be understood.
#[test]
fn true_where_a_text_belongs_is_told() {
    let endpoint = r#"{"resourceType":"Endpoint","id":"e","status":"active","connectionType":{"system":SYSTEM,"code":"dicom-wado-rs"},"payloadType":[{"text":"x"}],"address":"https://a/studies/1.2"}"#;
    let study = |more: &str| {
        format!(
            r#"{{"resourceType":"ImagingStudy","id":"1.2","status":"available","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2"}}],"subject":{{"display":"A"}}{more}}}"#
        )
    };
    let contained = study(&format!(r##","contained":[{endpoint}],"endpoint":[{{"reference":"#e"}}]"##));
    let texts = [
        (contained.replace("SYSTEM", "true"), "system"),
        (format!(r#"{{"resourceType":"Bundle","type":true,"entry":[{{"resource":{}}}]}}"#, study("")), "type"),
        (format!(r#"{{"resourceType":"Bundle","type":"collection","total":true,"entry":[{{"resource":{}}}]}}"#, study("")), "total"),
        (format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"fullUrl":true,"resource":{}}}]}}"#, study("")), "fullUrl"),
        (
            format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"search":{{"mode":true}},"resource":{}}}]}}"#, study("")),
            "mode",
        ),
    ];
    for (text, element) in texts {
        let told = fhir::read(text.as_bytes(), Release::R4, &Options::default()).unwrap().loss;
        let of = |loss: &fhir_dicomweb::Loss| loss.at.to_string().ends_with(element);
        assert_eq!(told.iter().filter(|loss| of(loss)).map(|loss| loss.count).sum::<u64>(), 1, "{text}: {told}");
    }
}
