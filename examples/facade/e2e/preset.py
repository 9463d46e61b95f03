"""What the preset `orthanc-1.10-debian` says of the archive (src/search/servers.rs), asked of the archive itself.

Where one of these fails the archive is another than the preset is of, and searches may lose studies.
"""

from __future__ import annotations

import archive
import requests
from archive import uid
from report import Report
from services import DICOMWEB


def rows(target: str) -> list[dict]:
    """Sent as it stands: this archive decodes nothing."""
    prepared = requests.Request("GET", DICOMWEB, headers={"Accept": "application/dicom+json"}).prepare()
    prepared.url = f"{DICOMWEB}/{target}"
    with requests.Session() as session:
        answer = session.send(prepared, timeout=60)
    return answer.json() if answer.status_code == 200 else [{"status": answer.status_code}]


def check(report: Report) -> None:
    fifty = ",".join(study.uid for study in archive.MANY_STUDIES[:50])
    everything = len(archive.ALL)
    for fact, target, count in [
        ("no limit: all in one answer", "studies", everything),
        ("it decodes nothing", "studies?PatientID=MRN%2D1001", 0),
        ("an encoded name is an unknown key, and unknown keys are ignored", "studies?Patient%49D=MRN-1001", everything),
        ("characters that are sent as they are", f"studies?PatientID={archive.ODD.id}", 1),
        ("and in accession numbers", "studies?AccessionNumber=A.b_c~d!e$f'g(h", 1),
        ("case is folded", "studies?PatientID=mrn-1001", 4),
        ("a question mark is any one character", "studies?PatientID=RT?01?", 2),
        ("it stands for what cannot be sent", "studies?PatientID=A?3", 1),
        ("and for an ampersand, the comma being another", "studies?PatientID=A?B", 1),
        ("a comma is a list", "studies?PatientID=A,3", 1),
        ("a list of 50 UIDs", f"studies?StudyInstanceUID={fifty}", 50),
        ("twenty characters where sixteen are allowed", "studies?AccessionNumber=ACC-20240507-0000019", 1),
        ("StudyID", "studies?StudyID=SID-1", 1),
        ("PatientSex", "studies?PatientSex=O", 1),
        ("a range of birth dates", "studies?PatientBirthDate=19700101-19701231", 1),
        ("a closed range of dates", "studies?StudyDate=20240101-20241231", 14),
        ("a range without end", "studies?StudyDate=20250101-", 3),
        # The two of 2021, and the one that has no date.
        ("a range without beginning finds empty dates too", "studies?StudyDate=-20211231", 3),
        ("ModalitiesInStudy", "studies?ModalitiesInStudy=SR", 1),
        ("a UID that is under two patients is two rows", f"studies?StudyInstanceUID={uid('torn_1')}", 2),
        ("but one row when it is asked by modality", f"studies?StudyInstanceUID={uid('torn_1')}&ModalitiesInStudy=CR", 1),
        ("ModalitiesInStudy folds case", "studies?ModalitiesInStudy=mg", 1),
        ("series by UID", f"series?SeriesInstanceUID={uid('ct_sr')}.2", 1),
        ("keys of studies beside those of series", "series?PatientID=MRN-1001&Modality=SR", 1),
        ("instances by UID, in a list", f"instances?SOPInstanceUID={uid('head')}.1.1,{uid('head')}.1.2", 2),
        ("instances by class, and keys of studies beside it", f"instances?StudyDate=20240114&SOPClassUID={archive.SR}", 1),
        ("all instances of a study", f"studies/{uid('head')}/instances", 300),
    ]:
        report.same(f"{fact}: {target[:70]}", len(rows(target)), count)
    study = rows(f"studies?StudyInstanceUID={uid('ct_sr')}&includefield=00081030,00100021,00380010,00080201,00080096,00400275")[0]
    report.same("named attributes come", [tag in study for tag in ["00081030", "00100021", "00380010", "00080201"]], [True] * 4)
    report.same("sequences never come", [tag in study for tag in ["00080096", "00400275"]], [False] * 2)
    report.same("modalities come", study["00080061"]["Value"], ["CT", "SR"])
    report_series = rows(f"studies/{uid('ct_sr')}/series?includefield=00180015,00400275,00081050")
    report.same("below studies neither", [series.get("00400275") for series in report_series], [None, None])
    report.same("what a file does not have is left out", sorted("00180015" in series for series in report_series), [False, True])
    undated = rows(f"studies?StudyInstanceUID={uid('us')}")[0]
    report.same(
        "but what it keeps in its index comes empty",
        [undated[tag] for tag in ["00080020", "00080050", "00100040"]],
        [{"vr": "DA"}, {"vr": "SH"}, {"vr": "CS"}],
    )
    name = rows(f"studies?StudyInstanceUID={uid('kr')}")[0]["00100010"]["Value"][0]
    report.same("names come in every script", "=".join(name.values()), archive.GILDONG.name)
