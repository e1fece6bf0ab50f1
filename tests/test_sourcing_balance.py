"""The steady state as a flow, in every world at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from backstop.sourcing.balance import fill


def by_linear_programme(supply: np.ndarray, reaches: np.ndarray, demand: np.ndarray) -> float:
    """Maximum flow of one world, by an independent solver."""
    arcs = np.argwhere(reaches)
    if not len(arcs):
        return 0.0
    rows = np.zeros((len(supply) + len(demand), len(arcs)))
    for column, (pool, line) in enumerate(arcs):
        rows[pool, column] = rows[len(supply) + line, column] = 1
    answer = linprog(-np.ones(len(arcs)), A_ub=rows, b_ub=np.concatenate([supply, demand]))
    return float(-answer.fun)


@st.composite
def instances(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pools, lines = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    number = st.integers(0, 12)
    supply = np.array([draw(number) for _ in range(pools)], dtype=float)
    demand = np.array([draw(number) for _ in range(lines)], dtype=float)
    reaches = np.array([[draw(st.booleans()) for _ in range(lines)] for _ in range(pools)])
    return supply, reaches, demand


@settings(max_examples=60, deadline=None)
@given(instances())
def test_the_total_is_the_maximum_flow(
    instance: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    supply, reaches, demand = instance
    filled = fill(supply[None], reaches=reaches, demand=demand[None])[0]
    assert np.isclose(filled.sum(), by_linear_programme(supply, reaches, demand))
    assert (filled >= 0).all()
    assert (filled <= demand + 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(instances())
def test_the_first_line_gets_the_most_it_can(
    instance: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    supply, reaches, demand = instance
    filled = fill(supply[None], reaches=reaches, demand=demand[None])[0]
    assert filled[0] == min(demand[0], supply[reaches[:, 0]].sum())


def test_worlds_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(1)
    supply, demand = rng.integers(0, 9, (50, 6)) * 1.0, rng.integers(0, 9, (50, 3)) * 1.0
    reaches = rng.random((6, 3)) < 0.6
    together = fill(supply, reaches=reaches, demand=demand)
    alone = [fill(supply[i : i + 1], reaches=reaches, demand=demand[i : i + 1]) for i in range(50)]
    assert np.allclose(together, np.concatenate(alone))


def test_two_nations_with_two_battalions_share_a_slot_in_turn() -> None:
    """Never floor nation by nation: 2 / 4 + 2 / 4 fills one slot at a dwell of 1:3."""
    filled = fill(np.array([[0.5, 0.5]]), reaches=np.ones((2, 1), bool), demand=np.array([[1.0]]))
    assert filled[0, 0] == 1.0
