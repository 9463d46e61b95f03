//! Code Sequence Macro (PS3.3 8.8) <-> CodeableConcept with one coding, or text.

use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::{self, Found, URI, URN_OID};
use crate::fhir::place;
use crate::fhir::shape::{self, Coding, Fhir, Uri};
use crate::grammar::uid::is_oid;
use crate::grammar::uri::is_uri;
use crate::loss::Code;
use crate::table::codes::scheme::{self, SNOMED_OID};
use crate::value::Fields;
use alloc::string::String;

view! {
    /// A code.
    ConceptView {
        /// The code, from CodeValue, LongCodeValue or URNCodeValue.
        code = 0,
        /// CodingSchemeDesignator.
        designator = 1,
        /// CodingSchemeVersion.
        version = 2,
        /// CodeMeaning.
        meaning = 3,
        /// CodingSchemeUID, where the designator does not say as much.
        scheme_uid = 4,
    }
}

/// A code: code, designator, version, meaning, scheme UID.
pub enum Concept {}

impl Sealed for Concept {}

impl Kind for Concept {
    const NAME: &'static str = "concept";
    const FIELDS: usize = 5;
    type View<'a> = ConceptView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> ConceptView<'a> {
        ConceptView::of(fields)
    }
}

impl Spell for Concept {
    fn canon(draft: &mut Draft<'_>) {
        canon(draft, 0);
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        Fhir::Concept(concept(fields, 0, cx, told))
    }

    fn from_fhir<'d>(found: &Found<'d>, cx: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Concept(concept) = found else { return };
        read_or_words(fill, concept, cx, 3);
    }
}

/// A code, from field 0 on; without one the words of the concept, into field `words`.
pub(super) fn read_or_words<'d>(fill: &mut Fill<'d>, concept: &found::Concept<'d>, cx: &Cx<'_>, words: usize) {
    if let Some(coding) = read(fill, 0, concept, cx, |_| false) {
        text_beside(fill, 3, concept, coding);
    } else {
        let display = concept.codings.first().map(|coding| coding.display).unwrap_or_default();
        fill.put(words, if concept.text.is_empty() { display } else { concept.text });
    }
}

/// Fields of a code, from `at` on: the first coding whose system has a designator or a UID, else the first with a code; which one it is.
/// `is_written_so`: whether it is written again under that system, whatever the caller has for it.
pub(super) fn read<'d, 'c>(
    fill: &mut Fill<'d>,
    at: usize,
    concept: &'c found::Concept<'d>,
    cx: &Cx<'_>,
    is_written_so: impl Fn(&found::Coding<'d>) -> bool,
) -> Option<&'c found::Coding<'d>> {
    let coded = || concept.codings.iter().filter(|coding| !coding.code.is_empty());
    let back = |coding: &found::Coding<'d>| designator(coding.system.trim(), coding.code.trim(), cx);
    let known = |coding: &&found::Coding<'d>| !matches!(back(coding), Back::Unknown);
    let coding = coded().find(known).or_else(|| coded().next())?;
    fill.put(at, coding.code);
    fill.put(at + 2, coding.version);
    fill.put(at + 3, coding.display);
    match back(coding) {
        // A code that is a URI is one of the system of URIs, whatever stands beside it.
        Back::Unknown if is_uri(coding.code.trim()) => fill.note(coding.code, Code::OtherSystem),
        Back::Unknown => {}
        Back::None => fill.also(coding.system),
        Back::Uid(uid) => fill.set(at + 4, uid, coding.system),
        Back::Designator { name, own } => {
            fill.set(at + 1, String::from(name), coding.system);
            if !own && !is_written_so(coding) {
                fill.note(coding.system, Code::OtherSystem);
            }
            if coding.system.trim() == URI && is_oid(coding.code.trim()) && place::scheme_back(cx.options, URI).is_none() {
                fill.note(coding.code, Code::UidForm);
            }
        }
    }
    Some(coding)
}

/// Text beside the code that is taken says nothing new where it is that code's display. Where there is no display it is what the code means, without which an
/// item is none (PS3.3 8.8, CodeMeaning is type 1); of a known scheme it comes back as the display.
pub(super) fn text_beside<'d>(fill: &mut Fill<'d>, display: usize, concept: &found::Concept<'d>, taken: &found::Coding<'d>) {
    if taken.display.is_empty() {
        fill.put(display, concept.text);
        let (designator, uid) = (display.saturating_sub(2), display + 1);
        if fill.is_filled(designator) || fill.is_filled(uid) || is_uri(taken.code.trim()) {
            fill.note(concept.text, Code::AlternativeSource);
        }
    } else if taken.display.trim() == concept.text.trim() {
        fill.further(display, concept.text);
    }
}

