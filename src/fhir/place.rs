//! Policies: where a fact goes when FHIR leaves a choice. Plain functions; rows name them, the writer calls them.

use crate::fhir::shape::Display;
use crate::grammar::uid::is_oid;
use crate::kind::Told;
use crate::loss::Code;
use crate::options::Options;
use crate::policy::{Accession, EndpointAddress, Endpoints, Id, Listing, Modalities, Names, Practitioners, Service, Subject};
use crate::release::{R4_R4B, Release};
use crate::study::Study;
use crate::table::codes::modality::is_acquisition;
use crate::table::{Level, RowRef, row, rows_of};
use crate::url::base_for;
use crate::uuid::uuid;
use crate::value::Fields;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// The accession number is an `identifier` of the study: R4 and R4B, or as the caller says.
pub(crate) fn accession_is_identifier(release: Release, options: &Options) -> bool {
    match options.accession {
        Accession::Release => R4_R4B.holds(release),
        Accession::Identifier | Accession::Both => true,
        Accession::BasedOn => false,
    }
}

/// The accession number identifies the order in `basedOn`: R5 and later, or as the caller says.
pub(crate) fn accession_is_based_on(release: Release, options: &Options) -> bool {
    match options.accession {
        Accession::Release => !R4_R4B.holds(release),
        Accession::BasedOn | Accession::Both => true,
        Accession::Identifier => false,
    }
}

/// The patient is a resource, contained or separate.
pub(crate) fn patient_is_resource(_: Release, options: &Options) -> bool {
    matches!(options.subject, Subject::Contained | Subject::Separate)
}

/// The patient is a reference with identifier and display.
pub(crate) fn patient_is_logical(release: Release, options: &Options) -> bool {
    !patient_is_resource(release, options)
}

/// The status: a data set is evidence of an instance unless the archive counts none. (A count of none stands only where none is listed; a series may be,
/// and the status is the same whether it is.)
pub(crate) fn status(study: &Study) -> &'static str {
    if study.get(row::INSTANCE_COUNT) == Some(0) { "registered" } else { "available" }
}

/// Whether the study's list of modalities holds `code`.
pub(crate) fn lists_modality(release: Release, options: &Options, code: &str) -> bool {
    options.modalities == Modalities::All || !release.lists_acquisition_only() || is_acquisition(code)
}

/// How many series the study is written with.
pub(crate) fn listed_series(study: &Study, options: &Options) -> usize {
    if options.listing >= Listing::Series { study.series().len() } else { 0 }
}

/// How many instances the study is written with.
pub(crate) fn listed_instances(study: &Study, options: &Options) -> usize {
    if options.listing >= Listing::Instances { study.series().map(|series| series.instances().len()).sum() } else { 0 }
}

/// Whether a count may be written next to what is listed below it.
/// R6 wants them equal (ist-3, ist-4, ist-6): a count of instances then needs them listed wherever series are.
pub(crate) fn writes_count(release: Release, given: u32, listed: usize, above: usize) -> bool {
    !release.counts_what_is_listed() || above == 0 || usize::try_from(given) == Ok(listed)
}

/// The URI of a local namespace, by the caller's pairs.
pub(crate) fn namespace<'a>(options: &'a Options, name: &str) -> Option<&'a str> {
    find(&options.namespaces, name)
}

/// The URI of a coding scheme designator, by the caller's pairs.
pub(crate) fn scheme<'a>(options: &'a Options, designator: &str) -> Option<&'a str> {
    find(&options.schemes, designator)
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, uri)| known == name && !name.is_empty() && !uri.is_empty()).map(|(_, uri)| uri.as_str())
}

/// The local namespace of a URI, by the caller's pairs.
pub(crate) fn namespace_back<'a>(options: &'a Options, uri: &str) -> Option<&'a str> {
    find_back(&options.namespaces, uri)
}

/// The coding scheme designator of a URI, by the caller's pairs.
pub(crate) fn scheme_back<'a>(options: &'a Options, uri: &str) -> Option<&'a str> {
    find_back(&options.schemes, uri)
}

fn find_back<'a>(pairs: &'a [(String, String)], uri: &str) -> Option<&'a str> {
    // Of two URIs of one name the first is written, and no other is undone.
    pairs.iter().find(|(name, known)| known == uri && find(pairs, name) == Some(uri)).map(|(name, _)| name.as_str())
}

/// The system of a patient identifier that has no issuer.
pub(crate) fn patient_system(options: &Options) -> Option<&str> {
    said(options.patient_namespace.as_ref())
}

/// The system of StudyID; without one it is not written.
pub(crate) fn study_id_system(options: &Options) -> Option<&str> {
    said(options.study_id_system.as_ref())
}

/// An option, if it says anything: FHIR has no empty strings.
fn said(option: Option<&String>) -> Option<&str> {
    option.map(String::as_str).filter(|text| !text.is_empty())
}

