"""Rates: exact intervals, and none where nobody looked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from backstop.errors import InputError
from backstop.watch.statistics import aggregate, estimate_rate, fit_size, rates
from watch_statistics_cases import made, scattered


def test_the_exact_poisson_limits_of_garwoods_table():
    """Garwood (1936): 95 % limits of a Poisson mean after 10 events are 4.795 and 18.39."""
    rate = estimate_rate(made([10]))
    assert rate.low == pytest.approx(4.795, abs=5e-4)
    assert rate.high == pytest.approx(18.39, abs=5e-3)


def test_no_event_in_ten_days_leaves_room_for_037_a_day():
    """-ln(0.025) / 10: the exact upper limit when nothing was seen."""
    rate = estimate_rate(made([0] * 10))
    assert (rate.value, rate.low) == (0.0, 0.0)
    assert rate.high == pytest.approx(-math.log(0.025) / 10)


def test_unobserved_is_not_quiet():
    rate = estimate_rate(made([0, 0], exposure=[0, 0]))
    assert rate.value is None
    assert rate.high is None
    assert rate.to_dict()["observed"] is False
    quiet = estimate_rate(made([0, 0]))
    assert quiet.value == 0.0
    assert quiet.to_dict()["observed"] is True


def test_the_negative_binomial_limits_are_where_the_tails_are():
    size, count, exposure = 0.7, 25, 12.0
    rate = estimate_rate(made([count], exposure=[exposure]), size=size)

    def law(value):
        return nbinom(size * exposure, size / (size + value))

    assert law(rate.high).cdf(count) == pytest.approx(0.025)
    assert law(rate.low).sf(count - 1) == pytest.approx(0.025)


def test_an_infinite_size_is_poisson_and_a_large_one_nearly():
    series = made([3, 9, 4])
    assert estimate_rate(series, size=math.inf) == estimate_rate(series)
    assert estimate_rate(series, size=1e7).high == pytest.approx(
        estimate_rate(series).high, rel=1e-4
    )


@pytest.mark.parametrize(("mean", "size"), [(0.3, math.inf), (4.0, math.inf), (3.0, 0.5)])
def test_the_interval_covers_at_least_what_it_says_summed_over_all_counts(mean, size):
    """Exact coverage over the distribution, not a simulation."""
    law = poisson(mean) if math.isinf(size) else nbinom(size, size / (size + mean))
    covered = 0.0
    for count in range(int(law.ppf(1 - 1e-9)) + 1):
        rate = estimate_rate(made([count]), size=size)
        covered += law.pmf(count) * (rate.low <= mean <= rate.high)
    assert 0.95 <= covered <= 1.0


@given(
    st.integers(0, 200),
    st.floats(1, 50),
    st.floats(0.01, 100),
    st.one_of(st.none(), st.floats(0.1, 50)),
)
def test_ten_times_the_exposure_is_a_tenth_of_the_rate(count, exposure, factor, size):
    one = estimate_rate(made([count], exposure=[exposure]), size=size)
    # The size is per unit of exposure, so it goes the other way.
    scaled_size = None if size is None else size / factor
    other = estimate_rate(made([count], exposure=[exposure * factor]), size=scaled_size)
    assert other.value * factor == pytest.approx(one.value)
    assert other.low * factor == pytest.approx(one.low, rel=1e-6)
    assert other.high * factor == pytest.approx(one.high, rel=1e-6)


def test_a_limit_too_large_to_write_is_none():
    """A size of 0.0005 says nearly nothing about how high the rate may be."""
    assert estimate_rate(made([1]), size=5e-4).to_dict()["high"] is None


@given(st.lists(st.integers(0, 30), min_size=1, max_size=20), st.randoms())
def test_the_order_of_periods_does_not_matter(counts, random):
    mixed = counts.copy()
    random.shuffle(mixed)
    assert estimate_rate(made(counts)) == estimate_rate(made(mixed))


def test_a_week_says_the_same_as_its_days():
    """The size is per unit of exposure, so that adding periods up changes no interval."""
    series = made(scattered(1, np.full(70, 5.0), size=2.0))
    week = aggregate(series, periods_each=7)
    assert estimate_rate(week, size=2.0) == estimate_rate(series, size=2.0)


def test_each_period_by_itself():
    found = rates(made([0, 4, 0], exposure=[1, 2, 0]))
    assert [rate.value for rate in found] == [0.0, 2.0, None]


@pytest.mark.parametrize("size", [0.3, 3.0])
def test_the_size_is_recovered_from_days_and_from_weeks(size):
    draw = made(scattered(2, np.full(7 * 400, 6.0), size=size))
    for series in (draw, aggregate(draw, periods_each=7)):
        group = np.zeros(len(series), int)
        found = fit_size(series.counts, exposure=series.exposure, group=group)
        assert found == pytest.approx(size, rel=0.2)


def test_counts_no_more_scattered_than_poisson_have_no_finite_size():
    counts = np.tile([2, 3], 100)
    assert fit_size(counts, exposure=np.ones(200), group=np.zeros(200, int)) == math.inf


def test_a_size_of_nothing_is_refused():
    with pytest.raises(InputError, match="size: 0 is not above 0"):
        estimate_rate(made([1]), size=0)
