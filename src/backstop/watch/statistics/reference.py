"""What quiet looks like: the level that a breakdown is measured against, as far as it is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.futures.range import Range
from backstop.watch.statistics.dispersion import log_likelihood
from backstop.watch.statistics.excitation import basis, fit
from backstop.watch.statistics.series import CountSeries, describe

Floats = NDArray[np.float64]

#: Fewest observed periods from which a reference is learnt, and an echo with it.
ENOUGH, ENOUGH_FOR_ECHO = 8, 90
#: Points of the grid: rates, sizes, and the branching ratios that are tried.
RATES, SIZES = 31, 21
BRANCHINGS = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9)
#: Points with less posterior weight than this are left out.
LEAST_WEIGHT = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Posterior of a quiet stretch's rate, scatter and echo, as weighted points."""

    rates: Floats
    """Per unit of exposure, shape (points,)."""
    sizes: Floats
    """Negative-binomial sizes per unit of exposure, shape (points,)."""
    branchings: Floats
    """Share of the rate that echoes the past, shape (points,)."""
    weights: Floats
    """Shape (points,); they add up to one."""
    decay: float
    """Share of the echo left after one period."""
    described: dict[str, Any]

    def __len__(self) -> int:
        return int(self.rates.size)

    @property
    def rate(self) -> Range:
        """Posterior of the quiet rate."""
        return weighted_range(self.rates, self.weights)

    @property
    def size(self) -> Range:
        """Posterior of the size; a small one is much scatter."""
        return weighted_range(self.sizes, self.weights)

    @property
    def branching(self) -> Range:
        """Posterior of the branching ratio on a constant background: it holds drift too."""
        return weighted_range(self.branchings, self.weights)

    def to_dict(self) -> dict[str, Any]:
        """Ranges of the three, and the stretch."""
        return {
            "rate": self.rate.to_dict(),
            "size": self.size.to_dict(),
            "branching": self.branching.to_dict(),
            "decay": self.decay,
            "series": self.described,
        }


def weighted_range(values: Floats, weights: Floats) -> Range:
    """Percentiles and mean of weighted points."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    place = np.minimum(
        np.searchsorted(total, np.array([0.05, 0.5, 0.95]) * total[-1]), len(order) - 1
    )
    p05, p50, p95 = (float(v) for v in values[order][place])
    return Range(p05=p05, p50=p50, p95=p95, mean=float(values @ weights / weights.sum()))


def learn_reference(baseline: CountSeries) -> Reference:
    """Learn what quiet looks like from a stretch that was quiet.

    A posterior on a grid: Jeffreys' prior for the rate (density as λ^(-1/2)), the logarithm of
    the size uniform from 0.02 to the larger of 20 and a hundred times the rate, the branching ratio
    uniform on eight values. Whatever drift or bursts the stretch has go into scatter and echo, and
    make the test slower rather than jumpy. The echo is learnt from 90 observed periods up, of one
    length and without gaps; else it is taken as none. Its decay is the most likely one.

    Raises
    ------
    InputError
        With fewer than eight observed periods.
    """
    seen = baseline.observed
    if len(seen) < ENOUGH:
        message = f"has {len(seen)} observed periods; a reference level needs {ENOUGH}"
        raise InputError([Problem("", 0, 0, "baseline", message)])
    echoing, decay, past = _echo(baseline)
    middle = (float(seen.counts.sum()) + 0.5) / float(seen.exposure.sum())
    sizes = np.geomspace(0.02, max(20.0, 100 * middle), SIZES)
    rates = middle * np.exp(np.linspace(-4, 4, RATES))
    for _ in range(2):
        height = _heights(seen, rates, sizes, np.array(echoing), past)
        kept = height > height.max() + math.log(LEAST_WEIGHT)
        rates = _narrowed(rates, kept.any(axis=(1, 2)))
        sizes = _narrowed(sizes, kept.any(axis=(0, 2)))
    height = _heights(seen, rates, sizes, np.array(echoing), past)
    weights = np.exp(height - height.max())
    weights /= weights.sum()
    points = np.nonzero(weights > LEAST_WEIGHT)
    return Reference(
        rates=rates[points[0]],
        sizes=sizes[points[1]],
        branchings=np.array(echoing)[points[2]],
        weights=weights[points] / weights[points].sum(),
        decay=decay,
        described=describe(baseline),
    )


def _narrowed(grid: Floats, kept: NDArray[np.bool_]) -> Floats:
    """A grid of as many points over the part that is kept and one step on either side."""
    inside = np.flatnonzero(kept)
    low, high = max(inside[0] - 1, 0), min(inside[-1] + 1, grid.size - 1)
    return np.geomspace(grid[low], grid[high], grid.size)


def _heights(
    seen: CountSeries, rates: Floats, sizes: Floats, echoing: Floats, past: Floats
) -> Floats:
    """Log-posterior, shape (rates, sizes, branchings); the grid is even in the logarithms."""
    value = np.empty((rates.size, sizes.size, echoing.size))
    for k, branching in enumerate(echoing):
        rate = rates[:, None] * (1 - branching) + branching * past[None, :]
        for j, size in enumerate(sizes):
            terms = log_likelihood(
                seen.counts,
                mean=seen.exposure * np.maximum(rate, 1e-300),
                exposure=seen.exposure,
                size=float(size),
            )
            value[:, j, k] = terms.sum(axis=1)
    result: Floats = value + 0.5 * np.log(rates)[:, None, None]
    return result


def _echo(baseline: CountSeries) -> tuple[tuple[float, ...], float, Floats]:
    """Branching ratios to try, the decay, and the echo over the observed periods."""
    from backstop.watch.statistics.echo import echo

    seen = baseline.observed
    lengths = baseline.ends - baseline.starts
    even = bool((lengths == lengths[0]).all())
    joined = bool((baseline.starts[1:] == baseline.ends[:-1]).all())
    if not (even and joined and len(seen) >= ENOUGH_FOR_ECHO and seen.counts.any()):
        return (0.0,), 0.0, np.zeros(len(seen))
    decay = fit(baseline, curves=basis(len(baseline), spacing=None)).decay
    rate = seen.counts / seen.exposure
    past, _ = echo(rate, np.ones(len(seen), np.bool_), decay, float(rate.mean()))
    return BRANCHINGS, decay, past
