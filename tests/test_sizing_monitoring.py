"""Monitoring bottom-up: a chance of detection becomes posts, patrols, cameras and aircraft."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.sizing.methods.monitoring import detection, effort_for, monitoring
from backstop.sizing.regime import Regime
from sizing_cases import concept, factors, fixed, need, same

MONITORING = Regime("monitoring", "")
ONE = np.ones(1)


def observers(chance: float, access: float = 1.0, night: float = 0.5) -> np.ndarray:
    case = concept(task="observe", stationing="front", monitoring=need(chance, access, night))
    troops = monitoring(case, factors=factors(), regime=MONITORING).troops
    assert troops is not None
    return troops


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(0.05, 1), st.floats(0.05, 1), st.floats(0, 1))
def test_the_effort_reaches_the_chance_and_a_little_less_does_not(
    chance: float, day: float, dark: float, night: float
) -> None:
    worth = {"day": day * ONE, "dark": dark * ONE, "night_share": night * ONE}
    effort = effort_for(chance * ONE, **worth)
    if np.isinf(effort[0]):
        assert detection(30 * ONE, **worth)[0] < chance
        return
    assert detection(effort, **worth)[0] >= chance
    assert detection(effort * 0.999, **worth)[0] < chance


def test_independent_means_miss_together_as_often_as_the_product_of_their_misses() -> None:
    """1 - (1 - p1)(1 - p2): efforts add up."""
    clear = {"day": ONE, "dark": ONE, "night_share": 0 * ONE}
    first, second = (detection(effort * ONE, **clear)[0] for effort in (0.4, 0.9))
    both = detection(1.3 * ONE, **clear)[0]
    assert both == pytest.approx(1 - (1 - first) * (1 - second))


def test_in_daylight_with_one_means_the_count_is_koopmans() -> None:
    """Posts alone, no night: L · -ln(1 - p) / reach posts (Koopman 1946)."""
    only_posts = {f"monitoring.means[{m}].mix": 0.0 for m in ("patrol", "camera", "uav")}
    pinned = fixed(
        only_posts
        | {
            "monitoring.means[post].reach_km": 4.0,
            "monitoring.means[post].people": 3.0,
            "monitoring.means[post].shift_factor": 4.0,
        }
    )
    case = concept(task="observe", stationing="front", monitoring=need(0.5, 1.0, 0.0))
    estimate = monitoring(case, factors=pinned, regime=MONITORING)
    assert same(estimate.troops) == pytest.approx(1_200 * np.log(2) / 4 * 3 * 4, rel=1e-9)


def test_the_size_lies_in_the_band_of_monitoring_missions() -> None:
    """Observer missions stand at 1 to 15 people a kilometre, support included."""
    people = observers(0.5, access=0.8)
    whole = people * (1 + factors()["monitoring.support_share"])
    assert 1 <= np.median(whole) / 1_200 <= 15


def test_what_cannot_be_seen_from_anywhere_is_said() -> None:
    case = concept(task="observe", stationing="front", monitoring=need(1.0))
    estimate = monitoring(case, factors=factors(), regime=MONITORING)
    assert estimate.troops is None
    assert not estimate.applies
    assert "no number of observers" in estimate.because


def test_without_a_stated_chance_nothing_is_counted() -> None:
    estimate = monitoring(concept(), factors=factors(), regime=MONITORING)
    assert estimate.troops is None
    assert "states no chance" in estimate.because


def test_observing_alone_is_shown_where_it_is_not_the_regime() -> None:
    case = concept(monitoring=need(0.4), covered_share=0.0)
    estimate = monitoring(case, factors=factors(), regime=Regime("presence", ""))
    assert not estimate.applies
    assert estimate.troops is not None
    assert np.all(estimate.troops > 0)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 0.9), st.floats(0.05, 0.9))
def test_seeing_more_never_takes_fewer_observers(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert np.all(observers(high) >= observers(low))


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_more_night_never_takes_fewer_observers(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert np.all(observers(0.5, night=high) >= observers(0.5, night=low) * (1 - 1e-9))
