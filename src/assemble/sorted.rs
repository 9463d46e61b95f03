//! Records in the order of their keys, which stand elsewhere.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// Records in a block, at most. Half of them are moved where one is put among them, and all blocks' heads where one is full.
const BLOCK: usize = 512;

/// The numbers of records in the order of their keys: a list of short lists. A tree of the standard library would keep each key a second time.
#[derive(Default)]
pub(super) struct Sorted {
    blocks: Vec<Vec<u32>>,
}

/// Where a record is, or would stand.
pub(super) struct Spot {
    block: usize,
    at: usize,
    /// The record of this key.
    pub(super) found: Option<u32>,
}

impl Sorted {
    /// Of records in order.
    pub(super) fn of(records: &[u32]) -> Self {
        Sorted { blocks: records.chunks(BLOCK / 2).map(<[u32]>::to_vec).collect() }
    }

    /// Finds a key; `order` says how the key of a record stands to it.
    pub(super) fn spot(&self, order: impl Fn(u32) -> Ordering) -> Spot {
        let begins_behind = |block: &Vec<u32>| block.first().is_some_and(|first| order(*first) == Ordering::Greater);
        let block = self.blocks.partition_point(|block| !begins_behind(block)).saturating_sub(1);
        let records = self.blocks.get(block).map_or(&[][..], Vec::as_slice);
        match records.binary_search_by(|record| order(*record)) {
            Ok(at) => Spot { block, at, found: records.get(at).copied() },
            Err(at) => Spot { block, at, found: None },
        }
    }

    /// Puts a record where it was looked for.
    pub(super) fn put(&mut self, spot: &Spot, record: u32) {
        let Some(block) = self.blocks.get_mut(spot.block) else { return self.blocks.push(alloc::vec![record]) };
        if spot.at <= block.len() {
            block.insert(spot.at, record);
        }
        if block.len() > BLOCK {
            let behind = block.split_off(BLOCK / 2);
            self.blocks.insert(spot.block + 1, behind);
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;

    #[test]
    fn stands_in_order() {
        // Numbers that go up, go down, and come from everywhere, each the key of the record before which it came.
        let orders: [fn(u32) -> u32; 3] = [|n| n, |n| 50_000 - n, |n| n.wrapping_mul(0x9E37_79B9) >> 8];
        for key in orders {
            let (mut sorted, mut known, mut keys) = (Sorted::of(&[]), BTreeMap::new(), Vec::<u32>::new());
            for n in 0..20_000 {
                let key = key(n) / 2;
                let spot = sorted.spot(|record| keys[record as usize].cmp(&key));
                assert_eq!(spot.found, known.get(&key).copied());
                if spot.found.is_none() {
                    known.insert(key, keys.len() as u32);
                    sorted.put(&spot, keys.len() as u32);
                    keys.push(key);
                }
            }
            let all: Vec<u32> = sorted.blocks.iter().flatten().copied().collect();
            assert_eq!(all, known.values().copied().collect::<Vec<_>>());
            assert!(sorted.blocks.iter().all(|block| (1..=BLOCK).contains(&block.len())));
            let again = Sorted::of(&all);
            assert!(known.iter().all(|(key, record)| again.spot(|one| keys[one as usize].cmp(key)).found == Some(*record)));
        }
    }
}
