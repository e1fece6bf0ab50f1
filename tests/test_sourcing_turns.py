"""Cost is searched turn by turn; bound and plan are held against a search of the whole."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from backstop.sourcing import bound
from backstop.sourcing.bound import bound_of_cost
from backstop.sourcing.exact import violations
from backstop.sourcing.finish import cheapen
from backstop.sourcing.highs import Limits, minimise
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import value_of
from backstop.sourcing.problem import Framework, Lift, Line, Nation, Pool, Problem
from backstop.sourcing.proof import Effort
from backstop.sourcing.stages import Staged, fill


def three_turns() -> Problem:
    """Six nations, two sectors, tankers: three turns of two rotations, with uneven lift."""
    names = [f"nation-{n}" for n in range(6)]
    pools = [
        Pool(
            id=f"{name}.infantry",
            nation=name,
            capability="infantry",
            units=3 + rank % 3,
            lines=("infantry.east", "infantry.west")[rank % 2 :],
            dwell=1,
            first_rotation=int(rank == 2),
            effectiveness=2 + rank % 2,
            cost_usd_m=20.0 + 7 * rank % 11,
            lift_loads=3,
        )
        for rank, name in enumerate(names)
    ]
    pools += [
        Pool(
            id=f"{name}.tankers",
            nation=name,
            capability="tankers",
            units=2,
            lines=("tankers",),
            dwell=1,
            cost_usd_m=9.0 + rank,
        )
        for rank, name in enumerate(names[:3])
    ]
    return Problem(
        lines=(
            Line("infantry.east", "infantry", "east", (7,) * 6, sector="east", manoeuvre=True),
            Line("infantry.west", "infantry", "west", (6,) * 6, sector="west", manoeuvre=True),
            Line("tankers", "tankers", "theatre", (20,) * 6, tier=2),
        ),
        pools=tuple(pools),
        nations=tuple(Nation(name, 100.0, presence_cost_usd_m=4.0) for name in names),
        rotations=6,
        framework=Framework(tuple(names)),
        lift=Lift((18, 12, 20, 15, 16, 11), extra_loads=40, extra_usd_m_per_load=0.5),
    )


def whole(staged: Staged) -> int:
    """Return the least cost of any plan as full, by one search of the whole horizon."""
    objective = staged.programme.cost_objective()
    answer = minimise(
        staged.model, objective=objective, start=staged.values, limits=Limits(100_000)
    )
    assert answer.status == "optimal"
    assert answer.objective is not None
    return answer.objective


@pytest.fixture(scope="module")
def filled() -> Staged:
    return fill(build(three_turns()), effort=Effort())


def test_the_cost_of_the_plan_and_its_bound_enclose_the_least_cost(filled: Staged) -> None:
    proof = cheapen(filled, effort=Effort()).proofs[-1]
    assert filled.apart
    assert proof.bound <= whole(filled) <= proof.objective
    assert proof.gap < 0.03


def test_a_cheaper_plan_is_as_full_and_breaks_no_row(filled: Staged) -> None:
    cheap = cheapen(filled, effort=Effort())
    assert violations(filled.model, values=cheap.values) == ()
    for tier in filled.programme.problem.tiers:
        objective = filled.programme.tier_objective(tier)
        assert value_of(objective, cheap.values) == value_of(objective, filled.values)
    objective = filled.programme.cost_objective()
    assert value_of(objective, cheap.values) < value_of(objective, filled.values)


def test_a_demand_that_grows_cannot_repeat_its_first_turn_and_is_searched_in_place() -> None:
    problem = three_turns()
    lines = (replace(line, required=(4, 4, 6, 6, 7, 7)) for line in problem.lines)
    filled = fill(build(replace(problem, lines=tuple(lines))), effort=Effort())
    cheap = cheapen(filled, effort=Effort())
    assert violations(filled.model, values=cheap.values) == ()
    assert cheap.proofs[-1].bound <= whole(filled) <= cheap.proofs[-1].objective


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_whatever_is_charged_between_turns_the_bound_holds(
    filled: Staged, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weak duality: prices that are not the relaxation's duals weaken the bound, no more."""
    draw = random.Random(seed)
    charged = [-draw.choice((0.0, 1.0, 500.0, 9000.0)) for _ in filled.model.rows]
    monkeypatch.setattr(bound, "multipliers", lambda *_, **__: charged)
    assert bound_of_cost(filled, filled.values) <= whole(filled)


def test_what_crosses_a_cut_is_charged_for() -> None:
    """Two cheap units serve on one side of a cut only; on the other it takes two dear ones.

    Each turn alone would use the cheap ones (20 + 20), and the relaxation sends one unit and a
    half to either side (20 + 20 in all); every plan costs 60.
    """
    problem = Problem(
        lines=(Line("land", "infantry", "east", (0, 0, 0, 3, 3, 0, 0, 0)),),
        pools=tuple(
            Pool(name, name, "infantry", units, ("land",), effectiveness=2, cost_usd_m=price)
            for name, units, price in (("cheap", 2, 10.0), ("dear", 4, 20.0))
        ),
        nations=(Nation("cheap", 100.0), Nation("dear", 100.0)),
        rotations=8,
    )
    filled = fill(build(problem), effort=Effort())
    assert filled.apart
    assert bound_of_cost(filled, filled.values) == whole(filled) == 60_000


def test_where_turns_do_not_fall_apart_the_bound_is_that_of_the_whole(filled: Staged) -> None:
    careful = cheapen(replace(filled, apart=False), effort=Effort()).proofs[-1]
    assert careful.bound <= whole(filled) <= careful.objective
