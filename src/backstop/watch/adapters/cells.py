"""What stands in a cell: numbers, points, dates in the styles that people write."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from backstop.watch.crosswalk import radius_m
from backstop.watch.moment import Moment, days
from backstop.watch.place import Place
from backstop.watch.setting import Setting

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
#: First three letters to the number of the month.
MONTHS = {name[:3]: number for number, name in enumerate(_MONTHS, start=1)}
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_SLASHED = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?:,?[ T]+(\d{1,2}:\d{2}.*))?")
_WORDED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


def real(text: str, what: str, *, comma: bool = False) -> float:
    """A finite number; ``comma`` reads 48,5 too."""
    try:
        value = float(text.replace(",", ".") if comma else text)
    except ValueError:
        shown = f"{what} {text[:40]!r} is not a number" if text.strip() else f"{what} is empty"
        raise ValueError(shown) from None
    if not math.isfinite(value):
        raise ValueError(f"{what} {text[:40]!r} is not finite")
    return value


def whole(text: str, what: str) -> int:
    """A whole number; 5.0 is one."""
    try:
        return int(text)
    except ValueError:
        value = real(text, what)
    if value != int(value):
        raise ValueError(f"{what} {text[:40]!r} is not a whole number")
    return int(value)


def point(longitude: str, latitude: str, *, comma: bool = False) -> tuple[float, float]:
    """Longitude and latitude in degrees, seven decimals (1 cm), checked against the globe."""
    try:
        east, north = float(longitude), float(latitude)
    except ValueError:
        east, north = (
            real(longitude, "longitude", comma=comma),
            real(latitude, "latitude", comma=comma),
        )
    if not (math.isfinite(east) and math.isfinite(north)):
        raise ValueError(f"latitude {latitude[:40]!r}, longitude {longitude[:40]!r}: not finite")
    if not -90 <= north <= 90 and -90 <= east <= 90 and -180 <= north <= 180:
        raise ValueError(
            f"latitude {north:g} is outside -90 to 90; "
            f"swapped? latitude {east:g}, longitude {north:g} would be a place"
        )
    # Seven decimals: what spreadsheets add in the fifteenth would look like a revision.
    return round(east, 7), round(north, 7)


def tidy(text: str) -> str:
    """Text with each run of white space as one blank, none at the ends; no invisible letters."""
    # Printable text has no white space but blanks and no invisible letters.
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return " ".join(text.translate(_INVISIBLE).split())


def moment_of_days(first: date, last: date, setting: Setting, precision: str = "") -> Moment:
    """Whole days in the mission's zone, within its years."""
    moment = days(first, last, setting.zone, precision)
    setting.check_time(moment)
    return moment


def day_of(text: str, setting: Setting) -> date:
    """The day that a cell names; a time of day behind it is passed over.

    Raises
    ------
    ValueError
        When it is no date, or when day and month could be exchanged and nothing says the order.
    """
    return _day_of(text, setting.date_order)


@lru_cache(maxsize=65_536)
def _day_of(text: str, order: str) -> date:
    text = text.strip()
    if not text or text.lower() in {"null", "none", "nan", "na", "n/a"}:
        raise ValueError("the date is empty")
    try:
        if text[4:5] == "-":
            return date.fromisoformat(text[:10]) if len(text) <= 10 else _head(text)
        if match := _SLASHED.fullmatch(text):
            return _ordered(match, text, order)
        if match := _COMPACT.fullmatch(text):
            return date(*map(int, match.groups()))
        if match := _WORDED.fullmatch(text):
            number = MONTHS.get(match[2][:3].lower())
            if number:
                return date(int(match[3]), number, int(match[1]))
    except ValueError as error:
        raise ValueError(f"date {text[:40]!r}: {error}") from None
    raise ValueError(f"date {text[:40]!r} is written in no known style")


def _head(text: str) -> date:
    """The day of an ISO date and time, which has to be one as a whole."""
    return datetime.fromisoformat(text).date()


def _ordered(match: re.Match[str], text: str, order: str) -> date:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == ".":
        order = "dmy"
    elif not order and first != second:
        order = slash_order(text)
        if not order:
            raise ValueError(
                "day and month could be exchanged, and no other date of the file tells; "
                'say date_order = "dmy" or "mdy" in a mapping file'
            )
    day, month = (second, first) if order == "mdy" else (first, second)
    if month > 12 >= day:
        other = "day" if order == "mdy" else "month"
        raise ValueError(f"the {other} comes first here, against the rest of the file")
    return date(year, month, day)


def slash_order(text: str) -> str:
    """``mdy`` or ``dmy`` where one date tells by itself, else nothing."""
    match = _SLASHED.fullmatch(text.strip())
    if match is None or match[2] == ".":
        return ""
    first, second = int(match[1]), int(match[3])
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else ""


def column_order(texts: Iterable[str]) -> str:
    """The order of day and month that the dates of a file have; nothing where they disagree."""
    found = {slash_order(text) for text in texts} - {""}
    return found.pop() if len(found) == 1 else ""


def coded_place(
    setting: Setting,
    east: str,
    north: str,
    *,
    scheme: str,
    precision: str,
    basis: str,
    name: str,
    region: str,
) -> tuple[Place, tuple[str, ...]]:
    """A place from a gazetteer, as far off as its precision code says, and what is odd of it."""
    longitude, latitude = point(east, north)
    place = Place(
        longitude,
        latitude,
        radius_m(scheme, precision),
        "gazetteer",
        basis,
        name=tidy(name),
        region=tidy(region),
    )
    return place, setting.check_place(place)
