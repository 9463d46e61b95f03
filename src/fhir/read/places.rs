//! Where leaves stand, worked out once for all that stand alike: in the studies of a text most do.

use super::Reader;
use super::index::type_of;
use crate::json::tree::Id;
use crate::loss::{Place, Step};
use crate::table::{element_of, resource_type};
use alloc::vec::Vec;

/// The places of leaves of studies, by the names that lead down to them: sixteen bits each, the last one first.
pub(super) struct Places {
    known: Vec<(u128, Place)>,
    /// Which of them, from 1, is the last that was asked for of those whose names mix to the same number.
    slots: [u8; SLOTS],
}

const SLOTS: usize = 128;

impl Default for Places {
    fn default() -> Self {
        Places { known: Vec::new(), slots: [0; SLOTS] }
    }
}

impl Places {
    fn slot(&mut self, way: u128) -> Option<&mut u8> {
        let mixed = (way as u64 ^ ((way >> 64) as u64).rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.slots.get_mut((mixed >> 57) as usize)
    }

    fn get(&mut self, way: u128) -> Option<Place> {
        let at = usize::from(*self.slot(way)?).checked_sub(1)?;
        self.known.get(at).filter(|(known, _)| *known == way).map(|(_, place)| *place)
    }

    fn keep(&mut self, way: u128, place: Place) {
        let at = self.known.iter().position(|(known, _)| *known == way).unwrap_or(self.known.len());
        // There are fewer in any text that is no trap.
        let Ok(number) = u8::try_from(at + 1) else { return };
        if at == self.known.len() {
            self.known.push((way, place));
        }
        if let Some(slot) = self.slot(way) {
            *slot = number;
        }
    }
}

impl Reader<'_, '_> {
    /// The place of an element: type of its resource, names down to it. Elements of lists have none of their own.
    pub(super) fn place(&mut self, id: Id) -> Place {
        let Some(way) = self.way(id) else { return self.place_of(id) };
        if let Some(place) = self.room.places.get(way) {
            return place;
        }
        let place = self.place_of(id);
        self.room.places.keep(way, place);
        place
    }

    /// The names that lead from the resource that is being read to a leaf, if they alone decide where it stands.
    fn way(&self, id: Id) -> Option<u128> {
        let (mut way, mut at) = (0_u128, id);
        while at != self.resource {
            let (name, is_resource, parent) = self.tree.step(at)?;
            // What is no element is told by its ordinal.
            if is_resource || parent == at || name != 0 && (way >> 112 != 0 || element_of(name).is_none()) {
                return None;
            }
            if name != 0 {
                way = way << 16 | u128::from(name);
            }
            at = parent;
        }
        Some(way)
    }

    fn type_at(&mut self, at: Id) -> Option<&'static str> {
        if !self.tree.is_marked(at) {
            return None;
        }
        *self.types.entry(at).or_insert_with(|| type_of(self.tree, at).and_then(resource_type))
    }

    fn place_of(&mut self, id: Id) -> Place {
        let mut names = Vec::new();
        let mut at = id;
        loop {
            if let Some(type_) = self.type_at(at) {
                names.push(Step::Element(type_));
                break;
            }
            match self.tree.name(at) {
                0 => {}
                name => names.push(element_of(name).map_or_else(|| Step::Unknown(self.tree.ordinal(at)), Step::Element)),
            }
            let parent = self.tree.parent(at);
            if parent == at {
                break;
            }
            at = parent;
        }
        names.into_iter().rev().fold(Place::ROOT, Place::then)
    }
}
