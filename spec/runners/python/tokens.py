"""Tokens of a query, and identifiers they are compared with (README, "Searching", token)."""

import re

import resource

UID_SYSTEM = "urn:dicom:uid"


def divided(text):
    """The alternatives of a value: divided by commas that no backslash is in front of."""
    return [match[0] for match in re.finditer(r"(?:\\.|[^,\\]|\\\Z)+", text, re.DOTALL)]


def parts(text):
    """The parts of a token between bars, without escapes, or None where an escape is none."""
    found = [""]
    characters = iter(text)
    for character in characters:
        if character == "\\":
            character = next(characters, "")
            if character not in (",", "|", "$", "\\") or not character:
                return None
            found[-1] += character
        elif character == "|":
            found.append("")
        else:
            found[-1] += character
    return found


def is_in(token, codings):
    """Whether a token of one or two parts is one of (system, code)."""
    if len(token) == 1:
        return any(code == token[0] for _, code in codings)
    system, wanted = token
    return any((known or "") == system and (code == wanted or not wanted and system) for known, code in codings)


def identifiers(evidence, wanted, modifier, lenient):
    """yes, no or need-study for tokens on the identifiers of a study."""
    written = [(one.get("system"), one["value"]) for one in evidence.resource["identifier"]]
    accession = [one for one in evidence.resource["identifier"] if "type" in one]
    in_identifier, _ = resource.accession_places(evidence.options, evidence.release)
    system_of_id = evidence.options["studyIdSystem"]
    need = False
    for token in wanted:
        if modifier == "of-type":
            system, code, value = token
            is_accession = (system, code) == ("http://terminology.hl7.org/CodeSystem/v2-0203", "ACSN")
            if is_accession and any(one["value"] == value for one in accession):
                return "yes"
            need = need or is_accession and in_identifier and not evidence.known("00080050")
            continue
        # The URN of a UID, said without a system, is nobody's number.
        of_uid_alone = len(token) == 1 and token[0].startswith("urn:oid:")
        among = [one for one in written if one[0] == UID_SYSTEM] if of_uid_alone else written
        if is_in(token, among) or _is_uid(token, evidence.study.uid, lenient):
            return "yes"
        if of_uid_alone:
            continue
        system = token[0] if len(token) == 2 else None
        of_uids = system in (UID_SYSTEM, "urn:ietf:rfc:3986") and system not in evidence.options["namespaces"].values()
        if in_identifier and not evidence.known("00080050") and not of_uids:
            need = True
        if system_of_id and not evidence.known("00200010") and system in (None, system_of_id):
            need = True
    return "need-study" if need else "no"


def _is_uid(token, uid, lenient):
    """A UID in forms other than the one written: bare, only where handling is lenient."""
    if len(token) == 2 and token[0] != UID_SYSTEM:
        return False
    return lenient and token[-1] == uid
