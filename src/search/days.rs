//! Days that a date clause can match: what is asked of StudyDate and PatientBirthDate, whole days being the only thing that every server matches.
//!
//! Values without time are days as they are written. A value with time means an instant, and the record's day may lie a day to either side of
//! its day in UTC, whatever the record's offset (-12:00 to +14:00).

use super::date::{Date, Prefix, Span};
use crate::clock::{civil, days as number};
use crate::grammar::da::FIRST_YEAR;
use crate::zone::Zone;
use alloc::string::String;
use alloc::vec::Vec;

/// Days from and to, both included; none: from or to any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Days {
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
}

/// The first and the last day that DA can say.
const DA: (i64, i64) = (number(1, 1, 1), number(9999, 12, 31));
/// The first day that a record has: earlier ones are placeholders.
const FIRST: i64 = number(FIRST_YEAR as i64, 1, 1);

impl Days {
    /// The days that a record can have: an end beyond them is no end, and a beginning before them begins with them. None if there is no such day.
    pub(super) fn of_records(self) -> Option<Days> {
        let (_, last) = DA;
        let all = Days { from: Some(FIRST), to: Some(last) };
        self.and(all)?;
        Some(Days { from: self.from.map(|from| from.max(FIRST)), to: self.to.filter(|to| *to <= last) })
    }

    /// How many they are; none where there is no end of them.
    pub(super) fn len(self) -> Option<u64> {
        self.from.zip(self.to).map(|(from, to)| u64::try_from(to - from + 1).unwrap_or(0))
    }

    /// A day more to each side, as far as DA can say it.
    pub(super) fn widened(self) -> Days {
        let (first, last) = DA;
        Days { from: self.from.map(|from| (from - 1).max(first)), to: self.to.map(|to| (to + 1).min(last)) }
    }

    /// What lies in both; none if nothing does.
    pub(super) fn and(self, other: Days) -> Option<Days> {
        let from = self.from.max(other.from);
        let to = match (self.to, other.to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let holds = from.zip(to).is_none_or(|(from, to)| from <= to);
        holds.then_some(Days { from, to })
    }

    /// As few ranges as hold the same days, in order.
    pub(super) fn union(mut all: Vec<Days>) -> Vec<Days> {
        all.sort_by_key(|days| days.from);
        let mut out: Vec<Days> = Vec::new();
        for next in all {
            match out.last_mut() {
                Some(last) if last.to.is_none_or(|to| next.from.is_none_or(|from| from <= to + 1)) => {
                    last.to = last.to.zip(next.to).map(|(a, b)| a.max(b));
                }
                _ => out.push(next),
            }
        }
        out
    }

    /// Appends it as a DA range. `open`: a range may have one end.
    pub(super) fn print(self, open: bool, out: &mut String) {
        let (first, last) = match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => return day(from, out),
            (Some(_), None) if open => (self.from, None),
            (None, Some(_)) if open => (None, self.to),
            (from, to) => (from.or(Some(number(1, 1, 1))), to.or(Some(number(9999, 12, 31)))),
        };
        if let Some(first) = first {
            day(first, out);
        }
        out.push('-');
        if let Some(last) = last {
            day(last, out);
        }
    }
}

/// `YYYYMMDD`.
fn day(day: i64, out: &mut String) {
    let (year, month, day) = civil(day);
    let mut push = |number: i64, mut unit: i64| {
        while unit > 0 {
            out.push(u8::try_from(number / unit % 10).map_or('0', |digit| char::from(b'0' + digit)));
            unit /= 10;
        }
    };
    push(year, 1_000);
    push(month, 10);
    push(day, 10);
}

impl Date {
    /// Whether a range of days says all that is asked: whole days, with a beginning (a record without date passes a range without one).
    pub(super) fn is_whole_days(&self) -> bool {
        !self.span.is_timed() && matches!(self.prefix, Prefix::Eq | Prefix::Ge | Prefix::Sa | Prefix::Ap)
    }

    /// The days of records that can match; none where no range says it. `promised` is the zone of all records.
    pub(super) fn days(&self, zone: &Zone, promised: Option<&Zone>) -> Option<Days> {
        let (from, to, widen) = (self.span.from(), self.span.to(), self.span.widening());
        let low = |tick: i128| Some(self.day(tick, zone, promised).0);
        let high = |tick: i128| Some(self.day(tick, zone, promised).1);
        let (from, to) = match self.prefix {
            Prefix::Eq => (low(from), high(to - 1)),
            Prefix::Ne => return None,
            Prefix::Gt => (low(to - 1), None),
            Prefix::Ge => (low(from), None),
            Prefix::Sa => (low(to), None),
            Prefix::Le => (None, high(to - 1)),
            Prefix::Lt | Prefix::Eb => (None, high(from - 1)),
            Prefix::Ap => (low(from - widen), high(to + widen - 1)),
        };
        Some(Days { from, to })
    }

    /// The zone of a value with time: its own, or the caller's.
    fn written_in(&self, zone: &Zone) -> Option<i32> {
        self.span.zone().or_else(|| self.zone(zone))
    }

