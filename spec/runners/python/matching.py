"""Attribute matching of QIDO-RS (PS3.18 10.6, PS3.4 C.2.2.2; README, "Matching")."""

import datetime
import decimal
import re

import dates
from values import is_uid

_WITH_WILD_CARDS = {"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"}
_LEADING_BLANKS_COUNT = {"ST", "LT", "UT", "UC", "UR"}
_INTEGERS = {"IS", "SS", "US", "SL", "UL", "SV", "UV"}
_DECIMALS = {"DS", "FL", "FD"}
_TM = re.compile(r"(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?)?\Z", re.ASCII)
_DT = re.compile(r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?)?)?)?)?"
                 r"([+-]\d{4})?\Z", re.ASCII)
# Microseconds, as if each minute had 61 seconds: second 60 is behind second 59 and of its own minute.
_SECOND = 1000000
_MINUTE = 61 * _SECOND
_DAY = 24 * 60 * _MINUTE


def matches(vr, key, values):
    """Whether the values of an attribute match a key."""
    if key == "" or key == "*" and vr in _WITH_WILD_CARDS:
        return True
    values = [_unpadded(vr, value) for value in values]
    return any(_one(vr, key, value) for value in values if value)


def _unpadded(vr, text):
    text = text.rstrip(" \0")
    return text if vr in _LEADING_BLANKS_COUNT else text.lstrip(" ")


def _one(vr, key, value):
    if vr in ("DA", "TM", "DT"):
        return _in_time(vr, key, value)
    if vr == "UI":
        return any(is_uid(uid) and uid == value for uid in re.split(r"[,\\]", key))
    if vr in _INTEGERS or vr in _DECIMALS:
        number = _number(vr, key)
        return number is not None and number == _number(vr, value)
    key = _unpadded(vr, key)
    if vr in _WITH_WILD_CARDS and ("*" in key or "?" in key):
        return _wild(key, value)
    return key == value


def _wild(key, value):
    """`*` and `?`: what stands behind a star is tried at the first place where it fits, and then further on."""
    at = place = 0
    star = tried = None
    while place < len(value):
        if at < len(key) and key[at] == "*":
            star, tried = at, place
            at += 1
        elif at < len(key) and key[at] in ("?", value[place]):
            at, place = at + 1, place + 1
        elif star is not None:
            tried += 1
            at, place = star + 1, tried
        else:
            return False
    return not key[at:].strip("*")


def _number(vr, text):
    text = text.strip(" ")
    form = r"[+-]?\d+" if vr in _INTEGERS else r"[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d+)?"
    if not re.fullmatch(form, text, re.ASCII):
        return None
    return decimal.Decimal(text)


def _in_time(vr, key, value):
    span = _span(vr, value)
    if span is None:
        return False
    alone = _span(vr, key)
    if alone:
        return _overlap(alone, alone, span)
    for index, character in enumerate(key):
        if character != "-":
            continue
        first, last = _span(vr, key[:index]), _span(vr, key[index + 1:])
        if (first or index == 0) and (last or index == len(key) - 1) and (first or last):
            return _overlap(first, last, span)
    return False


def _overlap(first, last, span):
    """Whether the span of a value has a moment from the first one of `first` to the last one of `last`."""
    if first and last and _shift(first[0], first, last) > _shift(last[1], last, first):
        return False
    return (first is None or _shift(first[0], first, span) <= _shift(span[1], span, first)) and \
        (last is None or _shift(span[0], span, last) <= _shift(last[1], last, span))


def _shift(moment, own, other):
    """A moment in UTC where both sides have an offset, else as it is written."""
    return moment - own[2] if own[2] is not None and other[2] is not None else moment


def _span(vr, text):
    """First and last moment of a value in microseconds, and its offset from UTC; None: it is no value."""
    if vr == "DA":
        match = re.match(r"(\d{4})(\d{2})(\d{2})\Z", text, re.ASCII)
        return match and _of_parts(*match.groups(), None, None, None, None, None)
    if vr == "TM":
        match = _TM.match(text)
        return match and _of_parts("0001", "01", "01", *match.groups(), None)
    match = _DT.match(text)
    return match and _of_parts(*match.groups())


def _of_parts(year, month, day, hour, minute, second, fraction, offset):
    if offset:
        hours, minutes = int(offset[1:3]), int(offset[3:])
        shift = (hours * 60 + minutes) * (-1 if offset[0] == "-" else 1)
        if minutes > 59 or not -720 <= shift <= 840 or offset == "-0000":
            return None
        shift *= _MINUTE
    else:
        shift = None
    if not dates.calendar(int(year), int(month or 1), int(day or 1)):
        return None
    if int(hour or 0) > 23 or int(minute or 0) > 59 or int(second or 0) > 60:
        return None
    first = datetime.date(int(year), int(month or 1), int(day or 1)).toordinal() * _DAY
    if month is None:
        length = (366 if dates.calendar(int(year), 2, 29) else 365) * _DAY
    elif day is None:
        length = max(d for d in range(28, 32) if dates.calendar(int(year), int(month), d)) * _DAY
    else:
        length = _DAY
    for part, unit in ((hour, 60 * _MINUTE), (minute, _MINUTE), (second, _SECOND)):
        if part is None:
            break
        first += int(part) * unit
        length = unit
    if fraction:
        first += int(fraction.ljust(6, "0"))
        length = 1
    return first, first + length - 1, shift
