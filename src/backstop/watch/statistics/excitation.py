"""The likelihood of a self-exciting series of counts, and its maximum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.watch.statistics.dispersion import log_likelihood
from backstop.watch.statistics.series import CountSeries

Floats = NDArray[np.float64]

#: Decays per period that are tried; 0.985 is a half-life of 46 periods.
DECAYS = (0.02, 0.985)
#: Largest branching ratio that is tried; at 1 the process explodes.
MOST_BRANCHING = 0.99
#: Penalty on squared steps between neighbouring spline coefficients: only enough to keep a
#: background without events from running to minus infinity.
RIDGE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Maximum-likelihood parameters given a background's spacing of knots."""

    coefficients: Floats
    """Spline coefficients of the logarithm of the background, shape (columns,)."""
    branching: float
    decay: float
    size: float
    log_likelihood: float
    """Over the periods that were fitted, without the ridge."""


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Cubic B-splines over the periods, of which only four are not zero at any one.

    Kept so, and not as a matrix: products with a matrix of this size wake every thread of the
    linear algebra library for less work than waking them takes.
    """

    first: NDArray[np.int64]
    """First spline that is not zero, shape (periods,)."""
    values: Floats
    """That one's and the next ones' values, shape (periods, 4), or (periods, 1) for a constant."""
    columns: int

    def __len__(self) -> int:
        return int(self.first.size)

    def at(self, coefficients: Floats) -> Floats:
        """The curve, shape (periods,)."""
        curve = np.zeros(len(self))
        for k in range(self.values.shape[1]):
            curve += self.values[:, k] * coefficients[self.first + k]
        return curve

    def back(self, slopes: Floats) -> Floats:
        """Slopes by coefficient from slopes by period, shape (columns,)."""
        total = np.zeros(self.columns)
        for k in range(self.values.shape[1]):
            weights = self.values[:, k] * slopes
            total += np.bincount(self.first + k, weights, minlength=self.columns)
        return total


def basis(periods: int, *, spacing: int | None) -> Basis:
    """Cubic B-splines over the periods with knots ``spacing`` apart; None is a constant."""
    if spacing is None or periods < 2 * spacing:
        return Basis(np.zeros(periods, np.int64), np.ones((periods, 1)), 1)
    from scipy.interpolate import BSpline

    inner = np.linspace(0, periods - 1, max(round(periods / spacing), 1) + 1)
    knots = np.concatenate((np.repeat(inner[0], 3), inner, np.repeat(inner[-1], 3)))
    matrix = BSpline.design_matrix(np.arange(periods, dtype=float), knots, 3)
    return Basis(
        matrix.indices.reshape(periods, 4)[:, 0].astype(np.int64),
        matrix.data.reshape(periods, 4),
        int(matrix.shape[1]),
    )


def regular(series: CountSeries) -> CountSeries:
    """The series, if its periods are of one length and follow each other without a gap."""
    even = np.unique(series.ends - series.starts).size == 1
    if not (even and (series.starts[1:] == series.ends[:-1]).all()):
        message = "periods are of one length without gaps here; give unobserved ones exposure 0"
        raise InputError([Problem("", 0, 0, "starts", message)])
    if len(series.observed) < 30:
        message = f"only {len(series.observed)} observed periods; a self-exciting fit needs 30"
        raise InputError([Problem("", 0, 0, "counts", message)])
    return series


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """Negative-binomial self-exciting likelihood over some of the periods."""

    series: CountSeries
    curves: Basis
    used: NDArray[np.bool_]
    """Periods that count in the likelihood; all count in the echo. Unobserved ones never do."""

    def parts(self, theta: Floats) -> tuple[Floats, Floats, Floats]:
        """Background, echo and the echo's slope by decay, each of shape (periods,)."""
        from backstop.watch.statistics.echo import echo

        seen = self.series.exposure > 0
        rates = np.where(seen, self.series.counts / np.where(seen, self.series.exposure, 1.0), 0)
        first = float(rates[seen][:30].mean())
        background: Floats = np.exp(np.clip(self.curves.at(theta[:-3]), -30, 30))
        value, slope = echo(rates, seen, float(theta[-2]), first)
        return background, value, slope

    def value(self, theta: Floats) -> float:
        """Log-likelihood at (spline coefficients, branching, decay, log size)."""
        background, value, _ = self.parts(theta)
        u = self.used
        mean = self.series.exposure[u] * (background + theta[-3] * value)[u]
        terms = log_likelihood(
            self.series.counts[u],
            mean=mean,
            exposure=self.series.exposure[u],
            size=math.exp(theta[-1]),
        )
        return float(terms.sum())

    def loss(self, theta: Floats) -> tuple[float, Floats]:
        """Minus log-likelihood plus the ridge, and its gradient."""
        from scipy.special import digamma

        background, value, slope = self.parts(theta)
        u, size = self.used, math.exp(theta[-1])
        x, e = self.series.counts[u].astype(np.float64), self.series.exposure[u]
        rate = np.maximum((background + theta[-3] * value)[u], 1e-12)
        shape, mean = size * e, e * rate
        by_rate = x / rate - (x + shape) / (size + rate)
        by_shape = digamma(x + shape) - digamma(shape) - np.log1p(rate / size)
        by_shape += (mean - x) / (shape + mean)
        steps = np.diff(theta[:-3])
        slopes = np.zeros(len(self.curves))
        slopes[u] = by_rate * background[u]
        gradient = np.concatenate(
            (
                self.curves.back(slopes),
                [
                    by_rate @ value[u],
                    theta[-3] * (by_rate @ slope[u]),
                    size * float(by_shape @ e),
                ],
            )
        )
        gradient[:-3] -= 2 * RIDGE * (np.append(0, steps) - np.append(steps, 0))
        terms = log_likelihood(self.series.counts[u], mean=mean, exposure=e, size=size)
        return -float(terms.sum()) + RIDGE * float(steps @ steps), -gradient


