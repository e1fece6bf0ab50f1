"""Who decides, by what rule, and how long it takes: decision bodies as a person writes them.

A member written ``@host`` is a role. A design's route says who fills it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from backstop.errors import InputError, Problem
from backstop.scenario.evidence import Source
from backstop.scenario.ident import Ident, Idents, twice, unique
from backstop.scenario.mission import MissionMandate
from backstop.scenario.quantity import Amount, Share
from backstop.scenario.record import Record
from backstop.scenario.voting import (
    AllOf,
    AnyOf,
    Consent,
    KOfN,
    Member,
    OptIn,
    Rule,
    Unanimity,
    Weighted,
    leaves,
)


class Term(Record):
    """Members who sit for a time, such as the elected members of the Security Council."""

    start: date
    """First day."""
    end: date
    """Last day."""
    members: tuple[Member, ...] = Field(min_length=1)
    """Who sits."""
    source: Idents = ()
    """Ids of the sources it rests on."""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"the term ends ({self.end}) before it starts ({self.start})")
        return self


class Body(Record, defer_build=False):
    """A body that decides: its members, its rule and how long it takes."""

    id: Ident
    """How routes name it."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """Its name on the page."""
    members: tuple[Member, ...] = ()
    """Members without a term; ``@name`` is a role that a route fills."""
    terms: tuple[Term, ...] = ()
    """Members for a time, one entry a period; the periods do not overlap."""
    weights: dict[Ident, dict[Member, Annotated[int, Field(ge=0)]]] = Field(default_factory=dict)
    """Named tables of whole-number weights, one for each member."""
    rule: Rule
    """When it decides yes."""
    lead_days: Amount
    """Days from the request to the decision."""
    mandate: MissionMandate | None = None
    """What the missions table calls a deployment it authorised, for the search of analogues."""
    effect: Literal["binding", "recommendation"] = "binding"
    """Whether its yes obliges or only recommends."""
    source: Idents = ()
    """Ids of the sources that the members and the rule rest on; empty means judgement."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """What a reader should know."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        again = [name for seats in self._sittings() for name in twice(seats)]
        if again:
            raise ValueError(f"a member sits twice: {', '.join(dict.fromkeys(again))}")
        terms = sorted(self.terms, key=lambda term: term.start)
        for earlier, later in pairwise(terms):
            if later.start <= earlier.end:
                raise ValueError(f"two terms overlap on {later.start}")
        known = {name for seats in self._sittings() for name in seats}
        for rule in leaves(self.rule):
            self._check(rule, known)
        return self

    def _sittings(self) -> list[tuple[str, ...]]:
        if not self.terms:
            return [self.members]
        return [(*self.members, *term.members) for term in self.terms]

    def _check(self, rule: Rule, known: set[str]) -> None:
        named = (rule.of,) if isinstance(rule, Consent) else getattr(rule, "of", ())
        named = (*named, *getattr(rule, "lead", ()))
        strangers = [n for n in named if n not in known and not n.startswith("@")]
        if strangers:
            raise ValueError(f"the rule names {', '.join(strangers)}, which is no member")
        table = getattr(rule, "weight", None)
        if table is not None:
            missing = sorted(known - self.weights.get(table, {}).keys())
            if missing:
                raise ValueError(f"weights.{table} has no entry for {', '.join(missing)}")
        if isinstance(rule, Weighted) and rule.quota > sum(self.weights[rule.weight].values()):
            raise ValueError(f"the quota of {rule.quota} is more than all weights together")
        counted = rule.of if isinstance(rule, KOfN) and rule.of else None
        open_ended = any(name.startswith("@") for name in (counted or known))
        if isinstance(rule, KOfN) and not open_ended:
            fewest = len(counted) if counted else min(len(seats) for seats in self._sittings())
            if rule.yes > fewest:
                raise ValueError(f"{rule.yes} of {fewest} members can never say yes")

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that a route must fill, without their ``@``."""
        return tuple(sorted(name[1:] for name in _names(self) if name.startswith("@")))

    def on(self, day: date) -> Body:
        """The body as it sits on a day; InputError when no term covers it."""
        if not self.terms:
            return self
        for term in self.terms:
            if term.start <= day <= term.end:
                return self.model_copy(
                    update={"members": (*self.members, *term.members), "terms": ()}
                )
        have = ", ".join(f"{term.start} to {term.end}" for term in self.terms)
        message = f"{self.id} has no members on {day}; it has terms for {have}: add one"
        raise InputError([Problem("", 0, 0, f"bodies.{self.id}.terms", message)])

    def bind(self, roles: Mapping[str, Sequence[str]]) -> Body:
        """The body with its roles filled; InputError when one is left open."""
        missing = [role for role in self.roles if role not in roles]
        if missing:
            message = f"nobody is named for the role {', '.join(missing)}"
            raise InputError([Problem("", 0, 0, f"bodies.{self.id}", message)])
        if not self.roles:
            return self

        def fill(names: Sequence[str]) -> tuple[str, ...]:
            filled = (roles[n[1:]] if n.startswith("@") else (n,) for n in names)
            return tuple(dict.fromkeys(actor for group in filled for actor in group))

        return self.model_copy(
            update={"members": fill(self.members), "rule": _filled(self.rule, fill)}
        )


def _names(body: Body) -> set[str]:
    names = {name for seats in body._sittings() for name in seats}
    for rule in leaves(body.rule):
        of = getattr(rule, "of", ())
        names.update((of,) if isinstance(of, str) else of)
        names.update(getattr(rule, "lead", ()))
    return names


def _filled(rule: Rule, fill: Callable[[Sequence[str]], tuple[str, ...]]) -> Rule:
    if isinstance(rule, AllOf | AnyOf):
        return rule.model_copy(update={"rules": tuple(_filled(r, fill) for r in rule.rules)})
    if isinstance(rule, Consent):
        actors = fill((rule.of,))
        return Unanimity(kind="unanimity", of=actors)
    if isinstance(rule, OptIn):
        return rule.model_copy(update={"lead": fill(rule.lead)})
    of = getattr(rule, "of", ())
    return rule.model_copy(update={"of": fill(of)}) if of else rule


class Stance(Record):
    """What a stance is worth as a probability."""

    yes: Share
    """Probability of a yes, given that every condition named with the position holds."""
    unmet: Share | None = None
    """Probability of a yes when a named condition fails; ``unmet`` of the table when left out."""
    abstains: Share
    """Of the probability that is not yes, the share that abstains or stays silent."""
    conditional: bool = False
    """Whether it rests on a condition even where the position names none."""


class StanceTable(Record):
    """From stances to probabilities, each uncertain itself; all of it judgement unless sourced."""

    stances: dict[Ident, Stance] = Field(min_length=1)
    """The stances that positions may use; ``unknown`` stands for no known position."""
    unmet: Share
    """Probability of a yes when a condition that the position names fails."""
    unnamed: Share
    """Probability that the condition of a conditional stance holds when the position names none."""
    rho: Annotated[Share, AfterValidator(lambda q: _below_one(q))]
    """Correlation of the members' latent willingness (one common factor)."""
    source: Idents = ()
    """Ids of the sources it rests on; empty means judgement."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """Why these numbers."""

    @model_validator(mode="after")
    def _has_unknown(self) -> Self:
        if "unknown" not in self.stances:
            raise ValueError("the stance 'unknown' is needed for members without a position")
        return self


def _below_one(quantity: Any) -> Any:
    if quantity.support()[1] > 0.95:
        raise ValueError("a correlation above 0.95 is not computed exactly: stay at or below it")
    return quantity


class Parliament(Record):
    """A form of parliamentary consent to a deployment, as nations name it."""

    id: Ident
    """The value of a nation's ``parliament``."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """What it means."""
    binding: Share
    """Probability that a No of parliament keeps the force at home at the start."""
    approval: Share
    """Probability that parliament agrees when its government asks."""
    lead_days: Amount
    """Days from the government's decision until the force may leave."""
    vote_after_days: Amount | None = None
    """Days after the start at which a vote on staying is due, if any."""
    source: Idents = ()
    """Ids of the sources the form rests on; empty means judgement."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """What a reader should know."""


class BodyLibrary(Record):
    """``bodies.toml``: the shipped bodies, forms of parliamentary consent and stance table."""

    sources: Annotated[tuple[Source, ...], AfterValidator(unique(lambda x: x.id, "source"))] = ()
    """Where members and rules come from."""
    bodies: Annotated[tuple[Body, ...], AfterValidator(unique(lambda x: x.id, "body"))]
    """The bodies."""
    parliaments: Annotated[
        tuple[Parliament, ...], AfterValidator(unique(lambda x: x.id, "parliament"))
    ]
    """Forms of parliamentary consent."""
    stances: StanceTable
    """What a stance is worth when a scenario says nothing else."""

    def body(self, name: str) -> Body:
        """The body of that id; KeyError when there is none."""
        return {body.id: body for body in self.bodies}[name]
