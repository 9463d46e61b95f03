//! IS (PS3.5 6.2) and what stands for it: `[+-]?digits`, an integral decimal `3.0`, an exponent `3e0`.

use nom::Parser;
use nom::character::complete::{char, digit1, one_of};
use nom::combinator::{all_consuming, opt};
use nom::sequence::preceded;

/// The number that `text` spells, if it is whole; one that does not fit is the largest, or smallest, that does.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let mut grammar = all_consuming((
        opt(one_of::<_, _, nom::error::Error<&str>>("+-")),
        digit1,
        opt(preceded(char('.'), digit1)),
        opt(preceded(one_of("eE"), (opt(one_of("+-")), digit1))),
    ));
    let (_, (sign, whole, fraction, exponent)) = grammar.parse(text).ok()?;
    let fraction = fraction.unwrap_or("").trim_end_matches('0');
    let exponent = match exponent {
        None => 0,
        Some((sign, digits)) => {
            // No number has as many digits: it is none, or far out.
            let n: i64 = digits.parse().unwrap_or(i64::MAX);
            if sign == Some('-') { -n } else { n }
        }
    };
    let mut digits = whole.bytes().chain(fraction.bytes());
    let zero = whole.bytes().chain(fraction.bytes()).all(|b| b == b'0');
    if zero {
        return Some(0);
    }
    let far = if sign == Some('-') { i64::MIN } else { i64::MAX };
    // Digits before the decimal point, once it has moved.
    let Some(places) = i64::try_from(whole.len()).ok()?.checked_add(exponent) else { return Some(far) };
    if places < 0 {
        return None;
    }
    // Of zeros in front there may be as many as there are places.
    let zeros = digits.clone().take_while(|digit| *digit == b'0').count();
    if places > whole.len().max(zeros) as i64 + 20 {
        return Some(far);
    }
    let mut n: Option<i64> = Some(0);
    for _ in 0..places {
        let digit = i64::from(digits.next().unwrap_or(b'0') - b'0');
        n = n.and_then(|n| n.checked_mul(10)?.checked_add(digit));
    }
    digits.all(|b| b == b'0').then_some(n.map_or(far, |n| if sign == Some('-') { -n } else { n }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (text, n) in [
            ("3", 3),
            ("+003", 3),
            ("-1", -1),
            ("3.0", 3),
            ("3e0", 3),
            ("1.5e1", 15),
            ("300e-2", 3),
            ("0", 0),
            ("2147483648", 2_147_483_648),
            ("0e999", 0),
            ("0.00000000000000000001e21", 10),
            ("0.0000000000000000000000000000005e31", 5),
        ] {
            assert_eq!(integer(text), Some(n), "{text}");
        }
        for (far, limit) in [
            ("1e99", i64::MAX),
            ("99999999999999999999", i64::MAX),
            ("-99999999999999999999.0", i64::MIN),
            ("1e99999999999999999999", i64::MAX),
        ] {
            assert_eq!(integer(far), Some(limit), "{far}");
        }
        for bad in ["", "1A", "3.5", "NaN", " 3", "3 ", "--3", ".5", "1e-1", "99999999999999999999.5", "1e-99999999999999999999"] {
            assert_eq!(integer(bad), None, "{bad}");
        }
    }
}
