"""When: an uncertain time as bounds, a best guess and the precision the source claims.

Times are kept in UTC; the zone says how the source's own words are to be read. A day is the day
of that zone, so its bounds are seldom midnight in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from backstop.watch.part import Part
from backstop.watch.quick import quickly_made
from backstop.watch.stamp import local_minute, local_second

#: From the sharpest to the vaguest; ``interval`` is a span that is no unit of the calendar.
PRECISIONS = (
    "instant", "minute", "hour", "part-of-day", "day", "week", "month", "year", "interval",
)  # fmt: skip


@quickly_made
@dataclass(frozen=True, slots=True)
class Moment(Part):
    """A time as far as it is known: ``earliest <= t < latest`` (equal for an instant)."""

    earliest: datetime
    """Lower bound, UTC."""
    latest: datetime
    """Upper bound, UTC, itself excluded unless it equals ``earliest``."""
    best: datetime
    """The single best guess, UTC; the middle where the source gives none."""
    precision: str
    """The unit the source claims, from ``PRECISIONS``."""
    zone: str = "UTC"
    """The zone in which the source's words are read: an IANA name or ``+02:00``."""
    edtf: str = ""
    """The same in ISO 8601-2 (EDTF), in words of that zone."""
    uncertain: bool = False
    """Whether the source doubts it (``?``)."""
    approximate: bool = False
    """Whether the source gives it as approximate (``~``)."""

    def __post_init__(self) -> None:
        if not self.earliest <= self.best <= self.latest:
            raise ValueError(f"time runs backwards: {self.earliest} to {self.latest}")

    @property
    def first_day(self) -> date:
        """The earliest calendar day it may lie on, in its own zone."""
        return self.earliest.astimezone(zone_of(self.zone)).date()

    @property
    def last_day(self) -> date:
        """The last calendar day it may lie on, in its own zone."""
        last = self.latest
        if last > self.earliest:
            last -= timedelta(microseconds=1)
        return last.astimezone(zone_of(self.zone)).date()

    @property
    def best_day(self) -> date:
        """The calendar day of the best guess, in its own zone."""
        return self.best.astimezone(zone_of(self.zone)).date()


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name (``Europe/Kyiv``) or of an offset (``+02:00``)."""
    if name == "UTC":
        return UTC
    if name[:1] in {"+", "-"}:
        try:
            sign = -1 if name[0] == "-" else 1
            hours, minutes = int(name[1:3]), int(name[4:6])
            return timezone(sign * timedelta(hours=hours, minutes=minutes))
        except ValueError:
            raise ValueError(f"time zone {name[:20]!r} is not written like +02:00") from None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"time zone {name[:40]!r} is unknown") from None


def instant(when: datetime, *, precision: str = "instant") -> Moment:
    """A point in time with a zone, or the minute or hour that begins with it."""
    if when.tzinfo is None:
        raise ValueError(f"time {when.isoformat()} has no zone")
    start = end = best = when.astimezone(UTC)
    if width := _WIDTHS.get(precision):
        end, best = start + width, start + _HALVES[precision]
    return Moment(start, end, best, precision, _zone_name(when), local_second(when))


_NO_TIME = timedelta(0)
_WIDTHS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_HALVES = {precision: width / 2 for precision, width in _WIDTHS.items()}
_ONE_DAY = timedelta(days=1)


def _zone_name(when: datetime) -> str:
    zone = when.tzinfo
    if type(zone) is ZoneInfo and zone.key:
        return zone.key
    return "UTC" if zone is UTC else _offset_name(when.utcoffset() or _NO_TIME)


@lru_cache(maxsize=256)
def _offset_name(offset: timedelta) -> str:
    if not offset:
        return "UTC"
    hours, rest = divmod(abs(offset), timedelta(hours=1))
    return f"{'-' if offset < _NO_TIME else '+'}{hours:02}:{rest // timedelta(minutes=1):02}"


@lru_cache(maxsize=16_384)
def days(first: date, last: date, zone: str = "UTC", precision: str = "") -> Moment:
    """From the first to the last day, both included; one day has the precision ``day``.

    ``precision`` overrides the claim where the bounds are a week, a month or a year.
    """
    if last < first:
        raise ValueError(f"it ends on {last}, before it begins on {first}")
    place = zone_of(zone)
    start = datetime(first.year, first.month, first.day, tzinfo=place).astimezone(UTC)
    following = last + _ONE_DAY
    end = datetime(following.year, following.month, following.day, tzinfo=place).astimezone(UTC)
    words = first.isoformat() if first == last else f"{first}/{last}"
    claim = precision or ("day" if first == last else "interval")
    return Moment(start, end, start + (end - start) / 2, claim, zone, words)


def between(start: datetime, end: datetime) -> Moment:
    """From one time to another, both with a zone."""
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("a time has no zone")
    low, high = start.astimezone(UTC), end.astimezone(UTC)
    words = f"{local_minute(start)}/{local_minute(end)}"
    return Moment(low, high, low + (high - low) / 2, "interval", _zone_name(start), words)
