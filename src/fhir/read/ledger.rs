//! What becomes of every leaf of the input: nothing is forgotten, because whatever nobody took is told at the end.

use crate::json::tree::Id;
use crate::loss::{Code, Place};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// What became of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nobody took it yet.
    Open,
    /// It says what the rest is, and is understood.
    Used,
    /// It is a cell of a data set, which the assembler accounts for.
    Cell,
    /// It is lost.
    Lost(Code),
}

/// The number of a place.
type Spot = u32;

/// The fates of all leaves.
#[derive(Default)]
pub(super) struct Ledger {
    fates: Vec<Fate>,
    /// Remarks on leaves; a leaf has one.
    notes: BTreeMap<Id, Code>,
    /// Of notes that are of a whole value: the value, and where it stands, by the leaf that they were put on.
    values: BTreeMap<Id, (Id, Spot)>,
    /// The values, each with what was noted of it.
    of_values: BTreeSet<(Id, Code)>,
    /// Places of losses that are told elsewhere than where they stand.
    places: BTreeMap<Id, Spot>,
    /// Places, each once: many leaves stand alike.
    spots: Vec<Place>,
    known: BTreeMap<Place, Spot>,
    /// Resources that something came of.
    met: BTreeSet<Id>,
}

impl Ledger {
    /// Begins with `len` nodes, all open.
    pub(super) fn begin(&mut self, len: usize) {
        self.fates.clear();
        self.fates.resize(len, Fate::Open);
        self.notes.clear();
        self.values.clear();
        self.of_values.clear();
        self.places.clear();
        self.spots.clear();
        self.known.clear();
        self.met.clear();
    }

    pub(super) fn fate(&self, id: Id) -> Fate {
        self.fates.get(id as usize).copied().unwrap_or(Fate::Open)
    }

    fn set(&mut self, id: Id, fate: Fate) {
        if let Some(slot) = self.fates.get_mut(id as usize) {
            *slot = fate;
        }
    }

    /// The leaf is understood.
    pub(super) fn take(&mut self, id: Id) {
        if self.fate(id) == Fate::Open {
            self.set(id, Fate::Used);
        }
    }

    /// The leaf becomes a cell; whether it can, and is not something already.
    pub(super) fn cell(&mut self, id: Id) -> bool {
        let open = self.fate(id) == Fate::Open;
        if open {
            self.set(id, Fate::Cell);
        }
        open
    }

    /// The leaf is no cell after all.
    pub(super) fn reopen(&mut self, id: Id) {
        if self.fate(id) == Fate::Cell {
            self.set(id, Fate::Open);
        }
    }

    /// The leaf is lost, if it is not a cell.
    pub(super) fn lose(&mut self, id: Id, code: Code) {
        if matches!(self.fate(id), Fate::Open | Fate::Used) {
            self.set(id, Fate::Lost(code));
        }
    }

    /// The leaf is lost with all around it, told at `at`; what is lost already stays as it is told.
    pub(super) fn unplace(&mut self, id: Id, code: Code, at: Place) {
        if !matches!(self.fate(id), Fate::Lost(_)) {
            self.set(id, Fate::Lost(code));
            let at = self.spot(at);
            self.places.insert(id, at);
        }
    }

    pub(super) fn place(&self, id: Id) -> Option<Place> {
        self.at(*self.places.get(&id)?)
    }

    fn at(&self, spot: Spot) -> Option<Place> {
        self.spots.get(spot as usize).copied()
    }

    /// The number of a place. Most are that of the one before.
    fn spot(&mut self, at: Place) -> Spot {
        let last = self.spots.len().wrapping_sub(1);
        if self.spots.get(last) == Some(&at) {
            return last as Spot;
        }
        let new = self.spots.len() as Spot;
        let spot = *self.known.entry(at).or_insert(new);
        if spot == new {
            self.spots.push(at);
        }
        spot
    }

    /// A remark on a leaf; the first stands, but what departs from the standard before what does not.
    pub(super) fn note(&mut self, id: Id, code: Code) {
        let known = self.notes.entry(id).or_insert(code);
        *known = known.or_departure(code);
    }

    /// Whether a value has this remark already.
    pub(super) fn is_noted(&self, value: Id, code: Code) -> bool {
        self.of_values.contains(&(value, code))
    }

    /// A remark on a value, which stands at `at`, put on one of its leaves.
    pub(super) fn note_value(&mut self, leaf: Id, value: Id, at: Place, code: Code) {
        self.note(leaf, code);
        self.of_values.insert((value, code));
        let at = self.spot(at);
        self.values.insert(leaf, (value, at));
    }

    /// The value that a leaf's note is of, and where it stands.
    pub(super) fn value_of(&self, leaf: Id) -> Option<(Id, Place)> {
        if self.values.is_empty() {
            return None;
        }
        let (value, at) = self.values.get(&leaf)?;
        Some((*value, self.at(*at)?))
    }

    pub(super) fn noted(&self, id: Id) -> Option<Code> {
        // Most texts have none, and every leaf is asked for.
        if self.notes.is_empty() { None } else { self.notes.get(&id).copied() }
    }

    /// Something came of a resource.
    pub(super) fn meet(&mut self, resource: Id) {
        self.met.insert(resource);
    }

    pub(super) fn is_met(&self, resource: Id) -> bool {
        self.met.contains(&resource)
    }
}
