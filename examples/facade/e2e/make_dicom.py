"""Writes the studies of `archive.py` as DICOM files: `make_dicom.py FOLDER`. The same files every time."""

from __future__ import annotations

import sys
from pathlib import Path

from pydicom import config
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

import archive
from archive import Series, Study

# One accession number is longer than its VR allows: on purpose.
config.settings.writing_validation_mode = config.IGNORE
config.settings.reading_validation_mode = config.IGNORE
IMPLEMENTATION = f"{archive.ROOT}.0"


def item(**attributes: str) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def code(value: str, scheme: str, meaning: str) -> Dataset:
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def set_if(dataset: Dataset, **attributes: str) -> None:
    """Only what there is: an attribute that is absent is another case than an empty one."""
    for keyword, value in attributes.items():
        if value:
            setattr(dataset, keyword, value)


def patient_and_study(dataset: Dataset, study: Study) -> None:
    patient = study.patient
    if patient.charset:
        dataset.SpecificCharacterSet = list(patient.charset) if isinstance(patient.charset, tuple) else patient.charset
    dataset.PatientID = patient.id
    dataset.PatientName = patient.name
    dataset.PatientSex = patient.sex
    dataset.PatientBirthDate = patient.birth
    if patient.universal:
        dataset.IssuerOfPatientIDQualifiersSequence = [item(UniversalEntityID=patient.universal, UniversalEntityIDType="ISO")]
    dataset.StudyInstanceUID = study.uid
    # Type 2: they are there, and may be empty.
    dataset.StudyDate = study.date
    dataset.StudyTime = study.time
    dataset.AccessionNumber = study.accession
    dataset.StudyID = study.study_id
    dataset.ReferringPhysicianName = study.referrer
    set_if(
        dataset,
        IssuerOfPatientID=patient.issuer,
        TimezoneOffsetFromUTC=study.offset,
        StudyDescription=study.description,
        NameOfPhysiciansReadingStudy=study.reader,
        AdmissionID=study.admission,
    )
    if study.referrer_id:
        person = Dataset()
        person.PersonIdentificationCodeSequence = [code(study.referrer_id, "99LOCAL", "Number")]
        dataset.ReferringPhysicianIdentificationSequence = [person]


def series(dataset: Dataset, study: Study, at: int, one: Series) -> None:
    dataset.SeriesInstanceUID = study.series_uid(at)
    dataset.Modality = one.modality
    dataset.SeriesNumber = at + 1
    set_if(
        dataset,
        BodyPartExamined=one.body_part,
        Laterality=one.laterality,
        PerformingPhysicianName=one.performer,
        OperatorsName=one.operator,
        SeriesDescription=one.description,
    )
    if one.request:
        request = item(RequestedProcedureID=one.request[0], RequestedProcedureDescription=one.request[1])
        if one.reason:
            request.ReasonForRequestedProcedureCodeSequence = [code(one.reason[0], "SCT", one.reason[1])]
        dataset.RequestAttributesSequence = [request]


def instance(study: Study, at: int, n: int) -> FileDataset:
    one = study.series[at]
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = one.sop_class
    meta.MediaStorageSOPInstanceUID = study.instance_uid(at, n)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    patient_and_study(dataset, study)
    series(dataset, study, at, one)
    dataset.SOPClassUID = one.sop_class
    dataset.SOPInstanceUID = study.instance_uid(at, n)
    dataset.InstanceNumber = n + 1
    set_if(dataset, ImageLaterality=one.image_laterality)
    if one.modality == "SR":
        dataset.ConceptNameCodeSequence = [code("18748-4", "LN", "Diagnostic imaging report")]
        dataset.CompletionFlag = "COMPLETE"
        dataset.VerificationFlag = "UNVERIFIED"
    return dataset


def write(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for study in archive.ALL:
        for at, one in enumerate(study.series):
            for n in range(one.instances):
                files.append(folder / f"{study.key}-{at + 1}-{n + 1}.dcm")
                instance(study, at, n).save_as(files[-1], enforce_file_format=True)
    return files


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(f"{len(write(Path(sys.argv[1])))} files")
