"""How a coalition answers: each member decides for itself, one factor ties them, a rule counts.

A member honours with probability logistic(x + offset), where x is the reference member's λ times
the difference in expected utility between honouring and reneging. It decides *expressively*: for
what the deed is worth to it, not for the chance that its vote is the one that counts. Votes
weighed by their chance of being pivotal collapse under unanimity: see `pivotal_unanimity`.

Latent willingness is normal with one common factor (Vasicek 1987), so that
P(yes | f) = Φ((Φ⁻¹(p) + √ρ f) / √(1 - ρ)); given the factor the members are independent, and a
dynamic programme over the members gives the distribution of two sums at once: the one that the
rule counts and the one that is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.factor import node_count
from backstop.deterrence.members import BoolArray, IntArray, Members, Question, Rule
from backstop.deterrence.willingness import Temper, chances

FloatArray = npt.NDArray[np.float64]

#: The curve is tabulated from -LIMIT to LIMIT in this many points, and flat beyond.
LIMIT = 16.0
POINTS = 65
#: Who comes changes more slowly with x than whether anybody does.
COARSE = 17
#: With less than this in log-odds at stake, members' expectations of each other have one solution:
#: the logistic function rises by at most a quarter.
CONTRACTS = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """How the coalition answers, as a function of x in every world."""

    x: FloatArray
    """Grid of ``probability`` and ``highest``, shape (points,)."""
    probability: FloatArray
    """P(honoured | x), of several fixed points the lowest, shape (worlds, points)."""
    highest: FloatArray
    """The same at the highest fixed point, shape (worlds, points)."""
    coarse: FloatArray
    """Grid of the next two, shape (coarse,)."""
    strength: FloatArray
    """P(parts of the force | honoured, x), shape (worlds, coarse, parts + 1)."""
    number: FloatArray
    """P(number of members | honoured, x), shape (worlds, coarse, members + 1)."""

    @property
    def several(self) -> BoolArray:
        """Whether the lowest and the highest fixed point differ somewhere, shape (worlds,)."""
        return np.asarray(np.any(self.highest - self.probability > 1e-6, axis=1))

    def honours(self, x: FloatArray, rows: IntArray) -> FloatArray:
        """P(honoured | x) in some worlds, at as many x in each, shape (rows, …) as ``x``."""
        low, share = _between(self.x, x)
        at = rows[:, None]
        return np.asarray(
            (1 - share) * self.probability[at, low] + share * self.probability[at, low + 1]
        )

    def who_comes(self, x: FloatArray, rows: IntArray, share: FloatArray) -> Comers:
        """Who comes in some worlds, over several x in each: ``x`` and ``share``, (rows, types).

        Linear between the points.
        """
        low, part = _between(self.coarse, x)
        return Comers(
            rows,
            place=np.concatenate((low, low + 1), axis=1),
            weight=np.concatenate(((1 - part) * share, part * share), axis=1),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Comers:
    """Who comes in some worlds, as points of the coarse grid and their weights."""

    rows: IntArray
    """The worlds, shape (rows,)."""
    place: IntArray
    """Points, shape (rows, points)."""
    weight: FloatArray
    """What each counts; a row's add up to one, shape (rows, points)."""

    def over(self, table: FloatArray) -> FloatArray:
        """The mean of a table of `Answer`, shape (rows, …)."""
        return np.asarray(
            np.einsum("rk,rkp->rp", self.weight, table[self.rows[:, None], self.place])
        )


def _between(grid: FloatArray, x: FloatArray) -> tuple[IntArray, FloatArray]:
    """The point below each x on an even grid, and how far on to the next; flat beyond the ends."""
    place = np.clip((x - grid[0]) / (grid[1] - grid[0]), 0, len(grid) - 1)
    low = np.minimum(place.astype(np.int64), len(grid) - 2)
    return low, place - low


