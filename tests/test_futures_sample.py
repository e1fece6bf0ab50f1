"""Sampled worlds: what a value depends on, and how evenly the values lie."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.stats import qmc

from backstop.futures import Worlds, sample, sobol
from backstop.futures.sample import Method
from backstop.scenario.quantity import Bounds, Quantity
from backstop.scenario.rules import Correlation

METHODS: list[Method] = ["sobol", "lhs", "random"]
UNIT = Quantity(low=0, high=1)


def uniform(*paths: str) -> dict[str, tuple[Quantity, Bounds | None]]:
    return dict.fromkeys(paths, (UNIT, None))


PAIRS = (Correlation(a="c", b="a", rho=0.6), Correlation(a="b", b="c", rho=-0.3))


def draw(
    worlds: range | NDArray[np.integer],
    method: Method = "sobol",
    *,
    seed: int = 7,
    paths: str = "abcd",
) -> Worlds:
    pairs = PAIRS if {"a", "b", "c"} <= set(paths) else ()
    jointly = ("d", "a")
    return sample(
        uniform(*paths),
        worlds=worlds,
        seed=seed,
        method=method,
        correlations=pairs,
        jointly=jointly,
    )


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=15, deadline=None)
@given(worlds=st.lists(st.integers(0, 5000) | st.integers(0, 2**32 - 1), max_size=8))
def test_a_world_is_the_same_alone_in_any_company_and_order(
    method: Method, worlds: list[int]
) -> None:
    together = draw(np.array(worlds, np.int64), method)
    in_a_run = draw(range(5001), method)
    for row, world in enumerate(worlds):
        alone = draw(np.array([world]), method)
        for path in "abcd":
            assert together[path][row] == alone[path][0]
            if world <= 5000:
                assert together[path][row] == in_a_run[path][world]


def test_every_shape_is_the_same_alone_and_in_a_run_to_the_last_bit() -> None:
    quantities: dict[str, tuple[Quantity, Bounds | None]] = {
        "triangular": (Quantity(low=1, mode=2, high=5), None),
        "normal": (Quantity(mean=0.3, sd=0.4), Bounds(0, 1)),
        "log-normal": (Quantity(median=8, p95=25), None),
        "discrete": (Quantity(values=(1, 2, 3)), None),
    }
    pairs = [Correlation(a=a, b="normal", rho=0.5) for a in ("triangular", "log-normal")]
    run = sample(quantities, worlds=range(101), seed=1, correlations=pairs)
    for world in range(101):
        alone = sample(quantities, worlds=np.array([world]), seed=1, correlations=pairs)
        assert {path: alone[path][0] for path in alone} == {p: run[p][world] for p in run}


@pytest.mark.parametrize("method", METHODS)
def test_a_quantity_is_the_same_beside_any_others_in_any_order(method: Method) -> None:
    whole = sample(uniform("a", "b", "c"), worlds=range(3000), seed=7, method=method)
    more = sample(uniform("z", "c", "b", "aa", "a"), worlds=range(3000), seed=7, method=method)
    for path in "abc":
        assert np.array_equal(whole[path], more[path])


def test_naming_one_more_path_jointly_moves_no_other() -> None:
    few = sample(uniform(*"abcd"), worlds=range(100), seed=7, jointly=("d", "a"))
    more = sample(uniform(*"abcd"), worlds=range(100), seed=7, jointly=("d", "a", "b"))
    assert [np.array_equal(few[path], more[path]) for path in "abcd"] == [True, False, True, True]


@pytest.mark.parametrize("method", METHODS)
def test_seed_method_and_path_all_matter(method: Method) -> None:
    one, other = draw(range(2000), method), draw(range(2000), method, seed=8)
    columns = [worlds[path] for worlds in (one, other) for path in "bd"]
    assert np.abs(np.corrcoef(columns) - np.eye(4)).max() < 4.5 / np.sqrt(2000)


@pytest.mark.parametrize("jointly", [(), ("b", "a")])
@pytest.mark.parametrize(("start", "count"), [(0, 1024), (5120, 1024), (8192, 8192), (0, 2**16)])
def test_every_aligned_run_of_sobol_worlds_is_evenly_spread(
    jointly: tuple[str, ...], start: int, count: int
) -> None:
    worlds = sample(uniform("a"), worlds=range(start, start + count), seed=3, jointly=jointly)
    assert np.array_equal(np.sort((worlds["a"] * count).astype(int)), np.arange(count))


def test_two_joint_quantities_fill_every_elementary_rectangle() -> None:
    """Dimensions 1 and 2 of Sobol' are a (0, 2)-sequence: one point in each of area 2**-k."""
    worlds = sample(uniform("a", "b"), worlds=range(1024, 2048), seed=5, jointly=("a", "b"))
    for wide in range(11):
        columns = (worlds["a"] * 2**wide).astype(int)
        rows = (worlds["b"] * 2 ** (10 - wide)).astype(int)
        assert len(set(zip(columns, rows, strict=True))) == 1024


def test_joint_dimensions_are_less_discrepant_than_separate_ones() -> None:
    paths = "abcdef"
    joint = sample(uniform(*paths), worlds=range(2048), seed=1, jointly=tuple(paths))
    apart = sample(uniform(*paths), worlds=range(2048), seed=1)
    by = [qmc.discrepancy(np.column_stack([w[p] for p in paths])) for w in (joint, apart)]
    assert by[0] < by[1] / 2


