"""NASA FIRMS: thermal detections by VIIRS or MODIS, in both namings of the columns.

VIIRS files name the channels ``bright_ti4`` and ``bright_ti5``, MODIS files and older archives
``brightness`` and ``bright_t31``. A detection is a hot pixel, not a strike: most are fires on
fields. It has no id; satellite, time and place make one, so that the science version that
replaces the near-real-time one after some months is a revision of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial

from backstop.watch.act import Act, Count
from backstop.watch.adapters.adapter import Adapter, Columns, ReadCells
from backstop.watch.adapters.cells import day_of, point, real
from backstop.watch.moment import Moment, instant
from backstop.watch.place import Place
from backstop.watch.record import Observation
from backstop.watch.setting import Setting
from backstop.watch.vocabulary import DETECTION

SOURCE = "firms"
_FIRE = Act("thermal_anomaly", count=Count(1, DETECTION), weapon_class="none")
_KEPT = (
    "satellite", "instrument", "confidence", "version", "frp", "daynight", "type",
    "brightness", "bright_t31", "bright_ti4", "bright_ti5",
)  # fmt: skip
#: Pixel of the instrument at nadir, in km, for files without ``scan`` and ``track``.
_PIXEL_KM = {"VIIRS": 0.375, "MODIS": 1.0}


def _reader(columns: Sequence[str], setting: Setting) -> ReadCells:
    at = Columns(columns)
    east, north, day, clock = at["longitude"], at["latitude"], at["acq_date"], at["acq_time"]
    scan, track = at.first("scan"), at.first("track")
    satellite, instrument = at["satellite"], at.first("instrument")
    kept = [(name, at.first(name)) for name in _KEPT if at.first(name) >= 0]
    viirs = at.first("bright_ti4") >= 0
    # One overpass sees many fires.
    overpass = lru_cache(maxsize=4096)(partial(_overpass, setting))

    def read(cells: list[str]) -> Sequence[Observation]:
        longitude, latitude = point(cells[east], cells[north])
        craft = cells[instrument] if instrument >= 0 else ("VIIRS" if viirs else "MODIS")
        across = cells[scan] if scan >= 0 else ""
        along = cells[track] if track >= 0 else ""
        place = Place(longitude, latitude, _radius_m(across, along, craft), "satellite")
        occurred, minute = overpass(cells[day], cells[clock])
        number = f"{cells[satellite]}-{minute}-{latitude:.5f}-{longitude:.5f}"
        return (
            Observation(
                source=setting.source or SOURCE,
                source_record_id=number,
                stream=f"{craft} {cells[satellite]}".strip(),
                occurred=occurred,
                place=place,
                codes=tuple([(name, cells[here]) for name, here in kept if cells[here]]),
                notes=setting.check_place(place),
                act=_FIRE,
                means="satellite",
                platform=cells[satellite],
            ),
        )

    return read


def _overpass(setting: Setting, day: str, clock: str) -> tuple[Moment, str]:
    """The minute of an overpass, and how an id names it."""
    when = _when(day, clock, setting)
    occurred = instant(when, precision="minute")
    setting.check_time(occurred)
    return occurred, f"{when:%Y%m%dT%H%MZ}"


def _when(day: str, clock: str, setting: Setting) -> datetime:
    """Time of the overpass, UTC; some files drop the leading zeros, some write a colon."""
    digits = clock.strip().replace(":", "").zfill(4)
    if not digits.isdecimal() or len(digits) not in (4, 6):
        raise ValueError(f"acq_time {clock[:20]!r} is no time of day")
    date = day_of(day, setting)
    hour, minute = int(digits[:2]), int(digits[2:4])
    if hour > 23 or minute > 59:
        raise ValueError(f"acq_time {clock[:20]!r} is no time of day")
    return datetime(date.year, date.month, date.day, hour, minute, tzinfo=UTC)


@lru_cache(maxsize=4_096)
def _radius_m(scan: str, track: str, instrument: str) -> float:
    """68 % of a disc of the pixel's area; the fire may be anywhere in the pixel."""
    nadir = _PIXEL_KM.get(instrument.strip().upper(), 1.0)
    across = real(scan, "scan") if scan else nadir
    along = real(track, "track") if track else nadir
    return round(1000 * math.sqrt(0.68 * across * along / math.pi), 1)


FIRMS = Adapter(
    name="firms",
    title="NASA FIRMS thermal detections (CSV)",
    version=1,
    needs=frozenset({"latitude", "longitude", "acq_date", "acq_time", "satellite", "frp"}),
    cells=_reader,
)
