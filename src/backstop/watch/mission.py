"""``mission.toml``: whose record a folder holds, of which scenario, under which agreement."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from backstop.scenario.record import Record
from backstop.watch.moment import zone_of
from backstop.watch.setting import Bounds, Setting

#: How far beyond its line a theatre is taken to reach, in km: enough for the whole of a large
#: country, and too little for a point with swapped coordinates to fall into it.
THEATRE_MARGIN_KM = 600.0
_KM_PER_DEGREE = 111.2


def _zone(name: str) -> str:
    zone_of(name)
    return name


class MissionFile(Record):
    """What a mission is."""

    name: str = Field(min_length=1, max_length=100)
    """Its name on reports."""
    scenario: str
    """The scenario it watches over: a shipped name or a path."""
    scenario_digest: str
    """Digest of the scenario as it was when the mission began."""
    agreement: str
    """The agreement it classifies against."""
    origin: str
    """The name of its log on checkpoints."""
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """Time zone of dates and times that state none (IANA, e.g. ``Europe/Kyiv``)."""
    not_before: date = date(1989, 1, 1)
    """Records from before this day are mistakes."""
    theatre: tuple[float, float, float, float] | None = None
    """West, south, east and north of the theatre, in degrees; tells swapped coordinates."""


def setting_of(mission: MissionFile, *, today: date) -> Setting:
    """How files are to be read in this mission."""
    box = mission.theatre
    return Setting(
        zone=mission.zone,
        not_before=mission.not_before,
        # A day has begun in the east before it has in UTC.
        not_after=today + timedelta(days=1),
        bounds=Bounds(*box) if box else None,
    )


def theatre_around(points: Iterable[tuple[float, float]]) -> tuple[float, float, float, float]:
    """A box around a line, ``THEATRE_MARGIN_KM`` wider on each side."""
    longitudes, latitudes = zip(*points, strict=True)
    up = THEATRE_MARGIN_KM / _KM_PER_DEGREE
    south, north = max(-90.0, min(latitudes) - up), min(90.0, max(latitudes) + up)
    aside = up / max(0.2, math.cos(math.radians((south + north) / 2)))
    west, east = max(-180.0, min(longitudes) - aside), min(180.0, max(longitudes) + aside)
    return round(west, 2), round(south, 2), round(east, 2), round(north, 2)


def mission_toml(mission: MissionFile) -> str:
    """The text of ``mission.toml``."""
    lines = ["# What this folder is the record of. The ledger holds it too, as its first entry.\n"]
    for name, value in mission.model_dump(mode="json").items():
        if value is not None:
            lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