/// The FHIR service base, without slashes at its end.
pub(crate) fn fhir_base(options: &Options) -> Option<&str> {
    said(options.fhir_base.as_ref()).map(|base| base.trim_end_matches('/')).filter(|base| !base.is_empty())
}

/// The reference to the subject that the caller resolved.
pub(crate) fn subject_reference(options: &Options) -> Option<&str> {
    match &options.subject {
        Subject::Reference(reference) => said(Some(reference)),
        _ => None,
    }
}

/// Whether a reference is the one to the subject that the caller resolved. An absolute URL of the caller's own base is the relative one (FHIR search,
/// "reference").
pub(crate) fn is_own_subject(options: &Options, reference: &str) -> bool {
    fn relative<'a>(options: &Options, text: &'a str) -> &'a str {
        fhir_base(options).and_then(|base| text.strip_prefix(base)?.strip_prefix('/')).unwrap_or(text)
    }
    subject_reference(options).is_some_and(|own| relative(options, own) == relative(options, reference))
}

/// The services that have an Endpoint, each once: WADO-RS where the caller names none.
pub(crate) fn services(options: &Options) -> impl Iterator<Item = Service> + '_ {
    let named: &[Service] = if options.services.is_empty() { &[Service::WadoRs] } else { &options.services };
    let mut met = 0_u32;
    named.iter().copied().filter(move |service| {
        let bit = 1 << *service as u32;
        let is_new = met & bit == 0;
        met |= bit;
        is_new
    })
}

/// Whether people are resources, so that their names have room for everything.
pub(crate) fn people_are_resources(options: &Options) -> bool {
    options.practitioners != Practitioners::Logical
}

/// The display of a name; what the policy leaves out, or flattens, is told.
pub(crate) fn display<'a>(groups: [&'a str; 3], names: Names, told: &mut Told) -> Display<'a> {
    let Some(used) = groups.iter().position(|group| !group.is_empty()) else { return Display::Text("") };
    if names == Names::Dicom {
        return Display::Groups(groups);
    }
    for (n, _) in groups.iter().enumerate().filter(|(n, group)| *n != used && !group.is_empty()) {
        told.mark(n, Code::NamePartDropped);
    }
    let group = groups.get(used).copied().unwrap_or("");
    if used > 0 {
        // Alone it reads back as the alphabetic group.
        told.mark(used, Code::NameFlattened);
    }
    if names == Names::Alphabetic {
        return Display::Text(group);
    }
    if group.contains('^') {
        told.mark(used, Code::NameFlattened);
    }
    let mut components = group.splitn(6, '^').map(str::trim);
    let mut next = || components.next().unwrap_or("");
    let (family, given, middle, prefix, suffix) = (next(), next(), next(), next(), next());
    // DICOM knows no sixth (PS3.5 6.2.1.1), and some names have one.
    Display::Words([prefix, given, middle, family, suffix], next())
}

/// The `id` of a study whose UID several patients have: made of the UID, the number and its issuer.
pub(crate) fn id_of_one(study: &Study) -> String {
    let id = study.get(row::PATIENT_ID);
    let issuer = id.map_or([""; 3], |id| [id.local, id.universal, id.unread]);
    id_of(study, if study.is_patient_conflict() && !study.shares_number { [""; 3] } else { issuer })
}

/// As [`id_of_one`], where the patients have different numbers: then it is the same whether rows tell the issuer or not.
pub(crate) fn id_of_number(study: &Study) -> String {
    id_of(study, [""; 3])
}

fn id_of(study: &Study, [local, universal, unread]: [&str; 3]) -> String {
    let value = study.get(row::PATIENT_ID).map_or("", |id| id.value);
    let known = [study.get(row::STUDY_UID).unwrap_or(""), value, local, universal];
    let names: Vec<&str> = known.into_iter().chain(Some(unread).filter(|unread| !unread.is_empty())).collect();
    uuid("ImagingStudy", &names)
}

/// The `id` of the ImagingStudy.
pub(crate) fn id(study: &Study, options: &Options) -> Option<String> {
    id_text(study, options).map(Cow::into_owned)
}

/// As [`id`], borrowed where it can be.
pub(crate) fn id_text<'a>(study: &'a Study, options: &'a Options) -> Option<Cow<'a, str>> {
    match &options.id {
        Id::None => None,
        Id::Given(id) => said(Some(id)).map(Cow::Borrowed),
        Id::Uid if study.is_patient_conflict() => Some(Cow::Owned(id_of_one(study))),
        Id::Uid => study.get(row::STUDY_UID).map(Cow::Borrowed),
    }
}

