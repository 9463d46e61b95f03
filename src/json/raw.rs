//! A string as it stands in JSON, and its decoding.

use alloc::string::String;

/// A string as it stands between its quotes: escapes checked, not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw<'a> {
    pub(crate) text: &'a str,
    pub(crate) escaped: bool,
}

impl Raw<'_> {
    /// Appends the decoded text.
    pub(crate) fn decode_into(&self, out: &mut String) {
        if !self.escaped {
            out.push_str(self.text);
            return;
        }
        for c in self.chars() {
            out.push(c);
        }
    }

    /// The decoded characters.
    pub(crate) fn chars(&self) -> Chars<'_> {
        Chars { rest: self.text.chars() }
    }

    /// Whether the decoded text is `other`.
    pub(crate) fn is(&self, other: &str) -> bool {
        if self.escaped { self.chars().eq(other.chars()) } else { self.text == other }
    }

    /// Whether the text says nothing: white space and control characters only.
    pub(crate) fn is_blank(&self) -> bool {
        match self.text.as_bytes().first() {
            None => true,
            Some(b'!'..=b'[' | b']'..=b'~') => false,
            Some(_) => self.chars().all(|c| c.is_whitespace() || c.is_control()),
        }
    }
}

/// The decoded characters of a [`Raw`].
pub(crate) struct Chars<'a> {
    rest: core::str::Chars<'a>,
}

impl Chars<'_> {
    fn hex4(&mut self) -> u32 {
        let mut value = 0;
        for _ in 0..4 {
            value = value * 16 + self.rest.next().and_then(|c| c.to_digit(16)).unwrap_or(0);
        }
        value
    }
}

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c != '\\' {
            return Some(c);
        }
        Some(match self.rest.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.hex4();
                let code = if (0xD800..0xDC00).contains(&first) {
                    self.rest.next();
                    self.rest.next();
                    0x10000 + ((first - 0xD800) << 10) + (self.hex4().wrapping_sub(0xDC00) & 0x3FF)
                } else {
                    first
                };
                // The escape was checked when the string was taken.
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            other => other,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::json::scan::Scanner;

    #[test]
    fn decodes() {
        let mut scanner = Scanner::new("\"a\\u00e9\\ud83d\\ude00\\n\"".as_bytes(), 4, true);
        scanner.peek().unwrap();
        let mut out = alloc::string::String::new();
        scanner.string().unwrap().decode_into(&mut out);
        assert_eq!(out, "aé😀\n");
    }
}
