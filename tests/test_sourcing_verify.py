"""The second solver: it agrees with what is so and catches what is not."""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.errors import BackstopError
from backstop.sourcing.cyclic import ring
from backstop.sourcing.highs import minimise
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.problem import Line, Nation, Pool, Problem
from backstop.sourcing.proof import Effort, Proof
from backstop.sourcing.question import asked, only
from backstop.sourcing.reason import explain
from backstop.sourcing.source import solve
from backstop.sourcing.verify import Claim, verify, verify_staged


@st.composite
def models(draw: st.DrawFn) -> tuple[IntegerModel, dict[int, int]]:
    model, number = IntegerModel(), st.integers(-6, 6)
    count = draw(st.integers(1, 7))
    for variable in range(count):
        low = draw(st.integers(-2, 1))
        model.variable(f"x{variable}", lower=low, upper=low + draw(st.integers(0, 5)))
    for row in range(draw(st.integers(0, 5))):
        terms = [(variable, draw(number)) for variable in range(count)]
        low, high = draw(st.one_of(st.none(), number)), draw(st.one_of(st.none(), number))
        if low is not None and high is not None:
            low, high = min(low, high), max(low, high)
        model.row(f"r{row}", group="g", terms=terms, lower=low, upper=high)
    return model, {variable: draw(number) for variable in range(count)}


@settings(max_examples=150, deadline=None)
@given(models())
def test_both_solvers_find_the_same_optimum(drawn: tuple[IntegerModel, dict[int, int]]) -> None:
    model, objective = drawn
    answer = minimise(model, objective=objective)
    if answer.status == "infeasible":
        anything = Claim(objective, Proof("stage", 0, -1000))
        assert "no plan at all" in verify(model, claim=anything).because
        return
    assert answer.objective is not None
    claim = Claim(objective, Proof("stage", answer.objective, answer.objective))
    assert verify(model, claim=claim, solution=answer.values).verdict == "agree"
    second = verify(model, claim=claim)
    assert second.verdict == "agree"
    assert second.objective == second.bound == answer.objective


@settings(max_examples=80, deadline=None)
@given(models(), st.integers(1, 5))
def test_a_claim_that_is_off_is_caught(drawn: tuple[IntegerModel, dict[int, int]], by: int) -> None:
    model, objective = drawn
    best = minimise(model, objective=objective).objective
    if best is None:
        return
    too_good = verify(model, claim=Claim(objective, Proof("stage", best - by, best - by)))
    assert too_good.verdict == "disagree"
    too_bad = verify(model, claim=Claim(objective, Proof("stage", best + by, best + by)))
    assert too_bad.verdict == "disagree"
    honest = verify(model, claim=Claim(objective, Proof("stage", best + by, best)))
    assert honest.verdict == "agree"


def knapsack() -> tuple[IntegerModel, Mapping[int, int]]:
    """Fill at least 7 with pieces of 2 and 3, as few as can be: three."""
    model = IntegerModel()
    twos, threes = model.variable("twos", upper=5), model.variable("threes", upper=5)
    model.row("fill", group="fill", terms=[(twos, 2), (threes, 3)], lower=7)
    return model, {twos: 1, threes: 1}


@pytest.mark.parametrize(
    ("proof", "solution", "because"),
    [
        (Proof("stage", 3, 3), (0, 2), "the plan breaks 1 rows, fill by 1 among them"),
        (Proof("stage", 2, 2), (2, 1), "the plan is worth 3, not the claimed 2"),
        (Proof("stage", 3, 4), (2, 1), "the claimed bound 4 is above the claimed value 3"),
        (Proof("stage", 4, 4), (2, 2), "SCIP has a plan worth 3, below 4"),
        (Proof("stage", 2, 2), None, "SCIP proves a bound of 3, above 2"),
    ],
)
def test_a_corrupted_claim_is_told_what_is_wrong(
    proof: Proof, solution: tuple[int, ...] | None, because: str
) -> None:
    model, objective = knapsack()
    answer = verify(model, claim=Claim(objective, proof), solution=solution)
    assert (answer.verdict, answer.because) == ("disagree", because)


