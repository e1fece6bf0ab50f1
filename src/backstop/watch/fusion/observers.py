"""Two observers of one stream of events: what share the one has of the other's, and how much later.

Reports are matched nearest in time first, each once, at one place and of one kind. What a match is
worth is told by chance: the same with the second observer's clock weeks off, at the same hour and
on the same day of the week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backstop.futures.range import Range
from backstop.futures.streams import Stream
from backstop.watch.fusion.pairs import candidate_pairs
from backstop.watch.fusion.reports import Floats, Integers, Reports
from backstop.watch.fusion.window import Window
from backstop.watch.statistics.random import generator

MINUTES = 1_440.0
#: How far the second clock is moved to see what chance matches, in weeks.
_WEEKS = (-4, -3, -2, -1, 1, 2, 3, 4)
#: Days drawn anew, with all that lies on them, for the ranges.
_DRAWS = 400


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two observers agree within one window of time."""

    minutes: float
    """Two reports of one event lie at most this far apart."""
    pairs: int
    """Matches found."""
    first_matched: Range
    """Share of the first observer's reports that have one of the second's; the range is that of
    days drawn anew."""
    second_matched: Range
    """The other way round."""
    by_chance: Range
    """Share of the first's that is matched with the second clock one to four weeks off, over the
    moves."""
    lag_minutes: Range | None
    """By how much the second is later, over the pairs; None without any."""
    median_lag_minutes: Range | None
    """The median of it, over days drawn anew."""

    def to_dict(self) -> dict[str, Any]:
        """By name, ranges in the contract's form."""
        shown = {name: getattr(self, name) for name in self.__slots__}
        return {n: v.to_dict() if isinstance(v, Range) else v for n, v in shown.items()}


def agree(
    found: Reports, *, km: float, minutes: Sequence[float], seed: int = 0
) -> tuple[Agreement, ...]:
    """How two observers agree, by window.

    Parameters
    ----------
    found : Reports
        Stream 0 is the first observer, 1 the second; the first taxonomy's finest level is the kind
        that has to agree. Times are the starts.
    km : float
        Two reports of one event lie at most this far apart.
    minutes : sequence of float
        Windows of time, each above nought.
    """
    first, second = (int((found.stream == one).sum()) for one in (0, 1))
    assert min(first, second) > 0, "both observers report something"
    widest = Window(km, max(minutes) / MINUTES)
    one, lag = _match(found, widest)
    shifted = [np.abs(_match(_later(found, 7.0 * weeks), widest)[1]) for weeks in _WEEKS]
    days = np.floor(found.start_day).astype(np.int64)
    days -= days.min()
    count = np.zeros((2, int(days.max()) + 1))
    np.add.at(count, (found.stream, days), 1)
    draws = generator(Stream(seed, "watch.fusion.observers")).multinomial(
        count.shape[1], np.full(count.shape[1], 1 / count.shape[1]), _DRAWS
    )
    out = []
    for width in minutes:
        near = np.abs(lag) <= width
        joined = np.bincount(days[one[near]], minlength=count.shape[1])
        chance = [(some <= width).sum() / first for some in shifted]
        out.append(
            Agreement(
                minutes=width,
                pairs=int(near.sum()),
                first_matched=_share(draws, joined, count[0]),
                second_matched=_share(draws, joined, count[1]),
                by_chance=Range.of(chance),
                lag_minutes=Range.of(lag[near]) if near.any() else None,
                median_lag_minutes=_median(draws, days[one[near]], lag[near]),
            )
        )
    return tuple(out)


def _later(found: Reports, days: float) -> Reports:
    """The second observer's clock moved, on a circle as long as the record."""
    start = found.start_day.min()
    span = max(float(found.start_day.max() - start), 1e-9)
    moved = np.where(found.stream == 1, (found.start_day - start + days) % span, 0.0) + start
    when = np.where(found.stream == 1, moved, found.start_day)
    return replace(found, start_day=when, end_day=when)


def _match(found: Reports, window: Window) -> tuple[Integers, Floats]:
    """The first's report and the lag in minutes of each match, nearest in time first.

    Whatever the window, the matches within a narrower one are those that it alone would give.
    """
    pairs = candidate_pairs(found, window=window, across=True)
    alike = found.types[pairs.left, 0] == found.types[pairs.right, 0]
    left, right = pairs.left[alike].astype(np.int64), pairs.right[alike].astype(np.int64)
    swap = found.stream[left] == 1
    left, right = np.where(swap, right, left), np.where(swap, left, right)
    lag = (found.start_day[right] - found.start_day[left]) * MINUTES
    order = np.lexsort((right, left, np.abs(lag)))
    taken = np.zeros(len(found), np.bool_)
    kept = []
    for place in order.tolist():
        a, b = left[place], right[place]
        if not (taken[a] or taken[b]):
            taken[a] = taken[b] = True
            kept.append(place)
    return left[kept], lag[kept]


def _share(draws: Integers, joined: Integers, count: Floats) -> Range:
    """Share over days drawn anew."""
    total = draws @ count
    return Range.of((draws @ joined)[total > 0] / total[total > 0])


def _median(draws: Integers, day: Integers, lag: Floats) -> Range | None:
    """Median lag over days drawn anew."""
    order = np.argsort(lag, kind="stable")
    day, lag, medians = day[order], lag[order], []
    for drawn in draws:
        rising = np.cumsum(drawn[day])
        if rising.size and rising[-1]:
            medians.append(lag[np.searchsorted(rising, rising[-1] / 2)])
    return Range.of(medians) if medians else None
