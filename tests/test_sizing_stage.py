"""The whole stage: regime, methods, gross-up, rotation and debate together."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.scenario.debate import DebateFigure
from backstop.sizing import Requirement, size
from sizing_cases import concept, factors, fixed, missions, need, same

METHODS = [
    "frontage", "unit_frontage", "population", "analogue", "monitoring", "holding", "package",
]  # fmt: skip


def run(**changes: object) -> Requirement:
    holds = changes.pop("holds", None)
    return size(
        concept(**changes),
        factors=factors(),
        missions=missions(),
        holds=holds,  # type: ignore[arg-type]
    )


def test_every_method_is_shown_with_a_reason_for_every_task() -> None:
    for task in ("none", "observe", "deter", "interpose", "separate", "hold"):
        requirement = run(task=task, stationing="front")
        assert [estimate.method for estimate in requirement.estimates] == METHODS
        assert all(estimate.because for estimate in requirement.estimates)
        assert not requirement.estimate("population").applies


def test_a_tripwire_is_the_sum_of_its_units_and_no_line_force() -> None:
    requirement = run(package_troops=10_000.0)
    assert requirement.regime.name == "presence"
    assert requirement.leads == ("package",)
    assert same(requirement.deployed) == 10_000
    assert same(requirement.pool) == 40_000
    assert not any(entry.applied for entry in requirement.ledger)


def test_64_000_deployed_at_a_pool_of_four_is_256_000() -> None:
    """The Times, April 2025."""
    assert same(run(package_troops=64_000.0).pool) == 256_000


def test_a_line_force_is_mixed_from_its_methods_in_equal_parts() -> None:
    requirement = run(task="interpose", stationing="front", consent_share=0.9)
    assert requirement.leads == ("frontage", "analogue")
    parts = [requirement.estimate(name).troops for name in requirement.leads]
    half = concept().method_draw < 0.5
    assert parts[0] is not None
    assert parts[1] is not None
    assert np.array_equal(requirement.deployed, np.where(half, parts[0], parts[1]))


def test_brigades_are_grossed_up_once_for_each_factor_and_whole_missions_never() -> None:
    requirement = run(task="hold", stationing="front", reserve_share=0.2)
    used = [(entry.method, entry.factor) for entry in requirement.ledger if entry.applied]
    assert used == [
        ("unit_frontage", "support"),
        ("unit_frontage", "command"),
        ("unit_frontage", "casualty replacement"),
        ("unit_frontage", "theatre reserve"),
        ("frontage", "theatre reserve"),
    ]
    refused = [entry for entry in requirement.ledger if not entry.applied]
    assert all(entry.because for entry in refused)


def test_the_gross_up_is_the_product_of_its_factors() -> None:
    pinned = fixed(
        {
            "gross_up.support_share": 1.0,
            "gross_up.command_share.corps": 0.1,
            "gross_up.casualty_share": 0.05,
        }
    )
    case = concept(
        task="hold", stationing="front", headquarters="corps", method_draw=0.0, line_km=700.0
    )
    requirement = size(case, factors=pinned, missions=missions())
    brigades = requirement.estimate("unit_frontage").troops
    assert brigades is not None
    assert requirement.deployed == pytest.approx(brigades * 2 * 1.1 * 1.05)


def test_observers_carry_the_support_of_observer_missions() -> None:
    case = concept(
        task="observe", stationing="front", monitoring=need(0.5), method_draw=0.0,
        headquarters="none",
    )  # fmt: skip
    pinned = fixed({"monitoring.support_share": 1.5})
    requirement = size(case, factors=pinned, missions=missions())
    assert requirement.leads == ("monitoring", "frontage")
    people = requirement.estimate("monitoring").troops
    assert people is not None
    assert requirement.deployed == pytest.approx(people * 2.5)


def test_a_supplied_campaign_leads_where_a_front_is_held() -> None:
    needed = np.linspace(50_000, 150_000, 64)
    requirement = run(task="hold", stationing="front", holds=lambda force: force >= needed)
    assert requirement.leads == ("holding",)
    assert requirement.inversion is not None
    assert requirement.inversion.share >= 0.9


def test_a_statement_of_requirements_too_small_for_its_line_is_a_remark() -> None:
    requirement = run(task="separate", stationing="front", package_troops=10_000.0)
    (remark,) = requirement.remarks
    assert remark.severity == "critical"
    assert "asks for 10,000 people" in remark.text
    assert not run(task="separate", stationing="front", package_troops=90_000.0).remarks


def test_a_force_that_is_to_hold_from_the_rear_is_a_remark() -> None:
    severities = [remark.severity for remark in run(task="hold", stationing="rear").remarks]
    assert severities == ["critical"]


def test_a_design_without_a_line_to_man_gets_no_number_out_of_nothing() -> None:
    requirement = run(task="separate", stationing="front", line_km=0.0, package_troops=None)
    assert requirement.leads == ()
    assert same(requirement.deployed) == 0
    assert requirement.remarks[0].severity == "critical"


def test_no_force_on_the_ground_counts_only_what_the_statement_asks_for() -> None:
    assert same(run(task="none", package_troops=4_000.0).deployed) == 4_000
    assert same(run(task="none", package_troops=None).deployed) == 0


def test_the_dict_has_the_contracts_shape_and_is_json() -> None:
    figure = DebateFigure.model_validate(
        {"id": "swp", "who": "SWP", "figure": 150_000, "regime": "separation", "line_km": 1_100}
    )
    requirement = size(concept(), factors=factors(), missions=missions(), figures=[figure])
    shown = json.loads(json.dumps(requirement.to_dict()))
    assert set(shown) >= {
        "regime", "methods", "deployed", "pool", "pool_to_deployed", "dwell_to_tour", "debate",
    }  # fmt: skip
    for method in shown["methods"]:
        assert set(method) >= {"method", "applies", "because", "troops", "sources"}
        assert method["troops"] is None or set(method["troops"]) == {"p05", "p50", "p95", "mean"}
    assert set(shown["debate"][0]) >= {"figure", "who", "why_different"}
    assert shown["pool_to_deployed"] == 4
    assert shown["dwell_to_tour"] == 3


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_worlds_answer_does_not_depend_on_the_other_worlds(shuffle) -> None:  # type: ignore[no-untyped-def]
    case = concept(task="hold", stationing="front")
    order = list(range(case.worlds))
    shuffle.shuffle(order)
    whole = size(case, factors=factors(), missions=missions())
    changed = {
        name: getattr(case, name)[order]
        for name in ("method_draw", "reading_draw", "line_km", "population_m")
    }
    values = {path: value[order] for path, value in factors().values.items()}
    from backstop.sizing import Factors
    from sizing_cases import table

    moved = size(
        concept(task="hold", stationing="front", **changed),
        factors=Factors(table(), values),
        missions=missions(),
    )
    assert np.array_equal(moved.deployed, whole.deployed[order])
    assert np.array_equal(moved.pool, whole.pool[order])


@settings(max_examples=20, deadline=None)
@given(st.floats(100, 3_000), st.floats(0, 2_000), st.sampled_from(["separate", "hold", "observe"]))
def test_a_longer_line_never_needs_a_smaller_force(short: float, more: float, task: str) -> None:
    sizes = [
        run(task=task, stationing="front", line_km=km, monitoring=need(0.5)).deployed
        for km in (short, short + more)
    ]
    assert np.all(sizes[1] >= sizes[0])
