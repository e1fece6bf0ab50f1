"""A nation withdraws: the shortfall is made as small as it can be, with the least change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backstop.sourcing.completion import completed
from backstop.sourcing.exact import violations
from backstop.sourcing.finish import least_change
from backstop.sourcing.highs import Limits, minimise
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import value_of
from backstop.sourcing.plan import Plan, plan_of, values_of
from backstop.sourcing.polish import Search
from backstop.sourcing.problem import Problem
from backstop.sourcing.programme import Programme
from backstop.sourcing.proof import Effort, Proof
from backstop.sourcing.stages import Staged, fill

DEARER = 200
"""What a point short weighs against a changed unit while a plan is mended, and each tier
against the next."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What follows when a nation leaves.

    Attributes
    ----------
    lost
        Unit-rotations of the signed plan that leave with it.
    changed
        Unit-rotations of the others that change against the signed plan.
    proofs
        The shortfall stages without the nation, and the change, each with its bound.
    """

    nation: str
    plan: Plan
    lost: int
    changed: int
    proofs: tuple[Proof, ...]


def withdraw(
    problem: Problem, *, plan: Plan, nation: str, effort: Effort | None = None
) -> Withdrawal:
    """Plan again without a nation, close to the signed plan."""
    effort = effort or Effort()
    assert nation in {n.id for n in problem.nations}, f"no nation {nation}"
    left = build(problem.without(nation))
    staged = fill(left, effort=effort)
    start = _repaired(left, plan, staged, effort)
    if start is not None:
        staged = replace(staged, values=start)
    search = Search(effort.cost_rounds, effort.window_nodes)
    staged = least_change(staged, signed=plan, search=search)
    return Withdrawal(
        nation=nation,
        plan=plan_of(left, values=staged.values),
        lost=sum(d.count for d in plan.deployments if d.nation == nation),
        changed=staged.proofs[-1].objective,
        proofs=staged.proofs,
    )


def _repaired(
    left: Programme, plan: Plan, staged: Staged, effort: Effort
) -> tuple[int, ...] | None:
    """Mend the signed plan turn by turn until it is short of no more than the best plan.

    Shortfalls and changes are lessened together, shortfalls by far the dearer, so that what
    need not move does not. None when the mended plan stays worse than the best.
    """
    values = completed(left, values=values_of(left, plan=plan))
    if violations(left.model, values=values):
        return None
    counts = plan.counts()
    objective: dict[int, int] = {}
    for key, number in left.of_kind("x"):
        # Signed units are cheaper kept than taken away, others dearer added than left out.
        signed = counts.get((key.who, key.where, key.rotation), 0) > 0
        objective[number] = -1 if signed else 1
    weight = 1
    for tier in reversed(left.problem.tiers):
        weight *= DEARER
        objective |= {n: weight * points for n, points in left.tier_objective(tier).items()}
    goal = [proof.objective for proof in staged.proofs]
    for free in _turns(left):
        if _worths(left, values) == goal:
            break
        held = {n: values[n] for n, key in enumerate(left.keys) if key.rotation not in free}
        limits = Limits(effort.window_nodes)
        answer = minimise(left.model, objective=objective, start=values, fixed=held, limits=limits)
        values = list(answer.values)
    return tuple(values) if _worths(left, values) == goal else None


def _turns(left: Programme) -> Iterator[range]:
    """Yield whole turns, then turns that straddle their borders."""
    turn, rotations = left.problem.turn, left.problem.rotations
    for first in (0, turn // 2):
        for start in range(first, rotations, turn):
            yield range(start, min(start + turn, rotations))


def _worths(left: Programme, values: Sequence[int]) -> list[int]:
    return [value_of(left.tier_objective(tier), values) for tier in left.problem.tiers]
