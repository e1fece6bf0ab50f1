"""Adds the quarters up: survival, causes, costs, and what random choice would give instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt

from backstop.deterrence.explain import Explanation
from backstop.deterrence.matching import Crisis, several
from backstop.deterrence.quarters import QUARTER_DAYS
from backstop.deterrence.result import (
    Band,
    Deterrence,
    Losses,
    NoiseFloor,
    Opening,
    Period,
    TypeBelief,
)
from backstop.deterrence.survival import CAUSES, Course, Quarter
from backstop.futures.range import Range

FloatArray = npt.NDArray[np.float64]

#: Years of the contract's survival curve.
YEARS = (1, 2, 5, 10)
#: Bands of rationality begin here.
BANDS = (0.0, 5.0, 8.0, 13.0)
#: Years that the bands' survival is for, if the horizon goes so far.
BAND_YEARS = 5.0
#: What an aimless challenger does: each opening once in three; of its probes a quarter is
#: answered and escalated.
AIMLESS = 1 / 3
AIMLESS_ESCALATION = 1 / 4


def tally(
    course: Course, quarters: Sequence[Quarter], *, first: Crisis, explanation: Explanation
) -> Deterrence:
    """Add the quarters of a course up."""
    count = _Count(course, quarters)
    prospects, years = course.setting.prospects, course.calendar.years
    band_years = min(BAND_YEARS, years)
    return Deterrence(
        horizon_years=years,
        periods=tuple(count.periods()),
        per_quarter=count.mean_quarter(),
        survival=count.survival(count.standing),
        at_horizon=Range.of(count.standing[:, -1]),
        survival_years=Range.of(count.mean_years()),
        causes=count.causes(),
        honoured_given_attack=Range.of(count.weighed([q.honoured for q in quarters])),
        strength_given_attack=Range.of(count.weighed([q.strength for q in quarters])),
        members=count.members(),
        member_names=prospects.members.names,
        direct_combat=Range.of(count.summed([q.combat for q in quarters])),
        losses=count.losses(),
        first_week_loss=_range(prospects.first_week_loss),
        delay_days=_range(prospects.delay_days),
        by_rationality=tuple(count.bands(band_years)),
        band_years=band_years,
        survived=count.survived(band_years),
        noise_floor=count.noise_floor(),
        decision_days=Range.of(QUARTER_DAYS * course.calendar.lengths[0] / course.review[:, 0]),
        convergence=reduce(add, (q.convergence for q in quarters)),
        multiple=count.multiple(),
        challenger_types=tuple(_types(course)),
        lesson=course.lesson(first),
        explanation=explanation,
    )


def _types(course: Course) -> Iterator[TypeBelief]:
    prior, now = course.setting.prior, course.start.challenger
    for kind in range(prior.shape[1]):
        yield TypeBelief(kind, float(prior[0, kind]), Range.of(now[:, kind]))


@dataclass(slots=True)
class _Count:
    course: Course
    quarters: Sequence[Quarter]

    @property
    def hazards(self) -> FloatArray:
        """P(it ends by each cause | it stands at the start), shape (worlds, quarters, 3)."""
        return np.stack([quarter.ends for quarter in self.quarters], axis=1)

    @property
    def standing(self) -> FloatArray:
        """P(it stands) at the start and at every quarter's end, shape (worlds, quarters + 1)."""
        return _standing(self.hazards.sum(axis=2))

    @property
    def ends(self) -> FloatArray:
        """P(it ends in the quarter, by the cause), shape (worlds, quarters, 3)."""
        return self.hazards * self.standing[:, :-1, None]

    def periods(self) -> Iterator[Period]:
        standing, ends = self.standing, self.ends.mean(axis=0)
        for number, quarter in enumerate(self.quarters):
            probe, attack, accident = (float(p) for p in ends[number])
            yield Period(
                quarter=number + 1,
                ends_year=float(self.course.calendar.ends[number]),
                opening=_opening(quarter.opened),
                in_force=Range.of(standing[:, number + 1]),
                causes=(probe, attack, accident),
            )

    def mean_quarter(self) -> Opening:
        return _opening(np.mean([quarter.opened for quarter in self.quarters], axis=0))

    def survival(self, standing: FloatArray) -> dict[str, Range]:
        within = (year for year in YEARS if year <= self.course.calendar.years + 1e-9)
        return {str(year): Range.of(self._at(standing, year)) for year in within}

    def _at(self, standing: FloatArray, year: float) -> FloatArray:
        """P(it stands in a year): within a quarter the hazard is taken as constant."""
        ends = np.concatenate(([0.0], self.course.calendar.ends))
        place = min(int(np.searchsorted(ends, year - 1e-9)), len(ends) - 1)
        share = (year - ends[place - 1]) / (ends[place] - ends[place - 1])
        before, after = standing[:, place - 1], standing[:, place]
        kept = np.where(before > 0, after / np.where(before > 0, before, 1.0), 0.0)
        return np.asarray(before * kept**share)

    def survived(self, year: float) -> FloatArray:
        """P(it stands in a year), shape (worlds,)."""
        return self._at(self.standing, year)

    def mean_years(self) -> FloatArray:
        """Mean years that it stands within the horizon (trapezoid over the quarters' ends)."""
        standing = self.standing
        lengths = self.course.calendar.lengths / 4
        return np.asarray((standing[:, :-1] + standing[:, 1:]) @ lengths / 2)

    def causes(self) -> dict[str, float]:
        found = self.ends.sum(axis=(0, 1))
        total = float(found.sum())
        return {
            cause: float(part) / total if total > 0 else 0.0
            for cause, part in zip(CAUSES, found, strict=True)
        }

    def _when(self) -> FloatArray:
        """Weight of each quarter in a world by the attacks that come in it, (worlds, quarters)."""
        attacks = self.ends[:, :, CAUSES.index("attack")]
        total = attacks.sum(axis=1, keepdims=True)
        even = np.full(attacks.shape, 1.0 / attacks.shape[1])
        return np.where(total > 0, attacks / np.where(total > 0, total, 1.0), even)

    def weighed(self, parts: Sequence[FloatArray]) -> FloatArray:
        """The mean over the horizon of what is so after an attack, shape (worlds,)."""
        return np.asarray((np.stack(parts, axis=1) * self._when()).sum(axis=1))

    def members(self) -> tuple[float, ...]:
        """P(number of members | honoured), over worlds as often as they are attacked and honour."""
        attacks = self.ends[:, :, CAUSES.index("attack")]
        honoured = np.stack([quarter.honoured for quarter in self.quarters], axis=1)
        weight = attacks * honoured
        if weight.sum() <= 0:
            weight = np.ones_like(weight)
        number = np.stack([quarter.number for quarter in self.quarters], axis=1)
        found = np.einsum("wq,wqn->n", weight / weight.sum(), number)
        # Where nobody could come the tally still has room for one.
        return tuple(float(p) for p in found[: len(self.course.setting.prospects.members) + 1])

    def summed(self, parts: Sequence[FloatArray]) -> FloatArray:
        """What the quarters bring, each as far as the ceasefire stands at its start."""
        return np.asarray(np.sum(np.stack(parts, axis=1) * self.standing[:, :-1], axis=1))

    def losses(self) -> Losses:
        quarters = self.quarters
        challenger, protected, guarantor = (
            Range.of(self.summed([quarter.losses[:, side] for quarter in quarters]))
            for side in range(3)
        )
        taken = Range.of(self.summed([quarter.taken for quarter in quarters]))
        return Losses(taken, challenger, protected, guarantor)

    def bands(self, year: float) -> Iterator[Band]:
        rationality = self.course.setting.stakes["rationality"]
        survived = self._at(self.standing, year)
        opened = np.mean([quarter.opened for quarter in self.quarters], axis=0)
        for low, high in zip(BANDS, (*BANDS[1:], None), strict=True):
            inside = rationality >= low
            if high is not None:
                inside &= rationality < high
            if inside.any():
                yield Band(
                    low=low,
                    high=high,
                    worlds=int(inside.sum()),
                    survival=Range.of(survived[inside]),
                    attack=Range.of(opened[inside, 2]),
                )

    def multiple(self) -> float:
        """Share of worlds with several solutions: of expectations, of who comes, or of a game."""
        setting = self.course.setting
        found = setting.answer.several | several(setting)
        for quarter in self.quarters:
            found |= quarter.folded
        return float(found.mean())

    def noise_floor(self) -> NoiseFloor:
        """The same reviews and accidents with choices made at random.

        In the agent form each choice is then even: P(attack) = 1/3, and of the third that probes
        a quarter is answered and escalated.
        """
        review, shaken = self.course.review, self.course.accident
        decided = review * AIMLESS * (1 + AIMLESS_ESCALATION)
        standing = _standing(1 - (1 - decided) * (1 - shaken))
        mean = review.mean(axis=1) * AIMLESS
        opened = np.stack((1 - 2 * mean, mean, mean), axis=1)
        return NoiseFloor(opening=_opening(opened), survival=self.survival(standing))


def _standing(hazards: FloatArray) -> FloatArray:
    stays = np.cumprod(np.clip(1 - hazards, 0.0, 1.0), axis=1)
    return np.concatenate((np.ones((len(stays), 1)), stays), axis=1)


def _opening(opened: FloatArray) -> Opening:
    return Opening(*(Range.of(opened[:, place]) for place in range(3)))


def _range(values: FloatArray | None) -> Range | None:
    return None if values is None else Range.of(values)
