"""Exact distributions of two sums over members' yes and no, given and over a common factor.

Compiled; imported only where the numbers are needed.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


#: The normal distribution function is tabulated this often a unit, to this many units either side.
PER_UNIT = 64
REACH = 8.5


def normal_table() -> FloatArray:
    """Φ and its slope times the step at the table's points, shape (points, 2)."""
    from scipy.special import ndtr

    x = np.linspace(-REACH, REACH, int(2 * REACH * PER_UNIT) + 1)
    slope = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi) / PER_UNIT
    return np.stack((ndtr(x), slope), axis=1)


@nb.njit(cache=True, nogil=True, inline="always")
def _yes(score: float, shift: float, scale: float, table: FloatArray) -> float:
    """P(yes | factor) of a latent normal willingness: Φ by cubic interpolation, to 1e-9."""
    z = ((score + shift) * scale + REACH) * PER_UNIT
    if z <= 0.0:
        return 0.0
    last = table.shape[0] - 1
    if z >= last:
        return 1.0
    i = int(z)
    t = z - i
    s = 1.0 - t
    left = table[i, 0] * (1.0 + 2.0 * t) + table[i, 1] * t
    right = table[i + 1, 0] * (1.0 + 2.0 * s) - table[i + 1, 1] * s
    return float(s * s * left + t * t * right)


@nb.njit(cache=True, nogil=True)
def _add(state: FloatArray, p: float, u: int, v: int, need: int, high: int, width: int) -> None:
    """One more member: a yes adds (u, v) to the sums, the first of which stops at ``need``.

    So far the first sum is at most ``high`` and the second less than ``width``.
    """
    if (u == 0 and v == 0) or p == 0.0:
        return
    for a in range(high, -1, -1):
        to = min(a + u, need)
        if to != a:
            for b in range(width):
                mass = state[a, b] * p
                state[a, b] -= mass
                state[to, b + v] += mass
        elif v > 0:
            for b in range(width - 1, -1, -1):
                mass = state[a, b] * p
                state[a, b] -= mass
                state[a, b + v] += mass


@nb.njit(cache=True, nogil=True)
def _add_all(
    state: FloatArray,
    scores: FloatArray,
    leads: int,
    shift: float,
    scale: float,
    table: FloatArray,
    u: IntArray,
    v: IntArray,
    need: int,
) -> None:
    """Every member behind the lead nations, one after the other."""
    high, width = need if leads > 0 else 0, 1
    for m in range(leads):
        width += v[m]
    for m in range(leads, len(u)):
        p = _yes(scores[m], shift, scale, table)
        _add(state, p, u[m], v[m], need, high, width)
        high, width = min(high + u[m], need), width + v[m]


@nb.njit(cache=True, nogil=True)
def tallies(
    before: FloatArray,
    after: FloatArray,
    leads: int,
    apart: bool,
    u: IntArray,
    v: IntArray,
    need: int,
    rho: FloatArray,
    factor: FloatArray,
    weight: FloatArray,
    table: FloatArray,
    out: FloatArray,
) -> None:
    """Add to ``out`` the distribution of the sum of ``v`` where the sum of ``u`` reaches ``need``.

    ``before`` and ``after`` hold normal scores of a yes, shape (worlds, points, members), while no
    lead nation acts and once one does; the ``leads`` lead nations stand first and go by
    ``before``. ``apart`` says whether the two differ. A yes adds ``u`` and ``v``, shape (members,),
    to the sums. ``rho`` is the correlation of latent willingness, shape (worlds,), ``factor`` and
    ``weight`` are the nodes of the common factor, ``table`` is `normal_table`. ``out`` has the
    shape (worlds, points, top + 1), and ``v`` comes to at most ``top``.
    """
    worlds, points, _ = before.shape
    top = out.shape[2] - 1
    active = np.zeros((need + 1, top + 1))
    quiet = np.zeros((need + 1, top + 1))
    for w in range(worlds):
        scale = 1.0 / math.sqrt(1.0 - rho[w])
        for k in range(points):
            for q in range(len(factor)):
                shift = math.sqrt(rho[w]) * factor[q]
                active[:, :] = 0.0
                still, width = 1.0, 1
                for m in range(leads):
                    p = _yes(before[w, k, m], shift, scale, table)
                    _add(active, p, u[m], v[m], need, need, width)
                    active[min(u[m], need), v[m]] += still * p
                    still, width = still * (1.0 - p), width + v[m]
                if apart:
                    quiet[:, :] = 0.0
                    quiet[0, 0] = still
                    _add_all(quiet, before[w, k], leads, shift, scale, table, u, v, need)
                else:
                    active[0, 0] += still
                _add_all(active, after[w, k], leads, shift, scale, table, u, v, need)
                for b in range(top + 1):
                    out[w, k, b] += weight[q] * (active[need, b] + quiet[need, b])
