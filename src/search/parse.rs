//! A query string, or the body of a form, into clauses.

use super::judge::is_elsewhere;
use super::parameter::{self, About, Ask, IGNORED, Parameter, RESULT, Resource, Type};
use super::separate::split;
use super::value::{Expected, Value};
use super::{Clause, Dropped, Handling, Modifier, Query, Reason};
use crate::error::{Error, Kind};
use crate::options::Limits;
use crate::percent::decode_form;
use crate::release::Release;
use crate::table::resource_type;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Parses a FHIR search on ImagingStudy: the query of a URL (without `?`), or the body of a `_search` form.
///
/// Leniently, what is not known is dropped and listed by [`Query::dropped`]; but a clause on the patient, the subject, the identifier or the
/// id is never dropped, because without it the answer shows the wrong patient's images: no parameter whose name begins so, whatever its case and
/// what stands before it (`amp;` does not hide it, nor does `ImagingStudy.`; but a letter or digit with what follows it makes another name, as `xpatient` and `x-patient` are), none
/// that goes by `patient` or `subject` in a chain or `_has`, and no `_filter` that names one of them. (`_has`, `_list` and `_in` that do not are dropped.) A parameter without a value (`patient=`, `patient=,`) restricts nothing, and is no clause; [`Query::dropped`]
/// lists it where it would have told patients apart.
///
/// ```
/// use fhir_dicomweb::{Limits, Release, search::{self, Handling}};
/// let query = search::parse("started=ge2024-01-14&modality=CT,MR&colour=red", Release::R4, Handling::Lenient, &Limits::default())?;
/// assert_eq!(query.to_string(), "started=ge2024-01-14&modality=CT,MR");
/// assert_eq!(query.dropped().len(), 1);
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
///
/// # Errors
/// A value that is none, a modifier that the parameter does not have, a parameter that is not known (strict) or never dropped, a limit.
pub fn parse(query: &str, release: Release, handling: Handling, limits: &Limits) -> Result<Query, Error> {
    run(Resource::ImagingStudy, query, release, handling, limits)
}

/// As [`parse`], of a search on Endpoint.
///
/// ```
/// use fhir_dicomweb::{Limits, Options, Release, Service, search::{self, Handling, Verdict}};
/// let query = search::parse_endpoint("connection-type=dicom-wado-rs&status=active", Release::R5, Handling::Strict, &Limits::default())?;
/// let residual = query.residual(&Options::default())?;
/// assert_eq!(residual.judge_endpoint(Service::WadoRs, "study-wado"), Verdict::Yes);
/// assert_eq!(residual.judge_endpoint(Service::QidoRs, "study-qido"), Verdict::No);
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
///
/// # Errors
/// As [`parse`].
pub fn parse_endpoint(query: &str, release: Release, handling: Handling, limits: &Limits) -> Result<Query, Error> {
    run(Resource::Endpoint, query, release, handling, limits)
}

fn run(resource: Resource, query: &str, release: Release, handling: Handling, limits: &Limits) -> Result<Query, Error> {
    if query.len() > limits.query_bytes as usize {
        return Err(Error::new(Kind::LimitQuery));
    }
    let (mut clauses, mut results, mut dropped) = (Vec::new(), Vec::new(), Vec::new());
    let mut at = 0;
    for (n, pair) in query.split('&').enumerate() {
        let start = at;
        at += pair.len() + 1;
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let bad = |kind| Error::at(kind, start as u64);
        let (name, value) = (decode_form(name).ok_or(bad(Kind::BadValue))?, decode_form(value).ok_or(bad(Kind::BadValue))?);
        // An empty value restricts nothing, nor does a list of them, as long as it is one that is read. (A name with a `=` in it is none: that was encoded.)
        let is_nothing =
            !name.contains('=') && (value.is_empty() || value.len() < limits.or_values as usize && value.bytes().all(|b| b == b','));
        let read = if is_nothing { Ok(Read::Nothing) } else { clause(resource, &name, &value, n, release, handling, limits) };
        let reason = match read {
            Ok(Read::Clause(clause)) => {
                if clauses.len() >= limits.clauses as usize {
                    return Err(bad(Kind::LimitClauses));
                }
                clauses.push(clause);
                continue;
            }
            Ok(Read::Result(name)) => {
                if results.len() >= limits.clauses as usize {
                    return Err(bad(Kind::LimitClauses));
                }
                results.push((name, value.into_owned()));
                continue;
            }
            Ok(Read::Nothing) if resource == Resource::ImagingStudy && tells_patients_apart(&name) => Reason::Empty,
            Ok(Read::Nothing) => continue,
            Err(kind) if handling == Handling::Lenient && is_dropped(kind, &name, &value) => {
                if kind == Kind::UnknownParameter {
                    Reason::Unknown
                } else {
                    Reason::Unsupported
                }
            }
            Err(kind) => return Err(bad(kind)),
        };
        if dropped.len() >= limits.clauses as usize {
            return Err(bad(Kind::LimitClauses));
        }
        dropped.push(Dropped { position: n as u32, reason });
    }
    Ok(Query { resource, release, handling, clauses: Arc::from(clauses), results, dropped, resolved: BTreeMap::new() })
}

