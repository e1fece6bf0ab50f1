"""A scenario: everything a person wrote, checked and frozen; and a case, one design of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Annotated

from pydantic import AfterValidator, Field

from backstop.errors import NotFound
from backstop.scenario.battle import Battle
from backstop.scenario.body import Body, Parliament, StanceTable
from backstop.scenario.campaign import Campaign
from backstop.scenario.capability import Capability
from backstop.scenario.dates import Day
from backstop.scenario.debate import DebateFigure
from backstop.scenario.design import Design
from backstop.scenario.deterrence import DeterrenceTerms
from backstop.scenario.evidence import Evidence, Source
from backstop.scenario.geometry import Lines
from backstop.scenario.ident import Ident, did_you_mean, unique
from backstop.scenario.mission import Mission
from backstop.scenario.nation import Nation
from backstop.scenario.offer import Offer
from backstop.scenario.position import Position
from backstop.scenario.record import Record
from backstop.scenario.regime import Sizing
from backstop.scenario.rules import Condition, Correlation, Question, Sourcing
from backstop.scenario.theatre import Party, Theatre


class ScenarioFile(Record):
    """``scenario.toml``: theatre, parties, horizon, rules and uncertainties."""

    name: Ident = Field(json_schema_extra={"descriptive": True})
    """The scenario's name."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """Its title on the page."""
    summary: str = Field(json_schema_extra={"descriptive": True})
    """What it is about, in a sentence or two."""
    as_of: Day
    """Positions dated later than this day are not used (``YYYY-MM-DD``)."""
    theatre: Theatre
    """Where it happens."""
    parties: Annotated[tuple[Party, ...], AfterValidator(unique(lambda x: x.id, "party"))] = Field(
        min_length=2
    )
    """Who matters."""
    capabilities: Annotated[
        tuple[Capability, ...], AfterValidator(unique(lambda x: x.id, "capability"))
    ] = Field(min_length=1)
    """The kinds of unit."""
    conditions: Annotated[
        tuple[Condition, ...], AfterValidator(unique(lambda x: x.id, "condition"))
    ] = ()
    """What may have to hold first."""
    questions: Annotated[
        tuple[Question, ...], AfterValidator(unique(lambda x: x.id, "question"))
    ] = ()
    """Questions that are easier than others; only where that is so need one stand here."""
    sourcing: Sourcing
    """What sourcing must respect."""
    bodies: Annotated[tuple[Body, ...], AfterValidator(unique(lambda x: x.id, "body"))] = ()
    """Bodies of this scenario, beside the shipped library; the same id replaces one there."""
    stances: StanceTable | None = None
    """What a stance is worth as a probability; the shipped table when left out."""
    correlations: tuple[Correlation, ...] = ()
    """Uncertain quantities that move together."""
    debate: Annotated[
        tuple[DebateFigure, ...], AfterValidator(unique(lambda x: x.id, "figure"))
    ] = ()
    """Published figures to set the computed requirement against."""
    campaign: Campaign | None = None
    """The attack to be stopped; without it nobody asks whether the line would hold."""
    deterrence: DeterrenceTerms | None = None
    """Stakes, costs and rules of the crisis; without them deterrence is not judged."""


class Scenario(Record):
    """All files of a scenario folder together, with the shipped tables they lean on."""

    file: ScenarioFile
    """``scenario.toml``."""
    nations: tuple[Nation, ...]
    """``nations.csv``."""
    offers: tuple[Offer, ...]
    """``offers.csv``."""
    positions: tuple[Position, ...]
    """``positions.csv``."""
    evidence: Evidence
    """``evidence.toml``."""
    lines: Lines
    """``line.geojson``."""
    designs: tuple[Design, ...]
    """``designs/*.toml``."""
    library: tuple[Body, ...]
    """The shipped bodies."""
    library_sources: tuple[Source, ...]
    """The documents the shipped bodies rest on."""
    parliaments: tuple[Parliament, ...]
    """The shipped forms of parliamentary consent."""
    stances: StanceTable
    """The stance table in force."""
    missions: tuple[Mission, ...]
    """The shipped table of historical deployments."""
    sizing: Sizing
    """The shipped table of regimes and gross-up factors."""
    battle: Battle
    """The shipped parameters of the campaign model."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical form of all of the above."""
        plain = {
            name: value.model_dump(mode="json")
            if isinstance(value, Record)
            else [item.model_dump(mode="json") for item in value]
            for name, value in ((name, getattr(self, name)) for name in type(self).model_fields)
        }
        text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.file.name

    def design(self, name: str) -> Case:
        """One design of the scenario; NotFound names the nearest when there is none."""
        for design in self.designs:
            if design.id == name:
                return Case(scenario=self, design=design)
        known = [design.id for design in self.designs]
        raise NotFound(f"{self.name} has no design {name!r}{did_you_mean(name, known)}")

    def body(self, name: str) -> Body:
        """A body of the scenario or, failing that, of the shipped library."""
        for body in (*self.file.bodies, *self.library):
            if body.id == name:
                return body
        known = [body.id for body in (*self.file.bodies, *self.library)]
        raise NotFound(f"there is no body {name!r}{did_you_mean(name, known)}")


@dataclass(frozen=True, slots=True)
class Case:
    """One design of one scenario: what ``assess`` answers for."""

    scenario: Scenario
    design: Design
