"""Members who expect each other to act, in machine code: the same step until nothing changes."""

from __future__ import annotations

import math

import numba as nb
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@nb.njit(cache=True, nogil=True)
def expecting(
    base: FloatArray, follow: FloatArray, start: float, rounds: int, consistent: float
) -> None:
    """Turn log-odds ``base`` into chances ``p = logistic(base + follow · mean of the others)``.

    ``base`` has the shape (worlds, points, members), ``follow`` the shape (worlds,). Everybody is
    first expected to act with chance ``start``. A point is done when one more step moves no chance
    by ``consistent``, whatever the others need.
    """
    worlds, points, members = base.shape
    p = np.zeros(members)
    for w in range(worlds):
        for k in range(points):
            total = start * members
            p[:] = start
            for _ in range(rounds):
                most, summed = 0.0, 0.0
                for m in range(members):
                    # Summing in another order may leave 1 by 1e-16.
                    expected = min(max((total - p[m]) / (members - 1), 0.0), 1.0)
                    moved = 1.0 / (1.0 + math.exp(-(base[w, k, m] + follow[w] * expected)))
                    most, summed = max(most, abs(moved - p[m])), summed + moved
                    p[m] = moved
                total = summed
                if most < consistent:
                    break
            base[w, k] = p
