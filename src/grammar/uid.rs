//! UI (PS3.5 9.1): a legal UID, or what can be carried although it is none.

use super::plain;
use crate::fhir::found::URN_OID;
use nom::Parser;
#[cfg(test)]
use nom::branch::alt;
#[cfg(test)]
use nom::bytes::complete::tag;
use nom::bytes::complete::take_while1;
use nom::character::complete::char;
#[cfg(test)]
use nom::character::complete::digit1;
use nom::combinator::all_consuming;
#[cfg(test)]
use nom::combinator::{recognize, verify};
use nom::multi::separated_list1;
#[cfg(test)]
use nom::sequence::preceded;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uid {
    /// A UID by PS3.5 9.1.
    Legal,
    /// Forbidden by DICOM; fits FHIR's `id` and is carried as it stands.
    Odd,
    /// Cannot be carried.
    Bad,
}

pub(crate) fn uid(text: &str) -> Uid {
    if is_oid(text) && text.len() <= 64 {
        Uid::Legal
    } else if is_odd(text) {
        Uid::Odd
    } else {
        Uid::Bad
    }
}

/// An object identifier as `urn:oid:` takes it (RFC 3061), of any length: no leading zeros, first arc 0 to 2, at least two arcs.
pub(crate) fn is_oid(text: &str) -> bool {
    plain::is_oid(text.as_bytes())
}

/// The same as a grammar, which the quicker recogniser is held against.
#[cfg(test)]
fn is_oid_by_grammar(text: &str) -> bool {
    let arc = || verify(digit1::<&str, nom::error::Error<&str>>, |arc: &str| arc.len() == 1 || !arc.starts_with('0'));
    let mut oid = all_consuming(recognize((alt((tag("0"), tag("1"), tag("2"))), preceded(char('.'), separated_list1(char('.'), arc())))));
    oid.parse(text).is_ok()
}

/// A UID without the `urn:oid:` that may stand before it.
pub(crate) fn bare(uid: &str) -> &str {
    uid.strip_prefix(URN_OID).unwrap_or(uid)
}

/// `[0-9A-Za-z.-]{1,64}` without an empty component.
fn is_odd(text: &str) -> bool {
    let component = take_while1::<_, &str, nom::error::Error<&str>>(|c: char| c.is_ascii_alphanumeric() || c == '-');
    text.len() <= 64 && all_consuming(separated_list1(char('.'), component)).parse(text).is_ok()
}

/// Whether a text is a UUID (RFC 9562, 4).
pub(crate) fn is_uuid(text: &str) -> bool {
    let is_digit = |(at, byte): (usize, u8)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == 36 && text.bytes().enumerate().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn oids_are_what_the_grammar_says(text in "[0-3a]?\\.?([0-9]{0,3}\\.?){0,6}") {
            assert_eq!(is_oid(&text), is_oid_by_grammar(&text));
        }
    }

    #[test]
    fn uids() {
        for legal in ["1.2.3", "0.0", "2.25.329800735698586629295641978511506172918", "1.2.840.10008.1.1"] {
            assert_eq!(uid(legal), Uid::Legal, "{legal}");
        }
        for odd in ["1.02.3", "1", "111", "05fa52f0", "3.1.2", "999.1", "1.2.840.xxxx", "a-b"] {
            assert_eq!(uid(odd), Uid::Odd, "{odd}");
        }
        let long = "1.".repeat(32) + "22";
        for bad in ["", ".", "..", "1..2", "1.2.", "1_2", "1/2", "é", "1 2", long.as_str()] {
            assert_eq!(uid(bad), Uid::Bad, "{bad}");
        }
    }
}