    /// The first and the last day that a tick of the value's clock can be, on the clocks of records.
    fn day(&self, tick: i128, zone: &Zone, promised: Option<&Zone>) -> (i64, i64) {
        let as_written = || (Span::day_of(tick), Span::day_of(tick));
        if !self.span.is_timed() {
            return as_written();
        }
        // A value without zone has the caller's, else that of each record: then it is read as it is written.
        let Some(minutes) = self.written_in(zone) else { return as_written() };
        let utc = tick - Span::minutes(minutes);
        match promised {
            Some(Zone::Fixed(offset)) => {
                let local = Span::day_of(utc + Span::minutes(offset.minutes()));
                // A record without time is compared with the value as it is written.
                let written = Span::day_of(tick);
                (local.min(written), local.max(written))
            }
            // Around a change of its offset a zone has hours that no rule of local times tells.
            Some(_) | None => (Span::day_of(utc) - 1, Span::day_of(utc) + 1),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    impl Days {
        fn text(self, open: bool) -> String {
            let mut out = String::new();
            self.print(open, &mut out);
            out
        }
    }

    fn days(query: &str, zone: &Zone, promised: Option<&Zone>) -> Option<String> {
        Some(Date::parse(query.into()).unwrap().days(zone, promised)?.text(true))
    }

    #[test]
    fn ranges() {
        let plain = |query| days(query, &Zone::None, None).unwrap();
        assert_eq!(plain("2024-01-14"), "20240114");
        assert_eq!(plain("2024"), "20240101-20241231");
        assert_eq!(plain("ge2024-02"), "20240201-");
        assert_eq!(plain("gt2024-02"), "20240229-");
        assert_eq!(plain("sa2024-02"), "20240301-");
        assert_eq!(plain("le2021-01-15"), "-20210115");
        assert_eq!(plain("lt2021-01-01"), "-20201231");
        assert_eq!(plain("eb2021"), "-20201231");
        assert_eq!(plain("ap2024-01-01"), "20231231-20240102");
        assert_eq!(days("ne2024", &Zone::None, None), None);
        assert_eq!(plain("2022-11-30T18:42:59.888Z"), "20221129-20221201");
        assert_eq!(plain("2022-11-30T23:42:59-02:00"), "20221130-20221202");
        assert_eq!(plain("lt2022-12-01T00:00:00Z"), "-20221201");
        assert_eq!(plain("2022-11-30T18:42"), "20221130");
        assert_eq!(plain("ap2022-11-30T23:30"), "20221130-20221201");
    }

    #[test]
    fn zones() {
        let zone = |text: &str| Zone::Fixed(text.parse().unwrap());
        assert_eq!(days("2022-11-30T18:42", &zone("+01:00"), None).unwrap(), "20221129-20221201");
        assert_eq!(days("2022-11-30T23:42:00Z", &Zone::None, Some(&zone("+01:00"))).unwrap(), "20221130-20221201");
        assert_eq!(days("sa2022-11-30T23:42:00+02:00", &zone("-05:00"), Some(&zone("+01:00"))).unwrap(), "20221130-");
        assert_eq!(days("2022-11-30T23:42:00", &zone("-05:00"), Some(&zone("+01:00"))).unwrap(), "20221130-20221201");
        let rule = Zone::Local(|_, _| "+01:00".parse().ok());
        assert_eq!(days("2022-11-30T23:42:00Z", &Zone::None, Some(&rule)).unwrap(), "20221129-20221201");
        assert_eq!(days("2022-11-30T12:42:00", &zone("-05:00"), Some(&zone("+01:00"))).unwrap(), "20221130");
        assert_eq!(days("2022-11-30T23:42:00", &Zone::None, Some(&zone("+01:00"))).unwrap(), "20221130");
    }

    #[test]
    fn years_that_da_cannot_say() {
        assert_eq!(days("9999", &Zone::None, None).unwrap(), "99990101-99991231");
        assert_eq!(days("ge9999-12-31T23:00:00Z", &Zone::None, None).unwrap(), "99991230-");
        assert_eq!(Date::parse("le0001".into()).unwrap().days(&Zone::None, None).unwrap().text(false), "00010101-00011231");
        for never in ["sa9999", "lt0001", "eb0001-01-01", "ap0001-01-01", "1750", "lt1800"] {
            assert_eq!(Date::parse(never.into()).unwrap().days(&Zone::None, None).unwrap().of_records(), None, "{never}");
        }
        for (some, text) in [("ge1700", "18000101-"), ("sa1799", "18000101-"), ("ge1800-01-02", "18000102-"), ("le1800-01-01", "-18000101")]
        {
            let days = Date::parse(some.into()).unwrap().days(&Zone::None, None).unwrap().of_records().unwrap();
            assert_eq!(days.text(true), text, "{some}");
        }
        assert_eq!(Days { from: None, to: None }.text(false), "00010101-99991231");
    }

    #[test]
    fn sets() {
        let days = |from: i64, to: i64| Days { from: Some(from), to: Some(to) };
        assert_eq!(Days::union([days(5, 6), days(1, 2), days(3, 3)].into()), [days(1, 3), days(5, 6)]);
        assert_eq!(Days::union([Days { from: Some(1), to: None }, days(5, 6)].into()), [Days { from: Some(1), to: None }]);
        assert_eq!(Days::union([days(5, 6), Days { from: None, to: Some(5) }].into()), [Days { from: None, to: Some(6) }]);
        assert_eq!(days(1, 5).and(days(5, 9)), Some(days(5, 5)));
        assert_eq!(days(1, 4).and(days(5, 9)), None);
        assert_eq!(days(1, 4).and(Days { from: None, to: Some(2) }), Some(days(1, 2)));
    }
}
