//! The patient's sex: `M`, `F`, `O`, and the `U` that is met <-> FHIR's administrative gender.

use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field};
use crate::fhir::found::Found;
use crate::fhir::shape::{Fhir, Uri};
use crate::loss::Code;
use crate::value::Fields;

/// A sex, as its code string.
pub enum Sex {}

impl Sealed for Sex {}

impl Kind for Sex {
    const NAME: &'static str = "sex";
    const FIELDS: usize = 1;
    type View<'a> = &'a str;

    fn view<'a>(fields: &[&'a str; 10]) -> &'a str {
        field(fields, 0)
    }
}

const GENDERS: [(&str, &str); 4] = [("M", "male"), ("F", "female"), ("O", "other"), ("U", "unknown")];

/// Whether it is a code string of a sex.
pub(crate) fn is_sex(text: &str) -> bool {
    GENDERS.iter().any(|(known, _)| *known == text)
}

/// The code string of a gender.
pub(crate) fn sex_of(gender: &str) -> Option<&'static str> {
    GENDERS.iter().find(|(_, known)| *known == gender).map(|(sex, _)| *sex)
}

impl Spell for Sex {
    fn is_settled(_: u16, sex: &str) -> bool {
        is_sex(sex)
    }

    fn canon(draft: &mut Draft<'_>) {
        if !Self::is_settled(1, draft.get(0)) {
            draft.refuse(0, Code::BadCode);
        }
    }

    fn to_fhir<'a>(fields: &Fields<'a>, _: &Cx<'a>, _: &mut Told) -> Fhir<'a> {
        let gender = GENDERS.iter().find(|(sex, _)| *sex == field(fields, 0));
        gender.map_or(Fhir::Nothing, |(_, gender)| Fhir::Text(Uri::plain(gender)))
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Text(leaf) = found else { return };
        match sex_of(leaf.trim()) {
            Some(sex) => fill.set(0, sex, *leaf),
            None => fill.lose(*leaf, Code::BadCode),
        }
    }
}
