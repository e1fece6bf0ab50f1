"""Dates as exact as they are known: a year, a month or a day (a subset of EDTF level 0)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def last_day(text: str) -> date:
    """The last day that a date of any precision may mean; ValueError when it is none."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if not 1800 <= year <= 2200:
        raise ValueError(f"the year {year} is outside 1800 to 2200")
    if match[2] and not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    month = month or 12
    longest = monthrange(year, month)[1]
    if match[3] and not 1 <= day <= longest:
        raise ValueError(f"{year}-{month:02d} has {longest} days, not {day}")
    return date(year, month, day or longest)


def _text(value: Any) -> Any:
    """TOML has dates of its own; they mean the same as the text."""
    return value.isoformat() if type(value) is date else value


def _dated(value: str) -> str:
    last_day(value)
    return value


def _dated_or_blank(value: str) -> str:
    return _dated(value) if value else value


def _one_day(value: str) -> str:
    last_day(value)
    if len(value) != len("YYYY-MM-DD"):
        raise ValueError(f"{value!r} is no single day: write YYYY-MM-DD")
    return value


Dated = Annotated[str, BeforeValidator(_text), AfterValidator(_dated)]
"""A date of any precision: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""

DatedOrBlank = Annotated[str, BeforeValidator(_text), AfterValidator(_dated_or_blank)]
"""The same, or empty where the document does not say."""

Day = Annotated[str, BeforeValidator(_text), AfterValidator(_one_day)]
"""A single day, ``YYYY-MM-DD``."""
