//! Which rows take the values of an element, and what fills the fields of a row: worked out from the rows while compiling.

use super::names::{PLACES, bare, same};
use super::part::{Part, Vr};
use super::{At, Level, Row, RowRef, elements, rows_of};
use crate::fhir::shape::Shape;
use crate::release::Release;
use crate::value::FIELDS;

/// A row that has its place at an element.
#[derive(Clone, Copy)]
pub(crate) struct Taker {
    pub(crate) row_ref: RowRef,
    pub(crate) row: &'static Row,
    pub(crate) shape: Shape,
    /// Whether this release has that place.
    pub(crate) own: bool,
}

/// The most rows that share an element.
const SHARE: usize = 6;
type Takers = [Option<Taker>; SHARE];

/// By level from the study down, and release.
static TAKERS: [[[Takers; PLACES]; Release::ALL.len()]; 3] = [of_level(Level::Study), of_level(Level::Series), of_level(Level::Instance)];

// Indices are in bounds or the crate does not compile: this runs in const evaluation only.
#[allow(clippy::indexing_slicing)]
const fn of_level(level: Level) -> [[Takers; PLACES]; Release::ALL.len()] {
    let mut all = [[[None; SHARE]; PLACES]; Release::ALL.len()];
    let mut release = 0;
    while release < Release::ALL.len() {
        let list = elements(level);
        let mut at = 0;
        while at < list.len() {
            all[Release::ALL[release] as usize][at] = of_element(level, list[at], Release::ALL[release]);
            at += 1;
        }
        release += 1;
    }
    all
}

// As above.
#[allow(clippy::indexing_slicing)]
const fn of_element(level: Level, element: &str, release: Release) -> Takers {
    let (mut takers, mut count) = ([None; SHARE], 0);
    let rows = rows_of(level);
    let mut index = 0;
    while index < rows.len() {
        let (mut any, mut own, mut is_policy) = (None, None, false);
        let mut at = 0;
        while at < rows[index].places.len() {
            let place: &Option<At> = &rows[index].places[at];
            if let Some(place) = place {
                if same(place.element, element) {
                    if any.is_none() {
                        any = Some(place.shape);
                    }
                    if own.is_none() && place.releases.holds(release) {
                        own = Some(place.shape);
                    }
                }
                // The accession number's two places are a matter of policy in every release.
                is_policy = is_policy || place.when.is_some();
            }
            at += 1;
        }
        let is_own = own.is_some() || is_policy;
        let shape = if own.is_some() { own } else { any };
        if let Some(shape) = shape {
            takers[count] = Some(Taker { row_ref: RowRef { level, index: index as u8 }, row: &rows[index], shape, own: is_own });
            count += 1;
        }
        index += 1;
    }
    takers
}

/// The rows that an element may belong to, by its position among those of its level.
pub(crate) fn takers(level: Level, release: Release, position: usize) -> impl Iterator<Item = &'static Taker> + Clone {
    let of_level = (level as usize).checked_sub(Level::Study as usize).and_then(|level| TAKERS.get(level));
    of_level.and_then(|all| all.get(release as usize)?.get(position)).into_iter().flatten().flatten()
}

/// An element of a level, by its position: whether it is a list.
pub(crate) fn is_list(level: Level, position: usize) -> bool {
    elements(level).get(position).is_some_and(|element| bare(element).len() < element.len())
}

/// The most rows that a level has.
const ROWS: usize = 24;

/// The VR of the attribute that fills each field of each row.
static VRS: [[[Option<Vr>; FIELDS]; ROWS]; 4] = [vrs(Level::Patient), vrs(Level::Study), vrs(Level::Series), vrs(Level::Instance)];

// As above.
#[allow(clippy::indexing_slicing)]
const fn vrs(level: Level) -> [[Option<Vr>; FIELDS]; ROWS] {
    let mut all = [[None; FIELDS]; ROWS];
    let rows = rows_of(level);
    let mut index = 0;
    while index < rows.len() {
        let mut field = 0;
        while field < FIELDS {
            all[index][field] = vr_of(rows[index].parts, 0, field);
            field += 1;
        }
        index += 1;
    }
    all
}

// As above.
#[allow(clippy::indexing_slicing)]
const fn vr_of(parts: &[Part], base: usize, field: usize) -> Option<Vr> {
    let mut at = 0;
    while at < parts.len() {
        let here = base + parts[at].field as usize;
        match parts[at].vr {
            Vr::Sq => {
                if let Some(vr) = vr_of(parts[at].items, here, field) {
                    return Some(vr);
                }
            }
            Vr::Pn if here <= field && field < here + 3 => return Some(Vr::Pn),
            Vr::Pn => {}
            vr if here == field => return Some(vr),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The VRs of the attributes that fill the fields of a row, inside sequences too.
pub(crate) fn vrs_of(row: RowRef) -> &'static [Option<Vr>; FIELDS] {
    VRS.get(row.level as usize).and_then(|rows| rows.get(usize::from(row.index))).unwrap_or(&[None; FIELDS])
}

/// As [`vrs_of`], of one field.
pub(crate) fn vr_of_field(row: RowRef, field: usize) -> Option<Vr> {
    vrs_of(row).get(field).copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_say_what_the_rows_say() {
        for level in [Level::Patient, Level::Study, Level::Series, Level::Instance] {
            for (index, row) in rows_of(level).iter().enumerate() {
                for field in 0..FIELDS {
                    let row_ref = RowRef { level, index: index as u8 };
                    assert_eq!(vr_of_field(row_ref, field), row.vr_of(field), "{} {field}", row.name());
                }
            }
        }
    }

    #[test]
    fn every_place_has_its_taker() {
        for level in [Level::Study, Level::Series, Level::Instance] {
            for release in Release::ALL {
                for (position, element) in elements(level).iter().enumerate() {
                    let rows = rows_of(level).iter().filter(|row| row.places.iter().flatten().any(|at| at.element == *element));
                    let names: alloc::vec::Vec<&str> = rows.map(Row::name).collect();
                    let found: alloc::vec::Vec<&str> = takers(level, release, position).map(|taker| taker.row.name()).collect();
                    assert_eq!(found, names);
                    assert_eq!(is_list(level, position), element.ends_with("[]"));
                    for taker in takers(level, release, position) {
                        let here = taker.row.places.iter().flatten().filter(|at| at.element == *element);
                        let own = here.clone().find(|at| at.releases.holds(release));
                        assert_eq!(Some(taker.shape), own.or(here.clone().next()).map(|at| at.shape));
                    }
                }
            }
        }
    }
}