def collective(members: Members, *, rule: Rule, temper: Temper) -> Answer:
    """Tabulate how the coalition answers.

    With τ the chance that those in place are drawn in and R the rule's own probability,
    P = τ + (1 - τ) R. When they are drawn in they count as having said yes and the others decide
    each for itself; where nobody is in place, τ has nothing to act on.

    Parameters
    ----------
    members : Members
    rule : Rule
    temper : Temper

    Returns
    -------
    Answer
        Exact at the grid points up to the integral over the common factor (below 1e-6).
    """
    ordered = members.leads_first()
    fine = np.linspace(-LIMIT, LIMIT, POINTS)
    coarse = np.linspace(-LIMIT, LIMIT, COARSE)
    tau = temper.automatic * float(bool(np.any(members.in_place)))
    room = _Room(ordered, rule, temper, tau)
    lowest = room.probability(fine, top=False)
    highest = lowest
    # Below this slope expectations are a contraction, and the two ends are one.
    if bool(np.any(temper.follow >= CONTRACTS)) and len(members) > 1:
        highest = np.maximum(lowest, room.probability(fine, top=True))
    ones = np.ones(len(members), dtype=np.int64)
    strength, number = room.given(coarse, adds=(ordered.weight, ones))
    return Answer(fine, lowest, highest, coarse, strength, number)


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """Where the answer is counted: lead nations first."""

    members: Members
    rule: Rule
    temper: Temper
    tau: FloatArray

    def probability(self, x: FloatArray, *, top: bool) -> FloatArray:
        """P(honoured | x), shape (worlds, points)."""
        counts, need = counted(self.members, self.rule)
        nothing = np.zeros(len(self.members), dtype=np.int64)
        (passes,) = self._tallies(x, [Question(counts, need, nothing, nothing > 0)], top=top)
        tau = self.tau[:, None]
        # Rounding in the integral may break by 1e-16 what cannot fall.
        found: FloatArray = np.maximum.accumulate(tau + (1 - tau) * passes[:, :, 0], axis=1)
        return np.clip(found, 0.0, 1.0)

    def given(self, x: FloatArray, *, adds: tuple[IntArray, ...]) -> tuple[FloatArray, ...]:
        """Distributions of the sums of ``adds`` over those who come, given that it is honoured."""
        counts, need = counted(self.members, self.rule)
        nothing = np.zeros(len(self.members), dtype=np.int64)
        asked = [Question(counts, need, each, nothing > 0) for each in adds]
        tau = self.tau[:, None, None]
        if bool(np.any(tau > 0)):
            asked += [Question(nothing, 0, each, self.members.in_place) for each in adds]
        found = self._tallies(x, asked, top=False)
        decided, drawn_in = found[: len(adds)], found[len(adds) :]
        joint = [(1 - tau) * one for one in decided]
        for one, other in zip(joint, drawn_in, strict=False):
            one += tau * other
        return tuple(_given_any(one) for one in joint)

    def _tallies(
        self, x: FloatArray, questions: list[Question], *, top: bool
    ) -> tuple[FloatArray, ...]:
        from backstop.deterrence.tallies import Tally, tallies

        leads = int(self.members.lead.sum())
        apart = leads > 0 and bool(np.any(self.temper.lead_pull > 0))
        tally = Tally.of(questions, leads, apart=apart)
        before = self._scores(x, pull=False, top=top)
        after = self._scores(x, pull=True, top=top) if apart and tally.wanted[1].any() else before
        # One member alone has nobody to hang together with.
        members = len(self.members)
        rho = self.temper.rho if members > 1 else np.zeros(len(before))
        return tallies(tally, before, after, rho=rho, nodes=node_count(rho, members))

    def _scores(self, x: FloatArray, *, pull: bool, top: bool) -> FloatArray:
        """Normal scores of a yes before or after a lead acts, shape (worlds, points, members)."""
        from scipy.special import ndtri

        found = chances(self.members, x, temper=self.temper, pull=pull, highest=top)
        return np.asarray(ndtri(found))


def _given_any(joint: FloatArray) -> FloatArray:
    """A distribution given that it is honoured at all, along the last axis."""
    total = joint.sum(axis=2, keepdims=True)
    nobody = np.zeros(joint.shape[2])
    nobody[0] = 1.0
    # Where it is never honoured nobody comes; the curve says 0 there and nothing reads this.
    return np.where(total > 0, joint / np.where(total > 0, total, 1.0), nobody)


def counted(members: Members, rule: Rule) -> tuple[IntArray, int]:
    """What each yes adds to the sum that the rule counts, and the sum it needs."""
    ones = np.ones(len(members), dtype=np.int64)
    match rule.kind:
        case "opt-in" | "k-of-n":
            return ones, max(1, rule.need)
        case "unanimity":
            return ones, max(1, len(members))
        case "weighted":
            return members.weight, max(1, rule.need)
        case "lead-nation":
            return members.lead.astype(np.int64), 1


def pivotal_unanimity(members: int, *, gain: float, rationality: float) -> tuple[float, float]:
    """The trap that the expressive vote avoids: a vote for its chance of being decisive.

    Under unanimity a vote matters only if all the others say yes. With p the probability of each
    of n alike members, the quantal response is p = logistic(λ · gain · p^(n-1)). For n of 32 even
    eager members are then as good as indifferent: p is near ½ and P(all) = p^n near 2e-10.

    Returns
    -------
    p, P(all)
        At the fixed point reached from p = ½ (the one that goes with λ from 0).
    """
    p = 0.5
    for _ in range(10_000):
        moved = float(_logistic(np.asarray(rationality * gain * p ** (members - 1))))
        if abs(moved - p) < 1e-15:
            break
        p = moved
    return p, p**members


def _logistic(x: FloatArray) -> FloatArray:
    from scipy.special import expit

    return np.asarray(expit(x))
