//! DA (PS3.5 6.2): `YYYYMMDD`, a day of the calendar. Read besides: `YYYY.MM.DD` (ACR-NEMA) and `YYYY-MM-DD`.

use super::{digits, plain};
use nom::Parser;
use nom::bytes::complete::tag;
use nom::combinator::all_consuming;

/// A date as read: its digits, and whether they stood in the form of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Da<'a> {
    pub(crate) year: &'a str,
    pub(crate) month: &'a str,
    pub(crate) day: &'a str,
    pub(crate) legacy: bool,
}

pub(crate) fn da(text: &str) -> Option<Da<'_>> {
    if plain::is_day(text.as_bytes()) {
        return Some(Da { year: text.get(..4)?, month: text.get(4..6)?, day: text.get(6..)?, legacy: false });
    }
    by_grammar(text)
}

/// As [`da`], whatever the form.
pub(crate) fn by_grammar(text: &str) -> Option<Da<'_>> {
    ["", ".", "-"].into_iter().find_map(|between| {
        let (_, (year, _, month, _, day)) =
            all_consuming((digits(4), tag::<_, _, nom::error::Error<&str>>(between), digits(2), tag(between), digits(2)))
                .parse(text)
                .ok()?;
        is_day(year, month, day).then_some(Da { year, month, day, legacy: !between.is_empty() })
    })
}

/// The first year that is taken for one: earlier dates (`11111111`, `17000101`) are placeholders that archives are filled with.
pub(crate) const FIRST_YEAR: u16 = 1800;

/// Whether the calendar has this day, and it is no placeholder.
pub(crate) fn is_day(year: &str, month: &str, day: &str) -> bool {
    is_calendar(year, month, day) && year.parse::<u16>().is_ok_and(|year| year >= FIRST_YEAR)
}

/// Whether the calendar has this day.
pub(crate) fn is_calendar(year: &str, month: &str, day: &str) -> bool {
    let read = |text: &str| text.parse::<u16>().unwrap_or(0);
    is_calendar_day(read(year), read(month), read(day))
}

/// As [`is_calendar`], of numbers.
pub(crate) fn is_calendar_day(year: u16, month: u16, day: u16) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        for good in ["20240229", "19000101", "20231231", "1994.06.13", "2022-05-10"] {
            assert!(da(good).is_some(), "{good}");
        }
        for bad in [
            "20230229",
            "19000229",
            "20240231",
            "20230000",
            "00000101",
            "11111111",
            "17991231",
            "2023",
            "202301",
            "1990/01/01",
            "2022-0510",
            "UNKNOWN",
            "",
            "20240101 ",
            "20240101-20240102",
        ] {
            assert!(da(bad).is_none(), "{bad}");
        }
    }
}
