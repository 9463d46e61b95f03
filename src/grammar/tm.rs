//! TM (PS3.5 6.2): `HH[MM[SS[.F{1,6}]]]`. Read besides: colons between the parts (ACR-NEMA), longer fractions.

use super::{plain, two};
use nom::Parser;
use nom::bytes::complete::{tag, take_while1};
use nom::combinator::{all_consuming, opt};
use nom::sequence::preceded;

/// A time as read. What is not written is not known, and is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tm<'a> {
    pub(crate) hour: &'a str,
    pub(crate) minute: Option<&'a str>,
    pub(crate) second: Option<&'a str>,
    /// Without the dot; every digit that was written.
    pub(crate) fraction: Option<&'a str>,
    /// Whether colons stood between the parts.
    pub(crate) legacy: bool,
}

pub(crate) fn tm(text: &str) -> Option<Tm<'_>> {
    if plain::is_time(text.as_bytes()) {
        return Some(Tm { hour: text.get(..2)?, minute: text.get(2..4), second: text.get(4..6), fraction: text.get(7..), legacy: false });
    }
    by_grammar(text)
}

/// As [`tm`], whatever the form.
pub(crate) fn by_grammar(text: &str) -> Option<Tm<'_>> {
    ["", ":"].into_iter().find_map(|between| {
        let colon = || tag::<_, &str, nom::error::Error<&str>>(between);
        let fraction = preceded(tag("."), take_while1(|c: char| c.is_ascii_digit()));
        let second = preceded(colon(), (two(0, 60), opt(fraction)));
        let minute = preceded(colon(), (two(0, 59), opt(second)));
        let (_, (hour, rest)) = all_consuming((two(0, 23), opt(minute))).parse(text).ok()?;
        let (minute, rest) = rest.unzip();
        let (second, fraction) = rest.flatten().unzip();
        Some(Tm { hour, minute, second, fraction: fraction.flatten(), legacy: minute.is_some() && !between.is_empty() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for good in ["10", "1015", "101530", "101530.5", "101530.123456", "101530.1234567", "10:15", "10:15:30.5", "235960"] {
            assert!(tm(good).is_some(), "{good}");
        }
        for bad in ["", "1", "240000", "1060", "101561", "101530.", "1015.5", "10:1530", "101530+0100", "10 15", "ab"] {
            assert!(tm(bad).is_none(), "{bad}");
        }
        assert_eq!(tm("10").and_then(|t| t.minute), None);
        assert_eq!(tm("101530.50").and_then(|t| t.fraction), Some("50"));
    }
}
