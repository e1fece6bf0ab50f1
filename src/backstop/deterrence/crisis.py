"""The crisis game: its outcomes, its utilities, and how many games at once are asked and answered.

One crisis. The challenger complies, probes or attacks. A probe is attributed or stays ambiguous
(chance); the guarantor, who knows which, responds or ignores; the challenger backs down or
escalates; the guarantor honours or reneges; the challenger, once honoured against, presses or
retreats. After an attack the guarantor honours or reneges, and the challenger presses or retreats.

Each side has T private types of resolve. A player's utilities depend on its own type alone, so
that beliefs about the other side enter through what it is expected to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.convergence import Convergence
from backstop.errors import InputError, Problem

FloatArray = npt.NDArray[np.float64]

#: Terminal outcomes, in the order of the last axis of every utility and probability.
OUTCOMES = (
    "comply",
    "probe_ignored_attributed",
    "probe_ignored_ambiguous",
    "probe_backed_down_attributed",
    "probe_backed_down_ambiguous",
    "escalated_reneged",
    "escalated_pressed",
    "escalated_retreated",
    "attack_reneged",
    "attack_pressed",
    "attack_retreated",
)

#: How many numbers close a game.
NUMBERS = 9

#: Largest utility and λ that are taken; beyond, products leave the range of a float.
LARGEST = 1e9

#: How the challenger opens, in the order of the last axis of `Plays.opening` and `Plays.opened`.
OPENINGS = ("comply", "probe", "attack")

#: What the chance move after a probe says, in the order of axis 1 of `Plays.respond` and so on.
SIGNALS = ("attributed", "ambiguous")


@dataclass(frozen=True, slots=True)
class Utilities:
    """What a batch of crisis games is played for. Every array is float64."""

    challenger: FloatArray
    """Utility of each outcome to each type of challenger, shape (games, types, 11)."""
    guarantor: FloatArray
    """Utility of each outcome to each type of guarantor, shape (games, types, 11)."""
    attributed: FloatArray
    """Probability that a probe is attributed, shape (games,)."""
    prior_challenger: FloatArray
    """Prior of the challenger's types, shape (games, types); each row sums to one."""
    prior_guarantor: FloatArray
    """Prior of the guarantor's types, shape (games, types); each row sums to one."""
    rationality: FloatArray
    """Precision λ of the logit response, shape (games,), 0 or more."""


