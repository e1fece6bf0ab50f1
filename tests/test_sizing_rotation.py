"""Pool to deployed, and dwell to tour: two ratios that the literature both writes n:1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.sizing.rotation import rotation


def months(value: float) -> np.ndarray:
    return np.array([value])


def test_64_000_at_a_pool_of_four_takes_256_000() -> None:
    """The Times, April 2025, on the force that Radakin asked about."""
    turns = rotation(tour_months=months(6), dwell_months=months(18))
    assert turns.pool_to_deployed[0] == 4
    assert turns.dwell_to_tour[0] == 3
    assert turns.pool(np.array([64_000.0]))[0] == 256_000


def test_a_brigade_of_5_000_at_a_pool_of_three_takes_15_000() -> None:
    """RUSI, Arnold, 10 March 2025: one in theatre, one recovering, one training."""
    turns = rotation(tour_months=months(6), dwell_months=months(12))
    assert turns.pool(np.array([5_000.0]))[0] == 15_000


def test_six_months_deployed_and_24_at_home_is_a_pool_of_five() -> None:
    """Called "four-to-one overall" in the source: dwell to tour, not pool to deployed."""
    turns = rotation(tour_months=months(6), dwell_months=months(24))
    assert turns.pool_to_deployed[0] == 5
    assert turns.dwell_to_tour[0] == 4


def test_overlap_counts_the_months_both_units_are_there() -> None:
    turns = rotation(tour_months=months(6), dwell_months=months(18), overlap_months=months(0.5))
    assert turns.pool_to_deployed[0] == pytest.approx(4 + 0.5 / 6)


@given(st.floats(1, 36), st.floats(0, 60), st.floats(0, 60))
def test_more_rest_never_takes_a_smaller_pool(tour: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    short = rotation(tour_months=months(tour), dwell_months=months(low))
    long = rotation(tour_months=months(tour), dwell_months=months(high))
    assert long.pool_to_deployed[0] >= short.pool_to_deployed[0] >= 1
