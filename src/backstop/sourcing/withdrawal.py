"""A nation withdraws: the shortfall is made as small as it can be, with the least change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backstop.sourcing.completion import completed
from backstop.sourcing.exact import violations
from backstop.sourcing.finish import least_change
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import value_of
from backstop.sourcing.plan import Plan, plan_of, values_of
from backstop.sourcing.problem import Problem
from backstop.sourcing.programme import Programme
from backstop.sourcing.proof import Effort, Proof
from backstop.sourcing.stages import Staged, fill


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
    start = _standing(left, plan, staged)
    if start is not None:
        staged = replace(staged, values=start)
    staged = least_change(staged, signed=plan)
    return Withdrawal(
        nation=nation,
        plan=plan_of(left, values=staged.values),
        lost=sum(d.count for d in plan.deployments if d.nation == nation),
        changed=staged.proofs[-1].objective,
        proofs=staged.proofs,
    )


def _standing(left: Programme, plan: Plan, staged: Staged) -> tuple[int, ...] | None:
    """Return what the others signed, where it holds and is short of no more than it must be."""
    values = completed(left, values=values_of(left, plan=plan))
    goal = [proof.objective for proof in staged.proofs]
    best = not violations(left.model, values=values) and _worths(left, values) == goal
    return tuple(values) if best else None


def _worths(left: Programme, values: Sequence[int]) -> list[int]:
    return [value_of(left.tier_objective(tier), values) for tier in left.problem.tiers]
