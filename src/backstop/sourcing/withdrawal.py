"""A nation withdraws: the shortfall is made as small as it can be, with the least change."""

from __future__ import annotations

from collections.abc import Sequence
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
    start = _standing(left, plan, staged) or _repaired(left, plan, staged, effort)
    if start is not None:
        staged = replace(staged, values=start)
    search = Search(effort.cost_rounds, effort.window_nodes, nations=False)
    staged = least_change(staged, signed=plan, search=search)
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


def _repaired(
    left: Programme, plan: Plan, staged: Staged, effort: Effort
) -> tuple[int, ...] | None:
    """Mend the signed plan turn after turn, each with what went before it held.

    Shortfalls and changes are lessened together, shortfalls by far the dearer, so that what
    need not move does not. What comes later is cleared until its turn: a signed plan held there
    would keep a turn from reaching its best. Where the mended turn stays short of more than the
    best plan's, only what the two plans do differently is freed, and the search begins from the
    best plan (relaxation induced neighbourhood: Danna, Rothberg and Le Pape 2005). None when
    the whole stays worse than the best.
    """
    objective = _mending(left, plan)
    signed = values_of(left, plan=plan)
    values = left.empty_plan()
    turn, rotations = left.problem.turn, left.problem.rotations
    for start in range(0, rotations, turn):
        free = range(start, min(start + turn, rotations))
        tries = [_written(left, values, signed, free, 0)]
        if start:
            tries.append(_written(left, values, values, free, turn))
        near = _mended(left, objective, values, tries, free, effort)
        best = _written(left, values, staged.values, free, 0)
        values = near
        if not violations(left.model, values=best) and _worths(left, best) < _worths(left, near):
            same = {n: v for n, v in enumerate(best) if near[n] == v and left.keys[n].kind == "x"}
            limits = Limits(effort.window_nodes * 3)
            answer = minimise(
                left.model, objective=objective, start=best, fixed=same, limits=limits
            )
            values = list(answer.values)
    goal = [proof.objective for proof in staged.proofs]
    return tuple(values) if _worths(left, values) == goal else None


def _mended(
    left: Programme,
    objective: dict[int, int],
    values: list[int],
    tries: list[list[int]],
    free: range,
    effort: Effort,
) -> list[int]:
    """Lessen an objective over some rotations, from the best of some plans that hold."""
    sound = [plan for plan in tries if not violations(left.model, values=plan)]
    best = min([values, *sound], key=lambda some: value_of(objective, some))
    held = {n: best[n] for n, key in enumerate(left.keys) if key.rotation not in free}
    limits = Limits(effort.window_nodes)
    answer = minimise(left.model, objective=objective, start=best, fixed=held, limits=limits)
    return list(answer.values)


def _mending(left: Programme, plan: Plan) -> dict[int, int]:
    """Price changes one each, and a point short so that it outweighs them."""
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
    return objective


def _written(
    left: Programme, values: Sequence[int], source: Sequence[int], free: range, back: int
) -> list[int]:
    """Write another plan's deployments, ``back`` rotations earlier, over some rotations."""
    written = list(values)
    for key, number in left.of_kind("x"):
        if key.rotation in free:
            other = left.numbers.get(key._replace(rotation=key.rotation - back))
            written[number] = source[other] if other is not None else 0
    return completed(left, values=written)


def _worths(left: Programme, values: Sequence[int]) -> list[int]:
    return [value_of(left.tier_objective(tier), values) for tier in left.problem.tiers]
