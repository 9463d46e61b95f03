//! `Warning` header fields (RFC 7234 5.5), as far as their codes.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take, take_while_m_n};
use nom::combinator::{not, opt, recognize};
use nom::error::Error;
use nom::multi::{many0_count, separated_list0};
use nom::sequence::{delimited, preceded, terminated};

/// Whether one of the warnings of a field has this code. A comma within a text divides nothing, and a code has three digits.
pub(crate) fn warns(field: &[u8], code: &[u8]) -> bool {
    let escape = || recognize((tag("\\"), opt(take(1_usize))));
    let text = recognize((tag("\""), many0_count(alt((escape(), is_not("\"\\")))), opt(tag("\""))));
    let one = recognize(many0_count(alt((text, is_not(",\"")))));
    let blank = || many0_count(alt((tag(" "), tag("\t"))));
    let digits = || take_while_m_n::<_, &[u8], Error<&[u8]>>(3, 3, |b: u8| b.is_ascii_digit());
    let mut said = delimited(blank(), digits(), not(take_while_m_n(1, 1, |b: u8| b.is_ascii_digit())));
    let mut all = terminated(separated_list0(tag(","), one), opt(preceded(tag(","), blank())));
    let (_, all) = all.parse(field).unwrap_or_default();
    all.into_iter().any(|one| said.parse(one).is_ok_and(|(_, said)| said == code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_warnings() {
        for field in [
            r#"299 - "more""#,
            r#" 299 pacs "a, b""#,
            r#"199 a "x", 299 b "y""#,
            "299",
            r#"214 x "a\"b", 299 -"#,
            "199 a,299 b",
            ", 299 x",
            "199 a,, 299 b",
        ] {
            assert!(warns(field.as_bytes(), b"299"), "{field}");
        }
        for field in
            ["", ",", r#"199 pacs "listed, 299 rows""#, r#"214 x "a\", 299 b""#, "2990 x", "29 x", "x 299", r#"199 x "open, 299 y"#]
        {
            assert!(!warns(field.as_bytes(), b"299"), "{field}");
        }
    }
}
