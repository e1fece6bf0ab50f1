"""The rules of a scenario: what depends on what, and what sourcing must respect."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from backstop.scenario.ident import Ident, Idents, Iso3, unique
from backstop.scenario.quantity import (
    Amount,
    Flag,
    Real,
    Share,
    Units,
    UsdMillions,
    Whole,
)
from backstop.scenario.record import Record


class Condition(Record):
    """Something that must hold first; exactly one of actor, body and probability says when."""

    id: Ident
    """How offers, positions and designs name it."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """What has to be true, as a clause."""
    actor: Ident | None = None
    """An actor whose position on ``question`` decides."""
    question: Ident | None = None
    """The question, beside ``actor``."""
    body: Ident | None = None
    """A body whose mandate the design seeks; given for a design with a route through it, so that
    a mandate counts once, in the chance of the route."""
    probability: Share | None = None
    """A plain chance, where no vote and no position decides."""
    requires: Idents = ()
    """Other conditions that must hold first; they may not form a circle."""
    assumed: Flag = False
    """Whether results are stated *given* that it holds, instead of mixing its failure in."""
    source: Idents = ()
    """Ids of the evidence it rests on."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [self.actor is not None, self.body is not None, self.probability is not None]
        if sum(kinds) != 1:
            raise ValueError("exactly one of actor, body and probability must be given")
        if (self.actor is None) != (self.question is None):
            raise ValueError("actor and question stand together")
        return self


class Question(Record):
    """A question that positions answer, where its relation to another one is known."""

    id: Ident
    """The question, as in positions.csv."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """What is asked, in words."""
    easier_than: Ident
    """A harder question: an actor that has said nothing on this one counts as it does there,
    if that makes a yes likelier than an unknown position does."""


class Correlation(Record):
    """Two uncertain quantities that move together (Gaussian copula)."""

    a: str
    """Dotted path of the first quantity."""
    b: str
    """Dotted path of the second."""
    rho: Real = Field(ge=-1, le=1)
    """Correlation of the normal scores."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class PledgeLevel(Record):
    """How good a pledge is (compare the readiness levels of the UN's capability registry)."""

    id: Ident
    """How offers name it."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """What it means."""
    delivered_share: Share
    """Share of the units under such a pledge that come when called."""


class Incompatible(Record):
    """Two nations that do not serve in the same place at the same time."""

    a: Iso3
    """One."""
    b: Iso3
    """The other."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class Coupling(Record):
    """An enabler without which another capability cannot work."""

    id: Ident
    """How reasons name it."""
    capability: Ident
    """The capability that depends."""
    needs: Ident
    """The enabler."""
    units_per_enabler: Units
    """Units of the capability that one unit of the enabler can carry."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class Sourcing(Record):
    """What every sourcing of this scenario must respect."""

    horizon_months: Whole = Field(gt=0, le=360)
    """How far the plan reaches."""
    cap_share_of_army: Share
    """Share of a nation's army that it can have in theatre at a time."""
    framework_share: Share
    """Share of a sector's manoeuvre units that its framework nation must bring."""
    lift_units_per_relief: Amount
    """Strategic lift the coalition has for one relief, in the capabilities' lift units."""
    extra_lift_usd_m: UsdMillions
    """Price of one more lift unit, millions of US dollars."""
    pledge_levels: Annotated[
        tuple[PledgeLevel, ...], AfterValidator(unique(lambda x: x.id, "pledge level"))
    ] = Field(min_length=1)
    """The qualities a pledge may have."""
    incompatible: tuple[Incompatible, ...] = ()
    """Pairs that do not serve together."""
    couplings: Annotated[
        tuple[Coupling, ...], AfterValidator(unique(lambda x: x.id, "coupling"))
    ] = ()
    """Dependence on enablers."""
