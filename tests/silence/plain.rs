//! Types that hold nothing of the input: all their values.

use crate::sweep::Sweep;
use fhir_dicomweb::search::{self, servers};
use fhir_dicomweb::*;

macro_rules! each {
    ($sweep:ident: $($value:expr),+ $(,)?) => { $($sweep.see(&$value);)+ };
}

pub fn all(sweep: &mut Sweep) {
    rows().for_each(|row| {
        row.parts().iter().for_each(|part| sweep.see(part));
        row.searches().for_each(|search| {
            sweep.see(search);
            sweep.see(&search.kind);
        });
        row.elements().for_each(|(releases, ..)| sweep.show(&releases));
        sweep.see(&row.level());
        row.parts().iter().for_each(|part| sweep.see(&part.vr()));
    });
    known().for_each(|known| sweep.see(known));
    codes::modalities().for_each(|modality| sweep.see(&modality));
    codes::schemes().for_each(|scheme| sweep.see(&scheme));
    codes::body_parts().for_each(|part| sweep.see(&part));
    Code::ALL.iter().for_each(|code| {
        sweep.show(code);
        sweep.see(&code.class());
    });
    search::Why::ALL.iter().for_each(|why| sweep.see(why));
    Release::ALL.iter().for_each(|release| sweep.show(release));
    Service::ALL.iter().for_each(|service| sweep.see(service));
    each!(sweep: Accession::Both, EndpointAddress::Study, Endpoints::Bundle, Listing::Series, Modalities::All, Names::Human, Practitioners::Separate,
        Limits::default(), Zone::None, dicom::Rows::Metadata, dicom::Select::all(), search::Key::PatientId, search::Handling::Lenient,
        search::Class::Kept, search::Reason::Unknown, search::Ask::All, search::Compare::Exact, search::Decoding::Rfc, search::End::OnePage,
        search::Issuer::Hidden, search::Wildcards::Exact, url::FramesAs::Rendered, facade::Failure::Timeout);
    servers::all().for_each(|server| sweep.see(&server));

    // What is no name of these is told without it.
    let text = sweep.text();
    sweep.error(&text.parse::<Release>().unwrap_err());
    sweep.error(&text.parse::<Listing>().unwrap_err());
    sweep.error(&text.parse::<Service>().unwrap_err());
    sweep.error(&text.parse::<Accession>().unwrap_err());
    sweep.error(&text.parse::<Offset>().unwrap_err());
    sweep.error(&text.parse::<search::Server>().unwrap_err());
    sweep.see(&dicom::Select::of(&text));

    // What the caller says is shown as little.
    let mut options = Options::default();
    let mut text = || sweep.text();
    options.namespaces.push((text(), text()));
    options.schemes.push((text(), text()));
    (options.patient_namespace, options.study_id_system) = (Some(text()), Some(text()));
    (options.endpoint_base, options.fhir_base) = (Some(text()), Some(text()));
    (options.id, options.subject) = (Id::Given(text()), Subject::Reference(text()));
    options.zone = Zone::Fixed("+0530".parse().unwrap());
    sweep.show::<Offset>(&"+0530".parse().unwrap());
    sweep.see(&options.id);
    sweep.see(&options.subject);
    sweep.see(&options);
    sweep.see(&facade::Config::new(servers::unknown(), options));
}
