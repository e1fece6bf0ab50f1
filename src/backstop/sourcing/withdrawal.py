"""A nation withdraws: the shortfall is made as small as it can be, with the least change."""

from __future__ import annotations

from dataclasses import dataclass

from backstop.sourcing.completion import completed
from backstop.sourcing.exact import violations
from backstop.sourcing.finish import least_change
from backstop.sourcing.horizon import build
from backstop.sourcing.plan import Plan, plan_of, values_of
from backstop.sourcing.problem import Problem
from backstop.sourcing.proof import Effort, Proof
from backstop.sourcing.stages import fill


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
    effort = effort or Effort(cost_rounds=2)
    assert nation in {n.id for n in problem.nations}, f"no nation {nation}"
    left = build(problem.without(nation))
    start = completed(left, values=values_of(left, plan=plan))
    feasible = None if violations(left.model, values=start) else start
    staged = least_change(fill(left, effort=effort, start=feasible), signed=plan, effort=effort)
    return Withdrawal(
        nation=nation,
        plan=plan_of(left, values=staged.values),
        lost=sum(d.count for d in plan.deployments if d.nation == nation),
        changed=staged.proofs[-1].objective,
        proofs=staged.proofs,
    )
