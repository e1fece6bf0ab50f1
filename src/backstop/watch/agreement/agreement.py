"""An agreement as data: parties, lines, zones, clauses, and the sources of each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from backstop.scenario.dates import Dated
from backstop.scenario.evidence import Source
from backstop.scenario.ident import Ident, unique
from backstop.scenario.quantity import Whole
from backstop.scenario.record import Record
from backstop.watch.agreement.clause import Clause, Millimetres, WeaponClass
from backstop.watch.agreement.zone import LineReference, Zone


class Party(Record):
    """Whom clauses bind."""

    id: Ident
    """How clauses name it."""
    title: str
    """What the text calls it."""
    names: tuple[str, ...] = ()
    """How records call it, beside its id."""
    side: Literal["near", "far"] | None = None
    """Its side of the line: ``far`` where the drawn area is. A party's weapon on the other side of
    the line it has to keep away from is inside the zone however far from the line it is."""


class System(Record):
    """A type of weapon that a clause names."""

    id: Ident
    """How clauses name it."""
    names: tuple[str, ...] = Field(min_length=1)
    """How records write it, in any case of letters."""
    weapon_class: WeaponClass
    """Its class."""
    calibre_mm: Millimetres | None = None
    """Its calibre."""


class Circumstance(Record):
    """Something that has to be stated of a record, because the record cannot show it."""

    id: Ident
    """How zones and exemptions name it."""
    title: str
    """What is so, as a clause."""


class Agreement(Record):
    """A ceasefire agreement, or measures that add to one."""

    id: Ident
    """Its name in files and classifications."""
    version: Whole = Field(ge=1)
    """Raised when an encoding changes; a classification names it."""
    title: str
    """What it is called."""
    summary: str
    """What it is, in a sentence."""
    concluded: Dated
    """When it was concluded."""
    in_force_from: AwareDatetime
    """First moment it binds, with its offset."""
    in_force_until: AwareDatetime | None = None
    """Moment from which it no longer binds."""
    note: str = ""
    """What is judgement in the encoding as a whole."""
    parties: Annotated[tuple[Party, ...], AfterValidator(unique(lambda x: x.id, "party"))] = Field(
        min_length=2
    )
    """Whom it binds."""
    lines: Annotated[tuple[LineReference, ...], AfterValidator(unique(lambda x: x.id, "line"))] = ()
    """The lines its zones hang on; there may be several."""
    zones: Annotated[tuple[Zone, ...], AfterValidator(unique(lambda x: x.id, "zone"))] = ()
    """Where its clauses hold."""
    systems: Annotated[tuple[System, ...], AfterValidator(unique(lambda x: x.id, "system"))] = ()
    """Types of weapon it names, and those that must not be taken for them."""
    circumstances: Annotated[
        tuple[Circumstance, ...], AfterValidator(unique(lambda x: x.id, "circumstance"))
    ] = ()
    """What has to be stated."""
    clauses: Annotated[tuple[Clause, ...], AfterValidator(unique(lambda x: x.id, "clause"))] = (
        Field(min_length=1)
    )
    """Its rules."""
    sources: Annotated[tuple[Source, ...], AfterValidator(unique(lambda x: x.id, "source"))] = (
        Field(min_length=1)
    )
    """Where the encoding comes from."""

    @model_validator(mode="after")
    def _period(self) -> Self:
        if self.in_force_until is not None and self.in_force_until <= self.in_force_from:
            raise ValueError("it ends before it begins")
        return self

    @property
    def key(self) -> str:
        """Name and version, as results give it."""
        return f"{self.id}@{self.version}"

    def zone(self, name: str) -> Zone:
        """The zone of that id."""
        return next(zone for zone in self.zones if zone.id == name)

    def line(self, name: str) -> LineReference:
        """The line of that id."""
        return next(line for line in self.lines if line.id == name)

    def party(self, name: str) -> Party | None:
        """The party that a record calls so, whatever the case of the letters."""
        folded = name.casefold()
        for party in self.parties:
            if folded in {party.id.casefold(), *(one.casefold() for one in party.names)}:
                return party
        return None

    def period(self, clause: Clause) -> tuple[datetime, datetime | None]:
        """From when to when a clause binds."""
        start, end = clause.in_force_from, clause.in_force_until
        ends = [one for one in (end, self.in_force_until) if one is not None]
        return max(start or self.in_force_from, self.in_force_from), min(ends, default=None)
