//! What a row of the table says.

use super::elements::number_of;
use super::part::{Align, Part, Vr};
use crate::fhir::shape::Shape;
use crate::kind::{Spell, Vtable};
use crate::options::Options;
use crate::release::{Release, Releases};
use crate::value::{FIELDS, Fields};
use core::marker::PhantomData;

/// The level of the record that a fact belongs to, and of a row of DICOM JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The patient of a study.
    Patient,
    /// The study.
    Study,
    /// A series.
    Series,
    /// An instance.
    Instance,
}

impl Level {
    /// The name, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level::Patient => "patient",
            Level::Study => "study",
            Level::Series => "series",
            Level::Instance => "instance",
        }
    }
}

/// Where a row is written in FHIR: releases, element and shape.
#[derive(Clone, Copy)]
pub(crate) struct At {
    pub(crate) releases: Releases,
    /// The element below the level's own, `[]` after it where it is a list; a resource before it where it is not ImagingStudy's.
    pub(crate) element: &'static str,
    /// The name that it has in JSON, whether it is a list, and its number in its level.
    pub(crate) name: &'static str,
    pub(crate) list: bool,
    pub(crate) number: u8,
    pub(crate) shape: Shape,
    /// A policy that must hold too.
    pub(crate) when: Option<fn(Release, &Options) -> bool>,
}

impl At {
    const fn new(
        level: Level,
        releases: Releases,
        element: &'static str,
        shape: Shape,
        when: Option<fn(Release, &Options) -> bool>,
    ) -> Self {
        let (path, list) = match element.as_bytes() {
            [path @ .., b'[', b']'] => (path, true),
            path => (path, false),
        };
        // The name is what is behind the last dot.
        let (mut name, mut rest) = (path, path);
        while let [byte, behind @ ..] = rest {
            if *byte == b'.' {
                name = behind;
            }
            rest = behind;
        }
        let name = match core::str::from_utf8(name) {
            Ok(name) => name,
            Err(_) => element,
        };
        At { releases, element, name, list, number: number_of(level, element), shape, when }
    }
}

/// How values of several data sets become one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Merge {
    /// One item: fields fill each other, field 0 is the key; what differs is a conflict.
    Fill,
    /// A list that is the same in every data set, or in conflict.
    Whole,
    /// A set: what is new joins.
    Set,
}

/// What kind of search parameter asks for a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchKind {
    /// FHIR `date`.
    Date,
    /// FHIR `reference`.
    Reference,
    /// FHIR `token`.
    Token,
}

impl SearchKind {
    /// FHIR's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SearchKind::Date => "date",
            SearchKind::Reference => "reference",
            SearchKind::Token => "token",
        }
    }
}

/// The search parameter of a row.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// The parameter's name.
    pub parameter: &'static str,
    /// Its type.
    pub kind: SearchKind,
    /// The releases that name it so.
    pub releases: Releases,
}

/// Where the bits begin that say whose identification is known.
pub(crate) const IDENTIFIED: u8 = 32;

const PLACES: usize = 3;
const SEARCHES: usize = 2;

/// One row: one mapped fact, both spellings, every release.
pub struct Row {
    pub(crate) name: &'static str,
    pub(crate) about: &'static [&'static str],
    pub(crate) level: Level,
    pub(crate) kind: Vtable,
    pub(crate) parts: &'static [Part],
    pub(crate) merge: Merge,
    pub(crate) places: [Option<At>; PLACES],
    pub(crate) searches: [Option<Search>; SEARCHES],
    /// The fields that tell which of several sources it was, a bit each.
    pub(crate) marks: u16,
    /// The fields that are lifted from a lower level, a bit each.
    pub(crate) lifts: u16,
}

