//! What a QIDO-RS server can be asked without losing rows.
//!
//! Extra rows are repaired by judging them; rows that a server loses are repaired by nothing. So a [`Server`] is first of all the list of
//! predicates that are safe to push. What is not known of a server is not pushed.

use super::habits::{Ask, Compare, Decoding, End, Issuer, Wildcards};
use super::key::Key;
use crate::grammar::uid::{Uid, uid};
use crate::table::{RowRef, row};
use crate::zone::Zone;
use alloc::borrow::Cow;
use core::fmt;

/// What is known of a QIDO-RS server.
///
/// Presets of servers are in [`servers`](super::servers); a server of one's own starts with [`Server::unknown`]:
///
/// ```
/// use fhir_dicomweb::search::{Decoding, Key, Server};
/// let server = Server::unknown().named("ours").pushing(Key::ModalitiesInStudy).decoding(Decoding::Rfc).uid_lists(50);
/// assert!(server.pushes(Key::ModalitiesInStudy) && !server.pushes(Key::PatientSex));
/// ```
#[derive(Clone)]
pub struct Server {
    pub(super) id: Cow<'static, str>,
    keys: u16,
    pub(super) decoding: Decoding,
    pub(super) wildcards: Wildcards,
    pub(super) compare: Compare,
    /// Whether a comma can stand in a value.
    pub(super) comma: bool,
    pub(super) uid_list: Option<u32>,
    pub(super) parents: bool,
    instances: bool,
    merged: bool,
    pub(super) odd_uids: bool,
    pub(super) long_values: bool,
    pub(super) open_ranges: bool,
    pub(super) ask: Ask,
    pub(super) modalities: bool,
    pub(super) hidden: &'static [u32],
    pub(super) issuer: Issuer,
    page: Option<u32>,
    end: End,
    pub(super) zone: Option<Zone>,
    pub(super) own_clock: bool,
    ordered: bool,
}

impl Server {
    /// A server of which nothing is known: UIDs, PatientID, AccessionNumber and a range of StudyDate are pushed, as far as they need no
    /// encoding; there is no list, no wildcard, no key of studies in a request for series.
    #[must_use]
    pub const fn unknown() -> Server {
        Server {
            id: Cow::Borrowed("unknown"),
            keys: Key::StudyInstanceUid.bit()
                | Key::PatientId.bit()
                | Key::AccessionNumber.bit()
                | Key::StudyDate.bit()
                | Key::SeriesInstanceUid.bit()
                | Key::SopInstanceUid.bit(),
            decoding: Decoding::None,
            wildcards: Wildcards::Keep,
            compare: Compare::Unknown,
            comma: false,
            uid_list: None,
            parents: false,
            instances: false,
            merged: false,
            odd_uids: true,
            long_values: false,
            open_ranges: true,
            ask: Ask::Tags,
            modalities: false,
            hidden: &[],
            issuer: Issuer::KeyTells,
            page: None,
            end: End::EmptyPage,
            zone: None,
            own_clock: false,
            ordered: false,
        }
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it is asked by a key.
    #[must_use]
    pub const fn pushes(&self, key: Key) -> bool {
        self.keys & key.bit() != 0
    }

    /// The `limit` that it is asked for: none where it has no pages, and where it would not warn of rows beyond what it is asked for.
    ///
    /// ```
    /// use fhir_dicomweb::search::servers;
    /// assert_eq!(servers::azure_dicom_v2().limit_of_pages(), Some(200));
    /// // It warns of its own limit alone.
    /// assert_eq!(servers::dcm4chee_arc_5().limit_of_pages(), None);
    /// ```
    #[must_use]
    pub const fn limit_of_pages(&self) -> Option<u32> {
        match self.end {
            End::EmptyPage | End::ShortPage => self.page,
            End::NoWarning | End::OnePage => None,
        }
    }

    /// How many rows a page has at most: what it is asked for as `limit`, or, by [`End::NoWarning`], its own limit as far as it is known. None: the
    /// server's own limit, or no limit.
    #[must_use]
    pub const fn page_size(&self) -> Option<u32> {
        self.page
    }

    /// How its last page shows.
    #[must_use]
    pub const fn end_signal(&self) -> End {
        self.end
    }

    /// The parameter that makes it keep one order from page to page, where it keeps none by itself; `path` is that of the request.
    ///
    /// ```
    /// let server = fhir_dicomweb::search::servers::dcm4chee_arc_5();
    /// assert_eq!(server.order_of_pages("/studies/1.2.3/series"), Some("orderby=SeriesInstanceUID"));
    /// ```
    #[must_use]
    pub fn order_of_pages(&self, path: &str) -> Option<&'static str> {
        let order = match path.rsplit('/').next()? {
            "studies" => "orderby=StudyInstanceUID",
            "series" => "orderby=SeriesInstanceUID",
            "instances" => "orderby=SOPInstanceUID",
            _ => return None,
        };
        self.ordered.then_some(order)
    }

