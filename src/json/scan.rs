//! A strict RFC 8259 pull scanner: bytes in, raw slices and offsets out.
//!
//! The caller walks the text: it asks what comes next ([`Scanner::peek`]), enters objects and arrays and takes or skips values.
//! Nothing is allocated and nothing is decoded before somebody asks for it.
//!
//! *Chunks.* A scanner over a part of a text is made with `whole: false`. Where that part ends inside a value it answers
//! [`Stop::Incomplete`], and the caller tries again from the last position it committed to, with more bytes.
//!
//! *Strictness.* The same texts are accepted as by serde_json's `Value`, with one lawful difference: a number out of the range
//! of an `f64` is a number here. In particular lone surrogates, invalid UTF-8 and control characters in strings are refused.

pub(crate) use super::raw::Raw;
pub(crate) use super::utf8::Utf8;
use super::words::{number, plain};

/// Why scanning stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The bytes at this offset are not JSON.
    Syntax(usize),
    /// Nested deeper than allowed, at this offset.
    Depth(usize),
    /// The part at hand ends before the value does.
    Incomplete,
}

/// What a value is, from its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// The scanner. `Copy`, so that a caller can try and go back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    max_depth: u32,
    whole: bool,
    broken: bool,
}

impl<'a> Scanner<'a> {
    /// Over `input`, which is the end of the text if `whole`.
    pub(crate) fn new(input: &'a [u8], max_depth: u32, whole: bool) -> Self {
        Self::over(Utf8::of(input, whole), max_depth)
    }

    /// Over what is known to be UTF-8.
    pub(crate) fn over(input: Utf8<'a>, max_depth: u32) -> Self {
        Scanner { text: input.text, at: 0, depth: 0, max_depth, whole: input.ends, broken: input.broken }
    }

    /// The offset of the next byte.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// How much deeper values may be nested here.
    pub(crate) fn room(&self) -> u32 {
        self.max_depth.saturating_sub(self.depth)
    }

    /// What is left of the text at hand.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Goes on behind `bytes` bytes of [`Self::rest`] that the caller has read as strictly as the scanner would.
    pub(crate) fn pass(&mut self, bytes: usize) {
        self.at += bytes;
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The end of the bytes at hand, met inside a value.
    fn end(&self) -> Stop {
        if self.whole { Stop::Syntax(self.at) } else { Stop::Incomplete }
    }

    fn unexpected(&self) -> Stop {
        match self.byte() {
            None => self.end(),
            Some(_) => Stop::Syntax(self.at),
        }
    }

    pub(crate) fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    /// Whether only white space is left of the bytes at hand.
    pub(crate) fn is_done(&mut self) -> bool {
        self.space();
        self.at >= self.text.len() && !self.broken
    }

    /// What comes next, without taking it.
    pub(crate) fn peek(&mut self) -> Result<Next, Stop> {
        self.space();
        Ok(match self.byte() {
            Some(b'"') => Next::String,
            Some(b'{') => Next::Object,
            Some(b'[') => Next::Array,
            Some(b'-' | b'0'..=b'9') => Next::Number,
            Some(b't') => Next::True,
            Some(b'f') => Next::False,
            Some(b'n') => Next::Null,
            _ => return Err(self.unexpected()),
        })
    }

    fn open(&mut self) -> Result<(), Stop> {
        if self.depth >= self.max_depth {
            return Err(Stop::Depth(self.at));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Enters the array that [`Self::peek`] announced.
    pub(crate) fn enter_array(&mut self) -> Result<Items, Stop> {
        self.open()?;
        Ok(Items { first: true })
    }

    /// Enters the object that [`Self::peek`] announced.
    pub(crate) fn enter_object(&mut self) -> Result<Items, Stop> {
        self.open()?;
        Ok(Items { first: true })
    }

    fn separator(&mut self, items: &mut Items, close: u8) -> Result<bool, Stop> {
        self.space();
        match self.byte() {
            Some(b) if b == close => {
                self.at += 1;
                self.depth = self.depth.saturating_sub(1);
                Ok(false)
            }
            Some(b',') if !items.first => {
                self.at += 1;
                self.space();
                Ok(true)
            }
            Some(_) if items.first => {
                items.first = false;
                Ok(true)
            }
            _ => Err(self.unexpected()),
        }
    }

    /// Whether another element of the array follows; at its end the array is left.
    pub(crate) fn element(&mut self, items: &mut Items) -> Result<bool, Stop> {
        self.separator(items, b']')
    }

    /// The next member's name of the object, its colon taken; at its end the object is left.
    pub(crate) fn member(&mut self, items: &mut Items) -> Result<Option<Raw<'a>>, Stop> {
        if !self.is_member(items)? {
            return Ok(None);
        }
        self.name().map(Some)
    }

    /// Whether another member of the object follows, which the scanner then stands before; at its end the object is left.
    pub(crate) fn is_member(&mut self, items: &mut Items) -> Result<bool, Stop> {
        self.separator(items, b'}')
    }

    /// A member's name, its colon taken.
    pub(crate) fn name(&mut self) -> Result<Raw<'a>, Stop> {
        if self.byte() != Some(b'"') {
            return Err(self.unexpected());
        }
        let name = self.string()?;
        self.space();
        if self.byte() != Some(b':') {
            return Err(self.unexpected());
        }
        self.at += 1;
        Ok(name)
    }

    /// The string that [`Self::peek`] announced.
    pub(crate) fn string(&mut self) -> Result<Raw<'a>, Stop> {
        self.at += 1;
        self.string_inside()
    }

