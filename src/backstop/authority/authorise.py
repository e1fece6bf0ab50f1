"""Who has to agree: every route of a design, how likely it opens, who blocks and how long it takes.

The steps of a route are joined into one decision: the same actor's answer to the same question
counts once, however many bodies it sits in, and one common factor runs through all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from backstop.authority.diagram import Diagram, diagram
from backstop.authority.doubt import Doubt, Fallback
from backstop.authority.opening import Blocker, Opening, blockers, opening
from backstop.authority.passage import Chance, passage, passages
from backstop.authority.power import MemberPower, power
from backstop.authority.tally import Ballot, Formula, ballots, both, formula
from backstop.authority.words import in_words
from backstop.futures.range import Range
from backstop.scenario.body import Body
from backstop.scenario.position import Position

FloatArray = npt.NDArray[np.float64]

#: A route less likely than this on average is not recommended, however bad the others are.
HOPELESS = 0.05


@dataclass(frozen=True, slots=True)
class Step:
    """One decision on a route: a body, roles bound and seats filled, and the question put to it."""

    body: Body
    question: str
    lead_days: FloatArray
    """Days from the request to the decision, shape (worlds,)."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to be allowed to act: every step must pass, one after the other."""

    id: str
    title: str
    steps: tuple[Step, ...]
    parliament_days: FloatArray | None = None
    """Days the slowest parliament needs that the route cannot do without, shape (worlds,)."""


@dataclass(frozen=True, slots=True)
class StepPassage:
    """One step's own chance."""

    body: str
    question: str
    rule: str
    probability: Range
    lead_days: Range
    binding: bool

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "body": self.body,
            "question": self.question,
            "rule": self.rule,
            "probability": self.probability.to_dict(),
            "lead_days": self.lead_days.to_dict(),
            "binding": self.binding,
        }