/// What a system says in DICOM.
enum Back<'d, 'o> {
    /// Nothing that is known.
    Unknown,
    /// Nothing: the code names itself.
    None,
    /// A designator; whether the system is the URI that is written for it.
    Designator {
        name: &'o str,
        own: bool,
    },
    Uid(&'d str),
}

fn designator<'d, 'o>(uri: &'d str, code: &str, cx: &Cx<'o>) -> Back<'d, 'o> {
    if let Some(name) = place::scheme_back(cx.options, uri) {
        return Back::Designator { name, own: true };
    }
    if uri == URI && is_uri(code) {
        return Back::None;
    }
    // What the caller has for a designator is what is written for it.
    let is_own = |name: &str| place::scheme(cx.options, name).is_none_or(|own| own == uri);
    if let Some((known, own)) = scheme::by_uri(uri) {
        return Back::Designator { name: known.designator, own: own && is_own(known.designator) };
    }
    match uri.strip_prefix(URN_OID).map(|uid| (uid, scheme::by_uid(uid))) {
        Some((_, Some(known))) => Back::Designator { name: known.designator, own: is_own(known.designator) },
        Some((SNOMED_OID, None)) => Back::Designator { name: "SCT", own: is_own("SCT") },
        Some((uid, None)) if is_oid(uid) => Back::Uid(uid),
        _ => Back::Unknown,
    }
}

/// The one form of the code whose fields begin at `at`.
pub(super) fn canon(draft: &mut Draft<'_>, at: usize) {
    let (code, designator, version, uid) = (at, at + 1, at + 2, at + 4);
    if !draft.is_filled(code) {
        for part in [designator, version, uid] {
            draft.refuse(part, Code::Incomplete);
        }
        return;
    }
    // Another designator beside SNOMED's UID is one that contradicts it, as beside any other UID.
    let is_own = matches!(draft.get(designator), "" | "SCT" | "SRT");
    if let Some(snomed) = snomed(draft.get(designator), draft.get(uid), draft.get(code)).filter(|_| is_own) {
        if !draft.is_filled(designator) {
            draft.shift_as(uid, designator, snomed);
        } else if draft.get(uid) == SNOMED_OID {
            draft.says(uid, designator);
        }
        if draft.get(designator) != snomed {
            draft.note(designator, Code::SchemeMended);
            draft.set(designator, snomed);
        }
    }
    // A UID that the designator implies is said twice; one that alone implies it says it.
    match scheme::by_uid(draft.get(uid)) {
        Some(known) if !draft.is_filled(designator) => {
            draft.shift_as(uid, designator, known.designator);
        }
        _ if scheme::by_designator(draft.get(designator)).is_some_and(|known| known.uid == draft.get(uid)) => {
            draft.says(uid, designator);
        }
        _ => {}
    }
}

/// SRT and SCT share an OID, and each is met under the other's name: the shape of the code decides (PS3.16 Table 8-1, 8-2). What has neither's form, as an expression
/// of SNOMED CT has (FHIR "Using SNOMED CT", valid codes are concept IDs and expressions), is of the one that it is said to be of.
fn snomed(designator: &str, uid: &str, code: &str) -> Option<&'static str> {
    if !matches!(designator, "SCT" | "SRT") && uid != SNOMED_OID {
        return None;
    }
    let sct = (6..=18).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    let srt = code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match (sct, srt) {
        (true, _) => Some("SCT"),
        (false, true) => Some("SRT"),
        (false, false) => Some(if designator == "SRT" { "SRT" } else { "SCT" }),
    }
}

