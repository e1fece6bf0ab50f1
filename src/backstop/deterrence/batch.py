"""A batch of crisis games in machine code, one after the other."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
from numba import njit

from backstop.deterrence import kernel
from backstop.deterrence.follow import PLACES, ROUGHEST, follow, settle
from backstop.deterrence.kernel import backward, tell

_CHALLENGER, _GUARANTOR = kernel.CHALLENGER, kernel.GUARANTOR
_PRIOR_C, _PRIOR_G, _COLUMNS = kernel.PRIOR_C, kernel.PRIOR_G, kernel.COLUMNS
_OPENING, _RESPOND, _ESCALATE, _HONOUR = (
    kernel.OPENING,
    kernel.RESPOND,
    kernel.ESCALATE,
    kernel.HONOUR,
)
_PRESS, _HONOUR_ATTACK, _PRESS_ATTACK = kernel.PRESS, kernel.HONOUR_ATTACK, kernel.PRESS_ATTACK
_VALUE_C, _VALUE_G = kernel.VALUE_C, kernel.VALUE_G

#: What is asked of a batch: arrays as in `crisis.Utilities`.
Asked = namedtuple(
    "Asked", "challenger guarantor attributed prior_challenger prior_guarantor rationality"
)

#: What is told about each game, arrays as in `crisis.Plays`.
Told = namedtuple(
    "Told",
    "opening respond escalate honour_escalated press_escalated honour_attacked press_attacked "
    "challenger_value guarantor_value outcome opened honoured_given_attack "
    "closing residual iterations folds reached again converged",
)


def room(games: int, types: int) -> Told:
    """Arrays for the answers of a batch, to be filled."""
    return Told(
        opening=np.empty((games, types, 3)),
        respond=np.empty((games, 2, types)),
        escalate=np.empty((games, 2, types)),
        honour_escalated=np.empty((games, 2, types)),
        press_escalated=np.empty((games, types)),
        honour_attacked=np.empty((games, types)),
        press_attacked=np.empty((games, types)),
        challenger_value=np.empty((games, types)),
        guarantor_value=np.empty((games, types)),
        outcome=np.empty((games, 11)),
        opened=np.empty((games, 3)),
        honoured_given_attack=np.empty(games),
        closing=np.zeros((games, 9)),
        residual=np.empty(games),
        iterations=np.empty(games, dtype=np.int32),
        folds=np.empty(games, dtype=np.int32),
        reached=np.empty(games),
        again=np.empty(games, dtype=np.bool_),
        converged=np.ones(games, dtype=np.bool_),
    )


#: How finely a float between ½ and 1 is told from the next.
_DIGIT = 2.0**-53

#: Length of the first correction that is aimed at, for every game and then for the few that are
#: lost; five to ten times as much is accepted.
_AIMS = (0.04, 0.002, 0.0001, 0.0001)
_ACCEPTED = (0.2, 0.02, 0.001, 0.001)
#: Length of the last correction of a step: the one aimed at, and in the end as good as none.
_CLOSE = (0.04, 0.002, 0.0001, 1e-13)


@njit(cache=True, nogil=True, error_model="numpy")
def _load(asked, g, w):  # type: ignore[no-untyped-def]
    """Put one game into the table; largest difference between two utilities of one type."""
    most = 0.0
    for i in range(w.shape[0]):
        low_c = high_c = asked.challenger[g, i, 0]
        low_g = high_g = asked.guarantor[g, i, 0]
        for k in range(11):
            c, u = asked.challenger[g, i, k], asked.guarantor[g, i, k]
            w[i, _CHALLENGER + k], w[i, _GUARANTOR + k] = c, u
            low_c, high_c = min(low_c, c), max(high_c, c)
            low_g, high_g = min(low_g, u), max(high_g, u)
        most = max(most, high_c - low_c, high_g - low_g)
        w[i, _PRIOR_C], w[i, _PRIOR_G] = asked.prior_challenger[g, i], asked.prior_guarantor[g, i]
    return most if most > 0.0 else 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _store(w, told, g):  # type: ignore[no-untyped-def]
    honoured = 0.0
    for v in range(3):
        opened = 0.0
        for i in range(w.shape[0]):
            told.opening[g, i, v] = w[i, _OPENING + v]
            opened += w[i, _PRIOR_C] * w[i, _OPENING + v]
        told.opened[g, v] = opened
    for i in range(w.shape[0]):
        for x in range(2):
            told.respond[g, x, i] = w[i, _RESPOND + x]
            told.escalate[g, x, i] = w[i, _ESCALATE + x]
            told.honour_escalated[g, x, i] = w[i, _HONOUR + x]
        told.press_escalated[g, i] = w[i, _PRESS]
        told.honour_attacked[g, i] = w[i, _HONOUR_ATTACK]
        told.press_attacked[g, i] = w[i, _PRESS_ATTACK]
        told.challenger_value[g, i], told.guarantor_value[g, i] = w[i, _VALUE_C], w[i, _VALUE_G]
        honoured += w[i, _PRIOR_G] * w[i, _HONOUR_ATTACK]
    told.honoured_given_attack[g] = honoured


@njit(cache=True, nogil=True, error_model="numpy")
def solve_batch(asked, curves, low, high, near, tolerance, told):  # type: ignore[no-untyped-def]
    """Solve every game of a batch into ``told``. No curves: the logistic response.

    ``near`` holds numbers to start from, or nothing; NaN in a row says that there are none.
    """
    games, types = asked.challenger.shape[0], asked.challenger.shape[1]
    w = np.zeros((types, _COLUMNS))
    sums, new, jac = np.zeros((4, 5)), np.zeros(9), np.zeros((9, 10))
    m, u = np.zeros((10, 12)), np.zeros((PLACES, 10))
    curve = np.zeros(0)
    for g in range(games):
        if curves.shape[0]:
            curve = curves[g]
        spread = _load(asked, g, w)
        lam, a = asked.rationality[g], asked.attributed[g]
        if types == 1:
            backward(lam, a, w, curve, low, high)
            told.iterations[g], told.folds[g], told.again[g] = 1, 0, False
            told.reached[g], told.residual[g] = lam, 0.0
        else:
            tries, used, folds, there, residual = 0, 0, 0, -1.0, 1.0
            if near.shape[0] and near[g, 0] == near[g, 0]:
                residual, used = settle(lam, a, w, curve, low, high, sums, new, jac, m, u, near[g])
                there = lam
            # The last digit of a number moves what follows from it by up to λ twice over.
            allowed = min(max(tolerance, _DIGIT * (lam * spread) ** 2), ROUGHEST)
            while tries < len(_AIMS) and (there != lam or residual > allowed):
                good, fair, close = _AIMS[tries], _ACCEPTED[tries], _CLOSE[tries]
                used, folds, there, residual = follow(
                    lam, a, w, curve, low, high, sums, new, jac, m, u, spread, good, fair, close
                )
                tries += 1
            told.iterations[g], told.folds[g], told.again[g] = used, folds, tries > 1
            told.reached[g], told.residual[g] = there, residual
            told.converged[g] = there == lam and residual <= allowed
            for k in range(9):
                told.closing[g, k] = u[0, k]
        tell(a, w, told.outcome, g)
        _store(w, told, g)
