"""Where: a point with a radius, an area, or the sector that an observer reports."""

from __future__ import annotations

from dataclasses import dataclass

from backstop.watch.part import Part
from backstop.watch.quick import quickly_made

METHODS = frozenset({
    "gps", "sector", "gazetteer", "geocoder", "satellite", "map", "stated", "region", "unknown",
})  # fmt: skip

#: Longitude and latitude of each corner; the first ring is the outer one, each ring is closed.
Rings = tuple[tuple[tuple[float, float], ...], ...]


@quickly_made
@dataclass(frozen=True, slots=True)
class Sector:
    """What an observer says: "2-7 km north and north-east of my position".

    The area is an annular sector for each bearing, or the whole ring where no bearing is given.
    """

    longitude: float | None
    """The observer's, in degrees east (WGS 84); None where only the place's name is known."""
    latitude: float | None
    """The observer's, in degrees north."""
    position_radius_m: float
    """How far the observer may stand from that point (68 %)."""
    nearest_km: float
    farthest_km: float
    bearings_deg: tuple[tuple[float, float], ...] = ()
    """From and to, degrees clockwise from true north; 348.75 to 11.25 is the north by compass."""
    words: tuple[str, ...] = ()
    """The winds of the compass as reported."""

    @property
    def located(self) -> bool:
        """Whether the observer's position has coordinates."""
        return self.longitude is not None

    def __post_init__(self) -> None:
        _check_pair(self.longitude, self.latitude)
        if not 0 <= self.nearest_km <= self.farthest_km <= 500:
            raise ValueError(f"range {self.nearest_km} to {self.farthest_km} km is no range band")
        if not 0 <= self.position_radius_m < 1e6:
            raise ValueError(f"observer's position is uncertain by {self.position_radius_m} m")
        for start, end in self.bearings_deg:
            if not (0 <= start < 360 and 0 <= end < 360) or start == end:
                raise ValueError(f"bearings {start} to {end} are no sector of the compass")


@quickly_made
@dataclass(frozen=True, slots=True)
class Place(Part):
    """A place as far as it is known. Without coordinates it is a name or a region."""

    longitude: float | None = None
    """Degrees east (WGS 84); for an area or a sector its centre."""
    latitude: float | None = None
    """Degrees north."""
    radius_m: float | None = None
    """The act lies within this distance of the centre with probability 0.68."""
    method: str = "unknown"
    """How the place was found."""
    precision_code: str = ""
    """The source's own code, e.g. ``ucdp:where_prec=4``."""
    name: str = ""
    language: str = ""
    """Language of the name (BCP 47)."""
    region: str = ""
    """First-level administrative area or the mission's own region."""
    gazetteer_id: str = ""
    """E.g. ``geonames:709930``, ``katottg:UA14…``."""
    polygon: Rings | None = None
    sector: Sector | None = None
    altitude_m: float | None = None

    def __post_init__(self) -> None:
        _check_pair(self.longitude, self.latitude)
        if self.method not in METHODS:
            raise ValueError(f"method {self.method[:40]!r} of finding a place is unknown")
        if self.radius_m is not None and not 0 <= self.radius_m < 2.1e7:
            raise ValueError(f"place is uncertain by {self.radius_m} m")
        if self.polygon is not None:
            _check_rings(self.polygon)

    @property
    def located(self) -> bool:
        """Whether it has coordinates."""
        return self.longitude is not None


def _check_pair(longitude: float | None, latitude: float | None) -> None:
    if longitude is not None and latitude is not None:
        _check_point(longitude, latitude)
    elif longitude is not latitude:
        raise ValueError("a place has a longitude and a latitude, or neither")


def _check_point(longitude: float, latitude: float) -> None:
    # Written so that NaN fails too.
    if not -180 <= longitude <= 180:
        raise ValueError(f"longitude {longitude:g} is outside -180 to 180")
    if not -90 <= latitude <= 90:
        raise ValueError(f"latitude {latitude:g} is outside -90 to 90")


def _check_rings(rings: Rings) -> None:
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise ValueError("a ring of a polygon is closed and has at least four points")
        for longitude, latitude in ring:
            _check_point(longitude, latitude)


#: A place of which nothing is known.
NOWHERE = Place()
