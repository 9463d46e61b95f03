//! When the patient was born: a date that never shifts. DICOM gives no offset for the time, and FHIR takes none without.

use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::{Found, Leaf};
use crate::fhir::shape::{Fhir, Short};
use crate::grammar::da::da;
use crate::grammar::fhir_date::{self, fhir_date};
use crate::loss::Code;
use crate::value::Fields;

view! {
    /// A birth.
    BirthView {
        /// DA: `YYYYMMDD`.
        date = 0,
        /// TM.
        time = 1,
    }
}

/// How long a time with six digits of a fraction is.
const FRACTION: usize = 13;

/// A birth: date, time.
pub enum Birth {}

impl Sealed for Birth {}

impl Kind for Birth {
    const NAME: &'static str = "birth";
    const FIELDS: usize = 2;
    type View<'a> = BirthView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> BirthView<'a> {
        BirthView::of(fields)
    }
}

impl Spell for Birth {
    fn is_settled(filled: u16, _: &str) -> bool {
        filled & 1 != 0
    }

    fn canon(draft: &mut Draft<'_>) {
        if !draft.is_filled(0) {
            draft.refuse(1, Code::TimeWithoutDate);
        }
    }

    fn to_fhir<'a>(fields: &Fields<'a>, _: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        told.mark_filled(fields, 1..2, Code::TimeWithoutZone);
        let Some(day) = da(field(fields, 0)) else { return Fhir::Nothing };
        let mut out = Short::default();
        out.push(&[day.year, "-", day.month, "-", day.day]);
        Fhir::Short(out)
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Text(leaf) = found else { return };
        match fhir_date(leaf.trim()) {
            fhir_date::Found::Bad => fill.lose(*leaf, Code::BadDate),
            fhir_date::Found::Coarse => fill.lose(*leaf, Code::DateTooCoarse),
            fhir_date::Found::Day(day) => {
                fill.set(0, [day.year, day.month, day.day].concat(), *leaf);
                let clock = match day.time {
                    fhir_date::Part::Absent => return,
                    fhir_date::Part::Bad => return fill.lose(*leaf, Code::BadTime),
                    fhir_date::Part::Good(clock) => clock,
                };
                let mut digits = clock.replace(':', "");
                if digits.len() > FRACTION {
                    digits.truncate(FRACTION);
                    fill.note(*leaf, Code::FractionCut);
                }
                fill.set(1, digits, Leaf::default());
                // The time of birth has no offset that would date it.
                match day.offset {
                    fhir_date::Part::Absent => {}
                    fhir_date::Part::Bad => fill.lose(*leaf, Code::BadOffset),
                    fhir_date::Part::Good(_) => fill.lose(*leaf, Code::OffsetUnused),
                }
            }
        }
    }
}
