"""Over-dispersion: how much more counts scatter than chance alone would have them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem

#: Above this many times the largest rate a negative binomial is a Poisson to four digits.
POISSON_FROM = 1e4


def check_size(size: float) -> float:
    """A negative-binomial size as a plain number; it is positive, infinite for Poisson."""
    if not size > 0:
        raise InputError([Problem("", 0, 0, "size", f"{size!r} is not above 0")])
    return float(size)


def log_likelihood(
    counts: NDArray[np.int64],
    *,
    mean: NDArray[np.float64],
    exposure: NDArray[np.float64],
    size: float,
) -> NDArray[np.float64]:
    """Log-probability of each count, shape (periods,).

    A period of exposure e and mean m has shape s = κe:
    ln Γ(x + s) - ln Γ(s) - ln x! + s ln(s / (s + m)) + x ln(m / (s + m)). With the shape in
    proportion to exposure, periods of equal rate add up to a negative binomial with the same κ
    (a gamma-Poisson process), so that a week means the same as its seven days. An infinite κ is
    Poisson.
    """
    from scipy.special import gammaln, xlogy

    x = counts.astype(np.float64)
    if math.isinf(size):
        poisson: NDArray[np.float64] = xlogy(x, mean) - mean - gammaln(x + 1)
        return poisson
    shape = size * exposure
    value: NDArray[np.float64] = (
        gammaln(x + shape)
        - gammaln(shape)
        - gammaln(x + 1)
        - shape * np.log1p(mean / shape)
        + xlogy(x, mean / (shape + mean))
    )
    return value


def fit_size(
    counts: NDArray[np.int64], *, exposure: NDArray[np.float64], group: NDArray[np.integer]
) -> float:
    """Maximum-likelihood size κ per unit of exposure, the rate being free in each group.

    Parameters
    ----------
    counts, exposure, group : arrays, shape (periods,)
        ``group`` numbers the segment of each period; exposures are positive.

    Returns
    -------
    float
        Infinite when the counts scatter no more than Poisson.
    """
    from scipy.optimize import minimize_scalar

    _, place = np.unique(group, return_inverse=True)
    rate = np.bincount(place, counts) / np.bincount(place, exposure)
    mean = rate[place] * exposure

    def loss(log_size: float) -> float:
        terms = log_likelihood(counts, mean=mean, exposure=exposure, size=math.exp(log_size))
        return -float(terms.sum())

    top = math.log(POISSON_FROM * max(float(rate.max()), 1e-6))
    found = minimize_scalar(loss, bounds=(top - 25, top), method="bounded")
    return math.inf if found.x > top - 0.5 else math.exp(float(found.x))