/// The `fullUrl` of the ImagingStudy, in pieces: the FHIR base and its id, else a URN that is its own.
pub(crate) fn full_url<'a>(study: &'a Study, options: &'a Options) -> [Cow<'a, str>; 3] {
    let none = Cow::Borrowed("");
    // Which of several patients' a study is cannot be asked for by its id.
    let base = fhir_base(options).filter(|_| !study.is_patient_conflict());
    if let (Some(base), Some(id)) = (base, id_text(study, options)) {
        return [Cow::Borrowed(base), Cow::Borrowed("/ImagingStudy/"), id];
    }
    let uid = study.get(row::STUDY_UID).unwrap_or("");
    if is_oid(uid) && !study.is_patient_conflict() {
        [Cow::Borrowed("urn:oid:"), Cow::Borrowed(uid), none]
    } else {
        [Cow::Borrowed("urn:uuid:"), Cow::Owned(id_of_one(study)), none]
    }
}

/// A reference of a study to a resource of its own in the Bundle, and its `fullUrl`.
pub(crate) fn reference(type_: &str, id: &str, study: &Study, options: &Options) -> (String, String) {
    let full_url = entry_url(type_, id, options);
    // Beside a URN as `fullUrl` a relative reference means nothing (FHIR, "Resolving references in Bundles").
    let is_at_base = fhir_base(options).is_some() && !study.is_patient_conflict() && id_text(study, options).is_some();
    (if is_at_base { [type_, "/", id].concat() } else { full_url.clone() }, full_url)
}

/// The `fullUrl` of a resource of its own in a Bundle.
pub(crate) fn entry_url(type_: &str, id: &str, options: &Options) -> String {
    match fhir_base(options) {
        Some(base) => [base, "/", type_, "/", id].concat(),
        None => ["urn:uuid:", id].concat(),
    }
}

/// The id of a Patient of its own: the same for the same facts, of which number and issuer are two. So one person of whom two studies tell different
/// things is two. Without PatientID it is the study's own.
pub(crate) fn patient_id(study: &Study) -> String {
    let is_numbered = study.get(row::PATIENT_ID).is_some_and(|id| !id.value.is_empty());
    let mut facts = Vec::from([study.get(row::STUDY_UID).filter(|_| !is_numbered).unwrap_or("")]);
    for index in 0..rows_of(Level::Patient).len() {
        for item in study.items(RowRef { level: Level::Patient, index: index as u8 }).into_iter().flatten() {
            facts.extend(item);
        }
        // What ends one fact begins no other.
        facts.push("\u{1F}");
    }
    uuid("Patient", &facts)
}

/// The id of a Practitioner of its own: the same for the same name and identification.
pub(crate) fn practitioner_id(person: &Fields<'_>) -> String {
    uuid("Practitioner", person)
}

/// The service base: the caller's, else the one that a trusted RetrieveURL names; else the address that stands in its place, and that it is
/// only that. None where Endpoints are not wanted, or the study's patient is in doubt.
pub(crate) fn service_base<'a>(study: &'a Study, options: &'a Options) -> Option<(&'a str, bool)> {
    if options.endpoints == Endpoints::None || study.is_patient_conflict() {
        return None;
    }
    let given = given_base(options);
    let opaque = || study.get(row::RETRIEVE_URL).map(|retrieve| retrieve.address);
    given
        .or_else(|| retrieve_base(study, options))
        .map(|base| (base, false))
        .or_else(|| Some((opaque().filter(|address| options.trust_retrieve_url && !address.is_empty())?, true)))
}

/// Whether series have Endpoints that are not the study's.
pub(crate) fn series_have_endpoints(options: &Options) -> bool {
    options.series_endpoints && options.endpoint_address == EndpointAddress::Study && options.listing != Listing::Study
}

/// The service base that the caller gave.
pub(crate) fn given_base(options: &Options) -> Option<&str> {
    options.endpoint_base.as_deref().map(|base| base.trim_end_matches('/')).filter(|base| !base.is_empty())
}

/// The base of RetrieveURL, where it is trusted and is the URL of this study.
pub(crate) fn retrieve_base<'a>(study: &'a Study, options: &Options) -> Option<&'a str> {
    if !options.trust_retrieve_url {
        return None;
    }
    base_of(study, study.get(row::RETRIEVE_URL)?.url)
}

/// The service base of a URL that is the URL of this study.
pub(crate) fn base_of<'a>(study: &Study, url: &'a str) -> Option<&'a str> {
    let path = url.trim_end_matches('/').strip_suffix(study.get(row::STUDY_UID)?)?;
    let base = path.strip_suffix("/studies/")?;
    // An address that ends in a resource is read as that resource's, and one slash is as good as two.
    (is_plain_url(base) && base_for(base, "", None) == Ok(base)).then_some(base)
}

/// Whether an address is an http(s) URL that a path can be added to: no template, no query.
pub(crate) fn is_plain_url(address: &str) -> bool {
    let web = address.split_once("://").filter(|(scheme, _)| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"));
    let web = web.map(|(_, web)| web).filter(|web| !web.starts_with('/'));
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '{' | '}' | '?' | '#');
    web.is_some_and(|web| !web.is_empty() && !web.contains(odd))
}
