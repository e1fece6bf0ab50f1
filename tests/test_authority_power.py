"""Power indices against published values and against enumeration."""

from __future__ import annotations

import tomllib
from datetime import date
from fractions import Fraction
from importlib.resources import files
from itertools import combinations
from math import comb, factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.authority import power
from backstop.authority.diagram import diagram
from backstop.authority.tally import NO, YES, formula
from backstop.scenario.body import Body, BodyLibrary


@pytest.fixture(scope="module")
def library() -> BodyLibrary:
    text = files("backstop").joinpath("data/bodies.toml").read_text("utf-8")
    return BodyLibrary.model_validate(tomllib.loads(text))


def enumerated(body: Body) -> dict[str, tuple[int, Fraction]]:
    """Swings and Shapley-Shubik index by going through every coalition."""
    graph = diagram(formula(body, question="q"))
    members, n = body.members, len(body.members)

    def wins(coalition: frozenset[str]) -> bool:
        return graph.passes({(m, "q"): YES if m in coalition else NO for m in members})

    table: dict[str, tuple[int, Fraction]] = {}
    for member in members:
        swings, share = 0, Fraction(0)
        others = [m for m in members if m != member]
        for size in range(n):
            for some in combinations(others, size):
                if wins(frozenset((*some, member))) and not wins(frozenset(some)):
                    swings += 1
                    share += Fraction(factorial(size) * factorial(n - size - 1), factorial(n))
        table[member] = swings, share
    return table


def test_security_council_has_the_published_indices(library: BodyLibrary) -> None:
    """Shapley-Shubik 421/2145 and 4/2145; Banzhaf swings 848 and 84.

    By hand: an elected member is pivotal as the ninth, after all five permanent members and three
    of the nine other elected ones, so 84 * 8! * 6! / 15! = 4/2145.
    """
    assert Fraction(comb(9, 3) * factorial(8) * factorial(6), factorial(15)) == Fraction(4, 2145)
    council = library.body("unsc").on(date(2025, 7, 1))
    powers = {p.actor: p for p in power(council)}
    for actor, one in powers.items():
        permanent = actor in ("CHN", "FRA", "GBR", "RUS", "USA")
        assert one.shapley_shubik == Fraction(421 if permanent else 4, 2145)
        assert one.swings == (848 if permanent else 84)
    assert sum(p.banzhaf for p in powers.values()) == 1
    assert powers["RUS"].banzhaf == Fraction(848, 5 * 848 + 10 * 84)


def test_eec_of_1958_leaves_luxembourg_without_power(library: BodyLibrary) -> None:
    """Banzhaf 5/21, 1/7 and 0 (Britannica Guide to Statistics and Probability, 2010).

    Shapley-Shubik 14/60, 9/60 and 0.
    """
    powers = {p.actor: p for p in power(library.body("eec-1958"))}
    assert [powers[a].swings for a in ("DEU", "FRA", "ITA", "BEL", "NLD", "LUX")] == [
        10, 10, 10, 6, 6, 0,
    ]  # fmt: skip
    assert powers["DEU"].banzhaf == Fraction(5, 21)
    assert powers["BEL"].banzhaf == Fraction(1, 7)
    assert powers["DEU"].shapley_shubik == Fraction(14, 60)
    assert powers["NLD"].shapley_shubik == Fraction(9, 60)
    assert powers["LUX"].shapley_shubik == 0


@pytest.mark.parametrize(("name", "size"), [("nac", 32), ("osce", 57)])
def test_consensus_gives_every_member_the_same(library: BodyLibrary, name: str, size: int) -> None:
    for one in power(library.body(name)):
        assert one.swings == 1
        assert one.shapley_shubik == one.banzhaf == Fraction(1, size)


def test_two_thirds_of_193_by_the_binomial_coefficient(library: BodyLibrary) -> None:
    one = power(library.body("unga-ufp"))[0]
    assert one.swings == comb(192, 128)
    assert one.shapley_shubik == Fraction(1, 193)


def test_qualified_majority_of_27_orders_members_by_population(library: BodyLibrary) -> None:
    body = library.body("eu-council-qmv")
    powers = power(body)
    assert sum(p.shapley_shubik for p in powers) == 1
    population = body.weights["population"]
    sizes = [population[p.actor] for p in powers]
    assert sizes == sorted(sizes, reverse=True)


def test_an_automatic_obligation_gives_nobody_power(library: BodyLibrary) -> None:
    assert all(p.swings == 0 and p.shapley_shubik == 0 for p in power(library.body("eu-42-7")))


weights = st.lists(st.integers(0, 9), min_size=1, max_size=7).filter(lambda w: sum(w) > 0)


@settings(max_examples=60, deadline=None)
@given(weights=weights, at=st.floats(0.05, 1), heads=st.integers(1, 7), both=st.booleans())
def test_counting_agrees_with_enumeration(
    weights: list[int], at: float, heads: int, both: bool
) -> None:
    members = [f"M{i}" for i in range(len(weights))]
    quota = max(1, round(at * sum(weights)))
    body = Body.model_validate(
        {
            "id": "b",
            "title": "B",
            "members": members,
            "weights": {"w": dict(zip(members, weights, strict=True))},
            "rule": {
                "kind": "all_of" if both else "any_of",
                "rules": [
                    {"kind": "weighted", "weight": "w", "quota": quota},
                    {"kind": "k_of_n", "yes": min(heads, len(members))},
                ],
            },
            "lead_days": 1,
        }
    )
    expected = enumerated(body)
    for one in power(body):
        assert (one.swings, one.shapley_shubik) == expected[one.actor]


def test_order_of_members_changes_nothing(library: BodyLibrary) -> None:
    body = library.body("eec-1958")
    turned = body.model_copy(update={"members": body.members[::-1]})
    assert power(body) == power(turned)
