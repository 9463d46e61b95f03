//! Date, time and offset <-> FHIR `dateTime`.
//!
//! FHIR writes a time only with minutes, seconds and an offset from UTC. Nothing is invented to reach that: where the offset is unknown, or
//! the time has hours only, the date alone is written. Seconds are filled with `:00`, which FHIR allows, and noted.

use super::{Cx, Draft, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::shape::{Fhir, Short};
use crate::grammar::{da::da, offset::offset, tm::tm};
use crate::loss::Code;
use crate::value::Fields;

view! {
    /// When something started, in DICOM's forms.
    DateTimeView {
        /// DA: `YYYYMMDD`.
        date = 0,
        /// TM: `HH[MM[SS[.F{1,6}]]]`.
        time = 1,
        /// Offset from UTC: `&ZZXX`.
        offset = 2,
    }
}

/// Date, time, offset.
pub enum DateTime {}

impl Sealed for DateTime {}

impl Kind for DateTime {
    const NAME: &'static str = "date-time";
    const FIELDS: usize = 3;
    type View<'a> = DateTimeView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> DateTimeView<'a> {
        DateTimeView::of(fields)
    }
}

impl Spell for DateTime {
    fn canon(draft: &mut Draft<'_>) {
        if !draft.is_filled(0) {
            draft.refuse(1, Code::TimeWithoutDate);
        }
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        spell(fields, 0, cx, told)
    }
}

/// Date, time, offset; and a second date and time that stand in where the first date is absent.
pub enum DateTimeOr {}

impl Sealed for DateTimeOr {}

impl Kind for DateTimeOr {
    const NAME: &'static str = "date-time-or";
    const FIELDS: usize = 5;
    type View<'a> = DateTimeView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> DateTimeView<'a> {
        if field(fields, 0).is_empty() {
            DateTimeView { date: field(fields, 3), time: field(fields, 4), offset: field(fields, 2) }
        } else {
            DateTimeView::of(fields)
        }
    }
}

impl Spell for DateTimeOr {
    fn canon(draft: &mut Draft<'_>) {
        for date in [0, 3] {
            if !draft.is_filled(date) {
                draft.refuse(date + 1, Code::TimeWithoutDate);
            }
        }
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        if field(fields, 0).is_empty() {
            told.mark_filled(fields, 3..5, Code::AlternativeSource);
            spell(fields, 3, cx, told)
        } else {
            told.mark_filled(fields, 3..5, Code::AlternativeUnused);
            spell(fields, 0, cx, told)
        }
    }
}

/// The dateTime of the date and time at `date` and `date + 1`, dated by the offset at 2.
fn spell<'a>(fields: &Fields<'a>, date: usize, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
    let (da_text, tm_text, own) = (field(fields, date), field(fields, date + 1), field(fields, 2));
    let Some(day) = da(da_text) else {
        return Fhir::Nothing;
    };
    let mut out = Short::default();
    out.push(&[day.year, "-", day.month, "-", day.day]);
    let Some(time) = tm(tm_text) else {
        told.mark_filled(fields, 2..3, Code::OffsetUnused);
        return Fhir::Short(out);
    };
    let Some(minute) = time.minute else {
        told.mark(date + 1, Code::TimeTooCoarse);
        told.mark_filled(fields, 2..3, Code::OffsetUnused);
        return Fhir::Short(out);
    };
    let from_options = if own.is_empty() { cx.options.zone.offset(da_text, tm_text) } else { None };
    let zone = match &from_options {
        Some(given) => offset(given.as_str()),
        None => offset(own),
    };
    let Some(zone) = zone else {
        told.mark(date + 1, Code::TimeWithoutZone);
        return Fhir::Short(out);
    };
    out.push(&["T", time.hour, ":", minute, ":"]);
    match time.second {
        Some(second) => out.push(&[second]),
        None => {
            out.push(&["00"]);
            told.mark(date + 1, Code::PrecisionAdded);
        }
    }
    if let Some(fraction) = time.fraction {
        out.push(&[".", fraction]);
    }
    out.push(&[zone.sign, zone.hours, ":", zone.minutes]);
    Fhir::Short(out)
}
