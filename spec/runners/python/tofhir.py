"""Op `map` to FHIR: from a parsed document to resources and losses, and what is outside the subset."""

import dicomjson
import facts
import resource
import study
from losses import Ledger, Skip
from rawjson import Members

DEFAULTS = {
    "zone": None, "namespaces": {}, "patientNamespace": None, "schemes": {}, "studyIdSystem": None,
    "endpointBase": None, "complete": False, "fhirBase": None, "id": "uid", "accession": "release",
    "modalities": "release", "names": "dicom", "subject": "logical", "practitioners": "logical",
    "listing": "instances", "endpoints": "contained", "endpointAddress": "base", "services": ["wado-rs"],
    "endpointLevel": "study", "trustRetrieveUrl": False, "strict": False,
}
# Options whose other values ask for Bundles, for other resources, or for series.
_ONLY = {
    "complete": (False,), "practitioners": ("logical",), "listing": ("instances",),
    "endpoints": ("contained", "none"),
}


def resources(document, options, release):
    """The ImagingStudies of a document, and the ledger of losses."""
    for name in options:
        if name not in DEFAULTS:
            raise Skip("option " + name)
    chosen = {**DEFAULTS, **options}
    for name, known in _ONLY.items():
        if chosen[name] not in known:
            raise Skip("option " + name)
    if chosen["subject"] == "separate":
        raise Skip("option subject")
    ledger = Ledger(chosen["strict"])
    rows = dicomjson.rows(document)
    for row in rows:
        if isinstance(row, Members) and dicomjson.has(row, ("0020000E", "00080018")):
            raise Skip("rows of series or instances")
        if isinstance(row, Members) and dicomjson.has(row, facts.REQUESTS):
            raise Skip("requests")
    found = study.studies(rows, ledger)
    if isinstance(chosen["id"], dict) and len(found) > 1:
        raise Skip("one given id for several studies")
    return [resource.imaging_study(one, chosen, release, ledger) for one in found], ledger
