//! Dates as FHIR's search compares them: intervals, by precision (search, "date").
//!
//! Where either side has no time, both are compared as they are written, whatever their offsets: dates have no time zone. Where both have
//! one, instants are compared.

use crate::grammar::da::is_day;
use crate::grammar::offset::offset;
use crate::zone::Zone;
use alloc::string::String;
use nom::Parser;
use nom::bytes::complete::take_while1;
use nom::character::complete::char;
use nom::combinator::{opt, rest};
use nom::sequence::preceded;

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
    Ap,
}

const PREFIXES: [(&str, Prefix); 9] = [
    ("eq", Prefix::Eq),
    ("ne", Prefix::Ne),
    ("gt", Prefix::Gt),
    ("lt", Prefix::Lt),
    ("ge", Prefix::Ge),
    ("le", Prefix::Le),
    ("sa", Prefix::Sa),
    ("eb", Prefix::Eb),
    ("ap", Prefix::Ap),
];

/// Parts of a second that intervals are counted in: more digits than anybody writes.
const TICKS: i128 = 1_000_000_000_000;

/// A date with the interval that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// In ticks of the clock on the wall, from and before.
    from: i128,
    to: i128,
    /// Minutes east of UTC, where known.
    zone: Option<i32>,
    timed: bool,
}

/// A search value: prefix and date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Date {
    pub(super) prefix: Prefix,
    pub(super) span: Span,
    /// As it stands, for printing.
    pub(super) text: String,
}

impl Date {
    pub(super) fn parse(text: &str) -> Option<Date> {
        let (date, prefix) = match PREFIXES.iter().find_map(|(name, prefix)| Some((text.strip_prefix(name)?, *prefix))) {
            Some(found) => found,
            None => (text, Prefix::Eq),
        };
        Some(Date { prefix, span: Span::parse(date)?, text: text.into() })
    }

    /// Whether a date of the record matches; `zone` is the caller's, for a search value without one.
    pub(super) fn matches(&self, record: Span, zone: &Zone) -> bool {
        let (value, record) = if self.span.timed && record.timed {
            let assumed = self.span.zone.or_else(|| self.zone(zone)).or(record.zone);
            (self.span.shifted(assumed), record.shifted(record.zone))
        } else {
            (self.span, record)
        };
        let widen = self.span.widening();
        let within = value.from <= record.from && record.to <= value.to;
        match self.prefix {
            Prefix::Eq => within,
            Prefix::Ne => !within,
            Prefix::Gt => record.to > value.to,
            Prefix::Lt => record.from < value.from,
            Prefix::Ge => record.to > value.to || within,
            Prefix::Le => record.from < value.from || within,
            Prefix::Sa => record.from >= value.to,
            Prefix::Eb => record.to <= value.from,
            Prefix::Ap => record.from < value.to + widen && record.to > value.from - widen,
        }
    }
}

impl Date {
    /// What the caller's zone says of the date and time as written.
    pub(super) fn zone(&self, zone: &Zone) -> Option<i32> {
        let written = self.text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let (date, time) = written.split_once('T')?;
        let offset = zone.offset(&date.replace('-', ""), &time.replace(':', ""))?;
        Some(offset.minutes())
    }
}

type Error<'a> = nom::error::Error<&'a str>;

fn digits<'a>(n: usize) -> impl Parser<&'a str, Output = &'a str, Error = Error<'a>> {
    crate::grammar::digits(n)
}

impl Span {
    /// Its beginning, as an instant where the zone is known, else as it is written.
    pub(super) fn beginning(self) -> i128 {
        self.shifted(self.zone.filter(|_| self.timed)).from
    }

    /// `YYYY[-MM[-DD[Thh:mm[:ss[.f]][zone]]]]`.
    pub(super) fn parse(text: &str) -> Option<Span> {
        let dash = || char::<_, Error<'_>>('-');
        let (behind, (year, month)) = (digits(4), opt(preceded(dash(), (digits(2), opt(preceded(dash(), digits(2))))))).parse(text).ok()?;
        let (month, day) = month.unzip();
        let day = day.flatten();
        let number = |text: &str| text.parse::<i64>().ok();
        let (y, m) = (number(year)?, number(month.unwrap_or("01"))?);
        if y == 0 || !(1..=12).contains(&m) {
            return None;
        }
        let first = crate::clock::days(y, m, 1);
        let last = match (month, day) {
            (None, _) => crate::clock::days(y + 1, 1, 1),
            (Some(_), None) => crate::clock::days(if m == 12 { y + 1 } else { y }, m % 12 + 1, 1),
            (Some(month), Some(day)) => {
                // The calendar's years begin before those that an archive's do.
                let leap = if y % 400 == 0 || y % 4 == 0 && y % 100 != 0 { "2000" } else { "2001" };
                if !is_day(leap, month, day) {
                    return None;
                }
                let first = crate::clock::days(y, m, number(day)?);
                return Span::of_day(first, behind);
            }
        };
        behind.is_empty().then(|| Span::days(first, last))
    }

    fn days(first: i64, last: i64) -> Span {
        let ticks = |day: i64| i128::from(day) * 86_400 * TICKS;
        Span { from: ticks(first), to: ticks(last), zone: None, timed: false }
    }

