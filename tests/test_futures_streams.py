"""Streams: a draw depends on seed, name, world and draw number, on nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from backstop.futures import Stream, philox4x32

OPT_IN = Stream(seed=1, name="authority.opt-in")


@settings(max_examples=40, deadline=None)
@given(
    worlds=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=8),
    draws=st.lists(st.integers(0, 2**33 - 1), min_size=1, max_size=6),
)
def test_a_draw_is_the_same_alone_and_in_company(worlds: list[int], draws: list[int]) -> None:
    together = OPT_IN.uniforms(worlds=np.array(worlds, np.uint64), draws=draws)
    for row, world in enumerate(worlds):
        for column, draw in enumerate(draws):
            alone = OPT_IN.uniforms(worlds=np.array([world], np.uint64), draws=[draw])
            assert together[row, column] == alone[0, 0]


def test_a_number_of_draws_means_the_first_ones() -> None:
    first = OPT_IN.uniforms(worlds=range(10), draws=5)
    assert np.array_equal(first, OPT_IN.uniforms(worlds=range(10), draws=9)[:, :5])
    assert np.array_equal(first, OPT_IN.uniforms(worlds=range(10), draws=range(5)))
    assert OPT_IN.uniforms(worlds=range(3), draws=0).shape == (3, 0)
    assert OPT_IN.uniforms(worlds=range(0), draws=4).shape == (0, 4)


def test_counter_and_bits_are_as_documented() -> None:
    """World in words 0 and 1, block of two draws in word 2; 52 bits of each 64."""
    world, draw = 2**40 + 3, 7
    words = philox4x32([world % 2**32, world >> 32, draw // 2, 0], list(OPT_IN.key)).tolist()
    bits = ((words[2] << 32) | words[3]) >> 12
    value = OPT_IN.uniforms(worlds=np.array([world]), draws=[draw])[0, 0]
    assert value == (bits + 0.5) / 2**52
    assert 0 < 0.5 / 2**52 < (2**52 - 0.5) / 2**52 < 1


def test_the_key_never_changes_between_releases() -> None:
    """Golden: published results rest on it."""
    assert Stream(seed=1, name="authority.opt-in").key == (2567429267, 632466589)
    assert OPT_IN.uniforms(worlds=range(1), draws=1)[0, 0] == 0.6822542959668799


def test_seed_and_name_both_matter() -> None:
    def first(seed: int, name: str) -> float:
        return float(Stream(seed=seed, name=name).uniforms(worlds=range(1), draws=1)[0, 0])

    values = {first(seed, name) for seed in (0, 1, -1, 10**30) for name in ("", "a", "b", "1a")}
    assert len(values) == 16


def test_uniforms_are_uniform_and_streams_unrelated() -> None:
    a = OPT_IN.uniforms(worlds=range(20_000), draws=2)
    b = Stream(seed=1, name="authority.opt-out").uniforms(worlds=range(20_000), draws=1)
    assert stats.kstest(a[:, 0], "uniform").pvalue > 1e-4
    for other in (a[:, 1], b[:, 0], np.roll(a[:, 0], 1)):
        assert abs(np.corrcoef(a[:, 0], other)[0, 1]) < 4.5 / np.sqrt(20_000)


def test_normals_are_the_inverse_distribution_of_the_uniforms() -> None:
    u = OPT_IN.uniforms(worlds=range(50), draws=3)
    assert np.allclose(stats.norm.cdf(OPT_IN.normals(worlds=range(50), draws=3)), u, atol=1e-14)


@pytest.mark.parametrize(
    "worlds", [np.array([-1]), np.array([0.5]), np.array([[1]]), range(0, -3, -1)]
)
def test_worlds_are_non_negative_integers(worlds: np.ndarray) -> None:
    with pytest.raises(AssertionError):
        OPT_IN.uniforms(worlds=worlds, draws=1)
