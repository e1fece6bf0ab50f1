"""Who: a nation's forces and means, as one row of ``nations.csv``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from backstop.scenario.ident import Ident, Idents, Iso3
from backstop.scenario.quantity import BlankIsNone, People, Units, UsdBillions
from backstop.scenario.record import Record


class Nation(Record):
    """One nation. Every column not named here is a stock that capability rules may draw on."""

    iso3: Iso3
    """ISO 3166-1 alpha-3 code."""
    name: str = Field(json_schema_extra={"descriptive": True})
    """Name on the page."""
    active_personnel: People
    """Active armed forces, people."""
    army_personnel: People
    """Of these the army, people; the cap on troops deployed at a time is a share of it."""
    gdp_usd_bn: UsdBillions
    """Gross domestic product, billions of current US dollars; the measure of a fair burden."""
    defence_expenditure_usd_bn: UsdBillions
    """Yearly defence expenditure, billions of current US dollars."""
    parliament: Ident
    """Form of parliamentary consent to a deployment, as the shipped library names it."""
    stocks: dict[Ident, Annotated[Units | None, BlankIsNone]] = {}
    """Every other column: brigades, aircraft, ships … by name; blank means unknown."""
    source: Idents = ()
    """Ids of the evidence this row rests on."""
    confidence: Literal["high", "medium", "low"] = Field(json_schema_extra={"descriptive": True})
    """How far the row can be trusted, set by its weakest figure."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """What a reader should know about the row."""

    @model_validator(mode="before")
    @classmethod
    def _stocks(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "stocks" in data:
            return data
        named = {k: v for k, v in data.items() if k in cls.model_fields}
        return {**named, "stocks": {k: v for k, v in data.items() if k not in cls.model_fields}}
