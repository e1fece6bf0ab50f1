"""Passage probabilities against enumeration, quadrature and what must hold for any body."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal, norm

from backstop.authority import Chance
from backstop.authority.diagram import diagram
from backstop.authority.passage import passage, passages
from backstop.authority.tally import Formula, Junction, Tally, formula
from backstop.scenario.body import Body, BodyLibrary


@pytest.fixture(scope="module")
def library() -> BodyLibrary:
    text = files("backstop").joinpath("data/bodies.toml").read_text("utf-8")
    return BodyLibrary.model_validate(tomllib.loads(text))


def body(rule: dict[str, object], size: int, weights: list[int] | None = None) -> Body:
    members = [f"M{i:03}" for i in range(size)]
    table = {"w": dict(zip(members, weights, strict=True))} if weights else {}
    return Body.model_validate(
        {
            "id": "b",
            "title": "B",
            "members": members,
            "rule": rule,
            "weights": table,
            "lead_days": 1,
        }
    )


def given_chances(members: tuple[str, ...], yes: np.ndarray, abstain: np.ndarray):  # type: ignore[no-untyped-def]
    return {
        (m, "q"): Chance(yes=np.atleast_1d(y), abstain=np.atleast_1d(a))
        for m, y, a in zip(members, yes, abstain, strict=True)
    }


def holds(root: Formula, votes: dict[tuple[str, str], int]) -> bool:
    if isinstance(root, Junction):
        return (all if root.how == "all" else any)(holds(part, votes) for part in root.parts)
    return sum(adds[votes[ballot]] for ballot, adds in root.adds.items()) >= root.need


def enumerated(b: Body, yes: np.ndarray, abstain: np.ndarray) -> float:
    """Probability over all 3**n votes, independent members."""
    root = formula(b, question="q")
    total = 0.0
    for cast in product(range(3), repeat=len(b.members)):
        votes = {(m, "q"): vote for m, vote in zip(b.members, cast, strict=True)}
        if holds(root, votes):
            chances = np.stack([yes, abstain, 1 - yes - abstain])
            total += float(np.prod([chances[v, i] for i, v in enumerate(cast)]))
    return total


def correlated(b: Body, yes: np.ndarray, abstain: np.ndarray, rho: float) -> float:
    """The same with a common factor, by adaptive quadrature over brute force."""

    def given_factor(f: float) -> float:
        def lift(p: np.ndarray) -> np.ndarray:
            return np.asarray(ndtr((ndtri(p) + np.sqrt(rho) * f) / np.sqrt(1 - rho)))

        up, not_no = lift(yes), lift(yes + abstain)
        return enumerated(b, up, not_no - up) * float(norm.pdf(f))

    return sum(quad(given_factor, a, a + 2.0, epsabs=1e-10)[0] for a in np.arange(-9, 9, 2.0))


RULES: list[dict[str, object]] = [
    {"kind": "unanimity"},
    {"kind": "consensus"},
    {"kind": "k_of_n", "yes": 2},
    {"kind": "weighted", "weight": "w", "quota": 6},
    {"kind": "share", "at_least": "2/3", "of_cast": True},
    {
        "kind": "all_of",
        "rules": [
            {"kind": "k_of_n", "yes": 2},
            {"kind": "no_veto", "of": ["M000", "M001"]},
            {"kind": "abstentions_below", "share": 0.5, "weight": "w"},
        ],
    },
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["kind"]))
def test_independent_members_match_enumeration(rule: dict[str, object]) -> None:
    rng = np.random.default_rng(5)
    b = body(rule, 6, [1, 2, 3, 2, 1, 4])
    yes, rest = rng.uniform(0.2, 0.9, 6), rng.uniform(0, 1, 6)
    abstain = (1 - yes) * rest
    got = passage(
        diagram(formula(b, question="q")), chances=given_chances(b.members, yes, abstain), rho=0.0
    )
    assert got[0] == pytest.approx(enumerated(b, yes, abstain), abs=1e-13)


@pytest.mark.parametrize("rho", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("rule", RULES[1:5:2], ids=lambda rule: str(rule["kind"]))
def test_correlated_members_match_quadrature_over_enumeration(
    rule: dict[str, object], rho: float
) -> None:
    b = body(rule, 4, [1, 2, 3, 2])
    yes, abstain = np.array([0.9, 0.6, 0.3, 0.75]), np.array([0.05, 0.3, 0.3, 0.0])
    got = passage(
        diagram(formula(b, question="q")), chances=given_chances(b.members, yes, abstain), rho=rho
    )
    assert got[0] == pytest.approx(correlated(b, yes, abstain, rho), abs=1e-7)


@pytest.mark.parametrize("rho", [0.2, 0.6, 0.95])
def test_correlated_unanimity_is_an_orthant_of_the_normal_law(rho: float) -> None:
    """A second oracle without any factor: the joint normal distribution function itself."""
    yes = np.array([0.95, 0.7, 0.5, 0.8])
    b = body({"kind": "unanimity"}, 4)
    cov = np.full((4, 4), rho) + (1 - rho) * np.eye(4)
    law = multivariate_normal(
        mean=np.zeros(4), cov=cov, seed=1, maxpts=400_000, abseps=1e-7, releps=1e-7
    )
    expected = law.cdf(ndtri(yes))
    got = passage(
        diagram(formula(b, question="q")),
        chances=given_chances(b.members, yes, np.zeros(4)),
        rho=rho,
    )
    assert got[0] == pytest.approx(float(expected), abs=2e-5)


@pytest.mark.parametrize(("size", "need"), [(32, 32), (57, 38), (193, 129)])
@pytest.mark.parametrize("rho", [0.05, 0.6, 0.95])
def test_the_integral_over_the_factor_holds_for_large_bodies(
    size: int, need: int, rho: float
) -> None:
    yes = np.random.default_rng(size).uniform(0.3 if need < size else 0.9, 0.999, size)

    def given_factor(f: float) -> float:
        law = np.ones(1)
        for p in ndtr((ndtri(yes) + np.sqrt(rho) * f) / np.sqrt(1 - rho)):
            law = np.convolve(law, [1 - p, p])
        return float(law[need:].sum() * norm.pdf(f))

    grid = np.linspace(-9, 9, 2001)
    expected = sum(given_factor(f) for f in grid) * (grid[1] - grid[0])
    members = tuple(f"M{i:03}" for i in range(size))
    graph = diagram(Tally({(m, "q"): (1, 0, 0) for m in members}, need))
    got = passage(graph, chances=given_chances(members, yes, np.zeros(size)), rho=rho)
    assert got[0] == pytest.approx(expected, abs=1e-7)


def test_a_single_member_is_untouched_by_correlation() -> None:
    b = body({"kind": "unanimity"}, 1)
    graph = diagram(formula(b, question="q"))
    for p in (0.0, 0.01, 0.5, 1.0):
        chances = given_chances(b.members, np.array([p]), np.zeros(1))
        for rho in (0.0, 0.3, 0.8):
            assert passage(graph, chances=chances, rho=rho)[0] == pytest.approx(p, abs=1e-9)


probabilities = st.lists(st.floats(0.02, 0.98), min_size=2, max_size=8)


@settings(max_examples=40, deadline=None)
@given(yes=probabilities, rho=st.floats(0.05, 0.9))
def test_correlation_never_lowers_the_chance_of_unanimity(yes: list[float], rho: float) -> None:
    """Slepian (1962): orthant probabilities rise with correlation."""
    b = body({"kind": "unanimity"}, len(yes))
    chances = given_chances(b.members, np.array(yes), np.zeros(len(yes)))
    graph = diagram(formula(b, question="q"))
    less = passage(graph, chances=chances, rho=rho / 2)[0]
    more = passage(graph, chances=chances, rho=rho)[0]
    assert np.prod(yes) <= less + 1e-9
    assert less <= more + 1e-9
    assert more <= min(yes) + 1e-9


@settings(max_examples=60, deadline=None)
@given(
    yes=st.lists(st.floats(0.0, 0.9), min_size=4, max_size=4),
    who=st.integers(0, 3),
    more=st.floats(0, 1),
    rho=st.floats(0, 0.9),
    rule=st.sampled_from(RULES[:4]),
)
def test_a_more_willing_member_never_lowers_the_chance(
    yes: list[float], who: int, more: float, rho: float, rule: dict[str, object]
) -> None:
    b = body(rule, 4, [1, 2, 3, 2])
    graph = diagram(formula(b, question="q"))
    before = np.array(yes)
    after = before.copy()
    after[who] += more * (1 - after[who])
    low, high = (
        passage(graph, chances=given_chances(b.members, p, (1 - p) / 3), rho=rho)[0]
        for p in (before, after)
    )
    assert high >= low - 1e-9


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(range(15)), rho=st.sampled_from([0.0, 0.4]))
def test_order_of_members_changes_no_bit(order: list[int], rho: float) -> None:
    text = files("backstop").joinpath("data/bodies.toml").read_text("utf-8")
    council = BodyLibrary.model_validate(tomllib.loads(text)).body("unsc").on(date(2025, 1, 1))
    turned = council.model_copy(update={"members": tuple(council.members[i] for i in order)})
    yes = {m: 0.3 + 0.04 * i for i, m in enumerate(council.members)}
    one, other = (
        passage(
            diagram(formula(b, question="q")),
            chances={(m, "q"): Chance(np.full(3, yes[m]), np.full(3, 0.05)) for m in b.members},
            rho=rho,
        )
        for b in (council, turned)
    )
    assert one.tobytes() == other.tobytes()


def test_worlds_do_not_touch_each_other() -> None:
    """A world's answer is the same alone, among others, and with its own correlation."""
    rng = np.random.default_rng(3)
    b = body({"kind": "k_of_n", "yes": 4}, 7)
    yes, rho = rng.uniform(0, 1, (7, 500)), np.full(500, 0.3)
    graph = diagram(formula(b, question="q"))
    chances = {(m, "q"): Chance(y, (1 - y) / 2) for m, y in zip(b.members, yes, strict=True)}
    together = passage(graph, chances=chances, rho=rho)
    alone = {k: Chance(c.yes[17:18], c.abstain[17:18]) for k, c in chances.items()}
    assert passage(graph, chances=alone, rho=0.3)[0] == pytest.approx(together[17], abs=1e-14)


