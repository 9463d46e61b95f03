//! A date and time told in another offset from UTC.

use crate::grammar::{da::da, offset::offset, tm::tm};
use alloc::format;
use alloc::string::String;

/// DA and TM in the offset `to`, where they are given in the offset `from`. None where one of them is no good, or the day would be none that is read.
pub(crate) fn shift(date: &str, time: &str, from: &str, to: &str) -> Option<(String, String)> {
    let (day, clock) = (da(date)?, tm(time)?);
    let delta = minutes(to)? - minutes(from)?;
    let number = |text: &str| text.parse::<i64>().ok();
    let minute = clock.minute.map_or(Some(0), number)?;
    let of_day = number(clock.hour)? * 60 + minute + delta;
    let (year, month, day) = civil(days(number(day.year)?, number(day.month)?, number(day.day)?) + of_day.div_euclid(1440));
    let date = format!("{year:04}{month:02}{day:02}");
    da(&date)?;
    let of_day = of_day.rem_euclid(1440);
    let mut out = format!("{:02}", of_day / 60);
    // Hours alone stay hours, unless the offsets differ by less.
    if clock.minute.is_some() || of_day % 60 != 0 {
        out += &format!("{:02}", of_day % 60);
    }
    if let Some(second) = clock.second {
        out += second;
    }
    if let Some(fraction) = clock.fraction {
        out.push('.');
        out += fraction;
    }
    Some((date, out))
}

/// Minutes east of UTC.
fn minutes(text: &str) -> Option<i64> {
    let zone = offset(text)?;
    let east = zone.hours.parse::<i64>().ok()? * 60 + zone.minutes.parse::<i64>().ok()?;
    Some(if zone.sign == "-" { -east } else { east })
}

/// Days since 1 March of year 0 of the proleptic Gregorian calendar: years begin in March, so that the leap day is the last.
pub(crate) const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
}

/// The calendar's day, back.
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn shifts() {
        let at = |date, time, from, to| shift(date, time, from, to).map(|(date, time)| [date, time].join(" "));
        assert_eq!(at("20240114", "132230.5", "+0100", "+0000").unwrap(), "20240114 122230.5");
        assert_eq!(at("20240101", "0030", "+0100", "-0330").unwrap(), "20231231 2000");
        assert_eq!(at("20240228", "23", "+0000", "+0200").unwrap(), "20240229 01");
        assert_eq!(at("20230228", "23", "+0000", "+0530").unwrap(), "20230301 0430");
        assert_eq!(at("20231231", "235960", "+0000", "+0100").unwrap(), "20240101 005960");
        assert_eq!(at("99991231", "23", "+0000", "+0100"), None);
        assert_eq!(at("18000101", "00", "+1400", "-1200"), None);
    }

    #[test]
    fn every_day_is_there_and_back() {
        let first = days(1800, 1, 1);
        for n in first..first + 110_000 {
            let (year, month, day) = civil(n);
            assert_eq!(days(year, month, day), n);
            assert!(crate::grammar::da::is_day(&format!("{year:04}"), &format!("{month:02}"), &format!("{day:02}")), "{n}");
        }
    }
}
