"""How good a fusion is, where the truth is known: pairs, clusters, probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backstop.watch.fusion.fusion import Fusion


@dataclass(frozen=True, slots=True)
class Quality:
    """A fusion against the truth."""

    precision: float
    """Share of the joined pairs that are of one act; 1 where none is joined."""
    recall: float
    """Share of the pairs of one act that are joined; 1 where there is none."""
    over_merge: float
    """Share of the groups that hold records of two acts or more; 0 where there is none."""
    incidents: int
    truth: int
    """Acts that have a record."""
    covered: bool | None
    """Whether the truth lies between the 5th and the 95th percentile; None without a range."""

    def to_dict(self) -> dict[str, Any]:
        """By name."""
        return {name: getattr(self, name) for name in self.__slots__}


def measure(fusion: Fusion, truth: dict[str, object]) -> Quality:
    """Compare with the act of each record, by key.

    Records of one stream that are of one act cannot be joined, and count against the recall.
    """
    joined = _pairs(one.keys for one in fusion.groups)
    acts: dict[object, list[str]] = {}
    for key, act in truth.items():
        acts.setdefault(act, []).append(key)
    same = _pairs(acts.values())
    mixed = sum(len({truth[key] for key in one.keys}) > 1 for one in fusion.groups)
    right, count = len(joined & same), fusion.count
    return Quality(
        precision=right / len(joined) if joined else 1.0,
        recall=right / len(same) if same else 1.0,
        over_merge=mixed / len(fusion.groups) if fusion.groups else 0.0,
        incidents=fusion.incidents,
        truth=len(acts),
        covered=None if count is None else count.p05 <= len(acts) <= count.p95,
    )


def _pairs(groups: Iterable[Sequence[str]]) -> set[tuple[str, str]]:
    return {pair for one in groups for pair in combinations(sorted(one), 2)}


@dataclass(frozen=True, slots=True)
class Reliability:
    """Stated probabilities against what came true, in bins of equal width."""

    stated: tuple[float, ...]
    """Mean probability of each bin that holds any."""
    true: tuple[float, ...]
    """Share that came true."""
    count: tuple[int, ...]
    error: float
    """Expected calibration error: mean distance of the two, weighted by count."""


def reliability(probability: ArrayLike, true: ArrayLike, *, bins: int = 10) -> Reliability:
    """Reliability of probabilities, arrays of shape (pairs,).

    The expected calibration error is Σ_bins (count / total) |share true - mean stated|
    (M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities using
    Bayesian binning", AAAI 2015).
    """
    stated, came = np.asarray(probability, np.float64), np.asarray(true, np.float64)
    which = np.minimum((stated * bins).astype(np.int64), bins - 1)
    count = np.bincount(which, minlength=bins)
    held = count > 0
    mean = np.bincount(which, stated, bins)[held] / count[held]
    share = np.bincount(which, came, bins)[held] / count[held]
    error = float((count[held] * np.abs(mean - share)).sum() / max(stated.size, 1))
    listed = tuple(map(int, count[held]))
    return Reliability(tuple(map(float, mean)), tuple(map(float, share)), listed, error)