    /// A day, and what is written behind it.
    fn of_day(day: i64, behind: &str) -> Option<Span> {
        if behind.is_empty() {
            return Some(Span::days(day, day + 1));
        }
        let two = |low, high| crate::grammar::two(low, high);
        let fraction = preceded(char::<_, Error<'_>>('.'), take_while1(|c: char| c.is_ascii_digit()));
        let second = preceded(char(':'), (two(0, 60), opt(fraction)));
        let mut clock = (char::<_, Error<'_>>('T'), two(0, 23), char(':'), two(0, 59), opt(second), rest);
        let (_, (_, hour, _, minute, second, zone)) = clock.parse(behind).ok()?;
        let number = |text: &str| text.parse::<i128>().ok();
        let (second, fraction) = second.unzip();
        // A leap second is the end of its minute, and of its day.
        let whole = i128::from(day) * 86_400 + number(hour)? * 3_600 + number(minute)? * 60 + number(second.unwrap_or("0"))?.min(59);
        let (mut from, mut width) = (whole * TICKS, if second.is_some() { TICKS } else { 60 * TICKS });
        if let Some(fraction) = fraction.flatten() {
            for digit in fraction.bytes().take(12) {
                width /= 10;
                from += i128::from(digit - b'0') * width;
            }
        }
        let zone = match zone {
            "" => None,
            zone => Some(minutes(zone)?),
        };
        Some(Span { from, to: from + width, zone, timed: true })
    }

    pub(super) const fn from(self) -> i128 {
        self.from
    }

    pub(super) const fn to(self) -> i128 {
        self.to
    }

    pub(super) const fn zone(self) -> Option<i32> {
        self.zone
    }

    pub(super) const fn is_timed(self) -> bool {
        self.timed
    }

    /// How far `ap` reaches, in ticks: a day, or an hour.
    pub(super) const fn widening(self) -> i128 {
        if self.timed { 3_600 * TICKS } else { 86_400 * TICKS }
    }

    /// The day of a tick.
    pub(super) fn day_of(tick: i128) -> i64 {
        i64::try_from(tick.div_euclid(86_400 * TICKS)).unwrap_or(0)
    }

    /// The second of its day.
    pub(super) const fn second_of(tick: i128) -> i128 {
        tick.rem_euclid(86_400 * TICKS) / TICKS
    }

    /// Minutes in ticks.
    pub(super) fn minutes(minutes: i32) -> i128 {
        i128::from(minutes) * 60 * TICKS
    }

    /// The same, in the zone that its archive is promised to keep.
    pub(super) fn promised(self, zone: &Zone) -> Span {
        if !self.timed {
            return self;
        }
        let (year, month, day) = crate::clock::civil(Span::day_of(self.from));
        let second = Span::second_of(self.from);
        let time = alloc::format!("{:02}{:02}{:02}", second / 3600, second / 60 % 60, second % 60);
        let offset = zone.offset(&alloc::format!("{year:04}{month:02}{day:02}"), &time);
        Span { zone: offset.map(|offset| offset.minutes()), ..self }
    }

    fn shifted(self, zone: Option<i32>) -> Span {
        let shift = i128::from(zone.unwrap_or(0)) * 60 * TICKS;
        Span { from: self.from - shift, to: self.to - shift, ..self }
    }
}

/// Minutes east of UTC. A form decoder may have made a space of an unescaped plus.
fn minutes(text: &str) -> Option<i32> {
    if text != "Z" && text.as_bytes().get(3) != Some(&b':') {
        return None;
    }
    // FHIR has zones to 14 hours either way, DICOM to 12 hours west.
    let east = text.replacen('-', "+", 1);
    let zone = offset(text).or_else(|| offset(&east))?;
    let east = zone.hours.parse::<i32>().ok()? * 60 + zone.minutes.parse::<i32>().ok()?;
    Some(if text.starts_with('-') { -east } else { east })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn matches(query: &str, record: &str) -> bool {
        Date::parse(query).unwrap().matches(Span::parse(record).unwrap(), &Zone::None)
    }

    #[test]
    fn prefixes() {
        assert!(matches("2024-01", "2024-01-31") && !matches("2024-01-30", "2024-01-31"));
        assert!(matches("ge2024-01-14T10:00Z", "2024-01-14") && !matches("2024-01-14T10:00Z", "2024-01-14"));
        assert!(matches("2024-01-14", "2024-01-14T23:59:59-12:00"));
        assert!(matches("2024-01-14T10:00:00Z", "2024-01-14T11:00:00+01:00"));
        assert!(matches("gt2024", "2025-01-01") && !matches("gt2024", "2024-12-31"));
        assert!(matches("eb2024", "2023-12-31") && matches("sa2023", "2024-01-01"));
        assert!(matches("ap2024-01-14", "2024-01-15") && !matches("ap2024-01-14", "2024-01-16"));
        assert!(matches("ne2024-01-14T10:00:00.5Z", "2024-01-14T10:00:00Z"));
        let summer = Zone::Local(|date, _| (if date < "20240701" { "+01:00" } else { "+02:00" }).parse().ok());
        let local = |query: &str, record: &str| Date::parse(query).unwrap().matches(Span::parse(record).unwrap(), &summer);
        assert!(local("2024-01-14T11:00", "2024-01-14T10:00:00Z") && local("2024-07-14T12:00", "2024-07-14T10:00:00Z"));
        for bad in ["", "24", "2024-13", "2024-02-30", "2024-01-14T10", "2024-01-14T10:00+1", "xx2024", "2024-1-1", "2024-01-14 10:00"] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }
}
