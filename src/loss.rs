//! [`Loss`], [`LossReport`], [`Mapped`]: a result minus something, and what the something was.

use crate::error::{Error, Kind};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

/// What kind of loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Two statements of the input contradict each other.
    Conflict,
    /// The input departs from its standard.
    Deviation,
    /// The other side has no place for it.
    NoHome,
    /// It could be carried; the options say not to, or lack what it takes.
    Policy,
}

impl Class {
    /// The name in `spec/loss-codes.json`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Class::Conflict => "conflict",
            Class::Deviation => "deviation",
            Class::NoHome => "no-home",
            Class::Policy => "policy",
        }
    }
}

macro_rules! codes {
    ($($name:ident $code:literal $class:ident $carried:literal $text:literal,)*) => {
        /// What was lost, or noted. The vocabulary is closed and listed in `spec/loss-codes.json`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $(#[doc = $text] $name),* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Code::$name => $code),* }
            }

            /// Its class.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Code::$name => Class::$class),* }
            }

            /// Whether the value came through nevertheless, so that the loss is a note.
            #[must_use]
            pub const fn is_carried(self) -> bool {
                match self { $(Code::$name => $carried),* }
            }

            /// A sentence for people.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$name => $text),* }
            }
        }
    };
}

codes! {
    VrMissing "vr-missing" Deviation true "an attribute of the table has no vr or an empty one; its values are read by tag",
    VrWrong "vr-wrong" Deviation true "an attribute of the table has another vr than the dictionary's; its values are read by tag",
    TagCase "tag-case" Deviation true "a tag is written with lower-case digits",
    ValueNotArray "value-not-array" Deviation true "Value is not an array; it is read as its one value",
    NameAsText "name-as-text" Deviation true "a person name is a plain string, or holds = inside one group; it is split",
    TextAsNumber "text-as-number" Deviation true "a text attribute holds a JSON number; its digits are the text",
    BackslashList "backslash-list" Deviation true "one string holds several values divided by backslash; it is split",
    CodeCase "code-case" Deviation true "a code string is in lower case; it is read as upper case",
    LegacyDate "legacy-date" Deviation true "a date in the form YYYY.MM.DD or YYYY-MM-DD",
    LegacyTime "legacy-time" Deviation true "a time in the form HH:MM:SS",
    LegacyOffset "legacy-offset" Deviation true "an offset from UTC written with a colon, or as Z or -0000",
    FractionCut "fraction-cut" Deviation true "a fraction of a second has more than six digits; six are kept",
    ControlCharacter "control-character" Deviation true "text holds control characters; they are removed",
    OddUid "odd-uid" Deviation true "a UID that DICOM forbids but that can be carried as it stands",
    SchemeMended "scheme-mended" Deviation true "a SNOMED code under the other designator (SRT, SCT) than its form; it is read under its own",
    StudyModality "study-modality" Deviation true "Modality stands in a row without a series; it is read as ModalitiesInStudy",
    BadDate "bad-date" Deviation false "not a date of the calendar, or a placeholder from before 1800",
    BadTime "bad-time" Deviation false "not a time of day",
    BadOffset "bad-offset" Deviation false "not an offset from UTC between -1200 and +1400",
    BadNumber "bad-number" Deviation false "not an integer",
    BadUid "bad-uid" Deviation false "a UID that cannot be carried; what it names is refused",
    BadCode "bad-code" Deviation false "a code string outside its enumerated values, with no place to carry it",
    BadUrl "bad-url" Deviation false "not an http(s) URL of this study",
    BadType "bad-type" Deviation false "a JSON type that this attribute cannot have",
    ExtraValue "extra-value" Deviation false "a further value of an attribute that has one",
    AmbiguousValue "ambiguous-value" Deviation false "several different values of an identity that has one; none is chosen",
    ExtraMember "extra-member" Deviation false "a member of an attribute, or of a data set, that DICOM JSON does not know",
    DuplicateAttribute "duplicate-attribute" Deviation false "an attribute that its data set already has; the first stands",
    NotADataset "not-a-dataset" Deviation false "a value stands where a data set belongs",
    NoIdentity "no-identity" Deviation false "a data set, or a part of it, has no UID for its level and cannot be placed",
    TimeWithoutDate "time-without-date" Deviation false "a time of day without its date",
    Incomplete "incomplete" Deviation false "a part whose main part is absent: an issuer without identifier, a coding scheme without code",
    RequiredMissing "required-missing" Deviation true "FHIR requires the element and DICOM gave nothing: data-absent-reason is written; count 0",
    Conflict "conflict" Conflict false "differs from the value that stands",
    NotUniform "not-uniform" Conflict false "differs among the instances of a series, so the series has none",
    PatientConflict "patient-conflict" Conflict false "rows of one study under different patients: kept apart (count 0), or not placeable (counted)",
    NotMapped "not-mapped" NoHome false "an attribute that is known and deliberately not mapped",
    TooLong "too-long" NoHome false "longer than its value representation holds",
    UnknownAttribute "unknown-attribute" NoHome false "a standard attribute outside the table",
    Private "private" NoHome false "an attribute of a private group",
    BulkValue "bulk-value" NoHome false "the value is bulk data, given by reference or in binary; never fetched",
    NumberOutOfRange "number-out-of-range" NoHome false "a negative number, or one beyond 2147483647: FHIR's unsignedInt cannot hold it",
    NoCode "no-code" NoHome false "a value for which FHIR's value set has no code",
    NoElement "no-element" NoHome false "this release has no element for it",
    SchemeUnknown "scheme-unknown" Policy false "a code whose coding scheme has no known URI: the text is carried, code and scheme are not",
    SchemeNameDropped "scheme-name-dropped" Policy false "the scheme's UID is carried as its URI, its local name is not",
    SystemUnknown "system-unknown" Policy false "a StudyID, for which the caller gave no system",
    TimeWithoutZone "time-without-zone" Policy false "a time of day whose offset from UTC is unknown: the date alone is carried",
    TimeTooCoarse "time-too-coarse" Policy false "a time of day without minutes: the date alone is carried",
    PrecisionAdded "precision-added" Policy true "a time without seconds is filled with :00, as FHIR requires seconds",
    OffsetUnused "offset-unused" Policy false "an offset from UTC that dates no time",
    AlternativeSource "alternative-source" Policy true "the value comes from a secondary attribute, which reading back cannot tell",
    AlternativeUnused "alternative-unused" Policy false "another attribute of higher rank fills the element",
    AliasCollapsed "alias-collapsed" Policy true "a term that shares its code with the term that reading back will give",
    Lifted "lifted" Policy true "a value of a lower level joins the list of a higher one; which row it came from is not kept",
    ModalityNotListed "modality-not-listed" Policy false "a modality of the study that no series has and that this release's list leaves out",
    UrlNotTrusted "url-not-trusted" Policy false "a server's URL of itself, which the options do not trust",
    NeedsResource "needs-resource" Policy false "its home is a resource that these options do not write",
    NamePartDropped "name-part-dropped" Policy false "a group of a name that the chosen display leaves out",
    NameFlattened "name-flattened" Policy true "a name displayed for people; its components cannot be told back",
    NotListed "not-listed" Policy false "a fact of a series or an instance, which these options do not list",
    MoreLosses "more-losses" Policy false "beyond 1,024 distinct losses the rest is counted here",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One step of a [`Place`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A DICOM attribute.
    Tag(u32),
    /// The private attributes of this group.
    Group(u16),
    /// A value of an attribute, or an item of a sequence, from 0.
    Value(u32),
    /// A member whose name is not known, by its ordinal in its object, from 0.
    Unknown(u32),
    /// An element of a FHIR resource.
    Element(&'static str),
}

/// Where something was lost: at most eight steps. Row, series and instance indices are no part of it.
///
/// DICOM places are displayed as JSON pointers: `/00081032/Value/0/00080102`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    steps: [Option<Step>; 8],
}

impl Place {
    /// The whole input.
    pub const ROOT: Place = Place { steps: [None; 8] };

    /// This place and one step further; a ninth step is left out.
    #[must_use]
    pub fn then(mut self, step: Step) -> Place {
        if let Some(free) = self.steps.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(step);
        }
        self
    }

    /// The attributes `tags`, one inside the other.
    #[must_use]
    pub fn of_tags(tags: &[u32]) -> Place {
        tags.iter().fold(Place::ROOT, |place, tag| place.then(Step::Tag(*tag)))
    }

    /// The steps.
    pub fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        self.steps.iter().flatten().copied()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for step in self.steps() {
            match step {
                Step::Tag(tag) => write!(f, "/{tag:08X}")?,
                Step::Group(group) => write!(f, "/{group:04X}")?,
                Step::Value(index) => write!(f, "/Value/{index}")?,
                Step::Unknown(ordinal) => write!(f, "/~{ordinal}")?,
                Step::Element(name) if first => f.write_str(name)?,
                Step::Element(name) => write!(f, ".{name}")?,
            }
            first = false;
        }
        Ok(())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

/// One thing that was not carried, or was carried with a remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// What happened.
    pub code: Code,
    /// Where.
    pub at: Place,
    /// The first data set (or resource) it happened in, from 0 over everything that was read.
    pub first: u64,
    /// How many leaves it concerns. 0: a remark that concerns none.
    pub count: u64,
}

