"""A design: one system of guarantees, composed of the same building blocks as every other."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from backstop.scenario.ident import Ident, Idents, unique
from backstop.scenario.quantity import (
    Amount,
    Days,
    Months,
    Real,
    Share,
    Units,
    UsdBillions,
    Whole,
)
from backstop.scenario.record import Record


class Requirement(Record):
    """One line of the statement of requirements: capability × place × quantity × time × tier."""

    id: Ident
    """How plans and reasons name it."""
    capability: Ident
    """Capability of scenario.toml."""
    location: Ident
    """Location of scenario.toml."""
    units: Units
    """Units needed at a time."""
    from_month: Whole = Field(default=0, ge=0, le=360)
    """First month it is needed, counted from the start of the ceasefire."""
    to_month: Whole | None = Field(default=None, gt=0, le=360)
    """Month it ends; to the end of the horizon when left out."""
    tier: Whole = Field(default=1, ge=1, le=3)
    """1: the concept fails without it; 2: needed; 3: wanted."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """Why it is needed."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.to_month is not None and self.to_month <= self.from_month:
            raise ValueError(f"ends in month {self.to_month}, not after month {self.from_month}")
        return self


class Block(Record):
    """A building block with what the sources say it is."""

    summary: str = Field(json_schema_extra={"descriptive": True})
    """What this block is, in a sentence."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class Land(Block):
    """Forces on the ground: what they are there to do, and where."""

    task: Literal["observe", "deter", "interpose", "separate", "hold"]
    """What they must be able to do; it decides the regime they are sized by."""
    stationing: Literal["front", "rear", "outside"]
    """Along the line, elsewhere in the country, or on allies' soil."""
    line: Ident
    """The definition of the line that counts."""
    consent: Share
    """Degree to which both parties accept the presence."""
    covered_share: Share
    """Share of the line that is covered."""
    reserve_share: Share
    """Theatre reserve, as a share of the force on the line."""
    headquarters: Literal["none", "brigade", "division", "corps", "theatre"]
    """Level of the headquarters; it decides the command share."""


class Air(Block):
    """Air cover; the aircraft themselves are requirements."""

    availability_share: Share
    """Share of the deployed aircraft that can fly on a day."""
    sorties_per_aircraft_day: Amount
    """Sorties an available aircraft flies a day."""


class Sea(Block):
    """Sea patrol and mine clearance; the ships themselves are requirements."""


class Monitoring(Block):
    """What the observers must be able to see."""

    detection_per_km_day: Share
    """Chance that a violation on a given kilometre on a given day is seen."""
    access_share: Share
    """Share of the line to which the parties let the observers go."""
    night_share: Share
    """Share of violations that happen at night, when posts and patrols see least."""


class Arms(Block):
    """Arms and training for the protected state's own army."""

    usd_bn_per_year: UsdBillions
    """Value of the pipeline, billions of US dollars a year."""
    backstop_share: Share
    """Share of it that the backstop's provider gives."""


class Pledge(Block):
    """What is promised in case of a new attack."""

    formality: Literal["political", "binding", "treaty"]
    """How binding the promise is; the more so, the dearer to break."""
    rule: Literal["opt-in", "k-of-n", "unanimity", "weighted", "lead-nation"] = "opt-in"
    """What it takes to honour it: each for itself, so many of the members, all of them, so much
    of the force, or a lead nation that goes first."""
    members_needed: Whole = Field(default=1, ge=1, le=60)
    """Members that must act (``opt-in``, ``k-of-n``)."""
    force_needed: Real = Field(default=0.5, ge=0, le=1)
    """Share of the force whose members must act (``weighted``)."""
    drawn_in: Share | None = None
    """Chance that an attack draws those in the country in before anyone decides; the scenario's
    value for the place where they stand when left out."""


class Backstop(Block):
    """The stronger power behind the guarantee."""

    provider: Ident
    """The actor who gives it."""
    condition: Ident
    """The condition that says whether it does."""


class Engagement(Block):
    """Rules of engagement: what triggers what, and who must agree to them."""

    agreement: Share
    """Chance that a contributor accepts these rules without a caveat that guts them."""


class Sequence(Block):
    """What must come first."""

    after: Idents = ()
    """Conditions before which nothing deploys."""


#: Roles of bodies that the scenario's parties and offers fill when a step does not.
SELF_FILLED = ("host", "belligerent", "challenger", "lead", "guarantors", "contributors")


class Step(Record):
    """One decision on the way."""

    body: Ident
    """A body of the library or of the scenario."""
    question: Ident
    """The question put to it, as in positions.csv."""
    roles: dict[Ident, Idents] = {}
    """Who fills the body's roles; ``host``, ``belligerent``, ``lead``, ``guarantors`` and
    ``contributors`` are filled from the parties and the offers when left out."""


class Route(Record):
    """One way to be allowed to act: every step must pass."""

    id: Ident
    """How results name it."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """Its name on the page."""
    steps: tuple[Step, ...] = Field(min_length=1)
    """The decisions, in order."""


class Mandate(Block):
    """Who authorises it."""

    routes: Annotated[tuple[Route, ...], AfterValidator(unique(lambda x: x.id, "route"))] = Field(
        min_length=1
    )
    """The ways to get there."""


class Rotation(Block):
    """How long a unit stays and how long it rests."""

    tour_months: Whole = Field(gt=0, le=36)
    """Months a unit is deployed; also the step of the plan."""
    dwell_months: Months
    """Months at home between two tours."""
    overlap_days: Days
    """Days on which the relieved and the relieving unit are both there."""


class Design(Record):
    """``designs/NAME.toml``: one system of guarantees."""

    id: Ident
    """The file's name."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """Its name on the page."""
    summary: str = Field(json_schema_extra={"descriptive": True})
    """What it is, in a sentence or two."""
    order: Whole = Field(default=0, json_schema_extra={"descriptive": True})
    """Its place in the table of designs."""
    source: Idents = ()
    """Ids of the evidence for it."""
    land: Land | None = None
    """Forces on the ground."""
    air: Air | None = None
    """Air cover."""
    sea: Sea | None = None
    """Sea patrol."""
    monitoring: Monitoring | None = None
    """Observation."""
    arms: Arms | None = None
    """Arms and training."""
    pledge: Pledge | None = None
    """The promise."""
    backstop: Backstop | None = None
    """The stronger power behind it."""
    engagement: Engagement | None = None
    """Rules of engagement."""
    sequence: Sequence | None = None
    """What comes first."""
    rotation: Rotation
    """Tours and dwell."""
    mandate: Mandate
    """Who authorises it."""
    requirements: Annotated[
        tuple[Requirement, ...], AfterValidator(unique(lambda x: x.id, "requirement"))
    ] = ()
    """The statement of requirements."""
