"""Routes end to end: joint steps, lead times, drawn answers, and the contract's shape."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import date
from importlib.resources import files

import numpy as np
import pytest

from backstop.authority import (
    Chance,
    Route,
    Step,
    authorise,
    correlated,
    needed_ballots,
)
from backstop.authority.doubt import Fallback, attested, fallbacks
from backstop.authority.stance import StanceDraws, chances, latest
from backstop.futures.range import Range
from backstop.scenario.body import Body, BodyLibrary
from backstop.scenario.position import Position

WORLDS = 400


@pytest.fixture(scope="module")
def library() -> BodyLibrary:
    text = files("backstop").joinpath("data/bodies.toml").read_text("utf-8")
    return BodyLibrary.model_validate(tomllib.loads(text))


def flat(value: float) -> np.ndarray:
    return np.full(WORLDS, value)


def chance(yes: float, abstain: float = 0.0) -> Chance:
    return Chance(flat(yes), flat(abstain))


def step(body: Body, question: str, days: float) -> Step:
    return Step(body=body, question=question, lead_days=flat(days))


def stated(actor: str, question: str, stance: str, **more: str) -> Position:
    given = {"date": "2025-06-01", "confidence": "high", **more}
    return Position(actor=actor, question=question, stance=stance, **given)


def routes(library: BodyLibrary) -> list[Route]:
    unsc = library.body("unsc").on(date(2025, 8, 1))
    host = library.body("host-consent").bind({"host": ["UKR"]})
    coalition = library.body("coalition").bind(
        {"contributors": ["FRA", "GBR", "DEU"], "lead": ["FRA", "GBR"]}
    )
    return [
        Route("un", "UN mandate", (step(unsc, "mandate", 20), step(host, "host", 30))),
        Route(
            "willing",
            "Coalition",
            (step(coalition, "troops", 45), step(host, "host", 30)),
            parliament_days=flat(14),
        ),
    ]


def test_the_coalition_is_recommended_where_russia_vetoes_the_mandate(
    library: BodyLibrary,
) -> None:
    both = routes(library)
    chances = {ballot: chance(0.9, 0.05) for ballot in needed_ballots(both)}
    chances[("RUS", "mandate")] = chance(0.01, 0.01)
    spoken = {ballot: stated(*ballot, "support") for ballot in chances if ballot[0] != "DEU"}
    result = authorise(both, chances=chances, rho=0.3, positions=spoken)
    un, willing = result.routes
    assert result.recommended == "willing"
    assert un.probability.p95 < 0.03
    assert un.opening.sets == (("RUS",),)
    assert [b.actor for b in un.blockers] == ["RUS"]
    assert willing.probability.mean > 0.7
    assert willing.unknown == ("DEU",)
    assert un.lead_days.p50 == 50
    assert willing.lead_days.p50 == 45 + 30 + 14


def test_independent_steps_multiply_and_a_common_factor_ties_them(library: BodyLibrary) -> None:
    route = routes(library)[1]
    chances = {b: chance(0.8) for b in needed_ballots([route])}
    apart = authorise([route], chances=chances, rho=0.0, positions={}).routes[0]
    # FRA and GBR must both come, DEU need not; the host must agree.
    assert apart.probability.mean == pytest.approx(0.8**3)
    tied = authorise([route], chances=chances, rho=0.5, positions={}).routes[0]
    product = np.prod([s.probability.mean for s in tied.steps])
    assert tied.probability.mean > product + 0.01


def test_one_actor_asked_one_question_twice_answers_once(library: BodyLibrary) -> None:
    host = library.body("host-consent").bind({"host": ["UKR"]})
    again = library.body("belligerent-consent").bind({"belligerent": ["UKR"]})
    route = Route("r", "R", (step(host, "q", 1), step(again, "q", 1)))
    result = authorise([route], chances={("UKR", "q"): chance(0.6)}, rho=0.0, positions={})
    assert result.routes[0].probability.mean == pytest.approx(0.6)


def test_an_automatic_obligation_passes_in_every_world(library: BodyLibrary) -> None:
    route = Route("eu", "EU", (step(library.body("eu-42-7"), "q", 3),))
    assert needed_ballots([route]) == ()
    result = authorise([route], chances={}, rho=flat(0.3), positions={}).routes[0]
    assert result.probability.p05 == 1.0
    assert result.probability_by_world.shape == (WORLDS,)
    assert result.opening.open


def test_nothing_is_recommended_when_every_route_is_shut(library: BodyLibrary) -> None:
    route = routes(library)[0]
    chances = {b: chance(0.02) for b in needed_ballots([route])}
    assert authorise([route], chances=chances, rho=0.3, positions={}).recommended is None


def test_the_result_has_the_shape_of_the_contract(library: BodyLibrary) -> None:
    both = routes(library)
    chances = {b: chance(0.7, 0.2) for b in needed_ballots(both)}
    page = authorise(both, chances=chances, rho=flat(0.3), positions={}).to_dict()
    assert set(page) == {"routes", "recommended"}
    for route in page["routes"]:
        assert {
            "body", "question", "rule", "probability", "blockers", "opens_if", "lead_days", "power",
        } <= set(route)  # fmt: skip
        assert set(route["probability"]) == {"p05", "p50", "p95", "mean"}
        assert {"actor", "shapley_shubik", "banzhaf"} <= set(route["power"][0])
    un = page["routes"][0]
    assert un["body"] == "unsc"
    assert un["power"][0]["shapley_shubik_exact"] == "421/2145"


def test_drawn_answers_follow_the_law_that_passage_integrates(library: BodyLibrary) -> None:
    """Monte Carlo with the caller's numbers against the exact probability, within 4 sigma."""
    n = 200_000
    rng = np.random.default_rng(4)
    p = np.array([0.9, 0.7, 0.6])
    uniforms = correlated(rng.uniform(size=n), own=rng.uniform(size=(n, 3)), rho=0.5)
    drawn = float((uniforms <= p).all(axis=1).mean())
    coalition = library.body("coalition").bind(
        {"contributors": ["A", "B", "C"], "lead": ["A", "B", "C"]}
    )
    route = Route("c", "C", (Step(coalition, "q", np.ones(1)),))
    chances = {(a, "q"): Chance(np.array([x]), np.zeros(1)) for a, x in zip("ABC", p, strict=True)}
    exact = authorise([route], chances=chances, rho=0.5, positions={}).routes[0].probability.mean
    assert abs(drawn - exact) < 4 * np.sqrt(exact * (1 - exact) / n)


