//! The search parameters that are understood: what each asks about, in which releases it has which name.

use crate::release::{ALL, R4_R4B, R4_R5, R5_R6, R6, Release, Releases};
use alloc::string::String;

/// What a clause asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Id,
    Identifier,
    Status,
    Started,
    Modality,
    Series,
    Instance,
    SopClass,
    BodySite,
    Reason,
    Patient(Ask),
    Person(Role, Ask),
    Encounter(Ask),
    BasedOn(Ask),
    Endpoint(EndpointAsk),
    /// An element that is never written: nothing matches.
    Nothing,
}

/// What is asked of something referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Which resource it is.
    Reference,
    Identifier,
    Name,
    Family,
    Given,
    Birth,
    Gender,
}

/// A person named in a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Referrer,
    Interpreter,
    Performer,
}

/// What is asked of an Endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndpointAsk {
    Reference,
    Connection,
    Status,
    Payload,
    /// What our Endpoints do not have: identifier, name, organization.
    Other,
}

/// How a value is written and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Token,
    /// A UID as a code without system.
    Uid,
    Date,
    Text,
    Reference,
    Uri,
}

/// One parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) releases: Releases,
    pub(crate) type_: Type,
    pub(crate) about: About,
}

const fn parameter(name: &'static str, releases: Releases, type_: Type, about: About) -> Parameter {
    Parameter { name, releases, type_, about }
}

/// Parameters of ImagingStudy.
const PARAMETERS: &[Parameter] = &[
    parameter("_id", ALL, Type::Token, About::Id),
    parameter("identifier", ALL, Type::Token, About::Identifier),
    parameter("status", ALL, Type::Token, About::Status),
    parameter("started", ALL, Type::Date, About::Started),
    parameter("modality", ALL, Type::Token, About::Modality),
    parameter("series", ALL, Type::Uid, About::Series),
    parameter("instance", ALL, Type::Uid, About::Instance),
    parameter("dicom-class", R4_R5, Type::Token, About::SopClass),
    parameter("dicom-class", R6, Type::Uri, About::SopClass),
    parameter("bodysite", R4_R4B, Type::Token, About::BodySite),
    parameter("body-site", R5_R6, Type::Token, About::BodySite),
    parameter("body-structure", R5_R6, Type::Reference, About::Nothing),
    parameter("reason", R4_R5, Type::Token, About::Reason),
    parameter("reason-concept", R6, Type::Token, About::Reason),
    parameter("reason-reference", R6, Type::Reference, About::Nothing),
    parameter("patient", ALL, Type::Reference, About::Patient(Ask::Reference)),
    parameter("subject", ALL, Type::Reference, About::Patient(Ask::Reference)),
    parameter("referrer", ALL, Type::Reference, About::Person(Role::Referrer, Ask::Reference)),
    parameter("interpreter", R4_R4B, Type::Reference, About::Person(Role::Interpreter, Ask::Reference)),
    parameter("performer", ALL, Type::Reference, About::Person(Role::Performer, Ask::Reference)),
    parameter("encounter", ALL, Type::Reference, About::Encounter(Ask::Reference)),
    parameter("basedon", R4_R4B, Type::Reference, About::BasedOn(Ask::Reference)),
    parameter("based-on", R5_R6, Type::Reference, About::BasedOn(Ask::Reference)),
    parameter("endpoint", ALL, Type::Reference, About::Endpoint(EndpointAsk::Reference)),
];

/// Parameters of Endpoint.
const OF_ENDPOINT: &[Parameter] = &[
    parameter("_id", ALL, Type::Token, About::Id),
    parameter("identifier", ALL, Type::Token, About::Endpoint(EndpointAsk::Other)),
    parameter("name", ALL, Type::Text, About::Endpoint(EndpointAsk::Other)),
    parameter("status", ALL, Type::Token, About::Endpoint(EndpointAsk::Status)),
    parameter("connection-type", ALL, Type::Token, About::Endpoint(EndpointAsk::Connection)),
    parameter("payload-type", ALL, Type::Token, About::Endpoint(EndpointAsk::Payload)),
    parameter("organization", ALL, Type::Reference, About::Nothing),
];

/// Which resource is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    ImagingStudy,
    Endpoint,
}

/// Parameters that FHIR defines and that no DICOM attribute answers.
const UNSUPPORTED: &[&str] = &[
    "_lastUpdated",
    "_tag",
    "_security",
    "_source",
    "_profile",
    "_text",
    "_content",
    "_filter",
    "_has",
    "_list",
    "_query",
    "_type",
    "_language",
    "_in",
];

/// Parameters that say how an answer is given, not which studies are in it.
pub(crate) const RESULT: &[&str] = &[
    "_count",
    "_sort",
    "_summary",
    "_elements",
    "_include",
    "_revinclude",
    "_total",
    "_contained",
    "_containedType",
    "_format",
    "_pretty",
    "_maxresults",
    "_score",
    "_graph",
];

/// Result parameters that are read over.
pub(crate) const IGNORED: &[&str] = &["_format", "_pretty"];

/// The parameters that a release has of a resource.
pub(crate) fn of_release(resource: Resource, release: Release) -> impl Iterator<Item = &'static Parameter> {
    let list = if resource == Resource::Endpoint { OF_ENDPOINT } else { PARAMETERS };
    list.iter().filter(move |known| known.releases.holds(release))
}

