"""Rates with exposure: what was counted over how much watching."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from backstop.watch.statistics.dispersion import check_size
from backstop.watch.statistics.series import CountSeries


@dataclass(frozen=True, slots=True)
class Rate:
    """Count over exposure with a confidence interval; no rate where nobody looked."""

    count: int
    exposure: float
    value: float | None
    """Per unit of exposure; None when the exposure is zero: unobserved is not quiet."""
    low: float | None
    high: float | None
    """Equal-tailed exact interval."""
    confidence: float
    size: float | None
    """Negative-binomial size per unit of exposure; None for Poisson."""

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, with ``observed`` beside them; no upper limit is null."""
        return {
            "count": self.count,
            "exposure": self.exposure,
            "observed": self.exposure > 0,
            "rate": self.value,
            "low": self.low,
            "high": self.high if self.high is not None and math.isfinite(self.high) else None,
            "confidence": self.confidence,
            "size": self.size,
        }


def estimate_rate(
    series: CountSeries, *, size: float | None = None, confidence: float = 0.95
) -> Rate:
    """The rate over all periods of a series, per unit of exposure.

    Poisson (``size`` None): for n counted over exposure E the limits are
    χ²(a/2; 2n) / 2E and χ²(1 - a/2; 2n + 2) / 2E (Garwood 1936). Negative binomial with size κ per
    unit of exposure: n has size κE, and P(N <= n) = I_p(κE, n + 1) with p = κ / (κ + rate), so the
    limits of p are beta quantiles (the inverse-binomial form of Clopper & Pearson 1934) and those
    of the rate are κ(1 - p)/p. Both hold their confidence or more for every true rate, given
    κ; neither knows of counts missed, or counted under another rule.

    Parameters
    ----------
    size : float, optional
        From ``fit_size``; infinite means Poisson.
    confidence : float
        Between 0 and 1.
    """
    assert 0 < confidence < 1, f"confidence lies between 0 and 1, not {confidence}"
    count, exposure = int(series.counts.sum()), float(series.exposure.sum())
    shape = None if size is None or math.isinf(size) else check_size(size)
    if exposure == 0:
        return Rate(count, exposure, None, None, None, confidence, shape)
    tail = (1 - confidence) / 2
    low, high = (
        _poisson_limits(count, exposure, tail)
        if shape is None
        else _negative_binomial_limits(count, exposure, shape, tail)
    )
    return Rate(count, exposure, count / exposure, low, high, confidence, shape)


def _poisson_limits(count: int, exposure: float, tail: float) -> tuple[float, float]:
    from scipy.special import gammaincinv

    low = float(gammaincinv(count, tail)) if count else 0.0
    return low / exposure, float(gammaincinv(count + 1, 1 - tail)) / exposure


def _negative_binomial_limits(
    count: int, exposure: float, size: float, tail: float
) -> tuple[float, float]:
    from scipy.special import betaincinv

    # P(N <= n) falls with the rate, so the small p belongs to the upper limit.
    p_high = float(betaincinv(size * exposure, count + 1, tail))
    p_low = float(betaincinv(size * exposure, count, 1 - tail)) if count else 1.0
    high = size * (1 - p_high) / p_high if p_high > 1e-300 else math.inf
    return size * (1 - p_low) / p_low, high


def rates(
    series: CountSeries, *, size: float | None = None, confidence: float = 0.95
) -> tuple[Rate, ...]:
    """The rate of each period by itself, in order; see ``estimate_rate``."""
    return tuple(
        estimate_rate(series.where(np.arange(len(series)) == i), size=size, confidence=confidence)
        for i in range(len(series))
    )
