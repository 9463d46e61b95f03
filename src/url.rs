//! URLs of DICOMweb: a service base, and behind it a resource (PS3.18 10.1.1, 10.4.1, 10.6.1).
//!
//! ```
//! use fhir_dicomweb::url::{self, Resource, View};
//! let url = url::parse("https://pacs.example.org/dicom-web/studies/1.2.3/series/1.2.3.1/metadata?accept=json")?;
//! assert_eq!(url.base, "https://pacs.example.org/dicom-web");
//! assert_eq!((url.resource.study(), url.resource.view()), (Some("1.2.3"), &View::Metadata));
//! let series = Resource::of_study("1.2.3")?.and_series("1.2.3.1")?;
//! assert_eq!(series.viewed(View::Thumbnail)?.url(&url.base), "https://pacs.example.org/dicom-web/studies/1.2.3/series/1.2.3.1/thumbnail");
//! assert!(Resource::of_study("1.2/../..").is_err());
//! # Ok::<(), fhir_dicomweb::url::BadUrl>(())
//! ```

mod parse;

#[doc(inline)]
pub use crate::fhir::retrievals;
pub use parse::{base, parse};
pub(crate) use parse::{base_for, decode, is_uid};

use crate::grammar::uid::{Uid, uid};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// Why a text is not the URL that is wanted. It never carries the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadUrl {
    /// A template: it has braces.
    #[error("expected a URL, found a template")]
    Template,
    /// Characters that no URL has.
    #[error("expected a URL, found characters that no URL has")]
    Characters,
    /// A fragment, which is never sent to a server.
    #[error("expected a URL without a fragment")]
    Fragment,
    /// Not http or https, or no authority.
    #[error("expected an http or https URL")]
    Scheme,
    /// A query where none can be.
    #[error("expected a URL without a query")]
    Query,
    /// A percent sign that begins no escape, or escapes that are no UTF-8.
    #[error("expected escapes of UTF-8")]
    Escape,
    /// Something else where a UID belongs.
    #[error("expected a UID")]
    Uid,
    /// The UID of something else.
    #[error("expected the UID of this study or series, found another")]
    Mismatch,
    /// No list of frame numbers, each once.
    #[error("expected frame numbers from 1, each once")]
    Frames,
    /// No resource of DICOMweb, or a view that the resource does not have.
    #[error("expected a resource of DICOMweb")]
    NoResource,
    /// A resource of DICOMweb that no service base ends in.
    #[error("expected a service base, or the URL of a study or series")]
    NoBase,
    /// A reference to a resource that is not in the text.
    #[error("expected the resource in the same text")]
    Unresolved,
    /// An Endpoint that is not active.
    #[error("expected an active Endpoint")]
    NotActive,
    /// A study that is taken back: entered in error, cancelled, inactive (FHIR ImagingStudy.status).
    #[error("expected a study that holds")]
    Withdrawn,
    /// A resource that may mean something else: it has a modifierExtension, or implicitRules.
    #[error("expected a resource without modifierExtension and implicitRules")]
    Modifier,
}

impl BadUrl {
    /// A short name that will not change.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            BadUrl::Template => "template",
            BadUrl::Characters => "characters",
            BadUrl::Fragment => "fragment",
            BadUrl::Scheme => "scheme",
            BadUrl::Query => "query",
            BadUrl::Escape => "escape",
            BadUrl::Uid => "uid",
            BadUrl::Mismatch => "mismatch",
            BadUrl::Frames => "frames",
            BadUrl::NoResource => "no-resource",
            BadUrl::NoBase => "no-base",
            BadUrl::Unresolved => "unresolved",
            BadUrl::NotActive => "not-active",
            BadUrl::Withdrawn => "withdrawn",
            BadUrl::Modifier => "modifier",
        }
    }
}

