"""What actors said: one row of ``positions.csv``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from backstop.scenario.dates import Dated
from backstop.scenario.ident import Ident, Idents
from backstop.scenario.record import Record


class Position(Record):
    """A dated public statement of an actor on a question."""

    actor: Ident
    """The nation (ISO 3166-1 alpha-3) or body whose position it is."""
    question: Ident
    """What it is about."""
    stance: Ident
    """A stance of the stance table."""
    date: Dated
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``: as precise as it is known."""
    speaker: str = Field(default="", json_schema_extra={"descriptive": True})
    """Who said it."""
    conditions: Idents = ()
    """Conditions of scenario.toml the stance is tied to; it counts as given when they hold."""
    source: Idents = ()
    """Ids of the evidence it rests on."""
    confidence: Literal["high", "medium", "low"]
    """How well the statement is attested; of two on one day the better attested counts."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """The statement in one paraphrased sentence."""

    @property
    def id(self) -> str:
        """``actor/question/date``."""
        return f"{self.actor}/{self.question}/{self.date}"
