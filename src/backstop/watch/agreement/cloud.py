"""A record's uncertain place and time as points that are equally likely, the same at each run.

The points are a rank-1 lattice, not a draw of chance: the same record always gets the same ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from backstop.watch.moment import Moment, zone_of
from backstop.watch.place import Place, Rings
from backstop.watch.sector import sample

if TYPE_CHECKING:
    from backstop.watch.place import Sector

Floats = npt.NDArray[np.float64]

#: The 68 % radius of a round normal, in standard deviations of one coordinate.
_ROUND_68 = math.sqrt(-2 * math.log(1 - 0.68))
#: Radius taken where a source states none, by how the place was found: judgement.
UNSTATED_RADIUS_M: Mapping[str, float] = {"gps": 50.0, "satellite": 50.0, "map": 500.0}
_UNSTATED_ELSE_M = 1000.0
_METRES_PER_DEGREE = 111_195.0
_DIMENSIONS = 8


@dataclass(frozen=True, slots=True)
class Cloud:
    """Equally likely places and times of one record; arrays of shape (draws,)."""

    longitude: Floats | None
    """None where the record has no coordinates."""
    latitude: Floats | None
    share: Floats
    """How far through the record's time, 0 to 1; 1 excluded."""
    sideways: Floats
    """Standard normal scores for the error of a drawn line, the same for all zones."""
    jitter: tuple[Floats, Floats]
    """Two independent normal scores for the error of an outline."""

    @property
    def size(self) -> int:
        """Number of points."""
        return len(self.share)


def cloud_of(place: Place, *, draws: int) -> Cloud:
    """The cloud of a place: normal round a point, uniform over a polygon or a sector."""
    grid = _lattice(draws)
    sideways, _ = _normals(grid[3], grid[4])
    longitude: Floats | None = None
    latitude: Floats | None = None
    if place.sector is not None and place.sector.located:
        longitude, latitude = _of_sector(place.sector, draws)
    elif place.polygon is not None:
        longitude, latitude = _of_polygon(place.polygon, draws)
    elif place.longitude is not None and place.latitude is not None:
        east, north = _normals(grid[0], grid[1])
        sigma = radius_m(place) / _ROUND_68
        latitude = place.latitude + north * sigma / _METRES_PER_DEGREE
        shrink = _METRES_PER_DEGREE * max(0.05, math.cos(math.radians(place.latitude)))
        longitude = place.longitude + east * sigma / shrink
    return Cloud(longitude, latitude, grid[2], sideways, _normals(grid[5], grid[6]))


def radius_m(place: Place) -> float:
    """The radius that holds the act with probability 0.68, judged where none is stated."""
    if place.radius_m is not None:
        return place.radius_m
    return UNSTATED_RADIUS_M.get(place.method, _UNSTATED_ELSE_M)


def times(moment: Moment, cloud: Cloud) -> tuple[Floats, npt.NDArray[np.int64]]:
    """A time for each point of the cloud, uniform within the moment's bounds.

    Returns
    -------
    seconds : array (draws,)
        POSIX time.
    days : array (draws,)
        Calendar day in the moment's own zone, as proleptic ordinal.
    """
    span = (moment.latest - moment.earliest).total_seconds()
    seconds = moment.earliest.timestamp() + span * cloud.share
    if moment.first_day == moment.last_day:
        return seconds, np.full(cloud.size, moment.first_day.toordinal(), dtype=np.int64)
    zone = zone_of(moment.zone)
    local = [datetime.fromtimestamp(one, zone).toordinal() for one in seconds.tolist()]
    return seconds, np.array(local, dtype=np.int64)


@lru_cache(maxsize=4)
def _lattice(draws: int) -> Floats:
    """Points that fill the unit cube evenly, shape (dimensions, draws) (Roberts 2018, R-sequence).

    The steps are powers of the root of x^(d+1) = x + 1, which generalises the golden ratio.
    """
    root = 1.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (_DIMENSIONS + 1))
    steps = root ** -np.arange(1.0, _DIMENSIONS + 1)
    return np.asarray((0.5 + np.outer(steps, np.arange(draws))) % 1.0)


def _normals(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Two independent standard normal scores from two uniform ones (Box and Muller 1958)."""
    length = np.sqrt(-2.0 * np.log1p(-first))
    angle = 2.0 * np.pi * second
    return length * np.cos(angle), length * np.sin(angle)


@lru_cache(maxsize=512)
def _of_sector(sector: Sector, draws: int) -> tuple[Floats, Floats]:
    points = sample(sector, draws=draws, seed=0)
    return points[:, 0], points[:, 1]


@lru_cache(maxsize=512)
def _of_polygon(rings: Rings, draws: int) -> tuple[Floats, Floats]:
    """Points inside a polygon: those of a lattice over its box that fall into it."""
    from shapely import contains_xy, prepare
    from shapely.geometry import Polygon

    area = Polygon(rings[0], rings[1:])
    if not area.is_valid or area.area == 0:
        area = area.buffer(0) if area.buffer(0).area > 0 else area.buffer(1e-6)
    prepare(area)
    west, south, east, north = area.bounds
    tried = 4 * draws
    while True:
        grid = _lattice(tried)
        # Equal shares of area, not of latitude, count.
        low, high = math.sin(math.radians(south)), math.sin(math.radians(north))
        x = west + grid[0] * (east - west)
        y = np.degrees(np.arcsin(low + grid[1] * (high - low)))
        inside = np.flatnonzero(contains_xy(area, x, y))
        if len(inside) >= draws or tried > 4_000_000:
            break
        tried *= 4
    chosen = np.resize(inside, draws) if len(inside) else np.zeros(draws, dtype=np.int64)
    return x[chosen], y[chosen]
