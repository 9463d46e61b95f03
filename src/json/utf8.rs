//! Bytes that are text, as far as they go.

/// The bytes at hand, as far as they are UTF-8. Checked once, so that no string needs to be checked again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Utf8<'a> {
    pub(super) text: &'a str,
    /// Whether nothing comes behind: the text ends here, or what follows is no UTF-8.
    pub(super) ends: bool,
    /// Whether what follows is no UTF-8.
    pub(super) broken: bool,
}

impl<'a> Utf8<'a> {
    /// Of `input`, which is the end of the text if `whole`.
    pub(crate) fn of(input: &'a [u8], whole: bool) -> Self {
        match core::str::from_utf8(input) {
            Ok(text) => Utf8 { text, ends: whole, broken: false },
            Err(error) => {
                let text = input.get(..error.valid_up_to()).and_then(|valid| core::str::from_utf8(valid).ok()).unwrap_or("");
                // The rest of a character may be in the next chunk.
                let broken = whole || error.error_len().is_some();
                Utf8 { text, ends: broken, broken }
            }
        }
    }

    /// What is left from `at` on.
    pub(crate) fn from(&self, at: usize) -> Self {
        Utf8 { text: self.text.get(at..).unwrap_or(""), ..*self }
    }
}
