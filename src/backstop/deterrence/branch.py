"""The principal branch: logit equilibria followed from λ = 0 by pseudo-arclength continuation.

At λ = 0 every choice is uniform and there is exactly one equilibrium. The branch through it is
followed with a tangent predictor and a Newton corrector (Turocy 2005, "A dynamic homotopy
interpretation of the logistic quantal response equilibrium correspondence", Games and Economic
Behavior 51; method: Allgower & Georg 1990, "Numerical Continuation Methods"). Steps are measured
relative to the size of each unknown, so that log-odds that grow with λ do not shorten them, and
the branch is followed through folds, where λ falls for a while.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstop.deterrence.system import FloatArray, Point, System, evaluate

#: Relative change of the fastest unknown in one step, at most; and when the branch is given up.
_LONGEST = 0.5
_SHORTEST = 1e-9
_MOST_STEPS = 4_000

#: Length of a step below which a change of orientation is a crossing of branches, no jump.
_CROSSING = 1e-6

#: Length of the first Newton correction that is aimed at and that is the most accepted: how far
#: the branch curves away from its tangent in one step, relative to the size of the unknowns.
_AIM = 0.02
_WORST = 0.10
_MOST_CORRECTIONS = 8

#: Relative residual at which a point on the way, and one that was asked for, is solved.
_ON_THE_WAY = 1e-8
_SOLVED = 1e-13

#: Odds of actions, given λ (EU - EU of the set's first action), with the derivative. The logit
#: response is the identity.
Response = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class Place:
    """One point of the branch."""

    rationality: float
    """λ times the scale of the payoffs."""
    odds: FloatArray
    """Log-odds of the unknowns."""
    folds: int = 0
    """How often the branch has turned back in λ before this point."""
    corrections: int = 0
    """Newton corrections so far."""
    reached: bool = True
    """Whether it is at the λ that was asked for; if not, the branch was lost here."""


def follow(
    game: System, targets: Sequence[float], *, response: Response | None = None
) -> Iterator[Place]:
    """The branch at each of some ascending values of λ (times the scale), first crossings.

    After a λ that is not reached, the place where the branch was lost stands for all others.
    """
    walk = _Walk(game, response or logit)
    for target in targets:
        yield walk.to(target)


def logit(gains: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The logit response: log-odds are λ times the difference of expected payoffs."""
    return gains, np.ones_like(gains)


def correct(
    game: System,
    place: Place,
    *,
    response: Response = logit,
    tolerance: float = _SOLVED,
    most: int = 40,
) -> Place | None:
    """Newton's method at a fixed λ from log-odds near a solution; None where it fails."""
    odds, best = place.odds, np.inf
    found: Place | None = None
    for number in range(most):
        point = evaluate(game, odds)
        error, by_odds, _ = _equations(odds, place.rationality, point, response)
        size = _relative(error, odds)
        if not np.isfinite(size) or (size >= best and best <= 1e-9):
            break
        if size < best:
            best = size
            found = replace(place, odds=odds, corrections=place.corrections + number)
        if size <= tolerance:
            break
        step = _solve(by_odds, -error)
        if step is None:
            break
        # A step far beyond the size of the unknowns says that the start was not near.
        odds = odds + step / max(1.0, float(np.max(np.abs(step) / (4.0 + np.abs(odds)))))
    return found if best <= 1e-9 else None


