//! Lists that have each item once.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Adds what the list does not have; whether it did not. `met` is this list's own: the items again, as soon as they are more than a few.
pub(super) fn add_once<T: Ord + Clone>(list: &mut Vec<T>, met: &mut BTreeSet<T>, item: T) -> bool {
    // So many are looked through sooner than a set of them is made.
    const FEW: usize = 16;
    let is_new = if list.len() < FEW {
        !list.contains(&item)
    } else {
        if met.is_empty() {
            met.extend(list.iter().cloned());
        }
        met.insert(item.clone())
    };
    if is_new {
        list.push(item);
    }
    is_new
}
