//! Splitting values, and their escapes (search, "escaping search parameters").

use alloc::string::{String, ToString};

/// Parts divided by `separator`, as far as no backslash stands before it. Escapes stay. None where the last backslash has nothing behind it.
pub(super) fn split(text: &str, separator: u8) -> Option<Parts<'_>> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' {
            bytes.next()?;
        }
    }
    Some(Parts { rest: Some(text), separator })
}

/// The parts of a value.
#[derive(Clone)]
pub(super) struct Parts<'a> {
    rest: Option<&'a str>,
    /// ASCII.
    separator: u8,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let mut bytes = rest.bytes().enumerate();
        while let Some((at, byte)) = bytes.next() {
            if byte == b'\\' {
                bytes.next();
            } else if byte == self.separator {
                self.rest = rest.get(at + 1..);
                return rest.get(..at);
            }
        }
        Some(rest)
    }
}

/// A part without its escapes: `\,` `\|` `\$` `\\`. Any other backslash is illegal.
pub(super) fn unescape(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return Some(text.to_string());
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        out.push(match c {
            '\\' => rest.next().filter(|c| matches!(c, ',' | '|' | '$' | '\\'))?,
            c => c,
        });
    }
    Some(out)
}

/// The reverse of [`unescape`].
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, ',' | '|' | '$' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn parts() {
        let parts = |text| split(text, b',').map(Iterator::collect::<Vec<_>>);
        assert_eq!(parts("").unwrap(), [""]);
        assert_eq!(parts(",a,").unwrap(), ["", "a", ""]);
        assert_eq!(parts(r"a\,b,c\\,ü\ü|").unwrap(), [r"a\,b", r"c\\", r"ü\ü|"]);
        assert_eq!((parts(r"a,\"), parts(r"\\\")), (None, None));
        assert_eq!(unescape(r"\,\|\$\\ü").unwrap(), r",|$\ü");
        assert_eq!((unescape(r"a\b"), unescape(r"\"), unescape("")), (None, None, Some(String::new())));
    }

    proptest::proptest! {
        #[test]
        fn what_is_escaped_is_one_part(texts in proptest::collection::vec("[ab,|$\\\\ü]{0,8}", 1..4)) {
            let mut query = String::new();
            for (n, text) in texts.iter().enumerate() {
                if n > 0 {
                    query.push(',');
                }
                escape(text, &mut query);
            }
            let again: Vec<String> = split(&query, b',').unwrap().map(|part| unescape(part).unwrap()).collect();
            proptest::prop_assert_eq!(again, texts);
        }
    }
}
