"""How far a Monte-Carlo estimate may be off because only so many worlds were drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its standard error."""

    value: float
    standard_error: float
    """Standard deviation of the value over runs with other seeds; infinite from one world."""
    basis: Literal["worlds", "batches", "replicates"]
    """What the error was computed from."""
    count: int
    """How many of them."""


def estimate_mean(values: ArrayLike, *, batches: int | None = None) -> Estimate:
    """The mean over worlds.

    Without ``batches`` the error is s / √n, right for independent worlds. With it, it is the
    scatter of the means of so many runs of consecutive worlds, divided by the root of their
    number (batch means; Schmeiser 1982). For Sobol' and Latin hypercube worlds both err on the
    safe side: they take the worlds, or the batches, for independent, where in truth these make up
    for each other. ``estimate_over`` has no such slack.

    Parameters
    ----------
    values : array of float, shape (worlds,), in the order of world numbers
    batches : int, optional
        At least two and at most the number of worlds; powers of two suit Sobol' worlds.
    """
    array = _one_row(values)
    if batches is None:
        return Estimate(float(array.mean()), _scatter(array), "worlds", array.size)
    assert 2 <= batches <= array.size, f"{batches} batches of {array.size} worlds"
    means = np.array([part.mean() for part in np.array_split(array, batches)])
    return Estimate(float(array.mean()), _scatter(means), "batches", batches)


def estimate_quantile(values: ArrayLike, *, share: float) -> Estimate:
    """A quantile over worlds, such as the 95th percentile (``share=0.95``).

    Its error is half the distance between the order statistics that lie one binomial standard
    deviation, √(n p (1 - p)), below and above it (Woodruff 1952): no density is estimated. Right
    for independent worlds, on the safe side for Sobol' and Latin hypercube ones.
    """
    assert 0 < share < 1, f"a share lies between 0 and 1, not {share}"
    array = np.sort(_one_row(values))
    n = array.size
    value = float(np.quantile(array, share))
    if n < 2:
        return Estimate(value, math.inf, "worlds", n)
    reach = math.sqrt(share * (1 - share) / n)
    low, high = np.quantile(array, np.clip([share - reach, share + reach], 0, 1))
    return Estimate(value, float(high - low) / 2, "worlds", n)


def estimate_over(replicates: ArrayLike) -> Estimate:
    """The mean of the same estimate from independent seeds, with the error of that mean.

    The unbiased way for Sobol' and Latin hypercube worlds ("randomised quasi-Monte Carlo",
    Owen 1997): split the worlds between a handful of seeds.

    Parameters
    ----------
    replicates : array of float, shape (replicates,)
    """
    array = _one_row(replicates)
    return Estimate(float(array.mean()), _scatter(array), "replicates", array.size)


def _one_row(values: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    array = np.asarray(values, dtype=np.float64)
    assert array.ndim == 1, f"one value a world, not shape {array.shape}"
    assert array.size, "at least one value is needed"
    return array


def _scatter(parts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Standard error of the mean of independent parts."""
    return float(parts.std(ddof=1)) / math.sqrt(parts.size) if parts.size > 1 else math.inf