    /// How many UIDs a key may list.
    #[must_use]
    pub const fn uids_in_a_list(&self) -> u32 {
        match self.uid_list {
            Some(most) => most,
            None => 1,
        }
    }

    /// Whether it lists all instances of a study at once.
    #[must_use]
    pub const fn lists_instances(&self) -> bool {
        self.instances
    }

    /// Whether a request by ModalitiesInStudy returns one row for a study UID, whoever's it is.
    #[must_use]
    pub const fn merges_patients(&self) -> bool {
        self.merged
    }

    /// Whether its study rows tell ModalitiesInStudy, if asked.
    #[must_use]
    pub const fn tells_modalities(&self) -> bool {
        self.modalities
    }

    /// What `*` and `?` mean to it.
    #[must_use]
    pub const fn wildcards_mean(&self) -> Wildcards {
        self.wildcards
    }

    /// What it does with percent-encoding.
    #[must_use]
    pub const fn decodes(&self) -> Decoding {
        self.decoding
    }

    /// How it compares text.
    #[must_use]
    pub const fn compares(&self) -> Compare {
        self.compare
    }

    /// How it is asked for attributes.
    #[must_use]
    pub const fn asks(&self) -> Ask {
        self.ask
    }

    /// Names it.
    #[must_use]
    pub fn named(mut self, id: impl Into<alloc::string::String>) -> Server {
        self.id = Cow::Owned(id.into());
        self
    }

    pub(super) fn preset(mut self, id: &'static str) -> Server {
        self.id = Cow::Borrowed(id);
        self
    }

    /// It matches by this key, and never loses a conformant row by it.
    #[must_use]
    pub const fn pushing(mut self, key: Key) -> Server {
        self.keys |= key.bit();
        self
    }

    /// No search is sent by this key. (What a study holds is asked for by its UID all the same.)
    #[must_use]
    pub const fn keeping(mut self, key: Key) -> Server {
        self.keys &= !key.bit();
        self
    }

    pub(super) const fn pushing_all(mut self, keys: &[Key]) -> Server {
        let mut rest = keys;
        while let [key, tail @ ..] = rest {
            self.keys |= key.bit();
            rest = tail;
        }
        self
    }

    /// What it does with percent-encoding.
    #[must_use]
    pub const fn decoding(mut self, decoding: Decoding) -> Server {
        self.decoding = decoding;
        self
    }

    /// What `*` and `?` mean to it.
    #[must_use]
    pub const fn wildcards(mut self, wildcards: Wildcards) -> Server {
        self.wildcards = wildcards;
        self
    }

    /// How it compares text.
    #[must_use]
    pub const fn comparing(mut self, compare: Compare) -> Server {
        self.compare = compare;
        self
    }

    /// A comma in a value, encoded, is part of the value.
    #[must_use]
    pub const fn literal_commas(mut self) -> Server {
        self.comma = true;
        self
    }

    /// It takes lists of UIDs, divided by commas, of up to so many.
    #[must_use]
    pub const fn uid_lists(mut self, most: u32) -> Server {
        self.uid_list = if most > 1 { Some(most) } else { None };
        self
    }

    /// Requests for series and instances may match by keys of studies too.
    #[must_use]
    pub const fn study_keys_below(mut self) -> Server {
        self.parents = true;
        self
    }

    /// It lists all instances of a study at once (`/studies/{study}/instances`, which PS3.18 10.6.1 leaves open).
    #[must_use]
    pub const fn listing_instances(mut self) -> Server {
        self.instances = true;
        self
    }