impl Loss {
    /// The class of its code.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.code.class()
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {} ({}, first in data set {})", self.code, self.at, self.code.meaning(), self.count, self.first)
    }
}

/// Distinct losses that are kept; the rest is counted under [`Code::MoreLosses`].
const DISTINCT: usize = 1024;

/// What was not carried, coalesced by code and place, in order of first appearance.
///
/// Law *carry-or-tell*: [`carried`](Self::carried) + the counts of all losses = the leaves of the input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LossReport {
    losses: Vec<Loss>,
    index: BTreeMap<(Code, Place), u32>,
    carried: u64,
}

impl LossReport {
    /// Whether nothing was lost or noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.losses.is_empty()
    }

    /// The losses, in order of first appearance.
    pub fn iter(&self) -> core::slice::Iter<'_, Loss> {
        self.losses.iter()
    }

    /// How many leaves came through without remark.
    #[must_use]
    pub const fn carried(&self) -> u64 {
        self.carried
    }

    /// How many leaves are counted under some loss.
    #[must_use]
    pub fn counted(&self) -> u64 {
        self.losses.iter().map(|loss| loss.count).sum()
    }

    /// Adds the losses of a further step of the same work, such as writing after reading.
    /// [`carried`](Self::carried) is then that of the last step: each step has its own leaves.
    pub fn merge(&mut self, later: &LossReport) {
        for loss in &later.losses {
            self.add(*loss);
        }
        self.carried = later.carried;
    }

    pub(crate) fn set_carried(&mut self, leaves: u64) {
        self.carried = leaves;
    }

    pub(crate) fn carry(&mut self, leaves: u64) {
        self.carried += leaves;
    }

    /// Takes back leaves that were thought carried and turned out otherwise.
    pub(crate) fn uncarry(&mut self, leaves: u64) {
        self.carried = self.carried.saturating_sub(leaves);
    }

    pub(crate) fn add(&mut self, loss: Loss) {
        if let Some(known) = self.index.get(&(loss.code, loss.at)).and_then(|at| self.losses.get_mut(*at as usize)) {
            known.count += loss.count;
            known.first = known.first.min(loss.first);
            return;
        }
        if self.losses.len() < DISTINCT {
            self.index.insert((loss.code, loss.at), self.losses.len() as u32);
            self.losses.push(loss);
        } else if loss.code != Code::MoreLosses || loss.at != Place::ROOT {
            // The list may then hold one entry more than DISTINCT.
            let more = Loss { code: Code::MoreLosses, at: Place::ROOT, ..loss };
            match self.index.get(&(more.code, more.at)) {
                Some(_) => self.add(more),
                None => {
                    self.index.insert((more.code, more.at), self.losses.len() as u32);
                    self.losses.push(more);
                }
            }
        }
    }
}

