"""Fits that give the campaign model its priors: attrition, break-off, advance, noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from calibration.intervals import Interval, clustered
from calibration.statistics import dispersion, persistence

Floats = NDArray[np.float64]
DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class Regression:
    """A least-squares fit on logarithms, judged on clusters it has not seen."""

    weights: tuple[Interval, ...]
    """Constant first; intervals by resampling clusters."""
    residual_sd: float
    """Standard deviation of the residual."""
    skill: float
    """Share of squared error saved against the mean, both predicted without the case's cluster."""
    cases: int
    """Number of cases."""


def regress(predictors: Floats, outcome: Floats, labels: NDArray[np.str_]) -> Regression:
    """Least squares with a constant, intervals and skill by cluster.

    With outcome = log(losses / troops / day) and predictors log(own), log(enemy) this is the form
    of Bracken (1995), dB/dt = a R^p B^q: p is the enemy's weight and q one more than the own.

    Parameters
    ----------
    predictors : array, shape (cases, predictors)
    outcome : array, shape (cases,)
    labels : array, shape (cases,)
        Cluster of each case, such as its campaign.
    """
    design = np.column_stack([np.ones(len(outcome)), predictors])

    def solve(rows: NDArray[np.int64]) -> Floats:
        return np.asarray(np.linalg.lstsq(design[rows], outcome[rows], rcond=None)[0])

    weights = tuple(
        clustered(lambda rows, k=k: float(solve(rows)[k]), labels, draws=500)  # type: ignore[misc]
        for k in range(design.shape[1])
    )
    whole = solve(np.arange(len(outcome)))
    error, reference = np.empty(len(outcome)), np.empty(len(outcome))
    for label in np.unique(labels):
        out = labels == label
        error[out] = outcome[out] - design[out] @ solve(np.flatnonzero(~out))
        reference[out] = outcome[out] - outcome[~out].mean()
    skill = 1 - float(np.sum(error**2) / np.sum(reference**2))
    freedom = len(outcome) - design.shape[1]
    residual = float(np.sqrt(np.sum((outcome - design @ whole) ** 2) / freedom))
    return Regression(weights, residual, skill, len(outcome))


@dataclass(frozen=True, slots=True)
class Threshold:
    """A log-normal threshold that some reach and the others are not seen to reach."""

    median: float
    """In the unit of the values."""
    log_sd: float
    """Standard deviation of the logarithm."""
    reached: int
    """Cases that reached it."""
    cases: int
    """All cases."""


def threshold(values: Floats, reached: NDArray[np.bool_]) -> Threshold:
    """The threshold whose density the reached cases, and whose survival the others, make likely.

    Used for the losses at which a side breaks off: a side that won would have borne more.
    Censoring is taken to say nothing about the threshold, which is an assumption.
    """
    logs = np.log(values)

    def misfit(parameters: Floats) -> float:
        z = (logs - parameters[0]) / np.exp(parameters[1])
        density = stats.norm.logpdf(z[reached]) - parameters[1]
        return -float(density.sum() + stats.norm.logsf(z[~reached]).sum())

    start = np.array([np.median(logs), np.log(np.std(logs) + 0.1)])
    best = optimize.minimize(misfit, start, method="Nelder-Mead", options={"maxiter": 2000})
    return Threshold(
        float(np.exp(best.x[0])), float(np.exp(best.x[1])), int(reached.sum()), len(values)
    )


@dataclass(frozen=True, slots=True)
class Noise:
    """Daily gain as a shared tempo that changes slowly, times jumps that are independent.

    gain(day) given tempo ~ mean · tempo(week) with variance jump_km2 · mean · tempo, which is what
    a gamma process or a compound Poisson sum has; log tempo is a first-order autoregression.
    """

    mean_km2_per_day: float
    """Mean gain a day."""
    jump_km2: float
    """Variance over mean that jumps add, the same for a cell and for the whole line."""
    tempo_cv: float
    """Coefficient of variation of the weekly tempo."""
    tempo_weekly: float
    """Correlation of the tempo from week to week."""

    @property
    def daily_dispersion(self) -> float:
        """Variance over mean of a day, as these parameters have it."""
        return self.jump_km2 + self.tempo_cv**2 * self.mean_km2_per_day

    @property
    def weekly_persistence(self) -> float:
        """Correlation of weekly sums, as these parameters have it."""
        slow = self.tempo_cv**2 * self.mean_km2_per_day * DAYS_PER_WEEK
        return self.tempo_weekly * slow / (slow + self.jump_km2)


def noise(daily: Floats, weekly: Floats) -> Noise:
    """The noise of a series of gains, by moments.

    The decay of the weekly autocorrelation over lags 1 to 4 gives the tempo's persistence, its
    height the tempo's share of weekly variance, and what is left of daily variance the jumps.

    Parameters
    ----------
    daily : array, shape (days,)
    weekly : array, shape (weeks,)
        Sums of the same days.
    """
    lags = np.arange(1, 5)
    heights = np.array([persistence(weekly, lag=int(lag)) for lag in lags])

    def misfit(parameters: Floats) -> Floats:
        share, decay = parameters
        return np.asarray((share * decay**lags - heights) * np.sqrt(len(weekly) - lags))

    found = optimize.least_squares(misfit, [0.7, 0.7], bounds=([0.0, 0.0], [1.0, 0.99]))
    share, decay = found.x
    cv = float(np.sqrt(share * np.var(weekly, ddof=1)) / np.mean(weekly))
    mean = float(np.mean(daily))
    jump = dispersion(daily) - cv**2 * mean
    return Noise(mean, max(0.0, jump), cv, float(decay))
