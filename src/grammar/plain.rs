//! Values that stand in their one form already, recognised without a grammar.
//!
//! What is plain a grammar would read as it stands and without remark; what is not is left to the grammars.

use super::da::is_calendar_day;
use crate::table::Vr;

/// White space and control characters: what says nothing at the ends of a text.
pub(crate) fn is_idle(c: char) -> bool {
    c.is_control() || c.is_whitespace()
}

/// Whether ASCII text without control characters is a value that is kept as it stands.
pub(crate) fn is_plain(text: &str, vr: Vr) -> bool {
    let bytes = text.as_bytes();
    // White space at the ends is insignificant, and so is a value of nothing else.
    let ([first, ..], [.., last]) = (bytes, bytes) else { return false };
    if *first == b' ' || *last == b' ' {
        return false;
    }
    match vr {
        Vr::Cs => !bytes.iter().any(u8::is_ascii_lowercase),
        Vr::Da => is_day(bytes),
        Vr::Tm => is_time(bytes),
        Vr::Ui => uid(bytes, 0) == Some(bytes.len()),
        Vr::Is => is_number(bytes),
        Vr::Offset => is_offset(bytes),
        Vr::Lo | Vr::Sh | Vr::St | Vr::Uc | Vr::Ur | Vr::Ut => true,
        Vr::Pn | Vr::Sq => false,
    }
}

/// Whether ASCII text without control characters is one group of a name, with nothing around its components.
pub(crate) fn is_plain_name(text: &str) -> bool {
    let mut before = b'^';
    for byte in text.bytes() {
        // A space beside the sign that divides components, or at the start.
        if byte == b'=' || byte == b'^' && before == b' ' || byte == b' ' && before == b'^' {
            return false;
        }
        before = byte;
    }
    !matches!(before, b' ' | b'^')
}

