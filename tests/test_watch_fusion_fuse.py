"""Clustering and scores: invariants, exact answers on small cases, made worlds with truth."""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.errors import InputError
from backstop.watch.fusion import (
    Judgement,
    Window,
    fuse,
    measure,
    reliability,
    reports,
    score_pairs,
)
from backstop.watch.fusion.graph import build_graph
from backstop.watch.fusion.pairs import Pairs
from backstop.watch.fusion.partition import best_labels, draw_partitions
from backstop.watch.fusion.partition_kernel import SHARED
from backstop.watch.fusion.pooling import falling
from watch_fusion_cases import made_world

WIDE = Window(10, 3)


@cache
def _world(seed=1, acts=150):
    return made_world(seed=seed, acts=acts)


@cache
def _fused(seed=1, acts=150):
    return fuse(_world(seed, acts).found, window=WIDE)


def _small(seed, count):
    """A few records in a small place, so that many are pairs."""
    draw = np.random.default_rng(seed)
    return reports(
        key=[f"{n:02d}" for n in range(count)], x_m=draw.uniform(0, 9_000, count),
        y_m=draw.uniform(0, 9_000, count), start_day=draw.uniform(0, 5, count),
        stream=draw.integers(0, 3, count),
        taxonomies={"kind": draw.integers(0, 3, (count, 1))},
    )  # fmt: skip


def _graph(draw, count, streams):
    """Random streams and the graph of all pairs across them, with random weights."""
    found = reports(
        key=[f"{n:02d}" for n in range(count)], x_m=np.zeros(count), y_m=np.zeros(count),
        start_day=np.zeros(count), stream=draw.integers(0, streams, count),
    )  # fmt: skip
    drawn = [pair for pair in combinations(range(count), 2) if draw.random() < 0.8]
    left, right = np.array(drawn, np.int32).reshape(-1, 2).T
    graph = build_graph(found, Pairs(left, right))
    return graph, draw.normal(0, 1.5, graph.edges)


def _divisions(count):
    """All ways to divide so many nodes."""
    if count == 0:
        yield ()
        return
    for rest in _divisions(count - 1):
        for place in range(max(rest, default=-1) + 2):
            yield (*rest, place)


def _scores(graph, weight):
    """Score of every division of which each part is a clique."""
    edge = {(int(a), int(b)): w for a, b, w in zip(graph.left, graph.right, weight, strict=True)}
    out = {}
    for label in _divisions(graph.nodes):
        total = 0.0
        for part in set(label):
            inside = [n for n, one in enumerate(label) if one == part]
            pairs = list(combinations(inside, 2))
            if not all(pair in edge for pair in pairs):
                break
            total += (2 / len(inside)) ** SHARED * sum(edge[pair] for pair in pairs)
        else:
            out[label] = total
    return out


def _canonical(label):
    first = {}
    return tuple(first.setdefault(one, len(first)) for one in label)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(2, 7))
def test_the_best_clustering_is_near_the_best_of_all(seed, count):
    draw = np.random.default_rng(seed)
    graph, weight = _graph(draw, count, 4)
    scores = _scores(graph, weight)
    got = scores[_canonical(best_labels(graph, weight).tolist())]
    # A local optimum: it is never worse than the best single pair, nor than joining nothing.
    assert got >= max([0.0, *weight]) - 1e-9
    assert got <= max(scores.values()) + 1e-9


def test_the_best_clustering_is_the_best_of_all_in_nine_cases_of_ten():
    right = 0
    for seed in range(100):
        graph, weight = _graph(np.random.default_rng(seed), 6, 4)
        scores = _scores(graph, weight)
        got = scores[_canonical(best_labels(graph, weight).tolist())]
        right += got >= max(scores.values()) - 1e-9
    assert right >= 90


