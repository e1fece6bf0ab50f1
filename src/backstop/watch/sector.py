"""The area that an observer's report covers: an annular sector, its centre, radius and sampler.

An observer who hears explosions "2-7km north and north-east" names a range band and two winds of
the compass. A wind stands for the sector up to half way to its neighbours on the same rose: in a
text that uses sixteen winds, north is 348.75 to 11.25 degrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from backstop.watch.place import Place, Sector

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from pyproj import Geod
    from shapely.geometry.base import BaseGeometry

#: The sixteen winds, clockwise from north.
WINDS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE",
    "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip
_WORDS = {"north": "N", "east": "E", "south": "S", "west": "W"}
#: Width of one wind of a rose of sixteen, in degrees.
WIND_DEG = 22.5
#: The 68 % radius of a round normal in standard deviations of one coordinate: sqrt(-2 ln 0.32).
_NORMAL_68 = 1.5096


def wind(text: str) -> str:
    """A wind of the compass in letters: ``NNE`` of "north-north-east", "NNE" or "nne".

    Raises
    ------
    ValueError
        When it is none of the sixteen.
    """
    parts = text.lower().replace("-", " ").split()
    joined = "".join(_WORDS.get(part, part.upper()) for part in _apart(parts))
    if joined not in WINDS:
        raise ValueError(f"{text[:40]!r} is no wind of the compass")
    return joined


def _apart(parts: list[str]) -> Iterator[str]:
    """``northeast`` as two words."""
    for part in parts:
        for first in ("north", "south"):
            rest = part.removeprefix(first)
            if rest != part and rest in _WORDS:
                yield from (first, rest)
                break
        else:
            yield part


def bearing_deg(name: str) -> float:
    """The middle of a wind, in degrees clockwise from true north."""
    return WINDS.index(name) * WIND_DEG


def bearings_of(names: Iterable[str]) -> tuple[tuple[float, float], ...]:
    """The sectors of several winds, neighbours joined; nothing for all sixteen.

    The same rose of sixteen is used for all, so that N and NE leave a gap at NNE.
    """
    places = sorted({WINDS.index(name) for name in names})
    if len(places) == len(WINDS):
        return ()
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][-1] == len(WINDS) - 1:
        runs[0] = runs.pop() + runs[0]
    half = WIND_DEG / 2
    return tuple(
        ((run[0] * WIND_DEG - half) % 360, (run[-1] * WIND_DEG + half) % 360) for run in runs
    )


@cache
def wgs84() -> Geod:
    """Geodesics on WGS 84; making one takes longer than a thousand look-ups."""
    from pyproj import Geod

    return Geod(ellps="WGS84")


def _observer(sector: Sector) -> tuple[float, float]:
    """The observer's position; asked only of sectors that have one."""
    assert sector.longitude is not None
    assert sector.latitude is not None
    return sector.longitude, sector.latitude


def widths(sector: Sector) -> list[float]:
    """Opening of each bearing, in degrees; one of 360 where none is given."""
    return [(end - start) % 360 for start, end in sector.bearings_deg] or [360.0]


def area_km2(sector: Sector) -> float:
    """Area of the sector on a plane: half the opening times the difference of the squares."""
    opening = math.radians(sum(widths(sector)))
    return 0.5 * opening * (sector.farthest_km**2 - sector.nearest_km**2)


def sample(sector: Sector, *, draws: int, seed: int) -> npt.NDArray[np.float64]:
    """Points of the sector's probability surface, shape (draws, 2): longitude and latitude.

    Uniform over the area of the annular sector, blurred by the uncertainty of the observer's own
    position (a round normal whose 68 % radius is ``position_radius_m``). That the act is equally
    likely anywhere in the sector is a judgement: the report says no more.
    """
    import numpy as np

    draw = np.random.default_rng(seed)
    inner, outer = sector.nearest_km * 1000, sector.farthest_km * 1000
    distance = np.sqrt(draw.uniform(inner**2, outer**2, draws)) if outer > inner else outer
    openings = np.array(widths(sector))
    starts = np.array([start for start, _ in sector.bearings_deg] or [0.0])
    which = draw.choice(len(openings), size=draws, p=openings / openings.sum())
    bearing = np.radians(starts[which] + draw.uniform(0, 1, draws) * openings[which])
    blur = draw.normal(0.0, sector.position_radius_m / _NORMAL_68, (draws, 2))
    east = np.sin(bearing) * distance + blur[:, 0]
    north = np.cos(bearing) * distance + blur[:, 1]
    return np.column_stack(_offset(*_observer(sector), east, north))