impl Parameter {
    /// FHIR's type of it.
    pub(crate) const fn type_name(&self) -> &'static str {
        match self.type_ {
            Type::Token | Type::Uid => "token",
            Type::Date => "date",
            Type::Text => "string",
            Type::Reference => "reference",
            Type::Uri => "uri",
        }
    }

    /// The definition of it: some are shared by resources.
    pub(crate) fn definition(&self, resource: Resource, release: Release) -> String {
        let base = "http://hl7.org/fhir/SearchParameter/";
        match (self.name, resource) {
            ("encounter", Resource::ImagingStudy) if R4_R4B.holds(release) => [base, "ImagingStudy-encounter"].concat(),
            ("_id", _) => [base, "Resource-id"].concat(),
            ("identifier" | "patient" | "encounter", Resource::ImagingStudy) => [base, "clinical-", self.name].concat(),
            (name, Resource::ImagingStudy) => [base, "ImagingStudy-", name].concat(),
            (name, Resource::Endpoint) => [base, "Endpoint-", name].concat(),
        }
    }
}

pub(crate) fn is_unsupported(name: &str) -> bool {
    UNSUPPORTED.contains(&name.split([':', '.']).next().unwrap_or(name))
}

/// The parameter of a name; leniently also by the name that another release has for it.
pub(crate) fn find(resource: Resource, name: &str, release: Release, lenient: bool) -> Option<&'static Parameter> {
    let list = if resource == Resource::Endpoint { OF_ENDPOINT } else { PARAMETERS };
    let own = list.iter().find(|known| known.name == name && known.releases.holds(release));
    own.or_else(|| {
        // What is never written has names of its own: one is not the other.
        let other = list.iter().find(|known| lenient && known.name == name && known.about != About::Nothing)?;
        list.iter().find(|known| known.about == other.about && known.releases.holds(release))
    })
}

/// What a chained parameter asks of what the first refers to.
pub(crate) fn chained(first: &Parameter, name: &str) -> Option<(Type, About)> {
    let person = |role| {
        Some(match name {
            "identifier" => (Type::Token, About::Person(role, Ask::Identifier)),
            "name" => (Type::Text, About::Person(role, Ask::Name)),
            "family" => (Type::Text, About::Person(role, Ask::Family)),
            "given" => (Type::Text, About::Person(role, Ask::Given)),
            _ => return None,
        })
    };
    Some(match (first.about, name) {
        (About::Patient(_), "identifier") => (Type::Token, About::Patient(Ask::Identifier)),
        (About::Patient(_), "name") => (Type::Text, About::Patient(Ask::Name)),
        (About::Patient(_), "family") => (Type::Text, About::Patient(Ask::Family)),
        (About::Patient(_), "given") => (Type::Text, About::Patient(Ask::Given)),
        (About::Patient(_), "birthdate") => (Type::Date, About::Patient(Ask::Birth)),
        (About::Patient(_), "gender") => (Type::Token, About::Patient(Ask::Gender)),
        (About::Person(role, _), _) => return person(role),
        (About::Encounter(_), "identifier") => (Type::Token, About::Encounter(Ask::Identifier)),
        (About::BasedOn(_), "identifier") => (Type::Token, About::BasedOn(Ask::Identifier)),
        (About::Endpoint(_), "connection-type") => (Type::Token, About::Endpoint(EndpointAsk::Connection)),
        (About::Endpoint(_), "status") => (Type::Token, About::Endpoint(EndpointAsk::Status)),
        (About::Endpoint(_), "payload-type") => (Type::Token, About::Endpoint(EndpointAsk::Payload)),
        (About::Endpoint(_), "name") => (Type::Text, About::Endpoint(EndpointAsk::Other)),
        (About::Endpoint(_), "identifier" | "organization") => (Type::Token, About::Endpoint(EndpointAsk::Other)),
        _ => return None,
    })
}

/// What `:identifier` asks of a reference.
pub(crate) fn by_identifier(about: About) -> Option<About> {
    Some(match about {
        About::Patient(_) => About::Patient(Ask::Identifier),
        About::Person(role, _) => About::Person(role, Ask::Identifier),
        About::Encounter(_) => About::Encounter(Ask::Identifier),
        About::BasedOn(_) => About::BasedOn(Ask::Identifier),
        About::Endpoint(_) => About::Endpoint(EndpointAsk::Other),
        About::Nothing => About::Nothing,
        _ => return None,
    })
}

impl Parameter {
    /// The types of resources that it may mean; the first is meant where none is said.
    pub(crate) fn targets(&self) -> &'static [&'static str] {
        match self.name {
            "body-structure" => &["BodyStructure"],
            "reason-reference" => &["Condition", "Observation", "DiagnosticReport", "DocumentReference"],
            "organization" => &["Organization"],
            _ => targets(self.about),
        }
    }
}

fn targets(about: About) -> &'static [&'static str] {
    match about {
        About::Patient(_) => &["Patient", "Device", "Group"],
        About::Person(Role::Performer, _) => {
            &["Practitioner", "PractitionerRole", "Organization", "CareTeam", "Patient", "Device", "RelatedPerson", "HealthcareService"]
        }
        About::Person(..) => &["Practitioner", "PractitionerRole"],
        About::Encounter(_) => &["Encounter"],
        About::BasedOn(_) => &["ServiceRequest", "CarePlan", "Appointment", "AppointmentResponse", "Task"],
        About::Endpoint(_) => &["Endpoint"],
        _ => &[],
    }
}
