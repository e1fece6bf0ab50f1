"""The monitoring plan: agrees with the sizing of the mission, and behaves as search theory says."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backstop
from backstop.assessment.worlds import draw, draw_war
from backstop.errors import InputError
from backstop.futures import resolve
from backstop.scenario.geometry import LineString, rough_length_km
from backstop.sizing import Factors, MonitoringNeed
from backstop.sizing.methods.monitoring import monitoring
from backstop.sizing.regime import classify
from backstop.watch.plan import Draws, attribution, plan, shipped_table
from backstop.watch.plan.coverage import HOURS, VIOLATION, coverage_of
from backstop.watch.plan.ground import cut
from sizing_cases import concept

WORLDS = 256


@cache
def scenario():
    return backstop.load("ukraine-2025")


@cache
def monitors():
    return scenario().design("monitors")


@cache
def draws(worlds: int = WORLDS, seed: int = 1) -> Draws:
    return Draws.of(monitors(), worlds=range(worlds), seed=seed)


@cache
def coverage():
    return coverage_of(monitors(), draws=draws())


@pytest.mark.parametrize("name", ["monitors", "blue-helmets", "armistice", "package"])
def test_people_are_those_that_sizing_counts(name):
    """The same chance, the same means, the same people in every world."""
    case = scenario().design(name)
    held = Draws.of(case, worlds=range(WORLDS), seed=1)
    base, land = f"designs[{name}].monitoring", case.design.land
    need = MonitoringNeed(
        *(held[f"{base}.{n}"] for n in ("detection_per_km_day", "access_share", "night_share"))
    )
    asked = concept(
        worlds=WORLDS,
        task=land.task,
        stationing=land.stationing,
        monitoring=need,
        consent_share=held[f"designs[{name}].land.consent"],
        line_km=held[f"theatre.lines[{land.line}].length_km"],
        covered_share=held[f"designs[{name}].land.covered_share"],
    )
    table = scenario().sizing
    whole = draw(case, worlds=range(WORLDS), seed=1)
    factors = Factors(table, resolve(table, whole.worlds, prefix="sizing"))
    regime = classify(asked, consent_needed=factors["consent_needed"])
    wanted = monitoring(asked, factors=factors, regime=regime).troops
    found = sum(coverage_of(case, draws=held).people.values())
    assert np.allclose(found, wanted, rtol=1e-9)


def test_on_mixed_ground_the_average_violation_is_seen_as_often_as_stated():
    mixed = [piece for piece in coverage().pieces if piece.ground == "mixed"]
    assert mixed
    for piece in mixed:
        seen = {hour: coverage().detected(piece, hour, VIOLATION) for hour in HOURS}
        assert np.allclose(coverage().over_hours(seen), coverage().wanted, rtol=1e-9)


def test_the_numbers_are_those_of_an_assessment_with_the_same_seed():
    futures = draw_war(monitors(), draw(monitors(), worlds=range(WORLDS), seed=1), first=WORLDS)
    assert np.array_equal(
        attribution(monitors(), draws=futures), attribution(monitors(), draws=draws())
    )


def test_a_design_that_observes_nothing_keeps_what_is_known_without_it():
    case = scenario().design("pledge")
    held = Draws.of(case, worlds=range(32), seed=1)
    assert np.array_equal(attribution(case, draws=held), held["deterrence.attribution"])
    with pytest.raises(InputError, match="observes nothing"):
        plan(case, draws=held)


def test_watching_never_lowers_attribution_nor_raises_it_to_certainty():
    found = attribution(monitors(), draws=draws())
    assert np.all(found >= draws()["deterrence.attribution"])
    assert np.all(found < 1)


def test_less_is_seen_at_night_and_in_towns_and_pinned_than_seen():
    """Most violations were at night, when the OSCE's patrols stayed in."""
    by_name = {piece.id: piece for piece in coverage().pieces}
    for act in (VIOLATION, *(one.id for one in coverage().table.acts)):
        for piece in coverage().pieces:
            day, night = (coverage().detected(piece, hour, act) for hour in HOURS)
            assert np.all(night <= day)
            assert np.all(coverage().attributed(piece, "day", act) <= day)
        steppe = coverage().detected(by_name["zaporizhzhia"], "day", act)
        towns = coverage().detected(by_name["donetsk"], "day", act)
        assert np.all(towns <= steppe)


def test_one_means_by_hand():
    """Only aircraft where nobody may go: 1 - exp(-h·k) with h of the remaining flights."""
    found = coverage()
    piece = next(one for one in found.pieces if one.ground == "mixed")
    h = found.effort["uav", False]
    sees = found.values["means[uav].sees.incursion"]
    closed = 1 - np.exp(-h * sees)
    inside = sum(
        found.effort[name, True] * found.values[f"means[{name}].sees.incursion"]
        for name in found.units
    )
    expected = found.access * (1 - np.exp(-inside)) + (1 - found.access) * closed
    assert np.allclose(found.detected(piece, "day", "incursion"), expected)
    assert not found.effort["post", False].any()


