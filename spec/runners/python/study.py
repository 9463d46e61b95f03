"""Rows joined to studies: which study a row belongs to, and what stands where rows differ."""

import facts
import names
import strangers
from dicomjson import read_row
from identifiers import first
from rawjson import Members, leaves

# Attributes of which all rows together give a set.
_SETS = ("00080061", "00101000", "00101002")
_UNKNOWN = object()


class Study:
    """The facts of a study: for each tag a list of values, as `read_row` gives them."""

    def __init__(self, uid):
        self.uid = uid
        self.facts = {}
        self.shares_uid = False

    def value(self, tag):
        return first(self.facts, tag)

    def join(self, row, ledger):
        for tag, found in row.items():
            if not found:
                continue
            if tag in _SETS:
                known = self.facts.setdefault(tag, [])
                for value in found:
                    if value not in known:
                        known.append(value)
            elif tag not in self.facts:
                self.facts[tag] = found
            elif self.facts[tag] != found:
                for at, count in places(found, facts.STUDY[tag], "/" + tag):
                    ledger.tell("conflict", at, count)


def places(found, part, at):
    """The places of the leaves of values, without indices, each with its count."""
    counted = {}
    for value in found:
        if part.vr == "SQ":
            for tag, inner in value.data.items():
                for place, count in places(inner, part.items[tag], f"{at}/{tag}"):
                    counted[place] = counted.get(place, 0) + count * value.times
        else:
            count = names.filled(value.data) if part.vr == "PN" else 1
            counted[at] = counted.get(at, 0) + count * value.times
    return list(counted.items())


def studies(document, ledger):
    """The studies of the rows, in order of first appearance."""
    by_uid = {}
    for raw in document:
        if not isinstance(raw, Members):
            ledger.tell("not-a-dataset", "", leaves(raw))
            continue
        row = read_row(raw, ledger)
        uid = first(row, "0020000D")
        if uid is None:
            lost = leaves(raw) - _uid_leaves(raw)
            if lost or not leaves(raw):
                ledger.tell("no-identity", "/0020000D", lost)
            continue
        _reading(row, ledger)
        by_uid.setdefault(uid, []).append((row, raw))
    found = []
    for uid, rows in by_uid.items():
        found += _of_one_uid(uid, rows, ledger)
    return found


def _uid_leaves(raw):
    """Leaves of StudyInstanceUID, told for what they are already."""
    return sum(leaves(value) for name, value in raw if name.upper() == "0020000D")


def _reading(row, ledger):
    """What a row tells on its own: a Modality is the study's; times without date, offsets without time."""
    modality = row.pop("00080060", [])
    if modality:
        ledger.tell("study-modality", "/00080060")
        listed = row.setdefault("00080061", [])
        listed += [value for value in modality if value not in listed]
    has_time, has_date = bool(row.get("00080030")), bool(row.get("00080020"))
    if has_time and not has_date:
        ledger.tell("time-without-date", "/00080030")
        row["00080030"] = []
    if row.get("00080201") and not (has_time and has_date):
        ledger.tell("offset-unused", "/00080201")
        row["00080201"] = []
    if row.get("00100032") and not row.get("00100030"):
        ledger.tell("time-without-date", "/00100032")
        row["00100032"] = []


def _patient(row):
    """PatientID as far as a row has it, and its issuer."""
    return _known(row, "00100020"), _known(row, "00100021", "00100024")


def _known(row, *tags):
    if not any(tag in row for tag in tags):
        return _UNKNOWN
    return tuple(repr([_plain(value.data) for value in row.get(tag, [])]) for tag in tags)


def _plain(data):
    if isinstance(data, dict):
        return sorted((tag, [_plain(value.data) for value in found]) for tag, found in data.items() if found)
    return data


def _of_one_uid(uid, rows, ledger):
    """One study, or one for each patient (README, "Two patients")."""
    rows, lost = strangers.divide(rows)
    for _, raw in lost:
        ledger.tell("patient-conflict", "/00100020", leaves(raw))
    keys = []
    for row, _ in rows:
        patient, issuer = _patient(row)
        if patient is not _UNKNOWN and issuer is not _UNKNOWN and (patient, issuer) not in keys:
            keys.append((patient, issuer))
    named = {patient for patient, _ in keys}
    for row, _ in rows:
        patient, _ = _patient(row)
        if patient is not _UNKNOWN and patient not in named:
            named.add(patient)
            keys.append((patient, _UNKNOWN))
    found = {}
    for row, raw in rows:
        patient, issuer = _patient(row)
        able = [key for key in keys if (patient is _UNKNOWN or key[0] == patient)
                and (issuer is _UNKNOWN or key[1] is _UNKNOWN or key[1] == issuer)] or [None] * (not keys)
        if len(able) != 1:
            ledger.tell("patient-conflict", "/00100020", leaves(raw))
            continue
        found.setdefault(able[0], Study(uid)).join(row, ledger)
    if len(found) > 1:
        ledger.tell("patient-conflict", "/00100020", 0)
    for study in found.values():
        study.shares_uid = len(found) > 1 or bool(lost)
    return list(found.values())
