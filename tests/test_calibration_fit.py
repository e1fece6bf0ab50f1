"""Fits and statistics recover what made data were made from."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.diagnosis import components
from calibration.fit import Noise, noise, regress, threshold
from calibration.forecast import filtered, weighted
from calibration.intervals import blocked, clustered
from calibration.skill import crps
from calibration.statistics import (
    concentration,
    dispersion,
    jump_dispersion,
    persistence,
    rank_correlation,
)

SEED = 7


def autoregression(length: int, keep: float, random: np.random.Generator) -> np.ndarray:
    """A stationary first-order autoregression with variance 1."""
    shocks = random.standard_normal(length) * np.sqrt(1 - keep**2)
    values = np.empty(length)
    value = random.standard_normal()
    for step in range(length):
        value = keep * value + shocks[step]
        values[step] = value
    return values


def made_gain(days: int, made: Noise, random: np.random.Generator) -> np.ndarray:
    """Daily gain of a gamma process whose mean follows a tempo."""
    keep = made.tempo_weekly ** (1 / 7)
    log_sd = np.sqrt(np.log1p(made.tempo_cv**2))
    tempo = np.exp(log_sd * autoregression(days, keep, random) - log_sd**2 / 2)
    return random.gamma(made.mean_km2_per_day * tempo / made.jump_km2, made.jump_km2)


def test_variance_over_mean_of_a_poisson_count_is_one():
    counts = np.random.default_rng(SEED).poisson(3.0, 200_000).astype(float)
    assert dispersion(counts) == pytest.approx(1, rel=0.02)


def test_variance_over_mean_follows_the_unit():
    values = np.array([1.0, 2.0, 5.0])
    assert dispersion(10 * values) == pytest.approx(10 * dispersion(values))


def test_a_compound_poisson_sum_has_the_dispersion_of_its_jumps():
    """Campbell: variance/mean = E[x²]/E[x], however many jumps and into however many cells."""
    random = np.random.default_rng(SEED)
    jumps = random.lognormal(0.2, 1.0, 400_000)
    for cells in (1, 10):
        day = random.integers(0, 20_000 * cells, len(jumps))
        daily = np.bincount(day, jumps, minlength=20_000 * cells)
        assert dispersion(daily) == pytest.approx(jump_dispersion(jumps), rel=0.05)


@pytest.mark.parametrize("keep", [0.0, 0.6, 0.9])
def test_persistence_of_an_autoregression_is_its_coefficient(keep):
    values = autoregression(40_000, keep, np.random.default_rng(SEED))
    assert persistence(values) == pytest.approx(keep, abs=0.02)
    assert persistence(values, lag=2) == pytest.approx(keep**2, abs=0.03)


def test_concentration_is_the_share_of_the_largest_cells():
    assert concentration(np.array([1.0, 4.0, 0.0, 3.0, 2.0]), top=2) == 0.7


def test_rank_correlation_sees_order_alone():
    assert rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([0.0, 5.0, 6.0])) == 1


def test_noise_recovers_the_process_it_was_made_by():
    made = Noise(mean_km2_per_day=12.0, jump_km2=9.0, tempo_cv=0.5, tempo_weekly=0.8)
    random = np.random.default_rng(SEED)
    daily = made_gain(60_000, made, random)
    found = noise(daily, daily[: 60_000 // 7 * 7].reshape(-1, 7).sum(1))
    assert found.mean_km2_per_day == pytest.approx(12, rel=0.05)
    assert found.jump_km2 == pytest.approx(9, rel=0.1)
    assert found.tempo_cv == pytest.approx(0.5, rel=0.1)
    assert found.tempo_weekly == pytest.approx(0.8, abs=0.05)
    assert found.daily_dispersion == pytest.approx(dispersion(daily), rel=0.01)


def test_regression_recovers_brackens_exponents():
    random = np.random.default_rng(SEED)
    logs = random.normal(0, 1, (400, 2))
    labels = np.repeat(np.arange(80), 5).astype(str)
    rate = -3 - 0.4 * logs[:, 0] + 0.3 * logs[:, 1] + random.normal(0, 0.5, 400)
    found = regress(logs, rate, labels)
    truth = (-3, -0.4, 0.3)
    assert [w.value for w in found.weights] == pytest.approx(truth, abs=0.08)
    assert all(w.low < value < w.high for w, value in zip(found.weights, truth, strict=True))
    assert found.residual_sd == pytest.approx(0.5, rel=0.1)
    assert found.skill == pytest.approx(0.25 / 0.5, abs=0.1)


def test_regression_on_noise_has_no_skill():
    random = np.random.default_rng(SEED)
    found = regress(random.normal(size=(60, 2)), random.normal(size=60), np.arange(60).astype(str))
    assert found.skill < 0.05


def test_threshold_allows_for_those_who_never_reached_theirs():
    random = np.random.default_rng(SEED)
    limit = np.exp(random.normal(np.log(0.2), 0.8, 4000))
    end = np.exp(random.normal(np.log(0.1), 0.8, 4000))
    found = threshold(np.minimum(limit, end), limit <= end)
    assert found.median == pytest.approx(0.2, rel=0.05)
    assert found.log_sd == pytest.approx(0.8, rel=0.05)
    naive = float(np.median(limit[limit <= end]))
    assert naive < 0.12  # what those alone suggest who broke off


def test_intervals_by_cluster_are_wider_where_a_cluster_shares_its_luck():
    random = np.random.default_rng(SEED)
    values = np.repeat(random.normal(size=20), 10)
    shared = np.repeat(np.arange(20), 10).astype(str)

    def mean(rows: np.ndarray) -> float:
        return float(values[rows].mean())

    whole, apart = clustered(mean, shared), clustered(mean, np.arange(200).astype(str))
    assert whole.high - whole.low > 2 * (apart.high - apart.low)
    assert whole.low < whole.value < whole.high


def test_intervals_by_block_are_wider_for_a_series_that_lasts():
    values = autoregression(500, 0.9, np.random.default_rng(SEED))

    def mean(rows: np.ndarray) -> float:
        return float(values[rows].mean())

    long, short = blocked(mean, 500, block=50), blocked(mean, 500, block=1)
    assert long.high - long.low > 2 * (short.high - short.low)


def test_the_filter_beats_the_climatology_of_the_process_it_knows():
    made = Noise(mean_km2_per_day=12.0, jump_km2=2.0, tempo_cv=0.6, tempo_weekly=0.9)
    daily = made_gain(2_000, made, np.random.default_rng(SEED))
    model = filtered(daily, made)
    assert crps(model.members, daily).mean() < 0.9 * crps(daily, daily).mean()
    inside = (daily > model.members[10]) & (daily < model.members[189])  # 5.25 % to 94.75 %
    assert inside.mean() == pytest.approx(0.895, abs=0.03)


def test_no_forecast_looks_ahead():
    made = Noise(10.0, 5.0, 0.5, 0.8)
    daily = made_gain(50, made, np.random.default_rng(SEED))
    changed = daily.copy()
    changed[30:] = 0
    assert (filtered(daily, made).mean[:31] == filtered(changed, made).mean[:31]).all()
    grid, other = np.tile(daily[:, None], 3), np.tile(changed[:, None], 3)
    before = weighted(grid, jump_km2=5.0, memory_days=14.0).mean[:31]
    assert (before == weighted(other, jump_km2=5.0, memory_days=14.0).mean[:31]).all()


def test_the_spread_between_clusters_and_within_them_is_found_again():
    """100 clusters of 6, standard deviations of .9 between them and .6 within."""
    random = np.random.default_rng(4)
    labels = np.repeat([f"campaign {k}" for k in range(100)], 6)
    values = np.repeat(0.9 * random.standard_normal(100), 6) + 0.6 * random.standard_normal(600)
    between, within = components(values, labels)
    assert between == pytest.approx(0.9, rel=0.15)
    assert within == pytest.approx(0.6, rel=0.06)


def test_clusters_that_do_not_differ_have_no_spread_between_them():
    values = np.random.default_rng(5).standard_normal(600)
    between, within = components(values, np.repeat([f"campaign {k}" for k in range(100)], 6))
    assert between < 0.2
    assert within == pytest.approx(1, rel=0.06)
