"""Op `grammar`: texts of one kind, and what becomes of them."""

import json

import dicomjson
import rawjson
import searchvalues
import tofhir
from losses import Ledger, Skip

_UID = "2.999.1"
_SEARCH = {"search-date": searchvalues.date, "search-token": searchvalues.token,
           "search-reference": searchvalues.reference}


def answer(kind, text):
    if kind in _SEARCH:
        try:
            return {"text": text, "value": _SEARCH[kind](text)}
        except searchvalues.BadValue:
            return {"text": text, "error": "bad-value"}
    if kind not in _KINDS:
        raise Skip("kind " + kind)
    value, codes = _KINDS[kind](text)
    found = {"text": text, "value": value}
    if codes:
        found["codes"] = codes
    return found


def _study(**attributes):
    """The resource of a row of these attributes (tags without their first character), and the losses."""
    row = {"0020000D": {"vr": "UI", "Value": [_UID]}}
    for name, (vr, value) in attributes.items():
        row[name[1:]] = {"vr": vr, "Value": [value]}
    resources, ledger = tofhir.resources(rawjson.loads(json.dumps(row)), {}, "R4")
    return resources[0], ledger


def _behind_t(resource):
    return resource.get("started", "").partition("T")[2] or None


def _da(text):
    resource, ledger = _study(_00080020=("DA", text))
    return resource.get("started"), ledger.codes_at("00080020")


def _tm(text):
    resource, ledger = _study(_00080020=("DA", "20240114"), _00080030=("TM", text), _00080201=("SH", "+0000"))
    return _behind_t(resource), ledger.codes_at("00080030")


def _offset(text):
    resource, ledger = _study(_00080020=("DA", "20240114"), _00080030=("TM", "101530"), _00080201=("SH", text))
    return (_behind_t(resource) or "")[8:] or None, ledger.codes_at("00080201")


def _pn(text):
    resource, ledger = _study(_00100010=("PN", {"Alphabetic": text}))
    return resource["subject"].get("display"), ledger.codes_at("00100010")


def _lo(text):
    resource, ledger = _study(_00081030=("LO", text))
    return resource.get("description"), ledger.codes_at("00081030")


def _of_series(tag, vr, text):
    """One attribute of a series row, by the reading of values alone."""
    ledger = Ledger()
    value = dicomjson.read_alone(tag, vr, text, ledger)
    return value, ledger.codes_at(tag)


_KINDS = {
    "da": _da, "tm": _tm, "offset": _offset, "pn": _pn, "lo": _lo,
    "ui": lambda text: _of_series("0020000E", "UI", text),
    "is": lambda text: _of_series("00200011", "IS", text),
}