@dataclass(frozen=True, slots=True)
class HonourCurves:
    """A collective answer to an attack, in place of one player's logistic response.

    The guarantor of a type honours with probability ``curve(x)``, where
    ``x = λ (EU honour - EU renege)`` of the reference member. A curve never falls and is flat
    beyond its ends. Between its points it is the monotone cubic whose slope at a point is the
    harmonic mean of the two rises beside it (Fritsch & Butland 1984, SIAM Journal on Scientific
    and Statistical Computing 5): straight pieces would have kinks, at which no branch can be
    followed. The same curve answers an escalation and an attack.
    """

    low: float
    """The first point of the grid, in units of x."""
    high: float
    """The last point of the grid."""
    probability: FloatArray
    """P(honour) at equally spaced points from ``low`` to ``high``, shape (games, points)."""

    def at(self, x: FloatArray, *, game: int) -> FloatArray:
        """P(honour) of one game's collective at any ``x``, an array of any shape."""
        curve = self.probability[game]
        if len(curve) == 1:
            return np.full_like(x, curve[0])
        rises = np.diff(curve, prepend=curve[0], append=curve[-1])
        before, after = rises[:-1], rises[1:]
        total = before + after
        slope = np.divide(2 * before * after, total, out=np.zeros_like(total), where=total > 0)
        steps = (np.clip(x, self.low, self.high) - self.low) / (self.high - self.low)
        steps = steps * (len(curve) - 1)
        place = np.minimum(steps.astype(np.intp), len(curve) - 2)
        t, rise = steps - place, after[place]
        start, end = slope[place], slope[place + 1]
        inner = 3 * rise - 2 * start - end + t * (start + end - 2 * rise)
        return np.asarray(np.clip(curve[place] + t * (start + t * inner), 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Plays:
    """How a batch of crisis games is played. Types are on the last axis but for ``opening``."""

    opening: FloatArray
    """P(comply), P(probe), P(attack) by type of challenger, shape (games, types, 3)."""
    respond: FloatArray
    """P(respond | probe, signal) by type of guarantor, shape (games, 2, types)."""
    escalate: FloatArray
    """P(escalate | response, signal) by type of challenger, shape (games, 2, types)."""
    honour_escalated: FloatArray
    """P(honour | escalation, signal) by type of guarantor, shape (games, 2, types)."""
    press_escalated: FloatArray
    """P(press | honoured after escalation) by type of challenger, shape (games, types)."""
    honour_attacked: FloatArray
    """P(honour | attack) by type of guarantor, shape (games, types)."""
    press_attacked: FloatArray
    """P(press | honoured after attack) by type of challenger, shape (games, types)."""
    outcome: FloatArray
    """Probability of each outcome over all types, shape (games, 11)."""
    opened: FloatArray
    """P(comply), P(probe), P(attack) over all types, shape (games, 3)."""
    honoured_given_attack: FloatArray
    """P(honour | attack) over the guarantor's types, shape (games,)."""
    challenger_value: FloatArray
    """Expected utility of each type of challenger, shape (games, types)."""
    guarantor_value: FloatArray
    """Expected utility of each type of guarantor, shape (games, types)."""
    closing: FloatArray
    """The nine numbers of `kernel` that close each game, shape (games, 9); 0 for one type."""
    residual: FloatArray
    """Largest difference between a chance that a player reckons with and the one that the choices
    imply, shape (games,)."""
    iterations: npt.NDArray[np.int32]
    """Newton corrections along the branch, shape (games,)."""
    folds: npt.NDArray[np.int32]
    """How often the branch turned back in λ before it first reached this one, shape (games,)."""
    reached: FloatArray
    """λ at which the answer stands, shape (games,); below the one asked where it was lost."""
    again: npt.NDArray[np.bool_]
    """Whether the game was lost at brisk steps and followed again at fine ones, shape (games,)."""
    converged: npt.NDArray[np.bool_]
    """Whether λ was reached and the residual is below the tolerance or no more than rounding,
    shape (games,)."""

    @property
    def convergence(self) -> Convergence:
        """How many games were solved, and how hard it was."""
        return self.solving(np.ones(len(self.converged), dtype=np.bool_))

    def solving(self, settled: npt.NDArray[np.bool_]) -> Convergence:
        """The same where some games are not played with the force that comes in them."""
        return Convergence.of(
            np.column_stack((self.opened[:, 1:], self.honoured_given_attack)),
            solved=self.converged,
            settled=settled,
            again=self.again,
            folded=self.folds > 0,
            residual=self.residual,
        )


def solve_crises(
    utilities: Utilities,
    *,
    honour: HonourCurves | None = None,
    near: FloatArray | None = None,
    tolerance: float = 1e-10,
) -> Plays:
    """Logit agent quantal response equilibrium of every game of a batch, on the principal branch.

    One type a side: one backward pass, exact (Signorino 1999, "Strategic interaction and the
    statistical analysis of international conflict", APSR 93). More: the branch is followed from
    λ = 0, the same as ``solve`` follows on the declared tree. A game does not depend on the others
    of its batch.

    Parameters
    ----------
    utilities
        Payoffs, priors, attribution and rationality of the games.
    honour
        Collective response curves; without them the guarantor answers as one logit player.
    near
        `Plays.closing` of games that differ little from these and whose branches have no fold,
        shape (games, 9), NaN where there is none. Newton's method starts from there; where it
        would go further than `follow.NEAR`, the branch is followed after all.
    tolerance
        Largest residual, in probability, at which a game counts as converged. At λ so large that
        the last digit of a float moves more than that, what rounding explains counts as well, up
        to `follow.ROUGHEST`.

    Raises
    ------
    InputError
        A shape that does not fit, a probability outside [0, 1], a prior that does not sum to
        one, a utility or rationality that is not finite, a curve that falls.
    """
    from backstop.deterrence.batch import Asked, room, solve_batch

    _check(utilities, honour)
    assert near is None or near.shape == (len(utilities.rationality), NUMBERS), "nine a game"
    games, types = utilities.prior_challenger.shape
    told = room(games, types)
    asked = Asked(
        challenger=utilities.challenger,
        guarantor=utilities.guarantor,
        attributed=utilities.attributed,
        prior_challenger=utilities.prior_challenger,
        prior_guarantor=utilities.prior_guarantor,
        rationality=utilities.rationality,
    )
    curves = np.empty((0, 0)) if honour is None else honour.probability
    low, high = (0.0, 0.0) if honour is None else (honour.low, honour.high)
    start = np.empty((0, NUMBERS)) if near is None else near
    solve_batch(asked, curves, low, high, start, tolerance, told)
    return Plays(**told._asdict())


def _check(utilities: Utilities, honour: HonourCurves | None) -> None:
    """Raise for arrays that do not fit together or hold what is no utility or probability."""
    problems = [*_shapes(utilities, honour)]
    if not problems:
        problems = [*_values(utilities), *(_curve_values(honour) if honour else ())]
    if problems:
        raise InputError([Problem("crisis", 0, 0, path, text) for path, text in problems])


def _shapes(utilities: Utilities, honour: HonourCurves | None) -> Iterator[tuple[str, str]]:
    games, types = np.shape(utilities.prior_challenger)[:2] or (0, 0)
    wanted = {
        "challenger": (games, types, len(OUTCOMES)),
        "guarantor": (games, types, len(OUTCOMES)),
        "attributed": (games,),
        "prior_challenger": (games, types),
        "prior_guarantor": (games, types),
        "rationality": (games,),
    }
    for name, shape in wanted.items():
        array = getattr(utilities, name)
        if array.shape != shape or array.dtype != np.float64 or not types:
            yield name, f"is {array.dtype} of shape {array.shape}; give float64 of shape {shape}"
    if honour is not None:
        array = honour.probability
        if array.ndim != 2 or array.shape[0] != games or not array.shape[1]:
            yield (
                "honour",
                f"has shape {array.shape}; give one curve a game, shape ({games}, points)",
            )
        if not -np.inf < honour.low < honour.high < np.inf:
            yield "honour", f"runs from {honour.low} to {honour.high}; low must be below high"


def _values(utilities: Utilities) -> Iterator[tuple[str, str]]:
    for name in ("challenger", "guarantor"):
        if not np.all(np.abs(getattr(utilities, name)) <= LARGEST):
            yield name, f"has a utility that is not finite or beyond {LARGEST:g}; rescale them"
    if not np.all((utilities.rationality >= 0) & (utilities.rationality <= LARGEST)):
        yield "rationality", f"has a λ outside [0, {LARGEST:g}]"
    for name in ("attributed", "prior_challenger", "prior_guarantor"):
        array = getattr(utilities, name)
        if not np.all((array >= 0) & (array <= 1)):
            yield name, "has a probability outside [0, 1]"
    for name in ("prior_challenger", "prior_guarantor"):
        sums = getattr(utilities, name).sum(axis=1)
        if not np.all(np.abs(sums - 1) <= 1e-9):
            yield name, "has a row that does not sum to 1"


def _curve_values(honour: HonourCurves) -> Iterator[tuple[str, str]]:
    if not np.all((honour.probability >= 0) & (honour.probability <= 1)):
        yield "honour", "has a probability outside [0, 1]"
    if np.any(np.diff(honour.probability, axis=1) < 0):
        yield "honour", "has a curve that falls; more to gain cannot make honouring less likely"
