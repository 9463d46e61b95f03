//! Modality: a code string <-> a code of DCM, or a code of no known system.

use super::{Cx, Draft, Kind, Sealed, Spell, Told, field};
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
        let system = modality::is_dcm(code).then(|| Uri::plain("http://dicom.nema.org/resources/ontology/DCM"));
        Fhir::Concept(if shape::is_code(code) {
            shape::Concept { coding: Some(Coding { system, code: Uri::plain(code), ..Coding::default() }), text: "" }
        } else {
            shape::Concept { coding: None, text: code }
        })
    }
}
