//! Offset from UTC (PS3.3 C.12.1.1.8): `&ZZXX`, -1200 to +1400, `-0000` forbidden. Read besides: a colon, `Z`, `-0000`.

use super::{plain, two};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::{all_consuming, opt};

/// An offset as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zone<'a> {
    /// `+` or `-`.
    pub(crate) sign: &'a str,
    pub(crate) hours: &'a str,
    pub(crate) minutes: &'a str,
    pub(crate) legacy: bool,
}

pub(crate) fn offset(text: &str) -> Option<Zone<'_>> {
    if plain::is_offset(text.as_bytes()) {
        let zero = text.get(1..)? == "0000";
        return Some(Zone {
            sign: if zero { "+" } else { text.get(..1)? },
            hours: text.get(1..3)?,
            minutes: text.get(3..)?,
            legacy: false,
        });
    }
    by_grammar(text)
}

/// As [`offset`], whatever the form.
pub(crate) fn by_grammar(text: &str) -> Option<Zone<'_>> {
    if text == "Z" {
        return Some(Zone { sign: "+", hours: "00", minutes: "00", legacy: true });
    }
    let (_, (sign, hours, colon, minutes)) =
        all_consuming((alt((tag::<_, _, nom::error::Error<&str>>("+"), tag("-"))), two(0, 14), opt(tag(":")), two(0, 59)))
            .parse(text)
            .ok()?;
    let zero = hours == "00" && minutes == "00";
    let far = match sign {
        "+" => hours == "14" && minutes != "00",
        _ => hours > "12" || hours == "12" && minutes != "00",
    };
    (!far).then_some(Zone { sign: if zero { "+" } else { sign }, hours, minutes, legacy: colon.is_some() || zero && sign == "-" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets() {
        for good in ["+0000", "-0330", "+1400", "-1200", "+0530", "+05:30", "Z", "-0000"] {
            assert!(offset(good).is_some(), "{good}");
        }
        for bad in ["", "+1401", "-1201", "+15", "0100", "UTC", "+0160", "+01000", "+1"] {
            assert!(offset(bad).is_none(), "{bad}");
        }
        assert_eq!(offset("-0000").map(|z| (z.sign, z.legacy)), Some(("+", true)));
    }
}
