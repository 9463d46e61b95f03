//! When the patient was born: a date that never shifts. DICOM gives no offset for the time, and FHIR takes none without.

use super::{Cx, Draft, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::shape::{Fhir, Short};
use crate::grammar::da::da;
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
}
