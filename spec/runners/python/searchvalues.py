"""Values of FHIR search parameters, read and printed again (README, "Grammar")."""

import re

import dates

_DATE = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d{4})(?:-(\d{2})(?:-(\d{2})"
                   r"(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?\Z", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}\Z")
_TYPED = re.compile(r"(?:(https?://[^|\s]+)/)?([A-Z][A-Za-z]*)/([A-Za-z0-9.-]{1,64})\Z")


class BadValue(Exception):
    pass


def date(text):
    return _each(_divided(text), _one_date)


def token(text):
    return _each(_divided(text), _one_token)


def reference(text):
    return _each(_divided(text), _one_reference)


def _each(alternatives, convert):
    found = [convert(text) for text in alternatives if text]
    return ",".join(found) or None


def _divided(text):
    """The alternatives of a value: divided by commas that no backslash is in front of."""
    return re.findall(r"(?:\\.|[^,])+", text, re.DOTALL)


def _one_date(text):
    match = _DATE.match(text)
    if not match:
        raise BadValue
    _, year, month, day, hour, minute, second, _, zone = match.groups()
    good = dates.calendar(int(year), int(month or 1), int(day or 1))
    good = good and int(hour or 0) <= 23 and int(minute or 0) <= 59 and int(second or 0) <= 60
    if zone and zone != "Z":
        good = good and int(zone[4:]) <= 59 and int(zone[1:3]) * 60 + int(zone[4:]) <= 14 * 60
    if not good:
        raise BadValue
    return text


def _one_token(text):
    parts = [""]
    characters = iter(text)
    for character in characters:
        if character == "\\":
            character = next(characters, "")
            if character not in (",", "|", "$", "\\"):
                raise BadValue
            parts[-1] += character
        elif character == "|":
            parts.append("")
        else:
            parts[-1] += character
    if len(parts) > 2 or not any(parts):
        raise BadValue
    return "|".join(re.sub(r"([,|$\\])", r"\\\1", part) for part in parts)


def _one_reference(text):
    if _ID.match(text):
        return "Patient/" + text
    if re.match(r"urn:(uuid|oid):\S+\Z", text) or _TYPED.match(text):
        return text
    raise BadValue