@pytest.mark.parametrize("dimension", range(sobol.DIMENSIONS))
def test_direction_numbers_are_those_of_scipy(dimension: int) -> None:
    """SciPy's unscrambled sequence takes the same places in Gray-code order."""
    reference = qmc.Sobol(sobol.DIMENSIONS, scramble=False).random(4096)[:, dimension]
    index = np.arange(4096)
    place = (index ^ (index >> 1)).astype(np.uint64)
    directions = (
        sobol._directions(dimension)
        if dimension
        else np.uint64(1) << np.arange(31, -1, -1, dtype=np.uint64)
    )
    value = np.zeros(4096, np.uint64)
    for bit in range(12):
        value ^= np.where((place >> np.uint64(bit)) & np.uint64(1), directions[bit], np.uint64(0))
    assert np.array_equal(value / 2.0**32, reference)


def test_every_block_of_1024_worlds_is_a_latin_hypercube() -> None:
    worlds = sample(uniform("a", "b"), worlds=range(1024, 4096), seed=3, method="lhs")
    for path in "ab":
        for block in worlds[path].reshape(3, 1024):
            assert np.array_equal(np.sort((block * 1024).astype(int)), np.arange(1024))


@pytest.mark.parametrize("method", METHODS)
def test_many_quantities_are_pairwise_as_unrelated_as_chance_allows(method: Method) -> None:
    """Of 150 quantities no two share their digits: correlations scatter like 1/√n, no worse."""
    worlds = sample(uniform(*map(str, range(150))), worlds=range(1024), seed=11, method=method)
    table = np.corrcoef(np.stack(list(worlds.values.values())))
    scaled = table[np.triu_indices(150, 1)] * np.sqrt(1024)
    assert 0.95 < scaled.std() < 1.05
    assert np.abs(scaled).max() < 5.5


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("jointly", [(), ("a", "b")])
def test_across_seeds_each_world_is_uniform(method: Method, jointly: tuple[str, ...]) -> None:
    values = [
        sample(uniform("a", "b"), worlds=np.array([0, 77]), seed=s, method=method, jointly=jointly)
        for s in range(300)
    ]
    for path in "ab":
        for world in (0, 1):
            column = np.array([one[path][world] for one in values])
            assert stats.kstest(column, "uniform").pvalue > 1e-4


@pytest.mark.parametrize("method", METHODS)
def test_correlated_quantities_keep_their_margins_and_have_the_stated_rho(method: Method) -> None:
    quantities: dict[str, tuple[Quantity, Bounds | None]] = {
        "troops": (Quantity(median=8, p95=25), None),
        "share": (Quantity(mean=0.3, sd=0.4), Bounds(0, 1)),
        "km": (Quantity(low=1, mode=2, high=5), None),
    }
    pairs = [
        Correlation(a="troops", b="share", rho=0.7),
        Correlation(a="km", b="share", rho=-0.5),
    ]
    worlds = sample(quantities, worlds=range(20_000), seed=2, method=method, correlations=pairs)
    references = {
        "troops": stats.lognorm(np.log(25 / 8) / stats.norm.ppf(0.95), scale=8),
        "share": stats.truncnorm(-0.75, 1.75, 0.3, 0.4),
        "km": stats.triang(0.25, 1, 4),
    }
    shares = {path: reference.cdf(worlds[path]) for path, reference in references.items()}
    for share in shares.values():
        assert stats.kstest(share, "uniform").pvalue > 1e-4
    scores = {path: stats.norm.ppf(share) for path, share in shares.items()}
    for a, b, rho in [("troops", "share", 0.7), ("km", "share", -0.5), ("troops", "km", 0.0)]:
        close = 4.5 * (1 - rho**2) / np.sqrt(20_000)
        assert np.corrcoef(scores[a], scores[b])[0, 1] == pytest.approx(rho, abs=close)
        spearman = stats.spearmanr(worlds[a], worlds[b]).statistic
        assert spearman == pytest.approx(6 / np.pi * np.arcsin(rho / 2), abs=4.5 / np.sqrt(20_000))


def test_a_correlation_moves_nothing_outside_its_cluster_and_not_its_first_path() -> None:
    paths = uniform(*"abcdef")
    free = sample(paths, worlds=range(500), seed=2)
    tied = sample(paths, worlds=range(500), seed=2, correlations=PAIRS)
    moved = [path for path in "abcdef" if not np.array_equal(free[path], tied[path])]
    assert moved == ["c"], "a is first, and b is not tied to a"


def test_a_fixed_quantity_is_its_constant_and_the_result_is_read_only() -> None:
    worlds = sample(
        {"x": (Quantity(mean=0.3, sd=0), None), "y": (UNIT, None)}, worlds=range(4), seed=1
    )
    assert worlds["x"].tolist() == [0.3] * 4
    assert (len(worlds), list(worlds), "y" in worlds, "q" in worlds) == (4, ["x", "y"], True, False)
    with pytest.raises(ValueError, match="read-only"):
        worlds["y"][0] = 1.0
    with pytest.raises(TypeError):
        worlds.values["y"] = worlds["x"]  # type: ignore[index]


@pytest.mark.parametrize("method", METHODS)
def test_no_worlds_and_no_quantities_are_no_trouble(method: Method) -> None:
    assert draw(range(0), method)["a"].shape == (0,)
    assert len(sample({}, worlds=range(3), seed=1, method=method)) == 3


def test_sobol_worlds_are_numbered_below_2_to_the_32() -> None:
    with pytest.raises(AssertionError, match="below"):
        draw(np.array([2**32]))
    assert 0 < draw(np.array([2**63], np.uint64), "random")["b"][0] < 1


def test_values_never_change_between_releases() -> None:
    """Golden: a world's number must keep meaning the same world."""
    found = {
        method: draw(np.array([0, 17]), method, paths="bd")["b"].tolist() for method in METHODS
    }
    assert found == {
        "sobol": [0.010282596282625955, 0.21954301331219794],
        "lhs": [0.28805503442746494, 0.4688820832705419],
        "random": [0.9219550062972665, 0.16993843809606812],
    }
