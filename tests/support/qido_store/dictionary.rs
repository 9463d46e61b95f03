//! About 100 attributes of PS3.6: tag, keyword, VR, and level as in PS3.3.
//!
//! Assumed: a hexadecimal tag that is not here is ignored as unknown by Orthanc (in truth Orthanc knows all of PS3.6, so this
//! widens) and accepted unmatched by dcm4chee; a keyword that is not here is unknown everywhere (400 at dcm4chee, Azure, Google).
//! Add lines (sorted) when the planner uses more. InstitutionName is a series attribute here; `presets/orthanc.rs` says what
//! Orthanc makes of it.

use std::sync::OnceLock;

pub(super) struct Entry {
    pub(super) tag: &'static str,
    pub(super) word: &'static str,
    pub(super) vr: &'static str,
    pub(super) level: usize,
}

/// Tag, keyword, VR, level (9: only in items); sorted.
const DICT: &str = "00080005 SpecificCharacterSet CS 0|00080016 SOPClassUID UI 2|00080018 SOPInstanceUID UI 2|00080020 StudyDate DA 0
00080021 SeriesDate DA 1|00080022 AcquisitionDate DA 2|00080023 ContentDate DA 2|0008002A AcquisitionDateTime DT 2
00080030 StudyTime TM 0|00080031 SeriesTime TM 1|00080032 AcquisitionTime TM 2|00080033 ContentTime TM 2
00080050 AccessionNumber SH 0|00080051 IssuerOfAccessionNumberSequence SQ 0|00080054 RetrieveAETitle AE 0
00080056 InstanceAvailability CS 0|00080060 Modality CS 1|00080061 ModalitiesInStudy CS 0|00080062 SOPClassesInStudy UI 0
00080070 Manufacturer LO 1|00080080 InstitutionName LO 1|00080082 InstitutionCodeSequence SQ 1
00080090 ReferringPhysicianName PN 0|00080096 ReferringPhysicianIdentificationSequence SQ 0|00080100 CodeValue SH 9
00080102 CodingSchemeDesignator SH 9|00080104 CodeMeaning LO 9|00080201 TimezoneOffsetFromUTC SH 0|00081010 StationName SH 1
00081030 StudyDescription LO 0|00081032 ProcedureCodeSequence SQ 0|0008103E SeriesDescription LO 1
0008103F SeriesDescriptionCodeSequence SQ 1|00081040 InstitutionalDepartmentName LO 1|00081048 PhysiciansOfRecord PN 0
00081050 PerformingPhysicianName PN 1|00081052 PerformingPhysicianIdentificationSequence SQ 1
00081060 NameOfPhysiciansReadingStudy PN 0|00081070 OperatorsName PN 1|00081072 OperatorIdentificationSequence SQ 1
00081080 AdmittingDiagnosesDescription LO 0|00081090 ManufacturerModelName LO 1|00081110 ReferencedStudySequence SQ 0
00081190 RetrieveURL UR 0|00082218 AnatomicRegionSequence SQ 1|00083002 AvailableTransferSyntaxUID UI 2
00100010 PatientName PN 0|00100020 PatientID LO 0|00100021 IssuerOfPatientID LO 0
00100024 IssuerOfPatientIDQualifiersSequence SQ 0|00100030 PatientBirthDate DA 0|00100032 PatientBirthTime TM 0
00100040 PatientSex CS 0|00101000 OtherPatientIDs LO 0|00101002 OtherPatientIDsSequence SQ 0|00101010 PatientAge AS 0
00101020 PatientSize DS 0|00101030 PatientWeight DS 0|00102180 Occupation SH 0|001021B0 AdditionalPatientHistory LT 0
00102297 ResponsiblePerson PN 0|00180015 BodyPartExamined CS 1|00181000 DeviceSerialNumber LO 1|00181030 ProtocolName LO 1
00185100 PatientPosition CS 1|0020000D StudyInstanceUID UI 0|0020000E SeriesInstanceUID UI 1|00200010 StudyID SH 0
00200011 SeriesNumber IS 1|00200012 AcquisitionNumber IS 2|00200013 InstanceNumber IS 2|00200052 FrameOfReferenceUID UI 1
00200060 Laterality CS 1|00201206 NumberOfStudyRelatedSeries IS 0|00201208 NumberOfStudyRelatedInstances IS 0
00201209 NumberOfSeriesRelatedInstances IS 1|00280008 NumberOfFrames IS 2|00280010 Rows US 2|00280011 Columns US 2
00280100 BitsAllocated US 2|00321032 RequestingPhysician PN 0|00321033 RequestingService LO 0
00321060 RequestedProcedureDescription LO 0|00321064 RequestedProcedureCodeSequence SQ 0|00380010 AdmissionID LO 0
00400009 ScheduledProcedureStepID SH 9|00400031 LocalNamespaceEntityID UT 9|00400032 UniversalEntityID UT 9
00400033 UniversalEntityIDType CS 9|00400244 PerformedProcedureStepStartDate DA 1
00400245 PerformedProcedureStepStartTime TM 1|00400253 PerformedProcedureStepID SH 1|00400275 RequestAttributesSequence SQ 1
00401001 RequestedProcedureID SH 9|00401012 ReasonForPerformedProcedureCodeSequence SQ 0
00401101 PersonIdentificationCodeSequence SQ 9|0040A043 ConceptNameCodeSequence SQ 2|0040A491 CompletionFlag CS 2
0040A493 VerificationFlag CS 2|00420010 DocumentTitle ST 2";

pub(super) fn dict() -> &'static [Entry] {
    static TABLE: OnceLock<Vec<Entry>> = OnceLock::new();
    TABLE.get_or_init(|| {
        DICT.split(['|', '\n'])
            .filter_map(|line| {
                let mut parts = line.split(' ');
                Some(Entry { tag: parts.next()?, word: parts.next()?, vr: parts.next()?, level: parts.next()?.parse().ok()? })
            })
            .collect()
    })
}
pub(super) fn entry(tag: &str) -> Option<&'static Entry> {
    let table = dict();
    table.binary_search_by(|e| e.tag.cmp(tag)).ok().and_then(|at| table.get(at))
}
pub(super) fn vr_of(tag: &str) -> &'static str {
    entry(tag).map_or("UN", |e| e.vr)
}
