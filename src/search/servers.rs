//! Servers that are known. Each preset's facts were measured on a running server, read in its source, or told by its vendor; what is not known
//! of a server is as [`Server::unknown`] has it.
//!
//! ```
//! use fhir_dicomweb::search::{Key, Server};
//! let server: Server = "dcm4chee-arc-5".parse()?;
//! assert!(server.pushes(Key::ModalitiesInStudy));
//! assert!("pacs".parse::<Server>().is_err());
//! # Ok::<(), fhir_dicomweb::search::UnknownServer>(())
//! ```

use super::habits::{Ask, Compare, Decoding, End, Issuer, Wildcards};
use super::key::Key;
use super::server::Server;
use crate::table::{NOT_IN_FILES, NOT_IN_FIXED_ROWS, STUDY_DESCRIPTION};
use core::str::FromStr;

/// Nothing is known.
#[must_use]
pub const fn unknown() -> Server {
    Server::unknown()
}

/// A server that does what PS3.18 10.6 requires, and nothing else: required matching keys, lists of UIDs, one decoding. `*` and `?` are
/// wildcards by PS3.4 C.2.2.2.4, but not every server has them.
#[must_use]
pub fn ps3_18_baseline() -> Server {
    Server::unknown()
        .preset("ps3.18-baseline")
        .pushing_all(&[Key::StudyId, Key::ModalitiesInStudy, Key::SopClassUid])
        .decoding(Decoding::Rfc)
        .uid_lists(50)
        .returning_modalities()
}

const ORTHANC: Server = Server::unknown()
    .pushing_all(&[Key::StudyId, Key::PatientBirthDate, Key::PatientSex, Key::ModalitiesInStudy, Key::Modality, Key::SopClassUid])
    .decoding(Decoding::BeforeSplit)
    .wildcards(Wildcards::AsQuestion)
    .comparing(Compare::FoldsCase)
    .uid_lists(50)
    .study_keys_below()
    .listing_instances()
    .merging_patients()
    .long_values()
    .returning_modalities()
    .issuers(Issuer::LeftOut)
    .paged(None, End::OnePage);

/// Orthanc 1.10 with DICOMweb 1.7 as Debian 12 builds it: it decodes nothing, and returns no sequences. Measured, and tested in `examples/facade/e2e`.
///
/// Pages are not asked for: without a limit all comes, **as long as `LimitFindResults` and `LimitFindInstances` are 0**, as they are where nobody
/// sets them. They hold for QIDO-RS too, and an answer that they cut does not say so: so it is with every Orthanc.
#[must_use]
pub fn orthanc_1_10_debian() -> Server {
    ORTHANC.preset("orthanc-1.10-debian").decoding(Decoding::None).issuers(Issuer::LocalLeftOut)
}

/// Orthanc 1.10 with DICOMweb 1.7: it decodes before it splits, and reads every comma as a list and drops every backslash. Measured, and read
/// in `QidoRs.cpp`. As [`orthanc_1_10_debian`], it is to have no limits of its own.
#[must_use]
pub fn orthanc_1_10() -> Server {
    ORTHANC.preset("orthanc-1.10").issuers(Issuer::LocalLeftOut)
}

/// Orthanc 1.12.5 and later with DICOMweb 1.18 to 1.24. Read in the source: as 1.10, without wildcards in ModalitiesInStudy (none is sent);
/// pages are cut before the last check, so that a short one is not the last. As [`orthanc_1_10_debian`], it is to have no limits of its own.
#[must_use]
pub fn orthanc_1_12() -> Server {
    ORTHANC.preset("orthanc-1.12")
}

