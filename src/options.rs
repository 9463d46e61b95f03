//! [`Options`]: what the caller decides.

use crate::policy::{Accession, EndpointAddress, Endpoints, Id, Listing, Modalities, Names, Practitioners, Service, Subject};
use crate::zone::Zone;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What the caller decides about reading and writing. Owned data: `Clone`, `Send`, `Sync`.
///
/// ```
/// use fhir_dicomweb::{Options, Zone};
/// let mut options = Options::default();
/// options.zone = Zone::Fixed("+01:00".parse()?);
/// options.namespaces.push(("RIS".into(), "urn:oid:2.999.1".into()));
/// options.endpoint_base = Some("https://pacs.example.org/dicom-web".into());
/// # Ok::<(), fhir_dicomweb::BadOffset>(())
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Departures and contradictions of the input are an Error (code `strict`) instead of a loss: all that is told as such. (What says the same in another spelling, white
    /// space round a value or a time without seconds, is no loss and no error.)
    pub strict: bool,
    /// The offset from UTC of times whose data set has none. (One that cannot be read, `bad-offset`, is none: both are told.)
    pub zone: Zone,
    /// Local namespaces (IssuerOfPatientID, LocalNamespaceEntityID, a person identifier's designator) and the URIs they stand for.
    /// What has a meaning of its own (`urn:dicom:uid`, `urn:ietf:rfc:3986`) is no namespace of anybody's: identifiers written under it mean that.
    pub namespaces: Vec<(String, String)>,
    /// The URI of patient identifiers that have no issuer. (One that is there and could not be read is one.) Beside a server that does not tell issuers, or not
    /// all of them ([`Issuer`](crate::search::Issuer)), it is the caller's word that numbers without one are of this namespace: studies are found by it, and written so,
    /// and nothing is told.
    pub patient_namespace: Option<String>,
    /// Coding scheme designators and the URIs they stand for; they come before the table of PS3.16.
    pub schemes: Vec<(String, String)>,
    /// The URI of StudyID. Without it StudyID is not written: a bare number would match every study of that number. Not `urn:dicom:uid` or
    /// `urn:ietf:rfc:3986`, as for `namespaces`.
    pub study_id_system: Option<String>,
    /// The DICOMweb service base, for Endpoints. Without it no Endpoint is written, but for RetrieveURL where that is trusted.
    pub endpoint_base: Option<String>,
    /// The FHIR service base, for `fullUrl`. Without it `fullUrl` is `urn:oid:` and the study UID, or
    /// `urn:uuid:` where that is no legal UID, or the UID of several patients' studies.
    pub fhir_base: Option<String>,
    /// The `id` of the ImagingStudy.
    pub id: Id,
    /// Where the accession number goes.
    pub accession: Accession,
    /// Which modalities the study lists.
    pub modalities: Modalities,
    /// How far down the study is listed.
    pub listing: Listing,
    /// How names are displayed.
    pub names: Names,
    /// What the subject is.
    pub subject: Subject,
    /// What referrer, interpreters and performers are.
    pub practitioners: Practitioners,
    /// Where Endpoints stand.
    pub endpoints: Endpoints,
    /// What an Endpoint's address is.
    pub endpoint_address: EndpointAddress,
    /// The services that have an Endpoint; empty: WADO-RS alone.
    pub services: Vec<Service>,
    /// Whether every series has Endpoints of its own, besides the study's. (An address that a path cannot be added to is the study's and its series'.)
    pub series_endpoints: bool,
    /// Whether RetrieveURL may name the service base where `endpoint_base` does not. Servers often answer a URL without their port, or of the loopback.
    pub trust_retrieve_url: bool,
    /// The caller's promise that everything read lists its studies completely, so that counts which DICOM did not give may be computed. None are where
    /// a study, series or instance that may belong to the lists was lost, or a count that was read is above what is listed (of a series: none of
    /// instances).
    pub complete: bool,
    /// Whether nothing is asked of a server by stored text, which might be stored otherwise than DICOM wants: UIDs alone are pushed.
    pub paranoid: bool,
    /// Whether a plan must select, by UID, identifier or a closed range of days within a year; else it is an Error (`too-costly`).
    pub require_selective: bool,
    /// Bounds.
    pub limits: Limits,
}

