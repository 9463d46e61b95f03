//! What a URL, or a literal reference, says of the resource that it names.

use crate::table::resource_type;

/// The type of resource that a reference says it means, whatever version, or search of that type.
pub(super) fn type_said(literal: &str) -> Option<&'static str> {
    let plain = plain_of(literal).trim_end_matches('/');
    let (path, is_query) = plain.split_once('?').map_or((plain, false), |(path, _)| (path, true));
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let (last, before) = (parts.next(), parts.next());
    // A resource's URL says the type in front of the id, whatever parameters stand behind it; a search says it last.
    before.and_then(resource_type).or_else(|| last.filter(|_| is_query).and_then(resource_type))
}

/// A URL without the version behind it.
pub(super) fn plain_of(url: &str) -> &str {
    url.split_once("/_history/").map_or(url, |(plain, _)| plain)
}

/// The version that a URL says (FHIR RESTful API, "vread").
pub(super) fn version_of(url: &str) -> Option<&str> {
    let (_, version) = url.split_once("/_history/")?;
    version.split(['/', '?', '#']).next().filter(|version| !version.is_empty())
}

/// The server that a resource of this type is said to be of; a URL of the web that is of no such form is a server of its own.
pub(super) fn server<'d>(url: &'d str, type_: &str) -> Option<&'d str> {
    let url = Some(plain_of(url).trim_end_matches('/')).filter(|url| url.contains("://"))?;
    let before = url.rsplit_once('/').and_then(|(before, _)| before.strip_suffix(type_)?.strip_suffix('/'));
    Some(before.unwrap_or(url))
}

/// Whether it is neither a URL nor a URN, nor a path: what a Bundle may call its entry.
pub(super) fn is_label(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#'])) && !is_absolute(url)
}

/// Whether it is the same wherever it stands: a URN, or a URL with its scheme and authority. A colon alone makes neither (`resource:0`, which is
/// what many Bundles call their first entry), nor one behind the path.
pub(super) fn is_absolute(url: &str) -> bool {
    url.split_once(':')
        .is_some_and(|(scheme, rest)| !scheme.contains(['/', '?', '#']) && (rest.starts_with("//") || scheme.eq_ignore_ascii_case("urn")))
}
