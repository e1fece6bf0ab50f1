"""One quarter's crisis: who comes depends on what coming is worth, and the reverse.

The strength that shows up decides what a war brings, so what honouring is worth, so who shows up.
The two are matched by steps that shrink whenever they overshoot; worlds that are done are left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.collective import LIMIT, Answer
from backstop.deterrence.crisis import HonourCurves, Plays, Utilities, solve_crises
from backstop.deterrence.prospects import Prospects
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
#: Largest change of the share taken by one more round that counts as settled.
SETTLED = 1e-4

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
        worlds = len(belief)
        self._reputation = self.prior if reputation is None else reputation
        if not len(self.setting.prospects.members):
            # Nobody can come, whatever coming is worth.
            found = self._solved(quarter, belief, np.arange(worlds))
            return Crisis(*found[:3], *found[3], np.ones(worlds, dtype=np.bool_))
        rows = np.arange(worlds)
        step, last = np.ones(self._x.shape), np.zeros(self._x.shape)
        for _ in range(ROUNDS):
            war, utilities, plays, _ = self._solved(quarter, belief, rows)
            move = _worth(utilities, plays) - self._x[rows]
            overshot = move * last[rows] < 0
            step[rows] = np.where(overshot, 0.5 * step[rows], np.minimum(1.0, 1.2 * step[rows]))
            last[rows] = move
            self._x[rows] += step[rows] * move
            # Where who comes as it is worth now would change what is taken, it has not settled.
            whole = self._x[rows] + (1 - step[rows]) * move
            taken = self._war(quarter, self._who_comes(rows, whole)[0], rows).taken
            rows = rows[np.abs(taken - war.taken) > SETTLED]
            if not len(rows):
                break
        settled = np.ones(worlds, dtype=np.bool_)
        settled[rows] = False
        everybody = np.arange(worlds)
        war, utilities, plays, who = self._solved(quarter, belief, everybody)
        return Crisis(war, utilities, plays, *who, settled)

    def _solved(
        self, quarter: int, belief: FloatArray, rows: Rows
    ) -> tuple[War, Utilities, Plays, tuple[FloatArray, FloatArray]]:
        """The crisis of some worlds, given who comes."""
        who = self._who_comes(rows, self._x[rows])
        war = self._war(quarter, who[0], rows)
        utilities = self._utilities(war, belief, rows)
        answer = self.setting.answer
        curves = HonourCurves(
            low=float(answer.x[0]),
            high=float(answer.x[-1]),
            probability=answer.probability[rows],
        )
        return war, utilities, solve_crises(utilities, honour=curves), who

    def _who_comes(self, rows: Rows, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Who comes, over the guarantor's types as often as each honours."""
        answer, reputation = self.setting.answer, self._reputation[rows]
        honours = [answer.honours(x[:, j], rows) for j in range(x.shape[1])]
        weight = np.stack(honours, axis=1) * reputation
        total = weight.sum(axis=1, keepdims=True)
        share = np.where(total > 0, weight / np.where(total > 0, total, 1.0), reputation)
        found = [answer.who_comes(x[:, j], rows) for j in range(x.shape[1])]
        strength = sum(share[:, j, None] * one for j, (one, _) in enumerate(found))
        number = sum(share[:, j, None] * other for j, (_, other) in enumerate(found))
        return np.asarray(strength), np.asarray(number)

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
    """x = λ (EU honour - EU renege) after an attack, by type of guarantor, (worlds, types)."""
    presses = pressed(utilities, plays)[:, None]
    own = utilities.guarantor
    honour = presses * own[:, :, _PRESSED] + (1 - presses) * own[:, :, _RETREATED]
    return np.asarray(utilities.rationality[:, None] * (honour - own[:, :, _RENEGED]))
