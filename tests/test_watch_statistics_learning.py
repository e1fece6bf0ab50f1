"""What the record teaches the deterrence stage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma, poisson

from backstop.errors import InputError
from backstop.watch.statistics import challenger_type, incident_rate
from watch_statistics_cases import made, scattered

TYPES = {"hesitant": 0.5, "testing": 0.3, "resolved": 0.2}
RATES = {"hesitant": 0.05, "testing": 0.4, "resolved": 2.0}


@pytest.mark.parametrize(("counts", "a", "b"), [([3, 0, 2], 0.5, 0.0), ([0] * 90, 2.0, 10.0)])
def test_with_known_detection_it_is_the_gamma_posterior(counts, a, b):
    """Gamma(a + n, b + dE): the textbook conjugate update, to four digits."""
    found = incident_rate(made(counts), detection=0.4, prior_shape=a, prior_exposure=b)
    law = gamma(a + sum(counts), scale=1 / (b + 0.4 * len(counts)))
    assert found.per_day.mean == pytest.approx(law.mean(), rel=1e-3)
    assert found.per_day.p05 == pytest.approx(law.ppf(0.05), rel=0.01)
    assert found.per_day.p95 == pytest.approx(law.ppf(0.95), rel=0.01)
    assert found.quantile([0.05, 0.5, 0.95]) == pytest.approx(law.ppf([0.05, 0.5, 0.95]), rel=0.01)


def test_half_the_detection_is_twice_the_incidents():
    series = made([4, 7, 2, 5])
    sharp, dull = incident_rate(series), incident_rate(series, detection=0.5)
    assert dull.per_day.p50 == pytest.approx(2 * sharp.per_day.p50, rel=1e-6)


def test_not_knowing_the_detection_widens_the_range():
    series = made([4] * 60)
    known = incident_rate(series, detection=0.5).per_day
    unknown = incident_rate(series, detection=[0.25, 0.5, 0.75, 1.0]).per_day
    assert unknown.p95 / unknown.p05 > 2 * known.p95 / known.p05


def test_scatter_widens_the_range():
    series = made([4] * 60)
    poisson_range, scattered_range = (
        incident_rate(series, size=s).per_day for s in (math.inf, 0.3)
    )
    assert scattered_range.p95 / scattered_range.p05 > poisson_range.p95 / poisson_range.p05


def test_a_quarter_is_91_days_and_a_quarter():
    found = incident_rate(made([1] * 30))
    assert found.per_quarter.mean == pytest.approx(91.3125 * found.per_day.mean)


def test_blind_days_teach_nothing():
    seen = incident_rate(made([2, 3]))
    blind = incident_rate(made([2, 3, 0, 0], exposure=[1, 1, 0, 0]))
    assert blind.per_day == seen.per_day
    with pytest.raises(InputError, match="the prior says nothing either"):
        incident_rate(made([0], exposure=[0]))
    alone = incident_rate(made([0], exposure=[0]), prior_shape=2.0, prior_exposure=4.0)
    assert alone.per_day.mean == pytest.approx(0.5, rel=1e-3)


def test_types_by_bayes_on_the_back_of_an_envelope():
    found = challenger_type(made([1]), prior=TYPES, rates=RATES)
    weights = np.array([TYPES[t] * poisson(RATES[t]).pmf(1) for t in TYPES])
    assert list(found.posterior.values()) == pytest.approx(weights / weights.sum())
    assert found.types[1].log_likelihood == pytest.approx(poisson(0.4).logpmf(1))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=30), st.integers(1, 29))
def test_two_halves_teach_what_the_whole_does(counts, cut):
    cut = min(cut, len(counts) - 1)
    whole = challenger_type(made(counts), prior=TYPES, rates=RATES).posterior
    half = challenger_type(made(counts[:cut]), prior=TYPES, rates=RATES).posterior
    both = challenger_type(
        made(counts[cut:]), prior={k: v / sum(half.values()) for k, v in half.items()}, rates=RATES
    ).posterior
    assert list(both.values()) == pytest.approx(list(whole.values()), abs=1e-9)


def test_more_incidents_speak_for_the_more_resolved_type():
    chances = [
        challenger_type(made([n] * 10), prior=TYPES, rates=RATES).posterior["resolved"]
        for n in range(5)
    ]
    assert chances == sorted(chances)
    assert chances[-1] > 0.999


def test_accidents_are_held_against_nobody():
    """With many accidents, a count of accidents tells little between the quiet types."""
    series = made(scattered(1, [3.0] * 30))
    blamed = challenger_type(series, prior=TYPES, rates=RATES)
    excused = challenger_type(series, prior=TYPES, rates=RATES, accidents_per_day=2.9)
    assert blamed.posterior["resolved"] > 0.99
    assert excused.posterior["hesitant"] > 0.1
    assert excused.posterior["resolved"] < 0.01


def test_dependent_days_count_for_less():
    """The odds move by the likelihood ratio to the power of the discount."""
    found = challenger_type(made([1] * 20), prior=TYPES, rates=RATES, discount=0.1)
    low, high = found.types[0], found.types[2]
    moved = math.log(low.posterior / high.posterior) - math.log(low.prior / high.prior)
    assert moved == pytest.approx(0.1 * (low.log_likelihood - high.log_likelihood))


def test_nothing_observed_leaves_the_prior():
    found = challenger_type(made([0], exposure=[0]), prior=TYPES, rates=RATES)
    assert found.posterior == pytest.approx(TYPES)
    assert not found.none_fits


def test_a_record_like_none_of_the_types_says_so():
    found = challenger_type(made([50] * 30), prior=TYPES, rates=RATES)
    assert found.none_fits
    assert found.posterior["resolved"] == pytest.approx(1.0)
    assert not challenger_type(made([2] * 30), prior=TYPES, rates=RATES).none_fits


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"prior": {"a": 0.5, "b": 0.6}, "rates": {"a": 1, "b": 1}}, "add up to 1"),
        ({"rates": {"hesitant": 1.0}}, "rates: name"),
        ({"rates": {**RATES, "testing": -1.0}}, "not all 0 or above"),
        ({"detection": 0.0}, "detection"),
        ({"detection": [0.5, math.nan]}, "detection"),
        ({"discount": 0.0}, "discount"),
    ],
)
def test_what_makes_no_sense_is_refused(change, words):
    with pytest.raises(InputError, match=words):
        challenger_type(made([1]), **{"prior": TYPES, "rates": RATES, **change})


def test_results_are_plain_numbers():
    shown = challenger_type(made([1, 2]), prior=TYPES, rates=RATES).to_dict()
    assert [row["type"] for row in shown["types"]] == list(TYPES)
    assert set(incident_rate(made([1])).to_dict()) == {
        "per_day",
        "per_quarter",
        "detection",
        "series",
    }
