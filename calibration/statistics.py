"""The statistics that the campaign model has to reproduce, one function each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


def dispersion(values: Floats) -> float:
    """Variance over mean, in the unit of the values (here square kilometres).

    It is not a pure number: doubling the unit of area halves it, and a sum over k independent
    cells alike has the value of one of them.
    """
    return float(np.var(values, ddof=1) / np.mean(values))


def persistence(values: Floats, *, lag: int = 1) -> float:
    """Correlation of a series with itself, a number of steps later (Pearson).

    Parameters
    ----------
    values : array, shape (steps,) or (steps, cells)
        With cells, all pairs of all cells are taken together: a cell that is always quiet and one
        that is always active then count as persistence, as they do for a forecaster.
    lag : int
        Steps between the two.
    """
    now, later = pairs(values, lag=lag)
    return correlation(now, later)


def correlation(first: Floats, second: Floats) -> float:
    """Pearson's correlation of two arrays taken flat."""
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def pairs(values: Floats, *, lag: int = 1) -> tuple[Floats, Floats]:
    """A series and itself some steps later, as persistence compares them."""
    return values[:-lag], values[lag:]


def concentration(totals: Floats, *, top: int = 5) -> float:
    """Share of the total that lies in the largest cells."""
    return float(np.sort(totals)[::-1][:top].sum() / totals.sum())


def jump_dispersion(patches_km2: Floats) -> float:
    """Variance over mean that patches of these sizes give when their number is Poisson.

    E[x²] / E[x], by Campbell's formula for a compound Poisson sum.
    """
    return float(np.mean(patches_km2**2) / np.mean(patches_km2))


def rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's rank correlation."""
    return float(stats.spearmanr(first, second).statistic)


def quantiles(values: Floats, levels: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> Floats:
    """Quantiles of a sample."""
    return np.quantile(values, levels)
