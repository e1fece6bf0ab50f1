"""The crisis played quarter after quarter: how long the ceasefire lasts, and what ends it.

Beliefs. Both sides' resolve lasts: it is the same next quarter unless it is drawn anew
(``resolve_years``). Everybody sees what was done, and beliefs about both move by Bayes' rule: a
quiet quarter speaks for types of challenger that keep the ceasefire, an answered probe for types of
guarantor that answer. The histories that may be branch at every quarter, so each world follows one,
drawn from its chances given that the ceasefire stands. The product of the chances to stand along
such a history has the chance to stand as its mean: what is drawn is never whether it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.convergence import Convergence
from backstop.deterrence.crisis import Plays
from backstop.deterrence.learning import (
    ANSWERED,
    IGNORED,
    QUIET,
    Beliefs,
    Sight,
    on_record,
    renewed,
)
from backstop.deterrence.matching import Crisis, Matching, Setting, pressed
from backstop.deterrence.quarters import Calendar, accident_hazard, review_chance
from backstop.deterrence.result import After, Lesson
from backstop.futures.range import Range

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
    convergence: Convergence
    """How many of its games were solved, and what the others can change."""
    folded: BoolArray
    """Whether the branch of solutions turned back on its way, so that there are several."""


class Course:
    """Plays the quarters one after the other."""

    def __init__(
        self, setting: Setting, *, calendar: Calendar, buffer: bool, fortune: FloatArray
    ) -> None:
        self.setting = setting
        self.calendar = calendar
        self.matching = Matching(setting)
        stakes = setting.stakes
        self.review = review_chance(stakes, calendar)
        self.accident = accident_hazard(
            stakes, calendar, attribution=setting.prospects.attribution, buffer=buffer
        )
        years = np.maximum(stakes["passing.resolve_years"], 1e-9)[:, None]
        self.fortune = fortune
        self.renewed = -np.expm1(-calendar.lengths / 4 / years)
        self.start = self._begin()

    def first(self) -> Crisis:
        """The crisis of the first quarter."""
        return self.matching.crisis(0, self.start.challenger)

    def quarters(self, first: Crisis | None = None) -> Iterator[Quarter]:
        """Every quarter of the horizon, in order; ``first`` where it is solved already."""
        beliefs = self.start
        for number in range(len(self.calendar)):
            crisis = first if number == 0 else None
            if crisis is None:
                crisis = self.matching.crisis(
                    number, beliefs.challenger, reputation=beliefs.guarantor
                )
            quarter = self._quarter(number, crisis, beliefs)
            sight = self.sight(number, crisis)
            seen = sight.draw(beliefs, self.fortune[:, number])
            beliefs = self.later(number, sight.learnt(beliefs, seen))
            yield quarter

    def _begin(self) -> Beliefs:
        """Beliefs at the start: what is on record of the challenger, and nothing of the guarantor.

        How likely each type was to probe is taken from the first quarter's crisis.
        """
        prior = Beliefs(self.setting.prior, self.setting.prior)
        told = self.setting.stakes.values
        none = np.zeros(self.setting.prospects.worlds)
        quarters, probed = (
            told.get(f"passing.{name}_quarters", none) for name in ("watched", "probed")
        )
        if not bool(np.any(quarters + probed > 0)):
            return prior
        sight = self.sight(0, self.matching.aside().crisis(0, prior.challenger), whole=True)
        years = np.maximum(self.setting.stakes["passing.resolve_years"], 1e-9)
        return on_record(
            prior, sight, quarters=quarters, probed=probed, share=-np.expm1(-0.25 / years)
        )

    def lesson(self, first: Crisis) -> Lesson:
        """What the answer to a first probe teaches about the guarantor, all else as it was."""
        start, number = self.start, min(1, len(self.calendar) - 1)
        sight = self.sight(0, first)
        after = []
        for seen in (QUIET, IGNORED, ANSWERED):
            everywhere = np.full(self.setting.prospects.worlds, seen)
            known = self.later(0, sight.learnt(start, everywhere)).guarantor
            crisis = self.matching.aside().crisis(number, start.challenger, reputation=known)
            after.append(
                After(
                    resolute=Range.of(known[:, -1]),
                    probe=Range.of(crisis.plays.opened[:, 1]),
                    attack=Range.of(crisis.plays.opened[:, 2]),
                    honoured=Range.of(crisis.plays.honoured_given_attack),
                )
            )
        return Lesson(*after)

    def sight(self, number: int, crisis: Crisis, *, whole: bool = False) -> Sight:
        """What may be seen of a quarter; of a ``whole`` one where the calendar has less of it."""
        attributed, review = self.setting.prospects.attribution, self.review[:, number]
        if whole:
            review = review / self.calendar.lengths[number]
        return Sight.of(crisis.plays, review=review, attributed=attributed)

    def later(self, number: int, beliefs: Beliefs) -> Beliefs:
        """Beliefs at the start of the next quarter: some types have been drawn anew."""
        return renewed(beliefs, prior=self.setting.prior, share=self.renewed[:, number])

    def _quarter(self, number: int, crisis: Crisis, beliefs: Beliefs) -> Quarter:
        plays, review = crisis.plays, self.review[:, number]
        shaken = self.accident[:, number]
        opening = review[:, None, None] * plays.opening
        escalated = opening[:, :, 1] * self._escalates(plays, beliefs.guarantor)
        attacked = opening[:, :, 2]
        probe, attack = (np.sum(beliefs.challenger * one, axis=1) for one in (escalated, attacked))
        # Two causes in one quarter: each is as likely to have been first.
        halved = 1 - shaken / 2
        accident = shaken * (1 - (probe + attack) / 2)
        shares = np.linspace(0.0, 1.0, crisis.strength.shape[1])
        opened = review[:, None] * plays.opened
        opened[:, 0] += 1 - review
        ends = np.stack((probe * halved, attack * halved, accident), axis=1)
        combat, taken, losses = self._bill(crisis, probe, attack, accident)
        return Quarter(
            opened=opened,
            ends=ends,
            honoured=plays.honoured_given_attack,
            number=crisis.number,
            strength=plays.honoured_given_attack * (crisis.strength @ shares),
            combat=combat,
            taken=taken,
            losses=losses,
            convergence=crisis.convergence,
            folded=plays.folds > 0,
        )

    def _escalates(self, plays: Plays, reputation: FloatArray) -> FloatArray:
        """P(a probe is answered and escalated) by type of challenger, shape (worlds, types)."""
        attributed = self.setting.prospects.attribution
        signal = np.stack((attributed, 1 - attributed), axis=1)
        answered = np.einsum("wsj,wj->ws", plays.respond, reputation)
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