def fit(
    series: CountSeries,
    *,
    curves: Basis,
    used: NDArray[np.bool_] | None = None,
    branching: float | None = None,
    start: Fit | None = None,
) -> Fit:
    """Parameters of greatest likelihood; ``branching`` holds that one where it is given.

    By truncated Newton steps within bounds (Nash 1984). SciPy's L-BFGS-B finds the same, but wakes
    the threads of the linear algebra library at each step, ten times the work on a busy machine.
    """
    from scipy.optimize import minimize

    seen = series.exposure > 0
    likelihood = Likelihood(series, curves, seen if used is None else used & seen)
    level = max(float(series.counts.sum() / series.exposure.sum()), 1e-3)
    held = (0.0, MOST_BRANCHING) if branching is None else (branching, branching)
    bounds = [(-25.0, 25.0)] * curves.columns + [held, DECAYS, (-8.0, 10.0)]
    starts = []
    for guess in (0.1, 0.6) if branching is None and start is None else (branching or 0.0,):
        for decay in (0.3, 0.9):
            free = np.full(curves.columns, math.log(level * (1 - 0.9 * guess)))
            starts.append(np.concatenate((free, [guess, decay, 0.0])))
    if start is not None:
        guess = start.branching if branching is None else branching
        starts = [np.concatenate((start.coefficients, [guess, start.decay, math.log(start.size)]))]
    best = min(
        (
            minimize(
                likelihood.loss,
                first,
                jac=True,
                method="TNC",
                bounds=bounds,
                options={"maxfun": 2000},
            )
            for first in starts
        ),
        key=lambda found: float(found.fun),
    )
    theta: Floats = best.x
    return Fit(
        coefficients=theta[:-3],
        branching=float(theta[-3]),
        decay=float(theta[-2]),
        size=math.exp(float(theta[-1])),
        log_likelihood=likelihood.value(theta),
    )
