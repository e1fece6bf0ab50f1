"""The use cases: the shapes of the contract, sums that add up, and what must not change them."""

from __future__ import annotations

import csv
import json
import math
import random
import shutil
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstop.assessment.alone import authorise_alone, authorise_body, size_alone, source_alone
from backstop.assessment.assess import assess
from backstop.assessment.plan import Effort
from backstop.assessment.stages import Run
from backstop.comparison import compare
from backstop.futures.figures import chance, number, shares, spread
from backstop.report.page import page
from backstop.report.render import as_text
from backstop.report.table import table
from backstop.scenario.load import load
from backstop.scenario.scenario import Case, Scenario
from backstop.sourcing.source import solve

WORLDS = 256
CHEAP = ("ukraine-2025/monitors", "ukraine-2025/pledge", "ukraine-2025/nato")
CHEAP += ("horn-2000/none", "horn-2000/observers")
LONG = tuple(
    f"ukraine-2025/{name}"
    for name in ("blue-helmets", "arms", "air-shield", "reassurance", "frontline", "armistice")
)
LONG += ("ukraine-2025/package", "horn-2000/unmee", "horn-2000/enforcement")
TRIPWIRE = "ukraine-2025/tripwire"
EVERY = [*CHEAP, TRIPWIRE, *(pytest.param(name, marks=pytest.mark.slow) for name in LONG)]

scenario_of = cache(load)


def case_of(name: str, **overrides: str) -> Case:
    scenario, design = name.split("/")
    return scenario_of(scenario).design(design)


@cache
def assessed(name: str) -> dict[str, Any]:
    """One design's answer, as its JSON would be read."""
    answer = assess(case_of(name), worlds=WORLDS, seed=1, effort=Effort(cost_rounds=1)).to_dict()
    return json.loads(json.dumps(answer, allow_nan=False))


# --- the contract -------------------------------------------------------------------------------

RANGE = {"p05": float, "p50": float, "p95": float, "mean": float}
HEAD = {"scenario": str, "scenario_digest": str, "seed": int, "worlds": int}
FINDING = {"stage": str, "severity": str, "text": str, "sources": [str]}
SIZING = {
    "regime": str,
    "methods": [
        {"method": str, "applies": bool, "because": str, "troops": (RANGE, None), "sources": [str]}
    ],
    "deployed": RANGE,
    "pool": RANGE,
    "pool_to_deployed": float,
    "dwell_to_tour": float,
    "debate": [{"figure": float, "who": str, "why_different": str}],
}
SOURCING = {
    "rotations": [
        {"rotation": int, "from": int, "required": float, "filled": float, "coverage": RANGE}
    ],
    "lines": [
        {
            "capability": str,
            "location": str,
            "tier": int,
            "required": float,
            "filled": float,
            "shortfall": float,
        }
    ],
    "plan": [{"nation": str, "unit": str, "requirement": str, "rotation": int, "count": int}],
    "critical": [{"nation": str, "shortfall_increase": float}],
    "sustainable": dict,
    "cost_usd_m_per_year": RANGE,
    "proof": {"objective": [float], "bound": [float], "optimal": [bool]},
    "solver": str,
}
AUTHORITY = {
    "routes": [
        {
            "body": str,
            "question": str,
            "rule": str,
            "probability": RANGE,
            "blockers": list,
            "opens_if": [[str]],
            "lead_days": RANGE,
            "power": [{"actor": str, "shapley_shubik": float, "banzhaf": float}],
        }
    ],
    "recommended": (str, None),
}
ASSUMPTION = {"path": str, "value": str, "source": (str, None), "default": bool}
ASSESS = {
    **HEAD,
    "design": str,
    "sizing": SIZING,
    "sourcing": SOURCING,
    "authority": AUTHORITY,
    "campaign": None,
    "deterrence": None,
    "findings": [FINDING],
    "assumptions": [ASSUMPTION],
}
COMPARE = {
    **HEAD,
    "designs": [
        {
            "design": str,
            "title": str,
            "deployed": RANGE,
            "pool": RANGE,
            "coverage": (RANGE, None),
            "route_probability": RANGE,
            "held_90": None,
            "survival_5": None,
            "cost_usd_m_per_year": RANGE,
            "verdict": str,
        }
    ],
    "findings": [FINDING],
}


def faults(value: Any, shape: Any, path: str = "") -> Iterator[str]:
    """Where a value is not of the shape; keys beyond the shape are allowed."""
    match shape:
        case tuple():
            if all(list(faults(value, one)) for one in shape):
                yield f"{path} is {value!r:.60}"
        case dict():
            if not isinstance(value, dict):
                yield f"{path} is no object"
                return
            yield from (f"{path}.{key} is missing" for key in shape if key not in value)
            for key in shape.keys() & value.keys():
                yield from faults(value[key], shape[key], f"{path}.{key}")
        case list():
            if not isinstance(value, list):
                yield f"{path} is no list"
                return
            for place, item in enumerate(value):
                yield from faults(item, shape[0], f"{path}[{place}]")
        case None:
            if value is not None:
                yield f"{path} is {value!r:.60}, not null"
        case type() if shape is float:
            if isinstance(value, bool) or not isinstance(value, int | float):
                yield f"{path} is {value!r:.60}, not a number"
        case type():
            if not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
                yield f"{path} is {value!r:.60}, not {shape.__name__}"