/// The CodeableConcept of the code whose fields begin at `at`.
pub(super) fn concept<'a>(fields: &Fields<'a>, at: usize, cx: &Cx<'a>, told: &mut Told) -> shape::Concept<'a> {
    let part = |n| field(fields, at + n);
    let (code, designator, version, meaning, uid) = (part(0), part(1), part(2), part(3), part(4));
    if code.is_empty() {
        return shape::Concept { coding: None, text: meaning };
    }
    let (system, by_uid) = system(designator, uid, code, cx);
    match system {
        Some(system) if shape::is_code(code) => {
            if by_uid {
                told.mark_filled(fields, at + 1..at + 2, Code::SchemeNameDropped);
                // The caller's name for it is what reads back.
                if cx.options.schemes.iter().any(|(name, uri)| !name.is_empty() && system.is(uri)) {
                    told.mark(at + 4, Code::AliasCollapsed);
                }
            } else {
                told.mark_filled(fields, at + 4..at + 5, Code::AlternativeUnused);
                // Several schemes may share a URI.
                let same = match self::designator(system.rest, code, cx) {
                    Back::Designator { name, .. } => name == designator,
                    Back::None => designator.is_empty(),
                    Back::Uid(_) | Back::Unknown => true,
                };
                if !same {
                    // A code that names itself has no scheme to be told of.
                    told.mark(if designator.is_empty() { at } else { at + 1 }, Code::AliasCollapsed);
                }
            }
            let mut written = Uri::plain(code);
            // Of the system of URIs an OID is a URN (FHIR Terminologies, "urn:ietf:rfc:3986"), which reads back as one.
            if system.is(URI) && is_oid(code) && place::scheme(cx.options, designator).is_none() {
                written.scheme = URN_OID;
                told.mark(at, Code::AlternativeSource);
                if !designator.is_empty() {
                    told.note(at + 1, Code::AliasCollapsed);
                }
            }
            shape::Concept { coding: Some(Coding { system: Some(system), version, code: written, display: meaning }), text: "" }
        }
        _ => {
            let text = if meaning.is_empty() { code } else { meaning };
            if !meaning.is_empty() {
                told.mark(at, Code::SchemeUnknown);
            }
            if meaning.is_empty() && (1..5).all(|n| part(n).is_empty()) {
                told.mark(at, Code::AlternativeSource);
            }
            told.mark_filled(fields, at + 1..at + 3, Code::SchemeUnknown);
            told.mark_filled(fields, at + 4..at + 5, Code::SchemeUnknown);
            shape::Concept { coding: None, text }
        }
    }
}

/// The URI of a coding scheme, and whether it is its UID that said so, so that the designator is left out.
fn system<'a>(designator: &'a str, uid: &'a str, code: &str, cx: &Cx<'a>) -> (Option<Uri<'a>>, bool) {
    if let Some(uri) = place::scheme(cx.options, designator) {
        return (Some(Uri::plain(uri)), false);
    }
    if !uid.is_empty() {
        let known = scheme::by_uid(uid).or_else(|| scheme::by_designator(snomed("", uid, code)?));
        let uri = match known {
            Some(known) => Some(Uri::plain(known.uri)),
            None if is_oid(uid) => Some(Uri { scheme: "urn:oid:", rest: uid }),
            None => None,
        };
        if uri.is_some() {
            let said = known.is_some_and(|known| known.designator == designator);
            return (uri, !said);
        }
    }
    if let Some(known) = scheme::by_designator(designator) {
        return (Some(Uri::plain(known.uri)), false);
    }
    let urn = designator.is_empty() && is_uri(code);
    (urn.then(|| Uri::plain("urn:ietf:rfc:3986")), false)
}
