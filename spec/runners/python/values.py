"""Single values of DICOM JSON: text, UIDs, integers, code strings."""

import decimal
import re

from rawjson import Members, Number, is_control

# PS3.5 6.2: in these VRs a backslash is a character, in the others it divides values.
_WITH_BACKSLASH = {"ST", "LT", "UT", "UR"}

_UID = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\Z")
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+\Z")
# A URN (RFC 8141), or what names an authority, of the characters of RFC 3986.
_URI = re.compile(r"(urn:[a-z0-9-]+:|[a-z][a-z0-9+.-]*://)[a-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+\Z", re.ASCII | re.IGNORECASE)
_INTEGER = re.compile(r"[+-]?[0-9]+(\.0+)?\Z")


class Read:
    """What became of a value: the data, or None; and a code, of a note or (`lost`) of a loss."""

    def __init__(self, data=None, code=None, lost=False):
        self.data = data
        self.code = code
        self.lost = lost


def padding(character):
    return character == " " or is_control(character)


def trim(text):
    """Without blanks and control characters at both ends (padding)."""
    start, end = 0, len(text)
    while start < end and padding(text[start]):
        start += 1
    while end > start and padding(text[end - 1]):
        end -= 1
    return text[start:end]


def clean(text):
    """Without padding and without control characters but TAB, CR and LF; and whether one was inside."""
    text = trim(text)
    kept = "".join(c for c in text if not is_control(c) or c in "\t\r\n")
    if not kept or kept.isspace():
        return None, False
    return kept, kept != text


def texts(raw, vr):
    """The texts of one raw value of a text VR: a list of one, or of several divided by backslash."""
    if raw is None or isinstance(raw, (list, Members)) and not raw:
        return [], Read()
    if isinstance(raw, bool) or isinstance(raw, list):
        return [], Read(code="bad-type", lost=True)
    code = "text-as-number" if isinstance(raw, Number) else None
    pieces = raw.split("\\") if "\\" in raw and vr not in _WITH_BACKSLASH else [raw]
    if len(pieces) > 1:
        code = code or "backslash-list"
    found = []
    for piece in pieces:
        text, cut = clean(piece)
        if cut:
            code = code or "control-character"
        if text is not None:
            found.append(text)
    return found, Read(code=code)


def code_string(text):
    """A code string, read in upper case."""
    upper = text.upper()
    return Read(upper, "code-case" if upper != text else None)


def is_uid(text):
    """What can be carried as a UID: up to 64 letters, digits, `-` and `.`, no empty component."""
    return len(text) <= 64 and _UID.match(text) is not None


def is_oid(text):
    return len(text) <= 64 and _OID.match(text) is not None


def is_uri(text):
    return _URI.match(text) is not None


def uid(text):
    if not is_uid(text):
        return Read(code="bad-uid", lost=True)
    return Read(text, None if is_oid(text) else "odd-uid")


def integer(text):
    """An IS value as FHIR's unsignedInt: from 0 to 2147483647."""
    # README: a string may spell a number as JSON does, with an exponent.
    if isinstance(text, Number) or re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+", text):
        number = decimal.Decimal(text)
        if number.adjusted() > 30:
            return Read(code="number-out-of-range", lost=True)
        if number != number.to_integral_value():
            return Read(code="bad-number", lost=True)
        number = int(number)
    elif _INTEGER.match(text):
        number = int(text.split(".")[0])
    else:
        return Read(code="bad-number", lost=True)
    if not 0 <= number <= 2147483647:
        return Read(code="number-out-of-range", lost=True)
    return Read(number)