    /// The string behind whose first quote the scanner stands.
    pub(crate) fn string_inside(&mut self) -> Result<Raw<'a>, Stop> {
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain(self.text.as_bytes().get(self.at..).unwrap_or_default());
            match self.byte() {
                None => return Err(self.end()),
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return Err(Stop::Syntax(self.at)),
            }
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        self.at += 1;
        Ok(Raw { text, escaped })
    }

    /// Takes one escape sequence, both halves of a surrogate pair at once.
    fn escape(&mut self) -> Result<(), Stop> {
        let start = self.at;
        self.at += 1;
        match self.byte() {
            None => Err(self.end()),
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                self.at += 1;
                match self.hex4()? {
                    0xDC00..=0xDFFF => Err(Stop::Syntax(start)),
                    0xD800..=0xDBFF => {
                        for expected in *b"\\u" {
                            match self.byte() {
                                Some(b) if b == expected => self.at += 1,
                                None => return Err(self.end()),
                                Some(_) => return Err(Stop::Syntax(start)),
                            }
                        }
                        match self.hex4()? {
                            0xDC00..=0xDFFF => Ok(()),
                            _ => Err(Stop::Syntax(start)),
                        }
                    }
                    _ => Ok(()),
                }
            }
            Some(_) => Err(Stop::Syntax(self.at)),
        }
    }

    fn hex4(&mut self) -> Result<u32, Stop> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = match self.byte() {
                None => return Err(self.end()),
                Some(b) => char::from(b).to_digit(16).ok_or(Stop::Syntax(self.at))?,
            };
            value = value * 16 + digit;
            self.at += 1;
        }
        Ok(value)
    }

    /// The number that [`Self::peek`] announced, as it stands.
    pub(crate) fn number(&mut self) -> Result<&'a str, Stop> {
        let rest = self.rest();
        match number(rest.as_bytes()) {
            Ok(len) => {
                self.at += len;
                // More of it may be in the next chunk.
                if self.byte().is_none() && !self.whole { Err(Stop::Incomplete) } else { Ok(rest.get(..len).unwrap_or("")) }
            }
            Err(before) => {
                self.at += before;
                Err(self.unexpected())
            }
        }
    }

    /// The `true`, `false` or `null` that [`Self::peek`] announced.
    pub(crate) fn literal(&mut self) -> Result<(), Stop> {
        let word: &[u8] = match self.byte() {
            Some(b't') => b"true",
            Some(b'f') => b"false",
            _ => b"null",
        };
        for expected in word {
            match self.byte() {
                Some(b) if b == *expected => self.at += 1,
                _ => return Err(self.unexpected()),
            }
        }
        Ok(())
    }

    /// Skips one value, checking it as strictly as reading would, and gives its leaves to `leaf`, each with the name of
    /// the member it stands under (none below the top and inside arrays that are not members).
    pub(crate) fn skip(&mut self, leaf: &mut impl FnMut(Leaf<'a>)) -> Result<(), Stop> {
        self.skip_under(None, leaf)
    }

    /// The same of a member's value.
    pub(crate) fn skip_under(&mut self, name: Option<Raw<'a>>, leaf: &mut impl FnMut(Leaf<'a>)) -> Result<(), Stop> {
        match self.peek()? {
            Next::String => {
                let raw = self.string()?;
                leaf(Leaf { name, value: LeafValue::String(raw) });
            }
            Next::Number => {
                self.number()?;
                leaf(Leaf { name, value: LeafValue::Other });
            }
            Next::True | Next::False => {
                self.literal()?;
                leaf(Leaf { name, value: LeafValue::Other });
            }
            Next::Null => self.literal()?,
            Next::Array => {
                let mut items = self.enter_array()?;
                while self.element(&mut items)? {
                    self.skip_under(name, leaf)?;
                }
            }
            Next::Object => {
                let mut items = self.enter_object()?;
                while let Some(name) = self.member(&mut items)? {
                    self.skip_under(Some(name), leaf)?;
                }
            }
        }
        Ok(())
    }
}

