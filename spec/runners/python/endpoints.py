"""Endpoints of a study, contained in it."""

import json

import urls
from losses import Refused

_SHORT = {"wado-rs": "wado", "qido-rs": "qido", "stow-rs": "stow", "wado-uri": "wado-uri"}


def endpoint(service, address, endpoint_id, release):
    """An Endpoint as a resource."""
    kind = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/endpoint-payload-type", "code": "any"}],
             "text": "DICOM " + service.upper()}]
    mime = ["application/dicom+json" if service == "qido-rs" else "application/dicom"]
    connection = {"system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type",
                  "code": "dicom-" + service}
    resource = {"resourceType": "Endpoint"}
    if endpoint_id:
        resource["id"] = endpoint_id
    resource["status"] = "active"
    if release in ("R4", "R4B"):
        resource.update(connectionType=connection, payloadType=kind, payloadMimeType=mime)
    else:
        resource.update(connectionType=[{"coding": [connection]}], payload=[{"type": kind, "mimeType": mime}])
    resource["address"] = address.rstrip("/")
    return resource


def of_study(study, options, release, ledger):
    """The Endpoints of a study; a RetrieveURL that is not used is told."""
    base = options["endpointBase"]
    url = study.value("00081190")
    if url and (base or not options["trustRetrieveUrl"]):
        ledger.tell("url-not-trusted", "/00081190")
    elif url:
        found = urls.read(url)
        if "error" not in {**found, **urls.plain(url)} and found["view"] == "retrieve" \
                and found["study"] == study.uid and "series" not in found:
            base = found.get("base")
            if "wado-rs" not in options["services"] and options["endpoints"] != "none" and not study.shares_uid:
                ledger.tell("needs-resource", "/00081190")
        else:
            ledger.tell("bad-url", "/00081190")
    if not base or options["endpoints"] == "none" or study.shares_uid:
        return []
    found = []
    for service in options["services"]:
        address = base.rstrip("/")
        if options["endpointAddress"] == "study" and service in ("wado-rs", "qido-rs"):
            address += "/studies/" + study.uid
        found.append(endpoint(service, address, "study-" + _SHORT[service], release))
    return found


def read(text):
    """What is read of an Endpoint as it may be met."""
    try:
        resource = json.loads(text)
    except ValueError:
        raise Refused("json-syntax") from None
    if not isinstance(resource, dict) or resource.get("resourceType") != "Endpoint":
        raise Refused("not-fhir")
    address = resource.get("address")
    plain = "base" in urls.plain(address) if isinstance(address, str) else False
    return {"service": _service(resource.get("connectionType")), "address": address, "plain": plain,
            "active": resource.get("status") == "active"}


def _service(connection):
    """The service of a connection type: a Coding, a CodeableConcept, or a list of these."""
    for one in connection if isinstance(connection, list) else [connection]:
        for coding in one.get("coding", [one]) if isinstance(one, dict) else []:
            name = str(coding.get("code", "")).removeprefix("dicom-")
            if coding.get("code") == "dicom-" + name and name in _SHORT:
                return name
    return None
