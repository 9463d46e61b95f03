//! Kinds: what a fact is, whichever side it is spelled on. One file each.
//!
//! A kind names its fields, brings values into their one form (`canon`), says them in FHIR's terms (`to_fhir`)
//! and gives callers a typed view ([`Kind::View`]). Views show no values in their `Debug`.

mod birth;
mod body_site;
mod concept;
mod date_time;
mod device;
mod fill;
mod identifier;
mod laterality;
mod location;
mod modality;
mod person;
mod plain;
mod reason;
mod request;
mod retrieve;
mod sex;
mod specimen;
mod title;

pub use birth::{Birth, BirthView};
pub use body_site::{BodySite, BodySiteView};
pub use concept::{Concept, ConceptView};
pub use date_time::{DateTime, DateTimeOr, DateTimeView};
pub use device::{Device, DeviceView};
pub use identifier::{Identifier, IdentifierView, PatientIdentifier};
pub(crate) use identifier::{NO_NAME, UNREAD, canonical_issuer};
pub use laterality::{Laterality, LateralityView};
pub use location::{Location, LocationView};
pub use modality::Modality;
pub use person::{Person, PersonView};
pub use plain::{Number, Text, Uid};
pub use reason::{Reason, ReasonView};
pub use request::{Request, RequestView};
pub use retrieve::{Retrieve, RetrieveView};
pub use sex::Sex;
pub(crate) use sex::{is_sex, sex_of};
pub use specimen::{Specimen, SpecimenView};
pub use title::{Title, TitleView};

pub(crate) use fill::{Fill, Outcome};
pub(crate) use person::{is_of_identification, is_of_name, is_one_group};

use crate::fhir::found::Found;
use crate::fhir::shape::{Fhir, Shape, Short};
use crate::loss::Code;
use crate::options::Options;
use crate::value::{FIELDS, Fields};
use alloc::string::String;

mod sealed {
    /// Kinds are made here only.
    pub trait Sealed {}
}
pub(crate) use sealed::Sealed;

/// A kind of fact.
pub trait Kind: Sealed {
    /// Its name.
    const NAME: &'static str;
    /// How many fields an item has.
    const FIELDS: usize;
    /// What callers see of an item.
    type View<'a>;
    /// The view of an item; absent fields are empty.
    fn view<'a>(fields: &[&'a str; 10]) -> Self::View<'a>;
}

/// The name of the kind of persons.
pub(crate) const PERSON: &str = <Person as Kind>::NAME;

/// The name of the kind of body sites.
pub(crate) const BODY_SITE: &str = <BodySite as Kind>::NAME;

/// How a kind is spelled.
pub(crate) trait Spell: Kind {
    /// Brings one item into the one form in which it is kept, and refuses what makes no sense together.
    fn canon(draft: &mut Draft<'_>) {
        let _ = draft;
    }

    /// Whether the text of a field that an item lacks says what another of its fields says already, so that `canon` would take it out again.
    fn says_again(known: &Fields<'_>, field: usize, text: &str) -> bool {
        let _ = (known, field, text);
        false
    }

    /// Whether an item of which these fields are filled, a bit each, and whose first field is this, is in its one form whatever else it holds:
    /// `canon` would change nothing.
    fn is_settled(filled: u16, first: &str) -> bool {
        let _ = (filled, first);
        false
    }

    /// Whether the text of an item with this first field holds that field once, as it is, and all else that is written and told depends on the
    /// other fields alone.
    fn splices(first: &str, cx: &Cx<'_>) -> bool {
        let _ = (first, cx);
        false
    }

    /// The text of an item, where it can be told at once that all of it is carried and how it is written: how many fields that are. Otherwise
    /// none.
    const AT_ONCE: Option<AtOnce> = None;

    /// One item in FHIR's terms; `told` hears what is left out or bent.
    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a>;

    /// One item from FHIR's terms. What `fill` does not hear of is told by the reader.
    fn from_fhir<'d>(found: &Found<'d>, cx: &Cx<'_>, fill: &mut Fill<'d>);
}

/// What spelling in FHIR, and reading it, depend on besides the value.
pub(crate) struct Cx<'a> {
    pub(crate) options: &'a Options,
    pub(crate) shape: Shape,
}

/// How a kind writes the text of an item at once.
pub(crate) type AtOnce = fn(&Fields<'_>, &Cx<'_>, &mut Short) -> u64;

