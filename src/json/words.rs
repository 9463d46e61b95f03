//! Strings looked at eight bytes at a time, in one word.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// How many bytes come before the first that ends a string or may not stand in one: a quote, a backslash, a control character.
/// Eight at a time, in one word.
#[inline]
pub(crate) fn plain(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let (quote, backslash) = (word ^ (ONES * b'"' as u64), word ^ (ONES * b'\\' as u64));
        // In the lowest byte that is marked the mark is right; those above it may be marked for a borrow.
        let marked =
            (quote.wrapping_sub(ONES) & !quote | backslash.wrapping_sub(ONES) & !backslash | word.wrapping_sub(ONES * 0x20) & !word) & HIGH;
        if marked != 0 {
            return bytes.len() - rest.len() + marked.trailing_zeros() as usize / 8;
        }
        rest = behind;
    }
    let ends = rest.iter().position(|byte| matches!(byte, 0..=0x1F | b'"' | b'\\')).unwrap_or(rest.len());
    bytes.len() - rest.len() + ends
}

/// How many bytes come before the quote that ends a string, if all of them are printable ASCII and none is a backslash.
#[inline]
pub(crate) fn plain_ascii(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let (quote, backslash) = (word ^ (ONES * b'"' as u64), word ^ (ONES * b'\\' as u64));
        // The lowest mark is right, as above.
        let marked = (quote.wrapping_sub(ONES) & !quote
            | backslash.wrapping_sub(ONES) & !backslash
            | word.wrapping_sub(ONES * 0x20) & !word
            | (word & !HIGH).wrapping_add(ONES)
            | word)
            & HIGH;
        if marked != 0 {
            let len = bytes.len() - rest.len() + marked.trailing_zeros() as usize / 8;
            return (bytes.get(len) == Some(&b'"')).then_some(len);
        }
        rest = behind;
    }
    let len = rest.iter().position(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'))?;
    (rest.get(len) == Some(&b'"')).then_some(bytes.len() - rest.len() + len)
}

/// How many bytes the number at the start has (RFC 8259, 6); or how many come before the one that is wrong.
pub(crate) fn number(bytes: &[u8]) -> Result<usize, usize> {
    let is = |at: usize, signs: &[u8]| bytes.get(at).is_some_and(|byte| signs.contains(byte));
    let digits = |from: usize| {
        let more = bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if more == 0 { Err(from) } else { Ok(from + more) }
    };
    let mut at = usize::from(is(0, b"-"));
    at = if is(at, b"0") { at + 1 } else { digits(at)? };
    if is(at, b".") {
        at = digits(at + 1)?;
    }
    if is(at, b"eE") {
        at = digits(at + 1 + usize::from(is(at + 1, b"+-")))?;
    }
    // `01`: what else follows is a matter of whoever asks next.
    if is(at, b"0123456789") { Err(at) } else { Ok(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn words_find_what_bytes_find(bytes in proptest::collection::vec(proptest::prop_oneof![8 => 0x20u8..0x7F, 1 => proptest::prelude::any::<u8>()], 0..40), ends in proptest::prelude::any::<bool>()) {
            let mut bytes = bytes;
            if ends {
                bytes.push(b'"');
            }
            let end = bytes.iter().position(|byte| matches!(byte, 0..=0x1F | b'"' | b'\\')).unwrap_or(bytes.len());
            assert_eq!(plain(&bytes), end);
            let ascii = bytes.iter().take(end).all(|byte| matches!(byte, b' '..=b'~')) && bytes.get(end) == Some(&b'"');
            assert_eq!(plain_ascii(&bytes), ascii.then_some(end));
        }
    }
}
