//! What is done about each clause of a query, and why.

use alloc::string::String;
use alloc::vec::Vec;

/// What becomes of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// It is sent as it is asked.
    Exact,
    /// It is sent loosened; the residual tells the matches.
    Widened,
    /// It is not sent; the residual tells the matches.
    Kept,
    /// Nothing that is written can equal it: there is no request.
    Never,
}

impl Class {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Class::Exact => "Exact",
            Class::Widened => "Widened",
            Class::Kept => "Kept",
            Class::Never => "Never",
        }
    }
}

macro_rules! whys {
    ($($name:ident $text:literal $doc:literal,)*) => {
        /// Why a clause is sent as it is, or not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Why { $(#[doc = $doc] $name),* }

        impl Why {
            /// Every reason.
            pub const ALL: &'static [Why] = &[$(Why::$name),*];

            /// A short name that will not change.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Why::$name => $text),* }
            }
        }
    };
}

whys! {
    AccessionIsInBasedOn "accession-is-in-based-on" "The accession number is no identifier of the study here: it is asked for by `based-on:identifier`.",
    AmbiguousNamespace "ambiguous-namespace" "An identifier without system: it matches whatever the issuer.",
    AnyValue "any-value" "Any value matches, and a server cannot be asked for any.",
    AsAsked "as-asked" "What is sent is what is asked.",
    AssumesConformantStore "assumes-conformant-store" "Servers match text as it is stored: a value that is stored otherwise than DICOM wants can be lost.",
    Case "case" "The server is not known to tell upper and lower case apart.",
    Characters "characters" "Characters that the server would not take as they are.",
    EmptyIntersection "empty-intersection" "It contradicts another clause.",
    Issuer "issuer" "The issuer is compared in the answer.",
    IssuerUnknown "issuer-unknown" "The server never tells who issued such numbers, or of which type they are, or rows without the key do not: these match no value with a system, and may match one that asks for no issuer.",
    Local "local" "It is decided without the server.",
    Modifier "modifier" "A modifier that no request says.",
    Name "name" "Names are compared as FHIR does: blind to case, accents and punctuation.",
    NoKey "no-key" "The server is not known to match by this attribute.",
    NoRange "no-range" "No range of days says it.",
    NoSuchValue "no-such-value" "Nothing that is written can equal it.",
    OneLevel "one-level" "Another clause is asked at its own level, and one request cannot say both.",
    OneValue "one-value" "An attribute stands once in a request, and another clause has it.",
    Paranoid "paranoid" "The caller trusts no stored text.",
    SeveralAttributes "several-attributes" "The value may stand in one of several attributes.",
    TooLong "too-long" "Longer than the attribute's VR allows.",
    TooMany "too-many" "More requests than `limits.requests` allows.",
    UrnIsUid "urn-is-uid" "`urn:oid:` without a system is read as a UID: other identifiers are not looked for, even if one should be stored so.",
    Unanswerable "unanswerable" "The server never returns what decides it.",
    WholeDays "whole-days" "Asked by whole days; the rest is compared in the answer.",
}

/// What is done about a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// `parameter[:modifier]#n`, n being its position in the query: never a value.
    pub clause: String,
    /// What becomes of it.
    pub class: Class,
    /// Why.
    pub whys: Vec<Why>,
}
