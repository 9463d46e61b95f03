//! Name-based UUIDs (RFC 9562 version 8): the same names give the same UUID, without clock or randomness.

use crate::sha256::Sha256;
use alloc::format;
use alloc::string::String;

/// What tells texts apart: SHA-256, cut to 128 bits. Whoever sends PatientIDs is not to make two alike: of what is quicker to compute that takes a second.
#[derive(Clone, Copy)]
pub(crate) struct Hash(Sha256);

impl Hash {
    pub(crate) const fn new() -> Self {
        Hash(Sha256::new())
    }

    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.0.take(bytes);
    }

    pub(crate) fn value(self) -> u128 {
        let [one, two, three, four, ..] = self.0.digest();
        [one, two, three, four].into_iter().fold(0, |value, word| value << 32 | u128::from(word))
    }

    /// Ends a text: a byte that no text holds stands behind each, so that no two lists are one.
    fn end(&mut self) {
        self.take(&[0xFF]);
    }

    /// The UUID of the names that were taken, of which the last ends here.
    pub(crate) fn uuid(mut self) -> String {
        self.end();
        let hash = self.value() & !(0xF << 76) & !(0x3 << 62) | 0x8 << 76 | 0x2 << 62;
        let hex = format!("{hash:032x}");
        let part = |from, to| hex.get(from..to).unwrap_or("");
        [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
    }
}

/// What [`uuid`] makes of names, of which the last is open: more of it may follow.
pub(crate) fn begun(kind: &str, names: &[&str]) -> Hash {
    let mut hash = Hash::new();
    hash.take(kind.as_bytes());
    for name in names {
        hash.end();
        hash.take(name.as_bytes());
    }
    hash
}

/// The UUID of `names` as a `kind` of thing (RFC 9562 B.2). It tells apart, it does not hide; who knows a name can find its UUID.
pub(crate) fn uuid(kind: &str, names: &[&str]) -> String {
    begun(kind, names).uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_and_difference() {
        let one = uuid("Patient", &["1", "2"]);
        assert_eq!(one.len(), 36);
        assert_eq!(one.get(14..15), Some("8"));
        assert!(one.get(19..20).is_some_and(|variant| "89ab".contains(variant)));
        assert_ne!(one, uuid("Patient", &["12", ""]));
        assert_eq!(one, uuid("Patient", &["1", "2"]));
    }
}
