"""Who blocks, and the smallest sets of actors whose change opens a route."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.authority import Chance
from backstop.authority.diagram import diagram
from backstop.authority.opening import MOST_SETS, blockers, expected_votes, opening
from backstop.authority.passage import passage
from backstop.authority.tally import YES, formula
from backstop.scenario.body import Body, BodyLibrary


@pytest.fixture(scope="module")
def library() -> BodyLibrary:
    text = files("backstop").joinpath("data/bodies.toml").read_text("utf-8")
    return BodyLibrary.model_validate(tomllib.loads(text))


def one(yes: float, abstain: float = 0.0) -> Chance:
    return Chance(np.array([yes]), np.array([abstain]))


def council(
    library: BodyLibrary, **given_yes: Chance
) -> tuple[Body, dict[tuple[str, str], Chance]]:
    body = library.body("unsc").on(date(2025, 6, 1))
    return body, {(m, "q"): given_yes.get(m, one(0.8, 0.15)) for m in body.members}


def test_russia_blocks_a_peacekeeping_mandate_and_alone_opens_it(library: BodyLibrary) -> None:
    body, chances = council(library, RUS=one(0.01, 0.01), CHN=one(0.3, 0.6))
    graph = diagram(formula(body, question="q"))
    found = blockers(graph, chances=chances, rho=0.3)
    assert [b.actor for b in found] == ["RUS"]
    assert found[0].probability == pytest.approx(0.02)
    assert found[0].gain > 0.5
    assert opening(graph, chances=chances).sets == (("RUS",),)


def test_the_gain_is_the_rise_in_probability(library: BodyLibrary) -> None:
    body, chances = council(library, RUS=one(0.1, 0.1), CHN=one(0.2, 0.2))
    graph = diagram(formula(body, question="q"))
    before = passage(graph, chances=chances, rho=0.3)[0]
    for blocker in blockers(graph, chances=chances, rho=0.3):
        after = passage(graph, chances={**chances, (blocker.actor, "q"): one(1.0)}, rho=0.3)[0]
        assert blocker.gain == pytest.approx(after - before, abs=1e-9)


def test_two_refusals_and_too_few_votes_need_three_changes(library: BodyLibrary) -> None:
    body, chances = council(library, RUS=one(0.01), CHN=one(0.02))
    for member in ("DZA", "GUY", "PAK", "PAN", "SLE"):
        chances[(member, "q")] = one(0.1, 0.85)
    graph = diagram(formula(body, question="q"))
    found = opening(graph, chances=chances)
    assert found.sets == (("CHN", "RUS"),)  # with both, the yes votes are ten
    for member in ("SOM", "KOR"):
        chances[(member, "q")] = one(0.1, 0.85)
    found = opening(graph, chances=chances)
    assert len(found.sets) == 7  # both, and one of the seven who abstain
    assert all(len(s) == 3 and {"CHN", "RUS"} < set(s) for s in found.sets)
    assert not found.capped


def test_a_route_that_is_open_needs_nobody(library: BodyLibrary) -> None:
    body, chances = council(library)
    found = opening(diagram(formula(body, question="q")), chances=chances)
    assert found.open
    assert found.sets == ()


def test_silence_does_not_block_a_consensus_but_refusal_does(library: BodyLibrary) -> None:
    nac = library.body("nac")
    chances = {(m, "q"): one(0.4, 0.55) for m in nac.members}
    graph = diagram(formula(nac, question="q"))
    assert opening(graph, chances=chances).open
    chances[("HUN", "q")] = chances[("USA", "q")] = one(0.03, 0.1)
    assert opening(graph, chances=chances).sets == (("HUN", "USA"),)
    assert {b.actor for b in blockers(graph, chances=chances, rho=0.3)} == {"HUN", "USA"}


def test_too_many_ways_are_cut_and_said_to_be(library: BodyLibrary) -> None:
    body, chances = council(library)
    for member in body.members:
        if member not in ("CHN", "FRA", "GBR", "RUS", "USA"):
            chances[(member, "q")] = one(0.1, 0.85)
    found = opening(diagram(formula(body, question="q")), chances=chances)
    assert found.capped  # four of ten: 210 ways
    assert len(found.sets) == MOST_SETS


@settings(max_examples=60, deadline=None)
@given(
    yes=st.lists(st.sampled_from([0.1, 0.9]), min_size=6, max_size=6),
    weights=st.lists(st.integers(1, 4), min_size=6, max_size=6),
    share=st.floats(0.3, 1.0),
    veto=st.booleans(),
)
def test_sets_are_all_the_minimal_ones(
    yes: list[float], weights: list[int], share: float, veto: bool
) -> None:
    members = list("ABCDEF")
    rules: list[dict[str, object]] = [
        {"kind": "weighted", "weight": "w", "quota": max(1, round(share * sum(weights)))}
    ]
    if veto:
        rules.append({"kind": "no_veto", "of": ["A", "B"]})
    body = Body.model_validate(
        {
            "id": "b",
            "title": "B",
            "members": members,
            "weights": {"w": dict(zip(members, weights, strict=True))},
            "rule": {"kind": "all_of", "rules": rules},
            "lead_days": 1,
        }
    )
    chances = {(m, "q"): one(p) for m, p in zip(members, yes, strict=True)}
    graph = diagram(formula(body, question="q"))
    votes = expected_votes(chances)
    opens = [
        set(some)
        for size in range(7)
        for some in combinations(members, size)
        if graph.passes({**votes, **{(m, "q"): YES for m in some}})
    ]
    minimal = {tuple(sorted(s)) for s in opens if not any(t < s for t in opens)}
    found = opening(graph, chances=chances)
    assert not found.capped
    assert set(found.sets) == minimal - {()}
    assert found.open == (() in minimal)
