"""Where a clause holds: a band along a dated line, regions by name, or what somebody states.

Two measures of a band are in use and are a factor of two apart: the *width* of the whole zone and
the distance *per side* from the line to its edge. Each has a field of its own; exactly one is
given, the other follows.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from backstop.scenario.dates import Day
from backstop.scenario.geometry import Point
from backstop.scenario.ident import Ident, Idents
from backstop.scenario.quantity import Real, Whole
from backstop.scenario.record import Record

Kilometres = Annotated[Real, Field(gt=0, le=2000)]


class LineReference(Record):
    """A line that zones hang on: that of the record's own day, or that of one agreed day."""

    id: Ident
    """How zones name it, and how its geometry is passed in."""
    title: str
    """What it is."""
    day: Day | None = None
    """The agreed day; without it the line of each record's own day is meant."""
    drawing: Ident | None = None
    """A drawing that comes with the package; one of the mission's own goes before it."""
    most_stale_days: Whole = Field(default=0, ge=0, le=10_000)
    """How much older than the day asked for a drawn line may be and still be used."""
    uncertainty_km: Real = Field(default=0.0, ge=0, le=200)
    """How far a drawn line may be off, across itself: one standard deviation. A drawing that says
    it of itself goes before this."""
    source: Idents = ()
    """Ids of the sources it rests on."""
    note: str = ""
    """What is judgement."""


def _closed(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if points and (len(points) < 4 or points[0] != points[-1]):
        raise ValueError("an outline has at least four points and ends where it begins")
    return points


class Zone(Record):
    """Where a clause holds; exactly one of line, regions and circumstance says where."""

    id: Ident
    """How clauses name it."""
    title: str
    """What the text calls it."""
    line: Ident | None = None
    """The line it lies along, on both sides."""
    width_km: Kilometres | None = None
    """Width of the whole zone, from edge to edge across the line."""
    per_side_km: Kilometres | None = None
    """Distance from the line to the edge on each side: half the width."""
    other_per_side_km: Kilometres | None = None
    """The distance per side in the other reading of an ambiguous text. Between the two readings
    nobody can say whether a place is inside."""
    regions: tuple[str, ...] = ()
    """Names of regions as records give them."""
    outline: Annotated[tuple[Point, ...], AfterValidator(_closed)] = ()
    """Where the regions are, for records that have coordinates and no region's name."""
    outline_uncertainty_km: Real = Field(default=0.0, ge=0, le=200)
    """How far the outline may be off: one standard deviation."""
    circumstance: Ident | None = None
    """What has to be stated of the record, where no geometry can tell."""
    text: str = ""
    """Article or paragraph."""
    source: Idents = ()
    """Ids of the sources it rests on."""
    note: str = ""
    """What is judgement."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [self.line is not None, bool(self.regions), self.circumstance is not None]
        if sum(kinds) != 1:
            raise ValueError("exactly one of line, regions and circumstance must be given")
        measures = [self.width_km, self.per_side_km]
        given = sum(one is not None for one in measures)
        if self.line is not None and given != 1:
            raise ValueError(
                "give width_km (the whole zone, edge to edge) or per_side_km (from the line to "
                "one edge), exactly one of them: the width is twice the distance per side"
            )
        if self.line is None and (given or self.other_per_side_km is not None):
            raise ValueError("only a zone along a line has a width or a distance per side")
        if self.outline and not self.regions:
            raise ValueError("an outline stands beside the regions it draws")
        return self

    @property
    def side_km(self) -> float:
        """From the line to the edge, on each side; asked only of a zone along a line."""
        if self.per_side_km is not None:
            return self.per_side_km
        assert self.width_km is not None
        return self.width_km / 2

    @property
    def whole_km(self) -> float:
        """From edge to edge; asked only of a zone along a line."""
        return 2 * self.side_km

    @property
    def edges_km(self) -> tuple[float, float]:
        """The edge in the narrower and in the wider reading; the same where there is one."""
        other = self.side_km if self.other_per_side_km is None else self.other_per_side_km
        return min(self.side_km, other), max(self.side_km, other)
