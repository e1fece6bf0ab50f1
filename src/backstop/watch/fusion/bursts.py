"""Bursts: how many more pairs of acts lie close in place and time than unrelated ones would.

Pairs of one stream are of two acts, since a stream reports an act once. Where more of them lie
close in place and time than after one of the two was moved by some weeks, acts come in bursts, and
so do the pairs of acts that two streams report. The ratio is the pair correlation in space and time
(P. J. Diggle, A. G. Chetwynd, R. Haggkvist and S. E. Morris, "Second-order analysis of space-time
clustering", Statistical Methods in Medical Research 4 (1995), 124-136).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.watch.fusion.evidence import type_levels
from backstop.watch.fusion.pairs import Pairs
from backstop.watch.fusion.pooling import falling
from backstop.watch.fusion.reports import Floats, Integers, Reports
from backstop.watch.fusion.window import Window

#: Bounds of the cells of distance and lag, as shares of the window.
_FAR = (1 / 16, 1 / 8, 1 / 4, 1 / 2)
_LATE = (1 / 6, 1 / 3 + 1e-6, 2 / 3 + 1e-6)
_FARS, _LATES = len(_FAR) + 1, len(_LATE) + 1
#: Cells in which most of a burst lies: within a quarter of the window and a sixth of its time.
_NEAR_FAR, _NEAR_LATE = 3, 1
#: Pairs' worth of belief that there is no burst, over all streams; that a stream is like all; and
#: that types agree in bursts as by chance. Judgements.
_CALM, _ALIKE, _ANY_TYPE = 0.5, 3.0, 3.0
#: Most rounds of pooling along both axes.
_ROUNDS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Pairs, where they fall in distance and lag, and how their types agree."""

    pairs: Pairs
    cell: Integers
    """Distance and lag, shape (pairs,)."""
    type: Integers
    """0 where unstated, 1 for the finest level, and so on."""

    def weights(self, record: Floats | None) -> Floats:
        """Weight of each pair: that of both its records, one where None is given."""
        if record is None:
            return np.ones(len(self.pairs))
        return np.asarray(record[self.pairs.left] * record[self.pairs.right])

    def by_stream(self, streams: Integers, weight: Floats) -> Floats:
        """Weight of pairs of one stream by stream and cell, (streams, distances, lags)."""
        count = int(streams.max(initial=0)) + 1
        code = streams[self.pairs.left] * _FARS * _LATES + self.cell
        flat = np.bincount(code, weight, count * _FARS * _LATES)
        return flat.reshape(count, _FARS, _LATES).astype(np.float64)

    @property
    def near(self) -> NDArray[np.bool_]:
        """Whether a pair lies where most of a burst does."""
        far, late = np.divmod(self.cell, _LATES)
        return np.asarray((far < _NEAR_FAR) & (late < _NEAR_LATE))

    def types(self, weight: Floats, kinds: int) -> Floats:
        """Weight of the near pairs by level of type, those unstated left out."""
        near = self.near
        count = np.bincount(self.type[near], weight[near], kinds + 1)[1:]
        return np.asarray(count, np.float64)


