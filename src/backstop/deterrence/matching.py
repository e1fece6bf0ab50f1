"""One quarter's crisis: who comes depends on what coming is worth, and the reverse.

The strength that shows up decides what a war brings, so what honouring is worth, so who shows up.
The two are matched by secant steps; worlds that are done are left.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from backstop.deterrence.collective import LIMIT, Answer, Comers
from backstop.deterrence.convergence import Convergence
from backstop.deterrence.crisis import HonourCurves, Plays, Utilities, solve_crises
from backstop.deterrence.prospects import Prospects
from backstop.deterrence.secant import Secant
from backstop.deterrence.stakes import Stakes
from backstop.deterrence.utilities import (
    War,
    challenger_utilities,
    guarantor_utilities,
    resolve_factors,
)

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

#: Rounds after which a world counts as not settled.
ROUNDS = 30
#: Largest change by one more round, of any share that a war is made of, that counts as settled.
SETTLED = 3e-4

#: Difference in the share taken from which on two answers are two.
APART = 0.01

_RENEGED, _PRESSED, _RETREATED = 8, 9, 10


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What stays the same over the horizon."""

    stakes: Stakes
    prospects: Prospects
    answer: Answer
    formality: str
    """Form of the promise, or ``"none"``."""
    fatigue: FloatArray
    """Factor on the cost of honouring, shape (worlds, quarters)."""
    types: int
    """Types of resolve a side."""

    @property
    def prior(self) -> FloatArray:
        """Types are equal slices of the distribution, shape (worlds, types)."""
        return np.full((self.prospects.worlds, self.types), 1.0 / self.types)


@dataclass(frozen=True, slots=True, eq=False)
class Crisis:
    """One quarter's crisis in every world."""

    war: War
    utilities: Utilities
    plays: Plays
    strength: FloatArray
    """P(parts of the force | honoured), shape (worlds, parts + 1)."""
    number: FloatArray
    """P(number of members | honoured), shape (worlds, members + 1)."""
    settled: BoolArray
    """Whether who comes and what it is worth agree, shape (worlds,)."""

    @property
    def convergence(self) -> Convergence:
        """How many of the worlds' games were solved, with the force that comes in them."""
        return self.plays.solving(self.settled)


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """The crisis of some worlds as it is played, given who comes."""

    war: War
    utilities: Utilities
    plays: Plays

    def put(self, rows: Rows, part: _Solved) -> None:
        """Take some worlds' crisis from another."""
        for name in ("war", "utilities", "plays"):
            here, there = getattr(self, name), getattr(part, name)
            for field in fields(here):
                getattr(here, field.name)[rows] = getattr(there, field.name)


