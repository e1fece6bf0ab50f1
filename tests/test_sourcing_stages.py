"""The shortfall stages: proofs, invariants, and a second solver's word."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backstop.sourcing.exact import violations
from backstop.sourcing.horizon import build
from backstop.sourcing.problem import Nation, Problem
from backstop.sourcing.proof import Effort
from backstop.sourcing.source import solve
from backstop.sourcing.stages import Staged, fill
from backstop.sourcing.verify import verify_staged
from sourcing_cases import brigades, pool, problems, standing


def least(problem: Problem) -> Staged:
    return fill(build(problem), effort=Effort())


def test_a_unit_rests_three_rotations_after_each_it_serves() -> None:
    assert least(standing(1, required=1, rotations=8)).shortfall == 6
    assert least(standing(4, required=1, rotations=8)).shortfall == 0


def test_a_pool_not_ready_at_first_leaves_the_first_rotations_short() -> None:
    late = Problem((brigades(1, 8),), (pool("A", 8, first_rotation=3),), (Nation("A", 1.0),), 8)
    assert least(late).shortfall == 3


def test_the_first_tier_is_filled_before_the_second() -> None:
    lines = (brigades(1), brigades(1, line="second", tier=2))
    both = pool("A", 4, lines=("land", "second"))
    proofs = least(Problem(lines, (both,), (Nation("A", 1.0),), 12)).proofs
    assert [(p.stage, p.objective, p.bound) for p in proofs] == [
        ("tier-1", 0, 0),
        ("tier-2", 12, 12),
    ]


@settings(max_examples=25, deadline=None)
@given(problems())
def test_the_second_solver_agrees_on_every_stage(problem: Problem) -> None:
    staged = least(problem)
    assert all(proof.optimal for proof in staged.proofs)
    for second in verify_staged(staged):
        assert second.verdict == "agree", second.because


@settings(max_examples=8, deadline=None)
@given(problems(rotations=6))
def test_turn_by_turn_proofs_hold_against_the_second_solver(problem: Problem) -> None:
    """Six rotations are more than one turn, so blocks plan and bound them."""
    staged = least(problem)
    for second in verify_staged(staged):
        assert second.verdict == "agree", second.because


@settings(max_examples=15, deadline=None)
@given(problems(), st.sampled_from(("A", "B", "C")))
def test_a_withdrawn_nation_never_lowers_the_first_shortfall(problem: Problem, nation: str) -> None:
    assert least(problem.without(nation)).shortfall >= least(problem).shortfall


@settings(max_examples=15, deadline=None)
@given(problems())
def test_relaxing_every_caveat_never_worsens_the_first_stage(problem: Problem) -> None:
    free = replace(
        problem,
        pools=tuple(
            replace(p, lines=(*p.lines, *(line for line, _ in p.barred)), barred=())
            for p in problem.pools
        ),
    )
    assert least(free).shortfall <= least(problem).shortfall


@settings(max_examples=15, deadline=None)
@given(problems(), st.integers(2, 3))
def test_scaling_worth_and_demand_together_changes_nothing(problem: Problem, by: int) -> None:
    scaled = replace(
        problem,
        lines=tuple(replace(n, required=tuple(by * r for r in n.required)) for n in problem.lines),
        pools=tuple(replace(p, effectiveness=by * p.effectiveness) for p in problem.pools),
        framework=replace(problem.framework, penalty=by * problem.framework.penalty),
    )
    assert least(scaled).shortfall == by * least(problem).shortfall


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=4), st.integers(1, 4), st.integers(2, 4))
def test_scaling_counts_and_demand_together_changes_nothing(
    units: list[int], required: int, by: int
) -> None:
    """Over whole turns the pool is a flow with whole optima, so counts scale exactly."""
    assume(sum(units))
    one = least(standing(*units, required=required)).shortfall
    many = least(standing(*(by * u for u in units), required=by * required)).shortfall
    assert many == by * one


@settings(max_examples=10, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_pools_lines_and_nations_changes_nothing(
    problem: Problem, rng: random.Random
) -> None:
    def shuffled(items: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(rng.sample(items, len(items)))

    other = replace(
        problem,
        lines=shuffled(problem.lines),
        pools=shuffled(problem.pools),
        nations=shuffled(problem.nations),
    )
    assert other == problem
    effort = Effort()
    assert solve(other, effort=effort).values == solve(problem, effort=effort).values


@settings(max_examples=10, deadline=None)
@given(problems())
def test_every_stage_keeps_the_ones_before_it_and_the_rows(problem: Problem) -> None:
    staged = solve(problem, effort=Effort())
    assert [p.stage for p in staged.proofs] == [
        "tier-1",
        "tier-2",
        "cost",
        "unfairness",
        "tie-break",
    ]
    assert all(proof.bound <= proof.objective for proof in staged.proofs)
    assert violations(staged.model, values=staged.values) == ()


@settings(max_examples=10, deadline=None)
@given(problems())
def test_the_cost_bound_is_never_above_the_second_solvers_optimum(problem: Problem) -> None:
    staged = solve(problem, effort=Effort(cost_rounds=2))
    (second,) = verify_staged(staged, stages=["cost"])
    assert second.verdict == "agree", second.because
    proof = staged.proofs[2]
    assert second.bound is not None
    assert proof.bound <= second.bound <= proof.objective
