"""ImagingStudy, from the facts of a study."""

import uuid

import concepts
import endpoints
import facts
import names
import patient
import study as studies
from dates import started
from identifiers import first, incomplete, issued, person
from values import is_oid

DCM = "http://dicom.nema.org/resources/ontology/DCM"


def imaging_study(study, options, release, ledger):
    """The resource; `older` are R4 and R4B, from which R5 and R6 differ alike where no series is listed."""
    older = release in ("R4", "R4B")
    in_identifier, in_based_on = accession_places(options, release)
    resource = {"resourceType": "ImagingStudy"}
    if study.shares_uid:
        resource["id"] = str(uuid.uuid4())
    elif options["id"] == "uid":
        resource["id"] = study.uid
    elif options["id"] != "none":
        resource["id"] = options["id"]["given"]
    subject, contained = patient.subject(study, options, ledger)
    accession = _order(study, "00080050", "00080051", "ACSN", options, ledger)
    beside_uid = accession and _order(study, "00080050", "00080051", "ACSN", options, ledger, beside_uid=True)
    placer = _order(study, "00402016", "00400026", "PLAC", options, ledger)
    filler = _order(study, "00402017", "00400027", "FILL", options, ledger)
    admission = _order(study, "00380010", "00380014", "VN", options, ledger)
    access = endpoints.of_study(study, options, release, ledger)
    _put(resource, "contained", ([contained] if contained else []) + access)
    resource["identifier"] = _identifiers(study, beside_uid if in_identifier else None, options, ledger)
    resource["status"] = "registered" if study.value("00201208") == 0 else "available"
    _put(resource, "modality", _modalities(study, options, older, ledger))
    resource["subject"] = subject
    _put(resource, "encounter", admission and {"type": "Encounter", "identifier": admission})
    _put(resource, "started", _started(study, options, ledger))
    orders = [accession] if accession and in_based_on else []
    orders += [order for order in (placer, filler) if order]
    _put(resource, "basedOn", [{"type": "ServiceRequest", "identifier": order} for order in orders])
    _put(resource, "referrer", _people(study, "00080090", "00080096", options, ledger)[:1])
    if "referrer" in resource:
        resource["referrer"] = resource["referrer"][0]
    if older:
        _put(resource, "interpreter", _people(study, "00081060", "00081062", options, ledger))
    _put(resource, "endpoint", [{"reference": "#" + one["id"]} for one in access])
    for tag, element in (("00201206", "numberOfSeries"), ("00201208", "numberOfInstances")):
        if study.value(tag) is not None:
            resource[element] = study.value(tag)
    procedures = _concepts(study, "00081032", options, ledger)
    _put(resource, "procedureCode" if older else "procedure", procedures if older else _concept_references(procedures))
    _put(resource, "location", _location(study, ledger))
    reasons = _concepts(study, "00401012", options, ledger, "alternative-source")
    _put(resource, "reasonCode" if older else "reason", reasons if older else _concept_references(reasons))
    _put(resource, "description", study.value("00081030"))
    for tag in ("00081048", "00081049", "00080056") + (() if older else ("00081060", "00081062")):
        for at, count in studies.places(study.facts.get(tag, []), facts.STUDY[tag], "/" + tag):
            ledger.tell("no-element", at, count)
    return resource


def accession_places(options, release):
    """Whether the accession number is an identifier, and whether it is in basedOn."""
    place = options["accession"]
    if place == "release":
        place = "identifier" if release in ("R4", "R4B") else "based-on"
    return place in ("identifier", "both"), place in ("based-on", "both")


def _concept_references(concepts_found):
    return [{"concept": concept} for concept in concepts_found]


def _put(resource, name, value):
    if value:
        resource[name] = value


def _identifiers(study, accession, options, ledger):
    value = "urn:oid:" + study.uid if is_oid(study.uid) else study.uid
    found = [{"system": "urn:dicom:uid", "value": value}]
    if accession:
        found.append(accession)
    study_id = study.value("00200010")
    if study_id and options["studyIdSystem"]:
        found.append({"system": options["studyIdSystem"], "value": study_id})
    elif study_id:
        ledger.tell("system-unknown", "/00200010")
    return found


def _order(study, tag, issuer_tag, kind, options, ledger, beside_uid=False):
    """Identifier of a number and the sequence of its issuer, or None."""
    value = study.value(tag)
    issuer = study.value(issuer_tag) or {}
    if value is None:
        incomplete(issuer, [(part, f"/{issuer_tag}/{part}") for part in ("00400031", "00400032", "00400033")], ledger)
        return None
    return issued(value, kind, first(issuer, "00400031"), issuer, options, beside_uid=beside_uid)


def _modalities(study, options, older, ledger):
    found = []
    for value in study.facts.get("00080061", []):
        code = value.data
        if not older or options["modalities"] == "all" or code in facts.ACQUISITION:
            coding = {"system": DCM, "code": code} if code in facts.MODALITIES else {"code": code}
            found.append(coding if older else {"coding": [coding]})
        else:
            ledger.tell("modality-not-listed", "/00080061")
    return found


def _started(study, options, ledger):
    return started(study.value("00080020"), study.value("00080030"), study.value("00080201"), options["zone"],
                   ledger, "/00080030", "/00080201")


def _people(study, name_tag, identification_tag, options, ledger):
    """References to people: item n of the identification belongs to name n."""
    people = {value.index: {"name": value.data} for value in study.facts.get(name_tag, [])}
    single = not facts.STUDY[identification_tag].many
    for value in study.facts.get(identification_tag, []):
        identifier = person(value.data, "/" + identification_tag, options, ledger)
        if identifier:
            index = min(people, default=0) if single else value.index
            people.setdefault(index, {})["identifier"] = identifier
    found = []
    for _, one in sorted(people.items()):
        reference = {"type": "Practitioner"}
        if "identifier" in one:
            reference["identifier"] = one["identifier"]
        if "name" in one:
            reference["display"] = names.display(one["name"], options["names"], "/" + name_tag, ledger)
        found.append(reference)
    return found


def _concepts(study, tag, options, ledger, note=None):
    found = []
    for value in study.facts.get(tag, []):
        concept = concepts.concept(value.data, "/" + tag, options, ledger, note)
        if concept:
            found.append(concept)
    return found


def _location(study, ledger):
    """Department, else where it was performed, else institution."""
    shown = None
    for tag in ("00081040", "00400243", "00080080"):
        text = study.value(tag)
        if text and shown is None:
            shown = text
            if tag != "00081040":
                ledger.tell("alternative-source", "/" + tag)
        elif text and text != shown:
            ledger.tell("alternative-unused", "/" + tag)
    return shown and {"type": "Location", "display": shown}