def ranges(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, float]]]:
    """Every range in a result, with its path."""
    if isinstance(value, dict):
        if value.keys() == RANGE.keys():
            yield path, value
        for key, inner in value.items():
            yield from ranges(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from ranges(inner, f"{path}[{place}]")


def test_the_shapes_are_told_apart():
    assert list(faults({"p05": 1, "p50": 2.0, "p95": 3}, RANGE)) == [".mean is missing"]
    assert list(faults([True], [int])) == ["[0] is True, not int"]
    assert list(faults("x", (float, None)))


@pytest.mark.parametrize("name", EVERY)
def test_every_design_answers_in_the_shape_of_the_contract(name):
    assert list(faults(assessed(name), ASSESS)) == []


@pytest.mark.parametrize("name", EVERY)
def test_ranges_are_in_order_and_shares_are_shares(name):
    found = list(ranges(assessed(name)))
    assert found
    for path, span in found:
        assert all(math.isfinite(end) for end in span.values()), path
        assert span["p05"] <= span["p50"] <= span["p95"], path
        assert min(span.values()) >= 0, path
        if path.endswith(("probability", "coverage")):
            assert max(span.values()) <= 1, path


@pytest.mark.parametrize("name", EVERY)
def test_stages_that_are_missing_are_null_and_the_page_says_so(name):
    body = assessed(name)
    text = as_text(page(body), width=400)
    assert (body["campaign"], body["deterrence"]) == (None, None)
    assert text.count("not assessed") == 2


@pytest.mark.parametrize("name", EVERY)
def test_a_severity_and_a_basis_are_of_those_that_are_known(name):
    body = assessed(name)
    assert {finding["severity"] for finding in body["findings"]} <= {"info", "warning", "critical"}
    assert {finding["stage"] for finding in body["findings"]} <= {"sizing", "sourcing", "authority"}
    assert {a["basis"] for a in body["assumptions"]} <= {"source", "partly", "context", "judgement"}


@pytest.mark.parametrize("stage", ["size", "source", "authorise", "body"])
def test_a_stage_alone_says_what_the_whole_says(stage):
    case, whole = case_of(CHEAP[0]), assessed(CHEAP[0])
    options = {"worlds": WORLDS, "seed": 1}
    answers = {
        "size": (lambda: size_alone(case, **options), SIZING, "sizing"),
        "source": (
            lambda: source_alone(case, effort=Effort(cost_rounds=1), **options),
            SOURCING,
            "sourcing",
        ),
        "authorise": (lambda: authorise_alone(case, **options), AUTHORITY, "authority"),
        "body": (
            lambda: authorise_body(case.scenario, "nac", question=None, **options),
            AUTHORITY,
            None,
        ),
    }
    ask, shape, part = answers[stage]
    answer = json.loads(json.dumps(ask(), allow_nan=False))
    assert list(faults(answer, {**HEAD, **shape, "findings": list})) == []
    if part is not None:
        assert {key: answer[key] for key in whole[part]} == whole[part]


def test_a_comparison_says_what_the_designs_say():
    names = [name for name in CHEAP if name.startswith("ukraine")]
    answer = compare(
        scenario_of("ukraine-2025"),
        designs=[name.split("/")[1] for name in names],
        worlds=WORLDS,
        seed=1,
    ).to_dict()
    assert list(faults(answer, COMPARE)) == []
    for row, name in zip(answer["designs"], names, strict=True):
        whole = assessed(name)
        assert row["deployed"] == whole["sizing"]["deployed"]
        assert row["coverage"] == whole["sourcing"]["coverage"]
        assert row["verdict"] == whole["verdict"]
    text = as_text(table(answer), width=400)
    assert spread(answer["designs"][0]["pool"]) in text
    assert "not assessed" in text


# --- sums that add up ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_filled_beyond_what_is_asked(name):
    sourcing = assessed(name)["sourcing"]
    for row in (*sourcing["lines"], *sourcing["rotations"]):
        assert 0 <= row["filled"] <= row["required"]
    for line in sourcing["lines"]:
        assert line["shortfall"] == pytest.approx(line["required"] - line["filled"])
    for key in ("required", "filled"):
        lines, rotations = (sum(r[key] for r in sourcing[k]) for k in ("lines", "rotations"))
        assert lines == pytest.approx(rotations)


@pytest.mark.parametrize("name", EVERY)
def test_what_is_filled_is_what_the_plan_sends(name):
    """Recomputed from the rows of the plan and the months of the design alone."""
    case, sourcing = case_of(name), assessed(name)["sourcing"]
    tour = case.design.rotation.tour_months
    counts = {}
    for row in sourcing["plan"]:
        key = row["requirement"], row["rotation"]
        counts[key] = counts.get(key, 0) + row["count"]
    filled = dict.fromkeys(range(len(sourcing["rotations"])), 0.0)
    for line, turn in product(case.design.requirements, filled):
        start, end = turn * tour, (turn + 1) * tour
        there = min(end, line.to_month or end) - max(start, line.from_month)
        asked = line.units.central if 2 * there >= tour else 0.0
        filled[turn] += min(asked, counts.get((line.id, turn), 0))
    assert filled == pytest.approx({r["rotation"]: r["filled"] for r in sourcing["rotations"]})


@pytest.mark.parametrize("name", EVERY)
def test_a_plan_respects_every_pool_and_its_rest(name):
    """In any 1 + dwell rotations in a row a pool serves no more units than it has."""
    case, sourcing = case_of(name), assessed(name)["sourcing"]
    rotation = case.design.rotation
    window = 1 + round(rotation.dwell_months.central / rotation.tour_months)
    served: dict[str, list[int]] = {}
    for row in sourcing["plan"]:
        turns = served.setdefault(row["unit"], [0] * len(sourcing["rotations"]))
        turns[row["rotation"]] += row["count"]
    for unit, turns in served.items():
        most = max(sum(turns[t : t + window]) for t in range(len(turns)))
        assert most <= _stock(case.scenario, unit), unit


def _stock(scenario: Scenario, unit: str) -> int:
    """(Units or stock x rule - committed) x delivered share, each at its middle."""
    offer = next(offer for offer in scenario.offers if offer.id == unit)
    rule = next(c.pool for c in scenario.file.capabilities if c.id == offer.capability)
    nation = next(nation for nation in scenario.nations if nation.iso3 == offer.nation)
    if offer.units is not None:
        units = offer.units.central
    else:
        stock = nation.stocks[rule.stock].central
        units = stock * rule.units_per_item.central * rule.usable_share.central
    units -= offer.committed_units.central if offer.committed_units else 0.0
    levels = {level.id: level for level in scenario.file.sourcing.pledge_levels}
    return round(max(0.0, units) * levels[offer.pledge].delivered_share.central)


@pytest.mark.parametrize("name", EVERY)
def test_parts_of_the_cost_add_up(name):
    sourcing = assessed(name)["sourcing"]
    keys = ("cost_usd_m_per_year", "force_cost_usd_m_per_year", "arms_cost_usd_m_per_year")
    whole, force, arms = (sourcing[key]["mean"] for key in keys)
    assert whole == pytest.approx(force + arms)


@pytest.mark.parametrize("rounds", [0, 1])
def test_a_plan_costs_its_units_and_no_lift_that_it_does_not_use(rounds):
    """Recomputed from the rows; the monitors need far less lift than there is."""
    case = case_of(CHEAP[0])
    answer = source_alone(case, worlds=WORLDS, seed=1, effort=Effort(cost_rounds=rounds))
    prices = {c.id: c.cost_usd_m_per_unit_year.central for c in case.scenario.file.capabilities}
    years = len(answer["rotations"]) * case.design.rotation.tour_months / 12
    share = case.design.rotation.tour_months / 12
    units = sum(r["count"] * prices[r["unit"].split("/")[1]] for r in answer["plan"]) * share / years
    assert answer["plan_cost_usd_m_per_year"] in (None, pytest.approx(units))
    assert rounds == 0 or answer["plan_cost_usd_m_per_year"] is not None


@pytest.mark.parametrize("name", EVERY)
def test_the_page_carries_the_numbers_of_the_json(name):
    body = assessed(name)
    text = " ".join(as_text(page(body), width=2000).split())
    sizing, sourcing, authority = (body[key] for key in ("sizing", "sourcing", "authority"))
    wanted = [
        f"{spread(sizing['deployed'])} deployed, pool of {spread(sizing['pool'])}",
        f"dwell to tour {number(sizing['dwell_to_tour'])}:1",
        body["verdict"],
        *(chance(route["probability"]) for route in authority["routes"]),
        *(spread(route["lead_days"]) for route in authority["routes"]),
        *(shares(line["coverage"]) for line in sourcing["lines"]),
        *(driver["sentence"] for driver in body["drivers"]),
        *(finding["text"] for finding in body["findings"]),
    ]
    if sourcing["lines"]:
        wanted += [spread(sourcing["force_cost_usd_m_per_year"]), shares(sourcing["coverage"])]
    assert [words for words in wanted if " ".join(words.split()) not in text] == []