impl<'a> IntoIterator for &'a LossReport {
    type Item = &'a Loss;
    type IntoIter = core::slice::Iter<'a, Loss>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for LossReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for loss in self {
            writeln!(f, "{loss}")?;
        }
        Ok(())
    }
}

/// A result, and what is missing from it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a result may lack something: look at `loss`, or say .lossless()? or .ignore_loss()"]
pub struct Mapped<T> {
    /// The result.
    pub value: T,
    /// What it lacks.
    pub loss: LossReport,
}

/// Something was lost or noted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} distinct losses, the first: {}", .0.losses.len(), FirstOf(.0))]
pub struct Lossy(pub LossReport);

struct FirstOf<'a>(&'a LossReport);

impl fmt::Display for FirstOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.losses.first() {
            Some(loss) => write!(f, "{loss}"),
            None => f.write_str("none"),
        }
    }
}

impl<T> Mapped<T> {
    /// The result, if nothing was lost or noted.
    ///
    /// # Errors
    /// The report, if it is not empty.
    pub fn lossless(self) -> Result<T, Lossy> {
        if self.loss.is_empty() { Ok(self.value) } else { Err(Lossy(self.loss)) }
    }

    /// The result, whatever it lacks.
    pub fn ignore_loss(self) -> T {
        self.value
    }
}

/// Where losses go while something is read or written: into the report, and to the caller who wants each of them.
pub(crate) struct Sink<'c> {
    pub(crate) report: LossReport,
    each: Option<&'c mut dyn FnMut(&Loss)>,
    strict: bool,
    broken: bool,
}

impl<'c> Sink<'c> {
    pub(crate) fn new(strict: bool, each: Option<&'c mut dyn FnMut(&Loss)>) -> Self {
        Sink { report: LossReport::default(), each, strict, broken: false }
    }

    pub(crate) fn lose(&mut self, loss: Loss) {
        if let Some(each) = &mut self.each {
            each(&loss);
        }
        self.broken |= self.strict && matches!(loss.class(), Class::Deviation | Class::Conflict);
        self.report.add(loss);
    }

    /// In strict mode an error as soon as the input departed from its standard or contradicted itself.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.broken { Err(Error::new(Kind::Strict)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_distinct_losses_the_rest_is_counted() {
        let mut report = LossReport::default();
        for n in 0..2_000 {
            report.add(Loss { code: Code::UnknownAttribute, at: Place::of_tags(&[n]), first: 0, count: 2 });
        }
        assert_eq!(report.counted(), 4_000);
        assert_eq!(report.iter().count(), DISTINCT + 1);
        let last = report.iter().last().map(|loss| (loss.code, loss.count));
        assert_eq!(last, Some((Code::MoreLosses, 2 * (2_000 - DISTINCT as u64))));
    }

    #[test]
    fn a_place_has_eight_steps_at_most() {
        let place = Place::of_tags(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(place.steps().count(), 8);
    }
}