fn two(digits: &[u8; 2]) -> Option<u8> {
    let [tens, ones] = digits;
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

pub(crate) fn is_day(bytes: &[u8]) -> bool {
    let [y0, y1, y2, y3, m0, m1, d0, d1] = bytes else { return false };
    let parts = [two(&[*y0, *y1]), two(&[*y2, *y3]), two(&[*m0, *m1]), two(&[*d0, *d1])];
    let [Some(century), Some(year), Some(month), Some(day)] = parts else { return false };
    // Earlier years are placeholders: see the grammar.
    century >= 18 && is_calendar_day(u16::from(century) * 100 + u16::from(year), u16::from(month), u16::from(day))
}

pub(crate) fn is_time(bytes: &[u8]) -> bool {
    let [h0, h1, rest @ ..] = bytes else { return false };
    if two(&[*h0, *h1]).is_none_or(|hour| hour > 23) {
        return false;
    }
    let [m0, m1, rest @ ..] = rest else { return rest.is_empty() };
    if two(&[*m0, *m1]).is_none_or(|minute| minute > 59) {
        return false;
    }
    let [s0, s1, rest @ ..] = rest else { return rest.is_empty() };
    if two(&[*s0, *s1]).is_none_or(|second| second > 60) {
        return false;
    }
    match rest {
        [] => true,
        [b'.', fraction @ ..] => (1..=6).contains(&fraction.len()) && fraction.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Whether it is an object identifier in decimal, of at least two arcs (RFC 3061).
pub(crate) fn is_oid(bytes: &[u8]) -> bool {
    oid(bytes, 0, usize::MAX) == Some(bytes.len())
}

/// How many bytes a legal UID at the start has, of several arcs (PS3.5 9.1); it ends where neither digit nor dot follows. The first `known`
/// bytes begin another legal UID too.
pub(crate) fn uid(bytes: &[u8], known: usize) -> Option<usize> {
    oid(bytes, known, 64)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;

/// As [`uid`], of `most` bytes at most. Eight at a time, in one word.
#[inline]
fn oid(bytes: &[u8], known: usize, most: usize) -> Option<usize> {
    let ([b'0'..=b'2', b'.', ..], mut rest) = (bytes, bytes.get(known..)?) else { return None };
    let mut arcs = Arcs::before(bytes, known);
    loop {
        let (word, behind) = match rest.split_first_chunk::<8>() {
            Some((eight, behind)) => (u64::from_le_bytes(*eight), behind),
            // What is not there is no digit.
            None => (rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)), [].as_slice()),
        };
        let (ends, wrong) = arcs.look(word);
        // What stands before the end, or all eight.
        let before = if ends == 0 { u64::MAX } else { (ends & ends.wrapping_neg()).wrapping_sub(1) };
        if wrong & before != 0 {
            return None;
        }
        if ends != 0 {
            let len = bytes.len() - rest.len() + ends.trailing_zeros() as usize / 8;
            return (len <= most && bytes.get(len.checked_sub(1)?) != Some(&b'.')).then_some(len);
        }
        rest = behind;
        if bytes.len() - rest.len() > most {
            return None;
        }
    }
}

/// Of the bytes before, the last of them highest, the high bit of each that is a dot, or a zero.
struct Arcs {
    dot: u64,
    zero: u64,
}

impl Arcs {
    /// Before the byte at `at`; the first arc begins behind a dot, as all do.
    fn before(bytes: &[u8], at: usize) -> Self {
        let (mut dot, mut zero) = (HIGH, 0);
        for byte in bytes.get(at.saturating_sub(2)..at).unwrap_or_default() {
            dot = dot >> 8 | if *byte == b'.' { 1 << 63 } else { 0 };
            zero = zero >> 8 | if *byte == b'0' { 1 << 63 } else { 0 };
        }
        Arcs { dot, zero }
    }

    /// The high bit of each byte that is neither digit nor dot, and of each that may not stand where it does: its arc is empty, or begins with a
    /// zero and goes on.
    fn look(&mut self, word: u64) -> (u64, u64) {
        let is = |byte: u8| {
            let other = word ^ (ONES * u64::from(byte));
            !(((other & !HIGH) + !HIGH) | other) & HIGH
        };
        let value = word ^ (ONES * u64::from(b'0'));
        let digit = !(((value & !HIGH) + ONES * 0x76) | value) & HIGH;
        let (dot, zero) = (is(b'.'), is(b'0'));
        let before = |now: u64, past: u64, bytes: u32| now << (8 * bytes) | past >> (64 - 8 * bytes);
        let empty = dot & before(dot, self.dot, 1);
        let long = digit & before(zero, self.zero, 1) & before(dot, self.dot, 2);
        (self.dot, self.zero) = (dot, zero);
        (!(digit | dot) & HIGH, empty | long)
    }
}

pub(crate) fn is_number(bytes: &[u8]) -> bool {
    match bytes {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.len() < 9 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

pub(crate) fn is_offset(bytes: &[u8]) -> bool {
    let [sign @ (b'+' | b'-'), h0, h1, m0, m1] = bytes else { return false };
    let (Some(hours), Some(minutes)) = (two(&[*h0, *h1]), two(&[*m0, *m1])) else { return false };
    // The far ends, and zero with a minus, are left to the grammar.
    hours < 12 && minutes < 60 && (*sign == b'+' || hours > 0 || minutes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::normal;
    use crate::grammar::{da, offset, pn, tm};
    use alloc::string::String;

    const ALL: [Vr; 12] = [Vr::Cs, Vr::Da, Vr::Tm, Vr::Ui, Vr::Is, Vr::Offset, Vr::Lo, Vr::Sh, Vr::St, Vr::Uc, Vr::Ur, Vr::Ut];

    fn agrees(text: &str) {
        // The grammars begin with these recognisers, so that they are asked without them.
        if is_day(text.as_bytes()) {
            assert_eq!(da::da(text), da::by_grammar(text), "{text}");
        }
        if is_time(text.as_bytes()) {
            assert_eq!(tm::tm(text), tm::by_grammar(text), "{text}");
        }
        if is_offset(text.as_bytes()) {
            assert_eq!(offset::offset(text), offset::by_grammar(text), "{text}");
        }
        for vr in ALL {
            if is_plain(text, vr) {
                assert_eq!(normal(text, vr), Ok((String::from(text), None)), "{text} as {}", vr.name());
            }
        }
        if is_plain_name(text) {
            assert_eq!(pn::groups(text), ([String::from(text), String::new(), String::new()], None), "{text}");
        }
    }

    #[test]
    fn what_is_usual_is_plain() {
        for (text, vr) in [
            ("CT", Vr::Cs),
            ("20240229", Vr::Da),
            ("132230.123456", Vr::Tm),
            ("1.2.840.10008.5.1.4.1.1.2", Vr::Ui),
            ("512", Vr::Is),
            ("-0330", Vr::Offset),
            ("CT head", Vr::Lo),
        ] {
            assert!(is_plain(text, vr), "{text}");
        }
        assert!(is_plain_name("Quinn^Harper van der"));
        for not in ["", " ", "a ", "-0000", "+1400", "1.2.", "1..2", "1.02", "20230229", "17991231", "24", "012", "1000000000"] {
            assert!(
                ALL.iter()
                    .filter(|vr| !matches!(
                        vr,
                        Vr::Lo | Vr::Sh | Vr::St | Vr::Uc | Vr::Ur | Vr::Ut | Vr::Cs | Vr::Ui | Vr::Tm | Vr::Is | Vr::Da
                    ))
                    .all(|vr| !is_plain(not, *vr)),
                "{not}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn uids_are_found_eight_at_a_time(arcs in proptest::collection::vec("[0-9]{0,9}", 0..9), behind in "[\"x\u{e9} ]?[0-9.]{0,9}") {
            let text = arcs.join(".") + &behind;
            let end = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
            let expected = (end <= 64 && is_oid(text.get(..end).unwrap_or("").as_bytes())).then_some(end);
            let begins = |known: &usize| {
                let first = text.get(..*known).unwrap_or("");
                *known == 0 || is_oid(first.as_bytes()) || is_oid([first, "1"].concat().as_bytes())
            };
            for known in (0..=end.min(64)).filter(begins) {
                proptest::prop_assert_eq!(uid(text.as_bytes(), known), expected);
            }
        }

        #[test]
        fn what_is_plain_the_grammars_keep(text in "[ -~]{0,12}", digits in "[0-9.+^= -]{0,14}", zone in "[+-][01][0-9][0-6][0-9]", time in "[0-2][0-9][0-6][0-9][0-6][0-9](\\.[0-9]{0,7})?", day in "[12][0-9]{3}[01][0-9][0-3][0-9]", uid in "[0-3](\\.[0-9]{1,3}){0,5}") {
            for text in [&text, &digits, &zone, &time, &day, &uid] {
                agrees(text);
            }
        }
    }
}
