//! Lists and texts that grow in few steps.

use alloc::string::String;
use alloc::vec::Vec;

/// Elements from which on a list grows as all do, by its own length.
const FAR: usize = 1 << 14;
/// The same for the bytes of a text.
const FAR_TEXT: usize = 1 << 18;

/// Appends; a short list that is full grows to four times its length, so that a thousand elements take four allocations.
#[inline]
pub(crate) fn push<T>(list: &mut Vec<T>, element: T) {
    if list.len() == list.capacity() && list.len() < FAR {
        list.reserve(list.len() * 3 + 8);
    }
    list.push(element);
}

/// Bytes that a text has room for at least.
const FEW: usize = 256;

/// Makes room for so many more bytes, in the same way.
#[inline]
pub(crate) fn make_room(text: &mut String, more: usize) {
    if text.capacity() - text.len() < more && text.len() < FAR_TEXT {
        text.reserve((text.len() * 3 + more).max(FEW));
    }
}