/// What of a resource is meant.
///
/// `Debug` shows the name only: a path behind `/bulkdata/` is the server's.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum View {
    /// The study, series or instance itself (PS3.18 10.4.1.1.1).
    Retrieve,
    /// Its metadata (10.4.1.1.2).
    Metadata,
    /// It, rendered (10.4.1.1.3).
    Rendered,
    /// An image that stands for it (10.4.1.1.4).
    Thumbnail,
    /// Its bulk data, or the part of it behind `/bulkdata/` (10.4.1.1.5).
    BulkData(Option<String>),
    /// Its pixel data (10.4.1.1.6).
    PixelData,
    /// Frames of an instance, by numbers from 1, perhaps rendered.
    Frames(Vec<u32>, FramesAs),
    /// A search for studies (10.6.1).
    Studies,
    /// A search for series, of the study if one is named.
    Series,
    /// A search for instances, of the study or series if one is named.
    Instances,
}

/// The form of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FramesAs {
    /// As they are stored.
    #[default]
    Stored,
    /// Rendered.
    Rendered,
    /// As a thumbnail.
    Thumbnail,
}

impl FramesAs {
    /// The name, as a path has it; none for those that are stored.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            FramesAs::Stored => None,
            FramesAs::Rendered => Some("rendered"),
            FramesAs::Thumbnail => Some("thumbnail"),
        }
    }
}

impl View {
    /// The name, as a path has it; `retrieve` for the resource itself.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            View::Retrieve => "retrieve",
            View::Metadata => "metadata",
            View::Rendered => "rendered",
            View::Thumbnail => "thumbnail",
            View::BulkData(_) => "bulkdata",
            View::PixelData => "pixeldata",
            View::Frames(..) => "frames",
            View::Studies => "studies",
            View::Series => "series",
            View::Instances => "instances",
        }
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A resource of DICOMweb: what stands behind the service base. Its UIDs are checked.
///
/// `Debug` shows how far down it is, no UID.
#[derive(Clone, PartialEq, Eq)]
pub struct Resource {
    pub(crate) study: Option<String>,
    pub(crate) series: Option<String>,
    pub(crate) instance: Option<String>,
    pub(crate) view: View,
}

fn checked(text: &str) -> Result<String, BadUrl> {
    if uid(text) == Uid::Bad { Err(BadUrl::Uid) } else { Ok(text.to_string()) }
}

impl Resource {
    /// A search in all of the archive: [`View::Studies`], [`View::Series`] or [`View::Instances`].
    ///
    /// # Errors
    /// Another view.
    pub fn search(view: View) -> Result<Resource, BadUrl> {
        Resource { study: None, series: None, instance: None, view }.known()
    }

    /// A study.
    ///
    /// # Errors
    /// No UID.
    pub fn of_study(study: &str) -> Result<Resource, BadUrl> {
        Ok(Resource { study: Some(checked(study)?), series: None, instance: None, view: View::Retrieve })
    }

    /// A series of the study.
    ///
    /// # Errors
    /// No UID; no study.
    pub fn and_series(self, series: &str) -> Result<Resource, BadUrl> {
        Resource { series: Some(checked(series)?), instance: None, view: View::Retrieve, ..self }.known()
    }

    /// An instance of the series.
    ///
    /// # Errors
    /// No UID; no series.
    pub fn and_instance(self, instance: &str) -> Result<Resource, BadUrl> {
        Resource { instance: Some(checked(instance)?), view: View::Retrieve, ..self }.known()
    }

    /// The same, another view of it.
    ///
    /// # Errors
    /// A view that it does not have.
    pub fn viewed(self, view: View) -> Result<Resource, BadUrl> {
        Resource { view, ..self }.known()
    }