def test_a_consensus_of_32_is_the_same_in_few_worlds_and_in_many(library: BodyLibrary) -> None:
    """Every member has its own probabilities, so that no shared column helps."""
    nac = library.body("nac")
    rng = np.random.default_rng(8)
    yes = rng.uniform(0.2, 0.95, (32, 10_000))
    chances = {(m, "q"): Chance(y, (1 - y) * 0.8) for m, y in zip(nac.members, yes, strict=True)}
    graph = diagram(formula(nac, question="q"))
    few = {k: Chance(c.yes[:7], c.abstain[:7]) for k, c in chances.items()}
    got = passage(graph, chances=chances, rho=0.3)
    assert got.shape == (10_000,)
    assert np.allclose(got[:7], passage(graph, chances=few, rho=0.3), rtol=0, atol=1e-12)


def test_worlds_beyond_the_budget_are_interpolated_closely(
    library: BodyLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body too large to compute in every world: the fit is near the exact answer."""
    body = library.body("unsc").on(date(2025, 6, 1))
    graph = diagram(formula(body, question="q"))
    rng = np.random.default_rng(3)
    stances = rng.uniform(0.35, 0.95, (3, 600))
    chances = {
        ballot: Chance(stances[i % 3], 0.5 * (1 - stances[i % 3]))
        for i, ballot in enumerate(graph.order)
    }
    rho = rng.uniform(0.1, 0.6, 600)
    exact = passage(graph, chances=chances, rho=rho)
    monkeypatch.setattr("backstop.authority.passage.MOST_WORK", 1)
    fitted = passage(graph, chances=chances, rho=rho)
    assert np.abs(fitted - exact).max() < 0.06
    assert np.abs(fitted - exact).mean() < 0.01
    kept = np.isclose(fitted, exact, rtol=0, atol=1e-13)
    assert kept.sum() >= 80, "the worlds computed exactly keep their value"


def test_decisions_computed_together_are_as_exact_as_alone(library: BodyLibrary) -> None:
    """They share the nodes of the largest body; each still meets the stated error."""
    council = library.body("unsc").on(date(2025, 6, 1))
    graphs = [
        diagram(formula(council, question="q")),
        diagram(formula(body({"kind": "consensus"}, 3), question="q")),
        diagram(formula(body({"kind": "unanimity"}, 1), question="q")),
    ]
    rng = np.random.default_rng(5)
    ballots = {ballot for graph in graphs for ballot in graph.order}
    chances = {b: Chance(p := rng.uniform(0.2, 0.9, 50), 0.5 * (1 - p)) for b in sorted(ballots)}
    rho = rng.uniform(0.0, 0.8, 50)
    together = passages([*graphs, graphs[1]], chances=chances, rho=rho)
    for graph, found in zip([*graphs, graphs[1]], together, strict=True):
        assert np.allclose(found, passage(graph, chances=chances, rho=rho), rtol=0, atol=1e-7)
