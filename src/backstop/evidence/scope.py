"""The records that a scenario, or one design of it, takes its numbers from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from backstop.scenario.body import Body
from backstop.scenario.design import Block, Design
from backstop.scenario.position import Position
from backstop.scenario.record import Record
from backstop.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Entry:
    """A record or a group of records, where it stands, and the evidence it names as a whole."""

    path: str
    """As ``--set`` writes it."""
    record: object
    """What holds the numbers."""
    sources: tuple[str, ...] = ()
    """Ids of the evidence the record names."""
    speaks_for_all: bool = False
    """Whether they are the evidence for each number in it, as with a published figure. A row of
    nations.csv names many sources for many numbers, and does not say which is for which."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A scenario seen whole, or through one design."""

    scenario: Scenario
    design: Design | None

    @property
    def designs(self) -> tuple[Design, ...]:
        """The one design, or all."""
        return self.scenario.designs if self.design is None else (self.design,)

    def wants(self, *capabilities: str) -> bool:
        """Whether all these capabilities count; without a design every one does."""
        if self.design is None:
            return True
        return {line.capability for line in self.design.requirements} >= set(capabilities)

    def entries(self) -> Iterator[Entry]:
        """Every record with numbers in it, in the order of the files."""
        scenario, main = self.scenario, self.scenario.file
        yield Entry("theatre", main.theatre)
        yield from _each("capabilities", (c for c in main.capabilities if self.wants(c.id)))
        yield from _each("conditions", main.conditions, speak=True)
        yield from self._sourcing()
        yield from _each("debate", main.debate, speak=True)
        yield from _each("bodies", self._bodies())
        offers = tuple(offer for offer in scenario.offers if self.wants(offer.capability))
        offering = {offer.nation for offer in offers}
        everyone = self.design is None
        nations = (n for n in scenario.nations if everyone or n.iso3 in offering)
        yield from _each("nations", nations)
        yield from _each("offers", offers)
        yield Entry("stances", scenario.stances, scenario.stances.source)
        yield from _each("parliaments", scenario.parliaments)
        yield Entry("sizing", scenario.sizing)
        yield from _each("missions", scenario.missions, speak=True)
        yield from self._war()
        for design in self.designs:
            yield from _design_entries(design)

    def positions(self) -> tuple[Position, ...]:
        """The positions on questions that are put, in canonical order."""
        asked = self._questions()
        found = [p for p in self.scenario.positions if self.design is None or p.question in asked]
        return tuple(sorted(found, key=lambda p: (p.actor, p.question, p.date, p.speaker)))

    def cited(self) -> set[str]:
        """Ids of the evidence that records name beside their numbers: designs, lines, pairs …"""
        main = self.scenario.file
        plain: list[Any] = [*main.sourcing.incompatible, *main.correlations, *self.designs]
        plain += [feature.properties for feature in self.scenario.lines.features]
        plain += [term for body in self._bodies() for term in body.terms]
        plain += [part for entry in self._war() for part in _records(entry.record)]
        around = {one for entry in self.entries() for one in entry.sources}
        return around | {one for item in plain for one in _sources(item)}

    def _sourcing(self) -> Iterator[Entry]:
        sourcing = self.scenario.file.sourcing
        yield Entry("sourcing", sourcing.model_copy(update={"couplings": ()}))
        couplings = (c for c in sourcing.couplings if self.wants(c.capability, c.needs))
        yield from _each("sourcing.couplings", couplings, speak=True)

    def _war(self) -> Iterator[Entry]:
        """What the campaign and the crisis rest on, where the scenario tells of them."""
        main = self.scenario.file
        if main.campaign is not None:
            yield Entry("campaign", main.campaign)
            yield Entry("battle", self.scenario.battle)
        if main.deterrence is not None:
            yield Entry("deterrence", main.deterrence)

    def _bodies(self) -> tuple[Body, ...]:
        known = {body.id: body for body in (*self.scenario.library, *self.scenario.file.bodies)}
        if self.design is None:
            return tuple(known.values())
        steps = [step for route in self.design.mandate.routes for step in route.steps]
        return tuple(known[name] for name in dict.fromkeys(step.body for step in steps))

    def _questions(self) -> set[str]:
        main = self.scenario.file
        routes = [route for design in self.designs for route in design.mandate.routes]
        asked = {step.question for route in routes for step in route.steps}
        asked |= {c.question for c in main.conditions if c.question is not None}
        for capability in main.capabilities:
            if self.wants(capability.id):
                asked |= {capability.question, capability.question_outside}
        harder = {question.id: question.easier_than for question in main.questions}
        while leaning := {harder[name] for name in asked & harder.keys()} - asked:
            asked |= leaning
        return asked


def _records(record: object) -> Iterator[Record]:
    """A record and all those in it."""
    if isinstance(record, Record):
        yield record
        for name in type(record).model_fields:
            yield from _records(getattr(record, name))
    elif isinstance(record, tuple):
        for one in record:
            yield from _records(one)


def _each(prefix: str, records: Iterable[Record], *, speak: bool = False) -> Iterator[Entry]:
    for record in records:
        name = getattr(record, "iso3", None) or getattr(record, "id", None)
        yield Entry(f"{prefix}[{name}]", record, _sources(record), speak)


def _design_entries(design: Design) -> Iterator[Entry]:
    path = f"designs[{design.id}]"
    for name in type(design).model_fields:
        part = getattr(design, name)
        if isinstance(part, Block):
            yield Entry(f"{path}.{name}", part, part.source)
    yield from _each(f"{path}.requirements", design.requirements)


def _sources(record: object) -> tuple[str, ...]:
    found: Any = getattr(record, "source", ())
    return (found,) if isinstance(found, str) else tuple(found)
