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
        # For each tag all that said what stands, and the number of the row that was the first of them.
        self.said = {}
        self.shares_uid = False
        # Whether some row had an issuer of the patient's number of which nothing came through.
        self.unread = False

    def value(self, tag):
        return first(self.facts, tag)

    def join(self, row, number, ledger):
        self._join({tag: ([found], number) for tag, found in row.items() if found}, ledger)

    def join_study(self, other, ledger):
        """All rows of another at once (README, "Two patients"): of each fact the one that came first stands."""
        self.unread |= other.unread
        self._join({tag: other.said.get(tag, ([found], 0)) for tag, found in other.facts.items()}, ledger)

    def _join(self, all_said, ledger):
        """Fact by fact (README, "Ambiguities"): for each tag the values that are said, which are equal, and the first row that says one."""
        grouped = [tags for tags in facts.TOGETHER if any(tag in all_said for tag in tags)]
        alone = [(tag,) for tag in all_said if not any(tag in tags for tags in grouped)]
        for tags in grouped + alone:
            self._fact(tags, {tag: all_said[tag] for tag in tags if tag in all_said}, ledger)

    def _fact(self, tags, said, ledger):
        own = {tag: self.said[tag] for tag in tags if tag in self.said}
        if own and min(number for _, number in said.values()) < min(number for _, number in own.values()):
            for tag in own:
                del self.facts[tag], self.said[tag]
            for tag, (values, number) in said.items():
                self._say(tag, values, number)
            said = own
        differs = {tag for tag, (values, _) in said.items() if tag in self.said and self.facts[tag] != values[0]}
        for tag, (values, number) in said.items():
            # Beside what contradicts nothing is filled; of another key nothing is the same.
            fits = tag not in differs and (tag in self.facts or not differs) and tags[0] not in differs
            if tag in _SETS or fits:
                self._say(tag, values, number)
                continue
            # Series say, each of itself, where they were made: they may differ.
            code = "not-uniform" if tags[0] == "00081040" else "conflict"
            for each in values:
                for at, count in places(each, facts.STUDY[tag], "/" + tag):
                    ledger.tell(code, at, count)

    def _say(self, tag, said, number):
        """Several values that are equal, each as it was said."""
        found = said[0]
        if tag in _SETS:
            known = self.facts.setdefault(tag, [])
            known += [value for n, value in enumerate(found) if value not in known and value not in found[:n]]
        elif tag not in self.facts:
            self.facts[tag], self.said[tag] = found, (list(said), number)
        else:
            self.said[tag][0].extend(said)


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


def _patient(row, raw):
    """PatientID as far as a row has it, and its issuer."""
    issuer = _UNKNOWN if _has_lost_issuer(row, raw) else _known(row, "00100021", "00100024")
    return _known(row, "00100020"), issuer


def _has_lost_issuer(row, raw):
    """Whether something says who issued the number, and nothing of it came through."""
    if first(row, "00100020") is None or first(row, "00100021") or first(first(row, "00100024") or {}, "00400032"):
        return False
    return any(_issuer_leaves(value) for name, value in raw if name.upper() in ("00100021", "00100024"))


def _issuer_leaves(value, name=""):
    """Leaves of an attribute, but for IdentifierTypeCode, which says what kind of number it is."""
    if name.upper() == "00400035":
        return 0
    if isinstance(value, Members):
        return sum(_issuer_leaves(inner, inner_name) for inner_name, inner in value)
    if isinstance(value, list) and value:
        return _issuer_leaves(value[0]) + leaves(value[1:])
    return leaves(value, name)


def _known(row, *tags):
    if not any(tag in row for tag in tags):
        return _UNKNOWN
    return tuple(repr([_plain(value.data) for value in row.get(tag, [])]) for tag in tags)


def _plain(data):
    if isinstance(data, dict):
        return sorted((tag, [_plain(value.data) for value in found]) for tag, found in data.items() if found)
    return data


def _together(parts, ledger):
    """Rows that name nobody join each other; who has a number is joined by those without an issuer, and then by them."""
    order = sorted(parts, key=lambda part: part[:2])
    nameless = [parts[part] for part in order if part[0]]
    named = [parts[part] for part in order if not part[0]]
    for study in nameless[1:]:
        nameless[0].join_study(study, ledger)
    whole, *others = named + nameless[:1]
    for study in others:
        whole.join_study(study, ledger)
    return whole


def _of_one_uid(uid, rows, ledger):
    """One study, or one for each patient (README, "Two patients")."""
    rows, lost = strangers.divide(rows)
    for _, raw in lost:
        ledger.tell("patient-conflict", "/00100020", leaves(raw))
    keys = []
    for row, raw in rows:
        patient, issuer = _patient(row, raw)
        if patient is not _UNKNOWN and issuer is not _UNKNOWN and (patient, issuer) not in keys:
            keys.append((patient, issuer))
    named = {patient for patient, _ in keys}
    for row, raw in rows:
        patient, _ = _patient(row, raw)
        if patient is not _UNKNOWN and patient not in named:
            named.add(patient)
            keys.append((patient, _UNKNOWN))
    # Rows that say the same of who it is are joined one by one; what they say together joins as a whole.
    parts = {}
    for number, (row, raw) in enumerate(rows):
        patient, issuer = _patient(row, raw)
        able = [key for key in keys if (patient is _UNKNOWN or key[0] == patient)
                and (issuer is _UNKNOWN or key[1] is _UNKNOWN or key[1] == issuer)] or [None] * (not keys)
        if len(able) != 1:
            ledger.tell("patient-conflict", "/00100020", leaves(raw))
            continue
        who = repr(strangers.who_of(row)) if first(row, "00100020") is None else ""
        of = parts.setdefault(able[0], {}).setdefault((patient is _UNKNOWN, issuer is _UNKNOWN, who), Study(uid))
        of.join(row, number, ledger)
        of.unread |= _has_lost_issuer(row, raw)
    found = {key: _together(of, ledger) for key, of in parts.items()}
    if len(found) > 1:
        ledger.tell("patient-conflict", "/00100020", 0)
    for study in found.values():
        study.shares_uid = len(found) > 1 or bool(lost)
    return list(found.values())