def test_samples_follow_the_exact_probabilities_of_all_clusterings():
    graph, weight = _graph(np.random.default_rng(5), 6, 4)
    scores = _scores(graph, weight)
    mass = np.exp(list(scores.values()))
    exact = dict(zip(scores, mass / mass.sum(), strict=True))
    start = best_labels(graph, weight)
    drawn = draw_partitions(graph, [weight], seed=3, samples=4_000, start=start)
    assert drawn.active.size == graph.nodes
    rows = [_canonical(row) for row in drawn.labels.tolist()]
    for label, chance in exact.items():
        seen = sum(row == label for row in rows) / len(rows)
        assert seen == pytest.approx(chance, abs=5 * (chance * (1 - chance) / 4_000) ** 0.5 + 1e-3)
    counts = sum(p * (max(label) + 1) for label, p in exact.items())
    assert drawn.clusters.mean() == pytest.approx(counts, abs=0.06)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), shuffle=st.integers(0, 99), count=st.integers(0, 25))
def test_order_of_records_does_not_matter_and_constraints_hold(seed, shuffle, count):
    found = _small(seed, count)
    order = np.random.default_rng(shuffle).permutation(count)
    again = reports(
        key=[found.key[n] for n in order], x_m=found.x_m[order], y_m=found.y_m[order],
        start_day=found.start_day[order], stream=found.stream[order],
        taxonomies={"kind": found.types[order]},
    )  # fmt: skip
    got = fuse(found, samples=10)
    assert got.to_dict() == fuse(again, samples=10).to_dict()
    place = {key: n for n, key in enumerate(found.key)}
    for group in got.groups:
        inside = [place[key] for key in group.keys]
        assert len({int(found.stream[n]) for n in inside}) == len(inside)
        for a, b in combinations(inside, 2):
            assert np.hypot(found.x_m[a] - found.x_m[b], found.y_m[a] - found.y_m[b]) <= 5_000
            assert abs(found.start_day[a] - found.start_day[b]) <= 3
    assert got.incidents == count - got.duplicates_removed


def test_a_chain_of_close_pairs_is_not_joined_into_one():
    """Ten records 4 km apart in a row, each of its own stream: no incident spans over 5 km."""
    found = reports(
        key=list("abcdefghij"), x_m=np.arange(10) * 4_000.0, y_m=np.zeros(10),
        start_day=np.zeros(10), stream=np.arange(10),
    )  # fmt: skip
    got = fuse(found)
    assert all(len(group.members) <= 2 for group in got.groups)


def test_records_of_one_stream_are_never_joined_however_alike():
    found = reports(key=["a", "b"], x_m=[0, 0], y_m=[0, 0], start_day=[1, 1], stream=[7, 7])
    assert fuse(found).incidents == 2


@pytest.mark.parametrize("count", [0, 1])
def test_none_and_one_record(count):
    found = reports(key=["a"][:count], x_m=[0.0][:count], y_m=[0.0][:count], start_day=[0][:count])
    got = fuse(found)
    assert (got.observations, got.incidents, got.matched_groups) == (count, count, 0)


def test_all_records_at_one_point_and_time_give_one_group_a_rank():
    """Three streams of four: at most four incidents of three, and no error."""
    found = reports(
        key=[f"{n:02d}" for n in range(12)], x_m=np.zeros(12), y_m=np.zeros(12),
        start_day=np.zeros(12), stream=np.arange(12) % 3,
    )  # fmt: skip
    got = fuse(found)
    assert 4 <= got.incidents <= 12
    assert got.count is not None
    assert 4 <= got.count.p05 <= got.count.p95 <= 12


def test_what_a_person_says_binds():
    world = _world()
    group = next(one for one in _fused().groups if len(one.members) == 2)
    one, other = group.keys
    parted = fuse(world.found, window=WIDE, judgements=[Judgement(one, other, same=False)])
    assert not any({one, other} <= set(g.keys) for g in parted.groups)
    far = _far_apart(world)
    joined = fuse(world.found, window=WIDE, judgements=[Judgement(*far, same=True)])
    assert any(set(far) <= set(g.keys) for g in joined.groups)


def _far_apart(world):
    """Two records of different streams that are no candidates."""
    found = world.found
    for n in range(1, len(found)):
        if found.stream[n] != found.stream[0] and abs(found.start_day[n] - found.start_day[0]) > 9:
            return found.key[0], found.key[n]
    raise AssertionError("the world is too small")


