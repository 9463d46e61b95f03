"""Person names: PN as DICOM JSON has it, as it is displayed, and as FHIR's HumanName."""

from rawjson import Members, Number, leaves
from values import Read, clean

_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"


def _group(text):
    """A group without padding round its components, and without carets at its end."""
    text, cut = clean(text)
    if text:
        text = "^".join(component.strip(" ") for component in text.split("^")).rstrip("^")
    return text or None, cut


def read(raw, at, ledger):
    """A raw value: up to three groups (a list, None where one is empty), or no data."""
    if raw is None:
        return Read()
    groups, code = [None, None, None], None
    if isinstance(raw, Members):
        given = []
        for ordinal, (name, value) in enumerate(raw):
            if name not in _GROUPS or name in [n for n, _ in raw[:ordinal]]:
                if leaves(value):
                    ledger.tell("extra-member", f"{at}/~{ordinal}", leaves(value))
            elif isinstance(value, Number):
                code = code or "text-as-number"
                given.append((_GROUPS.index(name), value))
            elif isinstance(value, str):
                given.append((_GROUPS.index(name), value))
            elif leaves(value):
                ledger.tell("bad-type", at, leaves(value))
    elif isinstance(raw, Number):
        code, given = "text-as-number", [(0, raw)]
    elif isinstance(raw, str):
        code, given = "name-as-text", [(0, raw)]
    else:
        return Read(code="bad-type", lost=True)
    for place, text in sorted(given):
        names = text.split("\\")
        # The first that says something.
        first = next((name for name in names if clean(name.replace("=", "").replace("^", ""))[0]), names[0])
        if first != text:
            code = code or "backslash-list"
        behind = names[names.index(first) + 1 :]
        if any(clean(name.replace("=", "").replace("^", ""))[0] and name.strip() != first.strip() for name in behind):
            code = "extra-value"
        if "=" in first:
            code = code or "name-as-text"
        for piece in first.split("="):
            value, cut = _group(piece)
            if cut:
                code = code or "control-character"
            if place < 3 and groups[place] is None:
                groups[place] = value
            elif value:
                # What has no place is lost, and the leaf is told as that.
                code = "extra-value"
            place += 1
    if any(groups):
        return Read(groups, code)
    # A name that says nothing is none, without remark, unless it was a list.
    return Read(code=code) if code == "backslash-list" else Read()


def filled(groups):
    """How many groups a name has."""
    return sum(1 for group in groups if group)


def display(groups, policy, at, ledger):
    """A name as the option `names` wants it shown."""
    if policy == "dicom":
        return "=".join(group or "" for group in groups).rstrip("=")
    shown = next(index for index, group in enumerate(groups) if group)
    if filled(groups) > 1:
        ledger.tell("name-part-dropped", at, filled(groups) - 1)
    text = groups[shown]
    if policy == "human" and "^" in text:
        family, given, middle, prefix, suffix, *more = text.split("^") + [""] * 4
        parts = [prefix, given, middle, family, suffix] + more
        text = " ".join(part.strip() for part in parts if part.strip())
        ledger.tell("name-flattened", at)
    elif shown > 0:
        ledger.tell("name-flattened", at)
    return text


def human_names(groups):
    """HumanName for each group."""
    marked = bool(groups[1] or groups[2])
    found = []
    for group, representation in zip(groups, ("ABC", "IDE", "SYL")):
        if not group:
            continue
        name = {"extension": [{"url": _REPRESENTATION, "valueCode": representation}]} if marked else {}
        components = [component.strip() for component in group.split("^")]
        family, given, middle, prefix, suffix = (components + [""] * 4)[:5]
        if len(components) > 5 or middle and not given:
            name["text"] = group
        else:
            if family:
                name["family"] = family
            if given:
                name["given"] = [part for part in (given, middle) if part]
            if prefix:
                name["prefix"] = [prefix]
            if suffix:
                name["suffix"] = [suffix]
        found.append(name)
    return found
