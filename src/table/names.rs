//! Names of members as numbers, so that a text's names are looked up once each and compared as numbers from then on.

use super::Level;
use super::elements::{ELEMENTS, elements};

/// The number of a name. 0: there is none.
pub(crate) type Name = u16;

/// A name that the table does not know.
const UNKNOWN: Name = 1;
/// The number of the first element.
const FIRST: Name = 2;
/// The member that says what a resource is.
pub(crate) const RESOURCE_TYPE: Name = name("resourceType");
/// How many numbers there are.
pub(crate) const NUMBERS: usize = ELEMENTS.len() + FIRST as usize;
/// Set where the name is an element's with `_` before it: what there is to say of a primitive besides its value.
const OF_PRIMITIVE: Name = 0x8000;

const SLOTS: usize = 1024;

/// What tells a name from the others: its first eight bytes, its last eight, its length. Up to sixteen bytes that is all of it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    head: u64,
    tail: u64,
    len: usize,
}

impl Key {
    const NONE: Key = Key { head: 0, tail: 0, len: 0 };

    #[inline]
    const fn of(name: &[u8]) -> Key {
        let (head, tail) = if let (Some(head), Some(tail)) = (name.first_chunk::<8>(), name.last_chunk::<8>()) {
            (u64::from_le_bytes(*head), u64::from_le_bytes(*tail))
        } else if let (Some(head), Some(tail)) = (name.first_chunk::<4>(), name.last_chunk::<4>()) {
            (u32::from_le_bytes(*head) as u64, u32::from_le_bytes(*tail) as u64)
        } else if let [first, .., last] = name {
            // Of three bytes the middle one too.
            let middle = if let [_, middle, _] = name { *middle } else { 0 };
            (*first as u64 | (middle as u64) << 8, *last as u64)
        } else if let [only] = name {
            (*only as u64, 0)
        } else {
            (0, 0)
        };
        Key { head, tail, len: name.len() }
    }

    #[inline]
    const fn slot(&self) -> usize {
        let mixed = (self.head ^ self.tail.rotate_left(27) ^ self.len as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 54) as usize % SLOTS
    }

    const fn is(&self, other: &Key) -> bool {
        self.head == other.head && self.tail == other.tail && self.len == other.len
    }
}

/// Names to numbers, made while compiling.
struct Names {
    /// The number of the name in a slot; 0: the slot is free.
    slots: [Name; SLOTS],
    keys: [Key; NUMBERS],
}

static NAMES: Names = names();

// Indices are in bounds or the crate does not compile: this runs in const evaluation only.
#[allow(clippy::indexing_slicing)]
const fn names() -> Names {
    let mut names = Names { slots: [0; SLOTS], keys: [Key::NONE; NUMBERS] };
    let mut number = FIRST as usize;
    while number < names.keys.len() {
        let key = Key::of(text_of(number as Name).as_bytes());
        names.keys[number] = key;
        let mut at = key.slot();
        while names.slots[at] != 0 {
            at = (at + 1) % SLOTS;
        }
        names.slots[at] = number as Name;
        number += 1;
    }
    names
}

// As above.
#[allow(clippy::indexing_slicing)]
const fn text_of(number: Name) -> &'static str {
    ELEMENTS[(number - FIRST) as usize]
}

/// The number of a name, as it stands in a text.
#[inline]
pub(crate) fn number_of(name: &str) -> Name {
    match find(name) {
        UNKNOWN => match name.strip_prefix('_').map(find) {
            Some(own) if own >= FIRST => own | OF_PRIMITIVE,
            _ => UNKNOWN,
        },
        found => found,
    }
}

#[inline]
fn find(name: &str) -> Name {
    let key = Key::of(name.as_bytes());
    let mut at = key.slot();
    loop {
        let number = NAMES.slots.get(at).copied().unwrap_or(0);
        let Some(known) = NAMES.keys.get(usize::from(number)).filter(|_| number != 0) else { return UNKNOWN };
        if known.is(&key) && (key.len <= 16 || element_of(number) == Some(name)) {
            return number;
        }
        at = (at + 1) % SLOTS;
    }
}

/// The number of a name that the program asks for; one that there is not does not compile.
#[allow(clippy::panic)]
pub(crate) const fn name(text: &str) -> Name {
    let mut number = FIRST;
    while (number as usize) < NUMBERS {
        if same(text_of(number), text) {
            return number;
        }
        number += 1;
    }
    panic!("a name that the table does not have")
}

/// As [`name`], of the member that says more of a primitive.
pub(crate) const fn name_of_primitive(text: &str) -> Name {
    name(text) | OF_PRIMITIVE
}

/// The name of an element, as places show it; none where it is no element's.
pub(crate) fn element_of(number: Name) -> Option<&'static str> {
    ELEMENTS.get(usize::from(number.checked_sub(FIRST)?)).copied()
}

/// The element of whose primitive value a member says more.
pub(crate) fn primitive_of(number: Name) -> Option<&'static str> {
    if number & OF_PRIMITIVE == 0 { None } else { element_of(number & !OF_PRIMITIVE) }
}

// In const evaluation only, as above.
#[allow(clippy::indexing_slicing)]
pub(super) const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The most elements that a level has.
pub(crate) const PLACES: usize = 19;

/// The elements of each level by their number: 1 and more in their order, 0 where it is none of the level's.
static ORDER: [[u8; NUMBERS]; 4] = [order(Level::Patient), order(Level::Study), order(Level::Series), order(Level::Instance)];

// In const evaluation only, as above.
#[allow(clippy::indexing_slicing)]
const fn order(level: Level) -> [u8; NUMBERS] {
    let mut order = [0; NUMBERS];
    if matches!(level, Level::Patient) {
        return order;
    }
    let list = elements(level);
    assert!(list.len() <= PLACES);
    let mut at = 0;
    while at < list.len() {
        order[name(bare(list[at])) as usize] = at as u8 + 1;
        at += 1;
    }
    order
}

/// An element without the mark of a list.
pub(super) const fn bare(element: &str) -> &str {
    match element.as_bytes() {
        [bare @ .., b'[', b']'] => match core::str::from_utf8(bare) {
            Ok(bare) => bare,
            Err(_) => element,
        },
        _ => element,
    }
}

/// The position of an element among those of its level.
#[inline]
#[allow(clippy::indexing_slicing)]
pub(crate) const fn position(level: Level, number: Name) -> Option<usize> {
    let order = &ORDER[level as usize];
    let number = number as usize;
    if number < order.len() { (order[number] as usize).checked_sub(1) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::element;

    #[test]
    fn every_name_has_its_number() {
        for known in ELEMENTS {
            let number = number_of(known);
            assert_eq!(element_of(number), Some(*known));
            assert_eq!(name(known), number);
            let more = alloc::format!("_{known}");
            assert_eq!((number_of(&more), primitive_of(number_of(&more))), (name_of_primitive(known), Some(*known)));
            assert_eq!(primitive_of(number), None);
        }
        for unknown in ["", "_", "x", "xy", "xyz", "cod", "codes", "__code", "numberOfInstancez", "instantiatesCanXnical", "é"] {
            assert_eq!((number_of(unknown), element(unknown)), (UNKNOWN, None), "{unknown}");
        }
    }

    #[test]
    fn elements_have_their_position() {
        for level in [Level::Study, Level::Series, Level::Instance] {
            for (at, own) in elements(level).iter().enumerate() {
                assert_eq!(position(level, name(bare(own))), Some(at));
            }
        }
        assert_eq!((position(Level::Study, UNKNOWN), position(Level::Instance, name("series"))), (None, None));
    }
}
