"""Tomorrow's gain from the days so far: the model's noise, run as a filter.

The engine states the same noise forwards (jumps of a fixed scale, a tempo that changes slowly).
Here it is conditioned on what was seen, which is the fair way to ask it about tomorrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from calibration.fit import DAYS_PER_WEEK, Noise

Floats = NDArray[np.float64]
#: Levels at which a predictive distribution is kept: enough for a CRPS to three digits.
LEVELS = (np.arange(200) + 0.5) / 200
LEAST_KM2 = 1e-6


@dataclass(frozen=True, slots=True)
class Prediction:
    """The distribution of each day's gain, stated the day before."""

    mean: Floats
    """Its mean, shape (days, …)."""
    members: Floats
    """Equally likely values, shape (members, days, …)."""


def filtered(daily: Floats, noise: Noise) -> Prediction:
    """Each day's gain from all days before it, by a Kalman filter on the tempo.

    The state is the line's mean gain: it returns to `noise.mean_km2_per_day` at the tempo's
    daily rate; a day is seen with variance jump_km2 · mean. The prediction is a gamma
    distribution with the filter's mean and variance.

    Parameters
    ----------
    daily : array, shape (days,)
    noise : Noise
        Fitted on other days, or on days before these.
    """
    keep = noise.tempo_weekly ** (1 / DAYS_PER_WEEK)
    spread = (noise.tempo_cv * noise.mean_km2_per_day) ** 2
    level, doubt = noise.mean_km2_per_day, spread
    means, variances = np.empty(len(daily)), np.empty(len(daily))
    for day, seen in enumerate(daily):
        level = noise.mean_km2_per_day + keep * (level - noise.mean_km2_per_day)
        doubt = keep**2 * doubt + (1 - keep**2) * spread
        scatter = noise.jump_km2 * max(level, LEAST_KM2)
        means[day], variances[day] = max(level, LEAST_KM2), doubt + scatter
        gain = doubt / (doubt + scatter)
        level, doubt = level + gain * (seen - level), (1 - gain) * doubt
    return _gamma(means, variances)


def weighted(grid: Floats, *, jump_km2: float, memory_days: float) -> Prediction:
    """Each cell's gain tomorrow from an exponentially weighted mean of its days so far.

    The first day's mean is the line's first day spread over all cells.

    Parameters
    ----------
    grid : array, shape (days, cells)
    jump_km2 : float
        Variance over mean of the jumps.
    memory_days : float
        Days after which a day's weight has fallen to 1/e.
    """
    fade = np.exp(-1 / memory_days)
    level = np.full(grid.shape[1], grid[0].mean())
    means = np.empty_like(grid)
    for day, seen in enumerate(grid):
        means[day] = np.maximum(level, LEAST_KM2)
        level = fade * level + (1 - fade) * seen
    return _gamma(means, jump_km2 * means)


def climatology(daily: Floats, *, first: int) -> list[Floats]:
    """For each day from a step on, all the days before it: an ensemble that knows no order."""
    return [daily[:day] for day in range(first, len(daily))]


def _gamma(mean: Floats, variance: Floats) -> Prediction:
    scale = variance / mean
    shape = mean / scale
    levels = LEVELS.reshape(-1, *([1] * mean.ndim))
    return Prediction(mean, np.asarray(stats.gamma.ppf(levels, shape, scale=scale)))
