"""``line.geojson``: the line of contact as dated, sourced geometry (RFC 7946, WGS 84).

What QGIS and GDAL write besides is taken too: a layer's name and extent, a feature's number, a
height, an empty attribute, a line that is called a multi-line. None of it means anything here, so
none of it is part of the scenario's digest. A reference system that is not WGS 84 is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from backstop.errors import Problem
from backstop.scenario.dates import Dated
from backstop.scenario.document import Document, at
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


def _flat(point: Any) -> Any:
    return point[:2] if isinstance(point, list) and len(point) == 3 else point


def _in_one_piece(geometry: Any) -> Any:
    """A multi-line of one piece as the line that it is."""
    if not isinstance(geometry, Mapping) or geometry.get("type") != "MultiLineString":
        return geometry
    pieces = geometry.get("coordinates")
    if not isinstance(pieces, list) or len(pieces) != 1:
        count = f"{len(pieces)} pieces" if isinstance(pieces, list) else "pieces"
        raise ValueError(f"is a line in {count}; join them end to end to one LineString")
    return {**geometry, "type": "LineString", "coordinates": pieces[0]}


def _unused(default: Any = None) -> Any:
    """A field that is read so that it is not refused, and then forgotten."""
    return Field(default=default, exclude=True, json_schema_extra={"descriptive": True})


Point = Annotated[tuple[Real, Real], BeforeValidator(_flat), AfterValidator(_on_earth)]
Extent = Annotated[tuple[Real, ...], Field(min_length=4, max_length=6)]


class LineString(Record):
    """An open line of at least two points."""

    type: Literal["LineString"]
    """Always ``LineString``."""
    coordinates: Annotated[
        tuple[Point, ...], Field(min_length=2, max_length=100_000), AfterValidator(_a_line)
    ]
    """Longitude and latitude of each point, in degrees; a height behind them is not used."""
    bbox: Extent | None = _unused()
    """Its extent, as some programs write it; not used."""


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

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: Any) -> Any:
        """An attribute that is null says nothing: a GIS gives all features the same ones."""
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value is not None}


class LineFeature(Record):
    """One line."""

    type: Literal["Feature"]
    """Always ``Feature``."""
    properties: LineProperties
    """What it is."""
    geometry: Annotated[LineString, BeforeValidator(_in_one_piece)]
    """Where it runs."""
    id: str | int | None = _unused()
    """Its number in the program that wrote it; not used."""
    bbox: Extent | None = _unused()
    """Its extent, as some programs write it; not used."""


class CrsName(Record):
    """The name of a reference system."""

    name: str = _unused("")
    """Such as ``urn:ogc:def:crs:OGC:1.3:CRS84``."""


class Crs(Record):
    """The reference system, as GeoJSON had it before RFC 7946 and QGIS still writes it."""

    type: Literal["name"]
    """Always ``name``."""
    properties: CrsName
    """Which one: WGS 84 (``CRS84`` or ``EPSG:4326``), longitude first; no other is accepted."""


class Lines(Record):
    """The feature collection of ``line.geojson``."""

    type: Literal["FeatureCollection"]
    """Always ``FeatureCollection``."""
    features: tuple[LineFeature, ...] = Field(min_length=1)
    """The lines."""
    crs: Crs | None = _unused()
    """The reference system, where one is named; it can only be WGS 84."""
    name: str = _unused("")
    """The layer's name, as QGIS and GDAL write it; not used."""
    description: str = _unused("")
    """The layer's description, as QGIS and GDAL write it; not used."""
    bbox: Extent | None = _unused()
    """Its extent, as some programs write it; not used."""
    xy_coordinate_resolution: Real | None = _unused()
    """How exact coordinates are written, as GDAL writes it; not used."""


_WGS84 = re.compile(
    r"(urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?(OGC[:/][\d.]*[:/]?CRS84|"
    r"EPSG[:/][\d.]*[:/]?4326)",
    re.IGNORECASE,
)


def crs_problem(drawing: Document) -> Problem | None:
    """The one problem of a drawing whose numbers are no degrees of WGS 84; None when they are."""
    where = ("crs", "properties", "name")
    name = at(drawing.data, where)
    if not isinstance(name, str) or _WGS84.fullmatch(name.strip()):
        return None
    message = f"is {name[:80]!r}; save the layer in WGS 84 (EPSG:4326), longitude first"
    return drawing.problem(where, message)


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
