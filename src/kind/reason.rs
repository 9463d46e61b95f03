//! Why a study was made: a code, or words; requested, or performed.

use super::concept::{canon, concept, read_or_words};
use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::Found;
use crate::fhir::shape::{self, Fhir};
use crate::loss::Code;
use crate::value::Fields;

view! {
    /// A reason.
    ReasonView {
        /// The code.
        code = 0,
        /// CodingSchemeDesignator.
        designator = 1,
        /// CodingSchemeVersion.
        version = 2,
        /// CodeMeaning.
        meaning = 3,
        /// CodingSchemeUID.
        scheme_uid = 4,
        /// The reason in words, where it has no code.
        text = 5,
        /// Filled where it is the reason for the procedure performed, not for the one requested.
        performed = 6,
    }
}

/// A reason: the fields of a code, text, and which attribute it came from.
pub enum Reason {}

impl Sealed for Reason {}

impl Kind for Reason {
    const NAME: &'static str = "reason";
    const FIELDS: usize = 7;
    type View<'a> = ReasonView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> ReasonView<'a> {
        ReasonView::of(fields)
    }
}

impl Spell for Reason {
    fn canon(draft: &mut Draft<'_>) {
        canon(draft, 0);
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        if !field(fields, 6).is_empty() {
            told.mark_filled(fields, 0..5, Code::AlternativeSource);
        }
        let text = field(fields, 5);
        if !text.is_empty() {
            return Fhir::Concept(shape::Concept { coding: None, text });
        }
        let concept = concept(fields, 0, cx, told);
        if concept.coding.is_none() {
            // Words alone read back as the reason in words.
            told.note(3, Code::AlternativeSource);
        }
        Fhir::Concept(concept)
    }

    fn from_fhir<'d>(found: &Found<'d>, cx: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Concept(concept) = found else { return };
        read_or_words(fill, concept, cx, 5);
    }
}
