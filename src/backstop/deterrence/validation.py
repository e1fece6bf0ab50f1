"""How well an estimated model predicts cases it has not seen, beside the base rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.estimation import Crises, Penalty, estimate, predict
from backstop.deterrence.links import Link

FloatArray = npt.NDArray[np.float64]

#: No prediction counts as more certain than this, so that one miss is not infinitely bad.
SUREST = 1e-6


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Mean scores of predictions of the three outcomes, each case left out of its own fit."""

    cases: int
    parameters: int
    log_score: float
    """Mean logarithm of the probability given to what happened; higher is better."""
    base_log_score: float
    """The same of the base rates, the case left out as well."""
    brier: float
    """Mean squared error over the three outcomes; lower is better."""
    base_brier: float
    """The same of the base rates."""

    @property
    def beats_base_rates(self) -> bool:
        """Whether the model is better by both scores."""
        return self.log_score > self.base_log_score and self.brier < self.base_brier


def left_out(
    data: Crises, *, link: Link = "logit", penalty: Penalty = "logf", strength: float = 1.0
) -> LeftOut:
    """Leave each case out, fit the others, predict it: status quo, capitulation or war."""
    happened = outcomes(data)
    model, base = np.empty((len(data), 3)), np.empty((len(data), 3))
    for case in range(len(data)):
        others = np.delete(np.arange(len(data)), case)
        fitted = estimate(data.take(others), link=link, penalty=penalty, strength=strength)
        attack, resist = predict(fitted, data.take(np.array([case])))
        model[case] = 1 - attack[0], attack[0] * (1 - resist[0]), attack[0] * resist[0]
        # One case more of each kind keeps a rare outcome possible (Laplace).
        base[case] = (np.bincount(happened[others], minlength=3) + 1) / (len(others) + 3)
    return LeftOut(
        cases=len(data),
        parameters=sum(data.sizes),
        log_score=_log_score(model, happened),
        base_log_score=_log_score(base, happened),
        brier=_brier(model, happened),
        base_brier=_brier(base, happened),
    )


def outcomes(data: Crises) -> npt.NDArray[np.int64]:
    """0 status quo, 1 capitulation, 2 war, shape (cases,)."""
    return np.where(data.attacked, np.where(data.resisted, 2, 1), 0).astype(np.int64)


def _log_score(given: FloatArray, happened: npt.NDArray[np.int64]) -> float:
    chosen = given[np.arange(len(given)), happened]
    return float(np.mean(np.log(np.clip(chosen, SUREST, 1.0))))


def _brier(given: FloatArray, happened: npt.NDArray[np.int64]) -> float:
    return float(np.mean(np.sum((given - np.eye(3)[happened]) ** 2, axis=1)))
