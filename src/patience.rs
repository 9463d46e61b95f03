//! When to try again what may be of no use: patterns of texts that do not repeat, say.

/// The most that go by between two attempts.
const MOST: u32 = 128;

/// After an attempt that was of no use ever more go by before the next; after one that was of use none.
#[derive(Default)]
pub(crate) struct Patience {
    left: u32,
    step: u32,
}

impl Patience {
    /// So many go by before the first attempt.
    pub(crate) const fn after(left: u32) -> Self {
        Patience { left, step: 0 }
    }

    /// Whether it is time for an attempt; if not, one more has gone by.
    pub(crate) fn is_over(&mut self) -> bool {
        let left = self.left.checked_sub(1);
        self.left = left.unwrap_or(0);
        left.is_none()
    }

    /// Learns whether an attempt was of use.
    pub(crate) fn learn(&mut self, useful: bool) {
        self.step = if useful { 0 } else { (self.step * 2).clamp(1, MOST) };
        self.left = self.step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ever_more_go_by() {
        let mut patience = Patience::after(1);
        assert!(!patience.is_over() && patience.is_over());
        for step in [1, 2, 4, 8, 16, 32, 64, 128, 128] {
            patience.learn(false);
            assert_eq!((0..).take_while(|_| !patience.is_over()).count(), step);
        }
        patience.learn(true);
        assert!(patience.is_over() && patience.is_over());
    }
}
