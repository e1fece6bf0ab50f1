"""What a nation would send: one row of ``offers.csv``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from backstop.scenario.ident import Ident, Idents, Iso3
from backstop.scenario.quantity import BlankIsNone, Days, Months, Units
from backstop.scenario.record import Record


class Offer(Record):
    """A nation's unit pool of one capability, with what limits its use."""

    nation: Iso3
    """Row of nations.csv."""
    capability: Ident
    """Capability of scenario.toml."""
    units: Annotated[Units | None, BlankIsNone] = None
    """Units in the pool; blank means that the capability's rule decides."""
    committed_units: Annotated[Units | None, BlankIsNone] = None
    """Units of the pool tied down elsewhere already; blank means none."""
    notice_days: Annotated[Days | None, BlankIsNone] = None
    """Days from order to being able to move; blank means the capability's own."""
    endurance_months: Annotated[Months | None, BlankIsNone] = None
    """Months, from when it first serves, for which the offer is kept up; blank means for ever."""
    pledge: Ident
    """Quality of the pledge: a level of scenario.toml."""
    caveats: Idents = ()
    """Locations or kinds of location where it may *not* be used (``front``, ``rear`` …)."""
    conditions: Idents = ()
    """Conditions of scenario.toml that must hold."""
    source: Idents = ()
    """Ids of the evidence it rests on; blank means judgement."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """What a reader should know about it."""

    @property
    def id(self) -> str:
        """``nation/capability``: one row each."""
        return f"{self.nation}/{self.capability}"
