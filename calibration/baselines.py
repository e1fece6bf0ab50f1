"""The naive forecasts that a model has to beat, each made without the case it is scored on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def base_rate(happened: Floats) -> Floats:
    """For each case, the share among all the others."""
    return np.asarray((happened.sum() - happened) / (len(happened) - 1))


def logit_left_out(predictors: Floats, happened: Floats, labels: NDArray[np.str_]) -> Floats:
    """For each case, a logistic regression's chance, fitted without the case's whole cluster.

    Parameters
    ----------
    predictors : array, shape (cases, predictors)
        Without the constant.
    happened : array, shape (cases,)
        0 or 1.
    labels : array, shape (cases,)
        Cluster of each case; give every case its own for plain leave-one-out.
    """
    chance = np.empty(len(happened))
    for label in np.unique(labels):
        out = labels == label
        weights = logit(predictors[~out], happened[~out])
        chance[out] = _logistic(_with_constant(predictors[out]) @ weights)
    return chance


def logit(predictors: Floats, happened: Floats, *, ridge: float = 1e-6) -> Floats:
    """Maximum-likelihood weights of a logistic regression, the constant first (Newton's method).

    The ridge keeps a separable sample finite and is otherwise invisible.
    """
    design = _with_constant(predictors)
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chance = _logistic(design @ weights)
        slope = design.T @ (happened - chance) - ridge * weights
        curve = design.T @ (design * (chance * (1 - chance))[:, None])
        step = np.linalg.solve(curve + ridge * np.eye(len(weights)), slope)
        weights = weights + step
        if np.max(np.abs(step)) < 1e-10:
            break
    return weights


def mean_so_far(values: Floats, *, first: int) -> Floats:
    """Tomorrow as the mean of all days until today, from a step on."""
    running = np.cumsum(values, axis=0)
    count = np.arange(1, len(values) + 1).reshape(-1, *([1] * (values.ndim - 1)))
    return np.asarray((running / count)[first - 1 : -1])


def last_value(values: Floats, *, first: int) -> Floats:
    """Tomorrow as today, from a step on."""
    return values[first - 1 : -1]


def recent_mean(values: Floats, *, first: int, window: int) -> Floats:
    """Tomorrow as the mean of the last days, from a step on."""
    return np.array(
        [values[max(0, t - window) : t].mean(axis=0) for t in range(first, len(values))]
    )


def _with_constant(predictors: Floats) -> Floats:
    return np.column_stack([np.ones(len(predictors)), predictors])


def _logistic(score: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(score, -500, 500))))