/// A scalar met while skipping; `null` is none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaf<'a> {
    pub(crate) name: Option<Raw<'a>>,
    pub(crate) value: LeafValue<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum LeafValue<'a> {
    String(Raw<'a>),
    Other,
}

/// Where a walk through an array or object stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Items {
    first: bool,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn accepts(text: &[u8]) -> Result<(), Stop> {
        let mut scanner = Scanner::new(text, 127, true);
        scanner.skip(&mut |_| ())?;
        if scanner.is_done() { Ok(()) } else { Err(Stop::Syntax(scanner.at())) }
    }

    /// serde_json is the oracle; a number beyond f64 is the only lawful difference.
    fn agrees(text: &[u8]) {
        let oracle = serde_json::from_slice::<serde_json::Value>(text);
        let ours = accepts(text);
        match oracle {
            Ok(_) => assert_eq!(ours, Ok(()), "{:?}", alloc::string::String::from_utf8_lossy(text)),
            Err(e) if alloc::string::ToString::to_string(&e).contains("number out of range") => {}
            Err(_) => assert!(ours.is_err(), "{:?}", alloc::string::String::from_utf8_lossy(text)),
        }
    }

    #[test]
    fn oracle_on_a_table() {
        for text in [
            "",
            " ",
            "{}",
            "[]",
            "[1,]",
            "[,1]",
            "{,}",
            "{\"a\":1,}",
            "{\"a\"}",
            "{\"a\":}",
            "[1 2]",
            "01",
            "-",
            "-0",
            "1.",
            ".5",
            "1.e3",
            "1e",
            "1e+",
            "1E-2",
            "1e999",
            "tru",
            "true",
            "nul",
            "null",
            "\"\\u12\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\\ud83d\\ude00\"",
            "\"\\udc00\"",
            "\"\\x\"",
            "\"\t\"",
            "\"\u{7f}\"",
            "\"\\/\"",
            "1 1",
            "[]]",
            "[[]",
            "{\"a\":[{}]}",
            "\u{feff}[]",
            "// x",
            "NaN",
            "'a'",
            "[1,2,3]\n",
            "\"",
            "\"\\",
            "\"\\u",
            "{\"a\":1 \"b\":2}",
            "{1:2}",
            "[\"a\",null,true]",
        ] {
            agrees(text.as_bytes());
        }
        agrees(b"\"\xff\"");
        agrees(b"\"\xed\xa0\x80\"");
        agrees(b"[\xff]");
    }

    proptest::proptest! {
        #[test]
        fn oracle_on_soup(parts in proptest::collection::vec(proptest::sample::select(&[
            "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"vr\"", "1", "-1.5e3", "true", "null", " ", "\\", "\\u00e9", "\\ud83d", "é", "0",
        ][..]), 0..24)) {
            agrees(parts.concat().as_bytes());
        }

        #[test]
        fn oracle_on_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..12)) {
            agrees(&bytes);
        }

        #[test]
        fn any_prefix_is_incomplete_or_the_answer(parts in proptest::collection::vec(proptest::sample::select(&[
            "{\"a\":1}", "[1,2]", "\"x\\u00e9y\"", "[{\"b\":[null,true]}]", "12.5e-3",
        ][..]), 1..6)) {
            let text = alloc::format!("[{}]", parts.join(","));
            for end in 0..text.len() {
                let mut scanner = Scanner::new(&text.as_bytes()[..end], 64, false);
                assert_eq!(scanner.skip(&mut |_| ()), Err(Stop::Incomplete));
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        let mut text: Vec<u8> = Vec::new();
        text.resize(10_000, b'[');
        assert_eq!(accepts(&text), Err(Stop::Depth(127)));
    }
}
