//! Modality: a code string <-> a code of DCM, or a code of no known system.

use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field};
use crate::fhir::found::{DCM, Found};
use crate::fhir::shape::{self, Coding, Fhir, Uri};
use crate::loss::Code;
use crate::table::codes::modality;
use crate::value::Fields;

/// A modality, as its code string.
pub enum Modality {}

impl Sealed for Modality {}

impl Kind for Modality {
    const NAME: &'static str = "modality";
    const FIELDS: usize = 1;
    type View<'a> = &'a str;

    fn view<'a>(fields: &[&'a str; 10]) -> &'a str {
        field(fields, 0)
    }
}

impl Spell for Modality {
    fn canon(draft: &mut Draft<'_>) {
        // Some servers answer a missing modality with a star.
        if draft.get(0) == "*" {
            draft.refuse(0, Code::BadCode);
        }
    }

    fn to_fhir<'a>(fields: &Fields<'a>, _: &Cx<'a>, _: &mut Told) -> Fhir<'a> {
        let code = field(fields, 0);
        let system = modality::is_dcm(code).then(|| Uri::plain(DCM));
        Fhir::Concept(if shape::is_code(code) {
            shape::Concept { coding: Some(Coding { system, code: Uri::plain(code), ..Coding::default() }), text: "" }
        } else {
            shape::Concept { coding: None, text: code }
        })
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Concept(concept) = found else { return };
        let coded = || concept.codings.iter().filter(|coding| !coding.code.is_empty());
        let Some(coding) = coded().find(|coding| coding.system.trim() == DCM).or_else(|| coded().next()) else {
            let display = concept.codings.first().map(|coding| coding.display).unwrap_or_default();
            let words = if concept.text.is_empty() { display } else { concept.text };
            // Words are no code, unless they can be nothing else.
            let text = words.trim();
            if modality::is_dcm(&text.to_ascii_uppercase()) || text.is_ascii() && !text.bytes().any(|b| b.is_ascii_lowercase()) {
                fill.put(0, words);
            }
            return;
        };
        fill.put(0, coding.code);
        let code = coding.code.trim();
        if modality::is_dcm(code) || modality::is_dcm(&code.to_ascii_uppercase()) {
            fill.system(coding.system, DCM, coding.code);
        }
        // Another code is written without a system: the one that it has is told.
    }
}