/// Parameters whose names begin so say whose studies are asked for.
const GUARDED: [&str; 4] = ["patient", "subject", "identifier", "_id"];

/// The resource that is searched for.
const OWN: &str = "ImagingStudy";

/// Whatever its case and what stands before it, and where a chain or `_has` goes by the patient.
fn tells_patients_apart(name: &str) -> bool {
    guards(&seen(name), &GUARDED)
}

/// What is not seen on a screen, or is of no name, hides nobody.
fn seen(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii() && !c.is_control()).collect()
}

/// Whether a text begins so, in whatever case; what is behind that.
fn behind<'t>(text: &'t str, with: &str) -> Option<&'t str> {
    let (start, behind) = (text.get(..with.len())?, text.get(with.len()..)?);
    start.eq_ignore_ascii_case(with).then_some(behind)
}

/// A name without what does not belong to it: the path of the resource's own element, or `_has:Type:reference:` (the reference is to the study,
/// whatever its name), behind whatever stands before them.
fn own(name: &str) -> &str {
    let mut rest = name;
    loop {
        let bare = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        // (What is behind is not looked at again: it may be long, and so may be what is taken off it.)
        let before = rest.get(..rest.len().saturating_sub(bare.len())).unwrap_or("");
        let has = behind(bare, "has:").filter(|_| before.ends_with('_')).and_then(|behind| behind.splitn(3, ':').nth(2));
        let path = || behind(bare, OWN)?.strip_prefix(['.', ':']);
        let Some(behind) = has.or_else(path) else { return rest };
        rest = behind;
    }
}

/// Whether a name begins so, or a part of it goes by the patient.
fn guards(name: &str, guarded: &[&str]) -> bool {
    let is_begun = |part: &str, with: &[&str]| {
        let bare = part.trim_start_matches(|c: char| !c.is_alphanumeric());
        let before = part.strip_suffix(bare).unwrap_or("");
        with.iter().any(|with| match with.strip_prefix('_') {
            Some(own) => before.contains('_') && behind(bare, own).is_some(),
            None => behind(bare, with).is_some(),
        })
    };
    // What no name has divides two: a query that was escaped for HTML is joined by `&amp;`.
    let mut names = own(name).split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | ':' | '-' | '_')).map(own);
    names.any(|name| is_begun(name, guarded) || name.split(['.', ':']).any(|part| is_begun(part, &["patient", "subject"])))
}

/// Whether what is wrong with a clause lets it be dropped.
fn is_dropped(kind: Kind, name: &str, value: &str) -> bool {
    // What a named query means is not known: without it something else is answered (FHIR search, "_query").
    let name = seen(name);
    let never = tells_patients_apart(&name) || guards(&name, &["_query"]);
    let filters = name.to_ascii_lowercase().contains("_filter") && {
        let value = seen(value).to_ascii_lowercase();
        GUARDED.iter().any(|guarded| value.contains(guarded))
    };
    !never && !filters && matches!(kind, Kind::UnknownParameter | Kind::UnsupportedParameter)
}

