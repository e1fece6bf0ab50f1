"""The published rotation figures, and that the ring answers what the horizon answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.sourcing.balance import fill as balance
from backstop.sourcing.cyclic import ring, size, sustain
from backstop.sourcing.highs import relax
from backstop.sourcing.horizon import build
from backstop.sourcing.problem import Line, Nation, Pool, Problem
from backstop.sourcing.proof import Effort
from backstop.sourcing.stages import fill
from sourcing_cases import brigades, pool, problems, standing


def test_six_standing_brigades_sustain_one_at_one_to_three() -> None:
    assert sustain(standing(6, required=1)).coverage == 1.0
    assert sustain(standing(3, required=1)).coverage == 0.75
    assert size(standing(6, required=1)).steady_state.troops == 1


def test_two_nations_with_two_battalions_each_sustain_a_shared_slot_in_turn() -> None:
    steady = sustain(standing(2, 2, required=1))
    assert steady.coverage == 1.0
    assert sustain(standing(2, required=1)).coverage == 0.5


@pytest.mark.parametrize("brigades_held", [6, 7], ids=["United Kingdom", "France"])
def test_uk_and_france_sustain_one_brigade_each(brigades_held: int) -> None:
    """RAND RR-1629 (Shurkin 2017): each can sustain one brigade, at strain."""
    sizes = size(standing(brigades_held, required=1))
    assert sizes.steady_state.troops == sizes.steady_state.bound == 1
    assert sizes.surge.troops == brigades_held


def test_together_the_uk_and_france_sustain_three_where_rounding_each_gives_two() -> None:
    assert size(standing(6, 7, required=1)).steady_state.troops == 3


def test_64_000_deployed_at_one_to_three_takes_256_000() -> None:
    """The Times, April 2025: 64,000 deployed for two years needs 256,000."""
    for units, deployed in ((256, 64_000), (255, 63_000)):
        held = Problem(
            (brigades(64),),
            (pool("A", units, troops_per_unit=1000),),
            (Nation("A", 1.0),),
            12,
        )
        assert size(held).steady_state.troops == deployed


def test_harmony_guidelines_of_six_months_in_thirty_take_a_pool_of_five() -> None:
    """Six months deployed and 24 off: the British harmony guidelines, a factor of five."""
    for units, coverage in ((5, 1.0), (4, 0.8)):
        held = Problem((brigades(1),), (pool("A", units, dwell=4),), (Nation("A", 1.0),), 12)
        assert sustain(held).coverage == pytest.approx(coverage)
        assert ring(held).rotations == 10


def test_the_bottleneck_is_named_by_nation_and_capability() -> None:
    worst = sustain(standing(3, required=1)).bottlenecks[0]
    assert (worst.rule, worst.who, worst.capability, worst.relief) == ("dwell", "A", "brigade", 1.0)


@settings(max_examples=12, deadline=None)
@given(problems())
def test_the_ring_and_three_turns_of_the_horizon_agree(problem: Problem) -> None:
    """With every dwell 1:3 any turn of the horizon closes into a ring, and the reverse."""
    even = replace(problem, pools=tuple(replace(p, dwell=3) for p in problem.pools))
    once = sustain(even).staged
    lines = tuple(replace(n, required=n.required * 3) for n in even.lines)
    lift = replace(even.lift, loads=even.lift.loads * 3)
    long = replace(even, lines=lines, rotations=12, lift=lift)
    thrice = fill(build(long), effort=Effort())
    assert thrice.proofs[0].optimal
    assert once.proofs[0].optimal
    assert thrice.shortfall == 3 * once.shortfall


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=4),
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
    st.data(),
)
def test_the_relaxed_ring_without_rules_is_the_flow_of_balance(
    units: list[int], required: list[int], data: st.DataObject
) -> None:
    """The quick flow over worlds and the ring's relaxation are one linear programme."""
    reaches = np.array([[data.draw(st.booleans()) for _ in required] for _ in units])
    names = [f"line-{number}" for number in range(len(required))]
    problem = Problem(
        lines=tuple(
            Line(name, "brigade", "rear", (asked,) * 4)
            for name, asked in zip(names, required, strict=True)
        ),
        pools=tuple(
            Pool(
                str(number),
                "A",
                "brigade",
                count,
                tuple(n for n, open_ in zip(names, reaches[number], strict=True) if open_),
                effectiveness=1,
            )
            for number, count in enumerate(units)
        ),
        nations=(Nation("A", 1.0),),
        rotations=4,
    )
    programme = build(ring(problem), wraps=True)
    short = relax(programme.model, objective=programme.tier_objective(1)).objective / 4
    demand = np.array([required], dtype=float)
    filled = balance(np.array([units]) / 4, reaches=reaches, demand=demand)
    assert filled.sum() == pytest.approx(demand.sum() - short)
