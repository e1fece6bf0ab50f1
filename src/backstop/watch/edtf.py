"""Uncertain dates in words: the Extended Date/Time Format (ISO 8601-2:2019, EDTF).

Read and written: levels 0 and 1 but for years of more than four digits, and of level 2 sets, digits
left open anywhere, doubt about single parts, seasons and quarters. What stands for no time between
the years 1 and 9999 is refused, because no record of a ceasefire is of it.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from backstop.watch.moment import Moment, between, days, instant, zone_of

#: ``uncertain``, ``approximate``, both (ISO 8601-2, 8.4).
QUALIFIERS = {"?": (True, False), "~": (False, True), "%": (True, True), "": (False, False)}
#: Months of the sub-year groupings 21 to 41 (ISO 8601-2, 4.8): first month and how many. The
#: seasons without a hemisphere, 21 to 24, are those of the north.
_GROUPINGS = {
    **{21 + n: (3 + 3 * n, 3) for n in range(4)},
    **{25 + n: (3 + 3 * n, 3) for n in range(4)},
    **{29 + n: (9 + 3 * n, 3) for n in range(4)},
    **{33 + n: (1 + 3 * n, 3) for n in range(4)},
    **{37 + n: (1 + 4 * n, 4) for n in range(3)},
    **{40 + n: (1 + 6 * n, 6) for n in range(2)},
}
_DATE = re.compile(
    r"(?P<q0>[?~%])?(?P<year>[0-9X]{4})(?P<q1>[?~%])?"
    r"(?:-(?P<q2>[?~%])?(?P<month>[0-9X]{2})(?P<q3>[?~%])?"
    r"(?:-(?P<q4>[?~%])?(?P<day>[0-9X]{2})(?P<q5>[?~%])?)?)?"
)
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}(?::\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Date:
    """A year, a month or a day, with digits left open (``X``) and doubt about its parts."""

    year: str
    month: str = ""
    day: str = ""
    doubts: tuple[str, str, str] = ("", "", "")
    """``?``, ``~``, ``%`` or nothing about year, month and day."""

    def __str__(self) -> str:
        parts = [part for part in (self.year, self.month, self.day) if part]
        doubts = self.doubts[: len(parts)]
        if len(set(doubts)) == 1:
            # Doubt about all parts stands once, at the end.
            return "-".join(parts) + doubts[0]
        return "-".join(doubt + part for doubt, part in zip(doubts, parts, strict=True))


@dataclass(frozen=True, slots=True)
class Time:
    """A day with a time of day, and the zone where it is stated."""

    day: date
    clock: str
    shift: str = ""
    """``Z``, ``+02:00`` or nothing."""

    def __str__(self) -> str:
        return f"{self.day}T{self.clock}{self.shift}"


@dataclass(frozen=True, slots=True)
class Interval:
    """From one to the other; ``..`` is open, an empty end unknown."""

    start: Date | Time | str
    end: Date | Time | str

    def __str__(self) -> str:
        return f"{self.start}/{self.end}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the members (``[…]``) or all of them (``{…}``)."""

    members: tuple[Date | Time | tuple[Date | str, Date | str], ...]
    one: bool

    def __str__(self) -> str:
        inner = [
            f"{member[0]}..{member[1]}" if isinstance(member, tuple) else str(member)
            for member in self.members
        ]
        return f"[{','.join(inner)}]" if self.one else f"{{{','.join(inner)}}}"


Edtf = Date | Time | Interval | Choice


def read_edtf(text: str) -> Edtf:
    """An EDTF text as a value; ``str`` writes it again.

    Raises
    ------
    ValueError
        When it is not EDTF, or names a day that the calendar does not have.
    """
    text = text.strip()
    if text[:1] + text[-1:] in ("[]", "{}"):
        members = tuple(_member(part.strip()) for part in text[1:-1].split(","))
        return Choice(members, text[0] == "[")
    if "/" in text:
        start, _, end = text.partition("/")
        if "/" in end or (start in ("", "..") and end in ("", "..")):
            raise ValueError(f"{text[:40]!r} is no interval")
        return Interval(_end(start), _end(end))
    return _point(text)


def _end(text: str) -> Date | Time | str:
    return text if text in ("", "..") else _point(text)


def _member(text: str) -> Date | Time | tuple[Date | str, Date | str]:
    if ".." not in text:
        return _point(text)
    start, _, end = text.partition("..")
    first, last = (_date(part) if part else "" for part in (start, end))
    if not start and not end:
        raise ValueError("a set names no date")
    return first, last


def _point(text: str) -> Date | Time:
    if match := _TIME.fullmatch(text):
        clock, shift = match[2], match[3] or ""
        datetime.fromisoformat(f"{match[1]}T{clock}{shift if shift != 'Z' else ''}")
        return Time(date.fromisoformat(match[1]), clock, shift)
    return _date(text)


def _date(text: str) -> Date:
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not EDTF (ISO 8601-2)")
    value = Date(match["year"], match["month"] or "", match["day"] or "", _doubts(match))
    _days_of(value)
    return value


def _doubts(match: re.Match[str]) -> tuple[str, str, str]:
    """A mark before a part is about that part, one behind it about all parts up to it."""
    doubts = [match["q0"] or "", match["q2"] or "", match["q4"] or ""]
    for last, mark in enumerate((match["q1"], match["q3"], match["q5"])):
        if mark:
            for part in range(last + 1):
                doubts[part] = _both(doubts[part], mark)
    return doubts[0], doubts[1], doubts[2]


def _both(first: str, second: str) -> str:
    return "%" if first and first != second else second


