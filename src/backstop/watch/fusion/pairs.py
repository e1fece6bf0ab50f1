"""Candidate pairs: records close enough in space and time to be of one act."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.watch.fusion.reports import Floats, Integers, Reports
from backstop.watch.fusion.window import Window

#: Pairs that are given room at first, for each record.
_ROOM = 24


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of records by number, ``left < right``, each pair once."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]

    def __len__(self) -> int:
        return int(self.left.size)


def candidate_pairs(found: Reports, *, window: Window | None = None, across: bool = False) -> Pairs:
    """All pairs within the window, both limits included.

    Distance is that between the points given, on the plane; the time between two records is the
    pause between their intervals, and none where these overlap.

    Parameters
    ----------
    window : Window
        5 km and 3 days where none is given.
    across : bool
        Leave out pairs of one stream.

    Notes
    -----
    O(n log n + pairs); a record of long duration costs a scan of its cells.
    """
    limits = window or Window()
    order, cells, begin, longest, stride = _grid(found, limits)
    from backstop.watch.fusion.sweep import walk

    inputs = (
        found.x_m[order], found.y_m[order], found.start_day[order], found.end_day[order],
        found.stream[order], cells, begin, longest, stride, limits.metres, limits.days, across,
    )  # fmt: skip
    room = _ROOM * len(found)
    for _ in range(2):
        left, right = np.empty(room, np.int32), np.empty(room, np.int32)
        count = walk(*inputs, left, right)
        if count <= room:
            break
        room = count
    place = order.astype(np.int32)
    one, other = place[left[:count]], place[right[:count]]
    return Pairs(np.minimum(one, other), np.maximum(one, other))


def _grid(found: Reports, window: Window) -> tuple[Integers, Integers, Integers, Floats, int]:
    """Records by cell and start, the cells that hold any, and where each begins."""
    n = len(found)
    # A little wider than the window, so that rounding never puts a pair two cells apart.
    width = window.metres * (1 + 1e-9)
    column = np.floor((found.x_m - found.x_m.min(initial=0.0)) / width).astype(np.int64)
    row = np.floor((found.y_m - found.y_m.min(initial=0.0)) / width).astype(np.int64)
    stride = int(row.max(initial=0)) + 3
    cell = column * stride + row
    order = np.lexsort((found.start_day, cell)).astype(np.int64)
    cells, first = np.unique(cell[order], return_index=True)
    begin = np.append(first, n).astype(np.int64)
    lasting = (found.end_day - found.start_day)[order]
    longest = np.maximum.reduceat(lasting, first) if n else np.zeros(0)
    return order, cells.astype(np.int64), begin, longest, stride
