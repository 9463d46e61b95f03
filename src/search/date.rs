//! Dates as FHIR's search compares them: intervals, by precision (search, "date").
//!
//! Where either side has no time, both are compared as they are written, whatever their offsets: dates have no time zone. Where both have
//! one, instants are compared.

use super::rest::Rest;
use crate::clock::days;
use crate::grammar::da::is_day;
use crate::zone::Zone;
use alloc::string::String;

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
const TICKS: i64 = 1_000_000_000_000;
const HOUR: i128 = 3_600 * TICKS as i128;
const DAY: i128 = 24 * HOUR;

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
    pub(super) fn parse(text: String) -> Option<Date> {
        let (date, prefix) = match PREFIXES.iter().find_map(|(name, prefix)| Some((text.strip_prefix(name)?, *prefix))) {
            Some(found) => found,
            None => (text.as_str(), Prefix::Eq),
        };
        Some(Date { prefix, span: Span::parse(date)?, text })
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

/// Of a time without colons: as many letters as a caller's zone is shown.
const LONGEST: usize = 24;

impl Date {
    /// What the caller's zone says of the date and time as written.
    pub(super) fn zone(&self, zone: &Zone) -> Option<i32> {
        let offset = match zone {
            Zone::None => None,
            Zone::Fixed(offset) => Some(*offset).filter(|_| self.span.timed),
            Zone::Local(_) => {
                let written = self.text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
                let (date, time) = written.split_once('T')?;
                // No part of a second is so long that it matters where it is.
                let time: String = time.chars().filter(|c| *c != ':').take(LONGEST).collect();
                zone.offset(&date.replace('-', ""), &time)
            }
        };
        offset.map(|offset| offset.minutes())
    }
}

impl Span {
    /// Its beginning, as an instant where the zone is known, else as it is written.
    pub(super) fn beginning(self) -> i128 {
        self.shifted(self.zone.filter(|_| self.timed)).from
    }

    /// `YYYY[-MM[-DD[Thh:mm[:ss[.f]][zone]]]]`. By hand: it is done for every study that is judged.
    pub(super) fn parse(text: &str) -> Option<Span> {
        let mut rest = Rest(text.as_bytes());
        let year = rest.number(4).filter(|year| *year > 0)?;
        let Some(month) = rest.part(b'-', 2) else {
            return rest.is_empty().then(|| Span::days(days(year, 1, 1), days(year + 1, 1, 1)));
        };
        if !(1..=12).contains(&month) {
            return None;
        }
        let first = days(year, month, 1);
        let next = if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) };
        let Some(day) = rest.part(b'-', 2) else {
            return rest.is_empty().then(|| Span::days(first, next));
        };
        let day = first + day - 1;
        if !(first..next).contains(&day) {
            return None;
        }
        if rest.is_empty() { Some(Span::days(day, day + 1)) } else { Span::of_day(day, rest) }
    }

    fn days(first: i64, last: i64) -> Span {
        let ticks = |day: i64| i128::from(day) * DAY;
        Span { from: ticks(first), to: ticks(last), zone: None, timed: false }
    }

    /// A day, and the time written behind it.
    fn of_day(day: i64, mut rest: Rest<'_>) -> Option<Span> {
        let hour = rest.part(b'T', 2)?;
        let minute = rest.part(b':', 2)?;
        let second = rest.part(b':', 2);
        let fraction = if second.is_some() && rest.eat(b'.') { Some(rest.digits()) } else { None };
        if fraction.is_some_and(<[u8]>::is_empty) {
            return None;
        }
        let zone = if rest.is_empty() { None } else { Some(rest.zone()?) };
        Span::of_clock(day, [hour, minute], second, fraction.unwrap_or_default(), zone)
    }

    fn of_clock(day: i64, [hour, minute]: [i64; 2], second: Option<i64>, fraction: &[u8], zone: Option<i32>) -> Option<Span> {
        if hour > 23 || minute > 59 || second.is_some_and(|second| second > 60) {
            return None;
        }
        // A leap second is the end of its minute, and of its day.
        let second_of_day = hour * 3_600 + minute * 60 + second.unwrap_or(0).min(59);
        let (mut ticks, mut width) = (0, if second.is_some() { TICKS } else { 60 * TICKS });
        for digit in fraction.iter().take(12) {
            width /= 10;
            ticks += i64::from(digit - b'0') * width;
        }
        let from = i128::from(day * 86_400 + second_of_day) * i128::from(TICKS) + i128::from(ticks);
        Some(Span { from, to: from + i128::from(width), zone, timed: true })
    }

    /// What is written of DA, TM and an offset, or the caller's zone, where all of them are plain; none: it has to be written to be known.
    /// For every study that is judged its text would be made, to be read and dropped.
    pub(super) fn of_dicom(date: &str, time: &str, offset: &str, zone: &Zone) -> Option<Span> {
        let mut rest = Rest(date.as_bytes());
        let (year, month, day) = (rest.number(4)?, rest.number(2)?, rest.number(2)?);
        if !rest.is_empty() || !is_day(date.get(..4)?, date.get(4..6)?, date.get(6..)?) {
            return None;
        }
        let day = days(year, month, day);
        let zone = match (offset, zone) {
            _ if time.is_empty() => return Some(Span::days(day, day + 1)),
            ("", Zone::None) => None,
            ("", Zone::Fixed(offset)) => Some(offset.minutes()),
            ("", Zone::Local(_)) => return None,
            (offset, _) => Some(Rest(offset.as_bytes()).offset()?),
        };
        let mut rest = Rest(time.as_bytes());
        let (hour, minute, second) = (rest.number(2)?, rest.number(2)?, rest.number(2)?);
        let fraction = if rest.eat(b'.') { rest.digits() } else { &[] };
        let is_plain = rest.is_empty() && fraction.len() <= 6 && time.as_bytes().last() != Some(&b'.');
        let clock = Span::of_clock(day, [hour, minute], Some(second), fraction, zone).filter(|_| is_plain)?;
        // A time that nothing dates is not written.
        Some(if zone.is_some() { clock } else { Span::days(day, day + 1) })
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
        if self.timed { HOUR } else { DAY }
    }

    /// The day of a tick.
    pub(super) fn day_of(tick: i128) -> i64 {
        i64::try_from(tick.div_euclid(DAY)).unwrap_or(0)
    }

    /// The second of its day.
    pub(super) const fn second_of(tick: i128) -> i128 {
        tick.rem_euclid(DAY) / TICKS as i128
    }

    /// Minutes in ticks.
    pub(super) fn minutes(minutes: i32) -> i128 {
        i128::from(minutes) * (HOUR / 60)
    }

    /// The same, in the zone that its archive is promised to keep. Rare, and kept out of the way of what is not.
    #[inline(never)]
    pub(super) fn promised(self, zone: &Zone) -> Span {
        if !self.timed {
            return self;
        }
        let offset = match zone {
            Zone::None => None,
            Zone::Fixed(offset) => Some(*offset),
            Zone::Local(_) => {
                let (year, month, day) = crate::clock::civil(Span::day_of(self.from));
                let second = Span::second_of(self.from);
                let time = alloc::format!("{:02}{:02}{:02}", second / 3600, second / 60 % 60, second % 60);
                zone.offset(&alloc::format!("{year:04}{month:02}{day:02}"), &time)
            }
        };
        Span { zone: offset.map(|offset| offset.minutes()), ..self }
    }

    fn shifted(self, zone: Option<i32>) -> Span {
        let shift = Span::minutes(zone.unwrap_or(0));
        Span { from: self.from - shift, to: self.to - shift, ..self }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::fhir::shape::{Fhir, Shape};
    use crate::kind::{Cx, Told};
    use crate::table::{RowRef, row};

    fn matches(query: &str, record: &str) -> bool {
        Date::parse(query.into()).unwrap().matches(Span::parse(record).unwrap(), &Zone::None)
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
        let local = |query: &str, record: &str| Date::parse(query.into()).unwrap().matches(Span::parse(record).unwrap(), &summer);
        assert!(local("2024-01-14T11:00", "2024-01-14T10:00:00Z") && local("2024-07-14T12:00", "2024-07-14T10:00:00Z"));
        for bad in ["", "24", "2024-13", "2024-02-30", "2024-01-14T10", "2024-01-14T10:00+1", "xx2024", "2024-1-1", "2024-01-14 10:00"] {
            assert_eq!(Date::parse(bad.into()), None, "{bad}");
        }
    }

    #[test]
    fn plain_dicom_is_read_at_once() {
        let read = |time, offset, zone| Span::of_dicom("20240114", time, offset, &zone);
        assert_eq!(read("", "", Zone::None), Span::parse("2024-01-14"));
        assert_eq!(read("101530", "", Zone::None), Span::parse("2024-01-14"));
        assert_eq!(read("101530", "+0545", Zone::None), Span::parse("2024-01-14T10:15:30+05:45"));
        assert_eq!(read("101530.5", "-0530", Zone::None), Span::parse("2024-01-14T10:15:30.5-05:30"));
        assert_eq!(read("101530", "", Zone::Fixed("+01:00".parse().unwrap())), Span::parse("2024-01-14T10:15:30+01:00"));
    }

    proptest::proptest! {
        #[test]
        fn dicom_is_read_as_it_is_written(
            date in "(17|18|19|20)[0-9]{2}[01][0-9][0-3][0-9]|[0-9]{0,9}|2024[.-]01[.-]14",
            time in "[0-2][0-9][0-5][0-9][0-6][0-9](\\.[0-9]{0,7})?|[0-2][0-9](:?[0-5][0-9]){0,2}|.{0,6}|",
            offset in "[+-][01][0-9][0-5][0-9]|[+-](12|14)00|Z|.{0,3}||",
            zone in "[+-]0[0-9][03]0",
            is_fixed in proptest::bool::ANY,
        ) {
            let mut options = crate::Options::default();
            if is_fixed {
                options.zone = Zone::Fixed(zone.parse().unwrap());
            }
            let mut fields = [""; crate::value::FIELDS];
            (fields[0], fields[1], fields[2]) = (&date, &time, &offset);
            let kind = RowRef::from(row::STARTED).row().unwrap().kind;
            let cx = Cx { options: &options, shape: Shape::Text };
            let written = match (kind.to_fhir)(&fields, &cx, &mut Told::default()) {
                Fhir::Short(text) => Span::parse(text.as_str()),
                _ => None,
            };
            if let Some(read) = Span::of_dicom(&date, &time, &offset, &options.zone) {
                proptest::prop_assert_eq!(Some(read), written);
            }
        }
    }
}
