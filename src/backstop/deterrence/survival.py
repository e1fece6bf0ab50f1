"""The crisis played quarter after quarter: how long the ceasefire lasts, and what ends it.

Assumption on beliefs. The challenger's resolve lasts: it is the same type next quarter unless it
is drawn anew (``resolve_years``). Everybody sees that the ceasefire still stands, so beliefs move
by Bayes' rule towards the types that keep it, and the hazard falls with time for that reason
alone. What a probe that ended without war would have taught is not carried to the next quarter:
it would need the whole history in the state. The guarantor's resolve is drawn anew for each
crisis: governments change, and its record of honouring is empty as long as nothing happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backstop.deterrence.crisis import Plays
from backstop.deterrence.matching import Crisis, Matching, Setting, pressed
from backstop.deterrence.quarters import Calendar, accident_hazard, review_chance

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

CAUSES = ("probe", "attack", "accident")


@dataclass(frozen=True, slots=True, eq=False)
class Quarter:
    """What one quarter brings where the ceasefire stands at its start: shape (worlds,) each."""

    opened: FloatArray
    """P(comply), P(probe), P(attack) in the quarter, shape (worlds, 3)."""
    ends: FloatArray
    """Chance that it ends by each cause, shape (worlds, 3)."""
    honoured: FloatArray
    """P(honoured | attack)."""
    number: FloatArray
    """P(number of members | honoured), shape (worlds, members + 1)."""
    strength: FloatArray
    """Expected share of the force that fights | attack; nobody fights where it reneges."""
    combat: FloatArray
    """Chance of direct combat between guarantor and challenger."""
    taken: FloatArray
    """Expected share of the prize taken."""
    losses: FloatArray
    """Expected share of its force lost by challenger, protected and guarantor, (worlds, 3)."""
    good: BoolArray
    """Whether the solution converged."""
    folded: BoolArray
    """Whether the branch of solutions turned back on its way, so that there are several."""


@dataclass(slots=True)
class _Beliefs:
    """What everybody believes of the challenger's resolve, shape (worlds, types)."""

    now: FloatArray
    first: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.first = self.now

    def learn(self, stands: FloatArray, renewed: FloatArray) -> None:
        """The ceasefire stood with these chances by type; some types are drawn anew."""
        after = self.now * stands
        total = after.sum(axis=1, keepdims=True)
        after = np.where(total > 0, after / np.where(total > 0, total, 1.0), self.first)
        self.now = (1 - renewed)[:, None] * after + renewed[:, None] * self.first


class Course:
    """Plays the quarters one after the other."""

    def __init__(self, setting: Setting, *, calendar: Calendar, buffer: bool) -> None:
        self.setting = setting
        self.calendar = calendar
        self.matching = Matching(setting)
        stakes = setting.stakes
        self.review = review_chance(stakes, calendar)
        self.accident = accident_hazard(
            stakes, calendar, attribution=setting.prospects.attribution, buffer=buffer
        )
        years = np.maximum(stakes["passing.resolve_years"], 1e-9)[:, None]
        self.renewed = -np.expm1(-calendar.lengths / 4 / years)

    def quarters(self) -> Iterator[Quarter]:
        """Every quarter of the horizon, in order."""
        beliefs = _Beliefs(self.setting.prior)
        for number in range(len(self.calendar)):
            crisis = self.matching.crisis(number, beliefs.now)
            quarter, stands = self._quarter(number, crisis, beliefs.now)
            beliefs.learn(stands, self.renewed[:, number])
            yield quarter

    def _quarter(
        self, number: int, crisis: Crisis, belief: FloatArray
    ) -> tuple[Quarter, FloatArray]:
        """The quarter, and by type of challenger the chance that the ceasefire stands."""
        plays, review = crisis.plays, self.review[:, number]
        shaken = self.accident[:, number]
        opening = review[:, None, None] * plays.opening
        escalated = opening[:, :, 1] * self._escalates(plays)
        attacked = opening[:, :, 2]
        decided = escalated + attacked
        probe, attack = (np.sum(belief * one, axis=1) for one in (escalated, attacked))
        # Two causes in one quarter: each is as likely to have been first.
        halved = 1 - shaken / 2
        accident = shaken * (1 - (probe + attack) / 2)
        shares = np.linspace(0.0, 1.0, crisis.strength.shape[1])
        opened = review[:, None] * plays.opened
        opened[:, 0] += 1 - review
        ends = np.stack((probe * halved, attack * halved, accident), axis=1)
        combat, taken, losses = self._bill(crisis, probe, attack, accident)
        quarter = Quarter(
            opened=opened,
            ends=ends,
            honoured=plays.honoured_given_attack,
            number=crisis.number,
            strength=plays.honoured_given_attack * (crisis.strength @ shares),
            combat=combat,
            taken=taken,
            losses=losses,
            good=plays.converged & crisis.settled,
            folded=plays.folds > 0,
        )
        return quarter, (1 - decided) * (1 - shaken)[:, None]

    def _escalates(self, plays: Plays) -> FloatArray:
        """P(a probe is answered and escalated) by type of challenger, shape (worlds, types)."""
        attributed = self.setting.prospects.attribution
        signal = np.stack((attributed, 1 - attributed), axis=1)
        answered = np.einsum("wsj,wj->ws", plays.respond, self.setting.prior)
        return np.asarray(np.einsum("ws,ws,wsi->wi", signal, answered, plays.escalate))

    def _bill(
        self,
        crisis: Crisis,
        probe: FloatArray,
        attack: FloatArray,
        accident: FloatArray,
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Chance of direct combat, share taken and losses expected in the quarter.

        A war that follows a probe or an accident is honoured and pressed as often as one that
        follows an attack; one broken off takes and costs nothing.
        """
        plays, war = crisis.plays, crisis.war
        honoured = plays.honoured_given_attack
        presses = pressed(crisis.utilities, plays)
        k = 1 - self.setting.stakes["warning_share"]
        wars = probe + attack + accident
        fought, alone = wars * honoured * presses, wars * (1 - honoured)
        bite = np.where(wars > 0, (k * probe + attack + accident) / np.where(wars > 0, wars, 1), 1)
        taken = bite * (fought * war.taken + alone * war.taken_alone)
        losses = np.stack(
            (
                fought * war.challenger_loss + alone * war.challenger_loss_alone,
                fought * war.protected_loss + alone * war.protected_loss_alone,
                fought * war.guarantor_loss,
            ),
            axis=1,
        )
        return fought, taken, losses
