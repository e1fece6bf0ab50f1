"""The search for candidate pairs, compiled. Importing this loads Numba: do it in a function.

A grid of cells as wide as the window; in each cell the records by start time. A record's partners
lie in its own and the eight neighbouring cells, in a stretch of each that a bisection finds. Only
half the neighbours are visited, so that each pair is met once.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: The cell itself and half of its neighbours, as steps of column and row.
_AHEAD = ((0, 0), (1, -1), (1, 0), (1, 1), (0, 1))


@njit(cache=True)
def _find(cells: Integers, wanted: int) -> int:
    """Place of a cell in the ascending list, or -1."""
    low, high = 0, cells.size
    while low < high:
        middle = (low + high) // 2
        if cells[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < cells.size and cells[low] == wanted else -1


@njit(cache=True)
def _first(start: Floats, low: int, high: int, least: float) -> int:
    """First place in [low, high) whose start is not below ``least``."""
    while low < high:
        middle = (low + high) // 2
        if start[middle] < least:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True)
def walk(
    x: Floats,
    y: Floats,
    start: Floats,
    end: Floats,
    stream: Integers,
    cells: Integers,
    begin: Integers,
    longest: Floats,
    stride: int,
    metres: float,
    days: float,
    apart: bool,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
) -> int:
    """Count the pairs, and write as many as ``left`` and ``right`` have room for.

    Records are sorted by cell, then by start. ``begin`` is where each cell begins (one more at the
    end), ``longest`` the longest duration in it; ``apart`` leaves out pairs of one stream.
    """
    found, room = 0, left.size
    square = metres * metres
    for c in range(cells.size):
        for step in range(5):
            if step == 0:
                other = c
            else:
                across, up = _AHEAD[step]
                other = _find(cells, cells[c] + across * stride + up)
                if other < 0:
                    continue
            stop = begin[other + 1]
            for i in range(begin[c], begin[c + 1]):
                # Whoever starts earlier than this has ended too long ago, however long it lasts.
                least = start[i] - days - longest[other]
                j = i + 1 if step == 0 else _first(start, begin[other], stop, least)
                last = end[i] + days
                while j < stop and start[j] <= last:
                    dx, dy = x[i] - x[j], y[i] - y[j]
                    near = dx * dx + dy * dy <= square and start[i] <= end[j] + days
                    if near and not (apart and stream[i] == stream[j]):
                        if found < room:
                            left[found], right[found] = i, j
                        found += 1
                    j += 1
    return found