def test_order_of_worlds_does_not_change_a_range() -> None:
    values = np.random.default_rng(0).lognormal(size=1001)
    assert Range.of(values) == Range.of(values[::-1])
    assert Range.of(np.array([True, False, True, True])).mean == 0.75
    assert Range.of([1.0]).to_dict() == {"p05": 1.0, "p50": 1.0, "p95": 1.0, "mean": 1.0}


def test_importing_the_stage_does_not_import_scipy() -> None:
    code = "import sys, backstop.authority; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- positions that are poorly attested -------------------------------------------------------


def drawn(library: BodyLibrary) -> StanceDraws:
    return StanceDraws.of(library.stances, lambda _, quantity: flat(quantity.central))


def council(library: BodyLibrary, said: list[Position]) -> dict[str, object]:
    """A council of three that has to agree, on what its members said, by day or by word."""
    body = library.body("host-consent").bind({"host": ["A", "B", "C"]})
    route = Route("council", "Council", (step(body, "q", 10),))
    day = date(2025, 12, 31)
    positions, better = (latest(some, as_of=day) for some in (said, attested(said)))
    asked = needed_ballots([route])
    cast = chances(asked, positions=positions, draws=drawn(library), conditions={})
    doubted = fallbacks(
        asked, positions=positions, better=better, draws=drawn(library), conditions={}
    )
    result = authorise([route], chances=cast, rho=0.0, positions=positions, fallbacks=doubted)
    return result.to_dict()["routes"][0]


AGREED = [stated("A", "q", "support"), stated("B", "q", "support")]


def test_a_blocker_on_poor_evidence_is_shown_with_the_route_without_it(library) -> None:
    """0.95² · 0.03 as things stand; 0.95² · 0.3 where the better attested word before counts."""
    before = stated("C", "q", "reluctant", date="2025-12-18", confidence="medium")
    last = stated("C", "q", "refuse", date="2025-12-22", confidence="low", source="wire")
    route = council(library, [*AGREED, before, last])
    assert route["probability"]["mean"] == pytest.approx(0.95**2 * 0.03, rel=1e-3)
    (blocker,) = route["blockers"]
    assert blocker["position"] == {
        "stance": "refuse", "date": "2025-12-22", "confidence": "low", "sources": ["wire"],
    }  # fmt: skip
    without = blocker["without_position"]
    assert without["position"]["stance"] == "reluctant"
    assert without["probability"]["mean"] == pytest.approx(0.95**2 * 0.3, rel=1e-3)


def test_who_said_nothing_else_would_be_unknown(library) -> None:
    route = council(library, [*AGREED, stated("C", "q", "veto", confidence="low")])
    (blocker,) = route["blockers"]
    assert blocker["without_position"]["position"] is None
    assert blocker["without_position"]["probability"]["mean"] == pytest.approx(0.95**2 * 0.5)


@pytest.mark.parametrize("confidence", ["medium", "high"])
def test_a_blocker_on_fair_evidence_is_not_doubted(library, confidence) -> None:
    said = stated("C", "q", "refuse", confidence=confidence)
    (blocker,) = council(library, [*AGREED, said])["blockers"]
    assert blocker["position"]["confidence"] == confidence
    assert blocker["without_position"] is None


def test_only_poorly_attested_ballots_have_a_fallback(library) -> None:
    poor = stated("B", "q", "oppose", confidence="low")
    held = {("A", "q"): stated("A", "q", "support"), ("B", "q"): poor}
    found = fallbacks(
        [("A", "q"), ("B", "q"), ("C", "q")],
        positions=held, better={}, draws=drawn(library), conditions={},
    )  # fmt: skip
    assert {b: f.position for b, f in found.items()} == {("B", "q"): None}
    assert isinstance(found["B", "q"], Fallback)
    assert found["B", "q"].chance.yes[0] == pytest.approx(0.5)
