//! FHIR `date` and `dateTime` (R4 datatypes 2.24.0.1): `YYYY[-MM[-DD[Thh:mm:ss[.f]zone]]]`. Read besides: no zone, no seconds, a space for
//! the `T`.

use super::{da::is_day, digits, offset::offset, tm::tm};
use nom::Parser;
use nom::bytes::complete::tag;
use nom::character::complete::one_of;
use nom::combinator::{opt, rest};
use nom::sequence::preceded;

/// What stands where a date with time is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// No date.
    Bad,
    /// A year, or a year and a month.
    Coarse,
    /// A day, and whatever follows it.
    Day(Day<'a>),
}

/// A day of the calendar, and the time of that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day<'a> {
    pub(crate) year: &'a str,
    pub(crate) month: &'a str,
    pub(crate) day: &'a str,
    pub(crate) time: Part<'a>,
    pub(crate) offset: Part<'a>,
}

/// A part that may be absent, or no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Absent,
    Good(&'a str),
    Bad,
}

pub(crate) fn fhir_date(text: &str) -> Found<'_> {
    usual(text).map_or_else(|| any(text), Found::Day)
}

/// A day, alone or with its time in seconds and an offset of less than twelve hours: what most texts are.
fn usual(text: &str) -> Option<Day<'_>> {
    let (date, behind) = text.split_at_checked(10)?;
    let [y, yy, yyy, yyyy, b'-', m, mm, b'-', d, dd] = date.as_bytes() else { return None };
    let (year, month, day) = (date.get(..4)?, date.get(5..7)?, date.get(8..)?);
    if ![y, yy, yyy, yyyy, m, mm, d, dd].into_iter().all(u8::is_ascii_digit) || !is_day(year, month, day) {
        return None;
    }
    if behind.is_empty() {
        return Some(Day { year, month, day, time: Part::Absent, offset: Part::Absent });
    }
    let clock = behind.strip_prefix('T')?;
    let (clock, zone) = match clock.strip_suffix('Z') {
        Some(clock) => (clock, "Z"),
        None => clock.split_at_checked(clock.len().checked_sub(6)?)?,
    };
    let good = match zone.as_bytes() {
        b"Z" => true,
        [b'+' | b'-', tens, ones, b':', b'0'..=b'5', b'0'..=b'9'] => matches!((tens, ones), (b'0', b'0'..=b'9') | (b'1', b'0' | b'1')),
        _ => false,
    };
    let [tens, ones, b':', b'0'..=b'5', b'0'..=b'9', b':', b'0'..=b'5', b'0'..=b'9', fraction @ ..] = clock.as_bytes() else { return None };
    let hour = matches!((tens, ones), (b'0' | b'1', b'0'..=b'9') | (b'2', b'0'..=b'3'));
    let whole = match fraction {
        [] => true,
        [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    (good && hour && whole).then_some(Day { year, month, day, time: Part::Good(clock), offset: Part::Good(zone) })
}

fn any(text: &str) -> Found<'_> {
    type Error<'e> = nom::error::Error<&'e str>;
    let dash = || tag::<_, _, Error<'_>>("-");
    let Ok((behind, (year, month))) = (digits(4), opt(preceded(dash(), (digits(2), opt(preceded(dash(), digits(2))))))).parse(text) else {
        return Found::Bad;
    };
    let (month, day) = month.unzip();
    let (Some(month), Some(day)) = (month, day.flatten()) else {
        let good = is_day(year, month.unwrap_or("01"), "01");
        return if behind.is_empty() && good { Found::Coarse } else { Found::Bad };
    };
    if !is_day(year, month, day) {
        return Found::Bad;
    }
    let mut day = Day { year, month, day, time: Part::Absent, offset: Part::Absent };
    if behind.is_empty() {
        return Found::Day(day);
    }
    let Ok((_, (_, clock))) = (one_of::<_, _, Error<'_>>("Tt "), rest).parse(behind) else { return Found::Bad };
    let zone = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at_checked(zone).unwrap_or((clock, ""));
    day.time = if clock.contains(':') && tm(clock).is_some() { Part::Good(clock) } else { Part::Bad };
    day.offset = match zone {
        "" => Part::Absent,
        "z" => Part::Good("Z"),
        zone if offset(zone).is_some() => Part::Good(zone),
        _ => Part::Bad,
    };
    Found::Day(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_usual_is_like_any(text in "(1[789]|20)[0-9]{2}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.][0-9]{0,3})?(Z|[+-][01][0-9]:[0-6][0-9])?)?[ Z]?") {
            proptest::prop_assert!(usual(&text).is_none_or(|day| any(&text) == Found::Day(day)), "{}", text);
        }
    }

    #[test]
    fn the_usual_goes_the_short_way() {
        for text in ["2024-01-14", "2024-01-14T13:22:42Z", "2024-01-14T23:59:59.123456789+11:59", "2024-01-14T00:00:00-00:00"] {
            assert_eq!(usual(text).map(Found::Day), Some(any(text)), "{text}");
        }
        for text in ["2024-01-14T13:22", "2024-01-14T13:22:60Z", "2024-02-30", "2024-01-14T13:22:42+12:00", "2024-01-14t13:22:42Z"] {
            assert_eq!(usual(text), None, "{text}");
        }
    }

    #[test]
    fn dates() {
        let parts = |text| match fhir_date(text) {
            Found::Day(day) => Some((day.day, day.time, day.offset)),
            _ => None,
        };
        assert_eq!(parts("2024-01-14"), Some(("14", Part::Absent, Part::Absent)));
        assert_eq!(parts("2024-01-14T13:22:42.5Z"), Some(("14", Part::Good("13:22:42.5"), Part::Good("Z"))));
        assert_eq!(parts("2024-01-14T13:22:42-03:30"), Some(("14", Part::Good("13:22:42"), Part::Good("-03:30"))));
        assert_eq!(parts("2024-01-14T13:22"), Some(("14", Part::Good("13:22"), Part::Absent)));
        assert_eq!(parts("2024-01-14T24:00:00+15:00"), Some(("14", Part::Bad, Part::Bad)));
        for coarse in ["2024", "2024-01"] {
            assert_eq!(fhir_date(coarse), Found::Coarse, "{coarse}");
        }
        for bad in ["", "0000", "2024-13", "2024-02-30", "20240114", "2024-1-1", "x", "2024-01-14x", "1700-01-01"] {
            assert_eq!(fhir_date(bad), Found::Bad, "{bad}");
        }
    }
}
