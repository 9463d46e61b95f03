"""Paths of DICOMweb and addresses of Endpoints (README, "URLs")."""

import re
import unicodedata
import urllib.parse

from values import is_uid

_SCHEME = re.compile(r"([A-Za-z0-9+.-]+):")
_VIEWS = ("metadata", "rendered", "thumbnail", "bulkdata", "pixeldata")
_LEVELS = (("studies", "study"), ("series", "series"), ("instances", "instance"))
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})?")


class _Bad(Exception):
    pass


def read(text):
    """What a text is read as, or `{"error": CODE}`."""
    try:
        return _read(text)
    except _Bad as bad:
        return {"error": str(bad)}


def base_of(text, study):
    """What base an address means for a study: `{"base"}` or `{"error"}`."""
    try:
        return {"base": _base_of(text, study)}
    except _Bad as bad:
        return {"error": str(bad)}


def plain(text):
    """`{"base": text}` if it is an http or https URL without template, query or fragment, or `{"error"}`."""
    try:
        if not _check(text):
            raise _Bad("scheme")
        if "?" in text:
            raise _Bad("query")
    except _Bad as bad:
        return {"error": str(bad)}
    return {"base": text}


def _check(text):
    """Faults of the whole text; the length of scheme and authority (0 of a path)."""
    if "{" in text or "}" in text:
        raise _Bad("template")
    if any(not "!" <= c <= "~" or c in '"<>\\^`|' for c in text):
        raise _Bad("characters")
    if "#" in text:
        raise _Bad("fragment")
    scheme = _SCHEME.match(text)
    if not scheme:
        return 0
    if scheme[1].lower() not in ("http", "https"):
        raise _Bad("scheme")
    authority = re.compile(r"//[^/?]+").match(text, scheme.end())
    if not authority:
        raise _Bad("scheme")
    return authority.end()


def _read(text):
    start = _check(text)
    path, question, query = text.partition("?")
    path = path.rstrip("/") if len(path.rstrip("/")) >= start else path[:start]
    found = _resource(path[start:])
    if found is None:
        raise _Bad("no-resource")
    length, names, raw = found
    base = path[:len(path) - length].rstrip("/")
    if len(raw) == 1 and _ends_in_study(base[start:]):
        raise _Bad("no-resource")
    result = {"base": base} if base else {}
    result.update(_parts(names, raw))
    if question:
        result["query"] = query
    return result


def _base_of(text, study):
    if "error" in plain(text):
        raise _Bad(plain(text)["error"])
    start = _check(text)
    path = text[:start] + text[start:].rstrip("/")
    found = _resource(path[start:])
    if found is None:
        return path
    length, names, raw = found
    base = path[:len(path) - length].rstrip("/")
    if len(raw) == 1:
        if raw != ["studies"] and names != ["studies"] or _ends_in_study(base[start:]):
            raise _Bad("no-base")
        return base
    parts = _parts(names, raw)
    if parts["view"] != "retrieve":
        raise _Bad("no-base")
    if parts["study"] != study:
        raise _Bad("mismatch")
    return base


def _decoded(segment):
    """A segment decoded, or None where its escapes are bad."""
    raw = segment.encode("ascii")
    if any(escape[1] is None for escape in _ESCAPE.finditer(raw)):
        return None
    try:
        return urllib.parse.unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _leads_out(segment):
    """Whether a decoded segment is a step for somebody on the way."""
    again = _decoded(urllib.parse.quote(segment, safe="%")) if "%" in segment else None
    for text in (segment, again or ""):
        for part in re.split(r"[/\\]", text):
            bare = part.split(";")[0]
            while bare and _is_insignificant(bare[0]):
                bare = bare[1:]
            while bare and _is_insignificant(bare[-1]):
                bare = bare[:-1]
            if bare in (".", ".."):
                return True
    return False


def _is_insignificant(character):
    return character.isspace() or unicodedata.category(character) == "Cc"


def _ends_in_study(path):
    found = _resource(path)
    return found is not None and (len(found[2]) > 1 or found[1] == ["studies"])


def _resource(path):
    """The longest resource at the end of a path: its length, its names, its segments as they stand."""
    segments = path.split("/")
    for first in range(len(segments)):
        raw = segments[first:]
        names = _form(raw)
        if names:
            return len("/".join(raw)), names, raw
    return None


def _form(raw):
    """What each segment is (a name, `UID`, `LIST`, `BULK`), or None where these are no resource."""
    names = [_decoded(segment) for segment in raw]
    if len(raw) == 1:
        return names if names[0] in ("studies", "series", "instances") else None
    form = []
    for name, _ in _LEVELS:
        if len(form) + 1 < len(raw) and names[len(form)] == name:
            form += [name, "UID"]
        else:
            break
    if not form:
        return None
    rest = names[len(form):]
    if not rest:
        return form
    if len(rest) == 1 and (rest[0] in _VIEWS or rest[0] in ("series", "instances") and len(form) == 2
                           or rest[0] == "instances" and len(form) == 4):
        return form + rest
    if len(form) == 6 and rest[0] == "bulkdata":
        return form + ["bulkdata"] + ["BULK"] * (len(rest) - 1)
    if len(form) == 6 and rest[0] == "frames" and len(rest) in (2, 3):
        if len(rest) == 2 or rest[2] in ("rendered", "thumbnail"):
            return form + ["frames", "LIST"] + rest[2:]
    return None


def _parts(names, raw):
    """The members of a resource whose form fits."""
    decoded = [_decoded(segment) for segment in raw]
    if None in decoded:
        raise _Bad("escape")
    bulk = [segment for name, segment in zip(names, decoded) if name == "BULK"]
    if any(_leads_out(segment) for segment in bulk):
        raise _Bad("no-resource")
    frames = [_frames(segment) for name, segment in zip(names, decoded) if name == "LIST"]
    uids = [segment for name, segment in zip(names, decoded) if name == "UID"]
    if not all(map(is_uid, uids)):
        raise _Bad("uid")
    result = dict(zip(("study", "series", "instance"), uids))
    behind = names[2 * len(uids):]
    result["view"] = behind[0] if behind else "retrieve"
    path = [decoded[index] if name == "UID" else name for index, name in enumerate(names)]
    if frames:
        result["frames"] = frames[0]
        path[path.index("LIST")] = ",".join(map(str, frames[0]))
        if len(behind) == 3:
            result["framesAs"] = behind[2]
    if bulk:
        result["bulk"] = "/".join(raw[names.index("BULK"):])
        path[names.index("BULK"):] = [result["bulk"]]
    result["path"] = "/" + "/".join(path)
    return result


def _frames(text):
    numbers = []
    for number in text.split(","):
        if not re.match(r"[1-9][0-9]{0,9}\Z", number) or int(number) > 4294967295 or int(number) in numbers:
            raise _Bad("frames")
        numbers.append(int(number))
    return numbers
