"""A nation leaves: the least shortfall again, with little of the signed plan changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.sourcing.completion import completed
from backstop.sourcing.exact import violations
from backstop.sourcing.horizon import build
from backstop.sourcing.plan import Deployment, Plan, plan_of, values_of
from backstop.sourcing.problem import Coupling, Line, Nation, Pool, Problem
from backstop.sourcing.proof import Effort
from backstop.sourcing.source import solve
from backstop.sourcing.stages import fill
from backstop.sourcing.withdrawal import withdraw
from sourcing_cases import brigades, pool, problems, standing


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


# --- the signed plan still holds, or no longer does -------------------------------------------


def several_lines() -> Problem:
    """Five nations share two lines with room to spare; F alone serves a third."""
    names = "ABCDEF"
    lines = (brigades(3), brigades(2, line="north"), brigades(1, line="own"))
    shared = ("land", "north")
    return Problem(
        lines=lines,
        pools=tuple(
            pool(name, 8, lines=("own",) if name == "F" else shared, cost_usd_m=float(rank))
            for rank, name in enumerate(names, start=1)
        ),
        nations=tuple(Nation(name, 100.0) for name in names),
        rotations=12,
    )


def signed_by_hand(problem: Problem) -> Plan:
    """Sign what no solver would choose: the dear nations first, each on both lines in turn."""
    served = {
        "B": [("land", 0, 2), ("north", 1, 2), ("land", 2, 2), ("land", 3, 2)],
        "C": [("north", 0, 2), ("land", 1, 3), ("land", 2, 1), ("north", 3, 2)],
        "E": [("land", 0, 1), ("north", 2, 2), ("land", 3, 1)],
        "F": [("own", 0, 1), ("own", 1, 1), ("own", 2, 1), ("own", 3, 1)],
    }
    return Plan(
        tuple(
            sorted(
                Deployment(nation, f"{nation}.brigade", line, start + 4 * period, count)
                for nation, turns in served.items()
                for line, start, count in turns
                for period in range(problem.rotations // 4)
            )
        ),
        problem.rotations,
    )


def remainder(plan: Plan, nation: str) -> Plan:
    return Plan(tuple(d for d in plan.deployments if d.nation != nation), plan.rotations)


def test_a_signed_plan_that_still_holds_stands_though_a_new_one_would_be_another() -> None:
    """F takes its own line with it. What the others signed holds and is as full as can be."""
    problem = several_lines()
    signed = signed_by_hand(problem)
    whole = build(problem)
    values = completed(whole, values=values_of(whole, plan=signed))
    assert violations(whole.model, values=values) == ()
    staged = solve(problem.without("F"), effort=Effort())
    anew = plan_of(staged.programme, values=staged.values)
    assert anew != remainder(signed, "F")
    left = withdraw(problem, plan=signed, nation="F")
    assert left.plan == remainder(signed, "F")
    assert (left.lost, left.changed) == (12, 0)
    assert [(p.objective, p.bound) for p in left.proofs] == [(12, 12), (0, 0)]


def test_a_signed_plan_that_holds_no_longer_is_changed_by_no_more_than_it_must() -> None:
    """B's scouts carry A's brigades, one each; C's scouts can carry half of them."""
    land = Line("land", "brigade", "east", (2,) * 4, sector="east", manoeuvre=True)
    eyes = Line("eyes", "scouts", "east", (2,) * 4, sector="east")

    def units(nation: str, capability: str, line: str, count: int) -> Pool:
        return Pool(
            f"{nation}.{capability}", nation, capability, count, (line,), dwell=0, effectiveness=1
        )

    problem = Problem(
        lines=(land, eyes),
        pools=(
            units("A", "brigade", "land", 2),
            units("B", "scouts", "eyes", 2),
            units("C", "scouts", "eyes", 1),
        ),
        nations=tuple(Nation(name, 100.0) for name in "ABC"),
        rotations=4,
        couplings=(Coupling("eyes", ("brigade",), "scouts", 1),),
    )
    signed = Plan(
        tuple(
            Deployment(nation, f"{nation}.{kind}", line, t, 2)
            for nation, kind, line in (("A", "brigade", "land"), ("B", "scouts", "eyes"))
            for t in range(4)
        ),
        4,
    )
    left = withdraw(problem, plan=signed, nation="B")
    without = build(problem.without("B"))
    assert violations(without.model, values=completed(without, values=values_of(
        without, plan=remainder(signed, "B")))) != ()  # fmt: skip
    assert left.lost == 8
    # In each rotation one of A's two brigades leaves and C's scouts come.
    assert left.plan.counts() == {
        (unit, line, t): 1
        for unit, line in (("A.brigade", "land"), ("C.scouts", "eyes"))
        for t in range(4)
    }
    assert left.changed == 8
    assert [(p.objective, p.bound) for p in left.proofs] == [(8, 8), (8, 8)]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_plan_changes_less_by_enumeration(data: st.DataObject) -> None:
    """Two nations stay, one line: each of the 6,561 plans is tried."""
    stocks = [data.draw(st.integers(0, 2)) for _ in "ABC"]
    dwell, required = data.draw(st.integers(0, 2)), data.draw(st.integers(1, 3))
    problem = standing(*stocks, required=required, rotations=4)
    pools = tuple(replace(p, dwell=dwell) for p in problem.pools)
    problem = replace(problem, pools=pools)

    def rests(turns: Sequence[int], stock: int) -> bool:
        return all(sum(turns[t : t + 1 + dwell]) <= stock for t in range(4))

    turns = {
        p.nation: [c for c in product(range(p.units + 1), repeat=4) if rests(c, p.units)]
        for p in pools
    }
    given = {n: data.draw(st.sampled_from(some), label=n) for n, some in turns.items()}
    crowded = [sum(counts) > required for counts in zip(*given.values(), strict=True)]
    given = {
        n: [0 if f else c for c, f in zip(cs, crowded, strict=True)] for n, cs in given.items()
    }
    signed = Plan(
        tuple(
            Deployment(n, f"{n}.brigade", "land", t, count)
            for n, counts in sorted(given.items())
            for t, count in enumerate(counts)
            if count
        ),
        4,
    )
    both = given["A"], given["B"]
    best = min(
        (
            sum(max(0, required - a - b) for a, b in zip(one, other, strict=True)),
            sum(abs(x - y) for mine, was in zip((one, other), both, strict=True)
                for x, y in zip(mine, was, strict=True)),
        )
        for one, other in product(turns["A"], turns["B"])
        if all(a + b <= required for a, b in zip(one, other, strict=True))
    )  # fmt: skip
    left = withdraw(problem, plan=signed, nation="C")
    assert (left.proofs[0].objective, left.changed) == best
