"""DICOM JSON (PS3.18 Annex F): the rows of a text, and the attributes of a row."""

import re

import dates
import facts
import names
import values
from losses import Ledger, Refused
from rawjson import Members, Number, leaves

_TAG = re.compile(r"[0-9A-Fa-f]{8}\Z")
_DATES = {"DA": dates.date, "TM": dates.time, "UI": values.uid, "CS": values.code_string}


class Value:
    """A value that was read: its data (text, number, name, or the attributes of an item), its index, and how often it is said."""

    def __init__(self, data, index):
        self.data = data
        self.index = index
        self.times = 1

    def __eq__(self, other):
        return self.data == other.data


def rows(document):
    """The rows of a parsed document; what is no DICOM JSON at all is refused."""
    if isinstance(document, Members):
        document = [document]
    if not isinstance(document, list):
        raise Refused("not-dicom-json")
    objects = [row for row in document if isinstance(row, Members) and row]
    if objects and not any(_TAG.match(name) for row in objects for name, _ in row):
        for row in objects:
            members = dict(row)
            if members.get("resourceType") == "OperationOutcome":
                raise Refused("error-answer")
            if any(word in name.lower() for name in members for word in ("status", "error")):
                raise Refused("error-answer")
        raise Refused("other-format")
    return document


def has(row, tags):
    """Whether a row has a value at one of these tags."""
    return any(name.upper() in tags and leaves(value) for name, value in row)


def read_row(row, ledger):
    """The attributes of patient and study level: for each tag that is there a list of `Value`."""
    return _read(row, facts.STUDY, "", (), ledger, at_top=True)


def _read(members, parts, path, inherited, ledger, at_top=False):
    found = {}
    seen = set()
    for ordinal, (name, content) in enumerate(members):
        tag = name.upper()
        at = f"{path}/{tag}"
        count = leaves(content)
        if not _TAG.match(name):
            if leaves(content, name):
                ledger.tell("extra-member", f"{path}/~{ordinal}", leaves(content, name))
        elif tag in seen:
            if count:
                ledger.tell("duplicate-attribute", at, count)
        elif tag in parts:
            noted = [("tag-case", at)] if tag != name else []
            found[tag] = _attribute(content, parts[tag], at, noted, inherited, ledger)
        elif count and int(tag[3], 16) % 2:
            ledger.tell("private", f"{path}/{tag[:4]}", count)
        elif count and (tag in facts.KNOWN or not at_top and tag in facts.ELSEWHERE):
            ledger.tell("not-mapped", at, count)
        elif count and at_top and tag in facts.BELOW:
            _no_place(content, at, ledger)
        elif count:
            ledger.tell("unknown-attribute", at, count)
        if _TAG.match(name):
            seen.add(tag)
    return found


def _no_place(content, at, ledger):
    """What belongs to a series or an instance that the row does not name, leaf by leaf."""
    if isinstance(content, Members) and any(_TAG.match(name) for name, _ in content):
        for name, inner in content:
            _no_place(inner, f"{at}/{name.upper()}" if _TAG.match(name) else at, ledger)
    elif isinstance(content, Members):
        for name, inner in content:
            if name != "vr":
                _no_place(inner, at, ledger)
    elif isinstance(content, list):
        for inner in content:
            _no_place(inner, at, ledger)
    elif leaves(content):
        ledger.tell("no-identity", at, leaves(content))


def _attribute(content, part, at, noted, inherited, ledger):
    """The values of one attribute of the table."""
    if not isinstance(content, Members):
        if leaves(content):
            ledger.tell("bad-type", at, leaves(content))
        return []
    members = {}
    for ordinal, (name, value) in enumerate(content):
        known = name in ("vr", "Value", "BulkDataURI", "InlineBinary")
        if known and name not in members:
            members[name] = (ordinal, value)
        elif leaves(value, name):
            ledger.tell("extra-member", f"{at}/~{ordinal}", leaves(value, name))
    raw = members.get("Value", (0, None))[1]
    for name in ("BulkDataURI", "InlineBinary"):
        ordinal, value = members.get(name, (0, None))
        if leaves(value) and raw is None:
            ledger.tell("bulk-value", at, leaves(value))
        elif leaves(value):
            ledger.tell("extra-member", f"{at}/~{ordinal}", leaves(value))
    vr = members.get("vr", (0, None))[1]
    if vr is None or vr == "":
        noted = [("vr-missing", at)] + noted
    elif vr != part.vr:
        noted = [("vr-wrong", at)] + noted
    if raw is not None and not isinstance(raw, list) or isinstance(raw, Members):
        noted = [("value-not-array", at)] + noted
        raw = [raw]
    notes = tuple(noted) + tuple(inherited)
    return _values(raw or [], part, at, notes, ledger)


