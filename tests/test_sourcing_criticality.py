"""Who the steady state cannot do without, and which pledge would help most."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.sourcing.criticality import criticality
from backstop.sourcing.cyclic import sustain
from backstop.sourcing.pledge import next_pledges
from backstop.sourcing.problem import Coupling, Line, Nation, Pool, Problem
from sourcing_cases import brigades, pool, problems, standing


def enabled() -> Problem:
    """Two brigades in theatre need one tanker squadron beside them; A has the only one."""
    tankers = Line("fuel", "tankers", "theatre", (1,) * 12)
    return Problem(
        lines=(brigades(2), tankers),
        pools=(
            pool("A", 4),
            pool("B", 4),
            Pool("A.tankers", "A", "tankers", 4, ("fuel",), effectiveness=1),
        ),
        nations=(Nation("A", 1.0), Nation("B", 1.0)),
        rotations=12,
        couplings=(Coupling("fuel", ("brigade",), "tankers", 2),),
    )


def test_the_enabler_takes_down_what_depends_on_it() -> None:
    critical = {(c.kind, c.who): c for c in criticality(sustain(enabled()).staged)}
    tankers = critical["capability", "tankers"]
    assert (tankers.shortfall_increase, tankers.elsewhere) == (12, 8)
    assert critical["nation", "A"].shortfall_increase == 12
    assert critical["nation", "B"].shortfall_increase == 4
    assert all(c.proven for c in critical.values())


@settings(max_examples=10, deadline=None)
@given(problems())
def test_each_increase_is_what_solving_without_the_nation_gives(problem: Problem) -> None:
    steady = sustain(problem).staged
    for critical in criticality(steady):
        if critical.kind == "nation" and critical.proven:
            # Lost pools leave the ring's length as it was: rest, not who rests, decides it.
            pools = tuple(
                replace(p, units=0) if p.nation == critical.who else p for p in problem.pools
            )
            without = sustain(replace(problem, pools=pools)).staged
            assert critical.shortfall_increase == without.shortfall - steady.shortfall
            assert critical.shortfall_increase >= 0


def test_the_next_pledge_is_what_the_steady_state_lacks() -> None:
    problem = replace(
        enabled(), pools=tuple(p for p in enabled().pools if p.capability == "brigade")
    )
    best = next_pledges(problem, steady=sustain(problem).staged)[0]
    assert (best.nation, best.capability, best.units) == ("any nation", "tankers", 4)
    assert best.relief == 12
    assert best.proven


def test_no_pledge_is_named_when_nothing_is_missing() -> None:
    problem = standing(4, required=1)
    assert next_pledges(problem, steady=sustain(problem).staged) == ()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 7), st.integers(1, 3))
def test_a_pledge_of_four_units_relieves_one_slot_for_ever(units: int, required: int) -> None:
    problem = standing(units, required=required)
    steady = sustain(problem).staged
    for pledge in next_pledges(problem, steady=steady):
        assert pledge.relief == min(4, steady.shortfall)