def moment_of(value: Edtf | str, *, zone: str = "UTC") -> Moment:
    """The bounds of an EDTF value, its words read in a zone.

    An approximate value reaches one of its own units further on either side; ISO 8601-2 leaves
    open how far "approximately" reaches, so this is a judgement. Doubt (``?``) widens nothing.

    Raises
    ------
    ValueError
        For an interval or a set that is open at one end: it bounds nothing.
    """
    return _moment_of(read_edtf(value) if isinstance(value, str) else value, zone)


@lru_cache(maxsize=16_384)
def _moment_of(value: Edtf, zone: str) -> Moment:
    uncertain, approximate = _qualified(value)
    try:
        bounds = _bounds(value, zone)
    except OverflowError:
        raise ValueError(f"{value} reaches beyond the years 1 to 9999") from None
    return Moment(
        bounds.earliest,
        bounds.latest,
        bounds.best,
        bounds.precision,
        bounds.zone,
        str(value),
        uncertain,
        approximate,
    )


def _bounds(value: Edtf, zone: str) -> Moment:
    match value:
        case Time():
            return _time_bounds(value, zone)
        case Date():
            return _date_bounds(value, zone)
        case Interval(start=start, end=end):
            return _span([start, end], zone)
        case Choice(members=members):
            parts = [p for m in members for p in (m if isinstance(m, tuple) else (m,))]
            return _span(parts, zone)


def _span(parts: list[Date | Time | str], zone: str) -> Moment:
    if any(isinstance(part, str) for part in parts):
        raise ValueError("it is open at one end; a record needs a time with two bounds")
    inner = [_bounds(part, zone) for part in parts if not isinstance(part, str)]
    earliest, latest = min(one.earliest for one in inner), max(one.latest for one in inner)
    if inner[0].earliest > inner[-1].latest:
        raise ValueError("it ends before it begins")
    middle = earliest + (latest - earliest) / 2
    return Moment(earliest, latest, middle, "interval", zone)


def _time_bounds(value: Time, zone: str) -> Moment:
    shift = {"": "", "Z": "+00:00"}.get(value.shift, value.shift)
    when = datetime.fromisoformat(f"{value.day}T{value.clock}{shift}")
    if not value.shift:
        when = when.replace(tzinfo=zone_of(zone))
    return instant(when, precision="minute" if len(value.clock) == 5 else "instant")


def _date_bounds(value: Date, zone: str) -> Moment:
    first, last = _days_of(value)
    precision = "day" if value.day else "month" if value.month else "year"
    if "X" in value.year + value.month + value.day or value.month > "20":
        precision = _unit_of(first, last)
    if "~" in value.doubts or "%" in value.doubts:
        first, last = _wider(first, last)
    return days(first, last, zone, precision)


def _unit_of(first: date, last: date) -> str:
    """The unit of the calendar that a span is, if it is one."""
    if first.month == 1 and first.day == 1 and last == date(first.year, 12, 31):
        return "year"
    if first.day == 1 and last == date(first.year, first.month, _length(first)):
        return "month"
    return "day" if first == last else "interval"


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _wider(first: date, last: date) -> tuple[date, date]:
    width = last - first + timedelta(days=1)
    return first - width, last + width


def _days_of(value: Date) -> tuple[date, date]:
    """The first and last day that the open digits allow."""
    years = _fill(value.year, 1, 9999)
    if not years:
        raise ValueError(f"{value} is no year from 1 to 9999")
    found: list[date] = []
    # The first and the last that fit bound all others.
    for year in (years[0], years[-1], *(years if len(years) <= 400 else ())):
        months = _fill(value.month, 1, 41) if value.month else [0]
        for month in months:
            found += _ends(year, month, value.day)
    if not found:
        raise ValueError(f"{value} is no day of the calendar")
    return min(found), max(found)


def _ends(year: int, month: int, day: str) -> list[date]:
    if month == 0:
        return [date(year, 1, 1), date(year, 12, 31)]
    if month > 12:
        return _grouping(year, month) if not day and month in _GROUPINGS else []
    length = calendar.monthrange(year, month)[1]
    if not day:
        return [date(year, month, 1), date(year, month, length)]
    days_found = _fill(day, 1, length)
    return [date(year, month, one) for one in (days_found[:1] + days_found[-1:])]


def _grouping(year: int, number: int) -> list[date]:
    first, length = _GROUPINGS[number]
    start = year * 12 + first - 1
    after = start + length
    last = date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return [date(start // 12, start % 12 + 1, 1), last]


def _fill(digits: str, low: int, high: int) -> list[int]:
    """Every number within bounds that the digits allow."""
    if "X" not in digits:
        return [int(digits)] if low <= int(digits) <= high else []
    pattern = re.compile(digits.replace("X", "[0-9]"))
    # An open month is a month: groupings are written out.
    high = min(high, 12) if len(digits) == 2 and high == 41 else high
    width = len(digits)
    return [n for n in range(low, high + 1) if pattern.fullmatch(str(n).zfill(width))]


def _qualified(value: Edtf) -> tuple[bool, bool]:
    match value:
        case Date(doubts=doubts):
            marks = [QUALIFIERS[doubt] for doubt in doubts]
        case Interval(start=start, end=end):
            marks = [_qualified(one) for one in (start, end) if not isinstance(one, str)]
        case Choice(members=members):
            parts = [p for m in members for p in (m if isinstance(m, tuple) else (m,))]
            marks = [_qualified(one) for one in parts if not isinstance(one, str)]
        case _:
            marks = []
    return any(doubt for doubt, _ in marks), any(about for _, about in marks)


def edtf_of(moment: Moment) -> str:
    """A moment in EDTF: its own words where it has some, else the interval of its bounds."""
    if moment.edtf:
        return moment.edtf
    if moment.earliest == moment.latest:
        return moment.earliest.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return between(moment.earliest, moment.latest).edtf
