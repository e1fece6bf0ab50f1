"""``line.geojson``: the line of contact as dated, sourced geometry (RFC 7946, WGS 84)."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from backstop.scenario.dates import Dated
from backstop.scenario.ident import Ident, Idents
from backstop.scenario.quantity import Real
from backstop.scenario.record import Record


def _on_earth(point: tuple[float, float]) -> tuple[float, float]:
    longitude, latitude = point
    if not -180 <= longitude <= 180:
        raise ValueError(f"longitude {longitude:g} is outside -180 to 180")
    if not -90 <= latitude <= 90:
        swapped = "; GeoJSON writes longitude first" if abs(latitude) <= 180 else ""
        raise ValueError(f"latitude {latitude:g} is outside -90 to 90{swapped}")
    return point


def _a_line(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if len(set(points)) < 2:
        raise ValueError("a line needs two different points")
    for number, (first, second) in enumerate(pairwise(points), start=1):
        if first == second:
            raise ValueError(f"points {number} and {number + 1} are the same")
        if abs(first[0] - second[0]) > 180:
            raise ValueError(f"points {number} and {number + 1} lie across the antimeridian")
    return points


Point = Annotated[tuple[Real, Real], AfterValidator(_on_earth)]


class LineString(Record):
    """An open line of at least two points."""

    type: Literal["LineString"]
    """Always ``LineString``."""
    coordinates: Annotated[
        tuple[Point, ...], Field(min_length=2, max_length=100_000), AfterValidator(_a_line)
    ]
    """Longitude and latitude of each point, in degrees."""


class LineProperties(Record):
    """What the line is."""

    id: Ident
    """The line definition of scenario.toml it draws."""
    date: Dated = Field(json_schema_extra={"descriptive": True})
    """The day it shows."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """How exact it is."""
    tolerance: Real = Field(default=0.25, gt=0, le=1)
    """Share by which the stated length may differ from the drawn one before ``check`` objects."""
    uncertainty_km: Real | None = Field(
        default=None, ge=0, le=200, json_schema_extra={"descriptive": True}
    )
    """How far the drawn line may be off across itself, in kilometres (one standard deviation); a
    mission that watches over the line classifies with it."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class LineFeature(Record):
    """One line."""

    type: Literal["Feature"]
    """Always ``Feature``."""
    properties: LineProperties
    """What it is."""
    geometry: LineString
    """Where it runs."""


class Lines(Record):
    """The feature collection of ``line.geojson``."""

    type: Literal["FeatureCollection"]
    """Always ``FeatureCollection``."""
    features: tuple[LineFeature, ...] = Field(min_length=1)
    """The lines."""


#: Mean radius of the Earth in km (IUGG), and how far lengths on that sphere are from the ellipsoid.
_RADIUS_KM = 6371.0088
ROUGHNESS = 0.006


def rough_length_km(line: LineString) -> float:
    """Length on a sphere, in kilometres, within 0.6 % of ``length_km`` (haversine; Sinnott 1984).

    It spares the common case the loading of PROJ, which takes longer than all other checks.
    """
    total = 0.0
    for (first_x, first_y), (second_x, second_y) in pairwise(line.coordinates):
        x1, y1, x2, y2 = map(math.radians, (first_x, first_y, second_x, second_y))
        rise, turn = math.sin((y2 - y1) / 2), math.sin((x2 - x1) / 2)
        half = min(1.0, rise * rise + math.cos(y1) * math.cos(y2) * turn * turn)
        total += 2 * _RADIUS_KM * math.asin(math.sqrt(half))
    return total


def length_km(line: LineString) -> float:
    """Geodesic length on the WGS 84 ellipsoid, in kilometres (Karney 2013, through PROJ)."""
    from pyproj import Geod

    longitudes, latitudes = zip(*line.coordinates, strict=True)
    return float(Geod(ellps="WGS84").line_length(longitudes, latitudes)) / 1000.0
