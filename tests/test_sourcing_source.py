"""The verb and the plan: coverage, cost, use, table and chart."""

from __future__ import annotations

from backstop.sourcing.plan import Deployment, Plan, use
from backstop.sourcing.problem import Framework, Nation, Problem
from backstop.sourcing.proof import Effort
from backstop.sourcing.source import source
from sourcing_cases import brigades, pool, standing


def two_years() -> Plan:
    return Plan(
        (
            Deployment("A", "A.brigade", "land", 0, 1),
            Deployment("A", "A.brigade", "land", 2, 12),
            Deployment("B", "B.brigade", "land", 1, 2),
        ),
        4,
    )


def test_the_chart_has_a_row_for_each_unit_and_a_column_for_each_rotation() -> None:
    assert two_years().gantt() == (
        "unit               0  1  2  3",
        "A.brigade > land   1  . 12  .",
        "B.brigade > land   .  2  .  .",
    )


def test_the_plan_as_csv() -> None:
    assert two_years().csv().splitlines()[:2] == [
        "nation,unit,requirement,rotation,count",
        "A,A.brigade,land,0,1",
    ]


def test_use_counts_peaks_and_the_share_of_turns_taken() -> None:
    problem = standing(13, 4, required=12, rotations=4)
    a, b = use(two_years(), problem=problem)
    assert (a.units, a.peak_units, a.peak_troops, a.unit_rotations) == (13, 12, 12, 13)
    assert a.pool_share == 1.0
    assert b.pool_share == 0.5


def test_coverage_cost_and_lines_of_a_half_met_requirement() -> None:
    """Four brigades at 1:3 hold one of two slots; each unit-rotation costs 10 million."""
    problem = Problem(
        (brigades(2),), (pool("A", 4, cost_usd_m=10.0),), (Nation("A", 1.0),), rotations=12
    )
    answer = source(problem, with_criticality=True, with_pledges=True)
    assert sum(r.filled for r in answer.rotations) == 12
    assert sum(r.required for r in answer.rotations) == 24
    assert answer.lines[0].shortfall == 12
    assert answer.steady_coverage == 0.5
    assert answer.cost_usd_m_per_year == 20.0
    assert all(proof.optimal for proof in answer.proofs[:3])
    assert answer.critical[0].who == "A"
    assert answer.pledges[0].relief == 4


def test_cost_prefers_the_cheaper_nation_and_no_unit_too_many() -> None:
    problem = Problem(
        (brigades(1),),
        (pool("A", 4, cost_usd_m=10.0), pool("B", 4, cost_usd_m=9.0)),
        (Nation("A", 1.0), Nation("B", 1.0)),
        rotations=12,
    )
    answer = source(problem)
    assert {d.nation for d in answer.plan.deployments} == {"B"}
    assert sum(d.count for d in answer.plan.deployments) == 12


def test_burden_follows_gdp_when_cost_does_not_decide() -> None:
    """A has three times the GDP of B and equal cost: it carries three quarters."""
    problem = Problem(
        (brigades(4),),
        (pool("A", 16, troops_per_unit=100), pool("B", 16, troops_per_unit=100)),
        (Nation("A", 300.0), Nation("B", 100.0)),
        rotations=12,
    )
    answer = source(problem, effort=Effort(cost_rounds=1, fair_rounds=3))
    carried = {u.nation: u.unit_rotations for u in answer.use}
    assert carried == {"A": 36, "B": 12}
    assert answer.proofs[3].optimal


def test_a_sector_year_without_framework_nation_is_named() -> None:
    """Sixteen nations with a brigade each: in a year each is an eighth, none 35 per cent."""
    eligible = tuple("ABCDEFGHIJKLMNOP")
    problem = standing(*[1] * 16, required=4, framework=Framework(eligible, penalty=1))
    answer = source(problem, effort=Effort(cost_rounds=0))
    assert answer.without_framework == tuple(("rear", t) for t in range(0, 12, 2))
    assert answer.proofs[0].objective == answer.proofs[0].bound == 6
