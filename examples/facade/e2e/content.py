"""What studies look like in FHIR: written down by hand, from spec/README.md and what this archive returns of the files."""

from __future__ import annotations

import copy

import archive
from archive import uid
from client import Facade
from report import Report
from services import ENUMERATING, FACADE

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
SCT = "http://snomed.info/sct"
BASE = f"http://127.0.0.1:{FACADE}/dicom-web"


def typed(code: str) -> dict:
    return {"coding": [{"system": V2, "code": code}]}


def performer(function: str, name: str) -> dict:
    coding = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": function}
    return {"function": {"coding": [coding]}, "actor": {"type": "Practitioner", "display": name}}


def instances(study: str, at: int, n: int, sop_class: str) -> list[dict]:
    one = {"system": "urn:ietf:rfc:3986", "code": f"urn:oid:{sop_class}"}
    return [{"uid": f"{uid(study)}.{at}.{i + 1}", "sopClass": one, "number": i + 1} for i in range(n)]


def endpoint(release: str) -> dict:
    connection = {"system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type", "code": "dicom-wado-rs"}
    payload = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/endpoint-payload-type", "code": "any"}],
        "text": "DICOM WADO-RS",
    }
    made = {"resourceType": "Endpoint", "id": "study-wado", "status": "active"}
    if release == "R4":
        return made | {"connectionType": connection, "payloadType": [payload], "payloadMimeType": ["application/dicom"], "address": BASE}
    return made | {
        "connectionType": [{"coding": [connection]}],
        "payload": [{"type": [payload], "mimeType": ["application/dicom"]}],
        "address": BASE,
    }


CT_SR = {
    "resourceType": "ImagingStudy",
    "id": uid("ct_sr"),
    "contained": [endpoint("R4")],
    "identifier": [
        {"system": "urn:dicom:uid", "value": f"urn:oid:{uid('ct_sr')}"},
        {"type": typed("ACSN"), "value": "ACC-0001"},
    ],
    "status": "available",
    # R4 lists what acquires images: the report is no such thing.
    "modality": [{"system": DCM, "code": "CT"}],
    "subject": {
        "type": "Patient",
        "identifier": {"type": typed("MR"), "system": "urn:oid:2.999.1", "value": "MRN-1001"},
        "display": "Doe^Jane^Quintana",
    },
    "encounter": {"type": "Encounter", "identifier": {"type": typed("VN"), "value": "ADM-9"}},
    "started": "2024-01-14T10:15:30+00:00",
    "referrer": {"type": "Practitioner", "display": "House^Gregory"},
    "interpreter": [{"type": "Practitioner", "display": "Kos^Hippocrates"}],
    "endpoint": [{"reference": "#study-wado"}],
    "numberOfSeries": 2,
    "numberOfInstances": 3,
    "description": "CT chest with report",
    "series": [
        {
            "uid": f"{uid('ct_sr')}.1",
            "number": 1,
            "modality": {"system": DCM, "code": "CT"},
            "description": "Thorax axial",
            "numberOfInstances": 2,
            "bodySite": {"system": SCT, "code": "816094009", "display": "Chest"},
            "performer": [performer("PRF", "Curie^Marie"), performer("SPRF", "Roentgen^Wilhelm")],
            "instance": instances("ct_sr", 1, 2, archive.CT),
        },
        {
            "uid": f"{uid('ct_sr')}.2",
            "number": 2,
            "modality": {"system": DCM, "code": "SR"},
            "description": "Report",
            "numberOfInstances": 1,
            "performer": [performer("PRF", "Curie^Marie")],
            "instance": instances("ct_sr", 2, 1, archive.SR),
        },
    ],
}


def in_r5(study: dict) -> dict:
    """What differs from R5 on, of these studies."""
    made = copy.deepcopy(study)
    concept = lambda coding: {"coding": [coding]}  # noqa: E731
    made["contained"] = [endpoint("R5")]
    made["basedOn"] = [{"type": "ServiceRequest", "identifier": made["identifier"].pop(1)}]
    del made["interpreter"]
    made["modality"] = [concept({"system": DCM, "code": code}) for code in ["CT", "SR"]]
    for series in made["series"]:
        series["modality"] = concept(series["modality"])
    made["series"][0]["bodySite"] = {"concept": {**concept(made["series"][0]["bodySite"]), "text": "CHEST"}}
    return made


def sorted_out(study: dict) -> dict:
    """Series in the order of their numbers: the archive's order is its own."""
    made = copy.deepcopy(study)
    made["series"] = sorted(made.get("series", []), key=lambda series: series["number"])
    for series in made["series"]:
        series["instance"] = sorted(series.get("instance", []), key=lambda instance: instance["number"])
    if "modality" in made:
        made["modality"] = sorted(made["modality"], key=str)
    return made


def check(report: Report) -> None:
    whole(report)
    details(report)
    torn(report)
    issuers(report)


