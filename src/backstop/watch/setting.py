"""What a reader of files has to know of the mission: its zone, its ground, its years."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from backstop.watch.gazetteer import Gazetteer, shipped_gazetteer
from backstop.watch.moment import Moment
from backstop.watch.place import Place


@dataclass(frozen=True, slots=True)
class Bounds:
    """The theatre as a box, in degrees (WGS 84)."""

    west: float
    south: float
    east: float
    north: float

    def hold(self, longitude: float, latitude: float) -> bool:
        """Whether a point lies inside."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


@dataclass(frozen=True, slots=True)
class Setting:
    """How the words of a file are to be read in this mission."""

    zone: str = "UTC"
    """Zone of times and days that state none."""
    not_before: date = date(1989, 1, 1)
    """Earlier days are mistakes: a spreadsheet's empty date is in 1900."""
    not_after: date = date(2099, 12, 31)
    """Later days are mistakes; the caller sets the day after today."""
    bounds: Bounds | None = None
    """The theatre, for telling swapped coordinates."""
    date_order: str = ""
    """``mdy`` or ``dmy`` for dates with slashes; empty until the file or the person says it."""
    decimal_comma: bool = False
    """Whether 48,5 is a number."""
    source: str = ""
    """Whose records they are, where the file does not say."""
    year: int | None = None
    """The year of dates that state none."""
    gazetteer: Gazetteer = field(default_factory=shipped_gazetteer, hash=False)
    """Places by name."""

    def check_time(self, moment: Moment) -> None:
        """Refuse a time outside the mission's years."""
        first, last = _surely(self.not_before, self.not_after)
        if first <= moment.earliest and moment.latest <= last:
            return
        if moment.first_day < self.not_before:
            raise ValueError(
                f"it happened on {moment.first_day}, before {self.not_before}; "
                "an empty date of a spreadsheet?"
            )
        if moment.last_day > self.not_after:
            raise ValueError(f"it ends on {moment.last_day}, after {self.not_after}")

    def check_place(self, place: Place) -> tuple[str, ...]:
        """Refuse null island and swapped coordinates; note what lies outside the theatre."""
        longitude, latitude = place.longitude, place.latitude
        if longitude is None or latitude is None:
            return ()
        if longitude == 0 and latitude == 0:
            raise ValueError("longitude and latitude are both 0; the coordinates are missing")
        if self.bounds is None or self.bounds.hold(longitude, latitude):
            return ()
        if self.bounds.hold(latitude, longitude):
            raise ValueError(
                f"latitude {latitude:g} and longitude {longitude:g} look swapped: "
                f"latitude {longitude:g}, longitude {latitude:g} lies in the theatre"
            )
        return ("outside the theatre",)


@lru_cache(maxsize=64)
def _surely(first: date, last: date) -> tuple[datetime, datetime]:
    """Between which times a day lies within others, whatever the zone it is read in."""
    # No zone is more than a day off UTC.
    begin, end = (datetime.combine(day, time(), UTC) for day in (first, last))
    return begin + timedelta(days=2), end - timedelta(days=2)