def test_judgements_that_contradict_each_other_are_refused():
    found = reports(
        key=["a", "b", "c"], x_m=[0, 0, 0], y_m=[0, 0, 0], start_day=[0, 0, 0], stream=[0, 1, 0]
    )
    both = [Judgement("a", "b", same=True), Judgement("a", "b", same=False)]
    with pytest.raises(InputError, match="both one act and two"):
        fuse(found, judgements=both)
    with pytest.raises(InputError, match="two of them are of one stream"):
        fuse(found, judgements=[Judgement("a", "c", same=True)])
    with pytest.raises(InputError, match="no record 'x'"):
        fuse(found, judgements=[Judgement("a", "x", same=True)])


def test_an_unknown_method_is_refused():
    with pytest.raises(InputError, match="calibrated, meltt"):
        fuse(_world().found, method="magic")


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)), min_size=1, max_size=9))
def test_pooled_ratios_never_rise_and_keep_the_total(rows):
    m, u = (np.array(column) for column in zip(*rows, strict=True))
    m, u = m / m.sum(), u / u.sum()
    pooled = falling(m, u)
    assert pooled.sum() == pytest.approx(1)
    assert (np.diff(pooled / u) <= 1e-9).all()


def test_probabilities_are_calibrated_on_made_worlds():
    """Expected calibration error over three worlds of 600 acts, without a label."""
    stated, true = [], []
    for seed in range(3):
        world = _world(seed, 600)
        act = np.array([world.truth[key] for key in world.found.key])
        scored = score_pairs(world.found, window=WIDE)
        across = world.found.stream[scored.pairs.left] != world.found.stream[scored.pairs.right]
        stated.append(scored.probability[across])
        true.append((act[scored.pairs.left] == act[scored.pairs.right])[across])
    got = reliability(np.concatenate(stated), np.concatenate(true))
    assert got.error < 0.04
    assert sum(got.count) > 5_000


def test_precision_recall_and_the_interval_on_made_worlds():
    got = [measure(_fused(seed), _world(seed).truth) for seed in range(6)]
    assert np.mean([one.precision for one in got]) > 0.93
    assert np.mean([one.recall for one in got]) > 0.88
    assert np.mean([one.over_merge for one in got]) < 0.07
    assert sum(bool(one.covered) for one in got) >= 5


def test_pairs_that_a_person_has_joined_stay_so_and_do_not_spoil_the_rest():
    world = _world(4)
    keys = world.found.key
    said = [
        Judgement(a, b, same=True)
        for a, b in combinations(keys, 2)
        if world.truth[a] == world.truth[b] and int(world.truth[a]) % 2
    ]
    got = fuse(world.found, window=WIDE, judgements=said)
    home = {key: n for n, group in enumerate(got.groups) for key in group.keys}
    assert said
    assert all(home[one.one] == home[one.other] for one in said)
    helped, bare = measure(got, world.truth), measure(_fused(4), world.truth)
    assert helped.recall > bare.recall - 0.03
    assert helped.precision > bare.precision - 0.03


def test_the_same_seed_gives_the_same_and_the_contract_is_kept():
    got = _fused().to_dict()
    assert got == fuse(_world().found, window=WIDE).to_dict()
    keys = {"observations", "incidents", "matched_groups", "duplicates_removed", "parameters"}
    assert keys <= got.keys()
    assert got["incidents"] + got["duplicates_removed"] == got["observations"]
    assert json.loads(json.dumps(got)) == got
    assert got["incidents_range"]["p05"] <= got["incidents_range"]["p95"]


def test_open_divisions_are_kept_with_their_shares():
    got = _fused()
    assert got.alternatives
    for ways in got.alternatives:
        assert 1 >= sum(one.weight for one in ways) >= 0
        records = {tuple(sorted(key for group in one.groups for key in group)) for one in ways}
        assert len(records) == 1
    assert all(0 < member.weight <= 1 for group in got.groups for member in group.members)