def whole(report: Report) -> None:
    for release, wanted in [("R4", CT_SR), ("R4B", CT_SR), ("R5", in_r5(CT_SR))]:
        answer = Facade(FACADE, release).get(f"ImagingStudy/{uid('ct_sr')}")
        report.same(f"ct_sr in {release}", sorted_out(answer.json), wanted)
        version = {"R4": "4.0", "R4B": "4.3", "R5": "5.0"}[release]
        report.same(f"{release}: media type", answer.headers.get("content-type"), f"application/fhir+json; fhirVersion={version}")
    draft = Facade(FACADE, "R6").get(f"ImagingStudy/{uid('ct_sr')}")
    report.same("R6 is answered", (draft.status, draft.json.get("id")), (200, uid("ct_sr")))


def details(report: Report) -> None:
    four = {
        key: sorted_out(Facade(FACADE).get(f"ImagingStudy/{uid(key)}").json)
        for key in ["mg", "us", "head", "jp", "kr", "de", "pl", "long", "knee"]
    }
    five = sorted_out(Facade(FACADE, "R5").get(f"ImagingStudy/{uid('mg')}").json)
    for study, side, wanted in [
        (four["mg"], 0, {"system": SCT, "code": "419161000", "display": "Unilateral left"}),
        (four["mg"], 1, {"system": SCT, "code": "419465000", "display": "Unilateral right"}),
        (five, 0, {"coding": [{"system": SCT, "code": "7771000", "display": "Left"}]}),
        (five, 1, {"coding": [{"system": SCT, "code": "24028007", "display": "Right"}]}),
        (four["jp"], 0, {"system": SCT, "code": "419161000", "display": "Unilateral left"}),
        (four["knee"], 0, {"system": SCT, "code": "419465000", "display": "Unilateral right"}),
    ]:
        report.same(f"laterality of {study['id']}, series {side + 1}", study["series"][side].get("laterality"), wanted)
    for key, wanted in {
        "mg": "2024-01-14T10:15:00+00:00",
        "us": None,
        "head": "2023-12-31T18:42:59.888+00:00",
        "jp": "2024-02-29T00:30:00+09:00",
        "kr": "2024-02-29",
        "de": "2024-03-31",
        "pl": "2024-04-01T23:30:00-05:00",
        "long": "2024-05-07",
    }.items():
        report.same(f"{key} started", four[key].get("started"), wanted)
    for key, study in four.items():
        report.same(f"{key}: the whole name, in every script", study["subject"]["display"], archive.BY_KEY[key].patient.name)
        report.same(f"{key}: whose number it is", study["subject"]["identifier"].get("system"), archive.BY_KEY[key].patient.system)
    report.same("no referrer, none told", "referrer" in four["us"], False)
    report.same("a name with umlauts", four["de"]["referrer"], {"type": "Practitioner", "display": "Grünwald^Jürgen"})
    report.same("an accession number that is too long", four["long"]["identifier"][1]["value"], "ACC-20240507-0000019")
    report.same("300 instances", len(four["head"]["series"][0]["instance"]), 300)


def torn(report: Report) -> None:
    """One StudyInstanceUID, two patients: nobody's images are shown as somebody else's."""
    facade = Facade(ENUMERATING)
    read = facade.get(f"ImagingStudy/{uid('torn_1')}")
    report.same("a read is refused", (read.status, [issue["code"] for issue in read.issues]), (409, ["conflict"]))
    for query, wanted in [
        (f"identifier=urn:oid:{uid('torn_1')}", ["torn_1", "torn_2"]),
        ("patient.identifier=TORN-1", ["torn_1"]),
        ("identifier=ACC-0017", ["torn_2"]),
        (f"series={uid('torn_1')}.1", ["torn_1"]),
        ("started=2021-06-01", ["torn_1", "torn_2"]),
        # Asked by modality, Orthanc tells of one of them alone.
        ("started=2021-06-01&modality=CR", ["torn_1", "torn_2"]),
        ("started=2021-06-01&modality=CR&patient.name=tim", ["torn_1"]),
        ("started=2021-06-01&modality=CR&patient.name=tom", ["torn_2"]),
    ]:
        answer = facade.search(query)
        report.same(f"{query}: studies", sorted(answer.keys), wanted)
        report.same(f"{query}: total", answer.total, len(wanted))
        report.check(f"{query}: told", bool(answer.told("conflict")), answer.issues)
        report.same(
            f"{query}: entries have addresses of their own",
            len({entry["fullUrl"] for entry in answer.entries if entry["search"]["mode"] == "match"}),
            len(wanted),
        )
        for study, key in zip(answer.studies, answer.keys):
            own = archive.BY_KEY[key]
            report.same(f"{query}: {key} is of its patient", study["subject"]["display"], own.patient.name)
            report.same(f"{query}: {key} has its own series", [series["uid"] for series in study.get("series", [])], [own.series_uid(0)])
            report.same(f"{query}: {key} leads to no images, which would be both patients'", "endpoint" in study, False)


def issuers(report: Report) -> None:
    """An issuer that this archive does not tell: whoever asks by it does not hear in silence that there is nothing."""
    answer = Facade(ENUMERATING).search("patient.identifier=urn:oid:2.999.7|UNI-1")
    report.check("a number whose issuer is not to be seen", answer.keys == ["universal"] or bool(answer.told("incomplete")), answer.text)
