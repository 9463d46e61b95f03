//! Name-based UUIDs (RFC 9562 version 8): the same names give the same UUID, without clock or randomness.

use alloc::format;
use alloc::string::String;

const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// FNV-1a of 128 bits. It tells texts apart; who wants to make two alike can.
#[derive(Clone, Copy)]
pub(crate) struct Hash(u128);

impl Hash {
    pub(crate) const fn new() -> Self {
        Hash(BASIS)
    }

    pub(crate) fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(PRIME);
        }
    }

    pub(crate) const fn value(self) -> u128 {
        self.0
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

/// The UUID of `names` as a `kind` of thing. FNV-1a of 128 bits: it tells apart, it does not hide; who knows a name can find its UUID.
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
