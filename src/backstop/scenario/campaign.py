"""The attack a guarantee is meant to stop: the line in stretches, both armies, and their supply."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from backstop.scenario.ident import Ident, Idents, unique
from backstop.scenario.quantity import (
    Amount,
    Days,
    Kilometres,
    People,
    Real,
    Share,
    Units,
    UsdBillions,
    Whole,
)
from backstop.scenario.record import Record

ForceType = Literal["manoeuvre", "light", "fires"]
"""Armoured and mechanised brigades; light, territorial and reserve infantry; guns and rockets."""

Ground = Literal["open", "mixed", "closed", "river", "mountain"]
"""Kinds of terrain; the shipped table says what each is worth."""


class Stretch(Record):
    """A part of the line, in the order in which ``line.geojson`` draws it from end to end."""

    id: Ident
    """How results name it."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """Where it is, in a phrase."""
    location: Ident
    """The location of kind ``front`` that it belongs to: who stands there holds this stretch."""
    length_share: Real = Field(gt=0)
    """Its part of the line; only the ratios count."""
    ground: Ground
    """Its terrain."""
    works_share: Share
    """How far it is fortified: 0 not at all, 1 in depth, with mines and obstacles."""
    effort: Real = Field(ge=0)
    """How likely it is to be attacked, for a kilometre; only the ratios count."""


class Force(Record):
    """One force type of an army: from a stock of ``nations.csv``, or brigades stated outright."""

    type: ForceType
    """What it fights as."""
    stock: Ident | None = None
    """The column of nations.csv it is counted from; none when ``brigades`` says it."""
    brigades_per_item: Amount | None = None
    """Brigade equivalents in one item of the stock."""
    brigades: Units | None = None
    """Brigade equivalents, where no stock counts them."""
    usable_share: Share
    """Share that is manned and equipped to fight, measured against a full brigade."""
    front_share: Share
    """Share of these that can be brought to this line."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.stock is None) == (self.brigades is None):
            raise ValueError("write either stock with brigades_per_item, or brigades")
        if (self.stock is None) != (self.brigades_per_item is None):
            raise ValueError("stock and brigades_per_item stand together")
        return self


class Army(Record):
    """One side's army as the attack begins."""

    party: Ident
    """The party of the scenario."""
    forces: Annotated[tuple[Force, ...], AfterValidator(unique(lambda x: x.type, "force type"))]
    """Its force types; one that is left out has none."""
    reserve_share: Share
    """Share of the force held in depth as the attack begins, and kept there."""
    replacements_per_day: People
    """Soldiers that join it every day, beside those who come back from hospital."""
    break_share: Share
    """Share of the force as the attack begins that may be gone, replacements counted, before it
    gives up: the attacker stops for good, the defence loses its order."""
    ammunition_days: Days
    """Days of fire at full rate from stocks."""
    supply_share: Share
    """Fire that its own daily supply sustains after that, as a share of the full rate."""
    aircraft_stock: Ident | None = None
    """The column of nations.csv that counts its combat aircraft; none means it has none."""
    aircraft_share: Share | None = None
    """Share of them that can fly over this front on a day."""
    sorties_per_aircraft_day: Amount | None = None
    """Sorties such an aircraft flies a day against the other side's troops."""
    source: Idents = ()
    """Ids of the evidence it rests on."""

    @model_validator(mode="after")
    def _air_complete(self) -> Self:
        air = (self.aircraft_stock, self.aircraft_share, self.sorties_per_aircraft_day)
        if len({part is None for part in air}) > 1:
            raise ValueError(
                "aircraft_stock, aircraft_share and sorties_per_aircraft_day stand together"
            )
        return self


class Unit(Record):
    """What one unit of a capability is worth in the campaign; one that is left out adds nothing."""

    capability: Ident
    """The capability of the scenario."""
    type: ForceType | None = None
    """What it fights as; none when it only brings aircraft or suppression."""
    brigades: Units | None = None
    """Brigade equivalents in one unit."""
    aircraft: Units | None = None
    """Combat aircraft in one unit."""
    suppression: Units | None = None
    """Aircraft in one unit that suppress air defences."""

    @model_validator(mode="after")
    def _worth(self) -> Self:
        if (self.type is None) != (self.brigades is None):
            raise ValueError("type and brigades stand together")
        if self.type is None and self.aircraft is None and self.suppression is None:
            raise ValueError("say what it brings: type and brigades, aircraft, or suppression")
        return self


class Pipeline(Record):
    """What money for arms does in a war."""

    usd_bn_full_supply: UsdBillions
    """Yearly value of deliveries that alone would sustain the protected state's full rate of
    fire, billions of US dollars."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class Campaign(Record):
    """The attack that the guarantee is meant to stop."""

    line: Ident
    """The definition of the line that is attacked."""
    sectors: Whole = Field(default=20, ge=1, le=500)
    """Parts of equal length the line is cut into. How fine it is cut hardly changes an answer, as
    long as a sector is no longer than ``battle.movement.breach_km``."""
    horizon_days: Whole = Field(default=180, ge=1, le=3660)
    """Days of fighting that are followed."""
    hold_km: Kilometres
    """The line counts as held while no part of it as long as ``battle.movement.breach_km`` has been
    driven back further than this, on average."""
    objective_km: Kilometres
    """Depth at which the attacker has what he wants of a sector and goes no further."""
    warning_days: Days
    """Warning before the attack: the defence sees where it gathers, and the guarantor may move."""
    decision_days: Days
    """Days from warning to the guarantor's order to move, when nothing else says."""
    march_days: Days
    """Days a reserve takes from the rear of the country to where it is needed."""
    lift_days: Days
    """Days from outside the country to its rear, once a unit is ready to move."""
    brigade_troops: People
    """Soldiers in a brigade equivalent, to count losses in people."""
    stretches: Annotated[tuple[Stretch, ...], AfterValidator(unique(lambda x: x.id, "stretch"))] = (
        Field(min_length=1)
    )
    """The line, stretch by stretch."""
    attacker: Army
    """Who attacks."""
    protected: Army
    """Who is attacked."""
    units: Annotated[tuple[Unit, ...], AfterValidator(unique(lambda x: x.capability, "unit"))] = ()
    """What the guarantor's units are worth."""
    arms: Pipeline | None = None
    """What money for arms does; without it a design's pipeline changes nothing."""
