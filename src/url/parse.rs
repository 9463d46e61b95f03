//! Reading URLs. The rules are in `spec/README.md`, "URLs".

use super::{BadUrl, FramesAs, Resource, Url, View, checked};
use crate::grammar::uid::{Uid, uid};
use crate::percent;
use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Reads a URL, or the path of one, whose end is a resource of DICOMweb: the longest that can be.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Url, BadUrl> {
    check(text)?;
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
    let start = match scheme(path) {
        Some(scheme) if is_web(scheme) => authority_end(path).ok_or(BadUrl::Scheme)?,
        Some(_) => return Err(BadUrl::Scheme),
        None => 0,
    };
    let (resource, at) = resource(path, start)?.ok_or(BadUrl::NoResource)?;
    let base = path.get(..at).unwrap_or("").trim_end_matches('/');
    Ok(Url { base: base.to_string(), resource, query: query.map(String::from) })
}

/// The service base that an Endpoint's address means for a study: the address is the base (FHIR ImagingStudy, notes), or the URL of the study
/// or of its series, as some write it.
///
/// ```
/// use fhir_dicomweb::url::{BadUrl, base};
/// assert_eq!(base("https://pacs.example.org/dicom-web/", "1.2.3"), Ok("https://pacs.example.org/dicom-web"));
/// assert_eq!(base("https://pacs.example.org/dicom-web/studies/1.2.3", "1.2.3"), Ok("https://pacs.example.org/dicom-web"));
/// assert_eq!(base("https://pacs.example.org/dicom-web/studies/1.2.4", "1.2.3"), Err(BadUrl::Mismatch));
/// ```
///
/// # Errors
/// What is wrong with it; an address of more than 8,192 bytes is no base.
pub fn base<'a>(address: &'a str, study: &str) -> Result<&'a str, BadUrl> {
    base_for(address, study, None)
}

/// As [`base`]; for a series, the URL of a series must be its own.
pub(crate) fn base_for<'a>(address: &'a str, study: &str, series: Option<&str>) -> Result<&'a str, BadUrl> {
    // No address is as long as this; whoever refers to one a thousand times has it looked at a thousand times.
    if address.len() > 1 << 13 {
        return Err(BadUrl::NoBase);
    }
    check(address)?;
    let start = scheme(address).filter(|scheme| is_web(scheme)).and_then(|_| authority_end(address)).ok_or(BadUrl::Scheme)?;
    if address.contains('?') {
        return Err(BadUrl::Query);
    }
    let trimmed = address.get(start..).unwrap_or("").trim_end_matches('/').len() + start;
    let address = address.get(..trimmed).unwrap_or(address);
    match resource(address, start) {
        // `/studies/1.2/series/1.2.3/series` is no base, whatever it is.
        Err(BadUrl::NoResource) if is_list(address) => Err(BadUrl::NoBase),
        Err(bad) => Err(bad),
        Ok(None) => Ok(address),
        Ok(Some((resource, at))) => {
            let front = address.get(..at).unwrap_or("").trim_end_matches('/');
            match resource.view {
                View::Studies => Ok(front),
                View::Retrieve => {
                    let other = resource.series().is_some_and(|own| series.is_some_and(|series| series != own));
                    if resource.study() != Some(study) || other { Err(BadUrl::Mismatch) } else { Ok(front) }
                }
                _ => Err(BadUrl::NoBase),
            }
        }
    }
}

/// Whether it ends as a list of resources does.
fn is_list(address: &str) -> bool {
    let last = address.rsplit_once('/').and_then(|(_, last)| decode(last).ok());
    last.is_some_and(|last| matches!(last.as_ref(), "studies" | "series" | "instances"))
}

