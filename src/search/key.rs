//! The attributes that requests match by.

/// An attribute that a request may match by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Key {
    /// Study Instance UID (0020,000D), of studies.
    StudyInstanceUid,
    /// Patient ID (0010,0020), of studies.
    PatientId,
    /// Accession Number (0008,0050), of studies.
    AccessionNumber,
    /// Study ID (0020,0010), of studies.
    StudyId,
    /// Admission ID (0038,0010), of studies.
    AdmissionId,
    /// Study Date (0008,0020), of studies: a range of days.
    StudyDate,
    /// Patient's Birth Date (0010,0030), of studies: a range of days.
    PatientBirthDate,
    /// Patient's Sex (0010,0040), of studies.
    PatientSex,
    /// Modalities in Study (0008,0061), of studies: one of them.
    ModalitiesInStudy,
    /// SOP Classes in Study (0008,0062), of studies: one of them. Not for a server that keeps one class for each series, as dcm4chee-arc-light does
    /// by default: it would lose studies.
    SopClassesInStudy,
    /// Modality (0008,0060), of series.
    Modality,
    /// Series Instance UID (0020,000E), of series.
    SeriesInstanceUid,
    /// SOP Class UID (0008,0016), of instances.
    SopClassUid,
    /// SOP Instance UID (0008,0018), of instances.
    SopInstanceUid,
}

impl Key {
    /// Every key, in the order in which requests have them.
    pub const ALL: [Key; 14] = [
        Key::StudyInstanceUid,
        Key::PatientId,
        Key::AccessionNumber,
        Key::StudyId,
        Key::AdmissionId,
        Key::StudyDate,
        Key::PatientBirthDate,
        Key::PatientSex,
        Key::ModalitiesInStudy,
        Key::SopClassesInStudy,
        Key::Modality,
        Key::SeriesInstanceUid,
        Key::SopClassUid,
        Key::SopInstanceUid,
    ];

    /// The attribute's keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Key::StudyInstanceUid => "StudyInstanceUID",
            Key::PatientId => "PatientID",
            Key::AccessionNumber => "AccessionNumber",
            Key::StudyId => "StudyID",
            Key::AdmissionId => "AdmissionID",
            Key::StudyDate => "StudyDate",
            Key::PatientBirthDate => "PatientBirthDate",
            Key::PatientSex => "PatientSex",
            Key::ModalitiesInStudy => "ModalitiesInStudy",
            Key::SopClassesInStudy => "SOPClassesInStudy",
            Key::Modality => "Modality",
            Key::SeriesInstanceUid => "SeriesInstanceUID",
            Key::SopClassUid => "SOPClassUID",
            Key::SopInstanceUid => "SOPInstanceUID",
        }
    }

    pub(super) const fn bit(self) -> u16 {
        1 << self as u16
    }

    /// Whether its values are UIDs.
    pub(super) const fn is_uid(self) -> bool {
        matches!(self, Key::StudyInstanceUid | Key::SeriesInstanceUid | Key::SopInstanceUid | Key::SopClassUid | Key::SopClassesInStudy)
    }

    /// The most characters that its VR allows (PS3.5 6.2).
    pub(super) const fn most(self) -> usize {
        match self {
            Key::AccessionNumber | Key::StudyId | Key::PatientSex | Key::ModalitiesInStudy | Key::Modality => 16,
            _ => 64,
        }
    }
}
