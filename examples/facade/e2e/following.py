"""Follows what an answer says: the Endpoint's address, then DICOMweb behind it; and compares the files with the FHIR resource."""

from __future__ import annotations

import email.parser
import io

import archive
import pydicom
import requests
from client import Facade, uid_of
from report import Report
from services import FACADE


def check(report: Report) -> None:
    facade = Facade(FACADE)
    keys = [study.key for study in archive.STUDIES if not study.key.startswith("torn")] + ["many_0", "many_249"]
    for key in keys:
        study = facade.get(f"ImagingStudy/{archive.uid(key)}").json
        metadata(report, key, study)
    retrieve(report, facade.get(f"ImagingStudy/{archive.uid('jp')}").json)


def address(study: dict) -> str:
    """As a client finds it: the contained Endpoint that the study refers to."""
    (reference,) = study["endpoint"]
    (found,) = [one for one in study["contained"] if f"#{one['id']}" == reference["reference"]]
    return found["address"]


def metadata(report: Report, key: str, study: dict) -> None:
    answer = requests.get(f"{address(study)}/studies/{uid_of(study)}/metadata", headers={"Accept": "application/dicom+json"}, timeout=60)
    if not report.same(f"{key}: metadata", answer.status_code, 200):
        return
    files = answer.json()
    value = lambda row, tag: row[tag]["Value"][0]  # noqa: E731
    listed = {
        (series["uid"], one["uid"], one["sopClass"]["code"].removeprefix("urn:oid:"))
        for series in study["series"]
        for one in series["instance"]
    }
    stored = {(value(row, "0020000E"), value(row, "00080018"), value(row, "00080016")) for row in files}
    report.same(f"{key}: the instances that FHIR lists are those that are there", listed, stored)
    report.same(f"{key}: and those that were stored", {one[1] for one in listed}, set(archive.BY_KEY[key].instance_uids))
    report.same(f"{key}: numberOfInstances", study["numberOfInstances"], len(files))
    report.same(f"{key}: numberOfSeries", study["numberOfSeries"], len({one[0] for one in stored}))
    for series in study["series"]:
        own = [row for row in files if value(row, "0020000E") == series["uid"]]
        report.same(f"{key}: numberOfInstances of a series", series["numberOfInstances"], len(own))
        report.same(f"{key}: modality of a series", series["modality"]["code"], value(own[0], "00080060"))
        numbers = {one["uid"]: one["number"] for one in series["instance"]}
        report.same(f"{key}: numbers", numbers, {value(row, "00080018"): int(value(row, "00200013")) for row in own})
    report.same(f"{key}: the patient", study["subject"]["identifier"]["value"], value(files[0], "00100020"))


def retrieve(report: Report, study: dict) -> None:
    """A file, whole, through the facade."""
    series = study["series"][0]
    url = f"{address(study)}/studies/{uid_of(study)}/series/{series['uid']}/instances/{series['instance'][0]['uid']}"
    answer = requests.get(url, headers={"Accept": 'multipart/related; type="application/dicom"'}, timeout=60)
    report.same("WADO-RS", answer.status_code, 200)
    message = email.parser.BytesParser().parsebytes(
        b"Content-Type: " + answer.headers["Content-Type"].encode() + b"\r\n\r\n" + answer.content
    )
    (part,) = message.get_payload()
    dataset = pydicom.dcmread(io.BytesIO(part.get_payload(decode=True)))
    report.same("the file is the one that is listed", dataset.SOPInstanceUID, series["instance"][0]["uid"])
    report.same("with its name in three scripts", str(dataset.PatientName), study["subject"]["display"])
