"""A nation leaves: the least shortfall again, with little of the signed plan changed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.sourcing.completion import completed
from backstop.sourcing.exact import violations
from backstop.sourcing.horizon import build
from backstop.sourcing.plan import plan_of, values_of
from backstop.sourcing.problem import Problem
from backstop.sourcing.proof import Effort
from backstop.sourcing.source import solve
from backstop.sourcing.stages import fill
from backstop.sourcing.withdrawal import withdraw
from sourcing_cases import problems, standing


def test_nothing_changes_when_a_nation_leaves_that_serves_nowhere() -> None:
    """A dear third nation is not needed; the signed plan of the others stands as it is."""
    problem = standing(4, 4, 4, required=2)
    pools = (replace(p, cost_usd_m=90.0 if p.nation == "C" else 1.0) for p in problem.pools)
    problem = replace(problem, pools=tuple(pools))
    staged = solve(problem, effort=Effort())
    signed = plan_of(staged.programme, values=staged.values)
    assert "C" not in {d.nation for d in signed.deployments}
    left = withdraw(problem, plan=signed, nation="C")
    assert (left.lost, left.changed) == (0, 0)
    assert left.plan == signed


def test_the_nations_that_stay_keep_their_turns() -> None:
    """A and B hold one slot in turn, C a second; when C leaves A and B need not move."""
    problem = standing(2, 2, 4, required=2)
    staged = solve(problem, effort=Effort())
    signed = plan_of(staged.programme, values=staged.values)
    assert staged.shortfall == 0
    left = withdraw(problem, plan=signed, nation="C")
    assert (left.lost, left.changed) == (12, 0)
    assert left.proofs[0].objective == left.proofs[0].bound == 12
    assert {d.nation for d in left.plan.deployments} == {"A", "B"}


def test_a_spare_nation_fills_the_gap_and_only_the_gap_changes() -> None:
    problem = standing(4, 4, required=1)
    staged = solve(problem, effort=Effort())
    signed = plan_of(staged.programme, values=staged.values)
    leaves = max("AB", key=lambda n: sum(d.count for d in signed.deployments if d.nation == n))
    left = withdraw(problem, plan=signed, nation=leaves)
    assert left.proofs[0].objective == 0
    assert left.changed == left.lost


@settings(max_examples=10, deadline=None)
@given(problems(), st.sampled_from(("A", "B", "C")))
def test_the_new_plan_holds_and_is_as_full_as_any_without_the_nation(
    problem: Problem, nation: str
) -> None:
    staged = solve(problem, effort=Effort(fair_rounds=0))
    signed = plan_of(staged.programme, values=staged.values)
    left = withdraw(problem, plan=signed, nation=nation)
    without = build(problem.without(nation))
    values = completed(without, values=values_of(without, plan=left.plan))
    assert violations(without.model, values=values) == ()
    assert left.proofs[0].objective == fill(without, effort=Effort()).shortfall
    assert left.proofs[0].objective >= staged.shortfall
    kept, new = signed.counts(), left.plan.counts()
    others = {key for key in {*kept, *new} if not key[0].startswith(f"{nation}.")}
    assert left.changed == sum(abs(kept.get(k, 0) - new.get(k, 0)) for k in others)
    if not left.lost:
        assert left.changed == 0
