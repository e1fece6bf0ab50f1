"""How armies wear each other down and move: the shipped parameters of the campaign model.

The shipped table is ``data/campaign.toml``; every number in it names its source or says that it
is a judgement. The equations are in ``docs/models/campaign.md``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from backstop.scenario.campaign import ForceType, Ground
from backstop.scenario.evidence import Source
from backstop.scenario.ident import unique
from backstop.scenario.quantity import Amount, Days, Kilometres, Share
from backstop.scenario.record import Record


class Attrition(Record):
    """Losses of a day in Bracken's form: own share lost = rate × enemy fire^p × own mass^(q-1)."""

    attacker_per_km: Amount
    """Reference density of the attacker, brigade equivalents a kilometre."""
    defender_per_km: Amount
    """Reference density of the defender."""
    attacker_loss_share: Share
    """Share that an attacker in battle loses on the first day at these densities, in the open."""
    defender_loss_share: Share
    """Share that a defender in battle loses."""
    engaged_share: Share
    """Share of a sector's force that is in battle on the first day."""
    enemy_power: Share
    """p: exponent of the enemy's fire. 1 in Lanchester's square and linear laws."""
    own_power: Share
    """q: exponent of one's own mass. 0 in the square law, 1 in the linear and logarithmic ones;
    never more, since a force would then gain by being smaller."""
    cover_power: Share
    """Exponent of cover in the losses: the defender's fall and the attacker's rise with it."""
    repulsed_attacker: Amount
    """Factor on the attacker's losses on a day on which he takes no ground."""
    repulsed_defender: Amount
    """Factor on the defender's losses on such a day."""
    daily_cap: Share
    """Most that a force can lose in a day."""
    spread: Amount
    """Standard deviation of a day's intensity in a sector, natural logarithm."""


class Movement(Record):
    """Kilometres of a day, logistic in the logarithm of the odds of moving."""

    attacker_per_km: Amount
    """Reference density of the attacker, brigade equivalents a kilometre."""
    defender_per_km: Amount
    """Reference density of the defender."""
    km_per_day: Amount
    """Mean advance of the first day at these densities, in the open, where there is battle in a
    main effort, as long as it is far below the top speed."""
    top_km_per_day: Amount
    """The most an army advances in a day, in the open."""
    front_km: Kilometres
    """Width of the attack that advances so."""
    attack_km: Kilometres
    """Width on which an attack is made at one time."""
    width_power: Amount
    """Exponent of that width."""
    attacker_power: Amount
    """Exponent of the attacker's density."""
    defender_power: Amount
    """Exponent of the defender's density."""
    cover_power: Amount
    """Exponent of the defender's cover."""
    effort_power: Amount
    """Exponent of how hard a sector is pressed, against the hardest pressed of the line."""
    day_spread: Amount
    """Standard deviation from day to day in a sector, natural logarithm."""
    week_spread: Amount
    """Standard deviation of what lasts, natural logarithm."""
    week_shared: Share
    """Part of the variance of what lasts that all sectors of the line have in common."""
    week_memory: Share
    """Correlation of what lasts from one week to the next."""
    assault_share: Share
    """Intensity of a day's fighting, as a share of the first day's in a main effort, from which it
    is an assault: on quieter days no ground is taken."""
    repulse_share: Share
    """Chance that an assault takes no ground."""
    luck_km: Kilometres
    """Length of the line for which ``day_spread`` and ``week_spread`` are stated. A longer cell has
    the mean of the luck of several."""
    breach_km: Kilometres
    """Length of a cell: a part of the line that moves as one, has a luck of its own, and is asked
    whether it held. Its middle counts in all worlds."""
    flank_km_per_km: Amount
    """Kilometres of line that the defender must hold more for each kilometre driven back on the
    width of a main effort."""
    works_depth_km: Kilometres
    """Depth through which works count; their worth falls to nothing on the way."""
    works_days: Days
    """Days in which a defence that is no longer driven back digs what it has lost of them, to
    1 - 1/e."""


class Terrain(Record):
    """One kind of ground."""

    id: Ground
    """The kind."""
    defence: Amount
    """Factor on the defender's strength."""
    speed_share: Share
    """What an army goes on it of what it would go in the open."""


class Tempo(Record):
    """How an offensive tires."""

    floor: Share
    """Share of the first day's intensity that goes on without end."""
    fade_days: Days
    """Days in which what is above the floor falls to 1/e."""


class Command(Record):
    """How both sides move their forces along the line."""

    commit_days: Days
    """Days in which a reserve is committed to 1 - 1/e."""
    concentration: Share
    """Share of the attacker's force that goes to the main efforts."""
    width_share: Share
    """Width of a main effort, as a share of the line."""
    shift_days: Days
    """Days between shifts of the main effort."""
    mirror: Share
    """Share of the defender's force that follows the main effort."""
    delay_days: Days
    """Days in which the defender sees a shift to 1 - 1/e."""


class AirPower(Record):
    """What aircraft do to troops."""

    brigades_per_100_sorties: Amount
    """Fire of 100 sorties a day, as brigade equivalents."""
    unsuppressed_share: Share
    """What is left of it where air defences are not suppressed."""
    loss_per_100_sorties: Amount
    """Aircraft lost in 100 sorties where air defences are suppressed."""
    unsuppressed_loss_per_100_sorties: Amount
    """And where they are not."""
    contest: Amount
    """How much a sortie of the defender's takes from one of the attacker's."""
    suppressors_per_aircraft: Amount
    """Aircraft that suppress air defences, for one combat aircraft, for full effect."""


class TypeWorth(Record):
    """What a brigade equivalent of one force type is worth."""

    id: ForceType
    """The type."""
    mass: Amount
    """In holding and taking ground."""
    fire: Amount
    """In the losses it causes."""
    exposure: Share
    """In the losses it takes, as a share of those of the most exposed."""


class Battle(Record):
    """``campaign.toml``: the campaign model's parameters."""

    sources: Annotated[tuple[Source, ...], AfterValidator(unique(lambda x: x.id, "source"))] = (
        Field(default=(), json_schema_extra={"descriptive": True})
    )
    """The documents the numbers rest on."""
    attrition: Attrition
    """Losses."""
    movement: Movement
    """Ground."""
    terrains: Annotated[tuple[Terrain, ...], AfterValidator(unique(lambda x: x.id, "terrain"))] = (
        Field(min_length=5, max_length=5)
    )
    """The kinds of ground."""
    works_gain: Amount
    """What full works add to the defender's strength, as a share of it."""
    tempo: Tempo
    """Fatigue."""
    command: Command
    """Reserves and main efforts."""
    broken_share: Share
    """What is left of the defence's strength once it has lost its order."""
    relief_share: Share
    """Share of the guarantor's losses that its rotation pool makes good as the campaign goes on."""
    air: AirPower
    """Aircraft."""
    types: Annotated[tuple[TypeWorth, ...], AfterValidator(unique(lambda x: x.id, "type"))] = Field(
        min_length=3, max_length=3
    )
    """The force types."""
