"""Proper scores: how good a stated chance or distribution was, once the outcome is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def brier(chance: Floats, happened: Floats) -> float:
    """Mean squared difference between the chance and the outcome (Brier 1950); lower is better."""
    return float(np.mean((chance - happened) ** 2))


def log_score(chance: Floats, happened: Floats) -> float:
    """Mean of minus the logarithm of the chance given to what happened (Good 1952).

    Chances are kept a thousandth away from 0 and 1: a finite sample of worlds cannot state less.
    """
    kept = np.clip(chance, 1e-3, 1 - 1e-3)
    return float(-np.mean(np.where(happened > 0, np.log(kept), np.log1p(-kept))))


def crps(ensemble: Floats, outcome: Floats) -> Floats:
    """Continuous ranked probability score of an ensemble; lower is better, in the outcome's unit.

    E|X - y| - ½ E|X - X'| over the members with equal weight (Gneiting & Raftery 2007), by the
    sorted form, which needs no pairs.

    Parameters
    ----------
    ensemble : array, shape (members,) or (members, cases)
    outcome : array, shape (cases,)

    Returns
    -------
    array, shape (cases,)
    """
    sorted_members = np.sort(ensemble, axis=0)
    if sorted_members.ndim == 1:
        sorted_members = np.broadcast_to(
            sorted_members[:, None], (len(sorted_members), len(outcome))
        )
    members = len(sorted_members)
    weight = (2 * np.arange(1, members + 1) - members - 1)[:, None]
    spread = np.sum(weight * sorted_members, axis=0) / members**2
    return np.asarray(np.mean(np.abs(sorted_members - outcome), axis=0) - spread)


def improvement(score: float, reference: float) -> float:
    """Share by which a score is better than a reference's; negative where it is worse."""
    return 1 - score / reference
