"""Fixed points of many maps at once, each number by secant steps of its own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

#: No step is longer than this many times the gap that it is to close.
LONGEST = 4.0
#: A smaller change of a gap tells nothing about its slope.
LEAST = 1e-12


class Secant:
    """Where the search stands: the last place and gap of every number.

    A map answers each x with another number; the gap is what is between them, and is to become
    0. It is taken as a straight line through the last two places; where that line points away
    from an answer, the whole gap is gone. Plain repetition, which always does that, needs many
    rounds where an answer moves nearly as far as what it answers to, and swings where it moves
    further the other way.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._x = np.full(shape, np.nan)
        self._gap = np.full(shape, np.nan)

    def step(self, rows: Rows, x: FloatArray, gap: FloatArray) -> FloatArray:
        """How far to go from ``x`` in some rows, shapes (rows, …); the whole gap at first."""
        moved, changed = x - self._x[rows], gap - self._gap[rows]
        self._x[rows], self._gap[rows] = x, gap
        told = np.abs(changed) > LEAST
        step = np.where(told, -gap * moved / np.where(told, changed, 1.0), gap)
        most = LONGEST * np.abs(gap)
        step = np.where(step * gap > 0, np.clip(step, -most, most), gap)
        return np.asarray(np.where(np.isnan(moved), gap, step))
