"""Distance to the line of contact as it ran on the day of the record.

A line moves. Each of its *vintages* is what it was on one day, or over a period that the drawing
states. A record is measured against the vintage of its own day, or, where there is none, against
the nearest earlier one, and the result says which, how stale it is, and how far the drawing says
that it may be off. Distances are taken on a plane (Lambert azimuthal equal-area about the line's
middle) and taken again on the ellipsoid where a threshold is near.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from shapely import STRtree
    from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Vintage:
    """A line as it ran on one day."""

    day: date
    parts: tuple[Floats, ...]
    """Its pieces, each of shape (points, 2): longitude and latitude."""
    beyond: BaseGeometry | None = None
    """The area on the far side, in longitude and latitude, where somebody drew it."""
    until: date | None = None
    """The last day for which it holds as drawn; its own day where nothing is said."""
    uncertainty_km: float | None = None
    """How far it may be off across itself, one standard deviation, where the drawing says so."""

    @property
    def last(self) -> date:
        """The last day on which it is not stale."""
        return self.until or self.day


@dataclass(frozen=True, slots=True)
class LineDistances:
    """Distances of records to the line of their own day; all arrays of shape (records,)."""

    line: str
    distance_m: Floats
    """On the plane; NaN where there was no line yet. The relative error is ``tolerance``."""
    vintage: Ints
    """Number of the vintage it was measured against, in ``vintages``; -1 for none."""
    stale_days: Ints
    """Days from the last day that vintage holds for; 0 up to that day, -1 for none."""
    longitude: Floats
    """The nearest point of the line."""
    latitude: Floats
    beyond: npt.NDArray[np.int8]
    """1 on the far side of the line, 0 on the near side, -1 where no area was drawn."""
    vintages: tuple[date, ...]
    tolerance: float
    """Relative error that the plane may have, from the extent of what was measured."""
    stated_km: Floats
    """How far the drawing says it may be off (one standard deviation); NaN where it does not."""


class LineSeries:
    """The vintages of one line.

    Parameters
    ----------
    line : str
        What the line is called.
    vintages : sequence of Vintage
        In any order; two of one day are a mistake.
    """

    def __init__(self, line: str, vintages: Sequence[Vintage]) -> None:
        ordered = sorted(vintages, key=lambda one: one.day)
        if not ordered:
            raise ValueError(f"the line {line!r} has no vintage")
        for first, second in pairwise(ordered):
            if first.day == second.day:
                raise ValueError(f"the line {line!r} has two vintages of {first.day}")
        for one in ordered:
            if one.last < one.day:
                raise ValueError(f"the line {line!r} of {one.day} ends before that, on {one.last}")
        self.line = line
        self.vintages = tuple(ordered)
        self._trees: dict[int, tuple[STRtree, Floats]] = {}

    @cached_property
    def _ordinals(self) -> Ints:
        return np.array([one.day.toordinal() for one in self.vintages], dtype=np.int64)

    @cached_property
    def _lasts(self) -> Ints:
        return np.array([one.last.toordinal() for one in self.vintages], dtype=np.int64)

    @cached_property
    def _stated(self) -> Floats:
        return np.array([
            np.nan if one.uncertainty_km is None else one.uncertainty_km for one in self.vintages
        ])  # fmt: skip

    @cached_property
    def _centre(self) -> tuple[float, float]:
        corners = np.array([
            (part.min(axis=0), part.max(axis=0)) for one in self.vintages for part in one.parts
        ])  # fmt: skip
        low, high = corners[:, 0].min(axis=0), corners[:, 1].max(axis=0)
        return float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2)

    @cached_property
    def _project(self) -> Any:
        from pyproj import Transformer

        longitude, latitude = self._centre
        plane = f"+proj=laea +lon_0={longitude} +lat_0={latitude} +ellps=WGS84 +units=m"
        return Transformer.from_crs("EPSG:4326", plane, always_xy=True)

    def _tree(self, number: int) -> tuple[STRtree, Floats]:
        """Segments of a vintage on the plane, in a tree, and their ends (segments, 2, 2)."""
        import shapely

        if number not in self._trees:
            pieces = []
            for part in self.vintages[number].parts:
                plane = np.column_stack(self._project.transform(part[:, 0], part[:, 1]))
                pieces.append(np.stack([plane[:-1], plane[1:]], axis=1))
            ends = np.concatenate(pieces)
            self._trees[number] = (shapely.STRtree(shapely.linestrings(ends)), ends)
        return self._trees[number]

    def vintage_of(self, days: Ints) -> Ints:
        """The vintage in force on each day (proleptic ordinals); -1 before the first."""
        return np.searchsorted(self._ordinals, days, side="right").astype(np.int64) - 1

    def distances(self, longitude: Floats, latitude: Floats, days: Ints) -> LineDistances:
        """Measure records, each against the line of its own day.

        Parameters
        ----------
        longitude, latitude : array (records,)
            In degrees.
        days : array (records,)
            ``date.toordinal()`` of each.
        """
        east, north = self._project.transform(longitude, latitude)
        plane = np.column_stack([east, north])
        chosen = self.vintage_of(np.asarray(days, dtype=np.int64))
        found = np.full((len(plane), 2), np.nan)
        distance = np.full(len(plane), np.nan)
        beyond = np.full(len(plane), -1, dtype=np.int8)
        order = np.argsort(chosen, kind="stable")
        starts = np.searchsorted(chosen[order], np.unique(chosen[order]))
        for rows in np.split(order, starts[1:]):
            number = int(chosen[rows[0]]) if len(rows) else -1
            if number < 0:
                continue
            found[rows], distance[rows] = self._nearest(number, plane[rows])
            beyond[rows] = self._beyond(number, longitude[rows], latitude[rows])
        on_line = self._project.transform(found[:, 0], found[:, 1], direction="INVERSE")
        stale = np.where(chosen >= 0, np.maximum(0, days - self._lasts[chosen]), -1)
        return LineDistances(
            self.line,
            distance,
            chosen,
            stale.astype(np.int64),
            np.where(chosen >= 0, on_line[0], np.nan),
            np.where(chosen >= 0, on_line[1], np.nan),
            beyond,
            tuple(one.day for one in self.vintages),
            self._tolerance(plane),
            np.where(chosen >= 0, self._stated[chosen], np.nan),
        )

    def _nearest(self, number: int, plane: Floats) -> tuple[Floats, Floats]:
        """The nearest point of a vintage to each point, and its distance, on the plane."""
        import shapely

        tree, ends = self._tree(number)
        points = shapely.points(plane)
        (which, segment), _ = tree.query_nearest(points, return_distance=True, all_matches=False)
        start, step = ends[segment, 0], ends[segment, 1] - ends[segment, 0]
        length = np.einsum("ij,ij->i", step, step)
        along = np.einsum("ij,ij->i", plane[which] - start, step) / np.where(length > 0, length, 1)
        foot = np.empty_like(plane)
        foot[which] = start + np.clip(along, 0, 1)[:, None] * step
        return foot, np.hypot(*(plane - foot).T)

    def _beyond(self, number: int, longitude: Floats, latitude: Floats) -> npt.NDArray[np.int8]:
        import shapely

        area = self.vintages[number].beyond
        if area is None:
            return np.full(len(longitude), -1, dtype=np.int8)
        shapely.prepare(area)
        return np.asarray(shapely.contains_xy(area, longitude, latitude), dtype=np.int8)

    def _tolerance(self, plane: Floats) -> float:
        """Relative error of the projection at the farthest point.

        At an angle c from the centre the scale is cos(c/2) outward and its inverse across
        (Snyder 1987, p. 185), so lengths are wrong by at most c²/8 and the terms behind it.
        Half as much is added, and 0.0001 for the ellipsoid.
        """
        reach = max(
            float(np.hypot(*plane.T).max(initial=0.0)),
            *(float(np.hypot(*self._plane_ends(number).T).max()) for number in (0, -1)),
        )
        angle = reach / 1000 / _EARTH_KM
        return 1.5 * angle**2 / 8 + 1e-4

    def _plane_ends(self, number: int) -> Floats:
        _, ends = self._tree(number % len(self.vintages))
        return ends.reshape(-1, 2)


def within(
    found: LineDistances, longitude: Floats, latitude: Floats, *, threshold_m: float
) -> npt.NDArray[np.bool_]:
    """Which records lie within a distance of the line; near the threshold by geodesics.

    The plane decides where its error cannot matter; elsewhere the geodesic to the nearest point of
    the line does (Karney 2013, through PROJ). A record without a line is not within.
    """
    from pyproj import Geod

    with np.errstate(invalid="ignore"):
        inside = np.asarray(found.distance_m <= threshold_m)
        close = np.abs(found.distance_m - threshold_m) <= found.tolerance * threshold_m
    near = np.flatnonzero(close)
    if len(near):
        _, _, exact = Geod(ellps="WGS84").inv(
            longitude[near], latitude[near], found.longitude[near], found.latitude[near]
        )
        inside[near] = np.asarray(exact) <= threshold_m
    return inside


def relation(found: LineDistances, row: int) -> Mapping[str, object]:
    """What is known of one record's place relative to the line, as JSON values."""
    number = int(found.vintage[row])
    if number < 0:
        return {"line": found.line, "note": "there is no line of that day or before"}
    stale = int(found.stale_days[row])
    told: dict[str, object] = {
        "line": found.line,
        "vintage": found.vintages[number].isoformat(),
        "distance_m": round(float(found.distance_m[row]), 1),
        "relative_error": round(found.tolerance, 6),
        "stale_days": stale,
    }
    if stale:
        told["note"] = f"there is no line of that day; this one is of {told['vintage']}"
    if not np.isnan(found.stated_km[row]):
        told["line_uncertainty_m"] = round(1000.0 * float(found.stated_km[row]), 1)
    if found.beyond[row] >= 0:
        told["side"] = "far" if found.beyond[row] else "near"
    return told
