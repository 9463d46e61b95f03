//! Percent-encoding (RFC 3986 2.1), of paths, queries and forms.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// Decodes once. None where an escape is none, or what it gives is no UTF-8.
pub(crate) fn decode(text: &str) -> Option<Cow<'_, str>> {
    if text.bytes().any(|b| b == b'%') { decoded(text, false).map(Cow::Owned) } else { Some(Cow::Borrowed(text)) }
}

/// As [`decode`], of a form or a query, where a plus is a space.
pub(crate) fn decode_form(text: &str) -> Option<Cow<'_, str>> {
    if text.bytes().any(|b| matches!(b, b'%' | b'+')) { decoded(text, true).map(Cow::Owned) } else { Some(Cow::Borrowed(text)) }
}

fn decoded(text: &str, is_form: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if is_form => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Encodes what is not unreserved or harmless in a query (RFC 3986 3.4; a bar is not).
pub(crate) fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/,$!'()*;@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            escape(byte, out);
        }
    }
}

/// One byte, escaped.
pub(crate) fn escape(byte: u8, out: &mut String) {
    out.push('%');
    for nibble in [byte >> 4, byte & 15] {
        out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_is_a_space_in_forms_alone() {
        assert_eq!(decode("a+b%2B%C3%BC").unwrap(), "a+b+ü");
        assert_eq!(decode_form("a+b%2B%C3%BC").unwrap(), "a b+ü");
        for bad in ["%", "%2", "%zz", "%FF", "%-1"] {
            assert_eq!((decode(bad), decode_form(bad)), (None, None), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text in ".*") {
            let mut encoded = String::new();
            encode(&text, &mut encoded);
            proptest::prop_assert_eq!(decode(&encoded).unwrap(), text.as_str());
            proptest::prop_assert_eq!(decode_form(&encoded).unwrap(), text.as_str());
        }
    }
}