def seen(found: Reports, pairs: Pairs, window: Window) -> Seen:
    """Where pairs fall."""
    i, j = pairs.left, pairs.right
    far = np.hypot(found.x_m[i] - found.x_m[j], found.y_m[i] - found.y_m[j]) / window.metres
    middle = (found.start_day + found.end_day) / 2
    late = np.abs(middle[i] - middle[j]) / window.days
    cell = np.searchsorted(_FAR, far) * _LATES + np.searchsorted(_LATE, late)
    first = found.depths[0] if found.depths else 0
    levels = type_levels(found.types[:, :first], pairs) if first else np.full(len(pairs), -1)
    return Seen(pairs, cell.astype(np.int64), levels.astype(np.int64) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Correlation:
    """How many times more frequent pairs of acts are than those which moved clocks show."""

    level: float
    """Of pairs far in place or time: how busy the record is beside the weeks it is held against."""
    ratio: Floats
    """By stream, distance and lag."""
    sure: float
    """Share of what lies above the level that is not noise."""
    types: Floats
    """How many times more frequent each level of type is in bursts than by chance; first 1, for
    what is unstated."""

    def of(self, crossed: Seen, streams: Integers) -> tuple[Floats, Floats]:
        """Pairs of unrelated acts, and pairs of one burst, for one that moved clocks show.

        The correlation of two streams is the mean of their own, as the mean square blur of a pair
        is. Above the level is what belongs to bursts.
        """
        left, right = streams[crossed.pairs.left], streams[crossed.pairs.right]
        far, late = np.divmod(crossed.cell, _LATES)
        both = (self.ratio[left, far, late] + self.ratio[right, far, late]) / 2
        above = self.sure * (both - self.level)
        burst = np.maximum(above, 0.0) * self.types[crossed.type]
        return self.level + np.minimum(above, 0.0), burst


def correlate(
    own: Seen, moved: Seen, crossed: Seen, *, times: int, streams: Integers, record: Floats | None
) -> Correlation:
    """The correlation of each stream with itself.

    Parameters
    ----------
    own, moved : Seen
        Pairs of one stream as they are, and after one of the two was moved, so many ``times``.
    crossed : Seen
        The pairs that will be asked for.
    record : array, shape (records,)
        Weights of the records; None for one each.
    """
    now, usual = own.weights(record), moved.weights(record) / times
    seen_now, seen_usual = own.by_stream(streams, now), moved.by_stream(streams, usual)
    outer = np.zeros((_FARS, _LATES), np.bool_)
    outer[-1], outer[:, -1] = True, True
    level = (seen_now[:, outer].sum() + _CALM) / (seen_usual[:, outer].sum() + _CALM)
    kinds = max(int(one.type.max(initial=0)) for one in (own, moved, crossed))
    return Correlation(
        float(level),
        _ratios(seen_now, seen_usual, level),
        _sure(now[own.near], usual[moved.near], level),
        _burst_types(own.types(now, kinds), moved.types(usual, kinds), level),
    )


def _ratios(now: Floats, usual: Floats, level: float) -> Floats:
    """Ratio by stream and cell, drawn to that of all streams, and this to the level."""
    whole = _falling(now.sum(axis=0) + _CALM * level, usual.sum(axis=0) + _CALM)
    return np.array(
        [_falling(a + _ALIKE * whole, b + _ALIKE) for a, b in zip(now, usual, strict=True)]
    )


def _falling(now: Floats, usual: Floats) -> Floats:
    """Ratios that never rise with distance nor with lag."""
    ratio = now / usual
    for _ in range(_ROUNDS):
        before = ratio
        for weight in (usual, usual.T):
            rows = [falling(a * b, b) / b for a, b in zip(ratio, weight, strict=True)]
            ratio = np.array(rows).T
        if np.allclose(ratio, before, rtol=1e-6, atol=0):
            break
    return ratio


def _sure(now: Floats, usual: Floats, level: float) -> float:
    """Share of the near pairs' excess that is not noise, from the weights of the pairs.

    1 - variance / excess², not below nought: what the shrinkage of James and Stein leaves (W. James
    and C. Stein, "Estimation with quadratic loss", Fourth Berkeley Symposium 1 (1961), 361-379).
    """
    more = float(now.sum() - level * usual.sum())
    noise = float((now**2).sum() + level**2 * (usual**2).sum())
    return max(0.0, 1 - noise / more**2) if more > 0 else 0.0


def _burst_types(now: Floats, usual: Floats, level: float) -> Floats:
    """Near pairs above the level are of bursts."""
    by_chance = (usual + 1) / (usual + 1).sum()
    more = np.maximum(now - level * usual, 0.0)
    in_bursts = (more + _ANY_TYPE * by_chance) / (more.sum() + _ANY_TYPE)
    return np.concatenate([[1.0], in_bursts / by_chance])
