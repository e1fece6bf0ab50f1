"""Dates as exact as they are known: a year, a month or a day (a subset of EDTF level 0)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def last_day(text: str) -> date:
    """The last day that a date of any precision may mean; ValueError when it is none."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if not 1800 <= year <= 2200:
        raise ValueError(f"the year {year} is outside 1800 to 2200")
    month = month or 12
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    longest = monthrange(year, month)[1]
    if day > longest:
        raise ValueError(f"{year}-{month:02d} has {longest} days, not {day}")
    return date(year, month, day or longest)