    /// Itself, if DICOMweb has it.
    fn known(self) -> Result<Resource, BadUrl> {
        let (study, series, instance) = (self.study.is_some(), self.series.is_some(), self.instance.is_some());
        if series && !study || instance && !series {
            return Err(BadUrl::NoResource);
        }
        let has = match &self.view {
            View::Retrieve | View::Metadata | View::Rendered | View::Thumbnail | View::PixelData | View::BulkData(None) => study,
            View::BulkData(Some(rest)) => {
                let stays = |segment: &str| decode(segment).is_ok_and(|text| !parse::leads_out(&text));
                // Slashes at the end of a path say nothing.
                let is_one = !rest.is_empty() && !rest.ends_with('/');
                instance && is_one && parse::is_clean(rest) && !rest.contains(['?', '#']) && rest.split('/').all(stays)
            }
            View::Frames(numbers, _) => {
                let unique = numbers.iter().collect::<alloc::collections::BTreeSet<_>>().len() == numbers.len();
                if numbers.is_empty() || numbers.contains(&0) || !unique {
                    return Err(BadUrl::Frames);
                }
                instance
            }
            View::Studies => !study,
            View::Series => !series,
            View::Instances => !instance,
        };
        if has { Ok(self) } else { Err(BadUrl::NoResource) }
    }

    /// The UID of the study.
    #[must_use]
    pub fn study(&self) -> Option<&str> {
        self.study.as_deref()
    }

    /// The UID of the series.
    #[must_use]
    pub fn series(&self) -> Option<&str> {
        self.series.as_deref()
    }

    /// The UID of the instance.
    #[must_use]
    pub fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// What of it is meant.
    #[must_use]
    pub const fn view(&self) -> &View {
        &self.view
    }

    /// The path behind the service base, such as `/studies/1.2.3/metadata`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        let mut segment = |text: &str| {
            path.push('/');
            path.push_str(text);
        };
        for (name, uid) in [("studies", &self.study), ("series", &self.series), ("instances", &self.instance)] {
            if let Some(uid) = uid {
                segment(name);
                segment(uid);
            }
        }
        match &self.view {
            View::Retrieve => {}
            View::Frames(numbers, form) => {
                segment("frames");
                segment(&numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(","));
                form.name().into_iter().for_each(segment);
            }
            View::BulkData(rest) => {
                segment("bulkdata");
                rest.iter().for_each(|rest| segment(rest));
            }
            view => segment(view.name()),
        }
        path
    }

    /// The URL on a service; slashes at the end of the base say nothing.
    #[must_use]
    pub fn url(&self, base: &str) -> String {
        [base.trim_end_matches('/'), &self.path()].concat()
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("study", &self.study.is_some())
            .field("series", &self.series.is_some())
            .field("instance", &self.instance.is_some())
            .field("view", &self.view.name())
            .finish()
    }
}

/// A URL that was read.
///
/// `Debug` shows the resource's form only.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Url {
    /// The service base, as it stands, without slashes at its end; empty for a path.
    pub base: String,
    /// What is behind it.
    pub resource: Resource,
    /// What stands behind the `?`, as it stands.
    pub query: Option<String>,
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Url").field("resource", &self.resource).finish_non_exhaustive()
    }
}

/// What is to be got of a study: see [`retrievals`].
///
/// `Debug` shows how many.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retrievals {
    /// What to GET, in the order of the text: a study, its series, each with its instances.
    pub gets: Vec<Get>,
    /// What could not be followed, in the order of the text.
    pub refused: Vec<Refused>,
}

impl fmt::Debug for Retrievals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retrievals").field("gets", &self.gets.len()).field("refused", &self.refused).finish()
    }
}

/// A resource that can be retrieved, and where.
///
/// `Debug` shows the resource's form only.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Get {
    /// The service base; studies and instances share it.
    pub base: Arc<str>,
    /// The study, series or instance.
    pub resource: Resource,
}

impl Get {
    /// The URL.
    #[must_use]
    pub fn url(&self) -> String {
        self.resource.url(&self.base)
    }
}

impl fmt::Debug for Get {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Get").field("resource", &self.resource).finish_non_exhaustive()
    }
}

/// An Endpoint or a UID that could not be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// Of what it is: study, series or instance.
    pub at: crate::table::Level,
    /// Why.
    pub why: BadUrl,
}