def area(sector: Sector, *, step_deg: float = 2.5) -> BaseGeometry:
    """The sector as a polygon, or several, in longitude and latitude (geodesics on WGS 84).

    The corners lie on the true arcs, ``step_deg`` apart; between them the outer arc is cut by less
    than 0.03 % of the range. A range band without depth is drawn 100 m deep.
    """
    from shapely.geometry import MultiPolygon, Polygon
    from shapely.geometry.polygon import orient
    from shapely.ops import unary_union

    # An inner arc of less than a metre is the observer's own point.
    inner = sector.nearest_km * 1000 if sector.nearest_km >= 0.001 else 0.0
    outer = max(sector.farthest_km * 1000, inner + 100)
    pieces = []
    for start, opening in zip(
        [start for start, _ in sector.bearings_deg] or [0.0], widths(sector), strict=True
    ):
        steps = max(2, math.ceil(opening / step_deg))
        angles = [start + opening * step / steps for step in range(steps + 1)]
        shell = _arc(sector, outer, angles)
        hole = _arc(sector, inner, angles) if inner > 0 else [_observer(sector)]
        if opening == 360.0:
            pieces.append(Polygon(shell, [hole] if inner > 0 else []))
        else:
            pieces.append(Polygon([*shell, *reversed(hole)]))
    joined = unary_union(pieces) if len(pieces) > 1 else pieces[0]
    # Outer rings run counter-clockwise (RFC 7946).
    parts = [orient(part) for part in getattr(joined, "geoms", [joined])]
    return MultiPolygon(parts) if len(parts) > 1 else parts[0]


def _arc(sector: Sector, distance_m: float, angles: list[float]) -> list[tuple[float, float]]:
    count = len(angles)
    longitude, latitude = _observer(sector)
    east, north, _ = wgs84().fwd(
        [longitude] * count, [latitude] * count, angles, [distance_m] * count
    )
    return list(zip(east, north, strict=True))


def sector_place(sector: Sector, *, base: Place | None = None) -> Place:
    """A place for a sector: the centre of its area, and the radius that holds 68 % of it.

    Both are those of the surface that `sample` draws from, the blur of the observer's position
    included, but summed over a grid and not drawn, so that the same report always gives the same
    record.
    """
    longitude, latitude, radius = _centre(sector)
    return replace(
        base or Place(),
        longitude=longitude,
        latitude=latitude,
        radius_m=radius,
        method="sector",
        sector=sector,
    )


#: A post reports the same few ranges and winds for years.
@lru_cache(maxsize=4096)
def _centre(sector: Sector) -> tuple[float, float, float]:
    """Longitude and latitude of the centre of a sector, and its radius in metres."""
    east_m, north_m, radius = _spread(replace(sector, longitude=None, latitude=None, words=()))
    longitude, latitude = _offset(*_observer(sector), east_m, north_m)
    return round(float(longitude), 6), round(float(latitude), 6), round(radius, 0)


@lru_cache(maxsize=4096)
def _spread(sector: Sector) -> tuple[float, float, float]:
    """Metres from the observer to the centre, east and north, and the 68 % radius about it."""
    import numpy as np

    east, north = _grid(sector)
    centre = float(east.mean()), float(north.mean())
    from_centre = [east - centre[0], north - centre[1]]
    if sector.position_radius_m > 0:
        blur = _blur(sector.position_radius_m)
        from_centre = [
            np.add.outer(apart, off).ravel() for apart, off in zip(from_centre, blur, strict=True)
        ]
    return *centre, float(np.quantile(np.hypot(*from_centre), 0.68))


def _grid(sector: Sector) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Points at equal shares of the area: metres east and metres north of the observer."""
    import numpy as np

    inner, outer = sector.nearest_km * 1000, sector.farthest_km * 1000
    rings, rays = 24, 48
    distance = np.sqrt(inner**2 + (outer**2 - inner**2) * (np.arange(rings) + 0.5) / rings)
    openings = widths(sector)
    turned = sum(openings) * (np.arange(rays) + 0.5) / rays
    bearing = np.radians([_direction(sector, float(turn)) for turn in turned])
    east, north = np.outer(distance, np.sin(bearing)), np.outer(distance, np.cos(bearing))
    return east.ravel(), north.ravel()


def _blur(radius_m: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Offsets at equal shares of a round normal with that 68 % radius, metres east and north."""
    import numpy as np

    rings, rays = 12, 6
    below = (np.arange(rings) + 0.5) / rings
    distance = radius_m / _NORMAL_68 * np.sqrt(-2 * np.log1p(-below))
    # Every second ring is turned by half a step, so that the rays do not line up.
    turn = (np.arange(rays) + 0.5 * (np.arange(rings) % 2)[:, None]) * (2 * math.pi / rays)
    east, north = distance[:, None] * np.sin(turn), distance[:, None] * np.cos(turn)
    return east.ravel(), north.ravel()


def _direction(sector: Sector, turned: float) -> float:
    """The bearing reached after turning so many degrees through the sector's openings."""
    for (start, _), opening in zip(sector.bearings_deg, widths(sector), strict=False):
        if turned <= opening:
            return start + turned
        turned -= opening
    return turned


def _offset(
    longitude: float, latitude: float, east: npt.ArrayLike, north: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Longitudes and latitudes of points so many metres away, along geodesics of WGS 84."""
    import numpy as np

    bearing, distance = np.degrees(np.arctan2(east, north)), np.hypot(east, north)
    start = np.full_like(bearing, longitude), np.full_like(bearing, latitude)
    there = wgs84().fwd(*start, bearing, distance)
    return np.asarray(there[0]), np.asarray(there[1])
