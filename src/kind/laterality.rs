//! The side: `R`, `L`, `B`, `U` <-> SNOMED CT, in the family of codes that the release's value set holds.

use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::{Found, SNOMED};
use crate::fhir::shape::{self, Coding, Fhir, Shape, Uri};
use crate::loss::Code;
use crate::value::Fields;

view! {
    /// A side.
    LateralityView {
        /// Laterality (series).
        series = 0,
        /// ImageLaterality, where all images of the series agree.
        image = 1,
    }
}

/// A side: of the series, of its images.
pub enum Laterality {}

impl Sealed for Laterality {}

impl Kind for Laterality {
    const NAME: &'static str = "laterality";
    const FIELDS: usize = 2;
    type View<'a> = LateralityView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> LateralityView<'a> {
        LateralityView::of(fields)
    }
}

/// Code and display: R5 and later bind CID 244, R4 its own value set of one-sided codes.
const SIDES: [(&str, [(&str, &str); 2]); 3] = [
    ("L", [("7771000", "Left"), ("419161000", "Unilateral left")]),
    ("R", [("24028007", "Right"), ("419465000", "Unilateral right")]),
    ("B", [("51440002", "Bilateral"), ("51440002", "Bilateral")]),
];

impl Laterality {
    /// Leaves out what the images say where the series says it. They come from different data sets, so this is done when all are read.
    pub(crate) fn settle(fields: &mut Fields<'_>) {
        let [series, image, ..] = fields;
        if series == image {
            *image = "";
        }
    }
}

impl Spell for Laterality {
    fn canon(draft: &mut Draft<'_>) {
        for side in [0, 1] {
            if !matches!(draft.get(side), "L" | "R" | "B" | "U") {
                draft.refuse(side, Code::BadCode);
            }
        }
        // Both sides is a value of ImageLaterality only (PS3.3 C.7.3.1, C.7.6.1): of the series it says it of the images, which may say otherwise.
        if draft.get(0) == "B" {
            if matches!(draft.get(1), "" | "B") {
                draft.shift(0, 1);
            } else {
                draft.refuse(0, Code::BadCode);
            }
        }
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        let (series, image) = (field(fields, 0), field(fields, 1));
        let (side, from) = if series.is_empty() { (image, 1) } else { (series, 0) };
        if from == 0 && image != series {
            told.mark_filled(fields, 1..2, Code::AlternativeUnused);
        }
        let Some((_, families)) = SIDES.iter().find(|(known, _)| *known == side) else {
            told.mark_filled(fields, 0..1, Code::NoCode);
            if from == 1 {
                told.mark_filled(fields, 1..2, Code::NoCode);
            }
            return Fhir::Nothing;
        };
        // The series' own attribute is the one that reading back gives.
        if from == 1 && side != "B" {
            told.mark(1, Code::AlternativeSource);
        }
        let [both, one_sided] = families;
        let (code, display) = if matches!(cx.shape, Shape::UnilateralCoding) { one_sided } else { both };
        Fhir::Concept(shape::Concept {
            coding: Some(Coding {
                system: Some(Uri::plain("http://snomed.info/sct")),
                code: Uri::plain(code),
                display,
                ..Coding::default()
            }),
            text: "",
        })
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Concept(concept) = found else { return };
        let is_side = |code: &str| SIDES.iter().find(|(_, families)| families.iter().any(|(known, _)| *known == code));
        let coded = || concept.codings.iter().filter(|coding| !coding.code.is_empty());
        let Some(coding) = coded().find(|coding| is_side(coding.code.trim()).is_some()).or_else(|| coded().next()) else { return };
        let code = coding.code.trim();
        let (side, display) = match is_side(code) {
            Some((side, families)) => (*side, families.iter().find(|(known, _)| *known == code).map_or("", |(_, display)| *display)),
            // 66459002 "Unilateral" (CID 244), too: one side of a pair, which is none of DICOM's. Its U is an organ that has no other.
            // FHIR lets other codes stand there (its binding is an example).
            None => return,
        };
        fill.set(usize::from(side == "B"), side, coding.code);
        fill.system(coding.system, SNOMED, coding.code);
        if coding.display.trim() == display {
            fill.further(usize::from(side == "B"), coding.display);
        }
    }
}
