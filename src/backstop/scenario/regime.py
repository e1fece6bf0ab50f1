"""What sizing rests on: density regimes, brigade frontages, monitoring means and gross-up factors.

The shipped table is ``data/regimes.toml``; every number in it names its source or says that it is
a judgement.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from backstop.scenario.evidence import Source
from backstop.scenario.ident import Ident, unique
from backstop.scenario.quantity import Amount, Share
from backstop.scenario.record import Record

LineRegime = Literal["monitoring", "interposition", "separation", "holding"]
"""Regimes whose size follows from a line."""

RegimeName = Literal["none", "presence", "monitoring", "interposition", "separation", "holding"]
"""All regimes: a presence has no density, since it does not man a line."""


class DensityRegime(Record):
    """How densely a line is manned in one regime."""

    id: LineRegime
    """The regime."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """What such a force does, in a phrase."""
    troops_per_km: Amount
    """Troops per kilometre of covered line: whole missions, support and headquarters included."""


class Frontage(Record):
    """One published or judged answer to "how many kilometres can a brigade hold?"."""

    id: Ident
    """How results name it."""
    title: str = Field(json_schema_extra={"descriptive": True})
    """The case it comes from."""
    km_per_brigade: Amount
    """Kilometres of front for one brigade."""


class Means(Record):
    """One means of monitoring."""

    id: Literal["post", "patrol", "camera", "uav"]
    """The means."""
    reach_km: Amount
    """Kilometres of line that one of them sweeps once a day, in daylight."""
    night_effect: Share
    """Its effect at night, as a share of that by day."""
    mix: Amount
    """Its part in the daylight effort on ground that can be entered; only the ratios count."""
    people: Amount
    """People on duty for one of them."""
    shift_factor: Amount
    """People needed for one to be on duty: shifts, leave, sickness."""
    needs_access: bool
    """Whether it works only where the parties let the observers go."""


class MonitoringRule(Record):
    """How many observers a stated chance of detection takes."""

    means: Annotated[tuple[Means, ...], AfterValidator(unique(lambda x: x.id, "means"))] = Field(
        min_length=1
    )
    """The means, in their mix."""
    jamming_share: Share
    """Share of unmanned flights lost to interference."""
    support_share: Amount
    """Support staff for one observer."""


class CommandShares(Record):
    """Headquarters above the brigade, as a share of the force they command."""

    none: Share
    """No headquarters of its own."""
    brigade: Share
    """A brigade headquarters leads: nothing above it."""
    division: Share
    """A division headquarters leads."""
    corps: Share
    """A corps headquarters leads."""
    theatre: Share
    """A theatre headquarters leads."""


class GrossUp(Record):
    """From combat troops to a whole force: each factor once, and only where it is missing."""

    support_share: Amount
    """Support troops outside the brigades, for one soldier inside them."""
    command_share: CommandShares
    """Headquarters, by the level that leads."""
    casualty_share: Share
    """Replacements held ready, as a share of the force; only where a front is held."""


class Sizing(Record):
    """``regimes.toml``."""

    sources: Annotated[tuple[Source, ...], AfterValidator(unique(lambda x: x.id, "source"))] = (
        Field(default=(), json_schema_extra={"descriptive": True})
    )
    """The documents the numbers rest on."""
    densities: Annotated[
        tuple[DensityRegime, ...], AfterValidator(unique(lambda x: x.id, "density"))
    ] = Field(min_length=4, max_length=4)
    """The four regimes of a line force."""
    consent_needed: Share
    """Consent below which a force between the parties has to be able to enforce."""
    frontages: Annotated[
        tuple[Frontage, ...], AfterValidator(unique(lambda x: x.id, "frontage"))
    ] = Field(min_length=1)
    """Kilometres per brigade; the answers weigh the same."""
    brigade_troops: Amount
    """Soldiers in a brigade, with its own support."""
    rate_per_1000: Amount
    """Troops per 1,000 inhabitants in the population rule."""
    monitoring: MonitoringRule
    """Monitoring, bottom-up."""
    gross_up: GrossUp
    """Gross-up factors."""
