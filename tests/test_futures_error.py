"""Monte-Carlo error: what is stated is what other seeds show, and it falls at the known rate."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backstop.futures import Stream, estimate_mean, estimate_over, estimate_quantile, sample
from backstop.futures.sample import Method
from backstop.scenario.quantity import Quantity

PATHS = ("a", "b", "c")
SEEDS = range(40)


def smooth(method: Method, *, worlds: int, seed: int, joint: bool = False) -> np.ndarray:
    """exp(a) · (1 + b c) in each world: additive parts and interactions."""
    found = sample(
        {path: (Quantity(low=0, high=1), None) for path in PATHS},
        worlds=range(worlds),
        seed=seed,
        method=method,
        jointly=PATHS if joint else (),
    )
    return np.asarray(np.exp(found["a"]) * (1 + found["b"] * found["c"]))


TRUE_MEAN = (math.e - 1) * 1.25


def root_mean_square(method: Method, *, worlds: int, joint: bool = False) -> float:
    off = [
        smooth(method, worlds=worlds, seed=seed, joint=joint).mean() - TRUE_MEAN for seed in SEEDS
    ]
    return float(np.sqrt(np.mean(np.square(off))))


def rate(method: Method, *, joint: bool = False) -> float:
    """Exponent of the error's fall from 1,024 to 16,384 worlds."""
    few = root_mean_square(method, worlds=1024, joint=joint)
    many = root_mean_square(method, worlds=16384, joint=joint)
    return math.log(few / many) / math.log(16)


def test_random_worlds_narrow_the_error_as_one_over_root_n() -> None:
    assert rate("random") == pytest.approx(0.5, abs=0.16)


def test_joint_sobol_worlds_narrow_it_faster() -> None:
    assert rate("sobol", joint=True) > 0.85


@pytest.mark.parametrize("method", ["sobol", "lhs"])
def test_stratified_worlds_beat_random_ones(method: Method) -> None:
    assert root_mean_square(method, worlds=2048) < root_mean_square("random", worlds=2048) / 2
    assert rate(method) > 0.34


def test_a_sum_over_separate_sobol_quantities_is_all_but_exact() -> None:
    """Without interactions the error of each margin falls as n to the -3/2."""

    def off(worlds: int, seed: int) -> float:
        found = sample(
            {path: (Quantity(low=0, high=1), None) for path in PATHS},
            worlds=range(worlds),
            seed=seed,
        )
        return float(sum(np.exp(found[path]).mean() for path in PATHS) - 3 * (math.e - 1))

    few, many = (
        np.sqrt(np.mean([off(worlds, seed) ** 2 for seed in SEEDS])) for worlds in (1024, 16384)
    )
    assert math.log(few / many) / math.log(16) == pytest.approx(1.5, abs=0.2)


def test_stated_error_of_independent_worlds_is_their_scatter_over_seeds() -> None:
    runs = [estimate_mean(smooth("random", worlds=1000, seed=seed)) for seed in range(200)]
    scatter = np.std([run.value for run in runs], ddof=1)
    stated = np.mean([run.standard_error for run in runs])
    assert stated == pytest.approx(scatter, rel=0.2)
    batches = [
        estimate_mean(smooth("random", worlds=1000, seed=seed), batches=20).standard_error
        for seed in range(200)
    ]
    assert np.sqrt(np.mean(np.square(batches))) == pytest.approx(scatter, rel=0.2)


@pytest.mark.parametrize("method", ["sobol", "lhs"])
def test_stated_error_of_even_worlds_errs_on_the_safe_side(method: Method) -> None:
    true = root_mean_square(method, worlds=4096)
    values = smooth(method, worlds=4096, seed=1)
    assert estimate_mean(values).standard_error > true
    replicates = [smooth(method, worlds=4096, seed=seed).mean() for seed in SEEDS]
    over = estimate_over(replicates)
    assert over.standard_error * math.sqrt(len(SEEDS)) == pytest.approx(true, rel=0.35)
    assert abs(over.value - TRUE_MEAN) < 4 * over.standard_error


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_stated_error_of_a_quantile_is_its_scatter_over_seeds(share: float) -> None:
    draws = Stream(seed=1, name="error").normals(worlds=range(400), draws=1000)
    runs = [estimate_quantile(row, share=share) for row in draws]
    scatter = np.std([run.value for run in runs], ddof=1)
    assert np.mean([run.standard_error for run in runs]) == pytest.approx(scatter, rel=0.15)


def test_one_world_has_no_known_error_and_equal_worlds_none() -> None:
    assert estimate_mean([3.0]).standard_error == math.inf
    assert estimate_quantile([3.0], share=0.5).standard_error == math.inf
    assert estimate_mean([3.0, 3.0, 3.0]).standard_error == 0
    assert estimate_quantile([3.0] * 5, share=0.05).standard_error == 0
    assert estimate_mean([1.0, 2.0, 3.0]) == estimate_mean([3.0, 1.0, 2.0])
