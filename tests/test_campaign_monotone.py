"""More guarantor force, earlier arrival, more ammunition never lose more ground, world by world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.campaign import engine
from backstop.campaign import parameters as at
from backstop.campaign.arrivals import Arrivals
from backstop.campaign.inputs import Inputs, Waves
from backstop.campaign.outcomes import Outcomes
from backstop.campaign.stage import simulate
from backstop.scenario.quantity import fixed
from campaign_cases import DAYS, KEY, case, wild

#: Rounding of single precision, gathered over 180 days.
SLACK = 1e-4
WORLDS = 512

seeds = st.integers(0, 10_000)
cuts = st.sampled_from([1, 2, 5, 20])


def ground(inputs: Inputs) -> np.ndarray:
    """Depth and area at every checkpoint. (2, checkpoints, worlds)."""
    notes = engine.run(inputs, key=KEY, checkpoints=DAYS).notes
    return np.moveaxis(notes[:, : at.AREA + 1], 1, 0).astype(np.float64)


def never_more(better: np.ndarray, worse: np.ndarray) -> None:
    slack = SLACK * (1 + worse)
    assert (better <= worse + slack).all(), float((better - worse).max())


def with_waves(inputs: Inputs, **changes: np.ndarray) -> Inputs:
    return replace(inputs, waves=replace(inputs.waves, **changes))


def with_rows(inputs: Inputs, rows: dict[int, float], *, add: bool = False) -> Inputs:
    world = inputs.world.copy()
    for row, value in rows.items():
        world[row] = world[row] + np.float32(value) if add else world[row] * np.float32(value)
    return replace(inputs, world=world)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, sectors=cuts, factor=st.floats(1, 20))
def test_more_guarantor_force_never_loses_more_ground(
    seed: int, sectors: int, factor: float
) -> None:
    inputs = wild(seed, sectors=sectors, cells=(sectors + 1) // 2, worlds=64, days=60)
    value = inputs.waves.value * np.float32(factor)
    never_more(ground(with_waves(inputs, value=value)), ground(inputs))


@settings(max_examples=25, deadline=None)
@given(seed=seeds, sectors=cuts, earlier=st.integers(1, 40))
def test_earlier_arrival_never_loses_more_ground(seed: int, sectors: int, earlier: int) -> None:
    inputs = wild(seed, sectors=sectors, cells=(sectors + 1) // 2, worlds=64, days=60)
    day = np.maximum(inputs.waves.day - earlier, 0).astype(np.int32)
    never_more(ground(with_waves(inputs, day=day)), ground(inputs))


@settings(max_examples=25, deadline=None)
@given(seed=seeds, sectors=cuts, days=st.floats(0, 100), share=st.floats(0, 1))
def test_more_ammunition_never_loses_more_ground(
    seed: int, sectors: int, days: float, share: float
) -> None:
    inputs = wild(seed, sectors=sectors, worlds=64, days=60)
    richer = with_rows(inputs, {at.DEFENDER_SHELL_DAYS: days}, add=True)
    world = richer.world.copy()
    world[at.DEFENDER_RATION] += np.float32(share) * (1 - world[at.DEFENDER_RATION])
    never_more(ground(replace(richer, world=world)), ground(inputs))


@settings(max_examples=15, deadline=None)
@given(seed=seeds, sectors=cuts, factor=st.floats(1, 5))
def test_a_stronger_attacker_never_gains_less_ground(
    seed: int, sectors: int, factor: float
) -> None:
    """Its strength and fire; where it gives up stays the same force."""
    inputs = wild(seed, sectors=sectors, worlds=64, days=60)
    rows = dict.fromkeys(
        range(at.ATTACKER_LINE, at.ATTACKER_LINE + 9), factor
    )  # line, reserve, inflow
    never_more(ground(inputs), ground(with_rows(inputs, {**rows, at.ATTACKER_AIR: factor})))


@settings(max_examples=15, deadline=None)
@given(seed=seeds, sectors=cuts, factor=st.floats(1, 5))
def test_a_stronger_protected_army_never_loses_more_ground(
    seed: int, sectors: int, factor: float
) -> None:
    inputs = wild(seed, sectors=sectors, worlds=64, days=60)
    rows = dict.fromkeys(range(at.PROTECTED_LINE, at.PROTECTED_LINE + 9), factor)
    never_more(ground(with_rows(inputs, {**rows, at.PROTECTED_AIR: factor})), ground(inputs))


def test_the_tests_above_can_fail() -> None:
    """The force matters: most of these worlds lose other ground with more of it."""
    inputs = wild(1, sectors=5, worlds=64, days=60)
    more = ground(with_waves(inputs, value=inputs.waves.value * np.float32(4)))
    assert (more[0, -1] < ground(inputs)[0, -1] * 0.999).mean() > 0.3
    with pytest.raises(AssertionError):
        never_more(ground(inputs), more)


def force(worlds: int, *, brigades: float, day: float, place: str = "rear-centre") -> Arrivals:
    return Arrivals(
        day=np.full((1, worlds), day),
        strength=np.full((1, 3, worlds), brigades / 3),
        aircraft=np.full((1, worlds), 10 * brigades),
        place=(place,),
        suppression=np.full(worlds, 0.5),
        backstop=np.ones(worlds),
    )


def lost(outcomes: Outcomes) -> np.ndarray:
    return np.stack([outcomes.deepest_km, outcomes.area_lost_km2]).astype(np.float64)


@pytest.mark.parametrize("place", ["rear-centre", "front-east", "front", "poland"])
def test_of_the_shipped_scenario_force_and_time(place: str) -> None:
    worst = None
    for brigades, day in ((0, 0), (3, 60), (3, 10), (3, 0), (10, 0), (40, 0), (400, 0)):
        arrivals = force(WORLDS, brigades=brigades, day=day, place=place)
        now = lost(simulate(case("air-shield"), worlds=range(WORLDS), arrivals=arrivals))
        if worst is not None:
            never_more(now, worst)
        worst = now


def test_of_the_shipped_scenario_designs_that_contain_each_other() -> None:
    """Every line of the statement twice as long never loses more ground."""
    for name in ("tripwire", "frontline", "air-shield"):
        small = case(name)
        more = tuple(
            x.model_copy(update={"units": fixed(2 * x.units.central)})
            for x in small.design.requirements
        )
        large = replace(small, design=small.design.model_copy(update={"requirements": more}))
        base = lost(simulate(small, worlds=range(WORLDS)))
        never_more(lost(simulate(large, worlds=range(WORLDS))), base)


def test_of_the_shipped_scenario_arms() -> None:
    """More money, or the backstop's part of it, never loses more ground."""
    base = case("arms")
    assert base.design.arms is not None
    before = None
    for value in (0, 20, 45, 90, 300):
        arms = base.design.arms.model_copy(update={"usd_bn_per_year": fixed(value)})
        design = base.design.model_copy(update={"arms": arms})
        outcomes = lost(simulate(replace(base, design=design), worlds=range(WORLDS)))
        if before is not None:
            never_more(outcomes, before)
        before = outcomes
    nobody = Arrivals.none(WORLDS)
    without = lost(simulate(base, worlds=range(WORLDS), arrivals=nobody))
    acts = replace(nobody, backstop=np.ones(WORLDS))
    never_more(lost(simulate(base, worlds=range(WORLDS), arrivals=acts)), without)


def test_no_wave_and_a_wave_of_nobody_are_the_same() -> None:
    inputs = wild(2, sectors=4, worlds=40, days=20)
    empty = replace(inputs, waves=Waves.none(sectors=4, worlds=40))
    nobody = with_waves(inputs, value=np.zeros_like(inputs.waves.value))
    assert (ground(empty) == ground(nobody)).all()
