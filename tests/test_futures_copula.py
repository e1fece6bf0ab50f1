"""Stated correlations: what is refused, and whether the remedy that is offered works."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.errors import InputError
from backstop.futures.copula import clusters, nearest_correlation
from backstop.scenario.rules import Correlation

ABC = ("a", "b", "c")


def pairs(text: str) -> list[Correlation]:
    """``a ~ b = 0.5, …`` as the error message writes it."""
    found = re.findall(r"([\w.\[\]-]+) ~ ([\w.\[\]-]+) = (-?\d+(?:\.\d+)?)", text)
    return [Correlation(a=a, b=b, rho=float(rho)) for a, b, rho in found]


def message(correlations: list[Correlation], uncertain: tuple[str, ...] = ABC) -> str:
    with pytest.raises(InputError) as caught:
        clusters(correlations, uncertain=uncertain)
    return str(caught.value)


def test_the_factor_is_that_of_the_stated_matrix() -> None:
    (cluster,) = clusters(pairs("c ~ a = 0.6, b ~ c = -0.3"), uncertain=ABC)
    assert cluster.paths == ABC
    assert np.allclose(
        cluster.factor @ cluster.factor.T, [[1, 0, 0.6], [0, 1, -0.3], [0.6, -0.3, 1]]
    )


def test_unconnected_pairs_form_clusters_of_their_own_whatever_their_order() -> None:
    stated = pairs("d ~ c = 0.6, a ~ b = -0.3, e ~ d = 0.1")
    one = clusters(stated, uncertain=tuple("abcdef"))
    other = clusters(stated[::-1], uncertain=tuple("abcdef"))
    assert [cluster.paths for cluster in one] == [("a", "b"), ("c", "d", "e")]
    assert all(np.array_equal(x.factor, y.factor) for x, y in zip(one, other, strict=True))


@pytest.mark.parametrize("rho", [1.0, -1.0])
def test_perfect_correlation_is_allowed(rho: float) -> None:
    (cluster,) = clusters([Correlation(a="a", b="b", rho=rho)], uncertain=ABC)
    u = np.array([0.1, 0.5, 0.8])
    coupled = cluster.couple({"a": u, "b": np.array([0.7, 0.2, 0.3])})
    assert np.allclose(coupled["b"], u if rho > 0 else 1 - u)
    assert np.array_equal(coupled["a"], u)


def test_impossible_pairs_are_named_with_a_remedy_that_works() -> None:
    text = message(pairs("a ~ b = 0.9, b ~ c = 0.9, a ~ c = -0.9"))
    said, remedy = text.split("The nearest")
    assert pairs(said) == pairs("a ~ b = 0.9, b ~ c = 0.9, a ~ c = -0.9")
    assert {(p.a, p.b): p.rho for p in pairs(remedy)} == {
        ("a", "b"): 0.5,
        ("b", "c"): 0.5,
        ("a", "c"): -0.5,
    }
    clusters(pairs(remedy), uncertain=ABC)


def test_the_remedy_states_the_pair_that_was_left_out() -> None:
    """0.9 and 0.9 force the third pair to at least 2 · 0.81 - 1 = 0.62."""
    remedy = pairs(message(pairs("a ~ b = 0.9, b ~ c = 0.9")).split("The nearest")[1])
    assert {(p.a, p.b) for p in remedy} == {("a", "b"), ("a", "c"), ("b", "c")}
    clusters(remedy, uncertain=ABC)


@settings(max_examples=60, deadline=None)
@given(rhos=st.lists(st.floats(-1, 1), min_size=10, max_size=10))
def test_any_statement_is_either_met_exactly_or_given_a_valid_remedy(rhos: list[float]) -> None:
    names = "abcde"
    places = [(i, j) for i in range(5) for j in range(i + 1, 5)]
    stated = [
        Correlation(a=names[i], b=names[j], rho=r) for (i, j), r in zip(places, rhos, strict=True)
    ]
    try:
        found = clusters(stated, uncertain=tuple(names))
    except InputError as error:
        remedy = pairs(str(error).split("The nearest")[1])
        clusters(remedy, uncertain=tuple(names))
        return
    want = {(one.a, one.b): one.rho for one in stated}
    for cluster in found:
        matrix = cluster.factor @ cluster.factor.T
        for i, a in enumerate(cluster.paths):
            for j in range(i + 1, len(cluster.paths)):
                assert matrix[i, j] == pytest.approx(want[a, cluster.paths[j]], abs=1e-3)


def test_nearest_correlation_of_higham_2002() -> None:
    """Higham (2002), section 4: the tridiagonal example; distance 0.5278."""
    given_ = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]])
    nearest = nearest_correlation(given_)
    assert nearest == pytest.approx(
        np.array([[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]), abs=5e-5
    )
    assert np.linalg.norm(nearest - given_) == pytest.approx(0.5278, abs=5e-5)


def test_every_wrong_pair_is_reported_at_once() -> None:
    wrong = pairs("a ~ a = 0.5, line_km ~ b = 0.5, b ~ c = 0.1, c ~ b = 0.2")
    text = message(wrong, uncertain=("a", "b", "c", "line_kms"))
    assert "correlations[0]: 'a' is paired with itself" in text
    assert "correlations[1].a: 'line_km' is no uncertain quantity" in text
    assert "did you mean 'line_kms'?" in text
    assert "correlations[3]: 'c' and 'b' are paired already" in text
