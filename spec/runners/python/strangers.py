"""Rows without a patient's number, and whose they are (README, "Two patients")."""

import unicodedata

from identifiers import first

_NUMBER, _NAME, _BIRTH, _SEX = "00100020", "00100010", "00100030", "00100040"


def divide(rows):
    """The rows that are one patient's, or have numbers; and those that are nobody's."""
    numbers = {first(row, _NUMBER) for row, _ in rows if first(row, _NUMBER)}
    strangers = [entry for entry in rows if not first(entry[0], _NUMBER)]
    if not numbers:
        lost = _others(strangers, None)
    elif len(numbers) == 1:
        # Who is known to have no number is another patient, and what does not say so may be of the one who has.
        none = [entry for entry in strangers if _NUMBER in entry[0]]
        unknown = [entry for entry in strangers if _NUMBER not in entry[0]]
        lost = _others(none, None)
        if not none:
            owner = {}
            for row, _ in rows:
                if first(row, _NUMBER):
                    owner = {**who_of(row), **owner}
            lost += _others(unknown, owner)
    else:
        lost = _others([entry for entry in strangers if _NUMBER in entry[0]], None)
    gone = {id(row) for row, _ in lost}
    return [entry for entry in rows if id(entry[0]) not in gone], lost


def _others(rows, owner):
    """Those who are not the patient whom most is said of first, or who may be somebody else; `owner`: not that patient."""
    rows = sorted(rows, key=lambda entry: _rank(who_of(entry[0])))
    together, apart, torn = dict(owner or {}), [], False
    for entry in rows:
        who = who_of(entry[0])
        if owner is not None and _differ(owner, who):
            apart.append(entry)
        elif _differ(together, who):
            apart.append(entry)
            torn = True
        else:
            together = {**who, **together}
    if owner is not None and torn:
        return rows
    whose = together if owner is None else owner
    fields = [_differ(whose, who_of(row)) for row, _ in apart]
    rank = _rank(who_of(rows[0][0])) if rows else 0

    def told(entry):
        who = who_of(entry[0])
        return not apart or _rank(who) == rank and all(differing & who.keys() for differing in fields)

    kept = [entry for entry in rows if entry not in apart and told(entry)]
    if not kept and owner is None:
        kept = [entry for entry in rows if who_of(entry[0]) == who_of(rows[0][0])]
    return [entry for entry in rows if entry not in kept]


def _differ(one, other):
    return {field for field in one.keys() & other.keys() if one[field] != other[field]}


def _rank(who):
    names = [field for field in who if field[0] == _NAME]
    return 0 if names else 1 if who else 2


def who_of(row):
    said = {(_NAME, n): _folded(group) for n, group in enumerate(first(row, _NAME) or []) if group}
    said |= {(tag, 0): first(row, tag) for tag in (_BIRTH, _SEX)}
    return {field: text for field, text in said.items() if text}


def _folded(name):
    """Letters with their marks, and digits, blind to case."""
    kinds = ("L", "M", "N")
    return "".join(c for c in unicodedata.normalize("NFD", name) if unicodedata.category(c)[0] in kinds).lower().upper().lower()
