//! The one JSON writer: text straight into bytes.

use super::words::plain;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Valid JSON text.
///
/// ```
/// # use fhir_dicomweb::{Options, Release, dicom, fhir};
/// let rows = br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]}}]"#;
/// let studies = dicom::read(rows, &Options::default())?.ignore_loss();
/// let json = fhir::write(&studies[0], Release::R4, &Options::default()).ignore_loss();
/// assert!(json.as_str().starts_with(r#"{"resourceType":"ImagingStudy""#));
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
///
/// Its `Debug` shows the length only: the text is patient data. `Display` and `Serialize` are the text, on purpose.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Json {
    text: String,
}

impl Json {
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        // The writer only takes `&str`, so this never fails.
        Json { text: String::from_utf8(bytes).unwrap_or_default() }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, taken.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }
}

impl AsRef<str> for Json {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({} bytes)", self.text.len())
    }
}

/// Serializes as the JSON value that the text is, not as a string.
impl serde::Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::json::serialize::serialize(&self.text, serializer)
    }
}

/// Writes JSON into bytes; commas are its own business.
pub(crate) struct Writer<'o> {
    out: &'o mut Vec<u8>,
    /// Whether the next member or element needs a comma before it.
    comma: bool,
}

impl<'o> Writer<'o> {
    pub(crate) fn new(out: &'o mut Vec<u8>) -> Self {
        Writer { out, comma: false }
    }

    /// How many bytes there are, with what was there before.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.push(b',');
        }
    }

    #[inline(always)]
    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn open_object(&mut self) {
        self.separate();
        self.out.push(b'{');
        self.comma = false;
    }

    pub(crate) fn close_object(&mut self) {
        self.out.push(b'}');
        self.comma = true;
    }

    pub(crate) fn open_array(&mut self) {
        self.separate();
        self.out.push(b'[');
        self.comma = false;
    }

    pub(crate) fn close_array(&mut self) {
        self.out.push(b']');
        self.comma = true;
    }

    /// A member's name, which is ours and needs no escapes; its value follows.
    #[inline(always)]
    pub(crate) fn name(&mut self, name: &str) {
        self.raw(if self.comma { ",\"" } else { "\"" });
        self.raw(name);
        self.raw("\":");
        self.comma = false;
    }

    /// A string of any content.
    pub(crate) fn string(&mut self, text: &str) {
        self.strings(&[text]);
    }

    /// A string put together from pieces of any content.
    pub(crate) fn strings(&mut self, pieces: &[&str]) {
        self.raw(if self.comma { ",\"" } else { "\"" });
        for piece in pieces {
            self.escaped(piece);
        }
        self.out.push(b'"');
        self.comma = true;
    }

    /// Digits, `true`, `false`, or JSON that was written before.
    pub(crate) fn verbatim(&mut self, text: &str) {
        self.separate();
        self.raw(text);
        self.comma = true;
    }

    /// JSON in pieces, then more of it, none of which needs escapes; [`Self::end_value`] ends it.
    #[inline(always)]
    pub(crate) fn pieces(&mut self, pieces: &[&str], more: &[u8]) {
        self.separate();
        self.comma = false;
        for piece in pieces {
            self.raw(piece);
        }
        self.out.extend_from_slice(more);
    }

    /// Where the next value begins.
    pub(crate) fn next_at(&self) -> usize {
        self.out.len() + usize::from(self.comma)
    }

    /// What was written since.
    pub(crate) fn since(&self, at: usize) -> &[u8] {
        self.out.get(at..).unwrap_or_default()
    }

    /// A value that was written before, with another text between its pieces.
    pub(crate) fn spliced(&mut self, head: &[u8], text: &str, tail: &[u8]) {
        self.separate();
        self.out.extend_from_slice(head);
        self.escaped(text);
        self.out.extend_from_slice(tail);
        self.comma = true;
    }

    /// A further piece.
    #[inline(always)]
    pub(crate) fn more(&mut self, piece: &str) {
        self.raw(piece);
    }

    /// A value that was written in pieces ends here.
    pub(crate) fn end_value(&mut self) {
        self.comma = true;
    }

    /// A whole number.
    pub(crate) fn number(&mut self, number: u32) {
        self.separate();
        let mut digits = [0; 10];
        let (mut rest, mut used) = (number, 0);
        for slot in digits.iter_mut().rev() {
            *slot = b'0' + (rest % 10) as u8;
            rest /= 10;
            used += 1;
            if rest == 0 {
                break;
            }
        }
        self.out.extend_from_slice(digits.get(digits.len() - used..).unwrap_or_default());
        self.comma = true;
    }

    #[inline(always)]
    pub(crate) fn member(&mut self, name: &str, text: &str) {
        self.name(name);
        self.string(text);
    }

    fn escaped(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        loop {
            let clean = plain(rest);
            self.out.extend_from_slice(rest.get(..clean).unwrap_or_default());
            let Some((byte, behind)) = rest.get(clean..).and_then(<[u8]>::split_first) else { return };
            let escape = match byte {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                _ => "",
            };
            if escape.is_empty() {
                self.raw("\\u00");
                for nibble in [byte >> 4, byte & 15] {
                    self.out.push(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
                }
            } else {
                self.raw(escape);
            }
            rest = behind;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn strings_are_what_serde_json_reads(text in ".{0,40}", control in proptest::collection::vec(0u8..0x20, 0..4)) {
            let mut text = text;
            text.extend(control.iter().map(|b| char::from(*b)));
            let mut out = Vec::new();
            Writer::new(&mut out).string(&text);
            proptest::prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn commas() {
        let mut out = Vec::new();
        let mut w = Writer::new(&mut out);
        w.open_object();
        w.member("a", "1");
        w.name("b");
        w.open_array();
        w.verbatim("1");
        w.open_object();
        w.close_object();
        w.string("x");
        w.close_array();
        w.name("c");
        w.verbatim("true");
        w.close_object();
        assert_eq!(out, br#"{"a":"1","b":[1,{},"x"],"c":true}"#);
    }
}
