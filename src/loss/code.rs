//! The closed vocabulary of losses.

use core::fmt;

/// What kind of loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Two statements of the input contradict each other.
    Conflict,
    /// The input departs from its standard.
    Deviation,
    /// The other side has no place for it, or not as it stands.
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

            /// Of two remarks on one leaf the one that is told: the first, but one that departs from the standard stands before one that does not.
            pub(crate) const fn or_departure(self, other: Code) -> Code {
                match (self.class(), other.class()) {
                    (Class::Deviation, _) => self,
                    (_, Class::Deviation) => other,
                    _ => self,
                }
            }

            /// Whether it says that statements differ, be that allowed or not.
            pub(crate) const fn is_difference(self) -> bool {
                matches!(self, Code::Conflict | Code::NotUniform)
            }

            /// Whether nobody may go on as if nothing was.
            pub(crate) const fn is_serious(self) -> bool {
                matches!(self, Code::PatientConflict | Code::Withdrawn | Code::Modifier)
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
    BackslashList "backslash-list" Deviation true "one string holds several values divided by backslash; it is split, and nothing of it is lost",
    CodeCase "code-case" Deviation true "a code string is in lower case; it is read as upper case",
    LegacyDate "legacy-date" Deviation true "a date in the form YYYY.MM.DD or YYYY-MM-DD",
    LegacyTime "legacy-time" Deviation true "a time in the form HH:MM:SS or HH:MM",
    LegacyOffset "legacy-offset" Deviation true "an offset from UTC written with a colon, or as Z or -0000",
    FractionCut "fraction-cut" Deviation true "a fraction of a second has more than six digits; six are kept",
    ControlCharacter "control-character" Deviation true "text holds control characters; they are removed",
    OddUid "odd-uid" Deviation true "a UID that DICOM forbids but that can be carried as it stands",
    SchemeMended "scheme-mended" Deviation true "a SNOMED code under the other designator (SRT, SCT) than its form; it is read under its own",
    StudyModality "study-modality" Deviation true "Modality stands in a row without a series; it is read as ModalitiesInStudy",
    ListForm "list-form" Deviation true "one value where FHIR has a list, or a list of one where it has one value",
    OtherRelease "other-release" Deviation true "an element that only other releases have, or in the form of another release; it is read",
    UidForm "uid-form" Deviation true "a UID with urn:oid: where FHIR has it bare, or the reverse",
    TypeUnknown "type-unknown" Deviation true "a Reference's type that is no resource type",
    OtherType "other-type" Deviation true "a number given as text, or text given as a number",
    BundleContained "bundle-contained" Deviation true "a resource in a member contained of the Bundle, which FHIR does not have",
    FullUrl "full-url" Deviation true "a fullUrl that is a search and no resource's URL",
    ZoneMissing "zone-missing" Deviation true "a time without the offset from UTC that FHIR requires; date and time are read",
    ElementMissing "element-missing" Deviation true "FHIR requires the element and it is not there; count 0",
    BadDate "bad-date" Deviation false "not a date of the calendar, or a placeholder from before 1800",
    BadTime "bad-time" Deviation false "not a time of day",
    BadOffset "bad-offset" Deviation false "not an offset from UTC between -1200 and +1400",
    BadNumber "bad-number" Deviation false "not an integer",
    BadUid "bad-uid" Deviation false "a UID that cannot be carried; what it names is refused",
    BadCode "bad-code" Deviation false "a code string outside its enumerated values, with no place to carry it",
    BadUrl "bad-url" Deviation false "not an http(s) URL of this study",
    BadType "bad-type" Deviation false "a JSON type that this attribute cannot have",
    ExtraValue "extra-value" Deviation false "a further value of an attribute that has one, or within a string of which one is read",
    AmbiguousValue "ambiguous-value" Deviation false "several different values of an identity that has one; none is chosen",
    ExtraMember "extra-member" Deviation false "a member of an attribute, or of a data set, that DICOM JSON does not know",
    DuplicateAttribute "duplicate-attribute" Deviation false "an attribute that its data set already has; the first stands",
    NotADataset "not-a-dataset" Deviation false "a value stands where a data set belongs",
    NoIdentity "no-identity" Deviation false "a data set, or a part of it, has no UID for its level and cannot be placed",
    UnknownElement "unknown-element" Deviation false "a member that FHIR does not know",
    DuplicateMember "duplicate-member" Deviation false "a member that its object already has; the first stands",
    RequiredMissing "required-missing" Deviation true "FHIR requires the element and DICOM gave nothing: data-absent-reason is written; count 0",
    Conflict "conflict" Conflict false "differs from the value that stands",
    PatientConflict "patient-conflict" Conflict false "rows of one study under different patients: kept apart (count 0), or not placeable (counted)",
    NotMapped "not-mapped" NoHome false "an attribute that is known and deliberately not mapped",
    TooLong "too-long" NoHome false "longer than its value representation holds, or with a backslash, which divides its values",
    UnknownAttribute "unknown-attribute" NoHome false "a standard attribute outside the table",
    Private "private" NoHome false "an attribute of a private group",
    BulkValue "bulk-value" NoHome false "the value is bulk data, given by reference or in binary; never fetched",
    NotUniform "not-uniform" NoHome false "differs among the instances of a series, which then has none, or among rows that say where a study was made, of which the first stands",
    OtherSystem "other-system" NoHome true "a code or identifier under none or another system than the one FHIR names; it is read",
    TimeWithoutDate "time-without-date" NoHome false "a time of day without its date",
    Incomplete "incomplete" NoHome false "a part whose main part is absent: an issuer without identifier, a coding scheme without code",
    NumberOutOfRange "number-out-of-range" NoHome false "a negative number, or one beyond 2147483647: FHIR's unsignedInt cannot hold it",
    PrecisionCut "precision-cut" NoHome true "a fraction of a second has more than the six digits that DICOM has; six are kept",
    NoCode "no-code" NoHome false "a value for which FHIR's value set has no code",
    NoElement "no-element" NoHome false "this release has no element for it",
    NoAttribute "no-attribute" NoHome false "an element, or a part of one, that DICOM has no attribute for",
    Extension "extension" NoHome false "an extension",
    Narrative "narrative" NoHome false "the narrative of a resource",
    OtherResource "other-resource" NoHome false "a resource that is neither a study nor referred to by one",
    UnresolvedReference "unresolved-reference" NoHome false "a reference to a resource that is not in the input",
    DateTooCoarse "date-too-coarse" NoHome false "a date without month or day: DICOM has whole days",
    Withdrawn "withdrawn" NoHome false "the status says that the study is entered in error, cancelled or inactive: nobody should use it",
    Modifier "modifier" NoHome false "a resource with implicitRules or a modifierExtension, which may change its meaning: it is refused",
    ModalityNotInSeries "modality-not-in-series" Policy true "a modality of the study that none of the listed series has; it is kept apart",
    SchemeUnknown "scheme-unknown" Policy false "a code whose coding scheme has no known URI: the text is carried, code and scheme are not",
    SchemeNameDropped "scheme-name-dropped" Policy false "the scheme's UID is carried as its URI, its local name is not",
    SystemUnknown "system-unknown" Policy false "an identifier whose system nobody knows: a StudyID for which the caller gave none, a patient's number whose issuer could not be read",
    TimeWithoutZone "time-without-zone" Policy false "a time of day whose offset from UTC is unknown: the date alone is carried",
    TimeTooCoarse "time-too-coarse" Policy false "a time of day without minutes: the date alone is carried",
    PrecisionAdded "precision-added" Policy true "a time without seconds is filled with :00, as FHIR requires seconds",
    ZoneAssumed "zone-assumed" Policy true "a time dated by the offset that the options give, not by its data set",
    OffsetChanged "offset-changed" Policy true "a date and time given in the offset from UTC that its data set has",
    OffsetUnused "offset-unused" Policy false "an offset from UTC that dates no time",
    AlternativeSource "alternative-source" Policy true "the value comes from a secondary attribute, which reading back cannot tell",
    AlternativeUnused "alternative-unused" Policy false "another attribute of higher rank fills the element",
    AliasCollapsed "alias-collapsed" Policy true "a term that shares its code with the term that reading back will give",
    Lifted "lifted" Policy true "a value of a lower level joins the list of a higher one; which row it came from is not kept",
    ModalityNotListed "modality-not-listed" Policy false "a modality of the study that no series has and that this release's list leaves out",
    UrlNotTrusted "url-not-trusted" Policy false "a server's URL of itself, which is not trusted (by the options, or since several patients share it)",
    NeedsResource "needs-resource" Policy false "its home is a resource that these options do not write",
    NamePartDropped "name-part-dropped" Policy false "a group of a name that the chosen display leaves out",
    NameFlattened "name-flattened" Policy true "a name displayed for people; its components cannot be told back",
    NameUnstructured "name-unstructured" Policy true "a name without ^ and =: it is read as one component",
    NotListed "not-listed" Policy false "a fact of a level, or of queries, that what is written does not list",
    NotSelected "not-selected" Policy false "an attribute that the caller did not ask for",
    OutputLimit "limit-output-bytes" Policy false "left out because what is written has as many bytes as limits.output_bytes allows",
    MoreLosses "more-losses" Policy false "beyond 1,024 distinct losses the rest is counted here, but for patient-conflict, withdrawn and modifier, which are told without their places",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
