"""Quantiles and means against SciPy, against closed forms, and in the degenerate cases."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from backstop.futures import mean, quantile
from backstop.scenario.quantity import LARGEST, Bounds, Quantity

U = (np.arange(2000) + 0.5) / 2000
SHARE = Bounds(0.0, 1.0)
AMOUNT = Bounds(0.0, LARGEST)
SIGMA = math.log(25 / 8) / stats.norm.ppf(0.95)

CASES = [
    (Quantity(low=8, high=12), None, stats.uniform(8, 4)),
    (Quantity(low=8, mode=10, high=14), None, stats.triang(1 / 3, 8, 6)),
    (Quantity(low=8, mode=8, high=14), AMOUNT, stats.triang(0, 8, 6)),
    (Quantity(low=8, mode=14, high=14), AMOUNT, stats.triang(1, 8, 6)),
    (Quantity(mean=10, sd=2), None, stats.norm(10, 2)),
    (Quantity(mean=1, sd=2), AMOUNT, stats.truncnorm(-0.5, (LARGEST - 1) / 2, 1, 2)),
    (Quantity(mean=0.9, sd=0.3), SHARE, stats.truncnorm(-3, 1 / 3, 0.9, 0.3)),
    (Quantity(mean=0, sd=0.1), SHARE, stats.truncnorm(0, 10, 0, 0.1)),
    (Quantity(median=8, p95=25), AMOUNT, stats.lognorm(SIGMA, scale=8)),
]


@pytest.mark.parametrize(("quantity", "bounds", "reference"), CASES, ids=lambda x: str(x)[:30])
def test_quantile_and_mean_equal_scipy(
    quantity: Quantity, bounds: Bounds | None, reference: stats.rv_continuous
) -> None:
    assert np.allclose(
        quantile(quantity, U, bounds=bounds), reference.ppf(U), rtol=1e-9, atol=1e-12
    )
    assert mean(quantity, bounds=bounds) == pytest.approx(reference.mean(), rel=1e-9)


@pytest.mark.parametrize(
    ("quantity", "bounds"),
    [
        (Quantity(median=0.4, p95=0.9), SHARE),
        (Quantity(median=2, p95=40), Bounds(0.0, 3.0)),
        (Quantity(median=1e-6, p95=1e9), AMOUNT),
        (Quantity(median=2, p95=4), Bounds(6.0, 7.0)),
        (Quantity(mean=0.5, sd=40), SHARE),
    ],
)
def test_truncated_mean_is_the_integral_of_the_quantile_function(
    quantity: Quantity, bounds: Bounds
) -> None:
    def at(u: float) -> float:
        return float(quantile(quantity, u, bounds=bounds))

    pieces = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 1]
    area = sum(
        integrate.quad(at, a, b, epsabs=0, epsrel=1e-9, limit=200)[0] for a, b in pairwise(pieces)
    )
    assert mean(quantity, bounds=bounds) == pytest.approx(area, rel=1e-6)


def test_truncated_log_normal_is_renormalised_not_clipped() -> None:
    """P(X ≤ x | X ≤ 1) = F(x) / F(1)."""
    sigma = math.log(0.9 / 0.4) / stats.norm.ppf(0.95)
    whole = stats.lognorm(sigma, scale=0.4)
    values = quantile(Quantity(median=0.4, p95=0.9), U, bounds=SHARE)
    assert np.allclose(whole.cdf(values) / whole.cdf(1), U, atol=1e-12)
    assert values.max() < 1


def test_a_cut_far_out_in_the_tail_keeps_its_digits() -> None:
    """P(X > x | X > 20) = S(x) / S(20), some seven standard deviations out."""
    whole = stats.lognorm(math.log(2) / stats.norm.ppf(0.95), scale=1)
    values = quantile(Quantity(median=1, p95=2), U, bounds=Bounds(20, LARGEST))
    assert np.allclose(whole.sf(values) / whole.sf(20), 1 - U, rtol=1e-9)


def test_log_normal_keeps_its_median_and_p95() -> None:
    values = quantile(Quantity(median=8, p95=25), [0.5, 0.95])
    assert values == pytest.approx([8, 25], rel=1e-12)


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        (Quantity(value=10), 10),
        (Quantity(low=0.1, high=0.1), 0.1),
        (Quantity(low=3, mode=3, high=3), 3),
        (Quantity(mean=0.3, sd=0), 0.3),
        (Quantity(median=0.7, p95=0.7), 0.7),
        (Quantity(values=(0.1, 0.1, 0.1)), 0.1),
        (Quantity(values=(0.1, 0.9), weights=(1, 0)), 0.1),
    ],
    ids=str,
)
def test_no_spread_is_exact(quantity: Quantity, value: float) -> None:
    assert set(quantile(quantity, U, bounds=SHARE if value <= 1 else None)) == {value}
    assert mean(quantity) == value


def test_discrete_takes_each_value_by_its_weight_whatever_their_order() -> None:
    one = Quantity(values=(5, 3, 4, 9), weights=(1, 1, 2, 0))
    other = Quantity(values=(3, 9, 4, 5), weights=(2, 0, 4, 2))
    values, counts = np.unique(quantile(one, U), return_counts=True)
    assert dict(zip(values, counts, strict=True)) == {3: 500, 4: 1000, 5: 500}
    assert np.array_equal(quantile(one, U), quantile(other, U))
    assert quantile(one, [2.0**-53, 0.25, 1 - 2.0**-53]).tolist() == [3, 3, 5]
    assert quantile(Quantity(values=(1, 2, 3), weights=(0, 1, 1)), [0.0, 1.0]).tolist() == [2, 3]
    assert mean(one) == 4


@settings(max_examples=100, deadline=None)
@given(
    middle=st.floats(0, 1),
    sd=st.floats(1e-6, 1e6),
    u=st.lists(st.floats(0, 1), min_size=2, max_size=20),
)
def test_truncated_normal_stays_within_its_bounds_and_rises(
    middle: float, sd: float, u: list[float]
) -> None:
    values = quantile(Quantity(mean=middle, sd=sd), sorted(u), bounds=SHARE)
    assert np.all((values >= 0) & (values <= 1))
    assert np.all(np.diff(values) >= -1e-9)
    assert 0 <= mean(Quantity(mean=middle, sd=sd), bounds=SHARE) <= 1


def test_both_tails_are_equally_exact() -> None:
    tail = np.array([2.0**-53, 1e-12, 1e-3])
    low, high = (quantile(Quantity(mean=0, sd=1), u) for u in (tail, 1 - tail))
    assert low[0] == pytest.approx(stats.norm.ppf(2.0**-53), rel=1e-12)
    assert np.allclose(low, -high, rtol=1e-4)
    assert low[0] == -high[0]


def test_the_widest_log_normal_overflows_nothing() -> None:
    values = quantile(Quantity(median=1e-300, p95=1e12), [2.0**-53, 0.5, 1 - 2.0**-53])
    assert np.all(np.isfinite(values))
    assert values[2] <= LARGEST
    assert math.isfinite(mean(Quantity(median=1e-300, p95=1e12)))


def test_a_quantity_outside_its_bounds_is_a_programming_mistake() -> None:
    with pytest.raises(AssertionError, match="does not lie within"):
        quantile(Quantity(low=0, high=2), U, bounds=SHARE)