/// Whether every character can stand in a URL.
pub(super) fn is_clean(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`|{}".contains(&b))
}

fn check(text: &str) -> Result<(), BadUrl> {
    if text.contains(['{', '}']) {
        return Err(BadUrl::Template);
    }
    if !is_clean(text) {
        return Err(BadUrl::Characters);
    }
    if text.contains('#') { Err(BadUrl::Fragment) } else { Ok(()) }
}

/// The scheme of a text that has one (RFC 3986 3.1).
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let is_scheme = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    is_scheme.then_some(scheme)
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

/// Where the path begins, behind an authority that is not empty.
fn authority_end(url: &str) -> Option<usize> {
    let scheme = scheme(url)?;
    let rest = url.get(scheme.len()..)?.strip_prefix("://")?;
    let authority = rest.split(['/', '?']).next()?;
    (!authority.is_empty()).then_some(scheme.len() + 3 + authority.len())
}

/// The resource of the longest form at the end of `path`, not before `from`, and where its first segment's slash is; none where nothing is of the
/// form of one.
fn resource(path: &str, from: usize) -> Result<Option<(Resource, usize)>, BadUrl> {
    let own = path.get(from..).unwrap_or("").trim_end_matches('/');
    let mut starts: Vec<usize> = Vec::new();
    let mut at = from;
    for segment in own.split('/') {
        starts.push(at);
        at += segment.len() + 1;
    }
    let segments: Vec<&str> = own.split('/').collect();
    let ends = faults(&segments);
    for (n, start) in starts.iter().enumerate() {
        match read(segments.get(n..).unwrap_or_default(), ends.get(n..).unwrap_or_default()) {
            Ok(None) => {}
            Ok(Some(resource)) => {
                // The bytes before the segment end in the slash, if there is one.
                let at = start.saturating_sub(usize::from(n > 0));
                let is_study = || {
                    let front: Vec<&str> = path.get(from..at).unwrap_or("").trim_end_matches('/').split('/').collect();
                    // Nor does who writes it of what is no UID.
                    let is_one = |read: Result<Option<Resource>, BadUrl>| {
                        read.map_or(true, |of| of.is_some_and(|of| of.study.is_some() || of.view == View::Studies))
                    };
                    let ends = faults(&front);
                    (0..front.len()).any(|n| is_one(read(front.get(n..).unwrap_or_default(), ends.get(n..).unwrap_or_default())))
                };
                // Whoever writes `/studies/1.2//series` does not mean all series that there are, nor `/studies//studies` all studies of another base.
                if resource.study.is_none() && at > from && is_study() {
                    return Err(BadUrl::NoResource);
                }
                return Ok(Some((resource, at)));
            }
            // Also of one that leads out of its study: who normalizes it takes it for what stands behind, which nobody meant.
            Err(bad) => return Err(bad),
        }
    }
    Ok(None)
}

/// For each segment what is wrong with it or the next behind it of which something is, as segments of bulk data: paths may be long, and are read from each
/// of their segments on.
fn faults(segments: &[&str]) -> Vec<Option<BadUrl>> {
    let mut found = None;
    let mut all: Vec<Option<BadUrl>> = segments
        .iter()
        .rev()
        .map(|segment| {
            match decode(segment) {
                // Whoever normalizes such a path leaves the study.
                Ok(name) if leads_out(&name) => found = Some(BadUrl::NoResource),
                Ok(_) => {}
                Err(bad) => found = Some(bad),
            }
            found
        })
        .collect();
    all.reverse();
    all
}

/// Whether a segment, decoded, is a step to somewhere else (RFC 3986 5.2.4) for anybody on the way: servers divide what is decoded, at either slash, decode it
/// again, and cut off parameters and what does not print.
pub(super) fn leads_out(name: &str) -> bool {
    let is_step = |part: &str| {
        let bare = part.split(';').next().unwrap_or("").trim_matches(|c: char| c.is_whitespace() || c.is_control());
        matches!(bare, "." | "..")
    };
    let steps = |text: &str| text.split(['/', '\\']).any(is_step);
    steps(name) || name.contains('%') && decode(name).is_ok_and(|again| steps(&again))
}

