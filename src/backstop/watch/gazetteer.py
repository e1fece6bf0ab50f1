"""Names of places with coordinates: those shipped, and those a mission adds.

A name that is not in it stays a name, and no point is made up for it. Names that several villages
bear are left out, unless the reports nearly always mean the same one.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from backstop.scenario.files import shipped_text
from backstop.watch.sector import bearing_deg, wgs84


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
    """Towns of Ukraine and the places of the line of contact of 2014 to 2022.

    From Natural Earth (public domain) and UCDP GED (CC BY 4.0; Sundberg and Melander 2013); the
    rest is judgement. Each row names its source.
    """
    return read_gazetteer(shipped_text("watch", "gazetteer.csv"))


def fold(name: str) -> str:
    """A name as it is looked up: lower case, single blanks, no quotation marks."""
    for mark in "\"“”'’`":
        name = name.replace(mark, "")
    return " ".join(name.lower().split())


#: Within which angle 68 % of places lie of the wind that a report gives for them, by how fine the
#: rose is. Eight winds: measured on 16 positions of published OSCE reports against the coordinates
#: of the places, whose winds were off by up to 35 degrees. Sixteen winds: half a point, uniform.
_EIGHT_WINDS_DEG = 18.5
_SIXTEEN_WINDS_DEG = 0.68 * 11.25
#: The same of the distance, in metres (16 positions: 1.06 km root mean square).
_DISTANCE_M = 1_060.0


def spot_beside(anchor: Spot, distance_km: float, wind: str) -> Spot:
    """A point some kilometres off another in the direction of a wind, with its 68 % radius."""
    east, north, _ = wgs84().fwd(
        anchor.longitude, anchor.latitude, bearing_deg(wind), distance_km * 1000
    )
    angle = _SIXTEEN_WINDS_DEG if len(wind) > 2 else _EIGHT_WINDS_DEG
    across = distance_km * 1000 * math.tan(math.radians(angle))
    radius = math.hypot(anchor.radius_m, across, _DISTANCE_M)
    return Spot(round(float(east), 5), round(float(north), 5), round(radius))


#: How many of its radii a place may lie off from where a report puts it and still be the same.
_SAME_WITHIN = 2.5


def sharper(named: Spot | None, beside: Spot | None) -> Spot | None:
    """Of a place by its own name and by its distance from another: the sharper, if they agree.

    Where they do not, the name is that of another place, and the distance is believed.
    """
    if named is None or beside is None:
        return named or beside
    _, _, apart_m = wgs84().inv(named.longitude, named.latitude, beside.longitude, beside.latitude)
    if apart_m > _SAME_WITHIN * math.hypot(named.radius_m, beside.radius_m):
        return beside
    return named if named.radius_m <= beside.radius_m else beside
