//! Date, time and offset <-> FHIR `dateTime`.
//!
//! FHIR writes a time only with minutes, seconds and an offset from UTC. Nothing is invented to reach that: where the offset is unknown, or
//! the time has hours only, the date alone is written. Seconds are filled with `:00`, which FHIR allows, and noted.

use super::{AtOnce, Cx, Draft, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::{Found, Leaf};
use crate::fhir::shape::{Fhir, Short};
use crate::grammar::fhir_date::{self, fhir_date};
use crate::grammar::plain::{is_day, is_offset, is_time};
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
    fn is_settled(filled: u16, _: &str) -> bool {
        filled & 1 != 0
    }

    fn canon(draft: &mut Draft<'_>) {
        if !draft.is_filled(0) {
            draft.refuse(1, Code::TimeWithoutDate);
        }
    }

    const AT_ONCE: Option<AtOnce> = Some(at_once);

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        spell(fields, 0, cx, told)
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        read(found, fill);
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
    fn is_settled(filled: u16, _: &str) -> bool {
        let dated = |date: u16| filled & 1 << date != 0 || filled & 2 << date == 0;
        dated(0) && dated(3)
    }

    fn canon(draft: &mut Draft<'_>) {
        for date in [0, 3] {
            if !draft.is_filled(date) {
                draft.refuse(date + 1, Code::TimeWithoutDate);
            }
        }
    }

    const AT_ONCE: Option<AtOnce> = Some(at_once);

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        if field(fields, 0).is_empty() {
            told.mark_filled(fields, 3..5, Code::AlternativeSource);
            spell(fields, 3, cx, told)
        } else {
            told.mark_filled(fields, 3..5, Code::AlternativeUnused);
            spell(fields, 0, cx, told)
        }
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        read(found, fill);
    }
}

/// Date, time and offset of a dateTime. One leaf fills them all: where only a part of it is no good the rest is read.
fn read<'d>(found: &Found<'d>, fill: &mut Fill<'d>) {
    let Found::Text(leaf) = found else { return };
    let day = match fhir_date(leaf.trim()) {
        fhir_date::Found::Bad => return fill.lose(*leaf, Code::BadDate),
        fhir_date::Found::Coarse => return fill.lose(*leaf, Code::DateTooCoarse),
        fhir_date::Found::Day(day) => day,
    };
    fill.set(0, [day.year, day.month, day.day].concat(), *leaf);
    let clock = match day.time {
        fhir_date::Part::Absent => return,
        fhir_date::Part::Bad => return fill.lose(*leaf, Code::BadTime),
        fhir_date::Part::Good(clock) => clock,
    };
    let mut digits = match (clock.get(..2), clock.get(2..6).map(str::as_bytes), clock.get(6..)) {
        (Some(hour), Some([b':', _, _, b':']), Some(second)) => [hour, clock.get(3..5).unwrap_or(""), second].concat(),
        _ => clock.replace(':', ""),
    };
    // A fraction follows six digits and a dot.
    let is_cut = digits.len() > 13;
    digits.truncate(13);
    fill.set(1, digits, Leaf::default());
    match day.offset {
        fhir_date::Part::Absent => fill.note(*leaf, Code::ZoneMissing),
        fhir_date::Part::Bad => fill.lose(*leaf, Code::BadOffset),
        fhir_date::Part::Good(text) => {
            let zone = offset(text).map(|zone| [zone.sign, zone.hours, zone.minutes].concat());
            fill.set(2, zone.unwrap_or_default(), Leaf::default());
        }
    }
    // A leaf has one note, and that FHIR wants an offset stands before that DICOM has fewer digits.
    if is_cut {
        fill.note(*leaf, Code::PrecisionCut);
    }
}

/// The dateTime of a day, a time to the second and an offset, where there is nothing else.
fn at_once(fields: &Fields<'_>, _: &Cx<'_>, out: &mut Short) -> u64 {
    let [date, time, zone, second_date, second_time, ..] = fields.map(str::as_bytes);
    let plain = is_day(date) && is_time(time) && is_offset(zone) && second_date.is_empty() && second_time.is_empty();
    let (&[y0, y1, y2, y3, m0, m1, d0, d1], &[h0, h1, n0, n1, s0, s1, ref fraction @ ..], &[sign, z0, z1, z2, z3]) = (date, time, zone)
    else {
        return 0;
    };
    if !plain {
        return 0;
    }
    out.push_bytes(&[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1]);
    out.push_bytes(fraction);
    out.push_bytes(&[sign, z0, z1, b':', z2, z3]);
    3
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
            told.note(date + 1, Code::PrecisionAdded);
        }
    }
    if from_options.is_some() {
        told.note(date + 1, Code::ZoneAssumed);
    }
    if let Some(fraction) = time.fraction {
        out.push(&[".", fraction]);
    }
    out.push(&[zone.sign, zone.hours, ":", zone.minutes]);
    Fhir::Short(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::{Offset, Options, Release, Zone, dicom, fhir};

    /// Central European time, as far as the test needs it.
    fn berlin(date: &str, time: &str) -> Option<Offset> {
        assert_eq!((date.len(), time.len()), (8, 6));
        let summer = ("20240331".."20241027").contains(&date);
        (if summer { "+02:00" } else { "+01:00" }).parse().ok()
    }

    #[test]
    fn a_zone_can_be_a_function_of_local_time() {
        let options = Options { zone: Zone::Local(berlin), ..Options::default() };
        let started = |date: &str| {
            let head =
                r#"{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00080030":{"vr":"TM","Value":["132230"]},"00080020":{"vr":"DA","Value":[""#;
            let read = dicom::read([head, date, r#""]}}"#].concat().as_bytes(), &options).unwrap().ignore_loss();
            fhir::write(read.first().unwrap(), Release::R4, &options).ignore_loss().into_string()
        };
        assert!(started("20240701").contains(r#""started":"2024-07-01T13:22:30+02:00""#));
        assert!(started("20240101").contains(r#""started":"2024-01-01T13:22:30+01:00""#));
    }
}
