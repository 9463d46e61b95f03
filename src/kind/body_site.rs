//! The body part: a Defined Term of PS3.16 Annex L, a code, or both.
//!
//! A code that is exactly what Annex L says of the term is the same fact as the term, and only the term is kept.

use super::concept::{canon, concept, read, text_beside};
use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::{Coding as Coded, Found, SNOMED};
use crate::fhir::place;
use crate::fhir::shape::{self, Coding, Fhir, Shape, Uri};
use crate::loss::Code;
use crate::table::codes::body_part::{self, BodyPart};
use crate::value::Fields;

view! {
    /// A body part.
    BodySiteView {
        /// BodyPartExamined.
        term = 0,
        /// The code of AnatomicRegionSequence, where it says more than the term.
        code = 1,
        /// CodingSchemeDesignator.
        designator = 2,
        /// CodingSchemeVersion.
        version = 3,
        /// CodeMeaning.
        meaning = 4,
        /// CodingSchemeUID.
        scheme_uid = 5,
    }
}

/// A body part: term, and the fields of a code.
pub enum BodySite {}

impl Sealed for BodySite {}

impl Kind for BodySite {
    const NAME: &'static str = "body-site";
    const FIELDS: usize = 6;
    type View<'a> = BodySiteView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> BodySiteView<'a> {
        BodySiteView::of(fields)
    }
}

/// The term that a code gives back.
fn term_of(designator: &str, code: &str) -> Option<&'static BodyPart> {
    match designator {
        "SCT" => body_part::by_sct(code),
        "SRT" | "SNM3" | "99SDM" => body_part::by_srt(code),
        _ => None,
    }
}

impl BodySite {
    /// Leaves out the code where it is what Annex L says of the term (which is filled in if absent).
    /// Term and code come from different data sets, so this is done when all are read.
    pub(crate) fn settle<'a>(fields: &mut Fields<'a>) {
        let [term, code, designator, version, meaning, uid, ..] = *fields;
        let Some(part) = term_of(designator, code) else { return };
        let own = body_part::by_term(term);
        let same = own.map_or(part.sct == code && term.is_empty(), |own| own.sct == code);
        if same && designator == "SCT" && version.is_empty() && uid.is_empty() && meaning == own.unwrap_or(part).meaning {
            let kept = own.map_or(part.term, |own| own.term);
            *fields = [kept, "", "", "", "", "", "", "", "", ""];
        }
    }
}

impl Spell for BodySite {
    fn canon(draft: &mut Draft<'_>) {
        canon(draft, 1);
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        let term = field(fields, 0);
        let own = body_part::by_term(term).filter(|part| !part.sct.is_empty());
        let mut site = if field(fields, 1).is_empty() && field(fields, 4).is_empty() {
            let coding = own.map(|part| Coding {
                system: Some(Uri::plain(SNOMED)),
                code: Uri::plain(part.sct),
                display: part.meaning,
                ..Coding::default()
            });
            shape::Concept { coding, text: term }
        } else {
            let mut site = concept(fields, 1, cx, told);
            // The caller's own designator of SNOMED CT: as it is written it is the term's code.
            let (designator, version) = (field(fields, 2), field(fields, 3));
            if has_own_name(cx) && designator != "SCT" && version.is_empty() && is_of_a_term(field(fields, 1), field(fields, 4)) {
                let is_snomed = |coding: &Coding<'_>| coding.system.is_some_and(|system| system.scheme.is_empty() && system.rest == SNOMED);
                site.coding.iter().filter(|coding| is_snomed(coding)).for_each(|_| told.mark(2, Code::AliasCollapsed));
            }
            // Beside a code a text reads back as the term only where it looks like one.
            let display = site.coding.as_ref().map(|coding| coding.display);
            let reads_back = display.is_none_or(|display| is_term(term) || display == term);
            if site.text.is_empty() && !reads_back {
                told.mark(0, Code::AlternativeUnused);
            } else if site.text.is_empty() {
                site.text = term;
            } else if !term.is_empty() {
                // Of a term and a meaning that are the same text the term is what reads back.
                let same = site.coding.is_none() && site.text == term && is_term(term);
                told.mark(if same { 4 } else { 0 }, Code::AlternativeUnused);
            }
            site
        };
        if matches!(cx.shape, Shape::Coding) && site.coding.is_some() {
            // A Coding has no text; a code that says more than the term reads back without it.
            let back = own.and_then(|part| body_part::by_sct(part.sct)).filter(|_| field(fields, 1).is_empty());
            if !term.is_empty() && back.is_none_or(|back| back.term != term) {
                told.mark(0, if back.is_some() { Code::AliasCollapsed } else { Code::AlternativeUnused });
            }
            site.text = "";
        } else {
            // Text goes back to the term where it looks like one, else to the meaning.
            let meaning_alone = site.coding.is_none() && site.text != term;
            if meaning_alone && is_term(site.text) {
                told.note(4, Code::AlternativeSource);
            } else if !meaning_alone && !is_term(site.text) {
                told.note(0, Code::AlternativeSource);
            }
        }
        Fhir::Concept(site)
    }

    fn from_fhir<'d>(found: &Found<'d>, cx: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Concept(concept) = found else { return };
        let display = concept.codings.iter().map(|coding| coding.display).find(|display| !display.is_empty()).unwrap_or_default();
        // Annex L's code is SNOMED's, whatever else the caller calls that system.
        let of_a_term = |coding: &Coded<'_>| {
            coding.system.trim() == SNOMED && coding.version.is_empty() && is_of_a_term(coding.code.trim(), coding.display.trim())
        };
        if let Some(coding) = read(fill, 1, concept, cx, of_a_term) {
            if has_own_name(cx) && of_a_term(coding) {
                fill.set(2, "SCT", coding.system);
            }
            if is_term(concept.text.trim()) {
                fill.put(0, concept.text);
            } else {
                text_beside(fill, 4, concept, coding);
            }
            return;
        }
        let words = if concept.text.is_empty() { display } else { concept.text };
        fill.put(if is_term(words.trim()) { 0 } else { 4 }, words);
    }
}

/// Whether the caller has a designator for SNOMED CT.
fn has_own_name(cx: &Cx<'_>) -> bool {
    place::scheme_back(cx.options, SNOMED).is_some()
}

/// Whether Annex L has the code, with this meaning.
fn is_of_a_term(code: &str, meaning: &str) -> bool {
    body_part::all().any(|(part, _)| part.sct == code && part.meaning == meaning)
}

/// Whether a text can be a Defined Term: a code string of PS3.5 6.2, other signs allowed that are met in its place.
fn is_term(text: &str) -> bool {
    text.len() <= 16 && text.bytes().all(|b| (b' '..=b'~').contains(&b) && !b.is_ascii_lowercase() && b != b'\\')
}
