"""Chance pairs: how many, and what they look like, without a label."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.watch.fusion import Window, candidate_pairs, fuse, measure, reports
from backstop.watch.fusion.chance import chance_pairs
from backstop.watch.fusion.linkage import _vague
from watch_fusion_cases import made_world

WIDE = Window(10, 3)


def _two_acts_each(acts, seed, *, follows=0.0, alike=0.0):
    """Each act is seen by one of two streams, so every pair of the streams is of two acts.

    ``follows`` is the share of acts that follow another, ``alike`` that of them which are of its
    kind beside those that are by chance.
    """
    draw = np.random.default_rng(seed)
    x, y, t = draw.uniform(0, 6e4, acts), draw.uniform(0, 6e4, acts), draw.uniform(0, 200, acts)
    kind = np.random.default_rng(1_000 + seed).integers(0, 5, acts)
    for act in range(int(acts * (1 - follows)), acts):
        before = int(draw.integers(0, act))
        x[act], y[act] = x[before] + draw.normal(0, 800), y[before] + draw.normal(0, 800)
        t[act] = t[before] + draw.exponential(0.3)
        if alike and draw.random() < alike:
            kind[act] = kind[before]
    return reports(
        key=[f"{n:05d}" for n in range(acts)], x_m=x, y_m=y, start_day=t,
        stream=draw.integers(0, 2, acts), radius_m=np.full(acts, 300.0),
        taxonomies={"kind": kind[:, None]},
    )  # fmt: skip


def _expected(found):
    true = len(candidate_pairs(found, window=WIDE, across=True))
    seen = chance_pairs(found, window=WIDE, expected=true)
    assert seen.moved
    return true, float(seen.part.sum()), float((seen.part * sum(seen.expected(None))).sum())


@pytest.mark.parametrize("seed", range(3))
def test_moved_clocks_show_how_many_pairs_are_of_two_acts(seed):
    true, moved, corrected = _expected(_two_acts_each(2_000, seed))
    assert moved == pytest.approx(true, rel=0.1)
    assert corrected == pytest.approx(true, rel=0.12)


@pytest.mark.parametrize("seed", range(3))
def test_pairs_of_one_stream_show_the_bursts_that_moved_clocks_hide(seed):
    true, moved, corrected = _expected(_two_acts_each(2_000, seed, follows=0.4))
    assert moved < 0.9 * true
    assert abs(corrected - true) < 0.5 * (true - moved)


def _bursts(found):
    """Expected pairs of bursts as a share of all of two acts, and their share of one kind."""
    true = len(candidate_pairs(found, window=WIDE, across=True))
    seen = chance_pairs(found, window=WIDE, expected=true)
    calm, burst = (seen.part * some for some in seen.expected(None))
    alike = burst[seen.crossed.type == 1].sum()
    return burst.sum() / (calm + burst).sum(), alike / max(burst.sum(), 1e-9)


def test_noise_is_not_taken_for_bursts():
    """Where acts come by themselves hardly any pair is expected to be of a burst (once 3 %)."""
    shares = [_bursts(_two_acts_each(2_000, seed))[0] for seed in range(5)]
    assert np.mean(shares) < 0.01


def test_pairs_of_a_burst_are_expected_to_agree_in_kind_as_often_as_they_do():
    """Seven in ten follow in kind, and a fifth of the others by chance; once half was expected.

    Two that follow one act agree less often than each with it.
    """
    found = [_bursts(_two_acts_each(2_000, s, follows=0.4, alike=0.7)) for s in range(5)]
    assert 0.2 < np.mean([share for share, _ in found]) < 0.3
    assert np.mean([alike for _, alike in found]) == pytest.approx(0.68, abs=0.08)


def test_two_streams_that_see_no_act_in_common_are_hardly_joined():
    """All 600 acts are seen once; of some 100 open pairs few look like one act by chance."""
    got = fuse(_two_acts_each(600, 1), window=Window(5, 3))
    assert got.count is not None
    assert got.count.p95 >= 590


def test_a_record_too_short_to_move_a_clock_says_so():
    found = _two_acts_each(50, 1)
    short = reports(
        key=found.key, x_m=found.x_m, y_m=found.y_m, start_day=found.start_day / 20,
        stream=found.stream,
    )  # fmt: skip
    assert fuse(short).parameters["chance_counted"] is False
    assert fuse(found).parameters["chance_counted"] is True


@given(st.lists(st.floats(-8, 6), min_size=2, max_size=12).map(lambda v: sorted(v, reverse=True)))
def test_vague_chances_make_the_prior_ratios_average_to_one(prior):
    chances = _vague(np.array(prior))
    assert chances.sum() == pytest.approx(1)
    assert (chances >= 0).all()
    # Ratios that lie all on one side cannot.
    if prior[0] > 0.01 and np.exp(-np.array(prior)).mean() > 1 > 1 / np.exp(prior).mean():
        assert float(chances @ np.exp(prior)) == pytest.approx(1, rel=1e-6)


def test_what_lies_beyond_the_window_is_allowed_for_by_the_radii():
    """A window of 3 km cuts off places known to 1.5 and 3 km; one of 20 km does not."""
    world = made_world(seed=3, acts=400)
    cut, whole = (fuse(world.found, window=Window(km, 3)) for km in (3, 20))
    assert cut.parameters["beyond_window"] > 5
    assert whole.parameters["beyond_window"] < 0.5
    assert cut.count is not None
    assert cut.incidents > cut.count.p50


def _worlds(count, **more):
    for seed in range(40, 40 + count):
        world = made_world(seed=seed, acts=300, **more)
        yield measure(fuse(world.found, window=WIDE), world.truth)


def test_the_interval_holds_the_truth_in_most_worlds():
    assert sum(bool(one.covered) for one in _worlds(5)) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("bursts", [0.2, 0.4])
def test_with_bursts_the_count_is_right_and_its_interval_holds_the_truth(bursts):
    """Acts that follow another within hours; their pairs once passed for one act (5 to 8 %)."""
    found = [
        (got := fuse(world.found, window=WIDE), measure(got, world.truth))
        for world in (made_world(seed=seed, acts=600, bursts=bursts) for seed in range(70, 82))
    ]
    middle = [got.count.p50 / one.truth for got, one in found]
    assert np.mean(middle) == pytest.approx(1, abs=0.03)
    # Of twelve intervals of 90 % fewer than eight hold the truth in one case of two hundred.
    assert sum(bool(one.covered) for _, one in found) >= 8
