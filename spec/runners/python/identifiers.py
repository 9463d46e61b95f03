"""Identifier with its issuer, and the identification of people (README, "How the facts are spelled")."""

import re

import facts
from losses import Skip
from values import is_oid, is_uri

V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")


def first(attributes, tag):
    """The data of the one value of an attribute, or None."""
    found = attributes.get(tag)
    return found[0].data if found else None


def typed(code):
    return {"coding": [{"system": V2_0203, "code": code}]}


def issued(value, kind, local, qualifiers, options, default_system=None, beside_uid=False):
    """Identifier: `kind` is the code of its type or None, `qualifiers` the item of the issuer; `beside_uid` of those among which the study's UID is."""
    universal = first(qualifiers, "00400032")
    universal_type = first(qualifiers, "00400033")
    system = _system(universal, universal_type)
    if not _is_said_of(system, value, beside_uid):
        system = None
    assigner = {}
    if system:
        if local:
            assigner["display"] = local
    else:
        if local and local in options["namespaces"]:
            if len(set(options["namespaces"].values())) < len(options["namespaces"]):
                raise Skip("namespaces that share a URI")
            system = options["namespaces"][local]
        elif local:
            assigner["display"] = local
        if universal:
            if not universal_type:
                raise Skip("a UniversalEntityID without type")
            assigner["identifier"] = {"type": {"text": universal_type}, "value": universal}
    if not (system or local or universal):
        system = default_system
    identifier = {"type": typed(kind)} if kind else {}
    if system:
        identifier["system"] = system
    identifier["value"] = value
    if assigner:
        identifier["assigner"] = assigner
    return identifier


def _system(universal, universal_type):
    if not universal:
        return None
    if universal_type == "ISO" and is_oid(universal):
        return "urn:oid:" + universal
    if universal_type == "UUID" and _UUID.match(universal.lower()):
        return "urn:uuid:" + universal.lower()
    if universal_type == "URI" and _URI.match(universal):
        return universal
    return None


def _is_said_of(system, value, beside_uid):
    """Two systems say that the value is a UID, or a URI."""
    if system == "urn:dicom:uid":
        return value.startswith("urn:oid:") and is_oid(value[8:]) and not beside_uid
    if system == "urn:ietf:rfc:3986":
        return is_uri(value) and not (beside_uid and value.startswith("urn:oid:"))
    return True


def incomplete(attributes, places, ledger):
    """Parts of an issuer, or of a scheme, whose main part is absent: `places` are (tag, place) pairs."""
    for tag, at in places:
        if attributes.get(tag):
            ledger.tell("incomplete", at)


def person(item, at, options, ledger):
    """Identifier of an item of an identification sequence, or None."""
    code = first(item or {}, "00401101")
    if not code:
        return None
    value = first(code, "00080100") or first(code, "00080119")
    if first(code, "00080100") and first(code, "00080119") not in (None, value):
        ledger.tell("extra-value", f"{at}/00401101/Value/0/00080119/Value/0")
    designator, uid, meaning = (first(code, tag) for tag in ("00080102", "0008010C", "00080104"))
    if value is None:
        incomplete(code, [(tag, f"{at}/00401101/{tag}") for tag in ("00080102", "00080104", "0008010C")], ledger)
        return None
    if meaning and ("^" in meaning or "=" in meaning):
        ledger.tell("alternative-unused", f"{at}/00401101/00080104")
        meaning = None
    identifier = {"type": {"text": meaning}} if meaning else {}
    system = assigner = None
    if uid and is_oid(uid):
        system, assigner = "urn:oid:" + uid, designator
    elif uid:
        raise Skip("a CodingSchemeUID that is no OID")
    elif designator and is_oid(designator):
        system = "urn:oid:" + designator
    elif designator and designator in options["namespaces"]:
        system = options["namespaces"][designator]
    elif designator == "NPI":
        system = facts.URI_OF["NPI"]
    else:
        assigner = designator
    if system:
        identifier["system"] = system
    identifier["value"] = value
    if assigner:
        identifier["assigner"] = {"display": assigner}
    return identifier