enum Read {
    Clause(Clause),
    Result(&'static str),
    Nothing,
}

#[allow(clippy::too_many_arguments)]
fn clause(
    resource: Resource,
    name: &str,
    value: &str,
    n: usize,
    release: Release,
    handling: Handling,
    limits: &Limits,
) -> Result<Read, Kind> {
    let plain = name.split(':').next().unwrap_or(name);
    let is_common = name.starts_with('_');
    if let Some(result) = RESULT.iter().find(|known| is_common && **known == plain) {
        let is_iterated = matches!(*result, "_include" | "_revinclude") && name.ends_with(":iterate");
        if name.len() > plain.len() && !is_iterated {
            return Err(Kind::UnsupportedModifier);
        }
        return Ok(if IGNORED.contains(result) { Read::Nothing } else { Read::Result(result) });
    }
    if is_common && parameter::is_unsupported(name) {
        return Err(Kind::UnsupportedParameter);
    }
    let lenient = handling == Handling::Lenient;
    let (head, chain) = match name.split_once('.') {
        Some((head, chain)) => (head, Some(chain)),
        None => (name, None),
    };
    let (first, mark) = head.split_once(':').map_or((head, None), |(first, mark)| (first, Some(mark)));
    let known: &'static Parameter = parameter::find(resource, first, release, lenient).ok_or(Kind::UnknownParameter)?;
    let is_reference = known.type_ == Type::Reference;
    // Only what is referred to has parameters of its own.
    if chain.is_some() && !is_reference {
        return Err(Kind::UnknownParameter);
    }
    let type_of = |mark: &str| resource_type(mark).filter(|type_| is_reference && known.targets().contains(type_));
    let said = mark.and_then(type_of);
    let (type_, about, last, modifier) = match chain {
        Some(chain) => {
            if mark.is_some() && said.is_none() {
                return Err(Kind::UnsupportedModifier);
            }
            let (last, modifier) = chain.split_once(':').map_or((chain, None), |(last, modifier)| (last, Some(modifier)));
            let (type_, about) = parameter::chained(known, last).ok_or(Kind::UnknownParameter)?;
            (type_, about, Some(last), modifier)
        }
        None => (known.type_, known.about, None, mark.filter(|_| said.is_none())),
    };
    let modifier = match modifier {
        None => Modifier::None,
        Some(text) => Modifier::of(text).filter(|modifier| modifier.fits(type_, about)).ok_or(Kind::UnsupportedModifier)?,
    };
    let (type_, about) = match modifier {
        Modifier::Identifier => (Type::Token, parameter::by_identifier(about).ok_or(Kind::UnsupportedModifier)?),
        _ => (type_, about),
    };
    let expected = Expected { type_, targets: known.targets(), said };
    let texts = split(value, b',').ok_or(Kind::BadValue)?;
    // A short text has no more parts than it has bytes.
    if value.len() >= limits.or_values as usize && texts.clone().count() > limits.or_values as usize {
        return Err(Kind::LimitOrValues);
    }
    let one = |text: &str| -> Option<Value> {
        match modifier {
            Modifier::Missing => match text {
                "true" => Some(Value::Missing(true)),
                "false" => Some(Value::Missing(false)),
                _ => None,
            },
            Modifier::OfType => Value::of_type(text),
            Modifier::Text => Value::text(text),
            _ => Value::parse(text, expected),
        }
    };
    let mut values = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        values.push(one(text).ok_or(Kind::BadValue)?);
    }
    if values.is_empty() {
        return Ok(Read::Nothing);
    }
    if modifier == Modifier::Missing && values.len() > 1 {
        return Err(Kind::BadValue);
    }
    let is_elsewhere = type_ == Type::Reference && values.iter().all(|value| is_elsewhere(about, value));
    // The chain's name is one of ours, and lives as long as the table.
    let chained = last.map(|last| parameter_name(last).ok_or(Kind::UnknownParameter)).transpose()?;
    Ok(Read::Clause(Clause { name: known.name, said, chained, modifier, about, values, is_elsewhere, position: n as u32 }))
}

