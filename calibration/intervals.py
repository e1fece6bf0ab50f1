"""Intervals by resampling: by campaign for battles, by blocks of days for the front."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
SEED = 20250630


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with a 90 % interval."""

    value: float
    """Of the sample itself."""
    low: float
    """5th percentile of the resampled values."""
    high: float
    """95th percentile."""

    def __str__(self) -> str:
        return f"{self.value:.3g} ({self.low:.3g} to {self.high:.3g})"


def clustered(
    statistic: Callable[[Ints], float], labels: Sequence[str], *, draws: int = 1000
) -> Interval:
    """Bootstrap over clusters: all battles of a campaign are drawn together or not at all.

    Parameters
    ----------
    statistic : callable
        Of the positions drawn, some of them more than once.
    labels : sequence of str
        Cluster of every observation.
    draws : int
        Resamples.
    """
    _, cluster = np.unique(np.asarray(labels), return_inverse=True)
    members = [np.flatnonzero(cluster == c) for c in range(cluster.max() + 1)]
    random = np.random.default_rng(SEED)

    def draw() -> Ints:
        chosen = random.integers(0, len(members), len(members))
        return np.concatenate([members[c] for c in chosen])

    return _interval(statistic, np.arange(len(cluster)), draw, draws)


def blocked(
    statistic: Callable[[Ints], float], length: int, *, block: int, draws: int = 1000
) -> Interval:
    """Moving-block bootstrap of a series (Künsch 1989), blocks laid end to end.

    For a correlation between neighbours, resample the pairs and not the series: a pair that
    straddles two blocks never was, and would pull the correlation down.
    """
    random = np.random.default_rng(SEED)
    count = int(np.ceil(length / block))

    def draw() -> Ints:
        starts = random.integers(0, length - block + 1, count)
        return (starts[:, None] + np.arange(block)).ravel()[:length]

    return _interval(statistic, np.arange(length), draw, draws)


def _interval(
    statistic: Callable[[Ints], float], whole: Ints, draw: Callable[[], Ints], draws: int
) -> Interval:
    values = np.array([statistic(draw()) for _ in range(draws)])
    low, high = np.quantile(values[np.isfinite(values)], [0.05, 0.95])
    return Interval(statistic(whole), float(low), float(high))
