"""Functional pruning for count costs, compiled. Importing this loads Numba: do it in a function.

FPOP (Maidstone, Hocking, Rigaill & Fearnhead 2017): beside the best cost up to each period, keep
for every rate the candidate that is best should the current segment have that rate. Candidates
that are best for no rate can never be the last change again. Exact, like optimal partitioning, and
fast even where nothing changes, where pruning by inequality (PELT) keeps every candidate.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

#: Precision of the logarithms of the rates between which a candidate is best. Candidates are
#: compared by their exact costs; one that is best only within so little of an edge may be lost, to
#: another that costs as good as the same there.
NEAR = 1e-10

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@njit(cache=True)
def least_loss(count: float, exposure: float, size: float) -> float:
    """Least loss of a segment over its rate: minus log-likelihood without terms free of it."""
    if math.isinf(size):
        return count - count * math.log(count / exposure) if count > 0 else 0.0
    shape = size * exposure
    if count <= 0:
        return 0.0
    return shape * math.log1p(count / shape) + count * math.log1p(shape / count)


@njit(cache=True)
def loss(rate: float, count: float, exposure: float, size: float) -> float:
    """Loss of a segment at a rate: a unimodal function of it, least at count / exposure."""
    if rate <= 0:
        return math.inf if count > 0 else 0.0
    if math.isinf(size):
        return exposure * rate - (count * math.log(rate) if count > 0 else 0.0)
    value = size * exposure * math.log1p(rate / size)
    return value + (count * math.log1p(size / rate) if count > 0 else 0.0)


@njit(cache=True)
def root(
    level: float, count: float, exposure: float, size: float, least: float, side: int
) -> float:
    """The rate below (side -1) or above (+1) the best one at which the loss is ``level``.

    In the logarithm of the rate the loss is convex, so Newton's steps from outside close in on
    the root from one side.
    """
    if count <= 0:
        if side < 0:
            return 0.0
        if math.isinf(size):
            return level / exposure
        return size * math.expm1(level / (size * exposure))
    best = count / exposure
    curve = count if math.isinf(size) else count * size / (size + best)
    log_size = math.log(size)
    u = math.log(best) + side * math.sqrt(2 * max(level - least, 0.0) / curve)
    for _ in range(100):
        rate = math.exp(u)
        # The loss with its logarithms joined: one a step instead of two.
        if math.isinf(size):
            slope = exposure * rate - count
            value = exposure * rate - count * u
        else:
            slope = size * (exposure * rate - count) / (size + rate)
            value = (size * exposure + count) * math.log1p(rate / size)
            value += count * (log_size - u)
        if slope * side <= 0:
            break
        step = (value - level) / slope
        u -= step
        if abs(step) < NEAR * max(1.0, abs(u)):
            break
    return math.exp(u)


@njit(cache=True)
def _cheapest(
    t: int,
    start: Integers,
    best: Floats,
    sum_count: Floats,
    sum_exposure: Floats,
    size: float,
    penalty: float,
    least: Floats,
) -> tuple[float, int]:
    """Least cost up to period t and the last change, earliest of equals; fills in ``least``."""
    cost, change = math.inf, 0
    for j in range(start.size):
        s = start[j]
        count, watched = sum_count[t] - sum_count[s], sum_exposure[t] - sum_exposure[s]
        least[j] = least_loss(count, watched, size)
        value = best[s] + penalty + least[j]
        if value < cost or (value == cost and s < change):
            cost, change = value, s
    return cost, change


@njit(cache=True)
def segment(
    counts: Integers, exposure: Floats, size: float, penalty: float
) -> tuple[Integers, float]:
    """Optimal partition of a series with a penalty for each change.

    Parameters
    ----------
    counts, exposure : arrays, shape (periods,)
        Exposures are positive.
    size : float
        Negative-binomial size per unit of exposure; infinite for Poisson.
    penalty : float
        Added for each change, in units of log-likelihood.

    Returns
    -------
    changes : array, shape (changes,)
        First period of each segment but the first.
    cost : float
        Sum of least losses, plus the penalties.
    """
    n = counts.size
    sum_count, sum_exposure = np.zeros(n + 1), np.zeros(n + 1)
    sum_count[1:], sum_exposure[1:] = np.cumsum(counts), np.cumsum(exposure)
    best, last = np.zeros(n + 1), np.zeros(n + 1, np.int64)
    best[0] = -penalty
    low, high, start = np.zeros(16), np.zeros(16), np.zeros(16, np.int64)
    low_next, high_next, start_next = np.zeros(16), np.zeros(16), np.zeros(16, np.int64)
    high[0] = np.max(counts / exposure)
    least = np.zeros(16)
    pieces = 1
    for t in range(1, n + 1):
        if pieces > least.size:
            least = np.zeros(low.size)
        best[t], last[t] = _cheapest(
            t, start[:pieces], best, sum_count, sum_exposure, size, penalty, least
        )
        if 3 * pieces > low_next.size:
            low_next, high_next = np.zeros(6 * pieces), np.zeros(6 * pieces)
            start_next = np.zeros(6 * pieces, np.int64)
        m = 0
        for j in range(pieces):
            s = start[j]
            count, watched = sum_count[t] - sum_count[s], sum_exposure[t] - sum_exposure[s]
            left, right = inside(low[j], high[j], best[t] - best[s], count, watched, size, least[j])
            if left > low[j]:
                m = append(low_next, high_next, start_next, m, low[j], left, t)
            if left <= right:
                m = append(low_next, high_next, start_next, m, left, right, s)
            if right < high[j]:
                m = append(low_next, high_next, start_next, m, max(right, low[j]), high[j], t)
        low, low_next = low_next, low
        high, high_next = high_next, high
        start, start_next = start_next, start
        pieces = m
    return _trace(last), best[n]


@njit(cache=True)
def inside(
    low: float,
    high: float,
    level: float,
    count: float,
    exposure: float,
    size: float,
    least: float,
) -> tuple[float, float]:
    """The part of [low, high] in which the loss is at most ``level``; (high, below low) if none.

    Where there is none, the ends are such that the caller hands the whole piece to the newcomer.
    """
    if least > level:
        return high, low - 1.0
    rate = count / exposure
    left, right = low, high
    if loss(low, count, exposure, size) > level:
        left = root(level, count, exposure, size, least, -1) if low < rate else math.inf
    if loss(high, count, exposure, size) > level:
        right = root(level, count, exposure, size, least, 1) if high > rate else -math.inf
    if left > high or right < low or left > right:
        return high, low - 1.0
    return max(left, low), min(right, high)


@njit(cache=True)
def append(low: Floats, high: Floats, start: Integers, m: int, a: float, b: float, s: int) -> int:
    """Add a piece, or lengthen the last one where it is the same candidate's; the new length."""
    if m > 0 and start[m - 1] == s:
        high[m - 1] = b
        return m
    low[m], high[m], start[m] = a, b, s
    return m + 1


@njit(cache=True)
def _trace(last: Integers) -> Integers:
    """Changes in order, from the last change before each period."""
    found = np.zeros(last.size, np.int64)
    k, t = 0, last[last.size - 1]
    while t > 0:
        found[k] = t
        k += 1
        t = last[t]
    return found[:k][::-1].copy()
