"""A self-exciting model over a background that moves: how much do incidents beget incidents?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.futures.range import Range
from backstop.futures.streams import Stream
from backstop.watch.statistics.dispersion import check_size
from backstop.watch.statistics.excitation import (
    MOST_BRANCHING,
    Basis,
    Fit,
    Likelihood,
    basis,
    fit,
    regular,
)
from backstop.watch.statistics.random import generator, negative_binomial
from backstop.watch.statistics.series import CountSeries, describe

Floats = NDArray[np.float64]

#: Spacings of knots that are compared, in periods; None is a constant background.
SPACINGS: tuple[int | None, ...] = (None, 360, 180, 90, 45, 28)
#: Held-out blocks are runs of so many periods, dealt in turn into so many parts.
BLOCK, FOLDS = 14, 5
#: Backgrounds within so many standard errors of the best are not ruled out.
NOT_RULED_OUT = 2.0

WHY_UPPER = (
    "an upper bound: whatever the background did that a curve of this smoothness cannot follow "
    "is counted as contagion (Mohler 2013). It concerns contagion from one period to later ones; "
    "what follows within a period is in the over-dispersion and is not bounded here"
)


@dataclass(frozen=True, slots=True, eq=False)
class SelfExciting:
    """A process: each incident raises the rate of later ones, on top of a background.

    With exposure e(t), count x(t) and past counts per exposure y: x(t) is negative binomial with
    mean e(t) (background(t) + branching · h(t)) and shape size · e(t), where
    h(t) = decay · h(t - 1) + (1 - decay) · y(t - 1). A Hawkes (1971) process in discrete time.
    """

    background: Floats
    """Per unit of exposure, shape (periods,)."""
    branching: float
    """Later incidents that one incident begets, on average, directly; below 1."""
    decay: float
    """Share of the echo that is left after one period."""
    size: float
    """Negative-binomial size per unit of exposure; infinite for Poisson."""

    @property
    def mean_lag_periods(self) -> float:
        """Mean time from an incident to those that it begets."""
        return 1 / (1 - self.decay)


@dataclass(frozen=True, slots=True)
class Smoothness:
    """How well a background of one smoothness predicts what it was not fitted to."""

    spacing: int | None
    """Periods between knots; None for a constant."""
    score: float
    """Held-out log-likelihood, summed."""
    behind: float
    """By how much it falls short of the best."""
    behind_error: float
    """Standard error of that difference, over held-out blocks."""
    branching: float
    """Branching ratio that it would give."""

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "spacing": self.spacing,
            "score": self.score,
            "behind": self.behind,
            "behind_error": self.behind_error,
            "branching": self.branching,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Excitation:
    """What a fit says, the branching ratio as an upper bound."""

    model: SelfExciting
    branching_upper: Range
    """Normalised profile likelihood of the branching ratio; its p95 is the bound."""
    constant_background: float
    """The branching ratio that a constant background would have given."""
    gain_over_none: float
    """Log-likelihood gained over no echo at all."""
    spacing: int | None
    """Periods between knots of the model's background; None for a constant."""
    bound_spacing: int | None
    """The same of the background that the bound comes from."""
    compared: tuple[Smoothness, ...]
    background_dates: tuple[str, ...]
    described: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``branching_ratio_upper``, and what stands behind it."""
        model = self.model
        return {
            "branching_ratio_upper": self.branching_upper.to_dict(),
            "bound": self.branching_upper.p95,
            "why": WHY_UPPER,
            "most_likely": model.branching,
            "constant_background": self.constant_background,
            "gain_over_none": self.gain_over_none,
            "mean_lag_periods": model.mean_lag_periods,
            "size": model.size,
            "spacing": self.spacing,
            "bound_spacing": self.bound_spacing,
            "compared": [row.to_dict() for row in self.compared],
            "background": {
                "dates": list(self.background_dates),
                "rate": [float(v) for v in model.background],
            },
            "series": self.described,
        }


def fit_self_exciting(
    series: CountSeries, *, spacings: Sequence[int | None] = SPACINGS
) -> Excitation:
    """Fit the process, its background as smooth as the data let it be.

    The logarithm of the background is a cubic spline. Spacings of its knots are compared by
    the likelihood of held-out blocks of 14 periods, in five parts. The model is the best of them.
    The bound comes from another: the *smoothest* background that is not ruled out, less than two
    standard errors behind the best. A flexible background takes part of a true echo for its own
    movement, a stiff one gives its movement to the echo, so that the bound errs upwards. The range
    is the profile likelihood of the branching ratio there, normalised as under a uniform prior.

    Parameters
    ----------
    series : CountSeries
        Periods of one length without gaps, at least 30 observed; unobserved ones have exposure 0.
    spacings : sequence of int or None
        From smooth to rough.
    """
    series = regular(series)
    tried = [s for s in spacings if s is None or len(series) >= 2 * s]
    if not tried:
        message = f"every one is longer than half the series of {len(series)} periods"
        raise InputError([Problem("", 0, 0, "spacings", message)])
    whole = {s: fit(series, curves=basis(len(series), spacing=s)) for s in tried}
    compared = _compare(series, whole)
    chosen = max(compared, key=lambda row: row.score).spacing
    stiff = next(r for r in compared if r.behind <= NOT_RULED_OUT * r.behind_error).spacing
    curves, best = basis(len(series), spacing=chosen), whole[chosen]
    constant = fit(series, curves=basis(len(series), spacing=None))
    none = fit(series, curves=curves, branching=0.0, start=best)
    upper = _profile(series, basis(len(series), spacing=stiff), whole[stiff])
    return Excitation(
        model=SelfExciting(
            background=np.exp(curves.at(best.coefficients)),
            branching=best.branching,
            decay=best.decay,
            size=best.size,
        ),
        branching_upper=upper,
        constant_background=constant.branching,
        gain_over_none=max(best.log_likelihood - none.log_likelihood, 0.0),
        spacing=chosen,
        bound_spacing=stiff,
        compared=compared,
        background_dates=tuple(str(d) for d in series.reporting_dates),
        described=describe(series),
    )


def _compare(series: CountSeries, whole: dict[int | None, Fit]) -> tuple[Smoothness, ...]:
    """Held-out log-likelihoods by block; smooth to rough, as given."""
    block = np.arange(len(series)) // BLOCK
    by_block = {}
    for spacing, start in whole.items():
        curves = basis(len(series), spacing=spacing)
        terms = np.zeros(int(block[-1]) + 1)
        for part in range(FOLDS):
            away = block % FOLDS == part
            found = fit(series, curves=curves, used=~away, start=start)
            theta = np.concatenate(
                (found.coefficients, [found.branching, found.decay, math.log(found.size)])
            )
            for b in np.unique(block[away]):
                used = (block == b) & (series.exposure > 0)
                terms[b] = Likelihood(series, curves, used).value(theta)
        by_block[spacing] = terms
    best = max(by_block, key=lambda s: float(by_block[s].sum()))
    rows = []
    for spacing, terms in by_block.items():
        gap = by_block[best] - terms
        rows.append(
            Smoothness(
                spacing=spacing,
                score=float(terms.sum()),
                behind=float(gap.sum()),
                behind_error=float(gap.std(ddof=1)) * math.sqrt(gap.size),
                branching=whole[spacing].branching,
            )
        )
    return tuple(rows)


def _profile(series: CountSeries, curves: Basis, best: Fit) -> Range:
    """Range of the branching ratio under its normalised profile likelihood."""
    grid = np.linspace(0, MOST_BRANCHING, 45)
    centre = int(np.argmin(np.abs(grid - best.branching)))
    height = np.full(grid.size, -np.inf)
    for way in (range(centre, grid.size), range(centre - 1, -1, -1)):
        start = best
        for i in way:
            start = fit(series, curves=curves, branching=float(grid[i]), start=start)
            height[i] = start.log_likelihood
            if height[i] < best.log_likelihood - 12:
                break
    return _range_of(grid, height - height.max())


def _range_of(grid: Floats, height: Floats) -> Range:
    """Percentiles of the density exp(height), linear between the points of a grid."""
    fine = np.linspace(grid[0], grid[-1], 4_001)
    density = np.exp(np.interp(fine, grid, np.maximum(height, -700.0)))
    total = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    total /= total[-1]
    p05, p50, p95 = (float(v) for v in np.interp((0.05, 0.5, 0.95), total, fine))
    mean = float((fine * density).sum() / density.sum())
    return Range(p05=p05, p50=p50, p95=p95, mean=mean)


def simulate(
    model: SelfExciting,
    *,
    like: CountSeries,
    seed: int = 1,
    run: int = 0,
) -> CountSeries:
    """A series from the process, with the periods and exposures of another.

    Parameters
    ----------
    like : CountSeries
        As many periods as the background has; its counts are not used.
    run : int
        Number of the repetition: each has its own random numbers.
    """
    assert len(like) == model.background.size, "as many periods as the background has"
    assert 0 <= model.branching < 1, "a branching ratio of 1 or more explodes"
    size = math.inf if math.isinf(model.size) else check_size(model.size)
    draw = generator(Stream(seed, f"watch.self-exciting.{run}"))
    counts = np.zeros(len(like), np.int64)
    h = float(model.background[0]) / (1 - model.branching)
    for t, exposure in enumerate(like.exposure):
        rate = float(model.background[t]) + model.branching * h
        if exposure > 0:
            mean, shape = np.array([rate * exposure]), np.array([size * exposure])
            counts[t] = negative_binomial(draw, mean=mean, shape=shape)[0]
            h = model.decay * h + (1 - model.decay) * float(counts[t]) / float(exposure)
    return CountSeries(like.starts, like.ends, counts, like.exposure)
