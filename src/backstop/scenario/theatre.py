"""Where: the line in its several definitions, the places a force stands, and the parties."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from backstop.scenario.ident import Ident, Iso3, unique
from backstop.scenario.quantity import Flag, Kilometres, Millions, SquareKilometres
from backstop.scenario.record import Record


def _zone(name: str) -> str:
    # Only here: it takes 5 ms, and no other command needs it.
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(
            f"there is no time zone {name[:40]!r}; write one like Europe/Kyiv"
        ) from None
    return name


TimeZone = Annotated[str, AfterValidator(_zone)]


class LineDefinition(Record):
    """One meaning of "the line": the length depends on what is counted."""

    id: Ident
    """How designs name it."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """What is counted, in a phrase."""
    length_km: Kilometres
    """Length along the line, in kilometres."""


class Location(Record):
    """A place where part of a force is needed; strategic, never a position on a map."""

    id: Ident
    """How requirements name it."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """Its name on the page."""
    kind: Literal["front", "rear", "sea", "outside"]
    """Along the line, elsewhere in the country, at sea, or on an ally's soil."""
    sector: Flag = False
    """Whether manoeuvre units here need a framework nation that brings a stated share of them."""


class Party(Record):
    """One who matters to the ceasefire."""

    id: Ident
    """How the party is named."""
    nation: Iso3
    """Its row in nations.csv."""
    role: Literal["challenger", "protected", "guarantor"]
    """The one that may break the ceasefire, the one protected, or one that stands behind it."""


class Theatre(Record):
    """The country and the line the guarantee is about."""

    title: str = Field(json_schema_extra={"descriptive": True})
    """Its name on the page."""
    time_zone: TimeZone = Field(default="UTC", json_schema_extra={"descriptive": True})
    """Its time zone (IANA, such as ``Europe/Kyiv``): by whose clock a mission there counts days."""
    population_m: Millions
    """People in the protected area, in millions."""
    area_km2: SquareKilometres
    """Protected area, in square kilometres."""
    lines: Annotated[tuple[LineDefinition, ...], AfterValidator(unique(lambda x: x.id, "line"))] = (
        Field(min_length=1)
    )
    """The definitions of the line, each with its length."""
    locations: Annotated[
        tuple[Location, ...], AfterValidator(unique(lambda x: x.id, "location"))
    ] = Field(min_length=1)
    """The places requirements may name."""
