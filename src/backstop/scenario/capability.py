"""What: the kinds of unit a concept may ask for, and the rule that turns stocks into pools."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from backstop.scenario.ident import Ident
from backstop.scenario.quantity import Amount, Days, Flag, People, Share, Units, UsdMillions
from backstop.scenario.record import Record


class PoolRule(Record):
    """Units of a nation = stock × units per item × share that can be sent. An offer replaces it."""

    stock: Ident
    """The column of nations.csv the rule starts from."""
    units_per_item: Units
    """Units of this capability in one item of the stock."""
    usable_share: Share
    """Share of them that can be sent abroad at all: equipped, ready and not needed at home."""


class Capability(Record):
    """A kind of unit, identical within a nation's pool."""

    id: Ident
    """How requirements and offers name it."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """Name on the page."""
    unit: str = Field(json_schema_extra={"descriptive": True})
    """What one of it is: battlegroup, squadron of twelve, ship …"""
    domain: Literal["land", "air", "sea", "enabler", "monitoring"]
    """Which block of the design it belongs to."""
    manoeuvre: Flag = False
    """Whether it counts towards a sector's framework nation."""
    troops_per_unit: People
    """People in one deployed unit, its own support included."""
    cost_usd_m_per_unit_year: UsdMillions
    """Extra cost of keeping one unit deployed for a year, millions of US dollars."""
    lift_per_unit: Amount
    """Strategic lift one unit takes at each relief, in the scenario's lift units."""
    notice_days: Days
    """Days from order to being able to move, when the offer does not say."""
    question: Ident
    """The question of positions.csv that a nation answers by sending it into the theatre."""
    question_outside: Ident
    """The question it answers by sending it to an ally's soil instead."""
    pool: PoolRule | None = None
    """The rule that derives pools from stocks; none means that only named offers count."""