/// dcm4chee-arc-light 5. Read in the source and the conformance statement. It splits at raw commas and decodes then; identifiers are compared
/// as they stand; names would have to be in upper case, and are not sent. Nor is SOPClassesInStudy: unless it is configured otherwise, that is
/// compared with one class for each series, and so loses studies whose series have instances of several. A study that says its offset is
/// found by its day on the clock of the archive's process. Pages are asked for without `limit`: with one it does not say that there is more. It
/// keeps no order by itself: see [`Server::order_of_pages`].
///
/// Where it is configured to purge the records of instances (`dcmPurgeInstanceRecords`, off as shipped) requests for all instances lose those:
/// then it is to be [`keeping`](Server::keeping) [`Key::SopInstanceUid`] and [`Key::SopClassUid`].
#[must_use]
pub fn dcm4chee_arc_5() -> Server {
    Server::unknown()
        .preset("dcm4chee-arc-5")
        .pushing_all(&[
            Key::StudyId,
            Key::AdmissionId,
            Key::PatientBirthDate,
            Key::PatientSex,
            Key::ModalitiesInStudy,
            Key::Modality,
            Key::SopClassUid,
        ])
        .decoding(Decoding::Rfc)
        .wildcards(Wildcards::AsQuestion)
        .comparing(Compare::Exact)
        .literal_commas()
        .uid_lists(50)
        .study_keys_below()
        .listing_instances()
        .returning_modalities()
        .issuers(Issuer::LeftOut)
        .matching_dates_on_its_own_clock()
        .ordered_on_demand()
        .paged(Some(1000), End::NoWarning)
}

/// Google Cloud Healthcare API. By its documentation: no wildcards, no lists, no ModalitiesInStudy (neither as key nor as answer), and one
/// query more tells that a page was the last.
#[must_use]
pub fn google_healthcare() -> Server {
    Server::unknown()
        .preset("google-healthcare")
        .pushing(Key::Modality)
        .decoding(Decoding::Rfc)
        .comparing(Compare::Exact)
        .literal_commas()
        .study_keys_below()
        .listing_instances()
        .closed_ranges()
        .paged(Some(1000), End::EmptyPage)
}

const AZURE: Server = Server::unknown()
    .pushing_all(&[Key::ModalitiesInStudy, Key::PatientBirthDate, Key::Modality])
    .decoding(Decoding::Rfc)
    .wildcards(Wildcards::Exact)
    .comparing(Compare::FoldsCase)
    .literal_commas()
    .study_keys_below()
    .listing_instances()
    .checking_uids()
    .returning_modalities()
    .issuers(Issuer::LeftOut)
    .paged(Some(200), End::EmptyPage);

/// Azure DICOM service, API version 1. Read in the source: no wildcards, no lists, a key outside its table is an error.
#[must_use]
pub fn azure_dicom_v1() -> Server {
    AZURE.preset("azure-dicom-v1")
}

/// Azure DICOM service, API version 2: as version 1; attributes that failed validation are not found.
#[must_use]
pub fn azure_dicom_v2() -> Server {
    AZURE.preset("azure-dicom-v2")
}

/// AWS HealthImaging, as documented in 2026. What it does with wildcards and commas in identifiers is not known. It sorts studies by their last
/// update, and series and instances by numbers that may be equal: what changes while pages are read can be missed.
#[must_use]
pub fn aws_healthimaging() -> Server {
    Server::unknown()
        .preset("aws-healthimaging")
        .pushing(Key::ModalitiesInStudy)
        .study_keys_below()
        .listing_instances()
        .closed_ranges()
        .asked_by(Ask::All)
        .returning_modalities()
        .issuers(Issuer::LeftOut)
        .paged(Some(1000), End::EmptyPage)
}

/// Kheops. Read in the source: blind to case, wildcards at the ends of a value only, no requests for all series or instances, and fixed
/// attributes in its rows but for StudyDescription. It counts the instances of a study once for each comment and album: such a study is told
/// as one that is not listed whole. Asked by modality it counts what has it: `status` beside `modality` is that of what has it.
#[must_use]
pub fn kheops() -> Server {
    Server::unknown()
        .preset("kheops")
        .pushing_all(&[Key::StudyId, Key::ModalitiesInStudy])
        .keeping(Key::SeriesInstanceUid)
        .keeping(Key::SopInstanceUid)
        .comparing(Compare::FoldsCase)
        .asked_by(Ask::Only(STUDY_DESCRIPTION))
        .returning_modalities()
        .issuers(Issuer::Hidden)
        .never_returning(NOT_IN_FIXED_ROWS)
        .paged(None, End::OnePage)
}

