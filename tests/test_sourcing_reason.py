"""The named reason: minimal conflicts, held against a second solver."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import combinations

import pyscipopt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.sourcing import question
from backstop.sourcing.certificate import certified_bound
from backstop.sourcing.conflict import minimal_conflict
from backstop.sourcing.cyclic import ring
from backstop.sourcing.exact import violations
from backstop.sourcing.highs import Answer, minimise, relax
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.problem import (
    Coupling,
    Framework,
    Incompatible,
    Lift,
    Line,
    Nation,
    Pool,
    Problem,
)
from backstop.sourcing.reason import Reason, explain

ROTATIONS = 8


def line(id_: str, required: int, **more: object) -> Line:
    """Ten points are one unit."""
    fields = {"capability": id_, "location": "rear", "required": (10 * required,) * ROTATIONS}
    return Line(id=id_, **(fields | more))  # type: ignore[arg-type]


def pool(nation: str, capability: str, units: int, **more: object) -> Pool:
    fields = {"id": f"{nation}.{capability}", "lines": (capability,)} | more
    return Pool(nation=nation, capability=capability, units=units, **fields)  # type: ignore[arg-type]


def problem(lines: Iterable[Line], pools: Iterable[Pool], **more: object) -> Problem:
    pools = tuple(pools)
    nations = more.pop("nations", None)
    if nations is None:
        nations = tuple(Nation(name, 100.0) for name in sorted({p.nation for p in pools}))
    fields = {"rotations": ROTATIONS, "nations": nations} | more
    return Problem(lines=tuple(lines), pools=pools, **fields)  # type: ignore[arg-type]


def named(problem_: Problem) -> Reason:
    reason = explain(problem_)
    assert reason is not None
    return reason


# One rule at a time.


def test_nothing_asked_needs_no_reason() -> None:
    assert explain(problem([line("tankers", 0)], [pool("FRA", "tankers", 0)])) is None


def test_what_can_be_filled_has_no_reason() -> None:
    assert explain(problem([line("tankers", 2)], [pool("FRA", "tankers", 8)])) is None


def test_two_nations_with_two_battalions_hold_one_slot_in_turn() -> None:
    pools = [pool("BEL", "infantry", 2), pool("NLD", "infantry", 2)]
    assert explain(problem([line("infantry", 1)], pools)) is None


def test_the_dwell_rule_is_named_with_its_numbers() -> None:
    """28 tankers at 1:3 sustain 7; twelve are asked for and the stock would do for them."""
    pools = [pool("FRA", "tankers", 20), pool("ITA", "tankers", 8)]
    others = [line("tankers", 12), line("infantry", 1)]
    reason = named(problem(others, [*pools, pool("FRA", "infantry", 40)]))
    assert reason.groups == ("dwell", "line:tankers")
    assert reason.lines == ("tankers",)
    assert reason.proven
    assert reason.certified
    assert reason.nations == ("FRA", "ITA")
    assert reason.sentence == (
        "Line 'tankers' asks for 12 units in every rotation. "
        "The 2 pools that may serve there hold 28 units in all. "
        "Units of FRA and ITA rest 3 rotations for each rotation they serve. "
        "So at most 7 units are sustained on average."
    )


def test_stock_is_named_when_no_rule_can_be_blamed() -> None:
    reason = named(problem([line("tankers", 12)], [pool("FRA", "tankers", 11)]))
    assert reason.groups == ("stock", "line:tankers")
    assert reason.nations == ()
    assert "hold" in reason.sentence
    assert "11 units" in reason.sentence
    assert "This would stay so if no unit rested." in reason.sentence


def test_a_line_that_no_pool_may_serve_stands_alone() -> None:
    reason = named(problem([line("tankers", 1)], [pool("FRA", "other", 9, lines=())]))
    assert reason.groups == ("line:tankers",)
    assert "No pool may serve there. So none of it is sustained." in reason.sentence


def test_a_caveat_is_named_with_its_nation_and_words() -> None:
    barred = (("tankers", "only over the sea"),)
    pools = [pool("DEU", "tankers", 8, lines=(), barred=barred), pool("FRA", "tankers", 8)]
    reason = named(problem([line("tankers", 4)], pools))
    assert reason.groups == ("dwell", "caveat", "line:tankers")
    assert reason.tags == ("dwell:FRA", "caveat:DEU", "line:tankers")
    assert "Caveats keep out 8 units of DEU (only over the sea)." in reason.sentence
    assert "at most 2 units are sustained" in reason.sentence


def test_a_caveat_is_not_named_when_to_lift_it_would_not_help() -> None:
    barred = (("tankers", "only over the sea"),)
    pools = [pool("DEU", "tankers", 8, lines=(), barred=barred), pool("FRA", "tankers", 8)]
    reason = named(problem([line("tankers", 5)], pools))
    assert reason.groups == ("dwell", "line:tankers")
    assert "This would stay so if every caveat were lifted." in reason.sentence


def test_a_ceiling_is_named_with_its_troops() -> None:
    nations = (Nation("FRA", 100.0, troops_cap=1500), Nation("ITA", 100.0, troops_cap=90_000))
    pools = [pool("FRA", "infantry", 20, troops_per_unit=800), pool("ITA", "infantry", 4)]
    reason = named(problem([line("infantry", 4)], pools, nations=nations))
    assert "cap:FRA" in reason.tags
    assert "cap:ITA" not in reason.tags
    assert "National ceilings: FRA 1,500 troops." in reason.sentence
    assert "at most 2 units are sustained" in reason.sentence


def test_incompatible_nations_are_named() -> None:
    pools = [pool("GRC", "infantry", 8, dwell=0), pool("TUR", "infantry", 8, dwell=0)]
    pair = Incompatible("GRC", "TUR", "theatre")
    reason = named(problem([line("infantry", 12)], pools, incompatible=(pair,)))
    assert reason.groups == ("incompatible:GRC and TUR", "line:infantry")
    assert "These will not serve side by side: GRC and TUR." in reason.sentence
    assert "at most 8 units are sustained" in reason.sentence


def test_lift_is_named_with_its_loads() -> None:
    pools = [pool("FRA", "infantry", 40, lift_loads=3)]
    lift = Lift(loads=(10,) * ROTATIONS, extra_loads=5)
    reason = named(problem([line("infantry", 6)], pools, lift=lift))
    assert reason.groups == ("lift", "line:infantry")
    assert "Lift is 10 loads in a rotation and 5 more can be bought." in reason.sentence
    assert "at most 5 units are sustained" in reason.sentence


def test_a_coupling_names_the_enabler_that_is_missing() -> None:
    lines = [line("infantry", 9), line("reconnaissance", 1)]
    pools = [pool("FRA", "infantry", 80), pool("FRA", "reconnaissance", 4)]
    rule = Coupling("eyes", ("infantry",), "reconnaissance", 6)
    reason = named(problem(lines, pools, couplings=(rule,)))
    assert "coupling:eyes" in reason.groups
    assert reason.lines == ("infantry",)
    assert "Nations hold 4 units of reconnaissance; each one serving allows 6" in reason.sentence


def test_a_sector_without_a_framework_nation_is_named() -> None:
    wanted = line("infantry", 2, sector="east", manoeuvre=True)
    pools = [pool("EST", "infantry", 8), pool("FRA", "infantry", 2)]
    rule = Framework(eligible=("FRA",), least_share_percent=50)
    reason = named(problem([wanted], pools, framework=rule))
    assert "framework:east" in reason.groups
    assert "'east' needs FRA as framework nation with 50 % of the manoeuvre." in reason.sentence


def test_a_sector_that_nobody_can_lead_is_named_without_a_line() -> None:
    wanted = line("infantry", 2, sector="east", manoeuvre=True)
    barred = (("infantry", "not at the front"),)
    pools = [pool("EST", "infantry", 8), pool("FRA", "infantry", 9, lines=(), barred=barred)]
    reason = named(problem([wanted], pools, framework=Framework(eligible=("FRA",))))
    assert reason.groups == ("framework:east", "caveat")
    assert reason.sentence.startswith(
        "Caveats keep out 9 units of FRA (not at the front). "
        "'east' needs FRA as framework nation with 35 % of the manoeuvre. No plan meets this."
    )


def test_a_line_of_the_first_tier_is_named_before_one_of_the_second() -> None:
    lines = [line("air-defence", 9, tier=2), line("tankers", 9, tier=1)]
    pools = [pool("FRA", "tankers", 8), pool("FRA", "air-defence", 8)]
    assert named(problem(lines, pools)).lines == ("tankers",)


def test_lines_that_only_together_ask_too_much_are_named_together() -> None:
    lines = [line("east", 2, capability="infantry"), line("west", 2, capability="infantry")]
    reason = named(problem(lines, [pool("FRA", "infantry", 12, lines=("east", "west"))]))
    assert reason.lines == ("east", "west")
    assert "Lines 'east' and 'west' together ask for 4 units" in reason.sentence


# What is proven.


def test_whole_units_that_do_not_fit_are_no_lack_of_units() -> None:
    """Two pools worth 3 and one worth 2 sustain 4 of 4 on paper, but 3 + 2 never makes 4."""
    wanted = replace(line("guns", 1), required=(4,) * ROTATIONS)
    pools = [
        pool("FRA", "guns", 4, effectiveness=3),
        pool("ITA", "guns", 2, effectiveness=2),
    ]
    reason = named(problem([wanted], pools))
    assert not reason.certified
    assert reason.proven
    assert "It is whole units that do not fit" in reason.sentence


def test_unequal_dwell_is_given_a_turn_that_closes_for_both() -> None:
    """Three battalions at 1:2 hold one slot for ever, though four rotations do not show it."""
    pools = [pool(n, "infantry", 1, dwell=2) for n in ("BEL", "DNK", "NLD")]
    wide = [*pools, pool("FRA", "tankers", 4, dwell=3)]
    asked = problem([line("infantry", 1), line("tankers", 1)], wide)
    assert ring(asked).rotations == 12
    assert explain(asked) is None


def test_a_search_that_ends_at_its_limit_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    undecided = Answer("undecided", (), None, None, 1)
    monkeypatch.setattr(question, "minimise", lambda *_args, **_more: undecided)
    wanted = replace(line("guns", 1), required=(4,) * ROTATIONS)
    pools = [pool("FRA", "guns", 4, effectiveness=3), pool("ITA", "guns", 2, effectiveness=2)]
    reason = named(problem([wanted], pools))
    assert reason.groups == ()
    assert not reason.proven
    assert "Neither a plan" in reason.sentence


def test_a_conflict_that_may_not_be_minimal_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    undecided = Answer("undecided", (), None, None, 1)
    monkeypatch.setattr(question, "minimise", lambda *_args, **_more: undecided)
    wanted = replace(line("guns", 1), required=(4,) * ROTATIONS)
    reason = named(problem([wanted], [pool("FRA", "guns", 4, effectiveness=3)]))
    assert reason.groups == ("dwell", "line:guns")
    assert reason.certified
    assert not reason.proven
    assert "This is not proven for every plan" in reason.sentence


# Properties, with SCIP and brute force as oracles.


def fits(programme, tags: Collection[str]) -> bool:  # type: ignore[no-untyped-def]
    """Whether SCIP finds a plan that keeps to these groups and to what nations have."""
    scip = pyscipopt.Model()
    scip.hideOutput()
    model = programme.model
    bounds = list(zip(model.lower, model.upper, strict=True))
    xs = [scip.addVar(vtype="I", lb=low, ub=high) for low, high in bounds]
    for kind in ("short", "missing"):
        for _, number in programme.of_kind(kind):
            scip.addCons(xs[number] <= 0)
    for row in model.rows:
        if row.group in tags or row.group.startswith(("stock", "presence")):
            total = pyscipopt.quicksum(c * xs[v] for v, c in row.terms)
            if row.lower is not None:
                scip.addCons(total - row.lower >= 0 if row.terms else xs[0] >= row.lower)
            if row.upper is not None:
                scip.addCons(total - row.upper <= 0)
    scip.optimize()
    assert scip.getStatus() in ("optimal", "infeasible")
    return bool(scip.getStatus() == "optimal")


CAPABILITIES = ("infantry", "tankers")


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    few = st.integers(0, 4)
    names = ("DEU", "FRA", "GRC", "TUR")
    lines = [
        line(f"{capability}.{sector}", draw(few), capability=capability, sector=sector)
        for capability in CAPABILITIES
        for sector in ("east", "west")
    ]
    lines = [replace(n, manoeuvre=n.capability == "infantry", tier=draw(st.sampled_from((1, 2))))
             for n in lines]  # fmt: skip
    pools = []
    for name in names:
        for capability in CAPABILITIES:
            fate = {
                n.id: draw(st.sampled_from("oob-")) for n in lines if n.capability == capability
            }
            pools.append(
                pool(
                    name,
                    capability,
                    draw(st.integers(0, 12)),
                    effectiveness=draw(st.sampled_from((10, 10, 15))),
                    dwell=draw(st.sampled_from((3, 3, 3, 1))),
                    lift_loads=draw(st.integers(0, 2)),
                    lines=tuple(id_ for id_, f in fate.items() if f == "o"),
                    barred=tuple((id_, "far") for id_, f in fate.items() if f == "b"),
                )
            )
    cap = st.one_of(st.none(), st.integers(0, 6))
    pair = Incompatible("GRC", "TUR", draw(st.sampled_from(("sector", "theatre"))))
    return problem(
        lines,
        pools,
        nations=tuple(Nation(name, 1.0, units_cap=draw(cap)) for name in names),
        incompatible=(pair,),
        framework=draw(st.sampled_from((None, Framework(("DEU", "FRA"), 40)))),
        lift=draw(st.sampled_from((None, Lift((6,) * ROTATIONS, extra_loads=2)))),
        couplings=draw(st.sampled_from(((), (Coupling("fuel", ("infantry",), "tankers", 3),)))),
    )


@settings(max_examples=40, deadline=None)
@given(problems())
def test_the_reason_is_a_conflict_and_no_part_of_it_is_idle(asked: Problem) -> None:
    programme = build(ring(asked), wraps=True, explains=True)
    everything = {row.group for row in programme.model.rows}
    reason = explain(asked)
    assert (reason is None) == fits(programme, everything)
    if reason is None:
        return
    if all(p.dwell == 3 for p in asked.pools):
        assert reason.proven
    assert not fits(programme, reason.tags)
    for tag in reason.tags:
        assert fits(programme, set(reason.tags) - {tag}), tag
    # The same at the level of groups: every nation's rows of the rules that are named.
    of_group = {
        group: {tag for tag in everything if tag == group or tag.startswith(f"{group}:")}
        for group in reason.groups
    }
    for dropped in set(reason.groups) - {"stock"}:
        kept = (tags for group, tags in of_group.items() if group not in (dropped, "stock"))
        assert fits(programme, set().union(*kept)), dropped


@settings(max_examples=40, deadline=None)
@given(problems())
def test_stock_that_is_named_is_what_more_units_would_cure(asked: Problem) -> None:
    reason = explain(asked)
    if reason is None or "stock" not in reason.groups:
        return
    assert all(tag.startswith("line:") for tag in reason.tags)
    ample = replace(asked, pools=tuple(replace(p, units=1000) for p in asked.pools))
    assert fits(build(ring(ample), wraps=True, explains=True), reason.tags)


@settings(max_examples=15, deadline=None)
@given(problems())
def test_the_order_of_lines_and_pools_changes_nothing(asked: Problem) -> None:
    turned = replace(asked, lines=asked.lines[::-1], pools=asked.pools[::-1])
    assert explain(turned) == explain(asked)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.frozensets(st.integers(0, 6), min_size=1, max_size=4), min_size=1, max_size=5))
def test_a_minimal_conflict_is_the_preferred_one(conflicts: list[frozenset[int]]) -> None:
    """Junker (2004): the least important part of it is as important as in any conflict."""

    def clash(parts: tuple[int, ...]) -> bool:
        return any(conflict <= set(parts) for conflict in conflicts)

    parts = tuple(range(7))
    found = minimal_conflict(parts, conflicts=clash)
    assert clash(found)
    assert not any(clash(some) for some in combinations(found, len(found) - 1))
    assert max(found) == min(max(conflict) for conflict in conflicts)


@st.composite
def models(draw: st.DrawFn) -> tuple[IntegerModel, dict[int, int]]:
    model, number = IntegerModel(), st.integers(-4, 4)
    count = draw(st.integers(1, 4))
    for variable in range(count):
        low = draw(st.integers(-2, 1))
        model.variable(f"x{variable}", lower=low, upper=low + draw(st.integers(0, 3)))
    for row in range(draw(st.integers(1, 4))):
        terms = [(variable, draw(number)) for variable in range(count)]
        low, high = draw(st.one_of(st.none(), number)), draw(st.one_of(st.none(), number))
        if low is not None and high is not None:
            low, high = min(low, high), max(low, high)
        model.row(f"r{row}", group="g", terms=terms, lower=low, upper=high)
    return model, {variable: draw(number) for variable in range(count)}


@settings(max_examples=100, deadline=None)
@given(models(), st.data())
def test_a_certified_bound_holds_for_any_multipliers(
    drawn: tuple[IntegerModel, dict[int, int]], data: st.DataObject
) -> None:
    model, objective = drawn
    answer = minimise(model, objective=objective)
    if answer.objective is None:
        return
    assert not violations(model, values=answer.values)
    some = st.lists(st.floats(-9, 9), min_size=len(model.rows), max_size=len(model.rows))
    bound = certified_bound(model, objective=objective, duals=data.draw(some))
    assert bound <= value_of(objective, answer.values)
    relaxed = relax(model, objective=objective)
    tight = certified_bound(model, objective=objective, duals=relaxed.duals.tolist())
    assert relaxed.objective - 1e-6 <= tight <= answer.objective
