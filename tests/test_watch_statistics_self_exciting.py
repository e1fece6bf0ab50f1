"""Self-excitation: parameters recovered, drift not taken for contagion, the bound a bound."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backstop.errors import InputError
from backstop.watch.statistics import SelfExciting, fit_self_exciting, simulate
from backstop.watch.statistics.echo import echo
from backstop.watch.statistics.excitation import Likelihood, basis, fit
from watch_statistics_cases import lethal_events, made, needs_ged, scattered

DAYS = 1000
SEASONS = np.exp(0.3 + 0.8 * np.sin(2 * np.pi * np.arange(DAYS) / 400))


def from_process(background, branching, *, decay=0.7, size=3.0, run=0, exposure=None):
    background = np.asarray(background, float)
    like = made(np.zeros(background.size, int), exposure=exposure)
    return simulate(SelfExciting(background, branching, decay, size), like=like, seed=11, run=run)


def test_the_echo_is_a_fading_mean_and_stands_still_where_nobody_looked():
    rates = np.array([4.0, 0.0, 9.0, 1.0])
    value, _ = echo(rates, np.array([True, False, True, True]), 0.5, 2.0)
    assert value.tolist() == [2.0, 3.0, 3.0, 6.0]


def test_the_gradient_is_the_slope():
    series = from_process(SEASONS, 0.4, exposure=np.tile([1.0, 0.5, 0.0, 2.0], 250))
    curves = basis(DAYS, spacing=180)
    likelihood = Likelihood(series, curves, series.exposure > 0)
    draw = np.random.default_rng(0)
    theta = np.concatenate((draw.normal(0, 0.3, curves.columns), [0.3, 0.6, 0.5]))
    _, gradient = likelihood.loss(theta)
    step = 1e-6 * np.eye(theta.size)
    slope = [(likelihood.loss(theta + s)[0] - likelihood.loss(theta - s)[0]) / 2e-6 for s in step]
    assert gradient == pytest.approx(slope, rel=1e-5, abs=1e-4)


def test_splines_add_up_to_one():
    curves = basis(300, spacing=45)
    assert curves.at(np.ones(curves.columns)) == pytest.approx(np.ones(300))
    assert curves.at(np.arange(curves.columns))[[0, -1]] == pytest.approx([0, curves.columns - 1])
    assert basis(300, spacing=None).columns == 1


def test_parameters_are_recovered_on_a_constant_background():
    """Mean of six fits of 3,000 days; each estimate scatters by about 0.04."""
    fits = [
        fit(
            from_process(np.full(3000, 1.5), 0.5, decay=0.8, run=run),
            curves=basis(3000, spacing=None),
        )
        for run in range(6)
    ]
    assert np.mean([f.branching for f in fits]) == pytest.approx(0.5, abs=0.06)
    assert np.mean([f.decay for f in fits]) == pytest.approx(0.8, abs=0.05)
    assert np.mean([f.size for f in fits]) == pytest.approx(3.0, rel=0.1)


def test_half_the_eyes_change_the_counts_and_not_the_branching():
    exposure = np.tile([1.0, 0.5], 1500)
    series = from_process(np.full(3000, 3.0), 0.5, decay=0.8, exposure=exposure)
    found = fit(series, curves=basis(3000, spacing=None))
    assert found.branching == pytest.approx(0.5, abs=0.12)
    assert math.exp(found.coefficients[0]) == pytest.approx(3.0, rel=0.3)


def test_what_is_simulated_has_the_mean_of_the_process():
    """Background / (1 - branching): Hawkes and Oakes (1974)."""
    series = from_process(np.full(20_000, 1.0), 0.6, decay=0.5)
    assert series.counts.mean() == pytest.approx(2.5, rel=0.08)


def test_simulation_depends_on_seed_and_run_alone():
    assert (from_process(SEASONS, 0.3).counts == from_process(SEASONS, 0.3).counts).all()
    assert (from_process(SEASONS, 0.3).counts != from_process(SEASONS, 0.3, run=1).counts).any()


def test_drift_alone_is_contagion_to_a_constant_background_and_not_to_ours():
    """Mohler's (2013) point: here nothing begets anything, and a constant background says 0.9."""
    found = fit_self_exciting(made(scattered(1, 1.6 * SEASONS, size=3.0)))
    assert found.constant_background > 0.8
    assert found.model.branching < 0.15
    assert found.branching_upper.p95 < 0.65
    assert found.gain_over_none < 3
    assert found.spacing is not None


@pytest.mark.parametrize(
    ("background", "branching"),
    [(SEASONS, 0.4), (np.full(DAYS, 1.5), 0.6), (np.repeat([4.0, 1.0], DAYS // 2), 0.3)],
    ids=["seasons", "constant", "step"],
)
def test_the_bound_lies_above_the_truth(background, branching):
    bounds = [
        fit_self_exciting(from_process(background, branching, run=run)).branching_upper.p95
        for run in range(3)
    ]
    assert sum(bound >= branching for bound in bounds) >= 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("background", "branching"),
    [
        (SEASONS, 0.4),
        (1.6 * SEASONS, 0.0),
        (np.full(DAYS, 1.5), 0.6),
        (np.repeat([4.0, 1.0], DAYS // 2), 0.3),
        (np.full(DAYS, 0.15), 0.5),
    ],
    ids=["seasons", "drift", "constant", "step", "rare"],
)
def test_the_bound_holds_in_most_runs(background, branching):
    """Measured over 30 runs each: 87 to 100 %; stated in the documentation."""
    bounds = [
        fit_self_exciting(from_process(background, branching, run=run)).branching_upper.p95
        for run in range(20)
    ]
    assert np.mean(np.array(bounds) >= branching) >= 0.8


def test_a_series_with_holes_of_time_is_refused_and_one_with_blind_days_is_not():
    series = from_process(np.full(120, 2.0), 0.3, exposure=np.tile([1.0, 1.0, 0.0], 40))
    found = fit_self_exciting(series, spacings=(None,))
    assert 0 <= found.branching_upper.p05 <= found.branching_upper.p95 < 1
    with pytest.raises(InputError, match="without gaps"):
        fit_self_exciting(series.observed)
    with pytest.raises(InputError, match="needs 30"):
        fit_self_exciting(made([1] * 29))
    with pytest.raises(InputError, match="spacings"):
        fit_self_exciting(made([1] * 40), spacings=(90,))


def test_no_incident_at_all_leaves_everything_open():
    found = fit_self_exciting(made([0] * 200))
    assert found.branching_upper.p95 > 0.5
    assert found.gain_over_none < 0.1


def test_the_result_is_plain_numbers_with_the_reason():
    shown = fit_self_exciting(from_process(np.full(120, 2.0), 0.3), spacings=(None, 45)).to_dict()
    assert set(shown["branching_ratio_upper"]) == {"p05", "p50", "p95", "mean"}
    assert shown["bound"] == shown["branching_ratio_upper"]["p95"]
    assert "upper bound" in shown["why"]
    assert len(shown["background"]["rate"]) == 120


@needs_ged
def test_most_of_the_apparent_contagion_of_2016_to_2021_is_drift():
    """Daily lethal events after the fall in fighting: 0.53 on a constant background, 0.2 on ours.

    The bound stays at what a constant background allows: the record cannot rule that out.
    """
    series = lethal_events()
    found = fit_self_exciting(series.where(series.starts >= np.datetime64("2016-01-01")))
    assert found.constant_background == pytest.approx(0.53, abs=0.1)
    assert found.model.branching < 0.6 * found.constant_background
    assert found.constant_background < found.branching_upper.p95 < 0.9
