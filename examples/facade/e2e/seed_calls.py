"""The two calls that clients of such facades make: search by POST (form-encoded), read by GET."""

from __future__ import annotations

import json
import os
from pathlib import Path

import archive
from archive import uid
from client import Answer, Facade, uid_of
from fhirclient.models.bundle import Bundle
from fhirclient.models.imagingstudy import ImagingStudy
from report import Report
from services import FACADE

# What the published answers have and this archive cannot give: it returns no sequences, and these files have no dates of series.
NOT_HERE = {"note", "reasonCode", "procedureCode", "series.started", "series.endpoint"}


def calls(report: Report) -> None:
    facade = Facade(FACADE)
    one_uid = f"urn:dicom:uid|urn:oid:{uid('mg')}"
    for query, wanted in [
        ("patient=Patient/1", ["ct_sr"]),
        ("patient=Patient/1&patient=1", ["ct_sr"]),
        ("patient.identifier=MRN-1001", ["ct_sr", "mg", "us"]),
        (f"patient.identifier={archive.SYSTEMS['B']}|MRN-1001&modality=MG&started=2024-01-14&status=available", ["mg"]),
        (f"identifier={one_uid}", ["mg"]),
        ("identifier=ACC-0001&identifier=ACC-0001", ["ct_sr"]),
        ("identifier=ACC-0001&patient.identifier=MRN-1001", ["ct_sr"]),
        ("identifier=ACC-0001&patient.identifier=MRN-2002", []),
        (f"patient.identifier=MRN-1001&series={uid('mg')}.2", ["mg"]),
        (f"patient.identifier=MRN-1001&instance={uid('ct_sr')}.2.1", ["ct_sr"]),
    ]:
        answer = facade.post(query)
        report.same(f"POST {query}", (answer.status, sorted(answer.keys)), (200, wanted))
        report.check(f"POST {query}: FHIR JSON", answer.headers.get("content-type", "").startswith("application/fhir+json"), answer.headers)
        report.same(f"POST {query}: searchset", answer.json.get("type"), "searchset")
        report.check(f"POST {query}: strict R4 model", models(answer), answer.text)
        # What is asked in the URL counts as what is asked in the form.
        first, _, rest = query.partition("&")
        split = facade.request("POST", f"ImagingStudy/_search?{first}", rest, Content_Type="application/x-www-form-urlencoded")
        report.same(f"POST {query}: half of it in the URL", sorted(split.keys), wanted)
        for entry in answer.entries:
            if entry["search"]["mode"] != "match":
                continue
            study = entry["resource"]
            report.same("fullUrl is where it can be read", entry["fullUrl"], f"{facade.base}/ImagingStudy/{uid_of(study)}")
            read = facade.get(f"ImagingStudy/{study['id']}")
            report.same(f"GET ImagingStudy of {query}", (read.status, read.json["resourceType"]), (200, "ImagingStudy"))
            report.check("read strictly as R4", bool(ImagingStudy(read.json, strict=True)))
            if query.startswith("patient=Patient/"):
                # The reference that the client searched by is the subject; a read knows of none.
                report.same("the subject is the patient asked for", study["subject"]["reference"], "Patient/1")
                study = study | {"subject": {name: value for name, value in study["subject"].items() if name != "reference"}}
            report.same("search and read tell the same", study, read.json)
    published(report, facade)
    absent(report, facade)


def models(answer: Answer) -> bool:
    try:
        Bundle(answer.json, strict=True)
        return True
    except Exception as error:  # noqa: BLE001
        print(error)
        return False


def members(value: object, path: str = "") -> set[str]:
    if isinstance(value, list):
        return set().union(*(members(one, path) for one in value)) if value else set()
    if not isinstance(value, dict):
        return {path}
    return set().union(*(members(one, f"{path}.{name}".lstrip(".")) for name, one in value.items()))


def published(report: Report, facade: Facade) -> None:
    """Whatever the published answer tells, ours tells of studies that have it."""
    seed = Path(os.environ["ROOT"]).parent / "shared" / "seed" / "imagingstudy-read-response.json"
    if not seed.exists():
        print("   the published answers are not here: not compared")
        return
    wanted = {
        path for path in members(json.loads(seed.read_text())) if not any(path == none or path.startswith(f"{none}.") for none in NOT_HERE)
    }
    # The published answer has lists where FHIR has one value, and the other way round, and marks its identifiers "official".
    wanted = {path.replace("modality.coding.", "modality.") for path in wanted} - {"identifier.use", "series.instance.sopClass"}
    # Nobody but sequences tells the identifiers of people.
    wanted -= {"series.performer.actor.identifier.value", "series.performer.actor.identifier.system"}
    ours = set().union(*(members(facade.get(f"ImagingStudy/{uid(key)}").json) for key in ["ct_sr", "mg"]))
    report.same("members of the published answer that are missing", sorted(wanted - ours), [])


def absent(report: Report, facade: Facade) -> None:
    for id_ in [f"{archive.ROOT}.99", archive.ROOT, "1.2.3", "0", "x" * 64]:
        answer = facade.get(f"ImagingStudy/{id_}")
        report.same(f"GET ImagingStudy/{id_[:12]}", (answer.status, answer.json.get("resourceType")), (404, "OperationOutcome"))
    for path in [f"ImagingStudy/{uid('mg')}", "metadata", "ImagingStudy/0"]:
        head, whole = facade.request("HEAD", path), facade.get(path)
        report.same(f"HEAD {path}", (head.status, head.text), (whole.status, ""))
        # RFC 9110 8.6: if a length is told it is that of GET.
        report.check(f"HEAD {path}: its length", head.headers.get("content-length") in (None, str(len(whole.text.encode()))), head.headers)
