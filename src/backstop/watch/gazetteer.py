"""Names of places with coordinates: those shipped, and those a mission adds.

Kept small on purpose: a name that is not in it stays a name, and no point is made up for it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from backstop.scenario.files import shipped_text
from backstop.watch.sector import bearing_deg


@dataclass(frozen=True, slots=True)
class Spot:
    """A named point, and how far the place it names reaches from it (68 %)."""

    longitude: float
    latitude: float
    radius_m: float


Gazetteer = Mapping[str, Spot]


def read_gazetteer(text: str) -> Gazetteer:
    """A table with the columns ``name``, ``longitude``, ``latitude``, ``radius_m``.

    Raises
    ------
    ValueError
        When a column is missing or a number is none.
    """
    found: dict[str, Spot] = {}
    for line, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            spot = Spot(float(row["longitude"]), float(row["latitude"]), float(row["radius_m"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {line} of the gazetteer is no place: {error}") from None
        found[fold(row["name"])] = spot
    return found


@cache
def shipped_gazetteer() -> Gazetteer:
    """Towns of Ukraine from Natural Earth (public domain)."""
    return read_gazetteer(shipped_text("watch", "gazetteer.csv"))


def fold(name: str) -> str:
    """A name as it is looked up: lower case, single blanks, no quotation marks."""
    for mark in "\"“”'’`":
        name = name.replace(mark, "")
    return " ".join(name.lower().split())


def spot_beside(anchor: Spot, distance_km: float, wind: str) -> Spot:
    """A point some kilometres off another in the direction of a wind.

    The wind is right to within 11.25 degrees and the distance to within half a kilometre, both
    taken as equally likely inside: 68 % of the error lies within 7.65 degrees and 0.34 km.
    """
    from pyproj import Geod

    east, north, _ = Geod(ellps="WGS84").fwd(
        anchor.longitude, anchor.latitude, bearing_deg(wind), distance_km * 1000
    )
    across = distance_km * 1000 * math.tan(math.radians(0.68 * 11.25))
    radius = math.hypot(anchor.radius_m, across, 340.0)
    return Spot(round(float(east), 5), round(float(north), 5), round(radius))
