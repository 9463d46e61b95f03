//! What a server does wrong, or cannot: one field per fault, and the choices of a fault. The default of each choice is the
//! standard's. The sources are in the presets.

use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Decode {
    /// Split, then decode each part; `+` is a space.
    #[default]
    Rfc,
    /// Decode the whole query, then split on `&` and `=`.
    BeforeSplit,
    /// Never.
    None,
}
/// Which values are lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum List {
    /// A comma is a character.
    None,
    /// Raw commas separate UIDs.
    #[default]
    Uids,
    /// Raw commas (before decoding) separate everything; keys without `L` or `U` use the first value.
    Raw,
    /// Commas, even encoded ones, separate everything; backslashes are deleted.
    Anywhere,
}
/// What a key given twice means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Repeat {
    First,
    Last,
    Or,
    #[default]
    Bad,
}
/// What is done with a key that is not matched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Policy {
    /// Dropped: the answer is wider.
    #[default]
    Ignore,
    /// 400.
    Bad,
    /// Never true: no rows.
    Zero,
    /// Some series below has it.
    Exists,
}
/// How case is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Case {
    #[default]
    Exact,
    Fold,
    /// Folded (ASCII only) if the whole query value is upper case, else exact.
    FoldIfUpper,
    /// The query value is upper-cased, the stored one is not.
    QueryUpper,
}
/// What `*` and `?` mean, for the keys with a `W`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wild {
    #[default]
    Standard,
    Literal,
    /// Leading and trailing `*`; inner `*` deleted; `?` literal.
    EdgesInnerDeleted,
    /// Leading and trailing `*`, `?`; inner `*` literal.
    EdgesInnerLiteral,
    /// `x*` and `*x*` contain; `*x` compares the first occurrence with the end; the rest literal.
    Contains,
}
/// What a name key is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Names {
    Joined,
    #[default]
    Alphabetic,
    AnyGroup,
}
/// How times (and dates) are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clock {
    /// As text.
    Text,
    /// As dates and times; a query value that is none is 400.
    #[default]
    Parsed,
    /// Text, and the query value must be `hhmmss.SSSSSS`, else 400.
    Micros,
}
/// What `limit=0` means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Zero {
    NoLimit,
    #[default]
    Nothing,
    Bad,
}
/// What `includefield=all` does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum All {
    Nothing,
    /// Every attribute of the levels of the row.
    #[default]
    Everything,
    /// These more.
    More(Vec<String>),
}
/// What `fuzzymatching=true` does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fuzzy {
    Ignored,
    /// Ignored; anything but true and false is 400.
    Checked,
    /// Literal matching with a Warning.
    #[default]
    Warned,
    /// A word of the key begins a word of the name.
    Words,
    /// Words sound alike, and nothing else counts.
    Soundex,
    /// Words sound alike, or literal matching.
    SoundexToo,
}
/// The order of the rows; always the same for the same archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    Stored,
    Newest,
    #[default]
    Scrambled,
    DateDown,
    DateUp,
    Numbers,
}

