//! How a value is written into a request: so that it means itself, or not at all.

use super::decision::Why;
use super::habits::{Decoding, Wildcards};
use super::key::Key;
use super::server::Server;
use crate::percent::escape;
use alloc::borrow::Cow;
use alloc::string::String;

impl Server {
    /// A value as it stands in a request: encoded once, and nothing that could mean something else.
    pub(super) fn sent<'t>(&self, key: Key, text: &'t str) -> Result<Cow<'t, str>, Why> {
        if text.chars().count() > key.most() && !self.long_values || text.len() > 256 {
            return Err(Why::TooLong);
        }
        // What is plain is no space and no control.
        if text.chars().all(is_plain) {
            return Ok(Cow::Borrowed(text));
        }
        if text.chars().any(char::is_control) {
            return Err(Why::Characters);
        }
        // Code strings are asked for as they are: not every server has wildcards there.
        let is_wild = self.wildcards == Wildcards::AsQuestion && matches!(key, Key::PatientId | Key::AccessionNumber | Key::StudyId);
        if is_wild && key != Key::StudyId && self.loses_ends(text) {
            return Err(Why::Characters);
        }
        let mut out = String::new();
        for c in text.chars() {
            if is_plain(c) {
                out.push(c);
            } else if self.is_sendable(c) {
                encode(c, &mut out);
            } else if is_wild && c.is_ascii() {
                out.push('?');
            } else {
                return Err(Why::Characters);
            }
        }
        Ok(Cow::Owned(out))
    }

    /// Whether a character at an end would be `?` where the server may have none: Orthanc keeps identifiers without what it takes for blank at
    /// their ends, and `?` is one character.
    fn loses_ends(&self, text: &str) -> bool {
        let is_blank = |c: &char| matches!(c, ' ' | '_' | '%') || !c.is_ascii();
        let is_lost = |c: char| !is_plain(c) && !self.is_sendable(c);
        text.chars().take_while(is_blank).any(is_lost) || text.chars().rev().take_while(is_blank).any(is_lost)
    }

    fn is_sendable(&self, c: char) -> bool {
        match c {
            '*' | '?' => self.wildcards == Wildcards::Exact && self.decoding == Decoding::Rfc,
            // Divides values, in every VR that is matched by text.
            '\\' => false,
            ',' => self.comma && self.decoding == Decoding::Rfc,
            '&' | '=' | '+' | '%' | '#' => self.decoding == Decoding::Rfc,
            _ => self.decoding != Decoding::None,
        }
    }
}

/// What means itself in every query, encoded or not.
const fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '!' | '$' | '\'' | '(' | ')' | ':' | '@' | '/')
}

fn encode(c: char, out: &mut String) {
    c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| escape(byte, out));
}
