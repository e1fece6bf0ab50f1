"""Quantile functions and means of the shapes a ``Quantity`` may have, cut at a field's bounds."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backstop.scenario.quantity import LARGEST, Bounds, Quantity

Floats = NDArray[np.float64]

#: The 95th percentile of a standard normal distribution.
_Z95 = 1.6448536269514722


def quantile(quantity: Quantity, u: ArrayLike, *, bounds: Bounds | None = None) -> Floats:
    """The value below which a share ``u`` of the distribution lies.

    A normal or log-normal distribution is *truncated* at the bounds: what lies outside is left
    out and the rest scaled up, so that no value piles up on a bound. An absent or infinite bound
    is ``LARGEST``, the largest number a scenario admits. The other shapes lie within their field's
    bounds already; the scenario's loader sees to that.

    Parameters
    ----------
    quantity : Quantity
    u : array of float, any shape
        Shares, 0 to 1.
    bounds : Bounds, optional
        The bounds of the field the quantity stands in.

    Returns
    -------
    array of float64, shape of ``u``
    """
    share = np.asarray(u, dtype=np.float64)
    low, high = _limits(quantity, bounds)
    if quantity.fixed:
        return np.full(share.shape, low)
    match quantity.shape:
        case "uniform":
            value = low + (high - low) * share
        case "triangular":
            value = _triangular(quantity, share)
        case "normal":
            mean, sd = _pair(quantity.mean, quantity.sd)
            value = mean + sd * _score(share, (low - mean) / sd, (high - mean) / sd)
        case "log-normal":
            median, spread = _log_normal(quantity)
            a, b = _log_limits(quantity, low, high)
            value = np.exp(math.log(median) + spread * _score(share, a, b))
        case _:
            value = _discrete(quantity, share)
    return np.clip(value, low, high)


def mean(quantity: Quantity, *, bounds: Bounds | None = None) -> float:
    """The mean of the distribution that ``quantile`` draws from, in closed form.

    With a and b the bounds in standard scores, φ and Φ the normal density and distribution:
    truncated normal, μ + σ (φ(a) - φ(b)) / (Φ(b) - Φ(a)); truncated log-normal,
    exp(μ + σ²/2) (Φ(b - σ) - Φ(a - σ)) / (Φ(b) - Φ(a)) (Johnson, Kotz & Balakrishnan 1994,
    chapters 13 and 14).
    """
    low, high = _limits(quantity, bounds)
    if quantity.fixed:
        return low
    match quantity.shape:
        case "triangular":
            return (low + float(quantity.mode or 0.0) + high) / 3.0
        case "normal":
            middle, sd = _pair(quantity.mean, quantity.sd)
            a, b = (low - middle) / sd, (high - middle) / sd
            share = math.exp(_log_mass(a, b))
            value = middle + sd * (_density(a) - _density(b)) / share
        case "log-normal":
            median, spread = _log_normal(quantity)
            a, b = _log_limits(quantity, low, high)
            shifted = _log_mass(a - spread, b - spread) - _log_mass(a, b)
            value = math.exp(math.log(median) + spread**2 / 2 + shifted)
        case _:
            return quantity.central
    return min(max(value, low), high)


def _limits(quantity: Quantity, bounds: Bounds | None) -> tuple[float, float]:
    """The smallest and the largest value after the cut."""
    bottom, top = quantity.support()
    field = (bounds.low, bounds.high) if bounds else (-math.inf, math.inf)
    low, high = max(field[0], -LARGEST), min(field[1], LARGEST)
    if quantity.fixed or quantity.shape not in ("normal", "log-normal"):
        assert low <= bottom <= top <= high, f"{quantity} does not lie within {low:g} to {high:g}"
        return bottom, top
    low = max(bottom, low)
    assert low < high, f"nothing of {quantity} lies within {low:g} to {high:g}"
    return low, high


def _score(u: Floats, a: float, b: float) -> Floats:
    """Quantiles of a standard normal distribution truncated to [a, b].

    Each is computed from the nearer tail, so that none is lost to 1 - ε.
    """
    from scipy.special import ndtr, ndtri

    mass = ndtr(b) - ndtr(a) if a <= 0 else ndtr(-a) - ndtr(-b)
    below = ndtr(a) + mass * u
    above = ndtr(-b) + mass * (1.0 - u)
    score: Floats = np.copysign(ndtri(np.minimum(below, above)), below - above)
    return score


def _log_mass(a: float, b: float) -> float:
    """ln(Φ(b) - Φ(a)) for a < b, from the tail that loses no digits."""
    from scipy.special import log_ndtr

    if a > 0:
        a, b = -b, -a
    upper, lower = float(log_ndtr(b)), float(log_ndtr(a))
    return upper + math.log1p(-math.exp(lower - upper))


def _density(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _log_normal(quantity: Quantity) -> tuple[float, float]:
    """Median, and standard deviation of the logarithm."""
    median, p95 = _pair(quantity.median, quantity.p95)
    return median, (math.log(p95) - math.log(median)) / _Z95


def _log_limits(quantity: Quantity, low: float, high: float) -> tuple[float, float]:
    median, spread = _log_normal(quantity)
    a = (math.log(low) - math.log(median)) / spread if low > 0 else -math.inf
    return a, (math.log(high) - math.log(median)) / spread


def _triangular(quantity: Quantity, u: Floats) -> Floats:
    low, high = _pair(quantity.low, quantity.high)
    mode = float(quantity.mode or 0.0)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - u) * (high - low) * (high - mode))
    return np.where(u * (high - low) < mode - low, rising, falling)


def _discrete(quantity: Quantity, u: Floats) -> Floats:
    """The smallest value whose cumulative share reaches u; a weight of zero is never drawn."""
    assert quantity.values is not None
    weights = np.asarray(quantity.weights or (1.0,) * len(quantity.values))
    values = np.asarray(quantity.values)
    live = weights > 0
    order = np.argsort(values[live], kind="stable")
    cumulative = np.cumsum(weights[live][order])
    place = np.searchsorted(cumulative[:-1] / cumulative[-1], u, side="left")
    return values[live][order][place]


def _pair(first: float | None, second: float | None) -> tuple[float, float]:
    assert first is not None
    assert second is not None
    return float(first), float(second)
