"""Code sequences as CodeableConcept (README, "Codes")."""

import re

import facts
from identifiers import first, incomplete
from losses import Skip
from values import is_oid, is_uri

# Designators that share a URI with another one: what reading back gives for them is outside the subset.
_SHARED = {"IETF4646", "ISO639_1", "ISO639_2", "RFC3066", "RFC5646", "DCMUID", "ISO_OID", "99SDM"}
CODE = re.compile(r"\S+( \S+)*\Z")
_PARTS = ("00080100", "00080119", "00080120", "00080102", "00080103", "00080104", "0008010C")


def concept(item, at, options, ledger, note=None):
    """A CodeableConcept, or None; each leaf that is carried gets `note`, if one is given."""
    value, long_value, urn, designator, version, meaning, uid = (first(item, tag) for tag in _PARTS)
    lost = set()
    code = value or long_value or urn
    for tag, other in (("00080119", long_value), ("00080120", urn)):
        if other and other != code:
            ledger.tell("extra-value", f"{at}/Value/0/{tag}/Value/0")
            lost.add(tag)
    scheme_parts = ("00080102", "00080103", "0008010C")
    if code is None:
        incomplete(item, [(tag, f"{at}/{tag}") for tag in scheme_parts], ledger)
        lost.update(scheme_parts)
        result = {"text": meaning} if meaning else None
    else:
        system, mended, dropped = _system(code, code is urn, designator, uid, options)
        if system and CODE.match(code):
            coding = {"system": system}
            if version:
                coding["version"] = version
            coding["code"] = code
            if meaning:
                coding["display"] = meaning
            result = {"coding": [coding]}
            if mended:
                ledger.tell("scheme-mended", f"{at}/00080102")
                lost.add("00080102")
            if dropped:
                ledger.tell("scheme-name-dropped", f"{at}/00080102")
                lost.add("00080102")
        else:
            result = {"text": meaning or code}
            code_tag = "00080100" if value else "00080119" if long_value else "00080120"
            for tag in (((code_tag,) if meaning else ()) + scheme_parts):
                if item.get(tag):
                    ledger.tell("scheme-unknown", f"{at}/{_told_at(tag)}")
                    lost.add(tag)
    if note:
        for tag in _PARTS:
            if item.get(tag) and tag not in lost:
                ledger.tell(note, f"{at}/{_told_at(tag)}")
    return result


def _told_at(tag):
    """A code is one fact, wherever it stood."""
    return "00080100" if tag in ("00080119", "00080120") else tag


def _by_form(designator, code):
    """SNOMED's designator by the form of the code; what has neither's form, an expression, has the one that is said."""
    if re.match(r"\d{6,18}\Z", code, re.ASCII):
        return "SCT"
    if re.match(r"[0-9A-Za-z-]*\Z", code, re.ASCII) or designator == "SRT":
        return "SRT"
    return "SCT"


def _system(code, is_urn, designator, uid, options):
    """The URI of a code's scheme; whether its designator says otherwise, and whether it is dropped."""
    if is_urn and (designator or uid):
        raise Skip("a URNCodeValue with a scheme")
    if not designator and not uid and is_uri(code):
        return "urn:ietf:rfc:3986", False, False
    if designator and designator in options["schemes"]:
        if len(set(options["schemes"].values())) < len(options["schemes"]):
            raise Skip("schemes that share a URI")
        return options["schemes"][designator], False, False
    if designator in ("SCT", "SRT") or uid == facts.SNOMED_UID and not designator:
        by_form = _by_form(designator, code)
        return facts.URI_OF[by_form], designator is not None and designator != by_form, False
    if designator in _SHARED:
        raise Skip("a coding scheme that shares its URI with others")
    # The scheme of the UID stands before that of a designator, which is then another's.
    another = designator is not None and facts.UID_OF.get(designator) != uid
    if uid == facts.SNOMED_UID:
        return facts.URI_OF[_by_form(None, code)], False, another
    if uid in facts.URI_OF_UID and uid != "-":
        return facts.URI_OF_UID[uid], False, another
    if uid and is_oid(uid):
        return "urn:oid:" + uid, False, another
    if designator in facts.URI_OF and facts.URI_OF[designator] != "-":
        return facts.URI_OF[designator], False, False
    return None, False, False
