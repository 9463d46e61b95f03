"""Op `judge`: queries about one study, for the parameters of a study row (README, "Searching")."""

import re
import urllib.parse

import dicomjson
import facts
import intervals
import patient
import resource
import strings
import study as studies
import tofhir
import tokens
from losses import Ledger, Skip
from rawjson import Members

YES, NO, NEED_STUDY, NEED_SERIES = "yes", "no", "need-study", "need-series"
_RESULT = {"_count", "_sort", "_summary", "_elements", "_include", "_total", "_format", "_pretty"}
_NO_ATTRIBUTE = {"_has", "_filter", "_text", "_content", "_list", "_query", "_tag", "_security", "_profile",
                 "_source", "_lastUpdated"}
# Parameters that this implementation does not judge.
_OUTSIDE = {"patient", "subject", "referrer", "performer", "interpreter", "encounter", "endpoint", "bodysite",
            "body-site", "basedon", "based-on", "series", "instance", "dicom-class", "reason", "reason-code",
            "reason-concept", "body-structure"}
_DATES = {"started": "00080020", "patient.birthdate": "00100030"}
_STRINGS = {"patient.name": range(5), "patient.family": (0,), "patient.given": (1, 2)}
_TOKENS = {"identifier", "_id", "status", "modality", "patient.gender"}

# README names the limits; how many they are is told by cases of search/syntax only.
_MOST_CLAUSES, _MOST_VALUES = 100, 1000


class Fault(Exception):
    """An error of a query."""


class Evidence:
    """What is known of the study: the resource, its facts, and which attributes were returned."""

    def __init__(self, document, options, release):
        self.options = {**tofhir.DEFAULTS, **options}
        rows = dicomjson.rows(document)
        for row in rows:
            if not isinstance(row, Members) or dicomjson.has(row, ("0020000E", "00080018")):
                raise Skip("judging rows of series or instances")
        resources, _ = tofhir.resources(document, options, release)
        found = studies.studies(rows, Ledger())
        if len(resources) != 1:
            raise Skip("judging other than one study")
        self.release = release
        self.resource = resources[0]
        self.study = found[0]
        self.keys = {name.upper() for row in rows for name, _ in row}

    def known(self, tag):
        return tag in self.keys


def answers(document, options, release, asks):
    evidence = Evidence(document, options, release)
    return [_answer(evidence, ask["q"], ask.get("lenient", False)) for ask in asks]


def _answer(evidence, query, lenient):
    found = []
    clauses = [clause for clause in query.split("&") if clause]
    try:
        if len(clauses) > _MOST_CLAUSES:
            raise Fault("limit-clauses")
        for clause in clauses:
            found.append(_clause(evidence, clause, lenient))
    except Fault as fault:
        return "error:" + str(fault)
    return next((one for one in (NO, NEED_STUDY, NEED_SERIES) if one in found), YES)


def _decoded(text):
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise Fault("bad-value")
    try:
        return urllib.parse.unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError:
        raise Fault("bad-value") from None


def _clause(evidence, clause, lenient):
    name, _, value = clause.partition("=")
    name, value = _decoded(name), _decoded(value)
    name, *modifiers = name.split(":")
    name = {"subject.identifier": "patient.identifier"}.get(name, name)
    if name in _RESULT:
        return YES
    if name in _OUTSIDE or name.split(".")[0] in _OUTSIDE and name not in {*_DATES, *_STRINGS, *_TOKENS}:
        raise Skip("judging " + name)
    if name in _NO_ATTRIBUTE:
        if lenient and name != "_query":
            return YES
        raise Fault("unsupported-parameter")
    if name not in {*_DATES, *_STRINGS, *_TOKENS}:
        if lenient and not name.startswith(("patient", "subject", "identifier", "_id")):
            return YES
        raise Fault("unknown-parameter")
    if len(modifiers) > 1:
        raise Fault("unsupported-modifier")
    modifier = modifiers[0] if modifiers else None
    alternatives = [text for text in tokens.divided(value) if text]
    if len(alternatives) > _MOST_VALUES:
        raise Fault("limit-or-values")
    if modifier == "missing":
        return _missing(evidence, name, alternatives)
    if name in _DATES:
        return _date(evidence, name, modifier, alternatives)
    if name in _STRINGS:
        return _string(evidence, name, modifier, alternatives)
    return _token(evidence, name, modifier, alternatives, lenient)


