"""`GET metadata`: what the facade says it does is what it does."""

from __future__ import annotations

import archive
import cases_by_release
from client import Facade
from report import Report
from services import ENUMERATING, FACADE

VERSIONS = {"R4": "4.0.1", "R4B": "4.3.0", "R5": "5.0.0", "R6": "6.0.0-ballot2"}
# ImagingStudy's own parameters (FHIR R4, R5: search parameters of the resource), and those of every resource that are answered here.
SHARED = {
    "_id",
    "identifier",
    "status",
    "started",
    "modality",
    "series",
    "instance",
    "dicom-class",
    "patient",
    "subject",
    "referrer",
    "performer",
    "encounter",
    "endpoint",
}
OWN = {
    "R4": SHARED | {"basedon", "bodysite", "interpreter", "reason"},
    "R5": SHARED | {"based-on", "body-site", "body-structure", "reason"},
}


def check(report: Report) -> None:
    for release, version in VERSIONS.items():
        facade = Facade(FACADE, release)
        answer = facade.get("metadata")
        statement = answer.json
        report.same(
            f"{release}: metadata",
            (answer.status, statement.get("resourceType"), statement.get("fhirVersion")),
            (200, "CapabilityStatement", version),
        )
        (rest,) = statement["rest"]
        types = {resource["type"]: resource for resource in rest["resource"]}
        report.same(f"{release}: resources", sorted(types), ["Endpoint", "ImagingStudy"])
        report.same(f"{release}: the address", statement["implementation"]["url"], facade.base)
        if release in OWN:
            names = {parameter["name"] for parameter in types["ImagingStudy"]["searchParam"]}
            report.same(f"{release}: search parameters", names, OWN[release])
            tested = {case.parameter.split(".")[0] for case in cases_by_release.of(release)}
            report.same(f"{release}: parameters that this test does not ask by", sorted(names - tested), [])
            for include in types["ImagingStudy"]["searchInclude"]:
                found = Facade(ENUMERATING, release).search(
                    f"identifier=urn:oid:{archive.uid('ct_sr')}&_include={include}", Prefer="handling=strict"
                )
                report.check(
                    f"{release}: _include={include} is done",
                    found.status == 200 and any(e["search"]["mode"] == "include" for e in found.entries),
                    found.text[:300],
                )
    report.same("HEAD metadata", Facade(FACADE).request("HEAD", "metadata").status, 200)
