"""Whether a record lies in a zone: its distance to the zone's line, its region, what was stated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from backstop.watch.agreement.chance import Chance, given
from backstop.watch.agreement.cloud import Cloud, Floats
from backstop.watch.agreement.zone import LineReference, Zone

if TYPE_CHECKING:
    from backstop.watch.line import LineDistances

_METRES_PER_DEGREE = 111_195.0


class LineLookup(Protocol):
    """A line with its vintages, such as ``backstop.watch.line.LineSeries``."""

    def distances(
        self, longitude: Floats, latitude: Floats, days: npt.NDArray[np.int64]
    ) -> LineDistances:
        """Measure points, each against the line of a day (proleptic ordinal)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds on a probability for each point of a cloud; arrays of shape (draws,)."""

    low: Floats
    high: Floats

    @property
    def chance(self) -> Chance:
        """Over all points."""
        return Chance(float(self.low.mean()), float(self.high.mean()))


@dataclass(frozen=True, slots=True)
class Distance:
    """How far the points of a cloud are from one line; arrays of shape (draws,)."""

    line: LineReference
    km: Floats
    """From the line as drawn; NaN where there is no line that may be used."""
    beyond: npt.NDArray[np.int8]
    """1 on the far side, 0 on the near side, -1 where no area was drawn."""
    error_km: Floats
    """What the drawn line may be off at each point, across itself."""
    tolerance: float
    """Relative error of the distance."""
    vintage: date | None
    """The drawing it was measured against, the newest where there were several."""
    stale_days: int
    """How much older than the day asked for that drawing is, at most."""
    missing: str
    """Why points are without a distance; empty when none is."""

    def typical_km(self) -> tuple[float, float, float] | None:
        """The 5th, 50th and 95th percentile of the distance; None without any."""
        known = np.abs(self.km + self.error_km)[~np.isnan(self.km)]
        if not len(known):
            return None
        low, middle, high = np.quantile(known, (0.05, 0.5, 0.95))
        return float(low), float(middle), float(high)


def measure(
    cloud: Cloud,
    days: npt.NDArray[np.int64],
    line: LineReference,
    lines: Mapping[str, LineLookup],
    *,
    edges_km: Sequence[float],
) -> Distance:
    """Distances of a cloud to a line: that of each point's own day, or that of the agreed day.

    ``edges_km`` are those of all zones on the line. Where the whole cloud lies clear of each of
    them and of the line itself, its middle is measured and the other points by the way they lie
    from it: no distance can change by more than the point moved, so nothing else can come out.
    """
    nothing = np.full(cloud.size, np.nan)
    no_side = np.full(cloud.size, -1, dtype=np.int8)
    error = np.zeros(cloud.size)
    if cloud.longitude is None or cloud.latitude is None:
        why = "the record has no coordinates"
        return Distance(line, nothing, no_side, error, 0.0, None, 0, why)
    series = lines.get(line.id)
    if series is None:
        why = f"no geometry of the line {line.id!r} was given"
        return Distance(line, nothing, no_side, error, 0.0, None, 0, why)
    if line.day is not None:
        days = np.full(cloud.size, date.fromisoformat(line.day).toordinal(), dtype=np.int64)
    near = _from_the_middle(cloud, days, line, series, edges_km)
    if near is not None:
        return near
    found = series.distances(cloud.longitude, cloud.latitude, days)
    usable = (found.vintage >= 0) & (found.stale_days <= line.most_stale_days)
    missing = "" if usable.all() else _missing(line, found, days)
    used = found.vintage[usable]
    return Distance(
        line,
        np.where(usable, found.distance_m / 1000.0, np.nan),
        np.where(usable, found.beyond, -1).astype(np.int8),
        cloud.sideways * _off_km(line, found.stated_km),
        found.tolerance,
        found.vintages[int(used.max())] if len(used) else None,
        int(found.stale_days[usable].max(initial=0)),
        missing,
    )


def _from_the_middle(
    cloud: Cloud,
    days: npt.NDArray[np.int64],
    line: LineReference,
    series: LineLookup,
    edges_km: Sequence[float],
) -> Distance | None:
    """The distances of a cloud that straddles nothing; None when it may straddle something."""
    assert cloud.longitude is not None
    assert cloud.latitude is not None
    if (days != days[0]).any():
        return None
    x, y = float(cloud.longitude.mean()), float(cloud.latitude.mean())
    found = series.distances(np.array([x]), np.array([y]), days[:1])
    if found.vintage[0] < 0 or found.stale_days[0] > line.most_stale_days:
        return None
    middle = float(found.distance_m[0]) / 1000.0
    shrink = math.cos(math.radians(y))
    east = (cloud.longitude - x) * shrink * _METRES_PER_DEGREE / 1000.0
    north = (cloud.latitude - y) * _METRES_PER_DEGREE / 1000.0
    # The flat-earth steps are within 2 % for the clouds of up to 100 km that can get this far.
    error = cloud.sideways * _off_km(line, found.stated_km)[0]
    reach = 1.02 * float(np.hypot(east, north).max()) + float(np.abs(error).max())
    clear = (abs(middle - edge) - found.tolerance * middle for edge in (0.0, *edges_km))
    if reach >= min(100.0, *clear):
        return None
    out_east = (x - float(found.longitude[0])) * shrink
    out_north = y - float(found.latitude[0])
    length = math.hypot(out_east, out_north)
    return Distance(
        line,
        middle + (east * out_east + north * out_north) / length,
        np.full(cloud.size, found.beyond[0], dtype=np.int8),
        error,
        found.tolerance,
        found.vintages[int(found.vintage[0])],
        int(found.stale_days[0]),
        "",
    )


def _off_km(line: LineReference, stated_km: Floats) -> Floats:
    """How far the line may be off: as its drawing says, else as the agreement does."""
    return np.where(np.isnan(stated_km), line.uncertainty_km, stated_km)


def _missing(line: LineReference, found: LineDistances, days: npt.NDArray[np.int64]) -> str:
    asked = date.fromordinal(int(days.max()))
    if (found.vintage < 0).any():
        return f"there is no drawing of the line {line.id!r} of {asked} or before"
    newest = found.vintages[int(found.vintage.max())]
    return (
        f"the newest drawing of the line {line.id!r} before {asked} is of {newest}, older than the "
        f"{line.most_stale_days} days allowed"
    )


def in_band(zone: Zone, distance: Distance, *, side: str | None) -> Bounds:
    """Whether points lie in a zone along a line.

    ``side`` is that of the party whose clause it is. Where the drawing says on which side a point
    lies, and it is not that party's own, the point counts as inside: whoever has to keep 25 km
    away from a line on one side has not done so by going across it.
    """
    signed = distance.km.copy()
    if side is not None:
        own = distance.beyond == (1 if side == "far" else 0)
        signed = np.where((distance.beyond >= 0) & ~own, -signed, signed)
        depth = signed + distance.error_km
        across = distance.beyond >= 0
        depth = np.where(across, depth, np.abs(depth))
    else:
        depth = np.abs(signed + distance.error_km)
    narrow, wide = zone.edges_km
    slack = distance.tolerance * np.abs(depth)
    unknown = np.isnan(depth)
    with np.errstate(invalid="ignore"):
        low = np.where(unknown, 0.0, (depth + slack <= narrow).astype(np.float64))
        high = np.where(unknown, 1.0, (depth - slack <= wide).astype(np.float64))
    return Bounds(low, high)


def in_regions(zone: Zone, cloud: Cloud, region: str) -> Bounds:
    """Whether a record lies in regions: by the region's name, else by the outline."""
    ones = np.ones(cloud.size)
    if region.strip():
        named = {name.casefold() for name in zone.regions}
        share = float(region.strip().casefold() in named)
        return Bounds(ones * share, ones * share)
    if not zone.outline or cloud.longitude is None or cloud.latitude is None:
        return Bounds(ones * 0.0, ones)
    from shapely import contains_xy, prepare
    from shapely.geometry import Polygon

    area = Polygon(zone.outline)
    prepare(area)
    degrees = zone.outline_uncertainty_km * 1000 / _METRES_PER_DEGREE
    east = degrees * cloud.jitter[0] / np.cos(np.radians(cloud.latitude))
    inside = contains_xy(area, cloud.longitude + east, cloud.latitude + degrees * cloud.jitter[1])
    share_of = np.asarray(inside, dtype=np.float64)
    return Bounds(share_of, share_of)


def as_stated(size: int, share: float | None) -> Bounds:
    """Whether somebody states that a record lies in a zone; nobody knows where nobody does."""
    chance = Chance(0.0, 1.0) if share is None else given(share)
    return Bounds(np.full(size, chance.low), np.full(size, chance.high))
