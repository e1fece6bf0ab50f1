"""Conditions that hang on votes, and circles among them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.authority import Premise, Vote, condition_cycles, settle


def vote(met: float, unmet: float, uniform: list[float], *conditions: str) -> Vote:
    n = len(uniform)
    return Vote(np.full(n, met), np.full(n, unmet), conditions, np.array(uniform))


def test_a_fact_decides_a_vote_and_the_vote_another() -> None:
    fact = np.array([True, False])
    premises = {
        "ceasefire": Premise(fact=fact),
        "us-in": Premise(vote=("USA", "us_backstop"), requires=("ceasefire",)),
    }
    votes = {
        ("USA", "us_backstop"): vote(0.9, 0.1, [0.5, 0.5], "ceasefire"),
        ("DEU", "troops"): vote(0.9, 0.0, [0.5, 0.5], "us-in"),
    }
    settled = settle(premises, votes=votes)
    assert settled.ambiguous == 0.0
    assert settled.lowest["us-in"].tolist() == [True, False]
    assert settled.votes_highest[("DEU", "troops")].tolist() == [True, False]


def test_a_only_if_b_and_b_only_if_a_has_two_answers() -> None:
    premises = {"a-in": Premise(vote=("A", "q")), "b-in": Premise(vote=("B", "q"))}
    votes = {
        ("A", "q"): vote(0.9, 0.2, [0.5, 0.1, 0.95], "b-in"),
        ("B", "q"): vote(0.9, 0.2, [0.5, 0.5, 0.5], "a-in"),
    }
    settled = settle(premises, votes=votes)
    # World 0: neither alone, both together. World 1: A goes anyway. World 2: A never goes.
    assert settled.votes_lowest[("A", "q")].tolist() == [False, True, False]
    assert settled.votes_highest[("A", "q")].tolist() == [True, True, False]
    assert settled.ambiguous == 1 / 3


def test_circles_are_named_once_each() -> None:
    assert condition_cycles({"a": ["b"], "b": ["a"], "c": ["a"]}) == [("a", "b")]
    assert condition_cycles({"a": ["a"]}) == [("a",)]
    assert condition_cycles({"a": ["b"], "b": ["c"], "c": []}) == []
    assert condition_cycles({"a": ["elsewhere"]}) == []
    two = {"a": ["b"], "b": ["a"], "x": ["y"], "y": ["z"], "z": ["x"]}
    assert condition_cycles(two) == [("a", "b"), ("x", "y", "z")]


@settings(max_examples=60, deadline=None)
@given(
    edges=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=10),
    seed=st.integers(0, 9),
)
def test_lowest_is_below_highest_and_both_are_consistent(
    edges: set[tuple[int, int]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    names = [f"c{i}" for i in range(5)]
    premises = {name: Premise(vote=(name, "q")) for name in names}
    votes = {
        (f"c{i}", "q"): Vote(
            np.full(50, 0.8),
            np.full(50, 0.3),
            tuple(f"c{b}" for a, b in sorted(edges) if a == i),
            rng.uniform(size=50),
        )
        for i in range(5)
    }
    settled = settle(premises, votes=votes)
    for name in names:
        assert np.all(settled.lowest[name] <= settled.highest[name])
    for state in (settled.lowest, settled.highest):
        for name in names:
            v = votes[(name, "q")]
            held = np.all([state[c] for c in v.conditions], axis=0) if v.conditions else True
            assert np.array_equal(state[name], v.uniform <= np.where(held, v.met, v.unmet))
    graph = {f"c{i}": [f"c{b}" for a, b in edges if a == i] for i in range(5)}
    if not condition_cycles(graph):
        assert settled.ambiguous == 0.0