impl Row {
    pub(crate) const fn new<K: Spell>(name: &'static str, about: &'static [&'static str], level: Level, parts: &'static [Part]) -> Row {
        let mut merge = Merge::Fill;
        let (mut marks, mut lifts, mut claimed) = (0, 0, 0);
        let mut rest = parts;
        while let [part, more @ ..] = rest {
            if !matches!(part.align, Align::First) {
                merge = Merge::Whole;
            }
            if let Some(mark) = part.mark {
                marks |= 1 << mark;
            }
            // Of several parts that fill a field the first one speaks for it.
            let fields = part.fields(0);
            if part.from.is_some() {
                lifts |= fields & !claimed;
            }
            claimed |= fields;
            rest = more;
        }
        let (places, searches) = ([None; PLACES], [None; SEARCHES]);
        Row { name, about, level, kind: Vtable::of::<K>(), parts, merge, places, searches, marks, lifts }
    }

    /// Written at `element` in these releases, in this shape.
    pub(crate) const fn at(self, releases: Releases, element: &'static str, shape: Shape) -> Row {
        let place = At::new(self.level, releases, element, shape, None);
        self.place(place)
    }

    /// Written at `element`, where this policy says so.
    pub(crate) const fn at_if(self, when: fn(Release, &Options) -> bool, releases: Releases, element: &'static str, shape: Shape) -> Row {
        let place = At::new(self.level, releases, element, shape, Some(when));
        self.place(place)
    }

    const fn place(mut self, at: At) -> Row {
        let mut places = &mut self.places as &mut [Option<At>];
        while let [place, rest @ ..] = places {
            if place.is_none() {
                *place = Some(at);
                return self;
            }
            places = rest;
        }
        self
    }

    /// The values of all data sets together are a set.
    pub(crate) const fn set(mut self) -> Row {
        self.merge = Merge::Set;
        self
    }

    /// Asked for by this search parameter.
    pub(crate) const fn search(mut self, releases: Releases, parameter: &'static str, kind: SearchKind) -> Row {
        let mut searches = &mut self.searches as &mut [Option<Search>];
        while let [search, rest @ ..] = searches {
            if search.is_none() {
                *search = Some(Search { parameter, kind, releases });
                return self;
            }
            searches = rest;
        }
        self
    }

    /// The row's name, that of its constant in [`row`](crate::row).
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it maps, and the clauses that say so.
    pub fn about(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.about.iter().map(|line| line.trim())
    }

    /// The level of the record it belongs to.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// The name of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind.name
    }

