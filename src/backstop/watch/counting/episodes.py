"""Continuous episodes in one direction: acts chained in time, place and direction.

Two acts belong together when the silence between them is short, they are near each other and
point the same way; an episode is what such links connect. Times, places and directions are
uncertain, so the links are drawn three times: those that must hold, those of the best guess, those
that may hold. The first give the most episodes, the last the fewest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backstop.watch.counting.rule import ROUND_KINDS, Rule
from backstop.watch.place import Place
from backstop.watch.record import Incident, Observation

_KM_PER_DEGREE = 111.195
_Act = Observation | Incident


@dataclass(frozen=True, slots=True)
class Episodes:
    """How many episodes, and which acts the best guess puts in each."""

    n: int
    low: int
    high: int
    groups: tuple[tuple[int, ...], ...]
    """Places in the given sequence, by episode."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How far apart two acts are: at least, at best guess, at most."""

    low: float
    best: float
    high: float


def episodes(records: Sequence[_Act], rule: Rule) -> Episodes:
    """Chain acts into episodes; the order of the records does not matter."""
    order = sorted(
        range(len(records)),
        key=lambda i: (
            records[i].occurred.earliest,
            records[i].source,
            records[i].source_record_id,
        ),
    )
    must, best, may = (_Groups(len(records)) for _ in range(3))
    active: list[int] = []
    for here in order:
        start = records[here].occurred.earliest
        # What ended longer ago than a pause may last can be linked to nothing that follows.
        active = [
            one
            for one in active
            if (start - records[one].occurred.latest).total_seconds() <= 60 * rule.gap_minutes
        ]
        for other in active:
            low, middle, high = _links(records[other], records[here], rule)
            for groups, linked in ((may, low), (best, middle), (must, high)):
                if linked:
                    groups.join(other, here)
        active.append(here)
    inner = sum(_inner(one, rule) - 1 for one in records)
    return Episodes(best.size, may.size, must.size + inner, best.members())


def _links(first: _Act, second: _Act, rule: Rule) -> tuple[bool, bool, bool]:
    """Whether two acts may, seem to and must belong together."""
    readings = (
        (_silence(first, second), rule.gap_minutes),
        (_apart(first.place, second.place), rule.within_km),
        (_turn(first, second), rule.turn_deg),
    )
    if any(reading.low > limit for reading, limit in readings):
        return False, False, False
    return (
        True,
        all(reading.best <= limit for reading, limit in readings),
        all(reading.high <= limit for reading, limit in readings),
    )


def _silence(first: _Act, second: _Act) -> _Reading:
    """Minutes between two acts; a count within a span of time may lie anywhere in it."""
    one, two = first.occurred, second.occurred
    low = max((two.earliest - one.latest).total_seconds(), 0.0)
    low = max(low, (one.earliest - two.latest).total_seconds())
    best = abs((two.best - one.best).total_seconds())
    far = max(
        (two.latest - one.earliest).total_seconds(), (one.latest - two.earliest).total_seconds()
    )
    return _Reading(low / 60, best / 60, max(best, far) / 60)


def _apart(first: Place, second: Place) -> _Reading:
    """Kilometres between two places, on a plane; a name or a region says less."""
    if first.longitude is None or second.longitude is None:
        same = bool(first.name) and first.name.casefold() == second.name.casefold()
        if not same and first.region and second.region and first.region != second.region:
            return _Reading(math.inf, math.inf, math.inf)
        return _Reading(0.0, 0.0 if same else math.inf, 0.0 if same else math.inf)
    assert first.latitude is not None
    assert second.latitude is not None
    north = second.latitude - first.latitude
    shrink = math.cos(math.radians((first.latitude + second.latitude) / 2))
    east = (second.longitude - first.longitude) * shrink
    best = _KM_PER_DEGREE * math.hypot(north, east)
    spread = ((first.radius_m or 0.0) + (second.radius_m or 0.0)) / 1000
    return _Reading(max(0.0, best - spread), best, best + spread)


def _turn(first: _Act, second: _Act) -> _Reading:
    """Degrees between two directions of fire; opposite ones are two episodes."""
    one, two = first.act, second.act
    if {one.direction, two.direction} == {"in", "out"}:
        return _Reading(180.0, 180.0, 180.0)
    if one.bearing_deg is None or two.bearing_deg is None:
        # Nobody says: it may be the same direction, and is taken for it.
        return _Reading(0.0, 0.0, 180.0)
    turn = abs(one.bearing_deg - two.bearing_deg) % 360
    turn = min(turn, 360 - turn)
    return _Reading(turn, turn, turn)


def _inner(record: _Act, rule: Rule) -> int:
    """How many episodes one record may hold: as many pauses as its span and its count allow."""
    span = (record.occurred.latest - record.occurred.earliest).total_seconds() / 60
    pauses = math.ceil(span / rule.gap_minutes) if rule.gap_minutes and span else 1
    sector = record.place.sector
    directions = max(1, len(sector.bearings_deg)) if sector else 1
    most = _rounds_at_most(record)
    return max(1, pauses * directions if most is None else min(most, pauses * directions))


def _rounds_at_most(record: _Act) -> int | None:
    """How many rounds a record speaks of at most; None where it leaves that open."""
    figure = record.act.count
    if figure is None:
        return None if record.act.kind in ROUND_KINDS else 1
    if figure.at_least or figure.uncertain:
        return figure.high
    return figure.n if figure.high is None else figure.high


class _Groups:
    """Which acts are linked, directly or through others (union-find, Tarjan 1975)."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def _root(self, one: int) -> int:
        while self._above[one] != one:
            self._above[one] = self._above[self._above[one]]
            one = self._above[one]
        return one

    def join(self, first: int, second: int) -> None:
        """Link two."""
        self._above[self._root(second)] = self._root(first)

    @property
    def size(self) -> int:
        """Number of groups."""
        return sum(self._root(one) == one for one in range(len(self._above)))

    def members(self) -> tuple[tuple[int, ...], ...]:
        """The groups, each in order, by their first member."""
        held: dict[int, list[int]] = {}
        for one in range(len(self._above)):
            held.setdefault(self._root(one), []).append(one)
        return tuple(sorted(tuple(group) for group in held.values()))
