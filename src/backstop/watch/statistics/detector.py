"""The recursion of the sequential test, compiled. Importing this loads Numba."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Largest log-likelihood ratio of one period, so that one absurd count overflows nothing.
MOST_GAIN = 200.0
#: Largest statistic of one kind of quiet: what is left of its weight must stay a number.
MOST_EVIDENCE = 1e290


@njit(cache=True)
def log_chance(count: float, exposure: float, rate: float, size: float) -> float:
    """Log-probability of a count without the factorial: negative binomial, or Poisson."""
    mean = exposure * rate
    if math.isinf(size):
        return count * math.log(mean) - mean
    shape = size * exposure
    value = -shape * math.log1p(mean / shape)
    if count > 0:
        value += math.lgamma(count + shape) - math.lgamma(shape)
        value += count * math.log(mean / (shape + mean))
    return value


@njit(cache=True)
def log_ratio(count: float, exposure: float, new: float, old: float, size: float) -> float:
    """Log of the ratio of two such probabilities, at a new rate and an old one."""
    if math.isinf(size):
        return count * math.log(new / old) - exposure * (new - old)
    spread = math.log((size + new) / (size + old))
    return count * (math.log(new / old) - spread) - size * exposure * spread


@njit(cache=True)
def average(a: Floats, weight: Floats) -> float:
    """Mean over multiples, weighted over points."""
    total = 0.0
    for i in range(weight.size):
        total += weight[i] * a[i].mean()
    return total / float(weight.sum())


@njit(cache=True)
def turn_page(page: Floats, begun: Integers, gain: Floats, t: int) -> None:
    """One step of Page's (1954) cumulative sums, in place: begun anew from nothing."""
    for j in range(page.size):
        if page[j] <= 0.0:
            page[j], begun[j] = 0.0, t
        page[j] += gain[j]


@njit(cache=True)
def detect(
    counts: Integers,
    exposure: Floats,
    past: Floats,
    quiet: tuple[Floats, Floats, Floats, Floats],
    multiples: Floats,
    threshold: float,
) -> tuple[Floats, Integers, Integers, Integers]:
    """Shiryaev-Roberts statistics averaged over what quiet may be, begun anew at each alarm.

    For quiet θ and multiple r, a(t) = (a(t - 1) + 1) f_rθ(x) / f_θ(x); the weights of θ follow
    f_θ(x). Beside it runs Page's cumulative sum of the mean log-ratio, whose last beginning is the
    most likely time of the change.

    Parameters
    ----------
    counts, exposure, past : arrays, shape (periods,)
        Observed periods; ``past`` is the echo of earlier ones, per unit of exposure.
    quiet : four arrays, shape (points,)
        Rate, size, branching and weight of each θ.
    multiples : array, shape (multiples,)
    threshold : float

    Returns
    -------
    statistic : array, shape (periods,)
    alarms, onsets, leading : arrays, shape (alarms,)
        Period of each alarm, of the change's most likely beginning, and the multiple ahead.
    """
    rate, size, branching, weight = quiet
    n, points, kinds = counts.size, rate.size, multiples.size
    statistic = np.zeros(n)
    alarms, onsets = np.zeros(n, np.int64), np.zeros(n, np.int64)
    leading = np.zeros(n, np.int64)
    a, log_weight = np.zeros((points, kinds)), np.log(weight)
    page, begun = np.zeros(kinds), np.zeros(kinds, np.int64)
    base, mean_gain = np.zeros(points), np.zeros(kinds)
    found = 0
    for t in range(n):
        mean_gain[:] = 0.0
        for i in range(points):
            own, heard = rate[i] * (1 - branching[i]), branching[i] * past[t]
            base[i] = log_chance(counts[t], exposure[t], own + heard, size[i])
            for j in range(kinds):
                new = own * multiples[j] + heard
                gain = log_ratio(counts[t], exposure[t], new, own + heard, size[i])
                a[i, j] = min((a[i, j] + 1) * math.exp(min(gain, MOST_GAIN)), MOST_EVIDENCE)
                mean_gain[j] += weight[i] * gain
        log_weight += base
        log_weight -= log_weight.max()
        statistic[t] = average(a, np.exp(log_weight))
        turn_page(page, begun, mean_gain, t)
        if statistic[t] >= threshold:
            ahead = int(np.argmax(page))
            alarms[found], onsets[found], leading[found] = t, begun[ahead], ahead
            found += 1
            a[:], page[:] = 0.0, 0.0
            log_weight = np.log(weight)
    return statistic, alarms[:found].copy(), onsets[:found].copy(), leading[:found].copy()
