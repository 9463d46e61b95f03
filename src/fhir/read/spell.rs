//! Values into the form that their VR has in the record. Most stand in it: they are looked at, and copied.

use crate::dicom::{clean, normal};
use crate::grammar::da::is_day;
use crate::loss::Code;
use crate::table::Vr;
use alloc::string::String;

/// Appends the one form of a value, with a remark where it stood in another; or tells why it is none.
pub(super) fn spell(out: &mut String, text: &str, vr: Vr) -> Result<Option<Code>, Code> {
    if is_normal(text, vr) {
        out.push_str(text);
        return Ok(None);
    }
    let (text, remark) = clean(text, vr);
    let (value, found) = normal(&text, vr)?;
    out.push_str(&value);
    Ok(found.or(remark))
}

/// Whether a value is sure to stand in its one form already. `false` says nothing: whoever asks finds out.
pub(super) fn is_normal(text: &str, vr: Vr) -> bool {
    let bytes = text.as_bytes();
    let (Some(b'!'..=b'~'), Some(b'!'..=b'~')) = (bytes.first(), bytes.last()) else { return false };
    let all = |plain: fn(&u8) -> bool| bytes.iter().all(plain);
    match vr {
        Vr::Lo | Vr::Pn | Vr::Sh | Vr::Sq | Vr::St | Vr::Uc | Vr::Ur | Vr::Ut => all(|b| matches!(b, b' '..=b'~')),
        Vr::Cs => all(|b| matches!(b, b' '..=b'`' | b'{'..=b'~')),
        Vr::Da => is_date(text),
        Vr::Tm => is_time(bytes),
        Vr::Offset => is_offset(bytes),
        // Nine digits are no more than the largest number.
        Vr::Is => bytes.len() <= 9 && all(u8::is_ascii_digit) && (bytes.len() == 1 || bytes.first() != Some(&b'0')),
        Vr::Ui => is_uid(bytes),
    }
}

fn is_date(text: &str) -> bool {
    let parts = (text.get(..4), text.get(4..6), text.get(6..));
    let (Some(year), Some(month), Some(day)) = parts else { return false };
    text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) && is_day(year, month, day)
}

/// `HHMMSS`, and up to six digits of a fraction.
fn is_time(bytes: &[u8]) -> bool {
    let [h, hh, m, mm, s, ss, fraction @ ..] = bytes else { return false };
    let two =
        |tens: &u8, ones: &u8, below: u8| tens.is_ascii_digit() && ones.is_ascii_digit() && (tens - b'0') * 10 + (ones - b'0') < below;
    let fraction = match fraction {
        [] => true,
        [b'.', digits @ ..] => (1..=6).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    fraction && two(h, hh, 24) && two(m, mm, 60) && two(s, ss, 61)
}

/// An offset of less than twelve hours.
fn is_offset(bytes: &[u8]) -> bool {
    match bytes {
        [b'-', b'0', b'0', b'0', b'0'] => false,
        [b'+' | b'-', b'0', b'0'..=b'9', b'0'..=b'5', b'0'..=b'9'] | [b'+' | b'-', b'1', b'0' | b'1', b'0'..=b'5', b'0'..=b'9'] => true,
        _ => false,
    }
}

/// A legal UID (PS3.5 9.1): no arc is empty, or begins with a zero that is not all of it. Told from neighbours, without a branch for each.
fn is_uid(bytes: &[u8]) -> bool {
    let [b'0'..=b'2', b'.', behind @ ..] = bytes else { return false };
    let before = bytes.get(1..).unwrap_or_default();
    let ill = bytes.iter().zip(before).zip(behind).fold(false, |ill, ((one, two), three)| {
        let digit = three.is_ascii_digit();
        let dot = *three == b'.';
        ill | !(digit | dot) | (dot & (*two == b'.')) | (digit & (*two == b'0') & (*one == b'.'))
    });
    bytes.len() <= 64 && !ill && matches!(behind, [.., b'0'..=b'9'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    const VRS: [Vr; 14] =
        [Vr::Cs, Vr::Da, Vr::Is, Vr::Lo, Vr::Offset, Vr::Pn, Vr::Sh, Vr::Sq, Vr::St, Vr::Tm, Vr::Uc, Vr::Ui, Vr::Ur, Vr::Ut];

    /// What is said to stand in its form comes out of the long way as it is, without remark.
    fn agrees(text: &str) -> Vec<Vr> {
        let those: Vec<Vr> = VRS.into_iter().filter(|vr| is_normal(text, *vr)).collect();
        for vr in &those {
            assert_eq!(clean(text, *vr), (text.into(), None), "{text} {vr:?}");
            assert_eq!(normal(text, *vr), Ok((text.into(), None)), "{text} {vr:?}");
        }
        those
    }

    #[test]
    fn what_is_plain_is_copied() {
        for (text, vr) in [
            ("20240229", Vr::Da),
            ("235960", Vr::Tm),
            ("101530.25", Vr::Tm),
            ("+0530", Vr::Offset),
            ("-1159", Vr::Offset),
            ("0", Vr::Is),
            ("999999999", Vr::Is),
            ("1.2.0.10", Vr::Ui),
            ("CT 1_(", Vr::Cs),
            ("A^b", Vr::Pn),
        ] {
            assert!(agrees(text).contains(&vr), "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_goes_the_long_way() {
        for (text, vr) in [
            ("20230229", Vr::Da),
            ("17000101", Vr::Da),
            ("240000", Vr::Tm),
            ("1015", Vr::Tm),
            ("101530.", Vr::Tm),
            ("101530.1234567", Vr::Tm),
            ("-0000", Vr::Offset),
            ("+1200", Vr::Offset),
            ("+0060", Vr::Offset),
            ("01", Vr::Is),
            ("1000000000", Vr::Is),
            ("1.02", Vr::Ui),
            ("1..2", Vr::Ui),
            ("1.2.", Vr::Ui),
            ("3.1", Vr::Ui),
            ("1", Vr::Ui),
            ("1.00", Vr::Ui),
            ("ct", Vr::Cs),
            (" A", Vr::Lo),
            ("A ", Vr::Lo),
            ("A\tB", Vr::Lo),
            ("é", Vr::Lo),
        ] {
            assert!(!agrees(text).contains(&vr), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_is_the_long_way(text in "[0-9]{8}|[0-2][0-9]{5}([.][0-9]{0,8})?|[+-][01][0-9]{3}|[0-3]([.][0-9]{1,3}){0,5}|[ -~é\t]{0,12}|[0-9]{1,10}") {
            agrees(&text);
        }
    }
}