/// A kind, for rows.
#[derive(Clone, Copy)]
pub(crate) struct Vtable {
    pub(crate) name: &'static str,
    pub(crate) fields: usize,
    pub(crate) canon: fn(&mut Draft<'_>),
    pub(crate) says_again: fn(&Fields<'_>, usize, &str) -> bool,
    pub(crate) is_settled: fn(u16, &str) -> bool,
    pub(crate) splices: fn(&str, &Cx<'_>) -> bool,
    pub(crate) at_once: Option<AtOnce>,
    pub(crate) to_fhir: for<'a> fn(&Fields<'a>, &Cx<'a>, &mut Told) -> Fhir<'a>,
    pub(crate) from_fhir: for<'d> fn(&Found<'d>, &Cx<'_>, &mut Fill<'d>),
}

impl Vtable {
    pub(crate) const fn of<K: Spell>() -> Vtable {
        assert!(K::FIELDS <= FIELDS);
        Vtable {
            name: K::NAME,
            fields: K::FIELDS,
            canon: K::canon,
            says_again: K::says_again,
            is_settled: K::is_settled,
            splices: K::splices,
            at_once: K::AT_ONCE,
            to_fhir: K::to_fhir,
            from_fhir: K::from_fhir,
        }
    }
}

/// What happened to the fields of an item: nothing, or one loss each.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) marks: [Option<Code>; FIELDS],
}

impl Told {
    /// Field `field` is left out or noted. The last word stands.
    pub(crate) fn mark(&mut self, field: usize, code: Code) {
        if let Some(mark) = self.marks.get_mut(field) {
            *mark = Some(code);
        }
    }

    /// Remarks on a field that nothing is said of yet.
    pub(crate) fn note(&mut self, field: usize, code: Code) {
        if let Some(mark) = self.marks.get_mut(field) {
            mark.get_or_insert(code);
        }
    }

    /// Marks those of `fields` that are filled.
    pub(crate) fn mark_filled(&mut self, item: &Fields<'_>, fields: core::ops::Range<usize>, code: Code) {
        for field in fields {
            if item.get(field).is_some_and(|text| !text.is_empty()) {
                self.mark(field, code);
            }
        }
    }
}

/// An item on its way into the record: its fields, in a text that grows.
pub(crate) struct Draft<'t> {
    text: &'t mut String,
    spans: [(usize, usize); FIELDS],
    pub(crate) told: Told,
    /// A field whose value went to another field.
    pub(crate) moved: Option<(usize, usize)>,
    /// A field that said what another says, which is kept.
    pub(crate) again: Option<(usize, usize)>,
}

impl<'t> Draft<'t> {
    pub(crate) fn new(text: &'t mut String) -> Self {
        Draft { text, spans: [(0, 0); FIELDS], told: Told::default(), moved: None, again: None }
    }

    pub(crate) fn put(&mut self, field: usize, start: usize, end: usize) {
        if let Some(span) = self.spans.get_mut(field) {
            *span = (start, end);
        }
    }

    pub(crate) fn spans(&self) -> [(usize, usize); FIELDS] {
        self.spans
    }

    pub(crate) fn get(&self, field: usize) -> &str {
        self.spans.get(field).and_then(|(start, end)| self.text.get(*start..*end)).unwrap_or("")
    }

    pub(crate) fn is_filled(&self, field: usize) -> bool {
        !self.get(field).is_empty()
    }

    pub(crate) fn set(&mut self, field: usize, value: &str) {
        let start = self.text.len();
        self.text.push_str(value);
        self.put(field, start, self.text.len());
    }

    /// Empties a field that says what is meant without it.
    pub(crate) fn clear(&mut self, field: usize) {
        self.put(field, 0, 0);
    }

    /// Empties a field that says again what another says: what becomes of that one becomes of it.
    pub(crate) fn says(&mut self, field: usize, of: usize) {
        if self.is_filled(field) {
            self.clear(field);
            self.again = Some((field, of));
        }
    }

    /// A field's value belongs to another field; where that has it already it is said twice.
    pub(crate) fn shift(&mut self, from: usize, to: usize) {
        if self.is_filled(to) {
            self.says(from, to);
        } else if let Some((start, end)) = self.spans.get(from).copied() {
            self.put(to, start, end);
            self.moved = Some((from, to));
            self.clear(from);
        }
    }

    /// As [`Self::shift`], in other words.
    pub(crate) fn shift_as(&mut self, from: usize, to: usize, value: &str) {
        self.shift(from, to);
        self.set(to, value);
    }

    /// Empties a field and tells why, if it was filled.
    pub(crate) fn refuse(&mut self, field: usize, code: Code) {
        if self.is_filled(field) {
            self.clear(field);
            self.told.mark(field, code);
        }
    }

    /// Remarks on a filled field.
    pub(crate) fn note(&mut self, field: usize, code: Code) {
        if self.is_filled(field) {
            self.told.mark(field, code);
        }
    }
}

/// A public view of an item whose `Debug` shows which fields are filled, never what they hold.
macro_rules! view {
    ($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $doc:literal])+ $field:ident = $index:literal,)+ }) => {
        $(#[doc = $about])+
        ///
        /// Absent fields are empty. `Debug` shows which are filled, never what they hold.
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name<'a> {
            $($(#[doc = $doc])+ pub $field: &'a str,)+
        }

        impl<'a> $name<'a> {
            fn of(fields: &[&'a str; 10]) -> Self {
                $name { $($field: fields.get($index).copied().unwrap_or(""),)+ }
            }
        }

        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &!self.$field.is_empty()))+.finish()
            }
        }
    };
}
pub(crate) use view;

/// Field `index` of an item.
pub(crate) fn field<'a>(fields: &Fields<'a>, index: usize) -> &'a str {
    fields.get(index).copied().unwrap_or("")
}
