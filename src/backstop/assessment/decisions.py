"""Who decides what in each world: positions to votes, votes to conditions, routes and contributors.

An actor has one willingness a world: a world in which it says yes to the harder of two questions
is one in which it says yes to the easier. All actors share one common factor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.assessment.statement import question
from backstop.assessment.supply import Supply
from backstop.assessment.worlds import Futures
from backstop.authority.authorise import (
    Authorisation,
    Route,
    Step,
    authorise,
    needed_ballots,
)
from backstop.authority.condition import Premise, Settlement, Vote, settle
from backstop.authority.doubt import attested, fallbacks
from backstop.authority.passage import Chance
from backstop.authority.stance import UNKNOWN, StanceDraws, branches, chances, latest
from backstop.authority.tally import ABSTAIN, NO, YES, Ballot
from backstop.authority.willingness import correlated
from backstop.scenario.body import Body
from backstop.scenario.dates import last_day
from backstop.scenario.position import Position
from backstop.scenario.rules import Condition
from backstop.scenario.scenario import Case

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: A nation more likely than this to come is counted on in the planning case: clearly more likely
#: than not, so that one of which nothing is known (one half) is never counted on by chance.
COUNTED_ON = 0.55


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Every decision of a case in every world."""

    authorisation: Authorisation
    comes: Mapping[Ballot, Bools]
    """By nation and question whether its force comes, shape (worlds,)."""
    central: Mapping[Ballot, float]
    """The chance of it in the planning case, every quantity at its middle; free of sampling."""
    yes: Mapping[Ballot, Floats]
    """The chance of a yes to every ballot that anything here rests on, shape (worlds,)."""
    conditions: Mapping[str, Bools]
    """Whether each condition holds, shape (worlds,); of several consistent states the lowest."""
    ambiguous: float
    """Share of worlds in which conditions that wait for each other have more than one state."""
    unknown: tuple[str, ...]
    """Nations that could contribute and of which no position is known."""
    mandate: Bools
    """Whether the recommended route opens, shape (worlds,); nowhere when none is recommended."""

    def planning(self) -> frozenset[Ballot]:
        """Whom the planning case counts on."""
        return frozenset(ballot for ballot, p in self.central.items() if p > COUNTED_ON)

    def open_conditions(self) -> frozenset[str]:
        """Conditions that the planning case takes as given: those likelier than not."""
        return _likely(self.conditions)

    def lead_days(self) -> Floats:
        """Days until the recommended route has opened, shape (worlds,); of the first, if none."""
        routes = {route.route: route for route in self.authorisation.routes}
        best = self.authorisation.recommended or self.authorisation.routes[0].route
        return routes[best].lead_days_by_world


def decide(case: Case, futures: Futures, *, supplies: Sequence[Supply]) -> Decisions:
    """Draw every decision of a case."""
    return _Bench(case, futures, supplies).decide()


def roles_of(case: Case, supplies: Sequence[Supply]) -> dict[str, tuple[str, ...]]:
    """Who fills the roles that fill themselves."""
    parties = case.scenario.file.parties

    def of(role: str) -> tuple[str, ...]:
        return tuple(sorted(party.nation for party in parties if party.role == role))

    return {
        "host": of("protected"),
        "belligerent": of("challenger"),
        "challenger": of("challenger"),
        "lead": of("guarantor"),
        "guarantors": of("guarantor"),
        "contributors": tuple(sorted({supply.nation.iso3 for supply in supplies})),
    }


