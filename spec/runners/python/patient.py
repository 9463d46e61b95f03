"""The patient: the subject of a study, and the Patient that it may contain."""

import names
import study as studies
import facts
from concepts import CODE
from identifiers import first, incomplete, issued

ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
GENDERS = {"M": "male", "F": "female", "O": "other", "U": "unknown"}
# What has no place without a Patient resource.
_OF_RESOURCE = ("00100030", "00100032", "00100040", "00101002", "00101000")


def subject(study, options, ledger):
    """Reference, and the contained Patient or None."""
    identifier = _identifier(study, options, ledger)
    name = study.value("00100010")
    policy = options["subject"]
    if policy == "contained":
        patient = _patient(study, identifier, name, options, ledger)
        if patient:
            return {"reference": "#patient"}, patient
    else:
        for tag in _OF_RESOURCE:
            for at, count in studies.places(study.facts.get(tag, []), facts.STUDY[tag], "/" + tag):
                ledger.tell("needs-resource", at, count)
    reference = {"reference": policy["reference"]} if isinstance(policy, dict) else {}
    if not (reference or identifier or name):
        ledger.tell("required-missing", "/00100020", 0)
        return ABSENT, None
    reference["type"] = "Patient"
    if identifier:
        reference["identifier"] = identifier
    if name:
        reference["display"] = names.display(name, options["names"], "/00100010", ledger)
    return reference, None


def _identifier(study, options, ledger):
    value = study.value("00100020")
    qualifiers = study.value("00100024") or {}
    if value is None:
        incomplete(study.facts, [("00100021", "/00100021")], ledger)
        incomplete(qualifiers, [(tag, f"/00100024/{tag}") for tag in ("00400032", "00400033", "00400035")], ledger)
        return None
    kind = _type(qualifiers, "/00100024", ledger) or "MR"
    if not first(qualifiers, "00400032"):
        incomplete(qualifiers, [("00400033", "/00100024/00400033")], ledger)
    local, namespace = study.value("00100021"), options["patientNamespace"]
    if study.unread and not (local or first(qualifiers, "00400032")):
        ledger.tell("system-unknown", "/00100020")
        namespace = None
    return issued(value, kind, local, qualifiers, options, namespace)


def _type(qualifiers, at, ledger):
    """IdentifierTypeCode, if FHIR's `code` can hold it."""
    kind = first(qualifiers, "00400035")
    if kind and not CODE.match(kind):
        ledger.tell("bad-code", f"{at}/00400035")
        return None
    return kind


def _patient(study, identifier, name, options, ledger):
    patient = {"resourceType": "Patient", "id": "patient"}
    identifiers = ([identifier] if identifier else []) + _others(study, identifier, options, ledger)
    if identifiers:
        patient["identifier"] = identifiers
    if name:
        patient["name"] = names.human_names(name)
    sex = study.value("00100040")
    if sex in GENDERS:
        patient["gender"] = GENDERS[sex]
    elif sex:
        ledger.tell("bad-code", "/00100040")
    if study.value("00100030"):
        patient["birthDate"] = study.value("00100030")
    if study.value("00100032"):
        ledger.tell("time-without-zone", "/00100032")
    return patient if len(patient) > 2 else None


def _others(study, own, options, ledger):
    """Further identifiers: those of OtherPatientIDsSequence, then those of OtherPatientIDs."""
    found = []
    for value in study.facts.get("00101002", []):
        item = value.data
        number, local = first(item, "00100020"), first(item, "00100021")
        qualifiers = first(item, "00100024") or {}
        if number is None:
            incomplete(item, [("00100021", "/00101002/00100021")], ledger)
            incomplete(qualifiers, [(tag, f"/00101002/00100024/{tag}")
                                    for tag in ("00400032", "00400033", "00400035")], ledger)
            continue
        kind = _type(qualifiers, "/00101002/00100024", ledger)
        if kind == "MR":
            # The medical record number is the one that the patient is known by.
            ledger.tell("alternative-unused", "/00101002/00100024/00400035")
            kind = None
        identifier = issued(number, kind, local, qualifiers, options)
        if identifier not in found:
            found.append(identifier)
            if own is None:
                for at, count in studies.places([value], facts.STUDY["00101002"], "/00101002"):
                    ledger.tell("alternative-source", at, count)
    numbers = {identifier["value"] for identifier in found}
    for value in study.facts.get("00101000", []):
        if value.data not in numbers:
            numbers.add(value.data)
            found.append({"value": value.data})
            ledger.tell("alternative-source", "/00101000")
    return found