def test_without_scip_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyscipopt", None)
    model, objective = knapsack()
    with pytest.raises(BackstopError, match=r"pip install 'backstop\[verify\]'"):
        verify(model, claim=Claim(objective, Proof("stage", 3, 3)))


def two_tiers() -> Problem:
    """Seven pools at 1:3 against two lines that ask for more than they sustain."""
    nations = ("BEL", "DEU", "DNK", "FRA", "ITA", "NLD", "POL")
    lines = ("front", "rear")
    return Problem(
        lines=tuple(
            Line(name, "infantry", name, (14,) * 8, tier=tier, sector=name, manoeuvre=True)
            for tier, name in enumerate(lines, start=1)
        ),
        pools=tuple(
            Pool(
                f"{name}.infantry",
                name,
                "infantry",
                units=3 + rank,
                lines=lines,
                effectiveness=2 + rank % 2,
                troops_per_unit=800,
                cost_usd_m=20.0 + rank,
            )
            for rank, name in enumerate(nations)
        ),
        nations=tuple(Nation(name, 100.0 + 40 * rank) for rank, name in enumerate(nations)),
        rotations=8,
    )


def test_the_shortfall_stages_of_a_result_are_verified() -> None:
    staged = solve(two_tiers(), effort=Effort())
    assert staged.proofs[1].objective > 0
    answers = verify_staged(staged, stages=("tier-1", "tier-2"), nodes=20_000)
    assert [(a.stage, a.verdict) for a in answers] == [("tier-1", "agree"), ("tier-2", "agree")]


def test_a_corrupted_stage_of_a_result_is_caught() -> None:
    staged = solve(two_tiers(), effort=Effort(cost_rounds=0))
    first, second = staged.proofs
    assert first.optimal
    # A plan that is worse than need be, and its bound raised to match: a false proof.
    x = next(n for key, n in staged.programme.of_kind("x") if staged.values[n])
    values = list(staged.values)
    values[x] = 0
    answer = verify_staged(replace(staged, values=tuple(values)), stages=("tier-1", "tier-2"))
    assert "disagree" in {a.verdict for a in answer}
    false = replace(second, bound=second.objective + 1)
    answer = verify_staged(replace(staged, proofs=(first, false)), stages=("tier-2",))
    assert answer[0].verdict == "disagree"


def test_every_later_stage_is_verified_in_its_own_terms() -> None:
    """Cost and fairness carry bounds with a gap; SCIP never contradicts them."""
    staged = solve(two_tiers(), effort=Effort())
    answers = verify_staged(staged, nodes=300)
    assert [a.stage for a in answers] == [proof.stage for proof in staged.proofs]
    assert all(a.verdict != "disagree" for a in answers)


def test_a_search_that_ends_at_its_limit_is_undecided() -> None:
    """Market split (Cornuejols and Dawande 1999): four rows, thirty coefficients under 100."""
    draw, model = random.Random(1), IntegerModel()
    xs = [model.variable(f"x{n}", upper=1) for n in range(30)]
    for row in range(4):
        terms = [(x, draw.randrange(100)) for x in xs]
        half = sum(c for _, c in terms) // 2
        model.row(f"split{row}", group="split", terms=terms, lower=half, upper=half)
    answer = verify(model, claim=Claim({xs[0]: 1}, Proof("stage", 1, 1)), nodes=20)
    assert answer.verdict == "undecided"
    assert answer.nodes <= 21


def test_a_reason_is_confirmed_by_the_second_solver() -> None:
    problem = two_tiers()
    reason = explain(problem)
    assert reason is not None
    programme = build(ring(problem), wraps=True, explains=True)
    model, objective = only(programme.model, tags=reason.tags), asked(programme)
    least = minimise(model, objective=objective).objective
    assert least is not None
    assert least >= 1
    answer = verify(model, claim=Claim(objective, Proof("reason", least, 1)))
    assert answer.verdict == "agree"
    assert value_of(objective, programme.empty_plan()) >= least