def _missing(evidence, name, alternatives):
    if any(text not in ("true", "false") for text in alternatives) or len(alternatives) > 1:
        raise Fault("bad-value")
    if not alternatives:
        return YES
    if name in ("identifier", "status", "_id"):
        absent = name == "_id" and "id" not in evidence.resource
    elif name == "modality":
        codings = _modalities(evidence)
        if codings is None:
            return NEED_SERIES
        absent = not codings
    else:
        tag = {**_DATES, "patient.gender": "00100040"}.get(name, "00100010")
        if not evidence.known(tag):
            return NEED_STUDY
        absent = not evidence.study.facts.get(tag)
        if name in _STRINGS:
            absent = not list(_parts(evidence, name))
        elif name == "patient.gender":
            absent = not _gender(evidence)
    return YES if absent == (alternatives[0] == "true") else NO


def _any(found, unknown=None):
    """OR of truth values; where none holds, `unknown` if something is not known."""
    return YES if any(found) else unknown or NO


# Dates

def _date(evidence, name, modifier, alternatives):
    if modifier:
        raise Fault("unsupported-modifier")
    wanted = [intervals.value(text) for text in alternatives]
    if None in wanted:
        raise Fault("bad-value")
    if not wanted:
        return YES
    if not evidence.known(_DATES[name]):
        return NEED_STUDY
    text = evidence.resource.get("started") if name == "started" else evidence.study.value("00100030")
    if not text:
        return NO
    own = intervals.value(text)[1]
    zone = evidence.options["zone"]
    zone = intervals.zone_minutes(zone) if zone else None
    return _any([intervals.holds(prefix, interval, own, zone) for prefix, interval in wanted])


# Names

def _parts(evidence, name):
    """The components of the name that a parameter looks at."""
    for group in evidence.study.value("00100010") or []:
        components = (group or "").split("^")
        wanted = range(len(components)) if name == "patient.name" else _STRINGS[name]
        for index in wanted:
            if index < len(components) and components[index].strip():
                yield components[index].strip()


def _string(evidence, name, modifier, alternatives):
    if modifier not in (None, "exact", "contains"):
        raise Fault("unsupported-modifier")
    wanted = [strings.unescaped(text) for text in alternatives]
    if None in wanted:
        raise Fault("bad-value")
    if not wanted:
        return YES
    if not evidence.known("00100010"):
        return NEED_STUDY
    return _any([strings.matches(part, text, modifier) for part in _parts(evidence, name) for text in wanted])


# Tokens

def _modalities(evidence):
    """The modalities of the study as (system, code), or None where only series can tell."""
    found = [value.data for value in evidence.study.facts.get("00080061", [])]
    if not found and evidence.study.value("00201206") != 0:
        return None
    return [(resource.DCM if code in facts.MODALITIES else None, code) for code in found]


def _gender(evidence):
    gender = patient.GENDERS.get(evidence.study.value("00100040"))
    return [("http://hl7.org/fhir/administrative-gender", gender)] if gender else []


def _token(evidence, name, modifier, alternatives, lenient):
    if modifier not in (None, "not", "text") and not (modifier == "of-type" and name == "identifier"):
        raise Fault("unsupported-modifier")
    wanted = [tokens.parts(text) for text in alternatives]
    if modifier != "text" and None in wanted:
        raise Fault("bad-value")
    if modifier == "of-type" and any(len(one) != 3 or not all(one) for one in wanted):
        raise Fault("bad-value")
    if modifier in (None, "not") and any(len(one) > 2 or not any(one) for one in wanted):
        raise Fault("bad-value")
    if not wanted:
        return YES
    if modifier == "text":
        if name == "modality" and _modalities(evidence) is None:
            return NEED_SERIES
        return NO
    if name == "identifier":
        found = tokens.identifiers(evidence, wanted, modifier, lenient)
    else:
        codings, unknown = _codings(evidence, name)
        found = unknown or _any([tokens.is_in(one, codings) for one in wanted])
    if modifier == "not":
        return {YES: NO, NO: YES}.get(found, found)
    return found


def _codings(evidence, name):
    if name == "status":
        return [("http://hl7.org/fhir/imagingstudy-status", evidence.resource["status"])], None
    if name == "_id":
        return [(None, evidence.resource.get("id"))], None
    if name == "patient.gender":
        return _gender(evidence), None if evidence.known("00100040") else NEED_STUDY
    codings = _modalities(evidence)
    return codings, NEED_SERIES if codings is None else None