/// Static DICOMweb: files. Read in the source: a date filter fails on an empty date, and an attribute that is missing passes; so nothing but
/// the study's UID is asked for. Its rows have IssuerOfPatientID, and no other issuer.
#[must_use]
pub fn static_dicomweb() -> Server {
    Server::unknown()
        .preset("static-dicomweb")
        .keeping(Key::PatientId)
        .keeping(Key::AccessionNumber)
        .keeping(Key::StudyDate)
        .keeping(Key::SeriesInstanceUid)
        .keeping(Key::SopInstanceUid)
        .comparing(Compare::Exact)
        .asked_by(Ask::Nothing)
        .returning_modalities()
        .issuers(Issuer::LocalLeftOut)
        .never_returning(NOT_IN_FILES)
        .paged(None, End::OnePage)
}

/// Every preset.
pub fn all() -> impl Iterator<Item = Server> {
    let presets: [fn() -> Server; 12] = [
        unknown,
        ps3_18_baseline,
        orthanc_1_10_debian,
        orthanc_1_10,
        orthanc_1_12,
        dcm4chee_arc_5,
        google_healthcare,
        azure_dicom_v1,
        azure_dicom_v2,
        aws_healthimaging,
        kheops,
        static_dicomweb,
    ];
    presets.into_iter().map(|preset| preset())
}

/// No preset has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the id of a known server, such as unknown, orthanc-1.12 or dcm4chee-arc-5")]
pub struct UnknownServer;

impl FromStr for Server {
    type Err = UnknownServer;

    fn from_str(text: &str) -> Result<Self, UnknownServer> {
        all().find(|server| server.id() == text).ok_or(UnknownServer)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::search::{Handling, parse, plan};
    use crate::{Options, Release};

    /// Servers that compute both may want them of one and the same series.
    #[test]
    fn classes_and_modalities_of_a_study_are_not_asked_together() {
        let server = dcm4chee_arc_5().pushing(Key::SopClassesInStudy);
        let options = Options::default();
        for query in ["modality=CT&dicom-class=1.2.3", "dicom-class=1.2.3&modality=CT"] {
            let query = parse(query, Release::R5, Handling::Strict, &options.limits).unwrap();
            let plan = plan(&query, &server, &options).unwrap();
            let asked: alloc::vec::Vec<_> = plan.requests().iter().map(|request| request.query.as_str()).collect();
            assert!(matches!(asked.as_slice(), [one] if one.starts_with("SOPClassesInStudy=1.2.3&includefield")), "{asked:?}");
        }
    }

    /// Requests, and so the values of a clause that can be asked at all, are as many as lists allow.
    #[test]
    fn lists_of_uids_are_as_long_as_they_are_said_to_be() {
        let uids: alloc::vec::Vec<_> = (0..60).map(|n| alloc::format!("1.2.{n}")).collect();
        let mut options = Options::default();
        options.limits.requests = 2;
        let query = parse(&["_id=", &uids.join(",")].concat(), Release::R4, Handling::Strict, &options.limits).unwrap();
        for (most, listed, requests) in [(0, 1, 0), (1, 1, 0), (29, 29, 0), (30, 30, 2), (50, 50, 2), (60, 60, 1)] {
            let server = unknown().uid_lists(most);
            assert_eq!(server.uids_in_a_list(), listed);
            let plan = plan(&query, &server, &options).unwrap();
            // What would need more is kept: everything is asked for.
            assert_eq!(plan.requests().iter().filter(|request| request.query.contains("1.2.")).count(), requests, "{most}");
        }
    }
}
