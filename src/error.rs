//! [`Error`]: nothing could be produced. (A result minus something is a [`Loss`](crate::Loss).)

use crate::json::scan::Stop;

/// Why nothing could be produced.
///
/// Opaque and small; it never carries a value of the input. [`Error::code`] is stable and listed in `spec/README.md`.
///
/// ```
/// use fhir_dicomweb::{Options, dicom};
/// let error = dicom::read(b"<html>", &Options::default()).unwrap_err();
/// assert_eq!(error.code(), "html");
/// assert_eq!(error.offset(), Some(0));
/// assert_eq!(error.to_string(), "expected JSON, found HTML or XML at byte 0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", .kind.text(), At(*.offset))]
pub struct Error {
    kind: Kind,
    offset: Option<u64>,
}

struct At(Option<u64>);

impl core::fmt::Display for At {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Some(offset) => write!(f, " at byte {offset}"),
            None => Ok(()),
        }
    }
}

macro_rules! kinds {
    ($($name:ident $code:literal $text:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind { $($name),* }

        impl Kind {
            const fn code(self) -> &'static str {
                match self { $(Kind::$name => $code),* }
            }

            const fn text(self) -> &'static str {
                match self { $(Kind::$name => $text),* }
            }
        }

        impl Error {
            /// Every code an error can have.
            pub const CODES: &'static [&'static str] = &[$($code),*];
        }
    };
}

kinds! {
    BadValue "bad-value" "expected a value of the parameter's grammar, found something else",
    ErrorAnswer "error-answer" "expected data, found a server's error answer",
    Html "html" "expected JSON, found HTML or XML",
    JsonDepth "json-depth" "nested deeper than the limit allows",
    JsonSyntax "json-syntax" "expected JSON (RFC 8259), found something else",
    Limit "limit" "a limit of Options::limits was met",
    LimitClauses "limit-clauses" "more clauses than limits.clauses allows",
    LimitExpansion "limit-expansion" "more values read by reference than limits.expansion allows",
    LimitInput "limit-input-bytes" "more input than limits.input_bytes allows",
    LimitInstances "limit-instances" "more instances than limits.instances allows",
    LimitOrValues "limit-or-values" "more values in a clause than limits.or_values allows",
    LimitOutput "limit-output-bytes" "more output than limits.output_bytes allows",
    LimitPages "limit-pages" "more pages than limits.pages allows",
    LimitQuery "limit-query-bytes" "a longer query than limits.query_bytes allows",
    LimitSeries "limit-series" "more series than limits.series allows",
    LimitStudies "limit-studies" "more studies than limits.studies allows",
    NotDicomJson "not-dicom-json" "expected an array of data sets, found a scalar",
    NotFhir "not-fhir" "expected a FHIR resource, found something else",
    OtherFormat "other-format" "expected data sets with tags of eight digits, found another JSON format",
    OtherResource "other-resource" "expected an ImagingStudy, an Endpoint or a Bundle, found another resource",
    Strict "strict" "strict: the input departs from its standard or contradicts itself",
    TooCostly "too-costly" "a plan that enumerates the archive, and options.require_selective is set",
    Unanswerable "unanswerable" "a clause that nothing which the server returns can decide",
    UnknownParameter "unknown-parameter" "a search parameter that this release does not have",
    UnresolvedReference "unresolved-reference" "a reference that the caller did not resolve",
    UnsupportedModifier "unsupported-modifier" "a modifier that the parameter does not have",
    UnsupportedParameter "unsupported-parameter" "a search parameter that no DICOM attribute can answer",
}

impl Error {
    pub(crate) const fn new(kind: Kind) -> Self {
        Error { kind, offset: None }
    }

    pub(crate) fn at(kind: Kind, offset: u64) -> Self {
        Error { kind, offset: Some(offset) }
    }

    /// From where the scanner stopped; `base` is the offset of its first byte in the whole text.
    pub(crate) fn from_stop(stop: Stop, base: u64) -> Self {
        match stop {
            Stop::Syntax(at) => Error::at(Kind::JsonSyntax, base + at as u64),
            Stop::Depth(at) => Error::at(Kind::JsonDepth, base + at as u64),
            Stop::Incomplete => Error::at(Kind::JsonSyntax, base),
        }
    }

    /// A short name that will not change.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// The offset in the input, in bytes, where it is known.
    #[must_use]
    pub const fn offset(&self) -> Option<u64> {
        self.offset
    }
}
