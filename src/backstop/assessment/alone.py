"""One stage alone, for a design or for any body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from backstop.assessment.assess import head
from backstop.assessment.assumptions import assumptions
from backstop.assessment.attack import attack, trajectory
from backstop.assessment.crisis import crisis, first_crises
from backstop.assessment.decisions import roles_of
from backstop.assessment.finding import Finding, ordered
from backstop.assessment.findings import (
    authority_findings,
    backstop_finding,
    sequence_finding,
    sizing_findings,
    vote_findings,
)
from backstop.assessment.plan import planning
from backstop.assessment.stages import Run
from backstop.assessment.war import War
from backstop.assessment.what_if import Effort
from backstop.assessment.worlds import draw_body
from backstop.authority.authorise import Route, Step, authorise, needed_ballots
from backstop.authority.doubt import attested, fallbacks
from backstop.authority.stance import StanceDraws, chances, latest
from backstop.authority.tally import Ballot
from backstop.errors import InputError, Problem
from backstop.futures import Place
from backstop.scenario.body import Body
from backstop.scenario.dates import last_day
from backstop.scenario.ident import did_you_mean
from backstop.scenario.position import Position
from backstop.scenario.scenario import Case, Scenario

#: Futures of sourcing and authority drawn for a campaign or a crisis; more worlds take their forces
#: in turn.
MOST_FUTURES = 10_000


def size_alone(case: Case, *, worlds: int, seed: int) -> dict[str, Any]:
    """The ``sizing`` object of a design, with the common head."""
    run = Run.of(case, worlds=range(worlds), seed=seed)
    requirement = run.size(inverted=True)
    return {
        **head(run),
        "title": case.design.title,
        **requirement.to_dict(),
        **_tail(case, run.futures.places, sizing_findings(requirement)),
    }


def source_alone(case: Case, *, worlds: int, seed: int, effort: Effort) -> dict[str, Any]:
    """The ``sourcing`` object of a design, with the common head."""
    run = Run.of(case, worlds=range(worlds), seed=seed)
    with planning(run, effort=effort) as measure:
        planned = measure(run.cover() if case.design.requirements else None)()
    return {
        **head(run),
        "title": case.design.title,
        **planned.to_dict(),
        **_tail(case, run.futures.places, planned.findings),
    }


def authorise_alone(case: Case, *, worlds: int, seed: int) -> dict[str, Any]:
    """The ``authority`` object of a design, with the common head."""
    run = Run.of(case, worlds=range(worlds), seed=seed)
    decided = run.decisions
    found = (
        *authority_findings(decided),
        *sequence_finding(case, decided),
        *backstop_finding(case, decided),
        *vote_findings(case, run.futures, decided),
    )
    return {
        **head(run),
        "title": case.design.title,
        **decided.authorisation.to_dict(),
        **_tail(case, run.futures.places, (one for one in found if one.stage == "authority")),
    }


def _tail(case: Case, places: Mapping[str, Place], findings: Iterable[Finding]) -> dict[str, Any]:
    """What every result of a design ends with."""
    return {
        "findings": [finding.to_dict() for finding in ordered([*findings])],
        "assumptions": [one.to_dict() for one in assumptions(case, places)],
    }


def campaign_alone(
    case: Case, *, worlds: int, seed: int, threads: int, replay: int | None = None
) -> dict[str, Any]:
    """The ``campaign`` object of a design, with the common head.

    ``replay`` adds the days of one world, which must be among those the campaign is told for.

    Raises
    ------
    InputError
        When the scenario says nothing of an attack.
    NotFound
        When the world to be replayed is not among those that were fought.
    """
    run = Run.of(case, worlds=range(min(worlds, MOST_FUTURES)), seed=seed)
    coverage = run.cover() if case.design.requirements else None
    fought = attack(run, coverage, worlds=worlds, threads=threads)
    found = War.of(run, fought, None)
    days = [] if replay is None else trajectory(fought.honoured, replay)
    return {
        **head(run),
        "title": case.design.title,
        **(found.campaign() or {}),
        "worlds": worlds,
        "replayed": replay,
        "trajectory": days,
        "drivers": [driver.to_dict() for driver in found.campaign_drivers],
        **_tail(case, found.known(run), found.findings(run)),
    }


def deter_alone(
    case: Case,
    *,
    worlds: int,
    seed: int,
    threads: int,
    horizon_years: float,
    types: int,
    explained: int,
    everywhere: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """The ``deterrence`` object of a design, with the common head and one crisis laid open.

    ``everywhere`` solves the first quarter's crisis in all the worlds besides, and tells how many
    were not solved.

    Raises
    ------
    InputError
        When the scenario says nothing of an attack or of the crisis.
    """
    run = Run.of(case, worlds=range(min(worlds, MOST_FUTURES)), seed=seed)
    coverage = run.cover() if case.design.requirements else None
    played = crisis(
        run,
        coverage,
        horizon_years=horizon_years,
        types=types,
        explained=explained,
        threads=threads,
    )
    found = War.of(run, None, played)
    solved = None
    if everywhere:
        solved = first_crises(
            run, coverage, worlds=worlds, types=types, threads=threads, say=say
        ).to_dict()
    return {
        **head(run),
        "title": case.design.title,
        **(found.deterrence() or {}),
        "first_crisis": solved,
        "explanation": played.answer.explanation.to_dict(),
        **_tail(case, found.known(run), found.findings(run)),
    }


def authorise_body(
    scenario: Scenario, name: str, *, question: str | None, worlds: int, seed: int
) -> dict[str, Any]:
    """The ``authority`` object of one body and one question.

    Conditions that positions name count as met, since no design says otherwise. Without a
    question the one is taken that some design puts to the body or, failing that, any on which
    most members have spoken.

    Raises
    ------
    NotFound
        When there is no such body.
    InputError
        When a role of the body has nobody to fill it, or nobody has spoken on the question.
    """
    day = last_day(scenario.file.as_of)
    body = scenario.body(name).on(day)
    filled = roles_of(Case(scenario=scenario, design=scenario.designs[0]), ())
    filled["contributors"] = tuple(sorted({offer.nation for offer in scenario.offers}))
    filled["parliament"] = filled["host"]
    body = body.bind(filled)
    positions = latest(scenario.positions, as_of=day)
    asked = _question(scenario, body, positions, question)
    futures = draw_body(scenario, body, worlds=range(worlds), seed=seed)
    route = Route(name, body.title, (Step(body, asked, futures[f"bodies[{name}].lead_days"]),))
    draws = StanceDraws.of(scenario.stances, lambda path, _: futures[path])
    ballots = needed_ballots([route])
    met = {c.id: futures.ones() for c in scenario.file.conditions}
    cast = chances(ballots, positions=positions, draws=draws, conditions=met)
    doubted = fallbacks(
        ballots,
        positions=positions,
        better=latest(attested(scenario.positions), as_of=day),
        draws=draws,
        conditions=met,
    )
    answer = authorise([route], chances=cast, rho=draws.rho, positions=positions, fallbacks=doubted)
    return {
        "scenario": scenario.name,
        "scenario_digest": scenario.digest,
        "seed": seed,
        "worlds": worlds,
        "title": f"{body.title} on {asked or 'no question in particular'}",
        **answer.to_dict(),
        "findings": [],
    }


def _question(
    scenario: Scenario, body: Body, positions: dict[Ballot, Position], question: str | None
) -> str:
    every = {q for _, q in positions}
    if question is not None and question not in every:
        message = f"nobody has spoken on {question!r}{did_you_mean(question, every)}"
        raise InputError([Problem("--question", 0, 0, "", message)])
    if question is not None:
        return question
    routes = (route for design in scenario.designs for route in design.mandate.routes)
    put = {step.question for route in routes for step in route.steps if step.body == body.id}
    spoken = Counter(q for actor, q in sorted(positions) if actor in body.members)
    likely = put or set(spoken)
    return min(likely, key=lambda q: (-spoken[q], q)) if likely else ""
