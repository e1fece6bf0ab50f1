"""Published figures that a computed requirement is set against."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from backstop.scenario.ident import Ident, Idents
from backstop.scenario.quantity import Kilometres, People
from backstop.scenario.record import Record
from backstop.scenario.regime import RegimeName


class DebateFigure(Record):
    """One figure in the public debate, with the assumptions its author stated or implied."""

    id: Ident
    """How results name it."""
    who: str
    """Who gave it."""
    date: str = Field(default="", json_schema_extra={"descriptive": True})
    """When, as exactly as known."""
    figure: People
    """The figure, in troops."""
    regime: RegimeName
    """What kind of force it is about."""
    line_km: Kilometres | None = None
    """The length of line it assumes, where it is about a line."""
    basis: Literal["deployed", "pool", "peak"] = "deployed"
    """Troops in theatre, troops needed in all for rotation, or the most at one time."""
    counts: Literal["total", "combat"] = "total"
    """The whole force, or combat troops without support and headquarters."""
    headline: bool = Field(default=False, json_schema_extra={"descriptive": True})
    """Whether the page of a design shows it; all figures stand in the page of sizing alone."""
    source: Idents = ()
    """Ids of the evidence it rests on."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """What a reader should know about it."""
