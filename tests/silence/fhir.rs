//! Canaries in every string of FHIR, in names of elements, and where nothing belongs; and in URLs.

use crate::dicom::{report, studies as see_studies};
use crate::sweep::Sweep;
use fhir_dicomweb::{Endpoints, Options, Practitioners, Release, Service, Study, Subject, dicom, fhir, url};
use serde_json::Value;

/// Through every way in.
fn through(sweep: &mut Sweep, text: &[u8], release: Release, deep: bool) {
    let strict = &mut Options::default();
    strict.strict = true;
    for options in [&Options::default(), &*strict] {
        let mut losses = Vec::new();
        match fhir::read_with(text, release, options, &mut |loss| losses.push(*loss)) {
            Err(error) => sweep.error(&error),
            Ok(read) => {
                sweep.see(&read);
                sweep.show(&read.loss);
                if deep {
                    report(sweep, &read.loss);
                    see_studies(sweep, &read.value);
                }
            }
        }
        losses.iter().for_each(|loss| sweep.show(loss));
        match url::retrievals(text, options) {
            Err(error) => sweep.error(&error),
            Ok(found) => {
                sweep.see(&found);
                found.gets.iter().for_each(|get| {
                    sweep.see(get);
                    sweep.see(&get.resource);
                });
                found.refused.iter().for_each(|refused| {
                    sweep.see(refused);
                    sweep.error(&refused.why);
                });
            }
        }
    }
    match fhir::read_endpoint(text) {
        Err(error) => sweep.error(&error),
        Ok(endpoint) => sweep.see(&endpoint),
    }
}

/// Every place in a document, as a pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| places(item, &format!("{at}/{n}"), found)),
        Value::Object(members) => members.iter().for_each(|(name, member)| places(member, &format!("{at}/{name}"), found)),
        _ => {}
    }
}

pub fn all(sweep: &mut Sweep, known: &[Study]) {
    let study = &known[0];
    let mut options = Options::default();
    options.subject = Subject::Contained;
    options.practitioners = Practitioners::Contained;
    options.endpoints = Endpoints::Contained;
    options.endpoint_base = Some(sweep.url());
    options.services = Service::ALL.to_vec();
    options.series_endpoints = true;
    for release in Release::ALL {
        let resource = fhir::write(study, release, &options).value.into_string();
        let bundle = fhir::bundle(std::slice::from_ref(study), release, &options).value.into_string();
        through(sweep, resource.as_bytes(), release, true);
        through(sweep, bundle.as_bytes(), release, true);
        // Read as another release.
        Release::ALL.into_iter().for_each(|other| through(sweep, resource.as_bytes(), other, false));
        let document: Value = serde_json::from_str(&resource).unwrap();
        let mut all = Vec::new();
        places(&document, "", &mut all);
        assert!(all.len() > 300, "{}", all.len());
        // A canary for each value; a name that nobody knows in each object; an object where there is none. Releases are alike: each takes some.
        let of = Release::ALL.iter().position(|one| *one == release).unwrap();
        for at in all.iter().skip(of).step_by(Release::ALL.len()) {
            let (mut changed, text) = (document.clone(), sweep.text());
            let place = changed.pointer_mut(at).unwrap();
            let was = place.clone();
            match place {
                Value::Object(members) => {
                    members.insert(text.clone(), text.clone().into());
                    members.insert(format!("_{}", sweep.text()), serde_json::json!({ sweep.text(): [sweep.text()] }));
                    let extension = serde_json::json!([{"url": sweep.url(), "valueString": sweep.text()}]);
                    members.insert("extension".into(), extension.clone());
                    if at.is_empty() || at.len() > 40 {
                        members.insert("modifierExtension".into(), extension);
                    }
                }
                Value::Array(items) => items.push(text.clone().into()),
                other => *other = text.clone().into(),
            }
            through(sweep, changed.to_string().as_bytes(), release, false);
            if !was.is_object() {
                *changed.pointer_mut(at).unwrap() = serde_json::json!({ text.clone(): text });
                through(sweep, changed.to_string().as_bytes(), release, false);
            }
        }
        let endpoint = fhir::endpoint(Service::WadoRs, &sweep.url(), Some(&sweep.text()), release);
        sweep.see(&endpoint);
        through(sweep, endpoint.as_str().as_bytes(), release, true);
    }
    let text = sweep.text();
    let whole = fhir::write(study, Release::R4, &options).value.into_string();
    for other in [
        format!("<html>{text}"),
        format!("\"{text}\""),
        format!(r#"{{"resourceType":"{text}"}}"#),
        format!(r#"{{"resourceType":"OperationOutcome","issue":[{{"diagnostics":"{text}"}}]}}"#),
        format!(r#"{{"resourceType":"Bundle","entry":[{{"fullUrl":"{text}","resource":{{"resourceType":"{text}","{text}":"{text}"}}}}]}}"#),
        format!(r#"{{"resourceType":"ImagingStudy","implicitRules":"{text}"}}"#),
    ] {
        through(sweep, other.as_bytes(), Release::R4, true);
    }
    for at in (0..whole.len()).step_by(197) {
        through(sweep, &whole.as_bytes()[..at], Release::R4, false);
    }
    urls(sweep);
    sweep.see(&dicom::write(study, dicom::Rows::Study, &options));
}

fn urls(sweep: &mut Sweep) {
    let (uid, text, base) = (sweep.uid(), sweep.text(), sweep.url());
    for path in [
        format!("studies/{uid}"),
        format!("studies/{uid}/series/{uid}/instances/{uid}"),
        format!("studies/{uid}/series/{uid}/instances/{uid}/bulkdata/{text}/{text}"),
        format!("studies/{uid}/series/{uid}/instances/{uid}/frames/{}", sweep.digits()),
        format!("studies/{uid}/series/{uid}/instances/{uid}/frames/{text}"),
        format!("studies?PatientID={text}"),
        format!("studies/{text}"),
        format!("studies/{uid}/{text}"),
        format!("{{{text}}}/studies"),
        format!("studies/{uid}#{text}"),
        format!("%{text}"),
        text.clone(),
    ] {
        for whole in [format!("{base}/{path}"), format!("/{path}"), format!("ftp://{text}/{path}"), path.clone()] {
            match url::parse(&whole) {
                Err(error) => sweep.error(&error),
                Ok(url) => {
                    sweep.see(&url);
                    sweep.see(&url.resource);
                }
            }
            if let Err(error) = url::base(&whole, &uid) {
                sweep.error(&error);
            }
        }
    }
    for view in [
        url::View::BulkData(Some(text.clone())),
        url::View::BulkData(None),
        url::View::Frames(vec![sweep.digits().parse().unwrap()], url::FramesAs::Stored),
        url::View::Metadata,
    ] {
        sweep.see(&view);
        let resource = url::Resource::of_study(&uid).and_then(|study| study.and_series(&uid)).and_then(|series| series.and_instance(&uid));
        match resource.and_then(|instance| instance.viewed(view)) {
            Err(error) => sweep.error(&error),
            Ok(resource) => sweep.see(&resource),
        }
    }
    sweep.error(&url::Resource::of_study(&format!("{text}/{text}")).unwrap_err());
}
