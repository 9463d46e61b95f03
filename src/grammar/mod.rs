//! Text grammars, one small file each (nom). They work on trimmed text and say what they read, not what to do about it.

pub(crate) mod da;
pub(crate) mod fhir_date;
pub(crate) mod integer;
pub(crate) mod offset;
pub(crate) mod plain;
pub(crate) mod pn;
pub(crate) mod tm;
pub(crate) mod uid;
pub(crate) mod uri;
pub(crate) mod warning;

use nom::bytes::complete::take_while_m_n;
use nom::combinator::verify;
use nom::{IResult, Parser};

/// Exactly `n` digits, as text.
pub(crate) fn digits<'a>(n: usize) -> impl Parser<&'a str, Output = &'a str, Error = nom::error::Error<&'a str>> {
    take_while_m_n(n, n, |c: char| c.is_ascii_digit())
}

/// Two digits, as text, whose number lies in `low..=high`.
pub(crate) fn two(low: u8, high: u8) -> impl for<'a> Fn(&'a str) -> IResult<&'a str, &'a str> {
    move |input| verify(digits(2), |text: &str| text.parse::<u8>().is_ok_and(|n| (low..=high).contains(&n))).parse(input)
}
