"""Dates as intervals, and FHIR's prefixes on them (README, "Searching", date).

Moments are counted so that each minute has 61 seconds: second 60 belongs to its own minute, and nothing
else moves. An interval is [first, end)."""

import datetime
import fractions
import re

import dates

MINUTE = 61
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_VALUE = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d{4})(?:-(\d{2})(?:-(\d{2})"
                    r"(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?\Z", re.ASCII)


class Interval:
    """An interval on the clock as it is written, and the minutes to UTC (None: no time, or no zone)."""

    def __init__(self, first, end, has_time, zone):
        self.first = first
        self.end = end
        self.has_time = has_time
        self.zone = zone


def zone_minutes(zone):
    """Minutes east of UTC of `Z` or `+hh:mm`, or None."""
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:])
    total = hours * 60 + minutes
    if minutes > 59 or total > 14 * 60:
        return None
    return -total if zone[0] == "-" else total


def value(text):
    """Prefix and interval of a search value (or of a dateTime), or None."""
    match = _VALUE.match(text)
    if not match:
        return None
    prefix, year, month, day, hour, minute, second, fraction, zone = match.groups()
    good = dates.calendar(int(year), int(month or 1), int(day or 1))
    if not good or int(hour or 0) > 23 or int(minute or 0) > 59 or int(second or 0) > 60:
        return None
    offset = zone_minutes(zone) if zone else None
    if zone and offset is None:
        return None
    first = datetime.date(int(year), int(month or 1), int(day or 1)).toordinal() * DAY
    if hour:
        first += int(hour) * HOUR + int(minute) * MINUTE + int(second or 0)
        if second is None:
            end = first + MINUTE
        elif fraction:
            unit = fractions.Fraction(1, 10 ** len(fraction))
            first += int(fraction) * unit
            end = first + unit
        else:
            end = first + (2 if second == "59" else 1)
    elif day:
        end = first + DAY
    else:
        days = range(28, 32) if month else range(365, 367)
        end = first + max(d for d in days if _lasts(int(year), month, d)) * DAY
    return prefix or "eq", Interval(first, end, hour is not None, offset)


def _lasts(year, month, days):
    """Whether a month, or a year, has so many days."""
    if month:
        return dates.calendar(year, int(month), days)
    return days == 365 or dates.calendar(year, 2, 29)


def holds(prefix, wanted, own, zone):
    """Whether a resource's interval `own` matches; `zone` is the option's, in minutes."""
    shift = 0
    if wanted.has_time and own.has_time:
        to_utc = wanted.zone if wanted.zone is not None else zone if zone is not None else own.zone
        shift = (own.zone - to_utc) * MINUTE
    first, end = wanted.first + shift, wanted.end + shift
    inside = first <= own.first and own.end <= end
    if prefix == "ap":
        reach = HOUR if wanted.has_time else DAY
        return own.first < end + reach and first - reach < own.end
    return {
        "eq": inside, "ne": not inside, "gt": own.end > end, "lt": own.first < first,
        "ge": own.end > end or inside, "le": own.first < first or inside,
        "sa": own.first >= end, "eb": own.end <= first,
    }[prefix]
