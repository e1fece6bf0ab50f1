"""The inversion of a campaign, against thresholds that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.sizing.methods.holding import TOLERANCE, holding, invert, wilson
from backstop.sizing.regime import Regime
from sizing_cases import concept

HOLDING = Regime("holding", "")


def threshold(troops: np.ndarray):  # type: ignore[no-untyped-def]
    """A campaign in which world i holds from ``troops[i]`` on."""
    return lambda force: force >= troops


def test_the_smallest_force_is_the_quantile_of_the_worlds_thresholds() -> None:
    needed = np.linspace(10_000, 110_000, 1_001)
    found = invert(threshold(needed), certainty=0.9)
    assert found is not None
    assert found.troops == pytest.approx(100_000, abs=TOLERANCE)
    assert found.share >= 0.9
    assert found.interval[0] < 0.9 < found.interval[1]
    assert found.lower < found.troops < found.upper
    assert found.monotone
    assert found.bounded


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 0.95))
def test_it_agrees_with_sorting_the_thresholds(seed: int, certainty: float) -> None:
    needed = np.random.default_rng(seed).lognormal(10, 0.5, 400)
    found = invert(threshold(needed), certainty=certainty)
    rank = int(np.ceil(certainty * needed.size - 1e-9)) - 1
    assert found is not None
    exact = np.sort(needed)[rank]
    assert exact <= found.troops <= exact + TOLERANCE


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Nine in ten of 300 campaigns of 200 worlds, drawn from a known distribution."""
    truth = float(np.quantile(np.random.default_rng(1).lognormal(10, 0.5, 2_000_000), 0.8))
    covered = 0
    for seed in range(300):
        needed = np.random.default_rng(seed + 10).lognormal(10, 0.5, 200)
        found = invert(threshold(needed), certainty=0.8)
        assert found is not None
        covered += found.lower - TOLERANCE <= truth <= found.upper
    assert 0.86 <= covered / 300 <= 0.95


def test_more_worlds_narrow_the_interval() -> None:
    widths = []
    for worlds in (100, 1_600):
        needed = np.random.default_rng(3).lognormal(10, 0.5, worlds)
        found = invert(threshold(needed), certainty=0.8)
        assert found is not None
        widths.append(found.upper - found.lower)
    assert widths[1] < widths[0] / 2.5


def test_every_force_is_tried_once_on_the_same_worlds() -> None:
    tried: list[float] = []
    needed = np.linspace(10_000, 110_000, 500)

    def holds(force: float) -> np.ndarray:
        tried.append(force)
        return force >= needed

    found = invert(holds, certainty=0.9)
    assert found is not None
    assert len(tried) == len(set(tried)) == found.calls
    assert found.calls < 60


def test_too_few_worlds_leave_the_upper_end_open() -> None:
    found = invert(threshold(np.linspace(1, 10, 10)), certainty=0.95, most=50_000)
    assert found is not None
    assert not found.bounded
    assert found.upper == 50_000


def test_a_line_that_cannot_be_held_is_said() -> None:
    never = np.zeros(64, dtype=bool)
    assert invert(lambda force: never, certainty=0.9) is None
    estimate, inversion = holding(
        concept(), regime=HOLDING, holds=lambda force: never, certainty=0.9
    )
    assert inversion is None
    assert estimate.troops is None
    assert "Not even 2,000,000 troops" in estimate.because


def test_a_line_that_holds_by_itself_needs_nobody() -> None:
    found = invert(lambda force: np.ones(64, dtype=bool), certainty=0.9)
    assert found is not None
    assert found.troops == 0


def test_a_campaign_that_is_not_monotone_is_noticed() -> None:
    def holds(force: float) -> np.ndarray:
        return np.full(200, (4_000 <= force <= 9_000) or force < 100)

    needed = np.linspace(1_000, 9_000, 200)

    def odd(force: float) -> np.ndarray:
        return (force >= needed) & (not 5_000 < force < 7_000)

    found = invert(odd, certainty=0.6)
    assert found is not None
    assert not found.monotone
    assert invert(holds, certainty=0.9) is not None


def test_the_estimates_percentiles_are_the_intervals_ends() -> None:
    needed = np.linspace(10_000, 110_000, 1_001)
    case = concept(worlds=1_000)
    estimate, found = holding(case, regime=HOLDING, holds=threshold(needed), certainty=0.9)
    assert found is not None
    assert estimate.troops is not None
    assert estimate.basis == "combat"
    ends = np.percentile(estimate.troops, (5, 50, 95))
    assert ends == pytest.approx([found.lower, found.troops, found.upper], rel=2e-3)


def test_without_a_campaign_it_does_not_apply() -> None:
    estimate, _ = holding(concept(), regime=HOLDING, holds=None, certainty=0.9)
    assert not estimate.applies
    assert "no table [campaign]" in estimate.because


def test_wilson_against_the_published_example() -> None:
    """Newcombe (1998), table I: 81 of 263 and 0 of 20, 95 per cent, Wilson's score interval."""
    assert wilson(81, 263, confidence=0.95) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20, confidence=0.95) == pytest.approx((0.0, 0.1611), abs=1e-4)
