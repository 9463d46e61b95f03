//! What a caller can choose where FHIR leaves a choice. What each means is in `fhir/place.rs` and `spec/README.md`.

use alloc::string::String;
use core::fmt;

/// The `id` of the ImagingStudy.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Id {
    /// The study UID, which FHIR's `id` can hold. Where one UID is met under several patients: a UUID made from UID, PatientID and issuer.
    #[default]
    Uid,
    /// None.
    None,
    /// This one: for a single study.
    Given(String),
}

/// Shows no id.
impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Id::Uid => "Uid",
            Id::None => "None",
            Id::Given(_) => "Given(..)",
        })
    }
}

/// Where the accession number goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accession {
    /// As the release says: R4 and R4B an identifier of the study, R5 and later the identifier of the order it is based on.
    #[default]
    Release,
    /// An identifier of the study.
    Identifier,
    /// The identifier of the order that the study is based on.
    BasedOn,
    /// Both.
    Both,
}

/// Which modalities the study lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Modalities {
    /// As the release binds it: R4 and R4B the acquisition modalities, R5 and later all.
    #[default]
    Release,
    /// All.
    All,
}

/// How names are displayed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Names {
    /// In DICOM's form, `A^B=I=P`: reads back without loss.
    #[default]
    Dicom,
    /// The alphabetic group alone, with its `^`.
    Alphabetic,
    /// For people: prefix, given, middle, family, suffix of the alphabetic group.
    Human,
}

/// What the subject is.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Subject {
    /// A logical reference: identifier and display.
    #[default]
    Logical,
    /// A contained Patient.
    Contained,
    /// A Patient of its own in the Bundle.
    Separate,
    /// The reference that the caller resolved, such as `Patient/12`.
    Reference(String),
}

/// Shows no reference.
impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Subject::Logical => "Logical",
            Subject::Contained => "Contained",
            Subject::Separate => "Separate",
            Subject::Reference(_) => "Reference(..)",
        })
    }
}

/// What referrer, interpreters and performers are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Practitioners {
    /// Logical references.
    #[default]
    Logical,
    /// Contained Practitioners.
    Contained,
    /// Practitioners of their own in the Bundle.
    Separate,
}

/// How far down a study is listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Listing {
    /// The study alone.
    Study,
    /// The study and its series.
    Series,
    /// The study, its series and their instances.
    #[default]
    Instances,
}

/// Where Endpoints stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoints {
    /// Contained in the study.
    #[default]
    Contained,
    /// Entries of the Bundle, as `_include` gives them.
    Bundle,
    /// In a member `contained` of the Bundle. One existing API answers so; FHIR has no such member.
    BundleContained,
    /// Nowhere.
    None,
}

/// What an Endpoint's address is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointAddress {
    /// The service base, as FHIR says.
    #[default]
    Base,
    /// The URL of the study, or of the series.
    Study,
}

/// A DICOMweb service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Service {
    /// Retrieve: WADO-RS.
    WadoRs,
    /// Query: QIDO-RS.
    QidoRs,
    /// Store: STOW-RS.
    StowRs,
    /// Retrieve by URI: WADO-URI.
    WadoUri,
}

impl Service {
    /// Every service.
    pub const ALL: [Service; 4] = [Service::WadoRs, Service::QidoRs, Service::StowRs, Service::WadoUri];

    /// Its code among FHIR's types of connections.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Service::WadoRs => "dicom-wado-rs",
            Service::QidoRs => "dicom-qido-rs",
            Service::StowRs => "dicom-stow-rs",
            Service::WadoUri => "dicom-wado-uri",
        }
    }
}

/// No policy of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {0}")]
pub struct UnknownPolicy(&'static str);

/// The names of policies, as command lines and vectors write them.
macro_rules! names {
    ($($type:ident [$all:literal] { $($variant:ident $name:literal,)+ })+) => {$(
        impl $type {
            /// The name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($type::$variant => $name,)+ }
            }
        }

        impl core::str::FromStr for $type {
            type Err = UnknownPolicy;

            fn from_str(text: &str) -> Result<Self, UnknownPolicy> {
                match text {
                    $($name => Ok($type::$variant),)+
                    _ => Err(UnknownPolicy($all)),
                }
            }
        }
    )+};
}

names! {
    Accession ["release, identifier, based-on, both"] {
        Release "release",
        Identifier "identifier",
        BasedOn "based-on",
        Both "both",
    }
    EndpointAddress ["base, study"] {
        Base "base",
        Study "study",
    }
    Endpoints ["contained, bundle, bundle-contained, none"] {
        Contained "contained",
        Bundle "bundle",
        BundleContained "bundle-contained",
        None "none",
    }
    Listing ["study, series, instances"] {
        Study "study",
        Series "series",
        Instances "instances",
    }
    Modalities ["release, all"] {
        Release "release",
        All "all",
    }
    Names ["dicom, alphabetic, human"] {
        Dicom "dicom",
        Alphabetic "alphabetic",
        Human "human",
    }
    Practitioners ["logical, contained, separate"] {
        Logical "logical",
        Contained "contained",
        Separate "separate",
    }
    Service ["wado-rs, qido-rs, stow-rs, wado-uri"] {
        WadoRs "wado-rs",
        QidoRs "qido-rs",
        StowRs "stow-rs",
        WadoUri "wado-uri",
    }
}