/// The segments as a resource, with their [`faults`]; none where they have the form of none. What is wrong inside of one that is otherwise whole is told.
fn read(segments: &[&str], faults: &[Option<BadUrl>]) -> Result<Option<Resource>, BadUrl> {
    let name = |at: usize| segments.get(at).and_then(|segment| decode(segment).ok());
    let is = |at: usize, wanted: &str| name(at).as_deref() == Some(wanted);
    let len = segments.len();
    if len == 1 {
        let view = match name(0).as_deref() {
            Some("studies") => View::Studies,
            Some("series") => View::Series,
            Some("instances") => View::Instances,
            _ => return Ok(None),
        };
        return Ok(Some(Resource { study: None, series: None, instance: None, view }));
    }
    if !is(0, "studies") {
        return Ok(None);
    }
    let deep = |at: usize, wanted: &str| is(at, wanted) && len > at + 1;
    let level = if deep(2, "series") && deep(4, "instances") {
        3
    } else if deep(2, "series") {
        2
    } else {
        1
    };
    let tail = segments.get(level * 2..).unwrap_or_default();
    let view = view(tail, faults.get(level * 2 + 1).copied().flatten(), level);
    if view == Ok(None) {
        return Ok(None);
    }
    // What cannot be decoded fits nothing: before it is asked whether it is a UID, or what stands behind it a list of frames.
    if let Some(bad) = segments.iter().take(level * 2).find_map(|segment| decode(segment).err()) {
        return Err(bad);
    }
    let Some(view) = view? else { return Ok(None) };
    let uid = |n: usize| -> Result<Option<String>, BadUrl> {
        if n > level {
            return Ok(None);
        }
        decode(segments.get(n * 2 - 1).copied().unwrap_or("")).and_then(|text| checked(&text)).map(Some)
    };
    Ok(Some(Resource { study: uid(1)?, series: uid(2)?, instance: uid(3)?, view }))
}

/// What stands behind the UIDs of a study (1), series (2) or instance (3); `fault`: of what is behind its first segment.
fn view(tail: &[&str], fault: Option<BadUrl>, level: usize) -> Result<Option<View>, BadUrl> {
    let name = |at: usize| tail.get(at).and_then(|segment| decode(segment).ok());
    let Some(first) = name(0) else {
        return Ok(tail.is_empty().then_some(View::Retrieve));
    };
    let view = match (first.as_ref(), tail.len(), level) {
        ("metadata", 1, _) => View::Metadata,
        ("rendered", 1, _) => View::Rendered,
        ("thumbnail", 1, _) => View::Thumbnail,
        ("pixeldata", 1, _) => View::PixelData,
        ("bulkdata", 1, _) => View::BulkData(None),
        ("bulkdata", _, 3) => {
            let rest = tail.get(1..).unwrap_or_default();
            if let Some(bad) = fault {
                return Err(bad);
            }
            View::BulkData(Some(rest.join("/")))
        }
        ("series", 1, 1) => View::Series,
        ("instances", 1, 1 | 2) => View::Instances,
        ("frames", 2 | 3, 3) => {
            let form = match (tail.len(), name(2).as_deref()) {
                (2, _) => FramesAs::Stored,
                (_, Some("rendered")) => FramesAs::Rendered,
                (_, Some("thumbnail")) => FramesAs::Thumbnail,
                _ => return Ok(None),
            };
            let list = decode(tail.get(1).copied().unwrap_or(""))?;
            let number = |text: &str| {
                let plain = !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
                text.parse().ok().filter(|_| plain)
            };
            let numbers = list.split(',').map(number).collect::<Option<Vec<u32>>>().ok_or(BadUrl::Frames)?;
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            sorted.dedup();
            if sorted.len() != numbers.len() {
                return Err(BadUrl::Frames);
            }
            View::Frames(numbers, form)
        }
        _ => return Ok(None),
    };
    Ok(Some(view))
}

/// A segment, percent-decoded once.
pub(crate) fn decode(segment: &str) -> Result<Cow<'_, str>, BadUrl> {
    percent::decode(segment).ok_or(BadUrl::Escape)
}

/// Whether a text could be a UID in a path.
pub(crate) fn is_uid(text: &str) -> bool {
    uid(text) != Uid::Bad
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn long_paths_end() {
        for part in ["/series", "/instances", "/studies", "/studies/1", "/bulkdata", "/studies/1/series/1/instances/1/bulkdata"] {
            let text = part.repeat(50_000);
            let _ = parse(&text);
            let _ = base(&["https://h", &text].concat(), "1");
        }
        assert!(parse(&"/series".repeat(50_000)).is_ok());
        for end in ["/..", "/../series", "/%zz", "/x"] {
            let text = "/studies/1.2/series/1.2/instances/1.2/bulkdata".repeat(20_000) + end;
            let _ = parse(&text);
            let _ = base(&["https://h", &text].concat(), "1.2");
        }
    }
}