class _Bench:
    """Where the votes of a case are counted."""

    def __init__(self, case: Case, futures: Futures, supplies: Sequence[Supply]) -> None:
        self.case = case
        self.futures = futures
        self.supplies = supplies
        self.day = last_day(case.scenario.file.as_of)
        stated: dict[Ballot, Position] = latest(case.scenario.positions, as_of=self.day)
        self.spoken = {actor for actor, _ in stated}
        self.positions = {**_inherited(case, stated), **stated}
        better = latest(attested(case.scenario.positions), as_of=self.day)
        self.attested = {**_inherited(case, better), **better}
        self.draws = StanceDraws.of(case.scenario.stances, lambda path, _: futures[path])
        self.forms = {nation.iso3: nation.parliament for nation in case.scenario.nations}
        self.drawn: dict[str, Floats] = {}
        self.routes = tuple(self._routes())
        self.offered = self._offered()

    def decide(self) -> Decisions:
        """Settle the conditions, then judge the routes and draw the contributors."""
        settled = self._settle()
        states = {name: holds.astype(np.float64) for name, holds in settled.lowest.items()}
        ballots = {*needed_ballots(self.routes), *self.offered}
        cast = chances(ballots, positions=self.positions, draws=self.draws, conditions=states)
        doubted = fallbacks(
            needed_ballots(self.routes),
            positions=self.positions,
            better=self.attested,
            draws=self.draws,
            conditions=states,
        )
        authorisation = authorise(
            self.routes,
            chances=cast,
            rho=self.draws.rho,
            positions=self.positions,
            fallbacks=doubted,
        )
        comes = {b: settled.votes_lowest[b] & self._parliament(b[0]) for b in self.offered}
        given = _likely(settled.lowest)
        return Decisions(
            authorisation=authorisation,
            comes=comes,
            central={ballot: self._central(ballot, given) for ballot in self.offered},
            yes={ballot: chance.yes for ballot, chance in cast.items()},
            conditions=settled.lowest,
            ambiguous=settled.ambiguous,
            unknown=self._silent(),
            mandate=self._opens(authorisation, cast),
        )

    def _opens(self, found: Authorisation, cast: Mapping[Ballot, Chance]) -> Bools:
        """Whether the recommended route opens, every actor voting as its willingness there says."""
        graph = next((r.graph for r in found.routes if r.route == found.recommended), None)
        if graph is None:
            return np.zeros(len(self.futures), dtype=np.bool_)
        votes = {}
        for ballot in graph.order:
            drawn = self._willingness(ballot[0])
            accepts = drawn <= cast[ballot].accepts
            votes[ballot] = np.where(drawn <= cast[ballot].yes, YES, np.where(accepts, ABSTAIN, NO))
        return graph.passes_in(votes, worlds=len(self.futures))

    def _offered(self) -> tuple[Ballot, ...]:
        places = {place.id: place for place in self.case.scenario.file.theatre.locations}
        asked = {
            (supply.nation.iso3, question(supply.capability, places[requirement.location]))
            for supply in self.supplies
            for requirement in self.case.design.requirements
            if requirement.capability == supply.capability.id
        }
        return tuple(sorted(asked))

    def _routes(self) -> Iterator[Route]:
        filled = roles_of(self.case, self.supplies)
        for route in self.case.design.mandate.routes:
            steps = []
            for step in route.steps:
                body = self.case.scenario.body(step.body).on(self.day)
                roles = {**filled, **step.roles}
                lead = self.futures[f"bodies[{body.id}].lead_days"]
                steps.append(Step(body.bind(roles), step.question, lead))
            slowest = self._slowest_parliament([step.body for step in steps])
            yield Route(route.id, route.title, tuple(steps), slowest)

    def _slowest_parliament(self, bodies: Iterable[Body]) -> Floats | None:
        """Days of the slowest parliament among the nations a coalition cannot do without."""
        leads = {name for body in bodies for name in getattr(body.rule, "lead", ())}
        days = [self._of_parliament(n, "lead_days") for n in sorted(leads & self.forms.keys())]
        return np.max(days, axis=0) if days else None

    def _of_parliament(self, nation: str, key: str) -> Floats:
        return self.futures[f"parliaments[{self.forms[nation]}].{key}"]

    def _parliament(self, nation: str) -> Bools:
        """Whether the nation's parliament lets its force go."""
        own = self.futures.uniforms(f"parliament of {nation}")
        binding = self._of_parliament(nation, "binding")
        approval = self._of_parliament(nation, "approval")
        return np.asarray(own <= 1 - binding * (1 - approval))

    def _willingness(self, actor: str) -> Floats:
        """The actor's uniform number, tied to the others' by the common factor."""
        if actor not in self.drawn:
            own = self.futures.uniforms(f"willingness of {actor}")[:, None]
            common = self.futures.uniforms("common factor of willingness")
            self.drawn[actor] = correlated(common, own=own, rho=self.draws.rho)[:, 0]
        return self.drawn[actor]

    def _central(self, ballot: Ballot, given: frozenset[str]) -> float:
        """The chance that a nation comes, every quantity at its middle."""
        table = self.case.scenario.stances
        position = self.positions.get(ballot)
        stance = table.stances[position.stance if position else UNKNOWN]
        named = set(position.conditions) if position else set()
        yes, unmet = stance.yes.central, (stance.unmet or table.unmet).central
        if stance.conditional and not named:
            holds = table.unnamed.central
            yes = holds * yes + (1 - holds) * min(unmet, yes)
        elif not named <= given:
            yes = min(unmet, yes)
        form = f"parliaments[{self.forms[ballot[0]]}]"
        stopped = self.futures.central(f"{form}.binding")
        return yes * (1 - stopped * (1 - self.futures.central(f"{form}.approval")))

    def _settle(self) -> Settlement:
        premises = {c.id: self._premise(c) for c in self.case.scenario.file.conditions}
        deciding = {premise.vote for premise in premises.values() if premise.vote is not None}
        votes = {}
        for ballot in sorted({*self.offered, *deciding}):
            met, unmet, _, names = branches(ballot, positions=self.positions, draws=self.draws)
            votes[ballot] = Vote(met, unmet, names, self._willingness(ballot[0]))
        return settle(premises, votes=votes)

    def _premise(self, condition: Condition) -> Premise:
        worlds = len(self.futures)
        if condition.assumed:
            return Premise(fact=np.ones(worlds, dtype=np.bool_))
        if condition.actor is not None and condition.question is not None:
            return Premise(vote=(condition.actor, condition.question), requires=condition.requires)
        if condition.probability is not None:
            chance = self.futures[f"conditions[{condition.id}].probability"]
            fact = self.futures.uniforms(f"condition {condition.id}") <= chance
            return Premise(fact=np.asarray(fact), requires=condition.requires)
        sought = any(step.body.id == condition.body for r in self.routes for step in r.steps)
        return Premise(fact=np.full(worlds, sought), requires=condition.requires)

    def _silent(self) -> tuple[str, ...]:
        return tuple(sorted({actor for actor, _ in self.offered} - self.spoken))


def _likely(conditions: Mapping[str, Bools]) -> frozenset[str]:
    """Conditions that hold in more futures than not."""
    return frozenset(name for name, holds in conditions.items() if holds.mean() > 0.5)


def _inherited(case: Case, stated: Mapping[Ballot, Position]) -> dict[Ballot, Position]:
    """Positions on easier questions taken from the harder one, where that one is favourable."""
    table = case.scenario.stances.stances
    unknown = table[UNKNOWN].yes.central
    found = {}
    for asked in case.scenario.file.questions:
        for (actor, harder), position in stated.items():
            favourable = table[position.stance].yes.central > unknown
            if harder == asked.easier_than and favourable:
                found[actor, asked.id] = position
    return found