/// The name of a chained parameter, without the input's lifetime.
fn parameter_name(name: &str) -> Option<&'static str> {
    const NAMES: &[&str] =
        &["identifier", "name", "family", "given", "birthdate", "gender", "connection-type", "status", "payload-type", "organization"];
    NAMES.iter().copied().find(|known| *known == name)
}

impl Modifier {
    fn of(text: &str) -> Option<Modifier> {
        Some(match text {
            "not" => Modifier::Not,
            "missing" => Modifier::Missing,
            "exact" => Modifier::Exact,
            "contains" => Modifier::Contains,
            "of-type" => Modifier::OfType,
            "identifier" => Modifier::Identifier,
            "text" => Modifier::Text,
            _ => return None,
        })
    }

    fn fits(self, type_: Type, about: About) -> bool {
        match self {
            Modifier::None | Modifier::Missing => true,
            Modifier::Not => matches!(type_, Type::Token | Type::Uid),
            Modifier::Text => type_ == Type::Token,
            Modifier::Exact | Modifier::Contains => type_ == Type::Text,
            // Of identifiers alone.
            Modifier::OfType => {
                type_ == Type::Token
                    && matches!(
                        about,
                        About::Identifier
                            | About::Patient(Ask::Identifier)
                            | About::Person(_, Ask::Identifier)
                            | About::Encounter(_)
                            | About::BasedOn(_)
                    )
            }
            Modifier::Identifier => type_ == Type::Reference,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn strict(query: &str) -> Result<Query, Error> {
        parse(query, Release::ALL.into_iter().next().unwrap(), Handling::Strict, &Limits::default())
    }

    #[test]
    fn limits_have_names() {
        let code = |query: &str| strict(query).map(|_| ()).unwrap_err().code();
        assert_eq!(code(&["modality=", &"x".repeat(1 << 20)].concat()), "limit-query-bytes");
        assert_eq!(code(&["modality=", &"CT,".repeat(10_000)].concat()), "limit-or-values");
        assert_eq!(code(&"modality=CT&".repeat(101)), "limit-clauses");
        assert_eq!(code(&"_count=1&".repeat(101)), "limit-clauses");
        assert!(strict(&["modality=", &"CT,".repeat(999)].concat()).is_ok());
        assert!(strict(&"modality=CT&".repeat(100)).is_ok());
    }

    #[test]
    fn an_error_has_the_offset_of_its_parameter() {
        let error = strict("modality=CT&started=never").unwrap_err();
        assert_eq!((error.code(), error.offset()), ("bad-value", Some(12)));
    }

    #[test]
    fn what_is_printed_is_encoded_once() {
        let query = strict("patient.name=M%C3%BCller+%26+Co&identifier=urn:x%7Ca%5C,b").unwrap();
        assert_eq!(query.to_string(), "patient.name=M%C3%BCller%20%26%20Co&identifier=urn:x%7Ca%5C,b");
        assert_eq!(query.clauses().collect::<Vec<_>>(), ["patient.name#0", "identifier#1"]);
    }

    #[test]
    fn patients_are_never_dropped() {
        let lenient = |query: &str| parse(query, Release::ALL.into_iter().next().unwrap(), Handling::Lenient, &Limits::default());
        for query in ["patient.foo=1", "patientx=1", "subject.foo=1", "identifierx=1", "_idx=1", "patient:foo=1", "identifier:foo=1"] {
            assert!(lenient(query).is_err(), "{query}");
        }
        assert_eq!(lenient("colour=red&_text=x").unwrap().dropped().len(), 2);
        assert_eq!(lenient("modality:foo=CT").unwrap_err().code(), "unsupported-modifier");
    }

    #[test]
    fn references_are_listed_once() {
        let query = strict("patient=12&patient:Patient=12&subject=Patient/12&subject=Device/3&referrer=https://h/Practitioner/1").unwrap();
        assert_eq!(query.references(), ["Patient/12", "https://h/Practitioner/1"]);
    }
}
