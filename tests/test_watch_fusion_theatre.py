"""Fusion on worlds of the second maker, which shares no assumption with the model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from backstop.watch.fusion import Window, fuse, measure
from watch_fusion_theatre import KINDS, theatre_world

#: Chance that a sound interval fails the test.
SLACK = 0.01


def _fused(kind, seeds):
    for seed in seeds:
        world = theatre_world(seed=seed, **KINDS[kind])
        got = fuse(world.found, window=Window(10, 3))
        assert got.count is not None
        yield got.count, measure(got, world.truth)


def _held(found, stated=0.9):
    """Whether the truth lies in so many of the intervals as their level lets one expect."""
    held = sum(bool(one.covered) for _, one in found)
    return held >= binom.ppf(SLACK, len(found), stated)


def test_a_world_of_it_has_five_sources_and_acts_that_some_report():
    world = theatre_world(seed=1)
    assert set(world.found.stream) == set(range(5))
    assert len(set(world.truth.values())) < len(world.found) < 5 * len(set(world.truth.values()))
    again = theatre_world(seed=1)
    assert (again.found.x_m == world.found.x_m).all()


def test_a_few_worlds_are_counted_within_a_tenth():
    for count, one in _fused("plain", range(30, 33)):
        assert count.p50 == pytest.approx(one.truth, rel=0.1)
        assert one.precision > 0.75
        assert one.recall > 0.7


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["plain", "chains", "understated"])
def test_the_interval_holds_the_truth_as_often_as_it_says(kind):
    """Hot weeks, villages for places, long tails, acts set off by others, radii half as wide."""
    found = list(_fused(kind, range(200, 212)))
    assert _held(found)
    middle = np.mean([count.p50 / one.truth for count, one in found])
    assert middle == pytest.approx(1, abs=0.06)


@pytest.mark.slow
def test_sources_that_repeat_themselves_are_counted_too_high():
    """Volunteers and the press give 4 % of their reports twice, and fusion takes them for two."""
    found = list(_fused("repeats", range(200, 212)))
    assert 1.02 < np.mean([count.p50 / one.truth for count, one in found]) < 1.12
    assert _held(found, stated=0.75)
