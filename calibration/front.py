"""Daily maps of occupied ground, and what was gained and lost from one to the next.

Source: DeepStateMap polygons archived by github.com/cyterat/deepstate-map-data. One observer's
map: a late correction looks like an advance, and a quiet day may be a day without an update.
"""

from __future__ import annotations

import datetime
import itertools
import json
import re
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Equal area, so that a square kilometre is one everywhere along the line.
EQUAL_AREA = "+proj=aea +lat_1=46 +lat_2=51 +lat_0=48.5 +lon_0=36 +datum=WGS84"
#: Slivers below this are noise of the polygons' rounding.
SLIVER_KM2 = 1e-3
DATE = re.compile(r"(\d{4})(\d{2})(\d{2})\.geojson$")


@dataclass(frozen=True, slots=True)
class Map:
    """Occupied ground on one date, in kilometres of an equal-area projection."""

    date: datetime.date
    """The day of the map."""
    ground: BaseGeometry
    """The polygons."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from map to map: arrays over the intervals between maps."""

    start: datetime.date
    """Date of the first map."""
    day: Ints
    """Days from the start to the end of each interval, shape (intervals,)."""
    length_days: Ints
    """Days in each interval: 1, or 2 to 3 across a gap."""
    gained_km2: Floats
    """Ground newly occupied."""
    lost_km2: Floats
    """Ground given up."""
    patch_interval: Ints
    """Interval of every patch newly occupied, shape (patches,)."""
    patch_km2: Floats
    """Area of the patch."""
    patch_point: Floats
    """Its centroid in projected kilometres, shape (patches, 2)."""

    @property
    def net_km2(self) -> Floats:
        """Gained less lost, an interval."""
        return self.gained_km2 - self.lost_km2

    def until(self, last: datetime.date) -> Changes:
        """The intervals that end on a date or before it."""
        return self._where(self.day <= (last - self.start).days)

    def since(self, first: datetime.date) -> Changes:
        """The intervals that end after a date."""
        return self._where(self.day > (first - self.start).days)

    def _where(self, keep: NDArray[np.bool_]) -> Changes:
        renumbered = np.cumsum(keep) - 1
        patches = keep[self.patch_interval]
        return Changes(
            self.start,
            self.day[keep],
            self.length_days[keep],
            self.gained_km2[keep],
            self.lost_km2[keep],
            renumbered[self.patch_interval[patches]],
            self.patch_km2[patches],
            self.patch_point[patches],
        )


@cache
def to_km() -> Transformer:
    """From longitude and latitude to metres of the equal-area projection."""
    return Transformer.from_crs(4326, EQUAL_AREA, always_xy=True)


def project(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in longitude and latitude, in kilometres and made valid."""
    transformer = to_km()

    def kilometres(points: Floats) -> Floats:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1])) / 1000

    projected = shapely.transform(geometry, kilometres)
    return projected if projected.is_valid else shapely.make_valid(projected)


def read_maps(archive: Path) -> list[Map]:
    """The daily maps of an archive (`.tar.xz` of GeoJSON named by date), by date."""
    maps = []
    with tarfile.open(archive, "r:xz") as bundle:
        for member in bundle:
            match = DATE.search(member.name)
            stream = bundle.extractfile(member) if match and member.isfile() else None
            if match is None or stream is None:
                continue
            document = json.load(stream)
            shapes = [_shape(feature["geometry"]) for feature in document["features"]]
            date = datetime.date(*(int(part) for part in match.groups()))
            maps.append(Map(date, shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)))
    return sorted(maps, key=lambda one: one.date)


def _shape(geometry: dict[str, object]) -> BaseGeometry:
    return project(shape(geometry))


def changes(maps: Sequence[Map]) -> Changes:
    """Ground gained and lost between maps that follow each other.

    Parameters
    ----------
    maps : sequence of Map
        By date; two at least.

    Returns
    -------
    Changes
        An interval of two or three days counts once, with its length.
    """
    gained, lost, interval, area, point = [], [], [], [], []
    for number, (before, after) in enumerate(itertools.pairwise(maps)):
        new = after.ground.difference(before.ground)
        gained.append(new.area)
        lost.append(before.ground.difference(after.ground).area)
        for patch in shapely.get_parts(new):
            if patch.area > SLIVER_KM2:
                interval.append(number)
                area.append(patch.area)
                point.append((patch.centroid.x, patch.centroid.y))
    dates = [one.date for one in maps]
    day = np.array([(date - dates[0]).days for date in dates[1:]])
    return Changes(
        dates[0],
        day,
        np.diff(np.concatenate([[0], day])),
        np.array(gained),
        np.array(lost),
        np.array(interval, dtype=np.int64),
        np.array(area),
        np.array(point).reshape(-1, 2),
    )


def read_line(geojson: Path, *, tolerance_km: float = 10.0) -> shapely.LineString:
    """The longest part of the first line of a file, smoothed: an axis to measure along.

    The raw line winds; without smoothing a cell of fixed length covers less front where the line
    is drawn in more detail. The first line is used because it was known before what is measured.
    """
    document = json.loads(geojson.read_text(encoding="utf-8"))
    first = min(document["features"], key=lambda f: f["properties"]["date"])
    parts = shapely.get_parts(_shape(first["geometry"]))
    return max(parts, key=lambda part: part.length).simplify(tolerance_km)


def by_cell(
    found: Changes, axis: shapely.LineString, *, cells: int, reach_km: float = np.inf
) -> Floats:
    """Ground gained by interval and cell of equal length along an axis.

    Parameters
    ----------
    found : Changes
    axis : LineString
        In projected kilometres.
    cells : int
        Number of cells.
    reach_km : float
        Patches farther from the axis than this are left out.

    Returns
    -------
    array, shape (intervals, cells)
        Square kilometres.
    """
    points = shapely.points(found.patch_point)
    place = shapely.line_locate_point(axis, points, normalized=True)
    cell = np.minimum((place * cells).astype(int), cells - 1)
    near = shapely.distance(axis, points) <= reach_km
    grid = np.zeros((len(found.day), cells))
    np.add.at(grid, (found.patch_interval[near], cell[near]), found.patch_km2[near])
    return grid


def by_week(values: Floats, day: Ints, *, first: int = 0) -> Floats:
    """Sums over whole weeks of values that belong to days counted from the start.

    Parameters
    ----------
    values : array, shape (intervals,) or (intervals, cells)
    day : array, shape (intervals,)
        Day on which each interval ends, 1 the first.
    first : int
        Day before the first week; earlier intervals are left out.

    Returns
    -------
    array, shape (weeks,) or (weeks, cells)
        A last week that is not complete is left out.
    """
    week = (day - 1 - first) // 7
    weeks = int((day[-1] - first) // 7)
    keep = (week >= 0) & (week < weeks)
    sums = np.zeros((weeks, *values.shape[1:]))
    np.add.at(sums, week[keep], values[keep])
    return sums
