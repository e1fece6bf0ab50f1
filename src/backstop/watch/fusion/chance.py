"""Pairs of two acts that look like one by chance: how many there are, and what they look like.

Two sources, neither of which needs a label:

- **The clocks moved apart.** With each stream's times moved by some weeks, what still lies within
  the window is of two acts. That shows the chance pairs of any two streams with the resolution of
  both, as long as acts are spread in time as they are some weeks away.
- **Pairs of one stream** are of two acts, since a stream reports an act once. They show whether
  acts come in bursts (``bursts``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backstop.watch.fusion.bursts import Seen, correlate, seen
from backstop.watch.fusion.evidence import Evidence, weigh
from backstop.watch.fusion.pairs import Pairs, candidate_pairs
from backstop.watch.fusion.reports import Floats, Integers, Reports
from backstop.watch.fusion.window import Window

#: How many steps the clocks are moved, in turn.
STEPS = (1, -1, 2, -2)
#: Moves of a stream against itself.
_OWN = (1, 2)
#: Chance pairs that are enough; fewer moves are made where there are more.
_ENOUGH = 3_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """Chance pairs of different streams, and what pairs of one stream say of bursts."""

    moved: bool
    """Whether clocks were moved. The record may be too short for that; ``crossed`` then holds the
    pairs of one stream, which tell what chance pairs look like but not how many there are."""
    crossed: Seen
    """Pairs of different streams after the clocks were moved."""
    part: Floats
    """What each of them counts for, as clocks are moved several times, shape (crossed pairs,)."""
    evidence: Evidence
    """Of ``crossed``."""
    own: Seen
    """Pairs of one stream as they are."""
    own_moved: Seen
    """Pairs of one stream after one of the two was moved, each way."""
    streams: Integers
    """Stream of each record."""

    def expected(self, record: Floats | None) -> tuple[Floats, Floats]:
        """Pairs of unrelated acts and pairs of one burst for one of ``crossed``, both (pairs,)."""
        if not self.moved:
            ones = np.ones(len(self.crossed.pairs))
            return ones, np.zeros(len(ones))
        with_itself = correlate(
            self.own, self.own_moved, self.crossed,
            times=2 * len(_OWN), streams=self.streams, record=record,
        )  # fmt: skip
        return with_itself.of(self.crossed, self.streams)


def chance_pairs(found: Reports, *, window: Window, expected: int) -> Chance:
    """Move the clocks and look.

    Parameters
    ----------
    expected : int
        Candidate pairs of the record as it is; the more, the fewer moves are needed.
    """
    own = seen(found, _own_pairs(found, window), window)
    clock = _clock(found, window)
    if clock is None or np.unique(found.stream).size < 2:
        none = Seen(Pairs(*np.zeros((2, 0), np.int32)), *np.zeros((2, 0), np.int64))
        evidence = weigh(found, own.pairs, window=window)
        return Chance(False, own, np.ones(len(own.pairs)), evidence, own, none, found.stream)
    steps = STEPS[: max(1, min(len(STEPS), _ENOUGH // max(expected, 1)))]
    crossed, parts, tables = [], [], []
    for step in steps:
        pairs = candidate_pairs(clock.moved(found, found.stream * step), window=window, across=True)
        a, b = found.stream[pairs.left], found.stream[pairs.right]
        # Of two streams that come round to the same place, the pairs are not of chance.
        times = sum((clock.apart(a, b, other).astype(np.int64) for other in steps), start=0 * a)
        kept = clock.apart(a, b, step)
        pairs = Pairs(pairs.left[kept], pairs.right[kept])
        moved = clock.moved(found, found.stream * step)
        tables.append(weigh(moved, pairs, window=window))
        crossed.append(seen(moved, pairs, window))
        parts.append(1.0 / times[kept])
    evidence = replace(tables[0], table=np.concatenate([one.table for one in tables]))
    own_moved = _joined([_own_moved(found, window, clock, step) for step in _OWN])
    return Chance(
        True, _joined(crossed), np.concatenate(parts), evidence, own, own_moved, found.stream
    )


@dataclass(frozen=True, slots=True)
class _Clock:
    """Times on a circle as long as the record, moved by whole steps wider than the window."""

    origin: float
    span: float
    step: float

    @property
    def places(self) -> int:
        """Whole steps around the circle."""
        return int(self.span / self.step)

    def moved(self, found: Reports, steps: Integers) -> Reports:
        """The records, each so many steps later."""
        shift = steps % self.places * self.step
        start = (found.start_day - self.origin + shift) % self.span + self.origin
        lasting = found.end_day - found.start_day
        return replace(found, start_day=start, end_day=start + lasting)

    def apart(self, one: Integers, other: Integers, step: int) -> NDArray[np.bool_]:
        """Whether two streams are moved against each other, when each moves by its number."""
        return np.asarray((one - other) * step % self.places != 0)


def _clock(found: Reports, window: Window) -> _Clock | None:
    """None where the record is too short to move anything."""
    if not len(found):
        return None
    step = 2 * window.days + 1 + float(np.quantile(found.end_day - found.start_day, 0.95))
    clock = _Clock(
        float(found.start_day.min()), float(found.end_day.max() - found.start_day.min()), step
    )
    return clock if clock.places > 2 * max(map(abs, STEPS)) else None


def _own_pairs(found: Reports, window: Window) -> Pairs:
    pairs = candidate_pairs(found, window=window)
    same = found.stream[pairs.left] == found.stream[pairs.right]
    return Pairs(pairs.left[same], pairs.right[same])


def _own_moved(found: Reports, window: Window, clock: _Clock, step: int) -> Seen:
    """Pairs of each stream with itself, one of the two moved; each pair is met both ways."""
    n = len(found)
    later = clock.moved(found, np.full(n, step))
    apart = int(found.stream.max()) + 1
    both = replace(
        found,
        key=found.key * 2,
        x_m=np.tile(found.x_m, 2), y_m=np.tile(found.y_m, 2),
        start_day=np.concatenate([found.start_day, later.start_day]),
        end_day=np.concatenate([found.end_day, later.end_day]),
        radius_m=np.tile(found.radius_m, 2),
        stream=np.concatenate([found.stream, found.stream + apart]),
        types=np.tile(found.types, (2, 1)), killed=np.tile(found.killed, (2, 1)), clouds_m={},
    )  # fmt: skip
    pairs = candidate_pairs(both, window=window, across=True)
    same = both.stream[pairs.left] + apart == both.stream[pairs.right]
    some = seen(both, Pairs(pairs.left[same], pairs.right[same]), window)
    return replace(some, pairs=Pairs(some.pairs.left % n, some.pairs.right % n))


def _joined(parts: list[Seen]) -> Seen:
    pairs = Pairs(
        np.concatenate([one.pairs.left for one in parts]),
        np.concatenate([one.pairs.right for one in parts]),
    )
    cell = np.concatenate([one.cell for one in parts])
    return Seen(pairs, cell, np.concatenate([one.type for one in parts]))
