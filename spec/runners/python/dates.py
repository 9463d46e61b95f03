"""DA, TM and offsets from UTC, and what FHIR's dateTime makes of them (README, "Dates")."""

import datetime
import re

from values import Read

_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})\Z", re.ASCII)
_OLD_DATE = re.compile(r"(\d{4})([.-])(\d{2})\2(\d{2})\Z", re.ASCII)
_TIME = re.compile(r"(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d+))?)?)?\Z", re.ASCII)
_OLD_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\Z", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})\Z", re.ASCII)
_OLD_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})\Z", re.ASCII)


def calendar(year, month, day):
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def date(text):
    """A date as `YYYY-MM-DD`."""
    match, code = _DATE.match(text), None
    if match:
        year, month, day = match.groups()
    else:
        match, code = _OLD_DATE.match(text), "legacy-date"
        if not match:
            return Read(code="bad-date", lost=True)
        year, _, month, day = match.groups()
    if int(year) < 1800 or not calendar(int(year), int(month), int(day)):
        return Read(code="bad-date", lost=True)
    return Read(f"{year}-{month}-{day}", code)


def time(text):
    """A time as (hour, minute or None, second or None, fraction or None)."""
    match, code = _TIME.match(text), None
    if not match:
        match, code = _OLD_TIME.match(text), "legacy-time"
    if not match:
        return Read(code="bad-time", lost=True)
    hour, minute, second, fraction = match.groups()
    if int(hour) > 23 or int(minute or 0) > 59 or int(second or 0) > 60:
        return Read(code="bad-time", lost=True)
    if fraction and len(fraction) > 6:
        fraction, code = fraction[:6], "fraction-cut"
    return Read((hour, minute, second, fraction), code)


def offset(text):
    """An offset from UTC as `+hh:mm`."""
    if text == "Z":
        return Read("+00:00", "legacy-offset")
    match, code = _OFFSET.match(text), None
    if not match:
        match, code = _OLD_OFFSET.match(text), "legacy-offset"
    if not match:
        return Read(code="bad-offset", lost=True)
    sign, hours, minutes = match.groups()
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > (14 * 60 if sign == "+" else 12 * 60):
        return Read(code="bad-offset", lost=True)
    if sign == "-" and total == 0:
        return Read("+00:00", "legacy-offset")
    return Read(f"{sign}{hours}:{minutes}", code)


def started(day, clock, own_offset, zone, ledger, time_at, offset_at):
    """The dateTime of a date, a time and an offset; what of them is lost is told."""
    if day is None:
        return None
    if clock is None:
        return day
    hour, minute, second, fraction = clock
    if minute is None:
        ledger.tell("time-too-coarse", time_at)
        if own_offset:
            ledger.tell("offset-unused", offset_at)
        return day
    if not (own_offset or zone):
        ledger.tell("time-without-zone", time_at)
        return day
    if second is None:
        ledger.tell("precision-added", time_at)
    elif not own_offset:
        ledger.tell("zone-assumed", time_at)
    digits = f"{hour}:{minute}:{second or '00'}" + (f".{fraction}" if fraction else "")
    return f"{day}T{digits}{own_offset or zone}"