/// What a server does wrong, or cannot. By default nothing that is optional: `presets/baseline.rs` adds what the standard has.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    pub id: String,
    pub decode: Decode,
    /// Characters that RFC 3986 does not allow raw are 400.
    pub strict_uri: bool,
    pub list: List,
    /// A decoded backslash separates values.
    pub backslash_list: bool,
    /// Status for a comma in a UID key.
    pub comma_uid: Option<u16>,
    pub repeat: Repeat,
    /// Tag to kinds (letters of servers.md §2) for study, series, instance.
    pub keys: [BTreeMap<String, String>; 3],
    /// Every tag of the dictionary is a key, at its level.
    pub any_tag: bool,
    /// Keys of the levels above on `/studies/{uid}/…`.
    pub parent_keys: bool,
    /// With the key ModalitiesInStudy there is one row for a StudyInstanceUID, whoever's it is.
    pub merged_by_modality: bool,
    /// Names that are in no dictionary.
    pub unknown: Policy,
    /// Attributes that are known and not matched here.
    pub unsupported: Policy,
    /// Series keys on `/studies`, instance keys on the levels above (only with `any_tag`).
    pub lower: Policy,
    /// Sequence paths that are matched; other paths fall under `unsupported`, or `unknown` if empty.
    pub paths: Vec<String>,
    pub case_pn: Case,
    pub case_text: Case,
    pub case_id: Case,
    pub case_code: Case,
    /// Names are compared without accents.
    pub no_accents_pn: bool,
    pub wild: Wild,
    /// `*` or `?` in a VR without wild cards is 400.
    pub wild_bad: bool,
    /// Keys of an absent attribute see the text `*`.
    pub absent_is_star: bool,
    pub names: Names,
    /// `^*` is appended to a name key.
    pub name_prefix: bool,
    /// Several stored values are compared as one text with backslashes.
    pub joined_values: bool,
    pub dates: Clock,
    pub times: Clock,
    /// A range whose start is after its end is 400.
    pub inverted_bad: bool,
    /// A missing date or time is within `-x`.
    pub empty_passes: bool,
    /// StudyDate and StudyTime are one interval.
    pub combined: bool,
    /// A study without a time is within, on the first and last day.
    pub boundary_passes: bool,
    /// An absent or empty attribute passes every test.
    pub absent_passes: bool,
    /// An empty stored DA with a date filter is 500.
    pub empty_date_500: bool,
    /// The value `null` finds what has no value.
    pub null_word: bool,
    /// StudyInstanceUID switches all other keys off.
    pub uid_bypass: bool,
    pub empty_value_bad: bool,
    /// The value is trimmed.
    pub trims: bool,
    /// `"` in a fuzzy value is 400.
    pub quote_bad: bool,
    pub default_limit: [Option<usize>; 3],
    pub max_limit: [Option<usize>; 3],
    /// A limit above the maximum is 400; else it is cut to it.
    pub over_limit_bad: bool,
    pub limit_zero: Zero,
    pub max_offset: Option<usize>,
    /// limit and offset are ignored.
    pub no_paging: bool,
    /// Text of the Warning, with `{n}`, when rows remain.
    pub more: Option<String>,
    /// Nothing found is 204 (else 200 `[]`).
    pub no_content: bool,
    /// One study UID under two PatientIDs is two rows.
    pub split_patients: bool,
    /// `/series`, `/studies/{uid}/instances`, `/instances` exist.
    pub relational: [bool; 3],
    /// An unknown study in the path is 404.
    pub unknown_study_404: bool,
    /// Attributes (or paths) returned by default, per level.
    pub defaults: [Vec<String>; 3],
    /// Defaults of the levels above are returned on `/studies/{uid}/…` too.
    pub parent_defaults: bool,
    pub all: All,
    /// `all` beside another name is 400.
    pub all_alone: bool,
    /// Tags that never come.
    pub never: Vec<String>,
    pub no_sequences: bool,
    pub include_ignored: bool,
    /// If not empty, only these can be included.
    pub include_only: Vec<String>,
    pub include_comma: bool,
    pub include_repeat: Repeat,
    pub include_dotted: bool,
    pub include_bad: bool,
    pub include_max: Option<usize>,
    /// Attributes of the levels above can be included on `/studies/{uid}/…`.
    pub include_parents: bool,
    /// Attributes used as keys are returned.
    pub keys_returned: bool,
    /// Default attributes without a value come as an empty attribute.
    pub empty_defaults: bool,
    /// Included attributes without a value come as an empty attribute.
    pub empty_includes: bool,
    pub order: Order,
    /// A study is stored between the first page and the second: pages repeat a row.
    pub shifted_pages: bool,
    /// Orthanc >= 1.12.5: keys outside the main tags are tested after the page is cut; with an offset, 400.
    pub late_keys: bool,
    pub fuzzy: Fuzzy,
    /// Keys that `fuzzy` touches.
    pub fuzzy_keys: Vec<String>,
    /// With a ModalitiesInStudy key, counts cover the matching series.
    pub counts_of_filter: bool,
    pub counts_text: bool,
    pub charset: Option<String>,
    /// Base of RetrieveURL.
    pub base: String,
    /// StudyDate is matched as the day of the instant on the server's clock, in minutes east, where a study has a time and an offset.
    pub clock: Option<i32>,
    /// dcm4chee's `orderby`, `allOfModalitiesInStudy`, `includedefaults`, `/studies/count`.
    pub dcm4chee: bool,
    /// `0010,0020` is a tag.
    pub comma_tags: bool,
    /// Keywords in any case.
    pub loose_words: bool,
    /// Series and below are answered by this preset.
    pub below: Option<String>,
}