    /// Asked by ModalitiesInStudy it returns one row for a study UID, though several patients have it: such rows select studies, and do not tell
    /// whose they are.
    #[must_use]
    pub const fn merging_patients(mut self) -> Server {
        self.merged = true;
        self
    }

    /// Whether it can be asked for this UID.
    pub(crate) fn takes(&self, text: &str) -> bool {
        match uid(text) {
            Uid::Bad => false,
            Uid::Odd => self.odd_uids,
            Uid::Legal => true,
        }
    }

    /// It refuses UIDs that are none.
    #[must_use]
    pub const fn checking_uids(mut self) -> Server {
        self.odd_uids = false;
        self
    }

    /// It finds values that are longer than their VR allows.
    #[must_use]
    pub const fn long_values(mut self) -> Server {
        self.long_values = true;
        self
    }

    /// It is not known to take ranges with one end.
    #[must_use]
    pub const fn closed_ranges(mut self) -> Server {
        self.open_ranges = false;
        self
    }

    /// A study that says its offset from UTC is found by the day of its instant on the server's own clock, not by its StudyDate: a day more is
    /// asked for to each side. That holds them as far as the two offsets are a day apart at most.
    #[must_use]
    pub const fn matching_dates_on_its_own_clock(mut self) -> Server {
        self.own_clock = true;
        self
    }

    /// It keeps no order from page to page unless it is asked for one, as dcm4chee-arc-light is by `orderby`.
    #[must_use]
    pub const fn ordered_on_demand(mut self) -> Server {
        self.ordered = true;
        self
    }

    /// How it is asked for attributes.
    #[must_use]
    pub const fn asked_by(mut self, ask: Ask) -> Server {
        self.ask = ask;
        self
    }

    /// Its study rows tell ModalitiesInStudy, if asked.
    #[must_use]
    pub const fn returning_modalities(mut self) -> Server {
        self.modalities = true;
        self
    }

    /// Whether no row of its says who issued the number of this fact.
    pub(super) fn hides_issuer(&self, row: RowRef) -> bool {
        // All issuers but the patient's local one stand in sequences.
        let of_issuer = row.row().into_iter().flat_map(|row| row.parts).filter(|part| part.field > 0);
        self.issuer == Issuer::LocalLeftOut || of_issuer.map(|part| part.within.unwrap_or(part.tag)).all(|tag| self.hidden.contains(&tag))
    }

    /// Whether no row of its says of which type a patient's number is: that stands where its universal issuer does.
    pub(super) fn hides_type(&self) -> bool {
        // The first two are the number and the local issuer.
        let parts = RowRef::from(row::PATIENT_ID).row().into_iter().flat_map(|row| row.parts);
        matches!(self.issuer, Issuer::LocalLeftOut | Issuer::Hidden)
            || parts.filter(|part| part.field > 1).any(|part| self.hidden.contains(&part.tag))
    }

    /// It never returns these attributes.
    #[must_use]
    pub const fn never_returning(mut self, tags: &'static [u32]) -> Server {
        self.hidden = tags;
        self
    }

    /// What its rows say of the issuer of the patient's id.
    #[must_use]
    pub const fn issuers(mut self, issuer: Issuer) -> Server {
        self.issuer = issuer;
        self
    }

    /// Its pages. A size of 0 is none: pages of nothing would never show anything.
    ///
    /// ```
    /// use fhir_dicomweb::search::{End, Server};
    /// assert_eq!(Server::unknown().paged(Some(0), End::ShortPage).page_size(), None);
    /// ```
    #[must_use]
    pub const fn paged(mut self, size: Option<u32>, end: End) -> Server {
        self.page = match size {
            Some(0) => None,
            size => size,
        };
        self.end = end;
        self
    }

    /// **A promise** that all dates and times of this server's studies are in this zone, whatever TimezoneOffsetFromUTC says of them: a
    /// search by instants then asks for the days that it touches, no more, and the answers are judged in this zone. (What is written of a study has the zone that
    /// its rows say, or else `Options::zone`.)
    #[must_use]
    pub const fn all_dates_in(mut self, zone: Zone) -> Server {
        self.zone = Some(zone);
        self
    }
}

/// Shows the name.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("id", &self.id).finish_non_exhaustive()
    }
}