def test_misses_of_independent_means_multiply():
    """A Monte Carlo of single sightings agrees with the formula, for detection and attribution."""
    found = coverage()
    piece = next(one for one in found.pieces if one.ground == "mixed")
    world, act, tries = 5, "explosion_heavy", 200_000
    rng = np.random.default_rng(7)
    open_ground = rng.random(tries) < found.access[world]
    seen = np.zeros(tries, dtype=bool)
    pinned = np.zeros(tries, dtype=bool)
    for name in found.units:
        sees = found.values[f"means[{name}].sees.{act}"][world]
        pins = min(1.0, found.values[f"means[{name}].pins.{act}"][world] * found.if_seen[world])
        rate = np.where(
            open_ground, found.effort[name, True][world], found.effort[name, False][world]
        )
        count = rng.poisson(rate * sees)
        seen |= count > 0
        pinned |= rng.binomial(count, pins) > 0
    for share, chance in (
        (seen.mean(), found.detected(piece, "day", act)[world]),
        (pinned.mean(), found.attributed(piece, "day", act)[world]),
    ):
        assert abs(share - chance) < 4 * np.sqrt(chance * (1 - chance) / tries)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["post", "patrol", "camera", "uav", "acoustic", "satellite"]),
    st.floats(0, 200),
    st.floats(0, 200),
)
def test_more_of_any_means_never_sees_less(name, few, more):
    few, more = sorted((few, more))
    some, many = (coverage_of(monitors(), draws=draws(64), extra={name: n}) for n in (few, more))
    for piece in some.pieces:
        for hour in HOURS:
            for act in (VIOLATION, "incursion", "small_arms"):
                assert np.all(
                    many.detected(piece, hour, act) >= some.detected(piece, hour, act) - 1e-12
                )
    assert np.all(sum(many.people.values()) >= sum(some.people.values()))


def test_denied_access_and_jamming_lower_what_the_same_means_see():
    from dataclasses import replace

    found = coverage()
    shut = replace(found, access=np.zeros(WORLDS))
    jammed = {
        key: value * (0.17 if key[0] == "uav" else 1.0) for key, value in found.effort.items()
    }
    lost = replace(found, effort=jammed)
    piece = found.pieces[0]
    for act in ("incursion", "heavy_weapons_moved"):
        before = found.detected(piece, "day", act)
        assert np.all(lost.detected(piece, "day", act) < before)
    # Where nobody may go, posts and patrols see nothing: only aircraft are left.
    only = 1 - np.exp(-found.effort["uav", False] * found.values["means[uav].sees.incursion"])
    assert np.allclose(shut.detected(piece, "day", "incursion"), only)


def test_the_plan_names_its_gaps_and_draws_them():
    found = plan(monitors(), draws=draws())
    assert found.gaps == tuple(sorted(found.gaps, key=lambda one: one.detected))
    worst = found.gaps[0]
    assert (worst.stretch, worst.hour, worst.act) == ("donetsk", "night", "drone")
    assert worst.sentence.startswith("The towns of Donetsk region, by night: attack or flight of")
    shapes = found.geojson()["features"]
    assert [one["properties"]["id"] for one in shapes] == [one.id for one in found.stretches]
    for first, second in pairwise(shapes):
        assert first["geometry"]["coordinates"][-1] == second["geometry"]["coordinates"][0]
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.judgements > 60, "the table of means is judgement, and says so"


def test_a_scenario_without_stretches_is_cut_in_equal_parts():
    case = scenario().design("monitors")
    land = case.design.land.model_copy(update={"line": "with-border"})
    design = case.design.model_copy(update={"land": land})
    other = type(case)(scenario=case.scenario, design=design)
    found = plan(other, draws=Draws.of(other, worlds=range(32), seed=1))
    assert len(found.stretches) == 10
    assert {one.ground for one in found.stretches} == {"mixed"}
    # Equal parts of mixed ground: the stated chance comes out for the whole line.
    assert found.detection.p50 == pytest.approx(found.wanted.p50)


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=8))
def test_a_cut_line_keeps_its_length_and_its_proportions(shares):
    points = next(iter(scenario().lines.features)).geometry.coordinates
    parts = cut(points, shares)
    lengths = [rough_length_km(LineString(type="LineString", coordinates=part)) for part in parts]
    whole = rough_length_km(LineString(type="LineString", coordinates=points))
    assert sum(lengths) == pytest.approx(whole, rel=1e-4)
    for length, share in zip(lengths, shares, strict=True):
        assert length / whole == pytest.approx(share / sum(shares), rel=2e-3, abs=1e-5)


def test_every_number_of_the_table_has_a_source_or_says_that_it_is_a_judgement():
    from backstop.futures import quantities

    table = shipped_table()
    known = {one.id for one in table.sources}
    for place in quantities(table):
        if place.quantity.source:
            assert set(place.quantity.source) <= known, place.path
        else:
            assert place.quantity.note.startswith(("Judgement", "By definition")), place.path