class Matching:
    """Solves one quarter's crisis after the other, each from where the last one ended."""

    def __init__(self, setting: Setting, *, start: float = 0.0) -> None:
        self.setting = setting
        stakes, types = setting.stakes, setting.types
        self.challenger = resolve_factors(stakes["challenger.resolve_spread"], types=types)
        self.guarantor = resolve_factors(stakes["guarantor.resolve_spread"], types=types)
        self.prior = setting.prior
        self._reputation = self.prior
        self._x = np.full(self.prior.shape, start)

    def aside(self) -> Matching:
        """Another that starts where this one stands, to ask what it does not go on with."""
        other = Matching(self.setting)
        other._x = self._x.copy()
        return other

    def crisis(
        self, quarter: int, belief: FloatArray, *, reputation: FloatArray | None = None
    ) -> Crisis:
        """Solve the crisis of a quarter.

        Given what is believed of the challenger and of the guarantor (``reputation``; the prior
        where nothing is known), shape (worlds, types) each.
        """
        self._reputation = self.prior if reputation is None else reputation
        rows = np.arange(len(belief))
        whole = part = self._solved(quarter, belief, rows)
        search = Secant(self._x.shape)
        for number in range(ROUNDS):
            if number:
                part = self._solved(quarter, belief, rows, near=whole.plays)
                whole.put(rows, part)
            worth = _worth(part.utilities, part.plays)
            # Where who comes as it is worth now would bring another war, it has not settled.
            war = self._war(quarter, self._strength(rows, worth), rows)
            left = war.apart(part.war) > SETTLED
            step = search.step(rows, self._x[rows], worth - self._x[rows])
            nearer = np.clip(self._x[rows] + step, -LIMIT, LIMIT)
            self._x[rows] = np.where(left[:, None], nearer, worth)
            rows = rows[left]
            if not len(rows):
                break
        settled = np.ones(len(belief), dtype=np.bool_)
        settled[rows] = False
        everybody = np.arange(len(belief))
        come = self._come(everybody, self._x)
        return Crisis(
            war=whole.war,
            utilities=whole.utilities,
            plays=whole.plays,
            strength=come.over(self.setting.answer.strength),
            number=come.over(self.setting.answer.number),
            settled=settled,
        )

    def _solved(
        self, quarter: int, belief: FloatArray, rows: Rows, *, near: Plays | None = None
    ) -> _Solved:
        """The crisis of some worlds, given who comes; ``near``: how a crisis like it is played."""
        war = self._war(quarter, self._strength(rows, self._x[rows]), rows)
        utilities = self._utilities(war, belief, rows)
        answer = self.setting.answer
        curves = HonourCurves(
            low=float(answer.x[0]),
            high=float(answer.x[-1]),
            probability=answer.probability[rows],
        )
        closing = None
        if near is not None:
            # From a branch that has folded the nearest answer need not be the first one.
            closing = np.where(near.folds[rows, None] == 0, near.closing[rows], np.nan)
        return _Solved(war, utilities, solve_crises(utilities, honour=curves, near=closing))

    def _strength(self, rows: Rows, x: FloatArray) -> FloatArray:
        """P(parts of the force | honoured), shape (rows, parts + 1)."""
        return self._come(rows, x).over(self.setting.answer.strength)

    def _come(self, rows: Rows, x: FloatArray) -> Comers:
        """Who comes, over the guarantor's types as often as each honours."""
        answer, reputation = self.setting.answer, self._reputation[rows]
        weight = answer.honours(x, rows) * reputation
        total = weight.sum(axis=1, keepdims=True)
        share = np.where(total > 0, weight / np.where(total > 0, total, 1.0), reputation)
        return answer.who_comes(x, rows, share)

    def _war(self, quarter: int, strength: FloatArray, rows: Rows) -> War:
        found = self.setting.prospects
        weights = found.mixture(quarter, strength, rows)

        def alone(table: FloatArray) -> FloatArray:
            return np.asarray(table[rows, quarter, 0])

        def together(table: FloatArray) -> FloatArray:
            return np.asarray(np.einsum("rl,rl->r", weights, table[rows, quarter]))

        return War(
            taken_alone=alone(found.taken),
            taken=together(found.taken),
            challenger_loss_alone=alone(found.challenger_loss),
            challenger_loss=together(found.challenger_loss),
            guarantor_loss=together(found.guarantor_loss),
            protected_loss_alone=alone(found.protected_loss),
            protected_loss=together(found.protected_loss),
            engaged=strength @ np.linspace(0.0, 1.0, strength.shape[1]),
            presence=found.presence[rows, quarter],
            fatigue=self.setting.fatigue[rows, quarter],
        )

    def _utilities(self, war: War, belief: FloatArray, rows: Rows) -> Utilities:
        stakes = self.setting.stakes.take(rows)
        formality = self.setting.formality
        return Utilities(
            challenger=challenger_utilities(stakes, war, self.challenger[rows]),
            guarantor=guarantor_utilities(stakes, war, self.guarantor[rows], formality=formality),
            attributed=self.setting.prospects.attribution[rows],
            prior_challenger=belief[rows],
            prior_guarantor=self._reputation[rows],
            rationality=np.array(stakes["rationality"]),
        )


def several(setting: Setting) -> BoolArray:
    """Whether the first crisis ends elsewhere when begun with nobody than with all, (worlds,).

    The more come, the less is taken and the better it is to come: this can hold up itself. Where
    it does, the answer used is the one reached from even odds, and in later quarters the one
    nearest to the last.
    """
    if not len(setting.prospects.members):
        return np.zeros(setting.prospects.worlds, dtype=np.bool_)
    few, many = (
        Matching(setting, start=start).crisis(0, setting.prior).war.taken
        for start in (-LIMIT, LIMIT)
    )
    return np.asarray(np.abs(few - many) > APART)


def attackers(utilities: Utilities, plays: Plays) -> FloatArray:
    """Which type attacks, by Bayes' rule, shape (worlds, types)."""
    weight = utilities.prior_challenger * plays.opening[:, :, 2]
    total = weight.sum(axis=1, keepdims=True)
    first = utilities.prior_challenger
    return np.where(total > 0, weight / np.where(total > 0, total, 1.0), first)


def pressed(utilities: Utilities, plays: Plays) -> FloatArray:
    """P(the attacker presses | honoured), shape (worlds,)."""
    return np.asarray(np.sum(attackers(utilities, plays) * plays.press_attacked, axis=1))


def _worth(utilities: Utilities, plays: Plays) -> FloatArray:
    """x = λ (EU honour - EU renege) after an attack, by type of guarantor, (worlds, types).

    Beyond the ends of the members' curve more or less of it changes nothing.
    """
    presses = pressed(utilities, plays)[:, None]
    own = utilities.guarantor
    honour = presses * own[:, :, _PRESSED] + (1 - presses) * own[:, :, _RETREATED]
    found = utilities.rationality[:, None] * (honour - own[:, :, _RENEGED])
    return np.asarray(np.clip(found, -LIMIT, LIMIT))
