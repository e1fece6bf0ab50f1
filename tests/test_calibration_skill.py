"""Proper scores by hand and by brute force, and baselines that see only the past."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration import baselines
from calibration.skill import brier, crps, improvement, log_score

VALUES = st.lists(st.floats(-100, 100), min_size=1, max_size=12)


def test_brier_by_hand():
    """Forecasts .8 and .4 of two events, of which the first happened: (.04 + .16) / 2."""
    assert brier(np.array([0.8, 0.4]), np.array([1.0, 0.0])) == pytest.approx(0.1)


def test_log_score_by_hand():
    assert log_score(np.array([0.5, 0.5]), np.array([1.0, 0.0])) == pytest.approx(np.log(2))
    assert np.isfinite(log_score(np.array([0.0]), np.array([1.0])))


@given(VALUES, st.floats(-100, 100))
def test_crps_is_its_definition(members, outcome):
    ensemble = np.array(members)
    pairs = np.abs(ensemble[:, None] - ensemble[None, :]).mean() / 2
    expected = np.abs(ensemble - outcome).mean() - pairs
    assert crps(ensemble, np.array([outcome]))[0] == pytest.approx(expected, abs=1e-9)


def test_crps_of_a_number_is_its_distance():
    assert crps(np.array([3.0]), np.array([5.0]))[0] == 2


def test_crps_of_a_standard_normal_at_its_mean():
    """Closed form: 2φ(0) − 1/√π = .2337 (Gneiting & Raftery 2007)."""
    from scipy import stats

    members = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    assert crps(members, np.array([0.0]))[0] == pytest.approx(0.23370, abs=2e-4)


@pytest.mark.parametrize("score", [brier, log_score])
def test_the_truth_has_the_best_expected_score(score):
    happened = (np.random.default_rng(3).random(40_000) < 0.3).astype(float)
    true = score(np.full(40_000, 0.3), happened)
    assert all(score(np.full(40_000, p), happened) > true for p in (0.2, 0.25, 0.35, 0.4))


def test_improvement_is_a_share_and_can_be_negative():
    assert improvement(0.2, 0.25) == pytest.approx(0.2)
    assert improvement(0.3, 0.25) < 0


def test_the_base_rate_leaves_the_case_out():
    assert list(baselines.base_rate(np.array([1.0, 0.0, 0.0]))) == [0, 0.5, 0.5]


def test_a_logit_without_predictors_is_the_base_rate_of_the_others():
    won = np.array([1.0, 1, 0, 1, 0, 1])
    labels = np.array(list("aabbcc"))
    chance = baselines.logit_left_out(np.empty((6, 0)), won, labels)
    assert chance == pytest.approx([0.5, 0.5, 0.75, 0.75, 0.75, 0.75], abs=1e-5)


def test_a_logit_recovers_its_weights():
    random = np.random.default_rng(5)
    x = random.normal(size=(20_000, 1))
    won = (random.random(20_000) < 1 / (1 + np.exp(-(0.5 + 1.5 * x[:, 0])))).astype(float)
    assert baselines.logit(x, won) == pytest.approx([0.5, 1.5], abs=0.06)


def test_naive_forecasts_use_the_past_alone():
    values = np.array([1.0, 3.0, 5.0, 100.0])
    assert list(baselines.mean_so_far(values, first=2)) == [2, 3]
    assert list(baselines.last_value(values, first=2)) == [3, 5]
    assert list(baselines.recent_mean(values, first=2, window=1)) == [3, 5]
    grid = np.column_stack([values, 2 * values])
    assert baselines.mean_so_far(grid, first=2).tolist() == [[2, 4], [3, 6]]
