//! SHA-256 (FIPS 180-4). Libraries of it bring what reads the processor's features, and libc with that.

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (4.2.2).
#[rustfmt::skip]
const K: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// A digest that takes its text piece by piece.
#[derive(Clone, Copy)]
pub(crate) struct Sha256 {
    state: [u32; 8],
    block: [u8; 64],
    /// Bytes of the block that are filled, and bytes of all.
    filled: usize,
    taken: u64,
}

impl Sha256 {
    pub(crate) const fn new() -> Self {
        // The same of the square roots of the first eight primes (5.3.3).
        let state = [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
        Sha256 { state, block: [0; 64], filled: 0, taken: 0 }
    }

    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.taken = self.taken.wrapping_add(bytes.len() as u64);
        let mut rest = bytes;
        while !rest.is_empty() {
            let free = self.block.get_mut(self.filled..).unwrap_or_default();
            let (now, later) = rest.split_at_checked(free.len()).unwrap_or((rest, &[]));
            free.iter_mut().zip(now).for_each(|(slot, byte)| *slot = *byte);
            self.filled += now.len();
            rest = later;
            if self.filled == self.block.len() {
                self.compress();
                self.filled = 0;
            }
        }
    }

    /// The digest of what was taken.
    pub(crate) fn digest(mut self) -> [u32; 8] {
        let bits = self.taken.wrapping_mul(8);
        self.take(&[0x80]);
        while self.filled != 56 {
            self.take(&[0]);
        }
        self.take(&bits.to_be_bytes());
        self.state
    }

    /// 6.2.2, with the last sixteen words of the schedule at hand.
    fn compress(&mut self) {
        let mut words = [0_u32; 16];
        for (word, bytes) in words.iter_mut().zip(self.block.chunks_exact(4)) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = self.state;
        for k in K {
            let [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15] = words;
            let choice = e & f ^ !e & g;
            let majority = a & b ^ a & c ^ b & c;
            let one = (e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25)).wrapping_add(h);
            let one = one.wrapping_add(choice).wrapping_add(k).wrapping_add(w0);
            let two = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)).wrapping_add(majority);
            (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(one), c, b, a, one.wrapping_add(two));
            let small = w1.rotate_right(7) ^ w1.rotate_right(18) ^ w1 >> 3;
            let large = w14.rotate_right(17) ^ w14.rotate_right(19) ^ w14 >> 10;
            let next = w0.wrapping_add(small).wrapping_add(w9).wrapping_add(large);
            words = [w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, next];
        }
        for (own, new) in self.state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *own = own.wrapping_add(new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn hex(bytes: &[u8], piece: usize) -> String {
        let mut hash = Sha256::new();
        bytes.chunks(piece).for_each(|piece| hash.take(piece));
        hash.digest().iter().map(|word| alloc::format!("{word:08x}")).collect()
    }

    #[test]
    fn examples_of_the_standard() {
        let million = alloc::vec![b'a'; 1_000_000];
        let two = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        for piece in [1, 3, 63, 64, 65, 1_000] {
            assert_eq!(hex(b"", piece), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
            assert_eq!(hex(b"abc", piece), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
            assert_eq!(hex(two, piece), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
            assert_eq!(hex(&million, piece), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
        }
    }
}
