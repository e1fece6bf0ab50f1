"""Pairs that shut each other out: exact answers on small cases, and what crowding says."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.watch.fusion import Window, candidate_pairs, reports, score_pairs
from backstop.watch.fusion.rivals import crowds_of, rivals_of
from watch_fusion_cases import made_world


def _exact(left, right, odds):
    """Chance of each pair by all matchings."""
    total, held = 0.0, np.zeros(len(odds))
    for size in range(len(odds) + 1):
        for some in combinations(range(len(odds)), size):
            ends = [("l", left[n]) for n in some] + [("r", right[n]) for n in some]
            if len(set(ends)) == len(ends):
                mass = float(np.prod([odds[n] for n in some]))
                total += mass
                held[list(some)] += mass
    return held / total


def _chances(left, right, odds):
    left, right = np.array(left), np.array(right) + 100
    return rivals_of(left, right, np.zeros(len(odds), np.int64)).chances(np.log(odds))[0]


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=7))
def test_chances_on_a_chain_of_pairs_are_exact(odds):
    """0-0, 1-0, 1-1, 2-1, …: each pair shares a record with the one before and the one after."""
    left = [(n + 1) // 2 for n in range(len(odds))]
    right = [n // 2 for n in range(len(odds))]
    assert _chances(left, right, odds) == pytest.approx(_exact(left, right, odds), abs=2e-3)


@given(
    pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, unique=True),
    seed=st.integers(0, 999),
)
def test_chances_with_rings_are_near_and_no_record_has_more_than_one_partner(pairs, seed):
    left, right = zip(*pairs[:9], strict=True)
    odds = np.exp(np.random.default_rng(seed).normal(0, 1.5, len(left)))
    got = _chances(left, right, odds)
    assert np.abs(got - _exact(left, right, odds)).max() < 0.15
    for side in (left, right):
        assert np.bincount(side, got).max() <= 1 + 1e-2


def test_four_pairs_that_look_alike_are_two_acts_at_most():
    """Two records of one stream, two of another, all close: each alone would count as four."""
    chance = _chances([0, 0, 1, 1], [0, 1, 0, 1], [1e4] * 4)
    assert chance == pytest.approx([0.5] * 4, abs=0.02)


def test_pairs_of_other_streams_do_not_shut_each_other_out():
    left, right = np.array([0, 0]), np.array([1, 2])
    alone = rivals_of(left, right, np.array([0, 1])).chances(np.log([9.0, 9.0]))[0]
    assert alone == pytest.approx([0.9, 0.9])
    both = rivals_of(left, right, np.array([0, 0])).chances(np.log([9.0, 9.0]))[0]
    assert both == pytest.approx([9 / 19, 9 / 19])


def test_a_record_shuts_out_on_whichever_side_of_its_pairs_it_stands():
    """Keys need not sort by stream: record 1 is the right of one pair and the left of another."""
    couple = np.zeros(2, np.int64)
    mixed = rivals_of(np.array([0, 1]), np.array([1, 2]), couple).chances(np.log([9.0, 9.0]))[0]
    assert mixed == pytest.approx([9 / 19, 9 / 19], abs=2e-3)


def test_the_names_of_records_do_not_matter():
    """Keys that sort by act, so that either stream may be at the left, and by stream."""
    world = made_world(seed=80, acts=200)
    found, streams = world.found, world.found.stream
    turned = reports(
        key=[f"{key.split('/')[1]}/{key.split('/')[0]}" for key in found.key],
        x_m=found.x_m, y_m=found.y_m, start_day=found.start_day, end_day=found.end_day,
        radius_m=found.radius_m, stream=streams, taxonomies={"kind": found.types},
        killed=found.killed,
        clouds_m={
            f"{found.key[n].split('/')[1]}/{found.key[n].split('/')[0]}": cloud
            for n, cloud in found.clouds_m.items()
        },
    )  # fmt: skip
    one, other = (score_pairs(some, window=Window(10, 3), refits=0) for some in (found, turned))
    assert one.probability.sum() == pytest.approx(other.probability.sum(), rel=1e-3)


def _crowding(found, pairs):
    """What surroundings say where no pair is likely of one act."""
    return crowds_of(found, pairs).shown(np.zeros(len(pairs)))


def test_a_pair_in_a_crowd_needs_more_evidence_than_one_alone():
    draw = np.random.default_rng(3)
    crowd, far = draw.uniform(0, 3_000, (40, 2)), draw.uniform(5e4, 9e5, (200, 2))
    place = np.vstack([crowd, np.repeat(far, 2, axis=0)])
    found = reports(
        key=[f"{n:03d}" for n in range(len(place))], x_m=place[:, 0], y_m=place[:, 1],
        start_day=np.zeros(len(place)), stream=np.arange(len(place)) % 2,
    )  # fmt: skip
    pairs = candidate_pairs(found, window=Window(5, 3), across=True)
    more, inside = _crowding(found, pairs), pairs.left < 40
    assert more[inside].max() < more[~inside].min() - 2
    assert (more[~inside] > 0).all()


def test_where_all_is_even_crowding_says_next_to_nothing():
    draw = np.random.default_rng(4)
    found = reports(
        key=[f"{n:04d}" for n in range(3_000)], x_m=draw.uniform(0, 3e5, 3_000),
        y_m=draw.uniform(0, 3e5, 3_000), start_day=draw.uniform(0, 40, 3_000),
        stream=draw.integers(0, 2, 3_000),
    )  # fmt: skip
    more = _crowding(found, candidate_pairs(found, window=Window(20, 3), across=True))
    assert abs(more.mean()) < 0.15
    assert more.std() < 0.3


@pytest.mark.parametrize("bursts", [0.0, 0.2])
def test_as_many_pairs_of_one_act_are_expected_as_there_are(bursts):
    """Over six worlds within 3 %, each within 10 %; pairs taken alone were 5 and 8 % off."""
    ratio = []
    for seed in range(80, 86):
        world = made_world(seed=seed, acts=600, bursts=bursts)
        act = np.array([world.truth[key] for key in world.found.key])
        got = score_pairs(world.found, window=Window(10, 3), refits=0)
        true = (act[got.pairs.left] == act[got.pairs.right]).sum()
        ratio.append(got.probability.sum() / true)
    assert np.mean(ratio) == pytest.approx(1, abs=0.03)
    assert ratio == pytest.approx(np.ones(6), abs=0.1)