def _values(raw_values, part, at, notes, ledger):
    read = []
    for index, raw in enumerate(raw_values):
        place = f"{at}/Value/{index}"
        scratch = Ledger(ledger.strict)
        several = _one(raw, part, place, notes, scratch)
        read += [(Value(data, index), raw, place, scratch) for data in several] or [(None, raw, place, scratch)]
    is_identity = part.tag in facts.IDENTITIES
    different = {value.data for value, *_ in read if value and is_identity}
    # A value that is refused is a different one.
    refused = [(place, scratch) for value, raw, place, scratch in read if not value and leaves(raw)]
    if different and len(different) + len(refused) > 1:
        for place, count in {place: leaves(raw) for value, raw, place, _ in read if value}.items():
            ledger.tell("ambiguous-value", place, count)
        for _, scratch in refused:
            for (code, where), count in scratch.counts.items():
                ledger.tell(code, where, count)
        return []
    found = []
    told = set()
    for value, raw, place, scratch in read:
        if not part.many and value and found and (part.vr == "SQ" or value != found[0]):
            if place not in told:
                # A person may have several codes (PS3.3 10.1).
                ledger.tell("not-mapped" if part.tag == "00401101" else "extra-value", place, leaves(raw))
            told.add(place)
            continue
        if place not in told:
            for (code, where), count in scratch.counts.items():
                ledger.tell(code, where, count)
        told.add(place)
        if value and (part.many or not found):
            found.append(value)
        elif value:
            # What is said again is lost where the value is.
            found[0].times += 1
    return found


def _one(raw, part, place, notes, ledger):
    """The data of one raw value: none, one, or (divided by backslash) several."""
    if part.vr == "SQ":
        if not isinstance(raw, Members):
            if leaves(raw):
                ledger.tell("not-a-dataset", place, leaves(raw))
            return [] if part.many else [{}]
        # The first item is the one that is meant, whatever stands in it.
        return [_read(raw, part.items, place, notes, ledger)]
    count = leaves(raw)
    if part.vr == "PN":
        read = names.read(raw, place, ledger)
        if read.data is None and ledger.counts:
            return []
        found = [] if read.data is None else [read.data]
    elif part.vr == "IS" and isinstance(raw, Number):
        read = values.integer(raw)
        found = [] if read.lost else [read.data]
    else:
        found, read = values.texts(raw, part.vr)
        more = []
        if not part.many and part.tag not in facts.IDENTITIES:
            found, more = found[:1], [text for text in found[1:] if text != found[0]]
        if not read.lost and found:
            found, read = _typed(found, read, part)
        # What is not kept of it is lost, and the leaf is told as that.
        if more and found:
            read = values.Read(code="extra-value")
    if read.code and count:
        ledger.tell(read.code, place, count)
    elif notes and count:
        ledger.tell(*notes[0], count)
    return found


def _typed(found, read, part):
    """Texts of DA, TM, UI, CS, IS and of the offset, read as what they are."""
    if part.tag == "00080201":
        convert = dates.offset
    elif part.vr == "IS":
        convert = values.integer
    else:
        convert = _DATES.get(part.vr)
    if convert is None:
        return found, read
    results = [convert(text) for text in found]
    lost = [result for result in results if result.lost]
    if lost:
        return [], lost[0]
    code = read.code or next((result.code for result in results if result.code), None)
    return [result.data for result in results], values.Read(code=code)


def read_alone(tag, vr, text, ledger):
    """One text as the one value of an attribute of a series: its data, or None."""
    content = Members([("vr", vr), ("Value", [text])])
    found = _attribute(content, facts.Part(tag, vr, {}, False), "/" + tag, [], (), ledger)
    return found[0].data if found else None
