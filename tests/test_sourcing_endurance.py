"""Offers that are kept up only for a while."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.assessment.stages import Run
from backstop.assessment.statement import Calendar
from backstop.scenario.load import load
from backstop.scenario.scenario import Case
from backstop.sourcing.cyclic import ring, size, sustain
from backstop.sourcing.horizon import build
from backstop.sourcing.problem import Pool, Problem
from backstop.sourcing.proof import Effort
from backstop.sourcing.reason import explain
from backstop.sourcing.source import solve
from sourcing_cases import pool, problems, standing


def lasting(rotations: int | None, *, first: int = 0, units: int = 8) -> Problem:
    """Eight brigades at 1:3 for a line of two, from one nation whose offer may end."""
    base = standing(units, required=2)
    return replace(base, pools=(pool("A", units, first_rotation=first, endurance=rotations),))


def shortfall(problem: Problem) -> int:
    return solve(problem, effort=Effort(cost_rounds=0)).shortfall


@pytest.mark.parametrize(("first", "rotations"), [(0, 3), (2, 5), (4, 1), (0, 0), (10, 9)])
def test_an_offer_serves_from_its_first_rotation_for_as_long_as_it_is_kept_up(
    first: int, rotations: int
) -> None:
    problem = lasting(rotations, first=first)
    assert shortfall(problem) == 2 * (12 - min(rotations, 12 - first))
    served = {key.rotation for key, _ in build(problem).of_kind("x")}
    assert served == set(range(first, min(12, first + rotations)))


def test_what_ends_is_not_sustained_for_ever() -> None:
    """Of two nations with four brigades each, one of which stays for two years."""
    base = standing(4, 4, required=2)
    ending = replace(base, pools=(pool("A", 4), pool("B", 4, endurance=4)))
    assert sustain(base).coverage == 1.0
    assert sustain(ending).coverage == 0.5
    sizes = size(ending)
    assert (sizes.steady_state.troops, sizes.two_years.troops, sizes.surge.troops) == (1, 2, 8)
    shorter = size(replace(base, pools=(pool("A", 4), pool("B", 4, endurance=3))))
    assert (shorter.two_years.troops, shorter.surge.troops) == (1, 8)


def test_when_every_offer_ends_the_reason_is_that_nobody_is_left() -> None:
    found = explain(lasting(3))
    assert found is not None
    assert found.groups == ("line:land",)
    assert "No pool may serve there. Offers that end do not count: A.brigade." in found.sentence
    assert ring(lasting(3)).pools == ()
    assert size(lasting(3)).surge.troops == 8


@settings(max_examples=25, deadline=None)
@given(problems(rotations=6), st.integers(0, 6), st.integers(0, 5), st.data())
def test_a_longer_offer_never_raises_the_shortfall(
    problem: Problem, rotations: int, start: int, data: st.DataObject
) -> None:
    chosen = data.draw(st.sampled_from(problem.pools))

    def kept(most: int | None) -> Problem:
        return replace(
            problem,
            pools=tuple(replace(p, endurance=most) if p is chosen else p for p in problem.pools),
        )

    short, longer, ever = (shortfall(kept(most)) for most in (rotations, rotations + 1, None))
    assert short >= longer >= ever
    # A plan that begins later has the offer for what is left of it.
    whole, part = build(kept(rotations)), build(kept(rotations).between(start, 6))
    left = {
        key._replace(rotation=key.rotation - start)
        for key, _ in whole.of_kind("x")
        if key.rotation >= start
    }
    assert {key for key, _ in part.of_kind("x")} == left


def test_a_pool_of_a_later_plan_is_the_same_pool_later() -> None:
    one = Pool("a", "A", "brigade", 1, ("land",), first_rotation=2, endurance=3)
    assert [one.stands_in(t) for t in range(6)] == [False, False, True, True, True, False]
    for by in range(7):
        assert [one.later(by).stands_in(t) for t in range(6)] == [
            one.stands_in(t + by) for t in range(6)
        ]


def test_months_are_rounded_to_whole_tours() -> None:
    calendar = Calendar(tour_months=6, rotations=12, dwell=3)
    assert [calendar.lasting(m) for m in (0.0, 2.9, 3.0, 8.9, 9.0, np.inf)] == [0, 0, 1, 1, 2, None]


def with_endurance(months: str) -> Case:
    return load(
        "ukraine-2025", overrides=[f"offers[FRA/battlegroup].endurance_months={months}"]
    ).design("tripwire")


def test_an_offer_of_a_scenario_that_ends_fills_nothing_after_it() -> None:
    """In the flow over futures and in the planning case."""
    cases = (load("ukraine-2025").design("tripwire"), with_endurance("12"), with_endurance("0"))
    ever, year, none = (Run.of(case, worlds=range(64), seed=1) for case in cases)
    filled = [sum(run.cover().filled.values()) for run in (none, year, ever)]
    assert np.all(filled[0] <= filled[1] + 1e-9)
    assert np.all(filled[1] <= filled[2] + 1e-9)
    assert filled[1].sum() > filled[0].sum()
    assert np.allclose(filled[1][-1], filled[0][-1])
    pools = {p.id: p for p in year.statement().problem.pools}
    tour = year.calendar.tour_months
    assert pools["FRA/battlegroup"].endurance == round(12 / tour)
    others = {p.endurance for name, p in pools.items() if name != "FRA/battlegroup"}
    assert others == {None}