@dataclass(frozen=True, slots=True)
class RoutePassage:
    """What is known of one route; ``body`` and ``question`` are those of its first step."""

    route: str
    title: str
    body: str
    question: str
    rule: str
    """The rules of all steps in words."""
    graph: Diagram = field(repr=False)
    """The one decision that all steps make together."""
    probability: Range
    probability_by_world: FloatArray = field(repr=False)
    """Probability that every step passes, shape (worlds,)."""
    lead_days: Range
    lead_days_by_world: FloatArray = field(repr=False)
    """Days until the last step and the slowest parliament are done, shape (worlds,)."""
    blockers: tuple[Blocker, ...]
    opening: Opening
    steps: tuple[StepPassage, ...]
    power: tuple[MemberPower, ...]
    """Power in the body of the first step."""
    unknown: tuple[str, ...]
    """Actors that vote on this route and of whom no position is known."""

    def to_dict(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "route": self.route,
            "title": self.title,
            "body": self.body,
            "question": self.question,
            "rule": self.rule,
            "probability": self.probability.to_dict(),
            "blockers": [blocker.to_dict() for blocker in self.blockers],
            "opens_if": [list(actors) for actors in self.opening.sets],
            "opens_if_capped": self.opening.capped,
            "open_as_expected": self.opening.open,
            "lead_days": self.lead_days.to_dict(),
            "power": [member.to_dict() for member in self.power],
            "steps": [step.to_dict() for step in self.steps],
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True, slots=True)
class Authorisation:
    """All routes of a design, and the one to take."""

    routes: tuple[RoutePassage, ...]
    recommended: str | None
    """The likeliest route, the faster of equals; None when none is likelier than 5 %."""

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``authority`` object."""
        return {
            "routes": [route.to_dict() for route in self.routes],
            "recommended": self.recommended,
        }


def needed_ballots(routes: Sequence[Route]) -> tuple[Ballot, ...]:
    """Every (actor, question) that some route asks for, sorted."""
    return tuple(sorted({ballot for route in routes for ballot in ballots(_joined(route))}))


def authorise(
    routes: Sequence[Route],
    *,
    chances: Mapping[Ballot, Chance],
    rho: float | FloatArray,
    positions: Mapping[Ballot, Position],
    fallbacks: Mapping[Ballot, Fallback] | None = None,
) -> Authorisation:
    """Assess every route.

    Parameters
    ----------
    routes
        At least one; bodies have their roles bound and their seats filled.
    chances
        The chances of every ballot in :func:`needed_ballots`, arrays of shape (worlds,).
    rho
        Correlation of latent willingness, 0 to 0.95, one number or one a world.
    positions
        The position in force for each ballot; ballots without one are listed as unknown.
    fallbacks
        What counts of a ballot whose position is poorly attested, were that position struck (see
        :func:`backstop.authority.doubt.fallbacks`). A blocker among them is shown with the
        probability of the route in that case.
    """
    assert routes, "a mandate names at least one route"
    graphs = {route.id: _diagrams(route) for route in routes}
    every = [graph for each in graphs.values() for graph in each]
    chance = iter(passages(every, chances=chances, rho=rho))
    passing = {name: [next(chance) for _ in each] for name, each in graphs.items()}
    assessed = tuple(
        _assess(
            route,
            graphs[route.id][0],
            passing[route.id],
            chances=chances,
            rho=rho,
            positions=positions,
            fallbacks=fallbacks or {},
        )
        for route in routes
    )
    best = min(assessed, key=lambda r: (-r.probability.mean, r.lead_days.p50, r.route))
    return Authorisation(assessed, best.route if best.probability.mean >= HOPELESS else None)


def _joined(route: Route) -> Formula:
    assert route.steps, f"route {route.id} has no step"
    return both([formula(step.body, question=step.question) for step in route.steps])


def _diagrams(route: Route) -> list[Diagram]:
    """The decision of a route, then that of each step alone; one step is the route."""
    whole = diagram(_joined(route))
    if len(route.steps) == 1:
        return [whole, whole]
    return [whole, *(diagram(formula(s.body, question=s.question)) for s in route.steps)]


def _assess(
    route: Route,
    graph: Diagram,
    passing: Sequence[FloatArray],
    *,
    chances: Mapping[Ballot, Chance],
    rho: float | FloatArray,
    positions: Mapping[Ballot, Position],
    fallbacks: Mapping[Ballot, Fallback],
) -> RoutePassage:
    first = route.steps[0]
    days = np.sum([step.lead_days for step in route.steps], axis=0)
    if route.parliament_days is not None:
        days = days + route.parliament_days
    cast = {ballot: chances[ballot] for ballot in graph.order}
    probability = np.broadcast_to(passing[0], days.shape)
    asked = sorted(ballots(_joined(route)))
    blocking = blockers(graph, chances=cast, rho=float(np.sort(np.ravel(rho)).mean()))
    return RoutePassage(
        route=route.id,
        title=route.title,
        body=first.body.id,
        question=first.question,
        rule="; then ".join(f"{s.body.title}: {in_words(s.body)}" for s in route.steps),
        graph=graph,
        probability=Range.of(probability),
        probability_by_world=np.ascontiguousarray(probability),
        lead_days=Range.of(days),
        lead_days_by_world=days,
        blockers=tuple(
            replace(
                blocker,
                position=positions.get((blocker.actor, blocker.question)),
                doubt=_doubt(blocker, graph, chances=cast, rho=rho, fallbacks=fallbacks),
            )
            for blocker in blocking
        ),
        opening=opening(graph, chances=cast),
        steps=tuple(map(_step, route.steps, passing[1:])),
        power=power(first.body),
        unknown=tuple(dict.fromkeys(b[0] for b in asked if b not in positions)),
    )


def _doubt(
    blocker: Blocker,
    graph: Diagram,
    *,
    chances: Mapping[Ballot, Chance],
    rho: float | FloatArray,
    fallbacks: Mapping[Ballot, Fallback],
) -> Doubt | None:
    """The route without the blocker's position, where that one is poorly attested."""
    ballot = blocker.actor, blocker.question
    instead = fallbacks.get(ballot)
    if instead is None:
        return None
    without = passage(graph, chances={**chances, ballot: instead.chance}, rho=rho)
    return Doubt(instead.position, Range.of(without))


def _step(step: Step, passing: FloatArray) -> StepPassage:
    return StepPassage(
        body=step.body.id,
        question=step.question,
        rule=in_words(step.body),
        probability=Range.of(passing),
        lead_days=Range.of(step.lead_days),
        binding=step.body.effect == "binding",
    )
