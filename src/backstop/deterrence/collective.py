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

from backstop.deterrence.members import PARTS, BoolArray, IntArray, Members, Rule
from backstop.errors import InputError, Problem

FloatArray = npt.NDArray[np.float64]

#: The curve is tabulated from -LIMIT to LIMIT in this many points, and flat beyond.
LIMIT = 16.0
POINTS = 65
#: Who comes changes more slowly with x than whether anybody does.
COARSE = 17
#: Members who expect each other are followed for at most this many rounds.
ROUNDS = 400
#: With less than this in log-odds at stake, members' expectations of each other have one solution:
#: the logistic function rises by at most a quarter.
CONTRACTS = 4.0
#: Highest correlation of latent willingness.
MOST_CORRELATED = 0.8
#: The common factor is integrated over this many standard deviations either side of 0.
SPAN = 6.5


@dataclass(frozen=True, slots=True, eq=False)
class Temper:
    """What moves members beside what is at stake, in every world: arrays of shape (worlds,)."""

    rho: FloatArray
    """Correlation of latent willingness, 0 to 0.8."""
    position_share: FloatArray
    """Share of a position's log-odds that counts."""
    absent: FloatArray
    """Fall in the log-odds of a member without troops in the country, beside one with them."""
    caveat: FloatArray
    """Fall in the log-odds of a member whose whole force has a caveat."""
    lead_pull: FloatArray
    """Rise in the others' log-odds once a lead nation acts."""
    backstop_pull: FloatArray
    """Rise in everyone's log-odds where the backstop acts."""
    backstop: BoolArray
    """Whether it acts."""
    follow: FloatArray
    """Rise in log-odds if all the others are expected to act; 0 or more."""
    automatic: FloatArray
    """Chance that an attack draws those in the country in before anyone decides."""

    def __post_init__(self) -> None:
        for name in ("rho", "automatic"):
            array = getattr(self, name)
            if not bool(np.all((array >= 0) & (array <= 1))):
                raise InputError([Problem("", 0, 0, name, "lies between 0 and 1")])
        assert bool(np.all(self.follow >= 0)), "substitutes have no lowest and highest fixed point"


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
        """P(honoured | x) at one x in each of some worlds, shape (rows,)."""
        low, share = _between(self.x, x)
        table = self.probability
        return np.asarray((1 - share) * table[rows, low] + share * table[rows, low + 1])

    def who_comes(self, x: FloatArray, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Distributions of strength and of number at one x in each of some worlds.

        Linear between the points; both of shape (rows, …).
        """
        low, part = _between(self.coarse, x)
        share = part[:, None]
        strength, number = (
            (1 - share) * table[rows, low] + share * table[rows, low + 1]
            for table in (self.strength, self.number)
        )
        return strength, number


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
    whole = max(1, int(members.weight.sum()))
    strength = room.given(coarse, adds=ordered.weight, top=whole)
    ones = np.ones(len(members), dtype=np.int64)
    number = room.given(coarse, adds=ones, top=max(1, len(members)))
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
        before, after = self._chances(x, top=top)
        adds, need = counted(self.members, self.rule)
        nothing = np.zeros(len(self.members), dtype=np.int64)
        passes = self._count(before, after, adds, nothing, need=need, top=0)[:, :, 0]
        tau = self.tau[:, None]
        # Rounding in the integral may break by 1e-16 what cannot fall.
        found: FloatArray = np.maximum.accumulate(tau + (1 - tau) * passes, axis=1)
        return np.clip(found, 0.0, 1.0)

    def given(self, x: FloatArray, *, adds: IntArray, top: int) -> FloatArray:
        """Distribution of the sum of ``adds`` over those who come, given that it is honoured."""
        before, after = self._chances(x, top=False)
        counts, need = counted(self.members, self.rule)
        tau = self.tau[:, None, None]
        joint = (1 - tau) * self._count(before, after, counts, adds, need=need, top=top)
        if bool(np.any(self.tau > 0)):
            joint += tau * self._drawn_in(before, after, adds, top=top)
        total = joint.sum(axis=2, keepdims=True)
        nobody = np.zeros(top + 1)
        nobody[0] = 1.0
        # Where it is never honoured nobody comes; the curve says 0 there and nothing reads this.
        return np.where(total > 0, joint / np.where(total > 0, total, 1.0), nobody)

    def _drawn_in(
        self, before: FloatArray, after: FloatArray, adds: IntArray, *, top: int
    ) -> FloatArray:
        certain = self.members.in_place
        same = before is after
        before = np.where(certain, np.inf, before)
        after = before if same else np.where(certain, np.inf, after)
        nothing = np.zeros(len(self.members), dtype=np.int64)
        return self._count(before, after, nothing, adds, need=0, top=top)

    def _chances(self, x: FloatArray, *, top: bool) -> tuple[FloatArray, FloatArray]:
        """Normal scores of a yes before and after a lead acts, shape (worlds, points, members)."""
        from scipy.special import ndtri

        low = chances(self.members, x, temper=self.temper, pull=False, highest=top)
        pulled = bool(np.any(self.members.lead)) and bool(np.any(self.temper.lead_pull > 0))
        if not pulled:
            scores = np.asarray(ndtri(low))
            return scores, scores
        high = chances(self.members, x, temper=self.temper, pull=True, highest=top)
        return np.asarray(ndtri(low)), np.asarray(ndtri(high))

    def _count(
        self,
        before: FloatArray,
        after: FloatArray,
        counts: IntArray,
        adds: IntArray,
        *,
        need: int,
        top: int,
    ) -> FloatArray:
        from backstop.deterrence.tallies import normal_table, tallies

        worlds, points, members = before.shape
        out = np.zeros((worlds, points, top + 1))
        # One member alone has nobody to hang together with.
        rho = self.temper.rho if members > 1 else np.zeros(worlds)
        factor, weight = nodes(float(rho.max(initial=0.0)), members)
        leads = int(self.members.lead.sum())
        apart = leads > 0 and before is not after
        table = normal_table()
        tallies(before, after, leads, apart, counts, adds, need, rho, factor, weight, table, out)
        return out


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


def chances(
    members: Members, x: FloatArray, *, temper: Temper, pull: bool, highest: bool
) -> FloatArray:
    """Each member's own probability to honour, shape (worlds, points, members).

    ``p = logistic(x + offset + follow · expected share of the others)``. With strategic complements
    (follow > 0) there may be several consistent sets of expectations. The iteration that starts
    with nobody climbs to the lowest, the one that starts with everybody falls to the highest
    (Tarski 1955; Milgrom and Roberts 1990).
    """
    base = x[None, :, None] + offsets(members, temper, pull=pull)[:, None, :]
    if len(members) < 2 or not bool(np.any(temper.follow > 0)):
        return _logistic(base)
    follow = temper.follow[:, None, None]
    others = len(members) - 1
    p = np.full(base.shape, 1.0 if highest else 0.0)
    for _ in range(ROUNDS):
        expected = (p.sum(axis=2, keepdims=True) - p) / others
        # Summing in another order may leave 1 by 1e-16.
        moved = _logistic(base + follow * np.clip(expected, 0.0, 1.0))
        settled = bool(np.max(np.abs(moved - p), initial=0.0) < 1e-12)
        p = moved
        if settled:
            break
    return p


def offsets(members: Members, temper: Temper, *, pull: bool) -> FloatArray:
    """What is added to x for each member, in log-odds, shape (worlds, members).

    The reference member has an even position, troops in the country and no caveat; no lead nation
    and no backstop acts.
    """
    found = temper.position_share[:, None] * members.log_odds
    found = found - temper.absent[:, None] * ~members.in_place
    found = found - temper.caveat[:, None] * members.caveat
    found = found + (temper.backstop_pull * temper.backstop)[:, None]
    return found + (temper.lead_pull[:, None] * ~members.lead if pull else 0.0)


def nodes(rho: float, members: int) -> tuple[FloatArray, FloatArray]:
    """Equally spaced nodes of a standard normal factor: spectrally exact for smooth integrands.

    The higher the correlation and the larger the coalition, the steeper the answer turns along
    the factor, and the finer the step.
    """
    if rho == 0 or members < 2:
        return np.zeros(1), np.ones(1)
    if rho > MOST_CORRELATED:
        raise InputError([Problem("", 0, 0, "common_factor", f"at most {MOST_CORRELATED}")])
    steepness = np.sqrt(members * rho / (1 - rho))
    count = 2 * int(np.ceil(SPAN * (0.85 + 0.35 * steepness))) + 1
    factor = np.linspace(-SPAN, SPAN, count)
    weight = np.exp(-0.5 * factor**2)
    return factor, weight / weight.sum()


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


__all__ = ["PARTS", "Answer", "Temper", "chances", "collective", "nodes", "offsets"]