class _Walk:
    """Where the continuation is: the point, the tangent, the step."""

    def __init__(self, game: System, response: Response) -> None:
        self._game = game
        self._response = response
        # At λ = 0 nothing is gained by any action, whatever is played: the response to that.
        self._place = np.append(self._response(np.zeros(game.unknowns))[0], 0.0)
        self._step = 0.05
        self._folds = 0
        self._corrections = 0
        self._lost = False
        self._way = 1.0
        _, by_odds, by_rationality = self._at(self._place)
        self._tangent = _unit(
            np.append(-np.linalg.solve(by_odds, by_rationality), 1.0), self._place
        )

    def to(self, target: float) -> Place:
        """The first crossing of a λ at or beyond the present one."""
        steps = 0
        while self._place[-1] < target and not self._lost:
            steps += 1
            self._lost = self._step < _SHORTEST or steps > _MOST_STEPS
            ahead = self._predicted(target)
            if ahead is None:
                self._step /= 2
        found = Place(
            self._place[-1], self._place[:-1], self._folds, self._corrections, not self._lost
        )
        polished = correct(self._game, found, response=self._response)
        # At a very large λ rounding leaves nothing to polish: the residual says how good it is.
        return found if polished is None or _far(polished.odds, found.odds) else polished

    def _predicted(self, target: float) -> FloatArray | None:
        """One step along the branch, or onto the target; None where it has to be shorter."""
        place = self._place + self._step * self._tangent
        if place[-1] > target:
            share = (target - self._place[-1]) / (place[-1] - self._place[-1])
            place = self._place + share * self._step * self._tangent
            place[-1] = target
            row = self._tangent[-1] * np.eye(len(place))[-1]
        else:
            row = _plane(self._tangent, self._place)
        return self._corrected(place, row, target)

    def _corrected(self, place: FloatArray, row: FloatArray, target: float) -> FloatArray | None:
        first = 0.0
        ahead = place
        for number in range(_MOST_CORRECTIONS):
            error, by_odds, by_rationality = self._at(ahead)
            matrix = np.vstack([np.column_stack([by_odds, by_rationality]), row])
            self._corrections += 1
            step = _solve(matrix, np.append(-error, -row @ (ahead - place)))
            if step is None:
                return None
            length = _relative(step, self._place)
            if number == 0:
                first = length
            if not length <= _WORST * 0.5**number:
                return None
            ahead = ahead + step
            if length <= _ON_THE_WAY:
                return self._accepted(ahead, matrix, first, target)
        return None

    def _accepted(
        self, ahead: FloatArray, matrix: FloatArray, first: float, target: float
    ) -> FloatArray | None:
        """Move to a corrected point, unless it overshot or the branch turned too sharply."""
        if ahead[-1] > target * (1 + 1e-12) or ahead[-1] < 0:
            return None
        # Along one branch the determinant keeps its sign: a change gives away a step onto another
        # branch, unless it does not go away with shorter steps. Then two branches cross there, as
        # they do in games with a symmetry, and this one is followed across.
        way = float(np.linalg.slogdet(matrix)[0])
        if way != self._way and self._step > _CROSSING:
            return None
        _, by_odds, by_rationality = self._at(ahead)
        matrix = np.vstack(
            [np.column_stack([by_odds, by_rationality]), _plane(self._tangent, self._place)]
        )
        onward = _solve(matrix, np.append(np.zeros(self._game.unknowns), 1.0))
        if onward is None:
            return None
        onward = _unit(onward, ahead)
        if _cosine(onward, self._tangent, ahead) < 0.8:
            return None
        self._folds += int(onward[-1] < 0 <= self._tangent[-1])
        self._way = way
        self._place, self._tangent = ahead, onward
        growth = np.clip(np.sqrt(_AIM / max(first, 1e-12)), 0.5, 2.0)
        self._step = min(_LONGEST, self._step * float(growth))
        return ahead

    def _at(self, place: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        point = evaluate(self._game, place[:-1])
        return _equations(place[:-1], place[-1], point, self._response)


def _equations(
    odds: FloatArray, rationality: float, point: Point, response: Response
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Residual of y = response(λ gain(y)), and its derivatives by y and by λ."""
    wanted, steep = response(rationality * point.gain)
    by_odds = np.eye(len(odds)) - (rationality * steep)[:, None] * point.slope
    return odds - wanted, by_odds, -steep * point.gain


def _plane(tangent: FloatArray, place: FloatArray) -> FloatArray:
    return tangent / (1.0 + np.abs(place)) ** 2


def _unit(tangent: FloatArray, place: FloatArray) -> FloatArray:
    """The tangent at which the fastest unknown changes by its own size."""
    return tangent / _relative(tangent, place)


def _relative(step: FloatArray, place: FloatArray) -> float:
    return float(np.max(np.abs(step) / (1.0 + np.abs(place)), initial=0.0))


def _cosine(one: FloatArray, other: FloatArray, place: FloatArray) -> float:
    a, b = one / (1.0 + np.abs(place)), other / (1.0 + np.abs(place))
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def _far(one: FloatArray, other: FloatArray) -> bool:
    return _relative(one - other, other) > 1e-3


def _solve(matrix: FloatArray, right: FloatArray) -> FloatArray | None:
    try:
        found = np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return found if np.isfinite(found).all() else None