    /// The attributes that feed it.
    #[must_use]
    pub const fn parts(&self) -> &'static [Part] {
        self.parts
    }

    /// Where FHIR has it: releases, element with its path, name of the shape.
    pub fn elements(&self) -> impl Iterator<Item = (Releases, &'static str, &'static str)> + '_ {
        self.places.iter().flatten().map(|at| (at.releases, at.element, at.shape.name()))
    }

    /// The search parameters that ask for it.
    pub fn searches(&self) -> impl Iterator<Item = &Search> + '_ {
        self.searches.iter().flatten()
    }

    pub(crate) fn place_for(&self, release: Release, options: &Options) -> impl Iterator<Item = &At> {
        let wanted = self
            .places
            .each_ref()
            .map(|place| place.as_ref().filter(|at| at.releases.holds(release) && at.when.is_none_or(|when| when(release, options))));
        wanted.into_iter().flatten()
    }

    /// The bit of what a data set knows that this part, even empty, sets: that of the fact, by its first field (of a body site by its region, too);
    /// or, of a person, that of the identification, which stands in an attribute of its own.
    pub(crate) fn known_by(&self, index: u8, part: &Part) -> u64 {
        match part.vr {
            Vr::Offset => 0,
            _ if part.field == 0 => 1 << index,
            Vr::Sq if self.kind.name == crate::kind::PERSON => 1 << (index + IDENTIFIED),
            // A region says where as well as the part's name does.
            Vr::Sq if self.kind.name == crate::kind::BODY_SITE => 1 << index,
            _ => 0,
        }
    }

    /// The part that fills `field`, alone or with what its items hold.
    pub(crate) fn part_of(&self, field: usize) -> Option<&'static Part> {
        self.parts.iter().find(|part| part.reaches(0, field))
    }

    /// The VR of the attribute that fills `field`, inside sequences too: what the table of them is tested by.
    #[cfg(test)]
    pub(crate) fn vr_of(&self, field: usize) -> Option<Vr> {
        let top = self.part_of(field)?;
        let (mut parts, mut base, mut vr) = (self.parts, 0, top.vr);
        while let Some(part) = parts.iter().find(|part| part.reaches(base, field)) {
            vr = part.vr;
            base += usize::from(part.field);
            parts = part.items;
        }
        Some(vr)
    }

    /// The part at the top of a data set that fills `field` of an item.
    pub(crate) fn top_of(&self, field: usize, item: &Fields<'_>) -> Option<&'static Part> {
        let marked = |part: &Part| part.mark.is_some_and(|mark| item.get(usize::from(mark)).is_some_and(|text| !text.is_empty()));
        let mut those = self.parts.iter().filter(|part| part.reaches(0, field));
        those.clone().find(|part| marked(part)).or_else(|| those.next())
    }

    /// The tags that lead to the part which fills `field`.
    pub(crate) fn tags_of(&self, field: usize) -> ([u32; 4], usize) {
        self.tags_in(field, &[""; FIELDS])
    }

    /// As [`Self::tags_of`]; where `item` is marked as coming from a certain part, that part.
    pub(crate) fn tags_in(&self, field: usize, item: &Fields<'_>) -> ([u32; 4], usize) {
        let mut path = [0; 4];
        let mut len = 0;
        let mut push = |tag| {
            if let Some(slot) = path.get_mut(len) {
                *slot = tag;
                len += 1;
            }
        };
        let mut parts = self.parts;
        let mut base = 0;
        let marked = |part: &Part| part.mark.is_some_and(|mark| item.get(usize::from(mark)).is_some_and(|text| !text.is_empty()));
        loop {
            let mut those = parts.iter().filter(|part| part.reaches(base, field));
            let Some(part) = those.clone().find(|part| marked(part)).or_else(|| those.next()) else { break };
            part.within.map(&mut push);
            push(part.tag);
            base += usize::from(part.field);
            parts = part.items;
        }
        // What no attribute says is told of at that of the fact.
        if let (0, Some(first)) = (len, self.parts.first()) {
            (path, len) = ([first.within.unwrap_or(first.tag), 0, 0, 0], 1);
        }
        (path, len)
    }

    /// Whether no attribute says a field, nor is it told by which attribute says another.
    pub(crate) fn is_unsaid(&self, field: usize) -> bool {
        self.part_of(field).is_none() && 1_u16.checked_shl(field as u32).is_none_or(|bit| self.marks & bit == 0)
    }
}

/// A row, with the type of what it holds: the key for [`Study::get`](crate::Study::get).
pub struct Fact<K> {
    pub(crate) level: Level,
    pub(crate) index: usize,
    kind: PhantomData<fn() -> K>,
}

impl<K> Fact<K> {
    pub(crate) const fn new(level: Level, index: usize) -> Self {
        Fact { level, index, kind: PhantomData }
    }
}

impl<K> Clone for Fact<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Fact<K> {}

/// Numbers the rows of a level; every meaning sits in the calls.
macro_rules! rows {
    ($level:ident: $($(#[doc = $about:literal])+ $name:ident: $kind:ident = [$($part:expr),* $(,)?] $(.$method:ident($($argument:expr),*))*;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(usize)]
        enum Index { $($name),* }

        $($(#[doc = $about])+ pub const $name: $crate::table::Fact<$kind> = $crate::table::Fact::new($crate::table::Level::$level, Index::$name as usize);)*

        pub(crate) static ROWS: &[$crate::table::Row] = &[
            $($crate::table::Row::new::<$kind>(stringify!($name), &[$($about),+], $crate::table::Level::$level, &[$($part),*]) $(.$method($($argument),*))*),*
        ];
    };
}
pub(crate) use rows;