/// Shows no names or addresses.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("strict", &self.strict)
            .field("zone", &self.zone)
            .field("namespaces", &self.namespaces.len())
            .field("patient_namespace", &self.patient_namespace.is_some())
            .field("schemes", &self.schemes.len())
            .field("study_id_system", &self.study_id_system.is_some())
            .field("endpoint_base", &self.endpoint_base.is_some())
            .field("fhir_base", &self.fhir_base.is_some())
            .field("accession", &self.accession)
            .field("modalities", &self.modalities)
            .field("listing", &self.listing)
            .field("names", &self.names)
            .field("practitioners", &self.practitioners)
            .field("endpoints", &self.endpoints)
            .field("endpoint_address", &self.endpoint_address)
            .field("services", &self.services)
            .field("series_endpoints", &self.series_endpoints)
            .field("trust_retrieve_url", &self.trust_retrieve_url)
            .field("complete", &self.complete)
            .field("paranoid", &self.paranoid)
            .field("require_selective", &self.require_selective)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Bounds on what is read and written. Beyond one of them is an Error that names it; what is written is a result minus something.
///
/// Heap is bounded by them, whatever the input: reading it, and writing what was read, takes at most 512 times its bytes, a MiB, and twice the output (335
/// times is the most that `tests/alloc.rs` sees).
/// (That is what input made for it takes, such as a list of numbers where names belong; answers of archives take about as much as they have.)
/// Time is in the order of n log n; but judging compares what a study shows of names, words and dates one by one with those that a query lists.
/// `tests/alloc.rs`, `tests/limits.rs` and `tests/attack.rs` measure it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of input: 4 GiB. (Of one study at most 1.75 GiB are kept, whatever is said here: more is the Error `limit`.)
    pub input_bytes: u64,
    /// Nesting of JSON: 64. More than 256 is taken for 256: values are read by recursion, and stacks are not endless. A level takes up to 6 KiB of
    /// stack where the library is built without optimization: 64 take 384 KiB, 256 take 1.5 MiB. (Threads of Rust have 2 MiB unless told otherwise.)
    pub depth: u32,
    /// Studies: 100,000.
    pub studies: u32,
    /// Series, of all studies together: 100,000.
    pub series: u32,
    /// Instances, of all studies together: 1,000,000. One that is said again counts again.
    pub instances: u32,
    /// Bytes of a query: 1 MiB.
    pub query_bytes: u32,
    /// Clauses of a query: 100.
    pub clauses: u32,
    /// Values of a clause: 1,000.
    pub or_values: u32,
    /// Requests of a plan, and of a conversation with all its pages: 200. A plan keeps what would need more (`too-many`).
    /// Where clauses are combined, each request of one may meet each of another: planning can take the square of it.
    pub requests: u32,
    /// Pages of one list of rows in a conversation: 10,000.
    pub pages: u32,
    /// How many values are read by following references, for each byte of a FHIR text: 2. (10,000 are always read; 16 bytes of what is referred to,
    /// but photographs and narratives, count as one more, and so do 2 bytes of the name of a patient who has no number, for it is compared.) Many references to one large resource would else make of a short text a long one.
    pub expansion: u32,
    /// Bytes of what is written: 4 GiB. Behind them no row, series, instance or study is begun: each is counted as `limit-output-bytes`, and a
    /// conversation is refused. What a resource that was cut so contains may be referred to by nobody, and
    /// it counts what it has, not what it lists.
    pub output_bytes: u64,
}

/// The deepest nesting that the limit can allow.
const DEEPEST: u32 = 256;

impl Limits {
    /// How deep values may be nested.
    pub(crate) const fn nesting(&self) -> u32 {
        if self.depth < DEEPEST { self.depth } else { DEEPEST }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            input_bytes: 4 << 30,
            depth: 64,
            studies: 100_000,
            series: 100_000,
            instances: 1_000_000,
            query_bytes: 1 << 20,
            clauses: 100,
            or_values: 1_000,
            requests: 200,
            pages: 10_000,
            expansion: 2,
            output_bytes: 4 << 30,
        }
    }
}
